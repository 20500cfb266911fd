//! Benches, bins, coat racks and what else stands about in rooms.

use std::f32::consts::{FRAC_PI_2, PI, TAU};

use glam::{Vec2, Vec3, vec2, vec3};

use super::Kind;
use super::furniture::{coat, legs};
use super::kit::Kit;
use super::parts::sheet;

pub const KINDS: &[Kind] = &[
    ("fan", fan),
    ("bin", bin),
    ("coat rack", coat_rack),
    ("bench", bench),
    ("curtain", curtain),
    ("radiator", radiator),
    ("heater", heater),
];

/// A bin on two wheels; `size` is its width, height, and the share of its width at the bottom.
fn wheeled_bin(kit: &mut Kit, size: Vec3, wall: f32, open: f32) {
    let Vec3 { x: w, y: h, z: foot } = size;
    kit.frustum(vec3(0.0, 0.05, 0.0), vec3(foot * w, h, 0.95 * foot * w), vec3(w, 0.0, 1.15 * w), 0.03 * Vec3::Z);
    kit.carve(|kit| {
        kit.frustum(
            vec3(0.0, 0.15, 0.0),
            vec3(foot * w - 2.0 * wall, h, 0.9 * foot * w - 2.0 * wall),
            vec3(w - wall, 0.0, 1.15 * w - wall),
            Vec3::ZERO,
        )
    });
    kit.turned(vec3(0.0, h + 0.05, -0.53 * w), Vec3::X, -open, |kit| {
        kit.pad(vec3(0.0, 0.0, 0.56 * w), vec3(1.08 * w, 0.07, 1.28 * w), 0.03)
    });
    kit.dark();
    kit.rod(vec3(-0.5 * w, h, -0.6 * w), vec3(0.5 * w, h, -0.6 * w), 0.035, 0.035);
    kit.both(|kit| kit.rod(vec3(0.3 * w, 0.1, -0.45 * foot * w), vec3(0.55 * w, 0.1, -0.45 * foot * w), 0.1, 0.1));
}

/// A coat that hangs at `top`, its back to the axis.
fn hung_coat(kit: &mut Kit, top: Vec3, long: f32, wide: f32) {
    kit.frustum(top - long * Vec3::Y, vec3(0.16, long - 0.1, 1.7 * wide), vec3(0.12, 0.0, 1.3 * wide), Vec3::ZERO);
    kit.frustum(top - 0.11 * Vec3::Y, vec3(0.12, 0.13, 1.3 * wide), Vec3::splat(0.06), Vec3::ZERO);
    for side in [-1.0, 1.0] {
        kit.rod(top + vec3(0.0, -0.12, 0.6 * wide * side), top + vec3(0.02, -0.4, wide * side), 0.07, 0.05)
    }
}

fn fan(kit: &mut Kit) {
    let r = &mut *kit.random;
    let (h, radius, t, blades) = (r.range(0.3, 1.3), r.range(0.2, 0.35), r.range(0.02, 0.03), r.whole(3, 5));
    let (has_cage, tilt, turn, deep) = (r.chance(0.7), r.range(-0.4, 0.2), r.around(0.5), r.range(0.06, 0.1));
    kit.sides = kit.sides.min(10);
    kit.paint(0);
    kit.lathe(
        Vec3::ZERO,
        &[vec2(0.2, 0.0), vec2(0.18, 0.04), vec2(2.0 * t, 0.07), vec2(t, h + 0.02), vec2(0.0, h + 0.02)],
    );
    kit.turned(h.max(0.12 + radius) * Vec3::Y, Vec3::Y, turn, |kit| {
        kit.turned(Vec3::ZERO, Vec3::X, -FRAC_PI_2 + PI + tilt, |kit| {
            kit.lathe(-0.16 * Vec3::Y, &[vec2(0.04, 0.0), vec2(0.07, 0.06), vec2(0.07, 0.16), vec2(0.04, 0.26)]);
            if has_cage {
                kit.ring(0.04 * Vec3::Y, Vec3::Y, radius, 0.015);
                kit.sides = 6;
                kit.around(5, |kit| {
                    for y in [-0.05, deep + 0.04] {
                        kit.rod(vec3(0.0, y, 0.0), vec3(radius, 0.04, 0.0), 0.012, 0.012)
                    }
                });
            }
            kit.paint(1);
            kit.around(blades, |kit| {
                kit.turned(0.05 * Vec3::Y, Vec3::X, 0.5, |kit| {
                    kit.scaled(vec3(0.52 * radius, 0.0, 0.0), vec3(0.42 * radius, 0.012, 0.2 * radius), |kit| {
                        kit.ball(Vec3::ZERO, Vec3::ONE)
                    })
                })
            });
        })
    });
    kit.rod(0.05 * Vec3::Y, h.max(0.12 + radius) * Vec3::Y, t, t);
}

