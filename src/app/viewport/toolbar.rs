//! The bar over the view: shading, material, light, and the tools.

use egui::{ComboBox, Frame, ScrollArea, Ui};
use glam::Vec3;

use super::super::Studio;
use super::super::command::Command;
use super::super::inspector::capitalised;
use super::super::layout::{Dial, tooltip};
use crate::render::{Background, LightingPreset, MaterialPreset, Section, Shading};

impl Studio {
    pub(super) fn toolbar_ui(&mut self, ui: &mut Ui) {
        // At least half of the room is the view's.
        let scroll = ScrollArea::vertical().max_height(0.5 * ui.available_height()).auto_shrink([false, true]);
        Frame::NONE.fill(ui.visuals().panel_fill).inner_margin(6.0).show(ui, |ui| {
            scroll.show(ui, |ui| {
                ui.horizontal_wrapped(|ui| {
                    self.look_ui(ui);
                    ui.separator();
                    self.tools_ui(ui);
                });
                self.section_ui(ui);
                self.viewport.overlay_slider_ui(ui);
                self.capture_ui(ui);
                self.repair_ui(ui);
            });
        });
        ui.add_space(-ui.spacing().item_spacing.y);
    }

    fn look_ui(&mut self, ui: &mut Ui) {
        let scene = &mut self.viewport.scene;
        choice_ui(ui, "Shading", &mut scene.shading, None, Shading::ALL, Shading::name);
        // Not in a group of their own, which would not be wrapped.
        if scene.shading == Shading::Material {
            let id = egui::Id::new("material preset");
            let mut preset: MaterialPreset = ui.data(|d| d.get_temp(id)).unwrap_or_default();
            let before = preset;
            choice_ui(ui, "Material", &mut preset, None, MaterialPreset::ALL, MaterialPreset::name);
            if preset != before {
                let own_colors = scene.material.vertex_colors;
                scene.material = preset.into();
                scene.material.vertex_colors = own_colors;
                ui.data_mut(|d| d.insert_temp(id, preset));
            }
            ui.checkbox(&mut scene.material.vertex_colors, "Colours").on_hover_text("Use the colours of the picture");
        }
        self.light_ui(ui);
    }

    /// The list of lights, in which a panorama of the user's stands until another light is chosen.
    fn light_ui(&mut self, ui: &mut Ui) {
        let view = &mut self.viewport;
        let own = view.own_light.as_ref().map(|own| own.name.as_str());
        let preset = &mut view.scene.lighting.preset;
        if choice_ui(ui, "Light", preset, own, LightingPreset::ALL, LightingPreset::name) {
            view.take_light(None);
        }
    }

    fn tools_ui(&mut self, ui: &mut Ui) {
        let view = &self.viewport;
        let tools = [
            (Command::Fit, false),
            (Command::ToggleWireframe, view.scene.wireframe.is_some()),
            (Command::ToggleGrid, view.scene.ground.grid),
            (Command::ToggleSection, view.scene.section.is_some()),
            (Command::ToggleMeasure, view.measure.is_some()),
            (Command::ToggleDimensions, view.dimensions),
            (Command::ToggleTurntable, view.turntable),
            (Command::ToggleOverlay, view.overlay.is_some()),
        ];
        for (command, on) in tools {
            if ui.selectable_label(on, command.label()).on_hover_text(tooltip(ui.ctx(), command)).clicked() {
                self.send(command);
            }
        }
        ui.menu_button("More", |ui| {
            for command in [Command::ToggleProjection, Command::SavePicture, Command::SaveTurntable] {
                if ui.button(command.label()).on_hover_text(tooltip(ui.ctx(), command)).clicked() {
                    self.send(command);
                    ui.close();
                }
            }
            let view = &mut self.viewport;
            ui.checkbox(&mut view.transparent_pictures, "Pictures without background");
            ui.checkbox(&mut view.scene.ambient_occlusion, "Ambient occlusion");
            ui.checkbox(&mut view.scene.ground.shadow, "Ground shadow");
            let mut environment = matches!(view.scene.background, Background::Environment { .. });
            if ui.checkbox(&mut environment, "Show the surroundings").changed() {
                view.scene.background =
                    if environment { Background::Environment { blur: 0.4 } } else { Background::Preset };
            }
        });
    }

