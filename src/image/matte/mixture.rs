//! A mixture of normal distributions of colours in L*a*b*.

use super::lab::Lab;

/// Variance added to every component, in squared units of L*a*b*: 8-bit rounding and compression.
const NOISE_VARIANCE: f64 = 1.5;

/// One normal distribution with its share in the mixture.
#[derive(Clone, Debug)]
struct Component {
    mean: Lab,
    /// Lower triangle of the whitening matrix (inverse of the covariance's Cholesky factor), by rows.
    whitening: [f32; 6],
    /// −ln of share and normalisation.
    constant: f32,
}

impl Component {
    fn energy(&self, lab: &Lab) -> f32 {
        let d = [lab[0] - self.mean[0], lab[1] - self.mean[1], lab[2] - self.mean[2]];
        let w = &self.whitening;
        let (p, q, r) = (w[0] * d[0], w[1] * d[0] + w[2] * d[1], w[3] * d[0] + w[4] * d[1] + w[5] * d[2]);
        self.constant + 0.5 * (p * p + q * q + r * r)
    }
}

/// Sums from which mean and covariance follow.
#[derive(Clone, Copy, Debug, Default)]
struct Moments {
    count: f64,
    sum: [f64; 3],
    /// xx, yx, yy, zx, zy, zz.
    products: [f64; 6],
}

impl Moments {
    fn add(&mut self, lab: &Lab) {
        let [x, y, z] = lab.map(f64::from);
        self.count += 1.0;
        for (sum, value) in self.sum.iter_mut().zip([x, y, z]) {
            *sum += value;
        }
        for (sum, value) in self.products.iter_mut().zip([x * x, y * x, y * y, z * x, z * y, z * z]) {
            *sum += value;
        }
    }

    fn of<'a>(samples: impl Iterator<Item = &'a Lab>) -> Self {
        let mut moments = Self::default();
        samples.for_each(|s| moments.add(s));
        moments
    }

    fn mean(&self) -> [f64; 3] {
        self.sum.map(|s| s / self.count.max(1.0))
    }

    /// xx, yx, yy, zx, zy, zz.
    fn covariance(&self) -> [f64; 6] {
        let [x, y, z] = self.mean();
        let means = [x * x, y * x, y * y, z * x, z * y, z * z];
        std::array::from_fn(|i| self.products[i] / self.count.max(1.0) - means[i])
    }

    fn component(&self, total: f64) -> Component {
        let mut c = self.covariance();
        for diagonal in [0, 2, 5] {
            c[diagonal] = c[diagonal].max(0.0) + NOISE_VARIANCE;
        }
        // Cholesky factor L, then its inverse; the noise keeps the pivots positive.
        let l00 = c[0].sqrt();
        let (l10, l20) = (c[1] / l00, c[3] / l00);
        let l11 = (c[2] - l10 * l10).max(0.1).sqrt();
        let l21 = (c[4] - l20 * l10) / l11;
        let l22 = (c[5] - l20 * l20 - l21 * l21).max(0.1).sqrt();
        let (w00, w11, w22) = (1.0 / l00, 1.0 / l11, 1.0 / l22);
        let w10 = -l10 * w00 * w11;
        let w21 = -l21 * w11 * w22;
        let w20 = -(l20 * w00 + l21 * w10) * w22;
        let share = (self.count / total.max(1.0)).max(1e-6);
        let normalisation = 1.5 * std::f64::consts::TAU.ln() + (l00 * l11 * l22).ln();
        Component {
            mean: self.mean().map(|m| m as f32),
            whitening: [w00, w10, w11, w20, w21, w22].map(|w| w as f32),
            constant: (normalisation - share.ln()) as f32,
        }
    }

    /// Largest eigenvalue of the covariance and its eigenvector, by power iteration.
    fn principal_axis(&self) -> (f64, [f64; 3]) {
        let c = self.covariance();
        let apply = |v: [f64; 3]| {
            [
                c[0] * v[0] + c[1] * v[1] + c[3] * v[2],
                c[1] * v[0] + c[2] * v[1] + c[4] * v[2],
                c[3] * v[0] + c[4] * v[1] + c[5] * v[2],
            ]
        };
        let mut axis = [0.8, 0.48, 0.36];
        let mut length = 0.0;
        for _ in 0..24 {
            let next = apply(axis);
            length = next.iter().map(|v| v * v).sum::<f64>().sqrt();
            if length < 1e-9 {
                return (0.0, axis);
            }
            axis = next.map(|v| v / length);
        }
        (length, axis)
    }
}

