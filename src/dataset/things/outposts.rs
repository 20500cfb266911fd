//! Buildings and fittings of outposts: habitats, stores, tanks, power, desks, pods, doors and towers.

use std::f32::consts::{FRAC_PI_2, PI};

use glam::{Vec3, vec2, vec3};

use super::Kind;
use super::frontier::{capsule, mast, maybe, plates};
use super::kit::Kit;
use super::parts::{along, bent, disc, dome, forward, heap, hue, lathed, mirrored, sizes, spindle, upright};

pub const KINDS: &[Kind] = &[
    ("habitat", habitat),
    ("container", container),
    ("gas tanks", tanks),
    ("reactor", reactor),
    ("generator", generator),
    ("console", console),
    ("holo table", holo_table),
    ("cryo pod", cryo),
    ("sliding door", door),
    ("water tower", water_tower),
    ("cooling tower", cooling),
];

/// A dome with locks, or living modules and tunnels, round or edged.
fn habitat(kit: &mut Kit) {
    let [r, long, cone, high, ribs] = sizes(kit, [(0.45, 0.8), (0.6, 1.6), (0.5, 1.0), (0.5, 1.2), (0.0, 2.0)]);
    let (ways, rings, turn) = (kit.random.whole(1, 4), kit.random.whole(0, 4), kit.random.pick(&[0.0, FRAC_PI_2, 0.5]));
    let (is_dome, is_open) = (kit.random.chance(0.5), kit.random.chance(0.4));
    let out = |z: f32| (z * vec3(0.0, 0.0, 1.0)) + if is_dome { 0.4 * r * Vec3::Y } else { r * Vec3::Y };
    let (s, start) = if is_dome { (0.5 * r, 1.3 * r) } else { (r, 0.0) };
    let arm = |kit: &mut Kit| {
        kit.rod(out(0.0), out(start + long), s, s);
        kit.rod(out(start + long - 0.03), out(start + long + 0.25), s, cone * s);
        let places = (0..rings).map(|k| start + (k as f32 + 0.5) / rings as f32 * long);
        places.for_each(|z| kit.rod(out(z - 0.06), out(z + 0.06), 1.12 * s, 1.12 * s));
        kit.block(vec3(0.0, 0.3 * s, start + 0.6 * long), vec3(1.5 * s, 0.9 * s, 0.5 * long));
        kit.rod(out(start + long + 0.1), out(start + long + 0.31), 0.5 * s, 0.45 * s);
    };
    kit.sides = kit.random.pick(&[6, 8, 8, 12, 16]);
    kit.either(0.5, Kit::glass, plates);
    kit.turned(Vec3::ZERO, Vec3::Y, turn, |kit| {
        if is_dome {
            dome(kit, Vec3::ZERO, 1.5 * r, high * 1.5 * r);
            upright(kit, -0.1, 0.1 * r, 1.6 * r, 1.55 * r);
            upright(kit, 0.2, high * 1.5 * r + 0.1 * ribs, 0.4 * r, 0.3 * r);
            let rib = |kit: &mut Kit| kit.arc(Vec3::ZERO, Vec3::Z, 1.5 * r, 0.05, 0.0, PI);
            kit.around(if ribs < 1.0 { 4 } else { 0 }, |kit| kit.scaled(Vec3::ZERO, vec3(1.0, high, 1.0), rib));
        }
        plates(kit);
        kit.around(ways, arm);
        let hole = (0.85 * cone - 0.13) * s;
        maybe(kit, if is_open { 1.0 } else { 0.0 }, |kit| {
            kit.carve(|kit| kit.around(ways, |kit| kit.rod(out(0.2), out(4.0), hole, hole)))
        });
    });
}

