//! Four-legged animals and fish, and what animals are made of.

use std::f32::consts::TAU;

use glam::{Vec2, Vec3, vec2, vec3};

use super::Kind;
use super::kit::Kit;
use super::parts::{forward, side_plate};

pub const KINDS: &[Kind] = &[
    ("hoofed", hoofed),
    ("deer", deer),
    ("dog", dog),
    ("cat", cat),
    ("elephant", elephant),
    ("furry", furry),
    ("hunting trophy", trophy),
    ("fish", fish),
];

/// A point of a path with its half width and half height.
pub(super) type Node = (Vec3, f32, f32);

/// Numbers about the given ones.
pub(super) fn about<const N: usize>(kit: &mut Kit, numbers: [f32; N]) -> [f32; N] {
    numbers.map(|x| x * kit.random.range(0.72, 1.3))
}

/// A body along a path, rounded where its ends are not tips.
pub(super) fn sweep(kit: &mut Kit, path: &[Node]) {
    let mut path = path.to_vec();
    if kit.sides >= 12 && path.len() < 9 {
        let last = path.len() - 1;
        let mut fine = vec![path[0]];
        for k in 0..last {
            let [a, b, c, d] = [k.saturating_sub(1), k, k + 1, (k + 2).min(last)].map(|i| path[i]);
            let middle = |a: f32, b: f32, c: f32, d: f32| (0.5625 * (b + c) - 0.0625 * (a + d)).max(0.0);
            let point = 0.5625 * (b.0 + c.0) - 0.0625 * (a.0 + d.0);
            fine.extend([(point, middle(a.1, b.1, c.1, d.1), middle(a.2, b.2, c.2, d.2)), c]);
        }
        path = fine;
    }
    let (n, sides) = (path.len(), kit.sides.min(14));
    let way = |k: usize| (path[(k + 1).min(n - 1)].0 - path[k.saturating_sub(1)].0).normalize_or(Vec3::Z);
    let mut side = if way(0).y.abs() < 0.9 { Vec3::Y.cross(way(0)) } else { Vec3::X };
    let mut layers = Vec::new();
    for (k, &(middle, a, b)) in path.iter().enumerate() {
        let ahead = way(k);
        side = (side - ahead * ahead.dot(side)).normalize_or(Vec3::X);
        let (side, up, cap) = (side, ahead.cross(side), a.min(b));
        let mut ring = |along: f32, size: f32| {
            let corner = |i: usize| {
                let angle = TAU * (i as f32 + 0.5) / sides as f32;
                middle + along * cap * ahead + size * (a * libm::cosf(angle) * side + b * libm::sinf(angle) * up)
            };
            layers.push((0..sides).map(corner).collect::<Vec<Vec3>>());
        };
        if k == 0 && cap > 1e-3 {
            ring(-0.85, 0.0);
            ring(-0.6, 0.7);
        }
        ring(0.0, 1.0);
        if k == n - 1 && cap > 1e-3 {
            ring(0.6, 0.7);
            ring(0.85, 0.0);
        }
    }
    kit.loft(&layers);
}

pub(super) fn limb(kit: &mut Kit, path: &[(Vec3, f32)]) {
    let path: Vec<Node> = path.iter().map(|&(p, r)| (p, r, r)).collect();
    kit.sided(kit.sides.min(7), |kit| sweep(kit, &path));
}

/// A flat upright fin: the outline is along z and y.
pub(super) fn fin(kit: &mut Kit, at: Vec3, outline: &[(f32, f32)]) {
    side_plate(kit, at, 0.025, outline);
}

/// A pair of flat wings: the outline is along x (outwards) and z, to be scaled.
pub(super) fn wings(kit: &mut Kit, at: Vec3, raise: f32, (x, z): (f32, f32), outline: &[(f32, f32)]) {
    let outline: Vec<Vec2> = outline.iter().map(|p| vec2(p.0 * x, p.1 * z)).collect();
    kit.both(|kit| {
        kit.turned(at, Vec3::Z, raise, |kit| {
            forward(kit, Vec3::ZERO, |kit| kit.plate(&outline, -0.025, 0.025));
        });
    });
}

