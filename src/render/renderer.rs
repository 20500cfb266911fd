//! The renderer: owns what is made once, and draws one picture at a time into any target.

use glam::Vec3;

use super::RenderError;
use super::camera::Camera;
use super::cap::Cap;
use super::environment::Environment;
use super::finish::Finish;
use super::frame::{AlphaMode, Frame, Placement, casts_shadow, occlusion_strength};
use super::ground::GroundPlane;
use super::light::{Context, Light, upload};
use super::lighting::LightingPreset;
use super::mesh::{AtLevel, GpuMesh};
use super::pipeline::{bind_group, binding, layout};
use super::scene::{Scene, Shading};
use super::surface::{Bindings, Surface, is_glass};
use super::targets::Targets;
use super::wire::Wire;
use crate::mesh::Bounds;

/// Which environment is in graphics memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Loaded {
    Nothing,
    Preset(LightingPreset),
    Custom,
}

/// Sizes of pictures that textures are kept for: a window's fine and coarse one.
const SIZES: usize = 2;

/// How much a picture may cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effort {
    /// It is replaced at once, as while the camera moves: coarser, without ambient occlusion.
    Glance,
    /// What is smaller than half a pixel may be left out.
    Look,
    /// Every triangle.
    #[default]
    Full,
}

impl Effort {
    /// The version of `mesh` to draw.
    fn level<'a>(self, mesh: &'a GpuMesh, camera: &Camera, scene: &Scene) -> AtLevel<'a> {
        // The near side is larger than the middle, for which the camera tells.
        let pixel_mm = 0.7 * camera.millimetres_per_pixel();
        // Facets and edges are looked at for themselves.
        let exact = scene.wireframe.is_some() || scene.shading == Shading::Flat;
        // The cut is found by counting faces.
        let closed = scene.section.is_some();
        match self {
            Self::Glance if scene.wireframe.is_none() => mesh.within(f32::INFINITY, closed),
            // Colours are finer than any triangles.
            Self::Look if !exact && !mesh.is_colored() => mesh.within(0.5 * pixel_mm, true),
            _ => mesh.exact(),
        }
    }
}

/// Draws meshes. Pipelines, textures and shadows are made when first needed and kept.
#[derive(Debug)]
pub struct Renderer {
    device: wgpu::Device,
    queue: wgpu::Queue,
    target_encodes_srgb: bool,
    frame_layout: wgpu::BindGroupLayout,
    frame_buffer: wgpu::Buffer,
    frame: wgpu::BindGroup,
    light: Light,
    surface: Surface,
    wire: Wire,
    cap: Cap,
    ground: GroundPlane,
    finish: Finish,
    /// Of the last sizes, the last one at the end.
    targets: Vec<Targets>,
    /// Environments by preset, once computed.
    environments: Vec<(LightingPreset, Environment)>,
    custom: Option<Environment>,
    loaded: Loaded,
    effort: Effort,
}

impl Renderer {
    /// A renderer for targets of `format`: an 8-bit `Unorm` format gets sRGB bytes, as does an
    /// `UnormSrgb` format.
    pub fn new(device: &wgpu::Device, queue: &wgpu::Queue, format: wgpu::TextureFormat) -> Self {
        let frame_layout = layout(device, &[binding::uniform(0)]);
        let frame_buffer = device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("frame"),
            size: size_of::<Frame>() as u64,
            usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        let frame = bind_group(device, &frame_layout, &[frame_buffer.as_entire_binding()]);
        Self {
            device: device.clone(),
            queue: queue.clone(),
            target_encodes_srgb: format.is_srgb(),
            frame_layout,
            frame_buffer,
            frame,
            light: Light::new(device),
            surface: Surface::new(device),
            wire: Wire::new(device),
            cap: Cap::default(),
            ground: GroundPlane::default(),
            finish: Finish::new(device, format),
            targets: Vec::new(),
            environments: Vec::new(),
            custom: None,
            loaded: Loaded::Nothing,
            effort: Effort::default(),
        }
    }

