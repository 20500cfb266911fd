//! Hardware: pipes, bolts, brackets, propellers, weights and optical instruments.

use std::f32::consts::{FRAC_PI_2, PI, TAU};

use glam::{Vec2, Vec3, vec2, vec3};

use super::Kind;
use super::kit::Kit;
use super::parts::{forward, mirrored, side_plate};

pub const KINDS: &[Kind] = &[
    ("anvil", anvil),
    ("pipe", pipe),
    ("bracket", bracket),
    ("bolt", bolt),
    ("propeller", propeller),
    ("scope", scope),
    ("weight", weight),
    ("anchor", anchor),
];

/// Corners from their coordinates.
fn corners(coordinates: &[f32]) -> Vec<Vec2> {
    coordinates.chunks_exact(2).map(Vec2::from_slice).collect()
}

/// A twisted blade along x from `root` to `tip`: chords, pitches and thickness of both ends.
fn blade(kit: &mut Kit, [root, tip]: [f32; 2], chord: [f32; 3], pitch: [f32; 2], thick: f32) {
    let layer = |k: usize| {
        let t = k as f32 / 4.0;
        let wide = chord[0] * (1.0 - t) * (1.0 - t) + 2.0 * chord[1] * t * (1.0 - t) + chord[2] * t * t;
        let angle = pitch[0] + (pitch[1] - pitch[0]) * t;
        let (s, c) = (libm::sinf(angle), libm::cosf(angle));
        let (along, across) = (vec3(0.0, s, c), vec3(0.0, c, -s));
        let point = |a: f32| (0.5 * wide * libm::cosf(a)) * along - thick * (1.0 - 0.5 * t) * libm::sinf(a) * across;
        (0..8).map(|i| (root + (tip - root) * t) * Vec3::X - point(TAU * i as f32 / 8.0)).collect::<Vec<_>>()
    };
    let mut layers: Vec<_> = (0..5).map(layer).collect();
    layers.iter_mut().for_each(|l| l.reverse());
    kit.loft(&layers);
}

fn anvil(kit: &mut Kit) {
    let (deep, long) = (kit.random.range(0.4, 0.75), kit.random.range(0.9, 1.4));
    let (waist, reach) = (kit.random.range(0.4, 0.75), kit.random.range(0.5, 1.1));
    let (tall, thick) = (kit.random.range(0.5, 0.8), kit.random.range(0.25, 0.4));
    let (foot, flip) = (kit.random.range(0.9, 1.3) * long, kit.random.pick(&[0.0, PI, FRAC_PI_2, -FRAC_PI_2]));
    kit.turned(Vec3::ZERO, Vec3::Y, flip, |kit| {
        kit.metal();
        let slim = vec3(waist * long, 0.0, 0.8 * deep);
        kit.frustum(0.12 * Vec3::Y, vec3(foot, 0.22, 1.3 * deep), slim, Vec3::ZERO);
        kit.block(0.07 * Vec3::Y, vec3(foot + 0.05, 0.2, 1.35 * deep));
        kit.frustum(0.3 * Vec3::Y, slim + tall * Vec3::Y, vec3(0.9 * long, 0.0, 0.95 * deep), Vec3::ZERO);
        let top = 0.25 + tall;
        kit.block((top + 0.5 * thick) * Vec3::Y, vec3(long, thick, deep));
        let ends =
            [(0.3 * long, 0.5), (0.6 * long, 0.47), (0.5 * long + 0.55 * reach, 0.33), (0.5 * long + reach, 0.08)];
        let path = ends.map(|(x, r)| (x, r * deep, top + 0.45 * thick + 0.08 * reach * x));
        kit.scaled(Vec3::ZERO, vec3(1.0, 1.0, 0.97), |kit| {
            let rings = path.map(|(x, r, y)| {
                let flat = r * thick / deep * 1.7;
                (0..10)
                    .map(|k| 0.628 * k as f32)
                    .map(|a| vec3(x, y - 0.1 * thick + flat * libm::cosf(a), r * libm::sinf(a)))
                    .collect()
            });
            kit.loft(&rings);
        });
        match kit.random.whole(0, 2) {
            0 => kit.frustum(
                vec3(-0.4 * long, top - 0.1, 0.0),
                vec3(0.5, thick + 0.08, 0.8 * deep),
                vec3(0.9, 0.0, 0.8 * deep),
                -0.2 * Vec3::X,
            ),
            1 => {
                kit.rod(vec3(-0.3 * long, top, 0.0), vec3(-0.55 * long - 0.4, top + 0.6 * thick, 0.0), 0.4 * thick, 0.1)
            }
            _ => {}
        }
        if kit.random.chance(0.4) {
            kit.wood();
            let (wide, depth) = (0.5 * foot * kit.random.range(1.0, 1.3), kit.random.range(0.4, 1.1));
            kit.scaled(Vec3::ZERO, vec3(1.0, 1.0, 0.8), |kit| {
                kit.rod(-depth * Vec3::Y, 0.03 * Vec3::Y, 1.1 * wide, wide)
            });
        }
    });
}

