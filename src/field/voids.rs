//! Fills what is shut in: a solid that nothing can be poured out of.

use super::ScalarGrid;
use super::runs::Pieces;
use crate::progress::{Cancelled, Monitor};

/// Makes solid what outside samples cannot be reached from the lattice's border, from one to the next along
/// the axes. The outer surface stays as it is; a tunnel and a dent stay open.
///
/// Nobody sees such a void, and a printer shuts resin or powder into it.
///
/// # Errors
/// [`Cancelled`], before anything is changed.
pub fn fill_voids(grid: &mut ScalarGrid, monitor: &Monitor) -> Result<(), Cancelled> {
    fill_voids_below(grid, |_| f64::INFINITY, monitor)
}

/// The same for voids of fewer samples than `least` gives for the number of the largest void's.
///
/// # Errors
/// As [`fill_voids`].
pub fn fill_voids_below(
    grid: &mut ScalarGrid,
    least: impl Fn(usize) -> f64,
    monitor: &Monitor,
) -> Result<(), Cancelled> {
    let [nx, ny, nz] = grid.samples_per_axis;
    let air = Pieces::of(grid, |sample| sample >= 0.0);
    monitor.check()?;
    let labels = air.labels();
    monitor.check()?;
    let count = labels.iter().max().map_or(0, |last| *last as usize + 1);
    let (mut is_open, mut sizes) = (vec![false; count], vec![0; count]);
    for column in 0..air.columns() {
        let is_border = column < ny || column >= (nx - 1) * ny || column % ny == 0 || column % ny == ny - 1;
        for run in air.runs_of(column) {
            let ends = air.runs[run].first == 0 || air.runs[run].last as usize + 1 == nz;
            is_open[labels[run] as usize] |= is_border || ends;
            sizes[labels[run] as usize] += (air.runs[run].last - air.runs[run].first) as usize + 1;
        }
    }
    let largest = sizes.iter().zip(&is_open).filter(|(_, is_open)| !**is_open).map(|(size, _)| *size).max();
    let least = least(largest.unwrap_or(0));
    let is_filled = |piece: usize| !is_open[piece] && (sizes[piece] as f64) < least;
    for column in 0..air.columns() {
        for run in air.runs_of(column).filter(|&run| is_filled(labels[run] as usize)) {
            let [first, last] = [air.runs[run].first, air.runs[run].last].map(|iz| column * nz + iz as usize);
            grid.samples[first..=last].iter_mut().for_each(|sample| *sample = -sample.max(f32::MIN_POSITIVE));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use glam::Vec3;

    use super::*;
    use crate::mesh::topology::Topology;
    use crate::surface;

    fn ball(p: Vec3) -> f32 {
        p.length() - 0.7
    }

    fn grid(f: impl Fn(Vec3) -> f32 + Sync) -> ScalarGrid {
        ScalarGrid::from_fn([48, 49, 50], Vec3::NEG_ONE, 2.0 / 47.0, f)
    }

    fn volume(grid: &ScalarGrid) -> f64 {
        let topology = Topology::of(&surface::extract(grid, &Monitor::silent()).unwrap());
        assert!(topology.is_closed());
        topology.shells.iter().map(|shell| shell.signed_volume).sum()
    }

    #[test]
    fn what_is_shut_in_is_filled_and_the_outside_stays() {
        let void = |p: Vec3| ball(p).max(0.3 - (p - Vec3::X * 0.1).length());
        let (mut filled, plain) = (grid(void), grid(ball));
        assert!(volume(&filled) < 0.95 * volume(&plain));
        fill_voids(&mut filled, &Monitor::silent()).unwrap();
        assert!((volume(&filled) / volume(&plain) - 1.0).abs() < 1e-6);
        let mut again = plain.clone();
        fill_voids(&mut again, &Monitor::silent()).unwrap();
        assert_eq!(again, plain);
    }

    #[test]
    fn a_tunnel_and_a_dent_stay_open() {
        let opened = |p: Vec3| {
            let tunnel = p.truncate().length() - 0.15;
            let dent = (p - Vec3::Y * 0.7).length() - 0.3;
            ball(p).max(-tunnel).max(-dent)
        };
        let mut made = grid(opened);
        let before = made.clone();
        fill_voids(&mut made, &Monitor::silent()).unwrap();
        assert_eq!(made, before);
    }
}