/// A mixture of normal distributions.
#[derive(Clone, Debug)]
pub(super) struct Mixture {
    components: Vec<Component>,
}

impl Mixture {
    /// Learns at most `count` components: the widest cluster is split along its longest axis until
    /// there are enough (Orchard and Bouman, "Color Quantization of Images", 1991), then samples move
    /// to their likeliest component, a few rounds. `None` without samples.
    pub fn learn(samples: &[Lab], count: usize) -> Option<Self> {
        if samples.is_empty() {
            return None;
        }
        let mut cluster = vec![0_u8; samples.len()];
        let mut moments = vec![Moments::of(samples.iter())];
        while moments.len() < count {
            let axes: Vec<_> = moments.iter().map(Moments::principal_axis).collect();
            let spread = |i: usize| axes[i].0 * moments[i].count;
            let Some(widest) = (0..moments.len()).max_by(|&a, &b| spread(a).total_cmp(&spread(b))) else { break };
            if axes[widest].0 < NOISE_VARIANCE {
                break;
            }
            split(samples, &mut cluster, &mut moments, widest, axes[widest].1);
        }
        let mut mixture = Self::from_moments(&moments, samples.len());
        for _ in 0..3 {
            let mut moments = vec![Moments::default(); mixture.components.len()];
            for sample in samples {
                moments[mixture.likeliest(sample).0].add(sample);
            }
            moments.retain(|m| m.count > 0.0);
            mixture = Self::from_moments(&moments, samples.len());
        }
        Some(mixture)
    }

    fn from_moments(moments: &[Moments], total: usize) -> Self {
        Self { components: moments.iter().map(|m| m.component(total as f64)).collect() }
    }

    fn likeliest(&self, lab: &Lab) -> (usize, f32) {
        let mut best = (0, f32::INFINITY);
        for (i, component) in self.components.iter().enumerate() {
            let energy = component.energy(lab);
            if energy < best.1 {
                best = (i, energy);
            }
        }
        best
    }

    /// −ln of the density of the likeliest component, per cubed unit of L*a*b*.
    pub fn energy(&self, lab: &Lab) -> f32 {
        self.likeliest(lab).1
    }
}

/// Moves the samples of cluster `from` that lie beyond its mean along `axis` to a new cluster.
fn split(samples: &[Lab], cluster: &mut [u8], moments: &mut Vec<Moments>, from: usize, axis: [f64; 3]) {
    let mean = moments[from].mean();
    let new = moments.len() as u8;
    let (mut stay, mut go) = (Moments::default(), Moments::default());
    for (sample, cluster) in samples.iter().zip(cluster.iter_mut()).filter(|(_, c)| usize::from(**c) == from) {
        let along: f64 = (0..3).map(|i| (f64::from(sample[i]) - mean[i]) * axis[i]).sum();
        if along > 0.0 {
            *cluster = new;
            go.add(sample);
        } else {
            stay.add(sample);
        }
    }
    moments[from] = stay;
    moments.push(go);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_clusters_are_told_apart_and_scored() {
        let jitter = |i: usize| ((i * 7919) % 11) as f32 * 0.3 - 1.5;
        let samples: Vec<Lab> = (0..600)
            .map(|i| if i % 3 == 0 { [30.0 + jitter(i), 40.0, 0.0] } else { [80.0, jitter(i), 10.0] })
            .collect();
        let mixture = Mixture::learn(&samples, 5).unwrap();
        let near = mixture.energy(&[80.0, 0.0, 10.0]);
        let rarer = mixture.energy(&[30.0, 40.0, 0.0]);
        let far = mixture.energy(&[55.0, 20.0, 5.0]);
        assert!(near < rarer && rarer + 20.0 < far, "{near} {rarer} {far}");
    }

    #[test]
    fn one_colour_is_one_component() {
        let mixture = Mixture::learn(&[[50.0, 1.0, 2.0]; 40], 5).unwrap();
        assert_eq!(mixture.components.len(), 1);
        // Standard normal at its mean, variance 1.5: ln((2π·1.5)^1.5).
        assert!((mixture.energy(&[50.0, 1.0, 2.0]) - 3.365).abs() < 0.01);
        assert!(Mixture::learn(&[], 5).is_none());
    }
}
