//! Furniture to sit on, to lie on, and to keep things in.

use std::f32::consts::FRAC_PI_2;

use glam::{Vec2, Vec3, vec2, vec3};

use super::Kind;
use super::kit::Kit;

pub const KINDS: &[Kind] = &[
    ("chair", chair),
    ("stool", stool),
    ("sofa", sofa),
    ("bed", bed),
    ("table", table),
    ("cabinet", cabinet),
    ("shelf", shelf),
];

/// Wood, or one of the thing's paints.
pub(super) fn coat(kit: &mut Kit, number: usize) {
    kit.either(0.5, Kit::wood, |kit| kit.paint(number));
}

/// Four legs up to `height` about the corners `half`.
pub(super) fn legs(kit: &mut Kit, half: Vec2, height: f32, thick: f32) {
    let r = &mut *kit.random;
    let (style, taper) = (r.whole(0, 3), r.range(0.4, 1.0));
    let splay = if style > 1 { r.range(0.0, 0.18) * height.min(half.y * 2.0) } else { 0.0 };
    let bar = if r.chance(0.35) { r.range(0.15, 0.6) } else { 0.0 };
    kit.four(|kit| {
        let (foot, top) = (vec3(half.x + splay, 0.0, half.y + splay), vec3(half.x, height, half.y));
        match style {
            0 | 2 => {
                let low = vec3(taper * thick, height, taper * thick);
                kit.frustum(foot, low, Vec3::splat(thick), vec3(-splay, 0.0, -splay));
            }
            1 => {
                let knots = [(0.3, 0.0), (0.3, 0.1), (0.5, 0.2), (0.35, 0.4), (0.6, 0.65), (0.4, 0.72), (0.55, 1.0)];
                kit.lathe(foot, &knots.map(|(r, y)| vec2(r * thick, y * height)));
            }
            _ => kit.rod(foot, top, 0.5 * taper * thick, 0.5 * thick),
        }
    });
    if bar > 0.0 {
        let side = half + Vec2::splat(splay * (1.0 - bar));
        kit.both(|kit| kit.block(vec3(side.x, bar * height, 0.0), vec3(0.35 * thick, 0.5 * thick, 2.0 * side.y)));
        kit.block(vec3(0.0, bar * height, 0.0), vec3(2.0 * side.x, 0.45 * thick, 0.4 * thick));
    }
}

/// The back of a seat, upright from the origin.
pub(super) fn back(kit: &mut Kit, width: f32, height: f32, thick: f32) {
    let r = &mut *kit.random;
    let (style, count, top) = (r.whole(0, 4), r.whole(2, 5), r.range(0.12, 0.3) * height);
    let half = 0.5 * width;
    if style == 0 {
        let crown = r.range(-0.05, 0.25) * height;
        let outline = [(-1.0, -0.1), (1.0, -0.1), (1.05, 0.85), (0.6, 1.0), (-0.6, 1.0), (-1.05, 0.85)];
        kit.plate(&outline.map(|(x, y)| vec2(x * half, y * (height + crown))), -0.5 * thick, 0.5 * thick);
        return;
    }
    if style == 4 {
        kit.pad(vec3(0.0, 0.6 * height, 0.0), vec3(width, 0.8 * height, 1.6 * thick), thick);
        kit.both(|kit| kit.block(vec3(0.3 * width, 0.25 * height, -0.3 * thick), vec3(thick, 0.7 * height, thick)));
        return;
    }
    kit.both(|kit| kit.block(vec3(half - 0.5 * thick, 0.45 * height, 0.0), vec3(thick, 1.1 * height, thick)));
    kit.pad(vec3(0.0, height - 0.5 * top, 0.0), vec3(1.02 * width, top, 0.9 * thick), 0.3 * thick);
    for k in 0..count {
        let at = (k as f32 + 0.7) / (count as f32 + 0.4);
        match style {
            1 => kit.block(vec3((at - 0.5) * width, 0.45 * height, 0.0), vec3(0.6 * thick, height, 0.5 * thick)),
            2 => kit.block(vec3(0.0, 0.85 * at * height, 0.0), vec3(width - thick, 0.3 * top, 0.6 * thick)),
            _ => {
                let foot = vec3(0.5 * (at - 0.5) * width, -0.1 * height, 0.0);
                kit.rod(foot, vec3(0.9 * (at - 0.5) * width, 0.95 * height, 0.0), 0.25 * thick, 0.25 * thick);
            }
        }
    }
}

