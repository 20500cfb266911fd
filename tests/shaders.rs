//! Every shader program is valid WGSL.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "that is how a test fails")]

use naga::valid::{Capabilities, ValidationFlags, Validator};

#[test]
fn every_program_is_valid() {
    for program in orfeas::render::shader::PROGRAMS {
        let source = program.source();
        let module = naga::front::wgsl::parse_str(&source)
            .unwrap_or_else(|error| panic!("{}: {}", program.name, error.emit_to_string(&source)));
        let mut validator = Validator::new(ValidationFlags::all(), Capabilities::default());
        validator
            .validate(&module)
            .unwrap_or_else(|error| panic!("{}: {}", program.name, error.emit_to_string(&source)));
        assert!(!module.entry_points.is_empty(), "{} draws nothing", program.name);
    }
}
