//! What one cooks and lays the table with.

use std::f32::consts::{FRAC_PI_2, PI, TAU};

use glam::{Vec3, vec2, vec3};

use super::Kind;
use super::kit::Kit;
use super::kitchen::{bowl, cup};
use super::parts::{
    bail, bent, blade, dome, grip, heap, hue, lathed, leaf, polar, posed, post, round_slab, sizes, upright,
};

pub const KINDS: &[Kind] = &[
    ("scales", scales),
    ("cutting board", cutting_board),
    ("stack of dishes", dishes),
    ("knife block", knife_block),
    ("pan rack", pan_rack),
    ("tray", tray),
    ("condiments", condiments),
    ("kitchen utensil", |kit| posed(kit, utensil)),
];

/// A flat dish.
pub(super) fn dish(kit: &mut Kit, foot: Vec3, radius: f32, rise: f32) {
    let profile = [(0.6, 0.0), (0.75, 0.1), (1.0, 0.8), (0.98, 1.0), (0.72, 0.45), (0.6, 0.4)];
    lathed(kit, foot, vec3(radius, rise, radius), &profile);
}

/// Roasts, peas, slices, sausages, leaves: some food about `size` large.
pub(super) fn morsel(kit: &mut Kit, at: Vec3, size: f32) {
    let [turn, wide, tall] = sizes(kit, [(-PI, PI), (0.7, 1.2), (0.4, 0.9)]);
    hue(kit, &[0.0, 0.05, 0.09, 0.13, 0.28, 0.33]);
    let style = kit.random.whole(0, 5);
    let sides = kit.sides.min(8);
    let part = |kit: &mut Kit| match style {
        0 => kit.ball(Vec3::ZERO, size * vec3(wide, tall, 0.8)),
        1 => kit.pad(Vec3::ZERO, size * vec3(1.6 * wide, tall, 1.2), 0.2 * size),
        2 => round_slab(kit, -0.3 * size * Vec3::Y, wide * size, 0.8 * tall * size),
        3 => kit.rod(size * vec3(-1.2, 0.0, 0.0), size * vec3(1.2 * wide, 0.2, 0.0), 0.35 * size, 0.3 * size),
        4 => (0..3).for_each(|k| leaf(kit, Vec3::ZERO, [2.1 * k as f32, 0.5], [1.4 * size, size], 0.6 * size)),
        _ => {
            post(kit, -0.4 * size * Vec3::Y, 0.9 * size, 0.25 * size, 0.3 * size);
            kit.leaf();
            (0..4).for_each(|k| kit.ball(polar(1.6 * k as f32, 0.4 * size, 0.6 * size), Vec3::splat(0.45 * size)));
        }
    };
    kit.sided(sides, |kit| kit.turned(at, Vec3::Y, turn, part));
}

/// A beam with two hanging pans.
fn balance(kit: &mut Kit, [wide, tall, deep]: [f32; 3], tip: f32) {
    kit.gold();
    lathed(
        kit,
        Vec3::ZERO,
        vec3(0.5 * deep, tall, 0.5 * deep),
        &[(1.0, 0.0), (0.9, 0.08), (0.25, 0.14), (0.15, 1.0), (0.0, 1.12)],
    );
    kit.turned(tall * Vec3::Y, Vec3::Z, tip, |kit| kit.rod(-wide * Vec3::X, wide * Vec3::X, 0.05, 0.05));
    for side in [-wide, wide] {
        let hook = vec3(side * libm::cosf(tip), tall + side * libm::sinf(tip), 0.0);
        let drop = 0.6 * tall;
        for k in 0..3 {
            kit.rod(hook, hook + polar(2.1 * k as f32, 0.4 * deep, -drop), 0.03, 0.03);
        }
        bowl(kit, hook - (drop + 0.1) * Vec3::Y, [0.2 * deep, 0.5 * deep, 0.18], 0.75);
    }
}

