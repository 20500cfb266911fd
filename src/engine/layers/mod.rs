//! Layers that the models share. Plain values of tensors: made by `load`, used by `forward`, for
//! inference only.

mod attention;
mod linear;
mod mlp;
mod norm;
mod timestep;

pub use attention::{attend, interleaved_heads, merge_heads, split_heads};
pub use linear::Linear;
pub use mlp::{Activation, Mlp};
pub use norm::{LayerNorm, RmsNorm, layer_norm_plain};
pub use timestep::{Order, frequencies, sinusoid};
