//! A background that changes smoothly over the frame: flat, a gradient, a vignette. Each channel of
//! L*a*b* is a polynomial of the position, fitted so that objects which touch the border do not pull
//! it (random sample consensus, then Tukey's biweight).

use super::lab::{Lab, LabImage, distance2};
use super::local::LocalColor;

/// A colour at a position (see [`super::lab::LabImage::position`]).
#[derive(Clone, Copy, Debug)]
pub(super) struct Sample {
    pub position: [f32; 2],
    pub lab: Lab,
}

impl Sample {
    /// The one that a pixel gives.
    pub fn of(lab: &LabImage, index: usize) -> Self {
        Self { position: lab.position(index), lab: lab.samples[index] }
    }
}

/// Number of terms of a full cubic in two variables.
const MAX_TERMS: usize = 10;

/// Terms of the polynomials of degree 0 to 3.
pub(super) const TERMS_OF_DEGREE: [usize; 4] = [1, 3, 6, MAX_TERMS];

/// Largest distance of a sample to a plane that it speaks for, in units of L*a*b*.
const AGREEMENT: f32 = 9.0;

/// Smallest standard deviation per channel: 8-bit rounding, and what a fit cannot know better.
const MIN_SIGMA: f32 = 0.7;

/// Squared deviation beyond which a colour is not explained.
pub(super) const UNEXPLAINED: f32 = 16.0;

/// A smooth background.
#[derive(Clone, Debug)]
pub(super) struct SmoothBackground {
    coefficients: [[f32; MAX_TERMS]; 3],
    /// What the polynomials do not follow.
    residual: Option<LocalColor>,
    /// Standard deviation per channel.
    pub sigma: Lab,
    /// Share of the samples that it explains, 0–1.
    pub explained: f32,
}

fn terms([x, y]: [f32; 2]) -> [f32; MAX_TERMS] {
    [1.0, x, y, x * x, x * y, y * y, x * x * x, x * x * y, x * y * y, y * y * y]
}

impl SmoothBackground {
    /// Fits a polynomial of `degree` (at most 3) to samples of which a part may be something else.
    /// `None` with fewer than 16 samples.
    pub fn fit(samples: &[Sample], degree: usize) -> Option<Self> {
        if samples.len() < 16 {
            return None;
        }
        let mut model = best_plane(samples);
        for degree in 1..=degree {
            model = model.refined(samples, degree, 4);
        }
        Some(model)
    }

    /// Fits again to other samples of the same background.
    pub fn refined(&self, samples: &[Sample], degree: usize, rounds: usize) -> Self {
        let mut model = Self { residual: None, ..self.clone() };
        for _ in 0..rounds {
            model.measure(samples);
            let Some(coefficients) = model.solve(samples, TERMS_OF_DEGREE[degree.min(3)]) else { break };
            model.coefficients = coefficients;
        }
        model.measure(samples);
        model
    }

    /// The same, following the picture's own colours where `counts` says that it shows background.
    pub fn following(&self, lab: &LabImage, counts: impl Fn(usize) -> bool + Sync) -> Self {
        let mut model = Self { residual: None, ..self.clone() };
        let difference = |i: usize| {
            let (own, expected) = (lab.samples[i], model.at(lab.position(i)));
            [0, 1, 2].map(|c| own[c] - expected[c])
        };
        let size = [lab.width, lab.height];
        let radii = [3, 10, 40].map(|part| (size[0].max(size[1]) / part).max(1));
        model.residual = Some(LocalColor::of(size, &radii, counts, difference));
        model
    }

    /// The background's colour at a position.
    pub fn at(&self, position: [f32; 2]) -> Lab {
        let terms = terms(position);
        let mut lab: Lab = self.coefficients.map(|c| c.iter().zip(terms).map(|(c, t)| c * t).sum());
        if let Some(residual) = &self.residual {
            let more = residual.at(position);
            (0..3).for_each(|c| lab[c] += more[c]);
        }
        lab
    }

    /// Squared distance of a colour from the background there, in standard deviations.
    pub fn deviation2(&self, position: [f32; 2], lab: &Lab) -> f32 {
        let expected = self.at(position);
        (0..3).map(|c| ((lab[c] - expected[c]) / self.sigma[c]).powi(2)).sum()
    }

