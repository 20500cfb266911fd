//! A mask under the brush, with undo. No widgets.

use egui::{Color32, ColorImage, Pos2, Rect};
use image::{GrayImage, RgbaImage};

/// What a drag over the picture does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    /// Paints object.
    Add,
    /// Paints background.
    Remove,
    /// Makes everything outside a frame background.
    Crop,
}

/// Masks that can be gone back to; at the largest working size 16 MiB each.
const DEPTH: usize = 16;

/// A mask (255 = object) and its earlier states.
#[derive(Debug)]
pub struct MaskEdit {
    mask: GrayImage,
    undo: Vec<GrayImage>,
    redo: Vec<GrayImage>,
}

impl MaskEdit {
    /// Starts with `mask`.
    pub fn new(mask: GrayImage) -> Self {
        Self { mask, undo: Vec::new(), redo: Vec::new() }
    }

    /// The mask as it is now.
    pub fn mask(&self) -> &GrayImage {
        &self.mask
    }

    /// Whether no pixel belongs to the object.
    pub fn is_empty(&self) -> bool {
        self.mask.as_raw().iter().all(|&v| v < 128)
    }

    /// Remembers the mask before a change.
    pub fn begin(&mut self) {
        if self.undo.len() == DEPTH {
            self.undo.remove(0);
        }
        self.undo.push(self.mask.clone());
        self.redo.clear();
    }

    /// Paints a straight piece of a stroke with a round brush, in pixels; the rim is soft by a pixel.
    pub fn stroke(&mut self, from: Pos2, to: Pos2, radius_px: f32, tool: Tool) {
        let (width, height) = self.mask.dimensions();
        let reach = radius_px + 1.0;
        let columns = clamp_range(from.x.min(to.x) - reach, from.x.max(to.x) + reach, width);
        let rows = clamp_range(from.y.min(to.y) - reach, from.y.max(to.y) + reach, height);
        let along = to - from;
        let length_squared = along.length_sq().max(1e-6);
        for y in rows {
            for x in columns.clone() {
                let center = egui::pos2(x as f32 + 0.5, y as f32 + 0.5);
                let t = ((center - from).dot(along) / length_squared).clamp(0.0, 1.0);
                let cover = (radius_px + 0.5 - center.distance(from + along * t)).clamp(0.0, 1.0);
                let pixel = &mut self.mask.get_pixel_mut(x, y)[0];
                let painted = (cover * 255.0) as u8;
                *pixel = match tool {
                    Tool::Add => (*pixel).max(painted),
                    _ => (*pixel).min(255 - painted),
                };
            }
        }
    }

    /// Makes everything outside `frame` (pixels) background.
    pub fn crop(&mut self, frame: Rect) {
        self.begin();
        for (x, y, pixel) in self.mask.enumerate_pixels_mut() {
            if !frame.contains(egui::pos2(x as f32 + 0.5, y as f32 + 0.5)) {
                pixel[0] = 0;
            }
        }
    }

    /// Swaps object and background.
    pub fn invert(&mut self) {
        self.begin();
        self.mask.iter_mut().for_each(|v| *v = 255 - *v);
    }

    /// Goes one change back. Returns whether there was one.
    pub fn undo(&mut self) -> bool {
        let Some(before) = self.undo.pop() else { return false };
        self.redo.push(std::mem::replace(&mut self.mask, before));
        true
    }

    /// Makes the last undone change again. Returns whether there was one.
    pub fn redo(&mut self) -> bool {
        let Some(after) = self.redo.pop() else { return false };
        self.undo.push(std::mem::replace(&mut self.mask, after));
        true
    }

    /// Whether there is something to take back.
    pub fn can_undo(&self) -> bool {
        !self.undo.is_empty()
    }

    /// Whether there is something to make again.
    pub fn can_redo(&self) -> bool {
        !self.redo.is_empty()
    }

    /// The picture with its mask, one colour per pixel by `look(rgb, opacity)`.
    pub fn draw(&self, picture: &RgbaImage, look: impl Fn([u8; 3], u8) -> Color32) -> ColorImage {
        let (width, height) = self.mask.dimensions();
        let pixels = picture.pixels().zip(self.mask.as_raw()).map(|(p, &opacity)| look([p[0], p[1], p[2]], opacity));
        ColorImage::new([width as usize, height as usize], pixels.collect())
    }
}

fn clamp_range(from: f32, to: f32, size: u32) -> std::ops::Range<u32> {
    from.max(0.0) as u32..(to.max(0.0).ceil() as u32).min(size)
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::pos2;

    #[test]
    fn a_stroke_paints_its_capsule_and_undo_takes_it_back() {
        let mut edit = MaskEdit::new(GrayImage::new(64, 32));
        edit.begin();
        edit.stroke(pos2(10.0, 16.0), pos2(50.0, 16.0), 5.0, Tool::Add);
        let count = edit.mask().as_raw().iter().filter(|&&v| v > 127).count() as f32;
        let capsule = 40.0 * 10.0 + std::f32::consts::PI * 25.0;
        assert!((count - capsule).abs() < 0.05 * capsule, "{count} against {capsule}");
        edit.begin();
        edit.stroke(pos2(-20.0, 16.0), pos2(90.0, 16.0), 40.0, Tool::Remove);
        assert!(edit.is_empty());
        assert!(edit.undo() && !edit.is_empty());
        assert!(edit.undo() && edit.is_empty() && !edit.undo());
        assert!(edit.redo() && !edit.is_empty());
    }

    #[test]
    fn cropping_keeps_what_lies_inside() {
        let mut edit = MaskEdit::new(GrayImage::from_pixel(20, 10, image::Luma([255])));
        edit.crop(Rect::from_min_max(pos2(5.0, 2.0), pos2(15.0, 8.0)));
        assert_eq!(edit.mask().as_raw().iter().filter(|&&v| v == 255).count(), 60);
        edit.invert();
        assert_eq!(edit.mask().as_raw().iter().filter(|&&v| v == 255).count(), 140);
    }
}
