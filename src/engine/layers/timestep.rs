//! Sinusoidal embedding of a number, such as the flow time.

use burn::tensor::TensorData;

use crate::engine::{Device, Tensor};

/// Which half comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// `[sin | cos]`
    SinCos,
    /// `[cos | sin]`
    CosSin,
}

/// `sin(t f_i)` and `cos(t f_i)` with `f_i = period^(−i/half)`, i = 0..half; in `f32`, with the
/// roundings of the reference (at t = 1000 they are what the fifth digit depends on).
///
/// # Shapes
/// - times: one per row of the batch
/// - output: `[batch, 2 · half]`
pub fn sinusoid(times: &[f32], half: usize, period: f64, order: Order, device: &Device) -> Tensor<2> {
    let rate = -period.ln() as f32;
    let frequencies: Vec<f32> = (0..half).map(|i| (rate * i as f32 / half as f32).exp()).collect();
    let mut rows = Vec::with_capacity(times.len() * 2 * half);
    for time in times {
        let angles = || frequencies.iter().map(|f| time * f);
        match order {
            Order::SinCos => rows.extend(angles().map(f32::sin).chain(angles().map(f32::cos))),
            Order::CosSin => rows.extend(angles().map(f32::cos).chain(angles().map(f32::sin))),
        }
    }
    Tensor::from_data(TensorData::new(rows, [times.len(), 2 * half]), device)
}
