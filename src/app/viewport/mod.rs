//! The 3D view: camera, what is drawn, and the tools on it. The drawing itself is [`crate::render`].

mod callback;
mod capture;
mod clicks;
mod labels;
mod motion;
mod overlay;
mod sight;
mod surroundings;
mod toolbar;
mod upload;
mod waiting;

pub(super) use upload::{Prepared, Uploaded};

use std::sync::{Arc, PoisonError};

use egui::{PointerButton, Rect, Sense, Ui};
use glam::{Vec2, Vec3};

use super::Studio;
use super::command::Command;
use super::state::ItemId;
use super::toast::Level;
use crate::mesh::{Bounds, Mesh};
use crate::render::{
    Bed, Camera, GpuMesh, NamedView, Pose, Projection, Scene, Section, Shading, View, Wireframe, pick,
};
use callback::{DrawView, Failure, Resources};
use clicks::Click;

/// Picking goes through all triangles: above this only on a click, not on every turn of the wheel.
const PICK_WHILE_ZOOMING: usize = 1_500_000;

/// What the view shows and how.
pub struct Viewport {
    gpu: Option<egui_wgpu::RenderState>,
    device: String,
    failure: Failure,
    camera: Camera,
    scene: Scene,
    shown: Option<Shown>,
    /// The card whose mesh the camera was fitted to.
    fitted: Option<ItemId>,
    /// Where the camera stood after it was fitted last.
    fitted_pose: Pose,
    /// Counts uploads: an older one that ends late is dropped.
    generation: u64,
    turntable: bool,
    dimensions: bool,
    measure: Option<Vec<Vec3>>,
    /// A place that was asked to be shown, such as a defect.
    marker: Option<Vec3>,
    /// The panorama that lights the view instead of a preset.
    own_light: Option<surroundings::OwnLight>,
    motion: motion::Motion,
    clicks: clicks::Clicks,
    lights: surroundings::Lights,
    overlay: Option<overlay::PictureOverlay>,
    capture: Option<capture::Running>,
    transparent_pictures: bool,
}

struct Shown {
    mesh: Arc<Mesh>,
    bounds: Bounds,
    gpu_mesh: Option<Arc<GpuMesh>>,
    /// Whether coarser versions were asked for.
    has_levels: bool,
}

/// Where the camera starts: around an empty bed.
const NOTHING: Bounds = Bounds { min: Vec3::new(-60.0, -60.0, 0.0), max: Vec3::new(60.0, 60.0, 90.0) };

impl Viewport {
    /// A view on `gpu`; without one it says that nothing can be drawn.
    pub fn new(gpu: Option<&egui_wgpu::RenderState>) -> Self {
        if let Some(gpu) = gpu {
            gpu.renderer.write().callback_resources.insert(Resources::new(gpu));
        }
        let device = gpu.map_or("No graphics device".to_owned(), |g| {
            let info = g.adapter.get_info();
            format!("{} ({})", info.name, info.backend)
        });
        let mut scene = Scene::new();
        scene.ground.grid = true;
        scene.ground.bed = Some(Bed::default());
        scene.material.vertex_colors = true;
        scene.lighting.follow_camera = true;
        let camera = Camera::fit(NOTHING, View::default(), Projection::Perspective, [640, 480]);
        let slow = is_drawn_by_processor(gpu);
        let fitted_pose = camera.pose();
        let motion = motion::Motion::new(fitted_pose, slow);
        Self {
            gpu: gpu.cloned(),
            device,
            failure: Failure::default(),
            camera,
            motion,
            clicks: clicks::Clicks::default(),
            scene,
            shown: None,
            fitted: None,
            fitted_pose,
            generation: 0,
            turntable: false,
            dimensions: false,
            measure: None,
            marker: None,
            own_light: None,
            lights: surroundings::Lights::default(),
            overlay: None,
            capture: None,
            transparent_pictures: false,
        }
    }

    /// Name of the graphics device.
    pub fn device_text(&self) -> &str {
        &self.device
    }

    /// Size in mm and number of triangles of the mesh that is shown or on its way.
    pub fn measures(&self) -> Option<(Vec3, u64)> {
        self.shown.as_ref().map(|s| (s.bounds.size(), s.mesh.triangle_indices.len() as u64))
    }

    /// Whether a mesh is in graphics memory.
    pub fn is_mesh_shown(&self) -> bool {
        self.shown.as_ref().is_some_and(|s| s.gpu_mesh.is_some())
    }

    /// Whether the picture that is drawn next stays.
    pub fn is_settled(&self) -> bool {
        self.motion.is_settled()
    }

