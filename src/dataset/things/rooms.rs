//! Furniture of rooms, with what lies and stands on it.

use std::f32::consts::FRAC_PI_2;

use glam::{Vec2, Vec3, vec2, vec3};

use super::Kind;
use super::kit::Kit;
use super::parts::{bent, lathed, mirrored, post, round_outline, sheet, sizes, upright};

pub const KINDS: &[Kind] = &[
    ("bunk bed", bunk_bed),
    ("cot", cot),
    ("high chair", high_chair),
    ("rocking chair", rocking_chair),
    ("wardrobe", wardrobe),
    ("bookcase", bookcase),
    ("table set", table_set),
    ("pouf", pouf),
    ("chaise", chaise),
    ("door", door),
];

pub(super) fn coat(kit: &mut Kit, number: usize) {
    kit.either(0.5, Kit::wood, |kit| kit.paint(number));
}

/// A square bar.
pub(super) fn bar(kit: &mut Kit, a: Vec3, b: Vec3, thick: f32) {
    kit.sided(4, |kit| kit.rod(a, b, 0.7 * thick, 0.7 * thick));
}

/// Four legs up to `tall` about the corners `half`.
fn legs(kit: &mut Kit, half: Vec2, tall: f32, thick: f32) {
    let (style, splay) = (kit.random.whole(0, 3), kit.random.range(0.0, 0.25) * tall.min(half.y));
    let bar = kit.random.pick(&[0.0, 0.0, 0.2, 0.5]) * tall;
    kit.four(|kit| {
        let (foot, top) = (vec3(half.x, 0.0, half.y), vec3(half.x, tall, half.y));
        match style {
            0 => kit.frustum(foot, vec3(thick, tall, thick), Vec3::splat(thick), Vec3::ZERO),
            1 => kit.frustum(foot, vec3(0.5 * thick, tall, 0.5 * thick), Vec3::splat(thick), Vec3::ZERO),
            2 => lathed(kit, foot, vec3(thick, tall, thick), &[(0.3, 0.0), (0.4, 0.3), (0.65, 0.6), (0.45, 1.0)]),
            _ => kit.rod(foot + vec3(splay, 0.0, splay), top, 0.35 * thick, 0.55 * thick),
        }
    });
    if style < 3 && bar > 0.0 {
        kit.both(|kit| kit.block(vec3(half.x, bar, 0.0), vec3(0.4 * thick, 0.6 * thick, 2.0 * half.y)));
        kit.block(bar * Vec3::Y, vec3(2.0 * half.x, 0.5 * thick, 0.4 * thick));
    }
}

/// Upright slats between two points, up to `tall`.
fn slats(kit: &mut Kit, a: Vec3, b: Vec3, tall: f32, count: usize, thick: f32) {
    for k in 0..count {
        let foot = a.lerp(b, (k as f32 + 0.5) / count as f32);
        kit.sided(5, |kit| post(kit, foot, tall, thick, thick));
    }
}

/// The back of a seat from the origin up: solid, padded, with slats or with rungs.
fn back(kit: &mut Kit, wide: f32, tall: f32, thick: f32) {
    let (style, count) = (kit.random.whole(0, 4), kit.random.whole(2, 5));
    let (x, low) = (0.5 * (wide - thick), kit.random.range(0.0, 0.4) * tall);
    if style == 0 {
        let crown = [[0.5 * wide, -0.05 * tall], [0.52 * wide, 0.85 * tall], [0.3 * wide, tall]];
        return kit.plate(&mirrored(&crown), -0.5 * thick, 0.5 * thick);
    }
    kit.both(|kit| kit.block(vec3(x, 0.46 * tall, 0.0), vec3(thick, 1.08 * tall, thick)));
    match style {
        1 => kit.pad(0.5 * (tall + low) * Vec3::Y, vec3(1.1 * wide, tall - low, 1.7 * thick), 0.6 * thick),
        2 => (0..count).for_each(|k| {
            let y = tall * (1.0 - 0.8 * k as f32 / count as f32) - 0.07 * tall;
            kit.block(y * Vec3::Y, vec3(wide - 0.2 * thick, 0.35 * tall / count as f32, 0.6 * thick));
        }),
        _ => {
            kit.pad(0.93 * tall * Vec3::Y, vec3(1.04 * wide, 0.18 * tall, 0.9 * thick), 0.3 * thick);
            slats(kit, vec3(-x, -0.05 * tall, 0.0), vec3(x, -0.05 * tall, 0.0), tall, count + 1, 0.28 * thick);
        }
    }
}

