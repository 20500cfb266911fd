//! Skeletons, robots, statues and what else is built like people.

use std::f32::consts::FRAC_PI_2;

use glam::{Vec3, vec2, vec3};

use super::Kind;
use super::kit::Kit;
use super::likenesses::skull;
use super::parts::lathed;
use super::people::{
    Body, arm, arms, beard, figure, hair, hat, head, knight, leg, legs, person, robed, skirt, tool, trunk,
};

pub const KINDS: &[Kind] = &[
    ("skeleton", skeleton),
    ("robot", robot),
    ("bust", bust),
    ("statuette", statuette),
    ("mannequin", mannequin),
    ("scarecrow", scarecrow),
    ("sitting person", sitter),
    ("nutcracker", nutcracker),
    ("alien", alien),
];

fn skeleton(kit: &mut Kit) {
    let heads = kit.random.range(3.5, 7.5);
    let mut b = Body::new(kit, heads);
    (b.flesh, b.limb, b.is_blocky) = ([0.12, 0.15, 0.9], 0.55 * b.limb, false);
    b.is_plain = true;
    let (s, t, n) = (b.shoulder, b.neck - b.leg, kit.random.whole(3, 5));
    b.bare(kit);
    kit.rod(b.leg * Vec3::Y, b.face(), 0.9 * b.limb, 0.9 * b.limb);
    kit.rod(vec3(-s, b.neck - b.limb, 0.0), vec3(s, b.neck - b.limb, 0.0), 0.8 * b.limb, 0.8 * b.limb);
    kit.pad(vec3(0.0, b.leg + 0.05 * t, 0.0), vec3(1.5 * b.hip, 0.2 * t, b.depth), b.limb);
    for k in 0..n {
        let (y, wide) = (b.neck - t * (0.18 + 0.45 * k as f32 / n as f32), 0.9 - 0.05 * k as f32);
        kit.scaled(vec3(0.0, y, 0.55 * b.depth), vec3(wide * s, s, b.depth), |kit| {
            kit.ring(Vec3::ZERO, Vec3::Y, 0.75, 0.045 * t / s);
        });
    }
    let hands = arms(kit, &b, 0);
    legs(kit, &b, 0);
    kit.at(b.face(), |kit| kit.scaled(Vec3::ZERO, Vec3::splat(0.5), skull));
    if kit.random.chance(0.4) {
        tool(kit, &b, hands[0], n - 3);
    }
}

/// On legs, wheels, tracks or a round foot; the body is a box, a tin or a ball.
fn robot(kit: &mut Kit) {
    let heads = kit.random.range(2.2, 4.5);
    let mut b = Body::new(kit, heads);
    let (shape, ride, grip) = (kit.random.whole(0, 2), kit.random.whole(0, 4), kit.random.range(1.2, 2.2));
    b.flesh = [0.6, 0.08, kit.random.range(0.4, 0.9)];
    b.is_blocky = shape == 0;
    if ride < 2 {
        let cut = (b.leg - kit.random.range(0.5, 1.1) * b.shoulder).max(0.0);
        (b.leg, b.neck) = (b.leg - cut, b.neck - cut);
    }
    (b.shoulder, b.depth) = (1.3 * b.shoulder, 1.2 * b.depth);
    let (s, y, t) = (b.shoulder, b.leg, b.neck - b.leg + 0.1);
    let middle = (y + 0.5 * t) * Vec3::Y;
    kit.paint(0);
    match shape {
        0 => kit.pad(middle, vec3(2.0 * s, t, 2.0 * b.depth), 0.1 * s),
        1 => kit.rod(y * Vec3::Y, (y + t) * Vec3::Y, s, s * 0.9),
        _ => kit.ball(middle, vec3(1.1 * s, 0.55 * t, 1.1 * s)),
    }
    let hands = arms(kit, &b, 1);
    hands.into_iter().for_each(|hand| kit.ball(hand, Vec3::splat(grip * b.limb)));
    let (c, wide, tall) = (b.face(), kit.random.range(0.4, 0.8), kit.random.range(0.3, 0.6));
    kit.rod(middle, c, 0.25, 0.25);
    kit.paint(1);
    match kit.random.whole(0, 2) {
        0 => kit.pad(c, vec3(2.0 * wide, 2.0 * tall, 1.5 * wide), 0.1),
        1 => lathed(
            kit,
            c - tall * Vec3::Y,
            Vec3::splat(wide),
            &[(1.0, 0.0), (1.0, tall), (0.7, 1.6 * tall), (0.2, 2.0 * tall)],
        ),
        _ => kit.ball(c, vec3(wide, tall, wide)),
    }
    kit.dark();
    let eye = vec3(0.4 * wide, 0.1 * tall, 0.7 * wide);
    kit.both(|kit| kit.rod(c + eye * vec3(1.0, 1.0, 0.3), c + eye * vec3(1.0, 1.0, 1.45), 0.2 * wide, 0.17 * wide));
    if kit.random.chance(0.5) {
        kit.rod(c, c + (tall + 0.5) * Vec3::Y, 0.08, 0.08);
        kit.ball(c + (tall + 0.5) * Vec3::Y, Vec3::splat(0.12));
    }
    drive(kit, &b, ride);
}

