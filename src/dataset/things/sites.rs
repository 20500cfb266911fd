//! Shops, stalls, playgrounds, antennas, dungeon pieces, tiles, space bases, monuments and piles.

use glam::{Vec3, vec2, vec3};

use super::Kind;
use super::kit::Kit;
use super::parts::{post, sizes};

pub const KINDS: &[Kind] = &[
    ("shop", shop),
    ("stall", stall),
    ("playground", playground),
    ("antenna", antenna),
    ("dungeon", dungeon),
    ("tile", tile),
    ("space_base", space_base),
    ("monument", monument),
    ("pile", pile),
];

/// Ground with its top at y = 0.
fn ground(kit: &mut Kit, wide: f32, deep: f32) {
    let thick = kit.random.range(0.06, 0.2);
    kit.stone();
    let (middle, size) = (-0.5 * thick * Vec3::Y, vec3(wide, thick, deep));
    if kit.random.chance(0.3) { kit.pad(middle, size, 0.3 * thick) } else { kit.block(middle, size) }
}

fn tree(kit: &mut Kit, foot: Vec3, tall: f32) {
    let (style, wide) = (kit.random.whole(0, 2), kit.random.range(0.2, 0.35) * tall);
    kit.wood();
    post(kit, foot - 0.03 * Vec3::Y, 0.6 * tall, 0.07 * tall, 0.05 * tall);
    kit.leaf();
    match style {
        0 => kit.rod(foot + 0.25 * tall * Vec3::Y, foot + tall * Vec3::Y, wide, 0.0),
        _ => kit.ball(foot + 0.65 * tall * Vec3::Y, vec3(wide, 0.35 * tall, wide)),
    }
}

/// A roof over a box whose top is at `top`.
fn roof(kit: &mut Kit, top: Vec3, wide: f32, deep: f32) {
    let (style, eaves) = (kit.random.whole(0, 3), kit.random.range(0.04, 0.2) * wide.min(deep));
    let (high, thick) = (kit.random.range(0.25, 0.7) * wide.min(deep), 0.05 * wide.max(deep));
    let (w, d) = (wide + eaves, deep + eaves);
    let low = top - 0.6 * thick * Vec3::Y;
    match style {
        0 => kit.block(low + 0.5 * thick * Vec3::Y, vec3(w, thick, d)),
        1 => {
            kit.block(top, vec3(w, 2.5 * thick, d));
            kit.carve(|kit| kit.block(top + thick * Vec3::Y, vec3(w - 2.0 * thick, 1.5 * thick, d - 2.0 * thick)));
        }
        2 => kit.frustum(low, vec3(w, high, d), vec3(0.4 * w, 0.0, 0.05 * d), Vec3::ZERO),
        _ if wide < deep => kit.frustum(low, vec3(w, high, d), vec3(0.03 * w, 0.0, d), Vec3::ZERO),
        _ => kit.frustum(low, vec3(w, high, d), vec3(w, 0.0, 0.03 * d), Vec3::ZERO),
    }
}

/// A little building on its foot's middle, with windows and a door to the front.
fn hut(kit: &mut Kit, foot: Vec3, size: Vec3) {
    kit.block(foot + vec3(0.0, 0.5 * size.y - 0.03, 0.0), size + 0.06 * Vec3::Y);
    let (columns, rows) = (kit.random.whole(2, 4), ((size.y / 0.4) as usize).clamp(1, 5));
    let door = kit.random.whole(0, columns - 1);
    let cell = vec2(size.x / (columns as f32 + 0.3), size.y / rows as f32);
    kit.glass();
    for k in 0..columns * rows {
        let (x, y) = (cell.x * ((k % columns) as f32 - 0.5 * (columns - 1) as f32), cell.y * (k / columns) as f32);
        let (low, tall) = if k == door { (-0.01, 0.75) } else { (0.35, 0.4) };
        let middle = foot + vec3(x, y + (low + 0.5 * tall) * cell.y, 0.5 * size.z);
        kit.block(middle, vec3(0.6 * cell.x, tall * cell.y, 0.05 * size.z));
    }
    kit.paint(1);
    roof(kit, foot + size.y * Vec3::Y, size.x, size.z);
}

