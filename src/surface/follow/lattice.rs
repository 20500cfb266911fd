//! Which samples of a grid belong to a coarser lattice.

use super::Lattice;

/// One axis of a lattice: every `stride`-th sample of the grid, and its last.
#[derive(Clone, Copy, Debug)]
pub(super) struct Axis {
    /// Samples of the grid along it.
    pub(super) samples: usize,
    pub(super) stride: usize,
}

impl Axis {
    /// Number of places.
    pub(super) fn len(self) -> usize {
        (self.samples - 1).div_ceil(self.stride) + 1
    }

    /// Its places, ascending.
    pub(super) fn places(self) -> impl Iterator<Item = usize> + Clone {
        (0..self.len()).map(move |i| (i * self.stride).min(self.samples - 1))
    }

    /// The place after `place`, which belongs to it.
    pub(super) fn after(self, place: usize) -> Option<usize> {
        (place + 1 < self.samples).then(|| (place + self.stride).min(self.samples - 1))
    }

    /// The numbers of its places before and behind `place`: the same twice where it belongs to it.
    pub(super) fn bracket(self, place: usize) -> [usize; 2] {
        let low = place / self.stride;
        if place + 1 == self.samples {
            [self.len() - 1; 2]
        } else if place.is_multiple_of(self.stride) {
            [low; 2]
        } else {
            [low, low + 1]
        }
    }

    /// The place with this number.
    pub(super) fn place(self, number: usize) -> usize {
        (number * self.stride).min(self.samples - 1)
    }
}

/// The strides of the lattices, each dividing the one before, the last 1.
pub(super) fn strides(samples_per_axis: [usize; 3], coarse_cells: usize) -> Vec<usize> {
    let cells = samples_per_axis.into_iter().max().unwrap_or(2) - 1;
    let fits = |stride: &usize| cells / stride >= coarse_cells.max(1);
    let coarsest = [64, 48, 32, 24, 16, 12, 8, 6, 4, 3, 2].into_iter().find(fits).unwrap_or(1);
    let finer = |stride: &usize| match *stride {
        1 => None,
        stride if stride.is_multiple_of(3) => Some(stride / 3),
        stride => Some(stride / 2),
    };
    std::iter::successors(Some(coarsest), finer).collect()
}

impl Lattice {
    /// Whether a sample has no neighbour on one side.
    pub(super) fn is_on_border(&self, place: [usize; 3]) -> bool {
        place.iter().zip(self.samples_per_axis).any(|(&i, n)| i == 0 || i + 1 == n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strides_divide_one_another_down_to_one() {
        assert_eq!(strides([385; 3], 40), [8, 4, 2, 1]);
        assert_eq!(strides([257; 3], 40), [6, 2, 1]);
        assert_eq!(strides([513; 3], 40), [12, 4, 2, 1]);
        assert_eq!(strides([65, 20, 3], 40), [1]);
        assert_eq!(strides([2; 3], 0), [1]);
    }

    #[test]
    fn an_axis_has_every_stride_th_place_and_the_last() {
        for (samples, stride) in [(2, 1), (9, 4), (10, 4), (11, 4), (12, 4), (5, 8), (2, 8)] {
            let axis = Axis { samples, stride };
            let places: Vec<usize> = axis.places().collect();
            assert_eq!((places[0], places[places.len() - 1], places.len()), (0, samples - 1, axis.len()));
            for pair in places.windows(2) {
                assert!(pair[0] < pair[1] && axis.after(pair[0]) == Some(pair[1]));
            }
            assert_eq!(axis.after(samples - 1), None);
            for place in 0..samples {
                let [low, high] = axis.bracket(place).map(|number| axis.place(number));
                let belongs = places.contains(&place);
                assert!(if belongs { low == place && high == place } else { low < place && place < high });
            }
        }
    }
}
