//! The floor: shadow, grid and bed.

use super::pipeline::{Pipeline, SAMPLES, Spec, scene_color, scene_depth};
use super::shader;
use super::surface::Bindings;

/// Pipeline of the floor.
#[derive(Debug, Default)]
pub(super) struct GroundPlane {
    pipeline: Pipeline,
}

impl GroundPlane {
    /// Draws the floor over what lies behind it.
    pub fn draw(&self, pass: &mut wgpu::RenderPass<'_>, with: &Bindings<'_>) {
        let pipeline = self.pipeline.get(with.device, || Spec {
            program: shader::GROUND,
            vertex: "vs_ground",
            fragment: Some("fs_ground"),
            layouts: vec![with.frame_layout, &with.light.layout],
            topology: wgpu::PrimitiveTopology::TriangleStrip,
            color: scene_color(true),
            depth: Some(scene_depth(false, wgpu::CompareFunction::LessEqual)),
            samples: SAMPLES,
            ..Spec::default()
        });
        pass.set_pipeline(pipeline);
        pass.set_bind_group(0, with.frame, &[]);
        pass.set_bind_group(1, &with.light.bind_group, &[]);
        pass.draw(0..4, 0..1);
    }
}
