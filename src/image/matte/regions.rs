//! Connected parts of a labelling: specks are dropped, holes that show no background are closed.

/// A connected set of pixels with the same label.
pub(super) struct Region {
    pub label: bool,
    pub pixels: Vec<u32>,
    /// Whether it reaches the frame's border.
    pub touches_border: bool,
}

/// All connected sets: objects by their eight neighbours, background by its four, so that the two
/// never cross.
pub(super) fn regions(labels: &[bool], width: usize) -> Vec<Region> {
    let height = labels.len() / width.max(1);
    let mut seen = vec![false; labels.len()];
    let mut regions = Vec::new();
    let mut stack = Vec::new();
    for start in 0..labels.len() {
        if seen[start] {
            continue;
        }
        let label = labels[start];
        let mut region = Region { label, pixels: Vec::new(), touches_border: false };
        seen[start] = true;
        stack.push(start);
        while let Some(index) = stack.pop() {
            region.pixels.push(index as u32);
            let (x, y) = (index % width, index / width);
            region.touches_border |= x == 0 || y == 0 || x + 1 == width || y + 1 == height;
            for (dx, dy) in [(-1, 0), (1, 0), (0, -1), (0, 1), (-1, -1), (1, -1), (-1, 1), (1, 1)] {
                if !label && dx != 0 && dy != 0 {
                    continue;
                }
                let (Some(x), Some(y)) = (x.checked_add_signed(dx), y.checked_add_signed(dy)) else { continue };
                let next = y * width + x;
                if x < width && y < height && !seen[next] && labels[next] == label {
                    seen[next] = true;
                    stack.push(next);
                }
            }
        }
        regions.push(region);
    }
    regions
}

/// Drops objects and closes holes that are more likely noise. `odds` is ln(object : background) per
/// pixel; `speck` is the number of pixels that a part must have to be believed.
pub(super) fn tidy(labels: &mut [bool], width: usize, odds: &[f32], speck: usize) {
    let regions = regions(labels, width);
    let largest = regions.iter().filter(|r| r.label).map(|r| r.pixels.len()).max().unwrap_or(0);
    for region in &regions {
        let count = region.pixels.len();
        let mean_odds = region.pixels.iter().map(|&i| odds[i as usize]).sum::<f32>() / count as f32;
        let wrong = if region.label {
            count < speck || count * 200 < largest || (count * 50 < largest && mean_odds < 2.0)
        } else {
            // A hole must look like background as a whole: a highlight only does here and there.
            !region.touches_border && (count < speck || mean_odds > -1.5)
        };
        if wrong {
            region.pixels.iter().for_each(|&i| labels[i as usize] = !region.label);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn specks_go_true_holes_stay_doubtful_holes_close() {
        let (width, height) = (60, 40);
        let at = |i: usize| (i % width, i / width);
        let within = |i: usize, x: std::ops::Range<usize>, y: std::ops::Range<usize>| {
            x.contains(&at(i).0) && y.contains(&at(i).1)
        };
        let hole = |i| within(i, 15..20, 15..20);
        let highlight = |i| within(i, 30..35, 15..20);
        let speck = |i| within(i, 55..56, 3..4);
        let body = |i| within(i, 10..40, 10..30) && !hole(i) && !highlight(i);
        let mut labels: Vec<bool> = (0..width * height).map(|i| body(i) || speck(i)).collect();
        let odds: Vec<f32> = (0..labels.len())
            .map(|i| {
                if highlight(i) {
                    -0.5
                } else if body(i) || speck(i) {
                    5.0
                } else {
                    -5.0
                }
            })
            .collect();
        tidy(&mut labels, width, &odds, 4);
        for (i, &label) in labels.iter().enumerate() {
            assert_eq!(label, body(i) || highlight(i), "{:?}", at(i));
        }
    }
}
