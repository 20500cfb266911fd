//! The export dialog: format, size, axis, detail, destination.

mod place;
mod reduce;

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use egui::{ComboBox, Context, DragValue, Grid, RichText, TextEdit, Ui};

use super::Studio;
use super::ask::Purpose;
use super::export_job::{Job, Up};
use super::inspector::thousands;
use super::settings::Settings;
use super::state::Finished;
use super::theme::Palette;
use crate::export::Format;
use crate::files::IfExists;
use crate::mesh::Mesh;
use place::Seen;
use reduce::{Reduced, Reducing};

/// Least and largest scale, in percent.
const SCALES: RangeInclusive<f64> = 0.1..=100_000.0;

/// The open dialog.
pub struct ExportDialog {
    finished: Finished,
    format: Format,
    /// Percent of the size that [`ExportDialog::written_mesh`] has.
    scale_percent: f64,
    /// The axis whose millimetres were set, and these; they stay when another mesh is written.
    asked_mm: Option<(usize, f64)>,
    up: Up,
    reduce: bool,
    triangles: u64,
    /// The reduced mesh, once it is there.
    reduced: Option<Reduced>,
    /// The reduction that goes on.
    reducing: Option<Reducing>,
    /// As it is typed; [`ExportDialog::target`] is the file.
    path: String,
    /// Where a name without a folder goes.
    folder: PathBuf,
    replace: bool,
    accept_defects: bool,
    show_folder: bool,
    /// What is at the target, or was at one before.
    seen: Option<Seen>,
    /// The target that a task looks at.
    looking_at: Option<PathBuf>,
    /// Names what is being written.
    writing: Option<Arc<()>>,
    /// Why it was not written the last time.
    trouble: Option<String>,
}

impl ExportDialog {
    /// A dialog for a mesh called `name`, with the choices of the last export.
    pub fn new(name: &str, finished: Finished, settings: &Settings) -> Self {
        let format = Format::from_name(&settings.export_format).unwrap_or(Format::ThreeMf);
        let last = settings.export_folder.clone().filter(|folder| !folder.as_os_str().is_empty());
        let folder = last.or_else(default_folder).unwrap_or_default();
        let stem = Path::new(name).file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let path = folder.join(format!("{stem}.{}", format.extension())).display().to_string();
        let triangles = finished.report.triangles.min(100_000);
        Self {
            finished,
            format,
            scale_percent: 100.0,
            asked_mm: None,
            up: Up::Z,
            reduce: false,
            triangles,
            reduced: None,
            reducing: None,
            path,
            folder,
            replace: false,
            accept_defects: false,
            show_folder: false,
            seen: None,
            looking_at: None,
            writing: None,
            trouble: None,
        }
    }

    /// Draws the dialog; returns whether it stays open.
    pub fn show(&mut self, ctx: &Context, studio: &mut Studio) -> bool {
        let mut open = true;
        let mut keep = true;
        self.look(studio);
        super::layout::dialog(ctx, "Export").resizable(false).open(&mut open).show(ctx, |ui| {
            let is_writing = self.writing.is_some();
            // Where it fails, the choices are those that were made.
            ui.add_enabled_ui(!is_writing, |ui| {
                Grid::new("export").num_columns(2).spacing([16.0, 8.0]).show(ui, |ui| {
                    self.format_ui(ui);
                    self.size_ui(ui);
                    self.detail_ui(ui, studio);
                    self.destination_ui(ui, studio);
                });
                self.warnings_ui(ui);
                ui.separator();
                ui.checkbox(&mut self.show_folder, "Show the file afterwards");
            });
            ui.horizontal(|ui| {
                let ready = self.is_ready();
                let palette = Palette::of(ctx);
                let button =
                    egui::Button::new(RichText::new("Export file").color(palette.on_accent)).fill(palette.accent);
                if ui.add_enabled(ready, button).clicked() {
                    self.write(studio);
                }
                if is_writing {
                    ui.spinner();
                }
                // What is being written is written to its end.
                if ui.button(if is_writing { "Close" } else { "Cancel" }).clicked() {
                    keep = false;
                }
            });
        });
        let escape = super::settings_panel::escape(ctx);
        keep && open && !escape
    }

