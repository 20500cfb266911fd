//! Triangle meshes: plain CPU data, and one operation per file.
//!
//! A [`Mesh`] carries no unit. Model space is unitless (the object inside [-1, 1]³, +Y up, +Z to the
//! viewer of the photo), print space is millimetres (+Z up); functions say which one they expect.

pub(crate) mod adjacency;
pub(crate) mod box_tree;
pub mod components;
pub mod intersect;
pub(crate) mod nesting;
pub(crate) mod polygon;
pub mod repair;
pub mod scan;
pub mod simplify;
pub(crate) mod slivers;
pub mod smooth;
pub mod topology;
pub mod weld;

use glam::Vec3;

/// An indexed triangle mesh.
///
/// Invariants, checked by [`Mesh::validate`]: positions are finite, indices are in range, no
/// triangle names a vertex twice, colours are absent or one per vertex. Triangles wind
/// counter-clockwise seen from outside. Closed and manifold is a property of solids, not of every
/// mesh: `print::check` looks for that.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mesh {
    /// Vertex positions, in model units or millimetres.
    pub vertex_positions: Vec<Vec3>,
    /// Three vertex indices per triangle.
    pub triangle_indices: Vec<[u32; 3]>,
    /// sRGB 8-bit colours, one per vertex, or none at all.
    pub vertex_colors: Option<Vec<[u8; 3]>>,
}

/// Why a mesh is not even well-formed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MeshError {
    /// There is nothing in it.
    #[error("the mesh has no triangles")]
    Empty,
    /// An index points past the vertices.
    #[error("triangle {triangle} names vertex {index}, but there are only {vertex_count} vertices")]
    IndexOutOfRange {
        /// Position in `triangle_indices`.
        triangle: usize,
        /// The offending index.
        index: u32,
        /// Number of vertices.
        vertex_count: usize,
    },
    /// A position is NaN or infinite.
    #[error("vertex {0} has a position that is not a finite number")]
    NotFinite(usize),
    /// A triangle uses one vertex twice.
    #[error("triangle {0} uses one vertex twice")]
    RepeatedVertex(usize),
    /// Colours and vertices do not pair up.
    #[error("there are {colors} colours for {vertices} vertices")]
    ColorCount {
        /// Number of colours.
        colors: usize,
        /// Number of vertices.
        vertices: usize,
    },
    /// More vertices than a 32-bit index can name.
    #[error("the mesh has more than 4 294 967 295 vertices")]
    TooLarge,
}

/// An axis-aligned box, `min <= max` on every axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// The corner with the smallest coordinates.
    pub min: Vec3,
    /// The corner with the largest coordinates.
    pub max: Vec3,
}

impl Bounds {
    /// Edge lengths.
    pub fn size(&self) -> Vec3 {
        self.max - self.min
    }

    /// The middle of the box.
    pub fn center(&self) -> Vec3 {
        (self.min + self.max) * 0.5
    }
}

impl Mesh {
    /// Checks the invariants that every other operation relies on.
    ///
    /// # Errors
    /// The first broken invariant, in the order of [`MeshError`].
    pub fn validate(&self) -> Result<(), MeshError> {
        // Destructured so that a new field cannot be forgotten here.
        let Self { vertex_positions, triangle_indices, vertex_colors } = self;
        if triangle_indices.is_empty() {
            return Err(MeshError::Empty);
        }
        let vertex_count = vertex_positions.len();
        if u32::try_from(vertex_count).is_err() {
            return Err(MeshError::TooLarge);
        }
        for (triangle, corners) in triangle_indices.iter().enumerate() {
            if let Some(&index) = corners.iter().find(|&&i| i as usize >= vertex_count) {
                return Err(MeshError::IndexOutOfRange { triangle, index, vertex_count });
            }
        }
        if let Some(vertex) = vertex_positions.iter().position(|p| !p.is_finite()) {
            return Err(MeshError::NotFinite(vertex));
        }
        if let Some(t) = triangle_indices.iter().position(|&[a, b, c]| a == b || b == c || c == a) {
            return Err(MeshError::RepeatedVertex(t));
        }
        match vertex_colors {
            Some(colors) if colors.len() != vertex_count => {
                Err(MeshError::ColorCount { colors: colors.len(), vertices: vertex_count })
            }
            _ => Ok(()),
        }
    }

