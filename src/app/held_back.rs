//! Meshes whose reading or drawing ended the program: it must do so once, not at every start.
//!
//! Before a mesh is read, and after its card was selected, the list on disk says so. Where the program ends before that
//! is taken back, the next one leaves the mesh unread until somebody asks for it. Who asks for a new mesh instead gets
//! that made, and nothing is read. Which mesh is drawn as the program ends is followed in `trial.rs`.

use std::path::PathBuf;

use super::Studio;
use super::meshes::file_of;
use super::session::UNREAD;
use super::state::{Item, ItemId, Source, Status};
use super::toast::Level;

/// What is said of a mesh that is left unread on a card that trying again runs: its last run failed, or would be made
/// with other settings than the mesh.
const LEFT_UNREAD: &str = "The mesh of before is left unread, since the program ended while it was read or drawn; the \
                           button in the view reads it";

impl Studio {
    /// Tells of pictures whose making ended the program, which the list may have out of sight.
    pub(super) fn tell_broken_off(&mut self, count: usize) {
        let text = match count {
            0 => return,
            1 => "1 picture was broken off, since the program ended while it was made; try again (Ctrl+R)".to_owned(),
            _ => format!(
                "{count} pictures were broken off, since the program ended while they were made; try them again"
            ),
        };
        self.messages.push(Level::Warning, text);
    }

    /// Notes in the list on disk what begins with the window, before it does: the job of the card `first`, and the
    /// reading of the selected mesh.
    pub(super) fn note_beginnings(&mut self, first: Option<ItemId>) {
        let selected = self.items.selected();
        if let Some(item) = selected.filter(|item| item.is_unread()) {
            self.messages.push(Level::Warning, format!("{}: {}", item.name(), item.unread_text()));
        }
        let read = selected.filter(|item| item.file_to_read().is_some()).map(|item| item.id);
        let Some(store) = self.store.clone().filter(|_| first.is_some() || read.is_some()) else { return };
        let mut session = self.session().with_reading(read);
        if let Some(first) = first {
            session = session.with_running(first);
        }
        let kept = store.save(&session).map_err(|error| error.to_string());
        self.note_suspect(read, kept.is_ok());
        self.tell_kept(kept);
    }

    /// Reads the mesh of the selected card that was left unread, because somebody asks for it.
    pub(super) fn read_held_back(&mut self) {
        let Some(item) = self.items.selected_mut().filter(|item| item.is_unread()) else { return };
        // A run that failed has failed all the same.
        if item.failed_unread() {
            item.status = if item.saved.is_some() { Status::Finished } else { Status::New };
        }
        item.held_back = false;
        self.load_selected();
        self.touch();
    }

    /// What the view says of a mesh that is left unread.
    pub(super) fn held_back_text(&self) -> Option<String> {
        self.items.selected().filter(|item| item.is_unread()).map(|item| item.unread_text().to_owned())
    }
}

impl Item {
    /// The file that its mesh is read from when it is selected, if that is not in memory.
    pub(super) fn file_to_read(&self) -> Option<PathBuf> {
        file_of(self).filter(|_| !self.status.is_open() && !self.held_back)
    }

    /// Whether its mesh is left unread, and nothing newer is being made. Other settings than it was made with change
    /// nothing about that: it is there to be seen and exported all the same.
    pub(super) fn is_unread(&self) -> bool {
        self.held_back && self.finished.is_none() && !self.status.is_open()
    }

    /// Whether its mesh is left unread and trying again reads it: that would be about no run that failed, and about no
    /// other settings.
    pub(super) fn is_read_by_retry(&self) -> bool {
        self.is_unread() && self.failed_unread() && !self.is_outdated()
    }

    /// Whether it failed in nothing but that its mesh is unread.
    fn failed_unread(&self) -> bool {
        let says_so = matches!(&self.status, Status::Failed(why) if why == UNREAD);
        says_so || matches!(self.source, Source::MeshFile(_))
    }

    /// What is said of its mesh that is left unread.
    pub(super) fn unread_text(&self) -> &'static str {
        if self.is_read_by_retry() { UNREAD } else { LEFT_UNREAD }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::path::Path;

    use tempfile::TempDir;

    use super::super::command::Command;
    use super::super::tests::{finished, in_folder, studio, take_answers};
    use super::*;
    use crate::job::Event;

    /// A window with a selected mesh that is read without a fault, of a file or kept for a picture; its list is written.
    pub fn with_mesh(is_file: bool) -> (TempDir, Studio) {
        let (folder, mut studio) = studio();
        let path = folder.path().join("part.obj");
        std::fs::write(&path, "v 0 0 0\nv 20 0 0\nv 0 20 0\nv 0 0 20\nf 1 2 4\nf 2 3 4\nf 3 1 4\nf 1 3 2\n").unwrap();
        let id = if is_file {
            studio.add(Source::MeshFile(path))
        } else {
            let id = studio.add(Source::Picture("a.png".into()));
            let item = studio.items.get_mut(id).unwrap();
            (item.status, item.finished) = (Status::Finished, Some(finished()));
            studio.keep_result(id);
            id
        };
        studio.select(id);
        take_answers(&mut studio);
        studio.save();
        take_answers(&mut studio);
        (folder, studio)
    }

    /// The list and the meshes in `data` as they stand, for another window.
    pub fn copy_of(data: &Path) -> TempDir {
        let next = tempfile::tempdir().unwrap();
        let results = next.path().join("results");
        std::fs::create_dir(&results).unwrap();
        std::fs::copy(data.join("session.json"), next.path().join("session.json")).unwrap();
        for file in std::fs::read_dir(data.join("results")).unwrap().map(|file| file.unwrap()) {
            std::fs::copy(file.path(), results.join(file.file_name())).unwrap();
        }
        next
    }

