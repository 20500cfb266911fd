//! What the user asks for: plain data, with every default, range, unit and explanation written once.
//!
//! The command line, the window, the cache keys and the saved state all read these structs. Adding a
//! parameter here adds its flag, its help and its widget. Sizes that a user types are millimetres.

mod model;
pub mod parameter;
pub mod relevance;

pub use model::{Decode, HiddenSide, Model, ModelParams, Side};

use parameter::{ParamGroup, ValueError, choices, parameters};
use serde::{Deserialize, Serialize};

choices! {
    /// Which kind of solid is made.
    pub enum Mode {
        /// A plump figure: the silhouette is inflated like a balloon.
        Inflate = "inflate",
        /// A bas-relief: brightness becomes height.
        Relief = "relief",
        /// A picture that shows when light falls through it.
        Lithophane = "lithophane",
        /// A stamp, cookie cutter or keychain from the outline.
        Stamp = "stamp",
        /// The whole object, as a learned model sees it in the picture.
        Model = "model",
    }
}

choices! {
    /// How the object is told from its background.
    pub enum Background {
        /// Use the transparency of the picture if it has any, else remove the background.
        Auto = "auto",
        /// Use the transparency of the picture; it is an error if there is none.
        Alpha = "alpha",
        /// Remove the background by its colours, whatever the transparency says.
        Remove = "remove",
        /// Keep the whole frame as the object.
        Keep = "keep",
    }
}

choices! {
    /// How a background is removed.
    pub enum CutOutMethod {
        /// By its colours, and by a network where these leave it open.
        Auto = "auto",
        /// By its colours alone.
        Colors = "colors",
        /// By a network that has learned what objects look like; colours place the outline.
        Network = "network",
    }
}

parameters! {
    /// How the picture is read.
    pub struct IntakeParams titled "Picture" {
        /// Longest side of the picture while it is worked on; larger pictures are reduced first.
        "working-size" => working_size_px: u32 = 1024, in 64..=4096 by 64, "px";
        /// Sharpen after resizing; 1 leaves the picture as it is.
        "sharpness" => sharpness: f32 = 1.2, in 0.0..=3.0 by 0.1, "×";
    }
}

parameters! {
    /// How the object is cut out.
    pub struct CutOutParams titled "Cut-out" {
        /// How the object is told from its background.
        "background" => background: Background = Background::Auto;
        /// How a background is removed.
        "cut-out" => method: CutOutMethod = CutOutMethod::Auto;
        /// Opacity from which a pixel belongs to the object.
        "threshold" => threshold: f32 = 0.5, in 0.05..=0.95 by 0.05;
        /// Swap object and background.
        "invert-mask" => invert: bool = false;
    }
}

impl CutOutParams {
    /// The same for a mask that was made with these: what bends and swaps opacities is in it already, and would be done
    /// again each time.
    pub fn of_made_mask(self) -> Self {
        let Self { threshold, invert, .. } = Self::default();
        Self { threshold, invert, ..self }
    }
}

parameters! {
    /// A silhouette inflated like a balloon: height is the square root of the solution of Poisson's
    /// equation inside the silhouette.
    pub struct InflateParams titled "Inflate" {
        /// Thickness; 1 makes a disc into a sphere.
        "thickness" => thickness: f32 = 1.0, in 0.1..=3.0 by 0.05, "×";
        /// Depth of the back compared with the front; 0 makes the back flat.
        "back" => back: f32 = 1.0, in 0.0..=1.0 by 0.05, "×";
        /// Raise bright parts of the front: height of the relief compared with the thickness.
        "detail" => detail: f32 = 0.0, in 0.0..=0.5 by 0.02, "×";
    }
}

impl InflateParams {
    /// Whether the figure is printed lying on its back.
    pub fn lies_flat(&self) -> bool {
        self.back == 0.0
    }
}

choices! {
    /// What stands behind a relief.
    pub enum ReliefBase {
        /// A rectangular plate of the picture's frame.
        Plate = "plate",
        /// The outline of the object, without a plate around it.
        Outline = "outline",
    }
}

