//! Drawings (SVG) as pixels: crisp at any size, with an outline that needs no cutting out.
//!
//! Promises: nothing but the drawing itself is read, no fonts and no other files; what would silently be missing (text, parts
//! of web pages, and files that it only names) is an error instead, unless it is hidden anyway. Scripts and animations are ignored. What a hostile file may ask for is
//! limited.

mod copies;
mod costs;
mod count;
mod encoding;
mod inspect;
mod outline;
mod painting;
mod rules;

use std::sync::{Arc, Mutex};

use image::{ImageFormat, RgbaImage};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::roxmltree::{Document, ParsingOptions};
use resvg::usvg::{ImageHrefResolver, ImageKind, Options, Tree};

use super::intake::{self, IntakeError, Limits};
use crate::files::one_line;
use inspect::Inspection;

/// The name of the format.
pub(super) const FORMAT: &str = "SVG";
/// Bytes in which the first element has to begin.
const START: usize = 64 << 10;
/// Stack of the thread that draws: elements within one another are drawn by functions within one another.
pub(super) const STACK_BYTES: usize = 64 << 20;

/// Whether `bytes` are a drawing, by their content.
pub(super) fn is_drawing(bytes: &[u8]) -> bool {
    let start = &bytes[..bytes.len().min(START)];
    let text = encoding::start_of(start);
    let mut rest = text.trim_start_matches('\u{feff}').trim_start();
    // What may stand before the first element: declarations, a document type with its own brackets, comments.
    loop {
        let end = if rest.starts_with("<!--") {
            rest.find("-->").map(|at| at + 3)
        } else if rest.starts_with("<?") {
            rest.find("?>").map(|at| at + 2)
        } else if rest.starts_with("<!") {
            let bracket = rest.find('[').filter(|at| rest.find('>').is_some_and(|end| *at < end));
            match bracket {
                Some(_) => rest.find("]>").map(|at| at + 2),
                None => rest.find('>').map(|at| at + 1),
            }
        } else {
            break;
        };
        let Some(end) = end else { return false };
        rest = rest[end..].trim_start();
    }
    let Some(name) = rest.strip_prefix('<') else { return false };
    let name = name.split(|c: char| c.is_whitespace() || c == '>' || c == '/').next().unwrap_or_default();
    name == "svg" || name.ends_with(":svg")
}

/// Draws with a longest side of `side_px` on nothing; a half or a quarter of that where more would take too long or too
/// much memory, which [`intake::note_on_size`] tells.
///
/// # Errors
/// [`IntakeError::Damaged`] if it is no well-formed drawing, [`IntakeError::Text`], [`IntakeError::Linked`],
/// [`IntakeError::Unsupported`] if it asks for too much, and as pictures if one in it is broken.
pub(super) fn draw(bytes: &[u8], side_px: u32, limits: &Limits) -> Result<RgbaImage, IntakeError> {
    let tree = tree_of(bytes, limits)?;
    let (pixels, fit) = affordable(&tree, side_px)?;
    let mut drawn = Pixmap::new(pixels[0], pixels[1]).ok_or_else(|| damaged("it has no size"))?;
    resvg::render(&tree, fit, &mut drawn.as_mut());
    let straight = drawn.pixels().iter().map(|p| p.demultiply());
    let straight = straight.flat_map(|p| [p.red(), p.green(), p.blue(), p.alpha()]).collect();
    RgbaImage::from_raw(pixels[0], pixels[1], straight).ok_or_else(|| damaged("it has no size"))
}

/// Width and height that [`draw`] gives it, without drawing it.
///
/// # Errors
/// As [`draw`].
pub(super) fn size_px(bytes: &[u8], side_px: u32, limits: &Limits) -> Result<[u32; 2], IntakeError> {
    affordable(&tree_of(bytes, limits)?, side_px).map(|(pixels, _)| pixels)
}

/// What is drawn, once nothing is found in it that is refused.
fn tree_of(bytes: &[u8], limits: &Limits) -> Result<Tree, IntakeError> {
    let text = encoding::text_of(bytes)?;
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    let document = Document::parse_with_options(&text, options).map_err(damaged)?;
    Inspection::new(&document).inspect(&document)?;

    let failed = Mutex::new(None);
    let tree = Tree::from_xmltree(&document, &options_of(&failed, limits)).map_err(damaged)?;
    failed.into_inner().ok().flatten().map_or(Ok(tree), Err)
}

/// The size in pixels and the scale that come as near to `side_px` as can be afforded.
///
/// # Errors
/// Why not even the smallest can.
fn affordable(tree: &Tree, side_px: u32) -> Result<([u32; 2], Transform), IntakeError> {
    let size = [tree.size().width(), tree.size().height()];
    let at = |side_px: u32| {
        let side_px = side_px.max(1);
        let scale = side_px as f32 / size[0].max(size[1]);
        let pixels = size.map(|s| ((s * scale).round() as u32).clamp(1, side_px));
        let fit = Transform::from_scale(pixels[0] as f32 / size[0], pixels[1] as f32 / size[1]);
        costs::check(tree.root(), fit, pixels).map(|()| (pixels, fit))
    };
    at(side_px).or_else(|_| at(side_px / 2)).or_else(|_| at(side_px / 4))
}

fn damaged(reason: impl ToString) -> IntakeError {
    IntakeError::Damaged { format: FORMAT, reason: one_line(&reason.to_string()) }
}

fn unsupported(reason: &str) -> IntakeError {
    IntakeError::Unsupported { format: FORMAT, reason: reason.to_owned() }
}

/// What draws counts wrongly far from the frame, and gives up.
pub(super) fn too_far() -> IntakeError {
    unsupported("it reaches too far beyond its frame, or is too complex")
}

/// Nothing is read but what lies in the drawing itself; the first picture in it that is refused goes to `failed`.
fn options_of<'a>(failed: &'a Mutex<Option<IntakeError>>, limits: &'a Limits) -> Options<'a> {
    let resolve_data = move |_: &str, data: Arc<Vec<u8>>, _: &Options<'_>| {
        let checked = match intake::check_embedded(&data, limits) {
            Ok(ImageFormat::Png) => Ok(ImageKind::PNG(data)),
            Ok(ImageFormat::Jpeg) => Ok(ImageKind::JPEG(data)),
            Ok(ImageFormat::Gif) => Ok(ImageKind::GIF(data)),
            Ok(ImageFormat::WebP) => Ok(ImageKind::WEBP(data)),
            Ok(_) => Err(unsupported("a BMP or TIFF in it")),
            Err(error) => Err(error),
        };
        let keep = |error| {
            if let Ok(mut first) = failed.lock() {
                first.get_or_insert(error);
            }
        };
        checked.map_err(keep).ok()
    };
    Options {
        image_href_resolver: ImageHrefResolver {
            resolve_data: Box::new(resolve_data),
            resolve_string: Box::new(|_, _| None),
        },
        ..Options::default()
    }
}
