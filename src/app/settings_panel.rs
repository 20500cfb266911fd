//! Settings of the window, the sheet of keys, and the log.

use egui::{Color32, Context, Grid, RichText, ScrollArea, TextStyle, Ui};

use super::Studio;
use super::command::{Command, Menu, keys_text};
use super::layout::Dial;
use super::settings::{BED_MM, SCALE, ThemeChoice};
use super::theme::Palette;

/// Width of the sheet of keys where there is room, in points: two columns of them.
const SHEET_WIDTH: f32 = 800.0;
/// What it leaves free of a narrower window, its own frame included, in points.
const AROUND_SHEET: f32 = 40.0;
/// Space between keys and what they do, in points.
const BESIDE_KEYS: f32 = 16.0;

impl Studio {
    /// Draws the settings; returns whether they stay open.
    pub(super) fn settings_ui(&mut self, ctx: &Context) -> bool {
        let before = self.settings.clone();
        let mut open = true;
        super::layout::dialog(ctx, "Settings").resizable(false).open(&mut open).show(ctx, |ui| {
            Grid::new("settings").num_columns(2).spacing([16.0, 8.0]).show(ui, |ui| {
                ui.label("Theme");
                ui.horizontal(|ui| {
                    let theme = &mut self.settings.theme;
                    ui.selectable_value(theme, ThemeChoice::System, "System");
                    ui.selectable_value(theme, ThemeChoice::Light, "Light");
                    ui.selectable_value(theme, ThemeChoice::Dark, "Dark");
                });
                ui.end_row();
                let name = ui.label("Size of text").id;
                // Applied when the slider is let go: it would run away under the pointer otherwise.
                let mut scale = ctx.data(|d| d.get_temp(egui::Id::new("scale"))).unwrap_or(self.settings.scale);
                let range = f64::from(SCALE[0])..=f64::from(SCALE[1]);
                let dial = Dial { range, step: 0.1, decimals: 1, suffix: " ×".to_owned(), logarithmic: false };
                let (mut shown, mut dragged) = (f64::from(scale), false);
                if dial.show(ui, name, &mut shown, &mut dragged) {
                    scale = shown as f32;
                }
                if dragged {
                    ctx.data_mut(|d| d.insert_temp(egui::Id::new("scale"), scale));
                } else {
                    ctx.data_mut(|d| d.remove::<f32>(egui::Id::new("scale")));
                    self.settings.set_scale(scale);
                }
                ui.end_row();
                ui.label("New pictures");
                ui.checkbox(&mut self.settings.generate_at_once, "Generate at once");
                ui.end_row();
                ui.label("Printer");
                ui.horizontal(|ui| {
                    for (axis, name) in self.settings.bed_mm.iter_mut().zip(["Width", "Depth", "Height"]) {
                        let field = egui::DragValue::new(axis).range(BED_MM[0]..=BED_MM[1]).suffix(" mm").speed(1.0);
                        let label = ui.weak(name).id;
                        ui.add(field).labelled_by(label);
                    }
                });
                ui.end_row();
            });
        });
        if self.settings != before {
            self.apply_settings();
            self.touch();
        }
        open && !escape(ctx)
    }

    /// Draws the sheet of keys; returns whether it stays open.
    pub(super) fn shortcuts_ui(&mut self, ctx: &Context) -> bool {
        let mut open = true;
        let width = SHEET_WIDTH.min(ctx.content_rect().width() - AROUND_SHEET);
        super::layout::dialog(ctx, "Keyboard shortcuts").open(&mut open).default_width(width).show(ctx, |ui| {
            // As wide as there is room, so that the bar stands beside the names and not over them.
            ScrollArea::vertical().auto_shrink([false, true]).show(ui, |ui| {
                let bar = ui.spacing().scroll;
                ui.set_max_width(ui.available_width() - bar.bar_inner_margin - bar.bar_width - bar.bar_outer_margin);
                let of_keys = width_of_keys(ui);
                let has_room = ui.available_width() >= 2.0 * (2.0 * of_keys + BESIDE_KEYS);
                ui.columns(if has_room { 2 } else { 1 }, |columns| {
                    for menu in Menu::ALL {
                        let is_second = has_room && matches!(menu, Menu::View | Menu::Help);
                        let ui = &mut columns[usize::from(is_second)];
                        ui.strong(menu.title());
                        keys_of_menu_ui(ui, menu, of_keys);
                        ui.add_space(8.0);
                    }
                });
                ui.weak("View: drag to turn, Shift or middle button to shift, wheel to zoom, double click to centre");
            });
        });
        open && !escape(ctx)
    }

