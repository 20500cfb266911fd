//! Machines of outposts: drills, guns, walkers, hovercraft, turbines and launch pads.

use std::f32::consts::{FRAC_PI_2, PI};

use glam::{Vec3, vec2, vec3};

use super::Kind;
use super::frontier::{dish, mast, maybe, plates, track};
use super::kit::Kit;
use super::parts::{
    along, bent, disc, dome, forward, hue, lathed, mirrored_hull, round_slab, side_plate, sizes, spindle, upright,
};

pub const KINDS: &[Kind] = &[
    ("drill rig", drill),
    ("turret", turret),
    ("mech", mech),
    ("speeder", speeder),
    ("ray gun", ray_gun),
    ("wind turbine", turbine),
    ("launch tower", launch),
    ("landing pad", landing_pad),
];

/// A derrick, or a crawler with an auger or a cutter in front.
fn drill(kit: &mut Kit) {
    kit.sides = kit.sides.min(12);
    let [w, tall, r, long, rise] = sizes(kit, [(0.3, 0.6), (1.4, 2.8), (0.15, 0.35), (0.7, 1.3), (-0.3, 0.3)]);
    let (style, floors) = (kit.random.whole(0, 2), kit.random.whole(3, 5));
    let bit = [0, 1, 2, 3, 4, 5, 6, 7, 8].map(|k| ((1.0 - 0.11 * k as f32) * [1.0, 0.7][k % 2], -0.3 * k as f32));
    let bit = |kit: &mut Kit, at: Vec3, r: f32| lathed(kit, at, Vec3::splat(r), &bit);
    kit.paint(1);
    if style == 0 {
        mast(kit, tall, [w, 0.1 + 0.3 * r], floors, 0.05);
        kit.block(0.1 * Vec3::Y, vec3(3.0 * w, 0.15, 3.0 * w));
        upright(kit, -0.3, tall + 0.1, 0.08, 0.08);
        kit.four(|kit| kit.rod(vec3(1.3 * w, -0.6, 1.3 * w), vec3(1.3 * w, 0.1, 1.3 * w), 0.07, 0.07));
        return bit(kit, 0.05 * Vec3::Y, 1.3 * r);
    }
    kit.both(|kit| track(kit, vec3(w, 0.15, 0.0), 2.0 * long, 0.5, 0.45 * w));
    hue(kit, &[0.12, 0.05, 0.1]);
    kit.pad(0.4 * Vec3::Y, vec3(1.8 * w, 0.5, 1.7 * long), 0.06);
    kit.frustum(vec3(0.0, 0.6, -0.3 * long), vec3(1.6 * w, 1.3 * w, long), vec3(1.4 * w, 0.0, 0.7 * long), Vec3::ZERO);
    kit.metal();
    let at = vec3(0.0, 0.45, 0.8 * long);
    if style == 1 {
        return kit.turned(at, Vec3::X, 0.7 * rise, |kit| {
            kit.block(vec3(0.0, 0.3 * tall, 0.2), vec3(0.25, 0.9 * tall, 0.2));
            kit.block(0.0 * Vec3::Z, vec3(0.3, 0.3, 0.6));
            kit.block(vec3(0.0, 0.6 * tall, 0.4), vec3(0.35, 0.3, 0.6));
            kit.rod(vec3(0.0, -0.2, 0.5), vec3(0.0, 0.6 * tall, 0.5), 0.09, 0.09);
            (0..floors).for_each(|k| {
                kit.rod(vec3(0.0, 0.25 * k as f32, 0.5), vec3(0.0, 0.25 * k as f32 + 0.1, 0.5), r, 0.8 * r)
            });
            bit(kit, vec3(0.0, 0.02, 0.5), r);
        });
    }
    kit.turned(at, Vec3::X, 0.6 * rise, |kit| {
        kit.rod(-0.4 * Vec3::Z, 0.45 * Vec3::Z, 0.7 * w, 0.5 * w);
        if floors == 3 {
            kit.rod(vec3(-1.3 * w, 0.0, 0.5), vec3(1.3 * w, 0.0, 0.5), 0.25 + 0.4 * r, 0.25 + 0.4 * r);
            return kit.both(|kit| {
                (0..2).for_each(|k| disc(kit, vec3(0.4 * w + k as f32 * 0.6 * w, 0.0, 0.3), 0.1, 0.5 + 0.3 * r))
            });
        }
        kit.turned(0.4 * Vec3::Z, Vec3::X, -FRAC_PI_2, |kit| {
            kit.scaled(Vec3::ZERO, vec3(1.1, 1.5, 1.1), |kit| bit(kit, Vec3::ZERO, w))
        });
    });
}

