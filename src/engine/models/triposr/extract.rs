//! From the field to a solid: a grid of it in the product's own conventions, and colours.
//!
//! The model's coordinates (x to the viewer, y right, z up) become the product's (+Z to the viewer, +X
//! right, +Y up): a turn, so nothing is mirrored. Sizes stay: the field covers `±radius` of `±1`.

use glam::{DVec3, Vec3};

use super::field::{EvaluationError, FieldValue, SceneField};
use crate::field::FieldError;
use crate::progress::{Cancelled, Monitor, Stage};
use crate::surface::follow::{FollowOptions, Followed, Lattice, PointField, Trust, follow};

/// The published threshold of density.
pub const THRESHOLD: f32 = 25.0;

/// Which samples are evaluated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Evaluation {
    /// Only where the surface is; see [`crate::surface::follow`] for what that means.
    SurfaceFollowing(FollowOptions),
    /// All: the reference.
    Dense,
}

/// How to make a solid of a field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ExtractOptions {
    /// Samples per axis, 2 to 2048; 256 is published.
    pub resolution: usize,
    /// The surface is where the density is this, above 0; 25 is published.
    pub threshold: f32,
    /// Which samples are evaluated.
    pub evaluation: Evaluation,
}

impl Default for ExtractOptions {
    fn default() -> Self {
        Self { resolution: 256, threshold: THRESHOLD, evaluation: Evaluation::following(THRESHOLD) }
    }
}

impl Evaluation {
    /// Follows the surface at this density. Outside, where the density is above a 25th of it, the surface
    /// is taken to be near.
    pub fn following(threshold: f32) -> Self {
        let trust = Trust::Magnitude(threshold * 0.96);
        Self::SurfaceFollowing(FollowOptions { trust, ..FollowOptions::default() })
    }
}

/// Why no solid could be made.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ExtractError {
    /// An option is out of range.
    #[error(
        "a grid of {resolution} samples per axis at density {threshold} cannot be made; choose 2 to 2048 samples and a density above 0"
    )]
    Options {
        /// Samples per axis asked for.
        resolution: usize,
        /// Density asked for.
        threshold: f32,
    },
    /// The field could not be evaluated.
    #[error(transparent)]
    Evaluation(#[from] EvaluationError),
    /// The grid has no field, or the work was cancelled.
    #[error(transparent)]
    Field(#[from] FieldError),
}

impl From<Cancelled> for ExtractError {
    fn from(cancelled: Cancelled) -> Self {
        Self::Field(cancelled.into())
    }
}

/// From the product's coordinates to the model's.
pub fn model_from_product(p: Vec3) -> Vec3 {
    Vec3::new(p.z, p.x, p.y)
}

/// The field on a grid, negative inside, in the product's coordinates; and how many points it took.
/// Reports points done under [`Stage::Shape`].
///
/// A field with nothing inside is no error here.
///
/// # Errors
/// [`ExtractError`].
pub fn extract_field(
    scene: &SceneField,
    options: &ExtractOptions,
    monitor: &Monitor,
) -> Result<Followed, ExtractError> {
    let ExtractOptions { resolution, threshold, evaluation } = *options;
    if !(2..=2048).contains(&resolution) || !threshold.is_finite() || threshold <= 0.0 {
        return Err(ExtractError::Options { resolution, threshold });
    }
    let radius = f64::from(scene.decoder().radius());
    let lattice = Lattice {
        samples_per_axis: [resolution; 3],
        origin: DVec3::splat(-radius),
        spacing: 2.0 * radius / (resolution - 1) as f64,
    };
    let options = match evaluation {
        Evaluation::SurfaceFollowing(options) => options,
        // The coarsest lattice is the grid itself.
        Evaluation::Dense => FollowOptions { coarse_cells: resolution, trust: Trust::Signs },
    };
    follow(&mut Solid { scene, threshold, values: Vec::new() }, &lattice, &options, monitor)
}

/// The field as the rest of the product sees one.
struct Solid<'a> {
    scene: &'a SceneField<'a>,
    threshold: f32,
    values: Vec<FieldValue>,
}

impl PointField for Solid<'_> {
    type Error = ExtractError;

    fn evaluate(
        &mut self,
        points: &[Vec3],
        values: &mut [f32],
        done: &mut dyn FnMut(usize) -> Result<(), Cancelled>,
    ) -> Result<(), ExtractError> {
        let points: Vec<Vec3> = points.iter().map(|p| model_from_product(*p)).collect();
        self.values.resize(points.len(), FieldValue::default());
        self.scene.evaluate(&points, &mut self.values, done)?;
        for (value, found) in values.iter_mut().zip(&self.values) {
            *value = self.threshold - self.scene.activated(found);
            if value.is_nan() {
                return Err(EvaluationError::NotFinite.into());
            }
        }
        Ok(())
    }
}

/// Colours of points in the product's coordinates, sRGB 8-bit. Reports points done under
/// [`Stage::Surface`].
///
/// # Errors
/// [`EvaluationError`].
pub fn colors(scene: &SceneField, points: &[Vec3], monitor: &Monitor) -> Result<Vec<[u8; 3]>, EvaluationError> {
    let points: Vec<Vec3> = points.iter().map(|p| model_from_product(*p)).collect();
    let mut values = vec![FieldValue::default(); points.len()];
    let total = points.len() as u64;
    scene.evaluate(&points, &mut values, &mut |done| monitor.step(Stage::Surface, done as u64, total))?;
    let color = |value: &FieldValue| value.rgb().map(|c| (255.0 * c).round() as u8);
    Ok(values.iter().map(color).collect())
}