/// A chair that stands at the origin.
fn chair(kit: &mut Kit, wide: f32, seat: f32, top: f32) {
    let [deep, thick, lean] = sizes(kit, [(0.85, 1.1), (0.07, 0.12), (0.0, 0.25)]);
    let (deep, thick) = (deep * wide, thick * wide);
    coat(kit, 0);
    legs(kit, 0.5 * vec2(wide, deep) - 0.6 * thick, seat, thick);
    kit.turned(vec3(0.0, seat, -0.44 * deep), Vec3::X, -lean, |kit| back(kit, 0.95 * wide, top - seat, thick));
    kit.either(0.5, |_| {}, |kit| kit.paint(1));
    let soft = thick * kit.random.pick(&[0.8, 0.8, 2.0]);
    kit.pad(seat * Vec3::Y, vec3(wide, soft, deep), 0.3 * soft);
}

fn cushion(kit: &mut Kit, center: Vec3, size: Vec3) {
    let h = 0.5 * size;
    let rows = [(1.0, 0.0, 1.0), (0.92, 0.35, 0.65), (0.92, -0.35, 0.65), (0.6, 1.0, 0.3), (0.6, -1.0, 0.3)];
    let points = rows.map(|(w, y, v)| [[w, v], [v, w], [-w, v], [-v, w]].map(|[x, z]| vec3(x, y, z)));
    let points: Vec<Vec3> = points.as_flattened().iter().flat_map(|&p| [p, p * vec3(1.0, 1.0, -1.0)]).collect();
    let turned = points.iter().flat_map(|&p| [p, p * vec3(-1.0, 1.0, 1.0)]);
    kit.hull(&turned.map(|p| center + h * p).collect::<Vec<_>>());
}

/// A small thing on `foot`, up to `size` high: a vase, a bowl, a ball, a plant, books, a box.
fn trinket(kit: &mut Kit, foot: Vec3, size: f32) {
    let (style, paint, foot) = (kit.random.whole(0, 5), kit.random.whole(0, 3), foot - 0.04 * size * Vec3::Y);
    let [wide, high] = sizes(kit, [(0.2, 0.35), (0.6, 1.0)]).map(|x| x * size);
    kit.paint(paint);
    match style {
        0 => lathed(kit, foot, vec3(wide, high, wide), &[(0.6, 0.0), (1.0, 0.35), (0.3, 0.75), (0.5, 1.0)]),
        1 => lathed(
            kit,
            foot,
            vec3(1.3 * wide, 0.4 * size, 1.3 * wide),
            &[(0.4, 0.0), (1.0, 1.0), (0.85, 1.0), (0.0, 0.4)],
        ),
        2 => kit.ball(foot + wide * Vec3::Y, Vec3::splat(wide)),
        3 => {
            lathed(kit, foot, vec3(wide, 0.45 * high, wide), &[(0.7, 0.0), (1.0, 1.0)]);
            kit.leaf();
            kit.ball(foot + 0.7 * high * Vec3::Y, vec3(1.2 * wide, 0.4 * high, 1.2 * wide));
        }
        4 => (0..kit.random.whole(1, 4)).for_each(|k| {
            let [w, turn] = sizes(kit, [(0.5, 0.7), (-0.4, 0.4)]);
            let at = foot + (0.08 + 0.13 * k as f32) * size * Vec3::Y;
            kit.turned(at, Vec3::Y, turn, |kit| kit.block(Vec3::ZERO, vec3(w, 0.16, 0.7 * w) * size));
        }),
        _ => kit.block(foot + 0.5 * high * Vec3::Y, vec3(2.0 * wide, high, wide)),
    }
}

