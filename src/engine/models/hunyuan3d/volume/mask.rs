//! Which samples of a cubic grid are near the surface.

use rayon::prelude::*;

/// Stands for a sample that was not evaluated.
pub const NOT_EVALUATED: f32 = -10_000.0;

/// Whether a value stands for a sample that was evaluated.
fn evaluated(value: f32) -> bool {
    value > -9000.0
}

/// Marks evaluated samples whose sign, after adding `offset`, differs from that of one of their six
/// neighbours; zero is a sign of its own, samples that were not evaluated and those beyond the border
/// do not differ.
///
/// `grid` has `side³` values; so has the result.
pub fn near_surface(grid: &[f32], side: usize, offset: f32) -> Vec<bool> {
    let value = |i: usize| grid[i] + offset;
    let sign = |v: f32| {
        if v > 0.0 {
            1
        } else if v < 0.0 {
            -1
        } else {
            0
        }
    };
    let mark = |i: usize| {
        let here = value(i);
        let differs = |j: usize| evaluated(value(j)) && sign(value(j)) != sign(here);
        evaluated(here) && neighbors(i, side).any(differs)
    };
    (0..grid.len()).into_par_iter().map(mark).collect()
}

/// The samples next to `i` along the axes.
fn neighbors(i: usize, side: usize) -> impl Iterator<Item = usize> {
    [side * side, side, 1].into_iter().flat_map(move |step| {
        let place = i / step % side;
        let before = (place > 0).then(|| i - step);
        let behind = (place + 1 < side).then(|| i + step);
        before.into_iter().chain(behind)
    })
}

/// Marks, with every marked sample, the 26 around it. `mask` has `side³` values.
pub fn dilate(mask: &mut Vec<bool>, side: usize) {
    for step in [side * side, side, 1] {
        let around = |i: usize| {
            let place = i / step % side;
            mask[i] || (place > 0 && mask[i - step]) || (place + 1 < side && mask[i + step])
        };
        *mask = (0..mask.len()).into_par_iter().map(around).collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plane_is_marked_on_both_sides_and_not_at_the_border() {
        let grid: Vec<f32> = (0..125).map(|i| if i / 25 < 2 { -1.0 } else { 1.0 }).collect();
        let mask = near_surface(&grid, 5, 0.0);
        assert!((0..125).all(|i| mask[i] == [1, 2].contains(&(i / 25))));
        assert!(near_surface(&grid, 5, 2.0).iter().all(|marked| !marked));
        let mut unknown = grid.clone();
        unknown[50..75].fill(NOT_EVALUATED);
        assert!(near_surface(&unknown, 5, 0.0).iter().all(|marked| !marked));
    }

    #[test]
    fn a_mark_grows_to_a_cube() {
        let mut mask = vec![false; 125];
        mask[0] = true;
        mask[2 * 25 + 2 * 5 + 2] = true;
        dilate(&mut mask, 5);
        let place = |i: usize| [i / 25, i / 5 % 5, i % 5];
        for (i, marked) in mask.into_iter().enumerate() {
            let within = |low, high| place(i).iter().all(|p| (low..=high).contains(p));
            assert_eq!(marked, within(0, 1) || within(1, 3), "{:?}", place(i));
        }
    }
}
