//! Samples as bytes, for a trainer that reads them from a pipe. `models/columns/train/README.md` tells what a
//! record holds, in the order of [`encode`].

use crate::engine::models::columns::input::Input;
use crate::progress::Monitor;

use super::sample::Sample;
use super::solid::REACH;

/// "COC1".
pub const MAGIC: u32 = 0x3143_4F43;

/// Bytes of a record.
pub fn length(side: usize) -> usize {
    let (area, grid) = (side * side, side / 2);
    32 + area * (14 + 4 + 4 + 1) + grid * grid * grid
}

/// The record of a sample.
pub fn encode(sample: &Sample) -> Vec<u8> {
    let side = sample.seen.side;
    let mut bytes = Vec::with_capacity(length(side));
    for word in [MAGIC, side as u32, sample.columns.side as u32, sample.group] {
        bytes.extend(word.to_le_bytes());
    }
    for value in [sample.view.elevation, sample.view.azimuth, sample.view.field_of_view, 0.0] {
        bytes.extend(value.to_le_bytes());
    }
    let picture = &sample.picture;
    match Input::new(&picture.pixels, side, picture.colors_valid, &Monitor::silent()) {
        Ok(input) => bytes.extend(input.values.iter().flat_map(|&v| half(v).to_le_bytes())),
        // No alpha reaches one half: a sample has some, see `degrade`.
        Err(_) => bytes.resize(bytes.len() + 14 * side * side, 0),
    }
    let scale = 127.0 / REACH;
    bytes.extend(sample.columns.distances.iter().map(|d| signed_byte(d * scale)));
    for depths in [&sample.seen.front, &sample.seen.back] {
        bytes.extend(depths.iter().flat_map(|&z| half(z).to_le_bytes()));
    }
    for normals in [&sample.seen.front_normals, &sample.seen.back_normals] {
        bytes.extend(normals.iter().map(|n| signed_byte(n.x * 127.0)));
        bytes.extend(normals.iter().map(|n| signed_byte(n.y * 127.0)));
    }
    bytes.extend(sample.seen.thin.iter().map(|&t| u8::from(t)));
    bytes
}

/// Rounded, away from zero where it would become 0: the sign counts.
fn signed_byte(v: f32) -> u8 {
    let v = v.clamp(-127.0, 127.0);
    let rounded = (v + if v < 0.0 { -0.5 } else { 0.5 }) as i32;
    let rounded = if rounded == 0 && v < 0.0 { -1 } else { rounded };
    rounded as i8 as u8
}

/// IEEE 754 binary16, rounded to nearest even.
pub fn half(v: f32) -> u16 {
    let bits = v.to_bits();
    let sign = (bits >> 16 & 0x8000) as u16;
    let magnitude = bits & 0x7FFF_FFFF;
    if magnitude > 0x7F80_0000 {
        return sign | 0x7E00;
    }
    if magnitude >= 0x477F_F000 {
        return sign | 0x7C00;
    }
    if magnitude < 0x3880_0000 {
        // Below the smallest normal number: a multiple of 2⁻²⁴, which adding 0.5 rounds to.
        let shifted = f32::from_bits(magnitude) + 0.5;
        return sign | (shifted.to_bits() - 0.5f32.to_bits()) as u16;
    }
    let rounded = magnitude + 0xFFF + (magnitude >> 13 & 1);
    sign | ((rounded - 0x3800_0000) >> 13) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_rounded_to_even() {
        let cases = [(0.0, 0), (1.0, 0x3C00), (-2.0, 0xC000), (65504.0, 0x7BFF), (1e9, 0x7C00), (5.9604645e-8, 1)];
        for (value, bits) in cases {
            assert_eq!(half(value), bits, "{value}");
        }
        assert_eq!(half(1.0 + 1.0 / 2048.0), 0x3C00);
        assert_eq!(half(1.0 + 3.0 / 2048.0), 0x3C02);
        assert_eq!(half(f32::NAN) & 0x7C00, 0x7C00);
        assert_ne!(half(f32::NAN) & 0x3FF, 0);
    }

    #[test]
    fn bytes_keep_the_sign() {
        assert_eq!([-0.1, 0.1, 300.0, -300.0].map(|v| signed_byte(v) as i8), [-1, 0, 127, -127]);
    }
}
