//! `orfeas render`. Without a graphics adapter nothing is drawn, which is said, or fails where
//! `ORFEAS_REQUIRE_GPU=1` is set.

use super::support::{Desk, outcome, write_cube};

/// Whether this is the end of a command that found nothing to draw with.
fn nothing_draws(code: i32, stderr: &str) -> bool {
    let missing = code == 1 && stderr.contains("no graphics adapter");
    assert!(!missing || std::env::var_os("ORFEAS_REQUIRE_GPU").is_none_or(|v| v != "1"), "{stderr}");
    missing
}

#[test]
fn overwrite_spares_pictures_that_were_not_named() {
    let desk = Desk::new();
    let source = std::fs::read(desk.draw("cube.png")).unwrap();
    write_cube(&desk.path("cube.stl"), false);
    // Beside the mesh, and in a folder.
    for (output, made) in [(&[][..], "cube-2.png"), (&["-o", "."][..], "cube-3.png")] {
        let arguments = [&["render", "cube.stl", "--overwrite", "--size=16"][..], output].concat();
        let (code, stdout, stderr) = outcome(desk.orfeas(&arguments));
        assert_eq!(std::fs::read(desk.path("cube.png")).unwrap(), source, "{stdout}");
        if nothing_draws(code, &stderr) {
            return;
        }
        assert!(code == 0 && stdout.trim_end().ends_with(made), "{stdout} {stderr}");
        assert_eq!(image::open(desk.path(made)).unwrap().into_rgba8().dimensions(), (16, 16));
    }
    let (code, _, stderr) =
        outcome(desk.orfeas(&["render", "cube.stl", "--output=cube.png", "--overwrite", "--size=16"]));
    assert_eq!(code, 0, "{stderr}");
    assert_ne!(std::fs::read(desk.path("cube.png")).unwrap(), source, "a name that was typed is meant");
}

#[cfg(unix)]
#[test]
fn ctrl_c_while_a_picture_is_drawn_leaves_nothing() {
    use std::io::{BufRead as _, BufReader, Read as _};
    let desk = Desk::new();
    write_cube(&desk.path("cube.stl"), false);
    let mut child = desk.spawn(&["render", "cube.stl", "--sheet", "--size=4096x2048"]);
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut said = String::new();
    while !said.contains("Drawing the picture") {
        assert!(stderr.read_line(&mut said).unwrap() > 0, "{said}");
    }
    child.interrupt();
    stderr.read_to_string(&mut said).unwrap();
    let (code, _) = child.end();
    if nothing_draws(code, &said) {
        return;
    }
    assert!(code == 130 && said.contains("interrupted"), "{code}: {said}");
    assert_eq!(desk.names("."), ["cube.stl"]);
}
