//! Things of shops, stores and offices: shelves, counters, cabinets, tanks and carts.

use std::f32::consts::{FRAC_PI_2, PI};

use glam::{Vec3, vec2, vec3};

use super::Kind;
use super::kit::Kit;
use super::parts::{bent, disc, forward, heap, lathed, prism, round_slab, side_plate, sizes, upright};
use super::workshop::{bars, blocks, coat, wheel};

pub const KINDS: &[Kind] = &[
    ("shop shelf", gondola),
    ("display stand", stand),
    ("shop counter", counter),
    ("clothes rail", rail),
    ("freezer", freezer),
    ("pallet", pallet),
    ("cylinders", cylinders),
    ("lockers", lockers),
    ("safe", safe),
    ("shopping cart", shopping_cart),
    ("boiler", boiler),
];

/// A small wheel on the ground below a point, with its fork.
fn caster(kit: &mut Kit, top: Vec3, radius: f32) {
    wheel(kit, vec3(top.x, radius, top.z), radius, 0.8 * radius);
    let tall = top.y - radius + 0.02;
    kit.block(vec3(top.x, radius + 0.5 * tall, top.z), vec3(1.1 * radius, tall, 0.8 * radius));
}

/// Goods side by side; `foot` is the middle of their floor, `room` what there is for them.
fn goods(kit: &mut Kit, foot: Vec3, room: Vec3) {
    let (count, style) = (kit.random.whole(2, 5), kit.random.whole(0, 4));
    let step = room.x / count as f32;
    for k in 0..if style == 4 { 0 } else { count } {
        kit.paint(k + style);
        let [wide, tall, deep] = sizes(kit, [(0.7, 0.95), (0.5, 0.95), (0.5, 0.95)]);
        let at = foot + vec3((k as f32 + 0.5) * step - 0.5 * room.x, -0.02, 0.0);
        let size = vec3(step, room.y, room.z) * vec3(wide, tall, deep);
        if style < 2 {
            kit.frustum(at, size, size, Vec3::ZERO);
        } else {
            let scale = vec3(0.5 * size.x.min(room.z), size.y, 0.5 * size.x.min(room.z));
            kit.sided(8, |kit| lathed(kit, at, scale, &[(0.95, 0.0), (1.0, 0.6), (0.45, 0.75), (0.4, 1.0)]));
        }
    }
}

/// A shelf from `back` to `front` with a lip and goods.
fn shelf(kit: &mut Kit, wide: f32, y: f32, [back, front, high, lip]: [f32; 4]) {
    let (middle, deep) = (0.5 * (back + front), front - back);
    kit.paint(0);
    kit.block(vec3(0.0, y, middle), vec3(wide, 0.05, deep + 0.03));
    kit.block(vec3(0.0, y + 0.5 * lip, front), vec3(wide, 0.06 + lip, 0.04));
    goods(kit, vec3(0.0, y + 0.02, middle + 0.03), vec3(0.9 * wide, high, 0.8 * deep));
}

/// Cartons, a crate, drums or sacks on a floor.
fn load(kit: &mut Kit, foot: Vec3, size: Vec3) {
    let (style, layers, missing) = (kit.random.whole(0, 4), kit.random.whole(1, 3), kit.random.whole(0, 3));
    let (step, radius) = (vec3(0.5 * size.x, size.y / layers as f32, 0.5 * size.z), 0.25 * size.x.max(size.z));
    let round = if style == 4 { 0.3 * step.y } else { 0.01 };
    kit.hsv(0.08, 0.5, 0.65);
    if style == 1 {
        kit.paint(1);
        let scale = vec3(radius, size.y.min(3.0 * radius), radius);
        let drum = [(0.95, -0.02), (1.0, 0.3), (0.96, 0.35), (0.96, 0.65), (1.0, 0.7), (0.96, 1.0)];
        return kit.sided(10, |kit| kit.four(|kit| lathed(kit, foot + 0.5 * step * vec3(1.0, 0.0, 1.0), scale, &drum)));
    }
    let spots = if style == 0 { 0 } else { 4 * layers - missing };
    for k in 0..spots {
        let middle = foot + vec3((k % 2) as f32 - 0.5, (k / 4) as f32 + 0.5, (k / 2 % 2) as f32 - 0.5) * step;
        let [wide, deep, shift] = sizes(kit, [(0.94, 1.03), (0.94, 1.03), (-0.02, 0.02)]);
        kit.pad(middle + shift * step.x, step * vec3(wide, 1.06, deep), round);
    }
    if spots == 0 {
        kit.block(foot + 0.5 * size.y * Vec3::Y, size);
    }
}

