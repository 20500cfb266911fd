//! Plants, stones and the ground.

use std::f32::consts::TAU;

use glam::{Vec3, vec2, vec3};

use super::Kind;
use super::kit::Kit;
use super::parts::{dome, hue, leaf, polar, round_slab};

pub const KINDS: &[Kind] = &[
    ("tree", tree),
    ("conifer", conifer),
    ("bare_tree", bare_tree),
    ("palm", palm),
    ("bush", bush),
    ("flower", flower),
    ("potted_plant", potted_plant),
    ("rock", rock),
    ("firewood", firewood),
    ("terrain", terrain),
];

/// A convex stone, flat below `floor` (a share of its height radius).
fn lump(kit: &mut Kit, center: Vec3, radii: Vec3, count: usize, floor: f32) {
    let points: Vec<Vec3> = (0..count)
        .map(|_| {
            let mut p = kit.random.direction() * kit.random.range(0.85, 1.1);
            p.y = p.y.max(-floor);
            center + p * radii
        })
        .collect();
    kit.hull(&points);
}

/// A branch with thinner ones at its end, `depth` times.
fn branch(kit: &mut Kit, from: Vec3, way: Vec3, radius: f32, depth: usize, spread: f32) {
    let (to, end) = (from + way, radius * kit.random.range(0.6, 0.8));
    kit.rod(from, to, radius, end);
    if depth == 0 {
        return;
    }
    kit.ball(to, Vec3::splat(1.02 * end));
    let (count, start) = (kit.random.whole(2, 3), kit.random.range(0.0, TAU));
    for k in 0..count {
        let aside = polar(start + TAU * k as f32 / count as f32, spread, 0.0);
        let (shorter, at) = (kit.random.range(0.6, 0.85), kit.random.range(0.75, 1.0));
        let next = (way.normalize() + aside + 0.15 * Vec3::Y).normalize() * way.length() * shorter;
        branch(kit, from + at * way, next, end, depth - 1, spread);
    }
}

/// A trunk, wide at its foot; its upper end.
fn trunk(kit: &mut Kit, height: f32, radius: f32) -> Vec3 {
    let [x, z] = [0, 1].map(|_| kit.random.around(0.12) * height);
    let (middle, top) = (vec3(x, 0.5 * height, z), vec3(0.6 * x, height, z));
    kit.either(0.2, Kit::white, Kit::wood);
    let foot = kit.random.range(1.1, 1.7) * radius;
    kit.tube(&[(Vec3::ZERO, foot), (0.3 * middle, radius), (middle, 0.85 * radius), (top, 0.65 * radius)]);
    top
}

fn tree(kit: &mut Kit) {
    let (height, size) = (kit.random.range(0.6, 2.0), kit.random.range(0.6, 1.0));
    let (tall, style, blobs) =
        (kit.random.range(0.6, 1.6), kit.random.whole(0, 1), kit.random.pick(&[1, 1, 3, 5, 8, 11]));
    let radius = kit.random.range(0.07, 0.2);
    let top = trunk(kit, height, radius);
    let start = kit.random.range(0.0, 5.0);
    let blob = |kit: &mut Kit, center: Vec3, radii: Vec3| {
        if style == 0 { kit.ball(center, radii) } else { lump(kit, center, radii, 40, 1.0) }
    };
    kit.leaf();
    if kit.random.chance(0.15) {
        hue(kit, &[0.07, 0.95, 0.12]);
    }
    let middle = top + 0.5 * size * tall * Vec3::Y;
    blob(kit, middle, vec3(size, size * tall, size) * if blobs == 1 { 1.0 } else { 0.75 });
    for k in 1..blobs {
        let (y, part) = (kit.random.range(-0.7, 0.9), kit.random.range(0.35, 0.6));
        let center = middle + polar(start + 2.4 * k as f32, 0.75 * size * (1.0 - y * y).sqrt(), 0.7 * y * size * tall);
        if y < 0.0 && k % 2 == 0 {
            kit.rod(0.6 * top, center, 0.05, 0.04);
        }
        blob(kit, center, size * part * vec3(1.0, tall.min(1.1), 1.0));
    }
}

