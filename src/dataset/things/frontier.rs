//! Things of outposts and of flight through space: craft, stations, rovers, masts and small robots.

use std::f32::consts::{FRAC_PI_2, PI};

use glam::{Vec3, vec3};

use super::Kind;
use super::kit::Kit;
use super::parts::{
    along, bent, disc, dome, forward, hue, lathed, mirrored_hull, prism, round_outline, side_plate, sizes, spindle,
    upright,
};

pub const KINDS: &[Kind] = &[
    ("satellite", satellite),
    ("solar panel", solar),
    ("rover", rover),
    ("lander", lander),
    ("radar", radar),
    ("bot", bot),
    ("drone", drone),
    ("space station", station),
    ("saucer", saucer),
];

pub(super) fn plates(kit: &mut Kit) {
    kit.either(0.4, Kit::white, |kit| kit.either(0.5, Kit::metal, |kit| kit.paint(0)));
}

pub(super) fn maybe(kit: &mut Kit, chance: f32, parts: impl FnOnce(&mut Kit)) {
    kit.either(chance, parts, |_| {});
}

/// A bowl that opens to +y, the middle of its back at a point; its feed is on struts, on a mast or missing.
pub(super) fn dish(kit: &mut Kit, at: Vec3, r: f32) {
    let ([deep, far], legs) = (sizes(kit, [(0.2, 0.5), (0.5, 0.9)]), kit.random.pick(&[0, 1, 3, 4]));
    let (x, tip, mid) = ([0.8, 0.0][usize::from(legs == 1)], (deep + far) * Vec3::Y, 0.49 * deep);
    let bowl = [(0.2, -0.05), (0.7, mid - 0.05), (1.0, deep), (1.0, deep + 0.05), (0.7, mid + 0.05), (0.0, 0.05)];
    kit.scaled(at, Vec3::splat(r), |kit| {
        lathed(kit, Vec3::ZERO, Vec3::ONE, &bowl);
        upright(kit, -0.35, 0.04, 0.14, 0.18);
        kit.around(legs, |kit| kit.sided(6, |kit| kit.rod(vec3(x, 0.9 * x * deep, 0.0), tip, 0.05, 0.05)));
        kit.around(legs.min(1), |kit| kit.rod(tip - 0.15 * Vec3::Y, tip + 0.06 * Vec3::Y, 0.06, 0.13));
    });
}

/// A framed sheet of cells that looks to +z.
pub(super) fn panel(kit: &mut Kit, wide: f32, tall: f32, bars: [usize; 2]) {
    let (t, place) = (0.045 * wide.max(tall), |k: usize, count: usize| k as f32 / count as f32 - 0.5);
    kit.hsv(0.62, 0.7, 0.4);
    kit.block(Vec3::ZERO, vec3(wide, tall, t));
    kit.white();
    let (row, post) = (vec3(wide + 0.45 * t, 0.6 * t, 1.4 * t), vec3(0.6 * t, tall + 0.5 * t, 1.5 * t));
    (0..=bars[1]).for_each(|k| kit.block(place(k, bars[1]) * tall * Vec3::Y, row));
    (0..=bars[0]).for_each(|k| kit.block(place(k, bars[0]) * wide * Vec3::X, post));
}

/// A wheel about the x axis, smooth, soft or with lugs.
pub(super) fn wheel(kit: &mut Kit, at: Vec3, r: f32, wide: f32, style: usize) {
    kit.dark();
    let lugs = round_outline(36, |angle| r * if libm::sinf(9.0 * angle + 0.1) > 0.0 { 1.0 } else { 0.86 });
    let soft = [(0.7, -0.5), (1.0, -0.2), (1.0, 0.2), (0.7, 0.5)];
    kit.turned(at, Vec3::Y, FRAC_PI_2, |kit| match style {
        0 => kit.sided(12, |kit| disc(kit, -0.5 * wide * Vec3::Z, r, wide)),
        1 => kit.sided(12, |kit| spindle(kit, Vec3::ZERO, &soft.map(|(x, z)| (x * r, z * wide)))),
        _ => kit.plate(&lugs, -0.5 * wide, 0.5 * wide),
    });
    kit.metal();
    let side = 0.56 * wide * Vec3::X;
    kit.sided(8, |kit| kit.rod(at - side, at + side, 0.4 * r, 0.4 * r));
}

