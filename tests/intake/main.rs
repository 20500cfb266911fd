//! Every kind of picture file comes in, turned upright and reduced; every broken one is an error.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "that is how a test fails")]

mod colors;
mod damaged;
mod drawings;
mod tiffs;

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::{DynamicImage, ExtendedColorType, ImageEncoder, ImageFormat, Rgba, RgbaImage};
use orfeas::image::Picture;
use orfeas::image::intake::{IntakeError, Limits, decode, read_file, read_file_or_cancel};
use orfeas::progress::{CancelToken, Monitor};
use orfeas::request::IntakeParams;

/// Neither resized nor sharpened.
fn plain() -> IntakeParams {
    IntakeParams { working_size_px: 4096, sharpness: 1.0 }
}

fn take_in(bytes: &[u8]) -> Result<Picture, IntakeError> {
    decode(bytes, &plain(), &Limits::default(), &Monitor::silent())
}

/// Smooth colours with an opaque middle and a transparent edge; nothing symmetrical.
fn drawing(width: u32, height: u32) -> DynamicImage {
    DynamicImage::ImageRgba8(RgbaImage::from_fn(width, height, |x, y| {
        let (u, v) = (x as f32 / width as f32, y as f32 / height as f32);
        let alpha = ((0.5 - (u - 0.5).hypot(v - 0.5)) * 8.0).clamp(0.0, 1.0);
        Rgba([(u * 255.0) as u8, (v * 255.0) as u8, (255.0 - u * v * 255.0) as u8, (alpha * 255.0) as u8])
    }))
}

fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// Name, bytes, the largest error per channel, whether alpha survives.
fn samples(width: u32, height: u32) -> Vec<(&'static str, Vec<u8>, u8, bool)> {
    use ImageFormat as F;
    let rgba = drawing(width, height);
    let rgb = DynamicImage::ImageRgb8(rgba.to_rgb8());
    let wide = DynamicImage::ImageRgba16(rgba.to_rgba16());
    let wide_rgb = DynamicImage::ImageRgb16(rgba.to_rgb16());
    vec![
        ("png rgba", encoded(&rgba, F::Png), 0, true),
        ("png rgb", encoded(&rgb, F::Png), 0, false),
        ("png rgba16", encoded(&wide, F::Png), 0, true),
        ("png rgb16", encoded(&wide_rgb, F::Png), 0, false),
        ("jpeg", encoded(&rgb, F::Jpeg), 40, false),
        ("webp rgba", encoded(&rgba, F::WebP), 0, true),
        ("webp rgb", encoded(&rgb, F::WebP), 0, false),
        ("bmp rgb", encoded(&rgb, F::Bmp), 0, false),
        ("bmp rgba", encoded(&rgba, F::Bmp), 0, true),
        ("gif", encoded(&rgba, F::Gif), 120, false),
        ("tiff rgba", encoded(&rgba, F::Tiff), 0, true),
        ("tiff rgb", encoded(&rgb, F::Tiff), 0, false),
        ("tiff rgb16", encoded(&wide_rgb, F::Tiff), 0, false),
    ]
}

#[test]
fn every_format_comes_in_with_its_colours() {
    let wanted = drawing(90, 60).into_rgba8();
    for (name, bytes, tolerance, alpha) in samples(90, 60) {
        let picture = take_in(&bytes).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(picture.pixels.dimensions(), (90, 60), "{name}");
        if name != "gif" {
            assert_eq!(picture.has_alpha, alpha, "{name}");
        }
        for (x, y, ours) in picture.pixels.enumerate_pixels().filter(|(_, _, p)| p[3] > 0) {
            let theirs = wanted.get_pixel(x, y);
            let channels = if alpha { 4 } else { 3 };
            for c in 0..channels {
                assert!(ours[c].abs_diff(theirs[c]) <= tolerance, "{name} at {x},{y}: {ours:?} for {theirs:?}");
            }
        }
    }
}

