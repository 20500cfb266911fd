//! Solids made without a network.
//!
//! [`make`] turns a picture, or the object cut out of it, into a [`Solid`]. Figures come in model
//! units and are sized later; reliefs, lithophanes and stamps are made in millimetres at the size
//! asked for, because their walls and pitches are millimetres. Every solid is closed by construction:
//! as a field, or as a mesh whose front, back and walls share their vertices.
//!
//! Results depend on the request and the pixels alone, not on the number of threads.

mod height_field;
mod inflate;
mod lithophane;
mod plateau;
mod relief;
mod sizing;
mod stamp;
#[cfg(test)]
mod testing;
mod tone;

pub use sizing::DefaultSize;
pub use stamp::height_mm as stamp_height_mm;

use crate::field::{FieldError, ScalarGrid};
use crate::image::{ConditionImage, Picture};
use crate::mesh::Mesh;
use crate::progress::{Cancelled, Monitor};
use crate::request::{Mode, Request, relevance};

/// What a generator made: a field still to be meshed, or a height field already closed as a mesh.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// Meshed later; field operations (hollow, base) may come first.
    Field(ScalarGrid),
    /// Closed and manifold by construction.
    Mesh(Mesh),
}

/// The unit of a [`Solid`]'s coordinates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Model space: unitless, the object inside [-1, 1]³.
    Model,
    /// Millimetres: the generator has already made the size that was asked for.
    Millimetre,
}

/// How a solid lies on the printer's bed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pose {
    /// As in the picture: the picture's up is the printer's up.
    Standing,
    /// On its back: the viewer of the picture looks down on the bed.
    Lying,
}

/// What every generator returns. Axes are those of model space: +Y up in the picture, +Z to the
/// viewer.
#[derive(Clone, Debug, PartialEq)]
pub struct Solid {
    /// The shape.
    pub body: Body,
    /// The unit of its coordinates.
    pub unit: Unit,
    /// How it is best printed.
    pub pose: Pose,
    /// Things worth telling about how it was made.
    pub notes: Vec<String>,
}

/// Why a craft could not be made.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CraftError {
    /// The mode works on the object alone, and none was given.
    #[error("this needs the object cut out of its background; cut it out first, or keep the whole frame")]
    NeedsCutOut,
    /// The mode asks for a learned model.
    #[error("a learned model makes this, not a craft; choose another mode")]
    NoCraft,
    /// No pixel belongs to the object.
    #[error("nothing is left of the object; lower the threshold or check the mask")]
    Empty,
    /// Nothing in the picture is brighter than the rest, and no silhouette rounds it.
    #[error(
        "the picture is of one colour, so there is no relief in it; \
         an object cut out of its background (--background remove) gets one from --relief-bulge"
    )]
    OneColor,
    /// The picture has no pixels.
    #[error("the picture has no pixels")]
    NoPicture,
    /// The size asked for leaves nothing for the picture.
    #[error("{}; ask for a larger size or a narrower frame", room_left([*width_mm, *height_mm], *frame_mm))]
    TooSmall {
        /// Width left for the picture.
        width_mm: f32,
        /// Height left for the picture.
        height_mm: f32,
        /// Width and height that the frame takes.
        frame_mm: [f32; 2],
    },
    /// The size asked for leaves nothing for the picture beside a keychain's ring.
    #[error(
        "the tab with the hole for the ring takes {tab_mm:.1} mm, which leaves too little of the size asked for; \
         ask for a larger size or a smaller hole"
    )]
    NoRoomBesideRing {
        /// Width and height of the tab.
        tab_mm: f32,
    },
    /// The size asked for is beyond any printer.
    #[error(
        "the picture would be {width_mm:.0} × {height_mm:.0} mm; at most 2000 mm can be made, ask for a smaller size"
    )]
    TooLarge {
        /// Width of the picture.
        width_mm: f32,
        /// Height of the picture.
        height_mm: f32,
    },
    /// A depth was asked for where thicknesses have settings of their own.
    #[error("the depth of a {craft} follows from {settings}; set those and leave the depth open")]
    DepthIsSet {
        /// What was to be made.
        craft: &'static str,
        /// Flags of the settings that make the depth.
        settings: &'static str,
    },
    /// Two settings contradict each other.
    #[error("{low} ({low_mm} mm) must be less than {high} ({high_mm} mm)")]
    Order {
        /// Flag of the setting that must be less.
        low: &'static str,
        /// Its value.
        low_mm: f32,
        /// Flag of the setting that must be more.
        high: &'static str,
        /// Its value.
        high_mm: f32,
    },
    /// The field could not be made.
    #[error(transparent)]
    Field(#[from] FieldError),
    /// The work was cancelled.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// What is left for the picture inside its frame. Less than nothing has no size to tell.
fn room_left([width, height]: [f32; 2], frame: [f32; 2]) -> String {
    let frame = format!("{:.1} × {:.1} mm", frame[0], frame[1]);
    if width > 0.0 && height > 0.0 {
        format!("the picture would be only {width:.1} × {height:.1} mm (frame: {frame})")
    } else {
        format!("the frame of {frame} leaves nothing for the picture")
    }
}

/// Whether [`make`] needs the object cut out of its picture for this request.
pub fn needs_cut_out(request: &Request) -> bool {
    relevance::needed_for_mask(request).is_none()
}

/// Whether the settings that `request` reads go together: [`make`] refuses what does not pass, whatever the picture.
///
/// # Errors
/// [`CraftError::DepthIsSet`], [`CraftError::Order`].
pub fn check(request: &Request) -> Result<(), CraftError> {
    match request.mode {
        Mode::Lithophane => lithophane::check(request),
        Mode::Stamp => stamp::check(request),
        Mode::Inflate | Mode::Relief | Mode::Model => Ok(()),
    }
}

/// How large what `request` asks for becomes when no size is asked for.
pub fn default_size(request: &Request) -> DefaultSize {
    match request.mode {
        Mode::Inflate | Mode::Model => DefaultSize::Height(sizing::FIGURE_HEIGHT_MM),
        Mode::Relief => DefaultSize::Longest(relief::LONGEST_MM),
        Mode::Lithophane => lithophane::default_size(request.lithophane.shape),
        Mode::Stamp => DefaultSize::Longest(stamp::longest_mm(request.stamp.kind)),
    }
}

/// Makes the solid that `request` asks for out of `picture`, or out of `condition`, the object cut
/// out of it, where [`needs_cut_out`] says so.
///
/// # Errors
/// See [`CraftError`]; nothing is left behind.
pub fn make(
    request: &Request,
    picture: &Picture,
    condition: Option<&ConditionImage>,
    monitor: &Monitor,
) -> Result<Solid, CraftError> {
    let object = || condition.ok_or(CraftError::NeedsCutOut);
    match request.mode {
        Mode::Inflate => inflate::inflate(request, object()?, monitor),
        Mode::Relief if needs_cut_out(request) => relief::relief(request, picture, Some(object()?), monitor),
        Mode::Relief => relief::relief(request, picture, None, monitor),
        Mode::Lithophane => lithophane::lithophane(request, picture, monitor),
        Mode::Stamp => stamp::stamp(request, object()?, monitor),
        Mode::Model => Err(CraftError::NoCraft),
    }
}
