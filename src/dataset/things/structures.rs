//! Wells, bridges, fences and what else stands about buildings.

use std::f32::consts::FRAC_PI_2;

use glam::{Vec2, Vec3, vec2, vec3};

use super::Kind;
use super::buildings::{doorway, merlons, opening, roof, roof_along, tiles, walls};
use super::kit::Kit;
use super::parts::{post, sizes};

pub const KINDS: &[Kind] = &[
    ("well", well),
    ("tent", tent),
    ("gate", gate),
    ("bridge", bridge),
    ("fence", fence),
    ("outdoor stairs", stairs),
    ("dome", dome),
    ("grave", grave),
    ("lamp post", lamp),
];

fn well(kit: &mut Kit) {
    let [high, wall, post, pitch, eave] = sizes(kit, [(0.4, 1.0), (0.12, 0.25), (0.9, 1.6), (0.3, 0.7), (0.6, 1.5)]);
    let (inner, top, style) = (0.6 - wall, high + post, kit.random.pick(&[0, 0, 0, 1, 4]));
    kit.stone();
    kit.lathe(Vec3::ZERO, &[vec2(0.6, 0.0), vec2(0.6, high), vec2(inner, high), vec2(inner, 0.15), vec2(0.0, 0.15)]);
    if kit.random.chance(0.85) {
        kit.wood();
        kit.both(|kit| kit.block(vec3(0.58 - 0.5 * wall, 0.5 * top + 0.05, 0.0), vec3(0.1, top - 0.05, 0.12)));
        kit.rod(vec3(-0.75, 0.65 * top, 0.0), vec3(0.7, 0.65 * top, 0.0), 0.05, 0.05);
        kit.rod(vec3(0.0, 0.66 * top, 0.0), vec3(0.0, 0.66 * top - 0.4, 0.0), 0.05, 0.14);
        tiles(kit);
        roof(kit, vec3(0.0, top - 0.1, 0.0), vec3(1.4, pitch, eave), style);
    }
}

fn tent(kit: &mut Kit) {
    let [high, deep, wide, side] = sizes(kit, [(0.5, 1.3), (0.8, 2.0), (0.1, 0.3), (0.2, 0.6)]);
    let (style, door) = (kit.random.whole(0, 3), vec2(wide + 0.1, 0.55 * high));
    kit.paint(0);
    match style {
        0 => roof_along(kit, Vec3::ZERO, vec3(1.0, high, deep), 0, true),
        1 => kit.rod(Vec3::ZERO, 1.6 * high * Vec3::Y, 0.6, 0.04),
        2 => kit.ball(Vec3::ZERO, vec3(0.6, high.min(0.7), 0.45 * deep)),
        _ => {
            kit.block(vec3(0.0, 0.5 * side, 0.0), vec3(1.0, side, deep));
            kit.paint(1);
            roof(kit, vec3(0.0, side - 0.02, 0.0), vec3(1.15, 0.7 * high, deep + 0.15), 1);
        }
    }
    if style == 1 {
        kit.wood();
        kit.around(3, |kit| kit.rod(vec3(0.1, 1.2 * high, 0.0), vec3(-0.15, 1.85 * high, 0.05), 0.025, 0.025));
    }
    kit.carve(|kit| {
        kit.dark();
        let outline =
            [vec2(-door.x, -0.1), vec2(door.x, -0.1), vec2(0.15 * door.x, door.y), vec2(-0.15 * door.x, door.y)];
        kit.plate(&outline, 0.15 * deep, 2.0);
        kit.block(vec3(0.0, -1.0, 0.0), vec3(4.0, 2.0, 4.0));
    });
}

fn gate(kit: &mut Kit) {
    let [high, thick, side, deep, over] = sizes(kit, [(0.7, 1.5), (0.15, 0.6), (0.1, 0.4), (0.25, 0.5), (0.15, 0.5)]);
    let (style, arch, count) = (kit.random.whole(0, 2), kit.random.whole(0, 2), kit.random.whole(1, 3));
    walls(kit);
    let wide = count as f32 * (0.6 + side) + side;
    if style == 0 {
        kit.both(|kit| post(kit, vec3(0.5, 0.0, 0.0), high + 0.1, 0.5 * side, 0.4 * side));
        kit.block(vec3(0.0, 0.75 * high, 0.0), vec3(1.2, 0.1, 0.1));
        kit.frustum(vec3(0.0, high, 0.0), vec3(1.3, 0.14, deep), vec3(1.6, 0.0, deep), Vec3::ZERO);
    } else {
        kit.block(vec3(0.0, 0.5 * (high + over), 0.0), vec3(wide, high + over, thick));
        kit.carve(|kit| {
            for k in 0..count {
                let foot = vec3((k as f32 - 0.5 * (count - 1) as f32) * (0.6 + side), -0.01, 0.0);
                opening(kit, foot, 0.0, vec2(0.6, high), arch, vec2(-1.0, if style == 1 { 1.0 } else { 0.3 * thick }));
            }
        });
        kit.block(vec3(0.0, high + over, 0.0), vec3(wide + 0.1, 0.1, thick + 0.1));
        if kit.random.chance(0.5) {
            let top = vec3(0.5 * wide - 0.1, high + over + 0.08, 0.0);
            merlons(kit, top * vec3(-1.0, 1.0, 1.0), top, vec3(0.12, 0.16, thick));
        }
    }
}

