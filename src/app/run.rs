//! Carries commands out, and takes in what the queue reports.

use super::command::Command;
use super::settings::ThemeChoice;
use super::state::{Finished, Item, ItemId, Items, Source, Status};
use super::toast::Level;
use super::undo::{Change, History};
use super::{Dialog, Studio, cutout, export_panel, help_panel, palette, words};
use crate::job::{Event, JobId, JobRequest, Move, QueueError};
use crate::pipeline::Output;
use crate::request::Request;

impl Studio {
    pub(super) fn run_command(&mut self, command: Command) {
        use Command as C;
        let before = self.session();
        match command {
            C::ApplyToAll | C::ResetSettings if !self.is_enabled(command) => {}
            C::Open => self.open_dialog(),
            C::Paste => self.paste(None),
            C::Export => self.open_export(),
            C::SaveMesh => self.save_mesh(),
            C::OpenFolder => self.show_exported(),
            C::Generate => self.generate_selected(),
            C::GenerateAll => self.generate_all(),
            C::Cancel => self.cancel_selected(),
            C::CancelAll => self.cancel_all(),
            C::Retry => self.retry_selected(),
            C::Remove => self.remove_selected(),
            C::MoveUp => self.shift_selected(false),
            C::MoveDown => self.shift_selected(true),
            C::ClearFinished => self.remove_where(|status| *status == Status::Finished),
            C::SelectNext => self.select_by(1),
            C::SelectPrevious => self.select_by(-1),
            C::EditCutOut => self.open_cut_out(),
            C::Repair => self.repair_selected(),
            C::Undo => self.step(History::undo),
            C::Redo => self.step(History::redo),
            C::ResetSettings => self.change_settings(|r| *r = Request { mode: r.mode, ..Request::default() }),
            C::ApplyToAll => self.apply_to_all(),
            C::ToggleQueue => self.settings.show_queue ^= true,
            C::ToggleInspector => self.settings.show_inspector ^= true,
            C::ToggleLog => self.toggle_dialog(|d| matches!(d, Dialog::Log), |_| Dialog::Log),
            C::ToggleDiagnostics => self.toggle_dialog(
                |d| matches!(d, Dialog::Diagnostics(_)),
                |s| Dialog::Diagnostics(Box::new(help_panel::Diagnostics::gather(s))),
            ),
            C::Settings => self.toggle_dialog(|d| matches!(d, Dialog::Settings), |_| Dialog::Settings),
            C::Models => match self.dialog {
                Some(Dialog::Models(_)) => self.dialog = None,
                _ => self.open_models(None),
            },
            C::Shortcuts => self.toggle_dialog(|d| matches!(d, Dialog::Shortcuts), |_| Dialog::Shortcuts),
            C::Palette => self.open(Dialog::Palette(palette::CommandPalette::default())),
            C::ThemeSystem => self.settings.theme = ThemeChoice::System,
            C::ThemeLight => self.settings.theme = ThemeChoice::Light,
            C::ThemeDark => self.settings.theme = ThemeChoice::Dark,
            C::ZoomIn => self.zoom_by(0.1),
            C::ZoomOut => self.zoom_by(-0.1),
            C::ZoomReset => self.settings.set_scale(1.0),
            C::Quit => self.ctx.send_viewport_cmd(egui::ViewportCommand::Close),
            other => self.run_view_command(other),
        }
        self.apply_settings();
        // What moves the camera alone leaves nothing to write.
        if self.session() != before {
            self.touch();
        }
    }

    fn toggle_dialog(&mut self, is_it: impl Fn(&Dialog) -> bool, make: impl FnOnce(&mut Self) -> Dialog) {
        if self.dialog.as_ref().is_some_and(is_it) {
            self.dialog = None;
        } else {
            let dialog = make(self);
            self.open(dialog);
        }
    }

    /// Opens a dialog in the place of the one before, if that holds nothing that would be lost.
    pub(super) fn open(&mut self, dialog: Dialog) {
        if !self.may_leave_cut_out() {
            return;
        }
        if let Some(Dialog::Export(_)) = self.dialog.replace(dialog) {
            // The view may show a reduced mesh.
            self.load_selected();
        }
    }

