//! The network: plain colours to one logit of opacity per pixel.

use burn::tensor::activation::relu;

use super::config::MatteConfig;
use crate::engine::Tensor;
use crate::engine::layers::LayerNorm;
use crate::engine::models::columns::blocks::{
    Attention, Conv, Residual, Up, chain, depth_to_space, positions, space_to_depth, token_norm, wait,
};
use crate::engine::weights::Weights;
use crate::progress::Cancelled;

/// Channels of the input: colours.
pub const CHANNELS: usize = 3;

/// The network of one configuration.
pub struct Network {
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
    picture_grow: Conv,
    picture_hidden: Conv,
    picture_out: Conv,
}

impl Network {
    /// Of these sizes.
    pub fn load(w: &Weights, c: &MatteConfig) -> Self {
        let stem = w.at("stem");
        Self {
            stem: [Conv::load(&stem.at(0), 4 * CHANNELS, c.stem, 3), Conv::load(&stem.at(1), c.stem, c.stem, 3)],
            to_fine: Conv::load(&w.at("to_fine"), 4 * c.stem, c.fine, 1),
            fine: Residual::load_chain(&w.at("fine"), c.fine, c.encoder_blocks),
            to_coarse: Conv::load(&w.at("to_coarse"), 4 * c.fine, c.coarse, 1),
            coarse: Residual::load_chain(&w.at("coarse"), c.coarse, c.encoder_blocks),
            to_token: Conv::load(&w.at("to_token"), 4 * c.coarse, c.token, 1),
            transformer: (0..c.transformer_blocks)
                .map(|at| Attention::load(&w.at("transformer").at(at), c.token, c.heads))
                .collect(),
            token_norm: token_norm(&w.at("token_norm"), c.token),
            up_coarse: Up::load(&w.at("up_coarse"), c.token, c.coarse, c.coarse, c.decoder_blocks),
            up_fine: Up::load(&w.at("up_fine"), c.coarse, c.fine, c.fine, c.decoder_blocks),
            up_last: Up::load(&w.at("up_last"), c.fine, c.stem, c.last, c.decoder_blocks),
            picture_grow: Conv::load(&w.at("picture_grow"), c.last, 4 * c.detail, 1),
            picture_hidden: Conv::load(&w.at("picture_hidden"), c.detail + CHANNELS, c.detail, 3),
            picture_out: Conv::load(&w.at("picture_out"), c.detail, 1, 1),
        }
    }

    /// # Shapes
    /// - x: `[batch, CHANNELS, P, P]`, −1 to 1, P a multiple of 16
    /// - output: `[batch, 1, P, P]`, logits
    ///
    /// # Errors
    /// Those of `each`, called after each of a few parts of the work.
    pub fn forward(
        &self,
        x: Tensor<4>,
        each: &mut dyn FnMut() -> Result<(), Cancelled>,
    ) -> Result<Tensor<4>, Cancelled> {
        let stem = relu(self.stem[0].forward(space_to_depth(x.clone())));
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
        let tokens = tokens + positions(rows, width, &x.device());
        let tokens = self.transformer.iter().fold(tokens, |tokens, block| block.forward(tokens));
        let tokens = self.token_norm.forward(tokens);
        wait(&tokens);
        each()?;
        let y = tokens.swap_dims(1, 2).reshape([batch, width, rows, columns]);
        let y = self.up_fine.forward(self.up_coarse.forward(y, coarse), fine);
        let y = self.up_last.forward(y, stem);
        wait(&y);
        each()?;
        let detail = depth_to_space(self.picture_grow.forward(y));
        let detail = relu(self.picture_hidden.forward(Tensor::cat(vec![detail, x], 1)));
        let logits = self.picture_out.forward(detail);
        wait(&logits);
        each()?;
        Ok(logits)
    }
}
