//! Birds, crawling animals, reptiles and monsters.

use std::f32::consts::TAU;

use glam::{Vec2, Vec3, vec3};

use super::Kind;
use super::animals::{about, coat, ears, eyes, fin, head, horns, leg, limb, sweep, wings};
use super::kit::Kit;

pub const KINDS: &[Kind] = &[
    ("blocky", blocky),
    ("bird", bird),
    ("flier", flier),
    ("crawler", crawler),
    ("snake", snake),
    ("turtle", turtle),
    ("frog", frog),
    ("snail", snail),
    ("reptile", reptile),
    ("octopus", octopus),
    ("blob", blob),
];

/// An animal of blocks.
fn blocky(kit: &mut Kit) {
    coat(kit);
    let (w, h, l) = (kit.random.range(0.3, 0.6), kit.random.range(0.3, 0.6), kit.random.range(0.5, 1.2));
    let (leg, t, s) = (kit.random.range(0.15, 0.7), kit.random.range(0.1, 0.24), kit.random.range(0.3, 0.55));
    let lift = kit.random.range(-0.2, 0.6);
    let (y, face) = (leg + 0.5 * h, vec3(0.0, leg + 0.5 * h + lift * (h + 0.2), 0.5 * l + 0.35 * s));
    let (long, stride) = (s * kit.random.range(0.7, 1.2), kit.random.pick(&[0.0, 0.0, 0.4]));
    kit.block(vec3(0.0, y, 0.0), vec3(w, h, l));
    kit.hull(&[0, 1, 2, 3, 4, 5, 6, 7].map(|k| {
        let side = |bit: usize| if k >> bit & 1 == 0 { -0.45 } else { 0.45 };
        let foot = if k & 4 == 0 { vec3(0.0, y, 0.3 * l) } else { face };
        foot + vec3(side(0) * s.min(w), side(1) * s.min(h), 0.0)
    }));
    for (x, z, turn) in [(1.0, 1.0, stride), (-1.0, 1.0, -stride), (1.0, -1.0, -stride), (-1.0, -1.0, stride)] {
        kit.turned(vec3(x * (0.5 * w - 0.45 * t), leg + 0.02, z * (0.5 * l - 0.6 * t)), Vec3::X, turn, |kit| {
            kit.block(vec3(0.0, -0.5 * leg, 0.0), vec3(t, leg + 0.1, t));
        });
    }
    kit.block(face, vec3(s, s, long));
    let (ear, tall, out) = (kit.random.range(0.1, 0.3), kit.random.range(0.1, 0.6), kit.random.range(0.1, 0.5));
    kit.both(|kit| kit.block(face + s * vec3(out, 0.45 + 0.5 * tall, -0.1), s * vec3(ear, tall + 0.1, 0.15)));
    let (drop, tail) = (kit.random.around(1.2), kit.random.range(0.1, 0.5));
    kit.turned(vec3(0.0, y + 0.3 * h, -0.48 * l), Vec3::X, drop, |kit| {
        kit.block(vec3(0.0, 0.0, -0.4 * tail), vec3(0.12, 0.12, tail));
    });
    kit.paint(1);
    let (wide, snout) = (s * kit.random.range(0.3, 0.8), kit.random.range(0.02, 0.3));
    kit.block(face + vec3(0.0, -0.25 * s, 0.5 * long), vec3(wide, 0.4 * s, 2.0 * snout));
    kit.dark();
    kit.both(|kit| kit.block(face + vec3(0.3 * s, 0.15 * s, 0.5 * long), s * vec3(0.16, 0.16, 0.1)));
}

