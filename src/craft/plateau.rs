//! Meshes of plateaus: an outline raised to a height field, with a flat bottom and upright walls.
//!
//! The outline is cut sub-pixel accurately through the cells of the lattice (marching squares).
//! Closed and manifold by construction, since top, bottom and walls share their vertices.

use glam::Vec3;

use crate::field::silhouette::Silhouette;
use crate::mesh::Mesh;
use crate::progress::{Cancelled, Monitor, Stage};

/// Nearest that the outline comes to a sample, as a share of the spacing: nearer, it would cut off
/// slivers.
const CLEARANCE: f32 = 0.05;
const NONE: u32 = u32::MAX;

/// What stands on a silhouette.
pub(super) struct Plateau<'a> {
    /// Inside is where distances are negative; positive along the border of the lattice.
    pub(super) silhouette: &'a Silhouette,
    /// Height of the top above 0 at every sample, inside and just outside; > 0.
    pub(super) heights: &'a [f32],
    /// Colours at every sample, if there are any.
    pub(super) colors: Option<&'a [[u8; 3]]>,
}

impl Plateau<'_> {
    /// The closed mesh, its bottom at z = 0: about four triangles per sample inside.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub(super) fn build(&self, monitor: &Monitor) -> Result<Mesh, Cancelled> {
        let lattice = self.silhouette.lattice;
        let [nx, ny] = lattice.samples_per_axis;
        let clearance = CLEARANCE * lattice.spacing;
        let distances: Vec<f32> = self
            .silhouette
            .distances
            .iter()
            .map(|&d| if d.abs() < clearance { if d < 0.0 { -clearance } else { clearance } } else { d })
            .collect();
        let mut top = Top {
            plateau: self,
            distances,
            positions: Vec::new(),
            colors: Vec::new(),
            at_sample: vec![NONE; nx * ny],
            at_edge: [vec![NONE; nx * ny], vec![NONE; nx * ny]],
        };
        let (mut triangles, mut rim) = (Vec::new(), Vec::new());
        for ix in 0..nx.saturating_sub(1) {
            monitor.step(Stage::Shape, ix as u64, nx as u64)?;
            for iy in 0..ny.saturating_sub(1) {
                top.cell(ix, iy, &mut triangles, &mut rim);
            }
        }
        Ok(top.closed(triangles, &rim))
    }
}

/// The top surface while it grows.
struct Top<'a> {
    plateau: &'a Plateau<'a>,
    distances: Vec<f32>,
    positions: Vec<Vec3>,
    colors: Vec<[u8; 3]>,
    /// Vertex at each sample.
    at_sample: Vec<u32>,
    /// Vertex where the outline crosses the edge from each sample to the next along x, along y.
    at_edge: [Vec<u32>; 2],
}

