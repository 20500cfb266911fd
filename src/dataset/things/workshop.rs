//! Things of workshops, yards and stores: machines, tools on wheels, trolleys and boxes.

use std::f32::consts::{FRAC_PI_2, PI};

use glam::{Vec3, vec2, vec3};

use super::Kind;
use super::kit::Kit;
use super::parts::{bail, bent, disc, dome, heap, lathed, prism, sizes, upright};

pub const KINDS: &[Kind] = &[
    ("hand truck", hand_truck),
    ("toolbox", toolbox),
    ("workbench", workbench),
    ("drill press", drill_press),
    ("motor set", generator),
    ("reel", reel),
    ("robot arm", robot_arm),
    ("extinguisher", extinguisher),
    ("wheelchair", wheelchair),
    ("wheelbarrow", wheelbarrow),
    ("mower", mower),
    ("easel", easel),
];

/// Steel, white, black or painted.
pub(super) fn coat(kit: &mut Kit) {
    match kit.random.whole(0, 4) {
        0 => kit.metal(),
        1 => kit.white(),
        2 => kit.dark(),
        k => kit.paint(k),
    }
}

/// Boxes, each its middle and its size, all to be scaled.
pub(super) fn blocks(kit: &mut Kit, scale: Vec3, all: &[f32]) {
    all.chunks_exact(6).for_each(|b| kit.block(Vec3::from_slice(b) * scale, Vec3::from_slice(&b[3..]) * scale));
}

/// Slim bars, each from one point to another, the points to be scaled.
pub(super) fn bars(kit: &mut Kit, radius: f32, scale: Vec3, all: &[f32]) {
    let ends = |b: &[f32]| (Vec3::from_slice(b) * scale, Vec3::from_slice(&b[3..]) * scale);
    kit.sided(6, |kit| all.chunks_exact(6).map(ends).for_each(|(a, b)| kit.rod(a, b, radius, radius)));
}

/// A wheel about the x axis.
pub(super) fn wheel(kit: &mut Kit, at: Vec3, radius: f32, wide: f32) {
    let side = 0.5 * wide * Vec3::X;
    kit.dark();
    kit.sided(12, |kit| kit.rod(at - side, at + side, radius, radius));
    kit.metal();
    kit.sided(8, |kit| kit.rod(at - 1.25 * side, at + 1.25 * side, 0.45 * radius, 0.45 * radius));
}

/// A sack truck or a platform on wheels, with boxes at times.
fn hand_truck(kit: &mut Kit) {
    let [w, tall, r, high, long] = sizes(kit, [(0.2, 0.28), (0.9, 1.3), (0.1, 0.16), (0.15, 0.35), (0.3, 0.55)]);
    let (is_sack, count, boxes) = (kit.random.chance(0.5), kit.random.whole(2, 4), kit.random.pick(&[0, 0, 1, 2, 3]));
    let (tilt, ends) = (kit.random.pick(&[0.0, 0.0, 0.6, 0.9]), kit.random.whole(1, 2));
    let (back, front, tilt, ends) = if is_sack { (0.0, 0.3, tilt, 1) } else { (-long, long, 0.0, ends) };
    let (middle, deep) = (0.5 * (back + front), front - back);
    kit.turned(Vec3::ZERO, Vec3::X, -tilt, |kit| {
        coat(kit);
        kit.block(middle * Vec3::Z, vec3(2.1 * w, 0.05, deep + 0.08));
        kit.around(ends, |kit| {
            let frame = [vec3(w, 0.0, back), vec3(w, 0.85 * tall, back), vec3(-0.02, tall, back - 0.1)];
            kit.both(|kit| kit.sided(6, |kit| bent(kit, frame, [0.03; 3])));
            for k in 1..=count {
                let y = 0.8 * tall * k as f32 / count as f32;
                bars(kit, 0.022, vec3(w, y, 1.0), &[-1.0, 1.0, back, 1.0, 1.0, back]);
            }
        });
        kit.hsv(0.08, 0.5, 0.65);
        for k in 0..boxes {
            let [x, wide, part] = sizes(kit, [(-0.03, 0.03), (1.3, 1.9), (0.7, 0.95)]);
            kit.block(vec3(x, (k as f32 + 0.5) * high, middle + 0.02), vec3(wide * w, 1.06 * high, part * deep));
        }
        let (size, z) = (vec3(w, r, 0.12), if is_sack { -0.12 } else { 0.8 * long });
        let axle = [0.0, 1.0, -1.0, 1.2, 1.0, -1.0, 1.0, 1.0, -1.0, 1.0, 1.4, 0.1];
        kit.both(|kit| {
            if is_sack {
                bars(kit, 0.03, size, &axle);
                return wheel(kit, vec3(w + 0.06, r, z), r, 0.07);
            }
            for z in [-z, z] {
                blocks(kit, size, &[0.8, -0.6, z / 0.12, 0.25, 1.2, 0.5]);
                wheel(kit, vec3(0.8 * w, -1.1 * r, z), 0.6 * r, 0.1);
            }
        });
    });
}

