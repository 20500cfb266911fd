//! The nearest of many sites, for every sample of a grid, in time proportional to the samples.
//!
//! After Felzenszwalb and Huttenlocher, "Distance transforms of sampled functions" (2012): the
//! squared distance splits into axes, so the nearest site is found line by line along one axis after
//! another, each time as the lower envelope of parabolas. Unlike there, a site need not lie on a
//! grid point: anywhere on the grid line of the first axis is exact too.

use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::Relaxed;

use glam::Vec3;
use rayon::prelude::*;

use crate::progress::{Cancelled, Monitor};

/// "No site".
pub(super) const NONE: u32 = u32::MAX;

/// Lines read together where samples of a line lie far apart in memory.
const LINES: usize = 16;

/// For every sample the nearest site, or [`NONE`] when there is no site at all.
///
/// `sites` are positions in cells, counted from the first sample; each lies on the grid line along
/// `axis` through the sample that owns it, at most a cell away. `owners` holds for every sample the
/// number of its site or [`NONE`].
pub(super) fn nearest_sites(
    size: [usize; 3],
    axis: usize,
    owners: Vec<u32>,
    sites: &[Vec3],
    monitor: &Monitor,
) -> Result<Vec<u32>, Cancelled> {
    let nearest: Vec<AtomicU32> = owners.into_iter().map(AtomicU32::new).collect();
    let strides = [size[1] * size[2], size[2], 1];
    for axis in [axis, (axis + 1) % 3, (axis + 2) % 3] {
        // Of the other two axes the one with the smaller stride is gone along in blocks.
        let (outer, inner) = [(1, 2), (0, 2), (0, 1)][axis];
        // Every line belongs to one task, so plain loads and stores would do, were they safe.
        (0..size[outer]).into_par_iter().try_for_each_init(Envelope::default, |envelope, o| {
            monitor.check()?;
            let mut lines: [Vec<u32>; LINES] = std::array::from_fn(|_| vec![NONE; size[axis]]);
            for first in (0..size[inner]).step_by(LINES) {
                let count = LINES.min(size[inner] - first);
                let start = o * strides[outer] + first * strides[inner];
                for i in 0..size[axis] {
                    for (l, line) in lines.iter_mut().enumerate().take(count) {
                        line[i] = nearest[start + i * strides[axis] + l * strides[inner]].load(Relaxed);
                    }
                }
                for (l, line) in lines.iter_mut().enumerate().take(count) {
                    let mut on_line = Vec3::ZERO;
                    on_line[outer] = o as f32;
                    on_line[inner] = (first + l) as f32;
                    envelope.solve(line, axis, on_line, sites);
                }
                for i in 0..size[axis] {
                    for (l, line) in lines.iter().enumerate().take(count) {
                        nearest[start + i * strides[axis] + l * strides[inner]].store(line[i], Relaxed);
                    }
                }
            }
            Ok::<_, Cancelled>(())
        })?;
    }
    Ok(nearest.into_iter().map(AtomicU32::into_inner).collect())
}

/// A parabola `(p - center)² + height` of a site's squared distance along a line.
#[derive(Clone, Copy)]
struct Parabola {
    center: f32,
    height: f32,
    site: u32,
}

/// The lower envelope of parabolas, with its memory kept between lines.
#[derive(Default)]
struct Envelope {
    candidates: Vec<Parabola>,
    /// Those that are lowest somewhere, and from where on.
    lowest: Vec<(f32, Parabola)>,
}

impl Envelope {
    /// Replaces the sites along a line by the nearest of them. `on_line` is a point of the line.
    fn solve(&mut self, line: &mut [u32], axis: usize, on_line: Vec3, sites: &[Vec3]) {
        self.gather(line, axis, on_line, sites);
        self.build();
        let mut lowest = self.lowest.iter();
        let Some(&(_, mut current)) = lowest.next() else { return };
        let mut next = lowest.next();
        for (place, sample) in line.iter_mut().enumerate() {
            while let Some(&(from, parabola)) = next.filter(|(from, _)| *from < place as f32) {
                debug_assert!(from.is_finite());
                current = parabola;
                next = lowest.next();
            }
            *sample = current.site;
        }
    }

    /// The distinct sites of a line in the order of their centres.
    fn gather(&mut self, line: &[u32], axis: usize, on_line: Vec3, sites: &[Vec3]) {
        self.candidates.clear();
        let mut before = NONE;
        for &site in line.iter().filter(|&&site| site != NONE) {
            if site == before {
                continue;
            }
            before = site;
            let mut offset = sites[site as usize] - on_line;
            let center = offset[axis];
            offset[axis] = 0.0;
            self.candidates.push(Parabola { center, height: offset.length_squared(), site });
            // Nearly in order already: a site is at most a cell away from its owner.
            let mut place = self.candidates.len() - 1;
            while place > 0 && self.candidates[place - 1].center > center {
                self.candidates.swap(place - 1, place);
                place -= 1;
            }
        }
    }

    fn build(&mut self) {
        self.lowest.clear();
        for &parabola in &self.candidates {
            let mut from = f32::NEG_INFINITY;
            let mut hidden = false;
            while let Some(&(start, last)) = self.lowest.last() {
                let apart = parabola.center - last.center;
                if apart < 1e-6 {
                    // Two of the same centre: only the lower one counts.
                    hidden = parabola.height >= last.height;
                    if hidden {
                        break;
                    }
                } else {
                    from = 0.5 * (parabola.center + last.center + (parabola.height - last.height) / apart);
                    if from > start {
                        break;
                    }
                }
                self.lowest.pop();
                from = f32::NEG_INFINITY;
            }
            if !hidden {
                self.lowest.push((from, parabola));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_looking_at_every_site() {
        let size = [9, 11, 13];
        let place = |i: usize| Vec3::new((i / 143) as f32, (i / 13 % 11) as f32, (i % 13) as f32);
        let random = |i: usize| ((i as u32).wrapping_mul(2_654_435_761) >> 8) as f32 / (1 << 24) as f32;
        for (axis, displaced) in [(0, 0.0), (0, 1.0), (1, 1.0), (2, 1.0)] {
            let mut owners = vec![NONE; size.iter().product()];
            let mut sites = Vec::new();
            for i in (3..owners.len()).step_by(7) {
                owners[i] = sites.len() as u32;
                let mut site = place(i);
                site[axis] += displaced * random(i);
                sites.push(site);
            }
            let nearest = nearest_sites(size, axis, owners, &sites, &Monitor::silent()).unwrap();
            for (i, &found) in nearest.iter().enumerate() {
                let best = sites.iter().map(|s| s.distance(place(i))).fold(f32::INFINITY, f32::min);
                let excess = sites[found as usize].distance(place(i)) - best;
                assert!(excess < 1e-5, "sample {i}: {excess} too far, along axis {axis}");
            }
        }
    }

    #[test]
    fn no_sites_leave_none() {
        let none = nearest_sites([2, 3, 4], 0, vec![NONE; 24], &[], &Monitor::silent()).unwrap();
        assert_eq!(none, [NONE; 24]);
    }
}