    /// The corner positions of triangle `index`.
    ///
    /// # Panics
    /// When `index` or a vertex index is out of range; validate a mesh from outside first.
    pub fn triangle(&self, index: usize) -> [Vec3; 3] {
        self.triangle_indices[index].map(|i| self.vertex_positions[i as usize])
    }

    /// The box around all vertices, or `None` without vertices.
    pub fn bounds(&self) -> Option<Bounds> {
        let first = *self.vertex_positions.first()?;
        let start = Bounds { min: first, max: first };
        Some(self.vertex_positions.iter().fold(start, |b, &p| Bounds { min: b.min.min(p), max: b.max.max(p) }))
    }

    /// Enclosed volume in cubic units, by the divergence theorem; positive when the triangles of a
    /// closed mesh wind outward. Meaningless for an open mesh.
    pub fn signed_volume(&self) -> f64 {
        // Relative to the first vertex: far from the origin the sum would cancel badly.
        let Some(origin) = self.vertex_positions.first().map(|p| p.as_dvec3()) else { return 0.0 };
        let six = (0..self.triangle_indices.len()).map(|t| {
            let [a, b, c] = self.triangle(t).map(|p| p.as_dvec3() - origin);
            a.dot(b.cross(c))
        });
        six.sum::<f64>() / 6.0
    }

    /// Surface area in square units.
    pub fn area(&self) -> f64 {
        let twice = (0..self.triangle_indices.len()).map(|t| {
            let [a, b, c] = self.triangle(t).map(|p| p.as_dvec3());
            (b - a).cross(c - a).length()
        });
        twice.sum::<f64>() / 2.0
    }

    /// Unit normals per vertex, the area-weighted mean of the triangles around it; +Z where there
    /// is none.
    pub fn vertex_normals(&self) -> Vec<Vec3> {
        let mut normals = vec![Vec3::ZERO; self.vertex_positions.len()];
        for (t, corners) in self.triangle_indices.iter().enumerate() {
            let [a, b, c] = self.triangle(t);
            let weighted = (b - a).cross(c - a);
            corners.iter().for_each(|&i| normals[i as usize] += weighted);
        }
        normals.iter_mut().for_each(|n| *n = n.try_normalize().unwrap_or(Vec3::Z));
        normals
    }

    /// Moves every vertex by `f`. Mirroring turns the mesh inside out: flip the winding as well.
    pub fn transform(&mut self, f: impl Fn(Vec3) -> Vec3) {
        self.vertex_positions.iter_mut().for_each(|p| *p = f(*p));
    }

    /// Gives every vertex the colour that `color_at` names for its position.
    pub fn paint(&mut self, color_at: impl Fn(Vec3) -> [u8; 3]) {
        self.vertex_colors = Some(self.vertex_positions.iter().map(|&p| color_at(p)).collect());
    }

    /// Appends `other`'s vertices and triangles. Colours survive only where both meshes have them.
    ///
    /// # Errors
    /// [`MeshError::TooLarge`] when the sum no longer fits 32-bit indices.
    pub fn append(&mut self, other: &Mesh) -> Result<(), MeshError> {
        let offset = u32::try_from(self.vertex_positions.len()).map_err(|_| MeshError::TooLarge)?;
        u32::try_from(self.vertex_positions.len() + other.vertex_positions.len()).map_err(|_| MeshError::TooLarge)?;
        self.vertex_colors = match (self.vertex_colors.take(), &other.vertex_colors) {
            (Some(mut mine), Some(theirs)) => {
                mine.extend_from_slice(theirs);
                Some(mine)
            }
            _ => None,
        };
        self.vertex_positions.extend_from_slice(&other.vertex_positions);
        self.triangle_indices.extend(other.triangle_indices.iter().map(|t| t.map(|i| i + offset)));
        Ok(())
    }
}
