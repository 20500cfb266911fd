//! Tools and utensils.

use std::f32::consts::{FRAC_PI_2, PI};

use glam::{Vec2, Vec3, vec2, vec3};

use super::Kind;
use super::kit::Kit;
use super::parts::{bent, blade, grip, posed, shaft, upright};

pub const KINDS: &[Kind] = &[
    ("knife", knife),
    ("axe", axe),
    ("hammer", hammer),
    ("shovel", shovel),
    ("pick", pick),
    ("rake", rake),
    ("staff", staff),
    ("wrench", wrench),
    ("pliers", pliers),
    ("utensil", utensil),
    ("pan", pan),
];

fn knife(kit: &mut Kit) {
    let (long, wide) = (kit.random.range(0.7, 1.5), kit.random.range(0.06, 0.2));
    let (thick, shape, low) = (kit.random.range(0.018, 0.035), kit.random.whole(0, 3), kit.random.range(0.4, 0.65));
    let (curl, bolster, r) = (kit.random.around(0.12), kit.random.chance(0.5), kit.random.range(0.045, 0.08));
    // A cleaver, a chef's knife, a clipped point, a dagger.
    let rows: &[[f32; 4]] = match shape {
        0 => &[[-0.05, 0.6, 1.5, 1.0], [0.7, 0.6, 1.7, 1.0]],
        1 => &[[-0.03, 0.0, 1.0, 1.0], [0.5, 0.0, 1.0, 1.0], [0.8, -0.3, 0.65, 1.0], [1.0, -0.9, 0.0, 0.0]],
        2 => &[[-0.03, 0.0, 1.0, 1.0], [0.6, 0.1, 1.2, 1.0], [0.85, 0.5, 0.55, 1.0], [1.0, 0.8, 0.0, 0.0]],
        _ => &[[-0.03, 0.0, 1.0, 1.0], [0.6, 0.0, 0.8, 1.0], [1.0, 0.0, 0.0, 0.0]],
    };
    posed(kit, |kit| {
        kit.metal();
        let rows: Vec<_> = rows.iter().map(|&[y, x, w, t]| [y * long, x * wide, w * wide, t * thick]).collect();
        blade(kit, &rows, shape < 3);
        if bolster {
            kit.block(-0.02 * Vec3::Y, vec3(0.8 * wide + 0.1, 0.08, 0.12));
        }
        kit.either(0.5, Kit::wood, |kit| kit.paint(1));
        if kit.random.chance(0.4) {
            return grip(kit, -low, 0.03, r);
        }
        kit.scaled(Vec3::ZERO, vec3(1.3, 1.0, 0.8), |kit| {
            let end = vec3(curl, -low, 0.0);
            bent(kit, [0.04 * Vec3::Y, vec3(0.3 * curl, -0.5 * low, 0.0), end], [r, 0.85 * r, 1.1 * r]);
            kit.ball(end, Vec3::splat(1.2 * r));
        });
    });
}

fn axe_head(kit: &mut Kit, y: f32, size: f32, thick: f32) {
    let (flare, out) = (kit.random.range(0.6, 1.5) * size, kit.random.range(0.6, 1.2) * size);
    let (neck, beard) = (kit.random.range(0.2, 0.5) * size, kit.random.range(0.0, 0.7) * size);
    let round = kit.random.range(0.05, 0.35) * size;
    let edge = |k: usize| {
        let t = k as f32 / 4.0;
        vec2(out + 4.0 * round * t * (1.0 - t), 0.5 * flare - (flare + beard) * t)
    };
    for k in 0..4 {
        let (a, b, back) = (edge(k), edge(k + 1), |t: f32| neck * (0.5 - 0.25 * t));
        let side = |z: f32| [vec3(-0.02, y + back(k as f32), z), vec3(-0.02, y + back(k as f32 + 1.0), z)];
        let front = |z: f32| [a, b].map(|p| vec3(p.x, y + p.y, z));
        kit.hull(&[side(thick), side(-thick), front(0.25 * thick), front(-0.25 * thick)].concat());
    }
}

