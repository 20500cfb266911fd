//! Which elements the rules of a style sheet may dress.

use resvg::usvg::roxmltree::Document;

use super::inspect::{Element, is, urls, without};

/// A rule that refers to something within the drawing.
pub(super) struct Rule {
    /// Nothing for a rule that may dress any element.
    selectors: Vec<Selector>,
    /// What it refers to.
    pub ids: Vec<String>,
}

/// One of the selectors of a rule, such as `g.arrows > path`.
struct Selector {
    itself: Vec<Part>,
    /// What must each stand around the element, in any order.
    around: Vec<Vec<Part>>,
}

enum Part {
    Tag(String),
    Class(String),
    Id(String),
}

impl Rule {
    /// Whether it may dress `node`: it does not miss one, but may take one too many.
    pub fn may_dress(&self, node: &Element<'_, '_>) -> bool {
        self.selectors.is_empty() || self.selectors.iter().any(|selector| selector.may_dress(node))
    }

    /// What is looked at, at most, for an element with so many around it.
    pub fn tries(&self, height: usize) -> u64 {
        let parts = |selector: &Selector| {
            selector.itself.len() + selector.around.iter().map(|parts| parts.len() * height).sum::<usize>()
        };
        (self.ids.len() + self.selectors.iter().map(parts).sum::<usize>()) as u64
    }
}

impl Selector {
    /// `None` for what is beyond tags, classes and names.
    fn new(text: &str) -> Option<Self> {
        let is_plain = |c: char| c.is_alphanumeric() || c.is_whitespace() || "-_.#>+~".contains(c);
        if !text.chars().all(is_plain) {
            return None;
        }
        let has_siblings = text.contains(['+', '~']);
        let mut compounds: Vec<_> =
            text.split(|c: char| c.is_whitespace() || ">+~".contains(c)).filter(|c| !c.is_empty()).map(parts).collect();
        let itself = compounds.pop()?;
        Some(Self { itself, around: if has_siblings { Vec::new() } else { compounds } })
    }

    fn may_dress(&self, node: &Element<'_, '_>) -> bool {
        let is_around = |parts: &Vec<Part>| node.ancestors().skip(1).any(|around| is_all(parts, &around));
        is_all(&self.itself, node) && self.around.iter().all(is_around)
    }
}

fn parts(compound: &str) -> Vec<Part> {
    let spaced = compound.replace('.', " .").replace('#', " #");
    let part = |text: &str| match (text.strip_prefix('.'), text.strip_prefix('#')) {
        (Some(class), _) => Part::Class(class.to_owned()),
        (_, Some(id)) => Part::Id(id.to_owned()),
        _ => Part::Tag(text.to_owned()),
    };
    spaced.split_whitespace().map(part).collect()
}

fn is_all(parts: &[Part], node: &Element<'_, '_>) -> bool {
    parts.iter().all(|part| match part {
        Part::Tag(tag) => is(node, tag),
        Part::Class(class) => node.attribute("class").unwrap_or_default().split_whitespace().any(|c| c == class),
        Part::Id(id) => node.attribute("id") == Some(id),
    })
}

/// The rules of all style sheets in the drawing that refer to something in it.
pub(super) fn rules_of(document: &Document<'_>) -> Vec<Rule> {
    sheets_of(document).flat_map(rules_in).collect()
}

/// How many selectors all rules have, about.
pub(super) fn selectors_of(document: &Document<'_>) -> u64 {
    let selectors = |text: &str| {
        let before_styles = text.split('}').filter_map(|part| part.split_once('{'));
        before_styles.map(|(selectors, _)| selectors.split(',').count() as u64).sum::<u64>()
    };
    sheets_of(document).map(selectors).sum()
}

fn sheets_of<'a>(document: &'a Document<'_>) -> impl Iterator<Item = &'a str> {
    let texts = document.descendants().filter(|n| n.is_text() && n.parent().is_some_and(|p| is(&p, "style")));
    texts.filter_map(|n| n.text())
}

fn rules_in(sheet: &str) -> Vec<Rule> {
    let text = without(sheet, "/*", "*/");
    if urls(&text).count() != urls(sheet).count() {
        // What looks like a comment may be part of a string.
        return vec![Rule { selectors: Vec::new(), ids: ids(sheet) }];
    }
    let rules = text.split('}').map(|part| {
        let (selectors, style) = part.split_once('{').unwrap_or(("", part));
        // Those of a whole sheet, such as what it imports, end with a semicolon.
        let selectors = selectors.rsplit(';').next().unwrap_or_default();
        let known: Option<Vec<_>> = selectors.split(',').map(Selector::new).collect();
        let selectors = known.filter(|_| !style.contains('{')).unwrap_or_default();
        Rule { selectors, ids: ids(style) }
    });
    rules.filter(|rule| !rule.ids.is_empty()).collect()
}

fn ids(style: &str) -> Vec<String> {
    urls(style).filter_map(|url| url.strip_prefix('#')).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_dresses_what_its_selectors_name_and_what_is_not_understood_may_be_anything() {
        let document =
            "<svg><style>SHEET</style><g class='a b' id='i'><path id='p' class='c'/></g><rect class='c'/></svg>";
        let dressed = |sheet: &str| {
            let text = document.replace("SHEET", sheet);
            let document = Document::parse(&text).unwrap();
            let rules = rules_of(&document);
            let shapes = document.descendants().filter(|n| is(n, "path") || is(n, "rect"));
            let is_dressed = |n: &Element<'_, '_>| rules.iter().any(|rule| rule.may_dress(n));
            shapes.map(|n| is_dressed(&n)).collect::<Vec<_>>()
        };
        for (selector, wanted) in [
            ("path", [true, false]),
            (".c", [true, true]),
            ("line, rect.c", [false, true]),
            ("#p.c", [true, false]),
            (".d", [false, false]),
            ("g path", [true, false]),
            ("#i > .c", [true, false]),
            (".a.b .c", [true, false]),
            (".a.d .c", [false, false]),
            ("g + .c", [true, true]),
            ("*", [true, true]),
            ("[class]", [true, true]),
            ("text:first-child", [true, true]),
            ("@import url(a.css); rect", [false, true]),
        ] {
            let sheet = format!("line {{ fill: red }} {selector} {{ marker-end: url(#m) }}").replace('>', "&gt;");
            assert_eq!(dressed(&sheet), wanted, "{selector}");
        }
        assert_eq!(dressed("path { fill: red } .c { fill: url(a.svg#b) }"), [false, false]);
        assert_eq!(dressed("x[y='/*'] { } rect { marker: url(#m) } x[y='*/'] { }"), [true, true]);
        assert_eq!(dressed("x { a: '}'; marker: url(#m) }"), [true, true]);
    }
}