/// A small thing that stands on `foot`, about as high as `size`.
pub(super) fn clutter(kit: &mut Kit, foot: Vec3, size: f32) {
    let (style, paint) = (kit.random.whole(0, 6), kit.random.whole(0, 3));
    let (wide, high) = (kit.random.range(0.2, 0.4) * size, kit.random.range(0.7, 1.1) * size);
    let foot = foot - 0.03 * size * Vec3::Y;
    kit.paint(paint);
    match style {
        0 => kit.lathe(foot, &[(1.0, 0.0), (1.0, 0.6), (0.4, 0.75), (0.4, 1.0)].map(|(r, y)| vec2(r * wide, y * high))),
        1 => kit.block(foot + 0.4 * high * Vec3::Y, vec3(2.0 * wide, 0.8 * high, 1.5 * wide)),
        2 => kit.ball(foot + wide * Vec3::Y, Vec3::splat(1.1 * wide)),
        3 => {
            kit.lathe(foot, &[vec2(0.7 * wide, 0.0), vec2(wide, 0.5 * high)]);
            kit.leaf();
            kit.ball(foot + 0.75 * high * Vec3::Y, vec3(1.3 * wide, 0.4 * high, 1.3 * wide));
        }
        4 => {
            for k in 0..3 {
                kit.paint(k + paint);
                let shift = vec3(kit.random.around(0.1) * wide, (0.12 + 0.2 * k as f32) * high, 0.0);
                kit.block(foot + shift, vec3(2.2 * wide, 0.22 * high, 1.6 * wide));
            }
        }
        5 => {
            let bowl = [(0.4, 0.0), (1.3, 0.45), (1.1, 0.45), (0.3, 0.12), (0.0, 0.12)];
            kit.lathe(foot, &bowl.map(|(r, y)| vec2(r * wide, y * high)));
        }
        _ => kit.lathe(foot, &[(0.6, 0.0), (1.0, 0.4), (0.4, 0.8), (0.6, 1.0)].map(|(r, y)| vec2(r * wide, y * high))),
    }
}

/// The front of a drawer or door with its handle, its back face a little behind z = 0.
pub(super) fn front(kit: &mut Kit, middle: Vec3, size: Vec2, handle: usize) {
    let t = 0.06 * size.max_element().min(0.6);
    kit.pad(middle, vec3(0.93 * size.x, 0.93 * size.y, 2.0 * t), 0.4 * t);
    let is_tall = size.y > 1.2 * size.x;
    let at = middle + if is_tall { vec3(0.36 * size.x, 0.0, t) } else { vec3(0.0, 0.1 * size.y, t) };
    match handle {
        0 => kit.ball(at + 0.4 * t * Vec3::Z, Vec3::splat(1.1 * t)),
        1 if is_tall => kit.block(at, vec3(0.9 * t, 0.3 * size.y, 2.2 * t)),
        1 => kit.block(at, vec3(0.4 * size.x, 0.9 * t, 2.2 * t)),
        _ => {}
    }
}

