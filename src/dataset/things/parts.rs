//! Shapes that many things have, and ways of putting them.

use std::f32::consts::{FRAC_PI_2, PI, TAU};

use glam::{Vec2, Vec3, vec2, vec3};

use super::kit::Kit;

// Numbers, points and outlines.

/// Numbers from ranges.
pub(super) fn sizes<const N: usize>(kit: &mut Kit, ranges: [(f32, f32); N]) -> [f32; N] {
    ranges.map(|(low, high)| kit.random.range(low, high))
}

/// One of some hues, bright.
pub(super) fn hue(kit: &mut Kit, hues: &[f32]) {
    let hue = kit.random.pick(hues);
    kit.hsv(hue, 0.7, 0.75);
}

/// A point about the y axis, its angle seen from above.
pub(super) fn polar(angle: f32, radius: f32, y: f32) -> Vec3 {
    vec3(radius * libm::cosf(angle), y, -radius * libm::sinf(angle))
}

/// A closed outline, its radius given by the angle.
pub(super) fn round_outline(count: usize, radius: impl Fn(f32) -> f32) -> Vec<Vec2> {
    let point = |k: usize| {
        let angle = TAU * k as f32 / count as f32;
        radius(angle) * vec2(libm::cosf(angle), libm::sinf(angle))
    };
    (0..count).map(point).collect()
}

/// A closed outline from its half on one side of the y axis.
pub(super) fn mirrored(half: &[[f32; 2]]) -> Vec<Vec2> {
    let other = half.iter().rev().filter(|p| p[0] != 0.0).map(|&[x, y]| [-x, y]);
    half.iter().copied().chain(other).map(Vec2::from).collect()
}

// Places.

/// Parts made inside have their +y to the front.
pub(super) fn forward(kit: &mut Kit, to: Vec3, parts: impl FnOnce(&mut Kit)) {
    kit.turned(to, Vec3::X, FRAC_PI_2, parts);
}

/// What is long along y and flat along z: upright, hanging, tilted, or lying.
pub(super) fn posed(kit: &mut Kit, parts: impl FnOnce(&mut Kit)) {
    let pose = kit.random.weighted(&[4.0, 1.0, 2.0, 2.0, 1.0, 1.0]);
    let (turn, tilt, side) =
        (kit.random.around(PI), kit.random.around(0.5), kit.random.pick(&[0.0, 0.0, 0.0, FRAC_PI_2]));
    let spin = [0.0, PI, turn, turn, FRAC_PI_2.copysign(turn), 0.6 * tilt][pose];
    let back = [0.0, 0.0, 0.0, -FRAC_PI_2, 0.0, tilt][pose];
    kit.turned(Vec3::ZERO, Vec3::X, back, |kit| {
        kit.turned(Vec3::ZERO, Vec3::Z, spin, |kit| kit.turned(Vec3::ZERO, Vec3::Y, side, parts));
    });
}

// Round parts.

/// A round rod from `foot` up.
pub(super) fn post(kit: &mut Kit, foot: Vec3, tall: f32, from: f32, to: f32) {
    kit.rod(foot, foot + tall * Vec3::Y, from, to);
}

/// A round rod on the y axis.
pub(super) fn upright(kit: &mut Kit, low: f32, high: f32, from: f32, to: f32) {
    kit.rod(low * Vec3::Y, high * Vec3::Y, from, to);
}

/// A disc that looks to the front, `center` the middle of its back.
pub(super) fn disc(kit: &mut Kit, center: Vec3, radius: f32, depth: f32) {
    kit.rod(center, center + depth * Vec3::Z, radius, radius);
}

/// A round slab with soft edges.
pub(super) fn round_slab(kit: &mut Kit, foot: Vec3, radius: f32, height: f32) {
    let edge = (0.4 * height / radius).min(0.3);
    let profile = [(1.0 - edge, 0.0), (1.0, 0.3), (1.0, 0.7), (1.0 - edge, 1.0)];
    kit.lathe(foot, &profile.map(|(r, y)| vec2(r * radius, y * height)));
}

/// The upper part of a ball.
pub(super) fn dome(kit: &mut Kit, foot: Vec3, radius: f32, height: f32) {
    let profile = [(0.93, 0.0), (1.0, 0.15), (0.92, 0.5), (0.7, 0.78), (0.4, 0.95), (0.0, 1.0)];
    kit.lathe(foot, &profile.map(|(r, y)| vec2(r * radius, y * height)));
}

