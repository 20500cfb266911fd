//! Animals of the sea, and small ones of many legs.

use std::f32::consts::{FRAC_PI_2, PI};

use glam::{Vec3, vec2, vec3};

use super::Kind;
use super::fauna::{coat, eyes, flesh, head, horn, limb};
use super::kit::Kit;
use super::parts::{dome, forward, hue, leaf, polar, side_plate, sizes};

pub const KINDS: &[Kind] =
    &[("crab", crab), ("insect", insect), ("whale", whale), ("seal", seal), ("shore life", shore)];

fn pincers(kit: &mut Kit, [w, l, y]: [f32; 3], grip: f32) {
    let (out, ahead, big) = (kit.random.range(0.1, 0.35), kit.random.range(0.2, 0.4), kit.random.range(0.8, 1.5));
    for (side, grip) in [(1.0, grip), (-1.0, grip * big)] {
        let (root, hand) = (vec3(0.6 * side * w, y, 0.6 * l), vec3(side * (w + 0.5 * out), y + 0.05, l + ahead));
        limb(kit, &[(root, 0.05), (vec3(side * (w + out), y + 0.04, 0.7 * l + 0.3 * ahead), 0.05), (hand, 0.05)]);
        kit.ball(hand, grip * vec3(0.7, 0.5, 1.0));
        for x in [-0.45, 0.45] {
            limb(
                kit,
                &[
                    (hand + grip * vec3(x, 0.0, 0.4), 0.36 * grip),
                    (hand + grip * vec3(1.2 * x, 0.0, 1.2), 0.3 * grip),
                    (hand + grip * vec3(0.4 * x, 0.0, 2.0), 0.1 * grip),
                ],
            );
        }
    }
}

/// A lobster's tail or a scorpion's.
fn hind(kit: &mut Kit, y: f32, bow: f32, has_sting: bool) {
    let curl = if has_sting { 1.2 } else { 0.0 };
    let at = |t: f32| {
        vec3(0.0, y + curl * bow * t * t * 0.7, 0.35 * libm::sinf(curl * 2.0 * t) - 0.15 - (1.0 - 0.4 * curl) * t)
    };
    for j in 0..6 {
        let t = 0.14 * j as f32;
        kit.ball(at(t), Vec3::splat(0.13 - 0.011 * j as f32));
    }
    if !has_sting {
        (0..5).for_each(|j| leaf(kit, at(0.68), [FRAC_PI_2 * 3.0 - 1.0 + 0.5 * j as f32, 0.0], [-0.25, 0.12], 0.0));
    } else {
        limb(kit, &[(at(0.7), 0.07), (at(0.7) + vec3(0.0, 0.1, 0.12), 0.02)]);
    }
}

/// Crabs, lobsters, spiders and scorpions.
fn crab(kit: &mut Kit) {
    hue(kit, &[0.0, 0.05, 0.1, 0.6]);
    kit.sides = kit.sides.min(12);
    let kind = kit.random.whole(0, 3);
    let [w, l, reach, knee, grip, bow] =
        sizes(kit, [(0.85, 1.2), (0.85, 1.2), (0.3, 0.7), (0.02, 0.3), (0.1, 0.18), (0.4, 1.0)]);
    let (w, l, y) = (w * [0.4, 0.15, 0.2, 0.17][kind], l * [0.28, 0.3, 0.22, 0.28][kind], 0.12 + 0.4 * knee);
    kit.ball(y * Vec3::Y, vec3(w, [0.14, 0.12, 0.13, 0.1][kind], l));
    match kind {
        1 | 3 => {
            hind(kit, y, bow, kind == 3);
        }
        2 => kit.ball(vec3(0.0, y + 0.08, -1.9 * l), vec3(1.4 * w, 0.25, 1.35 * l)),
        _ => {}
    }
    for j in 0..4 {
        let angle = 0.8 - 0.5 * j as f32;
        let (c, s) = (libm::cosf(angle), libm::sinf(angle));
        let to = |q: f32, y: f32| vec3(0.6 * w + q * c, y, 0.7 * l * s + q * s);
        kit.both(|kit| {
            limb(kit, &[(to(-0.05, y), 0.045), (to(0.5 * reach, y + knee), 0.04), (to(reach, 0.02), 0.022)])
        });
    }
    if kind != 2 {
        pincers(kit, [w, l, y], grip);
    }
    kit.both(|kit| limb(kit, &[(vec3(0.08, y, 0.85 * l), 0.03), (vec3(0.09, y + 0.15, 0.98 * l), 0.03)]));
    eyes(kit, vec3(0.09, y + 0.17, 0.99 * l), 0.035);
}

