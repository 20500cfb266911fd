//! Leisure: balls, playgrounds, fairs, slot machines, toys and presents.

use std::f32::consts::{FRAC_PI_2, PI, TAU};

use glam::{Vec3, vec3};

use super::Kind;
use super::kit::Kit;
use super::parts::{disc, lathed, mirrored, polar, posed, post, prism, round_slab, side_plate, sizes, upright};

pub const KINDS: &[Kind] = &[
    ("bowling", bowling),
    ("rocking_horse", rocking_horse),
    ("slide", slide),
    ("swing", swing),
    ("violin", violin),
    ("dice", dice),
    ("arcade", arcade),
    ("vending", vending),
    ("carousel", carousel),
    ("ferris", ferris),
    ("hoop", hoop),
    ("goal", goal),
    ("balloons", balloons),
    ("gift", gift),
    ("rings", rings),
];

/// Pairs of numbers.
pub(super) fn pairs(flat: &[f32]) -> Vec<(f32, f32)> {
    flat.chunks_exact(2).map(|p| (p[0], p[1])).collect()
}

/// A tube of one thickness along points.
pub(super) fn pipe(kit: &mut Kit, thick: f32, flat: &[f32]) {
    kit.tube(&flat.chunks_exact(3).map(|p| (Vec3::from_slice(p), thick)).collect::<Vec<_>>());
}

/// A wheel or a roll about the x axis.
pub(super) fn roll(kit: &mut Kit, center: Vec3, radius: f32, wide: f32) {
    kit.rod(center - 0.5 * wide * Vec3::X, center + 0.5 * wide * Vec3::X, radius, radius);
}

fn bowling(kit: &mut Kit) {
    let ([fat, size], style, pins) =
        (sizes(kit, [(0.8, 1.3), (0.6, 1.3)]), kit.random.whole(0, 3), kit.random.whole(1, 6));
    let line = [0.3, 0.0, 0.4, 0.2, 0.6, 1.1, 0.52, 1.7, 0.25, 2.4, 0.23, 2.7, 0.33, 3.3, 0.2, 3.7, 0.0, 3.8];
    let pin = |kit: &mut Kit, x: f32, z: f32| {
        kit.white();
        lathed(kit, vec3(x, 0.0, z), vec3(fat, 1.0, fat), &pairs(&line));
        kit.hsv(0.0, 0.8, 0.7);
        post(kit, vec3(x, 2.5, z), 0.18, 0.27 * fat, 0.27 * fat);
    };
    let row = |k: usize| [0.0, -0.5, 0.5, -1.0, 0.0, 1.0][k] * 1.15 * fat;
    match style {
        0 => return posed(kit, |kit| pin(kit, 0.0, 0.0)),
        1 => return (0..pins).for_each(|k| pin(kit, row(k), [0.0, -1.0, -1.0, -2.0, -2.0, -2.0][k] * 0.98 * fat)),
        2 => (0..pins.min(3)).for_each(|k| pin(kit, row(k), [-0.8, -1.0, -1.0][k] * 0.9 * size)),
        _ => {}
    }
    kit.paint(0);
    kit.sided(16, |kit| kit.ball(size * Vec3::Y, Vec3::splat(size)));
    let holes = [[0.1, 0.28], [0.28, 0.1], [-0.12, -0.1]].map(|[x, y]| size * vec3(x, 1.0 + y, 0.6));
    kit.carve(|kit| holes.iter().for_each(|&p| disc(kit, p, 0.11 * size, size)));
}