fn axe(kit: &mut Kit) {
    let (long, size, thick) = (kit.random.range(0.9, 2.4), kit.random.range(0.35, 0.7), kit.random.range(0.05, 0.11));
    let (back, top) = (kit.random.whole(0, 3), kit.random.chance(0.3));
    posed(kit, |kit| {
        let radius = kit.random.range(0.035, 0.06) * (0.6 + 0.4 * long);
        shaft(kit, long, radius);
        kit.metal();
        let (y, collar) = (long - 0.3 * size, 0.2 * size);
        kit.block(vec3(0.0, y, 0.0), vec3(2.4 * radius, 2.0 * collar, 2.2 * radius.max(thick)));
        if back == 0 {
            kit.both(|kit| axe_head(kit, y, size, thick));
        } else {
            axe_head(kit, y, size, thick);
        }
        match back {
            1 => kit.rod(vec3(0.0, y, 0.0), vec3(-0.7 * size, y - 0.1, 0.0), 0.8 * thick, 0.0),
            2 => kit.block(vec3(-0.2 * size, y, 0.0), vec3(0.5 * size, 1.6 * collar, 1.9 * thick)),
            _ => (),
        }
        if top {
            kit.rod(vec3(0.0, long - 0.1, 0.0), vec3(0.0, long + 0.6 * size, 0.0), 0.9 * radius, 0.0);
        }
    });
}

fn hammer(kit: &mut Kit) {
    let (long, style, fat) = (kit.random.range(0.8, 2.2), kit.random.whole(0, 3), kit.random.range(0.09, 0.3));
    let reach = fat * kit.random.range(1.1, 2.4);
    posed(kit, |kit| {
        let radius = kit.random.range(0.04, 0.065) * (0.6 + 0.4 * long);
        shaft(kit, long, radius);
        kit.either(0.6, Kit::metal, |kit| kit.paint(2));
        let (y, x) = (long * Vec3::Y, reach * Vec3::X);
        match style {
            0 => kit.pad(y, vec3(2.0 * reach, 1.7 * fat, 1.7 * fat), 0.15 * fat),
            1 => kit.rod(y - x, y + x, fat, fat),
            2 => {
                // A claw hammer: two prongs bent down.
                let f = 0.6 * fat;
                kit.rod(y - 0.3 * x, y + x, 0.8 * f, 0.8 * f);
                kit.rod(y + 0.75 * x, y + 1.1 * x, 1.15 * f, 1.15 * f);
                let (drop, gap) = (kit.random.range(0.1, 0.6) * reach, 0.35 * f);
                for z in [-gap, gap] {
                    let claw = [Vec3::ZERO, vec3(-0.6 * reach, 0.1 * f, z), vec3(-1.1 * reach, -drop, 1.8 * z)];
                    bent(kit, claw.map(|p| y + p), [0.7 * f, 0.5 * f, 0.2 * f]);
                }
            }
            _ => {
                kit.frustum(y - 0.8 * fat * Vec3::Y, 1.6 * fat * vec3(0.8, 1.0, 0.8), Vec3::splat(fat), Vec3::ZERO);
                kit.rod(y, y + x, 0.5 * fat, 0.8 * fat);
                kit.rod(y + 0.3 * fat * Vec3::Y, y - 1.3 * x, 0.7 * fat, 0.02);
            }
        }
        if style < 2 && kit.random.chance(0.6) {
            kit.paint(1);
            [-0.97, 0.73].iter().for_each(|&k| kit.rod(y + k * x, y + (k + 0.24) * x, 1.2 * fat, 1.2 * fat));
        }
    });
}

