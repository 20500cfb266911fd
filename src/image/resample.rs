//! Changing the size of pixel grids.
//!
//! Everything is convolved in sRGB values (as Pillow, OpenCV and the published preprocessing of
//! image-to-3D models do), in the sample type of the source, so that a large picture is never
//! copied to a wider type before it is small.

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, MulDiv, PixelType, ResizeAlg, ResizeOptions, Resizer};
use image::{DynamicImage, GrayImage, ImageBuffer, Pixel, RgbaImage};

/// A part of an image in pixels; may have fractions, must lie inside the image.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Crop {
    pub left: f64,
    pub top: f64,
    pub width: f64,
    pub height: f64,
}

/// The resampler refused. Sizes and buffers are checked before it is called, so this is a defect of
/// the program; it is still an error and not a panic.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the picture could not be resized ({0}); please report this")]
pub struct ResampleError(String);

impl ResampleError {
    fn from_source(source: impl std::fmt::Display) -> Self {
        Self(source.to_string())
    }
}

/// Width and height with the same proportions and the longest side at most `longest_px`; at least
/// 1×1, never larger than `size`.
pub(crate) fn fit(size: [u32; 2], longest_px: u32) -> [u32; 2] {
    let longest = size[0].max(size[1]);
    if longest <= longest_px {
        return size;
    }
    let scale = f64::from(longest_px) / f64::from(longest);
    size.map(|side| ((f64::from(side) * scale).round() as u32).max(1))
}

/// Reduces any picture to `size` (Lanczos, colours weighted by alpha) and makes it 8-bit RGBA. The
/// source is dropped as soon as it is not needed.
///
/// # Errors
/// [`ResampleError`] on a defect of the program.
pub(crate) fn reduce_to_rgba(source: DynamicImage, size: [u32; 2]) -> Result<RgbaImage, ResampleError> {
    if [source.width(), source.height()] == size {
        return Ok(source.into_rgba8());
    }
    let resizer = &mut Resizer::new();
    let small = match source {
        DynamicImage::ImageLuma8(i) => DynamicImage::ImageLuma8(reduce(resizer, i, size, PixelType::U8)?),
        DynamicImage::ImageLumaA8(i) => DynamicImage::ImageLumaA8(reduce(resizer, i, size, PixelType::U8x2)?),
        DynamicImage::ImageRgb8(i) => DynamicImage::ImageRgb8(reduce(resizer, i, size, PixelType::U8x3)?),
        DynamicImage::ImageRgba8(i) => DynamicImage::ImageRgba8(reduce(resizer, i, size, PixelType::U8x4)?),
        DynamicImage::ImageLuma16(i) => DynamicImage::ImageLuma16(reduce(resizer, i, size, PixelType::U16)?),
        DynamicImage::ImageLumaA16(i) => DynamicImage::ImageLumaA16(reduce(resizer, i, size, PixelType::U16x2)?),
        DynamicImage::ImageRgb16(i) => DynamicImage::ImageRgb16(reduce(resizer, i, size, PixelType::U16x3)?),
        DynamicImage::ImageRgba16(i) => DynamicImage::ImageRgba16(reduce(resizer, i, size, PixelType::U16x4)?),
        DynamicImage::ImageRgb32F(i) => DynamicImage::ImageRgb32F(reduce(resizer, i, size, PixelType::F32x3)?),
        DynamicImage::ImageRgba32F(i) => DynamicImage::ImageRgba32F(reduce(resizer, i, size, PixelType::F32x4)?),
        other => DynamicImage::ImageRgba8(reduce(resizer, other.into_rgba8(), size, PixelType::U8x4)?),
    };
    Ok(small.into_rgba8())
}

/// Colours are weighted by alpha where there is one, in place: the resizer would take a copy of the whole picture for that.
fn reduce<P>(
    resizer: &mut Resizer,
    mut source: ImageBuffer<P, Vec<P::Subpixel>>,
    size: [u32; 2],
    pixel_type: PixelType,
) -> Result<ImageBuffer<P, Vec<P::Subpixel>>, ResampleError>
where
    P: Pixel,
    P::Subpixel: bytemuck::Pod,
{
    let from = [source.width(), source.height()];
    let weights = MulDiv::new();
    let has_alpha = weights.is_supported(pixel_type);
    if has_alpha {
        let samples: &mut [P::Subpixel] = &mut source;
        let mut image = Image::from_slice_u8(from[0], from[1], bytemuck::cast_slice_mut(samples), pixel_type)
            .map_err(ResampleError::from_source)?;
        weights.multiply_alpha_inplace(&mut image).map_err(ResampleError::from_source)?;
    }
    let options = options(None, FilterType::Lanczos3);
    let mut small = resized(resizer, bytemuck::cast_slice(source.as_raw()), from, size, pixel_type, &options)?;
    drop(source);
    if has_alpha {
        weights.divide_alpha_inplace(&mut small).map_err(ResampleError::from_source)?;
    }
    ImageBuffer::from_raw(size[0], size[1], bytemuck::pod_collect_to_vec(small.buffer()))
        .ok_or_else(|| ResampleError::from_source("the buffer has the wrong length"))
}

fn resized(
    resizer: &mut Resizer,
    source: &[u8],
    from: [u32; 2],
    to: [u32; 2],
    pixel_type: PixelType,
    options: &ResizeOptions,
) -> Result<Image<'static>, ResampleError> {
    let source = ImageRef::new(from[0], from[1], source, pixel_type).map_err(ResampleError::from_source)?;
    let mut target = Image::new(to[0], to[1], pixel_type);
    resizer.resize(&source, &mut target, options).map_err(ResampleError::from_source)?;
    Ok(target)
}

