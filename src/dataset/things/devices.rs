//! Things that sound, shine and reach out.

use std::f32::consts::PI;

use glam::{Vec3, vec2, vec3};

use super::Kind;
use super::kit::Kit;
use super::parts::{disc, round_outline};

pub const KINDS: &[Kind] = &[("headphones", headphones), ("speaker", speaker), ("trophy", trophy), ("arm", arm)];

fn headphones(kit: &mut Kit) {
    let (wide, tall, thick) = (kit.random.range(0.7, 0.95), kit.random.range(0.8, 1.2), kit.random.range(0.05, 0.09));
    let (cup, deep, is_round) = (kit.random.range(0.25, 0.5), kit.random.range(0.1, 0.2), kit.random.chance(0.6));
    let band = kit.random.range(1.0, 3.0);
    kit.paint(0);
    kit.scaled(Vec3::ZERO, vec3(wide, tall, band), |kit| kit.arc(Vec3::ZERO, Vec3::Z, 1.0, thick, -0.1, PI + 0.1));
    kit.both(|kit| {
        kit.paint(1);
        if is_round {
            let tall = kit.random.range(1.0, 1.3);
            kit.scaled(vec3(wide, -0.1, 0.0), vec3(1.0, tall, 1.0), |kit| {
                kit.rod(vec3(-deep, 0.0, 0.0), vec3(0.08, 0.0, 0.0), cup, 0.85 * cup);
                kit.ring(vec3(-deep, 0.0, 0.0), Vec3::X, 0.72 * cup, 0.28 * cup);
            });
        } else {
            kit.pad(vec3(wide - 0.4 * deep, -0.1, 0.0), vec3(2.0 * deep, 2.2 * cup, 1.6 * cup), 0.12);
        }
        kit.rod(vec3(wide + 0.02, -0.3, 0.0), vec3(wide + 0.02, 0.2, 0.0), 0.07, 0.07);
    });
    if kit.random.chance(0.35) {
        let reach = kit.random.range(0.4, 0.8);
        kit.dark();
        kit.tube(&[
            (vec3(wide, -0.1, 0.1), 0.05),
            (vec3(wide, -0.4, reach), 0.05),
            (vec3(0.5, -0.5, reach + 0.1), 0.07),
        ]);
    }
}

/// Loudspeakers and radios.
fn speaker(kit: &mut Kit) {
    kit.sides = kit.sides.min(12);
    let is_radio = kit.random.chance(0.5);
    let w = if is_radio { kit.random.range(1.2, 2.2) } else { kit.random.range(0.5, 0.9) };
    let (d, round) = (kit.random.range(0.3, 0.9), kit.random.range(0.01, 0.2));
    kit.paint(0);
    kit.pad(Vec3::ZERO, vec3(w, 1.0, d), round);
    let front = 0.5 * d - 0.04;
    let spots = if is_radio {
        let twin = kit.random.chance(0.6);
        let x = 0.5 * w - 0.38;
        if twin { vec![vec3(-x, -0.08, 0.3), vec3(x, -0.08, 0.3)] } else { vec![vec3(-x, 0.0, 0.34)] }
    } else {
        let low = kit.random.range(0.32, 0.42) * w;
        vec![vec3(0.0, -0.48 + low, low), vec3(0.0, 0.28, kit.random.range(0.1, 0.18))]
    };
    let is_sunk = kit.random.chance(0.5);
    for spot in spots {
        let (at, size) = (vec3(spot.x, spot.y, front), spot.z);
        kit.dark();
        if is_sunk {
            kit.carve(|kit| kit.rod(at - 0.3 * size * Vec3::Z, at + 0.1 * Vec3::Z, 0.3 * size, 0.9 * size));
        } else {
            disc(kit, at, 0.8 * size, 0.06);
        }
        kit.paint(1);
        kit.ring(at + 0.04 * Vec3::Z, Vec3::Z, 0.88 * size, 0.05);
        kit.ball(at - 0.15 * size * Vec3::Z, Vec3::splat(0.35 * size));
    }
    if is_radio {
        kit.paint(2);
        kit.block(vec3(0.1, 0.36, front), vec3(0.5 * w, 0.14, 0.12));
        let (knob, lift) = (kit.random.range(0.06, 0.1), kit.random.range(0.1, 0.4));
        kit.both(|kit| disc(kit, vec3(0.42 * w, 0.36, front), knob, 0.12));
        if kit.random.chance(0.6) {
            let reach = kit.random.range(0.6, 0.95) * 0.5 * w;
            let path = [
                vec3(-reach, 0.4, 0.0),
                vec3(-reach, 0.5 + lift, 0.0),
                vec3(reach, 0.5 + lift, 0.0),
                vec3(reach, 0.4, 0.0),
            ];
            kit.tube(&path.map(|p| (p, 0.05)));
        }
    } else if kit.random.chance(0.5) {
        kit.four(|kit| kit.rod(vec3(0.35 * w, -0.62, 0.35 * d), vec3(0.33 * w, -0.4, 0.3 * d), 0.05, 0.08));
    }
}