/// What lies for sale or in store: in a box, in bottles, in sacks.
fn goods(kit: &mut Kit, foot: Vec3, size: f32) {
    let (style, high, turn) = (kit.random.whole(0, 4), kit.random.range(0.35, 0.9) * size, kit.random.around(0.3));
    let color = kit.random.whole(0, 3);
    let ware = |kit: &mut Kit| match style {
        0 | 1 => {
            kit.wood();
            kit.block(0.25 * high * Vec3::Y, vec3(0.9 * size, 0.5 * high, 0.8 * size));
            kit.paint(color);
            for k in 0..6 {
                let (x, z) = (0.27 * size * ((k % 3) as f32 - 1.0), 0.36 * size * ((k / 3) as f32 - 0.5));
                kit.ball(vec3(x, 0.5 * high, z), vec3(0.17, 0.16, 0.2) * size);
            }
        }
        2 => {
            kit.paint(color);
            for x in [-0.27, 0.02, 0.3] {
                post(kit, x * size * Vec3::X, 0.7 * high, 0.13 * size, 0.12 * size);
                post(kit, vec3(x * size, 0.6 * high, 0.0), 0.5 * high, 0.06 * size, 0.05 * size);
            }
        }
        3 => {
            kit.hsv(0.1, 0.35, 0.7);
            kit.ball(0.45 * high * Vec3::Y, vec3(0.45 * size, 0.5 * high, 0.4 * size));
            post(kit, 0.8 * high * Vec3::Y, 0.25 * high, 0.1 * size, 0.2 * size);
        }
        _ => {
            kit.wood();
            kit.block(0.5 * high * Vec3::Y, vec3(0.9 * size, high, 0.8 * size));
            kit.paint(color);
            kit.block(0.5 * high * Vec3::Y, vec3(0.2 * size, 1.04 * high, 0.84 * size));
        }
    };
    kit.sided(8, |kit| kit.turned(foot - 0.02 * size * Vec3::Y, Vec3::Y, turn, ware));
}

/// A sloping striped cloth from a wall at z = `wall` outwards.
fn awning(kit: &mut Kit, high: f32, wide: f32, wall: f32, out: f32) {
    let (stripes, drop) = (kit.random.pick(&[1, 5, 7, 9]), kit.random.range(0.2, 0.7) * out);
    for k in 0..stripes {
        kit.paint(1 + k % 2);
        let step = wide / stripes as f32;
        let (x, half, t) = (step * (k as f32 - 0.5 * (stripes - 1) as f32), 0.52 * step, 0.05 + 0.005 * (k % 2) as f32);
        let ends = [
            (wall - 0.03, high),
            (wall + out, high - drop),
            (wall + out, high - drop - 2.0 * t),
            (wall - 0.03, high - t),
        ];
        let points = ends.map(|(z, y)| [vec3(x - half, y, z), vec3(x + half, y, z)]);
        kit.hull(&points.concat());
    }
}

fn shop(kit: &mut Kit) {
    let [w, h, d, out] = sizes(kit, [(1.0, 2.4), (0.7, 2.4), (0.7, 1.8), (0.25, 0.55)]);
    let has_ground = kit.random.chance(0.5);
    if has_ground {
        ground(kit, w + 0.4, d + 1.2);
    }
    kit.paint(0);
    hut(kit, Vec3::ZERO, vec3(w, h, d));
    let level = h.min(kit.random.range(0.65, 0.85));
    if kit.random.chance(0.8) {
        awning(kit, level, 0.96 * w, 0.5 * d, out);
    }
    kit.paint(3);
    if kit.random.chance(0.6) {
        kit.block(vec3(0.0, h + 0.1, 0.45 * d), vec3(1.5 * out * w, out, 0.08));
    }
    if has_ground {
        kit.both(|kit| goods(kit, vec3(0.35 * w, 0.0, 0.5 * d + 0.35), 0.3));
    }
}