/// A pallet of boards; the height of its top comes back.
fn boards(kit: &mut Kit, foot: Vec3, size: Vec3) -> f32 {
    let count = kit.random.whole(3, 6);
    kit.wood();
    kit.at(foot, |kit| {
        blocks(
            kit,
            size,
            &[-0.46, 0.07, 0.0, 0.1, 0.13, 1.0, 0.0, 0.07, 0.0, 0.1, 0.13, 1.0, 0.46, 0.07, 0.0, 0.1, 0.13, 1.0],
        );
        for k in 0..count {
            let z = (k as f32 + 0.5) / count as f32 - 0.5;
            blocks(kit, size, &[0.0, 0.145, z, 1.02, 0.04, 0.8 / count as f32]);
        }
    });
    foot.y + 0.155
}

fn gondola(kit: &mut Kit) {
    let [w, tall, deep, lean] = sizes(kit, [(0.6, 2.2), (1.0, 2.1), (0.28, 0.55), (0.5, 1.0)]);
    let (rows, sides, has_ends) = (kit.random.whole(2, 5), kit.random.pick(&[1, 1, 2]), kit.random.chance(0.4));
    let (step, end) = ((tall - 0.1) / rows as f32, [(0.0, 0.0), (deep, 0.0), (lean * deep, tall), (0.0, tall)]);
    coat(kit);
    blocks(kit, vec3(w, tall, 1.0), &[0.0, 0.5, 0.0, 1.0, 1.0, 0.07, 0.0, 0.04, 0.0, 0.98, 0.08, 1.4 * deep]);
    kit.around(sides, |kit| {
        for k in 0..rows {
            let d = deep * (1.0 - (1.0 - lean) * k as f32 / rows as f32);
            shelf(kit, w, 0.1 + step * k as f32, [0.0, d, step - 0.1, 0.04]);
        }
        kit.both(|kit| {
            if has_ends {
                side_plate(kit, 0.5 * w * Vec3::X, 0.03, &end)
            }
        });
    });
}

/// A stand for papers that leans, or turns about a post.
fn stand(kit: &mut Kit) {
    let [wide, tall, deep, lean] = sizes(kit, [(0.4, 1.2), (1.0, 1.8), (0.25, 0.5), (0.05, 0.3)]);
    let (rows, faces) = (kit.random.whole(2, 4), kit.random.pick(&[1, 1, 3, 4]));
    let (step, out, d) = ((tall - 0.2) / rows as f32, 0.4 * deep + 0.02, 0.2 * deep + 0.05);
    let w = if faces > 1 { 1.6 * out } else { wide };
    coat(kit);
    if faces > 1 {
        round_slab(kit, Vec3::ZERO, deep, 0.08);
        upright(kit, 0.0, tall + 0.08, 0.06, 0.05);
    } else {
        let side = [(-0.05, 0.0), (deep, 0.0), (deep, 0.15), (0.1 - lean * tall, tall), (-lean * tall - 0.05, tall)];
        kit.both(|kit| side_plate(kit, 0.5 * wide * Vec3::X, 0.03, &side));
    }
    kit.around(faces, |kit| {
        for k in 0..rows {
            let y = 0.15 + step * k as f32;
            let (z, back) = if faces > 1 { (out, 0.0) } else { (-lean * y, -lean * y) };
            shelf(kit, w, y, [back, z + d, 0.8 * step, 0.25 * step]);
            kit.block(vec3(0.0, y + 0.5 * step, z), vec3(w, 1.04 * step, 0.06));
        }
    });
}

