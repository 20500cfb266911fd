//! Four-legged animals of farm and wild, and what animals are made of.

use glam::{Vec3, vec3};

use super::Kind;
use super::kit::Kit;
use super::parts::{sizes, snake};

pub const KINDS: &[Kind] = &[
    ("rabbit", rabbit),
    ("bear", bear),
    ("stout beast", stout),
    ("cattle", cattle),
    ("sheep", sheep),
    ("camel", camel),
    ("lion", lion),
    ("gorilla", gorilla),
    ("rodent", rodent),
];

// Bodies.

/// A rounded body along points in one piece, its width `wide` times its height.
pub(super) fn flesh(kit: &mut Kit, wide: f32, path: &[(Vec3, f32)]) {
    let last = path.len() - 1;
    let mut round = Vec::new();
    for k in 0..=last {
        let [a, b, c, d] = [k.saturating_sub(1), k, (k + 1).min(last), (k + 2).min(last)].map(|i| path[i]);
        round.push(b);
        if kit.sides >= 12 && k < last {
            let soft = |a: f32, b: f32, c: f32, d: f32| (0.5625 * (b + c) - 0.0625 * (a + d)).max(0.0);
            round.push((0.5625 * (b.0 + c.0) - 0.0625 * (a.0 + d.0), soft(a.1, b.1, c.1, d.1)));
        }
    }
    for _ in 0..2 {
        let [(end, r), (next, _)] = [round[round.len() - 1], round[round.len() - 2]];
        let out = r * (end - next).normalize_or(Vec3::Y);
        if r > 1e-3 {
            round.extend([(end + 0.6 * out, 0.72 * r), (end + 0.85 * out, 0.0)]);
        }
        round.reverse();
    }
    kit.scaled(Vec3::ZERO, vec3(wide, 1.0, 1.0), |kit| snake(kit, &round, Vec3::X));
}

pub(super) fn limb(kit: &mut Kit, path: &[(Vec3, f32)]) {
    kit.sided(kit.sides.min(6), |kit| flesh(kit, 1.0, path));
}

pub(super) fn coat(kit: &mut Kit, tint: f32, saturation: f32, value: f32) {
    kit.either(0.75, |kit| kit.hsv(tint, saturation, value), |kit| kit.paint(0));
}

pub(super) fn eyes(kit: &mut Kit, at: Vec3, radius: f32) {
    kit.dark();
    kit.sided(6, |kit| kit.both(|kit| kit.ball(at, Vec3::splat(radius))));
}

/// A four-legged body above legs: rows of z, y and radius from the rump on; neck: length, rise, both radii.
pub(super) struct Beast {
    pub(super) trunk: [[f32; 3]; 4],
    pub(super) wide: f32,
    pub(super) leg: [f32; 2],
    pub(super) neck: [f32; 4],
    pub(super) paws: bool,
}

pub(super) struct Stance {
    pub(super) trunk: Vec<(Vec3, f32)>,
    pub(super) crown: Vec3,
    pub(super) rump: Vec3,
    pub(super) is_upright: bool,
}