fn drive(kit: &mut Kit, b: &Body, ride: usize) {
    let (s, y, t) = (b.shoulder, b.leg, b.neck - b.leg + 0.1);
    if kit.random.chance(0.5) {
        kit.paint(2);
    }
    match ride {
        0 => kit.both(|kit| {
            let track =
                [(-1.0, 0.2), (-0.7, 0.0), (0.7, 0.0), (1.0, 0.2), (1.0, 0.6), (0.6, 1.1), (-0.6, 1.1), (-1.0, 0.6)];
            kit.turned(vec3(0.6 * s, 0.0, 0.0), Vec3::Y, FRAC_PI_2, |kit| {
                kit.plate(&track.map(|(x, h)| vec2(1.2 * s * x, (y + 0.1 * t) * h)), -0.1 * s, 0.35 * s);
            });
        }),
        1 => kit.both(|kit| kit.rod(vec3(0.3 * s, y, 0.0), vec3(1.1 * s, y, 0.0), 0.95 * y, 0.9 * y)),
        2 => lathed(kit, Vec3::ZERO, vec3(s, y, s), &[(1.2, 0.0), (1.1, 0.3), (0.4, 0.4), (0.3, 1.0), (0.3, 1.3)]),
        _ => legs(kit, b, 2),
    }
}

fn bust(kit: &mut Kit) {
    let mut b = Body::new(kit, 6.5);
    (b.flesh, b.is_blocky) = ([0.1, 0.08, kit.random.range(0.4, 0.9)], false);
    let (low, s, d, cap) = (b.neck - kit.random.range(0.7, 1.4), b.shoulder, b.depth, kit.random.whole(0, 12));
    let (foot, tall) = (kit.random.range(0.4, 0.7), kit.random.range(0.3, 1.0));
    head(kit, &b);
    hair(kit, &b);
    b.bare(kit);
    let rise = b.neck - low;
    lathed(kit, low * Vec3::Y, vec3(s, rise, d), &[(0.4, -0.05), (0.85, 0.3), (1.0, 0.7), (0.85, 0.9), (0.3, 1.1)]);
    if cap < 7 {
        hat(kit, &b, cap);
    }
    kit.stone();
    let profile = [(1.1, -1.0), (1.1, -0.8), (0.6, -0.6), (0.5, -0.2), (0.9, 0.2)];
    lathed(kit, low * Vec3::Y, vec3(foot, tall, foot), &profile);
}

