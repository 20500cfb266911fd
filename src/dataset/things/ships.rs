//! Boats and ships.

use std::f32::consts::FRAC_PI_2;

use glam::{Vec3, vec3};

use super::Kind;
use super::aircraft::{propeller, wings};
use super::kit::Kit;
use super::parts::{mirrored_hull, prism, spindle};
use super::vehicles::cabin;

pub const KINDS: &[Kind] = &[
    ("rowing boat", rowing_boat),
    ("sailing ship", sailing_ship),
    ("motor ship", motor_ship),
    ("submarine", submarine),
];

/// A ship's hull along z with its deck about y = 0: half its length, half its width, its depth, how the ends rise, and
/// the width of its stern.
fn boat_hull(kit: &mut Kit, [l, w, deep, rise, stern]: [f32; 5]) {
    let ring = |t: f32| {
        let (ahead, astern) = ((t - 0.4).max(0.0) / 0.6, (0.4 - t).max(0.0) / 0.4);
        let w = w * (1.0 - 0.97 * ahead * ahead - (1.0 - stern) * astern * astern).max(0.03);
        let top = rise * deep * (ahead * ahead + 0.6 * astern * astern);
        let keel = -deep * (1.0 - 0.6 * ahead * ahead * ahead - 0.3 * (1.0 - stern) * astern * astern);
        let z = l * (2.0 * t - 1.0) + 0.06 * l * ahead;
        let edge = [(-0.3, keel), (0.3, keel), (0.85, 0.5 * keel), (1.0, top), (-1.0, top), (-0.85, 0.5 * keel)];
        edge.map(|(x, y)| vec3(x * w, y, if y > 0.0 { z * 1.03 } else { z })).to_vec()
    };
    kit.loft(&[0.0, 0.15, 0.4, 0.6, 0.75, 0.88, 1.0].map(ring));
}

fn rowing_boat(kit: &mut Kit) {
    let (l, w, deep) = (kit.random.range(0.9, 1.5), kit.random.range(0.28, 0.5), kit.random.range(0.22, 0.4));
    let (rise, stern, is_canoe) = (kit.random.range(0.0, 0.6), kit.random.range(0.4, 0.9), kit.random.chance(0.35));
    let (w, stern) = if is_canoe { (0.8 * w, 0.04) } else { (w, stern) };
    kit.wood();
    boat_hull(kit, [l, w, deep, rise, stern]);
    kit.carve(|kit| kit.at(0.05 * Vec3::Y, |kit| boat_hull(kit, [0.92 * l, w - 0.05, deep - 0.05, rise, stern])));
    kit.wood();
    for z in [-0.5, 0.0, 0.45].into_iter().take(kit.random.whole(1, 3)) {
        kit.block(vec3(0.0, -0.3 * deep, z * l), vec3(1.6 * w * (1.0 - z * z), 0.06, 0.16));
    }
    if kit.random.chance(0.5) {
        let (tilt, yaw, reach) = (kit.random.range(-0.1, 0.4), kit.random.around(0.4), kit.random.range(0.5, 1.0));
        kit.both(|kit| {
            kit.turned(vec3(0.9 * w, -0.02, -0.1 * l), vec3(0.0, yaw, -tilt), 0.5, |kit| {
                kit.rod(-0.4 * w * Vec3::X, reach * Vec3::X, 0.035, 0.035);
                kit.pad((reach + 0.1) * Vec3::X, vec3(0.36, 0.05, 0.14), 0.02);
            });
        });
    } else if kit.random.chance(0.4) {
        kit.dark();
        kit.pad(vec3(0.0, 0.1, -l - 0.02), vec3(0.16, 0.3, 0.2), 0.04);
        kit.rod(vec3(0.0, 0.1, -l), vec3(0.0, -1.2 * deep, -l - 0.05), 0.05, 0.04);
    }
}

