//! What is done to the solid while it is still a field.

use std::path::Path;

use glam::Vec3;

use super::error::{About as _, PipelineError};
use super::finish;
use crate::craft::{Pose, Unit};
use crate::field::{FieldError, ScalarGrid, ops, voids};
use crate::mesh::Bounds;
use crate::mesh::components::drop_floaters;
use crate::print;
use crate::progress::{Monitor, Stage};
use crate::request::{MeshParams, Mode, Request, SizeParams};
use crate::surface;

/// The craft's share of the stage's bar.
pub(super) const CRAFT_SHARE: [f64; 2] = [0.0, 0.7];
const HOLLOW_SHARE: [f64; 2] = [0.7, 1.0];
/// How much more than asked for a flat base may take, where the shape allows it.
const CUT_ACCURACY_MM: f32 = 0.02;
/// From where on it is said that it took more.
const CUT_NOTE_MM: f32 = 0.1;
/// What is said after the millimetres that it took more.
const CUT_NOTE: &str = " mm were cut off for the flat base";
/// The thinnest wall, in cells: a thinner one would move the outer surface and get holes.
const LEAST_WALL_CELLS: f32 = 2.05;
/// Halvings of the range in which the depth of the cut is looked for.
const CUT_ROUNDS: usize = 12;

/// Cuts the flat base and hollows the solid, in this order: the hollow keeps a floor. `path` is the
/// picture's.
///
/// # Errors
/// [`PipelineError::CutAway`] when the flat base takes everything, [`PipelineError::Field`].
pub(super) fn operate(
    grid: ScalarGrid,
    unit: Unit,
    pose: Pose,
    request: &Request,
    path: &Path,
    monitor: &Monitor,
    notes: &mut Vec<String>,
) -> Result<ScalarGrid, PipelineError> {
    let (mut grid, params, size) = (grid, &request.solid, &request.size);
    let (mut cut_mm, hollow_mm) = (params.flat_base_mm, params.hollow_mm);
    if cut_mm > 0.0 && pose == Pose::Lying {
        notes.push("no flat base was cut: it lies flat on its back already".to_owned());
        cut_mm = 0.0;
    }
    if cut_mm == 0.0 && hollow_mm == 0.0 {
        return Ok(grid);
    }
    grid = without_floaters(grid, request, path, monitor, notes)?;
    let bounds = grid.surface_bounds().ok_or(FieldError::Empty).about(path)?;
    let mut scale = print::millimetres_per_unit(bounds, unit, size);
    if cut_mm > 0.0 {
        let deepest = cut_mm / print::millimetres_per_unit(bounds, unit, &before_the_cut(size, cut_mm));
        let millimetres = |left| print::millimetres_per_unit(left, unit, size);
        let cut = match cut_base(&grid, cut_mm, deepest, millimetres, monitor) {
            Err(FieldError::Empty) => {
                let height_mm = bounds.size().y * (cut_mm / deepest);
                return Err(PipelineError::CutAway { cut_mm, height_mm, path: path.to_owned() });
            }
            cut => cut.about(path)?,
        };
        let taken = cut.taken_mm();
        if taken > cut_mm + CUT_NOTE_MM {
            notes.push(format!(
                "{taken:.1}{CUT_NOTE}, not {cut_mm} mm: \
                 the solid is narrower above its foot, and so what is left is printed larger"
            ));
        }
        (grid, scale) = (cut.left, cut.scale);
    }
    if hollow_mm > 0.0 {
        grid = monitor
            .part(Stage::Shape, HOLLOW_SHARE, |monitor| hollowed(&grid, hollow_mm, scale, monitor, notes))
            .about(path)?;
    }
    Ok(grid)
}

/// How much was cut off a figure for its flat base, in millimetres of the print: as asked, or what a note says.
pub fn cut_off_mm(request: &Request, notes: &[String]) -> f32 {
    let told = notes.iter().find_map(|note| note.split_once(CUT_NOTE)?.0.parse().ok());
    told.unwrap_or(request.solid.flat_base_mm)
}