    /// The next window, should the one that keeps its list in `data` end now.
    pub fn after_an_end(data: &Path) -> (TempDir, Studio) {
        let next = copy_of(data);
        let studio = in_folder(next.path());
        (next, studio)
    }

    /// Whether the mesh of the selected card is left unread, and that is told.
    pub fn is_held_back(studio: &Studio) -> bool {
        let status = &studio.items.selected().unwrap().status;
        let is_told = matches!(status, Status::Failed(why) if why == UNREAD) && studio.awaited_text().is_some();
        studio.reading.is_none() && is_told
    }

    #[test]
    fn a_mesh_that_ends_the_program_is_read_once_and_then_when_asked_for() {
        for is_file in [true, false] {
            let (folder, _first) = with_mesh(is_file);
            let (next, second) = after_an_end(&folder.path().join("data"));
            assert!(second.reading.is_some(), "nothing is known against it");
            let (next, mut third) = after_an_end(next.path());
            assert!(is_held_back(&third));
            // Neither asks for it.
            third.load_selected();
            third.run_command(Command::SaveMesh);
            assert!(is_held_back(&third));
            third.save();
            take_answers(&mut third);
            let (fourth_folder, mut fourth) = after_an_end(next.path());
            assert!(is_held_back(&fourth), "it was never read");
            fourth.run_command(Command::Retry);
            assert!(fourth.reading.is_some());
            take_answers(&mut fourth);
            let item = fourth.items.selected().unwrap();
            assert!(item.status == Status::Finished && item.finished.is_some());
            fourth.save();
            take_answers(&mut fourth);
            let (_next, fifth) = after_an_end(fourth_folder.path());
            assert!(fifth.reading.is_some(), "it did no harm");
        }
    }

    /// The window that leaves the mesh unread, since two before it ended.
    fn with_unread(is_file: bool) -> (TempDir, Studio) {
        let (folder, _first) = with_mesh(is_file);
        let (next, _second) = after_an_end(&folder.path().join("data"));
        let (next, third) = after_an_end(next.path());
        assert!(is_held_back(&third));
        (next, third)
    }

    #[test]
    fn a_mesh_that_is_left_unread_is_made_anew_where_that_is_asked_for() {
        let (_folder, mut studio) = with_unread(false);
        studio.run_command(Command::Generate);
        assert!(studio.reading.is_none() && studio.items.selected().unwrap().status.is_open());
        assert_eq!(studio.awaited_text(), None);
        // What is made no more is as it was.
        let id = studio.items.selected_id().unwrap();
        studio.remove(&[id]);
        studio.run_command(Command::Undo);
        studio.select(id);
        assert!(is_held_back(&studio));
        studio.run_command(Command::Generate);
        studio.take_newer(id, finished());
        studio.select(id);
        let item = studio.items.selected().unwrap();
        assert!(item.status == Status::Finished && !item.held_back && studio.awaited_text().is_none());
    }

    #[test]
    fn a_run_that_failed_is_tried_again_and_the_mesh_of_before_is_read_by_its_button() {
        let (folder, mut studio) = with_unread(false);
        let fail = |studio: &mut Studio| {
            let job = studio.items.selected().unwrap().job.unwrap();
            studio.on_job(Event::Failed(job, "no room".to_owned()));
            assert!(studio.reading.is_none());
            assert_eq!(studio.awaited_text().as_deref(), Some(LEFT_UNREAD));
        };
        studio.run_command(Command::Generate);
        fail(&mut studio);
        studio.run_command(Command::Retry);
        assert!(studio.reading.is_none() && studio.items.selected().unwrap().status.is_open());
        fail(&mut studio);
        studio.save();
        take_answers(&mut studio);
        let (_next, mut next) = after_an_end(folder.path());
        assert!(next.reading.is_none());
        assert_eq!(next.awaited_text().as_deref(), Some(LEFT_UNREAD));
        next.read_held_back();
        assert!(next.reading.is_some());
        take_answers(&mut next);
        let item = next.items.selected().unwrap();
        assert!(item.finished.is_some() && item.has_failed_run(), "the run has failed all the same");
    }

    #[test]
    fn a_mesh_that_is_left_unread_can_be_read_also_when_its_settings_have_changed() {
        let (folder, mut studio) = with_unread(false);
        studio.change_settings(|r| r.size.height_mm = Some(33.0));
        assert_eq!(studio.awaited_text().as_deref(), Some(LEFT_UNREAD));
        studio.run_command(Command::Export);
        assert_eq!(studio.messages.iter().next_back().unwrap().text, LEFT_UNREAD);
        studio.save();
        take_answers(&mut studio);
        let (_next, mut next) = after_an_end(folder.path());
        assert!(next.reading.is_none());
        assert!(next.messages.iter().any(|m| m.text == format!("a.png: {LEFT_UNREAD}")));
        next.read_held_back();
        take_answers(&mut next);
        let item = next.items.selected().unwrap();
        assert!(item.finished.is_some() && item.status == Status::Finished && item.is_outdated());
        // Trying again is about the changed settings.
        studio.run_command(Command::Retry);
        assert!(studio.reading.is_none() && studio.items.selected().unwrap().status.is_open());
    }

    #[test]
    fn a_mesh_file_that_is_left_unread_is_read_by_trying_again_alone() {
        let (_folder, mut studio) = with_unread(true);
        assert!(!studio.is_enabled(Command::Generate));
        studio.run_command(Command::Generate);
        assert!(is_held_back(&studio));
        // Why it could not be read before that is no matter.
        studio.items.selected_mut().unwrap().status = Status::Failed("damaged".to_owned());
        studio.run_command(Command::Retry);
        assert!(studio.reading.is_some());
    }
}
