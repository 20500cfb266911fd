//! Closing the window: what would be lost is told first, and what goes on is let to end.

use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use super::Studio;
use super::toast::Level;
use crate::mesh::Mesh;

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
        let lost = self.meshes_nowhere();
        if lost.iter().all(|mesh| is_among(&self.told_of_loss, mesh)) {
            return true;
        }
        self.told_of_loss = lost.iter().map(Arc::downgrade).collect();
        let lost = lost.len();
        let meshes = if lost == 1 { "1 mesh".to_owned() } else { format!("{lost} meshes") };
        let text = format!("This window is not kept: {meshes} would be lost; export what you need, or close again");
        self.messages.push(Level::Warning, text);
        false
    }

    /// The meshes that were made here and are in no file.
    fn meshes_nowhere(&self) -> Vec<Arc<Mesh>> {
        let unsaved = self.items.iter().filter(|item| item.is_unsaved());
        let meshes = unsaved.filter_map(|item| item.finished.as_ref()).map(|finished| finished.mesh.clone());
        meshes.filter(|mesh| !is_among(&self.exported, mesh)).collect()
    }

    /// Notes that `mesh` is in a file of the user's choice.
    pub(super) fn note_exported(&mut self, mesh: &Arc<Mesh>) {
        self.exported.retain(|mesh| mesh.strong_count() > 0);
        self.exported.push(Arc::downgrade(mesh));
    }
}

fn is_among(all: &[Weak<Mesh>], mesh: &Arc<Mesh>) -> bool {
    all.iter().any(|other| std::ptr::eq(other.as_ptr(), Arc::as_ptr(mesh)))
}

#[cfg(test)]
mod tests {
    use super::super::state::{Source, Status};
    use super::super::tests::{finished, in_folder, studio};
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
}
