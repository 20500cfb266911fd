//! Machines for work, and small vehicles.

use glam::{Vec3, vec2, vec3};

use super::Kind;
use super::kit::Kit;
use super::parts::{along, mirrored_hull, prism, side_plate, spindle};
use super::vehicles::{Wheel, axle, cabin, wheel};

pub const KINDS: &[Kind] = &[
    ("tractor", tractor),
    ("digger", digger),
    ("forklift", forklift),
    ("locomotive", locomotive),
    ("cart", cart),
    ("bicycle", bicycle),
    ("tank", tank),
    ("skateboard", skateboard),
];

/// Two crawler tracks at x = ±`x`.
fn tracks(kit: &mut Kit, x: f32, half: f32, long: f32, tall: f32) {
    let (l, slope) = (0.5 * long, kit.random.range(0.0, 0.25) * long);
    let rollers = kit.random.whole(2, 5);
    let outline = [
        (-l + 0.3 * tall + slope * 0.5, 0.0),
        (l - 0.3 * tall - slope * 0.6, 0.0),
        (l, 0.45 * tall),
        (l, 0.75 * tall),
        (l - 0.25 * tall, tall),
        (-l + 0.25 * tall, tall),
        (-l, 0.7 * tall),
        (-l, 0.4 * tall),
    ];
    kit.both(|kit| {
        kit.dark();
        side_plate(kit, x * Vec3::X, half, &outline);
        kit.metal();
        for k in 0..=rollers {
            let z = (k as f32 / rollers as f32 - 0.5) * (long - 1.1 * tall);
            let at = vec3(x, 0.48 * tall, z);
            let r = (0.32 * tall).min(0.45 * (long - tall) / rollers as f32).max(0.05);
            kit.rod(at, at + 1.15 * half * Vec3::X, r, r);
        }
    });
}

fn tractor(kit: &mut Kit) {
    kit.sides = kit.sides.min(10);
    let (big, small) = (kit.random.range(0.42, 0.62), kit.random.range(0.2, 0.34));
    let (long, hood) = (kit.random.range(0.9, 1.4), kit.random.range(0.2, 0.28));
    let (low, looks) = (0.8 * small.max(0.7 * big), kit.random.pick(&[0, 2, 2, 3]));
    let top = low + kit.random.range(0.38, 0.55);
    kit.paint(0);
    along(
        kit,
        &[[-0.3, low, top, 0.25, 0.25], [0.3, low, top, hood, hood], [long, low, top - 0.06, hood, 0.85 * hood]],
    );
    kit.dark();
    kit.rod(vec3(0.0, top - 0.1, 0.7 * long), vec3(0.0, top + kit.sides as f32 * 0.01 + 0.25, 0.7 * long), 0.04, 0.05);
    kit.pad(vec3(0.0, top + 0.02, -0.2), vec3(0.36, 0.1, 0.36), 0.03);
    kit.pad(vec3(0.0, top + 0.2, -0.36), vec3(0.36, 0.42, 0.09), 0.03);
    kit.rod(vec3(0.0, top - 0.1, 0.3), vec3(0.0, top + 0.22, 0.12), 0.03, 0.03);
    kit.ring(vec3(0.0, top + 0.22, 0.12), vec3(0.0, 1.0, -0.6), 0.13, 0.03);
    kit.paint(1);
    match kit.random.whole(0, 3) {
        0 => cabin(kit, [top - 0.05, 0.34, -0.45, 0.3], [top + 0.7, 0.32, -0.4, 0.22]),
        1 => {
            kit.four(|kit| kit.rod(vec3(0.28, top - 0.1, 0.27), vec3(0.28, top + 0.75, 0.27), 0.035, 0.035));
            kit.block(vec3(0.0, top - 0.08, 0.0), vec3(0.62, 0.1, 0.62));
            kit.pad(vec3(0.0, top + 0.75, 0.0), vec3(0.75, 0.08, 0.8), 0.03);
        }
        _ => {}
    }
    kit.both(|kit| kit.arc(vec3(0.42, big, -0.2), Vec3::X, 1.12 * big, 0.06, 0.0, 2.6));
    kit.block(vec3(0.0, big, -0.2), vec3(0.7, 0.2, 0.3));
    kit.both(|kit| kit.rod(vec3(0.42, big, -0.2), vec3(0.42, 2.1 * big, -0.2), 0.05, 0.05));
    axle(kit, -0.2, 0.5, Wheel(big, kit.sides as f32 * 0.005 + 0.22, looks));
    let narrow = kit.random.pick(&[0.14, 0.38]);
    axle(kit, long - 0.2, narrow, Wheel(small, 0.16, looks % 2));
    kit.metal();
    kit.block(vec3(0.0, 0.5 * (small + low), long - 0.2), vec3(0.16, (low - small).abs() + 0.2, 0.16));
}