/// A box for tools or first aid, closed, open, or without a lid.
fn toolbox(kit: &mut Kit) {
    let [w, tall, d, open, round] = sizes(kit, [(0.35, 0.6), (0.15, 0.4), (0.2, 0.32), (0.3, 1.9), (0.005, 0.03)]);
    let (style, lid, size) = (kit.random.whole(0, 3), tall * kit.random.range(0.15, 0.5), vec3(w, tall, d));
    kit.paint(0);
    kit.pad(0.5 * tall * Vec3::Y, size, round);
    if style > 1 {
        kit.carve(|kit| kit.block(tall * Vec3::Y, vec3(w - 0.06, 1.6 * tall, d - 0.06)));
        heap(kit, 0.3 * tall * Vec3::Y, vec2(0.44 * w, 0.4 * d), 0.2 * tall);
    }
    kit.paint(1);
    if style == 3 {
        let (foot, side) = (vec3(0.48 * w, 0.4 * tall, 0.0), vec3(0.035, tall, d));
        kit.both(|kit| kit.frustum(foot, side, vec3(0.035, 0.0, 0.25 * d), Vec3::ZERO));
        return bars(kit, 0.02, size, &[-0.5, 1.33, 0.0, 0.5, 1.33, 0.0]);
    }
    kit.turned(vec3(0.0, tall - 0.03, 0.03 - 0.5 * d), Vec3::X, if style == 2 { -open } else { 0.0 }, |kit| {
        let (foot, wide) = ((0.5 * d - 0.03) * Vec3::Z, vec3(1.02 * w, lid, 1.02 * d));
        kit.frustum(foot, wide, vec3(w, 0.0, d * (0.9 - 12.0 * round)), Vec3::ZERO);
        kit.dark();
        kit.both(|kit| blocks(kit, size, &[0.3, 0.0, 0.9, 0.1, 0.3, 0.13]));
        kit.at(foot, |kit| bail(kit, lid - 0.01, 0.2 * w, 0.06, 0.015, 0.0));
    });
    if style == 0 {
        kit.white();
        let size = vec3(tall, tall, d);
        blocks(kit, size, &[0.0, 0.45, 0.5, 0.5, 0.16, 0.08, 0.0, 0.45, 0.5, 0.16, 0.5, 0.09]);
    }
}

