//! Lithophanes: pictures that show when light falls through them.
//!
//! # From brightness to thickness
//! Light through white plastic falls off exponentially (Beer–Lambert): compared with the thinnest
//! part, the thickness d lets T(d) = 2^(−(d − d_min) / half_value) through. The thickest part still
//! passes T_min = T(d_max), so the picture's relative luminance Y (linear light, from sRGB) is spread
//! over what the pane can show, T = T_min + (1 − T_min) Y, and d = d_min − half_value · log₂ T. White
//! becomes exactly d_min and black exactly d_max, everything between keeps its order and nothing is
//! clipped.
//!
//! The default half value of 0.75 mm for white PLA is an assumption, not a measurement of ours: it
//! makes the hobby's usual 0.8–3.2 mm span a contrast of about 1 : 9, and lets under 1 % through at
//! 5 mm, where white PLA is commonly called opaque. Filaments differ by a factor of two: print a
//! step wedge and set it. With 0, thickness follows the perceived lightness in a straight line.
//!
//! # True to the pixel
//! Every mesh node takes the mean of exactly the rectangle of the picture that it stands for, so
//! nothing is blurred and nothing is skipped. Transparent parts count as white.

use std::f32::consts::{PI, TAU};

use glam::Vec3;
use rayon::prelude::*;

use super::height_field::{FLAT_BLOCK, Sheet};
use super::sizing::{self, DefaultSize};
use super::tone::{self, Raster};
use super::{Body, CraftError, Pose, Solid, Unit};
use crate::image::Picture;
use crate::progress::{Cancelled, Monitor, Stage};
use crate::request::{LithophaneParams, LithophaneShape, Request, SizeParams};

/// Width of a pane when no size is asked for.
const WIDTH_MM: f32 = 100.0;
/// Largest diameter and height of a cylinder when no size is asked for.
const CYLINDER_MM: [f32; 2] = [100.0, 120.0];
/// At most this many nodes, which makes about two million triangles; beyond, the pitch grows.
const MAX_NODES: f32 = 1e6;
/// Height of the foot; below `FOOT_STRAIGHT_MM` it is upright, above it slopes to the pane.
const FOOT_MM: f32 = 6.0;
const FOOT_STRAIGHT_MM: f32 = 2.0;
/// Depth of the foot: this share of the pane's height, within the range.
const FOOT_SHARE: f32 = 0.2;
const FOOT_RANGE_MM: [f32; 2] = [12.0, 40.0];
/// How far the blocks of a bent back may lie inside its circle.
const SAGITTA_MM: f32 = 0.01;
/// Smallest inner radius of something bent.
const MIN_RADIUS_MM: f32 = 3.0;

/// Makes the lithophane, in millimetres. Seen from its front, +Z or the outside, the picture is the
/// right way round.
///
/// # Errors
/// See [`CraftError`].
pub(super) fn lithophane(request: &Request, picture: &Picture, monitor: &Monitor) -> Result<Solid, CraftError> {
    let params = &request.lithophane;
    if request.size.depth_mm.is_some() {
        return Err(CraftError::DepthIsSet { craft: "lithophane", settings: "--litho-min and --litho-max" });
    }
    if params.min_mm >= params.max_mm {
        let (low_mm, high_mm) = (params.min_mm, params.max_mm);
        return Err(CraftError::Order { low: "--litho-min", low_mm, high: "--litho-max", high_mm });
    }
    if picture.pixels.width() == 0 || picture.pixels.height() == 0 {
        return Err(CraftError::NoPicture);
    }
    monitor.step(Stage::Shape, 0, 1)?;
    let frame = Frame::new(params, &request.size, picture)?;
    let pane = Pane::new(frame, params, picture, monitor)?;
    let body = Body::Mesh(match params.shape {
        LithophaneShape::Flat => pane.flat(monitor)?,
        LithophaneShape::Curved | LithophaneShape::Cylinder => pane.bent(params, &request.size, monitor)?,
    });
    let lies = params.shape == LithophaneShape::Flat && !params.stand;
    let pose = if lies { Pose::Lying } else { Pose::Standing };
    Ok(Solid { body, unit: Unit::Millimetre, pose, notes: Vec::new() })
}

/// Sizes of the unrolled pane, in mm.
#[derive(Clone, Copy, Debug)]
struct Frame {
    /// Width and height of the picture.
    picture: [f32; 2],
    /// Frame on either side.
    side: f32,
    top: f32,
    bottom: f32,
    /// Radius of the back of a bent pane.
    radius: f32,
    /// Angle that a bent pane covers.
    angle: f32,
}

