//! Boxes, bags and other containers that are not round.

use std::f32::consts::{FRAC_PI_2, PI};

use glam::{Vec2, Vec3, vec2, vec3};

use super::Kind;
use super::kit::Kit;
use super::parts::{bail, heap};

pub const KINDS: &[Kind] = &[
    ("wooden crate", wooden_crate),
    ("treasure chest", chest),
    ("sack", sack),
    ("bag", bag),
    ("backpack", backpack),
    ("suitcase", suitcase),
    ("carton", carton),
    ("trash bin", bin),
    ("lantern", lantern),
    ("books", books),
];

/// A box without a lid on the ground, its top `flare` times as wide as its bottom.
fn open_box(kit: &mut Kit, size: Vec3, flare: f32, wall: f32) {
    let inner = |flare: f32| vec3(size.x * flare - 2.0 * wall, size.y, size.z * flare - 2.0 * wall);
    kit.frustum(Vec3::ZERO, size, size * flare, Vec3::ZERO);
    kit.carve(|kit| kit.frustum(wall * Vec3::Y, inner(1.0), inner(flare), Vec3::ZERO));
}

/// Beams along all edges of a box about `center`.
fn frame(kit: &mut Kit, center: Vec3, size: Vec3, beam: f32) {
    let half = 0.5 * size;
    for (s, t) in [(-1.0, -1.0), (-1.0, 1.0), (1.0, -1.0), (1.0, 1.0)] {
        kit.block(center + vec3(0.0, s * half.y, t * half.z), vec3(size.x + beam, beam, beam));
        kit.block(center + vec3(s * half.x, 0.0, t * half.z), vec3(0.96 * beam, size.y + 0.9 * beam, 0.96 * beam));
        kit.block(center + vec3(s * half.x, t * half.y, 0.0), vec3(0.92 * beam, 0.92 * beam, size.z + 0.8 * beam));
    }
}

fn wooden_crate(kit: &mut Kit) {
    let size = vec3(kit.random.range(0.7, 1.5), kit.random.range(0.45, 1.2), kit.random.range(0.6, 1.1));
    let (beam, half, style) = (kit.random.range(0.06, 0.14), 0.5 * size, kit.random.whole(0, 3));
    kit.wood();
    if style < 2 {
        kit.block(half * Vec3::Y, size);
        kit.wood();
        frame(kit, half * Vec3::Y, size, beam);
        let (slant, turns) = (libm::atan2f(size.y, size.x), kit.random.whole(0, 2));
        for turn in [slant, -slant].into_iter().take(turns) {
            kit.turned(half * Vec3::Y, Vec3::Z, turn, |kit| {
                kit.block(Vec3::ZERO, vec3(vec2(size.x, size.y).length() - beam, beam, size.z + 0.7 * beam));
            });
        }
        return;
    }
    open_box(kit, size, 1.0, 0.5 * beam);
    let (rows, gap) = (kit.random.whole(2, 4), kit.random.range(0.1, 0.3));
    let pitch = size.y / rows as f32;
    kit.wood();
    kit.carve(|kit| {
        for row in 0..rows {
            let at = vec3(0.0, (row as f32 + 1.0 - 0.5 * gap) * pitch, 0.0);
            kit.block(at, vec3(size.x - 3.0 * beam, gap * pitch, 2.0 * size.z));
            kit.block(at, vec3(2.0 * size.x, 0.98 * gap * pitch, size.z - 3.0 * beam));
        }
    });
    kit.four(|kit| kit.block(vec3(half.x - 0.4 * beam, half.y, half.z - 0.4 * beam), vec3(beam, size.y + 0.02, beam)));
    if style == 3 {
        kit.paint(0);
        let height = kit.random.range(0.4, 0.9) * size.y;
        kit.block(0.5 * height * Vec3::Y, vec3(size.x - 0.5 * beam, height - 0.02, size.z - 0.5 * beam));
        heap(kit, height * Vec3::Y, vec2(0.45 * size.x, 0.45 * size.z), 0.15);
    }
}

