//! Colour profiles of picture files (ICC.1): what a file means by its numbers, as sRGB.
//!
//! Promises: a profile that cannot be read, or that is not meant for such pixels, changes nothing and costs no picture;
//! one that says sRGB changes not a single number. Does not promise what lies outside of sRGB: it is cut off at its edge.

use image::RgbaImage;
use moxcms::{CmsError, ColorProfile, DataColorSpace, Layout, TransformOptions};

use crate::mishap::caught;

/// Levels of 255 by which a profile of sRGB itself is off, for it is stored in fixed point.
const ROUNDING: u8 = 2;

/// Brings `pixels` from the colours of `profile`, the content of an ICC file, to sRGB. `is_grey`: the file has no colours.
pub(super) fn to_srgb(pixels: &mut RgbaImage, profile: &[u8], is_grey: bool) {
    // Profiles are written by anybody, and their reader is not ours.
    let converted = caught(|| converted(pixels, profile, is_grey));
    match converted {
        Ok(Ok(Some(converted))) => *pixels = converted,
        Ok(Ok(None)) => {}
        Ok(Err(error)) => tracing::debug!("the colour profile is left alone: {error}"),
        Err(_) => tracing::debug!("the colour profile is left alone: its reader gave up"),
    }
}

/// `None` where nothing changes.
fn converted(pixels: &RgbaImage, profile: &[u8], is_grey: bool) -> Result<Option<RgbaImage>, CmsError> {
    let profile = ColorProfile::new_from_slice(profile)?;
    match profile.color_space {
        DataColorSpace::Rgb => colors(pixels, &profile),
        DataColorSpace::Gray if is_grey => greys(pixels, &profile),
        _ => Err(CmsError::UnsupportedProfileConnection),
    }
}

fn colors(pixels: &RgbaImage, profile: &ColorProfile) -> Result<Option<RgbaImage>, CmsError> {
    let srgb = ColorProfile::new_srgb();
    let transform = profile.create_transform_8bit(Layout::Rgba, &srgb, Layout::Rgba, TransformOptions::default())?;
    let probe: Vec<u8> = (0..6 * 6 * 6).flat_map(|k| [k % 6 * 51, k / 6 % 6 * 51, k / 36 * 51, 255]).collect();
    let mut shown = probe.clone();
    transform.transform(&probe, &mut shown)?;
    if are_equal(&probe, &shown) {
        return Ok(None);
    }
    let mut out = pixels.clone();
    transform.transform(pixels.as_raw(), &mut out)?;
    Ok(Some(out))
}

fn greys(pixels: &RgbaImage, profile: &ColorProfile) -> Result<Option<RgbaImage>, CmsError> {
    let srgb = ColorProfile::new_srgb();
    let transform = profile.create_transform_8bit(Layout::Gray, &srgb, Layout::Rgb, TransformOptions::default())?;
    let levels: Vec<u8> = (0..=255).collect();
    let mut shown = vec![0; 3 * levels.len()];
    transform.transform(&levels, &mut shown)?;
    let shown: Vec<u8> = shown.chunks_exact(3).map(|rgb| rgb[1]).collect();
    if are_equal(&levels, &shown) {
        return Ok(None);
    }
    let mut out = pixels.clone();
    for pixel in out.pixels_mut() {
        let level = shown[usize::from(pixel[1])];
        pixel.0 = [level, level, level, pixel[3]];
    }
    Ok(Some(out))
}

fn are_equal(a: &[u8], b: &[u8]) -> bool {
    a.iter().zip(b).all(|(a, b)| a.abs_diff(*b) <= ROUNDING)
}
