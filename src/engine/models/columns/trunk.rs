//! What the networks for columns and for cutting out have in common: a picture to features at half its side.

use burn::tensor::activation::relu;

use super::blocks::{Attention, Conv, Residual, Up, chain, positions, space_to_depth, token_norm, wait};
use crate::engine::Tensor;
use crate::engine::layers::LayerNorm;
use crate::engine::weights::Weights;
use crate::progress::Cancelled;

/// Widths of the levels, the finest first; each level has half the side of the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// Channels at half the side.
    pub stem: usize,
    /// Channels at a quarter of the side.
    pub fine: usize,
    /// Channels at an eighth of the side.
    pub coarse: usize,
    /// Width of the tokens, at a sixteenth of the side.
    pub token: usize,
    /// Heads of the transformer.
    pub heads: usize,
    /// Residual blocks per level on the way down.
    pub encoder_blocks: usize,
    /// Residual blocks per level on the way up.
    pub decoder_blocks: usize,
    /// Transformer blocks.
    pub transformer_blocks: usize,
    /// Channels at half the side, on the way up.
    pub last: usize,
}

/// Down to tokens and up again.
pub struct Trunk {
    stem: [Conv; 2],
    to_fine: Conv,
    fine: Vec<Residual>,
    to_coarse: Conv,
    coarse: Vec<Residual>,
    to_token: Conv,
    transformer: Vec<Attention>,
    token_norm: LayerNorm,
    up_coarse: Up,
    up_fine: Up,
    up_last: Up,
}

impl Trunk {
    /// Parts into which [`Trunk::forward`] divides its work.
    pub const STEPS: u64 = 4;

    /// Of these sizes, for pictures of this many channels.
    pub fn load(w: &Weights, channels: usize, c: &Sizes) -> Self {
        let stem = w.at("stem");
        let block = |at| Attention::load(&w.at("transformer").at(at), c.token, c.heads);
        Self {
            stem: [Conv::load(&stem.at(0), 4 * channels, c.stem, 3), Conv::load(&stem.at(1), c.stem, c.stem, 3)],
            to_fine: Conv::load(&w.at("to_fine"), 4 * c.stem, c.fine, 1),
            fine: Residual::load_chain(&w.at("fine"), c.fine, c.encoder_blocks),
            to_coarse: Conv::load(&w.at("to_coarse"), 4 * c.fine, c.coarse, 1),
            coarse: Residual::load_chain(&w.at("coarse"), c.coarse, c.encoder_blocks),
            to_token: Conv::load(&w.at("to_token"), 4 * c.coarse, c.token, 1),
            transformer: (0..c.transformer_blocks).map(block).collect(),
            token_norm: token_norm(&w.at("token_norm"), c.token),
            up_coarse: Up::load(&w.at("up_coarse"), c.token, c.coarse, c.coarse, c.decoder_blocks),
            up_fine: Up::load(&w.at("up_fine"), c.coarse, c.fine, c.fine, c.decoder_blocks),
            up_last: Up::load(&w.at("up_last"), c.fine, c.stem, c.last, c.decoder_blocks),
        }
    }

    /// # Shapes
    /// - x: `[batch, channels, P, P]`, P a multiple of 16
    /// - output: the tokens, `[batch, (P/16)², token]`, and the features, `[batch, last, P/2, P/2]`
    ///
    /// # Errors
    /// Those of `each`, called after every of [`Trunk::STEPS`] parts.
    pub fn forward(
        &self,
        x: Tensor<4>,
        each: &mut dyn FnMut() -> Result<(), Cancelled>,
    ) -> Result<(Tensor<3>, Tensor<4>), Cancelled> {
        let stem = relu(self.stem[0].forward(space_to_depth(x)));
        let stem = relu(self.stem[1].forward(stem));
        let fine = relu(self.to_fine.forward(space_to_depth(stem.clone())));
        let fine = chain(&self.fine, fine);
        wait(&fine);
        each()?;
        let coarse = relu(self.to_coarse.forward(space_to_depth(fine.clone())));
        let coarse = chain(&self.coarse, coarse);
        let tokens = self.to_token.forward(space_to_depth(coarse.clone()));
        let [batch, width, rows, columns] = tokens.dims();
        let tokens = tokens.reshape([batch, width, rows * columns]).swap_dims(1, 2);
        let tokens = tokens.clone() + positions(rows, width, &tokens.device());
        let tokens = self.transformer.iter().fold(tokens, |tokens, block| block.forward(tokens));
        let tokens = self.token_norm.forward(tokens);
        wait(&tokens);
        each()?;
        let y = tokens.clone().swap_dims(1, 2).reshape([batch, width, rows, columns]);
        let y = self.up_fine.forward(self.up_coarse.forward(y, coarse), fine);
        wait(&y);
        each()?;
        let y = self.up_last.forward(y, stem);
        wait(&y);
        each()?;
        Ok((tokens, y))
    }
}