/// A gun on a turning head: barrels, pods or a dome on a foot.
fn turret(kit: &mut Kit) {
    let [r, up, w, long, lift, gap] =
        sizes(kit, [(0.35, 0.8), (0.15, 0.9), (0.3, 0.6), (0.5, 1.6), (-0.15, 0.7), (0.1, 0.3)]);
    let (foot, head, count, turn) =
        (kit.random.whole(0, 2), kit.random.whole(0, 3), kit.random.whole(1, 3), kit.random.around(0.6));
    let leg = [(r + 0.5) * Vec3::X, vec3(0.6 * r, 0.7 * up, 0.0), up * Vec3::Y];
    kit.paint(0);
    match foot {
        0 => lathed(kit, Vec3::ZERO, vec3(r, up, r), &[(1.2, 0.0), (1.15, 0.2), (0.7, 0.4), (0.6, 1.1)]),
        1 => kit.around(count + 2, |kit| bent(kit, leg, [0.09, 0.1, 0.12])),
        _ => kit.frustum(Vec3::ZERO, vec3(2.4 * r, up + 0.05, 2.4 * r), vec3(1.2 * r, 0.0, 1.2 * r), Vec3::ZERO),
    }
    upright(kit, up - 0.08, up + 0.1, 0.5 * r + 0.1, 0.5 * r + 0.1);
    kit.turned((up + 0.08) * Vec3::Y, Vec3::Y, turn, |kit| {
        plates(kit);
        let wedge = [[-1.2, -0.1, 0.7, 1.0, 0.6], [0.5, -0.1, 1.0, 1.0, 0.6], [1.1, 0.2, 0.6, 0.5, 0.4]]
            .map(|row| row.map(|x| x * w));
        match head {
            0 => dome(kit, -0.03 * Vec3::Y, 1.1 * w, w),
            1 => kit.pad(0.4 * w * Vec3::Y, vec3(1.6 * w, w, 2.0 * w), 0.2 * w),
            2 => along(kit, &wedge),
            _ => kit.both(|kit| kit.block(vec3(0.8 * w, 0.4 * w, 0.0), vec3(0.3 * w, w, 0.9 * w))),
        }
        kit.turned(0.5 * w * Vec3::Y, Vec3::X, -lift, |kit| {
            kit.dark();
            kit.rod(-0.9 * w * Vec3::X, 0.9 * w * Vec3::X, 0.3 * w, 0.3 * w);
            let tube = [[0.12, -0.1], [0.12, 0.5], [0.08, 0.55], [0.07, 0.9], [0.1, 0.92], [0.1, 1.1]]
                .map(|[r, z]| (r, z * (long + w)));
            let barrel = |kit: &mut Kit, x: f32| spindle(kit, x * Vec3::X, &tube);
            (0..count).for_each(|k| barrel(kit, (k as f32 - 0.5 * (count as f32 - 1.0)) * (0.15 + gap)));
            maybe(kit, 0.3, |kit| kit.both(|kit| kit.block(vec3(1.3 * w, 0.1, 0.0), vec3(w, 0.8 * w, 1.8 * w))));
        });
    });
}

