//! Work that is begun before the window is there: reading its first mesh, computing its first light.

use std::path::{Path, PathBuf};
use std::thread::JoinHandle;

use super::files_in::{MESH_ENDINGS, has_ending};
use super::meshes::Read;
use crate::progress::Monitor;
use crate::render::{Environment, LightingPreset};

/// What is under way.
#[derive(Default)]
pub(super) struct Early {
    mesh: Option<(PathBuf, JoinHandle<Result<Read, String>>)>,
    light: Option<JoinHandle<Environment>>,
}

impl Early {
    /// Begins with the light, and with the first of `files` that is a mesh. Where the system gives
    /// no thread nothing is lost: it is done later.
    pub fn start(files: &[PathBuf]) -> Self {
        let thread = |name: &str| std::thread::Builder::new().name(name.to_owned());
        let first = files.iter().find(|f| has_ending(f, MESH_ENDINGS)).cloned();
        let mesh = first.and_then(|file| {
            let path = file.clone();
            Some((file, thread("orfeas-first-mesh").spawn(move || Read::file(&path, true, &Monitor::silent())).ok()?))
        });
        let light = thread("orfeas-first-light").spawn(|| Environment::preset(LightingPreset::default())).ok();
        Self { mesh, light }
    }

    /// The reading of `file`, if it was begun.
    pub fn take_mesh(&mut self, file: &Path) -> Option<JoinHandle<Result<Read, String>>> {
        self.mesh.take_if(|(begun, _)| begun == file).map(|(_, reading)| reading)
    }

    /// The light of the default preset, if it was begun.
    pub fn take_light(&mut self) -> Option<JoinHandle<Environment>> {
        self.light.take()
    }
}
