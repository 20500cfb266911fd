//! Vehicles for the road.

use std::f32::consts::{FRAC_PI_2, PI};

use glam::{Vec3, vec2, vec3};

use super::Kind;
use super::kit::Kit;
use super::parts::{along, prism, spindle};

pub const KINDS: &[Kind] = &[("car", car), ("racing car", racing_car), ("truck", truck), ("bus", bus)];

/// Radius, width, and looks: 0 a disc, 1 a tyre with a hollow rim, 2 a tyre with lugs, 3 spokes.
#[derive(Clone, Copy)]
pub(super) struct Wheel(pub(super) f32, pub(super) f32, pub(super) usize);

/// A wheel about the x axis, its outside to +x.
pub(super) fn wheel(kit: &mut Kit, at: Vec3, Wheel(r, w, looks): Wheel) {
    let sides = if looks == 3 { 8 } else { kit.sides.clamp(8, 10) };
    let parts = |kit: &mut Kit| {
        let h = 0.5 * w;
        kit.dark();
        match looks {
            3 => {
                let (count, rim) = (kit.random.pick(&[2, 3, 3, 4]), (0.5 * w).min(0.12 * r).max(0.05 * r));
                let hub = kit.random.range(0.12, 0.25) * r;
                kit.ring(Vec3::ZERO, Vec3::Y, r - rim, rim);
                kit.metal();
                kit.rod(-0.8 * h * Vec3::Y, 1.1 * h * Vec3::Y, hub, hub);
                for k in 0..count {
                    let angle = PI * k as f32 / count as f32;
                    let size = vec3(2.0 * (r - rim), 1.2 * rim, 1.1 * rim);
                    kit.turned(Vec3::ZERO, Vec3::Y, angle, |kit| kit.block(Vec3::ZERO, size));
                }
            }
            looks => {
                let (rim, dish) = (kit.random.range(0.45, 0.75) * r, if looks == 1 { 0.1 } else { 0.85 } * h);
                let edge = [vec2(0.88 * r, -h), vec2(r, -0.6 * h), vec2(r, 0.6 * h), vec2(0.88 * r, h)];
                kit.lathe(Vec3::ZERO, &[&edge[..], &[vec2(rim, h), vec2(0.9 * rim, dish)]].concat());
                if looks == 2 {
                    kit.around(7, |kit| kit.block(0.98 * r * Vec3::X, vec3(0.16 * r, 1.8 * h, 0.22 * r)));
                }
                kit.metal();
                kit.rod(Vec3::ZERO, (dish + 0.2 * h) * Vec3::Y, 0.8 * rim, 0.7 * rim);
                kit.rod(Vec3::ZERO, 1.15 * h * Vec3::Y, 0.25 * rim, 0.2 * rim);
            }
        }
    };
    kit.sided(sides, |kit| kit.turned(at, Vec3::Z, -FRAC_PI_2, parts));
}

/// Two wheels at x = ±`half` on an axle, standing on the floor.
pub(super) fn axle(kit: &mut Kit, z: f32, half: f32, size: Wheel) {
    let (middle, thick) = (vec3(0.0, size.0, z), (0.2 * size.0).max(0.025));
    kit.both(|kit| wheel(kit, middle + half * Vec3::X, size));
    kit.metal();
    kit.rod(middle - half * Vec3::X, middle + half * Vec3::X, thick, thick);
}

/// A prism with windows in front, behind and at its sides.
pub(super) fn cabin(kit: &mut Kit, low: [f32; 4], high: [f32; 4]) {
    let (sill, panes) = (kit.random.range(0.08, 0.4), kit.random.whole(1, 3));
    prism(kit, low, high);
    kit.glass();
    let out = 0.03 * (low[3] - low[2]).min(2.0 * low[1]);
    let level = |t: f32| [0, 1, 2, 3].map(|k| low[k] + (high[k] - low[k]) * t);
    for (side, ahead) in [(out, -4.0 * out), (-4.0 * out, out)] {
        let pane = |t: f32, from: f32, to: f32| {
            let [y, w, b, f] = level(t);
            let (b, f) = (b - ahead, f + ahead);
            [y, w + side, b + (f - b) * from, b + (f - b) * to]
        };
        let count = if side > 0.0 { panes } else { 1 };
        for k in 0..count {
            let gap = if count > 1 { 0.06 } else { 0.0 };
            let (from, to) = (k as f32 / count as f32 + gap, (k + 1) as f32 / count as f32 - gap);
            prism(kit, pane(sill, from, to), pane(0.88, from, to));
        }
    }
}