/// A counter with a till and goods or a glass case.
fn counter(kit: &mut Kit) {
    let [w, tall, d, g, b] = sizes(kit, [(0.9, 2.4), (0.8, 1.1), (0.45, 0.75), (0.35, 0.7), (0.2, 0.35)]);
    let (has_case, hand) = (kit.random.chance(0.5), kit.random.pick(&[-1.0, 1.0]));
    let case = [(-0.45 * d, 0.0), (0.48 * d, 0.0), (0.4 * d, 0.5 * g), (0.1 * d, g), (-0.45 * d, g)];
    kit.either(0.5, Kit::wood, coat);
    blocks(kit, vec3(w, tall, d), &[0.0, 0.5, 0.0, 1.0, 1.0, 1.0, 0.0, 0.5, 0.5, 0.9, 0.7, 0.08]);
    coat(kit);
    kit.block(tall * Vec3::Y, vec3(w + 0.08, 0.07, d + 0.1));
    let at = vec3(-0.22 * hand * w, tall + 0.03, 0.0);
    if has_case {
        kit.at(at, |kit| {
            blocks(kit, vec3(w, g, d), &[0.0, 1.0, -0.18, 0.53, 0.09, 0.6, 0.0, 0.5, -0.42, 0.53, 1.0, 0.1])
        });
        kit.glass();
        side_plate(kit, at, 0.25 * w, &case);
    } else {
        goods(kit, at, vec3(0.4 * w, 0.5 * g, 0.3 * d));
    }
    kit.dark();
    kit.turned(vec3(0.27 * hand * w, tall + 0.03, 0.0), Vec3::Y, (0.5 - 0.5 * hand) * PI, |kit| {
        prism(kit, [0.08, 0.18, -0.18, 0.2], [0.1 + 0.7 * b, 0.16, -0.18, -0.03]);
        blocks(kit, vec3(1.0, b, 1.0), &[0.0, 0.15, 0.0, 0.4, 0.5, 0.42, 0.0, 1.0, -0.13, 0.08, 1.6, 0.06]);
        blocks(kit, vec3(1.0, b, 1.0), &[0.0, 2.0, -0.12, 0.3, 0.7, 0.07]);
    });
}

fn rail(kit: &mut Kit) {
    let [w, tall, share, foot, low] = sizes(kit, [(0.4, 0.9), (1.3, 1.8), (0.4, 0.95), (0.2, 0.32), (0.08, 0.3)]);
    let (count, kind, board) = (kit.random.whole(0, 7), kit.random.whole(0, 3), 2.0 * low - 0.1);
    kit.metal();
    bars(kit, 0.03, vec3(w, tall, 1.0), &[-1.04, 0.98, 0.0, 1.04, 0.98, 0.0]);
    kit.both(|kit| {
        bars(kit, 0.03, vec3(w, 1.0, foot), &[1.0, 0.06, 0.0, 1.0, tall, 0.0, 1.0, 0.08, -1.0, 1.0, 0.08, 1.0])
    });
    kit.four(|kit| caster(kit, vec3(w, 0.08, foot), 0.05));
    kit.block(low * Vec3::Y, vec3(2.0 * w, 0.04, board));
    for k in 0..count {
        let [long, s, half, turn] = sizes(kit, [(0.65, 1.0), (0.2, 0.27), (0.03, 0.06), (-0.25, 0.25)]);
        let (x, end) = (((2 * k + 1) as f32 / count as f32 - 1.0) * w * share, -0.12 - long);
        let body: &[(f32, f32)] = match if kind == 3 { k % 3 } else { kind } {
            0 => &[(0.05, -0.1), (s, -0.17), (1.25 * s, -0.65), (0.95 * s, -0.67), (0.85 * s, -0.35), (0.9 * s, end)],
            1 => &[(0.06, -0.1), (0.8 * s, -0.15), (0.6 * s, -0.4), (1.3 * s, end)],
            _ => &[(0.7 * s, -0.1), (0.75 * s, end)],
        };
        let outline: Vec<_> = body.iter().copied().chain(body.iter().rev().map(|&(z, y)| (-z, y))).collect();
        kit.paint(k);
        kit.turned(vec3(x, 0.98 * tall, 0.0), Vec3::Y, turn, |kit| {
            side_plate(kit, Vec3::ZERO, half, &outline);
            bars(kit, 0.02, Vec3::ONE, &[0.0, -0.15, 0.0, 0.0, 0.04, 0.0]);
        });
    }
}

