//! Whether a simplified mesh is still as good as it was.

use glam::Vec3;

use crate::mesh::Mesh;
use crate::mesh::topology::{Topology, bad_vertices};
use crate::mesh::weld::weld;
use crate::progress::{Cancelled, Monitor};

/// The defects that simplification may add.
pub(super) struct Verdict {
    open_edges: usize,
    nonmanifold: usize,
    degenerate: usize,
    inside_out: usize,
    crossing: usize,
    /// The vertices with a defect.
    bad: Vec<u32>,
}

impl Verdict {
    /// Looks at a mesh whose triangles `crossing` are known to pass through others. It should not
    /// repeat positions: where it does, that counts as a defect.
    pub(super) fn of(mesh: &Mesh, crossing: &[u32], monitor: &Monitor) -> Result<Self, Cancelled> {
        let topology = Topology::analyse(mesh, monitor)?;
        let is_inside_out = |shell: usize| topology.shells[shell].closed && topology.shells[shell].signed_volume <= 0.0;
        let repeated = mesh.vertex_positions.len().saturating_sub(weld(mesh).vertex_positions.len());
        let nonmanifold = topology.nonmanifold_edges + topology.flipped_edges + topology.nonmanifold_vertices;
        let any = topology.open_edges + nonmanifold + topology.degenerate_triangles > 0;
        let mut bad = if any { bad_vertices(mesh, monitor)? } else { Vec::new() };
        for (triangle, &shell) in mesh.triangle_indices.iter().zip(&topology.shell_of_triangle) {
            // Voids are inside out and right so; only the small ones may have been turned.
            if is_inside_out(shell as usize) && topology.shells[shell as usize].triangle_count < 64 {
                bad.extend(triangle);
            }
        }
        bad.extend(crossing.iter().flat_map(|&t| mesh.triangle_indices[t as usize]));
        Ok(Self {
            crossing: crossing.len(),
            open_edges: topology.open_edges,
            nonmanifold: repeated + nonmanifold,
            degenerate: topology.degenerate_triangles,
            inside_out: (0..topology.shells.len()).filter(|&s| is_inside_out(s)).count(),
            bad,
        })
    }

    /// Closed, manifold, outward, and every triangle with an area and clear of the others.
    pub(super) fn is_perfect(&self) -> bool {
        self.is_no_worse_than(&Self {
            open_edges: 0,
            nonmanifold: 0,
            degenerate: 0,
            inside_out: 0,
            crossing: 0,
            bad: Vec::new(),
        })
    }

    /// No more defects of any kind than `before`.
    pub(super) fn is_no_worse_than(&self, before: &Self) -> bool {
        self.open_edges <= before.open_edges
            && self.nonmanifold <= before.nonmanifold
            && self.degenerate <= before.degenerate
            && self.inside_out <= before.inside_out
            && self.crossing <= before.crossing
    }

    /// Marks the vertices of `whole` around the bad vertices of `candidate`, as far as the triangles
    /// there reach.
    pub(super) fn keep_surroundings(&self, candidate: &Mesh, whole: &Mesh, kept: &mut [bool]) {
        let mut radius = vec![0f32; candidate.vertex_positions.len()];
        self.bad.iter().for_each(|&v| radius[v as usize] = f32::MIN_POSITIVE);
        for corners in &candidate.triangle_indices {
            let p = corners.map(|v| candidate.vertex_positions[v as usize]);
            for (v, here) in corners.iter().zip(p) {
                let radius = &mut radius[*v as usize];
                if *radius > 0.0 {
                    *radius = p.iter().map(|other| other.distance(here)).fold(*radius, f32::max);
                }
            }
        }
        let mut balls: Vec<(Vec3, f32)> =
            candidate.vertex_positions.iter().copied().zip(radius).filter(|(_, r)| *r > 0.0).collect();
        balls.sort_by(|(a, _), (b, _)| a.x.total_cmp(&b.x));
        let widest = balls.iter().map(|(_, r)| *r).fold(0.0, f32::max);
        for (kept, &p) in kept.iter_mut().zip(&whole.vertex_positions) {
            let first = balls.partition_point(|(center, _)| center.x < p.x - widest);
            let near = balls[first..].iter().take_while(|(center, _)| center.x <= p.x + widest);
            *kept |= near.into_iter().any(|(center, radius)| center.distance_squared(p) <= radius * radius);
        }
    }
}