    /// −ln of the density of a colour there, per cubed unit of L*a*b*: nine in ten samples normal, one
    /// in ten with three times the deviation, for compression and ringing.
    pub fn energy(&self, position: [f32; 2], lab: &Lab) -> f32 {
        let deviation2 = self.deviation2(position, lab);
        let base = 1.5 * std::f32::consts::TAU.ln() + self.sigma.iter().map(|s| s.ln()).sum::<f32>();
        let narrow = 0.5 * deviation2 + 0.105;
        let wide = 0.5 * deviation2 / 9.0 + 2.303 + 3.296;
        base + narrow.min(wide)
    }

    /// Sets deviations and the explained share.
    pub fn measure(&mut self, samples: &[Sample]) {
        let mut residuals: [Vec<f32>; 3] = Default::default();
        for sample in samples {
            let expected = self.at(sample.position);
            // What the plane does not speak for is another thing, and says nothing about the noise.
            if distance2(&expected, &sample.lab) < (3.0 * AGREEMENT).powi(2) {
                for c in 0..3 {
                    residuals[c].push((sample.lab[c] - expected[c]).abs());
                }
            }
        }
        for (sigma, residuals) in self.sigma.iter_mut().zip(&mut residuals) {
            // 1.4826 makes the median absolute deviation a standard deviation of a normal distribution.
            *sigma = (1.4826 * median(residuals)).max(MIN_SIGMA);
        }
        let explained = samples.iter().filter(|s| self.deviation2(s.position, &s.lab) < UNEXPLAINED).count();
        self.explained = explained as f32 / samples.len().max(1) as f32;
    }

    /// Weighted least squares; the weight falls to nothing at six deviations.
    fn solve(&self, samples: &[Sample], count: usize) -> Option<[[f32; MAX_TERMS]; 3]> {
        let mut matrix = [[0.0_f64; MAX_TERMS]; MAX_TERMS];
        let mut right = [[0.0_f64; MAX_TERMS]; 3];
        for sample in samples {
            let off = self.deviation2(sample.position, &sample.lab) / 36.0;
            if off >= 1.0 {
                continue;
            }
            let weight = f64::from((1.0 - off).powi(2));
            let terms = terms(sample.position).map(f64::from);
            for i in 0..count {
                for j in 0..=i {
                    matrix[i][j] += weight * terms[i] * terms[j];
                }
                for (right, value) in right.iter_mut().zip(sample.lab) {
                    right[i] += weight * terms[i] * f64::from(value);
                }
            }
        }
        // A touch of ridge: higher terms stay small where the samples say nothing about them.
        let ridge = 1e-5 * matrix[0][0].max(1e-9);
        for (i, row) in matrix.iter_mut().enumerate().take(count).skip(1) {
            row[i] += ridge;
        }
        cholesky_solve(&mut matrix, right, count)
    }
}

/// Solves `matrix · x = right` for three right sides; only the lower triangle is read.
fn cholesky_solve(
    matrix: &mut [[f64; MAX_TERMS]; MAX_TERMS],
    right: [[f64; MAX_TERMS]; 3],
    count: usize,
) -> Option<[[f32; MAX_TERMS]; 3]> {
    for i in 0..count {
        for j in 0..=i {
            let sum = matrix[i][j] - (0..j).map(|k| matrix[i][k] * matrix[j][k]).sum::<f64>();
            if i == j {
                if sum <= 1e-12 {
                    return None;
                }
                matrix[i][i] = sum.sqrt();
            } else {
                matrix[i][j] = sum / matrix[j][j];
            }
        }
    }
    Some(right.map(|mut x| {
        for i in 0..count {
            x[i] = (x[i] - (0..i).map(|k| matrix[i][k] * x[k]).sum::<f64>()) / matrix[i][i];
        }
        for i in (0..count).rev() {
            x[i] = (x[i] - (i + 1..count).map(|k| matrix[k][i] * x[k]).sum::<f64>()) / matrix[i][i];
        }
        x.map(|v| v as f32)
    }))
}

