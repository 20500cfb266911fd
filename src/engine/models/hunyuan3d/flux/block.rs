//! The blocks of the 2.0 denoiser: two streams that attend to each other, then one.

use super::super::config::FluxConfig;
use super::super::turns::InTurn;
use super::EPSILON;
use crate::engine::Tensor;
use crate::engine::layers::{Activation, Linear, Mlp, RmsNorm, attend, layer_norm_plain, merge_heads};
use crate::engine::weights::Weights;

/// A modulation cut into its N vectors, each to be spread over the tokens.
///
/// # Shapes
/// - input: `[batch, N · width]`
/// - output: N times `[batch, 1, width]`
pub(super) fn chunks<const N: usize>(x: Tensor<2>) -> [Tensor<3>; N] {
    let [_, channels] = x.dims();
    let width = channels / N;
    std::array::from_fn(|i| x.clone().narrow(1, i * width, width).unsqueeze_dim(1))
}

/// `(1 + scale) · norm(x) + shift`
pub(super) fn modulated(x: Tensor<3>, shift: Tensor<3>, scale: Tensor<3>) -> Tensor<3> {
    layer_norm_plain(x, EPSILON) * scale.add_scalar(1.0) + shift
}

/// Norms of queries and keys.
struct QkNorm {
    query: RmsNorm,
    key: RmsNorm,
}

impl QkNorm {
    fn load(w: &Weights, config: &FluxConfig) -> Self {
        let norm = |name| RmsNorm::load(&w.at("norm").at(name), "scale", config.hidden_size / config.num_heads);
        Self { query: norm("query_norm"), key: norm("key_norm") }
    }

    /// Queries, keys and values: all of the one, then all of the other; queries and keys normalised.
    ///
    /// # Shapes
    /// - input: `[batch, tokens, 3 · heads · width]`
    /// - output: `[batch, heads, tokens, width]` each
    fn split(&self, x: Tensor<3>, heads: usize) -> [Tensor<4>; 3] {
        let [batch, tokens, channels] = x.dims();
        let width = channels / (3 * heads);
        let x = x.reshape([batch, tokens, 3 * heads, width]);
        let [q, k, v] = std::array::from_fn(|i| x.clone().narrow(2, i * heads, heads).swap_dims(1, 2));
        [self.query.forward(q), self.key.forward(k), v]
    }
}

/// One stream of a double block.
struct Stream {
    modulation: Linear,
    qkv: Linear,
    norm: QkNorm,
    proj: Linear,
    mlp: Mlp,
}

impl Stream {
    fn load(w: &Weights, name: &str, config: &FluxConfig) -> Self {
        let width = config.hidden_size;
        let attention = w.at(format!("{name}_attn"));
        let mlp = w.at(format!("{name}_mlp"));
        Self {
            modulation: Linear::load(&w.at(format!("{name}_mod")).at("lin"), width, 6 * width),
            qkv: Linear::load_with(&attention.at("qkv"), width, 3 * width, config.qkv_bias),
            norm: QkNorm::load(&attention, config),
            proj: Linear::load(&attention.at("proj"), width, width),
            mlp: Mlp::load(&mlp, ["0", "2"], [width, config.ffn_size(), width], Activation::GeluTanh),
        }
    }

    /// What follows the attention, whose output for this stream is `attended`.
    fn finish(&self, x: Tensor<3>, attended: Tensor<3>, modulation: [Tensor<3>; 4]) -> Tensor<3> {
        let [gate1, shift2, scale2, gate2] = modulation;
        let x = x + gate1 * self.proj.forward(attended);
        x.clone() + gate2 * self.mlp.forward(modulated(x, shift2, scale2))
    }
}

/// Latents and context apart, except that they attend to each other.
pub struct DoubleBlock {
    image: Stream,
    text: Stream,
    heads: usize,
}

impl InTurn for DoubleBlock {
    type Config = FluxConfig;
    const LIST: &str = "double_blocks";

    fn load(w: &Weights, config: &FluxConfig, _: usize) -> Self {
        let stream = |name| Stream::load(w, name, config);
        Self { image: stream("img"), text: stream("txt"), heads: config.num_heads }
    }
}

impl DoubleBlock {
    /// # Shapes
    /// - image: `[batch, tokens, hidden_size]`; text: `[batch, context tokens, hidden_size]`
    /// - vector: `[batch, hidden_size]`
    /// - output: image and text
    pub fn forward(&self, image: Tensor<3>, text: Tensor<3>, vector: &Tensor<2>) -> (Tensor<3>, Tensor<3>) {
        let [_, text_count, _] = text.dims();
        let [_, image_count, _] = image.dims();
        let start = |stream: &Stream, x: &Tensor<3>| {
            let [shift1, scale1, rest @ ..] = chunks::<6>(stream.modulation.forward(vector.clone()));
            let projected = stream.qkv.forward(modulated(x.clone(), shift1, scale1));
            (stream.norm.split(projected, self.heads), rest)
        };
        let ([image_q, image_k, image_v], image_rest) = start(&self.image, &image);
        let ([text_q, text_k, text_v], text_rest) = start(&self.text, &text);
        let join = |text: Tensor<4>, image: Tensor<4>| Tensor::cat(vec![text, image], 2);
        let attended = merge_heads(attend(join(text_q, image_q), join(text_k, image_k), join(text_v, image_v)));
        (
            self.image.finish(image, attended.clone().narrow(1, text_count, image_count), image_rest),
            self.text.finish(text, attended.narrow(1, 0, text_count), text_rest),
        )
    }
}

/// All tokens in one stream, attention and feed-forward side by side.
pub struct SingleBlock {
    modulation: Linear,
    linear1: Linear,
    norm: QkNorm,
    linear2: Linear,
    heads: usize,
    width: usize,
    ffn: usize,
}

impl InTurn for SingleBlock {
    type Config = FluxConfig;
    const LIST: &str = "single_blocks";

    fn load(w: &Weights, config: &FluxConfig, _: usize) -> Self {
        let (width, ffn) = (config.hidden_size, config.ffn_size());
        Self {
            modulation: Linear::load(&w.at("modulation").at("lin"), width, 3 * width),
            linear1: Linear::load(&w.at("linear1"), width, 3 * width + ffn),
            norm: QkNorm::load(w, config),
            linear2: Linear::load(&w.at("linear2"), width + ffn, width),
            heads: config.num_heads,
            width,
            ffn,
        }
    }
}

impl SingleBlock {
    /// # Shapes
    /// - x, output: `[batch, tokens, hidden_size]`
    /// - vector: `[batch, hidden_size]`
    pub fn forward(&self, x: Tensor<3>, vector: &Tensor<2>) -> Tensor<3> {
        let [shift, scale, gate] = chunks(self.modulation.forward(vector.clone()));
        let y = self.linear1.forward(modulated(x.clone(), shift, scale));
        let [q, k, v] = self.norm.split(y.clone().narrow(2, 0, 3 * self.width), self.heads);
        let attended = merge_heads(attend(q, k, v));
        let mlp = Activation::GeluTanh.forward(y.narrow(2, 3 * self.width, self.ffn));
        x + gate * self.linear2.forward(Tensor::cat(vec![attended, mlp], 2))
    }
}
