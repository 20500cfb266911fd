//! Colours that go together, and patterns of them.

use glam::Vec3;

use super::super::families::{DARK, EYE_WHITE};
use super::super::random::{Random, mix};
use super::super::seen::Seen;
use super::super::tape::sin;
use super::Care;

/// How the two colours of a material are laid over a solid.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Pattern {
    Plain,
    Stripes,
    Checks,
    Noise,
    Wood,
    Marble,
    Dots,
    Fade,
}

/// Paint of one part.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Paint {
    first: Vec3,
    second: Vec3,
    pattern: Pattern,
    /// Direction of stripes, times their number per unit.
    along: Vec3,
    phase: f32,
}

/// A paint for every material.
#[derive(Clone, Debug, PartialEq)]
pub struct Palette {
    paints: [Paint; 8],
    /// Shininess 0–1.
    pub gloss: f32,
    seed: u64,
}

/// sRGB 0–1 from hue (turns), saturation and value.
pub fn color_from_hsv(hue: f32, saturation: f32, value: f32) -> Vec3 {
    let channel = |offset: f32| {
        let h = (hue + offset).rem_euclid(1.0) * 6.0;
        let ramp = ((h - 3.0).abs() - 1.0).clamp(0.0, 1.0);
        value * (1.0 - saturation * (1.0 - ramp))
    };
    Vec3::new(channel(0.0), channel(2.0 / 3.0), channel(1.0 / 3.0))
}

impl Palette {
    /// Hues near each other, opposite, or all around; pale, dull or strong.
    pub fn random(random: &mut Random) -> Self {
        let base = random.unit();
        let spread = random.pick(&[0.04, 0.1, 0.33, 0.5, 1.0]);
        let strength = random.pick(&[0.12, 0.35, 0.6, 0.85]);
        let bright = random.pick(&[0.35, 0.6, 0.8, 0.9]);
        let natural = random.chance(0.3);
        let color = |random: &mut Random| {
            if natural {
                let browns = [
                    (0.07, 0.55, 0.5),
                    (0.09, 0.35, 0.7),
                    (0.3, 0.5, 0.45),
                    (0.1, 0.1, 0.6),
                    (0.02, 0.6, 0.5),
                    (0.12, 0.3, 0.85),
                    (0.6, 0.15, 0.5),
                ];
                let (h, s, v) = random.pick(&browns);
                return color_from_hsv(
                    h + random.around(0.03),
                    s * random.range(0.7, 1.3),
                    (v * random.range(0.6, 1.3)).min(1.0),
                );
            }
            let hue = base + random.around(0.5) * spread;
            let saturation = (strength + random.around(0.2)).clamp(0.0, 1.0);
            let value = (bright + random.around(0.3)).clamp(0.08, 1.0);
            color_from_hsv(hue, saturation, value)
        };
        let mut paints = [0; 8].map(|_| {
            let first = color(random);
            let second = if random.chance(0.5) { first * random.range(0.5, 0.85) } else { color(random) };
            let pattern = match random.weighted(&[56.0, 8.0, 5.0, 9.0, 6.0, 4.0, 4.0, 8.0]) {
                0 => Pattern::Plain,
                1 => Pattern::Stripes,
                2 => Pattern::Checks,
                3 => Pattern::Noise,
                4 => Pattern::Wood,
                5 => Pattern::Marble,
                6 => Pattern::Dots,
                _ => Pattern::Fade,
            };
            let axis = if random.chance(0.7) { random.pick(&[Vec3::X, Vec3::Y, Vec3::Z]) } else { random.direction() };
            Paint { first, second, pattern, along: axis * random.range(2.0, 10.0), phase: random.range(0.0, 6.0) }
        });
        let plain =
            |color: Vec3| Paint { first: color, second: color, pattern: Pattern::Plain, along: Vec3::X, phase: 0.0 };
        paints[usize::from(EYE_WHITE)] = plain(Vec3::splat(random.range(0.85, 1.0)));
        paints[usize::from(DARK)] = plain(color_from_hsv(random.unit(), 0.3, random.range(0.03, 0.3)));
        let gloss = if random.chance(0.5) { random.range(0.0, 0.9) } else { 0.0 };
        Self { paints, gloss, seed: random.bits() }
    }