parameters! {
    /// A bas-relief: brightness becomes height above a base.
    pub struct ReliefParams titled "Relief" {
        /// Height of the relief above its base.
        "relief-depth" => depth_mm: f32 = 5.0, in 0.2..=60.0 by 0.2, "mm";
        /// Thickness of the base.
        "relief-base" => base_mm: f32 = 2.0, in 0.4..=30.0 by 0.2, "mm";
        /// What stands behind the relief.
        "relief-plate" => plate: ReliefBase = ReliefBase::Plate;
        /// Width of a raised frame around the plate; 0 for none.
        "relief-border" => border_mm: f32 = 0.0, in 0.0..=20.0 by 0.5, "mm";
        /// Dark becomes high instead of bright.
        "relief-invert" => invert: bool = false;
        /// Roundness that is added from the silhouette, so that a flat-coloured object still bulges.
        "relief-bulge" => bulge: f32 = 0.5, in 0.0..=1.0 by 0.05, "×";
        /// Smoothing of the heights before they are built.
        "relief-smooth" => smooth_mm: f32 = 0.3, in 0.0..=3.0 by 0.1, "mm";
    }
}

choices! {
    /// The surface a lithophane is bent to.
    pub enum LithophaneShape {
        /// A flat pane.
        Flat = "flat",
        /// A pane bent around an upright axis.
        Curved = "curved",
        /// A closed lamp shade, the picture all around it.
        Cylinder = "cylinder",
    }
}

parameters! {
    /// A lithophane: dark parts are thick, so that light shows the picture.
    pub struct LithophaneParams titled "Lithophane" {
        /// The surface it is bent to.
        "litho-shape" => shape: LithophaneShape = LithophaneShape::Flat;
        /// Thickness where the picture is white.
        "litho-min" => min_mm: f32 = 0.8, in 0.2..=5.0 by 0.1, "mm";
        /// Thickness where the picture is black.
        "litho-max" => max_mm: f32 = 3.2, in 0.6..=10.0 by 0.1, "mm";
        /// Width of the frame around the picture; 0 for none.
        "litho-border" => border_mm: f32 = 3.0, in 0.0..=20.0 by 0.5, "mm";
        /// Angle that a curved pane covers.
        "litho-angle" => angle_deg: f32 = 120.0, in 20.0..=300.0 by 5.0, "°";
        /// A foot under a flat pane, so that it stands.
        "litho-stand" => stand: bool = true;
        /// Distance between two picture points; smaller than the nozzle is wasted.
        "litho-pitch" => pitch_mm: f32 = 0.2, in 0.05..=1.0 by 0.05, "mm";
        /// Thickness that lets half of the light of the thinnest part through; 0 makes thickness
        /// follow brightness in a straight line.
        "litho-half-value" => half_value_mm: f32 = 0.75, in 0.0..=3.0 by 0.05, "mm";
        /// Show the negative.
        "litho-invert" => invert: bool = false;
    }
}

impl LithophaneParams {
    /// Whether the lithophane is printed lying on its back: without a stand, a pane would fall over.
    pub fn lies_flat(&self) -> bool {
        self.shape == LithophaneShape::Flat && !self.stand
    }
}

choices! {
    /// What is made from the outline.
    pub enum StampKind {
        /// A raised, mirrored picture on a plate with a grip.
        Stamp = "stamp",
        /// A thin wall with a cutting edge and a rim to press on.
        CookieCutter = "cookie-cutter",
        /// A plate of the outline with the picture raised on it, and a ring hole.
        Keychain = "keychain",
    }
}

parameters! {
    /// Extruded silhouettes: stamps, cookie cutters and keychains.
    pub struct StampParams titled "Stamp" {
        /// What is made from the outline.
        "stamp-kind" => kind: StampKind = StampKind::Stamp;
        /// Height of the raised picture of a stamp, of a cutter's wall, or of a keychain's plate, above which its
        /// picture stands 0.8 mm.
        "stamp-height" => height_mm: Option<f32> = None, in 0.6..=40.0 by 0.2, "mm";
        /// Thickness of the plate of a stamp or of the rim of a cutter.
        "stamp-plate" => plate_mm: f32 = 3.0, in 0.8..=20.0 by 0.2, "mm";
        /// Width that the plate or rim reaches beyond the outline.
        "stamp-margin" => margin_mm: f32 = 3.0, in 0.0..=20.0 by 0.5, "mm";
        /// Thickness of a cutter's wall.
        "stamp-wall" => wall_mm: f32 = 1.6, in 0.8..=5.0 by 0.1, "mm";
        /// Thickness of a cutter's cutting edge.
        "stamp-blade" => blade_mm: f32 = 0.6, in 0.4..=2.0 by 0.1, "mm";
        /// Height of a stamp's grip; 0 for none.
        "stamp-handle" => handle_mm: f32 = 20.0, in 0.0..=60.0 by 1.0, "mm";
        /// Diameter of a keychain's hole; 0 for none.
        "stamp-hole" => hole_mm: f32 = 4.0, in 0.0..=12.0 by 0.5, "mm";
        /// Raise the dark lines of the drawing; off raises the whole silhouette.
        "stamp-lines" => lines: bool = true;
    }
}

