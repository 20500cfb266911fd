//! The denoiser of 2.0, 2mini and 2mv (`Hunyuan3DDiT`): two streams, then one, modulated by the time.
//!
//! As FLUX, without positions. The fast and turbo models take the guidance scale as an input, and are
//! run without classifier-free guidance.

mod block;

use block::{DoubleBlock, SingleBlock, chunks, modulated};

use super::config::FluxConfig;
use super::denoiser::EachBlock;
use super::turns::{Blocks, StoredBlocks};
use crate::engine::layers::{Activation, Linear, Mlp, Order, frequencies, sinusoid};
use crate::engine::weights::{Precision, Weights, WeightsError};
use crate::engine::{Device, Tensor};

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
    double: Blocks<DoubleBlock>,
    single: Blocks<SingleBlock>,
    modulation: Linear,
    linear: Linear,
    config: FluxConfig,
    precision: Precision,
}

impl FluxDenoiser {
    /// The network of these sizes. The configuration must have passed its check.
    pub fn load(w: &Weights, config: &FluxConfig) -> Self {
        let double = Blocks::kept(w, config, config.depth);
        Self::around(w, config, double, Blocks::kept(w, config, config.depth_single_blocks))
    }

    /// The same with blocks that stay in their file until their turn comes, in every evaluation: the
    /// least memory, and the most time.
    pub fn load_around(w: &Weights, config: &FluxConfig, blocks: &StoredBlocks) -> Self {
        let double = Blocks::stored(w, blocks, config.depth);
        Self::around(w, config, double, Blocks::stored(w, blocks, config.depth_single_blocks))
    }

    fn around(w: &Weights, config: &FluxConfig, double: Blocks<DoubleBlock>, single: Blocks<SingleBlock>) -> Self {
        let width = config.hidden_size;
        let vector =
            |name| Mlp::load(&w.at(name), ["in_layer", "out_layer"], [SINUSOID_WIDTH, width, width], Activation::Silu);
        let last = w.at("final_layer");
        Self {
            latent_in: Linear::load(&w.at("latent_in"), config.in_channels, width),
            cond_in: Linear::load(&w.at("cond_in"), config.context_in_dim, width),
            time_in: vector("time_in"),
            guidance_in: config.guidance_embed.then(|| vector("guidance_in")),
            double,
            single,
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

    /// Whether the blocks' weights take memory only in their turn.
    pub fn is_stored(&self) -> bool {
        self.double.is_stored()
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
    /// Those of `each`, which sees the latent tokens of the double blocks and all tokens of the single, and
    /// those of loading stored blocks.
    pub fn forward(
        &self,
        latents: Tensor<3>,
        times: &[f32],
        guidance: &[f32],
        context: &Tensor<3>,
        each: EachBlock,
    ) -> Result<Tensor<3>, WeightsError> {
        let [_, count, _] = latents.dims();
        let [_, context_count, _] = context.dims();
        let vector = Activation::Silu.forward(self.vector(times, guidance, &latents.device()));
        let mut image = self.latent_in.forward(latents.cast(self.precision.dtype()));
        let mut text = context.clone();
        for index in 0..self.double.count() {
            (image, text) = self.double.get(index, &self.config)?.forward(image, text, &vector);
            each(index, &image)?;
        }
        let mut all = Tensor::cat(vec![text, image], 1);
        for index in 0..self.single.count() {
            all = self.single.get(index, &self.config)?.forward(all, &vector);
            each(self.double.count() + index, &all)?;
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
