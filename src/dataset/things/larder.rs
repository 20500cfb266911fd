//! Bread, cheese, pies and vegetables.

use std::f32::consts::{FRAC_PI_2, PI, TAU};

use glam::{Vec3, vec2, vec3};

use super::Kind;
use super::kit::Kit;
use super::parts::{bent, dome, hue, lathed, leaf, polar, posed, post, round_outline, round_slab, sizes, snake};
use super::tableware::dish;

pub const KINDS: &[Kind] = &[
    ("cheese", cheese),
    ("pie", pie),
    ("bread", bread),
    ("crate of food", food_crate),
    ("vegetable", |kit| posed(kit, vegetable)),
];

/// A round piece between two angles.
fn wedge(kit: &mut Kit, foot: Vec3, radius: f32, [from, to]: [f32; 2], tall: f32) {
    let steps = (kit.sides as f32 * (to - from) / TAU) as usize + 3;
    let rim = |y: f32| {
        let arc = (0..=steps).map(|k| foot + polar(from + (to - from) * k as f32 / steps as f32, radius, y));
        std::iter::once(foot + y * Vec3::Y).chain(arc).collect()
    };
    kit.loft(&[rim(0.0), rim(tall)]);
}

/// A loaf from a tin, with slices.
fn loaf(kit: &mut Kit, [long, thick, tall]: [f32; 3], cuts: usize) {
    let half = [(0.0, 0.0), (0.8, 0.0), (0.85, 0.9), (1.05, 1.15), (0.9, 1.5), (0.5, 1.65)];
    let outline: Vec<_> =
        half.iter().map(|&(x, y)| vec2(x, y)).chain(half.iter().rev().map(|&(x, y)| vec2(-x, y))).collect();
    let loaf: Vec<_> = outline.iter().filter(|p| p.x != 0.0).map(|p| thick * vec2(p.x, tall * p.y)).collect();
    let slice = 0.12 * long;
    kit.plate(&loaf, -long, 0.3 * long);
    for k in 0..cuts {
        kit.turned((0.32 + 0.14 * k as f32) * long * Vec3::Z, Vec3::X, 0.05 * (k * k) as f32, |kit| {
            kit.plate(&loaf, -0.05, slice)
        });
    }
}

fn croissant(kit: &mut Kit, [long, thick, bend]: [f32; 3], count: usize) {
    let path: Vec<_> = (0..=count)
        .map(|k| {
            let t = 2.0 * k as f32 / count as f32 - 1.0;
            let ridge = if k % 2 == 0 { 0.85 } else { 1.1 };
            (polar(FRAC_PI_2 + 1.3 * bend * t, long / bend * 0.6, 0.0), thick * ridge * (1.06 - t * t).sqrt())
        })
        .collect();
    snake(kit, &path, Vec3::Y);
}

