//! Bas-reliefs: brightness becomes height above a base.
//!
//! The height at a point is base + depth · r with r in 0–1: the lightness of the smoothed picture,
//! spread over the object's own range, blended with the inflated silhouette by the setting `bulge`.
//! A plate covers the frame of the picture, a free-standing relief is cut along the outline. Both
//! are meshes in millimetres, and the relief is exactly `depth` high. A picture of one colour that no
//! silhouette rounds has no relief in it, and is refused.

use glam::{Vec2, Vec3};
use rayon::prelude::*;

use super::height_field::{FLAT_BLOCK, Sheet};
use super::plateau::Plateau;
use super::sizing::{self, DefaultSize};
use super::tone::{self, Raster, percentiles};
use super::{Body, CraftError, Pose, Solid, Unit, inflate};
use crate::field::poisson;
use crate::field::silhouette::{Lattice, Outline, Placement, Silhouette};
use crate::image::{ConditionImage, Picture};
use crate::mesh::Mesh;
use crate::mesh::components::{Largeness, drop_floaters};
use crate::progress::{Monitor, Stage};
use crate::request::{ReliefBase, ReliefParams, Request, SizeParams};

/// Longest side when no size is asked for.
pub(super) const LONGEST_MM: f32 = 80.0;
/// A plate has two triangles per node, a free-standing relief four.
const MAX_PLATE_NODES: f32 = 1e6;
const MAX_OUTLINE_NODES: f32 = 5e5;
/// Mesh nodes per cell of the resolution that figures get: a height field is cheap.
const NODES_PER_CELL: f32 = 2.0;
/// Half the width that thin parts of a free-standing relief get at least.
const MIN_HALF_WIDTH_MM: f32 = 0.5;
/// Cells along the longest side of the lattice on which the bulge is computed.
const BULGE_CELLS: f32 = 256.0;
/// Free margin around the object on a plate, as a share of its longest side.
const MARGIN_SHARE: f32 = 0.05;
/// Shares of the pixels that may lie below and above the range that is spread over the depth.
const RANGE: [f32; 2] = [0.005, 0.995];
/// Lightness range below which a picture counts as one colour.
const LEAST_CONTRAST: f32 = 0.02;

/// Makes the relief, in millimetres, lying on its back. `object` is the object cut out of `picture`;
/// with it, a plate frames the object instead of the picture.
///
/// # Errors
/// See [`CraftError`].
pub(super) fn relief(
    request: &Request,
    picture: &Picture,
    object: Option<&ConditionImage>,
    monitor: &Monitor,
) -> Result<Solid, CraftError> {
    monitor.step(Stage::Shape, 0, 1)?;
    let source = match (request.relief.plate, object) {
        (ReliefBase::Outline, None) => return Err(CraftError::NeedsCutOut),
        (base, Some(object)) => Source::of_object(object, base == ReliefBase::Plate)?,
        (ReliefBase::Plate, None) => Source::of_picture(picture)?,
    };
    let mut notes: Vec<String> = bulge_left_out(&request.relief, &source).into_iter().collect();
    let mesh = match request.relief.plate {
        ReliefBase::Outline => free_standing(request, &source, monitor, &mut notes)?,
        ReliefBase::Plate => plate(request, &source, monitor)?,
    };
    Ok(Solid { body: Body::Mesh(mesh), unit: Unit::Millimetre, pose: Pose::Lying, notes })
}

/// What is said where a bulge was asked for and there is no silhouette to take it from.
fn bulge_left_out(params: &ReliefParams, source: &Source) -> Option<String> {
    let is_asked = params.bulge > 0.0 && params.bulge != ReliefParams::default().bulge;
    (is_asked && source.outline.is_none()).then(|| {
        "nothing bulges: that needs an outline, so --background remove, --relief-plate outline, \
         or a picture with transparency"
            .to_owned()
    })
}

