//! Keeps the meshes that were made here in the data folder, and tries again where that failed.

use std::path::PathBuf;
use std::sync::{Arc, Weak};

use super::Studio;
use super::state::{Finished, ItemId, SavedResult};
use super::toast::Level;
use crate::export::{self, ExportOptions, Format};
use crate::files::IfExists;
use crate::mesh::Mesh;

/// What is not in the data folder although it should be.
#[derive(Debug, Default)]
pub(super) struct Keeping {
    /// Meshes that are being written.
    going_on: Vec<Weak<Mesh>>,
    /// Meshes of which it was told that they could not be written.
    told: Vec<Weak<Mesh>>,
    /// Whether the list could not be written the last time.
    pub is_list_lost: bool,
    /// Whether closing was held back for that.
    pub told_of_list: bool,
}

impl Keeping {
    /// Whether a mesh is being written.
    pub fn is_going_on(&self) -> bool {
        !self.going_on.is_empty()
    }

    /// Notes whether the list was written.
    pub fn note_list(&mut self, is_kept: bool) {
        self.is_list_lost = !is_kept;
        self.told_of_list &= self.is_list_lost;
    }
}

impl Studio {
    /// Writes the mesh of a finished card into the data folder, unless that goes on.
    pub(super) fn keep_result(&mut self, id: ItemId) {
        let Some(store) = self.store.as_ref().filter(|s| !s.is_read_only()) else { return };
        let Some(finished) = self.items.get(id).and_then(|i| i.finished.clone()) else { return };
        if is_among(&self.keeping.going_on, &finished.mesh) {
            return;
        }
        self.keeping.going_on.push(Arc::downgrade(&finished.mesh));
        let (file, mesh) = (store.new_result_path(id), finished.mesh.clone());
        let write = move || {
            let options = ExportOptions { if_exists: IfExists::Replace, ..ExportOptions::default() };
            let written = export::write_file(&mesh, Format::Ply, &file, &options);
            written.map(|()| file).map_err(|error| error.to_string())
        };
        self.run_write(write, move |studio, written| studio.take_kept(id, finished, written.flatten()));
    }

    /// Writes the meshes that are in no file of the data folder: those that could not be written before, and those
    /// whose writing was overtaken by what was then taken back.
    pub(super) fn keep_unsaved(&mut self) {
        let unsaved: Vec<ItemId> = self.items.iter().filter(|i| i.is_unsaved()).map(|i| i.id).collect();
        unsaved.into_iter().for_each(|id| self.keep_result(id));
    }

    /// Takes in that a mesh was written, or why not.
    fn take_kept(&mut self, id: ItemId, finished: Finished, written: Result<PathBuf, String>) {
        let Finished { mesh, request, mask, views, notes, .. } = finished;
        let Keeping { going_on, told, .. } = &mut self.keeping;
        going_on.retain(|other| !is_of(other, &mesh));
        let was_told = is_among(told, &mesh);
        match written {
            Ok(file) => {
                // A newer mesh is written by a task of its own.
                let Some(item) = self.items.get_mut(id).filter(|i| i.shows(&mesh)) else { return };
                item.saved = Some(SavedResult { file, request, mask, views, notes });
                if was_told {
                    let text = format!("The mesh of {} is kept now", item.name());
                    self.messages.push(Level::Success, text);
                }
                self.forget_old_meshes();
                self.touch();
            }
            // Once: it is tried again each time that the list is written.
            Err(why) if !was_told => {
                told.retain(|mesh| mesh.strong_count() > 0);
                told.push(Arc::downgrade(&mesh));
                let text = format!("The mesh could not be kept, which is tried again with the next change: {why}");
                self.messages.push(Level::Warning, text);
            }
            Err(_) => {}
        }
    }
}

fn is_of(weak: &Weak<Mesh>, mesh: &Arc<Mesh>) -> bool {
    std::ptr::eq(weak.as_ptr(), Arc::as_ptr(mesh))
}

/// Whether `mesh` is one of `all`.
pub(super) fn is_among(all: &[Weak<Mesh>], mesh: &Arc<Mesh>) -> bool {
    all.iter().any(|other| is_of(other, mesh))
}
