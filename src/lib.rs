//! ORFEAS turns a picture into a solid 3D mesh that prints, on the user's own machine.
//!
//! # The data's way
//! ```text
//! file ─► image::intake ─► image::matte ─► ConditionImage ─► craft ─► Field ─► field ops ─► surface ─► Mesh ─► mesh ops ─► export
//!                                      └─► picture of a model ─► engine ─► latents ─► Field
//! ```
//! Everything is a signed field before it is triangles, so meshes are closed and manifold by
//! construction; every stage is cached by content.
//!
//! # Conventions
//! * Model space: right-handed, +Y up, +Z towards the viewer of the photo, object inside [-1, 1]³.
//!   Print space: millimetres, +Z up, standing on z = 0, centred in x and y. glTF: metres, +Y up.
//! * Fields are negative inside, the surface is at 0; index order x, y, z with z fastest;
//!   `samples_per_axis = cells_per_axis + 1`.
//! * Triangles wind counter-clockwise seen from outside; the signed volume is positive.
//! * Colour is sRGB 8-bit at the edges, linear f32 inside rendering. Angles are radians inside,
//!   degrees only in text. Numbers with a unit end in `_mm _px _secs _bytes _deg`.

pub mod app;
pub mod background;
pub mod cache;
pub mod cli;
mod color;
pub mod craft;
pub mod dataset;
pub mod doctor;
pub mod engine;
pub mod evaluate;
pub mod export;
pub mod field;
pub mod files;
pub mod image;
pub mod import;
pub mod job;
pub mod mesh;
mod mishap;
pub mod models;
pub mod pipeline;
pub mod print;
pub mod progress;
pub mod render;
pub mod request;
pub mod samples;
pub mod surface;
mod union_find;
