//! The network: a picture to residuals on the inflated outline.

use burn::tensor::activation::relu;

use super::blocks::{
    Attention, Conv, Residual, Up, chain, depth_to_space, positions, space_to_depth, token_norm, wait,
};
use super::config::ColumnsConfig;
use super::input::CHANNELS;
use crate::engine::Tensor;
use crate::engine::layers::{LayerNorm, Linear};
use crate::engine::weights::Weights;
use crate::progress::Cancelled;

/// Channels of the picture head: depths of front and back, x and y of their normals, logarithms of
/// the depths' uncertainties, whether the solid is thin.
pub const PICTURE_CHANNELS: usize = 9;
/// Classes of elevation, 5° each, from −30°.
pub const ELEVATION_BINS: usize = 18;
/// Classes of field of view, 5° each; before them one for orthographic.
pub const VIEW_BINS: usize = 10;
/// Parts into which [`Network::forward`] divides its work.
pub const STEPS: u64 = 6;

/// What the network gives.
pub struct Residuals {
    /// `[batch, bins, P/2, P/2]`, in units of the truncation.
    pub columns: Tensor<4>,
    /// `[batch, PICTURE_CHANNELS, P, P]`
    pub picture: Tensor<4>,
    /// `[batch, ELEVATION_BINS + VIEW_BINS]`, logits.
    pub view: Tensor<2>,
}

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
    column_hidden: Conv,
    column_out: Conv,
    picture_grow: Conv,
    picture_hidden: Conv,
    picture_out: Conv,
    view: Linear,
}

impl Network {
    /// Of these sizes.
    pub fn load(w: &Weights, c: &ColumnsConfig) -> Self {
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
            column_hidden: Conv::load(&w.at("column_hidden"), c.last, c.column_hidden, 1),
            column_out: Conv::load(&w.at("column_out"), c.column_hidden, c.bins, 1),
            picture_grow: Conv::load(&w.at("picture_grow"), c.last, 4 * c.picture_hidden, 1),
            picture_hidden: Conv::load(&w.at("picture_hidden"), c.picture_hidden + CHANNELS, c.picture_hidden, 3),
            picture_out: Conv::load(&w.at("picture_out"), c.picture_hidden, PICTURE_CHANNELS, 1),
            view: Linear::load(&w.at("view"), c.token, ELEVATION_BINS + VIEW_BINS),
        }
    }

    /// # Shapes
    /// - x: `[batch, CHANNELS, P, P]`, P a multiple of 16
    ///
    /// # Errors
    /// Those of `each`, called after every of [`STEPS`] parts.
    pub fn forward(
        &self,
        x: Tensor<4>,
        each: &mut dyn FnMut() -> Result<(), Cancelled>,
    ) -> Result<Residuals, Cancelled> {
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
        let view = self.view.forward(tokens.clone().mean_dim(1).reshape([batch, width]));
        wait(&tokens);
        each()?;
        let y = tokens.swap_dims(1, 2).reshape([batch, width, rows, columns]);
        let y = self.up_fine.forward(self.up_coarse.forward(y, coarse), fine);
        wait(&y);
        each()?;
        let y = self.up_last.forward(y, stem);
        wait(&y);
        each()?;
        let columns = self.column_out.forward(relu(self.column_hidden.forward(y.clone())));
        wait(&columns);
        each()?;
        let detail = depth_to_space(self.picture_grow.forward(y));
        let detail = relu(self.picture_hidden.forward(Tensor::cat(vec![detail, x], 1)));
        let picture = self.picture_out.forward(detail);
        each()?;
        Ok(Residuals { columns, picture, view })
    }
}
