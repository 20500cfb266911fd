//! One training sample: a picture and the solid behind it.

use std::collections::BTreeMap;

use glam::Vec3;

use super::families::{self, FAMILIES};
use super::look::{self, Care, Picture};
use super::pack::{Pack, PackedMesh};
use super::random::{Random, rotation_about};
use super::seen::{Seen, raster, trace};
use super::solid::{Columns, of_mesh, of_tape, survey};
use super::tape::{Scratch, Tape};
use super::things;
use super::variant;
pub use super::variant::PLAIN;
use super::view::{MAX_DEPTH_CUT, SHARE, View};

/// The group number of packed solids.
pub const PACKED: u32 = 100;
/// The group number of everyday things.
pub const THINGS: u32 = 101;
/// Solids of several loose pieces are drawn again: the largest must have this share.
const WHOLE: f32 = 0.9;
/// Share of made-up solids that lie on their side.
const LAID: f32 = 0.12;
/// Share of packed solids among samples that are no things, where there are any.
const PACKED_SHARE: f32 = 0.6;
/// Share of everyday things, where nothing else is asked for.
pub const THINGS_SHARE: f32 = 0.4;
/// How many of the solids that are put to a packed one are things, and the reverse.
const MIXED: f32 = 0.4;

/// A picture and its truth.
#[derive(Clone, Debug)]
pub struct Sample {
    /// Number of the family, [`PACKED`] or [`THINGS`].
    pub group: u32,
    /// From where it is seen.
    pub view: View,
    /// What a program is shown.
    pub picture: Picture,
    /// What is seen of the solid.
    pub seen: Seen,
    /// The solid.
    pub columns: Columns,
}

/// What samples are drawn from.
pub struct Source {
    /// Packed solids, the numbers that may be used, and how often each is drawn.
    pack: Option<(Pack, Vec<usize>, Vec<f32>)>,
    /// Share of packed solids and of things that are shown as they are.
    plain: f32,
    /// Share of things.
    things: f32,
}

impl Source {
    /// Tapes alone.
    pub fn tapes() -> Self {
        Self { pack: None, plain: variant::PLAIN, things: 0.0 }
    }

    /// Tapes and things.
    pub fn made_up() -> Self {
        Self { things: THINGS_SHARE, ..Self::tapes() }
    }

    /// Things, tapes, and packed solids of these numbers, six for four tapes. Things and packed solids come as they
    /// are, bent, and put together. A source with four times the solids of another is drawn from twice as often.
    pub fn with_pack(pack: Pack, numbers: Vec<usize>) -> Self {
        let group = |number: &usize| pack.notes(*number).group;
        let mut counts = BTreeMap::<String, f32>::new();
        numbers.iter().for_each(|number| *counts.entry(group(number)).or_default() += 1.0);
        let weights = numbers.iter().map(|number| counts[&group(number)].sqrt().recip()).collect();
        Self { pack: (!numbers.is_empty()).then_some((pack, numbers, weights)), ..Self::made_up() }
    }

    /// The same with another share, 0 to 1, of packed solids and things that are shown as they are.
    pub fn with_plain(self, plain: f32) -> Self {
        Self { plain, ..self }
    }

    /// The same with another share of things, 0 to 1.
    pub fn with_things(self, things: f32) -> Self {
        Self { things, ..self }
    }

    /// Sample `number` of `seed`: `side` pixels along each side, half as many columns. `side` is a
    /// multiple of 16.
    pub fn sample(&self, seed: u64, number: u64, side: usize) -> Sample {
        let random = Random::new(seed, number);
        for attempt in 0.. {
            let mut random = random.fork(attempt);
            let made = if random.chance(self.things) {
                self.of_solid(THINGS, side, &mut random)
            } else if self.pack.is_some() && random.chance(PACKED_SHARE) {
                self.of_solid(PACKED, side, &mut random)
            } else {
                of_drawn(&families::draw(&mut random.fork(1)), side, &mut random)
            };
            if let Some(sample) = made {
                return sample;
            }
        }
        unreachable!("attempts have no end")
    }

    /// A sample of a thing or of a packed solid.
    fn of_solid(&self, group: u32, side: usize, random: &mut Random) -> Option<Sample> {
        let draw = |is_thing: bool, random: &mut Random| match &self.pack {
            Some((pack, numbers, weights)) if !is_thing => pack.mesh(numbers[random.weighted(weights)]),
            _ => things::draw(random),
        };
        let mut choice = random.fork(3);
        let is_thing = group == THINGS;
        let first = draw(is_thing, &mut choice);
        let guest = |random: &mut Random| {
            let is_other = self.things > 0.0 && random.chance(MIXED);
            draw(is_thing != is_other, random)
        };
        let parts = variant::parts(&mut choice, self.plain, first, guest);
        of_parts(group, &parts, side, random)
    }
}

