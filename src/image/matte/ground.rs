//! The ground around an object: what can be reached from the frame without crossing an edge. It shows
//! how the background goes on where a polynomial through the border cannot tell, as in a spotlight's
//! glow, and where a soft shadow lies on it.

use super::background::{SmoothBackground, median};
use super::filter::{Plane, box_mean};
use super::lab::{Lab, LabImage};
use super::regions::regions;

/// Largest contrast over two pixels that noise may bring, in units of L*a*b*.
const MAX_NOISE: f32 = 4.0;
/// Contrast that rounding and compression bring everywhere: in lightness, and in a* and b*, which are
/// stored more coarsely.
const LEAST_NOISE: [f32; 2] = [0.4, 1.0];
/// Contrast in the penumbra of a shadow, beyond noise, likewise.
const PENUMBRA: [f32; 2] = [7.0, 1.5];
/// In more noise than this, soft shadows are not looked for: their edges cannot be told.
const MAX_SHADOW_NOISE: f32 = 2.0;
/// Least share of a shadow's outline that meets lit ground.
const SOFT_SHARE: f32 = 0.4;
/// How dark the core of a shadow may be: cube root of its light over that of the ground.
const DARKEST: f32 = 0.55;

/// Which pixels are ground.
pub(super) struct Ground {
    /// Reached from where the frame looks like the background, with no more contrast than noise.
    pub calm: Vec<bool>,
    /// Reached from there through darker shades of the background's own hue.
    pub shaded: Vec<bool>,
}

impl Ground {
    /// Floods the ground.
    pub fn find(lab: &LabImage, background: &SmoothBackground) -> Self {
        let (width, height) = (lab.width, lab.height);
        let contrast = contrast(lab);
        let looks_alike = |i: usize| background.deviation2(lab.position(i), &lab.samples[i]) < 12.0;
        let on_frame =
            |i: usize| i.is_multiple_of(width) || i % width == width - 1 || i / width == 0 || i / width == height - 1;
        let seeds: Vec<usize> = (0..lab.samples.len()).filter(|&i| on_frame(i) && looks_alike(i)).collect();
        let usual = |k: usize| median(&mut seeds.iter().map(|&i| contrast[k].values[i]).collect::<Vec<f32>>());
        let noise = [0, 1].map(|k| 3.0 * usual(k));
        let limits = [0, 1].map(|k| (noise[k] + LEAST_NOISE[k]).min(MAX_NOISE));
        let without_edges = |limits: [f32; 2], berth: usize| {
            let edges =
                Plane::like(&contrast[0], |i| f32::from(u8::from((0..2).any(|k| contrast[k].values[i] > limits[k]))));
            box_mean(&edges, berth)
        };
        // Single pixels over the limit are noise; an edge fills a row of the window.
        let edges = without_edges(limits, 2);
        let calm = flood([width, height], seeds.into_iter(), |i| edges.values[i] < 0.09);
        if noise[0] > MAX_SHADOW_NOISE {
            let shaded = vec![false; calm.len()];
            return Self { calm, shaded };
        }
        let edges = without_edges([0, 1].map(|k| limits[k] + PENUMBRA[k]), 1);
        let in_shadow = |i: usize| {
            edges.values[i] < 0.12 && is_shade_of(&lab.samples[i], &background.at(lab.position(i)), limits[1])
        };
        let mut shaded = flood([width, height], (0..calm.len()).filter(|&i| calm[i]), |i| calm[i] || in_shadow(i));
        shaded.iter_mut().zip(&calm).for_each(|(shaded, calm)| *shaded &= !calm);
        keep_penumbras(&mut shaded, &calm, width);
        Self { calm, shaded }
    }
}

/// Whether a colour is that of the ground, `lit`, in less light: all three of L* + 16, a* and b* shrink
/// by the cube root of the light. `noise` is what a* and b* may be off besides.
pub(super) fn is_shade_of(own: &Lab, lit: &Lab, noise: f32) -> bool {
    let factor = (own[0] + 16.0) / (lit[0] + 16.0).max(1.0);
    let off = (own[1] - factor * lit[1]).hypot(own[2] - factor * lit[2]);
    (DARKEST..1.05).contains(&factor) && off < 3.0 + noise
}

/// Drops what the flood reached through a gap in an object's edge: a shadow meets the lit ground along
/// much of its outline.
fn keep_penumbras(shaded: &mut [bool], calm: &[bool], width: usize) {
    for region in regions(shaded, width).iter().filter(|r| r.label) {
        let (mut soft, mut outline) = (0, 0);
        for &pixel in &region.pixels {
            let beyond: Vec<usize> = neighbors(pixel as usize, width, calm.len()).filter(|&n| !shaded[n]).collect();
            outline += usize::from(!beyond.is_empty());
            soft += usize::from(beyond.iter().any(|&n| calm[n]));
        }
        if (soft as f32) < SOFT_SHARE * outline as f32 {
            region.pixels.iter().for_each(|&i| shaded[i as usize] = false);
        }
    }
}

/// The four neighbours within the frame.
fn neighbors(index: usize, width: usize, count: usize) -> impl Iterator<Item = usize> {
    let x = index % width;
    let sides = [
        (x > 0).then(|| index - 1),
        (x + 1 < width).then_some(index + 1),
        index.checked_sub(width),
        Some(index + width).filter(|&below| below < count),
    ];
    sides.into_iter().flatten()
}