fn digger(kit: &mut Kit) {
    kit.sides = kit.sides.min(10);
    let (long, gauge) = (kit.random.range(1.2, 1.7), kit.random.range(0.4, 0.55));
    let (tall, top) = (kit.random.range(0.3, 0.45), kit.random.range(0.9, 1.2));
    tracks(kit, gauge, 0.14, long, tall);
    kit.paint(0);
    kit.block(vec3(0.0, 0.6 * tall, 0.0), vec3(2.0 * gauge, 0.4 * tall, 0.6 * long));
    if kit.random.chance(0.45) {
        dozer(kit, gauge, long, tall);
        return;
    }
    let (swing, reach) = (kit.random.around(0.9), kit.random.range(0.8, 1.2));
    let (lift, bend, curl) = (kit.random.range(0.3, 1.1), kit.random.range(1.2, 2.2), kit.random.range(0.3, 1.3));
    kit.rod(vec3(0.0, 0.5 * tall, 0.0), vec3(0.0, tall + 0.1, 0.0), 0.28, 0.28);
    kit.turned(vec3(0.0, tall, 0.0), Vec3::Y, swing, |kit| {
        kit.pad(vec3(0.0, 0.24, -0.15), vec3(0.9, 0.36, 1.0), 0.05);
        kit.pad(vec3(0.0, 0.4, -0.45), vec3(0.88, 0.3, 0.4), 0.05);
        kit.at(0.24 * Vec3::X, |kit| cabin(kit, [0.3, 0.2, -0.15, 0.36], [top - 0.05, 0.19, -0.12, 0.25]));
        kit.paint(0);
        let limb = |start: Vec3, angle: f32, long: f32| start + long * vec3(0.0, libm::sinf(angle), libm::cosf(angle));
        let base = vec3(-0.15, 0.35, 0.25);
        let elbow = limb(base, lift, reach);
        let wrist = limb(elbow, lift - bend, 0.7 * reach);
        kit.tube(&[(base, 0.1), (elbow, 0.08), (wrist, 0.06)]);
        kit.metal();
        kit.rod(limb(base, lift + 0.4, 0.05), limb(base, lift + 0.25, 0.6 * reach), 0.04, 0.04);
        kit.rod(limb(base, lift, 0.6 * reach), limb(base, lift + 0.25, 0.6 * reach), 0.04, 0.04);
        kit.turned(wrist, Vec3::X, curl, |kit| {
            let bucket =
                [(-0.08, 0.06), (0.1, 0.08), (0.26, -0.06), (0.22, -0.12), (0.04, -0.06), (-0.02, -0.3), (-0.12, -0.3)];
            side_plate(kit, Vec3::ZERO, 0.2, &bucket);
        });
    });
}

fn dozer(kit: &mut Kit, gauge: f32, long: f32, tall: f32) {
    let (high, lift) = (kit.random.range(0.45, 0.7), kit.random.range(0.0, 0.25));
    prism(kit, [0.4 * tall, 0.3, -0.5 * long, 0.5 * long], [tall + 0.3, 0.27, -0.48 * long, 0.47 * long]);
    cabin(kit, [tall, 0.34, -0.4 * long, 0.08 * long], [tall + 0.85, 0.3, -0.36 * long, 0.04 * long]);
    kit.metal();
    let z = 0.5 * long + kit.sides as f32 * 0.01 + 0.15;
    kit.both(|kit| kit.rod(vec3(gauge - 0.18, 0.5 * tall, 0.0), vec3(gauge - 0.1, lift + 0.25, z), 0.06, 0.06));
    let blade = [
        (0.12, 0.0),
        (0.0, 0.3 * high),
        (0.0, 0.7 * high),
        (0.12, high),
        (-0.03, 0.9 * high),
        (-0.1, 0.5 * high),
        (-0.02, 0.05),
    ];
    kit.at(vec3(0.0, lift, z), |kit| side_plate(kit, Vec3::ZERO, gauge + 0.2, &blade));
    kit.rod(vec3(0.15, tall, 0.3 * long), vec3(0.15, tall + 0.7, 0.3 * long), 0.05, 0.05);
}