pub(super) fn eyes(kit: &mut Kit, at: Vec3, radius: f32) {
    let white = kit.random.chance(0.3);
    let eye = |kit: &mut Kit| {
        if white {
            kit.white();
            kit.ball(at, Vec3::splat(radius));
        }
        kit.dark();
        let (out, size) = if white { (vec3(0.2, 0.1, 0.6), 0.55) } else { (Vec3::ZERO, 0.9) };
        kit.ball(at + out * radius, Vec3::splat(size * radius));
    };
    kit.sided(6, |kit| kit.both(eye));
}

pub(super) fn coat(kit: &mut Kit) {
    let value = kit.random.range(0.25, 0.9);
    match kit.random.weighted(&[4.0, 2.0, 1.0, 1.0, 2.0]) {
        0 => kit.hsv(0.07, 0.5, value),
        1 => kit.hsv(0.1, 0.08, value),
        2 => kit.white(),
        3 => kit.hsv(0.06, 0.75, 0.8),
        _ => kit.paint(0),
    }
}

/// Size, and in shares of it snout and muzzle.
pub(super) type Head = ([f32; 3], usize, usize);

pub(super) fn head(kit: &mut Kit, at: Vec3, pitch: f32, ([s, snout, m], ear, horn): Head) {
    let yaw = if kit.random.chance(0.3) { kit.random.around(0.7) } else { 0.0 };
    let ([wide, eye], tip) = (about(kit, [0.82, 0.15]), 0.45 + snout);
    kit.turned(at, Vec3::Y, yaw, |kit| {
        kit.turned(Vec3::ZERO, Vec3::X, pitch, |kit| {
            kit.scaled(Vec3::ZERO, Vec3::splat(s), |kit| {
                let back = [(vec3(0.0, 0.05, -0.3), 0.8 * wide, 0.75), (vec3(0.0, 0.0, 0.3), wide, 0.8)];
                let bridge = (vec3(0.0, -0.2, 0.45 + 0.5 * snout), 1.1 * m, 1.15 * m);
                sweep(kit, &[back[0], back[1], bridge, (vec3(0.0, -0.3, tip), m, 0.95 * m)]);
                ears(kit, ear);
                eyes(kit, vec3(0.75 * wide, 0.25, 0.55), eye);
                limb(kit, &[(vec3(0.0, -0.3 + 0.4 * m, tip + 0.5 * m), 0.4 * m), (vec3(0.0, -0.3, tip), 0.4 * m)]);
                horns(kit, horn);
            });
        });
    });
}

/// Ears of a head of size 1: none, pointed, round, drooping, long, sideways, an elephant's.
pub(super) fn ears(kit: &mut Kit, kind: usize) {
    let ([k, tall], out) = (about(kit, [1.0, 1.0]), kit.random.range(0.0, 0.3));
    let path = match kind {
        1 => [
            (vec3(0.42, 0.4, -0.1), 0.3, 0.14),
            (vec3(0.5 + out, 0.95, -0.12), 0.2, 0.1),
            (vec3(0.6 + out, 1.4, -0.15), 0.04, 0.03),
        ],
        3 => [
            (vec3(0.65, 0.5, -0.05), 0.13, 0.2),
            (vec3(0.8 + out, 0.0, 0.0), 0.13, 0.32),
            (vec3(0.8 + out, -0.6, 0.0), 0.08, 0.15),
        ],
        4 => [
            (vec3(0.3, 0.5, -0.2), 0.18, 0.12),
            (vec3(0.4, 1.5, -0.3), 0.28, 0.12),
            (vec3(0.4 + out, 2.1, -0.3 - out), 0.08, 0.06),
        ],
        5 => [
            (vec3(0.5, 0.4, -0.15), 0.16, 0.12),
            (vec3(1.1, 0.5 - out, -0.3), 0.28, 0.12),
            (vec3(1.5, 0.5 - out, -0.3), 0.06, 0.05),
        ],
        2 => return kit.both(|kit| kit.ball(vec3(0.6, 0.65, -0.1), 0.38 * k * vec3(1.0, 1.0, 0.45))),
        6 => return kit.both(|kit| kit.ball(vec3(1.3, 0.0, -0.2 - out), k * vec3(0.95, 1.1 * tall, 0.15))),
        _ => return,
    };
    kit.scaled(Vec3::ZERO, vec3(1.0, if kind == 3 { k } else { 0.5 + 0.5 * tall }, 1.0), |kit| {
        kit.both(|kit| sweep(kit, &path))
    });
}