/// What is connected with `seeds` through pixels that are `open`, by four neighbours.
fn flood([width, height]: [usize; 2], seeds: impl Iterator<Item = usize>, open: impl Fn(usize) -> bool) -> Vec<bool> {
    let mut reached = vec![false; width * height];
    let mut stack: Vec<usize> = seeds.filter(|&i| open(i)).collect();
    stack.iter().for_each(|&i| reached[i] = true);
    while let Some(index) = stack.pop() {
        for next in neighbors(index, width, width * height) {
            if !reached[next] && open(next) {
                reached[next] = true;
                stack.push(next);
            }
        }
    }
    reached
}

/// Lightness, and a* and b*: the larger difference of the two neighbours across and of those above and
/// below, over means of 3×3 pixels.
fn contrast(lab: &LabImage) -> [Plane; 2] {
    let (width, height) = (lab.width, lab.height);
    let smooth = [0, 1, 2].map(|c| box_mean(&Plane::from_fn(width, height, |i| lab.samples[i][c]), 1));
    let between = |i: usize, j: usize| [0, 1, 2].map(|c| smooth[c].values[i] - smooth[c].values[j]);
    let larger = |size: &(dyn Fn([f32; 3]) -> f32 + Sync)| {
        Plane::from_fn(width, height, |i| {
            let (x, y) = (i % width, i / width);
            let across = between(i - usize::from(x > 0), i + usize::from(x + 1 < width));
            let down = between(i - width * usize::from(y > 0), i + width * usize::from(y + 1 < height));
            size(across).max(size(down))
        })
    };
    [larger(&|d| d[0].abs()), larger(&|d| d[1].hypot(d[2]))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::matte::background::Sample;
    use crate::image::matte::lab::distance2;

    const SIZE: [usize; 2] = [120, 90];

    fn scene(color: impl Fn(usize, [f32; 2]) -> [f32; 3]) -> (LabImage, SmoothBackground) {
        let [width, height] = SIZE;
        let mut lab = LabImage { width, height, samples: vec![[0.0; 3]; width * height] };
        for i in 0..lab.samples.len() {
            lab.samples[i] = color(i, lab.position(i));
        }
        let border: Vec<Sample> = (0..lab.samples.len())
            .filter(|i| i % width < 2 || i / width < 2 || i % width + 2 >= width || i / width + 2 >= height)
            .map(|i| Sample { position: lab.position(i), lab: lab.samples[i] })
            .collect();
        let background = SmoothBackground::fit(&border, 2).unwrap();
        (lab, background)
    }

    fn on_plate(i: usize) -> bool {
        (40..80).contains(&(i % SIZE[0])) && (30..60).contains(&(i / SIZE[0]))
    }

    /// A glow that no polynomial follows, and a plate of nearly its colour with a clear edge.
    #[test]
    fn the_flood_follows_a_glow_and_stops_at_an_edge() {
        let glow = |[x, y]: [f32; 2]| [80.0 - 40.0 * x.hypot(y + 0.4), 1.0, 4.0];
        let (lab, background) = scene(|i, at| if on_plate(i) { [62.0, 8.0, 9.0] } else { glow(at) });
        let Ground { calm, .. } = Ground::find(&lab, &background);
        assert!((0..calm.len()).all(|i| !(calm[i] && on_plate(i))));
        let reached = calm.iter().filter(|&&c| c).count();
        assert!(reached > (SIZE[0] * SIZE[1] - 40 * 30) * 7 / 10, "{reached}");

        let followed = background.following(&lab, |i| calm[i]);
        for (x, y) in [(60, 22), (30, 45), (60, 70), (10, 10)] {
            let i = y * SIZE[0] + x;
            let off = distance2(&followed.at(lab.position(i)), &lab.samples[i]).sqrt();
            assert!(off < 2.5, "{x} {y}: {off}");
        }
    }

    /// The plate throws a soft shadow to its right; a second, grey plate is as dark as the shadow but
    /// has an edge.
    #[test]
    fn a_soft_shadow_is_ground_and_a_grey_thing_is_not() {
        let shadow = |i: usize| {
            let (x, y) = ((i % SIZE[0]) as f32 - 84.0, (i / SIZE[0]) as f32 - 45.0);
            30.0 * (-(x / 9.0).powi(2) - (y / 9.0).powi(2)).exp()
        };
        let grey = |i: usize| (10..25).contains(&(i % SIZE[0])) && (30..50).contains(&(i / SIZE[0]));
        let (lab, background) = scene(|i, _| match i {
            _ if on_plate(i) => [50.0, 40.0, 20.0],
            _ if grey(i) => [70.0, 0.0, 0.0],
            _ => [90.0 - shadow(i), 0.0, 0.0],
        });
        let Ground { shaded, calm } = Ground::find(&lab, &background);
        let at = |x: usize, y: usize| shaded[y * SIZE[0] + x];
        assert!(at(84, 45) && at(90, 45) && at(84, 38), "the core and the penumbra");
        assert!((0..calm.len()).all(|i| !((shaded[i] || calm[i]) && (grey(i) || on_plate(i)))));
    }
}
