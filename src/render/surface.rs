//! Draws the mesh itself, in any shading.

use super::frame::{casts_shadow, material_of};
use super::material::Pattern;
use super::mesh::AtLevel;
use super::pipeline::{COLOR_FORMAT, Pipeline, SAMPLES, Spec, bind_group, binding, layout, scene_color, scene_depth};
use super::prepared::Vertex;
use super::scene::{Scene, Shading};
use super::targets::Targets;
use super::{light::Light, pipeline, shader};

/// Pipelines of the mesh.
#[derive(Debug)]
pub(super) struct Surface {
    glass_layout: wgpu::BindGroupLayout,
    /// By [`variant`].
    material: [Pipeline; VARIANTS],
    /// The others without and with a section.
    inspect: [Pipeline; 2],
    xray: [Pipeline; 2],
    glass: [Pipeline; 2],
    glass_back: [Pipeline; 2],
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

/// Number of variants of the material's pipeline.
const VARIANTS: usize = 32;

/// Which variant of the material's pipeline a scene needs: its number and its constants.
fn variant(scene: &Scene) -> (usize, Vec<(&'static str, f64)>) {
    let material = material_of(scene);
    let pattern = match material.pattern {
        Pattern::None => 0,
        Pattern::Layers => 1,
        Pattern::Wood => 2,
        Pattern::Grain => 3,
    };
    let switches = [
        ("CUT", usize::from(scene.section.is_some())),
        ("SHADOWED", usize::from(casts_shadow(scene))),
        ("COATED", usize::from(material.clearcoat > 0.0)),
    ];
    let number = switches.iter().fold(pattern, |number, (_, on)| number * 2 + on);
    let mut constants = switches.map(|(name, on)| (name, on as f64)).to_vec();
    constants.push(("PATTERN", pattern as f64));
    (number, constants)
}

impl Surface {
    pub fn new(device: &wgpu::Device) -> Self {
        Self {
            glass_layout: layout(device, &[binding::texture(0, binding::EXACT, false)]),
            material: Default::default(),
            inspect: Default::default(),
            glass: Default::default(),
            xray: Default::default(),
            glass_back: Default::default(),
        }
    }

    /// Draws the mesh into the scene's pass.
    pub fn draw(
        &self,
        pass: &mut wgpu::RenderPass<'_>,
        with: &Bindings<'_>,
        mesh: AtLevel<'_>,
        scene: &Scene,
        targets: &Targets,
    ) {
        let cut = scene.section.is_some();
        // Without and with a section: the second decides on every sample, which costs where none is.
        let spec = |program, fragments: [&'static str; 2], layouts| Spec {
            program,
            vertex: "vs_surface",
            fragment: Some(fragments[usize::from(cut)]),
            layouts,
            buffers: &[Vertex::LAYOUT],
            color: scene_color(false),
            depth: Some(scene_depth(true, wgpu::CompareFunction::LessEqual)),
            samples: SAMPLES,
            constants: pipeline::cut(cut),
            ..Spec::default()
        };
        let (i, device, frame, light) = (usize::from(cut), with.device, with.frame_layout, &with.light.layout);
        pass.set_bind_group(0, with.frame, &[]);
        let pipeline = match scene.shading {
            Shading::XRay => self.xray[i].get(device, || Spec {
                color: scene_color(true),
                depth: Some(scene_depth(false, wgpu::CompareFunction::Always)),
                ..spec(shader::INSPECT, ["fs_xray", "fs_xray_cut"], vec![frame])
            }),
            Shading::Matcap | Shading::Normals | Shading::VertexColors | Shading::BackFaces => {
                self.inspect[i].get(device, || spec(shader::INSPECT, ["fs_inspect", "fs_inspect_cut"], vec![frame]))
            }
            _ if is_glass(scene) => {
                let back = wgpu::BindingResource::TextureView(&targets.back_faces(device)[0]);
                pass.set_bind_group(1, &with.light.bind_group, &[]);
                pass.set_bind_group(2, &bind_group(device, &self.glass_layout, &[back]), &[]);
                self.glass[i].get(device, || {
                    spec(shader::GLASS, ["fs_glass", "fs_glass_cut"], vec![frame, light, &self.glass_layout])
                })
            }
            Shading::Material | Shading::Clay | Shading::Flat => {
                pass.set_bind_group(1, &with.light.bind_group, &[]);
                let (number, constants) = variant(scene);
                let slot = self.material.get(number).unwrap_or(&self.material[0]);
                slot.get(device, || Spec {
                    constants,
                    ..spec(shader::MATERIAL, ["fs_pbr", "fs_pbr_cut"], vec![frame, light])
                })
            }
        };
        pass.set_pipeline(pipeline);
        mesh.draw(pass);
    }

    /// Draws what glass looks through: the normals and distances of its back faces.
    pub fn draw_back_faces(
        &self,
        encoder: &mut wgpu::CommandEncoder,
        with: &Bindings<'_>,
        mesh: AtLevel<'_>,
        scene: &Scene,
        targets: &Targets,
    ) {
        let [color, depth] = targets.back_faces(with.device);
        let cut = scene.section.is_some();
        let pipeline = self.glass_back[usize::from(cut)].get(with.device, || Spec {
            constants: pipeline::cut(cut),
            program: shader::GLASS,
            vertex: "vs_surface",
            fragment: Some("fs_back"),
            layouts: vec![with.frame_layout],
            buffers: &[Vertex::LAYOUT],
            cull: Some(wgpu::Face::Front),
            color: Some(COLOR_FORMAT.into()),
            depth: Some(scene_depth(true, wgpu::CompareFunction::LessEqual)),
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
