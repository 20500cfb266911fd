//! Merging vertices at equal positions.
//!
//! File formats without indices (STL) repeat every corner, and topology by position is what a
//! slicer sees. Welding here is **exact**: only bit-equal coordinates merge (`-0` counts as `0`), so
//! it never changes the shape. It does not close gaps.

use std::ops::Range;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::Relaxed;

use glam::Vec3;
use rayon::prelude::*;

use super::Mesh;

/// Buckets by hash: enough that one bucket's table stays in a core's cache.
const BUCKETS: usize = 256;
/// Vertices per task. Fixed, so that the result does not depend on the number of threads.
const CHUNK: usize = 1 << 16;
/// "No vertex" in a table.
const NONE: u32 = u32::MAX;

/// Merges vertices at equal positions, drops triangles that then name a vertex twice (or that named
/// a vertex that does not exist), and drops vertices that no triangle uses.
///
/// Vertices keep the order of their first appearance and the colour they had there; triangles keep
/// their order. Zero-area triangles with three different corners stay: without them the mesh would
/// have gaps.
pub fn weld(mesh: &Mesh) -> Mesh {
    let first_equal = first_equal_vertices(&mesh.vertex_positions);
    let triangle_indices: Vec<[u32; 3]> = mesh
        .triangle_indices
        .par_iter()
        .filter_map(|corners| {
            let mut merged = [0; 3];
            for (to, &from) in merged.iter_mut().zip(corners) {
                *to = *first_equal.get(from as usize)?;
            }
            let [a, b, c] = merged;
            (a != b && b != c && c != a).then_some(merged)
        })
        .collect();
    drop(first_equal);
    gather(&mesh.vertex_positions, mesh.vertex_colors.as_deref(), triangle_indices)
}

/// Gives vertices at equal positions the mean of their colours, and tells at how many places they differed.
pub(crate) fn blend_colors(mesh: &mut Mesh) -> usize {
    let Some(colors) = &mut mesh.vertex_colors else { return 0 };
    if colors.len() != mesh.vertex_positions.len() {
        return 0;
    }
    let first_equal = first_equal_vertices(&mesh.vertex_positions);
    let differs = |(v, first): (usize, &u32)| colors[v] != colors[*first as usize];
    let mut mixed: Vec<u32> =
        first_equal.iter().enumerate().filter(|&pair| differs(pair)).map(|(_, first)| *first).collect();
    mixed.sort_unstable();
    mixed.dedup();
    let mut sums = vec![[0u32; 4]; mixed.len()];
    for (color, first) in colors.iter().zip(&first_equal) {
        if let Ok(place) = mixed.binary_search(first) {
            let [sum @ .., count] = &mut sums[place];
            sum.iter_mut().zip(color).for_each(|(sum, level)| *sum += u32::from(*level));
            *count += 1;
        }
    }
    for (color, first) in colors.iter_mut().zip(&first_equal) {
        if let Ok(place) = mixed.binary_search(first) {
            let [sum @ .., count] = sums[place];
            *color = sum.map(|sum| ((sum + count / 2) / count.max(1)) as u8);
        }
    }
    mixed.len()
}

/// A mesh of `triangle_indices` with only the vertices they use, in the order of `vertex_positions`.
/// Indices must be in range.
pub(crate) fn gather(
    vertex_positions: &[Vec3],
    vertex_colors: Option<&[[u8; 3]]>,
    mut triangle_indices: Vec<[u32; 3]>,
) -> Mesh {
    let mut new_index = vec![NONE; vertex_positions.len()];
    triangle_indices.iter().flatten().for_each(|&v| new_index[v as usize] = 0);
    let used: Vec<u32> = (0..vertex_positions.len() as u32).filter(|&v| new_index[v as usize] == 0).collect();
    used.iter().enumerate().for_each(|(new, &old)| new_index[old as usize] = new as u32);
    triangle_indices.par_iter_mut().for_each(|t| *t = t.map(|v| new_index[v as usize]));
    Mesh {
        vertex_positions: used.par_iter().map(|&v| vertex_positions[v as usize]).collect(),
        triangle_indices,
        vertex_colors: vertex_colors.map(|colors| used.par_iter().map(|&v| colors[v as usize]).collect()),
    }
}

/// One vertex on its way into its bucket.
#[derive(Clone, Copy, Default)]
struct Entry {
    key: [u32; 3],
    vertex: u32,
}