    fn section_ui(&mut self, ui: &mut Ui) {
        let view = &mut self.viewport;
        let (Some(section), Some(shown)) = (&mut view.scene.section, &view.shown) else { return };
        ui.horizontal_wrapped(|ui| {
            let name = ui.label("Section").id;
            for (name, normal) in [("Width", Vec3::X), ("Depth", Vec3::NEG_Y), ("Height", Vec3::Z)] {
                if ui.selectable_label(section.normal == normal, name).clicked() {
                    let offset_mm = shown.bounds.center().dot(normal);
                    *section = Section { normal, offset_mm, ..*section };
                }
            }
            let (a, b) = (shown.bounds.min.dot(section.normal), shown.bounds.max.dot(section.normal));
            let range = f64::from(a.min(b))..=f64::from(a.max(b));
            let (step, decimals) = section_step((a - b).abs());
            let dial = Dial { range, step, decimals, suffix: " mm".to_owned(), logarithmic: false };
            if ui.available_size_before_wrap().x < 2.2 * LIST_WIDTH {
                ui.end_row();
            }
            // A slider is not made narrower by itself.
            let left = ui.available_size_before_wrap().x - FIELD_WIDTH;
            ui.spacing_mut().slider_width = ui.spacing().slider_width.min(left).max(LEAST_SLIDER);
            let mut offset = f64::from(section.offset_mm);
            if dial.show(ui, name, &mut offset, &mut false) {
                section.offset_mm = offset as f32;
            }
        });
    }
}

/// How finely a section moves through so many mm, and the decimals that show it: a tenth of a millimetre, or
/// less in what is small.
fn section_step(length_mm: f32) -> (f64, usize) {
    let digits = f64::from(length_mm.max(1e-9) / 100.0).log10().floor().min(-1.0);
    (10f64.powf(digits), -digits as usize)
}

/// Width of a drop-down list, in points.
const LIST_WIDTH: f32 = 88.0;
/// Room for the field beside a slider, in points.
const FIELD_WIDTH: f32 = 84.0;
/// A slider that is narrower cannot be set, in points.
const LEAST_SLIDER: f32 = 40.0;

/// A drop-down list of names. `instead` is the name of what is in the place of all of them. Returns whether one
/// was chosen, be it the one before.
fn choice_ui<T: Copy + PartialEq>(
    ui: &mut Ui,
    label: &str,
    value: &mut T,
    instead: Option<&str>,
    all: &[T],
    name: fn(T) -> &'static str,
) -> bool {
    // A list is not wrapped by itself.
    if ui.available_size_before_wrap().x < 1.4 * LIST_WIDTH {
        ui.end_row();
    }
    let chosen = instead.map_or_else(|| capitalised(name(*value)), str::to_owned);
    let mut list = ComboBox::from_id_salt(label).selected_text(&chosen).width(LIST_WIDTH);
    if instead.is_some() {
        // A file may have any name.
        list = list.truncate();
    }
    let mut is_chosen = false;
    let response = list.show_ui(ui, |ui| {
        for &choice in all {
            let is_now = instead.is_none() && *value == choice;
            if ui.selectable_label(is_now, capitalised(name(choice))).clicked() {
                (*value, is_chosen) = (choice, true);
            }
        }
    });
    let text = format!("{label}: {chosen}");
    response.response.widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::ComboBox, true, &text));
    response.response.on_hover_text(label);
    is_chosen
}

#[cfg(test)]
mod tests {
    use super::super::super::tests::{studio, text_of};
    use super::*;

    #[test]
    fn shadings_are_spelled_as_all_texts_are() {
        let (_folder, mut studio) = studio();
        studio.viewport.scene.shading = Shading::VertexColors;
        // The tick of this name is shown with a material alone.
        let text = text_of(&mut studio, Studio::toolbar_ui);
        assert!(text.contains("Colours") && !text.contains("Colors"), "{text}");
    }

    #[test]
    fn a_section_moves_finely_through_what_is_small() {
        assert_eq!(section_step(80.0), (0.1, 1));
        for length_mm in [0.05, 0.9, 3.0, 500.0] {
            let (step, decimals) = section_step(length_mm);
            assert!(f64::from(length_mm) / step >= 50.0, "{length_mm} mm in steps of {step}");
            assert!(10f64.powi(-(decimals as i32)) <= step * 1.001, "{step} with {decimals} decimals");
        }
    }
}
