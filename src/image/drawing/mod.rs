//! Drawings (SVG) as pixels: crisp at any size, with an outline that needs no cutting out.
//!
//! Promises: nothing but the drawing itself is read, no fonts and no other files; what would silently be missing (text, parts
//! of web pages, and files that it only names) is an error instead, unless it is hidden anyway. Scripts and animations are ignored. What a hostile file may ask for is
//! limited.

mod encoding;
mod inspect;

use std::sync::{Arc, Mutex};

use image::{ImageFormat, RgbaImage};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::roxmltree::{Document, ParsingOptions};
use resvg::usvg::{Fill, Group, ImageHrefResolver, ImageKind, Node, Options, Paint, Stroke, Tree, filter};

use super::intake::{self, IntakeError, Limits};
use crate::files::one_line;
use inspect::Inspection;

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

/// Draws with a longest side of `side_px` on nothing.
///
/// # Errors
/// [`IntakeError::Damaged`] if it is no well-formed drawing, [`IntakeError::Text`], [`IntakeError::Linked`],
/// [`IntakeError::Unsupported`] if it asks for too much, and as pictures if one in it is broken.
pub(super) fn draw(bytes: &[u8], side_px: u32, limits: &Limits) -> Result<RgbaImage, IntakeError> {
    let text = encoding::text_of(bytes)?;
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    let document = Document::parse_with_options(&text, options).map_err(damaged)?;
    Inspection::new(&document).inspect(&document)?;

    let failed = Mutex::new(None);
    let tree = Tree::from_xmltree(&document, &options_of(&failed, limits)).map_err(damaged)?;
    if let Some(error) = failed.into_inner().ok().flatten() {
        return Err(error);
    }
    let size = [tree.size().width(), tree.size().height()];
    let scale = side_px as f32 / size[0].max(size[1]);
    let pixels = size.map(|s| ((s * scale).round() as u32).clamp(1, side_px));
    let fit = Transform::from_scale(pixels[0] as f32 / size[0], pixels[1] as f32 / size[1]);
    Costs { canvas_px: pixels.map(|p| p as f32), looks: 0.0 }.check(tree.root(), fit)?;
    let mut drawn = Pixmap::new(pixels[0], pixels[1]).ok_or_else(|| damaged("it has no size"))?;
    resvg::render(&tree, fit, &mut drawn.as_mut());
    let straight = drawn.pixels().iter().map(|p| p.demultiply());
    let straight = straight.flat_map(|p| [p.red(), p.green(), p.blue(), p.alpha()]).collect();
    RgbaImage::from_raw(pixels[0], pixels[1], straight).ok_or_else(|| damaged("it has no size"))
}

fn damaged(reason: impl ToString) -> IntakeError {
    IntakeError::Damaged { format: "SVG", reason: one_line(&reason.to_string()) }
}

fn unsupported(reason: &str) -> IntakeError {
    IntakeError::Unsupported { format: "SVG", reason: reason.to_owned() }
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

/// What a drawing takes that does not show in the number of its elements.
struct Costs {
    canvas_px: [f32; 2],
    /// Pixels that filters look at, all together.
    looks: f32,
}

impl Costs {
    /// A pattern is drawn once at its whole size, however little of it shows; thickening looks at all pixels around each
    /// pixel.
    ///
    /// # Errors
    /// [`IntakeError::Unsupported`] if a pattern has more than 64 megapixels, or thickening takes longer than some
    /// seconds.
    fn check(&mut self, group: &Group, transform: Transform) -> Result<(), IntakeError> {
        const MOST_PIXELS: f32 = (64 << 20) as f32;
        self.check_filters(group, transform)?;
        let mut mask = group.mask();
        while let Some(this) = mask {
            self.check(this.root(), transform)?;
            mask = this.mask();
        }
        for node in group.children() {
            let paints = match node {
                Node::Group(group) => {
                    self.check(group, transform.pre_concat(group.transform()))?;
                    continue;
                }
                Node::Path(path) => [path.fill().map(Fill::paint), path.stroke().map(Stroke::paint)],
                _ => continue,
            };
            for paint in paints.into_iter().flatten() {
                let Paint::Pattern(pattern) = paint else { continue };
                let (x, y) = transform.pre_concat(pattern.transform()).get_scale();
                if pattern.rect().width() * x * pattern.rect().height() * y > MOST_PIXELS {
                    return Err(unsupported("a pattern in it is far larger than the drawing"));
                }
                self.check(pattern.root(), Transform::from_scale(x, y))?;
            }
        }
        Ok(())
    }

    fn check_filters(&mut self, group: &Group, transform: Transform) -> Result<(), IntakeError> {
        const MOST_LOOKS: f32 = 4e9;
        let (x, y) = transform.get_scale();
        for effect in group.filters() {
            let wide = (effect.rect().width() * x).min(self.canvas_px[0]);
            let high = (effect.rect().height() * y).min(self.canvas_px[1]);
            for primitive in effect.primitives() {
                if let filter::Kind::Morphology(thicker) = primitive.kind() {
                    let around = [thicker.radius_x().get() * x, thicker.radius_y().get() * y].map(|r| 2.0 * r + 1.0);
                    self.looks += wide * high * around[0] * around[1];
                }
            }
        }
        if self.looks > MOST_LOOKS {
            return Err(unsupported("it has a filter that would take too long"));
        }
        Ok(())
    }
}
