//! Arms.

use std::f32::consts::{FRAC_PI_2, PI, TAU};

use glam::{Vec2, Vec3, vec2, vec3};

use super::Kind;
use super::kit::Kit;
use super::parts::{bent, blade, grip, posed, shaft, upright};

pub const KINDS: &[Kind] = &[
    ("sword", sword),
    ("polearm", polearm),
    ("bow", bow),
    ("shield", shield),
    ("pistol", pistol),
    ("rifle", rifle),
    ("bomb", bomb),
    ("cannon", cannon),
];

/// What points along x and is flat along z: pointing to the front, aside, up, or lying.
fn aimed(kit: &mut Kit, parts: impl FnOnce(&mut Kit)) {
    let (pose, lift) = (kit.random.weighted(&[5.0, 2.0, 1.0]), kit.random.pick(&[0.0, 0.0, 0.3, 0.8, -0.4]));
    let (axis, angle) = [(Vec3::Y, -FRAC_PI_2), (Vec3::Y, 0.0), (Vec3::X, -FRAC_PI_2)][pose];
    kit.turned(Vec3::ZERO, axis, angle, |kit| kit.turned(Vec3::ZERO, Vec3::Z, lift, parts));
}

fn guard(kit: &mut Kit, wide: f32, thick: f32, low: f32) {
    let (style, bend) = (kit.random.whole(0, 5), kit.random.around(0.5));
    match style {
        0 => kit.block(Vec3::ZERO, vec3(2.0 * wide, 1.6 * thick, 2.4 * thick)),
        1 => kit.rod(-thick * Vec3::Y, thick * Vec3::Y, 0.6 * wide, 0.6 * wide),
        2 => kit.arc(vec3(0.0, 0.5 * low, 0.0), Vec3::Z, -0.52 * low, 0.8 * thick, -FRAC_PI_2, FRAC_PI_2),
        _ => kit.both(|kit| {
            let tip = vec3(wide, bend * wide, 0.0);
            kit.tube(&[(Vec3::ZERO, 1.3 * thick), (vec3(0.6 * wide, 0.2 * tip.y, 0.0), thick), (tip, thick)]);
            kit.ball(tip, Vec3::splat(1.5 * thick));
        }),
    }
}

fn sword(kit: &mut Kit) {
    kit.sides = kit.sides.min(10);
    let broad = kit.random.pick(&[0.07, 0.07, 0.14]);
    let wide = kit.random.range(0.03, broad);
    let (thick, tip) = (kit.random.range(0.014, 0.03), kit.random.range(0.04, 0.4));
    let bend = kit.random.pick(&[0.0, 0.0, 0.1, 0.2, 0.35]) * kit.random.range(0.5, 1.0);
    let (taper, belly) = (kit.random.around(0.5), kit.random.pick(&[0.0, 0.0, 0.4, -0.3]));
    let low = -kit.random.pick(&[0.2, 0.25, 0.3, 0.45]);
    let has_back = bend > 0.0 && kit.random.chance(0.7);
    posed(kit, |kit| {
        kit.metal();
        let wide_at = |t: f32| wide * (1.0 - taper * t + 4.0 * belly * t * (1.0 - t)).max(0.4);
        let body = 1.0 - tip;
        let mut rows: Vec<_> = [-0.03, 0.25, 0.5, 0.75, 1.0]
            .map(|k| [k * body, -bend * k * k * body * body, wide_at(k * body), thick])
            .to_vec();
        let t = 1.0 - 0.4 * tip;
        rows.push([t, -bend * t * t, 0.65 * wide_at(body), 0.9 * thick]);
        rows.push([1.0, -bend - if has_back { wide } else { 0.0 }, 0.0, 0.0]);
        blade(kit, &rows, has_back);
        kit.either(0.5, Kit::gold, |kit| kit.paint(1));
        let span = wide + kit.random.range(0.05, 0.18);
        guard(kit, span, 1.2 * thick, low);
        if kit.random.chance(0.3) {
            kit.ball(Vec3::ZERO, vec3(1.2 * wide, 0.04, 2.2 * thick));
        }
        let knob = kit.random.range(1.0, 2.0) * thick + 0.015;
        let flat = kit.random.range(0.6, 1.2);
        kit.ball(vec3(0.0, low, 0.0), vec3(knob, knob, flat * knob));
        kit.paint(2);
        grip(kit, low - 0.01, 0.01, 0.6 * thick + 0.014);
    });
}

