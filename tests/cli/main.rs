//! The program as a user runs it: the real binary, its files, its words and its exit codes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "that is how a test fails")]

mod batch;
mod files;
mod generate;
mod learned;
mod machine;
mod models;
mod render;
#[allow(dead_code, reason = "the tests of the model manager use the rest")]
#[path = "../models/server.rs"]
mod server;
mod support;
mod training;
mod triposr;
