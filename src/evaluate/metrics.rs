//! How near a result is to the truth.

use glam::{Vec2, Vec3};

use super::case::Case;
use crate::dataset::random::Random;
use crate::dataset::solid::of_mesh;
use crate::dataset::view::View;
use crate::mesh::Mesh;
use crate::mesh::scan::scan;
use crate::mesh::topology::Topology;
use crate::mesh::weld::weld;

/// Samples along each axis for the overlap.
const GRID: usize = 128;
/// Points on each surface.
const POINTS: usize = 8000;
/// For its area a silhouette is sampled this many times as finely as the picture.
const FINE: usize = 8;
/// The widest angle that a result is looked at under, in degrees.
const WIDEST: f32 = 60.0;
/// The search for the best one: steps in degrees, and how many of them to either side.
const ANGLE_STEPS: [(f32, i32); 2] = [(5.0, 12), (1.0, 4)];
/// Opacities that are about one half.
const HALF: std::ops::RangeInclusive<u8> = 120..=135;
/// Cells along each axis of the search for neighbours.
const CELLS: usize = 40;

/// Figures of one result. Lengths are in the frame, in which the object's longest side is 1.8.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize)]
pub struct Scores {
    /// Intersection over union of the volumes, at 128³.
    pub iou: f32,
    /// Mean distance to the nearest point of the other surface, mean of both directions.
    pub chamfer: f32,
    /// F-score: harmonic mean of the shares of points within 0.05 of the other surface.
    pub f05: f32,
    /// Within 0.1.
    pub f10: f32,
    /// Within 0.2.
    pub f20: f32,
    /// Mean cosine between normals of nearest points, without sign.
    pub normals: f32,
    /// Intersection over union of the picture's silhouette and the result's.
    pub silhouette: f32,
    /// Whether every edge has two triangles and every place is a surface.
    pub manifold: bool,
}

/// Compares a result, in the viewer's axes, with the truth of its case.
/// Gives the result in the frame as well.
pub fn compare(case: &Case, result: &Mesh) -> (Scores, Mesh) {
    let placed = align(result, &case.truth);
    let topology = Topology::of(&weld(result));
    let ours = Surface::of(&placed);
    let theirs = Surface::of(&case.truth);
    let (there, back) = (ours.to(&theirs), theirs.to(&ours));
    let f = |reach: f32| {
        let share =
            |near: &[(f32, f32)]| near.iter().filter(|n| n.0 <= reach).count() as f32 / near.len().max(1) as f32;
        let (precision, recall) = (share(&there), share(&back));
        2.0 * precision * recall / (precision + recall).max(1e-9)
    };
    let mean = |near: &[(f32, f32)], pick: fn(&(f32, f32)) -> f32| {
        (near.iter().map(|n| f64::from(pick(n))).sum::<f64>() / near.len().max(1) as f64) as f32
    };
    let both = |pick| 0.5 * (mean(&there, pick) + mean(&back, pick));
    let scores = Scores {
        iou: overlap(&placed, &case.truth),
        chamfer: both(|n| n.0),
        f05: f(0.05),
        f10: f(0.1),
        f20: f(0.2),
        normals: both(|n| n.1),
        silhouette: silhouette(case, result),
        manifold: topology.is_manifold(),
    };
    (scores, placed)
}

/// Scales a result as a whole so that its width or height, whichever is longer in the truth, agrees,
/// and centres it on the truth's box.
fn align(result: &Mesh, truth: &Mesh) -> Mesh {
    let mut placed = result.clone();
    placed.vertex_colors = None;
    if let (Some(from), Some(to)) = (result.bounds(), truth.bounds()) {
        let axis = if to.size().x > to.size().y { 0 } else { 1 };
        let scale = to.size()[axis] / from.size()[axis].max(1e-9);
        placed.transform(|p| (p - from.center()) * scale + to.center());
    }
    placed
}

fn overlap(a: &Mesh, b: &Mesh) -> f32 {
    let [a, b] = [a, b].map(|m| of_mesh::occupancy(&m.vertex_positions, &m.triangle_indices, GRID));
    share(a.into_iter().zip(b))
}

