//! Where the labels of measured lines go: on their lines, in the view, and not on each other.

use egui::{Pos2, Rect, Vec2, vec2};
use glam::Vec3;

use crate::mesh::Bounds;

/// Places to try along a line and on either side of it.
const STEPS: i32 = 12;

/// The labels of one frame.
pub(super) struct Labels {
    view: Rect,
    taken: Vec<Rect>,
}

impl Labels {
    /// No labels yet in the view.
    pub fn new(view: Rect) -> Self {
        Self { view, taken: Vec::new() }
    }

    /// The view, in points.
    pub fn view(&self) -> Rect {
        self.view
    }

    /// Takes the place of a label of this size for the line from `a` to `b`: in the middle of what is seen of
    /// it, else along it, else beside it. `None` when nothing of the line is seen or no place is left.
    pub fn place(&mut self, a: Pos2, b: Pos2, size: Vec2) -> Option<Rect> {
        let (a, b) = seen_part(self.view, a, b)?;
        // Only centres from which the label does not reach out of the view.
        let centers = self.view.shrink2(0.5 * size);
        if centers.is_negative() {
            return None;
        }
        let step = (b - a) / (2.0 * STEPS as f32);
        let beside = (b - a).rot90().normalized() * (0.5 * size.y);
        let along = |off: Vec2| (0..=STEPS).flat_map(move |i| [step * i as f32 + off, off - step * i as f32]);
        let off_line = (0..=STEPS).flat_map(|i| [beside * i as f32, beside * -(i as f32)]);
        let around = (1..=STEPS).flat_map(|i| {
            let ring = size * i as f32 * 0.5;
            [vec2(0.0, ring.y), vec2(0.0, -ring.y), vec2(ring.x, 0.0), vec2(-ring.x, 0.0), ring, -ring]
        });
        let middle = a + (b - a) * 0.5;
        let offsets = off_line.flat_map(along).chain(around);
        let mut places = offsets.map(|off| Rect::from_center_size(centers.clamp(middle + off), size));
        let place = places.find(|place| !self.taken.iter().any(|taken| taken.intersects(*place)))?;
        self.taken.push(place);
        Some(place)
    }
}

/// The part of a line that lies in the view, if any (Liang and Barsky, "A New Concept and Method for Line
/// Clipping", 1984).
fn seen_part(view: Rect, a: Pos2, b: Pos2) -> Option<(Pos2, Pos2)> {
    let along = b - a;
    let (mut first, mut last) = (0.0_f32, 1.0_f32);
    let sides = [
        (-along.x, a.x - view.min.x),
        (along.x, view.max.x - a.x),
        (-along.y, a.y - view.min.y),
        (along.y, view.max.y - a.y),
    ];
    for (outwards, room) in sides {
        if outwards < 0.0 {
            first = first.max(room / outwards);
        } else if outwards > 0.0 {
            last = last.min(room / outwards);
        } else if room < 0.0 {
            return None;
        }
    }
    (first <= last).then(|| (a + along * first, a + along * last))
}

/// Width, depth and height of a box with the edges along which they are shown to a viewer in the direction
/// `toward`: the nearest ones.
pub(super) fn edges(bounds: Bounds, toward: Vec3) -> [(Vec3, Vec3, f32); 3] {
    let size = bounds.size();
    let near = |axis: usize| if toward[axis] >= 0.0 { bounds.max[axis] } else { bounds.min[axis] };
    let far = |axis: usize| if toward[axis] >= 0.0 { bounds.min[axis] } else { bounds.max[axis] };
    let floor = bounds.min.z;
    [
        (Vec3::new(bounds.min.x, near(1), floor), Vec3::new(bounds.max.x, near(1), floor), size.x),
        (Vec3::new(near(0), bounds.min.y, floor), Vec3::new(near(0), bounds.max.y, floor), size.y),
        (Vec3::new(near(0), far(1), bounds.min.z), Vec3::new(near(0), far(1), bounds.max.z), size.z),
    ]
}

#[cfg(test)]
mod tests {
    use egui::pos2;

