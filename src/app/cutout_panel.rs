//! The cut-out editor: the mask over the picture, to be corrected with a brush.

use std::sync::Arc;

use egui::{Color32, Context, Pos2, Rect, Sense, Slider, TextureHandle, Ui, Vec2, pos2, vec2};
use image::GrayImage;

use super::Studio;
use super::command::Command;
use super::mask_edit::{MaskEdit, Tool};
use super::state::{Item, ItemId};
use super::theme::Palette;
use super::toast::Level;
use super::undo::Change;
use crate::files::IfExists;
use crate::image::intake::{self, Limits};
use crate::image::{Picture, mask, matte};
use crate::progress::Monitor;
use crate::request::{Background, CutOutParams, Request};

/// Least width and height of a frame to crop to, in pixels of the picture.
const LEAST_FRAME_PX: f32 = 3.0;
/// What is said where the editor would be closed with changes in it.
pub(super) const UNUSED_CHANGES: &str = "Use the changed cut-out, or cancel it, first";

/// How the picture is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shown {
    /// The background is tinted.
    Overlay,
    /// The background is gone.
    CutOut,
    /// Black and white.
    Mask,
}

/// The open editor.
pub struct CutOutEditor {
    item: ItemId,
    request: Request,
    state: State,
    /// Names the reading that is awaited; answers of earlier ones are dropped.
    awaited: Arc<()>,
    shown: Shown,
    tool: Tool,
    brush_px: f32,
    /// Where the last piece of a stroke ended, in pixels of the picture.
    last: Option<Pos2>,
    crop_from: Option<Pos2>,
}

enum State {
    Loading,
    Failed(String),
    Ready(Box<Ready>),
}

/// The picture, its mask, and what egui needs to draw them.
struct Ready {
    picture: Arc<Picture>,
    edit: MaskEdit,
    texture: Option<TextureHandle>,
    /// Whether the texture shows an older mask or another [`Shown`].
    stale: bool,
    confidence: f32,
}

impl CutOutEditor {
    /// An editor for the cut-out of a card; its picture is read when it is first drawn.
    pub fn new(item: &Item, studio: &mut Studio) -> Self {
        let mut editor = Self {
            item: item.id,
            request: item.request,
            state: State::Loading,
            awaited: Arc::new(()),
            shown: Shown::Overlay,
            tool: Tool::Add,
            brush_px: 40.0,
            last: None,
            crop_from: None,
        };
        editor.load(item, item.request.cut_out, item.mask.clone(), studio);
        editor
    }

    /// Reads the picture and cuts it out beside the window.
    fn load(&mut self, item: &Item, params: CutOutParams, mask: Option<std::path::PathBuf>, studio: &mut Studio) {
        let (path, intake_params) = (item.source.path().to_owned(), item.request.intake);
        let awaited = Arc::new(());
        self.awaited = awaited.clone();
        let make = move || prepare(&path, intake_params, params, mask.as_deref());
        studio.run_task(make, move |studio, made| {
            let Some(super::Dialog::CutOut(editor)) = &mut studio.dialog else { return };
            if !Arc::ptr_eq(&editor.awaited, &awaited) {
                return;
            }
            editor.state = match made.flatten() {
                Ok((picture, mask, confidence)) => State::Ready(Box::new(Ready {
                    picture: Arc::new(picture),
                    edit: MaskEdit::new(mask),
                    texture: None,
                    stale: true,
                    confidence,
                })),
                Err(why) => State::Failed(why),
            };
        });
    }

    /// Draws the editor; returns whether it stays open.
    pub fn show(&mut self, ctx: &Context, studio: &mut Studio) -> bool {
        let mut open = true;
        let mut keep = true;
        let screen = ctx.content_rect();
        super::layout::dialog(ctx, "Cut-out").default_size(screen.size() * 0.8).open(&mut open).show(ctx, |ui| {
            match &mut self.state {
                State::Loading => {
                    ui.centered_and_justified(|ui| ui.spinner());
                }
                State::Failed(why) => {
                    ui.colored_label(Palette::of(ctx).error, why.as_str());
                }
                State::Ready(_) => {
                    self.tools_ui(ui, studio);
                    keep = self.buttons_ui(ui, studio);
                    self.canvas_ui(ui);
                }
            }
        });
        let escape = super::settings_panel::escape(ctx);
        if escape && self.has_changes() {
            studio.messages.push(Level::Info, UNUSED_CHANGES);
        }
        keep && open && (!escape || self.has_changes())
    }

    /// Whether there is work in it that closing would lose.
    pub(super) fn has_changes(&self) -> bool {
        matches!(&self.state, State::Ready(ready) if ready.edit.can_undo())
    }