/// What turns about the vertical through `foot`: pairs of radius and height, to be scaled.
pub(super) fn lathed(kit: &mut Kit, foot: Vec3, scale: Vec3, profile: &[(f32, f32)]) {
    let profile: Vec<_> = profile.iter().map(|&p| p.into()).collect();
    kit.scaled(foot, scale, |kit| kit.lathe(Vec3::ZERO, &profile));
}

/// What turns about an axis along z: pairs of radius and z.
pub(super) fn spindle(kit: &mut Kit, center: Vec3, profile: &[(f32, f32)]) {
    forward(kit, center, |kit| lathed(kit, Vec3::ZERO, Vec3::ONE, profile));
}

/// A round tube with one joint.
pub(super) fn bent(kit: &mut Kit, [a, b, c]: [Vec3; 3], radii: [f32; 3]) {
    kit.tube(&[(a, radii[0]), (b, radii[1]), (c, radii[2])]);
}

/// A round body along points, thick at each as given, in one piece; the corners start at `side`.
pub(super) fn snake(kit: &mut Kit, path: &[(Vec3, f32)], mut side: Vec3) {
    let n = kit.sides.clamp(6, 10);
    let mut layers = Vec::new();
    for k in 0..path.len() {
        let (before, after) = (path[k.saturating_sub(1)].0, path[(k + 1).min(path.len() - 1)].0);
        let way = (after - before).normalize_or(Vec3::Y);
        side = (side - side.dot(way) * way).normalize_or(Vec3::X);
        let (middle, thick) = path[k];
        let turns = (0..n).map(|i| TAU * i as f32 / n as f32);
        let out = |a: f32| libm::cosf(a) * side + libm::sinf(a) * way.cross(side);
        layers.push(turns.map(|a| middle + thick * out(a)).collect::<Vec<_>>());
    }
    kit.loft(&layers);
}

/// A heap of round things in a round or square space.
pub(super) fn heap(kit: &mut Kit, center: Vec3, reach: Vec2, size: f32) {
    kit.sided(8, |kit| {
        kit.ball(center - 0.3 * size * Vec3::Y, vec3(0.9 * reach.x, 0.8 * size, 0.9 * reach.y));
        for k in 0..kit.random.whole(3, 7) {
            kit.paint(k);
            let (x, z, radius) = (kit.random.around(0.6), kit.random.around(0.6), kit.random.range(0.7, 1.0) * size);
            kit.ball(center + vec3(x * reach.x, 0.1 * size, z * reach.y), Vec3::splat(radius));
        }
    });
}

// Handles and blades.

/// A handle from one side over the top to the other.
pub(super) fn bail(kit: &mut Kit, y: f32, radius: f32, height: f32, thick: f32, tilt: f32) {
    let scale = vec3(1.0, height / radius, 1.0);
    let bow = |kit: &mut Kit| kit.arc(Vec3::ZERO, Vec3::Z, radius, thick, -0.1, PI + 0.1);
    kit.sided(8, |kit| kit.turned(y * Vec3::Y, Vec3::X, tilt, |kit| kit.scaled(Vec3::ZERO, scale, bow)));
}

/// A handle along y, plain, waisted or wound round.
pub(super) fn grip(kit: &mut Kit, low: f32, high: f32, radius: f32) {
    let (rings, belly, depth) =
        (kit.random.pick(&[0, 0, 3, 4, 6]), kit.random.range(0.8, 1.3), kit.random.range(0.7, 1.0));
    kit.scaled(Vec3::ZERO, vec3(1.0, 1.0, depth), |kit| {
        kit.lathe(Vec3::ZERO, &[vec2(radius, low), vec2(belly * radius, 0.5 * (low + high)), vec2(radius, high)]);
        for k in 0..rings {
            let (y, step) = (k as f32 + 0.3, (high - low) / rings as f32);
            upright(kit, low + y * step, low + (y + 0.4) * step, 1.3 * radius, 1.3 * radius);
        }
    });
}

