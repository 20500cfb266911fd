//! Pastimes: seesaws, bats, boards, toys, games and musical instruments.

use std::f32::consts::FRAC_PI_2;

use glam::{Vec2, Vec3, vec2, vec3};

use super::Kind;
use super::kit::Kit;
use super::leisure::{pairs, pipe, roll};
use super::parts::{
    disc, dome, forward, heap, hue, lathed, posed, post, prism, round_slab, shaft, side_plate, sizes, snake, upright,
};

pub const KINDS: &[Kind] = &[
    ("seesaw", seesaw),
    ("bat", bat),
    ("board", board),
    ("toy_train", toy_train),
    ("top", top),
    ("brass", brass),
    ("drum_kit", drum_kit),
    ("gramophone", gramophone),
    ("game_table", game_table),
];

fn seesaw(kit: &mut Kit) {
    let [half, high, tilt, wide] = sizes(kit, [(1.2, 2.0), (0.4, 0.7), (-0.3, 0.3), (0.12, 0.22)]);
    let (is_solid, turn) = (kit.random.chance(0.5), kit.random.pick(&[0.0, 0.0, FRAC_PI_2]));
    kit.turned(Vec3::ZERO, Vec3::Y, turn, |kit| {
        kit.paint(0);
        match is_solid {
            true => prism(kit, [0.0, 0.4, -1.3 * wide, 1.3 * wide], [high, 0.06, -wide, wide]),
            _ => kit.four(|kit| kit.rod(vec3(0.35, 0.0, 1.6 * wide), high * Vec3::Y, 0.06, 0.08)),
        }
        kit.turned(high * Vec3::Y, Vec3::Z, tilt, |kit| {
            kit.paint(1);
            kit.block(0.03 * Vec3::Y, vec3(2.0 * half, 0.1, 1.6 * wide));
            kit.paint(2);
            kit.both(|kit| {
                kit.pad(vec3(half - 0.15, 0.1, 0.0), vec3(0.4, 0.12, 2.2 * wide), 0.04);
                post(kit, (half - 0.5) * Vec3::X, 0.4, 0.045, 0.045);
                kit.block(vec3(half - 0.5, 0.4, 0.0), vec3(0.08, 0.08, 2.4 * wide));
            });
        });
    });
}

fn bat(kit: &mut Kit) {
    let [long, wide, thick, oval] = sizes(kit, [(1.0, 1.6), (0.45, 0.7), (0.04, 0.065), (1.1, 1.45)]);
    let style = kit.random.whole(0, 3);
    posed(kit, |kit| match style {
        0 => {
            kit.either(0.7, Kit::wood, Kit::metal);
            let line = [0.8, 0.0, 0.85, 0.06, 0.5, 0.12, 0.45, 0.6, 0.8, 1.4, 1.2, 2.2, 1.2, 2.6, 0.7, 2.75];
            lathed(kit, Vec3::ZERO, vec3(0.3 * wide, long, 0.3 * wide), &pairs(&line));
        }
        1 => {
            shaft(kit, 2.0 * long, thick);
            let (end, flat) = (wide * 1.5, 1.3 * thick);
            let line = [-0.09, 0.06, 0.06, -0.03, 0.5 * end, -0.06, end, 0.06, end, 0.27, 0.5 * end, 0.16, -0.04, 0.4];
            kit.plate(&line.chunks_exact(2).map(Vec2::from_slice).collect::<Vec<_>>(), -flat, flat);
        }
        2 => {
            let (half, long) = (kit.random.range(0.12, 0.3), 0.6 * long);
            shaft(kit, long, 1.3 * thick);
            kit.paint(1);
            prism(kit, [0.9 * long, half, -0.06, 0.06], [long + 1.5, half + 0.1, -0.12, 0.08]);
        }
        _ => {
            let (long, rim) = (long * kit.random.pick(&[0.4, 1.0]), 1.3 * thick);
            shaft(kit, long + 0.1, rim);
            kit.paint(1);
            kit.scaled((long + oval * wide) * Vec3::Y, vec3(1.0, oval, 1.0), |kit| {
                kit.ring(Vec3::ZERO, Vec3::Z, wide, rim);
                kit.white();
                disc(kit, -0.03 * Vec3::Z, wide, 0.06);
            });
            kit.both(|kit| {
                kit.rod(0.6 * long * Vec3::Y, vec3(0.7 * wide, long + 0.28 * oval * wide, 0.0), thick, thick)
            });
        }
    });
}

