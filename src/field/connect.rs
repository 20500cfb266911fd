//! Joins what floats: a solid whose silhouette is in one piece becomes one piece itself.
//!
//! Promises: only material inside the silhouette is added, so no view along z changes; what is one piece
//! already is not touched. Small pieces that hide behind or before others, and so are not needed for the
//! silhouette, stay loose: they are noise, and dropping them is the mesh's affair.

use glam::Vec3;

use super::runs::Pieces;
use super::silhouette::Silhouette;
use super::{FieldError, ScalarGrid};
use crate::progress::Monitor;
use crate::union_find::UnionFind;

/// A piece of at least this share of the largest one is joined even where others cover it: smaller than what
/// is dropped from meshes by default, which is measured a little differently.
const LOOSE_SHARE: f32 = 0.005;
/// Besides the shortest joint of two pieces those are made that are longer by at most this many samples,
/// and no more columns away from it along both axes.
const SLACK: u32 = 3;
/// Least radius of a joint, in samples.
const MIN_RADIUS: f32 = 1.5;

/// Joins the pieces of `grid`, which is closed to `silhouette` on its own xy lattice, by struts along z
/// of at least `thickness`.
///
/// # Errors
/// [`FieldError::SampleCount`] when the silhouette lies on another lattice; [`FieldError::Cancelled`].
pub fn connect(
    grid: &mut ScalarGrid,
    silhouette: &Silhouette,
    thickness: f32,
    monitor: &Monitor,
) -> Result<(), FieldError> {
    silhouette.check_lattice(grid)?;
    monitor.check()?;
    let pieces = Pieces::of(grid, |sample| sample < 0.0);
    let labels = pieces.labels();
    if labels.iter().all(|&label| label == 0) {
        return Ok(());
    }
    monitor.check()?;
    let radius = (0.5 * thickness).max(MIN_RADIUS * grid.spacing);
    let struts = pieces.struts(&labels, (radius / grid.spacing) as u32);
    for strut in struts {
        monitor.check()?;
        paint(grid, silhouette, strut, radius);
    }
    Ok(())
}

/// Material to be added in one column, from a sample to another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Strut {
    column: usize,
    first: u32,
    last: u32,
}

/// A way to join two pieces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Joint {
    gap: u32,
    pair: [u32; 2],
    strut: Strut,
}

impl Pieces {
    /// Which pieces have to be joined, by label: large ones, and so many others that every column has one.
    fn needed(&self, labels: &[u32]) -> Vec<bool> {
        let count = labels.iter().max().map_or(0, |m| *m as usize + 1);
        let mut volumes = vec![0u64; count];
        for (run, &label) in self.runs.iter().zip(labels) {
            volumes[label as usize] += u64::from(run.last - run.first + 1);
        }
        let largest = volumes.iter().copied().max().unwrap_or(0) as f32;
        let mut needed: Vec<bool> = volumes.iter().map(|&v| v as f32 >= LOOSE_SHARE * largest).collect();
        let sole = |labels: &[u32]| labels.first().filter(|first| labels.iter().all(|label| label == *first)).copied();
        let largest = |labels: &[u32]| labels.iter().copied().max_by_key(|&label| volumes[label as usize]);
        // Then those without which a column would have only pieces that are dropped.
        for pick in [&sole as &dyn Fn(&[u32]) -> Option<u32>, &largest] {
            for column in 0..self.columns() {
                let labels = &labels[self.runs_of(column)];
                if let Some(label) = pick(labels).filter(|_| labels.iter().all(|&label| !needed[label as usize])) {
                    needed[label as usize] = true;
                }
            }
        }
        needed
    }

    /// The shortest struts that make one piece of what touches in the silhouette. Gaps of up to `wall` samples
    /// are closed all along.
    fn struts(&self, labels: &[u32], wall: u32) -> Vec<Strut> {
        let needed = self.needed(labels);
        let mut joints = Vec::new();
        for column in 0..self.columns() {
            for other in std::iter::once(column).chain(self.neighbours(column)) {
                for a in self.runs_of(column) {
                    for b in self.runs_of(other) {
                        let pair = [labels[a].min(labels[b]), labels[a].max(labels[b])];
                        if pair[0] != pair[1] && pair.iter().all(|&label| needed[label as usize]) {
                            joints.push(self.joint(column, a, b, pair));
                        }
                    }
                }
            }
        }
        joints.sort_unstable();
        let whole = UnionFind::new(needed.len());
        let mut reach = std::collections::BTreeMap::new();
        joints.retain(|joint| {
            if whole.union(joint.pair[0], joint.pair[1]) {
                reach.insert(joint.pair, *joint);
            }
            reach.get(&joint.pair).is_some_and(|first: &Joint| {
                let near = [joint, first].map(|j| [j.strut.column / self.ny, j.strut.column % self.ny]);
                let is_near = (0..2).all(|axis| near[0][axis].abs_diff(near[1][axis]) <= SLACK as usize);
                joint.gap <= wall || (is_near && joint.gap <= first.gap + SLACK)
            })
        });
        let mut struts: Vec<Strut> = joints.into_iter().map(|joint| joint.strut).collect();
        struts.sort_unstable();
        struts.dedup();
        struts
    }

    /// From run `a` of a column to run `b` of the same or the next one, a sample into both.
    fn joint(&self, column: usize, a: usize, b: usize, pair: [u32; 2]) -> Joint {
        let (near, far) = if self.runs[a].first < self.runs[b].first { (a, b) } else { (b, a) };
        let strut = Strut { column, first: self.runs[near].last, last: self.runs[far].first };
        Joint { gap: self.runs[a].gap(self.runs[b]), pair, strut }
    }
}

