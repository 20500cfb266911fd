//! The affine map.

use crate::engine::Tensor;
use crate::engine::weights::Weights;

/// `y = x Wᵀ + b`, with W stored as `[d_output, d_input]` as PyTorch does.
pub struct Linear {
    /// `[d_input, d_output]`: a transposed view of what is stored, not a copy.
    weight: Tensor<2>,
    bias: Option<Tensor<1>>,
}

impl Linear {
    /// With a bias: `weight` `[d_output, d_input]` and `bias` `[d_output]`.
    pub fn load(w: &Weights, d_input: usize, d_output: usize) -> Self {
        let bias = Some(w.tensor("bias", [d_output]));
        Self { bias, ..Self::load_unbiased(w, d_input, d_output) }
    }

    /// Without a bias.
    pub fn load_unbiased(w: &Weights, d_input: usize, d_output: usize) -> Self {
        Self { weight: w.tensor("weight", [d_output, d_input]).transpose(), bias: None }
    }

    /// With a bias if `biased`.
    pub fn load_with(w: &Weights, d_input: usize, d_output: usize, biased: bool) -> Self {
        if biased { Self::load(w, d_input, d_output) } else { Self::load_unbiased(w, d_input, d_output) }
    }

    /// Several maps of the same input as one: their outputs one after another.
    pub fn load_stacked(w: &Weights, parts: &[&str], d_input: usize, d_output: usize, biased: bool) -> Self {
        let all = |what: &str| parts.iter().map(|part| format!("{part}.{what}")).collect::<Vec<_>>();
        let weight = w.stacked(&all("weight"), [d_output, d_input]).transpose();
        Self { weight, bias: biased.then(|| w.stacked(&all("bias"), [d_output])) }
    }

    /// Applies the map to the last axis.
    ///
    /// # Shapes
    /// - input: `[..., d_input]`
    /// - output: `[..., d_output]`
    pub fn forward<const D: usize>(&self, x: Tensor<D>) -> Tensor<D> {
        let [d_input, d_output] = self.weight.dims();
        let mut shape = x.dims();
        let rows: usize = shape[..D - 1].iter().product();
        // One big product: the weight is never repeated over the batch.
        let y = x.reshape([rows, d_input]).matmul(self.weight.clone());
        let y = match &self.bias {
            Some(bias) => y + bias.clone().unsqueeze(),
            None => y,
        };
        shape[D - 1] = d_output;
        y.reshape(shape)
    }

    /// The constant part `[d_output]`.
    pub fn bias(&self) -> Option<Tensor<1>> {
        self.bias.clone()
    }
}