    /// The colour of every hit pixel, sRGB 0–1. Solids that bring colours keep them, shifted, or get
    /// new ones patch by patch.
    pub fn paint(&self, seen: &Seen, random: &mut Random, care: Care) -> Vec<Vec3> {
        let mut colors = vec![Vec3::splat(0.5); seen.front.len()];
        let recolored = care == Care::Training && random.chance(0.3);
        let shift = match care {
            Care::Training => Shift::random(random),
            Care::Styled | Care::Clean => Shift::none(),
        };
        for pixel in seen.hits() {
            let at = pixel as usize;
            colors[at] = match seen.materials[at] {
                255 if recolored => {
                    let code = (seen.colors[at] * 5.0).round();
                    let patch = (code.x * 64.0 + code.y * 8.0 + code.z) as u64;
                    let paint = &self.paints[(mix(self.seed ^ patch) % 6) as usize];
                    paint.at(seen.places[at]) * (0.6 + 0.4 * seen.colors[at].max_element())
                }
                255 => shift.apply(seen.colors[at]),
                material => self.paints[usize::from(material).min(7)].at(seen.places[at]),
            };
        }
        colors
    }
}

/// A small change of all colours of a solid.
struct Shift {
    rows: [Vec3; 3],
    gain: f32,
}

impl Shift {
    fn none() -> Self {
        Self { rows: [Vec3::X, Vec3::Y, Vec3::Z], gain: 1.0 }
    }

    fn random(random: &mut Random) -> Self {
        // Channels leak into each other, or change places.
        let order = random.pick(&[[0, 1, 2], [0, 1, 2], [0, 1, 2], [2, 0, 1], [1, 2, 0], [0, 2, 1]]);
        let leak = random.range(0.0, 0.35);
        let axes = [Vec3::X, Vec3::Y, Vec3::Z];
        let rows = order.map(|axis| axes[axis] * (1.0 - leak) + Vec3::splat(leak / 3.0));
        Self { rows, gain: random.range(0.8, 1.8) }
    }

    fn apply(&self, c: Vec3) -> Vec3 {
        let c = Vec3::new(self.rows[0].dot(c), self.rows[1].dot(c), self.rows[2].dot(c)) * self.gain;
        c.clamp(Vec3::ZERO, Vec3::ONE)
    }
}

impl Paint {
    fn at(&self, p: Vec3) -> Vec3 {
        let along = self.along.dot(p) * std::f32::consts::PI + self.phase;
        let n = self.along.length();
        let share = match self.pattern {
            Pattern::Plain => 0.0,
            Pattern::Stripes => step(sin(along)),
            Pattern::Checks => step(sin(n * 2.0 * p.x + self.phase) * sin(n * 2.0 * p.y) * sin(n * 2.0 * p.z + 1.0)),
            Pattern::Noise => 0.5 + 0.5 * rough(p * n, self.phase),
            Pattern::Wood => {
                let r = (p.x * p.x + 0.2 * p.y * p.y + p.z * p.z).sqrt() + 0.06 * rough(p * 3.0, self.phase);
                0.5 + 0.5 * sin(r * n * 6.0)
            }
            Pattern::Marble => {
                let v = sin(along * 0.5 + 3.0 * rough(p * 2.5, self.phase));
                v * v * v * v
            }
            Pattern::Dots => step(sin(n * 3.0 * p.x) * sin(n * 3.0 * p.y + self.phase) - 0.45),
            Pattern::Fade => (0.5 + 0.6 * p.y).clamp(0.0, 1.0),
        };
        self.first + (self.second - self.first) * share
    }
}

fn step(v: f32) -> f32 {
    (0.5 + 4.0 * v).clamp(0.0, 1.0)
}

/// Smooth noise in about [-1, 1].
pub fn rough(p: Vec3, phase: f32) -> f32 {
    let a = sin(2.1 * p.x + 1.3 * p.y + phase + 1.2 * sin(1.7 * p.z + 0.9 * p.x));
    let b = sin(1.9 * p.z - 1.6 * p.y + 2.0 * phase + 1.4 * sin(2.3 * p.x - p.y));
    let c = sin(4.3 * p.y + 3.7 * p.z - 3.1 * p.x + phase);
    0.4 * a + 0.4 * b + 0.2 * c
}
