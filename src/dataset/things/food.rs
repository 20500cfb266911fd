//! Food.

use std::f32::consts::{FRAC_PI_2, PI, TAU};

use glam::{Vec3, vec2, vec3};

use super::Kind;
use super::kit::Kit;
use super::parts::{dome, hue, leaf, polar, round_slab, snake};

pub const KINDS: &[Kind] = &[
    ("burger", burger),
    ("hot_dog", hot_dog),
    ("pizza", pizza),
    ("cake", cake),
    ("cupcake", cupcake),
    ("donut", donut),
    ("ice_cream", ice_cream),
    ("produce", produce),
    ("fruit", fruit),
    ("pumpkin", pumpkin),
    ("meat", meat),
];

/// A round piece between two angles, its tip at the axis.
fn sector(kit: &mut Kit, radius: f32, [from, to]: [f32; 2], low: f32, high: f32) {
    let steps = (kit.sides as f32 * (to - from) / TAU) as usize + 3;
    let rim = |y: f32| {
        let arc = (0..=steps).map(|k| polar(from + (to - from) * k as f32 / steps as f32, radius, y));
        std::iter::once(y * Vec3::Y).chain(arc).collect()
    };
    kit.loft(&[rim(low), rim(high)]);
}

/// Parts made inside lie flat, lean back or stand up to the viewer.
fn laid<'r>(kit: &mut Kit<'r>, parts: impl FnOnce(&mut Kit<'r>)) {
    let tilt = kit.random.weighted(&[6.0, 2.0, 2.0]);
    let angle = [0.0, kit.random.range(0.2, 1.0), FRAC_PI_2][tilt];
    kit.turned(Vec3::ZERO, Vec3::X, angle, parts);
}

fn burger(kit: &mut Kit) {
    let (is_square, fillings) = (kit.random.chance(0.25), kit.random.whole(1, 6));
    let (crust, bottom, top) = (kit.random.range(0.4, 0.9), kit.random.range(0.15, 0.4), kit.random.range(0.3, 0.8));
    let layer = |kit: &mut Kit, y: f32, radius: f32, height: f32| {
        if is_square {
            kit.pad(vec3(0.0, y + 0.5 * height, 0.0), vec3(2.0 * radius, height, 1.9 * radius), 0.3 * height);
        } else {
            round_slab(kit, y * Vec3::Y, radius, height);
        }
    };
    kit.hsv(0.09, 0.55, crust);
    layer(kit, 0.0, 0.98, bottom);
    let mut y = bottom;
    for k in 0..fillings {
        let filling = if k == 0 { 0 } else { kit.random.whole(0, 3) };
        kit.hsv([0.05, 0.28, 0.0, 0.12][filling], 0.7, [0.35, 0.7, 0.8, 0.95][filling]);
        let (height, radius) = ([kit.random.range(0.15, 0.4), 0.1, 0.13, 0.08][filling], kit.random.range(0.92, 1.1));
        match filling {
            1 => (0..7).for_each(|k| {
                let (radius, lift) = (kit.random.range(0.35, 0.5), kit.random.around(0.03));
                round_slab(kit, polar(TAU * k as f32 / 7.0, 0.65, y - 0.04 + lift), radius, height + 0.06);
            }),
            3 => kit.turned((y + 0.03) * Vec3::Y, Vec3::Y, radius * 5.0, |kit| {
                kit.block(Vec3::ZERO, vec3(1.65, height + 0.05, 1.65));
            }),
            _ => layer(kit, y - 0.03, radius, height + 0.06),
        }
        y += height;
    }
    kit.hsv(0.09, 0.55, crust);
    if is_square {
        layer(kit, y - 0.03, 1.0, 0.5 * top)
    } else {
        dome(kit, (y - 0.03) * Vec3::Y, 1.02, top)
    }
    let seeds = if is_square { 0 } else { kit.random.pick(&[0, 0, 12]) };
    kit.hsv(0.12, 0.3, 0.95);
    for k in 0..seeds {
        let out = 0.08 + 0.055 * k as f32;
        kit.ball(polar(2.4 * k as f32, out, y - 0.06 + top * (1.0 - out * out).sqrt()), vec3(0.06, 0.05, 0.06));
    }
}

