//! Bad files through the real program: each gives one clear sentence and an exit code, never a
//! panic, never a file or a part of one, and never much memory or time.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "that is how a test fails")]

mod bytes;
mod desk;
mod meshes;
mod paths;
mod pictures;
