//! What stands in streets: lights, signs, boxes, bins, shelters, tables and pieces of road.

use std::f32::consts::{FRAC_PI_2, PI};

use glam::{Vec2, Vec3, vec2, vec3};

use super::Kind;
use super::kit::Kit;
use super::parts::{bent, disc, dome, hue, lathed, mirrored, post, prism, round_outline, side_plate, sizes, upright};

pub const KINDS: &[Kind] = &[
    ("traffic light", traffic_light),
    ("street lamp", street_lamp),
    ("hydrant", hydrant),
    ("post box", post_box),
    ("bus stop", bus_stop),
    ("phone booth", phone_booth),
    ("street sign", street_sign),
    ("road block", road_block),
    ("dumpster", dumpster),
    ("road", road),
    ("cafe table", cafe_table),
    ("bicycle stand", bicycle_stand),
];

/// A box: the middle of its bottom, and its size.
pub(super) fn on(kit: &mut Kit, [x, y, z, wide, tall, deep]: [f32; 6]) {
    kit.block(vec3(x, y + 0.5 * tall, z), vec3(wide, tall, deep));
}

pub(super) fn coat(kit: &mut Kit) {
    match kit.random.whole(0, 4) {
        0 => kit.white(),
        1 => kit.stone(),
        2 => kit.hsv(0.05, 0.55, 0.55),
        k => kit.paint(k),
    }
}

pub(super) fn ground(kit: &mut Kit, wide: f32, deep: f32) {
    let thick = wide.max(deep) * kit.random.range(0.025, 0.07);
    kit.either(0.6, Kit::stone, Kit::leaf);
    kit.block(-0.4 * thick * Vec3::Y, vec3(wide, thick, deep));
}

/// Windows on every side, or every second, of a box on the origin, raised or cut in (odd): panes, bands (2), strips.
pub(super) fn facade(kit: &mut Kit, size: [f32; 3], low: f32, pitch: [f32; 2], [every, style]: [usize; 2]) {
    kit.glass();
    let [fill, high] = sizes(kit, [(0.35, 0.7), (0.4, 0.75)]);
    let (out, bands, tall) = (0.08 * pitch[0].min(pitch[1]), style / 2 == 1, size[1] - low);
    let rows = if style >= 4 { 1.0 } else { (tall / pitch[1]).floor().max(1.0) };
    let panes = |kit: &mut Kit| {
        for k in (0..4).step_by(every) {
            let (wide, deep) = (size[k % 2 * 2], size[2 - k % 2 * 2]);
            let columns = if bands { 1.0 } else { (wide / pitch[0]).round().max(1.0) };
            let (each, step) = (0.94 * wide / columns, tall / rows);
            let pane = [if bands { 0.95 } else { fill } * each, if style >= 4 { 0.9 } else { high } * step, 2.0 * out];
            kit.turned(Vec3::ZERO, Vec3::Y, k as f32 * FRAC_PI_2, |kit| {
                for i in 0..rows as usize * columns as usize {
                    let (row, column) = ((i / columns as usize) as f32, (i % columns as usize) as f32);
                    let x = (column + 0.5) * each - 0.47 * wide;
                    kit.block(vec3(x, low + (row + 0.5) * step, 0.5 * deep), Vec3::from(pane));
                }
            });
        }
    };
    if style % 2 == 1 { kit.carve(panes) } else { panes(kit) }
}

/// A roof: flat, a ridge along x (1) or along z (2), hipped (3) or cut off (4).
pub(super) fn roof(kit: &mut Kit, [x, y, z, wide, tall, deep]: [f32; 6], style: usize) {
    let (size, foot) = (vec3(wide, tall, deep), vec3(x, y, z));
    let top = match style {
        0 => vec3(wide, 0.0, deep),
        1 => vec3(wide, 0.0, 0.04 * deep),
        2 => vec3(0.04 * wide, 0.0, deep),
        3 => vec3((wide - deep).max(0.04 * wide), 0.0, (deep - wide).max(0.04 * deep)),
        _ => 0.75 * size,
    };
    kit.frustum(foot, if style == 0 { size - 0.8 * tall * Vec3::Y } else { size }, top, Vec3::ZERO);
}

