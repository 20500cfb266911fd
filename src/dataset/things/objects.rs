//! Things of play, music, dress and work: what lies about in rooms.

use std::f32::consts::{PI, TAU};

use glam::{Vec2, Vec3, vec2, vec3};

use super::Kind;
use super::kit::Kit;
use super::parts::{disc, mirrored, round_outline};

pub const KINDS: &[Kind] = &[
    ("camera", camera),
    ("gadget", gadget),
    ("guitar", guitar),
    ("drum", drum),
    ("duck", duck),
    ("blocks", blocks),
    ("piece", piece),
    ("hat", hat),
    ("umbrella", umbrella),
    ("book", book),
    ("gear", gear),
    ("symbol", symbol),
    ("padlock", padlock),
    ("round clock", clock),
];

/// Three legs that spread downwards.
fn legs(kit: &mut Kit, foot: Vec3, tall: f32, spread: f32, thick: f32) {
    let (top, end) = (vec3(0.02, tall, 0.0), vec3(spread, 0.0, 0.0));
    kit.at(foot, |kit| kit.around(3, |kit| kit.rod(top, end, thick, 0.8 * thick)));
}

fn camera(kit: &mut Kit) {
    let (w, h, d) = (kit.random.range(0.9, 1.6), kit.random.range(0.6, 1.0), kit.random.range(0.25, 0.7));
    let (round, long) = (kit.random.range(0.02, 0.2), kit.random.range(0.1, 1.1));
    let (radius, x) = (kit.random.range(0.25, 0.48) * h, kit.random.pick(&[0.0, 0.0, 0.12, -0.12]) * w);
    kit.paint(0);
    kit.pad(Vec3::ZERO, vec3(w, h, d), round);
    kit.dark();
    let (front, wider) = (0.5 * d - 0.05, kit.random.pick(&[0.85, 1.0, 1.15]));
    kit.rod(vec3(x, 0.0, front), vec3(x, 0.0, front + 0.05 + 0.5 * long), radius, radius);
    let end = vec3(x, 0.0, front + 0.05 + long);
    kit.rod(vec3(x, 0.0, front + 0.4 * long), end, wider * radius, wider * radius);
    if kit.random.chance(0.6) {
        kit.carve(|kit| disc(kit, end - 0.4 * long * Vec3::Z, 0.75 * radius, long));
    }
    kit.paint(1);
    if kit.random.chance(0.55) {
        let (wide, tall) = (kit.random.range(0.3, 0.5), kit.random.range(0.15, 0.3));
        let low = vec3(wide, tall + 0.1, 0.9 * d);
        kit.frustum(vec3(x, 0.5 * h - 0.1, 0.0), low, vec3(0.6 * wide, 0.0, 0.7 * d), Vec3::ZERO);
    }
    if kit.random.chance(0.5) {
        kit.pad(vec3(-0.42 * w, -0.02, 0.35 * d), vec3(0.22 * w, 0.9 * h, 0.7 * d), 0.06);
    }
    let (knob, high) = (kit.random.range(0.05, 0.12), kit.random.range(0.05, 0.12));
    for side in [-0.36, 0.36] {
        if kit.random.chance(0.6) {
            kit.rod(vec3(side * w, 0.4 * h, 0.0), vec3(side * w, 0.5 * h + high, 0.0), knob, knob);
        }
    }
    if kit.random.chance(0.25) {
        let tall = kit.random.range(0.8, 1.8);
        kit.dark();
        legs(kit, vec3(0.0, -0.45 * h - tall, 0.0), tall, 0.45 * tall, 0.06);
        kit.block(vec3(0.0, -0.5 * h, 0.0), vec3(0.3, 0.2, 0.2));
    }
}

