//! Closing the window: what would be lost is told first, and what goes on is let to end.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Studio;
use super::keeping::is_among;
use super::session::Store;
use super::toast::Level;
use crate::mesh::Mesh;

/// Longest that closing waits for files that are being written.
const LONGEST_GOODBYE: Duration = Duration::from_secs(60);
/// Longest that the window stands still before it closes or says what would be lost.
const LONGEST_WAIT: Duration = Duration::from_secs(3);

impl Studio {
    /// Ends what goes on and keeps what was made. Returns whether the list is on disk as it stands.
    pub(super) fn say_goodbye(&mut self) -> bool {
        if let Some(queue) = &self.queue {
            queue.cancel_all();
        }
        self.models.stop_all();
        // Meshes, exports and pictures that are being written are let to end.
        self.wait_until(LONGEST_GOODBYE, |studio| studio.writing == 0);
        // The process may end without dropping the window.
        self.passing = None;
        // Nothing is known against what is given up here, nor against what is shown.
        self.stop_reading();
        self.trial.is_on = false;
        let saved = self.kept_in().map(|store| store.save_last(&self.session()));
        let is_kept = matches!(saved, Some(Ok(())));
        if is_kept {
            self.trial.suspect.set(None);
        }
        if let Some(saved) = saved {
            self.tell_kept(saved.map_err(|error| error.to_string()));
        }
        // The next window may have the list, whatever still keeps this process from ending.
        self.store = None;
        is_kept
    }

    /// Takes in what tasks answer until `is_done`, for at most so long.
    fn wait_until(&mut self, longest: Duration, is_done: impl Fn(&Self) -> bool) {
        let until = Instant::now() + longest;
        while let Some(left) = until.checked_duration_since(Instant::now()).filter(|_| !is_done(self)) {
            match self.next_answer(left) {
                Some(apply) => apply(self),
                None => break,
            }
        }
    }

    /// Whether the window may close now; says why where it may not.
    pub(super) fn may_close(&mut self) -> bool {
        self.may_leave_cut_out() && self.may_leave_turntable() && self.may_lose_what_is_not_kept()
    }

    /// Whether nothing is lost with the window, or it was told what is.
    fn may_lose_what_is_not_kept(&mut self) -> bool {
        // There may be room by now.
        self.keep_unsaved();
        self.wait_until(LONGEST_WAIT, |studio| !studio.keeping.is_going_on());
        // Both are looked at, or closing would be held back for one after the other.
        let may_lose_meshes = self.may_lose_meshes();
        self.may_lose_list() && may_lose_meshes
    }

    /// The data folder, if the list is kept there.
    pub(super) fn kept_in(&self) -> Option<Arc<Store>> {
        self.store.clone().filter(|store| !store.is_read_only())
    }

    /// Whether the list is on disk as it stands, or it was told that it is not.
    fn may_lose_list(&mut self) -> bool {
        let Some(store) = self.kept_in() else { return true };
        if self.unsaved_since.is_none() && !self.saving && !self.keeping.is_list_lost {
            return true;
        }
        let saved = self.save_in_place(&store);
        self.keeping.note_list(saved.is_ok());
        let Err(why) = saved else { return true };
        let was_told = std::mem::replace(&mut self.keeping.told_of_list, true);
        if !was_told {
            let text = "What changed in the picture list would be lost; see that its folder has room and may be \
                        written, then close again";
            self.messages.push(Level::Warning, format!("{text}: {why}"));
        }
        was_told
    }

    /// Whether no mesh is lost with the window, or it was told that some are.
    fn may_lose_meshes(&mut self) -> bool {
        let lost = self.meshes_nowhere();
        if lost.iter().all(|mesh| is_among(&self.told_of_loss, mesh)) {
            return true;
        }
        self.told_of_loss = lost.iter().map(Arc::downgrade).collect();
        let lost = lost.len();
        let meshes = if lost == 1 { "1 mesh".to_owned() } else { format!("{lost} meshes") };
        let text = match self.kept_in() {
            Some(_) => format!(
                "{meshes} could not be kept and would be lost; see that the data folder has room and may be written, \
                 or export what you need, then close again"
            ),
            None => format!("This window is not kept: {meshes} would be lost; export what you need, or close again"),
        };
        self.messages.push(Level::Warning, text);
        false
    }

    /// The meshes that were made here and are in no file, nor on their way into one.
    fn meshes_nowhere(&self) -> Vec<Arc<Mesh>> {
        let unsaved = self.items.iter().filter(|item| item.is_unsaved());
        let meshes = unsaved.filter_map(|item| item.finished.as_ref()).map(|finished| finished.mesh.clone());
        meshes.filter(|mesh| !is_among(&self.exported, mesh) && !self.keeping.is_being_written(mesh)).collect()
    }