/// What a relief is made of: a window of an image, in pixels.
struct Source<'a> {
    pixels: &'a image::RgbaImage,
    /// Left and top edge of the window; pixel (0, 0) covers 0..1.
    corner: [f32; 2],
    /// Width and height of the window.
    size: [f32; 2],
    /// Where the object is, when that is known.
    outline: Option<Outline>,
    /// Whether what surrounds the object is shown too.
    whole_frame: bool,
}

/// The placement under which distances are pixels and y runs upward.
fn in_pixels() -> Placement {
    Placement { origin: Vec2::ZERO, step: Vec2::new(1.0, -1.0) }
}

fn outline_in_pixels(pixels: &image::RgbaImage) -> Outline {
    let alpha = tone::alpha(pixels);
    let width = alpha.size[0];
    Outline::trace(alpha.size, inflate::ALPHA_LEVEL, 0.0, in_pixels(), |i, j| alpha.values[j * width + i])
}

impl<'a> Source<'a> {
    fn of_picture(picture: &'a Picture) -> Result<Self, CraftError> {
        let pixels = &picture.pixels;
        let size = [pixels.width() as f32, pixels.height() as f32];
        if size.contains(&0.0) {
            return Err(CraftError::NoPicture);
        }
        let outline = picture.has_alpha.then(|| outline_in_pixels(pixels)).filter(|o| !o.is_empty());
        Ok(Self { pixels, corner: [0.0; 2], size, outline, whole_frame: true })
    }

    fn of_object(object: &'a ConditionImage, whole_frame: bool) -> Result<Self, CraftError> {
        let outline = outline_in_pixels(&object.pixels);
        let [min, max] = outline.bounds().ok_or(CraftError::Empty)?;
        let margin = MARGIN_SHARE * (max - min).max_element();
        let (min, max) = (min - margin, max + margin);
        // From pixel centres with y up to pixel edges with y down.
        let corner = [min.x + 0.5, -max.y + 0.5];
        let size = (max - min).to_array();
        Ok(Self { pixels: &object.pixels, corner, size, outline: Some(outline), whole_frame })
    }

    /// Relative heights 0–1 per pixel, the highest 1; `smooth` is a standard deviation in pixels.
    ///
    /// # Errors
    /// [`CraftError::OneColor`] where nothing is higher than anything else, [`CraftError::Cancelled`].
    fn heights(&self, request: &Request, smooth: f32, monitor: &Monitor) -> Result<Raster, CraftError> {
        let params = &request.relief;
        let lightness = tone::lightness(self.pixels).map(|l| if params.invert { 1.0 - l } else { l });
        let alpha = match self.outline {
            Some(_) => tone::alpha(self.pixels),
            None => lightness.map(|_| 1.0),
        };
        monitor.check()?;
        let smoothed = lightness.blur_weighted(&alpha, smooth);
        let covered = |raster: &Raster| -> Vec<f32> {
            let pixels = raster.values.iter().zip(&alpha.values);
            pixels.filter(|(_, a)| **a >= inflate::ALPHA_LEVEL).map(|(v, _)| *v).collect()
        };
        let range = percentiles(covered(&smoothed), RANGE[0], RANGE[1]);
        let spread = match range {
            Some([low, high]) if high - low >= LEAST_CONTRAST => {
                smoothed.map(|l| ((l - low) / (high - low)).clamp(0.0, 1.0))
            }
            _ => smoothed.map(|_| 0.0),
        };
        monitor.check()?;
        let heights = match &self.outline {
            Some(outline) if params.bulge > 0.0 => {
                let bulge = self.bulge(outline, monitor)?;
                spread.zip(&bulge, |light, bulge| light + (bulge - light) * params.bulge)
            }
            _ => spread,
        };
        let heights = heights.zip(&alpha.blur(smooth), |height, alpha| height * alpha);
        let highest = covered(&heights).into_iter().fold(0.0, f32::max);
        if highest > 0.0 { Ok(heights.map(|h| (h / highest).min(1.0))) } else { Err(CraftError::OneColor) }
    }

