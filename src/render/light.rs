//! Light in graphics memory: the environment's texture, the shadow maps, and how they are kept fresh.
//!
//! Shadows are drawn again only when the mesh, the light or the section moved.

use glam::{Mat4, Vec4};
use wgpu::util::DeviceExt as _;

use super::environment::{Environment, LEVELS, WIDTH};
use super::finish::full_screen_pass;
use super::frame::Placement;
use super::mesh::{AtLevel, GpuMesh};
use super::pipeline::{MAP_FORMAT, Pipeline, Spec, bind_group, binding, layout};
use super::prepared::Vertex;
use super::scene::Section;
use super::{pipeline, shader, targets};

/// Side of the key light's shadow map in texels.
const SHADOW_SIDE: u32 = 1024;
/// Side of the ground's maps in texels; the ground's shadow is soft everywhere.
const GROUND_SIDE: u32 = 256;
const GROUND_FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rg8Unorm;

/// What a cached map was drawn from.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Drawn {
    mesh: (u64, Option<usize>),
    clip_from_world: Mat4,
    section: Option<Section>,
}

/// A depth map of the mesh from one direction.
#[derive(Debug)]
struct Map {
    view: wgpu::TextureView,
    matrix: wgpu::Buffer,
    bind_group: wgpu::BindGroup,
    drawn: Option<Drawn>,
}

/// Everything that light needs.
#[derive(Debug)]
pub(super) struct Light {
    /// Bind group 1 of everything that is lit.
    pub layout: wgpu::BindGroupLayout,
    pub bind_group: wgpu::BindGroup,
    environment: wgpu::Texture,
    matrix_layout: wgpu::BindGroupLayout,
    heights_layout: wgpu::BindGroupLayout,
    heights_bind_group: wgpu::BindGroup,
    key: Map,
    underside: Map,
    top: Map,
    /// The ground's shadow, soft and as its rays leave it.
    ground: wgpu::TextureView,
    ground_grainy: wgpu::TextureView,
    grainy_layout: wgpu::BindGroupLayout,
    grainy_bind_group: wgpu::BindGroup,
    /// Key light's matrix, key spread and heights that the ground's shadow was computed from.
    ground_drawn: Option<(Drawn, Mat4, f32)>,
    depth: Pipeline,
    depth_cut: Pipeline,
    ground_shadow: Pipeline,
    soften: Pipeline,
}

impl Light {
    pub fn new(device: &wgpu::Device) -> Self {
        let depth = wgpu::TextureSampleType::Depth;
        let matrix_layout = layout(device, &[binding::uniform(0)]);
        let heights_layout = layout(device, &[binding::texture(0, depth, false), binding::texture(1, depth, false)]);
        let map = |label, side| Map::new(device, &matrix_layout, label, side);
        let (key, underside, top) =
            (map("key shadow", SHADOW_SIDE), map("underside", GROUND_SIDE), map("top", GROUND_SIDE));
        let all = wgpu::TextureAspect::All;
        let [ground, ground_grainy] = ["ground shadow", "grainy ground shadow"]
            .map(|label| targets::view(&targets::texture(device, label, [GROUND_SIDE; 2], GROUND_FORMAT, 1), all));
        let grainy_layout = layout(device, &[binding::texture(0, binding::EXACT, false)]);
        let grainy_bind_group =
            bind_group(device, &grainy_layout, &[wgpu::BindingResource::TextureView(&ground_grainy)]);
        let environment = environment_texture(device);
        let samplers = samplers(device);
        let lit_layout = lit_layout(device);
        let lit = bind_group(
            device,
            &lit_layout,
            &[
                wgpu::BindingResource::TextureView(&targets::view(&environment, all)),
                wgpu::BindingResource::Sampler(&samplers[0]),
                wgpu::BindingResource::TextureView(&key.view),
                wgpu::BindingResource::Sampler(&samplers[1]),
                wgpu::BindingResource::TextureView(&ground),
                wgpu::BindingResource::Sampler(&samplers[2]),
            ],
        );
        let heights_bind_group = bind_group(
            device,
            &heights_layout,
            &[wgpu::BindingResource::TextureView(&underside.view), wgpu::BindingResource::TextureView(&top.view)],
        );
        Self {
            layout: lit_layout,
            bind_group: lit,
            environment,
            matrix_layout,
            heights_layout,
            heights_bind_group,
            key,
            underside,
            top,
            ground,
            ground_grainy,
            grainy_layout,
            grainy_bind_group,
            ground_drawn: None,
            depth: Pipeline::default(),
            depth_cut: Pipeline::default(),
            ground_shadow: Pipeline::default(),
            soften: Pipeline::default(),
        }
    }

