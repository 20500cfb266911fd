//! Where the viewer stands: three-d's camera with the orbit, pan and zoom of a model viewer.
//!
//! World space is print space: millimetres, +Z up; the front of an object faces -Y. View space looks
//! along -Z with +Y up; clip space has depth 0 at the near and 1 at the far plane. Pixels count from
//! the top left corner, x to the right and y down.

use glam::{Mat4, Vec2, Vec3};
use serde::{Deserialize, Serialize};

use crate::mesh::Bounds;
use crate::request::parameter::choices;

choices! {
    /// How depth is drawn.
    pub enum Projection {
        /// As the eye sees: what is farther is smaller.
        Perspective = "perspective",
        /// To scale: parallel lines stay parallel, and a millimetre is the same length everywhere.
        Orthographic = "orthographic",
    }
}

choices! {
    /// Directions to look from that have a name.
    pub enum NamedView {
        /// From the front right, a little above: shows most of a figure.
        ThreeQuarter = "three-quarter",
        /// From the front (-Y).
        Front = "front",
        /// From behind (+Y).
        Back = "back",
        /// From the object's left as seen from the front (-X).
        Left = "left",
        /// From the right as seen from the front (+X).
        Right = "right",
        /// From above (+Z); the front is at the bottom of the picture.
        Top = "top",
        /// From below (-Z); the front is at the top of the picture.
        Bottom = "bottom",
    }
}

/// A direction to look from.
///
/// The camera stands at `distance * (sin a cos e, -cos a cos e, sin e)` from its target.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct View {
    /// Radians around +Z: 0 is the front, positive moves the camera towards +X.
    pub azimuth: f32,
    /// Radians above the horizon, -π/2 to π/2.
    pub elevation: f32,
}

impl Default for View {
    fn default() -> Self {
        NamedView::default().into()
    }
}

impl From<NamedView> for View {
    fn from(named: NamedView) -> Self {
        let (azimuth_deg, elevation_deg) = match named {
            NamedView::ThreeQuarter => (32.0, 18.0),
            NamedView::Front => (0.0, 0.0),
            NamedView::Back => (180.0, 0.0),
            NamedView::Left => (-90.0, 0.0),
            NamedView::Right => (90.0, 0.0),
            NamedView::Top => (0.0, 90.0),
            NamedView::Bottom => (0.0, -90.0),
        };
        Self::from_degrees(azimuth_deg, elevation_deg)
    }
}

impl View {
    /// From angles in degrees.
    pub fn from_degrees(azimuth_deg: f32, elevation_deg: f32) -> Self {
        Self { azimuth: azimuth_deg.to_radians(), elevation: elevation_deg.to_radians() }
    }

    /// Unit vector from the target to the camera.
    pub fn direction(self) -> Vec3 {
        let ((sin_a, cos_a), (sin_e, cos_e)) = (self.azimuth.sin_cos(), self.elevation.sin_cos());
        Vec3::new(sin_a * cos_e, -cos_a * cos_e, sin_e)
    }

    /// Up in the picture: the meridian's direction, which exists straight above and below too.
    fn up(self) -> Vec3 {
        let ((sin_a, cos_a), (sin_e, cos_e)) = (self.azimuth.sin_cos(), self.elevation.sin_cos());
        Vec3::new(-sin_a * sin_e, cos_a * sin_e, cos_e)
    }
}

/// Everything that places a camera; plain data for saving, comparing and blending.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pose {
    /// Where the camera looks at and turns around, in mm.
    #[serde(with = "super::serde_vec3")]
    pub target: Vec3,
    /// From where.
    pub view: View,
    /// From the target, in mm, > 0.
    pub distance_mm: f32,
}

impl Pose {
    /// The pose `share` (0–1) of the way to `other`, the shorter way around.
    pub fn lerp(self, other: Self, share: f32) -> Self {
        use std::f32::consts::{PI, TAU};
        let turn = (other.view.azimuth - self.view.azimuth + PI).rem_euclid(TAU) - PI;
        Self {
            target: self.target.lerp(other.target, share),
            view: View {
                azimuth: self.view.azimuth + turn * share,
                elevation: self.view.elevation + (other.view.elevation - self.view.elevation) * share,
            },
            // Geometric, so that zooming feels even.
            distance_mm: self.distance_mm * (other.distance_mm / self.distance_mm).powf(share),
        }
    }
}

/// Vertical field of view of every camera, in radians: long enough a lens not to distort.
const FOV_Y: f32 = 28.0 * std::f32::consts::PI / 180.0;

/// Least radius of what is looked at, and least distance to it; smaller meshes are not drawn at all.
pub(super) const LEAST_MM: f32 = 1e-6;

/// Radians per pixel of dragging.
const ORBIT_SPEED: f32 = 0.008;