fn hot_dog(kit: &mut Kit) {
    let (thick, long, bend) = (kit.random.range(0.2, 0.36), kit.random.range(0.9, 1.5), kit.random.around(0.15));
    let (open, over) = (kit.random.range(0.6, 1.3), kit.random.range(0.85, 1.25));
    let lift = thick * kit.random.range(0.4, 0.9);
    let at = |t: f32, y: f32| vec3(t * long, y + bend * t * t, 0.0);
    kit.sides = kit.sides.min(10);
    kit.hsv(0.09, 0.55, 0.8);
    for side in [-1.0, 1.0] {
        kit.turned(vec3(0.0, 0.0, side * 0.9 * thick), Vec3::X, side * 0.4 * open, |kit| {
            kit.ball(Vec3::ZERO, vec3(long, 1.2 * thick, thick));
        });
    }
    kit.ball(vec3(0.0, -0.5 * thick, 0.0), vec3(0.9 * long, 0.7 * thick, thick));
    kit.hsv(0.02, 0.7, 0.6);
    let sausage = [-1.0, -0.96, -0.85, -0.5, 0.0, 0.5, 0.85, 0.96, 1.0].map(|t: f32| {
        (vec3(0.0, at(over * t, lift).y, over * t * long), 0.72 * thick * (1.05 - t * t * t * t * t * t).max(0.2))
    });
    kit.turned(Vec3::ZERO, Vec3::Y, FRAC_PI_2, |kit| snake(kit, &sausage, Vec3::X));
    if kit.random.chance(0.7) {
        kit.sides = 6;
        kit.hsv(0.13, 0.85, 0.95);
        let spot =
            |k: usize| at(0.17 * (k as f32 - 5.0), lift + 0.68 * thick) + ((k % 2) as f32 - 0.5) * thick * Vec3::Z;
        let path: Vec<(Vec3, f32)> = (0..11).map(|k| (spot(k), 0.14 * thick)).collect();
        kit.tube(&path);
    }
}

fn pizza(kit: &mut Kit) {
    let half = [kit.random.range(2.6, 3.0), PI, kit.random.range(0.25, 0.55)][kit.random.weighted(&[1.0, 1.0, 2.0])];
    let is_cheese = half < 1.0 && kit.random.chance(0.35);
    let span = [-FRAC_PI_2 - half, -FRAC_PI_2 + half];
    let thick = if is_cheese { kit.random.range(0.25, 0.8) } else { kit.random.range(0.04, 0.12) };
    let (count, minor) = (if half > 1.0 { 14 } else { 5 }, thick * kit.random.range(0.7, 1.3));
    laid(kit, |kit| {
        kit.sides = kit.sides.max(12);
        kit.hsv(0.12, 0.6, 0.9);
        if half < PI {
            sector(kit, 1.0, span, 0.0, thick)
        } else {
            round_slab(kit, Vec3::ZERO, 1.05, thick)
        }
        if is_cheese {
            return kit.carve(|kit| {
                for k in 0..kit.random.whole(0, 9) {
                    let (out, y) = (kit.random.range(0.4, 0.95), thick * kit.random.range(0.15, 1.0));
                    let size = kit.random.range(0.04, 0.1);
                    kit.ball(polar(span[k % 2], out, y), Vec3::splat(size));
                }
            });
        }
        for k in 0..count {
            let angle = -FRAC_PI_2 + 0.8 * half * (2.0 * (k as f32 + 0.5) / count as f32 - 1.0);
            let (out, size) = ([0.75, 0.45, 0.6][k % 3], kit.random.range(0.08, 0.13));
            let place = polar(angle, out, 0.8 * thick);
            hue(kit, &[0.0, 0.02, 0.3]);
            match kit.random.whole(0, 2) {
                0 => round_slab(kit, place, size, 0.2 * thick + 0.035),
                1 => kit.ring(place + 0.2 * thick * Vec3::Y, Vec3::Y, 0.6 * size, 0.03),
                _ => kit.ball(place, vec3(size, 0.2 * thick + 0.04, 0.6 * size)),
            }
        }
        kit.hsv(0.08, 0.6, 0.7);
        kit.arc(vec3(0.0, 0.6 * thick, 0.0), Vec3::Y, 1.0, minor, span[0], span[1]);
    });
}