    /// The inflated silhouette per pixel, its highest point at 1.
    fn bulge(&self, outline: &Outline, monitor: &Monitor) -> Result<Raster, CraftError> {
        let bounds = outline.bounds().ok_or(CraftError::Empty)?;
        let spacing = ((bounds[1] - bounds[0]).max_element() / BULGE_CELLS).max(1.0);
        let lattice = Lattice::around(bounds, spacing, 1);
        let silhouette = Silhouette::of_outline(outline, lattice, monitor)?;
        let balloon = poisson::solve(&silhouette, 4.0, monitor)?;
        let highest = balloon.iter().copied().fold(0.0, f32::max).max(1e-6);
        // Interpolated before the root, which has a vertical tangent at the rim.
        let balloon = Silhouette { lattice, distances: balloon };
        let width = self.pixels.width() as usize;
        let values = (0..width * self.pixels.height() as usize)
            .into_par_iter()
            .map(|k| {
                let point = in_pixels().position((k % width) as f32, (k / width) as f32);
                let inside = lattice.contains(point);
                if inside { (balloon.distance_at(point) / highest).clamp(0.0, 1.0).sqrt() } else { 0.0 }
            })
            .collect();
        Ok(Raster { size: [width, self.pixels.height() as usize], values })
    }

    /// The colour of the pixel nearest to `(x, y)`; around an object on a plate, white.
    fn color_near(&self, x: f32, y: f32) -> [u8; 3] {
        let clamp = |v: f32, n: u32| (v.round().max(0.0) as u32).min(n.saturating_sub(1));
        let [r, g, b, a] = self.pixels.get_pixel(clamp(x, self.pixels.width()), clamp(y, self.pixels.height())).0;
        if self.whole_frame { [r, g, b].map(|c| on_white(c, a)) } else { [r, g, b] }
    }
}

fn on_white(component: u8, alpha: u8) -> u8 {
    let (component, alpha) = (u32::from(component), u32::from(alpha));
    ((component * alpha + 255 * (255 - alpha) + 127) / 255) as u8
}

/// Base and relief depth in mm: the settings, or in their proportion what `--depth` asks for.
fn depths_mm(request: &Request) -> [f32; 2] {
    let settings = [request.relief.base_mm, request.relief.depth_mm];
    match request.size.depth_mm {
        Some(whole) => settings.map(|mm| mm * whole * request.size.scale / (settings[0] + settings[1])),
        None => settings,
    }
}

/// Distance between nodes, in mm.
fn pitch_mm(request: &Request, [width, height]: [f32; 2], max_nodes: f32) -> f32 {
    let wanted = width.max(height) / (NODES_PER_CELL * request.solid.cells() as f32);
    wanted.max((width * height / max_nodes).sqrt())
}

/// A rectangular plate, with a raised border where asked for.
fn plate(request: &Request, source: &Source, monitor: &Monitor) -> Result<Mesh, CraftError> {
    let border = request.relief.border_mm;
    let aspect = source.size[0] / source.size[1];
    let added = [2.0 * border; 2];
    let picture = sizing::picture_size_mm(aspect, added, &request.size, DefaultSize::Longest(LONGEST_MM))?;
    let [base, depth] = depths_mm(request);
    let px_per_mm = source.size[0] / picture[0];
    let heights = source.heights(request, request.relief.smooth_mm * px_per_mm, monitor)?;

    let whole = picture.map(|mm| mm + 2.0 * border);
    let pitch = pitch_mm(request, whole, MAX_PLATE_NODES);
    let cells = whole.map(|mm| (mm / pitch).round().max(1.0) as usize);
    let step = [whole[0] / cells[0] as f32, whole[1] / cells[1] as f32];
    let pixel_at = |column: usize, row: usize| {
        let (x, y) = (column as f32 * step[0] - border, row as f32 * step[1] - border);
        let slack = 1e-3 * step[0];
        let on_picture = (-slack..=picture[0] + slack).contains(&x) && (-slack..=picture[1] + slack).contains(&y);
        let pixel = [source.corner[0] + x * px_per_mm - 0.5, source.corner[1] + (picture[1] - y) * px_per_mm - 0.5];
        (pixel, on_picture)
    };
    let front = |column: usize, row: usize| {
        let (pixel, on_picture) = pixel_at(column, row);
        let relative = if on_picture { heights.mean_over(pixel, step.map(|mm| mm * px_per_mm)) } else { 1.0 };
        Vec3::new(column as f32 * step[0], row as f32 * step[1], base + depth * relative)
    };
    let back = |column: usize, row: usize| Vec3::new(column as f32 * step[0], row as f32 * step[1], 0.0);
    let color = |column: usize, row: usize| {
        let ([x, y], _) = pixel_at(column, row);
        source.color_near(x, y)
    };
    let sheet = Sheet {
        columns: cells[0] + 1,
        rows: cells[1] + 1,
        wraps: false,
        front: &front,
        back: &back,
        back_block: FLAT_BLOCK,
        back_bends: &[],
        color: if request.mesh.color { Some(&color) } else { None },
    };
    Ok(sheet.build(monitor)?)
}