/// Fronts in rows and columns over a body's face at z = `face`, some drawers drawn out.
pub(super) fn fronts(kit: &mut Kit, low: Vec2, high: Vec2, face: f32, grid: [usize; 2]) {
    let (handle, out, is_open) = (kit.random.whole(0, 2), kit.random.range(0.15, 0.6), kit.random.chance(0.35));
    let size = (high - low) / vec2(grid[0] as f32, grid[1] as f32);
    for k in 0..grid[0] * grid[1] {
        let middle = low + size * vec2((k % grid[0]) as f32 + 0.5, (k / grid[0]) as f32 + 0.5);
        if is_open && size.y < 1.2 * size.x && kit.random.chance(0.3) {
            let out = out * face.abs().max(size.y);
            let foot = middle.extend(face + 0.5 * out) - 0.35 * size.y * Vec3::Y;
            kit.block(foot, vec3(0.85 * size.x, 0.08 * size.y, out + 0.05));
            kit.at(foot, |kit| {
                let side = vec3(0.06 * size.x, 0.6 * size.y, out + 0.05);
                kit.both(|kit| kit.block(vec3(0.4 * size.x, 0.28 * size.y, 0.0), side));
            });
            front(kit, middle.extend(face + out), size, handle);
        } else {
            front(kit, middle.extend(face), size, handle);
        }
    }
}

/// Two uprights with rungs between them, the rungs along z.
pub(super) fn ladder(kit: &mut Kit, width: f32, height: f32, thick: f32, rungs: usize) {
    for side in [-0.5, 0.5] {
        kit.block(vec3(0.0, 0.5 * height, side * width), vec3(1.3 * thick, height, thick));
    }
    for k in 0..rungs {
        let y = (k as f32 + 0.6) / rungs as f32 * height;
        kit.block(vec3(0.0, y, 0.0), vec3(thick, 0.7 * thick, width));
    }
}

fn chair(kit: &mut Kit) {
    let r = &mut *kit.random;
    let (w, d, h, t) = (r.range(0.38, 0.6), r.range(0.38, 0.52), r.range(0.36, 0.5), r.range(0.03, 0.06));
    let (tall, lean, style) = (r.range(0.35, 0.8), r.range(0.0, 0.3), r.weighted(&[7.0, 1.0, 0.8, 1.2]));
    let (is_padded, has_arms, is_round) = (r.chance(0.4), r.chance(0.35), r.chance(0.15));
    let inset = if is_round { 0.38 } else { 0.5 };
    coat(kit, 0);
    match style {
        1 => kit.lathe(Vec3::ZERO, &[vec2(0.5 * w, 0.0), vec2(0.45 * w, t), vec2(t, 2.5 * t), vec2(t, h)]),
        2 => kit.frustum(Vec3::ZERO, vec3(1.2 * w, h, 1.1 * d), vec3(1.1 * w, h, d), Vec3::ZERO),
        _ => legs(kit, inset * vec2(w, d) - 0.5 * t, h, 1.1 * t),
    }
    if style == 3 {
        let radius = kit.random.range(0.8, 1.4);
        kit.both(|kit| {
            let middle = vec3(inset * w - 0.5 * t, radius - 0.03, 0.0);
            kit.arc(middle, Vec3::X, radius, 0.6 * t, -FRAC_PI_2 - 0.6, -FRAC_PI_2 + 0.6);
        });
    }
    if is_round {
        kit.scaled(vec3(0.0, h, 0.0), vec3(0.56 * w, t, 0.56 * d), |kit| kit.rod(Vec3::NEG_Y, Vec3::Y, 0.95, 1.0))
    } else {
        kit.block(vec3(0.0, h, 0.0), vec3(1.02 * w, t, 1.03 * d))
    }
    kit.turned(vec3(0.0, h, 0.6 * t - 0.5 * d), Vec3::X, -lean, |kit| back(kit, w, tall, t));
    if has_arms || style == 2 {
        let rise = kit.random.range(0.17, 0.27);
        let ahead = kit.random.range(0.25, 0.48) * d;
        kit.both(|kit| {
            let reach = 0.5 * d + lean * rise;
            kit.block(vec3(0.5 * w, h + rise, 0.5 * (ahead - reach)), vec3(1.2 * t, 0.8 * t, ahead + reach));
            kit.block(vec3(0.5 * w, h + 0.5 * rise, ahead - t), vec3(0.9 * t, rise, 0.9 * t));
        });
    }
    kit.paint(2);
    if is_padded {
        kit.pad(vec3(0.0, h + t, 0.02), vec3(0.92 * w, 2.0 * t, 0.9 * d), 0.7 * t)
    }
    if style == 2 {
        kit.gold();
        kit.at(vec3(0.0, h + tall - 0.03, 0.6 * t - 0.5 * d - libm::sinf(lean) * tall), |kit| {
            kit.both(|kit| kit.ball(vec3(0.46 * w, 0.0, 0.0), Vec3::splat(1.3 * t)));
        });
    }
}

