//! Buildings.

use std::f32::consts::{FRAC_PI_2, PI};

use glam::{Vec2, Vec3, vec2, vec3};

use super::Kind;
use super::kit::Kit;
use super::parts::{post, sizes};

pub const KINDS: &[Kind] = &[
    ("house", house),
    ("tower", tower),
    ("castle", castle),
    ("church", church),
    ("windmill", windmill),
    ("storage tank", tank),
    ("office", office),
    ("temple", temple),
    ("hut", hut),
    ("pagoda", pagoda),
];

pub(super) fn walls(kit: &mut Kit) {
    match kit.random.whole(0, 3) {
        0 => kit.white(),
        1 => kit.stone(),
        2 => kit.hsv(0.05, 0.55, 0.55),
        _ => kit.paint(0),
    }
}

pub(super) fn tiles(kit: &mut Kit) {
    let hue = kit.random.pick(&[0.02, 0.04, 0.08, 0.6, 0.35]);
    kit.hsv(hue, 0.5, 0.5);
}

/// A doorway's outline, square (0), round (1) or pointed (2) at its top.
pub(super) fn doorway(width: f32, height: f32, style: usize) -> Vec<Vec2> {
    let half = 0.5 * width;
    let mut outline = vec![vec2(-half, 0.0), vec2(half, 0.0)];
    let rise = (half * style as f32).min(0.6 * height);
    match style {
        0 => outline.extend([vec2(half, height), vec2(-half, height)]),
        _ => outline.extend((0..=8).map(|k| {
            let (sin, cos) = (libm::sinf(PI * k as f32 / 8.0), libm::cosf(PI * k as f32 / 8.0));
            vec2(half * cos, height - rise * if style == 1 { 1.0 - sin } else { cos.abs() * (0.6 + 0.4 * cos.abs()) })
        })),
    }
    outline
}

/// A door or window in a wall at `foot` that looks to `turn` (0: to the front), from `back` to `front` of the wall.
pub(super) fn opening(kit: &mut Kit, foot: Vec3, turn: f32, size: Vec2, style: usize, range: Vec2) {
    kit.turned(foot, Vec3::Y, turn, |kit| kit.plate(&doorway(size.x, size.y, style), range.x, range.y));
}

/// Windows on the four sides of a box that stands on the ground, raised or cut in.
fn windows(kit: &mut Kit, body: Vec3, rows: usize, style: usize) {
    let [width, tall, gap] = sizes(kit, [(0.2, 0.4), (0.35, 0.6), (1.5, 3.0)]).map(|s| s * body.y / rows as f32);
    let depth = 0.02 * (body.x + body.z);
    let put = |kit: &mut Kit, front: f32| {
        for side in 0..4 {
            let (wide, out) = if side % 2 == 0 { (body.x, body.z) } else { (body.z, body.x) };
            let count = ((0.85 * wide / gap.max(1.3 * width)) as usize).clamp(1, 4);
            for k in (0..count * rows).filter(|&k| side != 0 || k >= count || (2 * k + 1).abs_diff(count) > 1) {
                let x = ((k % count) as f32 + 0.5) / count as f32 - 0.5;
                let foot = vec3(x * wide, ((k / count) as f32 + 0.3) * body.y / rows as f32, 0.5 * out);
                let outline = doorway(width, tall, style);
                kit.turned(Vec3::ZERO, Vec3::Y, FRAC_PI_2 * side as f32, |kit| {
                    kit.at(foot, |kit| kit.plate(&outline, -depth, front));
                });
            }
        }
    };
    kit.glass();
    if kit.random.chance(0.4) { put(kit, 0.5 * depth) } else { kit.carve(|kit| put(kit, depth)) }
}

