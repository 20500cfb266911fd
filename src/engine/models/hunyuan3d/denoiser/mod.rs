//! The 2.1 denoiser (`HunYuanDiTPlain`): latents, flow time and context to a velocity.
//!
//! A transformer over latent tokens without positions: the time is token 0, blocks of the second half
//! take the outputs of the first half in reverse (U-ViT), the last blocks choose experts per token.

mod attention;
mod block;
mod experts;
mod grouped;

pub use attention::{ContextKeys, CrossAttention, SelfAttention};
pub use block::Block;
pub use experts::{Arrangement, Experts, Routing};
pub(super) use grouped::TILES_AT_ONCE;

use super::config::{ConfigError, DenoiserConfig};
use super::turns::{Blocks, StoredBlocks};
use crate::engine::Tensor;
use crate::engine::layers::{Activation, LayerNorm, Linear, Mlp, Order, frequencies, sinusoid};
use crate::engine::weights::{Precision, Weights, WeightsError};
use crate::progress::Cancelled;

/// Called after every block with its index and the tokens that it gave; an error stops the work.
pub type EachBlock<'a> = &'a mut dyn FnMut(usize, &Tensor<3>) -> Result<(), Cancelled>;

/// ε of all layer norms of this network.
pub(super) const EPSILON: f64 = 1e-6;

/// The network.
pub struct Denoiser {
    x_embedder: Linear,
    time: Mlp,
    blocks: Blocks<Block>,
    norm_final: LayerNorm,
    linear: Linear,
    config: DenoiserConfig,
    precision: Precision,
}

/// What the blocks need of a context: it does not depend on the time, so it is made once per picture.
pub struct Context {
    blocks: Vec<ContextKeys>,
    rows: usize,
}

impl Denoiser {
    /// The network of these sizes. The configuration must have passed its check.
    pub fn load(w: &Weights, config: &DenoiserConfig) -> Self {
        Self::around(w, config, Blocks::kept(w, config, config.depth))
    }

    /// The same with blocks that stay in their file until their turn comes, in every evaluation: the
    /// least memory, and the most time.
    pub fn load_around(w: &Weights, config: &DenoiserConfig, blocks: &StoredBlocks) -> Self {
        Self::around(w, config, Blocks::stored(w, blocks, config.depth))
    }

    fn around(w: &Weights, config: &DenoiserConfig, blocks: Blocks<Block>) -> Self {
        let width = config.hidden_size;
        let last = w.at("final_layer");
        let widths = [width, config.ffn_size(), width];
        Self {
            x_embedder: Linear::load(&w.at("x_embedder"), config.in_channels, width),
            time: Mlp::load(&w.at("t_embedder").at("mlp"), ["0", "2"], widths, Activation::Gelu),
            blocks,
            norm_final: LayerNorm::load(&last.at("norm_final"), width, EPSILON),
            linear: Linear::load(&last.at("linear"), width, config.in_channels),
            config: config.clone(),
            precision: w.precision(),
        }
    }

    /// Checks the configuration, for use before [`Self::load`].
    ///
    /// # Errors
    /// See [`ConfigError`].
    pub fn check(config: &DenoiserConfig) -> Result<(), ConfigError> {
        config.check()
    }

    /// The sizes.
    pub fn config(&self) -> &DenoiserConfig {
        &self.config
    }

    /// Whether the blocks' weights take memory only in their turn.
    pub fn is_stored(&self) -> bool {
        self.blocks.is_stored()
    }

    /// Keys and values of every block for these context tokens.
    ///
    /// # Shapes
    /// - context: `[rows, tokens, context_dim]`
    ///
    /// # Errors
    /// Those of loading [stored](Self::load_around) blocks.
    pub fn context(&self, context: Tensor<3>) -> Result<Context, WeightsError> {
        let [rows, _, _] = context.dims();
        let context = context.cast(self.precision.dtype());
        let keys = |index| Ok(self.blocks.get(index, &self.config)?.context(context.clone()));
        Ok(Context { blocks: (0..self.config.depth).map(keys).collect::<Result<_, WeightsError>>()?, rows })
    }