/// A chest, closed, open or without a lid.
fn freezer(kit: &mut Kit) {
    let [w, tall, d, slope, open] = sizes(kit, [(0.7, 2.0), (0.75, 0.95), (0.55, 0.9), (0.0, 0.25), (0.4, 1.4)]);
    let (style, h, size) = (kit.random.whole(0, 2), 0.5 * d, vec3(w, 1.0, d));
    kit.either(0.6, Kit::white, coat);
    side_plate(kit, Vec3::ZERO, 0.5 * w, &[(-h, 0.06), (h, 0.06), (h, (1.0 - slope) * tall), (-h, tall)]);
    kit.turned((tall - 0.5 * slope * tall) * Vec3::Y, Vec3::X, libm::atanf(slope * tall / d), |kit| {
        if style > 0 {
            kit.carve(|kit| kit.block(Vec3::ZERO, vec3(w - 0.16, 0.3 * tall, d - 0.16)));
            heap(kit, -0.15 * tall * Vec3::Y, vec2(0.45 * w, 0.4 * d), 0.12);
        }
        kit.either(0.5, Kit::glass, |kit| kit.paint(0));
        kit.turned(-h * Vec3::Z, Vec3::X, -open * (style % 2) as f32, |kit| match style {
            2 => kit.both(|kit| blocks(kit, size, &[0.5, 0.03, 0.5, 0.06, 0.12, 1.06])),
            _ => blocks(kit, size, &[0.0, 0.02, 0.5, 1.02, 0.09, 1.02, 0.0, 0.0, 1.02, 0.25, 0.05, 0.1]),
        });
    });
    kit.dark();
    blocks(kit, size, &[0.0, 0.06, 0.0, 0.92, 0.14, 0.92]);
}

/// A loaded pallet, empty pallets, or a rack of loaded ones.
fn pallet(kit: &mut Kit) {
    let ([w, d, high], style) = (sizes(kit, [(0.8, 1.3), (0.8, 1.1), (0.3, 1.3)]), kit.random.pick(&[0, 1, 1, 2]));
    let (count, step) = ([kit.random.whole(1, 6), 1, kit.random.whole(2, 3)][style], 0.5 + 0.5 * high);
    let (mut top, size) = (0.0, vec3(w, 1.0, d));
    for k in 0..count {
        if style == 2 {
            top = 0.1 + step * k as f32;
            kit.hsv(0.06, 0.8, 0.85);
            blocks(kit, size, &[0.0, top - 0.03, 0.43, 1.3, 0.1, 0.06, 0.0, top - 0.03, -0.43, 1.3, 0.1, 0.06]);
        }
        let ([x, share], room) = (sizes(kit, [(-0.03, 0.03), (0.4, 1.0)]), if style == 2 { step - 0.4 } else { high });
        top = boards(kit, vec3(x, top, x), size);
        if style > 0 {
            load(kit, (top - 0.01) * Vec3::Y, size * vec3(0.95, room * share, 0.95));
        }
    }
    if style == 2 {
        let size = vec3(w, step * count as f32, d);
        kit.hsv(0.6, 0.7, 0.6);
        kit.four(|kit| blocks(kit, size, &[0.65, 0.5, 0.45, 0.07, 1.0, 0.08]));
        kit.both(|kit| {
            bars(kit, 0.03, size, &[0.65, 0.05, 0.45, 0.65, 0.5, -0.45, 0.65, 0.5, -0.45, 0.65, 0.95, 0.45])
        });
    }
}

