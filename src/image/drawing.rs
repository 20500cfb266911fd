//! Drawings (SVG) as pixels: crisp at any size, with an outline that needs no cutting out.
//!
//! Promises: nothing but the drawing itself is read, no fonts and no other files; what would silently be missing (text, and
//! pictures that it only names) is an error instead. Scripts and animations are ignored. What a hostile file may ask for is
//! limited.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use image::{ImageFormat, RgbaImage};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::roxmltree::{self, Document, NodeId, ParsingOptions};
use resvg::usvg::{Fill, Group, ImageHrefResolver, ImageKind, Node, Options, Paint, Stroke, Tree};

use super::intake::{self, IntakeError, Limits};
use crate::files::one_line;

/// Elements that are drawn at most, each as often as it is referred to.
const MOST_ELEMENTS: u64 = 1_000_000;
/// Elements within one another at most, those that are referred to among them.
const DEEPEST: usize = 400;
/// Bytes in which the first element has to begin.
const START: usize = 64 << 10;
/// Stack of the thread that draws: elements within one another are drawn by functions within one another.
pub(super) const STACK_BYTES: usize = 64 << 20;

/// Whether `bytes` are a drawing, by their content.
pub(super) fn is_drawing(bytes: &[u8]) -> bool {
    let start = &bytes[..bytes.len().min(START)];
    let text = String::from_utf8_lossy(start.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(start));
    let mut rest = text.trim_start();
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
    let text = std::str::from_utf8(bytes).map_err(|_| damaged("it is not text in UTF-8"))?;
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options).map_err(damaged)?;
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
    check_patterns(tree.root(), fit)?;
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

type Element<'a, 'input> = roxmltree::Node<'a, 'input>;

/// Looks for what could not be drawn, or not in any reasonable time.
struct Inspection<'a, 'input> {
    by_id: HashMap<&'a str, Element<'a, 'input>>,
    /// Elements that each element draws, itself among them; nothing for those that are being counted.
    counts: HashMap<NodeId, u64>,
}

impl<'a, 'input> Inspection<'a, 'input> {
    fn new(document: &'a Document<'input>) -> Self {
        let by_id = document.descendants().filter_map(|n| Some((n.attribute("id")?, n))).collect();
        Self { by_id, counts: HashMap::new() }
    }

    fn inspect(mut self, document: &'a Document<'input>) -> Result<(), IntakeError> {
        for node in document.descendants().filter(Element::is_element) {
            let name = node.tag_name().name();
            if matches!(name, "text" | "foreignObject") && has_text(&node) && !has_stand_in(&node) {
                return Err(IntakeError::Text);
            }
            let link = node.attributes().find(|a| a.name() == "href").map_or("", |a| a.value().trim());
            let is_elsewhere = !link.is_empty() && !link.starts_with('#') && !link.starts_with("data:");
            if is_elsewhere && matches!(name, "image" | "feImage" | "use") {
                return Err(IntakeError::Linked(one_line(link).chars().take(80).collect()));
            }
        }
        if document.descendants().any(|n| is_endless(&n)) {
            return Err(unsupported("it has a filter that would take too long"));
        }
        if self.count(document.root_element(), 0)? > MOST_ELEMENTS {
            return Err(unsupported("it draws more than a million elements"));
        }
        Ok(())
    }

    fn count(&mut self, node: Element<'a, 'input>, depth: usize) -> Result<u64, IntakeError> {
        if depth > DEEPEST {
            return Err(unsupported("its elements lie too deep within one another"));
        }
        if let Some(count) = self.counts.get(&node.id()) {
            return Ok(*count);
        }
        // What refers to itself is not drawn at all.
        self.counts.insert(node.id(), 0);
        let mut count = 1_u64;
        for child in node.children().filter(Element::is_element) {
            count = count.saturating_add(self.count(child, depth + 1)?);
        }
        for attribute in node.attributes() {
            let value = attribute.value();
            let whole = value.strip_prefix('#').filter(|_| attribute.name() == "href");
            let within = value
                .split("url(")
                .skip(1)
                .filter_map(|part| part.split(')').next()?.trim().trim_matches(['"', '\'']).strip_prefix('#'));
            for id in whole.into_iter().chain(within) {
                if let Some(target) = self.by_id.get(id).copied() {
                    count = count.saturating_add(self.count(target, depth + 1)?);
                }
            }
        }
        self.counts.insert(node.id(), count);
        Ok(count)
    }
}

fn has_text(node: &Element<'_, '_>) -> bool {
    node.descendants().any(|n| n.is_text() && n.text().is_some_and(|t| !t.trim().is_empty()))
}

/// Whether a part of a web page, which is never drawn here, has an element beside it that is drawn in its place.
fn has_stand_in(node: &Element<'_, '_>) -> bool {
    let is_page = |n: &Element<'_, '_>| n.tag_name().name() == "foreignObject";
    let switch = node.parent().filter(|p| is_page(node) && p.tag_name().name() == "switch");
    switch.is_some_and(|switch| switch.children().any(|n| n.is_element() && !is_page(&n)))
}

/// Filters whose time for each pixel has no bound: for thickening every radius may be asked for.
fn is_endless(node: &Element<'_, '_>) -> bool {
    const MOST: f64 = 16.0;
    let is_above = |name| {
        let numbers = node.attribute(name).unwrap_or_default().split([' ', ',']);
        numbers.filter_map(|n| n.trim().parse::<f64>().ok()).any(|n| n > MOST)
    };
    match node.tag_name().name() {
        "feMorphology" => true,
        "feTurbulence" => is_above("numOctaves"),
        "feConvolveMatrix" => is_above("order"),
        _ => false,
    }
}

/// A pattern is drawn once at its whole size, however little of it shows.
///
/// # Errors
/// [`IntakeError::Unsupported`] if one has more than 64 megapixels.
fn check_patterns(group: &Group, transform: Transform) -> Result<(), IntakeError> {
    const MOST_PIXELS: f32 = (64 << 20) as f32;
    if let Some(mask) = group.mask() {
        check_patterns(mask.root(), transform)?;
    }
    for node in group.children() {
        let paints = match node {
            Node::Group(group) => {
                check_patterns(group, transform.pre_concat(group.transform()))?;
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
            check_patterns(pattern.root(), Transform::from_scale(x, y))?;
        }
    }
    Ok(())
}