    /// Shows nothing.
    pub fn clear(&mut self) {
        self.shown = None;
        self.marker = None;
        self.overlay = None;
        // Their answer is of an earlier generation now.
        self.motion.awaits_levels = false;
        self.generation += 1;
        self.measure.iter_mut().for_each(Vec::clear);
    }

    /// Takes the printer's bed, in millimetres.
    pub fn set_bed(&mut self, [width, depth, _]: [f32; 3]) {
        if let Some(bed) = &mut self.scene.ground.bed {
            bed.size_mm = [width, depth];
        }
        self.camera.set_floor(self.scene.ground.bed.map(|bed| bed.size_mm));
    }

    /// Turns the camera to a point of the surface, in print space, comes near, and marks it. Where something
    /// is before the point, the camera goes to the side from which it is seen.
    pub fn look_at(&mut self, point_mm: Vec3) {
        self.marker = Some(point_mm);
        let mut pose = self.camera.pose();
        pose.target = point_mm;
        if let Some(shown) = &self.shown {
            pose.view = sight::view_of(&shown.mesh, shown.bounds, point_mm, pose.view);
        }
        let size = self.shown.as_ref().map_or(100.0, |s| s.bounds.size().length());
        pose.distance_mm = pose.distance_mm.min(size * 0.5);
        self.camera.set_pose(pose);
    }

    /// Brings a section that misses the mesh to its middle.
    fn keep_section_inside(&mut self) {
        let (Some(section), Some(shown)) = (&mut self.scene.section, &self.shown) else { return };
        let middle = shown.bounds.center().dot(section.normal);
        let reach = 0.5 * shown.bounds.size().dot(section.normal.abs());
        if (section.offset_mm - middle).abs() > reach {
            section.offset_mm = middle;
        }
    }

    fn fit(&mut self) {
        self.camera.frame(self.shown.as_ref().map_or(NOTHING, |s| s.bounds));
        self.fitted_pose = self.camera.pose();
    }

    /// Takes the size of the view, in pixels. Nothing that was fitted into the one before is cut off, unless
    /// the camera was moved since.
    fn set_size(&mut self, size_px: [u32; 2]) {
        if self.camera.size_px() == size_px {
            return;
        }
        self.camera.set_size(size_px);
        if self.camera.pose() == self.fitted_pose {
            self.fit();
            if self.shown.is_none() {
                // The mesh before is to be fitted again when it comes back.
                self.fitted = None;
            }
        }
    }

    /// The point under a pixel of the view: of the mesh, or of the cut that is drawn through it.
    fn pick(&self, pixel: Vec2) -> Option<Vec3> {
        let shown = self.shown.as_ref()?;
        let (origin, direction) = self.camera.ray_in_world(pixel);
        Some(pick(&shown.mesh, self.scene.section.as_ref(), origin, direction)?.point)
    }
}

