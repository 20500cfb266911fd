//! The page of learned models: which there are, fetching, checking and removing them.

use std::path::PathBuf;

use egui::{Align, Context, Layout, ProgressBar, RichText, ScrollArea, Ui, Vec2, vec2};

use super::ask::Purpose;
use super::models::{Row, Task, Work};
use super::settings_panel::escape;
use super::theme::Palette;
use super::{Dialog, Studio};
use crate::files::bytes_in_words;
use crate::models::{Choices, State};
use crate::progress::Stage;

/// Size of the part above the folders, in points: it fits into the smallest window.
const SIZE: Vec2 = vec2(680.0, 330.0);
/// Width of the list, in points.
const LIST_WIDTH: f32 = 235.0;
/// Height of the whole page without the names of the folders, in points.
const AROUND_FOLDERS: f32 = 430.0;

/// What is asked before something is done.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Question {
    /// Whether the licence is agreed to, before this.
    Licence(Task),
    /// Whether the model shall really be removed.
    Removal,
}

/// Which model is looked at, and what is asked about it.
#[derive(Debug, Default)]
pub struct ModelsPanel {
    selected: Option<String>,
    question: Option<Question>,
    /// Whether the box under the licence is ticked.
    agrees: bool,
}

impl Studio {
    /// Opens the page, at the model called `id` if one is named.
    pub(super) fn open_models(&mut self, id: Option<&str>) {
        self.models.look();
        let selected = id.map(str::to_owned);
        self.open(Dialog::Models(Box::new(ModelsPanel { selected, ..ModelsPanel::default() })));
    }

    /// Takes over files that were dropped while the page is open. Returns whether they were.
    pub(super) fn import_dropped(&mut self, paths: &[PathBuf]) -> bool {
        let Some(Dialog::Models(panel)) = &self.dialog else { return false };
        let id = panel.row(self).map(|row| row.model.id.clone());
        if let (Some(id), Some(path)) = (id, paths.first()) {
            self.import_as(&id, path.clone());
        }
        true
    }

    /// Takes over a file or folder as the model called `id`, on its page.
    fn import_as(&mut self, id: &str, path: PathBuf) {
        if !matches!(self.dialog, Some(Dialog::Models(_))) {
            self.open_models(Some(id));
        }
        let Some(row) = self.models.rows().iter().find(|row| row.model.id == id).cloned() else { return };
        let Some(Dialog::Models(mut panel)) = self.dialog.take_if(|d| matches!(d, Dialog::Models(_))) else { return };
        panel.selected = Some(id.to_owned());
        panel.ask_or_start(self, &row, Task::Import(path));
        self.dialog = Some(Dialog::Models(panel));
    }
}

impl ModelsPanel {
    /// Draws the page; returns whether it stays open.
    pub fn show(&mut self, ctx: &Context, studio: &mut Studio) -> bool {
        let mut open = true;
        super::layout::dialog(ctx, "Models").resizable(false).open(&mut open).show(ctx, |ui| {
            // Of one size whatever it says, or it would move under the pointer.
            ui.allocate_ui_with_layout(SIZE, Layout::left_to_right(Align::Min), |ui| {
                ui.set_min_size(SIZE);
                ui.vertical(|ui| {
                    ui.set_width(LIST_WIDTH);
                    self.list_ui(ui, studio);
                });
                ui.separator();
                ui.vertical(|ui| {
                    ui.set_width(ui.available_width());
                    let details = ScrollArea::vertical().id_salt("details").auto_shrink(false);
                    details.show(ui, |ui| match self.row(studio).cloned() {
                        Some(row) => self.details_ui(ui, studio, &row),
                        None => drop(ui.weak("Looking for models")),
                    });
                });
            });
            ui.separator();
            self.folders_ui(ui, studio);
        });
        open && !escape(ctx)
    }