/// A roof with eaves of `size`, its ridge along x: 0 gable, 1 hip, 2 gambrel, 3 flat, 4 shed, else mansard.
pub(super) fn roof(kit: &mut Kit, foot: Vec3, size: Vec3, style: usize) {
    let (x, y, z) = (0.5 * size.x, size.y, 0.5 * size.z);
    let edge = 0.05 * (x + z);
    let four = |a: f32, h: f32, c: f32| [[-a, -c], [-a, c], [a, -c], [a, c]].map(|[a, c]| foot + vec3(a, h, c));
    let mut points = [four(x, 0.0, z), four(x, edge, z)].concat();
    let ridge = kit.random.range(0.0, 0.75);
    match style {
        0 => points.extend(four(x, y, 0.0)),
        1 => points.extend(four(ridge * x, y, 0.0)),
        2 => points.extend([four(x, 0.62 * y, 0.65 * z), four(x, y, 0.0)].concat()),
        3 => points.extend(four(x, (0.3 * y).max(edge), z)),
        4 => points.extend([foot + vec3(-x, y, -z), foot + vec3(x, y, -z)]),
        _ => points.extend([four(0.78 * x, 0.7 * y, 0.75 * z), four(0.3 * x, y, 0.0)].concat()),
    }
    kit.hull(&points);
    if style == 3 && ridge > 0.3 {
        let h = (0.3 * y).max(edge);
        kit.carve(|kit| kit.block(foot + h * Vec3::Y, vec3(2.0 * x - 2.5 * edge, 1.2 * h, 2.0 * z - 2.5 * edge)));
    }
}

/// A roof with its ridge along z when `along` is so.
pub(super) fn roof_along(kit: &mut Kit, foot: Vec3, size: Vec3, style: usize, along: bool) {
    let (turn, size) = if along { (FRAC_PI_2, vec3(size.z, size.y, size.x)) } else { (0.0, size) };
    kit.turned(foot, Vec3::Y, turn, |kit| roof(kit, Vec3::ZERO, size, style));
}

/// Merlons from `a` to `b`.
pub(super) fn merlons(kit: &mut Kit, a: Vec3, b: Vec3, size: Vec3) {
    let count = ((b - a).length() / (1.9 * size.x)).clamp(2.0, 6.0) as usize;
    let turn = libm::atan2f(a.z - b.z, b.x - a.x);
    for k in 0..=count {
        kit.turned(a.lerp(b, k as f32 / count as f32), Vec3::Y, turn, |kit| kit.block(Vec3::ZERO, size));
    }
}

/// The top of a round tower of radius `r`: merlons (0), a cone (1) or a dome.
fn tower_top(kit: &mut Kit, foot: Vec3, r: f32, style: usize) {
    let [wide, cone, dome, merlon] = sizes(kit, [(1.05, 1.35), (0.9, 3.2), (0.7, 1.6), (0.3, 0.6)]).map(|s| s * r);
    let count = kit.random.whole(4, 7);
    kit.at(foot, |kit| match style {
        0 => {
            kit.lathe(-0.3 * r * Vec3::Y, &[vec2(r, 0.0), vec2(wide, 0.25 * r), vec2(wide, 0.6 * r)]);
            let size = vec3(2.8 * wide / count as f32, 2.0 * merlon, 0.28 * r);
            kit.around(count, |kit| kit.block(vec3(0.0, 0.25 * r, 0.8 * wide), size));
        }
        1 => {
            tiles(kit);
            kit.lathe(-0.08 * r * Vec3::Y, &[vec2(wide, 0.0), vec2(0.9 * wide - merlon, 0.4 * cone), vec2(0.0, cone)]);
        }
        _ => {
            tiles(kit);
            kit.ball(Vec3::ZERO, vec3(1.05 * r, dome, 1.05 * r));
            post(kit, Vec3::ZERO, 1.4 * dome, 0.12 * r, 0.06 * r);
        }
    });
}