impl Top<'_> {
    /// Adds the part of one cell: triangles, and the pieces of the outline, inside to the left.
    fn cell(&mut self, ix: usize, iy: usize, triangles: &mut Vec<[u32; 3]>, rim: &mut Vec<[u32; 2]>) {
        let corners = [(ix, iy), (ix + 1, iy), (ix + 1, iy + 1), (ix, iy + 1)];
        let ny = self.plateau.silhouette.lattice.samples_per_axis[1];
        let values = corners.map(|(x, y)| self.distances[x * ny + y]);
        let inside = values.map(|v| v < 0.0);
        if inside == [false; 4] {
            return;
        }
        let apart = inside[0] == inside[2] && inside[1] == inside[3] && inside[0] != inside[1];
        if apart && values.iter().sum::<f32>() >= 0.0 {
            for k in (0..4).filter(|&k| inside[k]) {
                let ring = [
                    (self.sample(corners[k]), false),
                    (self.crossing(corners[k], corners[(k + 1) % 4]), true),
                    (self.crossing(corners[(k + 3) % 4], corners[k]), true),
                ];
                add_polygon(&ring, triangles, rim);
            }
            return;
        }
        let mut ring = Vec::with_capacity(6);
        for k in 0..4 {
            let next = (k + 1) % 4;
            if inside[k] {
                ring.push((self.sample(corners[k]), false));
            }
            if inside[k] != inside[next] {
                ring.push((self.crossing(corners[k], corners[next]), true));
            }
        }
        add_polygon(&ring, triangles, rim);
    }

    fn sample(&mut self, (ix, iy): (usize, usize)) -> u32 {
        let lattice = self.plateau.silhouette.lattice;
        let here = ix * lattice.samples_per_axis[1] + iy;
        if self.at_sample[here] == NONE {
            let position = lattice.position(ix, iy).extend(self.plateau.heights[here]);
            self.at_sample[here] = self.push(position, here);
        }
        self.at_sample[here]
    }

    fn crossing(&mut self, one: (usize, usize), other: (usize, usize)) -> u32 {
        let lattice = self.plateau.silhouette.lattice;
        let ny = lattice.samples_per_axis[1];
        let (from, to) = if one <= other { (one, other) } else { (other, one) };
        let (a, b) = (from.0 * ny + from.1, to.0 * ny + to.1);
        let axis = usize::from(from.0 == to.0);
        if self.at_edge[axis][a] == NONE {
            let t = self.distances[a] / (self.distances[a] - self.distances[b]);
            let heights = self.plateau.heights;
            let start = lattice.position(from.0, from.1).extend(heights[a]);
            let end = lattice.position(to.0, to.1).extend(heights[b]);
            let nearer = if t < 0.5 { a } else { b };
            self.at_edge[axis][a] = self.push(start.lerp(end, t), nearer);
        }
        self.at_edge[axis][a]
    }

    fn push(&mut self, position: Vec3, sample: usize) -> u32 {
        self.positions.push(position);
        if let Some(colors) = self.plateau.colors {
            self.colors.push(colors[sample]);
        }
        (self.positions.len() - 1) as u32
    }

    /// Adds the bottom and the walls.
    fn closed(self, top: Vec<[u32; 3]>, rim: &[[u32; 2]]) -> Mesh {
        let offset = self.positions.len() as u32;
        let mut vertex_positions = self.positions;
        vertex_positions.extend_from_within(..);
        vertex_positions[offset as usize..].iter_mut().for_each(|p| p.z = 0.0);
        let mut vertex_colors = self.plateau.colors.map(|_| self.colors);
        if let Some(colors) = &mut vertex_colors {
            colors.extend_from_within(..);
        }
        let bottom = top.iter().map(|&[a, b, c]| [a + offset, c + offset, b + offset]);
        let walls = rim.iter().flat_map(|&[a, b]| [[b, a, a + offset], [b, a + offset, b + offset]]);
        let triangle_indices = top.iter().copied().chain(bottom).chain(walls).collect();
        Mesh { vertex_positions, triangle_indices, vertex_colors }
    }
}

/// Adds a convex polygon whose vertices say whether they lie on the outline. Two neighbours on the
/// outline are a piece of it.
fn add_polygon(ring: &[(u32, bool)], triangles: &mut Vec<[u32; 3]>, rim: &mut Vec<[u32; 2]>) {
    triangles.extend((2..ring.len()).map(|k| [ring[0].0, ring[k - 1].0, ring[k].0]));
    for (k, &(vertex, on_rim)) in ring.iter().enumerate() {
        let (next, next_on_rim) = ring[(k + 1) % ring.len()];
        if on_rim && next_on_rim {
            rim.push([vertex, next]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_solid, genus};
    use super::*;
    use crate::field::silhouette::Lattice;
    use glam::Vec2;

    fn plateau(shape: impl Fn(Vec2) -> f32, height: impl Fn(Vec2) -> f32) -> Mesh {
        let lattice = Lattice::around([Vec2::NEG_ONE, Vec2::ONE], 0.03, 2);
        let ny = lattice.samples_per_axis[1];
        let points: Vec<Vec2> = (0..lattice.sample_count()).map(|k| lattice.position(k / ny, k % ny)).collect();
        let silhouette = Silhouette { lattice, distances: points.iter().map(|&p| shape(p)).collect() };
        let heights: Vec<f32> = points.iter().map(|&p| height(p)).collect();
        let colors = vec![[1, 2, 3]; heights.len()];
        Plateau { silhouette: &silhouette, heights: &heights, colors: Some(&colors) }.build(&Monitor::silent()).unwrap()
    }

    #[test]
    fn a_disc_has_its_volume_and_a_ring_its_hole() {
        let disc = plateau(|p| p.length() - 0.8, |p| 0.5 + 0.25 * p.x);
        assert_solid(&disc);
        let expected = std::f64::consts::PI * 0.64 * 0.5;
        assert!((disc.signed_volume() - expected).abs() < 0.01 * expected);
        let ring = plateau(|p| (p.length() - 0.6).abs() - 0.2, |_| 0.5);
        assert_solid(&ring);
        assert_eq!((genus(&disc), genus(&ring)), (0, 1));
    }

    #[test]
    fn noise_with_every_ambiguous_cell_is_closed_and_manifold() {
        let noise = |p: Vec2| {
            let n = (p.x * 12.9898 + p.y * 78.233).sin() * 43_758.547;
            if p.abs().max_element() > 0.95 { 1.0 } else { n - n.floor() - 0.5 }
        };
        assert_solid(&plateau(noise, |p| 1.0 + 0.3 * p.y));
    }
}