/// A container for freight with ribs, a padded case, or a tank in a frame.
fn container(kit: &mut Kit) {
    let [w, h, d, e, slim] = sizes(kit, [(0.5, 0.7), (0.45, 0.75), (0.5, 1.8), (0.05, 0.1), (0.6, 1.0)]);
    let (style, ribs, turn) = (kit.random.whole(0, 3), kit.random.whole(2, 8), kit.random.pick(&[0.0, 0.0, FRAC_PI_2]));
    let (frame, deep) = (style == 2 || (style == 0 && ribs % 2 == 0), (0.9 * d / ribs as f32).min(0.25));
    let body = |kit: &mut Kit, more: f32, z: f32, d: f32| match style {
        2 => forward(kit, Vec3::ZERO, |kit| capsule(kit, d, (1.03 + 0.1 * more) * w.min(h))),
        3 => along(kit, &[z - d, z + d].map(|z| [z, -h - more, h + more, w + more, slim * w + more])),
        _ => kit.pad(z * Vec3::Z, 2.0 * (vec3(w, h, d) + vec3(more, more, 0.0)), [0.02, 3.0 * e][style]),
    };
    let edges = |kit: &mut Kit| {
        kit.block(vec3(w, 0.0, d), vec3(1.8 * e, 2.0 * h, 1.8 * e));
        kit.block(vec3(0.45 * w, -0.7 * h, 0.55 * d), vec3(1.2 * w, 0.7 * h, 1.3 * e));
        [-h, h].iter().for_each(|&y| kit.block(vec3(w, y, 0.0), vec3(1.6 * e, 1.6 * e, 2.0 * d)));
        [-h, h].iter().for_each(|&y| kit.block(vec3(0.0, y, d), vec3(2.0 * w, 1.6 * e, 1.5 * e)));
    };
    kit.turned(Vec3::ZERO, Vec3::Y, turn, |kit| {
        kit.paint(0);
        body(kit, 0.0, 0.0, d);
        kit.paint(1);
        let places = (0..ribs).map(|k| ((k as f32 + 0.5) / ribs as f32 * 2.0 - 1.0) * d).filter(|_| style != 2);
        places.for_each(|z| body(kit, 0.04, z, 0.5 * deep));
        kit.around(usize::from(frame), |kit| kit.four(edges));
        kit.dark();
        maybe(kit, if style == 2 { 0.0 } else { 0.7 }, |kit| {
            kit.both(|kit| kit.block(vec3(0.4 * slim * w, 0.0, d), vec3(0.7 * slim * w, 1.5 * h, 0.15)))
        });
    });
}

/// Tanks, bottles or a ball on a frame or on feet.
fn tanks(kit: &mut Kit) {
    let [r, long, gap, up, e] = sizes(kit, [(0.2, 0.5), (0.6, 1.5), (1.85, 2.3), (0.1, 0.4), (0.06, 0.09)]);
    let (count, is_lying, rows) = (kit.random.whole(1, 4), kit.random.chance(0.5), kit.random.pick(&[1, 1, 2]));
    let (wide, y) = (gap * r * (count - 1) as f32, up + if is_lying { r } else { 0.5 * long });
    kit.sides = kit.sides.min(12);
    let deep = if is_lying { long } else { gap * r * (rows as f32 - 1.0) + 1.6 * r };
    for k in 0..count * if is_lying { 1 } else { rows } {
        let at = vec3(
            (k % count) as f32 * gap * r - 0.5 * wide,
            y,
            if is_lying { 0.0 } else { gap * r * ((k / count) as f32 - 0.5 * (rows as f32 - 1.0)) },
        );
        kit.paint(k / 2);
        kit.turned(at, Vec3::X, if is_lying { FRAC_PI_2 } else { 0.0 }, |kit| {
            capsule(kit, 0.5 * long, r);
            upright(kit, 0.4 * long, 0.5 * long + 0.4 * r, 0.25 * r, 0.2 * r);
            [-0.25, 0.25].iter().for_each(|t| upright(kit, t * long - 0.04, t * long + 0.04, 1.07 * r, 1.07 * r));
        });
    }
    kit.metal();
    let (x, z, tall) = (0.5 * wide + r, 0.45 * deep, y + kit.random.range(0.0, 0.45) * long.min(2.0 * r));
    kit.four(|kit| kit.block(vec3(x, 0.5 * tall, z), vec3(e, tall, e)));
    let rails = kit.random.pick(&[1.0, 0.5, 0.0]) * tall;
    [up + 0.3 * r, rails.max(0.05)].iter().for_each(|&y| {
        [-z, z].iter().for_each(|&z| kit.block(vec3(0.0, y, z), vec3(2.0 * x, e, e)));
        kit.both(|kit| kit.block(vec3(x, y, 0.0), vec3(e, e, 2.0 * z)));
    });
    kit.block((up + 0.03) * Vec3::Y, vec3(2.0 * x, 0.1, 2.0 * z));
    maybe(kit, 0.4, |kit| kit.block(0.04 * Vec3::Y, vec3(2.2 * x, 0.1, 2.4 * z)));
}