/// Sometimes a square plate under all.
fn ground(kit: &mut Kit, wide: f32, deep: f32) {
    let (margin, thick) = (kit.random.range(1.15, 1.6), kit.random.range(0.03, 0.1));
    if kit.random.chance(0.3) {
        kit.leaf();
        kit.block(vec3(0.0, -0.4 * thick, 0.0), vec3(wide * margin, thick, deep * margin));
    }
}

fn house(kit: &mut Kit) {
    let [deep, storey, eave, pitch] = sizes(kit, [(0.6, 1.6), (0.38, 0.6), (0.02, 0.12), (0.3, 1.0)]);
    let r = &mut *kit.random;
    let (storeys, style, along, look) = (r.whole(1, 3), r.whole(0, 5), r.chance(0.45), r.weighted(&[6.0, 1.0, 0.5]));
    let (high, span) = (storey * storeys as f32, if along { 1.0 } else { deep.min(1.2) });
    walls(kit);
    kit.block(vec3(0.0, 0.5 * high, 0.0), vec3(1.0, high, deep));
    windows(kit, vec3(1.0, high, deep), storeys, look);
    if kit.random.chance(0.35) {
        let [x, z, low, size] = sizes(kit, [(-0.6, 0.6), (0.1, 0.6), (0.6 * high, high), (0.35, 0.6)]);
        walls(kit);
        kit.block(vec3(x, 0.5 * low, z), vec3(size, low, deep));
        tiles(kit);
        roof_along(kit, vec3(x, low - 0.02, z), vec3(size + eave, 0.4 * pitch, deep + eave), style, true);
    }
    tiles(kit);
    let size = vec3(1.0 + 2.0 * eave, 0.5 * pitch * span, deep + 2.0 * eave);
    roof_along(kit, vec3(0.0, high - 0.02, 0.0), size, style, along);
    if kit.random.chance(0.5) {
        let [x, z, tall, thick] = sizes(kit, [(-0.35, 0.35), (-0.3, 0.3), (1.7, 2.4), (0.08, 0.16)]);
        kit.block(vec3(x, high, z * deep), vec3(thick, tall * size.y, thick));
    }
    kit.paint(1);
    let [door, tall, x, out] = sizes(kit, [(0.14, 0.4), (0.6, 0.75), (0.15, 0.5), (0.2, 0.5)]);
    opening(kit, vec3(0.0, 0.0, 0.5 * deep), 0.0, vec2(door, tall * storey), look, vec2(-0.05, 0.03));
    if kit.random.chance(0.45) {
        kit.block(vec3(0.0, 0.03, 0.5 * deep + 0.5 * out - 0.1), vec3(2.0 * x, 0.08, out + 0.2));
        kit.both(|kit| kit.block(vec3(x - 0.04, 0.4 * storey, 0.5 * deep + out - 0.04), vec3(0.05, storey, 0.05)));
        roof(kit, vec3(0.0, 0.86 * storey, 0.5 * deep + 0.5 * out - 0.04), vec3(2.0 * x, 0.2, out + 0.14), 4);
    }
    ground(kit, 1.0, deep);
}

