//! Other solids made of packed ones: of other proportions, bent, and put together.
//!
//! A file has some hundred packed solids. A network that sees the same ones again and again knows them
//! by heart instead of learning how an outline and its shading tell depth.

use glam::Vec3;

use super::cut::cut;
use super::pack::PackedMesh;
use super::random::{Random, rotation_about};

/// How many packed solids are shown as they are, where nothing else is asked for.
pub const PLAIN: f32 = 0.3;
/// How many of the others keep their symmetry and their right angles: their parts only change
/// proportions, as one chair differs from another.
const STRAIGHT: f32 = 0.6;
/// How many have a second one put to them.
const JOINED: f32 = 0.3;
/// How many have several small ones put to them, as things stand on a table.
const CROWDED: f32 = 0.15;
/// How many of the others are cut first.
const CUT: f32 = 0.45;
/// Marks the keys of each further part, whose corners are not those of the first.
const PART_KEY: u64 = 1 << 58;

/// The parts of a new solid, which overlap: mostly `first` alone, which stays as it is with probability `plain`.
/// `draw` gives what is put to it.
pub fn parts(
    random: &mut Random,
    plain: f32,
    first: PackedMesh,
    mut draw: impl FnMut(&mut Random) -> PackedMesh,
) -> Vec<PackedMesh> {
    if random.chance(plain) {
        return vec![first];
    }
    let first = changed(first, random);
    let guests = match random.unit() {
        t if t < JOINED => 1,
        t if t < JOINED + CROWDED => random.whole(2, 4),
        _ => 0,
    };
    let host = first.corners();
    let mut out = vec![first];
    for _ in 0..guests {
        let guest = draw(random);
        let guest = changed(guest, random);
        let scale = if guests == 1 { random.range(0.3, 0.9) } else { random.range(0.15, 0.45) };
        join(&mut out, host, guest, scale, random);
    }
    out
}

fn changed(mut mesh: PackedMesh, random: &mut Random) -> PackedMesh {
    if random.chance(CUT)
        && let Some(piece) = cut(&mesh, random)
    {
        mesh = piece;
    }
    let mesh = laid(reshaped(mesh, random), random);
    if random.chance(STRAIGHT) { mesh } else { bent(mesh, random) }
}

/// All parts as one list of triangles, for the renderer.
pub fn merged(parts: &[PackedMesh]) -> PackedMesh {
    let mut out = PackedMesh::default();
    for (number, part) in parts.iter().enumerate() {
        let first = out.positions.len() as u32;
        out.positions.extend(&part.positions);
        out.keys.extend(part.keys.iter().map(|key| key + number as u64 * PART_KEY));
        out.colors.extend(&part.colors);
        out.triangles.extend(part.triangles.iter().map(|t| t.map(|i| i + first)));
    }
    out
}

/// The solid mirrored, and each axis mapped by a rising function of its own: what is
/// parallel to an axis stays so, and a solid that is the same left and right stays that too.
fn reshaped(mut mesh: PackedMesh, random: &mut Random) -> PackedMesh {
    let stretch = Vec3::from_array([0; 3].map(|_| libm::expf(0.3 * random.normal().clamp(-2.0, 2.0))));
    let [x, y, z] = [0.0, 0.35, 0.25].map(|size| Gather { middle: random.around(0.45), end: random.around(size) });
    let is_mirrored = random.chance(0.5);
    for p in &mut mesh.positions {
        let side = if is_mirrored { -p.x } else { p.x };
        *p = Vec3::new(x.at(side), y.at(p.y), z.at(p.z)) * stretch;
    }
    if is_mirrored {
        mesh.triangles.iter_mut().for_each(|t| t.swap(1, 2));
    }
    mesh
}