/// A track along z about a point.
pub(super) fn track(kit: &mut Kit, at: Vec3, long: f32, tall: f32, wide: f32) {
    kit.dark();
    let (l, f, t) = (0.5 * long, 0.5 * long - 0.4 * tall, 0.5 * tall);
    side_plate(kit, at, 0.5 * wide, &[(-f, -t), (f, -t), (l, 0.2 * t), (f, t), (-f, t), (-l, 0.2 * t)]);
    kit.metal();
    let (hub, side) = (|z: f32| at + vec3(0.0, -0.2 * t, z * f), 0.57 * wide * Vec3::X);
    [-0.75, 0.0, 0.75].iter().for_each(|&z| kit.rod(hub(z) - side, hub(z) + side, 0.6 * t, 0.6 * t));
}

/// A vessel along y with round ends.
pub(super) fn capsule(kit: &mut Kit, h: f32, r: f32) {
    let (e, m) = ((h - 0.6 * r).max(0.1 * h), 0.65 * r);
    let y = 0.25 * e + 0.75 * h;
    lathed(kit, Vec3::ZERO, Vec3::ONE, &[(0.0, -h), (m, -y), (r, -e), (r, e), (m, y), (0.0, h)]);
}

/// An open mast of four posts with braces, from half width `low` to `high`.
pub(super) fn mast(kit: &mut Kit, tall: f32, [low, high]: [f32; 2], floors: usize, thick: f32) {
    let half = |k: usize| low + (high - low) * k as f32 / floors as f32;
    let corner = |k: usize, side: f32| vec3(side * half(k), tall * k as f32 / floors as f32, half(k));
    let sides = |kit: &mut Kit| {
        kit.rod(corner(0, 1.0), corner(floors, 1.0), thick, thick);
        (0..floors).for_each(|k| kit.rod(corner(k, -1.0), corner(k + 1, 1.0), 0.75 * thick, 0.75 * thick));
        (1..=floors).for_each(|k| kit.rod(corner(k, -1.0), corner(k, 1.0), 0.75 * thick, 0.75 * thick));
    };
    kit.sided(5, |kit| kit.around(4, sides));
}

fn satellite(kit: &mut Kit) {
    kit.sides = kit.sides.min(12);
    let [w, h, long, tall, r] = sizes(kit, [(0.25, 0.6), (0.3, 0.9), (0.35, 0.9), (0.4, 1.0), (0.25, 0.6)]);
    let (style, panels, count) = (kit.random.whole(0, 3), kit.random.whole(1, 3), kit.random.pick(&[2, 2, 2, 1, 4]));
    let (twist, bars, end) = (kit.random.around(1.4), kit.random.whole(1, 3), if style == 0 { 1.4 * w } else { w });
    let (axis, tip) = (vec3(0.3, 0.0, 1.0), kit.random.around(0.7));
    let wing = |kit: &mut Kit, k: usize| {
        let x = end + 0.5 * long + (long + 0.07) * k as f32;
        kit.turned((x + 0.07) * Vec3::X, Vec3::X, twist, |kit| panel(kit, long, tall, [bars, 2]));
        kit.rod(Vec3::ZERO, x * Vec3::X, 0.06, 0.06);
    };
    kit.turned(Vec3::ZERO, axis, tip, |kit| {
        kit.either(0.4, Kit::gold, plates);
        match style {
            0 => kit.block(Vec3::ZERO, 2.0 * vec3(w, h, w)),
            1 => kit.sided(8, |kit| upright(kit, -h, h, w, w)),
            2 => capsule(kit, h + w, w),
            _ => kit.ball(Vec3::ZERO, vec3(w, h, w)),
        }
        if style == 3 && bars > 1 {
            return kit.around(4, |kit| kit.rod(Vec3::ZERO, vec3(0.5 + tall, -1.0 - long, 0.0), 0.05, 0.03));
        }
        kit.around(count, |kit| (0..if count == 4 { 1 } else { panels }).for_each(|k| wing(kit, k)));
        kit.white();
        maybe(kit, 0.5, |kit| dish(kit, (h + if style == 2 { w } else { 0.05 }) * Vec3::Y, r));
        maybe(kit, 0.5, |kit| forward(kit, Vec3::ZERO, |kit| dish(kit, (w + 0.05) * Vec3::Y, r)));
        maybe(kit, 0.7, |kit| upright(kit, -1.4 * h - 0.1, 0.2 - h, 0.6 * w, 0.2 * w));
        maybe(kit, 0.3, |kit| kit.rod(Vec3::ZERO, vec3(w, h + tall, -w), 0.04, 0.03));
    });
}

