//! From the rays of the picture to space: the solid is brought to the middle of its frame, the field of view undone,
//! and the object set upright. A factor on its depth comes last, so that it changes nothing else.

use glam::Vec3;
use rayon::prelude::*;

use super::middle::Middle;
use crate::field::{ScalarGrid, voids};
use crate::progress::{Cancelled, Monitor};

/// How the picture was taken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct View {
    /// Angle that the frame's side is seen under, in radians; 0 is orthographic.
    pub field_of_view: f32,
    /// Height of the viewer above the horizon that is taken away, in radians.
    pub elevation: f32,
}

impl View {
    /// Straight from the front: space is the frame.
    pub const FRONT: Self = Self { field_of_view: 0.0, elevation: 0.0 };

    /// The point of the frame (x and y of the pixel, z along the viewer's axis) that shows a point of
    /// space.
    pub fn frame_from_space(&self, p: Vec3) -> Vec3 {
        let (sin, cos) = self.elevation.sin_cos();
        let seen = Vec3::new(p.x, p.y * cos - p.z * sin, p.y * sin + p.z * cos);
        let narrowing = (0.5 * self.field_of_view).tan() * seen.z;
        // The viewer is 1/tan away from the middle; nothing lies behind him.
        let scale = 1.0 / (1.0 - narrowing).max(0.05);
        Vec3::new(seen.x * scale, seen.y * scale, seen.z)
    }

    fn space_from_frame(&self, q: Vec3) -> Vec3 {
        let scale = (1.0 - (0.5 * self.field_of_view).tan() * q.z).max(0.05);
        let (x, y) = (q.x * scale, q.y * scale);
        let (sin, cos) = self.elevation.sin_cos();
        Vec3::new(x, y * cos + q.z * sin, -y * sin + q.z * cos)
    }
}

/// Share of the outline that a solid may lose on its way to space.
const LOSS: f32 = 0.005;
/// While it loses more, cells are made smaller by this factor, so many times at most: a draft becomes as fine as a
/// standard solid, no finer.
const REFINEMENT: f32 = std::f32::consts::SQRT_2;
const REFINEMENTS: i32 = 2;

/// A way from the frame to space.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Way {
    /// First the solid is brought to the middle of the frame,
    pub middle: Middle,
    /// then to where the viewer saw it.
    pub view: View,
    /// Factor on the depth, > 0, that the frame's field has already: the viewer saw the solid without it, and it is the
    /// depth of what was set upright.
    pub depth_scale: f32,
}

impl Way {
    fn frame_from_space(&self, p: Vec3) -> Vec3 {
        let seen = self.view.frame_from_space(p.with_z(p.z / self.depth_scale));
        Vec3::new(seen.x, seen.y, self.middle.before(seen.z * self.depth_scale))
    }

    fn space_from_frame(&self, q: Vec3) -> Vec3 {
        let p = self.view.space_from_frame(Vec3::new(q.x, q.y, self.middle.after(q.z) / self.depth_scale));
        p.with_z(p.z * self.depth_scale)
    }
}

/// The field in space of a field in the frame: of about the same spacing, finer where parts are too thin for it,
/// coarser where it would have more than `samples_max` samples (at least 8). What this would shut up inside is filled.
///
/// # Errors
/// [`Cancelled`].
pub(super) fn to_space(
    grid: ScalarGrid,
    way: Way,
    samples_max: f32,
    monitor: &Monitor,
) -> Result<ScalarGrid, Cancelled> {
    if way.middle == Middle::LEFT && way.view == View::FRONT {
        return Ok(grid);
    }
    let mut space = sampled(&grid, way, grid.spacing, samples_max, monitor)?;
    for round in 1..=REFINEMENTS {
        let is_too_large = space.samples.len() as f32 * REFINEMENT.powi(3) > samples_max;
        if is_too_large || loss(&grid, &space, way, monitor)? <= LOSS {
            break;
        }
        space = sampled(&grid, way, grid.spacing / REFINEMENT.powi(round), samples_max, monitor)?;
    }
    // Gaps narrower than a cell may have closed, and what they led to is shut up.
    voids::fill_voids(&mut space, monitor)?;
    Ok(space)
}