impl Beast {
    /// In a pose by weights: standing, walking, lying, sitting, on the hind legs.
    pub(super) fn stand(&self, kit: &mut Kit, poses: [f32; 5]) -> Stance {
        kit.sides = kit.sides.min(12);
        let pose = kit.random.weighted(&poses);
        let [long, tall, fat, thick] = sizes(kit, [(0.85, 1.2), (0.8, 1.2), (0.85, 1.15), (0.85, 1.25)]);
        let rise = [0.0, 0.0, 0.0, 0.75, 1.3][pose] + if pose > 2 { kit.random.around(0.15) } else { 0.0 };
        let (s, c) = (libm::sinf(rise), libm::cosf(rise));
        let (lift, t) = (if matches!(pose, 2 | 3) { 0.0 } else { self.leg[0] * tall }, self.leg[1] * thick);
        let pivot = vec3(0.0, lift + fat * self.trunk[0][1], long * self.trunk[0][0]);
        let trunk = self.trunk.map(|[z, y, r]| {
            let [y, z] = [fat * (y - self.trunk[0][1]), long * (z - self.trunk[0][0])];
            (pivot + vec3(0.0, y * c + z * s, z * c - y * s), fat * r)
        });
        flesh(kit, self.wide, &trunk);
        let [neck, up, base, top] = self.neck;
        let up = (up + kit.random.around(0.15) + 0.6 * rise).min(1.55);
        let foot = trunk[3].0;
        let crown = foot + neck * vec3(0.0, libm::sinf(up), libm::cosf(up));
        flesh(kit, 0.9, &[(foot, fat * base), (foot.lerp(crown, 0.5), 0.5 * (base + top)), (crown, top)]);
        let hips = [trunk[0], (trunk[3].0.lerp(trunk[2].0, 0.5), trunk[2].1)];
        self.legs(kit, pose, [lift, t], hips);
        let rump = trunk[0].0 + 0.5 * trunk[0].1 * vec3(0.0, if pose > 2 { -0.8 } else { 1.0 }, -1.2);
        Stance { trunk: trunk.to_vec(), crown, rump, is_upright: pose > 2 }
    }

    fn legs(&self, kit: &mut Kit, pose: usize, [lift, t]: [f32; 2], hips: [(Vec3, f32); 2]) {
        let stride = if pose == 1 { lift * kit.random.range(0.2, 0.45) } else { 0.0 };
        let (fore, out) = (kit.random.range(-0.5, 1.2), kit.random.range(0.0, 0.6));
        for (side, step, hip) in [(1.0, -1.0, 0), (-1.0, 1.0, 0), (1.0, 1.0, 1), (-1.0, -1.0, 1)] {
            let (middle, r) = hips[hip];
            let x = side * (self.wide * r - 0.9 * t).max(0.8 * t);
            let top = vec3(x, middle.y - 0.2 * r, middle.z);
            if pose == 4 && hip == 1 {
                let long = 0.9 * self.leg[0] + r;
                let way = vec3(side * out, -0.7 * libm::cosf(fore), 0.2 + libm::sinf(fore)).normalize_or(Vec3::Z);
                limb(kit, &[(top, 1.6 * t), (top + vec3(0.4 * side * out * long, 0.0, 0.0) + 0.5 * long * way, t)]);
                let hand = top + vec3(0.4 * side * out * long, 0.0, 0.0) + 0.45 * long * way;
                limb(kit, &[(hand, t), (hand + 0.4 * long * vec3(-0.1 * side, 0.1, 1.0) * way.abs(), 0.9 * t)]);
            } else if pose == 2 || pose == 3 && hip == 0 {
                let ahead = self.leg[0].max(r) * if hip == 0 { 0.9 } else { 1.0 };
                kit.ball(top, vec3(1.3 * t, r, 1.1 * r));
                let foot = vec3(x * 1.15, t, top.z + 0.3 * ahead);
                limb(kit, &[(vec3(x * 1.15, t, top.z - 0.1), t), (foot + 0.7 * ahead * Vec3::Z, 0.9 * t)]);
            } else {
                let foot = vec3(x, 0.5 * t, top.z + step * stride + if pose == 3 { 0.2 * r } else { 0.0 });
                let bend = if hip == 0 { -0.6 * t } else { 0.4 * t };
                let (knee, low) = (top.lerp(foot, 0.55) + bend * Vec3::Z, foot + 0.1 * lift * Vec3::Y);
                limb(kit, &[(top, 1.9 * t), (knee, t), (low, 0.8 * t), (foot, t)]);
                if self.paws {
                    kit.ball(foot + 0.6 * t * Vec3::Z, vec3(1.15, 0.75, 1.5) * t);
                }
            }
        }
    }
}