fn car(kit: &mut Kit) {
    kit.sides = kit.sides.min(10);
    let (long, tall, r) = (kit.random.range(1.6, 2.7), kit.random.range(0.62, 0.95), kit.random.range(0.15, 0.23));
    // Sedan, hatchback, van, sports, pickup, jeep: the cabin's back and front below, then above.
    let looks = kit.random.weighted(&[3.0, 2.0, 1.5, 1.5, 1.5, 1.5]);
    let spans = [(-0.34, 0.22, -0.2, 0.06), (-0.48, 0.24, -0.4, 0.08), (-0.49, 0.4, -0.46, 0.2)];
    let more = [(-0.4, 0.16, -0.2, -0.02), (-0.08, 0.24, -0.06, 0.1), (-0.47, 0.14, -0.46, 0.1)];
    let (b, f, tb, tf) = [spans, more].concat()[looks];
    let (r, tall) = if looks == 5 { (1.25 * r, tall + 0.12) } else { (r, tall - if looks == 3 { 0.12 } else { 0.0 }) };
    let low = r * kit.random.range(0.5, 1.0);
    let belt = low + (tall - low) * kit.random.range(0.45, 0.62);
    let (nose, tuck) = (belt - kit.random.range(0.0, 0.35) * (belt - low), kit.random.range(0.02, 0.12));
    let size = Wheel(r, kit.random.range(0.14, 0.22), if looks == 5 { 2 } else { kit.random.whole(0, 1) });
    kit.paint(0);
    let l = 0.5 * long;
    let tail = belt - if looks == 0 { 0.05 } else { 0.0 };
    along(
        kit,
        &[
            [-l, low + tuck, tail - 0.3 * tuck, 0.44, 0.44],
            [-0.9 * l, low, tail, 0.5, 0.48],
            [f * long, low, belt, 0.5, 0.48],
            [0.85 * l, low, nose, 0.5, 0.47],
            [l, low + 0.5 * tuck, nose - tuck, 0.42, 0.4],
        ],
    );
    if looks != 5 || kit.random.chance(0.6) {
        let roof = kit.random.range(0.34, 0.45);
        cabin(kit, [belt - 0.03, 0.47, b * long, f * long], [tall, roof, tb * long, tf * long]);
    } else {
        kit.carve(|kit| kit.block(vec3(0.0, belt, -0.16 * long), vec3(0.84, 0.6 * (belt - low), 0.52 * long)));
        kit.metal();
        kit.both(|kit| kit.rod(vec3(0.45, belt - 0.1, -0.05 * long), vec3(0.43, tall, -0.07 * long), 0.03, 0.03));
        kit.rod(vec3(-0.45, tall, -0.07 * long), vec3(0.45, tall, -0.07 * long), 0.03, 0.03);
        kit.both(|kit| kit.pad(vec3(0.22, belt, -0.14 * long), vec3(0.26, 0.35, 0.08), 0.03));
    }
    if looks == 4 {
        kit.carve(|kit| kit.block(vec3(0.0, belt, -0.29 * long), vec3(0.84, belt - low, 0.36 * long)));
    }
    let zs = [-kit.random.range(0.28, 0.34) * long, kit.random.range(0.28, 0.34) * long];
    car_wheels(kit, size, zs);
    car_extras(kit, [long, low, belt, nose, tall], looks);
    car_sign(kit, vec3(0.0, tall + 0.02, 0.5 * (tb + tf) * long));
}

fn car_wheels(kit: &mut Kit, size: Wheel, zs: [f32; 2]) {
    let (r, arch) = (size.0, 1.15 * size.0);
    kit.carve(|kit| {
        kit.dark();
        for z in zs {
            kit.both(|kit| kit.rod(vec3(0.3, r, z), vec3(0.7, r, z), arch, arch));
        }
    });
    for z in zs {
        axle(kit, z, 0.5 - 0.4 * size.1, size);
    }
}