/// A core in a column, or a ring with coils.
fn reactor(kit: &mut Kit) {
    let [r, tall, minor] = sizes(kit, [(0.25, 0.5), (0.8, 2.0), (0.2, 0.4)]);
    let (is_column, count, rings) = (kit.random.chance(0.5), kit.random.whole(3, 8), kit.random.whole(2, 6));
    kit.sides = kit.sides.min(16);
    kit.paint(0);
    if is_column {
        upright(kit, 0.0, 0.2, 2.2 * r, 1.9 * r);
        upright(kit, tall - 0.15, tall + 0.05, 1.6 * r, 1.3 * r);
        let bars = [vec3(1.6 * r, 0.1, 0.0), vec3(1.9 * r, 0.5 * tall, 0.0), vec3(1.3 * r, tall - 0.05, 0.0)];
        kit.around(count, |kit| bent(kit, bars, [0.07; 3]));
        hue(kit, &[0.5, 0.35, 0.05]);
        let egg = |kit: &mut Kit| kit.at(0.5 * tall * Vec3::Y, |kit| capsule(kit, 0.5 * tall, 1.3 * r));
        kit.either(0.5, |kit| upright(kit, 0.1, tall, r, r), egg);
        let places = (1..rings).map(|k| tall * k as f32 / rings as f32);
        return places.for_each(|y| upright(kit, y - 0.04, y + 0.04, 1.4 * r, 1.4 * r));
    }
    let (tall, feet) = (0.5 * tall.min(1.2), vec3(1.0, -0.1 - minor, 0.0));
    kit.scaled(0.5 * Vec3::Y, vec3(1.0, 1.0 + 0.4 * r, 1.0), |kit| kit.ring(Vec3::ZERO, Vec3::Y, 1.0, minor));
    upright(kit, 0.5 - tall, 0.5 + tall, r, r);
    kit.paint(1);
    kit.around(2 * count, |kit| kit.pad(vec3(0.95, 0.5, 0.0), vec3(2.4 * minor, 2.6 * minor, 0.16), 0.06));
    kit.around(count, |kit| kit.rod(feet, vec3(1.0, 0.5, 0.0), 0.12, 0.1));
    kit.around(count, |kit| kit.rod(0.5 * Vec3::Y, vec3(1.0, 0.5, 0.0), 0.08, 0.08));
}

/// An engine on a skid, with a hood at times.
fn generator(kit: &mut Kit) {
    let [w, d, out, up, hood] = sizes(kit, [(0.4, 0.7), (0.6, 1.3), (0.2, 0.8), (0.0, 0.3), (0.6, 1.0)]);
    let (rings, has_fan) = (kit.random.whole(2, 6), kit.random.chance(0.6));
    kit.paint(0);
    kit.block(0.05 * Vec3::Y, vec3(2.3 * w, 0.16, 2.4 * d));
    kit.pad(vec3(0.0, 0.1 + hood * w, -0.3 * d), vec3(1.7 * w, 2.0 * hood * w, 1.5 * d), 0.08);
    kit.metal();
    kit.rod(vec3(0.0, w, 0.2 * d), vec3(0.0, w, d), 0.75 * w, 0.7 * w);
    let places = (1..rings).map(|k| -d + 1.3 * d * k as f32 / rings as f32);
    places.for_each(|z| kit.block(vec3(0.0, 0.1 + hood * w, z), vec3(1.8 * w, 1.5 * hood * w, 0.08)));
    let pipe = [
        vec3(0.4 * w, w, -0.5 * d),
        vec3(0.4 * w, 2.1 * w + out, -0.5 * d),
        vec3(0.4 * w, 2.1 * w + out + up, -0.9 * d),
    ];
    maybe(kit, 0.7, |kit| bent(kit, pipe, [0.12; 3]));
    kit.block(vec3(0.0, 0.4 * w, 0.6 * d), vec3(1.2 * w, 0.8 * w, 0.5 * d));
    kit.around(usize::from(has_fan), |kit| disc(kit, vec3(0.0, w, d - 0.03), 0.85 * w, 0.14));
    disc(kit, vec3(0.0, w, d - 0.03), 0.25 * w, 0.22);
    let posts = vec3(1.0 * w, 0.1, 1.05 * d);
    kit.paint(1);
    maybe(kit, 0.4, |kit| {
        kit.four(|kit| kit.rod(posts, vec3(w, 2.2 * w, 1.05 * d), 0.06, 0.06));
        kit.block(2.2 * w * Vec3::Y, vec3(2.3 * w, 0.12, 2.3 * d));
    });
}