fn solar(kit: &mut Kit) {
    let [wide, tall, tilt, high, gap] = sizes(kit, [(0.7, 2.4), (0.6, 1.4), (0.3, 1.1), (0.3, 1.4), (1.0, 1.5)]);
    let (style, bars, turn) =
        (kit.random.whole(0, 1), [kit.random.whole(1, 4), kit.random.whole(1, 3)], kit.random.around(0.8));
    let (count, tip) = (kit.random.whole(1, 4), 0.5 * tall * libm::cosf(tilt) + 0.1);
    if style == 0 {
        kit.stone();
        upright(kit, -0.08, 0.03, 0.3 + 0.15 * high, 0.2 + 0.15 * high);
        upright(kit, 0.0, high + tip, 0.09, 0.07);
        return kit.turned((high + tip) * Vec3::Y, vec3(1.0, turn, 0.0), -tilt, |kit| {
            kit.block(Vec3::ZERO, vec3(0.7 * wide, 0.14, 0.12));
            kit.at(0.07 * Vec3::Z, |kit| panel(kit, wide, tall, bars));
        });
    }
    let (x, z, deep) = (0.35 * wide, 0.42 * tall * libm::sinf(tilt), gap * tall * (count - 1) as f32);
    for k in 0..count {
        kit.at(gap * tall * k as f32 * Vec3::NEG_Z, |kit| {
            kit.turned(tip * Vec3::Y, Vec3::X, -tilt, |kit| panel(kit, wide, tall, bars));
            kit.both(|kit| kit.rod(vec3(x, 0.0, -z), vec3(x, 1.85 * tip, -z), 0.05, 0.05));
            kit.both(|kit| kit.rod(vec3(x, 0.0, z), vec3(x, 0.25 * tip, z), 0.05, 0.05));
        });
    }
    kit.both(|kit| kit.block(vec3(x, 0.0, -0.5 * deep), vec3(0.12, 0.1, deep + tall)));
    kit.block(-0.5 * deep * Vec3::Z, vec3(0.75 * wide, 0.09, 0.1));
}