/// A walking machine with a cabin or a head.
fn mech(kit: &mut Kit) {
    kit.sides = kit.sides.min(12);
    let [w, h, d, thigh, shin, hip] =
        sizes(kit, [(0.4, 0.7), (0.3, 0.6), (0.35, 0.7), (0.4, 0.8), (0.4, 0.8), (0.3, 0.6)]);
    let ([bend, step, arm, lean], style) =
        (sizes(kit, [(-0.9, 0.9), (-0.3, 0.3), (-0.3, 1.5), (0.0, 0.5)]), kit.random.whole(0, 3));
    let (drop, kick) = (libm::cosf(bend), libm::sinf(bend));
    kit.metal();
    for side in [-1.0, 1.0] {
        let top = vec3(side * hip, 0.0, 0.0);
        let knee = top + thigh * vec3(0.15 * side, -drop, kick + side * step);
        let foot = knee + shin * vec3(0.1 * side, -drop, -kick);
        bent(kit, [top, knee, foot], [0.17, 0.14, 0.13]);
        kit.pad(foot - 0.05 * Vec3::Y, vec3(0.4, 0.2, 0.7), 0.07);
        kit.pad(knee.lerp(foot, 0.5), vec3(0.33, 0.6 * shin, 0.33), 0.06);
    }
    kit.rod(-1.2 * hip * Vec3::X, 1.2 * hip * Vec3::X, 0.2, 0.2);
    upright(kit, -0.1, 0.4, 0.2, 0.25);
    let y = 0.25 + h;
    plates(kit);
    match style {
        0 => along(
            kit,
            &[
                [-d, y - h, y + 0.8 * h, 0.8 * w, 0.7 * w],
                [0.1 * d, y - h, y + h, w, 0.8 * w],
                [1.2 * d, y - 0.8 * h, y, 0.6 * w, 0.5 * w],
            ],
        ),
        1 => kit.ball(y * Vec3::Y, vec3(w, 1.1 * h, d)),
        2 => kit.frustum(0.25 * Vec3::Y, vec3(w, 2.0 * h, d), vec3(2.2 * w, 0.0, 1.6 * d), lean * 0.5 * Vec3::Z),
        _ => kit.pad(y * Vec3::Y, 2.0 * vec3(w, h, d), 0.15),
    }
    kit.paint(1);
    kit.pad(vec3(0.0, y + lean * h, 0.6 * d), vec3(w, 0.6 * h, 0.9 * d), 0.08);
    let (at, way) = (vec3(w + 0.15, y + 0.3 * h, 0.0), vec3(0.05, -libm::cosf(arm), libm::sinf(arm)));
    kit.both(|kit| {
        kit.either(0.5, |kit| kit.ball(at, Vec3::splat(0.3)), |kit| kit.pad(at, vec3(0.5, 0.45, 0.5), 0.08));
        kit.rod(at - 0.3 * Vec3::X, at, 0.12, 0.12);
        bent(kit, [at, at + 0.6 * way, at + way + 0.4 * Vec3::Z], [0.12, 0.13, 0.17]);
    });
    maybe(kit, 0.5, |kit| kit.both(|kit| kit.block(vec3(0.6 * w, y + h, -0.2 * d), vec3(0.5 * w, 0.5 * h, 1.4 * d))));
    maybe(kit, 0.6, |kit| kit.pad(vec3(0.0, y + h + 0.1, 0.2 * d), vec3(0.35, 0.45, 0.4), 0.1));
}

/// A hovering bike or car.
fn speeder(kit: &mut Kit) {
    let [w, l, h, fin, pod, spread] =
        sizes(kit, [(0.2, 0.55), (0.9, 1.6), (0.15, 0.3), (0.2, 0.6), (0.1, 0.25), (0.15, 0.5)]);
    let (nose, tail, engines) =
        (kit.random.range(0.05, 0.6) * w, kit.random.range(0.4, 1.1) * w, kit.random.whole(0, 2));
    kit.paint(0);
    let body = [[-l, 0.1, h, tail, 0.7 * tail], [-0.4 * l, -0.5 * h, 1.3 * h, w, 0.7 * w]];
    let front = [[0.3 * l, -0.5 * h, h, w, 0.6 * w], [l, -0.1, 0.12, nose, nose]];
    along(kit, &[body, front].concat());
    seat(kit, w, l, h);
    kit.paint(1);
    let x = w + spread * 0.7;
    let engine = |kit: &mut Kit| {
        let rows = [(0.7, -0.4), (1.0, -0.2), (1.1, 0.3), (0.8, 0.4)].map(|(r, z)| (r * pod, z * l));
        spindle(kit, vec3(x, 0.1, -0.6 * l), &rows);
        kit.block(vec3(0.5 * x, 0.1, -0.6 * l), vec3(x, 0.09, 0.3 * l));
    };
    maybe(kit, engines as f32 * 0.6, |kit| kit.both(engine));
    let skid = [vec3(0.6 * w, 0.0, 0.3 * l), vec3(x, -0.05, 0.9 * l), vec3(x, -0.1, 1.3 * l)];
    maybe(kit, 0.5, |kit| kit.both(|kit| bent(kit, skid, [0.06; 3])));
    maybe(kit, 0.6, |kit| {
        side_plate(
            kit,
            vec3(0.0, 0.5 * h, -0.9 * l),
            0.05,
            &[(-0.3, fin + 0.2), (0.1, fin + 0.2), (0.5, 0.0), (-0.1, -0.1)],
        )
    });
    maybe(kit, 0.5, |kit| kit.pad(vec3(0.0, -0.5 * h, -0.1 * l), vec3(2.5 * w, 0.6 * h, 1.5 * l), 0.1));
}

