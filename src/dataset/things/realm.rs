//! Beings of tales, what they carry and what they guard.

use std::f32::consts::TAU;

use glam::{Vec3, vec2, vec3};

use super::Kind;
use super::kit::Kit;
use super::parts::{blade, polar, round_slab, sizes, snake, upright};

pub const KINDS: &[Kind] = &[
    ("banner", banner),
    ("rack", rack),
    ("gargoyle", gargoyle),
    ("ogre", ogre),
    ("hero", hero),
    ("dragon", dragon),
    ("mimic", mimic),
];

/// A cloth from a row of points, `wide` along `across` from each.
fn cloth(kit: &mut Kit, points: &[(Vec3, f32)], across: Vec3, thick: Vec3) {
    let layer = |&(p, wide): &(Vec3, f32)| {
        let (a, b) = (p - wide * across, p + wide * across);
        vec![a - thick, b - thick, b + thick, a + thick]
    };
    kit.loft(&points.iter().map(layer).collect::<Vec<_>>());
}

/// A body of ellipses, from the bottom to the top: height, z, half width, half depth.
fn trunk(kit: &mut Kit, rows: &[[f32; 4]]) {
    let n = kit.sides.clamp(6, 12);
    let corner = |k: usize| polar(TAU * (k as f32 + 0.5) / n as f32, 1.0, 0.0);
    let ring = |&[y, z, w, d]: &[f32; 4]| (0..n).map(|k| corner(k) * vec3(w, 0.0, d) + vec3(0.0, y, z)).collect();
    kit.loft(&rows.iter().map(ring).collect::<Vec<Vec<Vec3>>>());
}

/// An arm or a leg in one piece.
fn limbed(kit: &mut Kit, [a, b, c]: [Vec3; 3], [from, middle, to]: [f32; 3]) {
    kit.sided(6, |kit| snake(kit, &[(a, from), (b, middle), (c, to)], vec3(1.0, 0.9, 0.8)));
}

/// A being on two legs or in a robe, 1 the height of its shoulders: legs, half width, half depth, limbs, head, hunch.
fn being(kit: &mut Kit, [leg, wide, fat, limb, head, lean]: [f32; 6], is_robed: bool, skin: fn(&mut Kit)) -> [Vec3; 2] {
    kit.sides = kit.sides.min(8);
    let [stance, step, belly, flare] = sizes(kit, [(0.6, 1.0), (-0.25, 0.25), (0.8, 1.3), (1.1, 1.9)]);
    let (tall, flare) = (1.0 - leg, flare * wide);
    kit.paint(1);
    if is_robed {
        trunk(
            kit,
            &[[0.0, 0.0, flare, 0.9 * flare], [leg, 0.0, 0.8 * wide, 0.9 * fat], [1.0, lean, 0.5 * wide, 0.5 * fat]],
        );
    }
    for side in [-1.0, 1.0] {
        let (foot, hip) =
            (vec3(side * stance * wide, limb, side * step * leg), vec3(side * 0.5 * wide, leg + 0.05, 0.0));
        limbed(kit, [hip, 0.5 * (hip + foot) + 0.4 * limb * Vec3::Z, foot], [1.5 * limb, 1.2 * limb, limb]);
        kit.pad(foot + limb * vec3(0.0, -0.3, 0.8), limb * vec3(2.1, 1.5, 3.6), 0.5 * limb);
    }
    kit.paint(0);
    let rows = [[-0.1, 0.0, 0.7, 0.8], [0.3, 0.2, 0.8, belly], [0.75, 0.8, 1.0, 0.9], [1.0, 1.0, 0.7, 0.6]];
    trunk(kit, &rows.map(|[y, z, w, d]| [leg + y * tall, z * lean, w * wide, d * fat]));
    kit.either(0.5, |_| {}, skin);
    let poses =
        [[0.15, -0.5, -0.05, 0.2, -0.95, 0.15], [0.2, -0.45, 0.0, 0.1, -0.35, 0.5], [0.4, 0.0, 0.05, 0.5, 0.45, 0.1]];
    let more =
        [[0.5, -0.35, -0.1, 0.15, -0.7, 0.2], [0.45, -0.15, 0.1, 0.85, -0.2, 0.3], [0.2, -0.4, 0.1, 0.3, -0.6, 0.6]];
    let hands = [-1.0, 1.0].map(|side| {
        let [a, b, c, d, e, f] = kit.random.pick(&[poses, more].concat());
        let (shoulder, reach) = (vec3(side * 0.9 * wide, 1.0 - 0.18 * tall, 0.9 * lean), vec3(0.7 * side, 0.7, 0.7));
        let path = [shoulder, shoulder + reach * vec3(a, b, c), shoulder + reach * vec3(d, e, f)];
        limbed(kit, path, [1.3 * limb, 1.1 * limb, 0.9 * limb]);
        kit.ball(shoulder, Vec3::splat(1.5 * limb));
        kit.ball(path[2], Vec3::splat(1.35 * limb));
        path[2]
    });
    skin(kit);
    let face = vec3(0.0, 1.0 + 0.7 * head, lean + 0.8 * lean.min(head));
    kit.rod(vec3(0.0, 0.95, 0.9 * lean), face, 0.6 * head, 0.5 * head);
    kit.ball(face, head * vec3(0.9, 1.05, 0.95));
    [face, hands[1]]
}

