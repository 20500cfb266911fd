//! Mends the selected mesh beside the window, as a step that can be undone.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use egui::Ui;

use super::Studio;
use super::layout::stoppable_ui;
use super::state::{Finished, ItemId};
use super::toast::Level;
use super::undo::Change;
use crate::background;
use crate::mesh::repair::repair;
use crate::print;
use crate::progress::{CancelToken, Cancelled, Monitor, Progress, Stage};

/// Share of the work, 0–1, after which the mended mesh is checked.
const MENDED_AT: f64 = 0.7;
/// What is said of a repair that came to nothing.
const CANCELLED: &str = "The repair was cancelled";

/// A repair that goes on beside the window.
pub(super) struct Running {
    /// The card whose mesh is mended.
    id: ItemId,
    /// How much of it is done, in percent.
    percent: Arc<AtomicU32>,
    cancel: CancelToken,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}

impl Studio {
    /// Repairs the mesh of the selected card, unless a repair goes on.
    pub(super) fn repair_selected(&mut self) {
        if self.repairing.is_some() {
            self.messages.push(Level::Info, "A mesh is being repaired already; wait for it, or cancel it first");
            return;
        }
        let Some((id, finished)) = self.items.selected().and_then(|i| Some((i.id, i.finished.clone()?))) else {
            self.tell_no_mesh("repair");
            return;
        };
        let running = Running { id, percent: Arc::default(), cancel: CancelToken::new() };
        let (percent, cancel) = (running.percent.clone(), running.cancel.clone());
        let (before, ctx) = (finished.clone(), self.ctx.clone());
        let work = move || {
            let sink = |progress: Progress| {
                let now = (100 * progress.done / progress.total.max(1)) as u32;
                if percent.swap(now, Ordering::Relaxed) != now {
                    ctx.request_repaint();
                }
            };
            background::run(|| mend(&before, &Monitor::new(&cancel, &sink)))
        };
        let begun = self.run_long("orfeas-repair", work, move |studio, mended| {
            studio.repairing = None;
            match mended {
                Ok(Ok((mended, done, left))) => studio.take_repaired(id, &finished, mended, (done, left)),
                Ok(Err(Cancelled)) => studio.messages.push(Level::Info, CANCELLED),
                Err(why) => studio.messages.push(Level::Error, why),
            }
        });
        match begun {
            Ok(()) => {
                self.repairing = Some(running);
                self.messages.push(Level::Info, "Repairing the mesh …");
            }
            Err(why) => self.messages.push(Level::Error, why),
        }
    }

    /// Progress of a repair, with a button to stop it.
    pub(super) fn repair_ui(&self, ui: &mut Ui) {
        if let Some(running) = &self.repairing
            && stoppable_ui(ui, "Repair", running.percent.load(Ordering::Relaxed) as f32 / 100.0)
        {
            running.cancel.cancel();
        }
    }

    /// Whether the mesh of the card `id` is being mended.
    pub(super) fn is_repairing(&self, id: ItemId) -> bool {
        self.repairing.as_ref().is_some_and(|running| running.id == id)
    }

    /// Stops the repair of a card that is no longer in the list.
    pub(super) fn stop_repair_of_removed(&self) {
        if let Some(running) = self.repairing.as_ref().filter(|running| self.items.get(running.id).is_none()) {
            running.cancel.cancel();
        }
    }

    fn take_repaired(
        &mut self,
        id: ItemId,
        before: &Finished,
        mended: Finished,
        (done, left): (Vec<String>, Option<String>),
    ) {
        let Some(item) = self.items.get_mut(id) else {
            self.messages.push(Level::Info, CANCELLED);
            return;
        };
        if !item.shows(&before.mesh) {
            let text = format!("The repair was left out: {} has another mesh by now; repair that one", item.name());
            self.messages.push(Level::Info, text);
            return;
        }
        if done.is_empty() {
            let nothing = || "Nothing was found that can be repaired without a decision of yours".to_owned();
            self.messages.push(Level::Info, left.unwrap_or_else(nothing));
            return;
        }
        let verdict = if mended.report.is_print_ready() { "ready to print" } else { "some problems are left" };
        let told: Vec<String> = done.into_iter().chain(left).collect();
        self.messages.push(Level::Success, format!("{}; {verdict}", told.join(", ")));
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

fn mend(finished: &Finished, monitor: &Monitor) -> Result<(Finished, Vec<String>, Option<String>), Cancelled> {
    let repaired = monitor.part(Stage::Mesh, [0.0, MENDED_AT], |monitor| repair(&finished.mesh, monitor))?;
    let report = monitor.part(Stage::Mesh, [MENDED_AT, 1.0], |monitor| print::check(&repaired.mesh, monitor))?;
    let mut notes = finished.notes.clone();
    notes.extend(repaired.done.iter().map(|d| format!("repaired: {d}")));
    let mended =
        Finished { mesh: Arc::new(repaired.mesh), report: Arc::new(report), notes, repaired: true, ..finished.clone() };
    Ok((mended, repaired.done, repaired.left))
}

#[cfg(test)]
mod tests {
    use super::super::command::Command;
    use super::super::state::Source;
    use super::super::tests::{give_mesh, studio, take_answers};

    #[test]
    fn one_repair_goes_on_at_a_time_and_ends_with_its_card() {
        let (folder, mut studio) = studio();
        let id = studio.add(Source::MeshFile("part.stl".into()));
        give_mesh(&mut studio, id, folder.path());
        studio.select(id);
        take_answers(&mut studio);
        studio.run_command(Command::Repair);
        studio.run_command(Command::Repair);
        assert_eq!(studio.going_on, 1);
        let told = |studio: &super::Studio, text: &str| studio.messages.iter().any(|m| m.text.contains(text));
        assert!(told(&studio, "being repaired already") && studio.is_repairing(id));
        let cancel = studio.repairing.as_ref().unwrap().cancel.clone();
        assert!(!cancel.is_cancelled());
        studio.remove(&[id]);
        assert!(cancel.is_cancelled());
        take_answers(&mut studio);
        assert!(studio.repairing.is_none() && told(&studio, super::CANCELLED));
        studio.run_command(Command::Undo);
        // Its file holds none.
        give_mesh(&mut studio, id, folder.path());
        studio.select(id);
        studio.run_command(Command::Repair);
        assert!(studio.is_repairing(id));
    }
}