impl Studio {
    pub(super) fn viewport_ui(&mut self, ui: &mut Ui) {
        // Tools that are wider than the room there is must not push the view under what stands beside it.
        let room = ui.available_rect_before_wrap().x_range();
        self.toolbar_ui(ui);
        let rect = Rect::from_x_y_ranges(room, ui.available_rect_before_wrap().y_range());
        let response = ui.allocate_rect(rect, Sense::click_and_drag());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Other, true, "3D view"));
        let scale = ui.ctx().pixels_per_point();
        let size_px = [(rect.width() * scale).round().max(1.0) as u32, (rect.height() * scale).round().max(1.0) as u32];
        self.viewport.set_size(size_px);
        let clicks = self.viewport.clicks.take(ui, rect);
        let is_on_cube = |c: &Click| overlay::cube_area(rect).is_some_and(|area| area.contains(c.at));
        let (on_cube, on_mesh): (Vec<Click>, Vec<Click>) = clicks.into_iter().partition(is_on_cube);
        self.navigate(ui, &response, &on_mesh, rect, scale);
        self.draw(ui, rect, scale);
        self.overlay_ui(ui, &on_cube, rect, scale);
        self.reading_ui(ui, rect);
        self.unread_ui(ui, rect);
        self.rough_ui(ui, rect);
        let failure = self.viewport.failure.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(error) = failure {
            self.messages.push(Level::Error, format!("The view cannot be drawn: {error}"));
        }
    }

    /// Says what there is to wait for while there is nothing to see.
    fn reading_ui(&self, ui: &mut Ui, rect: Rect) {
        let Some(text) = self.awaited_text() else { return };
        let text = egui::WidgetText::from(text);
        let room = (rect.width() - 24.0).max(0.0);
        let text = text.into_galley(ui, Some(egui::TextWrapMode::Truncate), room, egui::TextStyle::Body);
        // Below the middle, where other messages stand.
        let center = rect.center_top() + egui::vec2(0.0, 0.65 * rect.height());
        let place = Rect::from_center_size(center, text.size());
        ui.painter().rect_filled(place.expand(6.0), 4.0, ui.visuals().panel_fill);
        let mut over = ui.new_child(egui::UiBuilder::new().max_rect(place));
        over.add(egui::Label::new(text).selectable(false));
    }

    fn draw(&mut self, ui: &mut Ui, rect: Rect, scale: f32) {
        self.prepare_light();
        let is_large = |m: &Arc<GpuMesh>| m.triangle_count() > GpuMesh::SMALL;
        let shown = self.viewport.shown.as_ref().and_then(|s| s.gpu_mesh.as_ref());
        if self.viewport.motion.is_slow() && shown.is_some_and(is_large) {
            self.add_levels();
        }
        let view = &mut self.viewport;
        if view.gpu.is_none() {
            let weak = ui.visuals().weak_text_color();
            let text = "No graphics device: the view cannot be drawn, everything else works";
            ui.painter().text(rect.center(), egui::Align2::CENTER_CENTER, text, Default::default(), weak);
            return;
        }
        if view.turntable {
            let secs = ui.input(|i| i.stable_dt).min(0.1);
            let mut pose = view.camera.pose();
            pose.view.azimuth += secs * std::f32::consts::TAU / 12.0;
            view.camera.set_pose(pose);
            ui.ctx().request_repaint();
        }
        let Some(preset) = view.lights.usable(view.scene.lighting.preset, view.own_light.is_some()) else { return };
        let mut scene = if view.is_mesh_shown() { view.scene.clone() } else { empty(&view.scene) };
        scene.lighting.preset = preset;
        let callback = DrawView {
            camera: view.camera.clone(),
            scene,
            mesh: view.shown.as_ref().and_then(|s| s.gpu_mesh.clone()),
            passing: view.motion.is_passing(view.camera.pose(), ui),
            origin_px: [(rect.min.x * scale).round(), (rect.min.y * scale).round()],
            failure: view.failure.clone(),
        };
        ui.painter().add(egui_wgpu::Callback::new_paint_callback(rect, callback));
    }

    /// Turns clicks, drags and the wheel into what they mean.
    fn navigate(&mut self, ui: &Ui, response: &egui::Response, clicks: &[Click], rect: Rect, scale: f32) {
        let pixel = |at: egui::Pos2| Vec2::new((at.x - rect.min.x) * scale, (at.y - rect.min.y) * scale);
        let view = &mut self.viewport;
        // Before the camera moves: that is what was seen and clicked.
        clicks.iter().for_each(|click| view.click(pixel(click.at), click.is_double));
        let delta = response.drag_delta() * scale;
        let delta = Vec2::new(delta.x, delta.y);
        if response.dragged_by(PointerButton::Middle)
            || response.dragged_by(PointerButton::Secondary)
            || (response.dragged_by(PointerButton::Primary) && ui.input(|i| i.modifiers.shift))
        {
            view.camera.pan(delta);
        } else if response.dragged_by(PointerButton::Primary) {
            view.camera.orbit(delta);
        }
        if let Some(at) = response.hover_pos() {
            let (scroll, pinch) = ui.input(|i| (i.smooth_scroll_delta().y, i.zoom_delta()));
            let factor = pinch * (scroll * 0.004).exp();
            if factor != 1.0 {
                let few = view.shown.as_ref().is_some_and(|s| s.mesh.triangle_indices.len() <= PICK_WHILE_ZOOMING);
                let point = if few { view.pick(pixel(at)) } else { None };
                view.camera.zoom(factor, pixel(at), point);
            }
        }
    }

    /// Runs a command that concerns the view alone.
    pub(super) fn run_view_command(&mut self, command: Command) {
        use Command as C;
        let view = &mut self.viewport;
        let center = view.shown.as_ref().map_or(Vec3::ZERO, |s| s.bounds.center());
        match command {
            C::Fit => view.fit(),
            C::ViewFront => view.look_from(NamedView::Front),
            C::ViewBack => view.look_from(NamedView::Back),
            C::ViewLeft => view.look_from(NamedView::Left),
            C::ViewRight => view.look_from(NamedView::Right),
            C::ViewTop => view.look_from(NamedView::Top),
            C::ViewBottom => view.look_from(NamedView::Bottom),
            C::ToggleProjection => {
                let other = match view.camera.projection() {
                    Projection::Perspective => Projection::Orthographic,
                    Projection::Orthographic => Projection::Perspective,
                };
                view.camera.set_projection(other);
            }
            C::ToggleWireframe => view.scene.wireframe = toggled(view.scene.wireframe, Wireframe::default()),
            C::ToggleGrid => {
                view.scene.ground.grid ^= true;
                let bed = Bed { size_mm: [self.settings.bed_mm[0], self.settings.bed_mm[1]] };
                view.scene.ground.bed = view.scene.ground.grid.then_some(bed);
            }
            C::ToggleSection => {
                let section = Section { offset_mm: center.x, ..Section::default() };
                view.scene.section = toggled(view.scene.section, section);
            }
            C::ToggleMeasure => view.measure = toggled(view.measure.take(), Vec::new()),
            C::ToggleDimensions => view.dimensions ^= true,
            C::ToggleTurntable => view.turntable ^= true,
            C::ToggleOverlay => self.toggle_picture_overlay(),
            C::NextShading => {
                let now = Shading::ALL.iter().position(|s| *s == view.scene.shading).unwrap_or(0);
                view.scene.shading = Shading::ALL[(now + 1) % Shading::ALL.len()];
            }
            C::SavePicture => self.save_picture(),
            C::SaveTurntable => self.save_turntable(),
            _ => {}
        }
    }
}

