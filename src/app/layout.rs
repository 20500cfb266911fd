//! Where things stand in the window.

use egui::{
    Align, CentralPanel, Context, DragValue, Layout, MenuBar, Panel, ProgressBar, Response, RichText, ScrollArea,
};
use egui::{Slider, SliderClamping, Ui, Vec2, vec2};

use super::command::{Command, Menu};
use super::palette::Outcome;
use super::state::{Source, Status};
use super::theme::{self, Palette};
use super::{Dialog, Studio};

/// Least size of the window, in points, in which lists, settings and the view stand beside each other.
const LEAST_WINDOW: Vec2 = vec2(560.0, 300.0);
/// Room that a menu leaves for the bar above it and its own frame, in points.
const AROUND_MENU: f32 = 60.0;

impl Studio {
    pub(super) fn layout(&mut self, ui: &mut Ui) {
        let ctx = ui.ctx().clone();
        Panel::top("menu").show(ui, |ui| self.menu_ui(ui));
        let status = Panel::bottom("status").show(ui, |ui| self.status_ui(ui)).response.rect;
        if self.settings.show_queue && !self.items.is_empty() {
            let widest = (0.36 * ctx.content_rect().width()).clamp(200.0, 420.0);
            Panel::left("queue").default_size(260.0).size_range(200.0..=widest).show(ui, |ui| self.queue_ui(ui));
        }
        if self.settings.show_inspector && !self.items.is_empty() {
            let widest = (0.45 * ctx.content_rect().width()).clamp(260.0, 480.0);
            Panel::right("inspector").default_size(310.0).size_range(260.0..=widest).show(ui, |ui| {
                self.inspector_ui(ui);
            });
        }
        let frame = egui::Frame::NONE.fill(Palette::of(&ctx).background);
        CentralPanel::no_frame()
            .frame(frame)
            .show(ui, |ui| if self.items.is_empty() { self.welcome_ui(ui) } else { self.viewport_ui(ui) });
        self.dialog_ui(&ctx);
        self.drop_target_ui(&ctx);
        self.messages.toasts_ui(&ctx, status.height());
    }

