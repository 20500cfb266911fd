//! People by what they do, and riders.

use glam::{Vec3, vec3};

use super::Kind;
use super::fauna::{Beast, coat, eyes, flesh, head, limb, tail};
use super::kit::Kit;
use super::parts::{hue, lathed, leaf, sizes};

pub const KINDS: &[Kind] = &[
    ("rider", rider),
    ("tradesman", tradesman),
    ("ruler", ruler),
    ("dancer", dancer),
    ("baby", baby),
    ("mermaid", mermaid),
    ("zombie", zombie),
];

/// A person whose hips are at the origin and whose head is about 1 high.
struct Man {
    leg: f32,
    neck: f32,
    wide: f32,
    deep: f32,
    limb: f32,
    head: Vec3,
    hands: [Vec3; 2],
}

/// The ways of the upper and the lower arm.
fn reach(kit: &mut Kit, pose: usize) -> [Vec3; 2] {
    let (u, v) = (kit.random.unit(), kit.random.unit());
    match pose {
        1 => [vec3(0.25 + 0.2 * u, -1.0, 0.0), vec3(0.15 * u, -1.0, 0.4 * v)],
        2 => [vec3(0.1 * u, -0.3 * v, 1.0), vec3(-0.1 * u, 0.2 * v, 1.0)],
        3 => [vec3(1.0, 0.3 + u, 0.1), vec3(0.6 - v, 1.0, 0.0)],
        4 => [vec3(0.6, -0.8, -0.1), vec3(0.3 - 0.6 * u, 0.3 * v, 1.0)],
        _ => [vec3(1.0, 0.2 - u, 0.0), vec3(1.0, 0.3 - u, 0.4 * v)],
    }
    .map(|way| way.normalize_or(Vec3::Y))
}

/// Someone so many heads tall; arms by number: any, hanging, forward, raised.
fn man<'r>(
    kit: &mut Kit<'r>,
    heads: f32,
    bulk: f32,
    has_legs: bool,
    pose: usize,
    skin: impl FnOnce(&mut Kit<'r>),
) -> Man {
    kit.sides = kit.sides.min(12);
    let [leg, wide, deep, t, arm, step, spread] =
        sizes(kit, [(0.4, 0.54), (0.3, 0.4), (0.5, 0.8), (0.1, 0.14), (0.9, 1.15), (-0.35, 0.35), (0.0, 0.2)]);
    let neck = (heads - 1.1) * (1.0 - leg);
    let (leg, wide, limb_r) = ((heads - 1.1) * leg, bulk * wide * neck.min(2.6), t * neck.min(2.6));
    let deep = (deep * wide).max(1.2 * limb_r);
    let profile = [(0.5, -0.12), (0.82, 0.02), (0.75, 0.4), (0.95, 0.8), (0.75, 0.93), (0.3, 1.03)];
    kit.paint(0);
    lathed(kit, Vec3::ZERO, vec3(wide, neck, deep), &profile);
    let head = vec3(0.42, 0.52, 0.46) * if heads < 4.0 { 1.15 } else { 1.0 };
    let mut m = Man { leg, neck, wide, deep, limb: limb_r, head, hands: [Vec3::ZERO; 2] };
    let pose = if pose == 0 { kit.random.whole(1, 5) } else { pose };
    for (k, side) in [1.0, -1.0].into_iter().enumerate() {
        let [upper, lower] = reach(kit, pose).map(|way| 0.5 * arm * neck.max(1.0) * way * vec3(side, 1.0, 1.0));
        let top = vec3(side * (0.85 * wide - 0.2 * limb_r), 0.84 * neck, 0.0);
        m.hands[k] = top + upper + lower;
        kit.paint(0);
        limb(kit, &[(top, 1.15 * limb_r), (top + upper, limb_r), (m.hands[k], 0.85 * limb_r)]);
        let foot = vec3(side * (0.5 * wide + spread * leg), 0.6 * limb_r - leg, side * step * leg);
        if has_legs {
            kit.paint(1);
            let (hip, thick) = (vec3(0.46 * side * wide, 0.0, 0.0), (1.35 * limb_r).min(0.5 * wide));
            limb(kit, &[(hip, thick), (0.5 * (hip + foot) + 0.08 * leg * Vec3::Z, 0.95 * thick), (foot, 0.75 * thick)]);
            kit.paint(2);
            kit.pad(foot + vec3(0.0, -0.05, 0.7 * limb_r), vec3(2.2, 1.5, 4.2) * limb_r, 0.5 * limb_r);
        }
    }
    skin(kit);
    m.hands.iter().for_each(|&hand| kit.ball(hand, 1.25 * limb_r * vec3(0.9, 1.1, 1.0)));
    let (c, nose) = (m.face(), kit.random.range(0.05, 0.13));
    kit.rod((neck - 0.15) * Vec3::Y, c, 0.22, 0.2);
    kit.ball(c, head);
    kit.ball(c + vec3(0.0, -0.05, head.z), vec3(0.8, 1.1, 1.2) * nose);
    kit.both(|kit| kit.ball(c + vec3(head.x, -0.03, -0.05), vec3(0.09, 0.14, 0.09)));
    eyes(kit, c + vec3(0.38 * head.x, 0.1, 0.85 * head.z), 0.09);
    m
}

