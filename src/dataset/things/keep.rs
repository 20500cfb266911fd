//! What stands in an old hall: fires and candles, altars, thrones, columns and doors.

use std::f32::consts::{FRAC_PI_2, PI, TAU};

use glam::{Vec3, vec3};

use super::Kind;
use super::kit::Kit;
use super::parts::{bent, lathed, polar, round_slab, sizes, upright};

pub const KINDS: &[Kind] = &[
    ("torch", torch),
    ("brazier", brazier),
    ("candle", candle),
    ("chandelier", chandelier),
    ("altar", altar),
    ("throne", throne),
    ("ruin", ruin),
    ("old door", door),
];

/// A round flame with tongues.
fn flame(kit: &mut Kit, foot: Vec3, size: f32) {
    let [tall, high, out] = sizes(kit, [(1.3, 2.8), (0.4, 0.9), (0.6, 0.9)]);
    kit.hsv(0.09, 0.9, 0.95);
    let size3 = size * vec3(1.0, tall, 1.0);
    lathed(kit, foot, size3, &[(0.6, -0.2), (1.0, 0.2), (0.8, 0.45), (0.35, 0.75), (0.0, 1.0)]);
    for k in 0..kit.random.pick(&[0, 0, 2, 3]) {
        kit.rod(foot, foot + size3 * polar(2.0 * k as f32, out, high), 0.6 * size, 0.0);
    }
}

/// A candle.
fn wick(kit: &mut Kit, foot: Vec3, tall: f32, radius: f32) {
    kit.white();
    kit.rod(foot - 0.1 * radius * Vec3::Y, foot + tall * Vec3::Y, 1.05 * radius, radius);
    flame(kit, foot + (tall + 0.1 * radius) * Vec3::Y, 0.6 * radius);
}

fn torch(kit: &mut Kit) {
    let [long, thick, cup, tall, lean] = sizes(kit, [(0.6, 1.5), (0.05, 0.1), (0.11, 0.22), (0.15, 0.35), (0.15, 0.7)]);
    let (style, on_wall, wide) = (kit.random.whole(0, 2), kit.random.chance(0.5), kit.random.range(0.15, 0.35));
    let tilt = if on_wall { lean } else { kit.random.pick(&[0.0, 0.0, -0.6, 0.5, FRAC_PI_2]) };
    kit.turned(Vec3::ZERO, Vec3::X, tilt, |kit| {
        kit.wood();
        upright(kit, -long, 0.9 * tall, 0.8 * thick, thick);
        kit.metal();
        match style {
            0 => lathed(kit, Vec3::ZERO, vec3(cup, tall, cup), &[(0.4, -0.3), (0.6, 0.0), (1.0, 1.0)]),
            1 => kit.ball(0.4 * tall * Vec3::Y, vec3(cup, 0.7 * tall, cup)),
            _ => {
                [-0.5, 0.1, 0.6].iter().for_each(|t| upright(kit, t * tall, (t + 0.4) * tall, 1.3 * thick, 1.6 * thick))
            }
        }
        flame(kit, 0.95 * tall * Vec3::Y, 0.95 * cup);
    });
    if on_wall {
        kit.dark();
        let t = -0.45 * long;
        let (hold, wall) = (vec3(0.0, t * libm::cosf(lean), t * libm::sinf(lean)), -long * libm::sinf(lean) - 0.1);
        kit.rod(hold + 0.05 * Vec3::Z, vec3(0.0, hold.y - 0.05, wall), 1.4 * thick, 0.06);
        kit.block(vec3(0.0, hold.y, wall), vec3(wide, 0.5 * long, 0.09));
    }
}