fn pipe(kit: &mut Kit) {
    kit.metal();
    let radius = kit.random.range(0.14, 0.3);
    let ways: &[Vec3] = match kit.random.whole(0, 5) {
        0 => &[Vec3::X, Vec3::Y],
        1 => &[Vec3::X, Vec3::NEG_X, Vec3::Y],
        2 => &[Vec3::X, Vec3::NEG_X, Vec3::Y, Vec3::NEG_Y],
        3 => &[Vec3::NEG_Z, Vec3::NEG_Y],
        4 => &[Vec3::X, Vec3::Y, Vec3::Z],
        _ => &[Vec3::X, Vec3::NEG_X],
    };
    let (long, style, lip) = (kit.random.range(0.6, 1.1), kit.random.whole(0, 2), kit.random.range(1.25, 1.8));
    let (core, is_tap) = (kit.random.range(1.05, 1.5), kit.random.chance(0.3));
    kit.ball(Vec3::ZERO, Vec3::splat(core * radius));
    for (k, &way) in ways.iter().enumerate() {
        let end = long * (1.0 - 0.07 * k as f32) * way;
        kit.rod(Vec3::ZERO, end, radius, radius);
        let back = [0.12, 0.3, 0.1][style];
        kit.rod(end - back * way, end + 0.02 * way, lip * radius, lip * radius * if style == 1 { 0.95 } else { 1.0 });
        let side = way.any_orthonormal_vector();
        for k in 0..if style == 0 && lip > 1.5 { 6 } else { 0 } {
            let (s, c) = (libm::sinf(1.047 * k as f32), libm::cosf(1.047 * k as f32));
            let bolt = end + 1.25 * radius * (c * side + s * way.cross(side));
            kit.carve(|kit| kit.rod(bolt - 0.3 * way, bolt + 0.3 * way, 0.15 * radius, 0.15 * radius));
        }
    }
    if is_tap || kit.random.chance(0.4) {
        let (tall, wheel) = (kit.random.range(0.5, 0.9), kit.random.range(0.25, 0.5));
        let way = if ways.contains(&Vec3::Z) { vec3(-0.7, 0.1, -0.7) } else { Vec3::Z };
        let way = if ways.contains(&Vec3::Y) { way } else { Vec3::Y };
        kit.rod(Vec3::ZERO, 0.55 * tall * way, 0.9 * radius, 0.6 * radius);
        kit.rod(Vec3::ZERO, tall * way, 0.06, 0.06);
        kit.hsv(0.0, 0.8, 0.7);
        if kit.random.chance(0.6) {
            kit.ring((tall - 0.04) * way, way, wheel, 0.06);
            let (a, count) = (way.any_orthonormal_vector(), kit.random.whole(1, 2));
            [a, way.cross(a)].iter().take(count).for_each(|&a| {
                kit.rod((tall - 0.04) * way - wheel * a, (tall - 0.04) * way + wheel * a, 0.045, 0.045);
            });
        } else {
            let a = way.any_orthonormal_vector();
            kit.rod((tall - 0.05) * way - 0.1 * a, (tall + 0.06) * way + 1.6 * wheel * a, 0.08, 0.06);
        }
    }
    kit.carve(|kit| {
        for (k, &way) in ways.iter().enumerate() {
            kit.rod(0.2 * long * (1.0 + 0.1 * k as f32) * way, 2.0 * long * way, 0.7 * radius, 0.7 * radius);
        }
    });
}