fn car_extras(kit: &mut Kit, [long, low, belt, nose, tall]: [f32; 5], looks: usize) {
    let l = 0.5 * long;
    let (lamp, has_bumper) = (kit.random.range(0.05, 0.09), kit.random.chance(0.6));
    kit.white();
    kit.both(|kit| spindle(kit, vec3(0.3, 0.5 * (low + nose) + 0.05, l - 0.1), &[(lamp, 0.0), (lamp, 0.12)]));
    kit.hsv(0.0, 0.9, 0.8);
    kit.both(|kit| kit.block(vec3(0.35, belt - 0.16, -l + 0.02), vec3(0.14, 0.08, 0.12)));
    if has_bumper {
        kit.metal();
        for z in [-l, l] {
            kit.pad(vec3(0.0, low + 0.1, z), vec3(0.96, 0.1, 0.12), 0.03);
        }
    }
    if looks == 3 && kit.random.chance(0.7) {
        kit.paint(1);
        kit.both(|kit| kit.block(vec3(0.35, belt + 0.05, -l + 0.15), vec3(0.06, 0.22, 0.1)));
        kit.block(vec3(0.0, belt + 0.16, -l + 0.13), vec3(0.96, 0.05, 0.2));
    }
    if looks == 5 {
        let at = vec3(0.0, belt - 0.08, -l - 0.02);
        kit.turned(at, Vec3::Y, FRAC_PI_2, |kit| wheel(kit, Vec3::ZERO, Wheel(0.22, 0.14, 1)));
    } else if looks < 3 && kit.random.chance(0.15) {
        kit.wood();
        kit.pad(vec3(0.0, tall + 0.06, -0.12 * long), vec3(0.55, 0.18, 0.3 * long), 0.04);
    }
}

/// Taxi's sign or police lights.
fn car_sign(kit: &mut Kit, at: Vec3) {
    kit.paint(2);
    match kit.random.whole(0, 6) {
        0 => kit.block(at, vec3(0.3, 0.14, 0.12)),
        1 => kit.both(|kit| kit.pad(at + 0.14 * Vec3::X, vec3(0.29, 0.12, 0.12), 0.03)),
        _ => {}
    }
}

fn racing_car(kit: &mut Kit) {
    kit.sides = kit.sides.min(10);
    let (long, r, w) = (kit.random.range(1.9, 2.9), kit.random.range(0.17, 0.26), kit.random.range(0.15, 0.3));
    let (l, waist, height) = (0.5 * long, kit.random.range(0.16, 0.26), kit.random.range(0.22, 0.34));
    kit.paint(0);
    if kit.random.chance(0.35) {
        let b = waist * 1.2;
        spindle(
            kit,
            vec3(0.0, 0.28, 0.0),
            &[(0.05, -l), (b, -0.4 * l), (1.05 * b, 0.2 * l), (0.8 * b, 0.8 * l), (0.5 * b, l)],
        );
    } else {
        let pods = kit.random.range(0.36, 0.48);
        along(
            kit,
            &[[-l, 0.16, 0.3, 0.1, 0.08], [0.0, 0.08, 0.1 + height, waist, 0.8 * waist], [l, 0.12, 0.22, 0.08, 0.06]],
        );
        kit.paint(1);
        along(
            kit,
            &[[-0.65 * l, 0.08, 0.28, 0.25, 0.2], [-0.1 * l, 0.08, 0.34, pods, pods], [0.15 * l, 0.1, 0.3, pods, pods]],
        );
        let (front, rear) = (kit.random.range(0.7, 1.0), kit.random.range(0.3, 0.6));
        kit.paint(2);
        kit.block(vec3(0.0, 0.12, l - 0.05), vec3(front, 0.05, 0.25));
        kit.both(|kit| kit.block(vec3(0.4, 0.17 + 0.5 * rear, -l), vec3(0.05, rear - 0.1, 0.3)));
        kit.block(vec3(0.0, 0.15 + rear, -l), vec3(0.83, 0.05, 0.26));
        kit.block(vec3(0.0, 0.22, -l + 0.02), vec3(0.83, 0.06, 0.2));
    }
    kit.paint(3);
    kit.hull(&[vec3(0.0, 0.6, -0.3), vec3(0.0, 0.35, -0.8 * l), vec3(0.1, 0.3, -0.25), vec3(-0.1, 0.3, -0.25)]);
    kit.white();
    kit.ball(vec3(0.0, 0.2 + height, -0.05), vec3(0.11, 0.14, 0.13));
    let looks = kit.random.pick(&[0, 1, 1, 3]);
    axle(kit, -0.65 * l, 0.46, Wheel(1.1 * r, 1.2 * w, looks));
    axle(kit, 0.65 * l, 0.46, Wheel(r, w, looks));
}

