//! Bridges, trams and cranes.

use std::f32::consts::{FRAC_PI_2, PI};

use glam::{Vec3, vec2, vec3};

use super::Kind;
use super::kit::Kit;
use super::parts::{along, hue, post, sizes};
use super::street::{arch, on};

pub const KINDS: &[Kind] = &[("overpass", overpass), ("tram", tram), ("crane", crane), ("dock crane", dock_crane)];

/// A beam of bars from the origin up.
fn truss(kit: &mut Kit, long: f32, wide: f32, thick: f32) {
    let (half, count) = (0.5 * wide, (long / wide / 0.9).round().clamp(2.0, 7.0));
    let (inner, step) = (half - thick, (long - thick) / count);
    on(kit, [0.0, 0.0, 0.0, wide, long, wide]);
    kit.carve(|kit| {
        for k in 0..count as usize {
            let (y, x) = (thick + k as f32 * step, if k % 2 == 0 { inner } else { -inner });
            let [near, far] = [0.02, 0.85].map(|f| f * step);
            let hole = [vec2(x, y + near), vec2(x, y + far), vec2(-x, y + far), vec2(-x, y + far - 0.1 * step)];
            kit.plate(&hole, -wide, wide);
            kit.turned(Vec3::ZERO, Vec3::Y, FRAC_PI_2, |kit| kit.plate(&hole, -wide, wide));
        }
    });
}

/// What holds up a bridge, its deck at `tall`: walls, heads, pairs of posts or arches.
fn piers(kit: &mut Kit, [long, wide, tall]: [f32; 3], spans: usize, pier: f32, style: usize) {
    let each = long / spans as f32;
    for x in (0..=spans).map(|k| (k as f32 * each - 0.5 * long) * 0.94) {
        match style {
            0 => on(kit, [x, 0.0, 0.0, 2.0 * pier, tall + 0.02, 0.8 * wide]),
            1 => kit.frustum(
                x * Vec3::X,
                vec3(2.0 * pier, tall + 0.02, 0.3 * wide),
                vec3(2.0 * pier, 0.0, 0.95 * wide),
                Vec3::ZERO,
            ),
            2 => [-0.3, 0.3].into_iter().for_each(|z| post(kit, vec3(x, 0.0, z * wide), tall + 0.02, pier, pier)),
            _ => on(kit, [x, 0.0, 0.0, 3.0 * pier, tall + 0.02, 0.96 * wide]),
        }
    }
    if style == 3 {
        on(kit, [0.0, 0.0, 0.0, 0.97 * long, tall + 0.02, 0.94 * wide]);
        let bow = arch(0.5 * each - pier, -0.1, (tall - 0.5 * each).max(0.05) * 0.8);
        let flat: Vec<_> = bow.iter().map(|p| vec2(p.x, p.y.min(0.93 * tall))).collect();
        kit.carve(|kit| {
            (0..spans).for_each(|k| {
                kit.at((each * (k as f32 + 0.5) - 0.5 * long) * 0.94 * Vec3::X, |kit| kit.plate(&flat, -wide, wide))
            })
        });
    }
}

fn overpass(kit: &mut Kit) {
    let [long, wide, tall, thick, pier] = sizes(kit, [(2.5, 5.0), (0.7, 1.8), (0.5, 1.4), (0.12, 0.3), (0.1, 0.2)]);
    let (spans, style, lamps) = (kit.random.whole(1, 3), kit.random.whole(0, 3), kit.random.pick(&[0, 0, 1, 2, 4]));
    let (has_ramp, rail) = (kit.random.chance(0.25), kit.random.range(0.06, 0.25));
    let turn = kit.random.pick(&[0.0, FRAC_PI_2, 0.6]);
    kit.turned(Vec3::ZERO, Vec3::Y, turn, |kit| {
        kit.stone();
        on(kit, [0.0, tall, 0.0, long, thick, wide]);
        piers(kit, [long, wide, tall], spans, pier, style);
        kit.either(0.5, Kit::metal, Kit::stone);
        kit.four(|kit| {
            on(kit, [0.25 * long, tall + 0.5 * thick, 0.48 * wide, 0.51 * long, 0.5 * thick + rail, 0.09]);
            for x in (0..lamps).map(|k| (k as f32 + 0.6) * 0.5 * long / lamps as f32) {
                on(kit, [x, tall, 0.48 * wide, 0.07, thick + rail + 0.25, 0.07]);
            }
        });
        if has_ramp {
            let ramp = [[0.49, 0.0], [0.49, tall + thick], [0.49 + 0.6 * tall, 0.0]];
            kit.both(|kit| {
                kit.plate(
                    &ramp.map(|[x, y]| vec2(if x > 0.49 { x - 0.49 } else { 0.0 } * 3.0 + 0.49 * long, y)),
                    -0.49 * wide,
                    0.49 * wide,
                )
            });
        }
    });
}