fn rocking_horse(kit: &mut Kit) {
    let [long, tall, wide, fat, rise] = sizes(kit, [(0.7, 1.1), (0.6, 1.1), (0.2, 0.35), (0.2, 0.35), (0.4, 0.7)]);
    let (style, curve, neck) = (kit.random.whole(0, 2), kit.random.range(0.2, 0.4), vec3(0.0, tall + rise, 0.8 * long));
    let bow = [-1.0f32, -0.7, -0.35, 0.0, 0.35, 0.7, 1.0].map(|t| (1.5 * t * long, curve * t * t));
    let line: Vec<_> = bow.into_iter().chain(bow.into_iter().rev().map(|(z, y)| (0.97 * z, y + 0.16))).collect();
    kit.sides = kit.sides.min(10);
    kit.wood();
    kit.both(|kit| side_plate(kit, wide * Vec3::X, 0.06, &line));
    [-0.6, 0.6].into_iter().for_each(|z| roll(kit, vec3(0.0, 0.12 + 0.16 * curve, z * long), 0.05, 2.0 * wide));
    kit.paint(0);
    kit.four(|kit| {
        kit.rod(vec3(0.5 * fat, tall, 0.55 * long), vec3(wide, 0.1 + 0.25 * curve, 0.75 * long), 0.12, 0.08)
    });
    match style {
        0 => kit.pad(tall * Vec3::Y, vec3(1.5 * fat, 1.6 * fat, 1.6 * long), 0.12),
        _ => kit.ball(tall * Vec3::Y, vec3(fat, 1.1 * fat, 0.9 * long)),
    }
    kit.rod(vec3(0.0, tall, 0.5 * long), neck, 0.9 * fat, 0.13);
    kit.rod(neck - 0.06 * Vec3::Z, neck + vec3(0.0, -0.22, 0.42), 0.16, 0.09);
    kit.dark();
    kit.both(|kit| kit.rod(neck + 0.06 * Vec3::X, neck + vec3(0.09, 0.3, -0.05), 0.06, 0.02));
    kit.rod(neck + vec3(0.0, 0.12, -0.1), vec3(0.0, tall + 0.7 * fat, 0.3 * long), 0.07, 0.07);
    pipe(kit, 0.08, &[0.0, tall, -0.7 * long, 0.0, tall + 0.2, -1.05 * long, 0.0, tall - 0.3, -1.15 * long]);
    roll(kit, neck - vec3(0.0, 0.1, 0.02), 0.05, 0.7);
    kit.paint(1);
    let saddle = kit.random.range(0.35, 0.6) * long;
    kit.pad(vec3(0.0, tall + 0.85 * fat, -0.1 * long), vec3(1.5 * fat, 0.7 * fat, saddle), 0.06);
    if style == 2 {
        kit.pad(vec3(0.0, tall + 1.5 * fat, -0.1 * long - 0.5 * saddle), vec3(1.7 * fat, 1.6 * fat, 0.12), 0.05);
    }
}

fn slide(kit: &mut Kit) {
    let [tall, run, wide, thick, rail] = sizes(kit, [(1.0, 2.2), (1.2, 1.9), (0.3, 0.5), (0.04, 0.08), (0.12, 0.3)]);
    let (bow, has_roof, rungs) = (kit.random.pick(&[0.0, 0.12]), kit.random.chance(0.4), kit.random.whole(3, 6));
    let line = [0.0, 1.0, 0.12, 0.97, 0.4, 0.6 + bow, 0.6, 0.38 + bow, 0.85, 0.1, 1.0, 0.07];
    let curve: Vec<_> = pairs(&line).iter().map(|&(z, y)| (z * run * tall.max(1.2), y * tall)).collect();
    let band = |low: f32, high: f32| {
        let back = curve.iter().rev().map(|&(z, y)| (z, y + low));
        curve.iter().map(|&(z, y)| (z, y + high)).chain(back).collect::<Vec<_>>()
    };
    kit.sides = 6;
    kit.paint(0);
    side_plate(kit, Vec3::ZERO, wide, &band(-thick, thick));
    kit.both(|kit| side_plate(kit, wide * Vec3::X, 0.05, &band(-1.2 * thick, rail)));
    kit.paint(1);
    kit.block(vec3(0.0, tall, -0.3), vec3(2.1 * wide, 0.1, 0.8));
    let foot = -0.65 - kit.random.range(0.1, 0.5) * tall;
    kit.both(|kit| {
        kit.rod(vec3(wide, 0.0, foot), vec3(wide, tall + 0.1, -0.65), 0.06, 0.06);
        post(kit, vec3(wide, 0.0, -0.1), tall + 0.5, 0.06, 0.06);
        pipe(kit, 0.05, &[wide, tall, -0.65, wide, tall + 0.5, -0.6, wide, tall + 0.45, 0.0]);
    });
    for t in (0..rungs).map(|k| (k as f32 + 0.6) / rungs as f32) {
        kit.block(vec3(0.0, t * tall, foot + t * (-0.65 - foot)), vec3(2.0 * wide, 0.07, 0.16));
    }
    if has_roof {
        kit.four(|kit| kit.at(-0.3 * Vec3::Z, |kit| post(kit, vec3(wide, tall, 0.0), 1.2, 0.05, 0.05)));
        kit.paint(2);
        kit.frustum(vec3(0.0, tall + 1.1, -0.3), vec3(2.8 * wide, 0.5, 1.0), vec3(0.1, 0.0, 1.0), Vec3::ZERO);
    }
}

