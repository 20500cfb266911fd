//! Undo and redo of what the user did to the picture list and its settings.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::state::{Finished, Item, ItemId, Items, Status};
use crate::request::Request;

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
    },
    /// The mesh of a card, repaired.
    Mesh {
        /// The card.
        id: ItemId,
        /// The mesh to go back to.
        finished: Box<Option<Finished>>,
    },
    /// Cards that were removed, with their places, in the order of removal.
    Removed(Vec<(usize, Item)>),
    /// Cards that were added.
    Added(Vec<ItemId>),
}

impl Change {
    /// Takes the change back and returns the change that would make it again.
    fn apply(self, items: &mut Items) -> Self {
        match self {
            Self::Settings { id, request } => {
                let before = items.get_mut(id).map(|i| std::mem::replace(&mut i.request, *request));
                Self::Settings { id, request: Box::new(before.unwrap_or_default()) }
            }
            Self::AllSettings(all) => Self::AllSettings(
                all.into_iter()
                    .filter_map(|(id, request)| {
                        items.get_mut(id).map(|i| (id, std::mem::replace(&mut i.request, request)))
                    })
                    .collect(),
            ),
            Self::Mask { id, mask } => {
                let before = items.get_mut(id).and_then(|i| std::mem::replace(&mut i.mask, mask));
                Self::Mask { id, mask: before }
            }
            Self::Mesh { id, mut finished } => {
                if let Some(item) = items.get_mut(id) {
                    std::mem::swap(&mut item.finished, &mut finished);
                }
                Self::Mesh { id, finished }
            }
            Self::Removed(removed) => {
                let ids = removed.iter().map(|(_, item)| item.id).collect();
                for (position, mut item) in removed.into_iter().rev() {
                    // Its job went with it.
                    item.job = None;
                    if item.status.is_open() {
                        item.status = if item.finished.is_some() { Status::Finished } else { Status::Cancelled };
                    }
                    items.insert(position, item);
                }
                Self::Added(ids)
            }
            Self::Added(ids) => Self::Removed(ids.into_iter().filter_map(|id| items.remove(id)).collect()),
        }
    }

    /// The card whose mesh changes with it.
    fn mended(&self) -> Option<ItemId> {
        if let Self::Mesh { id, .. } = self { Some(*id) } else { None }
    }

    fn is_same_setting(&self, other: &Self) -> bool {
        matches!((self, other), (Self::Settings { id: a, .. }, Self::Settings { id: b, .. }) if a == b)
    }
}

/// The changes that can be taken back and made again.
#[derive(Debug, Default)]
pub struct History {
    undo: Vec<Change>,
    redo: Vec<Change>,
    last: Option<Instant>,
}

impl History {
    /// Remembers a change that was just made; `change` holds what was before. Redo is forgotten.
    pub fn push(&mut self, change: Change) {
        self.push_at(change, Instant::now());
    }

    fn push_at(&mut self, change: Change, now: Instant) {
        let soon = self.last.is_some_and(|at| now.saturating_duration_since(at) < GROUP_WITHIN);
        self.last = Some(now);
        self.redo.clear();
        if soon && self.undo.last().is_some_and(|last| last.is_same_setting(&change)) {
            return;
        }
        if self.undo.len() == DEPTH {
            self.undo.remove(0);
        }
        self.undo.push(change);
    }

    /// Takes the last change back. `None` when there was none; else the card whose mesh is another
    /// one now, if any.
    pub fn undo(&mut self, items: &mut Items) -> Option<Option<ItemId>> {
        self.last = None;
        let change = self.undo.pop()?;
        let mended = change.mended();
        self.redo.push(change.apply(items));
        Some(mended)
    }

    /// Makes the last undone change again; as [`History::undo`].
    pub fn redo(&mut self, items: &mut Items) -> Option<Option<ItemId>> {
        self.last = None;
        let change = self.redo.pop()?;
        let mended = change.mended();
        self.undo.push(change.apply(items));
        Some(mended)
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

    fn set_height(items: &mut Items, history: &mut History, id: ItemId, height_mm: f32, at: Instant) {
        let item = items.get_mut(id).unwrap();
        let before = item.request;
        item.request.size.height_mm = Some(height_mm);
        history.push_at(Change::Settings { id, request: Box::new(before) }, at);
    }

    #[test]
    fn a_drag_of_a_slider_is_one_step_and_redo_restores_its_end() {
        let (mut items, mut history, start) = (Items::default(), History::default(), Instant::now());
        let id = items.add(Source::Picture("a".into()), Request::default());
        for step in 0..10 {
            set_height(&mut items, &mut history, id, 50.0 + step as f32, start + Duration::from_millis(20 * step));
        }
        set_height(&mut items, &mut history, id, 99.0, start + Duration::from_secs(5));
        assert!(history.undo(&mut items).is_some());
        assert_eq!(items.get(id).unwrap().request.size.height_mm, Some(59.0));
        assert!(history.undo(&mut items).is_some());
        assert_eq!(items.get(id).unwrap().request.size.height_mm, None);
        assert!(history.undo(&mut items).is_none());
        assert!(history.redo(&mut items).is_some() && history.redo(&mut items).is_some());
        assert!(history.redo(&mut items).is_none());
        assert_eq!(items.get(id).unwrap().request.size.height_mm, Some(99.0));
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
}