/// Nose, jaw, ears, tusks and horns of a monster.
fn features(kit: &mut Kit, face: Vec3, head: f32) {
    kit.sides = kit.sides.min(6);
    let [ear, up, nose, jaw, horn, curl] =
        sizes(kit, [(0.1, 1.2), (-0.2, 0.7), (0.1, 0.8), (0.3, 0.6), (-1.0, 1.6), (-0.9, 0.9)]);
    kit.both(|kit| {
        kit.rod(face + 0.5 * head * Vec3::X, face + head * vec3(0.9 + ear, up, -0.3), 0.35 * head, 0.08 * head)
    });
    kit.rod(face, face + head * vec3(0.0, -0.2, 0.95 + nose), 0.5 * head, 0.25 * head);
    kit.ball(face + head * vec3(0.0, -0.5, 0.3), head * vec3(jaw + 0.2, 0.5, 0.8));
    kit.white();
    kit.both(|kit| {
        kit.ball(face + head * vec3(0.38, 0.25, 0.75), Vec3::splat(0.2 * head));
        if horn > 0.0 {
            let path = [(0.3, 0.4, 0.0, 0.3), (0.9, 0.7 + 0.2 * horn, 0.3, 0.28), (1.1, 0.8 + 0.6 * horn, 0.8, 0.2)];
            let path = path.map(|(x, y, z, r)| (face + head * vec3(x, y, z * curl), r * head));
            snake(
                kit,
                &[path[0], path[1], path[2], (path[2].0 + head * vec3(-0.1, 0.5, 0.3 * curl), 0.04 * head)],
                Vec3::Z,
            );
        } else {
            kit.rod(face + head * vec3(0.35, -0.6, 0.8), face + head * vec3(0.45, 0.0, 1.05), 0.15 * head, 0.05 * head);
        }
    });
}