/// An angle, a flange, a hook or a bearing.
fn bracket(kit: &mut Kit) {
    kit.paint(0);
    let (thick, wide, long) = (kit.random.range(0.1, 0.25), kit.random.range(0.4, 1.2), kit.random.range(0.7, 1.4));
    let (tall, hole, turn) = (kit.random.range(0.6, 1.4), wide * kit.random.range(0.07, 0.14), kit.random.around(1.4));
    let size = vec3(wide, tall, long);
    let style = kit.random.whole(0, 4);
    kit.turned(Vec3::ZERO, Vec3::Y, turn, |kit| match style {
        0 | 1 => angle(kit, size, thick, hole, style == 1),
        2 => flange(kit, tall, thick, hole),
        3 => hook(kit, size, thick, hole),
        _ => bearing(kit, size, thick, hole),
    });
}

/// Two or three flat bars at right angles.
fn angle(kit: &mut Kit, Vec3 { x: wide, y: tall, z: long }: Vec3, thick: f32, hole: f32, has_third: bool) {
    let far = if kit.random.chance(0.5) { long } else { 0.5 * long + thick };
    let (t, l, h, u) = (thick, long, tall, tall - thick);
    let mut outline = corners(&[0.0, 0.0, l, 0.0, l, t, t, t, t, h, 0.0, h]);
    if has_third {
        outline.splice(5.., corners(&[-far, h, -far, u, 0.0, u]));
    }
    kit.plate(&outline, -0.5 * wide, 0.5 * wide);
    let gusset = [vec2(0.5 * thick, 0.5 * thick), vec2(0.8 * long, 0.6 * thick), vec2(0.6 * thick, 0.8 * tall)];
    if kit.random.chance(0.5) {
        kit.plate(&gusset, -0.3 * thick, 0.4 * thick);
    }
    let z = 0.28 * wide;
    kit.carve(|kit| {
        for z in [-z, z] {
            kit.rod(vec3(0.65 * long, -1.0, z), vec3(0.65 * long, 0.45, z), hole, hole);
            kit.rod(vec3(-0.3, 0.62 * tall, z), vec3(0.45, 0.62 * tall, z), hole, hole);
        }
    });
}

/// A collar on a round plate.
fn flange(kit: &mut Kit, tall: f32, thick: f32, hole: f32) {
    let (count, neck) = (kit.random.whole(3, 8), kit.random.range(0.25, 0.5));
    kit.rod(Vec3::ZERO, thick * Vec3::Y, 1.0, 1.0);
    kit.rod(0.02 * Vec3::Y, (thick + 0.7 * tall - 0.4) * Vec3::Y, 1.2 * neck, neck);
    kit.carve(|kit| {
        kit.around(count, |kit| kit.rod(vec3(0.78, -1.0, 0.0), vec3(0.78, 1.0, 0.0), hole, hole));
        kit.rod(-Vec3::Y, 3.0 * Vec3::Y, 0.7 * neck, 0.7 * neck);
    });
}

/// A hook on a plate for the wall.
fn hook(kit: &mut Kit, Vec3 { x: wide, y: tall, z: long }: Vec3, thick: f32, hole: f32) {
    kit.pad(Vec3::ZERO, vec3(wide, tall, thick), 0.05);
    let (size, out) = (0.28 * tall, 0.3 + 0.2 * long);
    kit.rod(-0.15 * tall * Vec3::Y, vec3(0.0, -0.15 * tall, out), 0.08, 0.08);
    kit.arc(vec3(0.0, size - 0.15 * tall, out), Vec3::X, size, 0.08, 1.8, 4.85);
    let y = 0.36 * tall;
    kit.carve(|kit| [y, -y].iter().for_each(|&y| kit.rod(vec3(0.0, y, -1.0), vec3(0.0, y, 1.0), hole, hole)));
}