    /// Draws the log; returns whether it stays open.
    pub(super) fn log_ui(&mut self, ctx: &Context) -> bool {
        let mut open = true;
        super::layout::dialog(ctx, "Log").default_size([560.0, 320.0]).open(&mut open).show(ctx, |ui| {
            if ui.button("Copy all").clicked() {
                let lines: Vec<String> = self.messages.iter().map(|m| format!("{} {}", m.time, m.text)).collect();
                ctx.copy_text(lines.join("\n"));
            }
            ScrollArea::vertical().stick_to_bottom(true).auto_shrink([false, false]).show(ui, |ui| {
                let palette = Palette::of(ctx);
                for message in self.messages.iter() {
                    ui.horizontal_wrapped(|ui| {
                        ui.label(RichText::new(&message.time).monospace().weak());
                        ui.colored_label(message.level.color(&palette), message.level.symbol());
                        ui.label(&message.text);
                    });
                }
            });
        });
        open && !escape(ctx)
    }
}

/// All keys of a command.
fn all_keys(ctx: &Context, command: Command) -> String {
    let keys: Vec<String> = command.shortcuts().iter().map(|s| keys_text(ctx, s)).collect();
    keys.join(", ")
}

/// How wide the longest keys are, in points.
fn width_of_keys(ui: &Ui) -> f32 {
    let font = TextStyle::Monospace.resolve(ui.style());
    let width = |keys: String| ui.painter().layout_no_wrap(keys, font.clone(), Color32::PLACEHOLDER).size().x;
    Command::ALL.iter().map(|&command| width(all_keys(ui.ctx(), command))).fold(0.0, f32::max)
}

/// The commands of a menu that have keys, each behind them; `of_keys` is the width of the keys.
fn keys_of_menu_ui(ui: &mut Ui, menu: Menu, of_keys: f32) {
    let grid = Grid::new(menu.title()).num_columns(2).spacing([BESIDE_KEYS, 2.0]).min_col_width(of_keys);
    grid.show(ui, |ui| {
        for &command in Command::ALL.iter().filter(|c| c.menu() == menu && !c.shortcuts().is_empty()) {
            ui.label(RichText::new(all_keys(ui.ctx(), command)).monospace());
            ui.label(command.label().trim_end_matches('…'));
            ui.end_row();
        }
    });
}

/// Whether Escape closes the dialog that asks in every frame. The first Escape only leaves a field that is typed into,
/// or a list that is open; a button that has the keyboard, be it behind the dialog, is nothing to leave.
pub(super) fn escape(ctx: &Context) -> bool {
    // By now the field that was left has lost the keyboard, and the list is closed.
    let (was_in, is_in) = (egui::Id::new("in a field"), ctx.text_edit_focused() || egui::Popup::is_any_open(ctx));
    let left_field = ctx.data_mut(|d| std::mem::replace(d.get_temp_mut_or_default(was_in), is_in));
    ctx.input_mut(|i| i.consume_key(egui::Modifiers::NONE, egui::Key::Escape)) && !left_field
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In which of the frames with an Escape each, after the widget got the keyboard, a dialog closes.
    fn closing_escape(widget: impl Fn(&mut Ui) -> egui::Response) -> Option<usize> {
        let ctx = Context::default();
        let frame = |events: Vec<egui::Event>, has_focus: bool| {
            let mut closes = false;
            let _ = ctx.run_ui(egui::RawInput { events, ..Default::default() }, |ui| {
                let response = widget(ui);
                if has_focus {
                    response.request_focus();
                }
                closes = escape(ui.ctx());
            });
            closes
        };
        assert!(!frame(Vec::new(), true) && ctx.memory(|memory| memory.focused().is_some()));
        let (key, modifiers) = (egui::Key::Escape, egui::Modifiers::NONE);
        let event = egui::Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers };
        (1..=3).find(|_| frame(vec![event.clone()], false))
    }

    #[test]
    fn the_first_escape_closes_a_dialog_unless_it_leaves_a_field_or_a_list() {
        assert_eq!(closing_escape(|ui| ui.button("Behind")), Some(1));
        let text = std::cell::RefCell::new("5".to_owned());
        assert_eq!(closing_escape(|ui| ui.text_edit_singleline(&mut *text.borrow_mut())), Some(2));
        let was_opened = std::cell::Cell::new(false);
        let list = |ui: &mut Ui| {
            let button = ui.button("List");
            if !was_opened.replace(true) {
                egui::Popup::open_id(ui.ctx(), egui::Popup::default_response_id(&button));
            }
            egui::Popup::menu(&button).show(|ui| ui.label("Entry"));
            button
        };
        assert_eq!(closing_escape(list), Some(2));
    }
}
