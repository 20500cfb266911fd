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

/// How often a compound such as `g.arrows` is compared, at most, to try all selectors on one element with up to `height`
/// around it.
pub(super) fn comparisons_of(document: &Document<'_>, height: usize) -> u64 {
    sheets_of(document).map(|sheet| comparisons_in(sheet, height)).fold(0, u64::saturating_add)
}

fn comparisons_in(sheet: &str, height: usize) -> u64 {
    if is_obscure(sheet) {
        let selectors = 1 + sheet.matches(['{', ',']).count() as u64;
        return comparisons(sheet, height).saturating_mul(selectors);
    }
    let text = without_plain_comments(sheet);
    let mut parts: Vec<_> = text.split('{').collect();
    parts.pop();
    let selectors = parts.iter().flat_map(|part| part.rsplit(['}', ';']).next().unwrap_or_default().split(','));
    selectors.map(|selector| comparisons(selector, height)).fold(0, u64::saturating_add)
}

/// Of one selector. What is left of a space is looked for in everything around, and from each that fits the next one is
/// looked for again: as often as so many can be chosen from `height`.
fn comparisons(selector: &str, height: usize) -> u64 {
    let is_joint = |text: &str| text == ">" || text == "+";
    let spaced = selector.replace('>', " > ").replace('+', " + ");
    let compounds: Vec<_> = spaced.split_whitespace().collect();
    let (mut all, mut ways, mut chosen) = (1_u64, 1_u64, 0);
    for pair in compounds.windows(2).rev().filter(|pair| !is_joint(pair[0])) {
        if !is_joint(pair[1]) {
            let left = height.saturating_sub(chosen) as u64;
            chosen += 1;
            ways = ways.saturating_mul(left) / chosen as u64;
        }
        all = all.saturating_add(ways);
    }
    all
}

/// Whether what parts selectors stands where it does not part them, so that they may be longer than they look.
fn is_obscure(sheet: &str) -> bool {
    let parts = |text: &str| text.contains(['{', '}', ',', ';']) || text.contains("/*") || text.contains("*/");
    let has_between =
        |from: &str, to: char| sheet.split(from).skip(1).any(|rest| parts(rest.split(to).next().unwrap_or(rest)));
    let is_escaped = sheet.split('\\').skip(1).any(|rest| rest.starts_with(['{', '}', ',', ';', '/', '"', '\'']));
    is_escaped || has_between("=\"", '"') || has_between("='", '\'') || has_between(":lang(", ')')
}

/// Comments with brackets are kept: they may begin or end within a style, and then are none.
fn without_plain_comments(sheet: &str) -> String {
    let (mut kept, mut rest) = (String::with_capacity(sheet.len()), sheet);
    while let Some((before, after)) = rest.split_once("/*") {
        let Some((comment, behind)) = after.split_once("*/") else { break };
        kept += before;
        kept.push(' ');
        if comment.contains(['{', '}']) {
            kept += comment;
            kept.push(' ');
        }
        rest = behind;
    }
    kept + rest
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

    #[test]
    fn selectors_cost_by_what_may_be_tried_around_an_element() {
        for (sheet, wanted) in [
            ("", 0),
            ("rect{fill:red}", 1),
            (".a, .b { font: bold 12px Some Font, serif } #c{}", 3),
            ("@import url(a.css); rect{}", 1),
            // One of ten around the element, then one of the nine others and so on.
            ("g rect{}", 1 + 10),
            ("g g rect{}", 1 + 10 + 45),
            ("g g g\n rect{}", 1 + 10 + 45 + 120),
            ("g>g + rect{}", 1 + 2),
            ("svg > g .a rect{}", 1 + 10 + 45 + 45),
            ("/* Made by a program, with care */ .a .b{}", 1 + 10),
            ("g /* or any */ rect{}", 1 + 10),
            ("g[a='b c'] rect{}", 1 + 10 + 45),
        ] {
            assert_eq!(comparisons_in(sheet, 10), wanted, "{sheet}");
        }
    }

    #[test]
    fn nothing_hides_how_long_a_selector_is() {
        let many = "g ".repeat(12);
        for sheet in [
            format!("{many}rect{{}}"),
            format!("rect,{many}rect{{}}"),
            format!("rect{{fill:red}}{many}rect{{}}"),
            format!("a{{b:url(/*)}} {many}rect{{}} c{{d:url(*/)}}"),
            format!("a{{b:url(/*)}} {many}/**/ rect{{}}"),
            format!("{many}[a='}}'] rect{{}}"),
            format!("[a=\"{{\"] {many}rect{{}}"),
            format!("[a='/*'] {many}[a='*/'] rect{{}}"),
            format!(":lang({{) {many}rect{{}}"),
            format!("a\\{{ {many}rect{{}}"),
            format!("/* {many}rect{{}}"),
            format!("[a='\\'{{'] {many}rect{{}}"),
        ] {
            assert!(comparisons_in(&sheet, 50) > 1_000_000_000, "{sheet}");
        }
        assert!(comparisons_in(&format!("{}rect{{}}", "g ".repeat(200)), 400) > 1 << 50);
        // Nor how many there are.
        assert!(comparisons_in(&format!("[a='{{']{{}}{}", "b{}".repeat(1000)), 1) >= 1000);
    }
}
