//! Mends the selected mesh beside the window, as a step that can be undone.

use std::sync::Arc;

use super::Studio;
use super::state::{Finished, ItemId};
use super::toast::Level;
use super::undo::Change;
use crate::background;
use crate::mesh::repair::repair;
use crate::print;
use crate::progress::{Cancelled, Monitor};

impl Studio {
    /// Repairs the mesh of the selected card.
    pub(super) fn repair_selected(&mut self) {
        let Some((id, finished)) = self.items.selected().and_then(|i| Some((i.id, i.finished.clone()?))) else {
            self.tell_no_mesh("repair");
            return;
        };
        self.messages.push(Level::Info, "Repairing the mesh …");
        self.spawn(move || {
            let mended = background::run(|| mend(&finished));
            Box::new(move |studio| match mended {
                Ok((mended, done)) => studio.take_repaired(id, &finished, mended, &done),
                Err(error) => studio.messages.push(Level::Error, error.to_string()),
            })
        });
    }

    fn take_repaired(&mut self, id: ItemId, before: &Finished, mended: Finished, done: &[String]) {
        let Some(item) = self.items.get_mut(id) else { return };
        // Another mesh came meanwhile.
        if !item.finished.as_ref().is_some_and(|f| Arc::ptr_eq(&f.mesh, &before.mesh)) {
            return;
        }
        if done.is_empty() {
            self.messages.push(Level::Info, "Nothing was found that can be repaired without a decision of yours");
            return;
        }
        let left = if mended.report.is_print_ready() { "ready to print" } else { "some problems are left" };
        self.messages.push(Level::Success, format!("{}; {left}", done.join(", ")));
        let old = item.finished.replace(mended);
        let saved = Box::new(item.saved.take());
        self.history.push(Change::Mesh { id, finished: Box::new(old), saved });
        if self.items.selected_id() == Some(id) {
            self.load_selected();
        }
        self.keep_result(id);
        self.touch();
    }
}

fn mend(finished: &Finished) -> Result<(Finished, Vec<String>), Cancelled> {
    let repaired = repair(&finished.mesh, &Monitor::silent())?;
    let report = print::check(&repaired.mesh, &Monitor::silent())?;
    let mut notes = finished.notes.clone();
    notes.extend(repaired.done.iter().map(|d| format!("repaired: {d}")));
    let mended =
        Finished { mesh: Arc::new(repaired.mesh), report: Arc::new(report), notes, repaired: true, ..finished.clone() };
    Ok((mended, repaired.done))
}
