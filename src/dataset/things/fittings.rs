//! Furniture of offices, halls and parlours.

use std::f32::consts::FRAC_PI_2;

use glam::{Vec3, vec2, vec3};

use super::Kind;
use super::furniture::{coat, ladder, legs};
use super::kit::Kit;
use super::parts::sheet;

pub const KINDS: &[Kind] = &[
    ("office chair", office_chair),
    ("piano", piano),
    ("stairs", stairs),
    ("television", television),
    ("pool table", pool_table),
    ("frame", frame),
];

fn office_chair(kit: &mut Kit) {
    let r = &mut *kit.random;
    let (w, d, h) = (r.range(0.42, 0.58), r.range(0.4, 0.52), r.range(0.4, 0.58));
    let (tall, gap, lean, arm, head) =
        (r.range(0.25, 0.75), r.range(0.0, 0.15), r.range(0.0, 0.35), r.range(0.18, 0.26), r.chance(0.3));
    let (reach, has_arms, turn) = (r.range(0.24, 0.36), r.chance(0.65), r.around(0.8));
    kit.sides = kit.sides.min(6);
    kit.dark();
    kit.around(5, |kit| {
        kit.rod(vec3(0.0, 0.13, 0.0), vec3(0.0, 0.08, reach), 0.035, 0.025);
        kit.ball(vec3(0.0, 0.045, reach), vec3(0.028, 0.045, 0.045));
    });
    kit.rod(vec3(0.0, 0.08, 0.0), vec3(0.0, h, 0.0), 0.04, 0.03);
    kit.turned(Vec3::ZERO, Vec3::Y, turn, |kit| {
        kit.tube(&[
            (vec3(0.0, h, 0.0), 0.04),
            (vec3(0.0, h, -0.52 * d), 0.035),
            (vec3(0.0, h + gap + 0.15, -0.54 * d - 0.15 * lean), 0.03),
        ]);
        if has_arms {
            kit.both(|kit| {
                kit.tube(&[
                    (vec3(0.3 * w, h, 0.0), 0.025),
                    (vec3(0.56 * w, h, 0.0), 0.025),
                    (vec3(0.56 * w, h + arm, 0.0), 0.025),
                ]);
                kit.pad(vec3(0.56 * w, h + arm, 0.0), vec3(0.07, 0.04, 0.5 * d), 0.015);
            });
        }
        kit.paint(0);
        kit.pad(vec3(0.0, h + 0.04, 0.0), vec3(w, 0.09, d), 0.035);
        kit.turned(vec3(0.0, h + gap, -0.5 * d), Vec3::X, -lean, |kit| {
            kit.pad(vec3(0.0, 0.5 * tall + 0.05, 0.0), vec3(0.92 * w, tall, 0.08), 0.04);
            if head {
                kit.pad(vec3(0.0, tall + 0.13, 0.01), vec3(0.55 * w, 0.2, 0.07), 0.03)
            }
        });
    });
}

/// The body of a grand piano on its legs.
fn grand(kit: &mut Kit, w: f32, l: f32, lid: f32) {
    let outline = [
        (-0.5, 0.05),
        (0.5, 0.05),
        (0.5, -0.35),
        (0.35, -0.55),
        (0.1, -0.7),
        (0.0, -0.9),
        (-0.15, -1.0),
        (-0.4, -1.0),
        (-0.5, -0.9),
    ];
    let outline = outline.map(|(x, z)| vec2(x * w, z * l));
    sheet(kit, &outline, 0.62, 0.92);
    for (x, z) in [(-0.42, -0.1), (0.42, -0.1), (-0.27, -0.85)] {
        kit.rod(vec3(x * w, 0.0, z * l), vec3(x * w, 0.7, z * l), 0.04, 0.08)
    }
    kit.turned(vec3(-0.49 * w, 0.92, 0.0), Vec3::Z, lid, |kit| {
        sheet(kit, &outline.map(|p| p * vec2(1.0, 0.9) + vec2(0.5 * w, -0.08 * l)), -0.03, 0.03);
    });
    if lid > 0.0 {
        kit.rod(
            vec3(0.3 * w, 0.85, -0.3 * l),
            vec3(0.79 * w * libm::cosf(lid) - 0.49 * w, 0.92 + 0.79 * w * libm::sinf(lid), -0.3 * l),
            0.025,
            0.025,
        )
    }
}

