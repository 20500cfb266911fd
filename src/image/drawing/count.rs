//! How many elements a drawing draws: each as often as it is referred to, and a marker at every vertex of what bears it.

use std::collections::{HashMap, HashSet};

use resvg::usvg::roxmltree::{Document, NodeId};

use super::copies;
use super::inspect::{Element, is, references};
use super::outline::{largest, vertices_of};
use super::rules::{Rule, comparisons_of, rules_of};
use super::{too_far, unsupported};
use crate::image::intake::IntakeError;

/// Elements that are drawn at most, each as often as it is referred to.
pub(super) const MOST_ELEMENTS: u64 = 1_000_000;
/// Vertices of all outlines at most. An arc is made of the more curves, the larger it is.
const MOST_VERTICES: u64 = 50_000_000;
/// Elements within one another at most, those that are referred to among them.
pub(super) const DEEPEST: usize = 400;
/// Comparisons with elements at most, since each selector is tried on each element and its copies: some seconds.
const MOST_TRIES: u64 = 250_000_000;

/// What an element draws, at most.
#[derive(Clone, Copy, Default)]
struct Drawn<'a> {
    /// Elements, itself among them.
    elements: u64,
    /// Vertices of their outlines, at each of which a marker may stand.
    vertices: u64,
    /// Elements within one another, itself among them.
    height: usize,
    bears: Bears<'a>,
}

/// Markers on what an element draws.
#[derive(Clone, Copy, Default, PartialEq)]
enum Bears<'a> {
    #[default]
    Nothing,
    /// All of one name.
    One(&'a str),
    Several,
}

impl<'a> Drawn<'a> {
    fn add(&mut self, other: Self) {
        self.elements = self.elements.saturating_add(other.elements);
        self.vertices = self.vertices.saturating_add(other.vertices);
        self.height = self.height.max(other.height + 1);
        self.bear(other.bears);
    }

    /// Where either may be drawn, but not both.
    fn or(&mut self, other: Self) {
        self.elements = self.elements.max(other.elements);
        self.vertices = self.vertices.max(other.vertices);
        self.height = self.height.max(other.height);
        self.bear(other.bears);
    }

    fn bear(&mut self, bears: Bears<'a>) {
        self.bears = match (self.bears, bears) {
            (Bears::Nothing, one) | (one, Bears::Nothing) => one,
            (one, other) if one == other => one,
            _ => Bears::Several,
        };
    }
}

/// What has one name, which may be given several times by mistake: what refers to it draws one of them.
#[derive(Default)]
struct Named<'a, 'input> {
    markers: Vec<Element<'a, 'input>>,
    others: Vec<Element<'a, 'input>>,
    /// Whether any is more than a gradient. Sheets dress whole drawings with those, which draw nothing themselves.
    draws: bool,
}

struct Counting<'a, 'input> {
    by_id: HashMap<&'a str, Named<'a, 'input>>,
    rules: Vec<Rule>,
    /// What each element draws; nothing for those that are being counted.
    drawn: HashMap<NodeId, Drawn<'a>>,
    /// What is drawn at most where something refers to a name, but for markers.
    drawn_by_id: HashMap<&'a str, Drawn<'a>>,
    /// The names that each element refers to, but for markers.
    targets: HashMap<NodeId, Vec<&'a str>>,
    /// The names of the markers that each element lends to itself and what lies in it.
    markers: HashMap<NodeId, Vec<&'a str>>,
    /// How many names all elements refer to.
    target_count: u64,
    /// Elements that a marker of this name draws each time.
    weights: HashMap<&'a str, u64>,
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
        drawn_by_id: HashMap::new(),
        targets: HashMap::new(),
        markers: HashMap::new(),
        target_count: 0,
        weights: HashMap::new(),
        frame: 0.0,
    };
    counting.find_names(document)?;
    for node in document.descendants().filter(Element::is_element) {
        counting.find_targets(&node)?;
        let lengths = ["viewBox", "width", "height"].map(|name| node.attribute(name).unwrap_or_default());
        counting.frame = lengths.map(largest).into_iter().fold(counting.frame, f64::max);
    }
    counting.weigh_markers()?;
    let drawn = counting.count(document.root_element(), 0)?;
    if drawn.elements > MOST_ELEMENTS {
        return Err(too_many());
    }
    if drawn.vertices > MOST_VERTICES {
        return Err(too_far());
    }
    Ok(())
}

