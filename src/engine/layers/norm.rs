//! Normalisation over the last axis. Statistics are in `f32` whatever the input is.

use burn::tensor::{DType, TensorPrimitive, backend::Backend as BurnBackend};

use super::cpu;
use crate::engine::weights::Weights;
use crate::engine::{Backend, Tensor};

/// `(x − mean) / √(variance + ε) · weight + bias`, with the biased variance.
pub struct LayerNorm {
    weight: Tensor<1>,
    bias: Tensor<1>,
    epsilon: f64,
}

impl LayerNorm {
    /// `weight` and `bias` of `width` each.
    pub fn load(w: &Weights, width: usize, epsilon: f64) -> Self {
        Self { weight: w.exact("weight", [width]), bias: w.exact("bias", [width]), epsilon }
    }

    /// # Shapes
    /// - input, output: `[..., width]`
    pub fn forward<const D: usize>(&self, x: Tensor<D>) -> Tensor<D> {
        in_f32(x, |x| layer_norm::<Backend, D>(x, self.weight.clone(), Some(self.bias.clone()), self.epsilon))
    }
}

/// Layer norm without weight and bias.
///
/// # Shapes
/// - input, output: `[..., width]`
pub fn layer_norm_plain<const D: usize>(x: Tensor<D>, epsilon: f64) -> Tensor<D> {
    in_f32(x, |x| {
        let ones = Tensor::ones([x.dims()[D - 1]], &x.device());
        layer_norm::<Backend, D>(x, ones, None, epsilon)
    })
}

/// `x / √(mean(x²) + ε) · weight`.
pub struct RmsNorm {
    weight: Tensor<1>,
    epsilon: f64,
}

impl RmsNorm {
    /// The weight is stored under `name`, `weight` or `scale`; ε is 1e-6.
    pub fn load(w: &Weights, name: &str, width: usize) -> Self {
        Self { weight: w.exact(name, [width]), epsilon: 1e-6 }
    }

    /// # Shapes
    /// - input, output: `[..., width]`
    pub fn forward<const D: usize>(&self, x: Tensor<D>) -> Tensor<D> {
        if cpu::is_here(&x) {
            let mut data = cpu::numbers(x);
            let weight = cpu::numbers(self.weight.clone());
            cpu::rms_norm(&mut data, cpu::slice(&weight), self.epsilon as f32);
            return cpu::tensor(data);
        }
        in_f32(x, |x| {
            let mean_square = x.clone().powi_scalar(2).mean_dim(D - 1);
            x * mean_square.add_scalar(self.epsilon).sqrt().recip() * self.weight.clone().unsqueeze()
        })
    }
}

fn in_f32<const D: usize>(x: Tensor<D>, f: impl FnOnce(Tensor<D>) -> Tensor<D>) -> Tensor<D> {
    match x.dtype() {
        DType::F32 => f(x),
        dtype => f(x.cast(DType::F32)).cast(dtype),
    }
}

/// The backend's own kernel, which the tensor API does not show.
fn layer_norm<B: BurnBackend, const D: usize>(
    x: burn::tensor::Tensor<B, D>,
    weight: burn::tensor::Tensor<B, 1>,
    bias: Option<burn::tensor::Tensor<B, 1>>,
    epsilon: f64,
) -> burn::tensor::Tensor<B, D> {
    let bias = bias.map(|b| b.into_primitive().tensor());
    let y = B::layer_norm(x.into_primitive().tensor(), weight.into_primitive().tensor(), bias, epsilon);
    burn::tensor::Tensor::from_primitive(TensorPrimitive::Float(y))
}
