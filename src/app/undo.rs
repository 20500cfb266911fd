//! Undo and redo of what the user did to the picture list and its settings.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::state::{Finished, Item, ItemId, Items, SavedResult};
use crate::pipeline::Views;
use crate::request::Request;
use crate::request::parameter::ParamGroup;

/// Changes of the same setting within this time are one step back.
const GROUP_WITHIN: Duration = Duration::from_millis(500);
/// Steps that are remembered.
const DEPTH: usize = 200;

/// One change, as it is needed to take it back; applying it gives the opposite change.
#[derive(Clone, Debug)]
pub enum Change {
    /// Settings of a card (`from` is what they were).
    Settings {
        /// The card.
        id: ItemId,
        /// The settings to go back to.
        request: Box<Request>,
    },
    /// Settings of several cards.
    AllSettings(Vec<(ItemId, Request)>),
    /// The corrected cut-out of a card.
    Mask {
        /// The card.
        id: ItemId,
        /// The mask to go back to.
        mask: Option<PathBuf>,
        /// The settings to go back to: a corrected mask is never inverted again.
        request: Box<Request>,
    },
    /// The pictures of further sides of a card.
    Views {
        /// The card.
        id: ItemId,
        /// The pictures to go back to.
        views: Views,
    },
    /// The mesh of a card, repaired.
    Mesh {
        /// The card.
        id: ItemId,
        /// The mesh to go back to, while it is in memory.
        finished: Box<Option<Finished>>,
        /// Its file.
        saved: Box<Option<SavedResult>>,
    },
    /// Cards that were removed, with their places, in the order of removal.
    Removed(Vec<(usize, Item)>),
    /// Cards that were added.
    Added(Vec<ItemId>),
    /// A card that moved by one place.
    Moved {
        /// The card.
        id: ItemId,
        /// Whether it goes down to be where it was.
        down: bool,
    },
}

impl Change {
    /// Lets go of the meshes of removed cards that are in files: they are read again when their cards come back.
    fn without_kept_meshes(mut self) -> Self {
        if let Self::Removed(removed) = &mut self {
            let kept = removed.iter_mut().map(|(_, item)| item).filter(|item| item.saved.is_some());
            kept.for_each(|item| item.finished = None);
        }
        self
    }

    /// Whether taking it back needs this file of a mesh.
    fn names(&self, file: &Path) -> bool {
        let is_it = |saved: &Option<SavedResult>| saved.as_ref().is_some_and(|saved| saved.file == file);
        match self {
            Self::Mesh { saved, .. } => is_it(saved),
            Self::Removed(removed) => removed.iter().any(|(_, item)| is_it(&item.saved)),
            _ => false,
        }
    }

    /// The pictures that taking it back needs.
    fn pictures(&self) -> Vec<&Path> {
        match self {
            Self::Views { views, .. } => views.values().map(PathBuf::as_path).collect(),
            Self::Removed(removed) => removed.iter().flat_map(|(_, item)| item.pictures()).collect(),
            _ => Vec::new(),
        }
    }

    /// Takes the change back and returns the change that would make it again.
    fn apply(self, items: &mut Items) -> Self {
        match self {
            Self::Settings { id, mut request } => {
                if let Some(item) = items.get_mut(id) {
                    item.change(|item| std::mem::swap(&mut item.request, &mut request));
                }
                Self::Settings { id, request }
            }
            Self::AllSettings(mut all) => {
                for (id, request) in &mut all {
                    if let Some(item) = items.get_mut(*id) {
                        item.change(|item| std::mem::swap(&mut item.request, request));
                    }
                }
                Self::AllSettings(all)
            }
            Self::Mask { id, mut mask, mut request } => {
                if let Some(item) = items.get_mut(id) {
                    item.change(|item| {
                        std::mem::swap(&mut item.mask, &mut mask);
                        std::mem::swap(&mut item.request, &mut request);
                    });
                }
                Self::Mask { id, mask, request }
            }
            Self::Views { id, mut views } => {
                if let Some(item) = items.get_mut(id) {
                    item.change(|item| std::mem::swap(&mut item.views, &mut views));
                }
                Self::Views { id, views }
            }
            Self::Mesh { id, mut finished, mut saved } => {
                if let Some(item) = items.get_mut(id) {
                    std::mem::swap(&mut item.finished, &mut finished);
                    std::mem::swap(&mut item.saved, &mut saved);
                }
                Self::Mesh { id, finished, saved }
            }
            Self::Removed(removed) => {
                let ids = removed.iter().map(|(_, item)| item.id).collect();
                for (position, mut item) in removed.into_iter().rev() {
                    // Its job went with it.
                    item.job = None;
                    if item.status.is_open() {
                        item.status = item.status_when_cancelled();
                    }
                    items.insert(position, item);
                }
                Self::Added(ids)
            }
            Self::Added(ids) => Self::Removed(ids.into_iter().filter_map(|id| items.remove(id)).collect()),
            Self::Moved { id, down } => {
                items.shift(id, down);
                Self::Moved { id, down: !down }
            }
        }
    }
}

