//! Reptiles of now and of ages past, kangaroos and birds.

use std::f32::consts::FRAC_PI_2;

use glam::{Vec3, vec3};

use super::Kind;
use super::fauna::{Beast, coat, eyes, flesh, head, horn, limb};
use super::kit::Kit;
use super::parts::{hue, lathed, leaf, post, round_slab, side_plate, sizes};

pub const KINDS: &[Kind] = &[
    ("horned dinosaur", horned),
    ("long-necked dinosaur", longneck),
    ("tyrannosaur", tyrannosaur),
    ("kangaroo", kangaroo),
    ("crocodile", crocodile),
    ("pterosaur", pterosaur),
    ("penguin", penguin),
    ("owl", owl),
    ("fowl", fowl),
    ("wader", wader),
    ("parrot", parrot),
];

// Reptiles.

/// A mouth along z, hinged at the origin: length, half width, height, opening.
fn jaws(kit: &mut Kit, [long, wide, high, open]: [f32; 4]) {
    let end = |y: f32, k: f32| {
        [(vec3(0.0, y * high, 0.0), 0.5 * high * k), (vec3(0.0, 0.5 * y * high, long), 0.3 * high * k)]
    };
    flesh(kit, 2.0 * wide / high, &end(0.25, 1.1));
    kit.turned(Vec3::ZERO, Vec3::X, open, |kit| flesh(kit, 2.1 * wide / high, &end(-0.2, 0.75)));
    eyes(kit, vec3(0.8 * wide, 0.75 * high, 0.1 * long), 0.16 * high);
}

fn scales(kit: &mut Kit) {
    let (tint, value) = (kit.random.range(0.1, 0.4), kit.random.range(0.3, 0.7));
    coat(kit, tint, 0.5, value);
}

/// A long tapering tail.
fn whip(kit: &mut Kit, root: Vec3, r: f32, long: f32) {
    let (swing, up) = (kit.random.around(0.3), kit.random.range(-0.4, 0.15));
    let on = |t: f32| {
        let p = root + long * vec3(swing * t * t, up * t + 0.2 * t * t, -t);
        let k = 1.0 - 0.93 * t;
        (p.max(vec3(-9.0, k * r, -9.0)), k * r)
    };
    flesh(kit, 0.9, &[on(0.0), on(0.3), on(0.6), on(1.0)]);
}

/// Triceratops, stegosaurus, ankylosaurus.
fn horned(kit: &mut Kit) {
    scales(kit);
    let kind = kit.random.whole(0, 2);
    let arch = if kind == 1 { 0.1 } else { 0.0 };
    let trunk = [[-0.3, 0.2, 0.2], [-0.08, 0.22 + arch, 0.24], [0.14, 0.18, 0.22], [0.32, 0.15 - arch, 0.16]];
    let body = Beast { trunk, wide: [0.9, 0.7, 1.3][kind], leg: [0.2, 0.07], neck: [0.2, 0.0, 0.15, 0.1], paws: false };
    let on = body.stand(kit, [2.0, 2.0, 0.3, 0.0, 0.0]);
    let (r, long) = (0.85 * on.trunk[0].1, kit.random.range(0.5, 0.8));
    whip(kit, on.trunk[0].0 - 0.08 * Vec3::Z, r, long);
    let shape = [[0.19, 0.75, 0.9, 0.35, 0.35], [0.11, 0.7, 0.8, 0.4, 0.1], [0.15, 0.9, 0.5, 0.5, 0.2]][kind];
    head(kit, on.crown, shape, 0, |kit| {
        let (frill, rise) = (kit.random.range(1.2, 1.7), kit.random.range(0.5, 1.0));
        if kind == 0 {
            kit.turned(vec3(0.0, 0.4, -0.3), Vec3::X, -rise, |kit| kit.ball(0.5 * Vec3::Y, vec3(frill, frill, 0.2)));
            horn(kit, [[0.4, 0.5, 0.4], [0.5, 1.2, 1.1], [0.5, 1.6, 2.0]], 0.2);
            horn(kit, [[0.02, 0.0, 1.2], [0.0, 0.4, 1.3], [0.0, 0.7, 1.4]], 0.18);
        }
    });
    kit.paint(1);
    let (tall, count) = (kit.random.range(0.16, 0.3), kit.random.whole(5, 8));
    for k in 0..if kind == 0 { 0 } else { count } {
        let t = 3.0 * k as f32 / (count - 1) as f32;
        let (i, f) = ((t as usize).min(2), t - (t as usize).min(2) as f32);
        let (middle, r) = (on.trunk[i].0.lerp(on.trunk[i + 1].0, f), (1.0 - f) * on.trunk[i].1 + f * on.trunk[i + 1].1);
        let size = tall * (1.2 - (t - 1.3).abs() * 0.4);
        if kind == 1 {
            let x = if k % 2 == 0 { 0.03 } else { -0.03 };
            let plate = [(0.45, 0.0), (0.5, 0.5), (0.0, 1.1), (-0.5, 0.5), (-0.45, 0.0)];
            side_plate(kit, middle + vec3(x, 0.85 * r, 0.0), 0.018, &plate.map(|(z, y)| (size * z, size * y)));
        } else {
            kit.sided(5, |kit| {
                kit.both(|kit| {
                    kit.rod(middle + r * vec3(1.0, 0.3, 0.0), middle + r * vec3(1.7, 0.8, 0.0), 0.06, 0.01);
                    kit.rod(middle + r * vec3(0.5, 0.6, 0.0), middle + r * vec3(0.7, 1.3, 0.0), 0.06, 0.01);
                });
            });
        }
    }
}