/// The field in space on samples `spacing` apart, or as close as `samples_max` of them allow.
fn sampled(
    grid: &ScalarGrid,
    way: Way,
    mut spacing: f32,
    samples_max: f32,
    monitor: &Monitor,
) -> Result<ScalarGrid, Cancelled> {
    let far = grid.position(grid.samples_per_axis[0] - 1, grid.samples_per_axis[1] - 1, grid.samples_per_axis[2] - 1);
    let corners = (0..8).map(|k| {
        let pick = |bit: usize, low: f32, high: f32| if k >> bit & 1 == 0 { low } else { high };
        let [x, y, z] = [0, 1, 2].map(|axis| pick(axis, grid.origin[axis], far[axis]));
        way.space_from_frame(Vec3::new(x, y, z))
    });
    let (low, high) = corners.fold((Vec3::INFINITY, Vec3::NEG_INFINITY), |(low, high), p| (low.min(p), high.max(p)));
    let count = |spacing: f32| ((high - low) / spacing).to_array().map(|n| n.ceil() as usize + 1);
    let mut samples_per_axis = count(spacing);
    // A turned frame has a larger box, and one that widens to the back as well.
    loop {
        let excess = samples_per_axis.map(|n| n as f32).iter().product::<f32>() / samples_max.max(8.0);
        if excess <= 1.0 {
            break;
        }
        spacing *= excess.cbrt().max(1.001);
        samples_per_axis = count(spacing);
    }
    let [nx, ny, nz] = samples_per_axis;
    let mut out = ScalarGrid { samples: vec![0.0; nx * ny * nz], samples_per_axis, origin: low, spacing };
    out.samples.par_chunks_mut(ny * nz).enumerate().try_for_each(|(ix, slab)| {
        monitor.check()?;
        for (i, sample) in slab.iter_mut().enumerate() {
            let p = low + spacing * Vec3::new(ix as f32, (i / nz) as f32, (i % nz) as f32);
            *sample = trilinear(grid, way.frame_from_space(p));
        }
        Ok(())
    })?;
    Ok(out)
}

/// Share of the columns of `frame` with something inside that have nothing inside in `space`, along the same ray.
fn loss(frame: &ScalarGrid, space: &ScalarGrid, way: Way, monitor: &Monitor) -> Result<f32, Cancelled> {
    let [nx, ny, nz] = frame.samples_per_axis;
    let counts = (0..nx).into_par_iter().map(|ix| {
        monitor.check()?;
        let (mut lost, mut all) = (0u32, 0u32);
        for iy in 0..ny {
            let inside = |iz: usize| frame.samples[frame.index(ix, iy, iz)] < 0.0;
            let kept = |iz: usize| trilinear(space, way.space_from_frame(frame.position(ix, iy, iz))) < 0.0;
            if (0..nz).any(inside) {
                all += 1;
                lost += u32::from(!(0..nz).any(|iz| inside(iz) && kept(iz)));
            }
        }
        Ok((lost, all))
    });
    let (lost, all) = counts.try_reduce(|| (0, 0), |a, b| Ok((a.0 + b.0, a.1 + b.1)))?;
    Ok(lost as f32 / all.max(1) as f32)
}