fn swing(kit: &mut Kit) {
    let style = kit.random.whole(0, 2);
    let (seats, wide) = if style == 2 { (1, 0.75) } else { (kit.random.whole(1, 3), 0.2) };
    let [tall, room, spread, thick, low] = sizes(kit, [(1.7, 2.4), (0.6, 0.8), (0.4, 0.9), (0.04, 0.08), (0.3, 0.6)]);
    let (half, long, deep) = (wide + 0.5 * room * seats as f32, tall - low, 0.24 + 0.26 * (style / 2) as f32);
    kit.sides = kit.sides.min(10);
    kit.either(0.5, Kit::wood, |kit| kit.paint(0));
    kit.four(|kit| kit.rod(vec3(half, 0.0, spread), vec3(half, tall, 0.0), thick, thick));
    kit.both(|kit| kit.block(vec3(half, 0.4 * tall, 0.0), vec3(thick, 2.0 * thick, 1.2 * spread)));
    roll(kit, tall * Vec3::Y, 1.1 * thick, 2.0 * half + 0.3);
    for k in 0..seats {
        let (x, angle) = (room * (k as f32 + 0.5 - 0.5 * seats as f32), kit.random.around(0.6));
        kit.turned(vec3(x, tall, 0.0), Vec3::X, angle, |kit| {
            kit.metal();
            kit.both(|kit| kit.rod(wide * Vec3::X, vec3(wide, -long, 0.0), 0.03, 0.03));
            kit.paint(1);
            if style == 1 {
                return kit.ring(-(long + 0.1) * Vec3::Y, Vec3::Z, 0.27, 0.1);
            }
            kit.block(-long * Vec3::Y, vec3(2.3 * wide, 0.07, deep));
            if style == 2 {
                kit.frustum(vec3(0.0, -long, -0.22), vec3(1.7, 0.6, 0.08), vec3(1.7, 0.0, 0.08), -0.1 * Vec3::Z);
                kit.both(|kit| kit.block(vec3(wide, 0.25 - long, 0.0), vec3(0.09, 0.06, 0.5)));
            }
        });
    }
}

fn violin(kit: &mut Kit) {
    let [wide, waist, deep, neck] = sizes(kit, [(0.42, 0.52), (0.55, 0.75), (0.08, 0.18), (0.9, 1.3)]);
    let (has_bow, head) = (kit.random.chance(0.4), 0.75 + neck);
    posed(kit, |kit| {
        kit.wood();
        let right = [0.0, -0.9, 0.7, -0.85, 1.0, -0.55, 0.93, -0.3, waist, -0.1, waist, 0.15, 0.8, 0.3, 0.82, 0.55];
        let half: Vec<_> = pairs(&[&right[..], &[0.55, 0.78, 0.0, 0.85]].concat());
        let body = mirrored(&half.iter().map(|&(x, y)| [x * wide, y]).collect::<Vec<_>>());
        kit.plate(&body, -deep, deep);
        kit.plate(&body.iter().map(|p| 0.85 * *p).collect::<Vec<_>>(), -deep - 0.03, deep + 0.03);
        kit.block(vec3(0.0, 0.75 + 0.5 * neck, 0.7 * deep), vec3(0.13, neck + 0.1, 0.12));
        kit.block(vec3(0.0, head + 0.15, 0.7 * deep - 0.03), vec3(0.12, 0.4, 0.12));
        roll(kit, vec3(0.0, head + 0.36, 0.7 * deep - 0.06), 0.1, 0.15);
        kit.block(vec3(0.0, -0.15, deep + 0.07), vec3(0.26, 0.05, 0.16));
        kit.dark();
        [0.08, 0.22].into_iter().for_each(|y| roll(kit, vec3(0.0, head + y, 0.7 * deep - 0.03), 0.035, 0.42));
        kit.block(vec3(0.0, 0.45 + 0.5 * neck, deep + 0.06), vec3(0.14, neck + 0.6, 0.08));
        prism(kit, [-0.8, 0.06, deep - 0.02, deep + 0.09], [-0.35, 0.12, deep - 0.02, deep + 0.12]);
        match deep > 0.13 {
            true => upright(kit, -1.3, -0.85, 0.03, 0.05),
            _ => kit.pad(vec3(0.5 * wide, -0.7, deep + 0.03), vec3(0.3, 0.25, 0.1), 0.04),
        }
        kit.white();
        kit.block(vec3(0.0, 0.1, deep + 0.1), vec3(0.1, 1.2, 0.05));
        if has_bow {
            kit.rod(vec3(-0.3, -0.95, deep + 0.14), vec3(0.45, 1.5, deep + 0.14), 0.045, 0.04);
        }
    });
}