    /// Velocity of the latents at the flow times.
    ///
    /// Rows beyond those of the context are unconditional, as if their context were all zeros: what
    /// cross attention gives there is a constant, and is not computed again.
    ///
    /// # Shapes
    /// - latents: `[batch, tokens, in_channels]`
    /// - times: `batch` numbers in `0..=1`; 0 is noise, 1 is data
    /// - output: `[batch, tokens, in_channels]`, in `f32`
    ///
    /// # Errors
    /// Those of `each`, and of loading stored blocks.
    pub fn forward(
        &self,
        latents: Tensor<3>,
        times: &[f32],
        context: &Context,
        each: EachBlock,
    ) -> Result<Tensor<3>, WeightsError> {
        self.through_blocks(self.embed(latents, times), context, context.rows, 1, each)
    }

    /// Velocity of the latents as if the context were all zeros, `context` being any.
    ///
    /// # Shapes
    /// As [`Self::forward`].
    ///
    /// # Errors
    /// Those of `each`, and of loading stored blocks.
    pub fn forward_unconditional(
        &self,
        latents: Tensor<3>,
        times: &[f32],
        context: &Context,
        each: EachBlock,
    ) -> Result<Tensor<3>, WeightsError> {
        self.through_blocks(self.embed(latents, times), context, 0, 1, each)
    }

    /// Velocities with the context and without, for latents that are the same for both.
    ///
    /// Equal to [`Self::forward`] on the latents twice over; the part before the context first comes
    /// in is computed once.
    ///
    /// # Shapes
    /// - latents: `[batch, tokens, in_channels]`, context of as many rows
    /// - output: `[2 · batch, tokens, in_channels]`, in `f32`: conditional rows first
    ///
    /// # Errors
    /// Those of `each`, and of loading stored blocks.
    pub fn forward_pair(
        &self,
        latents: Tensor<3>,
        time: f32,
        context: &Context,
        each: EachBlock,
    ) -> Result<Tensor<3>, WeightsError> {
        let [batch, _, _] = latents.dims();
        self.through_blocks(self.embed(latents, &vec![time; batch]), context, context.rows, 2, each)
    }

    /// Time token, then latent tokens.
    ///
    /// # Shapes
    /// - latents: `[batch, tokens, in_channels]`
    /// - output: `[batch, 1 + tokens, hidden_size]`
    pub fn embed(&self, latents: Tensor<3>, times: &[f32]) -> Tensor<3> {
        let dtype = self.precision.dtype();
        let frequencies = frequencies(self.config.hidden_size / 2, 10_000.0);
        let time = sinusoid(times, &frequencies, Order::SinCos, &latents.device());
        let time = self.time.forward(time.cast(dtype)).unsqueeze_dim(1);
        Tensor::cat(vec![time, self.x_embedder.forward(latents.cast(dtype))], 1)
    }

    /// All blocks, the first `rows` rows attending to the context. Behind the self attention of block 0,
    /// which knows nothing of the context, there are `copies` of each row.
    fn through_blocks(
        &self,
        z: Tensor<3>,
        context: &Context,
        rows: usize,
        copies: usize,
        each: EachBlock,
    ) -> Result<Tensor<3>, WeightsError> {
        let mut saved = Vec::new();
        let mut z = z;
        for (index, keys) in context.blocks.iter().enumerate() {
            let block = self.blocks.get(index, &self.config)?;
            if self.config.takes_skip(index)
                && let Some(skip) = saved.pop()
            {
                z = block.merge_skip(skip, z);
            }
            z = block.self_attend(z);
            if index == 0 && copies > 1 {
                z = z.repeat_dim(0, copies);
            }
            z = block.feed_forward(block.cross_attend(z, keys, rows));
            if self.config.gives_skip(index) {
                saved.push(z.clone());
            }
            each(index, &z)?;
        }
        let [_, tokens, _] = z.dims();
        let z = self.norm_final.forward(z).narrow(1, 1, tokens - 1);
        Ok(self.linear.forward(z).cast(Precision::F32.dtype()))
    }
}
