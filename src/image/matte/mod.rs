//! From a [`Picture`] to a [`CutOut`]: the object with a soft rim, without its background.
//!
//! Promises: the same picture gives the same bytes; transparency in the file, or a mask, is used as it
//! is; without them the background is modelled from the frame's border and removed by its colours,
//! also where it shows through holes, with a confidence that falls when that guess is poor. Colours
//! are free of the background and go on under and past the rim, over the whole frame.
//!
//! Does not promise to recognise objects: a busy background, or an object of the background's colours,
//! needs a mask; [`CutOut::confidence`] tells.

mod background;
mod border;
mod color;
mod confidence;
mod cut;
mod fill;
mod filter;
mod foreground;
mod found;
mod grabcut;
mod ground;
mod guided;
mod lab;
mod local;
mod maxflow;
mod mixture;
mod regions;
mod rim;

use image::{GrayImage, RgbaImage};

pub use color::Help;

use super::Picture;
use super::resample::{self, ResampleError};
use crate::progress::{Cancelled, Monitor, Stage};
use crate::request::{Background, CutOutParams};

/// How the object was told from its background.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// By the transparency in the file.
    Alpha,
    /// By a mask that was given.
    Mask,
    /// By the background's colours.
    Color,
    /// By a network, then by colours along the outline.
    Network,
    /// Not at all: the whole frame is the object.
    WholeFrame,
}

/// An object cut out of its picture.
#[derive(Clone, Debug, PartialEq)]
pub struct CutOut {
    /// The full frame of the [`Picture`]: straight alpha, and colours without background, continued
    /// over the whole frame. Some pixel has alpha ≥ 128.
    pub pixels: RgbaImage,
    /// How sure it is that the object and nothing else is left, 0–1. Below
    /// [`CutOut::POOR_CONFIDENCE`] the user should look at it.
    pub confidence: f32,
    /// How the object was found.
    pub method: Method,
}

impl CutOut {
    /// Cut-outs with less confidence than this are more often wrong than right.
    pub const POOR_CONFIDENCE: f32 = 0.5;

    /// Whether the user should look at it.
    pub fn is_unsure(&self) -> bool {
        self.confidence < Self::POOR_CONFIDENCE
    }

    /// The opacity alone.
    pub fn mask(&self) -> GrayImage {
        alpha_of(&self.pixels)
    }
}

/// A network that has learned to tell objects from what is behind them.
pub trait Finder {
    /// Side of the square pictures that it looks at, in pixels.
    fn side_px(&self) -> u32;

    /// ln(object : background) of each pixel of a picture, `[side, side, 3]` in sRGB levels. `None` if
    /// it has nothing to say: the cut-out is left to the colours.
    ///
    /// # Errors
    /// When cancelled.
    fn find(&self, rgb: &[u8], monitor: &Monitor) -> Result<Option<Vec<f32>>, Cancelled>;
}

