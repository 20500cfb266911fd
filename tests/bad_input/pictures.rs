//! Bad pictures.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgba, RgbaImage};

use super::bytes::{bmp, gif, grey_tiff, jpeg, png, png_chunk, tiff, truncated, webp};
use super::desk::assert_refused;

const GENERATE: &[&str] = &["generate", "{}", "-o", "solid.stl", "--quality", "draft", "--quiet"];

fn encoded(picture: &RgbaImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let picture = DynamicImage::ImageRgba8(picture.clone());
    // JPEG has no transparency.
    let picture = if format == ImageFormat::Jpeg { picture.to_rgb8().into() } else { picture };
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn filled(width: u32, height: u32, color: [u8; 4]) -> Vec<u8> {
    encoded(&RgbaImage::from_pixel(width, height, Rgba(color)), ImageFormat::Png)
}

/// A coloured disc on nothing, with enough grain that no format packs it into a few bytes.
fn disc() -> RgbaImage {
    RgbaImage::from_fn(72, 64, |x, y| {
        let grain = (x * 37 + y * 101 + x * y * 13) % 61;
        let inside = (x as f32 - 36.0).hypot(y as f32 - 32.0) < 26.0;
        Rgba([120 + grain as u8, 90, 200 - grain as u8, if inside { 255 } else { 0 }])
    })
}

fn named(files: Vec<(&str, Vec<u8>)>) -> Vec<(String, Vec<u8>)> {
    files.into_iter().map(|(name, bytes)| (name.to_owned(), bytes)).collect()
}

#[test]
fn the_undamaged_pictures_are_taken() {
    for format in [ImageFormat::Png, ImageFormat::Bmp, ImageFormat::Gif, ImageFormat::Tiff, ImageFormat::WebP] {
        let desk = super::desk::Desk::new();
        // A wrong ending does no harm: the content tells.
        desk.put("disc.jpg", &encoded(&disc(), format));
        let outcome = desk.run(&["generate", "disc.jpg", "-o", "solid.stl", "--quality", "draft", "--quiet"]);
        assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""), "{format:?}");
        assert!(desk.path("solid.stl").metadata().unwrap().len() > 10_000, "{format:?}");
    }
}

#[test]
fn truncated_pictures_are_refused() {
    let formats = [
        ("png", ImageFormat::Png),
        ("jpg", ImageFormat::Jpeg),
        ("webp", ImageFormat::WebP),
        ("bmp", ImageFormat::Bmp),
        ("gif", ImageFormat::Gif),
        ("tif", ImageFormat::Tiff),
    ];
    let files = formats.iter().flat_map(|(ending, format)| truncated(ending, &encoded(&disc(), *format))).collect();
    assert_refused(files, GENERATE, &[1]);
}

#[test]
fn headers_that_promise_too_much_are_refused_before_memory_is_taken() {
    let canvas = |w: u32, h: u32| {
        let mut data = vec![0x10, 0, 0, 0];
        data.extend(&(w - 1).to_le_bytes()[..3]);
        data.extend(&(h - 1).to_le_bytes()[..3]);
        data
    };
    let lossless = [0x2F, 0xFF, 0xFF, 0xFF, 0x0F, 0, 0, 0];
    let files = vec![
        ("huge.png", png(65_535, 65_535, &[0x78, 0x9C, 3, 0, 0, 0, 0, 1])),
        ("larger.png", png(0x7FFF_FFFF, 0x7FFF_FFFF, &[])),
        ("within-the-limit.png", png(9_900, 10_000, &[0x78, 0x9C, 3, 0, 0, 0, 0, 1])),
        ("huge.bmp", bmp(65_535, 65_535)),
        ("larger.bmp", bmp(i32::MAX, i32::MIN + 1)),
        ("huge.gif", gif(65_535, 65_535)),
        ("huge.tif", grey_tiff(65_535, 65_535, 64)),
        ("larger.tif", grey_tiff(u32::MAX, u32::MAX, u32::MAX)),
        ("huge-canvas.webp", webp(&[(b"VP8X", &canvas(65_535, 65_535)), (b"VP8L", &lossless)])),
        ("huge.webp", webp(&[(b"VP8L", &lossless)])),
        ("huge.jpg", jpeg(65_535, 65_535)),
    ];
    assert_refused(named(files), GENERATE, &[1]);
}

#[test]
fn pictures_without_an_object_are_refused() {
    let noise = encoded(&RgbaImage::from_fn(1, 20_000, |_, y| Rgba([(y % 251) as u8, 9, 99, 255])), ImageFormat::Png);
    let files = vec![
        ("one-pixel.png", filled(1, 1, [200, 30, 30, 255])),
        ("thread.png", noise),
        ("lying-thread.png", filled(20_000, 1, [200, 30, 30, 255])),
        ("transparent.png", filled(64, 64, [200, 30, 30, 0])),
        ("white.png", filled(64, 64, [255, 255, 255, 255])),
        ("red.png", filled(64, 64, [200, 30, 30, 255])),
        ("black.png", filled(64, 64, [0, 0, 0, 255])),
    ];
    assert_refused(named(files), GENERATE, &[1]);
}

