//! Plants, rocks, food.

use glam::{Mat3, Vec2, Vec3};

use super::super::random::{Random, rotation_about};
use super::super::tape::flat::Flat;
use super::super::tape::{Builder, Fold, Shape};
use super::{Traits, smooth, v};

pub fn growth(random: &mut Random, b: &mut Builder) -> Traits {
    match random.weighted(&[26.0, 10.0, 12.0, 14.0, 14.0, 12.0, 12.0]) {
        0 => tree(random, b),
        1 => cactus(random, b),
        2 => mushroom(random, b),
        3 => rock(random, b),
        4 => fruit(random, b),
        5 => stack(random, b),
        _ => potted(random, b),
    }
    Traits { no_mirror: true, sideways: true, stiff: random.chance(0.6), any_way: false }
}

fn tree(random: &mut Random, b: &mut Builder) {
    let r = random.range(0.06, 0.14);
    b.material = 1;
    b.seam = 0.04;
    let lean = random.around(0.2);
    b.put(Shape::Chain(vec![(v(0.0, -1.0, 0.0), 1.4 * r), (v(lean, 0.1, 0.0), 0.8 * r)]), Vec3::ZERO);
    b.material = 0;
    b.seam = random.pick(&[0.0, 0.08]);
    if random.chance(0.4) {
        let p = Vec2::new;
        let levels = random.whole(2, 4);
        let wide = random.range(0.35, 0.7);
        for level in 0..levels {
            let t = level as f32 / levels as f32;
            let w = wide * (1.0 - 0.75 * t);
            let cone = vec![p(0.0, 0.0), p(w, -0.05), p(0.0, 0.65)];
            b.put(Shape::Lathe(Flat::profile(cone, 0.02)), v(lean * 0.8, -0.45 + 1.0 * t, 0.0));
        }
    } else {
        let crown = v(lean, random.range(0.3, 0.5), 0.0);
        for _ in 0..random.whole(1, 7) {
            let at = crown + random.direction() * random.range(0.1, 0.35);
            let size = random.range(0.2, 0.42);
            if random.chance(0.6) {
                b.put(Shape::Sphere(size), at);
            } else {
                b.add(Shape::Superquadric(Vec3::splat(size), 0), at, random.rotation(3.0));
            }
        }
        if random.chance(0.5) {
            b.waves(random, 4, 0.35, 0.04);
        }
    }
}

fn cactus(random: &mut Random, b: &mut Builder) {
    b.seam = 0.05;
    let r = random.range(0.14, 0.25);
    b.put(Shape::Chain(vec![(v(0.0, -0.9, 0.0), r), (v(0.0, 0.7, 0.0), 0.9 * r)]), Vec3::ZERO);
    for side in [-1.0, 1.0] {
        let y = random.range(-0.5, 0.2);
        let x = side * random.range(0.4, 0.6);
        let top = y + random.range(0.25, 0.6);
        b.put(
            Shape::Chain(vec![(v(0.0, y, 0.0), 0.6 * r), (v(x, y + 0.05, 0.0), 0.65 * r), (v(x, top, 0.0), 0.6 * r)]),
            Vec3::ZERO,
        );
    }
    b.seam = 0.01;
    b.fold = Fold { around_y: random.whole(6, 10), ..Fold::default() };
    b.cut(Shape::Cylinder(0.03, 1.0, 0.0), v(r, 0.0, 0.0), Mat3::IDENTITY);
    b.fold = Fold::default();
    if random.chance(0.5) {
        b.material = 2;
        b.put(Shape::Cylinder(0.45, 0.18, 0.03), v(0.0, -0.9, 0.0));
    }
}

fn mushroom(random: &mut Random, b: &mut Builder) {
    let p = Vec2::new;
    let (stem, cap, tall) = (random.range(0.12, 0.3), random.range(0.45, 0.9), random.range(0.3, 0.6));
    b.material = 1;
    let profile = smooth(&[p(stem * 1.3, -0.8), p(stem, -0.4), p(stem * 0.8, 0.2)], 4, false);
    let mut ring = vec![p(0.0, -0.8)];
    ring.extend(profile);
    ring.push(p(0.0, 0.2));
    b.put(Shape::Lathe(Flat::profile(ring, 0.02)), Vec3::ZERO);
    b.material = 0;
    let dome =
        smooth(&[p(cap * 0.9, 0.05), p(cap, 0.12), p(cap * 0.75, 0.12 + 0.7 * tall), p(0.0, 0.1 + tall)], 4, false);
    let mut ring = vec![p(0.0, 0.15)];
    ring.extend(dome.iter().map(|q| p(q.x.max(0.0), q.y)));
    b.put(Shape::Lathe(Flat::profile(ring, 0.015)), Vec3::ZERO);
    b.material = 2;
    for _ in 0..random.whole(0, 5) {
        let a = random.range(0.0, 6.25);
        let t = random.range(0.3, 0.8);
        let at = v(libm::cosf(a) * cap * t, 0.1 + tall * (1.0 - 0.75 * t * t), libm::sinf(a) * cap * t);
        b.put(Shape::Ellipsoid(v(0.1, 0.05, 0.1) * random.range(0.7, 1.4)), at);
    }
}