/// Telephones, tablets, controls, hand-held games, walkie-talkies.
fn gadget(kit: &mut Kit) {
    let style = kit.random.whole(0, 3);
    let (w, d) = (kit.random.range(0.4, 0.75), kit.random.range(0.05, [0.1, 0.16, 0.2, 0.35][style]));
    let (lean, is_wide) = (kit.random.pick(&[0.0, -0.25, -0.6, -PI / 2.0]), style != 2 && kit.random.chance(0.3));
    let (low, round) = (kit.random.pick(&[-0.45, -0.1, 0.05]), kit.random.range(0.02, 0.08));
    kit.turned(Vec3::ZERO, Vec3::X, lean, |kit| {
        kit.turned(Vec3::ZERO, Vec3::Z, if is_wide { PI / 2.0 } else { 0.0 }, |kit| {
            kit.paint(0);
            kit.pad(Vec3::ZERO, vec3(w, 1.0, d), round);
            let (screen, high) = (vec3(0.85 * w, 0.44 - low, 0.04), 0.5 * (0.45 + low));
            kit.glass();
            if kit.random.chance(0.5) {
                kit.carve(|kit| kit.block(vec3(0.0, high, 0.5 * d), screen));
            } else {
                kit.block(vec3(0.0, high, 0.5 * d), screen);
            }
            kit.paint(1);
            let (columns, rows) = (kit.random.whole(1, 3), if low < -0.2 { 0 } else { kit.random.whole(1, 4) });
            let size = kit.random.range(0.04, 0.08);
            for k in 0..columns * rows {
                let x = ((k % columns) as f32 + 0.5) / columns as f32 - 0.5;
                let y = low - 0.08 - (0.35 + low) * (k / columns) as f32 / rows as f32;
                kit.block(vec3(0.8 * w * x, y, 0.5 * d), vec3(1.5 * size, size, 0.07));
            }
            if style == 2 {
                let tall = kit.random.range(0.2, 0.8);
                kit.rod(vec3(0.35 * w, 0.45, 0.0), vec3(0.35 * w, 0.5 + tall, 0.0), 0.4 * d, 0.3 * d);
            } else if style == 0 {
                kit.pad(vec3(0.25 * w, 0.36, -0.5 * d), vec3(0.3 * w, 0.2, 0.06), 0.02);
            }
        });
    });
}

/// Guitars, violins and their like.
fn guitar(kit: &mut Kit) {
    let (low, waist, up) = (kit.random.range(0.55, 0.8), kit.random.range(0.35, 0.6), kit.random.range(0.45, 0.65));
    let (d, neck, grip) = (kit.random.range(0.07, 0.25), kit.random.range(0.7, 1.7), kit.random.range(0.07, 0.11));
    let is_round = kit.random.chance(0.2);
    let side = [[0.0, -0.85], [0.6 * low, -0.8], [low, -0.5], [0.9 * low, -0.2], [waist, 0.15], [0.95 * up, 0.4]];
    let side = [&side[..], &[[up, 0.6], [0.65 * up, 0.83], [0.15, 0.85]]].concat();
    let outline = if is_round { round_outline(20, |_| 0.8) } else { mirrored(&side) };
    let lean = kit.random.pick(&[0.0, 0.0, -0.3, -PI / 2.0]);
    let spin = kit.random.pick(&[0.0, 0.0, 0.6, -1.3]);
    kit.turned(Vec3::ZERO, Vec3::X, lean, |kit| {
        kit.turned(Vec3::ZERO, Vec3::Z, spin, |kit| {
            kit.wood();
            kit.plate(&outline, -d, d);
            kit.dark();
            if kit.random.chance(0.5) {
                kit.carve(|kit| disc(kit, vec3(0.0, 0.2, 0.2 * d), 0.21, d));
            } else {
                kit.both(|kit| kit.block(vec3(0.24, 0.0, d), vec3(0.07, 0.4, 0.05)));
            }
            let end = 0.85 + neck;
            kit.block(vec3(0.0, 0.5 * (0.5 + end), d), vec3(2.0 * grip, end - 0.5, 0.14));
            let bridge = kit.random.range(0.06, 0.18);
            kit.block(vec3(0.0, -0.4, d), vec3(0.45, 0.09, bridge));
            kit.wood();
            let head = kit.random.range(0.3, 0.5);
            kit.frustum(
                vec3(0.0, end - 0.04, d),
                vec3(2.4 * grip, head, 0.12),
                vec3(3.6 * grip, 0.0, 0.1),
                -0.08 * Vec3::Z,
            );
            kit.both(|kit| {
                for k in 0..3 {
                    let y = end + head * (0.2 + 0.27 * k as f32);
                    kit.rod(vec3(0.0, y, d - 0.03), vec3(2.6 * grip, y, d - 0.03), 0.035, 0.05);
                }
            });
        });
    });
}