/// Gas cylinders or drums, alone or in a group.
fn cylinders(kit: &mut Kit) {
    let [r, slim, low] = sizes(kit, [(0.1, 0.16), (3.0, 8.0), (0.3, 0.6)]);
    let (count, style, extra) = (kit.random.whole(1, 5), kit.random.whole(0, 2), kit.random.whole(0, 2));
    let (tall, gap, row) = (r * if style == 0 { slim } else { 0.5 * slim.min(6.0) }, 1.9 * r, 1.64 * r);
    let one = |kit: &mut Kit, at: Vec3| {
        let gas = [(0.9, 0.0), (1.0, 0.03), (1.0, 0.82), (0.8, 0.93), (0.3, 1.0)];
        let drum = [(1.0, 0.0), (0.97, 0.3), (1.04, 0.33), (0.97, 0.36), (0.97, 0.64), (1.04, 0.67), (1.0, 1.0)];
        kit.sided(12, |kit| lathed(kit, at, vec3(r, tall, r), if style < 2 { &gas } else { &drum }));
        kit.at(at + tall * Vec3::Y, |kit| match style {
            0 => bars(kit, 0.2 * r, Vec3::splat(r), &[0.0, 0.3, 0.0, 0.0, 0.3, 0.7, 0.0, -0.2, 0.0, 0.0, 0.7, 0.0]),
            1 => {
                kit.sided(10, |kit| kit.ring(0.35 * r * Vec3::Y, Vec3::Y, 0.6 * r, 0.12 * r));
                kit.around(3, |kit| bars(kit, 0.12 * r, Vec3::splat(r), &[0.55, -0.3, 0.0, 0.6, 0.35, 0.0]));
            }
            _ => bars(kit, 0.15 * r, Vec3::splat(r), &[0.5, -0.2, 0.0, 0.5, 0.1, 0.0]),
        });
    };
    let spots = [[0.0, 0.0], [gap, 0.0], [0.5 * gap, -row], [-0.5 * gap, -row], [-gap, 0.0]];
    for (k, &[x, z]) in spots.iter().take(count).enumerate() {
        kit.paint(if slim > 5.0 { k } else { 0 });
        one(kit, vec3(x, 0.0, z));
    }
    kit.paint(2);
    match extra {
        0 if style == 2 => kit.turned(vec3(0.5 * tall, r, 1.85 * r), Vec3::Z, FRAC_PI_2, |kit| one(kit, Vec3::ZERO)),
        1 if style == 2 => one(kit, vec3(0.3 * r, 0.98 * tall, -0.3 * r)),
        1 => [0.02, low].iter().for_each(|y| blocks(kit, vec3(gap, tall, row), &[0.0, *y, -0.4, 2.3, 0.07, 1.3])),
        _ => {}
    }
}

/// Lockers, drawers for files, and cabinets for devices.
fn lockers(kit: &mut Kit) {
    let [w, tall, d, open, foot] = sizes(kit, [(0.3, 0.5), (0.7, 1.9), (0.25, 0.65), (0.4, 1.9), (-0.1, 0.12)]);
    let (columns, rows, style) = (kit.random.whole(1, 4), kit.random.whole(1, 5), kit.random.whole(0, 2));
    let (wide, which) = (w * columns as f32, kit.random.whole(0, 2 * columns * rows));
    let cell = vec3(w, tall / rows as f32, 1.0);
    coat(kit);
    kit.block(0.5 * tall * Vec3::Y, vec3(wide + 0.05, tall + 0.05, d));
    kit.four(|kit| kit.block(vec3(0.45 * wide, -0.5 * foot, 0.4 * d), vec3(0.06, foot.max(0.0) + 0.06, 0.06)));
    for k in 0..columns * rows {
        let at = vec3((k % columns) as f32 - 0.5 * columns as f32, (k / columns) as f32 + 0.5, 0.5 * d) * cell;
        let is_open = k == which && style > 0;
        if is_open {
            kit.carve(|kit| kit.block(at + 0.5 * w * Vec3::X, cell * vec3(0.85, 0.85, 1.6 * d)));
        }
        kit.paint(1 + style);
        kit.turned(at, Vec3::Y, if is_open { -open } else { 0.0 }, |kit| {
            blocks(kit, cell, &[0.5, 0.0, 0.0, 0.94, 0.93, 0.05]);
            let handle = [
                [0.5, 0.25, 0.03, 0.3, 0.08, 0.06],
                [0.86, 0.0, 0.03, 0.1, 0.2, 0.06],
                [0.88, 0.0, 0.03, 0.08, 0.5, 0.06],
            ];
            blocks(kit, cell, &handle[style]);
        });
    }
}