/// A desk with screens.
fn console(kit: &mut Kit) {
    let [w, d, y, lean, s, bow] =
        sizes(kit, [(0.4, 1.2), (0.3, 0.5), (0.5, 0.8), (0.1, 0.45), (0.2, 0.45), (0.0, 0.7)]);
    let (screens, has_wings, low) = (kit.random.whole(0, 3), kit.random.chance(0.4), kit.random.range(0.4, 1.0));
    plates(kit);
    let wing = |kit: &mut Kit, half: f32| {
        let top = |z: f32, y: f32| [z, 0.0, y, half, half];
        along(kit, &[top(-d, y + lean), top(-0.4 * d, y + lean), top(d, y)]);
        kit.carve(|kit| kit.block(vec3(0.0, 0.3 * y, d), vec3(1.8 * half, 1.0 * y * low, 1.3 * d)));
        kit.dark();
        let key = |kit: &mut Kit| kit.block(Vec3::ZERO, vec3(0.7 * half, 0.09, 0.7 * d));
        let place = vec3(0.45 * half, y + 0.45 * lean, 0.35 * d);
        kit.both(|kit| kit.turned(place, Vec3::X, lean / (1.4 * d), key));
    };
    wing(kit, w);
    let (x, turn) = (w - 0.05, if has_wings { bow } else { 0.0 });
    let side = |kit: &mut Kit| kit.at(vec3(0.4 * w, 0.0, 0.1 * d), |kit| wing(kit, 0.45 * w));
    if has_wings {
        kit.both(|kit| kit.turned(vec3(x, 0.0, -0.1 * d), Vec3::Y, -turn, side));
    }
    for k in 0..screens {
        let x = (k as f32 - 0.5 * (screens as f32 - 1.0)) * 2.0 * w / screens as f32;
        kit.metal();
        kit.block(vec3(x, y + lean + 0.1, -0.7 * d), vec3(0.14, 0.4, 0.12));
        kit.hsv(0.55, 0.6, 0.6);
        let size = vec3((1.8 * w / screens as f32).min(3.2 * s), 1.7 * s, 0.1);
        let axis = vec3(0.8, -0.5 * x * bow, 0.0);
        kit.turned(vec3(x, y + lean + 0.15 + s, -0.6 * d), axis, -0.2, |kit| kit.pad(Vec3::ZERO, size, 0.03));
    }
}

