//! The export dialog: what it says is what it writes.

use std::path::Path;

use egui::accesskit::Role;
use egui::{Event, Key, Modifiers};
use egui_kittest::kittest::NodeT as _;
use egui_kittest::kittest::Queryable as _;
use orfeas::app::Studio;
use orfeas::app::toast::Level;
use orfeas::import;
use orfeas::mesh::Bounds;

use super::driver::Window;

/// Exports go to the window's folder, in this format, and the dialog is opened.
fn open_dialog(window: &mut Window, format: &str) {
    let folder = window.folder.path().to_owned();
    let settings = &mut window.harness.state_mut().settings;
    (settings.export_folder, settings.export_format) = (Some(folder), format.to_owned());
    window.keys(Modifiers::COMMAND, Key::E);
}

/// Exports as the dialog stands, and measures the file.
fn written(window: &mut Window, name: &str) -> Bounds {
    let path = window.folder.path().join(name);
    window.click_when_enabled("Export file");
    window.wait("the toast", |s| s.messages.iter().any(|m| m.text.starts_with("Exported")));
    import::read_file(&path).unwrap().bounds().unwrap()
}

/// The number in a field of the dialog.
fn number(window: &Window, label: &str) -> f64 {
    window.harness.get_by_role_and_label(Role::SpinButton, label).accesskit_node().numeric_value().unwrap()
}

fn focus(window: &mut Window, label: &str) {
    window.harness.get_by_role_and_label(Role::SpinButton, label).focus();
    window.harness.run_ok();
}

/// Types a number into a field and leaves it.
fn set(window: &mut Window, label: &str, text: &str) {
    focus(window, label);
    window.keys(Modifiers::COMMAND, Key::A);
    window.harness.event(Event::Text(text.to_owned()));
    window.harness.run_ok();
    window.keys(Modifiers::NONE, Key::Tab);
    window.harness.run_ok();
}

/// A window with this mesh file in it.
fn with_mesh(obj: String) -> Window {
    let mut window = Window::new();
    let path = window.folder.path().join("mesh.obj");
    std::fs::write(&path, obj).unwrap();
    window.drop_files(&[path]);
    window.wait_finished(1);
    window
}

/// A block with a corner in the origin.
fn block([x, y, z]: [f32; 3]) -> String {
    let corners = (0..8).map(|i| {
        let at = |axis: usize, length: f32| if i >> axis & 1 == 1 { length } else { 0.0 };
        format!("v {} {} {}\n", at(0, x), at(1, y), at(2, z))
    });
    corners.collect::<String>() + "f 1 3 4 2\nf 5 6 8 7\nf 1 2 6 5\nf 3 7 8 4\nf 1 5 7 3\nf 2 4 8 6\n"
}

/// A ball of 80 mm, in rings around z, above and beside where a print stands.
fn ball() -> String {
    const RINGS: usize = 32;
    const AROUND: usize = 64;
    let vertex = |ring: usize, step: usize| {
        let (polar, around) =
            (std::f64::consts::PI * ring as f64 / RINGS as f64, std::f64::consts::TAU * step as f64 / AROUND as f64);
        let [x, y, z] = [polar.sin() * around.cos(), polar.sin() * around.sin(), polar.cos()].map(|v| 40.0 * v);
        format!("v {} {} {}\n", x + 100.0, y, z + 50.0)
    };
    let mut obj = vertex(0, 0) + &vertex(RINGS, 0);
    for ring in 1..RINGS {
        obj.extend((0..AROUND).map(|step| vertex(ring, step)));
    }
    let index = |ring: usize, step: usize| 3 + (ring - 1) * AROUND + step % AROUND;
    for step in 0..AROUND {
        let (here, next) = (|ring| index(ring, step), |ring| index(ring, step + 1));
        obj += &format!("f 1 {} {}\nf {} 2 {}\n", here(1), next(1), here(RINGS - 1), next(RINGS - 1));
        for ring in 1..RINGS - 1 {
            obj += &format!("f {0} {1} {2}\nf {0} {2} {3}\n", here(ring), here(ring + 1), next(ring + 1), next(ring));
        }
    }
    obj
}

#[test]
fn the_size_stays_what_it_is_until_another_one_is_typed() {
    for size in [[10_000.0, 6_000.0, 4_000.0], [60.0, 40.0, 0.05], [79.94, 33.333, 12.07]] {
        let mut window = with_mesh(block(size));
        open_dialog(&mut window, "ply");
        assert_eq!(number(&window, "Scale"), 100.0, "{size:?}, untouched");
        for field in ["Width", "Depth", "Height", "Scale"] {
            focus(&mut window, field);
            window.keys(Modifiers::NONE, Key::Tab);
            window.harness.run_ok();
            assert_eq!(number(&window, "Scale"), 100.0, "{size:?}, {field}");
        }
        assert_eq!(written(&mut window, "mesh.ply").size().to_array(), size);
    }
}