#[test]
fn grey_pictures_come_in_grey() {
    let rgba = drawing(40, 30);
    let grey = rgba.to_luma8();
    for (name, image, format) in [
        ("png l8", DynamicImage::ImageLuma8(grey.clone()), ImageFormat::Png),
        ("png la8", DynamicImage::ImageLumaA8(rgba.to_luma_alpha8()), ImageFormat::Png),
        ("png l16", DynamicImage::ImageLuma16(rgba.to_luma16()), ImageFormat::Png),
        ("png la16", DynamicImage::ImageLumaA16(rgba.to_luma_alpha16()), ImageFormat::Png),
        ("jpeg l8", DynamicImage::ImageLuma8(grey.clone()), ImageFormat::Jpeg),
        ("bmp l8 (palette)", DynamicImage::ImageLuma8(grey.clone()), ImageFormat::Bmp),
        ("tiff l8", DynamicImage::ImageLuma8(grey.clone()), ImageFormat::Tiff),
        ("tiff l16", DynamicImage::ImageLuma16(rgba.to_luma16()), ImageFormat::Tiff),
    ] {
        let picture = take_in(&encoded(&image, format)).unwrap_or_else(|e| panic!("{name}: {e}"));
        for (ours, theirs) in picture.pixels.pixels().zip(grey.pixels()) {
            assert!(ours[0] == ours[1] && ours[1] == ours[2], "{name}");
            assert!(ours[0].abs_diff(theirs[0]) <= 6, "{name}: {ours:?} for {theirs:?}");
        }
    }
}

/// A chunk of a PNG file.
fn png_chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut body = kind.to_vec();
    body.extend(data);
    let crc = body.iter().fold(u32::MAX, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |c, _| if c & 1 == 1 { (c >> 1) ^ 0xEDB8_8320 } else { c >> 1 })
    });
    let mut chunk = (data.len() as u32).to_be_bytes().to_vec();
    chunk.extend(body);
    chunk.extend((!crc).to_be_bytes());
    chunk
}

/// A palette PNG of two pixels: red, and half transparent blue.
fn palette_png(width: u32, height: u32) -> Vec<u8> {
    let scanline = [0_u8, 0b0100_0000];
    let (mut a, mut b) = (1_u32, 0_u32);
    for byte in scanline {
        a = (a + u32::from(byte)) % 65521;
        b = (b + a) % 65521;
    }
    let mut zlib = vec![0x78, 0x01, 1, 2, 0, 0xFD, 0xFF];
    zlib.extend(scanline);
    zlib.extend((b << 16 | a).to_be_bytes());
    let mut header = width.to_be_bytes().to_vec();
    header.extend(height.to_be_bytes());
    header.extend([1, 3, 0, 0, 0]);
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    file.extend(png_chunk(b"IHDR", &header));
    file.extend(png_chunk(b"PLTE", &[255, 0, 0, 0, 0, 255]));
    file.extend(png_chunk(b"tRNS", &[255, 128]));
    file.extend(png_chunk(b"IDAT", &zlib));
    file.extend(png_chunk(b"IEND", &[]));
    file
}

#[test]
fn a_palette_with_transparency_is_read() {
    let picture = take_in(&palette_png(2, 1)).unwrap();
    assert_eq!(picture.pixels.as_raw(), &[255, 0, 0, 255, 0, 0, 255, 128]);
    assert!(picture.has_alpha);
}

/// An EXIF block with nothing but an orientation.
fn exif(orientation: u16) -> Vec<u8> {
    let mut block = b"II*\0\x08\0\0\0\x01\0".to_vec();
    block.extend([0x12, 0x01, 3, 0, 1, 0, 0, 0]);
    block.extend(orientation.to_le_bytes());
    block.extend([0, 0, 0, 0, 0, 0]);
    block
}

/// Where the red corner of an upright picture ends up, when its file says `orientation` and its
/// red corner is top left: (right?, bottom?), and whether width and height swap.
const ORIENTATIONS: [(u16, bool, bool, bool); 8] = [
    (1, false, false, false),
    (2, true, false, false),
    (3, true, true, false),
    (4, false, true, false),
    (5, false, false, true),
    (6, true, false, true),
    (7, true, true, true),
    (8, false, true, true),
];

fn red_corner() -> RgbaImage {
    RgbaImage::from_fn(60, 30, |x, y| if x < 15 && y < 10 { Rgba([255, 0, 0, 255]) } else { Rgba([0, 0, 255, 255]) })
}

fn check_orientation(name: &str, bytes: &[u8], (orientation, right, bottom, swapped): (u16, bool, bool, bool)) {
    let params = IntakeParams { working_size_px: 40, sharpness: 1.0 };
    let picture = decode(bytes, &params, &Limits::default(), &Monitor::silent()).unwrap();
    let size = if swapped { (20, 40) } else { (40, 20) };
    assert_eq!(picture.pixels.dimensions(), size, "{name} {orientation}");
    let (width, height) = size;
    let corner = |right: bool, bottom: bool| {
        let x = if right { width - 3 } else { 2 };
        let y = if bottom { height - 3 } else { 2 };
        picture.pixels.get_pixel(x, y)[0] > 200
    };
    for (r, b) in [(false, false), (true, false), (false, true), (true, true)] {
        assert_eq!(corner(r, b), (r, b) == (right, bottom), "{name} {orientation}: corner {r} {b}");
    }
}

