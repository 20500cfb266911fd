//! How sure a cut-out is. Each part is a way in which cut-outs by colour go wrong; what was left behind on
//! plain ground tells of those by a network too.

use super::background::UNEXPLAINED;
use super::filter::{Plane, box_mean};
use super::grabcut::Segmentation;
use super::ground::is_shade_of;
use super::lab::{LabImage, distance2};
use super::regions::regions;

/// What was measured, each 0–1 and better when larger.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Evidence {
    /// Share of the frame's border that is background: objects rarely run out of the picture.
    pub free_border: f32,
    /// Share of the outline along which an edge runs in the picture.
    pub edge_support: f32,
    /// Overlap (intersection over union) of the labels with those found before anything was known of
    /// the object.
    pub stability: f32,
    /// Share of the background that is smooth.
    pub smoothness: f32,
    /// Share of the object whose colours speak for it.
    pub agreement: f32,
}

/// The confidence of a cut-out by colour, 0–1, before [`nothing_lost`] is counted.
pub(super) fn measure(lab: &LabImage, segmentation: &Segmentation) -> f32 {
    evidence(lab, segmentation).confidence()
}

impl Evidence {
    pub fn confidence(&self) -> f32 {
        let part = |value: f32, poor: f32, good: f32| ((value - poor) / (good - poor)).clamp(0.0, 1.0);
        part(self.free_border, 0.4, 0.9)
            * part(self.edge_support, 0.2, 0.7)
            * part(self.stability, 0.3, 0.8)
            * part(self.smoothness, -0.2, 0.8)
            * part(self.agreement, 0.2, 0.7)
    }
}

/// How far all that was left out looks like the background, 0–1. It tells only where the background is
/// smooth along the whole frame: what else stands there is then a part of the object that was lost, or
/// a second object. Shadows are neither.
pub(super) fn nothing_lost(lab: &LabImage, segmentation: &Segmentation) -> f32 {
    /// Least share of the frame, where it is background, that has to be smooth.
    const SMOOTH_FRAME: f32 = 0.97;
    /// Pixels this near to the outline hold a mix of both sides.
    const RIM_PX: usize = 2;
    /// Share of the object that a lost part has at least; smaller ones are noise.
    const PART: f32 = 0.005;
    /// Shares of the object whose loss is hardly seen, and whose loss is a poor cut-out.
    const LOSS: [f32; 2] = [0.02, 0.08];
    let Segmentation { labels, models, .. } = segmentation;
    let (width, height) = (lab.width, lab.height);
    let stands_out = |i: usize| models.smooth.deviation2(lab.position(i), &lab.samples[i]) > UNEXPLAINED;
    let on_border =
        |i: usize| i.is_multiple_of(width) || i % width == width - 1 || i / width == 0 || i / width == height - 1;
    let frame: Vec<usize> = (0..labels.len()).filter(|&i| on_border(i) && !labels[i]).collect();
    let smooth = frame.iter().filter(|&&i| !stands_out(i)).count();
    if frame.is_empty() || (smooth as f32) < SMOOTH_FRAME * frame.len() as f32 {
        return 1.0;
    }
    let near = box_mean(&Plane::from_fn(width, height, |i| f32::from(u8::from(labels[i]))), RIM_PX);
    let is_shade = |i: usize| is_shade_of(&lab.samples[i], &models.smooth.at(lab.position(i)), 1.0);
    let strange: Vec<bool> =
        (0..labels.len()).map(|i| near.values[i] < 1e-4 && stands_out(i) && !is_shade(i)).collect();
    let object = labels.iter().filter(|&&l| l).count().max(1) as f32;
    let parts = regions(&strange, width).into_iter().filter(|r| r.label).map(|r| r.pixels.len() as f32 / object);
    let lost: f32 = parts.filter(|&share| share > PART).sum();
    1.0 - ((lost - LOSS[0]) / (LOSS[1] - LOSS[0])).clamp(0.0, 1.0)
}