fn rover(kit: &mut Kit) {
    kit.sides = kit.sides.min(12);
    let [w, l, r, up, deep, reach] =
        sizes(kit, [(0.3, 0.6), (0.5, 1.1), (0.17, 0.38), (0.3, 0.9), (0.15, 0.5), (0.2, 0.6)]);
    let (style, tread, pairs) = (kit.random.whole(0, 3), kit.random.whole(0, 2), kit.random.pick(&[2.0, 3.0, 3.0]));
    let (y, top, small, x) = (1.5 * r, 1.5 * r + deep, r.min(0.9 * l / pairs), kit.random.around(0.6) * w);
    let axle = |kit: &mut Kit, z: f32| {
        wheel(kit, vec3(w + 0.7 * r, small, z), small, 0.9 * r, tread);
        kit.rod(vec3(w + 0.6 * r, small, z), vec3(w, y + 0.03, 0.6 * z), 0.06, 0.06);
    };
    kit.both(|kit| [-1.0, 1.0, 0.0][..pairs as usize].iter().for_each(|z| axle(kit, z * (l - 0.4 * r))));
    kit.block(y * Vec3::Y, vec3(2.0 * w + 0.1, 0.12, 1.5 * l));
    plates(kit);
    prism(kit, [y - 0.03, 0.9 * w, -0.8 * l, 0.8 * l], [top, w, -0.85 * l, 0.9 * l]);
    if style > 1 {
        along(
            kit,
            &[[-0.9, 1.0, 0.8], [0.2, 1.0, 0.8], [0.8, 0.3, 0.7]]
                .map(|[z, h, x]| [z * l, top - 0.05, top + h * up, w, x * w]),
        );
        kit.glass();
        let pane = [[0.6 * w, 0.9, 0.26], [0.58 * w, 0.5, 0.63]]
            .map(|[x, y, z]| [0.0, 0.07].map(|out| [x, top + y * up + out, z * l]));
        mirrored_hull(kit, pane.as_flattened());
        return kit.pad(vec3(x, top + up, -0.4 * l), vec3(0.3, 0.25, 0.4), 0.05);
    }
    kit.rod(vec3(x, top - 0.03, 0.7 * l), vec3(x, top + up, 0.7 * l), 0.06, 0.05);
    kit.pad(vec3(x, top + up, 0.7 * l + 0.03), vec3(0.35, 0.17, 0.18), 0.03);
    [-0.09, 0.09].iter().for_each(|dx| disc(kit, vec3(x + dx, top + up, 0.7 * l + 0.1), 0.06, 0.07));
    let (deck, elbow) = (vec3(0.0, top + 0.03, -0.3 * l), vec3(-0.5 * w, y + 0.2, 0.9 * l + reach));
    maybe(kit, 0.5, |kit| kit.turned(deck, Vec3::X, -FRAC_PI_2, |kit| panel(kit, 3.0 * w, l, [4, 2])));
    maybe(kit, 0.5, |kit| kit.turned(deck, Vec3::X, 0.4, |kit| dish(kit, 0.15 * Vec3::Y, 0.3)));
    maybe(kit, 0.7, |kit| {
        bent(kit, [vec3(-0.5 * w, y, 0.6 * l), elbow, elbow + vec3(0.2, 0.3 - reach, 0.2)], [0.07; 3])
    });
}

fn lander(kit: &mut Kit) {
    kit.sides = kit.sides.min(12);
    let [r, tall, spread, up, neck] = sizes(kit, [(0.5, 0.8), (0.5, 1.6), (0.2, 0.8), (0.3, 0.7), (0.25, 0.7)]);
    let (style, legs, start) = (kit.random.whole(0, 3), kit.random.pick(&[3, 4, 4, 4, 5, 6]), kit.random.around(PI));
    let (y, size) = (up + 0.12 * tall, kit.random.range(0.2, 0.35));
    let body: &[(f32, f32)] = match style {
        0 => &[(0.9, 0.0), (1.0, 0.12), (neck, 0.9), (0.8 * neck, 1.0)],
        1 => &[(0.7, 0.0), (1.0, 0.25), (1.0, 0.5), (0.8, 0.8), (0.4, 1.0)],
        2 => &[(0.6, 0.0), (0.7, 0.7), (0.5, 1.1), (0.25, 1.4), (0.0, 1.55)],
        _ => &[(0.9, 0.0), (1.0, 0.08), (1.0, 0.4), (0.6, 0.42), (0.75, 0.5), (0.75, 0.8), (0.4, 1.0)],
    };
    plates(kit);
    lathed(kit, up * Vec3::Y, vec3(r, tall, r), body);
    upright(kit, 0.3 * up, up + 0.1, 0.45 * r, 0.2 * r);
    let leg = |kit: &mut Kit| {
        let (foot, knee) = ((r + spread) * Vec3::X, vec3(0.55 * r, up + 0.35 * tall.min(1.0), 0.0));
        kit.rod(knee, foot, 0.06, 0.05);
        kit.rod(vec3(0.5 * r, up + 0.06, 0.0), foot.lerp(knee, 0.35), 0.045, 0.045);
        kit.rod(foot - 0.05 * Vec3::Y, foot + 0.08 * Vec3::Y, 0.16, 0.1);
    };
    kit.metal();
    kit.turned(Vec3::ZERO, Vec3::Y, start, |kit| kit.around(legs, leg));
    kit.dark();
    kit.pad(vec3(0.0, up + 0.3 * tall, 0.62 * r), vec3(size, 0.35 * tall, 0.5 * r), 0.06);
    let ramp = [[y, 0.6 * r], [y + 0.08, 0.6 * r], [0.0, r + up], [0.07, r + up]].map(|[y, z]| [size, y, z]);
    maybe(kit, 0.4, |kit| mirrored_hull(kit, &ramp));
    maybe(kit, 0.4, |kit| kit.turned((up + 0.9 * tall) * Vec3::Y, Vec3::X, 0.4, |kit| dish(kit, 0.1 * Vec3::Y, 0.3)));
}