    fn menu_ui(&mut self, ui: &mut Ui) {
        MenuBar::new().ui(ui, |ui| {
            for menu in Menu::ALL {
                // As high as its entries, up to what the window has room for.
                let height = (ui.ctx().content_rect().height() - AROUND_MENU).max(0.0);
                let scroll = ScrollArea::vertical().max_height(height).min_scrolled_height(height);
                ui.menu_button(menu.title(), |ui| {
                    scroll.show(ui, |ui| {
                        for &command in Command::ALL.iter().filter(|c| c.menu() == menu) {
                            self.menu_item_ui(ui, command);
                        }
                        if menu == Menu::File {
                            self.recent_ui(ui);
                        }
                    });
                });
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                for command in [Command::Settings, Command::Palette, Command::Export] {
                    let enabled = self.is_enabled(command);
                    let text = command.label().trim_end_matches('…').to_owned();
                    let response = ui.add_enabled(enabled, egui::Button::new(text));
                    let response = response.on_hover_text(tooltip(ui.ctx(), command));
                    if self.on_waiting_text(command, response).clicked() {
                        self.send(command);
                    }
                }
            });
        });
    }

    fn menu_item_ui(&mut self, ui: &mut Ui, command: Command) {
        let button =
            egui::Button::new(command.label()).right_text(RichText::new(command.shortcut_text(ui.ctx())).weak());
        let response = ui.add_enabled(self.is_enabled(command), button).on_hover_text(command.tooltip());
        if self.on_waiting_text(command, response).clicked() {
            self.send(command);
            ui.close();
        }
    }

    fn recent_ui(&mut self, ui: &mut Ui) {
        ui.separator();
        ui.menu_button("Recent files", |ui| {
            let recent = self.settings.recent.clone();
            for path in &recent {
                let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
                if ui.button(name).on_hover_text(path.display().to_string()).clicked() {
                    self.add_paths(vec![path.clone()]);
                    ui.close();
                }
            }
            if recent.is_empty() {
                ui.weak("No files yet");
            }
        });
    }

    /// The largest scale of the interface that the window has room for; at least 1.
    pub(super) fn largest_scale(&self) -> f32 {
        let room = self.ctx.content_rect().size() * self.ctx.zoom_factor() / LEAST_WINDOW;
        room.min_elem().max(1.0)
    }

    /// Gives the interface the size that was chosen, as far as the window has room for it.
    pub(super) fn apply_scale(&self) {
        self.ctx.set_zoom_factor(self.settings.scale.min(self.largest_scale()));
    }

    /// Makes the interface larger or smaller, from what is seen.
    pub(super) fn zoom_by(&mut self, step: f32) {
        self.settings.set_scale(self.settings.scale.min(self.largest_scale()) + step);
    }

    /// Lets the size of the interface follow that of the window.
    pub(super) fn follow_window(&mut self) {
        let largest = self.largest_scale();
        // It is told in whole pixels, which must not make the text flicker.
        if (largest - self.largest_scale).abs() > 0.01 {
            self.largest_scale = largest;
            self.apply_scale();
        }
    }

    /// Says at the pointer what a command that is greyed out waits for.
    fn on_waiting_text(&self, command: Command, response: Response) -> Response {
        match self.why_to_wait().filter(|_| needs_mesh(command)) {
            Some(why) => response.on_disabled_hover_text(why),
            None => response,
        }
    }

    /// Whether a command makes sense now; greyed out otherwise.
    pub(super) fn is_enabled(&self, command: Command) -> bool {
        use Command as C;
        let item = self.items.selected();
        let open = item.is_some_and(|i| i.status.is_open());
        let picture = item.is_some_and(|i| matches!(i.source, Source::Picture(_)));
        let failed = item.is_some_and(|i| matches!(i.status, Status::Failed(_)));
        let mesh = item.is_some_and(|i| i.finished.is_some());
        match command {
            _ if needs_mesh(command) => mesh,
            C::OpenFolder => self.last_exported.is_some(),
            C::Cancel => open,
            C::Generate | C::EditCutOut => picture,
            // A mesh file that could not be read is read again.
            C::Retry => picture || failed,
            C::Remove | C::MoveUp | C::MoveDown => item.is_some(),
            // A mesh file has no settings that anybody sees.
            C::ApplyToAll => picture,
            C::ResetSettings => picture || item.is_none(),
            C::GenerateAll | C::SelectNext | C::SelectPrevious => !self.items.is_empty(),
            C::CancelAll => self.items.iter().any(|i| i.status.is_open()),
            C::ClearFinished => self.items.iter().any(|i| i.status == Status::Finished),
            C::Undo => self.history.can_undo(),
            C::Redo => self.history.can_redo(),
            _ => true,
        }
    }

    fn status_ui(&mut self, ui: &mut Ui) {
        ui.horizontal(|ui| {
            // The device first: what stands before it has the rest of the room.
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let device = RichText::new(self.viewport.device_text()).small().weak();
                ui.add(egui::Label::new(device).truncate());
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| self.progress_ui(ui));
            });
        });
    }

    /// How much there is still to do, and the last message.
    fn progress_ui(&mut self, ui: &mut Ui) {
        let count = |is_it: fn(&Status) -> bool| self.items.iter().filter(|i| is_it(&i.status)).count();
        let open = count(Status::is_open);
        let finished = count(|status| *status == Status::Finished);
        let failed = count(|status| matches!(status, Status::Failed(_)));
        let mut queue = match open {
            0 => format!("{finished} finished"),
            _ => format!("{open} of {} left", open + finished + failed),
        };
        if failed > 0 {
            queue += &format!(", {failed} failed");
        }
        ui.label(RichText::new(queue).small());
        let last = self.messages.iter().next_back().cloned();
        if let Some(last) = last {
            let color = last.level.color(&Palette::of(ui.ctx()));
            ui.separator();
            let text = RichText::new(&last.text).small().color(color);
            let label = egui::Label::new(text).truncate().sense(egui::Sense::click());
            if ui.add(label).on_hover_text("Click for the log").clicked() {
                self.send(Command::ToggleLog);
            }
        }
    }

    fn dialog_ui(&mut self, ctx: &Context) {
        let Some(mut dialog) = self.dialog.take() else { return };
        let keep = match &mut dialog {
            Dialog::Palette(palette) => match palette.show(ctx) {
                Outcome::Open => true,
                Outcome::Closed => false,
                Outcome::Chosen(command) => {
                    self.send(command);
                    false
                }
            },
            Dialog::Shortcuts => self.shortcuts_ui(ctx),
            Dialog::Settings => self.settings_ui(ctx),
            Dialog::Export(export) => export.show(ctx, self),
            Dialog::CutOut(editor) => editor.show(ctx, self),
            Dialog::Diagnostics(diagnostics) => diagnostics.show(ctx, self),
            Dialog::Models(models) => models.show(ctx, self),
            Dialog::Log => self.log_ui(ctx),
        };
        // A command sent from within may have opened another one meanwhile.
        if keep && self.dialog.is_none() {
            self.dialog = Some(dialog);
        } else if matches!(dialog, Dialog::Export(_)) {
            // The view may show a reduced mesh.
            self.load_selected();
        }
    }

    /// Shows where files may be dropped while some hover over the window.
    fn drop_target_ui(&self, ctx: &Context) {
        let hovering = ctx.input(|i| i.raw.hovered_files.len());
        if hovering == 0 {
            return;
        }
        let palette = Palette::of(ctx);
        let rect = ctx.content_rect().shrink(10.0);
        let painter = ctx.layer_painter(egui::LayerId::new(egui::Order::Foreground, egui::Id::new("drop target")));
        painter.rect_filled(ctx.content_rect(), 0.0, palette.background.gamma_multiply(0.85));
        let stroke = egui::Stroke::new(3.0, palette.accent);
        painter.rect_stroke(rect, 12.0, stroke, egui::StrokeKind::Inside);
        let text = if hovering == 1 { "Drop to add it".to_owned() } else { format!("Drop to add {hovering} files") };
        painter.text(rect.center(), egui::Align2::CENTER_CENTER, text, egui::FontId::proportional(28.0), palette.text);
    }
}