    /// Whether no changes would be lost with the cut-out editor; says so where they would.
    pub(super) fn may_leave_cut_out(&mut self) -> bool {
        let Some(Dialog::CutOut(editor)) = &self.dialog else { return true };
        let Some(why) = editor.holds_back() else { return true };
        self.messages.push(Level::Info, why);
        false
    }

    /// Puts a card into the queue. A card that is in it already starts over with its new settings.
    pub(super) fn start(&mut self, id: ItemId) {
        let Some(queue) = &self.queue else { return };
        let Some(item) = self.items.get_mut(id) else { return };
        if !matches!(item.source, Source::Picture(_)) {
            return;
        }
        if let Some(job) = item.job.take() {
            queue.remove(job);
        }
        match queue.submit(JobRequest { request: item.request, input: item.input() }) {
            Ok(job) => {
                item.job = Some(job);
                item.status = Status::Waiting;
            }
            // It waits in the list until there is room.
            Err(QueueError::Full(_)) => item.status = Status::Waiting,
            Err(error) => {
                item.status = Status::Failed(error.to_string());
                self.messages.push(Level::Warning, error.to_string());
            }
        }
        self.touch();
    }

    /// Starts cards that wait in the list alone, as far as the queue has room.
    pub(super) fn submit_waiting(&mut self) {
        let Some(room) = self.queue.as_ref().map(|q| crate::job::CAPACITY.saturating_sub(q.open_count())) else {
            return;
        };
        let waiting = self.items.iter().filter(|i| i.status == Status::Waiting && i.job.is_none()).map(|i| i.id);
        let next: Vec<ItemId> = waiting.take(room).collect();
        next.into_iter().for_each(|id| self.start(id));
    }

    /// Makes the mesh of the selected card, whether there is one to read or not.
    fn generate_selected(&mut self) {
        if let Some(id) = self.items.selected_id() {
            self.start(id);
        }
    }

    /// Does again what failed by the words of the selected card.
    fn retry_selected(&mut self) {
        let Some(item) = self.items.selected_mut() else { return };
        if item.is_read_by_retry() {
            self.read_held_back();
        } else if let (Source::MeshFile(_), Status::Failed(_)) = (&item.source, &item.status) {
            // There is nothing to generate, but the file may be readable by now.
            item.status = Status::New;
            self.load_selected();
        } else {
            let id = item.id;
            self.start(id);
        }
    }

    fn generate_all(&mut self) {
        let due: Vec<ItemId> = self
            .items
            .iter()
            .filter(|i| matches!(i.source, Source::Picture(_)))
            .filter(|i| !i.status.is_open() && (i.status != Status::Finished || i.is_outdated()))
            .map(|i| i.id)
            .collect();
        due.into_iter().for_each(|id| self.start(id));
    }

    /// Takes a card out of the list, and its job out of the queue.
    pub(super) fn remove(&mut self, ids: &[ItemId]) {
        let mut removed = Vec::new();
        for &id in ids {
            let Some((position, mut item)) = self.items.remove(id) else { continue };
            if let (Some(queue), Some(job)) = (&self.queue, item.job.take()) {
                queue.remove(job);
            }
            if item.status.is_open() {
                item.status = if item.made_with().is_some() { item.status_with_mesh() } else { Status::New };
            }
            removed.push((position, item));
        }
        self.forget_removed();
        if !removed.is_empty() {
            self.history.push(Change::Removed(removed));
            self.note_pasted_of_history();
        }
        self.load_selected();
        self.touch();
    }

    fn remove_selected(&mut self) {
        if let Some(id) = self.items.selected_id() {
            self.remove(&[id]);
        }
    }

    fn remove_where(&mut self, matches: impl Fn(&Status) -> bool) {
        let ids: Vec<ItemId> = self.items.iter().filter(|i| matches(&i.status)).map(|i| i.id).collect();
        self.remove(&ids);
    }