/// What is on an insect's back: wing cases or wings.
fn cover(kit: &mut Kit, kind: usize, [r, long, raise, span]: [f32; 4]) {
    if kind == 1 {
        let open = kit.random.pick(&[0.0, 0.0, 0.7]);
        kit.both(|kit| {
            kit.turned(vec3(0.0, 0.1 * r, 0.1 * long), Vec3::Y, open, |kit| {
                kit.ball(vec3(0.42 * r, 0.2 * r, -0.6 * long), vec3(0.6 * r, 0.9 * r, 0.75 * long));
            })
        });
    } else {
        let pair: [[[f32; 2]; 2]; 2] = if kind == 2 {
            [[[0.5, 1.0], [0.8, 0.75]], [[-0.5, 0.75], [0.7, 0.6]]]
        } else {
            [[[-0.2, 0.9], [0.4, 0.3]], [[-0.7, 0.65], [0.3, 0.25]]]
        };
        kit.both(|kit| {
            kit.turned(vec3(0.0, 0.3 * r, 0.0), Vec3::Z, raise, |kit| {
                for [[heading, k], [wide, _]] in pair {
                    leaf(kit, vec3(0.0, 0.01 * k, 0.05), [-heading, 0.0], [k * span, wide * span], 0.05);
                }
            });
        });
    }
}

/// Bees, beetles, butterflies.
fn insect(kit: &mut Kit) {
    let kind = kit.random.whole(0, 2);
    kit.hsv([0.13, 0.0, 0.1][kind], 0.8, [0.9, 0.7, 0.3][kind]);
    let [r, long, raise, span, y] = sizes(kit, [(0.85, 1.2), (0.85, 1.2), (-0.1, 1.1), (0.4, 0.8), (0.15, 0.25)]);
    let (r, long) = (r * [0.19, 0.3, 0.07][kind], 0.4 * long);
    kit.at(y * Vec3::Y, |kit| {
        flesh(
            kit,
            1.0,
            &[
                (-long * Vec3::Z, 0.4 * r),
                (-0.45 * long * Vec3::Z, r),
                (0.1 * long * Vec3::Z, 0.7 * r),
                (0.3 * long * Vec3::Z, 0.75 * r),
            ],
        );
        kit.ball(0.62 * long * Vec3::Z, (0.75 * r).max(0.07) * vec3(1.0, 0.9, 0.9));
        kit.dark();
        if kind == 0 {
            for (z, k) in [(-0.75, 0.82), (-0.4, 1.05), (0.0, 0.85)] {
                kit.rod(vec3(0.0, 0.0, z * long - 0.04), vec3(0.0, 0.0, z * long + 0.03), k * r, k * r);
            }
        }
        kit.both(|kit| {
            limb(kit, &[(vec3(0.03, 0.3 * r, 0.65 * long), 0.022), (vec3(0.13, 0.12 + r, 0.95 * long), 0.02)])
        });
        let eye = (0.75 * r).max(0.07);
        kit.both(|kit| kit.ball(vec3(0.6 * eye, 0.3 * eye, 0.62 * long + 0.6 * eye), Vec3::splat(0.4 * eye)));
        for j in 0..3 {
            let z = 0.2 * (j as f32 - 1.0);
            let (knee, foot) = (vec3(r + 0.12, 0.0, 1.6 * z), vec3(r + 0.2, -y, 2.2 * z));
            kit.both(|kit| limb(kit, &[(vec3(0.3 * r, -0.2 * r, z * 0.7), 0.025), (knee, 0.022), (foot, 0.02)]));
        }
        kit.paint(1);
        cover(kit, kind, [r, long, raise, span]);
    });
}

