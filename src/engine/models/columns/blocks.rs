//! Layers of this network and of the one for cutting out. Batch norm is folded into the convolutions by the trainer's export.

use std::f32::consts::PI;

use burn::tensor::activation::relu;
use burn::tensor::module::conv2d;
use burn::tensor::ops::ConvOptions;
use burn::tensor::{ElementConversion, TensorData};

use crate::engine::layers::{Activation, LayerNorm, Linear, Mlp, attend, merge_heads, split_heads};
use crate::engine::weights::Weights;
use crate::engine::{Device, Tensor};

const NORM_EPSILON: f64 = 1e-6;

/// A convolution that keeps the size of the picture.
pub struct Conv {
    /// `[c_output, c_input, kernel, kernel]`
    weight: Tensor<4>,
    bias: Tensor<1>,
    kernel: usize,
}

impl Conv {
    /// `weight` and `bias`, the kernel's side 1 or 3.
    pub fn load(w: &Weights, c_input: usize, c_output: usize, kernel: usize) -> Self {
        let weight = w.tensor("weight", [c_output, c_input, kernel, kernel]);
        Self { weight, bias: w.tensor("bias", [c_output]), kernel }
    }

    /// # Shapes
    /// - input: `[batch, c_input, height, width]`
    /// - output: `[batch, c_output, height, width]`
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        if self.kernel > 1 {
            let options = ConvOptions::new([1, 1], [self.kernel / 2; 2], [1, 1], 1);
            return conv2d(x, self.weight.clone(), Some(self.bias.clone()), options);
        }
        // A product over the channels, without the copies that a convolution makes of its windows.
        let [batch, c_input, height, width] = x.dims();
        let c_output = self.weight.dims()[0];
        let weight = self.weight.clone().reshape([1, c_output, c_input]);
        let y = weight.matmul(x.reshape([batch, c_input, height * width]));
        (y + self.bias.clone().reshape([1, c_output, 1])).reshape([batch, c_output, height, width])
    }
}

/// `relu(x + b(relu(a(x))))`
pub struct Residual {
    a: Conv,
    b: Conv,
}

impl Residual {
    /// Two 3×3 convolutions, `a` and `b`.
    pub fn load(w: &Weights, channels: usize) -> Self {
        Self { a: Conv::load(&w.at("a"), channels, channels, 3), b: Conv::load(&w.at("b"), channels, channels, 3) }
    }

    /// `count` of them, one after another.
    pub fn load_chain(w: &Weights, channels: usize, count: usize) -> Vec<Self> {
        (0..count).map(|at| Self::load(&w.at(at), channels)).collect()
    }

    /// # Shapes
    /// - input, output: `[batch, channels, height, width]`
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        relu(x.clone() + self.b.forward(relu(self.a.forward(x))))
    }
}

/// To twice the side, joined with the features of that side from the way down.
pub struct Up {
    grow: Conv,
    join: Conv,
    blocks: Vec<Residual>,
}

impl Up {
    /// From `c_input` channels to `c_output`, with `c_skip` from the way down.
    pub fn load(w: &Weights, c_input: usize, c_skip: usize, c_output: usize, blocks: usize) -> Self {
        Self {
            grow: Conv::load(&w.at("grow"), c_input, 4 * c_output, 1),
            join: Conv::load(&w.at("join"), c_output + c_skip, c_output, 1),
            blocks: Residual::load_chain(&w.at("blocks"), c_output, blocks),
        }
    }

    /// # Shapes
    /// - input: `[batch, c_input, height, width]`
    /// - skip: `[batch, c_skip, 2 height, 2 width]`
    /// - output: `[batch, c_output, 2 height, 2 width]`
    pub fn forward(&self, x: Tensor<4>, skip: Tensor<4>) -> Tensor<4> {
        let x = depth_to_space(relu(self.grow.forward(x)));
        let x = relu(self.join.forward(Tensor::cat(vec![x, skip], 1)));
        self.blocks.iter().fold(x, |x, block| block.forward(x))
    }
}