fn share(pairs: impl Iterator<Item = (bool, bool)>) -> f32 {
    let (mut both, mut either) = (0u32, 0u32);
    for (a, b) in pairs {
        both += u32::from(a && b);
        either += u32::from(a || b);
    }
    both as f32 / either.max(1) as f32
}

/// The result is looked at along the picture's axis, from the distance that suits it best: a picture does not tell how
/// far off it was taken, and a generator may undo the perspective that it sees. Its silhouette gets the area and the
/// centre of the picture's: a generator knows no more of its size and place than the picture shows, and boxes hang on
/// the last pixel of the thinnest tip.
fn silhouette(case: &Case, result: &Mesh) -> f32 {
    let side = case.picture.width() as usize;
    let alpha = case.picture.pixels().map(|p| f32::from(p[3]) / 255.0);
    let Some(asked) = Spread::of(alpha, side) else { return 0.0 };
    let seen_under = |field_of_view: f32, fine: usize| {
        let view = View::new(0.0, 0.0, 0.0, field_of_view).fitted(&result.vertex_positions)?;
        let seen: Vec<Vec2> =
            result.vertex_positions.iter().map(|&p| view.project(view.frame_from_solid(p)).truncate()).collect();
        let area = covered(result, &seen, fine * side);
        let made = Spread::of(area.into_iter().map(|covered| f32::from(u8::from(covered))), fine * side)?;
        let scale = (asked.area / made.area).sqrt();
        let placed: Vec<Vec2> = seen.iter().map(|&p| (p - made.center) * scale + asked.center).collect();
        // A pixel that is covered by half lies on the outline and says nothing.
        let pairs = covered(result, &placed, side).into_iter().zip(case.picture.pixels().map(|p| p[3]));
        let told = pairs.filter(|(_, alpha)| !HALF.contains(alpha));
        Some(share(told.map(|(covered, alpha)| (covered, alpha >= 128))))
    };
    let mut angle = 0.0f32;
    for (step, count) in ANGLE_STEPS {
        let near = (-count..=count).map(|k| angle + k as f32 * step).filter(|angle| (0.0..=WIDEST).contains(angle));
        let seen = near.map(|angle| (seen_under(angle.to_radians(), 1).unwrap_or(0.0), angle));
        angle = seen.max_by(|a, b| a.0.total_cmp(&b.0)).map_or(0.0, |best| best.1);
    }
    [0.0, angle].into_iter().filter_map(|angle| seen_under(angle.to_radians(), FINE)).fold(0.0, f32::max)
}

/// Which pixels of the frame a mesh covers whose corners appear at `seen`.
fn covered(mesh: &Mesh, seen: &[Vec2], side: usize) -> Vec<bool> {
    let corners: Vec<Vec2> = seen.iter().map(|p| of_mesh::pixel(side, p.extend(0.0))).collect();
    let mut covered = vec![false; side * side];
    for triangle in &mesh.triangle_indices {
        scan(triangle.map(|i| corners[i as usize]), side, |i, j| covered[j * side + i] = true);
    }
    covered
}

/// How much of the frame is covered, and where.
struct Spread {
    area: f32,
    center: Vec2,
}

impl Spread {
    /// Of a square picture of opacities; `None` when nothing is.
    fn of(alpha: impl Iterator<Item = f32>, side: usize) -> Option<Self> {
        let step = 2.0 / side as f64;
        let (mut total, mut x, mut y) = (0.0f64, 0.0f64, 0.0f64);
        for (at, alpha) in alpha.enumerate().filter(|(_, alpha)| *alpha > 0.0) {
            total += f64::from(alpha);
            x += f64::from(alpha) * ((at % side) as f64 + 0.5);
            y += f64::from(alpha) * ((at / side) as f64 + 0.5);
        }
        let center = Vec2::new((x / total * step - 1.0) as f32, (1.0 - y / total * step) as f32);
        (total > 0.0).then_some(Self { area: (total * step * step) as f32, center })
    }
}

