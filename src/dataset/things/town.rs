//! What stands in towns: tall buildings, flats, works, stations, rows of houses, fountains and kiosks.

use std::f32::consts::PI;

use glam::{Vec3, vec2, vec3};

use super::Kind;
use super::kit::Kit;
use super::parts::{dome, lathed, mirrored, post, prism, sizes, upright};
use super::street::{coat, facade, ground, on, roof};

pub const KINDS: &[Kind] = &[
    ("skyscraper", skyscraper),
    ("flats", flats),
    ("factory", factory),
    ("petrol station", petrol_station),
    ("hospital", hospital),
    ("terrace", terrace),
    ("fountain", fountain),
    ("kiosk", kiosk),
];

fn skyscraper(kit: &mut Kit) {
    let [wide, long, tall, step, twist] = sizes(kit, [(0.7, 1.3), (0.6, 1.6), (2.2, 5.5), (0.6, 0.92), (-0.3, 0.3)]);
    let (tiers, style, top) = (kit.random.whole(1, 4), kit.random.whole(0, 5), kit.random.whole(0, 4));
    let (is_round, pitch, taper) =
        (kit.random.chance(0.2), kit.random.range(0.22, 0.42), kit.random.pick(&[1.0, 1.0, 0.7]));
    let twist = if kit.random.chance(0.25) { twist } else { 0.0 };
    let (mut size, mut y) = (vec3(wide, 0.0, wide * long), 0.0);
    ground(kit, 1.4 * size.x, 1.4 * size.z);
    coat(kit);
    for k in 0..tiers {
        size.y = tall / tiers as f32 * if tiers > 1 { 1.3 - 0.3 * k as f32 } else { 1.0 };
        kit.turned(y * Vec3::Y, Vec3::Y, twist * k as f32, |kit| {
            if is_round || taper < 1.0 {
                let round = if is_round { 0.6 * size } else { vec3(0.7, 0.0, 0.7) * size };
                let ring = |k: usize| {
                    [(0.96, 0.94), (1.0, 0.95)]
                        .map(|(r, t)| (r * (1.0 - (1.0 - taper) * k as f32 / 8.0), (k as f32 + t) / 8.0))
                };
                let floors: Vec<_> = [(1.0, 0.0)].into_iter().chain((0..8).flat_map(ring)).collect();
                let sides = if is_round { kit.sides } else { 4 };
                kit.sided(sides, |kit| lathed(kit, -0.05 * Vec3::Y, vec3(round.x, size.y + 0.05, round.z), &floors));
            } else {
                on(kit, [0.0, -0.05, 0.0, size.x, size.y + 0.05, size.z]);
                facade(kit, size.to_array(), 0.1, [pitch, 1.3 * pitch], [1, style]);
            }
        });
        coat(kit);
        y += size.y - 0.02;
        size *= step * if k + 1 < tiers { 1.0 } else { taper };
    }
    let Vec3 { x, z, .. } = size;
    match top {
        0 => post(kit, (y - 0.05) * Vec3::Y, 0.3 * tall, 0.08, 0.02),
        1 => roof(kit, [0.0, y - 0.02, 0.0, x, 0.8 * x, z], 3),
        2 => [-0.2, 0.25].into_iter().for_each(|k| on(kit, [k * x, y - 0.03, k * z, 0.3 * x, 0.15 + 0.2 * k, 0.4 * z])),
        3 => upright(kit, y - 0.03, y + 0.06, 0.4 * x, 0.4 * x),
        _ => kit.frustum((y - 0.03) * Vec3::Y, size, vec3(0.03, 0.0, 0.03), Vec3::ZERO),
    }
}

