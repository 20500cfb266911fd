//! Pictures without a window.

use image::RgbaImage;

use super::device::Gpu;
use super::{AlphaMode, Camera, GpuMesh, RenderError, Renderer, Scene};

/// Format of offscreen pictures.
pub const FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8Unorm;

/// Draws `mesh` and reads the picture back: sRGB, straight alpha, of the camera's size. The renderer
/// must have been made for [`FORMAT`].
///
/// # Errors
/// Any [`RenderError`] of the device.
pub fn render_to_image(
    gpu: &Gpu,
    renderer: &mut Renderer,
    mesh: &GpuMesh,
    camera: &Camera,
    scene: &Scene,
) -> Result<RgbaImage, RenderError> {
    let [width, height] = camera.size_px();
    let max = gpu.device.limits().max_texture_dimension_2d;
    if width > max || height > max {
        return Err(RenderError::PictureTooLarge { width, height, max });
    }
    let size = wgpu::Extent3d { width, height, depth_or_array_layers: 1 };
    let bytes_per_row = (width * 4).next_multiple_of(wgpu::COPY_BYTES_PER_ROW_ALIGNMENT);
    let out_of_memory = gpu.device.push_error_scope(wgpu::ErrorFilter::OutOfMemory);
    let picture = gpu.device.create_texture(&wgpu::TextureDescriptor {
        label: Some("picture"),
        size,
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format: FORMAT,
        usage: wgpu::TextureUsages::RENDER_ATTACHMENT | wgpu::TextureUsages::COPY_SRC,
        view_formats: &[],
    });
    let readback = gpu.device.create_buffer(&wgpu::BufferDescriptor {
        label: Some("readback"),
        size: u64::from(bytes_per_row) * u64::from(height),
        usage: wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ,
        mapped_at_creation: false,
    });
    if let Some(error) = pollster::block_on(out_of_memory.pop()) {
        return Err(error.into());
    }
    let mut encoder = gpu.device.create_command_encoder(&Default::default());
    let view = picture.create_view(&Default::default());
    renderer.draw(&mut encoder, &view, Some(mesh), camera, scene, AlphaMode::Straight)?;
    encoder.copy_texture_to_buffer(
        picture.as_image_copy(),
        wgpu::TexelCopyBufferInfo {
            buffer: &readback,
            layout: wgpu::TexelCopyBufferLayout { offset: 0, bytes_per_row: Some(bytes_per_row), rows_per_image: None },
        },
        size,
    );
    gpu.queue.submit([encoder.finish()]);
    gpu.faults.check()?;
    read_rows(gpu, &readback, [width, height], bytes_per_row as usize)
}

fn read_rows(
    gpu: &Gpu,
    buffer: &wgpu::Buffer,
    [width, height]: [u32; 2],
    bytes_per_row: usize,
) -> Result<RgbaImage, RenderError> {
    let (sender, receiver) = crossbeam_channel::bounded(1);
    buffer.map_async(wgpu::MapMode::Read, .., move |result| {
        let _ = sender.send(result);
    });
    gpu.wait()?;
    let lost = || RenderError::DeviceLost("the picture could not be read back".to_owned());
    receiver.try_recv().map_err(|_| lost())?.map_err(|_| lost())?;
    let mapped = buffer.slice(..).get_mapped_range();
    let mut pixels = Vec::with_capacity(width as usize * height as usize * 4);
    for row in mapped.chunks_exact(bytes_per_row) {
        pixels.extend_from_slice(&row[..width as usize * 4]);
    }
    drop(mapped);
    buffer.unmap();
    RgbaImage::from_raw(width, height, pixels).ok_or_else(lost)
}
