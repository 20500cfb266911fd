//! What surfaces are made of: the presets, as a table.
//!
//! The model is the metallic-roughness one of glTF 2.0 with its clear coat, sheen and transmission
//! extensions, plus a soft body for materials that light enters.

use serde::{Deserialize, Serialize};

use crate::request::parameter::choices;

choices! {
    /// Materials with a name.
    pub enum MaterialPreset {
        /// Smooth plastic with a soft gloss.
        Plastic = "plastic",
        /// Printed PLA: satin, with the lines of its layers when seen from close.
        Pla = "pla",
        /// Cured resin: smooth, light enters a little.
        Resin = "resin",
        /// Glazed ceramic.
        Ceramic = "ceramic",
        /// Satin metal.
        Metal = "metal",
        /// Oiled wood with grain.
        Wood = "wood",
        /// Clear glass.
        Glass = "glass",
        /// Matt black rubber.
        Rubber = "rubber",
    }
}

/// What varies over the surface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pattern {
    /// Nothing.
    #[default]
    None,
    /// Lines of 0.2 mm layers along z; they fade out before they would flicker.
    Layers,
    /// Growth rings around an upright, slightly leaning axis.
    Wood,
    /// A fine grain.
    Grain,
}

/// A surface. Colours are sRGB; all other numbers are 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Material {
    /// Colour of the body, or of the reflection of a metal, or what glass lets through.
    pub color: [u8; 3],
    /// Use the mesh's own colours instead, where it has any.
    pub vertex_colors: bool,
    /// 0 is a dielectric, 1 a metal.
    pub metallic: f32,
    /// 0 is a mirror, 1 matt; perceptual (its square is the width of the reflection).
    pub roughness: f32,
    /// Strength of the dielectric reflection; 0.5 is 4 % straight on.
    pub reflectance: f32,
    /// A clear, glossy layer on top.
    pub clearcoat: f32,
    /// Roughness of that layer.
    pub clearcoat_roughness: f32,
    /// Bright rim of cloth and rubber.
    pub sheen: f32,
    /// How far light enters the body and softens its shading.
    pub softness: f32,
    /// Share of the light that goes through, refracted.
    pub transmission: f32,
    /// What varies over the surface.
    pub pattern: Pattern,
}

impl Default for Material {
    fn default() -> Self {
        MaterialPreset::default().into()
    }
}

/// What the presets vary from.
const BASE: Material = Material {
    color: [200, 200, 200],
    vertex_colors: true,
    metallic: 0.0,
    roughness: 0.5,
    reflectance: 0.5,
    clearcoat: 0.0,
    clearcoat_roughness: 0.1,
    sheen: 0.0,
    softness: 0.0,
    transmission: 0.0,
    pattern: Pattern::None,
};

/// Matt clay, for [`super::Shading::Clay`] and [`super::Shading::Flat`].
pub(super) const CLAY: Material = Material {
    color: [196, 188, 180],
    vertex_colors: false,
    roughness: 0.82,
    reflectance: 0.35,
    sheen: 0.12,
    softness: 0.15,
    ..BASE
};

impl From<MaterialPreset> for Material {
    fn from(preset: MaterialPreset) -> Self {
        match preset {
            MaterialPreset::Plastic => Self { color: [222, 106, 62], roughness: 0.34, ..BASE },
            MaterialPreset::Pla => {
                Self { color: [68, 142, 196], roughness: 0.42, softness: 0.25, pattern: Pattern::Layers, ..BASE }
            }
            MaterialPreset::Resin => {
                Self { color: [150, 152, 160], roughness: 0.26, reflectance: 0.55, softness: 0.55, ..BASE }
            }
            MaterialPreset::Ceramic => Self {
                color: [236, 230, 219],
                roughness: 0.55,
                clearcoat: 1.0,
                clearcoat_roughness: 0.06,
                softness: 0.3,
                ..BASE
            },
            MaterialPreset::Metal => {
                Self { color: [205, 203, 200], vertex_colors: false, metallic: 1.0, roughness: 0.27, ..BASE }
            }
            MaterialPreset::Wood => Self {
                color: [176, 118, 70],
                vertex_colors: false,
                roughness: 0.52,
                clearcoat: 0.25,
                clearcoat_roughness: 0.3,
                pattern: Pattern::Wood,
                ..BASE
            },
            MaterialPreset::Glass => Self {
                color: [214, 238, 232],
                vertex_colors: false,
                roughness: 0.04,
                transmission: 1.0,
                ..BASE
            },
            MaterialPreset::Rubber => Self {
                color: [44, 45, 48],
                vertex_colors: false,
                roughness: 0.78,
                reflectance: 0.4,
                sheen: 0.35,
                pattern: Pattern::Grain,
                ..BASE
            },
        }
    }
}
