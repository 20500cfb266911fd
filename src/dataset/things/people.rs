//! People, and what is made in their likeness.

use glam::{Vec3, vec2, vec3};

use super::super::random::Random;
use super::Kind;
use super::kit::Kit;
use super::parts::lathed;

pub const KINDS: &[Kind] =
    &[("person", person), ("robed person", robed), ("knight", knight), ("dwarf", dwarf), ("astronaut", astronaut)];

/// Measures of a figure whose soles are at y = 0 and whose head is about 1 high: half widths and depth.
pub(super) struct Body {
    pub(super) leg: f32,
    pub(super) neck: f32,
    pub(super) shoulder: f32,
    pub(super) hip: f32,
    pub(super) depth: f32,
    pub(super) limb: f32,
    pub(super) arm: f32,
    pub(super) head: Vec3,
    pub(super) is_blocky: bool,
    /// All in the colour of `flesh`.
    pub(super) is_plain: bool,
    pub(super) flesh: [f32; 3],
    pub(super) tone: Random,
}

impl Body {
    pub(super) fn new(kit: &mut Kit, heads: f32) -> Self {
        kit.sides = kit.sides.min(10);
        let random = &mut kit.random;
        let neck = heads - 1.12;
        let leg = neck * random.range(if heads > 5.5 { 0.5 } else { 0.38 }, 0.58);
        let trunk = neck - leg;
        let shoulder = trunk * random.range(0.27, 0.38);
        let hip = shoulder * random.range(0.7, 1.05);
        let limb = (trunk * random.range(0.085, 0.14)).min(0.45 * hip);
        let depth = shoulder * random.range(0.45, 0.8);
        let arm = trunk * random.range(0.95, 1.25);
        let wide = if heads < 4.5 { 1.2 } else { 1.0 };
        let head = vec3(random.range(0.37, 0.46) * wide, 0.52, random.range(0.42, 0.5) * wide);
        let flesh = [0.06, random.range(0.25, 0.5), random.range(0.4, 0.95)];
        let (is_blocky, is_plain, tone) = (random.chance(0.2), random.chance(0.1), random.fork(1));
        Self { leg, neck, shoulder, hip, depth, limb, arm, head, is_blocky, is_plain, flesh, tone }
    }

    pub(super) fn any(kit: &mut Kit) -> Self {
        let (low, high) = kit.random.pick(&[(2.3, 3.5), (3.2, 5.0), (5.0, 6.8), (6.2, 7.6)]);
        let heads = kit.random.range(low, high);
        Self::new(kit, heads)
    }

    /// The colour of skin: the same for all parts of one figure.
    pub(super) fn bare(&self, kit: &mut Kit) {
        let next = std::mem::replace(kit.random, self.tone.clone());
        kit.hsv(self.flesh[0], self.flesh[1], self.flesh[2]);
        *kit.random = next;
    }

    fn cloth(&self, kit: &mut Kit, number: usize) {
        if self.is_plain { self.bare(kit) } else { kit.paint(number) }
    }

    pub(super) fn face(&self) -> Vec3 {
        vec3(0.0, self.neck + 0.62, 0.12 * self.head.z)
    }
}

/// A way from a joint: down, turned outwards by `out`, forwards by `fore`.
fn swing(side: f32, out: f32, fore: f32) -> Vec3 {
    let (s, c) = (libm::sinf(out), libm::cosf(out));
    vec3(side * s, -c * libm::cosf(fore), c * libm::sinf(fore))
}

fn limb(kit: &mut Kit, b: &Body, path: [Vec3; 3], radii: [f32; 2]) {
    let (sides, grow) = if b.is_blocky { (4, 1.25) } else { (6, 1.1) };
    let [from, to] = radii.map(|r| grow * r);
    let (r, ways) = (0.5 * (from + to), [path[1] - path[0], path[2] - path[1]].map(|way| way.normalize_or(Vec3::Y)));
    kit.sided(sides, |kit| {
        kit.rod(path[0], path[1], from, r);
        kit.rod(path[1] - 0.4 * r * ways[1], path[2], 0.98 * r, to);
        if ways[0].dot(ways[1]) < 0.9 {
            kit.ball(path[1], Vec3::splat(r));
        }
    });
}