/// Hollows in the front of a box on `foot`, with things in them.
fn cells(kit: &mut Kit, foot: Vec3, size: Vec3, [columns, rows]: [usize; 2], thick: f32) {
    let (w, h) = ((size.x - thick) / columns as f32, (size.y - thick) / rows as f32);
    let at = |k: usize| {
        foot + vec3(((k % columns) as f32 + 0.5) * w - 0.5 * (size.x - thick), (k / columns) as f32 * h + thick, 0.0)
    };
    kit.carve(|kit| {
        let hollow = vec3(w - thick, h - thick, size.z);
        (0..columns * rows).for_each(|k| kit.block(at(k) + vec3(0.0, 0.5 * hollow.y, thick), hollow));
    });
    for k in 0..columns * rows {
        let (style, room, mut x) = (kit.random.whole(0, 4), h - thick, -0.5 * (w - thick));
        let end = kit.random.range(-0.1, 0.5) * w;
        while style < 3 && x < end - 0.03 {
            let [thin, tall, deep] = sizes(kit, [(0.03, 0.09), (0.6, 0.93), (0.5, 0.8)]);
            let (thin, paint) = (thin.max(0.06 * w), kit.random.whole(0, 3));
            kit.paint(paint);
            kit.block(
                at(k) + vec3(x + 0.5 * thin, 0.48 * tall * room, -0.1 * size.z),
                vec3(thin, tall * room, deep * size.z),
            );
            x += thin;
        }
        if style < 2 || style == 4 {
            let free = 0.5 * (x + 0.5 * (w - thick)) * Vec3::X;
            trinket(kit, at(k) + free, (0.8 * room).min(0.5 * w - x).min(size.z));
        }
    }
}

fn mattress(kit: &mut Kit, y: f32, [x, z]: [f32; 2]) {
    kit.white();
    kit.pad(y * Vec3::Y, vec3(2.0 * x, 0.16, 2.0 * z), 0.04);
    let long = kit.random.range(0.4, 0.75) * x;
    cushion(kit, vec3(-0.75 * x, y + 0.08, 0.0), vec3(0.36 * x, 0.13, 1.4 * z));
    kit.paint(2);
    kit.pad(vec3(x - long, y + 0.02, 0.0), vec3(2.0 * long, 0.2, 2.0 * z + 0.06), 0.03);
}

fn bunk_bed(kit: &mut Kit) {
    let [x, z, gap, thick, low] = sizes(kit, [(0.9, 1.1), (0.38, 0.6), (0.75, 1.2), (0.06, 0.11), (0.2, 0.45)]);
    let (side, count, style) = (kit.random.pick(&[-0.55f32, 0.55]), kit.random.whole(2, 5), kit.random.whole(0, 3));
    let (high, out, turn) = (low + gap, kit.random.range(0.04, 0.35), kit.random.pick(&[0.0, 0.0, FRAC_PI_2]));
    kit.turned(Vec3::ZERO, Vec3::Y, turn, |kit| {
        coat(kit, 0);
        kit.four(|kit| kit.block(vec3(x, 0.5 * high + 0.18, z), vec3(thick, high + 0.36, thick)));
        for k in 0..5 {
            let rise = 0.18 * high * (k + 1) as f32;
            let step = vec3(side.signum() * (x + 1.0 - 0.25 * k as f32), 0.5 * rise, 0.0);
            let rung = vec3(side * x, rise, z + out * (1.0 - rise / high) + 0.03);
            match style {
                0 => kit.block(step, vec3(0.3, rise, 1.2 * z)),
                _ => bar(kit, rung - 0.2 * Vec3::X, rung + 0.2 * Vec3::X, 0.045),
            }
        }
        let rail = [vec3(side * x - 0.2, 0.0, z + out + 0.03), vec3(side * x - 0.2, high + 0.2, z + 0.03)];
        [0.0, 0.4]
            .iter()
            .take(2 * style.min(1))
            .for_each(|&d| bar(kit, rail[0] + d * Vec3::X, rail[1] + d * Vec3::X, 0.06));
        kit.block(vec3(0.0, high + 0.28, -z), vec3(2.0 * x, 0.1, 0.05));
        kit.block(vec3(-0.6 * side * x, high + 0.26, z), vec3(1.4 * x, 0.1, 0.05));
        for (y, deep) in [(high, 1.0), (low, if style == 3 { 0.5 } else { 1.0 })] {
            coat(kit, 0);
            kit.both(|kit| slats(kit, vec3(x, y, -z), vec3(x, y, z), 0.3, count, 0.025));
            kit.both(|kit| kit.block(vec3(x, y + 0.3, 0.0), vec3(0.06, 0.08, 2.0 * z)));
            kit.block(vec3(0.0, y, (deep - 1.0) * z), vec3(2.0 * x, 0.12, 2.0 * deep * z));
            if deep == 1.0 {
                mattress(kit, y + 0.12, [x - 0.02, z - 0.02]);
            }
        }
    });
}

