//! A flat bottom to stand on.

use rayon::prelude::*;

use crate::field::crossing::{MARGIN, crossing};
use crate::field::{FieldError, ScalarGrid};
use crate::progress::{Cancelled, Monitor};

/// Cuts off whatever lies lower than `cut_height` above the lowest point (along y), in the unit of
/// positions.
///
/// The grid is moved along y by less than a cell (values are interpolated), so that a layer of
/// samples lies just above the plane: the bottom is then exactly flat, and its rim is sharp to 1/64
/// of a cell. `cut_height <= 0` changes nothing.
///
/// # Errors
/// [`FieldError::Empty`] when nothing is inside or everything is cut off, a malformed grid, or
/// cancellation.
pub fn flat_base(grid: &ScalarGrid, cut_height: f32, monitor: &Monitor) -> Result<ScalarGrid, FieldError> {
    grid.validate_size()?;
    let bounds = grid.surface_bounds().ok_or(FieldError::Empty)?;
    if cut_height.is_nan() || cut_height <= 0.0 {
        return Ok(grid.clone());
    }
    if cut_height >= bounds.size().y {
        return Err(FieldError::Empty);
    }
    let [nx, ny, nz] = grid.samples_per_axis;
    // The plane and the first layer above it, in cells of the old grid.
    let plane = (bounds.min.y + cut_height - grid.origin.y) / grid.spacing;
    let first = (plane + MARGIN).max(0.0);
    let top = (ny - 1) as f32;
    if first > top {
        return Err(FieldError::Empty);
    }
    // One layer below the plane, and one above the last that the old grid holds.
    let layers = (top - first) as usize + 1;
    let new_ny = layers + 2;
    let gap = top - (first + (layers - 1) as f32);
    let mut samples = vec![0.0; nx * new_ny * nz];
    samples.par_chunks_mut(new_ny * nz).enumerate().try_for_each(|(x, layer)| {
        monitor.check()?;
        for (y, row) in layer.chunks_mut(nz).skip(1).take(layers).enumerate() {
            let place = first + y as f32;
            let low = (place as usize).min(ny - 2);
            let (a, b) = (grid.index(x, low, 0), grid.index(x, low + 1, 0));
            for (z, value) in row.iter_mut().enumerate() {
                *value = blend(grid.samples[a + z], grid.samples[b + z], place - low as f32);
            }
        }
        for z in 0..nz {
            layer[z] = beyond(layer[nz + z], MARGIN, grid.spacing);
            let (last, top) = (layer[layers * nz + z], grid.samples[grid.index(x, ny - 1, z)]);
            let end = if top < 0.0 { gap + MARGIN } else { gap * crossing(last, top) };
            layer[(layers + 1) * nz + z] = beyond(last, end, grid.spacing);
        }
        Ok::<_, Cancelled>(())
    })?;
    let mut origin = grid.origin;
    origin.y += grid.spacing * (first - 1.0);
    let cut = ScalarGrid { samples, samples_per_axis: [nx, new_ny, nz], origin, spacing: grid.spacing };
    if cut.samples.par_iter().all(|&v| v >= 0.0) { Err(FieldError::Empty) } else { Ok(cut) }
}

/// Interpolates without overflow.
fn blend(low: f32, high: f32, share: f32) -> f32 {
    low * (1.0 - share) + high * share
}

/// The value one cell beyond a sample that puts the surface at `share` of the way, if the sample is
/// inside.
fn beyond(sample: f32, share: f32, spacing: f32) -> f32 {
    let share = share.clamp(MARGIN, 1.0 - MARGIN);
    if sample < 0.0 { (-sample * (1.0 - share) / share).max(f32::MIN_POSITIVE) } else { sample.max(spacing) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesh::topology::Topology;
    use crate::surface::extract;
    use glam::Vec3;

    #[test]
    fn the_bottom_is_flat_at_the_height_that_was_asked_for() {
        let ball = ScalarGrid::from_fn([50, 55, 45], Vec3::new(-1.0, -1.1, -0.9), 0.04, |p| p.length() - 0.7);
        for cut in [0.1, 0.1234, 0.2, 0.32, 0.9] {
            let field = flat_base(&ball, cut, &Monitor::silent()).unwrap();
            let mesh = extract(&field, &Monitor::silent()).unwrap();
            assert!(Topology::of(&mesh).is_manifold());
            let expected = ball.surface_bounds().unwrap().min.y + cut;
            let lowest = mesh.bounds().unwrap().min.y;
            assert!((lowest - expected).abs() < 1e-5, "cut {cut}: {lowest} instead of {expected}");
            // All of the bottom is one plane: its area is the disc that the ball leaves there.
            let height = f64::from(expected);
            let disc = std::f64::consts::PI * (0.49 - height * height);
            let bottom = (0..mesh.triangle_indices.len())
                .map(|t| mesh.triangle(t))
                .filter(|corners| corners.iter().all(|p| (p.y - lowest).abs() < 1e-4));
            let area: f64 = bottom.map(|[a, b, c]| f64::from((b - a).cross(c - a).length()) / 2.0).sum();
            assert!((area / disc - 1.0).abs() < 0.15, "cut {cut}: {area} of {disc}");
            // The rest of the ball is where it was.
            let above = mesh.vertex_positions.iter().filter(|p| p.y > lowest + 2.0 * ball.spacing);
            let moved = above.map(|p| (p.length() - 0.7).abs()).fold(0.0, f32::max);
            assert!(moved < 0.2 * ball.spacing, "cut {cut}: moved by {moved}");
        }
    }

    #[test]
    fn a_solid_through_the_border_is_cut_as_well() {
        let block = ScalarGrid::from_fn([9; 3], Vec3::ZERO, 0.25, |_| -1.0);
        let mesh = extract(&flat_base(&block, 0.6, &Monitor::silent()).unwrap(), &Monitor::silent()).unwrap();
        let (before, after) = (block.surface_bounds().unwrap(), mesh.bounds().unwrap());
        assert!((after.min.y - before.min.y - 0.6).abs() < 1e-5);
        assert!((after.max - before.max).abs().max_element() < 0.05 * 0.25, "{after:?} {before:?}");
    }

    #[test]
    fn cutting_nothing_or_everything() {
        let ball = ScalarGrid::from_fn([20; 3], Vec3::splat(-1.0), 0.1, |p| p.length() - 0.7);
        assert_eq!(flat_base(&ball, 0.0, &Monitor::silent()).unwrap(), ball);
        assert_eq!(flat_base(&ball, 1.5, &Monitor::silent()), Err(FieldError::Empty));
    }
}