fn truck(kit: &mut Kit) {
    kit.sides = kit.sides.min(10);
    let (long, r, top) = (kit.random.range(1.7, 3.6), kit.random.range(0.18, 0.27), kit.random.range(1.05, 1.5));
    let (l, low) = (0.5 * long, r * kit.random.range(1.1, 1.5));
    let (snout, size) = (kit.random.chance(0.4), Wheel(r, 0.2, kit.random.whole(0, 2)));
    let head = kit.random.range(0.5, 0.75);
    let back = l - head - if snout { 0.35 } else { 0.0 };
    kit.dark();
    kit.block(vec3(0.0, low, 0.0), vec3(0.5, 0.14, long - 0.1));
    kit.paint(0);
    let slant = kit.random.range(0.0, 0.2);
    cabin(kit, [low, 0.5, back, back + head], [top, 0.47, back + 0.02, back + head - slant]);
    if snout {
        prism(kit, [low, 0.42, back + head - 0.1, l], [low + 0.45 * (top - low), 0.36, back + head - 0.1, l - 0.05]);
    }
    kit.metal();
    kit.pad(vec3(0.0, low + 0.02, l), vec3(1.0, 0.16, 0.12), 0.03);
    kit.white();
    kit.both(|kit| kit.rod(vec3(0.34, low + 0.18, l - 0.1), vec3(0.34, low + 0.18, l + 0.04), 0.07, 0.07));
    load(kit, [low, top], [-l, back]);
    axle(kit, back + 0.5 * head + if snout { 0.3 } else { 0.0 }, 0.42, size);
    axle(kit, -0.62 * l, 0.42, size);
    if long > 2.4 {
        axle(kit, -0.62 * l + 2.2 * r, 0.42, size);
    }
}

/// What a truck carries, between two heights and from back to front.
fn load(kit: &mut Kit, [low, top]: [f32; 2], [back, front]: [f32; 2]) {
    let (tall, gap) = (kit.random.range(0.9, 1.25) * (top - low), kit.random.range(0.02, 0.08));
    let (long, mid, front) = (front - gap - back, 0.5 * (front - gap + back), front - gap);
    kit.paint(1);
    let looks = kit.random.whole(0, 5);
    match looks {
        0 => kit.pad(vec3(0.0, low + 0.5 * tall, mid), vec3(1.04, tall, long), 0.03),
        1 => {
            let r = 0.46 * tall.min(1.0);
            let ends = [(0.7 * r, back), (r, back + 0.1), (r, front - 0.1), (0.7 * r, front)];
            spindle(kit, vec3(0.0, low + r, 0.0), &ends);
            kit.block(vec3(0.0, low + 2.0 * r, mid), vec3(0.2, 0.1, 0.2));
        }
        2 | 3 => {
            let (tip, t) = (if looks == 2 { kit.random.range(0.0, 0.7) } else { 0.0 }, 0.6 * tall);
            kit.turned(vec3(0.0, low, back + 0.05), Vec3::X, -tip, |kit| {
                prism(kit, [0.0, 0.45, -0.05, long - 0.05], [t, 0.52, -0.15, long - 0.05]);
                kit.carve(|kit| prism(kit, [0.1, 0.4, 0.02, long - 0.12], [t + 0.05, 0.47, -0.05, long - 0.12]));
                if kit.random.chance(0.5) {
                    kit.hsv(0.08, 0.5, 0.5);
                    kit.ball(vec3(0.0, 0.5 * t, 0.45 * long), vec3(0.41, 0.7 * t, 0.4 * long));
                }
            });
            kit.metal();
            kit.rod(vec3(0.0, low, mid), vec3(0.0, low + 0.1 + 0.5 * long * libm::sinf(tip), mid), 0.06, 0.06);
        }
        4 => {
            kit.pad(vec3(0.0, low + 0.35 * tall, mid), vec3(1.0, 0.7 * tall, long), 0.03);
            ladder(kit, vec3(0.0, low + 0.75 * tall, back + 0.25), long);
        }
        _ => {
            kit.block(vec3(0.0, low + 0.06, mid), vec3(1.0, 0.12, long));
            kit.wood();
            for k in 0..3 {
                let r = kit.random.range(0.14, 0.17);
                let at = vec3((k as f32 - 1.0) * 0.29, low + 0.1 + r, 0.0);
                kit.rod(at + (back - 0.1) * Vec3::Z, at + (front - 0.06) * Vec3::Z, r, r);
            }
        }
    }
}