/// How small a void is useless beside one of `largest` samples, which take `cell_mm3` each: it saves nothing, resin
/// stays in it, and a slicer draws walls around it. In samples.
fn least_void(wall_mm: f64, cell_mm3: f64, largest: usize) -> f64 {
    let (wall_mm3, largest) = (wall_mm.powi(3), largest as f64);
    (wall_mm3 / cell_mm3).max(1e-3 * largest).min(largest).max(wall_mm3.min(1.0) / cell_mm3)
}

/// The solid with walls of `wall_mm` where a unit is `scale` millimetres, or as thin as its cells allow. Voids that are
/// of no use are left out.
fn hollowed(
    grid: &ScalarGrid,
    wall_mm: f32,
    scale: f32,
    monitor: &Monitor,
    notes: &mut Vec<String>,
) -> Result<ScalarGrid, FieldError> {
    let (asked, least) = (wall_mm / scale, LEAST_WALL_CELLS * grid.spacing);
    let made_mm = least * scale;
    let is_thicker = made_mm > wall_mm + 0.01;
    let mut hollow = ops::hollow(grid, asked.max(least), monitor)?;
    let cell_mm3 = f64::from(grid.spacing * scale).powi(3);
    let least_samples = |largest: usize| least_void(made_mm.max(wall_mm).into(), cell_mm3, largest);
    voids::fill_voids_below(&mut hollow, least_samples, monitor)?;
    let emptied = grid.samples.iter().zip(&hollow.samples).any(|(before, after)| *before < 0.0 && *after >= 0.0);
    let note = match (emptied, is_thicker) {
        (true, false) => return Ok(hollow),
        (true, true) => {
            format!("walls were made {made_mm:.2} mm thick, not {wall_mm} mm: thinner ones take a finer quality")
        }
        (false, false) => format!("nothing was hollowed: no part is much thicker than twice the wall of {wall_mm} mm"),
        (false, true) => format!(
            "nothing was hollowed: no part is much thicker than twice a wall of {made_mm:.2} mm, \
             and thinner ones take a finer quality"
        ),
    };
    notes.push(note);
    Ok(hollow)
}

/// The field without pieces that will be dropped as floaters and lie outside of the box around all others: where the
/// solid ends, and so how large it is printed, is told by what is left.
fn without_floaters(
    mut grid: ScalarGrid,
    request: &Request,
    path: &Path,
    monitor: &Monitor,
    notes: &mut Vec<String>,
) -> Result<ScalarGrid, PipelineError> {
    let share = request.mesh.drop_floaters;
    if share <= 0.0 {
        return Ok(grid);
    }
    let unseen = Monitor::new(monitor.cancel_token(), &|_| {});
    let mesh = surface::extract(&grid, &unseen).about(path)?;
    let kept = drop_floaters(&mesh, share, finish::largeness(request), &unseen)?;
    let Some(bounds) = kept.mesh.bounds().filter(|bounds| mesh.bounds() != Some(*bounds)) else { return Ok(grid) };
    // Of all that will be dropped, for what is cleared here is not seen later.
    notes.extend(kept.note());
    let [_, ny, nz] = grid.samples_per_axis;
    let (origin, spacing) = (grid.origin, grid.spacing);
    // All of the surface that is kept lies between samples within a cell of its box.
    let (low, high) = (bounds.min - spacing, bounds.max + spacing);
    for (at, sample) in grid.samples.iter_mut().enumerate() {
        let p = origin + spacing * Vec3::new((at / (ny * nz)) as f32, (at / nz % ny) as f32, (at % nz) as f32);
        if p.cmplt(low).any() || p.cmpgt(high).any() {
            *sample = sample.max(spacing);
        }
    }
    Ok(grid)
}

/// The size of the print with what will be cut off: a height is that of what is left.
fn before_the_cut(size: &SizeParams, cut_mm: f32) -> SizeParams {
    let is_open = size.width_mm.is_none() && size.depth_mm.is_none();
    let height = size.height_mm.or(is_open.then_some(print::DEFAULT_HEIGHT_MM));
    SizeParams { height_mm: height.map(|mm| mm + cut_mm / size.scale), ..*size }
}

