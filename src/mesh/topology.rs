//! Whether a mesh is closed and manifold, and what it is made of.
//!
//! Everything here goes **by index**: two vertices at one place are two vertices. Use
//! [`weld`](super::weld::weld) first to judge by position, as a slicer does. No hash map is
//! involved, so five million triangles take about a second.

use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::Relaxed;

use glam::{DVec3, Vec3};
use rayon::prelude::*;

use super::adjacency::{EdgeUse, Rows, edge_uses, next_corner};
use super::{Bounds, Mesh};
use crate::progress::{Cancelled, Monitor};
use crate::union_find::UnionFind;

/// Positions kept per kind of defect.
pub const MAX_SAMPLES: usize = 8;

/// What is wrong at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DefectKind {
    /// An edge with one triangle: the rim of a hole.
    OpenEdge,
    /// An edge with three or more triangles.
    NonmanifoldEdge,
    /// An edge whose two triangles wind in opposite senses.
    FlippedEdge,
    /// A vertex where several fans of triangles touch at a point.
    NonmanifoldVertex,
}

/// A defect and where it is, in the mesh's units.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Defect {
    /// What is wrong.
    pub kind: DefectKind,
    /// The middle of the edge, or the vertex.
    pub position: [f32; 3],
}

/// One connected piece of surface: triangles joined along edges.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shell {
    /// Number of triangles.
    pub triangle_count: u32,
    /// The first of them, as a position in `triangle_indices`.
    pub first_triangle: u32,
    /// Enclosed volume in cubic units: negative for a void or an inside-out piece, and meaningless
    /// when the shell is open.
    pub signed_volume: f64,
    /// Surface area in square units.
    pub area: f64,
    /// The box around it.
    pub bounds: Bounds,
    /// Whether every edge has a partner.
    pub closed: bool,
}

/// What a mesh is made of.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Topology {
    /// Number of distinct edges.
    pub edges: usize,
    /// Edges with one triangle.
    pub open_edges: usize,
    /// Edges with three or more triangles.
    pub nonmanifold_edges: usize,
    /// Edges whose two triangles wind in opposite senses.
    pub flipped_edges: usize,
    /// Vertices where several fans of triangles touch at a point.
    pub nonmanifold_vertices: usize,
    /// Triangles without area, see [`is_degenerate`].
    pub degenerate_triangles: usize,
    /// The connected pieces, in the order of their first triangles.
    pub shells: Vec<Shell>,
    /// For every triangle its position in `shells`.
    pub shell_of_triangle: Vec<u32>,
    /// At most [`MAX_SAMPLES`] places per kind, those of the lowest vertex numbers.
    pub samples: Vec<Defect>,
}

impl Topology {
    /// Looks at `mesh`, which must have its indices in range ([`Mesh::validate`]).
    pub fn of(mesh: &Mesh) -> Self {
        // A silent monitor is never cancelled.
        Self::analyse(mesh, &Monitor::silent()).unwrap_or_default()
    }

    /// Like [`Topology::of`], for large meshes.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub fn analyse(mesh: &Mesh, monitor: &Monitor) -> Result<Self, Cancelled> {
        monitor.check()?;
        let uses = edge_uses(mesh.vertex_positions.len(), &mesh.triangle_indices);
        monitor.check()?;
        let mut found = Edges::of(mesh, &uses, monitor)?;
        let fans = extra_fans(mesh, &uses, monitor)?;
        found.samples.extend(samples(DefectKind::NonmanifoldVertex, mesh, fans.iter().map(|&v| [v, v])));
        let (mut shells, shell_of_triangle) = shells(mesh, &uses, monitor)?;
        for &half_edge in &found.open {
            shells[shell_of_triangle[half_edge as usize / 3] as usize].closed = false;
        }
        let degenerate = (0..mesh.triangle_indices.len()).into_par_iter().filter(|&t| is_degenerate(mesh.triangle(t)));
        Ok(Self {
            edges: found.count,
            open_edges: found.open.len(),
            nonmanifold_edges: found.nonmanifold,
            flipped_edges: found.flipped,
            nonmanifold_vertices: fans.len(),
            degenerate_triangles: degenerate.count(),
            shells,
            shell_of_triangle,
            samples: found.samples,
        })
    }

    /// Whether every edge has exactly two triangles.
    pub fn is_closed(&self) -> bool {
        self.open_edges == 0 && self.nonmanifold_edges == 0
    }

    /// Whether the surface is closed, two-sided and locally a disc everywhere.
    pub fn is_manifold(&self) -> bool {
        self.is_closed() && self.flipped_edges == 0 && self.nonmanifold_vertices == 0
    }
}

/// Whether a surface of this volume and area (cubic and square units), in a box of this largest side,
/// encloses nothing: it is a sheet, or two that lie on each other up to rounding.
pub(crate) fn encloses_nothing(volume: f64, area: f64, side: f64) -> bool {
    volume.abs() <= 1e-6 * area * side
}

