//! Furniture and other things of straight parts, mirrored left and right.

use glam::{Mat3, Vec3};

use super::super::random::{Random, rotation_about};
use super::super::tape::{Builder, Fold, Shape};
use super::{DARK, Traits, v};

const SIDES: Fold = Fold { x: true, z: false, around_y: 0 };
const CORNERS: Fold = Fold { x: true, z: true, around_y: 0 };

pub fn furniture(random: &mut Random, b: &mut Builder) -> Traits {
    match random.weighted(&[22.0, 18.0, 14.0, 12.0, 12.0, 12.0, 10.0]) {
        0 => chair(random, b),
        1 => table(random, b),
        2 => cabinet(random, b),
        3 => sofa(random, b),
        4 => lamp(random, b),
        5 => chest(random, b),
        _ => machine(random, b),
    }
    Traits { stiff: true, no_mirror: true, sideways: random.chance(0.3), ..Traits::default() }
}

/// Four legs between the floor at `low` and `high`.
fn legs(random: &mut Random, b: &mut Builder, low: f32, high: f32, x: f32, z: f32) {
    b.fold = CORNERS;
    b.material = random.pick(&[0, 1]);
    let thick = random.range(0.03, 0.08);
    let half = 0.5 * (high - low);
    let at = v(x - thick, 0.5 * (low + high), z - thick);
    match random.whole(0, 2) {
        0 => b.put(Shape::Box(v(thick, half, thick), 0.01), at),
        1 => b.put(Shape::Cylinder(thick, half, 0.01), at),
        _ => {
            let splay = random.range(0.0, 0.12);
            let foot = at + v(splay, -half, splay);
            b.put(Shape::Chain(vec![(at + v(0.0, half, 0.0), thick), (foot, 0.6 * thick)]), Vec3::ZERO);
        }
    }
    b.fold = Fold::default();
}

fn chair(random: &mut Random, b: &mut Builder) {
    let (x, z) = (random.range(0.35, 0.6), random.range(0.35, 0.55));
    let seat = random.range(-0.25, 0.05);
    let thick = random.range(0.03, 0.1);
    b.material = 2;
    b.put(Shape::Box(v(x, thick, z), random.range(0.0, 0.03)), v(0.0, seat, 0.0));
    legs(random, b, -0.9, seat, x, z);
    if random.chance(0.85) {
        let top = random.range(0.45, 1.0);
        let lean = rotation_about(Vec3::X, -random.range(0.0, 0.2));
        let middle = v(0.0, 0.5 * (seat + top), -z + 0.05);
        match random.whole(0, 2) {
            0 => b.add(Shape::Box(v(x, 0.5 * (top - seat), 0.05), 0.03), middle, lean),
            1 => {
                b.fold = Fold { x: true, ..Fold::default() };
                for slat in 0..random.whole(1, 3) {
                    let place = v(x * (0.25 + 0.32 * slat as f32), 0.0, 0.0);
                    b.add(Shape::Box(v(0.05, 0.5 * (top - seat), 0.04), 0.01), middle + place, lean);
                }
                b.fold = Fold::default();
                b.put(Shape::Box(v(x, 0.07, 0.05), 0.02), v(0.0, top, -z - 0.02));
            }
            _ => {
                b.fold = SIDES;
                b.add(Shape::Box(v(0.05, 0.5 * (top - seat), 0.05), 0.02), middle + v(x - 0.05, 0.0, 0.0), lean);
                b.fold = Fold::default();
                for rung in 0..random.whole(1, 3) {
                    let y = seat + (top - seat) * (0.35 + 0.3 * rung as f32);
                    b.put(Shape::Box(v(x, 0.06, 0.035), 0.02), v(0.0, y.min(top), -z));
                }
            }
        }
    }
    if random.chance(0.35) {
        b.fold = SIDES;
        b.material = 1;
        let y = seat + random.range(0.25, 0.4);
        b.put(Shape::Box(v(0.05, 0.04, z), 0.02), v(x, y, 0.0));
        b.put(Shape::Box(v(0.04, 0.5 * (y - seat), 0.05), 0.01), v(x, 0.5 * (y + seat), 0.7 * z));
        b.fold = Fold::default();
    }
}

