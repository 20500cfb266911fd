//! Object and background by their colours, learned from the picture itself in turns with the cut
//! (Rother, Kolmogorov and Blake, "GrabCut", SIGGRAPH 2004), with two differences: nobody draws a
//! rectangle, the frame's border is taken as background instead; and a background that changes
//! smoothly is modelled as such, which makes gradients as easy as flat colours.

use rayon::prelude::*;

use super::background::{Sample, SmoothBackground};
use super::cut::{Known, Smoothness, cut};
use super::lab::{Lab, LabImage};
use super::mixture::Mixture;
use crate::progress::{Cancelled, Monitor};

/// −ln of a density that is even over the colours of sRGB (about 8.2·10⁵ cubed units of L*a*b*).
const EVEN_ENERGY: f32 = 13.6;

/// What a colour costs at most beyond [`EVEN_ENERGY`], so that no model forbids a colour.
const STRANGER: f32 = 4.0;

const COMPONENTS: usize = 5;
const MAX_ROUNDS: usize = 5;
/// Most samples that a model is learned from.
const MAX_SAMPLES: usize = 24_000;

/// What object and background look like.
#[derive(Clone, Debug)]
pub(super) struct Models {
    pub smooth: SmoothBackground,
    /// What the background holds besides, if anything.
    other_background: Option<Mixture>,
    /// `None` as long as nothing is known of the object.
    object: Option<Mixture>,
}

impl Models {
    /// ln(object : background) of every pixel, by its colour, and where little is known by its place.
    pub fn odds(&self, lab: &LabImage) -> Vec<f32> {
        (0..lab.samples.len())
            .into_par_iter()
            .with_min_len(4096)
            .map(|i| self.odds_at(lab.position(i), &lab.samples[i]))
            .collect()
    }

    fn odds_at(&self, position: [f32; 2], lab: &Lab) -> f32 {
        let share = self.smooth_share();
        let smooth = self.smooth.energy(position, lab) - share.ln();
        let other = self.other_background.as_ref().map_or(EVEN_ENERGY + STRANGER, |m| m.energy(lab));
        let background = smooth.min(other - (1.0 - share).ln()).min(EVEN_ENERGY + STRANGER);
        let object = self.object.as_ref().map_or(EVEN_ENERGY, |m| m.energy(lab)).min(EVEN_ENERGY + STRANGER);
        background - object + (1.0 - share) * central_prior(position)
    }

    /// Share of the background that is smooth, kept off 0 and 1.
    pub fn smooth_share(&self) -> f32 {
        self.smooth.explained.clamp(0.03, 0.97)
    }

    /// Colour variance that means nothing, in squared units of L*a*b*.
    pub fn noise2(&self) -> f32 {
        self.smooth.sigma.iter().map(|s| s * s).sum()
    }

    /// Cost of a boundary per pixel, in nats: the less the colours say, the more shape counts.
    pub fn strength(&self) -> f32 {
        let share = self.smooth_share();
        6.0 * share + 24.0 * (1.0 - share)
    }
}

/// Objects are more often in the middle: from −2 nats at the corners to 0.5 in the centre.
fn central_prior([x, y]: [f32; 2]) -> f32 {
    0.5 - 2.5 * (x * x + y * y).min(1.0)
}

/// Which pixels are the object.
pub(super) struct Segmentation {
    pub labels: Vec<bool>,
    /// The labels before anything was known of the object.
    pub first_labels: Vec<bool>,
    pub models: Models,
    /// By the final models.
    pub odds: Vec<f32>,
}

/// Separates object and background. `None` when the picture is too small, or shows nothing but
/// background, or no background.
///
/// # Errors
/// When cancelled.
pub(super) fn segment(lab: &LabImage, monitor: &Monitor) -> Result<Option<Segmentation>, Cancelled> {
    if lab.width.min(lab.height) < 5 {
        return Ok(None);
    }
    let border = border_samples(lab);
    let Some(smooth) = SmoothBackground::fit(&border, 2) else { return Ok(None) };
    let other_background = learn_unexplained(&smooth, &border);
    let mut models = Models { smooth, other_background, object: None };
    let mut first_labels = None;
    let mut odds = models.odds(lab);
    let mut labels = Vec::new();
    for round in 0..MAX_ROUNDS {
        monitor.check()?;
        let known = known_border(lab, &models);
        let smoothness = Smoothness::for_picture(lab, models.strength(), models.noise2());
        let next = cut(lab, &odds, &known, smoothness, monitor)?;
        let changed = next.iter().zip(&labels).filter(|(a, b)| a != b).count();
        labels = next;
        if !is_plausible(&labels) {
            return Ok(None);
        }
        if round > 0 && changed * 1000 < labels.len() {
            break;
        }
        first_labels.get_or_insert_with(|| labels.clone());
        models = learn(lab, &labels, &models);
        odds = models.odds(lab);
    }
    let first_labels = first_labels.unwrap_or_else(|| labels.clone());
    Ok(Some(Segmentation { labels, first_labels, models, odds }))
}

/// Whether there is an object and a background at all: each at least 0.1 % of the frame.
fn is_plausible(labels: &[bool]) -> bool {
    let object = labels.iter().filter(|&&l| l).count();
    object.min(labels.len() - object) * 1000 > labels.len()
}

fn sample(lab: &LabImage, index: usize) -> Sample {
    Sample { position: lab.position(index), lab: lab.samples[index] }
}

fn distance_to_frame(lab: &LabImage, index: usize) -> usize {
    let (x, y) = (index % lab.width, index / lab.width);
    x.min(y).min(lab.width - 1 - x).min(lab.height - 1 - y)
}

fn border_samples(lab: &LabImage) -> Vec<Sample> {
    let thickness = (lab.width.min(lab.height) / 50).max(2);
    (0..lab.samples.len()).filter(|&i| distance_to_frame(lab, i) < thickness).map(|i| sample(lab, i)).collect()
}

/// The outermost pixels are background where they look like it.
fn known_border(lab: &LabImage, models: &Models) -> Vec<Known> {
    let is_known =
        |i: usize| distance_to_frame(lab, i) == 0 && models.smooth.deviation2(lab.position(i), &lab.samples[i]) < 9.0;
    (0..lab.samples.len()).map(|i| if is_known(i) { Known::Background } else { Known::Open }).collect()
}

/// `None` where nearly everything is explained.
fn learn_unexplained(smooth: &SmoothBackground, samples: &[Sample]) -> Option<Mixture> {
    let strange: Vec<Lab> =
        samples.iter().filter(|s| smooth.deviation2(s.position, &s.lab) > 16.0).map(|s| s.lab).collect();
    if strange.len() * 100 < samples.len() { None } else { Mixture::learn(&strange, COMPONENTS) }
}

/// Learns all models anew from a labelling.
fn learn(lab: &LabImage, labels: &[bool], before: &Models) -> Models {
    let stride = labels.len().div_ceil(MAX_SAMPLES);
    let of = |label: bool| (0..labels.len()).step_by(stride).filter(move |&i| labels[i] == label);
    let background: Vec<Sample> = of(false).map(|i| sample(lab, i)).collect();
    let smooth = before.smooth.refined(&background, 3, 3);
    let other_background = learn_unexplained(&smooth, &background);
    let object: Vec<Lab> = of(true).map(|i| lab.samples[i]).collect();
    Models { smooth, other_background, object: Mixture::learn(&object, COMPONENTS) }
}
