//! Pictures of the main states. They are not compared pixel by pixel, which would pin one driver;
//! what a person would notice is: the view is not empty, and the themes are light and dark.

use orfeas::app::command::Command;

use super::driver::Window;

/// A window that draws, or `None` with a message where no adapter is.
fn drawing_window() -> Option<Window> {
    let adapters = orfeas::render::probe();
    if adapters.is_empty() {
        assert!(
            std::env::var_os("ORFEAS_REQUIRE_GPU").is_none(),
            "ORFEAS_REQUIRE_GPU is set, but no adapter was found"
        );
        #[allow(clippy::print_stderr, reason = "says why a test did nothing")]
        {
            eprintln!("skipped: no graphics adapter");
        }
        return None;
    }
    Some(Window::in_folder(tempfile::tempdir().unwrap(), |builder| builder.wgpu()))
}

fn mean(picture: &image::RgbaImage) -> f32 {
    let sum: u64 = picture.pixels().map(|p| u64::from(p[0]) + u64::from(p[1]) + u64::from(p[2])).sum();
    sum as f32 / (picture.width() * picture.height() * 3) as f32
}

#[test]
fn the_mesh_is_seen_and_the_themes_differ() {
    let Some(mut window) = drawing_window() else { return };
    let picture = window.picture("disc.png");
    window.harness.state_mut().send(Command::ThemeDark);
    let empty = window.harness.render().unwrap();
    window.drop_files(&[picture]);
    window.wait_finished(1);
    window.wait("the upload", |s| s.is_mesh_shown());
    window.harness.run_ok();
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
