//! At which depth to make what a field lacks: on a smooth surface through the middle of what it has, so that a
//! leg of which only the upper half is known goes on where that ends, and the rim of a body closes in one line.
//!
//! The surface is the height c over the silhouette that minimises ∫ w (c − m)² + |∇c|², free at the border: a
//! screened Poisson equation. m is the middle of what is there, or else the depth at which least is missing. Where a
//! guess of the depth is given, c is the surface above the guess, and m the guess where nothing is there: what is made
//! has the guess's slopes, and joins what is there all the same (Pérez et al. 2003, "Poisson image editing").

use rayon::prelude::*;

use super::five_point::{self, Level};
use super::poisson;
use super::silhouette::{Lattice, Silhouette};
use crate::progress::{Cancelled, Monitor};

/// w is one over the square of these lengths, as shares of the lattice's longer side: of what is there, and of
/// what is only likeliest.
const LENGTHS: [f32; 2] = [0.01, 0.15];
/// How strongly the thickness of what is there is kept: over a few samples it is evened out.
const HOLD: f32 = 0.1;
/// Relative residual: depths are then off by less than a hundredth of a sample.
const TOLERANCE: f64 = 1e-4;

/// What one column of a field says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Depth {
    /// It does not take part.
    Away,
    /// Nothing is inside; least is missing at this sample.
    Likely(f32),
    /// What is inside has its middle at this sample.
    Known(f32),
}

/// The depth of the surface in every column, in samples; 0 where the column is away. One depth per column of
/// the silhouette's lattice, and one guess, if there are any.
///
/// # Errors
/// [`Cancelled`].
pub(super) fn heights(
    silhouette: &Silhouette,
    depths: &[Depth],
    guess: Option<&[f32]>,
    monitor: &Monitor,
) -> Result<Vec<f32>, Cancelled> {
    let guessed = |at: usize| guess.map_or(0.0, |guess| guess[at]);
    let above = |(at, depth): (usize, &Depth)| match *depth {
        Depth::Likely(_) if guess.is_some() => Depth::Likely(0.0),
        Depth::Likely(middle) => Depth::Likely(middle),
        Depth::Known(middle) => Depth::Known(middle - guessed(at)),
        Depth::Away => Depth::Away,
    };
    let depths: Vec<Depth> = depths.iter().enumerate().map(above).collect();
    let mut heights = smooth(silhouette, &depths, monitor)?;
    let inside = heights.iter_mut().enumerate().filter(|(at, _)| depths[*at] != Depth::Away);
    inside.for_each(|(at, height)| *height += guessed(at));
    Ok(heights)
}

fn smooth(silhouette: &Silhouette, depths: &[Depth], monitor: &Monitor) -> Result<Vec<f32>, Cancelled> {
    let [nx, ny] = silhouette.lattice.samples_per_axis;
    let longest = nx.max(ny) as f32;
    let [known, likely] = LENGTHS.map(|share| (share * longest).max(1.0).powi(-2));
    let pull = |depth: &Depth| match depth {
        Depth::Away => (0.0, 0.0),
        Depth::Likely(middle) => (likely, *middle),
        Depth::Known(middle) => (known, *middle),
    };
    let mut matrix = Level {
        nx,
        ny,
        diagonal: depths.iter().map(|depth| pull(depth).0).collect(),
        next_x: vec![0.0; nx * ny],
        next_y: vec![0.0; nx * ny],
    };
    for here in 0..nx * ny {
        if depths[here] == Depth::Away {
            continue;
        }
        let mut join = |other: usize, weights: fn(&mut Level) -> &mut Vec<f32>| {
            if depths[other] != Depth::Away {
                weights(&mut matrix)[here] = 1.0;
                matrix.diagonal[here] += 1.0;
                matrix.diagonal[other] += 1.0;
            }
        };
        if here + ny < nx * ny {
            join(here + ny, |level| &mut level.next_x);
        }
        if here % ny + 1 < ny {
            join(here + 1, |level| &mut level.next_y);
        }
    }
    let right: Vec<f32> = depths.iter().map(pull).map(|(weight, middle)| weight * middle).collect();
    five_point::solve(matrix, &right, TOLERANCE, monitor)
}

