//! The network: a picture to residuals on the inflated outline.

use burn::tensor::activation::relu;

use super::blocks::{Conv, depth_to_space, wait};
use super::config::ColumnsConfig;
use super::input::CHANNELS;
use super::trunk::Trunk;
use crate::engine::Tensor;
use crate::engine::layers::Linear;
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
pub const STEPS: u64 = Trunk::STEPS + 2;

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
    trunk: Trunk,
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
        let last = c.trunk.last;
        Self {
            trunk: Trunk::load(w, CHANNELS, &c.trunk),
            column_hidden: Conv::load(&w.at("column_hidden"), last, c.column_hidden, 1),
            column_out: Conv::load(&w.at("column_out"), c.column_hidden, c.bins, 1),
            picture_grow: Conv::load(&w.at("picture_grow"), last, 4 * c.picture_hidden, 1),
            picture_hidden: Conv::load(&w.at("picture_hidden"), c.picture_hidden + CHANNELS, c.picture_hidden, 3),
            picture_out: Conv::load(&w.at("picture_out"), c.picture_hidden, PICTURE_CHANNELS, 1),
            view: Linear::load(&w.at("view"), c.trunk.token, ELEVATION_BINS + VIEW_BINS),
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
        let (tokens, y) = self.trunk.forward(x.clone(), each)?;
        let [batch, _, width] = tokens.dims();
        let view = self.view.forward(tokens.mean_dim(1).reshape([batch, width]));
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