fn stall(kit: &mut Kit) {
    let [w, h, d, top] = sizes(kit, [(1.0, 2.2), (0.45, 0.7), (0.45, 0.9), (1.3, 1.8)]);
    kit.wood();
    kit.block(0.5 * h * Vec3::Y, vec3(0.97 * w, h, 0.9 * d));
    if kit.random.chance(0.4) {
        kit.carve(|kit| kit.block(vec3(0.0, 0.4 * h, -0.1 * d), vec3(0.85 * w, 0.9 * h, d)));
    }
    kit.block((h + 0.01) * Vec3::Y, vec3(w + 0.1, 0.07, d + 0.1));
    let count = kit.random.whole(1, 4);
    for k in 0..count {
        let x = w * ((k as f32 + 0.5) / count as f32 - 0.5);
        goods(kit, vec3(x, h + 0.04, 0.1 * d), (0.85 * w / count as f32).min(0.8 * d));
    }
    let style = kit.random.whole(0, 4);
    kit.wood();
    if style < 3 {
        kit.both(|kit| {
            post(kit, vec3(0.47 * w, 0.0, -0.44 * d), top + 0.02, 0.045, 0.045);
            post(kit, vec3(0.47 * w, 0.0, 0.44 * d), top - 0.1 * d, 0.045, 0.045);
        });
    }
    match style {
        0 => kit.turned(vec3(0.0, top, -0.47 * d), Vec3::X, 0.12, |kit| awning(kit, 0.0, w + 0.2, 0.0, 1.15 * d)),
        1 | 2 => {
            kit.paint(1);
            roof(kit, (top - 0.1 * d) * Vec3::Y, w, d);
        }
        3 => {
            post(kit, 0.1 * Vec3::Y, top + 0.2, 0.05, 0.05);
            kit.paint(1);
            post(kit, top * Vec3::Y, 0.4, 0.6 * w, 0.05);
        }
        _ => {}
    }
}

fn playground(kit: &mut Kit) {
    let [h, wide, thin] = sizes(kit, [(0.8, 1.5), (0.35, 0.6), (0.035, 0.06)]);
    kit.paint(0);
    match kit.random.whole(0, 3) {
        0 | 1 => slide(kit, h, wide, thin),
        2 => {
            let seats = kit.random.whole(1, 3) as f32;
            let w = 0.35 * seats + 0.15;
            kit.rod(vec3(-w - 0.1, 1.3 * h, 0.0), vec3(w + 0.1, 1.3 * h, 0.0), 1.2 * thin, 1.2 * thin);
            kit.four(|kit| kit.rod(vec3(w + 0.05, 0.0, wide), vec3(w, 1.32 * h, 0.01), thin, thin));
            for k in 0..seats as usize {
                let push = kit.random.around(0.5);
                kit.turned(vec3(0.7 * k as f32 - 0.35 * (seats - 1.0), 1.3 * h, 0.0), Vec3::X, push, |kit| {
                    kit.both(|kit| kit.rod(vec3(0.18, -h, 0.0), vec3(0.18, 0.0, 0.0), 0.6 * thin, 0.6 * thin));
                    kit.block(-h * Vec3::Y, vec3(0.46, 0.08, 0.26));
                });
            }
        }
        _ => {
            let tilt = kit.random.pick(&[-0.2, 0.0, 0.2]);
            kit.frustum(Vec3::ZERO, vec3(0.5, 0.5, 0.4), vec3(0.1, 0.0, 0.3), Vec3::ZERO);
            kit.turned(0.5 * Vec3::Y, Vec3::X, tilt, |kit| {
                kit.block(Vec3::ZERO, vec3(0.5 * wide, 0.08, 2.6));
                kit.four(|kit| kit.frustum(vec3(0.03, 0.0, 1.0), vec3(0.1, 0.3, 0.1), vec3(0.4, 0.0, 0.1), Vec3::ZERO));
            });
        }
    }
}