fn polearm(kit: &mut Kit) {
    let (long, style) = (kit.random.range(1.4, 3.0), kit.random.whole(0, 3));
    let (r, tip) = (0.02 + 0.01 * long, kit.random.range(0.2, 0.6));
    posed(kit, |kit| {
        shaft(kit, long, r);
        kit.metal();
        let (wide, thick) = (kit.random.range(0.06, 0.16), 0.7 * r);
        kit.rod(vec3(0.0, long - 0.2, 0.0), vec3(0.0, long + 0.05, 0.0), 1.25 * r, 1.3 * r);
        if style == 1 {
            let span = kit.random.range(0.12, 0.25);
            kit.arc(vec3(0.0, long + span, 0.0), Vec3::Z, span, r, PI, TAU);
            for x in [-span, 0.0, span] {
                let foot = vec3(x, long + if x == 0.0 { 0.0 } else { span - 0.02 }, 0.0);
                kit.rod(foot, foot + tip * Vec3::Y, r, 0.9 * r);
                kit.rod(foot + (tip - 0.01) * Vec3::Y, foot + (tip + 0.2) * Vec3::Y, 1.8 * r, 0.0);
            }
            return;
        }
        let swell = kit.random.range(0.1, 0.6);
        let rows = [[-0.02, 0.4 * wide, thick], [swell * tip, wide, thick], [tip, 0.0, 0.0]];
        blade(kit, &rows.map(|[y, w, t]| [long + y, 0.0, w, t]), false);
        if style == 2 {
            let [high, low] = [kit.random.range(0.0, 0.3), kit.random.range(0.1, 0.5)].map(|y| tip * y);
            let edge =
                [vec2(0.0, -0.2), vec2(tip, -0.25 - low), vec2(1.1 * tip, -0.1), vec2(0.9 * tip, high), vec2(0.0, 0.0)];
            kit.at(long * Vec3::Y, |kit| kit.plate(&edge, -0.6 * r, 0.6 * r));
            kit.rod(vec3(0.0, long - 0.15, 0.0), vec3(-0.8 * tip, long - 0.25, 0.0), 1.3 * r, 0.0);
        } else if style == 3 {
            kit.both(|kit| {
                kit.tube(&[(long * Vec3::Y, r), (vec3(0.18, long, 0.0), r), (vec3(0.26, long + 0.15, 0.0), 0.3 * r)])
            });
        }
    });
}