fn trophy(kit: &mut Kit) {
    let (base, stem) = (kit.random.range(0.3, 0.5), kit.random.range(0.15, 0.7));
    kit.paint(0);
    let tiers = kit.random.whole(1, 3);
    let is_round = kit.random.chance(0.5);
    for k in 0..tiers {
        let (size, y) = (base * (1.0 - 0.2 * k as f32), 0.17 * k as f32);
        if is_round {
            kit.rod(y * Vec3::Y, (y + 0.2) * Vec3::Y, size, size);
        } else {
            kit.block((y + 0.1) * Vec3::Y, vec3(2.0 * size, 0.2, 2.0 * size));
        }
    }
    let low = 0.17 * tiers as f32 - 0.02;
    let top = low + stem;
    kit.gold();
    kit.lathe(low * Vec3::Y, &[vec2(0.2, 0.0), vec2(0.07, 0.4 * stem), vec2(0.06, 0.8 * stem), vec2(0.14, stem + 0.1)]);
    match kit.random.whole(0, 5) {
        0 => kit.ball((top + 0.35) * Vec3::Y, Vec3::splat(0.4)),
        1 => {
            let (d, inner) = (kit.random.range(0.06, 0.2), kit.random.range(0.4, 0.6));
            let star = |angle: f32| if libm::cosf(5.0 * angle) > 0.0 { 0.5 } else { 0.5 * inner };
            kit.turned((top + 0.22) * Vec3::Y, Vec3::Z, 0.5 * PI, |kit| kit.plate(&round_outline(10, star), -d, d));
        }
        _ => {
            let (rim, tall, ear) =
                (kit.random.range(0.3, 0.6), kit.random.range(0.5, 1.0), kit.random.range(0.12, 0.3));
            let belly = kit.random.range(0.6, 1.1) * rim;
            let cup = [vec2(0.1, 0.0), vec2(0.85 * belly, 0.25 * tall), vec2(belly, 0.55 * tall), vec2(rim, tall)];
            let inside = [vec2(rim - 0.07, tall), vec2(belly - 0.08, 0.55 * tall), vec2(0.0, 0.25 * tall)];
            kit.lathe(top * Vec3::Y, &[&cup[..], &inside].concat());
            if kit.random.chance(0.8) {
                let at = vec3(belly.min(rim) - 0.03, top + 0.62 * tall, 0.0);
                kit.both(|kit| {
                    kit.scaled(at, vec3(1.0, 0.25 * tall / ear, 1.0), |kit| {
                        kit.arc(Vec3::ZERO, Vec3::Z, ear, 0.05, -1.8, 1.8)
                    });
                });
            }
        }
    }
}

/// Robot arms and lamps on arms.
fn arm(kit: &mut Kit) {
    let (thick, base, is_lamp) = (kit.random.range(0.06, 0.2), kit.random.range(0.3, 0.5), kit.random.chance(0.5));
    let mut at = 0.12 * Vec3::Y;
    let mut angle = kit.random.range(1.2, 2.2);
    kit.sides = kit.sides.min(12);
    kit.paint(0);
    kit.rod(Vec3::ZERO, 0.15 * Vec3::Y, base, 0.8 * base);
    kit.rod(Vec3::ZERO, 0.2 * Vec3::Y, 0.5 * base, 0.4 * base);
    for k in 0..kit.random.whole(2, 3) {
        let (long, size) = (kit.random.range(0.5, 1.0), thick * (1.0 - 0.2 * k as f32));
        let next = at + long * vec3(0.0, libm::sinf(angle), libm::cosf(angle));
        kit.paint(k);
        kit.rod(at, next, size, 0.8 * size);
        kit.metal();
        kit.rod(next - 1.4 * size * Vec3::X, next + 1.4 * size * Vec3::X, 1.3 * size, 1.3 * size);
        (at, angle) = (next, angle - kit.random.range(0.6, 1.3));
    }
    let way = vec3(0.0, libm::sinf(angle), libm::cosf(angle));
    kit.paint(2);
    if is_lamp {
        let (long, wide) = (kit.random.range(0.3, 0.6), kit.random.range(0.25, 0.5));
        kit.rod(at - 0.1 * way, at + long * way, 0.12, wide);
        kit.carve(|kit| kit.rod(at + 0.4 * long * way, at + 1.2 * long * way, 0.1, wide));
        return kit.ball(at + 0.4 * long * way, Vec3::splat(0.17));
    }
    let (grip, reach) = (kit.random.range(0.1, 0.25), kit.random.range(0.2, 0.45));
    kit.rod(at, at + 0.25 * way, thick, 0.8 * thick);
    let claw = [(0.0, 0.2), (grip, 0.2 + 0.5 * reach), (0.6 * grip, 0.25 + reach)];
    kit.both(|kit| kit.tube(&claw.map(|(x, far)| (at + vec3(x, 0.0, 0.0) + far * way, 0.06))));
}
