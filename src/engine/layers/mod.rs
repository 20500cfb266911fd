//! Layers that the models share. Plain values of tensors: made by `load`, used by `forward`, for
//! inference only.

mod attention;
pub(crate) mod cpu;
mod linear;
mod mlp;
mod norm;
mod timestep;

pub use attention::{attend, attend_tokens, interleaved_heads, merge_heads, split_heads};
pub use linear::Linear;
pub use mlp::{Activation, GatedMlp, Mlp};
pub use norm::{LayerNorm, RmsNorm, layer_norm_plain};
pub use timestep::{Order, frequencies, sinusoid};
