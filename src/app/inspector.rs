//! The right panel: settings, built from the ranges and explanations of [`crate::request`], and what
//! is known about the mesh.

mod look;

use egui::{CollapsingHeader, ComboBox, DragValue, Grid, RichText, ScrollArea, Ui, vec2};

use super::Studio;
use super::command::Command;
use super::layout::Dial;
use super::state::{Finished, Source, Status};
use super::taken::Taken;
use super::theme::{self, Palette};
use crate::models::State;
use crate::print::text;
use crate::progress::Stage;
use crate::request::parameter::{ParamGroup, ParamKind, ParamSpec, Value};
use crate::request::{Mode, Quality, Request};
pub(super) use look::label;
use look::{Look, without_effect};

impl Studio {
    pub(super) fn inspector_ui(&mut self, ui: &mut Ui) {
        // The bar gets room of its own, or it would lie on the buttons.
        let scroll = &mut ui.spacing_mut().scroll;
        scroll.floating_allocated_width = scroll.bar_width + scroll.bar_outer_margin;
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            ui.add_space(6.0);
            let is_picture = self.items.selected().is_none_or(|i| matches!(i.source, Source::Picture(_)));
            if is_picture {
                self.settings_of_item_ui(ui);
                self.generate_ui(ui);
                ui.separator();
            }
            if let Some(finished) = self.items.selected().and_then(|i| i.finished.clone()) {
                self.measurements_ui(ui, &finished);
            } else if let Some((size_mm, triangles)) = self.measures_being_checked() {
                checking_ui(ui, size_mm, triangles);
            }
        });
    }

    fn settings_of_item_ui(&mut self, ui: &mut Ui) {
        let before = self.items.selected().map_or(self.draft, |i| i.request);
        let mut request = before;
        mode_ui(ui, &mut request);
        self.missing_model_ui(ui, &request);
        self.views_ui(ui, &request);
        quality_ui(ui, &mut request);
        let selected = self.items.selected();
        let has_mask = selected.is_some_and(|i| i.mask.is_some());
        let made = selected.filter(|i| !i.is_outdated()).and_then(|i| i.finished.as_ref());
        let look = Look::of(&request, has_mask, made.map(|f| f.report.size_mm));
        for (group, open) in shown_groups(&mut request, &look) {
            let title = group.title();
            CollapsingHeader::new(title).default_open(open).id_salt(("group", title)).show(ui, |ui| {
                group_ui(ui, group, &look);
            });
        }
        if request != before {
            self.change_settings(|r| *r = request);
        }
        self.redo_note_ui(ui, &request);
    }

    /// Offers to fetch a learned model that is not on this machine.
    fn missing_model_ui(&mut self, ui: &mut Ui, request: &Request) {
        let Some(id) = self.missing_model(request) else { return };
        let text = match self.models.work(id) {
            Some(_) => "This model is being fetched.",
            None => "This model is not on this machine yet.",
        };
        ui.label(RichText::new(text).small().color(Palette::of(ui.ctx()).warning));
        if ui.button("Get the model…").on_hover_text(Command::Models.tooltip()).clicked() {
            self.open_models(Some(id));
        }
    }

    /// The learned model that this asks for, if it is known not to be on this machine.
    pub(super) fn missing_model(&mut self, request: &Request) -> Option<&'static str> {
        let id = request.learned_model()?.name();
        if self.models.rows().is_empty() {
            self.models.look();
        }
        let row = self.models.rows().iter().find(|row| row.model.id == id)?;
        (!matches!(row.state, State::Here { .. })).then_some(id)
    }

    /// Says which stages the changed settings will run again.
    fn redo_note_ui(&self, ui: &mut Ui, request: &Request) {
        let Some(item) = self.items.selected() else { return };
        let Some((made_with, mask, views)) = item.made_with() else { return };
        let stages = crate::pipeline::stages_to_redo(made_with, request);
        let mut labels: Vec<&str> = stages.iter().map(|s| s.label()).collect();
        if stages.is_empty() && *views != item.views_for_run() {
            labels = vec![Stage::Latents.label(), "everything after it"];
        }
        if mask != item.mask_for_run() {
            labels = vec!["cut-out", "everything after it"];
        }
        if !labels.is_empty() {
            let text = format!("Will be done again: {}", labels.join(", ").to_lowercase());
            ui.label(RichText::new(text).small().color(Palette::of(ui.ctx()).warning));
        }
    }

    fn generate_ui(&mut self, ui: &mut Ui) {
        let Some(item) = self.items.selected() else { return };
        let palette = Palette::of(ui.ctx());
        let command = if item.status.is_open() { Command::Cancel } else { Command::Generate };
        let fresh = item.status == Status::Finished && !item.is_outdated();
        let text = RichText::new(command.label()).size(15.0);
        let mut button = egui::Button::new(if fresh { text } else { text.color(palette.on_accent) });
        if !fresh {
            button = button.fill(palette.accent);
        }
        ui.add_space(theme::GAP * 0.5);
        let size = vec2(ui.available_width(), theme::BUTTON_HEIGHT);
        let response = ui.add_sized(size, button).on_hover_text(super::layout::tooltip(ui.ctx(), command));
        if response.clicked() {
            self.send(command);
        }
    }

    fn measurements_ui(&mut self, ui: &mut Ui, finished: &Finished) {
        let palette = Palette::of(ui.ctx());
        let report = &finished.report;
        ui.strong("Mesh");
        Grid::new("measurements").num_columns(2).spacing([theme::GAP, 3.0]).show(ui, |ui| {
            let volume = report.known_volume_cm3().map_or("not known".to_owned(), |_| report.volume_in_words());
            let mut rows = vec![
                ("Size", text::size(report.size_mm)),
                ("Volume", volume),
                ("Area", text::area(report.area_cm2)),
                ("Triangles", thousands(report.triangles)),
                ("Vertices", thousands(report.vertices)),
                ("Pieces", report.pieces().to_string()),
            ];
            if report.voids > 0 {
                rows.push(("Hollows", report.voids.to_string()));
            }
            for (name, value) in rows {
                ui.weak(name);
                ui.label(value);
                ui.end_row();
            }
        });
        ui.add_space(theme::GAP * 0.5);
        if report.is_print_ready() {
            ui.colored_label(palette.success, "✔ Ready to print");
        } else {
            ui.colored_label(palette.error, "✖ Not ready to print");
        }
        for problem in report.problems() {
            ui.label(RichText::new(format!("• {problem}")).color(palette.error));
        }
        if !report.is_print_ready()
            && ui.button(Command::Repair.label()).on_hover_text(Command::Repair.tooltip()).clicked()
        {
            self.send(Command::Repair);
        }
        for note in report.notes_for(self.settings.bed_mm).iter().chain(&finished.notes) {
            ui.label(RichText::new(format!("• {note}")).small().color(palette.weak_text));
        }
        if !report.defects.is_empty() {
            ui.add_space(4.0);
            ui.weak("Show in the view");
            for defect in &report.defects {
                let [x, y, z] = defect.position_mm;
                let text = format!("{} at {x:.1}, {y:.1}, {z:.1}", defect.kind.label());
                if ui.link(text).clicked() {
                    self.viewport.look_at(glam::Vec3::from(defect.position_mm));
                }
            }
        }
        ui.add_space(theme::GAP * 0.5);
        let size = vec2(ui.available_width(), theme::BUTTON_HEIGHT);
        if ui.add_sized(size, egui::Button::new(Command::Export.label())).clicked() {
            self.send(Command::Export);
        }
    }
}