fn scales(kit: &mut Kit) {
    let [wide, tall, deep, tip] = sizes(kit, [(0.7, 1.1), (0.7, 1.3), (0.6, 0.9), (-0.25, 0.25)]);
    let (style, load) = (kit.random.weighted(&[2.0, 2.0, 1.0]), kit.random.chance(0.5));
    kit.paint(0);
    if style == 0 {
        kit.pad(0.1 * Vec3::Y, vec3(wide, 0.2, wide + 0.3 * deep), 0.06);
        kit.dark();
        kit.block(vec3(0.0, 0.19, 0.4 * wide + 0.1 * deep), vec3(0.4 * wide, 0.06, 0.16));
        kit.metal();
        kit.either(
            0.5,
            |kit| round_slab(kit, 0.15 * Vec3::Y, 0.42 * wide, 0.16),
            |kit| bowl(kit, 0.17 * Vec3::Y, [0.3 * wide, 0.6 * wide, 0.5 * deep], 0.7),
        );
        return if load {
            heap(kit, 0.4 * Vec3::Y, vec2(0.35 * wide, 0.35 * wide), 0.2)
        };
    }
    if style == 1 {
        kit.frustum(Vec3::ZERO, vec3(wide, tall, deep), vec3(0.7 * wide, 0.0, 0.55 * deep), -0.1 * deep * Vec3::Z);
        kit.white();
        kit.rod(
            vec3(0.0, 0.5 * tall, 0.0),
            vec3(0.0, 0.5 * tall, 0.43 * deep),
            0.36 * wide.min(tall),
            0.36 * wide.min(tall),
        );
        kit.metal();
        post(kit, vec3(0.0, tall - 0.05, -0.1 * deep), 0.25, 0.1, 0.1);
        bowl(kit, vec3(0.0, tall + 0.12, -0.1 * deep), [0.3 * wide, 0.75 * wide, 0.3 * deep], 0.75);
        return if load {
            heap(kit, vec3(0.0, tall + 0.35, -0.1 * deep), vec2(0.5 * wide, 0.5 * wide), 0.2)
        };
    }
    balance(kit, [wide, 1.3 * tall, deep], tip);
}

fn cutting_board(kit: &mut Kit) {
    let [wide, deep, thick, turn, size] = sizes(kit, [(0.9, 1.5), (0.6, 1.0), (0.05, 0.12), (-0.6, 0.6), (0.12, 0.2)]);
    let (style, count, has_knife) = (kit.random.whole(0, 2), kit.random.whole(0, 5), kit.random.chance(0.7));
    kit.wood();
    if style == 2 {
        kit.sided(20, |kit| kit.rod(Vec3::ZERO, thick * Vec3::Y, 0.55 * wide, 0.55 * wide));
    } else {
        kit.pad(0.5 * thick * Vec3::Y, vec3(wide, thick, deep), 0.3 * thick);
    }
    if style > 0 {
        kit.pad(vec3(0.65 * wide, 0.5 * thick, 0.0), vec3(0.5 * wide, 0.9 * thick, 0.2 * deep), 0.3 * thick);
    }
    kit.carve(|kit| kit.rod(vec3(0.44 * wide, -1.0, 0.0), vec3(0.44 * wide, 1.0, 0.0), 0.05, 0.05));
    hue(kit, &[0.0, 0.05, 0.1, 0.3]);
    let z = -0.2 * deep;
    kit.rod(vec3(-0.35 * wide, thick + 0.7 * size, z), vec3(0.0, thick + 0.7 * size, z), 0.5 * size, size);
    for k in 0..count {
        let foot = vec3((0.05 + 0.09 * k as f32) * wide, thick + 0.7 * size, z);
        kit.turned(foot, Vec3::Z, 0.2 + 0.12 * k as f32, |kit| kit.rod(Vec3::ZERO, 0.05 * Vec3::X, size, size));
        if k > 2 {
            morsel(kit, vec3((0.2 * k as f32 - 0.9) * wide, thick + 0.3 * size, 0.2 * deep), 0.6 * size);
        }
    }
    kit.turned(vec3(0.3 * wide, thick + 0.01, 0.35 * deep), Vec3::Y, FRAC_PI_2 + turn, |kit| {
        if has_knife {
            kit.turned(Vec3::ZERO, Vec3::X, -FRAC_PI_2, |kit| knife(kit, 0.8 * wide, 0.08));
        }
    });
}