/// A solid without its foot.
struct Cut {
    /// How much was cut off, in the solid's unit.
    depth: f32,
    /// What is left.
    left: ScalarGrid,
    /// Millimetres per unit of what is left.
    scale: f32,
}

impl Cut {
    /// How much was cut off, measured in the print.
    fn taken_mm(&self) -> f32 {
        self.depth * self.scale
    }
}

/// Cuts off the lowest `cut_mm` of the print. `deepest` is that in the solid's unit if the foot is
/// nowhere wider than the rest, as in most solids. Where it is wider and a width or depth is asked
/// for, what is left is enlarged by `millimetres`, and so less has to be cut.
///
/// The deeper the cut the more it takes, but by leaps where the width changes by leaps: then all of
/// the wide part goes.
fn cut_base(
    grid: &ScalarGrid,
    cut_mm: f32,
    deepest: f32,
    millimetres: impl Fn(Bounds) -> f32,
    monitor: &Monitor,
) -> Result<Cut, FieldError> {
    let cut_at = |depth: f32| {
        let left = ops::flat_base(grid, depth, monitor)?;
        let bounds = left.surface_bounds().ok_or(FieldError::Empty)?;
        Ok::<_, FieldError>(Cut { depth, left, scale: millimetres(bounds) })
    };
    let mut cut = cut_at(deepest)?;
    // A lesser cut enlarges no more than this one, so at this depth it takes at most what was asked for.
    let mut low = cut_mm / cut.scale;
    let mut next = low;
    for _ in 0..CUT_ROUNDS {
        if cut.taken_mm() <= cut_mm + CUT_ACCURACY_MM {
            break;
        }
        let tried = cut_at(next)?;
        if tried.taken_mm() < cut_mm - CUT_ACCURACY_MM {
            low = next;
        } else {
            cut = tried;
        }
        next = 0.5 * (low + cut.depth);
    }
    Ok(cut)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesh::components::Kept;
    use crate::mesh::topology::Topology;

    /// A round solid that stands on y = 0, where its radius is `radius`; it tapers by `taper` per unit.
    fn round(p: Vec3, radius: f32, taper: f32, height: f32) -> f32 {
        (p.x.hypot(p.z) - radius + taper * p.y).max(-p.y).max(p.y - height)
    }

    fn grid(value_at: impl Fn(Vec3) -> f32 + Sync) -> ScalarGrid {
        ScalarGrid::from_fn([49; 3], Vec3::new(-1.21, -0.19, -1.23), 0.05, value_at)
    }

    fn size(width_mm: Option<f32>, height_mm: Option<f32>, scale: f32) -> SizeParams {
        SizeParams { width_mm, height_mm, depth_mm: None, scale }
    }

    /// What is left, the millimetres that were taken off measured in the print, and the notes.
    fn cut(solid: &ScalarGrid, size: SizeParams, cut_mm: f32) -> Result<(ScalarGrid, f32, Vec<String>), PipelineError> {
        let mut request = Request { size, ..Request::default() };
        // What these few cells show of a speck is large for one.
        (request.solid.flat_base_mm, request.mesh.drop_floaters) = (cut_mm, 0.04);
        let (unit, pose, path, mut notes) = (Unit::Model, Pose::Standing, Path::new("figure.png"), Vec::new());
        let left = operate(solid.clone(), unit, pose, &request, path, &Monitor::silent(), &mut notes)?;
        let [whole, bounds] = [solid, &left].map(|grid| grid.surface_bounds().unwrap());
        let taken = whole.size().y - bounds.size().y;
        Ok((left, taken * print::millimetres_per_unit(bounds, unit, &size), notes))
    }

    #[test]
    fn a_flat_base_takes_its_millimetres_whatever_size_is_asked_for() {
        let (pillar, cone) = (grid(|p| round(p, 0.8, 0.0, 2.0)), grid(|p| round(p, 1.0, 0.4, 2.0)));
        for (size, cut_mm) in [
            (size(None, Some(60.0), 1.0), 1.0),
            (size(None, Some(60.0), 1.0), 30.0),
            (size(None, Some(60.0), 1.0), 50.0),
            (size(None, Some(30.0), 1.0), 30.0),
            (size(None, Some(20.0), 1.0), 30.0),
            (size(None, Some(15.0), 4.0), 30.0),
            (size(None, None, 1.0), 50.0),
            (size(None, None, 0.5), 30.0),
            (size(Some(40.0), Some(60.0), 1.0), 10.0),
            // What is left of the cone is narrower, so that it is made larger to be 20 mm wide.
            (size(Some(20.0), None, 1.0), 4.0),
            (size(Some(20.0), None, 2.0), 30.0),
        ] {
            for solid in [&pillar, &cone] {
                let (_, taken, notes) = cut(solid, size, cut_mm).unwrap();
                assert!((taken - cut_mm).abs() < 0.05 && notes.is_empty(), "{size:?}: {taken} of {cut_mm} {notes:?}");
            }
        }
    }

    #[test]
    fn a_foot_that_ends_in_a_step_goes_as_a_whole_and_that_is_said() {
        // 20 mm wide, the foot is 3 mm high; the pillar on it alone would be 20 mm wide without 10 mm.
        let lamp = grid(|p| round(p, 1.0, 0.0, 0.3).min(round(p, 0.3, 0.0, 2.0)));
        let (left, taken, notes) = cut(&lamp, size(Some(20.0), None, 1.0), 5.0).unwrap();
        let bounds = left.surface_bounds().unwrap();
        assert!((bounds.size().x - 0.6).abs() < 0.1 && (bounds.min.y - 0.3).abs() < 0.1, "{bounds:?}");
        assert!(taken > 8.0 && notes.len() == 1 && notes[0].contains("not 5 mm"), "{taken} {notes:?}");
        // To the tenth that is told.
        let mut request = Request::default();
        request.solid.flat_base_mm = 5.0;
        assert!((cut_off_mm(&request, &notes) - taken).abs() < 0.06, "{taken} {notes:?}");
        assert_eq!(cut_off_mm(&request, &[]), 5.0);
    }

    #[test]
    fn a_speck_that_will_be_dropped_has_no_say_in_the_base_and_the_walls() {
        let pillar = |p| round(p, 0.8, 0.0, 1.6);
        let speck = |p: Vec3| p.distance(Vec3::new(0.0, 1.9, 0.0)) - 0.08;
        let (alone, with_speck) = (grid(pillar), grid(|p| pillar(p).min(speck(p))));
        let size = size(None, Some(60.0), 1.0);
        let [(left, ..), (left_with_speck, ..)] = [&alone, &with_speck].map(|solid| cut(solid, size, 10.0).unwrap());
        let [whole, with_speck] = [left, left_with_speck].map(|grid| grid.surface_bounds().unwrap());
        assert!((whole.min - with_speck.min).abs().max_element() < 1e-3, "{whole:?} {with_speck:?}");
        assert!((whole.max - with_speck.max).abs().max_element() < 1e-3, "{whole:?} {with_speck:?}");
    }

    #[test]
    fn what_is_dropped_before_the_base_is_cut_is_told() {
        let solid = grid(|p| round(p, 0.8, 0.0, 1.6).min(p.distance(Vec3::new(0.0, 1.9, 0.0)) - 0.08));
        let mut request = Request { size: size(None, Some(60.0), 1.0), ..Request::default() };
        (request.solid.flat_base_mm, request.mesh.drop_floaters) = (10.0, 0.04);
        let mut notes = Vec::new();
        let (path, monitor) = (Path::new("figure.png"), Monitor::silent());
        operate(solid, Unit::Model, Pose::Standing, &request, path, &monitor, &mut notes).unwrap();
        assert_eq!(notes.iter().filter(|note| Kept::is_note(note)).count(), 1, "{notes:?}");
    }

    #[test]
    fn a_wall_too_thin_for_the_cells_is_made_thicker_and_that_is_said() {
        let solid = grid(|p| round(p, 0.8, 0.0, 2.0));
        let mut request = Request { size: size(None, Some(60.0), 1.0), ..Request::default() };
        // A cell is 1.5 mm.
        for (hollow_mm, notes_expected) in [(1.0, 1), (4.0, 0)] {
            request.solid.hollow_mm = hollow_mm;
            let (unit, pose, path, mut notes) = (Unit::Model, Pose::Standing, Path::new("figure.png"), Vec::new());
            let monitor = Monitor::silent();
            let hollow = operate(solid.clone(), unit, pose, &request, path, &monitor, &mut notes).unwrap();
            assert_eq!(notes.len(), notes_expected, "{notes:?}");
            let [full, shells] = [&solid, &hollow].map(|grid| Topology::of(&surface::extract(grid, &monitor).unwrap()));
            let [outer, void] = &shells.shells[..] else { panic!("{} shells", shells.shells.len()) };
            assert!(
                void.signed_volume < 0.0 && (outer.signed_volume / full.shells[0].signed_volume - 1.0).abs() < 1e-3
            );
        }
    }

    #[test]
    fn beside_a_void_there_are_no_crumbs_of_voids() {
        // A ball with a small one stuck to it, which is just thicker than two walls of 6 mm; a cell is 1.5 mm.
        let lobes = grid(|p| {
            let [large, small] = [-0.3, 0.66].map(|x| p.distance(Vec3::new(x, 1.0, 0.0)));
            (large - 0.75).min(small - 0.26)
        });
        let monitor = Monitor::silent();
        let shells = |grid: &ScalarGrid| Topology::of(&surface::extract(grid, &monitor).unwrap()).shells.len();
        let scale = 30.0;
        let plain = ops::hollow(&lobes, 6.0 / scale, &monitor).unwrap();
        let made = hollowed(&lobes, 6.0, scale, &monitor, &mut Vec::new()).unwrap();
        assert_eq!((shells(&plain), shells(&made)), (3, 2));
    }

    #[test]
    fn where_no_void_fits_it_is_said_that_nothing_was_hollowed() {
        // 60 mm high and 48 mm thick; a cell is 1.5 mm.
        let solid = grid(|p| round(p, 0.8, 0.0, 2.0));
        let slab = grid(|p| round(p, 0.8, 0.0, 2.0).max(p.z.abs() - 0.09));
        for (solid, hollow_mm, words) in [
            (&solid, 26.0, "the wall of 26 mm"),
            (&solid, 20.0, ""),
            (&slab, 3.2, "the wall of 3.2 mm"),
            (&slab, 1.0, "finer"),
        ] {
            let mut request = Request { size: size(None, Some(60.0), 1.0), ..Request::default() };
            request.solid.hollow_mm = hollow_mm;
            let (unit, pose, path, mut notes) = (Unit::Model, Pose::Standing, Path::new("figure.png"), Vec::new());
            let monitor = Monitor::silent();
            let made = operate(solid.clone(), unit, pose, &request, path, &monitor, &mut notes).unwrap();
            let shells = Topology::of(&surface::extract(&made, &monitor).unwrap()).shells.len();
            assert_eq!(shells, if words.is_empty() { 2 } else { 1 }, "{hollow_mm}");
            let is_told = notes.len() == 1 && notes[0].starts_with("nothing was hollowed") && notes[0].contains(words);
            assert!(if words.is_empty() { notes.is_empty() } else { is_told }, "{hollow_mm}: {notes:?}");
        }
    }

    #[test]
    fn a_flat_base_that_takes_everything_is_named() {
        let error = cut(&grid(|p| round(p, 0.8, 0.0, 2.0)), size(Some(20.0), None, 1.0), 50.0).unwrap_err();
        assert!(matches!(error, PipelineError::CutAway { .. }), "{error}");
        let text = error.to_string();
        assert!(
            text.contains("25.0 mm high") && text.contains("--flat-base") && text.ends_with("figure.png"),
            "{text}"
        );
    }
}