/// Arms in a pose: spread, aslant, hanging, raised, forward, bent, on the hips. Returns where the hand is.
pub(super) fn arm(kit: &mut Kit, b: &Body, side: f32, pose: usize, sleeve: usize) -> Vec3 {
    let (u, v) = (kit.random.unit(), kit.random.unit());
    let (upper, lower) = match pose {
        0 => ((1.55, 0.0), (1.45 + 0.2 * u, 0.0)),
        1 => ((0.6 + 0.4 * u, 0.0), (0.6 + 0.4 * u, 0.3 * v)),
        2 => ((0.15 + 0.2 * u, 0.0), (0.05 + 0.2 * u, 0.4 * v)),
        3 => ((1.7 + 0.8 * u, 0.0), (2.3 + 0.6 * v, 0.0)),
        4 => ((0.1 * u, 1.2 + 0.4 * u), (-0.1 + 0.2 * v, 1.3 + 0.5 * v)),
        5 => ((0.3 + 0.3 * u, -0.2 + 0.5 * v), (-0.2 + 0.5 * u, 1.3 + 0.6 * v)),
        _ => ((0.9 + 0.2 * u, -0.3), (-0.8, 0.4)),
    };
    let inner = if matches!(pose, 0 | 1 | 3) { 0.78 } else { 0.95 } * b.shoulder - 0.35 * b.limb;
    let start = vec3(side * inner, b.neck - 1.2 * b.limb, 0.0);
    let elbow = start + 0.5 * b.arm * swing(side, upper.0, upper.1);
    let hand = elbow + 0.5 * b.arm * swing(side, lower.0, lower.1);
    b.cloth(kit, sleeve);
    limb(kit, b, [start, elbow, hand], [b.limb, 0.8 * b.limb]);
    b.bare(kit);
    let far = hand + 0.5 * b.limb * (hand - elbow).normalize_or(Vec3::Y);
    kit.sided(6, |kit| kit.ball(far, Vec3::splat(1.15 * b.limb)));
    far
}

pub(super) fn arms(kit: &mut Kit, b: &Body, sleeve: usize) -> [Vec3; 2] {
    let first = kit.random.weighted(&[2.0, 2.0, 4.0, 1.0, 1.0, 2.0, 1.0]);
    let other = if kit.random.chance(0.6) { first } else { kit.random.whole(1, 6) };
    [arm(kit, b, 1.0, first, sleeve), arm(kit, b, -1.0, other, sleeve)]
}

pub(super) fn legs(kit: &mut Kit, b: &Body, cloth: usize) {
    let stance = kit.random.weighted(&[3.0, 2.0, 2.0]);
    let spread = if stance == 1 { kit.random.range(0.05, 0.25) * b.leg } else { 0.02 * b.leg };
    let stride = if stance == 2 { kit.random.range(0.1, 0.4) * b.leg } else { 0.0 };
    for side in [1.0, -1.0] {
        let hip = vec3(side * 0.52 * b.hip, b.leg + 0.3 * b.limb, 0.0);
        let foot = vec3(side * (0.55 * b.hip + spread), 0.8 * b.limb, side * stride);
        leg(kit, b, [hip, 0.5 * (hip + foot) + 0.35 * stride.max(0.05) * Vec3::Z, foot], cloth);
    }
}

pub(super) fn leg(kit: &mut Kit, b: &Body, path: [Vec3; 3], cloth: usize) {
    let (bulk, toe) = (1.3 * b.limb, 2.0 * b.limb);
    let thick = bulk.min(0.5 * b.hip);
    b.cloth(kit, cloth);
    limb(kit, b, path, [thick, 0.8 * thick]);
    b.cloth(kit, cloth + 1);
    let sole = vec3(2.1 * thick, 1.5 * b.limb, 2.0 * thick + toe);
    kit.pad(path[2] + vec3(0.0, -0.05 * b.limb, 0.5 * toe), sole, 0.6 * b.limb);
}

