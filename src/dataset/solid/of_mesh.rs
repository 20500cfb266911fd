//! Columns of a triangle mesh: the sign by crossings counted along each column, the distance by
//! painting every triangle into the cells around it.

use glam::{Vec2, Vec3};

use super::super::view::View;
use super::{Columns, REACH};
use crate::mesh::scan::scan;

/// A plane through a triangle of the frame: `normal · p = offset`.
#[derive(Clone, Copy, Debug)]
pub struct Plane {
    /// Unit length; outward.
    pub normal: Vec3,
    /// Along the normal.
    pub offset: f32,
}

impl Plane {
    /// `None` for a triangle without area.
    pub fn of([a, b, c]: [Vec3; 3]) -> Option<Self> {
        let normal = (b - a).cross(c - a);
        let length = normal.length();
        (length > 1e-12).then(|| {
            let normal = normal / length;
            Self { normal, offset: normal.dot(a) }
        })
    }

    /// Where the ray through the picture's point `x, y` meets the plane, as depth z; not finite when
    /// they are parallel.
    #[inline]
    pub fn depth(&self, view: &View, x: f32, y: f32) -> f32 {
        let across = self.normal.x * x + self.normal.y * y;
        (self.offset - across) / (self.normal.z - view.converge * across)
    }
}

/// The pixel coordinates, in a picture of `side` pixels, of a projected point.
#[inline]
pub fn pixel(side: usize, p: Vec3) -> Vec2 {
    let half = 0.5 * side as f32;
    Vec2::new((p.x + 1.0) * half - 0.5, (1.0 - p.y) * half - 0.5)
}

/// The columns of a closed mesh whose corners lie in the frame already.
pub fn columns(positions: &[Vec3], triangles: &[[u32; 3]], view: &View, side: usize) -> Columns {
    // Depth runs fastest here: every triangle works along columns.
    let mut squares = vec![REACH * REACH; side * side * side];
    for triangle in triangles {
        let corners = triangle.map(|i| positions[i as usize]);
        if let Some(plane) = Plane::of(corners) {
            paint(corners, plane, view, side, &mut squares);
        }
    }
    let crossings = crossings(positions, triangles, view, side);
    negate_inside(&crossings, side, &mut squares);
    let mut distances = vec![0.0; side * side * side];
    for (column, squares) in squares.chunks_exact(side).enumerate() {
        for (k, square) in squares.iter().enumerate() {
            let distance = square.abs().sqrt();
            distances[k * side * side + column] = if square.is_sign_negative() { -distance } else { distance };
        }
    }
    Columns { side, distances }
}

/// Which points of a grid of `side` samples along each axis of [-1, 1]³ lie inside a closed mesh:
/// `[y, x, z]`, top to bottom, left to right, back to front.
pub fn occupancy(positions: &[Vec3], triangles: &[[u32; 3]], side: usize) -> Vec<bool> {
    let view = View::new(0.0, 0.0, 0.0, 0.0);
    let mut signs = vec![1.0; side * side * side];
    negate_inside(&crossings(positions, triangles, &view, side), side, &mut signs);
    signs.iter().map(|s| *s < 0.0).collect()
}

/// A surface met on the way along a column.
#[derive(Clone, Copy)]
struct Crossing {
    column: u32,
    depth: f32,
    /// +1 going in, −1 going out, on the way to the viewer.
    turn: i32,
}

fn crossings(positions: &[Vec3], triangles: &[[u32; 3]], view: &View, side: usize) -> Vec<Crossing> {
    let pixels: Vec<Vec2> = positions.iter().map(|&p| pixel(side, view.project(p))).collect();
    let mut found = Vec::with_capacity(8 * side * side);
    for triangle in triangles {
        let corners = triangle.map(|i| positions[i as usize]);
        let Some(plane) = Plane::of(corners) else { continue };
        let [low, high] =
            [corners[0].z.min(corners[1].z).min(corners[2].z), corners[0].z.max(corners[1].z).max(corners[2].z)];
        let first = found.len();
        // Rows run down, so a triangle that faces the viewer is clockwise in pixels.
        let backward = scan(triangle.map(|i| pixels[i as usize]), side, |i, j| {
            let depth = plane.depth(view, Columns::place(side, i), -Columns::place(side, j));
            let depth = if depth.is_finite() { depth.clamp(low, high) } else { low };
            found.push(Crossing { column: (j * side + i) as u32, depth, turn: 0 });
        });
        found[first..].iter_mut().for_each(|c| c.turn = if backward { 1 } else { -1 });
    }
    // Ties go in before out, so that touching parts do not open a slit.
    found.sort_unstable_by(|a, b| a.column.cmp(&b.column).then(a.depth.total_cmp(&b.depth)).then(b.turn.cmp(&a.turn)));
    found
}

