//! Paths that lead nowhere, or where they should not.

use std::fs;

use image::{Rgba, RgbaImage};

use super::bytes::stl;
use super::desk::Desk;

fn draw(desk: &Desk, name: &str) {
    let disc = |x: u32, y: u32| (x as f32 - 32.0).hypot(y as f32 - 32.0) < 24.0;
    let picture = RgbaImage::from_fn(64, 64, |x, y| Rgba([180, 90, 40, if disc(x, y) { 255 } else { 0 }]));
    picture.save_with_format(desk.path(name), image::ImageFormat::Png).unwrap();
}

#[test]
fn inputs_that_are_not_there_are_refused() {
    for command in [
        &["generate", "missing.png", "-o", "solid.stl"][..],
        &["convert", "missing.png", "solid.stl"],
        &["convert", "missing.stl", "solid.stl"],
        &["check", "missing.stl"],
        &["render", "missing.stl", "-o", "picture.png"],
    ] {
        let complaint = Desk::new().complaint(command, "missing", &[1, 2]);
        assert_eq!(complaint, None, "{command:?}");
    }
}

#[test]
fn folders_are_no_files() {
    for command in [
        &["generate", "shelf.png", "-o", "solid.stl"][..],
        &["convert", "shelf.stl", "solid.stl"],
        &["check", "shelf.stl"],
        &["render", "shelf.stl", "-o", "picture.png"],
    ] {
        let desk = Desk::new();
        fs::create_dir(desk.path("shelf.png")).unwrap();
        fs::create_dir(desk.path("shelf.stl")).unwrap();
        assert_eq!(desk.complaint(command, "shelf", &[1]), None, "{command:?}");
    }
}

#[test]
fn an_empty_folder_is_no_batch() {
    let desk = Desk::new();
    fs::create_dir(desk.path("shelf")).unwrap();
    let outcome = desk.run(&["batch", "shelf", "-o", "solids"]);
    assert_eq!(outcome.code, Some(1), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("no picture"), "{}", outcome.stderr);
}

#[test]
fn outputs_that_cannot_be_written_are_refused_before_the_work() {
    for (output, named, codes) in [
        ("no/such/folder/solid.stl", "no/such/folder", &[1][..]),
        ("solid.xyz", "solid.xyz", &[2]),
        ("solid", "solid", &[2]),
        ("taken.stl", "taken.stl", &[1]),
        ("disc.png", "disc.png", &[2]),
        ("taken.stl/solid.stl", "taken.stl", &[1]),
        ("", "", &[1, 2]),
    ] {
        let desk = Desk::new();
        draw(&desk, "disc.png");
        desk.put("taken.stl", b"somebody's work");
        let complaint = desk.complaint(&["generate", "disc.png", "-o", output, "--quiet"], named, codes);
        assert_eq!(complaint, None, "-o {output}");
        assert_eq!(fs::read(desk.path("taken.stl")).unwrap(), b"somebody's work");
    }
}

#[test]
fn settings_that_make_no_sense_are_refused() {
    for setting in [
        &["--height", "nan"][..],
        &["--height", "-5"],
        &["--height", "1e30"],
        &["--thickness", ""],
        &["--quality", "ultra"],
        &["--no-such-flag"],
        &["--request", "settings.json"],
        &["--request", "missing.json"],
    ] {
        let desk = Desk::new();
        draw(&desk, "disc.png");
        desk.put("settings.json", b"{\"inflate\": {\"thickness\": \"thick\"}}");
        let outcome = desk.run(&[&["generate", "disc.png", "-o", "solid.stl"], setting].concat());
        assert!(matches!(outcome.code, Some(1 | 2)), "{setting:?}: {:?} {}", outcome.code, outcome.stderr);
        assert!(outcome.stderr.starts_with("error: "), "{setting:?}: {}", outcome.stderr);
        assert!(!desk.path("solid.stl").exists(), "{setting:?}");
    }
}

#[cfg(unix)]
#[test]
fn devices_and_locked_files_are_refused() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    let desk = Desk::new();
    symlink("/dev/null", desk.path("nothing.png")).unwrap();
    symlink("/dev/zero", desk.path("endless.png")).unwrap();
    symlink("/dev/zero", desk.path("endless.stl")).unwrap();
    symlink("loop.png", desk.path("loop.png")).unwrap();
    for name in ["nothing.png", "endless.png", "loop.png"] {
        assert_eq!(desk.complaint(&["generate", name, "-o", "solid.stl", "--quiet"], name, &[1]), None, "{name}");
    }
    assert_eq!(desk.complaint(&["check", "endless.stl"], "endless.stl", &[1]), None);

    draw(&desk, "secret.png");
    desk.put("secret.stl", &stl(0, &[]));
    fs::create_dir(desk.path("locked")).unwrap();
    for (name, mode) in [("secret.png", 0o000), ("secret.stl", 0o000), ("locked", 0o555)] {
        fs::set_permissions(desk.path(name), fs::Permissions::from_mode(mode)).unwrap();
    }
    if fs::File::open(desk.path("secret.png")).is_ok() {
        eprintln!("skipped: this user may read and write everything, so nothing can be locked");
        return;
    }
    draw(&desk, "disc.png");
    for (arguments, named) in [
        (&["generate", "secret.png", "-o", "solid.stl"][..], "secret.png"),
        (&["check", "secret.stl"], "secret.stl"),
        (&["generate", "disc.png", "-o", "locked/solid.stl", "--quality", "draft", "--quiet"], "locked"),
    ] {
        assert_eq!(desk.complaint(arguments, named, &[1]), None, "{arguments:?}");
    }
}
