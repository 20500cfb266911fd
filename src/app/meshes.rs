//! Gets the selected card's mesh into the view: from memory, the data folder, or its own file.

use std::path::Path;
use std::sync::Arc;

use super::Studio;
use super::state::{Finished, ItemId, Source, Status};
use super::toast::Level;
use crate::import;
use crate::mesh::Mesh;
use crate::print::{self, Report};
use crate::progress::{Cancelled, Monitor};
use crate::request::Request;

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
            self.show_mesh(id, &mesh);
            self.forget_old_meshes(id);
            return;
        }
        self.viewport.clear();
        if item.status.is_open() {
            return;
        }
        let (path, request, notes) = match (&item.source, self.results.get(&id)) {
            // Also the repaired mesh of a file.
            (_, Some(saved)) => (saved.file.clone(), saved.request, saved.notes.clone()),
            (Source::MeshFile(path), None) => (path.clone(), item.request, Vec::new()),
            (Source::Picture(_), None) => return,
        };
        self.spawn(move || {
            let read = read_checked(&path);
            Box::new(move |studio| match read {
                Ok((mesh, report)) => studio.take_mesh(id, mesh, report, request, notes),
                Err(why) => studio.mesh_unreadable(id, &why),
            })
        });
    }

    fn take_mesh(&mut self, id: ItemId, mesh: Mesh, report: Report, request: Request, notes: Vec<String>) {
        let Some(item) = self.items.get_mut(id) else { return };
        // A newer one came meanwhile, or is coming.
        if item.status.is_open() || item.finished.is_some() {
            return;
        }
        item.status = Status::Finished;
        item.finished = Some(Finished { mesh: Arc::new(mesh), report: Arc::new(report), notes, request });
        if self.items.selected_id() == Some(id) {
            self.load_selected();
        }
    }

    fn mesh_unreadable(&mut self, id: ItemId, why: &str) {
        let Some(item) = self.items.get_mut(id) else { return };
        if item.status.is_open() || item.finished.is_some() {
            return;
        }
        self.results.remove(&id);
        let text = format!("{}: {why}", item.name());
        item.status = match item.source {
            Source::MeshFile(_) => Status::Failed(why.to_owned()),
            // The picture is still there to make it again.
            Source::Picture(_) => Status::New,
        };
        self.messages.push(Level::Error, text);
        self.touch();
    }

    /// Drops the meshes of cards that are kept on disk, except those nearest to the selected one.
    fn forget_old_meshes(&mut self, selected: ItemId) {
        let on_disk: Vec<ItemId> = self
            .items
            .iter()
            .filter(|i| i.id != selected && i.finished.is_some() && self.results.contains_key(&i.id))
            .map(|i| i.id)
            .collect();
        let extra = on_disk.len().saturating_sub(IN_MEMORY);
        for id in on_disk.into_iter().take(extra) {
            if let Some(item) = self.items.get_mut(id) {
                item.finished = None;
            }
        }
    }
}

/// Reads a mesh file and checks it.
fn read_checked(path: &Path) -> Result<(Mesh, Report), String> {
    let mesh = import::read_file(path).map_err(|error| error.to_string())?;
    let report = print::check(&mesh, &Monitor::silent()).map_err(|error: Cancelled| error.to_string())?;
    Ok((mesh, report))
}