pub(super) fn trunk(kit: &mut Kit, b: &Body) {
    b.cloth(kit, 0);
    let (low, t, waist) = (b.leg, b.neck - b.leg, kit.random.range(0.36, 0.55) * (b.hip + b.shoulder));
    let scale = vec3(1.0, t, b.depth / b.shoulder);
    if b.is_blocky {
        let top = vec3(2.0 * b.shoulder, 0.0, 2.0 * b.depth);
        kit.frustum(low * Vec3::Y, vec3(2.0 * b.hip, t, 1.8 * b.depth), top, Vec3::ZERO);
    } else {
        let (h, s) = (b.hip, b.shoulder);
        let profile = [(0.6 * h, -0.06), (h, 0.1), (waist, 0.42), (s, 0.82), (0.82 * s, 0.93), (0.3 * s, 1.03)];
        lathed(kit, low * Vec3::Y, scale, &profile);
        if kit.random.chance(0.3) {
            kit.ball(vec3(0.0, low + 0.35 * t, 0.25 * b.depth), vec3(0.95 * waist, 0.35 * t, b.depth));
        }
    }
    if kit.random.chance(0.5) {
        kit.paint(3);
        let wide = 1.06 * waist.max(b.hip);
        lathed(kit, (low + 0.15 * t) * Vec3::Y, scale * vec3(1.0, 1.0, 1.1), &[(wide, 0.0), (wide, 0.1)]);
    }
}

/// From the waist down to `low`.
pub(super) fn skirt(kit: &mut Kit, b: &Body, low: f32) {
    let (tall, deep) = (b.leg + 0.3 * (b.neck - b.leg) - low, (b.depth / b.shoulder).max(0.7));
    let hem = 1.15 * b.hip + kit.random.range(0.05, 0.35) * (b.leg - low);
    let bow = kit.random.range(0.4, 0.6) * (hem + b.hip);
    lathed(kit, low * Vec3::Y, vec3(1.0, tall, deep), &[(hem, 0.0), (bow, 0.5), (0.9 * b.hip, 1.0)]);
}

pub(super) fn head(kit: &mut Kit, b: &Body) {
    let (c, r) = (b.face(), b.head);
    b.bare(kit);
    kit.rod(vec3(0.0, b.neck - 0.15, 0.0), c, 0.22 + 0.1 * b.limb, 0.2 + 0.1 * b.limb);
    match (b.is_blocky, kit.random.whole(0, 2)) {
        (true, _) => kit.pad(c, 1.9 * r, 0.1),
        (_, 0) => {
            kit.ball(c + 0.08 * Vec3::Y, r * vec3(1.0, 0.85, 1.0));
            kit.ball(c + vec3(0.0, -0.17, 0.15 * r.z), r * vec3(0.75, 0.66, 0.75));
        }
        _ => kit.ball(c, r),
    }
    let (nose, ear, eye) = (kit.random.range(0.0, 0.14), kit.random.chance(0.6), kit.random.range(0.0, 0.13));
    kit.sided(6, |kit| {
        if nose > 0.05 {
            kit.ball(c + vec3(0.0, -0.05, r.z), vec3(0.8, 1.1, 1.2) * nose);
        }
        if ear {
            kit.both(|kit| kit.ball(c + vec3(r.x, -0.03, -0.05), vec3(0.08, 0.14, 0.09)));
        }
        kit.dark();
        if eye > 0.05 {
            kit.both(|kit| kit.ball(c + vec3(0.38 * r.x, 0.08, 0.88 * r.z), Vec3::splat(eye)));
        }
    });
}

pub(super) fn hair(kit: &mut Kit, b: &Body) {
    let (c, r, long) = (b.face(), b.head, kit.random.range(0.3, 1.1));
    let (hue, value) = (kit.random.range(0.03, 0.12), kit.random.range(0.1, 0.8));
    kit.hsv(hue, 0.5, value);
    match (b.is_blocky, r * vec3(1.1, 0.95, 1.02)) {
        (true, size) => kit.pad(c + vec3(0.0, 0.22, -0.15), 1.9 * size * vec3(1.0, 0.8, 1.0), 0.06),
        (_, size) => kit.ball(c + vec3(0.0, 0.12, -0.14), size),
    }
    match kit.random.whole(0, 5) {
        1 => kit.pad(c + vec3(0.0, -0.4 * long, -0.8 * r.z), vec3(2.0 * r.x, 0.9 * long + 0.2, 0.8 * r.z), 0.2),
        2 => kit.ball(c + vec3(0.0, 0.5, -0.35), Vec3::splat(0.3)),
        3 => kit.tube(&[(c - r.z * Vec3::Z, 0.2), (c + vec3(0.0, 0.1, -0.9), 0.2), (c + vec3(0.0, -long, -0.9), 0.1)]),
        4 => kit.both(|kit| kit.rod(c + vec3(r.x, 0.1, -0.1), c + vec3(r.x + 0.2, -long, 0.0), 0.2, 0.12)),
        _ => {}
    }
}

