//! The affine map.

use super::cpu::{self, Step};
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
        self.forward_then(x, Step::Keep, |y| y)
    }

    /// Applies the map, then what is `step` on the processor and `otherwise` elsewhere.
    pub(super) fn forward_then<const D: usize>(
        &self,
        x: Tensor<D>,
        step: Step,
        otherwise: impl FnOnce(Tensor<D>) -> Tensor<D>,
    ) -> Tensor<D> {
        let y = self.product(x);
        if cpu::is_here(&y) {
            if step == Step::Keep && self.bias.is_none() {
                return y;
            }
            let mut data = cpu::numbers(y);
            let bias = self.bias.clone().map(cpu::numbers);
            cpu::finish_rows(&mut data, self.weight.dims()[1], bias.as_ref().map(cpu::slice), step);
            return cpu::tensor(data);
        }
        otherwise(match &self.bias {
            Some(bias) => y + bias.clone().unsqueeze(),
            None => y,
        })
    }

    /// `x + W y + b`.
    ///
    /// # Shapes
    /// - x, output: `[..., d_output]`
    /// - y: `[..., d_input]`
    pub fn add_to<const D: usize>(&self, x: Tensor<D>, y: Tensor<D>) -> Tensor<D> {
        if !cpu::is_here(&x) || x.dims()[..D - 1] != y.dims()[..D - 1] {
            return x + self.forward(y);
        }
        let (mut x, y) = (cpu::numbers(x), cpu::numbers(self.product(y)));
        let bias = self.bias.clone().map(cpu::numbers);
        cpu::add_rows(cpu::slice_mut(&mut x), &y, self.weight.dims()[1], bias.as_ref().map(cpu::slice));
        cpu::tensor(x)
    }

    /// The map without its constant part.
    pub(super) fn product<const D: usize>(&self, x: Tensor<D>) -> Tensor<D> {
        let [d_input, d_output] = self.weight.dims();
        let mut shape = x.dims();
        let rows: usize = shape[..D - 1].iter().product();
        // One big product: the weight is never repeated over the batch.
        let y = self.product_of_rows(x.reshape([rows, d_input]));
        shape[D - 1] = d_output;
        y.reshape(shape)
    }

    /// As [`Self::product`] for a matrix, which may be part of another.
    pub(super) fn product_of_rows(&self, x: Tensor<2>) -> Tensor<2> {
        x.matmul(self.weight.clone())
    }

    /// The constant part `[d_output]`.
    pub fn bias(&self) -> Option<Tensor<1>> {
        self.bias.clone()
    }
}