#[test]
fn what_is_no_picture_is_refused() {
    let heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".repeat(20);
    let avif = b"\0\0\0\x1cftypavif\0\0\0\0mif1avif".repeat(20);
    let files = vec![
        ("empty.png", Vec::new()),
        ("text.png", b"This is a shopping list: bread, cheese, filament.\n".to_vec()),
        ("page.jpg", b"<!DOCTYPE html><html><body>404 not found</body></html>".to_vec()),
        ("drawing.svg", b"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"/>".to_vec()),
        ("phone.heic", heic),
        ("web.avif", avif),
        ("paper.pdf", b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n1 0 obj\n<< >>\nendobj\n".to_vec()),
        ("mesh.png", super::bytes::stl(1, &[[[0.0; 3], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]])),
        ("zeros.png", vec![0; 4096]),
        ("signature.png", b"\x89PNG\r\n\x1a\n".to_vec()),
        ("signature.jpg", b"\xFF\xD8\xFF\xD9".to_vec()),
        ("signature.gif", b"GIF89a".to_vec()),
        ("signature.tif", b"MM\0*".to_vec()),
    ];
    assert_refused(named(files), GENERATE, &[1]);
}

#[test]
fn pictures_that_contradict_themselves_are_refused() {
    let good = encoded(&disc(), ImageFormat::Png);
    let mut flipped = good.clone();
    let middle = good.len() / 2;
    flipped[middle] ^= 0xFF;
    let mut no_pixels = good[..33].to_vec();
    no_pixels.extend(png_chunk(b"IEND", &[]));
    let strips = [
        (256, 4, 1, 64),
        (257, 4, 1, 64),
        (258, 3, 1, 8),
        (262, 3, 1, 1),
        (273, 4, u32::MAX, 8),
        (279, 4, u32::MAX, 8),
    ];
    let files = vec![
        ("flipped-byte.png", flipped),
        ("no-pixels.png", no_pixels),
        ("zero-wide.png", png(0, 64, &[])),
        ("zero-wide.bmp", bmp(0, 64)),
        ("zero-wide.gif", gif(0, 0)),
        ("zero-wide.jpg", jpeg(0, 64)),
        ("no-frame.gif", [&gif(8, 8)[..19], &[0x3B]].concat()),
        ("no-directory.tif", b"II*\0\xFF\xFF\xFF\x7F".to_vec()),
        ("own-tail.tif", b"II*\0\x08\0\0\0\0\0\x08\0\0\0".to_vec()),
        ("endless-strips.tif", tiff(&strips)),
        ("no-image.webp", webp(&[(b"VP8X", &[2, 0, 0, 0, 7, 0, 0, 7, 0, 0]), (b"ANIM", &[0; 6])])),
        ("no-scan.jpg", [&jpeg(64, 64)[..jpeg(64, 64).len() - 14], b"\xFF\xD9"].concat()),
    ];
    assert_refused(named(files), GENERATE, &[1]);
}

#[test]
fn a_bad_mask_is_refused() {
    for (name, bytes) in [
        ("mask.png", b"not a mask".to_vec()),
        ("huge.png", png(65_535, 65_535, &[])),
        ("cut.png", filled(64, 64, [255; 4])[..60].to_vec()),
    ] {
        let desk = super::desk::Desk::new();
        desk.put("disc.png", &encoded(&disc(), ImageFormat::Png));
        desk.put(name, &bytes);
        let complaint =
            desk.complaint(&["generate", "disc.png", "--mask", name, "-o", "solid.stl", "--quiet"], name, &[1]);
        assert_eq!(complaint, None, "{name}");
    }
}

#[test]
fn every_mode_refuses_a_bad_picture() {
    for mode in ["inflate", "relief", "lithophane", "stamp"] {
        let arguments = ["generate", "{}", "-o", "solid.3mf", "--mode", mode, "--quiet"];
        let files = vec![
            ("empty.png", Vec::new()),
            ("cut.png", filled(64, 64, [9, 9, 9, 255])[..60].to_vec()),
            ("transparent.png", filled(64, 64, [200, 30, 30, 0])),
        ];
        assert_refused(named(files), &arguments, &[1]);
    }
}

#[test]
fn a_batch_goes_on_past_bad_pictures() {
    let desk = super::desk::Desk::new();
    desk.put("a-empty.png", b"");
    desk.put("b-disc.png", &encoded(&disc(), ImageFormat::Png));
    desk.put("c-text.png", b"not a picture");
    desk.put("d-huge.png", &png(65_535, 65_535, &[]));
    let arguments =
        ["batch", "a-empty.png", "b-disc.png", "c-text.png", "d-huge.png", "-o", "solids", "--quality", "draft"];
    let outcome = desk.run(&arguments);
    assert_eq!(outcome.code, Some(1), "{}", outcome.stderr);
    assert!(!outcome.stderr.contains("panicked"), "{}", outcome.stderr);
    for name in ["a-empty.png", "c-text.png", "d-huge.png"] {
        assert!(outcome.stderr.contains(name), "{name} is not in the summary:\n{}", outcome.stderr);
    }
    let made: Vec<_> = std::fs::read_dir(desk.path("solids")).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert!(made.iter().any(|n| n == "b-disc.stl"), "{made:?}");
    assert_eq!(made.iter().filter(|n| n.to_string_lossy().ends_with(".stl")).count(), 1, "{made:?}");
}
