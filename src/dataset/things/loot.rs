//! Treasure, and what keeps people from it.

use std::f32::consts::{FRAC_PI_2, PI, TAU};

use glam::{Vec3, vec2, vec3};

use super::Kind;
use super::kit::Kit;
use super::parts::{bent, dome, lathed, polar, posed, round_slab, sizes, upright};

pub const KINDS: &[Kind] = &[
    ("hoard", hoard),
    ("key", key),
    ("crystals", crystals),
    ("cage", cage),
    ("coffin", coffin),
    ("scaffold", scaffold),
    ("trap", trap),
    ("jewel", jewel),
];

fn hoard(kit: &mut Kit) {
    kit.sides = kit.sides.min(10);
    let [high, deep, size, wide, tall] = sizes(kit, [(0.3, 0.8), (0.7, 1.0), (0.1, 0.18), (0.9, 1.4), (0.4, 0.7)]);
    kit.gold();
    dome(kit, Vec3::ZERO, 0.95, high);
    for k in 0..kit.random.whole(12, 24) {
        let (r, tilt) = (kit.random.range(0.1, 1.0), kit.random.around(0.6));
        let place = polar(2.4 * k as f32, r, 0.02 + high * libm::cosf(1.35 * r * r));
        kit.sided(8, |kit| kit.turned(place, vec3(r, 0.0, tilt), tilt, |kit| upright(kit, -0.06, 0.05, size, size)));
    }
    for k in 0..kit.random.whole(0, 3) {
        let (angle, tilt, kind) = (kit.random.range(-1.5, 1.5), kit.random.around(0.7), kit.random.whole(0, 3));
        kit.paint(k);
        kit.turned(polar(angle - FRAC_PI_2, 0.45, 0.7 * high), Vec3::X, tilt, |kit| match kind {
            0 => lathed(
                kit,
                Vec3::ZERO,
                Vec3::splat(0.5),
                &[(0.4, -0.4), (0.1, 0.1), (0.12, 0.4), (0.5, 0.7), (0.55, 1.2), (0.2, 0.9)],
            ),
            1 => lathed(
                kit,
                Vec3::ZERO,
                Vec3::splat(0.45),
                &[(0.4, -0.4), (0.8, 0.4), (0.6, 0.9), (0.3, 1.1), (0.5, 1.4)],
            ),
            2 => lathed(kit, Vec3::ZERO, Vec3::splat(0.3), &[(0.0, -0.5), (0.8, 0.5), (0.45, 0.8)]),
            _ => kit.ring(0.1 * Vec3::Y, Vec3::Z, 0.25, 0.06),
        });
    }
    if kit.random.chance(0.5) {
        let lid = kit.random.range(0.5, 1.9);
        kit.wood();
        kit.block(vec3(0.0, 0.5 * tall, -0.4), vec3(wide, tall, deep));
        kit.turned(vec3(0.0, tall - 0.06, -0.36 - 0.5 * deep), Vec3::X, -lid, |kit| {
            kit.turned(0.5 * deep * Vec3::Z, Vec3::Z, FRAC_PI_2, |kit| {
                upright(kit, -0.5 * wide, 0.5 * wide, 0.5 * deep, 0.5 * deep)
            });
        });
    }
}

