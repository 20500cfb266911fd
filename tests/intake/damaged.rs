//! Files that are whole at both ends and damaged between.

use image::codecs::jpeg::JpegEncoder;
use image::{ImageFormat, Rgb, RgbImage};
use orfeas::image::intake::IntakeError;

use super::{encoded, take_in};

/// 121×90 pixels, noisy, in ten scans.
const PROGRESSIVE: &[u8] = include_bytes!("../fixtures/progressive.jpg");

fn noise() -> RgbImage {
    RgbImage::from_fn(200, 150, |x, y| {
        let hash = (x.wrapping_mul(0x9E37_79B1) ^ y.wrapping_mul(0x85EB_CA77)).wrapping_mul(0xC2B2_AE3D);
        Rgb([(hash >> 24) as u8, (x + y) as u8 / 2, (hash >> 16) as u8])
    })
}

fn baseline() -> Vec<u8> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 90).encode_image(&noise()).unwrap();
    bytes
}

#[test]
fn a_jpeg_damaged_inside_is_an_error_and_never_half_a_picture() {
    let baseline = baseline();
    assert!(baseline.len() > 14_000, "{}", baseline.len());
    for (name, whole, gap) in [("baseline", &baseline[..], 4096), ("progressive", PROGRESSIVE, 1024)] {
        take_in(whole).unwrap();
        for part in [4, 5, 6, 7] {
            let middle = whole.len() * part / 10;
            let cut_off = [&whole[..middle], b"\xFF\xD9"].concat();
            let mut zeroed = whole.to_vec();
            zeroed[middle..][..gap].fill(0);
            for (how, bytes) in [("cut off", cut_off), ("zeroed", zeroed)] {
                let error = take_in(&bytes).map(|_| ()).unwrap_err();
                assert!(matches!(error, IntakeError::Damaged { format: "JPEG", .. }), "{name}, {how}, {part}: {error}");
            }
        }
    }
}

#[test]
fn what_follows_a_whole_jpeg_does_no_harm() {
    for whole in [&baseline()[..], PROGRESSIVE] {
        let wanted = take_in(whole).unwrap();
        for trailer in [&b"\0\0\0\0"[..], b"made by a phone", &[0xFF; 9], whole] {
            assert!(take_in(&[whole, trailer].concat()).unwrap() == wanted);
        }
        // Fill bytes before the end marker.
        let end = whole.len() - 2;
        assert!(take_in(&[&whole[..end], &[0xFF; 5], &whole[end..]].concat()).unwrap() == wanted);
    }
}

#[test]
fn a_jpeg_of_odd_size_and_of_one_channel_is_whole() {
    for (width, height) in [(1, 1), (7, 9), (8, 8), (17, 3), (33, 64)] {
        let rgb = image::imageops::crop_imm(&noise(), 5, 5, width, height).to_image();
        let rgb = image::DynamicImage::ImageRgb8(rgb);
        for picture in [rgb.grayscale(), rgb] {
            let picture = take_in(&encoded(&picture, ImageFormat::Jpeg)).unwrap();
            assert_eq!(picture.pixels.dimensions(), (width, height));
        }
    }
}