fn cake(kit: &mut Kit) {
    let half = if kit.random.chance(0.5) { PI } else { kit.random.pick(&[0.3, 0.4, 0.5, 2.4, 2.7]) };
    let (mut radius, tiers) = (kit.random.range(0.85, 1.1), if half < PI { 1 } else { kit.random.whole(1, 4) });
    let mut y = 0.0;
    if half > 1.0 {
        let rim = radius * kit.random.range(1.05, 1.4);
        round_slab(kit, -0.08 * Vec3::Y, rim, 0.1);
    }
    for tier in 0..tiers {
        let layers = kit.random.whole(2, 5);
        let height = kit.random.range(0.35, 0.95) / layers as f32;
        for k in 0..layers {
            kit.paint(if k + 1 == layers { tier } else { k % 2 });
            let rim = if k % 2 == 0 { radius } else { 0.96 * radius };
            if half < PI {
                sector(kit, rim, [-FRAC_PI_2 - half, -FRAC_PI_2 + half], y - 0.02, y + height);
            } else {
                round_slab(kit, (y - 0.02) * Vec3::Y, rim, height + 0.02);
            }
            y += height;
        }
        radius *= kit.random.range(0.6, 0.8);
    }
    let (count, tall) = (kit.random.whole(1, 9), kit.random.range(0.0, 0.4));
    kit.paint(3);
    for k in 0..count {
        let angle = -FRAC_PI_2 + half * (2.0 * (k as f32 + 0.5) / count as f32 - 1.0);
        let foot = polar(angle, 0.95 * radius, y - 0.03);
        if tall > 0.2 { kit.rod(foot, foot + tall * Vec3::Y, 0.04, 0.035) } else { kit.ball(foot, Vec3::splat(0.1)) }
    }
}

fn cupcake(kit: &mut Kit) {
    let (height, foot, rim) = (kit.random.range(0.5, 1.0), kit.random.range(0.4, 0.6), kit.random.range(0.65, 0.8));
    let (top, turns, cherry) = (kit.random.range(0.3, 0.9), kit.random.whole(1, 4), kit.random.range(0.1, 0.2));
    kit.paint(0);
    kit.lathe(Vec3::ZERO, &[vec2(foot, 0.0), vec2(rim, height)]);
    kit.around(10, |kit| kit.rod(vec3(foot, 0.03, 0.0), vec3(rim, height - 0.03, 0.0), 0.05, 0.06));
    kit.paint(1);
    for k in 0..turns {
        let t = k as f32 / turns as f32;
        let low = vec3(0.0, height - 0.04 + t * top, 0.0);
        if turns == 1 {
            dome(kit, low, 1.15 * rim, top)
        } else {
            round_slab(kit, low, rim * (1.15 - 0.8 * t), 1.3 * top / turns as f32)
        }
    }
    kit.hsv(0.97, 0.8, 0.75);
    kit.ball(vec3(0.0, height + top, 0.0), Vec3::splat(cherry));
}

