//! Ways to draw: shaded, flat, cel with outlines, painterly, clay.

use glam::Vec3;

use super::super::random::Random;
use super::super::seen::Seen;
use super::super::solid::Columns;
use super::super::view::View;
use super::light::{Lights, Lit};
use super::palette::rough;

/// A way to draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// As a renderer or a camera does.
    Shaded,
    /// Areas of one colour.
    Flat,
    /// Few tones, dark outlines.
    Cel,
    /// Brush strokes.
    Painterly,
    /// Shaded, all of one pale colour.
    Clay,
}

impl Style {
    /// One of them; shaded is the most frequent.
    pub fn random(random: &mut Random) -> Self {
        match random.weighted(&[45.0, 20.0, 15.0, 10.0, 10.0]) {
            0 => Self::Shaded,
            1 => Self::Flat,
            2 => Self::Cel,
            3 => Self::Painterly,
            _ => Self::Clay,
        }
    }

    /// Colours of all pixels, sRGB 0–1; those that are not hit mean nothing.
    pub fn draw(
        self,
        seen: &Seen,
        (columns, view): (&Columns, &View),
        albedo: &[Vec3],
        gloss: f32,
        lights: &Lights,
        random: &mut Random,
    ) -> Vec<Vec3> {
        let lit = match self {
            Self::Flat => flat_light(seen, random),
            _ => lights.at_pixels(seen, columns, view, if self == Self::Cel { 0.0 } else { gloss }),
        };
        let bands = random.whole(2, 4) as f32;
        let mut colors: Vec<Vec3> = albedo
            .iter()
            .zip(&lit)
            .map(|(albedo, lit)| {
                let lit = if self == Self::Cel { banded(*lit, bands) } else { *lit };
                let linear = *albedo * *albedo * lit.diffuse + lit.shine;
                let c = linear.max(Vec3::ZERO);
                Vec3::new(c.x.sqrt(), c.y.sqrt(), c.z.sqrt()).min(Vec3::ONE)
            })
            .collect();
        match self {
            Self::Cel => outline(seen, &mut colors, random),
            Self::Flat if random.chance(0.4) => outline(seen, &mut colors, random),
            Self::Painterly => colors = painted(seen, &colors, random),
            _ => {}
        }
        colors
    }
}

/// Hardly any light: the colour as it is, at most two tones.
fn flat_light(seen: &Seen, random: &mut Random) -> Vec<Lit> {
    let two_tones = random.chance(0.45);
    let side = Vec3::new(random.around(1.0), random.range(0.2, 1.0), 0.4);
    let dark = random.range(0.4, 0.8);
    let lit = |n: &Vec3| {
        let tone = if two_tones && n.dot(side) < 0.15 { dark } else { 1.0 };
        Lit { diffuse: Vec3::splat(tone), shine: 0.0 }
    };
    seen.shading_normals.iter().map(lit).collect()
}

fn banded(lit: Lit, bands: f32) -> Lit {
    let tone = lit.diffuse.max_element().max(1e-4);
    let stepped = ((tone * bands).floor() + 0.5) / bands;
    Lit { diffuse: lit.diffuse * (stepped / tone), shine: 0.0 }
}

/// Dark lines where depth, part or normal jump, and along the rim.
fn outline(seen: &Seen, colors: &mut [Vec3], random: &mut Random) {
    let side = seen.side;
    let ink = Vec3::splat(random.range(0.0, 0.25));
    let strength = random.range(0.6, 1.0);
    let wide = random.chance(0.4);
    let jump = 5.0 / side as f32;
    let is_line = |a: usize, b: usize| {
        if seen.is_hit(a) != seen.is_hit(b) {
            return true;
        }
        seen.materials[a] != seen.materials[b]
            || (seen.front[a] - seen.front[b]).abs() > jump
            || seen.front_normals[a].dot(seen.front_normals[b]) < 0.45
            || (seen.colors[a] - seen.colors[b]).abs().max_element() > 0.25
    };
    let lines: Vec<usize> = seen
        .hits()
        .into_iter()
        .map(|p| p as usize)
        .filter(|&p| {
            let (i, j) = (p % side, p / side);
            (i + 1 < side && is_line(p, p + 1))
                || (j + 1 < side && is_line(p, p + side))
                || (wide && i > 0 && is_line(p, p - 1))
                || (wide && j > 0 && is_line(p, p - side))
        })
        .collect();
    for p in lines {
        colors[p] += (ink - colors[p]) * strength;
    }
}

/// Kuwahara's filter (1976): each pixel takes the mean of the calmest of four windows around it.
fn painted(seen: &Seen, colors: &[Vec3], random: &mut Random) -> Vec<Vec3> {
    let side = seen.side;
    let reach = (random.whole(1, 2) * side / 128).max(1) as i64;
    let phase = random.range(0.0, 6.0);
    let grain = random.range(0.0, 0.12);
    let mut painted = colors.to_vec();
    for pixel in seen.hits() {
        let at = pixel as usize;
        let (i, j) = ((at % side) as i64, (at / side) as i64);
        let mut best = (f32::MAX, colors[at]);
        for (di, dj) in [(-1, -1), (1, -1), (-1, 1), (1, 1)] {
            let (mut sum, mut square, mut count) = (Vec3::ZERO, 0.0, 0.0);
            for (a, b) in (0..=reach).flat_map(|a| (0..=reach).map(move |b| (a, b))) {
                let (x, y) = (i + di * a, j + dj * b);
                let near = (y * side as i64 + x) as usize;
                if (0..side as i64).contains(&x) && (0..side as i64).contains(&y) && seen.is_hit(near) {
                    sum += colors[near];
                    square += colors[near].length_squared();
                    count += 1.0;
                }
            }
            let mean = sum / count;
            let spread = square / count - mean.length_squared();
            if spread < best.0 {
                best = (spread, mean);
            }
        }
        let stroke = rough(seen.places[at] * 9.0, phase) * grain;
        painted[at] = (best.1 * (1.0 + stroke)).clamp(Vec3::ZERO, Vec3::ONE);
    }
    painted
}
