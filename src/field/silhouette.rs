//! Signed distance to a picture's outline on the xy lattice of a field.
//!
//! Promises: distances are Euclidean and exact for the traced curves (not for the pixels' corners),
//! so a lattice may be coarser or finer than the picture. Negative inside, as everywhere.

mod join;
mod outline;
mod thin;
mod tree;

use glam::{Vec2, Vec3, Vec3Swizzles};
use rayon::prelude::*;

pub use outline::{Outline, Placement};
use tree::nearest_on_segment;

use super::{FieldError, ScalarGrid, nearest};
use crate::progress::{Cancelled, Monitor};

/// Regular points in the plane: sample `[ix, iy]` lies at `origin + spacing * (ix, iy)` and is stored
/// at `ix * ny + iy`, the order in which a [`ScalarGrid`] stores its columns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lattice {
    /// `[nx, ny]`.
    pub samples_per_axis: [usize; 2],
    /// Position of sample `[0, 0]`.
    pub origin: Vec2,
    /// Distance between neighbours, > 0.
    pub spacing: f32,
}

impl Lattice {
    /// The lattice of `grid`'s columns.
    pub fn of_grid(grid: &ScalarGrid) -> Self {
        let [nx, ny, _] = grid.samples_per_axis;
        Self { samples_per_axis: [nx, ny], origin: grid.origin.xy(), spacing: grid.spacing }
    }

    /// The smallest lattice that reaches at least `padding` cells beyond the box `[min, max]` on
    /// every side, centred on it.
    pub fn around([min, max]: [Vec2; 2], spacing: f32, padding: usize) -> Self {
        let cells = ((max - min) / spacing).to_array().map(|c| c.max(0.0).ceil() as usize + 2 * padding);
        let origin = (min + max - spacing * Vec2::new(cells[0] as f32, cells[1] as f32)) * 0.5;
        Self { samples_per_axis: cells.map(|c| c + 1), origin, spacing }
    }

    /// Number of samples.
    pub fn sample_count(&self) -> usize {
        self.samples_per_axis[0] * self.samples_per_axis[1]
    }

    /// Where the sample `[ix, iy]` lies.
    pub fn position(&self, ix: usize, iy: usize) -> Vec2 {
        self.origin + self.spacing * Vec2::new(ix as f32, iy as f32)
    }

    /// The sample nearest to `point`, as it is stored; none outside the box of the samples.
    fn nearest(&self, point: Vec2) -> Option<usize> {
        let cell = ((point - self.origin) / self.spacing).round();
        let [nx, ny] = self.samples_per_axis;
        let exists = cell.cmpge(Vec2::ZERO).all() && cell.x < nx as f32 && cell.y < ny as f32;
        exists.then(|| cell.x as usize * ny + cell.y as usize)
    }

    /// For every sample which of `sites`, themselves samples as they are stored, is nearest, as its place
    /// in `sites`; of several one. Without any site the answers are no places.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub fn nearest_sites(&self, sites: &[usize], monitor: &Monitor) -> Result<Vec<u32>, Cancelled> {
        let [nx, ny] = self.samples_per_axis;
        let mut owners = vec![nearest::NONE; nx * ny];
        sites.iter().enumerate().for_each(|(place, &site)| owners[site] = place as u32);
        let cells: Vec<Vec3> =
            sites.iter().map(|site| Vec3::new((site / ny) as f32, (site % ny) as f32, 0.0)).collect();
        nearest::nearest_sites([nx, ny, 1], 0, owners, &cells, f32::INFINITY, monitor)
    }

    /// Whether `point` lies within the box of the samples.
    pub fn contains(&self, point: Vec2) -> bool {
        let [nx, ny] = self.samples_per_axis;
        let cell = (point - self.origin) / self.spacing;
        cell.cmpge(Vec2::ZERO).all() && cell.cmple(Vec2::new(nx as f32, ny as f32) - 1.0).all()
    }

    /// The raster placement under which sample `[ix, iy]` is pixel `(ix, iy)`.
    pub fn placement(&self) -> Placement {
        Placement { origin: self.origin, step: Vec2::splat(self.spacing) }
    }
}

