//! How many elements a drawing draws: each as often as it is referred to, and a marker at every vertex of what bears it.

use std::collections::HashMap;

use resvg::usvg::roxmltree::{Document, NodeId};

use super::inspect::{Element, is, references};
use super::rules::{Rule, rules_of};
use super::{too_far, unsupported};
use crate::image::intake::IntakeError;

/// Elements that are drawn at most, each as often as it is referred to.
const MOST_ELEMENTS: u64 = 1_000_000;
/// Vertices of all outlines at most. An arc is made of the more curves, the larger it is.
const MOST_VERTICES: u64 = 50_000_000;
/// Elements within one another at most, those that are referred to among them.
const DEEPEST: usize = 400;

/// What an element draws, at most.
#[derive(Clone, Copy, Default)]
struct Drawn {
    /// Elements, itself among them.
    elements: u64,
    /// Vertices of their outlines, at each of which a marker may stand.
    vertices: u64,
    /// Elements within one another, itself among them.
    height: usize,
    bears: Bears,
}

/// Markers on what an element draws.
#[derive(Clone, Copy, Default, PartialEq)]
enum Bears {
    #[default]
    Nothing,
    One(NodeId),
    Several,
}

impl Drawn {
    fn add(&mut self, other: Self) {
        self.elements = self.elements.saturating_add(other.elements);
        self.vertices = self.vertices.saturating_add(other.vertices);
        self.height = self.height.max(other.height + 1);
        self.bear(other.bears);
    }

    fn bear(&mut self, bears: Bears) {
        self.bears = match (self.bears, bears) {
            (Bears::Nothing, one) | (one, Bears::Nothing) => one,
            (one, other) if one == other => one,
            _ => Bears::Several,
        };
    }
}

struct Counting<'a, 'input> {
    /// A name may be given twice by mistake.
    by_id: HashMap<&'a str, Vec<Element<'a, 'input>>>,
    rules: Vec<Rule>,
    /// What each element draws; nothing for those that are being counted.
    drawn: HashMap<NodeId, Drawn>,
    /// What each element refers to, but for markers.
    targets: HashMap<NodeId, Vec<Element<'a, 'input>>>,
    /// The markers that each element lends to itself and what lies in it.
    markers: HashMap<NodeId, Vec<Element<'a, 'input>>>,
    /// Elements that a marker draws each time.
    weights: HashMap<NodeId, u64>,
    /// The largest length of a frame in it.
    frame: f64,
}

/// # Errors
/// [`IntakeError::Unsupported`] if the drawing draws too many elements or vertices, or too many elements within one
/// another.
pub(super) fn check(document: &Document<'_>) -> Result<(), IntakeError> {
    let mut counting = Counting {
        by_id: HashMap::new(),
        rules: rules_of(document),
        drawn: HashMap::new(),
        targets: HashMap::new(),
        markers: HashMap::new(),
        weights: HashMap::new(),
        frame: 0.0,
    };
    for node in document.descendants() {
        if let Some(id) = node.attribute("id") {
            counting.by_id.entry(id).or_default().push(node);
        }
    }
    let Counting { by_id, rules, .. } = &mut counting;
    rules.retain(|rule| rule.ids.iter().filter_map(|id| by_id.get(id.as_str())).flatten().any(draws));
    for node in document.descendants().filter(Element::is_element) {
        let (markers, others): (Vec<_>, Vec<_>) =
            counting.targets_of(&node).into_iter().partition(|target| is(target, "marker"));
        if !markers.is_empty() {
            counting.markers.insert(node.id(), markers);
        }
        if !others.is_empty() {
            counting.targets.insert(node.id(), others);
        }
        let lengths = ["viewBox", "width", "height"].map(|name| node.attribute(name).unwrap_or_default());
        counting.frame = lengths.map(|text| Numbers::new(text).most).into_iter().fold(counting.frame, f64::max);
    }
    counting.weigh_markers()?;
    let drawn = counting.count(document.root_element(), 0)?;
    if drawn.elements > MOST_ELEMENTS {
        return Err(unsupported("it draws more than a million elements"));
    }
    if drawn.vertices > MOST_VERTICES {
        return Err(too_far());
    }
    Ok(())
}

/// Sheets dress whole drawings with gradients, which draw nothing themselves.
fn draws(node: &Element<'_, '_>) -> bool {
    !node.tag_name().name().ends_with("Gradient")
}

