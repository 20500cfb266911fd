//! Puts a digest of the code that makes results into the program, as `ORFEAS_ALGORITHMS`.
//!
//! Cache keys contain it, so a changed algorithm can never be answered with a result of the old one,
//! and nobody has to remember to count a version up.

use std::path::{Path, PathBuf};
use std::{env, fs};

/// What results depend on: every module but the fronts, the file formats, and the cache itself.
const SOURCES: [&str; 15] = [
    "src/color.rs",
    "src/craft",
    "src/engine",
    "src/field",
    "src/image",
    "src/mesh",
    "src/pipeline",
    "src/print",
    "src/progress.rs",
    "src/request",
    "src/surface",
    "src/union_find.rs",
    // Columns say themselves which weights they are.
    "models/matte/M.safetensors",
    "Cargo.lock",
    "src/build.rs",
];

fn main() {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let mut hash = Fnv::new();
    for source in SOURCES {
        println!("cargo::rerun-if-changed={source}");
        add(&root.join(source), source, &mut hash);
    }
    println!("cargo::rustc-env=ORFEAS_ALGORITHMS={:016x}", hash.0);
}

/// Adds a file, or a folder's files in the order of their names. Names count: code moves with them.
fn add(path: &Path, name: &str, hash: &mut Fnv) {
    hash.add(name.as_bytes());
    if let Ok(items) = fs::read_dir(path) {
        let mut names: Vec<_> = items.flatten().map(|i| i.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names.iter().for_each(|n| add(&path.join(n), n, hash));
    } else if let Ok(text) = fs::read(path) {
        // A checkout may turn line ends around.
        hash.add(&text.into_iter().filter(|b| *b != b'\r').collect::<Vec<_>>());
    }
}

/// FNV-1a, 64 bits: tells versions apart, nobody attacks it.
struct Fnv(u64);

impl Fnv {
    fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    fn add(&mut self, bytes: &[u8]) {
        let length = (bytes.len() as u64).to_le_bytes();
        for byte in length.iter().chain(bytes) {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}
