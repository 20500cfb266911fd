//! Solids that reach as far to the back as to the front.
//!
//! A frame is made so that z = 0 is the middle of the object's depth, and the network learns depths in it. The
//! columns that it predicts reach a little farther on one side. Near the tips they are put right; what lies around the
//! middle, which is known better, moves only where tips would have to be stretched too far.

/// Tips become at most this many times as long.
const STRETCH: f32 = 2.0;

/// A map of z onto itself: `z' = z − shift − bend (z / reach)²`, by the reach of the side that z lies on, and straight
/// on beyond it. It grows everywhere, and both reaches come to be their mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Middle {
    /// How far the solid reaches to the back and to the front, > 0.
    reach: [f32; 2],
    bend: f32,
    shift: f32,
}

impl Middle {
    /// Leaves everything where it is.
    pub const LEFT: Self = Self { reach: [1.0; 2], bend: 0.0, shift: 0.0 };

    /// For a solid from `back` to `front` along z.
    pub fn of([back, front]: [f32; 2]) -> Self {
        let off = 0.5 * (front + back);
        if !off.is_finite() {
            return Self::LEFT;
        }
        // The slope at the tip of the shorter side is 1 + 2 bend / reach.
        let shorter = front.min(-back).max(0.0);
        let bend = off.abs().min(0.5 * (STRETCH - 1.0) * shorter).copysign(off);
        let reach = [-back, front].map(|side| side.max(1e-6));
        Self { reach, bend, shift: off - bend }
    }

    /// Where the solid's `z` comes to lie.
    pub fn after(&self, z: f32) -> f32 {
        let (reach, bend) = self.side(z);
        let depth = z.abs();
        let bent = if depth < reach {
            depth - bend * (depth / reach).powi(2)
        } else {
            reach - bend + (depth - reach) * (1.0 - 2.0 * bend / reach)
        };
        bent.copysign(z) - self.shift
    }

    /// Where the solid has what comes to lie at `z`.
    pub fn before(&self, z: f32) -> f32 {
        let bent = z + self.shift;
        let (reach, bend) = self.side(bent);
        let end = reach - bend;
        let depth = bent.abs();
        let before = if depth < end {
            2.0 * depth / (1.0 + (1.0 - 4.0 * bend * depth / reach.powi(2)).max(0.0).sqrt())
        } else {
            reach + (depth - end) / (1.0 - 2.0 * bend / reach)
        };
        before.copysign(bent)
    }

    /// Reach and bend of the side of `z`: the back is a front that is seen from behind.
    fn side(&self, z: f32) -> (f32, f32) {
        if z < 0.0 { (self.reach[0], -self.bend) } else { (self.reach[1], self.bend) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENDS: [[f32; 2]; 7] =
        [[-0.3, 0.7], [-0.9, 0.4], [-0.5, 0.5], [-0.05, 0.25], [0.1, 0.6], [-0.5, -0.2], [-1.0, 0.01]];

    #[test]
    fn both_sides_come_to_be_as_deep_as_their_mean() {
        for [back, front] in ENDS {
            let middle = Middle::of([back, front]);
            let mean = 0.5 * (front - back);
            assert!((middle.after(front) - mean).abs() < 1e-5, "{back} {front}: {}", middle.after(front));
            assert!((middle.after(back) + mean).abs() < 1e-5, "{back} {front}: {}", middle.after(back));
        }
    }

    #[test]
    fn the_order_along_z_stays_and_the_way_back_is_known() {
        for ends in ENDS {
            let middle = Middle::of(ends);
            for step in -150..=150 {
                let z = step as f32 * 0.01;
                let after = middle.after(z);
                let slope = (middle.after(z + 0.01) - after) / 0.01;
                assert!((0.49..2.01).contains(&slope), "{ends:?} at {z}: {slope}");
                assert!((middle.before(after) - z).abs() < 1e-4, "{ends:?} at {z}: {}", middle.before(after));
            }
        }
    }

    #[test]
    fn little_is_put_right_at_the_tips_alone() {
        let middle = Middle::of([-0.5, 0.6]);
        assert!((middle.after(0.1) - 0.1).abs() < 0.003 && (middle.after(-0.1) + 0.1).abs() < 0.003);
    }

    #[test]
    fn a_solid_in_the_middle_or_none_is_left_alone() {
        for ends in [[-0.4, 0.4], [0.0, 0.0], [f32::NAN, f32::NAN], [f32::NEG_INFINITY, 1.0]] {
            let middle = Middle::of(ends);
            for z in [-0.7, -0.2, 0.0, 0.4, 1.0] {
                assert!((middle.before(z) - z).abs() < 1e-6, "{ends:?}");
            }
        }
    }
}