/// Wings like a bat's, from `root` out.
fn wings(kit: &mut Kit, root: Vec3, size: f32) {
    kit.sides = kit.sides.min(5);
    let [sweep, lift, tall] = sizes(kit, [(0.0, 1.1), (-0.3, 0.7), (0.6, 1.1)]);
    let low = [(-0.1, 0.1), (-0.1, -0.15), (0.3, -0.25), (0.35, -0.6), (0.6, -0.25), (0.75, -0.45)];
    let outline = [&low[..], &[(0.9, 0.0), (1.1, 0.15), (0.65, 0.55), (0.45, 0.5)]].concat();
    let outline: Vec<_> = outline.iter().map(|p| size * vec2(p.0, tall * p.1)).collect();
    kit.both(|kit| {
        kit.turned(root, vec3(0.0, 1.0, lift), sweep + lift.abs(), |kit| {
            kit.plate(&outline, -0.03 * size, 0.03 * size);
            let knee = outline[8].lerp(outline[9], 0.5).extend(0.0);
            kit.rod(Vec3::ZERO, knee, 0.07 * size, 0.06 * size);
            [3, 5, 7].into_iter().for_each(|k| kit.rod(knee, outline[k].extend(0.0), 0.055 * size, 0.035 * size));
        });
    });
}

/// Club, sword, axe, staff or spear, held at the origin.
fn weapon(kit: &mut Kit, kind: usize, size: f32) {
    let ends = [(-0.2, 0.6), (-0.2, 0.3), (-0.3, 0.7), (-0.8, 0.6), (-0.7, 0.7)][kind];
    kit.wood();
    kit.rod(size * ends.0 * Vec3::Y, size * ends.1 * Vec3::Y, 0.04 * size, if kind == 0 { 0.14 } else { 0.035 } * size);
    kit.metal();
    kit.scaled(Vec3::ZERO, Vec3::splat(size), |kit| match kind {
        0 => kit.ball(0.6 * Vec3::Y, Vec3::splat(0.16)),
        1 => {
            blade(kit, &[[0.1, 0.0, 0.08, 0.04], [0.85, 0.0, 0.08, 0.04], [1.05, 0.0, 0.0, 0.0]], false);
            kit.block(0.12 * Vec3::Y, vec3(0.36, 0.08, 0.1));
        }
        2 => {
            kit.plate(&[(-0.1, 0.4), (0.26, 0.3), (0.32, 0.5), (0.26, 0.7), (-0.1, 0.6)].map(|p| p.into()), -0.05, 0.05)
        }
        3 => kit.ball(0.65 * Vec3::Y, Vec3::splat(0.1)),
        _ => kit.rod(0.65 * Vec3::Y, 0.95 * Vec3::Y, 0.09, 0.0),
    });
}

/// A flag that flies from its pole, or a banner that hangs from a bar.
fn banner(kit: &mut Kit) {
    let [tall, long, wide, wave, thin] = sizes(kit, [(1.8, 3.2), (0.6, 1.6), (0.25, 0.55), (0.0, 0.15), (0.03, 0.05)]);
    let (flies, shape, phase) = (kit.random.chance(0.5), kit.random.whole(0, 2), kit.random.range(0.0, TAU));
    kit.wood();
    upright(kit, 0.0, tall, 1.2 * thin, thin);
    kit.gold();
    kit.either(
        0.5,
        |kit| kit.ball(tall * Vec3::Y, Vec3::splat(2.2 * thin)),
        |kit| upright(kit, tall - 0.05, tall + 0.3, 2.0 * thin, 0.0),
    );
    kit.stone();
    let (corners, foot) = (kit.random.pick(&[4, 6, 12]), kit.random.range(0.2, 0.5));
    kit.sided(corners, |kit| round_slab(kit, -0.1 * Vec3::Y, foot, 0.15));
    let (way, across) = if flies { (Vec3::X, Vec3::Y) } else { (Vec3::NEG_Y, Vec3::X) };
    let from = if flies { (tall - wide - 0.1) * Vec3::Y } else { vec3(0.0, tall - 0.12, 1.2 * thin) };
    let long = if flies { long } else { long.min(0.8 * tall) };
    let row = |k: usize| {
        let t = k as f32 / 8.0;
        let width = [1.0, 1.0 - 0.9 * t, 1.0 - 0.9 * (3.0 * t - 2.0).max(0.0)][shape];
        let z = wave * (if flies { t } else { 0.6 * t }) * (libm::sinf(phase + 7.0 * t) + 0.3);
        (from + t * long * way + z * Vec3::Z, wide * width)
    };
    kit.paint(0);
    cloth(kit, &[0, 1, 2, 3, 4, 5, 6, 7, 8].map(row), across, 0.8 * thin * Vec3::Z);
    if !flies {
        kit.rod(from - 1.2 * wide * Vec3::X, from + 1.2 * wide * Vec3::X, thin, thin);
    }
}