    /// The model that is looked at; the first one when none was chosen.
    fn row<'a>(&self, studio: &'a Studio) -> Option<&'a Row> {
        let rows = studio.models.rows();
        rows.iter().find(|row| Some(&row.model.id) == self.selected.as_ref()).or(rows.first())
    }

    fn list_ui(&mut self, ui: &mut Ui, studio: &Studio) {
        let shown = self.row(studio).map(|row| row.model.id.clone());
        ScrollArea::vertical().id_salt("models").auto_shrink(false).show(ui, |ui| {
            for row in studio.models.rows() {
                let state = match (studio.models.work(&row.model.id), &row.state) {
                    (Some(work), _) => percent(work),
                    (None, State::Here { .. }) => "here".to_owned(),
                    (None, State::Begun { .. }) => "paused".to_owned(),
                    (None, State::Absent) => bytes_in_words(row.model.bytes()),
                };
                let button = egui::Button::selectable(shown.as_ref() == Some(&row.model.id), &row.model.name);
                let button = button.right_text(RichText::new(state).weak()).min_size(vec2(LIST_WIDTH - 12.0, 0.0));
                if ui.add(button).clicked() {
                    self.selected = Some(row.model.id.clone());
                    self.question = None;
                }
            }
        });
    }

    fn details_ui(&mut self, ui: &mut Ui, studio: &mut Studio, row: &Row) {
        let model = &row.model;
        ui.heading(&model.name);
        ui.label(format!("{}.", model.purpose));
        ui.weak(format!(
            "{} to fetch; runs in {} of a graphics card",
            bytes_in_words(model.bytes()),
            bytes_in_words(model.graphics_memory_bytes)
        ));
        ui.add_space(6.0);
        match &row.state {
            State::Here { root, owner } => {
                ui.label(format!("Here, in the folder of {owner}"));
                ui.weak(model.folder_in(root).display().to_string());
            }
            State::Begun { bytes } => {
                let all = bytes_in_words(model.bytes());
                ui.label(format!("{} of {all} are here", bytes_in_words(*bytes)));
            }
            State::Absent => drop(ui.label("Not on this machine")),
        }
        ui.add_space(6.0);
        if let Some(work) = studio.models.work(&model.id).cloned() {
            work_ui(ui, studio, &work);
        } else if let Some(question) = self.question.clone() {
            self.question_ui(ui, studio, row, &question);
        } else {
            self.actions_ui(ui, studio, row);
        }
        if let Some(trouble) = studio.models.trouble(&model.id) {
            ui.add_space(6.0);
            ui.colored_label(Palette::of(ui.ctx()).error, trouble);
        }
        ui.add_space(6.0);
        if !matches!(self.question, Some(Question::Licence(_))) {
            licence_ui(ui, row);
        }
    }

    fn actions_ui(&mut self, ui: &mut Ui, studio: &mut Studio, row: &Row) {
        let mut chosen = None;
        ui.horizontal_wrapped(|ui| {
            match row.state {
                State::Here { .. } => {
                    if ui.button("Verify").on_hover_text("Read every byte again and compare").clicked() {
                        chosen = Some(Task::Verify);
                    }
                }
                State::Begun { .. } | State::Absent => {
                    let text = if row.state == State::Absent { "Fetch" } else { "Go on" };
                    let hint = format!("Fetch it from {}", studio.models.library().host());
                    if ui.button(text).on_hover_text(hint).clicked() {
                        chosen = Some(Task::Pull);
                    }
                    if ui.button("Import file…").on_hover_text("Take over a file of weights").clicked() {
                        pick(studio, &row.model.id, false);
                    }
                    if ui.button("Import folder…").on_hover_text("Take over a folder with the model").clicked() {
                        pick(studio, &row.model.id, true);
                    }
                }
            }
            let may_remove = ui.add_enabled(row.is_ours, egui::Button::new("Remove…"));
            let may_remove = may_remove.on_disabled_hover_text("Nothing of it was fetched or imported here");
            if may_remove.clicked() {
                self.question = Some(Question::Removal);
            }
        });
        if let Some(task) = chosen {
            self.ask_or_start(studio, row, task);
        }
    }

    /// Begins, or asks for the licence first.
    fn ask_or_start(&mut self, studio: &mut Studio, row: &Row, task: Task) {
        let needs_licence = matches!(task, Task::Pull | Task::Import(_));
        if needs_licence && !row.is_agreed {
            self.question = Some(Question::Licence(task));
            self.agrees = false;
        } else {
            self.question = None;
            studio.models.start(&row.model.id, task, false);
        }
    }

    fn question_ui(&mut self, ui: &mut Ui, studio: &mut Studio, row: &Row, question: &Question) {
        let mut answer = None;
        match question {
            Question::Licence(_) => {
                licence_ui(ui, row);
                ui.checkbox(&mut self.agrees, "I agree, and I am in none of the places that it leaves out");
                ui.horizontal(|ui| {
                    if ui.add_enabled(self.agrees, egui::Button::new("Agree and begin")).clicked() {
                        answer = Some(true);
                    }
                    if ui.button("Not now").clicked() {
                        answer = Some(false);
                    }
                });
            }
            Question::Removal => {
                ui.label(format!("Remove {} from this machine?", row.model.name));
                ui.horizontal(|ui| {
                    if ui.button("Remove it").clicked() {
                        answer = Some(true);
                    }
                    if ui.button("Keep it").clicked() {
                        answer = Some(false);
                    }
                });
            }
        }
        let Some(answer) = answer else { return };
        self.question = None;
        match question {
            _ if !answer => {}
            Question::Licence(task) => studio.models.start(&row.model.id, task.clone(), true),
            Question::Removal => studio.models.start(&row.model.id, Task::Remove, false),
        }
    }

    fn folders_ui(&mut self, ui: &mut Ui, studio: &mut Studio) {
        let library = studio.models.library();
        // However many there are, the buttons below stay within the window.
        let room = (ui.ctx().content_rect().height() - AROUND_FOLDERS).max(ui.spacing().interact_size.y);
        let names = ScrollArea::vertical().id_salt("folders").auto_shrink([false, true]);
        names.max_height(room).min_scrolled_height(room).show(ui, |ui| {
            ui.horizontal_wrapped(|ui| {
                ui.weak("Models are kept in");
                ui.label(library.folder().display().to_string());
                let others: Vec<String> = library.looked_into().map(|folder| folder.display().to_string()).collect();
                if !others.is_empty() {
                    ui.weak("and looked for in");
                    ui.label(others.join(", "));
                }
            });
        });
        let has_choices = library.has_choices();
        ui.horizontal(|ui| {
            if ui.button("Keep elsewhere…").on_hover_text("Fetch into another folder from now on").clicked() {
                pick_folder(studio, "Keep models in", |choices, old, folder| {
                    choices.keep_in(folder, &old);
                });
            }
            let hint = "Find models in this folder as well; nothing in it is changed";
            if ui.button("Look into a folder…").on_hover_text(hint).clicked() {
                pick_folder(studio, "Look for models in", |choices, _, folder| choices.look_into.push(folder));
            }
            if ui.button("Look again").on_hover_text("Look anew where every model is").clicked() {
                studio.models.look();
            }
            let hint = "Forget all folders that were chosen here; what is in them stays";
            if has_choices && ui.button("Forget folders").on_hover_text(hint).clicked() {
                studio.models.choose(|choices| *choices = Choices::default());
            }
        });
    }
}