/// A view in which the solid need not be shrunk much for its depth: of a few drawn ones the first
/// that does, else the one that needs it least.
fn look_around(mut choice: Random, points: &[Vec3], mut draw: impl FnMut(&mut Random) -> View) -> Option<View> {
    let mut best: Option<(f32, View)> = None;
    for _ in 0..5 {
        let view = draw(&mut choice).fitted(points)?;
        let size = view.size(points);
        if size > 0.97 * SHARE {
            return Some(view);
        }
        if best.is_none_or(|(known, _)| size > known) {
            best = Some((size, view));
        }
    }
    best.map(|(_, view)| view)
}

/// A sample of a drawn tape; `None` when hardly anything is seen of it, or it is in pieces.
pub fn of_drawn(drawn: &families::Drawn, side: usize, random: &mut Random) -> Option<Sample> {
    let mut scratch = Scratch::default();
    let points = survey(&drawn.tape, &mut scratch);
    let view = look_around(random.fork(2), &points, |choice| {
        let mut view = View::random(choice);
        if choice.chance(LAID) {
            let axis = choice.pick(&[Vec3::X, Vec3::Z]);
            view.rotation *= rotation_about(axis, std::f32::consts::FRAC_PI_2 * choice.pick(&[-1.0, 1.0]));
            return view;
        }
        if drawn.traits.sideways && choice.chance(0.4) {
            let quarter = std::f32::consts::FRAC_PI_2 * choice.pick(&[-1.0, 1.0]);
            return View::new(view.azimuth + quarter, view.elevation, choice.around(0.08), view.field_of_view);
        }
        view
    })?;
    debug_assert!(drawn.family < FAMILIES.len());
    let sample = of_surveyed(&drawn.tape, drawn.family as u32, view, side, Care::Training, random, &mut scratch)?;
    (sample.columns.largest_piece() > WHOLE).then_some(sample)
}

/// A sample of a tape, seen by `view`, which is fitted to it first.
#[cfg(test)]
pub(super) fn of_tape_seen(tape: &Tape, view: View, side: usize, care: Care, random: &mut Random) -> Option<Sample> {
    let mut scratch = Scratch::default();
    let view = view.fitted(&survey(tape, &mut scratch))?;
    of_surveyed(tape, 0, view, side, care, random, &mut scratch)
}

fn of_surveyed(
    tape: &Tape,
    group: u32,
    view: View,
    side: usize,
    care: Care,
    random: &mut Random,
    scratch: &mut Scratch,
) -> Option<Sample> {
    let raw = of_tape::evaluate(tape, &view, side / 2, scratch);
    let columns = raw.columns(&view);
    let mut seen = trace::trace(tape, &view, &raw, side, scratch);
    raster::mark_thin(&mut seen, &columns);
    finish(group, view, seen, columns, care, random)
}

/// A sample of overlapping parts; `None` as with drawn tapes.
fn of_parts(group: u32, parts: &[PackedMesh], side: usize, random: &mut Random) -> Option<Sample> {
    let mesh = variant::merged(parts);
    // As large as pictures of users show it: what is deeper than the frame loses its ends there too.
    let view = View::random(&mut random.fork(2));
    let large = view.fitted_within(&mesh.positions, MAX_DEPTH_CUT)?;
    // What reaches near the eye cannot always be fitted so.
    let view = if large.size(&mesh.positions) < 1.02 * SHARE { large } else { view.fitted(&mesh.positions)? };
    let is_one = parts.len() == 1;
    let columns = parts.iter().map(|part| columns_of(part, &view, side)).reduce(Columns::union)?;
    let whole = is_one || columns.largest_piece() > WHOLE;
    whole.then(|| of_seen(group, &mesh, columns, view, side, random)).flatten()
}

fn columns_of(mesh: &PackedMesh, view: &View, side: usize) -> Columns {
    let positions: Vec<_> = mesh.positions.iter().map(|&p| view.frame_from_solid(p)).collect();
    of_mesh::columns(&positions, &mesh.triangles, view, side / 2)
}

fn of_seen(
    group: u32,
    mesh: &PackedMesh,
    columns: Columns,
    view: View,
    side: usize,
    random: &mut Random,
) -> Option<Sample> {
    let positions: Vec<_> = mesh.positions.iter().map(|&p| view.frame_from_solid(p)).collect();
    let smooth = random.fork(11).chance(0.65);
    let mut seen = raster::raster(mesh, &positions, &view, side, smooth);
    // The columns end with the frame.
    seen.front.iter_mut().chain(&mut seen.back).for_each(|z| *z = z.clamp(-1.0, 1.0));
    raster::mark_thin(&mut seen, &columns);
    finish(group, view, seen, columns, Care::Training, random)
}

fn finish(group: u32, view: View, seen: Seen, columns: Columns, care: Care, random: &mut Random) -> Option<Sample> {
    // A speck, or a solid that the grid does not see, teaches nothing.
    let hits = (0..seen.front.len()).filter(|&p| seen.is_hit(p)).count();
    let is_enough = hits * 80 >= seen.front.len() && columns.fill() > 1e-4;
    is_enough.then(|| {
        let picture = look::picture(&seen, &columns, &view, care, random);
        Sample { group, view, picture, seen, columns }
    })
}
