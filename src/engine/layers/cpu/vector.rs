//! Functions of one number, written so that the compiler makes vector instructions of loops over them.

use std::f32::consts::{FRAC_1_SQRT_2, LOG2_E};

/// Runs `f`, compiled for the best vector instructions that the processor has. What `f` calls must be
/// inlined.
#[inline(always)]
pub fn vectorized<R>(f: impl FnOnce() -> R) -> R {
    pulp::Arch::new().dispatch(f)
}

/// `eˣ` to a few units in the last place, for x up to 88; below −87 it is 1.6e-38. NaN stays NaN.
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    /// 1.5 · 2²³: added to a small number, it leaves the nearest whole number in the last bits.
    const MAGIC: f32 = 12_582_912.0;
    /// ln 2 in two parts, the first with so few bits that its products are exact.
    const LN_2: [f32; 2] = [0.693_359_4, -2.121_944_4e-4];
    let x = if x < -87.0 { -87.0 } else { x };
    let shifted = x.mul_add(LOG2_E, MAGIC);
    let whole = shifted - MAGIC;
    let r = whole.mul_add(-LN_2[0], x);
    let r = whole.mul_add(-LN_2[1], r);
    // Taylor's series; on |r| ≤ ln 2 / 2 what is left out is below 2e-8.
    let series = 1.0 / 720.0;
    let series = r.mul_add(series, 1.0 / 120.0);
    let series = r.mul_add(series, 1.0 / 24.0);
    let series = r.mul_add(series, 1.0 / 6.0);
    let series = r.mul_add(series, 0.5);
    let series = r.mul_add(series, 1.0);
    let series = r.mul_add(series, 1.0);
    let power = f32::from_bits(shifted.to_bits().wrapping_sub(MAGIC.to_bits()).wrapping_add(127) << 23);
    series * power
}

/// The error function to 4e-7 of its value: `x P(x²) / Q(x²)`, fitted on |x| ≤ 3.92, where it is 1 but
/// for 3e-8.
#[inline(always)]
pub fn erf(x: f32) -> f32 {
    const END: f32 = 3.92;
    const P: [f32; 6] =
        [std::f32::consts::FRAC_2_SQRT_PI, 0.190_402_1, 0.052_748_017, 0.003_765_392_8, 2.848_713_8e-4, 2.050_038_6e-6];
    const Q: [f32; 6] = [1.0, 0.502_072_2, 0.114_107_19, 0.014_968_775, 0.001_162_469_3, 3.809_061_7e-5];
    let x = if x < -END { -END } else { x };
    let x = if x > END { END } else { x };
    let z = x * x;
    let value = |c: [f32; 6]| {
        let sum = z.mul_add(c[5], c[4]);
        let sum = z.mul_add(sum, c[3]);
        let sum = z.mul_add(sum, c[2]);
        let sum = z.mul_add(sum, c[1]);
        z.mul_add(sum, c[0])
    };
    x * value(P) / value(Q)
}

/// `x Φ(x)` by the error function.
#[inline(always)]
pub fn gelu(x: f32) -> f32 {
    0.5 * x * (1.0 + erf(x * FRAC_1_SQRT_2))
}

/// `x σ(x)`.
#[inline(always)]
pub fn silu(x: f32) -> f32 {
    x / (1.0 + exp(if x < -87.0 { 87.0 } else { -x }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_those_of_the_library() {
        for i in -120_000..=120_000 {
            let x = i as f32 * 1e-3;
            let (wide, error) = (f64::from(x), |found: f32, exact: f64| (f64::from(found) - exact).abs());
            if (-87.0..=88.0).contains(&x) {
                assert!(error(exp(x), wide.exp()) <= 3e-7 * wide.exp(), "exp {x}");
            }
            assert!(error(erf(x), libm::erf(wide)) <= 5e-7 * libm::erf(wide).abs(), "erf {x}");
            let exact = 0.5 * wide * (1.0 + libm::erf(wide / std::f64::consts::SQRT_2));
            assert!(error(gelu(x), exact) <= 4e-7 * wide.abs().max(1.0), "gelu {x}");
            assert!(error(silu(x), wide / (1.0 + (-wide).exp())) <= 4e-7 * wide.abs().max(1.0), "silu {x}");
        }
        assert!(exp(f32::NEG_INFINITY) < 1e-37);
        assert!(exp(f32::NAN).is_nan() && erf(f32::NAN).is_nan() && gelu(f32::NAN).is_nan() && silu(f32::NAN).is_nan());
    }

    #[test]
    fn vectors_give_what_single_numbers_give() {
        let numbers: Vec<f32> = (0..1001).map(|i| (i as f32 - 500.0) * 0.05).collect();
        let mut together = numbers.clone();
        vectorized(
            #[inline(always)]
            || together.iter_mut().for_each(|x| *x = gelu(*x)),
        );
        assert!(numbers.iter().zip(&together).all(|(x, y)| gelu(*x) == *y));
    }
}