fn bridge(kit: &mut Kit) {
    let [high, deep, hump, rail, pier] = sizes(kit, [(0.3, 0.8), (0.3, 0.9), (0.0, 0.3), (0.1, 0.3), (0.1, 0.25)]);
    let (count, arch) = (kit.random.whole(1, 3), kit.random.pick(&[0, 1, 1]));
    walls(kit);
    let top = |k: i32, y: f32| vec2(0.25 * k as f32, high + y + hump * (1.0 - (k * k) as f32 / 16.0));
    let deck = |y: f32| (-4..=4).map(move |k| top(k, y));
    let mut outline = vec![vec2(1.0, 0.0), vec2(-1.0, 0.0)];
    outline.extend(deck(0.0));
    kit.plate(&outline, -0.5 * deep, 0.5 * deep);
    kit.carve(|kit| {
        let wide = 2.0 / count as f32;
        for k in 0..count {
            let x = (k as f32 + 0.5) * wide - 1.0;
            let tall = high + 0.8 * hump * (1.0 - x * x) - 0.08;
            opening(kit, vec3(x, -0.01, 0.0), 0.0, vec2(wide - pier, tall), arch, vec2(-1.0, 1.0));
        }
    });
    let parapet: Vec<Vec2> = deck(rail).chain(deck(-0.05).rev()).collect();
    for z in [-0.5 * deep, 0.5 * deep] {
        kit.plate(&parapet, z - 0.04, z + 0.04);
    }
}

fn fence(kit: &mut Kit) {
    let [high, thick, gap, rail, tip] = sizes(kit, [(0.4, 1.2), (0.05, 0.09), (0.6, 2.0), (0.5, 0.8), (0.0, 0.2)]);
    let count = ((1.0 / (thick * (1.0 + gap))) as usize).clamp(2, 12);
    kit.either(0.6, Kit::wood, |kit| kit.paint(0));
    let corner = kit.random.chance(0.3);
    for turn in [0.0, FRAC_PI_2].into_iter().take(1 + usize::from(corner)) {
        kit.turned(vec3(-0.5, 0.0, 0.0), Vec3::Y, turn, |kit| {
            for k in 0..=count {
                let (foot, size) = (vec3(k as f32 / count as f32, 0.0, 0.0), vec3(thick, high, thick));
                kit.frustum(foot, size, size, Vec3::ZERO);
                kit.frustum(foot + 0.99 * high * Vec3::Y, vec3(thick, tip, thick), vec3(0.01, 0.0, 0.01), Vec3::ZERO);
            }
            for y in [0.25, rail] {
                kit.block(vec3(0.5, y * high, -0.4 * thick), vec3(1.1, 0.08, 0.6 * thick));
            }
        });
    }
}

fn stairs(kit: &mut Kit) {
    let [wide, rise, run, rail] = sizes(kit, [(0.5, 1.8), (0.12, 0.25), (0.15, 0.35), (0.0, 0.7)]);
    let (count, solid, landing) = (kit.random.whole(3, 9), kit.random.chance(0.6), kit.random.range(1.0, 4.0));
    walls(kit);
    for k in 0..count {
        let (top, long) = ((k + 1) as f32 * rise, if k + 1 == count { landing * run } else { 1.3 * run });
        let high = if solid || k + 1 == count { top } else { 1.3 * rise };
        kit.block(vec3(0.0, top - 0.5 * high, -(k as f32) * run - 0.5 * long), vec3(wide, high, long));
    }
    if rail > 0.3 {
        let (way, thick) = (vec3(0.0, (count - 1) as f32 * rise, -((count - 1) as f32) * run), 0.06);
        kit.both(|kit| {
            let foot = vec3(0.5 * wide - thick, rise, -0.5 * run);
            kit.rod(foot + rail * Vec3::Y, foot + way + rail * Vec3::Y, thick, thick);
            (0..3).for_each(|k| post(kit, foot + 0.5 * k as f32 * way - 0.1 * Vec3::Y, rail + 0.1, thick, thick));
        });
    }
}

