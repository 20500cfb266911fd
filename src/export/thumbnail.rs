//! A small picture of a mesh, drawn on the processor.
//!
//! Promises: the same mesh gives the same pixels, with any number of threads and without a graphics
//! adapter; the background is transparent; the whole mesh is in the picture. It is meant for file
//! browsers: one view, one light, no textures.

use std::sync::LazyLock;

use glam::{Vec2, Vec3};
use image::RgbaImage;
use rayon::prelude::*;

use crate::color::{linear_from_srgb, srgb_from_linear};
use crate::mesh::{Bounds, Mesh};
use crate::progress::{Cancelled, Monitor, Stage};

/// Side of the picture that goes into files.
pub const SIZE_PX: u32 = 256;

/// Samples per pixel and axis.
const SUPERSAMPLING: u32 = 2;
/// Share of the picture's side that stays empty on each side.
const MARGIN: f32 = 0.04;
/// Distance of the eye in radii of the bounding sphere; a long lens flatters.
const EYE_DISTANCE: f32 = 4.5;
/// sRGB colour of a mesh without colours.
const FILAMENT: [u8; 3] = [158, 178, 200];
/// Where a corner's smooth normal is farther than this from the flat one there is an edge (cosine).
const CREASE: f32 = 0.75;
const TRIANGLES_PER_STEP: usize = 1 << 16;

static LINEAR: LazyLock<[f32; 256]> = LazyLock::new(|| std::array::from_fn(|level| linear_from_srgb(level as u8)));

/// Draws `mesh` (print space: +Z up, front towards −Y) as a square of `size_px` pixels. A mesh with
/// nothing to see gives an empty picture.
///
/// # Errors
/// [`Cancelled`].
pub fn draw(mesh: &Mesh, size_px: u32, monitor: &Monitor) -> Result<RgbaImage, Cancelled> {
    let side = (size_px * SUPERSAMPLING) as usize;
    let Some(bounds) = mesh.bounds().filter(|_| mesh.validate().is_ok()) else {
        return Ok(RgbaImage::new(size_px, size_px));
    };
    let camera = Camera::around(&bounds);
    let projected = camera.frame(mesh, side as f32);
    let visible = rasterise(mesh, &projected, side, monitor)?;
    let normals = mesh.vertex_normals();
    let surface: Vec<Option<Point>> = (0..side * side)
        .into_par_iter()
        .map(|pixel| {
            let position = Vec2::new((pixel % side) as f32 + 0.5, (pixel / side) as f32 + 0.5);
            visible[pixel].map(|triangle| Point::of(mesh, &normals, &projected, triangle, position, &camera))
        })
        .collect();
    monitor.check()?;
    let light: Vec<[f32; 4]> = (0..side * side).into_par_iter().map(|i| shade(&surface, side, i, &camera)).collect();
    Ok(downsample(&light, size_px))
}

/// The eye and the axes of the picture, in print space.
struct Camera {
    eye: Vec3,
    /// From the eye into the picture.
    forward: Vec3,
    right: Vec3,
    up: Vec3,
}

impl Camera {
    fn around(bounds: &Bounds) -> Self {
        let size = bounds.size();
        let lies_flat = size.z < 0.35 * size.x.max(size.y);
        let (azimuth, elevation) = if lies_flat { (20f32, 55f32) } else { (32f32, 22f32) };
        let (azimuth, elevation) = (azimuth.to_radians(), elevation.to_radians());
        let towards_eye = Vec3::new(azimuth.sin() * elevation.cos(), -azimuth.cos() * elevation.cos(), elevation.sin());
        let forward = -towards_eye;
        let right = forward.cross(Vec3::Z).normalize_or(Vec3::X);
        let radius = (size.length() * 0.5).max(f32::MIN_POSITIVE);
        let eye = bounds.center() + towards_eye * radius * EYE_DISTANCE;
        Self { eye, forward, right, up: right.cross(forward) }
    }

