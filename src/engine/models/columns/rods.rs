//! Parts of the outline that are narrower than the network's columns can tell.
//!
//! It does not know where in depth a rod lies and spreads it: what it makes of parts narrower than two columns is
//! two to three times as deep as they are wide, where true ones are hardly deeper than wide. They are made round
//! around the middle of what is predicted. What is predicted much deeper is a plate seen from its edge and stays.

use glam::Vec2;

use super::column::Column;
use crate::field::silhouette::Silhouette;

/// Half widths, in the frame's unit: all of the rule up to the first, nothing of it from the second on.
const NARROW: [f32; 2] = [0.08, 0.12];
/// Half depths, likewise.
const SHALLOW: [f32; 2] = [0.15, 0.30];
/// Depth of a rod in units of its width.
const DEPTH: f32 = 1.4;
/// A neighbour's disc holds this one if it is larger by the way there; nearly so from this share of the way on.
const SLOPE: f32 = 0.9;

/// Where along a column there may be anything.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rod {
    middle: f32,
    half: f32,
}

impl Rod {
    /// Of a column in a part of the outline of this half width; `None` where it stays as it is.
    pub fn of(column: &Column, half_width: f32) -> Option<Self> {
        if half_width >= NARROW[1] {
            return None;
        }
        let (depth, middle) = column.inside()?;
        let half = 0.5 * depth;
        let share = falling(half_width, NARROW) * falling(half, SHALLOW);
        let round = half + (DEPTH * half_width - half) * share;
        (round < half).then_some(Self { middle, half: round })
    }

    /// Distance along the column to where there may be anything, negative inside.
    pub fn distance(&self, z: f32) -> f32 {
        (z - self.middle).abs() - self.half
    }
}

/// 1 up to the first, 0 from the second on, smooth between them.
fn falling(value: f32, [from, to]: [f32; 2]) -> f32 {
    let t = ((to - value) / (to - from)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// For every sample of the silhouette's lattice the radius of the largest disc that lies in the outline and holds it, up
/// to the width at which rods end; 0 outside.
pub(super) fn half_widths(silhouette: &Silhouette) -> Vec<f32> {
    let [nx, ny] = silhouette.lattice.samples_per_axis;
    let spacing = silhouette.lattice.spacing;
    let distance = |ix: usize, iy: usize| -silhouette.distances[ix * ny + iy];
    let mut widths: Vec<f32> = silhouette.distances.iter().map(|d| (-d).clamp(0.0, NARROW[1])).collect();
    for (ix, iy) in (0..nx).flat_map(|ix| (0..ny).map(move |iy| (ix, iy))) {
        let radius = distance(ix, iy);
        // Discs of the widest kind cover, from near their own border, all that larger ones do.
        if radius <= 0.0 || radius > NARROW[1] + 2.0 * spacing || !is_center(distance, [ix, iy], [nx, ny], spacing) {
            continue;
        }
        stamp(&mut widths, [ix, iy], [nx, ny], radius.min(NARROW[1]), spacing);
    }
    for (width, distance) in widths.iter_mut().zip(&silhouette.distances) {
        if *distance >= 0.0 {
            *width = 0.0;
        }
    }
    widths
}

/// Whether no neighbour's disc holds that of this sample, nearly; always where it is as wide as is looked at.
fn is_center(distance: impl Fn(usize, usize) -> f32, [ix, iy]: [usize; 2], [nx, ny]: [usize; 2], spacing: f32) -> bool {
    let own = distance(ix, iy);
    if own >= NARROW[1] {
        return true;
    }
    let steps = [(-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1)];
    steps.into_iter().all(|(dx, dy): (i32, i32)| {
        let (Some(x), Some(y)) = (ix.checked_add_signed(dx as isize), iy.checked_add_signed(dy as isize)) else {
            return true;
        };
        let away = Vec2::new(dx as f32, dy as f32).length() * spacing;
        x >= nx || y >= ny || distance(x, y) - own < SLOPE * away
    })
}

/// Raises what lies in a disc, and half a cell around it, to its radius.
fn stamp(widths: &mut [f32], [ix, iy]: [usize; 2], [nx, ny]: [usize; 2], radius: f32, spacing: f32) {
    let reach = radius / spacing + 0.5;
    let around = |at: usize, end: usize| {
        let low = (at as f32 - reach).ceil().max(0.0) as usize;
        low..=((at as f32 + reach) as usize).min(end - 1)
    };
    for x in around(ix, nx) {
        for y in around(iy, ny) {
            let away = Vec2::new(x as f32 - ix as f32, y as f32 - iy as f32).length();
            if away <= reach {
                let width = &mut widths[x * ny + y];
                *width = width.max(radius);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::silhouette::Lattice;

    /// A disc of radius 0.4 on a stick of half width 0.05.
    fn lollipop(p: Vec2) -> f32 {
        (p.distance(Vec2::new(0.0, 0.4)) - 0.4).min(p.x.abs().max((p.y + 0.4).abs() - 0.5) - 0.05)
    }

    #[test]
    fn a_stick_is_narrow_and_its_disc_is_not() {
        for spacing in [0.03, 0.011] {
            let lattice = Lattice::around([Vec2::splat(-0.9), Vec2::splat(0.9)], spacing, 2);
            let [nx, ny] = lattice.samples_per_axis;
            let place = |at: usize| lattice.position(at / ny, at % ny);
            let distances: Vec<f32> = (0..nx * ny).map(|at| lollipop(place(at))).collect();
            let silhouette = Silhouette { lattice, distances };
            for (at, width) in half_widths(&silhouette).into_iter().enumerate() {
                let (p, outside) = (place(at), silhouette.distances[at] >= 0.0);
                if outside {
                    assert_eq!(width, 0.0);
                } else if p.y < -0.15 && p.y > -0.8 {
                    assert!((width - 0.05).abs() < 0.6 * spacing, "{p}: {width}");
                } else if p.y > 0.1 {
                    assert_eq!(width, NARROW[1], "{p}");
                }
            }
        }
    }

    /// A column that is inside between two heights.
    fn between(from: f32, to: f32) -> Column {
        let z = |k: usize| (2 * k + 1) as f32 / 64.0 - 1.0;
        Column { values: (0..64).map(|k| (z(k) - to).max(from - z(k)).clamp(-0.125, 0.125)).collect() }
    }

    #[test]
    fn rods_become_round_and_plates_stay() {
        let rod = Rod::of(&between(0.2, 0.44), 0.05).unwrap();
        assert!((rod.middle - 0.32).abs() < 1e-3 && (rod.half - DEPTH * 0.05).abs() < 1e-3, "{rod:?}");
        assert!(rod.distance(0.32) < 0.0 && rod.distance(0.25).abs() < 2e-3 && rod.distance(0.5) > 0.0);
        assert_eq!(Rod::of(&between(-0.4, 0.5), 0.05), None, "a plate");
        assert_eq!(Rod::of(&between(0.2, 0.44), 0.13), None, "a wide part");
        assert_eq!(Rod::of(&between(0.2, 0.24), 0.05), None, "thin already");
        assert_eq!(Rod::of(&Column { values: vec![0.1; 64] }, 0.05), None, "nothing");
    }
}
