//! Colour profiles: what a file means by its numbers comes in as sRGB.

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::codecs::webp::WebPEncoder;
use image::{DynamicImage, ExtendedColorType, ImageEncoder, ImageFormat};
use moxcms::ColorProfile;

use super::{drawing, take_in};

/// The picture as a file of this format with a colour profile.
fn with_profile(image: &DynamicImage, format: ImageFormat, profile: &[u8]) -> Vec<u8> {
    fn write(mut encoder: impl ImageEncoder, image: &DynamicImage, profile: &[u8]) {
        encoder.set_icc_profile(profile.to_vec()).unwrap();
        let color = ExtendedColorType::from(image.color());
        encoder.write_image(image.as_bytes(), image.width(), image.height(), color).unwrap();
    }
    let mut bytes = Vec::new();
    match format {
        ImageFormat::Png => write(PngEncoder::new(&mut bytes), image, profile),
        ImageFormat::Jpeg => write(JpegEncoder::new_with_quality(&mut bytes, 100), image, profile),
        _ => write(WebPEncoder::new_lossless(&mut bytes), image, profile),
    }
    bytes
}

/// Curve of sRGB, from light in [0, 1] (IEC 61966-2-1).
fn srgb_level(linear: f64) -> f64 {
    255.0 * if linear <= 0.003_130_8 { linear * 12.92 } else { 1.055 * linear.powf(1.0 / 2.4) - 0.055 }
}

/// Display P3 as sRGB; both have the same curve (primaries of SMPTE EG 432-1, white point D65).
fn srgb_from_p3(color: [u8; 3]) -> [u8; 3] {
    const MATRIX: [[f64; 3]; 3] =
        [[1.224_94, -0.224_94, 0.0], [-0.042_06, 1.042_06, 0.0], [-0.019_64, -0.078_64, 1.098_27]];
    let linear = color.map(|c| {
        let c = f64::from(c) / 255.0;
        if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    });
    MATRIX.map(|row| {
        let c: f64 = row.iter().zip(linear).map(|(m, l)| m * l).sum();
        srgb_level(c.clamp(0.0, 1.0)).round() as u8
    })
}

#[test]
fn colors_of_a_wide_profile_become_srgb() {
    let image = drawing(48, 40);
    let rgb = DynamicImage::ImageRgb8(image.to_rgb8());
    let [srgb, p3] = [ColorProfile::new_srgb(), ColorProfile::new_display_p3()].map(|p| p.encode().unwrap());
    let wide = DynamicImage::ImageRgba16(image.to_rgba16());
    for (name, image, format) in [
        ("png", &image, ImageFormat::Png),
        ("png rgba16", &wide, ImageFormat::Png),
        ("webp", &image, ImageFormat::WebP),
        ("jpeg", &rgb, ImageFormat::Jpeg),
    ] {
        let plain = take_in(&with_profile(image, format, &srgb)).unwrap();
        let picture = take_in(&with_profile(image, format, &p3)).unwrap();
        let mut changed = 0;
        for (ours, theirs) in picture.pixels.pixels().zip(plain.pixels.pixels()).filter(|(p, _)| p[3] > 0) {
            let wanted = srgb_from_p3([theirs[0], theirs[1], theirs[2]]);
            assert_eq!(ours[3], theirs[3], "{name}");
            for c in 0..3 {
                assert!(ours[c].abs_diff(wanted[c]) <= 2, "{name}: {ours:?} for {wanted:?}");
            }
            changed += usize::from(ours != theirs);
        }
        assert!(changed > 500, "{name}: {changed}");
    }
}

#[test]
fn a_linear_grey_profile_becomes_srgb() {
    let profile = ColorProfile::new_gray_with_gamma(1.0).encode().unwrap();
    let grey = DynamicImage::ImageLuma8(drawing(48, 40).to_luma8());
    let picture = take_in(&with_profile(&grey, ImageFormat::Png, &profile)).unwrap();
    for (ours, theirs) in picture.pixels.pixels().zip(grey.to_luma8().pixels()) {
        let wanted = srgb_level(f64::from(theirs[0]) / 255.0);
        assert!((f64::from(ours[0]) - wanted).abs() <= 2.0, "{ours:?} for {wanted}");
        assert!(ours[0] == ours[1] && ours[1] == ours[2], "{ours:?}");
    }
    // A grey profile says nothing of colours.
    let colors = drawing(48, 40);
    let picture = take_in(&with_profile(&colors, ImageFormat::Png, &profile)).unwrap();
    assert!(picture.pixels == colors.into_rgba8());
}

#[test]
fn an_srgb_profile_changes_nothing_and_a_broken_one_costs_nothing() {
    let image = drawing(33, 21);
    let whole = ColorProfile::new_srgb().encode().unwrap();
    assert!(take_in(&with_profile(&image, ImageFormat::Png, &whole)).unwrap().pixels == image.to_rgba8());

    let wide = ColorProfile::new_adobe_rgb().encode().unwrap();
    for length in (1..wide.len()).step_by(7) {
        let picture = take_in(&with_profile(&image, ImageFormat::Png, &wide[..length])).unwrap();
        assert_eq!(picture.pixels.dimensions(), (33, 21), "{length}");
    }
    for at in 0..wide.len() {
        let mut flipped = wide.clone();
        flipped[at] ^= 0xFF;
        let picture = take_in(&with_profile(&image, ImageFormat::WebP, &flipped)).unwrap();
        assert_eq!(picture.pixels.dimensions(), (33, 21), "{at}");
    }
}
