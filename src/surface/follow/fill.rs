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
    let word = |samples: &[f32]| samples.iter().enumerate().fold(0, |bits, (i, v)| bits | u64::from(!v.is_nan()) << i);
    let known: Vec<u64> = grid.samples.par_chunks(64).map(word).collect();
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
        .map(|(x, samples)| fill_slab(samples, nz, |i| is_set(evaluated, x * slab + i)))
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

/// Fills one slab row by row; `false` if nothing in it was evaluated.
fn fill_slab(samples: &mut [f32], nz: usize, is_evaluated: impl Fn(usize) -> bool) -> bool {
    let rows = samples.len() / nz;
    let mut filled = vec![false; rows];
    for (y, row) in samples.chunks_exact_mut(nz).enumerate() {
        let Some(first) = (0..nz).find(|z| is_evaluated(y * nz + z)) else { continue };
        filled[y] = true;
        let mut sign = row[first];
        for (z, value) in row.iter_mut().enumerate() {
            if is_evaluated(y * nz + z) {
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
    let [nx, ny, nz] = lattice.samples_per_axis;
    let steps = [ny * nz, nz, 1];
    let inside = |i: usize| samples[i] < 0.0;
    let of_slab = |x: usize| {
        let mut found = Vec::new();
        for (y, z) in (0..ny).flat_map(|y| (0..nz).map(move |z| (y, z))) {
            let (place, index) = ([x, y, z], (x * ny + y) * nz + z);
            if !exact && inside(index) && lattice.is_on_border(place) && !is_set(evaluated, index) {
                found.push(index);
            }
            for axis in (0..3).filter(|&axis| place[axis] + 1 < lattice.samples_per_axis[axis]) {
                let other = index + steps[axis];
                if inside(index) == inside(other) || (is_set(evaluated, index) && is_set(evaluated, other)) {
                    continue;
                }
                if exact {
                    found.extend([index, other].into_iter().filter(|&i| !is_set(evaluated, i)));
                } else {
                    found.extend(run(evaluated, lattice, place, axis));
                }
            }
        }
        found
    };
    let mut found: Vec<usize> = (0..nx).into_par_iter().flat_map_iter(of_slab).collect();
    found.par_sort_unstable();
    found.dedup();
    found
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
