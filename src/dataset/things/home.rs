//! What is used about the house and folded away, carried, hung up or opened.

use std::f32::consts::FRAC_PI_2;

use glam::{Vec2, Vec2Swizzles, Vec3, vec3};

use super::Kind;
use super::kit::Kit;
use super::parts::{bent, heap, lathed, leaf, mirrored, polar, sheet, sizes, snake, upright};
use super::rooms::{bar, coat};

pub const KINDS: &[Kind] = &[
    ("folding chair", folding_chair),
    ("picnic table", picnic_table),
    ("vacuum cleaner", vacuum),
    ("ironing board", ironing_board),
    ("hamper", hamper),
    ("ladder", ladder),
    ("flowers", flowers),
    ("birdcage", birdcage),
    ("pendant", pendant),
];

/// Crossed legs on two sides: a chair, a deck chair, a stool.
fn folding_chair(kit: &mut Kit) {
    let [x, y, z, top, thick] = sizes(kit, [(0.2, 0.32), (0.35, 0.5), (0.2, 0.32), (0.75, 1.05), (0.03, 0.05)]);
    let (style, lean) = (kit.random.whole(0, 2), kit.random.range(0.05, 0.25));
    kit.either(0.5, Kit::wood, Kit::metal);
    let behind = vec3(x, top, if style == 1 { -1.6 * z - lean } else { -z - lean });
    let front = vec3(x, y, if style == 1 { 1.6 * z } else { z });
    kit.both(|kit| {
        bar(kit, vec3(x, 0.0, 1.1 * z), if style == 2 { vec3(x, y, -z) } else { behind }, thick);
        bar(kit, vec3(x - 0.8 * thick, 0.0, -1.2 * z), front, thick);
    });
    let rails = [behind, front, vec3(x, 0.06, -1.15 * z), vec3(x, 0.06, z)];
    for &end in rails.iter().take(if style == 2 { 0 } else { 4 }) {
        bar(kit, end, end * vec3(-1.0, 1.0, 1.0), 0.9 * thick);
    }
    kit.paint(1);
    if style == 1 {
        let (low, sag) = (vec3(0.0, 0.55 * y, 0.0), vec3(0.0, 0.5 * (top + y) - 0.08, 0.5 * behind.z));
        let t = 0.7 * thick;
        let path = [behind, sag, low, vec3(0.0, 0.7 * y, 0.7 * z), front];
        kit.loft(&path.map(|p| [[-x, -t], [x, -t], [x, t], [-x, t]].map(|[x, t]| vec3(x, p.y + t, p.z)).to_vec()));
    } else {
        kit.pad(y * Vec3::Y, vec3(2.0 * x + thick, 1.4 * thick, 2.1 * z), 0.4 * thick);
        let rest = vec3(2.0 * x + thick, kit.random.range(0.3, 0.8) * (top - y), 1.3 * thick);
        if style == 0 {
            kit.turned(behind.with_x(0.0), Vec3::X, -libm::atanf((lean + 2.1 * z) / top), |kit| {
                kit.pad(-0.45 * rest * Vec3::Y, rest, 0.02)
            });
        }
    }
}

fn picnic_table(kit: &mut Kit) {
    let [x, z, tall, seat, out] = sizes(kit, [(0.6, 1.1), (0.32, 0.48), (0.65, 0.8), (0.38, 0.5), (0.6, 0.95)]);
    let (planks, has_shade, width) = (kit.random.whole(3, 5), kit.random.chance(0.35), kit.random.range(0.11, 0.17));
    coat(kit, 0);
    for k in 0..planks {
        let (step, at) = (2.0 * z / planks as f32, (k as f32 + 0.5) / planks as f32 * 2.0 - 1.0);
        kit.block(vec3(0.0, tall, at * z), vec3(2.0 * x, 0.05, 0.88 * step));
    }
    kit.four(|kit| bar(kit, vec3(0.7 * x, 0.0, z + 0.2), vec3(0.7 * x, tall, 0.5 * z), 0.07));
    kit.both(|kit| bar(kit, vec3(0.7 * x, seat - 0.05, -out), vec3(0.7 * x, seat - 0.05, out), 0.07));
    kit.both(|kit| bar(kit, vec3(0.7 * x, tall - 0.05, -0.9 * z), vec3(0.7 * x, tall - 0.05, 0.9 * z), 0.07));
    for z in [0.5 * width - out, out - 0.5 * width] {
        kit.block(vec3(0.0, seat, z), vec3(2.0 * x, 0.06, 2.0 * width));
    }
    if has_shade {
        let (high, r) = (kit.random.range(1.7, 2.3), kit.random.range(0.9, 1.5));
        upright(kit, 0.5 * tall, high + 0.1, 0.04, 0.03);
        kit.paint(1);
        lathed(
            kit,
            (high - 0.4) * Vec3::Y,
            vec3(r, 0.45, r),
            &[(1.0, 0.0), (0.5, 0.6), (0.0, 1.0), (0.0, 0.85), (0.45, 0.45)],
        );
    }
}