fn too_many() -> IntakeError {
    unsupported("it draws more than a million elements")
}

pub(super) fn too_deep() -> IntakeError {
    unsupported("its elements lie too deep within one another")
}

impl<'a, 'input> Counting<'a, 'input> {
    /// Finds what each name stands for, and which rules matter.
    fn find_names(&mut self, document: &'a Document<'input>) -> Result<(), IntakeError> {
        let (mut height, mut tried) = (0, 0);
        for node in document.descendants().filter(Element::is_element) {
            // This limits the time of all that looks at what lies around an element.
            height = height.max(node.ancestors().skip(2).take(DEEPEST + 1).count());
            if height > DEEPEST {
                return Err(too_deep());
            }
            tried += copies::weight(&node);
            if let Some(id) = node.attribute("id") {
                let named = self.by_id.entry(id).or_default();
                named.draws |= !node.tag_name().name().ends_with("Gradient");
                let same_kind = if is(&node, "marker") { &mut named.markers } else { &mut named.others };
                same_kind.push(node);
            }
        }
        let Self { by_id, rules, .. } = self;
        for rule in rules.iter_mut() {
            rule.ids.retain(|id| by_id.get(id.as_str()).is_some_and(|named| named.draws));
        }
        rules.retain(|rule| !rule.ids.is_empty());
        // What draws tries all others as well, and all of them on the copies too.
        let comparisons = comparisons_of(document, height);
        let tries = rules.iter().fold(comparisons, |tries, rule| tries.saturating_add(rule.tries(height)));
        let are_too_many = tries.saturating_mul(tried) > MOST_TRIES
            || comparisons > 0 && comparisons.saturating_mul(copies::tried_on(document)?) > MOST_TRIES;
        if are_too_many { Err(unsupported("its style sheet has too many rules or too long selectors")) } else { Ok(()) }
    }