fn shovel(kit: &mut Kit) {
    let (long, wide, end) = (kit.random.range(0.5, 2.2), kit.random.range(0.2, 0.36), kit.random.whole(0, 2));
    let (high, point) = (wide * kit.random.range(2.0, 3.2), kit.random.pick(&[0.0, 0.15, 0.5]));
    let curve = kit.random.range(0.1, 0.5);
    posed(kit, |kit| {
        let thick = 0.028 + 0.008 * long;
        shaft(kit, long, thick);
        match end {
            0 => kit.rod(-0.15 * Vec3::X, 0.15 * Vec3::X, 1.1 * thick, 1.1 * thick),
            1 => kit.ring(-0.13 * Vec3::Y, Vec3::Z, 0.14, 0.9 * thick),
            _ => (),
        }
        kit.metal();
        // Strips, hollow to the front.
        for [a, b] in [[-1.0, -0.48], [-0.52, 0.01], [-0.01, 0.52], [0.48, 1.0f32]] {
            let strip = [a, b].map(|x| {
                let foot = vec3(wide * x, long - 0.03, curve * wide * x * x - 0.5 * thick);
                let tip = foot + high * (1.0 - point * x.abs()) * Vec3::Y;
                [foot, tip, foot + thick * Vec3::Z, tip + thick * Vec3::Z]
            });
            kit.hull(&strip.concat());
        }
        upright(kit, long - 0.3, long + 0.35 * high, 1.2 * thick, 0.6 * thick);
    });
}

/// Picks, mattocks, hoes, scythes.
fn pick(kit: &mut Kit) {
    let (long, reach, style) = (kit.random.range(0.9, 2.3), kit.random.range(0.4, 0.9), kit.random.whole(0, 3));
    let (drop, r) = (reach * kit.random.range(0.05, 0.5), kit.random.range(0.04, 0.06));
    let lean = kit.random.range(-0.1, 0.3);
    posed(kit, |kit| {
        shaft(kit, long, r);
        kit.metal();
        let (y, fat) = (long - 0.1, kit.random.range(1.1, 1.7) * r);
        let (flat, up) = (kit.random.range(0.5, 2.0) * fat + 0.05, 0.9 * fat * Vec3::Y);
        let at = |t: f32| vec3(t * reach, y - drop * t * t, 0.0);
        kit.block(y * Vec3::Y, fat * vec3(2.6, 2.6, 2.4));
        let spike = |kit: &mut Kit, end: f32| bent(kit, [0.0, 0.5 * end, end].map(at), [fat, 0.85 * fat, 0.2 * fat]);
        if style < 2 {
            spike(kit, 1.0);
        }
        match style {
            0 => spike(kit, -1.0),
            1 => {
                let edge = [-flat, flat].map(|z| [0.3 * fat, -0.3 * fat].map(|y| at(-0.8) + vec3(0.0, y, z)));
                kit.hull(&[&[at(0.0) + up, at(0.0) - up], edge.as_flattened()].concat());
            }
            2 => {
                bent(kit, [at(0.0), at(0.2) + up, at(0.5)], [0.7 * fat; 3]);
                let foot = at(0.5) - vec3(lean, 0.35, 0.0);
                kit.frustum(foot, vec3(0.05, 0.38, 6.0 * flat), vec3(0.06, 0.0, 4.0 * flat), lean * Vec3::X);
            }
            _ => {
                let at = |k: f32, low: f32| at(-0.36 * k).truncate() - low * (0.13 - 0.026 * k) * reach * Vec2::Y;
                let edge = (0..5).rev().map(|k| at(k as f32, 1.0));
                kit.plate(&(0..6).map(|k| at(k as f32, 0.0)).chain(edge).collect::<Vec<_>>(), -0.03, 0.03);
            }
        }
    });
}