fn bow(kit: &mut Kit) {
    let (r, bend, curl) = (kit.random.range(0.022, 0.05), kit.random.range(0.2, 0.6), kit.random.around(0.3));
    let (has_arrow, is_cross, draw) = (kit.random.chance(0.5), kit.random.chance(0.4), kit.random.pick(&[0.0, 0.35]));
    kit.sides = kit.sides.min(6);
    let body = |kit: &mut Kit| {
        kit.wood();
        let nock = -draw - bend;
        for side in [-1.0f32, 1.0] {
            let at = |t: f32| vec3(-bend * t * t + curl * (t - 0.6).max(0.0), side * t, 0.0);
            kit.tube(&[0.0, 0.35, 0.7, 1.0].map(|t| (at(t), r * (1.2 - 0.5 * t))));
            kit.rod(at(0.98), vec3(nock, 0.0, 0.0), 0.018, 0.018);
        }
        kit.paint(1);
        kit.rod(-0.12 * Vec3::Y, 0.12 * Vec3::Y, 1.6 * r, 1.6 * r);
        if is_cross {
            let (long, deep) = (kit.random.range(1.0, 1.7), kit.random.range(0.1, 0.2));
            kit.pad(vec3(0.15 - 0.5 * long, 0.0, -0.4 * deep), vec3(long, 0.13, deep), 0.03);
            kit.pad(vec3(0.25 - long, 0.0, -0.5 * deep - 0.05), vec3(0.3, 0.14, deep + 0.2), 0.03);
            kit.arc(vec3(0.2, 0.0, 0.0), Vec3::Z, 0.12, 0.025, -2.4, 2.4);
        }
        if has_arrow || is_cross {
            kit.metal();
            kit.rod(vec3(nock - 0.02, 0.0, 0.5 * r), vec3(0.3, 0.0, 0.5 * r), 0.022, 0.022);
            kit.rod(vec3(0.28, 0.0, 0.5 * r), vec3(0.45, 0.0, 0.5 * r), 0.055, 0.0);
        }
    };
    if is_cross {
        aimed(kit, |kit| kit.turned(Vec3::ZERO, Vec3::X, -FRAC_PI_2, body));
    } else {
        posed(kit, body);
    }
}

fn shield(kit: &mut Kit) {
    let (wide, high, shape) = (kit.random.range(0.5, 0.9), kit.random.range(0.9, 1.3), kit.random.whole(0, 3));
    let (thick, bulge) = (kit.random.range(0.05, 0.12), kit.random.range(0.0, 0.3));
    let tilt = kit.random.pick(&[0.0, 0.0, -0.3, -FRAC_PI_2]);
    kit.turned(Vec3::ZERO, Vec3::X, tilt, |kit| {
        kit.paint(0);
        let sides: &[[f32; 2]] = match shape {
            0 => &[[1.0, -1.0], [1.0, 1.0]],
            1 => &[[0.0, -1.1], [0.55, -0.6], [0.9, 0.0], [1.0, 0.5], [1.0, 1.0]],
            2 => &[[0.0, -1.3], [0.5, -0.4], [0.9, 0.5], [0.75, 0.85], [0.4, 1.05]],
            _ => &[],
        };
        let mut outline: Vec<Vec2> =
            sides.iter().flat_map(|&[x, y]| [-x, x].map(|x| vec2(wide * x, high * y))).collect();
        if sides.is_empty() {
            outline = (0..24).map(|k| Vec2::from(libm::sincosf(TAU * k as f32 / 24.0))).collect();
        }
        let layer = |k: f32, z: f32| outline.iter().map(move |p| (k * *p).extend(z)).collect::<Vec<_>>();
        let middle = if shape == 0 {
            [-1.0, 1.0].map(|y| vec3(0.0, y * high, thick + bulge)).to_vec()
        } else {
            layer(0.5, thick + bulge)
        };
        kit.hull(&[layer(1.0, 0.0), layer(1.0, thick), middle].concat());
        kit.paint(1);
        if kit.random.chance(0.4) {
            kit.hull(&[layer(1.06, 0.1 * thick), layer(1.06, 0.9 * thick)].concat());
        }
        let face = thick + bulge;
        if kit.random.chance(0.6) {
            let boss = kit.random.range(0.12, 0.3);
            let deep = boss * kit.random.range(0.4, 1.0);
            kit.ball(face * Vec3::Z, vec3(boss, boss, deep));
        } else if shape > 0 {
            kit.block(0.5 * face * Vec3::Z, vec3(0.15, high, face + 0.06));
            kit.block(0.5 * face * Vec3::Z, vec3(0.9 * wide, 0.15, face + 0.06));
        }
        kit.arc(Vec3::ZERO, Vec3::Y, 0.2, 0.05, PI, TAU);
    });
}

