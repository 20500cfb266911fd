//! Cars, planes, ships, rockets; houses, towers, castles.

use glam::{Mat3, Vec2, Vec3};

use super::super::random::{Random, rotation_about};
use super::super::tape::flat::Flat;
use super::super::tape::{Builder, Fold, Shape};
use super::{DARK, Traits, v};

const SIDES: Fold = Fold { x: true, z: false, around_y: 0 };
const CORNERS: Fold = Fold { x: true, z: true, around_y: 0 };

pub fn vehicle_or_building(random: &mut Random, b: &mut Builder) -> Traits {
    let sideways = match random.weighted(&[26.0, 12.0, 8.0, 8.0, 28.0, 18.0]) {
        0 => car(random, b),
        1 => plane(random, b),
        2 => boat(random, b),
        3 => rocket(random, b),
        4 => house(random, b),
        _ => tower(random, b),
    };
    Traits { stiff: true, no_mirror: true, sideways, any_way: false }
}

fn across() -> Mat3 {
    rotation_about(Vec3::Z, std::f32::consts::FRAC_PI_2)
}

fn car(random: &mut Random, b: &mut Builder) -> bool {
    let half = v(random.range(0.3, 0.45), random.range(0.1, 0.22), random.range(0.7, 1.0));
    let r = random.range(0.02, 0.1);
    b.put(Shape::Box(half, r), v(0.0, -0.1, 0.0));
    let cabin = v(half.x * random.range(0.75, 0.98), random.range(0.15, 0.3), half.z * random.range(0.25, 0.75));
    let at = v(0.0, -0.1 + half.y + cabin.y - 0.06, half.z * random.around(0.5));
    b.material = random.pick(&[0, 1]);
    if random.chance(0.6) {
        let p = Vec2::new;
        let slope = random.range(0.1, 0.5) * cabin.z;
        let side = vec![
            p(-cabin.z, -cabin.y),
            p(cabin.z, -cabin.y),
            p(cabin.z - slope, cabin.y),
            p(-cabin.z + 0.6 * slope, cabin.y),
        ];
        let turn = rotation_about(Vec3::Y, -std::f32::consts::FRAC_PI_2);
        b.add(Shape::Extrude(Flat::ring(side), cabin.x, 0.02), at, turn);
    } else {
        b.put(Shape::Box(cabin, r), at);
    }
    b.material = DARK;
    b.fold = SIDES;
    b.put(Shape::Box(v(0.03, 0.6 * cabin.y, 0.65 * cabin.z), 0.01), at + v(cabin.x, 0.0, 0.0));
    let wheel = random.range(0.12, 0.24);
    let wide = random.range(0.06, 0.12);
    for z in [0.62, -0.62] {
        b.material = DARK;
        let place = v(half.x, -0.1 - half.y, z * half.z);
        b.add(Shape::Cylinder(wheel, wide, 0.03), place, across());
        b.material = 2;
        b.add(Shape::Cylinder(0.5 * wheel, wide + 0.015, 0.0), place, across());
    }
    b.material = 4;
    b.put(Shape::Sphere(0.06), v(0.65 * half.x, -0.08, half.z));
    b.fold = Fold::default();
    b.material = 3;
    match random.whole(0, 3) {
        0 => b.put(Shape::Box(v(0.9 * half.x, 0.05, 0.08), 0.02), v(0.0, 0.12 + half.y, -half.z)),
        1 => b.put(
            Shape::Box(v(half.x, random.range(0.2, 0.35), 0.4 * half.z), 0.02),
            v(0.0, 0.15 + half.y, -0.55 * half.z),
        ),
        2 => b.put(Shape::Cylinder(0.08, 0.1, 0.01), at + v(0.0, cabin.y + 0.05, 0.0)),
        _ => {}
    }
    true
}

fn plane(random: &mut Random, b: &mut Builder) -> bool {
    let r = random.range(0.12, 0.24);
    b.seam = 0.03;
    b.put(
        Shape::Chain(vec![(v(0.0, 0.0, 0.85), r * 0.7), (v(0.0, 0.0, 0.3), r), (v(0.0, 0.08, -0.9), 0.3 * r)]),
        Vec3::ZERO,
    );
    b.material = 1;
    b.fold = SIDES;
    let span = random.range(0.5, 0.95);
    let sweep = random.range(-0.1, 0.6);
    let p = Vec2::new;
    let wing = vec![p(0.0, 0.3), p(span, 0.3 - sweep), p(span, 0.12 - sweep), p(0.0, -0.15)];
    let flat = rotation_about(Vec3::X, std::f32::consts::FRAC_PI_2);
    let height = random.pick(&[-0.5, 0.0, 0.9]) * r;
    b.add(Shape::Extrude(Flat::ring(wing.clone()), 0.04, 0.02), v(0.0, height, 0.1), flat);
    if random.chance(0.3) {
        b.add(Shape::Extrude(Flat::ring(wing), 0.035, 0.02), v(0.0, height + 0.4, 0.1), flat);
        b.put(Shape::Cylinder(0.025, 0.2, 0.0), v(0.7 * span, height + 0.2, 0.2 - 0.7 * sweep));
    }
    let small = vec![p(0.0, 0.12), p(0.38, 0.0), p(0.38, -0.1), p(0.0, -0.1)];
    b.add(Shape::Extrude(Flat::ring(small), 0.03, 0.01), v(0.0, 0.1, -0.85), flat);
    b.fold = Fold::default();
    let fin = vec![p(-0.15, 0.0), p(0.12, 0.0), p(-0.05, 0.38), p(-0.2, 0.38)];
    b.add(
        Shape::Extrude(Flat::ring(fin), 0.03, 0.01),
        v(0.0, 0.1, -0.8),
        rotation_about(Vec3::Y, -std::f32::consts::FRAC_PI_2),
    );
    b.material = DARK;
    b.put(Shape::Ellipsoid(v(0.6 * r, 0.5 * r, 0.25)), v(0.0, 0.8 * r, 0.35));
    if random.chance(0.5) {
        b.material = 2;
        b.put(Shape::Box(v(0.35, 0.04, 0.02), 0.01), v(0.0, 0.0, 0.87 + 0.7 * r));
        b.put(Shape::Sphere(0.07), v(0.0, 0.0, 0.85 + 0.7 * r));
    }
    true
}