fn tower(kit: &mut Kit) {
    let [base, high, narrow, foot, door] = sizes(kit, [(0.3, 0.6), (1.2, 3.5), (0.6, 1.0), (1.05, 1.5), (0.3, 0.6)]);
    let (is_light, style, bands) = (kit.random.chance(0.35), kit.random.whole(0, 2), kit.random.whole(0, 4));
    let (top, square) = (base * narrow, kit.random.chance(0.35));
    kit.sides = if square { 4 } else { kit.sides };
    if is_light {
        kit.white()
    } else {
        kit.stone()
    }
    kit.rod(Vec3::ZERO, high * Vec3::Y, base, top);
    kit.rod(Vec3::ZERO, 0.12 * high * Vec3::Y, foot * base, base);
    kit.carve(|kit| {
        kit.dark();
        let out = base.min(top) * if square { 0.6 } else { 0.8 };
        let count = kit.random.whole(1, 3);
        kit.around(4, |kit| {
            for k in 1..=count {
                let y = high * (k as f32 / (count + 1) as f32);
                opening(kit, y * Vec3::Y, 0.0, vec2(0.25 * base, 0.5 * base), 1, vec2(0.8 * out, 2.0));
            }
        });
    });
    kit.paint(0);
    for k in 1..=bands {
        let at = |y: f32| 1.02 * (base + (top - base) * y) + 0.02;
        let y = k as f32 / (bands as f32 + 0.5);
        kit.rod(y * high * Vec3::Y, (y + 0.06) * high * Vec3::Y, at(y), at(y + 0.06));
    }
    if is_light {
        let [wide, tall] = sizes(kit, [(1.15 * top, 1.5 * top), (0.4 * top, 0.9 * top)]);
        post(kit, (high - 0.02) * Vec3::Y, 0.1, wide, wide);
        post(kit, high * Vec3::Y, tall + 0.1, 0.65 * top, 0.65 * top);
        tower_top(kit, (high + tall + 0.08) * Vec3::Y, 0.7 * top, 1 + style % 2);
    } else {
        tower_top(kit, high * Vec3::Y, top, style);
    }
    kit.wood();
    let out = base * if square { 0.72 } else { 1.0 };
    opening(kit, Vec3::ZERO, 0.0, vec2(door, 0.9 * base), 1, vec2(0.0, out + 0.1 * base));
}

fn castle(kit: &mut Kit) {
    let [deep, high, thick, radius, tall] =
        sizes(kit, [(0.5, 1.1), (0.3, 0.6), (0.08, 0.15), (0.12, 0.22), (1.2, 2.2)]);
    let [size, keep, back, gate, arch] = sizes(kit, [(0.3, 0.5), (1.2, 2.4), (0.0, 0.3), (0.15, 0.3), (0.45, 0.75)]);
    let (top, style, tall) = (kit.random.pick(&[0, 1, 1, 2]), kit.random.pick(&[0, 1, 1, 3]), tall * high);
    kit.sides = kit.random.pick(&[4, 4, 6, 8]);
    kit.stone();
    kit.block(vec3(0.0, 0.5 * high, 0.0), vec3(1.0, high, deep));
    kit.carve(|kit| kit.block(vec3(0.0, 1.05 * high, 0.0), vec3(1.0 - 2.0 * thick, 2.0 * high, deep - 2.0 * thick)));
    let gate = vec2(gate, arch * high);
    kit.carve(|kit| opening(kit, vec3(0.0, -0.01, 0.5 * deep), 0.0, gate, 1, vec2(-1.5 * thick, 0.3)));
    let (x, z, y) = (0.5 - 0.4 * thick, 0.5 * deep - 0.4 * thick, high + 0.02);
    let merlon = vec3(0.06, 0.1, 0.5 * thick);
    merlons(kit, vec3(-x, y, z), vec3(x, y, z), merlon);
    merlons(kit, vec3(-x, y, -z), vec3(x, y, -z), merlon);
    kit.both(|kit| merlons(kit, vec3(x, y, -z), vec3(x, y, z), merlon));
    kit.four(|kit| {
        post(kit, vec3(x, 0.0, z), tall, 1.05 * radius, radius);
        tower_top(kit, vec3(x, tall, z), radius, top);
    });
    if kit.random.chance(0.55) {
        let (wide, tall, back) = (size + 0.05, keep * tall, -back * deep);
        kit.block(vec3(0.0, 0.5 * tall, back), vec3(size, tall, size * deep));
        roof(kit, vec3(0.0, tall - 0.01, back), vec3(wide, 0.3, wide * deep), style);
    }
    kit.stone();
    kit.block(Vec3::ZERO, vec3(1.2, 0.1, deep + 0.2));
}

