//! The feed-forward part of a transformer block.

use burn::tensor::activation;

use super::Linear;
use super::cpu::{self, Step};
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
        self.outer.forward(self.activated(x))
    }

    /// `x + mlp(y)`.
    ///
    /// # Shapes
    /// - x, output: `[..., widths[2]]`
    /// - y: `[..., widths[0]]`
    pub fn add_to<const D: usize>(&self, x: Tensor<D>, y: Tensor<D>) -> Tensor<D> {
        self.outer.add_to(x, self.activated(y))
    }

    fn activated<const D: usize>(&self, x: Tensor<D>) -> Tensor<D> {
        match self.activation {
            Activation::Gelu => self.inner.forward_then(x, Step::Gelu, activation::gelu),
            Activation::Silu => self.inner.forward_then(x, Step::Silu, activation::silu),
            Activation::GeluTanh => self.activation.forward(self.inner.forward(x)),
        }
    }
}

/// Two affine maps with `a · gelu(g)` between them, where the first gives `[a | g]`.
pub struct GatedMlp {
    inner: Linear,
    outer: Linear,
    hidden: usize,
}

impl GatedMlp {
    /// The maps are stored under `names`, both with a bias; `widths` are input, hidden, output. The first
    /// map is twice as wide as `hidden`.
    pub fn load(w: &Weights, names: [&str; 2], [input, hidden, output]: [usize; 3]) -> Self {
        Self {
            inner: Linear::load(&w.at(names[0]), input, 2 * hidden),
            outer: Linear::load(&w.at(names[1]), hidden, output),
            hidden,
        }
    }

    /// `x + mlp(y)`.
    ///
    /// # Shapes
    /// - x, output: `[batch, tokens, widths[2]]`
    /// - y: `[batch, tokens, widths[0]]`
    pub fn add_to(&self, x: Tensor<3>, y: Tensor<3>) -> Tensor<3> {
        if cpu::is_here(&x)
            && let (Some(inner), Some(outer)) = (self.inner.bias(), self.outer.bias())
        {
            return self.add_by_blocks(x, y, [inner, outer]);
        }
        let both = self.inner.forward(y);
        let gate = activation::gelu(both.clone().narrow(2, self.hidden, self.hidden));
        x + self.outer.forward(both.narrow(2, 0, self.hidden) * gate)
    }

    /// On the processor: so few tokens at once that what is between the maps is reused memory.
    fn add_by_blocks(&self, x: Tensor<3>, y: Tensor<3>, biases: [Tensor<1>; 2]) -> Tensor<3> {
        const TOKENS: usize = 768;
        let [batch, tokens, width] = x.dims();
        let [_, _, input] = y.dims();
        let [inner, outer] = biases.map(cpu::numbers);
        let y = y.reshape([batch * tokens, input]);
        let mut x = cpu::numbers(x);
        for (block, x) in cpu::slice_mut(&mut x).chunks_mut(TOKENS * width).enumerate() {
            let rows = y.clone().narrow(0, block * TOKENS, x.len() / width);
            let mut both = cpu::numbers(self.inner.product_of_rows(rows));
            cpu::gated_gelu(&mut both, self.hidden, cpu::slice(&inner));
            let hidden = cpu::tensor::<2>(both).narrow(1, 0, self.hidden);
            let product = cpu::numbers(self.outer.product_of_rows(hidden));
            cpu::add_rows(x, &product, width, Some(cpu::slice(&outer)));
        }
        cpu::tensor(x)
    }
}
