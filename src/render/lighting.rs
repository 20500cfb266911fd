//! Where the light comes from: environments described as soft area lights on a sky, as a table.
//!
//! Directions are azimuth and elevation in degrees in the frame of [`super::View`]: azimuth 0 is
//! where the front camera stands, positive is to its right. Radiance is linear and relative: each
//! preset is scaled so that a white matt surface which faces up and forward gets `Preset::level`.

use serde::{Deserialize, Serialize};

use crate::request::parameter::choices;

choices! {
    /// Lightings with a name.
    pub enum LightingPreset {
        /// Softboxes around a bright room: even, friendly, true to colour.
        Studio = "studio",
        /// Sun, blue sky and meadow.
        Outdoor = "outdoor",
        /// One large light from the side, a rim from behind, and darkness.
        Dramatic = "dramatic",
        /// Moonlight with a lit window.
        Night = "night",
        /// Late sun through a warm room.
        Warm = "warm",
    }
}

/// How a scene is lit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Lighting {
    /// Which environment, unless the renderer was given a picture of one.
    pub preset: LightingPreset,
    /// Turns the environment around +Z, in radians.
    pub rotation: f32,
    /// Brightness in stops; 0 is the preset's own.
    pub exposure_stops: f32,
    /// Keep the lights where they are seen from the camera while it goes around the object. Every
    /// side is then lit well, but shadows turn as the camera does.
    pub follow_camera: bool,
    /// Sharp-edged shadows of the key light on the object.
    pub shadows: bool,
}

impl Default for Lighting {
    fn default() -> Self {
        Self {
            preset: LightingPreset::default(),
            rotation: 0.0,
            exposure_stops: 0.0,
            follow_camera: false,
            shadows: true,
        }
    }
}

/// A soft rectangle of light, infinitely far away.
#[derive(Clone, Copy, Debug)]
pub(super) struct AreaLight {
    /// Azimuth and elevation of its middle, in degrees.
    pub direction_deg: [f32; 2],
    /// Width and height, in degrees, below 160.
    pub size_deg: [f32; 2],
    /// Share of the half size over which it fades to nothing, 0 to 1.
    pub feather: f32,
    /// Linear red, green, blue at the middle.
    pub radiance: [f32; 3],
}

/// The sky and the floor behind the lights, blended smoothly over elevation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sky {
    pub zenith: [f32; 3],
    pub horizon: [f32; 3],
    pub nadir: [f32; 3],
    /// How fast the horizon gives way: small is a thin band, 1 is even.
    pub band: f32,
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Preset {
    pub sky: Sky,
    /// The light that casts the shadow.
    pub key: AreaLight,
    pub others: &'static [AreaLight],
    /// Radiance of a white matt surface that faces forward and up at 45°.
    pub level: f32,
    /// sRGB backdrop at the top and the bottom of the picture.
    pub backdrop: [[u8; 3]; 2],
    /// Darkest that the ground shadow gets, 0 to 1.
    pub shadow_strength: f32,
}

const fn light(direction_deg: [f32; 2], size_deg: [f32; 2], feather: f32, radiance: [f32; 3]) -> AreaLight {
    AreaLight { direction_deg, size_deg, feather, radiance }
}

const STUDIO: Preset = Preset {
    sky: Sky { zenith: [0.9, 0.91, 0.94], horizon: [0.82, 0.82, 0.83], nadir: [0.55, 0.54, 0.53], band: 0.8 },
    key: light([-42.0, 44.0], [56.0, 50.0], 0.35, [15.0, 14.6, 14.0]),
    others: &[
        light([62.0, 22.0], [46.0, 80.0], 0.5, [1.9, 2.0, 2.2]),
        light([0.0, 88.0], [80.0, 50.0], 0.5, [3.0, 3.0, 3.0]),
        light([150.0, 28.0], [26.0, 90.0], 0.4, [5.0, 5.1, 5.4]),
        light([-140.0, 24.0], [20.0, 90.0], 0.4, [4.0, 4.0, 4.0]),
    ],
    level: 1.08,
    backdrop: [[246, 246, 247], [214, 216, 220]],
    shadow_strength: 0.8,
};