fn forklift(kit: &mut Kit) {
    kit.sides = kit.sides.min(10);
    let (long, r, top) = (kit.random.range(1.0, 1.5), kit.random.range(0.16, 0.24), kit.random.range(1.2, 1.6));
    let (l, is_golf_cart) = (0.5 * long, kit.random.chance(0.35));
    let size = Wheel(r, 0.16, kit.random.whole(0, 1));
    let seat = r + kit.random.range(0.3, 0.45);
    kit.paint(0);
    kit.pad(vec3(0.0, r + 0.08, 0.0), vec3(0.84, 0.22, long), 0.05);
    kit.pad(vec3(0.0, 0.5 * (r + seat), -0.25 * long), vec3(0.82, seat - r, 0.5 * long), 0.06);
    kit.dark();
    kit.pad(vec3(0.0, seat + 0.03, -0.16 * long), vec3(0.6, 0.12, 0.35), 0.04);
    kit.pad(vec3(0.0, seat + 0.22, -0.16 * long - 0.18), vec3(0.6, 0.4, 0.1), 0.04);
    kit.rod(vec3(0.0, r, 0.4 * l), vec3(0.0, seat + 0.25, 0.15 * l), 0.035, 0.035);
    kit.ring(vec3(0.0, seat + 0.25, 0.15 * l), vec3(0.0, 1.0, -0.8), 0.13, 0.03);
    kit.both(|kit| kit.rod(vec3(0.36, r, -0.85 * l), vec3(0.36, top, -0.7 * l), 0.035, 0.035));
    kit.both(|kit| kit.rod(vec3(0.36, r, 0.85 * l), vec3(0.36, top, 0.5 * l), 0.035, 0.035));
    kit.pad(vec3(0.0, top, -0.1 * l), vec3(0.84, 0.07, 1.5 * l), 0.03);
    kit.paint(1);
    if is_golf_cart {
        prism(kit, [r, 0.42, 0.6 * l, l + 0.1], [seat + 0.1, 0.36, 0.6 * l, l - 0.1]);
    } else {
        let (lift, mast) = (kit.random.range(0.0, 0.9) * top, top + kit.random.range(-0.2, 0.5));
        kit.both(|kit| kit.block(vec3(0.22, 0.08 + 0.5 * mast, l + 0.05), vec3(0.09, mast, 0.14)));
        kit.block(vec3(0.0, mast, l + 0.05), vec3(0.5, 0.09, 0.12));
        kit.metal();
        kit.block(vec3(0.0, lift + 0.14, l + 0.13), vec3(0.66, 0.28, 0.1));
        kit.both(|kit| kit.block(vec3(0.22, lift + 0.03, l + 0.45), vec3(0.12, 0.06, 0.7)));
    }
    axle(kit, -0.65 * l, 0.38, size);
    axle(kit, 0.65 * l, 0.38, size);
}

