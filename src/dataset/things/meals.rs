//! Food that is served.

use std::f32::consts::{FRAC_PI_2, PI};

use glam::{Vec3, vec2, vec3};

use super::Kind;
use super::kit::Kit;
use super::kitchen::{bowl, pan};
use super::parts::{bent, dome, hue, polar, round_outline, round_slab, sheet, sizes, snake, upright};
use super::tableware::{dish, morsel};

pub const KINDS: &[Kind] =
    &[("sandwich", sandwich), ("sushi", sushi), ("bowl of food", food_bowl), ("meal", meal), ("pancakes", pancakes)];

/// A filled shell, open at its top.
fn taco(kit: &mut Kit, size: f32, lift: f32) {
    kit.hsv(0.11, 0.6, 0.85);
    let shell: Vec<_> =
        (0..=12).map(|k| size * polar(PI * k as f32 / 12.0, 1.0, 0.0)).map(|p| vec2(p.x, -p.z)).collect();
    for side in [-1.0, 1.0] {
        kit.turned(Vec3::ZERO, Vec3::X, side * lift, |kit| kit.plate(&shell, -0.04, 0.04));
    }
    kit.hsv(0.04, 0.6, 0.4);
    kit.ball(0.52 * size * Vec3::Y, size * vec3(0.72, 0.32, 0.42 * lift));
    for k in 0..7 {
        let x = (k as f32 - 3.0) * 0.24;
        morsel(kit, size * vec3(x, 0.85 - 0.75 * x * x, 0.0), size * lift * 0.45);
    }
}

fn sandwich(kit: &mut Kit) {
    let [thick, fill, size, turn, lift] = sizes(kit, [(0.1, 0.2), (0.05, 0.2), (0.5, 0.8), (-PI, PI), (0.25, 0.5)]);
    let (style, layers) = (kit.random.whole(0, 3), kit.random.whole(1, 4));
    let lay = if lift < 0.37 { 0.2 } else { FRAC_PI_2 };
    kit.turned(Vec3::ZERO, Vec3::Y, turn, |kit| match style {
        0 | 1 => {
            let stand = kit.random.pick(&[0.0, FRAC_PI_2, 1.2]) * (1 - style) as f32;
            kit.turned(Vec3::ZERO, Vec3::X, -stand, |kit| {
                for k in 0..=2 * layers {
                    let is_bread = k % 2 == 0;
                    kit.hsv(if is_bread { 0.09 } else { [0.0, 0.05, 0.13, 0.3][k / 2 % 4] }, 0.6, 0.8);
                    let (over, y) = (kit.random.range(0.9, 1.08), k as f32 / 2.0 * (thick + fill));
                    let high = if is_bread { thick } else { fill + 0.06 };
                    let [a, b, c, d] =
                        [vec2(-1.0, -1.0), vec2(1.0, -1.0), vec2(1.0, 1.0), vec2(-1.0, 1.0)].map(|p| over * size * p);
                    let outline = if style == 0 { vec![a, b, d] } else { vec![a, b, c, d] };
                    sheet(kit, &outline, y - 0.03, y + high);
                }
            });
        }
        2 => {
            taco(kit, size, lift);
        }
        _ => kit.turned(Vec3::ZERO, Vec3::Z, lay, |kit| {
            kit.hsv(0.1, 0.35, 0.9);
            let (radius, long) = (size * (0.25 + lift), 1.1 + fill);
            kit.scaled(Vec3::ZERO, vec3(1.0, 1.0, 0.8), |kit| {
                kit.rod(-long * Vec3::Y, 0.8 * long * Vec3::Y, 0.75 * radius, radius)
            });
            kit.ball(-long * Vec3::Y, radius * vec3(0.75, 0.3, 0.6));
            for k in 0..5 {
                morsel(kit, polar(1.26 * k as f32, 0.5 * radius, 0.8 * long), 0.4 * radius);
            }
            kit.paint(1);
            if layers > 1 {
                kit.scaled(Vec3::ZERO, vec3(1.0, 1.0, 0.8), |kit| {
                    kit.rod(-1.1 * long * Vec3::Y, -0.1 * Vec3::Y, 0.8 * radius, radius)
                });
            }
        }),
    });
}

