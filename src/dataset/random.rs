//! Random numbers by counting: the same on every machine, and any sample can be made alone.
//!
//! The generator is SplitMix64 (Steele, Lea, Flood 2014, "Fast splittable pseudorandom number
//! generators") started from a hash of its key.

use glam::{Mat3, Vec3};

/// A stream of random numbers.
#[derive(Clone, Debug)]
pub struct Random {
    state: u64,
}

/// The finaliser of SplitMix64: every bit of `z` reaches every bit of the result.
pub fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

impl Random {
    /// The stream that belongs to sample `number` of `seed`.
    pub fn new(seed: u64, number: u64) -> Self {
        Self { state: mix(mix(seed ^ 0x6F72_6665_6173).wrapping_add(number)) }
    }

    /// A stream of its own: drawing from one never changes the other.
    pub fn fork(&self, purpose: u64) -> Self {
        Self { state: mix(self.state ^ mix(purpose.wrapping_add(0x9E37_79B9))) }
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.state)
    }

    /// Uniform in [0, 1).
    pub fn unit(&mut self) -> f32 {
        (self.bits() >> 40) as f32 / (1 << 24) as f32
    }

    /// Uniform in [low, high).
    pub fn range(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// Uniform in [-size, size).
    pub fn around(&mut self, size: f32) -> f32 {
        self.range(-size, size)
    }

    /// An integer in `low..=high`.
    pub fn whole(&mut self, low: usize, high: usize) -> usize {
        low + (self.bits() % (high - low + 1) as u64) as usize
    }

    /// True with `probability`.
    pub fn chance(&mut self, probability: f32) -> bool {
        self.unit() < probability
    }

    /// One of `choices`, which are at least one.
    pub fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.whole(0, choices.len() - 1)]
    }

    /// The number of a bin, drawn in proportion to `weights`.
    pub fn weighted(&mut self, weights: &[f32]) -> usize {
        let mut left = self.unit() * weights.iter().sum::<f32>();
        for (bin, &weight) in weights.iter().enumerate() {
            if left < weight {
                return bin;
            }
            left -= weight;
        }
        weights.len() - 1
    }

    /// About a standard normal number, within ±3.5 (the sum of four uniform ones).
    pub fn normal(&mut self) -> f32 {
        let sum = self.unit() + self.unit() + self.unit() + self.unit();
        (sum - 2.0) * 1.732_050_8
    }

    /// A direction, uniform on the sphere.
    pub fn direction(&mut self) -> Vec3 {
        loop {
            let v = Vec3::new(self.around(1.0), self.around(1.0), self.around(1.0));
            let square = v.length_squared();
            if (0.01..=1.0).contains(&square) {
                return v / square.sqrt();
            }
        }
    }

    /// A rotation by up to `angle` (radians) about a random axis.
    pub fn rotation(&mut self, angle: f32) -> Mat3 {
        let axis = self.direction();
        rotation_about(axis, self.around(angle))
    }
}

/// The rotation by `angle` (radians) about the unit vector `axis` (Rodrigues).
pub fn rotation_about(axis: Vec3, angle: f32) -> Mat3 {
    let (s, c) = (libm::sinf(angle), libm::cosf(angle));
    let Vec3 { x, y, z } = axis;
    let t = 1.0 - c;
    Mat3::from_cols(
        Vec3::new(t * x * x + c, t * x * y + s * z, t * x * z - s * y),
        Vec3::new(t * x * y - s * z, t * y * y + c, t * y * z + s * x),
        Vec3::new(t * x * z + s * y, t * y * z - s * x, t * z * z + c),
    )
}

/// A rotation that takes +Y to the unit vector `to`.
pub fn rotation_to(to: Vec3) -> Mat3 {
    let side = if to.y.abs() < 0.9 { Vec3::Y } else { Vec3::X };
    let x = side.cross(to);
    let x = x / x.length().max(1e-6);
    let z = x.cross(to);
    Mat3::from_cols(x, to, z)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_the_same_for_ever_and_uniform() {
        let mut random = Random::new(7, 3);
        let first: Vec<u64> = (0..3).map(|_| random.bits()).collect();
        assert_eq!(first, Random::new(7, 3).take_bits(3));
        assert_ne!(first, Random::new(7, 4).take_bits(3));
        let mean: f32 = (0..4000).map(|_| random.unit()).sum::<f32>() / 4000.0;
        assert!((mean - 0.5).abs() < 0.02, "{mean}");
    }

    #[test]
    fn rotations_are_rotations() {
        let mut random = Random::new(1, 1);
        for _ in 0..20 {
            let to = random.direction();
            assert!((rotation_to(to) * Vec3::Y).distance(to) < 1e-5);
            for r in [rotation_to(to), random.rotation(3.0)] {
                assert!((r.determinant() - 1.0).abs() < 1e-4);
            }
        }
    }

    impl Random {
        fn take_bits(&mut self, count: usize) -> Vec<u64> {
            (0..count).map(|_| self.bits()).collect()
        }
    }
}
