//! What the network sees in a picture, as plain numbers in the frame.

use super::config::ColumnsConfig;
use super::input::Input;
use super::network::{ELEVATION_BINS, PICTURE_CHANNELS};

/// Distances are truncated at this, in the frame's unit.
pub const TRUNCATION: f32 = 0.125;

/// A solid as the network predicts it, before it is closed to the outline. Axes and rows are those of
/// [`super::input`]; columns run from the back, z = −1, to the front.
#[derive(Clone, Debug, PartialEq)]
pub struct Prediction {
    /// Pixels along a side of the picture, P; columns stand on G = P/2 pixels a side.
    pub side: usize,
    /// Samples of a column; sample k lies at z = (2 k + 1)/bins − 1.
    pub bins: usize,
    /// `[bins, G, G]`: truncated signed distances in units of [`TRUNCATION`], negative inside.
    pub columns: Vec<f32>,
    /// `[PICTURE_CHANNELS, P, P]`, see [`Channel`].
    pub picture: Vec<f32>,
    /// Probabilities of the classes of elevation, then of field of view.
    pub view: Vec<f32>,
}

/// The channels of [`Prediction::picture`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// z of the front.
    Front = 0,
    /// z of the back.
    Back = 1,
    /// x of the front's normal; y is the next.
    NormalFront = 2,
    /// x of the back's normal; y is the next.
    NormalBack = 4,
    /// Logarithm of the front's expected error, in the frame's unit.
    LogFront = 6,
    /// Logarithm of the back's expected error.
    LogBack = 7,
    /// Logit of whether the solid is thinner than two voxels.
    Thin = 8,
}

impl Prediction {
    /// From the network's numbers for one picture: columns, picture and view. Still residuals on the
    /// balloon.
    pub(super) fn of_residuals(config: &ColumnsConfig, [columns, picture, view]: [Vec<f32>; 3], side: usize) -> Self {
        let (elevation, opening) = view.split_at(ELEVATION_BINS.min(view.len()));
        let view = softmax(elevation).chain(softmax(opening)).collect();
        Self { side, bins: config.bins, columns, picture, view }
    }

    /// That of the mirrored picture.
    pub fn mirrored(mut self) -> Self {
        self.columns.chunks_exact_mut(self.side / 2).for_each(<[f32]>::reverse);
        self.picture.chunks_exact_mut(self.side).for_each(<[f32]>::reverse);
        for channel in [Channel::NormalFront, Channel::NormalBack] {
            self.channel_mut(channel).iter_mut().for_each(|v| *v = -*v);
        }
        self
    }

    /// The mean of this and another of the same sizes.
    pub fn averaged(mut self, other: Self) -> Self {
        let mean = |a: &mut Vec<f32>, b: Vec<f32>| a.iter_mut().zip(b).for_each(|(a, b)| *a = 0.5 * (*a + b));
        mean(&mut self.columns, other.columns);
        mean(&mut self.picture, other.picture);
        mean(&mut self.view, other.view);
        self
    }

    /// The residuals on top of the inflated outline of `input`.
    pub(super) fn on_balloon(mut self, input: &Input) -> Self {
        let start = balloon(input, self.bins);
        self.columns.iter_mut().zip(start).for_each(|(v, b)| *v += b);
        let h = input.half_thickness();
        self.channel_mut(Channel::Front).iter_mut().zip(h).for_each(|(v, h)| *v += h);
        self.channel_mut(Channel::Back).iter_mut().zip(h).for_each(|(v, h)| *v -= h);
        self
    }

    /// One channel of the picture, `[P, P]`.
    pub fn channel(&self, channel: Channel) -> &[f32] {
        let area = self.side * self.side;
        &self.picture[channel as usize * area..][..area]
    }

    fn channel_mut(&mut self, channel: Channel) -> &mut [f32] {
        let area = self.side * self.side;
        &mut self.picture[channel as usize * area..][..area]
    }

    /// Height of the viewer above the object's horizon, in radians.
    pub fn elevation(&self) -> f32 {
        let mean: f32 = self.view.iter().take(ELEVATION_BINS).enumerate().map(|(k, p)| p * (k as f32 + 0.5)).sum();
        (mean * 5.0 - 30.0).to_radians()
    }

    /// Angle of view of the frame, in radians; 0 where the picture looks orthographic.
    pub fn field_of_view(&self) -> f32 {
        let opening = self.view.iter().skip(ELEVATION_BINS).enumerate();
        let mean: f32 = opening.map(|(k, p)| if k == 0 { 0.0 } else { p * (k as f32 - 0.5) }).sum();
        (mean * 5.0).to_radians()
    }

    /// Whether all numbers are numbers, and as many as the sizes say.
    pub fn is_finite(&self) -> bool {
        let grid = self.side / 2;
        let complete = self.columns.len() == self.bins * grid * grid
            && self.picture.len() == PICTURE_CHANNELS * self.side * self.side;
        complete && self.columns.iter().chain(&self.picture).chain(&self.view).all(|v| v.is_finite())
    }
}

/// Means over 2 × 2 pixels of a picture of this side: one for each column.
pub(super) fn halved(side: usize, pixel: impl Fn(usize) -> f32) -> Vec<f32> {
    let grid = side / 2;
    let mean = |at: usize| 0.25 * (pixel(at) + pixel(at + 1) + pixel(at + side) + pixel(at + side + 1));
    (0..grid * grid).map(|k| mean(2 * (k / grid) * side + 2 * (k % grid))).collect()
}

/// The inflated outline as a truncated field, `[bins, G, G]` in units of [`TRUNCATION`]: what the network
/// starts from. (z² − h²) / |∇(z² − h²)|, and nothing outside the outline.
pub fn balloon(input: &Input, bins: usize) -> Vec<f32> {
    let (side, grid) = (input.side, input.side / 2);
    let (h, distances) = (input.half_thickness(), input.distances());
    let square = halved(side, |at| h[at] * h[at]);
    let outline = halved(side, |at| distances[at]);
    let slope = |row: usize, column: usize| {
        let at = |row: usize, column: usize| square[row * grid + column];
        let x = at(row, (column + 1).min(grid - 1)) - at(row, column.saturating_sub(1));
        let y = at((row + 1).min(grid - 1), column) - at(row.saturating_sub(1), column);
        // Over two pixels of 2/G each.
        (x * x + y * y) * (grid as f32 / 4.0).powi(2)
    };
    let slopes: Vec<f32> = (0..grid * grid).map(|k| slope(k / grid, k % grid)).collect();
    let mut field = Vec::with_capacity(bins * grid * grid);
    for bin in 0..bins {
        let z = (2 * bin + 1) as f32 / bins as f32 - 1.0;
        field.extend((0..grid * grid).map(|k| {
            let steepest = (slopes[k] + 4.0 * z * z).sqrt().max(square[k].sqrt()).max(1e-3);
            (((z * z - square[k]) / steepest).max(outline[k]) / TRUNCATION).clamp(-1.0, 1.0)
        }));
    }
    field
}

fn softmax(logits: &[f32]) -> impl Iterator<Item = f32> + use<> {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let powers: Vec<f32> = logits.iter().map(|l| (l - largest).exp()).collect();
    let total: f32 = powers.iter().sum();
    powers.into_iter().map(move |p| p / total)
}
