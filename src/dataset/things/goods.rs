//! Goods: worn things, hands and bones, wind instruments, globes and works of art.

use std::f32::consts::{FRAC_PI_2, PI, TAU};

use glam::{Vec3, vec2, vec3};

use super::Kind;
use super::kit::Kit;
use super::parts::{forward, side_plate, snake};

pub const KINDS: &[Kind] = &[
    ("shoe", shoe),
    ("globe", globe),
    ("helmet", helmet),
    ("horn", horn),
    ("skull", skull),
    ("hand", hand),
    ("sculpture", sculpture),
];

/// A flat-bottomed body along z: each section has its z, half width, bottom and top; `bend` moves its end sideways.
fn flat_bottomed(kit: &mut Kit, sections: &[[f32; 4]], bend: f32) {
    let n = 8;
    let layer = |&[z, wide, low, high]: &[f32; 4]| {
        let point = |k: usize| {
            let angle = PI * k as f32 / n as f32;
            let rise = libm::powf(libm::sinf(angle).max(0.0), 0.7);
            vec3(wide * libm::cosf(angle) + bend * z.max(0.0), low + (high - low) * rise, z)
        };
        (0..=n).map(point).collect::<Vec<_>>()
    };
    kit.loft(&sections.iter().map(layer).collect::<Vec<_>>());
}

/// Points from their coordinates.
fn spots(coordinates: &[f32]) -> Vec<Vec3> {
    coordinates.chunks_exact(3).map(Vec3::from_slice).collect()
}

/// Points of a screw line about y: radius, height and turns from `from` to `to`.
fn screw_line(from: Vec3, to: Vec3, steps: usize) -> Vec<Vec3> {
    let point = |k: usize| {
        let p = from.lerp(to, k as f32 / steps as f32);
        vec3(p.x * libm::cosf(TAU * p.z), p.y, p.x * libm::sinf(TAU * p.z))
    };
    (0..=steps).map(point).collect()
}

/// A round body along points, thick at each as given, in one piece.
fn rope(kit: &mut Kit, path: &[(Vec3, f32)]) {
    snake(kit, path, (path[1].0 - path[0].0).any_orthogonal_vector());
}

/// A shoe from heel to toe: z, half width and height.
const FOOT: [f32; 24] = [
    -1.0, 0.2, 0.5, -0.8, 0.32, 0.72, -0.4, 0.33, 0.78, 0.0, 0.34, 0.62, 0.4, 0.39, 0.45, 0.85, 0.41, 0.36, 1.12, 0.32,
    0.28, 1.27, 0.12, 0.18,
];

