//! The curve of sRGB (IEC 61966-2-1): between the levels of files and screens, and linear light.
//!
//! The same level gives the same bits everywhere, since results that are kept depend on them.

/// Linear light 0–1 of an sRGB level.
pub fn linear_from_srgb(level: u8) -> f32 {
    let encoded = f32::from(level) / 255.0;
    if encoded <= 0.040_45 { encoded / 12.92 } else { ((encoded + 0.055) / 1.055).powf(2.4) }
}

/// Linear light of an sRGB level, 65535 for white.
pub fn linear_u16_from_srgb(level: u8) -> u16 {
    // In double precision: in single, level 111 is rounded the wrong way.
    let encoded = f64::from(level) / 255.0;
    let linear = if encoded <= 0.040_45 { encoded / 12.92 } else { ((encoded + 0.055) / 1.055).powf(2.4) };
    (linear * 65535.0).round() as u16
}

/// The sRGB level of linear light, which is cut off at 0 and 1.
pub fn srgb_from_linear(linear: f32) -> u8 {
    let linear = linear.clamp(0.0, 1.0);
    let encoded = if linear <= 0.003_130_8 { linear * 12.92 } else { 1.055 * linear.powf(1.0 / 2.4) - 0.055 };
    (encoded * 255.0).round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_come_back_and_the_ends_are_exact() {
        for level in 0..=255 {
            let linear = linear_from_srgb(level);
            assert_eq!(srgb_from_linear(linear), level);
            assert_eq!(srgb_from_linear(f32::from(linear_u16_from_srgb(level)) / 65535.0), level);
        }
        assert_eq!((linear_from_srgb(0), linear_from_srgb(255)), (0.0, 1.0));
        assert_eq!((linear_u16_from_srgb(0), linear_u16_from_srgb(255)), (0, 65535));
        assert_eq!((srgb_from_linear(-1.0), srgb_from_linear(2.0)), (0, 255));
        // The one that single precision gets wrong.
        assert_eq!(linear_u16_from_srgb(111), 10417);
    }
}
