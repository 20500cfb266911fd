//! Looks in a drawing for what could not be drawn, or not in any reasonable time.

use std::collections::HashSet;

use resvg::usvg::roxmltree::{self, Document};

use super::{count, damaged, unsupported};
use crate::files::one_line;
use crate::image::intake::IntakeError;

/// Attributes that say how something looks.
const LOOKS: &[&str] = &[
    "clip-path",
    "color",
    "fill",
    "filter",
    "flood-color",
    "marker",
    "marker-end",
    "marker-mid",
    "marker-start",
    "mask",
    "opacity",
    "stop-color",
    "stroke",
    "stroke-width",
    "style",
];

pub(super) type Element<'a, 'input> = roxmltree::Node<'a, 'input>;

pub(super) struct Inspection<'a> {
    /// What something refers to.
    referred: HashSet<&'a str>,
}

impl<'a> Inspection<'a> {
    pub(super) fn new(document: &'a Document<'_>) -> Self {
        let mut referred: HashSet<_> =
            document.descendants().flat_map(|n| references(&n).collect::<Vec<_>>()).collect();
        let styles = document.descendants().filter(|n| n.is_text() && n.parent().is_some_and(|p| is(&p, "style")));
        referred.extend(styles.filter_map(|n| n.text()).flat_map(urls).filter_map(|url| url.strip_prefix('#')));
        Self { referred }
    }