/// A knife from the origin up, its handle below.
fn knife(kit: &mut Kit, long: f32, wide: f32) {
    kit.metal();
    blade(
        kit,
        &[
            [-0.1, 0.0, 0.7 * wide, 0.025],
            [0.05, 0.0, wide, 0.03],
            [0.6 * long, 0.0, wide, 0.03],
            [long, -0.5 * wide, 0.02, 0.012],
        ],
        true,
    );
    kit.either(0.5, Kit::wood, Kit::dark);
    grip(kit, -0.45, 0.02, 0.055);
}

fn dishes(kit: &mut Kit) {
    let (count, style, sloppy) = (kit.random.whole(2, 9), kit.random.whole(0, 3), kit.random.pick(&[0.0, 0.03, 0.08]));
    let [low, tall, belly] = sizes(kit, [(0.4, 0.75), (0.3, 0.8), (0.5, 0.9)]);
    let step = if style == 0 { tall * 0.3 + 0.06 } else { 0.1 };
    kit.sides = kit.sides.max(10);
    for k in 0..count {
        kit.paint(if sloppy > 0.0 { k } else { 0 });
        let foot = vec3(kit.random.around(sloppy), step * k as f32, kit.random.around(sloppy));
        match style {
            0 => bowl(kit, foot, [low, 1.0, tall], belly),
            1 => dish(kit, foot, 1.0 - 0.3 * (k / 4) as f32, 0.17),
            _ => dish(kit, foot, 1.0, 0.17),
        }
        let (below, core) = (if k == 0 { 0.0 } else { step }, 0.9 * low.min(0.55));
        upright(kit, foot.y - below, foot.y + 0.14, core, core);
    }
    let top = step * count as f32;
    match style {
        1 => cup(kit, (top - 0.05) * Vec3::Y, 0.4, tall),
        2 => bowl(kit, (top - 0.04) * Vec3::Y, [0.5 * low, 0.7, tall], belly),
        _ => {}
    }
}

fn knife_block(kit: &mut Kit) {
    let [wide, tall, deep, lean] = sizes(kit, [(0.5, 0.9), (0.9, 1.3), (0.5, 0.8), (-0.6, 0.0)]);
    let (columns, rows, scissors) = (kit.random.whole(2, 4), kit.random.whole(1, 3), kit.random.chance(0.3));
    kit.wood();
    kit.block(0.06 * Vec3::Y, vec3(wide, 0.12, 1.3 * deep));
    kit.turned(0.2 * deep * Vec3::Z + 0.02 * Vec3::Y, Vec3::X, lean, |kit| {
        kit.block(0.5 * tall * Vec3::Y, vec3(wide, tall, deep));
        for k in 0..columns * rows {
            let (x, z) = ((k % columns) as f32 + 0.5, (k / columns) as f32 + 0.5);
            let foot = vec3((x / columns as f32 - 0.5) * wide, tall - 0.1, (0.5 - z / rows as f32) * deep);
            let (long, out) = (kit.random.range(0.35, 0.6), kit.random.range(0.0, 0.15));
            kit.metal();
            kit.block(foot, vec3(0.04, 0.5, 0.12));
            kit.dark();
            kit.pad(foot + (0.1 + out + 0.5 * long) * Vec3::Y, vec3(0.09, long, 0.14), 0.03);
            kit.block(foot + 0.1 * Vec3::Y, vec3(0.06, 0.5, 0.1));
        }
        kit.paint(1);
        if scissors {
            kit.both(|kit| kit.ring(vec3(0.14, tall + 0.2, 0.5 * deep), Vec3::Z, 0.14, 0.04));
            kit.block(vec3(0.0, tall - 0.1, 0.5 * deep), vec3(0.15, 0.5, 0.08));
        }
    });
    if lean < -0.3 {
        kit.wood();
        kit.block(vec3(0.0, 0.2 * tall, -0.35 * deep), vec3(0.9 * wide, 0.5 * tall, 0.3 * deep));
    }
}