    fn shift_selected(&mut self, down: bool) {
        let Some(item) = self.items.selected() else { return };
        let id = item.id;
        let Some(passed) = self.items.shift(id, down) else { return };
        self.history.push(Change::Moved { id, down: !down });
        self.pass_in_queue(id, passed, if down { Move::Down } else { Move::Up });
    }

    /// Lets the job of `id` pass that of `passed`, as its card did in the list. The queue knows the waiting ones only.
    fn pass_in_queue(&mut self, id: ItemId, passed: ItemId, to: Move) {
        let waiting = |id: ItemId| self.items.get(id).filter(|i| i.status == Status::Waiting).map(|i| i.job);
        let (Some(job), Some(passed_job)) = (waiting(id), waiting(passed)) else { return };
        match (&self.queue, job, passed_job) {
            (Some(queue), Some(job), Some(_)) => _ = queue.reorder(job, to),
            // The queue was full: they exchange the place that one of them has in it.
            (Some(_), None, Some(_)) if to == Move::Up => self.hand_place(passed, id),
            (Some(_), Some(_), None) if to == Move::Down => self.hand_place(id, passed),
            _ => {}
        }
    }

    /// Takes a waiting card out of the queue, and puts another one in.
    fn hand_place(&mut self, from: ItemId, to: ItemId) {
        let job = self.items.get_mut(from).and_then(|item| item.job.take());
        if let (Some(queue), Some(job)) = (&self.queue, job) {
            queue.remove(job);
        }
        self.start(to);
    }

    fn select_by(&mut self, step: isize) {
        self.items.select_by(step);
        self.load_selected();
    }

    /// [`Self::select`], unless it is selected already.
    pub(super) fn select_if_other(&mut self, id: ItemId) {
        if self.items.selected_id() != Some(id) {
            self.select(id);
        }
    }

    /// Selects a card and shows its mesh.
    pub(super) fn select(&mut self, id: ItemId) {
        self.items.select(id);
        self.load_selected();
        self.touch();
    }

    /// Goes one step through the history, with [`History::undo`] or [`History::redo`].
    fn step(&mut self, step: impl FnOnce(&mut History, &mut Items) -> bool) {
        let jobs: Vec<(ItemId, JobId)> = self.items.iter().filter_map(|i| Some((i.id, i.job?))).collect();
        let order: Vec<ItemId> = self.items.iter().map(|i| i.id).collect();
        if !step(&mut self.history, &mut self.items) {
            return;
        }
        if let Some(queue) = &self.queue {
            let gone = jobs.into_iter().filter(|(id, _)| self.items.get(*id).is_none());
            gone.for_each(|(_, job)| queue.remove(job));
        }
        self.forget_removed();
        self.note_pasted_of_history();
        // A move is the only step that leaves the same cards in another order.
        let mut moved = order.iter().zip(self.items.iter()).filter(|(before, now)| **before != now.id);
        let passing = moved.next().map(|(passed, now)| (now.id, *passed)).filter(|_| order.len() == self.items.len());
        if let Some((id, passed)) = passing {
            self.pass_in_queue(id, passed, Move::Up);
        }
        self.keep_unsaved();
        self.load_selected();
    }

    /// Changes the settings of the selected card, or those for new pictures, so that it can be undone.
    pub(super) fn change_settings(&mut self, change: impl FnOnce(&mut Request)) {
        let Some(item) = self.items.selected_mut() else {
            change(&mut self.draft);
            self.touch();
            return;
        };
        let (id, before) = (item.id, item.request);
        item.change(|item| change(&mut item.request));
        if item.request != before {
            self.draft = item.request;
            self.history.push_settings(id, before, &item.request);
            self.touch();
        }
    }

    fn apply_to_all(&mut self) {
        let Some(request) = self.items.selected().map(|i| i.request) else { return };
        let selected = self.items.selected_id();
        let mut before = Vec::new();
        let is_other = |i: &&mut Item| Some(i.id) != selected && matches!(i.source, Source::Picture(_));
        for item in self.items.iter_mut().filter(is_other) {
            let mut request = request;
            if item.mask.is_some() {
                // The mask says it all already.
                request.cut_out = request.cut_out.of_made_mask();
            }
            if item.request != request {
                before.push((item.id, item.request));
                item.change(|item| item.request = request);
            }
        }
        if !before.is_empty() {
            self.history.push(Change::AllSettings(before));
        }
    }