/// A piece of sushi on its foot, about one long.
fn roll(kit: &mut Kit, style: usize) {
    kit.white();
    match style {
        0 => {
            kit.ball(0.25 * Vec3::Y, vec3(0.5, 0.3, 0.28));
            hue(kit, &[0.02, 0.05, 0.0, 0.13]);
            let (thick, droop) = (kit.random.range(0.08, 0.14), kit.random.range(0.1, 0.3));
            let path = [-1.0, -0.5, 0.0, 0.5, 1.0].map(|t: f32| (vec3(0.62 * t, 0.55 - droop * t * t, 0.0), thick));
            kit.scaled(Vec3::ZERO, vec3(1.0, 1.0, 2.4), |kit| snake(kit, &path, Vec3::Y));
            kit.dark();
            if thick > 0.11 {
                kit.block(0.35 * Vec3::Y, vec3(0.16, 0.66, 0.66));
            }
        }
        1 | 2 => {
            let tall = kit.random.range(0.4, 0.8);
            upright(kit, 0.03, tall, 0.4, 0.4);
            kit.dark();
            kit.either(0.6, |kit| upright(kit, 0.0, tall - 0.04, 0.44, 0.44), |kit| upright(kit, 0.0, 0.1, 0.41, 0.41));
            for k in 0..3 {
                hue(kit, &[0.02, 0.3, 0.13, 0.05]);
                kit.ball(polar(2.1 * k as f32, 0.15, tall), vec3(0.14, 0.1, 0.14));
            }
        }
        _ => {
            let [thick, fat] = sizes(kit, [(0.2, 0.32), (0.15, 0.35)]);
            let corners = round_outline(3, |_| 0.45);
            let points = corners.iter().flat_map(|p| [-1.0, 1.0].map(|z| vec3(-p.y, p.x + 0.35, z * thick)));
            let soft = points.flat_map(|p| {
                [-1.0, 1.0]
                    .map(|s| p + fat * vec3(s * 0.5, 0.0, 0.0))
                    .into_iter()
                    .chain([p * vec3(1.0, 1.0, 0.6) + 0.4 * fat * (p.y - 0.35).signum() * Vec3::Y])
            });
            kit.hull(&soft.collect::<Vec<_>>());
            kit.dark();
            kit.block(vec3(0.0, 0.2, 0.0), vec3(0.5, 0.6, 2.0 * thick + 0.08));
        }
    }
}

fn sushi(kit: &mut Kit) {
    let (style, count, rows) = (kit.random.whole(0, 3), kit.random.pick(&[1, 1, 2, 3, 4]), kit.random.whole(1, 2));
    let (turn, mixed, rest) = (kit.random.around(PI), kit.random.chance(0.4), kit.random.whole(0, 2));
    let step = if style == 0 || mixed { [0.75, 1.4] } else { [0.95, 0.95] };
    let (wide, deep) = (step[0] * count as f32 + 0.3, step[1] * rows as f32 + 0.2);
    kit.turned(Vec3::ZERO, Vec3::Y, turn, |kit| {
        if count == 1 {
            return roll(kit, style);
        }
        kit.either(0.6, Kit::wood, Kit::dark);
        if rest == 0 {
            dish(kit, -0.3 * Vec3::Y, 0.75 * wide.max(deep), 0.35);
        } else {
            kit.block(-0.05 * Vec3::Y, vec3(wide, 0.15, deep));
        }
        if rest == 1 {
            kit.both(|kit| kit.block(vec3(0.3 * wide, -0.2, 0.0), vec3(0.15, 0.3, 0.95 * deep)));
        }
        for k in 0..count * rows {
            let (x, z) = ((k % count) as f32 + 0.5 - 0.5 * count as f32, (k / count) as f32 + 0.5 - 0.5 * rows as f32);
            let (style, foot) =
                (if mixed { kit.random.whole(0, 2) } else { style }, vec3(x * step[0], -0.04, z * step[1]));
            let lean = kit.random.around(0.2) + if style == 3 { 0.0 } else { FRAC_PI_2 };
            kit.turned(foot - if rest == 0 { 0.13 * Vec3::Y } else { Vec3::ZERO }, Vec3::Y, lean, |kit| {
                roll(kit, style)
            });
        }
    });
}