fn slide(kit: &mut Kit, h: f32, wide: f32, thin: f32) {
    let [long, rise] = sizes(kit, [(1.1, 1.8), (0.1, 0.3)]);
    kit.four(|kit| post(kit, vec3(0.45 * wide, 0.0, 0.35), h + 0.4, thin, thin));
    kit.block(h * Vec3::Y, vec3(wide + 0.04, 0.08, 0.75));
    if kit.random.chance(0.6) {
        kit.paint(2);
        roof(kit, (h + 0.4) * Vec3::Y, wide, 0.7);
    }
    kit.paint(1);
    let way = [(0.3, h), (0.4 + 0.75 * long, rise), (0.4 + long, 0.6 * rise)];
    for (k, pair) in way.windows(2).enumerate() {
        let [(z, y), (far, low)] = [pair[0], pair[1]];
        let slope = [(z, y), (far + 0.02, low), (z, y - 0.07), (far + 0.02, low - 0.07)];
        let w = 0.46 * wide - 0.01 * k as f32;
        kit.hull(&slope.map(|(z, y)| [vec3(-w, y, z), vec3(w, y, z)]).concat());
        kit.both(|kit| {
            kit.hull(&slope.map(|(z, y)| [vec3(w - 0.02, y + 0.05, z), vec3(w + 0.04, y + 0.08, z)]).concat());
        });
    }
    for k in 1..5 {
        let y = 0.2 * h * k as f32;
        kit.rod(vec3(-0.48 * wide, y, -0.36), vec3(0.48 * wide, y, -0.36), 0.8 * thin, 0.8 * thin);
    }
}

fn antenna(kit: &mut Kit) {
    let [r, deep, tilt, turn] = sizes(kit, [(0.5, 1.1), (0.15, 0.45), (0.3, 1.5), (-0.8, 0.8)]);
    let (tall, thick) = (r * kit.random.range(0.9, 2.0), kit.random.range(0.05, 0.12));
    kit.stone();
    match kit.random.whole(0, 3) {
        0 => kit.around(3, |kit| kit.rod(0.6 * r * Vec3::X, 0.7 * tall * Vec3::Y, 0.06, 0.06)),
        1 => hut(kit, Vec3::ZERO, vec3(1.2 * r, 0.5 * tall, r)),
        2 => post(kit, Vec3::ZERO, 0.6 * tall, 0.5 * r, 0.2 * r),
        _ => kit.block(0.05 * Vec3::Y, vec3(r, 0.1, r)),
    }
    kit.metal();
    post(kit, 0.03 * Vec3::Y, tall, thick, thick);
    kit.turned(tall * Vec3::Y, Vec3::Y, turn, |kit| {
        kit.turned(Vec3::ZERO, Vec3::X, tilt, |kit| {
            post(kit, -0.1 * Vec3::Y, 0.25, 0.25 * r, 0.2 * r);
            kit.white();
            let bowl = |y: f32| move |x: f32| vec2(r * x, y + 0.05 + deep * r * x * x);
            let outside = [0.2, 0.5, 0.8, 1.0].map(bowl(0.0));
            kit.lathe(Vec3::ZERO, &[&outside[..], &[0.97, 0.75, 0.5, 0.0].map(bowl(0.07))].concat());
            let focus = (deep + 0.4) * r;
            match kit.random.whole(0, 2) {
                0 => post(kit, 0.06 * Vec3::Y, focus, 0.04, 0.04),
                n => kit.around(2 + n, |kit| {
                    kit.rod(vec3(0.85 * r, 0.7 * deep * r, 0.0), focus * Vec3::Y, 0.03, 0.03);
                }),
            }
            kit.ball(focus * Vec3::Y, vec3(0.1, 0.12, 0.1));
        });
    });
}

fn dungeon(kit: &mut Kit) {
    let [w, h, d, t] = sizes(kit, [(1.2, 2.2), (1.2, 2.2), (0.9, 2.0), (0.18, 0.4)]);
    let style = kit.random.whole(0, 3);
    let has_floor = style < 2 || kit.random.chance(0.6);
    let back = if has_floor { 0.45 * (t - d) } else { 0.0 };
    if has_floor {
        ground(kit, w + 0.1, d + 0.1);
    }
    kit.stone();
    kit.block(vec3(0.0, 0.5 * h - 0.03, back), vec3(w, h, t));
    if style == 0 {
        kit.block(vec3(0.51 * (t - w), 0.48 * h - 0.03, 0.0), vec3(t, 0.97 * h, 0.97 * d));
    }
    if style > 1 {
        let half = w * kit.random.range(0.2, 0.35);
        kit.carve(|kit| {
            kit.block(vec3(0.0, 0.25 * h, back), vec3(2.0 * half, 0.52 * h, 2.0 * t));
            kit.rod(vec3(0.0, 0.5 * h, back - t), vec3(0.0, 0.5 * h, back + t), half, half);
        });
        let bars = kit.random.pick(&[0, 3, 4]);
        kit.metal();
        for k in 0..bars {
            let x = half * (2.0 * (k as f32 + 0.5) / bars as f32 - 1.0);
            post(kit, vec3(x, -0.01, back), 0.85 * h, 0.05, 0.05);
        }
    } else if has_floor && style == 1 {
        let (count, wide) = (kit.random.whole(3, 7), kit.random.range(0.4, 0.9) * w);
        for k in 1..=count {
            let (far, y) = (0.95 * (d - t) * (1.0 - (k - 1) as f32 / count as f32), 0.9 * h * k as f32 / count as f32);
            kit.block(vec3(0.5 * (wide - 0.98 * w), 0.5 * y - 0.02, back + 0.5 * far), vec3(wide, y, far));
        }
    }
    kit.stone();
    match kit.random.whole(0, 3) {
        0 => kit.both(|kit| post(kit, vec3(0.48 * w, -0.03, back + 0.3 * t), 1.1 * h, 0.6 * t, 0.5 * t)),
        1 => kit.both(|kit| kit.block(vec3(0.38 * w, h, back), vec3(0.17 * w, 0.25, 0.9 * t))),
        2 => kit.block(vec3(0.0, h, back), vec3(1.06 * w, 0.15, 1.4 * t)),
        _ => {}
    }
}

