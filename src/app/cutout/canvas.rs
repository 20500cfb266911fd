//! The picture under its mask: draws both, and turns drags into strokes and frames.

use egui::{Color32, Context, Event, PointerButton, Pos2, Rect, Response, Sense, TextureHandle, TextureOptions, Ui};
use egui::{Vec2, pos2, vec2};
use image::RgbaImage;

use super::mask_edit::{MaskEdit, Tool};
use crate::app::theme::Palette;

/// Least width and height of a frame to crop to, in pixels of the picture.
const LEAST_FRAME_PX: f32 = 3.0;

/// How the picture is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// The background is tinted.
    Overlay,
    /// The background is gone.
    CutOut,
    /// Black and white.
    Mask,
}

/// What is chosen above the picture.
#[derive(Clone, Copy, Debug)]
pub struct Choices {
    /// How the picture is shown.
    pub shown: Shown,
    /// What a drag does.
    pub tool: Tool,
    /// Diameter of the brush, in pixels of the picture.
    pub brush_px: f32,
}

/// The picture on the screen.
#[derive(Default)]
pub struct Canvas {
    /// What is drawn, and how it shows the picture.
    texture: Option<(TextureHandle, Shown)>,
    drag: Option<Drag>,
}

/// A drag that goes on; in pixels of the picture.
struct Drag {
    tool: Tool,
    from: Pos2,
    /// How far it has come.
    to: Pos2,
}

/// Where the picture is on the screen.
struct Place {
    rect: Rect,
    /// Points per pixel of the picture.
    zoom: f32,
}

impl Place {
    fn within(area: Rect, size_px: Vec2) -> Self {
        let zoom = (area.width() / size_px.x).min(area.height() / size_px.y);
        Self { rect: Rect::from_center_size(area.center(), size_px * zoom), zoom }
    }

    fn pixel(&self, at: Pos2) -> Pos2 {
        ((at - self.rect.min) / self.zoom).to_pos2()
    }

    fn on_screen(&self, pixel: Pos2) -> Pos2 {
        self.rect.min + pixel.to_vec2() * self.zoom
    }
}

impl Canvas {
    /// Whether a drag goes on.
    pub fn is_held(&self) -> bool {
        self.drag.is_some()
    }

