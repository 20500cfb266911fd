//! Solids that lie on a plane.

use rayon::prelude::*;

use crate::field::ScalarGrid;

/// Fills what lies behind the front of a solid down to the plane z = `floor`, at least `wall` high, and takes away what
/// lies behind that: each column with anything inside has one stretch of it, from the plane on.
///
/// What is filled has the values of what lies before it, and so the silhouette that the field is closed to, on
/// samples and between them.
pub(super) fn lay(grid: &mut ScalarGrid, floor: f32, wall: f32) {
    let nz = grid.samples_per_axis[2];
    let (origin, spacing) = (grid.origin.z, grid.spacing);
    grid.samples.par_chunks_mut(nz).for_each(|column| {
        // Beside the solid, the walls need the values of the whole column; before the front nothing changes.
        let front = column.iter().rposition(|&sample| sample < 0.0).unwrap_or(nz - 1);
        let lowest = column.iter().copied().fold(f32::INFINITY, f32::min);
        let mut least = f32::INFINITY;
        for (iz, sample) in column.iter_mut().enumerate().rev() {
            let above = origin + iz as f32 * spacing - floor;
            if iz <= front {
                least = least.min(*sample);
                *sample = least;
            }
            if above < wall {
                *sample = sample.min(lowest);
            }
            *sample = sample.max(-above);
        }
    });
}

#[cfg(test)]
mod tests {
    use glam::Vec3;

    use super::*;

    #[test]
    fn what_hangs_juts_out_or_is_far_behind_lies_on_the_plane() {
        // A slope with a gap behind it, and a bar behind the plane that goes on beside it.
        let slope = |p: Vec3| ((p.z - 0.5 * p.x).abs() - 0.15).max(p.x - 0.3);
        let bar = |p: Vec3| p.y.abs().max((p.z + 0.85).abs()) - 0.1;
        let outline = |p: Vec3| p.x.abs().max(p.y.abs()) - 0.7;
        let shape = |p: Vec3| slope(p).min(bar(p)).max(outline(p));
        let mut grid = ScalarGrid::from_fn([33; 3], Vec3::NEG_ONE, 1.0 / 16.0, shape);
        let before = grid.clone();
        let (floor, wall) = (-0.59, 0.2);
        lay(&mut grid, floor, wall);
        for (after, before) in grid.samples.chunks(33).zip(before.samples.chunks(33)) {
            let Some(front) = before.iter().rposition(|v| *v < 0.0) else {
                assert!(after.iter().all(|v| *v >= 0.0));
                continue;
            };
            let z = |iz: usize| iz as f32 / 16.0 - 1.0;
            for (iz, sample) in after.iter().enumerate() {
                let is_filled = z(iz) > floor && (iz <= front || z(iz) < floor + wall);
                assert_eq!(*sample < 0.0, is_filled, "at {}, where the front is at {}", z(iz), z(front));
            }
        }
        // The outline stays where it is between samples.
        let rim = |grid: &ScalarGrid| [27, 28].map(|iy| grid.samples[grid.index(16, iy, 12)]);
        let [inner, outer] = rim(&grid);
        assert!(inner < 0.0 && outer > 0.0 && rim(&before)[0] > 0.0);
        assert!((inner / (inner - outer) - 0.2).abs() < 1e-3, "{inner} {outer}");
    }
}