/// A round table with a picture of light over it.
fn holo_table(kit: &mut Kit) {
    let [w, y, foot, neck, edge, size] =
        sizes(kit, [(0.4, 1.1), (0.4, 0.9), (0.5, 1.0), (0.25, 0.8), (0.85, 1.0), (0.4, 0.9)]);
    let (style, posts) = (kit.random.whole(0, 4), kit.random.pick(&[0, 0, 3, 4]));
    let top = (y + size * w) * Vec3::Y;
    plates(kit);
    let rows = [(foot, 0.0), (0.9 * foot, 0.12), (neck, 0.2), (neck, 0.7), (1.1, edge - 0.1), (1.15, 1.0), (0.8, 1.03)];
    lathed(kit, Vec3::ZERO, vec3(w, y, w), &rows);
    kit.around(posts, |kit| kit.rod(vec3(0.9 * w, 0.0, 0.0), vec3(0.95 * w, y, 0.0), 0.07, 0.06));
    hue(kit, &[0.5, 0.6, 0.35]);
    match style {
        0 => kit.ball(top, Vec3::splat(1.1 * size * w)),
        1 => upright(kit, y - 0.05, y + size, 0.85 * w, 0.3 * w),
        2 => upright(kit, y - 0.05, y + 2.0 * size * w, 0.3 * w, 0.8 * w),
        3 => heap(kit, (y + 0.1) * Vec3::Y, vec2(w, w), 0.5 * size * w),
        _ => kit.turned(Vec3::ZERO, Vec3::Y, size, |kit| kit.block(top, vec3(w, 2.2 * size * w, w))),
    }
}

/// A bed in a capsule: closed or open, lying or upright.
fn cryo(kit: &mut Kit) {
    let [r, l, base, open, tilt] = sizes(kit, [(0.35, 0.55), (0.8, 1.3), (0.15, 0.5), (0.5, 1.3), (0.0, 1.4)]);
    let (style, is_open, head) = (kit.random.whole(0, 2), kit.random.chance(0.6), kit.random.range(0.6, 1.0));
    let tilt = [0.0, 0.0, tilt][style];
    let shell = |kit: &mut Kit, more: f32| {
        kit.scaled(Vec3::ZERO, vec3(1.0, 0.85, 1.0), |kit| {
            forward(kit, Vec3::ZERO, |kit| capsule(kit, l + more, r + more))
        })
    };
    plates(kit);
    kit.turned(vec3(0.0, base + r * 0.6 + 0.9 * l * libm::sinf(tilt), 0.0), Vec3::X, tilt, |kit| {
        shell(kit, 0.0);
        kit.carve(|kit| kit.block(0.5 * Vec3::Y, vec3(4.0, 1.0, 4.0)));
        kit.carve(|kit| kit.pad(0.0 * Vec3::Y, vec3(1.5 * r, 0.7 * r, 1.7 * l), 0.1));
        kit.pad(-0.1 * r * Vec3::Y, vec3(2.2 * r, 0.1, 2.04 * l), 0.04);
        kit.skin();
        kit.ball(vec3(0.0, 0.12, -0.65 * l), vec3(0.16, 0.18, 0.18));
        kit.paint(1);
        kit.pad(0.2 * l * Vec3::Z + 0.03 * Vec3::Y, vec3(0.9 * r, 0.35 * r, 1.4 * l), 0.1);
        kit.glass();
        let hinge = if is_open { open } else { 0.0 };
        kit.turned(-0.95 * r * Vec3::X, Vec3::Z, hinge, |kit| {
            kit.at(0.95 * r * Vec3::X, |kit| {
                let lid = [[-1.0, 0.6], [-0.8, 0.9], [0.8 * head, 0.9], [head, 0.5]]
                    .map(|[z, h]| [z * l, -0.05, h * r, r, 0.55 * r]);
                along(kit, &lid);
            })
        });
        kit.paint(2);
        kit.pad(vec3(0.0, 0.1, -0.95 * l), vec3(1.9 * r, 1.5 * r, 0.25), 0.08);
    });
    kit.metal();
    let long = 1.5 * l * libm::cosf(tilt) + 0.3;
    kit.frustum(
        Vec3::ZERO,
        vec3(1.8 * r, base + 0.4 * r + 0.6 * l * libm::sinf(tilt), long),
        vec3(1.2 * r, 0.0, 0.8 * long),
        Vec3::ZERO,
    );
    maybe(kit, 0.4, |kit| kit.block(vec3(0.0, 0.05, 0.0), vec3(2.6 * r, 0.14, long + 0.5)));
}