fn bin(kit: &mut Kit) {
    let r = &mut *kit.random;
    let (w, h, foot, wall) = (r.range(0.35, 0.6), r.range(0.5, 1.2), r.range(0.65, 1.0), r.range(0.03, 0.05));
    let (style, open) = (r.whole(0, 2), r.range(-0.5, 1.9).max(0.0));
    kit.paint(0);
    match style {
        0 => {
            let floor = vec2(0.0, 0.1 * h);
            kit.lathe(
                Vec3::ZERO,
                &[
                    vec2(0.5 * foot * w, 0.0),
                    vec2(0.5 * w, h),
                    vec2(0.5 * w - wall, h),
                    vec2(0.5 * foot * w - wall, 0.1 * h),
                    floor,
                ],
            );
            kit.ring(h * Vec3::Y, Vec3::Y, 0.5 * w, 0.8 * wall);
            if open > 1.0 {
                kit.both(|kit| kit.arc(vec3(0.5 * w, 0.8 * h, 0.0), Vec3::Z, 0.15 * w, 0.6 * wall, -1.8, 1.4))
            }
            if open < 0.3 {
                kit.ball(0.97 * h * Vec3::Y, vec3(0.5 * w, 0.15 * h, 0.5 * w))
            }
        }
        1 => {
            kit.rod(Vec3::ZERO, h * Vec3::Y, 0.45 * w, 0.5 * w);
            kit.dark();
            kit.carve(|kit| kit.rod(0.1 * h * Vec3::Y, 1.2 * h * Vec3::Y, 0.45 * w - wall, 0.5 * w - wall));
            kit.block(vec3(0.0, 0.04 * h, 0.5 * w), vec3(0.3 * w, 0.06 * h, 0.25 * w));
            kit.metal();
            kit.turned(vec3(0.0, h, -0.46 * w), Vec3::X, -open, |kit| {
                kit.scaled(vec3(0.0, 0.0, 0.46 * w), vec3(0.52 * w, 0.12 * w, 0.52 * w), |kit| {
                    kit.ball(Vec3::ZERO, Vec3::ONE)
                })
            });
        }
        _ => wheeled_bin(kit, vec3(w, h, foot), wall, open),
    }
}

fn coat_rack(kit: &mut Kit) {
    let r = &mut *kit.random;
    let (h, t, feet, hooks) = (r.range(1.4, 1.9), r.range(0.025, 0.045), r.whole(3, 5), r.whole(3, 6));
    let (reach, up, style) = (r.range(0.2, 0.35), r.range(0.05, 0.2), r.whole(0, 1));
    kit.sides = kit.sides.min(6);
    coat(kit, 0);
    kit.rod(Vec3::ZERO, h * Vec3::Y, t, 0.8 * t);
    kit.ball(h * Vec3::Y, Vec3::splat(1.5 * t));
    if style == 0 {
        kit.around(feet, |kit| {
            kit.tube(&[
                (vec3(0.0, 0.22, 0.0), 0.8 * t),
                (vec3(0.6 * reach, 0.12, 0.0), 0.8 * t),
                (vec3(reach, 0.02, 0.0), 0.7 * t),
            ])
        })
    } else {
        kit.lathe(Vec3::ZERO, &[vec2(reach, 0.0), vec2(0.95 * reach, 0.04), vec2(1.5 * t, 0.1)])
    }
    kit.around(hooks, |kit| {
        kit.tube(&[
            (vec3(0.0, 0.88 * h, 0.0), 0.7 * t),
            (vec3(0.17, 0.88 * h, 0.0), 0.6 * t),
            (vec3(0.2, 0.88 * h + up, 0.0), 0.6 * t),
        ])
    });
    for k in 0..hooks {
        if kit.random.chance(0.6) {
            continue;
        }
        kit.paint(k + 1);
        let (long, wide) = (kit.random.range(0.35, 0.6) * h, kit.random.range(0.15, 0.26));
        kit.turned(Vec3::ZERO, Vec3::Y, TAU * k as f32 / hooks as f32, |kit| match k % 3 {
            0 => kit.lathe(
                vec3(0.17, 0.88 * h + 0.3 * up, 0.0),
                &[vec2(0.17, 0.0), vec2(0.16, 0.03), vec2(0.1, 0.04), vec2(0.08, 0.14), vec2(0.0, 0.15)],
            ),
            _ => hung_coat(kit, vec3(0.15, 0.9 * h, 0.0), long, wide),
        });
    }
}