fn table(random: &mut Random, b: &mut Builder) {
    let (x, z) = (random.range(0.5, 1.0), random.range(0.3, 0.8));
    let top = random.range(-0.1, 0.45);
    let thick = random.range(0.03, 0.08);
    b.material = 0;
    let round = random.chance(0.3);
    if round {
        b.put(Shape::Cylinder(0.5 * (x + z), thick, 0.02), v(0.0, top, 0.0));
    } else {
        b.put(Shape::Box(v(x, thick, z), 0.02), v(0.0, top, 0.0));
    }
    if random.chance(if round { 0.6 } else { 0.15 }) {
        b.material = 1;
        b.put(Shape::Cylinder(0.09, 0.5 * (top + 0.8), 0.02), v(0.0, 0.5 * (top - 0.8), 0.0));
        b.put(Shape::Cylinder(0.5 * z.min(x), 0.06, 0.04), v(0.0, -0.8, 0.0));
    } else {
        let (x, z) = if round { (0.6 * x, 0.6 * z) } else { (x, z) };
        legs(random, b, -0.85, top, x, z);
        if random.chance(0.3) {
            b.put(Shape::Box(v(x - 0.05, 0.03, z - 0.05), 0.01), v(0.0, -0.5, 0.0));
        }
    }
    things(random, b, top + thick, 0.5 * x, 0.5 * z);
}

/// A few small things on a surface.
fn things(random: &mut Random, b: &mut Builder, floor: f32, x: f32, z: f32) {
    for thing in 0..random.whole(0, 3) {
        b.material = 2 + thing as u8;
        let at = v(random.around(x), floor, random.around(z));
        let (w, h) = (random.range(0.06, 0.16), random.range(0.05, 0.2));
        match random.whole(0, 3) {
            0 => b.put(Shape::Box(v(w, h, w), 0.01), at + v(0.0, h - 0.01, 0.0)),
            1 => b.put(Shape::Cylinder(w, h, 0.01), at + v(0.0, h - 0.01, 0.0)),
            2 => b.put(Shape::Sphere(w), at + v(0.0, 0.9 * w, 0.0)),
            _ => b.put(Shape::RoundCone(w, 0.3 * w, 2.0 * h), at + v(0.0, 0.8 * w, 0.0)),
        }
    }
}

fn cabinet(random: &mut Random, b: &mut Builder) {
    let half = v(random.range(0.3, 0.8), random.range(0.4, 1.0), random.range(0.2, 0.5));
    b.put(Shape::Box(half, random.range(0.0, 0.04)), Vec3::ZERO);
    let rows = random.whole(1, 4);
    let columns = random.whole(1, 2);
    let open = random.chance(0.4);
    let cell = half.y / rows as f32;
    for row in 0..rows {
        let y = -half.y + cell * (2 * row + 1) as f32;
        b.fold = Fold { x: columns == 2, ..Fold::default() };
        let x = if columns == 2 { 0.5 * half.x } else { 0.0 };
        let size = v((half.x - 0.06) / columns as f32 - 0.02, cell - 0.04, 0.03);
        if open {
            let deep = half.z * random.range(0.6, 0.9);
            b.cut(Shape::Box(v(size.x, size.y, deep), 0.0), v(x, y, half.z), Mat3::IDENTITY);
        } else {
            b.material = 1;
            b.put(Shape::Box(size, 0.01), v(x, y, half.z));
            b.material = 3;
            b.put(Shape::Sphere(0.035), v(x + random.pick(&[0.0, 0.6]) * size.x, y, half.z + 0.05));
        }
    }
    b.fold = Fold::default();
    if random.chance(0.4) {
        legs(random, b, -half.y - 0.2, -half.y, half.x, half.z);
    }
    if random.chance(0.4) {
        things(random, b, half.y, 0.6 * half.x, 0.5 * half.z);
    }
}

fn sofa(random: &mut Random, b: &mut Builder) {
    let (x, z) = (random.range(0.5, 1.0), random.range(0.35, 0.5));
    let r = random.range(0.03, 0.1);
    let seat = random.range(-0.35, -0.15);
    let top = random.range(0.15, 0.5);
    b.put(Shape::Box(v(x, 0.5 * (seat + 0.65), z), r), v(0.0, 0.5 * (seat - 0.65), 0.0));
    let back = rotation_about(Vec3::X, -random.range(0.0, 0.25));
    b.add(Shape::Box(v(x, 0.5 * (top + 0.65), 0.13), r), v(0.0, 0.5 * (top - 0.65), -z), back);
    b.fold = SIDES;
    let arm = seat + random.range(0.1, 0.3);
    b.put(Shape::Box(v(0.11, 0.5 * (arm + 0.65), z), r), v(x, 0.5 * (arm - 0.65), 0.0));
    b.material = 1;
    b.put(Shape::Box(v(0.5 * x - 0.06, 0.08, z - 0.05), 0.06), v(0.5 * x - 0.03, seat + 0.06, 0.06));
    b.fold = Fold::default();
    legs(random, b, -0.8, -0.6, x, z);
    if random.chance(0.5) {
        b.material = 3;
        let turn = rotation_about(Vec3::X, -0.3) * rotation_about(Vec3::Z, random.around(0.6));
        b.add(Shape::Superquadric(v(0.18, 0.18, 0.08), 2), v(random.around(0.5 * x), seat + 0.28, -z + 0.25), turn);
    }
}