impl Man {
    fn face(&self) -> Vec3 {
        vec3(0.0, self.neck + 0.6 * self.head.y / 0.52, 0.04)
    }
}

fn cocked(kit: &mut Kit, r: f32, brim: f32) {
    kit.dark();
    kit.ball(0.05 * Vec3::Y, vec3(1.1 * r, 0.42, 1.1 * r));
    let points =
        [(0.0, 1.5, 0.1), (1.4, -0.7, 0.1), (-1.4, -0.7, 0.1), (0.0, 1.0, 0.5), (1.2, -0.8, 0.55), (-1.2, -0.8, 0.55)];
    kit.hull(&points.map(|(x, z, y)| vec3(0.9 * brim * r * x * 0.8, y, r * z)));
}

/// Hats and hair: a cook's, of straw, crown, cocked, cloth, hair, top hat, cap.
fn hat(kit: &mut Kit, m: &Man, which: usize) {
    let [tall, brim, long] = sizes(kit, [(0.5, 1.1), (1.4, 2.2), (0.0, 1.2)]);
    let r = m.head.z;
    kit.at(m.face() + 0.17 * Vec3::Y, |kit| match which {
        0 => {
            kit.white();
            lathed(kit, Vec3::ZERO, vec3(r, tall, r), &[(1.05, 0.0), (1.05, 0.5), (1.5, 0.75), (1.3, 1.1), (0.4, 1.2)]);
        }
        1 | 6 => {
            kit.hsv(0.12, if which == 1 { 0.5 } else { 0.1 }, if which == 1 { 0.8 } else { 0.2 });
            let k = if which == 1 { 0.8 } else { 1.0 };
            let brim = if which == 1 { brim } else { 0.8 * brim };
            lathed(
                kit,
                Vec3::ZERO,
                vec3(r, tall, r),
                &[(brim, 0.0), (brim, 0.12), (1.05, 0.16), (k, 0.7), (0.7 * k, 0.75)],
            );
        }
        2 => {
            kit.gold();
            kit.rod(-0.05 * Vec3::Y, 0.3 * Vec3::Y, 1.05 * r, 1.1 * r);
            kit.around(6, |kit| kit.rod(vec3(0.9 * r, 0.2, 0.0), vec3(r, 0.3 + 0.25 * tall, 0.0), 0.2, 0.04));
        }
        3 => cocked(kit, r, brim),
        4 => {
            kit.paint(3);
            kit.ball(Vec3::ZERO, vec3(1.1 * r, 0.45, 1.1 * r));
            limb(kit, &[(vec3(0.0, 0.0, -r), 0.12), (vec3(0.15, -0.4, -1.3 * r), 0.1)]);
        }
        5 => {
            let (hue, value) = (kit.random.range(0.03, 0.12), kit.random.range(0.1, 0.8));
            kit.hsv(hue, 0.5, value);
            kit.ball(vec3(0.0, -0.03, -0.12), vec3(1.12 * r, 0.48, 1.02 * r));
            flesh(kit, 2.0, &[(vec3(0.0, 0.0, -0.6 * r), 0.3), (vec3(0.0, -0.4 - long, -0.9 * r), 0.2)]);
        }
        _ => {
            kit.paint(3);
            kit.ball(0.05 * Vec3::Y, vec3(1.08 * r, 0.42, 1.08 * r));
            kit.pad(vec3(0.0, 0.08, r), vec3(1.3 * r, 0.12, 0.9 * r), 0.04);
        }
    });
}