/// A door of two leaves, one leaf or a round hatch in a frame.
fn door(kit: &mut Kit) {
    let [w, h, e, d, open, cut] =
        sizes(kit, [(0.4, 0.9), (0.8, 1.1), (0.12, 0.3), (0.1, 0.35), (0.0, 0.8), (0.1, 0.4)]);
    let (style, open) = (kit.random.whole(0, 2), if kit.random.chance(0.5) { open } else { 0.0 });
    plates(kit);
    if style == 2 {
        spindle(kit, Vec3::ZERO, &[(1.0, -d), (1.0, 0.7 * d), (0.9, d)]);
        kit.carve(|kit| disc(kit, -2.0 * Vec3::Z, 0.75 - 0.3 * cut, 4.0));
        kit.paint(1);
        return kit.turned(vec3(-0.72, 0.0, 0.5 * d), Vec3::Y, -1.5 * open, |kit| {
            kit.at(0.72 * Vec3::X, |kit| {
                spindle(kit, Vec3::ZERO, &[(0.8, -0.4 * d), (0.8, 0.3 * d), (0.5, 0.5 * d + 0.05)]);
                kit.ring((0.5 * d + 0.15) * Vec3::Z, Vec3::Z, 0.3, 0.05);
                [Vec3::X, Vec3::Y].iter().for_each(|&a| {
                    kit.rod((0.5 * d + 0.15) * Vec3::Z - 0.3 * a, (0.5 * d + 0.15) * Vec3::Z + 0.3 * a, 0.04, 0.04)
                });
                disc(kit, Vec3::ZERO, 0.08, 0.5 * d + 0.17);
            })
        });
    }
    let outline = |w: f32, h: f32, c: f32| mirrored(&[[w, -h], [w, h - c], [w - c, h]]);
    kit.plate(&outline(w + e, h + e, 1.4 * cut), -d, d);
    kit.carve(|kit| kit.plate(&outline(w, h, cut), -2.0, 2.0));
    kit.paint(1);
    let leaf = |kit: &mut Kit| {
        kit.block(
            vec3((0.5 + 0.4 * open) * w + 0.02, -0.02, 0.0),
            vec3(w * (1.0 - 0.7 * open) + 0.06, 2.0 * h + 0.1, 0.6 * d),
        );
        kit.block(vec3(0.5 * w + 0.4 * open * w, 0.3 * h, 0.0), vec3(0.5 * w * (1.0 - 0.7 * open), 0.4 * h, 0.85 * d));
    };
    kit.both(leaf);
    kit.dark();
    maybe(kit, 0.5, |kit| kit.pad(vec3(w + 0.5 * e, 0.0, d), vec3(0.7 * e, 0.25, 0.12), 0.02));
    maybe(kit, 0.5, |kit| kit.block(vec3(0.0, -h - e, 0.0), vec3(2.5 * w + 3.0 * e, 0.16, 2.5 * d + 0.2)));
    maybe(kit, 0.4, |kit| kit.block(vec3(0.0, h + 0.6 * e, d), vec3(w, 0.6 * e, 0.2)));
}