    /// # Errors
    /// For whatever it finds, unless it lies in what is not drawn.
    pub(super) fn inspect(&self, document: &Document<'_>) -> Result<(), IntakeError> {
        count::check(document)?;
        for node in document.descendants() {
            if let Some(instruction) = node.pi().filter(|pi| pi.target == "xml-stylesheet") {
                let link = instruction.value.and_then(|v| v.split_once("href=")).and_then(|(_, v)| v.get(1..));
                check_style_file(link.unwrap_or_default().split(['"', '\'']).next().unwrap_or_default())?;
            }
            if node.is_element() {
                match check(&node) {
                    Err(error) if !self.is_hidden(node) => return Err(error),
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// Whether it lies in a hidden layer, or among definitions that nothing refers to. What something refers to might be
    /// drawn there.
    fn is_hidden(&self, node: Element<'_, '_>) -> bool {
        const ONLY_REFERRED: &[&str] = &["clipPath", "defs", "filter", "marker", "mask", "pattern", "symbol"];
        if is(&node, "style") {
            return false;
        }
        for around in node.ancestors() {
            if is_display_none(&around) {
                return true;
            }
            if around.attribute("id").is_some_and(|id| self.referred.contains(id)) {
                return false;
            }
            if ONLY_REFERRED.contains(&around.tag_name().name()) {
                return true;
            }
        }
        false
    }
}

pub(super) fn is(node: &Element<'_, '_>, name: &str) -> bool {
    node.tag_name().name() == name
}

/// What the attributes of an element refer to within the drawing.
pub(super) fn references<'a>(node: &Element<'a, '_>) -> impl Iterator<Item = &'a str> {
    node.attributes().flat_map(|attribute| {
        let whole = Some(attribute.value()).filter(|_| attribute.name() == "href");
        whole.into_iter().chain(urls(attribute.value())).filter_map(|link| link.trim().strip_prefix('#'))
    })
}

/// What lies in the brackets of `url(…)`.
pub(super) fn urls(style: &str) -> impl Iterator<Item = &str> {
    let parts = style.split("url(").skip(1).filter_map(|part| part.split(')').next());
    parts.map(|url| url.trim().trim_matches(['"', '\'']).trim())
}

fn check(node: &Element<'_, '_>) -> Result<(), IntakeError> {
    let name = node.tag_name().name();
    if is_endless(node) {
        return Err(unsupported("it has a filter that would take too long"));
    }
    if matches!(name, "text" | "flowRoot" | "foreignObject") && !has_stand_in(node) {
        if has_text(node) {
            return Err(IntakeError::Text);
        }
        if name == "foreignObject" && node.descendants().any(|n| shows_in_page(&n)) {
            return Err(unsupported("it has a part of a web page in it"));
        }
    }
    if name == "style" {
        node.children().filter_map(|n| n.text()).try_for_each(check_style_sheet)?;
    }
    for attribute in node.attributes().filter(|a| LOOKS.contains(&a.name())) {
        check_style(attribute.value())?;
    }
    if matches!(name, "image" | "feImage" | "use") {
        let link = node.attributes().find(|a| a.name() == "href").map_or("", |a| a.value().trim());
        check_link(link)?;
        if name != "use" && link.starts_with("data:") && !is_data(link) {
            return Err(damaged("a picture in it is broken"));
        }
    }
    Ok(())
}

fn check_link(link: &str) -> Result<(), IntakeError> {
    if link.is_empty() || link.starts_with('#') || link.starts_with("data:") {
        return Ok(());
    }
    Err(IntakeError::Linked(one_line(link).chars().take(80).collect()))
}

/// Fonts change nothing where there is no text.
fn check_style_file(link: &str) -> Result<(), IntakeError> {
    if link.contains("font") { Ok(()) } else { check_link(link) }
}

fn check_style_sheet(text: &str) -> Result<(), IntakeError> {
    let text = without(&without(text, "/*", "*/"), "@font-face", "}");
    for import in text.split("@import").skip(1) {
        let link = import.split(';').next().unwrap_or_default().trim();
        check_style_file(urls(link).next().unwrap_or(link.trim_matches(['"', '\''])))?;
    }
    check_style(&without(&without(&text, "@import", ";"), "@namespace", ";"))
}

fn check_style(text: &str) -> Result<(), IntakeError> {
    if text.contains("var(") {
        return Err(unsupported("its style has variables"));
    }
    urls(text).try_for_each(check_link)
}

/// The text without what lies between `from` and `to`.
pub(super) fn without(text: &str, from: &str, to: &str) -> String {
    let mut parts = text.split(from);
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        kept.push(' ');
        kept += part.split_once(to).map_or("", |(_, rest)| rest);
    }
    kept
}

/// Whether a data URL can be decoded.
fn is_data(url: &str) -> bool {
    let Some((header, data)) = url.split_once(',') else { return false };
    if !header.trim_end().to_ascii_lowercase().ends_with("base64") {
        return true;
    }
    let data = data.split('#').next().unwrap_or_default();
    // Line breaks and what stands for a sign (%2B and the like) are let pass.
    let data: Vec<u8> = data.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    let is_known = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=' | b'%');
    let signs = data.iter().rev().skip_while(|b| **b == b'=').count();
    data.iter().all(is_known) && (data.contains(&b'%') || signs % 4 != 1)
}

fn is_display_none(node: &Element<'_, '_>) -> bool {
    let style = node.attribute("style").unwrap_or_default().split(';').filter_map(|part| part.split_once(':'));
    let mut values = style.filter(|(name, _)| name.trim() == "display").map(|(_, value)| value);
    values.next_back().or(node.attribute("display")).is_some_and(|value| value.trim() == "none")
}

fn has_text(node: &Element<'_, '_>) -> bool {
    node.descendants().any(|n| n.is_text() && n.text().is_some_and(|t| !t.trim().is_empty()))
}

/// Whether an element of a web page shows something even without text.
fn shows_in_page(node: &Element<'_, '_>) -> bool {
    const SHOWN: &[&str] = &["canvas", "embed", "hr", "iframe", "img", "math", "object", "picture", "svg", "video"];
    let style = node.attribute("style").unwrap_or_default();
    SHOWN.contains(&node.tag_name().name()) || style.contains("background") || style.contains("border")
}

/// Whether a part of a web page, which is never drawn here, has an element beside it that is drawn in its place.
fn has_stand_in(node: &Element<'_, '_>) -> bool {
    let is_page = |n: &Element<'_, '_>| is(n, "foreignObject");
    let switch = node.parent().filter(|p| is_page(node) && is(p, "switch"));
    switch.is_some_and(|switch| switch.children().any(|n| n.is_element() && !is_page(&n)))
}

/// Filters whose time for each pixel has no bound.
fn is_endless(node: &Element<'_, '_>) -> bool {
    const MOST: f64 = 16.0;
    let is_above = |name| {
        let numbers = node.attribute(name).unwrap_or_default().split([' ', ',']);
        numbers.filter_map(|n| n.trim().parse::<f64>().ok()).any(|n| n > MOST)
    };
    match node.tag_name().name() {
        "feTurbulence" => is_above("numOctaves"),
        "feConvolveMatrix" => is_above("order"),
        _ => false,
    }
}
