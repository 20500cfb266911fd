//! Which triangles and vertices lie around a vertex: compressed rows, sorted, no hash map.

use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicU32, AtomicU64};

use rayon::prelude::*;

use super::Mesh;

/// Lists of items per row, one after another.
pub(crate) struct Rows<T> {
    offsets: Vec<u32>,
    items: Vec<T>,
}

impl<T: Copy> Rows<T> {
    /// Number of rows.
    pub(crate) fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    /// The items of row `row`.
    pub(crate) fn row(&self, row: usize) -> &[T] {
        &self.items[self.offsets[row] as usize..self.offsets[row + 1] as usize]
    }
}

impl Rows<EdgeUse> {
    /// The edges in the row of `vertex`: the uses of each.
    pub(crate) fn edges(&self, vertex: usize) -> impl Iterator<Item = &[EdgeUse]> {
        self.row(vertex).chunk_by(|a, b| a.other() == b.other())
    }

    /// The uses of the edge between `a` and `b` in either direction; none where there is no such edge.
    pub(crate) fn edge(&self, [a, b]: [u32; 2]) -> &[EdgeUse] {
        let (smaller, larger) = (a.min(b) as usize, a.max(b));
        if smaller >= self.len() {
            return &[];
        }
        let row = self.row(smaller);
        let row = &row[row.partition_point(|edge| edge.other() < larger)..];
        &row[..row.partition_point(|edge| edge.other() == larger)]
    }
}

/// A directed edge seen from its vertex of smaller index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct EdgeUse(u64);

impl EdgeUse {
    /// The vertex of larger index.
    pub(crate) fn other(self) -> u32 {
        (self.0 >> 32) as u32
    }

    /// `3 * triangle + k` for the edge from corner `k` to the next.
    pub(crate) fn half_edge(self) -> u32 {
        self.0 as u32
    }
}

/// Where the edge that starts at corner `half_edge % 3` ends, as a corner number.
pub(crate) fn next_corner(half_edge: u32) -> u32 {
    if half_edge % 3 == 2 { half_edge - 2 } else { half_edge + 1 }
}

/// The vertex where the edge of this corner number starts.
pub(crate) fn start_of(mesh: &Mesh, half_edge: u32) -> u32 {
    mesh.triangle_indices[half_edge as usize / 3][half_edge as usize % 3]
}

/// All uses of every edge, in the row of the edge's smaller vertex, sorted by the other vertex and
/// then by half-edge. Indices must be in range, and 3 × the number of triangles below 2³².
pub(crate) fn edge_uses(vertex_count: usize, triangles: &[[u32; 3]]) -> Rows<EdgeUse> {
    let for_each = |f: &(dyn Fn(usize, u64) + Sync)| {
        triangles.par_iter().enumerate().with_min_len(4096).for_each(|(t, &[a, b, c])| {
            for (half_edge, (from, to)) in (3 * t as u64..).zip([(a, b), (b, c), (c, a)]) {
                f(from.min(to) as usize, u64::from(from.max(to)) << 32 | half_edge);
            }
        });
    };
    let counts: Vec<AtomicU32> = (0..vertex_count).map(|_| AtomicU32::new(0)).collect();
    for_each(&|row, _| {
        counts[row].fetch_add(1, Relaxed);
    });
    let counts: Vec<u32> = counts.into_iter().map(AtomicU32::into_inner).collect();
    let offsets = offsets(&counts);
    let cursors: Vec<AtomicU32> = offsets.iter().copied().map(AtomicU32::new).collect();
    let items: Vec<AtomicU64> = (0..3 * triangles.len()).map(|_| AtomicU64::new(0)).collect();
    for_each(&|row, item| items[cursors[row].fetch_add(1, Relaxed) as usize].store(item, Relaxed));
    let mut rows = Rows { offsets, items: items.into_iter().map(|item| EdgeUse(item.into_inner())).collect() };
    rows.sort();
    rows
}

/// The neighbours of every vertex along edges, ascending, each once.
pub(crate) fn vertex_neighbors(uses: &Rows<EdgeUse>) -> Rows<u32> {
    let edges = || (0..uses.len()).flat_map(|v| uses.edges(v).map(move |uses| (v as u32, uses[0].other())));
    let mut counts = vec![0; uses.len()];
    for (a, b) in edges() {
        counts[a as usize] += 1;
        counts[b as usize] += 1;
    }
    let offsets = offsets(&counts);
    let mut cursors = offsets.clone();
    let mut items = vec![0; offsets.last().copied().unwrap_or(0) as usize];
    // Edges come in ascending order, so every row comes out ascending.
    for (a, b) in edges() {
        for (row, neighbor) in [(a, b), (b, a)] {
            items[cursors[row as usize] as usize] = neighbor;
            cursors[row as usize] += 1;
        }
    }
    Rows { offsets, items }
}

fn offsets(counts: &[u32]) -> Vec<u32> {
    let mut sum = 0;
    let mut offsets = Vec::with_capacity(counts.len() + 1);
    offsets.push(0);
    offsets.extend(counts.iter().map(|&count| {
        sum += count;
        sum
    }));
    offsets
}

impl<T: Ord + Send> Rows<T> {
    /// Sorts every row, which also undoes whatever order the threads came in.
    fn sort(&mut self) {
        const ROWS: usize = 1 << 14;
        let (offsets, mut rest) = (&self.offsets, self.items.as_mut_slice());
        let mut tasks = Vec::with_capacity(self.offsets.len() / ROWS + 1);
        for first in (0..offsets.len() - 1).step_by(ROWS) {
            let last = (first + ROWS).min(offsets.len() - 1);
            let (items, tail) = std::mem::take(&mut rest).split_at_mut((offsets[last] - offsets[first]) as usize);
            tasks.push((&offsets[first..=last], items));
            rest = tail;
        }
        tasks.into_par_iter().for_each(|(offsets, items)| {
            let start = offsets[0];
            offsets.windows(2).for_each(|w| items[(w[0] - start) as usize..(w[1] - start) as usize].sort_unstable());
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TETRAHEDRON: [[u32; 3]; 4] = [[0, 2, 1], [0, 1, 3], [1, 2, 3], [2, 0, 3]];

    #[test]
    fn a_tetrahedron_has_six_edges_used_twice_and_three_neighbors_per_vertex() {
        let uses = edge_uses(4, &TETRAHEDRON);
        let edges: Vec<_> = (0..4).flat_map(|v| uses.row(v).iter().map(move |u| (v as u32, u.other()))).collect();
        let expected = [(0, 1), (0, 1), (0, 2), (0, 2), (0, 3), (0, 3), (1, 2), (1, 2), (1, 3), (1, 3), (2, 3), (2, 3)];
        assert_eq!(edges, expected);
        let neighbors = vertex_neighbors(&uses);
        assert_eq!(neighbors.len(), 4);
        assert_eq!([0, 1, 2, 3].map(|v| neighbors.row(v).to_vec()), [[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2]]);
    }
}