fn pistol(kit: &mut Kit) {
    let (style, high, deep) = (kit.random.whole(0, 2), kit.random.range(0.16, 0.3), kit.random.range(0.11, 0.2));
    let (lean, drop) = (kit.random.range(0.05, 0.3), kit.random.range(0.4, 0.65));
    let (barrel, fat) = (kit.random.range(0.7, 1.3), kit.random.range(0.15, 0.26));
    aimed(kit, |kit| {
        kit.either(0.5, Kit::metal, |kit| kit.paint(0));
        let r = 0.35 * deep + 0.01;
        match style {
            0 => kit.pad(vec3(0.45, 0.0, 0.0), vec3(1.1, high, deep), 0.02),
            1 => {
                kit.block(vec3(0.2, 0.0, 0.0), vec3(0.6, high, 0.7 * deep));
                kit.rod(vec3(0.2, 0.0, 0.0), vec3(0.45, 0.0, 0.0), 0.62 * high, 0.62 * high);
                kit.rod(vec3(0.2, 0.05, 0.0), vec3(barrel, 0.05, 0.0), r, r);
            }
            _ => {
                // A ray gun.
                kit.ball(vec3(0.15, 0.0, 0.0), vec3(0.38 * barrel, fat, 0.9 * fat));
                kit.rod(Vec3::ZERO, vec3(1.0, 0.0, 0.0), 0.7 * fat, 0.35 * fat);
                for x in [0.5, 0.65, 0.8].into_iter().take(kit.random.whole(0, 3)) {
                    kit.rod(vec3(x, 0.0, 0.0), vec3(x + 0.06, 0.0, 0.0), 0.9 * fat, 0.9 * fat);
                }
                kit.ball(vec3(1.0, 0.0, 0.0), Vec3::splat(0.5 * fat));
                kit.plate(&[vec2(-0.3, 0.0), vec2(0.2, 0.0), vec2(-0.2, fat + 0.15)], -0.03, 0.03);
            }
        }
        if kit.random.chance(0.6) {
            kit.block(vec3(0.9 - 0.3 * lean, 0.5 * high, 0.0), vec3(0.06, 0.1, 0.04));
        }
        kit.dark();
        kit.arc(vec3(0.22, -0.55 * high, 0.0), Vec3::Z, 0.12, 0.024, PI, TAU);
        kit.block(vec3(0.2, -0.6 * high, 0.0), vec3(0.04, 0.16, 0.05));
        kit.paint(1);
        let foot = vec3(-lean - 0.05, -drop, 0.0);
        kit.frustum(foot, vec3(0.26, drop, 0.9 * deep), vec3(0.24, 0.0, 0.8 * deep), lean * Vec3::X);
    });
}

fn rifle(kit: &mut Kit) {
    let (barrel, r) = (kit.random.range(0.4, 1.3), kit.random.range(0.026, 0.05));
    let (high, deep) = (kit.random.range(0.12, 0.26), kit.random.range(0.08, 0.16));
    let (stock, twin, clip) = (kit.random.whole(0, 3), kit.random.chance(0.2), kit.random.whole(0, 3));
    let butt = kit.random.range(0.4, 0.8);
    aimed(kit, |kit| {
        kit.dark();
        kit.pad(vec3(0.25, 0.0, 0.0), vec3(0.65, high, deep), 0.02);
        for z in if twin { [-r, r] } else { [0.0, 0.0] } {
            kit.rod(vec3(0.4, 0.2 * high, z), vec3(0.5 + barrel, 0.2 * high, z), 1.1 * r, r);
        }
        if kit.random.chance(0.4) {
            kit.rod(vec3(0.35 + barrel, 0.2 * high, 0.0), vec3(0.52 + barrel, 0.2 * high, 0.0), 1.7 * r, 1.7 * r);
        }
        if kit.random.chance(0.4) {
            // A sight.
            let (y, thick) = (0.5 * high + 0.07, kit.random.range(0.035, 0.06));
            kit.rod(vec3(0.02, y, 0.0), vec3(0.5, y, 0.0), thick, 1.3 * thick);
            kit.block(vec3(0.25, 0.5 * high, 0.0), vec3(0.2, 0.12, 0.06));
        }
        if clip > 0 {
            let (long, lean) = (kit.random.range(0.2, 0.45), if clip == 1 { 0.15 } else { 0.0 });
            kit.frustum(vec3(0.35 + lean, -long, 0.0), vec3(0.15, long, 0.07), vec3(0.15, 0.0, 0.07), -lean * Vec3::X);
        }
        kit.either(0.6, Kit::wood, |kit| kit.paint(0));
        let fore = barrel * kit.random.range(0.3, 0.8);
        kit.pad(vec3(0.5 + 0.5 * fore, 0.0, 0.0), vec3(fore + 0.1, 0.8 * high, 1.1 * deep), 0.03);
        kit.frustum(vec3(-0.1, -0.38, 0.0), vec3(0.14, 0.38, 0.08), vec3(0.16, 0.0, 0.09), 0.1 * Vec3::X);
        let w = 0.4 * deep;
        let outline = [[0.0, 0.4], [0.0, -0.5], [-1.0, -1.5], [-1.0, 0.2]].map(|[x, y]| vec2(butt * x, high * y));
        match stock {
            0 => kit.rod(Vec3::ZERO, vec3(-butt, 0.0, 0.0), 0.03, 0.03),
            _ => kit.plate(&outline, -w, w),
        }
        if stock == 0 {
            kit.block(vec3(-butt, -0.05, 0.0), vec3(0.08, 0.3, deep));
        }
    });
}

