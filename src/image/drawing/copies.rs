//! How much the rules of a style sheet are tried on: each element, and each copy that `use` makes of it.

use std::collections::HashMap;

use resvg::usvg::roxmltree::{Document, NodeId};

use super::count::{DEEPEST, MOST_ELEMENTS, too_deep};
use super::inspect::{Element, is};
use crate::image::intake::IntakeError;

/// Bytes of classes that are looked at as fast as an element without any.
const CLASS_BYTES: usize = 8;

/// Elements with all their copies; those with many classes count several times, since a selector is compared with each.
///
/// # Errors
/// [`IntakeError::Unsupported`] if copies lie too deep within one another.
pub(super) fn tried_on(document: &Document<'_>) -> Result<u64, IntakeError> {
    let mut copies = Copies { by_id: HashMap::new(), weights: HashMap::new(), heaviest: 1 };
    for node in document.descendants().filter(Element::is_element) {
        copies.heaviest = copies.heaviest.max(weight(&node));
        if let Some(id) = node.attribute("id") {
            // Of several with one name `use` takes the first.
            copies.by_id.entry(id).or_insert(node);
        }
    }
    copies.count(document.root_element(), 0)
}

/// One element.
pub(super) fn weight(node: &Element<'_, '_>) -> u64 {
    1 + (node.attribute("class").map_or(0, str::len) / CLASS_BYTES) as u64
}

struct Copies<'a, 'input> {
    by_id: HashMap<&'a str, Element<'a, 'input>>,
    /// Of each element with all in it; nothing for those that are being counted.
    weights: HashMap<NodeId, Option<u64>>,
    /// The largest of a single element.
    heaviest: u64,
}

impl<'a, 'input> Copies<'a, 'input> {
    fn count(&mut self, node: Element<'a, 'input>, depth: usize) -> Result<u64, IntakeError> {
        if let Some(known) = self.weights.get(&node.id()) {
            // What leads to itself is copied until the elements are too many.
            return Ok(known.unwrap_or(MOST_ELEMENTS.saturating_mul(self.heaviest)));
        }
        if depth > DEEPEST {
            return Err(too_deep());
        }
        self.weights.insert(node.id(), None);
        let mut all = weight(&node);
        for child in node.children().filter(Element::is_element) {
            all = all.saturating_add(self.count(child, depth + 1)?);
        }
        if is(&node, "use") {
            let links = node.attributes().filter(|attribute| attribute.name() == "href").map(|link| link.value());
            for id in links.filter_map(|link| link.trim().strip_prefix('#')) {
                if let Some(copied) = self.by_id.get(id).copied() {
                    all = all.saturating_add(self.count(copied, depth + 1)?);
                }
            }
        }
        self.weights.insert(node.id(), Some(all));
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tried(content: &str) -> u64 {
        let text = format!("<svg xmlns:x='http://www.w3.org/1999/xlink'>{content}</svg>");
        tried_on(&Document::parse(&text).unwrap()).unwrap()
    }

    #[test]
    fn copies_count_as_often_as_they_are_made_and_what_is_only_referred_to_once() {
        let group = "<g id='a'><path/><path/></g>";
        assert_eq!(tried(group), 4);
        assert_eq!(tried(&format!("{group}<use href='#a'/>")), 4 + 1 + 3);
        assert_eq!(tried(&format!("<use x:href=' #a '/>{group}")), 1 + 3 + 4);
        let twice = "<g id='b'><use href='#a'/><use href='#a'/></g><use href='#b'/>";
        assert_eq!(tried(&format!("{group}{twice}")), 4 + 9 + 10);
        assert_eq!(tried(&format!("{group}<g clip-path='url(#a)'/><use href='#none'/>")), 4 + 1 + 1);
        // The first of one name.
        assert_eq!(tried(&format!("{group}<g id='a'/><use href='#a'/>")), 4 + 1 + 1 + 3);
        assert!(tried(&format!("<path class='{}'/>", "a ".repeat(800))) > 100);
    }

    #[test]
    fn what_leads_to_itself_counts_as_all_that_can_be_made() {
        for content in [
            "<g id='a'><use href='#a'/></g>",
            "<g id='a'><use href='#b'/></g><g id='b'><use href='#c'/></g><g id='c'><use href='#a'/></g>",
        ] {
            assert!(tried(content) >= MOST_ELEMENTS, "{content}");
        }
    }
}
