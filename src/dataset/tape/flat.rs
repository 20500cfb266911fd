//! Plane figures with exact signed distances: outlines of extruded solids and profiles of turned ones.

#![allow(clippy::needless_range_loop, reason = "several lanes run side by side")]

use glam::Vec2;

use super::{BATCH, Lane};

/// A figure in the plane.
#[derive(Clone, Debug, PartialEq)]
pub enum Flat {
    /// Simple polygons, even-odd; edges that lie on x = 0 bound nothing when `open_axis`.
    Polygon {
        /// Closed rings of corners.
        rings: Vec<Vec<Vec2>>,
        /// For profiles of turned solids: the axis is inside.
        open_axis: bool,
        /// Rounds the figure outward by this.
        grow: f32,
    },
    /// A line of this half width along points; each entry is one stroke.
    Strokes(Vec<Vec<Vec2>>, f32),
    /// Discs: centre and radius; negative radii are holes.
    Discs(Vec<(Vec2, f32)>),
}

/// Room for the parity of a polygon.
pub struct Aid {
    inside: [bool; BATCH],
}

impl Default for Aid {
    fn default() -> Self {
        Self { inside: [false; BATCH] }
    }
}

impl Flat {
    /// A polygon of one ring.
    pub fn ring(corners: Vec<Vec2>) -> Self {
        Self::Polygon { rings: vec![corners], open_axis: false, grow: 0.0 }
    }

    /// A profile of a turned solid.
    pub fn profile(corners: Vec<Vec2>, grow: f32) -> Self {
        Self::Polygon { rings: vec![corners], open_axis: true, grow }
    }

    /// The signed distance at every point.
    pub fn distances(&self, x: &Lane, y: &Lane, aid: &mut Aid, out: &mut Lane) {
        match self {
            Self::Polygon { rings, open_axis, grow } => {
                out.fill(f32::MAX);
                aid.inside.fill(false);
                for ring in rings {
                    polygon(ring, *open_axis, x, y, &mut aid.inside, out);
                }
                for i in 0..BATCH {
                    let d = out[i].sqrt();
                    out[i] = if aid.inside[i] { -d } else { d } - grow;
                }
            }
            Self::Strokes(strokes, half_width) => {
                out.fill(f32::MAX);
                for pair in strokes.iter().flat_map(|s| s.windows(2)) {
                    for i in 0..BATCH {
                        let d = to_segment(pair[0], pair[1], x[i], y[i]);
                        out[i] = if d < out[i] { d } else { out[i] };
                    }
                }
                out.iter_mut().for_each(|d| *d = d.sqrt() - half_width);
            }
            Self::Discs(discs) => {
                out.fill(f32::MAX);
                for (center, radius) in discs {
                    for i in 0..BATCH {
                        let (dx, dy) = (x[i] - center.x, y[i] - center.y);
                        let d = (dx * dx + dy * dy).sqrt() - radius.abs();
                        let kept = if d < out[i] { d } else { out[i] };
                        let cut = if -d > out[i] { -d } else { out[i] };
                        out[i] = if *radius >= 0.0 { kept } else { cut };
                    }
                }
            }
        }
    }
}

/// Squared distance to a segment.
#[inline]
fn to_segment(a: Vec2, b: Vec2, x: f32, y: f32) -> f32 {
    let (ex, ey) = (b.x - a.x, b.y - a.y);
    let (wx, wy) = (x - a.x, y - a.y);
    let square = ex * ex + ey * ey;
    let t = (wx * ex + wy * ey) / if square > 1e-12 { square } else { 1e-12 };
    let t = if t < 0.0 { 0.0 } else { t };
    let t = if t > 1.0 { 1.0 } else { t };
    let (dx, dy) = (wx - ex * t, wy - ey * t);
    dx * dx + dy * dy
}

/// Squared distance to the edges, and the parity of edges to the right.
fn polygon(ring: &[Vec2], open_axis: bool, x: &Lane, y: &Lane, inside: &mut [bool; BATCH], out: &mut Lane) {
    let Some(&last) = ring.last() else { return };
    let mut from = last;
    for &to in ring {
        let (a, b) = (from, to);
        from = to;
        if open_axis && a.x <= 0.0 && b.x <= 0.0 {
            continue;
        }
        for i in 0..BATCH {
            let d = to_segment(a, b, x[i], y[i]);
            out[i] = if d < out[i] { d } else { out[i] };
            let straddles = (a.y <= y[i]) != (b.y <= y[i]);
            let rise = b.y - a.y;
            let side = (b.x - a.x) * (y[i] - a.y) - (x[i] - a.x) * rise;
            let right = if rise > 0.0 { side > 0.0 } else { side < 0.0 };
            inside[i] ^= straddles & right;
        }
    }
}