fn bench(kit: &mut Kit) {
    let r = &mut *kit.random;
    let (w, h, d, slats) = (r.range(0.9, 2.0), r.range(0.38, 0.48), r.range(0.35, 0.5), r.whole(2, 5));
    let (lean, has_back, is_swing, has_arms) = (r.range(0.0, 0.4), r.chance(0.7), r.chance(0.35), r.chance(0.5));
    let (tall, frame) = (r.range(0.3, 0.6), r.range(1.7, 2.2));
    if is_swing {
        kit.metal();
        kit.four(|kit| kit.rod(vec3(0.62 * w, 0.0, 0.7), vec3(0.58 * w, frame, 0.0), 0.045, 0.045));
        kit.rod(vec3(-0.65 * w, frame, 0.0), vec3(0.65 * w, frame, 0.0), 0.05, 0.05);
        kit.both(|kit| {
            for z in [-0.4, 0.4] {
                kit.rod(vec3(0.44 * w, h, z * d), vec3(0.44 * w, frame, 0.0), 0.025, 0.025)
            }
        });
    } else if kit.random.chance(0.5) {
        kit.stone();
        kit.both(|kit| {
            kit.frustum(vec3(0.38 * w, 0.0, 0.0), vec3(0.14, h, 0.9 * d), vec3(0.1, 0.0, 0.8 * d), Vec3::ZERO)
        });
    } else {
        kit.paint(0);
        legs(kit, vec2(0.42 * w, 0.42 * d), h, 0.07);
    }
    if has_arms && has_back {
        kit.both(|kit| {
            kit.tube(&[
                (vec3(0.45 * w, h - 0.03, 0.42 * d), 0.03),
                (vec3(0.45 * w, h + 0.22, 0.42 * d), 0.03),
                (vec3(0.45 * w, h + 0.22, -0.5 * d), 0.03),
            ])
        })
    }
    kit.both(|kit| kit.block(vec3(0.41 * w, h, 0.0), vec3(0.07, 0.06, d)));
    coat(kit, 1);
    let step = d / slats as f32;
    for k in 0..slats {
        kit.block(vec3(0.0, h + 0.03, (k as f32 + 0.5) * step - 0.5 * d), vec3(w, 0.05, 0.8 * step))
    }
    if has_back {
        kit.turned(vec3(0.0, h, -0.5 * d), Vec3::X, -lean, |kit| {
            kit.both(|kit| kit.block(vec3(0.41 * w, 0.5 * tall - 0.02, 0.0), vec3(0.06, tall, 0.06)));
            for k in 0..2 {
                kit.block(vec3(0.0, (0.35 + 0.5 * k as f32) * tall, 0.03), vec3(w, 0.28 * tall, 0.045))
            }
        });
    }
}

fn curtain(kit: &mut Kit) {
    let r = &mut *kit.random;
    let (w, h, t, folds) = (r.range(0.7, 1.6), r.range(1.0, 2.2), r.range(0.03, 0.05), r.whole(2, 5));
    let (deep, open, style) = (r.range(0.04, 0.12), r.range(0.25, 1.0), r.whole(0, 2));
    let (wide, n) = (0.5 * w * open, 4 * folds);
    kit.sides = kit.sides.min(8);
    coat(kit, 0);
    kit.rod(vec3(-0.6 * w, h, 0.0), vec3(0.6 * w, h, 0.0), t, t);
    kit.both(|kit| kit.ball(vec3(0.6 * w, h, 0.0), Vec3::splat(2.0 * t)));
    let wave = |k: usize, z: f32| {
        vec2(0.55 * w - 1.08 * wide * k as f32 / n as f32, z + deep * libm::sinf(0.5 * PI * k as f32))
    };
    let outline: Vec<Vec2> = (0..=n).map(|k| wave(k, -t)).chain((0..=n).rev().map(|k| wave(k, t))).collect();
    kit.paint(1);
    kit.both(|kit| {
        sheet(kit, &outline, 0.0, h + 0.5 * t);
        if style == 0 {
            kit.pad(vec3(0.55 * w - 0.54 * wide, 0.4 * h, 0.0), vec3(1.12 * wide, 0.05 * h, 2.2 * (deep + t)), 0.02)
        }
    });
    kit.wood();
    if style == 1 {
        kit.both(|kit| kit.block(vec3(0.5 * w, 0.62 * h, -deep - t - 0.04), vec3(0.08, 0.7 * h, 0.1)));
        for y in [0.3, 0.62, 0.95] {
            kit.block(vec3(0.0, y * h, -deep - t - 0.04), vec3(w, 0.08, 0.09))
        }
        kit.block(vec3(0.0, 0.28 * h, -deep), vec3(1.1 * w, 0.06, 0.2));
        kit.both(|kit| kit.block(vec3(0.55 * w, 0.97 * h, -0.5 * deep), vec3(0.06, 0.1, 2.0 * deep)));
    } else if style == 2 {
        kit.pad(vec3(0.0, h + 0.02, 0.5 * t), vec3(1.25 * w, 0.22, 2.5 * deep + 2.0 * t), 0.03);
    }
}

