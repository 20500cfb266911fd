//! The closed curves along which a raster of opacities crosses a threshold, with a spatial index.
//!
//! Promises: the curves are closed (every end point is shared bit for bit by two segments) and lie
//! where bilinear interpolation along the pixel edges crosses the level, so they are accurate to a
//! fraction of a pixel. They do not cross each other; an ambiguous 2×2 block is joined or parted by
//! the mean of its four values.

use glam::Vec2;
use rayon::prelude::*;

use super::tree::SegmentTree;

/// Where a raster lies in the plane: pixel `(0, 0)` has its centre at `origin`, pixel `(i, j)` at
/// `origin + (i, j) * step`. A picture whose row 0 is the top has a negative `step.y`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placement {
    /// Centre of pixel `(0, 0)`.
    pub origin: Vec2,
    /// Distance between neighbouring pixels along each axis; negative where the raster runs backward.
    pub step: Vec2,
}

impl Placement {
    /// A picture of `side × side` pixels, row 0 at the top, whose borders lie `half` from `center`.
    pub fn square(side: usize, center: Vec2, half: f32) -> Self {
        let step = Vec2::new(2.0, -2.0) * half / side as f32;
        Self { origin: center + Vec2::new(-half, half) + 0.5 * step, step }
    }

    /// Where the point `(i, j)`, in pixels, lies in the plane.
    pub fn position(&self, i: f32, j: f32) -> Vec2 {
        self.origin + self.step * Vec2::new(i, j)
    }
}

/// The contour of a raster at one level: closed curves as unordered segments. Each segment has the
/// inside on the same hand, [`Outline::inward`] tells which.
#[derive(Clone, Debug)]
pub struct Outline {
    tree: SegmentTree,
    /// +1 when the inside lies to the left of a segment (start to end), −1 when to the right.
    inside_hand: f32,
    /// Of the raster.
    size: [usize; 2],
    placement: Placement,
}

impl Outline {
    /// Traces the curves along which `value_at(i, j)` crosses `level` in a raster of `size` pixels;
    /// at least the level is inside. Everything around the raster has the value `around`.
    pub fn trace(
        size: [usize; 2],
        level: f32,
        around: f32,
        placement: Placement,
        value_at: impl Fn(usize, usize) -> f32 + Sync,
    ) -> Self {
        let [width, height] = size.map(|n| n as i64);
        let above = |i: i64, j: i64| {
            let inside = (0..width).contains(&i) && (0..height).contains(&j);
            let value = if inside { value_at(i as usize, j as usize) } else { around };
            // Never exactly zero, so that no curve passes through a pixel's centre twice.
            let above = if value.is_finite() { value - level } else { -1.0 };
            if above == 0.0 { 1e-6 } else { above }
        };
        let rows: Vec<Vec<[Vec2; 2]>> = (-1..height)
            .into_par_iter()
            .map(|j| {
                let mut segments = Vec::new();
                let mut left = [above(-1, j), above(-1, j + 1)];
                for i in -1..width {
                    let right = [above(i + 1, j), above(i + 1, j + 1)];
                    trace_cell([i as f32, j as f32], [left[0], right[0], right[1], left[1]], &mut |a, b| {
                        segments.push([placement.position(a.x, a.y), placement.position(b.x, b.y)]);
                    });
                    left = right;
                }
                segments
            })
            .collect();
        let inside_hand = if placement.step.x * placement.step.y < 0.0 { -1.0 } else { 1.0 };
        Self { tree: SegmentTree::new(rows.concat()), inside_hand, size, placement }
    }

    /// Whether nothing crosses the level: nothing is inside, since everything around is outside.
    pub fn is_empty(&self) -> bool {
        self.segments().is_empty()
    }

    /// The segments, in no particular order.
    pub fn segments(&self) -> &[[Vec2; 2]] {
        self.tree.segments()
    }

    /// Width and height of the raster, in pixels.
    pub(super) fn raster_size(&self) -> [usize; 2] {
        self.size
    }

    /// Where the raster lies.
    pub(super) fn placement(&self) -> Placement {
        self.placement
    }

    /// The box around the curves, or `None` when there are none.
    pub fn bounds(&self) -> Option<[Vec2; 2]> {
        let first = self.segments().first()?[0];
        Some(self.segments().iter().flatten().fold([first; 2], |[min, max], &p| [min.min(p), max.max(p)]))
    }

    /// The point of the curves nearest to `point`, if one is nearer than `reach`.
    pub fn nearest(&self, point: Vec2, reach: f32) -> Option<Vec2> {
        self.tree.nearest(point, reach)
    }