/// A camera and the size of its picture.
#[derive(Clone, Debug)]
pub struct Camera {
    inner: three_d::Camera,
    pose: Pose,
    projection: Projection,
    size_px: [u32; 2],
    /// What near and far planes must hold: centre and radius in mm.
    subject: (Vec3, f32),
    /// Width and depth in mm of a floor around the origin that they hold as well where they can.
    floor_mm: Option<[f32; 2]>,
}

impl Camera {
    /// A camera that sees all of `bounds` (mm) from `view`, in a picture of `size_px`.
    pub fn fit(bounds: Bounds, view: View, projection: Projection, size_px: [u32; 2]) -> Self {
        let size_px = size_px.map(|side| side.max(1));
        let viewport = three_d::Viewport::new_at_origo(size_px[0], size_px[1]);
        let (zero, up) = (three_d::vec3(0.0, -1.0, 0.0), three_d::vec3(0.0, 0.0, 1.0));
        let inner = three_d::Camera::new_perspective(
            viewport,
            zero,
            three_d::vec3(0.0, 0.0, 0.0),
            up,
            three_d::radians(FOV_Y),
            0.1,
            10.0,
        );
        let pose = Pose { target: bounds.center(), view, distance_mm: 1.0 };
        let mut camera = Self { inner, pose, projection, size_px, subject: (Vec3::ZERO, 1.0), floor_mm: None };
        camera.set_subject(bounds);
        camera.frame(bounds);
        camera
    }

    /// Tells the camera what there is to see, so that near and far planes hold it.
    pub fn set_subject(&mut self, bounds: Bounds) {
        // With room for the ground around the object.
        self.subject = (bounds.center(), (bounds.size().length() * 0.5).max(LEAST_MM));
        self.update();
    }

    /// Tells the camera of a floor that is seen as well, such as a print bed: its width (x) and depth (y) in
    /// mm, around the origin at z = 0.
    pub fn set_floor(&mut self, size_mm: Option<[f32; 2]>) {
        if self.floor_mm != size_mm {
            self.floor_mm = size_mm;
            self.update();
        }
    }

    /// Moves so that all of `bounds` (mm) just fits the picture, without turning.
    pub fn frame(&mut self, bounds: Bounds) {
        let corner = |i: usize| Vec3::new((i & 1) as f32, (i >> 1 & 1) as f32, (i >> 2) as f32);
        let corners: [Vec3; 8] = std::array::from_fn(|i| bounds.min + bounds.size() * corner(i));
        self.frame_points(&corners);
    }

    /// Moves so that all of `points` (mm) just fit the picture, in its middle, without turning.
    /// [`super::GpuMesh::hull`] frames a mesh more closely than its box.
    pub fn frame_points(&mut self, points: &[Vec3]) {
        const MARGIN: f32 = 1.1;
        let backward = self.pose.view.direction();
        let up = self.pose.view.up();
        let right = up.cross(backward);
        let tan_y = (FOV_Y * 0.5).tan();
        // The picture's planes lean by the field of view in perspective, and not at all otherwise.
        let lean = if self.projection == Projection::Perspective { 1.0 } else { 0.0 };
        let fit = |axis: Vec3, tan: f32| {
            // In units of the picture's half extent: how far the outermost points are on either side.
            let reach = |sign: f32| {
                let outwards = |p: &Vec3| sign * p.dot(axis) / tan + lean * p.dot(backward);
                points.iter().map(outwards).fold(f32::NEG_INFINITY, f32::max)
            };
            let (after, before) = (reach(1.0), reach(-1.0));
            ((after - before) * 0.5 * tan, (after + before) * 0.5)
        };
        let (x, needed_x) = fit(right, tan_y / MARGIN * self.aspect());
        let (y, needed_y) = fit(up, tan_y / MARGIN);
        let depths = points.iter().map(|p| p.dot(backward));
        let (near, far) = depths.fold((f32::NEG_INFINITY, f32::INFINITY), |(n, f), d| (n.max(d), f.min(d)));
        if !(x.is_finite() && y.is_finite() && near.is_finite() && far.is_finite()) {
            return;
        }
        let middle = (near + far) * 0.5;
        self.pose.target = right * x + up * y + backward * middle;
        // `needed` is where the eye has to stand along `backward`; the target lies at `middle`.
        self.pose.distance_mm = (needed_x.max(needed_y) - lean * middle).max(LEAST_MM);
        self.update();
    }

    /// Turns around the target by a drag of `delta_px`; the object follows the pointer.
    pub fn orbit(&mut self, delta_px: Vec2) {
        let limit = std::f32::consts::FRAC_PI_2;
        self.pose.view.azimuth = (self.pose.view.azimuth - delta_px.x * ORBIT_SPEED) % std::f32::consts::TAU;
        self.pose.view.elevation = (self.pose.view.elevation + delta_px.y * ORBIT_SPEED).clamp(-limit, limit);
        self.update();
    }

