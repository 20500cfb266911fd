//! Thin parts made thick enough to print.

use glam::Vec3;
use rayon::prelude::*;

use super::padded;
use crate::field::distance::Feet;
use crate::field::nearest::{NONE, nearest_sites};
use crate::field::{FieldError, ScalarGrid};
use crate::progress::{Cancelled, Monitor};

/// Grows whatever is thinner than `min_wall` (in the unit of positions) until it is that thick, and
/// leaves the rest alone. The grid grows where the solid needs room.
///
/// Thin means: on the medial axis, with opposite sides less than `min_wall` apart, and not merely a
/// ridge on a thicker part (an opening with a ball of that diameter would remove it and more).
/// Edges of 90° stay as they are; points, blades and the rims of sheets get rounder and grow outward
/// by up to half of `min_wall`. When nothing is thin the field comes back as it was; otherwise its
/// values become true distances.
///
/// It cannot see parts thinner than about a cell, closes slits narrower than the growth beside a
/// thin part, and does not widen necks: a thin part's junction with a thick one gets a fillet.
/// `min_wall <= 0` changes nothing.
///
/// # Errors
/// [`FieldError::Empty`] when nothing is inside, a malformed grid, or cancellation.
pub fn thicken(grid: &ScalarGrid, min_wall: f32, monitor: &Monitor) -> Result<ScalarGrid, FieldError> {
    grid.validate_size()?;
    if min_wall.is_nan() || min_wall <= 0.0 {
        return Ok(grid.clone());
    }
    let radius = 0.5 * min_wall / grid.spacing;
    let roomy = with_room(grid, radius)?;
    let feet = Feet::of(&roomy, monitor)?;
    let mut distances = feet.signed_distances(&roomy, monitor)?;
    let mut thin = thin_samples(&roomy, &feet, &distances, radius, monitor)?;
    drop(feet);
    if !thin.is_empty() {
        keep_those_off_thick_parts(&mut thin, &roomy, &distances, radius, monitor)?;
    }
    if thin.is_empty() {
        return Ok(grid.clone());
    }
    grow(&roomy, &mut distances, &thin, radius, monitor)?;
    distances.par_iter_mut().for_each(|d| *d *= grid.spacing);
    Ok(ScalarGrid { samples: distances, ..roomy })
}

/// A sample on the medial axis of a thin part.
struct Thin {
    sample: usize,
    /// Half of the local thickness in cells.
    half: f32,
}

/// The grid with room for the solid to grow by `radius` cells.
fn with_room(grid: &ScalarGrid, radius: f32) -> Result<ScalarGrid, FieldError> {
    let bounds = grid.surface_bounds().ok_or(FieldError::Empty)?;
    let need = radius.ceil() + 2.0;
    let low = (bounds.min - grid.origin) / grid.spacing;
    let high = (bounds.max - grid.origin) / grid.spacing;
    let missing = |room: f32| (need - room).ceil().max(0.0) as usize;
    let before = std::array::from_fn(|a| missing(low[a]));
    let behind = std::array::from_fn(|a| missing((grid.samples_per_axis[a] - 1) as f32 - high[a]));
    Ok(padded(grid, before, behind))
}

fn place_of(grid: &ScalarGrid, sample: usize) -> [usize; 3] {
    let [_, ny, nz] = grid.samples_per_axis;
    [sample / (ny * nz), sample / nz % ny, sample % nz]
}

/// The samples around `sample`, itself left out, that lie in the grid.
fn neighbors(grid: &ScalarGrid, sample: usize) -> impl Iterator<Item = usize> {
    let size = grid.samples_per_axis;
    let place = place_of(grid, sample);
    let steps = (0..27usize).filter(|&i| i != 13).map(|i| [i / 9, i / 3 % 3, i % 3]);
    steps.filter_map(move |step| {
        let [x, y, z]: [usize; 3] = std::array::from_fn(|a| (place[a] + step[a]).wrapping_sub(1));
        (x < size[0] && y < size[1] && z < size[2]).then_some((x * size[1] + y) * size[2] + z)
    })
}

