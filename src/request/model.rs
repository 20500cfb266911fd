//! What may be asked of learned models.

use super::parameter::{choices, parameters};

choices! {
    /// The learned models.
    pub enum Model {
        /// Hunyuan3D 2.1: the most faithful; 7.4 GB to fetch, and wants a graphics card.
        Hunyuan3d21 = "hunyuan3d-2.1",
        /// Hunyuan3D 2.0: the model before it; 4.9 GB to fetch.
        Hunyuan3d20 = "hunyuan3d-2.0",
        /// Hunyuan3D 2.0 in five steps.
        Hunyuan3d20Turbo = "hunyuan3d-2.0-turbo",
        /// Hunyuan3D 2.0 in half the time.
        Hunyuan3d20Fast = "hunyuan3d-2.0-fast",
        /// Hunyuan3D 2mini: smaller; 3.8 GB to fetch.
        Hunyuan3d2Mini = "hunyuan3d-2mini",
        /// Hunyuan3D 2mini in five steps.
        Hunyuan3d2MiniTurbo = "hunyuan3d-2mini-turbo",
        /// Hunyuan3D 2mini in half the time.
        Hunyuan3d2MiniFast = "hunyuan3d-2mini-fast",
        /// Hunyuan3D 2mv: from up to four pictures, of the front, left, back and right; 4.9 GB to fetch.
        Hunyuan3d2Mv = "hunyuan3d-2mv",
        /// Hunyuan3D 2mv in five steps.
        Hunyuan3d2MvTurbo = "hunyuan3d-2mv-turbo",
        /// TripoSR: one pass without sampling, with colours; free for everybody; 1.7 GB to fetch.
        Triposr = "triposr",
        /// Columns: small, comes with the program.
        Columns = "columns",
    }
}

choices! {
    /// The sides that an object can be shown from besides its front, in the order of their numbers.
    pub enum Side {
        /// Its left, a quarter turn from the front.
        Left = "left",
        /// Its back.
        Back = "back",
        /// Its right.
        Right = "right",
    }
}

choices! {
    /// Which points of the box a model is asked about.
    pub enum Decode {
        /// Those where the surface is: the same mesh as from all of them.
        Surface = "surface",
        /// All of them: the slow reference.
        Dense = "dense",
        /// Bands around the surface, from coarse to fine, as published.
        Hierarchical = "hierarchical",
        /// Bands, with few tokens for each region (FlashVDM): quicker and approximate.
        FlashVdm = "flash-vdm",
        /// The same with the tokens that any point of a region looks at: nearer to the whole.
        FlashVdmMerge = "flash-vdm-merge",
    }
}

choices! {
    /// What a model that sees the front alone makes behind it.
    pub enum HiddenSide {
        /// What it expects there.
        Predicted = "predicted",
        /// The front, mirrored.
        Mirrored = "mirrored",
        /// A plane to lie on; everything before it is filled.
        Flat = "flat",
    }
}

parameters! {
    /// A learned model, and how it is run.
    pub struct ModelParams titled "Model" {
        /// Which model makes the solid.
        "model" => model: Model = Model::Hunyuan3d21;
        /// Steps from noise to shape; as published when left open (50, or 5 and 10 for the quick models).
        "steps" => steps: Option<u32> = None, in 1..=100 by 1;
        /// How closely the shape follows the picture.
        "guidance" => guidance: f32 = 5.0, in 0.0..=20.0 by 0.5, "×";
        /// Share of the steps that are guided; below 1 is quicker and approximate.
        "guidance-until" => guidance_until: f32 = 1.0, in 0.1..=1.0 by 0.05, "×";
        /// Another number, another shape from the same picture.
        "seed" => seed: u32 = 1234, in 0..=2147483647 by 1;
        /// Cells along an axis of the model's box; taken from the quality when left open.
        "octree" => octree: Option<u32> = None, in 16..=512 by 16, "cells";
        /// Value of the model's field at the surface; more is thinner.
        "iso-level" => iso_level: f32 = 0.0, in -0.9..=0.9 by 0.05;
        /// Half the side of the box that is looked at.
        "box" => half_box: f32 = 1.01, in 0.5..=1.5 by 0.01;
        /// Which points of the box the model is asked about.
        "decode" => decode: Decode = Decode::Surface;
        /// Density at the surface; more is thinner.
        "density" => density: f32 = 25.0, in 1.0..=100.0 by 1.0;
        /// Share of the model's frame that the object takes.
        "foreground" => foreground: f32 = 0.85, in 0.5..=1.0 by 0.05, "×";
        /// Factor on the predicted depth.
        "depth-scale" => depth_scale: f32 = 1.0, in 0.25..=3.0 by 0.05, "×";
        /// What is made where the picture shows nothing.
        "hidden-side" => hidden_side: HiddenSide = HiddenSide::Predicted;
        /// Angle that the picture was taken under; as predicted when left open; 0 keeps the front view exactly the silhouette.
        "field-of-view" => field_of_view_deg: Option<f32> = None, in 0.0..=60.0 by 5.0, "°";
        /// Set the object upright where the picture was taken from above.
        "upright" => upright: bool = false;
        /// Make the front view exactly the silhouette of the cut-out.
        "close-silhouette" => close_silhouette: bool = false;
    }
}

impl Side {
    /// The number of its view in the models; the front is 0.
    pub fn view_number(self) -> usize {
        match self {
            Self::Left => 1,
            Self::Back => 2,
            Self::Right => 3,
        }
    }
}

impl Ord for Side {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.view_number().cmp(&other.view_number())
    }
}

impl PartialOrd for Side {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Model {
    /// Whether it starts from noise.
    pub fn samples(self) -> bool {
        !matches!(self, Self::Triposr | Self::Columns)
    }

    /// Whether each of its steps is evaluated with the picture and without; the quick models know the
    /// guidance by themselves.
    pub fn is_guided_by_pairs(self) -> bool {
        matches!(self, Self::Hunyuan3d21 | Self::Hunyuan3d20 | Self::Hunyuan3d2Mini | Self::Hunyuan3d2Mv)
    }

    /// Whether it can be shown an object from further sides.
    pub fn takes_views(self) -> bool {
        matches!(self, Self::Hunyuan3d2Mv | Self::Hunyuan3d2MvTurbo)
    }

    /// Steps as published.
    pub fn published_steps(self) -> u32 {
        match self {
            Self::Hunyuan3d20Turbo | Self::Hunyuan3d2MiniTurbo | Self::Hunyuan3d2MvTurbo => 5,
            Self::Hunyuan3d20Fast | Self::Hunyuan3d2MiniFast => 10,
            _ => 50,
        }
    }
}

impl ModelParams {
    /// Steps from noise to shape: as set, else as published.
    pub fn sampling_steps(&self) -> u32 {
        self.steps.unwrap_or(self.model.published_steps())
    }

    /// Whether the solid is printed lying on its back.
    pub fn lies_flat(&self) -> bool {
        self.model == Model::Columns && self.hidden_side == HiddenSide::Flat
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_settings_are_the_defaults() {
        let mut params = ModelParams::default();
        assert_eq!((params.sampling_steps(), params.guidance, params.half_box), (50, 5.0, 1.01));
        params.model = Model::Hunyuan3d20Turbo;
        assert_eq!(params.sampling_steps(), 5);
        params.steps = Some(8);
        assert_eq!(params.sampling_steps(), 8);
    }
}
