//! From the bytes of a picture file to a [`Picture`] of working size.
//!
//! Promises: the format is told by the content, never by the file's ending; drawings are drawn at the size they are
//! worked on; limits are checked against the header before memory is taken; a damaged, cut off or hostile file is an error and
//! never a panic or a half-grey picture; EXIF orientation is applied; of animations the first frame
//! counts. Colours are brought to sRGB where the file has a colour profile. The picture is resized first, then
//! converted and sharpened, which touches far fewer pixels.
//!
//! Does not promise the colours of CMYK files: they are converted without their profile.

use std::io::{self, Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader};

use super::Picture;
use super::resample::{self, ResampleError};
use super::{drawing, enhance, jpeg, profile};
use crate::files::one_line;
use crate::progress::{Cancelled, Ended, Monitor, Stage, run_beside};
use crate::request::IntakeParams;

/// Endings of the files that can be read, in lower case.
pub const ENDINGS: &[&str] = &["png", "jpg", "jpeg", "webp", "bmp", "gif", "tif", "tiff", "svg"];

/// What a picture may cost at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Width × height in the file.
    pub max_pixels: u64,
    /// Bytes of the decoded pixels, in the sample type of the file.
    pub max_decoded_bytes: u64,
    /// Bytes of the file.
    pub max_file_bytes: u64,
}

impl Default for Limits {
    /// 100 megapixels, 1 GiB decoded, a file of 512 MiB.
    fn default() -> Self {
        Self { max_pixels: 100_000_000, max_decoded_bytes: 1 << 30, max_file_bytes: 512 << 20 }
    }
}