/// The progress of work, and the button that stops it.
fn work_ui(ui: &mut Ui, studio: &mut Studio, work: &Work) {
    let progress = work.progress();
    let fraction = progress.map_or(0.0, |p| p.done as f32 / p.total as f32);
    let bar = ui.add(ProgressBar::new(fraction).text(percent(work)));
    bar.widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::ProgressIndicator, true, "Progress"));
    let mut text = match (&work.task, progress.map(|p| p.stage)) {
        (Task::Remove, _) => "Removing, after the stage that is being made".to_owned(),
        (_, Some(stage @ (Stage::Download | Stage::Verify))) => stage.label().to_owned(),
        _ => "Asking the server".to_owned(),
    };
    if let Some(progress) = progress.filter(|p| p.total > 1) {
        text += &format!(", {} of {}", bytes_in_words(progress.done), bytes_in_words(progress.total));
        if let Some(rate) = work.bytes_per_sec() {
            let minutes = ((progress.total - progress.done) as f64 / rate / 60.0).ceil();
            text += &format!(", {} a second, about {minutes} min left", bytes_in_words(rate as u64));
        }
    }
    ui.weak(text);
    let is_pull = work.task == Task::Pull;
    let (label, hint) = match is_pull {
        true => ("Pause", "Stop; what has come is kept"),
        false => ("Stop", "Stop; nothing is changed"),
    };
    if ui.add_enabled(!work.is_stopping, egui::Button::new(label)).on_hover_text(hint).clicked() {
        studio.models.stop(&work.id);
    }
}