fn cot(kit: &mut Kit) {
    let [x, z, top, y] = sizes(kit, [(0.45, 0.7), (0.27, 0.4), (0.7, 1.05), (0.2, 0.45)]);
    let (count, end, style) = (kit.random.whole(5, 8), kit.random.pick(&[0.017, 0.017, 0.08]), kit.random.whole(0, 3));
    let (turn, dip) = (kit.random.pick(&[0.0, 0.0, FRAC_PI_2, -0.6]), kit.random.pick(&[0.0, 0.0, 0.25]));
    kit.turned(Vec3::ZERO, Vec3::Y, turn, |kit| {
        coat(kit, 0);
        kit.four(|kit| kit.block(vec3(x, 0.5 * top + 0.05, z), vec3(0.05, top - 0.05, 0.05)));
        for (z, top) in [(-z, top), (z, top - dip)] {
            for y in [y, top] {
                kit.block(vec3(0.0, y, z), vec3(2.0 * x, 0.05, 0.045));
            }
            slats(kit, vec3(-x, y, z), vec3(x, y, z), top - y, count, 0.017);
        }
        kit.both(|kit| slats(kit, vec3(x, y, -z), vec3(x, y, z), top - y, count / 2 + 1, end));
        kit.both(|kit| kit.block(vec3(x, top, 0.0), vec3(0.045, 0.05, 2.0 * z)));
        kit.block(y * Vec3::Y, vec3(2.0 * x, 0.04, 2.0 * z));
        match style {
            0 => kit.both(|kit| kit.arc(vec3(x, 0.96, 0.0), Vec3::X, 0.9, 0.03, -FRAC_PI_2 - 0.5, 0.5 - FRAC_PI_2)),
            1 => kit.four(|kit| kit.rod(vec3(x - 0.03, 0.07, z), vec3(x + 0.03, 0.07, z), 0.07, 0.07)),
            2 => kit.block(vec3(0.0, 0.5 * y + 0.04, 0.0), vec3(2.0 * x, y, 1.95 * z)),
            _ => kit.four(|kit| post(kit, vec3(x, 0.0, z), 0.2, 0.02, 0.035)),
        }
        mattress(kit, y + 0.08, [0.96 * x, 0.93 * z]);
    });
}