pub(super) fn evidence(lab: &LabImage, segmentation: &Segmentation) -> Evidence {
    let Segmentation { labels, first_labels, models, odds } = segmentation;
    let (width, height) = (lab.width, lab.height);
    let share = |hits: usize, all: usize| if all == 0 { 0.0 } else { hits as f32 / all as f32 };

    let on_border =
        |i: usize| i.is_multiple_of(width) || i % width == width - 1 || i / width == 0 || i / width == height - 1;
    let border = (0..labels.len()).filter(|&i| on_border(i));
    let free_border = share(border.clone().filter(|&i| !labels[i]).count(), border.count());

    let both = labels.iter().zip(first_labels).filter(|(a, b)| **a && **b).count();
    let either = labels.iter().zip(first_labels).filter(|(a, b)| **a || **b).count();

    let object = || (0..labels.len()).filter(|&i| labels[i]);
    let agreeing = object().filter(|&i| odds[i] > 0.0).count();
    Evidence {
        free_border,
        edge_support: edge_support(lab, labels, models.noise2()),
        stability: share(both, either),
        smoothness: models.smooth.explained,
        agreement: share(agreeing, object().count()),
    }
}

/// Compares colours two pixels to either side of the outline, across rows and columns.
fn edge_support(lab: &LabImage, labels: &[bool], noise2: f32) -> f32 {
    let (width, height) = (lab.width, lab.height);
    let mut supported = 0.0;
    let mut count = 0_u32;
    let mut look = |inner: usize, outer: usize| {
        let contrast2 = distance2(&lab.samples[inner], &lab.samples[outer]);
        supported += contrast2 / (contrast2 + 60.0 + 9.0 * noise2);
        count += 1;
    };
    for y in 0..height {
        for x in 0..width {
            let i = y * width + x;
            if x >= 1 && x + 2 < width && labels[i] != labels[i + 1] {
                look(i - 1, i + 2);
            }
            if y >= 1 && y + 2 < height && labels[i] != labels[i + width] {
                look(i - width, i + 2 * width);
            }
        }
    }
    supported / count.max(1) as f32
}

#[cfg(test)]
mod tests {
    use image::{Rgba, RgbaImage};

    use crate::image::Picture;
    use crate::image::matte::{CutOut, Finder, Help, Method, cut_out_with};
    use crate::progress::{Cancelled, Monitor};
    use crate::request::CutOutParams;

    const SIDE: u32 = 200;

    /// Sees the body alone.
    struct SeesTheBody;

    fn is_body(x: u32, y: u32) -> bool {
        (70..130).contains(&x) && (40..160).contains(&y)
    }

    impl Finder for SeesTheBody {
        fn side_px(&self) -> u32 {
            SIDE
        }

        fn find(&self, _: &[u8], _: &Monitor) -> Result<Option<Vec<f32>>, Cancelled> {
            Ok(Some((0..SIDE * SIDE).map(|i| if is_body(i % SIDE, i / SIDE) { 9.0 } else { -9.0 }).collect()))
        }
    }

    /// What is cut out of a dark body on grey ground, with something of `color` beside it.
    fn cut(color: u8) -> CutOut {
        let is_beside = |x: u32, y: u32| (136..170).contains(&x) && (70..130).contains(&y);
        let pixels = RgbaImage::from_fn(SIDE, SIDE, |x, y| {
            let level = if is_body(x, y) {
                40
            } else if is_beside(x, y) {
                color
            } else {
                180
            };
            Rgba([level, level, level, 255])
        });
        let picture = Picture { pixels, has_alpha: false };
        let help = Help::Always(&SeesTheBody);
        cut_out_with(&picture, &CutOutParams::default(), None, help, &Monitor::silent()).unwrap()
    }

    #[test]
    fn a_part_that_a_network_left_behind_on_plain_ground_makes_it_unsure() {
        let (whole, shadowed, torn) = (cut(180), cut(140), cut(250));
        for cut in [&whole, &shadowed, &torn] {
            assert_eq!(cut.method, Method::Network);
            assert_eq!((cut.pixels.get_pixel(100, 100)[3], cut.pixels.get_pixel(153, 100)[3]), (255, 0));
        }
        assert!(!whole.is_unsure() && !shadowed.is_unsure(), "{} {}", whole.confidence, shadowed.confidence);
        assert!(torn.is_unsure(), "{}", torn.confidence);
    }
}