/// Now and then laid on its side or turned upside down.
fn laid(mut mesh: PackedMesh, random: &mut Random) -> PackedMesh {
    if random.chance(0.1) {
        let axis = random.pick(&[Vec3::X, Vec3::Z]);
        let turn = rotation_about(axis, std::f32::consts::FRAC_PI_2 * random.pick(&[-1.0, 1.0, 2.0]));
        mesh.positions.iter_mut().for_each(|p| *p = turn * *p);
    }
    mesh
}

/// t ↦ t + (a sin πt − b cos πt)/π, which rises while |a| + |b| < 1.
struct Gather {
    /// a: above 0 the middle is widened, below 0 both ends.
    middle: f32,
    /// b: one end is widened.
    end: f32,
}

impl Gather {
    fn at(&self, t: f32) -> f32 {
        let angle = std::f32::consts::PI * t;
        t + (self.middle * libm::sinf(angle) - self.end * libm::cosf(angle)) / std::f32::consts::PI
    }
}

/// The solid mapped by a one-to-one map of space: tapered, twisted, bent, wavy.
fn bent(mut mesh: PackedMesh, random: &mut Random) -> PackedMesh {
    let mut amount = |chance: f32, size: f32| if random.chance(chance) { random.around(size) } else { 0.0 };
    let (taper, twist, bend, lean) = (amount(0.5, 0.4), amount(0.3, 0.5), amount(0.35, 0.3), amount(0.3, 0.35));
    let wave = amount(0.4, 0.08);
    let phase = random.direction() * 3.0;
    let along = random.direction() * random.range(1.5, 3.5);
    let push = random.direction() * wave;
    let axis = random.whole(0, 3);
    for p in &mut mesh.positions {
        // The axis that tapers, twists and bends takes the part of y.
        let mut q = rolled(*p, axis);
        let narrow = 1.0 + taper * q.y;
        (q.x, q.z) = (q.x * narrow, q.z * narrow);
        q = rotation_about(Vec3::Y, twist * q.y) * q;
        q.x += bend * q.y * q.y + lean * q.y;
        q = rolled(q, 3 - axis);
        *p = q + push * libm::sinf(along.dot(q) + phase.x);
    }
    mesh
}

/// Axes moved on `steps` times: x takes the place of y, y of z, z of x.
fn rolled(p: Vec3, steps: usize) -> Vec3 {
    match steps % 3 {
        0 => p,
        1 => Vec3::new(p.z, p.x, p.y),
        _ => Vec3::new(p.y, p.z, p.x),
    }
}