/// A block with balconies, plain or at an angle.
fn flats(kit: &mut Kit) {
    let [each, floor, deep, out, walk] = sizes(kit, [(0.6, 1.0), (0.4, 0.6), (0.9, 1.8), (0.15, 0.35), (0.5, 0.9)]);
    let (rows, columns, style) = (kit.random.whole(2, 6), kit.random.whole(2, 5), kit.random.whole(0, 1));
    let (wide, tall) = (each * columns as f32, floor * rows as f32 + 0.3);
    let (faces, has_wing, shape) = (kit.random.whole(1, 2), kit.random.chance(0.3), kit.random.pick(&[0, 0, 0, 1, 3]));
    ground(kit, 1.2 * wide, 2.0 * deep);
    coat(kit);
    on(kit, [0.0, -0.05, 0.0, wide, tall + 0.05, deep]);
    facade(kit, [wide, tall, deep], 0.35, [each, floor], [2, style]);
    coat(kit);
    for i in 0..rows * columns * faces {
        let (row, column, face) = ((i / columns % rows) as f32, (i % columns) as f32, i / columns / rows);
        let (x, z) = ((column + 0.5) * each - 0.5 * wide, [0.5, -0.5][face] * (deep + out));
        on(kit, [x, 0.33 + row * floor, z, walk * each, 0.4 * floor, out + 0.05]);
    }
    coat(kit);
    roof(kit, [0.0, tall - 0.03, 0.0, 1.04 * wide, 0.15 + 0.3 * deep, 1.08 * deep], shape);
    on(kit, [0.25 * wide, tall - 0.05, -0.1 * deep, 0.4 * each, 0.45 + 0.2 * deep, 0.3 * deep]);
    if has_wing {
        on(kit, [-0.5 * wide, -0.05, 0.5 * deep, 0.8 * deep, walk * tall, 1.4 * deep]);
    }
}

fn factory(kit: &mut Kit) {
    let [wide, tall, deep, high, r] = sizes(kit, [(1.6, 3.2), (0.5, 1.0), (0.9, 1.8), (1.3, 2.8), (0.1, 0.17)]);
    let (teeth, stacks, style) = (kit.random.whole(0, 5), kit.random.whole(1, 3), kit.random.whole(0, 1));
    let (slim, is_behind, rise) = (kit.random.range(0.6, 1.0), kit.random.chance(0.5), kit.random.range(0.2, 0.45));
    ground(kit, 1.4 * wide, 1.5 * deep);
    coat(kit);
    on(kit, [0.0, -0.05, 0.0, wide, tall + 0.05, deep]);
    facade(kit, [wide, tall, deep], 0.35 * tall, [0.4, 0.5], [1, style]);
    kit.paint(2);
    for k in 0..teeth {
        let step = wide / teeth as f32;
        let (x, top) = (k as f32 * step - 0.5 * wide, tall - 0.03 + rise);
        let tooth = [vec2(x, tall - 0.05), vec2(x + step, tall - 0.05), vec2(x + 0.1 * step, top), vec2(x, top)];
        kit.plate(&tooth, -0.49 * deep, 0.49 * deep);
    }
    if teeth == 0 {
        roof(kit, [0.0, tall - 0.02, 0.0, 1.05 * wide, 0.2 + rise, 1.1 * deep], 1);
    }
    kit.either(0.5, Kit::stone, |kit| kit.hsv(0.03, 0.55, 0.55));
    for k in 0..stacks {
        let at = vec3((0.35 - 0.25 * k as f32) * wide, -0.05, if is_behind { -0.5 } else { -0.2 } * deep);
        let tall = tall * high * (1.0 - 0.1 * k as f32) + 0.3;
        post(kit, at, tall, 1.4 * r, slim * r);
        post(kit, at + 0.94 * tall * Vec3::Y, 0.07 * tall, 1.15 * slim * r + 0.02, 1.15 * slim * r + 0.02);
    }
    kit.dark();
    on(kit, [-0.25 * wide, -0.02, 0.5 * deep, 0.25 * wide, 0.6 * tall, 0.08]);
    coat(kit);
    on(kit, [-0.6 * wide, -0.05, 0.15 * deep, 0.5 * wide, slim * 0.7 * tall, 0.6 * deep]);
}