/// Whether a triangle has no area: its normal, computed in f64, is zero or lost in rounding against
/// the length of its sides.
pub fn is_degenerate([a, b, c]: [Vec3; 3]) -> bool {
    let (ab, ac, bc) = ((b - a).as_dvec3(), (c - a).as_dvec3(), (c - b).as_dvec3());
    let longest = ab.length_squared().max(ac.length_squared()).max(bc.length_squared());
    // The height over the longest side, relative to it, squared.
    ab.cross(ac).length_squared() <= 1e-14 * longest * longest
}

/// The vertices with a defect of any kind, ascending: those of bad edges, those where several fans
/// touch, and those of triangles without area.
pub(crate) fn bad_vertices(mesh: &Mesh, monitor: &Monitor) -> Result<Vec<u32>, Cancelled> {
    let uses = edge_uses(mesh.vertex_positions.len(), &mesh.triangle_indices);
    let edges = bad_edges(mesh, &uses, monitor)?;
    let mut bad = extra_fans(mesh, &uses, monitor)?;
    bad.extend(edges.iter().flat_map(|(_, bad)| bad).flat_map(|&(_, v, edge)| [v, edge.other()]));
    let degenerate = mesh.triangle_indices.iter().enumerate().filter(|(t, _)| is_degenerate(mesh.triangle(*t)));
    bad.extend(degenerate.flat_map(|(_, t)| t));
    bad.sort_unstable();
    bad.dedup();
    Ok(bad)
}

/// For every chunk of rows its number of edges and the bad ones: the kind, the smaller vertex, and
/// a use.
type BadEdges = Vec<(usize, Vec<(DefectKind, u32, EdgeUse)>)>;

fn bad_edges(mesh: &Mesh, uses: &Rows<EdgeUse>, monitor: &Monitor) -> Result<BadEdges, Cancelled> {
    let chunks = row_chunks(uses).map(|rows| {
        monitor.check()?;
        let (mut count, mut bad) = (0, Vec::new());
        for v in rows {
            for edge in uses.edges(v) {
                count += 1;
                bad.extend(edge_defect(mesh, edge).map(|kind| (kind, v as u32, edge[0])));
            }
        }
        Ok((count, bad))
    });
    chunks.collect()
}

/// What the edges tell.
struct Edges {
    count: usize,
    /// One half-edge per open edge.
    open: Vec<u32>,
    nonmanifold: usize,
    flipped: usize,
    samples: Vec<Defect>,
}

impl Edges {
    fn of(mesh: &Mesh, uses: &Rows<EdgeUse>, monitor: &Monitor) -> Result<Self, Cancelled> {
        let bad = bad_edges(mesh, uses, monitor)?;
        let of_kind = |wanted| {
            let all = bad.iter().flat_map(|(_, bad)| bad);
            all.filter(move |(kind, ..)| *kind == wanted).map(|&(_, v, edge)| (v, edge))
        };
        let mut found = Vec::new();
        for kind in [DefectKind::OpenEdge, DefectKind::NonmanifoldEdge, DefectKind::FlippedEdge] {
            found.extend(samples(kind, mesh, of_kind(kind).map(|(v, edge)| [v, edge.other()])));
        }
        Ok(Self {
            count: bad.iter().map(|(count, _)| count).sum(),
            open: of_kind(DefectKind::OpenEdge).map(|(_, edge)| edge.half_edge()).collect(),
            nonmanifold: of_kind(DefectKind::NonmanifoldEdge).count(),
            flipped: of_kind(DefectKind::FlippedEdge).count(),
            samples: found,
        })
    }
}

fn edge_defect(mesh: &Mesh, uses: &[EdgeUse]) -> Option<DefectKind> {
    let start = |edge: &EdgeUse| mesh.triangle_indices[edge.half_edge() as usize / 3][edge.half_edge() as usize % 3];
    match uses {
        [_] => Some(DefectKind::OpenEdge),
        [a, b] if start(a) == start(b) => Some(DefectKind::FlippedEdge),
        [_, _] => None,
        _ => Some(DefectKind::NonmanifoldEdge),
    }
}

/// Chunks of rows, in order, one task each.
fn row_chunks(uses: &Rows<EdgeUse>) -> impl IndexedParallelIterator<Item = std::ops::Range<usize>> {
    const ROWS: usize = 1 << 14;
    let len = uses.len();
    (0..len.div_ceil(ROWS)).into_par_iter().map(move |chunk| chunk * ROWS..((chunk + 1) * ROWS).min(len))
}