    /// The file that is written: in the folder of the last export and with the format's ending where none is typed.
    fn target(&self) -> Option<PathBuf> {
        let typed =
            Some(self.path.trim()).filter(|typed| !typed.is_empty() && !typed.ends_with(std::path::is_separator))?;
        let mut path = self.folder.join(expanded(typed, home_folder)).into_os_string();
        if Format::from_path(Path::new(&path)).is_none() {
            path.push(".");
            path.push(self.format.extension());
        }
        std::path::absolute(path).ok()
    }

    fn format_ui(&mut self, ui: &mut Ui) {
        let name = ui.label("Format").id;
        let before = self.format;
        let list = ComboBox::from_id_salt("format").selected_text(self.format.label()).show_ui(ui, |ui| {
            for &format in Format::ALL {
                ui.selectable_value(&mut self.format, format, format.label());
            }
        });
        list.response.labelled_by(name);
        if self.format != before {
            let path = Path::new(&self.path);
            if Format::from_path(path).is_some() {
                self.path = path.with_extension(self.format.extension()).display().to_string();
            }
            (self.replace, self.trouble) = (false, None);
        }
        ui.end_row();
        ui.label("Up");
        ui.horizontal(|ui| {
            let fixed = matches!(self.format, Format::Glb);
            if fixed {
                ui.weak("Y, as glTF demands");
                return;
            }
            ui.selectable_value(&mut self.up, Up::Z, "Z").on_hover_text("As slicers want it");
            ui.selectable_value(&mut self.up, Up::Y, "Y").on_hover_text("As most renderers and games want it");
        });
        ui.end_row();
    }

    fn size_ui(&mut self, ui: &mut Ui) {
        let [least, largest] = [SCALES.start(), SCALES.end()].map(|percent| percent / 100.0);
        let size = self.size_mm();
        for (axis, name) in ["Width", "Depth", "Height"].into_iter().enumerate() {
            let label = ui.label(name).id;
            let range = size[axis] * least..=size[axis] * largest;
            let shown = size[axis] * self.scale_percent / 100.0;
            if let Some(mm) = field_ui(ui, label, shown, range, " mm").filter(|_| size[axis] > 0.0) {
                self.asked_mm = Some((axis, mm));
                self.fit();
            }
            ui.end_row();
        }
        let label = ui.label("Scale").id;
        if let Some(percent) = field_ui(ui, label, self.scale_percent, SCALES, " %") {
            self.asked_mm = None;
            self.scale_percent = percent;
        }
        ui.end_row();
    }

    /// Width, depth and height of the mesh that is written, at 100 %.
    fn size_mm(&self) -> [f64; 3] {
        let reduced = self.reduced.as_ref().filter(|_| self.reduce);
        reduced.map_or(self.finished.report.size_mm, |reduced| reduced.size_mm).map(f64::from)
    }

    /// Gives the mesh that is written the size that was asked for: with fewer triangles it may be a little smaller.
    fn fit(&mut self) {
        let size = self.size_mm();
        if let Some((axis, mm)) = self.asked_mm.filter(|(axis, _)| size[*axis] > 0.0) {
            self.scale_percent = (mm / size[axis] * 100.0).clamp(*SCALES.start(), *SCALES.end());
        }
    }

