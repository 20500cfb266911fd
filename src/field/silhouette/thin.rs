//! Where a shape is thinner than a given width: the middles of its thin bands and of its tips.

use std::collections::BTreeMap;
use std::f32::consts::FRAC_PI_2;

use glam::Vec2;
use rayon::prelude::*;

use super::Outline;
use crate::progress::{Cancelled, Monitor};

/// At most so many steps lead from a corner to the middle of the band that it belongs to.
const CLIMBS: usize = 6;
/// By how much the inscribed disc grows at least per length of a tip: the sine of half its angle of 23°.
/// Sides that open less are those of a band.
const TIP_GROWTH: f32 = 0.2;
/// Middles are of one run where the cells of a grid that they lie in touch: so many half widths, or so many
/// pixels where that is more, since no fewer lie between the middles at a stepped edge.
const RUN_CELL: f32 = 0.5;
const RUN_CELL_PX: f32 = 2.0;
/// Steps from the end of a tip to where the shape is wide, in half widths.
const STEP: f32 = 0.1;

/// A disc inscribed in the shape.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Disc {
    pub(super) center: Vec2,
    pub(super) radius: f32,
}

/// The discs inscribed in thin parts of a shape.
#[derive(Debug, Default)]
pub(super) struct Thin {
    /// In bands and in pieces that are thin as a whole, in no particular order.
    pub(super) bands: Vec<Disc>,
    /// For each sharp corner of a wider part those from its point, a disc without radius, to where it is wide.
    pub(super) tips: Vec<Vec<Disc>>,
}

/// The thin parts under all segments of `outline`: where an inscribed disc is smaller than `half_width`.
/// Tips are told from bands only with `are_tips_told`.
///
/// # Errors
/// [`Cancelled`].
pub(super) fn middles(
    outline: &Outline,
    half_width: f32,
    are_tips_told: bool,
    monitor: &Monitor,
) -> Result<Thin, Cancelled> {
    let middles = outline
        .segments()
        .par_chunks(1024)
        .map(|segments| {
            monitor.check()?;
            Ok(segments.iter().filter_map(|&s| thin_middle(outline, s, half_width)).collect::<Vec<_>>())
        })
        .collect::<Result<Vec<_>, Cancelled>>()?
        .concat();
    if !are_tips_told {
        return Ok(Thin { bands: middles, tips: Vec::new() });
    }
    let mut thin = Thin::default();
    let cell = (RUN_CELL * half_width).max(RUN_CELL_PX * outline.placement().step.abs().max_element());
    for run in runs(middles, cell) {
        match tip(outline, &run, half_width) {
            Some(tip) => thin.tips.push(tip),
            None => thin.bands.extend(run),
        }
    }
    Ok(thin)
}

/// The discs in groups whose cells touch, corners included.
fn runs(discs: Vec<Disc>, cell: f32) -> Vec<Vec<Disc>> {
    let mut cells: BTreeMap<[i32; 2], Vec<Disc>> = BTreeMap::new();
    for disc in discs {
        let at = (disc.center / cell).floor();
        cells.entry([at.x as i32, at.y as i32]).or_default().push(disc);
    }
    let mut runs = Vec::new();
    while let Some((first, discs)) = cells.pop_first() {
        let (mut run, mut open) = (discs, vec![first]);
        while let Some([x, y]) = open.pop() {
            for next in (-1..=1).flat_map(|dx| (-1..=1).map(move |dy| [x.saturating_add(dx), y.saturating_add(dy)])) {
                if let Some(discs) = cells.remove(&next) {
                    run.extend(discs);
                    open.push(next);
                }
            }
        }
        runs.push(run);
    }
    runs
}