fn radiator(kit: &mut Kit) {
    let r = &mut *kit.random;
    let (style, fins, h, d) = (r.whole(0, 1), r.whole(5, 12), r.range(0.4, 0.9), r.range(0.08, 0.2));
    let step = r.range(0.07, 0.11);
    let w = fins as f32 * step;
    kit.sides = kit.sides.min(10);
    kit.either(0.6, Kit::white, |kit| kit.paint(0));
    for k in 0..fins {
        let x = (k as f32 + 0.5) * step - 0.5 * w;
        kit.pad(vec3(x, 0.1 + 0.5 * h, 0.0), vec3(0.72 * step, h, d), 0.02);
    }
    for y in [0.15, 0.85] {
        kit.rod(vec3(-0.5 * w - 0.05, 0.1 + y * h, 0.0), vec3(0.5 * w + 0.05, 0.1 + y * h, 0.0), 0.03, 0.03)
    }
    if style == 1 {
        kit.pad(vec3(0.5 * w + 0.06, 0.1 + 0.5 * h, 0.0), vec3(0.18, 0.98 * h, 1.05 * d), 0.03);
        kit.dark();
        kit.rod(vec3(0.5 * w + 0.06, 0.1 + 0.8 * h, 0.0), vec3(0.5 * w + 0.06, 0.1 + 0.8 * h, 0.6 * d), 0.05, 0.04);
        kit.four(|kit| kit.rod(vec3(0.35 * w, 0.05, 0.6 * d), vec3(0.4 * w, 0.05, 0.6 * d), 0.05, 0.05));
        kit.both(|kit| kit.block(vec3(0.375 * w, 0.09, 0.0), vec3(0.05, 0.07, 1.3 * d)));
    } else {
        kit.both(|kit| {
            kit.frustum(
                vec3(0.5 * (w - step), 0.0, 0.0),
                vec3(0.6 * step, 0.13, 1.1 * d),
                vec3(0.5 * step, 0.0, 0.8 * d),
                Vec3::ZERO,
            )
        });
        kit.metal();
        kit.tube(&[
            (vec3(0.5 * w - 0.02, 0.1 + 0.15 * h, 0.0), 0.025),
            (vec3(0.5 * w + 0.08, 0.1 + 0.15 * h, 0.0), 0.025),
            (vec3(0.5 * w + 0.08, 0.0, 0.0), 0.025),
        ]);
    }
}

fn heater(kit: &mut Kit) {
    let r = &mut *kit.random;
    let (h, tilt, wide, foot) = (r.range(0.3, 1.0), r.around(0.4), r.range(0.2, 0.4), r.range(0.15, 0.3));
    let top = (wide + r.range(0.05, 0.2)).max(h);
    kit.paint(0);
    kit.lathe(Vec3::ZERO, &[vec2(foot, 0.0), vec2(foot, 0.05), vec2(0.04, 0.1), vec2(0.04, top - 0.1)]);
    kit.turned(top * Vec3::Y, Vec3::X, FRAC_PI_2 + tilt, |kit| {
        let dish = [(0.15, -0.3), (0.55, 0.0), (1.0, 0.35), (0.95, 0.42), (0.5, 0.1), (0.0, 0.05)];
        kit.lathe(Vec3::ZERO, &dish.map(|(r, y)| wide * vec2(r, y)));
        kit.hsv(0.05, 0.9, 1.0);
        kit.rod(Vec3::ZERO, 0.4 * wide * Vec3::Y, 0.15 * wide, 0.1 * wide);
    });
    kit.rod((top - 0.2) * Vec3::Y, vec3(0.0, top, -0.1 * wide), 0.05, 0.05);
}