fn drum(kit: &mut Kit) {
    kit.sides = kit.sides.clamp(10, 16);
    let (h, foot, belly) = (kit.random.range(0.25, 2.0), kit.random.range(0.35, 0.6), kit.random.range(0.4, 0.65));
    let (lie, stand) = (kit.random.pick(&[0.0, 0.0, 0.4, PI / 2.0]), kit.random.chance(0.3));
    let studs = kit.random.pick(&[0, 4, 6, 8]);
    kit.turned(Vec3::ZERO, Vec3::X, lie, |kit| {
        kit.paint(0);
        kit.lathe(-0.5 * h * Vec3::Y, &[vec2(foot, 0.0), vec2(belly.max(foot), 0.6 * h), vec2(0.5, h)]);
        kit.metal();
        kit.ring(0.48 * h * Vec3::Y, Vec3::Y, 0.5, 0.05);
        kit.ring(-0.48 * h * Vec3::Y, Vec3::Y, foot, 0.05);
        kit.around(studs, |kit| kit.rod(vec3(foot + 0.02, -0.48 * h, 0.0), vec3(0.52, 0.48 * h, 0.0), 0.04, 0.04));
    });
    if stand && lie < 0.3 {
        let tall = kit.random.range(0.4, 1.0);
        legs(kit, vec3(0.0, -0.4 * h - tall, 0.0), tall, 0.5, 0.05);
    }
}

fn duck(kit: &mut Kit) {
    kit.sides = kit.sides.clamp(8, 14);
    let (w, h, l) = (kit.random.range(0.45, 0.65), kit.random.range(0.4, 0.55), kit.random.range(0.6, 0.9));
    let (head, up, fore) = (kit.random.range(0.28, 0.45), kit.random.range(0.4, 0.75), kit.random.range(0.3, 0.6));
    kit.hsv(0.14, 0.8, 0.95);
    kit.ball(Vec3::ZERO, vec3(w, h, l));
    let cock = kit.random.range(0.1, 0.6);
    kit.rod(vec3(0.0, 0.0, -0.4 * l), vec3(0.0, cock, -l - 0.2), 0.7 * h, 0.06);
    let at = vec3(0.0, up, fore * l);
    kit.rod(vec3(0.0, 0.0, 0.35 * l), at, 0.75 * head, 0.7 * head);
    let turn = kit.random.around(0.5);
    let (bill, wide) = (kit.random.range(0.3, 0.6) * head, kit.random.range(0.3, 0.6) * head);
    kit.turned(at, Vec3::Y, turn, |kit| {
        kit.ball(Vec3::ZERO, Vec3::splat(head));
        kit.dark();
        kit.both(|kit| kit.ball(vec3(0.45, 0.3, 0.75) * head, Vec3::splat(0.17 * head)));
        kit.hsv(0.06, 0.9, 0.95);
        kit.ball(vec3(0.0, -0.15 * head, 0.95 * head), vec3(wide, 0.16 * head, bill));
    });
    let (lift, out) = (kit.random.around(0.5), kit.random.range(0.1, 0.25));
    kit.hsv(0.13, 0.8, 0.85);
    kit.both(|kit| {
        kit.turned(vec3(0.85 * w, 0.08, -0.1), Vec3::X, lift, |kit| kit.ball(Vec3::ZERO, vec3(out, 0.6 * h, 0.55 * l)));
    });
    if kit.random.chance(0.5) {
        kit.carve(|kit| kit.block(vec3(0.0, -h - 0.3, 0.0), vec3(4.0, 1.0, 4.0)));
    }
}

