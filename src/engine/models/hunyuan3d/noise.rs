//! The noise that a flow starts from: the same numbers for a seed on every device and system.
//!
//! Philox 4×32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011) counts through
//! the numbers; Box and Muller's method makes them normal, in 64 bits and with functions that do not
//! depend on the system's.

use burn::tensor::TensorData;

use crate::engine::{Device, Tensor};

/// Standard normal latents.
///
/// Element i of the result depends on `seed` and i alone, so a larger batch starts with the same numbers.
///
/// # Shapes
/// - output: `shape`, in `f32`
pub fn normal_noise(seed: u64, shape: [usize; 3], device: &Device) -> Tensor<3> {
    Tensor::from_data(TensorData::new(normal_numbers(seed, shape.iter().product()), shape), device)
}

/// `count` standard normal numbers.
pub fn normal_numbers(seed: u64, count: usize) -> Vec<f32> {
    let key = [seed as u32, (seed >> 32) as u32];
    let quadruple = |block: u64| {
        let [a, b, c, d] = philox([block as u32, (block >> 32) as u32, 0, 0], key);
        let (x, y) = (box_muller(a, b), box_muller(c, d));
        [x[0], x[1], y[0], y[1]]
    };
    (0..count.div_ceil(4) as u64).flat_map(quadruple).take(count).map(|n| n as f32).collect()
}

fn box_muller(a: u32, b: u32) -> [f64; 2] {
    // In (0, 1]: the logarithm of 0 is never taken.
    let unit = |n: u32| (f64::from(n) + 1.0) / 4_294_967_296.0;
    let radius = libm::sqrt(-2.0 * libm::log(unit(a)));
    let angle = std::f64::consts::TAU * unit(b);
    [radius * libm::cos(angle), radius * libm::sin(angle)]
}

/// Ten rounds of Philox 4×32.
fn philox(mut counter: [u32; 4], mut key: [u32; 2]) -> [u32; 4] {
    for _ in 0..10 {
        let product = |multiplier: u32, n: u32| {
            let p = u64::from(multiplier) * u64::from(n);
            [p as u32, (p >> 32) as u32]
        };
        let [low0, high0] = product(0xD251_1F53, counter[0]);
        let [low1, high1] = product(0xCD9E_8D57, counter[2]);
        counter = [high1 ^ counter[1] ^ key[0], low1, high0 ^ counter[3] ^ key[1], low0];
        key = [key[0].wrapping_add(0x9E37_79B9), key[1].wrapping_add(0xBB67_AE85)];
    }
    counter
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn philox_gives_the_published_numbers() {
        // From the known answers of the authors' Random123 library.
        assert_eq!(philox([0; 4], [0; 2]), [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
        assert_eq!(philox([u32::MAX; 4], [u32::MAX; 2]), [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]);
    }

    #[test]
    fn numbers_are_normal_and_depend_on_the_seed_alone() {
        let numbers = normal_numbers(7, 100_000);
        assert_eq!(numbers[..1001], normal_numbers(7, 1001));
        assert_ne!(numbers[..9], normal_numbers(8, 9));
        assert_ne!(numbers[..9], normal_numbers(7 + (1 << 32), 9));
        let moment = |power: i32| numbers.iter().map(|n| f64::from(*n).powi(power)).sum::<f64>() / 100_000.0;
        assert!(moment(1).abs() < 0.01 && (moment(2) - 1.0).abs() < 0.02, "{} {}", moment(1), moment(2));
        assert!(moment(3).abs() < 0.05 && (moment(4) - 3.0).abs() < 0.1, "{} {}", moment(3), moment(4));
    }

    #[test]
    fn the_first_numbers_never_change() {
        // Stored latents and shared seeds depend on them.
        let bits: Vec<u32> = normal_numbers(1234, 6).iter().map(|n| n.to_bits()).collect();
        assert_eq!(bits, [0x3f9d_54f6, 0xbfce_e929, 0x3eed_e2d2, 0xbfc7_bfcb, 0x3f3e_4d4e, 0x3f22_11b7]);
    }
}
