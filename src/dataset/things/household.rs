//! Household appliances and what bathrooms and kitchens hold.

use std::f32::consts::{FRAC_PI_2, PI, TAU};

use glam::{Vec3, vec2, vec3};

use super::Kind;
use super::furniture::{clutter, coat, front, fronts, legs};
use super::kit::Kit;

pub const KINDS: &[Kind] = &[
    ("desk", desk),
    ("lamp", lamp),
    ("fireplace", fireplace),
    ("bath", bath),
    ("toilet", toilet),
    ("sink", sink),
    ("appliance", appliance),
    ("clock", clock),
];

/// A screen on its foot.
fn screen(kit: &mut Kit, width: f32) {
    let r = &mut *kit.random;
    let (h, t, gap, lean) =
        (r.range(0.55, 0.8) * width, r.range(0.05, 0.12) * width, r.range(0.05, 0.25) * width, r.around(0.15));
    let (is_deep, is_on) = (r.chance(0.2), r.chance(0.5));
    kit.dark();
    kit.pad(vec3(0.0, 0.02 * width, 0.0), vec3(0.5, 0.06, 0.35) * width, 0.02 * width);
    kit.rod(Vec3::ZERO, vec3(0.0, gap + 0.3 * h, -0.3 * t), 0.05 * width, 0.04 * width);
    kit.turned(vec3(0.0, gap + 0.5 * h, 0.0), Vec3::X, lean, |kit| {
        kit.pad(Vec3::ZERO, vec3(width, h, t), 0.02 * width);
        if is_deep {
            kit.turned(Vec3::ZERO, Vec3::X, -FRAC_PI_2, |kit| {
                kit.frustum(
                    Vec3::ZERO,
                    vec3(0.9 * width, 0.5 * width, 0.9 * h),
                    vec3(0.5, 0.0, 0.4) * width,
                    Vec3::ZERO,
                );
            });
        }
        if is_on {
            kit.glass()
        }
        kit.carve(|kit| kit.block(vec3(0.0, 0.02 * h, 0.5 * t), vec3(0.92 * width, 0.85 * h, 0.3 * t)));
    });
}

fn tap(kit: &mut Kit, foot: Vec3, size: f32) {
    kit.metal();
    let (high, t) = (kit.random.range(0.5, 1.3) * size, 0.11 * size);
    kit.tube(&[
        (foot - 0.2 * size * Vec3::Y, t),
        (foot + high * Vec3::Y, t),
        (foot + vec3(0.0, 1.1 * high, 0.8 * size), t),
        (foot + vec3(0.0, 0.85 * high, 0.9 * size), t),
    ]);
    kit.at(foot, |kit| {
        kit.both(|kit| kit.rod(vec3(0.45 * size, -0.2 * size, 0.0), vec3(0.45 * size, 0.3 * size, 0.0), t, 1.6 * t))
    });
}

fn desk(kit: &mut Kit) {
    let r = &mut *kit.random;
    let (w, d, h, t) = (r.range(1.0, 1.8), r.range(0.5, 0.85), r.range(0.68, 0.8), r.range(0.03, 0.06));
    let (sides, rows, has_screen, x) = (r.whole(0, 2), r.whole(2, 4), r.chance(0.65), r.around(0.2) * w);
    coat(kit, 0);
    kit.block(vec3(0.0, h, 0.0), vec3(w, t, d));
    if sides < 2 {
        legs(kit, vec2(0.47 * w, 0.45 * d), h, 0.06)
    }
    kit.block(vec3(0.0, 0.65 * h, 0.05 - 0.5 * d), vec3(0.94 * w, 0.7 * h, 0.03));
    for side in [0.32, -0.32].iter().take(sides) {
        kit.at(vec3(side * w, 0.0, 0.0), |kit| {
            kit.block(vec3(0.0, 0.5 * h, 0.0), vec3(0.27 * w, h, 0.9 * d));
            fronts(kit, vec2(-0.13 * w, 0.05), vec2(0.13 * w, h - t), 0.45 * d, [1, rows]);
        });
    }
    if has_screen {
        kit.at(vec3(x, h + 0.4 * t, -0.15 * d), |kit| screen(kit, 0.5));
        kit.pad(vec3(x, h + 0.5 * t, 0.25 * d), vec3(0.42, 0.05, 0.15), 0.01);
    }
    for side in [-0.4, 0.38] {
        let size = kit.random.range(0.12, 0.35);
        if kit.random.chance(0.5) {
            clutter(kit, vec3(side * w, h + 0.45 * t, -0.2 * d), size)
        }
    }
}