/// Towers of toy blocks, dice, magic cubes.
fn blocks(kit: &mut Kit) {
    let (layers, row, gap) = (kit.random.whole(1, 4), kit.random.whole(1, 3), kit.random.pick(&[0.96, 1.02]));
    let is_neat = kit.random.chance(0.3);
    for k in 0..layers * row {
        let (x, y) = ((k % row) as f32 - 0.5 * row as f32, (k / row) as f32);
        let (skew, turn) = if is_neat { (0.0, 0.0) } else { (kit.random.around(0.15), kit.random.around(0.5)) };
        kit.paint(k);
        let at = vec3(gap * x + skew, gap * y, 0.5 * skew);
        let shape = if is_neat { 0 } else { kit.random.whole(0, 5) };
        kit.turned(at, Vec3::Y, turn, |kit| match shape {
            0..=2 => kit.pad(Vec3::ZERO, Vec3::splat(1.06), 0.08),
            3 => kit.rod(-0.54 * Vec3::Y, 0.54 * Vec3::Y, 0.52, 0.52),
            4 => kit.plate(&[vec2(-0.6, -0.53), vec2(0.6, -0.53), vec2(0.1, 0.6), vec2(-0.1, 0.6)], -0.5, 0.5),
            _ => kit.block(Vec3::ZERO, vec3(1.6, 1.08, 0.6)),
        });
    }
}

/// Board-game pieces, spinning tops, bells.
fn piece(kit: &mut Kit) {
    let (foot, waist, tall) = (kit.random.range(0.35, 0.6), kit.random.range(0.1, 0.3), kit.random.range(0.6, 1.6));
    let (lip, tip) = (kit.random.range(0.05, 0.25), kit.random.range(0.2, 0.45));
    let style = kit.random.whole(0, 6);
    kit.paint(0);
    if style < 2 {
        let belly = kit.random.range(0.5, 0.9);
        kit.lathe(
            Vec3::ZERO,
            &[vec2(0.03, 0.0), vec2(0.1, 0.15), vec2(belly, 0.5), vec2(0.9 * belly, 0.6 + lip), vec2(0.1, 1.0)],
        );
        return kit.rod(0.9 * Vec3::Y, (1.0 + 0.4 * tall) * Vec3::Y, 0.08, 0.1);
    }
    let body =
        [vec2(foot, 0.0), vec2(foot, lip), vec2(0.7 * foot, lip + 0.1), vec2(waist, 0.6 * tall), vec2(waist, tall)];
    kit.lathe(Vec3::ZERO, &body);
    kit.rod((tall - 0.05) * Vec3::Y, (tall + 0.04) * Vec3::Y, 1.5 * waist, 1.4 * waist);
    let top = (tall + 0.7 * tip) * Vec3::Y;
    match style {
        2 | 3 => kit.ball(top, vec3(tip, tip * (0.7 + 2.0 * lip), tip)),
        4 => {
            kit.rod(tall * Vec3::Y, top + 0.2 * Vec3::Y, waist, 1.2 * tip + 0.1);
            kit.carve(|kit| kit.rod(top, top + Vec3::Y, tip, tip));
            kit.carve(|kit| kit.block(top + 0.2 * Vec3::Y, vec3(2.0, 0.25, 0.15)));
        }
        5 => kit.rod(tall * Vec3::Y, top + 0.4 * Vec3::Y, 0.9 * waist + 0.1, 0.02),
        _ => {
            kit.rod(tall * Vec3::Y, top + 0.4 * Vec3::Y, waist, 0.8 * waist);
            kit.block(top + 0.2 * Vec3::Y, vec3(1.4 * tip, 0.12, 0.12));
        }
    }
}

