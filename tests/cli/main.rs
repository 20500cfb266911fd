//! The program as a user runs it: the real binary, its files, its words and its exit codes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "that is how a test fails")]

mod batch;
mod files;
mod generate;
mod machine;
mod support;
mod training;
