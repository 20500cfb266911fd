//! Training pictures with their solids, made fresh: nothing is downloaded, nothing is stored.
//!
//! Sample `n` of a seed is the same bytes on every machine and for every number of threads: random
//! numbers come from a counter, and no platform mathematics is used.
//!
//! ```text
//! tape or packed solid ─► view ─► columns + front and back ─► look ─► degraded picture ─► record
//! ```

mod cut;
pub mod families;
pub mod look;
pub mod pack;
pub mod random;
pub mod record;
pub mod sample;
pub mod seen;
pub mod sheet;
pub mod solid;
pub mod stream;
pub mod tape;
pub mod things;
mod variant;
pub mod view;

#[cfg(test)]
mod tests;
