//! What tests of learned models share: a folder with a model in miniature and pictures.

use std::fs;
use std::path::{Path, PathBuf};

use image::RgbaImage;

use super::*;
use crate::cache::CacheOptions;
use crate::engine::device::{DeviceChoice, DeviceId};
use crate::engine::{Engine, EngineOptions};

/// A folder with pictures and a model, and an engine of its own.
pub(super) struct Studio {
    pub folder: tempfile::TempDir,
    pub engine: Engine,
    weights: &'static str,
    draw: fn(u32) -> RgbaImage,
}

impl Studio {
    /// `write` fills the model's folder, where the weights are a file of the name `weights`; `draw`
    /// makes the pictures by number.
    pub fn new(write: impl Fn(&Path), weights: &'static str, draw: fn(u32) -> RgbaImage) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let model = folder.path().join("model");
        fs::create_dir(&model).unwrap();
        write(&model);
        let device = DeviceChoice::Named(DeviceId::Cpu);
        let engine = Engine::new(EngineOptions { device, ..EngineOptions::default() });
        Self { folder, engine, weights, draw }
    }

    pub fn model(&self) -> PathBuf {
        self.folder.path().join("model")
    }

    pub fn weights(&self) -> PathBuf {
        self.model().join(self.weights)
    }

    pub fn picture(&self, number: u32) -> Input {
        let path = self.folder.path().join(format!("{number}.png"));
        (self.draw)(number).save(&path).unwrap();
        Input::of(path)
    }

    pub fn tools(&self, cache: Cache) -> Tools {
        Tools::new(cache, self.engine.clone(), Models::Folder(self.model()))
    }

    pub fn cache(&self, name: &str) -> Cache {
        let folder = Some(self.folder.path().join(name));
        Cache::open(&CacheOptions { folder, ..CacheOptions::default() })
    }

    pub fn run(&self, request: &Request, cache: &Cache) -> Result<Output, PipelineError> {
        let tools = self.tools(cache.clone());
        run_with(request, &self.picture(1), &Circumstances::of(&tools), &Monitor::silent())
    }

    /// Why a run is refused: one line, and nothing is stored.
    pub fn refusal(&self, request: &Request) -> String {
        let cache = self.cache("cache");
        let error = self.run(request, &cache).unwrap_err();
        assert_eq!(Self::entries(&cache), 0, "{error}");
        let text = error.to_string();
        assert!(!text.contains('\n'), "{text}");
        text
    }

    /// Number of entries of the stages that only a model makes.
    pub fn entries(cache: &Cache) -> u64 {
        let stats = cache.stats();
        let stages = ["latents", "shape", "surface", "mesh", "result"];
        stages.iter().filter_map(|stage| stats.stages.get(*stage)).map(|s| s.entries).sum()
    }
}

pub(super) fn fresh(output: &Output) -> Vec<Stage> {
    output.stages.iter().filter(|s| !s.cached).map(|s| s.stage).collect()
}
