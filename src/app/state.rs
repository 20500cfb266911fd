//! What the window shows and remembers: plain data, no worker and no widget.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::session::UNREAD;
use crate::job::{Estimate, JobId};
use crate::mesh::Mesh;
use crate::pipeline::{self, Input, Views};
use crate::print::Report;
use crate::progress::Stage;
use crate::request::{Request, relevance};

/// Names a card of the picture list, across sessions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ItemId(pub u64);

/// Where a card's solid comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A picture that the pipeline turns into a mesh.
    Picture(PathBuf),
    /// A mesh file that is only looked at and exported.
    MeshFile(PathBuf),
}

impl Source {
    /// The file.
    pub fn path(&self) -> &Path {
        match self {
            Self::Picture(path) | Self::MeshFile(path) => path,
        }
    }
}

/// Where a card stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Status {
    /// Nothing was asked for yet.
    #[default]
    New,
    /// It waits for its turn.
    Waiting,
    /// It is being worked on.
    Running {
        /// The running stage, once the first has begun.
        stage: Option<Stage>,
        /// The whole of it.
        estimate: Estimate,
    },
    /// There is a mesh.
    Finished,
    /// It failed, for this reason.
    Failed(String),
    /// It was cancelled.
    Cancelled,
}

impl Status {
    /// Whether it waits or runs.
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Waiting | Self::Running { .. })
    }
}

/// A finished mesh on disk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SavedResult {
    /// The PLY file.
    pub file: PathBuf,
    /// The settings it was made with.
    pub request: Request,
    /// The corrected cut-out it was made with.
    #[serde(default)]
    pub mask: Option<PathBuf>,
    /// The pictures of further sides it was made with.
    #[serde(default)]
    pub views: Views,
    /// Notes shown with it.
    #[serde(default)]
    pub notes: Vec<String>,
}

/// A finished mesh with everything that is shown about it.
#[derive(Clone, Debug)]
pub struct Finished {
    /// Print space, millimetres.
    pub mesh: Arc<Mesh>,
    /// What a printer would say.
    pub report: Arc<Report>,
    /// Things worth telling about how it was made.
    pub notes: Vec<String>,
    /// The settings it was made with.
    pub request: Request,
    /// The corrected cut-out it was made with.
    pub mask: Option<PathBuf>,
    /// The pictures of further sides it was made with.
    pub views: Views,
    /// Whether it was repaired here, so that no file of the user's holds it.
    pub repaired: bool,
}

/// One card.
#[derive(Clone, Debug)]
pub struct Item {
    /// Its name.
    pub id: ItemId,
    /// Where it comes from.
    pub source: Source,
    /// The settings for the next run.
    pub request: Request,
    /// The corrected cut-out, if there is one, as a picture in the data folder.
    pub mask: Option<PathBuf>,
    /// Pictures of further sides, the user's own files; kept while another model is chosen.
    pub views: Views,
    /// Where it stands.
    pub status: Status,
    /// The job in the queue, while there is one.
    pub job: Option<JobId>,
    /// The mesh; `None` as well while it is being read from the data folder.
    pub finished: Option<Finished>,
    /// Where the mesh is kept in the data folder, once it is there.
    pub saved: Option<SavedResult>,
    /// Whether its mesh is left unread until somebody asks for it: the program ended while it was read or drawn.
    pub held_back: bool,
}

impl Item {
    /// File name, to show.
    pub fn name(&self) -> String {
        let path = self.source.path();
        path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
    }

    /// The pictures of further sides that the next run would use: none where its model takes none.
    pub fn views_for_run(&self) -> Views {
        if relevance::needed_for_views(&self.request).is_none() { self.views.clone() } else { Views::new() }
    }

    /// The corrected cut-out that the next run would use: none where the whole frame is taken.
    pub fn mask_for_run(&self) -> Option<&Path> {
        self.mask.as_deref().filter(|_| reads_mask(&self.request))
    }

