//! Things that follow a line: ropes, springs, knots, arches, pipes, branches.

use glam::Vec3;

use super::super::random::Random;
use super::super::tape::{Builder, Shape};
use super::{Traits, v};

/// Points that a chain may have: each costs as much as a leaf.
const LINKS: usize = 22;

pub fn sweep(random: &mut Random, b: &mut Builder) -> Traits {
    let kind = random.weighted(&[20.0, 20.0, 15.0, 15.0, 30.0]);
    let thick = random.range(0.06, 0.2);
    let narrow = random.range(0.3, 1.0);
    let turns = random.range(1.2, 2.6);
    let (wide, tall) = (random.range(0.35, 0.75), random.range(0.3, 0.9));
    let end = random.range(0.3, 1.2);
    let bends: Vec<Vec3> = (0..3).map(|_| random.direction()).collect();
    let at = |t: f32| -> Vec3 {
        let angle = std::f32::consts::TAU * t;
        let (s, c) = (libm::sinf, libm::cosf);
        match kind {
            0 => v(wide * c(turns * angle), tall * (2.0 * t - 1.0), wide * s(turns * angle)),
            1 => v(s(angle) + 2.0 * s(2.0 * angle), c(angle) - 2.0 * c(2.0 * angle), -s(3.0 * angle)) * 0.3,
            2 => {
                v(wide * c(0.5 * angle), tall * 1.2 * s(0.5 * angle) - 0.5 * tall, 0.3 * wide * (end - 0.7) * s(angle))
            }
            3 => v(c(turns * angle), s(turns * angle), 0.0) * (0.15 + 0.75 * t),
            _ => {
                let sway = bends[0] * s(3.0 * t) + bends[1] * (0.6 * s(5.0 * t + 1.0)) + bends[2] * (0.3 * c(8.0 * t));
                v(0.0, 1.7 * t - 0.85, 0.0) + sway * 0.5
            }
        }
    };
    let count = if kind == 2 { 10 } else { LINKS };
    let links: Vec<(Vec3, f32)> = (0..count)
        .map(|i| {
            let t = i as f32 / (count - 1) as f32;
            let radius = if kind == 1 { thick } else { thick * (1.0 + (narrow - 1.0) * t) };
            (at(t).clamp(Vec3::splat(-0.98), Vec3::splat(0.98)), radius)
        })
        .collect();
    let (first, last) = (links[0], links[count - 1]);
    b.seam = random.pick(&[0.0, 0.05]);
    if kind == 4 && random.chance(0.4) {
        // Branches.
        for _ in 0..random.whole(1, 4) {
            let (from, r) = links[random.whole(4, count - 3)];
            let to = from + random.direction() * random.range(0.2, 0.5);
            b.put(Shape::Chain(vec![(from, 0.7 * r), (to, 0.4 * r)]), Vec3::ZERO);
        }
    }
    b.put(Shape::Chain(links), Vec3::ZERO);
    if random.chance(0.45) && kind != 1 {
        b.material = 1;
        for (place, r) in [first, last] {
            let size = r * random.range(1.2, 2.2);
            match random.whole(0, 2) {
                0 => b.put(Shape::Sphere(size), place),
                1 => b.put(Shape::Box(Vec3::splat(size), 0.02), place),
                _ => b.put(Shape::Cylinder(size, 0.6 * size, 0.02), place),
            }
        }
    }
    if random.chance(0.2) {
        b.material = 2;
        b.put(Shape::Cylinder(random.range(0.4, 0.8), 0.06, 0.03), v(0.0, first.0.y.min(last.0.y) - 0.08, 0.0));
    }
    Traits { no_mirror: true, sideways: true, any_way: true, stiff: false }
}