fn bread(kit: &mut Kit) {
    let [long, thick, tall, bend] = sizes(kit, [(0.9, 1.6), (0.3, 0.5), (0.8, 1.3), (0.3, 1.1)]);
    let (style, cuts, turn) = (kit.random.whole(0, 4), kit.random.whole(0, 5), kit.random.around(PI));
    kit.sides = kit.sides.max(10);
    kit.hsv(0.08, 0.6, 0.7);
    kit.turned(Vec3::ZERO, Vec3::Y, turn, |kit| match style {
        0 => {
            loaf(kit, [long, thick, tall], cuts);
        }
        1 => {
            let thick = 0.5 * thick;
            let path = [-1.0, -0.93, -0.7, 0.0, 0.7, 0.93, 1.0]
                .map(|t: f32| (vec3(t * 1.2 * long, 0.0, 0.1 * bend * t * t), thick * (1.06 - t * t).sqrt()));
            snake(kit, &path, Vec3::Y);
            for k in 0..cuts + 2 {
                let x = (2.0 * (k as f32 + 0.5) / (cuts as f32 + 2.0) - 1.0) * 0.85 * long;
                kit.turned(vec3(x, 0.75 * thick, 0.0), Vec3::Y, 0.5, |kit| {
                    kit.ball(Vec3::ZERO, thick * vec3(1.0, 0.4, 0.3))
                });
            }
        }
        2 => {
            croissant(kit, [long, thick, bend], 2 * cuts.max(2) + 5);
        }
        3 => {
            dome(kit, Vec3::ZERO, 0.7 * long, thick * tall * 1.6);
            kit.carve(|kit| {
                for k in 0..cuts {
                    kit.turned(1.75 * thick * tall * Vec3::Y, Vec3::Y, if k > 2 { 1.5 } else { 0.0 }, |kit| {
                        kit.rod(
                            vec3(-long, 0.0, (k % 3) as f32 * 0.3 - 0.3),
                            vec3(long, 0.0, (k % 3) as f32 * 0.3 - 0.3),
                            0.3 * thick,
                            0.3 * thick,
                        );
                    });
                }
            });
        }
        _ => {
            kit.ring(Vec3::ZERO, Vec3::Y, 0.5 * long, thick * tall.min(1.0) * 0.7);
        }
    });
}

fn pie(kit: &mut Kit) {
    let [tall, flare, turn, gap] = sizes(kit, [(0.2, 0.5), (0.75, 0.95), (-PI, PI), (0.4, 1.4)]);
    let (style, is_cut, only) = (kit.random.whole(0, 2), kit.random.chance(0.5), kit.random.chance(0.25));
    kit.sides = kit.sides.max(16);
    kit.hsv(0.09, 0.6, 0.7);
    kit.turned(Vec3::ZERO, Vec3::Y, turn, |kit| {
        lathed(kit, Vec3::ZERO, vec3(1.0, tall, 1.0), &[(flare, 0.0), (1.0, 0.9), (1.05, 1.0), (0.9, 1.02)]);
        kit.ring(tall * Vec3::Y, Vec3::Y, 0.98, 0.09);
        hue(kit, &[0.0, 0.1, 0.13, 0.8]);
        if style == 0 {
            dome(kit, (tall - 0.05) * Vec3::Y, 0.92, 0.25)
        }
        kit.hsv(0.09, 0.6, 0.75);
        for k in 0..if style == 1 { 5 } else { 0 } {
            let t = (k as f32 - 2.0) * 0.32;
            let half = 0.98 * (1.0 - t * t).sqrt();
            kit.block(vec3(t, tall, 0.0), vec3(0.14, 0.12, 2.0 * half));
            kit.block(vec3(0.0, tall, t), vec3(2.0 * half, 0.15, 0.14));
        }
        for k in 0..if style == 2 { 8 } else { 0 } {
            kit.white();
            kit.ball(polar(TAU * k as f32 / 8.0, 0.75, tall + 0.04), vec3(0.16, 0.16, 0.16));
        }
        if is_cut {
            let gone = if only { [gap, TAU] } else { [0.0, gap] };
            kit.carve(|kit| wedge(kit, -Vec3::Y, 2.0, gone, 3.0));
        }
        kit.white();
        if !only {
            dish(kit, -0.06 * Vec3::Y, 1.25, 0.2)
        }
    });
}

