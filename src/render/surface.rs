//! Draws the mesh itself, in any shading.

use super::mesh::{GpuMesh, Vertex};
use super::pipeline::{DEPTH_FORMAT, Pipeline, Spec, bind_group, binding, layout, scene_color, scene_depth};
use super::scene::{Scene, Shading};
use super::targets::Targets;
use super::{light::Light, shader};

/// Pipelines of the mesh.
#[derive(Debug)]
pub(super) struct Surface {
    glass_layout: wgpu::BindGroupLayout,
    material: Pipeline,
    inspect: Pipeline,
    xray: Pipeline,
    glass: Pipeline,
    glass_back: Pipeline,
}

/// Bind groups and layouts that a pass over the mesh needs.
pub(super) struct Bindings<'a> {
    pub device: &'a wgpu::Device,
    pub frame_layout: &'a wgpu::BindGroupLayout,
    pub frame: &'a wgpu::BindGroup,
    pub light: &'a Light,
}

/// Whether the scene shows refracting glass.
pub(super) fn is_glass(scene: &Scene) -> bool {
    scene.shading == Shading::Material && scene.material.transmission > 0.5
}

impl Surface {
    pub fn new(device: &wgpu::Device) -> Self {
        Self {
            glass_layout: layout(device, &[binding::texture(0, binding::EXACT, false)]),
            material: Pipeline::default(),
            inspect: Pipeline::default(),
            xray: Pipeline::default(),
            glass: Pipeline::default(),
            glass_back: Pipeline::default(),
        }
    }

    /// Draws the mesh into the scene's pass.
    pub fn draw(&self, pass: &mut wgpu::RenderPass<'_>, with: &Bindings<'_>, mesh: &GpuMesh, scene: &Scene, targets: &Targets) {
        let lit = || vec![with.frame_layout, &with.light.layout];
        let unlit = || vec![with.frame_layout];
        let spec = |program, fragment| Spec {
            program,
            vertex: "vs_surface",
            fragment: Some(fragment),
            buffers: &[Vertex::LAYOUT],
            color: scene_color(false),
            depth: Some(scene_depth(true, wgpu::CompareFunction::LessEqual)),
            samples: super::pipeline::SAMPLES,
            ..Spec::default()
        };
        pass.set_bind_group(0, with.frame, &[]);
        let pipeline = match scene.shading {
            Shading::XRay => self.xray.get(with.device, || Spec {
                layouts: unlit(),
                color: scene_color(true),
                depth: Some(scene_depth(false, wgpu::CompareFunction::Always)),
                ..spec(shader::INSPECT, "fs_xray")
            }),
            Shading::Matcap | Shading::Normals | Shading::VertexColors | Shading::BackFaces => {
                self.inspect.get(with.device, || Spec { layouts: unlit(), ..spec(shader::INSPECT, "fs_inspect") })
            }
            _ if is_glass(scene) => {
                pass.set_bind_group(1, &with.light.bind_group, &[]);
                let back = wgpu::BindingResource::TextureView(&targets.back_faces(with.device)[0]);
                pass.set_bind_group(2, &bind_group(with.device, &self.glass_layout, &[back]), &[]);
                let layouts = || vec![with.frame_layout, &with.light.layout, &self.glass_layout];
                self.glass.get(with.device, || Spec { layouts: layouts(), ..spec(shader::GLASS, "fs_glass") })
            }
            Shading::Material | Shading::Clay | Shading::Flat => {
                pass.set_bind_group(1, &with.light.bind_group, &[]);
                self.material.get(with.device, || Spec { layouts: lit(), ..spec(shader::MATERIAL, "fs_pbr") })
            }
        };
        pass.set_pipeline(pipeline);
        mesh.draw(pass);
    }

    /// Draws what glass looks through: the normals and distances of its back faces.
    pub fn draw_back_faces(&self, encoder: &mut wgpu::CommandEncoder, with: &Bindings<'_>, mesh: &GpuMesh, targets: &Targets) {
        let [color, depth] = targets.back_faces(with.device);
        let pipeline = self.glass_back.get(with.device, || Spec {
            program: shader::GLASS,
            vertex: "vs_surface",
            fragment: Some("fs_back"),
            layouts: vec![with.frame_layout, &with.light.layout, &self.glass_layout],
            buffers: &[Vertex::LAYOUT],
            cull: Some(wgpu::Face::Front),
            color: Some(super::pipeline::COLOR_FORMAT.into()),
            depth: Some(wgpu::DepthStencilState {
                format: DEPTH_FORMAT,
                ..scene_depth(true, wgpu::CompareFunction::LessEqual)
            }),
            ..Spec::default()
        });
        let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
            label: Some("back faces"),
            color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                view: color,
                depth_slice: None,
                resolve_target: None,
                ops: wgpu::Operations {
                    load: wgpu::LoadOp::Clear(wgpu::Color::TRANSPARENT),
                    store: wgpu::StoreOp::Store,
                },
            })],
            depth_stencil_attachment: Some(wgpu::RenderPassDepthStencilAttachment {
                view: depth,
                depth_ops: Some(wgpu::Operations { load: wgpu::LoadOp::Clear(1.0), store: wgpu::StoreOp::Discard }),
                stencil_ops: Some(wgpu::Operations { load: wgpu::LoadOp::Clear(0), store: wgpu::StoreOp::Discard }),
            }),
            ..Default::default()
        });
        pass.set_pipeline(pipeline);
        pass.set_bind_group(0, with.frame, &[]);
        mesh.draw(&mut pass);
    }
}

