//! How many vertices the outline of an element has at most, told from its attributes.

use super::inspect::Element;

/// Vertices of the outline of an element, at most; one more, since the first may be the last as well. `frame`: the largest
/// length that a percentage may be of.
pub(super) fn vertices_of(node: &Element<'_, '_>, frame: f64) -> u64 {
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

/// The largest size among the numbers in a text.
pub(super) fn largest(text: &str) -> f64 {
    Numbers::new(text).most
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
    use resvg::usvg::roxmltree::Document;

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
