//! What flies.

use std::f32::consts::{FRAC_PI_2, PI, TAU};

use glam::{Vec3, vec2, vec3};

use super::Kind;
use super::kit::Kit;
use super::parts::{along, forward, side_plate, spindle};
use super::vehicles::{Wheel, cabin, wheel};

pub const KINDS: &[Kind] = &[
    ("airplane", airplane),
    ("helicopter", helicopter),
    ("rocket", rocket),
    ("spaceship", spaceship),
    ("airship", airship),
];

/// Two wings: the middle and chord (along z) of the root and of the tip.
pub(super) fn wings(kit: &mut Kit, root: (Vec3, f32), tip: (Vec3, f32), thick: f32) {
    let points: Vec<Vec3> = [(root, thick), (tip, 0.7 * thick)]
        .into_iter()
        .flat_map(|((at, chord), t)| {
            [vec2(-0.5, -0.2), vec2(-0.5, 0.2), vec2(0.2, 0.5), vec2(0.5, 0.0), vec2(0.2, -0.5)]
                .map(|p| at + vec3(0.0, p.y * t, p.x * chord))
        })
        .collect();
    kit.both(|kit| kit.hull(&points));
}

/// Blades about z.
pub(super) fn propeller(kit: &mut Kit, at: Vec3, blades: usize, radius: f32, width: f32) {
    let pitch = kit.random.range(0.2, 0.7);
    kit.dark();
    spindle(kit, at, &[(0.13 * radius, -0.2 * radius), (0.13 * radius, 0.05 * radius), (0.04 * radius, 0.2 * radius)]);
    forward(kit, at, |kit| {
        kit.around(blades, |kit| {
            kit.turned(Vec3::ZERO, Vec3::X, pitch, |kit| {
                kit.pad(0.5 * radius * Vec3::X, vec3(radius, 0.3 * width, width), 0.1 * width);
            });
        });
    });
}

fn airplane(kit: &mut Kit) {
    kit.sides = kit.sides.min(10);
    // Propeller plane, biplane, jet, glider.
    let looks = kit.random.weighted(&[2.0, 1.5, 3.0, 0.7]);
    let r = [0.15, 0.15, 0.12, 0.1][looks] * kit.random.range(0.8, 1.3);
    let (span, sweep) =
        (kit.random.range(0.8, 1.1) + [0.0, 0.0, 0.0, 0.6][looks], [0.05, 0.0, 0.55, 0.02][looks] * kit.random.unit());
    let (chord, up) =
        (kit.random.range(0.25, 0.4) - [0.0, 0.0, 0.0, 0.1][looks], kit.random.pick(&[-0.6, 0.0, 0.85]) * r);
    let (tip, rise) = (chord * kit.random.range(0.4, 1.0), kit.random.range(-0.02, 0.14));
    let nose = if looks < 2 { 0.75 } else { 0.35 };
    kit.paint(0);
    spindle(kit, Vec3::ZERO, &[(0.03, -1.0), (0.8 * r, -0.3), (r, 0.0), (r, 0.55), (0.85 * r, 0.75), (nose * r, 0.92)]);
    kit.glass();
    kit.ball(vec3(0.0, 0.75 * r, 0.4), vec3(0.6 * r, 0.7 * r, 0.2));
    kit.paint(1);
    let wing = |kit: &mut Kit, y: f32| {
        wings(kit, (vec3(0.0, y, 0.15), chord), (vec3(span, y + rise, 0.15 - sweep), tip), 0.05)
    };
    let fin = kit.random.range(0.25, 0.4);
    if looks == 1 {
        wing(kit, -0.6 * r);
        wing(kit, 2.6 * r);
        struts(kit, r, span, rise);
    } else {
        wing(kit, up);
    }
    airplane_tail(kit, fin, sweep);
    let (blades, has_pods, size) =
        (kit.random.whole(2, 4), looks == 2 || kit.random.chance(0.2), kit.random.range(0.25, 0.4));
    if looks < 2 && !has_pods {
        propeller(kit, 0.93 * Vec3::Z, blades, size, 0.08);
    } else if has_pods {
        let (x, pod) = (kit.random.range(0.28, 0.5) * span, kit.random.range(0.06, 0.09));
        let (drop, z) = (up + rise * x / span - 0.05, 0.2 - sweep * x / span);
        kit.both(|kit| {
            spindle(
                kit,
                vec3(x, drop, z),
                &[(0.6 * pod, -0.18), (pod, 0.0), (pod, 0.2), (0.8 * pod, 0.25), (0.6 * pod, 0.1)],
            )
        });
    }
    if looks < 2 || kit.random.chance(0.3) {
        let foot = vec3(0.18, -2.2 * r, 0.3);
        kit.both(|kit| kit.rod(0.2 * Vec3::Z, foot, 0.03, 0.03));
        kit.both(|kit| wheel(kit, foot, Wheel(0.09, 0.08, 0)));
    }
}