/// Points of a surface, sorted into cells.
struct Surface {
    points: Vec<Vec3>,
    normals: Vec<Vec3>,
    /// Where the points of each cell begin; one entry more than there are cells.
    starts: Vec<u32>,
}

impl Surface {
    /// Points spread over the triangles by area, always the same ones.
    fn of(mesh: &Mesh) -> Self {
        let mut random = Random::new(0x5CA1E, mesh.triangle_indices.len() as u64);
        let mut areas = Vec::with_capacity(mesh.triangle_indices.len());
        let mut total = 0.0f64;
        for t in 0..mesh.triangle_indices.len() {
            let [a, b, c] = mesh.triangle(t);
            total += f64::from((b - a).cross(c - a).length());
            areas.push(total);
        }
        let mut found: Vec<(usize, Vec3, Vec3)> = Vec::with_capacity(POINTS);
        if total > 0.0 {
            for i in 0..POINTS {
                // One point in each equal share of the area.
                let wanted = (i as f64 + f64::from(random.unit())) / POINTS as f64 * total;
                let t = areas.partition_point(|a| *a < wanted).min(areas.len() - 1);
                let [a, b, c] = mesh.triangle(t);
                let (u, v) = (random.unit().sqrt(), random.unit());
                let p = a * (1.0 - u) + b * (u * (1.0 - v)) + c * (u * v);
                let normal = (b - a).cross(c - a);
                found.push((cell(p), p, normal / normal.length().max(1e-20)));
            }
        }
        found.sort_by_key(|f| f.0);
        let mut starts = vec![0u32; CELLS.pow(3) + 1];
        found.iter().for_each(|f| starts[f.0 + 1] += 1);
        (0..CELLS.pow(3)).for_each(|c| starts[c + 1] += starts[c]);
        Self { points: found.iter().map(|f| f.1).collect(), normals: found.iter().map(|f| f.2).collect(), starts }
    }

    /// For every point the distance to the nearest of `other`, and the cosine between the normals.
    fn to(&self, other: &Self) -> Vec<(f32, f32)> {
        use rayon::prelude::*;
        let near = |(p, n): (&Vec3, &Vec3)| {
            let (square, found) = other.nearest(*p);
            (square.sqrt(), other.normals.get(found).map_or(0.0, |m| m.dot(*n).abs()))
        };
        self.points.par_iter().zip(&self.normals).map(near).collect()
    }

    /// Squared distance to, and number of, the nearest point: shells of cells around `p`.
    fn nearest(&self, p: Vec3) -> (f32, usize) {
        let home = coordinates(p);
        let mut best = (f32::INFINITY, usize::MAX);
        let size = 2.0 * SPAN / CELLS as f32;
        for ring in 0..CELLS as i64 {
            let reach = (ring - 1).max(0) as f32 * size;
            if reach * reach > best.0 {
                break;
            }
            let range = |axis: usize| {
                let (low, high) = (home[axis] - ring, home[axis] + ring);
                low.max(0)..=high.min(CELLS as i64 - 1)
            };
            for x in range(0) {
                for y in range(1) {
                    let rim = (x - home[0]).abs() == ring || (y - home[1]).abs() == ring;
                    for z in range(2).filter(|z| rim || (z - home[2]).abs() == ring) {
                        let cell = ((x * CELLS as i64 + y) * CELLS as i64 + z) as usize;
                        for i in self.starts[cell] as usize..self.starts[cell + 1] as usize {
                            let square = self.points[i].distance_squared(p);
                            if square < best.0 {
                                best = (square, i);
                            }
                        }
                    }
                }
            }
        }
        best
    }
}

/// Half the edge of the box that the cells divide; what is outside counts to the outermost cells.
const SPAN: f32 = 1.3;

fn coordinates(p: Vec3) -> [i64; 3] {
    p.to_array().map(|v| (((v + SPAN) / (2.0 * SPAN) * CELLS as f32) as i64).clamp(0, CELLS as i64 - 1))
}

fn cell(p: Vec3) -> usize {
    let [x, y, z] = coordinates(p).map(|c| c as usize);
    (x * CELLS + y) * CELLS + z
}
