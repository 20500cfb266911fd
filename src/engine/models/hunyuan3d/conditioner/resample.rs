//! Resizing one axis, as a matrix.

/// Bilinear with antialiasing: a triangle as wide as an output pixel, or as an input pixel if that is
/// wider.
///
/// # Shapes
/// - result: `[output, input]`, rows summing to 1
pub fn antialiased(input: usize, output: usize) -> Vec<f32> {
    let scale = input as f64 / output as f64;
    let support = scale.max(1.0);
    let mut matrix = vec![0.0; input * output];
    for (row, weights) in matrix.chunks_exact_mut(input).enumerate() {
        let center = (row as f64 + 0.5) * scale;
        let first = (center - support + 0.5).max(0.0) as usize;
        let end = ((center + support + 0.5) as usize).min(input);
        let weight = |j: usize| (1.0 - ((j as f64 - center + 0.5) / support).abs()).max(0.0);
        let sum: f64 = (first..end).map(weight).sum();
        (first..end).for_each(|j| weights[j] = (weight(j) / sum) as f32);
    }
    matrix
}

/// Cubic convolution with A = −0.75, without antialiasing, borders repeated; pixel centres at halves.
///
/// # Shapes
/// - result: `[output, input]`, rows summing to 1
pub fn bicubic(input: usize, output: usize) -> Vec<f32> {
    bicubic_by(input, output, input as f64 / output as f64)
}

/// As [`bicubic`], with `scale` input pixels to an output pixel instead of `input / output`.
///
/// # Shapes
/// - result: `[output, input]`, rows summing to 1
pub fn bicubic_by(input: usize, output: usize, scale: f64) -> Vec<f32> {
    const A: f64 = -0.75;
    let near = |x: f64| ((A + 2.0) * x - (A + 3.0)) * x * x + 1.0;
    let far = |x: f64| ((A * x - 5.0 * A) * x + 8.0 * A) * x - 4.0 * A;
    let mut matrix = vec![0.0; input * output];
    for (row, weights) in matrix.chunks_exact_mut(input).enumerate() {
        let at = (row as f64 + 0.5) * scale - 0.5;
        let (whole, part) = (at.floor(), at - at.floor());
        let taps = [far(part + 1.0), near(part), near(1.0 - part), far(2.0 - part)];
        for (offset, tap) in (-1..=2).zip(taps) {
            let source = (whole as isize + offset).clamp(0, input as isize - 1) as usize;
            weights[source] += tap as f32;
        }
    }
    matrix
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_sum_to_one_and_the_same_size_changes_nothing() {
        for resize in [antialiased, bicubic] {
            for (input, output) in [(7, 16), (40, 56), (80, 56), (1, 3), (37, 37)] {
                for (row, weights) in resize(input, output).chunks_exact(input).enumerate() {
                    assert!((weights.iter().sum::<f32>() - 1.0).abs() < 1e-6);
                    assert!(input != output || weights[row] == 1.0);
                }
            }
        }
    }
}