/// Songbird, hen, duck, wader, ostrich, owl or penguin: width, tilt, legs, neck, head and beak.
fn bird(kit: &mut Kit) {
    coat(kit);
    let kind = kit.random.whole(0, 6);
    let tilt = [0.4, 0.2, 0.05, 0.3, 0.1, 1.3, 1.4][kind] + kit.random.around(0.1);
    let fat = [0.26, 0.3, 0.27, 0.22, 0.33, 0.33, 0.27][kind];
    let high = [0.25, 0.28, 0.14, 0.9, 0.8, 0.12, 0.08][kind];
    let neck = [0.1, 0.3, 0.35, 0.75, 0.85, 0.05, 0.08][kind];
    let size = [0.2, 0.15, 0.15, 0.11, 0.11, 0.28, 0.18][kind];
    let [fat, high, neck, size, beak, wing, crook] = about(kit, [fat, high, neck, size, 0.2, 0.38, 0.2 * neck]);
    let way = vec3(0.0, libm::sinf(tilt), libm::cosf(tilt));
    let center = vec3(0.0, high + fat.max(0.55 * way.y), 0.0);
    let on = |t: f32, r: f32| (center + t * way, r * fat, (r * fat).max(0.1));
    sweep(kit, &[on(-0.55, 0.4), on(-0.2, 0.9), on(0.15, 1.0), on(0.35, 0.75)]);
    let (foot, up) = (on(0.33, 0.0).0, kit.random.range(1.0, 1.5));
    let crown = foot + (neck + 0.6 * size) * vec3(0.0, libm::sinf(up), libm::cosf(up));
    limb(kit, &[(foot, 0.5 * fat), (foot.lerp(crown, 0.5) + crook * Vec3::Z, 0.55 * size), (crown, 0.6 * size)]);
    kit.sides = kit.sides.min(12);
    kit.ball(crown, Vec3::splat(size));
    if kit.random.chance(0.3) {
        let comb = [(0.7, 0.5), (0.5, 1.6), (0.1, 1.3), (-0.3, 1.6), (-0.8, 0.4)];
        fin(kit, crown, &comb.map(|(z, y)| (size * z, size * y)));
    }
    kit.paint(1);
    let (spread, step) = (kit.random.pick(&[0.1, 0.1, 0.4, 0.9]), kit.random.pick(&[0.0, 0.0, 0.2]) * high);
    kit.both(|kit| {
        let (root, tip) = (center + 0.85 * fat * Vec3::X + 0.1 * way, vec3(spread, 0.0, 0.0) - way);
        sweep(
            kit,
            &[(root, 0.08, 0.5 * fat), (root + wing * tip, 0.08, 0.6 * fat), (root + 1.6 * wing * tip, 0.03, 0.1)],
        );
    });
    eyes(kit, crown + size * vec3(0.6, 0.25, 0.72), 0.2 * size);
    kit.gold();
    limb(
        kit,
        &[(crown + 0.6 * size * Vec3::Z, 0.4 * size), (crown + vec3(0.0, -0.2 * beak, 0.8 * size + beak), 0.1 * size)],
    );
    for x in [-0.45, 0.45] {
        let hip = vec3(x * fat, center.y - 0.5 * fat.max(0.5 * way.y), -0.1 * way.y);
        leg(kit, hip, vec3(hip.x, 0.0, 0.05 + 2.0 * x * step), -0.04, 0.04, 3);
    }
}

/// Flying birds, bats, butterflies and bees.
fn flier(kit: &mut Kit) {
    coat(kit);
    let (kind, raise) = (kit.random.whole(0, 3), kit.random.range(-0.3, 0.9));
    let [fat, size, span, chord] = about(kit, [0.14, 0.13, 0.85, 0.85]);
    let (fat, crown) = (fat * [1.0, 0.8, 0.5, 1.1][kind], vec3(0.0, 0.03, 0.45));
    let on = |z: f32, r: f32| (z * Vec3::Z, r * fat, r * fat);
    sweep(kit, &[on(-0.5, 0.3), on(-0.15, 1.0), on(0.2, 1.0), on(0.4, 0.6)]);
    head(kit, crown, 0.1, ([size, [0.9, 0.3, 0.2, 0.2][kind], 0.3], kind % 2, 0));
    kit.paint(1);
    let outline = match kind {
        0 => [(0.0, 0.2), (0.4, 0.32), (0.7, 0.22), (1.0, -0.1), (0.75, -0.15), (0.4, -0.2), (0.0, -0.22)],
        1 => [(0.0, 0.2), (0.4, 0.4), (1.0, 0.0), (0.7, -0.08), (0.6, -0.35), (0.3, -0.1), (0.0, -0.3)],
        _ => [(0.0, 0.1), (0.5, 0.3), (0.9, 0.5), (1.0, 0.3), (0.85, 0.05), (0.5, -0.02), (0.0, -0.05)],
    };
    wings(kit, vec3(0.3 * fat, 0.3 * fat, 0.05), raise, (span, chord), &outline);
    if kind > 1 {
        wings(kit, vec3(0.3 * fat, 0.25 * fat, 0.0), raise, (0.75 * span, -1.1 * chord), &outline);
    } else {
        wings(kit, vec3(-0.02, 0.0, -0.4), 0.0, (0.3 * span, chord), &[(0.0, 0.0), (0.7, -0.35), (0.0, -0.3)]);
    }
}