fn key(kit: &mut Kit) {
    kit.sides = kit.sides.min(10);
    let [long, thick, bow, bit, flat] = sizes(kit, [(0.9, 2.2), (0.06, 0.12), (0.22, 0.45), (0.2, 0.45), (0.7, 1.3)]);
    let (style, high, bar) = (kit.random.whole(0, 3), 0.32 * long.min(1.4), flat * thick);
    kit.either(0.5, Kit::gold, Kit::metal);
    posed(kit, |kit| {
        upright(kit, -long, if style == 1 { 1.3 } else { 0.35 } * bow, thick, thick);
        kit.ring(-0.05 * Vec3::Y, Vec3::Y, 1.1 * thick, 0.5 * thick);
        match style {
            0 => kit.ring(bow * Vec3::Y, Vec3::Z, bow, bar),
            1 => [-0.8, 0.0, 0.8]
                .into_iter()
                .for_each(|x: f32| kit.ring(bow * vec3(x, 1.9 - x.abs(), 0.0), Vec3::Z, 0.65 * bow, bar)),
            2 => kit.sided(4, |kit| {
                kit.scaled(1.2 * bow * Vec3::Y, vec3(1.4, 1.2, 1.0), |kit| kit.ring(Vec3::ZERO, Vec3::Z, bow, bar))
            }),
            _ => kit.both(|kit| kit.arc(vec3(0.75 * bow, bow, 0.0), Vec3::Z, 0.75 * bow, bar, -2.6, PI)),
        }
        for (k, y) in [(0.0, 0.15), (1.0, 0.5), (2.0, 0.85)] {
            let x = bit * (1.0 - 0.25 * k * (flat - 0.7));
            kit.block(vec3(0.5 * x, y * high - 0.96 * long, 0.0), vec3(x, 0.2 * high, 1.4 * thick));
        }
        kit.block(vec3(0.25 * bit, 0.5 * high - 0.96 * long, 0.0), vec3(0.5 * bit, 0.8 * high, 1.2 * thick));
    });
}

fn crystals(kit: &mut Kit) {
    let [long, thick, spread, tip, r] = sizes(kit, [(0.7, 1.8), (0.12, 0.32), (0.1, 1.2), (0.15, 0.5), (0.15, 0.5)]);
    let (count, sides) = (kit.random.whole(1, 9), kit.random.pick(&[4, 5, 6, 6]));
    kit.stone();
    kit.sided(6, |kit| dome(kit, -0.2 * Vec3::Y, r + 0.2, 0.4));
    kit.paint(0);
    for k in 0..count {
        let (size, lean, out) = (kit.random.range(0.4, 1.0), kit.random.unit() * spread, kit.random.unit() * r);
        let (size, angle) = (if k == 0 { 1.0 } else { size }, 2.4 * k as f32 + lean);
        let (out, lean) = if k == 0 { (0.0, 0.2 * lean) } else { (out, lean * (0.4 + out)) };
        kit.turned(polar(angle, out, 0.0), polar(angle - FRAC_PI_2, -1.0, 0.0), -lean, |kit| {
            let scale = vec3(thick, long, thick) * (0.3 + 0.7 * size) * vec3(1.0, size, 1.0);
            kit.sided(sides, |kit| lathed(kit, Vec3::ZERO, scale, &[(0.8, -0.15), (1.0, 1.0 - tip), (0.0, 1.0)]));
        });
    }
}

fn cage(kit: &mut Kit) {
    let [r, tall, thin, top, rise] = sizes(kit, [(0.35, 0.7), (0.7, 1.8), (0.025, 0.05), (0.05, 0.6), (-0.5, 0.6)]);
    let (bars, is_square) = (kit.random.whole(3, 5) * 4, kit.random.chance(0.35));
    kit.metal();
    let (sides, rim) = if is_square { (4, 1.42 * r) } else { (12, 1.03 * r) };
    kit.sided(sides, |kit| {
        lathed(kit, Vec3::ZERO, Vec3::ONE, &[(rim, -0.05), (rim + 0.05, 0.0), (rim, 0.06)]);
        upright(kit, tall + top - 0.05, tall + top + 0.04, 0.3 * r, 0.2 * r);
        for y in [0.5 * tall, tall] {
            let (outer, inner) = (rim + 1.2 * thin, rim - 1.6 * thin);
            let band =
                [(inner, y), (inner, y - thin), (outer, y - thin), (outer, y + thin), (inner, y + thin), (inner, y)];
            lathed(kit, Vec3::ZERO, Vec3::ONE, &band);
        }
    });
    for k in 0..bars {
        let angle = TAU * (k as f32 + 0.5) / bars as f32;
        let (s, c) = (libm::sinf(angle), libm::cosf(angle));
        let foot = vec3(c, 0.0, s) * if is_square { r / c.abs().max(s.abs()) } else { r };
        let path = [
            foot,
            foot + tall * Vec3::Y,
            0.7 * foot + (tall + 0.7 * top) * Vec3::Y,
            0.1 * foot + (tall + top) * Vec3::Y,
        ];
        kit.sided(5, |kit| path.windows(2).for_each(|p| kit.rod(p[0], p[1] + 0.01 * Vec3::Y, thin, thin)));
    }
    if rise > 0.0 {
        (0..3).for_each(|k| {
            kit.ring((tall + top + 0.12 + 0.15 * k as f32) * Vec3::Y, [Vec3::X, Vec3::Z][k % 2], 0.1, thin)
        });
    }
    kit.paint(0);
    kit.either(0.5, |kit| kit.ball((0.35 + rise.abs()) * r * Vec3::Y, r * vec3(0.5, 0.4 + rise.abs(), 0.6)), |_| {});
}

