//! A decoded volume, as the field and the mesh that it stands for.

use glam::Vec3;

use super::{VolumeError, VolumeOptions};
use crate::field::ScalarGrid;
use crate::mesh::Mesh;
use crate::progress::Monitor;
use crate::surface::SurfaceError;
use crate::surface::follow::fill_gaps;

/// Where the samples of a volume are said to lie.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VertexScale {
    /// Where they are.
    #[default]
    True,
    /// Where the published code puts them: as if there were one cell more than was asked for, so the
    /// mesh shrinks towards the corner of least coordinates. Only to compare with that code.
    Published,
}

/// Logits of one shape on a cubic grid.
#[derive(Clone, Debug, PartialEq)]
pub struct Volume {
    /// `(cells + 1)³` values, positive inside, z fastest; NaN where nothing was evaluated.
    pub logits: Vec<f32>,
    /// Cells per axis.
    pub cells: usize,
    /// Cells per axis that were asked for: FlashVDM makes fewer.
    pub octree_resolution: usize,
    /// The grid covers `[-box_v, box_v]³`.
    pub box_v: f64,
    /// Points that went through the network.
    pub evaluated: u64,
}

impl Volume {
    pub(super) fn new(logits: Vec<f32>, cells: usize, options: &VolumeOptions, evaluated: u64) -> Self {
        let VolumeOptions { octree_resolution, box_v, .. } = *options;
        Self { logits, cells, octree_resolution, box_v, evaluated }
    }

    /// The field whose surface is where the logit is `mc_level`: negative inside, and with a sign
    /// everywhere, so that it can be closed, hollowed and meshed like any other.
    ///
    /// # Errors
    /// [`FieldError`](crate::field::FieldError) when numbers and sizes do not agree.
    pub fn field(&self, mc_level: f32, scale: VertexScale) -> Result<ScalarGrid, VolumeError> {
        let cells = match scale {
            VertexScale::True => self.cells,
            VertexScale::Published => self.octree_resolution + 1,
        };
        let mut field = ScalarGrid {
            samples: self.logits.iter().map(|logit| mc_level - logit).collect(),
            samples_per_axis: [self.cells + 1; 3],
            origin: Vec3::splat(-self.box_v as f32),
            spacing: (2.0 * self.box_v / cells as f64) as f32,
        };
        field.validate_size()?;
        fill_gaps(&mut field);
        Ok(field)
    }

    /// The surface where the logit is `mc_level`, closed; triangles wind counter-clockwise seen from
    /// outside.
    ///
    /// # Errors
    /// [`SurfaceError`]; `Empty` when nothing is inside.
    pub fn mesh(&self, mc_level: f32, scale: VertexScale, monitor: &Monitor) -> Result<Mesh, SurfaceError> {
        let field = self.field(mc_level, scale).map_err(|error| match error {
            VolumeError::Field(error) => SurfaceError::Field(error),
            _ => SurfaceError::Field(crate::field::FieldError::NotFinite),
        })?;
        crate::surface::extract(&field, monitor)
    }
}