    /// Shifts camera and target by a drag of `delta_px`; what lies at the target follows the pointer.
    pub fn pan(&mut self, delta_px: Vec2) {
        let mm_per_px = self.millimetres_per_pixel();
        let up = self.pose.view.up();
        let right = up.cross(self.pose.view.direction());
        self.pose.target += (up * delta_px.y - right * delta_px.x) * mm_per_px;
        self.update();
    }

    /// Comes nearer by `factor` (> 1 is nearer) while what is under `pixel` stays there; `depth_point`
    /// is the point seen there (mm), the target's depth when `None`.
    pub fn zoom(&mut self, factor: f32, pixel: Vec2, depth_point: Option<Vec3>) {
        if !factor.is_finite() || factor <= 0.0 {
            return;
        }
        let (origin, direction) = self.ray_in_world(pixel);
        let forward = -self.pose.view.direction();
        let depth = (depth_point.unwrap_or(self.pose.target) - origin).dot(forward) / direction.dot(forward);
        let point = depth_point.unwrap_or(origin + direction * depth);
        let (radius, old) = (self.subject.1, self.pose.distance_mm);
        let new = (old / factor).clamp(radius * 1e-3, radius * 200.0);
        // Scaling eye and target about the point under the pointer keeps that point's pixel.
        let share = new / old;
        let eye = point + (self.eye() - point) * share;
        self.pose.distance_mm = new;
        self.pose.target = eye - self.pose.view.direction() * new;
        self.update();
    }

    /// Looks from `view` at the same target.
    pub fn set_view(&mut self, view: View) {
        self.pose.view = view;
        self.update();
    }

    /// Takes a saved or blended pose; one that holds no finite numbers is ignored.
    pub fn set_pose(&mut self, pose: Pose) {
        let finite = pose.target.is_finite() && pose.view.azimuth.is_finite() && pose.view.elevation.is_finite();
        if finite && pose.distance_mm.is_finite() && pose.distance_mm > 0.0 {
            self.pose = pose;
            self.update();
        }
    }

    /// Switches the projection; what lies at the target keeps its size.
    pub fn set_projection(&mut self, projection: Projection) {
        self.projection = projection;
        self.update();
    }

    /// Takes a new picture size in pixels; zero counts as one.
    pub fn set_size(&mut self, size_px: [u32; 2]) {
        self.size_px = size_px.map(|side| side.max(1));
        self.update();
    }

    /// Makes `height_mm` fill the picture's height, exactly in orthographic projection and at the
    /// target's depth in perspective.
    #[cfg(test)]
    pub(super) fn set_visible_height_mm(&mut self, height_mm: f32) {
        self.pose.distance_mm = (height_mm / (2.0 * (FOV_Y * 0.5).tan())).max(1e-6);
        self.update();
    }

    /// Target, direction and distance.
    pub fn pose(&self) -> Pose {
        self.pose
    }

    /// How depth is drawn.
    pub fn projection(&self) -> Projection {
        self.projection
    }

    /// Width and height of the picture in pixels, at least 1.
    pub fn size_px(&self) -> [u32; 2] {
        self.size_px
    }

    /// Position in mm.
    pub fn eye(&self) -> Vec3 {
        self.pose.target + self.pose.view.direction() * self.pose.distance_mm
    }

    /// Millimetres per pixel at the target's depth; everywhere in orthographic projection.
    pub fn millimetres_per_pixel(&self) -> f32 {
        2.0 * (FOV_Y * 0.5).tan() * self.pose.distance_mm / self.size_px[1] as f32
    }

    /// From world to view space.
    pub fn view_from_world(&self) -> Mat4 {
        glam_from(self.inner.view())
    }

    /// From view to clip space, depth 0 to 1.
    pub fn clip_from_view(&self) -> Mat4 {
        // three-d follows OpenGL, whose depth runs from -1 to 1.
        let unit_depth_from_gl = Mat4::from_cols_array_2d(&[
            [1.0, 0.0, 0.0, 0.0],
            [0.0, 1.0, 0.0, 0.0],
            [0.0, 0.0, 0.5, 0.0],
            [0.0, 0.0, 0.5, 1.0],
        ]);
        unit_depth_from_gl * glam_from(self.inner.projection())
    }

    /// From world to clip space.
    pub fn clip_from_world(&self) -> Mat4 {
        self.clip_from_view() * self.view_from_world()
    }