fn samples(kind: DefectKind, mesh: &Mesh, ends: impl Iterator<Item = [u32; 2]>) -> impl Iterator<Item = Defect> {
    ends.take(MAX_SAMPLES).map(move |ends| {
        let [a, b] = ends.map(|v| mesh.vertex_positions[v as usize]);
        Defect { kind, position: (0.5 * (a + b)).to_array() }
    })
}

/// The vertices whose corners are not all joined by edges around them, ascending.
fn extra_fans(mesh: &Mesh, uses: &Rows<EdgeUse>, monitor: &Monitor) -> Result<Vec<u32>, Cancelled> {
    let corners = UnionFind::new(3 * mesh.triangle_indices.len());
    row_chunks(uses).try_for_each(|rows| {
        monitor.check()?;
        for edge in rows.flat_map(|v| uses.row(v).windows(2)).filter(|pair| pair[0].other() == pair[1].other()) {
            // Of each triangle the corner at the edge's smaller vertex and the one at its larger.
            let [[a_low, a_high], [b_low, b_high]] = [edge[0], edge[1]].map(|e| {
                let (from, to) = (e.half_edge(), next_corner(e.half_edge()));
                let to_larger = mesh.triangle_indices[to as usize / 3][to as usize % 3] == e.other();
                if to_larger { [from, to] } else { [to, from] }
            });
            corners.union(a_low, b_low);
            corners.union(a_high, b_high);
        }
        Ok(())
    })?;
    let fans: Vec<AtomicU32> = mesh.vertex_positions.iter().map(|_| AtomicU32::new(0)).collect();
    mesh.triangle_indices.par_iter().enumerate().for_each(|(t, vertices)| {
        for (corner, &v) in (3 * t as u32..).zip(vertices) {
            if corners.is_root(corner) {
                fans[v as usize].fetch_add(1, Relaxed);
            }
        }
    });
    Ok((0..fans.len() as u32).filter(|&v| fans[v as usize].load(Relaxed) > 1).collect())
}

/// The pieces joined along edges, and the piece of every triangle. All are marked closed.
fn shells(mesh: &Mesh, uses: &Rows<EdgeUse>, monitor: &Monitor) -> Result<(Vec<Shell>, Vec<u32>), Cancelled> {
    let joined = UnionFind::new(mesh.triangle_indices.len());
    row_chunks(uses).try_for_each(|rows| {
        monitor.check()?;
        for pair in rows.flat_map(|v| uses.row(v).windows(2)).filter(|pair| pair[0].other() == pair[1].other()) {
            joined.union(pair[0].half_edge() / 3, pair[1].half_edge() / 3);
        }
        Ok(())
    })?;
    let mut shells: Vec<Shell> = Vec::new();
    let mut shell_of_triangle = vec![0; mesh.triangle_indices.len()];
    // In one thread and in order: sums of floats must not depend on the number of threads.
    for t in 0..mesh.triangle_indices.len() {
        if t % (1 << 16) == 0 {
            monitor.check()?;
        }
        let root = joined.find(t as u32);
        if root == t as u32 {
            shell_of_triangle[t] = shells.len() as u32;
            shells.push(Shell::starting_at(t as u32, mesh.triangle(t)[0]));
        } else {
            shell_of_triangle[t] = shell_of_triangle[root as usize];
        }
        let shell = &mut shells[shell_of_triangle[t] as usize];
        let origin = mesh.triangle(shell.first_triangle as usize)[0];
        shell.add(mesh.triangle(t), origin.as_dvec3());
    }
    for shell in &mut shells {
        shell.signed_volume /= 6.0;
        shell.area /= 2.0;
    }
    Ok((shells, shell_of_triangle))
}

impl Shell {
    /// Whether it is closed around nothing.
    pub(crate) fn is_flat(&self) -> bool {
        let side = (self.bounds.max.as_dvec3() - self.bounds.min.as_dvec3()).max_element();
        self.closed && encloses_nothing(self.signed_volume, self.area, side)
    }

    fn starting_at(first_triangle: u32, corner: Vec3) -> Self {
        let bounds = Bounds { min: corner, max: corner };
        Self { triangle_count: 0, first_triangle, signed_volume: 0.0, area: 0.0, bounds, closed: true }
    }