fn cheese(kit: &mut Kit) {
    let [tall, cut, turn, tip, soft] = sizes(kit, [(0.25, 1.0), (0.5, 2.5), (-PI, PI), (0.0, 1.0), (0.02, 0.2)]);
    let (style, holes) = (kit.random.whole(0, 3), kit.random.pick(&[0, 5, 12]));
    kit.sides = kit.sides.max(12);
    hue(kit, &[0.12, 0.13, 0.1, 0.0]);
    let lay = if style > 1 && tip < 0.25 { FRAC_PI_2 } else { 0.0 };
    kit.turned(Vec3::ZERO, Vec3::X, lay, |kit| {
        kit.turned(Vec3::ZERO, Vec3::Y, turn, |kit| {
            match style {
                0 => lathed(
                    kit,
                    Vec3::ZERO,
                    vec3(1.0, tall, 1.0),
                    &[(1.0 - soft, 0.0), (1.0, 0.2), (1.0, 0.8), (1.0 - soft, 1.0)],
                ),
                1 => kit.pad(0.5 * tall * Vec3::Y, vec3(1.5, tall, 0.6 + tip), 0.3 * soft),
                _ => wedge(kit, Vec3::ZERO, 1.2, [0.0, 0.5 * cut], tall),
            }
            if style == 0 && tip > 0.3 {
                kit.carve(|kit| wedge(kit, -Vec3::Y, 2.0, [0.0, cut], 4.0));
                if tip > 0.6 {
                    kit.wood();
                    round_slab(kit, -0.08 * Vec3::Y, 1.3, 0.12);
                    kit.hsv(0.13, 0.5, 0.95);
                    kit.at(polar(0.5 * cut, 0.3 - 0.2 * tip, 0.0), |kit| {
                        wedge(kit, -0.02 * Vec3::Y, 0.95, [0.0, cut], 0.9 * tall)
                    });
                }
            }
            kit.hsv(0.12, 0.7, 0.8);
            kit.carve(|kit| {
                for k in 0..holes {
                    let (out, size, y) =
                        (kit.random.range(0.25, 1.05), kit.random.range(0.04, 0.13), kit.random.range(0.1, 1.0));
                    let angle = if style > 1 { [0.0, 0.5 * cut][k % 2] } else { 2.4 * k as f32 };
                    kit.sided(8, |kit| kit.ball(polar(angle, out, y * tall), Vec3::splat(size)));
                }
            });
        })
    });
}

fn food_crate(kit: &mut Kit) {
    let [wide, tall, deep, size] = sizes(kit, [(0.9, 1.5), (0.35, 0.9), (0.6, 1.0), (0.13, 0.24)]);
    let (style, slats) = (kit.random.whole(0, 3), kit.random.whole(2, 4));
    let size = if style > 1 { 1.35 * size } else { size };
    kit.wood();
    kit.block(0.05 * Vec3::Y, vec3(wide, 0.1, deep));
    kit.four(|kit| kit.block(vec3(0.46 * wide, 0.5 * tall, 0.45 * deep), vec3(0.1, 1.04 * tall, 0.1)));
    for k in 0..slats {
        let (y, high) = ((k as f32 + 0.5) * tall / slats as f32, 0.75 * tall / slats as f32);
        for side in [-0.5, 0.5] {
            kit.block(vec3(0.0, y, side * deep), vec3(1.04 * wide, high, 0.07));
            kit.block(vec3(side * wide, y, 0.0), vec3(0.07, high, deep));
        }
    }
    hue(kit, &[0.0, 0.06, 0.1, 0.3]);
    kit.block(0.42 * tall * Vec3::Y, vec3(0.97 * wide, 0.75 * tall, 0.93 * deep));
    let columns = (0.85 * wide / (1.7 * size)) as usize + 1;
    let rows = (0.8 * deep / (1.7 * size)) as usize + 1;
    kit.sides = kit.sides.min(8);
    for k in 0..columns * rows {
        let jitter = kit.random.around(0.15);
        let x = ((k % columns) as f32 + 0.5 + jitter) / columns as f32 - 0.5;
        let z = ((k / columns) as f32 + 0.5 - jitter) / rows as f32 - 0.5;
        let place = vec3(0.86 * x * wide, 0.8 * tall + 0.3 * size, 0.84 * z * deep);
        let turn = kit.random.around(PI);
        match style {
            0 => kit.ball(place, size * vec3(1.0, 0.95, 1.0)),
            1 => kit.turned(place, Vec3::Y, turn, |kit| kit.ball(Vec3::ZERO, size * vec3(1.5, 0.8, 0.9))),
            2 => kit.turned(place, Vec3::Z, 0.6 * jitter, |kit| {
                kit.at(0.3 * Vec3::NEG_Y, |kit| kit.scaled(Vec3::ZERO, Vec3::splat(2.2 * size), |kit| vegetable(kit)))
            }),
            _ => bent(
                kit,
                [
                    place - 0.1 * Vec3::Y,
                    place + size * vec3(jitter, 2.0, jitter),
                    place + size * vec3(4.0 * jitter, 4.0, 0.0),
                ],
                [0.6 * size, 0.6 * size, 0.4 * size],
            ),
        }
    }
}