impl Frame {
    fn new(params: &LithophaneParams, size: &SizeParams, picture: &Picture) -> Result<Self, CraftError> {
        let aspect = picture.pixels.width() as f32 / picture.pixels.height() as f32;
        let border = params.border_mm;
        let flat = params.shape == LithophaneShape::Flat;
        let bottom = if flat && params.stand { border.max(FOOT_MM) } else { border };
        if flat {
            let added = [2.0 * border, border + bottom];
            let picture = sizing::picture_size_mm(aspect, added, size, DefaultSize::Width(WIDTH_MM))?;
            return Ok(Self { picture, side: border, top: border, bottom, radius: 0.0, angle: 0.0 });
        }
        // The picture keeps its proportions half way through the pane.
        let middle = 0.5 * (params.min_mm + params.max_mm);
        let (angle, side, default) = match params.shape {
            LithophaneShape::Cylinder => (TAU, 0.0, DefaultSize::Within(CYLINDER_MM)),
            _ => (params.angle_deg.to_radians(), border, DefaultSize::Width(WIDTH_MM)),
        };
        // A bent pane of outer radius r is 2 r sin(min(angle, π) / 2) wide and (r − max + middle) angle
        // long, so its width is this many times its length, plus a constant.
        let chord = 2.0 * (0.5 * angle.min(PI)).sin();
        let shrink = chord / angle;
        let added = [chord * (params.max_mm - middle) + shrink * 2.0 * side, 2.0 * border];
        let projected = sizing::picture_size_mm(aspect * shrink, added, size, default)?;
        let picture = [projected[0] / shrink, projected[1]];
        let radius = (picture[0] + 2.0 * side) / angle - middle;
        if radius < MIN_RADIUS_MM {
            return Err(CraftError::TooSmall { width_mm: projected[0], height_mm: projected[1], frame_mm: added });
        }
        Ok(Self { picture, side, top: border, bottom, radius, angle })
    }

    fn width(&self) -> f32 {
        self.picture[0] + 2.0 * self.side
    }

    fn height(&self) -> f32 {
        self.picture[1] + self.top + self.bottom
    }
}

/// The unrolled pane: thicknesses on a grid of nodes.
struct Pane {
    frame: Frame,
    columns: usize,
    rows: usize,
    wraps: bool,
    /// Distance between columns and between rows, in mm.
    step: [f32; 2],
    /// In mm, at `column * rows + row`.
    thickness: Vec<f32>,
    max_mm: f32,
    stand: bool,
}

impl Pane {
    fn new(frame: Frame, params: &LithophaneParams, picture: &Picture, monitor: &Monitor) -> Result<Self, Cancelled> {
        let wraps = params.shape == LithophaneShape::Cylinder;
        let (width, height) = (frame.width(), frame.height());
        let pitch = params.pitch_mm.max((width * height / MAX_NODES).sqrt());
        let cells = |length: f32, least: f32| (length / pitch).round().max(least) as usize;
        let (across, upward) = (cells(width, 12.0), cells(height, 4.0));
        let (columns, rows) = (if wraps { across } else { across + 1 }, upward + 1);
        let step = [width / across as f32, height / upward as f32];
        let light = light_of(picture, params.invert);
        let mut thickness = vec![0.0; columns * rows];
        thickness.par_chunks_mut(rows).enumerate().try_for_each(|(column, nodes)| {
            monitor.check()?;
            for (row, thickness) in nodes.iter_mut().enumerate() {
                let position = [column as f32 * step[0], row as f32 * step[1]];
                *thickness = match sample(&light, &frame, position, step) {
                    Some(luminance) => thickness_mm(luminance, params),
                    None => params.max_mm,
                };
            }
            Ok(())
        })?;
        let stand = params.stand && params.shape == LithophaneShape::Flat;
        Ok(Self { frame, columns, rows, wraps, step, thickness, max_mm: params.max_mm, stand })
    }

    fn at(&self, column: usize, row: usize) -> f32 {
        self.thickness[column * self.rows + row]
    }