/// Horns of a head of size 1: none, a cow's, antlers, a goat's, a ram's, on nose, on brow, trunk and tusks.
pub(super) fn horns(kit: &mut Kit, kind: usize) {
    let (scale, up) = (Vec3::from_array(about(kit, [1.0; 3])), kit.random.range(-0.1, 0.4));
    if kind == 7 {
        kit.hsv(0.1, 0.12, 0.5);
        let end = vec3(0.0, -1.9 + 3.0 * up, 2.0 + up);
        limb(
            kit,
            &[(vec3(0.0, -0.1, 0.6), 0.5), (vec3(0.0, -0.9, 1.1), 0.38), (vec3(0.0, -1.6, 1.2), 0.3), (end, 0.2)],
        );
    }
    kit.hsv(0.1, 0.25, 0.6);
    let path = match kind {
        1 => vec![(vec3(0.4, 0.55, 0.0), 0.2), (vec3(1.1, 0.8, 0.1), 0.16), (vec3(1.3, 1.2 + up, 0.3), 0.05)],
        2 => vec![(vec3(0.3, 0.5, -0.1), 0.14), (vec3(0.7, 1.4, -0.5), 0.13), (vec3(1.0 + up, 2.4, -0.2), 0.07)],
        3 => vec![(vec3(0.3, 0.5, 0.1), 0.2), (vec3(0.4 + up, 1.3, -0.2), 0.15), (vec3(0.5 + up, 1.6, -0.9), 0.05)],
        4 => [(0.4, 0.5, 0.0), (0.9, 0.75, -0.4), (1.15, 0.1, -0.6), (1.2, -0.3, -0.1), (1.3, -0.1, 0.3)]
            .map(|(x, y, z)| (vec3(x, y, z), 0.24 - 0.1 * z.max(0.0)))
            .to_vec(),
        5 => vec![(vec3(0.05, 0.0, 0.9), 0.28), (vec3(0.0, 1.0, 1.3 + up), 0.05)],
        6 => vec![(vec3(0.01, 0.5, 0.3), 0.15), (vec3(0.0, 2.0, 0.8 + up), 0.04)],
        7 => vec![(vec3(0.4, -0.4, 0.6), 0.16), (vec3(0.6, -0.8, 1.3), 0.14), (vec3(0.6, -0.6, 1.8 + up), 0.06)],
        _ => return,
    };
    let place = if kind == 7 { Vec3::ONE } else { vec3(1.0, scale.y.max(0.8), scale.z) };
    kit.scaled(Vec3::ZERO, place, |kit| {
        kit.both(|kit| {
            limb(kit, &path);
            for (n, out) in [vec3(0.0, 0.4, 0.7), vec3(0.3, 0.6, 0.6)].iter().enumerate().filter(|_| kind == 2) {
                let foot = path[n].0.lerp(path[n + 1].0, 0.5);
                limb(kit, &[(foot, 0.11), (foot + *out, 0.06)]);
            }
        })
    });
}

/// A leg from the hip to the ground, the knee moved ahead by `bend`; ends in a hoof, a paw, a stump or toes.
pub(super) fn leg(kit: &mut Kit, hip: Vec3, foot: Vec3, bend: f32, t: f32, end: usize) {
    let (knee, low) = (hip.lerp(foot, 0.55) + bend * Vec3::Z, foot + 0.6 * t * Vec3::Y);
    let (ankle, last) = match end {
        0 => (low + 1.2 * t * Vec3::Y, (foot, 1.05)),
        1 => (low, (low + vec3(0.0, -0.2, 1.2) * t, 0.9)),
        2 => (low, (foot, 1.2)),
        _ => (low, (foot + vec3(0.0, 0.3, 3.2) * t, 0.5)),
    };
    limb(kit, &[(hip, 1.5 * t), (knee, t), (ankle, if end == 2 { 1.0 } else { 0.7 } * t), (last.0, last.1 * t)]);
    for toe in [vec3(-1.6, 0.3, 2.4), vec3(1.6, 0.3, 2.4)].iter().filter(|_| end == 3) {
        limb(kit, &[(low, 0.6 * t), (foot + t * *toe, 0.45 * t)]);
    }
}