/// A bench with a vice, or a plank on trestles.
fn workbench(kit: &mut Kit) {
    let [w, tall, d, t, side] = sizes(kit, [(0.5, 1.1), (0.75, 0.95), (0.25, 0.4), (0.06, 0.12), (-0.8, 0.8)]);
    let (style, high, drawers) = (kit.random.whole(0, 3), kit.random.range(0.3, 0.9), kit.random.whole(0, 4));
    let (size, jaw) = (vec3(w, tall, d), vec3(0.2, 0.1, 0.06));
    kit.wood();
    if style == 0 {
        let legs = [0.7, 1.0, 0.0, 0.85, 0.0, 1.0, 0.77, 0.5, 0.0, 0.77, 0.5, 0.5, 0.0, 1.0, 0.0, 1.0, 1.0, 0.0];
        kit.four(|kit| bars(kit, 0.5 * t, size, &legs));
        let (at, plank) = ((tall + 0.5 * t) * Vec3::Y, vec3(2.6 * w, 0.06, high * d));
        return kit.turned(at, Vec3::Y, 0.5 * side, |kit| kit.block(0.5 * side * Vec3::X, plank));
    }
    blocks(kit, size, &[0.0, 1.0, 0.0, 2.0, t, 2.0, 0.0, 0.2, 0.0, 1.8, 0.06, 1.7, 0.0, 0.85, 0.0, 1.8, 0.12, 1.7]);
    kit.four(|kit| kit.block(vec3(0.9, 0.5, 0.85) * size, vec3(t, tall, t)));
    if style > 1 {
        kit.block(vec3(0.0, tall + 0.5 * high, -0.95 * d), vec3(2.0 * w, high, 0.05));
        heap(kit, vec3(0.0, tall + 0.06, -0.4 * d), vec2(0.7 * w, 0.4 * d), 0.12);
    }
    kit.paint(0);
    for k in 0..drawers {
        let y = 0.3 + 0.14 * k as f32;
        blocks(
            kit,
            size,
            &[-0.6, y, 0.0, 0.5, 0.15, 1.7, -0.6, y, 0.86, 0.46, 0.11, 0.15, -0.6, y, 0.95, 0.15, 0.03, 0.1],
        );
    }
    coat(kit);
    kit.at(vec3(side * w, tall + 0.3 * t, 0.95 * d), |kit| {
        kit.block(vec3(0.0, 0.05, -0.1), vec3(0.12, 0.12, 0.14));
        [-0.1, 0.06].iter().for_each(|z| kit.block(vec3(0.0, 0.1, *z), jaw));
        bars(kit, 0.028, Vec3::ONE, &[0.0, 0.06, -0.1, 0.0, 0.06, 0.24, -0.1, 0.06, 0.23, 0.1, 0.06, 0.23]);
    });
}

/// A drill on a column, on the floor or on a bench.
fn drill_press(kit: &mut Kit) {
    let [tall, d, y, head] = sizes(kit, [(0.7, 1.7), (0.35, 0.5), (0.3, 0.6), (0.28, 0.4)]);
    let (spokes, spin, is_round) = (kit.random.whole(3, 4), kit.random.range(0.0, 1.5), kit.random.chance(0.5));
    let (size, table) = (Vec3::splat(head), if is_round { 0.4 } else { 1.0 });
    kit.paint(0);
    kit.pad(vec3(0.0, 0.04, 0.1), vec3(0.7 * d, 0.09, 1.2 * d), 0.02);
    kit.pad(vec3(0.0, tall, 0.0), size * vec3(0.55, 0.8, 2.0), 0.04);
    kit.paint(1);
    kit.pad(vec3(0.0, tall + 0.45 * head, 0.02), size * vec3(0.65, 0.2, 2.2), 0.03);
    kit.metal();
    upright(kit, 0.02, tall, 0.05, 0.05);
    kit.at(y * tall * Vec3::Y, |kit| {
        let (radius, size) = (if is_round { 0.5 * d } else { 0.06 }, vec3(d, 1.0, head));
        blocks(kit, size, &[0.0, -0.04, 0.4, 0.3, 0.08, 0.9, 0.0, 0.0, 0.75, table, 0.06, 1.0]);
        kit.at(0.75 * head * Vec3::Z, |kit| upright(kit, -0.035, 0.035, radius, radius));
    });
    kit.at(vec3(0.0, tall, 0.75 * head), |kit| {
        upright(kit, -0.65 * head, 0.0, 0.05, 0.06);
        upright(kit, -0.95 * head, 0.0, 0.02, 0.02);
        kit.turned(head * vec3(0.45, -0.1, -0.15), Vec3::X, spin, |kit| {
            bars(kit, 0.035, size, &[-0.4, 0.0, 0.0, 0.2, 0.0, 0.0]);
            let spokes: Vec<_> = (0..spokes).map(|k| 2.0 * PI * k as f32 / spokes as f32).collect();
            spokes.iter().for_each(|a| {
                bars(kit, 0.018, size, &[0.1, 0.0, 0.0, 0.2, 0.5 * libm::sinf(*a), 0.5 * libm::cosf(*a)])
            });
        });
    });
    kit.dark();
    kit.at(vec3(0.0, tall, -head), |kit| upright(kit, -0.5 * head, 0.3 * head, 0.3 * head, 0.3 * head));
}

