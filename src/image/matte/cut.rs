//! The best labelling of pixels as object or background: each by its colour, neighbours alike unless
//! an edge runs between them (Boykov and Jolly, ICCV 2001, as used in Rother et al., "GrabCut",
//! SIGGRAPH 2004).

use super::lab::{LabImage, distance2};
use super::maxflow::Graph;
use crate::progress::{Cancelled, Monitor};

/// What is known of a pixel before the cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    /// The cut decides.
    Open,
    /// Part of the object.
    Object,
    /// Part of the background.
    Background,
}

/// Whole capacity units per nat.
const UNITS: f32 = 256.0;

/// Largest evidence of one pixel, in nats: no single pixel decides alone.
const MAX_ODDS: f32 = 12.0;

/// Half of the eight neighbours (dx, dy), and one over their distance.
const NEIGHBORS: [(isize, isize, f32); 4] =
    [(1, 0, 1.0), (0, 1, 1.0), (1, 1, std::f32::consts::FRAC_1_SQRT_2), (-1, 1, std::f32::consts::FRAC_1_SQRT_2)];

/// How much neighbours want to be alike.
#[derive(Clone, Copy, Debug)]
pub(super) struct Smoothness {
    /// Cost of a boundary between equal colours, in nats per pixel of length.
    pub strength: f32,
    /// One over twice the mean squared distance between neighbours, in L*a*b*.
    pub beta: f32,
}

impl Smoothness {
    /// Of this `strength`, with the contrast of the picture; `noise2` (squared units of L*a*b*) is
    /// contrast that means nothing.
    pub fn for_picture(lab: &LabImage, strength: f32, noise2: f32) -> Self {
        let (mut sum, mut count) = (0.0_f64, 0_u32);
        for y in 0..lab.height {
            let row = &lab.samples[y * lab.width..(y + 1) * lab.width];
            // A row's sum in f32 first would depend on nothing but the row, too; f64 is simply safe.
            for pair in row.windows(2) {
                sum += f64::from(distance2(&pair[0], &pair[1]));
                count += 1;
            }
        }
        let mean = (sum / f64::from(count.max(1))) as f32;
        Self { strength, beta: 0.5 / (mean + noise2).max(0.5) }
    }

    fn between(&self, lab: &LabImage, a: usize, b: usize, inverse_distance: f32) -> f32 {
        self.strength * inverse_distance * (-self.beta * distance2(&lab.samples[a], &lab.samples[b])).exp()
    }
}

/// Labels every pixel: `true` for the object. `odds` is ln(object : background) by colour alone.
/// `known` and `odds` are as long as the picture has pixels.
///
/// # Errors
/// When cancelled.
pub(super) fn cut(
    lab: &LabImage,
    odds: &[f32],
    known: &[Known],
    smoothness: Smoothness,
    monitor: &Monitor,
) -> Result<Vec<bool>, Cancelled> {
    const NOT_OPEN: u32 = u32::MAX;
    let mut number = vec![NOT_OPEN; known.len()];
    let mut open = Vec::new();
    for index in (0..known.len()).filter(|&i| known[i] == Known::Open) {
        number[index] = open.len() as u32;
        open.push(index);
    }
    let units = |nats: f32| (nats * UNITS).round() as i32;
    let mut terminals: Vec<i32> = open.iter().map(|&i| units(odds[i].clamp(-MAX_ODDS, MAX_ODDS))).collect();
    let mut edges = Vec::with_capacity(open.len() * 4);
    for (a, b, inverse_distance) in pairs(lab.width, lab.height) {
        let (number_a, number_b) = (number[a], number[b]);
        if number_a == NOT_OPEN && number_b == NOT_OPEN {
            continue;
        }
        let capacity = units(smoothness.between(lab, a, b, inverse_distance));
        let (open_end, fixed_end) = match (number_a, number_b) {
            (NOT_OPEN, open_end) => (open_end, a),
            (open_end, NOT_OPEN) => (open_end, b),
            both => {
                edges.push((both.0, both.1, capacity));
                continue;
            }
        };
        // An edge to a pixel that is decided already is evidence for that decision.
        terminals[open_end as usize] += if known[fixed_end] == Known::Object { capacity } else { -capacity };
    }
    monitor.check()?;
    let sides = Graph::new(&terminals, &edges).cut(|| monitor.check())?;
    let mut labels: Vec<bool> = known.iter().map(|k| *k == Known::Object).collect();
    for (&index, side) in open.iter().zip(sides) {
        labels[index] = side;
    }
    Ok(labels)
}

/// All pairs of neighbours, each once.
fn pairs(width: usize, height: usize) -> impl Iterator<Item = (usize, usize, f32)> {
    (0..height).flat_map(move |y| {
        (0..width).flat_map(move |x| {
            NEIGHBORS.iter().filter_map(move |&(dx, dy, inverse_distance)| {
                let (x2, y2) = (x.checked_add_signed(dx)?, y.checked_add_signed(dy)?);
                (x2 < width && y2 < height).then_some((y * width + x, y2 * width + x2, inverse_distance))
            })
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A dark square on a bright ground with weak, noisy evidence.
    #[test]
    fn edges_win_over_noisy_evidence() {
        let (width, height) = (40, 30);
        let inside = |i: usize| (10..30).contains(&(i % width)) && (8..22).contains(&(i / width));
        let samples = (0..width * height).map(|i| if inside(i) { [20.0, 0.0, 0.0] } else { [80.0, 0.0, 0.0] });
        let lab = LabImage { width, height, samples: samples.collect() };
        let noise = |i: usize| ((i * 2_654_435_761) >> 7) % 10 < 2;
        let odds: Vec<f32> = (0..width * height).map(|i| if inside(i) != noise(i) { 1.0 } else { -1.0 }).collect();
        let mut known = vec![Known::Open; width * height];
        known[0] = Known::Background;
        let smoothness = Smoothness::for_picture(&lab, 8.0, 1.0);
        let labels = cut(&lab, &odds, &known, smoothness, &Monitor::silent()).unwrap();
        assert!((0..width * height).all(|i| labels[i] == inside(i)));
    }
}
