//! Joining the parts of a region with bars, so that it comes off the printer in one piece.

use std::collections::{HashMap, VecDeque};

use glam::Vec2;

use crate::field::silhouette::{Lattice, Silhouette};
use crate::progress::{Cancelled, Monitor};
use crate::union_find::UnionFind;

/// Unites `region` with the shortest bars of the given half width that make its parts hang together.
/// Parts are told apart on the lattice. Takes time for the samples, and for each
/// bar for the rims of its two parts.
pub(super) fn join(region: &mut Silhouette, half_width: f32, monitor: &Monitor) -> Result<(), Cancelled> {
    let rims = rims_of_parts(region);
    for bar in bars(&rims, region.lattice, monitor)? {
        region.unite(bar, half_width);
    }
    Ok(())
}

/// The shortest way between two parts: its squared length, and two rim samples counted through all rims.
type Way = (f32, u32, u32);

/// The bars: a spanning tree of the shortest ways between parts.
fn bars(rims: &[Vec<usize>], lattice: Lattice, monitor: &Monitor) -> Result<Vec<[Vec2; 2]>, Cancelled> {
    if rims.len() < 2 {
        return Ok(Vec::new());
    }
    let position = |sample: usize| {
        let ny = lattice.samples_per_axis[1];
        lattice.position(sample / ny, sample % ny)
    };
    let sites = rims.concat();
    let parts = rims.iter().enumerate().flat_map(|(part, rim)| rim.iter().map(move |_| part as u32));
    let part_of: Vec<u32> = parts.collect();
    let mut ways = ways(&sites, &part_of, lattice, monitor)?;
    ways.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let joined = UnionFind::new(rims.len());
    ways.retain(|&(_, a, b)| joined.union(part_of[a as usize], part_of[b as usize]));
    let nearest = |part: u32, to: Vec2| {
        let rim = rims[part as usize].iter().map(|&sample| position(sample));
        rim.min_by(|p, q| p.distance_squared(to).total_cmp(&q.distance_squared(to))).unwrap_or(to)
    };
    let mut bars = Vec::with_capacity(ways.len());
    for (_, a, b) in ways {
        monitor.check()?;
        let [part_a, part_b] = [a, b].map(|site| part_of[site as usize]);
        let [mut from, mut to] = [a, b].map(|site| position(sites[site as usize]));
        // Where areas meet, the samples may lie a little beside the shortest way.
        loop {
            let before = (from, to);
            from = nearest(part_a, to);
            to = nearest(part_b, from);
            if from.distance_squared(to) >= before.0.distance_squared(before.1) {
                bars.push([before.0, before.1]);
                break;
            }
        }
    }
    Ok(bars)
}

/// For every two parts whose areas meet the shortest way between them, in any order. A part's area is
/// what lies nearer to its rim than to any other; the ends of a shortest way are nearest to its middle.
fn ways(sites: &[usize], part_of: &[u32], lattice: Lattice, monitor: &Monitor) -> Result<Vec<Way>, Cancelled> {
    let [nx, ny] = lattice.samples_per_axis;
    let nearest = lattice.nearest_sites(sites, monitor)?;
    let mut ways: HashMap<[u32; 2], Way> = HashMap::new();
    for (k, &here) in nearest.iter().enumerate() {
        let beside = [(k / ny + 1 < nx).then_some(k + ny), (k % ny + 1 < ny).then_some(k + 1)];
        for other in beside.into_iter().flatten() {
            // Sites are counted part by part, so the lower one is of the lower part.
            let (a, b) = (here.min(nearest[other]), here.max(nearest[other]));
            let parts = [a, b].map(|site| part_of[site as usize]);
            if parts[0] == parts[1] {
                continue;
            }
            let [from, to] = [a, b].map(|site| {
                let sample = sites[site as usize];
                lattice.position(sample / ny, sample % ny)
            });
            let way = (from.distance_squared(to), a, b);
            let best = ways.entry(parts).or_insert(way);
            if way < *best {
                *best = way;
            }
        }
    }
    Ok(ways.into_values().collect())
}

/// For every connected part (4-neighbours) the inside samples that have an outside neighbour.
fn rims_of_parts(region: &Silhouette) -> Vec<Vec<usize>> {
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
                rim.push(here);
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

    #[test]
    fn thousands_of_dots_are_joined_each_with_one_beside_it() {
        let dot = |p: Vec2| 4.0 * (p / 4.0).round().clamp(Vec2::ZERO, Vec2::new(49.0, 39.0));
        let lattice = Lattice::around([Vec2::splat(-2.0), Vec2::new(198.0, 158.0)], 0.4, 2);
        let ny = lattice.samples_per_axis[1];
        let points = (0..lattice.sample_count()).map(|k| lattice.position(k / ny, k % ny));
        let mut region = Silhouette { lattice, distances: points.map(|p| p.distance(dot(p)) - 1.0).collect() };
        assert_eq!(part_count(&region), 2000);
        let bars = bars(&rims_of_parts(&region), lattice, &Monitor::silent()).unwrap();
        // Rims are up to a sample inside of the dots, which are 2 apart, and 3.7 across a corner.
        assert!(bars.len() == 1999 && bars.iter().all(|[a, b]| a.distance(*b) < 3.0));
        join(&mut region, 0.6, &Monitor::silent()).unwrap();
        assert_eq!(part_count(&region), 1);
    }

    #[test]
    fn bars_are_the_shortest_there_are() {
        let lattice = Lattice::around([Vec2::splat(-11.0), Vec2::splat(11.0)], 0.25, 2);
        let ny = lattice.samples_per_axis[1];
        // Two discs, and a slanted stroke from which both are a little way off.
        let disc = |p: Vec2, x: f32, y: f32| p.distance(Vec2::new(x, y)) - 1.5;
        let stroke = |p: Vec2| (p.x * 0.6 + p.y * 0.8).abs().max(p.length() - 9.0) - 0.5;
        let distance = |p: Vec2| disc(p, -6.0, -3.0).min(disc(p, 4.0, 5.0)).min(stroke(p));
        let distances = (0..lattice.sample_count()).map(|k| distance(lattice.position(k / ny, k % ny))).collect();
        let rims = rims_of_parts(&Silhouette { lattice, distances });
        assert_eq!(rims.len(), 3);
        let position = |sample: &usize| lattice.position(sample / ny, sample % ny);
        let shortest = |one: &[usize], other: &[usize]| {
            let ways = one.iter().flat_map(|a| other.iter().map(move |b| position(a).distance(position(b))));
            ways.fold(f32::INFINITY, f32::min)
        };
        let mut expected: Vec<f32> =
            [(0, 1), (1, 2), (0, 2)].iter().map(|&(a, b)| shortest(&rims[a], &rims[b])).collect();
        let mut found: Vec<f32> =
            bars(&rims, lattice, &Monitor::silent()).unwrap().iter().map(|[a, b]| a.distance(*b)).collect();
        expected.sort_by(f32::total_cmp);
        found.sort_by(f32::total_cmp);
        // Of many pairs of samples nearly as near, one is found.
        assert!(found.len() == 2 && found.iter().zip(&expected).all(|(a, b)| a - b < 0.2), "{found:?} {expected:?}");
    }
}
