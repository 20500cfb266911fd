//! Settings of the window that outlive it.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Which theme the window uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThemeChoice {
    /// As the system says.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl From<ThemeChoice> for egui::ThemePreference {
    fn from(choice: ThemeChoice) -> Self {
        match choice {
            ThemeChoice::System => Self::System,
            ThemeChoice::Light => Self::Light,
            ThemeChoice::Dark => Self::Dark,
        }
    }
}

/// Everything that is remembered besides the picture list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Light or dark.
    pub theme: ThemeChoice,
    /// Size of text and widgets, 0.5–3; 1 is the system's own size.
    pub scale: f32,
    /// Whether new pictures are generated at once.
    pub generate_at_once: bool,
    /// Where the last mesh was exported to.
    pub export_folder: Option<PathBuf>,
    /// File ending of the last export.
    pub export_format: String,
    /// Files opened lately, the newest first.
    pub recent: Vec<PathBuf>,
    /// Width and depth of the printer's bed and height of its room, in millimetres.
    pub bed_mm: [f32; 3],
    /// Whether the list of pictures is shown.
    pub show_queue: bool,
    /// Whether settings and measurements are shown.
    pub show_inspector: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: ThemeChoice::System,
            scale: 1.0,
            generate_at_once: true,
            export_folder: None,
            export_format: "3mf".to_owned(),
            recent: Vec::new(),
            bed_mm: [220.0, 220.0, 250.0],
            show_queue: true,
            show_inspector: true,
        }
    }
}

/// Recent files that are kept.
const RECENT: usize = 12;
/// Least and largest interface scale.
pub const SCALE: [f32; 2] = [0.5, 3.0];
/// Least and largest side of a printer's room, in millimetres.
pub const BED_MM: [f32; 2] = [50.0, 2000.0];

impl Settings {
    /// Puts a file at the head of the recent ones.
    pub fn remember(&mut self, path: PathBuf) {
        self.recent.retain(|p| *p != path);
        self.recent.insert(0, path);
        self.recent.truncate(RECENT);
    }

    /// Brings numbers that a file may hold back to what can be used.
    pub fn mend(&mut self) {
        self.set_scale(self.scale);
        let usual = Self::default().bed_mm;
        for (side, usual) in self.bed_mm.iter_mut().zip(usual) {
            *side = if side.is_finite() { side.clamp(BED_MM[0], BED_MM[1]) } else { usual };
        }
        self.recent.truncate(RECENT);
    }

    /// Sets the interface scale, within what can still be used.
    pub fn set_scale(&mut self, scale: f32) {
        self.scale = if scale.is_finite() { scale.clamp(SCALE[0], SCALE[1]) } else { 1.0 };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_no_window_can_use_are_mended() {
        let mut settings = Settings { scale: 900.0, bed_mm: [f32::NAN, -4.0, 1e9], ..Settings::default() };
        settings.mend();
        assert_eq!((settings.scale, settings.bed_mm), (3.0, [220.0, 50.0, 2000.0]));
    }
}