fn shoe(kit: &mut Kit) {
    let (high, wide, toe) = (kit.random.range(0.7, 1.3), kit.random.range(0.8, 1.15), kit.random.range(0.0, 0.3));
    let style = kit.random.whole(0, 4);
    let lift = if style == 3 { kit.random.range(0.4, 0.9) } else { 0.0 };
    let tall = if style < 2 { kit.random.range(1.2, 2.6) } else { 0.75 * high };
    let (sole, bend) = (kit.random.range(0.06, 0.22), kit.random.range(-0.12, 0.0));
    let section = |p: Vec3| {
        let (z, w, h) = (p.x + if p.x > 1.2 { toe } else { 0.0 }, p.y, p.z);
        let slope = ((0.5 - z) / 1.1).clamp(0.0, 1.0);
        (z, wide * w, lift * slope * slope * (3.0 - 2.0 * slope), high * h)
    };
    let is_pair = style != 3 && kit.random.chance(0.25);
    let build = |kit: &mut Kit| {
        kit.paint(0);
        let foot = spots(&FOOT).into_iter().map(section);
        flat_bottomed(kit, &foot.clone().map(|(z, w, y, h)| [z, w, y, y + h]).collect::<Vec<_>>(), bend);
        let shaft = kit.random.range(0.8, 1.2);
        if style < 2 {
            let profile = [(0.9, 0.35 * high), (0.85, 0.8), (shaft, tall)].map(|(r, y)| vec2(r, y));
            kit.scaled(-0.5 * Vec3::Z, vec3(0.34 * wide, 1.0, 0.46), |kit| kit.lathe(Vec3::ZERO, &profile));
        }
        if style != 4 || kit.random.chance(0.5) {
            let deep = if style < 2 { tall - 0.5 } else { lift + 0.3 * high };
            let hole = [vec2(0.75, 0.0), vec2(0.85 * shaft.min(1.0), tall - deep), vec2(1.0, tall + 2.0)];
            let size = vec3(if style == 3 { 0.23 } else { 0.3 } * wide, 1.0, 0.38);
            kit.carve(|kit| kit.scaled(vec3(0.0, deep, -0.48), size, |kit| kit.lathe(Vec3::ZERO, &hole)));
        }
        kit.paint(1);
        let under = foot.map(|(z, w, y, _)| [1.03 * z, w + 0.04, y - sole, y + 0.06]);
        flat_bottomed(kit, &under.collect::<Vec<_>>(), bend);
        let thick = if style == 3 { 0.14 } else { 0.5 * wide };
        if style == 3 || kit.random.chance(0.5) {
            let down = lift + sole + if style == 3 { 0.0 } else { 0.12 };
            let size = vec3(thick, down, 1.1 * thick);
            let foot = vec3(0.0, lift - down, -0.75);
            kit.frustum(foot, size, vec3(0.5 * wide, 0.0, 0.5), vec3(0.0, 0.04, 0.0));
        }
        for k in 0..if style == 3 { 0 } else { kit.random.whole(0, 4) } {
            let (z, y) = (0.12 + 0.12 * k as f32, high * (0.58 - 0.05 * k as f32));
            kit.rod(vec3(-0.2, y - 0.08, z), vec3(0.2, y - 0.08, z + 0.03), 0.06, 0.06);
        }
    };
    if is_pair { kit.both(|kit| kit.at(0.4 * wide * Vec3::X, build)) } else { build(kit) }
}

fn globe(kit: &mut Kit) {
    kit.sides = kit.sides.clamp(8, 12);
    let (tilt, gap) = (kit.random.pick(&[0.0, 0.41, 0.41, 0.7]), kit.random.range(0.08, 0.2));
    let (thick, foot) = (kit.random.range(0.05, 0.1), kit.random.range(0.5, 0.9));
    let (turn, is_armillary) = (kit.random.around(1.0), kit.random.chance(0.3));
    let (open, drop) = (kit.random.pick(&[0.0, 0.35, 1.5]), kit.random.range(0.2, 1.4));
    let hoop = 1.0 + gap;
    kit.turned(Vec3::ZERO, Vec3::Y, turn, |kit| {
        kit.turned(Vec3::ZERO, Vec3::Z, tilt, |kit| {
            kit.paint(0);
            if is_armillary {
                let core = kit.random.range(0.2, 0.5);
                kit.ball(Vec3::ZERO, Vec3::splat(core));
                for k in 0..kit.random.whole(2, 4) {
                    kit.paint(k);
                    let lean = kit.random.range(-0.8, 0.8);
                    let axis = [Vec3::X, vec3(lean, 1.0, 0.3), vec3(0.2, 1.0, lean), vec3(0.1, lean, 1.0)][k];
                    kit.ring(Vec3::ZERO, axis, 0.97 - 0.02 * k as f32, thick);
                }
            } else {
                kit.ball(Vec3::ZERO, Vec3::ONE);
            }
            kit.gold();
            kit.rod(-(hoop + 0.1) * Vec3::Y, (hoop + 0.13) * Vec3::Y, 0.07, 0.07);
            kit.arc(Vec3::ZERO, Vec3::Z, hoop, thick, FRAC_PI_2 - 0.1 - open, TAU - FRAC_PI_2 + 0.1);
        });
        let low = -hoop - drop;
        kit.wood();
        if kit.random.chance(0.3) {
            let count = kit.random.pick(&[3, 4]);
            kit.ring(Vec3::ZERO, Vec3::Y, hoop + 0.06, 1.3 * thick);
            kit.around(count, |kit| kit.rod(vec3(0.8, low, 0.0), vec3(hoop + 0.06, 0.05, 0.0), 0.07, 0.1));
            kit.ring(0.6 * low * Vec3::Y, Vec3::Y, 0.97, 0.06);
        }
        kit.rod((low + 0.1) * Vec3::Y, -(hoop - 0.06) * Vec3::Y, 0.13, 0.09);
        let base = [vec2(foot, low), vec2(foot, low + 0.12), vec2(0.5 * foot, low + 0.2), vec2(0.1, low + 0.35)];
        kit.lathe(Vec3::ZERO, &base);
    });
}