fn vacuum(kit: &mut Kit) {
    let [r, long, tall, lean, wide] = sizes(kit, [(0.13, 0.2), (0.18, 0.32), (0.9, 1.2), (0.15, 0.9), (0.13, 0.2)]);
    let (style, body) = (kit.random.whole(0, 3), kit.random.whole(0, 2));
    kit.paint(0);
    if style < 2 {
        let slim = [(0.6, 0.0), (1.0, 0.1), (0.9, 0.7), (0.3, 1.0)];
        let stick = [(0.3, 0.0), (0.35, 0.45), (1.0, 0.5), (0.8, 1.0)];
        kit.pad(vec3(0.0, 0.06, 0.05), vec3(2.0 * wide, 0.11, 0.32), 0.04);
        kit.turned(vec3(0.0, 0.08, -0.02), Vec3::X, -lean, |kit| {
            match body {
                0 => kit.frustum(Vec3::ZERO, vec3(r, 0.65 * tall, 0.8 * r), vec3(1.3 * r, 0.0, r), Vec3::ZERO),
                _ => lathed(kit, Vec3::ZERO, vec3(0.6 * r, 0.65 * tall, 0.6 * r), [&slim, &stick][body - 1]),
            }
            kit.dark();
            upright(kit, 0.3 * tall, tall, 0.03, 0.025);
            kit.scaled(tall * Vec3::Y, vec3(1.0, 1.6, 1.0), |kit| kit.ring(0.03 * Vec3::Y, Vec3::X, 0.045, 0.02));
        });
        return kit.both(|kit| kit.rod(vec3(wide - 0.06, 0.06, -0.1), vec3(wide + 0.01, 0.06, -0.1), 0.06, 0.06));
    }
    match body {
        0 => kit.pad(r * Vec3::Y, vec3(1.8 * r, 1.3 * r, 2.0 * long), 0.6 * r),
        1 => upright(kit, 0.3 * r, 2.0 * long, 1.2 * r, r),
        _ => kit.ball(vec3(0.0, 0.9 * r, 0.0), vec3(r, 0.8 * r, long)),
    }
    kit.both(|kit| kit.rod(vec3(0.5 * r, 0.9 * r, -0.4 * long), vec3(1.3 * r, 0.9 * r, -0.4 * long), r, 0.95 * r));
    kit.dark();
    let (joint, side) = (vec3(0.0, 0.05, 0.4 + 1.5 * long), vec3(-0.25, 0.45 * tall, 1.2 * long));
    let tilt = 0.6 * lean + 0.2;
    let up = joint + tall * vec3(0.1, libm::cosf(tilt), -libm::sinf(tilt));
    let hose = [vec3(0.0, r, 0.4 * long), vec3(-0.1, r, 1.3 * long), side, up + vec3(-0.1, 0.05, -0.15), up];
    kit.tube(&hose.map(|p| (p, 0.03)));
    kit.rod(up, joint, 0.028, 0.028);
    kit.pad(joint, vec3(2.0 * wide, 0.08, 0.2), 0.02);
}