fn petrol_station(kit: &mut Kit) {
    let [wide, tall, deep, thick, shop] = sizes(kit, [(2.5, 4.5), (1.3, 1.8), (1.6, 2.8), (0.15, 0.4), (0.8, 1.6)]);
    let (pumps, is_double, has_shop) = (kit.random.whole(1, 3), kit.random.chance(0.4), kit.random.chance(0.75));
    let back = if has_shop { 0.5 * deep + 0.5 * shop } else { 0.0 };
    kit.stone();
    on(kit, [0.0, -0.14, -0.5 * back, 1.2 * wide, 0.17, 1.25 * deep + back]);
    kit.paint(0);
    on(kit, [0.0, tall - 0.02, 0.0, wide, thick, deep]);
    kit.white();
    on(kit, [0.0, tall + 0.3 * thick, 0.0, wide + 0.06, 0.4 * thick, deep + 0.06]);
    for x in (0..pumps).map(|k| ((k as f32 + 0.5) / pumps as f32 - 0.5) * 0.85 * wide) {
        kit.stone();
        on(kit, [x, -0.02, 0.0, 0.35, 0.1, 0.6 * deep]);
        on(kit, [x, 0.0, 0.0, 0.16, tall, 0.16]);
        kit.paint(1);
        for z in [0.2 * deep, -0.2 * deep].into_iter().take(if is_double { 2 } else { 1 }) {
            on(kit, [x, 0.03, z, 0.25, 0.7, 0.3]);
        }
    }
    if has_shop {
        kit.at(vec3(0.0, 0.0, -back - 0.1), |kit| {
            coat(kit);
            on(kit, [0.0, -0.02, 0.0, 0.8 * wide, 0.8 * tall, shop]);
            facade(kit, [0.8 * wide, 0.65 * tall, shop], 0.15, [0.6, 0.6], [1, 0]);
            roof(kit, [0.0, 0.78 * tall, 0.0, 0.85 * wide, 0.5, 1.1 * shop], 0);
        });
    }
    kit.paint(0);
    on(kit, [0.52 * wide, -0.05, 0.5 * deep, 0.14, 1.5 * tall, 0.14]);
    on(kit, [0.52 * wide, tall, 0.5 * deep, 0.5, 0.6 * tall, 0.2]);
}

/// A hospital, a school or a town hall: a middle part and wings.
fn hospital(kit: &mut Kit) {
    let [wide, tall, deep, wing, low] = sizes(kit, [(1.0, 2.2), (0.9, 2.0), (0.8, 1.4), (0.6, 1.5), (0.5, 1.0)]);
    let (style, shape, sign) = (kit.random.whole(0, 3), kit.random.pick(&[0, 0, 1, 3]), kit.random.whole(0, 2));
    let (wings, out) = (kit.random.whole(0, 2), deep * kit.random.range(-0.3, 0.5));
    ground(kit, 1.2 * (wide + 2.0 * wing), 1.8 * deep + 0.5);
    let start = kit.random.clone();
    for (x, y, w, h, z, d) in [
        (0.0, 0.0, wide, tall, 0.0, deep),
        (0.48 * (wide + wing), 0.0, wing, low * tall, out, 1.1 * deep),
        (-0.48 * (wide + wing), 0.0, wing, low * tall, out, 1.1 * deep),
    ]
    .into_iter()
    .take(wings + 1)
    {
        *kit.random = start.clone();
        kit.at(vec3(x, y, z), |kit| {
            coat(kit);
            on(kit, [0.0, -0.05, 0.0, w, h + 0.05, d]);
            facade(kit, [w, h, d], 0.1, [0.45, 0.5], [1, style]);
            kit.hsv(0.03, 0.5, 0.5);
            roof(kit, [0.0, h - 0.02, 0.0, 1.05 * w, 0.5 * d, 1.08 * d], shape);
        });
    }
    kit.white();
    on(kit, [0.0, 0.4, 0.5 * deep + 0.2, 0.5 * wide, 0.1, 0.5]);
    kit.both(|kit| post(kit, vec3(0.2 * wide, -0.05, 0.5 * deep + 0.35), 0.5, 0.05, 0.05));
    kit.hsv(0.0, 0.8, 0.8);
    match sign {
        0 => [[0.12, 0.4], [0.4, 0.12]]
            .into_iter()
            .for_each(|[w, h]| on(kit, [0.0, tall - 0.1 - 0.5 * h, 0.5 * deep, w, h, 0.1])),
        1 => {
            on(kit, [0.0, tall - 0.1, 0.0, 0.3 * wide, 0.8, 0.4 * deep]);
            roof(kit, [0.0, tall + 0.68, 0.0, 0.35 * wide, 0.5, 0.45 * deep], 3);
        }
        _ => kit.plate(&mirrored(&[[-0.35 * wide, tall - 0.2], [0.0, tall + 0.3]]), 0.3 * deep, 0.5 * deep + 0.1),
    }
}