/// A head: size, width, length of the snout, muzzle, drop; horns and the like are made in its own measure.
pub(super) fn head(
    kit: &mut Kit,
    at: Vec3,
    [s, wide, snout, m, drop]: [f32; 5],
    ear: usize,
    more: impl FnOnce(&mut Kit),
) {
    let k = sizes(kit, [(0.9, 1.15), (0.85, 1.2), (0.75, 1.3), (0.85, 1.15), (0.7, 1.3), (0.1, 0.17)]);
    let yaw = if kit.random.chance(0.3) { kit.random.around(0.7) } else { 0.0 };
    let (pitch, brow) = (kit.random.range(-0.15, 0.3), kit.random.range(0.75, 0.9));
    kit.turned(at, Vec3::Y, yaw, |kit| {
        kit.turned(Vec3::ZERO, Vec3::X, pitch, |kit| {
            kit.scaled(Vec3::ZERO, Vec3::splat(k[0] * s), |kit| {
                let (w, m, tip) = (wide * k[1], m * k[3], vec3(0.0, -drop * k[4], 0.5 + snout * k[2]));
                kit.ball(Vec3::ZERO, vec3(w, brow, 0.9));
                flesh(
                    kit,
                    1.1,
                    &[(vec3(0.0, -0.1, 0.1), 0.4 + 0.5 * m), (tip - 0.2 * snout * Vec3::Z, m), (tip, 0.9 * m)],
                );
                ears(kit, ear, w);
                more(kit);
                eyes(kit, vec3(0.62 * w, 0.28, 0.66), k[5]);
                kit.sided(6, |kit| kit.ball(tip + vec3(0.0, 0.45 * m, 0.6 * m), 0.38 * m * Vec3::ONE));
            });
        });
    });
}

/// Ears: none, pointed, round, sideways, long, drooping.
fn ears(kit: &mut Kit, kind: usize, w: f32) {
    let [tall, out, flop] = sizes(kit, [(0.75, 1.3), (0.0, 0.4), (0.0, 1.0)]);
    let (foot, mut tip, r) = match kind {
        1 => (vec3(0.6, 0.5, 0.0), vec3(0.7 + 0.5 * out, 0.6 + 0.7 * tall, -0.1), 0.3),
        2 => (vec3(0.7, 0.6, 0.0), vec3(0.75, 0.75, 0.0), 0.33 * tall),
        3 => (vec3(0.7, 0.4, -0.1), vec3(1.2 + tall * 0.4, 0.5 - out, -0.2), 0.24),
        4 => (vec3(0.4, 0.5, -0.1), vec3(0.4 + out, 0.7 + 1.5 * tall, -0.3 - out), 0.27),
        5 => (vec3(0.8, 0.5, 0.0), vec3(1.0 + out, -0.6 * tall, 0.0), 0.28),
        _ => return,
    };
    let middle = foot.lerp(tip, 0.55);
    if kind == 4 && flop > 0.7 {
        tip = middle + vec3(0.3, -0.9, 0.3);
    }
    kit.both(|kit| {
        kit.scaled(foot * vec3(w, 1.0, 1.0), vec3(1.0, 1.0, 0.6), |kit| {
            limb(kit, &[(Vec3::ZERO, 0.75 * r), (middle - foot, r), (tip - foot, if kind == 2 { r } else { 0.3 * r })]);
        });
    });
}

/// A pair of horns, or one on the nose.
pub(super) fn horn(kit: &mut Kit, path: [[f32; 3]; 3], r: f32) {
    let [a, b, c] = path.map(Vec3::from_array);
    let stretch = kit.random.range(0.75, 1.4);
    let to = |p: Vec3| a + stretch * (p - a);
    kit.hsv(0.11, 0.25, 0.75);
    kit.both(|kit| limb(kit, &[(a, r), (to(b), 0.75 * r), (to(c), 0.25 * r)]));
}