/// Bombs, grenades, sticks of dynamite.
fn bomb(kit: &mut Kit) {
    let (style, long, fat) = (kit.random.whole(0, 3), kit.random.range(0.9, 1.8), kit.random.range(0.4, 0.6));
    let (count, r, tall) = (kit.random.whole(3, 6), 0.35 * fat, fat * kit.random.range(1.1, 1.5));
    posed(kit, |kit| {
        kit.either(0.5, Kit::dark, |kit| kit.paint(0));
        match style {
            0 => {
                kit.ball(Vec3::ZERO, Vec3::splat(fat));
                kit.metal();
                upright(kit, 0.8 * fat, fat + 0.1, 0.2, 0.17);
                bent(kit, [fat * Vec3::Y, vec3(0.05, fat + 0.2, 0.0), vec3(0.2, fat + 0.35, 0.05)], [0.04; 3]);
            }
            1 => {
                kit.ball(Vec3::ZERO, vec3(fat, tall, fat));
                if kit.random.chance(0.6) {
                    kit.carve(|kit| [-0.4, 0.0, 0.4].iter().for_each(|y| kit.ring(*y * Vec3::Y, Vec3::Y, fat, 0.05)));
                }
                kit.metal();
                upright(kit, 0.8 * tall, tall + 0.1, 0.2, 0.17);
                let lever = [vec3(0.0, tall + 0.08, 0.0), vec3(fat, tall, 0.0), vec3(fat + 0.06, 0.0, 0.0)];
                bent(kit, lever, [0.06, 0.05, 0.04]);
                kit.ring(vec3(-0.28, tall + 0.05, 0.0), Vec3::Z, 0.14, 0.03);
            }
            2 => {
                let profile = [[0.3, 0.0], [1.0, 0.35], [1.0, 0.7], [0.6, 0.9], [0.0, 1.0]];
                kit.lathe(Vec3::ZERO, &profile.map(|[x, y]| vec2(r * x, long * y)));
                kit.paint(1);
                let fin = [[0.0, 0.02], [1.3, -0.1], [1.3, 0.2], [0.0, 0.4]].map(|[x, y]| vec2(r * x, long * y));
                kit.around(count, |kit| kit.plate(&fin, -0.03, 0.03));
            }
            _ => {
                kit.around(count, |kit| kit.rod(vec3(0.17, 0.0, 0.0), vec3(0.17, long, 0.0), 0.18, 0.18));
                kit.dark();
                upright(kit, 0.45 * long, 0.6 * long, 0.37, 0.37);
                let fuse = [-0.1, 0.1, 0.25].map(|y: f32| vec3(y.max(0.0), long + y, 0.0));
                bent(kit, fuse, [0.12, 0.04, 0.04]);
            }
        }
    });
}