fn negate_inside(crossings: &[Crossing], side: usize, distances: &mut [f32]) {
    for column in crossings.chunk_by(|a, b| a.column == b.column) {
        let place = column[0].column as usize;
        let mut winding = 0;
        for pair in column.windows(2) {
            winding += pair[0].turn;
            if winding <= 0 {
                continue;
            }
            let index = |depth: f32| ((depth + 1.0) * 0.5 * side as f32 - 0.5).clamp(-1.0, side as f32);
            let (from, to) = (libm::ceilf(index(pair[0].depth)).max(0.0) as usize, index(pair[1].depth));
            let mut k = from;
            while (k as f32) < to && k < side {
                let at = place * side + k;
                distances[at] = -distances[at].abs();
                k += 1;
            }
        }
    }
}

/// Lowers the squared distances of the samples around a triangle.
fn paint(corners: [Vec3; 3], plane: Plane, view: &View, side: usize, squares: &mut [f32]) {
    let half = 0.5 * side as f32;
    let low = corners[0].min(corners[1]).min(corners[2]) - REACH;
    let high = corners[0].max(corners[1]).max(corners[2]) + REACH;
    let c = view.converge;
    let seen = |v: f32, z: f32| v / (1.0 - z.clamp(-1.0, 1.0) * c);
    let ends = |a: f32, b: f32| (seen(a, low.z).min(seen(a, high.z)), seen(b, low.z).max(seen(b, high.z)));
    let (left, right) = ends(low.x, high.x);
    let (bottom, top) = ends(low.y, high.y);
    let range = |a: f32, b: f32| {
        let first = libm::ceilf((a + 1.0) * half - 0.5).clamp(0.0, side as f32) as usize;
        let last = libm::floorf((b + 1.0) * half - 0.5).clamp(-1.0, side as f32 - 1.0);
        first..(last + 1.0) as usize
    };
    let measure = Measure::new(corners, plane);
    let (nearest, farthest) = (1.0 - high.z.min(1.0) * c, 1.0 - low.z.max(-1.0) * c);
    for j in range(-top, -bottom) {
        let y = -Columns::place(side, j);
        for i in range(left, right) {
            let x = Columns::place(side, i);
            // Ranges that the ray covers over the triangle's depths, and how far off the box that is.
            let off = |v: f32, low: f32, high: f32| {
                let (a, b) = (v * nearest, v * farthest);
                (low + REACH - a.max(b)).max(a.min(b) - high + REACH).max(0.0)
            };
            let (dx, dy) = (off(x, low.x, high.x), off(y, low.y, high.y));
            let left = REACH * REACH - dx * dx - dy * dy;
            if left <= 0.0 {
                continue;
            }
            let beyond = REACH - left.sqrt();
            // Depths at which the plane is within reach: |rest + tilt z| ≤ reach.
            let across = plane.normal.x * x + plane.normal.y * y;
            let (rest, tilt) = (across - plane.offset, plane.normal.z - c * across);
            let (mut from, mut to) = (low.z + beyond, high.z - beyond);
            if tilt.abs() > 1e-6 {
                let (a, b) = ((-REACH - rest) / tilt, (REACH - rest) / tilt);
                (from, to) = (from.max(a.min(b)), to.min(a.max(b)));
            } else if rest.abs() > REACH {
                continue;
            }
            let column = &mut squares[(j * side + i) * side..][..side];
            for k in range(from, to) {
                let z = Columns::place(side, k);
                let square = &mut column[k];
                let height = rest + tilt * z;
                if height * height < *square {
                    let found = measure.square(view.on_ray(x, y, z), height);
                    if found < *square {
                        *square = found;
                    }
                }
            }
        }
    }
}

/// Squared distance to one triangle.
struct Measure {
    corners: [Vec3; 3],
    edges: [Vec3; 3],
    /// In the plane, outward from each edge.
    outward: [Vec3; 3],
    inverse_squares: [f32; 3],
}

impl Measure {
    fn new(corners: [Vec3; 3], plane: Plane) -> Self {
        let edges = [corners[1] - corners[0], corners[2] - corners[1], corners[0] - corners[2]];
        let outward = edges.map(|e| e.cross(plane.normal));
        Self { corners, edges, outward, inverse_squares: edges.map(|e| 1.0 / e.length_squared().max(1e-20)) }
    }

    /// `height` is the distance to the plane.
    #[inline]
    fn square(&self, p: Vec3, height: f32) -> f32 {
        let from = self.corners.map(|c| p - c);
        let beyond = [0, 1, 2].map(|e| self.outward[e].dot(from[e]) > 0.0);
        if !(beyond[0] | beyond[1] | beyond[2]) {
            return height * height;
        }
        let mut best = f32::MAX;
        for e in 0..3 {
            if beyond[e] {
                let t = (from[e].dot(self.edges[e]) * self.inverse_squares[e]).clamp(0.0, 1.0);
                best = best.min((from[e] - self.edges[e] * t).length_squared());
            }
        }
        best
    }
}