/// About so deep, long of leg, thick of leg, long of neck, raised, thick of neck (shares of the head) and big of head,
/// with such a snout, in an animal 1 long; widths are half ones. Ears and horns, tail (none, hanging, bushy, stub,
/// raised) and legs' ends by number; weights of standing, walking, lying and sitting.
fn beast(kit: &mut Kit, size: [f32; 9], [ear, horn, end, rear]: [usize; 4], poses: [f32; 4]) {
    kit.sides = kit.sides.min(12);
    let pose = kit.random.weighted(&poses);
    let [d, tall, thick, neck, rise, girth, size, snout, muzzle] = size.map(|x| x * kit.random.range(0.8, 1.22));
    let (w, slope, belly) = (d * kit.random.range(0.68, 1.0), kit.random.around(0.12), kit.random.range(0.85, 1.15));
    let half = 0.5 - 0.6 * w;
    let (rump, chest) = match pose {
        2 => (vec3(0.0, 0.85 * d, -half), vec3(0.0, (0.95 + slope) * d, half)),
        3 => (vec3(0.0, 0.85 * d, -0.6 * half), vec3(0.0, 0.85 * d + 1.5 * half, (0.3 + slope) * half)),
        _ => (vec3(0.0, tall + 0.7 * d, -half), vec3(0.0, tall + (0.7 + slope) * d, half)),
    };
    let on = |t: f32, x: f32, y: f32| (rump.lerp(chest, t), x * w, y * d);
    sweep(kit, &[on(0.0, 0.9, 0.95), on(0.3, 0.85 * belly, belly), on(0.7, 1.0, belly), on(1.0, 0.85, 0.95)]);
    let grazes = pose < 2 && end == 0 && kit.random.chance(0.25);
    let (rise, pitch) =
        if grazes { (-0.7, 0.9) } else { (rise + kit.random.around(0.2), kit.random.range(-0.1, 0.45)) };
    let foot = chest + vec3(0.0, 0.25 * d, if pose == 3 { 0.0 } else { 0.2 * w });
    let mut crown = foot + neck * vec3(0.0, libm::sinf(rise), libm::cosf(rise));
    crown.y = crown.y.max(size);
    let girth = girth * size;
    limb(kit, &[(foot, girth * 1.35), (foot.lerp(crown, 0.5), 1.05 * girth), (crown, girth)]);
    stand(kit, [w, d, tall, thick], (pose, end), rump, chest);
    tail(kit, rump + vec3(0.0, 0.45 * d, -0.3 * w), rear, 0.45 * thick, w);
    head(kit, crown, pitch, ([size, snout, muzzle], ear, horn));
}

fn stand(kit: &mut Kit, [w, d, tall, t]: [f32; 4], (pose, end): (usize, usize), rump: Vec3, chest: Vec3) {
    let (x, stride) = ((w - 0.9 * t).max(0.9 * t), if pose == 1 { tall * kit.random.range(0.15, 0.45) } else { 0.0 });
    let (bend, ahead) = (t * kit.random.range(0.0, 0.8), kit.random.range(0.5, 0.9) * tall);
    for (x, hip, s, bend) in
        [(x, chest, 1.0, bend), (-x, chest, -1.0, bend), (x, rump, -1.0, -bend), (-x, rump, 1.0, -bend)]
    {
        if pose < 2 {
            leg(kit, vec3(x, hip.y - 0.1 * d, hip.z), vec3(x, 0.0, hip.z + s * stride), bend, t, end);
        } else if hip == rump {
            let (thigh, shin) = (vec3(x, 0.6 * d, rump.z + 0.1), vec3(1.1 * x, t, rump.z));
            kit.ball(thigh, vec3(0.5 * w, 0.65 * d, 0.22));
            limb(kit, &[(shin, 0.9 * t), (shin + vec3(0.0, 0.0, 0.25 + 0.4 * tall), 0.9 * t)]);
        } else if pose == 3 {
            leg(kit, vec3(x, chest.y - 0.3 * d, chest.z), vec3(x, 0.0, chest.z + 0.3 * w), 0.0, t, end);
        } else {
            let elbow = vec3(x, t, chest.z);
            limb(kit, &[(elbow + 0.5 * d * Vec3::Y, 1.4 * t), (elbow, t), (elbow + ahead * Vec3::Z, 0.9 * t)]);
        }
    }
}