fn rake(kit: &mut Kit) {
    kit.sides = kit.sides.min(6);
    let (long, count) = (kit.random.range(0.7, 2.4), kit.random.whole(2, 7));
    let (is_fork, wide) = (kit.random.chance(0.5), 0.08 + 0.08 * count as f32);
    let (tine, lean) = (kit.random.range(0.15, 0.6), kit.random.range(0.0, 0.12));
    posed(kit, |kit| {
        let r = 0.026 + 0.01 * long;
        shaft(kit, long, r);
        kit.either(0.7, Kit::metal, Kit::wood);
        let (bar, fan) = (0.8 * r + 0.008, kit.random.range(0.9, 1.5));
        kit.rod(vec3(-wide - bar, long, 0.0), vec3(wide + bar, long, 0.0), bar, bar);
        kit.both(|kit| kit.rod(vec3(0.0, long - 0.25, 0.0), vec3(0.5 * wide, long, 0.0), 0.8 * bar, 0.8 * bar));
        for k in 0..count {
            let x = wide * (2.0 * k as f32 / (count - 1).max(1) as f32 - 1.0);
            let (from, long) = (vec3(x, long, 0.0), if is_fork { 0.3 + tine } else { 0.4 * tine + 0.08 });
            let way = if is_fork { vec3((fan - 1.0) * x, long, 0.0) } else { vec3(0.0, 0.3 * long, long) };
            let bent = from + 0.5 * way - if is_fork { lean * Vec3::Z } else { Vec3::ZERO };
            kit.tube(&[(from, 0.85 * bar), (bent, 0.8 * bar), (from + way, 0.35 * bar)]);
        }
    });
}

/// Maces, torches, brooms, wands, screwdrivers: what has something at the end of a handle.
fn staff(kit: &mut Kit) {
    let (long, top, s) = (kit.random.range(0.5, 2.2), kit.random.whole(0, 6), kit.random.range(0.1, 0.22));
    let (count, tall) = (kit.random.whole(3, 8), kit.random.range(0.7, 2.0));
    let r = kit.random.range(0.3, 0.5) * s.min(0.1 + 0.04 * long);
    posed(kit, |kit| {
        shaft(kit, long, r);
        kit.either(0.5, Kit::metal, |kit| kit.paint(2));
        kit.at((long + 0.5 * s) * Vec3::Y, |kit| match top {
            0 | 1 => {
                kit.ball(Vec3::ZERO, s * vec3(1.0, tall.min(1.3), 1.0));
                let rib = [[0.0, -1.0], [1.3, -0.8], [1.3, 0.5], [0.0, 1.3]].map(|[x, y]| vec2(s * x, s * y));
                let spike = |kit: &mut Kit, y: f32| kit.rod(Vec3::ZERO, s * vec3(1.6, y, 0.0), 0.3 * s, 0.0);
                kit.around(count, |kit| match top {
                    0 => kit.plate(&rib, -0.025, 0.025),
                    _ => [-0.8, 0.0, 0.8].into_iter().for_each(|y| spike(kit, y)),
                });
            }
            2 => kit.lathe(-0.8 * s * Vec3::Y, &[vec2(r, 0.0), vec2(s, tall * s), vec2(0.0, 3.0 * tall * s)]),
            3 => kit.lathe(-s * Vec3::Y, &[vec2(r, 0.0), vec2(s, 0.3 * tall), vec2(1.3 * s, 0.5 * tall)]),
            4 => {
                let wide = s * kit.random.range(1.0, 3.0);
                kit.frustum(-s * Vec3::Y, vec3(wide, s, s), vec3(2.0 * wide, 0.0, s), Vec3::ZERO);
                kit.paint(3);
                let low = vec3(1.9 * wide, 2.0 * s * tall, 0.9 * s);
                kit.frustum(-0.02 * Vec3::Y, low, vec3(2.4 * wide, 0.0, s), Vec3::ZERO);
            }
            5 => {
                kit.arc(s * Vec3::Y, Vec3::Z, 1.3 * s, 0.9 * r, -FRAC_PI_2, 0.8 * PI);
                kit.ball(0.6 * s * Vec3::Y, Vec3::splat(0.9 * s));
            }
            _ => {
                kit.metal();
                upright(kit, -s, tall, 0.5 * r, 0.4 * r);
                kit.frustum((tall - 0.05) * Vec3::Y, r * vec3(0.9, 3.0, 0.9), r * vec3(1.6, 0.0, 0.5), Vec3::ZERO);
            }
        });
    });
}

