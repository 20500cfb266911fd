//! How large a craft becomes, in millimetres.

use super::CraftError;
use crate::request::SizeParams;

/// Height of a figure when no size is asked for.
pub(super) const FIGURE_HEIGHT_MM: f32 = 80.0;
/// Smallest and largest width or height that a picture area may get.
const PICTURE_RANGE_MM: [f32; 2] = [2.0, 2000.0];

/// Millimetres per unit of a figure with the given extent (width, height, depth in model units). It
/// keeps its proportions; of several sizes asked for, the one that makes it smallest counts.
pub(super) fn figure_millimetres_per_unit(extent: [f32; 3], size: &SizeParams) -> f32 {
    let asked = [size.width_mm, size.height_mm, size.depth_mm];
    let fitted = asked.iter().zip(extent).filter_map(|(mm, e)| mm.map(|mm| mm / e.max(1e-6))).reduce(f32::min);
    fitted.unwrap_or(FIGURE_HEIGHT_MM / extent[1].max(1e-6)) * size.scale
}

/// How large a craft is when no size is asked for; heights are those of the picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum DefaultSize {
    /// The longer of width and height, in mm.
    Longest(f32),
    /// Width in mm.
    Width(f32),
    /// Height in mm.
    Height(f32),
    /// At most this width and this height, in mm.
    Within([f32; 2]),
}

/// Width and height in mm of a picture of `aspect` (width / height), around which `added` mm of frame
/// come in each direction, so that the whole has the size asked for. Of several sizes asked for, the
/// one that makes it smallest counts; `scale` is a factor on the size of the whole, not on the frame.
///
/// # Errors
/// [`CraftError::TooSmall`], [`CraftError::TooLarge`].
pub(super) fn picture_size_mm(
    aspect: f32,
    added: [f32; 2],
    size: &SizeParams,
    default: DefaultSize,
) -> Result<[f32; 2], CraftError> {
    let width_from_width = |mm: f32| mm * size.scale - added[0];
    let width_from_height = |mm: f32| (mm * size.scale - added[1]) * aspect;
    let asked = [size.width_mm.map(width_from_width), size.height_mm.map(width_from_height)];
    let width = asked.into_iter().flatten().reduce(f32::min).unwrap_or_else(|| match default {
        DefaultSize::Longest(mm) => width_from_width(mm).min(width_from_height(mm)),
        DefaultSize::Width(mm) => width_from_width(mm),
        DefaultSize::Height(mm) => width_from_height(mm),
        DefaultSize::Within([w, h]) => width_from_width(w).min(width_from_height(h)),
    });
    let picture = [width, width / aspect];
    let [smallest, largest] = PICTURE_RANGE_MM;
    // Written so that NaN fails too.
    if !picture.iter().all(|&mm| mm >= smallest) {
        return Err(CraftError::TooSmall { width_mm: picture[0], height_mm: picture[1], frame_mm: added });
    }
    if picture.iter().any(|&mm| mm > largest) {
        return Err(CraftError::TooLarge { width_mm: picture[0], height_mm: picture[1] });
    }
    Ok(picture)
}

/// The width and height in mm that the whole may have at most, one of which it has; `None` is left to
/// the proportions. Without a size asked for, its longer side is `longest_mm`.
pub(super) fn limits_mm(size: &SizeParams, longest_mm: f32) -> [Option<f32>; 2] {
    let asked = [size.width_mm, size.height_mm];
    let limits = if asked == [None, None] { [Some(longest_mm); 2] } else { asked };
    limits.map(|mm| mm.map(|mm| mm * size.scale))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_has_the_size_asked_for_frame_included() {
        let size = |width_mm, height_mm, scale| SizeParams { width_mm, height_mm, scale, ..SizeParams::default() };
        let picture = |size| picture_size_mm(2.0, [6.0, 10.0], &size, DefaultSize::Longest(50.0)).unwrap();
        assert_eq!(picture(size(Some(106.0), None, 1.0)), [100.0, 50.0]);
        assert_eq!(picture(size(None, Some(60.0), 1.0)), [100.0, 50.0]);
        assert_eq!(picture(size(Some(106.0), Some(35.0), 1.0)), [50.0, 25.0]);
        assert_eq!(picture(size(None, None, 1.0)), [44.0, 22.0]);
        assert_eq!(picture(size(None, None, 2.0)), [94.0, 47.0]);
        assert_eq!(limits_mm(&size(None, None, 2.0), 50.0), [Some(100.0); 2]);
        assert_eq!(limits_mm(&size(None, Some(60.0), 0.5), 50.0), [None, Some(30.0)]);
    }

    #[test]
    fn sizes_that_nothing_can_have_are_refused() {
        let size = |mm| SizeParams { width_mm: Some(mm), ..SizeParams::default() };
        let picture = |mm| picture_size_mm(1.0, [6.0, 6.0], &size(mm), DefaultSize::Width(1.0));
        assert!(matches!(picture(7.0), Err(CraftError::TooSmall { .. })));
        let told = |mm| picture(mm).unwrap_err().to_string();
        assert!(told(7.0).contains("only 1.0 × 1.0 mm (frame: 6.0 × 6.0 mm)"), "{}", told(7.0));
        for mm in [4.0, 6.0] {
            let told = told(mm);
            assert!(told.contains("frame of 6.0 × 6.0 mm leaves nothing"), "a side of no length has no size: {told}");
        }
        assert!(matches!(picture(5000.0), Err(CraftError::TooLarge { .. })));
        assert!(picture_size_mm(f32::NAN, [0.0; 2], &size(50.0), DefaultSize::Width(1.0)).is_err());
    }
}