fn rock(random: &mut Random, b: &mut Builder) {
    let half = v(random.range(0.5, 0.9), random.range(0.4, 0.8), random.range(0.5, 0.9));
    b.put(Shape::Ellipsoid(half), Vec3::ZERO);
    let facets = random.whole(3, 9);
    for _ in 0..facets {
        let d = random.direction();
        let at = d * (half * d).length() * random.range(0.75, 0.95);
        b.cut(Shape::HalfSpace, at, super::super::random::rotation_to(-d));
    }
    if random.chance(0.6) {
        b.waves(random, 6, 0.5, 0.07);
    }
    if random.chance(0.25) {
        b.material = 1;
        for _ in 0..random.whole(1, 3) {
            let tip = v(random.around(0.5), random.range(0.6, 1.0), random.around(0.4));
            b.put(Shape::Chain(vec![(v(0.0, -0.1, 0.0), 0.2), (tip, 0.05)]), Vec3::ZERO);
        }
    }
}

fn fruit(random: &mut Random, b: &mut Builder) {
    let p = Vec2::new;
    let (wide, tall) = (random.range(0.4, 0.85), random.range(0.5, 0.9));
    let dent = random.range(0.0, 0.2);
    let knots = [
        p(0.0, -tall + dent),
        p(0.35 * wide, -tall),
        p(wide * random.range(0.7, 1.0), -0.3 * tall),
        p(wide * random.range(0.4, 1.0), 0.4 * tall),
        p(0.3 * wide, tall),
        p(0.0, tall - dent),
    ];
    let ring: Vec<Vec2> = smooth(&knots, 4, false).iter().map(|q| p(q.x.max(0.0), q.y)).collect();
    b.put(Shape::Lathe(Flat::profile(ring, 0.0)), Vec3::ZERO);
    if random.chance(0.3) {
        b.seam = 0.05;
        b.fold = Fold { around_y: random.whole(5, 9), ..Fold::default() };
        b.cut(
            Shape::Chain(vec![(v(0.0, -tall, 0.0), 0.05), (v(wide * 1.15, 0.0, 0.0), 0.1), (v(0.0, tall, 0.0), 0.05)]),
            Vec3::ZERO,
            Mat3::IDENTITY,
        );
        b.fold = Fold::default();
    }
    b.seam = 0.02;
    b.material = 1;
    let stem = v(random.around(0.1), tall + random.range(0.05, 0.25), 0.0);
    b.put(Shape::Chain(vec![(v(0.0, tall - dent - 0.05, 0.0), 0.04), (stem, 0.035)]), Vec3::ZERO);
    if random.chance(0.6) {
        b.material = 2;
        let turn = rotation_about(Vec3::Z, random.around(0.7));
        b.add(Shape::Ellipsoid(v(0.25, 0.03, 0.12)), v(0.2, tall + 0.05, 0.0), turn);
    }
}

/// Burgers, cakes, ice cream: layers.
fn stack(random: &mut Random, b: &mut Builder) {
    let mut y = -0.7;
    let square = random.chance(0.15);
    let wide = random.range(0.5, 0.85);
    let layers = random.whole(2, 5);
    for layer in 0..layers {
        b.material = (layer % 5) as u8;
        let h = random.range(0.06, 0.22);
        let r = wide * random.range(0.8, 1.1) * (1.0 - 0.08 * layer as f32);
        let shape =
            if square { Shape::Box(v(r, h, r), 0.3 * h) } else { Shape::Cylinder(r, h, random.range(0.1, 0.9) * h) };
        b.put(shape, v(0.0, y + h, 0.0));
        y += 1.9 * h;
    }
    b.material = 3;
    match random.whole(0, 3) {
        0 => {
            b.group();
            b.put(Shape::Ellipsoid(v(wide, 0.5 * wide, wide)), v(0.0, y, 0.0));
            b.cut(Shape::Box(v(2.0, 1.0, 2.0), 0.0), v(0.0, y - 1.0, 0.0), Mat3::IDENTITY);
            b.join();
        }
        1 => b.put(Shape::Sphere(random.range(0.1, 0.2)), v(0.0, y + 0.08, 0.0)),
        2 => {
            b.fold = Fold { around_y: random.whole(4, 8), ..Fold::default() };
            b.put(Shape::Sphere(0.09), v(0.65 * wide, y + 0.04, 0.0));
            b.fold = Fold::default();
        }
        _ => {}
    }
    if random.chance(0.15) {
        b.seam = 0.0;
        b.cut(Shape::Box(v(1.0, 2.0, 1.0), 0.0), v(1.0, 0.0, 1.0), Mat3::IDENTITY);
    }
}

fn potted(random: &mut Random, b: &mut Builder) {
    let p = Vec2::new;
    let r = random.range(0.25, 0.45);
    b.material = 1;
    let pot = vec![p(0.0, -0.9), p(0.7 * r, -0.9), p(r, -0.35), p(0.88 * r, -0.35), p(0.85 * r, -0.42), p(0.0, -0.42)];
    b.put(Shape::Lathe(Flat::profile(pot, 0.015)), Vec3::ZERO);
    let stems = random.whole(1, 6);
    for _ in 0..stems {
        b.material = 0;
        let d = v(random.around(0.6), 1.0, random.around(0.6));
        let tip = v(0.0, -0.45, 0.0) + d * random.range(0.5, 1.0);
        b.put(
            Shape::Chain(vec![(v(0.0, -0.5, 0.0), 0.04), (0.5 * tip + v(0.0, -0.1, 0.0), 0.035), (tip, 0.03)]),
            Vec3::ZERO,
        );
        if random.chance(0.5) {
            b.material = 2;
            b.put(Shape::Sphere(random.range(0.08, 0.2)), tip);
        } else {
            let turn = random.rotation(1.2);
            b.add(Shape::Ellipsoid(v(0.13, 0.3, 0.04)), tip, turn);
        }
    }
}