/// A dish, a net, a bar or a ball on a mount.
fn radar(kit: &mut Kit) {
    let [up, r, tilt, turn, wide, foot] =
        sizes(kit, [(0.5, 2.1), (0.4, 1.1), (0.2, 1.4), (-0.7, 0.7), (0.7, 1.5), (0.2, 0.5)]);
    let (style, base, floors) = (kit.random.whole(0, 4), kit.random.whole(0, 3), kit.random.whole(2, 4));
    plates(kit);
    match base {
        0 => kit.around(3, |kit| kit.rod((0.5 * up + foot) * Vec3::X, up * Vec3::Y, 0.06, 0.08)),
        1 => mast(kit, up, [foot, 0.13], floors, 0.05),
        2 => kit.frustum(Vec3::ZERO, vec3(2.0 * foot, up, 2.0 * foot), vec3(foot, 0.0, foot), Vec3::ZERO),
        _ => lathed(kit, Vec3::ZERO, vec3(foot, up, foot), &[(1.6, 0.0), (1.5, 0.1), (0.7, 0.15), (0.6, 1.0)]),
    }
    upright(kit, up - 0.12, up + 0.12 + 0.3 * r, 0.2, 0.15);
    kit.turned(up * Vec3::Y, Vec3::Y, turn, |kit| {
        kit.turned((0.1 + 0.3 * r) * Vec3::Y, Vec3::X, tilt, |kit| {
            upright(kit, -0.4 * r - 0.1, 0.12, 0.14, 0.2 * r);
            plates(kit);
            let bar = |k: usize| vec3((1.1 - 0.1 * k as f32) * r, 0.07, 0.07);
            match style {
                0 | 1 => kit.scaled(Vec3::ZERO, vec3([1.0, wide][style], 1.0, 1.0), |kit| dish(kit, 0.1 * Vec3::Y, r)),
                2 => kit.turned(0.1 * Vec3::Y, Vec3::X, -FRAC_PI_2, |kit| panel(kit, 2.0 * wide, r, [6, 3])),
                3 => (0..8).for_each(|k| kit.block(0.22 * wide * k as f32 * Vec3::Y, bar(k))),
                _ => kit.ball(0.4 * r * Vec3::Y, Vec3::splat(0.75 * r)),
            }
            maybe(kit, if style == 3 { 1.0 } else { 0.0 }, |kit| upright(kit, 0.0, 1.65 * wide, 0.07, 0.05));
        })
    });
}