fn helmet(kit: &mut Kit) {
    kit.sides = kit.sides.max(10);
    kit.metal();
    let style = kit.random.whole(0, 4);
    if style != 0 {
        kit.paint(0);
    }
    let (tall, deep) = (kit.random.range(0.9, 1.2), kit.random.range(1.05, 1.3));
    let low = [-0.9, -0.2, -0.9, -0.05, -0.3][style] * kit.random.range(0.7, 1.1);
    let shape = |kit: &mut Kit, k: f32, foot: f32| {
        let profile = [(0.95, low - foot), (1.0, 0.0), (0.92, 0.4), (0.7, 0.72), (0.38, 0.93), (0.0, 1.0)];
        let profile = profile.map(|(r, y): (f32, f32)| vec2(k * r, if y > 0.0 { k * y * tall } else { y.min(-0.03) }));
        kit.scaled(Vec3::ZERO, vec3(1.0, 1.0, deep), |kit| kit.lathe(Vec3::ZERO, &profile));
    };
    shape(kit, 1.0, 0.0);
    kit.paint(1);
    let around = vec3(1.0, 1.0, deep);
    match style {
        3 => {
            let wide = kit.random.range(1.1, 1.4);
            kit.scaled(0.05 * Vec3::Y, around, |kit| kit.rod(-0.12 * Vec3::Y, Vec3::ZERO, wide, 0.99));
            kit.scaled(Vec3::ZERO, vec3(0.12, 1.05 * tall, 1.03 * deep), |kit| kit.ball(Vec3::ZERO, Vec3::ONE));
        }
        1 | 4 => kit.scaled(low * Vec3::Y, around, |kit| kit.rod(-0.02 * Vec3::Y, 0.22 * Vec3::Y, 1.04, 1.06)),
        _ => {}
    }
    let hollow = kit.random.range(0.85, 0.9);
    kit.carve(|kit| {
        shape(kit, hollow, 1.0);
        if style == 3 {
            kit.block(-1.13 * Vec3::Y, vec3(5.0, 2.0, 5.0));
        }
    });
    if style == 0 || style == 2 {
        let (wide, high) = (kit.random.range(1.0, 1.6), kit.random.range(0.1, 0.8));
        kit.carve(|kit| kit.pad(vec3(0.0, 0.05, deep), vec3(wide, high, 1.3), 0.1));
        if style == 0 {
            let gap = kit.random.range(0.12, 0.3);
            kit.carve(|kit| kit.block(vec3(0.0, -1.0, deep), vec3(gap, 1.8, 1.2)));
        } else if kit.random.chance(0.7) {
            kit.glass();
            let tilt = kit.random.pick(&[0.0, 0.0, -0.9]);
            let middle = (deep - 1.0) * Vec3::Z;
            kit.turned(Vec3::ZERO, Vec3::X, tilt, |kit| kit.arc(middle, Vec3::Y, 0.98, 0.12, 0.2 - PI, -0.2));
        }
    }
    kit.paint(2);
    ornament(kit, style, low, deep);
}