fn dice(kit: &mut Kit) {
    let (is_die, count, turn) = (kit.random.chance(0.5), kit.random.pick(&[2, 3, 3, 4]), kit.random.around(0.8));
    let (step, round) = (2.0 / count as f32, kit.random.range(0.05, 0.4));
    if is_die {
        kit.paint(0);
        kit.pad(Vec3::ZERO, Vec3::splat(2.0), round);
        kit.white();
        let dots = [[1.05, 0.0, 0.0], [0.45, 1.05, 0.45], [-0.45, 1.05, -0.45], [0.0, 0.0, 1.05]].map(Vec3::from);
        let sixes = [-0.5, 0.0, 0.5].map(|y| vec3(0.45, y, -1.05));
        kit.carve(|kit| dots.iter().chain(&sixes).for_each(|&p| kit.sided(8, |kit| kit.ball(p, Vec3::splat(0.22)))));
        return;
    }
    kit.dark();
    kit.block(Vec3::ZERO, Vec3::splat(1.9 - 0.3 * step));
    for k in 0..count * count * count {
        let place = |i: usize| step * ((i % count) as f32 + 0.5) - 1.0;
        let (y, spin) = (place(k), if k % count + 1 == count { turn } else { 0.0 });
        kit.paint(k * 7 / 3);
        let center = vec3(place(k / count), y, place(k / count / count));
        kit.turned(Vec3::ZERO, Vec3::Y, spin, |kit| kit.pad(center, Vec3::splat(1.01 * step), 0.12 * step));
    }
}

fn arcade(kit: &mut Kit) {
    let [half, front, low, tall, lean] = sizes(kit, [(0.35, 0.5), (0.3, 0.45), (0.8, 1.05), (1.7, 2.1), (0.1, 0.3)]);
    let [panel, hood, edge] = sizes(kit, [(0.2, 0.4), (0.1, 0.4), (0.05, 0.09)]);
    let (step, rise) = (front + panel, tall - low);
    let line = |d: f32| {
        let base = [-front, 0.0, front, 0.0, front, low - 0.2, step - d, low - 0.08, step - d, low - d];
        let top = [front - d, low + 0.12 - d, front - lean - d, tall - 0.35, front - lean + hood - d, tall - 0.3];
        pairs(&[&base[..], &top, &[front - lean + hood - d, tall - 0.5 * d, -front + 0.15, tall - d]].concat())
    };
    kit.paint(0);
    kit.both(|kit| side_plate(kit, half * Vec3::X, 0.05, &line(0.0)));
    kit.paint(1);
    side_plate(kit, Vec3::ZERO, half, &line(edge));
    kit.dark();
    let screen = vec3(1.6 * half, rise - 0.6, 0.08);
    kit.frustum(vec3(0.0, low + 0.15, front - 0.07), screen, screen, -lean * Vec3::Z);
    kit.both(|kit| {
        post(kit, vec3(0.5 * half, low - 0.15, front + 0.5 * panel), 0.25, 0.03, 0.03);
        kit.ball(vec3(0.5 * half, low + 0.1, front + 0.5 * panel), Vec3::splat(0.06));
        post(kit, vec3(0.2 * half, low - 0.15, front + 0.5 * panel), 0.18, 0.05, 0.05);
    });
    kit.block(vec3(0.0, 0.4 * low, front - edge), vec3(0.8 * half, 0.4 * low, 0.1));
}

