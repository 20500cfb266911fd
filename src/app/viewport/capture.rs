//! Pictures of the view: one as PNG, or one turn as an animated PNG. Drawn beside the window on a
//! device of their own, larger than the view where wished.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use egui::{ProgressBar, Ui};
use image::RgbaImage;

use super::super::Studio;
use super::super::toast::Level;
use crate::files::{IfExists, write_atomically};
use crate::mesh::Mesh;
use crate::progress::CancelToken;
use crate::render::{Background, Camera, Environment, RenderError, Scene, StillMaker};

/// Frames of one turn.
const FRAMES: u32 = 48;
/// Frames per second.
const RATE: u16 = 20;
/// Longest side of a turntable, in pixels.
const TURNTABLE_SIDE_PX: f32 = 720.0;

/// A turntable that is being drawn.
pub struct Running {
    done: Arc<AtomicU32>,
    cancel: CancelToken,
}

/// What a picture is taken of.
struct Sitting {
    mesh: Arc<Mesh>,
    camera: Camera,
    scene: Scene,
    light: Option<Arc<Environment>>,
}

impl Sitting {
    /// A device of its own with the mesh and the light on it.
    fn maker(&self) -> Result<StillMaker, RenderError> {
        let mut maker = StillMaker::new(&self.mesh)?;
        maker.renderer_mut().set_environment(self.light.as_deref().cloned());
        Ok(maker)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}

impl Studio {
    /// Asks for a file and writes what the view shows, twice as fine.
    pub(super) fn save_picture(&mut self) {
        let Some(mut sitting) = self.sitting() else { return };
        let [width, height] = sitting.camera.size_px();
        let factor = if width.max(height) <= 2048 { 2 } else { 1 };
        sitting.camera.set_size([width * factor, height * factor]);
        let picked = self.ask_png("view.png");
        self.spawn(move || {
            let Some(path) = pollster::block_on(picked).map(|f| f.path().to_owned()) else {
                return Box::new(|_| {});
            };
            let saved = sitting
                .maker()
                .and_then(|mut maker| maker.still_from(&sitting.camera, &sitting.scene))
                .map_err(|error| error.to_string())
                .and_then(|picture| write_png(&path, &[picture], |_| true));
            Box::new(move |studio| studio.tell_saved(saved, &path))
        });
    }

    /// Asks for a file and writes one turn as an animated PNG.
    pub(super) fn save_turntable(&mut self) {
        if self.viewport.capture.is_some() {
            self.messages.push(Level::Info, "A turntable is being drawn already; cancel it first");
            return;
        }
        let Some(mut sitting) = self.sitting() else { return };
        let [width, height] = sitting.camera.size_px().map(|s| s as f32);
        let shrink = (TURNTABLE_SIDE_PX / width.max(height)).min(1.0);
        sitting.camera.set_size([(width * shrink) as u32, (height * shrink) as u32]);
        let picked = self.ask_png("turntable.png");
        let (done, cancel) = (Arc::new(AtomicU32::new(0)), CancelToken::new());
        self.viewport.capture = Some(Running { done: done.clone(), cancel: cancel.clone() });
        let ctx = self.ctx.clone();
        self.spawn(move || {
            let path = pollster::block_on(picked).map(|f| f.path().to_owned());
            let saved = path.as_ref().map(|path| {
                let frames = turn(&sitting, |frame| {
                    done.store(frame, Ordering::Relaxed);
                    ctx.request_repaint();
                    !cancel.is_cancelled()
                })?;
                write_png(path, &frames, |_| !cancel.is_cancelled())
            });
            Box::new(move |studio| {
                studio.viewport.capture = None;
                if let (Some(saved), Some(path)) = (saved, path) {
                    studio.tell_saved(saved, &path);
                }
            })
        });
    }

    /// Progress of a turntable, with a button to stop it.
    pub(super) fn capture_ui(&mut self, ui: &mut Ui) {
        let Some(running) = &self.viewport.capture else { return };
        let done = running.done.load(Ordering::Relaxed);
        let mut stop = false;
        ui.horizontal(|ui| {
            ui.add(ProgressBar::new(done as f32 / FRAMES as f32).desired_width(200.0).text("Turntable"));
            stop = ui.button("Cancel").clicked();
        });
        if stop {
            running.cancel.cancel();
        }
    }

