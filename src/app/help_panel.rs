//! Diagnostics: what a bug report needs.

use egui::{Context, Grid, Window};

use super::Studio;
use super::settings_panel::escape;

/// What was found when the panel was opened.
pub struct Diagnostics {
    rows: Vec<(&'static str, String)>,
}

impl Diagnostics {
    /// Looks around. Quick: nothing here waits for a device.
    pub fn gather(studio: &Studio) -> Self {
        let memory = sysinfo::System::new().map_or("unknown".to_owned(), |mut system| {
            system.refresh_memory();
            format!("{:.1} of {:.1} GiB free", gib(system.available_memory()), gib(system.total_memory()))
        });
        let cache = match studio.cache.path() {
            Some(path) => format!("{:.1} MiB in {}", studio.cache.stats().bytes as f64 / 1_048_576.0, path.display()),
            None => "off".to_owned(),
        };
        let cores = std::thread::available_parallelism().map_or(0, |n| n.get());
        let open = studio.queue.as_ref().map_or(0, |q| q.open_count());
        let rows = vec![
            ("Version", env!("CARGO_PKG_VERSION").to_owned()),
            ("System", format!("{} {}", std::env::consts::OS, std::env::consts::ARCH)),
            ("Processor", format!("{cores} threads")),
            ("Memory", memory),
            ("Graphics", studio.viewport.device_text().to_owned()),
            ("Models", "none needed: figures, reliefs, lithophanes and stamps are computed without one".to_owned()),
            ("Cache", cache),
            ("Queue", format!("{open} open of {}", crate::job::CAPACITY)),
        ];
        Self { rows }
    }

    /// Draws the panel; returns whether it stays open.
    pub fn show(&mut self, ctx: &Context, studio: &mut Studio) -> bool {
        let mut open = true;
        Window::new("Diagnostics").collapsible(false).open(&mut open).show(ctx, |ui| {
            Grid::new("diagnostics").num_columns(2).spacing([16.0, 6.0]).show(ui, |ui| {
                for (name, value) in &self.rows {
                    ui.weak(*name);
                    ui.label(value);
                    ui.end_row();
                }
            });
            ui.separator();
            ui.horizontal(|ui| {
                if ui.button("Copy report").clicked() {
                    let lines: Vec<String> = self.rows.iter().map(|(n, v)| format!("{n}: {v}")).collect();
                    ctx.copy_text(lines.join("\n"));
                }
                if ui.button("Look again").clicked() {
                    *self = Self::gather(studio);
                }
            });
        });
        open && !escape(ctx)
    }
}

fn gib(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 30)
}
