//! Object and background by their colours, learned from the picture itself in turns with the cut
//! (Rother, Kolmogorov and Blake, "GrabCut", SIGGRAPH 2004), with two differences: nobody draws a
//! rectangle, the frame's border is taken as background instead; and a background that changes
//! smoothly is modelled as such, which makes gradients as easy as flat colours.

use rayon::prelude::*;

use super::background::{Sample, SmoothBackground, UNEXPLAINED};
use super::border;
use super::cut::{Smoothness, cut};
use super::found::Found;
use super::ground::Ground;
use super::lab::{Lab, LabImage};
use super::local::{LocalColor, LocalShare};
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

/// Standard deviations of a soft shadow's colours from their local mean.
const SHADE_SIGMA: Lab = [3.0, 1.5, 1.5];
/// Windows in which that mean is taken.
const SHADE_RADII_PX: [usize; 2] = [4, 2];
/// Least share of what is not smooth in the background anywhere.
const MIN_SHARE: f32 = 0.01;

/// Cost of a boundary per pixel where a network saw the object, in nats.
const STRENGTH_FOUND: f32 = 6.0;

/// What object and background look like.
#[derive(Clone, Debug)]
pub(super) struct Models {
    pub smooth: SmoothBackground,
    /// Soft shadows on it, if any.
    shade: Option<LocalColor>,
    /// What the background holds besides, if anything.
    other_background: Option<Mixture>,
    /// Share of that in the background, by place; unknown before the first cut.
    other_share: Option<LocalShare>,
    /// `None` as long as nothing is known of the object.
    object: Option<Mixture>,
    /// Where a network saw the object, if one was asked.
    pub found: Option<Found>,
}

impl Models {
    /// ln(object : background) of every pixel, by its colour, and where little is known by its place.
    ///
    /// # Errors
    /// When cancelled.
    pub fn odds(&self, lab: &LabImage, monitor: &Monitor) -> Result<Vec<f32>, Cancelled> {
        const AT_ONCE: usize = 1 << 16;
        let mut odds = vec![0.0; lab.samples.len()];
        for (part, target) in odds.chunks_mut(AT_ONCE).enumerate() {
            monitor.check()?;
            target.par_iter_mut().with_min_len(4096).enumerate().for_each(|(i, odds)| {
                let index = part * AT_ONCE + i;
                *odds = self.odds_at(lab.position(index), &lab.samples[index]);
            });
        }
        Ok(odds)
    }

    fn odds_at(&self, position: [f32; 2], lab: &Lab) -> f32 {
        let share = self.smooth_share();
        let smooth = self.smooth.energy(position, lab) - share.ln();
        // Where there is none around it is unlikely; that there is much of it, the colours must say.
        let around = self.other_share.as_ref().map_or(1.0, |s| s.at(position));
        let other_share = around.clamp(MIN_SHARE, 1.0 - share);
        let other = self.other_background.as_ref().map_or(EVEN_ENERGY + STRANGER, |m| m.energy(lab));
        let background =
            smooth.min(other - other_share.ln()).min(self.shade_energy(position, lab)).min(EVEN_ENERGY + STRANGER);
        let object = self.object.as_ref().map_or(EVEN_ENERGY, |m| m.energy(lab)).min(EVEN_ENERGY + STRANGER);
        let by_color = background - object;
        match &self.found {
            Some(found) => found.odds(position, by_color),
            None => by_color + (1.0 - share) * central_prior(position),
        }
    }

