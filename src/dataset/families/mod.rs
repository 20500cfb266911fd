//! The kinds of solids that tapes are drawn from.
//!
//! Every solid faces +z and stands upright along y, with its front where a picture would show it.
//! Hidden sides are what training teaches by example, so most kinds look like objects.

mod assemblies;
mod creatures;
mod figures;
mod growth;
mod plates;
mod soups;
mod sweeps;
mod turned;
mod vehicles;

use glam::{Vec2, Vec3};

use super::random::Random;
use super::tape::{Builder, Tape};

/// Materials with a fixed meaning; below them palettes decide.
pub const EYE_WHITE: u8 = 6;
/// Pupils, buttons, tyres.
pub const DARK: u8 = 7;

/// A kind of solid.
#[derive(Clone, Copy, Debug)]
pub struct Family {
    /// For people.
    pub name: &'static str,
    /// Out of every 100 tapes.
    pub share: f32,
    build: fn(&mut Random, &mut Builder) -> Traits,
}

/// What else is known of a solid.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Traits {
    /// Seen from the side as often as from the front.
    pub sideways: bool,
    /// Must not be bent or stretched much.
    pub stiff: bool,
    /// Is mirrored already, or must not be.
    pub no_mirror: bool,
    /// Looks right lying or turned any way.
    pub any_way: bool,
}

/// All kinds. Their position is the group number of a sample.
pub const FAMILIES: [Family; 10] = [
    Family { name: "soup", share: 20.0, build: soups::soup },
    Family { name: "creature", share: 15.0, build: creatures::creature },
    Family { name: "lathe", share: 12.0, build: turned::turned },
    Family { name: "furniture", share: 10.0, build: assemblies::furniture },
    Family { name: "vehicle", share: 10.0, build: vehicles::vehicle_or_building },
    Family { name: "sweep", share: 8.0, build: sweeps::sweep },
    Family { name: "figure", share: 8.0, build: figures::extruded },
    Family { name: "blob", share: 7.0, build: soups::blob },
    Family { name: "growth", share: 5.0, build: growth::growth },
    Family { name: "plate", share: 5.0, build: plates::plate },
];

/// A drawn solid.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawn {
    /// Position in [`FAMILIES`].
    pub family: usize,
    /// The solid.
    pub tape: Tape,
    /// What else is known.
    pub traits: Traits,
}

/// Draws a solid of a kind chosen by share.
pub fn draw(random: &mut Random) -> Drawn {
    let shares = FAMILIES.map(|f| f.share);
    let family = random.weighted(&shares);
    draw_of(family, random)
}

/// Draws a solid of one kind.
pub fn draw_of(family: usize, random: &mut Random) -> Drawn {
    loop {
        let mut builder = Builder::new();
        let traits = (FAMILIES[family].build)(random, &mut builder);
        deform(random, &mut builder, traits);
        if let Some(tape) = builder.finish() {
            return Drawn { family, tape, traits };
        }
    }
}

/// Mirrors, tapers, twists and bends the whole, each seldom.
fn deform(random: &mut Random, builder: &mut Builder, traits: Traits) {
    builder.warp.mirror |= !traits.no_mirror && random.chance(0.6);
    if traits.stiff {
        if random.chance(0.1) {
            builder.warp.taper = random.around(0.2);
        }
        return;
    }
    if random.chance(0.2) {
        builder.warp.taper = random.around(0.35);
    }
    if random.chance(0.1) {
        builder.warp.twist = random.around(1.0);
    }
    if random.chance(0.15) {
        builder.warp.bend = random.around(0.3);
    }
}

/// Shorthand.
pub(super) fn v(x: f32, y: f32, z: f32) -> Vec3 {
    Vec3::new(x, y, z)
}

/// `count` points on a circle, alternately of two radii.
pub(super) fn star(count: usize, outer: f32, inner: f32, start: f32) -> Vec<Vec2> {
    (0..count)
        .map(|i| {
            let angle = start + std::f32::consts::TAU * i as f32 / count as f32;
            let radius = if i % 2 == 0 { outer } else { inner };
            Vec2::new(radius * libm::cosf(angle), radius * libm::sinf(angle))
        })
        .collect()
}

/// A smooth curve through points (Catmull-Rom), `pieces` between two.
pub(super) fn smooth(points: &[Vec2], pieces: usize, closed: bool) -> Vec<Vec2> {
    let n = points.len() as i64;
    let at = |i: i64| points[if closed { i.rem_euclid(n) } else { i.clamp(0, n - 1) } as usize];
    let spans = if closed { n } else { n - 1 };
    let mut curve = Vec::new();
    for i in 0..spans {
        let [a, b, c, d] = [at(i - 1), at(i), at(i + 1), at(i + 2)];
        for piece in 0..pieces {
            let t = piece as f32 / pieces as f32;
            let (t2, t3) = (t * t, t * t * t);
            curve.push(
                0.5 * (2.0 * b + (c - a) * t + (2.0 * a - 5.0 * b + 4.0 * c - d) * t2 + (3.0 * (b - c) + d - a) * t3),
            );
        }
    }
    if !closed {
        curve.extend(points.last());
    }
    curve
}
