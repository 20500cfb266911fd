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

/// `f_i = period^(−i/count)`, i = 0..count, in `f32` with the roundings of the reference.
pub fn frequencies(count: usize, period: f64) -> Vec<f32> {
    let rate = -libm::log(period) as f32;
    (0..count).map(|i| libm::exp(f64::from(rate * i as f32 / count as f32)) as f32).collect()
}

/// `sin(n f_i)` and `cos(n f_i)` of each number n.
///
/// # Shapes
/// - numbers: one per row of the batch
/// - output: `[batch, 2 · frequencies]`, in `f32`
pub fn sinusoid(numbers: &[f32], frequencies: &[f32], order: Order, device: &Device) -> Tensor<2> {
    let width = 2 * frequencies.len();
    let mut rows = Vec::with_capacity(numbers.len() * width);
    for number in numbers {
        // The product is rounded to 32 bits, as in the reference; what follows is exact to the last bit.
        let angles = || frequencies.iter().map(|f| f64::from(number * f));
        let sines = angles().map(|a| libm::sin(a) as f32);
        let cosines = angles().map(|a| libm::cos(a) as f32);
        match order {
            Order::SinCos => rows.extend(sines.chain(cosines)),
            Order::CosSin => rows.extend(cosines.chain(sines)),
        }
    }
    Tensor::from_data(TensorData::new(rows, [numbers.len(), width]), device)
}
