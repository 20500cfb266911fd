//! The feed-forward part of a transformer block.

use burn::tensor::activation;

use super::Linear;
use crate::engine::Tensor;
use crate::engine::weights::Weights;

/// What stands between the two maps of an [`Mlp`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    /// `x Φ(x)` by the error function, exactly.
    Gelu,
    /// Its approximation by the hyperbolic tangent.
    GeluTanh,
    /// `x σ(x)`.
    Silu,
}

impl Activation {
    /// Element by element.
    pub fn forward<const D: usize>(self, x: Tensor<D>) -> Tensor<D> {
        match self {
            Self::Gelu => activation::gelu(x),
            Self::GeluTanh => activation::gelu_approximate(x),
            Self::Silu => activation::silu(x),
        }
    }
}

/// Two affine maps with an activation between them.
pub struct Mlp {
    inner: Linear,
    outer: Linear,
    activation: Activation,
}

impl Mlp {
    /// The maps are stored under `names`, both with a bias; `widths` are input, hidden, output.
    pub fn load(w: &Weights, names: [&str; 2], widths: [usize; 3], activation: Activation) -> Self {
        Self {
            inner: Linear::load(&w.at(names[0]), widths[0], widths[1]),
            outer: Linear::load(&w.at(names[1]), widths[1], widths[2]),
            activation,
        }
    }

    /// # Shapes
    /// - input: `[..., widths[0]]`
    /// - output: `[..., widths[2]]`
    pub fn forward<const D: usize>(&self, x: Tensor<D>) -> Tensor<D> {
        self.outer.forward(self.activation.forward(self.inner.forward(x)))
    }
}
