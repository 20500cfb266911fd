//! One training sample: a picture and the solid behind it.

use super::families::{self, FAMILIES};
use super::look::{self, Care, Picture};
use super::pack::{Pack, PackedMesh};
use super::random::Random;
use super::seen::{Seen, raster, trace};
use super::solid::{Columns, of_mesh, of_tape, survey};
use super::tape::{Scratch, Tape};
use super::view::View;

/// The group number of packed solids.
pub const PACKED: u32 = 100;
/// Share of packed solids where there are any.
const PACKED_SHARE: f32 = 0.3;

/// A picture and its truth.
#[derive(Clone, Debug)]
pub struct Sample {
    /// Number of the family, or [`PACKED`].
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
    /// Packed solids and the numbers that may be used.
    pack: Option<(Pack, Vec<usize>)>,
}

impl Source {
    /// Tapes alone.
    pub fn tapes() -> Self {
        Self { pack: None }
    }

    /// Tapes and three in ten packed solids, of these numbers.
    pub fn with_pack(pack: Pack, numbers: Vec<usize>) -> Self {
        Self { pack: (!numbers.is_empty()).then_some((pack, numbers)) }
    }

    /// Sample `number` of `seed`: `side` pixels along each side, half as many columns. `side` is a
    /// multiple of 16.
    pub fn sample(&self, seed: u64, number: u64, side: usize) -> Sample {
        let random = Random::new(seed, number);
        for attempt in 0.. {
            let mut random = random.fork(attempt);
            let made = match &self.pack {
                Some((pack, numbers)) if random.chance(PACKED_SHARE) => {
                    let mesh = pack.mesh(random.pick(numbers));
                    let view = View::random(&mut random.fork(2));
                    of_packed(&mesh, view, side, Care::Training, &mut random)
                }
                _ => of_drawn(&families::draw(&mut random.fork(1)), side, &mut random),
            };
            if let Some(sample) = made {
                return sample;
            }
        }
        unreachable!("attempts have no end")
    }
}

/// A sample of a drawn tape; `None` when hardly anything is seen of it.
pub fn of_drawn(drawn: &families::Drawn, side: usize, random: &mut Random) -> Option<Sample> {
    let mut choice = random.fork(2);
    let mut view = View::random(&mut choice);
    if drawn.traits.sideways && choice.chance(0.4) {
        let quarter = std::f32::consts::FRAC_PI_2 * choice.pick(&[-1.0, 1.0]);
        view = View::new(view.azimuth + quarter, view.elevation, choice.around(0.08), view.field_of_view);
    }
    debug_assert!(drawn.family < FAMILIES.len());
    of_tape_seen(&drawn.tape, drawn.family as u32, view, side, Care::Training, random)
}

/// A sample of a tape, seen by `view`.
pub fn of_tape_seen(
    tape: &Tape,
    group: u32,
    view: View,
    side: usize,
    care: Care,
    random: &mut Random,
) -> Option<Sample> {
    let mut scratch = Scratch::default();
    let points = survey(tape, &mut scratch);
    if points.len() < 60 {
        return None;
    }
    let view = view.fitted(&points)?;
    let raw = of_tape::evaluate(tape, &view, side / 2, &mut scratch);
    let columns = raw.columns(&view);
    let mut seen = trace::trace(tape, &view, &raw, side, &mut scratch);
    raster::mark_thin(&mut seen, &columns);
    finish(group, view, seen, columns, care, random)
}

/// A sample of a mesh, seen by `view`.
pub fn of_packed(mesh: &PackedMesh, view: View, side: usize, care: Care, random: &mut Random) -> Option<Sample> {
    let view = view.fitted(&mesh.positions)?;
    let positions: Vec<_> = mesh.positions.iter().map(|&p| view.frame_from_solid(p)).collect();
    let columns = of_mesh::columns(&positions, &mesh.triangles, &view, side / 2);
    let smooth = random.fork(11).chance(0.65);
    let mut seen = raster::raster(mesh, &positions, &view, side, smooth);
    raster::mark_thin(&mut seen, &columns);
    finish(PACKED, view, seen, columns, care, random)
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
