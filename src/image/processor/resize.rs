//! Changing the size of 8-bit pixels exactly as OpenCV 4.10 does, because models were trained on its
//! output: "area" to the bit, "cubic" to within one level in a few of a million samples.
//!
//! Formulas: OpenCV's `resize.cpp`; its cubic filter has A = −0.75, does not widen when reducing, and
//! repeats the border.

use rayon::prelude::*;

/// Interleaved 8-bit pixels, row 0 on top.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pixels {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) channels: usize,
    /// `height * width * channels` values.
    pub(super) data: Vec<u8>,
}

impl Pixels {
    /// All zero.
    pub(super) fn new(width: usize, height: usize, channels: usize) -> Self {
        Self { width, height, channels, data: vec![0; width * height * channels] }
    }

    fn row(&self, y: usize) -> &[u8] {
        let length = self.width * self.channels;
        &self.data[y * length..(y + 1) * length]
    }

    /// Pixels of another size whose rows are written by `f(y, row)`.
    fn with_rows(&self, width: usize, height: usize, f: impl Fn(usize, &mut [u8]) + Sync) -> Self {
        let mut resized = Self::new(width, height, self.channels);
        resized.data.par_chunks_mut((width * self.channels).max(1)).enumerate().for_each(|(y, row)| f(y, row));
        resized
    }
}

/// How many source pixels one target pixel takes. OpenCV computes it by way of the inverse.
fn step(from: usize, to: usize) -> f64 {
    1.0 / (to as f64 / from as f64)
}

/// Weighs source pixels for one target pixel.
struct Taps<T> {
    first: usize,
    weights: Vec<T>,
}

/// Cubic convolution (Keys) over four pixels by four.
pub(super) fn cubic(source: &Pixels, width: usize, height: usize) -> Pixels {
    let (columns, rows) = (cubic_taps(source.width, width), cubic_taps(source.height, height));
    let channels = source.channels;
    let narrow: Vec<Vec<f64>> =
        (0..source.height).into_par_iter().map(|y| cubic_along(source.row(y), channels, &columns)).collect();
    source.with_rows(width, height, |y, row| {
        for (i, value) in row.iter_mut().enumerate() {
            let at = |k: isize| narrow[clamped(rows[y].0, k, source.height)][i];
            let sum: f64 = rows[y].1.iter().zip(-1..).map(|(weight, k)| weight * at(k)).sum();
            *value = sum.round_ties_even().clamp(0.0, 255.0) as u8;
        }
    })
}

/// For every target pixel the second of its four source pixels, and the weights of the four.
fn cubic_taps(from: usize, to: usize) -> Vec<(isize, [f64; 4])> {
    const A: f64 = -0.75;
    let near = |t: f64| ((A + 2.0) * t - (A + 3.0)) * t * t + 1.0;
    let far = |t: f64| ((A * t - 5.0 * A) * t + 8.0 * A) * t - 4.0 * A;
    let taps = |i: usize| {
        let place = (i as f64 + 0.5) * step(from, to) - 0.5;
        let t = place - place.floor();
        let (a, b, c) = (far(t + 1.0), near(t), near(1.0 - t));
        (place.floor() as isize, [a, b, c, 1.0 - a - b - c])
    };
    (0..to).map(taps).collect()
}

/// Index `base + k`, moved into `0..count`.
fn clamped(base: isize, k: isize, count: usize) -> usize {
    (base + k).clamp(0, count as isize - 1) as usize
}

fn cubic_along(row: &[u8], channels: usize, taps: &[(isize, [f64; 4])]) -> Vec<f64> {
    let count = row.len() / channels;
    let sum = |&(base, weights): &(isize, [f64; 4]), c: usize| -> f64 {
        let value = |k| f64::from(row[clamped(base, k, count) * channels + c]);
        weights.iter().zip(-1..).map(|(&weight, k)| weight * value(k)).sum()
    };
    taps.iter().flat_map(|tap| (0..channels).map(move |c| sum(tap, c))).collect()
}

/// The mean over each target pixel's area when reducing; when an axis grows, a blend of two pixels
/// whose width is the fraction that the areas overlap.
pub(super) fn area(source: &Pixels, width: usize, height: usize) -> Pixels {
    if (source.width, source.height) == (width, height) {
        return source.clone();
    }
    let (across, down) = (step(source.width, width), step(source.height, height));
    if across < 1.0 || down < 1.0 {
        return area_enlarged(source, width, height);
    }
    let whole = |step: f64| (step - step.round()).abs() < f64::EPSILON;
    if whole(across) && whole(down) {
        return area_of_blocks(source, width, height, [across.round() as usize, down.round() as usize]);
    }
    area_reduced(source, width, height)
}

/// Means of blocks of whole pixels.
fn area_of_blocks(source: &Pixels, width: usize, height: usize, [across, down]: [usize; 2]) -> Pixels {
    let channels = source.channels;
    let scale = 1.0 / (across * down) as f32;
    source.with_rows(width, height, |y, row| {
        for (i, value) in row.iter_mut().enumerate() {
            let (x, c) = (i / channels, i % channels);
            let sum_of_row = |dy: usize| -> u32 {
                let from = source.row((y * down + dy).min(source.height - 1));
                (0..across).map(|dx| u32::from(from[(x * across + dx).min(source.width - 1) * channels + c])).sum()
            };
            let sum: u32 = (0..down).map(sum_of_row).sum();
            *value = match (across, down) {
                (2, 2) => ((sum + 2) >> 2) as u8,
                _ => rounded(sum as f32 * scale),
            };
        }
    })
}