/// A coffin or a sarcophagus, shut or open, lying or upright.
fn coffin(kit: &mut Kit) {
    let [long, wide, deep, foot, slide] = sizes(kit, [(1.8, 2.3), (0.6, 0.95), (0.35, 0.7), (0.5, 0.8), (-0.4, 0.5)]);
    let (is_open, is_stone) = (kit.random.chance(0.5), kit.random.chance(0.5));
    let (knee, stand) = (if is_stone { 1.0 } else { kit.random.range(0.6, 0.8) }, kit.random.chance(0.3));
    let foot = if is_stone { 1.0 } else { foot };
    let outline = |s: f32| {
        let half = [[foot, -1.0], [1.0, 2.0 * knee - 1.0], [0.6 * foot + 0.4, 1.0]]
            .map(|[x, y]| [0.5 * x * wide, 0.5 * y * long]);
        [0, 1, 2]
            .map(|k| [half[k][0] * s, half[k][1] * (1.0 - (1.0 - s) * wide / long)])
            .iter()
            .flat_map(|&[x, y]| [vec2(x, y), vec2(-x, y)])
            .collect::<Vec<_>>()
    };
    let layers = |s: [f32; 2], z: [f32; 2]| {
        [0, 1].map(|k| outline(s[k]).iter().map(|p| p.extend(z[k])).collect::<Vec<_>>()).concat()
    };
    kit.turned(Vec3::ZERO, Vec3::X, if stand { -0.1 } else { -FRAC_PI_2 }, |kit| {
        kit.either(if is_stone { 0.0 } else { 1.0 }, Kit::wood, Kit::stone);
        kit.hull(&layers([0.9, 1.0], [0.0, deep]));
        if is_open {
            kit.carve(|kit| kit.hull(&layers([0.8, 0.82], [0.3 * deep, 2.0 * deep])));
            kit.white();
            kit.ball(vec3(0.0, 0.33 * long, 0.45 * deep), Vec3::splat(0.2 * deep + 0.05));
            kit.ball(vec3(0.0, -0.05 * long, 0.35 * deep), vec3(0.28 * wide * foot, 0.33 * long, 0.28 * deep));
        }
        kit.paint(0);
        let (x, turn) = if is_open { (0.55 * wide + 0.3 * slide.abs(), slide) } else { (0.0, 0.0) };
        kit.turned(vec3(x, 0.0, deep - 0.02), vec3(0.0, 0.3 * turn.abs(), 1.0), turn, |kit| {
            kit.hull(&layers([1.07, 1.07], [0.0, 0.1]));
            kit.hull(&layers([1.0, 0.6 + 0.3 * slide.abs()], [0.05, 0.12 + 0.2 * slide.abs()]));
            kit.block(vec3(0.0, 0.15 * long, 0.15), vec3(0.12, 0.4 * long, 0.12 + 0.4 * slide.abs()));
        });
    });
}

