//! A window under test: its own data folder, its own cache, pictures drawn on the spot.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use orfeas::app::state::Status;
use orfeas::app::{Options, Studio};
use orfeas::cache::Cache;
use orfeas::models::Library;
use tempfile::TempDir;

/// Longest a small draft may take in a debug build on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// The window and where it keeps things.
pub struct Window {
    pub harness: Harness<'static, Studio>,
    pub folder: TempDir,
}

impl Window {
    pub fn new() -> Self {
        Self::in_folder(tempfile::tempdir().unwrap(), |builder| builder)
    }

    pub fn in_folder(
        folder: TempDir,
        adapt: impl FnOnce(egui_kittest::HarnessBuilder<Studio>) -> egui_kittest::HarnessBuilder<Studio>,
    ) -> Self {
        Self::open(folder, adapt, |_| {})
    }

    /// A window with these learned models.
    pub fn with_models(library: Library) -> Self {
        Self::open(tempfile::tempdir().unwrap(), |builder| builder, |options| options.models = library)
    }

    fn open(
        folder: TempDir,
        adapt: impl FnOnce(egui_kittest::HarnessBuilder<Studio>) -> egui_kittest::HarnessBuilder<Studio>,
        change: impl FnOnce(&mut Options),
    ) -> Self {
        let mut options = Options::new(Vec::new(), folder.path().join("data"), Cache::disabled());
        change(&mut options);
        let builder = Harness::builder().with_size([1280.0, 800.0]).with_max_steps(20);
        let harness = adapt(builder).build_eframe(|cc| {
            let mut studio = Studio::new(&cc.egui_ctx, cc.wgpu_render_state.as_ref(), options);
            studio.draft.solid.resolution = Some(32);
            studio
        });
        Self { harness, folder }
    }

    /// Closes the window as a person does, and gives its folder back.
    pub fn close(self) -> TempDir {
        let Self { harness, folder } = self;
        let mut studio = harness.into_state();
        eframe::App::on_exit(&mut studio);
        folder
    }

    /// A white disc with a dark eye on transparent ground, as a file.
    pub fn picture(&self, name: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        let picture = image::RgbaImage::from_fn(96, 96, |x, y| {
            let from = |cx: f32, cy: f32| (x as f32 - cx).hypot(y as f32 - cy);
            let alpha = if from(48.0, 48.0) < 40.0 { 255 } else { 0 };
            if from(60.0, 36.0) < 6.0 { image::Rgba([20, 20, 20, alpha]) } else { image::Rgba([240, 235, 225, alpha]) }
        });
        picture.save(&path).unwrap();
        path
    }

    /// Drops files on the window.
    pub fn drop_files(&mut self, paths: &[PathBuf]) {
        let dropped = paths.iter().map(|p| egui::DroppedFile { path: Some(p.clone()), ..Default::default() });
        self.harness.input_mut().dropped_files = dropped.collect();
        self.harness.step();
    }

    /// Goes on drawing frames until `ready`, and fails with what is in the log when that takes too long.
    pub fn wait(&mut self, what: &str, ready: impl Fn(&Studio) -> bool) {
        let start = Instant::now();
        while !ready(self.harness.state()) {
            if start.elapsed() > PATIENCE {
                let log: Vec<_> = self.harness.state().messages.iter().map(|m| m.text.clone()).collect();
                panic!("waited in vain for {what}; the log says {log:#?}");
            }
            std::thread::sleep(Duration::from_millis(10));
            self.harness.step();
        }
        self.harness.step();
    }

    pub fn wait_finished(&mut self, count: usize) {
        self.wait(&format!("{count} finished pictures"), |studio| {
            studio.items.iter().filter(|i| i.status == Status::Finished && i.finished.is_some()).count() == count
        });
    }

    pub fn click(&mut self, label: &str) {
        // What came meanwhile may move things.
        self.harness.run_ok();
        self.harness.get_by_label(label).click();
        self.harness.run_ok();
    }

    /// [`Self::click`], as soon as that does something.
    pub fn click_when_enabled(&mut self, label: &str) {
        let start = Instant::now();
        let is_enabled =
            |w: &Self| w.harness.query_by_label(label).is_some_and(|node| !node.accesskit_node().is_disabled());
        while !is_enabled(self) {
            assert!(start.elapsed() < PATIENCE, "{label:?} cannot be clicked");
            std::thread::sleep(Duration::from_millis(10));
            self.harness.step();
        }
        self.click(label);
    }

    pub fn keys(&mut self, modifiers: egui::Modifiers, key: egui::Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.harness.run_ok();
    }

    pub fn has(&self, label: &str) -> bool {
        self.harness.query_all_by_label_contains(label).next().is_some()
    }
}