/// Houses in a row, with or without shops below.
fn terrace(kit: &mut Kit) {
    let [wide, tall, deep, rise, out] = sizes(kit, [(0.7, 1.2), (1.0, 2.2), (0.8, 1.6), (0.3, 0.8), (0.15, 0.4)]);
    let (count, shape, style) = (kit.random.whole(1, 4), kit.random.whole(0, 4), kit.random.pick(&[0, 0, 0, 1]));
    let (is_shop, has_bay, even) = (kit.random.chance(0.45), kit.random.chance(0.4), kit.random.pick(&[0.0, 0.0, 0.3]));
    ground(kit, wide * (count as f32 + 0.2), 1.5 * deep);
    for k in 0..count {
        let tall = tall * (1.0 + kit.random.around(even));
        kit.at(0.98 * wide * (k as f32 - 0.5 * (count - 1) as f32) * Vec3::X, |kit| {
            coat(kit);
            on(kit, [0.0, -0.05, 0.0, wide, tall + 0.05, deep]);
            facade(kit, [wide, tall, deep], if is_shop { 0.6 } else { 0.1 }, [0.45, 0.6], [2, style]);
            kit.hsv(0.03, 0.5, 0.5);
            roof(kit, [0.0, tall - 0.02, 0.0, 0.99 * wide, rise, 1.1 * deep], shape);
            on(kit, [0.3 * wide, tall - 0.05, -0.2 * deep, 0.2, rise + 0.1, 0.15]);
            kit.wood();
            on(kit, [-0.25 * wide, -0.03, 0.5 * deep, 0.24, 0.45, 0.08]);
            on(kit, [-0.25 * wide, -0.05, 0.5 * deep + 0.08, 0.3, 0.1, 0.2]);
            kit.paint(k);
            if is_shop {
                prism(
                    kit,
                    [0.42, 0.45 * wide, 0.4 * deep, 0.5 * deep + out],
                    [0.6, 0.45 * wide, 0.4 * deep, 0.5 * deep + 0.03],
                );
            } else if has_bay {
                on(kit, [0.2 * wide, -0.05, 0.5 * deep, 0.4 * wide, 0.7 * tall, out]);
            }
        });
    }
}