    /// Adds six times the volume of the tetrahedron on `origin`, and twice the area.
    fn add(&mut self, corners: [Vec3; 3], origin: DVec3) {
        self.triangle_count += 1;
        for corner in corners {
            self.bounds = Bounds { min: self.bounds.min.min(corner), max: self.bounds.max.max(corner) };
        }
        // Relative to a corner of the shell: far from the origin the sum would cancel badly.
        let [a, b, c] = corners.map(|p| p.as_dvec3() - origin);
        self.signed_volume += a.dot(b.cross(c));
        self.area += (b - a).cross(c - a).length();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(crate) fn cube(center: Vec3, half: f32) -> Mesh {
        let corner = |i: u32| center + half * Vec3::new(sign(i & 1), sign(i >> 1 & 1), sign(i >> 2 & 1));
        fn sign(bit: u32) -> f32 {
            if bit == 1 { 1.0 } else { -1.0 }
        }
        let quads = [[0, 4, 6, 2], [1, 3, 7, 5], [0, 1, 5, 4], [2, 6, 7, 3], [0, 2, 3, 1], [4, 5, 7, 6]];
        Mesh {
            vertex_positions: (0..8).map(corner).collect(),
            triangle_indices: quads.iter().flat_map(|&[a, b, c, d]| [[a, b, c], [a, c, d]]).collect(),
            vertex_colors: None,
        }
    }

    #[test]
    fn a_cube_is_one_closed_manifold_shell() {
        let topology = Topology::of(&cube(Vec3::splat(100.0), 1.0));
        assert!(topology.is_manifold(), "{topology:?}");
        assert_eq!((topology.edges, topology.samples.len()), (18, 0));
        let [shell] = topology.shells[..] else { panic!("{:?}", topology.shells) };
        assert_eq!((shell.signed_volume, shell.area, shell.triangle_count), (8.0, 24.0, 12));
        assert_eq!(shell.bounds, Bounds { min: Vec3::splat(99.0), max: Vec3::splat(101.0) });
    }

    #[test]
    fn a_missing_triangle_leaves_three_open_edges() {
        let mut mesh = cube(Vec3::ZERO, 1.0);
        mesh.triangle_indices.remove(5);
        let topology = Topology::of(&mesh);
        assert_eq!((topology.open_edges, topology.nonmanifold_edges, topology.flipped_edges), (3, 0, 0));
        assert!(!topology.is_closed() && !topology.shells[0].closed);
        assert!(topology.samples.iter().all(|d| d.kind == DefectKind::OpenEdge) && topology.samples.len() == 3);
    }

    #[test]
    fn a_flipped_triangle_leaves_three_flipped_edges() {
        let mut mesh = cube(Vec3::ZERO, 1.0);
        mesh.triangle_indices[5].swap(0, 1);
        let topology = Topology::of(&mesh);
        assert_eq!((topology.open_edges, topology.nonmanifold_edges, topology.flipped_edges), (0, 0, 3));
        assert!(topology.is_closed() && !topology.is_manifold());
    }

    #[test]
    fn two_cubes_sharing_an_edge_or_a_corner_are_told_apart() {
        let (a, mut joined) = (cube(Vec3::ZERO, 1.0), cube(Vec3::ZERO, 1.0));
        joined.append(&cube(Vec3::new(2.0, 2.0, 0.0), 1.0)).unwrap();
        let edge = Topology::of(&super::super::weld::weld(&joined));
        assert_eq!((edge.nonmanifold_edges, edge.nonmanifold_vertices, edge.open_edges), (1, 0, 0));
        assert_eq!(edge.samples[0], Defect { kind: DefectKind::NonmanifoldEdge, position: [1.0, 1.0, 0.0] });

        let mut joined = a;
        joined.append(&cube(Vec3::splat(2.0), 1.0)).unwrap();
        assert!(Topology::of(&joined).is_manifold(), "by index they do not touch");
        let corner = Topology::of(&super::super::weld::weld(&joined));
        assert_eq!((corner.nonmanifold_edges, corner.nonmanifold_vertices, corner.shells.len()), (0, 1, 2));
        assert_eq!(corner.samples, [Defect { kind: DefectKind::NonmanifoldVertex, position: [1.0; 3] }]);
    }

    #[test]
    fn a_void_is_a_shell_of_negative_volume() {
        let mut mesh = cube(Vec3::ZERO, 2.0);
        let mut void = cube(Vec3::ZERO, 1.0);
        void.triangle_indices.iter_mut().for_each(|t| t.swap(0, 1));
        mesh.append(&void).unwrap();
        let topology = Topology::of(&mesh);
        assert!(topology.is_manifold());
        assert_eq!(topology.shells.iter().map(|s| s.signed_volume).collect::<Vec<_>>(), [64.0, -8.0]);
    }

    #[test]
    fn thin_but_real_triangles_are_not_degenerate() {
        let (a, b) = (Vec3::new(100.0, 0.0, 0.0), Vec3::new(100.5, 0.0, 0.0));
        assert!(is_degenerate([a, b, a]) && is_degenerate([a, b, a.lerp(b, 0.25)]));
        assert!(!is_degenerate([a, b, Vec3::new(100.2, 1e-4, 0.0)]));
    }

    #[test]
    fn cancelling_stops_it() {
        let token = crate::progress::CancelToken::new();
        token.cancel();
        assert_eq!(Topology::analyse(&cube(Vec3::ZERO, 1.0), &Monitor::new(&token, &|_| {})), Err(Cancelled));
    }
}