impl Viewport {
    fn look_from(&mut self, named: NamedView) {
        self.camera.set_view(named.into());
        self.fit();
    }
}

/// The scene without what only a mesh can throw.
fn empty(scene: &Scene) -> Scene {
    let mut scene = scene.clone();
    scene.ground.shadow = false;
    scene.ambient_occlusion = false;
    scene
}

/// On when it was off, and off when it was on.
fn toggled<T>(now: Option<T>, on: T) -> Option<T> {
    if now.is_some() { None } else { Some(on) }
}

/// Whether the processor draws the window.
pub(super) fn is_drawn_by_processor(gpu: Option<&egui_wgpu::RenderState>) -> bool {
    gpu.is_some_and(|g| g.adapter.get_info().device_type == wgpu::DeviceType::Cpu)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{block, studio};
    use super::*;

    #[test]
    fn what_was_fitted_stays_in_a_view_of_another_size_until_the_camera_is_moved() {
        let (_folder, mut studio) = studio();
        let mesh = block(Vec3::new(100.0, 20.0, 40.0));
        // Before the first frame the size of the view is not known.
        studio.show_mesh(ItemId(1), &mesh, None);
        let view = &mut studio.viewport;
        for size_px in [[400, 900], [1200, 300], [300, 300]] {
            view.set_size(size_px);
            for corner in &mesh.vertex_positions {
                let at = view.camera.pixel_from_world(*corner).unwrap();
                let [width, height] = size_px.map(|side| side as f32);
                assert!(
                    (0.0..=width).contains(&at.x) && (0.0..=height).contains(&at.y),
                    "{corner} in {size_px:?}: {at}"
                );
            }
        }
        view.camera.orbit(Vec2::new(30.0, 0.0));
        let pose = view.camera.pose();
        view.set_size([500, 400]);
        assert_eq!(view.camera.pose(), pose);
    }

    #[test]
    fn a_section_cuts_the_next_mesh_of_the_same_card_as_well() {
        let (_folder, mut studio) = studio();
        studio.show_mesh(ItemId(1), &block(Vec3::new(30.0, 30.0, 80.0)), None);
        studio.viewport.scene.section = Some(Section { normal: Vec3::Z, offset_mm: 40.0, ..Section::default() });
        studio.show_mesh(ItemId(1), &block(Vec3::new(30.0, 30.0, 20.0)), None);
        let offset_mm = studio.viewport.scene.section.unwrap().offset_mm;
        assert!((1.0..=19.0).contains(&offset_mm), "{offset_mm}");
    }

    #[test]
    fn the_bed_behind_a_small_mesh_is_drawn() {
        let (_folder, mut studio) = studio();
        studio.show_mesh(ItemId(1), &block(Vec3::splat(10.0)), None);
        let [width, depth, _] = studio.settings.bed_mm;
        let view = &studio.viewport;
        // The default view is from the front right.
        let corner = view.camera.pixel_from_world(Vec3::new(-0.5 * width, 0.5 * depth, 0.0)).unwrap();
        assert!((0.0..=1.0).contains(&corner.z), "{corner}");
    }
}