fn tail(kit: &mut Kit, root: Vec3, kind: usize, t: f32, wide: f32) {
    let (k, side) = (kit.random.range(0.35, 0.7), kit.random.around(0.15));
    let to = |y: f32, z: f32| (root + k * vec3(side * z, y, -z)).max(vec3(-9.0, t, -9.0));
    match kind {
        1 => limb(kit, &[(root, t), (to(-0.1, 0.4), t), (to(-0.6, 0.45), 1.1 * t), (to(-0.9, 0.5), 1.6 * t)]),
        2 => limb(kit, &[(root, t), (to(0.0, 0.4), 2.0 * t), (to(0.25, 0.8), 2.5 * t), (to(0.4, 1.1), 0.5 * t)]),
        3 => limb(kit, &[(root, 0.35 * wide), (root - 0.35 * wide * Vec3::Z, 0.3 * wide)]),
        4 => limb(kit, &[(root, t), (to(0.1, 0.4), t), (to(0.6, 0.7), t), (to(1.0, 0.5), 0.8 * t)]),
        _ => {}
    }
}

/// Horse, cow, sheep, pig, camel or giraffe.
fn hoofed(kit: &mut Kit) {
    coat(kit);
    let kind = kit.random.whole(0, 5);
    let size = [
        [0.21, 0.52, 0.05, 0.5, 0.85, 0.8, 0.14, 1.7, 0.48],
        [0.26, 0.38, 0.06, 0.28, 0.3, 0.8, 0.16, 1.1, 0.55],
        [0.27, 0.27, 0.045, 0.25, 0.6, 0.8, 0.15, 0.8, 0.45],
        [0.25, 0.18, 0.06, 0.14, 0.1, 0.9, 0.19, 0.6, 0.5],
        [0.23, 0.55, 0.05, 0.5, 0.8, 0.7, 0.13, 1.1, 0.45],
        [0.22, 0.75, 0.05, 1.15, 1.15, 0.7, 0.14, 1.4, 0.45],
    ][kind];
    let horns = if kit.random.chance(0.4) { 0 } else { [0, 1, 4, 0, 0, 0][kind] };
    let horns = if kind == 0 && kit.random.chance(0.3) { 6 } else { horns };
    let lies = if kind == 5 { 0.0 } else { 0.8 };
    beast(kit, size, [[1, 5, 5, 3, 1, 5][kind], horns, 0, [1, 1, 3, 3, 1, 1][kind]], [3.0, 2.0, lies, 0.0]);
}

fn deer(kit: &mut Kit) {
    coat(kit);
    let horns = kit.random.pick(&[0, 2, 2, 2, 3, 4]);
    let size = [0.19, 0.5, 0.042, 0.4, 0.95, 0.65, 0.13, 1.1, 0.4];
    beast(kit, size, [5, horns, 0, 3], [2.0, 2.0, 1.0, 0.0]);
}

fn dog(kit: &mut Kit) {
    coat(kit);
    let (ears, tail) = (kit.random.pick(&[1, 1, 3, 3, 2]), kit.random.pick(&[1, 2, 2, 4, 4]));
    let (leg, snout, head) = (kit.random.range(0.15, 0.42), kit.random.range(0.5, 1.2), kit.random.range(0.14, 0.22));
    let size = [0.18, leg, 0.055, 0.22, 0.8, 0.7, head, snout, 0.42];
    beast(kit, size, [ears, 0, 1, tail], [2.0, 1.5, 1.0, 2.0]);
}

/// Cats small and great, some with a mane.
fn cat(kit: &mut Kit) {
    coat(kit);
    let (ears, tail) = (kit.random.pick(&[1, 1, 2]), kit.random.pick(&[1, 4, 4, 2]));
    let (girth, head) = (kit.random.pick(&[0.65, 0.65, 0.65, 1.15]), kit.random.range(0.15, 0.23));
    let size = [0.175, 0.3, 0.05, 0.22, 0.6, girth, head, 0.35, 0.46];
    beast(kit, size, [ears, 0, 1, tail], [1.5, 1.5, 1.5, 2.0]);
}

/// Elephants, rhinoceroses and hippopotamuses.
fn elephant(kit: &mut Kit) {
    let value = kit.random.range(0.3, 0.7);
    kit.hsv(0.1, 0.12, value);
    let (leg, has_trunk) = (kit.random.range(0.2, 0.38), kit.random.chance(0.6));
    if has_trunk {
        let size = [0.3, leg, 0.1, 0.2, 0.5, 0.8, 0.2, 0.3, 0.45];
        beast(kit, size, [6, 7, 2, 1], [1.0, 1.0, 0.0, 0.0]);
    } else {
        let size = [0.29, 0.75 * leg, 0.09, 0.22, 0.15, 0.85, 0.18, 1.3, 0.62];
        let horns = kit.random.pick(&[0, 5, 5]);
        beast(kit, size, [2, horns, 2, 1], [1.0, 1.0, 0.5, 0.0]);
    }
}