/// How thick to make what is missing.
pub(super) struct Girth {
    /// Square of half the thickness of round parts, per column, in the lattice's unit; 0 outside.
    round: Vec<f32>,
    /// The same of what joins them to what is there.
    joint: Vec<f32>,
    /// Lengths of the gradients of both.
    slopes: [Vec<f32>; 2],
}

impl Girth {
    /// Round where the silhouette is thin (h² = u with ∇²u = −2 is a circle for a rod), no thicker than
    /// `2 * limit`; next to what is there as thick as that, rounded off to nothing at the outline (∇²h² = 0).
    /// `halves` has half the thickness of what is there, 0 where nothing is; thick parts count for more, since
    /// what is there thins out before it ends.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub(super) fn of(
        silhouette: &Silhouette,
        halves: &[f32],
        limit: f32,
        monitor: &Monitor,
    ) -> Result<Self, Cancelled> {
        let mut round = poisson::solve(silhouette, 2.0, monitor)?;
        round.iter_mut().for_each(|u| *u *= limit * limit / (*u + limit * limit));
        let mut matrix = poisson::matrix(silhouette);
        let thickest = halves.iter().copied().fold(f32::MIN_POSITIVE, f32::max);
        let mut right = vec![0.0; halves.len()];
        for (column, &half) in halves.iter().enumerate().filter(|(_, half)| **half > 0.0) {
            if matrix.diagonal[column] > 0.0 {
                let hold = HOLD * (half / thickest).powi(2);
                matrix.diagonal[column] += hold;
                right[column] = hold * half * half;
            }
        }
        let joint = five_point::solve(matrix, &right, TOLERANCE, monitor)?;
        let slopes = [&round, &joint].map(|values| slopes(values, silhouette));
        Ok(Self { round, joint, slopes })
    }

    /// About the distance from the surface of what is made, at `away` before or behind its middle, where only these
    /// shares of round parts and of what joins count.
    pub(super) fn distance(&self, column: usize, [round, joint]: [f32; 2], away: f32) -> f32 {
        let shape = |square: f32, slope: f32| {
            let steepness = (4.0 * away * away + slope * slope).sqrt();
            (away * away - square) / steepness.max(1e-6)
        };
        let round = shape(round * self.round[column], self.slopes[0][column]);
        round.min(shape(joint * self.joint[column], self.slopes[1][column]))
    }
}

