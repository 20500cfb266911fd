//! What stands in a kitchen.

use std::f32::consts::{PI, TAU};

use glam::{Vec3, vec2, vec3};

use super::Kind;
use super::kit::Kit;
use super::parts::{bail, bent, disc, dome, heap, hue, lathed, post, sizes, upright};

pub const KINDS: &[Kind] = &[
    ("kettle", kettle),
    ("coffee machine", coffee_machine),
    ("toaster", toaster),
    ("blender", blender),
    ("mixer", mixer),
    ("stove", stove),
    ("hood", hood),
    ("refrigerator", refrigerator),
    ("counter", counter),
];

/// A hollow round vessel: its radii at the foot and the rim, its height; a `belly` over 0.45 is round.
pub(super) fn bowl(kit: &mut Kit, foot: Vec3, [low, high, tall]: [f32; 3], belly: f32) {
    let (wall, middle) = (0.08 * low.max(high), low + (high - low) * belly);
    let inside = [(high - wall, tall), (middle - wall, 0.5 * tall), (0.75 * low, 0.15 * tall)];
    let outside = [(low, 0.0), (middle, 0.45 * tall), (high, tall)];
    lathed(kit, foot, Vec3::ONE, &[outside, inside].concat());
}

/// A cup or a mug.
pub(super) fn cup(kit: &mut Kit, foot: Vec3, radius: f32, tall: f32) {
    let (flare, way, has_handle) = (kit.random.range(0.6, 1.0), kit.random.around(PI), kit.random.chance(0.7));
    kit.turned(foot, Vec3::Y, way, |kit| {
        bowl(kit, Vec3::ZERO, [flare * radius, radius, tall], 0.6);
        if has_handle {
            let middle = vec3((0.45 + 0.45 * flare) * radius, 0.55 * tall, 0.0);
            kit.sided(8, |kit| kit.arc(middle, Vec3::Z, 0.3 * tall, 0.12 * radius, -1.9, 1.9));
        }
    });
}

/// A pot or a pan.
pub(super) fn pan(kit: &mut Kit, foot: Vec3, radius: f32, tall: f32) {
    let (style, lid, way) = (kit.random.whole(0, 2), kit.random.chance(0.5), kit.random.around(PI));
    let [long, rise, thick] = sizes(kit, [(1.0, 1.8), (0.0, 0.4), (0.07, 0.12)]);
    kit.either(0.5, Kit::metal, |kit| kit.paint(2));
    kit.turned(foot, Vec3::Y, way, |kit| {
        bowl(kit, Vec3::ZERO, [0.88 * radius, radius, tall], 0.6);
        if lid && tall > 0.5 * radius {
            dome(kit, 0.95 * tall * Vec3::Y, 1.03 * radius, 0.25 * radius);
            kit.ball((tall + 0.25 * radius) * Vec3::Y, Vec3::splat(0.14 * radius));
        }
        let y = 0.75 * tall;
        if style == 0 {
            let ear = |kit: &mut Kit| {
                kit.arc(vec3(0.93 * radius, y, 0.0), Vec3::Y, 0.28 * radius, thick * radius, -1.7, 1.7);
            };
            return kit.sided(8, |kit| kit.both(ear));
        }
        kit.dark();
        let end = vec3((1.0 + long) * radius, y + rise * radius, 0.0);
        kit.rod(vec3(0.92 * radius, y, 0.0), end, 0.8 * thick * radius, 1.2 * thick * radius);
    });
}

/// A door or a drawer on a front: `at` is the middle of its back.
fn door(kit: &mut Kit, at: Vec3, [wide, tall]: [f32; 2], handle: Vec3, is_long: bool) {
    kit.block(at, vec3(wide, tall, 0.06));
    kit.metal();
    let half = if is_long { 0.3 * tall * Vec3::Y } else { 0.2 * wide * Vec3::X };
    let (place, out) = (at + handle, 0.08 * Vec3::Z);
    kit.sided(6, |kit| {
        kit.rod(place - half + out, place + half + out, 0.022, 0.022);
        for end in [place - 0.8 * half, place + 0.8 * half] {
            kit.rod(end, end + out, 0.02, 0.02);
        }
    });
}