/// Tails: hanging with a tuft, bushy, stub, raised, curled.
pub(super) fn tail(kit: &mut Kit, root: Vec3, kind: usize, t: f32, long: f32) {
    let (k, side) = (long * kit.random.range(0.7, 1.3), kit.random.around(0.3));
    let to = |y: f32, z: f32| root + k * vec3(side * z, y, -z);
    let low = |p: Vec3| p.max(vec3(-9.0, 1.2 * t, -9.0));
    match kind {
        1 => limb(kit, &[(root, t), (low(to(-0.2, 0.3)), t), (low(to(-0.7, 0.4)), t), (low(to(-0.9, 0.45)), 2.0 * t)]),
        2 => limb(kit, &[(root, t), (to(0.0, 0.3), 2.2 * t), (to(0.2, 0.7), 3.0 * t), (to(0.4, 1.1), 0.6 * t)]),
        3 => kit.ball(root - 0.3 * t * Vec3::Z, Vec3::splat(2.0 * t)),
        4 => limb(kit, &[(root, t), (to(0.1, 0.4), t), (to(0.5, 0.65), t), (to(0.9, 0.5), 0.8 * t)]),
        _ => kit.ring(root - vec3(0.0, 0.0, 2.0 * t), vec3(1.0, 0.0, 0.5), 2.2 * t, 0.8 * t),
    }
}

// Four-legged animals.

fn rabbit(kit: &mut Kit) {
    let value = kit.random.range(0.4, 0.95);
    coat(kit, 0.08, 0.25, value);
    let trunk = [[-0.25, 0.26, 0.26], [-0.05, 0.3, 0.28], [0.15, 0.26, 0.23], [0.26, 0.27, 0.18]];
    let body = Beast { trunk, wide: 0.85, leg: [0.15, 0.06], neck: [0.2, 0.9, 0.17, 0.13], paws: true };
    let on = body.stand(kit, [0.3, 0.2, 2.0, 2.0, 1.0]);
    head(kit, on.crown + 0.04 * Vec3::Y, [0.2, 0.82, 0.15, 0.4, 0.2], 4, |_| ());
    kit.white();
    tail(kit, on.rump, 3, 0.05, 0.1);
}

fn bear(kit: &mut Kit) {
    let (tint, value) = (kit.random.range(0.05, 0.1), kit.random.pick(&[0.2, 0.35, 0.5, 0.95]));
    kit.hsv(tint, if value > 0.9 { 0.06 } else { 0.5 }, value);
    let trunk = [[-0.38, 0.2, 0.26], [-0.1, 0.22, 0.29], [0.18, 0.26, 0.28], [0.36, 0.24, 0.22]];
    let body = Beast { trunk, wide: 0.85, leg: [0.28, 0.09], neck: [0.28, 0.3, 0.21, 0.16], paws: true };
    let on = body.stand(kit, [1.5, 1.5, 0.4, 1.0, 2.0]);
    tail(kit, on.rump, 3, 0.03, 0.1);
    head(kit, on.crown, [0.19, 0.9, 0.5, 0.42, 0.2], 2, |_| ());
}

/// Pigs, rhinoceroses and hippopotamuses.
fn stout(kit: &mut Kit) {
    let kind = kit.random.whole(0, 2);
    coat(kit, [0.0, 0.1, 0.9][kind], [0.3, 0.1, 0.15][kind], [0.9, 0.5, 0.5][kind]);
    let trunk = [[-0.36, 0.19, 0.23], [-0.1, 0.18, 0.27], [0.15, 0.2, 0.26], [0.34, 0.22, 0.21]];
    let leg = [[0.16, 0.055], [0.22, 0.085], [0.13, 0.085]][kind];
    let body = Beast { trunk, wide: 0.9, leg, neck: [0.22, 0.1, 0.2, 0.16], paws: false };
    let on = body.stand(kit, [3.0, 2.0, 0.7, [0.6, 0.0, 0.2][kind], 0.0]);
    tail(kit, on.rump, [5, 1, 1][kind], [0.025, 0.02, 0.025][kind], 0.25);
    let shape = [[0.18, 0.9, 0.5, 0.42, 0.15], [0.17, 0.8, 1.1, 0.5, 0.35], [0.18, 0.85, 1.1, 0.72, 0.25]][kind];
    let ear = [kit.random.pick(&[1, 5]), 1, 2][kind];
    head(kit, on.crown, shape, ear, |kit| match kind {
        1 => {
            horn(kit, [[0.05, 0.0, 1.35], [0.03, 0.6, 1.6], [0.02, 1.2, 1.6]], 0.26);
            horn(kit, [[0.05, 0.1, 0.85], [0.03, 0.4, 0.95], [0.02, 0.6, 0.95]], 0.2);
        }
        2 => kit.both(|kit| kit.ball(vec3(0.35, 0.4, 1.6), Vec3::splat(0.25))),
        _ => kit.rod(vec3(0.0, -0.12, 0.8), vec3(0.0, -0.15, 1.45), 0.3, 0.42),
    });
}