/// What is known of a mesh before it is checked.
fn checking_ui(ui: &mut Ui, size_mm: glam::Vec3, triangles: u64) {
    ui.strong("Mesh");
    Grid::new("measures").num_columns(2).spacing([theme::GAP, 3.0]).show(ui, |ui| {
        for (name, value) in [("Size", text::size(size_mm.to_array())), ("Triangles", thousands(triangles))] {
            ui.weak(name);
            ui.label(value);
            ui.end_row();
        }
    });
    ui.add_space(theme::GAP * 0.5);
    ui.label("Checking for printing …");
}

/// The mode as a row of buttons.
fn mode_ui(ui: &mut Ui, request: &mut Request) {
    use crate::request::parameter::Parameter as _;
    let ParamKind::Choice(choices) = Mode::KIND else { return };
    ui.strong("Make a");
    ui.horizontal_wrapped(|ui| {
        for (mode, choice) in Mode::ALL.iter().zip(choices) {
            let selected = request.mode == *mode;
            if ui.selectable_label(selected, capitalised(choice.name)).on_hover_text(choice.doc).clicked() {
                request.mode = *mode;
            }
        }
    });
}

/// Draft, standard, fine as a row of buttons.
fn quality_ui(ui: &mut Ui, request: &mut Request) {
    use crate::request::parameter::Parameter as _;
    let ParamKind::Choice(choices) = Quality::KIND else { return };
    if !reads_quality(request) {
        return;
    }
    ui.horizontal_wrapped(|ui| {
        for quality in [Quality::Draft, Quality::Standard, Quality::Fine] {
            let doc = choices.iter().find(|c| c.name == quality.name()).map_or("", |c| c.doc);
            let selected = request.solid.quality == quality && !request.cells_are_set();
            if ui.selectable_label(selected, capitalised(quality.name())).on_hover_text(doc).clicked() {
                choose_quality(request, quality);
            }
        }
    });
}