fn donut(kit: &mut Kit) {
    let (minor, flat) = (kit.random.range(0.22, 0.48), kit.random.range(0.7, 1.1));
    let (count, sprinkles) = (kit.random.weighted(&[5.0, 1.0, 1.0]) + 1, kit.random.pick(&[0, 0, 12, 18]));
    kit.sides = kit.sides.max(10);
    laid(kit, |kit| {
        for k in 0..count {
            kit.scaled(vec3(0.06, 1.75 * minor * flat, 0.0) * k as f32, vec3(1.0, flat, 1.0), |kit| {
                kit.hsv(0.09, 0.6, 0.75);
                kit.ring(Vec3::ZERO, Vec3::Y, 1.0 - minor, minor);
                kit.paint(k);
                kit.ring(0.14 * minor * Vec3::Y, Vec3::Y, 1.0 - minor, 0.96 * minor);
                for s in 0..if k + 1 == count { sprinkles } else { 0 } {
                    kit.paint(s + 1);
                    let at = polar(2.4 * s as f32, 1.0 - minor + kit.random.around(0.3 * minor), 1.04 * minor);
                    let way = polar(5.0 * s as f32, 0.06, 0.0);
                    kit.rod(at - way, at + way, 0.04, 0.04);
                }
            });
        }
        if kit.random.chance(0.25) {
            kit.carve(|kit| kit.ball(vec3(0.8, 0.0, 0.6), Vec3::splat(0.42)));
        }
    });
}

fn ice_cream(kit: &mut Kit) {
    let (tall, wide, scoops) = (kit.random.range(0.9, 1.9), kit.random.range(0.35, 0.55), kit.random.whole(1, 3));
    match kit.random.whole(0, 2) {
        0 => {
            let (deep, stick) = (wide * kit.random.range(0.4, 0.8), kit.random.range(0.3, 0.7));
            kit.paint(0);
            kit.pad(vec3(0.0, 0.5 * tall, 0.0), vec3(1.6 * wide, tall, deep), 0.2);
            kit.scaled(vec3(0.0, 0.9 * tall, 0.0), vec3(0.8 * wide, 0.6 * wide, 0.48 * deep), |kit| {
                kit.ball(Vec3::ZERO, Vec3::ONE)
            });
            kit.wood();
            return kit.pad(vec3(0.0, 0.1 - 0.5 * stick, 0.0), vec3(0.22, stick + 0.2, 0.1), 0.04);
        }
        1 => {
            kit.hsv(0.09, 0.6, 0.8);
            let foot = kit.random.range(0.02, 0.2);
            kit.lathe(-tall * Vec3::Y, &[vec2(foot, 0.0), vec2(wide, tall), vec2(wide + 0.05, tall + 0.1)]);
        }
        _ => {
            kit.paint(1);
            let stem = kit.random.range(0.0, 0.5);
            kit.lathe(
                vec3(0.0, -0.6 - stem, 0.0),
                &[(0.4, 0.0), (0.15, 0.1), (0.15, 0.1 + stem), (wide + 0.05, 0.65 + stem)].map(|(r, y)| vec2(r, y)),
            );
        }
    }
    let is_swirl = kit.random.chance(0.35);
    for k in 0..scoops {
        let (r, shift) = (wide * if is_swirl { 1.15 - 0.25 * k as f32 } else { 1.05 }, kit.random.around(0.08));
        kit.paint(if is_swirl { 2 } else { k });
        let y = if is_swirl { 0.15 + wide * 0.75 * k as f32 } else { (0.4 + 1.2 * k as f32) * wide };
        kit.ball(vec3(shift, y, 0.5 * shift), vec3(r, if is_swirl { 0.7 * wide } else { r }, r));
    }
    kit.paint(3);
    kit.ball(vec3(0.0, 1.15 * wide * scoops as f32, 0.0), Vec3::splat(0.14));
    if kit.random.chance(0.4) {
        kit.rod(vec3(0.1, 0.2, 0.0), vec3(0.35, wide * (1.3 * scoops as f32 + 0.6), -0.2), 0.06, 0.06);
    }
}