/// Cows, bulls, bisons.
fn cattle(kit: &mut Kit) {
    let (tint, value, hump) = (kit.random.range(0.03, 0.1), kit.random.range(0.2, 0.9), kit.random.chance(0.4));
    coat(kit, tint, 0.4, value);
    let h = if hump { 0.07 } else { 0.0 };
    let trunk = [[-0.42, 0.2, 0.2], [-0.12, 0.16, 0.23], [0.18, 0.2 + h, 0.25 + h], [0.38, 0.22 + h, 0.19 + h]];
    let body = Beast { trunk, wide: 0.8, leg: [0.36, 0.05], neck: [0.3, 0.25 - 3.0 * h, 0.19, 0.12], paws: false };
    let on = body.stand(kit, [3.0, 2.0, 1.0, 0.0, 0.0]);
    tail(kit, on.rump, 1, 0.02, 0.5);
    head(kit, on.crown, [0.17, 0.8, 0.95, 0.5, 0.4], 3, |kit| {
        let (out, up) = (kit.random.range(0.9, 1.5), kit.random.range(0.3, 1.1));
        horn(kit, [[0.5, 0.65, 0.0], [out, 0.8, 0.1], [out + 0.1, 0.8 + up, 0.3]], 0.2);
    });
    if !hump && kit.random.chance(0.5) {
        kit.hsv(0.0, 0.25, 0.9);
        let udder = on.trunk[0].0 + vec3(0.0, -0.8 * on.trunk[0].1, 0.22);
        kit.ball(udder, vec3(0.1, 0.1, 0.13));
    }
}

/// Sheep, rams and goats.
fn sheep(kit: &mut Kit) {
    let (is_goat, value) = (kit.random.chance(0.4), kit.random.range(0.3, 0.95));
    coat(kit, 0.1, 0.1, value);
    let r = if is_goat { 0.19 } else { 0.24 };
    let trunk = [[-0.34, 0.2, r], [-0.1, 0.18, 1.05 * r], [0.14, 0.18, 1.05 * r], [0.32, 0.22, 0.8 * r]];
    let body = Beast { trunk, wide: 0.85, leg: [0.28, 0.042], neck: [0.3, 0.8, 0.8 * r, 0.1], paws: false };
    let on = body.stand(kit, [3.0, 1.5, 1.2, 0.0, 0.0]);
    tail(kit, on.rump, 3, 0.035, 0.1);
    if !is_goat && kit.random.chance(0.6) {
        for k in 0..14 {
            let angle = 2.4 * k as f32;
            let (middle, r) = on.trunk[k % 4];
            let out = vec3(0.7 * libm::cosf(angle), 0.5 + 0.4 * libm::sinf(angle), 0.3 * libm::sinf(2.0 * angle));
            kit.sided(8, |kit| kit.ball(middle + 0.8 * r * out, Vec3::splat(0.55 * r)));
        }
    }
    kit.either(0.5, Kit::dark, |_| ());
    head(kit, on.crown, [0.14, 0.75, 0.7, 0.42, 0.35], 3, |kit| match (is_goat, kit.random.whole(0, 2)) {
        (true, _) => {
            horn(kit, [[0.3, 0.6, 0.0], [0.45, 1.3, -0.3], [0.6, 1.5, -1.0]], 0.2);
            kit.rod(vec3(0.0, -0.5, 0.9), vec3(0.0, -1.3, 0.9), 0.25, 0.05);
        }
        (_, 0) => kit.both(|kit| kit.arc(vec3(0.85, 0.3, -0.1), vec3(1.0, 0.0, 0.2), 0.5, 0.22, -0.5, 4.5)),
        _ => kit.ball(vec3(0.0, 0.5, -0.1), vec3(0.75, 0.55, 0.75)),
    });
}

