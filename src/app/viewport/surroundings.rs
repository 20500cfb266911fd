//! Light from a picture of the user's own: a panorama as .hdr or .exr.

use std::path::{Path, PathBuf};

use super::super::Studio;
use super::super::toast::Level;
use super::callback::Resources;
use crate::render::Environment;

/// Pixels that a panorama may have: 16 384 × 8192, the largest that are commonly offered.
const MOST_PIXELS: u64 = 1 << 27;

impl Studio {
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
        let Some(gpu) = &self.gpu else { return };
        let (name, environment) = light.unzip();
        if let Some(resources) = gpu.renderer.write().callback_resources.get_mut::<Resources>() {
            resources.set_environment(environment);
            self.own_light = name;
        }
    }
}

fn read(path: &Path) -> Result<Environment, String> {
    let failed = |why: &dyn std::fmt::Display| format!("The panorama cannot be used ({why}): {}", path.display());
    let reader = image::ImageReader::open(path).and_then(image::ImageReader::with_guessed_format);
    let (width, height) = reader.map_err(|e| failed(&e))?.into_dimensions().map_err(|e| failed(&e))?;
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(failed(&format!("{width} × {height} pixels are too many; make it smaller")));
    }
    let picture = image::open(path).map_err(|e| failed(&e))?;
    Environment::from_picture(&picture.into_rgb32f()).map_err(|e| failed(&e))
}

#[cfg(test)]
mod tests {
    use super::*;

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