fn ironing_board(kit: &mut Kit) {
    let [x, z, tall, foot, shift] = sizes(kit, [(0.5, 0.7), (0.14, 0.22), (0.6, 0.95), (0.35, 0.55), (-0.1, 0.1)]);
    let (flip, iron, turn) = (kit.random.pick(&[-1.0, 1.0]), kit.random.range(-0.3, 0.5) * x, kit.random.around(0.5));
    kit.scaled(Vec3::ZERO, vec3(flip, 1.0, 1.0), |kit| {
        kit.paint(0);
        let half = [[z, x * 0.4], [z, -0.9 * x], [0.8 * z, -x], [0.15 * z, x], [0.6 * z, 0.8 * x]];
        let outline = mirrored(&[half[3], half[4], half[0], half[1], half[2]]);
        sheet(kit, &outline.iter().map(|p| p.yx()).collect::<Vec<_>>(), tall - 0.04, tall);
        kit.metal();
        for (low, high, w) in [(-foot, 0.6 * x + shift, 0.9 * z), (foot, -0.6 * x + shift, 0.7 * z)] {
            for z in [-0.5 * w, 0.5 * w] {
                bar(kit, vec3(low, 0.0, z), vec3(high, tall - 0.02, z), 0.03);
            }
            bar(kit, vec3(low, 0.02, -1.1 * z), vec3(low, 0.02, 1.1 * z), 0.035);
        }
        bar(kit, vec3(0.5 * shift, 0.5 * tall, -0.5 * z), vec3(0.5 * shift, 0.5 * tall, 0.5 * z), 0.03);
        kit.paint(1);
        kit.turned(vec3(iron, tall - 0.005, 0.0), Vec3::Y, turn, |kit| {
            let sole = [[-0.12, -0.06], [-0.12, 0.06], [0.0, 0.06], [0.13, 0.0], [0.0, -0.06]];
            let ring = |grow: f32, y: f32| sole.map(|[x, z]| vec3(grow * x, y, grow * z)).to_vec();
            kit.loft(&[ring(1.0, 0.0), ring(1.0, 0.025), ring(0.6, 0.08)]);
            kit.arc(vec3(-0.01, 0.06, 0.0), Vec3::Z, 0.06, 0.018, 0.0, 3.2);
        });
    });
}

/// A basket: round or square, with holes or staves, empty, heaped or shut.
fn hamper(kit: &mut Kit) {
    let [r, tall, flare, long, grip] = sizes(kit, [(0.25, 0.4), (0.25, 0.9), (0.75, 1.0), (0.8, 1.6), (0.15, 0.3)]);
    let (rows, style, fill) = (kit.random.whole(0, 3), kit.random.whole(0, 2), kit.random.whole(0, 2));
    let is_square = kit.random.chance(0.5);
    kit.sides = if is_square { 4 } else { kit.sides.clamp(8, 16) };
    let (count, hole, turn) = if is_square { (4, 0.9, 0.0) } else { (8, 0.4, 0.39) };
    kit.paint(0);
    kit.scaled(Vec3::ZERO, vec3(long, 1.0, 1.0), |kit| {
        let wall = [(flare, 0.0), (1.0, 0.9), (1.1, 0.92), (1.1, 1.0), (0.9, 1.0), (flare - 0.1, 0.06)];
        lathed(kit, Vec3::ZERO, vec3(r, tall, r), &wall);
        for k in 0..4 {
            let y = (0.22 * k as f32 + 0.08) * tall;
            let size = vec3(hole * r, 0.12 * tall, 1.2 * r);
            if style == 0 && k < rows {
                let holes = |kit: &mut Kit| kit.around(count, |kit| kit.block(r * Vec3::Z, size));
                kit.carve(|kit| kit.turned((y + 0.1 * tall) * Vec3::Y, Vec3::Y, turn, holes));
            } else if style == 1 {
                let (y, grow) = (y - 0.05 * tall, 1.05 + (flare - 1.0) * (0.9 - y / tall).max(0.0));
                lathed(kit, y * Vec3::Y, vec3(r, 0.1 * tall, r), &[(grow, 0.0), (grow, 1.0), (0.5, 1.0), (0.5, 0.0)]);
            }
        }
        let side = vec3((if is_square { 0.78 } else { 1.0 }) * r, 0.93 * tall, 0.0);
        kit.sided(8, |kit| kit.both(|kit| kit.ring(side, Vec3::Y, grip * r, 0.03)));
        let lid = [(1.15, 0.0), (1.15, 0.5), (0.2, 1.0), (0.2, 1.4)];
        match fill {
            0 => {
                upright(kit, 0.03 * tall, 0.85 * tall, 0.6 * r, 0.6 * r);
                heap(kit, 0.85 * tall * Vec3::Y, Vec2::splat(0.6 * r), 0.35 * r);
            }
            1 => lathed(kit, 0.97 * tall * Vec3::Y, vec3(r, 0.2 * r, r), &lid),
            _ => {}
        }
    });
}