    /// The pictures that the card names: its own, and those of further sides.
    pub fn pictures(&self) -> impl Iterator<Item = &Path> {
        let made_with = [self.finished.as_ref().map(|f| &f.views), self.saved.as_ref().map(|s| &s.views)];
        let views = made_with.into_iter().flatten().chain([&self.views]).flat_map(|views| views.values());
        std::iter::once(self.source.path()).chain(views.map(PathBuf::as_path))
    }

    /// What the next run is made from.
    pub fn input(&self) -> Input {
        Input { path: self.source.path().to_owned(), mask: self.mask.clone(), views: self.views_for_run() }
    }

    /// Settings, corrected cut-out and further views that the mesh was made with, if there is a mesh,
    /// in memory or on disk. A cut-out that its settings do not read is none.
    pub fn made_with(&self) -> Option<(&Request, Option<&Path>, &Views)> {
        let in_memory = self.finished.as_ref().map(|f| (&f.request, f.mask.as_deref(), &f.views));
        let made = in_memory.or_else(|| self.saved.as_ref().map(|s| (&s.request, s.mask.as_deref(), &s.views)));
        made.map(|(request, mask, views)| (request, mask.filter(|_| reads_mask(request)), views))
    }

    /// How much was cut off for the flat base of the mesh, in millimetres of the print; 0 without a mesh.
    pub fn cut_off_mm(&self) -> f32 {
        let in_memory = self.finished.as_ref().map(|f| (&f.request, &f.notes));
        let made = in_memory.or_else(|| self.saved.as_ref().map(|s| (&s.request, &s.notes)));
        made.map_or(0.0, |(request, notes)| pipeline::cut_off_mm(request, notes))
    }

    /// Changes what the next run is made from. Where that comes to be again what the mesh was made from, the run
    /// that failed with something else no longer counts.
    pub fn change(&mut self, change: impl FnOnce(&mut Self)) {
        let was_outdated = self.is_outdated();
        change(self);
        if was_outdated && !self.is_outdated() && self.has_failed_run() {
            self.status = self.status_with_mesh();
        }
    }

    /// What a card is that no longer waits or runs: its mesh of before is still there.
    pub fn status_when_cancelled(&self) -> Status {
        if self.made_with().is_some() { self.status_with_mesh() } else { Status::Cancelled }
    }

    /// What a card is that has a mesh, read or not.
    pub fn status_with_mesh(&self) -> Status {
        if self.held_back && self.finished.is_none() { Status::Failed(UNREAD.to_owned()) } else { Status::Finished }
    }

    /// Whether its last run failed; a mesh that it has is of an earlier one.
    pub fn has_failed_run(&self) -> bool {
        matches!((&self.source, &self.status), (Source::Picture(_), Status::Failed(_)))
    }

    /// Whether the mesh was made with other settings, another cut-out or other views than those shown.
    pub fn is_outdated(&self) -> bool {
        let views = self.views_for_run();
        let now = (&self.request, self.mask_for_run(), &views);
        let is_as = |made: (&Request, Option<&Path>, &Views)| {
            (made.1, made.2) == (now.1, now.2) && (made.0 == now.0 || is_same_uncut(made.0, now.0))
        };
        matches!(self.source, Source::Picture(_)) && self.made_with().is_some_and(|made| !is_as(made))
    }

    /// Whether `mesh` is the card's.
    pub fn shows(&self, mesh: &Arc<Mesh>) -> bool {
        self.finished.as_ref().is_some_and(|f| Arc::ptr_eq(&f.mesh, mesh))
    }

    /// Whether there is a mesh that would be lost with the window.
    pub fn is_unsaved(&self) -> bool {
        let made_here = |f: &Finished| f.repaired || matches!(self.source, Source::Picture(_));
        self.saved.is_none() && self.finished.as_ref().is_some_and(made_here)
    }
}

/// Whether nothing is cut out with either of these settings, and they are the same but for how it would be.
fn is_same_uncut(a: &Request, b: &Request) -> bool {
    !reads_mask(a) && !reads_mask(b) && Request { cut_out: a.cut_out, ..*b } == *a
}

/// Whether a corrected cut-out changes what `request` makes.
fn reads_mask(request: &Request) -> bool {
    relevance::needed_for_mask(request).is_none()
}