fn struts(kit: &mut Kit, r: f32, span: f32, rise: f32) {
    let x = 0.65 * span;
    kit.both(|kit| kit.rod(vec3(x, -0.6 * r, 0.2), vec3(x, 2.8 * r + rise, 0.2), 0.03, 0.03));
    kit.both(|kit| kit.rod(vec3(0.5 * r, 0.0, 0.2), vec3(0.8 * r, 2.7 * r, 0.2), 0.03, 0.03));
}

fn airplane_tail(kit: &mut Kit, fin: f32, sweep: f32) {
    let (high_tail, tail) = (if kit.random.chance(0.25) { fin } else { 0.0 }, kit.random.range(0.3, 0.42));
    kit.paint(2);
    side_plate(kit, Vec3::ZERO, 0.025, &[(-1.0, 0.0), (-0.65, 0.0), (-0.85, fin + 0.05), (-1.08, fin + 0.05)]);
    wings(kit, (vec3(0.0, high_tail, -0.9), 0.24), (vec3(tail, high_tail, -0.95 - 0.2 * sweep), 0.16), 0.045);
}

fn helicopter(kit: &mut Kit) {
    kit.sides = kit.sides.min(10);
    let (l, w, tall) = (kit.random.range(0.4, 0.7), kit.random.range(0.25, 0.38), kit.random.range(0.3, 0.42));
    let (tail, blades, start) = (kit.random.range(0.7, 1.2), kit.random.whole(2, 5), kit.random.range(0.0, TAU));
    let (span, fin) = (kit.random.range(0.9, 1.3), kit.random.range(0.2, 0.4));
    kit.paint(0);
    kit.ball(Vec3::ZERO, vec3(w, tall, l));
    kit.rod(vec3(0.0, 0.1, -0.3 * l), vec3(0.0, 0.2, -l - tail), 0.6 * w, 0.05);
    side_plate(
        kit,
        Vec3::ZERO,
        0.03,
        &[(-l - tail - 0.12, 0.15 + fin), (-l - tail + 0.05, 0.15 + fin), (-l - tail + 0.2, 0.1), (-l - tail, 0.1)],
    );
    wings(kit, (vec3(0.0, 0.2, 0.25 - l - tail), 0.14), (vec3(0.3, 0.2, 0.22 - l - tail), 0.12), 0.05);
    kit.glass();
    kit.ball(vec3(0.0, 0.06, 0.3 * l), vec3(0.95 * w, 0.82 * tall, 0.74 * l));
    kit.metal();
    kit.rod(0.8 * tall * Vec3::Y, (tall + 0.16) * Vec3::Y, 0.07, 0.06);
    kit.turned((tall + 0.13) * Vec3::Y, Vec3::Y, start, |kit| {
        kit.dark();
        kit.around(blades, |kit| kit.pad(0.5 * span * Vec3::X, vec3(span, 0.045, 0.12), 0.01));
    });
    kit.turned(vec3(0.05, 0.15 + 0.7 * fin, -l - tail + 0.02), Vec3::Y, FRAC_PI_2, |kit| {
        propeller(kit, Vec3::ZERO, blades.min(4), 0.22, 0.07)
    });
    kit.both(|kit| {
        kit.metal();
        let (x, y) = (0.85 * w + 0.05, -tall - 0.13);
        kit.tube(&[(vec3(x, y, -0.8 * l), 0.035), (vec3(x, y, 0.8 * l), 0.035), (vec3(x, y + 0.1, l), 0.035)]);
        for z in [-0.4, 0.4] {
            kit.rod(vec3(0.3 * w, -0.5 * tall, z * l), vec3(x, y, z * l), 0.03, 0.03);
        }
    });
}