/// An engine in a frame, or an air tank on wheels with its pump.
fn generator(kit: &mut Kit) {
    let [w, tall, d, tank] = sizes(kit, [(0.3, 0.5), (0.45, 0.6), (0.2, 0.3), (0.12, 0.2)]);
    let (has_tank, fins, hand) = (kit.random.chance(0.45), kit.random.whole(2, 4), kit.random.pick(&[-1.0, 1.0]));
    let (floor, size) = (if has_tank { 1.8 * tank + 0.1 } else { 0.07 }, vec3(w, tall, d));
    coat(kit);
    if has_tank {
        let ends = [(0.0, -1.15), (0.7, -1.1), (1.0, -0.95), (1.0, 0.95), (0.7, 1.1), (0.0, 1.15)];
        let (at, feet) = ((tank + 0.1) * Vec3::Y, vec3(0.8 * w, 0.07, 0.6 * tank));
        kit.turned(at, Vec3::Z, FRAC_PI_2, |kit| lathed(kit, Vec3::ZERO, vec3(tank, w, tank), &ends));
        kit.four(|kit| {
            bars(kit, 0.035, feet, &[1.0, 1.0, 1.0, 1.0, 3.0, 0.9]);
            wheel(kit, feet, 0.07, 0.06);
        });
        bars(kit, 0.025, vec3(hand * w, tank, 1.0), &[1.0, 1.2, 0.0, 1.5, 3.0, 0.0, 1.5, 3.0, -0.12, 1.5, 3.0, 0.12]);
    } else {
        kit.four(|kit| {
            bars(kit, 0.025, size, &[-0.1, 0.1, 1.0, 1.0, 0.1, 1.0, 1.0, 0.05, 1.0, 1.0, 1.05, 1.0]);
            bars(kit, 0.025, size, &[-0.1, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, -0.1, 1.0, 1.0, 1.03]);
        });
        kit.both(|kit| wheel(kit, vec3(w, 0.06, -d - 0.04), 0.1, 0.07));
        kit.block(0.06 * Vec3::Y, vec3(2.0 * w, 0.06, 2.0 * d));
        kit.paint(1);
        kit.pad((tall - 0.02) * Vec3::Y, vec3(1.7 * w, 0.12, 2.0 * d), 0.03);
        upright(kit, 0.05, tall + 0.07, 0.05, 0.05);
    }
    kit.dark();
    for k in 0..=fins {
        let (y, thick, wide) = if k == 0 { (0.12, 0.25, 1.0) } else { (0.05 + 0.07 * k as f32, 0.04, 1.25) };
        kit.block(vec3(0.35 * hand * w, floor + y, 0.0), vec3(0.5 * w * wide, thick, 0.9 * d * wide));
    }
    kit.paint(2);
    let (at, turn) = (vec3(-0.9 * hand * w, floor + 0.4 * d, 0.0), -hand * FRAC_PI_2);
    kit.turned(at, Vec3::Z, turn, |kit| upright(kit, 0.0, 1.1 * w, 0.45 * d, 0.45 * d));
}

