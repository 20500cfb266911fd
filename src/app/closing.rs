//! Closing the window: what would be lost is told first, and what goes on is let to end.

use std::time::{Duration, Instant};

use super::Studio;
use super::state::Item;
use super::toast::Level;

/// Longest that closing waits for files that are being written.
const LONGEST_GOODBYE: Duration = Duration::from_secs(60);

impl Studio {
    /// Ends what goes on and keeps what was made.
    pub(super) fn say_goodbye(&mut self) {
        if let Some(queue) = &self.queue {
            queue.cancel_all();
        }
        self.models.stop_all();
        // Meshes, exports and pictures that are being written are let to end.
        let until = Instant::now() + LONGEST_GOODBYE;
        while let Some(left) = until.checked_duration_since(Instant::now()).filter(|_| self.writing > 0) {
            match self.next_answer(left) {
                Some(apply) => apply(self),
                None => break,
            }
        }
        if let Some(saved) = self.store.as_ref().map(|store| store.save_last(&self.session())) {
            self.tell_kept(saved.map_err(|error| error.to_string()));
        }
    }

    /// Whether the window may close now; says why where it may not.
    pub(super) fn may_close(&mut self) -> bool {
        self.may_leave_cut_out() && self.may_leave_turntable() && self.may_lose_meshes()
    }

    /// Whether no mesh is lost with a window that keeps no list, or it was told that some are.
    fn may_lose_meshes(&mut self) -> bool {
        if self.store.as_ref().is_some_and(|store| !store.is_read_only()) {
            return true;
        }
        let is_exported = |item: &&Item| item.finished.as_ref().is_some_and(|f| self.is_exported(&f.mesh));
        let lost = self.items.iter().filter(|item| item.is_unsaved()).filter(|item| !is_exported(item)).count();
        if lost <= self.told_of_loss {
            return true;
        }
        self.told_of_loss = lost;
        let meshes = if lost == 1 { "1 mesh".to_owned() } else { format!("{lost} meshes") };
        let text = format!("This window is not kept: {meshes} would be lost; export what you need, or close again");
        self.messages.push(Level::Warning, text);
        false
    }
}