/// A relief cut along the outline of the object.
fn free_standing(
    request: &Request,
    source: &Source,
    monitor: &Monitor,
    notes: &mut Vec<String>,
) -> Result<Mesh, CraftError> {
    let outline = source.outline.as_ref().ok_or(CraftError::Empty)?;
    let [min, max] = outline.bounds().ok_or(CraftError::Empty)?;
    let extent = max - min;
    let size = SizeParams { depth_mm: None, ..request.size };
    let whole = sizing::picture_size_mm(extent.x / extent.y, [0.0; 2], &size, DefaultSize::Longest(LONGEST_MM))?;
    let mm_per_px = whole[0] / extent.x;
    let [base, depth] = depths_mm(request);
    let heights = source.heights(request, request.relief.smooth_mm / mm_per_px, monitor)?;

    let pitch = pitch_mm(request, whole, MAX_OUTLINE_NODES);
    let spacing = pitch / mm_per_px;
    let half_width = (MIN_HALF_WIDTH_MM / mm_per_px).max(0.75 * spacing);
    // A widened tip reaches that far beyond the outline, and the border has to stay outside.
    let lattice = Lattice::around([min - half_width, max + half_width], spacing, 2);
    let mut silhouette = Silhouette::of_outline(outline, lattice, monitor)?;
    silhouette.widen_thin_parts(outline, half_width, monitor)?;
    let ny = silhouette.lattice.samples_per_axis[1];
    let points: Vec<Vec2> =
        (0..silhouette.distances.len()).map(|k| silhouette.lattice.position(k / ny, k % ny)).collect();
    let tops: Vec<f32> =
        points.par_iter().map(|p| base + depth * heights.mean_over([p.x, -p.y], [spacing; 2])).collect();
    let colors: Option<Vec<[u8; 3]>> =
        request.mesh.color.then(|| points.iter().map(|p| source.color_near(p.x, -p.y)).collect());
    let plateau = Plateau { silhouette: &silhouette, heights: &tops, colors: colors.as_deref() };
    let mesh = plateau.build(monitor)?;
    // Before it gets its size: that is the size of what is left.
    let kept = drop_floaters(&mesh, request.mesh.drop_floaters, Largeness::Outline, monitor)?;
    notes.extend(kept.note());
    let mut mesh = kept.mesh;
    if mesh.triangle_indices.is_empty() {
        return Err(CraftError::Empty);
    }
    stretch_to(&mut mesh, sizing::limits_mm(&size, LONGEST_MM));
    Ok(mesh)
}

/// Brings x and y from pixels to millimetres, to the size asked for: widened thin parts have made it
/// larger than the outline, cut-off corners and dropped pieces smaller. An axis without a limit follows the proportions.
fn stretch_to(mesh: &mut Mesh, limits: [Option<f32>; 2]) {
    let Some(bounds) = mesh.bounds() else { return };
    let factors = limits.into_iter().zip(bounds.size().to_array());
    let Some(scale) = factors.filter_map(|(limit, extent)| Some(limit? / extent)).reduce(f32::min) else { return };
    mesh.transform(|p| Vec3::new(p.x * scale, p.y * scale, p.z));
}

#[cfg(test)]
mod tests;
