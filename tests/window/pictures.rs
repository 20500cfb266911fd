//! Pictures of the main states.
//!
//! The kept pictures beside this file were drawn by Mesa's software driver, and are compared where it
//! draws. `UPDATE_SNAPSHOTS=1 cargo test --test window` draws them anew; look at each before keeping it.

use egui_kittest::SnapshotOptions;
use orfeas::app::command::Command;
use orfeas::app::toast::Messages;

use super::driver::Window;

/// Says why a test did nothing.
#[allow(clippy::print_stderr, reason = "says why a test did nothing")]
fn skipped(why: &str) {
    eprintln!("skipped: {why}");
}

/// The name of the adapter that draws; `None` with a message where there is none.
fn adapter() -> Option<String> {
    // A probe gives up after two seconds, which a busy machine may need.
    let adapter = orfeas::render::Gpu::new_headless().ok().map(|gpu| gpu.adapter.name);
    if adapter.is_none() {
        assert!(
            std::env::var_os("ORFEAS_REQUIRE_GPU").is_none(),
            "ORFEAS_REQUIRE_GPU is set, but no adapter was found"
        );
        skipped("no graphics adapter");
    }
    adapter
}

/// A window that draws, or `None` with a message where no adapter is.
fn drawing_window() -> Option<Window> {
    adapter()?;
    Some(Window::in_folder(tempfile::tempdir().unwrap(), |builder| builder.wgpu()))
}

fn mean(picture: &image::RgbaImage) -> f32 {
    let sum: u64 = picture.pixels().map(|p| u64::from(p[0]) + u64::from(p[1]) + u64::from(p[2])).sum();
    sum as f32 / (picture.width() * picture.height() * 3) as f32
}

/// Waits until the bright mesh is in the middle of the dark window: it is uploaded, and its light is
/// computed, beside the window.
fn wait_drawn(window: &mut Window) {
    window.wait("the upload", |s| s.is_mesh_shown());
    for _ in 0..600 {
        std::thread::sleep(std::time::Duration::from_millis(50));
        window.harness.run_ok();
        let picture = window.harness.render().unwrap();
        if picture.get_pixel(picture.width() / 2, picture.height() / 2)[0] > 110 {
            return;
        }
    }
    panic!("the mesh was not drawn within half a minute");
}

#[test]
fn the_mesh_is_seen_and_the_themes_differ() {
    let Some(mut window) = drawing_window() else { return };
    let picture = window.picture("disc.png");
    window.harness.state_mut().send(Command::ThemeDark);
    let empty = window.harness.render().unwrap();
    window.drop_files(&[picture]);
    window.wait_finished(1);
    wait_drawn(&mut window);
    let dark = window.harness.render().unwrap();
    let center = dark.get_pixel(dark.width() / 2, dark.height() / 2);
    assert_ne!(center, empty.get_pixel(dark.width() / 2, dark.height() / 2));
    // The disc is nearly white.
    assert!(center[0] > 110 && center[1] > 110, "{center:?}");
    window.harness.state_mut().send(Command::ThemeLight);
    window.harness.run_ok();
    let light = window.harness.render().unwrap();
    assert!(mean(&light) > mean(&dark) + 30.0, "{} and {}", mean(&light), mean(&dark));
    if let Some(folder) = std::env::var_os("ORFEAS_PICTURES") {
        dark.save(std::path::Path::new(&folder).join("window-dark.png")).unwrap();
        light.save(std::path::Path::new(&folder).join("window-light.png")).unwrap();
    }
}

/// Waits until the view has settled, and compares the window with its kept picture.
fn compare(window: &mut Window, name: &str) {
    // Times differ from run to run.
    window.harness.state_mut().messages = Messages::default();
    // What was asked for begins its tasks; the fine picture follows when the camera has stood still.
    window.harness.run_ok();
    window.wait("the final picture", |s| s.is_at_rest() && s.is_view_settled());
    window.harness.run_ok();
    // egui marks widgets that moved in a red frame, in debug builds and for a moment only.
    (0..4).for_each(|_| window.harness.step());
    let options = SnapshotOptions::new().threshold(1.0).failed_pixel_count_threshold(500_usize);
    window.harness.snapshot_options(name, &options.output_path("tests/window/pictures"));
}

#[test]
fn the_main_states_look_as_they_did() {
    let Some(adapter) = adapter() else { return };
    if !adapter.contains("llvmpipe") {
        return skipped(&format!("the kept pictures were drawn by llvmpipe, here draws {adapter}"));
    }
    let small = |builder: egui_kittest::HarnessBuilder<_>| builder.wgpu().with_size([840.0, 520.0]);
    let mut window = Window::in_folder(tempfile::tempdir().unwrap(), small);
    window.harness.state_mut().send(Command::ThemeDark);
    compare(&mut window, "start");
    let picture = window.picture("disc.png");
    window.drop_files(&[picture]);
    window.wait_finished(1);
    wait_drawn(&mut window);
    compare(&mut window, "finished");
    for command in [Command::ThemeLight, Command::ToggleSection, Command::ToggleDimensions] {
        window.harness.state_mut().send(command);
    }
    window.harness.run_ok();
    compare(&mut window, "section-light");
    window.harness.state_mut().send(Command::EditCutOut);
    compare(&mut window, "cut-out");
}
