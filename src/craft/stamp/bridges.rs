//! Joining the parts of a region with bars, so that it comes off the printer in one piece.

use std::collections::VecDeque;

use glam::Vec2;

use crate::field::silhouette::Silhouette;
use crate::progress::{Cancelled, Monitor};

/// Unites `region` with bars of the given half width until its parts hang together: always the
/// nearest part not yet joined, by the shortest bar. Parts are told apart on the lattice.
pub(super) fn join(region: &mut Silhouette, half_width: f32, monitor: &Monitor) -> Result<(), Cancelled> {
    let rims = rims_of_parts(region);
    let Some(largest) = (0..rims.len()).rev().max_by_key(|&part| rims[part].len()) else { return Ok(()) };
    let mut open: Vec<usize> = (0..rims.len()).filter(|&part| part != largest).collect();
    // For every rim point of an open part the nearest point of what is joined already.
    let mut nearest: Vec<Vec<(f32, Vec2)>> = rims.iter().map(|r| vec![(f32::INFINITY, Vec2::ZERO); r.len()]).collect();
    let mut added = largest;
    let mut bars = Vec::new();
    while !open.is_empty() {
        monitor.check()?;
        let mut best = (f32::INFINITY, 0, Vec2::ZERO, Vec2::ZERO);
        for (place, &part) in open.iter().enumerate() {
            for (point, near) in rims[part].iter().zip(&mut nearest[part]) {
                for &other in &rims[added] {
                    let distance = point.distance_squared(other);
                    if distance < near.0 {
                        *near = (distance, other);
                    }
                }
                if near.0 < best.0 {
                    best = (near.0, place, *point, near.1);
                }
            }
        }
        added = open.remove(best.1);
        bars.push([best.2, best.3]);
    }
    let lattice = region.lattice;
    let ny = lattice.samples_per_axis[1];
    for (k, distance) in region.distances.iter_mut().enumerate() {
        let point = lattice.position(k / ny, k % ny);
        for &bar in &bars {
            *distance = distance.min(distance_to_segment(point, bar) - half_width);
        }
    }
    Ok(())
}

/// For every connected part (4-neighbours) the inside samples that have an outside neighbour.
fn rims_of_parts(region: &Silhouette) -> Vec<Vec<Vec2>> {
    let [nx, ny] = region.lattice.samples_per_axis;
    let inside = |k: usize| region.distances[k] < 0.0;
    let mut seen = vec![false; nx * ny];
    let mut rims = Vec::new();
    for start in 0..nx * ny {
        if seen[start] || !inside(start) {
            continue;
        }
        seen[start] = true;
        let (mut rim, mut queue) = (Vec::new(), VecDeque::from([start]));
        while let Some(here) = queue.pop_front() {
            let (ix, iy) = (here / ny, here % ny);
            let around = [
                (ix > 0).then(|| here - ny),
                (ix + 1 < nx).then_some(here + ny),
                (iy > 0).then(|| here - 1),
                (iy + 1 < ny).then_some(here + 1),
            ];
            let neighbours = || around.into_iter().flatten();
            if neighbours().any(|n| !inside(n)) {
                rim.push(region.lattice.position(ix, iy));
            }
            for neighbour in neighbours().filter(|&n| inside(n)) {
                if !seen[neighbour] {
                    seen[neighbour] = true;
                    queue.push_back(neighbour);
                }
            }
        }
        rims.push(rim);
    }
    rims
}

fn distance_to_segment(point: Vec2, [a, b]: [Vec2; 2]) -> f32 {
    let along = b - a;
    let share = ((point - a).dot(along) / along.length_squared().max(1e-12)).clamp(0.0, 1.0);
    point.distance(a + along * share)
}

/// Number of connected parts.
#[cfg(test)]
pub(super) fn part_count(region: &Silhouette) -> usize {
    rims_of_parts(region).len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::silhouette::Lattice;

    #[test]
    fn scattered_discs_become_one_part_and_keep_their_places() {
        let discs = [(-8.0, -5.0), (0.0, 0.0), (7.0, 6.0), (8.0, -7.0)].map(|(x, y)| Vec2::new(x, y));
        let lattice = Lattice::around([Vec2::splat(-11.0), Vec2::splat(11.0)], 0.25, 2);
        let ny = lattice.samples_per_axis[1];
        let distance = |p: Vec2| discs.iter().map(|d| p.distance(*d) - 2.0).fold(f32::INFINITY, f32::min);
        let distances = (0..lattice.sample_count()).map(|k| distance(lattice.position(k / ny, k % ny))).collect();
        let mut region = Silhouette { lattice, distances };
        let before = region.clone();
        assert_eq!(part_count(&region), 4);
        join(&mut region, 0.8, &Monitor::silent()).unwrap();
        assert_eq!(part_count(&region), 1);
        assert!(region.distances.iter().zip(&before.distances).all(|(after, before)| after <= before));
    }
}
