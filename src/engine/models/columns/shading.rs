//! What the colours of a picture tell of the surface, as numbers that the network can use.
//!
//! The trainer's `network.shading` does the same; the fixture of the parity test covers both.

use glam::{DMat4, DVec4};

use super::input::Input;

/// Opacity from which a pixel's colour counts, and the least that colours are divided by.
const OPAQUE: f32 = 0.9;
const LEAST_ALPHA: f32 = 0.3;
/// Deviation of brightness that counts as none.
const CALM: f32 = 0.02;
/// What keeps the light's direction, and the slope that follows from it, from growing without bound.
const DIM: [f64; 2] = [0.02, 0.3];
const DIM_AMBIENT: f64 = 1e-4;

/// The values of an input as the network takes them: `[CHANNELS, P, P]`, where the colours are replaced.
///
/// Channel 0: brightness less its mean over the object, in units of 5/2 deviations. Channels 1 and 2: by how
/// much x and y of the normal have to change for the brightness that is seen, when the balloon's normals and
/// one distant light explain it in the mean (linear shape from shading, Pentland 1990; the light is a
/// least-squares fit).
pub(super) fn replaced(input: &Input) -> Vec<f32> {
    let (side, area) = (input.side, input.side * input.side);
    let mut values = input.values.clone();
    let (alpha, valid) = (input.channel(3), input.channel(6));
    let is_shown = |k: usize| alpha[k] > 0.5 && valid[k] > 0.5;
    let counts = |k: usize| alpha[k] > OPAQUE && valid[k] > 0.5;
    let counted: Vec<usize> = (0..area).filter(|&k| counts(k)).collect();
    let mean = |f: &dyn Fn(usize) -> f64| counted.iter().map(|&k| f(k)).sum::<f64>() / counted.len().max(1) as f64;

    let mut light: Vec<f32> = (0..area)
        .map(|k| (0..3).map(|channel| input.channel(channel)[k]).sum::<f32>() / 3.0 / alpha[k].max(LEAST_ALPHA))
        .collect();
    let level = mean(&|k| f64::from(light[k])) as f32;
    let deviation = mean(&|k| f64::from(light[k] - level).powi(2)).sqrt() as f32;
    for (k, light) in light.iter_mut().enumerate() {
        *light = if is_shown(k) { ((*light - level) / (deviation + CALM)).clamp(-3.0, 3.0) } else { 0.0 };
    }

    let normals = balloon_normals(input.half_thickness(), side);
    let fit = fitted(&normals, &light, &counted);
    let change = fit / (fit.truncate().length_squared() + DIM[1]);
    for k in 0..area {
        let left = if is_shown(k) { f64::from(light[k]) - fit.dot(normals[k]) } else { 0.0 };
        values[k] = 0.4 * light[k];
        values[area + k] = (left * change.x).clamp(-1.0, 1.0) as f32;
        values[2 * area + k] = (left * change.y).clamp(-1.0, 1.0) as f32;
    }
    values
}

/// One distant light (x, y, z) and ambient light (w) that explain the brightness of normals best.
fn fitted(normals: &[DVec4], light: &[f32], counted: &[usize]) -> DVec4 {
    let share = 1.0 / counted.len().max(1) as f64;
    let mut square = DMat4::from_diagonal(DVec4::new(DIM[0], DIM[0], DIM[0], DIM_AMBIENT));
    let mut right = DVec4::ZERO;
    for &k in counted {
        let n = normals[k];
        let weighted = n * share;
        square += DMat4::from_cols(weighted * n.x, weighted * n.y, weighted * n.z, weighted * n.w);
        right += weighted * f64::from(light[k]);
    }
    square.inverse() * right
}

/// Normals of z² = h², 0 where there is none, and a 1.
fn balloon_normals(h: &[f32], side: usize) -> Vec<DVec4> {
    let square = |row: usize, column: usize| h[row * side + column].powi(2);
    let normal = |k: usize| {
        let (row, column) = (k / side, k % side);
        let x = square(row, column.saturating_sub(1)) - square(row, (column + 1).min(side - 1));
        let y = square((row + 1).min(side - 1), column) - square(row.saturating_sub(1), column);
        // Over two pixels of 2/P each.
        let scale = side as f32 / 4.0;
        let normal = glam::Vec3::new(x * scale, y * scale, 2.0 * h[k]);
        (normal / normal.length().max(1e-4)).as_dvec3().extend(1.0)
    };
    (0..h.len()).map(normal).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Monitor;

    /// A ball lit from one side, `albedo` 0 to 1.
    fn ball(side: usize, to_light: glam::Vec3, albedo: f32) -> Input {
        let pixels: Vec<u8> = (0..side * side)
            .flat_map(|k| {
                let x = (2 * (k % side) + 1) as f32 / side as f32 - 1.0;
                let y = 1.0 - (2 * (k / side) + 1) as f32 / side as f32;
                let square = 0.64 - x * x - y * y;
                let n = glam::Vec3::new(x, y, square.max(0.0).sqrt()) / 0.8;
                let tone = (albedo * (0.3 + 0.7 * n.dot(to_light).max(0.0)) * 255.0) as u8;
                [tone, tone, tone, if square > 0.0 { 255 } else { 0 }]
            })
            .collect();
        Input::new(&pixels, side, true, &Monitor::silent()).unwrap()
    }

    #[test]
    fn a_balls_brightness_is_explained_and_a_dent_is_seen() {
        let side = 64;
        let light = glam::Vec3::new(0.6, 0.0, 0.8);
        let plain = replaced(&ball(side, light, 0.9));
        let slopes = |values: &[f32]| values[side * side..3 * side * side].iter().map(|v| v.abs()).sum::<f32>();
        // A disc in the middle that faces away from the light is darker than the ball's surface.
        let mut dented = ball(side, light, 0.9);
        let place = 32 * side + 36;
        for channel in 0..3 {
            dented.values[channel * side * side + place] *= 0.6;
        }
        let seen = replaced(&dented);
        assert!(seen[side * side + place] < -0.3, "{}", seen[side * side + place]);
        assert!(slopes(&plain) < 0.1 * side as f32 * side as f32, "{}", slopes(&plain));
    }

    #[test]
    fn the_picture_s_own_contrast_does_not_count() {
        let light = glam::Vec3::new(-0.3, 0.5, 0.8);
        let [dark, pale] = [0.4, 0.95].map(|albedo| replaced(&ball(32, light, albedo)));
        let largest = dark.iter().zip(&pale).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(largest < 0.25, "{largest}");
    }

    #[test]
    fn without_colours_nothing_is_told_and_nothing_breaks() {
        let mut input = ball(32, glam::Vec3::Z, 0.5);
        input.values[6 * 32 * 32..].fill(0.0);
        assert!(replaced(&input)[..3 * 32 * 32].iter().all(|&v| v == 0.0));
        let even = Input { side: 16, values: vec![1.0; 7 * 256] };
        assert!(replaced(&even).iter().all(|v| v.is_finite()));
    }
}