fn beard(kit: &mut Kit, m: &Man) {
    let (c, long) = (m.face(), kit.random.range(0.3, 1.1));
    kit.hsv(0.08, 0.4, 0.6);
    kit.rod(c + vec3(0.0, -0.1, 0.3), c + vec3(0.0, -0.35 - long, m.deep + 0.1), 0.75 * m.head.x, 0.1);
}

/// From the waist down.
fn skirt(kit: &mut Kit, m: &Man, long: f32, flare: f32) {
    let hem = 0.85 * m.wide + flare;
    let deep = (m.deep / m.wide).max(0.75);
    lathed(
        kit,
        -long * Vec3::Y,
        vec3(1.0, long + 0.35 * m.neck, deep),
        &[(hem, 0.0), (0.45 * hem + 0.5 * m.wide, 0.5), (0.82 * m.wide, 1.0)],
    );
}

/// Held things: stick with a knob, fork, sword, pan, spear.
fn held(kit: &mut Kit, m: &Man, hand: Vec3, which: usize) {
    let (tilt, r, s) = (kit.random.range(-0.2, 0.9), 0.05 + 0.02 * m.neck, m.neck.max(1.4));
    let low = if which == 1 { (hand.y + m.leg).min(1.6 * s) } else { 0.3 };
    kit.turned(hand, Vec3::X, if which == 1 { 0.0 } else { tilt }, |kit| {
        kit.either(0.5, Kit::wood, Kit::metal);
        kit.rod(-low * Vec3::Y, s * Vec3::Y, r, r);
        match which {
            0 => kit.ball(s * Vec3::Y, Vec3::splat(3.0 * r)),
            1 => {
                kit.rod(vec3(-0.3, s, 0.0), vec3(0.3, s, 0.0), r, r);
                [-0.28, 0.0, 0.28]
                    .iter()
                    .for_each(|&x| kit.rod(vec3(x, s - 0.05, 0.0), vec3(x, s + 0.6, 0.0), r, 0.5 * r));
            }
            2 => {
                kit.metal();
                kit.block(0.25 * Vec3::Y, vec3(2.5 * r, 0.1, 0.5));
                kit.frustum(0.2 * Vec3::Y, vec3(1.6 * r, 1.2 * s, 4.0 * r), vec3(1.2 * r, 0.0, 1.5 * r), Vec3::ZERO);
            }
            _ => kit.rod(vec3(0.0, s + 0.3, -0.08), vec3(0.0, s + 0.3, 0.12), 0.45, 0.5),
        }
    });
}

fn heads(kit: &mut Kit) -> f32 {
    let (low, high) = kit.random.pick(&[(2.3, 3.2), (3.2, 5.0), (5.0, 6.5), (6.2, 7.5)]);
    kit.random.range(low, high)
}