    fn tools_ui(&mut self, ui: &mut Ui, studio: &mut Studio) {
        let State::Ready(ready) = &mut self.state else { return };
        // Redo first: its keys with Shift left out are those of undo.
        let [redo, undo] = [Command::Redo, Command::Undo]
            .map(|command| ui.input_mut(|i| command.shortcuts().iter().any(|keys| i.consume_shortcut(keys))));
        let row = ui.horizontal_wrapped(|ui| {
            ui.selectable_value(&mut self.tool, Tool::Add, "Add").on_hover_text("Paint what belongs to the object");
            ui.selectable_value(&mut self.tool, Tool::Remove, "Remove").on_hover_text("Paint what is background");
            ui.selectable_value(&mut self.tool, Tool::Crop, "Crop")
                .on_hover_text("Drag a frame; all outside is background");
            ui.add(Slider::new(&mut self.brush_px, 2.0..=200.0).logarithmic(true).text("Brush").suffix(" px"));
            ui.separator();
            if ui.add_enabled(ready.edit.can_undo(), egui::Button::new("Undo")).clicked() || undo {
                ready.stale |= ready.edit.undo();
            }
            if ui.add_enabled(ready.edit.can_redo(), egui::Button::new("Redo")).clicked() || redo {
                ready.stale |= ready.edit.redo();
            }
            if ui.button("Invert").on_hover_text("Swap object and background").clicked() {
                ready.edit.invert();
                ready.stale = true;
            }
            ui.separator();
            for (shown, label) in [(Shown::Overlay, "Overlay"), (Shown::CutOut, "Cut-out"), (Shown::Mask, "Mask")] {
                ready.stale |= ui.selectable_value(&mut self.shown, shown, label).changed();
            }
            ui.separator();
            let has_alpha = ready.picture.has_alpha;
            let base = self.request.cut_out;
            let alpha = ui
                .add_enabled(has_alpha, egui::Button::new("Use transparency"))
                .on_hover_text("Start over from the picture's own transparency");
            let redo_cut =
                ui.button("Cut out again").on_hover_text("Start over by telling the background from the object");
            let start_over = if alpha.clicked() {
                Some(Background::Alpha)
            } else {
                redo_cut.clicked().then_some(Background::Remove)
            };
            start_over.map(|background| CutOutParams { background, ..base })
        });
        if let Some(params) = row.inner
            && let Some(item) = studio.items.get(self.item).cloned()
        {
            self.state = State::Loading;
            self.load(&item, params, None, studio);
        }
    }

    /// The lower buttons; returns whether the editor stays open.
    fn buttons_ui(&mut self, ui: &mut Ui, studio: &mut Studio) -> bool {
        let State::Ready(ready) = &mut self.state else { return true };
        let palette = Palette::of(ui.ctx());
        let mut keep = true;
        ui.horizontal(|ui| {
            let empty = ready.edit.is_empty();
            let text = egui::RichText::new("Use this cut-out").color(palette.on_accent);
            if ui.add_enabled(!empty, egui::Button::new(text).fill(palette.accent)).clicked() {
                studio.use_mask(self.item, ready.edit.mask().clone());
                keep = false;
            }
            if ui.button("Cancel").clicked() {
                keep = false;
            }
            if empty {
                ui.colored_label(palette.error, "Nothing is left of the object");
            } else if ready.confidence < matte::CutOut::POOR_CONFIDENCE {
                ui.colored_label(palette.warning, "The program is not sure about this cut-out");
            }
        });
        keep
    }