choices! {
    /// How fine the solid is computed.
    pub enum Quality {
        /// A balance of detail and time.
        Standard = "standard",
        /// Quick, for a first look.
        Draft = "draft",
        /// All the detail that a picture holds; several times slower.
        Fine = "fine",
    }
}

parameters! {
    /// What is done to the solid before it becomes triangles.
    pub struct SolidParams titled "Solid" {
        /// How fine the solid is computed; a stamp's walls may take more.
        "quality" => quality: Quality = Quality::Standard;
        /// Cells along the longest side; taken from the quality when left open. Thin walls of stamps take more.
        "resolution" => resolution: Option<u32> = None, in 32..=768 by 16, "cells";
        /// Wall thickness of a hollow solid; 0 keeps it solid.
        "hollow" => hollow_mm: f32 = 0.0, in 0.0..=20.0 by 0.2, "mm";
        /// Cut this much off the bottom, so that it stands flat.
        "flat-base" => flat_base_mm: f32 = 0.0, in 0.0..=50.0 by 0.5, "mm";
        /// Thicken what is thinner than this from front to back; 0 leaves it as it is. Widths stay the picture's.
        "min-wall" => min_wall_mm: f32 = 0.8, in 0.0..=10.0 by 0.1, "mm";
    }
}

impl SolidParams {
    /// Cells along the longest side of a solid: the resolution where it is set, else by quality.
    pub fn cells(&self) -> u32 {
        self.resolution.unwrap_or(match self.quality {
            Quality::Draft => 96,
            Quality::Standard => 192,
            Quality::Fine => 320,
        })
    }
}

parameters! {
    /// What is done to the triangles.
    pub struct MeshParams titled "Mesh" {
        /// Drop loose pieces smaller than this share of the largest, unless the outline shows them; 0 keeps all.
        "drop-floaters" => drop_floaters: f32 = 0.01, in 0.0..=1.0 by 0.005, "×";
        /// Rounds of smoothing that keeps the volume and the outline, for a noisy brightness relief.
        "smooth" => smooth_rounds: u32 = 0, in 0..=50 by 1;
        /// Reduce to about this many triangles, or until the largest error is reached; colours are thinned out with
        /// them.
        "triangles" => triangles: Option<u32> = None, in 100..=20000000 by 1000;
        /// Reduce as far as the surface moves by no more than this anywhere, or until the number of triangles is
        /// reached; colours are thinned out.
        "max-error" => max_error_mm: Option<f32> = None, in 0.001..=5.0 by 0.01, "mm";
        /// Carry the colours of the picture on the surface.
        "color" => color: bool = true;
    }
}

parameters! {
    /// How large the print is. The solid keeps its proportions: give one of these.
    pub struct SizeParams titled "Size" {
        /// Height of the picture; a figure is 80 mm high when no size is given. What lies flat (relief, stamp, cutter,
        /// keychain, flat back, flat lithophane without a stand) is that deep on the bed.
        "height" => height_mm: Option<f32> = None, in 1.0..=2000.0 by 1.0, "mm";
        /// Width of the print.
        "width" => width_mm: Option<f32> = None, in 1.0..=2000.0 by 1.0, "mm";
        /// Thickness from front to back. What lies flat (relief, flat back) is that high on the bed; lithophanes, stamps,
        /// cutters and keychains have settings of their own for it.
        "depth" => depth_mm: Option<f32> = None, in 0.2..=2000.0 by 1.0, "mm";
        /// Factor on the size that the print would have.
        "scale" => scale: f32 = 1.0, in 0.001..=1000.0 by 0.05, "×";
    }
}

/// A whole request: every setting that changes the result, and nothing that does not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Request {
    /// Which kind of solid is made.
    pub mode: Mode,
    /// How the picture is read.
    pub intake: IntakeParams,
    /// How the object is cut out.
    pub cut_out: CutOutParams,
    /// Read when `mode` is [`Mode::Model`].
    pub model: ModelParams,
    /// Read when `mode` is [`Mode::Inflate`].
    pub inflate: InflateParams,
    /// Read when `mode` is [`Mode::Relief`].
    pub relief: ReliefParams,
    /// Read when `mode` is [`Mode::Lithophane`].
    pub lithophane: LithophaneParams,
    /// Read when `mode` is [`Mode::Stamp`].
    pub stamp: StampParams,
    /// What is done to the solid before meshing.
    pub solid: SolidParams,
    /// What is done to the triangles.
    pub mesh: MeshParams,
    /// How large the print is.
    pub size: SizeParams,
}