    /// Makes `environment` the one that lights.
    pub fn set_environment(&self, queue: &wgpu::Queue, environment: &Environment) {
        for (level, panorama) in (0u32..).zip(&environment.levels) {
            let texels: Vec<[u16; 4]> =
                panorama.texels.iter().map(|t| [half(t.x), half(t.y), half(t.z), half(1.0)]).collect();
            let (width, height) = (panorama.width as u32, panorama.height as u32);
            queue.write_texture(
                wgpu::TexelCopyTextureInfo { mip_level: level, ..self.environment.as_image_copy() },
                bytemuck::cast_slice(&texels),
                wgpu::TexelCopyBufferLayout { offset: 0, bytes_per_row: Some(width * 8), rows_per_image: None },
                wgpu::Extent3d { width, height, depth_or_array_layers: 1 },
            );
        }
    }

    /// Draws the shadow that falls on the object, if it is not what is there already.
    pub fn draw_key_shadow(&mut self, context: &mut Context<'_>) {
        let clip_from_world = context.place.clip_from_world_of_key();
        self.draw_map(context, clip_from_world, |light| &mut light.key);
    }

    /// Whether there is a shadow of that mesh on the ground, be it from where the light was before.
    pub fn has_ground_shadow(&self, mesh: &GpuMesh) -> bool {
        self.ground_drawn.is_some_and(|(drawn, ..)| drawn.mesh.0 == mesh.id())
    }

    /// Draws the shadow that falls on the ground, if it is not what is there already.
    pub fn draw_ground_shadow(&mut self, context: &mut Context<'_>, key_spread: f32) {
        let floor = context.place.floor;
        self.draw_map(context, floor.clip_from_world(false), |light| &mut light.underside);
        self.draw_map(context, floor.clip_from_world(true), |light| &mut light.top);
        let key = context.place.clip_from_world_of_key();
        let wanted = self.top.drawn.map(|drawn| (drawn, key, key_spread));
        if wanted == self.ground_drawn {
            return;
        }
        self.ground_drawn = wanted;
        let pipeline = self.ground_shadow.get(context.device, || Spec {
            program: shader::GROUND_SHADOW,
            vertex: "vs_ground_shadow",
            fragment: Some("fs_ground_shadow"),
            layouts: vec![context.frame_layout, &self.heights_layout],
            color: Some(GROUND_FORMAT.into()),
            ..Spec::default()
        });
        let soften = self.soften.get(context.device, || Spec {
            program: shader::SOFTEN,
            vertex: "vs_soften",
            fragment: Some("fs_soften"),
            layouts: vec![context.frame_layout, &self.grainy_layout],
            color: Some(GROUND_FORMAT.into()),
            ..Spec::default()
        });
        let steps = [
            (pipeline, &self.heights_bind_group, &self.ground_grainy),
            (soften, &self.grainy_bind_group, &self.ground),
        ];
        for (pipeline, group, view) in steps {
            let mut pass = full_screen_pass(context.encoder, "ground shadow", view);
            pass.set_pipeline(pipeline);
            pass.set_bind_group(0, context.frame, &[]);
            pass.set_bind_group(1, group, &[]);
            pass.draw(0..3, 0..1);
        }
    }

    fn draw_map(&mut self, context: &mut Context<'_>, clip_from_world: Mat4, map: fn(&mut Self) -> &mut Map) {
        let drawn = Some(Drawn { mesh: context.mesh.key(), clip_from_world, section: context.section });
        if map(self).drawn == drawn {
            return;
        }
        map(self).drawn = drawn;
        let fragment = context.section.is_some();
        let (cache, entry) = if fragment { (&self.depth_cut, Some("fs_depth")) } else { (&self.depth, None) };
        let pipeline = cache
            .get(context.device, || Spec {
                program: shader::DEPTH,
                vertex: "vs_depth",
                fragment: entry,
                constants: pipeline::cut(fragment),
                layouts: vec![context.frame_layout, &self.matrix_layout],
                buffers: &[Vertex::LAYOUT],
                depth: Some(wgpu::DepthStencilState {
                    format: MAP_FORMAT,
                    depth_write_enabled: Some(true),
                    depth_compare: Some(wgpu::CompareFunction::Less),
                    stencil: wgpu::StencilState::default(),
                    bias: wgpu::DepthBiasState::default(),
                }),
                ..Spec::default()
            })
            .clone();
        let map = map(self);
        upload(context.device, context.encoder, &map.matrix, bytemuck::bytes_of(&clip_from_world));
        let mut pass = context.encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
            label: Some("depth map"),
            depth_stencil_attachment: Some(wgpu::RenderPassDepthStencilAttachment {
                view: &map.view,
                depth_ops: Some(wgpu::Operations { load: wgpu::LoadOp::Clear(1.0), store: wgpu::StoreOp::Store }),
                stencil_ops: None,
            }),
            ..Default::default()
        });
        pass.set_pipeline(&pipeline);
        pass.set_bind_group(0, context.frame, &[]);
        pass.set_bind_group(1, &map.bind_group, &[]);
        context.mesh.draw(&mut pass);
    }
}