    /// Sets how much the next pictures may cost.
    pub fn set_effort(&mut self, effort: Effort) {
        self.effort = effort;
    }

    /// Lights every picture from now on with `environment` instead of the scene's preset; `None`
    /// goes back to the presets.
    pub fn set_environment(&mut self, environment: Option<Environment>) {
        self.custom = environment;
        self.loaded = Loaded::Nothing;
    }

    /// Takes a preset's environment that was computed elsewhere, so that the first picture in its
    /// light does not have to wait for it (some 0.1 s).
    pub fn supply_environment(&mut self, preset: LightingPreset, environment: Environment) {
        self.environments.retain(|(known, _)| *known != preset);
        self.environments.push((preset, environment));
        if self.loaded == Loaded::Preset(preset) {
            self.loaded = Loaded::Nothing;
        }
    }

    /// Records the drawing of `mesh`, as `camera` sees it, into `target`, whose size must be the
    /// camera's. Without a mesh there is only ground and background.
    ///
    /// # Errors
    /// [`RenderError::ZeroSize`], [`RenderError::PictureTooLarge`] or [`RenderError::OutOfMemory`]
    /// when there is no room for the picture. Failures of the device itself come later, through
    /// [`super::Faults`].
    pub fn draw(
        &mut self,
        encoder: &mut wgpu::CommandEncoder,
        target: &wgpu::TextureView,
        mesh: Option<&GpuMesh>,
        camera: &Camera,
        scene: &Scene,
        alpha: AlphaMode,
    ) -> Result<(), RenderError> {
        self.make_targets(camera.size_px())?;
        self.load_environment(scene.lighting.preset);
        let scene = &self.affordable(scene, mesh);
        let Some(environment) = self.environment(scene.lighting.preset) else {
            return Err(RenderError::Environment("it was not computed".to_owned()));
        };
        let nothing = Bounds { min: Vec3::new(-40.0, -40.0, 0.0), max: Vec3::new(40.0, 40.0, 80.0) };
        let bounds = mesh.map_or(nothing, GpuMesh::bounds);
        let place = Placement::new(bounds, camera, scene, environment);
        let frame = Frame::new(camera, scene, environment, &place, alpha, self.target_encodes_srgb);
        upload(&self.device, encoder, &self.frame_buffer, bytemuck::bytes_of(&frame));

        let key_spread = environment.key_spread;
        let mesh = mesh.map(|mesh| self.effort.level(mesh, camera, scene));
        if let Some(mesh) = mesh {
            self.prepare(encoder, mesh, scene, &place, key_spread);
        }
        let Some(targets) = self.targets.last() else { return Err(RenderError::ZeroSize) };
        let with =
            Bindings { device: &self.device, frame_layout: &self.frame_layout, frame: &self.frame, light: &self.light };
        if let Some(mesh) = mesh.filter(|_| is_glass(scene)) {
            self.surface.draw_back_faces(encoder, &with, mesh, scene, targets);
        }
        self.draw_scene(encoder, &with, mesh, scene, targets);
        if occlusion_strength(scene) > 0.0 && mesh.is_some() {
            self.finish.draw_occlusion(encoder, &with, targets);
        }
        self.finish.draw_composite(encoder, &with, targets, target);
        Ok(())
    }

    /// Puts the textures for a picture of `size_px` at the end of `targets`.
    fn make_targets(&mut self, size_px: [u32; 2]) -> Result<(), RenderError> {
        match self.targets.iter().position(|t| t.size_px == size_px) {
            Some(known) => self.targets[known..].rotate_left(1),
            None => {
                // The old ones go first, or all would have to fit.
                self.targets.drain(..self.targets.len().saturating_sub(SIZES - 1));
                self.targets.push(Targets::new(&self.device, size_px)?);
            }
        }
        Ok(())
    }