/// Sharks, whales, dolphins.
fn whale(kit: &mut Kit) {
    let (kind, open) = (kit.random.whole(0, 2), kit.random.range(0.1, 0.4));
    coat(kit, 0.58, 0.3, 0.55);
    let [r, bend, up, span, tall, wide] =
        sizes(kit, [(0.8, 1.25), (-0.2, 0.2), (-0.15, 0.3), (0.2, 0.36), (0.1, 0.22), (0.85, 1.15)]);
    let r = r * [0.15, 0.24, 0.16][kind];
    let on = |z: f32, k: f32| (vec3(bend * z * z, up * z * z, z), k * r);
    let nose = [[0.65, 0.15], [0.85, 0.6], [0.6, 0.35]][kind];
    flesh(
        kit,
        wide,
        &[on(-0.62, 0.15), on(-0.4, 0.4), on(-0.1, 0.85), on(0.2, 1.0), on(0.42, nose[0]), on(0.56, nose[1])],
    );
    if kind == 2 {
        limb(kit, &[(on(0.5, 0.0).0 - 0.03 * Vec3::Y, 0.05), (on(0.72, 0.0).0 - 0.05 * Vec3::Y, 0.03)]);
    }
    let root = on(-0.58, 0.0).0;
    let fluke =
        [(0.08, 0.05), (-0.25, 0.75), (-0.38, 0.95), (-0.22, 0.2), (-0.2, 0.0)].map(|(z, x)| (span * z, span * x));
    if kind == 0 {
        let low = kit.random.range(0.5, 0.9);
        let lower = fluke.iter().rev().map(|&(z, y)| (z, -low * y));
        side_plate(kit, root, 0.02, &fluke.iter().copied().chain(lower.skip(1)).collect::<Vec<_>>());
    } else {
        let outline: Vec<_> = fluke.iter().map(|&(z, x)| vec2(x - 0.02, z)).collect();
        forward(kit, root, |kit| kit.both(|kit| kit.plate(&outline, -0.02, 0.02)));
    }
    let fin = [(0.12, -0.5), (-0.06, 1.0), (-0.12, 1.0), (-0.1, -0.5)].map(|(z, y)| (z, tall * y));
    side_plate(kit, on(-0.02 - 0.2 * f32::from(kind == 1), 0.0).0 + 0.8 * r * Vec3::Y, 0.02, &fin);
    let (out, droop) = (kit.random.range(0.18, 0.34), kit.random.range(0.1, 0.8));
    let flipper = vec3(0.6 * wide * r, -0.45 * r, 0.25);
    kit.both(|kit| leaf(kit, flipper, [-0.5, -droop], [out, 0.13], 0.1));
    eyes(kit, on(0.42, 0.0).0 + vec3(0.9 * nose[0] * r * wide, 0.05 * r, 0.0), 0.02);
    if kind == 1 {
        kit.carve(|kit| kit.block(on(0.66, 0.0).0 - 0.2 * r * Vec3::Y, vec3(2.0 * r, open * 0.16, 0.3)));
    }
}

/// Seals, sea lions and walruses, some with a ball.
fn seal(kit: &mut Kit) {
    coat(kit, 0.07, 0.3, 0.4);
    let (is_walrus, [r, rise, long, s]) =
        (kit.random.chance(0.4), sizes(kit, [(0.17, 0.25), (0.15, 0.6), (0.5, 0.75), (0.12, 0.16)]));
    let chest = vec3(0.0, r + 0.35 * rise, 0.12);
    let crown = chest + vec3(0.0, 0.15 + 0.4 * rise, 0.16);
    let path = [
        (vec3(0.0, 0.06, -long), 0.05),
        (vec3(0.0, 0.6 * r, -0.6 * long), 0.6 * r),
        (vec3(0.0, r, -0.15), r),
        (chest, 0.95 * r),
        (crown, 0.8 * s),
    ];
    flesh(kit, 1.1, &path);
    let (out, flip) = (kit.random.range(0.2, 0.32), kit.random.range(0.0, 0.8));
    kit.both(|kit| {
        leaf(kit, vec3(0.01, 0.06, -long + 0.04), [1.2 + PI, flip], [-0.3, 0.14], 0.0);
        let (root, tip) = (chest + vec3(0.75 * r, -0.3 * r, 0.0), vec3(r + out, 0.02, 0.22));
        limb(kit, &[(root, 0.07), (root.lerp(tip, 0.6) - 0.04 * Vec3::Y, 0.06), (tip, 0.035)]);
    });
    let ball = kit.random.chance(0.25);
    head(kit, crown + 0.03 * Vec3::Y, [s, 0.85, 0.4, 0.5, 0.2], 0, |kit| {
        if is_walrus {
            horn(kit, [[0.25, -0.4, 0.9], [0.3, -1.0, 1.0], [0.3, -1.6, 0.9]], 0.14);
            kit.both(|kit| kit.ball(vec3(0.25, -0.25, 0.9), Vec3::splat(0.42)));
        } else if ball {
            kit.paint(1);
            kit.ball(vec3(0.0, 1.0, 1.5), Vec3::splat(1.1));
        }
    });
}