/// A saddle and bars, or an open cabin.
fn seat(kit: &mut Kit, w: f32, l: f32, h: f32) {
    kit.dark();
    let (bar, front, top) = (vec3(0.0, 1.2 * h + 0.3, 0.2 * l), 0.7 * h, 1.2 * h + 0.2);
    if w < 0.36 {
        kit.pad(vec3(0.0, 1.3 * h, -0.2 * l), vec3(0.25, 0.2, 0.7 * l), 0.08);
        kit.rod(vec3(0.0, 0.6 * h, 0.35 * l), bar, 0.07, 0.05);
        return kit.both(|kit| kit.rod(bar - 0.03 * Vec3::Y, bar + vec3(0.3, 0.0, -0.1 * l), 0.05, 0.05));
    }
    kit.carve(|kit| kit.pad(vec3(0.0, 1.2 * h, -0.1 * l), vec3(1.1 * w, 1.6 * h, 0.6 * l), 0.1));
    kit.pad(vec3(0.0, h, -0.3 * l), vec3(w, 1.1 * h, 0.2), 0.06);
    kit.glass();
    let pane =
        [[0.6, front, 0.35], [0.6, front, 0.5], [0.5, top, 0.2], [0.5, top, 0.26]].map(|[x, y, z]| [x * w, y, z * l]);
    mirrored_hull(kit, &pane);
}

fn ray_gun(kit: &mut Kit) {
    let [r, l, barrel, lean, long, tip] =
        sizes(kit, [(0.16, 0.36), (0.4, 0.7), (0.4, 1.1), (0.1, 0.6), (0.5, 0.8), (0.05, 0.2)]);
    let (fins, style) = (kit.random.whole(0, 4), kit.random.whole(0, 2));
    let turn = kit.random.pick(&[FRAC_PI_2, -FRAC_PI_2, 0.0]);
    let egg = [(0.0, -1.2), (0.6, -1.0), (1.0, -0.4), (1.0, 0.3), (0.5, 1.0), (0.3, 1.2)].map(|(x, z)| (x * r, z * l));
    kit.turned(Vec3::ZERO, Vec3::Y, turn, |kit| {
        kit.paint(0);
        match style {
            0 => spindle(kit, Vec3::ZERO, &egg),
            1 => kit.ball(Vec3::ZERO, vec3(0.8 * r, r, l)),
            _ => kit.pad(Vec3::ZERO, vec3(1.1 * r, 1.8 * r, 2.0 * l), 0.3 * r),
        }
        kit.metal();
        muzzle(kit, [l, barrel, r, tip]);
        kit.paint(1);
        let fin = |kit: &mut Kit| {
            side_plate(
                kit,
                Vec3::ZERO,
                0.035,
                &[(-l, 0.3 * r), (0.3 * l, 0.5 * r), (-0.5 * l, r + 0.2), (-1.2 * l, r + 0.25)],
            )
        };
        (0..fins).for_each(|k| kit.turned(Vec3::ZERO, Vec3::Z, (k as f32) * 2.0 * PI / fins as f32, fin));
        kit.dark();
        let back = -0.4 * l;
        along_grip(kit, vec3(0.0, -0.5 * r, back), long, lean);
        kit.arc(vec3(0.0, -r - 0.1, back + 0.25), Vec3::X, 0.18, 0.04, 0.0, 2.0 * PI);
        maybe(kit, 0.5, |kit| kit.rod(vec3(0.0, r + 0.12, -0.3), vec3(0.0, r + 0.12, 0.3), 0.08, 0.1));
        maybe(kit, 0.9, |kit| kit.block(vec3(0.0, r, 0.0), vec3(0.08, 0.3, 0.3)));
    });
}

/// A barrel with rings and what ends it.
fn muzzle(kit: &mut Kit, [l, barrel, r, tip]: [f32; 4]) {
    let (rings, style, end) = (kit.random.whole(0, 5), kit.random.whole(0, 3), (l + barrel) * Vec3::Z);
    kit.rod(0.5 * l * Vec3::Z, end, 0.09, 0.07);
    let places = (0..rings).map(|k| (k as f32, l + 0.1 + (0.8 * barrel - 0.1) * k as f32 / rings as f32));
    places.for_each(|(k, z)| disc(kit, z * Vec3::Z, (0.9 - 0.12 * k) * r, 0.06));
    match style {
        0 => kit.ball(end, Vec3::splat(tip + 0.03)),
        1 => forward(kit, end - 0.05 * Vec3::Z, |kit| dish(kit, Vec3::ZERO, 0.15 + tip)),
        2 => kit.rod(end - 0.1 * Vec3::Z, end + 0.1 * Vec3::Z, 0.08, 0.1 + tip),
        _ => kit.rod(end - 0.05 * Vec3::Z, end + 0.3 * Vec3::Z, 0.1, 0.0),
    }
}