/// A little robot on wheels, tracks, one wheel or short legs.
fn bot(kit: &mut Kit) {
    kit.sides = kit.sides.min(12);
    let [w, h, d, neck, size, arm] =
        sizes(kit, [(0.3, 0.55), (0.3, 0.8), (0.25, 0.5), (0.02, 0.3), (0.2, 0.45), (-0.9, 1.6)]);
    let (body, head, base, r) =
        (kit.random.whole(0, 3), kit.random.whole(0, 3), kit.random.whole(0, 3), kit.random.range(0.15, 0.3));
    let (foot, top) = (1.4 * r, 1.4 * r + 2.0 * h);
    plates(kit);
    match body {
        0 => kit.pad((foot + h) * Vec3::Y, 2.0 * vec3(w, h, d), 0.1),
        1 => upright(kit, foot, top, w, 0.85 * w),
        2 => kit.ball((foot + h) * Vec3::Y, vec3(w, 1.05 * h, 0.9 * w)),
        _ => kit.frustum(foot * Vec3::Y, 2.0 * vec3(0.7 * w, h, 0.7 * d), 2.0 * vec3(w, 0.0, d), Vec3::ZERO),
    }
    kit.dark();
    match base {
        0 => {
            kit.both(|kit| [-0.7 * d, 0.7 * d].iter().for_each(|&z| wheel(kit, vec3(0.8 * w + 0.1, r, z), r, 0.25, 1)))
        }
        1 => kit.both(|kit| track(kit, vec3(w, 0.9 * r, 0.0), 2.6 * d + r, 1.8 * r, 0.5 * w)),
        2 => wheel(kit, r * Vec3::Y, 1.3 * r, 0.7 * w, 1),
        _ => kit.both(|kit| kit.pad(vec3(0.6 * w, 0.1, 0.1), vec3(0.6 * w, 0.25, 0.7), 0.06)),
    }
    kit.both(|kit| kit.rod(vec3(0.75 * w, r, 0.0), vec3(0.5 * w, foot + 0.4 * h, 0.0), 0.12, 0.14));
    kit.both(|kit| kit.block(vec3(0.75 * w, r, 0.0), vec3(0.2, 0.16, if base == 0 { 1.3 * d } else { 0.2 })));
    upright(kit, top - 0.3 * h, top + neck + 0.1, 0.1, 0.08);
    kit.paint(1);
    let at = vec3(0.0, top + neck + 0.7 * size, 0.05);
    match head {
        0 => kit.pad(at, vec3(2.6, 1.5, 1.7) * size, 0.1),
        1 => dome(kit, at - 0.75 * size * Vec3::Y, w.max(size), 1.2 * size),
        2 => kit.ball(at, vec3(1.1, 0.9, 1.0) * size),
        _ => kit.both(|kit| disc(kit, at + vec3(0.6 * size, 0.0, -0.6 * size), 0.66 * size, 1.4 * size)),
    }
    kit.both(|kit| disc(kit, at + vec3(0.5 * size, 0.05, 0.3 * size), 0.25 * size, 0.68 * size));
    let (shoulder, a) = (vec3(0.8 * w, top - 0.4 * h, 0.0), h * vec3(0.0, -libm::cosf(arm), libm::sinf(arm)));
    let elbow = shoulder + vec3(0.2 * w + 0.15, 0.0, 0.0) + 0.7 * a;
    maybe(kit, 0.75, |kit| {
        kit.both(|kit| bent(kit, [shoulder, elbow, elbow + 0.5 * a + 0.3 * Vec3::Z], [0.09, 0.08, 0.1]))
    });
    maybe(kit, 0.4, |kit| kit.rod(at, at + vec3(0.1, 1.8 * size, -0.1), 0.04, 0.03));
}

