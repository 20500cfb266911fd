//! The silhouette of the picture, brought onto a solid that a learned model made.
//!
//! A model has a frame of its own: the silhouette is scaled as a whole and centred so that its longer
//! side is that of the solid seen from the front. What then differs is cut off and filled in.

use glam::{Vec2, Vec3Swizzles as _};

use crate::field::silhouette::{Lattice, Outline, Placement, Silhouette};
use crate::field::{FieldError, ScalarGrid, closure, connect};
use crate::image::ConditionImage;
use crate::progress::Monitor;

/// Opacity at the silhouette.
const ALPHA_LEVEL: f32 = 0.5;
/// Samples between the silhouette and the border of the grid.
const MARGIN: usize = 2;
/// Share by which the proportions of solid and silhouette may differ before it is worth telling.
const TELLING: f32 = 0.2;

/// Closes `grid` to the silhouette of `condition`. Where the model works in the picture's own frame,
/// `is_own_frame`, nothing is scaled. Returns what is worth telling.
///
/// # Errors
/// [`FieldError`], [`FieldError::Empty`] when nothing is inside.
pub(super) fn close_to_silhouette(
    grid: &mut ScalarGrid,
    condition: &ConditionImage,
    is_own_frame: bool,
    monitor: &Monitor,
) -> Result<Option<String>, FieldError> {
    let bounds = grid.surface_bounds().ok_or(FieldError::Empty)?;
    let [low, high] = box_of(condition).ok_or(FieldError::Empty)?;
    let (solid, shown) = (bounds.size().xy(), high - low);
    // From the frame of the condition image to the model's.
    let (scale, offset) = if is_own_frame {
        (1.0, Vec2::ZERO)
    } else {
        let scale = solid.max_element() / shown.max_element();
        (scale, bounds.center().xy() - scale * 0.5 * (low + high))
    };
    pad(grid, [low * scale + offset, high * scale + offset])?;
    let side = condition.side_px() as usize;
    let placement = Placement::square(side, offset, scale);
    let alpha = |i: usize, j: usize| f32::from(condition.pixels.get_pixel(i as u32, j as u32)[3]) / 255.0;
    let outline = Outline::trace([side; 2], ALPHA_LEVEL, 0.0, placement, alpha);
    let silhouette = Silhouette::of_outline(&outline, Lattice::of_grid(grid), monitor)?;
    monitor.check()?;
    let wall = 2.0 * grid.spacing;
    closure::close(grid, &silhouette, wall, monitor)?;
    // What is filled in at other depths would be dropped as loose.
    connect::connect(grid, &silhouette, wall, monitor)?;
    let differs = (solid / solid.max_element() - shown / shown.max_element()).abs().max_element();
    Ok((differs > TELLING && !is_own_frame).then(|| {
        "the model sees the object from another side than the picture: the silhouette was forced upon it; leave out \
         --close-silhouette if it looks wrong"
            .to_owned()
    }))
}

/// The box of what is opaque, in model space.
fn box_of(condition: &ConditionImage) -> Option<[Vec2; 2]> {
    let half = condition.side_px() as f32 * 0.5;
    let opaque = condition.pixels.enumerate_pixels().filter(|(_, _, pixel)| f32::from(pixel[3]) >= 255.0 * ALPHA_LEVEL);
    opaque.fold(None, |found: Option<[Vec2; 2]>, (x, y, _)| {
        let low = Vec2::new(x as f32 / half - 1.0, 1.0 - (y + 1) as f32 / half);
        let high = low + 1.0 / half;
        let [min, max] = found.unwrap_or([low, high]);
        Some([min.min(low), max.max(high)])
    })
}

/// Widens the grid with empty space until it holds this box of x and y, and some samples around it.
fn pad(grid: &mut ScalarGrid, [low, high]: [Vec2; 2]) -> Result<(), FieldError> {
    let ScalarGrid { samples_per_axis: [nx, ny, nz], origin, spacing, .. } = *grid;
    let last = origin.xy() + spacing * Vec2::new((nx - 1) as f32, (ny - 1) as f32);
    let cells = |missing: f32| (missing / spacing).ceil().clamp(0.0, 4096.0) as usize;
    let reach = spacing * MARGIN as f32;
    let before = (origin.xy() - low + reach).to_array().map(cells);
    let after = (high + reach - last).to_array().map(cells);
    if before == [0; 2] && after == [0; 2] {
        return Ok(());
    }
    let sizes = [nx + before[0] + after[0], ny + before[1] + after[1], nz];
    let mut samples = vec![spacing; sizes.iter().product()];
    for ix in 0..nx {
        for iy in 0..ny {
            let to = ((ix + before[0]) * sizes[1] + iy + before[1]) * nz;
            let from = grid.index(ix, iy, 0);
            samples[to..to + nz].copy_from_slice(&grid.samples[from..from + nz]);
        }
    }
    let moved = spacing * Vec2::new(before[0] as f32, before[1] as f32);
    *grid = ScalarGrid { samples, samples_per_axis: sizes, origin: origin - moved.extend(0.0), spacing };
    grid.validate_size()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::matte::{CutOut, Method};
    use crate::image::recenter;
    use glam::Vec3;
    use image::{Rgba, RgbaImage};

    #[test]
    fn a_ball_gets_the_front_view_of_a_cross() {
        let cross = RgbaImage::from_fn(120, 120, |x, y| {
            let inside =
                (40..80).contains(&x) && (10..110).contains(&y) || (40..80).contains(&y) && (10..110).contains(&x);
            Rgba([9, 9, 9, if inside { 255 } else { 0 }])
        });
        let cut_out = CutOut { pixels: cross, confidence: 1.0, method: Method::Alpha };
        let condition = recenter::condition(&cut_out).unwrap();
        let mut grid = ScalarGrid::from_fn([41; 3], Vec3::splat(-0.4), 0.02, |p| (p - Vec3::X * 0.1).length() - 0.25);
        close_to_silhouette(&mut grid, &condition, false, &Monitor::silent()).unwrap();
        let bounds = grid.surface_bounds().unwrap();
        assert!((bounds.size().xy() - 0.5).abs().max_element() < 0.03, "{bounds:?}");
        assert!((bounds.center().xy() - Vec2::new(0.1, 0.0)).abs().max_element() < 0.02, "{bounds:?}");
        let inside = |x: f32, y: f32| {
            let [ix, iy] = [x - grid.origin.x, y - grid.origin.y].map(|d| (d / grid.spacing).round() as usize);
            (0..grid.samples_per_axis[2]).any(|iz| grid.samples[grid.index(ix, iy, iz)] < 0.0)
        };
        assert!(inside(0.1, 0.2) && inside(0.3, 0.0) && !inside(0.26, 0.16) && !inside(-0.06, -0.16));
    }
}