fn ladder(kit: &mut Kit) {
    let [half, tall, spread, slim, thick] =
        sizes(kit, [(0.18, 0.3), (0.5, 2.2), (0.1, 0.35), (0.7, 1.0), (0.04, 0.07)]);
    let (steps, has_back, deep) = ((tall / 0.27) as usize, kit.random.chance(0.75), kit.random.range(0.05, 0.2));
    kit.either(0.5, Kit::wood, Kit::metal);
    let side = |t: f32, s: f32| vec3(half * (1.0 + (slim - 1.0) * t), t * tall, s * spread * tall * (1.0 - t));
    kit.both(|kit| bar(kit, side(0.0, 1.0), side(1.0, 1.0), thick));
    for k in 0..steps {
        let at = side((k + 1) as f32 / (steps + 1) as f32, 1.0);
        if has_back {
            kit.block(at.with_x(0.0) - 0.3 * deep * Vec3::Z, vec3(2.0 * at.x, 0.8 * thick, deep + 0.03));
        } else {
            kit.rod(at, at * vec3(-1.0, 1.0, 1.0), 0.4 * thick, 0.4 * thick);
        }
    }
    if has_back {
        kit.both(|kit| bar(kit, side(0.0, -1.0), side(1.0, -1.0), 0.8 * thick));
        for t in [0.25, 0.7] {
            bar(kit, side(t, -1.0), side(t, -1.0) * vec3(-1.0, 1.0, 1.0), 0.7 * thick);
        }
        kit.paint(1);
        kit.pad(tall * Vec3::Y, vec3(2.3 * half, thick, 1.5 * deep + 0.1), 0.01);
    }
}

/// Flowers in a vase.
fn flowers(kit: &mut Kit) {
    let [r, tall, waist, mouth, long] = sizes(kit, [(0.15, 0.4), (0.5, 1.0), (0.3, 0.9), (0.4, 1.1), (0.4, 1.1)]);
    let (count, style, spread) = (kit.random.whole(1, 6), kit.random.whole(0, 2), kit.random.range(0.2, 0.7));
    kit.sides = kit.sides.min(8);
    let size = kit.random.range(0.1, 0.22);
    let vase = [(0.6, 0.0), (1.0, 0.35), (waist.min(mouth), 0.8), (mouth, 1.0), (0.0, 0.9)];
    lathed(kit, Vec3::ZERO, vec3(r, tall, r), &vase);
    let tulip = [(0.3, 0.0), (0.8, 0.4), (0.7, 1.0), (1.0, 1.6), (0.2, 0.8)];
    let petal = [[0.0, 0.0, 0.15], [1.0, 0.1, 0.5], [1.7, 0.2, 0.0], [0.9, 0.35, 0.0]];
    let petal: Vec<_> = petal.iter().flat_map(|&[x, y, z]| [vec3(x, y, z), vec3(x, y, -z)]).map(|p| size * p).collect();
    for k in 0..count {
        let (turn, up) = (2.4 * k as f32, long * kit.random.range(0.7, 1.1));
        let out = spread * (k as f32 / count as f32).sqrt();
        let (foot, head) = (0.85 * tall * Vec3::Y, polar(turn, out, tall + up));
        kit.leaf();
        bent(kit, [foot, foot.lerp(head, 0.6) + 0.06 * Vec3::Y, head], [0.025; 3]);
        leaf(kit, foot.lerp(head, 0.4), [turn + 1.0, 0.7], [0.35, 0.12], 0.3);
        kit.paint(k % 2 + 1);
        kit.turned(head, polar(turn + FRAC_PI_2, 1.0, 0.0), -0.9 * out, |kit| match style {
            0 => kit.around(6, |kit| kit.hull(&petal)),
            1 => lathed(kit, -0.03 * Vec3::Y, Vec3::splat(size), &tulip),
            _ => kit.ball(0.3 * size * Vec3::Y, vec3(1.0, 0.8, 1.0) * size),
        });
        kit.turned(head, polar(turn + FRAC_PI_2, 1.0, 0.0), -0.9 * out, |kit| {
            kit.ball(Vec3::ZERO, Vec3::splat(0.45 * size))
        });
    }
}