#[test]
fn a_size_that_was_asked_for_is_that_of_the_reduced_mesh() {
    let mut window = with_mesh(ball());
    open_dialog(&mut window, "stl");
    // Also where it was asked for before.
    set(&mut window, "Height", "50");
    window.harness.get_by_role_and_label(Role::CheckBox, "Reduce triangles").click();
    window.harness.run_ok();
    set(&mut window, "Reduce triangles", "200");
    let is_ready = |window: &Window| {
        !window.harness.get_by_label("Export file").accesskit_node().is_disabled() && window.has("gives ")
    };
    let start = std::time::Instant::now();
    while !is_ready(&window) {
        assert!(start.elapsed().as_secs() < 60, "it is not reduced");
        std::thread::sleep(std::time::Duration::from_millis(10));
        window.harness.step();
    }
    window.harness.run_ok();
    assert!((number(&window, "Height") - 50.0).abs() < 1e-6, "{}", number(&window, "Height"));
    let [width, depth] = ["Width", "Depth"].map(|field| number(&window, field) * 60.0 / 50.0);
    set(&mut window, "Height", "60");
    let file = written(&mut window, "mesh.stl");
    let size = file.size().as_dvec3();
    assert!((size.z - 60.0).abs() < 1e-3, "{size}");
    assert!((size.x - width).abs() < 1e-3 && (size.y - depth).abs() < 1e-3, "{size}, {width} × {depth}");
    assert_eq!(file.min.z, 0.0);
    let triangles = import::read_file(&window.folder.path().join("mesh.stl")).unwrap().triangle_indices.len();
    assert!(triangles < 300, "this tests nothing: {triangles}");
}

/// Types the file into the dialog.
fn type_path(window: &mut Window, path: &Path) {
    window.harness.get_by_label("Save as").focus();
    window.harness.run_ok();
    window.keys(Modifiers::COMMAND, Key::A);
    window.harness.event(Event::Text(path.display().to_string()));
    window.harness.run_ok();
}

fn is_open(window: &Window) -> bool {
    window.harness.query_by_label("Export file").is_some()
}

#[test]
fn what_could_not_be_exported_is_exported_elsewhere_as_it_was_chosen() {
    let mut window = with_mesh(block([60.0, 40.0, 30.0]));
    window.harness.state_mut().settings.export_format = "ply".to_owned();
    window.keys(Modifiers::COMMAND, Key::E);
    set(&mut window, "Height", "60");
    let folder = window.folder.path().join("later");
    type_path(&mut window, &folder.join("x.ply"));
    for time in 1..=2 {
        window.click_when_enabled("Export file");
        let failures = |s: &Studio| s.messages.iter().filter(|m| m.text.starts_with("Not exported")).count();
        window.wait("the failure", |s| failures(s) == time);
        assert!(is_open(&window) && window.has("the folder does not exist"));
        assert_eq!(window.harness.state().settings.export_folder, None);
    }
    std::fs::create_dir(&folder).unwrap();
    window.click_when_enabled("Export file");
    window.wait("the toast", |s| s.messages.iter().any(|m| m.text.starts_with("Exported")));
    let size = import::read_file(&folder.join("x.ply")).unwrap().bounds().unwrap().size();
    assert_eq!(size.to_array(), [120.0, 80.0, 60.0]);
    window.harness.run_ok();
    assert!(!is_open(&window));
    assert_eq!(window.harness.state().settings.export_folder, Some(folder));
}

#[test]
fn saving_goes_nowhere_before_an_export_and_never_over_a_file() {
    let mut window = with_mesh(block([60.0, 40.0, 30.0]));
    window.keys(Modifiers::COMMAND, Key::S);
    assert!(is_open(&window), "there is no folder yet");
    window.click("Cancel");
    let path = window.folder.path().join("mesh.ply");
    let settings = &mut window.harness.state_mut().settings;
    settings.export_folder = path.parent().map(Path::to_owned);
    settings.export_format = "ply".to_owned();
    window.keys(Modifiers::COMMAND, Key::S);
    window.wait("the toast", |s| s.messages.iter().any(|m| m.text.starts_with("Exported")));
    assert!(path.is_file() && !is_open(&window));
    std::fs::write(&path, "mine").unwrap();
    window.keys(Modifiers::COMMAND, Key::S);
    window.click_when_enabled("Replace the existing file");
    assert!(is_open(&window));
    assert_eq!(std::fs::read(&path).unwrap(), b"mine");
    let is_trouble = |m: &orfeas::app::toast::Message| m.level == Level::Error;
    assert!(!window.harness.state().messages.iter().any(is_trouble));
    window.click_when_enabled("Export file");
    window.wait("the mesh in its place", |_| std::fs::read(&path).unwrap() != b"mine");
}