/// The plane (per channel) through three samples that most samples agree with.
fn best_plane(samples: &[Sample]) -> SmoothBackground {
    // A fixed sequence, so that the same picture gives the same plane.
    let mut state = 0x2545_F491_u32;
    let mut pick = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        &samples[(state >> 7) as usize % samples.len()]
    };
    let stride = samples.len().div_ceil(600);
    let mut best = (f32::INFINITY, [[0.0; MAX_TERMS]; 3]);
    for trial in 0..240 {
        let three = [pick(), pick(), pick()];
        // Every third trial is a flat colour, which three close samples cannot express well.
        let Some(coefficients) = (if trial % 3 == 0 { Some(flat(three[0])) } else { plane(three) }) else { continue };
        let model = SmoothBackground { coefficients, residual: None, sigma: [1.0; 3], explained: 0.0 };
        let limit = AGREEMENT * AGREEMENT;
        let loss = |s: &Sample| distance2(&model.at(s.position), &s.lab).min(limit);
        let loss: f32 = samples.iter().step_by(stride).map(loss).sum();
        if loss < best.0 {
            best = (loss, coefficients);
        }
    }
    SmoothBackground { coefficients: best.1, residual: None, sigma: [3.0; 3], explained: 0.0 }
}

fn flat(sample: &Sample) -> [[f32; MAX_TERMS]; 3] {
    sample.lab.map(|value| {
        let mut c = [0.0; MAX_TERMS];
        c[0] = value;
        c
    })
}

fn plane([p, q, r]: [&Sample; 3]) -> Option<[[f32; MAX_TERMS]; 3]> {
    let (ux, uy) = (q.position[0] - p.position[0], q.position[1] - p.position[1]);
    let (vx, vy) = (r.position[0] - p.position[0], r.position[1] - p.position[1]);
    let area = ux * vy - uy * vx;
    if area.abs() < 0.2 {
        return None;
    }
    Some(std::array::from_fn(|c| {
        let (u, v) = (q.lab[c] - p.lab[c], r.lab[c] - p.lab[c]);
        let mut coefficients = [0.0; MAX_TERMS];
        coefficients[1] = (u * vy - v * uy) / area;
        coefficients[2] = (v * ux - u * vx) / area;
        coefficients[0] = p.lab[c] - coefficients[1] * p.position[0] - coefficients[2] * p.position[1];
        coefficients
    }))
}

/// 0 for no values.
pub(super) fn median(values: &mut [f32]) -> f32 {
    if values.is_empty() {
        return 0.0;
    }
    let middle = values.len() / 2;
    *values.select_nth_unstable_by(middle, f32::total_cmp).1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn border(color: impl Fn(f32, f32) -> Lab) -> Vec<Sample> {
        let side = |t: f32| [[t, -1.0], [t, 1.0], [-1.0, t], [1.0, t]];
        (0..200)
            .flat_map(|i| side(i as f32 / 100.0 - 1.0))
            .map(|p| Sample { position: p, lab: color(p[0], p[1]) })
            .collect()
    }

    #[test]
    fn a_gradient_is_found_under_an_object_that_touches_a_third_of_the_border() {
        let background = |x: f32, y: f32| [60.0 + 15.0 * y - 6.0 * x * x, 3.0 * x, -5.0 + 2.0 * x * y];
        let samples =
            border(
                |x, y| {
                    if y > 0.99 || (x > 0.99 && y > 0.3) { [30.0 + 9.0 * x, 40.0, 20.0] } else { background(x, y) }
                },
            );
        let model = SmoothBackground::fit(&samples, 2).unwrap();
        for (x, y) in [(0.0, 0.0), (0.5, -0.5), (-0.7, 0.2), (0.3, 0.4)] {
            let off = distance2(&model.at([x, y]), &background(x, y)).sqrt();
            assert!(off < 1.5, "{x} {y}: {off}");
        }
        assert!((0.55..0.8).contains(&model.explained), "{}", model.explained);
    }

    #[test]
    fn noise_is_measured() {
        let samples = border(|x, y| [50.0 + ((x * 977.0 + y * 331.0).sin() * 6.0), 0.0, 0.0]);
        let model = SmoothBackground::fit(&samples, 1).unwrap();
        assert!((3.0..8.0).contains(&model.sigma[0]), "{:?}", model.sigma);
        assert!(model.explained > 0.95);
        assert!(model.energy([0.0, 0.0], &[50.0, 0.0, 0.0]) + 10.0 < model.energy([0.0, 0.0], &[10.0, 40.0, 0.0]));
    }

    #[test]
    fn too_few_samples_are_refused() {
        assert!(SmoothBackground::fit(&border(|_, _| [1.0; 3])[..9], 2).is_none());
    }
}