/// Horses with riders, unicorns and winged horses.
fn rider(kit: &mut Kit) {
    let kind = kit.random.whole(0, 4);
    coat(kit, 0.06, if kind > 2 { 0.05 } else { 0.5 }, if kind > 2 { 0.95 } else { 0.5 });
    let trunk = [[-0.36, 0.2, 0.19], [-0.1, 0.18, 0.19], [0.15, 0.18, 0.2], [0.32, 0.22, 0.17]];
    let body = Beast { trunk, wide: 0.75, leg: [0.45, 0.045], neck: [0.5, 0.9, 0.15, 0.09], paws: false };
    let on = body.stand(kit, [2.0, 2.0, 0.0, 0.0, if kind > 2 { 0.8 } else { 0.0 }]);
    head(kit, on.crown, [0.14, 0.65, 1.3, 0.42, 0.7], 1, |kit| {
        if kind == 3 {
            kit.gold();
            kit.rod(vec3(0.0, 0.5, 0.5), vec3(0.0, 2.2, 1.3), 0.2, 0.06);
        }
    });
    kit.paint(1);
    let (root, back) = (on.trunk[3].0, on.trunk[1].0.lerp(on.trunk[2].0, 0.5) + 0.17 * Vec3::Y);
    let nape = on.crown + vec3(0.0, 0.08, -0.1);
    flesh(
        kit,
        0.4,
        &[(nape, 0.07), (nape.lerp(root, 0.5) + vec3(0.0, 0.02, -0.06), 0.1), (root + 0.1 * Vec3::Y, 0.07)],
    );
    tail(kit, on.rump, 1, 0.045, 0.5);
    if kind == 4 {
        kit.white();
        let (rise, long) = (kit.random.range(0.2, 1.2), kit.random.range(0.6, 1.0));
        kit.both(|kit| leaf(kit, back + vec3(0.05, -0.05, 0.0), [-0.4, rise], [long, 0.4], 0.1));
    } else if kind < 3 && !on.is_upright {
        kit.wood();
        kit.pad(back, vec3(0.28, 0.1, 0.34), 0.04);
        kit.sides = kit.sides.min(8);
        kit.scaled(back, Vec3::splat(0.17), |kit| {
            let m = man(kit, 5.0, 1.0, false, 0, Kit::skin);
            kit.paint(2);
            let leg = [vec3(0.2, 0.1, 0.0), vec3(1.1, -0.4, 0.8), vec3(1.15, -1.8, 0.4)];
            kit.both(|kit| limb(kit, &[(leg[0], 0.36), (leg[1], 0.32), (leg[2], 0.26)]));
            let which = kit.random.whole(0, 7);
            hat(kit, &m, which);
        });
    }
}

/// Cooks, farmers and sailors.
fn tradesman(kit: &mut Kit) {
    let (heads, bulk, kind) = (heads(kit), kit.random.range(0.9, 1.3), kit.random.whole(0, 2));
    let m = man(kit, heads, bulk, true, 0, Kit::skin);
    let [low, wide] = sizes(kit, [(0.3, 0.8), (0.9, 1.4)]);
    let belly = kit.random.chance(0.4);
    if belly {
        kit.paint(0);
        kit.ball(vec3(0.0, 0.35 * m.neck, 0.3 * m.deep), vec3(0.95 * m.wide, 0.4 * m.neck, 1.15 * m.deep));
    }
    if kind == 0 {
        kit.white();
        let top = vec3(wide * m.wide, 0.0, 1.9 * m.deep);
        kit.frustum(
            -low * m.leg * Vec3::Y + 0.25 * m.deep * Vec3::Z,
            vec3(1.25 * wide * m.wide, low * m.leg + 0.7 * m.neck, 2.2 * m.deep),
            top,
            Vec3::ZERO,
        );
    }
    let cap = [kit.random.pick(&[0, 0, 4]), kit.random.pick(&[1, 1, 7]), kit.random.pick(&[3, 4, 4])][kind];
    hat(kit, &m, cap);
    if kit.random.chance(0.35) {
        beard(kit, &m);
    }
    if kit.random.chance(0.6) {
        let which = [kit.random.pick(&[0, 3]), 1, 2][kind];
        held(kit, &m, m.hands[0], which);
    }
}

