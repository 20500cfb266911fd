//! What happens to pictures on their way: cameras, codecs, cut-outs.

use glam::Vec3;

use super::super::random::Random;
use super::super::seen::Seen;
use super::{Picture, jpeg};

/// Puts colours and coverage together.
pub fn assemble(side: usize, colors: &[Vec3], coverage: &[f32], colors_valid: bool) -> Picture {
    let byte = |v: f32| (v.clamp(0.0, 1.0) * 255.0 + 0.5) as u8;
    let pixels = colors.iter().zip(coverage).flat_map(|(c, a)| [byte(c.x), byte(c.y), byte(c.z), byte(*a)]).collect();
    Picture { side, pixels, colors_valid }
}

/// Degrades what was drawn; `colors` count where the solid is hit.
pub fn degrade(seen: &Seen, mut colors: Vec<Vec3>, random: &mut Random) -> Picture {
    let side = seen.side;
    let background = if random.chance(0.5) {
        Vec3::splat(random.unit())
    } else {
        Vec3::new(random.unit(), random.unit(), random.unit())
    };
    spread(seen, &mut colors, background);
    if random.chance(0.35) {
        // Fringes: the rim has some of the background in it.
        for (color, coverage) in colors.iter_mut().zip(&seen.coverage) {
            *color = background + (*color - background) * *coverage;
        }
    }
    if random.chance(0.7) {
        let power = random.range(0.7, 1.45);
        let curve: Vec<f32> = (0..256).map(|v| libm::powf(v as f32 / 255.0, power)).collect();
        let gain = Vec3::new(random.range(0.88, 1.1), 1.0, random.range(0.88, 1.1)) * random.range(0.8, 1.15);
        let bent = |v: f32| curve[(v.clamp(0.0, 1.0) * 255.0 + 0.5) as usize];
        colors.iter_mut().for_each(|c| *c = Vec3::new(bent(c.x), bent(c.y), bent(c.z)) * gain);
    }
    if random.chance(0.6) {
        let weight = random.range(0.02, 0.25) * if random.chance(0.3) { 1.3 } else { 1.0 };
        blur(side, &mut colors, weight);
    }
    if random.chance(0.5) {
        let amount = random.range(0.003, 0.05);
        for color in &mut colors {
            *color += Vec3::new(random.normal(), random.normal(), random.normal()) * amount;
        }
    }
    if random.chance(0.5) {
        jpeg::compress(side, &mut colors, random.range(25.0, 92.0));
    }
    let alpha = alpha(seen, random);
    let colors_valid = !random.chance(0.15);
    assemble(side, &colors, &alpha, colors_valid)
}

/// Continues the colours a few pixels past the rim; beyond is the background.
fn spread(seen: &Seen, colors: &mut [Vec3], background: Vec3) {
    let side = seen.side;
    let mut known: Vec<bool> = (0..side * side).map(|p| seen.is_hit(p)).collect();
    for (color, _) in colors.iter_mut().zip(&known).filter(|(_, known)| !**known) {
        *color = background;
    }
    let mut edge: Vec<usize> = seen.rim().into_iter().map(|p| p as usize).filter(|&p| !known[p]).collect();
    for _ in 0..3 {
        let neighbours = |p: usize| {
            let (i, j) = (p % side, p / side);
            let all = [
                (i > 0).then(|| p - 1),
                (i + 1 < side).then_some(p + 1),
                (j > 0).then(|| p - side),
                (j + 1 < side).then_some(p + side),
            ];
            all.into_iter().flatten()
        };
        let means: Vec<(usize, Vec3)> = edge
            .iter()
            .filter_map(|&p| {
                let sum =
                    neighbours(p).filter(|&n| known[n]).fold((Vec3::ZERO, 0.0), |(s, n), q| (s + colors[q], n + 1.0));
                (sum.1 > 0.0).then(|| (p, sum.0 / sum.1))
            })
            .collect();
        let mut next = Vec::new();
        for (p, mean) in means {
            colors[p] = mean;
            known[p] = true;
            next.extend(neighbours(p));
        }
        next.sort_unstable();
        next.dedup();
        edge = next.into_iter().filter(|&p| !known[p]).collect();
    }
}

/// Three-tap blur along both axes; `weight` of each neighbour, at most 1/3.
fn blur(side: usize, colors: &mut [Vec3], weight: f32) {
    let weight = weight.min(0.33);
    for stride in [1, side] {
        let source = colors.to_vec();
        for (p, color) in colors.iter_mut().enumerate() {
            let place = if stride == 1 { p % side } else { p / side };
            let before = if place > 0 { source[p - stride] } else { source[p] };
            let after = if place + 1 < side { source[p + stride] } else { source[p] };
            *color = source[p] * (1.0 - 2.0 * weight) + (before + after) * weight;
        }
    }
}

/// The cut-out's opacity: mostly right, sometimes too narrow, too wide, soft or hard.
fn alpha(seen: &Seen, random: &mut Random) -> Vec<f32> {
    let side = seen.side;
    let mut alpha = seen.coverage.clone();
    let kind = random.weighted(&[50.0, 12.0, 12.0, 14.0, 12.0]);
    let rounds = if random.chance(0.3) { side.div_ceil(64) } else { side.div_ceil(128) };
    match kind {
        1 | 2 => {
            let share = random.range(0.3, 1.0);
            for _ in 0..rounds {
                let changed = neighbourhood(side, &alpha, if kind == 1 { f32::min } else { f32::max });
                alpha.iter_mut().zip(changed).for_each(|(a, c)| *a += (c - *a) * share);
            }
        }
        3 => {
            for _ in 0..rounds {
                let low = neighbourhood(side, &alpha, |a, b| a + b);
                alpha.iter_mut().zip(low).for_each(|(a, sum)| *a = 0.5 * *a + 0.1 * sum);
            }
        }
        4 => alpha.iter_mut().for_each(|a| *a = if *a >= 0.5 { 1.0 } else { 0.0 }),
        _ => {}
    }
    // Whatever happened, something is left.
    if alpha.iter().all(|a| *a < 0.5) { seen.coverage.clone() } else { alpha }
}

/// Folds every pixel with its four neighbours.
fn neighbourhood(side: usize, values: &[f32], fold: impl Fn(f32, f32) -> f32) -> Vec<f32> {
    (0..side * side)
        .map(|p| {
            let (i, j) = (p % side, p / side);
            let mut value = values[p];
            for near in [
                (i > 0).then(|| p - 1),
                (i + 1 < side).then_some(p + 1),
                (j > 0).then(|| p - side),
                (j + 1 < side).then_some(p + side),
            ]
            .into_iter()
            .flatten()
            {
                value = fold(value, values[near]);
            }
            value
        })
        .collect()
}