    /// −ln of the density of a colour in the shadow there; a shadow is one possibility among others.
    fn shade_energy(&self, position: [f32; 2], lab: &Lab) -> f32 {
        let Some(shade) = self.shade.as_ref().filter(|s| s.support_at(position) > 0.05) else { return f32::INFINITY };
        let expected = shade.at(position);
        let deviation2: f32 = (0..3).map(|c| ((lab[c] - expected[c]) / SHADE_SIGMA[c]).powi(2)).sum();
        let base = 1.5 * std::f32::consts::TAU.ln() + SHADE_SIGMA.iter().map(|s| s.ln()).sum::<f32>();
        base + 0.5 * deviation2
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
        if self.found.is_some() {
            return STRENGTH_FOUND;
        }
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
    let border = border::samples(lab);
    let Some(smooth) = SmoothBackground::fit(&border, 2) else { return Ok(None) };
    let ground = Ground::find(lab, &smooth);
    let calm_samples = thinned(lab, |i| ground.calm[i]);
    let mut smooth = smooth.refined(&calm_samples, 3, 3).following(lab, |i| ground.calm[i]);
    smooth.measure(&border);
    let other_background = learn_unexplained(&smooth, &border::without_contacts(lab, &smooth, &border));
    let shade = ground.shaded.contains(&true).then(|| {
        let size = [lab.width, lab.height];
        LocalColor::of(size, &SHADE_RADII_PX, |i| ground.shaded[i], |i| lab.samples[i])
    });
    let mut models = Models { smooth, shade, other_background, other_share: None, object: None, found: None };
    let mut first_labels = None;
    let mut odds = models.odds(lab, monitor)?;
    let mut labels = Vec::new();
    for round in 0..MAX_ROUNDS {
        monitor.check()?;
        let known = border::known(lab, &models.smooth);
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
        models = learn(lab, &labels, &ground, models);
        odds = models.odds(lab, monitor)?;
    }
    let first_labels = first_labels.unwrap_or_else(|| labels.clone());
    Ok(Some(Segmentation { labels, first_labels, models, odds }))
}

/// Whether there is an object and a background at all: each at least 0.1 % of the frame.
fn is_plausible(labels: &[bool]) -> bool {
    let object = labels.iter().filter(|&&l| l).count();
    object.min(labels.len() - object) * 1000 > labels.len()
}

/// `None` where nearly everything is explained.
fn learn_unexplained(smooth: &SmoothBackground, samples: &[Sample]) -> Option<Mixture> {
    let strange: Vec<Lab> =
        samples.iter().filter(|s| smooth.deviation2(s.position, &s.lab) > UNEXPLAINED).map(|s| s.lab).collect();
    if strange.len() * 100 < samples.len() { None } else { Mixture::learn(&strange, COMPONENTS) }
}

/// At most [`MAX_SAMPLES`] of the pixels that `counts`.
fn thinned(lab: &LabImage, counts: impl Fn(usize) -> bool) -> Vec<Sample> {
    let stride = lab.samples.len().div_ceil(MAX_SAMPLES);
    (0..lab.samples.len()).step_by(stride).filter(|&i| counts(i)).map(|i| Sample::of(lab, i)).collect()
}

/// Learns all models anew from a labelling.
fn learn(lab: &LabImage, labels: &[bool], ground: &Ground, before: Models) -> Models {
    // Shadows have a model of their own.
    let background = thinned(lab, |i| !labels[i] && !ground.shaded[i]);
    let mut smooth = before.smooth.refined(&background, 3, 3).following(lab, |i| ground.calm[i] && !labels[i]);
    smooth.measure(&background);
    let other_background = learn_unexplained(&smooth, &background);
    let is_other = |i: usize| smooth.deviation2(lab.position(i), &lab.samples[i]) > UNEXPLAINED;
    let counts = |i: usize| !labels[i] && !ground.shaded[i];
    let other_share = Some(LocalShare::of([lab.width, lab.height], counts, is_other));
    let object: Vec<Lab> = thinned(lab, |i| labels[i]).iter().map(|s| s.lab).collect();
    let object = Mixture::learn(&object, COMPONENTS);
    Models { smooth, shade: before.shade, other_background, other_share, object, found: before.found }
}

/// Separates object and background where a network saw the object. `None` when it saw no object, or
/// nothing else.
///
/// # Errors
/// When cancelled.
pub(super) fn segment_found(
    lab: &LabImage,
    found: &Found,
    monitor: &Monitor,
) -> Result<Option<Segmentation>, Cancelled> {
    const ROUNDS: usize = 2;
    let first_labels = found.labels(lab);
    if !is_plausible(&first_labels) {
        return Ok(None);
    }
    let known = found.known(lab);
    let Some(mut models) = learn_found(lab, &first_labels, found) else { return Ok(None) };
    let (mut labels, mut odds) = (first_labels.clone(), models.odds(lab, monitor)?);
    for _ in 0..ROUNDS {
        monitor.check()?;
        let smoothness = Smoothness::for_picture(lab, models.strength(), models.noise2());
        labels = cut(lab, &odds, &known, smoothness, monitor)?;
        if !is_plausible(&labels) {
            labels = first_labels.clone();
            break;
        }
        let Some(next) = learn_found(lab, &labels, found) else { break };
        models = next;
        odds = models.odds(lab, monitor)?;
    }
    Ok(Some(Segmentation { labels, first_labels, models, odds }))
}

/// Learns what object and background look like from a labelling alone. `None` with hardly any
/// background.
fn learn_found(lab: &LabImage, labels: &[bool], found: &Found) -> Option<Models> {
    let background = thinned(lab, |i| !labels[i]);
    let mut smooth = SmoothBackground::fit(&background, 2)?;
    smooth.measure(&background);
    let other_background = learn_unexplained(&smooth, &background);
    let is_other = |i: usize| smooth.deviation2(lab.position(i), &lab.samples[i]) > UNEXPLAINED;
    let other_share = Some(LocalShare::of([lab.width, lab.height], |i| !labels[i], is_other));
    let object: Vec<Lab> = thinned(lab, |i| labels[i]).iter().map(|s| s.lab).collect();
    let object = Mixture::learn(&object, COMPONENTS);
    Some(Models { smooth, shade: None, other_background, other_share, object, found: Some(found.clone()) })
}
