//! Round vessels and containers.

use std::f32::consts::{FRAC_PI_2, PI, TAU};

use glam::{Vec2, Vec3, vec2, vec3};

use super::Kind;
use super::kit::Kit;
use super::parts::{bail, heap};

pub const KINDS: &[Kind] = &[
    ("barrel", |kit| lying(kit, barrel)),
    ("mug", mug),
    ("jug", jug),
    ("teapot", teapot),
    ("bucket", bucket),
    ("vase", vase),
    ("jar", jar),
    ("pot", pot),
    ("goblet", goblet),
    ("dish", dish),
    ("basket", basket),
    ("tub", tub),
    ("bottle", bottle),
    ("can", |kit| lying(kit, can)),
];

/// A curved profile through `points`.
fn smooth(points: &[Vec2]) -> Vec<Vec2> {
    let last = points.len() - 1;
    let mut curve = Vec::new();
    for k in 0..last {
        let [a, b, c, d] = [points[k.saturating_sub(1)], points[k], points[k + 1], points[(k + 2).min(last)]];
        for t in [0.0, 0.33, 0.67] {
            let p = b + 0.5 * t * ((c - a) + t * (2.0 * a - 5.0 * b + 4.0 * c - d + t * (3.0 * (b - c) + d - a)));
            curve.push(vec2(p.x.max(0.02), p.y.clamp(b.y.min(c.y), b.y.max(c.y))));
        }
    }
    curve.push(points[last]);
    curve
}

/// The radius of a profile at a height.
fn radius_at(profile: &[Vec2], y: f32) -> f32 {
    let pair = profile.windows(2).find(|pair| pair[0].y <= y && y <= pair[1].y && pair[0].y < pair[1].y);
    pair.map_or(profile[profile.len() - 1].x, |p| p[0].x + (p[1].x - p[0].x) * (y - p[0].y) / (p[1].y - p[0].y))
}

/// A handle on the right, between `low` and `high`, at walls that far from the middle.
fn ear(kit: &mut Kit, low: Vec2, high: Vec2, out: f32, thick: f32) {
    let (far, drop) = (low.x.max(high.x) + out, high.y - low.y);
    let path = if kit.random.chance(0.5) {
        vec![low, vec2(far, low.y + 0.2 * drop), vec2(far, high.y - 0.1 * drop), high]
    } else {
        let bow = 4.0 * (out + 0.5 * (high.x - low.x).abs());
        [0.0, 0.15, 0.35, 0.65, 0.85, 1.0].map(|t| low.lerp(high, t) + vec2(bow * t * (1.0 - t), 0.0)).to_vec()
    };
    let path: Vec<_> = path.iter().map(|p| (p.extend(0.0), thick)).collect();
    kit.sided(8, |kit| kit.tube(&path));
}

/// How likely a vessel has which parts.
#[derive(Default)]
struct Chances {
    curved: f32,
    lid: f32,
    ear: f32,
    ears: f32,
    lip: f32,
    bail: f32,
    hoops: usize,
    feet: f32,
    full: f32,
}

/// Where the wall is at a share of the height. Parts at the sides sit in the middle of a face, not at a corner.
fn side_at(sides: usize, outline: &[Vec2], wall: f32, share: f32) -> Vec2 {
    let (flat, y) = (libm::cosf(PI / sides as f32), share * outline[outline.len() - 1].y);
    vec2(flat * radius_at(outline, y) - 0.6 * wall, y)
}

/// A round vessel of `wall` and `floor` thickness; its outline's points have radius and height from these ranges. Gives
/// the rim's.
fn vessel(kit: &mut Kit, [wall, floor]: [f32; 2], ranges: &[[f32; 4]], chances: &Chances) -> Vec2 {
    let mut outline = Vec::new();
    for &[low, high, under, over] in ranges {
        outline.push(vec2(kit.random.range(low, high), kit.random.range(under, over)));
    }
    if kit.random.chance(chances.curved) {
        outline = smooth(&outline);
    }
    let rim = outline[outline.len() - 1];
    kit.lathe(Vec3::ZERO, &outline);
    let thick = ears_and_lip(kit, &outline, wall, chances);
    hoops_and_feet(kit, &outline, chances);
    if kit.random.chance(chances.lid) {
        lid(kit, rim);
    } else {
        kit.paint(0);
        if chances.hoops > 0 {
            kit.wood();
        }
        hollow(kit, &outline, [wall, floor], chances.full);
    }
    kit.dark();
    if kit.random.chance(chances.bail) {
        let (tilt, rise) = (kit.random.pick(&[0.0, 0.0, 0.7, -0.9, 1.9]), kit.random.range(0.4, 0.75));
        let side = side_at(kit.sides, &outline, wall, 0.92);
        bail(kit, side.y, side.x + 0.02, rise, thick.min(0.04), tilt);
    }
    rim
}