/// Bears, rabbits, mice, hamsters and squirrels.
fn furry(kit: &mut Kit) {
    coat(kit);
    if kit.random.chance(0.4) {
        let size = [0.28, 0.2, 0.1, 0.25, 0.4, 0.85, 0.24, 0.55, 0.42];
        beast(kit, size, [2, 0, 1, 3], [2.0, 2.0, 1.0, 2.0]);
    } else {
        let (ears, tail) = kit.random.pick(&[(4, 3), (4, 3), (2, 1), (2, 4), (2, 3), (1, 2)]);
        let size = [0.3, 0.1, 0.055, 0.2, 0.5, 0.8, 0.26, 0.45, 0.36];
        beast(kit, size, [ears, 0, 1, tail], [1.0, 0.5, 2.0, 2.0]);
    }
}

fn trophy(kit: &mut Kit) {
    let (ear, horn) =
        kit.random.pick(&[(5, 1), (5, 2), (5, 2), (5, 3), (5, 4), (1, 6), (2, 5), (1, 0), (6, 7), (2, 0)]);
    let ([w, h, size, snout, muzzle, out], shape) =
        (about(kit, [0.45, 0.6, 0.3, 0.8, 0.46, 0.45]), kit.random.whole(0, 3));
    kit.wood();
    forward(kit, Vec3::ZERO, |kit| match shape {
        0 => kit.block(Vec3::ZERO, vec3(1.7 * w, 0.12, 2.0 * h)),
        1 | 2 => kit.scaled(Vec3::ZERO, vec3(w, 1.0, h), |kit| kit.rod(-0.06 * Vec3::Y, 0.06 * Vec3::Y, 1.0, 0.9)),
        _ => {}
    });
    coat(kit);
    let (low, crown) = (vec3(0.0, -0.25 * h, 0.0), vec3(0.0, 0.15 + 0.2 * out, out));
    sweep(
        kit,
        &[(low, 1.2 * size, 1.4 * size), (low.lerp(crown, 0.5), size, 1.1 * size), (crown, 0.7 * size, 0.7 * size)],
    );
    head(kit, crown, 0.2, ([size, snout, muzzle], ear, horn));
}

/// Fish, sharks, dolphins and whales.
fn fish(kit: &mut Kit) {
    kit.paint(0);
    let (kind, bend) = (kit.random.whole(0, 3), kit.random.around(0.15));
    let (wide, high, blunt) = [(0.12, 0.27, 0.6), (0.2, 0.22, 0.6), (0.13, 0.15, 0.5), (0.24, 0.24, 0.9)][kind];
    let [wide, high, tail, tall, span, low] = about(kit, [wide, high, 0.25, 0.6 * high + 0.04, 0.28, 0.8]);
    let on = |z: f32, k: f32| (vec3(bend * z * z, 0.0, z), k * wide, k * high);
    sweep(kit, &[on(-0.5, 0.2), on(-0.2, 0.65), on(0.1, 1.0), on(0.35, 0.5 + 0.5 * blunt), on(0.52, 0.6 * blunt)]);
    kit.paint(1);
    let root = vec3(0.25 * bend, 0.0, -0.42);
    if kind > 1 && kit.random.chance(0.6) {
        wings(kit, root - 0.01 * Vec3::X, 0.0, (tail, tail), &[(0.0, 0.3), (1.0, -0.6), (0.0, -0.5)]);
    } else {
        let fork = [(0.1, 0.2), (-0.7, 1.0), (-0.5, 0.0), (-0.7, -low), (0.1, -0.2)];
        fin(kit, root, &fork.map(|(z, y)| (tail * z, tail * y)));
    }
    fin(kit, 0.75 * high * Vec3::Y, &[(0.25, -0.1), (-0.1, 0.2 * high + tall), (-0.25, 0.15 * high), (-0.15, -0.2)]);
    let raise = kit.random.range(-0.9, 0.3);
    let outline = [(-0.2, 0.08), (0.6, 0.0), (1.0, -0.25), (-0.2, -0.1)];
    wings(kit, vec3(0.7 * wide, -0.3 * high, 0.12), raise, (span, 1.0), &outline);
    eyes(kit, vec3(0.15 * bend + 0.4 * (1.0 + blunt) * wide, 0.2 * high, 0.36), 0.05);
}
