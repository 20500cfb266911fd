//! Plane figures pulled into space: signs, stars, gears, letters, hearts, cookies, pillows.

use glam::{Mat3, Vec2, Vec3};

use super::super::random::{Random, rotation_about};
use super::super::tape::flat::Flat;
use super::super::tape::{Builder, Shape};
use super::{Traits, smooth, star, v};

pub fn outline(random: &mut Random) -> Flat {
    let p = Vec2::new;
    match random.weighted(&[18.0, 12.0, 12.0, 10.0, 10.0, 10.0, 28.0]) {
        0 => {
            let points = random.whole(3, 8);
            let inner = random.range(0.35, 0.8);
            Flat::ring(star(2 * points, 0.95, 0.95 * inner, std::f32::consts::FRAC_PI_2))
        }
        1 => gear(random),
        2 => {
            let knots: Vec<Vec2> =
                star(random.whole(5, 9), 1.0, 1.0, 0.0).iter().map(|q| *q * random.range(0.4, 0.95)).collect();
            Flat::ring(smooth(&knots, 4, true))
        }
        3 => {
            let heart = [p(0.0, -0.9), p(0.5, -0.35), p(0.85, 0.15), p(0.75, 0.62), p(0.4, 0.75), p(0.0, 0.4)];
            let mut ring = heart.to_vec();
            ring.extend(heart[1..5].iter().rev().map(|q| p(-q.x, q.y)));
            Flat::ring(ring)
        }
        4 => {
            let w = random.range(0.15, 0.4);
            let h = random.range(0.3, 0.7);
            Flat::ring(vec![p(-0.9, -w), p(0.1, -w), p(0.1, -h), p(0.95, 0.0), p(0.1, h), p(0.1, w), p(-0.9, w)])
        }
        5 => {
            // A ring, a crescent, or a plate with holes.
            let hole = random.range(0.2, 0.6);
            let off = random.around(0.5);
            Flat::Discs(vec![(Vec2::ZERO, 0.9), (p(off, 0.3 * off), -hole)])
        }
        _ => glyph(random),
    }
}

fn gear(random: &mut Random) -> Flat {
    let teeth = random.whole(6, 10);
    let inner = random.range(0.65, 0.85);
    let mut ring = Vec::new();
    for tooth in 0..teeth {
        for (offset, radius) in [(0.0, inner), (0.22, inner), (0.3, 0.95), (0.7, 0.95), (0.78, inner)] {
            let angle = std::f32::consts::TAU * (tooth as f32 + offset) / teeth as f32;
            ring.push(Vec2::new(libm::cosf(angle), libm::sinf(angle)) * radius);
        }
    }
    let hole = star(12, 0.3, 0.3, 0.0);
    Flat::Polygon { rings: vec![ring, hole], open_axis: false, grow: 0.0 }
}

/// Strokes between the points of a 3 × 4 raster, as letters have them.
fn glyph(random: &mut Random) -> Flat {
    let node = |random: &mut Random| {
        Vec2::new(-0.6 + 0.6 * random.whole(0, 2) as f32, -0.8 + 0.53 * random.whole(0, 3) as f32)
    };
    let first = node(random);
    let mut strokes = Vec::new();
    let mut from = first;
    for _ in 0..random.whole(2, 4) {
        let to = node(random);
        if to != from {
            let middle = 0.5 * (from + to) + Vec2::new(random.around(0.4), random.around(0.4));
            let straight = random.chance(0.65);
            strokes.push(if straight { vec![from, to] } else { smooth(&[from, middle, to], 3, false) });
        }
        from = if random.chance(0.75) { to } else { first };
    }
    if strokes.is_empty() {
        strokes.push(vec![Vec2::new(0.0, -0.8), Vec2::new(0.0, 0.8)]);
    }
    Flat::Strokes(strokes, random.range(0.1, 0.24))
}

pub fn extruded(random: &mut Random, b: &mut Builder) -> Traits {
    let flat = outline(random);
    let half = random.range(0.08, 0.4);
    // Straight, bevelled, or a pillow.
    let round = match random.weighted(&[35.0, 25.0, 40.0]) {
        0 => 0.0,
        1 => random.range(0.1, 0.4) * half,
        _ => half,
    };
    let tilt = if random.chance(0.25) { random.rotation(1.0) } else { Mat3::IDENTITY };
    b.add(Shape::Extrude(flat, half, round), Vec3::ZERO, tilt);
    b.seam = 0.0;
    match random.whole(0, 5) {
        0 => {
            b.material = 1;
            let plate = v(1.0, 1.0, random.range(0.05, 0.15));
            b.put(Shape::Box(plate, 0.05), v(0.0, 0.0, -half));
        }
        1 => {
            b.material = 1;
            let turn = rotation_about(Vec3::X, std::f32::consts::FRAC_PI_2);
            b.add(Shape::Cylinder(1.05, random.range(0.05, 0.15), 0.03), v(0.0, 0.0, -half), turn);
        }
        2 => {
            b.material = 1;
            b.put(Shape::Box(v(0.5, 0.07, 0.35), 0.02), v(0.0, -0.95, 0.0));
        }
        3 => {
            b.material = 2;
            let inner = outline(random);
            b.put(
                Shape::Stretched(Vec3::splat(0.5), Box::new(Shape::Extrude(inner, half, 0.02))),
                v(0.0, 0.0, 0.75 * half),
            );
        }
        _ => {}
    }
    Traits { no_mirror: random.chance(0.6), stiff: random.chance(0.7), any_way: false, sideways: false }
}