fn chest(kit: &mut Kit) {
    let size = vec3(kit.random.range(0.9, 1.6), kit.random.range(0.35, 0.7), kit.random.range(0.5, 0.9));
    let (arch, is_open) = (kit.random.pick(&[0.15, 0.5, 0.8, 1.0]), kit.random.chance(0.5));
    let (angle, iron) = (kit.random.range(0.3, 2.0) * f32::from(is_open), kit.random.range(0.03, 0.07));
    kit.wood();
    let flare = kit.random.pick(&[1.0, 1.0, 1.12]);
    open_box(kit, size, flare, 0.06);
    let top = size * 1.02 * flare;
    if is_open {
        kit.gold();
        kit.block(0.35 * size.y * Vec3::Y, size * vec3(0.95, 0.68, 0.95));
        heap(kit, 0.75 * size.y * Vec3::Y, vec2(0.42 * size.x, 0.42 * size.z), 0.1);
    }
    let arc = |radius: f32, k: usize| {
        let a = PI * k as f32 / 8.0;
        vec2(radius * libm::cosf(a), arch * radius * libm::sinf(a))
    };
    let bands = kit.random.whole(1, 3);
    kit.turned(vec3(0.0, size.y - 0.02, -0.5 * top.z), Vec3::X, -angle, |kit| {
        kit.turned(vec3(0.0, 0.0, 0.5 * top.z), Vec3::Y, FRAC_PI_2, |kit| {
            let slab = |kit: &mut Kit, radius: f32, from: f32, to: f32| {
                let mut outline: Vec<Vec2> = (0..=8).map(|k| arc(radius, k)).collect();
                let low = -0.06 - 0.3 * (radius - 0.5 * top.z);
                outline.extend([vec2(-radius, low), vec2(radius, low)]);
                kit.plate(&outline, from, to);
            };
            kit.wood();
            slab(kit, 0.5 * top.z, -0.5 * top.x, 0.5 * top.x);
            kit.metal();
            for k in 0..=bands {
                let x = (k as f32 / bands as f32 - 0.5) * (top.x - 0.08);
                slab(kit, 0.5 * top.z + iron, x - 0.06, x + 0.06);
            }
        });
        kit.gold();
        kit.block(vec3(0.0, -0.04, top.z + 0.02), vec3(0.16, 0.2, 0.12));
    });
    kit.metal();
    kit.four(|kit| kit.block(vec3(0.48 * size.x, 0.48 * size.y, 0.48 * size.z), vec3(0.12, 0.9 * size.y, 0.12)));
    kit.block(0.03 * Vec3::Y, size * vec3(1.04, 0.1, 1.04));
}

fn sack(kit: &mut Kit) {
    let (wide, tall, depth) = (kit.random.range(0.45, 0.7), kit.random.range(0.6, 1.3), kit.random.range(0.6, 1.0));
    let (neck, tilt) = (kit.random.range(0.1, 0.25), kit.random.around(0.2));
    kit.hsv(0.09, 0.4, 0.65);
    if kit.random.chance(0.3) {
        kit.paint(0);
    }
    let is_open = kit.random.chance(0.35);
    let top = if is_open { vec2(0.8 * wide, tall) } else { vec2(neck, tall) };
    let body = [(0.7, 0.0), (0.93, 0.08), (1.0, 0.25), (0.98, 0.5), (0.85, 0.75), (0.6, 0.9)];
    let mut body = body.map(|(r, y)| vec2(r * wide, y * tall)).to_vec();
    body.push(top);
    kit.turned(Vec3::ZERO, Vec3::Z, tilt, |kit| {
        kit.scaled(Vec3::ZERO, vec3(1.0, 1.0, depth), |kit| {
            kit.lathe(Vec3::ZERO, &body);
            if is_open {
                kit.ring(tall * Vec3::Y, Vec3::Y, 0.78 * wide, 0.08);
                heap(kit, (tall - 0.02) * Vec3::Y, Vec2::splat(0.6 * wide), 0.14);
            } else {
                kit.lathe((tall - 0.05) * Vec3::Y, &[vec2(neck, 0.0), vec2(2.0 * neck, 0.25), vec2(1.2 * neck, 0.27)]);
                kit.paint(1);
                kit.ring(tall * Vec3::Y, Vec3::Y, neck, 0.05);
            }
        });
    });
}