/// An outline with a flat bottom and a round top, its straight sides from `low` to `high`.
pub(super) fn arch(half: f32, low: f32, high: f32) -> Vec<Vec2> {
    let bow = (0..=8).map(|k| PI * k as f32 / 8.0).map(|a| vec2(half * libm::cosf(a), high + half * libm::sinf(a)));
    [vec2(-half, low), vec2(half, low)].into_iter().chain(bow).collect()
}

/// Lamps of a traffic light, their back at `to`.
fn lights(kit: &mut Kit, to: Vec3, count: usize, s: f32) {
    let (deep, hood) = (kit.random.range(0.4, 0.9), kit.random.range(0.1, 0.5));
    kit.either(0.6, Kit::dark, |kit| kit.hsv(0.13, 0.8, 0.8));
    kit.scaled(to, Vec3::splat(s), |kit| {
        kit.pad(0.5 * deep * Vec3::Z, vec3(1.1, count as f32 + 0.15, deep), 0.1);
        for k in 0..count {
            let y = k as f32 - 0.5 * (count - 1) as f32;
            kit.dark();
            let bow = |kit: &mut Kit| kit.arc(Vec3::ZERO, Vec3::Z, 0.41, 0.06, 0.0, PI);
            kit.sided(6, |kit| kit.scaled(vec3(0.0, y, deep + 0.5 * hood), vec3(1.0, 1.0, 10.0 * hood), bow));
            kit.hsv([0.35, 0.13, 0.0][k % 3], 0.85, 0.8);
            disc(kit, vec3(0.0, y, 0.8 * deep), 0.37, 0.2 * deep + 0.08);
        }
    });
}

fn traffic_light(kit: &mut Kit) {
    let [tall, s, reach, thick, foot] = sizes(kit, [(1.6, 5.0), (0.32, 0.6), (1.2, 2.6), (0.018, 0.03), (2.0, 6.0)]);
    let (style, sides, count) =
        (kit.random.whole(0, 3), kit.random.pick(&[1, 1, 1, 1, 2, 4]), kit.random.pick(&[2, 3, 3]));
    let (tall, r, way) = (tall.max(1.2 * s * count as f32), tall * thick + 0.02, kit.random.pick(&[1.0, -1.0]));
    kit.sides = kit.sides.min(10);
    kit.either(0.5, Kit::metal, |kit| kit.paint(0));
    upright(kit, 0.0, tall, 1.3 * r, r);
    upright(kit, -0.02, 0.3 * foot * r, foot * r, 0.7 * foot * r);
    let at = vec3(0.0, tall - 0.45 * count as f32 * s, 0.5 * r);
    kit.around(sides, |kit| lights(kit, at, count, s));
    if style >= 2 {
        kit.metal();
        let end = vec3(way * reach, tall + 0.3, 0.0);
        kit.rod(vec3(0.0, 0.98 * tall, 0.0), end, r, 0.8 * r);
        lights(kit, end - vec3(0.3 * way * s, 0.3 * s * count as f32, -0.3 * r), count, s);
    }
}