fn locomotive(kit: &mut Kit) {
    kit.sides = kit.sides.min(10);
    let (long, r, fat) = (kit.random.range(1.8, 3.2), kit.random.range(0.16, 0.3), kit.random.range(0.26, 0.4));
    let (l, low) = (0.5 * long, 1.3 * r);
    let (back, axis, top) = (-kit.random.range(0.2, 0.5) * l, low + 0.85 * fat, low + kit.random.range(0.8, 1.1));
    let (stack, flare, looks) = (kit.random.range(0.25, 0.5), kit.random.range(0.7, 1.8), kit.random.pick(&[0, 3, 3]));
    kit.paint(0);
    kit.block(vec3(0.0, low, 0.0), vec3(0.8, 0.16, long));
    spindle(kit, vec3(0.0, axis, 0.0), &[(fat, back), (fat, 0.9 * l), (0.85 * fat, 0.93 * l), (0.6 * fat, 0.98 * l)]);
    kit.paint(1);
    cabin(kit, [low, 0.42, -l, back + 0.1], [top, 0.4, -l, back + 0.1]);
    kit.pad(vec3(0.0, top + 0.02, 0.5 * (back - l)), vec3(0.98, 0.1, back + l + 0.3), 0.04);
    kit.dark();
    let (foot, tip) = (vec3(0.0, axis, 0.75 * l), vec3(0.0, axis + fat + stack, 0.75 * l));
    kit.rod(foot, tip, 0.1, 0.1 * flare.max(1.0));
    kit.rod(tip - 0.08 * Vec3::Y, tip + 0.06 * Vec3::Y, 0.14 * flare, 0.13 * flare);
    kit.gold();
    kit.ball(vec3(0.0, axis + fat, 0.3 * l), vec3(0.14, 0.18, 0.14));
    kit.metal();
    prism(kit, [0.06, 0.4, l - 0.1, l + 0.3], [low, 0.3, l - 0.1, l + 0.02]);
    for (z, scale) in [(-0.65, 1.3), (-0.05, 1.3), (0.65, 0.8)] {
        axle(kit, z * l, 0.34, Wheel(scale * r, 0.12, looks));
    }
    kit.both(|kit| kit.block(vec3(0.41, r, -0.2 * l), vec3(0.06, 0.08, 1.1 * l)));
}

fn cart(kit: &mut Kit) {
    kit.sides = kit.sides.min(10);
    // With one wheel a barrow, with two a cart, with four a wagon for roads or rails.
    let (axles, r, looks) =
        (kit.random.pick(&[1, 1, 2, 2]), kit.random.range(0.16, 0.45), kit.random.pick(&[0, 1, 3, 3]));
    let is_barrow = axles == 1 && kit.random.chance(0.5);
    let (l, tall, flare) = (kit.random.range(0.5, 0.95), kit.random.range(0.2, 0.6), kit.random.range(0.0, 0.14));
    let (w, low) = (if is_barrow { 0.34 } else { 0.45 }, if is_barrow { 0.34 } else { 1.1 * r });
    kit.wood();
    prism(kit, [low, w, -l, l], [low + tall, w + flare, -l - flare, l + flare]);
    let inner = [low + tall + 0.01, w + flare - 0.06, 0.06 - l - flare, l + flare - 0.06];
    kit.carve(|kit| prism(kit, [low + 0.07, w - 0.06, 0.06 - l, l - 0.06], inner));
    match kit.random.whole(0, 4) {
        0 => {
            kit.hsv(0.1, 0.4, 0.5);
            kit.ball(vec3(0.0, low + 0.6 * tall, 0.0), vec3(w - 0.03, 0.6 * tall, 0.93 * l));
        }
        1 if !is_barrow => {
            kit.white();
            spindle(kit, vec3(0.0, low + tall, 0.0), &[(w + flare, -l), (w + flare, l)]);
        }
        2 if !is_barrow => cabin(kit, [low, w, -l, l], [low + 0.9, w + 0.1, -l - 0.1, l + 0.1]),
        _ => {}
    }
    kit.wood();
    if is_barrow {
        kit.both(|kit| kit.rod(vec3(0.08, 0.2, l + 0.2), vec3(w, low + 0.12, -l - 0.6), 0.045, 0.045));
        kit.both(|kit| kit.rod(vec3(w - 0.05, low + 0.1, -0.7 * l), vec3(w, 0.0, -0.8 * l), 0.045, 0.045));
        wheel(kit, vec3(0.0, 0.2, l + 0.2), Wheel(0.2, 0.14, looks));
        return;
    }
    let (reach, drop) = (kit.random.range(0.4, 1.3), kit.random.range(-0.2, 0.6) * low);
    let shafts = if kit.random.chance(0.5) { 0.0 } else { 0.8 * w };
    kit.both(|kit| kit.rod(vec3(shafts, low + 0.04, 0.6 * l), vec3(shafts, low - drop, l + reach), 0.045, 0.04));
    let size = Wheel(r, 0.1, looks);
    for z in if axles == 1 { vec![0.0] } else { vec![-0.65 * l, 0.65 * l] } {
        kit.block(vec3(0.0, 0.5 * (r + low), z), vec3(0.5, low - r + 0.14, 0.14));
        axle(kit, z, w + flare + 0.09, size);
    }
}

