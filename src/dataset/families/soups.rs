//! Primitives joined and cut at random, and soft blobs.

use glam::{Mat3, Vec3};

use super::super::random::Random;
use super::super::tape::builder::MAX_LEAVES;
use super::super::tape::flat::Flat;
use super::super::tape::{Builder, Fold, Node, Shape};
use super::{Traits, star, v};

/// A random convex-ish primitive of about this radius.
pub fn primitive(random: &mut Random, size: f32) -> Shape {
    let mut part = |low: f32, high: f32| size * random.range(low, high);
    let (a, b, c, d) = (part(0.4, 1.0), part(0.4, 1.0), part(0.4, 1.0), part(0.05, 0.3));
    match random.whole(0, 11) {
        0 => Shape::Sphere(0.8 * a),
        1 => Shape::Ellipsoid(v(a, b, c)),
        2 | 3 => Shape::Box(v(a, b, c) * 0.75, d.min(0.7 * a.min(b).min(c)) * random.pick(&[0.0, 0.2, 1.0])),
        4 | 5 => Shape::Cylinder(0.8 * a, b, 0.5 * d.min(a).min(b) * random.pick(&[0.0, 1.0])),
        6 => Shape::Torus(0.7 * size, 0.35 * a),
        7 => Shape::RoundCone(0.6 * a, 0.15 * b, 0.9 * size),
        8 => Shape::Superquadric(v(a, b, c), random.whole(0, 3) as u8),
        9 => {
            let corners = random.whole(3, 8);
            Shape::Extrude(Flat::ring(star(corners, 0.85 * size, 0.85 * size, 0.3)), 0.6 * b, 0.15 * d)
        }
        10 => Shape::Lathe(Flat::profile(
            vec![
                glam::Vec2::new(0.0, -b),
                glam::Vec2::new(a, -b),
                glam::Vec2::new(0.3 * c, b),
                glam::Vec2::new(0.0, b),
            ],
            0.0,
        )),
        _ => Shape::Chain(vec![(v(0.0, -0.7 * size, 0.0), 0.4 * a), (v(0.0, 0.7 * size, 0.0), 0.4 * b)]),
    }
}

/// Mostly along the axes, else any way.
fn posture(random: &mut Random) -> Mat3 {
    match random.weighted(&[45.0, 25.0, 30.0]) {
        0 => Mat3::IDENTITY,
        1 => random
            .pick(&[Mat3::from_cols(Vec3::Y, Vec3::X, Vec3::NEG_Z), Mat3::from_cols(Vec3::X, Vec3::NEG_Z, Vec3::Y)]),
        _ => random.rotation(3.1),
    }
}

pub fn soup(random: &mut Random, b: &mut Builder) -> Traits {
    let count = random.whole(2, 7);
    let soft = random.chance(0.3);
    b.seam = if soft { random.range(0.03, 0.15) } else { 0.0 };
    let spread = random.range(0.35, 0.65);
    let turn = posture(random);
    let main = primitive(random, random.clone().range(0.5, 0.75));
    b.add(main, Vec3::ZERO, turn);
    for number in 1..count.min(MAX_LEAVES) {
        b.material = random.whole(0, 4) as u8;
        b.fold = match random.weighted(&[70.0, 15.0, 8.0, 7.0]) {
            0 => Fold::default(),
            1 => Fold { x: true, ..Fold::default() },
            2 => Fold { x: true, z: true, around_y: 0 },
            _ => Fold { around_y: random.whole(3, 6), ..Fold::default() },
        };
        let direction = if random.chance(0.5) {
            random.pick(&[Vec3::X, Vec3::Y, Vec3::NEG_Y, Vec3::Z, Vec3::NEG_X, v(0.0, 0.7, 0.7)])
        } else {
            random.direction()
        };
        let at = direction * spread * random.range(0.6, 1.2);
        let turn = posture(random);
        let size = random.range(0.2, 0.5) * if number > 3 { 0.7 } else { 1.0 };
        let shape = primitive(random, size);
        match random.weighted(&[68.0, 24.0, 8.0]) {
            0 => b.add(shape, at, turn),
            1 => b.cut(shape, at * 1.2, turn),
            _ => b.keep(Shape::Box(v(0.8, 0.7, 0.6), 0.1), Vec3::ZERO, Mat3::IDENTITY),
        }
    }
    b.fold = Fold::default();
    if random.chance(0.12) {
        // An open vessel: a wall, with the top cut off.
        b.change(Node::Shell(random.range(0.025, 0.06)));
        b.cut(Shape::Box(v(2.0, 1.0, 2.0), 0.0), v(0.0, random.range(0.9, 1.2), 0.0), random.clone().rotation(0.3));
    }
    Traits { any_way: true, sideways: true, ..Traits::default() }
}

pub fn blob(random: &mut Random, b: &mut Builder) -> Traits {
    match random.weighted(&[30.0, 40.0, 30.0]) {
        0 => {
            let half = v(random.range(0.4, 1.0), random.range(0.4, 1.0), random.range(0.4, 1.0));
            b.add(Shape::Superquadric(half, random.whole(0, 3) as u8), Vec3::ZERO, random.rotation(0.6));
        }
        1 => {
            b.seam = random.range(0.15, 0.4);
            for _ in 0..random.whole(3, 9) {
                b.material = random.whole(0, 2) as u8;
                let at = random.direction() * random.range(0.2, 0.65);
                b.put(Shape::Sphere(random.range(0.18, 0.42)), at);
            }
        }
        _ => {
            b.seam = 0.05;
            for _ in 0..random.whole(1, 4) {
                let half = v(random.range(0.3, 0.7), random.range(0.3, 0.8), random.range(0.3, 0.7));
                let at = random.direction() * 0.3;
                b.add(Shape::Ellipsoid(half), at, random.rotation(3.0));
            }
        }
    }
    if random.chance(0.75) {
        let length = random.range(0.25, 1.0);
        let height = length * random.range(0.06, 0.18);
        b.waves(random, 5, length, height);
    }
    if random.chance(0.15) {
        b.seam = 0.0;
        b.cut(Shape::HalfSpace, v(0.0, -0.4, 0.0), Mat3::IDENTITY);
    }
    Traits { any_way: true, sideways: true, ..Traits::default() }
}