    /// Unit vector across `segment` to the inside; zero for a segment without length.
    pub fn inward(&self, segment: [Vec2; 2]) -> Vec2 {
        (segment[1] - segment[0]).normalize_or_zero().perp() * self.inside_hand
    }
}

/// Calls `emit(a, b)` for each piece of the zero contour in one cell whose lower corner is `[i, j]`,
/// the inside (positive values) to the left of `a → b` in a right-handed frame.
/// `values` are those of the corners (0,0), (1,0), (1,1), (0,1).
fn trace_cell([i, j]: [f32; 2], values: [f32; 4], emit: &mut impl FnMut(Vec2, Vec2)) {
    let inside = values.map(|v| v > 0.0);
    if inside == [inside[0]; 4] {
        return;
    }
    const CORNERS: [[f32; 2]; 4] = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]];
    // Both cells of an edge compute its crossing from the same end, so they agree bit for bit.
    let crossing = |edge: usize| {
        let (a, b) = if edge < 2 { (edge, edge + 1) } else { ((edge + 1) % 4, edge) };
        let t = values[a] / (values[a] - values[b]);
        let ([ax, ay], [bx, by]) = (CORNERS[a], CORNERS[b]);
        let (x0, y0, x1, y1) = (i + ax, j + ay, i + bx, j + by);
        Vec2::new(x0 + (x1 - x0) * t, y0 + (y1 - y0) * t)
    };
    // Going around counter-clockwise, a curve enters where the walk leaves the inside.
    let leaves: Vec<usize> = (0..4).filter(|&e| inside[e] && !inside[(e + 1) % 4]).collect();
    let enters: Vec<usize> = (0..4).filter(|&e| !inside[e] && inside[(e + 1) % 4]).collect();
    if let (&[leave], &[enter]) = (&leaves[..], &enters[..]) {
        emit(crossing(leave), crossing(enter));
        return;
    }
    // Two opposite corners inside: joined through the middle or apart.
    let joined = values.iter().sum::<f32>() > 0.0;
    for &leave in &leaves {
        let enter = if joined { (leave + 1) % 4 } else { (leave + 3) % 4 };
        emit(crossing(leave), crossing(enter));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    const UNIT: Placement = Placement { origin: Vec2::ZERO, step: Vec2::ONE };

    #[test]
    fn curves_are_closed_and_the_inside_is_to_the_left() {
        // A hash of the coordinates: noise with every ambiguous case.
        let noise = |i: usize, j: usize| ((i * 7919 + j * 104_729 + i * j * 31) % 97) as f32 / 96.0;
        let outline = Outline::trace([40, 30], 0.5, 0.0, UNIT, noise);
        let mut balance: HashMap<[u32; 2], i32> = HashMap::new();
        for [a, b] in outline.segments() {
            *balance.entry(a.to_array().map(f32::to_bits)).or_default() += 1;
            *balance.entry(b.to_array().map(f32::to_bits)).or_default() -= 1;
        }
        assert!(balance.values().all(|&b| b == 0));
        // The area by Green's theorem is positive when the inside is to the left.
        let area: f32 = outline.segments().iter().map(|[a, b]| a.perp_dot(*b) * 0.5).sum();
        assert!((300.0..900.0).contains(&area), "{area}");
    }

    #[test]
    fn a_full_raster_ends_half_a_pixel_beyond_its_pixels() {
        let outline = Outline::trace([4, 3], 0.5, 0.0, UNIT, |_, _| 1.0);
        assert_eq!(outline.bounds().unwrap(), [Vec2::splat(-0.5), Vec2::new(3.5, 2.5)]);
        assert!(Outline::trace([4, 3], 0.5, 0.0, UNIT, |_, _| 0.4).is_empty());
    }

    #[test]
    fn inward_points_inside_in_mirrored_rasters_too() {
        let disc = |i: usize, j: usize| if (i as f32 - 5.0).hypot(j as f32 - 5.0) < 3.2 { 1.0 } else { 0.0 };
        for step in [Vec2::ONE, Vec2::new(1.0, -1.0), Vec2::new(-1.0, 1.0), Vec2::NEG_ONE] {
            let placement = Placement { origin: Vec2::new(-5.0, -5.0) * step, step };
            let outline = Outline::trace([11, 11], 0.5, 0.0, placement, disc);
            for &[a, b] in outline.segments() {
                assert!(outline.inward([a, b]).dot(a + b) < 0.0, "{step}");
            }
        }
    }
}
