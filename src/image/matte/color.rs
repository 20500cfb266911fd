//! Cutting out by colour alone: a coarse cut learns what object and background look like, a fine one
//! places the outline, the rim is softened, the confidence measured.

use image::{GrayImage, Luma, RgbaImage};

use super::confidence;
use super::cut::{Known, Smoothness, cut};
use super::filter::Plane;
use super::foreground;
use super::grabcut::{Models, Segmentation, segment};
use super::guided::Guide;
use super::lab::LabImage;
use super::regions::tidy;
use super::rim::soften;
use super::{Matte, MatteError, Method};
use crate::image::resample;
use crate::progress::{Cancelled, Monitor, Stage};

/// Longest side of the picture that the models are learned from.
const COARSE_PX: u32 = 288;
/// Longest side of the picture that the outline is cut in; larger pictures get it by guided filter.
const FINE_PX: u32 = 1024;

/// Cuts out of an opaque picture.
///
/// # Errors
/// [`MatteError::NoObject`] when nothing stands out, and when cancelled.
pub(super) fn by_color(colors: RgbaImage, monitor: &Monitor) -> Result<Matte, MatteError> {
    let size = [colors.width(), colors.height()];
    let reduced = |longest_px| -> Result<LabImage, MatteError> {
        let size = resample::fit(size, longest_px);
        let small = resample::rgba_unweighted(&colors, None, size, fast_image_resize::FilterType::Hamming)?;
        Ok(LabImage::from_rgba(&small))
    };
    let coarse = reduced(COARSE_PX)?;
    monitor.step(Stage::CutOut, 5, 100)?;
    let mut segmentation = segment(&coarse, monitor)?.ok_or(MatteError::NoObject)?;
    tidy(&mut segmentation.labels, coarse.width, &segmentation.odds, 6);
    let confidence = confidence::measure(&coarse, &segmentation);
    monitor.step(Stage::CutOut, 40, 100)?;

    let fine = reduced(FINE_PX)?;
    let labels = refine(&coarse, &segmentation, &fine, monitor)?;
    if !labels.contains(&true) {
        return Err(MatteError::NoObject);
    }
    monitor.step(Stage::CutOut, 60, 100)?;
    let mut opacity = soften(&fine, &labels, &segmentation.models, monitor)?;
    if size != [fine.width as u32, fine.height as u32] {
        let noise2 = 2.0 + segmentation.models.noise2();
        opacity = Guide::fit(&fine, &opacity, 2, noise2).apply(&LabImage::from_rgba(&colors));
    }
    monitor.step(Stage::CutOut, 75, 100)?;
    let alpha = to_gray(&opacity);
    let mut colors = colors;
    foreground::decontaminate(&mut colors, &alpha, monitor)?;
    Ok(Matte { alpha, colors, confidence, method: Method::Color })
}

fn to_gray(opacity: &Plane) -> GrayImage {
    GrayImage::from_fn(opacity.width as u32, opacity.height as u32, |x, y| {
        Luma([(opacity.values[y as usize * opacity.width + x as usize] * 255.0).round() as u8])
    })
}

/// Cuts again at full size, where the coarse cut has its outline and where colours contradict it.
fn refine(
    coarse: &LabImage,
    segmentation: &Segmentation,
    fine: &LabImage,
    monitor: &Monitor,
) -> Result<Vec<bool>, Cancelled> {
    let models: &Models = &segmentation.models;
    if fine.samples.len() == coarse.samples.len() {
        return Ok(segmentation.labels.clone());
    }
    let odds = models.odds(fine);
    monitor.check()?;
    let known = known_from_coarse(coarse, &segmentation.labels, fine, &odds);
    let scale = fine.width as f32 / coarse.width as f32;
    let smoothness = Smoothness::for_picture(fine, models.strength() * scale.sqrt(), models.noise2());
    let mut labels = cut(fine, &odds, &known, smoothness, monitor)?;
    tidy(&mut labels, fine.width, &odds, (6.0 * scale) as usize);
    Ok(labels)
}

/// Open within about two coarse pixels of the coarse outline, and around colours that contradict.
fn known_from_coarse(coarse: &LabImage, labels: &[bool], fine: &LabImage, odds: &[f32]) -> Vec<Known> {
    /// Evidence of one pixel against the coarse label that opens it, in nats.
    const CONTRADICTION: f32 = 3.0;
    let hard = Plane::from_fn(coarse.width, coarse.height, |i| f32::from(u8::from(labels[i])));
    let near = super::filter::box_mean(&hard, 2);
    let (scale_x, scale_y) = (coarse.width as f32 / fine.width as f32, coarse.height as f32 / fine.height as f32);
    let label = |i: usize| {
        let x = ((i % fine.width) as f32 + 0.5) * scale_x - 0.5;
        let y = ((i / fine.width) as f32 + 0.5) * scale_y - 0.5;
        near.at(x, y)
    };
    let shares = Plane::from_fn(fine.width, fine.height, label);
    let contradicts = Plane::from_fn(fine.width, fine.height, |i| {
        let against = if shares.values[i] > 0.5 { -odds[i] } else { odds[i] };
        f32::from(u8::from(against > CONTRADICTION))
    });
    let around = super::filter::box_mean(&contradicts, 2);
    (0..fine.samples.len())
        .map(|i| match shares.values[i] {
            _ if around.values[i] > 0.0 => Known::Open,
            share if share > 0.999 => Known::Object,
            share if share < 0.001 => Known::Background,
            _ => Known::Open,
        })
        .collect()
}