fn bag(kit: &mut Kit) {
    let size = vec3(kit.random.range(0.8, 1.4), kit.random.range(0.55, 1.3), kit.random.range(0.25, 0.5));
    let (narrow, style) = (kit.random.range(0.3, 1.0), kit.random.whole(0, 3));
    let half = 0.5 * size;
    kit.paint(0);
    match style {
        0 => open_box(kit, size, 1.0, 0.05),
        1 => kit.rod(vec3(-half.x, 0.3, 0.0), vec3(half.x, 0.3, 0.0), 0.33, 0.33),
        2 => {
            let top = size * vec3(kit.random.range(0.6, 1.1), 1.0, narrow);
            kit.frustum(Vec3::ZERO, size, top, Vec3::ZERO);
        }
        _ => kit.pad(half * Vec3::Y, size, 0.15),
    }
    let top = if style == 1 { 0.6 } else { size.y };
    kit.paint(1);
    if style == 3 || style == 2 && kit.random.chance(0.4) {
        let drop = kit.random.range(0.35, 0.75) * size.y;
        kit.pad(vec3(0.0, size.y - 0.5 * drop, 0.15 * size.z), vec3(size.x * 1.02, drop + 0.06, 0.8 * size.z), 0.06);
        kit.gold();
        kit.block(vec3(0.0, size.y - drop + 0.08, 0.57 * size.z), vec3(0.14, 0.12, 0.1));
    }
    let (wide, rise, gap) = (kit.random.range(0.2, 0.42) * size.x, kit.random.range(0.2, 0.8), kit.random.chance(0.6));
    let apart = if style == 0 { half.z - 0.03 } else { 0.3 * size.z * narrow.max(0.5) };
    let handles: &[f32] = if style == 0 || gap { &[-1.0, 1.0] } else { &[0.0] };
    kit.paint(2);
    for z in handles {
        kit.at(vec3(0.0, 0.0, z * apart), |kit| bail(kit, top - 0.08, wide, rise, 0.035, 0.15 * z));
    }
}

fn backpack(kit: &mut Kit) {
    kit.sides = kit.sides.min(8);
    let size = vec3(kit.random.range(0.7, 1.0), kit.random.range(0.9, 1.5), kit.random.range(0.3, 0.55));
    kit.paint(0);
    kit.scaled(Vec3::ZERO, size, |kit| {
        let mut points = Vec::new();
        for (y, x, back, front) in [
            (0.0, 0.46, -0.45, 0.5),
            (0.12, 0.5, -0.5, 0.55),
            (0.7, 0.47, -0.5, 0.45),
            (0.93, 0.38, -0.48, 0.2),
            (1.0, 0.25, -0.4, -0.05),
        ] {
            for x in [-x, x] {
                points.extend([vec3(x, y, back), vec3(x, y, front), vec3(0.8 * x, y, front + 0.08)]);
            }
        }
        kit.hull(&points);
        kit.paint(1);
        let tall = kit.random.range(0.3, 0.45);
        let wide = kit.random.range(0.55, 0.8);
        kit.pad(vec3(0.0, 0.1 + 0.5 * tall, 0.55), vec3(wide, tall, 0.5), 0.08);
        if kit.random.chance(0.5) {
            kit.pad(vec3(0.0, 0.87, 0.02), vec3(1.0, 0.32, 1.25), 0.1);
        }
        if kit.random.chance(0.5) {
            kit.both(|kit| kit.pad(vec3(0.52, 0.28, 0.0), vec3(0.22, 0.4, 0.7), 0.08));
        }
    });
    kit.paint(2);
    let z = -0.48 * size.z;
    let path = [vec3(0.18, 0.92, 0.0), vec3(0.24, 0.8, -0.25), vec3(0.28, 0.4, -0.28), vec3(0.36, 0.08, 0.0)];
    kit.both(|kit| kit.tube(&path.map(|p| (vec3(p.x * size.x, p.y * size.y, p.z * 0.8 + z), 0.045))));
    kit.at(vec3(0.0, 0.0, 0.8 * z), |kit| bail(kit, 0.97 * size.y, 0.12, 0.14, 0.035, 0.0));
    if kit.random.chance(0.35) {
        let y = kit.random.pick(&[-0.08, 1.08]) * size.y;
        kit.rod(vec3(-0.6 * size.x, y, 0.0), vec3(0.6 * size.x, y, 0.0), 0.16, 0.16);
    }
}