fn pan_rack(kit: &mut Kit) {
    let [wide, tall, hang, size] = sizes(kit, [(1.2, 2.2), (0.15, 0.5), (0.3, 0.5), (0.22, 0.36)]);
    let (count, is_wall) = (kit.random.whole(3, 5), kit.random.chance(0.5));
    kit.either(0.5, Kit::wood, Kit::metal);
    if is_wall {
        kit.block(vec3(0.0, 0.3, -0.12), vec3(1.1 * wide, 0.3 + tall, 0.1));
        kit.rod(vec3(-0.52 * wide, 0.2, 0.0), vec3(0.52 * wide, 0.2, 0.0), 0.04, 0.04);
        kit.both(|kit| kit.rod(vec3(0.45 * wide, 0.2, -0.15), vec3(0.45 * wide, 0.2, 0.0), 0.04, 0.04));
    } else {
        kit.block(0.2 * Vec3::Y, vec3(1.1 * wide, 0.08, 0.3));
        kit.both(|kit| kit.block(vec3(0.52 * wide, -0.4, 0.0), vec3(0.08, 1.3, 0.4)));
        kit.block(-1.02 * Vec3::Y, vec3(1.2 * wide, 0.08, 0.6));
    }
    for k in 0..count {
        let x = ((k as f32 + 0.5) / count as f32 - 0.5) * wide;
        let (style, radius) =
            (kit.random.whole(0, 3), size.min(0.45 * wide / count as f32) * kit.random.range(0.7, 1.0));
        kit.dark();
        kit.at(vec3(x, 0.2, 0.03), |kit| {
            kit.rod(0.05 * Vec3::Y, -hang * Vec3::Y, 0.045, 0.04);
            kit.either(0.6, Kit::metal, |kit| kit.paint(k));
            let foot = vec3(0.0, 0.04 - hang - radius, -0.05);
            match style {
                0 | 1 => kit.turned(foot, Vec3::X, FRAC_PI_2, |kit| {
                    bowl(kit, Vec3::ZERO, [0.85 * radius, radius, 0.3 * radius * (1.0 + 3.0 * style as f32)], 0.6)
                }),
                2 => kit.ball(foot + 0.3 * radius * Vec3::Y, radius * vec3(0.6, 0.6, 0.5)),
                _ => kit.block(foot, vec3(radius, 2.0 * radius, 0.06)),
            }
        });
    }
}

/// A tumbler, a wine glass, or a cup and saucer.
fn glass(kit: &mut Kit, foot: Vec3, size: f32, style: usize) {
    let stem = [(0.8, 0.0), (0.7, 0.12), (0.16, 0.3), (0.16, 1.6), (0.9, 2.2), (0.95, 2.8)];
    match style {
        0 => bowl(kit, foot, [0.8 * size, size, 2.8 * size], 0.5),
        1 => lathed(kit, foot, Vec3::splat(size), &[&stem[..], &[(0.75, 3.6), (0.6, 3.6), (0.75, 2.6)]].concat()),
        _ => {
            round_slab(kit, foot - 0.02 * Vec3::Y, 1.4 * size, 0.08);
            cup(kit, foot + 0.03 * Vec3::Y, size, 1.6 * size);
        }
    }
}