fn longneck(kit: &mut Kit) {
    scales(kit);
    let trunk = [[-0.28, 0.2, 0.19], [-0.08, 0.2, 0.23], [0.12, 0.21, 0.22], [0.28, 0.26, 0.15]];
    let (long, up) = (kit.random.range(0.5, 1.1), kit.random.range(0.3, 1.4));
    let neck = [long, up, 0.14, 0.06];
    let body = Beast { trunk, wide: 0.85, leg: [0.32, 0.075], neck, paws: false };
    let on = body.stand(kit, [2.0, 2.0, 0.4, 0.0, 0.1]);
    let (r, back) = (0.85 * on.trunk[0].1, kit.random.range(0.6, 1.2));
    whip(kit, on.trunk[0].0 - 0.06 * Vec3::Z, r, back);
    head(kit, on.crown, [0.1, 0.8, 0.7, 0.5, 0.25], 0, |_| ());
}

fn tyrannosaur(kit: &mut Kit) {
    scales(kit);
    kit.sides = kit.sides.min(14);
    let [r, rise, leg, size, open, thick, step, arm] = sizes(
        kit,
        [(0.17, 0.24), (-0.1, 0.9), (0.45, 0.65), (0.2, 0.3), (0.0, 0.6), (0.06, 0.09), (-0.2, 0.2), (0.1, 0.3)],
    );
    let (hip, way) = (vec3(0.0, leg + 0.1, 0.0), vec3(0.0, libm::sinf(rise), libm::cosf(rise)));
    let (chest, neck) = (hip + 0.38 * way, hip + 0.5 * way + vec3(0.0, 0.18, 0.1));
    flesh(
        kit,
        0.8,
        &[(hip - 0.08 * Vec3::Z, 0.85 * r), (hip + 0.15 * way, 1.05 * r), (chest, 0.85 * r), (neck, 0.5 * r)],
    );
    let long = kit.random.range(0.7, 1.1);
    whip(kit, hip - 0.05 * Vec3::Z, 0.8 * r, long);
    for side in [1.0, -1.0] {
        let (top, foot) = (hip + vec3(0.55 * side * r, 0.0, 0.02), vec3(0.8 * side * r, 0.04, side * step));
        let (knee, heel) = (top.lerp(foot, 0.4) + vec3(0.04 * side, 0.0, 0.13), top.lerp(foot, 0.8) - 0.07 * Vec3::Z);
        limb(kit, &[(top, 2.0 * thick), (knee, 1.3 * thick), (heel, 0.7 * thick), (foot, 0.8 * thick)]);
        for x in [-0.6, 0.0, 0.6] {
            limb(kit, &[(foot, 0.6 * thick), (foot + vec3(1.2 * x * thick, 0.0, 2.2 * thick), 0.45 * thick)]);
        }
        let (root, reach) = (chest + vec3(0.55 * side * r, -0.3 * r, 0.02), vec3(0.02 * side, -0.4, 0.5));
        limb(kit, &[(root, 0.045), (root + 0.7 * arm * reach, 0.035), (root + arm * vec3(0.0, -0.3, 1.1), 0.03)]);
    }
    kit.at(neck + vec3(0.0, 0.03, 0.02), |kit| jaws(kit, [1.1 * size, 0.36 * size, 0.7 * size, open]));
}