    /// Finds what an element itself refers to.
    fn find_targets(&mut self, node: &Element<'a, 'input>) -> Result<(), IntakeError> {
        let Self { by_id, rules, targets, markers, target_count, .. } = self;
        let mut refer = |id: &'a str, named: &Named<'_, '_>| {
            *target_count += 1;
            if !named.markers.is_empty() {
                markers.entry(node.id()).or_default().push(id);
            }
            if !named.others.is_empty() {
                targets.entry(node.id()).or_default().push(id);
            }
            // Each draws one element at least.
            if *target_count > MOST_ELEMENTS { Err(too_many()) } else { Ok(()) }
        };
        for id in references(node) {
            by_id.get(id).map_or(Ok(()), |named| refer(id, named))?;
        }
        let mut dressed: HashMap<&'a str, usize> = HashMap::new();
        for rule in rules.iter().filter(|rule| rule.may_dress(node)) {
            let mut times: HashMap<&'a str, usize> = HashMap::new();
            for (id, _) in rule.ids.iter().filter_map(|id| by_id.get_key_value(id.as_str())) {
                *times.entry(*id).or_default() += 1;
            }
            for (id, times) in times {
                // Of rules that say the same one is heeded; but one may fill with what another one strokes with.
                let most = dressed.entry(id).or_default();
                *most = if *most == 0 { times } else { times.max(*most).max(2) };
            }
        }
        for (id, times) in dressed {
            (0..times).try_for_each(|_| refer(id, &by_id[id]))?;
        }
        Ok(())
    }

    /// Finds out what each marker draws, before anything that bears one is counted.
    fn weigh_markers(&mut self) -> Result<(), IntakeError> {
        let names: HashSet<_> = self.markers.values().flatten().copied().collect();
        let (mut most, mut are_nested, mut weights) = (Drawn::default(), false, HashMap::new());
        for id in &names {
            let mut drawn = Drawn::default();
            for marker in self.by_id.get(id).map(|named| named.markers.clone()).unwrap_or_default() {
                drawn.or(self.count_in_place(marker, 0)?);
            }
            most.or(drawn);
            // On what it draws itself a marker is left out.
            are_nested |= !matches!(drawn.bears, Bears::Nothing) && drawn.bears != Bears::One(id);
            weights.insert(*id, drawn.elements);
        }
        if are_nested {
            if most.height * names.len() > DEEPEST {
                return Err(too_deep());
            }
            // Within one another each stands once at most.
            let within = |weight: u64| most.vertices.saturating_mul(weight).saturating_add(most.elements);
            let weight = (0..names.len()).fold(0, |weight, _| within(weight));
            weights.values_mut().for_each(|w| *w = weight);
        }
        self.weights = weights;
        self.drawn.clear();
        self.drawn_by_id.clear();
        Ok(())
    }

    fn count(&mut self, node: Element<'a, 'input>, depth: usize) -> Result<Drawn<'a>, IntakeError> {
        let known = self.drawn.get(&node.id()).copied();
        check_depth(depth, known)?;
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
        for id in self.targets.get(&node.id()).cloned().unwrap_or_default() {
            drawn.add(self.count_named(id, depth + 1)?);
        }
        self.mark(&mut drawn, node.id());
        self.drawn.insert(node.id(), drawn);
        // Its name may have been counted in the meantime, without it.
        if let Some(id) = node.attribute("id").filter(|id| self.drawn_by_id.contains_key(id)) {
            let drawn = self.in_place(drawn, &node);
            self.drawn_by_id.entry(id).or_default().or(drawn);
        }
        Ok(drawn)
    }

    /// The most that any of this name draws.
    fn count_named(&mut self, id: &'a str, depth: usize) -> Result<Drawn<'a>, IntakeError> {
        let known = self.drawn_by_id.get(id).copied();
        check_depth(depth, known)?;
        if let Some(drawn) = known {
            return Ok(drawn);
        }
        self.drawn_by_id.insert(id, Drawn::default());
        for node in self.by_id.get(id).map(|named| named.others.clone()).unwrap_or_default() {
            let drawn = self.count_in_place(node, depth)?;
            self.drawn_by_id.entry(id).or_default().or(drawn);
        }
        Ok(self.drawn_by_id.get(id).copied().unwrap_or_default())
    }

    fn count_in_place(&mut self, node: Element<'a, 'input>, depth: usize) -> Result<Drawn<'a>, IntakeError> {
        let drawn = self.count(node, depth)?;
        Ok(self.in_place(drawn, &node))
    }

    /// What is referred to is dressed as where it stands; only a copy by `use` is not, but is counted so as well.
    fn in_place(&self, mut drawn: Drawn<'a>, node: &Element<'a, 'input>) -> Drawn<'a> {
        if !self.markers.is_empty() {
            node.ancestors().skip(1).for_each(|around| self.mark(&mut drawn, around.id()));
        }
        drawn
    }

    /// Puts on what is drawn the markers that `node` lends.
    fn mark(&self, drawn: &mut Drawn<'a>, node: NodeId) {
        if drawn.vertices == 0 {
            return;
        }
        for id in self.markers.get(&node).into_iter().flatten() {
            let weight = self.weights.get(id).copied().unwrap_or(0);
            drawn.elements = drawn.elements.saturating_add(drawn.vertices.saturating_mul(weight));
            drawn.bear(Bears::One(id));
        }
    }
}