fn kettle(kit: &mut Kit) {
    let [wide, tall, neck, belly, turn] = sizes(kit, [(0.5, 0.9), (0.6, 1.1), (0.5, 0.9), (0.9, 1.15), (-PI, PI)]);
    let (is_electric, has_bail, rise) = (kit.random.chance(0.45), kit.random.chance(0.75), kit.random.range(0.4, 1.0));
    let tall = if is_electric { 1.2 * tall.max(0.9) } else { tall.min(1.2 * wide) };
    let (middle, top) = (wide * (0.5 * belly + 0.5 * neck), neck * wide);
    kit.sides = kit.sides.max(8);
    kit.turned(Vec3::ZERO, Vec3::Y, turn, |kit| {
        kit.dark();
        if is_electric {
            upright(kit, -0.12, 0.05, 1.02 * wide, 0.95 * wide);
        }
        kit.either(0.5, Kit::metal, |kit| kit.paint(0));
        let profile = [(0.92 * wide, 0.0), (belly * wide, 0.14), (middle, 0.65), (top, 0.97), (0.9 * top, 1.0)];
        lathed(kit, Vec3::ZERO, vec3(1.0, tall, 1.0), &profile);
        dome(kit, 0.97 * tall * Vec3::Y, 0.92 * top, 0.25 * wide);
        if is_electric {
            let beak = [-1.0, 1.0].map(|s| vec3(0.5 * top, 0.98 * tall, 0.6 * s * top)).to_vec();
            kit.hull(&[beak, vec![vec3(1.45 * top, 0.99 * tall, 0.0), vec3(0.6 * top, 0.6 * tall, 0.0)]].concat());
        } else {
            let spout = [(0.7, 0.3), (1.2, 0.55), (1.4 + 0.3 * rise, 0.95)].map(|(x, y)| vec3(x * wide, y * tall, 0.0));
            bent(kit, spout, [0.22 * wide, 0.16 * wide, 0.1 * wide]);
        }
        kit.paint(1);
        kit.ball((tall + 0.28 * wide) * Vec3::Y, Vec3::splat(0.12 * wide));
        if !is_electric && has_bail {
            return bail(kit, 0.65 * tall, 0.97 * middle, (0.7 + rise) * wide.max(tall), 0.08 * wide, 0.0);
        }
        let path = [(0.85 * top, 0.9), (wide + 0.3, 0.92), (wide + 0.25 * rise, 0.3), (0.8 * wide, 0.2)];
        let count = if rise > 0.55 { 4 } else { 3 };
        kit.sided(8, |kit| kit.tube(&path.map(|(x, y)| (vec3(-x, y * tall, 0.0), 0.07))[..count]));
    });
}

/// A pot that stands on a stove.
fn moka_pot(kit: &mut Kit, tall: f32) {
    upright(kit, 0.0, 0.55 * tall, 0.45, 0.32);
    upright(kit, 0.5 * tall, 1.1 * tall, 0.32, 0.45);
    upright(kit, 1.08 * tall, 1.2 * tall, 0.46, 0.1);
    kit.hull(&[
        vec3(0.3, 1.1 * tall, 0.2),
        vec3(0.3, 1.1 * tall, -0.2),
        vec3(0.62, 1.1 * tall, 0.0),
        vec3(0.3, 0.7 * tall, 0.0),
    ]);
    kit.dark();
    kit.ball(1.22 * tall * Vec3::Y, Vec3::splat(0.1));
    bent(kit, [vec3(-0.35, tall, 0.0), vec3(-0.8, tall, 0.0), vec3(-0.7, 0.4 * tall, 0.0)], [0.07, 0.07, 0.06]);
}