fn drone(kit: &mut Kit) {
    kit.sides = kit.sides.min(12);
    let [w, l, h, reach, r, skid] =
        sizes(kit, [(0.15, 0.4), (0.25, 0.6), (0.08, 0.25), (0.5, 1.0), (0.3, 0.6), (0.15, 0.5)]);
    let (style, count, lift) = (kit.random.whole(0, 3), kit.random.pick(&[4, 4, 4, 6, 8]), kit.random.around(0.2));
    let (r, out) = (r.min(reach * 2.8 / count as f32), vec3(reach + 0.3 * w, lift, 0.0));
    let (spin, blades) = (kit.random.unit(), kit.random.whole(2, 4));
    plates(kit);
    kit.either(
        0.6,
        |kit| kit.pad(Vec3::ZERO, 2.0 * vec3(w, h, l), 0.6 * h),
        |kit| kit.ball(Vec3::ZERO, vec3(1.2 * w, 1.1 * h, 1.1 * l)),
    );
    kit.paint(1);
    let arm = |kit: &mut Kit| {
        kit.rod(Vec3::ZERO, out, 0.08, 0.05);
        kit.rod(out - 0.1 * Vec3::Y, out + 0.16 * Vec3::Y, 0.09, 0.07);
        kit.at(out + 0.13 * Vec3::Y, |kit| match style {
            0 => upright(kit, -0.03, 0.03, r, r),
            1 => kit.sided(12, |kit| kit.ring(-0.08 * Vec3::Y, Vec3::Y, r, 0.06)),
            2 => kit.sided(8, |kit| kit.ball(Vec3::ZERO, vec3(r, 0.04, 0.09))),
            _ => {}
        });
        let blade = |kit: &mut Kit| kit.block(0.5 * r * Vec3::X, vec3(1.1 * r, 0.06, 0.11));
        kit.turned(out + 0.07 * Vec3::Y, Vec3::Y, spin, |kit| kit.around(style % 2 * blades, blade));
    };
    kit.turned(Vec3::ZERO, Vec3::Y, PI / count as f32, |kit| kit.around(count, arm));
    kit.dark();
    let foot = vec3(0.8 * w + 0.1, -h - skid, 0.0);
    maybe(kit, 0.6, |kit| {
        kit.four(|kit| {
            bent(kit, [vec3(0.6 * w, 0.0, 0.4 * l), foot + 0.5 * l * Vec3::Z, foot - 0.02 * Vec3::Z], [0.05; 3])
        })
    });
    maybe(kit, 0.6, |kit| kit.ball(vec3(0.0, -h - 0.05, 0.7 * l), Vec3::splat(0.12 + 0.3 * h)));
}

fn station(kit: &mut Kit) {
    kit.sides = kit.sides.min(12);
    let [r, minor, hub, long, arm] = sizes(kit, [(0.8, 1.3), (0.1, 0.24), (0.2, 0.4), (0.3, 1.4), (0.6, 1.2)]);
    let (style, spokes, levels) = (kit.random.whole(0, 2), kit.random.whole(2, 6), kit.random.pick(&[1, 1, 2]));
    let (tip, flat, squash) =
        (kit.random.pick(&[0.0, 0.4, FRAC_PI_2]), kit.random.chance(0.3), kit.random.range(0.8, 1.8));
    kit.turned(Vec3::ZERO, Vec3::X, tip, |kit| {
        plates(kit);
        upright(kit, -long, long, hub, 0.8 * hub);
        kit.either(
            0.5,
            |kit| kit.ball(0.5 * long * Vec3::Y, Vec3::splat(1.6 * hub)),
            |kit| upright(kit, -0.4 * long, 0.3, 1.4 * hub, 1.2 * hub),
        );
        for k in 0..if style == 2 { 0 } else { levels } {
            kit.scaled((k as f32 - 0.5 * (levels as f32 - 1.0)) * long * Vec3::Y, vec3(1.0, squash, 1.0), |kit| {
                kit.paint(0);
                kit.sided(if flat { 8 } else { 16 }, |kit| kit.ring(Vec3::ZERO, Vec3::Y, r, minor));
                kit.around(spokes, |kit| kit.rod(Vec3::ZERO, r * Vec3::X, 0.4 * minor + 0.03, 0.4 * minor + 0.03));
                kit.paint(1);
                kit.around(style * spokes, |kit| kit.pad(r * Vec3::X, vec3(2.7 * minor, 2.6 * minor, 0.4), 0.05));
            });
        }
        let pod = |kit: &mut Kit| {
            kit.rod(0.3 * long * Vec3::Y, vec3(arm + 0.3, 0.3 * long, 0.0), 0.08, 0.08);
            kit.turned(vec3(arm + 0.1, 0.3 * long, 0.0), Vec3::X, squash, |kit| {
                panel(kit, 0.7 * arm, 0.5 + 0.4 * arm, [2, 3])
            });
            kit.rod(-0.4 * long * Vec3::Y, vec3(0.0, -0.4 * long, 0.8 * arm), 0.7 * hub, 0.6 * hub);
        };
        kit.around(if style == 2 { spokes.min(4) } else { 0 }, pod);
        maybe(kit, 0.5, |kit| dish(kit, (long + 0.02) * Vec3::Y, 0.3));
        maybe(kit, 0.5, |kit| {
            kit.around(2, |kit| {
                kit.turned(vec3(hub + 0.4, 0.9 * long, 0.0), Vec3::X, 0.3, |kit| panel(kit, 0.9, 0.4, [3, 1]))
            })
        });
        kit.rod(-0.9 * long * Vec3::Y, -(long + 0.3) * Vec3::Y, 0.5 * hub, 0.4 * hub);
    });
}