fn high_chair(kit: &mut Kit) {
    let [half, seat, tall, splay, lean] = sizes(kit, [(0.15, 0.2), (0.5, 0.75), (0.3, 0.5), (0.02, 0.18), (0.0, 0.3)]);
    let [arm, deep, w, y] = sizes(kit, [(0.14, 0.22), (0.22, 0.34), (1.1, 1.6), (0.15, 0.4)]);
    let (style, out) = (kit.random.whole(0, 2), half + (1.0 - y) * splay);
    coat(kit, 0);
    if style == 0 {
        upright(kit, 0.02, seat, 0.05, 0.04);
        kit.around(5, |kit| kit.rod(0.05 * Vec3::Y, vec3(0.3, 0.02, 0.0), 0.035, 0.025));
    } else {
        kit.four(|kit| kit.rod(vec3(half + splay, 0.0, half + splay), vec3(half, seat, half), 0.022, 0.026));
        kit.both(|kit| bar(kit, vec3(out, y * seat, -out), vec3(out, y * seat, out), 0.03));
    }
    kit.block(vec3(0.0, 0.5 * seat, half + 0.12), vec3(2.0 * half, 0.03, 0.14));
    kit.both(|kit| kit.rod(vec3(0.8 * half, 0.5 * seat, half + 0.1), vec3(0.8 * half, seat, 0.9 * half), 0.02, 0.02));
    kit.turned(vec3(0.0, seat, -half), Vec3::X, -lean, |kit| back(kit, 2.2 * half, tall, 0.04));
    let arm = [vec3(half, seat + arm, -half - 0.2 * lean), vec3(half, seat + arm, half), vec3(half, seat, half)];
    kit.both(|kit| bent(kit, arm, [0.022; 3]));
    kit.paint(1);
    kit.pad(seat * Vec3::Y, vec3(2.2 * half, 0.06, 2.2 * half), 0.02);
    kit.pad(arm[1] * Vec3::Y + (half + 0.4 * deep) * Vec3::Z, vec3(2.0 * w * half, 0.04, deep), 0.018);
    trinket(kit, vec3(0.3 * half, arm[1].y + 0.02, half + 0.4 * deep), 0.14);
}

fn rocking_chair(kit: &mut Kit) {
    let [x, seat, tall, radius, tilt] = sizes(kit, [(0.2, 0.3), (0.3, 0.42), (0.5, 0.9), (0.8, 1.6), (-0.2, 0.15)]);
    let [reach, lean, thick, arm] = sizes(kit, [(0.36, 0.55), (0.1, 0.4), (0.045, 0.075), (0.18, 0.28)]);
    let (z, spread, soft) = (kit.random.range(0.18, 0.26), reach / radius, kit.random.pick(&[0.05, 0.05, 0.12]));
    let (has_arms, behind) = (kit.random.chance(0.8), -z - arm * libm::tanf(lean) - 0.02);
    kit.turned(Vec3::ZERO, Vec3::X, tilt, |kit| {
        coat(kit, 0);
        kit.both(|kit| {
            let (from, to) = (-FRAC_PI_2 - 1.3 * spread, spread - FRAC_PI_2);
            kit.arc(vec3(x, radius, 0.0), Vec3::X, radius, 0.5 * thick, from, to);
            for (z, top) in [(-z, 0.0), (z, if has_arms { arm } else { 0.0 })] {
                kit.rod(vec3(x, 0.5 * z * z / radius, z), vec3(x, seat + top, 0.95 * z), 0.4 * thick, 0.45 * thick);
            }
            if has_arms {
                kit.pad(vec3(x, seat + arm, 0.5 * (z + behind) + 0.03), vec3(0.08, 0.04, z - behind + 0.1), 0.01);
            }
        });
        bar(kit, vec3(-x, 0.5 * seat, z), vec3(x, 0.5 * seat, z), 0.6 * thick);
        kit.turned(vec3(0.0, seat, -z), Vec3::X, -lean, |kit| back(kit, 2.0 * x + thick, tall, thick));
        kit.paint(1);
        kit.pad(seat * Vec3::Y, vec3(2.2 * x, soft, 2.2 * z), 0.3 * soft);
    });
}

