//! Toys, game pieces and likenesses of parts of people.

use glam::{Vec3, vec3};

use super::Kind;
use super::kit::Kit;
use super::parts::{lathed, side_plate};

pub const KINDS: &[Kind] = &[
    ("snowman", snowman),
    ("ghost", ghost),
    ("chess piece", chess),
    ("teddy bear", teddy),
    ("carved skull", skull),
    ("carved hand", hand),
];

fn snowman(kit: &mut Kit) {
    let (count, flat) = (kit.random.whole(2, 3), kit.random.range(0.8, 1.0));
    let shrink = kit.random.range(0.62, 0.82);
    let (mut y, mut r) = (0.75 * flat, 1.0);
    for k in 0..count {
        kit.white();
        kit.ball(y * Vec3::Y, vec3(r, flat * r, r));
        kit.dark();
        if k > 0 {
            kit.sided(6, |kit| kit.ball(vec3(0.0, y, r), Vec3::splat(0.08)));
        }
        if k + 2 == count {
            kit.wood();
            let rise = kit.random.range(-0.3, 0.8);
            kit.both(|kit| kit.rod(vec3(0.5 * r, y, 0.0), vec3(1.9 * r, y + rise, 0.2), 0.07, 0.05));
        }
        y += if k + 1 < count { 0.82 * flat * r * (1.0 + shrink) } else { 0.0 };
        r *= if k + 1 < count { shrink } else { 1.0 };
    }
    let nose = kit.random.range(0.4, 1.0);
    kit.sided(6, |kit| {
        kit.both(|kit| kit.ball(vec3(0.35 * r, y + 0.25 * r, 0.85 * r), Vec3::splat(0.13 * r)));
        kit.hsv(0.07, 0.9, 0.9);
        kit.rod(vec3(0.0, y, 0.8 * r), vec3(0.0, y, (1.0 + nose) * r), 0.16 * r, 0.02);
    });
    kit.paint(0);
    if kit.random.chance(0.5) {
        kit.ring((y - 0.75 * flat * r) * Vec3::Y, Vec3::Y, 0.65 * r, 0.2 * r);
    }
    let (brim, tall, tip) = (kit.random.range(1.0, 1.6), kit.random.range(0.5, 1.4), kit.random.pick(&[0.1, 0.7, 0.8]));
    if kit.random.chance(0.75) {
        let profile = [(brim, 0.0), (brim, 0.15), (0.8, 0.16), (tip, tall)];
        kit.turned(vec3(0.0, y + 0.5 * r, -0.1 * r), Vec3::X, -0.15, |kit| {
            lathed(kit, Vec3::ZERO, Vec3::splat(r), &profile)
        });
    }
}

fn ghost(kit: &mut Kit) {
    let (tall, hem) = (kit.random.range(0.9, 1.8), kit.random.range(0.8, 1.3));
    let (eye, folds, reach) = (kit.random.range(0.1, 0.2), kit.random.whole(5, 9), kit.random.range(-0.2, 0.6));
    kit.white();
    lathed(kit, Vec3::ZERO, vec3(1.0, tall, 1.0), &[(hem, 0.0), (0.8, 0.5), (0.72, 1.0)]);
    kit.ball(tall * Vec3::Y, vec3(0.74, 0.8, 0.74));
    if kit.random.chance(0.7) {
        kit.both(|kit| kit.rod(vec3(0.4, tall - 0.2, 0.0), vec3(1.2, tall + reach - 0.3, 0.4), 0.3, 0.14));
    }
    kit.carve(|kit| {
        kit.around(folds, |kit| {
            kit.rod(vec3(hem, -0.1, 0.0), vec3(0.6 * hem, 0.35, 0.0), 0.6 * hem / folds as f32 + 0.1, 0.05)
        });
        kit.dark();
        kit.both(|kit| kit.ball(vec3(0.25, tall + 0.2, 0.68), vec3(eye, 1.5 * eye, 0.15)));
    });
}