/// Hats, caps, crowns, helmets.
fn hat(kit: &mut Kit) {
    let (style, tall, brim) = (kit.random.whole(0, 5), kit.random.range(0.35, 1.2), kit.random.range(0.7, 1.2));
    let deep = kit.random.range(1.0, 1.3);
    kit.paint(0);
    kit.scaled(Vec3::ZERO, vec3(1.0, 1.0, deep), |kit| match style {
        0 => kit.lathe(Vec3::ZERO, &[vec2(0.5, 0.0), vec2(0.46 + 0.1 * brim, tall), vec2(0.0, tall)]),
        1 => kit.rod(Vec3::ZERO, 2.0 * tall * Vec3::Y, 0.5, 0.03),
        2 => {
            kit.around(kit.sides.min(10), |kit| {
                kit.rod(vec3(0.5, 0.0, 0.0), vec3(0.55, 0.4 * tall + 0.2, 0.0), 0.19, 0.02)
            });
            kit.carve(|kit| kit.rod(-Vec3::Y, 2.0 * Vec3::Y, 0.44, 0.44));
        }
        _ => kit.lathe(Vec3::ZERO, &[vec2(0.5, 0.0), vec2(0.5, 0.2), vec2(0.4, 0.45), vec2(0.2, 0.57), vec2(0.0, 0.6)]),
    });
    kit.paint(1);
    match style {
        0 | 1 => {
            let curl = kit.random.around(0.1);
            let outline = [vec2(0.48, 0.0), vec2(brim, curl), vec2(brim, curl + 0.06), vec2(0.48, 0.08)];
            kit.scaled(Vec3::ZERO, vec3(1.0, 1.0, deep), |kit| kit.lathe(Vec3::ZERO, &outline));
            kit.scaled(0.12 * Vec3::Y, vec3(1.0, 1.0, deep), |kit| kit.ring(Vec3::ZERO, Vec3::Y, 0.48, 0.05));
        }
        3 | 4 => kit.ball(vec3(0.0, 0.06, 0.5 * deep), vec3(0.45, 0.07, 0.4 * brim)),
        5 => kit.ball(0.65 * Vec3::Y, Vec3::splat(0.2 * brim)),
        _ => {}
    }
}

fn umbrella(kit: &mut Kit) {
    let (tall, rise) = (kit.random.range(1.0, 2.0), kit.random.range(0.25, 0.8));
    let (lean, is_open) = (kit.random.pick(&[0.0, 0.0, 0.5, 1.2]), kit.random.chance(0.8));
    kit.turned(Vec3::ZERO, Vec3::new(0.6, 0.0, 1.0), lean, |kit| {
        kit.paint(0);
        let rim = if is_open { 1.0 } else { 0.2 };
        let drop = if is_open { rise } else { 0.7 * tall };
        let canopy = [vec2(0.8 * rim, 0.04), vec2(rim, 0.0), vec2(0.75 * rim, 0.6 * drop), vec2(0.05, drop + 0.06)];
        kit.lathe(-drop * Vec3::Y, &canopy);
        if is_open {
            let inside = [vec2(0.93, -0.05), vec2(0.66, 0.55 * drop), vec2(0.04, 0.9 * drop)];
            kit.carve(|kit| kit.lathe(-drop * Vec3::Y, &inside));
        }
        kit.wood();
        kit.rod(-tall * Vec3::Y, 0.2 * Vec3::Y, 0.05, 0.04);
        kit.arc(vec3(0.15, -tall, 0.0), Vec3::Z, 0.15, 0.05, PI - 0.1, TAU);
    });
}