const OUTDOOR: Preset = Preset {
    sky: Sky { zenith: [0.26, 0.48, 0.95], horizon: [0.95, 1.02, 1.10], nadir: [0.26, 0.27, 0.16], band: 0.45 },
    key: light([-38.0, 50.0], [16.0, 16.0], 0.8, [210.0, 188.0, 152.0]),
    others: &[
        light([-38.0, 50.0], [70.0, 70.0], 1.0, [1.6, 1.4, 1.1]),
        light([60.0, 30.0], [60.0, 26.0], 0.9, [1.5, 1.5, 1.55]),
        light([165.0, 24.0], [80.0, 22.0], 0.9, [1.8, 1.8, 1.8]),
    ],
    level: 1.12,
    backdrop: [[160, 198, 232], [226, 234, 232]],
    shadow_strength: 0.72,
};

const DRAMATIC: Preset = Preset {
    sky: Sky { zenith: [0.045, 0.05, 0.06], horizon: [0.03, 0.032, 0.04], nadir: [0.02, 0.02, 0.022], band: 0.8 },
    key: light([-68.0, 34.0], [44.0, 66.0], 0.35, [10.0, 9.2, 8.0]),
    others: &[
        light([142.0, 30.0], [22.0, 100.0], 0.4, [6.0, 7.0, 9.0]),
        light([-158.0, 12.0], [12.0, 90.0], 0.4, [5.0, 4.6, 4.2]),
        light([70.0, -6.0], [50.0, 30.0], 1.0, [0.25, 0.28, 0.38]),
    ],
    level: 0.78,
    backdrop: [[52, 54, 60], [20, 21, 25]],
    shadow_strength: 0.8,
};

const NIGHT: Preset = Preset {
    sky: Sky { zenith: [0.05, 0.08, 0.17], horizon: [0.13, 0.18, 0.33], nadir: [0.03, 0.035, 0.06], band: 0.5 },
    key: light([-52.0, 52.0], [30.0, 30.0], 0.7, [10.0, 13.0, 19.0]),
    others: &[
        light([118.0, 10.0], [24.0, 44.0], 0.25, [13.0, 7.2, 2.6]),
        light([-128.0, 6.0], [60.0, 16.0], 0.8, [0.8, 0.9, 2.2]),
        light([40.0, 30.0], [60.0, 50.0], 1.0, [0.22, 0.3, 0.6]),
    ],
    level: 0.56,
    backdrop: [[34, 44, 74], [14, 18, 34]],
    shadow_strength: 0.75,
};

const WARM: Preset = Preset {
    sky: Sky { zenith: [0.42, 0.40, 0.42], horizon: [0.85, 0.70, 0.54], nadir: [0.30, 0.23, 0.17], band: 0.7 },
    key: light([-56.0, 30.0], [40.0, 44.0], 0.5, [26.0, 19.0, 11.5]),
    others: &[
        light([80.0, 35.0], [60.0, 60.0], 0.8, [1.0, 1.1, 1.5]),
        light([150.0, 20.0], [26.0, 80.0], 0.5, [5.5, 3.8, 2.2]),
        light([10.0, 80.0], [70.0, 50.0], 0.7, [1.2, 1.0, 0.8]),
    ],
    level: 1.0,
    backdrop: [[246, 236, 222], [214, 192, 168]],
    shadow_strength: 0.66,
};

impl LightingPreset {
    pub(super) fn preset(self) -> &'static Preset {
        match self {
            Self::Studio => &STUDIO,
            Self::Outdoor => &OUTDOOR,
            Self::Dramatic => &DRAMATIC,
            Self::Night => &NIGHT,
            Self::Warm => &WARM,
        }
    }
}