/// Whether a command does something with the mesh of the selected card.
fn needs_mesh(command: Command) -> bool {
    use Command as C;
    matches!(command, C::Export | C::SaveMesh | C::Fit | C::SavePicture | C::SaveTurntable)
}

/// A dialog that opens in the middle of the window, and stays as far from it as it was moved.
pub(super) fn dialog<'a>(ctx: &Context, title: &'a str) -> egui::Window<'a> {
    let (id, middle) = (egui::Id::new(("dialog", title)), ctx.content_rect().center());
    let window = egui::Window::new(title).id(id).collapsible(false).pivot(egui::Align2::CENTER_CENTER);
    // Where it stood is remembered, also while it is closed, and the window may have another size by now.
    let key = id.with("middle of the window");
    let before = ctx.data_mut(|d| std::mem::replace(d.get_temp_mut_or(key, middle), middle));
    match egui::AreaState::load(ctx, id).and_then(|area| area.pivot_pos).filter(|_| before != middle) {
        // A window that is moved by its title alone goes back to where it was.
        Some(place) => window.drag_area(egui::containers::WindowDrag::Anywhere).current_pos(place + (middle - before)),
        None => window.default_pos(middle),
    }
}

/// How far work beside the window is (0–1), with a button to stop it. Returns whether that was clicked.
pub(super) fn stoppable_ui(ui: &mut Ui, name: &str, fraction: f32) -> bool {
    let row = ui.horizontal_wrapped(|ui| {
        let width = ui.available_width().min(200.0);
        ui.add(ProgressBar::new(fraction).desired_width(width).text(name));
        ui.button("Cancel").clicked()
    });
    row.inner
}

/// A number that can be dragged or typed, and how it is shown.
pub(super) struct Dial {
    /// Least and largest value.
    pub range: std::ops::RangeInclusive<f64>,
    /// Smallest change that matters.
    pub step: f64,
    /// Digits behind the point.
    pub decimals: usize,
    /// Unit with a space before it, or nothing.
    pub suffix: String,
    /// Whether equal distances mean equal factors.
    pub logarithmic: bool,
}

impl Dial {
    /// A slider with a field beside it, both named by the label `name`. A number outside of the range
    /// stays until it is changed. `dragged` tells whether the slider is held.
    pub fn show(self, ui: &mut Ui, name: egui::Id, number: &mut f64, dragged: &mut bool) -> bool {
        let before = *number;
        ui.horizontal(|ui| {
            let slider = Slider::new(number, self.range.clone()).show_value(false).logarithmic(self.logarithmic);
            let slid = theme::add_slider(ui, slider.clamping(SliderClamping::Edits)).labelled_by(name);
            *dragged = slid.dragged();
            let field = DragValue::new(number).range(self.range.clone()).clamp_existing_to_range(false);
            let field = field.max_decimals(self.decimals).min_decimals(self.decimals.min(2)).suffix(&self.suffix);
            let typed = ui.add(field.speed(self.step)).labelled_by(name);
            if slid.changed() || typed.changed() {
                // Not `step_by`, which counts from the least value: 0.001, 0.011, …
                *number = ((*number / self.step).round() * self.step).clamp(*self.range.start(), *self.range.end());
            }
        });
        *number != before
    }
}

/// Tooltip with the key.
pub(super) fn tooltip(ctx: &Context, command: Command) -> String {
    match command.shortcut_text(ctx).as_str() {
        "" => command.tooltip().to_owned(),
        keys => format!("{} ({keys})", command.tooltip()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{studio, text_of};
    use super::*;

    #[test]
    fn the_status_bar_counts_what_failed() {
        let (_folder, mut studio) = studio();
        let ids = ["a.png", "b.png", "c.png", "d.png"].map(|name| studio.add(Source::Picture(name.into())));
        let check = |studio: &mut Studio, statuses: [Status; 4], told: &str| {
            for (id, status) in ids.into_iter().zip(statuses) {
                studio.items.get_mut(id).unwrap().status = status;
            }
            let text = text_of(studio, Studio::progress_ui);
            assert_eq!(text.lines().next(), Some(told));
        };
        let failed = || Status::Failed("why".to_owned());
        check(&mut studio, [Status::Finished, Status::Finished, failed(), Status::New], "2 finished, 1 failed");
        check(&mut studio, [Status::Finished, failed(), failed(), Status::Waiting], "1 of 4 left, 2 failed");
        check(&mut studio, [Status::Finished, Status::Finished, Status::New, Status::New], "2 finished");
    }
}