/// Why a picture could not be taken in.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// The file cannot be opened or read.
    #[error("the picture could not be read ({source}): {}", path.display())]
    Read {
        /// What the system said.
        source: io::Error,
        /// The file.
        path: PathBuf,
    },
    /// The path is a folder.
    #[error("this is a folder; name a picture in it: {}", .0.display())]
    Folder(PathBuf),
    /// The file has more bytes than allowed.
    #[error("the file is larger than {} MiB, the most that is read; save it smaller: {}", limit_bytes >> 20, path.display())]
    FileTooLarge {
        /// The limit.
        limit_bytes: u64,
        /// The file.
        path: PathBuf,
    },
    /// There are no bytes.
    #[error("the file is empty; choose a picture")]
    Empty,
    /// The content is none of the formats that are read.
    #[error("this is not a picture but {0}; choose a PNG, JPEG, WebP, BMP, GIF, TIFF or SVG file")]
    NotAPicture(&'static str),
    /// A picture in a format that is not read.
    #[error("{0} pictures cannot be read; save it as PNG, JPEG, WebP, BMP, GIF or TIFF")]
    ForeignFormat(&'static str),
    /// A variant of a known format that is not read.
    #[error("this kind of {format} is not supported ({reason}); save it as an ordinary PNG or JPEG")]
    Unsupported {
        /// The format.
        format: &'static str,
        /// What the decoder said.
        reason: String,
    },
    /// The file breaks off or contradicts itself.
    #[error("the {format} file is damaged or incomplete ({reason}); get a fresh copy of it")]
    Damaged {
        /// The format.
        format: &'static str,
        /// What the decoder said.
        reason: String,
    },
    /// A drawing with text.
    #[error(
        "the drawing has text in it, and letters depend on the fonts of each machine; \
         turn it into paths (in Inkscape: Path › Object to Path) or save it as PNG"
    )]
    Text,
    /// A drawing that shows another file.
    #[error("the drawing shows another file ({0}); embed that in it, or save it as PNG")]
    Linked(String),
    /// The header tells of more pixels than allowed, or of none.
    #[error("the picture is {width}×{height} px; it must have at least 1 and at most {} megapixels", max_pixels / 1_000_000)]
    Size {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// The limit.
        max_pixels: u64,
    },
    /// The decoded pixels would take more memory than allowed.
    #[error("the picture would take {} MiB of memory, more than the allowed {} MiB; save it smaller", bytes >> 20, limit_bytes >> 20)]
    Memory {
        /// What it would take.
        bytes: u64,
        /// The limit.
        limit_bytes: u64,
    },
    /// A defect of the program.
    #[error(transparent)]
    Resample(#[from] ResampleError),
    /// The work was cancelled.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// Reads a picture file whole, up to `limits.max_file_bytes`.
///
/// # Errors
/// [`IntakeError::Read`], [`IntakeError::Folder`], [`IntakeError::FileTooLarge`], [`IntakeError::Empty`].
pub fn read_file(path: &Path, limits: &Limits) -> Result<Vec<u8>, IntakeError> {
    let read_error = |source| IntakeError::Read { source, path: path.to_owned() };
    let too_large = || IntakeError::FileTooLarge { limit_bytes: limits.max_file_bytes, path: path.to_owned() };
    let metadata = std::fs::metadata(path).map_err(read_error)?;
    if metadata.is_dir() {
        return Err(IntakeError::Folder(path.to_owned()));
    }
    if metadata.len() > limits.max_file_bytes {
        return Err(too_large());
    }
    let mut bytes = Vec::with_capacity(metadata.len() as usize);
    // The size of a pipe, a device or a growing file is not known before it has been read.
    let file = std::fs::File::open(path).map_err(read_error)?;
    file.take(limits.max_file_bytes.saturating_add(1)).read_to_end(&mut bytes).map_err(read_error)?;
    if bytes.len() as u64 > limits.max_file_bytes {
        return Err(too_large());
    }
    if bytes.is_empty() {
        return Err(IntakeError::Empty);
    }
    Ok(bytes)
}

/// Decodes a picture, turns it upright, reduces it to `params.working_size_px` (never enlarges pixels), brings its colours
/// to sRGB and sharpens it.
///
/// # Errors
/// See [`IntakeError`]; limits are checked before memory is taken.
pub fn decode(bytes: &[u8], params: &IntakeParams, limits: &Limits, monitor: &Monitor) -> Result<Picture, IntakeError> {
    const STEPS: u64 = 10;
    // Twice as large first: reduced, its edges have finer steps of opacity than they are drawn with.
    const LARGEST_DRAWN_PX: u32 = 4096;
    monitor.step(Stage::Intake, 0, STEPS)?;
    let drawn_px = (2 * params.working_size_px).min(LARGEST_DRAWN_PX);
    let Decoded { image, orientation, color_profile } = decode_whole(bytes, drawn_px, limits, monitor)?;
    monitor.step(Stage::Intake, 7, STEPS)?;

    let (decoded_size, is_grey) = ([image.width(), image.height()], !image.color().has_color());
    let mut small = resample::reduce_to_rgba(image, resample::fit(decoded_size, params.working_size_px))?;
    if let Some(color_profile) = color_profile {
        profile::to_srgb(&mut small, &color_profile, is_grey);
    }
    monitor.step(Stage::Intake, 9, STEPS)?;

    let mut upright = DynamicImage::ImageRgba8(small);
    upright.apply_orientation(orientation);
    let mut pixels = upright.into_rgba8();
    enhance::sharpen(&mut pixels, params.sharpness);
    monitor.step(Stage::Intake, STEPS, STEPS)?;

    Ok(Picture { has_alpha: alpha_means_something(&pixels), pixels })
}

/// All pixels of a file, as stored.
pub(crate) struct Decoded {
    pub image: DynamicImage,
    pub orientation: Orientation,
    /// ICC profile.
    pub color_profile: Option<Vec<u8>>,
}

/// Decodes every pixel, within limits; a drawing gets a longest side of `drawn_px`. Large pictures are decoded beside, so
/// that a cancel does not wait for a decoder that cannot be interrupted.
pub(crate) fn decode_whole(
    bytes: &[u8],
    drawn_px: u32,
    limits: &Limits,
    monitor: &Monitor,
) -> Result<Decoded, IntakeError> {
    /// What every decoder manages well within 0.1 s.
    const QUICK_PIXELS: u64 = 3_000_000;
    let format = match sniff(bytes)? {
        Kind::Pixels(format) => format,
        Kind::Drawing => return draw(bytes, drawn_px, limits, monitor),
    };
    let pixels = guarded(name(format), || check_header(bytes, format, limits))?;
    if format == ImageFormat::Jpeg && !jpeg::is_complete(bytes) {
        let reason = "it has no end marker".to_owned();
        return Err(IntakeError::Damaged { format: name(format), reason });
    }
    monitor.check()?;
    if pixels > QUICK_PIXELS {
        let (owned, limits) = (bytes.to_vec(), *limits);
        let work = move || guarded(name(format), || decode_pixels(&owned, format, &limits));
        if let Ok(decoded) = beside(std::thread::Builder::new(), name(format), monitor, work) {
            return decoded;
        }
    }
    guarded(name(format), || decode_pixels(bytes, format, limits))
}

fn draw(bytes: &[u8], drawn_px: u32, limits: &Limits, monitor: &Monitor) -> Result<Decoded, IntakeError> {
    let (owned, limits) = (bytes.to_vec(), *limits);
    let work = move || guarded("SVG", || drawing::draw(&owned, drawn_px, &limits));
    let thread = std::thread::Builder::new().stack_size(drawing::STACK_BYTES);
    let drawn = beside(thread, "SVG", monitor, work).map_err(|e| {
        let reason = format!("there is no thread to draw it: {e}");
        IntakeError::Damaged { format: "SVG", reason }
    })?;
    let image = DynamicImage::ImageRgba8(drawn?);
    Ok(Decoded { image, orientation: Orientation::NoTransforms, color_profile: None })
}

type Outcome<T> = Result<T, IntakeError>;

/// Does `work` in a thread of its own.
fn beside<T: Send + 'static>(
    thread: std::thread::Builder,
    format: &'static str,
    monitor: &Monitor,
    work: impl FnOnce() -> Outcome<T> + Send + 'static,
) -> io::Result<Outcome<T>> {
    let ended = run_beside(thread.name("decode".to_owned()), monitor.cancel_token(), work)?;
    Ok(match ended {
        Ended::Done(decoded) => decoded,
        Ended::Cancelled => Err(Cancelled.into()),
        Ended::Panicked(_) => Err(decoder_failed(format)),
    })
}