    fn canvas_ui(&mut self, ui: &mut Ui) {
        let State::Ready(ready) = &mut self.state else { return };
        let (width, height) = ready.picture.pixels.dimensions();
        let size = vec2(width as f32, height as f32);
        let (area, response) = ui.allocate_exact_size(ui.available_size().max(Vec2::splat(64.0)), Sense::drag());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Image, true, "Picture with its cut-out"));
        let zoom = (area.width() / size.x).min(area.height() / size.y);
        let target = Rect::from_center_size(area.center(), size * zoom);
        if ready.stale {
            let picture = &ready.picture.pixels;
            let image = ready.edit.draw(picture, |rgb, opacity| blend(self.shown, rgb, opacity));
            match &mut ready.texture {
                Some(texture) => texture.set(image, egui::TextureOptions::LINEAR),
                none => *none = Some(ui.ctx().load_texture("cut-out", image, egui::TextureOptions::LINEAR)),
            }
            ready.stale = false;
        }
        if let Some(texture) = &ready.texture {
            let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            ui.painter().image(texture.id(), target, whole, Color32::WHITE);
        }
        let pixel = |at: Pos2| ((at - target.min) / zoom).to_pos2();
        let pointer = response.hover_pos().or(response.interact_pointer_pos());
        if response.drag_started() {
            if self.tool != Tool::Crop {
                ready.edit.begin();
            }
            self.crop_from = pointer.map(pixel);
        }
        let palette = Palette::of(ui.ctx());
        match (self.tool, pointer) {
            (Tool::Crop, Some(at)) if response.dragged() || response.drag_stopped() => {
                if let Some(from) = self.crop_from {
                    let frame = Rect::from_two_pos(target.min + from.to_vec2() * zoom, at);
                    ui.painter().rect_stroke(frame, 0.0, (2.0, palette.accent), egui::StrokeKind::Inside);
                    let cropped = Rect::from_two_pos(from, pixel(at));
                    // A click is no frame.
                    if response.drag_stopped() && cropped.size().min_elem() >= LEAST_FRAME_PX {
                        ready.edit.crop(cropped);
                        ready.stale = true;
                    }
                }
            }
            (Tool::Add | Tool::Remove, Some(at)) => {
                ui.painter().circle_stroke(at, self.brush_px * 0.5 * zoom, (1.5, palette.accent));
                if response.dragged() {
                    let to = pixel(at);
                    ready.edit.stroke(self.last.unwrap_or(to), to, self.brush_px * 0.5, self.tool);
                    self.last = Some(to);
                    ready.stale = true;
                }
            }
            _ => {}
        }
        if !response.dragged() {
            self.last = None;
        }
        if ready.stale {
            ui.ctx().request_repaint();
        }
    }
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

/// The object of a card's picture, cut out and cropped to its box.
pub(super) fn object_of(item: &Item) -> Result<egui::ColorImage, String> {
    let request = item.request;
    let (picture, opacity, _) = prepare(item.source.path(), request.intake, request.cut_out, item.mask.as_deref())?;
    let solid = || opacity.enumerate_pixels().filter(|(_, _, p)| p[0] >= 128);
    let (Some(left), Some(right)) = (solid().map(|p| p.0).min(), solid().map(|p| p.0).max()) else {
        return Err("Nothing is left of the object".to_owned());
    };
    let (top, bottom) = (solid().map(|p| p.1).min().unwrap_or(0), solid().map(|p| p.1).max().unwrap_or(0));
    let size = [(right - left + 1) as usize, (bottom - top + 1) as usize];
    let pixels = (top..=bottom).flat_map(|y| (left..=right).map(move |x| (x, y)));
    let colors = pixels.map(|(x, y)| {
        let [r, g, b, _] = picture.pixels.get_pixel(x, y).0;
        Color32::from_rgba_unmultiplied(r, g, b, opacity.get_pixel(x, y)[0])
    });
    Ok(egui::ColorImage::new(size, colors.collect()))
}

fn prepare(
    path: &std::path::Path,
    intake_params: crate::request::IntakeParams,
    params: CutOutParams,
    mask_file: Option<&std::path::Path>,
) -> Result<(Picture, GrayImage, f32), String> {
    let limits = Limits::default();
    let monitor = Monitor::silent();
    let bytes = intake::read_file(path, &limits).map_err(|e| e.to_string())?;
    let picture = intake::decode(&bytes, &intake_params, &limits, &monitor).map_err(|e| e.to_string())?;
    let external = mask_file.map(|file| mask::read(file, &limits)).transpose().map_err(|e| e.to_string())?;
    let help = crate::pipeline::help(&params);
    let cut = matte::cut_out_with(&picture, &params, external.as_ref(), help, &monitor).map_err(|e| e.to_string())?;
    let (width, height) = cut.pixels.dimensions();
    let opacity = GrayImage::from_fn(width, height, |x, y| image::Luma([cut.pixels.get_pixel(x, y)[3]]));
    Ok((picture, opacity, cut.confidence))
}

impl Studio {
    /// Keeps a corrected mask for a card and makes its mesh again.
    fn use_mask(&mut self, id: ItemId, mask: GrayImage) {
        let Some(path) = self.store.as_ref().map(|s| s.new_mask_path(id)) else {
            self.messages.push(Level::Error, "The cut-out cannot be kept without a data folder");
            return;
        };
        self.spawn_write(move || {
            let written = crate::image::png::write(&mask, &path, IfExists::Replace);
            Box::new(move |studio| match written {
                Ok(()) => {
                    let Some(item) = studio.items.get_mut(id) else { return };
                    let before = item.mask.replace(path);
                    let request = Box::new(item.request);
                    // The mask says it all already.
                    item.request.cut_out.invert = false;
                    studio.history.push(Change::Mask { id, mask: before, request });
                    studio.start(id);
                }
                Err(error) => studio.messages.push(Level::Error, format!("The cut-out could not be kept: {error}")),
            })
        });
    }
}
