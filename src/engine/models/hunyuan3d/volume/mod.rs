//! Volume decoding: the field of a shape on a grid, in four ways.
//!
//! * [`VolumeDecoder::SurfaceFollowing`] evaluates what marching cubes needs and no more, and gives the
//!   mesh of the whole grid; see [`crate::surface::follow`] for exactly what that means.
//! * [`VolumeDecoder::Dense`] evaluates every sample: the reference.
//! * [`VolumeDecoder::Hierarchical`] evaluates bands around the surface, level by level: the published
//!   decoder without its defect.
//! * [`VolumeDecoder::FlashVdm`] also lets each region attend to few tokens: an approximation.

mod evaluate;
mod flash;
mod hierarchical;
mod mask;
mod result;

pub use evaluate::FieldEvaluator;
pub use flash::{FlashMode, kept_tokens, select_by_mean, select_merged};
pub use hierarchical::level_resolutions;
pub use mask::{NOT_EVALUATED, dilate, near_surface};
pub use result::{VertexScale, Volume};

use glam::DVec3;
use rayon::prelude::*;

use super::vae::GeoDecoder;
use crate::engine::Tensor;
use crate::field::FieldError;
use crate::progress::{Cancelled, Monitor};
use crate::surface::follow::{FollowOptions, Lattice, PointField, Trust, follow};

/// Values beyond this are far from the surface: the network's field saturates near ±1.
const NEAR: f32 = 0.95;

/// Which samples are evaluated, and how.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum VolumeDecoder {
    /// Only where the surface is.
    SurfaceFollowing(FollowOptions),
    /// All.
    Dense,
    /// Around the surface, from coarse to fine.
    Hierarchical,
    /// As before, with few tokens for each region: approximate.
    FlashVdm(FlashMode),
}

/// How to decode a volume.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VolumeOptions {
    /// The grid covers `[-box_v, box_v]³`; 1.01 is published.
    pub box_v: f64,
    /// Cells per axis, 1 to 2048; 384 is published. FlashVDM makes somewhat fewer.
    pub octree_resolution: usize,
    /// Most points that go through the network at once; 8000 is published.
    pub num_chunks: usize,
    /// The surface is where the logit is this; 0 is published.
    pub mc_level: f32,
    /// Fewest cells per axis of a coarser level; 63 is published.
    pub min_resolution: usize,
    /// Regions per axis at FlashVDM's coarsest level, 1 or more; 4 is published.
    pub mini_grids: usize,
    /// Which samples are evaluated.
    pub decoder: VolumeDecoder,
}

impl Default for VolumeOptions {
    fn default() -> Self {
        let follow = FollowOptions { trust: Trust::Magnitude(NEAR), ..FollowOptions::default() };
        Self {
            box_v: 1.01,
            octree_resolution: 384,
            num_chunks: 8000,
            mc_level: 0.0,
            min_resolution: 63,
            mini_grids: 4,
            decoder: VolumeDecoder::SurfaceFollowing(follow),
        }
    }
}

/// Why a volume could not be decoded.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum VolumeError {
    /// An option is out of range.
    #[error("a volume of {octree_resolution} cells per axis in a box of {box_v} cannot be made")]
    Options {
        /// Cells per axis asked for.
        octree_resolution: usize,
        /// Half the box's edge length asked for.
        box_v: f64,
    },
    /// The network gave a value that is not a number.
    #[error("the model gave values that are not numbers; choose a higher precision, or verify the model's files")]
    NotFinite,
    /// Nothing is inside, or the grid is malformed.
    #[error(transparent)]
    Field(#[from] FieldError),
    /// The device failed.
    #[error("the device could not finish the volume ({0})")]
    Device(String),
}

impl From<Cancelled> for VolumeError {
    fn from(cancelled: Cancelled) -> Self {
        Self::Field(cancelled.into())
    }
}

impl VolumeOptions {
    fn check(&self) -> Result<(), VolumeError> {
        let Self { box_v, octree_resolution, mini_grids, .. } = *self;
        if (1..=2048).contains(&octree_resolution) && box_v.is_finite() && box_v > 0.0 && mini_grids > 0 {
            return Ok(());
        }
        Err(VolumeError::Options { octree_resolution, box_v })
    }

    /// The samples of a grid of this many cells per axis.
    fn lattice(&self, cells: usize) -> Lattice {
        Lattice {
            samples_per_axis: [cells + 1; 3],
            origin: DVec3::splat(-self.box_v),
            spacing: 2.0 * self.box_v / cells as f64,
        }
    }
}

/// Decodes one shape. Reports points done under [`Stage::Shape`](crate::progress::Stage::Shape), and
/// stops within two chunks of points when cancelled.
///
/// # Shapes
/// - features: `[1, tokens, width]`, of [`ShapeDecoder::features`](super::vae::ShapeDecoder::features)
///
/// # Errors
/// [`VolumeError`]. A field with nothing inside is no error here: see [`Volume::field`].
pub fn decode_volume(
    decoder: &GeoDecoder,
    features: Tensor<3>,
    options: &VolumeOptions,
    monitor: &Monitor,
) -> Result<Volume, VolumeError> {
    options.check()?;
    let evaluator = FieldEvaluator::new(decoder, decoder.key_values(features), options.num_chunks);
    match options.decoder {
        VolumeDecoder::Dense => hierarchical::dense(&evaluator, options, monitor),
        VolumeDecoder::Hierarchical => hierarchical::hierarchical(&evaluator, options, monitor),
        VolumeDecoder::FlashVdm(mode) => flash::flash_vdm(&evaluator, options, mode, monitor),
        VolumeDecoder::SurfaceFollowing(follow_options) => {
            let lattice = options.lattice(options.octree_resolution);
            let mut field = Negated { evaluator: &evaluator, level: options.mc_level };
            let mut followed = follow(&mut field, &lattice, &follow_options, monitor)?;
            followed.grid.samples.par_iter_mut().for_each(|v| *v = options.mc_level - *v);
            Ok(Volume::new(followed.grid.samples, options.octree_resolution, options, followed.evaluated))
        }
    }
}

/// The logits as a field: negative inside.
struct Negated<'a> {
    evaluator: &'a FieldEvaluator<'a>,
    level: f32,
}

impl PointField for Negated<'_> {
    type Error = VolumeError;

    fn evaluate(
        &mut self,
        points: &[glam::Vec3],
        values: &mut [f32],
        done: &mut dyn FnMut(usize) -> Result<(), Cancelled>,
    ) -> Result<(), VolumeError> {
        self.evaluator.logits(points, values, done)?;
        values.iter_mut().for_each(|v| *v = self.level - *v);
        Ok(())
    }
}
