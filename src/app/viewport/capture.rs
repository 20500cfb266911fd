//! Pictures of the view: one as PNG, or one turn as an animated PNG. Drawn beside the window on a
//! device of their own, larger than the view where wished.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use egui::Ui;
use image::RgbaImage;

use super::super::Studio;
use super::super::ask::Purpose;
use super::super::layout::stoppable_ui;
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
        self.ask_png("view.png", |studio, target| {
            let draw = move || {
                let drawn = sitting.maker().and_then(|mut maker| maker.still_from(&sitting.camera, &sitting.scene));
                drawn.map_err(|error| error.to_string())
            };
            studio.save_drawn(target, draw);
        });
    }

    /// Has `draw` make a picture beside the window, and writes it.
    fn save_drawn(&mut self, target: Target, draw: impl FnOnce() -> Result<RgbaImage, String> + Send + 'static) {
        // Writing alone is for those who write: drawing may take long.
        self.run_for_file(draw, |studio, drawn| match drawn.flatten() {
            Ok(picture) => {
                let save = move || write_png(&target, &[picture], |_| true).map(|()| target.path);
                studio.run_write(save, |studio, saved| studio.tell_saved(saved.flatten()));
            }
            Err(why) => studio.tell_saved(Err(why)),
        });
    }

    /// Asks for a file and writes one turn as an animated PNG.
    pub(super) fn save_turntable(&mut self) {
        if self.is_capturing() {
            return;
        }
        let Some(mut sitting) = self.sitting() else { return };
        let [width, height] = sitting.camera.size_px().map(|s| s as f32);
        let shrink = (TURNTABLE_SIDE_PX / width.max(height)).min(1.0);
        sitting.camera.set_size([(width * shrink) as u32, (height * shrink) as u32]);
        self.ask_png("turntable.png", |studio, target| {
            studio.capture(target, move |target, go_on| {
                let frames = turn(&sitting, go_on)?;
                write_png(target, &frames, |_| go_on(FRAMES))
            });
        });
    }

    fn is_capturing(&mut self) -> bool {
        let is_capturing = self.viewport.capture.is_some();
        if is_capturing {
            self.messages.push(Level::Info, "A turntable is being drawn already; cancel it first");
        }
        is_capturing
    }

    /// Cancels a turntable that is being drawn.
    pub(in super::super) fn give_up_turntable(&mut self) {
        self.viewport.capture = None;
    }

    /// Whether no turntable would be lost with the window; says so where one would.
    pub(in super::super) fn may_leave_turntable(&mut self) -> bool {
        // One that is cancelled is given up already.
        let may_leave = self.viewport.capture.as_ref().is_none_or(|running| running.cancel.is_cancelled());
        if !may_leave {
            self.messages.push(Level::Info, "A turntable is being drawn; wait for it, or cancel it, before you close");
        }
        may_leave
    }

    /// Has `make` write to `target` beside the window, as the turntable whose progress is shown. It asks
    /// whether to go on with how many frames are done.
    fn capture(
        &mut self,
        target: Target,
        make: impl FnOnce(&Target, &dyn Fn(u32) -> bool) -> Result<(), String> + Send + 'static,
    ) {
        // Another one may have been begun while the dialog was open.
        if self.is_capturing() {
            return;
        }
        let (done, cancel) = (Arc::new(AtomicU32::new(0)), CancelToken::new());
        self.viewport.capture = Some(Running { done: done.clone(), cancel: cancel.clone() });
        let (ctx, stopped) = (self.ctx.clone(), cancel.clone());
        let save = move || -> Result<PathBuf, String> {
            let go_on = |frame| {
                done.store(frame, Ordering::Relaxed);
                ctx.request_repaint();
                !cancel.is_cancelled()
            };
            make(&target, &go_on)?;
            Ok(target.path)
        };
        self.run_for_file(save, move |studio, saved| {
            // Dropping what runs cancels it.
            let was_stopped = stopped.is_cancelled();
            studio.viewport.capture = None;
            match saved.flatten() {
                Err(_) if was_stopped => studio.messages.push(Level::Info, "The turntable was cancelled"),
                saved => studio.tell_saved(saved),
            }
        });
    }

    /// Progress of a turntable, with a button to stop it.
    pub(super) fn capture_ui(&self, ui: &mut Ui) {
        let Some(running) = &self.viewport.capture else { return };
        let done = running.done.load(Ordering::Relaxed);
        if stoppable_ui(ui, "Turntable", done as f32 / FRAMES as f32) {
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

    /// Asks where a picture goes, with `name` as proposal.
    fn ask_png(&mut self, name: &str, done: impl FnOnce(&mut Self, Target) + Send + 'static) {
        let mut dialog = rfd::AsyncFileDialog::new().add_filter("PNG", &["png"]).set_file_name(name);
        if let Some(folder) = &self.settings.export_folder {
            dialog = dialog.set_directory(folder);
        }
        self.ask_path(
            Purpose::Other,
            || dialog.save_file(),
            |studio, picked| match Target::of(picked) {
                Ok(target) => done(studio, target),
                Err(why) => studio.tell_saved(Err(why)),
            },
        );
    }

    fn tell_saved(&mut self, saved: Result<PathBuf, String>) {
        match saved {
            Ok(path) => {
                self.messages.push(Level::Success, format!("Saved {}", path.display()));
                self.last_exported = Some(path);
            }
            Err(why) => self.messages.push(Level::Error, format!("The picture was not saved: {why}")),
        }
    }
}

/// Where a picture is written.
#[derive(Debug, PartialEq, Eq)]
struct Target {
    path: PathBuf,
    if_exists: IfExists,
}

impl Target {
    /// The file that was picked: always PNG, so that is the ending of a name that has none.
    fn of(picked: PathBuf) -> Result<Self, String> {
        match picked.extension() {
            // The system's dialog has asked before replacing.
            Some(ending) if ending.eq_ignore_ascii_case("png") => {
                Ok(Self { path: picked, if_exists: IfExists::Replace })
            }
            Some(_) => Err(format!("it can be written as PNG only; let its name end in .png: {}", picked.display())),
            // For this name it has not.
            None => Ok(Self { path: picked.with_extension("png"), if_exists: IfExists::Keep }),
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

/// Writes one picture, or several as an animation.
fn write_png(target: &Target, frames: &[RgbaImage], go_on: impl Fn(usize) -> bool) -> Result<(), String> {
    let Some(first) = frames.first() else { return Err("there is nothing to write".to_owned()) };
    let written = write_atomically(&target.path, target.if_exists, |writer| {
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
        write_png(&Target::of(path.clone()).unwrap(), &frames, |_| true).unwrap();
        let decoder = png::Decoder::new(std::io::BufReader::new(std::fs::File::open(&path).unwrap()));
        let reader = decoder.read_info().unwrap();
        assert_eq!(reader.info().animation_control().unwrap().num_frames, 5);
        assert!(write_png(&Target::of(folder.path().join("no.png")).unwrap(), &frames, |n| n < 2).is_err());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_picture_is_named_as_what_it_is_and_replaces_nothing_that_nobody_asked_about() {
        let folder = tempfile::tempdir().unwrap();
        let why = Target::of(folder.path().join("view.jpg")).unwrap_err();
        assert!(why.contains(".png") && why.ends_with("view.jpg"), "{why}");
        assert_eq!(Target::of("VIEW.PNG".into()).unwrap().path, PathBuf::from("VIEW.PNG"));
        let target = Target::of(folder.path().join("view")).unwrap();
        assert_eq!(target.path, folder.path().join("view.png"));
        std::fs::write(&target.path, "another picture").unwrap();
        let frame = RgbaImage::new(4, 4);
        assert!(write_png(&target, std::slice::from_ref(&frame), |_| true).is_err());
        assert_eq!(std::fs::read(&target.path).unwrap(), b"another picture");
        std::fs::remove_file(&target.path).unwrap();
        write_png(&target, &[frame], |_| true).unwrap();
        assert_eq!(image::open(&target.path).unwrap().width(), 4);
    }

    #[test]
    fn a_turntable_that_broke_off_does_not_keep_the_next_from_being_drawn() {
        let (folder, mut studio) = super::super::super::tests::studio();
        let target = |name: &str| Target::of(folder.path().join(name)).unwrap();
        studio.capture(target("a.png"), |_, _| panic!("on purpose"));
        assert!(studio.viewport.capture.is_some());
        studio.next_answer(std::time::Duration::from_secs(60)).unwrap()(&mut studio);
        assert!(studio.viewport.capture.is_none());
        studio.capture(target("b.png"), |target, go_on| {
            assert!(go_on(1));
            write_png(target, &[RgbaImage::new(4, 4)], |_| true)
        });
        studio.next_answer(std::time::Duration::from_secs(60)).unwrap()(&mut studio);
        assert!(studio.viewport.capture.is_none() && target("b.png").path.exists());
    }

    #[test]
    fn a_turntable_that_is_cancelled_is_no_failure() {
        let (folder, mut studio) = super::super::super::tests::studio();
        let target = Target::of(folder.path().join("a.png")).unwrap();
        studio.capture(target, |_, go_on| {
            while go_on(1) {
                std::thread::sleep(std::time::Duration::from_millis(1));
            }
            Err("it was cancelled".to_owned())
        });
        assert!(!studio.may_leave_turntable());
        studio.viewport.capture.as_ref().unwrap().cancel.cancel();
        assert!(studio.may_leave_turntable(), "there is nothing to wait for");
        studio.next_answer(std::time::Duration::from_secs(60)).unwrap()(&mut studio);
        assert!(studio.viewport.capture.is_none() && !folder.path().join("a.png").exists());
        let last = studio.messages.iter().next_back().unwrap();
        assert_eq!((last.level, last.text.as_str()), (Level::Info, "The turntable was cancelled"));
    }

    #[test]
    fn closing_waits_for_what_is_still_drawn() {
        let (folder, mut studio) = super::super::super::tests::studio();
        let [view, turntable] = ["view.png", "turntable.png"].map(|name| folder.path().join(name));
        // Longer than closing takes without waiting.
        let draw = || std::thread::sleep(std::time::Duration::from_millis(300));
        studio.save_drawn(Target::of(view.clone()).unwrap(), move || {
            draw();
            Ok(RgbaImage::new(4, 4))
        });
        studio.capture(Target::of(turntable.clone()).unwrap(), move |target, go_on| {
            draw();
            write_png(target, &[RgbaImage::new(4, 4)], |_| go_on(1))
        });
        assert!(!studio.may_leave_turntable());
        // Where the system does not ask.
        studio.say_goodbye();
        assert!(view.exists() && turntable.exists() && studio.may_leave_turntable());
    }
}