/// Why there is no cut-out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MatteError {
    /// Every pixel of the picture is transparent.
    #[error("the picture is fully transparent, there is nothing to see in it; choose another picture")]
    AllTransparent,
    /// Transparency was asked for, and there is none.
    #[error(
        "the picture has no transparency to cut it out by; let the background be removed by colour, or give a mask"
    )]
    NoAlpha,
    /// Nothing differs from the background.
    #[error("no object stands out from the background; keep the whole frame, or give a mask")]
    NoObject,
    /// Nothing is opaque enough.
    #[error("nothing is left of the object; lower the threshold, or check the mask and whether it is inverted")]
    Empty,
    /// The mask was made for another picture.
    #[error(
        "the mask is {}×{} px and the picture {}×{} px; give a mask of the same proportions",
        mask[0], mask[1], picture[0], picture[1]
    )]
    MaskShape {
        /// Width and height of the mask.
        mask: [u32; 2],
        /// Width and height of the picture.
        picture: [u32; 2],
    },
    /// A defect of the program.
    #[error(transparent)]
    Resample(#[from] ResampleError),
    /// The work was cancelled.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// Opacity of the object, and how it was found. `colors` are those to show, still with background.
struct Matte {
    alpha: GrayImage,
    colors: RgbaImage,
    confidence: f32,
    method: Method,
}

/// Cuts the object out of `picture`. A `mask` (white is the object) wins over `params.background`; it
/// is resized where its size differs. `params.invert` is applied first, then `params.threshold`
/// becomes the new half opacity, with soft rims kept.
///
/// # Errors
/// See [`MatteError`].
pub fn cut_out(
    picture: &Picture,
    params: &CutOutParams,
    mask: Option<&GrayImage>,
    monitor: &Monitor,
) -> Result<CutOut, MatteError> {
    cut_out_with(picture, params, mask, Help::None, monitor)
}

/// The same with the help of a network, where a background has to be removed.
///
/// # Errors
/// See [`MatteError`].
pub fn cut_out_with(
    picture: &Picture,
    params: &CutOutParams,
    mask: Option<&GrayImage>,
    help: Help,
    monitor: &Monitor,
) -> Result<CutOut, MatteError> {
    monitor.step(Stage::CutOut, 0, 100)?;
    if picture.is_invisible() {
        return Err(MatteError::AllTransparent);
    }
    let mut matte = match (mask, params.background) {
        (Some(mask), _) => by_mask(picture, mask, params.invert, monitor)?,
        (None, Background::Keep) => whole_frame(picture, params.invert),
        (None, Background::Alpha) if !picture.has_alpha => return Err(MatteError::NoAlpha),
        (None, Background::Alpha) => by_alpha(picture, params.invert),
        (None, Background::Auto) if alpha_separates(&picture.pixels) => by_alpha(picture, params.invert),
        (None, Background::Auto | Background::Remove) => {
            color::by_color(over_white(picture), params.invert, help, monitor)?
        }
    };
    let curve = opacity_curve(params.threshold);
    matte.alpha.pixels_mut().for_each(|p| p[0] = curve[usize::from(p[0])]);
    if matte.alpha.pixels().all(|p| p[0] < 128) {
        return Err(MatteError::Empty);
    }
    monitor.step(Stage::CutOut, 90, 100)?;
    let pixels = finish(&matte);
    monitor.step(Stage::CutOut, 100, 100)?;
    Ok(CutOut { pixels, confidence: matte.confidence, method: matte.method })
}

fn finish(matte: &Matte) -> RgbaImage {
    let mut pixels = matte.colors.clone();
    for (pixel, alpha) in pixels.pixels_mut().zip(matte.alpha.pixels()) {
        pixel[3] = alpha[0];
    }
    if matte.method != Method::WholeFrame {
        fill::continue_colors(&mut pixels);
    }
    pixels
}

/// Swaps object and background, where asked. Has to be done before colours are freed of the background: they are then
/// freed of the right one.
fn swap_if(asked: bool, mut alpha: GrayImage) -> GrayImage {
    if asked {
        alpha.pixels_mut().for_each(|p| p[0] = 255 - p[0]);
    }
    alpha
}

fn whole_frame(picture: &Picture, invert: bool) -> Matte {
    let alpha = GrayImage::from_pixel(picture.pixels.width(), picture.pixels.height(), image::Luma([255]));
    let alpha = swap_if(invert, alpha);
    Matte { alpha, colors: over_white(picture), confidence: 1.0, method: Method::WholeFrame }
}

fn by_alpha(picture: &Picture, invert: bool) -> Matte {
    let colors = picture.pixels.clone();
    Matte { alpha: swap_if(invert, alpha_of(&colors)), colors, confidence: 1.0, method: Method::Alpha }
}

fn by_mask(picture: &Picture, mask: &GrayImage, invert: bool, monitor: &Monitor) -> Result<Matte, MatteError> {
    let size = [picture.pixels.width(), picture.pixels.height()];
    let mask_size = [mask.width(), mask.height()];
    if mask_size.contains(&0) || !same_proportions(mask_size, size) {
        return Err(MatteError::MaskShape { mask: mask_size, picture: size });
    }
    let alpha = if mask_size == size { mask.clone() } else { resample::gray(mask, size)? };
    let alpha = swap_if(invert, alpha);
    let mut colors = over_white(picture);
    foreground::decontaminate(&mut colors, &alpha, monitor)?;
    Ok(Matte { alpha, colors, confidence: 1.0, method: Method::Mask })
}

/// Whether one size is the other scaled, give or take 3 % or the rounding to whole pixels.
fn same_proportions(a: [u32; 2], b: [u32; 2]) -> bool {
    let scale = f64::from(b[0].max(b[1])) / f64::from(a[0].max(a[1]));
    (0..2).all(|i| {
        let (scaled, wanted) = (f64::from(a[i]) * scale, f64::from(b[i]));
        (scaled - wanted).abs() <= 0.03 * wanted + scale.max(1.0)
    })
}

/// Whether the alpha channel holds both an object and a background, and not only a stray pixel.
pub(super) fn alpha_separates(pixels: &RgbaImage) -> bool {
    let enough = (pixels.len() / 4).div_ceil(2000);
    pixels.pixels().filter(|p| p[3] < 128).count() >= enough && pixels.pixels().any(|p| p[3] >= 26)
}

fn alpha_of(pixels: &RgbaImage) -> GrayImage {
    let mut alpha = GrayImage::new(pixels.width(), pixels.height());
    for (a, p) in alpha.pixels_mut().zip(pixels.pixels()) {
        a[0] = p[3];
    }
    alpha
}

/// The picture as it looks on a white page, opaque.
fn over_white(picture: &Picture) -> RgbaImage {
    let mut pixels = picture.pixels.clone();
    if picture.has_alpha {
        for pixel in pixels.pixels_mut() {
            let alpha = u32::from(pixel[3]);
            for c in 0..3 {
                pixel[c] = ((u32::from(pixel[c]) * alpha + 255 * (255 - alpha) + 127) / 255) as u8;
            }
            pixel[3] = 255;
        }
    }
    pixels
}

/// New opacity for each old one: bent so that the threshold becomes one half.
fn opacity_curve(threshold: f32) -> [u8; 256] {
    let threshold = threshold.clamp(0.01, 0.99);
    std::array::from_fn(|index| {
        let opacity = index as f32 / 255.0;
        let bent = if opacity < threshold {
            0.5 * opacity / threshold
        } else {
            0.5 + 0.5 * (opacity - threshold) / (1.0 - threshold)
        };
        (bent * 255.0).round() as u8
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{Luma, Rgba};

    fn picture(pixels: RgbaImage) -> Picture {
        let has_alpha = pixels.pixels().any(|p| p[3] < 255) && pixels.pixels().any(|p| p[3] > 0);
        Picture { pixels, has_alpha }
    }

    /// A red disc, its rim soft and mixed with black, on transparent green.
    fn disc(side: u32) -> Picture {
        let half = side as f32 / 2.0;
        picture(RgbaImage::from_fn(side, side, |x, y| {
            let radius = (x as f32 + 0.5 - half).hypot(y as f32 + 0.5 - half);
            let alpha = (half * 0.6 - radius + 1.5) / 3.0;
            if alpha <= 0.0 {
                Rgba([0, 255, 0, 0])
            } else if alpha < 1.0 {
                Rgba([(alpha * 200.0) as u8, 0, 0, (alpha * 255.0) as u8])
            } else {
                Rgba([200, 0, 0, 255])
            }
        }))
    }

    #[test]
    fn transparency_is_kept_and_fringe_colours_are_mended() {
        let source = disc(80);
        let cut = cut_out(&source, &CutOutParams::default(), None, &Monitor::silent()).unwrap();
        assert_eq!((cut.method, cut.confidence), (Method::Alpha, 1.0));
        for (ours, theirs) in cut.pixels.pixels().zip(source.pixels.pixels()) {
            assert_eq!(ours[3], theirs[3]);
            assert!(ours[0] > 140 && ours[1] < 20, "no black rim, no green outside: {ours:?}");
        }
    }

    #[test]
    fn full_transparency_no_transparency_and_nothing_left_are_told() {
        let run = |p: &Picture, params: &CutOutParams| cut_out(p, params, None, &Monitor::silent()).unwrap_err();
        let clear = picture(RgbaImage::new(9, 9));
        assert_eq!(run(&clear, &CutOutParams::default()), MatteError::AllTransparent);
        let opaque = picture(RgbaImage::from_pixel(9, 9, Rgba([9, 9, 9, 255])));
        let alpha = CutOutParams { background: Background::Alpha, ..CutOutParams::default() };
        assert_eq!(run(&opaque, &alpha), MatteError::NoAlpha);
        let keep_nothing = CutOutParams { background: Background::Keep, invert: true, ..CutOutParams::default() };
        assert_eq!(run(&opaque, &keep_nothing), MatteError::Empty);
    }

    #[test]
    fn threshold_moves_the_half_and_keeps_the_rim_soft() {
        let curve = opacity_curve(0.2);
        assert_eq!((curve[0], curve[51], curve[255]), (0, 128, 255));
        assert!(curve.windows(2).all(|w| w[0] <= w[1]));
    }

    #[test]
    fn swapping_object_and_background_is_giving_the_negative_of_the_mask() {
        let on_blue = RgbaImage::from_fn(80, 80, |x, y| {
            let share = ((32.0 - (x as f32 - 40.0).hypot(y as f32 - 40.0)) / 6.0).clamp(0.0, 1.0);
            Rgba([200.0 * share, 40.0, 200.0 * (1.0 - share), 255.0].map(|v| v as u8))
        });
        let source = picture(on_blue);
        let mask =
            GrayImage::from_fn(80, 80, |x, y| Luma([255 - (source.pixels.get_pixel(x, y)[2] as f32 * 1.28) as u8]));
        let negative = GrayImage::from_fn(80, 80, |x, y| Luma([255 - mask.get_pixel(x, y)[0]]));
        let run = |invert: bool, mask: &GrayImage| {
            let params = CutOutParams { invert, threshold: 0.3, ..CutOutParams::default() };
            cut_out(&source, &params, Some(mask), &Monitor::silent()).unwrap()
        };
        let wanted = run(false, &mask);
        assert!(run(true, &negative) == wanted, "opacities and colours are the same");
        assert_eq!((wanted.pixels.get_pixel(40, 40)[3], wanted.pixels.get_pixel(0, 0)[3]), (255, 0));
    }

    #[test]
    fn the_mask_of_a_cut_out_given_back_gives_the_same_mask() {
        let bent = CutOutParams { threshold: 0.2, ..CutOutParams::default() };
        let run = |params: &CutOutParams, mask: Option<&GrayImage>| {
            cut_out(&disc(80), params, mask, &Monitor::silent()).unwrap().mask()
        };
        let mask = run(&bent, None);
        assert_ne!(run(&bent, Some(&mask)), mask, "a threshold counts for a mask that was given");
        assert_eq!(run(&bent.of_made_mask(), Some(&mask)), mask);
        let swapped = CutOutParams { invert: true, ..bent };
        let mask = run(&swapped, None);
        assert_eq!(run(&swapped.of_made_mask(), Some(&mask)), mask);
    }

    #[test]
    fn a_mask_of_another_size_is_resized_and_of_another_shape_refused() {
        let source = picture(RgbaImage::from_pixel(100, 50, Rgba([10, 20, 30, 255])));
        let mask = GrayImage::from_fn(40, 20, |x, _| Luma([if x < 20 { 255 } else { 0 }]));
        let run = |m: &GrayImage| cut_out(&source, &CutOutParams::default(), Some(m), &Monitor::silent());
        let cut = run(&mask).unwrap();
        assert_eq!(cut.method, Method::Mask);
        assert_eq!((cut.pixels.get_pixel(20, 25)[3], cut.pixels.get_pixel(80, 25)[3]), (255, 0));
        let turned = GrayImage::new(20, 40);
        assert!(matches!(run(&turned), Err(MatteError::MaskShape { .. })));
        assert_eq!(run(&GrayImage::new(100, 50)), Err(MatteError::Empty));
    }

    #[test]
    fn a_cancel_is_noticed() {
        let token = crate::progress::CancelToken::new();
        token.cancel();
        let monitor = Monitor::new(&token, &|_| {});
        let result = cut_out(&disc(20), &CutOutParams::default(), None, &monitor);
        assert_eq!(result, Err(MatteError::Cancelled(Cancelled)));
    }
}