/// Doors, what is on the roof and what is below the floor.
fn fit_out(kit: &mut Kit, [wide, tall, long]: [f32; 3], doors: usize) {
    let half = 0.5 * wide;
    kit.paint(1);
    kit.both(|kit| {
        (0..doors).for_each(|i| {
            let z = ((i as f32 + 0.5) / doors as f32 - 0.5) * 0.9 * long;
            on(kit, [0.93 * half, 0.25, z, 0.16 * half, 0.78 * (tall - 0.25), 0.1 * long]);
        })
    });
    on(kit, [0.0, tall - 0.05, 0.0, 0.9 * wide, 0.14, 0.5 * long]);
    kit.dark();
    on(kit, [0.0, 0.1, 0.0, 0.8 * wide, 0.25, 1.04 * long]);
    for z in [-0.38, -0.24, 0.24, 0.38] {
        kit.both(|kit| kit.rod(vec3(0.25 * wide, 0.14, z * long), vec3(0.46 * wide, 0.14, z * long), 0.17, 0.17));
    }
    on(kit, [0.0, 0.12, -0.5 * long, 0.3 * wide, 0.2, 0.3]);
}

fn pantograph(kit: &mut Kit, wide: f32, tall: f32) {
    let arm = [vec3(0.0, tall, 0.25), vec3(0.0, tall + 0.25, -0.15), vec3(0.0, tall + 0.5, 0.2)];
    kit.both(|kit| kit.tube(&arm.map(|p| (p + 0.1 * wide * Vec3::X, 0.06))));
    on(kit, [0.0, tall + 0.46, 0.2, wide, 0.08, 0.12]);
}

/// A car of a train, a tram or an underground, or two, seen from the front or the side.
fn tram(kit: &mut Kit) {
    let [wide, tall, long, nose, slim] = sizes(kit, [(1.0, 1.4), (1.1, 1.6), (2.8, 6.0), (0.1, 0.9), (0.5, 0.95)]);
    let (cars, style, has_rails) = (kit.random.pick(&[1, 1, 1, 2]), kit.random.whole(0, 2), kit.random.chance(0.3));
    let (doors, half) = (kit.random.whole(1, 3), 0.5 * wide);
    kit.sides = kit.sides.min(10);
    for k in 0..cars {
        let (start, long) = (kit.random.clone(), if cars > 1 { 0.65 * long } else { long });
        kit.at(-(k as f32) * (long + 0.1) * Vec3::Z, |kit| {
            kit.paint(0);
            let front = if k == 0 { nose } else { 0.05 };
            let tip = [0.5 * long + front, 0.25, 0.25 + slim * 0.75 * tall, slim * half, 0.7 * slim * half];
            let ends = [[-0.5, 0.0], [-0.48, 1.0], [0.48, 1.0]]
                .map(|[z, w]| [z * long, 0.22, tall, half * (0.9 + 0.1 * w), half * (0.8 + 0.15 * w)]);
            along(kit, &[ends[0], ends[1], ends[2], tip]);
            kit.glass();
            kit.carve(|kit| {
                kit.both(|kit| {
                    (0..4).for_each(|i| {
                        on(
                            kit,
                            [half, 0.55 * tall, (i as f32 - 1.5) * 0.23 * long, 0.16 * half, 0.28 * tall, 0.18 * long],
                        );
                    })
                })
            });
            fit_out(kit, [wide, tall, long], doors);
            if style == 1 && k == 0 {
                pantograph(kit, wide, tall);
            }
        });
        *kit.random = start;
    }
    if has_rails {
        kit.stone();
        let (z, all) = (-0.5 * (cars - 1) as f32 * 0.65 * long, long * if cars > 1 { 1.5 } else { 1.2 });
        on(kit, [0.0, -0.2, z, 1.5 * wide, 0.15, all]);
        kit.both(|kit| on(kit, [0.36 * wide, -0.07, z, 0.09, 0.09, all]));
    }
}

