//! Arithmetic of the 2.1 denoiser, counted: for estimates, and to say what the savings save.

use super::config::DenoiserConfig;
use super::sampler::Effort;

/// Floating-point operations of one guided step for one picture; a multiply-add is two, norms and
/// softmax are left out.
///
/// # Shapes
/// - tokens: latent tokens; 4096 in 2.1
/// - context_tokens: 1370 for one picture
pub fn guided_step(config: &DenoiserConfig, tokens: usize, context_tokens: usize, effort: Effort) -> u64 {
    let parts = Parts::new(config, tokens + 1, context_tokens);
    let rows = 2 * parts.row(config);
    match effort {
        Effort::All => rows,
        Effort::Needed => {
            let depth = config.depth as u64;
            // The unconditional row has no cross attention, the other one its keys and values already,
            // and what stands before the first cross attention is computed once.
            rows - depth * (2 * parts.context_keys + parts.cross_attention) - parts.embedding - parts.self_attention
        }
    }
}

/// Operations of the whole loop for one picture.
pub fn guided_loop(config: &DenoiserConfig, tokens: usize, context_tokens: usize, steps: usize, effort: Effort) -> u64 {
    let step = guided_step(config, tokens, context_tokens, effort);
    match effort {
        Effort::All => steps as u64 * step,
        Effort::Needed => {
            // The last step goes nowhere, unless it is the only one.
            let steps = if steps > 1 { steps - 1 } else { steps };
            let keys = Parts::new(config, tokens + 1, context_tokens).context_keys;
            steps as u64 * step + config.depth as u64 * keys
        }
    }
}

/// Operations of the parts, for one row.
struct Parts {
    embedding: u64,
    self_attention: u64,
    /// Without keys and values.
    cross_attention: u64,
    context_keys: u64,
    skip: u64,
    dense: u64,
    experts: u64,
}

impl Parts {
    fn new(config: &DenoiserConfig, tokens: usize, context_tokens: usize) -> Self {
        let [n, m, width, context] =
            [tokens, context_tokens, config.hidden_size, config.context_dim].map(|size| size as u64);
        let map = |rows: u64, from: u64, to: u64| 2 * rows * from * to;
        let dense = 2 * map(n, width, config.ffn_size() as u64);
        Self {
            embedding: map(n - 1, config.in_channels as u64, width) + 2 * map(1, width, config.ffn_size() as u64),
            self_attention: 4 * map(n, width, width) + 2 * map(n, width, n),
            cross_attention: 2 * map(n, width, width) + 2 * map(n, width, m),
            context_keys: 2 * map(m, context, width),
            skip: map(n, 2 * width, width),
            dense,
            experts: map(n, width, config.num_experts as u64) + (config.moe_top_k as u64 + 1) * dense,
        }
    }

    fn row(&self, config: &DenoiserConfig) -> u64 {
        let block = |index: usize| {
            self.self_attention
                + self.cross_attention
                + self.context_keys
                + if config.takes_skip(index) { self.skip } else { 0 }
                + if config.has_experts(index) { self.experts } else { self.dense }
        };
        // The last map is as large as the first.
        2 * self.embedding + (0..config.depth).map(block).sum::<u64>()
    }
}