fn suitcase(kit: &mut Kit) {
    let size = vec3(kit.random.range(0.7, 1.5), kit.random.range(0.5, 1.3), kit.random.range(0.25, 0.55));
    let (half, style) = (0.5 * size, kit.random.whole(0, 2));
    kit.paint(0);
    let round = kit.random.range(0.03, 0.12);
    kit.pad(half * Vec3::Y, size, round);
    kit.paint(1);
    if style == 0 {
        let lid = vec3(size.x, 0.25, size.z);
        kit.frustum((size.y - 0.05) * Vec3::Y, lid, lid * vec3(1.0, 1.0, 0.4), Vec3::ZERO);
    }
    let top = size.y + if style == 0 { 0.2 } else { 0.0 };
    let rise = if style == 1 { kit.random.range(0.3, 0.8) } else { kit.random.range(0.1, 0.25) };
    let (x, z) = (kit.random.range(0.15, 0.3) * size.x, if style == 1 { -0.3 * size.z } else { 0.0 });
    let path = [vec3(-x, top - 0.06, z), vec3(-x, top + rise, z), vec3(x, top + rise, z), vec3(x, top - 0.06, z)];
    kit.dark();
    kit.tube(&path.map(|p| (p, 0.035)));
    if style == 1 {
        kit.four(|kit| {
            kit.rod(vec3(half.x - 0.14, -0.02, half.z - 0.1), vec3(half.x - 0.06, -0.02, half.z - 0.1), 0.09, 0.09)
        });
    } else {
        kit.metal();
        kit.both(|kit| kit.block(vec3(0.3 * size.x, 0.8 * size.y, half.z), vec3(0.1, 0.18, 0.07)));
    }
    kit.paint(2);
    match kit.random.whole(0, 3) {
        0 => kit.both(|kit| kit.block(vec3(0.32 * size.x, half.y, 0.0), vec3(0.09, size.y + 0.05, size.z + 0.05))),
        1 => kit.pad(vec3(0.0, 0.35 * size.y, half.z), vec3(0.7 * size.x, 0.45 * size.y, 0.14), 0.05),
        2 => (1..6).for_each(|k| {
            kit.block(vec3((k as f32 / 6.0 - 0.5) * size.x, half.y, 0.0), vec3(0.05, 0.85 * size.y, size.z + 0.05))
        }),
        _ => kit.block(0.7 * size * Vec3::Y, size * vec3(1.02, 0.03, 1.04)),
    }
}

fn carton(kit: &mut Kit) {
    let size = vec3(kit.random.range(0.7, 1.4), kit.random.range(0.4, 1.3), kit.random.range(0.6, 1.2));
    kit.hsv(0.09, 0.5, 0.65);
    match kit.random.whole(0, 2) {
        0 => {
            open_box(kit, size, 1.0, 0.04);
            for turn in 0..4 {
                let (wide, away) = if turn % 2 == 0 { (size.x, size.z) } else { (size.z, size.x) };
                let (open, long) = (kit.random.range(-0.6, 2.3), 0.45 * size.z.min(size.x));
                kit.turned(size * Vec3::Y, Vec3::Y, turn as f32 * FRAC_PI_2, |kit| {
                    kit.turned(vec3(0.0, -0.02, 0.5 * away - 0.02), Vec3::X, open - FRAC_PI_2, |kit| {
                        kit.block(vec3(0.0, 0.0, 0.5 * long), vec3(wide - 0.05, 0.035, long + 0.04));
                    });
                });
            }
        }
        1 => {
            kit.block(0.5 * size * Vec3::Y, size);
            kit.paint(1);
            kit.block(0.51 * size * Vec3::Y, size * vec3(0.12, 1.03, 1.03));
        }
        _ => {
            kit.paint(0);
            kit.block(0.5 * size * Vec3::Y, size);
            kit.block(0.92 * size * Vec3::Y, size * vec3(1.08, 0.2, 1.08));
            kit.paint(1);
            kit.block(0.52 * size * Vec3::Y, size * vec3(0.15, 1.06, 1.12));
            kit.block(0.515 * size * Vec3::Y, size * vec3(1.12, 1.05, 0.15));
            let loops = kit.random.range(0.12, 0.22);
            kit.at(1.03 * size.y * Vec3::Y, |kit| {
                kit.both(|kit| kit.ring(vec3(1.1 * loops, 0.7 * loops, 0.0), vec3(0.0, 0.3, 1.0), loops, 0.05));
                kit.ball(0.3 * loops * Vec3::Y, Vec3::splat(0.1));
            });
        }
    }
}

