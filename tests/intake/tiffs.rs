//! TIFF files of several pages, and with colours that are multiplied by the opacity.

use orfeas::image::intake::IntakeError;

use super::take_in;

/// A page: its tags besides those of every page, width, height, bytes of each pixel.
struct Page<'a> {
    tags: &'a [(u16, u32)],
    size: [u32; 2],
    pixels: &'a [u8],
}

/// Uncompressed pages one after another, in the order of the bytes that is asked for.
fn tiff(pages: &[Page], is_big_endian: bool) -> Vec<u8> {
    let u16 = |value: u16| if is_big_endian { value.to_be_bytes() } else { value.to_le_bytes() };
    let u32 = |value: u32| if is_big_endian { value.to_be_bytes() } else { value.to_le_bytes() };
    let mut file = if is_big_endian { b"MM\0*".to_vec() } else { b"II*\0".to_vec() };
    for page in pages {
        // The page follows its pixels.
        let (strip, after) = (file.len() as u32 + 4, file.len() + 4 + page.pixels.len());
        file.extend(u32(after as u32));
        file.extend(page.pixels);
        let [width, height] = page.size;
        let samples = page.pixels.len() as u32 / (width * height);
        let photometric = if samples < 3 { 1 } else { 2 };
        let mut tags = vec![
            (256, width),
            (257, height),
            (258, 8),
            (259, 1),
            (262, photometric),
            (273, strip),
            (277, samples),
            (278, height),
            (279, page.pixels.len() as u32),
        ];
        tags.extend(page.tags);
        tags.sort();
        file.extend(u16(tags.len() as u16));
        for (tag, value) in tags {
            // Both types that whole numbers have; a short one stands at the left of its four bytes.
            let is_long = matches!(tag, 254 | 256 | 257 | 273 | 279 | 330);
            file.extend([u16(tag), u16(if is_long { 4 } else { 3 })].concat());
            file.extend(u32(1));
            let short = || [u16(value as u16), [0; 2]].concat();
            file.extend(if is_long { u32(value).to_vec() } else { short() });
        }
    }
    file.extend([0; 4]);
    file
}

/// A pixel's colours and opacity, more opaque to the right.
fn shade(x: u32) -> [u8; 4] {
    [240, 200, 60, (x * 5) as u8]
}

#[test]
fn colors_multiplied_by_the_opacity_are_divided_by_it() {
    let size = [50, 4];
    let straight: Vec<u8> = (0..200).flat_map(|i| shade(i % 50)).collect();
    let multiplied: Vec<u8> = (0..200)
        .flat_map(|i| {
            let [r, g, b, a] = shade(i % 50);
            let times = |c: u8| (f32::from(c) * f32::from(a) / 255.0).round() as u8;
            [times(r), times(g), times(b), a]
        })
        .collect();
    for is_big_endian in [false, true] {
        let one = |extra: u32, pixels: &[u8]| {
            take_in(&tiff(&[Page { tags: &[(338, extra)], size, pixels }], is_big_endian)).unwrap().pixels
        };
        let (wanted, ours) = (one(2, &straight), one(1, &multiplied));
        for (x, y, theirs) in wanted.enumerate_pixels() {
            let our = ours.get_pixel(x, y);
            assert_eq!((our[3], theirs[3]), (shade(x)[3], shade(x)[3]));
            // What rounding can change where there is little opacity.
            let tolerance = 1.0 + 128.0 / f32::from(our[3].max(1));
            for c in 0..3 {
                let difference = f32::from(our[c].abs_diff(theirs[c]));
                assert!(our[3] == 0 || difference <= tolerance, "{x}: {our:?} for {theirs:?}");
            }
        }
    }
}

#[test]
fn the_page_of_full_size_is_read_and_not_its_preview() {
    let (small, large) = (vec![40; 4 * 3 * 3], vec![200; 40 * 30 * 3]);
    for is_big_endian in [false, true] {
        let preview = Page { tags: &[(254, 1)], size: [4, 3], pixels: &small };
        let whole = Page { tags: &[(254, 0)], size: [40, 30], pixels: &large };
        let later = Page { tags: &[], size: [4, 3], pixels: &small };
        let picture = take_in(&tiff(&[preview, whole, later], is_big_endian)).unwrap();
        assert_eq!((picture.pixels.dimensions(), picture.pixels.get_pixel(9, 9)[0]), ((40, 30), 200));

        let preview = || Page { tags: &[(254, 1)], size: [4, 3], pixels: &small };
        let alone = take_in(&tiff(&[preview()], is_big_endian)).unwrap();
        assert_eq!(alone.pixels.dimensions(), (4, 3));
        // Of pages that count alike it is the first.
        let pages = [Page { tags: &[], ..preview() }, Page { tags: &[], size: [40, 30], pixels: &large }];
        assert_eq!(take_in(&tiff(&pages, is_big_endian)).unwrap().pixels.dimensions(), (4, 3));
    }
}

#[test]
fn the_raw_data_of_cameras_are_named() {
    let pixels = vec![90; 4 * 3 * 3];
    for tags in [&[(254, 1), (330, 8)][..], &[(254, 1), (50706, 1)], &[(50706, 1)]] {
        let error = take_in(&tiff(&[Page { tags, size: [4, 3], pixels: &pixels }], false)).unwrap_err();
        assert!(matches!(error, IntakeError::ForeignFormat("camera raw")), "{tags:?}: {error}");
    }
    let canon = take_in(b"II*\0\x10\0\0\0CR\x02\0\0\0\0\0\0\0").unwrap_err().to_string();
    assert!(canon.contains("camera raw"), "{canon}");
}