fn options(crop: Option<Crop>, filter: FilterType) -> ResizeOptions {
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(filter)).use_alpha(false);
    match crop {
        Some(Crop { left, top, width, height }) => options.crop(left, top, width, height),
        None => options,
    }
}

/// Resizes `crop` of `source` to `size`, each channel on its own: right for pixels whose colours
/// mean something everywhere, also where they are transparent.
///
/// # Errors
/// [`ResampleError`] on a defect of the program.
pub(crate) fn rgba_unweighted(
    source: &RgbaImage,
    crop: Option<Crop>,
    size: [u32; 2],
    filter: FilterType,
) -> Result<RgbaImage, ResampleError> {
    let from = [source.width(), source.height()];
    let options = options(crop, filter);
    let resized = resized(&mut Resizer::new(), source.as_raw(), from, size, PixelType::U8x4, &options)?;
    RgbaImage::from_raw(size[0], size[1], resized.into_vec())
        .ok_or_else(|| ResampleError::from_source("the buffer has the wrong length"))
}

/// Resizes a grey image; averages when reducing, interpolates linearly when enlarging.
///
/// # Errors
/// [`ResampleError`] on a defect of the program.
pub(crate) fn gray(source: &GrayImage, size: [u32; 2]) -> Result<GrayImage, ResampleError> {
    let from = [source.width(), source.height()];
    let options = options(None, FilterType::Bilinear);
    let resized = resized(&mut Resizer::new(), source.as_raw(), from, size, PixelType::U8, &options)?;
    GrayImage::from_raw(size[0], size[1], resized.into_vec())
        .ok_or_else(|| ResampleError::from_source("the buffer has the wrong length"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{Luma, LumaA, Rgba};

    #[test]
    fn fit_keeps_proportions_and_never_enlarges() {
        assert_eq!(fit([4000, 3000], 1024), [1024, 768]);
        assert_eq!(fit([1, 20000], 1024), [1, 1024]);
        assert_eq!(fit([20, 10], 1024), [20, 10]);
    }

    #[test]
    fn hidden_colours_do_not_bleed_in() {
        // Opaque red beside fully transparent green: a naive resize turns the seam brown.
        let source =
            RgbaImage::from_fn(64, 64, |x, _| if x < 31 { Rgba([255, 0, 0, 255]) } else { Rgba([0, 255, 0, 0]) });
        let small = reduce_to_rgba(DynamicImage::ImageRgba8(source), [16, 16]).unwrap();
        for pixel in small.pixels().filter(|p| p[3] > 0) {
            assert!(pixel[0] > 240 && pixel[1] < 15, "{pixel:?}");
        }
        assert!(small.pixels().any(|p| (1..255).contains(&p[3])), "the seam is soft");
    }

    #[test]
    fn every_sample_type_keeps_its_brightness() {
        let grey = image::ImageBuffer::from_pixel(40, 40, Luma([40_000_u16]));
        let small = reduce_to_rgba(DynamicImage::ImageLuma16(grey), [10, 10]).unwrap();
        assert!(small.pixels().all(|p| p[0].abs_diff(156) <= 1 && p[3] == 255), "{:?}", small.get_pixel(5, 5));
    }

    #[test]
    fn alpha_weighs_the_colours_without_a_copy_of_the_picture() {
        fn check<P>(source: ImageBuffer<P, Vec<P::Subpixel>>, pixel_type: PixelType)
        where
            P: Pixel,
            P::Subpixel: bytemuck::Pod,
        {
            let (from, size) = ([source.width(), source.height()], [20, 16]);
            let whole_bytes = size_of_val(source.as_raw().as_slice());
            // What the resizer makes of it by itself, with a copy.
            let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3));
            let mut copying = Resizer::new();
            let source_bytes = bytemuck::cast_slice(source.as_raw());
            let expected = resized(&mut copying, source_bytes, from, size, pixel_type, &options).unwrap();
            assert!(copying.size_of_internal_buffers() > whole_bytes);

            let mut resizer = Resizer::new();
            let small = reduce(&mut resizer, source, size, pixel_type).unwrap();
            assert!(bytemuck::cast_slice::<_, u8>(small.as_raw()) == expected.buffer(), "{pixel_type:?}");
            let beside = resizer.size_of_internal_buffers();
            assert!(beside < whole_bytes / 4, "{beside} bytes beside {whole_bytes} of {pixel_type:?}");
        }
        let level = |x: u32, y: u32| (x * 977 + y * 1531) % 65_536;
        let deep = |x, y| [0, 9, 17, 30].map(|shift| level(x + shift, y) as u16);
        check(ImageBuffer::from_fn(320, 256, |x, y| Rgba(deep(x, y))), PixelType::U16x4);
        check(ImageBuffer::from_fn(320, 256, |x, y| LumaA([deep(x, y)[0], deep(y, x)[1]])), PixelType::U16x2);
        check(ImageBuffer::from_fn(320, 256, |x, y| Rgba(deep(x, y).map(|l| (l >> 8) as u8))), PixelType::U8x4);
        check(
            ImageBuffer::from_fn(320, 256, |x, y| Rgba(deep(x, y).map(|l| f32::from(l) / 65_535.0))),
            PixelType::F32x4,
        );
    }
}