fn key_of(position: Vec3) -> [u32; 3] {
    // Adding zero turns -0 into 0, which is the same place.
    position.to_array().map(|c| (c + 0.0).to_bits())
}

fn hash(key: [u32; 3]) -> u64 {
    const ODD: [u64; 3] = [0x9e37_79b9_7f4a_7c15, 0xc2b2_ae3d_27d4_eb4f, 0x1656_67b1_9e37_79f9];
    let mixed = u64::from(key[0]).wrapping_mul(ODD[0])
        ^ u64::from(key[1]).wrapping_mul(ODD[1]).rotate_left(21)
        ^ u64::from(key[2]).wrapping_mul(ODD[2]).rotate_left(42);
    (mixed ^ (mixed >> 29)).wrapping_mul(ODD[0])
}

fn bucket_of(hash: u64) -> usize {
    (hash >> 56) as usize
}

/// For every vertex the lowest-numbered vertex at the same position.
fn first_equal_vertices(positions: &[Vec3]) -> Vec<u32> {
    let (entries, buckets) = bucket_sort(positions);
    let first: Vec<AtomicU32> = (0..positions.len() as u32).map(AtomicU32::new).collect();
    // Every vertex lies in one bucket only, so the order of the stores does not matter.
    buckets.into_par_iter().for_each(|bucket| link_duplicates(&entries[bucket], &first));
    first.into_iter().map(AtomicU32::into_inner).collect()
}

/// The vertices by bucket, ascending within each, and where each bucket lies.
fn bucket_sort(positions: &[Vec3]) -> (Vec<Entry>, Vec<Range<usize>>) {
    let counts: Vec<[u32; BUCKETS]> = positions
        .par_chunks(CHUNK)
        .map(|chunk| {
            let mut counts = [0; BUCKETS];
            chunk.iter().for_each(|&p| counts[bucket_of(hash(key_of(p)))] += 1);
            counts
        })
        .collect();
    let mut entries = vec![Entry::default(); positions.len()];
    // One slice per bucket and chunk, handed to the chunk's task: disjoint, so no lock is needed.
    let mut slices: Vec<Vec<&mut [Entry]>> = counts.iter().map(|_| Vec::with_capacity(BUCKETS)).collect();
    let mut buckets = Vec::with_capacity(BUCKETS);
    let (mut rest, mut start) = (entries.as_mut_slice(), 0);
    for bucket in 0..BUCKETS {
        let mut end = start;
        for (chunk, slices) in counts.iter().zip(&mut slices) {
            let count = chunk[bucket] as usize;
            let (slice, tail) = std::mem::take(&mut rest).split_at_mut(count);
            slices.push(slice);
            rest = tail;
            end += count;
        }
        buckets.push(start..end);
        start = end;
    }
    positions.par_chunks(CHUNK).zip(slices).enumerate().for_each(|(chunk_index, (chunk, mut slices))| {
        let mut filled = [0usize; BUCKETS];
        for (i, &position) in chunk.iter().enumerate() {
            let key = key_of(position);
            let bucket = bucket_of(hash(key));
            slices[bucket][filled[bucket]] = Entry { key, vertex: (chunk_index * CHUNK + i) as u32 };
            filled[bucket] += 1;
        }
    });
    (entries, buckets)
}

/// Stores the first equal vertex of every entry whose key appeared before.
fn link_duplicates(entries: &[Entry], first: &[AtomicU32]) {
    if entries.len() < 2 {
        return;
    }
    let mut table = Table::with_capacity(entries.len() / 4);
    for (position, entry) in entries.iter().enumerate() {
        let equal = table.find_or_insert(entries, position as u32);
        if equal != position as u32 {
            first[entry.vertex as usize].store(entries[equal as usize].vertex, Relaxed);
        }
    }
}

/// An open-addressing hash table of positions in a list of entries.
struct Table {
    slots: Vec<u32>,
    used: usize,
}

impl Table {
    fn with_capacity(capacity: usize) -> Self {
        Self { slots: vec![NONE; (2 * capacity).next_power_of_two().max(16)], used: 0 }
    }

