//! The denoiser of 2.0, 2mini and 2mv (`Hunyuan3DDiT`): two streams, then one, modulated by the time.
//!
//! As FLUX, without positions. The fast and turbo models take the guidance scale as an input, and are
//! run without classifier-free guidance.

use super::config::FluxConfig;
use super::denoiser::EachBlock;
use crate::engine::layers::{
    Activation, Linear, Mlp, Order, RmsNorm, attend, frequencies, layer_norm_plain, merge_heads, sinusoid,
};
use crate::engine::weights::{Precision, Weights};
use crate::engine::{Device, Tensor};
use crate::progress::Cancelled;

/// ε of all layer norms of this network.
const EPSILON: f64 = 1e-6;
/// Numbers that a time or a guidance scale is spread over.
const SINUSOID_WIDTH: usize = 256;

/// The network.
pub struct FluxDenoiser {
    latent_in: Linear,
    cond_in: Linear,
    time_in: Mlp,
    guidance_in: Option<Mlp>,
    double: Vec<DoubleBlock>,
    single: Vec<SingleBlock>,
    modulation: Linear,
    linear: Linear,
    config: FluxConfig,
    precision: Precision,
}

impl FluxDenoiser {
    /// The network of these sizes. The configuration must have passed its check.
    pub fn load(w: &Weights, config: &FluxConfig) -> Self {
        let width = config.hidden_size;
        let vector =
            |name| Mlp::load(&w.at(name), ["in_layer", "out_layer"], [SINUSOID_WIDTH, width, width], Activation::Silu);
        let last = w.at("final_layer");
        Self {
            latent_in: Linear::load(&w.at("latent_in"), config.in_channels, width),
            cond_in: Linear::load(&w.at("cond_in"), config.context_in_dim, width),
            time_in: vector("time_in"),
            guidance_in: config.guidance_embed.then(|| vector("guidance_in")),
            double: (0..config.depth).map(|i| DoubleBlock::load(&w.at("double_blocks").at(i), config)).collect(),
            single: (0..config.depth_single_blocks)
                .map(|i| SingleBlock::load(&w.at("single_blocks").at(i), config))
                .collect(),
            modulation: Linear::load(&last.at("adaLN_modulation").at(1), width, 2 * width),
            linear: Linear::load(&last.at("linear"), width, config.in_channels),
            config: config.clone(),
            precision: w.precision(),
        }
    }

    /// The sizes.
    pub fn config(&self) -> &FluxConfig {
        &self.config
    }

    /// Context tokens as the blocks take them: made once per picture.
    ///
    /// # Shapes
    /// - context: `[batch, tokens, context_in_dim]`
    /// - output: `[batch, tokens, hidden_size]`
    pub fn context(&self, context: Tensor<3>) -> Tensor<3> {
        self.cond_in.forward(context.cast(self.precision.dtype()))
    }

    /// The vector that modulates all blocks.
    ///
    /// # Shapes
    /// - times, guidance: one per row; guidance is not used by models without it
    /// - output: `[batch, hidden_size]`
    pub fn vector(&self, times: &[f32], guidance: &[f32], device: &Device) -> Tensor<2> {
        let spread = |numbers: &[f32]| spread(numbers, device).cast(self.precision.dtype());
        let time = self.time_in.forward(spread(times));
        match &self.guidance_in {
            Some(guidance_in) => time + guidance_in.forward(spread(guidance)),
            None => time,
        }
    }