/// A lamp's shade about the origin with its bulb.
fn shade(kit: &mut Kit, wide: f32, high: f32, narrow: f32, t: f32) {
    let (low, top, upper) = (-0.5 * high, 0.5 * high, (narrow * wide).max(0.05));
    let inner = [vec2(0.0, top - 0.03), vec2(0.9 * upper, top - 0.03), vec2(wide - 0.03, low)];
    kit.lathe(Vec3::ZERO, &[inner[0], inner[1], inner[2], vec2(wide, low), vec2(upper, top), vec2(0.0, top)]);
    kit.rod(0.95 * top * Vec3::Y, 0.4 * low * Vec3::Y, t, t);
    kit.hsv(0.15, 0.3, 1.0);
    kit.ball(0.3 * low * Vec3::Y, Vec3::splat(0.055));
}

fn lamp(kit: &mut Kit) {
    let r = &mut *kit.random;
    let (style, h, t) = (r.whole(0, 3), r.range(0.5, 1.8), r.range(0.018, 0.035));
    let (wide, high, narrow) = (r.range(0.14, 0.3), r.range(0.14, 0.35), r.range(0.35, 1.0));
    let (foot, bend) = (r.range(0.12, 0.22), r.range(0.2, 0.5));
    kit.either(0.5, Kit::metal, |kit| kit.paint(0));
    kit.lathe(Vec3::ZERO, &[vec2(foot, 0.0), vec2(foot, 0.03), vec2(2.0 * t, 0.06), vec2(t, 0.1)]);
    let (top, turn) = match style {
        0 => (h * Vec3::Y, 0.0),
        1 => (vec3(0.0, 0.5, 0.0), 0.0),
        2 => (vec3(0.0, 0.75 * h, bend), kit.random.range(0.3, 0.9)),
        _ => (vec3(0.0, 0.9 * h, bend), 0.0),
    };
    match style {
        0 => kit.rod(Vec3::ZERO, top, t, t),
        1 => {
            let base = [(0.5, 0.0), (1.0, 0.3), (0.7, 0.6), (0.25, 0.85), (0.2, 1.1)];
            let belly = kit.random.range(0.08, 0.16);
            kit.lathe(0.02 * Vec3::Y, &base.map(|(r, y)| vec2(r * belly, y * 0.46)));
        }
        2 => kit.tube(&[
            (Vec3::ZERO, t),
            (vec3(0.0, 0.5 * h, -0.4 * bend), t),
            (vec3(0.0, 0.85 * h, 0.6 * bend), t),
            (top, t),
        ]),
        _ => kit.tube(&[(Vec3::ZERO, t), (vec3(0.0, 0.85 * h, 0.0), t), (vec3(0.0, h, 0.5 * bend), t), (top, t)]),
    }
    kit.paint(1);
    kit.turned(top, Vec3::X, -turn, |kit| match style {
        3 if narrow > 0.7 => kit.ball(Vec3::ZERO, Vec3::splat(0.7 * wide)),
        _ => shade(kit, wide, high, narrow, t),
    });
}

