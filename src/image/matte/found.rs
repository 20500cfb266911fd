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
/// Of a picture longer than this many times its width a square tells nothing.
const LONGEST: f32 = 8.0;

/// What a network says about a picture: ln(object : background) over the frame.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Found {
    logits: Plane,
    /// Half width and half height of the frame, the longer one 1.
    frame: [f32; 2],
}

impl Found {
    /// Shows `finder` the whole frame as a square. `None` if it says nothing, or the frame is a strip.
    ///
    /// # Errors
    /// When cancelled.
    pub fn ask(finder: &dyn Finder, colors: &RgbaImage, monitor: &Monitor) -> Result<Option<Self>, MatteError> {
        let (width, height) = (colors.width() as f32, colors.height() as f32);
        if width.max(height) > LONGEST * width.min(height) {
            return Ok(None);
        }
        let side = finder.side_px();
        let small = resample::rgba_unweighted(colors, None, [side; 2], fast_image_resize::FilterType::Hamming)?;
        let rgb: Vec<u8> = small.pixels().flat_map(|p| [p[0], p[1], p[2]]).collect();
        let Some(logits) = finder.find(&rgb, monitor)? else { return Ok(None) };
        let side = side as usize;
        let frame = [width, height].map(|v| v / width.max(height));
        let is_sound = side > 0 && logits.len() == side * side && logits.iter().all(|v| v.is_finite());
        Ok(is_sound.then_some(Self { logits: Plane { width: side, height: side, values: logits }, frame }))
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

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use image::Rgba;

    use super::*;
    use crate::image::Picture;
    use crate::image::matte::{CutOut, Help, Method, cut_out_with};
    use crate::progress::{CancelToken, Cancelled};
    use crate::request::CutOutParams;

    const SIZE: [u32; 2] = [300, 200];

    /// A disc to the right of the middle.
    fn is_object(x: f32, y: f32) -> bool {
        (x - 190.0).hypot(y - 100.0) < 60.0
    }

    /// Patches of all colours, behind the object others than on it.
    fn motley() -> Picture {
        let patch = |x: u32, y: u32, seed: u32| {
            let hash = (x / 18).wrapping_mul(0x9E37_79B1) ^ (y / 18).wrapping_mul(0x85EB_CA77) ^ seed;
            let hash = hash.wrapping_mul(0xC2B2_AE3D) ^ (hash >> 13).wrapping_mul(0x27D4_EB2F);
            Rgba([(hash >> 24) as u8, (hash >> 16) as u8, (hash >> 8) as u8, 255])
        };
        picture(|x, y| patch(x, y, if is_object(x as f32 + 0.5, y as f32 + 0.5) { 77 } else { 0 }))
    }

    fn gray(level: u32) -> Rgba<u8> {
        let level = level as u8;
        Rgba([level, level, level, 255])
    }

    fn picture(color: impl Fn(u32, u32) -> Rgba<u8>) -> Picture {
        Picture { pixels: RgbaImage::from_fn(SIZE[0], SIZE[1], color), has_alpha: false }
    }

    /// Says what it is given, and counts how often it is asked.
    struct Says {
        side: u32,
        logits: Option<Vec<f32>>,
        asked: Cell<usize>,
    }

    impl Says {
        fn new(side: u32, logits: Option<Vec<f32>>) -> Self {
            Self { side, logits, asked: Cell::new(0) }
        }

        /// The truth, in coarse pixels.
        fn truth(side: u32) -> Self {
            let place = |at: u32, length: u32| (at as f32 + 0.5) / side as f32 * length as f32;
            let logit = |i: u32| if is_object(place(i % side, SIZE[0]), place(i / side, SIZE[1])) { 5.0 } else { -5.0 };
            Self::new(side, Some((0..side * side).map(logit).collect()))
        }
    }

    impl Finder for Says {
        fn side_px(&self) -> u32 {
            self.side
        }

        fn find(&self, rgb: &[u8], monitor: &Monitor) -> Result<Option<Vec<f32>>, Cancelled> {
            monitor.check()?;
            self.asked.set(self.asked.get() + 1);
            assert_eq!(rgb.len(), (self.side * self.side * 3) as usize);
            Ok(self.logits.clone())
        }
    }

    fn cut(picture: &Picture, help: Help) -> Result<CutOut, MatteError> {
        cut_out_with(picture, &CutOutParams::default(), None, help, &Monitor::silent())
    }

    fn overlap(cut: &CutOut) -> f32 {
        let (mut both, mut either) = (0, 0);
        for (x, y, pixel) in cut.pixels.enumerate_pixels() {
            let (a, b) = (pixel[3] >= 128, is_object(x as f32 + 0.5, y as f32 + 0.5));
            both += u32::from(a && b);
            either += u32::from(a || b);
        }
        both as f32 / either as f32
    }

    #[test]
    fn an_object_among_its_own_colours_is_found_with_help_and_in_wide_frames() {
        let finder = Says::truth(48);
        let alone = cut(&motley(), Help::None).map_or(0.0, |c| overlap(&c));
        for help in [Help::Always(&finder), Help::WhereUnsure(&finder)] {
            let helped = cut(&motley(), help).unwrap();
            assert_eq!(helped.method, Method::Network);
            assert!(overlap(&helped) > 0.9 && overlap(&helped) > alone, "{} {alone}", overlap(&helped));
            assert!(helped.confidence > 0.9, "{}", helped.confidence);
        }
    }

    #[test]
    fn nobody_is_asked_where_colours_suffice() {
        let finder = Says::truth(48);
        let inside = |x: u32, y: u32| is_object(x as f32 + 0.5, y as f32 + 0.5);
        let plain = picture(|x, y| if inside(x, y) { Rgba([190, 40, 30, 255]) } else { Rgba([230, 232, 228, 255]) });
        let helped = cut(&plain, Help::WhereUnsure(&finder)).unwrap();
        assert_eq!((helped.method, finder.asked.get()), (Method::Color, 0));
        assert_eq!(helped, cut(&plain, Help::None).unwrap());
    }

    #[test]
    fn silence_and_nonsense_change_nothing() {
        let plain = cut(&motley(), Help::None);
        let nothing = Some(vec![-9.0; 32 * 32]);
        for logits in [None, Some(vec![1.0; 7]), Some(vec![f32::NAN; 32 * 32]), nothing] {
            let finder = Says::new(32, logits);
            assert_eq!(cut(&motley(), Help::Always(&finder)), plain);
            assert_eq!(cut(&motley(), Help::WhereUnsure(&finder)), plain);
        }
    }

    #[test]
    fn on_a_blank_page_nothing_is_found_whatever_the_network_sees() {
        let finder = Says::truth(48);
        for level in [255_u32, 253, 128, 3] {
            let noise = |x: u32, y: u32| {
                let hash = x.wrapping_mul(0x9E37_79B1) ^ y.wrapping_mul(0x85EB_CA77);
                (hash ^ (hash >> 15)).wrapping_mul(0xC2B2_AE3D) >> 16
            };
            let speck = |x, y| (level + noise(x, y) % 5).saturating_sub(2).min(255);
            for page in [picture(|_, _| gray(level)), picture(|x, y| gray(speck(x, y)))] {
                for help in [Help::Always(&finder), Help::WhereUnsure(&finder)] {
                    assert_eq!(cut(&page, help), Err(MatteError::NoObject), "{level}");
                }
            }
        }
        // A pale thing that is just about seen is one.
        let inside = |x: u32, y: u32| is_object(x as f32 + 0.5, y as f32 + 0.5);
        let pale = cut(&picture(|x, y| gray(if inside(x, y) { 242 } else { 255 })), Help::Always(&finder)).unwrap();
        assert!(pale.method == Method::Network && overlap(&pale) > 0.9, "{}", overlap(&pale));
    }

    #[test]
    fn of_a_strip_nobody_is_asked() {
        let says = Says { side: 16, logits: Some(vec![8.0; 256]), asked: Cell::new(0) };
        let pixels = RgbaImage::from_fn(2, 400, |_, y| Rgba([(y % 251) as u8, 9, 99, 255]));
        let strip = Picture { pixels, has_alpha: false };
        assert_eq!(cut(&strip, Help::Always(&says)), cut(&strip, Help::None));
        assert_eq!(says.asked.get(), 0);
    }

    #[test]
    fn doubt_lowers_the_confidence() {
        let sure = Says::truth(32).logits.unwrap_or_default();
        let found = |factor: f32| Found {
            logits: Plane { width: 32, height: 32, values: sure.iter().map(|v| v * factor).collect() },
            frame: [1.0, 1.0],
        };
        assert!(found(1.0).confidence() > 0.9);
        assert!(found(0.1).confidence() < 0.5);
    }

    #[test]
    fn a_cancel_reaches_the_finder() {
        let token = CancelToken::new();
        token.cancel();
        let monitor = Monitor::new(&token, &|_| {});
        let asked = Found::ask(&Says::truth(16), &motley().pixels, &monitor);
        assert_eq!(asked, Err(MatteError::Cancelled(Cancelled)));
    }
}
