//! The program as a user runs it: the real binary, its files, its words and its exit codes.

mod batch;
mod files;
mod generate;
mod machine;
mod support;