fn vending(kit: &mut Kit) {
    let [wide, tall, deep, share] = sizes(kit, [(0.8, 1.2), (1.5, 2.1), (0.6, 0.95), (0.62, 0.75)]);
    let (rows, columns, span) = (kit.random.whole(3, 5), kit.random.whole(3, 4), share * wide);
    kit.paint(0);
    kit.pad(0.5 * tall * Vec3::Y, vec3(wide, tall, deep), 0.03);
    let (low, x) = (kit.random.range(0.3, 0.4) * tall, -0.46 * wide + 0.5 * span);
    let (high, across) = (0.94 * tall - low, span / columns as f32);
    kit.carve(|kit| {
        kit.block(vec3(x, low + 0.5 * high, 0.5 * deep), vec3(span, high, 0.6 * deep));
        kit.block(vec3(x, 0.18 * tall, 0.5 * deep), vec3(0.8 * span, 0.1 * tall, 0.4 * deep));
    });
    for k in 0..rows * columns {
        let y = low + high * (k / columns) as f32 / rows as f32;
        let center = vec3(x + across * ((k % columns) as f32 + 0.5) - 0.5 * span, y, 0.32 * deep);
        kit.metal();
        kit.block(center, vec3(across + 0.04, 0.06, 0.35 * deep));
        kit.paint(k);
        post(kit, center, 0.65 * high / rows as f32, 0.36 * across, 0.32 * across);
    }
    kit.dark();
    kit.block(vec3(0.4 * wide, 0.6 * tall, 0.5 * deep), vec3(0.14 * wide, 0.25 * tall, 0.06));
}

fn carousel(kit: &mut Kit) {
    let (count, sides) = (kit.random.whole(3, 6), kit.sides.max(10));
    let [radius, high, roof, core, waist] = sizes(kit, [(1.0, 1.5), (0.9, 1.4), (0.2, 0.9), (0.15, 0.4), (0.3, 0.8)]);
    kit.paint(0);
    let floor = [1.15, 0.0, 1.15, 0.08, 1.05, 0.08, 1.05, 0.18];
    let hood = [1.12, high - 0.1, 1.18, high + 0.1, waist, high + 0.5 * roof, 0.05, high + roof];
    kit.sided(sides, |kit| {
        [&floor, &hood].into_iter().for_each(|line| lathed(kit, Vec3::ZERO, vec3(radius, 1.0, radius), &pairs(line)));
        kit.paint(1);
        upright(kit, 0.1, high + 0.1, core, core);
    });
    let legs = pairs(&[-0.2, 0.05, -0.29, -0.26, -0.2, -0.26, 0.0, -0.05, 0.2, -0.26, 0.29, -0.26, 0.2, 0.05]);
    let neck = pairs(&[0.05, 0.0, 0.14, 0.3, 0.22, 0.36, 0.44, 0.22, 0.4, 0.12, 0.26, 0.18, 0.2, 0.0]);
    kit.gold();
    kit.ball((high + roof) * Vec3::Y, Vec3::splat(0.1));
    for k in 0..count {
        let (y, angle) = (kit.random.range(0.45, 0.7), TAU * k as f32 / count as f32);
        kit.turned(polar(angle, 0.78 * radius, y), Vec3::Y, angle, |kit| {
            kit.sides = 6;
            kit.gold();
            upright(kit, -y, high + 0.1 - y, 0.03, 0.03);
            kit.paint(k);
            kit.pad(Vec3::ZERO, vec3(0.17, 0.19, 0.42), 0.04);
            kit.both(|kit| side_plate(kit, 0.05 * Vec3::X, 0.03, &legs));
            side_plate(kit, Vec3::ZERO, 0.055, &neck);
        });
    }
}

fn ferris(kit: &mut Kit) {
    let (count, is_round, start) = (kit.random.whole(6, 10), kit.random.chance(0.4), kit.random.unit());
    let [deep, low, spread, thick, cabin] =
        sizes(kit, [(0.15, 0.3), (0.25, 0.5), (0.4, 0.7), (0.025, 0.045), (0.13, 0.2)]);
    kit.at((1.0 + low) * Vec3::Y, |kit| {
        kit.sides = 12;
        kit.paint(0);
        [-deep, deep].into_iter().for_each(|z| kit.ring(z * Vec3::Z, Vec3::Z, 1.0, thick));
        for k in 0..count {
            let angle = start + TAU * k as f32 / count as f32;
            let (rim, z) = (vec3(libm::cosf(angle), libm::sinf(angle), 0.0), deep * Vec3::Z);
            kit.paint(0);
            for (a, b) in [(z, rim + z), (-z, rim - z), (rim - z, rim + z)] {
                kit.sided(4, |kit| kit.rod(a, b, 0.035, 0.035));
            }
            kit.paint(k);
            match is_round {
                true => kit.sided(8, |kit| kit.ball(rim - 0.9 * cabin * Vec3::Y, vec3(cabin, cabin, 0.8 * deep))),
                _ => kit.pad(rim - 0.9 * cabin * Vec3::Y, vec3(1.3 * cabin, 2.0 * cabin, 1.5 * deep), 0.04),
            }
        }
        kit.paint(1);
        kit.four(|kit| kit.rod(vec3(spread, -1.0 - low, 1.3 * deep + 0.1), (deep + 0.1) * Vec3::Z, 0.06, 0.05));
        disc(kit, -(deep + 0.15) * Vec3::Z, 0.1, 2.0 * deep + 0.3);
        kit.block(-(0.98 + low) * Vec3::Y, vec3(2.0 * spread + 0.4, 0.08, 2.6 * deep + 0.6));
    });
}