fn board(kit: &mut Kit) {
    let (style, flat) = (kit.random.whole(0, 3), kit.random.range(0.14, 0.24));
    let [long, wide, nose, curve, tip] = sizes(kit, [(1.3, 2.6), (0.3, 0.48), (0.1, 0.7), (0.0, 0.2), (0.15, 0.35)]);
    posed(kit, |kit| {
        kit.paint(0);
        if style < 2 {
            let line = [0.0, 0.35, 0.06, 0.55, 0.25, 0.9, 0.5, 1.0, 0.75, 0.6 + 0.3 * nose, 0.94, 0.8 * nose, 1.0, 0.1];
            let place = |t: f32| vec3(0.0, 2.0 * long * (t - 0.5), 4.0 * curve * t * t / flat);
            let path: Vec<_> = pairs(&line).iter().map(|&(t, w)| (place(t), w * wide)).collect();
            kit.scaled(Vec3::ZERO, vec3(1.0, 1.0, flat), |kit| snake(kit, &path, Vec3::X));
            kit.paint(1);
            let fins = kit.random.pick(&[&[0.0][..], &[-0.5, 0.5], &[-0.5, 0.0, 0.5]]);
            let fin = pairs(&[0.03, 0.1, 0.03, 0.3, -0.35, 0.0, -0.3, -0.1]);
            fins.iter().for_each(|x| side_plate(kit, vec3(x * wide, -0.8 * long, 0.0), 0.03, &fin));
            return;
        }
        // Skis in a pair, or one broad board curled up at both ends.
        let (half, x, back, top) = if style == 2 { (0.16, 0.18, 0.0, 1.3 * long) } else { (wide, 0.0, tip, long) };
        let front = [-0.1, 0.2, 0.0, 0.3, 0.0, top - 0.2, 0.6 * tip, top + 0.1, tip, top + 0.3, tip - 0.1, top + 0.32];
        let rear = [0.5 * tip - 0.1, top + 0.15, -0.1, top - 0.1, -0.1, 0.3, back - 0.1, 0.0, back, 0.0];
        let line = pairs(&[&front[2..], &rear].concat());
        kit.both(|kit| {
            side_plate(kit, x * Vec3::X, half, &line);
            kit.block(vec3(0.0, 0.5 * top, -0.05), vec3(2.0 * x + 0.1, 0.3, 0.14));
            kit.dark();
            [0.4, 0.6].into_iter().for_each(|y| kit.pad(vec3(x, y * top, 0.06), vec3(1.3 * half, 0.25, 0.3), 0.05));
        });
    });
}

fn toy_train(kit: &mut Kit) {
    let [wide, wheel, high, long] = sizes(kit, [(0.35, 0.5), (0.13, 0.22), (0.5, 0.8), (1.0, 1.5)]);
    let (cars, is_railed, floor, round) = (kit.random.whole(0, 3), kit.random.chance(0.6), 1.3 * wheel, 0.65 * wide);
    kit.sides = kit.sides.min(10);
    for k in 0..=cars {
        let (kind, tall) = (if k == 0 { 3 } else { kit.random.whole(0, 2) }, kit.random.range(0.25, 0.6));
        kit.at(-(long + 0.2) * k as f32 * Vec3::Z, |kit| {
            kit.dark();
            kit.four(|kit| {
                kit.at(0.3 * long * Vec3::Z, |kit| roll(kit, vec3(0.6 * wide, wheel, 0.0), wheel, 0.5 * wide))
            });
            kit.block(vec3(0.0, wheel, 0.05), vec3(0.5 * wide, 0.12, long + 0.35));
            if is_railed {
                kit.wood();
                [-0.3, 0.0, 0.3]
                    .into_iter()
                    .for_each(|z| kit.block(vec3(0.0, -0.08, z * long), vec3(2.2 * wide, 0.1, 0.2)));
                kit.both(|kit| kit.block(0.7 * wide * Vec3::X, vec3(0.12, 0.14, long + 0.22)));
            }
            kit.paint(k);
            kit.block((floor + 0.08) * Vec3::Y, vec3(1.5 * wide, 0.2, long));
            kit.paint(k + 1);
            match kind {
                0 => kit.block((floor + 0.5 * tall) * Vec3::Y, vec3(1.6 * wide, tall, 0.95 * long)),
                1 => disc(kit, vec3(0.0, floor + round, -0.45 * long), round, 0.9 * long),
                2 => heap(kit, (floor + 0.2) * Vec3::Y, vec2(0.6 * wide, 0.4 * long), 0.4 * wide),
                _ => {
                    kit.block(vec3(0.0, floor + 0.5 * high, -0.27 * long), vec3(1.5 * wide, high, 0.4 * long));
                    kit.block(vec3(0.0, floor + high, -0.27 * long), vec3(1.8 * wide, 0.1, 0.5 * long));
                    disc(kit, vec3(0.0, floor + 0.1 + round, -0.2 * long), round, 0.7 * long);
                    post(kit, vec3(0.0, floor + round, 0.35 * long), round + tall, 0.1, 0.5 * tall);
                    dome(kit, vec3(0.0, floor + 1.8 * round, 0.08 * long), 0.13, 0.35);
                }
            }
        });
    }
}