/// A handle that leans back as it goes down.
fn along_grip(kit: &mut Kit, at: Vec3, long: f32, lean: f32) {
    let size = vec3(0.2, long, 0.26);
    kit.turned(at, Vec3::X, lean, |kit| kit.pad(-0.45 * long * Vec3::Y, size, 0.06));
}

fn turbine(kit: &mut Kit) {
    let [tall, l, chord, pitch, spin, foot] =
        sizes(kit, [(1.4, 2.8), (0.7, 1.4), (0.09, 0.17), (0.1, 0.7), (0.0, 2.1), (0.08, 0.16)]);
    let (style, count, floors) =
        (kit.random.pick(&[0, 0, 0, 1, 2]), kit.random.pick(&[3, 3, 3, 2, 4, 5]), kit.random.whole(3, 5));
    kit.white();
    let many = if style == 1 { 10 } else { count };
    match style {
        0 => upright(kit, 0.0, tall, foot, 0.06),
        1 => mast(kit, tall, [3.0 * foot, 0.08], floors, 0.04),
        _ => upright(kit, 0.0, tall + 0.6 * l, foot, 0.05),
    }
    let wide = if style == 1 { 5.0 } else { 2.5 } * foot;
    upright(kit, -0.08, 0.05, wide, 0.9 * wide);
    if style == 2 {
        let bow = |kit: &mut Kit| kit.arc(Vec3::ZERO, Vec3::Z, 1.0, 0.09, -FRAC_PI_2, FRAC_PI_2);
        let size = vec3(l * (0.3 + 0.6 * pitch), 0.55 * l, 0.6);
        return kit.around(count, |kit| kit.scaled(tall * Vec3::Y, size, bow));
    }
    let l = if style == 1 { 0.55 * l } else { l };
    kit.pad(vec3(0.0, tall, -0.1), vec3(0.2, 0.2, 0.6), 0.05);
    maybe(kit, if style == 1 { 1.0 } else { 0.0 }, |kit| {
        side_plate(
            kit,
            vec3(0.0, tall, -0.8),
            0.03,
            &[(-0.3, 0.3), (-0.3, -0.3), (0.0, -0.1), (0.6, -0.05), (0.6, 0.05), (0.0, 0.1)],
        )
    });
    forward(kit, vec3(0.0, tall, 0.22), |kit| {
        kit.turned(Vec3::ZERO, Vec3::Y, spin, |kit| {
            lathed(kit, Vec3::ZERO, Vec3::ONE, &[(0.1, -0.08), (0.11, 0.05), (0.06, 0.16), (0.0, 0.2)]);
            kit.around(many, |kit| {
                kit.turned(Vec3::ZERO, Vec3::X, pitch, |kit| {
                    let row = |x: f32, w: f32, t: f32| {
                        [vec3(x, 0.0, -0.6 * w), vec3(x, t, 0.0), vec3(x, 0.0, w), vec3(x, -t, 0.0)].to_vec()
                    };
                    kit.loft(&[row(0.0, 0.04, 0.05), row(0.2 * l, chord, 0.045), row(l, 0.35 * chord, 0.03)]);
                })
            });
        })
    });
}