/// A ladder on its turntable.
fn ladder(kit: &mut Kit, at: Vec3, long: f32) {
    kit.metal();
    let tilt = kit.random.range(-0.05, 0.7);
    kit.turned(at, Vec3::X, -tilt, |kit| {
        kit.block(vec3(0.0, -0.08, 0.0), vec3(0.4, 0.25, 0.35));
        kit.both(|kit| kit.block(vec3(0.17, 0.06, 0.5 * long), vec3(0.07, 0.1, 1.3 * long)));
        for k in 0..7 {
            kit.block(vec3(0.0, 0.06, (k as f32 / 5.5 - 0.1) * long), vec3(0.34, 0.06, 0.06));
        }
    });
}

fn bus(kit: &mut Kit) {
    // A caravan is a short one with a drawbar.
    let (long, tall, r) = (kit.random.range(1.3, 4.0), kit.random.range(0.95, 1.35), kit.random.range(0.15, 0.22));
    let (l, low, is_caravan) = (0.5 * long, 0.7 * r, kit.random.chance(0.25));
    let (nose, belt) = (kit.random.range(0.0, 0.2), low + kit.random.range(0.3, 0.45) * tall);
    kit.paint(0);
    along(
        kit,
        &[[-l, low + 0.03, belt, 0.46, 0.47], [-l + 0.1, low, belt, 0.5, 0.5], [l, low, belt - 0.3 * nose, 0.5, 0.46]],
    );
    kit.paint(1);
    let floors = if long > 2.2 && kit.random.chance(0.2) { 2 } else { 1 };
    let top = low + tall;
    for floor in 0..floors {
        let up = 0.6 * tall * floor as f32;
        cabin(kit, [belt - 0.05 + up, 0.495, -l, l - 0.01], [top + up, 0.44, -l + 0.05, l - 0.02 - nose]);
    }
    let size = Wheel(r, 0.16, kit.random.whole(0, 1));
    if is_caravan {
        axle(kit, 0.0, 0.45, Wheel(1.1 * low + 0.08, 0.14, 1));
        kit.metal();
        kit.both(|kit| kit.rod(vec3(0.35, low + 0.05, l - 0.2), vec3(0.0, low + 0.05, l + 0.45), 0.04, 0.04));
        kit.rod(vec3(0.0, 0.0, l + 0.4), vec3(0.0, low + 0.15, l + 0.4), 0.04, 0.04);
    } else {
        axle(kit, -0.55 * l, 0.44, size);
        axle(kit, 0.6 * l, 0.44, size);
        kit.dark();
        kit.both(|kit| kit.block(vec3(0.52, 0.8 * belt + 0.2 * top, 0.85 * l), vec3(0.12, 0.16, 0.06)));
    }
    kit.metal();
    if kit.random.chance(0.4) {
        kit.pad(vec3(0.0, low + (0.4 + 0.6 * floors as f32) * tall, -0.2 * l), vec3(0.5, 0.16, 0.5 * l), 0.04);
    }
}
