//! Animals and little people of soft limbs.

use glam::{Mat3, Vec3};

use super::super::random::{Random, rotation_about};
use super::super::tape::{Builder, Fold, Shape};
use super::{DARK, EYE_WHITE, Traits, v};

const BOTH: Fold = Fold { x: true, z: false, around_y: 0 };

pub fn creature(random: &mut Random, b: &mut Builder) -> Traits {
    match random.weighted(&[40.0, 32.0, 14.0, 14.0]) {
        0 => quadruped(random, b),
        1 => biped(random, b),
        2 => bird(random, b),
        _ => fish_or_bug(random, b),
    }
}

/// Eyes on a head of radius `r` around `at`, looking to +z.
fn eyes(random: &mut Random, b: &mut Builder, at: Vec3, r: f32) {
    let seam = std::mem::replace(&mut b.seam, 0.0);
    b.fold = BOTH;
    let size = r * random.range(0.13, 0.3);
    let direction = v(random.range(0.3, 0.55), random.range(0.1, 0.45), 0.8).normalize_or(Vec3::Z);
    let place = at + direction * (r * 0.93);
    if random.chance(0.55) {
        b.material = EYE_WHITE;
        b.put(Shape::Sphere(size), place);
        b.material = DARK;
        b.put(Shape::Sphere(size * 0.6), place + direction * size * 0.55);
    } else {
        b.material = DARK;
        b.put(Shape::Sphere(size * 0.8), place);
    }
    b.fold = Fold::default();
    b.seam = seam;
    b.material = 0;
}

fn ears(random: &mut Random, b: &mut Builder, at: Vec3, r: f32) {
    b.fold = BOTH;
    let lean = random.range(0.2, 0.8);
    let base = at + v(r * (0.35 + 0.5 * lean), r * 0.75, 0.0);
    b.material = random.pick(&[0, 0, 1]);
    match random.whole(0, 2) {
        0 => b.put(Shape::Ellipsoid(v(0.35, 0.35, 0.15) * r * random.range(0.8, 1.4)), base),
        1 => {
            let length = r * random.range(0.5, 1.6);
            let tip = base + v(lean * length * 0.7, length, 0.0);
            b.put(Shape::Chain(vec![(base, r * 0.25), (tip, r * 0.08)]), Vec3::ZERO);
        }
        _ => {
            let turn = rotation_about(Vec3::Z, -0.5 * lean);
            b.add(Shape::Ellipsoid(v(0.22, 0.75, 0.12) * r), base + v(0.0, 0.3 * r, 0.0), turn);
        }
    }
    b.fold = Fold::default();
    b.material = 0;
}

fn head(random: &mut Random, b: &mut Builder, at: Vec3, r: f32) {
    b.material = random.pick(&[0, 0, 0, 1]);
    let wide = v(random.range(0.85, 1.15), random.range(0.85, 1.1), random.range(0.85, 1.1)) * r;
    b.put(Shape::Ellipsoid(wide), at);
    let snout = random.range(0.0, 0.7);
    if snout > 0.15 {
        b.material = random.pick(&[0, 1]);
        let tip = at + v(0.0, -0.2 * r, r * (0.8 + snout));
        b.put(Shape::Chain(vec![(at, r * 0.55), (tip, r * random.range(0.2, 0.42))]), Vec3::ZERO);
        let seam = std::mem::replace(&mut b.seam, 0.0);
        b.material = DARK;
        b.put(Shape::Sphere(r * 0.14), tip + v(0.0, 0.12 * r, 0.3 * r));
        b.seam = seam;
    }
    if random.chance(0.85) {
        ears(random, b, at, r);
    }
    eyes(random, b, at, r * 0.98);
}

fn tail(random: &mut Random, b: &mut Builder, from: Vec3, thick: f32) {
    let mut points = vec![(from, thick)];
    let (mut p, mut d) = (from, v(0.0, random.range(-0.2, 0.9), -1.0).normalize_or(Vec3::NEG_Z));
    let step = random.range(0.06, 0.16);
    let curl = random.range(-0.2, 0.6);
    let end = thick * random.range(0.2, 1.1);
    for i in 1..5 {
        d = rotation_about(Vec3::X, curl) * d;
        p += d * step;
        points.push((p, thick + (end - thick) * i as f32 / 4.0));
    }
    b.put(Shape::Chain(points), Vec3::ZERO);
}