fn coffee_machine(kit: &mut Kit) {
    let [wide, tall, deep, head] = sizes(kit, [(0.5, 1.3), (0.9, 1.5), (0.7, 1.1), (0.25, 0.5)]);
    let (style, round, lid) = (kit.random.whole(0, 3), kit.random.pick(&[0.02, 0.06, 0.12]), kit.random.whole(0, 2));
    kit.either(0.5, Kit::metal, |kit| kit.paint(0));
    if style == 3 {
        return moka_pot(kit, tall);
    }
    kit.pad(0.07 * Vec3::Y, vec3(wide, 0.16, deep), round);
    kit.pad(vec3(0.0, 0.5 * tall, -0.3 * deep), vec3(wide, tall, 0.42 * deep), round);
    kit.pad(vec3(0.0, tall - 0.5 * head, -0.02), vec3(1.02 * wide, head, deep), round);
    kit.dark();
    kit.block(vec3(0.0, 0.14, 0.22 * deep), vec3(0.8 * wide, 0.06, 0.46 * deep));
    let (gap, z, groups) = (tall - head - 0.15, 0.2 * deep, if wide > 0.85 { 2 } else { 1 });
    for k in 0..if style == 0 { 1 } else { groups } {
        let x = if groups == 2 && style > 0 { (k as f32 - 0.5) * 0.5 * wide } else { 0.0 };
        kit.dark();
        post(kit, vec3(x, 0.13 + 0.7 * gap, z), 0.4 * gap, 0.09 * deep, 0.11 * deep);
        if style == 1 {
            kit.rod(vec3(x, 0.18 + 0.75 * gap, z), vec3(x, 0.14 + 0.75 * gap, 0.85 * deep), 0.05, 0.06);
            kit.white();
            cup(kit, vec3(x, 0.15, z), 0.14 * deep, 0.35 * gap);
        } else if style == 2 {
            kit.paint(1);
            cup(kit, vec3(x, 0.15, z), 0.2 * deep, 0.6 * gap);
        } else {
            let radius = 0.3 * deep.min(1.3 * wide);
            kit.glass();
            let jug = [(0.8, 0.0), (1.0, 0.3), (0.6, 0.9), (0.7, 1.0)];
            lathed(kit, vec3(0.0, 0.15, z), vec3(radius, 0.9 * gap, radius), &jug);
            kit.dark();
            kit.arc(vec3(0.0, 0.15 + 0.4 * gap, z + 0.85 * radius), Vec3::X, 0.25 * gap, 0.04, 1.0, TAU - 1.0);
        }
    }
    kit.paint(1);
    for k in 0..kit.random.whole(0, 4) {
        disc(kit, vec3((k as f32 - 1.5) * 0.2 * wide, tall - 0.5 * head, 0.45 * deep), 0.06 * wide, 0.12);
    }
    match lid {
        0 => kit.frustum((tall - 0.03) * Vec3::Y, 0.4 * wide * Vec3::ONE, 0.6 * wide * Vec3::ONE, Vec3::ZERO),
        1 => (0..3).for_each(|k| cup(kit, vec3((k as f32 - 1.0) * 0.3 * wide, tall - 0.01, -0.1), 0.12 * wide, 0.2)),
        _ => {}
    }
}