fn lamp(random: &mut Random, b: &mut Builder) {
    let tall = random.range(0.5, 0.95);
    b.material = 1;
    b.put(Shape::Cylinder(random.range(0.2, 0.4), 0.05, 0.03), v(0.0, -tall, 0.0));
    let bow = random.around(0.35);
    let top = v(bow, tall * 0.6, 0.0);
    b.put(Shape::Chain(vec![(v(0.0, -tall, 0.0), 0.045), (v(0.4 * bow, 0.0, 0.0), 0.035), (top, 0.035)]), Vec3::ZERO);
    b.material = 2;
    let (low, high) = (random.range(0.2, 0.5), random.range(0.08, 0.35));
    let p = glam::Vec2::new;
    let h = random.range(0.15, 0.3);
    let ring = vec![p(0.0, h - 0.05), p(high - 0.04, h - 0.05), p(low - 0.04, -h), p(low, -h), p(high, h), p(0.0, h)];
    b.put(Shape::Lathe(super::super::tape::flat::Flat::profile(ring, 0.01)), top);
    b.material = 4;
    b.put(Shape::Sphere(0.1), top);
}

fn chest(random: &mut Random, b: &mut Builder) {
    let half = v(random.range(0.5, 0.9), random.range(0.25, 0.45), random.range(0.3, 0.55));
    b.put(Shape::Box(half, 0.02), v(0.0, -0.3, 0.0));
    b.material = 1;
    let lid = -0.3 + half.y;
    if random.chance(0.6) {
        b.group();
        let turn = rotation_about(Vec3::Z, std::f32::consts::FRAC_PI_2);
        b.add(Shape::Cylinder(half.z, half.x + 0.02, 0.01), v(0.0, lid, 0.0), turn);
        b.cut(Shape::Box(v(2.0, 1.0, 2.0), 0.0), v(0.0, lid - 0.98, 0.0), Mat3::IDENTITY);
        b.join();
    } else {
        b.put(Shape::Box(v(half.x + 0.03, 0.08, half.z + 0.03), 0.02), v(0.0, lid + 0.05, 0.0));
    }
    b.material = 3;
    b.fold = SIDES;
    b.put(Shape::Box(v(0.05, half.y + 0.02, half.z + 0.03), 0.01), v(half.x * random.range(0.4, 0.9), -0.3, 0.0));
    b.fold = Fold::default();
    b.put(Shape::Box(v(0.1, 0.12, 0.05), 0.02), v(0.0, lid, half.z));
    b.material = DARK;
    b.put(Shape::Sphere(0.03), v(0.0, lid, half.z + 0.05));
}

/// Appliances: a body with knobs, screens and feet.
fn machine(random: &mut Random, b: &mut Builder) {
    let half = v(random.range(0.4, 0.9), random.range(0.4, 0.9), random.range(0.25, 0.6));
    b.put(Shape::Box(half, random.range(0.02, 0.15)), Vec3::ZERO);
    b.material = DARK;
    let screen = v(half.x * random.range(0.4, 0.8), half.y * random.range(0.3, 0.6), 0.05);
    let at = v(0.0, half.y * random.range(0.0, 0.3), half.z);
    if random.chance(0.5) {
        b.cut(Shape::Box(screen, 0.02), at, Mat3::IDENTITY);
    } else {
        b.put(Shape::Box(screen, 0.02), at);
    }
    let knobs = random.whole(1, 4);
    let turn = rotation_about(Vec3::X, std::f32::consts::FRAC_PI_2);
    for knob in 0..knobs {
        b.material = 2;
        let x = half.x * (-0.6 + 1.2 * (knob as f32 + 0.5) / knobs as f32);
        b.add(Shape::Cylinder(0.07, 0.06, 0.015), v(x, -0.75 * half.y, half.z), turn);
    }
    b.material = 1;
    b.fold = CORNERS;
    b.put(Shape::Cylinder(0.07, 0.08, 0.01), v(half.x - 0.1, -half.y - 0.05, half.z - 0.1));
    b.fold = Fold::default();
    if random.chance(0.4) {
        let ring = half.x * random.range(0.4, 0.8);
        b.put(Shape::Arc(1.0, 0.0, ring, 0.05), v(0.0, half.y, 0.0));
    }
}