fn fireplace(kit: &mut Kit) {
    let r = &mut *kit.random;
    let (w, h, d, rise) = (r.range(1.1, 1.8), r.range(0.9, 1.3), r.range(0.35, 0.7), r.range(0.0, 1.3));
    let (mouth, arch, wide, out) = (r.range(0.5, 0.7) * w, r.chance(0.4), r.range(0.3, 0.9), r.range(1.1, 1.5));
    kit.stone();
    kit.block(vec3(0.0, 0.5 * h, 0.0), vec3(w, h, d));
    kit.frustum(
        vec3(0.0, h - 0.02, -0.1 * d),
        vec3(0.9 * w, rise + 0.1, 0.7 * d),
        vec3(wide * w, 0.0, 0.6 * d),
        -0.03 * Vec3::Z,
    );
    kit.block(vec3(0.0, 0.03, 0.35 * d), vec3(1.1 * w, 0.1, 1.3 * d));
    kit.dark();
    kit.carve(|kit| {
        kit.block(vec3(0.0, 0.06 + 0.3 * h, 0.2 * d), vec3(mouth, 0.6 * h, d));
        if arch {
            kit.scaled(vec3(0.0, 0.05 + 0.6 * h, 0.2 * d), vec3(0.5 * mouth, 0.25 * h, 0.5 * d), |kit| {
                kit.rod(Vec3::NEG_Z, Vec3::Z, 1.0, 1.0)
            })
        }
    });
    kit.wood();
    kit.block(vec3(0.0, h, 0.05), vec3(1.12 * w, 0.1, out * d));
    kit.both(|kit| kit.rod(vec3(-0.3 * mouth, 0.1, 0.0), vec3(0.2 * mouth, 0.16, 0.15 * d), 0.06, 0.06));
    if kit.random.chance(0.5) {
        kit.both(|kit| kit.block(vec3(0.44 * w, 0.5 * h, 0.5 * d), vec3(0.1 * w, h, 0.1)))
    }
    kit.hsv(0.07, 0.9, 1.0);
    if kit.random.chance(0.6) {
        kit.rod(vec3(0.0, 0.1, 0.05), vec3(0.02, 0.5 * h, 0.0), 0.22 * mouth, 0.0)
    }
    for side in [-0.35, 0.0, 0.35] {
        if kit.random.chance(0.4) {
            clutter(kit, vec3(side * w, h + 0.05, 0.1), 0.25)
        }
    }
}

fn bath(kit: &mut Kit) {
    let r = &mut *kit.random;
    let (l, w, h, style) = (r.range(1.3, 1.8), r.range(0.6, 0.85), r.range(0.4, 0.6), r.whole(0, 2));
    let (foot, low, full) = (r.range(0.05, 0.15), r.range(0.7, 0.95), r.chance(0.4));
    kit.either(0.6, Kit::white, |kit| kit.paint(0));
    if style == 0 {
        kit.pad(vec3(0.0, 0.5 * h, 0.0), vec3(l, h, w), 0.03);
        kit.carve(|kit| kit.pad(vec3(0.0, h, 0.0), vec3(l - 0.16, 1.5 * h, w - 0.16), 0.15));
    } else {
        let profile = [
            (0.6 * low, 0.0),
            (0.9 * low, 0.2),
            (low, 0.6),
            (1.0, 0.97),
            (1.04, 1.0),
            (0.88, 1.0),
            (0.8 * low, 0.3),
            (0.0, 0.2),
        ];
        kit.scaled(vec3(0.0, foot, 0.0), vec3(0.5 * l, h, 0.5 * w), |kit| {
            kit.lathe(Vec3::ZERO, &profile.map(|(r, y)| vec2(r, y)))
        });
        kit.four(|kit| kit.rod(vec3(0.27 * l, 0.0, 0.24 * w), vec3(0.2 * l, foot + 0.25 * h, 0.18 * w), 0.03, 0.07));
    }
    if full {
        kit.glass();
        let top = kit.random.range(0.6, 0.85) * h;
        match style {
            0 => kit.block(vec3(0.0, 0.5 * top + 0.1 * h, 0.0), vec3(l - 0.1, top - 0.2 * h, w - 0.1)),
            _ => kit.scaled(vec3(0.0, foot + 0.22 * h, 0.0), vec3(0.5 * l, top - 0.25 * h, 0.5 * w), |kit| {
                kit.lathe(Vec3::ZERO, &[vec2(0.82 * low, 0.0), vec2(0.86 * low, 1.0)]);
            }),
        }
    }
    let is_shower = kit.random.chance(0.3);
    kit.turned(vec3(0.47 * l, h, 0.0), Vec3::Y, -FRAC_PI_2, |kit| {
        tap(kit, Vec3::ZERO, 0.2);
        if is_shower {
            kit.tube(&[(-0.1 * Vec3::Y, 0.025), (1.2 * Vec3::Y, 0.025), (vec3(0.0, 1.3, 0.3), 0.025)]);
            kit.rod(vec3(0.0, 1.33, 0.3), vec3(0.0, 1.22, 0.34), 0.05, 0.12);
        }
    });
}