fn street_lamp(kit: &mut Kit) {
    let [tall, reach, rise, s, thick] = sizes(kit, [(2.2, 5.0), (0.5, 1.5), (0.0, 0.6), (0.16, 0.32), (0.014, 0.022)]);
    let (r, arms, style) = (tall * thick, kit.random.pick(&[0, 0, 1, 1, 2, 2, 4]), kit.random.whole(0, 2));
    let (turn, hangs) = (kit.random.pick(&[0.0, -FRAC_PI_2, PI]), kit.random.chance(0.4));
    let (profile, drop): (&[(f32, f32)], f32) = match kit.random.whole(0, 3) {
        0 => (&[(1.2, -0.4), (1.3, -0.2), (0.7, 0.3)], 0.0),
        1 => (&[(0.4, -0.1), (0.4, 0.3), (0.8, 1.3), (1.1, 1.35), (0.3, 1.8), (0.1, 2.2)], 2.0),
        2 => (&[(0.3, -0.1), (0.4, 0.2), (0.8, 0.5), (0.95, 1.0), (0.8, 1.5), (0.2, 2.0)], 1.8),
        _ => (&[(1.0, -0.9), (0.9, -0.5), (0.4, 0.0), (0.25, 0.4)], 0.0),
    };
    kit.either(0.5, Kit::dark, |kit| kit.paint(0));
    let base = [(4.0, 0.0), (4.0, 0.04), (2.0, 0.07), (2.0, 0.5 * rise), (0.5, 0.5 * rise + 0.02)];
    lathed(kit, Vec3::ZERO, vec3(r, tall, r), &base);
    upright(kit, 0.02, tall, 1.3 * r, r);
    let start = if style == 2 { tall - 0.4 } else { tall - r } * Vec3::Y;
    let (end, x) = (vec3(reach, tall + rise, 0.0), [0.5, 0.3, 1.0][style] * reach);
    kit.turned(Vec3::ZERO, Vec3::Y, turn, |kit| {
        kit.around(arms, |kit| {
            bent(kit, [start, vec3(x, start.y + [0.5, 0.9, 0.1][style] * rise, 0.0), end], [r, r, 0.9 * r]);
            let at = end - if hangs { drop * s } else { 0.0 } * Vec3::Y;
            let long = if drop == 0.0 { vec3(1.5, 0.8, 0.7) } else { Vec3::ONE };
            lathed(kit, at, s * long, profile);
        });
    });
    if arms == 0 || kit.random.chance(0.25) {
        lathed(kit, tall * Vec3::Y, Vec3::splat(1.3 * s), profile);
    }
}

fn hydrant(kit: &mut Kit) {
    let [tall, r, cap, out] = sizes(kit, [(0.7, 1.3), (0.17, 0.3), (1.1, 1.6), (0.06, 0.2)]);
    let [nozzle, high, slim, top] = sizes(kit, [(0.4, 0.65), (0.55, 0.8), (0.75, 1.0), (0.2, 0.9)]);
    let (ways, point) = (kit.random.pick(&[1, 2, 3, 3, 3]), kit.random.range(0.2, 0.9));
    hue(kit, &[0.0, 0.0, 0.13, 0.6, 0.33]);
    let body = [(1.4, 0.0), (1.4, 0.09), (1.0, 0.09), (slim, 0.94), (cap, 0.94), (cap, 1.02), (0.6, 1.02)];
    lathed(kit, Vec3::ZERO, vec3(r, tall, r), &body);
    kit.either(0.5, |kit| kit.paint(1), |_| {});
    lathed(kit, tall * Vec3::Y, vec3(r, top * r, r), &[(0.85 * cap, 0.0), (0.8 * cap, 0.4), (point * cap, 1.0)]);
    kit.sided(5, |kit| upright(kit, tall, tall + (top + 0.3) * r, 0.4 * r, 0.35 * r));
    for (way, k) in [(Vec3::Z, 1.25), (Vec3::X, 1.0), (Vec3::NEG_X, 1.0)].into_iter().take(ways) {
        let start = (high - 0.5 * (k - 1.0)) * tall * Vec3::Y;
        for (from, to, wide) in [(0.3, 1.0, k), (0.9, 1.15, 1.25 * k), (1.1, 1.35, 0.45 * k)] {
            let [a, b] = [from, to].map(|t| start + t * (r + out) * way);
            kit.rod(a, b, wide * nozzle * r, wide * nozzle * r);
        }
    }
}