fn boat(random: &mut Random, b: &mut Builder) -> bool {
    let (wide, long, deep) = (random.range(0.25, 0.42), random.range(0.75, 1.0), random.range(0.2, 0.4));
    b.group();
    b.put(Shape::Ellipsoid(v(wide, deep, long)), Vec3::ZERO);
    b.cut(Shape::Box(v(2.0, 1.0, 2.0), 0.0), v(0.0, 1.0, 0.0), Mat3::IDENTITY);
    if random.chance(0.5) {
        b.cut(Shape::Ellipsoid(v(0.8 * wide, 0.6 * deep, 0.85 * long)), v(0.0, 0.02, 0.0), Mat3::IDENTITY);
    }
    b.join();
    if random.chance(0.6) {
        b.material = 1;
        let tall = random.range(0.6, 1.1);
        b.put(Shape::Cylinder(0.04, 0.5 * tall + 0.1, 0.0), v(0.0, 0.5 * tall - 0.15, 0.0));
        b.material = 2;
        let p = Vec2::new;
        let sail = vec![p(0.03, 0.1), p(0.6 * long, 0.15), p(0.03, tall)];
        b.add(
            Shape::Extrude(Flat::ring(sail), 0.025, 0.01),
            Vec3::ZERO,
            rotation_about(Vec3::Y, std::f32::consts::FRAC_PI_2),
        );
    } else {
        b.material = 1;
        b.put(Shape::Box(v(0.6 * wide, 0.15, 0.35 * long), 0.02), v(0.0, 0.1, -0.1));
        b.material = 3;
        b.put(Shape::Cylinder(0.09, 0.2, 0.01), v(0.0, 0.35, -0.2));
    }
    true
}

fn rocket(random: &mut Random, b: &mut Builder) -> bool {
    let r = random.range(0.18, 0.34);
    let p = Vec2::new;
    let body = [p(0.0, -0.7), p(0.7 * r, -0.7), p(r, -0.2), p(r, 0.2), p(0.65 * r, 0.6), p(0.0, 1.0)];
    let curve = super::smooth(&body[1..], 3, false);
    let mut ring = vec![body[0]];
    ring.extend(curve.iter().map(|p| Vec2::new(p.x.max(0.0), p.y)));
    b.put(Shape::Lathe(Flat::profile(ring, 0.0)), Vec3::ZERO);
    b.material = 1;
    b.fold = Fold { around_y: random.whole(3, 4), ..Fold::default() };
    let fin = vec![p(0.0, 0.0), p(random.range(0.3, 0.5), -0.4), p(0.4, -0.6), p(0.0, -0.4)];
    b.add(Shape::Extrude(Flat::ring(fin), 0.035, 0.015), v(0.6 * r, -0.3, 0.0), Mat3::IDENTITY);
    b.fold = Fold::default();
    b.material = 2;
    b.put(Shape::Cylinder(0.5 * r, 0.12, 0.02), v(0.0, -0.75, 0.0));
    b.material = 3;
    b.put(Shape::Torus(0.4 * r, 0.04), v(0.0, 0.25, 0.0));
    b.material = DARK;
    b.put(Shape::Sphere(0.4 * r), v(0.0, 0.25, 0.75 * r));
    false
}