fn kangaroo(kit: &mut Kit) {
    coat(kit, 0.07, 0.5, 0.6);
    let [rise, r, t] = sizes(kit, [(0.7, 1.4), (0.2, 0.25), (0.045, 0.06)]);
    let hip = vec3(0.0, 0.36, -0.1);
    let on = |k: f32| hip + k * vec3(0.0, libm::sinf(rise), libm::cosf(rise));
    flesh(kit, 0.85, &[(hip, r), (on(0.25), 0.95 * r), (on(0.5), 0.55 * r), (on(0.72), 0.35 * r)]);
    whip(kit, hip - vec3(0.0, 0.05, 0.1), 0.1, 0.75);
    let (fore, has_young) = (kit.random.range(-0.2, 0.15), kit.random.chance(0.35));
    kit.both(|kit| {
        let (top, knee, heel) = (hip + vec3(0.6 * r, 0.0, 0.03), vec3(0.22, 0.3, 0.17), vec3(0.2, 0.06, -0.12));
        limb(kit, &[(top, 2.6 * t), (knee, 1.8 * t), (heel, 0.9 * t), (vec3(0.2, 0.05, 0.25), 0.8 * t)]);
        let arm = on(0.48) + vec3(0.4 * r, 0.0, 0.03);
        limb(
            kit,
            &[(arm, t), (arm + vec3(0.07, -0.14, 0.08), 0.8 * t), (arm + vec3(0.03, -0.15 + fore, 0.22), 0.7 * t)],
        );
    });
    head(kit, on(0.78) + 0.03 * Vec3::Z, [0.12, 0.75, 1.0, 0.4, 0.35], 1, |_| ());
    if has_young {
        let pouch = on(0.2) + vec3(0.0, -0.03, 0.9 * r);
        coat(kit, 0.07, 0.5, 0.6);
        kit.ball(pouch, vec3(0.13, 0.14, 0.1));
        head(kit, pouch + vec3(0.0, 0.14, 0.03), [0.07, 0.75, 0.8, 0.4, 0.3], 1, |_| ());
    }
}

/// Crocodiles and lizards.
fn crocodile(kit: &mut Kit) {
    scales(kit);
    let [wide, r, leg, long, open, snout] =
        sizes(kit, [(1.2, 1.7), (0.1, 0.15), (0.06, 0.15), (0.6, 1.1), (0.0, 0.55), (0.25, 0.5)]);
    let y = leg + 0.8 * r;
    let on = |z: f32, k: f32| (vec3(0.0, y, z), k * r);
    flesh(kit, wide, &[on(-0.4, 0.75), on(-0.15, 1.0), on(0.2, 1.0), on(0.42, 0.7), on(0.55, 0.65)]);
    whip(kit, on(-0.4, 0.0).0, 0.95 * r, long);
    for (side, z) in [(1.0, -0.33), (-1.0, -0.33), (1.0, 0.3), (-1.0, 0.3)] {
        let (top, step) = (vec3(side * 0.7 * wide * r, y, z), kit.random.around(0.1));
        let (knee, foot) = (top + vec3(0.12 * side, 0.0, -0.02), top + vec3(0.15 * side, 0.03 - y, step));
        limb(kit, &[(top, 0.06), (knee, 0.05), (foot, 0.035)]);
        kit.ball(foot + 0.04 * Vec3::Z, vec3(0.06, 0.03, 0.08));
    }
    kit.at(vec3(0.0, y + 0.02, 0.55), |kit| jaws(kit, [snout, 0.9 * r, 0.95 * r, open]));
    scales(kit);
    for k in 0..if kit.random.chance(0.6) { 6 } else { 0 } {
        let z = 0.4 - 0.16 * k as f32;
        kit.both(|kit| {
            kit.frustum(vec3(0.4 * r, y + 0.6 * r, z), vec3(0.05, 0.55 * r, 0.09), vec3(0.02, 0.0, 0.02), Vec3::ZERO)
        });
    }
}