/// Chopsticks, a spoon or a fork, its end at the origin, its handle rising along +x.
fn cutlery(kit: &mut Kit, long: f32, rise: f32) {
    let style = kit.random.whole(0, 2);
    let thick = 0.035 * long.max(0.8);
    let end = vec3(long, rise, 0.0);
    kit.either(0.5, Kit::wood, Kit::metal);
    kit.rod(Vec3::ZERO, end, thick, 1.3 * thick);
    match style {
        0 => kit.rod(vec3(0.0, 0.0, 0.06), end + 0.2 * Vec3::Z, thick, 1.3 * thick),
        1 => kit.ball(Vec3::ZERO, vec3(0.16, 0.06, 0.11) * long),
        _ => (0..3).for_each(|k| kit.rod(0.1 * end, vec3(-0.15, 0.0, (k as f32 - 1.0) * 0.08), thick, thick)),
    }
}

fn food_bowl(kit: &mut Kit) {
    let [low, tall, belly, full, turn, rise] =
        sizes(kit, [(0.35, 0.7), (0.4, 0.9), (0.5, 0.95), (0.75, 0.97), (-PI, PI), (0.1, 1.0)]);
    let (style, count, sticks) = (kit.random.whole(0, 3), kit.random.whole(0, 8), kit.random.chance(0.65));
    kit.sides = kit.sides.max(10);
    kit.paint(0);
    bowl(kit, Vec3::ZERO, [low, 1.0, tall], belly);
    upright(kit, -0.08, 0.1, 0.6 * low, 0.7 * low);
    let (middle, y) = (low + (1.0 - low) * belly, full * tall);
    let radius = middle + (1.0 - middle) * (full - 0.45) / 0.55 - 0.03;
    hue(kit, &[0.03, 0.08, 0.12, 0.3]);
    upright(kit, 0.1 * tall, y, 0.8 * low, radius);
    if style > 1 {
        kit.white();
        dome(kit, (y - 0.05) * Vec3::Y, 0.97 * radius, 0.5 * rise + 0.1);
    }
    let top = |r: f32| y + if style > 1 { (0.5 * rise + 0.05) * (1.0 - r * r) } else { 0.02 };
    for k in 0..count {
        let r = kit.random.range(0.1, 0.75);
        let place = polar(2.4 * k as f32, r * radius, top(r));
        if style == 1 {
            kit.hsv(0.12, 0.5, 0.9);
            kit.ring(place + 0.02 * Vec3::Y, vec3(0.2 * r, 1.0, 0.0), 0.25, 0.06);
        } else {
            morsel(kit, place, 0.2);
        }
    }
    kit.turned(vec3(0.0, y - 0.05, 0.0), Vec3::Y, turn, |kit| {
        if sticks {
            kit.turned(vec3(0.1, 0.0, 0.2), Vec3::Z, 0.1, |kit| cutlery(kit, 1.5, (tall - y) + 0.35 + 0.6 * rise));
        }
    });
}