fn conifer(kit: &mut Kit) {
    let (layers, height, wide) = (kit.random.whole(1, 6), kit.random.range(1.4, 3.2), kit.random.range(0.5, 0.95));
    let (bare, star) = (kit.random.range(0.1, 0.6), kit.random.pick(&[1.0, 1.0, 0.7, 0.85]));
    let (taper, is_snowy, n) = (kit.random.range(0.6, 0.9), kit.random.chance(0.2), 2 * kit.sides.min(12));
    let radius = kit.random.range(0.08, 0.18);
    trunk(kit, bare + 0.2, radius);
    kit.leaf();
    let part = height / layers as f32;
    for k in 0..layers {
        let (t, y) = (k as f32 / layers as f32, bare + part * k as f32);
        let (turn, radius) = (kit.random.around(1.0), wide * (1.0 - taper * t));
        let ring = |r: f32, y: f32| {
            let corner =
                |i: usize| polar(turn + TAU * i as f32 / n as f32, if i.is_multiple_of(2) { r } else { star * r }, y);
            (0..n).map(corner).collect::<Vec<Vec3>>()
        };
        let tip = y + part * if k + 1 == layers { 1.1 } else { 1.6 };
        kit.loft(&[ring(0.0, y + 0.1 * part), ring(radius, y), ring(0.0, tip)]);
        if is_snowy {
            kit.white();
            kit.loft(&[ring(0.0, y + 0.5 * part), ring(0.6 * radius, y + 0.5 * part), ring(0.0, tip + 0.08)]);
            kit.leaf();
        }
    }
}

fn bare_tree(kit: &mut Kit) {
    let (radius, depth, spread) =
        (kit.random.range(0.07, 0.16), kit.random.pick(&[2, 2, 3]), kit.random.range(0.35, 1.0));
    let coral = kit.random.chance(0.3);
    if coral {
        hue(kit, &[0.0, 0.05, 0.9])
    } else {
        kit.wood()
    }
    kit.sides = kit.sides.min(8);
    if coral {
        dome(kit, -0.1 * Vec3::Y, 3.0 * radius, 0.25);
    } else {
        kit.rod(Vec3::ZERO, 0.25 * Vec3::Y, 1.5 * radius, radius);
    }
    let way = vec3(kit.random.around(0.2), kit.random.range(0.4, 1.0), kit.random.around(0.2));
    branch(kit, Vec3::ZERO, way, radius * if coral { 1.3 } else { 1.0 }, depth, spread);
}

fn palm(kit: &mut Kit) {
    let (height, lean, count) = (kit.random.range(1.0, 2.8), kit.random.around(0.8), kit.random.whole(5, 9));
    let (radius, length, steps) = (kit.random.range(0.08, 0.15), kit.random.range(0.8, 1.4), kit.random.whole(4, 8));
    kit.sides = kit.sides.min(10);
    kit.wood();
    let spot = |t: f32| vec3(lean * t * t, height * t, 0.3 * lean * t);
    for k in 0..steps {
        let [a, b] = [k as f32, k as f32 + 1.2].map(|k| (k / steps as f32).min(1.0));
        kit.rod(spot(a), spot(b), radius * (1.1 - 0.4 * a), radius * (1.3 - 0.4 * a));
    }
    kit.ball(spot(1.0), Vec3::splat(1.2 * radius));
    let (rise, droop, wide) = (kit.random.range(0.1, 0.9), kit.random.range(0.4, 1.1), kit.random.range(0.22, 0.45));
    kit.leaf();
    for k in 0..count {
        let (turn, rise) = (TAU * k as f32 / count as f32 + kit.random.around(0.15), rise + kit.random.around(0.2));
        leaf(kit, spot(1.0) + polar(turn, 0.04, 0.01 * (k % 3) as f32), [turn, rise], [length, wide], droop);
    }
    kit.hsv(0.07, 0.6, 0.4);
    if kit.random.chance(0.4) {
        (0..3).for_each(|k| kit.ball(spot(1.0) + polar(2.1 * k as f32, 0.11, -0.09), Vec3::splat(0.13)));
    }
    if kit.random.chance(0.3) {
        kit.hsv(0.13, 0.4, 0.9);
        let beach = kit.random.range(0.5, 1.2);
        dome(kit, -0.15 * Vec3::Y, beach, 0.3);
    }
}