fn chess(kit: &mut Kit) {
    let (rank, h, r) = (kit.random.whole(0, 5), kit.random.range(1.2, 2.6), kit.random.range(0.22, 0.4));
    kit.sides = kit.sides.max(10);
    let (foot, collar, top) = (kit.random.range(0.55, 0.75), kit.random.range(1.3, 1.8) * r, h * Vec3::Y);
    kit.paint(0);
    let stem = [(foot, 0.0), (foot, 0.08 * h), (0.75 * foot, 0.2 * h), (r, 0.35 * h), (0.75 * r, 0.97 * h)];
    lathed(kit, Vec3::ZERO, Vec3::ONE, &stem);
    lathed(kit, 0.8 * top, Vec3::ONE, &[(0.7 * r, 0.0), (collar, 0.07), (collar, 0.13), (0.7 * r, 0.2)]);
    let flare = [(0.7 * r, -0.3), (1.4 * r, 0.5), (1.2 * r, 0.55), (0.3 * r, 0.65), (0.0, 0.7)];
    match rank {
        0 => kit.ball(top, 1.35 * r * Vec3::ONE),
        1 => {
            lathed(kit, top, Vec3::ONE, &[(r, -0.4), (1.5 * r, 0.1), (1.5 * r, 0.5)]);
            kit.carve(|kit| {
                kit.at(top, |kit| {
                    lathed(kit, Vec3::ZERO, Vec3::ONE, &[(r, 0.2), (r, 1.0)]);
                    kit.around(5, |kit| kit.block(vec3(1.3 * r, 0.5, 0.0), vec3(r, 0.4, 0.5 * r)));
                })
            });
        }
        2 => {
            kit.ball(top + 0.2 * Vec3::Y, r * vec3(1.25, 1.7, 1.25));
            kit.ball(top + (0.2 + 1.75 * r) * Vec3::Y, 0.3 * r * Vec3::ONE);
        }
        3 => {
            let horse =
                [(-1.3, 0.0), (1.2, 0.0), (0.6, 1.3), (1.7, 1.2), (1.9, 1.8), (0.8, 2.7), (0.3, 3.2), (-0.9, 2.3)];
            side_plate(kit, 0.5 * top, 0.6 * r, &horse.map(|(x, y)| (r * x, r * y)));
        }
        _ => {
            lathed(kit, top, Vec3::ONE, &flare);
            let peak = top + 0.75 * Vec3::Y;
            if rank == 4 {
                kit.ball(peak, 0.4 * r * Vec3::ONE);
            } else {
                kit.block(peak, vec3(0.25 * r, 1.4 * r, 0.25 * r));
                kit.block(peak + 0.2 * r * Vec3::Y, vec3(0.9 * r, 0.25 * r, 0.26 * r));
            }
        }
    }
}

fn teddy(kit: &mut Kit) {
    kit.sides = kit.sides.min(12);
    let (belly, fat, deep) = (kit.random.range(0.7, 1.1), kit.random.range(0.24, 0.36), kit.random.range(0.75, 1.0));
    let (head, ear, sits) = (kit.random.range(0.6, 0.85), kit.random.range(0.2, 0.34), kit.random.chance(0.6));
    let (long, reach) =
        (kit.random.range(0.6, 1.0), vec3(0.9, kit.random.range(-0.8, 0.6), kit.random.range(0.1, 0.9)));
    let c = vec3(0.0, belly + 0.75 * head, 0.08);
    kit.hsv(0.07, 0.55, 0.65);
    kit.ball(Vec3::ZERO, vec3(0.75, belly, 0.72 * deep));
    kit.ball(c, head * vec3(1.05, 0.95, 0.95));
    kit.both(|kit| {
        kit.ball(c + head * vec3(0.72, 0.72, -0.1), ear * vec3(1.0, 1.0, 0.6));
        let arm = vec3(0.5, 0.55 * belly, 0.0);
        kit.rod(arm, arm + long * reach, 0.85 * fat, fat);
        kit.ball(arm + long * reach, Vec3::splat(1.05 * fat));
        let hip = vec3(0.4, -0.65 * belly, 0.1);
        let foot = hip + if sits { vec3(0.3, -0.1, 0.6 + 0.5 * long) } else { vec3(0.1, -long, 0.0) };
        kit.rod(hip, foot, 1.1 * fat, fat);
        kit.ball(foot + if sits { 0.1 * Vec3::Y } else { 0.15 * Vec3::Z }, fat * vec3(1.0, 1.2, 1.2));
    });
    kit.hsv(0.09, 0.3, 0.85);
    kit.ball(c + head * vec3(0.0, -0.25, 0.8), head * vec3(0.45, 0.38, 0.5));
    kit.sided(6, |kit| {
        kit.dark();
        kit.ball(c + head * vec3(0.0, -0.1, 1.25), 0.13 * head * Vec3::ONE);
        kit.both(|kit| kit.ball(c + head * vec3(0.4, 0.2, 0.83), 0.12 * head * Vec3::ONE));
    });
}