fn piano(kit: &mut Kit) {
    let r = &mut *kit.random;
    let (w, h, d, l, lid) =
        (r.range(1.3, 1.6), r.range(1.0, 1.3), r.range(0.3, 0.4), r.range(1.2, 2.2), r.range(0.4, 0.9));
    let (is_grand, is_open) = (r.chance(0.5), r.chance(0.6));
    kit.either(0.5, Kit::dark, Kit::wood);
    if is_grand {
        grand(kit, w, l, if is_open { lid } else { 0.0 });
    } else {
        kit.block(vec3(0.0, 0.5 * h, -0.5 * d), vec3(w, h, d));
        kit.block(vec3(0.0, h, -0.45 * d), vec3(1.04 * w, 0.05, 1.2 * d));
        kit.both(|kit| kit.block(vec3(0.47 * w, 0.36, 0.14), vec3(0.07, 0.72, 0.1)));
        kit.block(vec3(0.0, 0.85, 0.0), vec3(0.4 * w, 0.25, 0.06));
    }
    kit.block(vec3(0.0, 0.66, 0.08), vec3(w, 0.1, 0.3));
    kit.both(|kit| kit.block(vec3(0.48 * w, 0.72, 0.08), vec3(0.06, 0.15, 0.3)));
    kit.white();
    kit.block(vec3(0.0, 0.71, 0.12), vec3(0.9 * w, 0.05, 0.17));
    kit.dark();
    for k in 0..10 {
        kit.block(vec3((k as f32 - 4.5) * 0.088 * w, 0.74, 0.08), vec3(0.03 * w, 0.04, 0.1))
    }
}

/// Winding stairs about a post.
fn winding_stairs(kit: &mut Kit, count: usize, w: f32, rise: f32) {
    kit.rod(Vec3::ZERO, vec3(0.0, count as f32 * rise + 0.8, 0.0), 0.08, 0.08);
    for k in 0..count {
        kit.turned((k as f32 + 0.8) * rise * Vec3::Y, Vec3::Y, 0.45 * k as f32, |kit| {
            kit.hull(
                &[-0.04, 0.04]
                    .map(|y| [vec3(0.0, y, -0.06), vec3(0.0, y, 0.06), vec3(w, y, -0.27 * w), vec3(w, y, 0.27 * w)])
                    .concat(),
            );
            kit.rod(vec3(0.93 * w, 0.0, 0.0), vec3(0.93 * w, 0.8, 0.0), 0.03, 0.03);
            kit.rod(vec3(0.93 * w, 0.78, 0.25 * w), vec3(0.93 * w, 0.78 + rise, -0.25 * w), 0.04, 0.04);
        });
    }
}

fn stairs(kit: &mut Kit) {
    let r = &mut *kit.random;
    let (style, count, w, step) = (r.whole(0, 3), r.whole(4, 11), r.range(0.6, 1.6), r.range(0.24, 0.36));
    let (rise, is_solid, t, rail) = (r.range(0.16, 0.26), r.chance(0.5), r.range(0.05, 0.08), r.chance(0.5));
    let n = count as f32;
    coat(kit, 0);
    match style {
        0 => kit.turned(Vec3::ZERO, Vec3::Y, FRAC_PI_2, |kit| ladder(kit, 0.45, 0.3 * n, t, count)),
        1 => {
            let (high, lean) = (0.25 * n, 0.25);
            kit.turned(vec3(0.0, high, 0.0), Vec3::X, -lean, |kit| {
                kit.turned(-high * Vec3::Y, Vec3::Y, FRAC_PI_2, |kit| {
                    ladder(kit, 0.45 + 0.04 * n, high, 1.2 * t, count)
                });
            });
            kit.turned(vec3(0.0, high, 0.0), Vec3::X, lean, |kit| {
                kit.turned(-high * Vec3::Y, Vec3::Y, FRAC_PI_2, |kit| ladder(kit, 0.4 + 0.04 * n, high, t, 2));
            });
            kit.block(vec3(0.0, high, 0.0), vec3(0.5 + 0.04 * n, 0.06, 0.3));
        }
        2 => winding_stairs(kit, count, w, rise),
        _ => {
            for k in 0..count {
                let (y, z) = ((k as f32 + 1.0) * rise, -(k as f32) * step);
                let high = if is_solid { y } else { 0.07 };
                kit.block(vec3(0.0, y - 0.5 * high, z), vec3(w, high, 1.15 * step));
                if rail {
                    kit.both(|kit| kit.rod(vec3(0.46 * w, y - 0.05, z), vec3(0.46 * w, y + 0.8, z), 0.03, 0.03))
                }
            }
            let (low, high) = (vec3(0.46 * w, rise, 0.0), vec3(0.46 * w, n * rise, -(n - 1.0) * step));
            if rail {
                kit.both(|kit| kit.rod(low + 0.8 * Vec3::Y, high + 0.8 * Vec3::Y, 0.045, 0.045))
            }
            if !is_solid {
                kit.both(|kit| kit.rod(low - 0.1 * Vec3::Y, high - 0.1 * Vec3::Y, 0.09, 0.09))
            }
        }
    }
}