/// Crabs, spiders, ants and beetles.
fn crawler(kit: &mut Kit) {
    kit.paint(0);
    let kind = kit.random.whole(0, 3);
    let [w, h, l, y, reach, knee, out, grip] = about(kit, [0.32, 0.17, 0.32, 0.27, 0.65, 0.2, 0.45, 0.13]);
    let (wide, pairs) = ([1.5, 0.6, 0.35, 0.9][kind] * w, [4, 4, 3, 3][kind]);
    let (y, reach, grip) = (y * [0.8, 1.0, 1.0, 0.7][kind], reach * [0.55, 1.0, 0.7, 0.45][kind], 1.4 * grip);
    let knee = knee * [0.6, 1.2, 1.0, 0.3][kind];
    kit.ball(vec3(0.0, y, 0.0), vec3(wide, h, [1.1, 0.8, 0.8, 1.0][kind] * l));
    if kind > 0 {
        kit.ball(
            vec3(0.0, y + 0.05, [0.0, -1.25, -1.3, -0.7][kind] * l),
            vec3([0.0, 0.9, 0.6, 0.95][kind] * w, 1.2 * h, l),
        );
        kit.ball(vec3(0.0, y, 0.85 * l), vec3(0.5 * w, 0.8 * h, 0.4 * l));
    }
    for k in 0..pairs {
        let angle = 0.75 - k as f32 * 1.5 / (pairs - 1) as f32;
        let (s, c) = (libm::sinf(angle), libm::cosf(angle));
        let to = |r: f32, y: f32, t: f32| (vec3(wide * 0.6 + r * c, y, r * s + 0.5 * l * angle), t);
        kit.both(|kit| limb(kit, &[to(-0.1, y, 0.04), to(0.5 * reach, y + knee, 0.045), to(reach, 0.04, 0.03)]));
    }
    kit.both(|kit| {
        let hand =
            if kind == 0 { vec3(wide + 0.1, y + 0.1, out) } else { vec3(0.4 * w, y + grip, 1.2 * l + 0.3 * out) };
        let root = vec3(0.7 * wide.min(0.5 * w), y, if kind == 0 { 0.4 * l } else { l });
        limb(kit, &[(root, 0.05), (hand, 0.035)]);
        if kind == 0 {
            kit.ball(hand + 0.5 * grip * Vec3::Z, vec3(0.7, 0.5, 1.0) * grip);
            for x in [-0.6, 0.5] {
                limb(
                    kit,
                    &[
                        (hand + grip * vec3(x, 0.0, 0.8), 0.4 * grip),
                        (hand + grip * vec3(0.6 * x, 0.0, 2.3), 0.1 * grip),
                    ],
                );
            }
        }
    });
    eyes(kit, vec3(0.25 * w, y + 0.5 * h, if kind == 0 { 0.7 * l } else { 1.1 * l }), 0.07);
}

/// Snakes and worms: coiled or winding.
fn snake(kit: &mut Kit) {
    coat(kit);
    let (kind, [t, turns, wide, lift]) = (kit.random.whole(0, 2), about(kit, [0.08, 1.7, 0.2, 0.4]));
    let bulge = kit.random.range(1.2, 2.0);
    let node = |k: usize| {
        let (s, r) = (k as f32 / 19.0, 0.5 - 0.0132 * k as f32);
        let angle = TAU * turns * (s - 1.0);
        let coil = vec3(-r * libm::cosf(angle), t + 1.7 * turns * t * s, -r * libm::sinf(angle));
        let thick = if kind == 2 && !k.is_multiple_of(3) { bulge * t } else { t * (0.25 + 0.2 * k.min(4) as f32) };
        (if kind == 0 { coil } else { vec3(wide * libm::sinf(angle), t, 1.6 * s - 0.8) }, thick)
    };
    let mut path: Vec<(Vec3, f32)> = (0..20).map(node).collect();
    let tip = path[19].0 + vec3(0.0, lift, 0.3 * lift);
    path.extend([(path[19].0.lerp(tip, 0.3) + 0.1 * Vec3::Z, t), (tip, 0.9 * t)]);
    limb(kit, &path);
    head(kit, tip + 0.05 * Vec3::Z, 0.1, ([1.5 * t, 0.7, 0.6], 0, 0));
}

