//! Ripples taken out of a prediction: neighbouring columns tremble around the surface that they tell of.

use rayon::prelude::*;

use super::input::Input;
use super::prediction::{Prediction, halved};

/// Mean difference of two columns, in units of [`super::prediction::TRUNCATION`], at which one counts 1/e for the other.
/// Measured on `val`: fronts are a tenth less rough (as rough as true ones nearly), at the same overlap (-5e-5, ± 12e-5).
const EDGE: f32 = 0.08;

/// Makes each column the mean of itself and its eight neighbours, of those more that are like it, so that edges stay
/// (bilateral filter, Tomasi and Manduchi 1998). Columns at the rim of the outline of `input` are left as they are: to thin
/// parts, their neighbours have nothing to say.
pub fn calm(prediction: &mut Prediction, input: &Input) {
    let (grid, bins) = (prediction.side / 2, prediction.bins);
    let area = grid * grid;
    let upright: Vec<Vec<f32>> =
        (0..area).map(|k| prediction.columns.iter().skip(k).step_by(area).copied().collect()).collect();
    let alpha = input.channel(3);
    // Columns that are more than half in the outline.
    let within: Vec<bool> = halved(input.side, |at| alpha[at]).into_iter().map(|share| share >= 0.5).collect();
    let calmed: Vec<(usize, Vec<f32>)> = (0..area)
        .into_par_iter()
        .filter(|&k| (1..grid - 1).contains(&(k / grid)) && (1..grid - 1).contains(&(k % grid)))
        .filter(|&k| around(k, grid).all(|(near, _)| within[near]))
        .map(|k| {
            let (mut sum, mut total) = (vec![0.0; bins], 0.0);
            for (near, weight) in around(k, grid) {
                let weight = weight * (-(difference(&upright[k], &upright[near]) / EDGE).powi(2)).exp();
                sum.iter_mut().zip(&upright[near]).for_each(|(sum, value)| *sum += weight * value);
                total += weight;
            }
            sum.iter_mut().for_each(|sum| *sum /= total);
            (k, sum)
        })
        .collect();
    for (k, column) in calmed {
        prediction.columns.iter_mut().skip(k).step_by(area).zip(column).for_each(|(old, new)| *old = new);
    }
}

/// Column `k` and its eight neighbours, with binomial weights.
fn around(k: usize, grid: usize) -> impl Iterator<Item = (usize, f32)> {
    const BINOMIAL: [f32; 3] = [1.0, 2.0, 1.0];
    (0..9).map(move |n| (k + n / 3 * grid + n % 3 - grid - 1, BINOMIAL[n / 3] * BINOMIAL[n % 3]))
}

/// Mean difference of two columns, as far as they are told.
fn difference(a: &[f32], b: &[f32]) -> f32 {
    let known = |v: f32| v.clamp(-1.0, 1.0);
    a.iter().zip(b).map(|(a, b)| (known(*a) - known(*b)).abs()).sum::<f32>() / a.len() as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Monitor;

    const GRID: usize = 16;
    const BINS: usize = 64;

    /// A square of the picture, `inset` columns from each side.
    fn square(inset: usize) -> Input {
        let side = 2 * GRID;
        let inner = 2 * inset..side - 2 * inset;
        let opaque = |k: usize| inner.contains(&(k / side)) && inner.contains(&(k % side));
        let pixels: Vec<u8> = (0..side * side).flat_map(|k| [90, 90, 90, if opaque(k) { 255 } else { 0 }]).collect();
        Input::new(&pixels, side, true, &Monitor::silent()).unwrap()
    }

    /// A slab below a front whose height is told for each row and column.
    fn slab(front: impl Fn(usize, usize) -> f32) -> Prediction {
        let columns = (0..BINS * GRID * GRID).map(|at| {
            let (k, z) = (at % (GRID * GRID), (2 * (at / (GRID * GRID)) + 1) as f32 / BINS as f32 - 1.0);
            ((z - front(k / GRID, k % GRID)).max(-0.6 - z) / 0.125).clamp(-1.0, 1.0)
        });
        Prediction { side: 2 * GRID, bins: BINS, columns: columns.collect(), picture: Vec::new(), view: Vec::new() }
    }

    fn front(prediction: &Prediction, row: usize, column: usize) -> f32 {
        let values = (0..BINS).map(|k| prediction.columns[k * GRID * GRID + row * GRID + column]).collect();
        super::super::column::Column { values }.front().unwrap()
    }

    #[test]
    fn ripples_go_and_slopes_stay() {
        let slope = |row: usize, column: usize| 0.02 * row as f32 - 0.01 * column as f32;
        let ripple = |row: usize, column: usize| if (row + column).is_multiple_of(2) { 0.02 } else { -0.02 };
        let mut prediction = slab(|row, column| slope(row, column) + ripple(row, column));
        calm(&mut prediction, &square(0));
        for (row, column) in (2..GRID - 2).flat_map(|row| (2..GRID - 2).map(move |column| (row, column))) {
            let left = front(&prediction, row, column) - slope(row, column);
            assert!(left.abs() < 0.007, "{row} {column}: {left}");
        }
    }

    #[test]
    fn edges_and_the_rim_stay() {
        let step = |_: usize, column: usize| if column < GRID / 2 { -0.3 } else { 0.4 };
        let mut prediction = slab(step);
        calm(&mut prediction, &square(0));
        for (row, column) in (0..GRID).flat_map(|row| (0..GRID).map(move |column| (row, column))) {
            let moved = front(&prediction, row, column) - step(row, column);
            assert!(moved.abs() < 2e-3, "{row} {column}: {moved}");
        }
        // Two columns wide: there is nothing but rim.
        let thin = slab(|row, column| 0.1 * ((row * 7 + column * 3) % 5) as f32);
        let mut calmed = thin.clone();
        calm(&mut calmed, &square(GRID / 2 - 1));
        assert_eq!(calmed, thin);
    }
}