fn post_box(kit: &mut Kit) {
    let [tall, r, long, leg, high] = sizes(kit, [(1.0, 1.7), (0.2, 0.32), (0.7, 1.3), (0.06, 0.3), (0.2, 0.6)]);
    let (style, deep, low) = (kit.random.whole(0, 2), r * long, 0.8 * tall);
    hue(kit, &[0.0, 0.0, 0.6, 0.13, 0.33]);
    if style == 0 {
        let body = [(1.1, 0.0), (1.1, leg), (1.0, leg), (1.0, 1.0), (1.18, 1.0), (1.18, 1.06), (1.0, 1.06)];
        lathed(kit, Vec3::ZERO, vec3(r, tall, r), &body);
        dome(kit, 1.04 * tall * Vec3::Y, 1.08 * r, high * r);
        on(kit, [0.0, 0.3 * tall, 0.85 * r, 0.9 * r, 0.35 * tall, 0.32 * r]);
        kit.carve(|kit| on(kit, [0.0, 0.8 * tall, r, r, 0.06, 0.5 * r]));
    } else if style == 1 {
        let outline: Vec<_> = arch(deep, leg, 0.65 * tall).iter().map(|p| (p.x, p.y)).collect();
        side_plate(kit, Vec3::ZERO, 0.9 * r, &outline);
        kit.four(|kit| on(kit, [0.75 * r, 0.0, 0.8 * deep, 0.3 * r, 1.5 * leg + 0.1, 0.4 * deep]));
        kit.paint(1);
        on(kit, [0.0, 0.62 * tall, 0.85 * deep, 1.3 * r, 0.2 * tall, 0.4 * deep]);
    } else {
        kit.plate(&arch(0.7 * r, low, low + r), -1.6 * deep, 1.3 * deep);
        kit.plate(&arch(0.8 * r, low - 0.02, low + r), 1.2 * deep, 1.3 * deep + 0.04);
        kit.hsv(0.0, 0.8, 0.8);
        on(kit, [0.7 * r, low + 0.5 * r, 0.2 * deep, 0.08, 1.8 * r, 0.1 * long + 0.06]);
        kit.wood();
        on(kit, [0.0, 0.0, 0.0, 0.3 * r + leg, low + 0.05, 0.3 * r + leg]);
    }
}

fn bus_stop(kit: &mut Kit) {
    let [wide, tall, deep, over, thin] = sizes(kit, [(2.2, 5.0), (2.1, 2.8), (1.0, 1.9), (0.1, 0.6), (0.1, 0.16)]);
    let (posts, style, shut) = (kit.random.whole(2, 4), kit.random.whole(0, 3), kit.random.whole(0, 3));
    let (seat, tilt) = (wide * kit.random.range(0.4, 0.8), kit.random.pick(&[0.0, 0.12, -0.1]));
    ground(kit, 1.15 * wide + over, 1.1 * deep + over);
    kit.either(0.5, Kit::dark, coat);
    for x in (0..posts).map(|k| (k as f32 / (posts - 1) as f32 - 0.5) * (wide - 0.2)) {
        on(kit, [x, -0.03, -0.5 * deep, thin, tall, thin]);
        on(kit, [x, -0.04, if style == 3 || x.abs() < 0.4 * wide { -0.46 } else { 0.42 } * deep, thin, tall, thin]);
    }
    let (size, thick) = ([wide + over, deep + 0.5 * over + 0.3], 0.15 + 0.2 * over);
    kit.turned(vec3(0.0, tall - 0.1, 0.3 * over), Vec3::X, tilt, |kit| match style {
        0 => prism(kit, [0.0, 0.5 * size[0], -0.5 * size[1], 0.5 * size[1]], [0.4, 0.5 * size[0], -0.1, 0.1]),
        1 => roof(kit, [0.0, 0.0, 0.0, size[0], 0.5 + over, size[1]], 3),
        _ => on(kit, [0.0, -0.1, 0.0, size[0], thick + 0.1, size[1]]),
    });
    kit.glass();
    on(kit, [0.0, 0.2, -0.5 * deep, wide - 0.2, 0.85 * tall, 0.08]);
    for side in [-0.5, 0.5].into_iter().take(shut) {
        on(kit, [side * (wide - 0.2), 0.1, -0.1 * deep, 0.09, 0.85 * tall, 0.8 * deep]);
    }
    kit.wood();
    on(kit, [0.0, 0.45, -0.32 * deep, seat, 0.1, 0.4 * deep]);
    kit.both(|kit| on(kit, [0.4 * seat, -0.02, -0.32 * deep, 0.1, 0.5, 0.25 * deep]));
}