/// A reel with a cable, upright, lying or on a stand.
fn reel(kit: &mut Kit) {
    let [half, core, full, rim] = sizes(kit, [(0.15, 0.7), (0.25, 0.45), (0.5, 0.9), (0.06, 0.14)]);
    let (style, turns, holes) = (kit.random.whole(0, 2), kit.random.whole(0, 5), kit.random.pick(&[0, 0, 3, 5]));
    kit.sides = kit.sides.clamp(14, 18);
    let stand = [-0.1, 0.0, 0.0, 1.1, 0.0, 0.0, 1.0, 0.03, 0.0, 1.0, -1.0, 1.0, -0.1, -1.0, 1.0, 1.0, -1.0, 1.0];
    kit.turned(Vec3::ZERO, Vec3::Z, if style == 0 { 0.0 } else { FRAC_PI_2 }, |kit| {
        kit.either(0.6, Kit::wood, |kit| kit.paint(0));
        upright(kit, -half, half, core, core);
        [-half, half].iter().for_each(|y| upright(kit, y - 0.5 * rim, y + 0.5 * rim, 1.0, 1.0));
        kit.carve(|kit| kit.around(holes, |kit| bars(kit, 0.08, Vec3::ONE, &[0.7, -2.0, 0.0, 0.7, 2.0, 0.0])));
        kit.paint(1);
        for k in 0..turns {
            let (y, step) = ((2.0 * (k as f32 + 0.5) / turns as f32 - 1.0) * half, half / turns as f32);
            upright(kit, y - 1.02 * step, y + 0.6 * step, full, full - 0.05);
        }
    });
    kit.metal();
    if style == 2 {
        kit.four(|kit| bars(kit, 0.07, vec3(half + rim, 1.25, 0.7), &stand));
    }
}

/// An arm with joints on a base, with a gripper.
fn robot_arm(kit: &mut Kit) {
    let [upper, fore, r, lean, bend] = sizes(kit, [(0.6, 1.2), (0.5, 1.1), (0.11, 0.2), (-0.5, 0.9), (0.7, 2.2)]);
    let [hand, open, slim, turn] = sizes(kit, [(-1.0, 1.0), (0.05, 0.13), (0.6, 0.9), (-1.6, 1.6)]);
    let (fingers, is_round) = (kit.random.whole(0, 3), kit.random.chance(0.5));
    let joint = |kit: &mut Kit, r: f32| kit.rod(-1.3 * r * Vec3::Z, 1.3 * r * Vec3::Z, r, r);
    let beam = |kit: &mut Kit, long: f32, r: f32| {
        if is_round {
            return upright(kit, 0.0, long, r, 0.7 * r);
        }
        kit.frustum(Vec3::ZERO, vec3(1.7 * r, long, 2.0 * r), vec3(1.2 * r, 0.0, 1.5 * r), Vec3::ZERO)
    };
    coat(kit);
    upright(kit, 0.0, 0.12, 2.4 * r, 2.2 * r);
    kit.paint(0);
    upright(kit, 0.1, 0.5, 1.8 * r, 1.4 * r);
    kit.turned(0.5 * Vec3::Y, Vec3::Y, turn, |kit| {
        kit.turned(Vec3::ZERO, Vec3::Z, -lean, |kit| {
            beam(kit, upper, r);
            kit.paint(1);
            joint(kit, 1.3 * r);
            kit.turned(upper * Vec3::Y, Vec3::Z, -bend, |kit| {
                joint(kit, r);
                kit.paint(0);
                beam(kit, fore, slim * r);
                kit.turned(fore * Vec3::Y, Vec3::Z, hand, |kit| {
                    kit.paint(2);
                    joint(kit, 0.8 * slim * r);
                    upright(kit, 0.0, 1.3 * r, 0.5 * r, 0.6 * r);
                    let finger = [
                        1.2 * r * Vec3::Y,
                        vec3(open + 0.06, 1.3 * r + 0.08, 0.0),
                        vec3(open - 0.03, 1.3 * r + 0.22, 0.0),
                    ];
                    kit.around(fingers, |kit| kit.sided(6, |kit| bent(kit, finger, [0.035, 0.035, 0.025])));
                });
            });
        })
    });
}