fn check_depth(depth: usize, known: Option<Drawn<'_>>) -> Result<(), IntakeError> {
    let below = known.map_or(0, |drawn| drawn.height.saturating_sub(1));
    if depth + below > DEEPEST { Err(too_deep()) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Why a drawing is refused; nothing if it is not.
    fn refusal(content: &str) -> String {
        let text = format!("<svg>{content}</svg>");
        let document = Document::parse(&text).unwrap();
        check(&document).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn of_what_has_the_same_name_one_is_drawn() {
        let path = "<path d='M0 0h1v1z'/>";
        let clip = format!("<clipPath id='a'>{path}</clipPath><g clip-path='url(#a)'>{path}</g>");
        let marker = format!("<marker id='m'>{path}</marker><path marker-end='url(#m)' d='M0 0h1'/>");
        for sound in [
            clip.repeat(1000),
            marker.repeat(1000),
            format!("<style>path{{marker-end:url(#m)}}</style>{}", marker.repeat(1000)),
            format!("<style>{}</style>{}", "g{clip-path:url(#a)}".repeat(100), clip.repeat(1000)),
        ] {
            assert_eq!(refusal(&sound), "", "{}", &sound[..100]);
        }
        // Whichever it is, and also where one is counted while it refers to its own name.
        let (many, uses) = (path.repeat(2000), "<use href='#a'/>".repeat(1000));
        for content in [
            format!("<g id='a'>{many}</g><g id='a'/>{uses}"),
            format!("<g id='a'/><g id='a'>{many}</g>{uses}"),
            format!("<g id='a'/><g id='a'><use href='#a'/>{many}</g>{uses}"),
        ] {
            assert!(refusal(&content).contains("a million elements"), "{}", refusal(&content));
        }
    }

    #[test]
    fn a_name_that_rules_repeat_is_drawn_as_often_as_it_may_be() {
        let nested = |rule: &str| {
            let level = |k: u32| format!("<pattern id='p{k}'><path class='c{k}'/></pattern>");
            let rules: String =
                (1..24).map(|k| rule.replace("cK", &format!("c{k}")).replace('K', &(k - 1).to_string())).collect();
            refusal(&format!("<style>{rules}</style>{}", (0..24).map(level).collect::<String>()))
        };
        assert_eq!(nested(".cK{fill:url(#pK)}"), "");
        for twice in [".cK{fill:url(#pK);stroke:url(#pK)}", ".cK{fill:url(#pK)}.cK{stroke:url(#pK)}"] {
            assert!(nested(twice).contains("a million elements"), "{twice}");
        }
    }

    #[test]
    fn rules_are_tried_on_copies_too_but_not_on_what_is_only_drawn_several_times() {
        let sheet = |count: usize| format!("<style>{}</style>", "b{fill:red}".repeat(count));
        let twice = |level: u32| format!("<g id='g{}'>{}</g>", level + 1, format!("<use href='#g{level}'/>").repeat(2));
        let doubled = format!("<path id='g0'/>{}", (0..16).map(twice).collect::<String>());
        let ring = "<g id='a'><use href='#b'/></g><g id='b'><use href='#c'/></g><g id='c'><use href='#a'/></g>";
        let clip = format!("<clipPath id='c'>{}</clipPath>", "<path/>".repeat(1000));
        let clipped = clip + &"<g clip-path='url(#c)'/>".repeat(500);
        for (content, few, is_refused) in
            [(doubled.as_str(), 100, true), (ring, 10, true), (clipped.as_str(), 100, false)]
        {
            assert_eq!(refusal(&(sheet(few) + content)), "", "{}", &content[..50]);
            let refusal = refusal(&(sheet(1000) + content));
            assert_eq!(refusal.contains("too many rules"), is_refused, "{}: {refusal}", &content[..50]);
        }
    }

    #[test]
    fn selectors_with_many_spaces_are_refused_where_they_take_long_and_common_ones_are_not() {
        let nested = |sheet: &str, depth: usize, shapes: usize| {
            let (open, close) = ("<g class='a b'>".repeat(depth), "</g>".repeat(depth));
            refusal(&format!("<style>{sheet}</style>{open}{}{close}", "<rect/>".repeat(shapes)))
        };
        for spaces in [6, 12] {
            let hostile = nested(&format!("x {}rect{{fill:red}}", "g ".repeat(spaces)), 50, 1);
            assert!(hostile.contains("too long selectors"), "{spaces}: {hostile}");
        }
        let common = "#layer1 .a rect{fill:red} .a .b .c{fill:url(#d)} svg > g rect, g path{stroke:none}".repeat(20);
        assert_eq!(nested(&common, 8, 5000), "");
        assert_eq!(nested(&format!("/* {}*/ rect{{fill:red}}", "made by hand ".repeat(50)), 50, 5000), "");
    }

    #[test]
    fn small_files_take_neither_long_nor_much_memory() {
        let names: String = (0..2000).map(|k| format!("<g id='i{k}'/>")).collect();
        let all: String = (0..2000).map(|k| format!("g{{mask:url(#i{k})}}")).collect();
        let listed: String = (0..2000).map(|k| format!("x:url(#i{k});")).collect();
        for (content, word) in [
            ("<a id='a' mask='url(#a)'/>".repeat(30_000), "too deep"),
            (
                format!("<style>{}</style>{}<path id='a'/>", "g{mask:url(#a)}".repeat(20_000), "<g/>".repeat(20_000)),
                "rules",
            ),
            (format!("<style>{}</style>{}", "b{fill:red}".repeat(50_000), "<g/>".repeat(50_000)), "rules"),
            (format!("<style>{all}</style>{names}"), "a million elements"),
            (format!("<style>g{{{listed}}}</style>{names}"), "a million elements"),
            ("<g>".repeat(1000) + &"</g>".repeat(1000), "too deep"),
        ] {
            let refusal = refusal(&content);
            assert!(refusal.contains(word), "{}: {refusal}", &content[..content.len().min(60)]);
        }
    }
}
