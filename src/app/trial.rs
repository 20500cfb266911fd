//! Whether the graphics device is lost to a mesh as it is drawn: that may end the window twice, not at every start.
//!
//! A window that stands in for one that lost its device says in the list on disk which mesh it shows, as others say of a
//! mesh that they read, until it was drawn for a while: egui panics where the device is lost as it draws, and nothing can
//! be written then. So it stands still while it writes the list, and does that before it draws another mesh: which one is
//! to blame is told by what is on disk.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use super::Studio;
use super::launch;
use super::meshes::file_of;
use super::session::Store;
use super::state::{Item, ItemId};
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

impl Studio {
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
    pub(super) fn note_suspect(&mut self, suspect: Option<ItemId>, is_written: bool) {
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
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use tempfile::TempDir;

    use super::super::Options;
    use super::super::held_back::tests::{after_an_end, copy_of, is_held_back, with_mesh};
    use super::super::session::UNREAD;
    use super::super::state::{Source, Status};
    use super::super::tests::{finished, opened, take_answers};
    use super::*;
    use crate::cache::Cache;

    /// The window that takes the place of the one that keeps its list in `data`, should that lose its device as it draws.
    fn after_a_loss(data: &Path) -> (TempDir, Studio) {
        let next = copy_of(data);
        let options = Options::new(Vec::new(), next.path().to_owned(), Cache::disabled());
        let studio = opened(Options { trial: Trial::new(true), ..options });
        (next, studio)
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