/// What grows round about an axis: radii at heights 0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97 and 1; hue, height, leaves' length.
const PRODUCE: [([f32; 8], [f32; 3]); 10] = [
    ([0.1, 0.3, 0.47, 0.52, 0.5, 0.36, 0.2, 0.05], [0.0, 0.95, 0.25]),
    ([0.1, 0.36, 0.5, 0.45, 0.28, 0.2, 0.12, 0.04], [0.18, 1.3, 0.2]),
    ([0.1, 0.3, 0.46, 0.5, 0.46, 0.3, 0.15, 0.05], [0.08, 1.0, 0.15]),
    ([0.03, 0.14, 0.3, 0.42, 0.48, 0.38, 0.2, 0.1], [0.98, 1.1, 0.3]),
    ([0.02, 0.05, 0.1, 0.14, 0.18, 0.2, 0.16, 0.08], [0.07, 1.7, 0.7]),
    ([0.12, 0.3, 0.38, 0.34, 0.25, 0.19, 0.14, 0.06], [0.78, 1.8, 0.2]),
    ([0.02, 0.1, 0.36, 0.48, 0.44, 0.2, 0.1, 0.06], [0.94, 1.0, 0.9]),
    ([0.1, 0.36, 0.44, 0.46, 0.45, 0.38, 0.28, 0.1], [0.11, 1.5, 0.8]),
    ([0.1, 0.33, 0.4, 0.45, 0.5, 0.46, 0.35, 0.15], [0.3, 1.1, 0.1]),
    ([0.16, 0.15, 0.14, 0.13, 0.5, 0.4, 0.25, 0.03], [0.05, 1.0, 0.0]),
];

fn produce(kit: &mut Kit) {
    let (radii, [color, mut height, leaves]) = kit.random.pick(&PRODUCE);
    let (wide, lean, lobes) = (kit.random.range(0.8, 1.2), kit.random.around(0.5), kit.random.whole(5, 9));
    height *= kit.random.range(0.85, 1.2);
    let lying = if height > 1.3 && kit.random.chance(0.4) { kit.random.range(1.0, 1.6) } else { 0.0 };
    kit.turned(Vec3::ZERO, vec3(lean, 0.0, 1.0), lying, |kit| {
        hue(kit, &[color, color, color + 0.06]);
        let heights = [0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97, 1.0];
        let profile: Vec<_> = (0..8).map(|k| vec2(wide * radii[k], height * heights[k])).collect();
        if color == 0.3 || color == 0.98 && wide > 1.1 {
            let ridge = profile.iter().map(|p| vec2(0.62 * p.x, p.y)).collect::<Vec<_>>();
            kit.around(lobes.min(5), |kit| kit.lathe(0.2 * wide * Vec3::X, &ridge));
        } else {
            kit.lathe(Vec3::ZERO, &profile);
        }
        kit.leaf();
        if leaves > 0.4 || color > 0.9 {
            for k in 0..lobes {
                let rise = if leaves > 0.4 { kit.random.range(0.6, 1.5) } else { 0.3 };
                leaf(kit, 0.97 * height * Vec3::Y, [2.4 * k as f32, rise], [leaves, 0.3 * leaves.min(0.5)], 0.3);
            }
        } else if leaves > 0.0 {
            kit.rod(0.9 * height * Vec3::Y, vec3(0.3 * lean * leaves, height + leaves, 0.0), 0.05, 0.04);
            leaf(kit, (height + 0.3 * leaves) * Vec3::Y, [lean, 0.6], [0.4, 0.2], 0.3);
        }
    });
}