fn toilet(kit: &mut Kit) {
    let r = &mut *kit.random;
    let (w, l, h, open) = (r.range(0.17, 0.21), r.range(0.24, 0.32), r.range(0.36, 0.44), r.range(0.0, 1.75));
    let (foot, tank, wide, deep) = (r.range(0.5, 0.85), r.range(0.3, 0.45), r.range(0.36, 0.48), r.range(0.16, 0.22));
    let open = if open < 0.8 { 0.0 } else { open };
    kit.white();
    kit.scaled(Vec3::ZERO, vec3(w, h, l), |kit| {
        let bowl = [(foot, 0.0), (0.8 * foot, 0.3), (1.0, 0.85), (1.0, 1.0), (0.75, 1.0), (0.5, 0.6), (0.0, 0.5)];
        kit.lathe(Vec3::ZERO, &bowl.map(|(r, y)| vec2(r, y)));
    });
    kit.block(vec3(0.0, 0.5 * h, -0.85 * l), vec3(1.3 * w, h, 0.7 * l));
    kit.pad(vec3(0.0, h + 0.5 * tank - 0.02, -l - 0.3 * deep), vec3(wide, tank, deep), 0.03);
    kit.pad(vec3(0.0, h + tank, -l - 0.3 * deep), vec3(1.08 * wide, 0.05, 1.12 * deep), 0.015);
    coat(kit, 0);
    kit.scaled(vec3(0.0, h, 0.0), vec3(w, 0.9 * w, l), |kit| kit.ring(0.04 * Vec3::Y, Vec3::Y, 0.9, 0.16));
    kit.turned(vec3(0.0, h + 0.03, -0.8 * l), Vec3::X, -open, |kit| {
        kit.scaled(vec3(0.0, 0.0, 0.8 * l), vec3(1.05 * w, 0.03, 1.02 * l), |kit| {
            kit.lathe(Vec3::ZERO, &[vec2(1.0, -1.0), vec2(0.95, 1.0)])
        });
    });
    kit.metal();
    kit.rod(vec3(0.0, h + tank, -l - 0.3 * deep), vec3(0.0, h + tank + 0.05, -l - 0.3 * deep), 0.04, 0.04);
}

fn sink(kit: &mut Kit) {
    let r = &mut *kit.random;
    let (w, d, h, t, style) =
        (r.range(0.45, 1.2), r.range(0.38, 0.55), r.range(0.75, 0.9), r.range(0.12, 0.2), r.whole(0, 2));
    let (bowl, size) = (w.min(r.range(0.5, 0.8)), r.range(0.12, 0.2));
    coat(kit, 0);
    match style {
        0 => {
            kit.lathe(Vec3::ZERO, &[vec2(0.14, 0.0), vec2(0.09, 0.2 * h), vec2(0.09, 0.7 * h), vec2(0.16, h - 0.5 * t)])
        }
        1 => {
            kit.block(vec3(0.0, 0.5 * h, 0.0), vec3(w, h - 0.05, d));
            let columns = kit.random.whole(1, 3);
            fronts(kit, vec2(-0.48 * w, 0.06), vec2(0.48 * w, h - t), 0.5 * d, [columns, 1]);
        }
        _ => legs(kit, vec2(0.45 * w, 0.42 * d), h, 0.05),
    }
    kit.white();
    kit.pad(vec3(0.0, h - 0.5 * t, 0.0), vec3(1.04 * w, t, 1.04 * d), 0.03);
    kit.carve(|kit| {
        kit.scaled(vec3(0.0, h + 0.01, 0.04), vec3(0.42 * bowl, 0.8 * t, 0.36 * d), |kit| {
            kit.ball(Vec3::ZERO, Vec3::ONE)
        })
    });
    tap(kit, vec3(0.0, h, -0.42 * d), size);
    if kit.random.chance(0.35) {
        kit.block(vec3(0.0, 0.6 * h + 0.4, 0.02 - 0.54 * d), vec3(0.8 * w, 0.8 * h + 0.8, 0.05));
    }
}