/// Handles at the sides, and a lip on the left; gives the handles' thickness.
fn ears_and_lip(kit: &mut Kit, outline: &[Vec2], wall: f32, chances: &Chances) -> f32 {
    kit.paint(1);
    let (low, high) = (kit.random.range(0.15, 0.4), kit.random.range(0.7, 0.92));
    let (out, thick) = (kit.random.range(0.12, 0.35), kit.random.range(0.03, 0.065));
    let sides = kit.sides;
    let at = |share: f32| side_at(sides, outline, wall, share);
    if kit.random.chance(chances.ear) {
        ear(kit, at(low), at(high), out, thick);
    } else if kit.random.chance(chances.ears) {
        let low = if kit.random.chance(0.5) { low } else { high - 0.2 };
        kit.both(|kit| ear(kit, at(low), at(high), 0.7 * out, thick));
    }
    if kit.random.chance(chances.lip) {
        let end = outline[outline.len() - 1];
        kit.rod(vec3(-at(0.6).x, 0.7 * end.y, 0.0), vec3(-end.x - 0.02, end.y, 0.0), 0.03, 0.15);
    }
    thick
}

fn hoops_and_feet(kit: &mut Kit, outline: &[Vec2], chances: &Chances) {
    for k in 0..chances.hoops {
        let band = [0.3, 0.65].map(|part| {
            let y = (k as f32 + part) / chances.hoops as f32 * outline[outline.len() - 1].y;
            vec2(radius_at(outline, y) + 0.025, y)
        });
        kit.lathe(Vec3::ZERO, &band);
    }
    let leg = kit.random.range(0.08, 0.25);
    if kit.random.chance(chances.feet) {
        let (foot, count) = (0.8 * outline[0].x, kit.random.whole(3, 4));
        kit.turned(Vec3::ZERO, Vec3::Y, 0.79, |kit| {
            kit.around(count, |kit| kit.rod(vec3(1.1 * foot, -leg, 0.0), vec3(foot, 0.12, 0.0), 0.06, 0.1));
        });
    }
}

/// A lid with a knob on a rim of this radius and height.
fn lid(kit: &mut Kit, rim: Vec2) {
    let (rise, knob) = (kit.random.range(0.04, 0.2), kit.random.range(0.05, 0.1));
    let edge = rim.x + 0.03;
    let profile = [vec2(edge, -0.04), vec2(edge, 0.03), vec2(0.7 * rim.x, rise), vec2(0.04, rise + 0.04)];
    kit.lathe(rim.y * Vec3::Y, &profile);
    kit.ball((rim.y + rise + 0.6 * knob) * Vec3::Y, Vec3::splat(knob));
}

/// The hollow within, with some content at times (`full` is how likely).
fn hollow(kit: &mut Kit, outline: &[Vec2], [wall, floor]: [f32; 2], full: f32) {
    let end = outline[outline.len() - 1];
    let level = if kit.random.chance(full) { kit.random.range(0.6, 0.9) * end.y } else { floor };
    let mut inner = vec![vec2(radius_at(outline, level), level)];
    inner.extend(outline.iter().filter(|p| p.y > level + 0.01));
    inner.push(vec2(end.x, end.y + 0.4));
    inner.iter_mut().for_each(|p| p.x = (p.x - wall).max(0.03));
    kit.carve(|kit| kit.lathe(Vec3::ZERO, &inner));
    if level > floor {
        kit.paint(2);
        kit.lathe(level * Vec3::Y, &[vec2(inner[0].x + 0.02, -0.04), vec2(inner[0].x + 0.01, 0.02)]);
        if kit.random.chance(0.35) {
            heap(kit, level * Vec3::Y, 0.8 * Vec2::splat(inner[0].x), 0.3 * inner[0].x);
        }
    }
}

/// Lays some on their sides.
fn lying(kit: &mut Kit, thing: fn(&mut Kit)) {
    let (tilt, way) = (if kit.random.chance(0.15) { FRAC_PI_2 } else { 0.0 }, kit.random.range(0.0, TAU));
    kit.turned(Vec3::ZERO, vec3(libm::cosf(way), 0.0, libm::sinf(way)), tilt, thing);
}

