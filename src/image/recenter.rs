//! From a [`CutOut`] to the [`ConditionImage`] that generators read: square, centred, with a margin.

use fast_image_resize::FilterType;
use image::{Rgba, RgbaImage, imageops};

use super::ConditionImage;
use super::matte::{CutOut, MatteError};
use super::resample::{self, Crop};

/// Smaller objects are enlarged to this side, so that their outline is a curve and not a staircase.
const MIN_SIDE_PX: u32 = 256;

/// Centres the object's box (alpha ≥ 128) in a square frame of which its longest side takes
/// [`ConditionImage::OBJECT_SHARE`]. The side keeps the resolution of the cut-out, at least 256 px
/// and at most the cut-out's longest side (or 256 px where that is less).
///
/// # Errors
/// [`MatteError::Empty`] when no pixel has alpha ≥ 128.
pub fn condition(cut_out: &CutOut) -> Result<ConditionImage, MatteError> {
    let pixels = &cut_out.pixels;
    let [left, top, right, bottom] = object_box(pixels).ok_or(MatteError::Empty)?;
    let longest = f64::from((right - left).max(bottom - top));
    let frame = longest / f64::from(ConditionImage::OBJECT_SHARE);
    let largest = pixels.width().max(pixels.height()).max(MIN_SIDE_PX);
    let side = (frame.round() as u32).clamp(MIN_SIDE_PX, largest);

    let origin = [f64::from(left + right), f64::from(top + bottom)].map(|ends| (ends - frame) / 2.0);
    let window_left = origin[0].floor() as i64;
    let window_top = origin[1].floor() as i64;
    let window_side = frame.ceil() as u32 + 1;
    let window = window(pixels, window_left, window_top, window_side);
    let crop =
        Crop { left: origin[0] - window_left as f64, top: origin[1] - window_top as f64, width: frame, height: frame };
    // Lanczos rings beside hard edges; when enlarging, that would show as ghosts of the outline.
    let filter = if f64::from(side) > frame { FilterType::CatmullRom } else { FilterType::Lanczos3 };
    let pixels = resample::rgba_unweighted(&window, Some(crop), [side, side], filter)?;
    Ok(ConditionImage { pixels })
}

/// Left, top, and one past right and bottom, of the pixels with alpha ≥ 128.
fn object_box(pixels: &RgbaImage) -> Option<[u32; 4]> {
    let mut bounds: Option<[u32; 4]> = None;
    for (x, y, _) in pixels.enumerate_pixels().filter(|(_, _, p)| p[3] >= 128) {
        let [left, top, right, bottom] = bounds.unwrap_or([x, y, x + 1, y + 1]);
        bounds = Some([left.min(x), top.min(y), right.max(x + 1), bottom.max(y + 1)]);
    }
    bounds
}

/// A square part of the frame that may reach past it: colours go on there, transparent.
fn window(pixels: &RgbaImage, left: i64, top: i64, side: u32) -> RgbaImage {
    let (width, height) = (i64::from(pixels.width()), i64::from(pixels.height()));
    let inside = left >= 0 && top >= 0 && left + i64::from(side) <= width && top + i64::from(side) <= height;
    if inside {
        return imageops::crop_imm(pixels, left as u32, top as u32, side, side).to_image();
    }
    RgbaImage::from_fn(side, side, |x, y| {
        let (x, y) = (left + i64::from(x), top + i64::from(y));
        let (near_x, near_y) = (x.clamp(0, width - 1), y.clamp(0, height - 1));
        let Rgba([r, g, b, a]) = *pixels.get_pixel(near_x as u32, near_y as u32);
        Rgba([r, g, b, if (near_x, near_y) == (x, y) { a } else { 0 }])
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::matte::Method;

    fn block(size: [u32; 2], block: [u32; 4]) -> CutOut {
        let [left, top, right, bottom] = block;
        let pixels = RgbaImage::from_fn(size[0], size[1], |x, y| {
            let inside = (left..right).contains(&x) && (top..bottom).contains(&y);
            Rgba([180, 90, 30, if inside { 255 } else { 0 }])
        });
        CutOut { pixels, confidence: 1.0, method: Method::Alpha }
    }

    /// Where the opacity crosses one half along the two axes through the centre, in model space.
    fn extent(image: &ConditionImage) -> [f32; 4] {
        let at = |i: i32| i as f32 / 1000.0;
        let inside_x = |i: &i32| image.alpha_at(at(*i), 0.0) >= 0.5;
        let inside_y = |i: &i32| image.alpha_at(0.0, at(*i)) >= 0.5;
        let all = -1100..1100;
        [
            at(all.clone().find(inside_x).unwrap()),
            at(all.clone().rfind(inside_x).unwrap()),
            at(all.clone().find(inside_y).unwrap()),
            at(all.clone().rfind(inside_y).unwrap()),
        ]
    }

    #[test]
    fn the_object_is_centred_and_takes_its_share() {
        for (size, rect) in [
            ([400, 300], [10, 20, 210, 120]),
            ([400, 300], [0, 0, 400, 300]),
            ([900, 900], [880, 100, 900, 850]),
            ([40, 40], [3, 3, 13, 8]),
            ([1, 300], [0, 0, 1, 300]),
        ] {
            let image = condition(&block(size, rect)).unwrap();
            let side = image.side_px();
            assert!((256..=900).contains(&side), "{side}");
            let (width, height) = (rect[2] - rect[0], rect[3] - rect[1]);
            let share = ConditionImage::OBJECT_SHARE / width.max(height) as f32;
            let wanted = [-1.0, 1.0, -1.0, 1.0];
            let half = [width, width, height, height].map(|s| s as f32 * share);
            for (i, found) in extent(&image).into_iter().enumerate() {
                let tolerance = 2.0 / side as f32;
                assert!((found - wanted[i] * half[i]).abs() < tolerance, "{size:?} {rect:?}: {found}, {half:?}");
            }
        }
    }

    #[test]
    fn colours_fill_the_frame() {
        let image = condition(&block([300, 300], [0, 0, 300, 300])).unwrap();
        assert!(image.pixels.pixels().all(|p| p[0].abs_diff(180) < 3 && p[2].abs_diff(30) < 3));
    }

    #[test]
    fn nothing_to_centre_is_an_error() {
        let mut nothing = block([30, 30], [0, 0, 30, 30]);
        nothing.pixels.pixels_mut().for_each(|p| p[3] = 127);
        assert_eq!(condition(&nothing), Err(MatteError::Empty));
    }
}