    fn detail_ui(&mut self, ui: &mut Ui, studio: &mut Studio) {
        let tick = ui.checkbox(&mut self.reduce, "Reduce triangles");
        if tick.changed() {
            self.fit();
            self.show_in_view(studio);
        }
        ui.horizontal(|ui| {
            let most = self.finished.report.triangles.max(200);
            let field = DragValue::new(&mut self.triangles).range(100..=most).speed(most as f64 / 400.0);
            ui.add_enabled(self.reduce, field).labelled_by(tick.id);
            if !self.reduce {
                ui.weak(format!("{} now", thousands(self.finished.report.triangles)));
            } else if self.reducing.is_some() {
                ui.spinner();
            } else if let Some(reduced) = &self.reduced {
                ui.weak(format!("gives {}", thousands(reduced.mesh.triangle_indices.len() as u64)));
            }
        });
        ui.end_row();
        let wanted = self.reduce.then_some(self.triangles);
        let have = self.reduced.as_ref().map(|reduced| reduced.triangles);
        self.reducing.take_if(|reducing| Some(reducing.triangles) != wanted);
        // Wait until the drag ends: every step of it would start a reduction.
        if wanted.is_some() && wanted != have && self.reducing.is_none() && !ui.ctx().input(|i| i.pointer.any_down()) {
            self.start_reducing(studio);
        }
    }

    /// Shows what would be written, where the view shows this mesh and not another card's.
    fn show_in_view(&self, studio: &mut Studio) {
        if studio.items.selected().is_some_and(|item| item.shows(&self.finished.mesh)) {
            studio.upload(self.written_mesh());
        }
    }

    fn written_mesh(&self) -> &Arc<Mesh> {
        let reduced = self.reduced.as_ref().filter(|_| self.reduce).map(|reduced| &reduced.mesh);
        reduced.unwrap_or(&self.finished.mesh)
    }

    fn destination_ui(&mut self, ui: &mut Ui, studio: &mut Studio) {
        let label = ui.label("Save as");
        ui.horizontal(|ui| {
            let field = TextEdit::singleline(&mut self.path).desired_width(320.0);
            if ui.add(field).labelled_by(label.id).changed() {
                (self.replace, self.trouble) = (false, None);
                self.format = Format::from_path(Path::new(&self.path)).unwrap_or(self.format);
            }
            if ui.button("Browse…").clicked() {
                self.browse(studio);
            }
        });
        ui.end_row();
    }

    /// Asks for the file.
    pub(super) fn browse(&self, studio: &mut Studio) {
        let path = self.target().unwrap_or_else(|| self.folder.clone());
        let mut dialog =
            rfd::AsyncFileDialog::new().set_title("Export").add_filter(self.format.label(), &[self.format.extension()]);
        if let Some(name) = path.file_name() {
            dialog = dialog.set_file_name(name.to_string_lossy());
        }
        if let Some(folder) = path.parent().filter(|_| self.seen_now().is_some_and(|seen| seen.has_folder)) {
            dialog = dialog.set_directory(folder);
        }
        let mesh = self.finished.mesh.clone();
        studio.ask_path(
            Purpose::Export,
            || dialog.save_file(),
            move |studio, path| {
                // The dialog may be another one by now.
                if let Some(super::Dialog::Export(dialog)) = &mut studio.dialog
                    && Arc::ptr_eq(&dialog.finished.mesh, &mesh)
                {
                    dialog.path = path.display().to_string();
                    dialog.format = Format::from_path(&path).unwrap_or(dialog.format);
                    // The system's dialog has asked already, but for this name alone.
                    dialog.replace = dialog.target().is_some_and(|target| target == path);
                    dialog.trouble = None;
                }
            },
        );
    }

    fn warnings_ui(&mut self, ui: &mut Ui) {
        let palette = Palette::of(ui.ctx());
        if self.seen_now().is_some_and(|seen| seen.is_taken) {
            ui.checkbox(&mut self.replace, RichText::new("Replace the existing file").color(palette.warning));
        }
        if self.format.is_for_printing() && !self.finished.report.is_print_ready() {
            for problem in self.finished.report.problems() {
                ui.colored_label(palette.error, problem);
            }
            ui.checkbox(&mut self.accept_defects, "Export although it may not print");
        }
        if !self.format.has_colors() && self.finished.mesh.vertex_colors.is_some() {
            ui.weak(format!("{} holds no colours", self.format.label()));
        }
        if let Some(why) = &self.trouble {
            ui.colored_label(palette.error, format!("Not exported: {why}"));
        }
    }