fn stool(kit: &mut Kit) {
    let r = &mut *kit.random;
    let (w, h, t) = (r.range(0.14, 0.24), r.range(0.25, 0.85), r.range(0.02, 0.035));
    let (count, splay, style, thick) = (r.whole(3, 4), r.range(1.0, 1.7), r.whole(0, 3), r.range(0.03, 0.1));
    coat(kit, 0);
    if style == 0 {
        kit.lathe(Vec3::ZERO, &[vec2(w, 0.0), vec2(0.9 * w, t), vec2(1.2 * t, 2.0 * t), vec2(t, h)]);
    } else {
        kit.around(count, |kit| kit.rod(vec3(0.7 * w * splay, 0.0, 0.0), vec3(0.7 * w, h, 0.0), t, t));
    }
    if h > 0.5 || style == 1 {
        let radius = if style == 0 { 0.8 * w } else { 0.7 * w * (0.65 * splay + 0.35) };
        kit.ring(vec3(0.0, 0.35 * h, 0.0), Vec3::Y, radius, 0.6 * t);
        if style == 0 {
            kit.around(4, |kit| kit.rod(vec3(0.0, 0.35 * h, 0.0), vec3(radius, 0.35 * h, 0.0), 0.5 * t, 0.5 * t))
        }
    }
    kit.paint(1);
    match style {
        2 => kit.pad(vec3(0.0, h, 0.0), vec3(2.1 * w, thick, 2.1 * w), 0.3 * thick),
        _ => kit.lathe(
            vec3(0.0, h - 0.5 * thick, 0.0),
            &[(0.95, 0.0), (1.05, 0.4), (1.0, 1.0)].map(|(r, y)| vec2(r * w, y * thick)),
        ),
    }
    if kit.random.chance(0.3) {
        let high = kit.random.range(0.15, 0.4);
        kit.turned(vec3(0.0, h, -0.75 * w), Vec3::X, -0.15, |kit| back(kit, 1.5 * w, high, 1.5 * t));
    }
}

/// What one leans at on a sofa, upright from the origin.
fn cushions(kit: &mut Kit, size: Vec3) {
    kit.pad(vec3(0.0, 0.45 * size.y, 0.0), vec3(size.x, 0.85 * size.y, 0.8 * size.z), 0.06);
    if kit.random.chance(0.25) {
        kit.paint(3);
        let (half, roll) = (kit.random.range(0.16, 0.24), kit.random.around(0.4));
        kit.turned(vec3(0.0, half, 0.5 * size.z), vec3(-0.5, 0.0, roll), 0.4, |kit| {
            kit.ball(Vec3::ZERO, vec3(half, half, 0.12))
        });
    }
}