/// A crane on a mast.
fn crane(kit: &mut Kit) {
    let [tall, reach, back, wide, drop] = sizes(kit, [(2.0, 4.5), (1.8, 3.5), (0.3, 0.5), (0.28, 0.42), (0.2, 0.7)]);
    let (is_solid, style, turn) = (kit.random.chance(0.3), kit.random.whole(0, 2), kit.random.around(PI));
    let (thin, rise, out) = (0.075, kit.random.range(0.4, 0.8), kit.random.range(0.5, 0.95));
    let beam = |kit: &mut Kit, long: f32, wide: f32| {
        if is_solid { on(kit, [0.0, 0.0, 0.0, 0.7 * wide, long, 0.7 * wide]) } else { truss(kit, long, wide, thin) }
    };
    kit.stone();
    on(kit, [0.0, -0.1, 0.0, 3.0 * wide, 0.16, 3.0 * wide]);
    hue(kit, &[0.13, 0.13, 0.04, 0.0, 0.58]);
    beam(kit, tall, wide);
    let lift = if style == 2 { rise } else { 0.0 };
    kit.turned(tall * Vec3::Y, Vec3::Y, turn, |kit| {
        on(kit, [0.0, -0.1, 0.0, 1.2 * wide, 0.2, 1.2 * wide]);
        kit.turned(vec3(-0.1, 0.05, 0.0), Vec3::Z, lift - FRAC_PI_2, |kit| beam(kit, reach, 0.75 * wide));
        on(kit, [-0.5 * back * reach, 0.0, 0.0, back * reach + 0.3, 0.12, 0.8 * wide]);
        if style == 0 {
            beam(kit, rise, 0.6 * wide);
            for end in [vec3(0.7 * reach, 0.1, 0.0), vec3(-0.9 * back * reach, 0.1, 0.0)] {
                kit.rod((rise - 0.05) * Vec3::Y, end, 0.045, 0.045);
            }
        }
        kit.stone();
        on(kit, [-0.9 * back * reach, -0.25, 0.0, 0.4, 0.45, 0.9 * wide]);
        kit.paint(1);
        on(kit, [0.1, -0.05, 0.55 * wide, 0.4, 0.45, 0.35]);
        kit.dark();
        let at = out * reach * vec3(libm::cosf(lift), libm::sinf(lift), 0.0);
        kit.rod(at, at - (drop * tall + at.y) * Vec3::Y, 0.05, 0.05);
        on(kit, [at.x, -drop * tall - 0.15, 0.0, 0.22, 0.25, 0.22]);
    });
}

/// A crane on four legs that runs along a quay or over stacks of containers.
fn dock_crane(kit: &mut Kit) {
    let [wide, tall, deep, front, back] = sizes(kit, [(0.8, 1.6), (1.4, 2.4), (1.0, 2.2), (0.3, 2.6), (0.2, 1.0)]);
    let (thin, lift, low) =
        (kit.random.range(0.05, 0.08), kit.random.pick(&[0.0, 0.0, 0.0, 1.1]), kit.random.pick(&[0.2, 0.45]));
    let (trolley, drop, has_mast) = (kit.random.range(-0.3, 0.9), kit.random.range(0.3, 0.8), kit.random.chance(0.6));
    kit.sides = 6;
    hue(kit, &[0.58, 0.13, 0.0, 0.04]);
    kit.four(|kit| {
        kit.rod(vec3(0.5 * wide, 0.0, 0.5 * deep), vec3(0.5 * wide, tall, 0.5 * deep), 1.2 * thin, thin);
        on(kit, [0.5 * wide, -0.05, 0.5 * deep, 4.0 * thin, 0.15, 0.25]);
    });
    for z in [-0.5 * deep, 0.5 * deep] {
        on(kit, [0.0, tall * low, z, wide, 2.0 * thin, 1.8 * thin]);
        on(kit, [0.0, tall - 0.12, z, wide, 2.2 * thin, 1.9 * thin]);
    }
    kit.both(|kit| {
        on(kit, [0.5 * wide, 0.5 * tall, 0.0, 1.8 * thin, 2.0 * thin, deep]);
        kit.rod(vec3(0.5 * wide, 0.52 * tall, 0.5 * deep), vec3(0.5 * wide, tall, -0.5 * deep), 0.8 * thin, 0.8 * thin);
    });
    kit.both(|kit| {
        on(kit, [0.16 * wide, tall - 0.1, -0.5 * back, 2.2 * thin, 0.2, deep + back]);
        kit.turned(vec3(0.16 * wide, tall, 0.5 * deep - 0.05), Vec3::X, -lift, |kit| {
            on(kit, [0.0, -0.1, 0.5 * front, 2.0 * thin, 0.19, front + 0.1]);
        });
    });
    let end = vec3(0.0, tall + front * libm::sinf(lift), 0.5 * deep + front * libm::cosf(lift) - 0.1);
    kit.rod(end - 0.2 * wide * Vec3::X, end + 0.2 * wide * Vec3::X, thin, thin);
    if has_mast {
        let top = vec3(0.0, tall + 0.3 * (front + 1.0), 0.35 * deep);
        kit.both(|kit| kit.rod(vec3(0.5 * wide, tall - 0.05, 0.5 * deep), top, thin, thin));
        kit.rod(top, end, 0.05, 0.05);
        kit.rod(top, vec3(0.0, tall - 0.05, -0.5 * deep), 0.06, 0.06);
        on(kit, [0.0, tall - 0.1, -0.5 * deep, wide, 0.12, 0.15]);
    }
    kit.paint(1);
    on(kit, [0.0, tall, -0.5 * back - 0.2 * deep, 0.6 * wide, 0.4, 0.5 * deep]);
    let z = if lift > 0.0 { 0.0 } else { trolley * (0.5 * deep + front - 0.3) };
    on(kit, [0.0, tall - 0.2, z, 0.5 * wide, 0.25, 0.3]);
    kit.dark();
    kit.rod(vec3(0.0, tall, z), vec3(0.0, tall - drop * tall, z), 0.06, 0.06);
    kit.paint(2);
    on(kit, [0.0, (1.0 - drop) * tall - 0.25, z, 0.75, 0.3, 0.3]);
}
