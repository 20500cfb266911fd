//! What all shaders know about one picture: the uniform buffer behind `Frame` in `common.wgsl`.

use bytemuck::{Pod, Zeroable};
use glam::{Mat3, Mat4, Vec2, Vec3, Vec4};

use super::camera::{Camera, LEAST_MM, Projection};
use super::environment::Environment;
use super::material::{CLAY, Material};
use super::scene::{Background, Scene, Shading};
use crate::color::linear_from_srgb;
use crate::mesh::Bounds;

/// Keep in sync with `Frame` in `common.wgsl`, which says what each field is.
#[repr(C)]
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
pub(super) struct Frame {
    clip_from_world: Mat4,
    world_from_clip: Mat4,
    view_from_world: Mat4,
    shadow_from_world: Mat4,
    irradiance: [Vec4; 9],
    eye: Vec4,
    forward: Vec4,
    viewport: Vec4,
    lens: Vec4,
    section: Vec4,
    section_color: Vec4,
    section_middle: Vec4,
    key_direction: Vec4,
    key_irradiance: Vec4,
    light: Vec4,
    base_color: Vec4,
    surface: Vec4,
    layers: Vec4,
    modes: Vec4,
    wire_color: Vec4,
    drawing: Vec4,
    ground: Vec4,
    grid_color: Vec4,
    backdrop_top: Vec4,
    backdrop_bottom: Vec4,
    floor_map: Vec4,
    output: Vec4,
}

/// How transparency leaves the renderer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AlphaMode {
    /// Colours multiplied by alpha, as compositing wants them.
    #[default]
    Premultiplied,
    /// Colours as they are, as PNG files want them.
    Straight,
}

/// The floor around an object, in mm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Floor {
    pub middle: Vec2,
    /// Height of the floor.
    pub z: f32,
    /// Side of the square that the shadow map covers.
    pub side: f32,
    /// Height of the object above the floor, > 0.
    pub height: f32,
}

impl Floor {
    pub fn under(bounds: Bounds) -> Self {
        let size = bounds.size();
        let least = 1e-3 * size.max_element().min(1.0);
        let height = size.z.max(least);
        // Room for the shadow to fade: it reaches about as far as the object is high.
        let side = size.x.max(size.y) + 2.4 * height.min(2.0 * size.x.max(size.y)) + least;
        Self { middle: bounds.center().truncate(), z: bounds.min.z, side, height }
    }

    /// To clip space looking up from the floor, or down onto the top.
    pub fn clip_from_world(&self, from_above: bool) -> Mat4 {
        let (scale, depth) = (2.0 / self.side, 1.0 / self.height);
        let (depth_scale, depth_offset) =
            if from_above { (-depth, 1.0 + self.z * depth) } else { (depth, -self.z * depth) };
        Mat4::from_cols(
            Vec4::new(scale, 0.0, 0.0, 0.0),
            Vec4::new(0.0, scale, 0.0, 0.0),
            Vec4::new(0.0, 0.0, depth_scale, 0.0),
            Vec4::new(-self.middle.x * scale, -self.middle.y * scale, depth_offset, 1.0),
        )
    }
}

/// The numbers that only depend on where things are; also what cached shadows depend on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Placement {
    pub center: Vec3,
    /// Radius of the sphere around the object, mm, > 0.
    pub radius: f32,
    pub floor: Floor,
    /// Unit, towards the key light.
    pub key_direction: Vec3,
    /// Turn of the environment, radians.
    pub turn: f32,
    /// 1, or -1 to light from below instead of from above.
    pub upright: f32,
}

impl Placement {
    pub fn new(bounds: Bounds, camera: &Camera, scene: &Scene, environment: &Environment) -> Self {
        let following = if scene.lighting.follow_camera { camera.pose().view.azimuth } else { 0.0 };
        let turn = scene.lighting.rotation + following;
        // A camera below the object that takes its lights along takes them below too.
        let below = scene.lighting.follow_camera && camera.pose().view.elevation < -0.35;
        let upright = if below { -1.0 } else { 1.0 };
        Self {
            center: bounds.center(),
            radius: (bounds.size().length() * 0.5).max(LEAST_MM),
            floor: Floor::under(bounds),
            key_direction: Mat3::from_rotation_z(turn) * environment.key_direction * Vec3::new(1.0, 1.0, upright),
            turn,
            upright,
        }
    }