    /// The first position with the key of `entries[position]`, which may be `position` itself.
    fn find_or_insert(&mut self, entries: &[Entry], position: u32) -> u32 {
        if 2 * (self.used + 1) > self.slots.len() {
            self.grow(entries);
        }
        let key = entries[position as usize].key;
        let mask = self.slots.len() - 1;
        let mut slot = hash(key) as usize & mask;
        loop {
            match self.slots[slot] {
                NONE => {
                    self.slots[slot] = position;
                    self.used += 1;
                    return position;
                }
                found if entries[found as usize].key == key => return found,
                _ => slot = (slot + 1) & mask,
            }
        }
    }

    fn grow(&mut self, entries: &[Entry]) {
        let larger = vec![NONE; 2 * self.slots.len()];
        let old = std::mem::replace(&mut self.slots, larger);
        let mask = self.slots.len() - 1;
        for position in old.into_iter().filter(|&p| p != NONE) {
            let mut slot = hash(entries[position as usize].key) as usize & mask;
            while self.slots[slot] != NONE {
                slot = (slot + 1) & mask;
            }
            self.slots[slot] = position;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashMap;

    fn soup(positions: &[Vec3]) -> Mesh {
        let triangles = positions.len() as u32 / 3;
        Mesh {
            vertex_positions: positions.to_vec(),
            triangle_indices: (0..triangles).map(|t| [3 * t, 3 * t + 1, 3 * t + 2]).collect(),
            vertex_colors: Some((0..positions.len()).map(|i| [i as u8, 0, 0]).collect()),
        }
    }

    /// The obvious way, to compare with.
    fn weld_slowly(mesh: &Mesh) -> Vec<[Vec3; 3]> {
        let corners = mesh.triangle_indices.iter().map(|t| t.map(|i| mesh.vertex_positions[i as usize]));
        corners.filter(|[a, b, c]| a != b && b != c && c != a).collect()
    }

    proptest! {
        #[test]
        fn keeps_the_triangles_and_makes_positions_unique(coordinates in prop::collection::vec(-2i8..=2, 9..900)) {
            let positions: Vec<Vec3> =
                coordinates.chunks_exact(3).map(|c| Vec3::new(c[0].into(), c[1].into(), c[2].into())).collect();
            let mesh = soup(&positions[..positions.len() / 3 * 3]);
            let welded = weld(&mesh);
            let triangles: Vec<_> = (0..welded.triangle_indices.len()).map(|t| welded.triangle(t)).collect();
            prop_assert_eq!(triangles, weld_slowly(&mesh));
            let mut seen = HashMap::new();
            for (i, p) in welded.vertex_positions.iter().enumerate() {
                prop_assert!(seen.insert(p.to_array().map(|c| (c + 0.0).to_bits()), i).is_none());
            }
            prop_assert_eq!(welded.vertex_colors.unwrap().len(), welded.vertex_positions.len());
        }
    }

    #[test]
    fn keeps_first_appearance_order_and_colour() {
        let (a, b, c, d) = (Vec3::ZERO, Vec3::X, Vec3::Y, Vec3::Z);
        let welded = weld(&soup(&[a, b, c, c, b, d, -a, a, b]));
        assert_eq!(welded.vertex_positions, [a, b, c, d]);
        assert_eq!(welded.triangle_indices, [[0, 1, 2], [2, 1, 3]], "the last one collapsed: -0 is 0");
        assert_eq!(welded.vertex_colors.unwrap(), [[0, 0, 0], [1, 0, 0], [2, 0, 0], [5, 0, 0]]);
    }

    #[test]
    fn many_vertices_weld_the_same_on_any_number_of_threads() {
        let positions: Vec<Vec3> = (0..300_000u32)
            .map(|i| {
                let cell = i.wrapping_mul(2_654_435_761) % 40_000;
                Vec3::new((cell % 200) as f32, (cell / 200) as f32, 0.1 * (cell % 7) as f32)
            })
            .collect();
        let mesh = soup(&positions);
        let run =
            |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(|| weld(&mesh));
        let welded = run(1);
        assert_eq!(welded, run(3));
        assert_eq!(welded.vertex_positions.len(), 40_000);
    }

    #[test]
    fn a_triangle_with_an_index_out_of_range_is_dropped() {
        let mut mesh = soup(&[Vec3::ZERO, Vec3::X, Vec3::Y]);
        mesh.triangle_indices.push([0, 1, 99]);
        assert_eq!(weld(&mesh).triangle_indices, [[0, 1, 2]]);
        assert_eq!(weld(&Mesh::default()), Mesh::default());
    }
}