fn wardrobe(kit: &mut Kit) {
    let [x, tall, z, low] = sizes(kit, [(0.4, 0.9), (1.6, 2.3), (0.22, 0.33), (0.1, 0.5)]);
    let (is_open, looks, crown) = (kit.random.chance(0.55), kit.random.whole(0, 2), kit.random.pick(&[0.0, 0.12, 0.2]));
    let high = tall - low;
    coat(kit, 0);
    kit.block((0.5 * tall + 0.03) * Vec3::Y, vec3(2.0 * x, tall - 0.06, 2.0 * z));
    legs(kit, vec2(x, z) - 0.07, 0.1, 0.1);
    kit.frustum((tall - 0.02) * Vec3::Y, vec3(2.0 * x, 0.1, 2.0 * z), 2.0 * vec3(x, 0.0, z) + crown, Vec3::ZERO);
    if is_open {
        cells(kit, vec3(-0.5 * x, low, 0.0), vec3(x, high, 2.0 * z), [1, 4], 0.04);
        kit.carve(|kit| kit.block(vec3(0.5 * x, low + 0.5 * high, 0.05), vec3(x - 0.05, high - 0.1, 2.0 * z)));
        for k in 0..kit.random.whole(1, 5) {
            let (x, fall) = (0.17 * x * (k + 1) as f32, kit.random.range(0.4, 0.75) * high);
            let foot = vec3(x, tall - 0.03 - fall, 0.0);
            kit.paint(k);
            kit.frustum(foot, vec3(0.1, fall, 1.3 * z), vec3(0.04, 0.0, 0.6 * z), Vec3::ZERO);
        }
    }
    coat(kit, 1);
    kit.both(|kit| kit.pad(vec3(0.5 * x, 0.5 * low + 0.03, z), vec3(0.9 * x, low - 0.12, 0.07), 0.01));
    for side in [-1.0, 1.0] {
        let swing = side * if is_open { kit.random.range(0.5, 2.2) } else { 0.0 };
        let (middle, leaf) = (vec3(side * (0.03 - 0.48 * x), 0.5 * high, 0.0), vec3(0.98 * x, high - 0.05, 0.04));
        kit.turned(vec3(side * (x - 0.01), low, z), Vec3::Y, swing, |kit| {
            kit.block(middle, leaf);
            let panels = [-0.23, 0.23].iter().take(looks);
            panels.for_each(|y| kit.block(middle + vec3(0.0, y * high, 0.02), leaf * vec3(0.7, 0.4, 1.0)));
            kit.block(middle + vec3(-0.42 * side * x, 0.0, 0.03), vec3(0.03, 0.15, 0.08));
        });
    }
}

fn bookcase(kit: &mut Kit) {
    let (columns, rows) =
        kit.random.pick(&[(1, 3), (1, 4), (1, 5), (2, 4), (2, 2), (3, 1), (3, 2), (4, 1), (3, 3), (2, 1)]);
    let [w, h, deep, thick, foot] = sizes(kit, [(0.35, 0.8), (0.28, 0.42), (0.22, 0.4), (0.025, 0.05), (0.0, 0.2)]);
    let w = if columns > 1 { w.min(0.45) } else { w };
    let size = vec3(w * columns as f32, h * rows as f32, deep);
    coat(kit, 0);
    kit.block(vec3(0.0, foot + 0.5 * size.y, 0.0), size);
    legs(kit, 0.5 * vec2(size.x, deep) - 0.04, foot + 0.02, 0.06);
    cells(kit, foot * Vec3::Y, size, [columns, rows], thick);
    let top = foot + size.y;
    (0..kit.random.whole(0, 2)).for_each(|k| trinket(kit, vec3((0.35 - 0.6 * k as f32) * w, top, 0.0), 0.25));
}

