//! The model families, one folder each.

pub mod hunyuan3d;
pub mod triposr;