/// Turtles of land and sea.
fn turtle(kit: &mut Kit) {
    kit.leaf();
    let [w, h, y, size, neck, long] = about(kit, [0.44, 0.3, 0.16, 0.16, 0.25, 0.4]);
    let (rise, swims) = (kit.random.range(0.0, 1.0), kit.random.chance(0.35));
    let crown = vec3(0.0, y + 0.05 + neck * libm::sinf(rise), 0.42 + neck * libm::cosf(rise));
    limb(kit, &[(vec3(0.0, y + 0.05, 0.3), 0.8 * size), (crown, 0.65 * size)]);
    limb(kit, &[(vec3(0.0, y, -0.4), 0.06), (vec3(0.0, 0.7 * y, -0.62), 0.03)]);
    if swims {
        wings(kit, vec3(0.6 * w, y, 0.25), -0.2, (long, 1.0), &[(0.0, 0.12), (1.0, 0.1), (1.6, -0.2), (0.0, -0.1)]);
        wings(kit, vec3(0.5 * w, y, -0.35), -0.1, (long, 1.0), &[(0.0, 0.1), (0.6, -0.1), (0.6, -0.3), (0.0, -0.1)]);
    } else {
        kit.four(|kit| limb(kit, &[(vec3(0.6 * w, y, 0.3), 0.1), (vec3(0.95 * w, 0.06, 0.42), 0.09)]));
    }
    head(kit, crown, 0.1, ([size, 0.4, 0.5], 0, 0));
    kit.paint(1);
    let profile = [(0.8, -0.06), (1.05, -0.02), (1.0, 0.06), (0.85, 0.5 * h), (0.5, 0.88 * h), (0.0, h)];
    kit.scaled(vec3(0.0, y, 0.0), vec3(w, 1.0, 0.52), |kit| kit.lathe(Vec3::ZERO, &profile.map(Vec2::from)));
}

fn frog(kit: &mut Kit) {
    kit.leaf();
    let ([w, eye, out, toe], rise) = (about(kit, [0.28, 0.08, 0.17, 0.08]), kit.random.range(0.1, 0.7));
    let (rump, knee) = (vec3(0.0, 0.16, -0.3), vec3(w + out, 0.22, 0.1));
    let face = vec3(0.0, 0.2 + 0.5 * libm::sinf(rise), 0.1 + 0.35 * libm::cosf(rise));
    sweep(kit, &[(rump, 0.6 * w, 0.14), (face.lerp(rump, 0.4), w, 0.22), (face, 0.85 * w, 0.15)]);
    kit.both(|kit| {
        limb(kit, &[(vec3(0.5 * w, 0.15, -0.3), 0.11), (knee, 0.09)]);
        limb(kit, &[(knee, 0.08), (vec3(w + 0.6 * out, 0.06, -0.3), 0.06), (vec3(w + 1.2 * out, 0.05, 0.12), toe)]);
        let wrist = vec3(0.9 * w, 0.05, face.z + 0.02);
        limb(kit, &[(face - vec3(-0.7 * w, 0.1, 0.12), 0.08), (wrist, 0.06), (wrist + 0.14 * Vec3::Z, toe)]);
        kit.ball(face + vec3(0.55 * w, 0.12, 0.0), Vec3::splat(1.15 * eye));
    });
    eyes(kit, face + vec3(0.6 * w, 0.14, 0.05), eye);
}