fn brazier(kit: &mut Kit) {
    kit.sides = kit.sides.min(10);
    let [deep, lip, tall, foot, knee] = sizes(kit, [(0.3, 0.8), (0.85, 1.15), (0.5, 2.6), (0.5, 1.1), (0.3, 0.9)]);
    let (style, legs, low) = (kit.random.whole(0, 4), kit.random.whole(3, 4), -deep - tall);
    kit.either(0.7, Kit::metal, Kit::stone);
    lathed(
        kit,
        Vec3::ZERO,
        vec3(1.0, deep, 1.0),
        &[(0.3, -1.0), (0.75, -0.7), (1.0, -0.15), (lip, 0.0), (0.85, 0.0), (0.5, -0.4)],
    );
    match style {
        0 => kit.around(legs, |kit| kit.rod(vec3(0.9 * foot, low, 0.0), vec3(0.9, 0.1, 0.0), 0.08, 0.08)),
        1 => lathed(
            kit,
            low * Vec3::Y,
            vec3(foot, tall, foot),
            &[(1.0, 0.0), (1.0, 0.1), (0.3 * knee, 0.25), (0.2, 0.9), (0.6, 1.1)],
        ),
        2 => kit.around(legs, |kit| kit.rod(0.93 * Vec3::X, (tall + 0.3) * Vec3::Y, 0.06, 0.1)),
        3 => kit.around(legs, |kit| {
            bent(kit, [vec3(0.7, -0.6 * deep, 0.0), vec3(knee, 0.6 * low, 0.0), vec3(foot, low, 0.0)], [0.09; 3])
        }),
        _ => kit.frustum(low * Vec3::Y, vec3(1.6 * foot, tall + 0.2, 1.6 * foot), vec3(0.9, 0.0, 0.9), Vec3::ZERO),
    }
    kit.dark();
    round_slab(kit, -0.6 * deep * Vec3::Y, 0.85, 0.5 * deep);
    kit.either(0.75, |kit| flame(kit, -0.1 * deep * Vec3::Y, 0.6), |_| {});
}

fn candle(kit: &mut Kit) {
    kit.sides = kit.sides.min(10);
    let count = kit.random.pick(&[1, 1, 2, 3, 5]);
    let [radius, low, high, wide, stem] = sizes(kit, [(0.1, 0.3), (0.2, 0.6), (0.6, 1.6), (1.2, 2.0), (-1.0, 1.5)]);
    let spread = if count == 1 { 0.0 } else { 1.3 * radius };
    for k in 0..count {
        let (tall, r) = (kit.random.range(low, high), radius * kit.random.range(0.7, 1.1));
        let foot = polar(TAU * k as f32 / count as f32, spread, 0.0);
        wick(kit, foot, tall, r);
        kit.white();
        kit.ball(foot + vec3(0.7 * r, 0.6 * tall, 0.4 * r), r * vec3(0.4, 1.0, 0.4));
    }
    let r = wide * (radius + spread);
    kit.either(0.6, Kit::gold, Kit::stone);
    lathed(kit, Vec3::ZERO, vec3(r, 1.0, r), &[(0.6, -0.12), (1.0, 0.1), (0.95, 0.13), (0.6, 0.05)]);
    if stem > 0.3 {
        lathed(
            kit,
            -stem * Vec3::Y,
            vec3(r, stem, r),
            &[(1.0, 0.0), (0.9, 0.1), (0.3, 0.2), (0.45, 0.5), (0.25, 0.8), (0.6, 0.97)],
        );
    } else if stem > -0.4 {
        kit.ring(vec3(1.15 * r, 0.05, 0.0), Vec3::Z, 0.13, 0.045);
    }
}