fn phone_booth(kit: &mut Kit) {
    let [wide, tall, long, cap] = sizes(kit, [(0.8, 1.1), (2.1, 2.7), (0.85, 1.2), (0.1, 0.35)]);
    let (style, deep, pane) = (kit.random.whole(0, 3), wide * long, wide * kit.random.pick(&[0.3, 0.5, 2.0]));
    hue(kit, &[0.0, 0.0, 0.6, 0.33, 0.15]);
    if style == 3 {
        let (half, low) = (0.4 * wide, 0.45 * tall);
        on(kit, [0.0, 0.0, -0.1, 0.3 * wide, 0.6 * tall, 0.15]);
        on(kit, [0.0, -0.03, 0.0, 0.7 * wide, 0.1, 0.6 * deep]);
        kit.plate(&arch(half, low, low + 0.7), -0.3 * deep, 0.4 * deep);
        kit.carve(|kit| kit.plate(&arch(half - 0.06, low + 0.06, low + 0.7), -0.22 * deep, deep));
        kit.dark();
        return on(kit, [0.05, low + 0.2, -0.18 * deep, 0.3, 0.5, 0.25]);
    }
    for (y, high, k) in [(0.0, tall, 1.0), (-0.05, 0.15, 1.08), (tall - 0.3, 0.2, 1.06)] {
        on(kit, [0.0, y, 0.0, k * wide, high, k * deep]);
    }
    roof(kit, [0.0, tall - 0.03, 0.0, 1.12 * wide, cap + 0.1, 1.12 * deep], [0, 3, 4][style]);
    facade(kit, [wide, tall - 0.35, deep], 0.25, [pane, 1.2 * pane], [1, 1]);
}

/// One or two boards on posts, or up to three signs on one.
fn street_sign(kit: &mut Kit) {
    let [tall, s, thin, rim, size] = sizes(kit, [(1.6, 3.2), (0.25, 0.5), (0.035, 0.06), (0.6, 0.85), (0.5, 1.1)]);
    let (legs, faces, spread) = (kit.random.whole(1, 4), kit.random.whole(1, 2), kit.random.pick(&[0.0, 0.0, 0.06]));
    kit.metal();
    if kit.random.chance(0.35) {
        for x in (0..legs).map(|k| ((k as f32 + 0.5) / legs as f32 - 0.5) * 2.0 * tall) {
            post(kit, x * Vec3::X, tall + size, tall * (0.02 + 0.04 / legs as f32), tall * (0.02 + 0.04 / legs as f32));
        }
        for turn in [spread, PI - spread].into_iter().take(faces) {
            kit.turned(tall * Vec3::Y, Vec3::Y, turn, |kit| {
                kit.dark();
                on(kit, [0.0, 0.0, 0.05 * tall, 2.2 * tall, size * tall, 0.1 * tall]);
                on(kit, [0.0, -0.05, 0.15 * tall, 2.2 * tall, 0.1, 0.3 * tall]);
                kit.paint(1);
                on(kit, [0.0, 0.06 * tall, 0.1 * tall, 2.05 * tall, size * tall - 0.12 * tall, 0.05 * tall]);
            });
        }
        return;
    }
    upright(kit, 0.0, tall, thin, thin);
    upright(kit, -0.02, 0.06, 3.0 * thin, thin);
    for k in 0..1 + legs / 2 {
        kit.paint(k);
        let shape = match kit.random.whole(0, 5) {
            0 => round_outline(20, |_| 1.0),
            1 => mirrored(&[[-1.0, -0.7], [0.0, 1.0]]),
            2 => mirrored(&[[-0.4, -1.0], [-1.0, -0.4], [-1.0, 0.4], [-0.4, 1.0]]),
            3 => mirrored(&[[-0.9, -0.6], [-0.9, 0.6]]),
            4 => mirrored(&[[0.0, -1.0], [-1.0, 0.0], [0.0, 1.0]]),
            _ => [[-1.2, -0.3], [0.9, -0.3], [1.3, 0.0], [0.9, 0.3], [-1.2, 0.3]].map(Vec2::from).to_vec(),
        };
        let turn = kit.random.pick(&[0.0, 0.0, 0.5, -1.0]);
        kit.turned((tall + (0.5 - 1.75 * k as f32) * s) * Vec3::Y, Vec3::Y, turn, |kit| {
            kit.plate(&shape.iter().map(|&p| s * p).collect::<Vec<_>>(), 0.0, 0.07);
            on(kit, [0.0, -0.6 * s, 0.0, 2.0 * thin, 0.8 * s, 1.8 * thin]);
            kit.white();
            kit.plate(&shape.iter().map(|&p| rim * s * p).collect::<Vec<_>>(), 0.05, 0.1);
        });
    }
}

