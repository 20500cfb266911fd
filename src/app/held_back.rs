//! Meshes whose reading or drawing ended the program: it must do so once, not at every start.
//!
//! Before a mesh is read, and after its card was selected, the list on disk says so. Where the program ends before that
//! is taken back, the next one leaves the mesh unread until somebody asks for it. Who asks for a new mesh instead gets
//! that made, and nothing is read.
//!
//! A window that stands in for one that lost its graphics device goes on saying so until the mesh was drawn for a while:
//! egui panics where the device is lost as it draws, and nothing can be written then. So it stands still while it writes
//! the list, and does that before it draws another mesh: which one is to blame is told by what is on disk.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use super::Studio;
use super::launch;
use super::meshes::file_of;
use super::session::{Store, UNREAD};
use super::state::{Item, ItemId, Source, Status};
use super::toast::Level;
use crate::files::WriteError;

/// Whether the mesh that is shown is to prove that the graphics device is not lost to it.
#[derive(Default)]
pub(super) struct Trial {
    /// Whether it is. A device that is lost for the first time says nothing against a mesh.
    pub is_on: bool,
    /// Since when there is nothing to wait for in the view.
    drawn_since: Option<Instant>,
    /// The card of which the list was to say so the last time, whether it could be written or not.
    noted: Option<ItemId>,
    /// Which one it is by the list on disk.
    pub suspect: Suspect,
}

impl Trial {
    /// In a window that stands in for one that just lost its device (`is_anew`), or in another.
    pub fn new(is_anew: bool) -> Self {
        Self { is_on: is_anew, ..Self::default() }
    }
}

/// Name of the mesh that the next window leaves unread by the list on disk, should this one lose its device now. Shared
/// with whoever tells of that loss, since the window itself cannot be asked while it is drawn.
#[derive(Clone, Default)]
pub(super) struct Suspect(Arc<Mutex<Option<String>>>);

impl Suspect {
    /// The name, if there is such a mesh.
    pub fn name(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes in that the list on disk now holds it against this one.
    pub fn set(&self, name: Option<String>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = name;
    }
}

/// What is said of a mesh that is left unread on a card whose last run failed, so that trying again runs it.
const LEFT_UNREAD: &str = "The mesh of before is left unread, since the program ended while it was read or drawn; the \
                           button in the view reads it";

impl Studio {
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

    /// Writes the list while the window stands still, and knows then which mesh the next one leaves unread.
    ///
    /// # Errors
    /// As of [`Store::save`].
    pub(super) fn save_in_place(&mut self, store: &Store) -> Result<(), WriteError> {
        let suspect = self.suspect_id();
        let saved = store.save(&self.session());
        self.note_suspect(suspect, saved.is_ok());
        saved
    }

    /// Takes in that the list was written with the mesh of this card as the one to blame, or could not be.
    fn note_suspect(&mut self, suspect: Option<ItemId>, is_written: bool) {
        self.trial.noted = suspect;
        // Where the list is not kept, no next window knows of it.
        if is_written && self.trial.is_on && self.kept_in().is_some() {
            self.trial.suspect.set(suspect.and_then(|id| self.items.get(id)).map(Item::name));
        }
    }

    /// The card whose mesh would be to blame if the program ended now: it is being read, or shown on trial.
    pub(super) fn suspect_id(&self) -> Option<ItemId> {
        let is_shown = self.trial.is_on && self.viewport.measures().is_some();
        // Only what is in a file is read again by the next window.
        let shown = self.items.selected().filter(|item| is_shown && file_of(item).is_some());
        self.id_being_read().or(shown.map(|item| item.id))
    }

    /// Has the list on disk blame the mesh that is about to be drawn, and ends the trial of the shown one once it was
    /// drawn for a while.
    pub(super) fn follow_trial(&mut self, now: Instant) {
        if !self.trial.is_on {
            return;
        }
        // Once for each mesh: what cannot be written is not tried again, and told of, with every frame.
        if self.suspect_id() != self.trial.noted {
            self.save();
        }
        if self.awaited_text().is_some() {
            self.trial.drawn_since = None;
            return;
        }
        let drawn = now.saturating_duration_since(*self.trial.drawn_since.get_or_insert(now));
        let left = launch::TOO_SOON.saturating_sub(drawn);
        if left.is_zero() {
            self.trial.is_on = false;
            self.trial.suspect.set(None);
            // The list on disk still holds it against the mesh.
            self.touch();
        } else {
            self.ctx.request_repaint_after(left);
        }
    }