/// Hats: pointed, top hat, brimmed, crown, cap, hood, helmet.
pub(super) fn hat(kit: &mut Kit, b: &Body, which: usize) {
    let (c, r) = (b.face(), b.head.x.max(b.head.z) * if b.is_blocky { 1.25 } else { 1.0 });
    let (tall, brim, lean) = (kit.random.range(0.5, 1.6), kit.random.range(1.2, 2.1), kit.random.range(-0.1, 0.25));
    let size = vec3(r, tall, r);
    kit.turned(c + 0.15 * Vec3::Y, Vec3::X, -lean, |kit| match which {
        0 => lathed(kit, Vec3::ZERO, size, &[(brim, 0.0), (brim, 0.12), (1.05, 0.15), (0.5, 0.7), (0.0, 1.5)]),
        1 => lathed(kit, Vec3::ZERO, size, &[(0.9 * brim, 0.0), (0.9 * brim, 0.12), (1.02, 0.13), (1.0, 0.8)]),
        2 => lathed(kit, Vec3::ZERO, size, &[(brim, 0.0), (brim, 0.1), (1.05, 0.15), (0.9, 0.5), (0.3, 0.6)]),
        3 => {
            kit.gold();
            kit.rod(-0.05 * Vec3::Y, 0.25 * Vec3::Y, 1.05 * r, 1.1 * r);
            kit.around(6, |kit| kit.rod(vec3(0.85 * r, 0.1, 0.0), vec3(0.95 * r, 0.55, 0.0), 0.2, 0.03));
        }
        4 => {
            kit.ball(0.05 * Vec3::Y, vec3(1.08 * r, 0.45, 1.08 * r));
            kit.pad(vec3(0.0, 0.08, r), vec3(1.3 * r, 0.13, 0.9 * r), 0.04);
        }
        5 => {
            kit.ball(vec3(0.0, -0.12, -0.2), vec3(1.2 * r, 0.68, 1.05 * r));
            kit.rod(vec3(0.0, 0.1, -0.4), vec3(0.0, 0.1 + 0.2 * tall, -0.8), 0.4, 0.08);
        }
        _ => {
            kit.ball(vec3(0.0, -0.1, -0.06), vec3(1.15 * r, 0.58, 1.15 * r));
            kit.pad(vec3(0.0, -0.35, -0.2), vec3(2.3 * r, 0.6, 1.7 * r), 0.2);
            kit.pad(vec3(0.0, 0.35, -0.1), vec3(0.17, 0.5 * tall, 1.7 * r), 0.05);
        }
    });
}

/// Cape, wings, backpack, tanks.
fn on_back(kit: &mut Kit, b: &Body, which: usize) {
    let (t, s, back, bulk) = (b.neck - b.leg, b.shoulder, -0.8 * b.depth, kit.random.range(0.4, 1.1) * b.shoulder);
    let (u, thick) = (kit.random.unit(), 0.03 * b.neck + 0.05);
    kit.paint(3);
    match which {
        0 => {
            let (low, fling) = (b.leg * (0.1 + 0.8 * u), b.leg * (0.3 - 0.25 * u));
            let size = vec3(2.0 * bulk + s, b.neck - low, 2.0 * thick);
            let lean = vec3(0.0, 0.0, fling + thick - 0.2 * b.depth);
            kit.frustum(vec3(0.0, low, back - fling - thick), size, vec3(1.8 * s, 0.0, 1.6 * b.depth), lean);
        }
        1 => kit.both(|kit| {
            let size = t * (0.8 + 0.8 * u);
            kit.turned(vec3(0.0, b.neck - 0.4 * t, 0.7 * back), Vec3::Y, 0.7 * u, |kit| {
                let outline = [(0.0, -0.15), (0.5, -0.7), (0.8, -0.2), (1.1, 0.2), (1.2, 0.9), (0.6, 0.7), (0.0, 0.2)];
                kit.plate(&outline.map(|(x, y)| size * vec2(x, y)), -thick, thick);
            });
        }),
        2 => {
            kit.pad(vec3(0.0, b.leg + 0.55 * t, back - 0.4 * bulk), vec3(1.5 * s, 0.75 * t, 1.2 * bulk), 0.2 * bulk);
            let (y, z) = (b.leg + 0.95 * t, back - 0.4 * bulk);
            kit.rod(vec3(-s, y, z), vec3(s, y, z), 0.13 * t, 0.13 * t);
        }
        _ => kit.both(|kit| {
            kit.rod(vec3(0.45 * s, b.neck - 0.9 * t, back), vec3(0.45 * s, b.neck, back), 0.5 * s, 0.4 * s)
        }),
    }
}