/// Camels, llamas and giraffes.
fn camel(kit: &mut Kit) {
    let kind = kit.random.whole(0, 2);
    coat(kit, 0.09, 0.5, 0.75);
    let trunk = [[-0.33, 0.18, 0.18], [-0.1, 0.17, 0.21], [0.14, 0.2, 0.22], [0.32, 0.24, 0.16]];
    let leg = [[0.5, 0.045], [0.36, 0.05], [0.72, 0.045]][kind];
    let neck = [[0.55, 0.75, 0.14, 0.08], [0.5, 1.35, 0.13, 0.09], [1.05, 1.15, 0.17, 0.075]][kind];
    let on = Beast { trunk, wide: 0.8, leg, neck, paws: false }.stand(kit, [3.0, 2.0, 1.2, 0.0, 0.0]);
    tail(kit, on.rump, 1, 0.02, 0.4);
    let (humps, tall) = (kit.random.whole(1, 2), kit.random.range(0.15, 0.28));
    for k in 0..if kind == 0 { humps } else { 0 } {
        let (middle, r) = on.trunk[1 + k];
        let shift = if humps == 1 { 0.1 } else { 0.14 * k as f32 - 0.07 };
        kit.ball(middle + vec3(0.0, 0.75 * r, shift), vec3(0.13, tall, [0.2, 0.14][humps - 1]));
    }
    head(kit, on.crown, [0.12, 0.7, 1.0, 0.45, 0.4], [1, 4, 3][kind], |kit| {
        if kind == 2 {
            horn(kit, [[0.25, 0.6, 0.0], [0.3, 1.0, -0.1], [0.33, 1.2, -0.15]], 0.14);
        }
    });
}

/// Lions, tigers and foxes.
fn lion(kit: &mut Kit) {
    let (has_mane, is_fox) = (kit.random.chance(0.5), kit.random.chance(0.35));
    coat(kit, if is_fox { 0.05 } else { 0.09 }, 0.6, 0.8);
    let trunk = [[-0.38, 0.17, 0.16], [-0.1, 0.16, 0.17], [0.2, 0.18, 0.19], [0.36, 0.2, 0.16]];
    let leg = if is_fox { [0.3, 0.038] } else { [0.3, 0.058] };
    let on = Beast { trunk, wide: 0.8, leg, neck: [0.24, 0.75, 0.15, 0.11], paws: true }
        .stand(kit, [1.5, 1.5, 1.5, 2.0, 0.2]);
    let end = if is_fox { 2 } else { kit.random.pick(&[1, 4]) };
    tail(kit, on.rump, end, if is_fox { 0.035 } else { 0.025 }, 0.55);
    let shape = if is_fox { [0.14, 0.9, 0.8, 0.25, 0.25] } else { [0.17, 0.88, 0.35, 0.45, 0.25] };
    head(kit, on.crown, shape, if is_fox { 1 } else { 2 }, |kit| {
        let (r, deep) = (kit.random.range(1.15, 1.5), kit.random.range(0.5, 1.0));
        if has_mane && !is_fox {
            kit.hsv(0.05, 0.6, 0.4);
            kit.ball(vec3(0.0, -0.1, -0.4), vec3(r, 1.1 * r, deep));
            kit.ball(vec3(0.0, -0.9, -0.5), vec3(0.8 * r, r, deep));
        }
    });
}

