//! How a mesh is to look: plain data that can be saved, compared and shown as choices.

use glam::Vec3;
use serde::{Deserialize, Serialize};

use super::lighting::Lighting;
use super::material::Material;
use crate::request::parameter::choices;

choices! {
    /// How the surface is shaded.
    pub enum Shading {
        /// The chosen material in the chosen light.
        Material = "material",
        /// Matt grey clay in the chosen light.
        Clay = "clay",
        /// A light fixed to the viewer: shows form at once, from every side.
        Matcap = "matcap",
        /// The direction of the surface as a colour.
        Normals = "normals",
        /// The colours of the vertices as they are stored, without light.
        VertexColors = "colors",
        /// Clay with every triangle flat.
        Flat = "flat",
        /// Back faces in red: shows holes and triangles that are inside out.
        BackFaces = "back-faces",
        /// See-through: shows walls and hollows.
        XRay = "x-ray",
    }
}

/// What fills the picture behind the scene.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Background {
    /// The backdrop of the lighting preset.
    #[default]
    Preset,
    /// Nothing: alpha is 0 where there is neither object nor shadow.
    Transparent,
    /// One sRGB colour.
    Solid([u8; 3]),
    /// From the first sRGB colour at the top to the second at the bottom.
    Gradient([u8; 3], [u8; 3]),
    /// The environment that lights the scene, softened by `blur` from 0 (sharp) to 1.
    Environment {
        /// 0 to 1.
        blur: f32,
    },
}

/// A printer's build plate, centred at the origin.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bed {
    /// Width (x) and depth (y) in mm.
    pub size_mm: [f32; 2],
}

impl Default for Bed {
    fn default() -> Self {
        Self { size_mm: [256.0, 256.0] }
    }
}

/// The floor that the object stands on, at z = 0.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Ground {
    /// Lines every 1, 10 or 100 mm, as the distance asks.
    pub grid: bool,
    /// Outline of the build plate.
    pub bed: Option<Bed>,
    /// Soft shadow of the object.
    pub shadow: bool,
}

impl Default for Ground {
    fn default() -> Self {
        Self { grid: false, bed: None, shadow: true }
    }
}

/// A cut through the object: the part in front of the plane is taken away and the cut is closed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Section {
    /// Points to the side that is taken away; need not be of unit length.
    #[serde(with = "super::serde_vec3")]
    pub normal: Vec3,
    /// Distance of the plane from the origin along the unit normal, in mm.
    pub offset_mm: f32,
    /// sRGB colour of the cut.
    pub color: [u8; 3],
}

impl Default for Section {
    fn default() -> Self {
        Self { normal: Vec3::X, offset_mm: 0.0, color: [226, 126, 74] }
    }
}

/// Triangle edges drawn over the shading.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Wireframe {
    /// sRGB colour.
    pub color: [u8; 3],
    /// Opacity 0 to 1.
    pub opacity: f32,
    /// Line width in pixels.
    pub width_px: f32,
}

impl Default for Wireframe {
    fn default() -> Self {
        Self { color: [22, 34, 52], opacity: 0.75, width_px: 1.1 }
    }
}

/// Everything about a picture but the mesh and the camera.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Scene {
    /// How the surface is shaded.
    pub shading: Shading,
    /// What the surface is made of, for [`Shading::Material`].
    pub material: Material,
    /// Where the light comes from.
    pub lighting: Lighting,
    /// What is behind.
    pub background: Background,
    /// What is below.
    pub ground: Ground,
    /// Triangle edges, drawn over any shading.
    pub wireframe: Option<Wireframe>,
    /// A cut.
    pub section: Option<Section>,
    /// Darkens creases and contacts.
    pub ambient_occlusion: bool,
}

impl Scene {
    /// The scene that pictures and new windows start with.
    pub fn new() -> Self {
        Self { ambient_occlusion: true, ..Self::default() }
    }
}
