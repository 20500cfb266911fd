//! Triangle edges over the shading.

use super::mesh::GpuMesh;
use super::pipeline::{Pipeline, SAMPLES, Spec, bind_group, binding, layout, scene_color, scene_depth};
use super::surface::Bindings;
use super::{pipeline, shader};

/// Pipeline of the edges, and the storage bindings of the mesh that was drawn last.
#[derive(Debug)]
pub(super) struct Wire {
    layout: wgpu::BindGroupLayout,
    /// Without and with a section.
    pipelines: [Pipeline; 2],
    mesh: Option<(u64, Vec<wgpu::BindGroup>)>,
}

impl Wire {
    pub fn new(device: &wgpu::Device) -> Self {
        let layout = layout(device, &[binding::storage(0), binding::storage(1)]);
        Self { layout, pipelines: Default::default(), mesh: None }
    }

    /// Makes the bindings of `mesh`, once per mesh.
    pub fn prepare(&mut self, device: &wgpu::Device, mesh: &GpuMesh) {
        if self.mesh.as_ref().is_none_or(|(id, _)| *id != mesh.id()) {
            let groups = mesh.pieces.iter().map(|piece| {
                let buffers = [piece.vertices.as_entire_binding(), piece.indices.as_entire_binding()];
                bind_group(device, &self.layout, &buffers)
            });
            self.mesh = Some((mesh.id(), groups.collect()));
        }
    }

    /// Draws the edges of the mesh that was prepared.
    pub fn draw(&self, pass: &mut wgpu::RenderPass<'_>, with: &Bindings<'_>, mesh: &GpuMesh, cut: bool) {
        let pipeline = self.pipelines[usize::from(cut)].get(with.device, || Spec {
            constants: pipeline::cut(cut),
            program: shader::WIRE,
            vertex: "vs_wire",
            fragment: Some("fs_wire"),
            layouts: vec![with.frame_layout, &self.layout],
            color: scene_color(true),
            depth: Some(wgpu::DepthStencilState {
                // In front of the surface that they lie on.
                bias: wgpu::DepthBiasState { constant: -2, slope_scale: -0.5, clamp: 0.0 },
                ..scene_depth(false, wgpu::CompareFunction::LessEqual)
            }),
            samples: SAMPLES,
            ..Spec::default()
        });
        pass.set_pipeline(pipeline);
        pass.set_bind_group(0, with.frame, &[]);
        let groups = self.mesh.iter().flat_map(|(_, groups)| groups);
        for (piece, group) in mesh.pieces.iter().zip(groups) {
            pass.set_bind_group(1, group, &[]);
            pass.draw(0..piece.index_count, 0..1);
        }
    }
}