fn toaster(kit: &mut Kit) {
    let (slots, toast, turn) = (kit.random.pick(&[1, 2, 2, 2, 3]), kit.random.chance(0.6), kit.random.around(PI));
    let [long, tall, gap, out] = sizes(kit, [(0.9, 1.6), (0.65, 1.0), (0.25, 0.4), (0.05, 0.5)]);
    let (deep, round, lean) = (gap * (slots as f32 + 0.6), kit.random.range(0.03, 0.2), kit.random.range(0.75, 1.0));
    let z = |k: usize| (k as f32 - 0.5 * (slots as f32 - 1.0)) * gap;
    kit.turned(Vec3::ZERO, Vec3::Y, turn, |kit| {
        kit.either(0.4, Kit::metal, |kit| kit.paint(0));
        kit.pad(0.5 * tall * Vec3::Y, vec3(long, tall, deep), round);
        if lean < 0.83 {
            kit.frustum(
                0.02 * Vec3::Y,
                vec3(1.06 * long, 0.3 * tall, 1.06 * deep),
                vec3(long, 0.0, 0.9 * deep),
                Vec3::ZERO,
            );
        }
        kit.carve(|kit| (0..slots).for_each(|k| kit.block(vec3(0.0, tall, z(k)), vec3(0.78 * long, tall, 0.5 * gap))));
        for k in 0..if toast { slots } else { 0 } {
            kit.hsv(0.09, 0.6, 0.7);
            let top = tall + (out - 0.1 * k as f32) * long * 0.6;
            kit.pad(vec3(0.0, 0.5 * top + 0.1, z(k)), vec3(0.66 * long, top - 0.2, 0.35 * gap), 0.1);
            kit.block(vec3(0.0, 0.5 * tall, z(k)), vec3(0.2, 0.5 * tall, gap));
        }
        kit.dark();
        kit.four(|kit| kit.block(vec3(0.38 * long, -0.03, 0.3 * deep), vec3(0.12, 0.14, 0.12)));
        kit.pad(vec3(0.5 * long + 0.05, lean * 0.75 * tall, 0.0), vec3(0.2, 0.1, 0.3 * deep.min(1.0)), 0.02);
        kit.rod(vec3(0.4 * long, 0.25 * tall, 0.25 * deep), vec3(0.53 * long, 0.25 * tall, 0.25 * deep), 0.09, 0.08);
    });
}

fn blender(kit: &mut Kit) {
    let [wide, base, tall, flare, full] = sizes(kit, [(0.4, 0.6), (0.4, 0.9), (0.8, 1.5), (1.0, 1.45), (0.3, 0.85)]);
    let (is_square, turn, has_handle) = (kit.random.chance(0.4), kit.random.around(PI), kit.random.chance(0.75));
    let neck = wide * kit.random.range(0.6, 0.95);
    kit.sides = kit.sides.max(8);
    kit.paint(0);
    if is_square {
        kit.frustum(Vec3::ZERO, vec3(2.2 * wide, base, 2.2 * wide), vec3(1.6 * wide, 0.0, 1.6 * wide), Vec3::ZERO);
    } else {
        lathed(kit, Vec3::ZERO, vec3(wide, base, wide), &[(1.1, 0.0), (1.2, 0.15), (1.0, 0.7), (0.85, 1.0)]);
    }
    kit.dark();
    kit.rod(vec3(0.0, 0.45 * base, 0.5 * wide), vec3(0.0, 0.45 * base, 1.3 * wide), 0.2 * wide, 0.18 * wide);
    upright(kit, base - 0.05, base + 0.12, 0.8 * wide, neck);
    kit.glass();
    bowl(kit, (base + 0.05) * Vec3::Y, [neck, flare * neck, tall], 0.5);
    let radius = |t: f32| neck * (0.95 + (flare - 1.0) * t);
    hue(kit, &[0.0, 0.1, 0.3, 0.9]);
    upright(kit, base + 0.1, base + full * tall, radius(0.0), radius(full));
    kit.turned(base * Vec3::Y, Vec3::Y, turn, |kit| {
        kit.dark();
        if full < 0.7 || has_handle {
            let rim = 1.04 * flare * neck;
            upright(kit, tall - 0.04, tall + 0.12, rim, 0.95 * rim);
            upright(kit, tall + 0.05, tall + 0.25, 0.4 * rim, 0.35 * rim);
        }
        if has_handle {
            let path =
                [(0.9 * flare * neck, 0.88), (flare * neck + 0.3, 0.85), (radius(0.3) + 0.22, 0.3), (0.85 * neck, 0.2)];
            kit.sided(8, |kit| kit.tube(&path.map(|(x, y)| (vec3(x, y * tall, 0.0), 0.07))));
        }
    });
}