fn fountain(kit: &mut Kit) {
    let [r, tall, rim, slim, drop] = sizes(kit, [(0.8, 1.3), (0.8, 1.8), (0.2, 0.45), (0.4, 0.6), (0.5, 0.75)]);
    let (tiers, top, sides) = (kit.random.whole(1, 3), kit.random.whole(0, 3), kit.random.pick(&[4, 6, 8, 16, 24]));
    kit.stone();
    kit.sided(sides, |kit| {
        upright(kit, -0.1, 0.06, 1.2 * r, 1.15 * r);
        let wall = 0.12 * r;
        lathed(
            kit,
            Vec3::ZERO,
            Vec3::ONE,
            &[(r, 0.0), (r, rim), (r + 0.05, rim), (r + 0.05, rim + 0.07), (r - wall, rim + 0.07), (r - wall, 0.1)],
        );
    });
    kit.hsv(0.55, 0.5, 0.8);
    upright(kit, 0.02, 0.75 * rim, 0.95 * r, 0.95 * r);
    kit.stone();
    let (mut y, mut wide) = (0.0, slim * r);
    for k in 0..tiers {
        let high = tall / tiers as f32 * (1.2 - 0.2 * k as f32);
        let cup =
            [(0.35, 0.0), (0.2, 0.25), (0.16, 0.65), (0.6, 0.78), (1.0, 0.95), (1.0, 1.0), (0.85, 1.0), (0.4, 0.86)];
        lathed(kit, y * Vec3::Y, vec3(wide, high, wide), &cup);
        (y, wide) = (y + 0.84 * high, drop * wide);
    }
    match top {
        0 => kit.ball((y + 0.8 * wide) * Vec3::Y, Vec3::splat(wide)),
        1 => lathed(kit, y * Vec3::Y, vec3(wide, 2.5 * wide, wide), &[(0.5, 0.0), (0.4, 0.5), (0.7, 0.7), (0.0, 1.0)]),
        2 => lathed(
            kit,
            y * Vec3::Y,
            vec3(0.9 * wide, 0.5, 0.9 * wide),
            &[(0.8, 0.0), (0.5, 0.6), (0.25, 0.72), (0.4, 0.85), (0.0, 1.0)],
        ),
        _ => kit.around(5, |kit| {
            kit.hsv(0.55, 0.3, 0.9);
            kit.arc(vec3(0.45 * r, y, 0.0), Vec3::Z, 0.42 * r, 0.05, 0.3, PI);
        }),
    }
}

/// A kiosk for papers, or a pillar for bills.
fn kiosk(kit: &mut Kit) {
    let [r, tall, over, rise, out] = sizes(kit, [(0.7, 1.2), (1.7, 2.4), (1.1, 1.35), (0.2, 0.8), (0.2, 0.5)]);
    let (sides, style, top) = (kit.random.pick(&[4, 4, 6, 8, 12]), kit.random.whole(0, 2), kit.random.whole(0, 2));
    let (r, at) = (if style == 0 { 0.6 * r } else { r }, (tall - 0.04) * Vec3::Y);
    ground(kit, 2.5 * r, 2.5 * r);
    coat(kit);
    let turn = if sides == 4 { 0.0 } else { PI / sides as f32 };
    kit.sided(if style == 0 { 16 } else { sides }, |kit| {
        kit.turned(Vec3::ZERO, Vec3::Y, turn, |kit| {
            lathed(
                kit,
                -0.05 * Vec3::Y,
                Vec3::ONE,
                &[(1.08 * r, 0.0), (1.08 * r, 0.2), (r, 0.25), (r, tall), (0.9 * r, tall + 0.05)],
            );
            kit.paint(1);
            upright(kit, tall - 0.1, tall + 0.05, over * r, over * r);
            match top {
                0 => dome(kit, at, 1.02 * r, rise),
                1 => lathed(kit, at, vec3(over * r, rise, over * r), &[(1.0, 0.0), (0.5, 0.5), (0.3, 0.6), (0.0, 1.0)]),
                _ => lathed(kit, at, vec3(over * r, 0.6 * rise, over * r), &[(1.0, 0.0), (0.1, 1.0)]),
            }
        })
    });
    if style > 0 {
        let face = r * libm::cosf(PI / sides as f32);
        kit.carve(|kit| on(kit, [0.0, 0.45 * tall, face, 0.9 * r, 0.35 * tall, 1.2 * r]));
        on(kit, [0.0, 0.42 * tall, face, 1.1 * r, 0.08, out + 0.1]);
        prism(kit, [0.8 * tall, 0.6 * r, 0.8 * face, face + out], [0.9 * tall, 0.6 * r, 0.8 * face, face + 0.04]);
    }
}