/// A chandelier or a candelabrum.
fn chandelier(kit: &mut Kit) {
    kit.sides = kit.sides.min(8);
    let [reach, drop, thin, rise, foot] = sizes(kit, [(0.6, 1.3), (0.1, 0.6), (0.04, 0.07), (0.6, 1.6), (0.3, 0.6)]);
    let (arms, is_hung, hue) =
        (kit.random.pick(&[2, 4, 5, 6, 8]), kit.random.chance(0.5), kit.random.pick(&[0.12, 0.6]));
    let low = -rise - drop;
    kit.around(arms, |kit| {
        kit.hsv(hue, 0.8 - hue, 0.9 - hue);
        let path = [(0.0, 0.0), (0.5 * reach, -drop), (0.95 * reach, -0.6 * drop), (reach, 0.0)];
        kit.tube(&path.map(|(x, y)| (vec3(x, y, 0.0), thin)));
        round_slab(kit, vec3(reach, -0.03, 0.0), 2.8 * thin, 0.08);
        wick(kit, vec3(reach, 0.02, 0.0), 0.25 + 0.3 * foot, 1.6 * thin);
    });
    kit.hsv(hue, 0.8 - hue, 0.9 - hue);
    if is_hung {
        upright(kit, -drop - 0.15, rise, 1.5 * thin, thin);
        kit.ball(-0.8 * drop * Vec3::Y, Vec3::splat(0.14));
        kit.around(arms, |kit| kit.rod(0.97 * reach * Vec3::X, rise * Vec3::Y, 0.7 * thin, 0.7 * thin));
        kit.either(0.5, |kit| kit.ring(Vec3::ZERO, Vec3::Y, reach, 1.5 * thin), |_| {});
    } else {
        lathed(
            kit,
            Vec3::ZERO,
            Vec3::ONE,
            &[(foot, low), (foot, low + 0.08), (1.5 * thin, low + 0.2), (2.5 * thin, -drop), (thin, 0.1)],
        );
        wick(kit, 0.1 * Vec3::Y, 0.3, 1.6 * thin);
    }
}

/// An altar, with something on it.
fn altar(kit: &mut Kit) {
    let [wide, deep, tall, slab, waist] = sizes(kit, [(1.2, 2.4), (0.7, 1.2), (0.5, 1.1), (0.1, 0.25), (0.5, 0.95)]);
    let (is_solid, size) = (kit.random.chance(0.6), vec3(wide, slab, deep));
    kit.stone();
    kit.block((tall + 0.5 * slab) * Vec3::Y, size);
    if is_solid {
        kit.frustum(Vec3::ZERO, vec3(0.9 * wide, tall + 0.02, 0.9 * deep), waist * size, Vec3::ZERO);
    } else {
        kit.four(|kit| kit.block(vec3(0.36 * wide, 0.5 * tall, 0.33 * deep), vec3(0.2, tall + 0.05, 0.2)));
    }
    for k in 0..kit.random.whole(if is_solid { 0 } else { 1 }, 3) {
        kit.block(
            -0.15 * (k as f32 + 0.4) * Vec3::Y,
            size * vec3(1.1, 0.0, 1.1) + vec3(0.4 * k as f32, 0.17, 0.4 * k as f32),
        );
    }
    let (y, what, r) = (tall + slab - 0.01, kit.random.whole(0, 4), 0.3 * deep);
    kit.paint(0);
    match what {
        0 => kit.both(|kit| wick(kit, vec3(0.38 * wide, y, 0.0), 0.4, 0.09)),
        1 => lathed(
            kit,
            y * Vec3::Y,
            Vec3::splat(r),
            &[(0.5, 0.0), (0.2, 0.2), (1.0, 0.7), (1.1, 1.0), (0.9, 1.0), (0.3, 0.5)],
        ),
        2 => kit.block(tall * Vec3::Y, vec3(0.4 * wide, 2.3 * slab, 1.06 * deep)),
        3 => [-1.0, 1.0].into_iter().for_each(|x| {
            kit.hull(&[
                vec3(0.0, y, r),
                vec3(0.0, y, -r),
                vec3(x * r, y + 0.2 * r, r),
                vec3(x * r, y + 0.2 * r, -r),
                vec3(x * r, y - 0.05, r),
                vec3(x * r, y - 0.05, -r),
            ])
        }),
        _ => {}
    }
}

