//! Pictures to try things with, inside the program.

/// One of them.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// Its file's name.
    pub file: &'static str,
    /// Its file's content.
    pub bytes: &'static [u8],
}

/// File names in `assets/samples/`, in order.
macro_rules! samples {
    ($($file:literal),+ $(,)?) => {
        &[$(Sample {
            file: $file,
            bytes: include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/samples/", $file)),
        }),+]
    };
}

/// All of them, in the order of their names. A `static`, so that their bytes are in the program once.
pub static SAMPLES: &[Sample] =
    samples!["amphora.jpg", "elephant.png", "fox.png", "lake.jpg", "lyre.png", "owl.png", "robot.jpg", "rocket.png"];

/// The one whose file is called so.
pub fn named(file: &str) -> Option<Sample> {
    SAMPLES.iter().find(|sample| sample.file == file).copied()
}
