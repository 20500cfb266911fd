//! From the bytes of a picture file to a [`Picture`] of working size.
//!
//! Promises: the format is told by the content, never by the file's ending; drawings are drawn at the size they are
//! worked on, or coarser where their layers, filters or patterns would take too long or too much memory, which
//! [`note_on_size`] tells; limits are checked against the header before memory is taken; a damaged, cut off or hostile
//! file is an error and never a panic or a half-grey picture; EXIF orientation is applied; of animations the first frame
//! counts. Colours are brought to sRGB where the file has a colour profile. The picture is resized first, then converted
//! and sharpened, which touches far fewer pixels.
//!
//! Does not promise the colours of CMYK files: they are converted without their profile.

use std::borrow::Cow;
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader};

use super::Picture;
use super::format::{self, Kind, name};
use super::resample::{self, ResampleError};
use super::{drawing, enhance, jpeg, profile, tiff};
use crate::files::one_line;
use crate::mishap::caught;
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
    #[error("the picture would take more than {} MiB of memory, which is the most it may; save it smaller", limit_bytes >> 20)]
    Memory {
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

/// The same, but a file whose reading may wait for ever is left when cancelled: a pipe, a device, any file on a share
/// that does not answer.
///
/// # Errors
/// As [`read_file`], and when cancelled.
pub fn read_file_or_cancel(path: &Path, limits: &Limits, monitor: &Monitor) -> Result<Vec<u8>, IntakeError> {
    let (owned, limits) = (path.to_owned(), *limits);
    read_or_cancel(move || read_file(&owned, &limits), monitor)
}

/// Does `read` beside, or here where the system gives no thread.
fn read_or_cancel(
    read: impl FnOnce() -> Outcome<Vec<u8>> + Clone + Send + 'static,
    monitor: &Monitor,
) -> Outcome<Vec<u8>> {
    // Already asking what a file is may wait for ever.
    beside(std::thread::Builder::new(), "picture", monitor, read.clone()).unwrap_or_else(|_| read())
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

/// What there is to say of the size of a picture that [`decode`] made of `bytes` by `params`, also long after: that a
/// drawing was drawn coarser than asked for.
pub fn note_on_size(bytes: &[u8], size_px: [u32; 2], params: &IntakeParams) -> Option<String> {
    let (drawn_px, asked_px) = (size_px[0].max(size_px[1]), params.working_size_px);
    // Pixels are never enlarged, and drawings fill the size that they are drawn at.
    let is_coarser = drawn_px < asked_px && matches!(format::sniff(bytes), Ok(Kind::Drawing));
    is_coarser.then(|| coarser(asked_px, drawn_px))
}

/// What is said of a drawing whose longest side was to be `asked_px` and is `drawn_px`.
pub(super) fn coarser(asked_px: u32, drawn_px: u32) -> String {
    format!(
        "the drawing's layers, filters or patterns would take too long or too much memory at {asked_px} px, so it was \
         drawn at {drawn_px} px; for finer edges flatten or simplify them"
    )
}

/// Width and height that [`decode_whole`] gives a drawing, without drawing it. `None` for other pictures, for what cannot
/// be drawn, and when cancelled.
pub(super) fn drawn_size(bytes: &[u8], drawn_px: u32, limits: &Limits, monitor: &Monitor) -> Option<[u32; 2]> {
    let Ok(Kind::Drawing) = format::sniff(bytes) else { return None };
    let limits = *limits;
    on_drawing(bytes, monitor, move |bytes| drawing::size_px(bytes, drawn_px, &limits)).ok()
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
    let format = match format::sniff(bytes)? {
        Kind::Pixels(format) => format,
        Kind::Drawing => return draw(bytes, drawn_px, limits, monitor),
    };
    let bytes = &*match format {
        ImageFormat::Tiff => tiff::with_main_page_first(bytes)?,
        _ => Cow::Borrowed(bytes),
    };
    let pixels = guarded(name(format), || check_header(bytes, format, limits))?;
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
    let limits = *limits;
    let drawn = on_drawing(bytes, monitor, move |bytes| drawing::draw(bytes, drawn_px, &limits))?;
    let image = DynamicImage::ImageRgba8(drawn);
    Ok(Decoded { image, orientation: Orientation::NoTransforms, color_profile: None })
}

/// Does `work` on a drawing, in a thread of its own that has the stack for it.
fn on_drawing<T: Send + 'static>(
    bytes: &[u8],
    monitor: &Monitor,
    work: impl FnOnce(&[u8]) -> Outcome<T> + Send + 'static,
) -> Outcome<T> {
    let owned = bytes.to_vec();
    let work = move || guarded(drawing::FORMAT, || work(&owned));
    let thread = std::thread::Builder::new().stack_size(drawing::STACK_BYTES);
    beside(thread, drawing::FORMAT, monitor, work).map_err(|e| {
        let reason = format!("there is no thread to draw it: {e}");
        IntakeError::Damaged { format: drawing::FORMAT, reason }
    })?
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
    caught(work).unwrap_or_else(|_| Err(decoder_failed(format)))
}

/// What draws gives up on sound files as well, whose coordinates are too large for it.
fn decoder_failed(format: &'static str) -> IntakeError {
    match format {
        drawing::FORMAT => drawing::too_far(),
        _ => IntakeError::Damaged { format, reason: "the decoder gave up".to_owned() },
    }
}

/// What lies in a drawing, if it is a whole picture within limits.
pub(super) fn check_embedded(bytes: &[u8], limits: &Limits) -> Result<ImageFormat, IntakeError> {
    match format::sniff(bytes)? {
        Kind::Pixels(format) => guarded(name(format), || {
            check_header(bytes, format, limits)?;
            decode_pixels(bytes, format, limits).map(|_| format)
        }),
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
    if decoder.total_bytes() > limits.max_decoded_bytes {
        return Err(IntakeError::Memory { limit_bytes: limits.max_decoded_bytes });
    }
    Ok(pixels)
}

fn decode_pixels(bytes: &[u8], format: ImageFormat, limits: &Limits) -> Result<Decoded, IntakeError> {
    if format == ImageFormat::Jpeg {
        jpeg::check(bytes).map_err(|r| IntakeError::Damaged { format: name(format), reason: r.to_owned() })?;
    }
    let mut decoder = open(bytes, format, limits)?;
    // A broken EXIF block or colour profile must not cost the picture.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let color_profile = decoder.icc_profile().ok().flatten();
    let mut image = DynamicImage::from_decoder(decoder).map_err(|e| decode_error(e, format, limits))?;
    match (format, &mut image) {
        (ImageFormat::Tiff, image) if tiff::is_premultiplied(bytes) => tiff::unmultiply(image),
        // The fourth byte of 32 bits is often left at nothing, whatever the header calls it.
        (ImageFormat::Bmp, DynamicImage::ImageRgba8(pixels)) if pixels.pixels().all(|p| p[3] == 0) => {
            pixels.pixels_mut().for_each(|p| p[3] = 255);
        }
        _ => {}
    }
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
        ImageError::Limits(_) => IntakeError::Memory { limit_bytes: limits.max_decoded_bytes },
        e => IntakeError::Damaged { format, reason: one_line(&e.to_string()) },
    }
}

fn alpha_means_something(pixels: &image::RgbaImage) -> bool {
    pixels.pixels().any(|p| p[3] < 255) && pixels.pixels().any(|p| p[3] > 0)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::progress::CancelToken;

    #[test]
    fn a_file_that_never_opens_is_left_when_cancelled() {
        let (hold, held) = crossbeam_channel::bounded::<()>(0);
        let token = CancelToken::new();
        let cancel = token.clone();
        let read = move || {
            cancel.cancel();
            // Far longer than it takes to be left.
            let _ = held.recv_timeout(Duration::from_secs(20));
            Ok(vec![1])
        };
        let read = read_or_cancel(read, &Monitor::new(&token, &|_| {}));
        assert!(matches!(read, Err(IntakeError::Cancelled(_))));
        drop(hold);
        // An ordinary file is read no other way: it may lie on a share.
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.png");
        std::fs::write(&file, "x").unwrap();
        let read = |monitor: &Monitor| read_file_or_cancel(&file, &Limits::default(), monitor);
        assert_eq!(read(&Monitor::silent()).unwrap(), b"x");
        assert!(matches!(read(&Monitor::new(&token, &|_| {})), Err(IntakeError::Cancelled(_))));
    }
}
