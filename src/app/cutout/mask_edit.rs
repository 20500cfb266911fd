//! A mask under the brush, with undo. No widgets.

use std::ops::Range;

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

/// A rectangle of pixels; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// From left to right.
    pub columns: Range<u32>,
    /// From top to bottom.
    pub rows: Range<u32>,
}

impl Part {
    /// The smallest one that holds both.
    fn with(self, other: Self) -> Self {
        let both = |a: Range<u32>, b: Range<u32>| a.start.min(b.start)..a.end.max(b.end);
        Self { columns: both(self.columns, other.columns), rows: both(self.rows, other.rows) }
    }
}

/// A mask (255 = object) and its earlier states.
#[derive(Debug)]
pub struct MaskEdit {
    mask: GrayImage,
    /// As it was at first.
    first: GrayImage,
    undo: Vec<GrayImage>,
    redo: Vec<GrayImage>,
    /// Whether a stroke began that has changed nothing yet.
    is_beginning: bool,
    /// What may have changed since it was last asked for.
    touched: Option<Part>,
}

impl MaskEdit {
    /// Starts with `mask`.
    pub fn new(mask: GrayImage) -> Self {
        Self { first: mask.clone(), mask, undo: Vec::new(), redo: Vec::new(), is_beginning: false, touched: None }
    }

    /// The mask as it is now.
    pub fn mask(&self) -> &GrayImage {
        &self.mask
    }

    /// Whether no pixel belongs to the object.
    pub fn is_empty(&self) -> bool {
        // In long rows without a way out of each, which is much faster for a mask that is empty.
        self.mask.as_raw().chunks(4096).all(|row| row.iter().fold(0, |all, &v| all | v) < 128)
    }

    /// Whether it is another one than at first.
    pub fn is_changed(&self) -> bool {
        self.mask != self.first
    }

    /// The pixels outside of which nothing has changed since the last call; `None` where nothing has at all.
    pub fn take_touched(&mut self) -> Option<Part> {
        self.touched.take()
    }

    /// All pixels.
    pub fn whole(&self) -> Part {
        Part { columns: 0..self.mask.width(), rows: 0..self.mask.height() }
    }

    fn touch(&mut self, part: Part) {
        self.touched = Some(match self.touched.take() {
            Some(before) => before.with(part),
            None => part,
        });
    }

    /// Begins a stroke, whose pieces are one step: none if they change nothing, as beside the picture.
    pub fn begin(&mut self) {
        self.is_beginning = true;
    }

    /// Remembers the mask before a change.
    fn remember(&mut self) {
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
        if columns.is_empty() || rows.is_empty() {
            return;
        }
        let along = to - from;
        let length_squared = along.length_sq().max(1e-6);
        let painted = |x: u32, y: u32, before: u8| {
            let center = egui::pos2(x as f32 + 0.5, y as f32 + 0.5);
            let t = ((center - from).dot(along) / length_squared).clamp(0.0, 1.0);
            let cover = (radius_px + 0.5 - center.distance(from + along * t)).clamp(0.0, 1.0);
            let painted = (cover * 255.0) as u8;
            match tool {
                Tool::Add => before.max(painted),
                _ => before.min(255 - painted),
            }
        };
        if self.is_beginning {
            let stays = |x, y| {
                let before = self.mask.get_pixel(x, y)[0];
                painted(x, y, before) == before
            };
            if rows.clone().all(|y| columns.clone().all(|x| stays(x, y))) {
                return;
            }
            self.is_beginning = false;
            self.remember();
        }
        self.touch(Part { columns: columns.clone(), rows: rows.clone() });
        for y in rows {
            for x in columns.clone() {
                let pixel = &mut self.mask.get_pixel_mut(x, y)[0];
                *pixel = painted(x, y, *pixel);
            }
        }
    }

    /// Makes everything outside `frame` (pixels) background.
    pub fn crop(&mut self, frame: Rect) {
        self.remember();
        self.touch(self.whole());
        for (x, y, pixel) in self.mask.enumerate_pixels_mut() {
            if !frame.contains(egui::pos2(x as f32 + 0.5, y as f32 + 0.5)) {
                pixel[0] = 0;
            }
        }
    }

    /// Swaps object and background.
    pub fn invert(&mut self) {
        self.remember();
        self.touch(self.whole());
        self.mask.iter_mut().for_each(|v| *v = 255 - *v);
    }

    /// Puts another mask of the same size in its place.
    pub fn replace(&mut self, mask: GrayImage) {
        self.remember();
        self.touch(self.whole());
        self.mask = mask;
    }

    /// Goes one change back. Returns whether there was one.
    pub fn undo(&mut self) -> bool {
        let Some(before) = self.undo.pop() else { return false };
        self.redo.push(std::mem::replace(&mut self.mask, before));
        self.touch(self.whole());
        true
    }