fn extinguisher(kit: &mut Kit) {
    let [r, tall, hang, lift] = sizes(kit, [(0.15, 0.24), (0.6, 1.2), (0.2, 0.7), (0.05, 0.25)]);
    let (side, horn) = (kit.random.pick(&[-1.0, 1.0]), kit.random.pick(&[0.04, 0.1]));
    kit.hsv(0.0, 0.85, 0.75);
    let body = [(0.9, 0.0), (0.95, 0.05), (1.0, 0.08), (1.0, 0.8), (0.85, 0.9), (0.5, 0.97), (0.25, 1.0)];
    lathed(kit, Vec3::ZERO, vec3(r, tall, r), &body);
    kit.dark();
    let (x, end) = (-side * (r + 0.02), tall * (1.0 - hang));
    kit.at(tall * Vec3::Y, |kit| {
        upright(kit, -0.03, 0.12, 0.3 * r, 0.25 * r);
        bars(
            kit,
            0.03,
            vec3(side, 1.0, 1.0),
            &[-0.02, 0.06, 0.0, 0.25, 0.04, 0.0, -0.04, 0.12, 0.0, 0.26, 0.12 + lift, 0.0],
        );
        disc(kit, 0.05 * Vec3::Y, 0.05, 0.3 * r + 0.03);
        bars(kit, 0.03, vec3(x, 1.0, 1.0), &[0.0, 0.05, 0.0, 1.2, 0.02, 0.0, 1.15, 0.04, 0.0, 1.0, end - tall, 0.05]);
    });
    kit.sided(8, |kit| kit.rod(vec3(x, end + 0.02, 0.05), vec3(x, end - 0.22, 0.05), 0.04, horn));
    kit.white();
    kit.block(vec3(0.0, 0.5 * tall, 0.7 * r), vec3(r, 0.35 * tall, 0.55 * r));
}

fn wheelchair(kit: &mut Kit) {
    let [w, high, r, d, leg] = sizes(kit, [(0.21, 0.27), (0.9, 1.15), (0.27, 0.33), (0.4, 0.5), (0.6, 1.1)]);
    let (spokes, has_rim, size) = (kit.random.whole(3, 5), kit.random.chance(0.25), vec3(w, high, d));
    let back = [1.0, 0.25, -0.5, 1.0, 1.05, -0.5, 1.0, 1.05, -0.48, 1.0, 1.05, -0.85, 1.0, 0.5, -0.5, 1.0, 0.5, 0.5];
    let front = [1.0, 0.72, -0.5, 1.0, 0.72, 0.3, 1.0, 0.72, 0.3, 1.0, 0.15, 0.35, 1.0, 0.5, 0.48, 1.0, 0.1, leg];
    let hub = vec3(w + 0.08, r, -0.35 * d);
    kit.paint(0);
    blocks(kit, size, &[0.0, 0.5, 0.0, 2.0, 0.06, 1.0, 0.0, 0.75, -0.5, 2.0, 0.45, 0.12]);
    kit.both(|kit| {
        kit.metal();
        [back, front].iter().for_each(|all| bars(kit, 0.023, size, all));
        bars(kit, 0.023, vec3(w, r, d), &[1.0, 1.0, -0.5, 1.0, 0.9, 0.37, -0.1, 1.0, -0.35, 1.45, 1.0, -0.35]);
        blocks(kit, size, &[0.6, 0.1, leg + 0.1, 0.8, 0.04, 0.3]);
        wheel(kit, vec3(w, 0.09, 0.35 * d), 0.09, 0.05);
        kit.block(vec3(w, 0.14, 0.35 * d), vec3(0.07, 0.12, 0.04));
        kit.dark();
        blocks(kit, size, &[1.0, 0.74, -0.1, 0.3, 0.05, 0.6]);
        kit.sides = 8;
        kit.ring(hub, Vec3::X, r - 0.03, 0.03);
        kit.metal();
        if has_rim {
            kit.ring(hub + 0.03 * Vec3::X, Vec3::X, 0.86 * r, 0.02);
        }
        let spoke = |kit: &mut Kit| blocks(kit, Vec3::splat(r), &[0.48, 0.0, 0.0, 0.95, 0.1, 0.1]);
        kit.turned(hub, Vec3::Z, FRAC_PI_2, |kit| kit.around(spokes, spoke));
    });
}