/// Kings and queens.
fn ruler(kit: &mut Kit) {
    let (heads, bulk, gowned) = (heads(kit), kit.random.range(0.9, 1.2), kit.random.chance(0.6));
    let m = man(kit, heads, bulk, true, 0, Kit::skin);
    let [flare, fling, wide] = sizes(kit, [(0.1, 0.7), (0.05, 0.35), (1.2, 2.2)]);
    if gowned {
        kit.paint(0);
        skirt(kit, &m, m.leg, flare * m.leg);
    }
    let queen = kit.random.chance(0.5);
    if queen {
        hat(kit, &m, 5)
    } else {
        beard(kit, &m)
    }
    hat(kit, &m, 2);
    kit.paint(3);
    let (back, t) = (-0.7 * m.deep, 0.06 * m.neck + 0.06);
    let size = vec3(2.0 * wide * m.wide, m.leg + 0.95 * m.neck, 2.0 * t);
    let z = back - fling * m.leg - if gowned { flare * m.leg } else { 0.0 };
    kit.frustum(vec3(0.0, -m.leg, z), size, vec3(1.7 * m.wide, 0.0, 1.5 * m.deep), (back - z + 0.3 * m.deep) * Vec3::Z);
    if kit.random.chance(0.6) {
        let which = kit.random.pick(&[0, 0, 2]);
        held(kit, &m, m.hands[0], which);
    }
}

fn dancer(kit: &mut Kit) {
    let heads = kit.random.range(4.0, 7.5);
    let reach = kit.random.pick(&[3, 3, 5]);
    let m = man(kit, heads, 0.85, false, reach, Kit::skin);
    let [lift, out, flare, long] = sizes(kit, [(0.0, 1.6), (-0.4, 1.0), (0.3, 0.9), (0.15, 0.5)]);
    let t = 1.1 * m.limb;
    kit.skin();
    limb(
        kit,
        &[
            (0.35 * m.wide * Vec3::X, 1.2 * t),
            (vec3(0.25 * m.wide, -0.5 * m.leg, 0.06), t),
            (vec3(0.2 * m.wide, -m.leg, 0.0), 0.6 * t),
        ],
    );
    kit.pad(vec3(0.2 * m.wide, -m.leg, 0.8 * t), vec3(1.6, 1.3, 3.6) * t, 0.5 * t);
    let way = vec3(-out, -libm::cosf(lift), -libm::sinf(lift)).normalize_or(Vec3::Y);
    let (hip, knee) = (-0.35 * m.wide * Vec3::X, -0.35 * m.wide * Vec3::X + 0.5 * m.leg * way);
    limb(kit, &[(hip, 1.2 * t), (knee, t), (knee + 0.5 * m.leg * way, 0.5 * t)]);
    kit.paint(1);
    skirt(kit, &m, long * m.leg, flare * m.leg);
    hat(kit, &m, 5);
    let bun = kit.random.chance(0.5);
    if bun {
        kit.ball(m.face() + vec3(0.0, 0.5, -0.35), Vec3::splat(0.25));
    }
}

fn baby(kit: &mut Kit) {
    let heads = kit.random.range(2.2, 2.9);
    let (pose, turn) = (kit.random.whole(0, 2), kit.random.range(1.1, 1.4));
    let tip = if pose == 1 { turn } else { 0.0 };
    kit.turned(Vec3::ZERO, Vec3::X, tip, |kit| {
        let m = man(kit, heads, 1.1, pose == 2, if pose == 1 { 2 } else { 0 }, Kit::skin);
        let (t, out) = (1.4 * m.limb, kit.random.range(0.1, 0.6));
        kit.white();
        kit.ball(-0.02 * Vec3::Y, vec3(1.1 * m.wide, 0.4 * m.neck, 1.3 * m.deep));
        kit.skin();
        kit.both(|kit| {
            let hip = vec3(0.5 * m.wide, -0.05, 0.0);
            let knee = hip + vec3(out, -0.05, 0.6);
            match pose {
                0 => limb(kit, &[(hip, t), (knee, 0.9 * t), (knee + vec3(-0.4 * out, -0.05, 0.3), 0.8 * t)]),
                1 => limb(
                    kit,
                    &[(hip, t), (hip + vec3(0.1, -0.1, 0.55), 0.9 * t), (hip + vec3(0.1, -0.6, 0.5), 0.8 * t)],
                ),
                _ => {}
            }
        });
        let cap = kit.random.pick(&[4, 4, 7]);
        if kit.random.chance(0.6) {
            hat(kit, &m, cap);
        }
    });
}

