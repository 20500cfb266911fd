//! Poisson's equation ∇²u = −c inside a silhouette, u = 0 on its sub-pixel boundary.
//!
//! Discretisation: five-point stencil; an arm cut by the boundary at the fraction θ of its length
//! contributes 1/θ to the diagonal (Gibou, Fedkiw, Cheng, Kang 2002, "A second-order-accurate
//! symmetric discretization of the Poisson equation on irregular domains"), so the matrix stays
//! symmetric positive definite.

use rayon::prelude::*;

use super::five_point::{self, Level};
use super::silhouette::Silhouette;
use crate::progress::{Cancelled, Monitor};

/// Shortest cut arm, as a share of the spacing; below it the matrix would become stiff for nothing.
const SHORTEST_ARM: f32 = 0.02;
/// The residual, relative to the right-hand side, at which the solution is good enough: heights are
/// then off by less than a thousandth.
const TOLERANCE: f64 = 1e-5;

/// Solves ∇²u = −`source` at the samples of `silhouette`'s lattice; 0 outside. In units of length²
/// when `source` is a pure number: for a disc of radius R and `source` 4, u = R² − r².
///
/// # Errors
/// [`Cancelled`].
pub fn solve(silhouette: &Silhouette, source: f32, monitor: &Monitor) -> Result<Vec<f32>, Cancelled> {
    let matrix = matrix(silhouette);
    let scale = source * silhouette.lattice.spacing.powi(2);
    let right: Vec<f32> = matrix.diagonal.iter().map(|&d| if d > 0.0 { 1.0 } else { 0.0 }).collect();
    let mut solution = five_point::solve(matrix, &right, TOLERANCE, monitor)?;
    solution.par_iter_mut().for_each(|u| *u = (*u * scale).max(0.0));
    Ok(solution)
}

/// −∇² of a unit spacing, with cut arms at the boundary.
pub(super) fn matrix(silhouette: &Silhouette) -> Level {
    let [nx, ny] = silhouette.lattice.samples_per_axis;
    let distances = &silhouette.distances;
    let mut level =
        Level { nx, ny, diagonal: vec![0.0; nx * ny], next_x: vec![0.0; nx * ny], next_y: vec![0.0; nx * ny] };
    for (ix, iy) in (0..nx).flat_map(|ix| (0..ny).map(move |iy| (ix, iy))) {
        let here = ix * ny + iy;
        if distances[here] >= 0.0 {
            continue;
        }
        let neighbours =
            [(ix > 0).then(|| here - ny), (ix + 1 < nx).then_some(here + ny), (iy > 0).then(|| here - 1), {
                (iy + 1 < ny).then_some(here + 1)
            }];
        for (arm, neighbour) in neighbours.into_iter().enumerate() {
            let beyond = neighbour.map_or(f32::INFINITY, |n| distances[n]);
            if beyond < 0.0 {
                level.diagonal[here] += 1.0;
                match arm {
                    1 => level.next_x[here] = 1.0,
                    3 => level.next_y[here] = 1.0,
                    _ => {}
                }
            } else {
                let share = if beyond.is_finite() { distances[here] / (distances[here] - beyond) } else { 1.0 };
                level.diagonal[here] += 1.0 / share.max(SHORTEST_ARM);
            }
        }
    }
    level
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::silhouette::Lattice;
    use crate::progress::CancelToken;
    use glam::Vec2;

    fn silhouette(cells: usize, shape: impl Fn(Vec2) -> f32) -> Silhouette {
        let lattice = Lattice::around([Vec2::NEG_ONE, Vec2::ONE], 2.0 / cells as f32, 0);
        let [nx, ny] = lattice.samples_per_axis;
        let distances = (0..nx * ny).map(|k| shape(lattice.position(k / ny, k % ny))).collect();
        Silhouette { lattice, distances }
    }

    #[test]
    fn a_disc_gives_the_paraboloid_and_a_ring_the_textbook_profile() {
        let center = Vec2::new(0.03, -0.02);
        let disc = silhouette(100, |p| p.distance(center) - 0.9);
        let u = solve(&disc, 4.0, &Monitor::silent()).unwrap();
        for (k, &found) in u.iter().enumerate() {
            let r = disc.lattice.position(k / 101, k % 101).distance(center);
            assert!((found - (0.81 - r * r).max(0.0)).abs() < 2e-3, "{r}: {found}");
        }
        // Between radii a < b: u = b² − r² − (b² − a²) ln(b/r) / ln(b/a).
        let (a, b) = (0.4f32, 0.9f32);
        let ring = silhouette(100, |p| (p.length() - 0.65).abs() - 0.25);
        let u = solve(&ring, 4.0, &Monitor::silent()).unwrap();
        for (k, &found) in u.iter().enumerate() {
            let r = ring.lattice.position(k / 101, k % 101).length();
            let inside = b * b - r * r - (b * b - a * a) * (b / r).ln() / (b / a).ln();
            let expected = if (a..b).contains(&r) { inside } else { 0.0 };
            assert!((found - expected).abs() < 2e-3, "{r}: {found} for {expected}");
        }
    }

    #[test]
    fn a_hairline_next_to_a_body_is_solved_too() {
        let shape = |p: Vec2| (p.length() - 0.5).min((p.y - 0.013).abs().max(p.x.abs() - 0.95) - 0.008);
        let both = silhouette(200, shape);
        let u = solve(&both, 4.0, &Monitor::silent()).unwrap();
        assert!((0.0..200.0).contains(&u.iter().copied().fold(0.0, f32::max)));
        for (k, &found) in u.iter().enumerate() {
            assert_eq!(found > 0.0, both.distances[k] < 0.0);
        }
    }

    #[test]
    fn any_number_of_threads_gives_the_same_bits_and_cancel_stops() {
        let shape = silhouette(60, |p| p.length() - 0.8 + 0.1 * (9.0 * p.x).sin());
        let solved = solve(&shape, 4.0, &Monitor::silent()).unwrap();
        for threads in [1, 3] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            assert_eq!(pool.install(|| solve(&shape, 4.0, &Monitor::silent())).unwrap(), solved);
        }
        let token = CancelToken::new();
        token.cancel();
        assert_eq!(solve(&shape, 4.0, &Monitor::new(&token, &|_| {})), Err(Cancelled));
    }
}