/// A rack of weapons, or a stand with armour.
fn rack(kit: &mut Kit) {
    let [wide, tall, deep, lean] = sizes(kit, [(0.7, 1.5), (0.9, 1.6), (0.25, 0.45), (0.05, 0.3)]);
    kit.wood();
    if kit.random.chance(0.4) {
        let [r, d, waist] = sizes(kit, [(0.26, 0.34), (0.18, 0.26), (0.6, 0.9)]);
        upright(kit, 0.0, 1.6, 0.06, 0.06);
        kit.block(0.05 * Vec3::Y, vec3(0.7, 0.1, 0.6));
        kit.metal();
        trunk(
            kit,
            &[
                [0.65, 0.0, 1.1 * r, d],
                [0.9, 0.0, waist * r, waist * d],
                [1.3, 0.02, r, d],
                [1.45, 0.0, 0.5 * r, 0.5 * d],
            ],
        );
        kit.both(|kit| kit.ball(vec3(1.1 * r, 1.35, 0.0), vec3(0.16, 0.12, 0.17)));
        kit.either(0.5, |kit| kit.both(|kit| kit.rod(vec3(r, 1.33, 0.0), vec3(1.5 * r, 0.8, 0.1), 0.09, 0.06)), |_| {});
        kit.ball(1.66 * Vec3::Y, vec3(0.15, 0.2, 0.17));
        kit.either(
            0.5,
            |kit| kit.block(vec3(0.0, 1.84, -0.05), vec3(0.05, 0.2, 0.34)),
            |kit| kit.block(1.66 * Vec3::Y, vec3(0.28, 0.06, 0.36)),
        );
        return;
    }
    kit.both(|kit| {
        kit.block(vec3(0.5 * wide + 0.08, 0.5 * tall, 0.0), vec3(0.1, tall, 0.1));
        kit.block(vec3(0.5 * wide + 0.08, 0.04, 0.0), vec3(0.12, 0.12, 2.0 * deep));
    });
    [0.2, 0.85].into_iter().for_each(|t| kit.block(t * tall * Vec3::Y, vec3(wide + 0.2, 0.1, 0.12)));
    kit.block(vec3(0.0, 0.08, 0.5 * deep), vec3(wide + 0.2, 0.08, 0.6 * deep + 0.1));
    let count = kit.random.whole(2, 5);
    for k in 0..count {
        let (kind, x) = (kit.random.whole(0, 4), wide * ((k as f32 + 0.5) / count as f32 - 0.5));
        let size = tall * kit.random.range(0.75, 0.95) * if kind == 2 { 0.8 } else { 1.0 };
        kit.turned(vec3(x, 0.8 * size + 0.05, 0.09), Vec3::X, -0.5 * lean, |kit| weapon(kit, kind.max(2), size));
    }
}

