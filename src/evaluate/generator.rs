//! What makes a solid of a picture.

use std::path::Path;
use std::time::Instant;

use glam::{Vec2, Vec3};
use image::RgbaImage;

use super::EvaluateError;
use super::case::Case;
use crate::cache::Cache;
use crate::dataset::view::SHARE;
use crate::mesh::Mesh;
use crate::pipeline::{self, Input};
use crate::progress::Monitor;
use crate::request::Request;

/// Cells along the picture for the extruded silhouette.
const EXTRUDE_CELLS: u32 = 128;

/// A named way to make a solid of a picture.
#[derive(Clone, Debug)]
pub enum Generator {
    /// The silhouette, as deep as the frame: what knowing nothing about depth costs.
    Extrude,
    /// The product with these settings.
    Pipeline {
        /// For tables.
        name: String,
        /// What is asked for.
        request: Box<Request>,
    },
}

/// A solid and what it took.
pub(super) struct Made {
    pub mesh: Mesh,
    pub secs: f32,
}

impl Generator {
    /// Its name in tables.
    pub fn name(&self) -> &str {
        match self {
            Self::Extrude => "extrude",
            Self::Pipeline { name, .. } => name,
        }
    }

    /// Makes the solid of a case, with the viewer's axes.
    pub(super) fn make(&self, case: &Case, folder: &Path, monitor: &Monitor) -> Result<Made, EvaluateError> {
        let begun = Instant::now();
        match self {
            Self::Extrude => {
                let mesh = extrude(&case.picture);
                Ok(Made { mesh, secs: begun.elapsed().as_secs_f32() })
            }
            Self::Pipeline { name, request } => {
                let path = folder.join("picture.png");
                case.picture.save(&path)?;
                let begun = Instant::now();
                let input = Input::of(path);
                let output = pipeline::run(request, &input, &Cache::disabled(), monitor);
                let output = output.map_err(|source| match source {
                    pipeline::PipelineError::Cancelled(cancelled) => EvaluateError::Cancelled(cancelled),
                    source => EvaluateError::Generator {
                        generator: name.clone(),
                        case: case.name.clone(),
                        source: Box::new(source),
                    },
                })?;
                let secs = begun.elapsed().as_secs_f32();
                let mut mesh = (*output.mesh).clone();
                if !request.lies_flat() {
                    mesh.transform(|p| Vec3::new(p.x, p.z, -p.y));
                }
                Ok(Made { mesh, secs })
            }
        }
    }
}

/// The silhouette (alpha ≥ ½) in cells, pulled through the whole frame; closed.
fn extrude(picture: &RgbaImage) -> Mesh {
    let cells = EXTRUDE_CELLS as i64;
    let inside = |i: i64, j: i64| {
        let at = |v: i64, side: u32| ((2 * v + 1) as u32 * side / (2 * EXTRUDE_CELLS)).min(side - 1);
        (0..cells).contains(&i)
            && (0..cells).contains(&j)
            && picture.get_pixel(at(i, picture.width()), at(j, picture.height()))[3] >= 128
    };
    let mut mesh = Mesh::default();
    let mut quad = |corners: [(Vec2, f32); 4]| {
        let first = mesh.vertex_positions.len() as u32;
        mesh.vertex_positions.extend(corners.map(|(p, z)| p.extend(z)));
        mesh.triangle_indices.extend([[first, first + 1, first + 2], [first, first + 2, first + 3]]);
    };
    let corner = |i: i64, j: i64| Vec2::new(2.0 * i as f32 / cells as f32 - 1.0, 1.0 - 2.0 * j as f32 / cells as f32);
    let (back, front) = (-SHARE, SHARE);
    for (i, j) in (0..cells).flat_map(|i| (0..cells).map(move |j| (i, j))).filter(|&(i, j)| inside(i, j)) {
        let [a, b, c, d] = [corner(i, j), corner(i, j + 1), corner(i + 1, j + 1), corner(i + 1, j)];
        quad([(a, front), (b, front), (c, front), (d, front)]);
        quad([(a, back), (d, back), (c, back), (b, back)]);
        for (from, to, near) in [(a, b, (i - 1, j)), (b, c, (i, j + 1)), (c, d, (i + 1, j)), (d, a, (i, j - 1))] {
            if !inside(near.0, near.1) {
                quad([(from, front), (from, back), (to, back), (to, front)]);
            }
        }
    }
    crate::mesh::weld::weld(&mesh)
}
