//! Gets the selected card's mesh into the view: from memory, the data folder, or its own file.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use glam::Vec3;

use super::Studio;
use super::state::{Finished, Item, ItemId, SavedResult, Source, Status};
use super::toast::Level;
use super::viewport::{Prepared, Uploaded};
use crate::background;
use crate::import;
use crate::mesh::Mesh;
use crate::print::{self, Report};
use crate::progress::{CancelToken, Cancelled, Monitor};
use crate::render::RenderError;

/// Meshes that stay in memory besides the selected one; the others are read again when selected.
const IN_MEMORY: usize = 8;

impl Studio {
    /// Shows the mesh of the selected card, reading it first when it is not in memory. What was being
    /// read for another card is given up.
    pub(super) fn load_selected(&mut self) {
        let Some(item) = self.items.selected() else {
            self.stop_reading();
            self.viewport.clear();
            return;
        };
        let id = item.id;
        if let Some(finished) = &item.finished {
            let mesh = finished.mesh.clone();
            self.stop_reading();
            self.show_mesh(id, &mesh, None);
            self.forget_old_meshes();
            return;
        }
        let file = item.file_to_read();
        let is_of = |reading: &Reading| reading.id == id && Some(&reading.file) == file.as_ref();
        if self.reading.as_ref().is_some_and(is_of) {
            return;
        }
        self.stop_reading();
        self.viewport.clear();
        if let Some(file) = file {
            self.read(Reading { id, file, cancel: CancelToken::new() });
        }
    }

    fn read(&mut self, reading: Reading) {
        self.reading = Some(reading.clone());
        let early = self.early.take_mesh(&reading.file);
        let (uploader, slow) = (self.viewport.uploader(), self.viewport.is_slow());
        let (file, cancel) = (reading.file.clone(), reading.cancel.clone());
        let read = move || {
            if cancel.is_cancelled() {
                return None;
            }
            // A thread that panicked has read nothing.
            let anew = || Read::file(&file, slow, &Monitor::new(&cancel, &|_| {}));
            let read = early.and_then(|e| e.join().ok()).unwrap_or_else(anew);
            if cancel.is_cancelled() {
                return None;
            }
            Some(read.map(|Read { mesh, remarks, prepared }| {
                let uploaded = uploader.map(|u| prepared.and_then(|prepared| u.upload(&prepared)));
                (Arc::new(mesh), remarks, uploaded)
            }))
        };
        self.run_task(read, move |studio, read| match read {
            Ok(Some(Ok((mesh, remarks, uploaded)))) => studio.take_unchecked(reading, mesh, remarks, uploaded),
            Ok(Some(Err(why))) => studio.mesh_unreadable(&reading, &why),
            // Given up: another card is selected.
            Ok(None) => {}
            Err(why) => studio.mesh_unread(&reading, &why),
        });
    }

    /// Gives up what is being read.
    pub(super) fn stop_reading(&mut self) {
        if let Some(reading) = self.reading.take() {
            reading.cancel.cancel();
        }
    }

    /// Notes that a reading has come to its end, unless another one is wanted by now.
    fn end_reading(&mut self, reading: &Reading) {
        if !reading.cancel.is_cancelled() {
            self.reading = None;
            // The list on disk may say that it is being read.
            self.touch();
        }
    }

    /// The card whose mesh is being read or checked.
    pub(super) fn id_being_read(&self) -> Option<ItemId> {
        self.reading.as_ref().map(|reading| reading.id)
    }

    /// The file that is being read for the selected card, by its name on the card.
    pub(super) fn name_being_read(&self) -> Option<String> {
        let item = self.items.selected()?;
        self.reading.as_ref().filter(|reading| reading.id == item.id).map(|_| item.name())
    }

    /// Shows a mesh that was read, and has it checked meanwhile.
    fn take_unchecked(&mut self, reading: Reading, mesh: Arc<Mesh>, remarks: Remarks, uploaded: Option<Uploaded>) {
        if !self.is_awaited(&reading) {
            self.end_reading(&reading);
            return;
        }
        if self.items.selected_id() == Some(reading.id) {
            self.show_mesh(reading.id, &mesh, uploaded);
        }
        let (unchecked, cancel) = (mesh.clone(), reading.cancel.clone());
        let check = move || background::run(|| print::check(&unchecked, &Monitor::new(&cancel, &|_| {})));
        self.run_task(check, move |studio, checked| match checked {
            Ok(Ok(report)) => {
                let Remarks { left_out_faces, file_notes } = remarks;
                studio.take_mesh(&reading, mesh, Report { left_out_faces, file_notes, ..report });
            }
            // Another card is selected.
            Ok(Err(Cancelled)) => {}
            Err(why) => studio.mesh_unread(&reading, &why),
        });
    }