#[test]
fn exif_orientation_turns_the_picture_upright() {
    let rgb = DynamicImage::ImageRgba8(red_corner()).into_rgb8();
    for case in ORIENTATIONS {
        let mut jpeg = Vec::new();
        let mut encoder = JpegEncoder::new_with_quality(&mut jpeg, 95);
        encoder.set_exif_metadata(exif(case.0)).unwrap();
        encoder.write_image(rgb.as_raw(), 60, 30, ExtendedColorType::Rgb8).unwrap();
        check_orientation("jpeg", &jpeg, case);

        let mut png = Vec::new();
        let mut encoder = PngEncoder::new(&mut png);
        encoder.set_exif_metadata(exif(case.0)).unwrap();
        encoder.write_image(rgb.as_raw(), 60, 30, ExtendedColorType::Rgb8).unwrap();
        check_orientation("png", &png, case);

        check_orientation("tiff", &tiff(60, 30, case.0, rgb.as_raw()), case);
    }
}

/// An uncompressed RGB TIFF of one strip.
fn tiff(width: u32, height: u32, orientation: u16, pixels: &[u8]) -> Vec<u8> {
    let strip_bytes = width.wrapping_mul(height).wrapping_mul(3);
    let mut file = b"II*\0".to_vec();
    file.extend((8 + pixels.len() as u32).to_le_bytes());
    file.extend(pixels);
    let tags: [(u16, u32); 9] = [
        (256, width),
        (257, height),
        (258, 8),
        (259, 1),
        (262, 2),
        (273, 8),
        (274, orientation.into()),
        (277, 3),
        (279, strip_bytes),
    ];
    file.extend((tags.len() as u16).to_le_bytes());
    for (tag, value) in tags {
        file.extend(tag.to_le_bytes());
        // Type LONG, one value. Bits per sample would be three values; one is read as "all alike".
        file.extend(4_u16.to_le_bytes());
        file.extend(1_u32.to_le_bytes());
        file.extend(value.to_le_bytes());
    }
    file.extend([0; 4]);
    file
}

#[test]
fn a_broken_exif_block_does_not_cost_the_picture() {
    let rgb = DynamicImage::ImageRgba8(red_corner()).into_rgb8();
    for block in [vec![], b"II*\0\xFF\xFF\xFF\xFF".to_vec(), exif(99), exif(6)[..15].to_vec()] {
        let mut jpeg = Vec::new();
        let mut encoder = JpegEncoder::new(&mut jpeg);
        encoder.set_exif_metadata(block).unwrap();
        encoder.write_image(rgb.as_raw(), 60, 30, ExtendedColorType::Rgb8).unwrap();
        assert_eq!(take_in(&jpeg).unwrap().pixels.dimensions(), (60, 30));
    }
}

#[test]
fn a_truncated_file_is_an_error_and_never_half_a_picture() {
    for (name, bytes, ..) in samples(90, 60) {
        let whole = take_in(&bytes).unwrap();
        for tenth in 0..10 {
            let length = bytes.len() * tenth / 10;
            match take_in(&bytes[..length]) {
                // A trailer may be missing as long as every pixel is there.
                Ok(picture) => assert_eq!(picture, whole, "{name} cut at {length} of {}", bytes.len()),
                Err(error) => assert_one_sentence(name, &error),
            }
            assert!(take_in(&bytes[..length]).is_err(), "{name} cut at {length} of {}", bytes.len());
        }
        for length in (0..bytes.len()).step_by(bytes.len() / 97 + 1) {
            if let Ok(picture) = take_in(&bytes[..length]) {
                assert_eq!(picture, whole, "{name} cut at {length} of {}", bytes.len());
            }
        }
    }
}

#[test]
fn flipped_bytes_never_panic() {
    for (_, bytes, ..) in samples(40, 30) {
        let mut state = 12345_u32;
        for _ in 0..60 {
            let mut broken = bytes.clone();
            for _ in 0..3 {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let at = (state >> 8) as usize % broken.len();
                broken[at] ^= (state >> 3) as u8 | 1;
            }
            let _ = take_in(&broken).map_err(|e| assert_one_sentence("flipped", &e));
        }
    }
}