fn sofa(kit: &mut Kit) {
    let r = &mut *kit.random;
    let (seats, seat) = (r.whole(1, 4), r.range(0.5, 0.75));
    let (w, d, h, tall) = (seats as f32 * seat, r.range(0.65, 1.0), r.range(0.32, 0.46), r.range(0.3, 0.65));
    let (arm, rise, foot, style) = (r.range(0.1, 0.28), r.range(0.1, 0.3), r.range(0.02, 0.16), r.whole(0, 3));
    let (round, deep, lean) = (r.range(0.02, 0.08), r.range(0.16, 0.26), r.range(0.0, 0.3));
    let (mid, high) = (0.5 * (w + arm), h + rise - foot);
    coat(kit, 1);
    kit.four(|kit| kit.rod(vec3(0.5 * w, 0.0, 0.42 * d), vec3(0.48 * w, foot + 0.1, 0.4 * d), 0.025, 0.04));
    kit.paint(0);
    kit.pad(vec3(0.0, foot + 0.5 * h - 0.05, 0.0), vec3(w + arm, h - 0.1, d), 0.02);
    kit.turned(vec3(0.0, foot, 0.5 * deep - 0.5 * d), Vec3::X, -lean, |kit| {
        kit.pad(vec3(0.0, 0.5 * (h + tall - foot), 0.0), vec3(w + 0.8 * arm, h + tall - foot, deep), round);
    });
    kit.both(|kit| match style {
        0 => kit.pad(vec3(mid, foot + 0.5 * high, 0.0), vec3(arm, high, 1.02 * d), round),
        1 => {
            kit.block(vec3(mid, foot + 0.5 * high, 0.0), vec3(0.8 * arm, high, 0.98 * d));
            let top = vec3(0.5 * w + 0.55 * arm, h + rise, 0.52 * d);
            kit.rod(top - 1.04 * d * Vec3::Z, top, 0.6 * arm, 0.6 * arm);
        }
        2 => kit.frustum(vec3(mid, foot, 0.0), vec3(arm, high, d), vec3(1.2 * arm, 0.0, 0.9 * d), 0.1 * Vec3::X),
        _ => {}
    });
    if seats > 1 && kit.random.chance(0.3) {
        let (long, side) = (kit.random.range(0.5, 1.1), kit.random.pick(&[-0.5, 0.5]));
        let size = vec3(seat, h - foot, long + 0.2);
        kit.pad(vec3(side * (w - seat), foot + 0.5 * size.y, 0.5 * (d + long) - 0.1), size, round);
    }
    let thick = kit.random.range(0.12, 0.2);
    for k in 0..seats {
        kit.paint(seats);
        kit.at(vec3((k as f32 + 0.5) * seat - 0.5 * w, h, 0.0), |kit| {
            kit.pad(vec3(0.0, -0.05, 0.3 * deep), vec3(0.97 * seat, thick, d - 0.6 * deep), 0.04);
            kit.turned(vec3(0.0, 0.0, deep - 0.5 * d), Vec3::X, -lean - 0.1, |kit| {
                cushions(kit, vec3(0.95 * seat, tall, deep))
            });
        });
    }
}

fn bed(kit: &mut Kit) {
    let r = &mut *kit.random;
    let (w, h, l, t) = (r.pick(&[0.8, 1.0, 1.4, 1.8]), r.range(0.25, 0.5), r.range(1.7, 2.1), r.range(0.05, 0.1));
    let (tall, low, style) = (r.range(0.2, 0.9), r.range(0.0, 0.4), r.weighted(&[4.0, 1.0, 1.0]));
    let (thick, cover) = (r.range(0.12, 0.28), r.range(0.4, 0.85) * l);
    let post = [h + tall, r.range(1.4, 1.8), r.range(1.8, 2.2)][style];
    coat(kit, 0);
    let levels: &[f32] = if style == 1 { &[0.0, 0.95] } else { &[0.0] };
    kit.both(|kit| {
        kit.block(vec3(0.5 * w, 0.5 * post, -0.5 * l), vec3(t, post, t));
        let foot = if style == 0 { h + low } else { post };
        kit.block(vec3(0.5 * w, 0.5 * foot, 0.5 * l), vec3(t, foot, t));
    });
    kit.at(vec3(0.0, h, -0.5 * l), |kit| back(kit, w, tall, 0.9 * t));
    kit.block(vec3(0.0, 0.75 * (h + low), 0.5 * l), vec3(w, 0.5 * (h + low), 0.6 * t));
    if style == 2 {
        kit.block(vec3(0.0, post, 0.0), vec3(w + 2.0 * t, 1.5 * t, l + 2.0 * t));
    } else if style == 1 {
        kit.both(|kit| kit.block(vec3(0.5 * w, h + 1.25, 0.0), vec3(0.5 * t, 0.1, l)));
        kit.at(vec3(0.5 * w + 0.03, 0.0, 0.3 * l), |kit| ladder(kit, 0.35, post, 0.05, 5));
    }
    for &level in levels {
        coat(kit, 0);
        kit.block(vec3(0.0, h - 0.02 + level, 0.0), vec3(w, 0.15, l));
        kit.white();
        kit.pad(vec3(0.0, h + 0.5 * thick + level, 0.0), vec3(0.96 * w, thick, 0.97 * l), 0.05);
        for k in 0..if w > 1.2 { 2 } else { 1 } {
            let x = if w > 1.2 { (k as f32 - 0.5) * 0.48 * w } else { 0.0 };
            kit.ball(vec3(x, h + thick + level, 0.22 - 0.5 * l), vec3(0.3, 0.1, 0.19));
        }
        kit.paint(2);
        kit.pad(vec3(0.0, h + 0.55 * thick + level, 0.5 * (l - cover)), vec3(1.01 * w, thick, cover), 0.06);
    }
}