fn barrel(kit: &mut Kit) {
    let (height, belly) = (kit.random.range(0.8, 1.8), kit.random.range(1.02, 1.35));
    let hoop = kit.random.range(0.02, 0.05);
    kit.wood();
    let profile = [(1.0, 0.0), (0.5 + 0.5 * belly, 0.25), (belly, 0.5), (0.5 + 0.5 * belly, 0.75), (1.0, 1.0)];
    kit.lathe(Vec3::ZERO, &profile.map(|(r, y)| vec2(0.5 * r, y * height)));
    if kit.random.chance(0.5) {
        kit.carve(|kit| kit.lathe(vec3(0.0, 0.94 * height, 0.0), &[vec2(0.44, 0.0), vec2(0.44, height)]));
    }
    kit.metal();
    for y in [0.08, 0.3, 0.7, 0.92] {
        let radius = 0.5 * (1.0 + (belly - 1.0) * 4.0 * y * (1.0 - y)) + hoop;
        kit.lathe(y * height * Vec3::Y, &[-0.04, 0.04].map(|y| vec2(radius, y * height)));
    }
    if kit.random.chance(0.3) {
        kit.rod(vec3(0.0, 0.2 * height, 0.4), vec3(0.0, 0.18 * height, 0.75), 0.06, 0.05);
    }
}

fn mug(kit: &mut Kit) {
    kit.paint(0);
    let chances = Chances { curved: 0.4, ear: 0.9, full: 0.5, lid: 0.1, ..Chances::default() };
    let wall = kit.random.range(0.04, 0.08);
    vessel(kit, [wall, 0.12], &[[0.25, 0.5, 0.0, 0.0], [0.4, 0.52, 0.3, 0.5], [0.42, 0.55, 0.6, 1.4]], &chances);
    if kit.random.chance(0.25) {
        kit.white();
        kit.lathe(-0.05 * Vec3::Y, &[vec2(0.4, 0.0), vec2(0.85, 0.08), vec2(0.85, 0.12), vec2(0.3, 0.08)]);
    }
}

fn jug(kit: &mut Kit) {
    kit.paint(0);
    let chances = Chances { curved: 0.8, ear: 1.0, lip: 0.9, full: 0.3, feet: 0.1, ..Chances::default() };
    let points = [[0.3, 0.45, 0.0, 0.0], [0.42, 0.65, 0.3, 0.7], [0.25, 0.45, 0.9, 1.4], [0.32, 0.5, 1.45, 1.8]];
    vessel(kit, [0.05, 0.1], &points, &chances);
}

fn teapot(kit: &mut Kit) {
    kit.paint(0);
    let flip = kit.random.pick(&[0.0, 0.0, PI]);
    let is_can = kit.random.chance(0.3);
    let chances =
        Chances { curved: 0.75, lid: f32::from(!is_can), ear: 0.7, bail: 0.4, feet: 0.1, ..Chances::default() };
    kit.turned(Vec3::ZERO, Vec3::Y, flip, |kit| {
        let points = [[0.25, 0.5, 0.0, 0.0], [0.45, 0.65, 0.3, 0.55], [0.2, 0.4, 0.7, 1.2]];
        let height = vessel(kit, [0.05, 0.1], &points, &chances).y;
        let (rise, reach, thick) =
            (kit.random.range(0.8, 1.1), kit.random.range(0.65, 1.0), kit.random.range(0.05, 0.1));
        let (tip, bend) =
            (vec3(-reach - 0.15, rise * height, 0.0), vec3(-reach, kit.random.range(0.4, 0.6) * height, 0.0));
        kit.paint(1);
        if is_can {
            let tip = tip - 0.4 * Vec3::X;
            kit.rod(vec3(-0.3, 0.2 * height, 0.0), tip, thick, 0.8 * thick);
            kit.rod(tip + vec3(0.03, -0.02, 0.0), tip + vec3(-0.12, 0.08, 0.0), thick, 2.0 * thick);
        } else {
            kit.tube(&[(vec3(-0.3, 0.3 * height, 0.0), 1.6 * thick), (bend, 1.2 * thick), (tip, 0.7 * thick)]);
        }
    });
}

