//! Pipelines made when they are first needed: compiling one takes tens of milliseconds, and most
//! pictures need only a few.

use std::sync::OnceLock;

use super::shader::Program;

/// Samples per pixel of everything that the scene is drawn into.
pub(super) const SAMPLES: u32 = 4;
/// Linear colour, premultiplied by alpha.
pub(super) const COLOR_FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rgba16Float;
/// Depth, and the stencil that closes sections.
pub(super) const DEPTH_FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Depth24PlusStencil8;
/// Depth of shadow and height maps.
pub(super) const MAP_FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Depth32Float;

/// What a pipeline is made of.
pub(super) struct Spec<'a> {
    pub program: Program,
    pub vertex: &'a str,
    /// `None` when only depth is written.
    pub fragment: Option<&'a str>,
    pub layouts: Vec<&'a wgpu::BindGroupLayout>,
    pub buffers: &'static [wgpu::VertexBufferLayout<'static>],
    pub topology: wgpu::PrimitiveTopology,
    pub cull: Option<wgpu::Face>,
    /// Format and blending; `None` when only depth is written.
    pub color: Option<wgpu::ColorTargetState>,
    pub depth: Option<wgpu::DepthStencilState>,
    pub samples: u32,
}

impl Default for Spec<'_> {
    fn default() -> Self {
        Self {
            program: super::shader::COMPOSITE,
            vertex: "",
            fragment: None,
            layouts: Vec::new(),
            buffers: &[],
            topology: wgpu::PrimitiveTopology::TriangleList,
            cull: None,
            color: None,
            depth: None,
            samples: 1,
        }
    }
}

/// A pipeline that is compiled on first use.
#[derive(Debug, Default)]
pub(super) struct Pipeline(OnceLock<wgpu::RenderPipeline>);

impl Pipeline {
    /// The pipeline; compiles `spec` the first time.
    pub fn get<'a>(&self, device: &wgpu::Device, spec: impl FnOnce() -> Spec<'a>) -> &wgpu::RenderPipeline {
        self.0.get_or_init(|| build(device, &spec()))
    }
}

fn build(device: &wgpu::Device, spec: &Spec<'_>) -> wgpu::RenderPipeline {
    let label = Some(spec.program.name);
    let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
        label,
        source: wgpu::ShaderSource::Wgsl(spec.program.source().into()),
    });
    let layouts: Vec<_> = spec.layouts.iter().copied().map(Some).collect();
    let layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
        label,
        bind_group_layouts: &layouts,
        immediate_size: 0,
    });
    let targets = [spec.color.clone()];
    let targets = if spec.color.is_some() { &targets[..] } else { &[] };
    device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
        label,
        layout: Some(&layout),
        vertex: wgpu::VertexState {
            module: &module,
            entry_point: Some(spec.vertex),
            compilation_options: Default::default(),
            buffers: spec.buffers,
        },
        primitive: wgpu::PrimitiveState { topology: spec.topology, cull_mode: spec.cull, ..Default::default() },
        depth_stencil: spec.depth.clone(),
        multisample: wgpu::MultisampleState { count: spec.samples, ..Default::default() },
        fragment: spec.fragment.map(|entry| wgpu::FragmentState {
            module: &module,
            entry_point: Some(entry),
            compilation_options: Default::default(),
            targets,
        }),
        multiview_mask: None,
        cache: None,
    })
}

/// Colour of the scene, blended over what is there as premultiplied alpha.
pub(super) fn scene_color(blended: bool) -> Option<wgpu::ColorTargetState> {
    Some(wgpu::ColorTargetState {
        format: COLOR_FORMAT,
        blend: blended.then_some(wgpu::BlendState::PREMULTIPLIED_ALPHA_BLENDING),
        write_mask: wgpu::ColorWrites::ALL,
    })
}

/// Depth test of the scene; `write` hides what comes later behind it.
pub(super) fn scene_depth(write: bool, compare: wgpu::CompareFunction) -> wgpu::DepthStencilState {
    wgpu::DepthStencilState {
        format: DEPTH_FORMAT,
        depth_write_enabled: Some(write),
        depth_compare: Some(compare),
        stencil: wgpu::StencilState::default(),
        bias: wgpu::DepthBiasState::default(),
    }
}

/// Shortens the description of a bind group's resources.
pub(super) mod binding {
    use wgpu::{BindGroupLayoutEntry, BindingType, BufferBindingType, SamplerBindingType, ShaderStages, TextureSampleType};

    fn entry(binding: u32, visibility: ShaderStages, ty: BindingType) -> BindGroupLayoutEntry {
        BindGroupLayoutEntry { binding, visibility, ty, count: None }
    }

    pub(in super::super) fn uniform(binding: u32) -> BindGroupLayoutEntry {
        let ty = BindingType::Buffer { ty: BufferBindingType::Uniform, has_dynamic_offset: false, min_binding_size: None };
        entry(binding, ShaderStages::VERTEX_FRAGMENT, ty)
    }

    pub(in super::super) fn storage(binding: u32) -> BindGroupLayoutEntry {
        let ty = BufferBindingType::Storage { read_only: true };
        let ty = BindingType::Buffer { ty, has_dynamic_offset: false, min_binding_size: None };
        entry(binding, ShaderStages::VERTEX, ty)
    }

    pub(in super::super) fn texture(binding: u32, sample_type: TextureSampleType, multisampled: bool) -> BindGroupLayoutEntry {
        let view_dimension = wgpu::TextureViewDimension::D2;
        entry(binding, ShaderStages::FRAGMENT, BindingType::Texture { sample_type, view_dimension, multisampled })
    }

    pub(in super::super) fn sampler(binding: u32, ty: SamplerBindingType) -> BindGroupLayoutEntry {
        entry(binding, ShaderStages::FRAGMENT, BindingType::Sampler(ty))
    }

    /// A texture whose samples are read as they are.
    pub(in super::super) const EXACT: TextureSampleType = TextureSampleType::Float { filterable: false };
    /// A texture that is read between its texels.
    pub(in super::super) const FILTERED: TextureSampleType = TextureSampleType::Float { filterable: true };
}

/// A bind group from resources in the order of their bindings.
pub(super) fn bind_group(
    device: &wgpu::Device,
    layout: &wgpu::BindGroupLayout,
    resources: &[wgpu::BindingResource<'_>],
) -> wgpu::BindGroup {
    let entries: Vec<_> = (0u32..)
        .zip(resources)
        .map(|(binding, resource)| wgpu::BindGroupEntry { binding, resource: resource.clone() })
        .collect();
    device.create_bind_group(&wgpu::BindGroupDescriptor { label: None, layout, entries: &entries })
}

/// A layout from entries.
pub(super) fn layout(device: &wgpu::Device, entries: &[wgpu::BindGroupLayoutEntry]) -> wgpu::BindGroupLayout {
    device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor { label: None, entries })
}