/// An eye on a foot.
fn bearing(kit: &mut Kit, Vec3 { x: wide, y: tall, z: long }: Vec3, thick: f32, hole: f32) {
    kit.block(0.5 * thick * Vec3::Y, vec3(2.0 * long, thick, wide));
    let radius = 0.3 * tall + 0.15;
    let outline = mirrored(&[[-1.3 * radius, 0.0], [-radius, tall], [-0.6 * radius, tall + 0.8 * radius]]);
    let front = kit.random.range(0.0, 0.38) * wide;
    kit.plate(&outline, -0.4 * wide, front);
    let x = 0.5 * (long + 1.3 * radius);
    kit.carve(|kit| {
        kit.rod(vec3(0.0, tall, -1.0), vec3(0.0, tall, 1.0), 0.6 * radius, 0.6 * radius);
        kit.both(|kit| kit.rod(vec3(x, -1.0, 0.0), vec3(x, 1.0, 0.0), hole, hole));
    });
}

fn bolt(kit: &mut Kit) {
    let tilt = kit.random.pick(&[0.0, PI, FRAC_PI_2, 1.9]);
    let turn = kit.random.around(1.5);
    kit.turned(Vec3::ZERO, vec3(libm::cosf(turn), 0.0, libm::sinf(turn)), tilt, |kit| {
        kit.metal();
        let (sides, round) = (kit.random.pick(&[6, 6, 6, 4, 12]), kit.sides.max(10));
        let (long, head, high) = (kit.random.range(0.8, 3.0), kit.random.range(0.5, 0.75), kit.random.range(0.2, 0.5));
        let (style, radius) = (kit.random.whole(0, 5), 0.3);
        kit.sides = sides;
        match style {
            0 | 1 => kit.rod(-0.02 * Vec3::Y, high * Vec3::Y, head, 0.95 * head),
            2 => {
                kit.sides = round;
                let cap =
                    [vec2(head, -0.02), vec2(0.9 * head, 0.5 * high), vec2(0.4 * head, high), vec2(0.0, 1.05 * high)];
                kit.lathe(Vec3::ZERO, &cap);
                let slot = [vec3(2.0, 0.3, 0.12), vec3(0.8, 0.4, 0.12)][kit.random.whole(0, 1)];
                kit.carve(|kit| kit.block(1.1 * high * Vec3::Y, slot));
            }
            3 => {
                kit.sides = round;
                kit.rod(-0.02 * Vec3::Y, 2.0 * high * Vec3::Y, 0.9 * head, 0.9 * head);
                kit.sides = 6;
                kit.carve(|kit| kit.rod(high * Vec3::Y, 3.0 * high * Vec3::Y, 0.5 * head, 0.5 * head));
            }
            4 => kit.ring(0.9 * head * Vec3::Y, Vec3::Z, head, 0.5 * high),
            _ => kit.both(|kit| kit.plate(&corners(&[0.05, 0.0, 0.1, 0.4, 1.0, 1.0, 1.2, 0.5]), -0.1, 0.1)),
        }
        kit.sides = round;
        let (pitch, smooth, is_pointed) =
            (kit.random.range(0.1, 0.2), kit.random.range(0.1, 0.6) * long, kit.random.chance(0.3));
        let mut profile = vec![vec2(radius, 0.1), vec2(radius, -smooth)];
        let turns = ((long - smooth) / pitch) as usize;
        for k in 0..turns {
            let (y, slim) =
                (-smooth - pitch * k as f32, if is_pointed { 1.0 - 0.8 * k as f32 / turns as f32 } else { 1.0 });
            profile.extend([vec2(0.82 * radius * slim, y - 0.3 * pitch), vec2(radius * slim, y - 0.8 * pitch)]);
        }
        profile.push(vec2(if is_pointed { 0.0 } else { 0.7 * radius }, -long - pitch));
        profile.reverse();
        kit.lathe(Vec3::ZERO, &profile);
        kit.metal();
        if kit.random.chance(0.4) {
            kit.lathe(-0.05 * Vec3::Y, &[vec2(1.15 * head, -0.03), vec2(1.15 * head, 0.06)]);
        }
        let low = -long * kit.random.range(0.4, 0.9);
        if kit.random.chance(0.5) {
            kit.sides = 6;
            kit.rod(low * Vec3::Y, (low + 0.35) * Vec3::Y, 0.6, 0.6);
        }
    });
}