/// Signed distances to an outline, one per sample of a lattice, negative inside.
#[derive(Clone, Debug, PartialEq)]
pub struct Silhouette {
    /// Where the samples lie.
    pub lattice: Lattice,
    /// `nx * ny` distances, in the unit of the lattice.
    pub distances: Vec<f32>,
}

impl Silhouette {
    /// The silhouette of a raster of opacities 0–1: inside is where `alpha_at(i, j)` is at least
    /// `threshold`, everything around the raster is outside.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub fn from_alpha(
        size: [usize; 2],
        threshold: f32,
        placement: Placement,
        alpha_at: impl Fn(usize, usize) -> f32 + Sync,
        lattice: Lattice,
        monitor: &Monitor,
    ) -> Result<Self, Cancelled> {
        Self::of_outline(&Outline::trace(size, threshold, 0.0, placement, alpha_at), lattice, monitor)
    }

    /// The signed distances to `outline` at every sample of `lattice`. Without any curve everything is
    /// outside, at a distance larger than the lattice.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub fn of_outline(outline: &Outline, lattice: Lattice, monitor: &Monitor) -> Result<Self, Cancelled> {
        let Lattice { samples_per_axis: [nx, ny], spacing, .. } = lattice;
        let nowhere = 2.0 * spacing * (nx + ny) as f32;
        let crossings = crossings_per_column(outline, &lattice);
        let mut distances = vec![nowhere; nx * ny];
        if outline.is_empty() || ny == 0 {
            return Ok(Self { lattice, distances });
        }
        distances.par_chunks_mut(ny).zip(&crossings).enumerate().try_for_each(|(ix, (column, crossings))| {
            monitor.check()?;
            let mut reach = f32::INFINITY;
            let mut below = 0;
            for (iy, distance) in column.iter_mut().enumerate() {
                let point = lattice.position(ix, iy);
                let nearest = outline.nearest(point, reach).or_else(|| outline.nearest(point, f32::INFINITY));
                let unsigned = nearest.map_or(nowhere, |p| p.distance(point));
                // A step of one sample changes the distance by at most the step.
                reach = (unsigned + spacing) * 1.0001;
                while crossings.get(below).is_some_and(|&y| y < point.y) {
                    below += 1;
                }
                *distance = if below % 2 == 1 { -unsigned } else { unsigned };
            }
            Ok(())
        })?;
        Ok(Self { lattice, distances })
    }

    /// Whether this lies on the grid's own xy lattice.
    ///
    /// # Errors
    /// [`FieldError::SampleCount`].
    pub(super) fn check_lattice(&self, grid: &ScalarGrid) -> Result<(), FieldError> {
        let [nx, ny, nz] = grid.samples_per_axis;
        let counts_agree = self.distances.len() == nx * ny && grid.samples.len() == nx * ny * nz;
        if counts_agree && self.lattice == Lattice::of_grid(grid) {
            return Ok(());
        }
        let expected = [self.lattice.samples_per_axis[0], self.lattice.samples_per_axis[1], nz];
        Err(FieldError::SampleCount { found: grid.samples.len(), expected })
    }

    /// Makes every part that is thinner than `2 * half_width` that wide, around its own middle, so that
    /// a line thinner than a cell is not lost between the samples. Wider parts and corners blunter
    /// than about 70° stay as they are. The tip of a sharper corner of a part that is wider keeps its width as
    /// far as samples can hold it, since a disc around it would be a knob; only where the sides are nearly
    /// parallel is a point widened as a line is. What the outline holds together is one part of the lattice
    /// then, and what it does not is not joined but by its own width. Afterwards distances within three
    /// samples of such a part are those of the widened shape; farther out they are too large by at most
    /// `half_width`.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub fn widen_thin_parts(&mut self, outline: &Outline, half_width: f32, monitor: &Monitor) -> Result<(), Cancelled> {
        // Samples hold no tip that is thinner than a line must be for them.
        let are_tips_told = half_width > join::least_half_width(self.lattice, 0.0);
        let thin = thin::middles(outline, half_width, are_tips_told, monitor)?;
        let (lattice, ny) = (self.lattice, self.lattice.samples_per_axis[1]);
        let inside: Vec<usize> = (0..self.distances.len()).filter(|&k| self.distances[k] < 0.0).collect();
        for disc in &thin.bands {
            self.unite([disc.center; 2], half_width);
        }
        for tip in &thin.tips {
            for pair in tip.windows(2) {
                let radius = pair[0].radius.min(pair[1].radius);
                self.unite([pair[0].center, pair[1].center], join::least_half_width(lattice, radius).min(half_width));
            }
        }
        // Some of a line's segments have no middle, and at a neck between two corners none may have one.
        let middles = thin.bands.iter().chain(thin.tips.iter().flatten()).map(|disc| disc.center);
        let anchors = inside.iter().map(|k| lattice.position(k / ny, k % ny)).chain(middles);
        join::join(self, outline, anchors, half_width, monitor)
    }

    /// Adds everything within `half_width` of a segment, or of a point. Distances within three samples of
    /// it are those of the larger shape then; farther out they stay as they were.
    pub fn unite(&mut self, ends: [Vec2; 2], half_width: f32) {
        let Lattice { samples_per_axis: [nx, ny], origin, spacing } = self.lattice;
        let reach = half_width + 3.0 * spacing;
        let low = ((ends[0].min(ends[1]) - reach - origin) / spacing).ceil().max(Vec2::ZERO);
        let high = ((ends[0].max(ends[1]) + reach - origin) / spacing).floor();
        let high = high.min(Vec2::new(nx as f32, ny as f32) - 1.0);
        for ix in low.x as usize..(high.x + 1.0).max(0.0) as usize {
            for iy in low.y as usize..(high.y + 1.0).max(0.0) as usize {
                let point = self.lattice.position(ix, iy);
                let away = nearest_on_segment(point, ends).distance(point) - half_width;
                let distance = &mut self.distances[ix * ny + iy];
                *distance = distance.min(away);
            }
        }
    }

    /// The curves along which the sampled distances are `level`; outside the lattice is outside.
    pub fn outline(&self, level: f32) -> Outline {
        let Lattice { samples_per_axis: [nx, ny], .. } = self.lattice;
        let depth = |ix: usize, iy: usize| level - self.distances[ix * ny + iy];
        Outline::trace([nx, ny], 0.0, -self.lattice.spacing, self.lattice.placement(), depth)
    }

    /// Whether nothing is inside at any sample.
    pub fn is_empty(&self) -> bool {
        self.distances.iter().all(|&d| d >= 0.0)
    }

    /// The distance at any point, bilinear; outside the lattice that of its nearest border point plus
    /// the way to it.
    pub fn distance_at(&self, point: Vec2) -> f32 {
        let [nx, ny] = self.lattice.samples_per_axis;
        if nx == 0 || ny == 0 {
            return f32::INFINITY;
        }
        let cell = (point - self.lattice.origin) / self.lattice.spacing;
        let clamped = cell.clamp(Vec2::ZERO, Vec2::new((nx - 1) as f32, (ny - 1) as f32));
        let (ix, iy) = ((clamped.x as usize).min(nx.saturating_sub(2)), (clamped.y as usize).min(ny.saturating_sub(2)));
        let (jx, jy) = ((ix + 1).min(nx - 1), (iy + 1).min(ny - 1));
        let t = clamped - Vec2::new(ix as f32, iy as f32);
        let at = |ix: usize, iy: usize| self.distances[ix * ny + iy];
        let low = at(ix, iy) + (at(jx, iy) - at(ix, iy)) * t.x;
        let high = at(ix, jy) + (at(jx, jy) - at(ix, jy)) * t.x;
        low + (high - low) * t.y + cell.distance(clamped) * self.lattice.spacing
    }
}