    fn open_export(&mut self) {
        match self.items.selected().and_then(|i| i.finished.as_ref().map(|f| (i.name(), f.clone()))) {
            Some((name, finished)) => {
                let dialog = export_panel::ExportDialog::new(&name, finished, &self.settings);
                self.open(Dialog::Export(Box::new(dialog)));
            }
            None => self.tell_no_mesh("export"),
        }
    }

    fn open_cut_out(&mut self) {
        match self.items.selected().cloned() {
            Some(item) if matches!(item.source, Source::Picture(_)) => {
                if let Some(why) = cutout::why_none(&item.request) {
                    self.messages.push(Level::Info, format!("Nothing is cut out here: {why}"));
                    return;
                }
                let editor = cutout::CutOutEditor::new(&item, self);
                self.open(Dialog::CutOut(Box::new(editor)));
            }
            _ => self.messages.push(Level::Info, "Select a picture first"),
        }
    }

    /// Takes in one event of the queue.
    pub(super) fn on_job(&mut self, event: Event) {
        let Some(item) = self.items.of_job_mut(event.id()) else { return };
        let name = item.name();
        match event {
            Event::Queued(_) => item.status = Status::Waiting,
            Event::Started(_) => {
                item.status = Status::Running { stage: None, estimate: Default::default() };
                self.queue_view.plans.remove(&item.id);
                // Soon, since it may end the program.
                if self.saving { self.touch() } else { self.save() }
            }
            Event::Progress { progress, estimate, .. } => {
                item.status = Status::Running { stage: Some(progress.stage), estimate };
            }
            Event::Preview(_, mesh) => {
                let id = item.id;
                // What is finished already is finer.
                if item.finished.is_none() && self.items.selected_id() == Some(id) {
                    self.show_mesh(id, &mesh, None);
                }
            }
            Event::Plan(_, plan) => {
                let id = item.id;
                self.queue_view.plans.insert(id, plan);
            }
            Event::Cancelled(job) => {
                item.status = item.status_when_cancelled();
                let id = item.id;
                if self.items.selected_id() == Some(id) {
                    // The view may be empty or show what was being made.
                    self.load_selected();
                }
                self.tell_cancelled(job, &name);
                self.touch();
            }
            Event::Failed(_, why) => {
                let why = words::shown_error(&why, item.source.path());
                self.messages.push(Level::Error, format!("{name}: {why}"));
                item.status = Status::Failed(why);
                let id = item.id;
                if self.items.selected_id() == Some(id) {
                    // A mesh of before is still there; the view may be empty or show what was being made.
                    self.load_selected();
                }
                self.touch();
            }
            Event::Finished(_, output) => {
                let id = item.id;
                self.finish(id, &output);
            }
        }
    }

    fn finish(&mut self, id: ItemId, output: &Output) {
        let Some(item) = self.items.get_mut(id) else { return };
        let job = self.queue.as_ref().and_then(|q| q.snapshot().into_iter().find(|s| Some(s.id) == item.job));
        let (request, input) = match job {
            Some(job) => (job.request.request, job.request.input),
            None => (item.request, item.input()),
        };
        let name = item.name();
        let finished = Finished {
            mesh: output.mesh.clone(),
            report: output.report.clone().into(),
            notes: output.notes.iter().map(|note| words::shown(note)).collect(),
            request,
            mask: input.mask,
            views: input.views,
            repaired: false,
        };
        self.take_newer(id, finished);
        let secs: f32 = output.stages.iter().map(|s| s.secs).sum();
        self.messages.push(Level::Success, format!("{name} is ready ({secs:.1} s)"));
        if self.items.selected_id().is_none() {
            self.items.select(id);
        }
        if self.items.selected_id() == Some(id) {
            self.load_selected();
        }
        self.keep_result(id);
        self.renew_thumbnail(id);
        self.touch();
    }
}