/// A steak, eggs, a fowl or a fish.
fn main_dish(kit: &mut Kit, style: usize, size: f32) {
    match style {
        0 => {
            kit.hsv(0.04, 0.6, 0.35);
            let steak =
                round_outline(14, |a| size * (1.3 + 0.3 * libm::cosf(2.0 * a + 1.0) + 0.1 * libm::sinf(3.0 * a)));
            kit.at(-0.2 * Vec3::Z, |kit| sheet(kit, &steak, -0.03, 0.5 * size));
        }
        1 | 4 => {
            for k in 0..2 {
                kit.white();
                let spot = vec3(0.55 * k as f32 - 0.3, 0.0, 0.2 - 0.4 * k as f32);
                let egg = round_outline(14, |a| size * (1.1 + 0.15 * libm::cosf(3.0 * a + size * 20.0)));
                kit.at(spot, |kit| sheet(kit, &egg, -0.04, 0.09));
                kit.hsv(0.12, 0.8, 0.95);
                dome(kit, spot + 0.08 * Vec3::Y, 0.45 * size, 0.3 * size);
            }
        }
        2 => {
            kit.hsv(0.06, 0.7, 0.55);
            kit.ball(vec3(-0.1, 0.2, -0.1), vec3(0.55, 0.35, 0.4));
            kit.both(|kit| {
                bent(kit, [vec3(0.2, 0.25, 0.1), vec3(0.4, 0.3, -0.1), vec3(0.55, 0.35, 0.2)], [0.18, 0.14, 0.06])
            });
        }
        _ => {
            kit.hsv(0.03, 0.5, 0.8);
            let body = [(-0.75, 0.02), (-0.6, 0.14), (-0.2, 0.2), (0.3, 0.13), (0.5, 0.06), (0.75, 0.2)]
                .map(|(x, r)| (vec3(x, 0.18, 0.0), r));
            kit.scaled(Vec3::ZERO, vec3(1.0, 0.8, 1.2), |kit| snake(kit, &body, Vec3::Y));
        }
    }
}

fn meal(kit: &mut Kit) {
    let [rise, deep, size, turn] = sizes(kit, [(0.12, 0.3), (0.6, 1.1), (0.3, 0.42), (-PI, PI)]);
    let (style, sides, count) = (kit.random.whole(0, 4), kit.random.whole(0, 2), kit.random.whole(4, 9));
    kit.sides = kit.sides.max(10);
    kit.white();
    if style == 4 {
        pan(kit, Vec3::ZERO, 1.0, 1.2 * rise)
    } else {
        kit.scaled(Vec3::ZERO, vec3(1.0, 1.0, deep.max(0.8)), |kit| dish(kit, Vec3::ZERO, 1.0, rise))
    }
    kit.turned(0.45 * rise * Vec3::Y, Vec3::Y, turn, |kit| {
        main_dish(kit, style, size);
        for k in 0..count {
            let place = polar(0.5 * k as f32 + PI, 0.55, 0.08 + 0.05 * (k % 2) as f32);
            if sides == 0 {
                kit.hsv(0.12, 0.6, 0.9);
                let tip = polar(2.4 * k as f32, 0.28, 0.06);
                kit.sided(4, |kit| kit.rod(place - tip, place + tip, 0.06, 0.06));
            } else {
                morsel(kit, place, 0.5 * size);
            }
        }
    });
}

fn pancakes(kit: &mut Kit) {
    let (count, thick, size) = (kit.random.whole(2, 8), kit.random.range(0.1, 0.25), kit.random.range(0.6, 0.8));
    let (plate, topping) = (kit.random.chance(0.7), kit.random.whole(0, 3));
    kit.sides = kit.sides.max(10);
    kit.white();
    if plate {
        dish(kit, -0.15 * Vec3::Y, 1.1, 0.2)
    }
    for k in 0..count {
        kit.hsv(0.09, 0.6, 0.75);
        let (x, z, radius) = (kit.random.around(0.08), kit.random.around(0.08), size * kit.random.range(0.9, 1.05));
        round_slab(kit, vec3(x, k as f32 * thick - 0.08, z), radius, thick + 0.03);
    }
    let top = count as f32 * thick - 0.06;
    kit.hsv(0.13, 0.6, 0.95);
    if topping > 0 {
        kit.pad(top * Vec3::Y, vec3(0.25, 0.2, 0.25), 0.03)
    }
    kit.hsv(0.06, 0.8, 0.45);
    for k in 0..topping {
        let angle = 2.0 * k as f32 + size * 9.0;
        bent(
            kit,
            [vec3(0.0, top, 0.0), polar(angle, 0.97 * size, top), polar(angle, size, top - 0.3 - 0.2 * thick)],
            [0.1, 0.1, 0.07],
        );
        hue(kit, &[0.0, 0.65]);
        kit.ball(polar(angle + 1.0, 0.3, top + 0.06), Vec3::splat(0.1));
    }
}