fn top(kit: &mut Kit) {
    let [wide, stem, tilt, low] = sizes(kit, [(0.5, 1.0), (0.3, 0.9), (-0.6, 0.6), (0.4, 0.9)]);
    let (style, half) = (kit.random.whole(0, 3), 0.6 * wide);
    kit.turned(Vec3::ZERO, vec3(0.5, 0.0, 1.0), tilt, |kit| {
        kit.paint(0);
        let end = [low + wide, 2.0 * wide, 1.55 * low, 1.55 * low][style] + stem;
        if style == 0 {
            prism(kit, [low, half, -half, half], [low + wide, half, -half, half]);
            prism(kit, [0.0, 0.04, -0.04, 0.04], [low + 0.01, half, -half, half]);
        } else if style == 1 {
            let middle = (wide + 0.15) * Vec3::Y;
            [Vec3::Y, vec3(1.0, 0.0, 0.4)].into_iter().for_each(|axis| kit.ring(middle, axis, wide, 0.06));
            round_slab(kit, middle - 0.08 * Vec3::Y, 0.75 * wide, 0.17);
        } else {
            let line = [0.05, 0.0, 0.12, 0.25, 0.5, 0.5, 0.95, 0.9, 1.0, 1.1, 0.7, 1.4, 0.15, 1.55];
            lathed(kit, Vec3::ZERO, vec3(wide, low, wide), &pairs(&line));
            kit.paint(1);
            upright(kit, 0.95 * low, 1.12 * low, 1.03 * wide, 1.03 * wide);
        }
        kit.wood();
        upright(kit, 0.0, end, 0.07, 0.05);
        kit.ball(end * Vec3::Y, Vec3::splat(0.2 * stem));
    });
}

fn brass(kit: &mut Kit) {
    let (style, turn) = (kit.random.whole(0, 3), kit.random.pick(&[0.0, FRAC_PI_2, -FRAC_PI_2, 0.6]));
    let [bell, thin, long, low, rise] = sizes(kit, [(0.3, 0.45), (0.04, 0.06), (1.4, 2.0), (0.3, 0.45), (-0.5, 1.2)]);
    let start = [thin, 0.0, 1.2 * thin, 0.35, 0.35 * bell, 0.65, 0.6 * bell, 0.85, bell, 1.0];
    let flare = pairs(&[&start[..], &[0.9 * bell, 1.02, 0.4 * bell, 0.8, 0.0, 0.6]].concat());
    let front = [0.3 * long, 0.0, 1.1 * long, 0.0][style];
    let lean = if style == 1 { 0.0 } else { -rise };
    kit.turned(Vec3::ZERO, Vec3::Y, turn, |kit| {
        kit.turned(Vec3::ZERO, Vec3::X, lean, |kit| {
            kit.either(0.8, Kit::gold, Kit::metal);
            if style == 1 {
                // A saxophone.
                let path = [
                    1.52, -0.8, 0.8, 1.62, -0.5, 0.9, 1.55, -0.25, 1.0, 1.35, -0.18, 1.2, 0.2, -0.1, 2.0, -0.15, 0.0,
                    2.3,
                ];
                let path =
                    [&path[..], &[-0.28, 0.2, 2.6, -0.1, 0.42, 3.0, 0.25, 0.52, 3.6, 0.6, 0.6, bell / thin]].concat();
                let path: Vec<_> = path.chunks_exact(3).map(|p| (vec3(0.0, p[0], p[1]), p[2] * thin)).collect();
                snake(kit, &path, Vec3::X);
                kit.sided(8, |kit| (1..8).for_each(|k| disc(kit, vec3(0.0, 0.15 * k as f32, -0.25), 0.07, 0.3)));
                kit.dark();
                kit.rod(vec3(0.0, 1.54, -0.75), vec3(0.0, 1.42, -1.0), 0.07, 0.05);
            } else if style == 3 {
                // A coiled horn, small or as big as a tuba.
                let (big, up) = (low * kit.random.range(1.1, 1.8), kit.random.range(1.0, 1.8));
                [1.0, 0.75].into_iter().for_each(|k| kit.ring(Vec3::ZERO, Vec3::X, k * big, 1.4 * thin));
                lathed(kit, vec3(0.0, -0.3 * up, big), vec3(1.4, up, 1.4), &flare);
                pipe(kit, thin, &[0.0, 0.0, -big, 0.0, 0.6 * up, -big, 0.0, 0.7 * up, -big - 0.3]);
                [-0.14, 0.0, 0.14].into_iter().for_each(|z| roll(kit, z * Vec3::Z, 0.08, 0.4));
                kit.block(Vec3::ZERO, vec3(0.1, 0.1, 2.0 * big));
            } else {
                let (x, back) = (0.12 * style as f32, -0.5 * long);
                forward(kit, (0.5 * long - 1.0) * Vec3::Z, |kit| lathed(kit, Vec3::ZERO, Vec3::ONE, &flare));
                pipe(kit, thin, &[0.0, 0.0, 0.5 * long - 0.9, 0.0, 0.0, back, 0.0, -low, back, 0.0, -low, front]);
                let end = [0.0, -low, front, x, -0.5 * low, front, x, -0.5 * low, back - 0.5];
                pipe(kit, thin, &end);
                kit.rod(vec3(x, -0.5 * low, back - 0.4), vec3(x, -0.5 * low, back - 0.6), thin, 0.1);
                [-0.25, -0.1, 0.05]
                    .into_iter()
                    .for_each(|z| post(kit, vec3(0.0, -1.3 * low, z), 1.7 * low, 0.075, 0.075));
                kit.block(vec3(0.5 * x, -0.5 * low, back + 0.2), vec3(x + 0.06, 1.1 * low, 0.08));
            }
        })
    });
}