fn propeller(kit: &mut Kit) {
    let (style, count) = (kit.random.whole(0, 3), kit.random.pick(&[2, 3, 3, 4, 5, 6]));
    let (hub, nose) = (kit.random.range(0.1, 0.22), kit.random.range(0.1, 0.5));
    let root = kit.random.range(0.1, 0.25);
    let belly = if style == 0 || style == 2 { kit.random.range(0.6, 1.1) } else { kit.random.range(0.12, 0.3) };
    let (tip, pitch) = (kit.random.range(0.05, 0.4) * belly, kit.random.range(0.4, 1.1));
    let (thick, end) = (kit.random.range(0.03, 0.05), kit.random.range(-0.1, 0.3) + if style == 0 { 0.3 } else { 0.0 });
    let spin = kit.random.range(0.0, TAU);
    kit.turned(Vec3::ZERO, Vec3::Z, spin, |kit| {
        forward(kit, Vec3::ZERO, |kit| {
            kit.paint(0);
            kit.around(count, |kit| blade(kit, [0.4 * hub, 1.0], [root, belly, tip], [pitch, end], thick));
            kit.paint(1);
            let point = if style == 2 { 0.6 * hub } else { 0.02 };
            let cone =
                [vec2(0.9 * hub, -0.18), vec2(hub, 0.12), vec2(0.8 * hub, 0.12 + 0.5 * nose), vec2(point, 0.13 + nose)];
            kit.lathe(Vec3::ZERO, &cone);
            if style == 2 {
                kit.rod(-0.45 * Vec3::Y, 0.1 * Vec3::Y, 0.9 * hub, 0.9 * hub);
            }
        });
    });
    kit.paint(2);
    let tall = kit.random.range(1.3, 2.6);
    if style == 1 {
        let deep = kit.random.range(0.5, 0.9);
        kit.pad(vec3(0.0, 0.0, -0.4), vec3(1.7 * hub, 1.7 * hub, deep), 0.05);
        kit.rod(vec3(0.0, -tall, -0.38), vec3(0.0, 0.03, -0.38), 0.14, 0.08);
    } else if style == 2 && kit.random.chance(0.8) {
        let (back, bars) = (vec3(0.0, 0.0, -0.3), kit.random.whole(3, 7));
        for z in [-0.32, 0.3] {
            kit.ring(z * Vec3::Z, Vec3::Z, 1.08, 0.035);
            forward(kit, z * Vec3::Z, |kit| {
                kit.around(bars, |kit| kit.rod(-0.05 * Vec3::X, 1.08 * Vec3::X, 0.03, 0.03))
            });
        }
        kit.rod(vec3(0.0, 0.0, 0.25), vec3(0.0, 0.0, 0.36), 0.2, 0.15);
        kit.rod(back - 0.4 * Vec3::Z, back, 0.18, 0.22);
        kit.turned(Vec3::ZERO, Vec3::Z, 0.3, |kit| {
            kit.around(1, |kit| kit.rod(vec3(1.08, 0.0, -0.35), vec3(1.08, 0.0, 0.32), 0.05, 0.05))
        });
        kit.rod(vec3(0.0, -tall, -0.5), vec3(0.0, 0.02, -0.5), 0.07, 0.07);
        kit.rod(vec3(0.0, -tall - 0.1, -0.3), vec3(0.0, -tall + 0.03, -0.3), 0.6, 0.5);
    } else if style == 3 {
        kit.frustum(vec3(0.0, -tall, -0.62), vec3(0.9, tall + 0.3, 0.9), vec3(0.55, 0.0, 0.55), Vec3::ZERO);
        kit.frustum(vec3(0.0, 0.27, -0.62), vec3(0.75, 0.4, 0.75), vec3(0.05, 0.0, 0.05), Vec3::ZERO);
        kit.rod(vec3(0.0, 0.0, -0.6), Vec3::ZERO, 0.07, 0.07);
    }
}