fn safe(kit: &mut Kit) {
    let [w, tall, d, open, frame] = sizes(kit, [(0.8, 1.2), (0.8, 1.6), (0.7, 1.1), (0.5, 1.9), (0.08, 0.16)]);
    let (is_open, spokes, foot) = (kit.random.chance(0.4), kit.random.pick(&[1, 3, 4]), kit.random.range(0.03, 0.12));
    let (dw, dh) = (w - 2.0 * frame, tall - 2.0 * frame);
    coat(kit);
    kit.pad(0.5 * tall * Vec3::Y, vec3(w, tall, d), 0.04);
    kit.four(|kit| kit.block(vec3(0.4 * w, -0.5 * foot, 0.4 * d), vec3(0.12, foot + 0.06, 0.12)));
    if is_open {
        kit.carve(|kit| kit.block(vec3(0.0, 0.5 * tall, 0.5 * d), vec3(dw, dh, 1.7 * d)));
        shelf(kit, w - 0.1, 0.45 * tall, [-0.4 * d, 0.3 * d, 0.4 * dh, 0.0]);
    }
    kit.turned(vec3(-0.5 * dw, 0.5 * tall, 0.5 * d), Vec3::Y, if is_open { -open } else { 0.0 }, |kit| {
        kit.paint(1);
        blocks(kit, vec3(dw, dh, 0.12), &[0.49, 0.0, 0.1, 0.97, 0.98, 1.0]);
        kit.metal();
        bars(kit, 0.05, vec3(1.0, dh, 1.0), &[0.0, 0.2, 0.02, 0.0, 0.4, 0.02, 0.0, -0.2, 0.02, 0.0, -0.4, 0.02]);
        disc(kit, vec3(0.6 * dw, 0.2 * dh, 0.0), 0.1, 0.13);
        forward(kit, vec3(0.6 * dw, -0.1 * dh, 0.05), |kit| {
            upright(kit, 0.0, 0.15, 0.05, 0.05);
            kit.around(spokes, |kit| bars(kit, 0.03, Vec3::ONE, &[0.0, 0.13, 0.0, 0.2, 0.14, 0.0]));
        });
    });
}