fn quadruped(random: &mut Random, b: &mut Builder) -> Traits {
    b.seam = random.range(0.04, 0.12);
    let length = random.range(0.3, 0.6);
    let (chest, rump) = (random.range(0.18, 0.34), random.range(0.16, 0.32));
    let height = random.range(-0.05, 0.15);
    b.put(
        Shape::Chain(vec![(v(0.0, height, length), chest), (v(0.0, height + random.around(0.06), -length), rump)]),
        Vec3::ZERO,
    );
    if random.chance(0.3) {
        b.material = 1;
        b.put(Shape::Ellipsoid(v(0.8 * chest, 0.8 * chest, length)), v(0.0, height - 0.25 * chest, 0.0));
        b.material = 0;
    }
    // Four legs, or two kinds of them.
    let leg = random.range(0.2, 0.6);
    let thick = random.range(0.05, 0.13);
    b.fold = BOTH;
    for (z, wide) in [(length, chest), (-length, rump)] {
        let hip = v(0.62 * wide, height - 0.3 * wide, z * random.range(0.8, 1.0));
        let foot = hip + v(random.around(0.03), -leg, random.around(0.1));
        let knee = 0.5 * (hip + foot) + v(0.0, 0.0, random.around(0.06));
        b.put(
            Shape::Chain(vec![(hip, thick * 1.4), (knee, thick), (foot, thick * random.range(0.7, 1.1))]),
            Vec3::ZERO,
        );
        if random.chance(0.4) {
            b.material = 1;
            b.put(Shape::Ellipsoid(v(1.1, 0.7, 1.5) * thick), foot + v(0.0, 0.0, 0.5 * thick));
            b.material = 0;
        }
    }
    b.fold = Fold::default();
    let neck = random.range(0.1, 0.5);
    let r = random.range(0.16, 0.3);
    let at = v(0.0, height + chest * 0.6 + neck, (length + chest * random.range(0.3, 0.9)).min(0.9));
    b.put(Shape::Chain(vec![(v(0.0, height, length), chest * 0.75), (at, r * 0.6)]), Vec3::ZERO);
    head(random, b, at, r);
    if random.chance(0.85) {
        tail(random, b, v(0.0, height + 0.4 * rump, -length - 0.7 * rump), random.clone().range(0.03, 0.09));
    }
    Traits { sideways: true, no_mirror: true, ..Traits::default() }
}

fn biped(random: &mut Random, b: &mut Builder) -> Traits {
    b.seam = random.pick(&[0.0, 0.03, 0.07]);
    let (hip, chest) = (random.range(0.14, 0.3), random.range(0.16, 0.34));
    let tall = random.range(0.2, 0.5);
    b.material = 1;
    if random.chance(0.3) {
        b.put(Shape::Box(v(chest, 0.5 * tall + 0.12, 0.7 * chest), 0.06), v(0.0, 0.5 * tall, 0.0));
    } else {
        b.put(Shape::Chain(vec![(v(0.0, 0.0, 0.0), hip), (v(0.0, tall, 0.0), chest)]), Vec3::ZERO);
    }
    let r = random.range(0.2, 0.42);
    let at = v(0.0, tall + chest + r * random.range(0.4, 0.9), 0.04);
    b.fold = BOTH;
    b.material = 2;
    let leg = random.range(0.25, 0.6);
    let thick = random.range(0.07, 0.14);
    let from = v(0.55 * hip, -0.5 * hip, 0.0);
    let foot = from + v(random.range(0.0, 0.12), -leg, random.around(0.08));
    b.put(Shape::Chain(vec![(from, thick * 1.1), (foot, thick)]), Vec3::ZERO);
    b.material = 3;
    b.put(Shape::Ellipsoid(v(1.1, 0.75, 1.8) * thick), foot + v(0.0, -0.2 * thick, 0.6 * thick));
    b.material = random.pick(&[0, 1]);
    let arm = random.range(0.2, 0.45);
    let shoulder = v(0.85 * chest, tall + 0.35 * chest, 0.0);
    let raise = random.range(-1.3, 1.2);
    let elbow = shoulder + v(0.8, 0.6 * raise, random.range(-0.2, 0.5)).normalize_or(Vec3::X) * arm * 0.6;
    let hand = elbow + v(random.range(0.1, 0.7), raise, random.range(-0.2, 0.9)).normalize_or(Vec3::Y) * arm * 0.6;
    let thin = thick * random.range(0.6, 0.95);
    b.put(Shape::Chain(vec![(shoulder, thin * 1.1), (elbow, thin), (hand, thin * 0.9)]), Vec3::ZERO);
    b.material = 0;
    b.put(Shape::Sphere(thin * random.range(1.0, 1.5)), hand);
    b.fold = Fold::default();
    head(random, b, at, r);
    match random.whole(0, 4) {
        0 => {
            b.material = 4;
            let hat = v(0.0, r * 0.75, 0.0);
            b.put(Shape::Cylinder(r * 1.4, r * 0.08, 0.01), at + hat);
            b.put(Shape::Cylinder(r * 0.8, r * 0.5, 0.03), at + hat + v(0.0, 0.45 * r, 0.0));
        }
        1 => {
            b.material = 4;
            b.put(Shape::RoundCone(r * 0.85, r * 0.1, r * 1.2), at + v(0.0, 0.4 * r, -0.1 * r));
        }
        2 => {
            b.material = 4;
            b.put(Shape::Ellipsoid(v(1.12, 1.0, 1.0) * r), at + v(0.0, 0.25 * r, -0.25 * r));
        }
        _ => {}
    }
    Traits { no_mirror: true, ..Traits::default() }
}