fn drum_kit(kit: &mut Kit) {
    let [big, tom, deep, tall, flat] = sizes(kit, [(0.5, 0.7), (0.25, 0.34), (0.5, 0.8), (1.2, 1.7), (0.05, 0.09)]);
    let (toms, cymbals) = (kit.random.whole(1, 2), kit.random.whole(1, 2));
    kit.sides = kit.sides.clamp(8, 12);
    kit.dark();
    kit.block(-0.03 * Vec3::Y, vec3(2.9, 0.1, 2.4));
    let drum = |kit: &mut Kit, foot: Vec3, radius: f32, high: f32| {
        kit.paint(0);
        post(kit, foot, high, radius, radius);
        kit.white();
        post(kit, foot - 0.03 * Vec3::Y, high + 0.06, 0.93 * radius, 0.93 * radius);
        kit.metal();
        [0.0, 0.93]
            .into_iter()
            .for_each(|t| post(kit, foot + t * high * Vec3::Y, 0.07 * high, 1.06 * radius, 1.06 * radius));
    };
    forward(kit, 0.85 * big * Vec3::Y, |kit| drum(kit, Vec3::ZERO, big, deep));
    for (x, z, radius, low, high) in [(0.85, -0.5, 0.36, 0.2, 0.5), (-0.7, -0.6, 0.32, 0.5, 0.2)] {
        drum(kit, vec3(x, low, z), radius, high);
        kit.at(vec3(x, 0.0, z), |kit| kit.around(3, |kit| post(kit, 0.9 * radius * Vec3::X, low + 0.1, 0.03, 0.03)));
    }
    for x in (0..toms).map(|k| 1.2 * tom * (2.0 * k as f32 - 1.0) * (toms - 1) as f32) {
        kit.turned(vec3(x, 2.0 * big + 0.1, 0.3 * deep), Vec3::X, 0.35, |kit| drum(kit, Vec3::ZERO, tom, 0.35));
        kit.rod(vec3(0.0, 2.0 * big - 0.1, 0.4), vec3(x, 2.0 * big + 0.2, 0.3 * deep), 0.06, 0.06);
    }
    for k in 0..=cymbals {
        let place = [[-1.1, -0.1, 0.85, 0.0], [1.0, 0.4, tall, -0.3], [-0.9, 0.5, 0.9 * tall, 0.3]][k];
        kit.metal();
        post(kit, vec3(place[0], 0.0, place[1]), place[2] + 0.05, 0.03, 0.03);
        kit.gold();
        kit.turned(vec3(place[0], place[2], place[1]), Vec3::X, place[3], |kit| {
            lathed(kit, Vec3::ZERO, Vec3::ONE, &[(0.42, -0.05), (0.42, 0.0), (0.1, flat), (0.0, 0.11)])
        });
    }
}