fn scope(kit: &mut Kit) {
    kit.dark();
    let style = kit.random.whole(0, 2);
    let (long, wide, lens) = (kit.random.range(0.5, 1.2), kit.random.range(0.16, 0.26), kit.random.range(1.1, 1.5));
    let tilt = kit.random.range(-0.6, 0.5);
    match style {
        0 => {
            let (gap, spread) = (kit.random.range(1.15, 1.6) * wide, kit.random.range(0.0, 0.25));
            kit.both(|kit| {
                forward(kit, (gap + 0.3 * wide) * Vec3::X, |kit| {
                    let (far, end) = (0.3 + 0.5 * long, 0.5 + 0.5 * long);
                    let profile = corners(&[0.8, -0.55, 0.75, -0.3, 1.0, -0.2, 1.1, 0.1, lens, far, lens, end]);
                    kit.scaled(spread * wide * Vec3::X, vec3(wide, 1.0, wide), |kit| kit.lathe(Vec3::ZERO, &profile));
                });
            });
            kit.rod(-0.3 * Vec3::Z, 0.25 * Vec3::Z, 0.4 * wide, 0.4 * wide);
            kit.paint(1);
            kit.pad(0.05 * Vec3::Z, vec3(2.2 * gap, 0.5 * wide, 0.25), 0.02);
        }
        1 => {
            kit.turned(Vec3::ZERO, Vec3::X, tilt, |kit| {
                let tube = [0.6, -1.1, 0.6, -0.9, 0.5, -0.85, 0.7, -0.4, 0.8, 0.0, 0.95, 0.6, lens, 1.0, lens, 1.25];
                let tube: Vec<_> = corners(&tube).iter().map(|p| vec2(p.x * wide, p.y * (0.6 + 0.6 * long))).collect();
                kit.paint(0);
                forward(kit, Vec3::ZERO, |kit| kit.lathe(Vec3::ZERO, &tube));
                kit.carve(|kit| kit.rod(vec3(0.0, 0.0, 1.15 * (0.6 + 0.6 * long)), 3.0 * Vec3::Z, 0.9 * wide, wide));
            });
            let (tall, foot) = (kit.random.range(0.6, 1.8), kit.random.range(0.4, 0.8));
            kit.wood();
            if kit.random.chance(0.8) {
                kit.rod(-0.5 * Vec3::Y, Vec3::ZERO, 0.09, 0.11);
                kit.around(3, |kit| kit.rod(vec3(0.0, -0.4, 0.04), vec3(0.0, -tall - 0.3, foot), 0.06, 0.05));
            }
        }
        _ => {
            let (deep, lean) = (kit.random.range(0.6, 0.9), kit.random.range(0.1, 0.7));
            kit.pad(0.08 * Vec3::Y, vec3(0.8, 0.2, 1.3 * deep), 0.05);
            let arm =
                corners(&[-0.55, 0.1, -0.2, 0.1, -0.3, 0.5, -0.25, 1.0, 0.1, 1.2, 0.1, 1.45, -0.35, 1.4, -0.58, 1.0]);
            side_plate(kit, Vec3::ZERO, 0.14, &arm.iter().map(|p| (deep * p.x, p.y)).collect::<Vec<_>>());
            kit.paint(1);
            kit.block(vec3(0.0, 0.5, 0.05), vec3(0.75, 0.09, 0.9 * deep));
            let (head, up) = (vec3(0.0, 1.3, 0.05), vec3(0.0, 1.0, -lean));
            kit.rod(head - 0.15 * up, head + (0.4 + 0.4 * long) * up, 0.15, 0.12);
            for k in 0..kit.random.whole(1, 3) {
                kit.rod(head, head - 0.6 * vec3(0.0, 1.0 - 0.2 * k as f32, 0.5 * k as f32), 0.13, 0.07);
            }
            kit.rod(vec3(-0.3, 0.75, -0.44 * deep), vec3(0.3, 0.75, -0.44 * deep), 0.13, 0.13);
        }
    }
}

