//! The inference engine against vectors recorded from the reference implementations.
//!
//! `ORFEAS_GOLDEN` names another folder of vectors; every size is read from the files themselves.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "that is how a test fails")]

mod conditioner;
mod cost;
mod denoiser;
mod e2e;
mod flux;
mod manifests;
mod picture;
mod published;
mod sampler;
mod scheduler;
mod support;
mod surface;
mod torch;
mod triposr;
mod vae;
mod volume;
mod weights;