fn television(kit: &mut Kit) {
    let r = &mut *kit.random;
    let (w, h, d, style) = (r.range(0.7, 1.5), r.range(0.56, 0.8), r.range(0.05, 0.1), r.whole(0, 2));
    let (deep, stand) = (r.range(0.5, 0.9) * w, r.range(0.05, 0.5));
    let (h, is_lit) = (h * w, r.chance(0.5));
    let thick = if style == 0 { 0.35 * w } else { d * w };
    coat(kit, 0);
    if style == 0 {
        kit.hull(
            &[0.5, 0.35]
                .map(|k| [-k, k].map(|x| [-0.4 * k, 0.8 * k].map(|y| vec3(x * w, y * h, (k - 0.5) * 6.0 * deep * 0.6))))
                .concat()
                .concat(),
        );
        kit.both(|kit| kit.rod(vec3(0.0, 0.3 * h, -0.2 * w), vec3(0.35 * w, 0.95 * h, -0.3 * w), 0.015 * w, 0.012 * w));
    }
    kit.pad(vec3(0.0, 0.0, -0.5 * thick), vec3(w, h, thick), 0.03 * w);
    match style {
        1 => kit.both(|kit| {
            kit.frustum(
                vec3(0.36 * w, -0.5 * h - 0.07 * w, -0.5 * thick),
                vec3(0.05, 0.1, 0.3) * w,
                vec3(0.05, 0.0, 0.05) * w,
                Vec3::ZERO,
            )
        }),
        2 => {
            kit.block(vec3(0.0, -0.5 * h - 0.1 * w, -0.5 * thick), vec3(0.08, 0.3, 0.05) * w);
            kit.pad(vec3(0.0, -0.5 * h - 0.22 * w, -0.4 * thick), vec3(0.45, 0.05, 0.25) * w, 0.02 * w);
        }
        _ => kit.four(|kit| {
            kit.at(vec3(0.0, 0.0, -0.3 * w), |kit| {
                kit.rod(
                    vec3(0.35 * w, -0.5 * h - stand * w, 0.2 * w),
                    vec3(0.3 * w, -0.3 * h, 0.1 * w),
                    0.02 * w,
                    0.03 * w,
                )
            })
        }),
    }
    kit.dark();
    if is_lit {
        kit.glass()
    }
    let side = if style == 0 { 0.12 * w } else { 0.0 };
    kit.carve(|kit| kit.pad(vec3(-0.5 * side, 0.0, 0.0), vec3(0.9 * w - side, 0.86 * h, 0.5 * d * w), 0.01 * w));
    if side > 0.0 {
        for y in [0.25, 0.05] {
            kit.rod(vec3(0.41 * w, y * h, -0.02), vec3(0.41 * w, y * h, 0.04 * w), 0.04 * w, 0.035 * w)
        }
    }
}