fn assert_one_sentence(name: &str, error: &IntakeError) {
    let text = error.to_string();
    assert!(!text.contains('\n') && text.len() < 300 && text.contains("; "), "{name}: {text}");
    assert!(!text.contains("panicked"), "{name}: {text}");
}

#[test]
fn a_header_of_65535_squared_is_refused_before_memory_is_taken() {
    let side = 65535_u32;
    let png = palette_png(side, side);
    let mut bmp = encoded(&DynamicImage::ImageRgb8(drawing(4, 4).into_rgb8()), ImageFormat::Bmp);
    bmp[18..22].copy_from_slice(&side.to_le_bytes());
    bmp[22..26].copy_from_slice(&side.to_le_bytes());
    let mut gif = encoded(&drawing(4, 4), ImageFormat::Gif);
    gif[6..10].copy_from_slice(&[0xFF; 4]);
    let mut jpeg = encoded(&DynamicImage::ImageRgb8(drawing(16, 16).into_rgb8()), ImageFormat::Jpeg);
    let frame = jpeg.windows(2).position(|w| w == [0xFF, 0xC0]).unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xFF; 4]);
    for (name, bytes) in
        [("png", png), ("bmp", bmp), ("gif", gif), ("jpeg", jpeg), ("tiff", tiff(side, side, 1, &[0; 99]))]
    {
        let error = take_in(&bytes).unwrap_err();
        assert!(matches!(error, IntakeError::Size { width: 65535, height: 65535, .. }), "{name}: {error}");
    }
}

#[test]
fn limits_are_those_asked_for() {
    let bytes = encoded(&drawing(100, 100), ImageFormat::Png);
    let run = |limits: Limits| decode(&bytes, &plain(), &limits, &Monitor::silent());
    let pixels = run(Limits { max_pixels: 9_999, ..Limits::default() });
    assert!(matches!(pixels, Err(IntakeError::Size { .. })));
    let memory = run(Limits { max_decoded_bytes: 39_999, ..Limits::default() });
    assert!(matches!(memory, Err(IntakeError::Memory { .. })), "{memory:?}");
    run(Limits { max_pixels: 10_000, ..Limits::default() }).unwrap();

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("picture.txt");
    std::fs::write(&path, &bytes).unwrap();
    let exact = Limits { max_file_bytes: bytes.len() as u64, ..Limits::default() };
    take_in(&read_file(&path, &exact).unwrap()).unwrap();
    let short = Limits { max_file_bytes: bytes.len() as u64 - 1, ..Limits::default() };
    assert!(matches!(read_file(&path, &short), Err(IntakeError::FileTooLarge { .. })));
    assert!(matches!(read_file(folder.path(), &exact), Err(IntakeError::Folder(_))));
    assert!(matches!(read_file(&folder.path().join("none.png"), &exact), Err(IntakeError::Read { .. })));
    std::fs::write(&path, b"").unwrap();
    assert!(matches!(read_file(&path, &exact), Err(IntakeError::Empty)));
}

#[cfg(target_os = "linux")]
#[test]
fn an_endless_device_does_not_fill_the_memory() {
    let limits = Limits { max_file_bytes: 1 << 16, ..Limits::default() };
    assert!(matches!(read_file("/dev/zero".as_ref(), &limits), Err(IntakeError::FileTooLarge { .. })));
}

#[cfg(unix)]
#[test]
fn a_pipe_is_read_and_left_when_cancelled() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe.png");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let bytes = encoded(&drawing(30, 20), ImageFormat::Png);
    let (path, sent) = (pipe.clone(), bytes.clone());
    let writer = std::thread::Builder::new().name("writer".to_owned());
    let writer = writer.spawn(move || std::fs::write(path, sent).unwrap()).unwrap();
    assert_eq!(read_file_or_cancel(&pipe, &Limits::default(), &Monitor::silent()).unwrap(), bytes);
    writer.join().unwrap();
    // Nobody writes any more: opening it would wait for ever.
    let token = CancelToken::new();
    token.cancel();
    let left = read_file_or_cancel(&pipe, &Limits::default(), &Monitor::new(&token, &|_| {}));
    assert!(matches!(left, Err(IntakeError::Cancelled(_))));
}