/// Wrenches and keys.
fn wrench(kit: &mut Kit) {
    let (long, thick, r) = (kit.random.range(0.8, 2.0), kit.random.range(0.05, 0.12), kit.random.range(0.16, 0.28));
    let (is_key, gap, lean) = (kit.random.chance(0.4), kit.random.range(0.5, 1.0), kit.random.around(0.4));
    posed(kit, |kit| {
        kit.either(0.5, Kit::metal, Kit::gold);
        let disc = |kit: &mut Kit, y: f32, r: f32| kit.rod(vec3(0.0, y, -thick), vec3(0.0, y, thick), r, r);
        disc(kit, 0.0, r);
        let (slot, hole) = (r * vec3(gap, 2.4, 9.0), r * vec3(gap, gap, 9.0));
        if is_key {
            kit.carve(|kit| kit.block(Vec3::ZERO, hole));
            kit.rod(0.8 * r * Vec3::Y, long * Vec3::Y, 0.07, 0.065);
            let (teeth, step) = (kit.random.whole(1, 4), kit.random.range(0.09, 0.14));
            for k in 0..teeth {
                let out = kit.random.range(0.15, 0.35);
                kit.block(vec3(0.5 * out, long - 0.08 - k as f32 * step, 0.0), vec3(out, 0.7 * step, 0.08));
            }
        } else {
            let (slim, is_open) = (r * kit.random.range(0.5, 0.9), kit.random.chance(0.4));
            disc(kit, long, 1.1 * r);
            kit.block(0.5 * long * Vec3::Y, vec3(slim, long, 1.4 * thick));
            kit.carve(|kit| kit.turned(long * Vec3::Y, Vec3::Z, lean, |kit| kit.block(r * Vec3::Y, slot)));
            kit.carve(|kit| if is_open { kit.block(-r * Vec3::Y, slot) } else { kit.block(Vec3::ZERO, hole) });
        }
    });
}

/// Pliers and scissors.
fn pliers(kit: &mut Kit) {
    kit.sides = kit.sides.min(6);
    let (open, jaw, arm) = (kit.random.range(0.05, 0.5), kit.random.range(0.25, 1.2), kit.random.range(0.5, 1.1));
    let (is_ring, bow, thick) = (jaw > 0.65, kit.random.range(0.1, 0.35), kit.random.range(0.035, 0.08));
    posed(kit, |kit| {
        kit.both(|kit| {
            kit.turned(Vec3::ZERO, Vec3::Z, -open, |kit| {
                kit.metal();
                let (wide, tip) = (if is_ring { 0.07 } else { 0.12 }, [jaw, -0.02, 0.03, 0.6 * thick]);
                blade(kit, &[[-0.1, 0.0, wide, thick], [0.2 * jaw, 0.03, wide, thick], tip], true);
                kit.paint(1);
                let foot = vec3(-0.1, -arm, 0.0);
                kit.tube(&[(Vec3::ZERO, thick), (vec3(-bow, -0.45 * arm, 0.0), 1.1 * thick), (foot, thick)]);
                if is_ring {
                    let size = kit.random.range(0.14, 0.22);
                    kit.ring(foot - vec3(0.5 * size, size, 0.0), Vec3::Z, 1.1 * size, 1.1 * thick);
                }
            });
        });
        kit.metal();
        kit.rod(-1.4 * thick * Vec3::Z, 1.4 * thick * Vec3::Z, 0.1, 0.1);
    });
}

