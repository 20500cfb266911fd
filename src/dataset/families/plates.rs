//! Thin things: shields, swords, keys, books, plates, signs, leaves, tools.

use glam::{Mat3, Vec2, Vec3};

use super::super::random::{Random, rotation_about};
use super::super::tape::flat::Flat;
use super::super::tape::{Builder, Fold, Shape};
use super::{Traits, v};

pub fn plate(random: &mut Random, b: &mut Builder) -> Traits {
    match random.weighted(&[24.0, 18.0, 16.0, 16.0, 26.0]) {
        0 => shield(random, b),
        1 => blade(random, b),
        2 => dish(random, b),
        3 => book(random, b),
        _ => tool(random, b),
    }
    Traits { no_mirror: true, stiff: true, sideways: false, any_way: true }
}

fn shield(random: &mut Random, b: &mut Builder) {
    let thick = random.range(0.03, 0.08);
    let p = Vec2::new;
    let w = random.range(0.5, 0.8);
    let flat = match random.whole(0, 2) {
        0 => Flat::Discs(vec![(Vec2::ZERO, 0.85)]),
        1 => Flat::ring(vec![
            p(-w, 0.8),
            p(0.0, 0.9),
            p(w, 0.8),
            p(w, 0.0),
            p(0.6 * w, -0.5),
            p(0.0, -0.95),
            p(-0.6 * w, -0.5),
            p(-w, 0.0),
        ]),
        _ => super::figures::outline(random),
    };
    b.put(Shape::Extrude(flat.clone(), thick, random.range(0.0, 1.0) * thick), Vec3::ZERO);
    if random.chance(0.6) {
        b.material = 1;
        let inner = Shape::Extrude(flat, thick, 0.01);
        b.put(Shape::Stretched(v(0.75, 0.75, 1.0), Box::new(inner)), v(0.0, 0.0, 0.5 * thick));
    }
    if random.chance(0.5) {
        b.material = 2;
        b.put(Shape::Ellipsoid(v(0.2, 0.2, 0.15)), v(0.0, 0.0, thick));
    }
    if random.chance(0.4) {
        b.put(Shape::Arc(1.0, 0.0, 0.2, 0.03), v(0.0, 0.0, -thick));
    }
    if random.chance(0.5) {
        b.warp.bend = random.around(0.15);
    }
}

fn blade(random: &mut Random, b: &mut Builder) {
    let p = Vec2::new;
    let (wide, long) = (random.range(0.06, 0.2), random.range(0.5, 0.9));
    b.material = 1;
    let guard = -0.35;
    let edge = if random.chance(0.5) {
        vec![p(-wide, guard), p(wide, guard), p(wide, long - 0.2), p(0.0, long), p(-wide, long - 0.2)]
    } else {
        vec![
            p(-wide, guard),
            p(wide, guard),
            p(1.4 * wide, 0.3 * long),
            p(wide, 0.8 * long),
            p(-wide, long),
            p(-0.7 * wide, 0.3 * long),
        ]
    };
    let thick = random.range(0.025, 0.06);
    b.put(Shape::Extrude(Flat::ring(edge), thick, 0.8 * thick), Vec3::ZERO);
    b.material = 2;
    let hilt = random.range(0.15, 0.4);
    b.put(Shape::Box(v(hilt, 0.05, 0.07), 0.03), v(0.0, guard, 0.0));
    b.material = 0;
    b.put(Shape::Cylinder(0.055, 0.22, 0.02), v(0.0, guard - 0.25, 0.0));
    b.material = 2;
    b.put(Shape::Sphere(0.09), v(0.0, guard - 0.5, 0.0));
}

fn dish(random: &mut Random, b: &mut Builder) {
    let p = Vec2::new;
    let (r, deep, wall) = (random.range(0.7, 0.95), random.range(0.05, 0.35), random.range(0.025, 0.05));
    let ring = vec![p(0.0, 0.0), p(0.5 * r, 0.0), p(r, deep), p(r, deep + wall), p(0.5 * r - 0.02, wall), p(0.0, wall)];
    let turn = rotation_about(Vec3::X, random.pick(&[0.0, 0.4, 1.2, 1.5]));
    b.add(Shape::Lathe(Flat::profile(ring, 0.01)), Vec3::ZERO, turn);
    if random.chance(0.4) {
        b.material = 1;
        for _ in 0..random.whole(1, 4) {
            let at = turn * v(random.around(0.35), 0.12, random.around(0.35));
            b.put(Shape::Sphere(random.range(0.1, 0.2)), at);
        }
    }
}

