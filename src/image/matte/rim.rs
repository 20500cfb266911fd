//! The soft rim: how much of each pixel near the outline is object.

use super::filter::{Plane, box_mean};
use super::grabcut::Models;
use super::guided::Guide;
use super::lab::{Lab, LabImage, distance2};
use crate::progress::{Cancelled, Monitor};

/// Pixels this near to the outline may be soft.
const RIM_PX: usize = 2;
/// Colours of object and background are averaged this far around a rim pixel.
const AROUND_PX: usize = 6;

/// Opacity from labels. At the rim, the colour's place between those of object and background nearby
/// tells it; where the two are too alike for that, the guided filter does.
///
/// # Errors
/// When cancelled.
pub(super) fn soften(lab: &LabImage, labels: &[bool], models: &Models, monitor: &Monitor) -> Result<Plane, Cancelled> {
    let hard = Plane::from_fn(lab.width, lab.height, |i| f32::from(u8::from(labels[i])));
    let near = box_mean(&hard, RIM_PX);
    let inside = |i: usize| near.values[i] > 0.9999;
    let outside = |i: usize| near.values[i] < 0.0001;
    // Thin parts have no inside: there, their own pixels have to do.
    let object_weight = |i: usize| if inside(i) { 1.0 } else { 0.02 * hard.values[i] };
    let background_weight = |i: usize| if outside(i) { 1.0 } else { 0.02 * (1.0 - hard.values[i]) };
    let object = mean_color(lab, &hard, object_weight, monitor)?;
    let background = mean_color(lab, &hard, background_weight, monitor)?;
    let guided = Guide::fit(lab, &hard, 4, 2.0 + models.noise2(), monitor)?.apply(lab);
    monitor.check()?;
    let noise2 = models.noise2();
    Ok(Plane::like(&hard, |i| {
        if inside(i) || outside(i) {
            return hard.values[i];
        }
        let (object, background) = (object.at(i), background.at(i));
        let contrast2 = distance2(&object, &background);
        let along: f32 = (0..3).map(|c| (lab.samples[i][c] - background[c]) * (object[c] - background[c])).sum();
        let by_color = (along / contrast2.max(1e-3)).clamp(0.0, 1.0);
        let trust = contrast2 / (contrast2 + 40.0 * noise2);
        trust * by_color + (1.0 - trust) * guided.values[i]
    }))
}

struct MeanColor([Plane; 3]);

impl MeanColor {
    fn at(&self, index: usize) -> Lab {
        [0, 1, 2].map(|c| self.0[c].values[index])
    }
}

fn mean_color(
    lab: &LabImage,
    like: &Plane,
    weight: impl Fn(usize) -> f32 + Sync,
    monitor: &Monitor,
) -> Result<MeanColor, Cancelled> {
    monitor.check()?;
    let weights = box_mean(&Plane::like(like, &weight), AROUND_PX);
    Ok(MeanColor([0, 1, 2].map(|c| {
        let sums = box_mean(&Plane::like(like, |i| weight(i) * lab.samples[i][c]), AROUND_PX);
        Plane::like(like, |i| sums.values[i] / weights.values[i].max(1e-6))
    })))
}