pub(super) fn skull(kit: &mut Kit) {
    let (long, jaw, eye) = (kit.random.range(0.95, 1.2), kit.random.range(0.5, 0.75), kit.random.range(0.2, 0.28));
    let gap = kit.random.range(-0.1, 0.12);
    kit.hsv(0.12, 0.15, 0.9);
    let tall = kit.random.range(0.7, 0.9);
    kit.ball(vec3(0.0, 0.2, -0.1), vec3(0.8, tall, long));
    kit.frustum(vec3(0.0, -0.62, 0.4), vec3(1.4 * jaw, 0.8, 0.7), vec3(1.3, 0.0, 0.95), Vec3::ZERO);
    if kit.random.chance(0.8) {
        kit.pad(vec3(0.0, -0.8 - gap, 0.42), vec3(1.5 * jaw, 0.3, 0.75), 0.1);
        kit.both(|kit| kit.rod(vec3(0.7 * jaw, -0.85 - gap, 0.3), vec3(0.6, -0.1, 0.0), 0.14, 0.16));
    }
    kit.carve(|kit| {
        kit.dark();
        kit.both(|kit| kit.ball(vec3(0.33, 0.0, 0.85), vec3(eye, eye, 0.4)));
        kit.rod(vec3(0.0, -0.45, 0.95), vec3(0.0, -0.15, 0.9), 0.15, 0.03);
    });
}

/// Of the right or the left.
fn hand(kit: &mut Kit) {
    let side = kit.random.pick(&[1.0, -1.0]);
    kit.scaled(Vec3::ZERO, vec3(side, 1.0, 1.0), left_hand);
}

/// Open, a fist, pointing, two or one finger up, half closed.
fn left_hand(kit: &mut Kit) {
    let (raised, size) = (kit.random.pick(&[15, 15, 0, 1, 3, 9, 15]), kit.random.range(0.85, 1.2));
    let (bend, fan, long) = (kit.random.range(0.0, 0.5), kit.random.range(0.0, 0.14), kit.random.range(0.28, 0.4));
    let (thumb, wrist, r) = (kit.random.range(0.0, 1.0), kit.random.range(0.3, 1.2), kit.random.range(0.1, 0.13));
    kit.skin();
    kit.pad(0.5 * Vec3::Y, vec3(0.92 * size, 1.1, 0.32), 0.14);
    kit.scaled(Vec3::ZERO, vec3(1.0, 1.0, 0.75), |kit| kit.rod(0.2 * Vec3::Y, -wrist * Vec3::Y, 0.34, 0.32));
    kit.sided(6, |kit| {
        for k in 0..4 {
            let (x, curl) = (size * (0.23 * k as f32 - 0.345), if raised >> k & 1 == 1 { bend } else { 1.55 });
            let mut last = vec3(x, 0.95, 0.0);
            for joint in 0..3 {
                let (turned, thick) = (curl * (joint as f32 + 0.65), r * (1.0 - 0.07 * joint as f32));
                let span = long * [0.75, 1.0, 1.1, 1.0, 0.8][k + 1] * if joint > 0 { 0.8 } else { 1.1 };
                let way = vec3((k as f32 - 1.5) * fan, libm::cosf(turned), libm::sinf(turned));
                kit.rod(last - 0.6 * thick * way, last + span * way, thick, 0.94 * thick);
                last += span * way;
                if joint == 2 || curl > 0.5 {
                    kit.ball(last, Vec3::splat(0.92 * thick));
                }
            }
        }
        let way = vec3(-0.4 - 0.25 * thumb, 0.35, 0.25 - 0.2 * thumb);
        let (base, knuckle) = (vec3(-0.3 * size, 0.2, 0.05), vec3(-0.3 * size, 0.25, 0.05) + way);
        let tip = knuckle + vec3(-0.1 * thumb, 0.35, 0.05);
        kit.tube(&[(base, 0.18), (knuckle, 0.14), (tip, 0.12)]);
        kit.ball(tip, Vec3::splat(0.12));
    });
}