/// Sword, staff, axe, spear, round shield, long shield; `hand` is where it is held.
pub(super) fn tool(kit: &mut Kit, b: &Body, hand: Vec3, which: usize) {
    let (r, long) = (0.016 * b.neck + 0.03, b.neck * kit.random.range(0.3, 0.6));
    let (tilt, side, knob) = (kit.random.range(-0.1, 0.6), hand.x.signum(), kit.random.range(1.8, 4.5) * r);
    kit.turned(hand, Vec3::X, if which == 1 { 0.1 } else { tilt }, |kit| match which {
        0 => {
            kit.metal();
            kit.rod(-0.25 * long * Vec3::Y, 0.25 * long * Vec3::Y, r, r);
            kit.block(0.22 * long * Vec3::Y, vec3(2.5 * r, 2.0 * r, 0.4 * long));
            kit.frustum(0.2 * long * Vec3::Y, vec3(2.0 * r, long, 4.5 * r), vec3(1.6 * r, 0.0, 2.5 * r), Vec3::ZERO);
        }
        1..=3 => {
            let low = if which == 2 { 0.4 * long } else { hand.y.min(1.5 * long) };
            kit.wood();
            kit.rod(-low * Vec3::Y, long * Vec3::Y, 1.1 * r, 1.1 * r);
            kit.metal();
            let (size, top) = (vec3(2.4 * r, 4.0 * r, 5.0 * r), vec3(1.8 * r, 0.0, 9.0 * r));
            match which {
                1 => kit.ball(long * Vec3::Y, knob * Vec3::ONE),
                2 => kit.frustum(vec3(0.0, 0.8 * long, 2.0 * r), size, top, 0.5 * knob * Vec3::Z),
                _ => kit.rod(0.97 * long * Vec3::Y, (long + 12.0 * r) * Vec3::Y, 0.7 * knob + r, 0.2 * r),
            }
        }
        4 => kit.rod(-side * b.limb * Vec3::X, side * (b.limb + 2.0 * r) * Vec3::X, 0.6 * long, 0.55 * long),
        _ => {
            let outline = [(-1.0, 1.3), (1.0, 1.3), (1.0, 0.0), (0.5, -1.0), (0.0, -1.5), (-0.5, -1.0), (-1.0, 0.0)];
            kit.plate(&outline.map(|(x, y)| 0.5 * long * vec2(x, y)), 0.0, b.limb + 2.0 * r);
        }
    });
}

pub(super) fn figure(kit: &mut Kit, b: &Body) -> [Vec3; 2] {
    trunk(kit, b);
    legs(kit, b, 1);
    head(kit, b);
    arms(kit, b, 0)
}

pub(super) fn person(kit: &mut Kit) {
    let mut b = Body::any(kit);
    if kit.random.chance(0.2) {
        b.flesh = [0.28, 0.4, 0.6];
    }
    let hands = figure(kit, &b);
    let odds = [0.2, 0.8, 0.35, 0.3, 0.35].map(|p| kit.random.chance(p));
    let (cap, back, held) = (kit.random.whole(0, 6), kit.random.whole(0, 3), kit.random.whole(0, 5));
    if odds[0] {
        let low = b.leg * kit.random.range(0.3, 0.8);
        skirt(kit, &b, low);
    }
    if odds[1] {
        hair(kit, &b);
    }
    kit.paint(2);
    if odds[2] {
        hat(kit, &b, cap);
    }
    if odds[3] {
        on_back(kit, &b, back);
    }
    if odds[4] {
        tool(kit, &b, hands[0], held);
    }
}