fn percent(work: &Work) -> String {
    let share = work.progress().map_or(0.0, |p| p.done as f64 / p.total as f64);
    format!("{:.0} %", share * 100.0)
}

fn licence_ui(ui: &mut Ui, row: &Row) {
    let licence = &row.model.licence;
    ui.strong(&licence.name);
    let palette = Palette::of(ui.ctx());
    let color = if licence.asks() { palette.warning } else { palette.success };
    ui.colored_label(color, licence.territory());
    ui.label(&licence.summary);
    ui.hyperlink_to("Read the licence", &licence.url).on_hover_text(&licence.url);
    if licence.asks() && row.is_agreed {
        ui.weak("You agreed to it.");
    }
}

/// Asks for a file or folder to take the model called `id` over from.
pub(super) fn pick(studio: &mut Studio, id: &str, folder: bool) {
    let dialog = rfd::AsyncFileDialog::new().set_title("Import a model");
    type Picked = std::pin::Pin<Box<dyn Future<Output = Option<rfd::FileHandle>> + Send>>;
    let open = || -> Picked { if folder { Box::pin(dialog.pick_folder()) } else { Box::pin(dialog.pick_file()) } };
    let id = id.to_owned();
    studio.ask_path(Purpose::Import, open, move |studio, path| studio.import_as(&id, path));
}

/// Asks for a folder, and changes the user's choices by it; `change` gets the folder of now as well.
pub(super) fn pick_folder(
    studio: &mut Studio,
    title: &str,
    change: impl FnOnce(&mut Choices, PathBuf, PathBuf) + Send + 'static,
) {
    let dialog = rfd::AsyncFileDialog::new().set_title(title);
    studio.ask_path(
        Purpose::Other,
        || dialog.pick_folder(),
        |studio, folder| {
            let old = studio.models.library().folder().to_owned();
            studio.models.choose(move |choices| change(choices, old, folder));
        },
    );
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::super::tests::studio;
    use super::*;

    #[test]
    fn a_file_is_taken_over_as_the_model_that_it_was_asked_for() {
        let (folder, mut studio) = studio();
        studio.open_models(None);
        let begun = Instant::now();
        while studio.models.rows().is_empty() {
            assert!(begun.elapsed() < Duration::from_secs(60), "no models");
            std::thread::sleep(Duration::from_millis(5));
            studio.drain();
        }
        let rows = studio.models.rows();
        let asked = rows.iter().rev().find(|row| !row.is_agreed).unwrap().model.id.clone();
        let other = rows.iter().find(|row| row.model.id != asked).unwrap().model.id.clone();
        let path = folder.path().join("weights");
        // The page looks at another model by then, or is closed.
        let panel = ModelsPanel { selected: Some(other), ..ModelsPanel::default() };
        for dialog in [Some(Dialog::Models(Box::new(panel))), None] {
            studio.dialog = dialog;
            studio.import_as(&asked, path.clone());
            let Some(Dialog::Models(panel)) = &studio.dialog else { panic!("closed") };
            assert_eq!(panel.selected.as_ref(), Some(&asked));
            assert_eq!(panel.question, Some(Question::Licence(Task::Import(path.clone()))));
        }
    }
}