fn bicycle(kit: &mut Kit) {
    kit.sides = kit.sides.min(6);
    // Bicycle, scooter or motorbike.
    let (is_motor, r) = (kit.random.chance(0.55), kit.random.range(0.3, 0.36));
    let (l, grip) = (kit.random.range(0.5, 0.6), kit.random.range(0.22, 0.36));
    let (thick, looks) = (kit.random.range(0.03, 0.04), if is_motor { kit.random.whole(0, 1) } else { 3 });
    let r = if is_motor { kit.random.range(0.8, 1.0) * r } else { r };
    let [hub, crank, seat] = [vec3(0.0, r, -l), vec3(0.0, 0.9 * r, -0.08), vec3(0.0, 0.92, -0.26)];
    let (front, head) = (vec3(0.0, r, l), vec3(0.0, 0.85, 0.34));
    let size = Wheel(r, if is_motor { kit.random.range(0.12, 0.2) } else { 0.09 }, looks);
    kit.paint(0);
    kit.both(|kit| kit.rod(front + 0.09 * Vec3::X, head + vec3(0.05, 0.1, -0.02), thick, thick));
    kit.both(|kit| kit.tube(&[(crank, thick), (hub + 0.09 * Vec3::X, thick), (seat - 0.1 * Vec3::Y, thick)]));
    if is_motor {
        motorbike_body(kit, l, r);
    } else {
        let low = kit.random.range(0.0, 0.3);
        kit.tube(&[(seat - vec3(0.0, 0.12 + low, -0.02), thick), (head, thick), (crank, thick), (seat, thick)]);
        kit.dark();
        mirrored_hull(kit, &[[0.09, 0.9, -0.38], [0.09, 0.98, -0.38], [0.02, 0.9, -0.1], [0.02, 0.96, -0.1]]);
        kit.rod(crank - 0.12 * Vec3::X, crank + 0.12 * Vec3::X, 0.09, 0.09);
        kit.block(crank + vec3(0.12, -0.08, 0.0), vec3(0.05, 0.2, 0.05));
    }
    kit.metal();
    let bar = head + vec3(0.0, 0.16, -0.03);
    kit.tube(&[(head, thick), (bar, thick)]);
    kit.both(|kit| {
        kit.tube(&[(bar, thick), (bar + vec3(grip - 0.06, 0.05, 0.0), thick), (bar + vec3(grip, 0.0, -0.16), thick)])
    });
    for center in [hub, front] {
        kit.rod(center - 0.12 * Vec3::X, center + 0.12 * Vec3::X, 0.035, 0.035);
        wheel(kit, center, size);
    }
}

/// Tank, seat, engine, pipes and mudguards.
fn motorbike_body(kit: &mut Kit, l: f32, r: f32) {
    let (bulk, tank) = (kit.random.range(0.1, 0.2), kit.random.range(0.13, 0.2));
    kit.pad(vec3(0.0, 0.72, 0.1), vec3(2.0 * bulk, 0.25, 0.55), 0.09);
    kit.dark();
    kit.pad(vec3(0.0, 0.7, -0.35), vec3(0.26, 0.12, kit.sides as f32 * 0.01 + 0.45), 0.05);
    kit.metal();
    kit.pad(vec3(0.0, 0.45, 0.0), vec3(2.0 * tank, 0.42, 0.46), 0.08);
    kit.both(|kit| kit.rod(vec3(0.15, 0.3, 0.1), vec3(0.17, 0.36, -l - 0.2), 0.05, 0.06));
    kit.paint(1);
    if kit.random.chance(0.5) {
        mirrored_hull(kit, &[[0.2, 0.35, 0.4], [0.18, 0.9, 0.36], [0.12, 1.15, 0.3], [0.1, 0.75, 0.6]]);
    }
    for center in [vec3(0.0, r, -l), vec3(0.0, r, l)] {
        kit.arc(center, Vec3::X, r + 0.04, 0.045, 0.3, 2.4);
        kit.both(|kit| kit.rod(center + 0.09 * Vec3::X, center + vec3(0.03, r + 0.04, 0.0), 0.03, 0.03));
    }
}