fn bin(kit: &mut Kit) {
    let size = vec3(kit.random.range(0.5, 0.8), kit.random.range(0.8, 1.3), kit.random.range(0.5, 0.7));
    kit.paint(0);
    let style = kit.random.whole(0, 3);
    if style == 0 {
        let (foot, wide, height) = (kit.random.range(0.3, 0.45), 0.5, kit.random.range(0.9, 1.4));
        kit.lathe(Vec3::ZERO, &[vec2(foot, 0.0), vec2(wide, height)]);
        kit.paint(1);
        match kit.random.whole(0, 2) {
            0 => kit.carve(|kit| kit.lathe(0.06 * Vec3::Y, &[vec2(foot - 0.05, 0.0), vec2(wide - 0.05, height)])),
            1 => {
                kit.scaled(height * Vec3::Y, vec3(1.0, 0.7, 1.0), |kit| kit.ball(Vec3::ZERO, Vec3::splat(1.02 * wide)))
            }
            _ => {
                kit.lathe(
                    (height - 0.03) * Vec3::Y,
                    &[vec2(wide + 0.05, 0.0), vec2(wide + 0.05, 0.07), vec2(0.2, 0.2)],
                );
                bail(kit, height + 0.14, 0.15, 0.13, 0.035, 0.0);
                kit.both(|kit| kit.ring(vec3(wide, 0.75 * height, 0.0), vec3(0.6, 0.0, 1.0), 0.1, 0.03));
            }
        }
        return;
    }
    let size = if style == 3 { vec3(1.6, 0.9, 0.9) * size.y } else { size };
    let flare = kit.random.range(1.0, 1.3);
    open_box(kit, size, flare, 0.05);
    let (top, open) = (size * flare, kit.random.pick(&[0.0, 0.0, 0.0, 0.5, 1.8]));
    kit.paint(1);
    kit.turned(vec3(0.0, size.y - 0.01, -0.48 * top.z), Vec3::X, -open, |kit| {
        let lid = vec3(1.06 * top.x, kit.random.range(0.06, 0.3), 1.06 * top.z);
        kit.frustum(0.5 * top.z * Vec3::Z, lid, lid * vec3(0.9, 1.0, 0.7), Vec3::ZERO);
        kit.block(vec3(0.0, 0.02, 1.03 * top.z), vec3(0.3 * top.x, 0.06, 0.15));
    });
    kit.dark();
    let wheel = kit.random.range(0.1, 0.17);
    if style >= 2 {
        let z = -0.45 * size.z;
        let wheels =
            |kit: &mut Kit| kit.rod(vec3(0.36 * size.x, 0.02, z), vec3(0.36 * size.x + 0.14, 0.02, z), wheel, wheel);
        if style == 3 {
            kit.four(wheels);
        } else {
            kit.both(wheels);
        }
        let bar = vec3(0.45 * top.x, 0.92 * size.y, -0.54 * top.z);
        kit.rod(bar * vec3(-1.0, 1.0, 1.0), bar, 0.05, 0.05);
    }
}