    /// Makes the last undone change again. Returns whether there was one.
    pub fn redo(&mut self) -> bool {
        let Some(after) = self.redo.pop() else { return false };
        self.undo.push(std::mem::replace(&mut self.mask, after));
        self.touch(self.whole());
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

    /// A part of the picture with its mask, one colour per pixel by `look(rgb, opacity)`.
    pub fn draw(&self, picture: &RgbaImage, part: &Part, look: impl Fn([u8; 3], u8) -> Color32) -> ColorImage {
        let width = self.mask.width() as usize;
        let Part { columns, rows } = part;
        let size = [columns.len(), rows.len()];
        let mut colors = Vec::with_capacity(size[0] * size[1]);
        for row in rows.clone() {
            let first = row as usize * width;
            let here = first + columns.start as usize..first + columns.end as usize;
            let pixels = picture.as_raw()[4 * here.start..4 * here.end].chunks_exact(4);
            let opacities = &self.mask.as_raw()[here];
            colors.extend(pixels.zip(opacities).map(|(p, &opacity)| look([p[0], p[1], p[2]], opacity)));
        }
        ColorImage::new(size, colors)
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

    #[test]
    fn all_that_a_stroke_changes_lies_in_what_it_says_it_touched() {
        let strokes = [
            (pos2(10.2, 9.7), pos2(31.0, 20.4), 3.7, Tool::Add),
            (pos2(30.0, 20.0), pos2(30.0, 20.0), 8.0, Tool::Remove),
            (pos2(-9.0, 4.0), pos2(5.0, -3.0), 6.0, Tool::Add),
            (pos2(60.0, 30.0), pos2(90.0, 50.0), 5.5, Tool::Add),
            (pos2(200.0, 200.0), pos2(300.0, 200.0), 5.0, Tool::Add),
        ];
        let mut edit = MaskEdit::new(GrayImage::new(64, 32));
        for (from, to, radius_px, tool) in strokes {
            let before = edit.mask().clone();
            edit.stroke(from, to, radius_px, tool);
            let touched = edit.take_touched();
            let changed = |(x, y): &(u32, u32)| before.get_pixel(*x, *y) != edit.mask().get_pixel(*x, *y);
            let within =
                |(x, y): (u32, u32)| touched.as_ref().is_some_and(|t| t.columns.contains(&x) && t.rows.contains(&y));
            let pixels = || (0..32).flat_map(|y| (0..64).map(move |x| (x, y)));
            assert!(pixels().filter(changed).all(within), "{from} {touched:?}");
            assert_eq!(pixels().any(|p| changed(&p)), touched.is_some(), "{from}");
            assert!(touched.is_none_or(|t| t.columns.len() * t.rows.len() < 64 * 32 / 2), "{from}");
        }
        assert!(edit.take_touched().is_none());
        edit.invert();
        assert_eq!(edit.take_touched(), Some(edit.whole()));
    }

    #[test]
    fn a_part_is_drawn_as_it_is_in_the_whole() {
        let picture = RgbaImage::from_fn(20, 10, |x, y| image::Rgba([x as u8, y as u8, 7, 255]));
        let edit = MaskEdit::new(GrayImage::from_fn(20, 10, |x, y| image::Luma([(x * y) as u8])));
        let look = |[r, g, _]: [u8; 3], opacity| Color32::from_rgb(r, g, opacity);
        let whole = edit.draw(&picture, &edit.whole(), look);
        let part = edit.draw(&picture, &Part { columns: 3..9, rows: 4..10 }, look);
        assert_eq!(part, whole.region_by_pixels([3, 4], [6, 6]));
    }

    #[test]
    fn changes_are_known_of_when_the_oldest_steps_are_forgotten_and_not_when_all_are_taken_back() {
        let mut edit = MaskEdit::new(GrayImage::new(64, 32));
        let dot = |edit: &mut MaskEdit, n: usize| {
            edit.begin();
            edit.stroke(pos2(3.0 * n as f32, 16.0), pos2(3.0 * n as f32, 16.0), 1.0, Tool::Add);
        };
        dot(&mut edit, 1);
        assert!(edit.is_changed() && edit.undo() && !edit.is_changed());
        (0..=DEPTH).for_each(|n| dot(&mut edit, n));
        while edit.undo() {}
        assert!(edit.is_changed() && !edit.can_undo());
    }

    #[test]
    fn a_stroke_that_changes_nothing_is_no_step() {
        let mut edit = MaskEdit::new(GrayImage::new(64, 32));
        let dot = |edit: &mut MaskEdit, at: Pos2, tool| {
            edit.begin();
            edit.stroke(at, at, 5.0, tool);
        };
        dot(&mut edit, pos2(20.0, 16.0), Tool::Add);
        dot(&mut edit, pos2(40.0, 16.0), Tool::Add);
        assert!(edit.undo());
        dot(&mut edit, pos2(-50.0, -50.0), Tool::Add);
        // Its square meets a corner of the picture, its disc does not.
        dot(&mut edit, pos2(-4.5, -4.5), Tool::Add);
        dot(&mut edit, pos2(50.0, 16.0), Tool::Remove);
        dot(&mut edit, pos2(20.0, 16.0), Tool::Add);
        assert!(edit.can_redo());
        assert!(edit.undo() && edit.is_empty() && !edit.can_undo());
        // From beside the picture into it.
        edit.begin();
        edit.stroke(pos2(-50.0, 16.0), pos2(-50.0, 16.0), 5.0, Tool::Add);
        assert!(edit.can_redo() && !edit.can_undo());
        edit.stroke(pos2(-50.0, 16.0), pos2(10.0, 16.0), 5.0, Tool::Add);
        edit.stroke(pos2(10.0, 16.0), pos2(30.0, 16.0), 5.0, Tool::Add);
        assert!(!edit.can_redo());
        assert!(edit.undo() && edit.is_empty() && !edit.can_undo());
    }

    #[test]
    fn another_mask_is_a_step_that_can_be_taken_back() {
        let mut edit = MaskEdit::new(GrayImage::new(8, 8));
        edit.begin();
        edit.stroke(pos2(4.0, 4.0), pos2(4.0, 4.0), 2.0, Tool::Add);
        let painted = edit.mask().clone();
        edit.replace(GrayImage::from_pixel(8, 8, image::Luma([255])));
        assert!(edit.undo());
        assert_eq!(*edit.mask(), painted);
        assert!(edit.redo() && edit.mask().as_raw().iter().all(|&v| v == 255));
    }
}