fn bush(kit: &mut Kit) {
    let (wide, high, deep) = (kit.random.range(0.5, 1.6), kit.random.range(0.5, 1.0), kit.random.range(0.4, 0.7));
    kit.leaf();
    kit.ball(Vec3::ZERO, vec3(0.25, 0.15, 0.22));
    match kit.random.whole(0, 3) {
        0 => kit.pad(Vec3::ZERO, vec3(2.0 * wide, high * 1.3, deep), 0.12),
        1 => (0..14).for_each(|k| {
            let (rise, long) = (kit.random.range(0.5, 1.4), kit.random.range(0.6, 1.2));
            leaf(
                kit,
                polar(k as f32, 0.1, -0.05),
                [2.4 * k as f32, rise],
                [long * high, 0.16 * wide.max(0.8)],
                0.5 * deep,
            );
        }),
        _ => (0..kit.random.whole(3, 8)).for_each(|k| {
            let size = high * kit.random.range(0.4, 0.7);
            let place = polar(2.4 * k as f32, 0.4 * (k as f32).sqrt(), 0.0) * vec3(0.7 * wide, 1.0, 0.6 * deep);
            if deep > 0.55 { kit.ball(place, Vec3::splat(size)) } else { lump(kit, place, Vec3::splat(size), 40, 0.4) }
        }),
    }
    if kit.random.chance(0.3) {
        kit.hsv(0.08, 0.5, 0.4);
        dome(kit, vec3(0.0, -0.15, 0.0), 0.6 * deep, 0.25);
    }
}

fn flower(kit: &mut Kit) {
    let (count, height, kind) = (kit.random.pick(&[1, 1, 1, 3, 5]), kit.random.range(0.7, 2.0), kit.random.whole(0, 3));
    let (petals, long, cup) = (kit.random.whole(5, 12), kit.random.range(0.25, 0.5), kit.random.range(-0.2, 1.1));
    kit.sides = kit.sides.min(10);
    let (face, turn) = (kit.random.range(0.0, 1.4), kit.random.unit() * TAU);
    for k in 0..count {
        let out = if count == 1 { 0.1 } else { 0.35 + 0.05 * count as f32 };
        let top = polar(turn + TAU * k as f32 / count as f32, out, height * (1.0 - 0.1 * (k % 3) as f32));
        kit.hsv(0.3, 0.6, 0.5);
        let foot = polar(turn + TAU * k as f32 / count as f32, 0.02, 0.01 * k as f32);
        kit.tube(&[(foot, 0.05), (0.5 * top + 0.1 * out * Vec3::Y, 0.045), (top, 0.045)]);
        for side in 0..if count == 1 { 2 } else { 1 } {
            let place = top * kit.random.range(0.15, 0.5);
            leaf(kit, place, [turn + 3.0 * side as f32, 1.0], [0.5 * height.min(1.2), 0.18], 0.5);
        }
        kit.turned(top, Vec3::X, if count == 1 { face } else { 0.3 }, |kit| {
            kit.paint(k % 2);
            if kind == 0 {
                let cup = [(0.05, -0.1), (0.24, 0.05), (0.26, 0.25), (0.2, 0.5), (0.12, 0.5), (0.1, 0.3), (0.0, 0.3)];
                return kit.lathe(Vec3::ZERO, &cup.map(|(r, y)| vec2(r * 2.2 * long, y * 2.2 * long)));
            }
            for p in 0..petals {
                let angle = TAU * p as f32 / petals as f32;
                leaf(
                    kit,
                    polar(angle, 0.12 * long, 0.01 * (p % 2) as f32),
                    [angle, cup],
                    [long, 3.5 * long / petals as f32],
                    0.2,
                );
            }
            kit.hsv(0.13, 0.7, 0.8);
            kit.ball(0.02 * Vec3::Y, vec3(0.35 * long * kind as f32, 0.25 * long, 0.35 * long * kind as f32) * 0.8);
        });
    }
}

