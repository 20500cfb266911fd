//! Where the surface cuts the edges of the grid.
//!
//! Meshing, measuring and the distance transform all use the same [`crossing`], so that the box of
//! a field is the box of its mesh.

use glam::Vec3;
use rayon::prelude::*;

use super::ScalarGrid;
use crate::mesh::Bounds;

/// No crossing is nearer to a sample than this share of the edge: otherwise vertices on different
/// edges around a sample could meet, at the latest when rounded in a file.
pub(crate) const MARGIN: f32 = 1.0 / 64.0;

/// Where the line from `low` to `high` is zero, as a share of the edge, in `[MARGIN, 1 - MARGIN]`.
/// One of the two must be negative and the other not.
#[inline]
#[expect(clippy::manual_clamp, reason = "`clamp` would let NaN through")]
pub(crate) fn crossing(low: f32, high: f32) -> f32 {
    (low / (low - high)).max(MARGIN).min(1.0 - MARGIN)
}

impl ScalarGrid {
    /// The box around the surface, or `None` when nothing is inside. It equals the box of the mesh
    /// that [`surface::extract`](crate::surface::extract) makes: a solid that reaches the border of
    /// the grid ends 1/64 of a cell outside it. The grid's sizes must agree
    /// ([`ScalarGrid::validate`]).
    pub fn surface_bounds(&self) -> Option<Bounds> {
        let [nx, ny, nz] = self.samples_per_axis;
        let layers = (0..nx).into_par_iter().map(|x| {
            let mut layer = Extent::EMPTY;
            for y in 0..ny {
                let row = self.row(x, y);
                let Some(first) = row.iter().position(|&v| v < 0.0) else { continue };
                let last = row.iter().rposition(|&v| v < 0.0).unwrap_or(first);
                let before = if first > 0 { row[first - 1] } else { f32::MAX };
                let behind = if last + 1 < nz { row[last + 1] } else { f32::MAX };
                layer.include(2, first as f32 - 1.0 + crossing(before, row[first]));
                layer.include(2, last as f32 + crossing(row[last], behind));
                for (axis, own, count) in [(0, x, nx), (1, y, ny)] {
                    let neighbor = |i: usize| if axis == 0 { self.row(i, y) } else { self.row(x, i) };
                    let previous = (own > 0).then(|| neighbor(own - 1));
                    let next = (own + 1 < count).then(|| neighbor(own + 1));
                    let (low, high) = reach(row, previous, next, first..last + 1);
                    layer.include(axis, own as f32 - 1.0 + low);
                    layer.include(axis, own as f32 + high);
                }
            }
            layer
        });
        let all = layers.reduce(|| Extent::EMPTY, Extent::union);
        (all.min.x <= all.max.x)
            .then(|| Bounds { min: self.origin + self.spacing * all.min, max: self.origin + self.spacing * all.max })
    }

    /// The samples of row `[x, y]`.
    fn row(&self, x: usize, y: usize) -> &[f32] {
        let start = self.index(x, y, 0);
        &self.samples[start..start + self.samples_per_axis[2]]
    }
}

/// Where the surface lies farthest from the inside samples of `row`: between the row before and this one, and between this
/// one and the row behind, each as a share of the edge from the lower to the higher sample. That is how the mesh has
/// it: the complement would round otherwise. A missing row is outside.
fn reach(row: &[f32], previous: Option<&[f32]>, next: Option<&[f32]>, range: std::ops::Range<usize>) -> (f32, f32) {
    let inside = || range.clone().filter(|&z| row[z] < 0.0);
    let outside = |other: Option<&[f32]>, z: usize| {
        Some(other.map_or(f32::MAX, |other| other[z])).filter(|v| *v >= 0.0 || v.is_nan())
    };
    let low = inside().filter_map(|z| Some(crossing(outside(previous, z)?, row[z]))).fold(1.0, f32::min);
    let high = inside().filter_map(|z| Some(crossing(row[z], outside(next, z)?))).fold(0.0, f32::max);
    (low, high)
}

/// A box in cells, counted from the first sample.
#[derive(Clone, Copy)]
struct Extent {
    min: Vec3,
    max: Vec3,
}

impl Extent {
    const EMPTY: Self = Self { min: Vec3::INFINITY, max: Vec3::NEG_INFINITY };

    fn include(&mut self, axis: usize, place: f32) {
        self.min[axis] = self.min[axis].min(place);
        self.max[axis] = self.max[axis].max(place);
    }

    fn union(self, other: Self) -> Self {
        Self { min: self.min.min(other.min), max: self.max.max(other.max) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_box_of_an_off_centre_ball_is_found_to_a_fraction_of_a_cell() {
        let center = Vec3::new(0.1, -0.2, 0.05);
        let size = [60, 65, 70];
        let ball = ScalarGrid::from_fn(size, Vec3::splat(-0.9), 0.03, |p| p.distance(center) - 0.5);
        let bounds = ball.surface_bounds().unwrap();
        assert!((bounds.min - (center - 0.5)).abs().max_element() < 0.1 * ball.spacing, "{bounds:?}");
        assert!((bounds.max - (center + 0.5)).abs().max_element() < 0.1 * ball.spacing, "{bounds:?}");
    }

    #[test]
    fn nothing_inside_has_no_box_and_a_full_grid_ends_just_outside_its_border() {
        let of = |value: f32| ScalarGrid::from_fn([3, 4, 5], Vec3::ZERO, 0.5, |_| value).surface_bounds();
        assert_eq!(of(0.0), None);
        let bounds = of(-1.0).unwrap();
        assert_eq!(bounds.min, Vec3::splat(-0.5 * MARGIN));
        assert_eq!(bounds.max, Vec3::new(1.0, 1.5, 2.0) + 0.5 * MARGIN);
    }

    #[test]
    fn crossings_keep_away_from_the_samples() {
        assert_eq!(crossing(-1.0, 3.0), 0.25);
        for (low, high) in [(-1.0, 0.0), (-0.0, -1.0), (0.0, -1e-45), (f32::MAX, f32::MIN), (f32::NAN, -1.0)] {
            assert!((MARGIN..=1.0 - MARGIN).contains(&crossing(low, high)), "{low} {high}");
        }
    }
}
