//! The inference engine: the only home of burn.

/// The backend of every model: the device is chosen at run time.
pub type Backend = burn::backend::Dispatch;