fn statuette(kit: &mut Kit) {
    let (wide, tall) = (kit.random.range(1.1, 1.7), kit.random.range(0.15, 1.2));
    [person, robed, knight][kit.random.whole(0, 2)](kit);
    kit.stone();
    if kit.random.chance(0.5) {
        lathed(kit, (0.08 - tall) * Vec3::Y, vec3(wide, tall, wide), &[(1.2, 0.0), (1.2, 0.3), (1.0, 0.4), (1.0, 1.0)]);
    } else {
        kit.block(vec3(0.0, 0.06 - 0.5 * tall, 0.0), vec3(2.0 * wide, tall + 0.12, 1.8 * wide));
    }
}

/// A jointed wooden one, or a tailor's on a stand.
fn mannequin(kit: &mut Kit) {
    let heads = kit.random.range(6.0, 8.0);
    let mut b = Body::new(kit, heads);
    (b.flesh, b.is_blocky) = ([0.08, kit.random.range(0.05, 0.5), 0.8], false);
    b.is_plain = true;
    trunk(kit, &b);
    let foot = b.leg * kit.random.range(0.3, 0.5);
    b.bare(kit);
    kit.rod(b.leg * Vec3::Y, (b.neck + 0.4) * Vec3::Y, 0.25, 0.22);
    if kit.random.chance(0.4) {
        kit.rod(0.02 * Vec3::Y, (b.leg + 0.3) * Vec3::Y, 0.12, 0.1);
        kit.rod(Vec3::ZERO, 0.2 * Vec3::Y, foot, 0.9 * foot);
        return;
    }
    arms(kit, &b, 0);
    legs(kit, &b, 0);
    kit.ball(b.face(), b.head * vec3(0.9, 1.05, 0.95));
    kit.both(|kit| kit.ball(vec3(b.shoulder, b.neck - b.limb, 0.0), Vec3::splat(1.4 * b.limb)));
}

fn scarecrow(kit: &mut Kit) {
    let heads = kit.random.range(4.0, 6.0);
    let mut b = Body::new(kit, heads);
    b.flesh = [0.12, 0.4, 0.8];
    let (reach, low, cap) = (b.arm + b.shoulder + 0.3, kit.random.range(0.3, 0.7) * b.leg, kit.random.whole(0, 2));
    kit.wood();
    let (bar, r) = (b.neck - b.limb, 0.03 * b.neck);
    kit.rod(vec3(-reach, bar, 0.0), vec3(reach, bar, 0.0), r, r);
    kit.rod(-b.leg * 0.4 * Vec3::Y, bar * Vec3::Y, 1.2 * r, r);
    trunk(kit, &b);
    b.limb *= 1.5;
    for side in [1.0, -1.0] {
        arm(kit, &b, side, 0, 0);
    }
    kit.paint(1);
    if kit.random.chance(0.5) {
        skirt(kit, &b, low);
    } else {
        kit.both(|kit| {
            kit.rod(vec3(0.5 * b.hip, b.leg + 0.1, 0.0), vec3(0.7 * b.hip, low, 0.0), 0.5 * b.hip, 0.6 * b.hip)
        });
    }
    head(kit, &b);
    kit.paint(2);
    hat(kit, &b, cap);
}

