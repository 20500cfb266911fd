//! One picture of one solid, and sheets of what became of them.

use glam::{Mat3, Vec3};
use image::{Rgb, RgbImage, Rgba, RgbaImage, imageops};

use super::objects::Object;
use crate::dataset::look::{self, Care};
use crate::dataset::pack::PackedMesh;
use crate::dataset::random::Random;
use crate::dataset::seen::raster;
use crate::dataset::solid::of_mesh;
use crate::dataset::view::View;
use crate::mesh::Mesh;

/// Pixels along each side of a picture.
const SIDE: usize = 512;
/// Columns along each side for occlusion and shadows.
const SHADING_GRID: usize = 64;
/// The seed of views and looks; another one would be another benchmark.
const SEED: u64 = 0x0BE7;
/// Pixels along each side of a tile of a contact sheet.
pub const SHEET_TILE: u32 = 128;

/// A picture and the solid on it.
#[derive(Clone, Debug)]
pub struct Case {
    /// The solid's name and the number of the view.
    pub name: String,
    /// What it is counted under.
    pub group: String,
    /// Straight alpha, the object in its frame.
    pub picture: RgbaImage,
    /// The solid as the viewer sees it, in the frame of the picture.
    pub truth: Mesh,
    /// From where it is seen.
    pub view: View,
}

impl Case {
    /// View number `view` of a solid: direction, perspective, style and light follow from both
    /// numbers. `None` when the solid has no extent.
    pub fn new(object: &Object, view: usize) -> Option<Self> {
        let mut random = Random::new(SEED, (object.number * 64 + view) as u64);
        let fitted = View::random(&mut random.fork(1)).fitted(&object.mesh.positions)?;
        let name = format!("{} #{view}", object.name);
        Some(Self::of_view(&object.mesh, fitted, name, object.group.clone(), Care::Styled, &mut random))
    }

    /// A picture from a view that is fitted already.
    pub fn of_view(
        mesh: &PackedMesh,
        view: View,
        name: String,
        group: String,
        care: Care,
        random: &mut Random,
    ) -> Self {
        let positions: Vec<Vec3> = mesh.positions.iter().map(|&p| view.frame_from_solid(p)).collect();
        let columns = of_mesh::columns(&positions, &mesh.triangles, &view, SHADING_GRID);
        let smooth = random.fork(11).chance(0.65);
        let seen = raster::raster(mesh, &positions, &view, SIDE, smooth);
        let drawn = look::picture(&seen, &columns, &view, care, random);
        let pixels = drawn.pixels.chunks_exact(4).map(|p| Rgba([p[0], p[1], p[2], p[3]]));
        let mut picture = RgbaImage::new(SIDE as u32, SIDE as u32);
        picture.pixels_mut().zip(pixels).for_each(|(to, from)| *to = from);
        let truth = Mesh { vertex_positions: positions, triangle_indices: mesh.triangles.clone(), vertex_colors: None };
        Self { name, group, picture, truth, view }
    }
}

/// A row for every case: the picture, the result from four sides, the truth from four sides.
pub fn contact_sheet<'a>(rows: impl ExactSizeIterator<Item = (&'a Case, &'a Mesh)>) -> RgbImage {
    let gap = 2;
    let step = SHEET_TILE + gap;
    let mut sheet = RgbImage::from_pixel(9 * step + 2 * gap, rows.len() as u32 * step, Rgb([255; 3]));
    for (row, (case, result)) in rows.enumerate() {
        let top = i64::from(row as u32 * step);
        let picture = imageops::thumbnail(&case.picture, SHEET_TILE, SHEET_TILE);
        let flat = RgbImage::from_fn(SHEET_TILE, SHEET_TILE, |x, y| {
            let Rgba([r, g, b, a]) = *picture.get_pixel(x, y);
            Rgb([r, g, b].map(|c| ((u32::from(c) * u32::from(a) + 225 * (255 - u32::from(a))) / 255) as u8))
        });
        imageops::replace(&mut sheet, &flat, 0, top);
        for (block, mesh) in [result, &case.truth].into_iter().enumerate() {
            for quarter in 0..4 {
                let place = 1 + 4 * block as u32 + quarter;
                let left = i64::from(place * step + gap * (1 + block as u32));
                imageops::replace(&mut sheet, &turned(mesh, quarter), left, top);
            }
        }
    }
    sheet
}

/// A mesh of the frame from one of four sides, a little from above, as pale clay.
fn turned(mesh: &Mesh, quarter: u32) -> RgbImage {
    let side = SHEET_TILE as usize;
    let mut picture = RgbImage::from_pixel(SHEET_TILE, SHEET_TILE, Rgb([225; 3]));
    let Some(packed) = PackedMesh::of_mesh(mesh) else { return picture };
    let mut view = View::new(quarter as f32 * std::f32::consts::FRAC_PI_2, 0.15, 0.0, 0.0);
    view.scale = 0.72;
    let positions: Vec<Vec3> = mesh.vertex_positions.iter().map(|&p| view.frame_from_solid(p)).collect();
    let seen = raster::raster(&packed, &positions, &view, side, false);
    let light = Mat3::IDENTITY * Vec3::new(-0.4, 0.6, 0.69);
    for pixel in seen.hits() {
        let n = seen.front_normals[pixel as usize];
        let tone = 0.3 + 0.65 * n.dot(light).max(0.0) + 0.1 * n.z;
        let value = (tone.clamp(0.0, 1.0) * 235.0) as u8;
        picture.put_pixel(pixel % SHEET_TILE, pixel / SHEET_TILE, Rgb([value, value, (value / 16 * 15).max(20)]));
    }
    picture
}