fn gargoyle(kit: &mut Kit) {
    kit.sides = kit.sides.min(8);
    let [wide, head, lean, neck, base] = sizes(kit, [(0.22, 0.36), (0.16, 0.25), (0.1, 0.45), (0.75, 1.0), (0.1, 0.8)]);
    kit.stone();
    kit.block(-0.5 * base * Vec3::Y, vec3(2.6 * wide + 0.2, base, 1.1));
    let face = vec3(0.0, neck + 0.3 * head, lean + 0.2);
    trunk(
        kit,
        &[
            [0.0, -0.2, wide, 0.25],
            [0.25, -0.2, 1.1 * wide, 0.3],
            [0.8 * neck, lean, 1.1 * wide, 0.25],
            [neck, lean + 0.1, 0.5 * wide, 0.12],
        ],
    );
    kit.both(|kit| {
        limbed(
            kit,
            [vec3(wide, 0.15, -0.2), vec3(1.4 * wide, 0.5, 0.2), vec3(1.2 * wide, 0.03, 0.2)],
            [0.18, 0.13, 0.08],
        );
        limbed(
            kit,
            [vec3(wide, 0.75 * neck, lean), vec3(1.3 * wide, 0.4, lean), vec3(0.6 * wide, 0.0, 0.42)],
            [0.12, 0.09, 0.07],
        );
        kit.ball(vec3(1.2 * wide, 0.03, 0.3), vec3(0.1, 0.07, 0.17));
        kit.ball(vec3(0.6 * wide, 0.02, 0.45), vec3(0.09, 0.07, 0.1));
    });
    kit.ball(face, vec3(0.9, 1.0, 1.1) * head);
    features(kit, face, head);
    kit.stone();
    kit.either(0.8, |kit| wings(kit, vec3(0.0, 0.75 * neck, lean - 0.2), 0.9), |_| {});
}

/// Goblin, ogre, troll, minotaur or demon.
fn ogre(kit: &mut Kit) {
    kit.sides = kit.sides.min(10);
    let [leg, wide, fat, limb, head, lean] =
        sizes(kit, [(0.25, 0.5), (0.2, 0.42), (0.15, 0.36), (0.06, 0.11), (0.12, 0.3), (0.0, 0.25)]);
    let (kind, has_wings) = (kit.random.whole(0, 4), kit.random.chance(0.3));
    let [face, hand] = being(kit, [leg, wide, fat, limb, head, lean], false, |kit| kit.paint(2));
    features(kit, face, head);
    kit.paint(3);
    trunk(kit, &[[0.6 * leg, 0.0, 1.1 * wide, 1.1 * fat], [leg + 0.1, 0.0, 0.85 * wide, 1.0 * fat]]);
    kit.either(0.7, |kit| kit.at(hand, |kit| weapon(kit, kind, 0.8)), |_| {});
    if has_wings {
        kit.paint(2);
        wings(kit, vec3(0.0, 0.85, 0.8 * lean - 0.7 * fat), 0.8);
        snake(
            kit,
            &[(vec3(0.0, leg, -0.5 * fat), 0.08), (vec3(0.1, 0.15, -0.5), 0.06), (vec3(0.3, 0.2, -0.8), 0.02)],
            Vec3::X,
        );
    }
}