    fn take_mesh(&mut self, reading: &Reading, mesh: Arc<Mesh>, report: Report) {
        let is_awaited = self.is_awaited(reading);
        self.end_reading(reading);
        let Some(item) = self.items.get_mut(reading.id).filter(|_| is_awaited) else { return };
        let (request, mask, views, notes) = match item.saved.clone() {
            Some(SavedResult { request, mask, views, notes, .. }) => (request, mask, views, notes),
            None => (item.request, item.mask.clone(), item.views_for_run(), Vec::new()),
        };
        let repaired = item.saved.is_some() && matches!(item.source, Source::MeshFile(_));
        // This mesh was there before the run that failed; a mesh file that is read has not failed any more.
        if !item.has_failed_run() {
            item.status = Status::Finished;
        }
        item.finished = Some(Finished { mesh, report: Arc::new(report), notes, request, mask, views, repaired });
        if self.items.selected_id() == Some(reading.id) {
            self.load_selected();
        }
    }

    /// Whether the card still wants what was read: it is still selected, and no newer mesh came meanwhile or
    /// is coming.
    fn is_awaited(&self, reading: &Reading) -> bool {
        let item = self.items.get(reading.id).filter(|_| !reading.cancel.is_cancelled());
        item.is_some_and(|i| !i.status.is_open() && i.finished.is_none() && file_of(i).as_ref() == Some(&reading.file))
    }

    /// Nothing was read, and nothing is known against the file: one of ours is read again when its card is
    /// selected again.
    fn mesh_unread(&mut self, reading: &Reading, why: &str) {
        if self.items.get(reading.id).is_some_and(|item| item.saved.is_none()) {
            return self.mesh_unreadable(reading, why);
        }
        self.end_reading(reading);
        if self.is_awaited(reading) {
            self.messages.push(Level::Error, format!("The mesh was not read ({why}): {}", reading.file.display()));
        }
    }

    fn mesh_unreadable(&mut self, reading: &Reading, why: &str) {
        let is_awaited = self.is_awaited(reading);
        self.end_reading(reading);
        let Some(item) = self.items.get_mut(reading.id).filter(|_| is_awaited) else { return };
        item.saved = None;
        let text = format!("{}: {why}", item.name());
        match item.source {
            Source::MeshFile(_) => item.status = Status::Failed(why.to_owned()),
            Source::Picture(_) if item.has_failed_run() => {}
            // The picture is still there to make it again.
            Source::Picture(_) => item.status = Status::New,
        }
        self.messages.push(Level::Error, text);
        self.touch();
    }

    /// Size in mm and number of triangles of the selected card's mesh while it is being checked.
    pub(super) fn measures_being_checked(&self) -> Option<(Vec3, u64)> {
        // It is shown from the moment on that it was read, until something else is made in its place.
        self.items.selected().filter(|item| !item.status.is_open())?;
        self.name_being_read().and_then(|_| self.viewport.measures())
    }

