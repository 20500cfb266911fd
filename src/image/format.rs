//! What a file is, by its bytes alone.

use image::ImageFormat;

use super::drawing;
use super::intake::IntakeError;

/// What is in a file that can be read.
pub(super) enum Kind {
    Pixels(ImageFormat),
    Drawing,
}

/// Tells the format, mostly by the first bytes.
///
/// # Errors
/// [`IntakeError::Empty`], [`IntakeError::ForeignFormat`], [`IntakeError::NotAPicture`].
pub(super) fn sniff(bytes: &[u8]) -> Result<Kind, IntakeError> {
    use ImageFormat as F;
    if bytes.is_empty() {
        return Err(IntakeError::Empty);
    }
    let start = &bytes[..bytes.len().min(1024)];
    let holds = |text: &[u8]| start.windows(text.len()).any(|w| w.eq_ignore_ascii_case(text));
    let begins = |starts: &[&[u8]]| starts.iter().any(|s| start.starts_with(s));
    Err(match image::guess_format(bytes) {
        Ok(format @ (F::Png | F::Jpeg | F::WebP | F::Bmp | F::Gif | F::Tiff)) => return Ok(Kind::Pixels(format)),
        _ if drawing::is_drawing(bytes) => return Ok(Kind::Drawing),
        Ok(F::Ico) => IntakeError::ForeignFormat("icon (ICO)"),
        Ok(F::Avif) => IntakeError::ForeignFormat("AVIF"),
        Ok(F::OpenExr) => IntakeError::ForeignFormat("OpenEXR"),
        Ok(F::Hdr) => IntakeError::ForeignFormat("Radiance HDR"),
        Ok(F::Qoi) => IntakeError::ForeignFormat("QOI"),
        Ok(F::Dds) => IntakeError::ForeignFormat("DDS"),
        Ok(F::Pnm) if is_pnm(start) => IntakeError::ForeignFormat("Netpbm (PPM, PGM, PBM, PAM)"),
        _ if start.get(4..8).is_some_and(|b| b == b"ftyp") => by_brand(start.get(8..12).unwrap_or_default()),
        _ if begins(&[b"8BPS"]) => IntakeError::ForeignFormat("Photoshop"),
        _ if begins(&[b"\xFF\x0A", b"\0\0\0\x0CJXL "]) => IntakeError::ForeignFormat("JPEG XL"),
        _ if begins(&[b"\xFF\x4F\xFF\x51", b"\0\0\0\x0CjP  "]) => IntakeError::ForeignFormat("JPEG 2000"),
        _ if begins(&[b"\x1F\x8B"]) => {
            IntakeError::NotAPicture("a compressed file (gzip or SVGZ, to be unpacked first)")
        }
        _ if holds(b"<html") => IntakeError::NotAPicture("a web page"),
        _ if begins(&[b"%PDF"]) => IntakeError::NotAPicture("a PDF document"),
        _ if is_pcx(start) => IntakeError::ForeignFormat("PCX"),
        _ if is_tga(bytes) => IntakeError::ForeignFormat("TGA"),
        _ if std::str::from_utf8(&start[..start.len().min(512)]).is_ok() => IntakeError::NotAPicture("text"),
        _ => IntakeError::NotAPicture("unknown data"),
    })
}

/// The name of a format that is read.
pub(super) fn name(format: ImageFormat) -> &'static str {
    match format {
        ImageFormat::Png => "PNG",
        ImageFormat::Jpeg => "JPEG",
        ImageFormat::WebP => "WebP",
        ImageFormat::Bmp => "BMP",
        ImageFormat::Gif => "GIF",
        ImageFormat::Tiff => "TIFF",
        _ => "picture",
    }
}

/// A container of the ISO base media format, by what it says that it holds.
fn by_brand(brand: &[u8]) -> IntakeError {
    match brand {
        b"avif" | b"avis" => IntakeError::ForeignFormat("AVIF"),
        b"mif1" | b"msf1" | [b'h', b'e', b'i' | b'v', _] => IntakeError::ForeignFormat("HEIC (phone camera)"),
        b"crx " => IntakeError::ForeignFormat("camera raw"),
        _ => IntakeError::NotAPicture("a video"),
    }
}

/// A width, or a comment, follows the number of the kind.
fn is_pnm(start: &[u8]) -> bool {
    let rest = start.get(2..).unwrap_or_default();
    let next = rest.iter().find(|b| !b.is_ascii_whitespace());
    let is_apart = rest.first().is_some_and(u8::is_ascii_whitespace);
    is_apart && (start[1] == b'7' || next.is_some_and(|b| b.is_ascii_digit() || *b == b'#'))
}

fn is_pcx(start: &[u8]) -> bool {
    matches!(start, [0x0A, 0 | 2..=5, 1, 1 | 2 | 4 | 8, ..]) && start.get(64) == Some(&0)
}

/// There is no mark at the start, so every field has to make sense; newer files have one at their end.
fn is_tga(bytes: &[u8]) -> bool {
    let &[_, map, kind, ref header @ ..] = bytes else { return false };
    let Some(&[map1, map2, map3, map4, map_depth, _, _, _, _, w0, w1, h0, h1, depth, flags]) = header.first_chunk()
    else {
        return false;
    };
    let has_size = (w0 | w1) > 0 && (h0 | h1) > 0;
    let is_mapped = map == 1 && matches!(kind, 1 | 9) && depth == 8 && matches!(map_depth, 15 | 16 | 24 | 32);
    let is_plain = map == 0 && [map1, map2, map3, map4, map_depth] == [0; 5];
    let is_true = is_plain && matches!(kind, 2 | 10) && matches!(depth, 15 | 16 | 24 | 32);
    let is_grey = is_plain && matches!(kind, 3 | 11) && matches!(depth, 8 | 16);
    let makes_sense = has_size && flags & 0xC0 == 0 && (is_mapped || is_true || is_grey);
    makes_sense || bytes.ends_with(b"TRUEVISION-XFILE.\0")
}