/// A table with things on it, low or with chairs about it, all on one floor.
fn table_set(kit: &mut Kit) {
    let [x, z, gap, seat, low] = sizes(kit, [(0.45, 0.95), (0.35, 0.5), (-0.15, 0.3), (0.4, 0.47), (0.25, 0.5)]);
    kit.sides = kit.sides.min(6);
    let (count, top, style) = (kit.random.whole(0, 5), kit.random.range(0.75, 1.1), kit.random.whole(0, 4));
    let (tall, half) = (if count == 0 { low } else { 0.74 }, if count == 3 { vec2(z, z) } else { vec2(x, z) });
    let is_round = count == 3 || kit.random.chance(0.3);
    let (oval, inner) = (round_outline(18, |_| 1.0), half * if is_round { 0.6 } else { 0.85 });
    let square = [[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]].map(Vec2::from).to_vec();
    let outline: Vec<Vec2> = if is_round { oval } else { square }.iter().map(|p| *p * half).collect();
    coat(kit, 0);
    match style {
        0 => lathed(kit, Vec3::ZERO, vec3(inner.y, tall, inner.y), &[(0.8, 0.0), (0.7, 0.1), (0.2, 0.2), (0.25, 1.0)]),
        1 => kit.both(|kit| kit.block(vec3(0.8 * inner.x, 0.49 * tall, 0.0), vec3(0.08, 0.98 * tall, inner.y))),
        _ => legs(kit, inner, tall - 0.02, 0.07),
    }
    sheet(kit, &outline, tall - 0.05, tall);
    (0..3).for_each(|k| trinket(kit, vec3((0.5 * k as f32 - 0.5) * half.x, tall, 0.1), 0.3));
    if count > 0 {
        kit.paint(3);
        let half = if count == 3 { half + gap + 0.3 } else { half };
        kit.pad(-0.02 * Vec3::Y, 2.0 * vec3(half.x + 0.1, 0.04, z + gap + 0.4), 0.02);
        let row = |kit: &mut Kit, at: f32| kit.at(vec3(at, 0.0, -z - gap), |kit| chair(kit, 0.42, seat, top));
        let pairs = |kit: &mut Kit| kit.both(|kit| row(kit, 0.5 * x));
        kit.around(if count == 3 { 3 } else { 2 }, |kit| if count > 3 { pairs(kit) } else { row(kit, 0.0) });
    }
}

fn pouf(kit: &mut Kit) {
    let [x, y, z, lean] = sizes(kit, [(0.8, 1.2), (0.6, 1.4), (0.8, 1.2), (-0.5, 0.1)]);
    let (style, ribs) = (kit.random.whole(0, 2), kit.random.whole(6, 12));
    kit.paint(0);
    match style {
        0 => {
            let outline = round_outline(15, |a| 1.0 + 0.04 * libm::sinf(5.0 * a));
            let rows =
                [0.75, 1.0, 0.98, 0.85, 0.55, 0.35, 0.12].into_iter().zip([0.0, 0.15, 0.45, 0.8, 1.2, 1.45, 1.5]);
            let ring = |(r, up): (f32, f32)| {
                outline.iter().map(|p| vec3(x * r * p.x, y * up, 0.5 * lean * up * up - z * r * p.y)).collect()
            };
            kit.loft(&rows.map(ring).collect::<Vec<Vec<Vec3>>>());
        }
        1 => kit.scaled(Vec3::ZERO, vec3(x, 0.8 * y, z), |kit| {
            kit.around(ribs, |kit| kit.ball(vec3(0.5, 0.5, 0.0), vec3(0.5, 0.5, 2.2 / ribs as f32)));
            upright(kit, 0.2, 0.95, 0.6, 0.3);
        }),
        _ => {
            kit.either(0.6, |kit| kit.sides = 4, |_| {});
            kit.turned(Vec3::ZERO, Vec3::Y, 0.1 * lean, |kit| {
                let side = [(1.35, 0.0), (1.4, 0.1), (1.36, 0.8), (1.4, 0.85), (1.36, 0.93), (1.0, 1.0)];
                lathed(kit, 0.25 * Vec3::Y, vec3(x, y, z), &side);
                kit.wood();
                legs(kit, 0.7 * vec2(x, z), 0.3, 0.2);
            });
        }
    }
}