/// The inside samples less than `radius` deep beside which the nearest surface is on the opposite
/// side, with half the distance of the two sides, where that is less than `radius`.
fn thin_samples(
    grid: &ScalarGrid,
    feet: &Feet,
    distances: &[f32],
    radius: f32,
    monitor: &Monitor,
) -> Result<Vec<Thin>, Cancelled> {
    // Cosine of the angle between the two sides' normals: edges of 90° and more are no blades.
    const OPPOSITE: f32 = -0.3;
    let layer = grid.samples_per_axis[1] * grid.samples_per_axis[2];
    let layers = distances.par_chunks(layer).enumerate().map(|(x, layer_distances)| {
        monitor.check()?;
        let mut thin = Vec::new();
        let shallow = layer_distances.iter().enumerate().filter(|(_, d)| **d < 0.0 && **d > -radius);
        for sample in shallow.map(|(i, _)| x * layer + i) {
            let foot = feet.nearest[sample] as usize;
            let (point, normal) = (feet.points[foot], feet.normals[foot]);
            // Neighbours outside count too: a sheet may be a single sample thick.
            let opposite = neighbors(grid, sample)
                .map(|n| feet.nearest[n] as usize)
                .filter(|&other| feet.normals[other].dot(normal) < OPPOSITE);
            let half = opposite.map(|other| 0.5 * normal.dot(point - feet.points[other])).fold(0.0, f32::max);
            if half > 0.0 && half < radius {
                thin.push(Thin { sample, half });
            }
        }
        Ok(thin)
    });
    Ok(layers.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}

/// Drops the samples that lie in, or as a small bump on, what an opening with a ball of `radius`
/// leaves: bumps and grain of a thick part are not thin walls.
fn keep_those_off_thick_parts(
    thin: &mut Vec<Thin>,
    grid: &ScalarGrid,
    distances: &[f32],
    radius: f32,
    monitor: &Monitor,
) -> Result<(), Cancelled> {
    let (mut owners, mut sites) = (vec![NONE; distances.len()], Vec::new());
    for (sample, _) in distances.iter().enumerate().filter(|(_, d)| **d <= -radius) {
        owners[sample] = sites.len() as u32;
        sites.push(Vec3::from_array(place_of(grid, sample).map(|i| i as f32)));
    }
    if sites.is_empty() {
        return Ok(());
    }
    let nearest = nearest_sites(grid.samples_per_axis, 0, owners, &sites, monitor)?;
    thin.retain(|t| {
        let place = Vec3::from_array(place_of(grid, t.sample).map(|i| i as f32));
        sites[nearest[t.sample] as usize].distance(place) > 1.5 * radius + 1.0
    });
    Ok(())
}

/// Lowers the distances around the thin samples by what is missing to `radius`.
fn grow(
    grid: &ScalarGrid,
    distances: &mut [f32],
    thin: &[Thin],
    radius: f32,
    monitor: &Monitor,
) -> Result<(), Cancelled> {
    let mut owners = vec![NONE; distances.len()];
    thin.iter().enumerate().for_each(|(number, t)| owners[t.sample] = number as u32);
    // The mean over the neighbours: grain of a fraction of a cell would show on the new surface.
    let missing = thin.par_iter().map(|t| {
        let around = neighbors(grid, t.sample).filter_map(|n| thin.get(owners[n] as usize));
        let (sum, count) = around.fold((t.half, 1.0), |(sum, count), n| (sum + n.half, count + 1.0));
        (radius - sum / count).max(0.0)
    });
    let missing: Vec<f32> = missing.collect();
    let sites: Vec<Vec3> = thin.iter().map(|t| Vec3::from_array(place_of(grid, t.sample).map(|i| i as f32))).collect();
    let nearest = nearest_sites(grid.samples_per_axis, 0, owners, &sites, monitor)?;
    distances.par_iter_mut().zip(&nearest).enumerate().for_each(|(sample, (distance, &site))| {
        let place = Vec3::from_array(place_of(grid, sample).map(|i| i as f32));
        let far = sites[site as usize].distance(place);
        // In full as far as the thickened part reaches, then fading out into a fillet.
        let beyond = ((far - radius - 1.0) / (radius + 1.0)).clamp(0.0, 1.0);
        *distance -= missing[site as usize] * (1.0 - beyond * beyond * (3.0 - 2.0 * beyond));
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesh::topology::Topology;
    use crate::surface::extract;

    const CELL: f32 = 2.0 / 63.0;

    fn field(value_at: impl Fn(Vec3) -> f32 + Sync) -> ScalarGrid {
        ScalarGrid::from_fn([64; 3], Vec3::splat(-1.0), CELL, value_at)
    }

    fn brick(p: Vec3, half: Vec3) -> f32 {
        let q = p.abs() - half;
        q.max(Vec3::ZERO).length() + q.max_element().min(0.0)
    }

    /// How thick the solid is along z through the points `[x, y]`.
    fn thickness(field: &ScalarGrid, x: f32, y: f32) -> f32 {
        let column = |v: f32, axis: usize| ((v - field.origin[axis]) / field.spacing).round() as usize;
        let start = field.index(column(x, 0), column(y, 1), 0);
        let samples = &field.samples[start..start + field.samples_per_axis[2]];
        let cut = |w: &[f32]| if (w[0] < 0.0) != (w[1] < 0.0) { w[0].abs() / (w[0] - w[1]).abs() } else { 0.0 };
        samples
            .windows(2)
            .map(|w| match (w[0] < 0.0, w[1] < 0.0) {
                (true, true) => field.spacing,
                (false, false) => 0.0,
                (true, false) => field.spacing * cut(w),
                (false, true) => field.spacing * (1.0 - cut(w)),
            })
            .sum()
    }

    #[test]
    fn a_thin_plate_grows_to_the_wall_and_not_much_more() {
        for half in [0.025, 0.04, 0.06] {
            let plate = field(|p| brick(p - Vec3::splat(0.013), Vec3::new(0.6, 0.6, half)));
            let wall = 0.2;
            let thick = thicken(&plate, wall, &Monitor::silent()).unwrap();
            for (x, y) in [(0.0, 0.0), (0.3, -0.4), (-0.45, 0.45)] {
                let found = thickness(&thick, x, y);
                assert!((wall - 0.2 * CELL..wall + 0.6 * CELL).contains(&found), "half {half}: {found}");
            }
            assert!(Topology::of(&extract(&thick, &Monitor::silent()).unwrap()).is_manifold());
        }
    }

    #[test]
    fn an_oblique_plate_and_a_rod_grow_evenly() {
        let normal = Vec3::new(0.3, 0.5, 0.81).normalize();
        let plate = field(|p| (p.dot(normal).abs() - 0.04).max(p.length() - 0.8));
        let thick = thicken(&plate, 0.2, &Monitor::silent()).unwrap();
        let mesh = extract(&thick, &Monitor::silent()).unwrap();
        let inner = mesh.vertex_positions.iter().filter(|p| p.length() < 0.5);
        let (least, most) = inner.map(|p| p.dot(normal).abs()).fold((1f32, 0f32), |(l, m), d| (l.min(d), m.max(d)));
        assert!(least > 0.1 - 0.2 * CELL && most < 0.1 + 0.5 * CELL, "{least} to {most}");

        let rod = field(|p| (p.truncate().length() - 0.05).max(p.z.abs() - 0.7));
        let thick = thicken(&rod, 0.3, &Monitor::silent()).unwrap();
        let mesh = extract(&thick, &Monitor::silent()).unwrap();
        let inner = mesh.vertex_positions.iter().filter(|p| p.z.abs() < 0.5);
        let (least, most) = inner.map(|p| p.truncate().length()).fold((1f32, 0f32), |(l, m), d| (l.min(d), m.max(d)));
        assert!(least > 0.15 - 0.2 * CELL && most < 0.15 + 0.6 * CELL, "{least} to {most}");
    }

    #[test]
    fn thick_parts_and_their_edges_stay_as_they_are() {
        let block = field(|p| brick(p, Vec3::new(0.5, 0.4, 0.3)));
        assert_eq!(thicken(&block, 0.2, &Monitor::silent()).unwrap(), block);
        let ball = field(|p| p.length() - 0.5);
        assert_eq!(thicken(&ball, 0.3, &Monitor::silent()).unwrap(), ball);
        assert_eq!(thicken(&ball, 0.0, &Monitor::silent()).unwrap(), ball);
    }

    #[test]
    fn a_fin_grows_and_the_block_it_stands_on_does_not() {
        let block = |p: Vec3| brick(p + Vec3::Y * 0.4, Vec3::new(0.5, 0.3, 0.4));
        let fin = |p: Vec3| brick(p - Vec3::Y * 0.3, Vec3::new(0.5, 0.45, 0.03));
        let before = field(|p| block(p).min(fin(p)));
        let after = thicken(&before, 0.2, &Monitor::silent()).unwrap();
        assert!(thickness(&before, 0.0, 0.5) < 0.08 && thickness(&after, 0.0, 0.5) > 0.2 - 0.2 * CELL);
        let bounds = |f: &ScalarGrid| f.surface_bounds().unwrap();
        assert!((bounds(&before).min.y - bounds(&after).min.y).abs() < 0.15 * CELL, "the bottom moved");
        assert!((thickness(&before, 0.0, -0.4) - thickness(&after, 0.0, -0.4)).abs() < 0.3 * CELL);
    }

    #[test]
    fn thick_parts_side_by_side_are_not_joined_and_the_grid_makes_room() {
        let apart = Vec3::new(0.34, 0.0, 0.0);
        let balls = |p: Vec3| (p - apart).length().min((p + apart).length()) - 0.3;
        let plate = |p: Vec3| brick(p - Vec3::Y * 0.7, Vec3::new(0.9, 0.02, 0.9));
        let before = field(|p| balls(p).min(plate(p)));
        let after = thicken(&before, 0.25, &Monitor::silent()).unwrap();
        let shells = |f: &ScalarGrid| Topology::of(&extract(f, &Monitor::silent()).unwrap()).shells.len();
        assert_eq!((shells(&before), shells(&after)), (3, 3));
        let plate_at_border = field(|p| brick(p, Vec3::new(2.0, 0.02, 2.0)));
        let thick = thicken(&plate_at_border, 0.25, &Monitor::silent()).unwrap();
        assert!(thick.samples_per_axis[0] > 64);
        let mesh = extract(&thick, &Monitor::silent()).unwrap();
        let rim = mesh.bounds().unwrap().max.x;
        assert!(rim > 1.05 && rim < thick.position(thick.samples_per_axis[0] - 1, 0, 0).x, "{rim}");
    }
}