/// The value at a point; outside the grid that of its nearest border point and the way there.
fn trilinear(grid: &ScalarGrid, p: Vec3) -> f32 {
    let size = grid.samples_per_axis.map(|n| (n - 1) as f32);
    let cell = (p - grid.origin) / grid.spacing;
    let inside = cell.clamp(Vec3::ZERO, Vec3::from_array(size));
    let base = [0, 1, 2].map(|axis| (inside[axis] as usize).min(grid.samples_per_axis[axis].saturating_sub(2)));
    let t = inside - Vec3::new(base[0] as f32, base[1] as f32, base[2] as f32);
    let at = |dx: usize, dy: usize| {
        let first = grid.index(base[0] + dx, base[1] + dy, base[2]);
        grid.samples[first] + (grid.samples[first + 1] - grid.samples[first]) * t.z
    };
    let low = at(0, 0) + (at(1, 0) - at(0, 0)) * t.x;
    let high = at(0, 1) + (at(1, 1) - at(0, 1)) * t.x;
    low + (high - low) * t.y + cell.distance(inside) * grid.spacing
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_to_the_frame_and_back_is_none() {
        let view = View { field_of_view: 0.5, elevation: 0.4 };
        for p in [Vec3::new(0.3, -0.5, 0.6), Vec3::new(-0.7, 0.2, -0.9), Vec3::ZERO] {
            assert!(view.frame_from_space(view.space_from_frame(p)).distance(p) < 1e-5);
        }
        // Seen from above, the object's top leans to the viewer.
        let top = View { field_of_view: 0.0, elevation: 0.4 }.frame_from_space(Vec3::Y);
        assert!(top.z > 0.3 && top.y < 1.0);
        // What is near looks large.
        assert!(View { elevation: 0.0, ..view }.frame_from_space(Vec3::new(0.5, 0.0, 0.5)).x > 0.5);
    }

    #[test]
    fn a_sphere_stays_one_when_it_is_turned() {
        let center = Vec3::new(0.1, 0.2, 0.3);
        let grid = ScalarGrid::from_fn([65; 3], Vec3::NEG_ONE, 2.0 / 64.0, |p| p.distance(center) - 0.4);
        let view = View { field_of_view: 0.0, elevation: 0.5 };
        let turned =
            to_space(grid, Way { middle: Middle::LEFT, view, depth_scale: 1.0 }, 1e9, &Monitor::silent()).unwrap();
        let center = view.space_from_frame(center);
        let [nx, ny, nz] = turned.samples_per_axis;
        for (ix, iy, iz) in (0..nx).flat_map(|x| (0..ny).flat_map(move |y| (0..nz).map(move |z| (x, y, z)))) {
            let expected = turned.position(ix, iy, iz).distance(center) - 0.4;
            if expected.abs() < 0.1 {
                assert!((turned.samples[turned.index(ix, iy, iz)] - expected).abs() < 0.01);
            }
        }
    }

    #[test]
    fn a_sheet_thinner_than_a_cell_is_kept() {
        let spacing = 2.0 / 64.0;
        // Thick enough along z for the frame's samples.
        let sheet = |p: Vec3| (p.z - 0.31 * p.x - 0.23 * p.y).abs() - 0.7 * spacing;
        let outline = |p: Vec3| p.x.abs().max(p.y.abs()) - 0.7;
        let grid = ScalarGrid::from_fn([65; 3], Vec3::NEG_ONE, spacing, |p| sheet(p).max(outline(p)));
        let view = View { field_of_view: 0.6, elevation: 0.2 };
        let way = Way { middle: Middle::of([-0.3, 0.4]), view, depth_scale: 1.0 };
        let monitor = Monitor::silent();
        let coarse = sampled(&grid, way, spacing, f32::INFINITY, &monitor).unwrap();
        assert!(loss(&grid, &coarse, way, &monitor).unwrap() > 2.0 * LOSS, "this tests nothing");
        let space = to_space(grid.clone(), way, 1e9, &monitor).unwrap();
        let lost = loss(&grid, &space, way, &monitor).unwrap();
        assert!(lost <= LOSS, "{lost}");
        // No more samples than are allowed.
        assert_eq!(to_space(grid, way, coarse.samples.len() as f32, &monitor).unwrap(), coarse);
    }

    #[test]
    fn what_a_gap_narrower_than_a_cell_leads_to_is_not_shut_up() {
        let spacing = 1.0 / 32.0;
        // A chamber in a block, with a shaft along the viewer's axis to the outside.
        let block = |p: Vec3| p.abs().max_element() - 0.7;
        let shaft = |p: Vec3| (0.15 * spacing - p.truncate().length()).min(p.z);
        let grid =
            ScalarGrid::from_fn([65; 3], Vec3::NEG_ONE, spacing, |p| block(p).max(0.2 - p.length()).max(shaft(p)));
        let monitor = Monitor::silent();
        let mut filled = grid.clone();
        voids::fill_voids(&mut filled, &monitor).unwrap();
        assert!(filled == grid, "this tests nothing: the chamber is open");
        let view = View { field_of_view: 0.0, elevation: 0.5 };
        let way = Way { middle: Middle::LEFT, view, depth_scale: 1.0 };
        let shut_up = |grid: &ScalarGrid| {
            let mesh = crate::surface::extract(grid, &monitor).unwrap();
            let topology = crate::mesh::topology::Topology::of(&mesh);
            assert!(topology.is_closed());
            topology.shells.iter().filter(|shell| shell.signed_volume < 0.0).count()
        };
        // In the turned one, each step to a next sample leads out of the shaft.
        let coarse = sampled(&grid, way, spacing, f32::INFINITY, &monitor).unwrap();
        assert!(shut_up(&coarse) > 0, "this tests nothing");
        let space = to_space(grid, way, coarse.samples.len() as f32, &monitor).unwrap();
        assert_eq!((shut_up(&space), space.samples_per_axis), (0, coarse.samples_per_axis));
    }

    #[test]
    fn a_factor_on_the_depth_is_one_on_the_depth_in_space() {
        let view = View { field_of_view: 0.8, elevation: 0.3 };
        let [plain, deep] = [([-0.3, 0.4], 1.0), ([-0.9, 1.2], 3.0)].map(|(ends, depth_scale)| Way {
            middle: Middle::of(ends),
            view,
            depth_scale,
        });
        for q in [Vec3::new(0.3, -0.5, 0.35), Vec3::new(-0.7, 0.2, -0.2), Vec3::ZERO] {
            let deepened = Vec3::new(1.0, 1.0, 3.0);
            let p = deep.space_from_frame(q * deepened);
            assert!(p.distance(plain.space_from_frame(q) * deepened) < 1e-5, "{q}: {p}");
            assert!(deep.frame_from_space(p).distance(q * deepened) < 1e-4, "{q}");
        }
    }

    #[test]
    fn a_frame_that_is_turned_and_widened_has_no_more_samples_than_are_allowed() {
        let spacing = 2.0 / 64.0;
        let grid = ScalarGrid::from_fn([65; 3], Vec3::NEG_ONE, spacing, |p| p.length() - 0.5);
        let view = View { field_of_view: 60_f32.to_radians(), elevation: 30_f32.to_radians() };
        let (way, monitor) = (Way { middle: Middle::LEFT, view, depth_scale: 1.0 }, Monitor::silent());
        let free = sampled(&grid, way, spacing, f32::INFINITY, &monitor).unwrap();
        let samples_max = grid.samples.len();
        assert!(free.samples.len() > 2 * samples_max, "this tests nothing: {}", free.samples.len());
        let enough = free.samples.len() as f32;
        assert_eq!(sampled(&grid, way, spacing, enough, &monitor).unwrap(), free, "as asked where it may be");
        let space = to_space(grid, way, samples_max as f32, &monitor).unwrap();
        let share = space.samples.len() as f32 / samples_max as f32;
        assert!((0.8..=1.0).contains(&share), "{share}");
        // The same solid on fewer samples.
        let volumes = [&free, &space].map(|grid| crate::surface::extract(grid, &monitor).unwrap().signed_volume());
        assert!((volumes[1] / volumes[0] - 1.0).abs() < 0.03, "{volumes:?}");
    }
}
