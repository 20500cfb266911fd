//! What is seen of a solid: the front and the back behind every pixel, before any light.

pub mod raster;
pub mod trace;

use glam::Vec3;

/// The front and the back of a solid, per pixel of a square picture, rows top to bottom.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Pixels along each side.
    pub side: usize,
    /// Depth z of the first surface behind the pixel's centre; NaN where there is none.
    pub front: Vec<f32>,
    /// Depth z of the last surface.
    pub back: Vec<f32>,
    /// Outward unit normals of the front, in the frame.
    pub front_normals: Vec<Vec3>,
    /// Outward unit normals of the back.
    pub back_normals: Vec<Vec3>,
    /// The normals that light falls on: smooth where the front is made of facets.
    pub shading_normals: Vec<Vec3>,
    /// Share of the pixel that is covered.
    pub coverage: Vec<f32>,
    /// The front in the solid's own axes, for patterns.
    pub places: Vec<Vec3>,
    /// Material, or for meshes 255.
    pub materials: Vec<u8>,
    /// Colours that a mesh brought, sRGB 0–1.
    pub colors: Vec<Vec3>,
    /// Whether the solid is thinner than two cells of the columns behind the front.
    pub thin: Vec<bool>,
}

impl Seen {
    /// Nothing is seen yet.
    pub fn nothing(side: usize) -> Self {
        let count = side * side;
        Self {
            side,
            front: vec![f32::NAN; count],
            back: vec![f32::NAN; count],
            front_normals: vec![Vec3::Z; count],
            back_normals: vec![Vec3::NEG_Z; count],
            shading_normals: vec![Vec3::Z; count],
            coverage: vec![0.0; count],
            places: vec![Vec3::ZERO; count],
            materials: vec![255; count],
            colors: vec![Vec3::splat(0.7); count],
            thin: vec![false; count],
        }
    }

    /// Whether the solid is behind the pixel's centre.
    #[inline]
    pub fn is_hit(&self, pixel: usize) -> bool {
        !self.front[pixel].is_nan()
    }

    /// Pixels whose centre is covered.
    pub fn hits(&self) -> Vec<u32> {
        (0..self.front.len()).filter(|&p| self.is_hit(p)).map(|p| p as u32).collect()
    }

    /// Hit pixels with a neighbour that is not hit, and the other way round.
    pub fn rim(&self) -> Vec<u32> {
        let side = self.side;
        let differs = |pixel: usize| {
            let (i, j) = (pixel % side, pixel / side);
            let here = self.is_hit(pixel);
            (j.saturating_sub(1)..(j + 2).min(side))
                .any(|j| (i.saturating_sub(1)..(i + 2).min(side)).any(|i| self.is_hit(j * side + i) != here))
        };
        (0..side * side).filter(|&p| differs(p)).map(|p| p as u32).collect()
    }

    /// The picture's x and y of a pixel's centre.
    #[inline]
    pub fn place(&self, pixel: usize) -> (f32, f32) {
        let step = 2.0 / self.side as f32;
        let (i, j) = (pixel % self.side, pixel / self.side);
        ((i as f32 + 0.5) * step - 1.0, 1.0 - (j as f32 + 0.5) * step)
    }
}