fn pool_table(kit: &mut Kit) {
    let r = &mut *kit.random;
    let (w, d, h, rim, deep) =
        (r.range(1.6, 2.6), r.range(0.9, 1.3), r.range(0.7, 0.9), r.range(0.08, 0.14), r.range(0.12, 0.3));
    let (is_football, balls, side) = (r.chance(0.35), r.whole(2, 8), r.around(0.2));
    kit.wood();
    legs(kit, vec2(0.4 * w, 0.38 * d), h - 0.1, 0.13);
    let deep = if is_football { deep + 0.12 } else { deep };
    kit.frustum(vec3(0.0, h - deep, 0.0), vec3(0.95 * w, deep + 0.06, 0.92 * d), vec3(w, 0.0, d), Vec3::ZERO);
    kit.hsv(0.38, 0.7, 0.5);
    kit.carve(|kit| {
        kit.block(vec3(0.0, h + 0.06, 0.0), vec3(w - 2.0 * rim, if is_football { 0.3 } else { 0.12 }, d - 2.0 * rim))
    });
    if is_football {
        for k in 0..6 {
            let (x, end) = ((k as f32 - 2.5) * 0.14 * w, if k % 2 == 0 { 1.0 } else { -1.0 });
            kit.metal();
            kit.rod(vec3(x, h, -0.6 * d * end), vec3(x, h, 0.7 * d * end), 0.025, 0.025);
            kit.paint(k % 2);
            for z in [-0.22, 0.0, 0.22] {
                kit.pad(vec3(x, h - 0.01, z * d), vec3(0.06, 0.16, 0.08), 0.02)
            }
        }
        return;
    }
    kit.dark();
    kit.carve(|kit| {
        for x in [-1.0, 0.0, 1.0] {
            for z in [-1.0, 1.0] {
                let spot = vec3(x * (0.5 * w - rim), h - 0.09, z * (0.5 * d - rim));
                kit.rod(spot, spot + 0.3 * Vec3::Y, 0.07, 0.07);
            }
        }
    });
    for k in 0..balls {
        kit.paint(k);
        let (x, z) = (kit.random.around(0.36) * w, kit.random.around(0.3) * d);
        kit.ball(vec3(x, h + 0.03, z), Vec3::splat(0.05));
    }
    kit.wood();
    kit.rod(vec3(-0.3 * w, h + 0.02, side * d), vec3(0.35 * w, h + 0.1, (side + 0.5) * d), 0.03, 0.02);
}

fn frame(kit: &mut Kit) {
    let r = &mut *kit.random;
    let (w, h, t, rim, style) =
        (r.range(0.5, 1.5), r.range(0.8, 1.5), r.range(0.04, 0.1), r.range(0.06, 0.16), r.whole(0, 2));
    let (is_oval, lean, hill, sun) = (r.chance(0.35), r.range(0.1, 0.35), r.range(0.2, 0.45) * h, r.around(0.25) * w);
    kit.either(0.4, Kit::gold, |kit| coat(kit, 0));
    let lean = if style == 1 { lean } else { 0.0 };
    kit.turned(Vec3::ZERO, Vec3::X, -lean, |kit| {
        if is_oval {
            kit.scaled(0.5 * h * Vec3::Y, vec3(0.5 * w, 0.5 * h, 1.0), |kit| {
                kit.rod(-t * Vec3::Z, t * Vec3::Z, 1.0, 0.92)
            });
            kit.glass();
            kit.carve(|kit| {
                kit.scaled(0.5 * h * Vec3::Y, vec3(0.5 * w - rim, 0.5 * h - rim, 1.0), |kit| {
                    kit.rod(0.2 * t * Vec3::Z, 2.0 * t * Vec3::Z, 1.0, 1.05)
                })
            });
            return;
        }
        kit.pad(0.5 * h * Vec3::Y, vec3(w, h, 2.0 * t), 0.5 * t);
        kit.glass();
        kit.carve(|kit| kit.block(vec3(0.0, 0.5 * h, t), vec3(w - 2.0 * rim, h - 2.0 * rim, 1.4 * t)));
        if style > 0 {
            return;
        }
        kit.hsv(0.15, 0.6, 1.0);
        kit.rod(vec3(sun, 0.7 * h, 0.0), vec3(sun, 0.7 * h, 0.5 * t), 0.1 * w, 0.1 * w);
        kit.leaf();
        let outline = [(-0.5, 0.02), (0.5, 0.02), (0.5, 0.7), (0.2, 1.0), (-0.1, 0.6), (-0.5, 0.9)];
        kit.plate(&outline.map(|(x, y)| vec2(x * (w - 1.8 * rim), 0.8 * rim + y * hill)), 0.0, 0.6 * t);
    });
    kit.wood();
    if style == 1 {
        kit.rod(vec3(0.0, 0.72 * h, -0.75 * h * lean - 0.7 * t), vec3(0.0, 0.0, -0.8 * h * lean - 0.25), 0.04, 0.05)
    }
    if style == 2 {
        kit.both(|kit| {
            kit.block(vec3(0.5 * w + 0.03, 0.4 * h, 0.0), vec3(0.08, 1.3 * h, 0.08));
            kit.rod(vec3(0.44 * w, 0.5 * h, -0.3 * t), vec3(0.5 * w + 0.05, 0.5 * h, -0.3 * t), 0.04, 0.04);
            kit.block(vec3(0.5 * w + 0.03, -0.22 * h, 0.0), vec3(0.1, 0.09, 0.45));
        });
        kit.block(-0.15 * h * Vec3::Y, vec3(w, 0.08, 0.06));
    }
}