/// A basket on a frame with wheels, or a basket alone.
fn shopping_cart(kit: &mut Kit) {
    let [w, d, y, high, s] = sizes(kit, [(0.22, 0.3), (0.35, 0.5), (0.4, 0.65), (0.25, 0.45), (0.65, 0.95)]);
    let (rows, is_full, has_wheels) = (kit.random.pick(&[0, 3, 3, 4]), kit.random.chance(0.4), kit.random.chance(0.75));
    kit.either(0.6, Kit::metal, |kit| kit.paint(0));
    prism(kit, [y, s * w, -d, s * d], [y + high, w, -d, d]);
    kit.carve(|kit| {
        prism(kit, [y + 0.03, s * w - 0.03, 0.03 - d, s * d - 0.03], [y + high + 0.02, w - 0.03, 0.03 - d, d - 0.03]);
        for k in 0..rows {
            let (y, tall) = (y + high * (0.22 + 0.7 * k as f32 / rows as f32), 0.4 * high / rows as f32);
            blocks(kit, vec3(w, 1.0, d), &[0.0, y, 0.0, 1.6 * s, tall, 3.0, 0.0, y, -0.1, 3.0, tall, 1.5 * s]);
        }
    });
    if is_full {
        heap(kit, (y + 0.6 * high) * Vec3::Y, vec2(0.85 * w, 0.85 * d), 0.54 * high);
    }
    kit.paint(1);
    let (top, z, from) = if has_wheels { (high + 0.08, -d - 0.1, 0.015 - d) } else { (high + 0.2, 0.0, 0.0) };
    let (rim, size) = (high - 0.05, vec3(w, y, d));
    let frame =
        [0.55, 1.03, -0.9, 0.9, 0.2, -0.9, 0.9, 0.25, -0.95, 0.7, 0.25, 0.85, 0.55, 1.03, -0.4, 0.75, 0.25, 0.1];
    kit.both(|kit| {
        kit.at(y * Vec3::Y, |kit| {
            bars(kit, 0.025, vec3(w, 1.0, 1.0), &[0.94, rim, from, 0.95, top, z, -0.1, top, z, 0.97, top, z])
        });
        kit.metal();
        if has_wheels {
            bars(kit, 0.025, size, &frame);
            bars(kit, 0.025, size, &[-0.1, 0.25, -0.9, 0.9, 0.25, -0.9, -0.1, 0.25, 0.8, 0.7, 0.25, 0.8]);
            [(0.88, -0.9), (0.72, 0.8)].iter().for_each(|(x, z)| caster(kit, vec3(x * w, 0.25 * y, z * d), 0.055));
        }
    });
}

/// An upright or lying tank with pipes, legs and valves.
fn boiler(kit: &mut Kit) {
    let [r, h, leg, out, pipe] = sizes(kit, [(0.2, 0.4), (0.3, 0.8), (0.1, 0.3), (0.1, 0.35), (0.03, 0.06)]);
    let (lies, pipes, side) = (kit.random.chance(0.35), kit.random.whole(1, 3), kit.random.around(1.4));
    let (bands, x, y) = (kit.random.whole(0, 3), if lies { 0.7 * h } else { 0.6 * r }, leg + if lies { r } else { h });
    kit.either(0.3, |kit| kit.hsv(0.06, 0.6, 0.7), coat);
    kit.turned(y * Vec3::Y, Vec3::Z, if lies { FRAC_PI_2 } else { 0.0 }, |kit| {
        let (end, top) = (0.2 * r / h, 0.4 * r / h);
        let body = [
            (0.0, -1.0 - end),
            (0.7, -1.0 - 0.7 * end),
            (1.0, -1.0),
            (1.0, 1.0),
            (0.8, 1.0 + 0.6 * top),
            (0.0, 1.0 + top),
        ];
        lathed(kit, Vec3::ZERO, vec3(r, h, r), &body);
        kit.metal();
        for k in 0..bands {
            let y = h * ((2 * k + 1) as f32 / bands as f32 - 1.0);
            lathed(kit, y * Vec3::Y, vec3(1.06 * r, 0.05, 1.06 * r), &[(1.0, -0.5), (1.0, 0.5)]);
        }
    });
    kit.four(|kit| kit.block(vec3(x, 0.5 * (leg + 0.4 * r), 0.6 * r), vec3(0.07, leg + 0.4 * r, 0.07)));
    kit.metal();
    for k in 0..pipes {
        let (angle, level, up) = (side + 1.1 * k as f32, y + 0.15 * k as f32, 0.5 * k as f32 - 0.3);
        let at = vec3(libm::sinf(angle), 0.0, libm::cosf(angle)) * (r + out) + level * Vec3::Y;
        kit.sided(8, |kit| {
            bent(kit, [level * Vec3::Y, at, at + up * Vec3::Y], [pipe; 3]);
            kit.at(at, |kit| {
                bars(kit, 0.022, Vec3::splat(0.1), &[-1.0, 0.0, 0.8, 1.0, 0.0, 0.8, 0.0, 0.0, 0.0, 0.0, 0.0, 0.9])
            });
            kit.ring(at + 0.08 * Vec3::Z, Vec3::Z, 0.1, 0.022);
        });
    }
}