fn tank(kit: &mut Kit) {
    let (long, gauge, tall) = (kit.random.range(1.3, 2.0), kit.random.range(0.42, 0.52), kit.random.range(0.32, 0.48));
    let (l, z, turret) = (0.5 * long, kit.random.around(0.15), kit.random.range(0.2, 0.35));
    tracks(kit, gauge, 0.13, long, tall);
    kit.either(0.6, |kit| kit.hsv(0.2, 0.4, 0.4), |kit| kit.paint(0));
    along(
        kit,
        &[
            [-l, 0.5 * tall, tall, 0.4, gauge],
            [0.5 * l, 0.25 * tall, 1.25 * tall, 0.4, gauge],
            [0.98 * l, 0.5 * tall, 0.8 * tall, 0.4, gauge],
        ],
    );
    let (yaw, lift, gun, half) =
        (kit.random.around(0.8), kit.random.range(0.0, 0.3), kit.random.range(0.6, 1.2), kit.random.range(0.28, 0.4));
    kit.turned(vec3(0.0, 1.1 * tall, z), Vec3::Y, yaw, |kit| {
        if kit.random.chance(0.5) {
            prism(kit, [0.0, half, -0.45, 0.42], [turret, 0.7 * half, -0.35, 0.2]);
        } else {
            kit.lathe(Vec3::ZERO, &[vec2(half, 0.0), vec2(half, 0.5 * turret), vec2(0.7 * half, turret)]);
        }
        let (from, way) = (0.5 * turret * Vec3::Y, vec3(0.0, libm::sinf(lift), libm::cosf(lift)));
        kit.rod(from, from + (0.2 + gun) * way, 0.06, 0.05);
        kit.rod(from + gun * way, from + (0.25 + gun) * way, 0.08, 0.08);
        kit.rod(vec3(0.12, 0.8 * turret, -0.12), vec3(0.12, turret + 0.07, -0.12), 0.11, 0.1);
    });
}

fn skateboard(kit: &mut Kit) {
    kit.sides = kit.sides.min(10);
    // Skateboard, kick scooter, sled.
    let (looks, l, w) = (kit.random.whole(0, 2), kit.random.range(0.5, 0.8), kit.random.range(0.12, 0.24));
    let (r, kick) = (kit.random.range(0.06, 0.13), kit.random.range(0.0, 0.16));
    let y = if looks == 2 { kit.random.range(0.15, 0.35) } else { 1.7 * r };
    kit.paint(0);
    kit.pad(vec3(0.0, y, 0.0), vec3(2.0 * w, 0.06, 1.5 * l), 0.02);
    if looks == 2 {
        let curl = kit.random.range(0.12, 0.3);
        kit.wood();
        kit.both(|kit| {
            kit.tube(&[
                (vec3(w, 0.0, -l), 0.035),
                (vec3(w, 0.0, l), 0.035),
                (vec3(w, 0.4 * curl, l + 0.8 * curl), 0.035),
                (vec3(w, y + curl, l + 0.9 * curl), 0.035),
            ]);
            kit.rod(vec3(w, 0.0, 0.5 * l), vec3(0.8 * w, y, 0.5 * l), 0.035, 0.035);
            kit.rod(vec3(w, 0.0, -0.5 * l), vec3(0.8 * w, y, -0.5 * l), 0.035, 0.035);
        });
        if kit.random.chance(0.5) {
            kit.pad(vec3(0.0, y + 0.2, -0.7 * l), vec3(2.0 * w, 0.42, 0.07), 0.03);
        }
        return;
    }
    for end in [-1.0, 1.0] {
        kit.turned(vec3(0.0, y, 0.7 * end * l), Vec3::X, -end * 2.0 * kick, |kit| {
            kit.pad(0.14 * end * Vec3::Z, vec3(1.9 * w, 0.06, 0.32), 0.025)
        });
        kit.block(vec3(0.0, 0.5 * (r + y), 0.55 * end * l), vec3(0.12, y - r + 0.06, 0.16));
        axle(kit, 0.55 * end * l, if looks == 0 { w - 0.03 } else { 0.04 }, Wheel(r, 0.1, 0));
    }
    if looks == 1 {
        let tall = kit.random.range(0.8, 1.2);
        let top = vec3(0.0, tall, 0.7 * l - 0.1);
        kit.metal();
        kit.rod(vec3(0.0, y, 0.75 * l), top, 0.045, 0.035);
        kit.rod(top - 0.28 * Vec3::X, top + 0.28 * Vec3::X, 0.045, 0.045);
    }
}
