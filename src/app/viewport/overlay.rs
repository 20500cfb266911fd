//! What is drawn over the 3D picture in two dimensions: sizes, measurements, the view cube, the
//! picture laid over the mesh.

use std::path::Path;
use std::sync::Arc;

use egui::{Align2, Color32, FontId, Galley, Painter, Pos2, Rect, Sense, Shape, Slider, Stroke};
use egui::{TextureHandle, Ui, pos2, vec2};
use glam::Vec3;

use super::super::Studio;
use super::super::state::Source;
use super::super::theme::{self, Palette};
use super::super::toast::Level;
use super::Viewport;
use super::clicks::Click;
use super::labels::{Labels, edges};
use crate::mesh::Bounds;
use crate::print::text::length;
use crate::progress::{CancelOnDrop, Monitor};
use crate::render::{Camera, NamedView, Projection};
use crate::request::Mode;

/// The object of the card's picture, to be laid over the front view.
pub struct PictureOverlay {
    /// Names the answer that is awaited; those of overlays before are dropped.
    awaited: Arc<()>,
    /// What makes that answer ends with this.
    work: CancelOnDrop,
    texture: Option<TextureHandle>,
    opacity: f32,
}

/// Half of the edge of the view cube, in points.
const CUBE: f32 = 26.0;
/// Shortest edge of the box that is measured, in points.
pub(super) const LEAST_EDGE: f32 = 12.0;
/// Ground around the text of a label, both sides together, in points.
const AROUND_TEXT: egui::Vec2 = vec2(10.0, 4.0);
/// Least side of a view in which the cube leaves room for the mesh, in points.
const LEAST_FOR_CUBE: f32 = 5.0 * CUBE;

impl Studio {
    /// Draws over the view in `rect`; `clicks` are those within [`cube_area`].
    pub(super) fn overlay_ui(&mut self, ui: &mut Ui, clicks: &[Click], rect: Rect, scale: f32) {
        let palette = Palette::of(ui.ctx());
        let painter = ui.painter_at(rect);
        let view = &self.viewport;
        let on_screen = |point: Vec3| view.camera.pixel_from_world(point).map(|p| rect.min + vec2(p.x, p.y) / scale);
        let mut labels = Labels::new(rect);
        if let Some(shown) = &view.shown {
            if let Some(overlay) = &view.overlay {
                overlay.paint(&painter, shown.bounds, &on_screen);
            }
            if view.dimensions {
                paint_dimensions(&painter, shown.bounds, &view.camera, &palette, &mut labels, &on_screen);
            }
        }
        if let Some(at) = view.marker.and_then(on_screen) {
            painter.circle_stroke(at, 14.0, Stroke::new(4.0, palette.panel));
            painter.circle_stroke(at, 14.0, Stroke::new(2.0, palette.error));
            painter.circle_filled(at, 2.5, palette.error);
        }
        if let Some(points) = &view.measure {
            paint_measurement(&painter, points, &palette, &mut labels, &on_screen);
        }
        if let Some(area) = cube_area(rect) {
            self.cube_ui(ui, clicks, area, &palette);
        }
    }

