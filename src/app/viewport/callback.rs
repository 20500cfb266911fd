//! The paint callback: draws the scene into a texture of its own before egui's pass, and copies it
//! in during the pass. Nothing is drawn again while nothing has changed. While the camera moves on a
//! slow device a coarser picture of half the size stands in.

use std::sync::{Arc, Mutex, PoisonError};

use egui_wgpu::{CallbackResources, CallbackTrait, ScreenDescriptor};

use crate::render::{
    AlphaMode, Camera, Effort, Environment, GpuMesh, LightingPreset, Pose, Projection, RenderError, Renderer, Scene,
};

/// Bytes are sRGB already, as egui's own are.
const FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8Unorm;

/// Places of the pictures.
const COARSE: usize = 0;
const FINE: usize = 1;

/// The last failure to draw, for the window to tell.
pub type Failure = Arc<Mutex<Option<RenderError>>>;

/// What lives as long as the device.
pub struct Resources {
    renderer: Renderer,
    pipeline: wgpu::RenderPipeline,
    layout: wgpu::BindGroupLayout,
    placement: wgpu::Buffer,
    decode: bool,
    /// The coarse one and the fine one.
    pictures: [Option<Picture>; 2],
    /// Which of them is shown.
    current: usize,
}

/// The drawn picture and what it shows.
struct Picture {
    view: wgpu::TextureView,
    bind_group: wgpu::BindGroup,
    shows: Option<Shown>,
    size_px: [u32; 2],
}

/// Everything that a picture depends on.
#[derive(Clone, Debug, PartialEq)]
struct Shown {
    pose: Pose,
    projection: Projection,
    scene: Scene,
    mesh: Option<u64>,
}

#[derive(Clone, Copy, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
struct Placement {
    origin: [f32; 2],
    decode: u32,
    shrink: u32,
}

impl Resources {
    /// Makes what is needed to draw into egui's target.
    pub fn new(gpu: &egui_wgpu::RenderState) -> Self {
        let device = &gpu.device;
        let layout = bindings(device);
        let pipeline = blit(gpu, &layout);
        let placement = device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("blit placement"),
            size: size_of::<Placement>() as u64,
            usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        Self {
            renderer: Renderer::new(device, &gpu.queue, FORMAT),
            pipeline,
            layout,
            placement,
            decode: gpu.target_format.is_srgb(),
            pictures: [None, None],
            current: 0,
        }
    }

    /// Lights every picture from now on with a user's environment, or with the presets again.
    pub fn set_environment(&mut self, environment: Option<Environment>) {
        self.renderer.set_environment(environment);
        self.pictures.iter_mut().flatten().for_each(|picture| picture.shows = None);
    }

    /// Takes the computed light of a preset.
    pub fn supply_environment(&mut self, preset: LightingPreset, environment: Environment) {
        self.renderer.supply_environment(preset, environment);
    }

    /// Makes the picture `which` of that size.
    fn resize(&mut self, device: &wgpu::Device, which: usize, size_px: [u32; 2]) {
        if self.pictures[which].as_ref().is_some_and(|p| p.size_px == size_px) {
            return;
        }
        let texture = device.create_texture(&wgpu::TextureDescriptor {
            label: Some("viewport"),
            size: wgpu::Extent3d { width: size_px[0], height: size_px[1], depth_or_array_layers: 1 },
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: FORMAT,
            usage: wgpu::TextureUsages::RENDER_ATTACHMENT | wgpu::TextureUsages::TEXTURE_BINDING,
            view_formats: &[],
        });
        let view = texture.create_view(&Default::default());
        let bind_group = device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("viewport"),
            layout: &self.layout,
            entries: &[
                wgpu::BindGroupEntry { binding: 0, resource: wgpu::BindingResource::TextureView(&view) },
                wgpu::BindGroupEntry { binding: 1, resource: self.placement.as_entire_binding() },
            ],
        });
        self.pictures[which] = Some(Picture { view, bind_group, shows: None, size_px });
    }
}

/// What the copying shader reads: the picture and its placement.
fn bindings(device: &wgpu::Device) -> wgpu::BindGroupLayout {
    device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
        label: Some("blit"),
        entries: &[
            entry(
                0,
                wgpu::BindingType::Texture {
                    sample_type: wgpu::TextureSampleType::Float { filterable: false },
                    view_dimension: wgpu::TextureViewDimension::D2,
                    multisampled: false,
                },
            ),
            entry(
                1,
                wgpu::BindingType::Buffer {
                    ty: wgpu::BufferBindingType::Uniform,
                    has_dynamic_offset: false,
                    min_binding_size: None,
                },
            ),
        ],
    })
}

