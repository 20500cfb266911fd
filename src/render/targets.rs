//! The textures that a picture goes through, made anew only when its size changes.

use std::sync::OnceLock;

use super::RenderError;
use super::pipeline::{COLOR_FORMAT, DEPTH_FORMAT, SAMPLES};

/// Textures of one picture size.
#[derive(Debug)]
pub(super) struct Targets {
    pub size_px: [u32; 2],
    /// Linear, premultiplied, [`SAMPLES`] per pixel.
    pub samples: wgpu::TextureView,
    /// Depth and stencil.
    pub depth: wgpu::TextureView,
    /// The same, depth alone, to read.
    pub depth_only: wgpu::TextureView,
    /// Share of ambient light, 0 to 1.
    pub occlusion: wgpu::TextureView,
    back_faces: OnceLock<[wgpu::TextureView; 2]>,
}

impl Targets {
    /// # Errors
    /// [`RenderError::ZeroSize`], [`RenderError::PictureTooLarge`], [`RenderError::OutOfMemory`].
    pub fn new(device: &wgpu::Device, size_px: [u32; 2]) -> Result<Self, RenderError> {
        let [width, height] = size_px;
        let max = device.limits().max_texture_dimension_2d;
        if width == 0 || height == 0 {
            return Err(RenderError::ZeroSize);
        }
        if width > max || height > max {
            return Err(RenderError::PictureTooLarge { width, height, max });
        }
        let out_of_memory = device.push_error_scope(wgpu::ErrorFilter::OutOfMemory);
        let samples = texture(device, "samples", size_px, COLOR_FORMAT, SAMPLES);
        let depth = texture(device, "depth", size_px, DEPTH_FORMAT, SAMPLES);
        let occlusion = texture(device, "occlusion", size_px, wgpu::TextureFormat::R8Unorm, 1);
        if let Some(error) = pollster::block_on(out_of_memory.pop()) {
            return Err(error.into());
        }
        Ok(Self {
            size_px,
            samples: view(&samples, wgpu::TextureAspect::All),
            depth: view(&depth, wgpu::TextureAspect::All),
            depth_only: view(&depth, wgpu::TextureAspect::DepthOnly),
            occlusion: view(&occlusion, wgpu::TextureAspect::All),
            back_faces: OnceLock::new(),
        })
    }

    /// Normals with distances, and depth, of the back faces that glass looks through.
    pub fn back_faces(&self, device: &wgpu::Device) -> &[wgpu::TextureView; 2] {
        self.back_faces.get_or_init(|| {
            let color = texture(device, "back faces", self.size_px, COLOR_FORMAT, 1);
            let depth = texture(device, "back depth", self.size_px, DEPTH_FORMAT, 1);
            [view(&color, wgpu::TextureAspect::All), view(&depth, wgpu::TextureAspect::All)]
        })
    }
}

/// A texture that is drawn into and then read.
pub(super) fn texture(
    device: &wgpu::Device,
    label: &str,
    [width, height]: [u32; 2],
    format: wgpu::TextureFormat,
    sample_count: u32,
) -> wgpu::Texture {
    device.create_texture(&wgpu::TextureDescriptor {
        label: Some(label),
        size: wgpu::Extent3d { width, height, depth_or_array_layers: 1 },
        mip_level_count: 1,
        sample_count,
        dimension: wgpu::TextureDimension::D2,
        format,
        usage: wgpu::TextureUsages::RENDER_ATTACHMENT | wgpu::TextureUsages::TEXTURE_BINDING,
        view_formats: &[],
    })
}

pub(super) fn view(texture: &wgpu::Texture, aspect: wgpu::TextureAspect) -> wgpu::TextureView {
    texture.create_view(&wgpu::TextureViewDescriptor { aspect, ..Default::default() })
}
