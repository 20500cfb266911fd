//! A model small enough for tests, its library, and the server that has it.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use orfeas::models::{Catalogue, Hub, Library, ModelsError, Patience, Place};
use orfeas::progress::Monitor;
use sha2::Digest as _;
use tempfile::TempDir;

use super::server::Server;

pub const WEIGHTS: &str = "toy-v1/model.bin";
pub const CONFIG: &str = "toy-v1/config.yaml";

/// Bytes that do not repeat.
pub fn weights() -> Vec<u8> {
    let mut state = 1u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    (0..600_000).map(|_| next()).collect()
}

pub const CONFIG_TEXT: &[u8] = b"model:\n  target: toy\n";

pub fn digest(bytes: &[u8]) -> String {
    sha2::Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

/// The toy and a second model beside it in the same repository. The digest of the toy's weights is
/// known when `pinned`.
pub fn catalogue(pinned: bool) -> Catalogue {
    let sha256 = if pinned { serde_json::json!(digest(&weights())) } else { serde_json::Value::Null };
    let manifest = serde_json::json!({
        "name": "Toy", "repository": "maker/Toy", "revision": "main",
        "licence": { "name": "Toy Licence", "summary": "Be kind.", "excluded_territory": ["Atlantis"], "url": "https://x" },
        "models": [
            {
                "id": "toy", "name": "Toy", "purpose": "To play", "folder": "toy-v1", "parameters": 1,
                "graphics_memory_bytes": 1,
                "files": [
                    { "path": CONFIG, "about_bytes": CONFIG_TEXT.len() },
                    { "path": WEIGHTS, "bytes": weights().len(), "sha256": sha256 },
                ],
            },
            {
                "id": "loose", "name": "Loose", "purpose": "To play", "folder": "toy-v1", "parameters": 1,
                "graphics_memory_bytes": 1, "files": [{ "path": "toy-v1/loose.yaml", "about_bytes": 400_000 }],
            },
        ],
    });
    Catalogue::parse(&[&manifest.to_string()]).unwrap()
}

/// Impatient, so that tests are quick.
pub fn patience() -> Patience {
    Patience {
        connect: Duration::from_secs(10),
        read: Duration::from_secs(20),
        slow_bytes: 0,
        slow_within: Duration::from_secs(20),
        failures: 3,
        first_pause: Duration::from_millis(1),
        longest_pause: Duration::from_millis(20),
    }
}

/// Waits until it is so, for a minute at most. Whether it is.
pub fn wait_for(mut is_so: impl FnMut() -> bool) -> bool {
    let begun = Instant::now();
    while !is_so() {
        if begun.elapsed() > Duration::from_secs(60) {
            return false;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    true
}

/// A folder, the server, and what connects them.
pub struct Desk {
    pub folder: TempDir,
    pub server: Server,
    pub pinned: bool,
    pub patience: Patience,
    pub token: Option<&'static str>,
    pub others: Vec<Place>,
}

impl Desk {
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            server: Server::new(&[("model.bin", &weights()), ("config.yaml", CONFIG_TEXT)]),
            pinned: true,
            patience: patience(),
            token: None,
            others: Vec::new(),
        }
    }

    pub fn own(&self) -> PathBuf {
        self.folder.path().join("models")
    }

    /// The library as it would be after a new start of the program.
    pub fn library(&self) -> Library {
        let hub = Hub::at(&self.server.url(), self.token, self.patience);
        Library::new(catalogue(self.pinned), self.own(), self.others.clone(), hub)
    }

    /// The same, with the licence agreed to.
    pub fn agreed(&self) -> Library {
        let library = self.library();
        library.agree(library.model("toy").unwrap()).unwrap();
        library
    }

    pub fn pull(&self) -> Result<PathBuf, ModelsError> {
        self.agreed().pull("toy", &Monitor::silent())
    }

    /// What the pull complains about.
    pub fn complaint(&self) -> String {
        self.pull().unwrap_err().to_string()
    }

    pub fn weights_path(&self) -> PathBuf {
        self.own().join("maker/Toy").join(WEIGHTS)
    }

    pub fn part_path(&self) -> PathBuf {
        self.weights_path().with_file_name(".orfeas-model.bin.part")
    }

    /// Fails unless the model is there as published and nothing else is.
    pub fn assert_whole(&self) {
        let root = self.library().locate("toy").unwrap();
        assert_eq!(root, self.own().join("maker/Toy"));
        assert!(std::fs::read(root.join(WEIGHTS)).unwrap() == weights());
        assert_eq!(std::fs::read(root.join(CONFIG)).unwrap(), CONFIG_TEXT);
        let mut names: Vec<_> =
            std::fs::read_dir(root.join("toy-v1")).unwrap().map(|e| e.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["config.yaml", "model.bin"]);
    }
}