    /// Every vertex as pixel x, pixel y (down) and distance into the picture, fitted to the frame.
    fn frame(&self, mesh: &Mesh, side: f32) -> Vec<Vec3> {
        let mut projected: Vec<Vec3> = mesh
            .vertex_positions
            .par_iter()
            .map(|&p| {
                let v = p - self.eye;
                let depth = v.dot(self.forward);
                Vec3::new(v.dot(self.right) / depth, -v.dot(self.up) / depth, depth)
            })
            .collect();
        let (mut min, mut max) = (Vec2::INFINITY, Vec2::NEG_INFINITY);
        for p in projected.iter().map(|p| p.truncate()) {
            (min, max) = (min.min(p), max.max(p));
        }
        let scale = side * (1.0 - 2.0 * MARGIN) / (max - min).max_element().max(f32::MIN_POSITIVE);
        let center = (min + max) * 0.5;
        projected.par_iter_mut().for_each(|p| {
            let pixel = (p.truncate() - center) * scale + Vec2::splat(side * 0.5);
            *p = pixel.extend(p.z);
        });
        projected
    }
}

/// The nearest triangle of every pixel; of equally near ones the first.
fn rasterise(mesh: &Mesh, projected: &[Vec3], side: usize, monitor: &Monitor) -> Result<Vec<Option<u32>>, Cancelled> {
    let mut visible = vec![None; side * side];
    // Bands of rows: every thread looks at all triangles and draws into its own rows.
    let rows_per_band = side.div_ceil(rayon::current_num_threads());
    let total = mesh.triangle_indices.len() as u64;
    visible.par_chunks_mut(rows_per_band * side).enumerate().try_for_each(|(band, pixels)| {
        let first_row = band * rows_per_band;
        let mut depths = vec![f32::INFINITY; pixels.len()];
        for (chunk, triangles) in mesh.triangle_indices.chunks(TRIANGLES_PER_STEP).enumerate() {
            if band == 0 {
                monitor.step(Stage::Export, (chunk * TRIANGLES_PER_STEP) as u64, total)?;
            }
            monitor.check()?;
            for (i, corners) in triangles.iter().enumerate() {
                let triangle = (chunk * TRIANGLES_PER_STEP + i) as u32;
                let corners = corners.map(|v| projected[v as usize]);
                fill(corners, first_row, side, &mut depths, |pixel| pixels[pixel] = Some(triangle));
            }
        }
        Ok(())
    })?;
    Ok(visible)
}

/// Calls `draw` with every pixel of the band that the triangle covers and nothing nearer does.
fn fill(corners: [Vec3; 3], first_row: usize, side: usize, depths: &mut [f32], mut draw: impl FnMut(usize)) {
    let rows = depths.len() / side;
    let [a, b, c] = corners;
    let (min, max) = (a.min(b).min(c), a.max(b).max(c));
    // Pixel centres lie at one half; a range may be empty for a small triangle.
    let first = |low: f32| (low - 0.5).ceil().max(0.0) as usize;
    let after = |high: f32, end: usize| (((high - 0.5).floor() + 1.0).max(0.0) as usize).min(end);
    let (y_start, y_end) = (first(min.y).max(first_row), after(max.y, first_row + rows));
    let (x_start, x_end) = (first(min.x), after(max.x, side));
    if y_start >= y_end || x_start >= x_end {
        return;
    }
    for y in y_start..y_end {
        for x in x_start..x_end {
            let Some(weights) = barycentric(corners, Vec2::new(x as f32 + 0.5, y as f32 + 0.5)) else { continue };
            if weights.min_element() < 0.0 {
                continue;
            }
            let depth = weights.dot(Vec3::new(a.z, b.z, c.z));
            let pixel = (y - first_row) * side + x;
            if depth < depths[pixel] {
                depths[pixel] = depth;
                draw(pixel);
            }
        }
    }
}

/// Weights of the corners at `p`, all positive inside; `None` for a triangle seen from its edge.
fn barycentric(corners: [Vec3; 3], p: Vec2) -> Option<Vec3> {
    let [a, b, c] = corners.map(|v| v.truncate());
    let area = (b - a).perp_dot(c - a);
    (area != 0.0).then(|| Vec3::new((b - p).perp_dot(c - p), (c - p).perp_dot(a - p), (a - p).perp_dot(b - p)) / area)
}

/// What a pixel shows.
#[derive(Clone, Copy)]
struct Point {
    position: Vec3,
    /// Towards the eye.
    normal: Vec3,
    /// Linear.
    color: Vec3,
}

