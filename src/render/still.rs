//! Pictures of a mesh in one call, for the command line and thumbnails.

use image::RgbaImage;

use super::camera::{Camera, NamedView, Projection, View};
use super::device::Gpu;
use super::mesh::GpuMesh;
use super::prepared::{PreparedLevel, PreparedMesh};
use super::scene::{Scene, Shading, Wireframe};
use super::{RenderError, Renderer, offscreen};
use crate::mesh::Mesh;

/// Largest side of a still, in pixels, whatever the device could.
pub const MAX_STILL_SIDE_PX: u32 = 8192;

/// What a still shows.
#[derive(Clone, Debug, PartialEq)]
pub struct StillOptions {
    /// Width and height in pixels.
    pub size_px: [u32; 2],
    /// From where.
    pub view: View,
    /// How depth is drawn.
    pub projection: Projection,
    /// How it looks.
    pub scene: Scene,
}

impl Default for StillOptions {
    fn default() -> Self {
        let mut scene = Scene::new();
        // Pictures show one side at a time; none of them should lie in the dark.
        scene.lighting.follow_camera = true;
        Self { size_px: [1024, 1024], view: View::default(), projection: Projection::default(), scene }
    }
}

/// A device, a renderer and a mesh, to make several pictures of.
#[derive(Debug)]
pub struct StillMaker {
    gpu: Gpu,
    renderer: Renderer,
    mesh: GpuMesh,
}

impl StillMaker {
    /// Opens a device and uploads `mesh` (print space: mm, +Z up).
    ///
    /// # Errors
    /// Any [`RenderError`]; [`RenderError::NoAdapter`] on machines that cannot draw.
    pub fn new(mesh: &Mesh) -> Result<Self, RenderError> {
        let prepared = PreparedMesh::new(mesh)?;
        Self::with_gpu(Gpu::new_headless()?, &prepared)
    }

    /// Uses a device that is open already.
    ///
    /// # Errors
    /// [`RenderError::OutOfMemory`] when the mesh does not fit.
    pub fn with_gpu(gpu: Gpu, mesh: &PreparedMesh) -> Result<Self, RenderError> {
        let renderer = Renderer::new(&gpu.device, &gpu.queue, offscreen::FORMAT);
        let mesh = GpuMesh::upload(&gpu.device, &gpu.queue, mesh)?;
        gpu.faults.check()?;
        Ok(Self { gpu, renderer, mesh })
    }

    /// The mesh.
    pub fn mesh(&self) -> &GpuMesh {
        &self.mesh
    }

    /// Adds a coarser version of the mesh, for pictures of less [`super::Effort`].
    ///
    /// # Errors
    /// [`RenderError::OutOfMemory`] when it does not fit.
    pub fn add_level(&mut self, level: &PreparedLevel) -> Result<(), RenderError> {
        self.mesh = self.mesh.with_level(&self.gpu.device, &self.gpu.queue, level)?;
        Ok(())
    }

    /// The renderer, to give it an environment.
    pub fn renderer_mut(&mut self) -> &mut Renderer {
        &mut self.renderer
    }

    /// Draws one picture: sRGB, straight alpha.
    ///
    /// # Errors
    /// Any [`RenderError`].
    pub fn still(&mut self, options: &StillOptions) -> Result<RgbaImage, RenderError> {
        let [width, height] = options.size_px;
        if width == 0 || height == 0 {
            return Err(RenderError::ZeroSize);
        }
        if width.max(height) > MAX_STILL_SIDE_PX {
            return Err(RenderError::PictureTooLarge { width, height, max: MAX_STILL_SIDE_PX });
        }
        let mut camera = Camera::fit(self.mesh.bounds(), options.view, options.projection, options.size_px);
        camera.frame_points(self.mesh.hull());
        self.still_from(&camera, &options.scene)
    }

    /// Draws one picture from a camera of the caller's.
    ///
    /// # Errors
    /// Any [`RenderError`].
    pub fn still_from(&mut self, camera: &Camera, scene: &Scene) -> Result<RgbaImage, RenderError> {
        offscreen::render_to_image(&self.gpu, &mut self.renderer, &self.mesh, camera, scene)
    }

    /// Eight pictures in two rows of four: three-quarter, front, side and back; top, bottom,
    /// triangles and normals. `options.size_px` is the size of the whole sheet, of which no pixel is left
    /// over; its view is not used.
    ///
    /// # Errors
    /// Any [`RenderError`].
    pub fn contact_sheet(&mut self, options: &StillOptions) -> Result<RgbaImage, RenderError> {
        let three_quarter = View::from(NamedView::ThreeQuarter);
        let plain = |view: NamedView| (View::from(view), None);
        let cells = [
            plain(NamedView::ThreeQuarter),
            plain(NamedView::Front),
            plain(NamedView::Right),
            plain(NamedView::Back),
            plain(NamedView::Top),
            plain(NamedView::Bottom),
            (three_quarter, Some(Shading::Clay)),
            (three_quarter, Some(Shading::Normals)),
        ];
        let [width, height] = options.size_px;
        let mut sheet = RgbaImage::new(width, height);
        for (i, (view, inspect)) in (0u32..).zip(cells) {
            let ([left, right], [top, bottom]) = (part(width, 4, i % 4), part(height, 2, i / 4));
            let mut cell = StillOptions { size_px: [right - left, bottom - top], view, ..options.clone() };
            if let Some(shading) = inspect {
                cell.scene.shading = shading;
                cell.scene.wireframe = (shading == Shading::Clay).then(Wireframe::default);
            }
            let picture = self.still(&cell)?;
            image::imageops::replace(&mut sheet, &picture, left.into(), top.into());
        }
        Ok(sheet)
    }
}

/// Where part number `index` of `count` begins and ends on a side of `side` pixels; the parts are as
/// equal as they can be, and leave nothing out.
fn part(side: u32, count: u32, index: u32) -> [u32; 2] {
    // In 64 bits, where no side is too long.
    [index, index + 1].map(|edge| (u64::from(side) * u64::from(edge) / u64::from(count)) as u32)
}

/// One picture of `mesh` (print space: mm, +Z up): sRGB, straight alpha.
///
/// # Errors
/// Any [`RenderError`]; [`RenderError::NoAdapter`] on machines that cannot draw.
pub fn still(mesh: &Mesh, options: &StillOptions) -> Result<RgbaImage, RenderError> {
    StillMaker::new(mesh)?.still(options)
}

/// Eight pictures of `mesh` on one sheet, see [`StillMaker::contact_sheet`].
///
/// # Errors
/// Any [`RenderError`]; [`RenderError::NoAdapter`] on machines that cannot draw.
pub fn contact_sheet(mesh: &Mesh, options: &StillOptions) -> Result<RgbaImage, RenderError> {
    StillMaker::new(mesh)?.contact_sheet(options)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cells_of_a_sheet_leave_no_pixel_out() {
        for (side, count) in [(2048, 4), (1023, 4), (511, 2), (17, 4), (16, 2), (u32::MAX, 4)] {
            let parts: Vec<[u32; 2]> = (0..count).map(|index| part(side, count, index)).collect();
            assert_eq!((parts[0][0], parts[parts.len() - 1][1]), (0, side));
            assert!(parts.windows(2).all(|pair| pair[0][1] == pair[1][0]), "{side}: {parts:?}");
            assert!(parts.iter().all(|[low, high]| (high - low).abs_diff(side / count) <= 1), "{side}: {parts:?}");
        }
    }
}