fn church(kit: &mut Kit) {
    let [high, deep, pitch, side] = sizes(kit, [(0.4, 0.8), (0.9, 1.7), (0.3, 0.6), (0.25, 0.42)]);
    let [tall, spire] = sizes(kit, [(1.3 * high, 2.2 * high), (0.15, 1.1)]);
    let (place, sides) = (kit.random.whole(0, 3), kit.random.pick(&[4, 4, 8]));
    let (x, z) = [(0.0, 0.5 * deep), (0.35, 0.4 * deep), (0.25, 0.5 * deep), (0.0, 0.1 * deep)][place];
    walls(kit);
    kit.block(vec3(0.0, 0.5 * high, 0.0), vec3(0.6, high, deep));
    if kit.random.chance(0.4) {
        kit.block(vec3(0.0, 0.45 * high, -0.2 * deep), vec3(1.15, 0.9 * high, 0.45));
        roof(kit, vec3(0.0, 0.88 * high, -0.2 * deep), vec3(1.2, 0.9 * pitch, 0.5), 0);
    }
    let steeple = |kit: &mut Kit| {
        let (foot, r) = (vec3(x, tall - 0.01, z), side * if sides == 4 { 0.75 } else { 0.56 });
        kit.block(vec3(x, 0.5 * tall, z), vec3(side, tall, side));
        kit.sided(sides, |kit| post(kit, foot, spire, r, 0.02));
        kit.block(foot + (spire + 0.05) * Vec3::Y, vec3(0.04, 0.24, 0.04));
        kit.block(foot + (spire + 0.09) * Vec3::Y, vec3(0.14, 0.04, 0.04));
    };
    if place == 2 {
        kit.both(steeple)
    } else {
        steeple(kit)
    }
    let size = vec2(0.13, 0.6 * high);
    kit.both(|kit| opening(kit, vec3(0.3, 0.2 * high, 0.1 * deep), FRAC_PI_2, size, 2, vec2(-0.03, 0.03)));
    kit.both(|kit| opening(kit, vec3(0.3, 0.2 * high, -0.35 * deep), FRAC_PI_2, size, 2, vec2(-0.03, 0.03)));
    kit.wood();
    let out = if place == 0 { 0.5 * side } else { 0.0 } + 0.03;
    opening(kit, vec3(0.0, 0.0, 0.5 * deep), 0.0, vec2(0.2, 0.5 * high), 2, vec2(-0.1, out));
    tiles(kit);
    roof_along(kit, vec3(0.0, high - 0.02, 0.0), vec3(0.68, pitch, deep + 0.06), 0, true);
    ground(kit, 1.3, deep);
}

fn windmill(kit: &mut Kit) {
    let [high, base, top, long, angle] = sizes(kit, [(1.2, 2.4), (0.3, 0.7), (0.55, 0.9), (0.6, 0.95), (0.0, 1.6)]);
    let (is_turbine, style) = (kit.random.chance(0.3), kit.random.whole(1, 2));
    let (base, count) = if is_turbine { (0.12 * base + 0.05, 3) } else { (base, 4) };
    let (top, long, width) = (base * top, long * high, if is_turbine { 0.1 } else { kit.random.range(0.15, 0.3) });
    walls(kit);
    kit.rod(Vec3::ZERO, high * Vec3::Y, base, top);
    if !is_turbine {
        tower_top(kit, high * Vec3::Y, top, style);
        opening(kit, Vec3::ZERO, 0.0, vec2(0.6 * base, 0.8 * base), 1, vec2(0.0, base + 0.02));
    }
    let axle = top + 0.12;
    kit.rod(vec3(0.0, high, -1.2 * top), vec3(0.0, high, axle), 0.08, 0.07);
    kit.wood();
    for k in 0..count {
        kit.turned(vec3(0.0, high, axle), Vec3::Z, angle + 2.0 * PI * k as f32 / count as f32, |kit| {
            kit.block(vec3(0.0, 0.5 * long, -0.03), vec3(0.06, long, 0.06));
            let size = vec3(width, 0.75 * long, 0.05);
            kit.turned(vec3(0.4 * width, 0.62 * long, -0.03), Vec3::Y, 0.25, |kit| kit.block(Vec3::ZERO, size));
        });
    }
}