fn rocket(kit: &mut Kit) {
    let (tall, r, fat) = (kit.random.range(1.4, 3.2), kit.random.range(0.22, 0.34), kit.random.range(0.65, 1.15));
    let (nose, fins, reach) = (kit.random.range(0.2, 0.4), kit.random.whole(3, 4), kit.random.range(0.15, 0.4));
    let profile = [
        (fat * 0.85, 0.0),
        (fat, 0.15),
        (1.0, 1.0 - nose),
        (0.8, 1.0 - 0.6 * nose),
        (0.45, 1.0 - 0.25 * nose),
        (0.0, 1.0),
    ];
    kit.paint(0);
    kit.lathe(Vec3::ZERO, &profile.map(|(x, y)| vec2(x * r, y * tall)));
    kit.dark();
    kit.lathe(-0.12 * Vec3::Y, &[vec2(0.75 * fat * r, 0.0), vec2(0.4 * r, 0.3)]);
    kit.paint(1);
    let y = (1.0 - nose) * tall;
    kit.rod(vec3(0.0, 0.93 * y, 0.0), vec3(0.0, 0.97 * y, 0.0), 1.06 * r, 1.06 * r);
    let (high, drop) = (kit.random.range(0.3, 0.7), kit.random.range(-0.1, 0.25));
    kit.around(fins, |kit| {
        kit.plate(
            &[vec2(0.3 * r, 0.1), vec2(0.3 * r, high), vec2(r + reach, 0.3 * high - drop), vec2(r + reach, -drop)],
            -0.03,
            0.03,
        )
    });
    if kit.random.chance(0.35) {
        let side = 0.6 * r;
        let booster = [vec2(side, 0.0), vec2(side, 0.45 * tall), vec2(0.0, 0.45 * tall + 0.3)];
        kit.turned(Vec3::ZERO, Vec3::Y, PI / fins as f32, |kit| {
            kit.around(fins, |kit| kit.lathe((0.75 * r + 0.6 * side) * Vec3::X, &booster))
        });
    } else {
        kit.glass();
        spindle(kit, 0.75 * y * Vec3::Y, &[(0.45 * r, 0.5 * r), (0.45 * r, 1.12 * r), (0.3 * r, 1.15 * r)]);
    }
}

fn spaceship(kit: &mut Kit) {
    let tall = kit.random.range(0.12, 0.3);
    kit.paint(0);
    if kit.random.chance(0.4) {
        saucer(kit, tall);
        return;
    }
    let (w, back, span) = (kit.random.range(0.14, 0.3), kit.random.range(0.5, 0.9), kit.random.range(0.5, 1.1));
    let (chord, sweep, droop) = (kit.random.range(0.4, 0.9), kit.random.around(0.5), kit.random.around(0.35));
    along(
        kit,
        &[
            [-back, -0.5 * tall, tall, 0.8 * w, 0.6 * w],
            [0.1, -0.6 * tall, tall, w, 0.7 * w],
            [1.0, -0.3 * tall, 0.1 * tall, 0.3 * w, 0.2 * w],
        ],
    );
    kit.glass();
    kit.ball(vec3(0.0, 0.7 * tall, 0.2), vec3(0.5 * w, 0.7 * tall, 0.35));
    kit.paint(1);
    let pairs = if kit.random.chance(0.3) { vec![0.4, -0.4] } else { vec![droop] };
    let hang = pairs[0];
    for y in pairs {
        wings(kit, (vec3(0.0, 0.0, -0.35), chord), (vec3(span, y, -0.35 - sweep), kit.sides as f32 * 0.01 + 0.1), 0.09);
    }
    let (x, r, gun) =
        (kit.random.range(0.0, 0.5) * span + 0.12, kit.random.range(0.08, 0.15), kit.random.range(0.1, 0.7));
    kit.metal();
    kit.both(|kit| {
        spindle(
            kit,
            vec3(x, hang * x / span, -0.4 - sweep * x / span),
            &[(0.9 * r, -0.45), (r, -0.3), (r, 0.2), (0.6 * r, 0.4)],
        )
    });
    if kit.random.chance(0.6) {
        kit.both(|kit| {
            kit.rod(vec3(0.6 * span, 0.6 * hang, -0.35 - 0.6 * sweep), vec3(0.6 * span, 0.6 * hang, gun), 0.04, 0.03)
        });
    }
}