/// Whether a quality that is chosen changes anything.
fn reads_quality(request: &Request) -> bool {
    // A number of cells that is set gives way to it.
    let mut chosen = *request;
    choose_quality(&mut chosen, request.solid.quality);
    !without_effect(&chosen, false).contains(&"quality")
}

/// Takes a quality, and lets it decide: a number of cells that was set is forgotten.
fn choose_quality(request: &mut Request, quality: Quality) {
    request.solid.quality = quality;
    request.solid.resolution = None;
    if request.cells_are_set() {
        request.model.octree = None;
    }
}

#[cfg(test)]
fn mode_group(request: &mut Request) -> &mut dyn ParamGroup {
    match request.mode {
        Mode::Inflate => &mut request.inflate,
        Mode::Relief => &mut request.relief,
        Mode::Lithophane => &mut request.lithophane,
        Mode::Stamp => &mut request.stamp,
        Mode::Model => &mut request.model,
    }
}

/// The groups of which something is shown, that of the mode first, each with whether it starts unfolded.
fn shown_groups<'r>(request: &'r mut Request, look: &Look) -> Vec<(&'r mut dyn ParamGroup, bool)> {
    let Request { mode, intake, cut_out, model, inflate, relief, lithophane, stamp, solid, mesh, size } = request;
    let own: &mut dyn ParamGroup = match mode {
        Mode::Inflate => inflate,
        Mode::Relief => relief,
        Mode::Lithophane => lithophane,
        Mode::Stamp => stamp,
        Mode::Model => model,
    };
    let all: [(&mut dyn ParamGroup, bool); 6] =
        [(own, true), (size, true), (cut_out, false), (solid, false), (mesh, false), (intake, false)];
    all.into_iter().filter(|(group, _)| !look.shown(&**group).is_empty()).collect()
}

/// One widget per parameter, and a button that sets the group back.
fn group_ui(ui: &mut Ui, group: &mut dyn ParamGroup, look: &Look) {
    let shown = look.shown(group);
    for &spec in &shown {
        let Some(before) = group.get(spec.name) else { continue };
        let value = param_ui(ui, spec, before, look);
        if value != before {
            // Widgets stay within the range, so this cannot be refused.
            let _ = group.set(spec.name, value);
        }
    }
    let changed = shown.iter().any(|s| group.get(s.name) != Some(s.default));
    if changed && ui.small_button("Reset").on_hover_text(format!("Set {} back", group.title().to_lowercase())).clicked()
    {
        set_back(group, look);
    }
}

/// Sets what is shown of a group back; what is hidden may be set for another mode.
fn set_back(group: &mut dyn ParamGroup, look: &Look) {
    for spec in look.shown(group) {
        let _ = group.set(spec.name, spec.default);
    }
}