/// Horns, a nose guard, a crest or cheek plates of a helmet.
fn ornament(kit: &mut Kit, style: usize, low: f32, deep: f32) {
    let (size, lean) = (kit.random.range(0.5, 1.0), kit.random.range(-0.4, 0.5));
    if style == 1 {
        let tip = vec3(1.15 + 0.4 * size, 0.5 + 0.7 * size, lean);
        let path = [
            (vec3(0.75, 0.2, 0.0), 0.22),
            (vec3(1.1, 0.3, 0.0), 0.19),
            (0.5 * (tip + vec3(1.6, 0.3, 0.0)), 0.13),
            (tip, 0.03),
        ];
        kit.both(|kit| kit.tube(&path));
        if kit.random.chance(0.6) {
            kit.block(vec3(0.0, low - 0.1, deep - 0.02), vec3(0.2, 0.9, 0.15));
        }
    } else if (style == 4 || style == 0) && kit.random.chance(0.8) {
        let crest = [(-0.9, -0.2), (-1.3, 0.2), (-1.1, 0.9), (0.0, 1.05), (0.7, 0.85)]
            .map(|(x, y)| (x, y * (1.0 + 0.35 * size)));
        let outline = [&crest[..], &[(0.75, 0.5), (-0.6, 0.3)]].concat();
        let ridge = if style == 0 { 0.06 } else { 0.12 };
        side_plate(kit, 0.2 * Vec3::Y, ridge, &outline);
        kit.paint(0);
        let cheek = [
            0.85, 0.1, 0.1, 0.8, 0.1, 0.7, 0.7, -0.7, 0.7, 0.75, -0.6, 0.35, 0.68, 0.1, 0.1, 0.68, 0.1, 0.7, 0.58,
            -0.7, 0.6, 0.63, -0.6, 0.35,
        ];
        kit.at(low * Vec3::Y, |kit| kit.both(|kit| kit.hull(&spots(&cheek))));
    }
}

fn horn(kit: &mut Kit) {
    kit.gold();
    kit.sides = kit.sides.clamp(8, 12);
    let (bell, long, pipe) = (kit.random.range(0.3, 0.55), kit.random.range(1.2, 2.2), kit.random.range(0.05, 0.08));
    if kit.random.chance(0.35) {
        kit.wood();
        let (turn, rise) = (kit.random.range(1.2, 4.0), kit.random.range(-0.4, 0.5));
        let place = |k: usize| {
            let t = k as f32 / 9.0;
            let (a, r) = (turn * t, 0.8 + 0.25 * t);
            (vec3(r * libm::cosf(a), r * libm::sinf(a), rise * t), 0.05 + 0.25 * bell * t + 0.3 * bell * t * t)
        };
        rope(kit, &(0..=9).map(place).collect::<Vec<_>>());
        let ((from, _), (end, wide)) = (place(8), place(9));
        kit.carve(|kit| kit.rod(0.5 * (from + end), end + 0.3 * (end - from), 0.3 * wide, wide));
        return;
    }
    let curve = [(0.0, pipe), (0.5, 1.1 * pipe), (0.75, 0.25 * bell), (0.9, 0.5 * bell), (1.0, bell)];
    let outer = curve.map(|(y, r)| vec2(r, y * long));
    let inner = [vec2(0.85 * bell, long), vec2(0.35 * bell, 0.88 * long), vec2(0.02, 0.7 * long)];
    forward(kit, -0.5 * long * Vec3::Z, |kit| kit.lathe(Vec3::ZERO, &[&outer[..], &inner].concat()));
    let (drop, back, style) = (kit.random.range(0.3, 0.6), 0.5 * long, kit.random.whole(0, 2));
    let ahead = kit.random.range(0.0, 0.25) * long;
    if style == 0 {
        kit.metal();
        kit.rod(vec3(0.0, 0.0, 0.02 - back), vec3(0.0, 0.0, -back - 0.2), pipe, 1.8 * pipe);
        return;
    }
    let points = [(0.0, 0.05 - back), (0.0, -back - 0.15), (-drop, -back - 0.15), (-drop, ahead)];
    let mut path: Vec<_> = points.map(|(y, z)| (vec3(0.0, y, z), pipe)).to_vec();
    let side = kit.random.range(0.1, 0.2);
    path.extend([(vec3(side, -0.5 * drop, ahead + 0.1), pipe), (vec3(side, -0.3 * drop, -back - 0.6), 1.1 * pipe)]);
    kit.tube(&path);
    kit.metal();
    kit.rod(vec3(side, -0.3 * drop, -back - 0.55), vec3(side, -0.3 * drop, -back - 0.75), pipe, 2.0 * pipe);
    for k in 0..if style == 1 { 3 } else { 0 } {
        let z = -0.35 * back + 0.22 * k as f32 - 0.2;
        kit.rod(vec3(0.5 * side, -drop - 0.12, z), vec3(0.5 * side, 0.2, z), 0.1, 0.1);
        kit.rod(vec3(0.5 * side, 0.15, z), vec3(0.5 * side, 0.36, z), 0.045, 0.06);
    }
}