    /// Draws the shadows of `mesh`, and brings its edges where the scene shows them.
    fn prepare(
        &mut self,
        encoder: &mut wgpu::CommandEncoder,
        mesh: AtLevel<'_>,
        scene: &Scene,
        place: &Placement,
        key_spread: f32,
    ) {
        let mut context = Context {
            device: &self.device,
            encoder,
            frame_layout: &self.frame_layout,
            frame: &self.frame,
            mesh,
            place,
            section: scene.section,
        };
        if casts_shadow(scene) {
            self.light.draw_key_shadow(&mut context);
        }
        if scene.ground.shadow && self.effort > Effort::Glance {
            self.light.draw_ground_shadow(&mut context, key_spread);
        }
        if scene.wireframe.is_some() {
            self.wire.prepare(&self.device, mesh.mesh);
        }
    }

    /// Draws the mesh and what stands around it.
    fn draw_scene(
        &self,
        encoder: &mut wgpu::CommandEncoder,
        with: &Bindings<'_>,
        mesh: Option<AtLevel<'_>>,
        scene: &Scene,
        targets: &Targets,
    ) {
        let mut pass = scene_pass(encoder, targets);
        let see_through = scene.shading == Shading::XRay;
        let floor = scene.ground.grid || scene.ground.bed.is_some() || (scene.ground.shadow && mesh.is_some());
        if floor && see_through {
            self.ground.draw(&mut pass, with);
        }
        if let Some(mesh) = mesh {
            self.surface.draw(&mut pass, with, mesh, scene, targets);
            if scene.wireframe.is_some() {
                self.wire.draw(&mut pass, with, mesh.mesh, scene.section.is_some());
            }
            if scene.section.is_some() && !see_through {
                self.cap.draw(&mut pass, with, mesh);
            }
        }
        if floor && !see_through {
            self.ground.draw(&mut pass, with);
        }
    }

    /// The scene without what the effort does not allow.
    fn affordable(&self, scene: &Scene, mesh: Option<&GpuMesh>) -> Scene {
        let mut scene = scene.clone();
        if self.effort == Effort::Glance {
            scene.ambient_occlusion = false;
            // It is soft and costs as much as all the rest: it may lag behind the light, but not the mesh.
            scene.ground.shadow &= mesh.is_some_and(|mesh| self.light.has_ground_shadow(mesh));
        }
        scene
    }

    fn load_environment(&mut self, preset: LightingPreset) {
        let wanted = if self.custom.is_some() { Loaded::Custom } else { Loaded::Preset(preset) };
        let known = self.environments.iter().any(|(known, _)| *known == preset);
        if self.custom.is_none() && !known {
            self.environments.push((preset, Environment::preset(preset)));
        }
        if self.loaded == wanted {
            return;
        }
        if let Some(environment) = self.environment(preset) {
            self.light.set_environment(&self.queue, environment);
            self.loaded = wanted;
        }
    }

    /// What lights the next picture: one of the user's own before the preset.
    fn environment(&self, preset: LightingPreset) -> Option<&Environment> {
        let known = || self.environments.iter().find(|(known, _)| *known == preset).map(|(_, environment)| environment);
        self.custom.as_ref().or_else(known)
    }
}

fn scene_pass<'a>(encoder: &'a mut wgpu::CommandEncoder, targets: &Targets) -> wgpu::RenderPass<'a> {
    encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
        label: Some("scene"),
        color_attachments: &[Some(wgpu::RenderPassColorAttachment {
            view: &targets.samples,
            depth_slice: None,
            resolve_target: None,
            ops: wgpu::Operations { load: wgpu::LoadOp::Clear(wgpu::Color::TRANSPARENT), store: wgpu::StoreOp::Store },
        })],
        depth_stencil_attachment: Some(wgpu::RenderPassDepthStencilAttachment {
            view: &targets.depth,
            depth_ops: Some(wgpu::Operations { load: wgpu::LoadOp::Clear(1.0), store: wgpu::StoreOp::Store }),
            stencil_ops: Some(wgpu::Operations { load: wgpu::LoadOp::Clear(0), store: wgpu::StoreOp::Discard }),
        }),
        ..Default::default()
    })
}