impl<'a, 'input> Counting<'a, 'input> {
    /// What an element itself refers to.
    fn targets_of(&self, node: &Element<'a, 'input>) -> Vec<Element<'a, 'input>> {
        let named = |id: &str| self.by_id.get(id).into_iter().flatten().copied();
        let mut targets: Vec<_> = references(node).flat_map(named).collect();
        for rule in self.rules.iter().filter(|rule| rule.may_dress(node)) {
            targets.extend(rule.ids.iter().flat_map(|id| named(id)).filter(draws));
        }
        targets
    }

    /// Finds out what each marker draws, before anything that bears one is counted.
    fn weigh_markers(&mut self) -> Result<(), IntakeError> {
        let markers: HashMap<_, _> = self.markers.values().flatten().map(|marker| (marker.id(), *marker)).collect();
        let (mut most, mut are_nested, mut weights) = (Drawn::default(), false, HashMap::new());
        for marker in markers.values() {
            let drawn = self.count_in_place(*marker, 0)?;
            most.elements = most.elements.max(drawn.elements);
            most.vertices = most.vertices.max(drawn.vertices);
            most.height = most.height.max(drawn.height);
            // On what it draws itself a marker is left out.
            are_nested |= !matches!(drawn.bears, Bears::Nothing) && drawn.bears != Bears::One(marker.id());
            weights.insert(marker.id(), drawn.elements);
        }
        if are_nested {
            if most.height * markers.len() > DEEPEST {
                return Err(unsupported("its elements lie too deep within one another"));
            }
            // Within one another each stands once at most.
            let within = |weight: u64| most.vertices.saturating_mul(weight).saturating_add(most.elements);
            let weight = (0..markers.len()).fold(0, |weight, _| within(weight));
            weights.values_mut().for_each(|w| *w = weight);
        }
        self.weights = weights;
        self.drawn.clear();
        Ok(())
    }

    fn count(&mut self, node: Element<'a, 'input>, depth: usize) -> Result<Drawn, IntakeError> {
        let known = self.drawn.get(&node.id()).copied();
        if depth + known.map_or(0, |drawn| drawn.height.saturating_sub(1)) > DEEPEST {
            return Err(unsupported("its elements lie too deep within one another"));
        }
        if let Some(drawn) = known {
            return Ok(drawn);
        }
        // What refers to itself is not drawn at all.
        self.drawn.insert(node.id(), Drawn::default());
        let vertices = vertices_of(&node, self.frame);
        let mut drawn = Drawn { elements: 1, vertices, height: 1, bears: Bears::Nothing };
        for child in node.children().filter(Element::is_element) {
            drawn.add(self.count(child, depth + 1)?);
        }
        for target in self.targets.get(&node.id()).cloned().unwrap_or_default() {
            drawn.add(self.count_in_place(target, depth + 1)?);
        }
        self.mark(&mut drawn, node.id());
        self.drawn.insert(node.id(), drawn);
        Ok(drawn)
    }

    /// What is referred to is dressed as where it stands; only a copy by `use` is not, but is counted so as well.
    fn count_in_place(&mut self, node: Element<'a, 'input>, depth: usize) -> Result<Drawn, IntakeError> {
        let mut drawn = self.count(node, depth)?;
        if !self.markers.is_empty() {
            node.ancestors().skip(1).for_each(|around| self.mark(&mut drawn, around.id()));
        }
        Ok(drawn)
    }

    /// Puts on what is drawn the markers that `node` lends.
    fn mark(&self, drawn: &mut Drawn, node: NodeId) {
        if drawn.vertices == 0 {
            return;
        }
        for marker in self.markers.get(&node).into_iter().flatten() {
            let weight = self.weights.get(&marker.id()).copied().unwrap_or(0);
            drawn.elements = drawn.elements.saturating_add(drawn.vertices.saturating_mul(weight));
            drawn.bear(Bears::One(marker.id()));
        }
    }
}