/// Gorillas and monkeys.
fn gorilla(kit: &mut Kit) {
    let (is_big, bulk) = (kit.random.chance(0.5), kit.random.range(0.9, 1.2));
    coat(kit, 0.07, 0.3, 0.3);
    let r = bulk * if is_big { 0.25 } else { 0.17 };
    let rise = kit.random.range(0.25, 0.6);
    let (s, c) = if kit.random.chance(0.6) { (libm::sinf(1.4 * rise), libm::cosf(1.4 * rise)) } else { (0.98, 0.2) };
    let hip = vec3(0.0, 0.32, -0.2 * c);
    let on = |t: f32| hip + 0.62 * t * vec3(0.0, s, c);
    flesh(kit, 1.1, &[(hip, 0.85 * r), (on(0.35), r), (on(0.8), 1.1 * r), (on(1.0), 0.7 * r)]);
    let t = 0.36 * r;
    let (raise, stance) = (kit.random.pick(&[0, 0, 1, 2]), kit.random.range(0.9, 1.4));
    for side in [1.0, -1.0] {
        let (x, shoulder) = (side * 1.1 * r, on(0.85) + side * 1.05 * r * Vec3::X);
        let up = raise == 1 || raise == 2 && side > 0.0;
        let elbow = shoulder + if up { vec3(0.3 * side, 0.15, 0.05) } else { vec3(0.14 * side, -0.3, 0.05) };
        let ground = vec3(1.1 * x + 0.1 * side, 0.07, shoulder.z + 0.15);
        let hand = if up { elbow + vec3(0.05 * side, 0.35, 0.05) } else { ground };
        limb(kit, &[(shoulder, 1.4 * t), (elbow, 1.1 * t), (hand, t)]);
        kit.ball(hand + 0.03 * Vec3::Z, 1.2 * t * vec3(1.0, 1.0, 1.2));
        let knee = vec3(stance * x, 0.25, hip.z + 0.2);
        limb(
            kit,
            &[(hip + 0.6 * r * side * Vec3::X, 1.5 * t), (knee, 1.2 * t), (vec3(stance * x, 0.06, hip.z + 0.08), t)],
        );
        kit.ball(vec3(stance * x, 0.05, hip.z + 0.15), vec3(0.07, 0.05, 0.13));
    }
    if !is_big {
        tail(kit, hip - 0.7 * r * Vec3::Z, 4, 0.03, 0.6);
    }
    let crown = on(1.0) + vec3(0.0, 0.55 * r + 0.06, 0.35 * r);
    head(kit, crown, [0.16, 0.85, 0.25, 0.5, 0.35], if is_big { 0 } else { 2 }, |kit| {
        if is_big {
            kit.ball(vec3(0.0, 0.5, -0.2), vec3(0.6, 0.6, 0.7));
        }
    });
}

/// Mice, squirrels and hedgehogs.
fn rodent(kit: &mut Kit) {
    let (kind, r) = (kit.random.whole(0, 2), kit.random.range(0.2, 0.28));
    coat(kit, 0.07, 0.4, 0.55);
    let trunk = [[-0.25, r, r], [-0.05, 1.1 * r, 1.1 * r], [0.12, r, 0.9 * r], [0.22, r, 0.65 * r]];
    let neck = [0.16, 0.3, 0.16, 0.12];
    let poses = [[1.0, 1.0, 1.0, 2.0, 1.0], [0.5, 0.5, 0.5, 3.0, 2.0], [2.0, 1.0, 1.0, 0.0, 0.0]][kind];
    let on = Beast { trunk, wide: 0.9, leg: [0.1, 0.04], neck, paws: true }.stand(kit, poses);
    match kind {
        0 => tail(kit, on.rump, 4, 0.025, 0.6),
        1 => {
            let (root, k) = (on.rump, kit.random.range(0.8, 1.2));
            let path =
                [(0.0, 0.05, 0.05), (0.05, -0.25, 0.11), (0.4, -0.3, 0.15), (0.75, -0.25, 0.15), (0.8, -0.45, 0.06)];
            flesh(kit, 0.9, &path.map(|(y, z, r)| (root + k * vec3(0.0, y, z), k * r)));
        }
        _ => {}
    }
    head(kit, on.crown, [0.17, 0.8, 0.6, 0.22, 0.25], [2, 1, 2][kind], |_| ());
    if kind == 2 {
        kit.sided(5, |kit| {
            kit.dark();
            let long = kit.random.range(1.35, 1.7);
            for k in 0..28 {
                let (middle, r) = on.trunk[k % 3];
                let (angle, lean) = (2.4 * k as f32, 0.5 * libm::sinf(5.0 * k as f32) - 0.4);
                let way = vec3(libm::cosf(angle), 0.15 + libm::sinf(angle).abs(), lean).normalize_or(Vec3::Y);
                kit.rod(middle + 0.7 * r * way, middle + long * r * way, 0.05, 0.012);
            }
        });
    }
}