/// Spoons, ladles, forks, spatulas, whisks, rolling pins.
fn utensil(kit: &mut Kit) {
    let (long, r, style) = (kit.random.range(0.7, 1.8), kit.random.range(0.025, 0.045), kit.random.whole(0, 5));
    let (wide, tall, bend) = (kit.random.range(0.14, 0.28), kit.random.range(1.0, 1.8), kit.random.around(0.12));
    let (flat, fat) = (kit.random.range(1.0, 2.2), kit.random.range(1.0, 1.8) * r);
    posed(kit, |kit| {
        kit.either(0.5, Kit::metal, Kit::wood);
        kit.scaled(Vec3::ZERO, vec3(flat, 1.0, 1.0), |kit| {
            bent(kit, [Vec3::ZERO, vec3(0.0, 0.5 * long, bend), long * Vec3::Y], [fat, r, r]);
        });
        kit.at((long + 0.8 * tall * wide) * Vec3::Y, |kit| match style {
            0 | 1 => {
                let size = wide * vec3(1.0, tall, kit.random.range(0.3, 1.1));
                kit.ball(Vec3::ZERO, size);
                kit.carve(|kit| kit.block(size.z * Vec3::Z, size * vec3(3.0, 2.2, 1.9)));
                kit.carve(|kit| kit.ball(0.1 * size.z * Vec3::Z, size - vec3(0.04, 0.04, 0.03)));
            }
            2 => {
                let (count, tines) = (kit.random.whole(2, 4), kit.random.range(0.2, 0.5));
                kit.pad(Vec3::ZERO, vec3(1.5 * wide, tall * wide * 1.7, 0.06), 0.02);
                for k in 0..count {
                    let foot = wide * vec3(1.3 * k as f32 / (count - 1) as f32 - 0.65, 0.7 * tall, 0.0);
                    kit.rod(foot, foot + vec3(0.0, tines, 0.08), 0.032, 0.02);
                }
            }
            3 => {
                let size = wide * vec3(1.2, 2.0 * tall, 0.3);
                kit.frustum(-0.9 * tall * wide * Vec3::Y, size, wide * vec3(2.0, 0.0, 0.2), bend * Vec3::Z);
            }
            4 => kit.around(3, |kit| {
                kit.scaled(Vec3::ZERO, wide * vec3(1.0, tall, 1.0), |kit| kit.ring(Vec3::ZERO, Vec3::Z, 1.0, 0.1));
            }),
            _ => {
                upright(kit, -0.7 * long - tall * wide, 0.8 * tall, 0.8 * wide, 0.8 * wide);
                upright(kit, 0.7 * tall, 0.8 * tall + 0.3 * long, r, fat);
            }
        });
    });
}

fn pan(kit: &mut Kit) {
    let (high, foot) = (kit.random.range(0.12, 1.1), kit.random.range(0.6, 1.0));
    let (style, wall) = (kit.random.whole(0, 3), kit.random.range(0.04, 0.08));
    kit.sides = kit.sides.max(12);
    let tilt = kit.random.pick(&[0.0, 0.0, 0.0, FRAC_PI_2, 0.4]);
    kit.turned(Vec3::ZERO, Vec3::X, tilt, |kit| {
        kit.either(0.6, Kit::metal, |kit| kit.paint(0));
        let (inner, floor) = (vec2(1.0 - wall, high), vec2(foot - wall, wall));
        kit.lathe(Vec3::ZERO, &[vec2(foot, 0.0), vec2(1.0, high), inner, floor, vec2(0.0, wall)]);
        let y = high * kit.random.range(0.65, 0.9);
        if style > 0 && kit.random.chance(0.4) {
            let dome = kit.random.range(0.05, 0.4);
            let lid = [vec2(1.04, 0.0), vec2(1.0, 0.06), vec2(0.6, dome + 0.04), vec2(0.0, dome + 0.08)];
            kit.lathe((high - 0.03) * Vec3::Y, &lid);
            kit.ball((high + dome + 0.1) * Vec3::Y, vec3(0.14, 0.12, 0.14));
        }
        kit.either(0.6, Kit::dark, Kit::wood);
        let edge = (foot + (1.0 - foot) * y / high - 0.5 * wall) * Vec3::X + y * Vec3::Y;
        if style < 2 {
            let (way, r) =
                (vec3(kit.random.range(0.7, 2.0), kit.random.range(0.0, 0.5), 0.0), kit.random.range(0.04, 0.09));
            let (at, path) = (kit.random.range(-2.5, 0.5), [edge, edge + 0.4 * way, edge + way * vec3(1.0, 0.7, 1.0)]);
            kit.turned(Vec3::ZERO, Vec3::Y, at, |kit| bent(kit, path, [0.8 * r, r, 1.2 * r]));
        } else {
            let (size, r) = (kit.random.range(0.15, 0.3), kit.random.range(0.04, 0.07));
            kit.both(|kit| kit.arc(edge, Vec3::Y, size, r, -FRAC_PI_2 - 0.1, FRAC_PI_2 + 0.1));
        }
    });
}
