//! One to three lights, ambient light from above and below, a rim light, occlusion and shadows.

use glam::Vec3;

use super::super::random::Random;
use super::super::seen::Seen;
use super::super::solid::{Columns, REACH};
use super::super::view::View;

/// A distant light.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Light {
    /// To the light, in the frame.
    to: Vec3,
    color: Vec3,
}

/// All light on a solid, linear.
#[derive(Clone, Debug, PartialEq)]
pub struct Lights {
    lights: Vec<Light>,
    sky: Vec3,
    ground: Vec3,
    rim: f32,
    occlusion: f32,
    shadows: bool,
}

/// Light that reaches a point.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Lit {
    /// To be multiplied by the albedo.
    pub diffuse: Vec3,
    /// To be added.
    pub shine: f32,
}

impl Lights {
    pub fn random(random: &mut Random) -> Self {
        let tint = |random: &mut Random, strength: f32| {
            Vec3::new(1.0 + random.around(strength), 1.0 + random.around(0.4 * strength), 1.0 + random.around(strength))
        };
        let count = random.whole(1, 3);
        let lights = (0..count)
            .map(|number| {
                let from_front = Vec3::new(random.around(1.3), random.range(-0.15, 1.4), random.range(0.15, 1.3));
                let to = if number == 0 { from_front } else { random.direction() };
                let power = if number == 0 { random.range(0.5, 1.1) } else { random.range(0.1, 0.5) };
                Light { to: to / to.length().max(0.1), color: tint(random, 0.2) * power }
            })
            .collect();
        let ambient = random.range(0.12, 0.5);
        Self {
            lights,
            sky: tint(random, 0.15) * ambient,
            ground: tint(random, 0.2) * ambient * random.range(0.3, 1.0),
            rim: if random.chance(0.3) { random.range(0.1, 0.6) } else { 0.0 },
            occlusion: if random.chance(0.75) { random.range(0.4, 1.0) } else { 0.0 },
            shadows: random.chance(0.5),
        }
    }

    /// The light at every hit pixel; `gloss` 0–1.
    pub fn at_pixels(&self, seen: &Seen, columns: &Columns, view: &View, gloss: f32) -> Vec<Lit> {
        let mut lit = vec![Lit::default(); seen.front.len()];
        for pixel in seen.hits() {
            let at = pixel as usize;
            let (x, y) = seen.place(at);
            let point = view.on_ray(x, y, seen.front[at]);
            lit[at] = self.at(point, seen.shading_normals[at], seen.front_normals[at], columns, view, gloss);
        }
        lit
    }

    fn at(&self, p: Vec3, n: Vec3, flat: Vec3, columns: &Columns, view: &View, gloss: f32) -> Lit {
        let cell = columns.cell();
        let field = |p: Vec3| {
            let seen = view.project(p);
            columns.at(seen.x, seen.y, seen.z)
        };
        let open = if self.occlusion > 0.0 {
            let near = field(p + flat * (1.5 * cell)) / (1.5 * cell);
            let far = field(p + flat * (3.5 * cell)) / REACH.min(3.5 * cell);
            let open = 0.5 * (near.clamp(0.0, 1.0) + far.clamp(0.0, 1.0));
            1.0 - self.occlusion * (1.0 - open)
        } else {
            1.0
        };
        let mut lit = Lit { diffuse: (self.ground + (self.sky - self.ground) * (0.5 + 0.5 * n.y)) * open, shine: 0.0 };
        for (number, light) in self.lights.iter().enumerate() {
            let facing = n.dot(light.to);
            if facing <= 0.0 {
                continue;
            }
            let shade =
                if self.shadows && number == 0 { shadow(p + flat * (1.2 * cell), light.to, cell, &field) } else { 1.0 };
            lit.diffuse += light.color * (facing * shade);
            if gloss > 0.0 {
                let half = light.to + Vec3::Z;
                let mut s = n.dot(half / half.length().max(1e-3)).max(0.0);
                for _ in 0..(3.0 + 3.0 * gloss) as usize {
                    s *= s;
                }
                lit.shine += s * gloss * shade * light.color.x;
            }
        }
        let edge = 1.0 - n.z.clamp(0.0, 1.0);
        lit.diffuse += Vec3::splat(self.rim * edge * edge * edge * open);
        lit
    }
}

/// Share of the light that passes.
fn shadow(from: Vec3, to: Vec3, cell: f32, field: &impl Fn(Vec3) -> f32) -> f32 {
    let (mut t, mut open) = (cell, 1.0f32);
    for _ in 0..10 {
        let d = field(from + to * t);
        open = open.min(0.5 + 6.0 * d / t.max(3.0 * cell));
        if open <= 0.0 {
            return 0.0;
        }
        t += d.max(1.2 * cell);
    }
    open.clamp(0.0, 1.0)
}