fn weight(kit: &mut Kit) {
    kit.dark();
    if kit.random.chance(0.4) {
        let (wide, thick) = (kit.random.range(0.4, 0.62), kit.random.range(0.08, 0.13));
        let (flat, tall) = (kit.random.range(0.85, 1.0), kit.random.range(0.7, 1.1));
        kit.ball(Vec3::ZERO, vec3(0.75, 0.72, 0.75 * flat));
        kit.rod(-0.72 * Vec3::Y, -0.4 * Vec3::Y, 0.45, 0.6);
        kit.metal();
        let top = 0.35 + tall;
        let path = [[0.9 * wide, 0.3], [wide, 0.8 * top], [0.7 * wide, top], [-0.1, top + 0.02]];
        kit.both(|kit| kit.tube(&path.map(|[x, y]| (vec3(x, y, 0.0), thick))));
        return;
    }
    let (half, grip) = (kit.random.range(0.5, 2.0), kit.random.range(0.06, 0.11));
    let (discs, size) = (kit.random.whole(1, 3), kit.random.range(0.35, 0.9));
    if kit.random.chance(0.4) {
        kit.sides = 6;
    }
    let (style, turn) = (kit.random.whole(0, 2), kit.random.around(1.2));
    kit.turned(Vec3::ZERO, Vec3::Y, turn, |kit| {
        kit.both(|kit| {
            kit.rod(-0.05 * Vec3::X, (half + 0.15 * discs as f32 + 0.3) * Vec3::X, grip, grip);
            for k in 0..discs {
                let (x, r) = (half + 0.17 * k as f32, size * (1.0 - 0.2 * k as f32));
                match style {
                    0 => kit.rod(x * Vec3::X, (x + 0.21) * Vec3::X, r, r),
                    1 => kit.rod(x * Vec3::X, (x + 0.12) * Vec3::X, r, 0.95 * r),
                    _ if k == 0 => kit.ball((x + 0.5 * size) * Vec3::X, Vec3::splat(0.8 * size)),
                    _ => {}
                }
            }
        });
    });
}

fn anchor(kit: &mut Kit) {
    kit.metal();
    kit.sides = kit.sides.min(10);
    let (long, thick, reach) = (kit.random.range(1.6, 2.8), kit.random.range(0.07, 0.16), kit.random.range(0.7, 1.1));
    let (spread, arms) = (kit.random.range(0.9, 1.4), kit.random.pick(&[2, 2, 2, 4]));
    let (fluke, is_flat) = (kit.random.range(0.22, 0.45), kit.random.chance(0.5));
    kit.rod(Vec3::ZERO, long * Vec3::Y, 1.3 * thick, thick);
    let middle = (reach - 0.03) * Vec3::Y;
    kit.around(arms, |kit| {
        kit.arc(middle, Vec3::Z, reach, 1.1 * thick, -FRAC_PI_2 - 0.05, spread - FRAC_PI_2);
        kit.turned(middle, Vec3::Z, spread - FRAC_PI_2, |kit| {
            kit.at(reach * Vec3::X, |kit| {
                let (wide, x) = (if is_flat { 0.25 * fluke } else { fluke }, if is_flat { 0.9 * fluke } else { 0.2 });
                let corners =
                    [vec3(0.1, 1.3 * fluke, 0.0), vec3(0.12, -0.5 * fluke, wide), vec3(0.12, -0.5 * fluke, -wide)];
                let backs = [
                    vec3(-x, -0.3 * fluke, 0.2 * wide),
                    vec3(-x, -0.3 * fluke, -0.2 * wide),
                    vec3(-0.06, 0.9 * fluke, 0.0),
                ];
                kit.hull(&[corners, backs].concat());
            });
        });
    });
    let (loop_size, stock) = (kit.random.range(0.14, 0.3), kit.random.range(0.5, 1.0) * reach);
    let (turn, high) = (kit.random.pick(&[0.0, FRAC_PI_2, FRAC_PI_2]), long * kit.random.range(0.8, 0.92));
    if kit.random.chance(0.85) && arms == 2 {
        kit.turned(high * Vec3::Y, Vec3::Y, turn, |kit| {
            kit.rod(-stock * Vec3::X, stock * Vec3::X, 0.9 * thick, 0.9 * thick);
            kit.both(|kit| kit.ball(stock * Vec3::X, Vec3::splat(1.5 * thick)));
        });
    }
    kit.paint(1);
    kit.ring((long + 0.85 * loop_size) * Vec3::Y, vec3(turn, 0.0, 1.0), loop_size, 0.6 * thick);
}