fn snail(kit: &mut Kit) {
    coat(kit);
    let ([t, tall, r, stalk, turns], cone) = (about(kit, [0.12, 0.3, 0.33, 0.25, 2.0]), kit.random.range(0.0, 0.3));
    let (crown, hub) = (vec3(0.0, tall, 0.62), vec3(0.0, t + 1.1 * r, -0.1));
    let sole = [(vec3(0.0, 0.03, -0.7), 0.05, 0.03), (vec3(0.0, 0.6 * t, -0.2), 1.3 * t, 0.6 * t)];
    sweep(kit, &[sole[0], sole[1], (vec3(0.0, 0.7 * t, 0.3), 1.3 * t, 0.7 * t), (crown, t, t)]);
    kit.both(|kit| limb(kit, &[(crown + 0.4 * t * Vec3::ONE, 0.035), (crown + vec3(0.1, t + stalk, 0.1), 0.05)]));
    kit.paint(1);
    let whorl = |k: usize| {
        let (s, size) = (k as f32 / 24.0, r * (1.0 - 0.03 * k as f32));
        let angle = TAU * turns * s - 1.6;
        (hub + vec3(cone * s, 0.6 * size * libm::sinf(angle), 0.6 * size * libm::cosf(angle)), 0.55 * size)
    };
    limb(kit, &(0..25).map(whorl).collect::<Vec<_>>());
    kit.ball(hub + 0.3 * cone * Vec3::X, vec3(0.4, 0.7, 0.7) * r);
}

/// Two-legged and long-necked dinosaurs, lizards and dragons.
fn reptile(kit: &mut Kit) {
    kit.paint(0);
    let kind = kit.random.whole(0, 3);
    // Width, hips' height, neck, tail, snout and head.
    let [w, y, neck, long, snout, size] = about(
        kit,
        [
            [0.2, 0.65, 0.4, 0.9, 1.0, 0.16],
            [0.25, 0.5, 1.0, 1.2, 0.5, 0.1],
            [0.16, 0.16, 0.25, 1.0, 1.2, 0.12],
            [0.2, 0.45, 0.6, 1.0, 0.9, 0.15],
        ][kind],
    );
    let (rise, aside) = ([0.9, 0.9, 0.1, 1.0][kind], [0.0, 0.0, 0.2, 0.05][kind]);
    let (swing, lift) = (kit.random.around(0.4), kit.random.range(-0.6, 0.2) * y);
    let chest = vec3(0.0, if kind == 0 { y + 0.15 } else { y }, 0.3);
    let crown = chest + neck * vec3(0.0, libm::sinf(rise), libm::cosf(rise)) + 0.1 * Vec3::Z;
    let end = |s: f32, r: f32| (vec3(swing * s * s, y + lift * s * s, -0.35 - long * s), r, 1.1 * r);
    let (trunk, throat) =
        ((vec3(0.0, y, 0.0), w, 1.05 * w), (chest.lerp(crown, 0.5) + 0.05 * Vec3::Z, 0.42 * w, 0.5 * w));
    let front = [trunk, (chest, 0.75 * w, 0.85 * w), throat, (crown, 0.6 * size, 0.6 * size)];
    sweep(kit, &[&[end(1.0, 0.03), end(0.5, 0.35 * w), end(0.0, 0.75 * w)], &front[..]].concat());
    let horn = kit.random.pick(&[0, [5, 0, 0, 3][kind], [0, 0, 5, 1][kind]]);
    head(kit, crown, 0.15, ([size, snout, 0.5], 0, horn));
    kit.paint(0);
    let (t, step) = (w * kit.random.range(0.25, 0.4), kit.random.around(0.25) * y);
    for (x, z, s) in [(1.0, -0.25, 1.0), (-1.0, -0.25, -1.0), (1.0, 0.28, -1.0), (-1.0, 0.28, 1.0)] {
        let hip = vec3(0.65 * w * x, y, z);
        if kind == 0 && z > 0.0 {
            let elbow = chest + vec3(w * x, -w, 0.2);
            limb(
                kit,
                &[(chest + vec3(0.6 * w * x, -0.3 * w, 0.1), 0.06), (elbow, 0.045), (elbow + 0.13 * Vec3::Z, 0.04)],
            );
        } else {
            leg(kit, hip, vec3(hip.x + (0.1 * w + aside) * x, 0.0, z + step * s), 0.1 * y, t, 1);
        }
    }
    if kind == 3 {
        let ([span], raise) = (about(kit, [0.9]), kit.random.range(0.0, 1.1));
        let outline = [(-0.1, 0.1), (0.5, 0.3), (1.0, 0.0), (0.7, -0.2), (0.45, -0.5), (0.3, -0.25), (-0.1, -0.25)];
        wings(kit, vec3(0.4 * w, y + 0.6 * w, 0.1), raise, (span, 1.0), &outline);
    }
    let (tall, count) = (w * kit.random.range(0.3, 1.0), kit.random.pick(&[0, 5]));
    for z in [0.15, -0.02, -0.19, -0.36, -0.53].iter().take(count) {
        fin(kit, vec3(0.0, y + 0.7 * w, *z), &[(0.08, -0.3 * w), (-0.04, 0.3 * w + tall), (-0.1, -0.4 * w)]);
    }
}

