//! A void inside a solid.

use rayon::prelude::*;

use crate::field::distance::redistance;
use crate::field::{FieldError, ScalarGrid};
use crate::progress::Monitor;

/// Empties the solid down to a wall of thickness `wall`, in the unit of positions.
///
/// The outer surface stays where it is; the void's surface is everywhere `wall` away from it, so
/// parts thinner than twice the wall stay solid. The void is closed: nothing can drain from it.
/// A wall below two cells cannot be resolved and may get holes; `wall <= 0` changes nothing.
///
/// # Errors
/// [`FieldError::Empty`] when nothing is inside, a malformed grid, or cancellation.
pub fn hollow(grid: &ScalarGrid, wall: f32, monitor: &Monitor) -> Result<ScalarGrid, FieldError> {
    if wall.is_nan() || wall <= 0.0 {
        grid.validate_size()?;
        return Ok(grid.clone());
    }
    let mut shell = redistance(grid, monitor)?;
    // Beside the outer surface the old values stay, so that it does not move at all. That needs
    // both samples of a cut edge, which are less than a cell deep, to be nearer to it than to the
    // void.
    let keeps_outside = wall > 2.0 * grid.spacing;
    shell.samples.par_iter_mut().zip(&grid.samples).for_each(|(distance, &old)| {
        let into_void = -(*distance + wall);
        *distance = match keeps_outside {
            true if *distance > -0.5 * wall => old,
            true => into_void,
            false => distance.max(into_void),
        };
    });
    Ok(shell)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesh::topology::Topology;
    use crate::surface::extract;
    use glam::Vec3;

    #[test]
    fn a_hollow_ball_has_the_same_outside_and_a_void_at_the_walls_depth() {
        let center = Vec3::new(0.05, -0.1, 0.02);
        let ball = ScalarGrid::from_fn([72; 3], Vec3::splat(-1.0), 2.0 / 71.0, |p| 3.0 * (p.distance(center) - 0.8));
        let solid = extract(&ball, &Monitor::silent()).unwrap();
        let hollow = extract(&hollow(&ball, 0.2, &Monitor::silent()).unwrap(), &Monitor::silent()).unwrap();
        let topology = Topology::of(&hollow);
        assert!(topology.is_manifold());
        let [outer, void] = topology.shells[..] else { panic!("{} shells", topology.shells.len()) };
        assert_eq!(outer.triangle_count as usize, solid.triangle_indices.len());
        assert!((outer.signed_volume - solid.signed_volume()).abs() < 1e-6);
        assert!(void.signed_volume < 0.0);
        let bounds = |p: Vec3| (p.distance(center) - 0.6).abs() < 0.1 * ball.spacing;
        let on_void = hollow.triangle_indices.iter().zip(&topology.shell_of_triangle).filter(|(_, s)| **s == 1);
        assert!(on_void.flat_map(|(t, _)| t).all(|&v| bounds(hollow.vertex_positions[v as usize])));
    }

    #[test]
    fn parts_thinner_than_two_walls_stay_solid_and_no_wall_changes_nothing() {
        let ball = ScalarGrid::from_fn([40; 3], Vec3::splat(-1.0), 2.0 / 39.0, |p| p.length() - 0.5);
        let same = hollow(&ball, 0.6, &Monitor::silent()).unwrap();
        let shells = |field: &ScalarGrid| Topology::of(&extract(field, &Monitor::silent()).unwrap()).shells.len();
        assert_eq!(shells(&same), 1);
        assert_eq!(hollow(&ball, 0.0, &Monitor::silent()).unwrap(), ball);
    }
}