fn potted_plant(kit: &mut Kit) {
    let (high, foot, rim) = (kit.random.range(0.4, 1.0), kit.random.range(0.3, 0.5), kit.random.range(0.42, 0.6));
    kit.either(0.5, |kit| kit.hsv(0.05, 0.6, 0.7), |kit| kit.paint(0));
    kit.lathe(-high * Vec3::Y, &[vec2(foot, 0.0), vec2(rim, high), vec2(rim - 0.08, high), vec2(0.0, high - 0.08)]);
    if kit.random.chance(0.5) {
        kit.ring(vec3(0.0, -0.07, 0.0), Vec3::Y, rim, 0.08);
    }
    kit.leaf();
    let (tall, fat, count) = (kit.random.range(0.5, 1.6), kit.random.range(0.18, 0.32), kit.random.whole(6, 16));
    match kit.random.whole(0, 3) {
        0 => {
            kit.tube(&[(-0.2 * Vec3::Y, fat), (0.5 * tall * Vec3::Y, fat), (tall * Vec3::Y, 0.9 * fat)]);
            kit.ball(tall * Vec3::Y, Vec3::splat(0.9 * fat));
            for side in [-1.0, 1.0].into_iter().take(kit.random.whole(0, 2)) {
                let (y, out, r) = (tall * kit.random.range(0.3, 0.6), side * (2.2 * fat), 0.6 * fat);
                let up = y + tall * kit.random.range(0.2, 0.5);
                kit.tube(&[
                    (y * Vec3::Y, r),
                    (vec3(out, y, 0.0), r),
                    (vec3(out, up, 0.0), r),
                    (vec3(out, up + 0.02, 0.0), r),
                ]);
                kit.ball(vec3(out, up, 0.0), Vec3::splat(r));
            }
        }
        1 => kit.scaled(vec3(0.0, 0.5 * tall - 0.15, 0.0), vec3(1.0, tall + 0.2, 1.0), |kit| {
            kit.around(8, |kit| kit.ball(0.22 * Vec3::X, vec3(0.25, 0.5, 0.15)));
        }),
        2 => {
            let mut top = Vec3::ZERO;
            kit.at(-0.15 * Vec3::Y, |kit| top = trunk(kit, tall, 0.09) - 0.15 * Vec3::Y);
            kit.leaf();
            if fat > 0.25 { kit.ball(top, Vec3::splat(2.0 * fat)) } else { lump(kit, top, Vec3::splat(0.5), 40, 1.0) }
        }
        _ => (0..count).for_each(|k| {
            let rise = 0.3 + 1.1 * k as f32 / count as f32 + kit.random.around(0.1);
            leaf(kit, -0.13 * Vec3::Y, [2.4 * k as f32, rise], [0.3 + 0.6 * tall, 0.7 * fat], fat * 2.0 - 0.3);
        }),
    }
}

fn rock(kit: &mut Kit) {
    let (count, kind, points) = (kit.random.whole(1, 6), kit.random.whole(0, 4), kit.random.whole(9, 40));
    let (flat, spread) = (kit.random.range(0.4, 1.2), kit.random.range(0.35, 0.7));
    kit.stone();
    let mut y = 0.0;
    for k in 0..count {
        let (size, angle) = (kit.random.range(0.5, 1.0) / (1.0 + 0.2 * k as f32), 2.4 * k as f32);
        let radii = size * vec3(kit.random.range(0.8, 1.3), flat, kit.random.range(0.7, 1.1));
        match kind {
            0 => {
                kit.paint(k % 2);
                let (way, r) = (polar(angle, if k == 0 { 0.1 } else { spread }, 1.0) * 1.8 * size, 0.25 * size);
                kit.sides = 6;
                kit.rod(-0.2 * way, 0.75 * way, 0.8 * r, r);
                kit.rod(0.75 * way - 0.01 * Vec3::Y, way, r, 0.1 * r);
            }
            1 => {
                lump(kit, y * Vec3::Y, radii * vec3(1.0, 0.5, 1.0), points.max(20), 1.0);
                y += 0.75 * size * flat * if k == 0 { 0.8 } else { 0.9 };
            }
            _ => lump(kit, polar(angle, if k == 0 { 0.0 } else { spread }, 0.0), radii, points, 0.3),
        }
    }
    if kind == 0 {
        kit.stone();
        lump(kit, Vec3::ZERO, vec3(0.6, 0.25, 0.5), 24, 0.5);
    }
}

