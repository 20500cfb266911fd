//! One column of the field while it is made: samples along z at the centres of bins.

/// Distances along a column, negative inside; sample k lies at z = (2 k + 1)/n − 1.
pub(super) struct Column {
    pub(super) values: Vec<f32>,
}

impl Column {
    /// Distance between neighbours.
    pub(super) fn spacing(&self) -> f32 {
        2.0 / self.values.len() as f32
    }

    fn z(&self, k: f32) -> f32 {
        (k + 0.5) * self.spacing() - 1.0
    }

    /// The value at any height: Catmull-Rom between samples, the last ones go on outside.
    pub(super) fn at(&self, z: f32) -> f32 {
        let place = (z + 1.0) / self.spacing() - 0.5;
        let (first, weights) = catmull_rom(place);
        let last = self.values.len() as i64 - 1;
        (0..4).map(|t| weights[t as usize] * self.values[(first + t).clamp(0, last) as usize]).sum()
    }

    /// Height of the frontmost surface, if anything is inside.
    pub(super) fn front(&self) -> Option<f32> {
        let k = self.values.iter().rposition(|&v| v < 0.0)?;
        Some(self.crossing(k, k + 1))
    }

    /// How much of it is inside, and the mean height of that; `None` if nothing is.
    pub(super) fn inside(&self) -> Option<(f32, f32)> {
        let (mut length, mut moment) = (0.0, 0.0);
        for (k, pair) in self.values.windows(2).enumerate() {
            let [below, above] = [pair[0], pair[1]];
            // In shares of the way to the next sample.
            let crossing = below / (below - above);
            let (from, to) = match (below < 0.0, above < 0.0) {
                (true, true) => (0.0, 1.0),
                (true, false) => (0.0, crossing),
                (false, true) => (crossing, 1.0),
                (false, false) => continue,
            };
            length += to - from;
            moment += (to - from) * (k as f32 + 0.5 * (from + to));
        }
        (length > 0.0).then(|| (length * self.spacing(), self.z(moment / length)))
    }

    /// Height where the solid under the frontmost surface ends.
    pub(super) fn end_of_front(&self) -> Option<f32> {
        let k = self.values.iter().rposition(|&v| v < 0.0)?;
        let behind = self.values[..k].iter().rposition(|&v| v >= 0.0);
        Some(behind.map_or(-1.0, |outside| self.crossing(outside + 1, outside)))
    }

    /// Height of the surface between sample `inside` and its neighbour `outside`, which may not exist.
    fn crossing(&self, inside: usize, outside: usize) -> f32 {
        match self.values.get(outside) {
            Some(&above) => {
                let below = self.values[inside];
                let t = below / (below - above);
                self.z(inside as f32 + t * (outside as f32 - inside as f32))
            }
            None => 1.0,
        }
    }

    /// Moves the frontmost surface by `shift` along z. What lies behind the solid under it stays.
    pub(super) fn shift_front(&mut self, shift: f32) {
        let (Some(front), Some(end)) = (self.front(), self.end_of_front()) else { return };
        let thickness = front - end;
        // At least half of the thickness is left, and the order of heights is kept.
        let shift = shift.max(-0.5 * thickness);
        let moved: Vec<f32> = (0..self.values.len())
            .map(|k| {
                let z = self.z(k as f32);
                // The height that comes here: z = y + shift · weight(y), with a weight from 0 to 1.
                let source = if z >= front + shift {
                    z - shift
                } else if z <= end {
                    z
                } else {
                    end + (z - end) * thickness / (thickness + shift)
                };
                self.at(source)
            })
            .collect();
        self.values = moved;
    }
}

/// The first of four neighbouring samples around `place`, and their weights.
pub(super) fn catmull_rom(place: f32) -> (i64, [f32; 4]) {
    let base = place.floor();
    let t = place - base;
    let (t2, t3) = (t * t, t * t * t);
    let weights =
        [-0.5 * t + t2 - 0.5 * t3, 1.0 - 2.5 * t2 + 1.5 * t3, 0.5 * t + 2.0 * t2 - 1.5 * t3, -0.5 * t2 + 0.5 * t3];
    (base as i64 - 1, weights)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slab(from: f32, to: f32) -> Column {
        let values = (0..64)
            .map(|k| {
                let z = (2 * k + 1) as f32 / 64.0 - 1.0;
                (z - to).max(from - z).clamp(-0.125, 0.125)
            })
            .collect();
        Column { values }
    }

    #[test]
    fn a_slab_has_its_front_and_its_end() {
        let column = slab(-0.31, 0.42);
        assert!((column.front().unwrap() - 0.42).abs() < 1e-3);
        assert!((column.end_of_front().unwrap() + 0.31).abs() < 1e-3);
        assert!((column.at(0.0) + 0.125).abs() < 1e-4);
        let (depth, middle) = column.inside().unwrap();
        assert!((depth - 0.73).abs() < 2e-3 && (middle - 0.055).abs() < 1e-3, "{depth} {middle}");
        let empty = Column { values: vec![0.1; 8] };
        assert_eq!((empty.front(), empty.end_of_front(), empty.inside()), (None, None, None));
        let full = Column { values: vec![-0.1; 8] };
        assert_eq!((full.front(), full.end_of_front()), (Some(1.0), Some(-1.0)));
    }

    #[test]
    fn moving_the_front_moves_nothing_behind() {
        for shift in [-0.05, 0.0, 0.06] {
            let mut column = slab(-0.31, 0.42);
            column.shift_front(shift);
            assert!((column.front().unwrap() - 0.42 - shift).abs() < 4e-3, "{shift}");
            assert!((column.end_of_front().unwrap() + 0.31).abs() < 4e-3, "{shift}");
        }
        // A thin sheet is never pushed through its own back.
        let mut thin = slab(0.1, 0.16);
        thin.shift_front(-0.5);
        assert!(thin.front().unwrap() > 0.11);
    }
}