/// Puts a guest beside, on, before or behind the host, whose box is given, their boxes overlapping; sometimes on
/// two sides.
fn join(out: &mut Vec<PackedMesh>, host: (Vec3, Vec3), mut guest: PackedMesh, scale: f32, random: &mut Random) {
    let turn = rotation_about(Vec3::Y, random.range(-std::f32::consts::PI, std::f32::consts::PI));
    guest.positions.iter_mut().for_each(|p| *p = turn * *p * scale);
    let ((low, high), (guest_low, guest_high)) = (host, guest.corners());
    let side = random.pick(&[Vec3::Y, Vec3::Y, Vec3::X, Vec3::NEG_X, Vec3::Z, Vec3::NEG_Z]);
    let inner = 0.5 * (high - low).min(guest_high - guest_low) * random.range(0.1, 0.9);
    let middle = 0.5 * (low + high) - 0.5 * (guest_low + guest_high);
    let slack = 0.25 * (high - low);
    let away = 0.5 * (high - low + guest_high - guest_low) - inner;
    let loose = Vec3::from_array([0; 3].map(|_| random.around(1.0))) * slack * (Vec3::ONE - side.abs());
    let shift = middle + side * away + loose;
    guest.positions.iter_mut().for_each(|p| *p += shift);
    let mut other = (side.x != 0.0 && random.chance(0.4)).then(|| guest.clone());
    if let Some(other) = &mut other {
        let center = 0.5 * (low.x + high.x);
        other.positions.iter_mut().for_each(|p| p.x = 2.0 * center - p.x);
        other.triangles.iter_mut().for_each(|t| t.swap(1, 2));
    }
    out.push(guest);
    out.extend(other);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cube() -> PackedMesh {
        let corner = |k: usize| Vec3::new((k & 1) as f32, (k >> 1 & 1) as f32, (k >> 2 & 1) as f32) * 2.0 - 1.0;
        let quads = [[0, 2, 3, 1], [4, 5, 7, 6], [0, 1, 5, 4], [2, 6, 7, 3], [0, 4, 6, 2], [1, 3, 7, 5]];
        PackedMesh {
            positions: (0..8).map(corner).collect(),
            keys: (0..8).collect(),
            colors: vec![Vec3::ONE; 8],
            triangles: quads.iter().flat_map(|q| [[q[0], q[1], q[2]], [q[0], q[2], q[3]]]).collect(),
        }
    }

    /// Six times the volume, positive when the triangles face outward.
    fn volume(mesh: &PackedMesh) -> f32 {
        let corner = |i: u32| mesh.positions[i as usize];
        mesh.triangles.iter().map(|t| corner(t[0]).cross(corner(t[1])).dot(corner(t[2]))).sum()
    }

    #[test]
    fn every_part_stays_a_solid_that_faces_outward() {
        let mut counts = [0; 10];
        for number in 0..300 {
            let made = parts(&mut Random::new(7, number), 0.1, cube(), |_| cube());
            counts[made.len().min(9)] += 1;
            for part in &made {
                assert!(volume(part) > 1e-3, "{number}: {}", volume(part));
                assert!(part.positions.iter().all(|p| p.is_finite() && p.abs().max_element() < 12.0), "{number}");
            }
            let all = merged(&made);
            assert_eq!(all.triangles.len(), made.iter().map(|part| part.triangles.len()).sum::<usize>());
            let places = |keys: &[u64]| keys.iter().copied().collect::<std::collections::BTreeSet<u64>>().len();
            let apart: usize = made.iter().map(|part| places(&part.keys)).sum();
            assert_eq!(places(&all.keys), apart, "corners of different parts are different corners");
        }
        assert!(counts[1] > 140 && counts[2] > 40 && counts[3..].iter().all(|c| *c < 40), "{counts:?}");
        assert!(counts[3..].iter().sum::<i32>() > 20, "{counts:?}");
    }

    #[test]
    fn what_is_straight_and_symmetric_stays_so() {
        for number in 0..100 {
            let made = reshaped(cube(), &mut Random::new(5, number));
            for (k, p) in made.positions.iter().enumerate() {
                let opposite = made.positions[k ^ 1];
                assert!((p.x + opposite.x).abs() < 1e-5 && (p.y, p.z) == (opposite.y, opposite.z), "{number}");
            }
        }
        let rises = |g: Gather| (-130..130).all(|k| g.at(k as f32 / 100.0) < g.at((k + 1) as f32 / 100.0));
        assert!(rises(Gather { middle: 0.45, end: 0.35 }) && rises(Gather { middle: -0.45, end: -0.35 }));
    }

    #[test]
    fn parts_overlap_and_the_same_number_gives_the_same_solid() {
        for number in 0..200 {
            let made = parts(&mut Random::new(3, number), 0.1, cube(), |_| cube());
            assert_eq!(made, parts(&mut Random::new(3, number), 0.1, cube(), |_| cube()));
            let boxes: Vec<(Vec3, Vec3)> = made
                .iter()
                .map(|m| {
                    m.positions.iter().fold((Vec3::INFINITY, Vec3::NEG_INFINITY), |b, &p| (b.0.min(p), b.1.max(p)))
                })
                .collect();
            for other in &boxes[1..] {
                assert!(boxes[0].0.cmplt(other.1).all() && other.0.cmplt(boxes[0].1).all(), "{number}");
            }
        }
    }
}
