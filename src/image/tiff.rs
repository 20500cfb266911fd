//! What the tags of a TIFF say that the decoder does not look at: which page counts, and whether colours are multiplied.

use std::borrow::Cow;

use image::DynamicImage;

use super::intake::IntakeError;

/// Bit 0: a smaller copy of another page; bit 2: a mask for one.
const NEW_SUBFILE_TYPE: u16 = 254;
const IMAGE_WIDTH: u16 = 256;
/// Pages that are not in the chain.
const SUB_PAGES: u16 = 330;
/// 1 for colours that are multiplied by the opacity.
const EXTRA_SAMPLES: u16 = 338;
const DNG_VERSION: u16 = 50706;

/// The file, changed so that its first page is one of full size: some have a preview first, and decoders read the first.
///
/// # Errors
/// [`IntakeError::ForeignFormat`] for the raw data of cameras, of which only a preview could be read.
pub(super) fn with_main_page_first(bytes: &[u8]) -> Result<Cow<'_, [u8]>, IntakeError> {
    /// Pages that are looked at: they may form a ring.
    const MOST_PAGES: usize = 1000;
    let Some((tags, first)) = Tags::of(bytes) else { return Ok(Cow::Borrowed(bytes)) };
    let is_preview = |page: usize| tags.value(page, NEW_SUBFILE_TYPE).is_some_and(|kind| kind & 1 == 1);
    let has_sub_pages = tags.entry(first, SUB_PAGES).is_some();
    let is_raw = tags.entry(first, DNG_VERSION).is_some() || bytes.get(8..11).is_some_and(|b| b == b"CR\x02");
    if is_raw || is_preview(first) && has_sub_pages {
        return Err(IntakeError::ForeignFormat("camera raw"));
    }
    if !is_preview(first) {
        return Ok(Cow::Borrowed(bytes));
    }
    let mut pages = std::iter::successors(Some(first), |page| tags.next(*page)).take(MOST_PAGES);
    let is_main = |page: usize| {
        let is_there = tags.value(page, IMAGE_WIDTH).is_some();
        is_there && tags.value(page, NEW_SUBFILE_TYPE).is_none_or(|kind| kind & 0b101 == 0)
    };
    // A preview alone is better than nothing.
    let Some(main) = pages.find(|page| is_main(*page)) else { return Ok(Cow::Borrowed(bytes)) };
    let mut changed = bytes.to_vec();
    let offset = main as u32;
    changed[4..8].copy_from_slice(&if tags.is_big_endian { offset.to_be_bytes() } else { offset.to_le_bytes() });
    Ok(Cow::Owned(changed))
}

/// Whether the colours of the first page are multiplied by its opacity.
pub(super) fn is_premultiplied(bytes: &[u8]) -> bool {
    Tags::of(bytes).is_some_and(|(tags, first)| tags.value(first, EXTRA_SAMPLES) == Some(1))
}

/// Divides colours by the opacity.
pub(super) fn unmultiply(image: &mut DynamicImage) {
    match image {
        DynamicImage::ImageLumaA8(pixels) => divide(pixels, 2, 255.0, |v| v as u8),
        DynamicImage::ImageRgba8(pixels) => divide(pixels, 4, 255.0, |v| v as u8),
        DynamicImage::ImageLumaA16(pixels) => divide(pixels, 2, 65535.0, |v| v as u16),
        DynamicImage::ImageRgba16(pixels) => divide(pixels, 4, 65535.0, |v| v as u16),
        // Values between 0 and 1 take part in no rounding.
        DynamicImage::ImageRgba32F(pixels) => {
            for pixel in pixels.chunks_exact_mut(4).filter(|p| p[3] > 0.0) {
                (0..3).for_each(|c| pixel[c] /= pixel[3]);
            }
        }
        _ => {}
    }
}

fn divide<T: Copy + Into<f64>>(samples: &mut [T], channels: usize, most: f64, rounded: impl Fn(f64) -> T) {
    for pixel in samples.chunks_exact_mut(channels) {
        let opacity = pixel[channels - 1].into() / most;
        if opacity > 0.0 {
            pixel[..channels - 1].iter_mut().for_each(|c| *c = rounded(((*c).into() / opacity).round().min(most)));
        }
    }
}

/// The pages of a file and their tags (TIFF 6.0, section 2). Whatever lies outside the file is not there.
struct Tags<'a> {
    bytes: &'a [u8],
    is_big_endian: bool,
}

impl<'a> Tags<'a> {
    /// With the offset of the first page.
    fn of(bytes: &'a [u8]) -> Option<(Self, usize)> {
        let tags = Self { bytes, is_big_endian: bytes.starts_with(b"MM") };
        let first = tags.u32(4)?;
        Some((tags, first as usize))
    }

    fn u16(&self, at: usize) -> Option<u16> {
        let bytes = *self.bytes.get(at..)?.first_chunk()?;
        Some(if self.is_big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
    }

    fn u32(&self, at: usize) -> Option<u32> {
        let bytes = *self.bytes.get(at..)?.first_chunk()?;
        Some(if self.is_big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
    }

    /// Offset of the entry of a tag.
    fn entry(&self, page: usize, tag: u16) -> Option<usize> {
        let count = usize::from(self.u16(page)?);
        (0..count).map(|i| page + 2 + 12 * i).find(|at| self.u16(*at) == Some(tag))
    }

    /// The first value of a tag of whole numbers.
    fn value(&self, page: usize, tag: u16) -> Option<u32> {
        const SHORT: u16 = 3;
        const LONG: u16 = 4;
        let entry = self.entry(page, tag)?;
        let (kind, count) = (self.u16(entry + 2)?, self.u32(entry + 4)?);
        let fits = count <= if kind == SHORT { 2 } else { 1 };
        let at = if fits { entry + 8 } else { self.u32(entry + 8)? as usize };
        match kind {
            SHORT => self.u16(at).map(u32::from),
            LONG => self.u32(at),
            _ => None,
        }
    }

    fn next(&self, page: usize) -> Option<usize> {
        let count = usize::from(self.u16(page)?);
        self.u32(page + 2 + 12 * count).filter(|next| *next > 0).map(|next| next as usize)
    }
}