fn tray(kit: &mut Kit) {
    let [wide, deep, rim, size] = sizes(kit, [(0.8, 1.3), (0.6, 0.9), (0.06, 0.16), (0.14, 0.22)]);
    let (is_round, count, style) = (kit.random.chance(0.35), kit.random.whole(2, 7), kit.random.whole(0, 3));
    kit.either(0.4, Kit::wood, |kit| kit.paint(0));
    kit.sides = kit.sides.max(10);
    if is_round {
        lathed(kit, Vec3::ZERO, vec3(0.8 * wide, rim, 0.8 * wide), &[(0.95, 0.0), (1.0, 1.0), (0.95, 1.0), (0.9, 0.4)]);
    } else {
        kit.frustum(Vec3::ZERO, vec3(1.8 * wide, rim, 1.8 * deep), vec3(1.9 * wide, 0.0, 1.9 * deep), Vec3::ZERO);
        kit.carve(|kit| kit.block(rim * Vec3::Y, vec3(1.7 * wide, 1.1 * rim, 1.7 * deep)));
        kit.sided(8, |kit| kit.both(|kit| kit.arc(vec3(0.93 * wide, 0.6 * rim, 0.0), Vec3::Z, 0.15, 0.05, -0.6, PI)));
    }
    for k in 0..count {
        let (angle, style) = (TAU * k as f32 / count as f32 + size, if style == 3 { k % 3 } else { style });
        let foot = polar(angle, 0.48 * wide, 0.3 * rim) * vec3(1.0, 1.0, if is_round { 1.0 } else { deep / wide });
        let size = size.min(0.9 * wide / (count as f32).max(3.0)) * kit.random.range(0.85, 1.0);
        kit.either(0.5, Kit::glass, |kit| kit.paint(k));
        glass(kit, foot, size, style);
    }
    if style > 1 && count > 2 {
        kit.white();
        lathed(
            kit,
            0.3 * rim * Vec3::Y,
            Vec3::splat(1.3 * size),
            &[(0.7, 0.0), (1.0, 0.6), (0.8, 1.5), (0.5, 1.9), (0.15, 2.1), (0.15, 2.3)],
        );
        let (a, b) = (vec3(1.1 * size, 0.6 * size, 0.0), vec3(2.2 * size, 2.1 * size, 0.0));
        kit.rod(a, b, 0.3 * size, 0.2 * size);
    }
}

/// A bottle, a shaker, a mill or a jar.
fn bottle(kit: &mut Kit, style: usize, round: f32, tall: f32) {
    let profile: &[(f32, f32)] = match style {
        0 => &[(0.9, 0.0), (1.0, 0.1), (0.9, 0.6), (0.7, 0.75), (0.35, 0.8), (0.1, 1.1)],
        1 => &[(1.0, 0.0), (1.0, 0.5), (0.4, 0.7), (0.35, 0.95), (0.45, 0.95), (0.45, 1.05)],
        2 => &[(1.0, 0.0), (0.95, 0.1), (0.75, 0.6)],
        3 => &[(1.0, 0.0), (0.9, 0.1), (0.5, 0.4), (0.9, 0.7), (0.7, 0.75), (0.9, 0.85), (0.4, 1.0), (0.2, 1.1)],
        _ => &[(0.9, 0.0), (1.0, 0.1), (1.0, 0.5), (0.8, 0.55)],
    };
    lathed(kit, Vec3::ZERO, vec3(round, tall, round), profile);
    kit.metal();
    match style {
        2 => dome(kit, 0.57 * tall * Vec3::Y, 0.85 * round, 0.5 * round),
        4 => upright(kit, 0.5 * tall, 0.68 * tall, 0.95 * round, 0.9 * round),
        _ => {}
    }
}

fn condiments(kit: &mut Kit) {
    let [wide, deep, turn] = sizes(kit, [(0.45, 0.7), (0.35, 0.5), (-0.6, 0.6)]);
    let (count, stand, sign) = (kit.random.pick(&[1, 1, 2, 3, 4]), kit.random.whole(0, 2), kit.random.chance(0.4));
    kit.wood();
    let half = 0.5 * count as f32 * wide;
    if count > 1 {
        kit.pad(0.05 * Vec3::Y, vec3(2.0 * half + 0.15, 0.14, deep + 0.4), 0.03);
        if stand == 1 {
            kit.block(0.25 * Vec3::Y, vec3(2.0 * half + 0.1, 0.4, deep + 0.35));
            kit.both(|kit| kit.block(vec3(half + 0.04, 0.5, 0.0), vec3(0.08, 1.0, deep)));
            kit.rod(vec3(-half - 0.04, 0.98, 0.0), vec3(half + 0.04, 0.98, 0.0), 0.05, 0.05);
        } else if sign {
            kit.paint(3);
            kit.turned(vec3(0.0, 0.1, -0.5 * deep), Vec3::X, -0.15, |kit| {
                kit.block(0.8 * Vec3::Y, vec3(1.1, 1.7, 0.08))
            });
        }
    }
    for k in 0..count {
        let x = (k as f32 + 0.5) * wide - half;
        let [thick, tall] = sizes(kit, [(0.3, 0.46), (0.7, 1.6)]);
        let style = kit.random.whole(0, 4);
        hue(kit, &[0.0, 0.13, 0.3, 0.6, 0.08]);
        kit.turned(vec3(x, 0.08, 0.0), Vec3::Y, turn, |kit| bottle(kit, style, thick * wide, tall));
    }
}

