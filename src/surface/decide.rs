//! What the values of samples decide where their signs leave open how the surface passes.

use glam::Vec3;

use super::table::{Case, FACES, ends};
use crate::field::crossing;

/// The samples at the corners of a cell, in the order of the table.
pub(super) type Corners = [f32; 8];

/// The ambiguous faces of a cell on which the inside corners hang together, as bits.
///
/// After Nielson and Hamann, "The asymptotic decider" (1991): on a face the bilinear interpolant has a
/// saddle between its two inside corners `a`, `c` and the other two `b`, `d`, where it is `(ac - bd) / (a +
/// c - b - d)`. That divisor is negative; so the saddle is inside just if `ac > bd`. Products of two samples
/// are exact in `f64` and in any order, so the two cells at a face agree to the bit; where a sample is not a
/// number, on not joining.
pub(super) fn joined_faces(case: &Case, corners: &Corners) -> u8 {
    let mut joined = 0;
    for (f, face) in FACES.iter().enumerate().filter(|(f, _)| case.ambiguous >> f & 1 == 1) {
        let [a, b, c, d] = face.map(|corner| f64::from(corners[usize::from(corner)]));
        let (even, odd) = (a * c, b * d);
        let is_joined = if a < 0.0 { even > odd } else { odd > even };
        joined |= u8::from(is_joined) << f;
    }
    joined
}

/// Where a cell's inner vertex lies, in cells from corner 0: the mean of the vertices around it. Each of
/// these lies on an edge, and no face has all of them; so it is well within the cell.
pub(super) fn center(case: &Case, corners: &Corners) -> Vec3 {
    let mut sum = Vec3::ZERO;
    for edge in (0..12).filter(|edge| case.around_center >> edge & 1 == 1) {
        let [low, high] = ends(edge);
        let place = |corner: u8| Vec3::from([0, 1, 2].map(|axis| f32::from(corner >> axis & 1)));
        let share = crossing(corners[usize::from(low)], corners[usize::from(high)]);
        sum += place(low).lerp(place(high), share);
    }
    sum / case.around_center.count_ones().max(1) as f32
}

#[cfg(test)]
mod tests {
    use super::super::table::CASES;
    use super::*;

    fn joined(corners: Corners) -> u8 {
        let pattern = (0..8).fold(0, |bits, c| bits | usize::from(corners[c] < 0.0) << c);
        joined_faces(&CASES[pattern], &corners)
    }

    /// Corners 0 and 3 of the face at z = 0 inside, with these values; 1 and 2 outside.
    fn face(inside: [f32; 2], outside: [f32; 2]) -> bool {
        let joined = joined([inside[0], outside[0], outside[1], inside[1], 9.0, 9.0, 9.0, 9.0]);
        assert_eq!(joined & !(1 << 4), 0);
        joined != 0
    }

    #[test]
    fn corners_are_joined_where_the_saddle_is_inside() {
        assert!(face([-2.0, -1.0], [1.0, 1.0]));
        assert!(!face([-1.0, -1.0], [2.0, 1.0]));
        assert!(!face([-1.0, -1.0], [1.0, 1.0]), "zero is outside");
        assert!(face([-1.0, -1e-3], [1e-4, 1.0]));
    }

    #[test]
    fn any_size_of_samples_is_decided() {
        let (tiny, huge, inf) = (f32::from_bits(1), f32::MAX, f32::INFINITY);
        assert!(face([-huge, -huge], [huge, huge.next_down()]));
        assert!(face([-2.0 * tiny, -tiny], [tiny, tiny]));
        assert!(!face([-tiny, -tiny], [tiny, 2.0 * tiny]));
        assert!(face([-tiny, -tiny], [0.0, huge]));
        assert!(face([-inf, -1.0], [1.0, huge]) && !face([-1.0, -1.0], [1.0, inf]) && !face([-inf, -1.0], [inf, 1.0]));
        assert!(!face([-9.0, -9.0], [f32::NAN, 1.0]) && !face([-9.0, -inf], [0.0, inf]));
    }

    #[test]
    fn both_cells_at_a_face_agree() {
        let values = [-3.0, -1.0, -1e-30, -f32::MAX, 2.0, 0.5, 0.0, f32::NAN, f32::INFINITY, 1e30];
        let inside = || values.into_iter().filter(|v| *v < 0.0);
        let outside = || values.into_iter().filter(|v| v.is_nan() || *v >= 0.0);
        for (a, b) in inside().flat_map(|a| outside().map(move |b| (a, b))) {
            for (c, d) in inside().flat_map(|c| outside().map(move |d| (c, d))) {
                // The face z = 1 of a cell, and z = 0 of the next.
                let below = joined([9.0, 9.0, 9.0, 9.0, a, b, d, c]) >> 5 & 1;
                let above = joined([a, b, d, c, 9.0, 9.0, 9.0, 9.0]) >> 4 & 1;
                assert_eq!(below, above, "{a} {b} {c} {d}");
            }
        }
    }

    #[test]
    fn centers_are_well_within_the_cell() {
        let mut seen = 0;
        for (pattern, joined) in (0..256).flat_map(|pattern| (0..64).map(move |joined| (pattern, joined))) {
            let undecided = &CASES[pattern];
            if joined & !undecided.ambiguous != 0 || undecided.ambiguous == 0 {
                continue;
            }
            let case = &CASES[usize::from(undecided.decided(joined))];
            for sizes in (0..256).filter(|_| case.around_center != 0) {
                let size = |c: usize| if sizes >> c & 1 == 1 { 1e30 } else { 1e-30 };
                let corners = std::array::from_fn(|c| if pattern >> c & 1 == 1 { -size(c) } else { size(c) });
                let center = center(case, &corners);
                assert!(center.min_element() > 1.0 / 256.0 && center.max_element() < 1.0 - 1.0 / 256.0, "{center}");
                seen += 1;
            }
        }
        assert!(seen > 0);
    }
}