/// The face and top of a stove, its front at z = 0.
fn hob(kit: &mut Kit, w: f32, h: f32, d: f32) {
    front(kit, vec3(0.0, 0.42 * h, 0.0), vec2(w, 0.6 * h), 1);
    kit.dark();
    kit.block(vec3(0.0, 0.4 * h, 0.04), vec3(0.6 * w, 0.25 * h, 0.03));
    for x in [-0.36, -0.12, 0.12, 0.36] {
        kit.rod(vec3(x * w, 0.88 * h, -0.02), vec3(x * w, 0.88 * h, 0.05), 0.03, 0.03)
    }
    kit.at(vec3(0.0, h, -0.5 * d), |kit| {
        kit.four(|kit| kit.rod(vec3(0.23 * w, -0.02, 0.22 * d), vec3(0.23 * w, 0.03, 0.22 * d), 0.1, 0.1))
    });
    if kit.random.chance(0.5) {
        kit.block(vec3(0.0, h + 0.1, 0.04 - d), vec3(w, 0.35, 0.05))
    }
    if kit.random.chance(0.5) {
        clutter(kit, vec3(0.23 * w, h + 0.03, -0.3 * d), 0.3)
    }
}

/// The face of a vending machine, at z = 0.
fn shop_window(kit: &mut Kit, w: f32, h: f32, d: f32) {
    kit.dark();
    kit.carve(|kit| {
        kit.block(vec3(-0.12 * w, 0.6 * h, 0.0), vec3(0.6 * w, 0.65 * h, 0.5 * d));
        kit.block(vec3(0.0, 0.13 * h, 0.0), vec3(0.6 * w, 0.1 * h, 0.3 * d));
    });
    for k in 0..16 {
        let (x, y) = ((k % 4) as f32 * 0.14 - 0.33, (k / 4) as f32 * 0.16 + 0.28);
        kit.paint(k / 2);
        kit.block(vec3(-0.12 * w, y * h, -0.15 * d), vec3(0.62 * w, 0.02 * h, 0.25 * d));
        kit.rod(vec3(x * w, y * h, -0.1 * d), vec3(x * w, (y + 0.1) * h, -0.1 * d), 0.05 * w, 0.05 * w);
    }
}

