//! Matrix products of parts of slices.

/// A matrix that is part of a slice.
#[derive(Clone, Copy, Debug)]
pub struct Matrix<'a> {
    numbers: &'a [f32],
    size: [usize; 2],
    strides: [usize; 2],
}

impl<'a> Matrix<'a> {
    /// `size` and `strides` are of rows and columns, strides in numbers.
    ///
    /// # Panics
    /// If it reaches past the slice.
    pub fn new(numbers: &'a [f32], size: [usize; 2], strides: [usize; 2]) -> Self {
        assert!(fits(numbers.len(), size, strides), "a matrix past its numbers");
        Self { numbers, size, strides }
    }
}

/// Whether the last number lies inside.
fn fits(count: usize, [rows, columns]: [usize; 2], [down, across]: [usize; 2]) -> bool {
    rows == 0 || columns == 0 || (rows - 1) * down + (columns - 1) * across < count
}

/// `out = keep · out + a b` on this thread, with `keep` 0 or 1; rows of `out` lie `stride` apart.
///
/// # Panics
/// If sizes do not agree, or `out` is too short.
pub fn multiply_add(out: &mut [f32], stride: usize, a: Matrix, b: Matrix, keep: bool) {
    let ([rows, inner], [inner_b, columns]) = (a.size, b.size);
    assert!(inner == inner_b && columns <= stride && fits(out.len(), [rows, columns], [stride, 1]), "sizes disagree");
    let [a_down, a_across] = a.strides.map(|s| s as isize);
    let [b_down, b_across] = b.strides.map(|s| s as isize);
    // SAFETY: `Matrix::new` and the line above checked that all three lie inside their slices; `out` is
    // borrowed alone.
    #[allow(unsafe_code, reason = "the product takes pointers")]
    unsafe {
        gemm::gemm(
            rows,
            columns,
            inner,
            out.as_mut_ptr(),
            1,
            stride as isize,
            keep,
            a.numbers.as_ptr(),
            a_across,
            a_down,
            b.numbers.as_ptr(),
            b_across,
            b_down,
            1.0,
            1.0,
            false,
            false,
            false,
            gemm::Parallelism::None,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_are_sums_of_products() {
        let a: Vec<f32> = (0..20).map(|i| i as f32).collect();
        let b: Vec<f32> = (0..20).map(|i| (i * i % 7) as f32).collect();
        for (keep, transposed) in [(false, false), (true, false), (false, true)] {
            let left = Matrix::new(&a, [3, 4], [5, 1]);
            let right = if transposed { Matrix::new(&b, [4, 2], [1, 6]) } else { Matrix::new(&b, [4, 2], [3, 1]) };
            let mut out = vec![1.0; 12];
            multiply_add(&mut out, 4, left, right, keep);
            for (i, value) in out.iter().enumerate() {
                let (row, column) = (i / 4, i % 4);
                let sum = |k: usize| a[row * 5 + k] * if transposed { b[column * 6 + k] } else { b[k * 3 + column] };
                let expected = if column < 2 { (0..4).map(sum).sum::<f32>() + f32::from(keep) } else { 1.0 };
                assert_eq!(*value, expected);
            }
        }
    }

    #[test]
    #[should_panic(expected = "past its numbers")]
    fn nothing_is_read_past_the_end() {
        Matrix::new(&[0.0; 11], [3, 4], [4, 1]);
    }
}