    use super::super::overlay::LEAST_EDGE;
    use super::*;
    use crate::render::{Camera, NamedView, Projection};

    /// Places of the labels of a box, and of how many of its edges enough is seen.
    fn labelled(size_mm: Vec3, camera: &Camera, view: Rect) -> (Vec<Rect>, usize) {
        let bounds = Bounds { min: Vec3::ZERO, max: size_mm };
        let mut labels = Labels::new(view);
        let mut seen = 0;
        for (from, to, _) in edges(bounds, camera.pose().view.direction()) {
            let [a, b] = [from, to].map(|p| camera.pixel_from_world(p).unwrap()).map(|p| view.min + vec2(p.x, p.y));
            if a.distance(b) >= LEAST_EDGE {
                seen += 1;
                labels.place(a, b, vec2(76.0, 20.0)).unwrap();
            }
        }
        (labels.taken, seen)
    }

    #[test]
    fn labels_of_dimensions_lie_in_the_view_and_not_on_each_other() {
        let view = Rect::from_min_size(pos2(260.0, 90.0), vec2(640.0, 420.0));
        let sizes =
            [Vec3::splat(10.0), Vec3::new(200.0, 2.0, 2.0), Vec3::new(2.0, 2.0, 200.0), Vec3::new(90.0, 80.0, 1.0)];
        for size_mm in sizes {
            for &named in NamedView::ALL {
                for &projection in Projection::ALL {
                    let bounds = Bounds { min: Vec3::ZERO, max: size_mm };
                    let mut camera = Camera::fit(bounds, named.into(), projection, [640, 420]);
                    let (places, seen) = labelled(size_mm, &camera, view);
                    let case = format!("{size_mm} from {named:?} {projection:?}: {places:?}");
                    assert!(seen > 0 && places.len() == seen, "{case}");
                    assert!(places.iter().all(|place| view.contains_rect(*place)), "{case}");
                    for (i, place) in places.iter().enumerate() {
                        assert!(places[..i].iter().all(|other| !other.intersects(*place)), "{case}");
                    }
                    // Half of it beyond the edge of the view: what is labelled stays readable.
                    camera.pan(glam::Vec2::new(300.0, 180.0));
                    let mut labels = Labels::new(view);
                    for (from, to, _) in edges(bounds, camera.pose().view.direction()) {
                        let on_screen = |p: Vec3| camera.pixel_from_world(p).map(|p| view.min + vec2(p.x, p.y));
                        labels.place(on_screen(from).unwrap(), on_screen(to).unwrap(), vec2(76.0, 20.0));
                    }
                    assert!(labels.taken.iter().all(|place| view.contains_rect(*place)), "{named:?} {projection:?}");
                }
            }
        }
    }

    #[test]
    fn what_is_seen_end_on_has_no_label() {
        let size_mm = Vec3::new(30.0, 20.0, 10.0);
        let view = Rect::from_min_size(pos2(0.0, 0.0), vec2(640.0, 420.0));
        for named in [NamedView::Front, NamedView::Left, NamedView::Top] {
            let bounds = Bounds { min: Vec3::ZERO, max: size_mm };
            let camera = Camera::fit(bounds, named.into(), Projection::Orthographic, [640, 420]);
            assert_eq!(labelled(size_mm, &camera, view).1, 2, "{named:?}");
        }
    }

    #[test]
    fn a_line_out_of_sight_has_no_label_and_one_half_in_sight_has_it_where_it_is_seen() {
        let view = Rect::from_min_size(pos2(0.0, 0.0), vec2(200.0, 100.0));
        let mut labels = Labels::new(view);
        let size = vec2(40.0, 16.0);
        assert_eq!(labels.place(pos2(-50.0, 10.0), pos2(-10.0, 90.0), size), None);
        let place = labels.place(pos2(100.0, 50.0), pos2(900.0, 50.0), size).unwrap();
        assert!((place.center() - pos2(150.0, 50.0)).length() < 0.01, "{place:?}");
    }
}