fn book(random: &mut Random, b: &mut Builder) {
    let half = v(random.range(0.4, 0.75), random.range(0.6, 0.95), random.range(0.03, 0.15));
    let r = random.range(0.0, 0.08);
    if random.chance(0.5) {
        // A book: cover and pages.
        b.put(Shape::Box(half, 0.0), Vec3::ZERO);
        b.cut(Shape::Box(v(half.x, half.y + 0.1, 0.7 * half.z), 0.0), v(0.1 + half.x * 0.1, 0.0, 0.0), Mat3::IDENTITY);
        b.material = 4;
        b.put(Shape::Box(v(half.x - 0.05, half.y - 0.04, 0.75 * half.z), 0.0), v(0.0, 0.0, 0.0));
    } else {
        // A board, a phone, a picture.
        b.put(Shape::Box(half, r.min(half.z)), Vec3::ZERO);
        b.material = 1;
        b.put(Shape::Box(v(half.x - 0.07, half.y - 0.07, 0.02), 0.01), v(0.0, 0.0, half.z));
    }
    if random.chance(0.4) {
        b.material = 2;
        b.put(Shape::Extrude(super::figures::outline(random), 0.02, 0.0), v(0.0, 0.0, half.z + 0.01));
        b.keep(Shape::Box(v(half.x + 0.01, half.y + 0.01, 1.0), 0.0), Vec3::ZERO, Mat3::IDENTITY);
    }
}

/// Hammers, axes, keys, spoons, brushes: a handle and a head.
fn tool(random: &mut Random, b: &mut Builder) {
    let r = random.range(0.03, 0.08);
    b.put(Shape::Chain(vec![(v(0.0, -0.95, 0.0), r * random.range(0.9, 1.5)), (v(0.0, 0.6, 0.0), r)]), Vec3::ZERO);
    b.material = 1;
    let p = Vec2::new;
    match random.whole(0, 4) {
        0 => {
            let half = v(random.range(0.25, 0.45), random.range(0.1, 0.18), random.range(0.08, 0.16));
            b.put(Shape::Box(half, 0.03), v(random.around(0.1), 0.65, 0.0));
        }
        1 => {
            let head = vec![p(0.0, -0.12), p(0.35, -0.35), p(0.5, 0.0), p(0.35, 0.35), p(0.0, 0.12), p(-0.12, 0.0)];
            b.fold = Fold { x: random.chance(0.4), ..Fold::default() };
            b.put(Shape::Extrude(Flat::ring(head), 0.05, 0.03), v(0.0, 0.55, 0.0));
            b.fold = Fold::default();
        }
        2 => {
            b.put(
                Shape::Extrude(Flat::Discs(vec![(Vec2::ZERO, 0.28), (Vec2::ZERO, -0.15)]), 0.06, 0.03),
                v(0.0, 0.75, 0.0),
            );
            b.put(Shape::Box(v(0.12, 0.05, 0.05), 0.0), v(0.12, -0.85, 0.0));
            b.put(Shape::Box(v(0.09, 0.05, 0.05), 0.0), v(0.09, -0.65, 0.0));
        }
        3 => {
            b.seam = 0.04;
            b.put(Shape::Ellipsoid(v(0.24, 0.32, 0.08)), v(0.0, 0.75, 0.0));
            b.cut(Shape::Ellipsoid(v(0.2, 0.27, 0.08)), v(0.0, 0.75, 0.08), Mat3::IDENTITY);
        }
        _ => {
            let half = v(random.range(0.15, 0.3), random.range(0.15, 0.3), random.range(0.05, 0.2));
            b.put(Shape::Superquadric(half, random.whole(0, 3) as u8), v(0.0, 0.7, 0.0));
        }
    }
}
