//! Clicks at the places where they were made. A frame that took long holds a whole click, or several, and
//! by its end the pointer is elsewhere.

use egui::{Event, PointerButton, Pos2, Rect, Ui};
use glam::Vec2;

/// A click of the primary button.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Click {
    /// Where the button was let go, in points.
    pub at: Pos2,
    /// Whether it is the second of two in a row at one place.
    pub is_double: bool,
}

/// What is needed to tell clicks from drags, from frame to frame.
#[derive(Debug, Default)]
pub(super) struct Clicks {
    /// Where and when (in seconds) the button went down, while that may become a click.
    pressed: Option<(Pos2, f64)>,
    /// The click before, unless it was a double one.
    last: Option<(Pos2, f64)>,
}

impl Clicks {
    /// The clicks that ended in this frame within `rect` of `ui`, in their order; not those on what lies over
    /// it.
    pub fn take(&mut self, ui: &Ui, rect: Rect) -> Vec<Click> {
        let is_of_pointer = |e: &&Event| matches!(e, Event::PointerMoved(_) | Event::PointerButton { .. });
        let (events, now) = ui.input(|i| (i.events.iter().filter(is_of_pointer).cloned().collect::<Vec<_>>(), i.time));
        let is_on = |at| {
            let above = ui.ctx().layer_id_at(at);
            rect.contains(at) && ui.is_enabled() && above.is_none_or(|layer| layer == ui.layer_id())
        };
        let mut clicks = Vec::new();
        for event in events {
            match event {
                Event::PointerMoved(at) => self.pressed = self.pressed.filter(|(from, _)| is_near(ui, *from, at)),
                Event::PointerButton { pos, button: PointerButton::Primary, pressed: true, .. } => {
                    self.pressed = is_on(pos).then_some((pos, now));
                }
                Event::PointerButton { pos, button: PointerButton::Primary, .. } => {
                    clicks.extend(self.release(ui, pos, now));
                }
                _ => {}
            }
        }
        clicks
    }

    /// The click that the end of a press makes, if it is one.
    fn release(&mut self, ui: &Ui, at: Pos2, now: f64) -> Option<Click> {
        let (longest, pause) = ui.ctx().options(|o| {
            let limits = &o.input_options;
            (limits.max_click_duration, limits.max_double_click_delay)
        });
        let (from, since) = self.pressed.take()?;
        if !is_near(ui, from, at) || now - since > longest {
            return None;
        }
        let is_double = self.last.is_some_and(|(place, then)| is_near(ui, place, at) && now - then < pause);
        self.last = (!is_double).then_some((at, now));
        Some(Click { at, is_double })
    }
}

/// Whether a hand that clicks moves the pointer as far.
fn is_near(ui: &Ui, a: Pos2, b: Pos2) -> bool {
    a.distance(b) <= ui.ctx().options(|o| o.input_options.max_click_dist)
}

impl super::Viewport {
    /// Measures to the point under a pixel that was clicked, or turns around it from now on.
    pub(super) fn click(&mut self, pixel: Vec2, is_double: bool) {
        if !is_double && self.measure.is_none() {
            return;
        }
        let Some(point) = self.pick(pixel) else { return };
        if is_double {
            let mut pose = self.camera.pose();
            pose.target = point;
            self.camera.set_pose(pose);
        } else if let Some(points) = &mut self.measure {
            if points.len() == 2 {
                points.clear();
            }
            points.push(point);
        }
    }
}

#[cfg(test)]
mod tests {
    use egui::{Modifiers, RawInput, pos2, vec2};
    use glam::Vec3;

    use super::super::super::Studio;
    use super::super::super::state::ItemId;
    use super::super::super::tests::{block, studio};
    use super::*;

    /// One frame of a view in a window of 800 × 600 points in which all this happens.
    fn frame(studio: &mut Studio, time: f64, events: Vec<Event>) {
        let screen_rect = Some(Rect::from_min_size(pos2(0.0, 0.0), vec2(800.0, 600.0)));
        let input = RawInput { screen_rect, time: Some(time), events, ..Default::default() };
        let ctx = studio.ctx.clone();
        let _ = ctx.run_ui(input, |ui| studio.viewport_ui(ui));
    }

    fn button(pos: Pos2, pressed: bool) -> Event {
        Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers: Modifiers::NONE }
    }

    /// The window with a large block that is to be measured, and the middle of the view in points.
    fn measuring() -> (tempfile::TempDir, Studio, Pos2) {
        let (folder, mut studio) = studio();
        studio.show_mesh(ItemId(1), &block(Vec3::splat(100.0)), None);
        // The room for the tools is known after the first.
        (0..3).for_each(|n| frame(&mut studio, 0.1 * f64::from(n), Vec::new()));
        studio.viewport.measure = Some(Vec::new());
        let [width, height] = studio.viewport.camera.size_px().map(|side| side as f32);
        (folder, studio, pos2(800.0 - 0.5 * width, 600.0 - 0.5 * height))
    }

    /// Where the measured points are seen, in points from the middle of the view.
    fn measured(studio: &Studio) -> Vec<egui::Vec2> {
        let camera = &studio.viewport.camera;
        let middle = camera.size_px().map(|side| side as f32 * 0.5);
        let points = studio.viewport.measure.iter().flatten();
        let seen = points.map(|point| camera.pixel_from_world(*point).unwrap());
        seen.map(|at| vec2(at.x - middle[0], at.y - middle[1])).collect()
    }

    #[test]
    fn a_point_is_measured_where_was_clicked_and_not_where_the_pointer_went_after() {
        let (_folder, mut studio, middle) = measuring();
        let (a, b) = (vec2(-30.0, 10.0), vec2(40.0, -20.0));
        let [at_a, at_b] = [a, b].map(|off| middle + off);
        let slow = vec![Event::PointerMoved(at_a), button(at_a, true), button(at_a, false), Event::PointerMoved(at_b)];
        frame(&mut studio, 1.0, slow);
        let found = measured(&studio);
        assert!(found.len() == 1 && (found[0] - a).length() < 2.0, "{found:?}");
    }

    #[test]
    fn every_click_of_a_frame_counts_in_its_order_and_drags_are_none() {
        let (_folder, mut studio, middle) = measuring();
        let (a, b) = (vec2(-30.0, 10.0), vec2(40.0, -20.0));
        let [at_a, at_b] = [a, b].map(|off| middle + off);
        let drag = [button(at_a, true), Event::PointerMoved(at_b), Event::PointerMoved(at_a), button(at_a, false)];
        frame(&mut studio, 1.0, drag.to_vec());
        assert!(measured(&studio).is_empty());
        let twice = [at_a, at_b].into_iter().flat_map(|at| [button(at, true), button(at, false)]);
        frame(&mut studio, 2.0, twice.collect());
        let found = measured(&studio);
        assert!(found.len() == 2, "{found:?}");
        assert!((found[0] - a).length() < 2.0 && (found[1] - b).length() < 2.0, "{found:?}");
    }

    #[test]
    fn the_second_of_two_clicks_at_one_place_is_a_double_one() {
        let (_folder, mut studio, middle) = measuring();
        let at = middle + vec2(25.0, 5.0);
        for (time, pressed) in [(1.0, true), (1.05, false), (1.1, true), (1.15, false)] {
            frame(&mut studio, time, vec![button(at, pressed)]);
        }
        let points = studio.viewport.measure.clone().unwrap();
        assert_eq!(points.len(), 1, "the second one measures nothing");
        assert!((studio.viewport.camera.pose().target - points[0]).length() < 0.5);
    }
}