/// Pterosaurs and bats.
fn pterosaur(kit: &mut Kit) {
    scales(kit);
    let (is_bat, [raise, span, r, tip, sweep]) =
        (kit.random.chance(0.5), sizes(kit, [(-0.3, 0.8), (0.7, 1.2), (0.1, 0.16), (-0.5, 0.2), (0.0, 0.4)]));
    let pitch = if is_bat { -kit.random.range(0.2, 1.4) } else { kit.random.around(0.4) };
    kit.turned(Vec3::ZERO, Vec3::X, pitch, |kit| {
        let body = [(-0.3, 0.4), (-0.1, 0.9), (0.12, 1.0), (0.25, 0.7)].map(|(z, k)| (z * Vec3::Z, k * r));
        flesh(kit, 1.0, &body);
        kit.both(|kit| limb(kit, &[(vec3(0.4 * r, -0.02, -0.25), 0.035), (vec3(0.9 * r, -0.08, -0.5), 0.025)]));
        kit.both(|kit| {
            kit.turned(vec3(0.3 * r, 0.02, 0.0), Vec3::Z, raise, |kit| {
                let (wrist, end) = (vec3(0.4 * span, 0.0, 0.22), vec3(span, 0.3 * span * tip, -sweep));
                limb(kit, &[(0.12 * Vec3::Z, 0.04), (wrist, 0.032), (end, 0.02)]);
                let low = |t: f32| vec3(t * span, t * t * 0.3 * span * tip, -0.3 + 0.12 * t);
                for points in [
                    [0.15 * Vec3::Z, wrist, low(0.5), low(0.0)],
                    [wrist, end, low(0.8) - 0.3 * sweep * Vec3::Z, low(0.45)],
                ] {
                    kit.hull(
                        &points.iter().flat_map(|&p| [p + 0.016 * Vec3::Y, p - 0.016 * Vec3::Y]).collect::<Vec<_>>(),
                    );
                }
            });
        });
        if is_bat {
            head(kit, vec3(0.0, 0.04, 0.34), [0.13, 0.85, 0.2, 0.4, 0.2], 1, |_| ());
        } else {
            let (crest, open) = (kit.random.range(0.1, 0.4), kit.random.range(0.0, 0.4));
            limb(kit, &[(0.2 * Vec3::Z, 0.08), (vec3(0.0, 0.08, 0.42), 0.06)]);
            kit.at(vec3(0.0, 0.08, 0.42), |kit| {
                limb(kit, &[(0.03 * Vec3::Y, 0.06), (vec3(0.0, 0.5 * crest, -crest), 0.025)]);
                jaws(kit, [0.4, 0.06, 0.12, open]);
            });
        }
    });
}

// Birds.

/// A wing that lies against a body, hangs from its shoulder or is spread.
fn wing(kit: &mut Kit, shoulder: Vec3, out: f32, long: f32, way: Vec3) {
    let spread = (out * Vec3::X + way).normalize_or(Vec3::X);
    kit.both(|kit| {
        let tip = shoulder + long * spread;
        let row = |t: f32, k: f32| (shoulder.lerp(tip, t), k * 0.26 * long);
        let lean = way.normalize_or(Vec3::Z).cross(Vec3::X).normalize_or(Vec3::Y);
        let (side, flat) = (spread.cross(lean).normalize_or(Vec3::X), 0.05 * long + 0.012);
        let (side, lean) =
            if out < 0.5 { (lean, side) } else { (way.normalize_or(Vec3::Z), spread.cross(way).normalize_or(Vec3::Y)) };
        let ring = |(p, r): (Vec3, f32)| [r * side, flat * lean, -r * side, -flat * lean].map(|q| p + q);
        let layers = [row(-0.05, 0.5), row(0.3, 1.0), row(0.65, 0.85), row(0.95, 0.3)].map(|p| ring(p).to_vec());
        kit.loft(&layers);
    });
}

