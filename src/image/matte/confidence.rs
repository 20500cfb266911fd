//! How sure a cut-out by colour is. Each part is a way in which such cut-outs go wrong.

use super::grabcut::Segmentation;
use super::lab::{LabImage, distance2};

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

/// The confidence, 0–1.
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