/// Length of the gradient, by central differences.
fn slopes(values: &[f32], silhouette: &Silhouette) -> Vec<f32> {
    let Lattice { samples_per_axis: [nx, ny], spacing, .. } = silhouette.lattice;
    let slope = |here: usize| {
        let (x, y) = (here / ny, here % ny);
        let across = values[(x + 1).min(nx - 1) * ny + y] - values[x.saturating_sub(1) * ny + y];
        let along = values[x * ny + (y + 1).min(ny - 1)] - values[x * ny + y.saturating_sub(1)];
        across.hypot(along) / (2.0 * spacing)
    };
    (0..values.len()).into_par_iter().map(slope).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use glam::Vec2;

    fn plane(depth: impl Fn(usize, usize) -> Depth) -> (Silhouette, Vec<Depth>) {
        let lattice = Lattice { samples_per_axis: [40, 60], origin: Vec2::ZERO, spacing: 0.1 };
        let depths = (0..40 * 60).map(|at| depth(at / 60, at % 60)).collect();
        (Silhouette { lattice, distances: vec![-1.0; 40 * 60] }, depths)
    }

    #[test]
    fn it_keeps_to_what_is_known_and_goes_on_smoothly() {
        // A slope whose lower part is not known, and likeliest at another depth here and there.
        let (silhouette, depths) = plane(|_, y| match y {
            0..30 => Depth::Known(20.0 + 0.2 * y as f32),
            _ => Depth::Likely(if y % 2 == 0 { 10.0 } else { 50.0 }),
        });
        let heights = heights(&silhouette, &depths, None, &Monitor::silent()).unwrap();
        for (at, height) in heights.iter().enumerate() {
            let y = at % 60;
            let step = if y + 1 < 60 { (heights[at + 1] - height).abs() } else { 0.0 };
            assert!(step < 1.0, "{y}: {step}");
            assert!(y >= 28 || (height - 20.0 - 0.2 * y as f32).abs() < 0.5, "{y}: {height}");
            assert!((19.0..33.0).contains(height), "{y}: {height}");
        }
    }

    #[test]
    fn what_is_guessed_gives_its_slopes_and_not_its_place() {
        let (silhouette, depths) = plane(|_, y| if y < 30 { Depth::Known(20.0) } else { Depth::Likely(3.0) });
        // Ten samples too far in front everywhere, and rising from where nothing is known.
        let guess: Vec<f32> = (0..40 * 60).map(|at| 30.0 + (at as f32 % 60.0 - 30.0).max(0.0)).collect();
        let heights = heights(&silhouette, &depths, Some(&guess), &Monitor::silent()).unwrap();
        for (at, height) in heights.iter().enumerate() {
            let y = (at % 60) as f32;
            assert!(y > 28.0 || (height - 20.0).abs() < 0.5, "{y}: {height}");
            // It comes back to the guess slowly.
            assert!(y < 32.0 || (y - 10.5..y).contains(height), "{y}: {height}");
            let step = if y < 59.0 { heights[at + 1] - height } else { 0.0 };
            assert!(step.abs() < 2.5, "{y}: {step}");
        }
    }

    #[test]
    fn parts_that_do_not_touch_know_nothing_of_each_other() {
        let (silhouette, depths) = plane(|x, _| match x {
            0..15 => Depth::Likely(7.0),
            15..20 => Depth::Away,
            _ => Depth::Known(30.0),
        });
        let heights = heights(&silhouette, &depths, None, &Monitor::silent()).unwrap();
        for (at, height) in heights.iter().enumerate() {
            let expected = [7.0, 0.0, 30.0][usize::from(at / 60 >= 15) + usize::from(at / 60 >= 20)];
            assert!((height - expected).abs() < 0.02, "{at}: {height}");
        }
    }

    #[test]
    fn a_rod_is_round_and_a_rim_goes_down_to_the_outline() {
        let lattice = Lattice { samples_per_axis: [81, 161], origin: Vec2::splat(-1.0), spacing: 0.025 };
        let distances: Vec<f32> = (0..81 * 161).map(|at| lattice.position(at / 161, at % 161).x.abs() - 0.2).collect();
        let silhouette = Silhouette { lattice, distances };
        // A body 0.3 thick up to y = 1, 0.05 short of the outline.
        let halves: Vec<f32> = (0..81 * 161)
            .map(|at| lattice.position(at / 161, at % 161))
            .map(|p| if p.y < 1.0 && p.x.abs() < 0.15 { 0.15 } else { 0.0 })
            .collect();
        let girth = Girth::of(&silhouette, &halves, 10.0, &Monitor::silent()).unwrap();
        let surface = |x: f32, y: f32| {
            let column = ((x + 1.0) / 0.025).round() as usize * 161 + ((y + 1.0) / 0.025).round() as usize;
            (0..400).map(|k| k as f32 * 1e-3).find(|&away| girth.distance(column, [1.0; 2], away) > 0.0).unwrap_or(1.0)
        };
        assert!((surface(0.0, 2.0) - 0.2).abs() < 0.01 && (surface(0.1, 2.0) - 0.03f32.sqrt()).abs() < 0.01);
        let rim = surface(0.175, 0.0);
        assert!((0.09..0.15).contains(&rim), "{rim}");
        assert!(surface(0.225, 0.0) < 0.005 && surface(0.225, 2.0) < 0.005);
        let thin = Girth::of(&silhouette, &vec![0.0; halves.len()], 0.05, &Monitor::silent()).unwrap();
        assert!(
            thin.distance(40 * 161 + 80, [1.0; 2], 0.05) > 0.0 && thin.distance(40 * 161 + 80, [1.0; 2], 0.03) < 0.0
        );
    }
}