    fn sitting(&self) -> Option<Sitting> {
        let view = &self.viewport;
        let mesh = view.shown.as_ref()?.mesh.clone();
        let mut scene = view.scene.clone();
        if view.transparent_pictures {
            scene.background = Background::Transparent;
            scene.ground.grid = false;
            scene.ground.bed = None;
        }
        let light = view.own_light.as_ref().map(|own| own.environment.clone());
        Some(Sitting { mesh, camera: view.camera.clone(), scene, light })
    }

    fn ask_png(&self, name: &str) -> impl Future<Output = Option<rfd::FileHandle>> + Send + 'static {
        let mut dialog = rfd::AsyncFileDialog::new().add_filter("PNG", &["png"]).set_file_name(name);
        if let Some(folder) = &self.settings.export_folder {
            dialog = dialog.set_directory(folder);
        }
        dialog.save_file()
    }

    fn tell_saved(&mut self, saved: Result<(), String>, path: &Path) {
        match saved {
            Ok(()) => {
                self.messages.push(Level::Success, format!("Saved {}", path.display()));
                self.last_exported = Some(PathBuf::from(path));
            }
            Err(why) => self.messages.push(Level::Error, format!("The picture was not saved: {why}")),
        }
    }
}

/// The frames of one turn. `go_on(frame)` is asked before each.
fn turn(sitting: &Sitting, go_on: impl Fn(u32) -> bool) -> Result<Vec<RgbaImage>, String> {
    let mut maker = sitting.maker().map_err(|e| e.to_string())?;
    let mut camera = sitting.camera.clone();
    let start = camera.pose();
    let mut frames = Vec::new();
    for frame in 0..FRAMES {
        if !go_on(frame) {
            return Err("it was cancelled".to_owned());
        }
        let mut pose = start;
        pose.view.azimuth += std::f32::consts::TAU * frame as f32 / FRAMES as f32;
        camera.set_pose(pose);
        frames.push(maker.still_from(&camera, &sitting.scene).map_err(|e| e.to_string())?);
    }
    Ok(frames)
}

/// Writes one picture, or several as an animation. The user's dialog has asked before replacing.
fn write_png(path: &Path, frames: &[RgbaImage], go_on: impl Fn(usize) -> bool) -> Result<(), String> {
    let Some(first) = frames.first() else { return Err("there is nothing to write".to_owned()) };
    let written = write_atomically(path, IfExists::Replace, |writer| {
        let mut encoder = png::Encoder::new(writer, first.width(), first.height());
        encoder.set_color(png::ColorType::Rgba);
        encoder.set_depth(png::BitDepth::Eight);
        if frames.len() > 1 {
            encoder.set_animated(frames.len() as u32, 0).map_err(std::io::Error::other)?;
            encoder.set_frame_delay(1, RATE).map_err(std::io::Error::other)?;
        }
        let mut writer = encoder.write_header().map_err(std::io::Error::other)?;
        for (index, frame) in frames.iter().enumerate() {
            if !go_on(index) {
                return Err(std::io::Error::other("it was cancelled"));
            }
            writer.write_image_data(frame.as_raw()).map_err(std::io::Error::other)?;
        }
        writer.finish().map_err(std::io::Error::other)
    });
    written.map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_animated_png_holds_every_frame() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("turn.png");
        let frames: Vec<_> = (0..5).map(|n| RgbaImage::from_pixel(8, 6, image::Rgba([n * 50, 0, 0, 255]))).collect();
        write_png(&path, &frames, |_| true).unwrap();
        let decoder = png::Decoder::new(std::io::BufReader::new(std::fs::File::open(&path).unwrap()));
        let reader = decoder.read_info().unwrap();
        assert_eq!(reader.info().animation_control().unwrap().num_frames, 5);
        assert!(write_png(&folder.path().join("no.png"), &frames, |n| n < 2).is_err());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