fn appliance(kit: &mut Kit) {
    let r = &mut *kit.random;
    let (style, w, d, split) = (r.whole(0, 3), r.range(0.52, 0.8), r.range(0.5, 0.7), r.range(0.25, 0.75));
    let h = [r.range(1.0, 2.0), r.range(0.75, 0.95), r.range(0.75, 0.95), r.range(1.6, 2.0)][style];
    let (open, paint) = (r.range(0.3, 2.0), r.chance(0.5));
    if paint {
        kit.white()
    } else {
        kit.paint(0)
    }
    kit.pad(vec3(0.0, 0.5 * h, 0.0), vec3(w, h, d), 0.03);
    kit.at(vec3(0.0, 0.0, 0.5 * d), |kit| match style {
        0 if open > 1.2 => {
            kit.carve(|kit| kit.block(vec3(0.0, 0.5 * h, 0.0), vec3(0.84 * w, 0.92 * h, 1.5 * d)));
            for k in 1..4 {
                kit.block(vec3(0.0, 0.25 * k as f32 * h, -0.4 * d), vec3(0.9 * w, 0.03, 0.8 * d));
                clutter(kit, vec3(0.15 * w, 0.25 * k as f32 * h + 0.01, -0.3 * d), 0.18 * h);
            }
            kit.turned(vec3(-0.47 * w, 0.5 * h, 0.0), Vec3::Y, -open, |kit| {
                front(kit, vec3(0.45 * w, 0.0, 0.0), vec2(w, h), 1)
            });
        }
        0 => {
            front(kit, vec3(0.0, 0.5 * split * h, 0.0), vec2(w, split * h), 1);
            front(kit, vec3(0.0, (0.5 + 0.5 * split) * h, 0.0), vec2(w, (1.0 - split) * h), 1);
        }
        1 => {
            kit.metal();
            kit.ring(vec3(0.0, 0.45 * h, 0.01), Vec3::Z, 0.3 * w, 0.05);
            kit.glass();
            kit.ball(vec3(0.0, 0.45 * h, 0.0), vec3(0.3 * w, 0.3 * w, 0.05));
            kit.rod(vec3(0.3 * w, 0.9 * h, -0.02), vec3(0.3 * w, 0.9 * h, 0.04), 0.05, 0.04);
            kit.block(vec3(-0.25 * w, 0.9 * h, 0.0), vec3(0.3 * w, 0.07, 0.03));
        }
        2 => hob(kit, w, h, d),
        _ => shop_window(kit, w, h, d),
    });
}

fn clock(kit: &mut Kit) {
    let r = &mut *kit.random;
    let (style, d, h, hour) = (r.whole(0, 2), r.range(0.1, 0.35), r.range(3.5, 5.5), r.range(0.0, TAU));
    coat(kit, 0);
    match style {
        0 => {
            kit.rod(-d * Vec3::Z, 0.08 * Vec3::Z, 1.0, 1.0);
            kit.ring(0.08 * Vec3::Z, Vec3::Z, 1.0, 0.1);
        }
        1 => {
            kit.rod(-2.0 * d * Vec3::Z, 0.08 * Vec3::Z, 0.95, 1.0);
            kit.both(|kit| {
                kit.rod(vec3(0.3, -0.6, -d), vec3(0.7, -1.25, -d), 0.1, 0.14);
                kit.ball(vec3(0.55, 0.95, -d), Vec3::splat(0.35));
            });
            kit.arc(vec3(0.0, 0.95, -d), Vec3::Z, 0.4, 0.07, 0.0, PI);
        }
        _ => {
            kit.block(vec3(0.0, 0.0, -0.6), vec3(2.5, 2.5, 1.3));
            kit.frustum(vec3(0.0, 1.2, -0.6), vec3(2.8, 0.6, 1.5), vec3(0.6 + 4.0 * d, 0.0, 1.0), Vec3::ZERO);
            kit.block(vec3(0.0, -0.5 * h, -0.6), vec3(1.8, h, 1.0));
            kit.block(vec3(0.0, -h, -0.6), vec3(2.6, 1.6, 1.4));
            kit.carve(|kit| kit.block(vec3(0.0, -0.5 * h - 0.1, 0.0), vec3(1.2, h - 2.6, 0.9)));
            kit.gold();
            kit.rod(vec3(0.0, -1.1, -0.35), vec3(0.0, 0.9 - h, -0.35), 0.06, 0.06);
            kit.rod(vec3(0.0, 1.3 - h, -0.5), vec3(0.0, 1.3 - h, -0.2), 0.35, 0.35);
        }
    }
    kit.white();
    kit.rod(-0.1 * Vec3::Z, 0.11 * Vec3::Z, 0.9, 0.9);
    kit.dark();
    for (angle, long) in [(hour, 0.5), (12.0 * hour, 0.75)] {
        kit.turned(0.12 * Vec3::Z, Vec3::Z, -angle, |kit| {
            kit.block(vec3(0.0, 0.45 * long, 0.0), vec3(0.1, long, 0.08))
        });
    }
}