impl Request {
    /// All groups, in the order to show them. Those of other modes are included.
    pub fn groups(&self) -> [&dyn ParamGroup; 10] {
        let Self { mode: _, intake, cut_out, model, inflate, relief, lithophane, stamp, solid, mesh, size } = self;
        [size, intake, cut_out, model, inflate, relief, lithophane, stamp, solid, mesh]
    }

    /// All groups, to change them.
    pub fn groups_mut(&mut self) -> [&mut dyn ParamGroup; 10] {
        let Self { mode: _, intake, cut_out, model, inflate, relief, lithophane, stamp, solid, mesh, size } = self;
        [size, intake, cut_out, model, inflate, relief, lithophane, stamp, solid, mesh]
    }

    /// The learned model that makes the solid, if one does.
    pub fn learned_model(&self) -> Option<Model> {
        (self.mode == Mode::Model).then_some(self.model.model)
    }

    /// Whether the solid's front view is the picture's outline, piece by piece.
    pub fn keeps_outline(&self) -> bool {
        match self.mode {
            Mode::Inflate => true,
            Mode::Relief => self.relief.plate == ReliefBase::Outline,
            Mode::Model => self.model.model == Model::Columns || self.model.close_silhouette,
            Mode::Lithophane | Mode::Stamp => false,
        }
    }

    /// Whether the solid is printed lying on its back: the height of the picture is then its depth on the bed, and
    /// its thickness the height.
    pub fn lies_flat(&self) -> bool {
        match self.mode {
            Mode::Inflate => self.inflate.lies_flat(),
            Mode::Relief | Mode::Stamp => true,
            Mode::Lithophane => self.lithophane.lies_flat(),
            Mode::Model => self.model.lies_flat(),
        }
    }

    /// Cells along an axis of a learned model's box: as set, else by quality, as published for low,
    /// standard and high.
    pub fn octree_cells(&self) -> u32 {
        self.model.octree.unwrap_or(match self.solid.quality {
            Quality::Draft => 192,
            Quality::Standard => 256,
            Quality::Fine => 384,
        })
    }

    /// Whether the cells are set by number, so that the quality does not decide them.
    pub fn cells_are_set(&self) -> bool {
        match self.learned_model() {
            Some(model) if model != Model::Columns => self.model.octree.is_some(),
            _ => self.solid.resolution.is_some(),
        }
    }

    /// How the picture is read: learned models want it as it is.
    pub fn intake_params(&self) -> IntakeParams {
        match self.mode {
            Mode::Model => IntakeParams { sharpness: 1.0, ..self.intake },
            _ => self.intake,
        }
    }

    /// Checks every value of every group.
    ///
    /// # Errors
    /// The first [`ValueError`].
    pub fn validate(&self) -> Result<(), ValueError> {
        self.groups().iter().try_for_each(|g| g.validate())
    }
}

#[cfg(test)]
mod tests {
    use super::parameter::Value;
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_default_is_in_range_and_every_flag_is_unique() {
        let request = Request::default();
        request.validate().unwrap();
        let mut flags = HashSet::new();
        for spec in request.groups().iter().flat_map(|g| g.specs()) {
            assert!(flags.insert(spec.flag), "{} is used twice", spec.flag);
            assert!(!spec.doc.is_empty() && spec.doc.ends_with('.'), "{}: {:?}", spec.flag, spec.doc);
        }
    }

    #[test]
    fn values_out_of_range_are_refused_and_change_nothing() {
        let mut inflate = InflateParams::default();
        for bad in [Value::Number(99.0), Value::Number(f64::NAN), Value::Integer(1), Value::Unset] {
            assert!(inflate.set("thickness", bad).is_err(), "{bad:?}");
        }
        assert_eq!(inflate, InflateParams::default());
        inflate.set("thickness", Value::Number(0.8)).unwrap();
        assert_eq!(inflate.get("thickness"), Some(Value::Number(0.8)));
    }

    #[test]
    fn a_request_survives_json_and_tolerates_missing_fields() {
        let mut request = Request { mode: Mode::Stamp, ..Request::default() };
        request.size.height_mm = Some(42.0);
        let json = serde_json::to_string(&request).unwrap();
        assert_eq!(serde_json::from_str::<Request>(&json).unwrap(), request);
        assert_eq!(serde_json::from_str::<Request>("{}").unwrap(), Request::default());
    }
}