fn mixer(kit: &mut Kit) {
    let [wide, long, tall, head, turn] = sizes(kit, [(0.5, 0.75), (1.2, 1.6), (0.8, 1.2), (0.35, 0.55), (-1.7, 1.7)]);
    let (is_round, lift) = (kit.random.chance(0.5), kit.random.pick(&[0.0, 0.0, 0.5]));
    kit.turned(Vec3::ZERO, Vec3::Y, turn, |kit| {
        kit.paint(0);
        kit.pad(0.07 * Vec3::Y, vec3(1.2 * wide, 0.16, 1.1 * long), 0.06);
        let column = vec3(0.9 * wide, tall + 0.5 * head, 0.45 * wide);
        let slim = vec3(0.6 * wide, 0.0, 0.6 * wide);
        kit.frustum(vec3(0.0, 0.05, -0.35 * long), column, slim, Vec3::ZERO);
        kit.turned(vec3(0.0, tall + 0.3 * head, -0.35 * long), Vec3::X, -lift, |kit| {
            let middle = vec3(0.0, 0.2 * head, 0.38 * long);
            if is_round {
                kit.ball(middle, vec3(0.5 * wide, 0.55 * head, 0.62 * long));
            } else {
                kit.pad(middle, vec3(0.8 * wide, head, 1.1 * long), 0.2 * head);
            }
            kit.metal();
            kit.rod(vec3(0.0, 0.2 * head, 0.5 * long), vec3(0.0, 0.2 * head, 1.03 * long), 0.2 * head, 0.15 * head);
            let reach = 0.55 * tall;
            kit.rod(vec3(0.0, 0.0, 0.65 * long), vec3(0.0, -reach, 0.65 * long), 0.07, 0.07);
            kit.scaled(vec3(0.0, -reach, 0.65 * long), vec3(0.6, 1.0, 0.6), |kit| {
                kit.ball(Vec3::ZERO, Vec3::splat(0.3 * tall))
            });
            kit.dark();
            kit.both(|kit| kit.ball(vec3(0.42 * wide, 0.2 * head, 0.1 * long), Vec3::splat(0.12 * head)));
        });
        kit.either(0.6, Kit::metal, |kit| kit.paint(1));
        let radius = 0.3 * long;
        bowl(kit, vec3(0.0, 0.12, 0.3 * long), [0.55 * radius, radius, 0.62 * tall], 0.85);
    });
}

/// A stove from the floor up to its plate, which is at `tall`.
fn range(kit: &mut Kit, [wide, tall, deep]: [f32; 3]) {
    let (knobs, style, pots) = (kit.random.whole(3, 6), kit.random.whole(0, 2), kit.random.whole(0, 3));
    kit.either(0.5, Kit::white, |kit| kit.paint(0));
    kit.block(0.5 * tall * Vec3::Y, vec3(wide, tall, deep));
    kit.block(vec3(0.0, tall - 0.02, 0.02), vec3(1.03 * wide, 0.07, 1.03 * deep));
    if style > 0 {
        kit.block(vec3(0.0, tall + 0.1, -0.47 * deep), vec3(wide, 0.3, 0.07));
    }
    let front = 0.5 * deep;
    kit.paint(1);
    door(kit, vec3(0.0, 0.45 * tall, front), [0.88 * wide, 0.6 * tall], 0.24 * tall * Vec3::Y, false);
    kit.dark();
    kit.block(vec3(0.0, 0.42 * tall, front + 0.02), vec3(0.6 * wide, 0.3 * tall, 0.06));
    for k in 0..knobs {
        disc(kit, vec3(wide * ((k as f32 + 0.5) / knobs as f32 - 0.5), 0.87 * tall, front - 0.02), 0.04, 0.1);
    }
    let columns = if wide > 0.85 { 3 } else { 2 };
    for k in 0..2 * columns {
        let step = wide / columns as f32;
        let x = step * ((k / 2) as f32 - 0.5 * (columns as f32 - 1.0));
        let foot = vec3(x, tall, (0.24 * (2 * (k % 2)) as f32 - 0.2) * deep);
        kit.dark();
        post(kit, foot - 0.02 * Vec3::Y, 0.05, 0.36 * step, 0.34 * step);
        if k < pots {
            let high = kit.random.range(0.15, 0.8) * step;
            pan(kit, foot + 0.02 * Vec3::Y, 0.36 * step, high);
        }
    }
}