    fn is_ready(&self) -> bool {
        let file = self.seen_now().is_some_and(|seen| self.replace || !seen.is_taken);
        self.is_sound() && file && self.writing.is_none()
    }

    /// Whether the mesh is one to write.
    fn is_sound(&self) -> bool {
        let mesh = !self.reduce || (self.reducing.is_none() && self.reduced.is_some());
        let defects = !self.format.is_for_printing() || self.finished.report.is_print_ready() || self.accept_defects;
        mesh && defects
    }

    /// `None` without a target.
    fn job(&self) -> Option<Job> {
        let path = self.target()?;
        Some(Job {
            mesh: self.written_mesh().clone(),
            format: self.format,
            scale: (self.scale_percent / 100.0) as f32,
            up: if self.format == Format::Glb { Up::Z } else { self.up },
            title: path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
            if_exists: if self.replace { IfExists::Replace } else { IfExists::Keep },
            path,
        })
    }
}

/// A field named by `label`; gives the number once another one was typed or dragged.
fn field_ui(ui: &mut Ui, label: egui::Id, value: f64, range: RangeInclusive<f64>, unit: &str) -> Option<f64> {
    let (decimals, speed) = if value < 1.0 { (3, 0.005) } else { (1, 0.5) };
    let mut shown = value;
    let field = DragValue::new(&mut shown).suffix(unit).speed(speed).max_decimals(decimals);
    let response = ui.add(field.range(range).clamp_existing_to_range(false)).labelled_by(label);
    // A field that is left reads its own text, in which the number is rounded.
    let rounding = 0.5 * 0.1_f64.powi(decimals as i32) + 1e-5 * value;
    let is_left = response.lost_focus() && (shown - value).abs() <= rounding;
    (response.changed() && !is_left).then_some(shown)
}

/// What is typed, with the home folder for a `~` at its beginning, as in a terminal.
fn expanded(typed: &str, home: impl FnOnce() -> Option<PathBuf>) -> PathBuf {
    let below = typed.strip_prefix('~').filter(|rest| rest.starts_with(std::path::is_separator));
    match below.and_then(|below| Some((below, home()?))) {
        Some((below, home)) => home.join(below.trim_start_matches(std::path::is_separator)),
        None => typed.into(),
    }
}

fn home_folder() -> Option<PathBuf> {
    directories::BaseDirs::new().map(|dirs| dirs.home_dir().to_owned())
}

fn default_folder() -> Option<PathBuf> {
    let dirs = directories::UserDirs::new()?;
    dirs.document_dir().map(Path::to_owned).or_else(|| Some(dirs.home_dir().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::super::tests::finished;
    use super::*;

    #[test]
    fn a_tilde_before_a_typed_name_is_the_home_folder() {
        let home = || Some(PathBuf::from("/home/ann"));
        assert_eq!(expanded("~/parts/axe.glb", home), Path::new("/home/ann/parts/axe.glb"));
        assert_eq!(expanded("~//axe.glb", home), Path::new("/home/ann/axe.glb"));
        for typed in ["~axe.glb", "parts/~/axe.glb", "/parts/axe.glb", "axe~.glb"] {
            assert_eq!(expanded(typed, home), Path::new(typed));
        }
        assert_eq!(expanded("~/axe.glb", || None), Path::new("~/axe.glb"));
        let mut dialog = ExportDialog::new("a.png", finished(), &Settings::default());
        dialog.path = "~/axe.glb".to_owned();
        assert_eq!(dialog.target(), home_folder().map(|home| home.join("axe.glb")));
    }
}
