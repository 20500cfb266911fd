//! The model families, one folder each.

pub mod columns;
pub mod hunyuan3d;
