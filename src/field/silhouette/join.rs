//! Joins the parts of a sampled silhouette that one region of the picture holds together.
//!
//! Promises: parts are joined only along ways that lie inside the outline, so two strokes with the
//! narrowest gap between them stay two. Every two parts that meet within a region are joined, where the
//! way between them is shortest.

use std::collections::{BTreeMap, HashMap, VecDeque};

use glam::Vec2;

use super::outline::Outline;
use super::{Lattice, Silhouette, crossings_per_column};
use crate::progress::{Cancelled, Monitor};

/// Least half width of a joint in samples: with half a diagonal, the samples along a line are neighbours.
const MIN_HALF_WIDTH: f32 = 0.71;
/// No part, or no pixel.
const NONE: u32 = u32::MAX;

/// Unites `shape` with lines of at least `half_width` until no region of `outline` has more than one
/// part. The `anchors` are points inside the outline around which `shape` reaches [`least_half_width`] or
/// `half_width` far at least, or samples that are inside.
///
/// # Errors
/// [`Cancelled`].
pub(super) fn join(
    shape: &mut Silhouette,
    outline: &Outline,
    anchors: impl Iterator<Item = Vec2>,
    half_width: f32,
    monitor: &Monitor,
) -> Result<(), Cancelled> {
    let (parts, count) = parts(shape);
    if count < 2 {
        return Ok(());
    }
    let lattice = shape.lattice;
    let ny = lattice.samples_per_axis[1];
    let part_at = |anchor: Vec2| {
        let k = lattice.nearest(anchor)?;
        // One farther off may be inside for something else beside.
        let near = lattice.position(k / ny, k % ny).distance(anchor) < half_width;
        (near && parts[k] != NONE).then_some((anchor, parts[k]))
    };
    let anchors: Vec<(Vec2, u32)> = anchors.filter_map(part_at).collect();
    monitor.check()?;
    let mut search = Search::new(Pixels::of(outline));
    search.start(&anchors);
    search.spread(monitor)?;
    let half_width = least_half_width(lattice, half_width);
    for (_, way) in search.meetings.into_values() {
        for ends in way.windows(2) {
            shape.unite([ends[0], ends[1]], half_width);
        }
    }
    Ok(())
}

/// `half_width`, or what a line needs at least so that the samples of `lattice` hold it together.
pub(super) fn least_half_width(lattice: Lattice, half_width: f32) -> f32 {
    half_width.max(MIN_HALF_WIDTH * lattice.spacing)
}

/// The part of every sample (neighbours along the axes hang together), and how many there are.
pub(super) fn parts(shape: &Silhouette) -> (Vec<u32>, u32) {
    let [nx, ny] = shape.lattice.samples_per_axis;
    let mut parts = vec![NONE; shape.distances.len()];
    let mut count = 0;
    let mut open = Vec::new();
    for start in 0..parts.len() {
        if shape.distances[start] >= 0.0 || parts[start] != NONE {
            continue;
        }
        parts[start] = count;
        open.push(start);
        while let Some(here) = open.pop() {
            let (ix, iy) = (here / ny, here % ny);
            let along_x = [(ix > 0).then(|| here - ny), (ix + 1 < nx).then_some(here + ny)];
            let along_y = [(iy > 0).then(|| here - 1), (iy + 1 < ny).then_some(here + 1)];
            for next in along_x.into_iter().chain(along_y).flatten() {
                if shape.distances[next] < 0.0 && parts[next] == NONE {
                    parts[next] = count;
                    open.push(next);
                }
            }
        }
        count += 1;
    }
    (parts, count)
}

/// Which pixels of the raster are inside, and which pixels that touch at a corner hang together.
struct Pixels {
    size: [usize; 2],
    origin: Vec2,
    step: Vec2,
    /// `[2 · width, 2 · height]`, at every half pixel: those between four pixels tell whether these are joined.
    inside: Vec<bool>,
}

impl Pixels {
    fn of(outline: &Outline) -> Self {
        let size = outline.raster_size();
        let placement = outline.placement();
        let half_step = 0.5 * placement.step;
        let [columns, rows] = size.map(|n| 2 * n);
        let last = placement.origin.x + half_step.x * columns.saturating_sub(1) as f32;
        let lattice = Lattice {
            samples_per_axis: [columns, rows],
            origin: Vec2::new(placement.origin.x.min(last), placement.origin.y),
            spacing: half_step.x.abs(),
        };
        let crossings = crossings_per_column(outline, &lattice);
        let mut inside = vec![false; columns * rows];
        for (ix, column) in inside.chunks_mut(rows.max(1)).enumerate() {
            let crossings = &crossings[if half_step.x < 0.0 { columns - 1 - ix } else { ix }];
            let mut below = 0;
            for at in 0..rows {
                let iy = if half_step.y < 0.0 { rows - 1 - at } else { at };
                let y = placement.origin.y + half_step.y * iy as f32;
                while crossings.get(below).is_some_and(|&crossing| crossing < y) {
                    below += 1;
                }
                column[iy] = below % 2 == 1;
            }
        }
        Self { size, origin: placement.origin, step: placement.step, inside }
    }

    fn is_inside(&self, half_i: usize, half_j: usize) -> bool {
        self.inside[half_i * 2 * self.size[1] + half_j]
    }

    fn position(&self, pixel: u32) -> Vec2 {
        let (i, j) = (pixel as usize / self.size[1], pixel as usize % self.size[1]);
        self.origin + self.step * Vec2::new(i as f32, j as f32)
    }