fn tile(kit: &mut Kit) {
    let deep = kit.random.pick(&[2.0, 2.0, 1.5]);
    let is_hexagonal = kit.random.chance(0.4);
    kit.leaf();
    if is_hexagonal {
        let low = kit.random.range(0.1, 0.4);
        kit.sided(6, |kit| post(kit, -low * Vec3::Y, low, 1.3, 1.3));
    } else {
        ground(kit, 2.0, deep);
    }
    kit.hsv(0.6, 0.1, 0.35);
    if kit.random.chance(0.6) {
        kit.block(vec3(0.0, 0.0, 0.3 * deep), vec3(1.9, 0.08, 0.3 * deep));
    }
    for (x, z) in [(-0.5, -0.4), (0.5, -0.4), (-0.45, 0.55), (0.5, 0.5)] {
        let [a, b, c] = sizes(kit, [(0.4, 0.8), (0.3, 1.5), (0.4, 0.7)]);
        let foot = vec3(x, 0.0, 0.5 * deep * z);
        kit.paint(0);
        match kit.random.whole(0, 5) {
            0 | 1 if z < 0.0 => hut(kit, foot, vec3(a, b, c)),
            2 => tree(kit, foot, 0.5 * a + 0.4 * b),
            3 => kit.ball(foot, vec3(0.5 * a, 0.3 * b, 0.5 * c)),
            4 => goods(kit, foot, 0.5 * c),
            _ => {}
        }
    }
}

fn space_base(kit: &mut Kit) {
    let [r, h, leg, arm] = sizes(kit, [(0.5, 0.8), (0.3, 0.9), (0.1, 0.4), (0.3, 0.9)]);
    let (style, corners) = (kit.random.whole(0, 2), kit.random.whole(2, 6));
    kit.white();
    match style {
        0 => post(kit, leg * Vec3::Y, h, r, 0.9 * r),
        1 => kit.pad((leg + 0.5 * h) * Vec3::Y, vec3(2.0 * r, h, 1.8 * r), 0.15),
        _ => kit.lathe(leg * Vec3::Y, &[vec2(0.7 * r, 0.0), vec2(r, 0.4 * h), vec2(0.7 * r, h)]),
    }
    kit.metal();
    kit.four(|kit| kit.rod(vec3(0.85 * r, 0.0, 0.8 * r), vec3(0.5 * r, leg + 0.3 * h, 0.5 * r), 0.06, 0.08));
    kit.around(corners, |kit| {
        let middle = leg + 0.5 * h;
        kit.paint(0);
        kit.rod(vec3(0.0, middle, 0.5 * r), vec3(0.0, middle, r + arm), 0.35 * h, 0.35 * h);
        kit.paint(1);
        kit.rod(vec3(0.0, middle, r + arm - 0.12), vec3(0.0, middle, r + arm + 0.05), 0.42 * h, 0.42 * h);
    });
    let top = (leg + h - 0.04) * Vec3::Y;
    kit.glass();
    match kit.random.whole(0, 3) {
        0 => kit.ball(top, vec3(0.7 * r, 0.6 * r, 0.7 * r)),
        1 => kit.scaled(top, Vec3::splat(0.5 * r), antenna),
        2 => {
            kit.block(top, vec3(0.7 * r, 0.6 * r, 0.7 * r));
            kit.both(|kit| {
                kit.rod(vec3(0.15 * r, top.y + 0.15 * r, 0.0), vec3(0.15 * r, top.y + 0.3 * r, r), 0.05, 0.04)
            });
        }
        _ => {
            post(kit, top, 0.5, 0.05, 0.05);
            kit.turned(top + 0.45 * Vec3::Y, Vec3::X, 0.4, |kit| kit.block(Vec3::ZERO, vec3(2.4 * r, 0.05, 0.7 * r)));
        }
    }
}