    /// Opens the window anew in the place of this one, whose device is lost.
    pub(super) fn leave_lost_device(&mut self) -> ! {
        // What is drawn from now on panics. A turntable would only be waited for.
        self.give_up_turntable();
        let suspect = self.suspect_mesh();
        if self.say_goodbye() {
            self.trial.suspect.set(suspect);
        }
        launch::replace_window(&self.trial.suspect)
    }

    /// Holds back the mesh to which the device may have been lost, and returns its name.
    fn suspect_mesh(&mut self) -> Option<String> {
        let item = self.suspect_id().and_then(|id| self.items.get_mut(id))?;
        item.held_back = true;
        Some(item.name())
    }

    /// Reads the mesh of the selected card that was left unread, because somebody asks for it.
    pub(super) fn read_held_back(&mut self) {
        let Some(item) = self.items.selected_mut().filter(|item| item.is_unread()) else { return };
        // A run that failed has failed all the same.
        if item.is_read_by_retry() {
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

    /// Whether its mesh is left unread, and nothing newer is asked for.
    pub(super) fn is_unread(&self) -> bool {
        self.held_back && self.finished.is_none() && !self.status.is_open() && !self.is_outdated()
    }

    /// Whether its mesh is left unread and trying again reads it: no run failed, which that would be about.
    pub(super) fn is_read_by_retry(&self) -> bool {
        let says_so = matches!(&self.status, Status::Failed(why) if why == UNREAD);
        self.is_unread() && (says_so || matches!(self.source, Source::MeshFile(_)))
    }

    /// What is said of its mesh that is left unread.
    pub(super) fn unread_text(&self) -> &'static str {
        if self.is_read_by_retry() { UNREAD } else { LEFT_UNREAD }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use tempfile::TempDir;

    use super::super::Options;
    use super::super::command::Command;
    use super::super::tests::{finished, in_folder, opened, studio, take_answers};
    use super::*;
    use crate::cache::Cache;
    use crate::job::Event;

    /// A window with a selected mesh that is read without a fault, of a file or kept for a picture; its list is written.
    fn with_mesh(is_file: bool) -> (TempDir, Studio) {
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
    fn copy_of(data: &Path) -> TempDir {
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
    fn after_an_end(data: &Path) -> (TempDir, Studio) {
        let next = copy_of(data);
        let studio = in_folder(next.path());
        (next, studio)
    }

    /// The window that takes its place, should it lose its device now as it draws.
    fn after_a_loss(data: &Path) -> (TempDir, Studio) {
        let next = copy_of(data);
        let options = Options::new(Vec::new(), next.path().to_owned(), Cache::disabled());
        let studio = opened(Options { trial: Trial::new(true), ..options });
        (next, studio)
    }

    fn is_held_back(studio: &Studio) -> bool {
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

    #[test]
    fn closing_says_nothing_against_a_mesh_and_a_lost_device_does() {
        let (folder, mut first) = with_mesh(true);
        let item = first.items.selected_mut().unwrap();
        (item.finished, item.status) = (None, Status::New);
        first.load_selected();
        assert!(first.reading.is_some());
        first.save();
        eframe::App::on_exit(&mut first);
        let (next, mut second) = after_an_end(&folder.path().join("data"));
        assert!(second.reading.is_some());
        second.suspect_mesh();
        second.say_goodbye();
        assert!(is_held_back(&after_an_end(next.path()).1));
    }

    #[test]
    fn a_mesh_to_which_the_device_is_lost_twice_as_it_is_drawn_is_held_back() {
        for (is_file, name) in [(true, "part.obj"), (false, "a.png")] {
            let (folder, _first) = with_mesh(is_file);
            let (next, mut second) = after_a_loss(&folder.path().join("data"));
            assert!(second.reading.is_some(), "one loss says nothing against it");
            let start = Instant::now();
            second.follow_trial(start);
            take_answers(&mut second);
            // However long it was read.
            second.follow_trial(start + launch::TOO_SOON);
            second.save();
            take_answers(&mut second);
            assert_eq!(second.trial.suspect.name().as_deref(), Some(name));
            let (_third_folder, third) = after_an_end(next.path());
            assert!(is_held_back(&third));
            assert!(third.messages.iter().any(|m| m.text == format!("{name}: {UNREAD}")));
            second.follow_trial(start + 2 * launch::TOO_SOON);
            assert!(second.unsaved_since.is_some(), "the list still holds it against the mesh");
            second.save();
            take_answers(&mut second);
            assert!(after_an_end(next.path()).1.reading.is_some(), "it was drawn without harm");
        }
    }

    #[test]
    fn a_shown_mesh_is_held_back_when_the_device_is_lost_again_not_when_it_is_lost_once_or_the_window_closes() {
        let (folder, _first) = with_mesh(true);
        let data = folder.path().join("data");
        for (is_anew, is_lost) in [(true, true), (true, false), (false, true)] {
            let (next, mut second) = if is_anew { after_a_loss(&data) } else { after_an_end(&data) };
            take_answers(&mut second);
            if is_lost {
                second.suspect_mesh();
            }
            eframe::App::on_exit(&mut second);
            assert!(is_lost || second.trial.suspect.name().is_none());
            let (_third_folder, third) = after_an_end(next.path());
            assert_eq!(is_held_back(&third), is_anew && is_lost, "{is_anew} {is_lost}");
        }
    }

    #[test]
    fn on_trial_is_what_is_shown_and_what_the_next_window_can_read() {
        let (folder, _first) = with_mesh(true);
        let (_next, mut second) = after_a_loss(&folder.path().join("data"));
        take_answers(&mut second);
        let mesh = second.items.selected_id();
        assert_eq!(second.suspect_id(), mesh);
        let picture = second.add(Source::Picture("b.png".into()));
        second.select(picture);
        assert_eq!(second.suspect_id(), None, "it has no mesh");
        second.take_newer(picture, finished());
        second.load_selected();
        assert_eq!(second.suspect_id(), None, "its mesh is in no file yet");
        second.keep_result(picture);
        take_answers(&mut second);
        assert_eq!(second.suspect_id(), Some(picture));
    }

    /// All that comes before the window is drawn.
    fn lay_out(studio: &mut Studio) {
        // The trial lasts, however long the test takes.
        studio.trial.drawn_since = None;
        let mut frame = eframe::Frame::_new_kittest();
        let _ = studio.ctx.clone().run_ui(egui::RawInput::default(), |ui| eframe::App::ui(studio, ui, &mut frame));
    }

    /// The cards whose meshes the next window leaves unread, should the one that keeps its list in `data` end now.
    fn left_unread(data: &Path) -> Vec<String> {
        let (_folder, next) = after_an_end(data);
        next.items.iter().filter(|item| item.held_back).map(Item::name).collect()
    }

    #[test]
    fn the_mesh_that_is_named_for_a_loss_is_the_one_that_the_next_window_leaves_unread() {
        let (folder, mut first) = with_mesh(true);
        let part = first.items.selected_id().unwrap();
        let [other, bare] = ["b.png", "c.png"].map(|name| first.add(Source::Picture(name.into())));
        first.take_newer(other, finished());
        first.keep_result(other);
        take_answers(&mut first);
        first.save();
        take_answers(&mut first);
        let (next, mut second) = after_a_loss(&folder.path().join("data"));
        let check = |second: &mut Studio, name: Option<&str>| {
            lay_out(second);
            assert_eq!(second.trial.suspect.name().as_deref(), name);
            assert_eq!(left_unread(next.path()), Vec::from_iter(name));
        };
        check(&mut second, Some("part.obj"));
        take_answers(&mut second);
        // Of a file, without a mesh, and in memory.
        for (id, name) in [(other, Some("b.png")), (bare, None), (part, Some("part.obj"))] {
            second.select(id);
            check(&mut second, name);
            take_answers(&mut second);
            check(&mut second, name);
        }
    }

    #[test]
    fn a_list_that_cannot_be_written_blames_the_mesh_that_it_did_and_that_is_told_once() {
        let (folder, mut first) = with_mesh(true);
        let bare = first.add(Source::Picture("c.png".into()));
        first.save();
        take_answers(&mut first);
        let (next, mut second) = after_a_loss(&folder.path().join("data"));
        take_answers(&mut second);
        let start = Instant::now();
        second.follow_trial(start);
        // A folder in its place keeps everybody from writing the file.
        let list = next.path().join("session.json");
        std::fs::remove_file(&list).unwrap();
        std::fs::create_dir(&list).unwrap();
        second.select(bare);
        (0..3).for_each(|_| second.follow_trial(start));
        assert_eq!(second.trial.suspect.name().as_deref(), Some("part.obj"));
        assert_eq!(second.messages.iter().filter(|m| m.text.contains("could not be kept")).count(), 1);
        std::fs::remove_dir(&list).unwrap();
        // As after any change.
        second.save();
        assert_eq!(second.trial.suspect.name(), None);
        assert!(left_unread(next.path()).is_empty());
    }
}