fn book(kit: &mut Kit) {
    let (w, h, thick) = (kit.random.range(0.6, 0.95), kit.random.range(0.9, 1.2), kit.random.range(0.1, 0.4));
    let (count, opening) = (kit.random.pick(&[0, 0, 1, 1, 2, 4]), kit.random.range(0.05, 0.9));
    let pitch = kit.random.pick(&[0.0, -0.9, -PI / 2.0]);
    for k in 0..count {
        let (slip, turn) = (kit.random.around(0.08), if k > 0 { kit.random.around(0.4) } else { 0.0 });
        let y = (thick + 0.04) * k as f32;
        kit.turned(vec3(slip, y, 0.0), Vec3::Y, turn, |kit| {
            kit.white();
            kit.block(Vec3::ZERO, vec3(0.94 * w, thick, 0.94 * h));
            kit.paint(k);
            kit.block(-0.5 * thick * Vec3::Y, vec3(w, 0.06, h));
            kit.block(0.5 * thick * Vec3::Y, vec3(w, 0.06, h));
            kit.rod(vec3(-0.48 * w, 0.0, -0.5 * h), vec3(-0.48 * w, 0.0, 0.5 * h), 0.5 * thick, 0.5 * thick);
        });
    }
    if count == 0 {
        kit.turned(Vec3::ZERO, Vec3::X, pitch, |kit| {
            kit.both(|kit| {
                kit.turned(Vec3::ZERO, Vec3::Y, -opening, |kit| {
                    kit.paint(0);
                    kit.block(vec3(0.5 * w - 0.03, 0.0, -0.03), vec3(w + 0.06, h, 0.06));
                    kit.white();
                    kit.block(vec3(0.47 * w - 0.03, 0.0, 0.25 * thick - 0.02), vec3(0.95 * w, 0.94 * h, 0.5 * thick));
                });
            });
        });
    }
}

/// Gears, nuts, coins.
fn gear(kit: &mut Kit) {
    let (teeth, depth) = (kit.random.pick(&[0, 6, 8, 10, 12, 16]), kit.random.range(0.08, 0.5));
    let (root, hole) = (kit.random.range(0.65, 0.9), kit.random.range(0.1, 0.5));
    let (lie, count) = (kit.random.pick(&[0.0, -PI / 2.0, -1.0]), kit.random.pick(&[1, 1, 1, 2, 4]));
    let count_of = teeth as f32;
    kit.turned(Vec3::ZERO, Vec3::X, lie, |kit| {
        for k in 0..count {
            kit.metal();
            let (slip, size) = (kit.random.around(0.15), 1.0 - 0.15 * k as f32);
            let shape = |angle: f32| size * if libm::cosf(count_of * angle + 0.8) > 0.0 { 1.0 } else { root };
            let z = 0.95 * depth * k as f32;
            kit.at(vec3(slip, slip, z), |kit| {
                kit.plate(&round_outline(4 * teeth.max(6), shape), -0.5 * depth, 0.5 * depth)
            });
        }
        let end = depth * count as f32;
        kit.paint(0);
        match kit.random.whole(0, 2) {
            0 => kit.carve(|kit| disc(kit, -depth * Vec3::Z, 0.8 * hole, end + 2.0)),
            1 => disc(kit, -depth * Vec3::Z, 0.4 * hole + 0.05, end + 1.2 * depth),
            _ => kit.carve(|kit| kit.ring((end - 0.5 * depth) * Vec3::Z, Vec3::Z, 0.42, 0.12)),
        }
    });
}

/// Hearts, stars, arrows, crosses, moons.
fn symbol(kit: &mut Kit) {
    let (d, points) = (kit.random.range(0.06, 0.4), kit.random.whole(4, 8));
    let (inner, wide) = (kit.random.range(0.35, 0.75), kit.random.range(0.15, 0.35));
    kit.paint(0);
    let heart = [[0.0, -1.0], [0.5, -0.5], [0.9, 0.1], [0.95, 0.5], [0.75, 0.8], [0.4, 0.85], [0.1, 0.65], [0.0, 0.5]];
    let arrow = [[wide, -1.0], [wide, 0.2], [wide + 0.5, 0.2], [0.0, 1.0]];
    let plus = [[wide, -1.0], [wide, -wide], [1.0, -wide], [1.0, wide], [wide, wide], [wide, 1.0]];
    let star = |angle: f32| if libm::cosf(points as f32 * angle) > 0.0 { 1.0 } else { inner };
    let bow = |k: usize, high: f32| round_outline(24, |_| 1.0)[k] * vec2(1.0, high);
    let outline = match kit.random.whole(0, 5) {
        3 => (0..13).map(|k| bow(k, 1.0)).chain((1..12).rev().map(|k| bow(k, inner))).collect(),
        0 => mirrored(&heart),
        1 => mirrored(&arrow),
        2 => mirrored(&plus),
        _ => round_outline(2 * points, star).into_iter().map(Vec2::perp).collect(),
    };
    let (lean, spin) = (kit.random.pick(&[0.0, 0.0, -PI / 2.0]), kit.random.pick(&[0.0, 0.0, 0.4, PI / 2.0]));
    kit.turned(Vec3::ZERO, Vec3::X, lean, |kit| {
        kit.turned(Vec3::ZERO, Vec3::Z, spin, |kit| kit.plate(&outline, -d, d));
    });
}