pub(super) fn beard(kit: &mut Kit, b: &Body) {
    let (c, long) = (b.face(), kit.random.range(0.3, 1.3));
    kit.hsv(0.08, 0.4, 0.7);
    kit.rod(c + vec3(0.0, -0.1, 0.6 * b.head.z), c + vec3(0.0, -0.3 - long, b.depth + 0.1), 0.8 * b.head.x, 0.1);
}

/// Wizards, monks, angels, ladies in long gowns.
pub(super) fn robed(kit: &mut Kit) {
    let b = Body::any(kit);
    trunk(kit, &b);
    skirt(kit, &b, 0.0);
    head(kit, &b);
    let hands = arms(kit, &b, 0);
    let (role, held) = (kit.random.whole(0, 3), kit.random.chance(0.5));
    if role != 1 {
        hair(kit, &b);
    }
    kit.paint(1);
    match role {
        0 => hat(kit, &b, 0),
        1 => hat(kit, &b, 5),
        2 => on_back(kit, &b, 1),
        _ => {}
    }
    if role < 2 && kit.random.chance(0.6) {
        beard(kit, &b);
    }
    if held && role != 3 {
        tool(kit, &b, hands[0], 1);
    }
}

pub(super) fn knight(kit: &mut Kit) {
    let mut b = Body::any(kit);
    b.flesh = [0.6, 0.08, 0.6];
    b.is_plain = kit.random.chance(0.5);
    let hands = figure(kit, &b);
    let (cap, cape, held) = (kit.random.pick(&[2, 6, 6, 3]), kit.random.chance(0.4), kit.random.pick(&[0, 0, 2, 3]));
    let (shield, pads) = (kit.random.pick(&[4, 5, 5, 9]), kit.random.range(1.3, 2.4) * b.limb);
    b.bare(kit);
    hat(kit, &b, cap);
    kit.both(|kit| kit.ball(vec3(b.shoulder, b.neck - b.limb, 0.0), pads * vec3(1.1, 0.8, 1.0)));
    tool(kit, &b, hands[1], held);
    kit.paint(2);
    if shield < 9 {
        tool(kit, &b, hands[0], shield);
    }
    if cape {
        on_back(kit, &b, 0);
    }
}

fn dwarf(kit: &mut Kit) {
    let heads = kit.random.range(2.4, 3.6);
    let mut b = Body::new(kit, heads);
    let plump = kit.random.range(1.2, 1.6);
    (b.shoulder, b.hip, b.depth) = (plump * b.shoulder, 1.1 * plump * b.shoulder, 0.95 * plump * b.shoulder);
    let hands = figure(kit, &b);
    beard(kit, &b);
    let (cap, held) = (kit.random.pick(&[0, 0, 2, 6, 5]), kit.random.pick(&[1, 2, 4, 9, 9]));
    kit.paint(2);
    hat(kit, &b, cap);
    if held < 9 {
        tool(kit, &b, hands[0], held);
    }
}

fn astronaut(kit: &mut Kit) {
    let heads = kit.random.range(3.2, 5.5);
    let mut b = Body::new(kit, heads);
    (b.flesh, b.is_blocky, b.limb) = ([0.1, 0.03, 0.9], false, 1.5 * b.limb);
    b.is_plain = kit.random.chance(0.7);
    figure(kit, &b);
    let (round, pack) = (kit.random.range(0.6, 0.8), kit.random.whole(2, 3));
    kit.white();
    kit.ball(b.face(), round * vec3(1.0, 0.95, 1.0));
    kit.glass();
    kit.ball(b.face() + vec3(0.0, 0.03, 0.3 * round), round * vec3(0.8, 0.65, 0.78));
    on_back(kit, &b, pack);
    kit.block(vec3(0.0, 0.6 * b.neck + 0.4 * b.leg, b.depth), vec3(b.shoulder, 0.4 * b.shoulder, 0.4 * b.depth));
}