fn mermaid(kit: &mut Kit) {
    let heads = kit.random.range(4.0, 7.5);
    let m = man(kit, heads, 0.85, false, 0, Kit::skin);
    hat(kit, &m, 5);
    hue(kit, &[0.4, 0.5, 0.55, 0.9]);
    let [long, sit, side, span] = sizes(kit, [(1.0, 1.4), (0.0, 1.2), (-0.5, 0.5), (0.4, 0.7)]);
    let (l, r) = (long * m.leg.max(1.5), 0.8 * m.wide);
    let knee = 0.5 * l * vec3(0.0, -libm::cosf(sit), libm::sinf(sit));
    let tip = knee + 0.55 * l * vec3(side, -1.0, -0.3 * sit).normalize_or(Vec3::Y);
    let path = [(0.1 * Vec3::Y, r), (0.5 * knee, 0.95 * r), (knee, 0.7 * r), (tip, 0.25 * r)];
    flesh(kit, 1.1, &path);
    let way = (tip - knee).normalize_or(Vec3::NEG_Y);
    let across = vec3(1.0, 0.0, 0.3);
    kit.sided(6, |kit| {
        for k in [-1.0, 1.0] {
            let end = tip + span * l * 0.55 * (0.8 * way + 0.8 * k * across);
            let flat = 0.1 * Vec3::Z;
            let middle = tip.lerp(end, 0.5) + 0.12 * l * span * way;
            let points = [tip - 0.1 * way, middle, tip.lerp(end, 0.6) - 0.05 * l * way, end];
            kit.hull(&points.iter().flat_map(|&p| [p + flat, p - flat]).collect::<Vec<_>>());
        }
    });
    if sit > 0.6 {
        kit.stone();
        let low = kit.random.range(0.5, 0.9) * l;
        lathed(
            kit,
            vec3(0.0, -low, 0.1),
            vec3(1.0, low - 0.3 * r, 0.9),
            &[(1.0, 0.0), (0.9, 0.3), (0.75, 0.85), (0.5, 1.0)],
        );
    }
}

/// Zombies and hooded fighters.
fn zombie(kit: &mut Kit) {
    let (heads, fighter) = (heads(kit), kit.random.chance(0.5));
    let skin = |kit: &mut Kit| if fighter { kit.dark() } else { kit.hsv(0.28, 0.4, 0.6) };
    let m = man(kit, heads, 1.0, true, if fighter { 0 } else { 2 }, skin);
    if fighter {
        kit.ball(m.face() + 0.02 * Vec3::Y, 1.07 * m.head);
        hat(kit, &m, 4);
        let back = vec3(0.0, 0.5 * m.neck, -0.9 * m.deep);
        kit.metal();
        let way = vec3(0.6, 0.8, 0.0) * m.neck;
        kit.rod(back - 0.5 * way, back + 0.9 * way, 0.1, 0.08);
        held(kit, &m, m.hands[0], 2);
    } else {
        kit.sided(5, |kit| {
            kit.both(|kit| kit.rod(m.face() + vec3(0.3, -0.2, 0.0), m.face() + vec3(0.62, -0.2, 0.0), 0.1, 0.1))
        });
        kit.paint(0);
        let torn = 0.3 * m.leg;
        kit.sided(7, |kit| skirt(kit, &m, torn, 0.1));
        if kit.random.chance(0.5) {
            hat(kit, &m, 5);
        }
    }
}