/// For every column of `lattice` the y of all crossings of the outline with it, ascending: a sample
/// with an odd number of crossings below it is inside.
fn crossings_per_column(outline: &Outline, lattice: &Lattice) -> Vec<Vec<f32>> {
    let [nx, _] = lattice.samples_per_axis;
    let mut crossings = vec![Vec::new(); nx];
    for &[a, b] in outline.segments() {
        let (low, high) = if a.x <= b.x { (a, b) } else { (b, a) };
        let first = ((low.x - lattice.origin.x) / lattice.spacing - 1.0).floor().max(0.0) as usize;
        for (ix, column) in crossings.iter_mut().enumerate().skip(first) {
            let x = lattice.position(ix, 0).x;
            if x >= high.x {
                break;
            }
            // Half open, so that a curve through an end point shared by two segments counts once.
            if low.x <= x {
                column.push(low.y + (high.y - low.y) * ((x - low.x) / (high.x - low.x)));
            }
        }
    }
    crossings.par_iter_mut().for_each(|column| column.sort_unstable_by(f32::total_cmp));
    crossings
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Opacity of a shape with the signed distance `distance`, as an exact renderer would draw it.
    fn alpha(distance: f32) -> f32 {
        (0.5 - distance).clamp(0.0, 1.0)
    }

    fn silhouette(shape: impl Fn(Vec2) -> f32 + Sync, spacing: f32) -> (Outline, Silhouette) {
        let placement = Placement { origin: Vec2::ZERO, step: Vec2::ONE };
        let outline =
            Outline::trace([100, 80], 0.5, 0.0, placement, |i, j| alpha(shape(Vec2::new(i as f32, j as f32))));
        let lattice = Lattice::around([Vec2::ZERO, Vec2::new(99.0, 79.0)], spacing, 2);
        let silhouette = Silhouette::of_outline(&outline, lattice, &Monitor::silent()).unwrap();
        (outline, silhouette)
    }

    #[test]
    fn distances_to_a_disc_are_right_to_a_tenth_of_a_pixel_on_coarse_and_fine_lattices() {
        let center = Vec2::new(47.3, 38.6);
        for spacing in [0.37, 1.0, 4.1] {
            let (_, s) = silhouette(|p| p.distance(center) - 25.2, spacing);
            let [nx, ny] = s.lattice.samples_per_axis;
            for (ix, iy) in (0..nx).flat_map(|ix| (0..ny).map(move |iy| (ix, iy))) {
                let point = s.lattice.position(ix, iy);
                let expected = point.distance(center) - 25.2;
                let found = s.distances[ix * ny + iy];
                assert!((found - expected).abs() < 0.1, "{point}: {found} for {expected}");
            }
        }
    }

    #[test]
    fn a_hole_is_outside() {
        let center = Vec2::new(50.0, 40.0);
        let (_, s) = silhouette(|p| (p.distance(center) - 25.0).abs() - 6.0, 1.0);
        for (x, sign) in [(50.0, 1.0), (68.0, 1.0), (75.0, -1.0), (82.0, 1.0)] {
            assert_eq!(s.distance_at(Vec2::new(x, 40.0)).signum(), sign, "{x}");
        }
    }

    #[test]
    fn a_hairline_is_widened_and_a_thick_bar_is_not() {
        let slanted = |p: Vec2| (p - Vec2::new(50.0, 40.0)).dot(Vec2::new(0.28, 0.96)).abs() - 0.7;
        let (outline, mut s) = silhouette(|p| slanted(p).max((p.x - 50.0).abs() - 40.0), 4.0);
        s.widen_thin_parts(&outline, 3.0, &Monitor::silent()).unwrap();
        for x in 14..86 {
            let y = 40.0 - (x as f32 - 50.0) * 0.28 / 0.96;
            let on_line = s.distance_at(Vec2::new(x as f32, y));
            assert!((-3.0..=-0.7).contains(&on_line), "{x}: {on_line}");
        }
        let bar = |p: Vec2| (p.y - 40.0).abs().max((p.x - 50.0).abs() - 30.0) - 8.0;
        let (outline, mut wide) = silhouette(bar, 4.0);
        let before = wide.clone();
        wide.widen_thin_parts(&outline, 3.0, &Monitor::silent()).unwrap();
        assert_eq!(wide, before);
    }

    #[test]
    fn a_line_drawn_without_soft_edges_is_one_part() {
        for (slope, spacing) in [(0.41, 3.7), (0.62, 4.1), (0.62, 5.2), (0.73, 4.1), (0.9, 4.6), (1.0, 4.6)] {
            let across = Vec2::new(-slope, 1.0).normalize();
            let drawn = |p: Vec2| (p - Vec2::new(0.0, 20.0)).dot(across).abs() <= 2.0 && (4.0..96.0).contains(&p.x);
            // Half a pixel off, as centring an object may leave it: both rims are only just covered.
            let value = |i: usize, j: usize| {
                let covered = [0.0, 1.0].map(|up| drawn(Vec2::new(i as f32, j as f32 - up)));
                covered.map(|covered| if covered { 0.502 } else { 0.0 }).iter().sum()
            };
            let placement = Placement { origin: Vec2::new(0.0, 119.0), step: Vec2::new(1.0, -1.0) };
            let outline = Outline::trace([100, 120], 0.5, 0.0, placement, value);
            let lattice = Lattice::around(outline.bounds().unwrap(), spacing, 2);
            let mut s = Silhouette::of_outline(&outline, lattice, &Monitor::silent()).unwrap();
            s.widen_thin_parts(&outline, 0.7 * spacing, &Monitor::silent()).unwrap();
            assert_eq!(join::parts(&s).1, 1, "{slope}, {spacing}");
        }
    }

    #[test]
    fn a_neck_is_kept_and_a_gap_of_a_pixel_too() {
        // Two wedges whose tips meet, and two blocks with one column of pixels between them.
        let wedges = |i: usize, j: usize| (10..91).contains(&i) && j.abs_diff(40) <= i.abs_diff(50);
        let blocks = |i: usize, j: usize| (10..91).contains(&i) && (10..71).contains(&j) && i != 50;
        let placement = Placement { origin: Vec2::ZERO, step: Vec2::ONE };
        let parts = |inside: &(dyn Fn(usize, usize) -> bool + Sync), spacing: f32| {
            let outline = Outline::trace([100, 80], 0.5, 0.0, placement, |i, j| f32::from(u8::from(inside(i, j))));
            let lattice = Lattice::around(outline.bounds().unwrap(), spacing, 2);
            let mut s = Silhouette::of_outline(&outline, lattice, &Monitor::silent()).unwrap();
            s.widen_thin_parts(&outline, 0.7 * spacing, &Monitor::silent()).unwrap();
            join::parts(&s).1
        };
        for spacing in [0.37, 0.73, 2.3, 4.1] {
            assert_eq!(parts(&wedges, spacing), 1, "{spacing}");
        }
        for spacing in [0.37, 0.73] {
            assert_eq!(parts(&blocks, spacing), 2, "{spacing}");
        }
    }

    #[test]
    fn nothing_inside_is_empty_and_threads_do_not_matter() {
        assert!(silhouette(|_| 1.0, 2.0).1.is_empty());
        let disc = |p: Vec2| p.distance(Vec2::new(50.0, 40.0)) - 20.0;
        let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap().install(|| silhouette(disc, 0.8).1);
        assert_eq!(alone, silhouette(disc, 0.8).1);
    }
}