/// A rocket by a mast on a pad.
fn launch(kit: &mut Kit) {
    let [r, tall, base, thick, gap] = sizes(kit, [(0.13, 0.3), (1.3, 2.6), (0.7, 1.2), (0.1, 0.3), (0.3, 0.55)]);
    let ([rise, nose], boosters) = (sizes(kit, [(0.8, 1.25), (0.2, 0.5)]), kit.random.pick(&[0, 2, 2, 3, 4]));
    let (floors, sides, count) = (kit.random.whole(3, 5), kit.random.pick(&[4, 6, 8, 16]), kit.random.whole(2, 4));
    kit.sides = kit.sides.min(12);
    kit.stone();
    kit.sided(sides, |kit| upright(kit, -thick, 0.02, 1.45 * base + 0.1, 1.4 * base));
    kit.white();
    let top = [(1.0, tall * (0.95 - nose)), (0.75, tall * (0.96 - 0.5 * nose)), (0.0, tall)];
    lathed(kit, Vec3::ZERO, vec3(r, 1.0, r), &[&[(0.6, 0.1), (1.0, 0.3)][..], &top].concat());
    upright(kit, 0.0, 0.2, 0.75 * r, 0.5 * r);
    kit.paint(2);
    let rows = [(0.8, 0.0), (1.0, 0.1), (1.0, 0.8), (0.0, 1.0)].map(|(x, y)| (0.55 * r * x, 0.6 * tall * y));
    kit.around(boosters, |kit| lathed(kit, 1.45 * r * Vec3::X, Vec3::ONE, &rows));
    let fin = [[0.5, 0.1], [2.2, 0.0], [2.2, 0.25], [0.8, 0.8]].map(|[x, y]| vec2(x * r, y));
    kit.around(if boosters == 0 { 4 } else { 0 }, |kit| kit.plate(&fin, -0.035, 0.035));
    kit.paint(1);
    let (back, rise) = (2.2 * r + 0.12 + 0.5 * gap, rise * tall);
    let open = |kit: &mut Kit| mast(kit, rise, [0.5 * gap, 0.4 * gap], floors, 0.045);
    let closed = |kit: &mut Kit| kit.block(0.5 * rise * Vec3::Y, vec3(0.5 * gap, rise, 0.6 * gap));
    kit.at(-back * Vec3::X, |kit| kit.either(0.7, open, closed));
    let arm = |k: usize| vec3(-0.5 * back, 0.68 * tall * k as f32 / count as f32, 0.0);
    (1..=count).for_each(|k| kit.block(arm(k), vec3(back, 0.09, 0.14)));
    maybe(kit, 0.4, |kit| kit.block(vec3(0.0, 0.1, -0.7 * base), vec3(0.6, 0.4, 0.4)));
}

/// A flat pad on feet, with marks, lamps and a ramp.
fn landing_pad(kit: &mut Kit) {
    let [base, thick, up, size, out] = sizes(kit, [(0.9, 1.2), (0.1, 0.3), (0.1, 0.7), (0.3, 0.6), (0.1, 0.5)]);
    let (sides, feet, lamps) =
        (kit.random.pick(&[4, 6, 8, 8, 24]), kit.random.pick(&[0, 3, 4, 6]), kit.random.pick(&[0, 4, 6, 8]));
    let (mark, turn) = (kit.random.whole(0, 3), kit.random.pick(&[0.0, 0.4]));
    kit.stone();
    kit.sided(sides, |kit| upright(kit, -thick, 0.02, 1.4 * base - out, 1.4 * base));
    kit.paint(1);
    kit.around(usize::from(mark != 1), |kit| kit.ring(Vec3::ZERO, Vec3::Y, 0.85 * base, 0.06));
    kit.turned(Vec3::ZERO, Vec3::Y, turn, |kit| match mark {
        0 => kit.around(2, |kit| kit.block(0.4 * base * Vec3::X, vec3(0.85 * base, 0.12, 0.18))),
        1 => kit.around(4, |kit| kit.block(0.8 * base * Vec3::X, vec3(0.2, 0.13, base))),
        2 => (0..3).for_each(|k| {
            kit.block((k as f32 - 1.0) * 0.3 * base * Vec3::Z, vec3([0.2, 1.0, 0.2][k] * base, 0.12, 0.15))
        }),
        _ => round_slab(kit, -0.05 * Vec3::Y, 0.5 * base, 0.12),
    });
    kit.around(lamps, |kit| kit.rod(vec3(0.92 * base, -0.1, 0.0), vec3(0.92 * base, 0.15, 0.0), 0.08, 0.05));
    let leg = |kit: &mut Kit| {
        bent(
            kit,
            [0.9 * (base - out) * Vec3::X, vec3(base, -thick - 0.6 * up, 0.0), vec3(base, -thick - up, 0.0)],
            [0.12; 3],
        )
    };
    kit.turned(Vec3::ZERO, Vec3::Y, 0.6, |kit| kit.around(feet, leg));
    kit.metal();
    let ramp = [[-0.1, 0.7 * base], [0.01, 0.7 * base], [-thick - up, 1.4 * base + up], [-thick - up, 1.5 * base + up]];
    maybe(kit, 0.5, |kit| mirrored_hull(kit, &ramp.map(|[y, z]| [0.5 * size, y, z])));
    let hut = vec3(-0.85 * base, 0.4 * size, -0.3 * base);
    maybe(kit, 0.4, |kit| kit.pad(hut, vec3(size, 1.1 * size, 1.3 * size), 0.05));
}
