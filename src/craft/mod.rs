//! Solids made without a network.

use crate::field::ScalarGrid;
use crate::mesh::Mesh;

/// What a generator made: a field still to be meshed, or a height field already closed as a mesh.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// Meshed later; field operations (hollow, base, thicken) may come first.
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
}