fn tank(kit: &mut Kit) {
    let [legs, tall, spread, roof, leg] = sizes(kit, [(0.3, 2.2), (0.5, 2.0), (0.3, 0.8), (0.1, 0.7), (0.04, 0.08)]);
    let (style, count, is_ball) = (kit.random.whole(0, 2), kit.random.whole(3, 6), kit.random.chance(0.3));
    let foot = if style == 0 { 0.0 } else { legs };
    kit.either(0.5, Kit::metal, |kit| kit.paint(0));
    if is_ball {
        kit.ball(vec3(0.0, foot + 0.45, 0.0), vec3(0.55, 0.5, 0.55));
    } else {
        let profile = [vec2(0.4, -0.1), vec2(0.5, 0.0), vec2(0.5, tall), vec2(0.05, tall + roof)];
        kit.lathe(foot * Vec3::Y, &profile);
        kit.both(|kit| kit.block(vec3(0.08, foot + 0.5 * tall, 0.5), vec3(0.04, tall, 0.12)));
    }
    if style == 1 {
        kit.around(count, |kit| kit.rod(vec3(0.0, 0.0, spread), vec3(0.0, legs + 0.25, 0.4), leg, leg));
        post(kit, 0.4 * legs * Vec3::Y, 0.05, 0.26 + 0.6 * spread, 0.26 + 0.6 * spread);
    } else {
        post(kit, Vec3::ZERO, foot + 0.2, 0.5 * spread, 0.25 * spread);
        post(kit, Vec3::ZERO, 0.08, 0.6, 0.6);
    }
}

fn office(kit: &mut Kit) {
    let [mut wide, mut deep, floor, out] = sizes(kit, [(0.6, 1.2), (0.5, 1.2), (0.12, 0.3), (0.04, 0.1)]);
    let (tiers, sides, banded) = (kit.random.whole(1, 3), kit.random.pick(&[4, 4, 4, 16]), kit.random.chance(0.6));
    kit.sides = sides;
    let mut y = 0.0;
    for _ in 0..tiers {
        let (floors, shrink) = (kit.random.whole(2, 7), kit.random.range(0.55, 0.9));
        let put = |kit: &mut Kit, y: f32, high: f32, more: f32| {
            let scale = vec3(wide + more, 1.0, deep + more) * if sides == 4 { 1.0 } else { 0.75 };
            kit.scaled(y * Vec3::Y, scale, |kit| post(kit, Vec3::ZERO, high / scale.y, 0.707, 0.707));
        };
        kit.glass();
        put(kit, y - 0.02, floors as f32 * floor + 0.02, 0.0);
        kit.paint(0);
        for k in 0..=floors {
            if banded || k == floors {
                put(kit, y + (k as f32 - 0.3) * floor, 0.45 * floor, out);
            }
        }
        (y, wide, deep) = (y + floors as f32 * floor, wide * shrink, deep * shrink);
    }
    let high = kit.random.range(0.2, 1.2);
    kit.block(y * Vec3::Y, vec3(0.5 * wide, 0.5, 0.4 * deep));
    post(kit, y * Vec3::Y, high, 0.06, 0.03);
    ground(kit, 1.3, 1.3);
}

