//! What the processor does by itself, because the backend's general operations take one core, a pass
//! over memory for each step, or room for every intermediate.
//!
//! Promises: the results are those of the same formulas written with the backend's operations, up to
//! rounding in the last places of 32 bits, and do not depend on the number of threads. Everything here
//! is for tensors in `f32` on the processor: [`is_here`].

mod activation;
mod attention;
mod heads;
mod norm;
mod product;
mod vector;

pub use activation::{Step, add_rows, finish_rows, gated_gelu};
pub use attention::{Heads, attend_heads};
pub use heads::{cut_heads, merge_heads};
pub use norm::rms_norm;
pub use product::{Matrix, multiply_add};
pub use vector::{silu, vectorized};

use burn::tensor::{DType, TensorData};

use crate::engine::{Device, Tensor};

/// Whether a tensor is one that these functions take.
pub fn is_here<const D: usize>(x: &Tensor<D>) -> bool {
    x.dtype() == DType::F32 && matches!(x.device(), Device::Flex(_))
}

/// The numbers of a tensor in row-major order; no copy if nobody else has it.
pub fn numbers<const D: usize>(x: Tensor<D>) -> TensorData {
    x.into_data()
}

/// To be read. Empty if they are of another type, which [`is_here`] excludes.
pub fn slice(data: &TensorData) -> &[f32] {
    data.as_slice().unwrap_or_default()
}

/// To be changed. As [`slice`].
pub fn slice_mut(data: &mut TensorData) -> &mut [f32] {
    data.as_mut_slice().unwrap_or_default()
}

/// A tensor of these numbers on the processor.
pub fn tensor<const D: usize>(data: TensorData) -> Tensor<D> {
    Tensor::from_data(data, (&Device::Flex(Default::default()), DType::F32))
}
