//! Hunyuan3D 2.1, 2.0, 2mini and 2mv: a picture to a signed field, by flow matching over latent tokens.
//!
//! Parts in the order of the papers: conditioner, denoiser (2.1 and 2.0), scheduler and loop, ShapeVAE.

pub mod conditioner;
pub mod config;
pub mod cost;
pub mod denoiser;
pub mod flux;
pub mod miniature;
pub mod model;
pub mod noise;
pub mod published;
pub mod sampler;
pub mod scheduler;
pub mod stand_in;
pub mod turns;
pub mod vae;
pub mod volume;