    fn flat(&self, monitor: &Monitor) -> Result<crate::mesh::Mesh, Cancelled> {
        let [low, high] = FOOT_RANGE_MM;
        let foot_depth = (FOOT_SHARE * self.frame.height()).clamp(low, high);
        let overhang = if self.stand { (0.5 * (foot_depth - self.max_mm)).max(0.0) } else { 0.0 };
        let foot = |row: usize| {
            let above = FOOT_MM - row as f32 * self.step[1];
            overhang * (above / (FOOT_MM - FOOT_STRAIGHT_MM)).clamp(0.0, 1.0)
        };
        let point =
            |column: usize, row: usize, z: f32| Vec3::new(column as f32 * self.step[0], row as f32 * self.step[1], z);
        let front = |column, row| {
            let foot = foot(row);
            point(column, row, if foot > 0.0 { self.max_mm + foot } else { self.at(column, row) })
        };
        let back = |column, row| point(column, row, -foot(row));
        // Every row of the foot, since its profile bends within a block.
        let bends: Vec<usize> =
            if overhang > 0.0 { (0..=(FOOT_MM / self.step[1]).ceil() as usize).collect() } else { Vec::new() };
        Sheet {
            columns: self.columns,
            rows: self.rows,
            wraps: false,
            front: &front,
            back: &back,
            back_block: FLAT_BLOCK,
            back_bends: &bends,
            color: None,
        }
        .build(monitor)
    }

    fn bent(
        &self,
        params: &LithophaneParams,
        size: &SizeParams,
        monitor: &Monitor,
    ) -> Result<crate::mesh::Mesh, Cancelled> {
        let turn = |column: usize| (column as f32 / self.cells_across() as f32 - 0.5) * self.frame.angle;
        let radius = self.exact_radius(params, size, &turn);
        let block = ((8.0 * SAGITTA_MM * radius).sqrt() / self.step[0]).clamp(1.0, FLAT_BLOCK as f32);
        let point = |column: usize, row: usize, radius: f32| {
            let (sin, cos) = turn(column).sin_cos();
            Vec3::new(radius * sin, row as f32 * self.step[1], radius * cos)
        };
        let front = |column, row| point(column, row, radius + self.at(column, row));
        let back = |column, row| point(column, row, radius);
        Sheet {
            columns: self.columns,
            rows: self.rows,
            wraps: self.wraps,
            front: &front,
            back: &back,
            back_block: block as usize,
            back_bends: &[],
            color: None,
        }
        .build(monitor)
    }

    fn cells_across(&self) -> usize {
        if self.wraps { self.columns } else { self.columns - 1 }
    }

    /// The back's radius with which the pane is exactly as wide as planned. Only without a frame does
    /// the picture decide how far out the widest node lies; the plan took the thickest.
    fn exact_radius(&self, params: &LithophaneParams, size: &SizeParams, turn: &impl Fn(usize) -> f32) -> f32 {
        let planned = self.frame.radius;
        let width_is_asked = size.width_mm.is_some() || size.height_mm.is_none();
        if params.border_mm > 0.0 || !width_is_asked {
            return planned;
        }
        let outermost: Vec<(f32, f32)> = (0..self.columns)
            .map(|c| (turn(c).sin(), (0..self.rows).map(|r| self.at(c, r)).fold(0.0, f32::max)))
            .collect();
        let reach = |radius: f32, sign: f32| {
            outermost
                .iter()
                .map(|&(sin, thick)| (sign * sin * (radius + thick), sign * sin))
                .fold((f32::NEG_INFINITY, 0.0), |best, node| if node.0 > best.0 { node } else { best })
        };
        let wanted = 2.0 * (0.5 * self.frame.angle.min(PI)).sin() * (planned + self.max_mm);
        let mut radius = planned;
        for _ in 0..4 {
            let (right, left) = (reach(radius, 1.0), reach(radius, -1.0));
            radius += (wanted - right.0 - left.0) / (right.1 + left.1).max(1e-3);
        }
        if radius.is_finite() && radius > 0.0 { radius } else { planned }
    }
}

/// Relative luminance of the picture, or of its negative.
fn light_of(picture: &Picture, invert: bool) -> Raster {
    let light = tone::luminance_on_white(&picture.pixels);
    if !invert {
        return light;
    }
    // A negative turns perceived lightness around, not the light itself.
    light.map(|y| tone::luminance_from_lightness(1.0 - tone::lightness_from_luminance(y)))
}