/// What drawing a shadow needs.
pub(super) struct Context<'a> {
    pub device: &'a wgpu::Device,
    pub encoder: &'a mut wgpu::CommandEncoder,
    pub frame_layout: &'a wgpu::BindGroupLayout,
    pub frame: &'a wgpu::BindGroup,
    pub mesh: AtLevel<'a>,
    pub place: &'a Placement,
    pub section: Option<Section>,
}

impl Map {
    fn new(device: &wgpu::Device, matrix_layout: &wgpu::BindGroupLayout, label: &str, side: u32) -> Self {
        let texture = targets::texture(device, label, [side; 2], MAP_FORMAT, 1);
        let matrix = device.create_buffer(&wgpu::BufferDescriptor {
            label: Some(label),
            size: size_of::<[Vec4; 4]>() as u64,
            usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        let bind_group = bind_group(device, matrix_layout, &[matrix.as_entire_binding()]);
        Self { view: targets::view(&texture, wgpu::TextureAspect::All), matrix, bind_group, drawn: None }
    }
}

/// Writes `bytes` into `buffer` at this point of the encoder, not before all of it as
/// `Queue::write_buffer` would: several pictures may be recorded before one submission.
pub(super) fn upload(device: &wgpu::Device, encoder: &mut wgpu::CommandEncoder, buffer: &wgpu::Buffer, bytes: &[u8]) {
    let staging = device.create_buffer_init(&wgpu::util::BufferInitDescriptor {
        label: Some("upload"),
        contents: bytes,
        usage: wgpu::BufferUsages::COPY_SRC,
    });
    encoder.copy_buffer_to_buffer(&staging, 0, buffer, 0, bytes.len() as u64);
}

fn environment_texture(device: &wgpu::Device) -> wgpu::Texture {
    device.create_texture(&wgpu::TextureDescriptor {
        label: Some("environment"),
        size: wgpu::Extent3d { width: WIDTH as u32, height: WIDTH as u32 / 2, depth_or_array_layers: 1 },
        mip_level_count: LEVELS as u32,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format: wgpu::TextureFormat::Rgba16Float,
        usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
        view_formats: &[],
    })
}

/// The environment, the shadow map and the ground's shadow, each with its sampler.
fn lit_layout(device: &wgpu::Device) -> wgpu::BindGroupLayout {
    layout(
        device,
        &[
            binding::texture(0, binding::FILTERED, false),
            binding::sampler(1, wgpu::SamplerBindingType::Filtering),
            binding::texture(2, wgpu::TextureSampleType::Depth, false),
            binding::sampler(3, wgpu::SamplerBindingType::Comparison),
            binding::texture(4, binding::FILTERED, false),
            binding::sampler(5, wgpu::SamplerBindingType::Filtering),
        ],
    )
}

/// For the environment, the shadow map and the ground's shadow.
fn samplers(device: &wgpu::Device) -> [wgpu::Sampler; 3] {
    let smooth = wgpu::SamplerDescriptor {
        mag_filter: wgpu::FilterMode::Linear,
        min_filter: wgpu::FilterMode::Linear,
        ..Default::default()
    };
    [
        // Around the horizon it closes on itself.
        wgpu::SamplerDescriptor {
            address_mode_u: wgpu::AddressMode::Repeat,
            mipmap_filter: wgpu::MipmapFilterMode::Linear,
            ..smooth.clone()
        },
        wgpu::SamplerDescriptor { compare: Some(wgpu::CompareFunction::LessEqual), ..smooth.clone() },
        smooth,
    ]
    .map(|descriptor| device.create_sampler(&descriptor))
}

/// A 16-bit float, for values from 0 to 65504; smaller than 2⁻¹⁴ is 0.
fn half(value: f32) -> u16 {
    let bits = value.clamp(0.0, 65504.0).to_bits();
    // Rounded to the nearest: half of the last kept bit is added first.
    let rounded = bits + 0x1000;
    if rounded < 0x3880_0000 { 0 } else { ((rounded - 0x3800_0000) >> 13).min(0x7bff) as u16 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_close_and_never_infinite() {
        let back = |h: u16| {
            if h == 0 { 0.0 } else { f32::from_bits((u32::from(h) << 13) + 0x3800_0000) }
        };
        for value in [0.0, 1.0, 0.1, 0.333, 9.7, 1234.5, 65504.0] {
            assert!((back(half(value)) - value).abs() <= value / 2000.0, "{value}");
        }
        assert_eq!(half(1e9), 0x7bff);
        assert_eq!(half(-1.0), 0);
    }
}