    /// Notes that `mesh` is in a file of the user's choice.
    pub(super) fn note_exported(&mut self, mesh: &Arc<Mesh>) {
        self.exported.retain(|mesh| mesh.strong_count() > 0);
        self.exported.push(Arc::downgrade(mesh));
    }
}

#[cfg(test)]
mod tests {
    use super::super::state::{Source, Status};
    use super::super::tests::{finished, in_folder, studio, take_answers};
    use super::*;

    fn add_mesh(studio: &mut Studio) -> Arc<Mesh> {
        let id = studio.add(Source::Picture("a.png".into()));
        let (item, finished) = (studio.items.get_mut(id).unwrap(), finished());
        let mesh = finished.mesh.clone();
        (item.status, item.finished) = (Status::Finished, Some(finished));
        mesh
    }

    #[test]
    fn of_each_mesh_that_would_be_lost_it_is_told_once() {
        let (folder, mut first) = studio();
        add_mesh(&mut first);
        assert!(first.may_close(), "its list is kept");
        let mut second = in_folder(&folder.path().join("data"));
        assert!(second.may_close());
        let mesh = add_mesh(&mut second);
        assert!(!second.may_close());
        assert!(second.may_close());
        second.note_exported(&mesh);
        assert!(second.may_close());
        add_mesh(&mut second);
        assert!(!second.may_close());
        assert!(second.may_close());
        // As many, but others.
        let id = second.items.iter().last().unwrap().id;
        second.items.remove(id);
        add_mesh(&mut second);
        assert!(!second.may_close());
    }

    #[test]
    fn a_mesh_that_could_not_be_kept_holds_closing_back_once_and_is_written_when_there_is_room() {
        let (folder, mut studio) = studio();
        // A file in its place keeps everybody from writing into the folder.
        let results = folder.path().join("data/results");
        std::fs::remove_dir_all(&results).unwrap();
        std::fs::write(&results, "").unwrap();
        let mesh = add_mesh(&mut studio);
        let id = studio.items.iter().next().unwrap().id;
        studio.keep_result(id);
        // Closing waits for a slow disk only so long.
        take_answers(&mut studio);
        assert!(!studio.may_close());
        assert!(studio.may_close(), "it was told");
        let times = |studio: &Studio, text: &str| studio.messages.iter().filter(|m| m.text.contains(text)).count();
        assert_eq!(["1 mesh could", "The mesh could"].map(|text| times(&studio, text)), [1, 1]);
        std::fs::remove_file(&results).unwrap();
        std::fs::create_dir(&results).unwrap();
        // As after any change.
        studio.save();
        take_answers(&mut studio);
        let item = studio.items.get(id).unwrap();
        assert!(item.shows(&mesh) && item.saved.as_ref().is_some_and(|saved| saved.file.is_file()));
        assert_eq!(times(&studio, "is kept now"), 1);
        assert!(studio.may_close());
    }

    #[test]
    fn closing_itself_writes_what_could_not_be_kept_before() {
        let (folder, mut studio) = studio();
        let results = folder.path().join("data/results");
        std::fs::remove_dir_all(&results).unwrap();
        add_mesh(&mut studio);
        assert!(!studio.may_close());
        std::fs::create_dir(&results).unwrap();
        assert!(studio.may_close());
        // Closing waits for a slow disk only so long.
        take_answers(&mut studio);
        let saved = studio.items.iter().next().unwrap().saved.clone();
        assert!(saved.is_some_and(|saved| saved.file.is_file()));
    }

    #[test]
    fn the_next_window_has_the_list_whatever_keeps_this_one_from_ending() {
        let (folder, mut studio) = studio();
        studio.add(Source::Picture("a.png".into()));
        assert!(studio.say_goodbye());
        let next = in_folder(&folder.path().join("data"));
        assert!(next.kept_in().is_some() && next.items.len() == 1);
        assert!(!in_folder(&folder.path().join("data")).say_goodbye(), "the list is that of another window");
        drop(studio);
    }

    #[test]
    fn a_list_that_cannot_be_kept_holds_closing_back_once() {
        let (folder, mut studio) = studio();
        // A folder in its place keeps everybody from writing the file.
        let list = folder.path().join("data/session.json");
        std::fs::create_dir(&list).unwrap();
        assert!(studio.may_close(), "there is nothing to write");
        studio.add(Source::Picture("a.png".into()));
        assert!(!studio.may_close());
        assert!(studio.may_close(), "it was told");
        std::fs::remove_dir(&list).unwrap();
        assert!(studio.may_close() && list.is_file());
        std::fs::remove_file(&list).unwrap();
        std::fs::create_dir(&list).unwrap();
        studio.add(Source::Picture("b.png".into()));
        studio.save();
        take_answers(&mut studio);
        assert!(!studio.may_close(), "it is told of each time anew");
    }
}