fn monument(kit: &mut Kit) {
    let (steps, is_round) = (kit.random.whole(1, 6), kit.random.chance(0.3));
    let [rise, wide, last, tall] = sizes(kit, [(0.1, 0.35), (1.0, 1.8), (0.45, 0.7), (0.8, 1.8)]);
    for k in 0..steps {
        let (y, size) = (rise * k as f32, wide + (last - wide) * k as f32 / steps as f32);
        kit.stone();
        if is_round {
            post(kit, (y - 0.02) * Vec3::Y, rise + 0.02, 0.55 * size, 0.53 * size);
        } else {
            kit.frustum((y - 0.02) * Vec3::Y, vec3(size, rise + 0.02, size), 0.96 * Vec3::splat(size), Vec3::ZERO);
        }
    }
    let top = (rise * steps as f32 - 0.02) * Vec3::Y;
    kit.paint(0);
    match kit.random.whole(0, 4) {
        0 => {
            post(kit, top, 0.7 * tall, 0.2 * tall, 0.1 * tall);
            kit.ball(top + 0.8 * tall * Vec3::Y, vec3(0.1, 0.13, 0.11) * tall);
            kit.both(|kit| kit.rod(top + 0.65 * tall * Vec3::Y, top + vec3(0.25, 0.5, 0.2) * tall, 0.08, 0.06));
        }
        1 => kit.frustum(top, vec3(0.35, tall, 0.35), Vec3::splat(0.2), Vec3::ZERO),
        2 => {
            kit.block(top + vec3(0.0, 0.15, 0.05), vec3(0.42, 0.3, 0.36));
            kit.block(top + vec3(0.0, 0.4 * tall, -0.17), vec3(0.4, 0.8 * tall, 0.1));
            kit.both(|kit| kit.block(top + vec3(0.2, 0.26, 0.06), vec3(0.09, 0.52, 0.33)));
        }
        3 => {
            let profile = [(0.15, 0.0), (0.07, 0.4), (0.45, 0.6), (0.38, 0.62), (0.0, 0.5)];
            kit.lathe(top, &profile.map(|(r, y)| vec2(r, y * tall)));
            post(kit, top + 0.4 * tall * Vec3::Y, 0.5 * tall, 0.06, 0.04);
            kit.ball(top + 0.9 * tall * Vec3::Y, Vec3::splat(0.12));
        }
        _ => goods(kit, top, last),
    }
}

fn pile(kit: &mut Kit) {
    let (columns, levels, style) = (kit.random.whole(2, 4), kit.random.whole(1, 4), kit.random.whole(0, 2));
    let long = kit.random.range(0.5, 3.0);
    kit.wood();
    kit.block(-0.06 * Vec3::Y, vec3(columns as f32, 0.16, long.max(1.0)));
    for k in 0..columns * levels {
        let (column, level) = (k % columns, k / columns);
        if column + level < columns {
            let x = column as f32 + 0.5 * (1 + level) as f32 - 0.5 * columns as f32;
            let (z, y) = (kit.random.around(0.1), 0.85 * level as f32);
            match style {
                0 => goods(kit, vec3(x, 0.5 * y, 0.0), 1.08),
                1 => kit.rod(vec3(x, y + 0.46, z - 0.5 * long), vec3(x, y + 0.46, z + 0.5 * long), 0.52, 0.52),
                _ => kit.pad(vec3(x, y + 0.4, z), vec3(1.03, 0.9, 0.9 * long), 0.1),
            }
        }
    }
}