/// Octopuses and squid.
fn octopus(kit: &mut Kit) {
    kit.paint(0);
    let ([r, tall, reach, drop], arms) = (about(kit, [0.28, 1.5, 0.45, 0.45]), kit.random.whole(5, 8));
    let (curl, lean) = (kit.random.range(-0.2, 0.35), kit.random.around(0.2));
    let (neck, top) = (vec3(0.0, 0.2 * r, 0.0), vec3(0.0, r * tall, -lean));
    let crest = (top + vec3(0.0, 0.5 * r * tall, -lean), 0.6 * r, 0.6 * r);
    sweep(kit, &[(-0.1 * Vec3::Y, 0.75 * r, 0.75 * r), (neck, 0.8 * r, 0.8 * r), (top, r, r), crest]);
    kit.around(arms, |kit| {
        let wave = kit.random.around(0.3);
        let end = (vec3(wave, curl - 0.15 - drop, 0.7 * r + 1.2 * reach), 0.03);
        let middle = (vec3(0.0, -0.1 - 0.3 * drop, 0.7 * r + 0.5 * reach), 0.08);
        limb(
            kit,
            &[(vec3(0.0, -0.05, 0.4 * r), 0.11), middle, (vec3(0.5 * wave, -0.15 - drop, 0.5 * r + reach), 0.07), end],
        );
    });
    eyes(kit, vec3(0.45 * r, 0.25 * r, 0.62 * r), 0.24 * r);
}

/// Monsters: blobs and slimes with eyes, horns, spikes, arms and feet.
fn blob(kit: &mut Kit) {
    kit.paint(0);
    let ([w, h, deep, out, t], swing) = (about(kit, [0.5, 0.6, 0.45, 0.3, 0.09]), kit.random.around(0.6));
    let (slime, kind) = (kit.random.chance(0.4), kit.random.whole(0, 7));
    kit.scaled(Vec3::ZERO, vec3(w, h, deep), |kit| {
        let dome = [(1.1, -0.5), (1.15, -0.35), (0.95, 0.1), (0.75, 0.6), (0.4, 0.92), (0.0, 1.0)];
        if slime { kit.lathe(Vec3::ZERO, &dome.map(Vec2::from)) } else { kit.ball(Vec3::ZERO, Vec3::ONE) }
    });
    if kit.random.chance(0.6) {
        let hand = vec3(w + out, swing, 0.2);
        kit.both(|kit| {
            limb(kit, &[(vec3(0.8 * w, 0.0, 0.0), t), (hand - vec3(0.4 * out, 0.6 * swing, 0.1), t), (hand, 1.2 * t)])
        });
    }
    if !slime && kit.random.chance(0.7) {
        kit.both(|kit| leg(kit, vec3(0.4 * w, -0.4 * h, 0.0), vec3(0.45 * w, -h - 0.6 * out, 0.0), 0.0, 1.2 * t, 1));
    }
    kit.paint(1);
    match kind {
        0 => kit.around(8, |kit| {
            limb(kit, &[(vec3(0.8 * w, 0.0, 0.0), 0.09), (vec3(w + 0.8 * out, 0.3 * swing, 0.0), 0.025)])
        }),
        1 | 2 => kit.scaled(vec3(0.0, 0.6 * h, 0.0), Vec3::splat(0.5 * w), |kit| ears(kit, 2 * kind)),
        _ => kit.scaled(vec3(0.0, 0.6 * h, 0.0), Vec3::splat(0.5 * w), |kit| horns(kit, kind - 3)),
    }
    let (eye, apart) = if kit.random.chance(0.25) { (0.35, 0.02) } else { (kit.random.range(0.12, 0.25), 0.35) };
    eyes(kit, vec3(apart * w, 0.3 * h, 0.86 * deep), eye * w);
    if kit.random.chance(0.5) {
        let (wide, open) = (kit.random.range(0.2, 0.5) * w, kit.random.range(0.06, 0.2) * h);
        kit.carve(|kit| {
            kit.dark();
            kit.ball(vec3(0.0, -0.2 * h, deep), vec3(wide, open, 0.3 * w));
        });
    }
}