/// Decoders are not ours and may panic on hostile input; that is an error of the file.
fn guarded<T>(format: &'static str, work: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(decoder_failed(format)))
}

fn decoder_failed(format: &'static str) -> IntakeError {
    IntakeError::Damaged { format, reason: "the decoder gave up".to_owned() }
}

/// What lies in a drawing, if it is a picture within limits.
pub(super) fn check_embedded(bytes: &[u8], limits: &Limits) -> Result<ImageFormat, IntakeError> {
    match sniff(bytes)? {
        Kind::Pixels(format) => guarded(name(format), || check_header(bytes, format, limits)).map(|_| format),
        Kind::Drawing => Err(IntakeError::ForeignFormat("SVG within SVG")),
    }
}

/// Gives the number of pixels.
fn check_header(bytes: &[u8], format: ImageFormat, limits: &Limits) -> Result<u64, IntakeError> {
    let decoder = open(bytes, format, limits)?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if pixels == 0 || pixels > limits.max_pixels {
        return Err(IntakeError::Size { width, height, max_pixels: limits.max_pixels });
    }
    let decoded_bytes = decoder.total_bytes();
    if decoded_bytes > limits.max_decoded_bytes {
        return Err(IntakeError::Memory { bytes: decoded_bytes, limit_bytes: limits.max_decoded_bytes });
    }
    Ok(pixels)
}

fn decode_pixels(bytes: &[u8], format: ImageFormat, limits: &Limits) -> Result<Decoded, IntakeError> {
    let mut decoder = open(bytes, format, limits)?;
    // A broken EXIF block or colour profile must not cost the picture.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let color_profile = decoder.icc_profile().ok().flatten();
    let image = DynamicImage::from_decoder(decoder).map_err(|e| decode_error(e, format, limits))?;
    Ok(Decoded { image, orientation, color_profile })
}