fn hoop(kit: &mut Kit) {
    let [tall, wide, high, arm, slant] = sizes(kit, [(1.2, 2.6), (0.4, 0.65), (0.5, 0.75), (0.2, 0.6), (0.6, 1.0)]);
    let (radius, low, has_pole) = (kit.random.range(0.2, 0.28), tall - 0.3 * high, kit.random.chance(0.7));
    kit.metal();
    if has_pole {
        kit.rod(-arm * Vec3::Z, vec3(0.0, tall - 0.2, -arm), 0.09, 0.07);
        [-0.15, 0.15]
            .into_iter()
            .for_each(|y| kit.rod(vec3(0.0, tall + y - 0.25, -arm), (tall + y) * Vec3::Y, 0.05, 0.05));
        kit.paint(0);
        kit.pad(vec3(0.0, 0.08, -arm - 0.1), vec3(1.2 * wide, 0.25, 0.6 * high + 0.4), 0.08);
    } else {
        kit.block(vec3(0.0, tall - 0.1, -0.12), vec3(0.5 * wide, 0.9 * high, 0.2));
    }
    kit.either(0.6, Kit::white, |kit| kit.paint(1));
    let shape = [[slant, -0.5], [1.0, 0.0], [slant, 0.5]].map(|[x, y]| [x * wide, y * high + tall]);
    kit.plate(&mirrored(&shape), -0.04, 0.04);
    kit.paint(2);
    kit.block(vec3(0.0, tall - 0.05, 0.04), vec3(0.5 * wide, 0.4 * high, 0.05));
    kit.ring(vec3(0.0, low, radius + 0.1), Vec3::Y, radius, 0.035);
    kit.block(vec3(0.0, low, 0.06), vec3(0.2, 0.08, 0.15));
    kit.white();
    let net = [0.6, -1.5, 1.0, 0.0, 0.8, 0.0, 0.0, -1.2];
    lathed(kit, vec3(0.0, low, radius + 0.1), Vec3::splat(radius), &pairs(&net));
}

fn goal(kit: &mut Kit) {
    let [half, deep, thick, top, high] = sizes(kit, [(0.6, 1.6), (0.4, 0.9), (0.04, 0.06), (0.0, 0.5), (0.7, 1.1)]);
    let (bars, red) = (kit.random.whole(2, 4), kit.random.pick(&[0.0, 0.8]));
    kit.hsv(0.0, red, 0.85);
    kit.sides = kit.sides.min(8);
    let (low, up) = (vec3(0.0, 0.0, -deep), vec3(0.0, high, -top * deep));
    kit.both(|kit| {
        pipe(kit, thick, &[0.0, high, 0.0, half, high, 0.0, half, 0.0, 0.0, half, 0.0, -deep, half, high, up.z]);
    });
    kit.white();
    kit.sides = 4;
    [low, up].into_iter().for_each(|p| roll(kit, p, 0.8 * thick, 2.0 * half));
    for x in (0..=2 * bars).map(|k| half * (k as f32 / bars as f32 - 1.0)) {
        let [foot, back, bar] = [low, up, high * Vec3::Y].map(|p| p + x * Vec3::X);
        kit.rod(foot, back, 0.025, 0.025);
        kit.rod(back, bar, 0.025, 0.025);
    }
    (1..bars).for_each(|k| roll(kit, low.lerp(up, k as f32 / bars as f32), 0.026, 2.0 * half));
}

