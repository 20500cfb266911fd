//! Edge-aware smoothing and enlarging of an opacity by the picture it belongs to (He, Sun and Tang,
//! "Guided Image Filtering", PAMI 35(6), 2013, equations 19–21 for colour guides; the fast variant,
//! arXiv:1505.00996, for enlarging).

use rayon::prelude::*;

use super::filter::{Plane, box_mean};
use super::lab::LabImage;
use crate::progress::{Cancelled, Monitor};

/// Opacity as a linear function of the colour, one per pixel.
pub(super) struct Guide {
    slope: [Plane; 3],
    offset: Plane,
}

impl Guide {
    /// Fits `opacity` to the colours in windows of 2 · `radius` + 1 pixels. `noise2` (squared units of
    /// L*a*b*) is colour variance that means nothing.
    ///
    /// # Errors
    /// When cancelled.
    pub fn fit(
        lab: &LabImage,
        opacity: &Plane,
        radius: usize,
        noise2: f32,
        monitor: &Monitor,
    ) -> Result<Self, Cancelled> {
        let mean_of = |value: &(dyn Fn(usize) -> f32 + Sync)| box_mean(&Plane::like(opacity, value), radius);
        let (colors, p) = (&lab.samples, &opacity.values);
        let mean: [Plane; 3] = std::array::from_fn(|c| mean_of(&|i| colors[i][c]));
        let mean_p = box_mean(opacity, radius);
        monitor.check()?;
        let with_p: [Plane; 3] = std::array::from_fn(|c| mean_of(&|i| colors[i][c] * p[i]));
        monitor.check()?;
        let pairs = [(0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)];
        let products = pairs.map(|(a, b)| mean_of(&|i| colors[i][a] * colors[i][b]));
        monitor.check()?;
        let lines: Vec<[f32; 4]> = (0..p.len())
            .into_par_iter()
            .map(|i| {
                let m = [0, 1, 2].map(|c| mean[c].values[i]);
                let covariance: [f32; 6] = std::array::from_fn(|k| {
                    let (a, b) = pairs[k];
                    products[k].values[i] - m[a] * m[b] + if a == b { noise2 } else { 0.0 }
                });
                let right = [0, 1, 2].map(|c| with_p[c].values[i] - m[c] * mean_p.values[i]);
                let slope = solve_symmetric(covariance, right);
                let offset = mean_p.values[i] - (0..3).map(|c| slope[c] * m[c]).sum::<f32>();
                [slope[0], slope[1], slope[2], offset]
            })
            .collect();
        monitor.check()?;
        Ok(Self { slope: std::array::from_fn(|c| mean_of(&|i| lines[i][c])), offset: mean_of(&|i| lines[i][3]) })
    }

    /// The opacity 0–1 of a picture of any size that shows the same.
    pub fn apply(&self, lab: &LabImage) -> Plane {
        let (scale_x, scale_y) =
            (self.offset.width as f32 / lab.width as f32, self.offset.height as f32 / lab.height as f32);
        Plane::from_fn(lab.width, lab.height, |i| {
            let x = ((i % lab.width) as f32 + 0.5) * scale_x - 0.5;
            let y = ((i / lab.width) as f32 + 0.5) * scale_y - 0.5;
            let along: f32 = (0..3).map(|c| self.slope[c].at(x, y) * lab.samples[i][c]).sum();
            (along + self.offset.at(x, y)).clamp(0.0, 1.0)
        })
    }
}

/// Solves a symmetric 3×3 system, given as xx, xy, xz, yy, yz, zz; zero where it has no solution.
fn solve_symmetric([xx, xy, xz, yy, yz, zz]: [f32; 6], right: [f32; 3]) -> [f32; 3] {
    let minors = [yy * zz - yz * yz, xz * yz - xy * zz, xy * yz - xz * yy];
    let determinant = xx * minors[0] + xy * minors[1] + xz * minors[2];
    if determinant.abs() < 1e-9 {
        return [0.0; 3];
    }
    let inverse = [
        [minors[0], minors[1], minors[2]],
        [minors[1], xx * zz - xz * xz, xy * xz - xx * yz],
        [minors[2], xy * xz - xx * yz, xx * yy - xy * xy],
    ];
    inverse.map(|row| (0..3).map(|c| row[c] * right[c]).sum::<f32>() / determinant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rough_mask_snaps_to_the_edge_and_enlarges() {
        let picture = |side: usize| LabImage {
            width: side,
            height: side,
            samples: (0..side * side)
                .map(|i| if (i % side) * 2 < side { [20.0, 5.0, 0.0] } else { [80.0, 0.0, 9.0] })
                .collect(),
        };
        // The mask is two pixels off the edge.
        let rough = Plane::from_fn(40, 40, |i| if i % 40 < 18 { 1.0 } else { 0.0 });
        let fine = Guide::fit(&picture(40), &rough, 6, 1.0, &Monitor::silent()).unwrap().apply(&picture(160));
        let row = &fine.values[80 * 160..81 * 160];
        assert!(row[60] > 0.75 && row[79] > 0.5 && row[80] < 0.1 && row[110] < 0.01, "{row:?}");
    }
}