fn stalk(kit: &mut Kit, y: f32, size: f32) {
    kit.hsv(0.3, 0.6, 0.5);
    let path = [vec3(0.0, y - 0.1, 0.0), vec3(0.0, y + 0.6 * size, 0.0), vec3(0.4 * size, y + size, 0.0)];
    bent(kit, path, [0.07, 0.06, 0.07]);
}

fn greens(kit: &mut Kit, y: f32, count: usize) {
    kit.leaf();
    let long = kit.random.range(0.4, 0.8);
    (0..count).for_each(|k| leaf(kit, y * Vec3::Y, [2.4 * k as f32, 1.2], [long, 0.5 * long], 0.3 * long));
    post(kit, (y - 0.12) * Vec3::Y, 0.3, 0.08, 0.06);
}

// Outlines of bodies: pairs of radius and height.
const CARROT: [(f32, f32); 6] = [(0.05, 0.0), (0.3, 0.15), (0.65, 0.6), (0.85, 0.92), (0.6, 1.0), (0.2, 1.02)];
const COB: [(f32, f32); 5] = [(0.4, 0.0), (0.7, 0.15), (0.75, 0.5), (0.5, 0.85), (0.15, 1.0)];
const AUBERGINE: [(f32, f32); 6] = [(0.2, 0.0), (0.85, 0.12), (1.0, 0.35), (0.6, 0.75), (0.45, 0.95), (0.2, 1.0)];
const CUCUMBER: [(f32, f32); 6] = [(0.1, 0.0), (0.5, 0.06), (0.62, 0.4), (0.6, 0.7), (0.5, 0.95), (0.1, 1.0)];
const PEPPER: [(f32, f32); 6] = [(0.35, 0.05), (0.75, 0.0), (1.0, 0.3), (1.15, 0.75), (0.9, 0.92), (0.3, 0.86)];

/// A bent body with lobes around it: pairs of radius and height.
fn body(kit: &mut Kit, [wide, tall, bend]: [f32; 3], profile: &[(f32, f32)], lobes: f32, deep: f32) {
    let ring = |&(r, y): &(f32, f32)| {
        let outline = round_outline(16, |a| wide * r * (1.0 + deep * libm::cosf(lobes * a)));
        outline.iter().map(|p| vec3(p.x + bend * y * y, y * tall, -p.y)).collect()
    };
    kit.loft(&profile.iter().map(ring).collect::<Vec<Vec<Vec3>>>());
}

/// A carrot, a cob, an aubergine or a cucumber.
fn long_vegetable(kit: &mut Kit, [wide, tall, bend]: [f32; 3], style: usize) {
    match style {
        0 => {
            kit.hsv(0.06, 0.85, 0.9);
            body(kit, [wide, tall, bend], &CARROT, 0.0, 0.0);
            kit.at(bend * Vec3::X, |kit| greens(kit, tall, 5));
        }
        1 => {
            kit.hsv(0.13, 0.7, 0.9);
            body(kit, [0.7 * wide, tall, bend], &COB, 8.0, 0.06);
            kit.leaf();
            for k in 0..4 {
                let angle = 1.57 * k as f32;
                leaf(kit, polar(angle, 0.2 * wide, 0.0), [angle, 1.3], [0.7 * tall, wide], -0.1 * bend);
            }
        }
        2 => {
            kit.hsv(0.78, 0.6, 0.35);
            body(kit, [wide, tall, bend], &AUBERGINE, 0.0, 0.0);
            kit.at(bend * Vec3::X, |kit| stalk(kit, tall, 0.35));
        }
        _ => {
            kit.hsv(0.3, 0.6, 0.5);
            body(kit, [wide, tall, bend], &CUCUMBER, 6.0, 0.03);
        }
    }
}