/// A cone, a barrel, a wall or a board on legs.
fn road_block(kit: &mut Kit) {
    let [tall, r, foot, wide, legs] = sizes(kit, [(0.6, 1.2), (0.16, 0.3), (1.3, 1.7), (1.2, 2.6), (0.2, 0.4)]);
    let (style, bands) = (kit.random.whole(0, 3), kit.random.whole(1, 3));
    let (slim, sides) = ([0.15, 0.85][style % 2], [4, 8][style % 2]);
    hue(kit, &[0.04, 0.04, 0.0, 0.13]);
    if style == 2 {
        kit.stone();
        let half = [[-0.35, 0.0], [-0.35, 0.12], [-0.16, 0.4], [-0.11, 1.0]].map(|[x, y]| [foot * x, tall * y]);
        return kit.plate(&mirrored(&half), -0.7 * wide, 0.7 * wide);
    } else if style == 3 {
        for y in (0..=bands.min(2)).map(|k| tall * (1.0 - 0.3 * k as f32) - 0.2) {
            let z = legs * (1.0 - (y + 0.1) / tall);
            on(kit, [0.0, y, z, wide, 0.2, 0.06]);
            kit.white();
            (0..3).for_each(|i| on(kit, [0.35 * wide * (i as f32 - 1.0), y - 0.01, z, 0.15 * wide, 0.22, 0.09]));
        }
        return kit.four(|kit| kit.rod(vec3(0.4 * wide, 0.0, legs), vec3(0.4 * wide, tall, 0.0), 0.05, 0.05));
    }
    kit.sided(sides, |kit| upright(kit, 0.0, 0.07, foot * 1.2 * r, foot * 1.15 * r));
    upright(kit, 0.05, tall, r, slim * r);
    kit.white();
    for low in (0..bands).map(|k| 0.2 + 0.25 * k as f32) {
        let [from, to] = [low, low + 0.13].map(|t| 1.06 * r * (1.0 + (slim - 1.0) * t) + 0.01);
        upright(kit, low * tall, (low + 0.13) * tall, from, to);
    }
}