/// The discs of `run` from its point on, if they are those of a corner: on one side of the smallest,
/// growing all the way, until the shape is at least `2 * half_width` wide.
fn tip(outline: &Outline, run: &[Disc], half_width: f32) -> Option<Vec<Disc>> {
    let smallest = *run.iter().min_by(|a, b| a.radius.total_cmp(&b.radius))?;
    let away = |disc: &Disc| disc.center.distance(smallest.center);
    let last = *run.iter().max_by(|a, b| away(a).total_cmp(&away(b)))?;
    let span = away(&last);
    let along = (last.center - smallest.center).normalize_or_zero();
    let grows = |disc: &Disc, least: f32| disc.radius - smallest.radius >= least * away(disc);
    let forward = |disc: &Disc| (disc.center - smallest.center).dot(along);
    // Near the smallest, the pixels make discs in any direction and of any size. In a stalk that ends in a
    // fillet they grow too, but only there.
    let fits = |disc: &Disc| {
        let is_far = away(disc) > 0.5 * span;
        forward(disc) >= -0.3 * span
            && (!is_far || (forward(disc) >= 0.7 * away(disc) && grows(disc, 0.5 * TIP_GROWTH)))
    };
    if !grows(&last, TIP_GROWTH) || !run.iter().all(fits) {
        return None;
    }
    // So near to the last disc, which is inside, no disc of the half width has room outside.
    let steps = ((last.radius / half_width + 0.95) / STEP) as usize;
    let ahead = |step: usize| last.center + along * (step as f32 * STEP * half_width);
    if !(1..=steps).any(|step| outline.nearest(ahead(step), half_width).is_none()) {
        return None;
    }
    let mut tip = run.to_vec();
    tip.push(Disc { center: point(outline, smallest, along), radius: 0.0 });
    tip.sort_unstable_by(|a, b| forward(a).total_cmp(&forward(b)));
    Some(tip)
}

/// Where the outline is met from the disc against `along`.
fn point(outline: &Outline, disc: Disc, along: Vec2) -> Vec2 {
    let mut at = disc.center;
    // No step is longer than the way to the outline; most of the way to an acute point is done.
    for _ in 0..16 {
        let Some(nearest) = outline.nearest(at, 2.0 * disc.radius) else { break };
        at -= along * nearest.distance(at);
    }
    at
}

/// The middle of the part of the shape under `segment`, if that part is thinner than `2 * half_width`:
/// the centre of the largest inscribed disc that touches the segment, or, where that one lies in a
/// corner, such as each step of a slanted line has, that of the band to which the corner's middle leads.
fn thin_middle(outline: &Outline, segment: [Vec2; 2], half_width: f32) -> Option<Disc> {
    let mut touch = (segment[0] + segment[1]) * 0.5;
    let mut inward = outline.inward(segment);
    for _ in 0..CLIMBS {
        if inward == Vec2::ZERO {
            return None;
        }
        let (center, other) = inscribed(outline, touch, inward, half_width)?;
        // In a band the two touching points lie opposite each other; in a blunt corner they do not, and
        // widening there would round the corner outward.
        let [to_touch, to_other] = [touch - center, other - center];
        if to_touch.angle_to(to_other).abs() > FRAC_PI_2 * 1.2 {
            return Some(Disc { center, radius: to_touch.length().min(to_other.length()) });
        }
        // Within the disc, so still inside, and farther from both; of a wide part in the end too far.
        let next = center - 0.7 * to_touch.length() * (to_touch + to_other).normalize_or_zero();
        touch = outline.nearest(next, half_width)?;
        inward = (next - touch).normalize_or_zero();
    }
    None
}

/// Centre of the largest inscribed disc that touches the outline at `touch`, and the point where it
/// touches it too, if its radius is less than `half_width`; found by shrinking a disc until it fits
/// (Ma, Bae, Choi 2012, "3D medial axis point approximation using nearest neighbors and the normal
/// field").
fn inscribed(outline: &Outline, touch: Vec2, inward: Vec2, half_width: f32) -> Option<(Vec2, Vec2)> {
    let mut radius = half_width;
    for _ in 0..12 {
        let center = touch + inward * radius;
        let Some(other) = outline.nearest(center, radius * 0.995) else {
            if radius >= half_width {
                return None;
            }
            break;
        };
        // The disc that touches the segment at `touch` and passes through `other`.
        let chord = other - touch;
        let smaller = chord.length_squared() / (2.0 * chord.dot(inward)).max(1e-12);
        if smaller >= radius * 0.999 {
            break;
        }
        radius = smaller;
    }
    let center = touch + inward * radius;
    Some((center, outline.nearest(center, radius * 1.01)?))
}
