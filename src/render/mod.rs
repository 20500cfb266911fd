//! Pictures of meshes, with wgpu: for the window's viewport, for files and for thumbnails.
//!
//! Promises: resources are made once and uploads happen only on change; the same input gives the
//! same pixels on the same adapter; no adapter, a lost device and short memory are errors, never
//! panics. It does not read files and knows nothing of windows.
//!
//! # Spaces
//! World is print space: millimetres, +Z up, fronts face -Y. `view_from_world` looks along -Z,
//! `clip_from_world` has depth 0 (near) to 1 (far). Colours are sRGB in options and pictures, linear
//! in between.
//!
//! # A picture
//! ```text
//! depth maps (key light, underside, top) ─► ground shadow      only when mesh, light or section moved
//! scene: mesh · wire · section's cap · ground                  4 samples per pixel, linear, 16-bit floats
//! occlusion from depth                                         creases and contacts
//! composite: tone mapping per sample ─► background ─► sRGB     any target
//! ```
//! One file and one `.wgsl` per thing drawn: `surface`, `wire`, `cap`, `ground`, `light`
//! (shadows), `finish` (occlusion and composite). `Scene` is plain data; presets are the tables in
//! [`material`] and [`lighting`].

pub mod camera;
mod cap;
mod device;
mod environment;
mod error;
mod finish;
mod frame;
mod ground;
mod light;
pub mod lighting;
pub mod material;
mod mesh;
mod normals;
pub mod offscreen;
mod pick;
mod pipeline;
mod prepared;
mod renderer;
pub mod scene;
pub mod shader;
#[cfg(test)]
mod shapes;
mod still;
mod surface;
mod targets;
#[cfg(test)]
mod tests;
mod wire;

pub use camera::{Camera, NamedView, Pose, Projection, View};
pub use device::{AdapterInfo, AdapterKind, Faults, Gpu, probe};
pub use environment::Environment;
pub use error::RenderError;
pub use frame::AlphaMode;
pub use lighting::{Lighting, LightingPreset};
pub use material::{Material, MaterialPreset, Pattern};
pub use mesh::GpuMesh;
pub use pick::{Hit, pick};
pub use prepared::{PreparedLevel, PreparedMesh};
pub use renderer::{Effort, Renderer};
pub use scene::{Background, Bed, Ground, Scene, Section, Shading, Wireframe};
pub use still::{MAX_STILL_SIDE_PX, StillMaker, StillOptions, contact_sheet, still};

/// Vectors as arrays of three numbers in saved data.
mod serde_vec3 {
    use glam::Vec3;
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    pub(super) fn serialize<S: Serializer>(vector: &Vec3, serializer: S) -> Result<S::Ok, S::Error> {
        vector.to_array().serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec3, D::Error> {
        <[f32; 3]>::deserialize(deserializer).map(Vec3::from_array)
    }
}