fn gramophone(kit: &mut Kit) {
    let [wide, tall, bell, rise, deep] = sizes(kit, [(0.9, 1.3), (0.25, 0.6), (0.5, 0.9), (0.5, 1.1), (0.8, 1.1)]);
    let (has_lid, [open, lean, long]) = (kit.random.chance(0.3), sizes(kit, [(1.0, 1.8), (0.5, 1.3), (0.8, 1.2)]));
    kit.wood();
    kit.block(0.5 * tall * Vec3::Y, vec3(wide, tall, deep));
    [0.04, tall - 0.02].into_iter().for_each(|y| kit.block(y * Vec3::Y, vec3(wide + 0.12, 0.1, deep + 0.12)));
    let hinge = vec3(0.0, tall, -0.48 * deep);
    if has_lid {
        kit.turned(hinge, Vec3::X, -open, |kit| kit.block(vec3(0.0, 0.1, 0.5 * deep), vec3(wide, 0.24, deep)));
    }
    kit.dark();
    round_slab(kit, tall * Vec3::Y, 0.42 * deep, 0.12);
    kit.gold();
    let (x, back, top) = (0.38 * wide, -0.4 * deep, tall + rise);
    pipe(kit, 0.05, &[x, tall - 0.05, back, x, tall + 0.25, 0.0, 0.1, tall + 0.08, 0.1]);
    pipe(kit, 0.04, &[0.4 * wide, 0.5 * tall, 0.0, 0.75 * wide, 0.5 * tall, 0.0, 0.75 * wide, 0.3 * tall, 0.15]);
    if !has_lid {
        pipe(kit, 0.06, &[x, tall - 0.05, back, x, tall + 0.6 * rise, back - 0.2, 0.1, top, -0.3 * deep]);
        let horn = [0.06, -0.05, 0.1, 0.2, 0.2, 0.5, 0.45, 0.8, 1.0, 1.0, 0.92, 1.02, 0.35, 0.78, 0.0, 0.45];
        let place = vec3(0.1, top, -0.3 * deep);
        kit.turned(place, Vec3::X, lean, |kit| lathed(kit, Vec3::ZERO, vec3(bell, long, bell), &pairs(&horn)));
    }
}

fn game_table(kit: &mut Kit) {
    let [wide, long, tall, side, foot] = sizes(kit, [(0.5, 0.75), (0.9, 1.4), (0.6, 0.9), (0.2, 0.4), (0.75, 0.9)]);
    let (style, rods, y) = (kit.random.whole(0, 2), kit.random.whole(2, 4), tall + 0.75 * side);
    kit.paint(0);
    if style == 0 {
        kit.block(tall * Vec3::Y, vec3(2.0 * long, 0.1, 2.0 * wide));
        kit.white();
        kit.block((tall + 0.1) * Vec3::Y, vec3(0.06, 0.28, 2.2 * wide));
    } else {
        kit.block((tall + 0.5 * side - 0.05) * Vec3::Y, vec3(2.0 * long, side, 2.0 * wide));
        kit.carve(|kit| kit.block((tall + side) * Vec3::Y, vec3(2.0 * long - 0.2, 1.4 * side, 2.0 * wide - 0.2)));
    }
    if style == 2 {
        // Pinball: bumpers below, a board at the back.
        kit.paint(1);
        heap(kit, (tall + 0.2 * side) * Vec3::Y, vec2(0.6 * long, 0.6 * wide), 0.12);
        kit.block(vec3(-long + 0.1, tall + side + 0.3, 0.0), vec3(0.3, 0.4 + 2.0 * side, 2.0 * wide + 0.1));
    }
    for k in 0..if style == 1 { 2 * rods } else { 0 } {
        let (x, pull, spin) =
            ((k as f32 + 0.5) / rods as f32 * long - long, kit.random.around(0.2), kit.random.around(0.6));
        kit.metal();
        disc(kit, vec3(x, y, pull - wide - 0.3), 0.035, 2.0 * wide + 0.6);
        hue(kit, &[0.0, 0.6]);
        for z in [-0.5, 0.0, 0.5].map(|z| z * wide + pull) {
            kit.turned(vec3(x, y, z), Vec3::Z, spin, |kit| kit.block(-0.1 * Vec3::Y, vec3(0.09, side, 0.12)));
        }
    }
    kit.either(0.5, Kit::metal, |kit| kit.paint(2));
    kit.four(|kit| kit.rod(vec3(foot * long, 0.0, 0.9 * wide), vec3(foot * long, tall, 0.8 * wide), 0.07, 0.09));
}
