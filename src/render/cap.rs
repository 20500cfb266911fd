//! The closed cut of a section.
//!
//! Along a ray through the part that is kept, the back faces of a closed mesh outnumber its front
//! faces by one exactly where the cut shows its inside; the stencil counts both.

use super::mesh::AtLevel;
use super::pipeline::{Pipeline, SAMPLES, Spec, scene_color, scene_depth};
use super::prepared::Vertex;
use super::surface::Bindings;
use super::{pipeline, shader};

/// Pipelines of the cut.
#[derive(Debug, Default)]
pub(super) struct Cap {
    count: Pipeline,
    fill: Pipeline,
}

fn stencil(front: wgpu::StencilFaceState, back: wgpu::StencilFaceState) -> wgpu::StencilState {
    wgpu::StencilState { front, back, read_mask: 0xff, write_mask: 0xff }
}

fn counting(operation: wgpu::StencilOperation) -> wgpu::StencilFaceState {
    wgpu::StencilFaceState {
        compare: wgpu::CompareFunction::Always,
        fail_op: operation,
        depth_fail_op: operation,
        pass_op: operation,
    }
}

impl Cap {
    /// Counts faces and fills the cut; the stencil must be 0 before.
    pub fn draw(&self, pass: &mut wgpu::RenderPass<'_>, with: &Bindings<'_>, mesh: AtLevel<'_>) {
        let layouts = || vec![with.frame_layout];
        let count = self.count.get(with.device, || Spec {
            program: shader::CAP,
            vertex: "vs_surface",
            fragment: Some("fs_count"),
            constants: pipeline::cut(true),
            layouts: layouts(),
            buffers: &[Vertex::LAYOUT],
            color: scene_color(false).map(|c| wgpu::ColorTargetState { write_mask: wgpu::ColorWrites::empty(), ..c }),
            depth: Some(wgpu::DepthStencilState {
                stencil: stencil(
                    counting(wgpu::StencilOperation::DecrementWrap),
                    counting(wgpu::StencilOperation::IncrementWrap),
                ),
                ..scene_depth(false, wgpu::CompareFunction::Always)
            }),
            samples: SAMPLES,
            ..Spec::default()
        });
        let inside = wgpu::StencilFaceState {
            compare: wgpu::CompareFunction::NotEqual,
            fail_op: wgpu::StencilOperation::Keep,
            depth_fail_op: wgpu::StencilOperation::Keep,
            pass_op: wgpu::StencilOperation::Keep,
        };
        let fill = self.fill.get(with.device, || Spec {
            program: shader::CAP,
            vertex: "vs_cap",
            fragment: Some("fs_cap"),
            layouts: layouts(),
            topology: wgpu::PrimitiveTopology::TriangleStrip,
            color: scene_color(false),
            depth: Some(wgpu::DepthStencilState {
                stencil: stencil(inside, inside),
                ..scene_depth(true, wgpu::CompareFunction::LessEqual)
            }),
            samples: SAMPLES,
            ..Spec::default()
        });
        pass.set_bind_group(0, with.frame, &[]);
        pass.set_pipeline(count);
        mesh.draw(pass);
        pass.set_pipeline(fill);
        pass.set_stencil_reference(0);
        pass.draw(0..4, 0..1);
    }
}
