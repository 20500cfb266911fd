//! Where the light comes from: a preset, computed beside the window, or a panorama of the user's own
//! as .hdr or .exr.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::super::Studio;
use super::super::toast::Level;
use super::callback::Resources;
use crate::render::{Environment, LightingPreset};

/// Pixels that a panorama may have: 16 384 × 8192, the largest that are commonly offered.
const MOST_PIXELS: u64 = 1 << 27;

/// A panorama of the user's.
pub(super) struct OwnLight {
    /// To show.
    pub name: String,
    /// For pictures that are drawn on another device.
    pub environment: Arc<Environment>,
}

/// The presets whose light was computed.
#[derive(Default)]
pub(super) struct Lights {
    ready: Vec<LightingPreset>,
    awaited: Option<LightingPreset>,
    /// The last that was drawn with.
    last: Option<LightingPreset>,
}

impl Lights {
    /// The preset to draw with: the wanted one once it is there, until then the one before.
    pub fn usable(&mut self, wanted: LightingPreset, has_own: bool) -> Option<LightingPreset> {
        if has_own || self.ready.contains(&wanted) {
            self.last = Some(wanted);
        }
        self.last
    }
}

impl Studio {
    /// Has the light of the chosen preset computed, if it is not there yet.
    pub(in super::super) fn prepare_light(&mut self) {
        let view = &mut self.viewport;
        let preset = view.scene.lighting.preset;
        let lights = &mut view.lights;
        if view.gpu.is_none() || lights.ready.contains(&preset) || lights.awaited.is_some() {
            return;
        }
        lights.awaited = Some(preset);
        let early = if preset == LightingPreset::default() { self.early.take_light() } else { None };
        let compute = move || early.and_then(|e| e.join().ok()).unwrap_or_else(|| Environment::preset(preset));
        self.run_task(compute, move |studio, computed| studio.take_preset(preset, computed));
    }

    fn take_preset(&mut self, preset: LightingPreset, computed: Result<Environment, String>) {
        let view = &mut self.viewport;
        view.lights.awaited = None;
        // Where it came to nothing the renderer computes it itself, as it draws.
        view.lights.ready.push(preset);
        let (Some(gpu), Ok(environment)) = (&view.gpu, computed) else { return };
        if let Some(resources) = gpu.renderer.write().callback_resources.get_mut::<Resources>() {
            resources.supply_environment(preset, environment);
        }
    }

    /// Lights the view with a panorama from now on; it is read beside the window.
    pub(in super::super) fn light_from(&mut self, path: PathBuf) {
        self.spawn(move || {
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let read = read(&path);
            Box::new(move |studio| match read {
                Ok(environment) => {
                    studio.messages.push(Level::Info, format!("The view is lit by {name}"));
                    studio.viewport.take_light(Some((name, environment)));
                }
                Err(why) => studio.messages.push(Level::Error, why),
            })
        });
    }
}

impl super::Viewport {
    /// Lights the view with a named environment, or with the presets again.
    pub(super) fn take_light(&mut self, light: Option<(String, Environment)>) {
        let (name, environment) = light.unzip();
        if let Some(gpu) = &self.gpu
            && let Some(resources) = gpu.renderer.write().callback_resources.get_mut::<Resources>()
        {
            resources.set_environment(environment.clone());
        }
        self.own_light = name.zip(environment).map(|(name, light)| OwnLight { name, environment: Arc::new(light) });
    }
}

/// What decoding may take: room for a panorama of [`MOST_PIXELS`] as four floats, and as much to work with.
fn limits() -> image::Limits {
    let mut limits = image::Limits::default();
    limits.max_alloc = Some(2 * MOST_PIXELS * size_of::<[f32; 4]>() as u64);
    limits
}

fn read(path: &Path) -> Result<Environment, String> {
    let failed = |why: &dyn std::fmt::Display| format!("The panorama cannot be used ({why}): {}", path.display());
    let open = || image::ImageReader::open(path).and_then(image::ImageReader::with_guessed_format);
    let (width, height) = open().map_err(|e| failed(&e))?.into_dimensions().map_err(|e| failed(&e))?;
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(failed(&format!("{width} × {height} pixels are too many; make it smaller")));
    }
    let mut reader = open().map_err(|e| failed(&e))?;
    reader.limits(limits());
    let picture = reader.decode().map_err(|e| failed(&e))?;
    Environment::from_picture(&picture.into_rgb32f()).map_err(|e| failed(&e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_panorama_that_is_taken_may_be_decoded() {
        for channels in [3, 4] {
            let picture = MOST_PIXELS * channels * size_of::<f32>() as u64;
            assert!(limits().reserve(picture).is_ok(), "{channels} channels");
        }
    }

    #[test]
    fn a_panorama_is_read_and_anything_else_is_refused_with_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sky.hdr");
        let sky = image::Rgb32FImage::from_fn(32, 16, |_, y| image::Rgb([0.2, 0.3, if y < 8 { 2.0 } else { 0.1 }]));
        sky.save(&path).unwrap();
        assert!(read(&path).is_ok());
        let bytes = std::fs::read(&path).unwrap();
        for (name, bytes) in [("cut.hdr", &bytes[..bytes.len() / 2]), ("text.exr", b"no picture"), ("empty.hdr", b"")] {
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            let why = read(&path).err().unwrap();
            assert!(why.contains(name), "{why}");
        }
    }
}
