//! Published weights: files of named tensors, and modules made from them.
//!
//! Promises: nothing that a file says is believed before it is checked against the file's length; no
//! code in a file ever runs; a module is made only when every tensor that it needs is there with the
//! right shape and nothing is left over, and otherwise one error names all that is wrong.

mod error;
mod file;
mod loader;
mod random;
mod safetensors;
mod stored;
mod torch;

pub use error::{Mismatch, WeightsError};
pub use file::{TensorView, WeightFile};
pub use loader::{LoadOptions, Precision, Weights, inventory, load};
pub use random::{Numbers, random_tensors, write_random};
pub use stored::StoredType;
pub use torch::write_checkpoint;
