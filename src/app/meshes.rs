//! Gets the selected card's mesh into the view: from memory, the data folder, or its own file.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Studio;
use super::state::{Finished, Item, ItemId, SavedResult, Source, Status};
use super::toast::Level;
use super::viewport::{Prepared, Uploaded};
use crate::background;
use crate::import;
use crate::mesh::Mesh;
use crate::print::{self, Report};
use crate::progress::{Cancelled, Monitor};
use crate::render::RenderError;

/// Meshes that stay in memory besides the selected one; the others are read again when selected.
const IN_MEMORY: usize = 8;

impl Studio {
    /// Shows the mesh of the selected card, reading it first when it is not in memory.
    pub(super) fn load_selected(&mut self) {
        let Some(item) = self.items.selected() else {
            self.viewport.clear();
            return;
        };
        let id = item.id;
        if let Some(finished) = &item.finished {
            let mesh = finished.mesh.clone();
            self.show_mesh(id, &mesh, None);
            self.forget_old_meshes();
            return;
        }
        let reading = file_of(item).filter(|_| !item.status.is_open()).map(|file| Reading { id, file });
        if reading.is_some() && reading == self.reading {
            return;
        }
        self.viewport.clear();
        self.reading = reading.clone();
        let Some(reading) = reading else { return };
        let early = self.early.take_mesh(&reading.file);
        let (uploader, slow) = (self.viewport.uploader(), self.viewport.is_slow());
        let file = reading.file.clone();
        let read = move || {
            // A thread that panicked has read nothing.
            let read = early.and_then(|e| e.join().ok()).unwrap_or_else(|| Read::file(&file, slow));
            read.map(|Read { mesh, prepared }| {
                let uploaded = uploader.map(|u| prepared.and_then(|prepared| u.upload(&prepared)));
                (Arc::new(mesh), uploaded)
            })
        };
        self.run_task(read, move |studio, read| match read {
            Ok(Ok((mesh, uploaded))) => studio.take_unchecked(reading, mesh, uploaded),
            Ok(Err(why)) => studio.mesh_unreadable(&reading, &why),
            Err(why) => studio.mesh_unread(&reading, &why),
        });
    }

    /// Shows a mesh that was read, and has it checked meanwhile.
    fn take_unchecked(&mut self, reading: Reading, mesh: Arc<Mesh>, uploaded: Option<Uploaded>) {
        if !self.is_awaited(&reading) {
            return self.end_reading(&reading);
        }
        if self.items.selected_id() == Some(reading.id) {
            self.show_mesh(reading.id, &mesh, uploaded);
        }
        let unchecked = mesh.clone();
        let check = move || background::run(|| print::check(&unchecked, &Monitor::silent()));
        self.run_task(check, move |studio, checked| match checked {
            Ok(Ok(report)) => studio.take_mesh(&reading, mesh, report),
            Ok(Err(Cancelled)) => studio.mesh_unread(&reading, "it was cancelled"),
            Err(why) => studio.mesh_unread(&reading, &why),
        });
    }

    fn take_mesh(&mut self, reading: &Reading, mesh: Arc<Mesh>, report: Report) {
        if !self.is_awaited(reading) {
            return self.end_reading(reading);
        }
        let Some(item) = self.items.get_mut(reading.id) else { return };
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
        self.end_reading(reading);
        if self.items.selected_id() == Some(reading.id) {
            self.load_selected();
        }
    }

    /// From now on the file may be read anew, as when a card that was removed comes back.
    fn end_reading(&mut self, reading: &Reading) {
        self.reading.take_if(|awaited| awaited == reading);
    }

    /// Whether the card still wants what was read: no newer mesh came meanwhile, or is coming.
    fn is_awaited(&self, reading: &Reading) -> bool {
        let item = self.items.get(reading.id);
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
        self.end_reading(reading);
        if !self.is_awaited(reading) {
            return;
        }
        let Some(item) = self.items.get_mut(reading.id) else { return };
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

    /// Drops the meshes of cards that are kept on disk, except those nearest to the selected one.
    pub(super) fn forget_old_meshes(&mut self) {
        let selected = self.items.selected_id();
        let here = self.items.iter().position(|i| Some(i.id) == selected).unwrap_or(0);
        let is_extra = |i: &Item| Some(i.id) != selected && i.finished.is_some() && i.saved.is_some();
        let extra = self.items.iter().enumerate().filter(|(_, i)| is_extra(i));
        let mut on_disk: Vec<(usize, ItemId)> = extra.map(|(place, i)| (place.abs_diff(here), i.id)).collect();
        on_disk.sort_by_key(|(distance, _)| *distance);
        for (_, id) in on_disk.into_iter().skip(IN_MEMORY) {
            if let Some(item) = self.items.get_mut(id) {
                item.finished = None;
            }
        }
    }
}

/// A mesh file that is being read for a card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    id: ItemId,
    file: PathBuf,
}

/// Where the mesh of a card is read from, if it is in any file.
fn file_of(item: &Item) -> Option<PathBuf> {
    match (&item.source, &item.saved) {
        // Also the repaired mesh of a file.
        (_, Some(saved)) => Some(saved.file.clone()),
        (Source::MeshFile(path), None) => Some(path.clone()),
        (Source::Picture(_), None) => None,
    }
}

/// A mesh that was read, ready for the device.
pub(super) struct Read {
    mesh: Mesh,
    prepared: Result<Prepared, RenderError>,
}

impl Read {
    /// Reads a mesh file; `for_slow` as of [`Prepared::new`].
    pub fn file(path: &Path, for_slow: bool) -> Result<Self, String> {
        let mesh = import::read_file(path).map_err(|error| error.to_string())?;
        let prepared = Prepared::new(&mesh, for_slow);
        Ok(Self { mesh, prepared })
    }
}