fn chaise(kit: &mut Kit) {
    let [x, z, seat, soft, tall] = sizes(kit, [(0.6, 1.0), (0.26, 0.42), (0.25, 0.42), (0.08, 0.2), (0.3, 0.6)]);
    let (style, lean, turn) =
        (kit.random.whole(0, 3), kit.random.range(0.1, 0.8), kit.random.pick(&[0.0, 0.0, FRAC_PI_2, -0.7]));
    kit.turned(Vec3::ZERO, Vec3::Y, turn, |kit| {
        coat(kit, 0);
        legs(kit, 0.9 * vec2(x, z), seat, 0.08);
        kit.block(seat * Vec3::Y, vec3(1.98 * x, 0.06, 1.98 * z));
        kit.paint(1);
        kit.pad((seat + 0.5 * soft) * Vec3::Y, vec3(2.0 * x, soft, 2.0 * z), 0.3 * soft);
        if style < 2 {
            kit.turned(vec3(-0.93 * x, seat + 0.05, 0.0), Vec3::Z, lean, |kit| {
                kit.pad(0.5 * tall * Vec3::Y, vec3(0.12, tall, 2.0 * z), 0.04);
                kit.rod(vec3(-0.03, tall, -z), vec3(-0.03, tall, z), 0.08, 0.08);
            });
            let slope =
                [[-x, 0.0], [0.6 * x, 0.0], [0.6 * x, soft], [-0.3 * x, 0.7 * tall], [-x - 0.3 * lean * tall, tall]];
            let slope = slope.map(|[x, y]| vec2(x, y + seat));
            kit.plate(&slope, -z - 0.02, if style == 0 { 0.1 - z } else { 0.02 - z });
        } else {
            kit.turned(vec3(0.0, seat, -z), Vec3::X, -0.2 * lean, |kit| back(kit, 2.0 * x, tall + soft, 0.07));
        }
        for k in 0..kit.random.whole(1, 4) {
            let (at, tilt) = (vec3(0.4 * k as f32 + 0.3 - x, seat + soft + 0.14, -0.6 * z), kit.random.range(1.0, 1.4));
            kit.paint(k + 2);
            kit.turned(at, Vec3::X, tilt, |kit| cushion(kit, Vec3::ZERO, vec3(0.4, 0.15, 0.38)));
        }
    });
}

/// A door in its frame, at times in a piece of wall.
fn door(kit: &mut Kit) {
    let [x, tall, thick, wall, swing] = sizes(kit, [(0.35, 0.55), (1.8, 2.3), (0.05, 0.09), (0.12, 0.3), (0.0, 2.0)]);
    let (side, leaves, panels) = (kit.random.pick(&[-1.0, 1.0]), kit.random.whole(1, 2), kit.random.whole(0, 3));
    let (swing, beside) = (if kit.random.chance(0.3) { 0.0 } else { swing }, kit.random.pick(&[0.0, 0.0, 0.5]));
    kit.stone();
    let piece = [[x + 0.1 + beside, -0.05], [x + 0.1 + beside, tall + 0.1 + 0.6 * beside]];
    kit.plate(&mirrored(&piece), -0.5 * wall, 0.5 * wall);
    coat(kit, 0);
    kit.plate(&mirrored(&[[x + 0.08, -0.04], [x + 0.08, tall + 0.08]]), -0.55 * wall, 0.55 * wall);
    kit.carve(|kit| kit.block((0.5 * tall + 0.01) * Vec3::Y, vec3(2.0 * x, tall, 2.0 * wall)));
    let w = 2.0 * x / leaves as f32;
    for side in [side, -side].into_iter().take(leaves) {
        coat(kit, 1);
        kit.turned(vec3(side * (x + 0.01), 0.0, 0.45 * wall), Vec3::Y, side * swing, |kit| {
            let middle = vec3(-0.5 * side * w, 0.5 * tall, 0.0);
            kit.block(middle, vec3(w, tall + 0.03, thick));
            for k in 0..panels {
                let (y, h) = (tall * ((k as f32 + 0.5) / panels as f32 - 0.5), 0.75 * tall / panels as f32);
                kit.block(middle + y * Vec3::Y, vec3(0.65 * w, h, thick + 0.04));
            }
            kit.ball(vec3(-0.88 * side * w, 0.46 * tall, 0.0), vec3(0.04, 0.04, 0.5 * thick + 0.07));
        });
    }
}