    /// A cube that shows the orientation; a click on a side looks from there.
    fn cube_ui(&mut self, ui: &mut Ui, clicks: &[Click], area: Rect, palette: &Palette) {
        let center = area.center();
        let response = ui.interact(area, ui.id().with("view cube"), Sense::click());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Button, true, "View cube"));
        let turn = self.viewport.camera.view_from_world();
        let place = |v: Vec3| {
            let v = turn.transform_vector3(v);
            center + vec2(v.x, -v.y) * CUBE
        };
        let mut clicked: Option<(usize, NamedView)> = None;
        for (named, label, normal, across) in SIDES {
            let toward = turn.transform_vector3(*normal);
            // The sides that face away are hidden by the others.
            if toward.z <= 0.02 {
                continue;
            }
            let up = normal.cross(*across);
            let corners = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)]
                .map(|(a, b)| place(*normal + *across * a + up * b));
            let hovered = response.hover_pos().is_some_and(|at| contains(&corners, at));
            let fill = if hovered { palette.accent } else { palette.card };
            let shade = 0.75 + 0.25 * toward.z;
            let outline = Stroke::new(1.0, palette.line);
            ui.painter().add(Shape::convex_polygon(corners.to_vec(), fill.gamma_multiply(shade), outline));
            if toward.z > 0.45 {
                let ink = if hovered { palette.on_accent } else { palette.text };
                ui.painter().text(place(*normal), Align2::CENTER_CENTER, label, FontId::proportional(11.0), ink);
            }
            // The last of several counts.
            let last = clicks.iter().rposition(|click| contains(&corners, click.at));
            if let Some(place) = last.filter(|place| clicked.is_none_or(|(before, _)| before < *place)) {
                clicked = Some((place, *named));
            }
        }
        if let Some((_, named)) = clicked {
            self.viewport.look_from(named);
        }
    }

    /// Lays the picture of the selected card over the front view, or takes it away.
    pub(super) fn toggle_picture_overlay(&mut self) {
        if self.viewport.overlay.take().is_some() {
            return;
        }
        let Some(item) = self.items.selected().filter(|i| matches!(i.source, Source::Picture(_))) else {
            self.messages.push(Level::Info, "Only a mesh made from a picture can be compared with it");
            return;
        };
        let mut item = item.clone();
        let height_mm = self.viewport.measures().map_or(0.0, |(size_mm, _)| size_mm.z);
        let cut_mm = item.cut_off_mm();
        let share = if cut_mm > 0.0 { height_mm / (height_mm + cut_mm) } else { 1.0 };
        if let Some((request, mask, _)) = item.made_with() {
            (item.request, item.mask) = (*request, mask.map(Path::to_owned));
        }
        if !matches!(item.request.mode, Mode::Inflate | Mode::Model) || item.request.lies_flat() {
            self.messages
                .push(Level::Info, "Only a figure that stands as its picture shows it can be compared with it");
            return;
        }
        self.viewport.camera.set_projection(Projection::Orthographic);
        self.viewport.look_from(NamedView::Front);
        let awaited = self.expect_overlay();
        let cancel = self.viewport.overlay.as_ref().map(|overlay| overlay.work.token()).unwrap_or_default();
        let crop = move || super::super::cutout::object_of(&item, share, &Monitor::new(&cancel, &|_| {}));
        self.run_task(crop, move |studio, cropped| studio.take_overlay(&awaited, cropped.flatten()));
    }

    /// Makes room for a picture; the answer is known by what is returned.
    fn expect_overlay(&mut self) -> Arc<()> {
        let (awaited, work) = (Arc::new(()), CancelOnDrop::default());
        self.viewport.overlay = Some(PictureOverlay { awaited: awaited.clone(), work, texture: None, opacity: 0.5 });
        awaited
    }

    fn take_overlay(&mut self, awaited: &Arc<()>, cropped: Result<egui::ColorImage, String>) {
        let Some(overlay) = self.viewport.overlay.as_mut().filter(|o| Arc::ptr_eq(&o.awaited, awaited)) else {
            return;
        };
        match cropped {
            Ok(image) => {
                overlay.texture = Some(self.ctx.load_texture("overlay", image, egui::TextureOptions::LINEAR));
            }
            Err(why) => {
                self.viewport.overlay = None;
                self.messages.push(Level::Error, why);
            }
        }
    }
}

/// Where the view cube is in a view that has room for it.
pub(super) fn cube_area(rect: Rect) -> Option<Rect> {
    let center = pos2(rect.max.x - 2.2 * CUBE, rect.max.y - 2.2 * CUBE);
    let area = Rect::from_center_size(center, vec2(3.6 * CUBE, 3.6 * CUBE));
    (rect.size().min_elem() >= LEAST_FOR_CUBE).then_some(area)
}