fn firewood(kit: &mut Kit) {
    let (long, radius, kind) = (kit.random.range(0.6, 1.6), kit.random.range(0.14, 0.3), kit.random.whole(0, 3));
    kit.sides = kit.sides.clamp(10, 14);
    let log = |kit: &mut Kit, a: Vec3, b: Vec3, radius: f32| {
        kit.hsv(0.07, 0.55, 0.4);
        kit.rod(a, b, radius, 0.95 * radius);
        kit.hsv(0.1, 0.45, 0.8);
        kit.rod(a + 0.02 * (a - b), b + 0.02 * (b - a), 0.85 * radius, 0.8 * radius);
    };
    match kind {
        0 => {
            let rows = kit.random.whole(1, 4);
            for (row, k) in (0..rows).flat_map(|row| (0..rows - row).map(move |k| (row, k))) {
                let x = radius * 1.85 * (k as f32 + 0.5 * row as f32);
                let (y, slip) = (1.55 * radius * row as f32, kit.random.around(0.1));
                log(kit, vec3(x, y, slip - 0.5 * long), vec3(x, y, slip + 0.5 * long), radius);
            }
        }
        1 => {
            let r = 2.2 * radius;
            log(kit, Vec3::ZERO, 0.7 * long * Vec3::Y, r);
            kit.hsv(0.07, 0.55, 0.4);
            let roots = kit.random.whole(3, 6);
            kit.around(roots, |kit| kit.rod(0.35 * Vec3::Y, vec3(1.6 * r, 0.0, 0.0), 0.6 * r, 0.2 * r));
        }
        _ => {
            kit.sides = 8;
            let (count, stones, tall) = (kit.random.whole(4, 7), kit.random.whole(7, 10), kit.random.range(0.2, 0.8));
            kit.hsv(0.08, 0.4, 0.3);
            round_slab(kit, -0.06 * Vec3::Y, 1.0, 0.1);
            kit.around(count, |kit| log(kit, vec3(0.75, 0.0, 0.0), vec3(-0.05, tall, 0.0), 0.11));
            kit.stone();
            (0..stones)
                .for_each(|k| lump(kit, polar(TAU * k as f32 / stones as f32, 1.0, 0.05), Vec3::splat(0.3), 12, 0.5));
            for k in 0..if kind == 2 { 4 } else { 0 } {
                kit.hsv(0.03 + 0.02 * k as f32, 0.9, 0.95);
                let foot = polar(1.7 * k as f32, 0.15, 0.0);
                let top = foot * 1.5 + (tall + 0.5 * long - 0.1 * k as f32) * Vec3::Y;
                kit.rod(foot, 0.4 * top + 0.6 * foot, 0.15, 0.25);
                kit.rod(0.39 * top + 0.61 * foot, top, 0.25, 0.0);
            }
        }
    }
}

fn terrain(kit: &mut Kit) {
    let (wide, deep, peaks) = (kit.random.range(0.8, 1.5), kit.random.range(0.7, 1.1), kit.random.whole(0, 5));
    let (things, kind, tall) = (kit.random.whole(0, 5), kit.random.whole(0, 3), kit.random.range(0.5, 1.3));
    if kind == 3 {
        kit.white();
        return (0..5 + peaks).for_each(|k| {
            let x = wide * kit.random.around(0.8);
            let size = kit.random.range(0.3, 0.6) * (1.2 - 0.5 * x.abs() / wide);
            kit.ball(vec3(x, 0.5 * size, 0.25 * deep * ((k % 3) as f32 - 1.0)), vec3(size * 1.2, size, size));
        });
    }
    kit.scaled(Vec3::ZERO, vec3(wide, 1.0, deep), |kit| {
        kit.hsv(0.08, 0.4, 0.45);
        match kind {
            0 => kit.block(-0.2 * Vec3::Y, vec3(2.0, 0.4, 2.0)),
            1 => kit.lathe(-tall * Vec3::Y, &[vec2(0.1, 0.0), vec2(0.6, 0.5 * tall), vec2(1.0, tall)]),
            _ => round_slab(kit, -0.2 * Vec3::Y, 1.0, 0.2),
        }
        kit.leaf();
        if kind == 0 {
            kit.block(Vec3::ZERO, vec3(2.04, 0.14, 2.04))
        } else {
            round_slab(kit, -0.08 * Vec3::Y, 1.05, 0.16)
        }
    });
    for k in 0..peaks {
        let (size, height) = (kit.random.range(0.3, 0.6), tall * kit.random.range(0.6, 1.5));
        kit.stone();
        let foot = polar(2.4 * k as f32, 0.15 * k as f32, -0.03) * vec3(wide, 1.0, deep);
        let mut points: Vec<Vec3> =
            (0..7).map(|i| foot + polar(0.9 * i as f32, size * kit.random.range(0.7, 1.0), 0.0)).collect();
        points.extend((0..3).map(|i| foot + polar(2.1 * i as f32, 0.06, height * kit.random.range(0.85, 1.0))));
        kit.hull(&points);
    }
    for k in 0..things {
        let foot = polar(2.4 * k as f32 + 1.0, 0.75, -0.02) * vec3(wide, 1.0, deep);
        let size = kit.random.range(0.25, 0.55);
        kit.wood();
        kit.rod(foot, foot + size * Vec3::Y, 0.06, 0.05);
        kit.leaf();
        let crown = foot + 0.6 * size * Vec3::Y;
        if k % 2 == 0 {
            kit.rod(crown, crown + 1.5 * size * Vec3::Y, 0.5 * size, 0.0)
        } else {
            lump(kit, crown + 0.3 * size * Vec3::Y, Vec3::splat(0.5 * size), 30, 1.0)
        }
    }
}
