//! Edges and their triangles, and the rims of holes.

use std::collections::{BTreeMap, HashMap};

use glam::Vec3;

use super::super::Mesh;
use super::super::adjacency::{EdgeUse, Rows, edge_uses};

/// Of more rims that meet in one vertex it is not looked which belong together: that takes time by
/// the square of their number.
const MOST_RIMS: usize = 64;

pub(super) type Triangle = [u32; 3];

/// The triangles of every edge, whichever way they have it; see [`key`].
pub(super) struct Edges {
    /// As the mesh was.
    uses: Rows<EdgeUse>,
    /// What has changed since: the triangles of an edge, or none where there is no such edge any more.
    changed: HashMap<[u32; 2], Option<Vec<u32>>>,
}

impl Edges {
    pub(super) fn of(mesh: &Mesh) -> Self {
        let uses = edge_uses(mesh.vertex_positions.len(), &mesh.triangle_indices);
        Self { uses, changed: HashMap::new() }
    }

    pub(super) fn contains(&self, edge: [u32; 2]) -> bool {
        self.changed.get(&edge).map_or_else(|| !self.uses.edge(edge).is_empty(), Option::is_some)
    }

    /// The triangles of an edge, ascending as far as they are those of the mesh as it was.
    pub(super) fn owners(&self, edge: [u32; 2]) -> impl Iterator<Item = u32> {
        let (changed, built) = match self.changed.get(&edge) {
            Some(owners) => (owners.as_deref().unwrap_or_default(), &[][..]),
            None => (&[][..], self.uses.edge(edge)),
        };
        changed.iter().copied().chain(built.iter().map(|edge| edge.half_edge() / 3))
    }

    /// Changes the triangles of an edge, which is there from now on.
    pub(super) fn change(&mut self, edge: [u32; 2], change: impl FnOnce(&mut Vec<u32>)) {
        let mut owners: Vec<u32> = self.owners(edge).collect();
        change(&mut owners);
        self.changed.insert(edge, Some(owners));
    }

    pub(super) fn remove(&mut self, edge: [u32; 2]) {
        self.changed.insert(edge, None);
    }

    /// Whether the mesh, as it was, has any hole or crack.
    pub(super) fn has_rim(&self) -> bool {
        self.free().next().is_some()
    }

    /// The edges of one triangle in the mesh as it was, ascending, and their triangles.
    fn free(&self) -> impl Iterator<Item = ([u32; 2], u32)> {
        (0..self.uses.len()).flat_map(|v| {
            let edges = self.uses.edges(v);
            edges.filter(|edge| edge.len() == 1).map(move |edge| ([v as u32, edge[0].other()], edge[0].half_edge() / 3))
        })
    }
}

/// An edge without its direction.
pub(super) fn key(a: u32, b: u32) -> [u32; 2] {
    [a.min(b), a.max(b)]
}

pub(super) fn has_directed(triangle: Triangle, a: u32, b: u32) -> bool {
    (0..3).any(|i| triangle[i] == a && triangle[(i + 1) % 3] == b)
}

pub(super) fn sorted(mut triangle: Triangle) -> Triangle {
    triangle.sort_unstable();
    triangle
}

/// How far apart in space two places may be to be taken for one: what other programs' rounding does.
pub(super) fn tolerance(mesh: &Mesh) -> f64 {
    const SHARE: f64 = 1e-5;
    let side = mesh.bounds().map_or(0.0, |b| (b.max.as_dvec3() - b.min.as_dvec3()).max_element());
    SHARE * side
}

/// An edge of a hole, the way round it.
#[derive(Clone, Copy)]
struct Step {
    to: u32,
    /// The triangle that has it.
    owner: u32,
}

/// The rims of holes as rings of vertices, wound so that triangles along them fit in. Rims that meet
/// in a vertex are parted there.
pub(super) fn rims(mesh: &Mesh, edges: &Edges) -> Vec<Vec<u32>> {
    // From the end of each free edge to its start: the way round the hole. Ordered, so that the same
    // mesh gives the same result.
    let mut next: BTreeMap<u32, Vec<Step>> = BTreeMap::new();
    for ([a, b], owner) in edges.free() {
        let is_forward = has_directed(mesh.triangle_indices[owner as usize], a, b);
        let (from, to) = if is_forward { (b, a) } else { (a, b) };
        next.entry(from).or_default().push(Step { to, owner });
    }
    let mut rings = Vec::new();
    while let Some(&start) = next.keys().next() {
        // Vertices, each with the triangle behind the edge that led there.
        let mut path = vec![(start, None)];
        let mut place = HashMap::from([(start, 0)]);
        // Every turn uses up an edge. A walk that comes back to where it was has found a ring.
        while let Some(Step { to, owner }) = take_next(&mut next, &path, &mesh.vertex_positions) {
            if let Some(&first) = place.get(&to) {
                rings.push(path[first..].iter().map(|&(v, _)| v).collect());
                path.drain(first + 1..).for_each(|(v, _)| _ = place.remove(&v));
            } else {
                place.insert(to, path.len());
                path.push((to, Some(owner)));
            }
        }
    }
    rings.retain(|ring: &Vec<u32>| ring.len() >= 3);
    rings
}

/// Takes the edge that leads on from the end of `path`. Where several rims meet it is the one that
/// turns back most sharply, so that cracks and holes that meet stay apart, and no triangle is gone
/// round.
fn take_next(next: &mut BTreeMap<u32, Vec<Step>>, path: &[(u32, Option<u32>)], positions: &[Vec3]) -> Option<Step> {
    let &(at, behind) = path.last()?;
    let list = next.get_mut(&at)?;
    let mut best = list.len() - 1;
    if let (2..=MOST_RIMS, &[.., (before, _), _]) = (list.len(), path) {
        let direction = |v: u32| (positions[v as usize] - positions[at as usize]).normalize_or_zero();
        let back = direction(before);
        let fitness = |step: &Step| (Some(step.owner) != behind, direction(step.to).dot(back));
        let order = |&i: &usize, &j: &usize| {
            let (a, b) = (fitness(&list[i]), fitness(&list[j]));
            a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))
        };
        best = (0..list.len()).max_by(order).unwrap_or(best);
    }
    let step = list.swap_remove(best);
    if list.is_empty() {
        next.remove(&at);
    }
    Some(step)
}
