//! Changes to a solid while it is still a field: each takes a grid and gives a new one, so they can
//! be put one after another in any order.

mod base;
mod hollow;
mod thicken;

pub use base::flat_base;
pub use hollow::hollow;
pub use thicken::thicken;

use rayon::prelude::*;

use super::ScalarGrid;
use glam::Vec3;

/// `grid` with `before` and `behind` layers of outside added along each axis.
pub(super) fn padded(grid: &ScalarGrid, before: [usize; 3], behind: [usize; 3]) -> ScalarGrid {
    if before == [0; 3] && behind == [0; 3] {
        return grid.clone();
    }
    let old = grid.samples_per_axis;
    let size: [usize; 3] = std::array::from_fn(|a| before[a] + old[a] + behind[a]);
    // So far outside that a solid at the old border ends there.
    let largest = grid.samples.par_iter().map(|v| v.abs()).reduce(|| 0.0, f32::max);
    let outside = (100.0 * largest).clamp(grid.spacing, 1e30);
    let mut samples = vec![outside; size.iter().product()];
    samples.par_chunks_mut(size[1] * size[2]).skip(before[0]).zip(0..old[0]).for_each(|(layer, x)| {
        for (y, row) in layer.chunks_mut(size[2]).skip(before[1]).take(old[1]).enumerate() {
            let start = grid.index(x, y, 0);
            row[before[2]..before[2] + old[2]].copy_from_slice(&grid.samples[start..start + old[2]]);
        }
    });
    let shift = Vec3::from_array(before.map(|n| n as f32));
    ScalarGrid { samples, samples_per_axis: size, origin: grid.origin - grid.spacing * shift, spacing: grid.spacing }
}