fn padlock(kit: &mut Kit) {
    let (w, h, d) = (kit.random.range(0.8, 1.2), kit.random.range(0.6, 1.1), kit.random.range(0.2, 0.5));
    let (bow, thick) = (kit.random.range(0.26, 0.36) * w, kit.random.range(0.07, 0.12));
    let (tall, round) = (kit.random.range(0.1, 0.6), kit.random.range(0.02, 0.12));
    let open = kit.random.pick(&[0.0, 0.0, 0.9, 2.0]);
    kit.paint(0);
    if kit.random.chance(0.6) {
        kit.pad(Vec3::ZERO, vec3(w, h, d), round);
    } else {
        disc(kit, -0.5 * d * Vec3::Z, 0.58 * w.max(h), d);
    }
    kit.metal();
    kit.turned(vec3(-bow, 0.4 * h, 0.0), Vec3::Y, open, |kit| {
        let (y, free) = (0.1 * h + tall, if open > 0.0 { 0.2 * h } else { -0.3 * h });
        kit.rod(-0.3 * h * Vec3::Y, y * Vec3::Y, thick, thick);
        kit.rod(vec3(2.0 * bow, free, 0.0), vec3(2.0 * bow, y.max(free + 0.1), 0.0), thick, thick);
        kit.arc(vec3(bow, y, 0.0), Vec3::Z, bow, thick, 0.0, PI);
    });
    kit.carve(|kit| disc(kit, vec3(0.0, 0.0, 0.3 * d), 0.1, d));
    kit.carve(|kit| kit.block(vec3(0.0, -0.12, 0.5 * d), vec3(0.08, 0.24, 0.4 * d)));
}

/// Clocks and watches.
fn clock(kit: &mut Kit) {
    let (d, style) = (kit.random.range(0.12, 0.6), kit.random.whole(0, 3));
    let (hour, rim, ear) = (kit.random.range(0.0, TAU), kit.random.range(0.05, 0.12), kit.random.range(0.15, 0.3));
    kit.paint(0);
    disc(kit, -0.5 * d * Vec3::Z, 0.65, d);
    kit.ring(0.5 * d * Vec3::Z, Vec3::Z, 0.62, rim);
    kit.dark();
    for (turn, long) in [(hour, 0.35), (12.0 * hour, 0.5)] {
        kit.turned(0.5 * d * Vec3::Z, Vec3::Z, turn, |kit| {
            kit.block(vec3(0.5 * long, 0.0, 0.0), vec3(long, 0.06, 0.08))
        });
    }
    kit.paint(1);
    match style {
        0 => kit.both(|kit| {
            kit.rod(vec3(0.5, -0.85, 0.0), vec3(0.3, -0.4, 0.0), 0.05, 0.08);
            kit.rod(vec3(0.3, 0.4, 0.0), vec3(0.48, 0.78, 0.0), 0.06, 0.06);
            kit.ball(vec3(0.45, 0.72, 0.0), vec3(ear, 0.8 * ear, ear));
        }),
        1 => kit.frustum(vec3(0.0, -0.9, 0.0), vec3(1.9, 0.7, 0.95 * d), vec3(1.0, 0.0, 0.9 * d), Vec3::ZERO),
        2 => kit.scaled(-0.9 * Vec3::Z, vec3(5.0 * ear, 1.0, 1.1), |kit| kit.ring(Vec3::ZERO, Vec3::X, 0.82, 0.08)),
        _ => kit.ring(0.75 * Vec3::Y, Vec3::Z, 0.12, 0.05),
    }
}