fn scallop(kit: &mut Kit) {
    let ribs = kit.random.whole(7, 11);
    let bulge = kit.random.range(0.1, 0.25);
    for j in 0..ribs {
        let angle = 0.45 + (PI - 0.9) * j as f32 / (ribs - 1) as f32;
        let at = |q: f32, z: f32| vec3(q * libm::cosf(angle), q * libm::sinf(angle), z);
        let path = [(at(0.0, 0.0), 0.06), (at(0.3, bulge), 0.09), (at(0.6, 0.5 * bulge), 0.11), (at(0.7, 0.0), 0.07)];
        flesh(kit, 1.0, &path);
    }
    kit.block(0.03 * Vec3::Y, vec3(0.35, 0.12, 0.1));
}

/// Starfish, scallops, jellyfish, conches.
fn shore(kit: &mut Kit) {
    hue(kit, &[0.02, 0.08, 0.95, 0.55]);
    let [r, k, lift, t] = sizes(kit, [(0.1, 0.2), (0.7, 1.3), (-0.2, 0.5), (0.03, 0.05)]);
    match kit.random.whole(0, 3) {
        0 => {
            let (arms, pose) = (kit.random.pick(&[5, 5, 5, 6, 8]), kit.random.pick(&[0.0, FRAC_PI_2, 1.2]));
            kit.turned(Vec3::ZERO, Vec3::X, pose, |kit| {
                kit.around(arms, |kit| {
                    let path =
                        [(Vec3::ZERO, 1.5 * r), (vec3(0.0, 0.0, 0.3), r), (vec3(0.0, 0.3 * lift, 0.62), 0.4 * r)];
                    kit.scaled(Vec3::ZERO, vec3(k, 0.6, 1.0), |kit| limb(kit, &path));
                });
            });
        }
        1 => kit.turned(Vec3::ZERO, Vec3::X, -0.5 * k, scallop),
        2 => {
            dome(kit, Vec3::ZERO, 0.4, 0.3 * k + 0.1);
            kit.ball(0.02 * Vec3::Y, vec3(0.36, 0.08, 0.36));
            let (arms, long) = (kit.random.whole(5, 9), kit.random.range(0.4, 1.0));
            let bow = kit.random.around(0.15);
            kit.around(arms, |kit| {
                let path = [
                    (vec3(0.0, 0.05, 0.27), t),
                    (vec3(bow, -0.5 * long, 0.3), t),
                    (vec3(-bow, -long, 0.24 + lift * 0.4), 0.7 * t),
                ];
                limb(kit, &path);
            });
            limb(kit, &[(Vec3::ZERO, 0.12), (vec3(bow, -0.6 * long, 0.05), 0.06)]);
        }
        _ => kit.turned(Vec3::ZERO, Vec3::X, lift, |kit| {
            let turn = |j: usize| {
                let (a, s) = (0.7 * j as f32, 0.4 * libm::powf(0.9, j as f32));
                (polar(a, 0.75 * s, k * (0.7 - 1.7 * s)), 0.72 * s)
            };
            let path: Vec<_> = (0..24).map(turn).collect();
            kit.sided(8, |kit| flesh(kit, 1.0, &path));
            kit.rod(Vec3::ZERO, 0.6 * k * Vec3::Y, 0.12, 0.05);
        }),
    }
}