fn beak(kit: &mut Kit, at: Vec3, long: f32, r: f32, drop: f32) {
    kit.hsv(0.1, 0.8, 0.9);
    let tip = at + vec3(0.0, -drop, long);
    limb(kit, &[(at, r), (at.lerp(tip, 0.6) + 0.3 * drop * Vec3::Y, 0.75 * r), (tip, 0.15 * r)]);
}

/// Legs with toes, from a height down.
fn claws(kit: &mut Kit, x: f32, hip: Vec3, t: f32) {
    let step = kit.random.pick(&[0.0, 0.0, 0.3]) * hip.y;
    for side in [1.0, -1.0] {
        let foot = vec3(side * x, 0.6 * t, hip.z + side * step + 0.03);
        let top = vec3(side * x, hip.y, hip.z);
        limb(kit, &[(top, 1.6 * t), (top.lerp(foot, 0.45) - t * Vec3::Z, t), (foot, t)]);
        for (x, z) in [(-2.5, 3.5), (0.0, 4.5), (2.5, 3.5), (0.0, -2.5)] {
            limb(kit, &[(foot, 0.8 * t), (foot + t * vec3(x, -0.1, z), 0.5 * t)]);
        }
    }
}

fn penguin(kit: &mut Kit) {
    kit.either(0.7, Kit::dark, |kit| kit.paint(0));
    let [r, tall, s, out, belly] = sizes(kit, [(0.2, 0.45), (0.5, 0.95), (0.15, 0.3), (0.1, 0.9), (0.75, 0.95)]);
    let body = [(0.55, 0.0), (0.9, 0.12), (1.0, 0.4), (0.85, 0.75), (0.55, 1.0), (0.2, 1.1)];
    lathed(kit, 0.06 * Vec3::Y, vec3(r, tall, 0.9 * r), &body);
    let crown = vec3(0.0, tall + 0.7 * s, 0.02);
    kit.ball(crown, s * vec3(1.0, 1.0, 1.05));
    wing(kit, vec3(0.8 * r, 0.85 * tall, 0.0), out, 0.7 * tall, vec3(0.0, -1.0, -0.1));
    limb(kit, &[(vec3(0.0, 0.12, -0.7 * r), 0.1), (vec3(0.0, 0.05, -1.15 * r), 0.04)]);
    eyes(kit, crown + s * vec3(0.45, 0.2, 0.86), 0.14 * s);
    kit.white();
    kit.ball(vec3(0.0, 0.06 + 0.45 * tall, 0.2 * r), vec3(belly * r, 0.46 * tall, 0.8 * r));
    beak(kit, crown + vec3(0.0, -0.1 * s, 0.8 * s), 0.7 * s, 0.25 * s, 0.1 * s);
    kit.both(|kit| kit.ball(vec3(0.45 * r, 0.04, 0.55 * r), vec3(0.35 * r, 0.06, 0.6 * r)));
}

fn owl(kit: &mut Kit) {
    coat(kit, 0.08, 0.4, 0.5);
    let [r, tall, s, disc, out] = sizes(kit, [(0.3, 0.42), (0.65, 0.95), (0.26, 0.38), (0.35, 0.5), (0.05, 0.35)]);
    let foot = 0.1;
    kit.ball(vec3(0.0, foot + 0.5 * tall, 0.0), vec3(r, 0.55 * tall, 0.85 * r));
    let crown = vec3(0.0, foot + tall + 0.25 * s, 0.03);
    kit.ball(crown, s * vec3(1.1, 0.95, 0.95));
    let tufts = kit.random.chance(0.6);
    if tufts {
        kit.both(|kit| kit.rod(crown + s * vec3(0.6, 0.5, 0.1), crown + s * vec3(0.95, 1.35, 0.05), 0.3 * s, 0.05 * s));
    }
    flesh(kit, 1.6, &[(vec3(0.0, foot + 0.3 * tall, -0.6 * r), 0.1), (vec3(0.0, 0.1, -r), 0.07)]);
    kit.paint(1);
    wing(kit, vec3(0.85 * r, 0.75 * tall + foot, -0.05), out, 0.75 * tall, vec3(0.0, -1.0, -0.35));
    kit.white();
    let eye = crown + s * vec3(0.45, 0.1, 0.6);
    kit.both(|kit| kit.scaled(eye, s * vec3(1.0, 1.0, 0.7), |kit| kit.ball(Vec3::ZERO, Vec3::splat(disc + 0.05))));
    eyes(kit, eye + 0.27 * s * Vec3::Z, 0.24 * s);
    beak(kit, crown + vec3(0.0, -0.1 * s, 0.8 * s), 0.3 * s, 0.17 * s, 0.25 * s);
    kit.both(|kit| kit.ball(vec3(0.4 * r, 0.07, 0.4 * r), vec3(0.25 * r, 0.09, 0.35 * r)));
    if kit.random.chance(0.4) {
        kit.wood();
        limb(kit, &[(vec3(-0.6, 0.0, 0.15), 0.09), (vec3(0.0, 0.02, 0.12), 0.08), (vec3(0.7, -0.05, 0.1), 0.07)]);
    }
}

