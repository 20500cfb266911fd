//! The one place with colours, sizes and rounding of the window.

use egui::style::{Selection, WidgetVisuals};
use egui::{Color32, CornerRadius, Stroke, Theme, Visuals};

/// Colours that mean something, for the current theme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Palette {
    /// The product's colour: primary buttons, selection, progress.
    pub accent: Color32,
    /// Text on `accent`.
    pub on_accent: Color32,
    /// It worked.
    pub success: Color32,
    /// Worth a look.
    pub warning: Color32,
    /// It failed.
    pub error: Color32,
    /// Behind everything.
    pub background: Color32,
    /// Side panels and bars.
    pub panel: Color32,
    /// Cards on a panel.
    pub card: Color32,
    /// Lines between things.
    pub line: Color32,
    /// Ordinary text.
    pub text: Color32,
    /// Text of lesser weight; still 4.5 : 1 against `panel`.
    pub weak_text: Color32,
}

const fn rgb(hex: u32) -> Color32 {
    Color32::from_rgb((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
}

/// Colours on dark grey.
pub const DARK: Palette = Palette {
    accent: rgb(0xE0_8A3C),
    on_accent: rgb(0x1B_1206),
    success: rgb(0x6F_C28A),
    warning: rgb(0xE6_C15A),
    error: rgb(0xF0_7F73),
    background: rgb(0x17_181A),
    panel: rgb(0x1F_2023),
    card: rgb(0x2A_2B2F),
    line: rgb(0x38_3A3F),
    text: rgb(0xE8_E6E3),
    weak_text: rgb(0xA5_A4A2),
};

/// Colours on warm white.
pub const LIGHT: Palette = Palette {
    accent: rgb(0xB0_5A10),
    on_accent: rgb(0xFF_FFFF),
    success: rgb(0x1F_7A43),
    warning: rgb(0x8A_6100),
    error: rgb(0xB3_2B1E),
    background: rgb(0xE9_E7E4),
    panel: rgb(0xF5_F4F2),
    card: rgb(0xFF_FFFF),
    line: rgb(0xD5_D2CE),
    text: rgb(0x25_2423),
    weak_text: rgb(0x62_605D),
};

/// Corner rounding of cards and buttons, in points.
pub const ROUNDING: u8 = 6;
/// Space between unrelated things, in points.
pub const GAP: f32 = 12.0;
/// Height of the primary button, in points.
pub const BUTTON_HEIGHT: f32 = 32.0;

impl Palette {
    /// The palette of the theme that `ctx` shows.
    pub fn of(ctx: &egui::Context) -> Self {
        if ctx.theme() == Theme::Dark { DARK } else { LIGHT }
    }
}

/// Installs both themes' styles; egui follows the system between them.
pub fn install(ctx: &egui::Context) {
    for (theme, palette) in [(Theme::Dark, DARK), (Theme::Light, LIGHT)] {
        ctx.style_mut_of(theme, |style| {
            style.visuals = visuals(theme, palette);
            style.spacing.item_spacing = egui::vec2(8.0, 6.0);
            style.spacing.button_padding = egui::vec2(10.0, 5.0);
            style.spacing.interact_size.y = 24.0;
            style.spacing.slider_width = 150.0;
        });
    }
}

/// Adds a slider whose rail is seen on a panel; with the fill of buttons it would be nearly as light.
pub fn add_slider(ui: &mut egui::Ui, slider: egui::Slider<'_>) -> egui::Response {
    let rail = Palette::of(ui.ctx()).line;
    let fill = std::mem::replace(&mut ui.visuals_mut().widgets.inactive.bg_fill, rail);
    let added = ui.add(slider);
    ui.visuals_mut().widgets.inactive.bg_fill = fill;
    added
}

fn visuals(theme: Theme, palette: Palette) -> Visuals {
    let mut visuals = if theme == Theme::Dark { Visuals::dark() } else { Visuals::light() };
    visuals.panel_fill = palette.panel;
    visuals.window_fill = palette.panel;
    visuals.extreme_bg_color = palette.background;
    visuals.faint_bg_color = palette.card;
    visuals.hyperlink_color = palette.accent;
    visuals.warn_fg_color = palette.warning;
    visuals.error_fg_color = palette.error;
    visuals.window_stroke = Stroke::new(1.0, palette.line);
    // Its stroke is also the text of selected buttons.
    visuals.selection =
        Selection { bg_fill: palette.accent.gamma_multiply(0.35), stroke: Stroke::new(1.0, palette.text) };
    visuals.weak_text_color = Some(palette.weak_text);
    let rounding = CornerRadius::same(ROUNDING);
    visuals.window_corner_radius = rounding;
    visuals.menu_corner_radius = rounding;
    let widgets = &mut visuals.widgets;
    let paint = |widget: &mut WidgetVisuals, fill: Color32, outline: Color32| {
        widget.bg_fill = fill;
        widget.weak_bg_fill = fill;
        widget.bg_stroke = Stroke::new(1.0, outline);
        widget.fg_stroke.color = palette.text;
        // Less than that, and a checkbox looks like a radio button.
        widget.corner_radius = CornerRadius::same(4);
    };
    paint(&mut widgets.noninteractive, palette.panel, palette.line);
    paint(&mut widgets.inactive, palette.card, palette.line);
    paint(&mut widgets.hovered, palette.card, palette.accent);
    paint(&mut widgets.active, palette.accent.gamma_multiply(0.5), palette.accent);
    paint(&mut widgets.open, palette.card, palette.line);
    visuals
}

#[cfg(test)]
mod tests {
    use super::*;

    fn luminance(color: Color32) -> f32 {
        let [r, g, b, _] = egui::Rgba::from(color).to_array();
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    fn contrast(a: Color32, b: Color32) -> f32 {
        let (a, b) = (luminance(a) + 0.05, luminance(b) + 0.05);
        a.max(b) / a.min(b)
    }

    #[test]
    fn text_can_be_read_in_both_themes() {
        for palette in [DARK, LIGHT] {
            for ground in [palette.panel, palette.card] {
                for ink in [palette.text, palette.weak_text, palette.success, palette.warning, palette.error] {
                    assert!(contrast(ink, ground) >= 4.5, "{ink:?} on {ground:?}: {}", contrast(ink, ground));
                }
            }
            assert!(contrast(palette.on_accent, palette.accent) >= 4.5);
        }
    }

    #[test]
    fn rails_of_sliders_are_seen_in_both_themes() {
        for (theme, palette) in [(Theme::Dark, DARK), (Theme::Light, LIGHT)] {
            let ctx = egui::Context::default();
            install(&ctx);
            ctx.set_theme(theme);
            let mut number = 0.5;
            let drawn = ctx.run_ui(egui::RawInput::default(), |ui| {
                add_slider(ui, egui::Slider::new(&mut number, 0.0..=1.0).show_value(false));
            });
            let rail = drawn.shapes.iter().find_map(|shape| match &shape.shape {
                egui::Shape::Rect(drawn) if (100.0..200.0).contains(&drawn.rect.width()) => Some(drawn.fill),
                _ => None,
            });
            let contrast = contrast(rail.unwrap(), palette.panel);
            assert!(contrast >= 1.3, "{theme:?}: {contrast}");
        }
    }

    #[test]
    fn text_of_selected_and_pressed_buttons_can_be_read_in_both_themes() {
        for (theme, palette) in [(Theme::Dark, DARK), (Theme::Light, LIGHT)] {
            let visuals = visuals(theme, palette);
            let (selection, active) = (visuals.selection, visuals.widgets.active);
            let pairs = [(selection.stroke.color, selection.bg_fill), (active.fg_stroke.color, active.weak_bg_fill)];
            for (ink, fill) in pairs {
                for ground in [palette.panel, palette.card] {
                    let contrast = contrast(ink, ground.blend(fill));
                    assert!(contrast >= 4.5, "{ink:?} on {fill:?} on {ground:?}: {contrast}");
                }
            }
        }
    }
}
