//! Keeps the list and the meshes that were made here in the data folder, and tries again where that failed.

use std::path::PathBuf;
use std::sync::{Arc, Weak};

use super::Studio;
use super::state::{Finished, ItemId, SavedResult, Status};
use super::toast::Level;
use crate::export::{self, ExportOptions, Format};
use crate::files::IfExists;
use crate::mesh::Mesh;

/// What is said where the list cannot be written.
const NOT_KEPT: &str = "The picture list could not be kept; see that its folder has room and may be written, then \
                        change anything to try again";

/// What the data folder lacks although it should be there, and what it holds although it should not.
#[derive(Debug, Default)]
pub(super) struct Keeping {
    /// Meshes that are being written.
    going_on: Vec<Weak<Mesh>>,
    /// Meshes of which it was told that they could not be written.
    told: Vec<Weak<Mesh>>,
    /// Files of meshes that newer ones have taken the place of.
    pub replaced: Vec<PathBuf>,
    /// Whether the list could not be written the last time.
    pub is_list_lost: bool,
    /// Whether closing was held back for that.
    pub told_of_list: bool,
    /// Whether pictures that were pasted long ago were looked for in this run.
    pub is_pasted_swept: bool,
}

impl Keeping {
    /// Whether a mesh is being written.
    pub fn is_going_on(&self) -> bool {
        !self.going_on.is_empty()
    }

    /// Whether this mesh is being written.
    pub fn is_being_written(&self, mesh: &Arc<Mesh>) -> bool {
        is_among(&self.going_on, mesh)
    }

    /// Notes whether the list was written.
    pub fn note_list(&mut self, is_kept: bool) {
        self.is_list_lost = !is_kept;
        self.told_of_list &= self.is_list_lost;
    }
}

impl Studio {
    /// Writes the picture list, and then the meshes that could not be written before: beside the window, but while a
    /// mesh is on trial, standing still, since then it matters at once what is on disk.
    pub(super) fn save(&mut self) {
        self.unsaved_since = None;
        let Some(store) = self.store.clone() else { return };
        let replaced = std::mem::take(&mut self.keeping.replaced);
        if self.trial.is_on {
            let saved = self.save_in_place(&store).map_err(|error| error.to_string());
            return self.take_saved(saved, replaced);
        }
        let session = self.session();
        self.saving = true;
        let save = move || store.save(&session).map_err(|error| error.to_string());
        self.run_write(save, |studio, saved| {
            studio.saving = false;
            studio.take_saved(saved.flatten(), replaced);
        });
    }

    /// Takes in that the list was written, which no longer names the files `replaced`, or why not.
    fn take_saved(&mut self, saved: Result<(), String>, replaced: Vec<PathBuf>) {
        let is_kept = saved.is_ok();
        self.tell_kept(saved);
        if is_kept {
            // Only now, so that no mesh takes the room that the list needs.
            self.keep_unsaved();
            self.delete_replaced(replaced);
        } else {
            self.keeping.replaced.extend(replaced);
        }
    }

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

    /// Gives a card a newer mesh. The file of the old one goes once the list that is written names it no more.
    pub(super) fn take_newer(&mut self, id: ItemId, finished: Finished) {
        let Some(item) = self.items.get_mut(id) else { return };
        (item.status, item.held_back) = (Status::Finished, false);
        item.finished = Some(finished);
        self.keeping.replaced.extend(item.saved.take().map(|saved| saved.file));
    }

    /// Deletes these files, but for those that a card has again or undo may want back. A list that was copied may name
    /// files of another data folder, which are left alone.
    pub(super) fn delete_replaced(&mut self, mut files: Vec<PathBuf>) {
        let Some(own) = self.store.as_ref().map(|store| store.new_result_path(ItemId(0))) else { return };
        let shown: Vec<&PathBuf> = self.items.iter().filter_map(|item| Some(&item.saved.as_ref()?.file)).collect();
        files.retain(|file| file.parent() == own.parent() && !shown.contains(&file) && !self.history.names(file));
        if !files.is_empty() {
            // What cannot be deleted is swept at the next start.
            let delete = move || files.iter().for_each(|file| _ = std::fs::remove_file(file));
            self.run_write(delete, |_, _| {});
        }
    }

    /// Writes the meshes that are in no file of the data folder: those that could not be written before, and those
    /// whose writing was overtaken by what was then taken back.
    pub(super) fn keep_unsaved(&mut self) {
        let unsaved: Vec<ItemId> = self.items.iter().filter(|i| i.is_unsaved()).map(|i| i.id).collect();
        unsaved.into_iter().for_each(|id| self.keep_result(id));
    }

    /// Takes in that the list was written, and tells why not.
    pub(super) fn tell_kept(&mut self, saved: Result<(), String>) {
        self.keeping.note_list(saved.is_ok());
        if let Err(why) = saved {
            self.messages.push(Level::Warning, format!("{NOT_KEPT}: {why}"));
        }
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
                let Some(item) = self.items.get_mut(id).filter(|i| i.shows(&mesh)) else {
                    self.keeping.replaced.push(file);
                    return self.touch();
                };
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

#[cfg(test)]
mod tests {
    use super::super::command::Command;
    use super::super::state::Source;
    use super::super::tests::{finished, studio, take_answers};
    use super::*;

    /// Makes a mesh for the card, keeps it and the list, and tells its file.
    fn make(studio: &mut Studio, id: ItemId) -> PathBuf {
        studio.take_newer(id, finished());
        studio.keep_result(id);
        take_answers(studio);
        studio.save();
        take_answers(studio);
        studio.items.get(id).unwrap().saved.clone().unwrap().file
    }

    #[test]
    fn a_mesh_that_is_made_again_leaves_one_file() {
        let (folder, mut studio) = studio();
        let id = studio.add(Source::Picture("a.png".into()));
        let files: Vec<PathBuf> = (0..3).map(|_| make(&mut studio, id)).collect();
        let left = std::fs::read_dir(folder.path().join("data/results")).unwrap();
        assert_eq!(left.map(|entry| entry.unwrap().path()).collect::<Vec<_>>(), files[2..]);
        // One that undo may want back stays.
        studio.remove(&[id]);
        studio.delete_replaced(vec![files[2].clone()]);
        take_answers(&mut studio);
        assert!(files[2].is_file());
        studio.run_command(Command::Undo);
        assert_eq!(studio.items.get(id).unwrap().saved.as_ref().unwrap().file, files[2]);
    }
}