fn temple(kit: &mut Kit) {
    let [deep, high, thick, pitch, inner] = sizes(kit, [(0.5, 1.6), (0.4, 0.9), (0.04, 0.08), (0.15, 0.4), (0.3, 0.7)]);
    let (rows, style) = (kit.random.whole(2, 4), kit.random.pick(&[0, 0, 1, 3]));
    kit.stone();
    kit.sides = kit.sides.min(8);
    for k in 0..3 {
        let more = 0.12 * (3 - k) as f32;
        kit.block(vec3(0.0, -0.05 * (2 - k) as f32, 0.0), vec3(1.0 + more, 0.07, deep + more));
    }
    kit.both(|kit| {
        for k in 0..=rows {
            post(kit, vec3(0.46, 0.0, deep * (k as f32 / rows as f32 - 0.5) * 0.92), high + 0.02, 1.15 * thick, thick);
        }
        kit.both(|kit| post(kit, vec3(0.16, 0.0, 0.46 * deep), high + 0.02, 1.15 * thick, thick));
    });
    if kit.random.chance(0.6) {
        kit.block(vec3(0.0, 0.5 * high, -0.05), vec3(0.6, high, inner * deep));
    }
    kit.block(vec3(0.0, high + 0.04, 0.0), vec3(1.08, 0.1, deep + 0.08));
    roof_along(kit, vec3(0.0, high + 0.07, 0.0), vec3(1.14, pitch, deep + 0.14), style, true);
}

fn hut(kit: &mut Kit) {
    let [legs, deep, high, eave, pitch] = sizes(kit, [(0.0, 1.2), (0.6, 1.2), (0.4, 0.7), (0.05, 0.35), (0.15, 0.7)]);
    let (style, open, along) = (kit.random.whole(0, 5), kit.random.chance(0.4), kit.random.chance(0.5));
    kit.wood();
    let top = legs + high;
    kit.four(|kit| kit.block(vec3(0.45, 0.5 * top, 0.45 * deep), vec3(0.07, top + 0.04, 0.07)));
    kit.block(vec3(0.0, legs + 0.03, 0.0), vec3(1.1, 0.08, deep + 0.1));
    if open {
        kit.block(vec3(0.0, legs + 0.2, 0.42 * deep), vec3(0.9, 0.4, 0.12));
    } else {
        kit.at(vec3(0.0, legs, -0.05), |kit| {
            kit.block(vec3(0.0, 0.5 * high, 0.0), vec3(0.85, high, 0.8 * deep));
            windows(kit, vec3(0.85, high, 0.8 * deep), 1, 0);
        });
    }
    kit.paint(0);
    roof_along(kit, vec3(0.0, top - 0.02, 0.0), vec3(1.0 + eave, pitch, deep + eave), style, along);
    if legs > 0.3 {
        kit.wood();
        kit.both(|kit| {
            kit.rod(vec3(0.15, 0.0, 0.5 * deep + 0.3), vec3(0.15, legs + 0.1, 0.5 * deep), 0.03, 0.03);
        });
        for y in [0.2, 0.4, 0.6, 0.8] {
            kit.block(vec3(0.0, y * legs, 0.5 * deep + 0.3 * (1.0 - y)), vec3(0.34, 0.05, 0.05));
        }
    }
}

fn pagoda(kit: &mut Kit) {
    let [mut wide, high, shrink, pitch, eave] =
        sizes(kit, [(0.6, 1.2), (0.2, 0.5), (0.6, 0.9), (0.1, 0.3), (0.2, 0.6)]);
    let (tiers, style) = (kit.random.whole(2, 6), kit.random.chance(0.3));
    kit.sides = kit.random.pick(&[4, 4, 6, 8]);
    let mut y = 0.0;
    for _ in 0..tiers {
        walls(kit);
        post(kit, (y - 0.1) * Vec3::Y, high + 0.15, 0.5 * wide, 0.5 * wide * if style { shrink } else { 1.0 });
        tiles(kit);
        let (out, top) = (0.5 * wide + if style { 0.03 } else { eave * wide }, 0.45 * wide * shrink);
        kit.lathe(
            (y + high) * Vec3::Y,
            &[vec2(out, 0.0), vec2(out, 0.04), vec2(0.7 * out, 0.5 * pitch), vec2(top, pitch)],
        );
        (y, wide) = (y + high + pitch, wide * shrink);
    }
    post(kit, (y - 0.05) * Vec3::Y, high, 0.3 * wide, 0.03);
}