/// Copies a picture into egui's target.
fn blit(gpu: &egui_wgpu::RenderState, layout: &wgpu::BindGroupLayout) -> wgpu::RenderPipeline {
    let device = &gpu.device;
    let shader = device.create_shader_module(wgpu::include_wgsl!("blit.wgsl"));
    let pipeline_layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
        label: Some("blit"),
        bind_group_layouts: &[Some(layout)],
        ..Default::default()
    });
    device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
        label: Some("blit"),
        layout: Some(&pipeline_layout),
        vertex: wgpu::VertexState {
            module: &shader,
            entry_point: Some("vertex"),
            compilation_options: Default::default(),
            buffers: &[],
        },
        fragment: Some(wgpu::FragmentState {
            module: &shader,
            entry_point: Some("fragment"),
            compilation_options: Default::default(),
            targets: &[Some(wgpu::ColorTargetState {
                format: gpu.target_format,
                blend: Some(wgpu::BlendState::PREMULTIPLIED_ALPHA_BLENDING),
                write_mask: wgpu::ColorWrites::ALL,
            })],
        }),
        primitive: Default::default(),
        depth_stencil: None,
        multisample: Default::default(),
        multiview_mask: None,
        cache: None,
    })
}

fn entry(binding: u32, ty: wgpu::BindingType) -> wgpu::BindGroupLayoutEntry {
    wgpu::BindGroupLayoutEntry { binding, visibility: wgpu::ShaderStages::FRAGMENT, ty, count: None }
}

/// One frame of the view: values only.
pub struct DrawView {
    /// Its picture size is the size of the view in pixels.
    pub camera: Camera,
    /// How it looks.
    pub scene: Scene,
    /// What is shown.
    pub mesh: Option<Arc<GpuMesh>>,
    /// Whether the picture stands for a moment only, and may be coarse.
    pub passing: bool,
    /// Upper left corner of the view in the window, in pixels.
    pub origin_px: [f32; 2],
    /// Where a failure is left.
    pub failure: Failure,
}

impl CallbackTrait for DrawView {
    fn prepare(
        &self,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        _screen: &ScreenDescriptor,
        encoder: &mut wgpu::CommandEncoder,
        resources: &mut CallbackResources,
    ) -> Vec<wgpu::CommandBuffer> {
        let Some(resources) = resources.get_mut::<Resources>() else { return Vec::new() };
        let shows = Shown {
            pose: self.camera.pose(),
            projection: self.camera.projection(),
            scene: self.scene.clone(),
            mesh: self.mesh.as_ref().map(|m| m.id()),
        };
        let is_there = |p: &Picture| p.shows.as_ref() == Some(&shows) && p.size_px == self.camera.size_px();
        let fine_is_there = resources.pictures[FINE].as_ref().is_some_and(is_there);
        let which = if self.passing && !fine_is_there { COARSE } else { FINE };
        let (shrink, effort) = if which == COARSE { (2, Effort::Glance) } else { (1, Effort::Look) };
        let mut camera = self.camera.clone();
        camera.set_size(camera.size_px().map(|side| side.div_ceil(shrink)));
        resources.current = which;
        resources.resize(device, which, camera.size_px());
        let placement = Placement { origin: self.origin_px, decode: resources.decode.into(), shrink };
        queue.write_buffer(&resources.placement, 0, bytemuck::bytes_of(&placement));
        let Resources { renderer, pictures, .. } = resources;
        let Some(picture) = &mut pictures[which] else { return Vec::new() };
        if picture.shows.as_ref() != Some(&shows) {
            renderer.set_effort(effort);
            let mesh = self.mesh.as_deref();
            let drawn = renderer.draw(encoder, &picture.view, mesh, &camera, &self.scene, AlphaMode::Premultiplied);
            match drawn {
                Ok(()) => picture.shows = Some(shows),
                Err(error) => *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(error),
            }
        }
        Vec::new()
    }

    fn paint(
        &self,
        _info: egui::PaintCallbackInfo,
        pass: &mut wgpu::RenderPass<'static>,
        resources: &CallbackResources,
    ) {
        let Some(resources) = resources.get::<Resources>() else { return };
        let Some(picture) = &resources.pictures[resources.current] else { return };
        pass.set_pipeline(&resources.pipeline);
        pass.set_bind_group(0, &picture.bind_group, &[]);
        pass.draw(0..3, 0..1);
    }
}