fn sailing_ship(kit: &mut Kit) {
    let (l, w, deep) = (kit.random.range(0.9, 1.4), kit.random.range(0.25, 0.42), kit.random.range(0.25, 0.5));
    let (masts, tall) = (kit.random.weighted(&[0.5, 0.2, 0.3]) + 1, kit.random.range(1.3, 2.2));
    let (is_square, belly, yaw) =
        (masts > 1 || kit.random.chance(0.2), kit.random.range(0.08, 0.3), kit.random.around(0.6));
    let rise = kit.random.range(0.0, 0.5);
    kit.wood();
    boat_hull(kit, [l, w, deep, rise, 0.7]);
    let poop = kit.random.range(0.1, 0.4);
    if is_square {
        prism(kit, [-0.1, 0.75 * w, -l, -0.45 * l], [poop, 0.78 * w, -1.05 * l, -0.45 * l]);
        kit.rod(vec3(0.0, 0.0, 0.8 * l), vec3(0.0, 0.3, 1.4 * l), 0.05, 0.03);
    } else {
        kit.pad(vec3(0.0, 0.05, -0.1 * l), vec3(w, 0.25, 0.6 * l), 0.05);
        prism(kit, [-1.8 * deep, 0.03, -0.2 * l, 0.15 * l], [-0.5 * deep, 0.04, -0.3 * l, 0.3 * l]);
    }
    for k in 0..masts {
        let z = if masts == 1 { 0.1 * l } else { (0.65 - 1.2 * k as f32 / (masts - 1) as f32) * l };
        let tall = tall * if k == 1 { 1.0 } else { 0.88 };
        kit.wood();
        kit.rod(vec3(0.0, -0.3 * deep, z), vec3(0.0, tall, z), 0.05, 0.03);
        kit.turned(z * Vec3::Z, Vec3::Y, yaw, |kit| {
            if is_square {
                square_sails(kit, tall, (0.62 * l / masts as f32).max(w) * 1.15, belly);
                return;
            }
            kit.rod(vec3(0.0, 0.22, 0.02), vec3(0.0, 0.22, -0.9 * l), 0.035, 0.03);
            kit.white();
            slanted_sail(kit, [-0.85 * l, 0.0], [0.2, 0.97 * tall], belly);
        });
        if !is_square && kit.random.chance(0.7) {
            kit.paint(1);
            slanted_sail(kit, [0.92 * l, z], [0.05, 0.85 * tall], 0.6 * belly);
        }
    }
}

/// A sail with three corners, its upright edge at the second z.
fn slanted_sail(kit: &mut Kit, [tip, mast]: [f32; 2], [low, high]: [f32; 2], belly: f32) {
    let (y, z) = (0.65 * low + 0.35 * high, 0.65 * mast + 0.35 * tip);
    let edge = |x: f32| [vec3(x, low, mast), vec3(x, low, tip), vec3(x, high, mast)];
    kit.hull(&[&edge(-0.02)[..], &edge(0.02), &[vec3(belly, y, z)]].concat());
}

fn square_sails(kit: &mut Kit, tall: f32, wide: f32, belly: f32) {
    let count = kit.random.whole(1, 3);
    for k in 0..count {
        let (low, high) =
            ((0.15 + 0.75 * k as f32 / count as f32) * tall, (0.1 + 0.75 * (k + 1) as f32 / count as f32) * tall);
        let (a, b) = (0.5 * wide * (1.0 - 0.15 * k as f32), 0.5 * wide * (0.92 - 0.15 * k as f32));
        kit.wood();
        kit.rod(vec3(-1.1 * b, high, 0.03), vec3(1.1 * b, high, 0.03), 0.035, 0.035);
        kit.white();
        let mid = 0.4 * low + 0.6 * high;
        let sail = [
            [a, low, 0.0],
            [a, low, 0.05],
            [b, high, 0.0],
            [b, high, 0.05],
            [0.6 * a, mid, belly],
            [0.5 * a, low, 0.6 * belly],
        ];
        mirrored_hull(kit, &sail);
    }
}

