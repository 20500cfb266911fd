//! Where a network saw the object, and how that is weighed against colours: it says roughly where the
//! object is, colours say where its outline runs.

use image::RgbaImage;

use super::cut::Known;
use super::filter::{Plane, box_mean};
use super::lab::LabImage;
use super::{Finder, MatteError};
use crate::image::resample;
use crate::progress::Monitor;

/// How much evidence by colour counts beside the network's.
const COLOR_SHARE: f32 = 0.25;
/// Largest evidence by colour, in nats.
const COLOR_MAX: f32 = 8.0;
/// Opacities further from one half than this, around a pixel, decide it.
const SURE: f32 = 0.46;

/// What a network says about a picture: ln(object : background) over the frame.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Found {
    logits: Plane,
    /// Half width and half height of the frame, the longer one 1.
    frame: [f32; 2],
}

impl Found {
    /// Shows `finder` the whole frame as a square. `None` if it says nothing.
    ///
    /// # Errors
    /// When cancelled.
    pub fn ask(finder: &dyn Finder, colors: &RgbaImage, monitor: &Monitor) -> Result<Option<Self>, MatteError> {
        let side = finder.side_px();
        let small =
            resample::rgba_unweighted(colors, None, [side; 2], fast_image_resize::FilterType::Hamming)?;
        let rgb: Vec<u8> = small.pixels().flat_map(|p| [p[0], p[1], p[2]]).collect();
        let Some(logits) = finder.find(&rgb, monitor)? else { return Ok(None) };
        let (width, height, side) = (colors.width() as f32, colors.height() as f32, side as usize);
        let frame = [width, height].map(|v| v / width.max(height));
        let is_sound = side > 0 && logits.len() == side * side && logits.iter().all(|v| v.is_finite());
        Ok(is_sound.then(|| Self { logits: Plane { width: side, height: side, values: logits }, frame }))
    }

    /// ln(object : background) at a position (see [`LabImage::position`]).
    fn at(&self, [x, y]: [f32; 2]) -> f32 {
        let half = self.logits.width as f32 * 0.5;
        self.logits.at((x / self.frame[0] + 1.0) * half - 0.5, (y / self.frame[1] + 1.0) * half - 0.5)
    }

    /// The same with what colours say, `by_color`.
    pub fn odds(&self, position: [f32; 2], by_color: f32) -> f32 {
        self.at(position) + COLOR_SHARE * by_color.clamp(-COLOR_MAX, COLOR_MAX)
    }

    /// The network's own labels.
    pub fn labels(&self, lab: &LabImage) -> Vec<bool> {
        (0..lab.samples.len()).map(|i| self.at(lab.position(i)) > 0.0).collect()
    }

    /// Open in the band around the outline, and wherever the network is unsure.
    pub fn known(&self, lab: &LabImage) -> Vec<Known> {
        let opacity = Plane::from_fn(lab.width, lab.height, |i| sigmoid(self.at(lab.position(i))));
        let pixels = lab.width.max(lab.height) as f32 / self.logits.width as f32;
        let around = box_mean(&opacity, (2.0 * pixels).ceil() as usize);
        let decide = |&share: &f32| match share - 0.5 {
            off if off > SURE => Known::Object,
            off if off < -SURE => Known::Background,
            _ => Known::Open,
        };
        around.values.iter().map(decide).collect()
    }

    /// How much of object and of what was taken for it is the same, as the network expects it, 0–1.
    pub fn confidence(&self) -> f32 {
        let (mut both, mut either) = (0.0, 0.0);
        for &logit in &self.logits.values {
            let opacity = sigmoid(logit);
            both += if logit > 0.0 { opacity } else { 0.0 };
            either += if logit > 0.0 { 1.0 } else { opacity };
        }
        both / either.max(1e-6)
    }
}

fn sigmoid(logit: f32) -> f32 {
    1.0 / (1.0 + (-logit).exp())
}