fn open<'a>(bytes: &'a [u8], format: ImageFormat, limits: &Limits) -> Result<impl ImageDecoder + 'a, IntakeError> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut decoder_limits = image::Limits::no_limits();
    decoder_limits.max_alloc = Some(limits.max_decoded_bytes);
    reader.limits(decoder_limits);
    reader.into_decoder().map_err(|e| decode_error(e, format, limits))
}

fn decode_error(error: ImageError, format: ImageFormat, limits: &Limits) -> IntakeError {
    let format = name(format);
    match error {
        ImageError::Unsupported(e) => IntakeError::Unsupported { format, reason: e.to_string() },
        ImageError::Limits(_) => {
            IntakeError::Memory { bytes: limits.max_decoded_bytes, limit_bytes: limits.max_decoded_bytes }
        }
        e => IntakeError::Damaged { format, reason: one_line(&e.to_string()) },
    }
}

/// What is in a file that can be read.
enum Kind {
    Pixels(ImageFormat),
    Drawing,
}

/// Tells the format by the first bytes.
fn sniff(bytes: &[u8]) -> Result<Kind, IntakeError> {
    use ImageFormat as F;
    if bytes.is_empty() {
        return Err(IntakeError::Empty);
    }
    let brand = bytes.get(4..12).filter(|b| b.starts_with(b"ftyp")).map(|b| &b[4..]);
    let start = &bytes[..bytes.len().min(1024)];
    let holds = |text: &[u8]| start.windows(text.len()).any(|w| w.eq_ignore_ascii_case(text));
    Err(match image::guess_format(bytes) {
        Ok(format @ (F::Png | F::Jpeg | F::WebP | F::Bmp | F::Gif | F::Tiff)) => return Ok(Kind::Pixels(format)),
        _ if drawing::is_drawing(bytes) => return Ok(Kind::Drawing),
        Ok(F::Ico) => IntakeError::ForeignFormat("icon (ICO)"),
        Ok(F::Avif) => IntakeError::ForeignFormat("AVIF"),
        Ok(F::OpenExr) => IntakeError::ForeignFormat("OpenEXR"),
        Ok(F::Hdr) => IntakeError::ForeignFormat("Radiance HDR"),
        Ok(F::Qoi) => IntakeError::ForeignFormat("QOI"),
        Ok(F::Dds) => IntakeError::ForeignFormat("DDS"),
        _ if brand.is_some_and(|b| [b"avif", b"avis"].iter().any(|k| b == *k)) => IntakeError::ForeignFormat("AVIF"),
        _ if brand.is_some_and(|b| b.starts_with(b"hei") || b.starts_with(b"hev") || b == b"mif1" || b == b"msf1") => {
            IntakeError::ForeignFormat("HEIC (phone camera)")
        }
        _ if brand.is_some() => IntakeError::NotAPicture("a video"),
        _ if start.starts_with(b"8BPS") => IntakeError::ForeignFormat("Photoshop"),
        _ if start.starts_with(b"\xFF\x0A") || start.starts_with(b"\0\0\0\x0CJXL ") => {
            IntakeError::ForeignFormat("JPEG XL")
        }
        _ if start.starts_with(b"\x1F\x8B") => IntakeError::NotAPicture("a compressed file"),
        _ if holds(b"<html") => IntakeError::NotAPicture("a web page"),
        _ if start.starts_with(b"%PDF") => IntakeError::NotAPicture("a PDF document"),
        _ if std::str::from_utf8(&start[..start.len().min(512)]).is_ok() => IntakeError::NotAPicture("text"),
        _ => IntakeError::NotAPicture("unknown data"),
    })
}

fn name(format: ImageFormat) -> &'static str {
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

fn alpha_means_something(pixels: &image::RgbaImage) -> bool {
    pixels.pixels().any(|p| p[3] < 255) && pixels.pixels().any(|p| p[3] > 0)
}