fn bucket(kit: &mut Kit) {
    let hoops = kit.random.pick(&[0, 0, 2, 3]);
    kit.paint(0);
    if hoops > 0 {
        kit.wood();
    }
    let chances = Chances { bail: 0.9, full: 0.4, hoops, ..Chances::default() };
    let rim = vessel(kit, [0.05, 0.1], &[[0.28, 0.5, 0.0, 0.0], [0.46, 0.54, 0.6, 1.2]], &chances);
    let x = libm::cosf(PI / kit.sides as f32) * rim.x;
    kit.both(|kit| kit.rod(vec3(x - 0.06, 0.92 * rim.y, 0.0), vec3(x + 0.06, 0.92 * rim.y, 0.0), 0.06, 0.06));
}

fn vase(kit: &mut Kit) {
    kit.paint(0);
    let tall = kit.random.range(0.7, 1.4);
    let chances = Chances { curved: 0.8, ears: 0.4, feet: 0.1, ear: 0.1, ..Chances::default() };
    let points = [[0.2, 0.4, 0.0, 0.0], [0.35, 0.65, 0.3, 0.8], [0.14, 0.4, 1.0, 1.3], [0.2, 0.6, 1.4, 1.6]];
    kit.scaled(Vec3::ZERO, vec3(1.0, tall, 1.0), |kit| {
        vessel(kit, [0.06, 0.12], &points, &chances);
        if kit.random.chance(0.4) {
            kit.sides = 6;
            for k in 0..kit.random.whole(2, 5) {
                let turn = kit.random.range(0.0, TAU);
                let (lean, size) = (kit.random.range(0.1, 0.8), kit.random.range(0.1, 0.22));
                let tip = vec3(lean * libm::cosf(turn), kit.random.range(1.8, 2.4), lean * libm::sinf(turn));
                kit.leaf();
                let out = vec3(tip.x, 0.0, tip.z);
                kit.tube(&[(0.1 * Vec3::Y - 0.1 * out, 0.035), (1.4 * Vec3::Y + 0.1 * out, 0.035), (tip, 0.03)]);
                kit.paint(2 + k);
                kit.ball(tip, vec3(size, 0.7 * size, size));
            }
        }
    });
}

fn jar(kit: &mut Kit) {
    kit.paint(0);
    let chances = Chances { curved: 0.6, lid: 0.75, ears: 0.3, full: 0.7, ..Chances::default() };
    let points = [[0.3, 0.5, 0.0, 0.0], [0.45, 0.6, 0.1, 0.4], [0.45, 0.6, 0.5, 0.9], [0.28, 0.5, 0.95, 1.4]];
    vessel(kit, [0.06, 0.1], &points, &chances);
}

fn pot(kit: &mut Kit) {
    kit.metal();
    if kit.random.chance(0.5) {
        let chances = Chances { curved: 1.0, ears: 0.5, bail: 0.4, feet: 0.8, full: 0.6, ..Chances::default() };
        let points = [[0.2, 0.4, 0.0, 0.0], [0.55, 0.65, 0.35, 0.5], [0.4, 0.5, 0.8, 0.95], [0.5, 0.58, 0.98, 1.05]];
        vessel(kit, [0.08, 0.15], &points, &chances);
        return;
    }
    let is_pan = kit.random.chance(0.5);
    let chances = Chances { lid: 0.4, ears: f32::from(!is_pan), full: 0.5, ..Chances::default() };
    let top = vessel(kit, [0.05, 0.06], &[[0.4, 0.6, 0.0, 0.0], [0.52, 0.62, 0.15, 0.8]], &chances).y;
    if is_pan {
        let (turn, long) = (kit.random.pick(&[0.0, 1.2, 2.5, -0.8]), kit.random.range(1.1, 1.6));
        kit.turned(0.8 * top * Vec3::Y, Vec3::Y, turn, |kit| {
            kit.rod(vec3(0.4, 0.0, 0.0), vec3(long, 0.1, 0.0), 0.04, 0.06);
        });
    }
}

fn goblet(kit: &mut Kit) {
    kit.paint(0);
    if kit.random.chance(0.3) {
        kit.gold();
    }
    let bowl = kit.random.range(0.7, 1.0);
    let (wide, stem) = (kit.random.range(0.3, 0.45), kit.random.range(0.05, 0.09));
    let (belly, rim, tall) = (kit.random.range(0.2, 0.5), kit.random.range(0.28, 0.55), kit.random.range(1.2, 1.8));
    let (low, middle) = (bowl - 0.1, bowl + 0.4 * (tall - bowl));
    let points = [(wide, 0.0), (wide, 0.05), (stem, 0.14), (stem, low), (belly, middle), (rim, tall)];
    let points = points.map(|(r, y)| [r, r, y, y]);
    vessel(kit, [0.05, bowl + 0.06], &points, &Chances { curved: 0.7, full: 0.5, ears: 0.15, ..Chances::default() });
}

