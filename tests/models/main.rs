//! The model manager against a server on this machine that does everything a server should not.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "that is how a test fails")]

mod found;
mod hostile;
mod installed;
mod pulled;
mod server;
mod toy;