/// The settings in which `a` and `b` differ, by their names.
fn differing(a: &Request, b: &Request) -> Vec<&'static str> {
    let mode = (a.mode != b.mode).then_some("mode");
    let groups = a.groups().into_iter().zip(b.groups());
    let differing = |(a, b): (&dyn ParamGroup, &dyn ParamGroup)| {
        a.specs().iter().filter(|spec| a.get(spec.name) != b.get(spec.name)).map(|spec| spec.flag).collect::<Vec<_>>()
    };
    mode.into_iter().chain(groups.flat_map(differing)).collect()
}

/// The changes that can be taken back and made again.
#[derive(Debug, Default)]
pub struct History {
    undo: Vec<Change>,
    redo: Vec<Change>,
    /// The settings that the last change was of, and when.
    last: Option<(ItemId, Vec<&'static str>, Instant)>,
}

impl History {
    /// Whether a step back or forward needs this file of a mesh.
    pub fn names(&self, file: &Path) -> bool {
        self.undo.iter().chain(&self.redo).any(|change| change.names(file))
    }

    /// The pictures that a step back or forward needs.
    pub fn pictures(&self) -> impl Iterator<Item = &Path> {
        self.undo.iter().chain(&self.redo).flat_map(Change::pictures)
    }

    /// Remembers that the settings of a card were just changed from `before` to `after`. Redo is forgotten.
    /// Going on with what was changed a moment ago, as dragging a slider does, is one step with it.
    pub fn push_settings(&mut self, id: ItemId, before: Request, after: &Request) {
        self.push_settings_at(id, before, after, Instant::now());
    }

    fn push_settings_at(&mut self, id: ItemId, before: Request, after: &Request, now: Instant) {
        let names = differing(&before, after);
        let goes_on = self.last.as_ref().is_some_and(|(last_id, last_names, at)| {
            *last_id == id && *last_names == names && now.saturating_duration_since(*at) < GROUP_WITHIN
        });
        if goes_on {
            self.redo.clear();
        } else {
            self.push(Change::Settings { id, request: Box::new(before) });
        }
        self.last = Some((id, names, now));
    }

    /// Remembers a change that was just made; `change` holds what was before. Redo is forgotten.
    pub fn push(&mut self, change: Change) {
        self.last = None;
        self.redo.clear();
        if self.undo.len() == DEPTH {
            self.undo.remove(0);
        }
        self.undo.push(change.without_kept_meshes());
    }

    /// Takes the last change back. Returns whether there was one.
    pub fn undo(&mut self, items: &mut Items) -> bool {
        self.last = None;
        let Some(change) = self.undo.pop() else { return false };
        self.redo.push(change.apply(items).without_kept_meshes());
        true
    }

    /// Makes the last undone change again. Returns whether there was one.
    pub fn redo(&mut self, items: &mut Items) -> bool {
        self.last = None;
        let Some(change) = self.redo.pop() else { return false };
        self.undo.push(change.apply(items).without_kept_meshes());
        true
    }

    /// Whether there is something to take back.
    pub fn can_undo(&self) -> bool {
        !self.undo.is_empty()
    }