fn grater(kit: &mut Kit, [size, long, tall]: [f32; 3], thick: f32) {
    kit.metal();
    kit.frustum(Vec3::ZERO, vec3(1.6 * size, long, size), vec3(size, 0.0, 0.6 * size), Vec3::ZERO);
    kit.carve(|kit| {
        kit.frustum(
            -0.05 * Vec3::Y,
            vec3(1.35 * size, 0.95 * long, 0.8 * size),
            vec3(0.75 * size, 0.0, 0.4 * size),
            Vec3::ZERO,
        );
        for k in 0..12 {
            let place = vec3(((k % 3) as f32 - 1.0) * 0.32 * size, (0.15 + 0.2 * (k / 3) as f32) * long, 0.0);
            kit.sided(6, |kit| kit.rod(place, place + Vec3::Z, 0.09 * size, 0.09 * size));
        }
    });
    kit.sided(8, |kit| bail(kit, long - 0.03, 0.3 * size, 0.5 * tall, thick, 0.0));
}

/// Something to be held: +y is where it is used.
fn utensil(kit: &mut Kit) {
    let [long, wide, tall, thick] = sizes(kit, [(0.9, 1.6), (0.25, 0.5), (0.5, 0.9), (0.06, 0.09)]);
    let (style, wires) = (kit.random.whole(0, 6), kit.random.whole(2, 4));
    if style == 0 {
        kit.wood();
        let radius = 0.6 * wide;
        upright(kit, -long, long, radius, radius);
        return upright(kit, -long - tall, long + tall, 0.35 * radius, 0.35 * radius);
    }
    if style == 1 {
        return grater(kit, [1.6 * wide, long, tall], thick);
    }
    kit.either(0.5, Kit::wood, |kit| kit.paint(0));
    upright(kit, -long, -0.4 * long, 1.4 * thick, 1.2 * thick);
    kit.metal();
    upright(kit, -0.5 * long, 0.05, 0.6 * thick, 0.6 * thick);
    match style {
        2 => kit.around(2 * wires.min(3) - 1, |kit| {
            kit.scaled(0.5 * tall * Vec3::Y, vec3(0.75 * wide / tall * 2.0, 1.0, 1.0), |kit| {
                kit.ring(Vec3::ZERO, Vec3::Z, 0.5 * tall, 0.5 * thick)
            })
        }),
        3 => kit.turned(0.02 * Vec3::Y, Vec3::X, FRAC_PI_2, |kit| {
            kit.at(vec3(0.0, 0.0, -0.7 * wide), |kit| {
                bowl(kit, -0.3 * wide * Vec3::Y, [0.5 * wide, wide, 0.8 * wide], 0.85)
            })
        }),
        4 => kit.turned(Vec3::ZERO, Vec3::X, 0.25, |kit| {
            kit.frustum(-0.03 * Vec3::Y, vec3(0.7 * wide, tall, 0.07), vec3(1.4 * wide, 0.0, 0.05), Vec3::ZERO);
            kit.carve(|kit| {
                for k in 0..wires {
                    let x = (k as f32 - 0.5 * (wires as f32 - 1.0)) * 0.2 * wide;
                    kit.pad(vec3(x, 0.55 * tall, 0.0), vec3(0.09 * wide, 0.5 * tall, 1.0), 0.02);
                }
            });
        }),
        5 => kit.ball(0.4 * tall * Vec3::Y, vec3(0.7 * wide, 0.5 * tall, 0.05 + 0.15 * wide)),
        _ => (0..wires + 1).for_each(|k| {
            let x = (k as f32 / wires as f32 - 0.5) * wide;
            bent(kit, [Vec3::ZERO, vec3(x, 0.3 * tall, 0.0), vec3(x, tall, 0.1)], [thick, 0.7 * thick, 0.5 * thick]);
        }),
    }
}