fn wheelbarrow(kit: &mut Kit) {
    let [w, d, high, r, rise] = sizes(kit, [(0.28, 0.4), (0.4, 0.6), (0.2, 0.35), (0.15, 0.24), (0.0, 0.2)]);
    let [y, slope] = sizes(kit, [(0.32, 0.42), (0.5, 0.8)]);
    let (is_full, x, axle) = (kit.random.chance(0.5), kit.random.pick(&[0.0, 0.0, 0.17]), d + 0.6 * r);
    kit.either(0.7, |kit| kit.paint(0), Kit::wood);
    prism(kit, [y, slope * w, -0.7 * d, 0.4 * d], [y + high, w, -d, d + 0.1]);
    let (low, top) =
        ([y + 0.04, slope * w - 0.03, 0.04 - 0.7 * d, 0.36 * d], [y + high + 0.03, w - 0.02, 0.04 - d, d + 0.08]);
    kit.carve(|kit| prism(kit, low, top));
    if is_full {
        heap(kit, vec3(0.0, y + 0.62 * high, 0.0), vec2(0.85 * w, 0.85 * d), 0.55 * high);
    }
    kit.either(0.5, Kit::wood, Kit::metal);
    kit.both(|kit| {
        let (far, leg, brace) = (vec3(x + 0.12, r, axle), 0.85 * slope, [0.4 * w, y + 0.4 * high, 0.62 * d]);
        let shaft = [(far, 0.03), (vec3(leg * w, y, -0.5 * d), 0.03), (vec3(0.9 * w, y + rise, -d - 0.5), 0.03)];
        kit.sided(6, |kit| kit.tube(&shaft));
        bars(
            kit,
            0.03,
            vec3(w, y, d),
            &[leg, 1.02, -0.5, leg, 0.0, -0.7, leg, 0.05, -0.7, leg, 1.02, 0.1, -0.1, 0.5, -0.6, leg, 0.5, -0.6],
        );
        bars(kit, 0.03, Vec3::ONE, &[-0.03, r, axle, far.x, r, axle, far.x, r, axle, brace[0], brace[1], brace[2]]);
        if x > 0.0 {
            wheel(kit, vec3(x, r, axle), r, 0.09);
        }
    });
    if x == 0.0 {
        wheel(kit, vec3(0.0, r, axle), r, 0.09);
    }
}