/// Mean luminance of the part of the picture that the node at `position` stands for; `None` on the
/// frame. `position` and `step` are mm from the lower left corner of the pane.
fn sample(light: &Raster, frame: &Frame, position: [f32; 2], step: [f32; 2]) -> Option<f32> {
    let across = (position[0] - frame.side) / frame.picture[0];
    let upward = (position[1] - frame.bottom) / frame.picture[1];
    const SLACK: f32 = 1e-5;
    if [across, upward].iter().any(|s| !(-SLACK..=1.0 + SLACK).contains(s)) {
        return None;
    }
    let [width, height] = light.size.map(|n| n as f32);
    let center = [across * width - 0.5, (1.0 - upward) * height - 0.5];
    Some(light.mean_over(center, [width * step[0] / frame.picture[0], height * step[1] / frame.picture[1]]))
}

/// Thickness in mm for a relative luminance 0–1; see the module's formula.
fn thickness_mm(luminance: f32, params: &LithophaneParams) -> f32 {
    let LithophaneParams { min_mm, max_mm, half_value_mm, .. } = *params;
    let thickness = if half_value_mm > 0.0 {
        let darkest = (-(max_mm - min_mm) / half_value_mm).exp2();
        let transmitted = darkest + (1.0 - darkest) * luminance;
        min_mm - half_value_mm * transmitted.log2()
    } else {
        max_mm - (max_mm - min_mm) * tone::lightness_from_luminance(luminance)
    };
    thickness.clamp(min_mm, max_mm)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_solid, genus};
    use super::*;
    use crate::mesh::Mesh;
    use image::{Rgba, RgbaImage};

    fn picture(width: u32, height: u32, grey: impl Fn(u32, u32) -> u8) -> Picture {
        let pixels = RgbaImage::from_fn(width, height, |x, y| {
            let v = grey(x, y);
            Rgba([v, v, v, 255])
        });
        Picture { pixels, has_alpha: false }
    }

    fn request(change: impl Fn(&mut LithophaneParams)) -> Request {
        let mut request = Request::default();
        request.lithophane.pitch_mm = 0.5;
        change(&mut request.lithophane);
        request
    }

    fn mesh(request: &Request, picture: &Picture) -> Mesh {
        match lithophane(request, picture, &Monitor::silent()).unwrap().body {
            Body::Mesh(mesh) => mesh,
            Body::Field(_) => unreachable!(),
        }
    }

    fn assert_close(found: f32, expected: f32, what: &str) {
        assert!((found - expected).abs() < 0.1, "{what}: {found} for {expected}");
    }

    #[test]
    fn a_grey_ramp_gets_monotone_thickness_from_exactly_max_to_exactly_min() {
        for half_value in [0.0, 0.4, 0.75] {
            let params = LithophaneParams { half_value_mm: half_value, ..LithophaneParams::default() };
            let thickness: Vec<f32> = (0..=100).map(|y| thickness_mm(y as f32 / 100.0, &params)).collect();
            assert_eq!((thickness[0], thickness[100]), (params.max_mm, params.min_mm));
            assert!(thickness.windows(2).all(|w| w[0] > w[1]));
        }
        // Half the light of the thinnest part needs one half value when the pane can go black.
        let deep = LithophaneParams { max_mm: 10.0, half_value_mm: 0.5, ..LithophaneParams::default() };
        assert!((thickness_mm(0.5, &deep) - (deep.min_mm + 0.5)).abs() < 1e-3);
    }

    #[test]
    fn a_flat_pane_has_the_size_asked_for_and_its_pixels_where_they_belong() {
        // Four columns: black, white, grey, black; one dark pixel row on top.
        let stripes = picture(40, 30, |x, y| if y < 5 { 0 } else { [0, 255, 128, 0][x as usize / 10] });
        let mut request = request(|p| (p.stand, p.border_mm) = (false, 4.0));
        request.size.width_mm = Some(48.0);
        let mesh = mesh(&request, &stripes);
        assert_solid(&mesh);
        let size = mesh.bounds().unwrap().size();
        assert_close(size.x, 48.0, "width");
        assert_close(size.y, 38.0, "height");
        assert_close(size.z, 3.2, "depth");
        // Picture 40 × 30 mm, one mm per pixel, from (4, 4).
        let thickness_at = |x: f32, y: f32| {
            let here = mesh.vertex_positions.iter().filter(|p| (p.x - x).abs() < 0.26 && (p.y - y).abs() < 0.26);
            here.map(|p| p.z).fold(0.0, f32::max)
        };
        for (x, y, expected) in [
            (2.0, 20.0, 3.2),
            (9.0, 12.0, 3.2),
            (19.0, 12.0, 0.8),
            (29.0, 12.0, thickness_mm(0.2158605, &request.lithophane)),
            (39.0, 12.0, 3.2),
            (19.0, 31.0, 3.2),
        ] {
            assert!((thickness_at(x, y) - expected).abs() < 0.01, "({x}, {y}): {}", thickness_at(x, y));
        }
    }

    #[test]
    fn a_stand_is_part_of_one_solid_and_of_the_height() {
        let mut request = request(|p| p.stand = true);
        request.size.height_mm = Some(80.0);
        let solid = lithophane(&request, &picture(30, 40, |x, _| x as u8 * 8), &Monitor::silent()).unwrap();
        assert_eq!(solid.pose, Pose::Standing);
        let mesh = mesh(&request, &picture(30, 40, |x, _| x as u8 * 8));
        assert_solid(&mesh);
        assert_eq!(genus(&mesh), 0);
        let bounds = mesh.bounds().unwrap();
        assert_close(bounds.size().y, 80.0, "height");
        assert_close(bounds.size().z, 16.0, "depth of the foot");
        // The pane stands in the middle of its foot.
        assert_close(bounds.max.z - request.lithophane.max_mm, -bounds.min.z, "overhang");
    }

    #[test]
    fn bent_panes_have_the_width_asked_for_and_a_cylinder_is_closed() {
        let photo = picture(60, 40, |x, y| (x * 4 + y) as u8);
        for (shape, handles) in [(LithophaneShape::Curved, 0), (LithophaneShape::Cylinder, 1)] {
            for (border, angle) in [(3.0, 90.0), (0.0, 90.0), (0.0, 270.0), (2.0, 270.0)] {
                let mut request = request(|p| (p.shape, p.border_mm, p.angle_deg) = (shape, border, angle));
                request.size.width_mm = Some(60.0);
                let mesh = mesh(&request, &photo);
                assert_solid(&mesh);
                assert_eq!(genus(&mesh), handles);
                assert_close(mesh.bounds().unwrap().size().x, 60.0, "width");
                request.size.width_mm = None;
                request.size.height_mm = Some(50.0);
                assert_close(super::tests::mesh(&request, &photo).bounds().unwrap().size().y, 50.0, "height");
            }
        }
    }

    #[test]
    fn every_part_of_a_cylinder_is_as_thick_as_it_should_be() {
        let request = request(|p| (p.shape, p.border_mm) = (LithophaneShape::Cylinder, 2.0));
        let mesh = mesh(&request, &picture(64, 32, |x, _| if x < 32 { 0 } else { 255 }));
        let radii: Vec<f32> = mesh.vertex_positions.iter().map(|p| p.x.hypot(p.z)).collect();
        let inner = radii.iter().copied().filter(|r| *r > 1.0).fold(f32::INFINITY, f32::min);
        let outer = radii.iter().copied().fold(0.0, f32::max);
        assert!((outer - inner - 3.2).abs() < 0.02, "{inner} {outer}");
        // The right half of the picture is white, and lies at +x.
        let middle = mesh.bounds().unwrap().center().y;
        let right = mesh.vertex_positions.iter().zip(&radii).filter(|(p, _)| p.x > 5.0 && (p.y - middle).abs() < 3.0);
        let right = right.map(|(_, r)| *r).fold(0.0, f32::max);
        assert!((right - inner - 0.8).abs() < 0.02, "{}", right - inner);
    }

    #[test]
    fn contradictions_are_refused_and_the_pitch_is_bounded() {
        let grey = picture(8, 8, |_, _| 90);
        let make = |request: &Request| lithophane(request, &grey, &Monitor::silent());
        let swapped = request(|p| (p.min_mm, p.max_mm) = (3.0, 1.0));
        assert!(matches!(make(&swapped), Err(CraftError::Order { .. })));
        let mut deep = request(|_| ());
        deep.size.depth_mm = Some(10.0);
        assert!(matches!(make(&deep), Err(CraftError::DepthIsSet { .. })));
        let mut narrow = request(|p| p.border_mm = 20.0);
        narrow.size.width_mm = Some(30.0);
        assert!(matches!(make(&narrow), Err(CraftError::TooSmall { .. })));
        let mut huge = request(|p| p.pitch_mm = 0.05);
        huge.size.width_mm = Some(1500.0);
        assert!(mesh(&huge, &grey).triangle_indices.len() < 2_300_000);
    }
}