fn motor_ship(kit: &mut Kit) {
    let (l, w, deep) = (kit.random.range(0.9, 1.8), kit.random.range(0.25, 0.42), kit.random.range(0.2, 0.4));
    let (rise, tall, looks) = (kit.random.range(0.0, 0.6), kit.random.range(0.25, 0.4), kit.random.whole(0, 2));
    kit.paint(0);
    boat_hull(kit, [l, w, deep, rise, 0.85]);
    kit.paint(1);
    // Tug, cargo ship or liner, speedboat.
    let (back, front) = [(-0.4, 0.3), (-0.85, -0.5), (-0.3, 0.2)][looks];
    let levels = if looks == 2 { 1 } else { kit.random.whole(1, 3) };
    for k in 0..levels {
        let (t, y) = (0.1 * k as f32, tall * k as f32 - 0.05);
        let lean = if looks == 2 { 0.3 } else { 0.02 };
        let (back, front, half) = ((back + t) * l, (front - 0.6 * t) * l, (0.75 - t) * w);
        cabin(kit, [y, half, back, front], [y + tall + 0.05, 0.92 * half, back + 0.02, front - lean * l]);
    }
    let top = tall * levels as f32 - 0.1;
    kit.dark();
    if looks < 2 {
        let (stack, z) = (kit.random.range(0.2, 0.5), (back + 0.22) * l);
        kit.rod(vec3(0.0, top, z), vec3(0.0, top + stack, z - 0.05), 0.1, 0.1);
        kit.rod(vec3(0.0, -0.1, 0.6 * l), vec3(0.0, 0.7, 0.6 * l), 0.04, 0.03);
        kit.both(|kit| kit.ring(vec3(0.98 * w, -0.1, -0.1 * l), Vec3::X, 0.1, 0.04));
    }
    let (count, high) = (kit.random.whole(2, 5), kit.random.range(0.15, 0.5));
    for k in 0..if looks == 1 { count } else { 0 } {
        kit.paint(k);
        let z = -0.42 + 0.95 * k as f32 / count as f32;
        kit.block(
            vec3(0.0, 0.5 * high - 0.05, (z + 0.4 / count as f32) * l),
            vec3(1.4 * w, high + 0.1, 0.85 * l / count as f32),
        );
    }
}

fn submarine(kit: &mut Kit) {
    kit.sides = kit.sides.min(10);
    let (l, r, z) = (kit.random.range(0.7, 1.8), kit.random.range(0.26, 0.4), kit.random.range(-0.1, 0.3));
    let (tower, tail) = (kit.random.range(0.2, 0.45), kit.random.range(0.05, 0.2));
    kit.paint(0);
    spindle(
        kit,
        Vec3::ZERO,
        &[(0.05, -l - tail), (0.7 * r, -0.7 * l), (r, -0.3 * l), (r, 0.6 * l), (0.75 * r, 0.85 * l), (0.3 * r, l)],
    );
    prism(kit, [0.0, 0.5 * r, z - 0.35, z + 0.3], [r + tower, 0.35 * r, z - 0.25, z + 0.2]);
    kit.metal();
    kit.tube(&[
        (vec3(0.0, r, z), 0.04),
        (vec3(0.0, r + 1.8 * tower, z), 0.04),
        (vec3(0.0, r + 1.8 * tower, z + 0.15), 0.045),
    ]);
    kit.gold();
    for at in [-0.2, 0.2, 0.55] {
        kit.both(|kit| {
            kit.rod(0.6 * r * Vec3::X + at * l * Vec3::Z, 1.08 * r * Vec3::X + at * l * Vec3::Z, 0.13, 0.11)
        });
    }
    kit.paint(1);
    let (span, blades) = (kit.random.range(1.0, 1.5) * r, kit.random.whole(3, 5));
    wings(kit, (-0.78 * l * Vec3::Z, 0.3), (vec3(span, 0.0, -0.88 * l), 0.22), 0.08);
    kit.turned(Vec3::ZERO, Vec3::Z, FRAC_PI_2, |kit| {
        wings(kit, (-0.78 * l * Vec3::Z, 0.3), (vec3(span, 0.0, -0.88 * l), 0.2), 0.08);
    });
    propeller(kit, (-l - tail) * Vec3::Z, blades, 0.75 * r, 0.16);
}