impl PictureOverlay {
    /// The slider between mesh and picture.
    pub(super) fn slider_ui(&mut self, ui: &mut Ui) {
        theme::add_slider(ui, Slider::new(&mut self.opacity, 0.0..=1.0).show_value(false).text("Picture"));
    }

    /// Over the front of the box around the mesh: object and mesh fill the same box.
    fn paint(&self, painter: &Painter, bounds: Bounds, on_screen: &impl Fn(Vec3) -> Option<Pos2>) {
        let Some(texture) = &self.texture else { return };
        let y = bounds.center().y;
        let top_left = on_screen(Vec3::new(bounds.min.x, y, bounds.max.z));
        let bottom_right = on_screen(Vec3::new(bounds.max.x, y, bounds.min.z));
        if let (Some(a), Some(b)) = (top_left, bottom_right) {
            let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            painter.image(texture.id(), Rect::from_two_pos(a, b), whole, Color32::WHITE.gamma_multiply(self.opacity));
        }
    }
}

/// The sides of the view cube: view, label, outward normal, direction to the right as seen from there.
const SIDES: &[(NamedView, &str, Vec3, Vec3)] = &[
    (NamedView::Front, "Front", Vec3::NEG_Y, Vec3::X),
    (NamedView::Back, "Back", Vec3::Y, Vec3::NEG_X),
    (NamedView::Left, "Left", Vec3::NEG_X, Vec3::NEG_Y),
    (NamedView::Right, "Right", Vec3::X, Vec3::Y),
    (NamedView::Top, "Top", Vec3::Z, Vec3::X),
    (NamedView::Bottom, "Bottom", Vec3::NEG_Z, Vec3::X),
];

/// Whether a convex polygon holds a point.
fn contains(corners: &[Pos2; 4], at: Pos2) -> bool {
    let side = |i: usize| {
        let (a, b) = (corners[i], corners[(i + 1) % 4]);
        (b.x - a.x) * (at.y - a.y) - (b.y - a.y) * (at.x - a.x)
    };
    let sides = [side(0), side(1), side(2), side(3)];
    sides.iter().all(|&s| s >= 0.0) || sides.iter().all(|&s| s <= 0.0)
}

/// Width, depth and height along the edges of the box that are nearest to the viewer.
fn paint_dimensions(
    painter: &Painter,
    bounds: Bounds,
    camera: &Camera,
    palette: &Palette,
    labels: &mut Labels,
    on_screen: &impl Fn(Vec3) -> Option<Pos2>,
) {
    for (from, to, length) in edges(bounds, camera.pose().view.direction()) {
        // One that is seen end-on says nothing, and lies on a corner of the others.
        let is_seen = |(a, b): (Pos2, Pos2)| a.distance(b) >= LEAST_EDGE;
        if on_screen(from).zip(on_screen(to)).is_some_and(is_seen) {
            paint_length(painter, [from, to], length, palette, labels, on_screen);
        }
    }
}

/// A line between two points, its ends, and how long it is.
fn paint_length(
    painter: &Painter,
    [from, to]: [Vec3; 2],
    length_mm: f32,
    palette: &Palette,
    labels: &mut Labels,
    on_screen: &impl Fn(Vec3) -> Option<Pos2>,
) {
    let (Some(a), Some(b)) = (on_screen(from), on_screen(to)) else { return };
    let stroke = Stroke::new(1.5, palette.accent);
    painter.line_segment([a, b], stroke);
    let across = (b - a).rot90().normalized() * 5.0;
    for end in [a, b] {
        painter.line_segment([end - across, end + across], stroke);
    }
    let text = format!("{} mm", length(length_mm));
    let galley = painter.layout_no_wrap(text, FontId::proportional(13.0), palette.text);
    if let Some(place) = labels.place(a, b, galley.size() + AROUND_TEXT) {
        paint_text(painter, place.center(), galley, palette);
    }
}