    /// Velocity of the latents at the flow times.
    ///
    /// # Shapes
    /// - latents: `[batch, tokens, in_channels]`
    /// - times, guidance: `batch` numbers; times in `0..=1`, 0 is noise
    /// - context: `[batch, context tokens, hidden_size]`, from [`Self::context`]
    /// - output: `[batch, tokens, in_channels]`, in `f32`
    ///
    /// # Errors
    /// Those of `each`, which sees the latent tokens of the double blocks and all tokens of the single.
    pub fn forward(
        &self,
        latents: Tensor<3>,
        times: &[f32],
        guidance: &[f32],
        context: &Tensor<3>,
        each: EachBlock,
    ) -> Result<Tensor<3>, Cancelled> {
        let [_, count, _] = latents.dims();
        let [_, context_count, _] = context.dims();
        let vector = Activation::Silu.forward(self.vector(times, guidance, &latents.device()));
        let mut image = self.latent_in.forward(latents.cast(self.precision.dtype()));
        let mut text = context.clone();
        for (index, block) in self.double.iter().enumerate() {
            (image, text) = block.forward(image, text, &vector);
            each(index, &image)?;
        }
        let mut all = Tensor::cat(vec![text, image], 1);
        for (index, block) in self.single.iter().enumerate() {
            all = block.forward(all, &vector);
            each(self.double.len() + index, &all)?;
        }
        let [shift, scale] = chunks(self.modulation.forward(vector));
        let image = modulated(all.narrow(1, context_count, count), shift, scale);
        Ok(self.linear.forward(image).cast(Precision::F32.dtype()))
    }
}

/// Frequencies whose last bit the reference's exponential rounds the other way. At a guidance of 5 the
/// angles are in the thousands, and that bit is the fourth digit of a sine.
const LAST_BITS: [(usize, i32); 3] = [(9, 1), (26, 1), (122, -1)];

/// Times or guidance scales spread over cosines and sines. The base of the frequencies is 1000 here, not
/// 10000, and so is the factor of the numbers.
///
/// # Shapes
/// - output: `[numbers, 256]`, in `f32`
pub fn spread(numbers: &[f32], device: &Device) -> Tensor<2> {
    let mut frequencies = frequencies(SINUSOID_WIDTH / 2, 1000.0);
    for (index, ulps) in LAST_BITS {
        frequencies[index] = f32::from_bits(frequencies[index].to_bits().wrapping_add_signed(ulps));
    }
    let numbers: Vec<f32> = numbers.iter().map(|n| n * 1000.0).collect();
    sinusoid(&numbers, &frequencies, Order::CosSin, device)
}

/// A modulation cut into its N vectors, each to be spread over the tokens.
///
/// # Shapes
/// - input: `[batch, N · width]`
/// - output: N times `[batch, 1, width]`
fn chunks<const N: usize>(x: Tensor<2>) -> [Tensor<3>; N] {
    let [_, channels] = x.dims();
    let width = channels / N;
    std::array::from_fn(|i| x.clone().narrow(1, i * width, width).unsqueeze_dim(1))
}

/// `(1 + scale) · norm(x) + shift`
fn modulated(x: Tensor<3>, shift: Tensor<3>, scale: Tensor<3>) -> Tensor<3> {
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
struct DoubleBlock {
    image: Stream,
    text: Stream,
    heads: usize,
}

impl DoubleBlock {
    fn load(w: &Weights, config: &FluxConfig) -> Self {
        let stream = |name| Stream::load(w, name, config);
        Self { image: stream("img"), text: stream("txt"), heads: config.num_heads }
    }

    /// # Shapes
    /// - image: `[batch, tokens, hidden_size]`; text: `[batch, context tokens, hidden_size]`
    /// - vector: `[batch, hidden_size]`
    /// - output: image and text
    fn forward(&self, image: Tensor<3>, text: Tensor<3>, vector: &Tensor<2>) -> (Tensor<3>, Tensor<3>) {
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
struct SingleBlock {
    modulation: Linear,
    linear1: Linear,
    norm: QkNorm,
    linear2: Linear,
    heads: usize,
    width: usize,
    ffn: usize,
}

impl SingleBlock {
    fn load(w: &Weights, config: &FluxConfig) -> Self {
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

    /// # Shapes
    /// - x, output: `[batch, tokens, hidden_size]`
    /// - vector: `[batch, hidden_size]`
    fn forward(&self, x: Tensor<3>, vector: &Tensor<2>) -> Tensor<3> {
        let [shift, scale, gate] = chunks(self.modulation.forward(vector.clone()));
        let y = self.linear1.forward(modulated(x.clone(), shift, scale));
        let [q, k, v] = self.norm.split(y.clone().narrow(2, 0, 3 * self.width), self.heads);
        let attended = merge_heads(attend(q, k, v));
        let mlp = Activation::GeluTanh.forward(y.narrow(2, 3 * self.width, self.ffn));
        x + gate * self.linear2.forward(Tensor::cat(vec![attended, mlp], 2))
    }
}
