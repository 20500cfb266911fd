//! Whether a simplified mesh is still as good as it was.

use glam::Vec3;

use crate::mesh::Mesh;
use crate::mesh::intersect::self_intersections;
use crate::mesh::topology::{Shell, Topology, bad_vertices};
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
    /// Looks at a mesh, which should not repeat positions: where it does, that counts as a defect.
    pub(super) fn of(mesh: &Mesh, monitor: &Monitor) -> Result<Self, Cancelled> {
        let topology = Topology::analyse(mesh, monitor)?;
        let is_inside_out = |shell: usize| topology.shells[shell].closed && topology.shells[shell].signed_volume <= 0.0;
        let repeated = mesh.vertex_positions.len().saturating_sub(weld(mesh).vertex_positions.len());
        // Unknown counts as none: it is as good as what can be told.
        let crossing = self_intersections(mesh, monitor)?.unwrap_or_default();
        let mut bad = bad_vertices(mesh, monitor)?;
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
            nonmanifold: repeated + topology.nonmanifold_edges + topology.flipped_edges + topology.nonmanifold_vertices,
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

/// The triangles of `mesh` but those of closed pieces that have collapsed to almost no volume: all
/// that is left of a speck.
pub(super) fn triangles_of_solid_pieces(mesh: &Mesh) -> Vec<[u32; 3]> {
    // Of a ball the volume is 0.094 of this power of the area; of a needle it is little, too, but
    // a needle has more triangles.
    let is_flat = |s: &Shell| s.closed && s.triangle_count < 16 && s.signed_volume.abs() < 1e-4 * s.area.powf(1.5);
    let topology = Topology::of(mesh);
    let flat: Vec<bool> = topology.shells.iter().map(is_flat).collect();
    let is_kept = |shell: u32| !flat[shell as usize] || !flat.contains(&false);
    let kept = mesh.triangle_indices.iter().zip(&topology.shell_of_triangle).filter(|(_, s)| is_kept(**s));
    kept.map(|(&t, _)| t).collect()
}
