//! The first thing a newcomer sees: where to drop a picture, and samples to try.

use std::path::PathBuf;

use egui::{Align, Layout, RichText, Ui, vec2};

use super::Studio;
use super::command::Command;
use super::session::Store;
use super::theme::{self, Palette};
use super::toast::Level;
use crate::files::{IfExists, WriteError, write_atomically};
use crate::request::Mode;
use crate::samples::{self, Sample};

/// Samples that are offered: name, what it is best made into, file.
const OFFERED: &[(&str, Mode, &str)] = &[
    ("Fox", Mode::Inflate, "fox.png"),
    ("Rocket", Mode::Inflate, "rocket.png"),
    ("Elephant", Mode::Inflate, "elephant.png"),
    ("Owl", Mode::Stamp, "owl.png"),
    ("Amphora", Mode::Inflate, "amphora.jpg"),
];

impl Studio {
    pub(super) fn welcome_ui(&mut self, ui: &mut Ui) {
        let palette = Palette::of(ui.ctx());
        ui.with_layout(Layout::top_down(Align::Center), |ui| {
            ui.add_space((ui.available_height() * 0.22).max(24.0));
            let how = if self.can_drop { "Drop a picture here" } else { "Open or paste a picture" };
            ui.label(RichText::new(how).size(34.0).strong());
            ui.add_space(4.0);
            ui.label(RichText::new("It becomes a solid mesh that you can turn, measure, print and export").weak());
            ui.add_space(theme::GAP * 2.0);
            let text = RichText::new("Open pictures…").color(palette.on_accent).size(16.0);
            let button = egui::Button::new(text).fill(palette.accent).min_size(vec2(200.0, 40.0));
            if ui.add(button).on_hover_text(super::layout::tooltip(ui.ctx(), Command::Open)).clicked() {
                self.send(Command::Open);
            }
            ui.add_space(theme::GAP * 2.5);
            ui.label(RichText::new("or try a sample").weak());
            ui.add_space(4.0);
            self.samples_ui(ui);
            ui.add_space(theme::GAP * 2.0);
            let note = "Everything happens on this machine. Pictures are never sent anywhere.";
            ui.label(RichText::new(note).small().weak());
        });
    }

    fn samples_ui(&mut self, ui: &mut Ui) {
        const SIDE: f32 = 112.0;
        let gap = ui.spacing().item_spacing.x;
        let width = OFFERED.len() as f32 * (SIDE + gap) - gap;
        ui.allocate_ui_with_layout(vec2(width, SIDE + 28.0), Layout::left_to_right(Align::Min), |ui| {
            for &(name, mode, file) in OFFERED {
                let Some(sample) = samples::named(file) else { continue };
                ui.allocate_ui_with_layout(vec2(SIDE, SIDE + 28.0), Layout::top_down(Align::Center), |ui| {
                    let texture = self.sample_texture(ui.ctx(), sample);
                    let image = texture.map(|t| {
                        egui::Image::new((t.id(), t.size_vec2())).fit_to_exact_size(vec2(SIDE - 16.0, SIDE - 16.0))
                    });
                    let button = match image {
                        Some(image) => egui::Button::image(image),
                        None => egui::Button::new(name),
                    };
                    let response = ui.add(button.min_size(vec2(SIDE, SIDE)));
                    let label = format!("Sample {name}");
                    response.widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Button, true, &label));
                    ui.label(RichText::new(name).small());
                    if response.clicked() {
                        self.draft.mode = mode;
                        self.open_sample(sample);
                    }
                });
            }
        });
    }

    /// The small picture of a sample, decoded once beside the window.
    fn sample_texture(&mut self, ctx: &egui::Context, sample: Sample) -> Option<egui::TextureHandle> {
        let id = egui::Id::new(("sample", sample.file));
        if let Some(texture) = ctx.data(|d| d.get_temp::<egui::TextureHandle>(id)) {
            return Some(texture);
        }
        let asked = id.with("asked");
        if !ctx.data_mut(|d| std::mem::replace(d.get_temp_mut_or_default::<bool>(asked), true)) {
            let (file, bytes) = (sample.file, sample.bytes);
            self.spawn(move || {
                let picture = image::load_from_memory(bytes).map(|p| p.thumbnail(224, 224).to_rgba8());
                Box::new(move |studio| {
                    // Compiled in, so it can be read; else its name is shown.
                    let Ok(picture) = picture else { return };
                    let size = [picture.width() as usize, picture.height() as usize];
                    let image = egui::ColorImage::from_rgba_unmultiplied(size, picture.as_raw());
                    let texture = studio.ctx.load_texture(file, image, egui::TextureOptions::LINEAR);
                    studio.ctx.data_mut(|d| d.insert_temp(id, texture));
                })
            });
        }
        None
    }

    /// Puts a sample into the data folder, so that it is a file like any other, and adds it.
    fn open_sample(&mut self, sample: Sample) {
        let folder = samples_folder(self.store.as_deref());
        let (path, bytes): (PathBuf, _) = (folder.join(sample.file), sample.bytes);
        self.spawn_write(move || {
            let made = std::fs::create_dir_all(&folder).map_err(|source| WriteError::Io { source, path: path.clone() });
            let written =
                made.and_then(|()| write_atomically(&path, IfExists::Replace, |w| std::io::Write::write_all(w, bytes)));
            Box::new(move |studio| match written {
                Ok(()) => studio.add_paths(vec![path]),
                Err(error) => studio.messages.push(Level::Error, format!("The sample could not be opened: {error}")),
            })
        });
    }
}

/// Where samples go, which replace what is there: a folder of the program's own, also without a data folder.
fn samples_folder(store: Option<&Store>) -> PathBuf {
    store.map_or_else(|| std::env::temp_dir().join("orfeas").join("samples"), Store::samples_folder)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{studio, text_of};
    use super::*;

    #[test]
    fn a_newcomer_is_asked_to_do_what_works() {
        let (_folder, mut studio) = studio();
        for (can_drop, how) in [(true, "Drop a picture"), (false, "Open or paste a picture")] {
            studio.can_drop = can_drop;
            let text = text_of(&mut studio, Studio::welcome_ui);
            assert!(text.contains(how) && text.contains("Drop") == can_drop, "{text}");
        }
    }

    #[test]
    fn every_sample_that_is_offered_is_in_the_program() {
        assert!(OFFERED.iter().all(|(.., file)| samples::named(file).is_some()));
    }

    #[test]
    fn a_sample_never_replaces_a_file_among_those_of_others() {
        assert!(samples_folder(None).starts_with(std::env::temp_dir().join("orfeas")));
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path().to_owned()).unwrap();
        assert_eq!(samples_folder(Some(&store)), folder.path().join("samples"));
    }
}