    /// Takes what the pointer does to the mask, and draws what came of it in the room that is left.
    pub fn show(&mut self, ui: &mut Ui, picture: &RgbaImage, edit: &mut MaskEdit, choices: &Choices) {
        let (area, response) = ui.allocate_exact_size(ui.available_size().max(Vec2::splat(64.0)), Sense::drag());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Image, true, "Picture with its cut-out"));
        let place = Place::within(area, vec2(picture.width() as f32, picture.height() as f32));
        self.follow_pointer(ui, &response, &place, edit, choices);
        self.refresh(ui.ctx(), picture, edit, choices.shown);
        if let Some((texture, _)) = &self.texture {
            let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            ui.painter().image(texture.id(), place.rect, whole, Color32::WHITE);
        }
        self.paint_tool(ui, &response, &place, choices);
    }

    /// Walks through all that the pointer did in this frame: a quick stroke is over within one, and its corners are
    /// nowhere else.
    fn follow_pointer(&mut self, ui: &Ui, response: &Response, place: &Place, edit: &mut MaskEdit, choices: &Choices) {
        if !ui.is_enabled() {
            self.drag = None;
            return;
        }
        let is_of_pointer = |event: &&Event| matches!(event, Event::PointerMoved(_) | Event::PointerButton { .. });
        let events: Vec<Event> = ui.input(|i| i.events.iter().filter(is_of_pointer).cloned().collect());
        for event in events {
            match event {
                Event::PointerButton { pos, button: PointerButton::Primary, pressed: true, .. }
                    if is_free(ui, response, pos) =>
                {
                    self.begin(place.pixel(pos), edit, choices);
                }
                Event::PointerButton { pos, button: PointerButton::Primary, pressed: false, .. } => {
                    self.go_on(place.pixel(pos), edit, choices);
                    self.end(edit);
                }
                Event::PointerMoved(pos) => self.go_on(place.pixel(pos), edit, choices),
                _ => {}
            }
        }
        // It was let go where this window was not told of it.
        if !ui.input(|i| i.pointer.primary_down()) {
            self.end(edit);
        }
    }

    fn begin(&mut self, at: Pos2, edit: &mut MaskEdit, choices: &Choices) {
        let tool = choices.tool;
        self.drag = Some(Drag { tool, from: at, to: at });
        if tool != Tool::Crop {
            edit.begin();
            edit.stroke(at, at, choices.brush_px * 0.5, tool);
        }
    }

    fn go_on(&mut self, at: Pos2, edit: &mut MaskEdit, choices: &Choices) {
        let Some(drag) = &mut self.drag else { return };
        let before = std::mem::replace(&mut drag.to, at);
        if drag.tool != Tool::Crop && before != at {
            edit.stroke(before, at, choices.brush_px * 0.5, drag.tool);
        }
    }

    fn end(&mut self, edit: &mut MaskEdit) {
        let Some(Drag { tool: Tool::Crop, from, to }) = self.drag.take() else { return };
        let frame = Rect::from_two_pos(from, to);
        // A click is no frame.
        if frame.size().min_elem() >= LEAST_FRAME_PX {
            edit.crop(frame);
        }
    }

    /// Brings the texture after the mask: only what was touched, as a stroke touches little of a large picture.
    fn refresh(&mut self, ctx: &Context, picture: &RgbaImage, edit: &mut MaskEdit, shown: Shown) {
        let look = |rgb, opacity| blend(shown, rgb, opacity);
        let touched = edit.take_touched();
        match &mut self.texture {
            Some((texture, drawn)) if *drawn == shown => {
                if let Some(part) = touched {
                    let corner = [part.columns.start as usize, part.rows.start as usize];
                    texture.set_partial(corner, edit.draw(picture, &part, look), TextureOptions::LINEAR);
                }
            }
            other => {
                let image = edit.draw(picture, &edit.whole(), look);
                *other = Some((ctx.load_texture("cut-out", image, TextureOptions::LINEAR), shown));
            }
        }
    }

    /// The brush under the pointer, or the frame that is being drawn.
    fn paint_tool(&self, ui: &Ui, response: &Response, place: &Place, choices: &Choices) {
        let accent = Palette::of(ui.ctx()).accent;
        if choices.tool != Tool::Crop {
            if let Some(at) = response.hover_pos().or(response.interact_pointer_pos()) {
                ui.painter().circle_stroke(at, choices.brush_px * 0.5 * place.zoom, (1.5, accent));
            }
        } else if let Some(drag) = &self.drag {
            let frame = Rect::from_two_pos(place.on_screen(drag.from), place.on_screen(drag.to));
            ui.painter().rect_stroke(frame, 0.0, (2.0, accent), egui::StrokeKind::Inside);
        }
    }
}

/// Whether a press at `at` is meant for the picture: nothing lies over it there, and no edge of the dialog is taken.
fn is_free(ui: &Ui, response: &Response, at: Pos2) -> bool {
    let ctx = ui.ctx();
    response.rect.contains(at)
        && ctx.layer_id_at(at) == Some(ui.layer_id())
        && ctx.dragged_id().is_none_or(|id| id == response.id)
}

/// How one pixel looks.
fn blend(shown: Shown, [r, g, b]: [u8; 3], opacity: u8) -> Color32 {
    match shown {
        Shown::Mask => Color32::from_gray(opacity),
        Shown::CutOut => Color32::from_rgba_unmultiplied(r, g, b, opacity),
        Shown::Overlay => {
            // Half of a tint that hardly any object has.
            let tint = |c: u8, t: u8| (u16::from(c) / 2 + u16::from(t) / 2) as u8;
            let back = [tint(r, 225), tint(g, 40), tint(b, 110)];
            let mix = |o: u8, k: u8| {
                ((u16::from(o) * u16::from(opacity) + u16::from(k) * (255 - u16::from(opacity))) / 255) as u8
            };
            Color32::from_rgb(mix(r, back[0]), mix(g, back[1]), mix(b, back[2]))
        }
    }
}
