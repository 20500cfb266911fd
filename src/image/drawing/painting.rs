//! How long the shapes of a drawing take to paint: by the pixels that they cover, and by the length of their outlines.

use resvg::tiny_skia::{PathSegment, Point, Transform};
use resvg::usvg::{Fill, Opacity, Paint, Path, Stroke};

/// Looks for each pixel along an outline: its edges are followed four times in each row, and a row of a thin shape takes
/// longer than all its pixels.
const EVERY_EDGE: f64 = 40.0;
/// Straight parts that a curve is measured in.
const PARTS: u32 = 4;

type Place = [f64; 2];

/// Looks at a pixel, of about 5 ns, that it takes to fill and stroke `path`, which covers `most_px` pixels at most. Parts of
/// its outline count up to `longest_px`, since what lies beyond the picture is not followed.
pub(super) fn looks(path: &Path, transform: Transform, most_px: f64, longest_px: f64) -> f64 {
    let outline = Outline::new(path, transform, longest_px);
    let fill = path.fill().map_or(0.0, |fill: &Fill| {
        outline.area.min(most_px) * looks_of_paint(fill.paint(), fill.opacity()) + outline.length * EVERY_EDGE
    });
    let stroke = path.stroke().map_or(0.0, |stroke: &Stroke| {
        let (x, y) = transform.get_scale();
        // Hairlines take a pixel as well.
        let wide = f64::from(stroke.width().get() * x.max(y)) + 1.0;
        let area = (outline.length * wide).min(most_px);
        area * looks_of_paint(stroke.paint(), stroke.opacity()) + 2.0 * outline.length * EVERY_EDGE
    });
    fill + stroke
}

/// For each pixel. Measured; patterns as where they are turned or do not fit the pixels.
fn looks_of_paint(paint: &Paint, opacity: Opacity) -> f64 {
    match paint {
        Paint::Color(_) if opacity.get() >= 1.0 => 0.25,
        Paint::Color(_) => 4.0,
        Paint::LinearGradient(_) | Paint::RadialGradient(_) => 15.0,
        Paint::Pattern(_) => 40.0,
    }
}

/// The outline of a path in pixels, as far as it is followed.
struct Outline {
    longest_px: f64,
    start: Place,
    last: Place,
    length: f64,
    /// At most, since what is seen from the start in both directions counts twice.
    area: f64,
}

impl Outline {
    fn new(path: &Path, t: Transform, longest_px: f64) -> Self {
        // Where it lies does not matter.
        let at = |p: Point| [f64::from(t.sx * p.x + t.kx * p.y), f64::from(t.ky * p.x + t.sy * p.y)];
        let mut outline = Self { longest_px, start: [0.0; 2], last: [0.0; 2], length: 0.0, area: 0.0 };
        for segment in path.data().segments() {
            match segment {
                PathSegment::MoveTo(to) => (outline.start, outline.last) = (at(to), at(to)),
                PathSegment::LineTo(to) => outline.line_to(at(to)),
                PathSegment::QuadTo(by, to) => {
                    let (from, by, to) = (outline.last, at(by), at(to));
                    outline.curve_to(between(from, by, 2.0 / 3.0), between(to, by, 2.0 / 3.0), to);
                }
                PathSegment::CubicTo(first, second, to) => outline.curve_to(at(first), at(second), at(to)),
                PathSegment::Close => outline.line_to(outline.start),
            }
        }
        outline
    }

    fn line_to(&mut self, to: Place) {
        let [from, far] = [self.last, to].map(|p| [p[0] - self.start[0], p[1] - self.start[1]]);
        self.area += (from[0] * far[1] - from[1] * far[0]).abs() / 2.0;
        self.length += (to[0] - self.last[0]).hypot(to[1] - self.last[1]).min(self.longest_px);
        self.last = to;
    }

    fn curve_to(&mut self, first: Place, second: Place, to: Place) {
        let from = self.last;
        for part in 1..=PARTS {
            let share = f64::from(part) / f64::from(PARTS);
            let [a, b, c] = [(from, first), (first, second), (second, to)].map(|(a, b)| between(a, b, share));
            self.line_to(between(between(a, b, share), between(b, c, share), share));
        }
    }
}

fn between(a: Place, b: Place, share: f64) -> Place {
    [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share]
}

#[cfg(test)]
mod tests {
    use resvg::usvg::{Node, Options, Tree};

    use super::*;

    /// Area and length of an outline at twice its size.
    fn measured(data: &str) -> [f64; 2] {
        let svg = format!(
            "<svg xmlns='http://www.w3.org/2000/svg' width='100' height='100'><path d='{data}' stroke='red'/></svg>"
        );
        let tree = Tree::from_str(&svg, &Options::default()).unwrap();
        let Some(Node::Path(path)) = tree.root().children().first() else { panic!("no path") };
        let outline = Outline::new(path, Transform::from_scale(2.0, 2.0), 1000.0);
        [outline.area, outline.length]
    }

    #[test]
    fn outlines_have_about_the_area_and_the_length_that_they_have() {
        for (data, [area, length]) in [
            ("M10 10h20v30h-20z", [2400.0, 200.0]),
            ("M0 0L80 80L80 81L0 1z", [320.0, 457.0]),
            ("M10 50a40 40 0 0 1 80 0a40 40 0 0 1 -80 0z", [20106.0, 503.0]),
            ("M0 0Q50 100 100 0z", [13333.0, 496.0]),
            ("M0 0h10v10h-10zM50 50h10v10h-10z", [800.0, 160.0]),
            ("M0 0L30 40", [0.0, 100.0]),
            ("M0 0h1e6", [0.0, 1000.0]),
        ] {
            let is_near = |is: f64, wanted: f64| (is - wanted).abs() <= 0.08 * wanted + 0.1;
            let [is_area, is_length] = measured(data);
            assert!(is_near(is_area, area) && is_near(is_length, length), "{data}: {is_area}, {is_length}");
        }
    }
}