/// Hens, cocks, turkeys, chicks and ducks.
fn fowl(kit: &mut Kit) {
    let kind = kit.random.whole(0, 4);
    coat(kit, 0.09, 0.4, 0.8);
    let [r, leg, long, neck] = sizes(kit, [(0.22, 0.3), (0.15, 0.32), (0.2, 0.32), (0.15, 0.35)]);
    let leg = if kind == 4 { 0.08 } else { leg };
    let y = leg + 0.85 * r;
    let (rump, chest) = (vec3(0.0, y + 0.08, -long), vec3(0.0, y + 0.03, 0.7 * long));
    let crown = chest + vec3(0.0, neck + 0.5 * r, 0.13);
    flesh(kit, 0.85, &[(rump, 0.55 * r), (rump.lerp(chest, 0.4) - 0.04 * Vec3::Y, r), (chest, 0.8 * r), (crown, 0.09)]);
    kit.ball(crown, vec3(0.1, 0.11, 0.12));
    let (fan, tall) = (kit.random.whole(3, 5), kit.random.range(0.3, 0.5));
    match kind {
        1 => (0..fan).for_each(|k| {
            let lift = 1.5 - 0.3 * k as f32;
            leaf(kit, rump, [FRAC_PI_2, lift], [1.1 * tall + 0.1, 0.1], 0.6);
        }),
        2 => kit.turned(rump, Vec3::X, -0.3, |kit| {
            kit.sided(16, |kit| kit.ball(Vec3::ZERO, vec3(tall, 0.9 * tall, 0.06)));
        }),
        _ => limb(kit, &[(rump, 0.5 * r), (rump + vec3(0.0, 0.4 * tall, -0.45 * tall), 0.25 * r)]),
    }
    wing(kit, vec3(0.75 * r, y + 0.35 * r, 0.45 * long), 0.15, 1.3 * long, vec3(0.0, -0.15, -1.0));
    eyes(kit, crown + vec3(0.07, 0.03, 0.07), 0.025);
    if kind < 2 {
        kit.hsv(0.0, 0.8, 0.8);
        let comb = [(0.1, 0.05), (0.12, 0.15), (0.06, 0.13), (0.02, 0.2), (-0.04, 0.14), (-0.1, 0.18), (-0.1, 0.05)];
        side_plate(kit, crown, 0.02, &comb);
        kit.ball(crown + vec3(0.0, -0.12, 0.1), vec3(0.03, 0.08, 0.04));
    }
    let (beak_long, wide) = if kind == 4 { (0.16, 0.05) } else { (0.1, 0.04) };
    beak(kit, crown + 0.09 * Vec3::Z, beak_long, wide, 0.02);
    claws(kit, 0.4 * r, vec3(0.0, y - 0.5 * r, 0.0), 0.024);
}