/// Text on a ground of its own, readable over whatever is drawn behind it.
fn paint_text(painter: &Painter, center: Pos2, galley: Arc<Galley>, palette: &Palette) {
    let place = Rect::from_center_size(center, galley.size() + AROUND_TEXT);
    painter.rect_filled(place, 4.0, palette.panel.gamma_multiply(0.9));
    painter.galley(place.min + 0.5 * AROUND_TEXT, galley, palette.text);
}

fn paint_measurement(
    painter: &Painter,
    points: &[Vec3],
    palette: &Palette,
    labels: &mut Labels,
    on_screen: &impl Fn(Vec3) -> Option<Pos2>,
) {
    for point in points {
        if let Some(at) = on_screen(*point) {
            painter.circle(at, 4.0, palette.accent, Stroke::new(1.5, palette.on_accent));
        }
    }
    if let &[a, b] = points {
        paint_length(painter, [a, b], a.distance(b), palette, labels, on_screen);
    } else {
        let text = if points.is_empty() { "Click the first point" } else { "Click the second point" };
        let galley = painter.layout_no_wrap(text.to_owned(), FontId::proportional(14.0), palette.text);
        paint_text(painter, labels.view().center_bottom() - vec2(0.0, 30.0), galley, palette);
    }
}

impl Viewport {
    /// The slider of the picture laid over, while there is one.
    pub(super) fn overlay_slider_ui(&mut self, ui: &mut Ui) {
        if let Some(overlay) = &mut self.overlay {
            overlay.slider_ui(ui);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::command::Command;
    use super::super::super::state::Status;
    use super::super::super::tests::{finished, studio, take_answers};
    use super::*;

    #[test]
    fn a_picture_is_laid_over_what_is_left_above_a_flat_base() {
        let (folder, mut studio) = studio();
        let path = folder.path().join("square.png");
        let is_inside = |x: u32, y: u32| (20..80).contains(&x) && (20..80).contains(&y);
        let alpha = |x, y| if is_inside(x, y) { 255 } else { 0 };
        image::RgbaImage::from_fn(100, 100, |x, y| image::Rgba([220, 120, 60, alpha(x, y)])).save(&path).unwrap();
        let id = studio.add(Source::Picture(path));
        let mut made = finished();
        for (flat_base_mm, size) in [(0.0, [60, 60]), (made.report.size_mm[2], [60, 30])] {
            made.request.solid.flat_base_mm = flat_base_mm;
            made.mesh = Arc::new((*made.mesh).clone());
            let item = studio.items.get_mut(id).unwrap();
            (item.status, item.finished) = (Status::Finished, Some(made.clone()));
            studio.select(id);
            studio.run_command(Command::ToggleOverlay);
            take_answers(&mut studio);
            let texture = studio.viewport.overlay.as_ref().and_then(|overlay| overlay.texture.as_ref());
            assert_eq!(texture.map(TextureHandle::size), Some(size), "{flat_base_mm} mm were cut off");
        }
    }

    #[test]
    fn an_overlay_takes_its_own_answer_alone() {
        let (_folder, mut studio) = studio();
        let image = || egui::ColorImage::filled([2, 2], Color32::RED);
        let first = studio.expect_overlay();
        let second = studio.expect_overlay();
        studio.take_overlay(&first, Err("cannot be read".to_owned()));
        studio.take_overlay(&first, Ok(image()));
        assert!(studio.viewport.overlay.as_ref().is_some_and(|overlay| overlay.texture.is_none()));
        assert_eq!(studio.messages.iter().count(), 0);
        studio.take_overlay(&second, Ok(image()));
        assert!(studio.viewport.overlay.as_ref().is_some_and(|overlay| overlay.texture.is_some()));
        let third = studio.expect_overlay();
        studio.take_overlay(&third, Err("cannot be read".to_owned()));
        assert!(studio.viewport.overlay.is_none() && studio.messages.iter().count() == 1);
    }
}