/// A wizard, a monk, an archer or a rogue: a hat or a hood, a cape, a beard.
fn hero(kit: &mut Kit) {
    kit.sides = kit.sides.min(10);
    let [leg, wide, fat, limb, head] =
        sizes(kit, [(0.4, 0.55), (0.15, 0.26), (0.11, 0.18), (0.045, 0.07), (0.12, 0.26)]);
    let [brim, peak, bend, flare, beard] = sizes(kit, [(1.2, 2.2), (1.3, 2.6), (-0.8, 0.8), (0.9, 1.6), (-0.8, 1.2)]);
    let (is_wizard, kind) = (kit.random.chance(0.5), kit.random.pick(&[1, 2, 4, 3]));
    let [face, hand] = being(kit, [leg, wide, fat, limb, head, 0.02], is_wizard, |kit| kit.skin());
    kit.rod(face, face + head * vec3(0.0, -0.15, 1.15), 0.25 * head, 0.12 * head);
    kit.at(hand, |kit| weapon(kit, if is_wizard { 3 } else { kind }, if is_wizard { 1.1 } else { 0.7 }));
    kit.white();
    if beard > 0.0 {
        trunk(
            kit,
            &[
                [face.y - head * (0.8 + beard), face.z + head, 0.1 * head, 0.1 * head],
                [face.y - 0.3 * head, face.z + 0.5 * head, 0.7 * head, 0.5 * head],
            ],
        );
    }
    kit.paint(3);
    if is_wizard {
        kit.turned(face + 0.45 * head * Vec3::Y, Vec3::X, -0.15, |kit| {
            round_slab(kit, Vec3::ZERO, brim * head, 0.2 * head);
            let path = [(0.0, 0.0, 0.98), (0.1 * bend, 0.5, 0.65), (0.8 * bend, 1.0, 0.08)];
            snake(kit, &path.map(|(z, y, r)| (head * vec3(0.0, 0.1 + y * peak, z), r * head)), Vec3::X);
        });
    } else {
        kit.ball(face + head * vec3(0.0, 0.12, -0.22), head * vec3(1.12, 1.2, 1.05));
        kit.rod(
            face + head * vec3(0.0, 0.3, -0.4),
            face + head * vec3(0.0, 0.5, -1.0 - 0.5 * bend),
            0.9 * head,
            0.1 * head,
        );
        trunk(kit, &[[0.85, 0.0, 1.15 * wide, 1.2 * fat], [1.0 + 0.1 * head, 0.0, 0.7 * head, 0.7 * head]]);
    }
    if kit.random.chance(0.7) {
        let low = 0.1 + 0.2 * bend.abs();
        cloth(
            kit,
            &[
                (vec3(0.0, 0.98, -0.4 * fat), 0.8 * wide),
                (vec3(0.0, 0.5, -1.1 * fat), flare * wide),
                (vec3(0.0, low, -1.6 * fat - 0.05), 1.1 * flare * wide),
            ],
            Vec3::X,
            0.03 * Vec3::Z,
        );
    }
}

fn dragon(kit: &mut Kit) {
    kit.sides = kit.sides.min(8);
    let [fat, leg, neck, rise, head, tail] =
        sizes(kit, [(0.22, 0.4), (0.3, 0.6), (0.5, 1.0), (0.2, 0.9), (0.14, 0.24), (0.9, 1.7)]);
    let [curl, snout, wing] = sizes(kit, [(-0.9, 0.9), (0.8, 2.0), (0.8, 1.7)]);
    let (y, sits) = (leg + 0.6 * fat, kit.random.pick(&[0.0, 0.0, 0.35]));
    let chest = vec3(0.0, y + sits, 0.4);
    let face = chest + vec3(0.3 * curl * neck, rise * neck + 0.1, (1.1 - 0.7 * rise) * neck);
    let spine = [
        (vec3(0.9 * curl, 0.1, -0.55 - 0.8 * tail), 0.04),
        (vec3(0.35 * curl, 0.35 * y, -0.5 - 0.6 * tail), 0.3 * fat),
        (vec3(0.0, 0.75 * y, -0.55), 0.65 * fat),
    ];
    let front = [
        (vec3(0.0, y + 0.4 * sits, -0.05), 1.05 * fat),
        (chest, 0.9 * fat),
        (chest + vec3(0.0, 0.5 * rise * neck + 0.1, 0.4 * neck), 0.45 * fat),
        (face, 0.65 * head),
    ];
    kit.paint(0);
    let spine = [&spine[..], &front].concat();
    snake(kit, &spine, Vec3::X);
    kit.both(|kit| {
        limbed(
            kit,
            [vec3(0.7 * fat, 0.85 * y, -0.4), vec3(1.1 * fat, 0.5 * y, -0.15), vec3(1.1 * fat, 0.06, -0.4)],
            [0.5 * fat, 0.35 * fat, 0.2 * fat],
        );
        limbed(
            kit,
            [
                chest + vec3(0.7 * fat, -0.1 * fat, 0.0),
                vec3(1.1 * fat, 0.5 * chest.y, 0.3),
                vec3(1.05 * fat, 0.06, 0.45),
            ],
            [0.35 * fat, 0.25 * fat, 0.18 * fat],
        );
        [-0.35, 0.5]
            .into_iter()
            .for_each(|z| kit.pad(vec3(1.08 * fat, 0.05, z), vec3(0.5 * fat, 0.12, 0.8 * fat), 0.04));
    });
    kit.ball(face, head * vec3(0.85, 0.75, 1.0));
    kit.frustum(
        face + head * vec3(0.0, -0.35, 0.3 + 0.5 * snout),
        head * vec3(0.8, 0.6, snout),
        head * vec3(0.5, 0.0, 0.8 * snout),
        Vec3::ZERO,
    );
    features(kit, face, 0.9 * head);
    kit.paint(1);
    for pair in spine.windows(2) {
        let (middle, r) = (pair[0].0.lerp(pair[1].0, 0.5), 0.5 * (pair[0].1 + pair[1].1));
        kit.sides = 5;
        kit.rod(middle + 0.7 * r * Vec3::Y, middle + vec3(0.0, 1.1 * r + 0.12, -0.1), 0.3 * r + 0.02, 0.01);
    }
    kit.either(0.85, |kit| wings(kit, chest + vec3(0.0, 0.5 * fat, -0.2), wing), |_| {});
}