/// Makes the material of a strut: a rounded rod, cut off by the silhouette.
fn paint(grid: &mut ScalarGrid, silhouette: &Silhouette, strut: Strut, radius: f32) {
    let [nx, ny, nz] = grid.samples_per_axis;
    let (cx, cy) = (strut.column / ny, strut.column % ny);
    let reach = (radius / grid.spacing).ceil() as usize + 1;
    let spacing = grid.spacing;
    for ix in cx.saturating_sub(reach)..(cx + reach + 1).min(nx) {
        for iy in cy.saturating_sub(reach)..(cy + reach + 1).min(ny) {
            let distance = silhouette.distances[ix * ny + iy];
            let column = &mut grid.samples[(ix * ny + iy) * nz..][..nz];
            let across = Vec3::new(ix as f32 - cx as f32, iy as f32 - cy as f32, 0.0) * spacing;
            let (first, last) = (strut.first as usize, strut.last as usize);
            let range = first.saturating_sub(reach)..(last + reach + 1).min(nz);
            for (iz, sample) in column.iter_mut().enumerate().take(range.end).skip(range.start) {
                let beyond = first.saturating_sub(iz).max(iz.saturating_sub(last)) as f32 * spacing;
                let rod = (across + Vec3::Z * beyond).length() - radius;
                *sample = sample.min(rod.max(distance));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use glam::Vec2;

    use super::*;
    use crate::field::closure;
    use crate::field::silhouette::Lattice;
    use crate::mesh::topology::Topology;
    use crate::surface;

    /// A field closed to an outline, and its silhouette.
    fn closed(inside: impl Fn(Vec3) -> f32 + Sync, outline: impl Fn(Vec2) -> f32) -> (ScalarGrid, Silhouette) {
        let mut grid = ScalarGrid::from_fn([65; 3], Vec3::NEG_ONE, 2.0 / 64.0, inside);
        let lattice = Lattice::of_grid(&grid);
        let distances = (0..65 * 65).map(|at| outline(lattice.position(at / 65, at % 65))).collect();
        let silhouette = Silhouette { lattice, distances };
        closure::close(&mut grid, &silhouette, 0.06, &Monitor::silent()).unwrap();
        (grid, silhouette)
    }

    fn shells(grid: &ScalarGrid) -> usize {
        let mesh = surface::extract(grid, &Monitor::silent()).unwrap();
        let topology = Topology::of(&mesh);
        assert!(topology.is_closed() && topology.is_manifold());
        topology.shells.len()
    }

    fn square(p: Vec2) -> f32 {
        p.abs().max_element() - 0.6
    }

    fn slab(p: Vec3, z: f32) -> f32 {
        (p.z - z).abs() - 0.1
    }

    #[test]
    fn pieces_at_other_depths_become_one_and_the_view_stays() {
        let (mut grid, silhouette) = closed(|p| slab(p, if p.x < 0.1 { 0.5 } else { -0.5 }), square);
        // The closure joins neighbours only where nothing is inside at a common depth; take that away.
        for (column, samples) in grid.samples.chunks_mut(65).enumerate() {
            let depth = if column / 65 < 35 { 0.5 } else { -0.5 };
            for (iz, sample) in samples.iter_mut().enumerate() {
                let z = iz as f32 / 32.0 - 1.0;
                *sample = slab(Vec3::Z * z, depth).max(silhouette.distances[column]);
            }
        }
        assert_eq!(shells(&grid), 2);
        let before = grid.clone();
        connect(&mut grid, &silhouette, 0.06, &Monitor::silent()).unwrap();
        assert_eq!(shells(&grid), 1);
        for (column, &distance) in grid.samples.chunks(65).zip(&silhouette.distances) {
            assert_eq!(column.iter().any(|s| *s < 0.0), distance < 0.0);
        }
        assert!(grid.samples.iter().zip(&before.samples).all(|(after, before)| after <= before));
        let again = grid.clone();
        connect(&mut grid, &silhouette, 0.06, &Monitor::silent()).unwrap();
        assert_eq!(grid, again);
    }

    #[test]
    fn islands_stay_apart_and_noise_before_a_body_stays_loose() {
        let islands = |p: Vec2| (p - Vec2::X * 0.5).length().min((p + Vec2::X * 0.5).length()) - 0.3;
        let (mut grid, silhouette) = closed(|p| slab(p, 0.0), islands);
        connect(&mut grid, &silhouette, 0.06, &Monitor::silent()).unwrap();
        assert_eq!(shells(&grid), 2);
        let speck = |p: Vec3| slab(p, -0.2).min(p.distance(Vec3::Z * 0.5) - 0.06);
        let (mut grid, silhouette) = closed(speck, square);
        let before = grid.clone();
        connect(&mut grid, &silhouette, 0.06, &Monitor::silent()).unwrap();
        assert_eq!((grid == before, shells(&grid)), (true, 2));
        // A large one is joined.
        let ball = |p: Vec3| slab(p, -0.2).min(p.distance(Vec3::Z * 0.5) - 0.3);
        let (mut grid, silhouette) = closed(ball, square);
        connect(&mut grid, &silhouette, 0.06, &Monitor::silent()).unwrap();
        assert_eq!(shells(&grid), 1);
    }

    #[test]
    fn another_lattice_and_a_cancellation_are_told() {
        let (mut grid, silhouette) = closed(|p| slab(p, 0.0), square);
        let other = Silhouette { distances: vec![0.0; 4], ..silhouette.clone() };
        assert!(connect(&mut grid, &other, 0.06, &Monitor::silent()).is_err());
        let token = crate::progress::CancelToken::new();
        token.cancel();
        let cancelled = connect(&mut grid, &silhouette, 0.06, &Monitor::new(&token, &|_| ()));
        assert!(matches!(cancelled, Err(FieldError::Cancelled(_))));
    }
}