fn stove(kit: &mut Kit) {
    let [wide, tall, deep, hang] = sizes(kit, [(0.55, 1.1), (0.7, 0.95), (0.55, 0.7), (0.5, 0.8)]);
    let has_hood = kit.random.chance(0.3);
    range(kit, [wide, tall, deep]);
    if has_hood {
        kit.paint(3);
        kit.block(vec3(0.0, tall + hang - 0.1, -0.5 * deep), vec3(wide, 2.0 * hang, 0.08));
        kit.at(vec3(0.0, tall + hang, -0.1), |kit| hood_of(kit, [wide, 0.9 * deep]));
    }
}

/// An extractor hood, its rim at the origin.
fn hood_of(kit: &mut Kit, [wide, deep]: [f32; 2]) {
    let (style, tall, pipe) = (kit.random.whole(0, 2), kit.random.range(0.2, 0.5), kit.random.range(0.3, 0.9));
    let [rim, slim] = sizes(kit, [(0.06, 0.15), (0.25, 0.45)]);
    kit.either(0.6, Kit::metal, |kit| kit.paint(2));
    kit.block(0.5 * rim * Vec3::Y, vec3(wide, rim, deep));
    let back = vec3(0.0, rim - 0.01, -0.5 * deep);
    let foot = vec3(wide * if style == 0 { 1.0 } else { slim }, tall, slim * deep);
    if style < 2 {
        let bottom = vec3(0.96 * wide, tall, 0.96 * deep);
        kit.frustum(
            back + 0.5 * deep * Vec3::Z,
            bottom,
            slim * vec3(wide, 0.0, deep),
            0.5 * (slim - 1.0) * deep * Vec3::Z,
        );
    } else {
        kit.block(back + vec3(0.0, 0.5 * tall, 0.5 * foot.z), foot);
    }
    let size = vec3(0.92 * slim * wide, pipe + 0.1, 0.92 * slim * deep);
    kit.block(back + vec3(0.0, tall + 0.5 * pipe, 0.5 * slim * deep), size);
    kit.dark();
    kit.sided(8, |kit| {
        kit.both(|kit| kit.rod(vec3(0.2 * wide, -0.03, 0.0), vec3(0.2 * wide, 0.03, 0.0), 0.1 * wide, 0.1 * wide))
    });
    kit.block(vec3(0.0, 0.5 * rim, 0.5 * deep), vec3(0.3 * wide, 0.4 * rim, 0.05));
}

fn hood(kit: &mut Kit) {
    let [wide, deep] = sizes(kit, [(0.6, 1.2), (0.45, 0.7)]);
    hood_of(kit, [wide, deep]);
}

