//! The small model that ships inside the program: a signed-distance column behind every pixel.

pub mod input;
