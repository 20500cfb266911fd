//! The shader programs: which sources make up each.
//!
//! WGSL has no includes; a program is the concatenation of its parts. `tests/shaders.rs` validates
//! every one of [`PROGRAMS`].

/// A program: its name and its sources, in order.
#[derive(Clone, Copy, Debug)]
pub struct Program {
    /// For messages.
    pub name: &'static str,
    parts: &'static [&'static str],
}

macro_rules! program {
    ($($name:ident = $first:literal $(+ $part:literal)*;)+) => {
        $(pub(super) const $name: Program = Program {
            name: stringify!($name),
            parts: &[
                include_str!(concat!("shaders/", $first, ".wgsl"))
                $(, include_str!(concat!("shaders/", $part, ".wgsl")))*
            ],
        };)+

        /// Every program, for validation.
        pub const PROGRAMS: &[Program] = &[$($name),+];
    };
}

program! {
    MATERIAL = "common" + "light" + "surface" + "patterns" + "pbr";
    GLASS = "common" + "light" + "surface" + "glass";
    INSPECT = "common" + "surface" + "inspect";
    WIRE = "common" + "wire";
    CAP = "common" + "surface" + "cap";
    GROUND = "common" + "light" + "ground";
    DEPTH = "common" + "depth";
    GROUND_SHADOW = "common" + "ground_shadow";
    OCCLUSION = "common" + "occlusion";
    COMPOSITE = "common" + "light" + "composite";
}

impl Program {
    /// The whole source.
    pub fn source(&self) -> String {
        self.parts.join("\n")
    }
}