fn refrigerator(kit: &mut Kit) {
    let [wide, tall, deep, split, open] = sizes(kit, [(0.55, 1.0), (1.1, 1.9), (0.55, 0.75), (0.3, 0.75), (1.2, 2.3)]);
    let (is_double, is_open, round) = (wide > 0.82, kit.random.chance(0.35), kit.random.pick(&[0.01, 0.02, 0.09]));
    kit.either(0.5, |kit| kit.either(0.5, Kit::white, Kit::metal), |kit| kit.paint(0));
    kit.pad(0.5 * tall * Vec3::Y, vec3(wide, tall, deep), if is_open { 0.01 } else { round });
    let high = if is_double { 0.94 } else { split } * tall;
    if is_open {
        kit.carve(|kit| kit.block(vec3(0.0, 0.5 * high, 0.1), vec3(0.86 * wide, 0.9 * high, deep)));
        for k in 0..4 {
            let y = (0.05 + 0.22 * k as f32) * high;
            kit.white();
            kit.block(vec3(0.0, y, -0.02), vec3(0.9 * wide, 0.03, 0.9 * deep));
            heap(kit, vec3(0.0, y + 0.06, 0.0), vec2(0.3 * wide, 0.2 * deep), 0.08);
        }
    }
    for k in 0..2 {
        let share = if k == 0 { split } else { 1.0 - split };
        let size = if is_double { [0.48 * wide, 0.94 * tall] } else { [0.97 * wide, (share - 0.03) * tall] };
        let y = if is_double { 0.5 } else { 0.5 * share + split * k as f32 } * tall;
        let side = if is_double && k == 0 { -1.0 } else { 1.0 };
        let angle = if is_open && (is_double || k == 0) { side * open } else { 0.0 };
        kit.paint(if is_double { 0 } else { k });
        kit.turned(vec3(0.5 * side * wide, y, 0.5 * deep), Vec3::Y, angle, |kit| {
            door(kit, vec3(side * (0.03 - 0.5 * size[0]), 0.0, 0.0), size, -0.38 * side * size[0] * Vec3::X, true);
        });
    }
}

fn counter(kit: &mut Kit) {
    let [wide, tall, deep, over] = sizes(kit, [(0.9, 2.4), (0.8, 1.0), (0.55, 0.9), (0.0, 0.3)]);
    let (units, sink, wall) = (kit.random.whole(2, 4), kit.random.weighted(&[1.0, 2.0]), kit.random.chance(0.35));
    kit.either(0.4, Kit::wood, |kit| kit.paint(0));
    kit.block(0.5 * tall * Vec3::Y, vec3(wide, tall, deep));
    for k in 0..units {
        let (step, rows) = (wide / units as f32, kit.random.pick(&[1, 1, 2, 3]));
        let x = (k as f32 + 0.5) * step - 0.5 * wide;
        for row in 0..rows {
            let (y, high) = ((row as f32 + 0.5) * 0.86 / rows as f32 + 0.08, 0.8 / rows as f32);
            kit.paint(1);
            door(kit, vec3(x, y * tall, 0.5 * deep), [0.9 * step, high * tall], 0.3 * high * tall * Vec3::Y, false);
        }
        if wall && k != 1 {
            kit.block(vec3(x, 2.05 * tall, -0.25 * deep), vec3(0.97 * step, 0.7 * tall, 0.5 * deep));
        }
    }
    kit.either(0.5, Kit::stone, Kit::wood);
    let back = if wall { 0.0 } else { over };
    kit.block(vec3(0.0, tall + 0.02, 0.02 - 0.5 * back), vec3(wide + 0.06, 0.08, deep + 0.06 + back));
    if wall {
        kit.white();
        kit.block(vec3(0.0, 1.3 * tall, -0.5 * deep), vec3(wide, 2.4 * tall, 0.08));
    }
    let x = kit.random.around(0.2) * wide;
    if sink > 0 {
        kit.carve(|kit| kit.pad(vec3(x, tall, 0.08), vec3(0.35 * wide, 0.4 * tall, 0.6 * deep), 0.04));
        kit.metal();
        post(kit, vec3(x, tall, -0.34 * deep), 0.3, 0.04, 0.03);
        kit.arc(vec3(x, tall + 0.28, -0.2 * deep), Vec3::X, 0.14 * deep, 0.03, 0.0, 0.9 * PI);
    } else {
        heap(kit, vec3(x, tall + 0.1, 0.0), vec2(0.2, 0.2), 0.09);
    }
}