impl Point {
    fn of(mesh: &Mesh, normals: &[Vec3], projected: &[Vec3], triangle: u32, pixel: Vec2, camera: &Camera) -> Self {
        let corners = mesh.triangle_indices[triangle as usize].map(|i| i as usize);
        let screen = corners.map(|i| projected[i]);
        let weights = barycentric(screen, pixel).unwrap_or(Vec3::splat(1.0 / 3.0));
        // Screen weights are not those on the surface under perspective.
        let weights = weights / Vec3::from_array(screen.map(|v| v.z));
        let weights = weights / weights.element_sum();
        let mix = |values: [Vec3; 3]| values[0] * weights.x + values[1] * weights.y + values[2] * weights.z;
        let [a, b, c] = corners.map(|i| mesh.vertex_positions[i]);
        let flat = (b - a).cross(c - a).normalize_or(Vec3::Z);
        let smooth = corners.map(|i| if normals[i].dot(flat) > CREASE { normals[i] } else { flat });
        let normal = mix(smooth).normalize_or(flat);
        let position = mix([a, b, c]);
        let normal = if normal.dot(position - camera.eye) > 0.0 { -normal } else { normal };
        let color = match &mesh.vertex_colors {
            Some(colors) => mix(corners.map(|i| linear(colors[i]))),
            None => linear(FILAMENT),
        };
        Self { position, normal, color }
    }
}

/// Linear colour and coverage of a sample.
fn shade(surface: &[Option<Point>], side: usize, pixel: usize, camera: &Camera) -> [f32; 4] {
    let Some(point) = surface[pixel] else { return [0.0; 4] };
    let towards_eye = (camera.eye - point.position).normalize_or(-camera.forward);
    let key = (towards_eye * 0.8 - camera.right * 0.9 + Vec3::Z * 1.1).normalize_or(Vec3::Z);
    let fill = (towards_eye + camera.right * 1.2).normalize_or(Vec3::X);
    let openness = 1.0 - 0.75 * occlusion(surface, side, pixel, &point);
    let sky = 0.5 + 0.5 * point.normal.z;
    let ambient = (0.07 + 0.20 * sky) * openness;
    let direct = 0.86 * point.normal.dot(key).max(0.0) * openness.sqrt() + 0.12 * point.normal.dot(fill).max(0.0);
    let half = (key + towards_eye).normalize_or(key);
    let gloss = 0.10 * point.normal.dot(half).max(0.0).powi(24) * openness;
    let rim = 0.10 * (1.0 - point.normal.dot(towards_eye).max(0.0)).powi(3) * sky;
    let color = point.color * (ambient + direct) + Vec3::splat(gloss + rim);
    [color.x, color.y, color.z, 1.0]
}

/// How much of the sky nearby surface hides, 0 to 1, from the pixels around.
fn occlusion(surface: &[Option<Point>], side: usize, pixel: usize, point: &Point) -> f32 {
    const RINGS: [f32; 3] = [0.012, 0.03, 0.06];
    const DIRECTIONS: [[f32; 2]; 8] = [
        [1.0, 0.0],
        [0.707, 0.707],
        [0.0, 1.0],
        [-0.707, 0.707],
        [-1.0, 0.0],
        [-0.707, -0.707],
        [0.0, -1.0],
        [0.707, -0.707],
    ];
    let (x, y) = ((pixel % side) as f32, (pixel / side) as f32);
    let (mut hidden, per_pixel) = (0.0, pixel_length(surface, pixel, point));
    for ring in RINGS {
        let reach = (per_pixel * ring * side as f32 * 2.0).max(f32::MIN_POSITIVE);
        for direction in DIRECTIONS {
            let at = [x + direction[0] * ring * side as f32, y + direction[1] * ring * side as f32];
            if at.iter().any(|&coordinate| coordinate < 0.0 || coordinate >= side as f32) {
                continue;
            }
            let Some(other) = surface[at[1] as usize * side + at[0] as usize] else { continue };
            let towards = other.position - point.position;
            let rise = point.normal.dot(towards.normalize_or_zero()) - 0.12;
            // A surface far in front (another limb) must not cast a dark halo.
            let near = 1.0 / (1.0 + (towards.length() / reach).powi(2));
            hidden += rise.max(0.0) * near;
        }
    }
    (hidden / 10.0).min(1.0)
}

/// Length on the surface that a pixel covers in the picture, from the neighbouring pixel.
fn pixel_length(surface: &[Option<Point>], pixel: usize, point: &Point) -> f32 {
    let neighbor = [pixel + 1, pixel.wrapping_sub(1)].into_iter().find_map(|i| surface.get(i).copied().flatten());
    neighbor.map_or(0.0, |n| (n.position - point.position).length())
}