/// A skip, or a row of bins on wheels.
fn dumpster(kit: &mut Kit) {
    let [wide, tall, deep, open, lean] = sizes(kit, [(1.4, 2.6), (0.9, 1.4), (0.9, 1.4), (0.0, 1.8), (0.0, 0.3)]);
    let (count, lids, has_lids) = (kit.random.pick(&[1, 1, 1, 2, 3]), kit.random.whole(1, 2), kit.random.chance(0.75));
    let wide = if count > 1 { 0.7 } else { wide };
    for k in 0..count {
        kit.paint(if count > 1 { k } else { 0 });
        kit.at((k as f32 * 0.97 * wide) * Vec3::X, |kit| {
            let foot = [0.1, 0.5 * wide - 0.12 * lean, -0.4 * deep, (0.5 - lean) * deep];
            prism(kit, foot, [tall, 0.5 * wide - 0.02, -0.5 * deep, 0.5 * deep]);
            kit.carve(|kit| on(kit, [0.0, 0.4 * tall, 0.0, wide - 0.2, tall, (0.82 - lean) * deep]));
            on(kit, [0.0, 0.2, -0.2 * lean * deep, wide - 0.3 * lean, 0.2, (0.9 - lean) * deep]);
            kit.both(|kit| on(kit, [0.5 * wide, 0.6 * tall, 0.0, 0.12, 0.2 * tall, 0.5 * deep]));
            kit.dark();
            kit.four(|kit| {
                kit.rod(vec3(0.3 * wide, 0.08, 0.2 * deep), vec3(0.42 * wide, 0.08, 0.2 * deep), 0.13, 0.13)
            });
            for x in (0..if has_lids { lids } else { 0 }).map(|i| i as f32 - 0.5 * (lids - 1) as f32) {
                let angle = if (x >= 0.0) == (lids > 1) { -open } else { -0.1 };
                kit.turned(vec3(x * wide / lids as f32, tall - 0.03, -0.48 * deep), Vec3::X, angle, |kit| {
                    on(kit, [0.0, -0.03, 0.5 * deep, 1.03 * wide / lids as f32, 0.1, 1.04 * deep]);
                });
            }
        });
    }
}

/// A square piece of road: straight, a crossing, a fork or a bend.
fn road(kit: &mut Kit) {
    let [thick, walk, kerb, long] = sizes(kit, [(0.04, 0.12), (0.12, 0.3), (0.03, 0.06), (0.7, 1.6)]);
    let (style, dashes) = (kit.random.whole(0, 3), kit.random.whole(2, 5));
    let long = if style == 0 { long } else { 1.0 };
    let turn = kit.random.pick(&[0.0, FRAC_PI_2, PI]);
    kit.hsv(0.6, 0.05, 0.3);
    kit.turned(Vec3::ZERO, Vec3::Y, turn, |kit| {
        kit.block(-0.5 * thick * Vec3::Y, vec3(1.0, thick, long));
        kit.stone();
        let corner = [0.5 - 0.5 * walk, -0.5 * thick, 0.5 - 0.5 * walk, walk, 0.5 * thick + kerb, walk];
        let side = [0.5 - 0.5 * walk, -0.5 * thick, 0.0, walk, 0.5 * thick + kerb, long];
        match style {
            0 => kit.both(|kit| on(kit, side)),
            1 => kit.four(|kit| on(kit, corner)),
            2 => [0.0, FRAC_PI_2, PI].into_iter().for_each(|a| {
                kit.turned(Vec3::ZERO, Vec3::Y, a, |kit| on(kit, if a == PI { side } else { corner }));
            }),
            _ => {
                on(kit, [0.0, -0.5 * thick, 0.0, 1.0, 0.5 * thick + kerb, 1.0]);
                kit.hsv(0.6, 0.05, 0.3);
                kit.carve(|kit| kit.sided(24, |kit| post(kit, vec3(0.5, 0.0, 0.5), 1.0, 1.0 - walk, 1.0 - walk)));
                kit.stone();
                on(kit, [0.5 - 0.3 * walk, -0.5 * thick, 0.5 - 0.3 * walk, 0.6 * walk, 0.5 * thick + kerb, 0.6 * walk]);
            }
        }
        kit.white();
        for k in 0..if style == 0 { dashes } else { 0 } {
            let z = ((k as f32 + 0.5) / dashes as f32 - 0.5) * long;
            on(kit, [0.0, -0.02, z, 0.04, 0.035, 0.5 * long / dashes as f32]);
        }
    });
}

