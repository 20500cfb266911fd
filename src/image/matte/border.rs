//! The frame's border, which shows the background, but for objects that run out of the picture.

use super::background::{Sample, SmoothBackground, UNEXPLAINED};
use super::cut::Known;
use super::ground::is_shade_of;
use super::lab::{LabImage, distance2};

/// Objects do not touch more of the border than this; where they seem to, the background is motley.
const MOTLEY: f32 = 0.3;
/// Explained part of a side that does not end what reaches in from a corner.
const GAP: f32 = 0.1;
/// Least colour distance of a touching object from the background, in units of L*a*b*.
const CONTACT: f32 = 12.0;

fn thickness(lab: &LabImage) -> usize {
    (lab.width.min(lab.height) / 50).max(2)
}

fn distance_to_frame(lab: &LabImage, index: usize) -> usize {
    let (x, y) = (index % lab.width, index / lab.width);
    x.min(y).min(lab.width - 1 - x).min(lab.height - 1 - y)
}

fn indices(lab: &LabImage) -> impl Iterator<Item = usize> {
    let thickness = thickness(lab);
    (0..lab.samples.len()).filter(move |&i| distance_to_frame(lab, i) < thickness)
}

/// The colours along the border.
pub(super) fn samples(lab: &LabImage) -> Vec<Sample> {
    indices(lab).map(|i| Sample::of(lab, i)).collect()
}

/// The outermost pixels are background where they look like it.
pub(super) fn known(lab: &LabImage, smooth: &SmoothBackground) -> Vec<Known> {
    let is_known =
        |i: usize| distance_to_frame(lab, i) == 0 && smooth.deviation2(lab.position(i), &lab.samples[i]) < 9.0;
    (0..lab.samples.len()).map(|i| if is_known(i) { Known::Background } else { Known::Open }).collect()
}

/// `border` (see [`samples`]) without the places where an object is likely to touch it: what the smooth
/// background does not explain counts as background only where it reaches in from a corner, as a
/// floor does, or where the whole border is motley.
pub(super) fn without_contacts(lab: &LabImage, smooth: &SmoothBackground, border: &[Sample]) -> Vec<Sample> {
    let is_strange = |s: &Sample| smooth.deviation2(s.position, &s.lab) > UNEXPLAINED;
    let (width, height) = (lab.width, lab.height);
    let side = |length: usize, index: &dyn Fn(usize) -> usize| {
        let strange: Vec<bool> = (0..length).map(|t| is_strange(&Sample::of(lab, index(t)))).collect();
        let backwards: Vec<bool> = strange.iter().rev().copied().collect();
        reach(&strange)..length - reach(&backwards).min(length)
    };
    let top = side(width, &|t| t);
    let bottom = side(width, &|t| (height - 1) * width + t);
    let left = side(height, &|t| t * width);
    let right = side(height, &|t| t * width + width - 1);
    let thickness = thickness(lab);
    let may_be_contact = |i: usize| {
        let (x, y) = (i % width, i / width);
        (y < thickness && top.contains(&x))
            || (y + thickness >= height && bottom.contains(&x))
            || (x < thickness && left.contains(&y))
            || (x + thickness >= width && right.contains(&y))
    };
    let sample = |i: usize| Sample::of(lab, i);
    // Other light on the same ground is no object.
    let stands_out = |i: usize| {
        let expected = smooth.at(lab.position(i));
        distance2(&lab.samples[i], &expected) > CONTACT * CONTACT && !is_shade_of(&lab.samples[i], &expected, 1.0)
    };
    let left: Vec<Sample> = indices(lab).filter(|&i| !(may_be_contact(i) && stands_out(i))).map(sample).collect();
    let touched = border.len().saturating_sub(left.len());
    if touched as f32 > MOTLEY * border.len() as f32 { border.to_vec() } else { left }
}

/// How far what is strange reaches from the start.
fn reach(strange: &[bool]) -> usize {
    let gap = (GAP * strange.len() as f32) as usize;
    let mut reach = 0;
    for (at, _) in strange.iter().enumerate().filter(|(_, s)| **s) {
        if at > reach + gap {
            break;
        }
        reach = at + 1;
    }
    reach
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_floor_is_background_and_a_foot_on_the_frame_is_not() {
        let (width, height) = (120, 80);
        let mut lab = LabImage { width, height, samples: vec![[80.0, 0.0, 5.0]; width * height] };
        for (i, sample) in lab.samples.iter_mut().enumerate() {
            let (x, y) = (i % width, i / width);
            if y >= 60 {
                *sample = [40.0, 10.0, 20.0];
            } else if x < 20 && (20..40).contains(&y) {
                *sample = [50.0, 60.0, 40.0];
            }
        }
        let border = samples(&lab);
        let smooth = SmoothBackground::fit(&border[..240], 0).unwrap();
        let left = without_contacts(&lab, &smooth, &border);
        assert_eq!(left.iter().filter(|s| s.lab[1] == 60.0).count(), 0);
        let floor = |samples: &[Sample]| samples.iter().filter(|s| s.lab[1] == 10.0).count();
        assert_eq!(floor(&left), floor(&border));
        assert!(floor(&left) > 200);
    }
}
