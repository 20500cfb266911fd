//! Diagnostics: what a bug report needs.

use egui::{Context, Grid};

use super::Studio;
use super::settings_panel::escape;
use crate::doctor::{self, Findings};

/// What was found when the panel was opened.
#[derive(Default)]
pub struct Diagnostics {
    /// Nothing while drivers are still being asked; else what was found, or why nothing was.
    findings: Option<Result<Findings, String>>,
}

impl Diagnostics {
    /// Starts looking around beside the window: asking the graphics drivers takes up to a second.
    pub fn gather(studio: &mut Studio) -> Self {
        let cache = studio.cache.clone();
        studio.run_task(
            move || doctor::look(&cache),
            |studio, looked| {
                if let Some(super::Dialog::Diagnostics(panel)) = &mut studio.dialog {
                    panel.findings = Some(looked);
                }
            },
        );
        Self::default()
    }

    /// Draws the panel; returns whether it stays open.
    pub fn show(&mut self, ctx: &Context, studio: &mut Studio) -> bool {
        let mut open = true;
        let mut rows = vec![("window", studio.viewport.device_text().to_owned())];
        rows.push((
            "queue",
            format!(
                "{} of {} places taken",
                studio.queue.as_ref().map_or(0, crate::job::Queue::open_count),
                crate::job::CAPACITY
            ),
        ));
        match &self.findings {
            Some(Ok(found)) => {
                rows.extend(found.rows());
                rows.extend(found.problems.iter().map(|p| ("problem", p.clone())));
            }
            Some(Err(why)) => rows.push(("problem", why.clone())),
            None => {}
        }
        super::layout::dialog(ctx, "Diagnostics").default_width(560.0).open(&mut open).show(ctx, |ui| {
            Grid::new("diagnostics").num_columns(2).spacing([16.0, 6.0]).show(ui, |ui| {
                for (name, value) in &rows {
                    ui.weak(*name);
                    ui.add(egui::Label::new(value).wrap());
                    ui.end_row();
                }
            });
            if self.findings.is_none() {
                ui.horizontal(|ui| {
                    ui.spinner();
                    ui.weak("Looking at this machine");
                });
            }
            ui.separator();
            ui.horizontal(|ui| {
                if ui.add_enabled(self.findings.is_some(), egui::Button::new("Copy report")).clicked() {
                    let lines: Vec<String> = rows.iter().map(|(n, v)| format!("{n}: {v}")).collect();
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