/// A chest with teeth, or a slime.
fn mimic(kit: &mut Kit) {
    kit.sides = kit.sides.min(10);
    let [wide, deep, tall, gape, tongue] = sizes(kit, [(0.9, 1.5), (0.6, 1.0), (0.35, 0.7), (0.3, 1.2), (0.2, 1.0)]);
    let (hx, hz, count) = (0.5 * wide, 0.5 * deep, kit.random.whole(4, 7));
    kit.wood();
    kit.block(0.5 * tall * Vec3::Y, vec3(wide, tall, deep));
    kit.both(|kit| kit.block(vec3(0.8 * hx, 0.5 * tall, 0.0), vec3(0.12, tall + 0.04, deep + 0.06)));
    let teeth = |kit: &mut Kit, y: f32, z: f32| {
        kit.white();
        for k in 0..count {
            let x = hx * (2.0 * (k as f32 + 0.5) / count as f32 - 1.0);
            kit.rod(vec3(x, 0.0, z), vec3(x, y, z), 0.8 * hx / count as f32, 0.0);
        }
    };
    kit.at((tall - 0.03) * Vec3::Y, |kit| teeth(kit, 0.28, hz - 0.09));
    kit.turned(vec3(0.0, tall - 0.04, -hz), Vec3::X, -gape, |kit| {
        kit.wood();
        let arch = [(0.0, 0.0), (0.0, 0.3), (0.25, 0.5), (0.75, 0.5), (1.0, 0.3), (1.0, 0.0)]
            .map(|(z, y)| vec3(hx, y * deep, z * deep));
        kit.hull(&[arch, arch.map(|p| p - wide * Vec3::X)].concat());
        kit.at(0.03 * Vec3::Y, |kit| teeth(kit, -0.28, deep - 0.09));
        kit.either(
            0.5,
            |kit| kit.both(|kit| kit.ball(vec3(0.4 * hx, 0.45 * deep, 0.8 * deep), Vec3::splat(0.15))),
            |_| {},
        );
    });
    kit.hsv(0.98, 0.7, 0.7);
    cloth(
        kit,
        &[
            (vec3(0.0, tall, -0.5 * hz), 0.3 * hx),
            (vec3(0.0, tall + 0.08, hz), 0.35 * hx),
            (vec3(0.1, tall - 0.6 * tongue * tall, hz + 0.3), 0.25 * hx),
        ],
        Vec3::X,
        0.05 * vec3(0.0, 1.0, 0.6),
    );
    if tongue > 0.6 {
        kit.both(|kit| {
            limbed(
                kit,
                [vec3(0.7 * hx, 0.1, 0.5 * hz), vec3(1.2 * hx, 0.2, 0.8 * hz), vec3(1.3 * hx, -0.2, hz)],
                [0.1, 0.09, 0.07],
            )
        });
    }
}