#[test]
fn a_row_longer_than_the_memory_is_told_without_a_made_up_number() {
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    let header = [&u32::MAX.to_be_bytes()[..], &1_u32.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    png.extend(png_chunk(b"IHDR", &header));
    png.extend(png_chunk(b"IDAT", &[0x78, 0x9C, 3, 0, 0, 0, 0, 1]));
    png.extend(png_chunk(b"IEND", &[]));
    let error = take_in(&png).unwrap_err();
    assert!(matches!(error, IntakeError::Memory { .. }), "{error}");
    assert!(error.to_string().contains("would take more than 1024 MiB"), "{error}");
}

#[test]
fn a_bmp_whose_fourth_byte_is_left_at_nothing_is_opaque() {
    let clear = RgbaImage::from_fn(20, 10, |x, y| Rgba([x as u8 * 9, y as u8 * 9, 77, 0]));
    let picture = take_in(&encoded(&DynamicImage::ImageRgba8(clear.clone()), ImageFormat::Bmp)).unwrap();
    assert!(!picture.has_alpha);
    for (ours, theirs) in picture.pixels.pixels().zip(clear.pixels()) {
        assert_eq!(ours.0, [theirs[0], theirs[1], theirs[2], 255]);
    }
}

#[test]
fn what_is_no_picture_is_named() {
    let tga = [&[0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 4, 0, 24, 0][..], &[200; 48]].concat();
    let pcx = [&[0x0A, 5, 1, 8][..], &[0; 60], &[0, 3, 200, 200]].concat();
    for (bytes, word) in [
        (&b""[..], "empty"),
        (b"solid cube\nfacet normal", "text"),
        (b"\x7fELF\x02\x01\x01\0\xff\xfe", "unknown data"),
        (b"%PDF-1.7\n%\xe2\xe3", "PDF"),
        (b"<!doctype html><HTML><body/></HTML>", "web page"),
        (b"\x1F\x8B\x08\0", "compressed"),
        (b"\x1F\x8B\x08\0", "SVGZ"),
        (b"P6\n2 2\n255\n\xff\xff\xff", "Netpbm (PPM, PGM, PBM, PAM) pictures"),
        (b"P2 # made by hand\n2 2 9 1 2 3 4", "Netpbm"),
        (b"P1 is the name of the printer", "text"),
        (&tga, "TGA pictures"),
        (&pcx, "PCX pictures"),
        (b"\0\0\0\x0CjP  \r\n\x87\n", "JPEG 2000 pictures"),
        (b"\xFF\x4F\xFF\x51\0\x29", "JPEG 2000 pictures"),
        (b"\0\0\0\x18ftypcrx \0\0\0\x01", "camera raw pictures"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "HEIC"),
        (b"\0\0\0\x18ftypavif\0\0\0\0", "AVIF"),
        (b"\0\0\0\x18ftypisom\0\0\0\0", "video"),
        (b"8BPS\0\x01", "Photoshop"),
    ] {
        let text = take_in(bytes).unwrap_err().to_string();
        assert!(text.contains(word), "{text}");
    }
}

#[test]
fn pictures_are_reduced_and_never_enlarged() {
    let run = |width, height, working_size_px| {
        let bytes = encoded(&drawing(width, height), ImageFormat::Png);
        let params = IntakeParams { working_size_px, ..IntakeParams::default() };
        decode(&bytes, &params, &Limits::default(), &Monitor::silent()).unwrap().pixels.dimensions()
    };
    assert_eq!(run(300, 200, 150), (150, 100));
    assert_eq!(run(30, 20, 1024), (30, 20));
    assert_eq!(run(1, 1, 1024), (1, 1));
    assert_eq!(run(1, 20_000, 1024), (1, 1024));
    assert_eq!(run(20_000, 3, 1024), (1024, 1));
}

#[test]
fn the_same_bytes_give_the_same_picture() {
    let bytes = encoded(&drawing(700, 500), ImageFormat::Png);
    let params = IntakeParams { working_size_px: 256, ..IntakeParams::default() };
    let run = || decode(&bytes, &params, &Limits::default(), &Monitor::silent()).unwrap();
    assert_eq!(run(), run());
}

#[test]
fn a_cancel_stops_large_and_small_pictures() {
    for side in [40, 2000] {
        let bytes = encoded(&drawing(side, side), ImageFormat::Bmp);
        let token = CancelToken::new();
        // Cancelled by its own first report: before, and while, the pixels are decoded.
        let sink = |_| token.cancel();
        let result = decode(&bytes, &plain(), &Limits::default(), &Monitor::new(&token, &sink));
        assert!(matches!(result, Err(IntakeError::Cancelled(_))));
    }
}
