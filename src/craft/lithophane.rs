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
    check(request)?;
    if picture.pixels.width() == 0 || picture.pixels.height() == 0 {
        return Err(CraftError::NoPicture);
    }
    monitor.step(Stage::Shape, 0, 1)?;
    let frame = Frame::new(params, &request.size, picture)?;
    let pane = Pane::new(frame, params, picture, monitor)?;
    let notes = pane.pitch_note(params).into_iter().collect();
    let body = Body::Mesh(match params.shape {
        LithophaneShape::Flat => pane.flat(monitor)?,
        LithophaneShape::Curved | LithophaneShape::Cylinder => pane.bent(params, &request.size, monitor)?,
    });
    let pose = if params.lies_flat() { Pose::Lying } else { Pose::Standing };
    Ok(Solid { body, unit: Unit::Millimetre, pose, notes })
}

/// Whether the settings go together.
///
/// # Errors
/// [`CraftError::DepthIsSet`], [`CraftError::Order`].
pub(super) fn check(request: &Request) -> Result<(), CraftError> {
    if request.size.depth_mm.is_some() {
        return Err(CraftError::DepthIsSet { craft: "lithophane", settings: "--litho-min and --litho-max" });
    }
    let LithophaneParams { min_mm: low_mm, max_mm: high_mm, .. } = request.lithophane;
    if low_mm >= high_mm {
        return Err(CraftError::Order { low: "--litho-min", low_mm, high: "--litho-max", high_mm });
    }
    Ok(())
}

/// How large a lithophane of this shape is when no size is asked for.
pub(super) fn default_size(shape: LithophaneShape) -> DefaultSize {
    match shape {
        LithophaneShape::Cylinder => DefaultSize::Within(CYLINDER_MM),
        LithophaneShape::Flat | LithophaneShape::Curved => DefaultSize::Width(WIDTH_MM),
    }
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
            let picture = sizing::picture_size_mm(aspect, added, size, default_size(params.shape))?;
            return Ok(Self { picture, side: border, top: border, bottom, radius: 0.0, angle: 0.0 });
        }
        // The picture keeps its proportions half way through the pane.
        let middle = 0.5 * (params.min_mm + params.max_mm);
        let (angle, side) = match params.shape {
            LithophaneShape::Cylinder => (TAU, 0.0),
            _ => (params.angle_deg.to_radians(), border),
        };
        // A bent pane of outer radius r is 2 r sin(min(angle, π) / 2) wide and (r − max + middle) angle
        // long, so its width is this many times its length, plus a constant.
        let chord = 2.0 * (0.5 * angle.min(PI)).sin();
        let shrink = chord / angle;
        let added = [chord * (params.max_mm - middle) + shrink * 2.0 * side, 2.0 * border];
        let projected = sizing::picture_size_mm(aspect * shrink, added, size, default_size(params.shape))?;
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

/// Distance between nodes: as asked for, or as little as [`MAX_NODES`] allow.
fn bounded_pitch_mm(frame: &Frame, params: &LithophaneParams) -> f32 {
    params.pitch_mm.max((frame.width() * frame.height() / MAX_NODES).sqrt())
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
        let pitch = bounded_pitch_mm(&frame, params);
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

    /// What is said where so fine a pitch would make too many nodes.
    fn pitch_note(&self, params: &LithophaneParams) -> Option<String> {
        let (made, asked) = (bounded_pitch_mm(&self.frame, params), params.pitch_mm);
        (made > 1.01 * asked)
            .then(|| format!("picture points lie {made:.3} mm apart, not {asked} mm: at most a million are made"))
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
mod tests;