fn dish(kit: &mut Kit) {
    let (foot, height) = (kit.random.range(0.3, 0.6), kit.random.range(0.08, 0.6));
    let (count, pitch, depth) = (kit.random.pick(&[1, 1, 1, 2, 3, 5]), 0.055, kit.random.pick(&[1.0, 1.0, 0.7]));
    kit.scaled(Vec3::ZERO, vec3(1.0, 1.0, depth), |kit| {
        for k in 0..count {
            kit.paint(k);
            let rim = smooth(&[vec2(foot, 0.0), vec2(0.85, 0.55 * height), vec2(1.0, height)]);
            let inside =
                [vec2(1.0, height + 0.05), vec2(0.8, 0.55 * height + 0.08), vec2(0.9 * foot, 0.08), vec2(0.0, 0.08)];
            kit.lathe(pitch * k as f32 * Vec3::Y, &[rim, inside.to_vec()].concat());
        }
        let top = pitch * (count - 1) as f32 + 0.06;
        match kit.random.whole(0, 4) {
            0 => heap(kit, (top + 0.4 * height) * Vec3::Y, vec2(0.7, 0.7), 0.25),
            1 => kit.lathe(top * Vec3::Y, &[vec2(0.9 * foot, -0.02), vec2(0.8, 0.5 * height)]),
            2 => {
                let size = kit.random.range(0.25, 0.6);
                kit.rod((top - 0.02) * Vec3::Y, (top + size) * Vec3::Y, 0.9 * foot, 0.9 * foot);
                kit.paint(3);
                kit.around(6, |kit| kit.ball(vec3(0.7 * foot, top + size, 0.0), Vec3::splat(0.15 * foot + 0.03)));
            }
            _ => {}
        }
    });
}

fn basket(kit: &mut Kit) {
    kit.wood();
    let (depth, hoops) = (kit.random.range(0.6, 1.0), kit.random.whole(3, 6));
    let chances = Chances { curved: 0.7, bail: 0.55, ears: 0.4, full: 0.5, hoops, ..Chances::default() };
    let points = [[0.35, 0.5, 0.0, 0.0], [0.45, 0.56, 0.2, 0.4], [0.5, 0.6, 0.41, 0.9]];
    kit.scaled(Vec3::ZERO, vec3(1.0, 1.0, depth), |kit| {
        vessel(kit, [0.06, 0.08], &points, &chances);
    });
}

fn tub(kit: &mut Kit) {
    let is_wooden = kit.random.chance(0.3);
    kit.white();
    if is_wooden {
        kit.wood();
    }
    let (long, hoops) = (kit.random.range(1.0, 2.2), if is_wooden { 2 } else { 0 });
    let chances = Chances { curved: 0.5, feet: 0.6, full: 0.5, hoops, ..Chances::default() };
    let points = [[0.35, 0.45, 0.0, 0.0], [0.45, 0.5, 0.2, 0.3], [0.5, 0.58, 0.45, 0.7]];
    kit.scaled(Vec3::ZERO, vec3(long, 1.0, 1.0), |kit| {
        vessel(kit, [0.06, 0.08], &points, &chances);
    });
    if kit.random.chance(0.5) {
        kit.metal();
        let x = -0.48 * long;
        kit.tube(&[(vec3(x, 0.3, 0.0), 0.05), (vec3(x, 0.9, 0.0), 0.05), (vec3(0.6 * x, 0.82, 0.0), 0.04)]);
    }
}