fn bird(random: &mut Random, b: &mut Builder) -> Traits {
    b.seam = random.range(0.03, 0.1);
    let (fat, long) = (random.range(0.26, 0.45), random.range(0.35, 0.6));
    let lean = rotation_about(Vec3::X, random.range(-1.2, 0.1));
    b.add(Shape::Ellipsoid(v(fat, fat, long)), Vec3::ZERO, lean);
    let r = fat * random.range(0.5, 0.8);
    let at = v(0.0, fat * random.range(0.9, 1.5), 0.6 * long);
    b.put(Shape::Chain(vec![(v(0.0, 0.1, 0.3 * long), 0.7 * fat), (at, 0.8 * r)]), Vec3::ZERO);
    b.put(Shape::Sphere(r), at);
    eyes(random, b, at, r);
    b.material = 3;
    b.put(
        Shape::Chain(vec![
            (at + v(0.0, -0.1 * r, 0.6 * r), 0.4 * r),
            (at + v(0.0, -0.2 * r, r * random.range(1.3, 2.2)), 0.06),
        ]),
        Vec3::ZERO,
    );
    b.fold = BOTH;
    b.material = 1;
    let open = random.range(0.0, 1.4);
    let wing = rotation_about(Vec3::Z, open) * rotation_about(Vec3::X, random.around(0.4));
    let half = v(0.05, random.range(0.25, 0.5), random.range(0.2, 0.35));
    b.add(Shape::Ellipsoid(half), v(0.95 * fat, 0.05 + 0.3 * open * half.y, -0.05), wing);
    b.material = 3;
    let leg = random.range(0.1, 0.4);
    let hip = v(0.4 * fat, -0.7 * fat, 0.0);
    b.put(
        Shape::Chain(vec![(hip, 0.05), (hip + v(0.0, -leg, 0.05), 0.035), (hip + v(0.03, -leg - 0.02, 0.16), 0.03)]),
        Vec3::ZERO,
    );
    b.fold = Fold::default();
    b.material = 1;
    b.add(Shape::Box(v(0.15, 0.03, random.range(0.15, 0.35)), 0.02), v(0.0, random.around(0.1), -long * 0.95), lean);
    Traits { sideways: true, no_mirror: true, ..Traits::default() }
}

fn fish_or_bug(random: &mut Random, b: &mut Builder) -> Traits {
    b.seam = random.range(0.02, 0.08);
    let bug = random.chance(0.5);
    let (tall, wide) = (random.range(0.25, 0.45), random.range(0.14, 0.35));
    let long = random.range(0.5, 0.7);
    if bug {
        b.put(Shape::Ellipsoid(v(1.4 * wide, 0.7 * tall, long)), Vec3::ZERO);
        b.material = 1;
        b.put(Shape::Ellipsoid(v(wide, 0.6 * tall, 0.6 * wide)), v(0.0, 0.0, long));
        eyes(random, b, v(0.0, 0.0, long), wide);
        b.fold = BOTH;
        b.material = 2;
        for z in [-0.6, 0.0, 0.6] {
            let hip = v(wide, -0.1, z * long);
            let knee = hip + v(random.range(0.2, 0.35), random.range(0.0, 0.3), 0.1 * z);
            let foot = knee + v(0.15, -random.range(0.3, 0.6), 0.1 * z);
            b.put(Shape::Chain(vec![(hip, 0.05), (knee, 0.04), (foot, 0.03)]), Vec3::ZERO);
        }
    } else {
        b.put(Shape::Ellipsoid(v(wide, tall, long)), Vec3::ZERO);
        eyes(random, b, v(0.0, 0.05, 0.55 * long), 0.75 * wide.max(0.2));
        b.material = 1;
        let fin = random.range(0.15, 0.4);
        b.put(Shape::Ellipsoid(v(0.045, fin, 0.5 * fin)), v(0.0, tall * 0.9, -0.1));
        b.put(Shape::Ellipsoid(v(0.05, 0.25 + fin, 0.2)), v(0.0, 0.0, -long - 0.1));
        b.fold = BOTH;
        b.add(
            Shape::Ellipsoid(v(0.3, 0.04, 0.16)),
            v(wide + 0.1, -0.1, 0.1),
            rotation_about(Vec3::Z, random.around(0.7)),
        );
    }
    b.fold = Fold::default();
    b.add(Shape::Sphere(0.05), v(0.0, 0.0, 0.0), Mat3::IDENTITY);
    Traits { sideways: true, no_mirror: true, ..Traits::default() }
}
