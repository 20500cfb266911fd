//! What is done to the solid while it is still a field.

use crate::craft::{Pose, Unit};
use crate::field::{FieldError, ScalarGrid, ops};
use crate::mesh::Bounds;
use crate::print;
use crate::progress::{Monitor, Stage};
use crate::request::{MeshParams, Mode, Request};

/// The craft's share of the stage's bar.
pub(super) const CRAFT_SHARE: [f64; 2] = [0.0, 0.7];
const HOLLOW_SHARE: [f64; 2] = [0.7, 1.0];
/// Rounds of the fixed point below: each gains at least a decimal place or the cut is refused.
const SCALE_ROUNDS: usize = 8;

/// Cuts the flat base and hollows the solid, in this order: the hollow keeps a floor.
///
/// # Errors
/// [`FieldError`], [`FieldError::Empty`] when nothing is left.
pub(super) fn operate(
    grid: ScalarGrid,
    unit: Unit,
    pose: Pose,
    request: &Request,
    monitor: &Monitor,
    notes: &mut Vec<String>,
) -> Result<ScalarGrid, FieldError> {
    let (mut grid, params) = (grid, &request.solid);
    let (mut cut_mm, hollow_mm) = (params.flat_base_mm, params.hollow_mm);
    if cut_mm > 0.0 && pose == Pose::Lying {
        notes.push("no flat base was cut: it lies flat on its back already".to_owned());
        cut_mm = 0.0;
    }
    if cut_mm == 0.0 && hollow_mm == 0.0 {
        return Ok(grid);
    }
    let bounds = grid.surface_bounds().ok_or(FieldError::Empty)?;
    let millimetres = |bounds| print::millimetres_per_unit(bounds, unit, pose, &request.size);
    let (cut, scale) = scale_after_cut(bounds, cut_mm, millimetres);
    if cut > 0.0 {
        grid = ops::flat_base(&grid, cut, monitor)?;
    }
    if hollow_mm > 0.0 {
        let wall = hollow_mm / scale;
        grid = monitor.part(Stage::Shape, HOLLOW_SHARE, |monitor| ops::hollow(&grid, wall, monitor))?;
    }
    Ok(grid)
}

/// The depth of the cut in the solid's unit, and the millimetres per unit of what is left: cutting
/// makes the solid shorter, and so a height in millimetres makes it larger again.
fn scale_after_cut(bounds: Bounds, cut_mm: f32, millimetres: impl Fn(Bounds) -> f32) -> (f32, f32) {
    let (mut cut, mut scale) = (0.0, millimetres(bounds));
    for _ in 0..SCALE_ROUNDS {
        cut = cut_mm / scale;
        let mut left = bounds;
        left.min.y = (left.min.y + cut).min(left.max.y);
        scale = millimetres(left);
    }
    (cut, scale)
}

/// What the settings ask for and a solid that was never a field cannot do.
pub(super) fn left_out(request: &Request) -> Vec<String> {
    let Request { mode, solid, mesh, .. } = request;
    let asked = [
        (solid.hollow_mm > 0.0, "it was not hollowed"),
        (solid.flat_base_mm > 0.0, "no flat base was cut"),
        (mesh.smooth_rounds != MeshParams::default().smooth_rounds && mesh.smooth_rounds > 0, "it was not smoothed"),
    ];
    let name = match mode {
        Mode::Inflate => "figure",
        Mode::Relief => "relief",
        Mode::Lithophane => "lithophane",
        Mode::Stamp => "stamp",
        Mode::Model => "model",
    };
    let note = |what| format!("{what}: a {name} is made exactly as its own settings say");
    asked.into_iter().filter(|(is_asked, _)| *is_asked).map(|(_, what)| note(what)).collect()
}