fn cafe_table(kit: &mut Kit) {
    let [r, tall, wide, rise, seat] = sizes(kit, [(0.35, 0.6), (0.65, 1.0), (0.8, 1.4), (0.2, 0.55), (0.4, 0.5)]);
    let (chairs, has_shade, is_square) = (kit.random.whole(0, 4), kit.random.chance(0.75), kit.random.chance(0.3));
    let (turn, tilt, back) = (kit.random.around(0.7), kit.random.pick(&[0.0, 0.0, 0.15]), kit.random.chance(0.75));
    let round = if is_square { 4 } else { kit.sides.max(8) };
    kit.either(0.5, Kit::metal, Kit::wood);
    upright(kit, 0.0, tall, 0.05, 0.05);
    upright(kit, -0.03, 0.06, 0.7 * r, 0.6 * r);
    kit.sided(round, |kit| upright(kit, tall - 0.05, tall + 0.03, r, r));
    if has_shade {
        upright(kit, tall, 2.15, 0.035, 0.035);
        kit.paint(0);
        let shade = [(1.0, 0.0), (1.0, 0.15), (0.5, 0.75), (0.03, 1.05)];
        kit.sided(if is_square { 4 } else { 8 }, |kit| {
            kit.turned(2.1 * Vec3::Y, Vec3::X, tilt, |kit| {
                lathed(kit, -0.3 * rise * Vec3::Y, vec3(wide, rise, wide), &shade)
            });
        });
    }
    kit.paint(1);
    if chairs > 0 {
        upright(kit, -0.04, 0.02, r + 0.6, r + 0.6);
        kit.turned(Vec3::ZERO, Vec3::Y, turn, |kit| {
            kit.around(chairs, |kit| {
                kit.at((r + 0.25) * Vec3::Z, |kit| {
                    on(kit, [0.0, seat - 0.03, 0.0, 0.4, 0.06, 0.4]);
                    kit.four(|kit| on(kit, [0.16, 0.0, 0.16, 0.055, seat, 0.055]));
                    on(kit, [0.0, seat, 0.18, 0.4, if back { 0.5 } else { 0.05 }, 0.055]);
                })
            })
        });
    }
}

/// Hoops, bars or a rack in a row: for bicycles, or a railing.
fn bicycle_stand(kit: &mut Kit) {
    let [step, tall, half, thin, turn] = sizes(kit, [(0.3, 0.6), (0.6, 1.0), (0.25, 0.45), (0.03, 0.05), (-0.6, 0.6)]);
    let (count, style) = (kit.random.whole(2, 6), kit.random.whole(0, 3));
    let (wide, hoop) = (step * count as f32, if style < 2 { half } else { 0.4 * step });
    kit.sides = kit.sides.min(8);
    kit.either(0.6, Kit::metal, |kit| kit.paint(0));
    for x in (0..count).map(|k| (k as f32 + 0.5) * step - 0.5 * wide) {
        kit.turned(x * Vec3::X, Vec3::Y, if style < 2 { FRAC_PI_2 + turn } else { 0.0 }, |kit| {
            kit.both(|kit| post(kit, vec3(hoop, -0.05, 0.0), tall - hoop + 0.05, thin, thin));
            kit.arc(vec3(0.0, tall - hoop, 0.0), Vec3::Z, hoop, thin, -0.05, PI + 0.05);
        });
    }
    if style == 3 {
        kit.both(|kit| on(kit, [0.5 * wide, -0.05, 0.0, 0.09, 1.1 * tall, 0.09]));
        [0.3, 0.93].into_iter().for_each(|y| on(kit, [0.0, y * tall, 0.0, wide, 0.08, 0.07]));
    }
    on(kit, [0.0, -0.08, 0.0, wide + 0.1, 0.12, 2.0 * half + 0.3]);
}