fn downsample(light: &[[f32; 4]], size_px: u32) -> RgbaImage {
    let side = (size_px * SUPERSAMPLING) as usize;
    RgbaImage::from_fn(size_px, size_px, |x, y| {
        let mut sum = [0f32; 4];
        for sample in 0..SUPERSAMPLING * SUPERSAMPLING {
            let column = (x * SUPERSAMPLING + sample % SUPERSAMPLING) as usize;
            let row = (y * SUPERSAMPLING + sample / SUPERSAMPLING) as usize;
            (0..4).for_each(|channel| sum[channel] += light[row * side + column][channel]);
        }
        let [r, g, b, coverage] = sum;
        let level = |linear: f32| srgb_from_linear(linear / coverage.max(1.0));
        let alpha = coverage / (SUPERSAMPLING * SUPERSAMPLING) as f32;
        image::Rgba([level(r), level(g), level(b), (alpha * 255.0).round() as u8])
    })
}

/// sRGB levels as linear light.
fn linear(color: [u8; 3]) -> Vec3 {
    let table = &*LINEAR;
    Vec3::from_array(color.map(|level| table[usize::from(level)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A closed bipyramid around `center`, painted with one colour.
    fn gem(center: Vec3, color: [u8; 3]) -> Mesh {
        let offsets =
            [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [-1.0, 0.0, 0.0], [0.0, -1.0, 0.0], [0.0, 0.0, -1.0]];
        let mut mesh =
            Mesh { vertex_positions: offsets.map(|o| center + Vec3::from_array(o)).to_vec(), ..Mesh::default() };
        mesh.triangle_indices =
            vec![[0, 1, 2], [0, 2, 3], [0, 3, 4], [0, 4, 1], [5, 2, 1], [5, 3, 2], [5, 4, 3], [5, 1, 4]];
        mesh.paint(|_| color);
        mesh
    }

    #[test]
    fn the_whole_mesh_is_in_the_picture_on_a_transparent_ground() {
        for scale in [1e-3, 1.0, 1e4] {
            let mut mesh = gem(Vec3::ZERO, [200, 30, 30]);
            mesh.transform(|p| p * scale + Vec3::new(500.0 * scale, 0.0, 0.0));
            let picture = draw(&mesh, 64, &Monitor::silent()).unwrap();
            let rim = (0..64).flat_map(|i| [(i, 0), (i, 63), (0, i), (63, i)]);
            assert!(rim.into_iter().all(|(x, y)| picture.get_pixel(x, y)[3] == 0));
            let opaque = picture.pixels().filter(|p| p[3] == 255).count();
            assert!((800..3000).contains(&opaque), "{opaque} of 4096 pixels at scale {scale}");
            assert!(picture.pixels().filter(|p| p[3] == 255).all(|p| p[0] > p[1]), "it has its colour");
        }
    }

    #[test]
    fn the_front_hides_the_back_on_any_number_of_threads() {
        let back = gem(Vec3::ZERO, [0, 0, 255]);
        let towards_eye = -Camera::around(&back.bounds().unwrap()).forward;
        assert!(towards_eye.y < 0.0, "the front is at −y");
        let mut mesh = gem(3.0 * towards_eye, [255, 0, 0]);
        mesh.append(&back).unwrap();
        let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        let five = rayon::ThreadPoolBuilder::new().num_threads(5).build().unwrap();
        let picture = one.install(|| draw(&mesh, 48, &Monitor::silent())).unwrap();
        assert_eq!(picture, five.install(|| draw(&mesh, 48, &Monitor::silent())).unwrap());
        // What is nearer is larger and hides all of its twin behind it.
        let opaque: Vec<_> = picture.pixels().filter(|p| p[3] > 0).collect();
        assert!(opaque.len() > 400 && opaque.iter().all(|p| p[0] > p[2]), "{}", opaque.len());
    }

    #[test]
    fn nothing_to_see_is_an_empty_picture_and_cancelling_stops() {
        assert!(draw(&Mesh::default(), 16, &Monitor::silent()).unwrap().pixels().all(|p| p[3] == 0));
        let token = crate::progress::CancelToken::new();
        token.cancel();
        assert_eq!(draw(&gem(Vec3::ZERO, [0; 3]), 16, &Monitor::new(&token, &|_| {})), Err(Cancelled));
    }
}