fn saucer(kit: &mut Kit, tall: f32) {
    let (dome, legs) = (kit.random.range(0.3, 0.5), kit.random.whole(0, 4));
    kit.lathe(
        Vec3::ZERO,
        &[(0.35, -tall), (0.8, -0.5 * tall), (1.0, 0.0), (0.75, 0.5 * tall), (0.4, tall)].map(|(x, y)| vec2(x, y)),
    );
    kit.glass();
    kit.ball(0.8 * tall * Vec3::Y, vec3(dome, 0.9 * dome, dome));
    kit.gold();
    kit.around(8, |kit| kit.ball(vec3(0.82, 0.3 * tall, 0.0), Vec3::splat(0.08)));
    if legs > 2 {
        kit.around(legs, |kit| kit.tube(&[(vec3(0.5, -0.4 * tall, 0.0), 0.05), (vec3(0.75, -tall - 0.35, 0.0), 0.04)]));
    }
}

fn airship(kit: &mut Kit) {
    let (r, hang, w) = (kit.random.range(0.7, 1.0), kit.random.range(0.25, 0.6), kit.random.range(0.22, 0.34));
    kit.paint(0);
    if kit.random.chance(0.5) {
        // A balloon and its basket.
        let neck = kit.random.range(0.25, 0.4);
        let shape = [(neck, -1.15), (0.72, -0.65), (0.97, -0.15), (0.95, 0.25), (0.7, 0.65), (0.35, 0.88), (0.0, 0.95)];
        kit.lathe(Vec3::ZERO, &shape.map(|(x, y)| vec2(r * x, y)));
        let low = -1.15 - hang;
        kit.wood();
        let tall = kit.random.range(0.25, 0.4);
        kit.lathe(
            (low - tall) * Vec3::Y,
            &[vec2(0.85 * w, 0.0), vec2(w, tall), vec2(w - 0.05, tall), vec2(w - 0.07, 0.06)],
        );
        kit.four(|kit| {
            kit.rod(vec3(0.6 * w, low - 0.1, 0.6 * w), vec3(0.5 * neck * r, -1.05, 0.5 * neck * r), 0.03, 0.03)
        });
        return;
    }
    let l = kit.random.range(1.1, 2.2);
    spindle(
        kit,
        Vec3::ZERO,
        &[(0.08, -l), (0.3, -0.8 * l), (0.5, -0.3 * l), (0.52, 0.2 * l), (0.42, 0.65 * l), (0.2, 0.93 * l), (0.0, l)],
    );
    kit.paint(1);
    let fin = [vec2(0.0, -0.95 * l), vec2(0.6, -0.95 * l), vec2(0.55, -0.75 * l), vec2(0.0, -0.5 * l)];
    forward(kit, Vec3::ZERO, |kit| kit.around(4, |kit| kit.plate(&fin, -0.03, 0.03)));
    cabin(kit, [-0.45, 0.17, -0.3 * l, 0.3 * l], [-0.62, 0.12, -0.25 * l, 0.2 * l]);
}
