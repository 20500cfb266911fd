//! Signed scalar fields on a regular grid, and what can be done with them before meshing.
//!
//! Everything a generator makes is a field before it is triangles, so hollowing, a flat base or a
//! thicker wall can never tear the surface. Sign: **negative inside**, the surface is at 0.

pub mod closure;
pub mod connect;
mod crossing;
pub mod distance;
mod five_point;
mod nearest;
pub mod ops;
pub mod poisson;
mod runs;
mod seam;
pub mod silhouette;
pub mod voids;

use glam::Vec3;

pub(crate) use crossing::crossing;

/// Samples of a signed field on the corners of a grid of cubic cells.
///
/// `samples_per_axis = cells_per_axis + 1`. The sample at `[ix, iy, iz]` lies at
/// `origin + spacing * (ix, iy, iz)` and is stored at `(ix * ny + iy) * nz + iz` (z fastest).
/// Values are in the unit of positions and, unless a function says otherwise, only their sign and
/// their zero crossing are meaningful: a true distance is what [`ScalarGrid`] ops that need one make
/// themselves.
#[derive(Clone, Debug, PartialEq)]
pub struct ScalarGrid {
    /// `nx * ny * nz` values, negative inside.
    pub samples: Vec<f32>,
    /// `[nx, ny, nz]`, each at least 2.
    pub samples_per_axis: [usize; 3],
    /// Position of sample `[0, 0, 0]`.
    pub origin: Vec3,
    /// Edge length of a cell, > 0.
    pub spacing: f32,
}

/// Why a grid cannot be used.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum FieldError {
    /// Numbers of samples and sizes do not agree, or a size is below 2 or overflows.
    #[error("the field has {found} samples where its size needs {expected:?}")]
    SampleCount {
        /// Number of samples present.
        found: usize,
        /// `[nx, ny, nz]`.
        expected: [usize; 3],
    },
    /// A sample, the origin or the spacing is NaN or infinite, or the spacing is not positive.
    #[error("the field holds a value that is not a finite number")]
    NotFinite,
    /// Nothing is inside.
    #[error("the field is empty: nothing in it is inside the solid")]
    Empty,
    /// The work was cancelled.
    #[error(transparent)]
    Cancelled(#[from] crate::progress::Cancelled),
}

impl ScalarGrid {
    /// A grid whose samples are `value_at` of their positions.
    pub fn from_fn(
        samples_per_axis: [usize; 3],
        origin: Vec3,
        spacing: f32,
        value_at: impl Fn(Vec3) -> f32 + Sync,
    ) -> Self {
        use rayon::prelude::*;
        let [nx, ny, nz] = samples_per_axis;
        let mut samples = vec![0.0; nx * ny * nz];
        samples.par_chunks_mut((ny * nz).max(1)).enumerate().for_each(|(ix, slab)| {
            for (i, sample) in slab.iter_mut().enumerate() {
                let (iy, iz) = (i / nz, i % nz);
                *sample = value_at(origin + spacing * Vec3::new(ix as f32, iy as f32, iz as f32));
            }
        });
        Self { samples, samples_per_axis, origin, spacing }
    }

    /// Checks that sizes agree and every value is finite.
    ///
    /// # Errors
    /// [`FieldError::SampleCount`] or [`FieldError::NotFinite`].
    pub fn validate(&self) -> Result<(), FieldError> {
        self.validate_size()?;
        let Self { samples, samples_per_axis: _, origin, spacing } = self;
        if !origin.is_finite() || !spacing.is_finite() || *spacing <= 0.0 || samples.iter().any(|v| !v.is_finite()) {
            return Err(FieldError::NotFinite);
        }
        Ok(())
    }

    /// Checks that sizes agree, without reading the samples.
    ///
    /// # Errors
    /// [`FieldError::SampleCount`].
    pub fn validate_size(&self) -> Result<(), FieldError> {
        let Self { samples, samples_per_axis, .. } = self;
        let count = samples_per_axis.iter().try_fold(1usize, |product, &n| product.checked_mul(n));
        if count != Some(samples.len()) || samples_per_axis.iter().any(|&n| n < 2) {
            return Err(FieldError::SampleCount { found: samples.len(), expected: *samples_per_axis });
        }
        Ok(())
    }

    /// Where the sample `[ix, iy, iz]` is stored.
    #[inline]
    pub fn index(&self, ix: usize, iy: usize, iz: usize) -> usize {
        (ix * self.samples_per_axis[1] + iy) * self.samples_per_axis[2] + iz
    }

    /// Where the sample `[ix, iy, iz]` lies in space.
    #[inline]
    pub fn position(&self, ix: usize, iy: usize, iz: usize) -> Vec3 {
        self.origin + self.spacing * Vec3::new(ix as f32, iy as f32, iz as f32)
    }
}