fn skull(kit: &mut Kit) {
    kit.white();
    let bone = |kit: &mut Kit, half: f32, thick: f32| {
        kit.tube(&[(-half * Vec3::X, 1.2 * thick), (Vec3::ZERO, 0.9 * thick), (half * Vec3::X, 1.2 * thick)]);
        kit.both(|kit| {
            [-1.1, 1.2].iter().for_each(|&y| kit.ball(vec3(half, y * thick, 0.0), Vec3::splat(1.5 * thick)))
        });
    };
    if kit.random.chance(0.15) {
        let (thick, turn) = (kit.random.range(0.1, 0.2), kit.random.range(0.0, PI));
        kit.turned(Vec3::ZERO, vec3(0.0, 1.0, 1.0), turn, |kit| bone(kit, 0.9, thick));
        return;
    }
    let (deep, wide, gape) = (kit.random.range(1.05, 1.3), kit.random.range(0.85, 1.0), kit.random.range(0.0, 0.4));
    kit.ball(0.35 * Vec3::Y, vec3(0.78 * wide, 0.8, 0.75 * deep));
    let jaw = kit.random.range(0.4, 0.55);
    kit.frustum(vec3(0.0, -0.55, 0.36), vec3(1.8 * jaw, 0.9, 0.6), vec3(1.3 * wide, 0.0, 0.65), Vec3::ZERO);
    kit.both(|kit| kit.ball(vec3(0.52 * wide, -0.05, 0.5), vec3(0.22, 0.16, 0.28)));
    let (eye, slant) = (kit.random.range(0.18, 0.27), kit.random.around(0.12));
    kit.carve(|kit| {
        kit.both(|kit| kit.ball(vec3(0.31 * wide, 0.15 + slant, 0.8), vec3(eye, eye * 0.95, 0.4)));
        kit.hull(&spots(&[0.0, 0.05, 1.2, -0.12, -0.22, 1.2, 0.12, -0.22, 1.2, 0.0, -0.12, 0.4]));
    });
    let teeth = kit.random.whole(2, 4);
    for k in 0..teeth {
        let x = 0.75 * jaw * (k as f32 + 0.5) / teeth as f32;
        kit.both(|kit| kit.pad(vec3(x, -0.57, 0.56), vec3(0.66 * jaw / teeth as f32, 0.3, 0.16), 0.03));
    }
    if kit.random.chance(0.7) {
        jaw_bone(kit, gape);
    }
    if kit.random.chance(0.3) {
        let x = kit.random.range(0.5, 0.7);
        kit.both(|kit| kit.turned(vec3(0.0, -0.4, -0.12), Vec3::Z, x, |kit| bone(kit, 1.4, 0.12)));
    }
}