fn table(kit: &mut Kit) {
    let r = &mut *kit.random;
    let (w, d, h, t) = (r.range(0.5, 2.0), r.range(0.45, 0.95), r.range(0.3, 0.85), r.range(0.04, 0.09));
    let (style, count, size) = (r.weighted(&[4.0, 2.0, 1.0]), r.whole(0, 5), r.range(0.12, 0.32));
    let (is_round, has_apron) = (style == 1 || (style == 0 && r.chance(0.25)), r.chance(0.5));
    let (w, d) = if is_round { (d * r.pick(&[1.0, 1.0, 1.5]), d) } else { (w, d) };
    coat(kit, 0);
    match style {
        1 => {
            let (foot, stem) = (kit.random.range(0.4, 0.8), kit.random.range(0.7, 1.6) * t);
            let profile =
                [(0.5 * foot * d, 0.0), (0.45 * foot * d, 0.5 * t), (stem, 2.0 * t), (stem, 0.8 * h), (3.0 * stem, h)];
            kit.lathe(Vec3::ZERO, &profile.map(|(r, y)| vec2(r, y)));
        }
        2 => {
            let cross = vec3(0.36 * w, 0.5 * h, 0.0);
            let lean = libm::atan2f(0.75 * d, h);
            kit.both(|kit| {
                for turn in [lean, -lean] {
                    kit.turned(cross, Vec3::X, turn, |kit| {
                        kit.block(Vec3::ZERO, vec3(1.2 * t, 1.0 * h / libm::cosf(lean), t))
                    });
                }
            });
            kit.block(cross * Vec3::Y, vec3(0.72 * w, t, t));
        }
        _ => {
            let inset = if is_round { 0.32 } else { 0.46 };
            legs(kit, vec2(inset * w, inset * d), h, 1.4 * t);
            if has_apron {
                kit.block(vec3(0.0, h - 1.2 * t, 0.0), vec3(2.0 * inset * w, 2.4 * t, 2.0 * inset * d))
            }
        }
    }
    if is_round {
        kit.scaled(vec3(0.0, h, 0.0), vec3(0.5 * w, 0.5 * t, 0.5 * d), |kit| kit.rod(Vec3::NEG_Y, Vec3::Y, 1.0, 1.03));
    } else {
        kit.block(vec3(0.0, h, 0.0), vec3(1.06 * w, t, 1.06 * d));
    }
    for _ in 0..count {
        let (x, z) = (kit.random.around(0.32) * w, kit.random.around(0.28) * d);
        clutter(kit, vec3(x, h + 0.45 * t, z), size);
    }
}