/// The widget of one parameter; returns its new value.
fn param_ui(ui: &mut Ui, spec: &ParamSpec, value: Value, look: &Look) -> Value {
    let label = look.label(spec);
    let suffix = if spec.unit.is_empty() { String::new() } else { format!(" {}", spec.unit) };
    match (spec.kind, value) {
        (ParamKind::Flag, Value::Flag(mut on)) => {
            ui.checkbox(&mut on, label).on_hover_text(spec.doc);
            Value::Flag(on)
        }
        (ParamKind::Choice(choices), Value::Choice(current)) => {
            let mut chosen = current;
            ui.horizontal(|ui| {
                let name = ui.label(&label).on_hover_text(spec.doc);
                let list = ComboBox::from_id_salt(spec.flag).selected_text(capitalised(current));
                let shown = list.show_ui(ui, |ui| {
                    for choice in choices {
                        ui.selectable_value(&mut chosen, choice.name, capitalised(choice.name))
                            .on_hover_text(choice.doc);
                    }
                });
                shown.response.labelled_by(name.id);
            });
            Value::Choice(chosen)
        }
        (ParamKind::Number { optional: false }, Value::Number(mut number)) => {
            let name = ui.label(RichText::new(&label).small()).on_hover_text(spec.doc);
            if dial(spec, suffix).show(ui, name.id, &mut number, &mut false) { Value::Number(number) } else { value }
        }
        (ParamKind::Integer { optional: false }, Value::Integer(number)) => {
            let name = ui.label(RichText::new(&label).small()).on_hover_text(spec.doc);
            let mut shown = number as f64;
            let changed = dial(spec, suffix).show(ui, name.id, &mut shown, &mut false);
            if changed { Value::Integer(shown as u64) } else { value }
        }
        (ParamKind::Number { optional: true } | ParamKind::Integer { optional: true }, value) => {
            optional_ui(ui, spec, [&label, &suffix], value, look.taken(spec))
        }
        (_, value) => value,
    }
}

fn dial(spec: &ParamSpec, suffix: String) -> Dial {
    let logarithmic = spec.max > 100.0 * spec.min.max(spec.step);
    Dial { range: spec.min..=spec.max, step: spec.step, decimals: decimals(spec.step), suffix, logarithmic }
}

/// Digits behind the point that a step needs.
fn decimals(step: f64) -> usize {
    (0..4).find(|&d| (step * 10_f64.powi(d)).fract().abs() < 1e-6).unwrap_or(4) as usize
}

/// Where a number begins that was left open.
fn begin(spec: &ParamSpec, taken: Option<Taken>) -> f64 {
    let number = match taken {
        Some(Taken::Known(number) | Taken::About(number)) => number,
        None => {
            // In the middle of what is possible, as orders of magnitude go.
            let least = if spec.min > 0.0 { spec.min } else { spec.step };
            ((least * spec.max).sqrt() / spec.step).round() * spec.step
        }
    };
    // Beyond its range the field would change it, as if somebody had.
    number.clamp(spec.min, spec.max)
}

/// A number that may be left open: a tick and a field.
fn optional_ui(ui: &mut Ui, spec: &ParamSpec, [label, suffix]: [&str; 2], value: Value, taken: Option<Taken>) -> Value {
    let mut set = value != Value::Unset;
    let mut number = match value {
        Value::Number(number) => number,
        Value::Integer(number) => number as f64,
        _ => begin(spec, taken),
    };
    let is_known = taken == Some(Taken::Known(number));
    ui.horizontal(|ui| {
        let tick = ui.checkbox(&mut set, label).on_hover_text(spec.doc);
        let field = DragValue::new(&mut number).range(spec.min..=spec.max).speed(spec.step);
        let field =
            if set || is_known { field.suffix(suffix) } else { field.custom_formatter(|_, _| "auto".to_owned()) };
        let response = ui.add_enabled(set, field).labelled_by(tick.id);
        if response.on_hover_text(spec.doc).on_disabled_hover_text("Automatic").changed() {
            set = true;
        }
    });
    match (set, spec.kind) {
        (false, _) => Value::Unset,
        (true, ParamKind::Integer { .. }) => Value::Integer(number.round() as u64),
        (true, _) => Value::Number(number),
    }
}

pub(super) fn capitalised(text: &str) -> String {
    let text = text.replace('-', " ");
    let mut letters = text.chars();
    let text: String = letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect());
    // Models, as their makers write them.
    let text = text.replace("Hunyuan3d", "Hunyuan3D").replace("Triposr", "TripoSR");
    // Flags and their values are spelled as in other programs, texts as everywhere here.
    text.replace("Color", "Colour")
}

/// 1234567 as `1 234 567`, with thin spaces.
pub(super) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> = digits.as_bytes().rchunks(3).rev().filter_map(|g| std::str::from_utf8(g).ok()).collect();
    groups.join("\u{2009}")
}

#[cfg(test)]
mod tests;