fn bottle(kit: &mut Kit) {
    if kit.random.chance(0.25) {
        kit.sides = kit.random.pick(&[4, 4, 6]);
    }
    let (height, neck, long) = (kit.random.range(0.6, 1.8), kit.random.range(0.1, 0.2), kit.random.range(0.1, 0.7));
    let (foot, belly) = (kit.random.range(0.36, 0.45), kit.random.range(0.38, 0.5));
    let shoulder = height + kit.random.range(0.05, 0.3);
    let end = shoulder + long;
    let body = match kit.random.whole(0, 3) {
        0 => vec![vec2(0.45, 0.0), vec2(neck, shoulder)],
        1 => smooth(&[vec2(0.2, 0.0), vec2(0.55, 0.4 * shoulder), vec2(neck, shoulder)]),
        2 => vec![vec2(foot, 0.0), vec2(belly, 0.06), vec2(belly, height), vec2(neck, shoulder)],
        _ => smooth(&[vec2(foot, 0.0), vec2(belly, 0.15), vec2(foot, 0.8 * height), vec2(neck, shoulder)]),
    };
    let depth = kit.random.pick(&[1.0, 1.0, 1.0, 0.5, 0.7]);
    kit.paint(0);
    kit.scaled(Vec3::ZERO, vec3(1.0, 1.0, depth), |kit| kit.lathe(Vec3::ZERO, &body));
    let neck = neck * if depth < 1.0 { 0.7 } else { 1.0 };
    kit.rod((shoulder - 0.1) * Vec3::Y, end * Vec3::Y, neck, neck);
    kit.paint(1);
    kit.rod((end - 0.08) * Vec3::Y, end * Vec3::Y, 1.2 * neck, 1.2 * neck);
    match kit.random.whole(0, 3) {
        0 => kit.rod((end - 0.1) * Vec3::Y, (end + 0.12) * Vec3::Y, 0.8 * neck, 0.9 * neck),
        1 => kit.ball((end + 0.8 * neck) * Vec3::Y, Vec3::splat(1.2 * neck)),
        2 => kit.rod((end - 0.12) * Vec3::Y, (end + 0.06) * Vec3::Y, 1.35 * neck, 1.3 * neck),
        _ => kit.carve(|kit| kit.rod((end - 0.2) * Vec3::Y, (end + 0.2) * Vec3::Y, 0.6 * neck, 0.6 * neck)),
    }
}

fn can(kit: &mut Kit) {
    let (style, tall) = (kit.random.whole(0, 4), kit.random.range(0.8, 1.3));
    let height = tall * [1.8, 1.1, 2.2, 1.5, 2.6][style];
    let (base, top) = (Vec3::ZERO, height * Vec3::Y);
    kit.paint(0);
    let outline = match style {
        0 => vec![vec2(0.38, 0.0), vec2(0.5, 0.12), vec2(0.5, height - 0.15), vec2(0.4, height)],
        4 => smooth(&[vec2(0.45, 0.0), vec2(0.5, 0.15), vec2(0.5, 0.75 * height), vec2(0.15, 0.95 * height)]),
        2 => vec![vec2(0.5, 0.0), vec2(0.5, height - 0.25), vec2(0.3, height)],
        _ => vec![vec2(0.5, 0.0), vec2(0.5, height)],
    };
    kit.lathe(base, &outline);
    kit.metal();
    match style {
        0 => kit.carve(|kit| kit.lathe(0.96 * top, &[vec2(0.35, 0.0), vec2(0.35, 0.2)])),
        2 => kit.rod(0.95 * top, top + 0.25 * Vec3::Y, 0.18, 0.16),
        4 => {
            kit.rod(0.9 * top, 1.06 * top, 0.14, 0.12);
            kit.rod(1.02 * top - vec3(0.2, 0.0, 0.0), 1.02 * top + vec3(0.3, 0.0, 0.0), 0.07, 0.07);
            if kit.random.chance(0.5) {
                kit.ring(1.06 * top, Vec3::Y, 0.2, 0.05);
                kit.rod(1.06 * top - 0.22 * Vec3::X, 1.06 * top + 0.22 * Vec3::X, 0.04, 0.04);
            }
        }
        _ => {
            let rims: &[f32] = if style == 3 { &[0.02, 0.34, 0.66, 0.98] } else { &[0.04, 0.96] };
            rims.iter().for_each(|&y| kit.lathe(y * top, &[vec2(0.53, -0.03), vec2(0.53, 0.03)]));
            let tilt = kit.random.pick(&[0.0, 0.8, 1.9]);
            if style == 1 {
                let flat = libm::cosf(PI / kit.sides as f32);
                bail(kit, 0.85 * height, 0.5 * flat + 0.02, 0.5, 0.04, tilt);
            } else {
                kit.rod(0.97 * top + vec3(0.25, 0.0, 0.1), 1.05 * top + vec3(0.25, 0.0, 0.1), 0.1, 0.1);
            }
        }
    }
}