fn cabinet(kit: &mut Kit) {
    let r = &mut *kit.random;
    let style = r.whole(0, 3);
    let w = [r.range(0.4, 0.6), r.range(0.7, 1.3), r.range(0.8, 1.8), r.range(1.0, 1.9)][style];
    let h = [r.range(0.4, 0.7), r.range(0.8, 1.3), r.range(1.7, 2.2), r.range(0.4, 0.8)][style];
    let (d, foot, x) = (r.range(0.35, 0.6), r.range(0.03, 0.18), r.around(0.3) * w);
    let grid =
        [[1, r.whole(1, 3)], [r.whole(1, 2), r.whole(3, 5)], [r.whole(2, 3), 1], [r.whole(2, 4), r.whole(1, 2)]][style];
    let (top, is_open, swing, size) = (r.range(1.0, 1.1), r.chance(0.35), r.range(0.6, 2.0), r.range(0.15, 0.4));
    coat(kit, 0);
    kit.four(|kit| {
        kit.frustum(vec3(0.43 * w, 0.0, 0.4 * d), vec3(0.04, foot + 0.05, 0.04), Vec3::splat(0.08), Vec3::ZERO)
    });
    kit.block(vec3(0.0, 0.5 * (h + foot), 0.0), vec3(w, h - foot, d));
    kit.block(vec3(0.0, h, 0.0), vec3(top * w, 0.05, top * d));
    coat(kit, 1);
    if is_open && grid[1] == 1 {
        let inside = vec3(0.92 * w, h - foot - 0.12, d);
        kit.carve(|kit| kit.block(vec3(0.0, 0.5 * (h + foot), 0.06), inside));
        kit.block(vec3(0.0, 0.6 * h, 0.0), vec3(w - 0.02, 0.04, 0.9 * d));
        kit.both(|kit| {
            kit.turned(vec3(0.49 * w, 0.5 * (h + foot), 0.5 * d), Vec3::Y, swing, |kit| {
                front(kit, vec3(-0.225 * w, 0.0, 0.0), vec2(0.52 * w, h - foot - 0.06), 0)
            });
        });
    } else {
        fronts(kit, vec2(-0.49 * w, foot + 0.02), vec2(0.49 * w, h - 0.03), 0.5 * d, grid);
    }
    if style != 2 && kit.random.chance(0.5) {
        clutter(kit, vec3(x, h + 0.02, 0.0), size)
    }
    if style == 1 && kit.random.chance(0.4) {
        kit.scaled(vec3(0.0, h + 0.4 * w, -0.35 * d), vec3(0.35 * w, 0.45 * w, 0.05), |kit| {
            kit.rod(Vec3::NEG_Z, Vec3::Z, 1.0, 0.9)
        });
    }
}

fn shelf(kit: &mut Kit) {
    let r = &mut *kit.random;
    let (w, rows, d, t) = (r.range(0.5, 1.4), r.whole(2, 5), r.range(0.22, 0.42), r.range(0.025, 0.045));
    let (step, fill, has_back, has_books) = (r.range(0.28, 0.42), r.range(0.2, 1.0), r.chance(0.7), r.chance(0.6));
    let h = rows as f32 * step;
    coat(kit, 0);
    kit.both(|kit| kit.block(vec3(0.5 * w, 0.5 * h + 0.03, 0.0), vec3(1.2 * t, h + 0.08, d)));
    if has_back {
        kit.block(vec3(0.0, 0.5 * h, 0.5 * t - 0.5 * d), vec3(w, h, t))
    }
    for k in 0..=rows {
        kit.block(vec3(0.0, k as f32 * step + 0.03, 0.0), vec3(w, t, 0.97 * d))
    }
    for k in 0..rows {
        let (y, mut x, wide) = (k as f32 * step + 0.02 + 0.5 * t, t - 0.5 * w, 0.08 * w);
        while x < 0.5 * w - 2.0 * t - wide {
            let (thick, high, paint) =
                (kit.random.range(0.5, 1.3) * wide, kit.random.range(0.55, 0.85) * step, kit.random.whole(0, 3));
            kit.paint(paint);
            let is_there = kit.random.chance(fill);
            if is_there && has_books {
                kit.block(
                    vec3(x + 0.5 * thick, y + 0.5 * high, -0.03),
                    vec3(0.96 * thick, high, (0.75 * high).min(0.85 * d)),
                );
            } else if is_there {
                clutter(kit, vec3(x + wide, y, 0.0), 0.6 * step);
                x += 1.5 * wide;
            }
            x += thick;
        }
    }
}