fn fruit(kit: &mut Kit) {
    let (count, size, bend) = (kit.random.whole(1, 4), kit.random.range(0.8, 1.3), kit.random.range(1.2, 2.2));
    match kit.random.whole(0, 3) {
        0 => (0..count).for_each(|k| {
            kit.turned(Vec3::ZERO, Vec3::Y, 0.25 * (k as f32 - 0.5 * count as f32), |kit| {
                kit.hsv(0.14, 0.75, 0.95);
                let spot = |t: f32| vec3(0.0, 1.2 - libm::cosf(bend * t), 0.2 + libm::sinf(bend * t));
                let path = [0.0, 0.08, 0.2, 0.4, 0.6, 0.8, 0.93, 1.0]
                    .map(|t| (spot(t), 0.2 * size * (0.25 + 0.75 * libm::sinf(PI * (0.02 + 0.96 * t)).sqrt())));
                snake(kit, &path, Vec3::X);
            });
        }),
        1 => {
            hue(kit, &[0.78, 0.25, 0.95]);
            kit.sides = kit.sides.min(8);
            for k in 0..24 {
                let t = k as f32 / 24.0;
                let out = 0.42 * (1.0 - t).sqrt();
                kit.ball(polar(2.4 * k as f32, out, -1.3 * size * t), Vec3::splat(0.24));
            }
            kit.rod(-Vec3::Y, 0.4 * Vec3::Y, 0.07, 0.06);
        }
        2 => laid(kit, |kit| {
            let (half, thick) = (kit.random.pick(&[0.4, 0.8, FRAC_PI_2, 1.56]), size * kit.random.range(0.15, 0.4));
            let span = [-FRAC_PI_2 - half, -FRAC_PI_2 + half];
            for (k, rim) in [1.0, 0.93, 0.87].into_iter().enumerate() {
                kit.hsv([0.33, 0.2, 0.98][k], [0.8, 0.2, 0.75][k], [0.4, 0.9, 0.9][k]);
                let swell = 0.01 * k as f32;
                sector(kit, rim, span, -swell, thick + swell);
            }
        }),
        _ => {
            let gap = kit.random.range(0.3, 0.6);
            kit.both(|kit| {
                kit.hsv(0.98, 0.85, 0.7);
                kit.ball(gap * Vec3::X, Vec3::splat(0.36 * size));
                kit.hsv(0.28, 0.7, 0.5);
                kit.tube(&[(vec3(gap, 0.2, 0.0), 0.05), (vec3(0.6 * gap, 0.9, 0.0), 0.045), (1.5 * Vec3::Y, 0.06)]);
            });
            leaf(kit, 1.45 * Vec3::Y, [0.0, 0.5], [0.7, 0.35], 0.3);
        }
    }
}

fn pumpkin(kit: &mut Kit) {
    let (lobes, flat, stem) = (kit.random.whole(6, 12), kit.random.range(0.5, 1.05), kit.random.range(0.1, 0.4));
    kit.sides = kit.sides.min(12);
    hue(kit, &[0.07, 0.07, 0.1, 0.25]);
    kit.scaled(Vec3::ZERO, vec3(1.0, flat, 1.0), |kit| {
        kit.around(lobes, |kit| kit.ball(0.55 * Vec3::X, vec3(0.48, 0.85, 0.36)));
        if kit.random.chance(0.35) {
            kit.carve(|kit| {
                kit.both(|kit| kit.rod(vec3(0.32, 0.15, 1.4), vec3(0.28, 0.15, 0.7), 0.18, 0.18));
                kit.arc(vec3(0.0, 0.05, 0.95), Vec3::Z, 0.45, 0.1, PI + 0.4, TAU - 0.4);
            });
        }
    });
    kit.hsv(0.25, 0.5, 0.4);
    kit.rod(0.2 * Vec3::Y, vec3(0.3 * stem, 0.72 * flat + stem, 0.0), 0.2, 0.09);
}

fn meat(kit: &mut Kit) {
    let (fat, long, bone) = (kit.random.range(0.33, 0.6), kit.random.range(0.45, 0.8), kit.random.range(0.2, 0.5));
    let (kind, end) = (kit.random.whole(0, 1), kit.random.range(0.08, 0.13));
    laid(kit, |kit| {
        kit.hsv(0.04, 0.6, 0.65);
        let body = [(0.0, 0.0), (0.6, 0.08), (1.0, 0.4), (0.9, 0.7), (0.5, 1.2), (0.25, 1.55)];
        let double = [(0.3, 0.0), (0.8, 0.08), (1.0, 0.5), (1.0, 1.0), (0.8, 1.42), (0.3, 1.5)];
        kit.lathe(Vec3::ZERO, &[body, double][kind].map(|(r, y)| vec2(r * fat, y * long)));
        kit.white();
        for (from, to) in [(1.2, 1.5 * long + bone), (0.2, -bone)].into_iter().take(kind + 1) {
            kit.rod(from * long * Vec3::Y, to * Vec3::Y, 0.8 * end, 0.7 * end);
            for side in [-0.8, 0.8] {
                kit.ball(vec3(side * end, to, 0.0), Vec3::splat(1.2 * end));
            }
        }
    });
}
