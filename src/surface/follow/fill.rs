//! Signs of the samples that were not evaluated.

use rayon::prelude::*;

use super::Lattice;
use crate::field::ScalarGrid;

/// Magnitude of filled-in values.
const FILL: f32 = 1.0;

/// Whether the bit of a sample is set.
pub(super) fn is_set(bits: &[u64], index: usize) -> bool {
    bits[index / 64] >> (index % 64) & 1 == 1
}

/// Gives every sample that is NaN the sign around it, in a grid of which only what is near the surface
/// was evaluated. Where both signs are around it, the surface is put somewhere between them, closed.
/// The grid's sizes must agree ([`ScalarGrid::validate_size`]).
pub fn fill_gaps(grid: &mut ScalarGrid) {
    let known: Vec<u64> = grid.samples.par_chunks(64).map(|chunk| bits(chunk, |v| !v.is_nan())).collect();
    if known.iter().any(|word| *word != 0) {
        fill_signs(&mut grid.samples, &known, grid.samples_per_axis);
    }
}

/// Gives every sample that was not evaluated the sign that the surface leaves for it: that of its
/// neighbours, since between evaluated samples of different signs lies no other.
pub(super) fn fill_signs(samples: &mut [f32], evaluated: &[u64], [_, ny, nz]: [usize; 3]) {
    let slab = ny * nz;
    let filled: Vec<bool> = samples
        .par_chunks_mut(slab)
        .enumerate()
        .map(|(x, samples)| fill_slab(samples, nz, evaluated, x * slab))
        .collect();
    let Some(first) = filled.iter().position(|&f| f) else { return };
    for x in (0..first).rev() {
        samples.copy_within((x + 1) * slab..(x + 2) * slab, x * slab);
    }
    for x in (first + 1..filled.len()).filter(|&x| !filled[x]) {
        samples.copy_within((x - 1) * slab..x * slab, x * slab);
    }
    // Copied slabs bring values of evaluated samples along: only their signs are meant.
    samples.par_chunks_mut(slab).zip(&filled).filter(|(_, filled)| !**filled).for_each(|(samples, _)| {
        samples.iter_mut().for_each(|v| *v = FILL.copysign(*v));
    });
}

/// Fills one slab, whose first sample is number `start`, row by row; `false` if nothing in it was
/// evaluated.
fn fill_slab(samples: &mut [f32], nz: usize, evaluated: &[u64], start: usize) -> bool {
    let rows = samples.len() / nz;
    let mut filled = vec![false; rows];
    for (y, row) in samples.chunks_exact_mut(nz).enumerate() {
        let of_row = start + y * nz;
        let any = (0..nz).step_by(64).any(|z| bits_at(evaluated, of_row + z) << (64 - (nz - z).min(64)) != 0);
        let Some(first) = (0..nz).find(|z| any && is_set(evaluated, of_row + z)) else { continue };
        filled[y] = true;
        let mut sign = row[first];
        for (z, value) in row.iter_mut().enumerate() {
            if is_set(evaluated, of_row + z) {
                sign = *value;
            } else {
                *value = if sign < 0.0 { -FILL } else { FILL };
            }
        }
    }
    let Some(first) = filled.iter().position(|&f| f) else { return false };
    let copy = |samples: &mut [f32], from: usize, to: usize| {
        for z in 0..nz {
            samples[to * nz + z] = if samples[from * nz + z] < 0.0 { -FILL } else { FILL };
        }
    };
    (0..first).rev().for_each(|y| copy(samples, y + 1, y));
    (first + 1..rows).filter(|&y| !filled[y]).for_each(|y| copy(samples, y - 1, y));
    true
}

/// The samples, not evaluated, at the ends of cut edges, ascending and once. Where signs are guesses
/// (not `exact`), also those beside them on the same line, because the surface may lie anywhere there,
/// and those inside at the border.
pub(super) fn contradictions(samples: &[f32], evaluated: &[u64], lattice: &Lattice, exact: bool) -> Vec<usize> {
    let [_, ny, nz] = lattice.samples_per_axis;
    let inside: &[u64] = &samples.par_chunks(64).map(|chunk| bits(chunk, |v| v < 0.0)).collect::<Vec<_>>();
    // All edges along an axis at once: bit i of a word against the bit `step` samples on. Ends of lines
    // meet starts of others that way; they are sorted out one by one, being few.
    let along = |axis: usize| {
        let step = [ny * nz, nz, 1][axis];
        let of_word = move |word: usize| {
            let start = 64 * word;
            let (cut, known) =
                (inside[word] ^ bits_at(inside, start + step), evaluated[word] & bits_at(evaluated, start + step));
            let mut open = cut & !known;
            let mut found = Vec::new();
            while open != 0 {
                let index = start + open.trailing_zeros() as usize;
                open &= open - 1;
                if index + step >= samples.len() {
                    break;
                }
                let place = lattice.place(index);
                if place[axis] + 1 == lattice.samples_per_axis[axis] {
                    continue;
                }
                if exact {
                    found.extend([index, index + step].into_iter().filter(|&i| !is_set(evaluated, i)));
                } else {
                    found.extend(run(evaluated, lattice, place, axis));
                }
            }
            found
        };
        (0..evaluated.len()).into_par_iter().flat_map_iter(of_word)
    };
    let mut found: Vec<usize> = along(0).chain(along(1)).chain(along(2)).collect();
    if !exact {
        let unsure = |&i: &usize| samples[i] < 0.0 && !is_set(evaluated, i);
        found.extend(border(lattice).filter(unsure));
    }
    found.par_sort_unstable();
    found.dedup();
    found
}

/// The samples at the border; some of them several times.
fn border(lattice: &Lattice) -> impl Iterator<Item = usize> + '_ {
    let sides = lattice.samples_per_axis;
    (0..3).flat_map(move |axis| {
        let (a, b) = ((axis + 1) % 3, (axis + 2) % 3);
        let places = (0..sides[a]).flat_map(move |i| (0..sides[b]).map(move |j| (i, j)));
        places.flat_map(move |(i, j)| {
            [0, sides[axis] - 1].map(|end| {
                let mut place = [end; 3];
                (place[a], place[b]) = (i, j);
                lattice.index(place)
            })
        })
    })
}

/// One bit for each of at most 64 samples.
fn bits(samples: &[f32], is_set: impl Fn(f32) -> bool) -> u64 {
    samples.iter().enumerate().fold(0, |bits, (i, &v)| bits | u64::from(is_set(v)) << i)
}

/// The 64 bits from `start` on; beyond the end they are zero.
fn bits_at(words: &[u64], start: usize) -> u64 {
    let word = |i: usize| words.get(i).copied().unwrap_or(0);
    let (first, shift) = (start / 64, start % 64);
    if shift == 0 { word(first) } else { word(first) >> shift | word(first + 1) << (64 - shift) }
}

/// The samples around the edge from `place` along `axis` that were not evaluated, as far as the next
/// evaluated ones on the line.
fn run(evaluated: &[u64], lattice: &Lattice, place: [usize; 3], axis: usize) -> Vec<usize> {
    let at = |i: usize| {
        let mut place = place;
        place[axis] = i;
        lattice.index(place)
    };
    let unknown = |&i: &usize| !is_set(evaluated, at(i));
    let before = (0..=place[axis]).rev().take_while(unknown);
    let behind = (place[axis] + 1..lattice.samples_per_axis[axis]).take_while(unknown);
    before.chain(behind).map(at).collect()
}