    /// To the key light's clip space.
    pub fn clip_from_world_of_key(&self) -> Mat4 {
        let eye = self.center + self.key_direction * (2.0 * self.radius);
        let up = if self.key_direction.z.abs() > 0.95 { Vec3::Y } else { Vec3::Z };
        let r = self.radius * 1.02;
        let view = glam::camera::rh::view::look_at_mat4(eye, self.center, up);
        glam::camera::rh::proj::directx::orthographic(-r, r, -r, r, self.radius * 0.98, self.radius * 3.02) * view
    }

    /// To where the key light's sky is in the shadow map: y down.
    fn texture_from_world_of_key(&self) -> Mat4 {
        let texture_from_clip =
            Mat4::from_translation(Vec3::new(0.5, 0.5, 0.0)) * Mat4::from_scale(Vec3::new(0.5, -0.5, 1.0));
        texture_from_clip * self.clip_from_world_of_key()
    }
}

/// sRGB levels as linear light.
fn linear(color: [u8; 3]) -> Vec3 {
    color.map(linear_from_srgb).into()
}

/// The material that a shading uses.
pub(super) fn material_of(scene: &Scene) -> Material {
    match scene.shading {
        Shading::Clay | Shading::Flat => CLAY,
        Shading::XRay => Material { color: [58, 132, 214], ..CLAY },
        _ => scene.material,
    }
}

/// How strongly creases darken, 0 to 1; 0 needs no occlusion pass at all.
pub(super) fn occlusion_strength(scene: &Scene) -> f32 {
    if !scene.ambient_occlusion {
        return 0.0;
    }
    match scene.shading {
        Shading::Material => (1.0 - scene.material.transmission) * (1.0 - 0.35 * scene.material.metallic),
        Shading::Clay | Shading::Flat => 1.0,
        Shading::Matcap | Shading::BackFaces => 0.8,
        Shading::Normals | Shading::VertexColors | Shading::XRay => 0.0,
    }
}

impl Frame {
    pub fn new(
        camera: &Camera,
        scene: &Scene,
        environment: &Environment,
        place: &Placement,
        alpha: AlphaMode,
        target_encodes_srgb: bool,
    ) -> Self {
        let clip_from_world = camera.clip_from_world();
        let [width, height] = camera.size_px().map(|side| side as f32);
        let [near, far] = camera.near_far();
        let half_extent = camera.half_extent();
        let perspective = flag(camera.projection() == Projection::Perspective);
        let material = material_of(scene);
        let section = scene.section.unwrap_or_default();
        let section_normal = scene.section.and_then(|s| s.normal.try_normalize()).unwrap_or(Vec3::ZERO);
        let wire = scene.wireframe.unwrap_or_default();
        let (backdrop_kind, backdrop, blur) = backdrop(scene, environment);
        let floor = place.floor;
        let dark = backdrop_kind > 0.5 && (backdrop[0] + backdrop[1]).element_sum() < 2.4;
        Self {
            clip_from_world,
            world_from_clip: clip_from_world.inverse(),
            view_from_world: camera.view_from_world(),
            shadow_from_world: place.texture_from_world_of_key(),
            irradiance: environment.irradiance.map(|c| c.extend(0.0)),
            eye: camera.eye().extend(perspective),
            forward: (-camera.pose().view.direction()).extend(place.radius),
            viewport: Vec4::new(width, height, 1.0 / width, 1.0 / height),
            lens: Vec4::new(half_extent.x, half_extent.y, near, far),
            section: section_normal.extend(section.offset_mm),
            section_color: linear(section.color).extend(1.0),
            section_middle: place.center.extend(1.0),
            key_direction: place.key_direction.extend(0.0),
            key_irradiance: environment.key_irradiance.extend(environment.key_spread),
            light: Vec4::new(place.turn.cos(), place.turn.sin(), scene.lighting.exposure_stops.exp2(), blur),
            base_color: linear(material.color).extend(flag(material.vertex_colors)),
            surface: Vec4::new(material.metallic, material.roughness, material.reflectance, material.transmission),
            layers: Vec4::new(material.clearcoat, material.clearcoat_roughness, material.sheen, material.softness),
            modes: modes(scene, place),
            wire_color: linear(wire.color).extend(wire.opacity),
            drawing: drawing(scene, environment, camera),
            ground: ground(scene, floor, place.radius),
            grid_color: Vec3::splat(if dark { 0.45 } else { 0.12 }).extend(0.0),
            backdrop_top: backdrop[0].extend(backdrop_kind),
            backdrop_bottom: backdrop[1].extend(flag(alpha == AlphaMode::Straight)),
            floor_map: Vec4::new(floor.middle.x, floor.middle.y, 1.0 / floor.side, floor.height / floor.side),
            output: Vec4::new(flag(!is_unlit(scene.shading)), flag(target_encodes_srgb), 0.0, 0.0),
        }
    }
}

