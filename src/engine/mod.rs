//! The inference engine: the only home of burn.
//!
//! Promises: every model is an ordinary value of tensors, made by a `load` that asks [`weights`] for
//! each tensor by its published name and exact shape; nothing here downloads, prints, or knows of
//! requests and pictures. Tensors live on the device that they were loaded on; all work on one device
//! belongs on one thread for the life of the process.

pub mod device;
pub mod error;
#[cfg(test)]
pub(crate) mod fault;
pub mod layers;
pub mod learned;
pub mod memory;
pub mod models;
pub mod weights;

mod guard;
mod keeper;
mod pace;
mod worker;

pub use guard::guard;
pub use keeper::supports;
pub use learned::Made;
pub use worker::{Engine, EngineOptions, PlaceInfo};

pub use burn::{Dispatch as Backend, DispatchDevice as Device};

/// A tensor of floats of rank `D` on a device that was chosen at run time.
pub type Tensor<const D: usize> = burn::tensor::Tensor<Backend, D>;