/// A wooden platform on posts, or a tower of them, with a ladder.
fn scaffold(kit: &mut Kit) {
    kit.sides = kit.sides.min(10);
    let [wide, deep, tall, thin, out] = sizes(kit, [(0.8, 1.8), (0.6, 1.1), (0.6, 1.2), (0.03, 0.06), (0.1, 0.5)]);
    let (floors, rail, brace) = (kit.random.whole(0, 3), kit.random.chance(0.5), kit.random.chance(0.6));
    kit.wood();
    if floors > 0 {
        let (x, z, high) = (0.5 * wide, 0.5 * deep, tall * floors as f32 + if rail { 0.4 } else { 0.0 });
        kit.four(|kit| kit.rod(vec3(x, 0.0, z), vec3(x, high, z), thin, thin));
        for k in 1..=floors {
            let y = tall * k as f32;
            kit.block((y - 0.04) * Vec3::Y, vec3(wide + 0.1, 0.08, deep + 0.1));
            kit.four(|kit| {
                if rail && k == floors {
                    kit.rod(vec3(x, y + 0.35, z), vec3(-0.1, y + 0.35, z), thin, thin)
                }
            });
            if brace {
                let low = y - tall + 0.05;
                kit.rod(vec3(-x, low, z), vec3(x, y, z), thin, thin);
                kit.both(|kit| kit.rod(vec3(x, low, -z), vec3(x, y, z), thin, thin));
            }
        }
    }
    let z = if floors > 0 { 0.5 * deep - 0.02 } else { 0.0 };
    let top = vec3(0.0, if floors > 0 { tall * floors as f32 + 0.12 } else { 2.5 * tall }, z);
    let (foot, half) = (vec3(0.0, 0.0, z + out), 0.14 + 0.1 * wide);
    kit.wood();
    kit.both(|kit| kit.rod(foot + half * Vec3::X, top + half * Vec3::X, 1.2 * thin, 1.2 * thin));
    let rungs = (top.y / 0.22) as usize;
    for k in 1..rungs {
        let middle = foot.lerp(top, k as f32 / rungs as f32);
        kit.rod(middle - half * Vec3::X, middle + half * Vec3::X, thin, thin);
    }
}

/// Spikes, a saw, a press, or jaws.
fn trap(kit: &mut Kit) {
    kit.sides = kit.sides.min(10);
    let [wide, high, thin, open] = sizes(kit, [(0.7, 1.3), (0.3, 0.8), (0.04, 0.09), (0.2, 1.2)]);
    let (kind, count) = (kit.random.whole(0, 3), kit.random.whole(2, 4));
    kit.either(0.6, Kit::stone, Kit::wood);
    let spikes = |kit: &mut Kit, high: f32| {
        for k in 0..count * count {
            let [x, z] = [k / count, k % count].map(|i| wide * ((i as f32 + 0.5) / count as f32 - 0.5));
            kit.rod(vec3(x, 0.0, z), vec3(x, high, z), thin, 0.0);
        }
    };
    if kind < 3 {
        kit.block(-0.06 * Vec3::Y, vec3(wide + 0.1, 0.14, if kind == 1 { 0.5 * wide } else { wide + 0.1 }));
    }
    match kind {
        0 => spikes(kit, high),
        1 => {
            kit.metal();
            kit.sided(20, |kit| kit.rod(vec3(0.0, 0.1, -0.03), vec3(0.0, 0.1, 0.03), 0.4 * wide, 0.4 * wide));
            (0..16).for_each(|k| {
                kit.turned(0.1 * Vec3::Y, Vec3::Z, TAU / 16.0 * k as f32, |kit| {
                    kit.hull(&[
                        vec3(0.35 * wide, -0.1, 0.025),
                        vec3(0.35 * wide, 0.1, 0.025),
                        vec3(0.5 * wide, -0.1, 0.0),
                        vec3(0.35 * wide, 0.0, -0.025),
                    ])
                })
            });
            kit.both(|kit| kit.rod(vec3(0.0, 0.1, -0.2 * wide), vec3(0.0, 0.1, 0.2 * wide), 0.08, 0.08));
        }
        2 => {
            kit.four(|kit| kit.block(vec3(0.5 * wide, 0.5 * high + 0.3, 0.5 * wide), vec3(0.12, high + 0.9, 0.12)));
            kit.block((high + 0.7) * Vec3::Y, vec3(wide + 0.15, 0.3, wide + 0.15));
            upright(kit, high + 0.5, high + 1.1, 0.12, 0.12);
            kit.metal();
            kit.turned((high + 0.6) * Vec3::Y, Vec3::Z, PI, |kit| spikes(kit, 0.3 + 0.5 * high));
        }
        _ => kit.four(|kit| {
            kit.metal();
            kit.turned(Vec3::ZERO, Vec3::X, -open, |kit| {
                kit.arc(Vec3::ZERO, Vec3::Y, 0.5 * wide, thin, -FRAC_PI_2 - 0.1, 0.1);
                (0..4).for_each(|k| {
                    kit.rod(
                        polar(-0.4 * k as f32 - 0.15, 0.5 * wide, 0.0),
                        polar(-0.4 * k as f32 - 0.15, 0.5 * wide, 0.22),
                        0.8 * thin,
                        0.0,
                    )
                });
            });
            kit.rod(Vec3::ZERO, 0.75 * wide * Vec3::X, thin, 1.5 * thin);
            round_slab(kit, -thin * Vec3::Y, 0.25 * wide, 2.0 * thin);
            kit.rod(Vec3::ZERO, 0.4 * wide * Vec3::Z, thin, thin);
        }),
    }
}