fn roof(random: &mut Random, b: &mut Builder, half: Vec3, floor: f32) {
    b.material = 1;
    let tall = random.range(0.25, 0.6);
    let over = random.range(0.02, 0.12);
    let p = Vec2::new;
    match random.whole(0, 3) {
        0 | 1 => {
            let gable = vec![p(-half.x - over, 0.0), p(half.x + over, 0.0), p(0.0, tall)];
            let turn =
                if random.chance(0.5) { Mat3::IDENTITY } else { rotation_about(Vec3::Y, std::f32::consts::FRAC_PI_2) };
            let (gable, deep) = if turn == Mat3::IDENTITY {
                (gable, half.z + over)
            } else {
                (vec![p(-half.z - over, 0.0), p(half.z + over, 0.0), p(0.0, tall)], half.x + over)
            };
            b.add(Shape::Extrude(Flat::ring(gable), deep, 0.0), v(0.0, floor, 0.0), turn);
        }
        2 => {
            let pyramid = vec![p(0.0, 0.0), p(half.x.max(half.z) * 1.3, 0.0), p(0.0, tall * 1.3)];
            b.put(Shape::Lathe(Flat::profile(pyramid, 0.0)), v(0.0, floor, 0.0));
        }
        _ => b.put(Shape::Box(v(half.x + over, 0.05, half.z + over), 0.0), v(0.0, floor + 0.05, 0.0)),
    }
}

fn house(random: &mut Random, b: &mut Builder) -> bool {
    let half = v(random.range(0.4, 0.8), random.range(0.3, 0.6), random.range(0.3, 0.6));
    let middle = -0.4;
    b.put(Shape::Box(half, 0.0), v(0.0, middle, 0.0));
    roof(random, b, half, middle + half.y);
    b.material = 2;
    b.put(Shape::Box(v(0.12, 0.24, 0.03), 0.01), v(random.around(0.4 * half.x), middle - half.y + 0.24, half.z));
    b.material = DARK;
    b.fold = SIDES;
    let pane = v(random.range(0.07, 0.13), random.range(0.07, 0.13), 0.03);
    let at = v(0.62 * half.x, middle + 0.15, half.z);
    if random.chance(0.5) {
        b.put(Shape::Box(pane, 0.0), at);
    } else {
        b.cut(Shape::Box(pane, 0.0), at, Mat3::IDENTITY);
    }
    b.fold = CORNERS;
    b.put(Shape::Box(v(0.03, pane.y, pane.x), 0.0), v(half.x, middle + 0.15, 0.45 * half.z));
    b.fold = Fold::default();
    if random.chance(0.5) {
        b.material = 3;
        b.put(Shape::Box(v(0.07, 0.3, 0.07), 0.0), v(0.5 * half.x, middle + half.y + 0.25, -0.3 * half.z));
    }
    if random.chance(0.3) {
        b.material = 0;
        let wing = half * v(0.6, random.range(0.5, 0.9), 0.6);
        b.put(Shape::Box(wing, 0.0), v(half.x * 0.9, middle - half.y + wing.y, random.around(0.3)));
    }
    if random.chance(0.4) {
        b.material = 4;
        b.put(Shape::Box(v(1.0, 0.04, 0.8), 0.02), v(0.0, middle - half.y - 0.03, 0.0));
    }
    random.chance(0.3)
}

fn tower(random: &mut Random, b: &mut Builder) -> bool {
    let round = random.chance(0.55);
    let (r, tall) = (random.range(0.22, 0.45), random.range(0.6, 0.9));
    let p = Vec2::new;
    let column = |r: f32, h: f32| {
        if round { Shape::Cylinder(r, h, 0.0) } else { Shape::Box(v(r, h, r), 0.0) }
    };
    b.put(column(r, tall), v(0.0, -0.2, 0.0));
    b.put(column(1.2 * r, 0.06), v(0.0, tall - 0.2, 0.0));
    if random.chance(0.5) {
        // Battlements.
        b.put(column(1.2 * r, 0.12), v(0.0, tall - 0.02, 0.0));
        b.cut(column(r, 0.12), v(0.0, tall + 0.04, 0.0), Mat3::IDENTITY);
        b.fold = Fold { around_y: random.whole(4, 8), ..Fold::default() };
        b.cut(Shape::Box(v(0.3, 0.06, 0.07), 0.0), v(1.2 * r, tall + 0.06, 0.0), Mat3::IDENTITY);
        b.fold = Fold::default();
    } else {
        b.material = 1;
        let cone = vec![p(0.0, 0.0), p(1.35 * r, 0.0), p(0.0, random.range(0.3, 0.6))];
        b.put(Shape::Lathe(Flat::profile(cone, 0.0)), v(0.0, tall - 0.16, 0.0));
    }
    b.material = DARK;
    for level in 0..random.whole(1, 3) {
        let y = -0.5 + 0.45 * level as f32;
        b.put(Shape::Box(v(0.06, 0.12, 0.04), 0.02), v(0.0, y, r));
    }
    if random.chance(0.4) {
        b.material = 0;
        b.fold = if random.chance(0.5) { CORNERS } else { SIDES };
        let (x, h) = (random.range(0.5, 0.85), random.range(0.3, 0.6));
        b.put(column(0.6 * r, h), v(x, h - 1.1, 0.3));
        b.fold = Fold::default();
        b.put(Shape::Box(v(x, 0.8 * h, 0.25), 0.0), v(0.0, 0.8 * h - 1.1, 0.3));
    }
    if random.chance(0.4) {
        b.material = 2;
        b.put(column(1.5 * r, 0.08), v(0.0, -tall - 0.2, 0.0));
    }
    false
}
