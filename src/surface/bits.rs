//! Which samples are inside, one bit each, with one layer of outside added all around.

use rayon::prelude::*;

use crate::field::ScalarGrid;

/// The signs of a grid. Bit `z + 1` of row `[x + 1, y + 1]` is set when sample `[x, y, z]` is
/// inside; everything around is outside.
pub(super) struct SignBits {
    words: Vec<u64>,
    /// Rows along x and y, and words per row.
    pub(super) size: [usize; 3],
}

impl SignBits {
    /// Reads the signs. The grid's sizes must agree with its number of samples.
    pub(super) fn of(grid: &ScalarGrid) -> Self {
        let [nx, ny, nz] = grid.samples_per_axis;
        // One bit for the layer before and one for the layer behind.
        let size = [nx + 2, ny + 2, (nz + 2).div_ceil(64)];
        let mut words = vec![0; size[0] * size[1] * size[2]];
        let layer = size[1] * size[2];
        let inner_layers = words.par_chunks_mut(layer).skip(1).take(nx);
        inner_layers.zip(grid.samples.par_chunks(ny * nz)).for_each(|(words, samples)| {
            let rows = words.chunks_mut(size[2]).skip(1).take(ny);
            rows.zip(samples.chunks(nz)).for_each(|(row, samples)| pack_row(row, samples));
        });
        Self { words, size }
    }

    /// The words of row `[x, y]`, counted with the added layer.
    pub(super) fn row(&self, x: usize, y: usize) -> &[u64] {
        let start = (x * self.size[1] + y) * self.size[2];
        &self.words[start..start + self.size[2]]
    }
}

/// Sets bit `i + 1` of `row` for every negative `samples[i]`.
fn pack_row(row: &mut [u64], samples: &[f32]) {
    let mut carry = 0;
    let mut words = row.iter_mut();
    for chunk in samples.chunks(64) {
        let bits = match chunk.try_into() {
            Ok(full) => pack_64(full),
            Err(_) => chunk.iter().enumerate().fold(0, |bits, (i, &v)| bits | u64::from(v < 0.0) << i),
        };
        if let Some(word) = words.next() {
            *word = bits << 1 | carry;
        }
        carry = bits >> 63;
    }
    if let Some(word) = words.next() {
        *word = carry;
    }
}

/// One bit per sample, set where it is negative. Written so that compilers use vector comparisons.
fn pack_64(samples: &[f32; 64]) -> u64 {
    // Times a byte of 0 or 1 per sample, this moves byte `i`'s bit to bit `56 + i`.
    const GATHER: u64 = 0x0102_0408_1020_4080;
    let negative = samples.map(|v| u8::from(v < 0.0));
    let (bytes, _) = negative.as_chunks::<8>();
    bytes.iter().rev().fold(0, |bits, &eight| bits << 8 | u64::from_le_bytes(eight).wrapping_mul(GATHER) >> 56)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_shifted_by_one_and_surrounded_by_outside() {
        for nz in [2, 61, 62, 63, 64, 65, 126, 127, 128, 200] {
            let inside = |i: usize| i * i % 7 < 3;
            let value = |i: usize| if inside(i) { -1.0 } else { 0.0 };
            let samples_per_axis = [2, 3, nz];
            let grid = ScalarGrid {
                samples: (0..6 * nz).map(value).collect(),
                samples_per_axis,
                origin: glam::Vec3::ZERO,
                spacing: 1.0,
            };
            let bits = SignBits::of(&grid);
            let bit = |x, y, z: usize| bits.row(x, y)[z / 64] >> (z % 64) & 1 == 1;
            for (x, y, z) in (0..4).flat_map(|x| (0..5).flat_map(move |y| (0..nz + 2).map(move |z| (x, y, z)))) {
                let within = (1..3).contains(&x) && (1..4).contains(&y) && (1..=nz).contains(&z);
                let expected = within && inside(grid.index(x - 1, y - 1, z - 1));
                assert_eq!(bit(x, y, z), expected, "{x} {y} {z} of {nz}");
            }
        }
    }
}