fn flag(on: bool) -> f32 {
    if on { 1.0 } else { 0.0 }
}

fn modes(scene: &Scene, place: &Placement) -> Vec4 {
    let is_flat = scene.shading == Shading::Flat;
    Vec4::new(place.upright, flag(is_flat), inspection_number(scene.shading), occlusion_strength(scene))
}

fn drawing(scene: &Scene, environment: &Environment, camera: &Camera) -> Vec4 {
    let width_px = scene.wireframe.unwrap_or_default().width_px;
    // Seen from below the floor is not there.
    let with_floor = scene.ground.shadow && !is_unlit(scene.shading) && camera.pose().view.elevation > -0.1;
    Vec4::new(width_px, shadow_strength(scene, environment), flag(scene.ground.grid), flag(with_floor))
}

/// Whether it looks the same in every light.
fn is_unlit(shading: Shading) -> bool {
    matches!(shading, Shading::Matcap | Shading::Normals | Shading::VertexColors | Shading::BackFaces | Shading::XRay)
}

/// Whether the key light's shadow falls on the object itself.
pub(super) fn casts_shadow(scene: &Scene) -> bool {
    let lit = matches!(scene.shading, Shading::Material | Shading::Clay | Shading::Flat);
    lit && scene.lighting.shadows && !(scene.shading == Shading::Material && scene.material.transmission > 0.5)
}

fn inspection_number(shading: Shading) -> f32 {
    match shading {
        Shading::Normals => 1.0,
        Shading::VertexColors => 2.0,
        Shading::BackFaces => 3.0,
        _ => 0.0,
    }
}

fn shadow_strength(scene: &Scene, environment: &Environment) -> f32 {
    let share = if scene.shading == Shading::XRay { 0.35 } else { 1.0 - 0.4 * scene.material.transmission };
    if scene.ground.shadow { environment.shadow_strength * share } else { 0.0 }
}

/// Kind, sRGB colours (0 to 1) at top and bottom, and level of the environment to show.
fn backdrop(scene: &Scene, environment: &Environment) -> (f32, [Vec3; 2], f32) {
    let colors = environment.backdrop_of(scene.background);
    let colors = colors.map(|colors| colors.map(|c| Vec3::from_array(c.map(|c| f32::from(c) / 255.0))));
    match scene.background {
        Background::Transparent => (0.0, [Vec3::ZERO; 2], 0.0),
        Background::Environment { blur } => (2.0, [Vec3::ZERO; 2], blur.clamp(0.0, 1.0) * 5.0),
        _ => (1.0, colors.unwrap_or_default(), 0.0),
    }
}

fn ground(scene: &Scene, floor: Floor, radius: f32) -> Vec4 {
    let half_bed = scene.ground.bed.map_or(Vec2::ZERO, |bed| Vec2::from(bed.size_mm).max(Vec2::ZERO) * 0.5);
    let lines = if scene.ground.grid { radius * 5.0 } else { 0.0 };
    let half_side = (floor.side * 0.5).max(lines).max(half_bed.max_element() * 1.1);
    // A hair below the object, whose flat base would flicker through otherwise.
    half_bed.extend(floor.z - 1e-3 * radius).extend(half_side)
}