fn birdcage(kit: &mut Kit) {
    let [r, tall, crown, thin, stand] = sizes(kit, [(0.3, 0.5), (0.4, 0.9), (0.15, 0.5), (0.018, 0.026), (0.5, 1.2)]);
    let (bars, is_high) = (kit.random.whole(8, 12), kit.random.chance(0.4));
    kit.sides = kit.sides.min(8);
    kit.either(0.5, Kit::gold, |kit| kit.paint(0));
    lathed(kit, -0.1 * Vec3::Y, vec3(r, 0.14, r), &[(0.95, 0.0), (1.05, 0.3), (1.05, 1.0)]);
    let (shoulder, top) = (vec3(0.98 * r, tall, 0.0), (tall + crown) * Vec3::Y);
    let path = [0.98 * r * Vec3::X, shoulder, shoulder.lerp(top, 0.45) + 0.25 * crown * Vec3::Y, top];
    kit.around(bars, |kit| snake(kit, &path.map(|p| (p, thin)), Vec3::Z));
    for y in [0.5 * tall, tall] {
        kit.sided(12, |kit| kit.ring(y * Vec3::Y, Vec3::Y, 0.98 * r, 1.2 * thin));
    }
    kit.ball(top, Vec3::splat(0.06));
    kit.ring(top + 0.1 * Vec3::Y, Vec3::Z, 0.06, 0.02);
    let perch = 0.4 * tall;
    kit.rod(vec3(-r, perch, 0.0), vec3(r, perch, 0.0), 0.02, 0.02);
    kit.paint(1);
    kit.ball(vec3(0.0, perch + 0.09, 0.0), vec3(0.07, 0.09, 0.08));
    kit.ball(vec3(0.0, perch + 0.2, 0.05), Vec3::splat(0.055));
    kit.rod(vec3(0.0, perch + 0.08, 0.0), vec3(0.0, perch - 0.02, -0.2), 0.05, 0.02);
    if is_high {
        kit.rod(-stand * Vec3::Y, -0.05 * Vec3::Y, 0.05, 0.04);
        kit.around(3, |kit| bar(kit, (0.15 - stand) * Vec3::Y, vec3(0.8 * r, -stand, 0.0), 0.05));
    }
}

/// A lamp on its cord or bar: one, three in a row, or arms all round.
fn pendant(kit: &mut Kit) {
    let [r, tall, cord, rise] = sizes(kit, [(0.25, 0.55), (0.2, 0.6), (0.4, 1.2), (-0.1, 0.3)]);
    let (style, count, looks) = (kit.random.whole(0, 2), kit.random.whole(3, 6), kit.random.whole(0, 3));
    let rows = [
        [(1.0, 0.0), (0.9, 0.3), (0.2, 1.0), (0.1, 0.9), (0.8, 0.25)],
        [(1.0, 0.0), (1.0, 0.9), (0.2, 1.0), (0.1, 0.9), (0.9, 0.8)],
        [(1.0, 0.0), (0.85, 0.6), (0.3, 1.0), (0.2, 0.9), (0.7, 0.5)],
    ];
    let shade = |kit: &mut Kit, grow: f32| {
        kit.paint(0);
        match looks {
            3 => kit.ball(-grow * r * Vec3::Y, Vec3::splat(grow * r)),
            _ => lathed(kit, -grow * tall * Vec3::Y, vec3(r, tall, r) * grow, &rows[looks]),
        }
        kit.white();
        kit.rod(-0.7 * grow * tall * Vec3::Y, 0.03 * Vec3::Y, 0.3 * grow * r, 0.15 * grow * r);
    };
    kit.metal();
    upright(kit, -0.05, cord, 0.03, 0.03);
    lathed(kit, cord * Vec3::Y, vec3(0.15, 0.08, 0.15), &[(0.6, 0.0), (1.0, 0.5), (1.0, 1.0)]);
    match style {
        0 => shade(kit, 1.0),
        1 => {
            bar(kit, vec3(-1.0, 0.0, 0.0), vec3(1.0, 0.0, 0.0), 0.06);
            for x in [-0.85, 0.0, 0.85] {
                kit.at(x * Vec3::X, |kit| shade(kit, 0.7));
            }
        }
        _ => {
            kit.ball(-0.05 * Vec3::Y, vec3(0.12, 0.16, 0.12));
            kit.around(count, |kit| {
                let end = vec3(0.75, rise, 0.0);
                bent(kit, [-0.1 * Vec3::Y, vec3(0.5, -0.2, 0.0), end], [0.03; 3]);
                kit.scaled(end - 0.03 * Vec3::Y, vec3(1.0, -1.0, 1.0), |kit| shade(kit, 0.45));
            });
        }
    }
}