fn throne(kit: &mut Kit) {
    let [wide, deep, seat, back, thick] = sizes(kit, [(0.8, 1.4), (0.7, 1.1), (0.4, 0.6), (0.8, 2.0), (0.12, 0.25)]);
    let [arm, step, peak] = sizes(kit, [(0.2, 0.45), (-0.3, 0.5), (0.0, 0.6)]);
    let (style, z) = (kit.random.whole(0, 3), 0.5 * (thick - deep));
    kit.either(0.5, Kit::stone, Kit::wood);
    kit.block(0.5 * seat * Vec3::Y, vec3(wide, seat, deep));
    kit.block(vec3(0.0, seat + 0.5 * back - 0.05, z), vec3(wide, back + 0.1, thick));
    let top = vec3(0.0, seat + back - 0.02, z);
    match style {
        0 => kit.frustum(top, vec3(wide, peak + 0.05, thick), vec3(0.1, 0.0, thick), Vec3::ZERO),
        1 => kit.rod(top - 0.51 * thick * Vec3::Z, top + 0.51 * thick * Vec3::Z, 0.5 * wide, 0.5 * wide),
        2 => [-0.4, -0.2, 0.0, 0.2, 0.4].iter().for_each(|x| {
            kit.rod(
                top + x * wide * Vec3::X - 0.1 * Vec3::Y,
                top + vec3(x * wide, 0.3 + peak - x * x, 0.0),
                0.45 * thick,
                0.0,
            )
        }),
        _ => kit.both(|kit| kit.ball(top + vec3(0.45 * wide, 0.02, 0.0), Vec3::splat(0.7 * thick))),
    }
    kit.both(|kit| {
        kit.block(vec3(0.48 * wide, seat + arm, 0.0), vec3(thick, 0.12, deep + 0.05));
        kit.block(vec3(0.48 * wide, 0.5 * (seat + arm), 0.45 * deep), vec3(0.9 * thick, seat + arm, 0.9 * thick));
        kit.either(0.5, |kit| kit.ball(vec3(0.48 * wide, seat + arm, 0.5 * deep), Vec3::splat(0.8 * thick)), |_| {});
    });
    kit.paint(0);
    kit.pad(vec3(0.0, seat, 0.05), vec3(0.8 * wide, 0.16, 0.8 * deep), 0.05);
    kit.pad(vec3(0.0, seat + 0.55 * back, z + 0.5 * thick), vec3(0.7 * wide, 0.7 * back, 0.1), 0.04);
    if step > 0.0 {
        kit.block(vec3(0.0, -0.08, 0.4 * step), vec3(wide + step, 0.2, deep + step + 0.3));
    }
}