/// To the nearest level, ties to the even one.
fn rounded(value: f32) -> u8 {
    value.round_ties_even().clamp(0.0, 255.0) as u8
}

fn area_reduced(source: &Pixels, width: usize, height: usize) -> Pixels {
    let (columns, rows) = (area_taps(source.width, width), area_taps(source.height, height));
    let channels = source.channels;
    source.with_rows(width, height, |y, row| {
        let mut sums = vec![0f32; row.len()];
        for (k, &down) in rows[y].weights.iter().enumerate() {
            let from = source.row(rows[y].first + k);
            for (x, tap) in columns.iter().enumerate() {
                for c in 0..channels {
                    let mut sum = 0f32;
                    for (j, &across) in tap.weights.iter().enumerate() {
                        sum += f32::from(from[(tap.first + j) * channels + c]) * across;
                    }
                    sums[x * channels + c] += down * sum;
                }
            }
        }
        row.iter_mut().zip(sums).for_each(|(value, sum)| *value = rounded(sum));
    })
}

/// The source pixels under each target pixel and the shares of it that they cover.
fn area_taps(from: usize, to: usize) -> Vec<Taps<f32>> {
    /// Slivers thinner than this are left out.
    const SLIVER: f64 = 1e-3;
    let step = step(from, to);
    let taps = |i: usize| {
        let (start, end) = (i as f64 * step, i as f64 * step + step);
        let cell = step.min(from as f64 - start);
        let last = (end.floor() as usize).min(from - 1);
        let first = (start.ceil() as usize).min(last);
        let mut taps = Taps { first, weights: Vec::new() };
        if first as f64 - start > SLIVER {
            taps.first -= 1;
            taps.weights.push(((first as f64 - start) / cell) as f32);
        }
        taps.weights.extend((first..last).map(|_| (1.0 / cell) as f32));
        if end - last as f64 > SLIVER {
            taps.weights.push(((end - last as f64).min(1.0).min(cell) / cell) as f32);
        }
        taps
    };
    (0..to).map(taps).collect()
}

/// Two taps per axis in fixed point: weights of 11 bits.
fn area_enlarged(source: &Pixels, width: usize, height: usize) -> Pixels {
    let (columns, rows) = (blend_taps(source.width, width), blend_taps(source.height, height));
    let channels = source.channels;
    let blend_row = |y: usize| -> Vec<i32> {
        let from = source.row(y);
        let value = |x: usize, c: usize| i32::from(from[x.min(source.width - 1) * channels + c]);
        let blend = |&(x, [a, b]): &(usize, [i32; 2]), c| value(x, c) * a + value(x + 1, c) * b;
        columns.iter().flat_map(|tap| (0..channels).map(move |c| blend(tap, c))).collect()
    };
    let wide: Vec<Vec<i32>> = (0..source.height).into_par_iter().map(blend_row).collect();
    source.with_rows(width, height, |y, row| {
        let (first, [a, b]) = rows[y];
        let (upper, lower) = (&wide[first], &wide[(first + 1).min(source.height - 1)]);
        for ((value, &u), &l) in row.iter_mut().zip(upper).zip(lower) {
            let sum = ((a * (u >> 4)) >> 16) + ((b * (l >> 4)) >> 16);
            *value = ((sum + 2) >> 2).clamp(0, 255) as u8;
        }
    })
}

/// For every target pixel the first of its two source pixels, and their weights in 1/2048.
fn blend_taps(from: usize, to: usize) -> Vec<(usize, [i32; 2])> {
    let inverse = to as f64 / from as f64;
    let step = 1.0 / inverse;
    let fixed = |weight: f32| (weight * 2048.0).round_ties_even() as i32;
    let taps = |i: usize| {
        let first = (i as f64 * step).floor();
        let share = ((i + 1) as f64 - (first + 1.0) * inverse) as f32;
        let share = if share <= 0.0 { 0.0 } else { share - share.floor() };
        if first as usize >= from - 1 {
            return (from - 1, [2048, 0]);
        }
        (first as usize, [fixed(1.0 - share), fixed(share)])
    };
    (0..to).map(taps).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(width: usize, height: usize) -> Pixels {
        let data = (0..width * height * 3).map(|i| ((i * i * 31 + i * 7) % 251) as u8).collect();
        Pixels { width, height, channels: 3, data }
    }

    #[test]
    fn nothing_changes_at_the_same_size() {
        let source = noise(17, 9);
        for resize in [cubic, area] {
            assert_eq!(resize(&source, 17, 9), source);
        }
    }

    #[test]
    fn flat_pictures_stay_flat() {
        let source = Pixels { width: 13, height: 29, channels: 4, data: [9, 200, 255, 77].repeat(13 * 29) };
        for resize in [cubic, area] {
            for (width, height) in [(1, 1), (7, 10), (13, 40), (26, 58), (60, 3)] {
                assert_eq!(resize(&source, width, height).data, [9, 200, 255, 77].repeat(width * height));
            }
        }
    }

    #[test]
    fn area_keeps_the_mean_when_reducing() {
        let source = noise(60, 60);
        let mean = |p: &Pixels| p.data.iter().map(|&v| f64::from(v)).sum::<f64>() / p.data.len() as f64;
        for side in [10, 20, 30, 40, 50, 59] {
            assert!((mean(&area(&source, side, side)) - mean(&source)).abs() < 0.5, "{side}");
        }
    }
}