/// A pre-norm transformer block.
pub struct Attention {
    norm_a: LayerNorm,
    qkv: Linear,
    out: Linear,
    norm_b: LayerNorm,
    mlp: Mlp,
    heads: usize,
}

impl Attention {
    /// Queries, keys and values are one map.
    pub fn load(w: &Weights, width: usize, heads: usize) -> Self {
        Self {
            norm_a: LayerNorm::load(&w.at("norm_a"), width, NORM_EPSILON),
            qkv: Linear::load(&w.at("qkv"), width, 3 * width),
            out: Linear::load(&w.at("out"), width, width),
            norm_b: LayerNorm::load(&w.at("norm_b"), width, NORM_EPSILON),
            mlp: Mlp::load(w, ["inner", "outer"], [width, 4 * width, width], Activation::Gelu),
            heads,
        }
    }

    /// # Shapes
    /// - input, output: `[batch, tokens, width]`
    pub fn forward(&self, x: Tensor<3>) -> Tensor<3> {
        let width = x.dims()[2];
        let joined = self.qkv.forward(self.norm_a.forward(x.clone()));
        let [q, k, v] = [0, 1, 2].map(|part| split_heads(joined.clone().narrow(2, part * width, width), self.heads));
        let x = x + self.out.forward(merge_heads(attend(q, k, v)));
        x.clone() + self.mlp.forward(self.norm_b.forward(x))
    }
}

/// The norm after the last block.
pub fn token_norm(w: &Weights, width: usize) -> LayerNorm {
    LayerNorm::load(w, width, NORM_EPSILON)
}

/// Each 2×2 pixels as one, channel (2 dy + dx) C + c.
///
/// # Shapes
/// - input: `[batch, C, height, width]`, even sides
/// - output: `[batch, 4 C, height / 2, width / 2]`
pub fn space_to_depth(x: Tensor<4>) -> Tensor<4> {
    let [batch, channels, height, width] = x.dims();
    x.reshape([batch, channels, height / 2, 2, width / 2, 2]).permute([0, 3, 5, 1, 2, 4]).reshape([
        batch,
        4 * channels,
        height / 2,
        width / 2,
    ])
}

/// The reverse of [`space_to_depth`].
///
/// # Shapes
/// - input: `[batch, 4 C, height, width]`
/// - output: `[batch, C, 2 height, 2 width]`
pub fn depth_to_space(x: Tensor<4>) -> Tensor<4> {
    let [batch, channels, height, width] = x.dims();
    x.reshape([batch, 2, 2, channels / 4, height, width]).permute([0, 3, 4, 1, 5, 2]).reshape([
        batch,
        channels / 4,
        2 * height,
        2 * width,
    ])
}

/// One block after another.
pub fn chain(blocks: &[Residual], x: Tensor<4>) -> Tensor<4> {
    blocks.iter().fold(x, |x, block| block.forward(x))
}

/// Lets the device come to here, so that a cancellation between the parts means something.
pub fn wait<const D: usize>(x: &Tensor<D>) {
    let _: f32 = x.clone().slice(std::array::from_fn::<_, D, _>(|_| 0..1)).into_scalar().elem();
}

/// Sines and cosines of y and of x in the frame's [-1, 1], whatever the number of tokens.
///
/// # Shapes
/// - output: `[1, side², width]`
pub fn positions(side: usize, width: usize, device: &Device) -> Tensor<3> {
    let count = width / 4;
    let frequency = |k: usize| PI * (-1.0 + 4.0 * k as f32 / (count.max(2) - 1) as f32).exp2();
    let one = |at: usize| {
        let place = (2 * at + 1) as f32 / side as f32 - 1.0;
        let sines = (0..count).map(move |k| (place * frequency(k)).sin());
        sines.chain((0..count).map(move |k| (place * frequency(k)).cos()))
    };
    let values: Vec<f32> =
        (0..side * side).flat_map(|token| one(token / side).chain(one(token % side)).collect::<Vec<_>>()).collect();
    Tensor::from_data(TensorData::new(values, [1, side * side, 4 * count]), device)
}