/// Columns, whole or broken, some under a beam or an arch.
fn ruin(kit: &mut Kit) {
    kit.sides = kit.sides.min(10);
    let [r, tall, gap, taper, base] = sizes(kit, [(0.15, 0.3), (1.2, 2.6), (0.5, 0.9), (0.75, 1.0), (1.3, 1.7)]);
    let (style, flutes) = (kit.random.whole(0, 4), kit.random.pick(&[0, 0, 8, 10]));
    kit.stone();
    let column = |kit: &mut Kit, tall: f32, is_broken: bool| {
        kit.frustum(
            Vec3::ZERO,
            vec3(2.0 * base * r, 0.15, 2.0 * base * r),
            vec3(2.0 * base * r, 0.0, 2.0 * base * r),
            Vec3::ZERO,
        );
        round_slab(kit, 0.13 * Vec3::Y, 1.2 * r, 0.12);
        upright(kit, 0.1, tall, r, taper * r);
        if flutes > 0 {
            kit.around(flutes, |kit| {
                kit.rod(vec3(0.93 * r, 0.2, 0.0), vec3(0.93 * taper * r, tall - 0.02, 0.0), 0.18 * r, 0.18 * r)
            });
        }
        if is_broken {
            let (turn, tilt) = (kit.random.range(0.0, TAU), kit.random.range(0.2, 0.7));
            kit.carve(|kit| {
                kit.turned((tall - 0.1) * Vec3::Y, polar(turn, 1.0, 0.0), tilt, |kit| {
                    kit.block(Vec3::Y, vec3(3.0, 2.0, 3.0))
                })
            });
        } else {
            lathed(kit, (tall - 0.05) * Vec3::Y, vec3(r, 1.0, r), &[(taper, 0.0), (1.1 * taper, 0.1), (1.3, 0.2)]);
            kit.block((tall + 0.2) * Vec3::Y, vec3(2.7 * r, 0.14, 2.7 * r));
        }
    };
    if style < 2 {
        column(kit, tall, style == 1);
        return;
    }
    let low = tall * kit.random.range(0.3, 0.7);
    kit.at(-gap * Vec3::X, |kit| column(kit, tall, false));
    kit.at(gap * Vec3::X, |kit| column(kit, if style == 2 { low } else { tall }, style == 2));
    kit.block(-0.07 * Vec3::Y, vec3(2.0 * gap + 3.4 * r, 0.2, 4.0 * r));
    match style {
        3 => kit.block((tall + 0.35) * Vec3::Y, vec3(2.0 * gap + 3.0 * r, 0.25, 2.2 * r)),
        4 => kit.sided(16, |kit| kit.arc((tall + 0.2) * Vec3::Y, Vec3::Z, gap, r, 0.0, PI)),
        _ => kit.turned(vec3(0.1, r, 2.0 * r), Vec3::Y, low, |kit| kit.rod(-0.4 * Vec3::X, 0.4 * Vec3::X, r, 0.9 * r)),
    }
}

/// A heavy door in its frame, shut or ajar.
fn door(kit: &mut Kit) {
    let [half, tall, side, deep, thick] = sizes(kit, [(0.4, 0.7), (1.3, 2.0), (0.15, 0.35), (0.25, 0.6), (0.1, 0.18)]);
    let (is_round, open) = (kit.random.chance(0.5), kit.random.pick(&[0.0, 0.0, 0.4, 1.0, 1.6]));
    let (leaf, planks) = (if is_round { tall } else { tall + 0.02 }, kit.random.whole(3, 6));
    let arch = |kit: &mut Kit, r: f32, z: f32, high: f32| {
        kit.block(0.5 * high * Vec3::Y, vec3(2.0 * r, high, z));
        if is_round {
            kit.sided(16, |kit| kit.rod(vec3(0.0, high, -0.5 * z), vec3(0.0, high, 0.5 * z), r, r));
        }
    };
    kit.stone();
    arch(kit, half + side, deep, if is_round { tall } else { tall + side });
    kit.carve(|kit| kit.at(-0.01 * Vec3::Y, |kit| arch(kit, half, 2.0, tall)));
    kit.block(-0.04 * Vec3::Y, vec3(2.0 * (half + side), 0.12, deep + 0.3));
    kit.turned(vec3(-half, 0.0, 0.0), Vec3::Y, -open, |kit| {
        kit.at((half + 0.01) * Vec3::X, |kit| {
            kit.wood();
            arch(kit, half + 0.02, thick, leaf);
            for k in 1..planks {
                let x = half * (2.0 * k as f32 / planks as f32 - 1.0);
                kit.block(vec3(x, 0.5 * tall, 0.0), vec3(0.05, tall, thick + 0.05));
            }
            kit.metal();
            [0.25, 0.75].into_iter().for_each(|t| kit.block(t * tall * Vec3::Y, vec3(1.9 * half, 0.12, thick + 0.1)));
            kit.ring(vec3(0.7 * half, 0.47 * tall, 0.5 * thick + 0.05), Vec3::Z, 0.09, 0.035);
        });
    });
}