/// A lawn mower to push, with a box for the grass at times.
fn mower(kit: &mut Kit) {
    let [w, d, r, back, up] = sizes(kit, [(0.2, 0.28), (0.28, 0.38), (0.07, 0.13), (0.4, 0.7), (0.75, 1.0)]);
    let (has_bag, style, high) = (kit.random.chance(0.5), kit.random.whole(0, 2), kit.random.range(0.12, 0.25));
    let (big, z) = (r * kit.random.pick(&[1.0, 1.0, 1.6]), -0.85 * d - back);
    kit.paint(0);
    prism(kit, [0.06, w, -d, d], [r + 0.12, 0.85 * w, -0.9 * d, 0.85 * d]);
    kit.both(|kit| [(r, 0.75), (big, -0.75)].iter().for_each(|&(r, z)| wheel(kit, vec3(w + 0.02, r, z * d), r, 0.06)));
    kit.paint(1);
    kit.at((r + 0.1) * Vec3::Y, |kit| match style {
        0 => dome(kit, Vec3::ZERO, 0.75 * w, high),
        1 => kit.pad(0.5 * high * Vec3::Y, vec3(1.2 * w, high, 1.1 * d), 0.05),
        _ => {
            upright(kit, 0.0, high, 0.6 * w, 0.55 * w);
            upright(kit, high - 0.02, high + 0.05, 0.3 * w, 0.25 * w);
            blocks(kit, vec3(w, high, d), &[0.0, 0.5, 0.5, 0.5, 0.6, 0.5]);
        }
    });
    kit.dark();
    if has_bag {
        prism(kit, [r + 0.02, 0.75 * w, -d - 0.35, -0.8 * d], [r + 0.32, 0.8 * w, -d - 0.3, -0.85 * d]);
    }
    kit.metal();
    let (from, low, middle) = (-0.8 * d, 0.5 * up + 0.07, 0.5 * z - 0.4 * d);
    kit.both(|kit| {
        bars(kit, 0.025, vec3(w, 1.0, 1.0), &[0.8, 0.1, from, 0.86, up, z, -0.1, up, z, 0.86, up, z]);
        bars(kit, 0.025, vec3(w, 1.0, 1.0), &[-0.1, low, middle, 0.83, low, middle]);
    });
}

/// A picture or a board on three legs or on a frame with feet, or two boards that lean together.
fn easel(kit: &mut Kit) {
    let [w, tall, lean, low] = sizes(kit, [(0.3, 0.7), (1.2, 1.8), (0.08, 0.25), (0.35, 0.6)]);
    let (style, size, top) = (kit.random.whole(0, 2), vec3(w, tall, 0.5), 0.9 * tall * Vec3::Y);
    let low = if style == 2 { 0.15 } else { low };
    let panel = |kit: &mut Kit, bar: &[f32]| {
        let (y, high) = (0.5 * (low + 0.92), 0.92 - low);
        kit.white();
        blocks(kit, size, &[0.0, y, 0.06, 2.0, high, 0.1]);
        kit.paint(0);
        kit.both(|kit| blocks(kit, size, &[1.0, y, 0.06, 0.09, 0.95 - low, 0.15]));
        blocks(kit, size, &[0.0, low, 0.06, 2.0, 0.03, 0.15, 0.0, 0.92, 0.06, 2.0, 0.03, 0.15]);
        kit.either(0.5, Kit::wood, Kit::metal);
        kit.both(|kit| bars(kit, 0.03, size, bar));
    };
    match style {
        0 => kit.turned(Vec3::ZERO, Vec3::X, -lean, |kit| {
            panel(kit, &[0.2, 1.0, 0.0, 0.8, 0.0, 0.0, 0.0, low, 0.0, 1.0, low, 0.0, -0.1, 0.97, 0.0, 0.2, 0.97, 0.0]);
            let back = -4.0 * lean - 0.2;
            bars(kit, 0.03, size, &[0.0, 1.0, 0.0, 0.0, 0.1, back]);
            blocks(kit, size, &[0.0, low, 0.1, 1.6, 0.05, 0.28]);
        }),
        1 => {
            let frame = [1.0, 0.04, 0.0, 1.0, 0.93, 0.0, 1.0, 0.04, -0.65, 1.0, 0.04, 0.65];
            panel(kit, &[&frame[..], &[-0.1, 0.08, 0.0, 1.0, 0.08, 0.0]].concat());
            blocks(kit, size, &[0.0, low, 0.15, 1.5, 0.05, 0.25]);
        }
        _ => kit.around(2, |kit| {
            let half = |kit: &mut Kit| panel(kit, &[1.0, 0.92, 0.03, 1.0, 0.0, 0.03]);
            kit.turned(top, Vec3::X, -lean, |kit| kit.at(-top, half));
        }),
    }
}