fn saucer(kit: &mut Kit) {
    let [rim, low, high, dome_r, dome_h, tilt] =
        sizes(kit, [(-0.02, 0.08), (0.08, 0.35), (0.08, 0.35), (0.3, 0.6), (0.4, 1.1), (-0.3, 0.3)]);
    let (lights, legs, belly, fins) = (
        kit.random.pick(&[0, 6, 8, 10, 12]),
        kit.random.pick(&[0, 0, 3, 3, 4]),
        kit.random.range(0.2, 0.7),
        kit.random.chance(0.2),
    );
    let reach = kit.random.range(0.15, 0.5);
    kit.sides = kit.sides.max(10);
    kit.turned(Vec3::ZERO, Vec3::Z, if legs == 0 { tilt } else { 0.0 }, |kit| {
        plates(kit);
        let top = high * 0.9 + 0.03;
        let under = [(belly * 0.6, -low - 0.04), (belly, -low), (0.97, rim - 0.06), (1.0, rim)];
        let over = [(0.97, rim + 0.05), (dome_r, top), (0.9 * dome_r, top + 0.04), (0.0, top + 0.05)];
        lathed(kit, Vec3::ZERO, Vec3::ONE, &[under, over].concat());
        maybe(kit, 0.5, |kit| kit.ring(rim * Vec3::Y, Vec3::Y, 0.98, 0.06));
        maybe(kit, 0.5, |kit| upright(kit, -low - 0.15, 0.0, 0.5 * belly, 0.6 * belly));
        hue(kit, &[0.13, 0.35, 0.5, 0.0]);
        let y = 0.5 * (rim + top) + 0.02;
        kit.around(lights, |kit| kit.ball(vec3(0.5 + 0.5 * dome_r, y, 0.0), Vec3::splat(0.07)));
        kit.glass();
        dome(kit, (top - 0.05) * Vec3::Y, 0.9 * dome_r, dome_h * dome_r + 0.05);
        maybe(kit, 0.4, |kit| upright(kit, top, top + dome_h * dome_r + 0.25, 0.035, 0.03));
        kit.metal();
        kit.around(legs, |kit| {
            let foot = vec3(0.5 + 0.5 * reach, -low - reach, 0.0);
            kit.rod(vec3(0.45, 0.0, 0.0), foot, 0.05, 0.04);
            kit.rod(foot - 0.03 * Vec3::Y, foot + 0.03 * Vec3::Y, 0.12, 0.08);
        });
        kit.around(if fins { 3 } else { 0 }, |kit| kit.block(vec3(0.8, 0.15, 0.0), vec3(0.4, 0.4, 0.06)));
    });
}