/// A file may hold any number; above this one, new names could run out.
const GREATEST_ID: u64 = u64::MAX / 2;

/// The picture list: cards in order, and the selected one.
#[derive(Clone, Debug, Default)]
pub struct Items {
    list: Vec<Item>,
    selected: Option<ItemId>,
    next_id: u64,
}

impl Items {
    /// The cards in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Item> {
        self.list.iter()
    }

    /// The cards in order, to change them.
    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, Item> {
        self.list.iter_mut()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Number of cards.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// The card called `id`.
    pub fn get(&self, id: ItemId) -> Option<&Item> {
        self.list.iter().find(|i| i.id == id)
    }

    /// The card called `id`, to change it.
    pub fn get_mut(&mut self, id: ItemId) -> Option<&mut Item> {
        self.list.iter_mut().find(|i| i.id == id)
    }

    /// The card of a job.
    pub fn of_job_mut(&mut self, job: JobId) -> Option<&mut Item> {
        self.list.iter_mut().find(|i| i.job == Some(job))
    }

    /// The selected card.
    pub fn selected(&self) -> Option<&Item> {
        self.selected.and_then(|id| self.get(id))
    }

    /// The selected card, to change it.
    pub fn selected_mut(&mut self) -> Option<&mut Item> {
        self.selected.and_then(|id| self.get_mut(id))
    }

    /// Name of the selected card.
    pub fn selected_id(&self) -> Option<ItemId> {
        self.selected
    }

    /// Selects a card; an unknown one deselects.
    pub fn select(&mut self, id: ItemId) {
        self.selected = self.get(id).map(|i| i.id);
    }

    /// Selects the card `step` places further, stopping at the ends.
    pub fn select_by(&mut self, step: isize) {
        let position = self.list.iter().position(|i| Some(i.id) == self.selected);
        let last = self.list.len().saturating_sub(1);
        let target = position.map_or(0, |p| p.saturating_add_signed(step).min(last));
        self.selected = self.list.get(target).map(|i| i.id);
    }

    /// Adds a card at the end.
    pub fn add(&mut self, source: Source, request: Request) -> ItemId {
        self.next_id += 1;
        let id = ItemId(self.next_id);
        let status = Status::New;
        self.list.push(Item {
            id,
            source,
            request,
            mask: None,
            views: Views::new(),
            status,
            job: None,
            finished: None,
            saved: None,
            held_back: false,
        });
        id
    }

    /// Adds cards of an earlier session, keeping their names where they have one of their own.
    pub fn restore(&mut self, items: impl IntoIterator<Item = Item>, selected: Option<ItemId>) {
        let mut nameless = Vec::new();
        for item in items {
            let position = self.list.len();
            if item.id.0 > GREATEST_ID || self.get(item.id).is_some() {
                nameless.push(position);
            } else {
                self.next_id = self.next_id.max(item.id.0);
            }
            self.list.push(item);
        }
        for position in nameless {
            self.next_id += 1;
            self.list[position].id = ItemId(self.next_id);
        }
        self.selected = selected.filter(|&id| self.get(id).is_some());
    }

    /// Puts a card back where it was, as undoing a removal does.
    pub fn insert(&mut self, position: usize, item: Item) {
        self.list.insert(position.min(self.list.len()), item);
    }

    /// Takes a card out, with its position; its neighbour becomes selected.
    pub fn remove(&mut self, id: ItemId) -> Option<(usize, Item)> {
        let position = self.list.iter().position(|i| i.id == id)?;
        let item = self.list.remove(position);
        if self.selected == Some(id) {
            self.selected = self.list.get(position).or(self.list.last()).map(|i| i.id);
        }
        Some((position, item))
    }

    /// Moves a card by one place up or down. Returns the card it passed, if it moved.
    pub fn shift(&mut self, id: ItemId, down: bool) -> Option<ItemId> {
        let position = self.list.iter().position(|i| i.id == id)?;
        let target = if down { position + 1 } else { position.wrapping_sub(1) };
        let passed = self.list.get(target)?.id;
        self.list.swap(position, target);
        Some(passed)
    }
}

#[cfg(test)]
mod tests;