    /// Where the world point `point` (mm) is in the picture, and its depth (0 near, 1 far); `None`
    /// behind the eye.
    pub fn pixel_from_world(&self, point: Vec3) -> Option<Vec3> {
        let clip = self.clip_from_world() * point.extend(1.0);
        if clip.w <= 0.0 {
            return None;
        }
        let [width, height] = self.size_px.map(|side| side as f32);
        let ndc = clip.truncate() / clip.w;
        Some(Vec3::new((ndc.x * 0.5 + 0.5) * width, (0.5 - ndc.y * 0.5) * height, ndc.z))
    }

    /// Origin (mm) and unit direction of the ray through `pixel`.
    pub fn ray_in_world(&self, pixel: Vec2) -> (Vec3, Vec3) {
        let [width, height] = self.size_px.map(|side| side as f32);
        let ndc = Vec2::new(pixel.x / width * 2.0 - 1.0, 1.0 - pixel.y / height * 2.0);
        let tan_y = (FOV_Y * 0.5).tan();
        let backward = self.pose.view.direction();
        let up = self.pose.view.up();
        let across = up.cross(backward) * (ndc.x * tan_y * self.aspect()) + up * (ndc.y * tan_y);
        match self.projection {
            Projection::Perspective => (self.eye(), (across - backward).normalize_or(-backward)),
            Projection::Orthographic => (self.eye() + across * self.pose.distance_mm, -backward),
        }
    }

    /// Half of the picture's width and height: per mm of depth in perspective, in mm otherwise.
    pub(super) fn half_extent(&self) -> Vec2 {
        let tan_y = (FOV_Y * 0.5).tan();
        let scale = if self.projection == Projection::Perspective { 1.0 } else { self.pose.distance_mm };
        Vec2::new(tan_y * self.aspect(), tan_y) * scale
    }

    /// Distances of the near and far planes in mm; near is negative when an orthographic camera
    /// stands inside its subject.
    pub(super) fn near_far(&self) -> [f32; 2] {
        [self.inner.z_near(), self.inner.z_far()]
    }

    fn aspect(&self) -> f32 {
        self.size_px[0] as f32 / self.size_px[1] as f32
    }

    /// Distances of the near and far planes in mm. They hold all that there is to see of the subject, and as
    /// much of the floor as the depth buffer can tell apart beside it: a floor may be far from a subject, or
    /// far larger.
    fn depths(&self) -> [f32; 2] {
        let (center, radius) = self.subject;
        let backward = self.pose.view.direction();
        let depth = (self.eye() - center).dot(backward);
        // The ground reaches farther than the object; behind it much, in front only a little.
        let (near, far) = (depth - 2.5 * radius, depth + 6.0 * radius);
        let (mut floor_near, mut floor_far) = (near, far);
        if let Some([width, length]) = self.floor_mm {
            let (middle, reach) =
                (self.eye().dot(backward), 0.5 * (backward.x * width).abs() + 0.5 * (backward.y * length).abs());
            // A little more, for what lies exactly on a plane.
            let [first, last] = [-1.0, 1.0].map(|side| middle + side * (1.01 * reach + 1.0));
            // One behind the eye is not seen.
            if last > 0.0 || self.projection == Projection::Orthographic {
                (floor_near, floor_far) = (near.min(first), far.max(last));
            }
        }
        match self.projection {
            Projection::Perspective => {
                let far = far.max(radius * 0.01);
                let floor_far = floor_far.max(far);
                // 24 bits of depth are spent evenly only while far / near stays moderate.
                let near = near.max(far * 1e-3);
                let subject = (depth - 1.5 * radius).max(near);
                let near = floor_near.max(floor_far * 1e-3).min(subject);
                [near, floor_far.min(near * 1e4).max(far)]
            }
            Projection::Orthographic => {
                let most = 1e4 * radius;
                [floor_near.max(depth - most), floor_far.min(depth + most)]
            }
        }
    }

    fn update(&mut self) {
        let [near, far] = self.depths();
        let (eye, target, up) = (self.eye(), self.pose.target, self.pose.view.up());
        self.inner.set_viewport(three_d::Viewport::new_at_origo(self.size_px[0], self.size_px[1]));
        self.inner.set_view(cg_from(eye), cg_from(target), cg_from(up));
        match self.projection {
            Projection::Perspective => self.inner.set_perspective_projection(three_d::radians(FOV_Y), near, far),
            Projection::Orthographic => {
                // three-d multiplies this height by the distance, which keeps the target's size.
                self.inner.set_orthographic_projection(2.0 * (FOV_Y * 0.5).tan(), near, far);
            }
        }
    }
}

fn cg_from(v: Vec3) -> three_d::Vec3 {
    v.to_array().into()
}

fn glam_from(m: three_d::Mat4) -> Mat4 {
    Mat4::from_cols_array_2d(&m.into())
}

#[cfg(test)]
mod tests;