/// Swans, flamingos, herons, geese.
fn wader(kit: &mut Kit) {
    let (kind, swims) = (kit.random.whole(0, 2), kit.random.chance(0.6));
    kit.either(0.6, |kit| kit.hsv([0.1, 0.97, 0.6][kind], [0.05, 0.4, 0.2][kind], 0.95), |kit| kit.paint(0));
    let [r, leg, long, neck, bow] = sizes(kit, [(0.2, 0.27), (0.55, 0.9), (0.3, 0.42), (0.45, 0.8), (0.05, 0.2)]);
    let leg = if kind == 0 { if swims { -0.05 } else { 0.15 } } else { leg };
    let y = leg + 0.8 * r;
    let (rump, chest) = (vec3(0.0, y + 0.07, -long), vec3(0.0, y, 0.7 * long));
    flesh(
        kit,
        0.95,
        &[(rump - 0.1 * Vec3::Z, 0.25 * r), (rump, 0.6 * r), (rump.lerp(chest, 0.5), r), (chest, 0.65 * r)],
    );
    let on = |t: f32, z: f32| chest + vec3(0.0, t * neck, z);
    let crown = on(1.05, 0.1);
    let path = [
        (chest, 0.5 * r),
        (on(0.25, 0.15 + bow), 0.065),
        (on(0.55, 0.12), 0.055),
        (on(0.85, -bow), 0.05),
        (on(1.0, -0.4 * bow), 0.05),
        (crown, 0.055),
    ];
    flesh(kit, 1.0, &path);
    kit.ball(crown, vec3(0.07, 0.075, 0.1));
    let raise = kit.random.pick(&[0.1, 0.1, 0.1, 0.7]);
    wing(kit, vec3(0.7 * r, y + 0.35 * r, 0.4 * long), raise, 1.5 * long, vec3(0.0, 0.15 + raise, -1.0));
    eyes(kit, crown + vec3(0.055, 0.02, 0.05), 0.02);
    beak(kit, crown + 0.07 * Vec3::Z, [0.13, 0.13, 0.28][kind], 0.04, [0.04, 0.1, 0.04][kind]);
    if kind > 0 || !swims {
        claws(kit, 0.35 * r, vec3(0.0, y - 0.6 * r, 0.0), 0.026);
    }
}

fn parrot(kit: &mut Kit) {
    hue(kit, &[0.0, 0.15, 0.33, 0.6]);
    let [r, tall, tip, long, out] = sizes(kit, [(0.15, 0.22), (0.45, 0.65), (0.1, 0.35), (0.3, 0.7), (0.05, 0.25)]);
    let way = vec3(0.0, libm::cosf(tip), libm::sinf(tip));
    let (foot, crown) = (vec3(0.0, 0.1, -0.05), vec3(0.0, 0.1, -0.05) + tall * way);
    flesh(
        kit,
        0.95,
        &[(foot, 0.5 * r), (foot + 0.4 * tall * way, r), (foot + 0.75 * tall * way, 0.85 * r), (crown, 0.7 * r)],
    );
    kit.ball(crown + 0.02 * Vec3::Z, Vec3::splat(0.8 * r));
    let crest = kit.random.chance(0.35);
    if crest {
        (0..3).for_each(|k| leaf(kit, crown + 0.5 * r * Vec3::Y, [FRAC_PI_2, 1.7 - 0.5 * k as f32], [0.2, 0.07], 0.2));
    }
    limb(kit, &[(foot + 0.1 * way, 0.09), (foot - 0.6 * long * way, 0.07), (foot - long * way, 0.03)]);
    hue(kit, &[0.0, 0.15, 0.33, 0.6]);
    wing(kit, foot + 0.75 * tall * way + 0.85 * r * Vec3::X, out, 0.9 * tall, -way - 0.12 * Vec3::Z);
    eyes(kit, crown + r * vec3(0.6, 0.15, 0.5), 0.14 * r);
    beak(kit, crown + vec3(0.0, 0.02, 0.65 * r), 0.45 * r, 0.38 * r, 0.55 * r);
    kit.both(|kit| kit.ball(vec3(0.4 * r, 0.04, 0.05), vec3(0.04, 0.07, 0.06)));
    kit.wood();
    let (half, stand) = (kit.random.range(0.25, 0.6), kit.random.whole(0, 2));
    kit.rod(vec3(-half, 0.0, 0.02), vec3(half, 0.0, 0.02), 0.035, 0.035);
    match stand {
        0 => {
            let low = -long - kit.random.range(0.1, 0.6);
            post(kit, vec3(0.0, low, 0.06), -low, 0.04, 0.035);
            round_slab(kit, vec3(0.0, low - 0.02, 0.06), 0.3, 0.06);
        }
        1 => {
            kit.scaled(0.42 * Vec3::Y, vec3(half, 0.6, half), |kit| kit.ring(vec3(0.0, 0.0, 0.04), Vec3::Z, 0.95, 0.07))
        }
        _ => {}
    }
}
