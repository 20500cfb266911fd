//! Changes to a solid while it is still a field: each takes a grid and gives a new one, so they can
//! be put one after another in any order.

mod base;
mod hollow;

pub use base::flat_base;
pub use hollow::hollow;