    /// The nearest inside pixel of the four around a point inside the outline.
    fn nearest(&self, point: Vec2) -> Option<u32> {
        let at = (point - self.origin) / self.step;
        let [first, second] = [at.x.floor() as i64, at.y.floor() as i64];
        let [width, height] = self.size.map(|n| n as i64);
        let around = [(first, second), (first + 1, second), (first, second + 1), (first + 1, second + 1)];
        around
            .into_iter()
            .filter(|&(i, j)| (0..width).contains(&i) && (0..height).contains(&j))
            .filter(|&(i, j)| self.is_inside(2 * i as usize, 2 * j as usize))
            .min_by(|a, b| {
                let distance = |&(i, j): &(i64, i64)| at.distance_squared(Vec2::new(i as f32, j as f32));
                distance(a).total_cmp(&distance(b))
            })
            .map(|(i, j)| (i * height + j) as u32)
    }

    /// The inside pixels that hang together with `pixel`.
    fn neighbours(&self, pixel: u32) -> impl Iterator<Item = u32> + '_ {
        let [width, height] = self.size.map(|n| n as i64);
        let (i, j) = (i64::from(pixel) / height, i64::from(pixel) % height);
        const STEPS: [(i64, i64); 8] = [(-1, 0), (1, 0), (0, -1), (0, 1), (-1, -1), (-1, 1), (1, -1), (1, 1)];
        STEPS.into_iter().filter_map(move |(di, dj)| {
            let (to_i, to_j) = (i + di, j + dj);
            let exists = (0..width).contains(&to_i) && (0..height).contains(&to_j);
            // Half way to a neighbour along an axis it is inside by interpolation, whatever rounding says.
            let joined = || di == 0 || dj == 0 || self.is_inside((i + to_i) as usize, (j + to_j) as usize);
            (exists && self.is_inside(2 * to_i as usize, 2 * to_j as usize) && joined())
                .then_some((to_i * height + to_j) as u32)
        })
    }
}

/// How a pixel was reached.
#[derive(Clone, Copy)]
struct Reached {
    part: u32,
    /// The pixel before; [`NONE`] where the way starts.
    from: u32,
    steps: u32,
}

/// Every part spreads over the pixels of its region until it meets the others.
struct Search {
    pixels: Pixels,
    reached: Vec<Reached>,
    /// Where the ways that start at a pixel really start.
    anchors: HashMap<u32, Vec2>,
    open: VecDeque<u32>,
    /// For two parts, the smaller number first, the steps of the shortest way between them and the way.
    meetings: BTreeMap<[u32; 2], (u32, Vec<Vec2>)>,
}

impl Search {
    fn new(pixels: Pixels) -> Self {
        let nowhere = Reached { part: NONE, from: NONE, steps: 0 };
        let reached = vec![nowhere; pixels.size[0] * pixels.size[1]];
        Self { pixels, reached, anchors: HashMap::new(), open: VecDeque::new(), meetings: BTreeMap::new() }
    }

    fn start(&mut self, anchors: &[(Vec2, u32)]) {
        for &(anchor, part) in anchors {
            let Some(pixel) = self.pixels.nearest(anchor) else { continue };
            let there = self.reached[pixel as usize].part;
            if there == NONE {
                self.reached[pixel as usize] = Reached { part, from: NONE, steps: 0 };
                self.anchors.insert(pixel, anchor);
                self.open.push_back(pixel);
            } else if there != part {
                // Both at one pixel: nothing lies between them but this.
                let way = vec![self.anchors[&pixel], self.pixels.position(pixel), anchor];
                self.meetings.entry([there.min(part), there.max(part)]).or_insert((0, way));
            }
        }
    }

    fn spread(&mut self, monitor: &Monitor) -> Result<(), Cancelled> {
        let mut turns = 0usize;
        while let Some(here) = self.open.pop_front() {
            if turns.is_multiple_of(65_536) {
                monitor.check()?;
            }
            turns += 1;
            let Reached { part, steps, .. } = self.reached[here as usize];
            let neighbours: Vec<u32> = self.pixels.neighbours(here).collect();
            for next in neighbours {
                let there = self.reached[next as usize];
                if there.part == NONE {
                    self.reached[next as usize] = Reached { part, from: here, steps: steps + 1 };
                    self.open.push_back(next);
                } else if there.part != part {
                    self.meet([here, next], [part, there.part], steps + there.steps + 1);
                }
            }
        }
        Ok(())
    }

    fn meet(&mut self, pixels: [u32; 2], parts: [u32; 2], steps: u32) {
        let pair = [parts[0].min(parts[1]), parts[0].max(parts[1])];
        if self.meetings.get(&pair).is_some_and(|(least, _)| *least <= steps) {
            return;
        }
        let mut way = self.way_back(pixels[0]);
        way.reverse();
        way.extend(self.way_back(pixels[1]));
        self.meetings.insert(pair, (steps, way));
    }

    /// From a pixel to where its part started.
    fn way_back(&self, mut pixel: u32) -> Vec<Vec2> {
        let mut way = vec![self.pixels.position(pixel)];
        while self.reached[pixel as usize].from != NONE {
            pixel = self.reached[pixel as usize].from;
            way.push(self.pixels.position(pixel));
        }
        way.extend(self.anchors.get(&pixel));
        way
    }
}