    /// Whether there is something to make again.
    pub fn can_redo(&self) -> bool {
        !self.redo.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::super::state::Source;
    use super::*;
    use crate::request::Mode;

    fn set_height(items: &mut Items, history: &mut History, id: ItemId, height_mm: f32, at: Instant) {
        let item = items.get_mut(id).unwrap();
        let before = item.request;
        item.request.size.height_mm = Some(height_mm);
        history.push_settings_at(id, before, &item.request, at);
    }

    #[test]
    fn a_drag_of_a_slider_is_one_step_and_redo_restores_its_end() {
        let (mut items, mut history, start) = (Items::default(), History::default(), Instant::now());
        let id = items.add(Source::Picture("a".into()), Request::default());
        for step in 0..10 {
            set_height(&mut items, &mut history, id, 50.0 + step as f32, start + Duration::from_millis(20 * step));
        }
        set_height(&mut items, &mut history, id, 99.0, start + Duration::from_secs(5));
        assert!(history.undo(&mut items));
        assert_eq!(items.get(id).unwrap().request.size.height_mm, Some(59.0));
        assert!(history.undo(&mut items));
        assert_eq!(items.get(id).unwrap().request.size.height_mm, None);
        assert!(!history.undo(&mut items));
        assert!(history.redo(&mut items) && history.redo(&mut items));
        assert!(!history.redo(&mut items));
        assert_eq!(items.get(id).unwrap().request.size.height_mm, Some(99.0));
    }

    #[test]
    fn different_settings_are_different_steps_however_soon_they_follow() {
        let (mut items, mut history, start) = (Items::default(), History::default(), Instant::now());
        let id = items.add(Source::Picture("a".into()), Request::default());
        set_height(&mut items, &mut history, id, 50.0, start);
        let item = items.get_mut(id).unwrap();
        let before = item.request;
        item.request.mode = Mode::Relief;
        history.push_settings_at(id, before, &item.request, start + Duration::from_millis(100));
        set_height(&mut items, &mut history, id, 60.0, start + Duration::from_millis(200));
        let now = |items: &Items| items.get(id).map(|i| (i.request.mode, i.request.size.height_mm)).unwrap();
        for before in [(Mode::Relief, Some(50.0)), (Mode::Inflate, Some(50.0)), (Mode::Inflate, None)] {
            assert!(history.undo(&mut items));
            assert_eq!(now(&items), before);
        }
        assert!(!history.undo(&mut items));
    }

    #[test]
    fn removed_cards_come_back_to_their_places() {
        let (mut items, mut history) = (Items::default(), History::default());
        let ids: Vec<_> =
            (0..5).map(|n| items.add(Source::Picture(format!("{n}").into()), Request::default())).collect();
        let removed = [ids[1], ids[2], ids[4]].into_iter().filter_map(|id| items.remove(id)).collect();
        history.push(Change::Removed(removed));
        assert_eq!(items.len(), 2);
        history.undo(&mut items);
        assert_eq!(items.iter().map(|i| i.id).collect::<Vec<_>>(), ids);
        history.redo(&mut items);
        assert_eq!(items.iter().map(|i| i.id).collect::<Vec<_>>(), [ids[0], ids[3]]);
    }

    #[test]
    fn an_addition_and_a_move_are_steps_of_their_own() {
        let (mut items, mut history) = (Items::default(), History::default());
        let ids: Vec<_> =
            (0..3).map(|n| items.add(Source::Picture(format!("{n}").into()), Request::default())).collect();
        history.push(Change::Added(ids[1..].to_vec()));
        items.shift(ids[0], true);
        history.push(Change::Moved { id: ids[0], down: false });
        let order = |items: &Items| items.iter().map(|i| i.id).collect::<Vec<_>>();
        history.undo(&mut items);
        assert_eq!(order(&items), ids);
        history.undo(&mut items);
        assert_eq!(order(&items), [ids[0]]);
        history.redo(&mut items);
        history.redo(&mut items);
        assert_eq!(order(&items), [ids[1], ids[0], ids[2]]);
    }

    #[test]
    fn undoing_a_cut_out_brings_its_settings_back() {
        let (mut items, mut history) = (Items::default(), History::default());
        let id = items.add(Source::Picture("a".into()), Request::default());
        let item = items.get_mut(id).unwrap();
        item.request.cut_out.invert = true;
        let request = Box::new(item.request);
        item.request.cut_out.invert = false;
        item.mask = Some("corrected.png".into());
        history.push(Change::Mask { id, mask: None, request });
        assert!(history.undo(&mut items));
        let item = items.get(id).unwrap();
        assert!(item.mask.is_none() && item.request.cut_out.invert);
        assert!(history.redo(&mut items));
        let item = items.get(id).unwrap();
        assert!(item.mask.is_some() && !item.request.cut_out.invert);
    }

    #[test]
    fn a_repaired_mesh_that_left_memory_is_found_again_by_undo_and_redo() {
        let (mut items, mut history) = (Items::default(), History::default());
        let id = items.add(Source::MeshFile("a.stl".into()), Request::default());
        let on_disk = |file: &str| {
            let (file, request) = (file.into(), Request::default());
            Some(SavedResult { file, request, mask: None, views: Views::new(), notes: vec![] })
        };
        items.get_mut(id).unwrap().saved = on_disk("repaired.ply");
        history.push(Change::Mesh { id, finished: Box::new(None), saved: Box::new(on_disk("before.ply")) });
        assert!(history.undo(&mut items));
        assert_eq!(items.get(id).unwrap().saved, on_disk("before.ply"));
        assert!(history.redo(&mut items));
        assert_eq!(items.get(id).unwrap().saved, on_disk("repaired.ply"));
    }
}