/// Vertices of the outline of an element, at most; one more, since the first may be the last as well. `frame`: the largest
/// length that a percentage may be of.
fn vertices_of(node: &Element<'_, '_>, frame: f64) -> u64 {
    let text = |name: &str| node.attribute(name).unwrap_or_default();
    match node.tag_name().name() {
        "line" => 3,
        "polygon" | "polyline" => Numbers::new(text("points")).count + 2,
        "path" => {
            let (numbers, has) = (Numbers::new(text("d")), |c: char| text("d").contains([c, c.to_ascii_uppercase()]));
            // A line along an axis has one number, a closed part begins anew without any, and an arc of four quarters
            // has at least four. An arc that is too small for its ends grows until it reaches them.
            let closed = if has('z') { text("d").matches(['z', 'Z']).count() as u64 } else { 0 };
            let radius = numbers.most * (numbers.most / numbers.least.max(1e-5)).max(1.0);
            let pieces = if has('a') { pieces_of_quarter(radius) } else { 1 };
            (numbers.count + closed).saturating_mul(pieces).saturating_add(1)
        }
        "circle" | "ellipse" | "rect" => {
            let radii = ["r", "rx", "ry"].map(text);
            let length = |text: &str| if text.contains('%') { frame } else { Numbers::new(text).most };
            // Of any unit.
            let most = 100.0 * radii.map(length).into_iter().fold(0.0, f64::max);
            pieces_of_quarter(most).saturating_mul(4).saturating_add(10)
        }
        _ => 0,
    }
}

/// Curves that stand for a quarter of an ellipse of this radius, for an error below a tenth of a unit.
fn pieces_of_quarter(radius: f64) -> u64 {
    ((12.0 * radius).powf(1.0 / 6.0) / 4.0).ceil().max(1.0) as u64
}

/// The numbers in a text.
struct Numbers {
    count: u64,
    /// The largest size.
    most: f64,
    /// The smallest size that is not zero.
    least: f64,
}

impl Numbers {
    /// They need nothing between them where a sign or a second point begins the next.
    fn new(text: &str) -> Self {
        let mut all = Self { count: 0, most: 0.0, least: f64::INFINITY };
        let (mut start, mut has_point) = (0, false);
        for (at, c) in text.char_indices() {
            let is_part = match c {
                '0'..='9' => true,
                '+' | '-' => text[start..at].ends_with(['e', 'E']),
                '.' => !has_point,
                'e' | 'E' => at > start,
                _ => false,
            };
            if is_part {
                has_point |= matches!(c, '.' | 'e' | 'E');
                continue;
            }
            all.take(&text[start..at]);
            // A sign or a point belongs to what follows, all else to nothing.
            start = if matches!(c, '+' | '-' | '.') { at } else { at + c.len_utf8() };
            has_point = c == '.';
        }
        all.take(&text[start..]);
        all
    }

    fn take(&mut self, number: &str) {
        if !number.bytes().any(|b| b.is_ascii_digit()) {
            return;
        }
        // What follows may be a unit.
        let size = number.trim_end_matches(['e', 'E', '+', '-']).parse::<f64>().unwrap_or(0.0).abs();
        self.count += 1;
        self.most = self.most.max(size);
        if size > 0.0 {
            self.least = self.least.min(size);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(text: &str) -> (u64, f64, f64) {
        let Numbers { count, most, least } = Numbers::new(text);
        (count, most, least)
    }

    #[test]
    fn numbers_are_told_apart_as_in_outlines() {
        assert_eq!(numbers("M1 2L-3,4.5"), (4, 4.5, 1.0));
        assert_eq!(numbers("m.5.25-1-2e3+0.125e-1z"), (5, 2000.0, 0.0125));
        assert_eq!(numbers("12.5em 0 ü7"), (3, 12.5, 7.0));
        assert_eq!(numbers("none"), (0, 0.0, f64::INFINITY));
    }

    #[test]
    fn no_outline_has_more_vertices_than_are_counted() {
        let counted = |shape: &str| {
            let document = Document::parse(shape).unwrap();
            vertices_of(&document.root_element(), 1e37)
        };
        for (shape, least, most) in [
            ("<path d='M0 0h1v1h1v1'/>", 5, 10),
            ("<path d='M0 0zl1 1zl1 1z'/>", 5, 15),
            ("<path d='M0 0a9 9 0 1110 10'/>", 5, 40),
            ("<path d='M0 0A1e37 1e37 0 1 0 1e36 1'/>", 1_000_000, u64::MAX),
            ("<polyline points='1,2 3,4 5,6'/>", 3, 9),
            ("<circle r='9'/>", 4, 40),
            ("<circle r='1e37'/>", 1_000_000, 100_000_000),
            ("<circle r='100%'/>", 1_000_000, 100_000_000),
            ("<rect width='100%' height='1e37'/>", 4, 40),
            ("<g/>", 0, 0),
        ] {
            let vertices = counted(shape);
            assert!((least..=most).contains(&vertices), "{shape}: {vertices}");
        }
    }
}
