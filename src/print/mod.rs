//! What a printer needs: the right size, the right pose, and a mesh that slices.
//!
//! [`place`] brings a solid from the generator's space to print space (millimetres, +Z up, standing
//! on z = 0, centred in x and y); [`check()`] says in words and numbers whether it will print.

mod check;
mod place;
mod report;
pub mod text;

pub use check::check;
pub use place::{DEFAULT_HEIGHT_MM, foot, millimetres_per_unit, place, unmet_size};
pub use report::{Defect, DefectKind, Report, left_out};