/// A long round handle from the origin up, of wood or paint, with a grip or a knob at times.
pub(super) fn shaft(kit: &mut Kit, long: f32, radius: f32) {
    kit.either(0.7, Kit::wood, |kit| kit.paint(0));
    let (slim, end) = (kit.random.range(0.75, 1.0), kit.random.whole(0, 4));
    upright(kit, 0.0, long, radius, slim * radius);
    if end == 0 {
        kit.ball(Vec3::ZERO, Vec3::splat(1.5 * radius));
    } else if end == 1 {
        kit.paint(1);
        upright(kit, -0.01, 0.25 * long, 1.25 * radius, 1.15 * radius);
    }
}

/// A blade through rows of height, middle, half width and half thickness; the last may be a tip of no width.
pub(super) fn blade(kit: &mut Kit, rows: &[[f32; 4]], has_back: bool) {
    let layer = |&[y, x, w, t]: &[f32; 4]| {
        let corners = if has_back {
            [[-w, -t], [-w, t], [-0.2 * w, 0.9 * t], [w, 0.15 * t], [w, -0.15 * t], [-0.2 * w, -0.9 * t]]
        } else {
            [[-w, 0.0], [-0.25 * w, t], [0.25 * w, t], [w, 0.0], [0.25 * w, -t], [-0.25 * w, -t]]
        };
        corners.map(|[across, z]| vec3(x + across, y, z)).to_vec()
    };
    let layers: Vec<_> = rows.iter().map(layer).collect();
    kit.loft(&layers);
}

// Flat and edged parts.

/// A lying sheet with its outline in x and z.
pub(super) fn sheet(kit: &mut Kit, outline: &[Vec2], low: f32, high: f32) {
    let outline: Vec<Vec2> = outline.iter().map(|p| vec2(p.x, -p.y)).collect();
    kit.turned(Vec3::ZERO, Vec3::X, -FRAC_PI_2, |kit| kit.plate(&outline, low, high));
}

/// An upright sheet with its outline in z and y, `half` thick to both sides of `at`.
pub(super) fn side_plate(kit: &mut Kit, at: Vec3, half: f32, outline: &[(f32, f32)]) {
    let outline: Vec<Vec2> = outline.iter().map(|&p| p.into()).collect();
    kit.turned(at, Vec3::Y, -FRAC_PI_2, |kit| kit.plate(&outline, -half, half));
}

/// A leaf from `from`, `size` its length and width; `rise` is its angle at the start, `droop` its fall by its end.
pub(super) fn leaf(kit: &mut Kit, from: Vec3, [heading, rise]: [f32; 2], size: [f32; 2], droop: f32) {
    let side = polar(heading + FRAC_PI_2, 1.0, 0.0);
    let layers = [(0.0, 0.3), (0.3, 0.9), (0.6, 1.0), (0.85, 0.6), (1.0, 0.1)].map(|(t, wide)| {
        let (out, up) = (t * libm::cosf(rise), t * libm::sinf(rise) - droop * t * t);
        let middle = from + polar(heading, size[0] * out, size[0] * up);
        let slope = vec2(libm::cosf(rise), libm::sinf(rise) - 2.0 * droop * t).normalize();
        let above = polar(heading, -slope.y, slope.x);
        let (half, thick) = (0.5 * size[1] * wide, (0.1 * size[1]).max(0.025 * size[0]) * (0.4 + 0.6 * wide));
        vec![middle - half * side, middle + thick * above, middle + half * side, middle - thick * above]
    });
    kit.loft(&layers);
}

/// A box between two levels, each `[y, half width, back, front]`.
pub(super) fn prism(kit: &mut Kit, low: [f32; 4], high: [f32; 4]) {
    let ring = |[y, w, b, f]: [f32; 4]| vec![vec3(-w, y, b), vec3(-w, y, f), vec3(w, y, f), vec3(w, y, b)];
    kit.loft(&[ring(low), ring(high)]);
}

/// A body along z; sections of `[z, low y, high y, half width below, half width above]`, from back to front.
pub(super) fn along(kit: &mut Kit, sections: &[[f32; 5]]) {
    let ring = |&[z, low, high, below, above]: &[f32; 5]| {
        vec![vec3(-below, low, z), vec3(below, low, z), vec3(above, high, z), vec3(-above, high, z)]
    };
    kit.loft(&sections.iter().map(ring).collect::<Vec<_>>());
}

/// The hull of points and of their mirror images.
pub(super) fn mirrored_hull(kit: &mut Kit, points: &[[f32; 3]]) {
    kit.hull(&points.iter().flat_map(|&[x, y, z]| [vec3(x, y, z), vec3(-x, y, z)]).collect::<Vec<_>>());
}
