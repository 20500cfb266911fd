//! From samples to the picture: ambient occlusion, tone mapping, background, resolve.

use super::pipeline::{Pipeline, Spec, bind_group, binding, layout};
use super::shader;
use super::surface::Bindings;
use super::targets::Targets;

/// Pipelines of the two passes over the whole picture.
#[derive(Debug)]
pub(super) struct Finish {
    format: wgpu::TextureFormat,
    depth_layout: wgpu::BindGroupLayout,
    composite_layout: wgpu::BindGroupLayout,
    occlusion: Pipeline,
    composite: Pipeline,
}

impl Finish {
    pub fn new(device: &wgpu::Device, format: wgpu::TextureFormat) -> Self {
        let depth = wgpu::TextureSampleType::Depth;
        let composite_layout = layout(
            device,
            &[
                binding::texture(0, binding::EXACT, true),
                binding::texture(1, binding::EXACT, false),
                binding::texture(2, depth, true),
            ],
        );
        Self {
            format,
            depth_layout: layout(device, &[binding::texture(0, depth, true)]),
            composite_layout,
            occlusion: Pipeline::default(),
            composite: Pipeline::default(),
        }
    }

    /// Finds out how much of the ambient light reaches each pixel.
    pub fn draw_occlusion(&self, encoder: &mut wgpu::CommandEncoder, with: &Bindings<'_>, targets: &Targets) {
        let pipeline = self.occlusion.get(with.device, || Spec {
            program: shader::OCCLUSION,
            vertex: "vs_occlusion",
            fragment: Some("fs_occlusion"),
            layouts: vec![with.frame_layout, &self.depth_layout],
            color: Some(wgpu::TextureFormat::R8Unorm.into()),
            ..Spec::default()
        });
        let depth = [wgpu::BindingResource::TextureView(&targets.depth_only)];
        let group = bind_group(with.device, &self.depth_layout, &depth);
        let mut pass = full_screen_pass(encoder, "occlusion", &targets.occlusion);
        pass.set_pipeline(pipeline);
        pass.set_bind_group(0, with.frame, &[]);
        pass.set_bind_group(1, &group, &[]);
        pass.draw(0..3, 0..1);
    }

    /// Writes the finished picture to `target`.
    pub fn draw_composite(
        &self,
        encoder: &mut wgpu::CommandEncoder,
        with: &Bindings<'_>,
        targets: &Targets,
        target: &wgpu::TextureView,
    ) {
        let pipeline = self.composite.get(with.device, || Spec {
            program: shader::COMPOSITE,
            vertex: "vs_composite",
            fragment: Some("fs_composite"),
            layouts: vec![with.frame_layout, &with.light.layout, &self.composite_layout],
            color: Some(self.format.into()),
            ..Spec::default()
        });
        let resources = [&targets.samples, &targets.occlusion, &targets.depth_only];
        let resources = resources.map(wgpu::BindingResource::TextureView);
        let group = bind_group(with.device, &self.composite_layout, &resources);
        let mut pass = full_screen_pass(encoder, "composite", target);
        pass.set_pipeline(pipeline);
        pass.set_bind_group(0, with.frame, &[]);
        pass.set_bind_group(1, &with.light.bind_group, &[]);
        pass.set_bind_group(2, &group, &[]);
        pass.draw(0..3, 0..1);
    }
}

fn full_screen_pass<'a>(
    encoder: &'a mut wgpu::CommandEncoder,
    label: &str,
    view: &wgpu::TextureView,
) -> wgpu::RenderPass<'a> {
    encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
        label: Some(label),
        color_attachments: &[Some(wgpu::RenderPassColorAttachment {
            view,
            depth_slice: None,
            resolve_target: None,
            ops: wgpu::Operations { load: wgpu::LoadOp::Clear(wgpu::Color::TRANSPARENT), store: wgpu::StoreOp::Store },
        })],
        ..Default::default()
    })
}