/// A ring, a crown, an amulet, or an orb on a stand.
fn jewel(kit: &mut Kit) {
    kit.sides = kit.sides.min(10);
    let [thin, tall, gem, flare] = sizes(kit, [(0.06, 0.14), (0.25, 0.9), (0.12, 0.3), (0.9, 1.3)]);
    let (kind, points) = (kit.random.whole(0, 3), kit.random.whole(4, 9));
    kit.gold();
    let stone = |kit: &mut Kit, at: Vec3, r: f32| {
        kit.paint(1);
        kit.sided(8, |kit| lathed(kit, at, Vec3::splat(r), &[(0.3, -0.9), (1.0, 0.1), (0.65, 0.5)]));
    };
    match kind {
        0 => kit.turned(Vec3::ZERO, Vec3::X, if flare > 1.1 { -FRAC_PI_2 } else { 0.0 }, |kit| {
            kit.sided(24, |kit| {
                kit.scaled(Vec3::ZERO, vec3(0.6, 0.6, flare), |kit| kit.ring(Vec3::ZERO, Vec3::Z, 1.0, 1.3 * thin))
            });
            upright(kit, 0.55, 0.7 + gem, 0.08, 0.8 * gem);
            stone(kit, (0.75 + gem) * Vec3::Y, 1.2 * gem);
        }),
        1 => {
            kit.sides = points * 2;
            lathed(
                kit,
                Vec3::ZERO,
                vec3(0.6, tall, 0.6),
                &[(1.0, 0.0), (0.5 + 0.5 * flare, 0.5), (0.4 + 0.5 * flare, 0.5), (0.85, 0.0)],
            );
            kit.around(points, |kit| {
                kit.rod(vec3(0.56, 0.3 * tall, 0.0), vec3(0.57 * flare, tall, 0.0), 0.15, 0.05);
                kit.ball(vec3(0.57 * flare, tall, 0.0), Vec3::splat(0.35 * gem));
            });
            kit.ring(0.05 * Vec3::Y, Vec3::Y, 0.56, 0.7 * thin);
            kit.paint(1);
            kit.either(0.4, |kit| dome(kit, 0.02 * Vec3::Y, 0.56, 0.9 * tall), |_| {});
        }
        2 => {
            let y = -0.75 - 0.5 * tall;
            kit.scaled(Vec3::ZERO, vec3(0.8, 0.7 + 0.5 * tall, 1.0), |kit| {
                kit.ring(Vec3::ZERO, Vec3::Z, 1.0, 0.6 * thin)
            });
            kit.turned(y * Vec3::Y, Vec3::X, FRAC_PI_2, |kit| {
                round_slab(kit, -0.08 * Vec3::Y, 1.5 * gem, 0.16);
                kit.around(points, |kit| kit.rod(Vec3::ZERO, 2.0 * gem * Vec3::X, 0.06, 0.05));
                stone(kit, 0.1 * Vec3::Y, gem);
            });
        }
        _ => {
            lathed(
                kit,
                -tall * Vec3::Y,
                vec3(0.6, tall, 0.6),
                &[(0.9, -0.5), (0.9, -0.3), (0.3, 0.0), (0.6 * flare, 0.6)],
            );
            kit.around(points.min(5), |kit| {
                bent(kit, [vec3(0.2, -tall, 0.0), vec3(0.58, -0.3, 0.0), vec3(0.5, 0.15, 0.0)], [0.1, 0.08, 0.04])
            });
            kit.paint(1);
            kit.ball(Vec3::ZERO, Vec3::splat(0.55));
        }
    }
}