fn balloons(kit: &mut Kit) {
    let count = kit.random.whole(1, 7);
    let [size, long, spread, fat] = sizes(kit, [(0.35, 0.55), (1.0, 2.0), (0.15, 0.35), (0.8, 1.0)]);
    let line = [0.2, -0.06, 0.08, 0.02, 0.45, 0.5, 0.85, 1.1, 1.0, 1.6, 0.85, 2.1, 0.5, 2.4, 0.0, 2.5];
    kit.sides = kit.sides.clamp(8, 12);
    for k in 0..count {
        let (out, high) = (spread * (k as f32).sqrt(), long + kit.random.around(0.3));
        let (top, axis) = (polar(2.4 * k as f32, out, high - 0.5 * out), polar(2.4 * k as f32 + FRAC_PI_2, 1.0, 0.0));
        kit.paint(k);
        kit.rod(Vec3::ZERO, top, 0.035, 0.035);
        kit.turned(top, axis, out / long, |kit| {
            lathed(kit, Vec3::ZERO, vec3(fat * size, size, fat * size), &pairs(&line))
        });
    }
    kit.either(0.5, |kit| round_slab(kit, -0.1 * Vec3::Y, 0.3, 0.15), |kit| upright(kit, -0.6, 0.03, 0.03, 0.04));
}

fn gift(kit: &mut Kit) {
    let (count, turn, loops) = (kit.random.pick(&[1, 1, 2, 3]), kit.random.around(0.5), kit.random.whole(1, 3));
    let [deep, step, bow, rise] = sizes(kit, [(0.6, 1.1), (0.55, 0.85), (0.15, 0.28), (0.2, 0.9)]);
    let (mut y, mut wide) = (0.0, 1.0 / step);
    for k in 0..count {
        wide *= step;
        let [tall, band] = sizes(kit, [(0.3, 1.1), (0.12, 0.2)]).map(|s| s * wide);
        let (lid, size) = (kit.random.pick(&[0.95, 1.07]), vec3(wide, tall, deep * wide));
        kit.turned(y * Vec3::Y, Vec3::Y, turn * k as f32, |kit| {
            kit.paint(k);
            kit.block(0.5 * tall * Vec3::Y, size);
            kit.block(0.88 * tall * Vec3::Y, vec3(lid * wide, 0.23 * tall, lid * size.z));
            kit.paint(k + 1);
            kit.block(0.51 * tall * Vec3::Y, vec3(band, 1.05 * tall, 1.1 * size.z));
            kit.block(0.505 * tall * Vec3::Y, vec3(1.1 * wide, 1.03 * tall, band));
        });
        y += tall;
    }
    let loop_of = |kit: &mut Kit| kit.ring(Vec3::X, Vec3::Z, 1.0, 0.25);
    kit.at((y + 0.05) * Vec3::Y, |kit| {
        kit.ball(Vec3::ZERO, Vec3::splat(0.13 * wide));
        for k in 0..loops {
            kit.turned(Vec3::ZERO, Vec3::Y, PI * k as f32 / loops as f32, |kit| {
                let ears = |kit: &mut Kit| kit.scaled(Vec3::ZERO, vec3(bow, 0.7 * bow, 1.3 * bow) * wide, loop_of);
                kit.both(|kit| kit.turned(Vec3::ZERO, Vec3::Z, rise, ears));
            });
        }
    });
}

fn rings(kit: &mut Kit) {
    let ([wide, slim, thick], style) = (sizes(kit, [(0.5, 0.8), (0.35, 0.9), (0.1, 0.15)]), kit.random.whole(0, 2));
    let count = kit.random.whole(3, 7);
    kit.wood();
    round_slab(kit, -0.12 * Vec3::Y, 1.25 * wide, 0.2);
    for k in 0..count {
        let (y, radius) = (1.9 * thick * k as f32 + 0.05, wide * (1.0 - (1.0 - slim) * k as f32 / count as f32));
        kit.hsv(0.14 * k as f32, 0.75, 0.85);
        match style {
            0 => kit.ring((y + thick) * Vec3::Y, Vec3::Y, radius - 0.5 * thick, thick),
            1 => round_slab(kit, y * Vec3::Y, radius, 2.0 * thick),
            _ => kit.block((y + thick) * Vec3::Y, vec3(1.8 * radius, 1.95 * thick, 1.8 * radius)),
        }
        upright(kit, y - 0.05, y + 2.0 * thick, radius - 0.8 * thick, radius - 0.8 * thick);
    }
    let end = 1.9 * thick * count as f32 + 0.2;
    kit.paint(0);
    upright(kit, 0.0, end, 0.1, 0.08);
    kit.ball(end * Vec3::Y, Vec3::splat(0.2 * wide + 0.05));
}
