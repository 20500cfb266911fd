//! The paint callback: draws the scene into a texture of its own before egui's pass, and copies it
//! in during the pass. Nothing is drawn again while nothing has changed.

use std::sync::{Arc, Mutex, PoisonError};

use egui_wgpu::{CallbackResources, CallbackTrait, ScreenDescriptor};

use crate::render::{AlphaMode, Camera, GpuMesh, Pose, Projection, RenderError, Renderer, Scene};

/// Bytes are sRGB already, as egui's own are.
const FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8Unorm;

/// The last failure to draw, for the window to tell.
pub type Failure = Arc<Mutex<Option<RenderError>>>;

/// What lives as long as the device.
pub struct Resources {
    renderer: Renderer,
    pipeline: wgpu::RenderPipeline,
    layout: wgpu::BindGroupLayout,
    placement: wgpu::Buffer,
    decode: bool,
    picture: Option<Picture>,
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
    mesh: Option<usize>,
}

#[derive(Clone, Copy, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
struct Placement {
    origin: [f32; 2],
    decode: u32,
    padding: u32,
}

impl Resources {
    /// Makes what is needed to draw into egui's target.
    pub fn new(gpu: &egui_wgpu::RenderState) -> Self {
        let device = &gpu.device;
        let shader = device.create_shader_module(wgpu::include_wgsl!("blit.wgsl"));
        let layout = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
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
        });
        let pipeline_layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
            label: Some("blit"),
            bind_group_layouts: &[Some(&layout)],
            ..Default::default()
        });
        let pipeline = device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
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
        });
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
            picture: None,
        }
    }

    /// Lights every picture from now on with a user's environment, or with the presets again.
    pub fn set_environment(&mut self, environment: Option<crate::render::Environment>) {
        self.renderer.set_environment(environment);
        if let Some(picture) = &mut self.picture {
            picture.shows = None;
        }
    }

    fn resize(&mut self, device: &wgpu::Device, size_px: [u32; 2]) {
        if self.picture.as_ref().is_some_and(|p| p.size_px == size_px) {
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
        self.picture = Some(Picture { view, bind_group, shows: None, size_px });
    }
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
        resources.resize(device, self.camera.size_px());
        let placement = Placement { origin: self.origin_px, decode: resources.decode.into(), padding: 0 };
        queue.write_buffer(&resources.placement, 0, bytemuck::bytes_of(&placement));
        let shows = Shown {
            pose: self.camera.pose(),
            projection: self.camera.projection(),
            scene: self.scene.clone(),
            mesh: self.mesh.as_ref().map(|m| Arc::as_ptr(m) as usize),
        };
        let Resources { renderer, picture: Some(picture), .. } = resources else { return Vec::new() };
        if picture.shows.as_ref() != Some(&shows) {
            let mesh = self.mesh.as_deref();
            let drawn =
                renderer.draw(encoder, &picture.view, mesh, &self.camera, &self.scene, AlphaMode::Premultiplied);
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
        let Some(picture) = &resources.picture else { return };
        pass.set_pipeline(&resources.pipeline);
        pass.set_bind_group(0, &picture.bind_group, &[]);
        pass.draw(0..3, 0..1);
    }
}