/// A skull's lower jaw.
fn jaw_bone(kit: &mut Kit, gape: f32) {
    let branch = [0.6, 0.15, 0.1, 0.5, 0.1, 0.3, 0.45, 0.15, -0.05, 0.5, -0.7, 0.2, 0.36, -0.65, 0.4];
    let bar = [0.5, -0.7, 0.2, 0.5, -0.5, 0.15, 0.2, -0.8, 0.6, 0.2, -0.55, 0.65, 0.3, -0.6, 0.3];
    kit.turned(vec3(0.0, -0.2, 0.0), Vec3::X, 0.5 * gape, |kit| {
        kit.both(|kit| [branch, bar].iter().for_each(|part| kit.hull(&spots(part))));
        kit.pad(vec3(0.0, -0.68, 0.5), vec3(0.95, 0.3, 0.5), 0.1);
    });
}

fn hand(kit: &mut Kit) {
    kit.sides = kit.sides.min(10);
    kit.skin();
    if kit.random.chance(0.5) {
        kit.paint(0);
    }
    let (wide, thick, fat) = (kit.random.range(0.38, 0.5), kit.random.range(0.13, 0.2), kit.random.range(0.85, 1.25));
    let style = kit.random.whole(0, 4);
    let (curl, fan) = (kit.random.range(0.0, 0.5), kit.random.range(0.02, 0.14));
    let palm = [0.8, -0.5, 0.6, 1.0, 0.0, 1.0, 1.0, 0.42, 0.8, 0.8, -0.52, -0.6, 1.0, 0.02, -1.0, 1.0, 0.44, -0.8];
    let palm = [1.0, -1.0].map(|k| spots(&palm).iter().map(|p| vec3(k * wide, 1.0, thick) * p).collect::<Vec<_>>());
    kit.hull(&palm.concat());
    let folded: &[usize] = [&[][..], &[1, 2, 3], &[2, 3], &[0, 1, 2, 3], &[1, 2]][style];
    for k in 0..4 {
        let x = wide * (0.78 - 0.52 * k as f32);
        let long = [0.34, 0.38, 0.35, 0.27][k] * kit.random.range(0.95, 1.1);
        let bend = if folded.contains(&k) { 1.35 } else { curl };
        let radius = 0.24 * wide * fat * if k == 3 { 0.85 } else { 1.0 };
        let lean = fan * (1.5 - k as f32);
        let mut path = vec![(vec3(x, 0.32, 0.0), radius)];
        let mut end = vec3(x, 0.4 + 0.02 * k as f32, 0.0);
        for joint in 0..3 {
            path.push((end, radius * (1.0 - 0.08 * joint as f32)));
            let a = bend * (joint + 1) as f32;
            end += long * [1.0, 0.75, 0.5][joint] * vec3(lean, libm::cosf(a), libm::sinf(a));
        }
        path.push((end, 0.75 * radius));
        path.push((end + 0.35 * radius * (end - path[3].0).normalize_or(Vec3::Y), 0.45 * radius));
        rope(kit, &path);
    }
    let (out, ahead) = (kit.random.range(0.1, 0.5), kit.random.range(0.0, 0.3));
    let tip = vec3(wide + out + 0.08, 0.35 - 0.3 * out, 0.15 + ahead);
    let root = 0.3 * wide * fat;
    kit.tube(&[
        (vec3(0.6 * wide, -0.3, 0.03), 1.2 * root),
        (vec3(wide + 0.5 * out, 0.02, 0.1 + 0.6 * ahead), root),
        (tip, 0.75 * root),
    ]);
    kit.ball(tip, Vec3::splat(0.78 * root));
    let (cuff, flare) = (kit.random.range(0.3, 1.0), kit.random.range(0.9, 1.5));
    kit.scaled(Vec3::ZERO, vec3(1.0, 1.0, 0.75), |kit| {
        kit.rod((-0.45 - cuff) * Vec3::Y, -0.4 * Vec3::Y, 0.75 * wide * flare, 0.75 * wide);
        kit.paint(1);
        if kit.random.chance(0.5) {
            kit.rod((-0.55 - cuff) * Vec3::Y, (-0.3 - 0.5 * cuff) * Vec3::Y, wide * flare, 0.95 * wide);
        }
    });
}