fn dome(kit: &mut Kit) {
    let [high, tall, way, width, long] = sizes(kit, [(0.6, 1.1), (0.0, 0.5), (0.0, 6.3), (0.2, 0.35), (1.1, 1.6)]);
    kit.either(0.6, Kit::white, Kit::metal);
    post(kit, -0.1 * Vec3::Y, tall + 0.1, 1.0, 1.0);
    kit.ball(tall * Vec3::Y, vec3(1.0, high, 1.0));
    kit.rod(vec3(0.0, 0.1, 0.0), vec3(0.0, 0.1, long), 1.4 * width, 1.4 * width);
    if kit.random.chance(0.4) {
        kit.turned(Vec3::ZERO, Vec3::Y, way, |kit| {
            kit.rod(vec3(0.0, 0.2, 0.0), vec3(0.0, 0.2, 1.8), width, width);
            kit.ball(vec3(0.0, 0.1, 2.0), vec3(0.6, 0.7, 0.6));
        });
    }
    kit.carve(|kit| {
        kit.dark();
        kit.rod(vec3(0.0, 0.1, 0.3), vec3(0.0, 0.1, 2.0), width, width);
        kit.block(vec3(0.0, -1.0, 0.0), vec3(8.0, 2.0, 8.0));
    });
}

fn grave(kit: &mut Kit) {
    let [wide, high, thick, long] = sizes(kit, [(0.4, 0.8), (0.5, 1.2), (0.1, 0.25), (0.3, 1.4)]);
    kit.stone();
    match kit.random.whole(0, 4) {
        0 => {
            kit.block(vec3(0.0, 0.5 * high, 0.0), vec3(thick, high, thick));
            kit.block(vec3(0.0, 0.7 * high, 0.0), vec3(wide, thick, 0.9 * thick));
        }
        1 => {
            kit.frustum(Vec3::ZERO, vec3(0.4, 1.3 * high, 0.4), vec3(0.25, 0.0, 0.25), Vec3::ZERO);
            kit.frustum(1.29 * high * Vec3::Y, vec3(0.25, 0.2, 0.25), Vec3::ZERO, Vec3::ZERO);
        }
        style => kit.plate(&doorway(wide, high, style - 2), -0.5 * thick, 0.5 * thick),
    }
    kit.block(vec3(0.0, 0.03, 0.0), vec3(wide + 0.15, 0.14, thick + 0.3));
    if kit.random.chance(0.5) {
        kit.pad(vec3(0.0, 0.0, 0.5 * long), vec3(wide, 0.2, long), 0.06);
    }
}

fn lamp(kit: &mut Kit) {
    let [high, thick, reach, size] = sizes(kit, [(1.2, 2.2), (0.03, 0.06), (0.2, 0.7), (0.1, 0.2)]);
    let (style, double, count) = (kit.random.whole(0, 3), kit.random.chance(0.4), kit.random.whole(1, 3));
    kit.either(0.6, Kit::dark, Kit::metal);
    post(kit, Vec3::ZERO, high, 1.2 * thick, thick);
    post(kit, Vec3::ZERO, 0.12 * high, 0.07 + thick, 1.2 * thick);
    let arm = |kit: &mut Kit| {
        let tip = vec3(reach, high + 0.2 * reach, 0.0);
        kit.tube(&[(0.95 * high * Vec3::Y, thick), (vec3(0.4 * reach, tip.y, 0.0), thick), (tip, thick)]);
        kit.glass();
        kit.frustum(tip - 0.8 * size * Vec3::Y, vec3(0.8, 1.0, 0.8) * size, size * Vec3::ONE, Vec3::ZERO);
    };
    match style {
        0 if double => kit.both(arm),
        0 => arm(kit),
        1 => {
            kit.paint(0);
            kit.block(vec3(0.0, high, 0.0), vec3(1.3, 3.4, 1.0) * size);
            kit.hsv(0.0, 0.8, 0.8);
            for k in [-1.0, 0.0, 1.0] {
                kit.ball(vec3(0.0, high + k * size, 0.5 * size), Vec3::splat(0.4 * size));
            }
        }
        2 => {
            kit.glass();
            kit.frustum(high * Vec3::Y, vec3(size, 1.6 * size, size), vec3(1.7, 0.0, 1.7) * size, Vec3::ZERO);
            kit.dark();
            roof(kit, (high + 1.55 * size) * Vec3::Y, vec3(2.0, 0.8, 2.0) * size, 1);
        }
        _ => {
            kit.wood();
            for k in 0..count {
                let (turn, y) = (kit.random.around(1.5), high - 0.25 * k as f32 - 0.1);
                let (x, h) = (reach + 0.1, 0.09);
                let arrow = [vec2(-0.2, -h), vec2(x, -h), vec2(x + 0.12, 0.0), vec2(x, h), vec2(-0.2, h)];
                kit.turned(vec3(0.0, y, 0.0), Vec3::Y, turn, |kit| kit.plate(&arrow, 0.5 * thick, 1.2 * thick + 0.04));
            }
        }
    }
}