fn pepper(kit: &mut Kit, [wide, tall, bend]: [f32; 3]) {
    hue(kit, &[0.0, 0.13, 0.3]);
    let tall = if bend > 0.0 { tall } else { 1.0 };
    body(kit, [wide, tall, bend], &PEPPER, 4.0, 0.09);
    kit.at(0.7 * bend * Vec3::X, |kit| stalk(kit, 0.88 * tall.min(1.6), 0.3));
}

/// A pepper, a mushroom, broccoli, a turnip or a lettuce.
fn round_vegetable(kit: &mut Kit, [wide, tall, bend]: [f32; 3], style: usize) {
    match style {
        3 => pepper(kit, [wide, tall, bend]),
        4 => {
            kit.either(0.5, Kit::white, |kit| kit.hsv(0.0, 0.7, 0.75));
            let cap = kit.random.range(0.5, 1.0);
            lathed(kit, Vec3::ZERO, vec3(wide, tall, wide), &[(0.6, 0.0), (0.75, 0.08), (0.5, 0.4), (0.45, 0.8)]);
            lathed(
                kit,
                0.6 * tall * Vec3::Y,
                vec3(1.2 * cap + wide, 0.6 * tall, 1.2 * cap + wide),
                &[(0.3, 0.1), (0.95, 0.0), (1.0, 0.12), (0.75, 0.6), (0.35, 0.92), (0.0, 1.0)],
            );
        }
        5 => {
            kit.leaf();
            bent(kit, [Vec3::ZERO, 0.4 * tall * Vec3::Y, 0.7 * tall * Vec3::Y], [0.5 * wide, 0.45 * wide, 0.6 * wide]);
            for k in 0..9 {
                let (out, size) = (if k == 8 { 0.0 } else { wide + 0.1 }, kit.random.range(0.25, 0.38));
                let place = polar(TAU * k as f32 / 8.0, out, 0.75 * tall + 0.3 * (wide - out) + 0.1);
                kit.rod(0.3 * tall * Vec3::Y, place, 0.2 * wide, 0.3 * wide);
                kit.sided(8, |kit| kit.ball(place, Vec3::splat(size)));
            }
        }
        6 => {
            hue(kit, &[0.0, 0.1, 0.85, 0.13]);
            let squash = kit.random.range(0.7, 1.2);
            lathed(
                kit,
                Vec3::ZERO,
                vec3(0.6, squash, 0.6),
                &[(0.15, 0.0), (0.7, 0.08), (1.0, 0.4), (0.85, 0.7), (0.35, 0.92), (0.12, 1.05)],
            );
            greens(kit, squash, if bend > 0.0 { 4 } else { 1 });
        }
        _ => {
            kit.leaf();
            for k in 0..14 {
                let t = k as f32 / 14.0;
                leaf(kit, 0.1 * Vec3::Y, [2.4 * k as f32, 0.5 + t], [0.8, 0.8], 0.4 - 0.9 * t);
            }
            kit.ball(0.35 * Vec3::Y, vec3(0.5, 0.45, 0.5));
        }
    }
}

fn vegetable(kit: &mut Kit) {
    let size = sizes(kit, [(0.3, 0.55), (0.9, 1.6), (-0.3, 0.3)]);
    let style = kit.random.pick(&[0, 1, 2, 3, 8, 4, 5, 6, 7]);
    if (3..8).contains(&style) { round_vegetable(kit, size, style) } else { long_vegetable(kit, size, style) }
}