fn water_tower(kit: &mut Kit) {
    let [r, h, tall, cap, splay] = sizes(kit, [(0.4, 0.8), (0.5, 1.1), (0.5, 2.0), (0.1, 0.5), (0.7, 1.3)]);
    let (style, tank, legs, floors) =
        (kit.random.whole(0, 2), kit.random.whole(0, 3), kit.random.pick(&[4, 4, 6, 8]), kit.random.whole(1, 3));
    kit.metal();
    match style {
        0 => mast(kit, tall, [0.8 * splay * r, 0.6 * r], floors, 0.05),
        1 => kit.around(legs, |kit| kit.rod(r * splay * Vec3::X, vec3(0.75 * r, tall + 0.05, 0.0), 0.06, 0.06)),
        _ => lathed(
            kit,
            Vec3::ZERO,
            vec3(0.5 * r, tall, 0.5 * r),
            &[(1.2 * splay, 0.0), (0.7, 0.2), (0.5, 0.7), (0.9, 1.0)],
        ),
    }
    upright(kit, 0.0, tall + 0.1, 0.09, 0.09);
    (1..floors * (style % 2) + 1).for_each(|k| {
        kit.ring(
            tall * k as f32 / (floors + 1) as f32 * Vec3::Y,
            Vec3::Y,
            r * (splay + (0.75 - splay) * k as f32 / (floors + 1) as f32),
            0.05,
        )
    });
    kit.either(0.4, Kit::wood, plates);
    let c = cap / h + 0.95;
    let shape: &[(f32, f32)] = match tank {
        0 => &[(1.0, 0.0), (0.95, 0.95), (1.08, 0.95), (0.0, c + 0.1)],
        1 => &[(0.1, -0.3), (0.7, -0.15), (1.0, 0.15), (1.0, 0.8), (0.6, c), (0.0, c + 0.15)],
        2 => &[(0.3, -0.1), (0.85, 0.1), (1.15, 0.5), (0.85, 0.9), (0.3, 1.1), (0.0, 1.13)],
        _ => &[(0.25, -0.3), (1.2, 0.4), (1.2, 0.6), (0.9, c - 0.1), (0.0, c)],
    };
    lathed(kit, (tall + 0.02) * Vec3::Y, vec3(r, h, r), shape);
    upright(kit, tall - 0.03, tall + 0.06, 1.0 * r, 1.0 * r);
    maybe(kit, 0.4, |kit| upright(kit, tall + 0.2 * h, tall + 0.27 * h, 1.25 * r, 1.25 * r));
}

/// A waisted tower, chimneys, or a unit of fans in a box.
fn cooling(kit: &mut Kit) {
    let [r, tall, waist, wall, w] = sizes(kit, [(0.5, 0.8), (1.0, 1.8), (0.5, 0.8), (0.08, 0.13), (0.5, 1.1)]);
    let (style, count, feet) = (kit.random.whole(0, 2), kit.random.whole(1, 3), kit.random.whole(8, 14));
    let place = |k: usize| (k as f32 - 0.5 * (count as f32 - 1.0)) * 2.0 * r * 1.02;
    kit.stone();
    if style == 0 {
        let mid = 0.8 * waist + 0.2;
        let out = [(1.0, 0.05), (mid, 0.4), (waist, 0.75), (waist + 0.08, 1.0)];
        let inside = [(waist + 0.08 - wall, 1.0), (waist - wall, 0.75), (mid - 1.3 * wall, 0.35), (0.0, 0.35)];
        lathed(kit, Vec3::ZERO, vec3(r, tall, r), &[out, inside].concat());
        kit.around(feet, |kit| kit.rod(vec3(1.1 * r, -0.15, 0.0), vec3(0.9 * r, 0.1, 0.0), 0.05, 0.05));
        return upright(kit, -0.2, -0.1, 1.3 * r, 1.3 * r);
    }
    let lip = waist + 0.1;
    let stack =
        [(1.0, 0.0), (waist, 0.94), (lip, 0.94), (lip, 1.0), (waist - 0.15, 1.0), (waist - 0.15, 0.8), (0.0, 0.8)];
    let fan = [(0.95, 0.0), (0.8, 0.4), (0.85, 1.0), (0.75, 1.0), (0.7, 0.5), (0.0, 0.5)];
    for k in 0..count {
        kit.at(place(k) * Vec3::X, |kit| match style {
            1 => lathed(kit, Vec3::ZERO, vec3(0.5 * r, 1.3 * tall, 0.5 * r), &stack),
            _ => lathed(kit, 0.8 * w * Vec3::Y, vec3(r, 0.4, r), &fan),
        });
    }
    kit.paint(1);
    let wide = 2.1 * r * count as f32;
    kit.block(0.4 * w * Vec3::Y, vec3(wide, 0.85 * w, 2.1 * r));
    (0..5)
        .filter(|_| style == 2)
        .for_each(|k| kit.block((0.1 + 0.15 * k as f32) * w * Vec3::Y, vec3(wide + 0.1, 0.07 * w, 2.1 * r + 0.1)));
    maybe(kit, 0.5, |kit| kit.block(vec3(0.3 * wide, 0.5 * w, 0.9 * r), vec3(0.3 * wide, 0.9 * w, r)));
}