fn lantern(kit: &mut Kit) {
    kit.sides = kit.random.pick(&[4, 4, 6, 8, 12]);
    let (wide, tall) = (kit.random.range(0.25, 0.45), kit.random.range(0.5, 1.1));
    kit.hsv(0.13, 0.5, 0.95);
    kit.lathe(Vec3::ZERO, &[vec2(0.7 * wide, 0.0), vec2(0.85 * wide, 0.5 * tall), vec2(0.7 * wide, tall)]);
    kit.metal();
    let (count, foot) = (kit.sides.min(6), kit.random.range(1.0, 1.4) * wide);
    kit.lathe(-0.12 * Vec3::Y, &[vec2(foot, 0.0), vec2(foot, 0.06), vec2(wide, 0.16)]);
    kit.around(count, |kit| {
        let a = PI / count as f32;
        let out = 0.93 * wide * vec3(libm::cosf(a), 0.0, libm::sinf(a));
        kit.rod(out, out + tall * Vec3::Y, 0.04, 0.04);
    });
    let (eave, rise) = (kit.random.range(1.0, 1.5) * wide, kit.random.range(0.12, 0.45));
    kit.lathe(
        (tall - 0.05) * Vec3::Y,
        &[vec2(eave, 0.0), vec2(eave, 0.06), vec2(0.3 * wide, rise), vec2(0.2 * wide, rise + 0.1)],
    );
    kit.sides = kit.sides.max(8);
    let loops = kit.random.range(0.1, 0.2);
    if kit.random.chance(0.7) {
        kit.ring((tall + rise + 0.02 + loops) * Vec3::Y, Vec3::Z, loops, 0.035);
    } else {
        bail(kit, tall, 0.9 * eave, rise + 0.4, 0.035, 0.0);
    }
}

fn books(kit: &mut Kit) {
    let count = kit.random.pick(&[1, 1, 2, 3, 5]);
    if kit.random.chance(0.25) {
        open_book(kit);
        return;
    }
    let is_upright = kit.random.chance(0.35);
    let mut y = 0.0;
    for k in 0..count {
        let size = vec3(kit.random.range(0.9, 1.3), kit.random.range(0.14, 0.35), kit.random.range(0.7, 0.9));
        let turn = kit.random.around(0.3) * f32::from(!is_upright);
        let place = if is_upright { FRAC_PI_2 } else { 0.0 };
        kit.turned(Vec3::ZERO, Vec3::Z, place, |kit| {
            let x = if is_upright { 0.5 * size.x } else { 0.0 };
            kit.turned(vec3(x, y + 0.5 * size.y, 0.0), Vec3::Y, turn, |kit| {
                kit.paint(k);
                kit.block(-0.46 * size * Vec3::Z, vec3(size.x, size.y, 0.08));
                for side in [-0.5, 0.5] {
                    kit.block(side * (size.y - 0.03) * Vec3::Y, size * vec3(1.0, 0.0, 1.0) + 0.04 * Vec3::Y);
                }
                kit.white();
                kit.block(-0.02 * size.z * Vec3::Z, size * vec3(0.95, 0.9, 0.92));
            });
        });
        y += size.y - 0.005;
    }
}

fn open_book(kit: &mut Kit) {
    let size = vec3(kit.random.range(0.6, 0.8), kit.random.range(0.08, 0.2), kit.random.range(0.9, 1.2));
    let (tilt, stands) = (kit.random.range(-0.3, 0.7), kit.random.range(0.0, 1.4));
    kit.turned(Vec3::ZERO, Vec3::X, stands, |kit| {
        kit.both(|kit| {
            kit.turned(Vec3::ZERO, Vec3::Z, tilt, |kit| {
                kit.paint(0);
                kit.block(vec3(0.5 * size.x - 0.02, 0.02, 0.0), vec3(size.x, 0.045, size.z));
                kit.white();
                kit.pad(
                    vec3(0.47 * size.x - 0.02, 0.5 * size.y, 0.0),
                    vec3(0.95 * size.x, size.y, 0.94 * size.z),
                    0.04,
                );
            });
        });
        kit.paint(0);
        kit.block(vec3(0.0, -0.01, 0.0), vec3(0.12, 0.05, 0.98 * size.z));
    });
}