    /// Why there is nothing to do with the mesh of the selected card yet, where it comes by itself.
    pub(super) fn why_to_wait(&self) -> Option<&'static str> {
        let item = self.items.selected().filter(|item| item.finished.is_none())?;
        match (&item.source, &item.status) {
            (_, status) if status.is_open() => Some("The mesh is still being made"),
            (Source::MeshFile(_), Status::Failed(_)) => None,
            _ => self.name_being_read().map(|_| "The mesh is still being read and checked; a moment"),
        }
    }

    /// Tells why the selected card has no mesh to `do_what` (a verb) with yet.
    pub(super) fn tell_no_mesh(&mut self, do_what: &str) {
        if let Some(why) = self.why_to_wait() {
            self.messages.push(Level::Info, why);
            return;
        }
        let text = match self.items.selected() {
            Some(item) if item.is_unread() => item.unread_text().to_owned(),
            Some(Item { source: Source::MeshFile(_), status: Status::Failed(_), .. }) => {
                "The mesh file could not be read; try again (Ctrl+R)".to_owned()
            }
            Some(item) if item.file_to_read().is_some() => {
                self.load_selected();
                "The mesh was not read to its end; it is being read again, a moment".to_owned()
            }
            _ => format!("There is no mesh to {do_what} yet; generate one first (Ctrl+G)"),
        };
        self.messages.push(Level::Info, text);
    }

    /// Drops the meshes of cards that are kept in files, except those nearest to the selected one. Whether the
    /// files are there is looked at beside the window: they may lie on a share that does not answer.
    pub(super) fn forget_old_meshes(&mut self) {
        if let Some(again) = &mut self.forgetting {
            *again = true;
            return;
        }
        let far = self.far_meshes();
        if far.is_empty() {
            return;
        }
        self.forgetting = Some(false);
        // A file of the user's may be gone by now.
        let look = move || far.into_iter().filter(|(_, file)| file.is_file()).collect::<Vec<_>>();
        self.run_task(look, |studio, there| {
            // Another card may be selected by now.
            let far = studio.far_meshes();
            for (id, _) in there.unwrap_or_default().into_iter().filter(|mesh| far.contains(mesh)) {
                if let Some(item) = studio.items.get_mut(id) {
                    item.finished = None;
                }
            }
            if studio.forgetting.take() == Some(true) {
                studio.forget_old_meshes();
            }
        });
    }

    /// The cards with a mesh that is far from the selected one and in a file, and these files.
    fn far_meshes(&self) -> Vec<(ItemId, PathBuf)> {
        let selected = self.items.selected_id();
        let place = self.items.iter().position(|i| Some(i.id) == selected).unwrap_or(0);
        let is_used = |id: ItemId| Some(id) == selected || self.is_repairing(id);
        let is_extra = |i: &Item| !is_used(i.id) && i.finished.is_some() && !i.is_unsaved() && file_of(i).is_some();
        let cards = self.items.iter().enumerate().filter(|(_, item)| is_extra(item));
        let mut in_files: Vec<(usize, ItemId)> = cards.map(|(at, item)| (at.abs_diff(place), item.id)).collect();
        in_files.sort_by_key(|(distance, _)| *distance);
        let far = in_files.into_iter().skip(IN_MEMORY);
        far.filter_map(|(_, id)| Some((id, file_of(self.items.get(id)?)?))).collect()
    }
}

/// A mesh file that is being read for a card.
#[derive(Clone, Debug)]
pub(super) struct Reading {
    id: ItemId,
    file: PathBuf,
    /// Cancelled when another card is selected, or the mesh is there.
    cancel: CancelToken,
}

/// Where the mesh of a card is read from, if it is in any file.
pub(super) fn file_of(item: &Item) -> Option<PathBuf> {
    match (&item.source, &item.saved) {
        // Also the repaired mesh of a file.
        (_, Some(saved)) => Some(saved.file.clone()),
        (Source::MeshFile(path), None) => Some(path.clone()),
        (Source::Picture(_), None) => None,
    }
}

/// What a report says of the file that a mesh was read from.
struct Remarks {
    left_out_faces: u64,
    file_notes: Vec<String>,
}

/// A mesh that was read, ready for the device.
pub(super) struct Read {
    mesh: Mesh,
    remarks: Remarks,
    prepared: Result<Prepared, RenderError>,
}

impl Read {
    /// Reads a mesh file; `for_slow` as of [`Prepared::new`].
    ///
    /// # Errors
    /// The sentence to tell; any while it is cancelled.
    pub fn file(path: &Path, for_slow: bool, monitor: &Monitor) -> Result<Self, String> {
        let imported = import::import_file(path, &import::Limits::default(), monitor);
        let import::Imported { mesh, left_out, notes } = imported.map_err(|error| error.to_string())?;
        monitor.check().map_err(|error| error.to_string())?;
        let prepared = Prepared::new(&mesh, for_slow);
        Ok(Self { mesh, remarks: Remarks { left_out_faces: left_out, file_notes: notes }, prepared })
    }
}