/// A twisted column with a star or a polygon as its section.
fn twisted(kit: &mut Kit, [low, waist, high]: [f32; 3], tall: f32) {
    let (n, twist) = (kit.random.pick(&[3, 4, 4, 5, 6, 16]), kit.random.around(2.5));
    let (star, sway) = (kit.random.pick(&[1.0, 1.0, 0.6]), kit.random.around(0.5));
    let layer = |k: usize| {
        // The ends close to a point: the fan of a star's outline would cross itself.
        let is_end = k == 0 || k == 14;
        let t = (k as f32 - 1.0).clamp(0.0, 12.0) / 12.0;
        let size = low * (1.0 - t) * (1.0 - t) + 2.0 * waist * t * (1.0 - t) + high * t * t;
        let size = if is_end { 0.0 } else { size };
        let middle = vec3(sway * libm::sinf(PI * t), tall * t, 0.0);
        let corner = |i: usize| {
            let r = if i.is_multiple_of(2) { size } else { star * size * libm::cosf(PI / n as f32) };
            let a = PI * i as f32 / n as f32 + twist * t;
            middle + vec3(r * libm::cosf(a), 0.0, -r * libm::sinf(a))
        };
        (0..2 * n).map(corner).collect::<Vec<_>>()
    };
    kit.loft(&(0..=14).map(layer).collect::<Vec<_>>());
}

fn sculpture(kit: &mut Kit) {
    kit.paint(0);
    let (low, waist, high) = (kit.random.range(0.3, 0.7), kit.random.range(0.15, 0.8), kit.random.range(0.1, 0.7));
    let (tall, sway) = (kit.random.range(1.2, 2.6), kit.random.around(0.5));
    match kit.random.pick(&[0, 0, 1, 2]) {
        0 => twisted(kit, [low, waist, high], tall),
        1 => {
            let (turns, thick) = (kit.random.range(0.8, 2.5), kit.random.range(0.1, 0.22));
            kit.sides = 8;
            let line = screw_line(vec3(low, 0.0, 0.0), vec3(high + 0.15, tall, turns), 18);
            let slim = kit.random.range(-0.03, 0.0) * thick * 10.0 / 18.0;
            rope(kit, &line.iter().enumerate().map(|(k, &p)| (p, thick + slim * k as f32)).collect::<Vec<_>>());
            if kit.random.chance(0.5) {
                kit.paint(1);
                kit.ball(line[18] + 0.2 * Vec3::Y, Vec3::splat(0.35));
            }
        }
        _ => {
            let mut y = 0.0;
            for k in 0..kit.random.whole(2, 4) {
                kit.paint(k);
                let (size, turn) = (kit.random.range(0.3, 0.6), kit.random.range(0.0, PI));
                let cube = Vec3::splat(1.5 * size);
                kit.turned(vec3(0.3 * sway * k as f32, y + size, 0.0), Vec3::Y, turn, |kit| {
                    match kit.random.whole(0, 3) {
                        0 => kit.ball(Vec3::ZERO, Vec3::splat(1.1 * size)),
                        1 => kit.ring(Vec3::ZERO, Vec3::X, 0.8 * size, 0.3 * size),
                        2 => kit.turned(Vec3::ZERO, vec3(1.0, 0.3, 1.0), 0.8, |kit| kit.block(Vec3::ZERO, cube)),
                        _ => kit.rod(-1.1 * size * Vec3::Y, 1.1 * size * Vec3::Y, size, 0.4 * size),
                    }
                });
                y += 1.8 * size;
            }
        }
    }
    let wide = kit.random.range(0.8, 1.3);
    kit.stone();
    kit.block(-0.12 * Vec3::Y, vec3(wide, 0.35, wide));
}