fn sitter(kit: &mut Kit) {
    let b = Body::any(kit);
    let (seat, floor) = (kit.random.whole(0, 3), kit.random.range(0.35, 0.55) * b.leg);
    trunk(kit, &b);
    for side in [1.0, -1.0] {
        let hip = vec3(side * 0.5 * b.hip, b.leg + 0.6 * b.limb, 0.0);
        let knee = hip + vec3(side * 0.1 * b.leg, if seat == 3 { 0.35 } else { 0.0 } * b.leg, 0.5 * b.leg);
        let foot = if seat == 3 { vec3(knee.x, b.leg, 0.85 * b.leg) } else { knee - floor * Vec3::Y };
        leg(kit, &b, [hip, knee, foot], 1);
    }
    head(kit, &b);
    arms(kit, &b, 0);
    hair(kit, &b);
    let (low, wide, deep) = (b.leg - floor, 1.4 * b.hip.max(b.shoulder), 0.4 * b.leg + b.depth);
    let back = vec3(0.0, b.leg + 0.3 * b.leg, -1.1 * b.depth);
    kit.wood();
    match seat {
        0 => kit.rod((low - 0.2) * Vec3::Y, (b.leg + 0.1) * Vec3::Y, wide, 0.9 * wide),
        1 | 2 => {
            kit.block(
                vec3(0.0, b.leg - 0.05 * b.leg, 0.5 * deep - 1.2 * b.depth),
                vec3(2.0 * wide, 0.15 * b.leg, deep),
            );
            let feet =
                if seat == 1 { vec3(0.2, 1.1 * floor, 0.2) } else { vec3(2.0 * wide - 0.1, 1.1 * floor, deep - 0.1) };
            let (x, z) = (if seat == 1 { wide - 0.15 } else { 0.0 }, 0.5 * deep - 1.2 * b.depth);
            let half = if seat == 1 { 0.5 * deep - 0.12 } else { 0.0 };
            kit.at(vec3(0.0, b.leg - 0.5 * floor, z), |kit| kit.four(|kit| kit.block(vec3(x, 0.0, half), feet)));
            kit.block(back, vec3(1.9 * wide, 0.8 * b.leg, 0.2 * b.depth + 0.1));
        }
        _ => {}
    }
}

fn nutcracker(kit: &mut Kit) {
    let heads = kit.random.range(4.0, 5.5);
    let mut b = Body::new(kit, heads);
    b.is_blocky = false;
    let (tall, held) = (kit.random.range(0.5, 1.2), kit.random.chance(0.5));
    let (r, foot) = (b.head.x, vec3(2.6 * b.shoulder, 0.4, 3.0 * b.depth + 0.5));
    trunk(kit, &b);
    legs(kit, &b, 1);
    head(kit, &b);
    beard(kit, &b);
    let grip = [1.0, -1.0].map(|side| arm(kit, &b, side, 2, 0));
    kit.gold();
    kit.both(|kit| kit.rod(vec3(b.shoulder, b.neck - 0.1, 0.0), vec3(b.shoulder, b.neck + 0.1, 0.0), 0.3, 0.35));
    kit.dark();
    kit.rod(b.face() + 0.15 * Vec3::Y, b.face() + (0.5 + tall) * Vec3::Y, 1.12 * r, 1.25 * r);
    kit.pad(b.face() + vec3(0.0, 0.22, r), vec3(1.6 * r, 0.12, r), 0.04);
    kit.pad(-0.1 * Vec3::Y + 0.1 * Vec3::Z, foot, 0.08);
    if held {
        tool(kit, &b, grip[0], 1);
    }
}

fn alien(kit: &mut Kit) {
    let heads = kit.random.range(2.5, 5.0);
    let mut b = Body::new(kit, heads);
    (b.flesh, b.limb, b.is_blocky) = ([kit.random.pick(&[0.3, 0.35, 0.6, 0.8]), 0.4, 0.7], 0.8 * b.limb, false);
    let (wide, eye, horn) = (kit.random.range(0.5, 0.8), kit.random.range(0.14, 0.24), kit.random.chance(0.5));
    b.is_plain |= kit.random.chance(0.4);
    figure(kit, &b);
    b.bare(kit);
    let c = b.face() + 0.25 * Vec3::Y;
    kit.ball(c, vec3(wide, 0.6, wide));
    if horn {
        kit.both(|kit| kit.tube(&[(c, 0.09), (c + vec3(0.4, 0.9, 0.0), 0.08), (c + vec3(0.5, 1.1, 0.1), 0.16)]));
    }
    kit.dark();
    kit.both(|kit| kit.ball(c + wide * vec3(0.45, -0.2, 0.75), vec3(eye, 1.5 * eye, eye)));
}