fn wheel(kit: &mut Kit, center: Vec3, r: f32, wide: f32) {
    let (rim, spokes) = (r * kit.random.range(0.1, 0.2), kit.random.whole(2, 4));
    let [a, b] = [-0.5, 0.5].map(|side| center + side * wide * Vec3::X);
    if r < 0.25 {
        return kit.rod(a, b, r, r);
    }
    kit.ring(center, Vec3::X, r - rim, rim);
    kit.rod(a - 0.03 * Vec3::X, b + 0.03 * Vec3::X, 0.22 * r, 0.2 * r);
    for k in 0..spokes {
        let (y, z) = libm::sincosf(PI * k as f32 / spokes as f32);
        let out = (r - rim) * vec3(0.0, y, z);
        kit.rod(center - out, center + out, 0.05 * r + 0.015, 0.05 * r + 0.015);
    }
}

fn cannon(kit: &mut Kit) {
    kit.sides = kit.sides.min(8);
    let (long, fat, lift) = (kit.random.range(0.9, 2.2), kit.random.range(0.16, 0.32), kit.random.range(0.0, 0.9));
    let (muzzle, is_field) = (fat * kit.random.range(0.6, 1.1), kit.random.chance(0.6));
    kit.turned(Vec3::ZERO, Vec3::X, FRAC_PI_2 - lift, |kit| {
        kit.either(0.7, Kit::dark, Kit::gold);
        kit.at(-0.35 * long * Vec3::Y, |kit| {
            let lip = kit.random.range(1.0, 1.4) * muzzle;
            kit.lathe(
                Vec3::ZERO,
                &[
                    vec2(0.6 * fat, -0.3 * fat),
                    vec2(fat, 0.0),
                    vec2(muzzle, 0.9 * long),
                    vec2(lip, 0.93 * long),
                    vec2(lip, long),
                ],
            );
            kit.ball(-0.4 * fat * Vec3::Y, Vec3::splat(0.4 * fat));
            for y in [0.02, 0.35, 0.6].map(|y| y * long).into_iter().take(kit.random.whole(0, 3)) {
                kit.rod(y * Vec3::Y, (y + 0.08) * Vec3::Y, 1.12 * fat, 1.12 * fat);
            }
            kit.carve(|kit| kit.rod(0.6 * long * Vec3::Y, 1.1 * long * Vec3::Y, 0.6 * muzzle, 0.6 * muzzle));
        });
    });
    kit.either(0.7, Kit::wood, |kit| kit.paint(1));
    let (wide, r) = (fat + kit.random.range(0.08, 0.15), kit.random.range(0.35, 0.65));
    kit.rod(vec3(-wide - 0.1, 0.0, 0.0), vec3(wide + 0.1, 0.0, 0.0), 0.08, 0.08);
    if is_field {
        kit.both(|kit| {
            wheel(kit, vec3(wide + 0.05, 0.0, 0.0), r, 0.1);
            kit.rod(vec3(0.8 * wide, 0.0, 0.0), vec3(0.05, 0.08 - r, -0.9 * long), 0.08, 0.06);
        });
    } else {
        let (floor, back) = (-fat - 0.2, -0.6 * long);
        kit.block(vec3(0.0, floor, 0.3 * back), vec3(2.0 * wide, 0.1, 0.7 * long));
        kit.both(|kit| {
            let side =
                [vec2(0.25, floor), vec2(0.2, 0.08), vec2(-0.1, 0.08), vec2(back, floor + 0.15), vec2(back, floor)];
            kit.turned((wide - 0.02) * Vec3::X, Vec3::Y, -FRAC_PI_2, |kit| kit.plate(&side, -0.1, 0.0));
            [0.15, 0.85 * back].into_iter().for_each(|z| wheel(kit, vec3(wide + 0.05, floor - 0.02, z), 0.16, 0.2));
        });
    }
}
