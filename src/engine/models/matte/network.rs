//! The network: plain colours to one logit of opacity per pixel.

use burn::tensor::activation::relu;

use super::config::MatteConfig;
use crate::engine::Tensor;
use crate::engine::models::columns::blocks::{Conv, depth_to_space, wait};
use crate::engine::models::columns::trunk::Trunk;
use crate::engine::weights::Weights;
use crate::progress::Cancelled;

/// Channels of the input: colours.
pub const CHANNELS: usize = 3;

/// The network of one configuration.
pub struct Network {
    trunk: Trunk,
    picture_grow: Conv,
    picture_hidden: Conv,
    picture_out: Conv,
}

impl Network {
    /// Of these sizes.
    pub fn load(w: &Weights, c: &MatteConfig) -> Self {
        Self {
            trunk: Trunk::load(w, CHANNELS, &c.trunk),
            picture_grow: Conv::load(&w.at("picture_grow"), c.trunk.last, 4 * c.detail, 1),
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
        let (_, y) = self.trunk.forward(x.clone(), each)?;
        let detail = depth_to_space(self.picture_grow.forward(y));
        let detail = relu(self.picture_hidden.forward(Tensor::cat(vec![detail, x], 1)));
        let logits = self.picture_out.forward(detail);
        wait(&logits);
        each()?;
        Ok(logits)
    }
}
