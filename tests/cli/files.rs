//! `orfeas check` and `orfeas convert`.

use super::support::{Desk, outcome, read_stl, write_cube};

#[test]
fn check_tells_a_solid_from_a_torn_one() {
    let desk = Desk::new();
    write_cube(&desk.path("cube.stl"), false);
    write_cube(&desk.path("torn.stl"), true);
    let (code, stdout, stderr) = outcome(desk.orfeas(&["check", "cube.stl"]));
    assert_eq!(code, 0, "{stderr}");
    assert!(stdout.contains("10.0 × 10.0 × 10.0 mm") && stdout.contains("12 triangles"), "{stdout}");
    let (code, stdout, _) = outcome(desk.orfeas(&["check", "torn.stl"]));
    assert_eq!(code, 3, "{stdout}");
    let (code, stdout, stderr) = outcome(desk.orfeas(&["check", "cube.stl", "torn.stl", "--json"]));
    assert_eq!(code, 3, "{stderr}");
    let lines: Vec<serde_json::Value> = stdout.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!((&lines[0]["file"], &lines[0]["print_ready"]), (&"cube.stl".into(), &true.into()));
    assert_eq!(lines[1]["print_ready"], false);
}

#[test]
fn every_file_that_is_checked_has_its_line_of_json() {
    let desk = Desk::new();
    write_cube(&desk.path("cube.stl"), false);
    std::fs::write(desk.path("text.stl"), "solid but not really").unwrap();
    let names = ["missing.stl", "cube.stl", "text.stl"];
    let (code, stdout, stderr) = outcome(desk.orfeas(&[&["check", "--json", "-q"], &names[..]].concat()));
    assert_eq!(code, 1, "{stderr}");
    let lines: Vec<serde_json::Value> = stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.iter().map(|line| line["file"].as_str().unwrap()).collect::<Vec<_>>(), names);
    for (line, is_read) in lines.iter().zip([false, true, false]) {
        assert_eq!((line["error"].is_string(), line["print_ready"].is_boolean()), (!is_read, is_read), "{line}");
    }
    assert!(lines[0]["error"].as_str().unwrap().contains("missing.stl"), "{stdout}");
}

#[test]
fn what_a_printer_has_no_room_for_is_told_by_every_command() {
    const TOLD: &str = "larger than a common printer (220 × 220 × 250 mm)";
    let desk = Desk::new();
    desk.draw("in/figure.png");
    let large = ["--height=500", "--quality=draft"];
    let run = |arguments: &[&str]| {
        let (code, stdout, stderr) = outcome(desk.orfeas(arguments));
        assert_eq!(code, 0, "{arguments:?}: {stderr}");
        (stdout, stderr)
    };
    let generate = [&["generate", "in/figure.png", "-o", "large.stl", "--overwrite"], &large[..]].concat();
    let batch = [&["batch", "in", "-o", "out"], &large[..]].concat();
    for arguments in [&generate[..], &batch[..], &["convert", "large.stl", "again.stl"]] {
        let (_, stderr) = run(arguments);
        assert_eq!(stderr.matches(TOLD).count(), 1, "{arguments:?}: {stderr}");
    }
    for arguments in [&[&generate[..], &["--json"]].concat()[..], &["check", "large.stl", "--json"]] {
        let (stdout, _) = run(arguments);
        let json: serde_json::Value = serde_json::from_str(&stdout).unwrap();
        let notes = json["notes"].as_array().unwrap();
        assert!(notes.iter().any(|note| note.as_str().unwrap().starts_with(TOLD)), "{arguments:?}: {stdout}");
    }
}

#[test]
fn check_of_what_is_no_mesh_is_an_error() {
    let desk = Desk::new();
    desk.draw("figure.png");
    std::fs::write(desk.path("text.stl"), "solid but not really").unwrap();
    for name in ["figure.png", "text.stl", "missing.stl", "."] {
        let (code, stdout, stderr) = outcome(desk.orfeas(&["check", name]));
        assert_eq!((code, stdout.as_str()), (1, ""), "{name}: {stderr}");
        assert_eq!(stderr.lines().filter(|line| line.starts_with("error: ")).count(), 1, "{name}: {stderr}");
    }
}

#[test]
fn convert_goes_through_every_format_and_back() {
    let desk = Desk::new();
    write_cube(&desk.path("start.stl"), false);
    let mut from = "start.stl".to_owned();
    for ending in ["3mf", "glb", "obj", "ply", "stl"] {
        let to = format!("cube.{ending}");
        let (code, stdout, stderr) = outcome(desk.orfeas(&["convert", &from, &to]));
        assert_eq!((code, stdout.trim_end()), (0, to.as_str()), "{stderr}");
        from = to;
    }
    let stl = read_stl(&desk.path("cube.stl"));
    assert!(stl.closed && stl.triangles == 12);
    assert!(stl.size_mm.iter().all(|s| (s - 10.0).abs() < 1e-3), "{:?}", stl.size_mm);
}

#[test]
fn convert_changes_the_size_and_refuses_what_cannot_be() {
    let desk = Desk::new();
    write_cube(&desk.path("cube.stl"), false);
    let (code, _, stderr) = outcome(desk.orfeas(&["convert", "cube.stl", "large.stl", "--height", "25"]));
    assert_eq!(code, 0, "{stderr}");
    assert!(read_stl(&desk.path("large.stl")).size_mm.iter().all(|s| (s - 25.0).abs() < 1e-3));
    let (code, _, stderr) = outcome(desk.orfeas(&["convert", "cube.stl", "x.stl", "--height", "25", "--width", "30"]));
    assert!(code == 2 && stderr.contains("--width"), "{stderr}");
    let (code, _, stderr) = outcome(desk.orfeas(&["convert", "cube.stl", "cube.stl", "--overwrite"]));
    assert!(code == 2 && stderr.contains("input"), "{stderr}");
    let (code, _, stderr) = outcome(desk.orfeas(&["convert", "cube.stl", "large.stl"]));
    assert!(code == 1 && stderr.contains("--overwrite"), "{stderr}");
}

#[test]
fn convert_makes_what_it_simplifies_as_high_as_asked() {
    let desk = Desk::new();
    // A cube with a bump on its top, which goes first.
    let corners = "v 0 0 0\nv 10 0 0\nv 10 10 0\nv 0 10 0\nv 0 0 10\nv 10 0 10\nv 10 10 10\nv 0 10 10\nv 5 5 10.1\n";
    let sides = "f 1 3 2\nf 1 4 3\nf 1 2 6\nf 1 6 5\nf 2 3 7\nf 2 7 6\nf 3 4 8\nf 3 8 7\nf 4 1 5\nf 4 5 8\n";
    let top = "f 5 6 9\nf 6 7 9\nf 7 8 9\nf 8 5 9\n";
    std::fs::write(desk.path("bump.obj"), format!("{corners}{sides}{top}")).unwrap();
    // The error is in millimetres of the large cube, on which the bump is 0.6 mm high.
    for (max_error, triangles) in [("0.3", 14), ("2", 12)] {
        let arguments = ["convert", "bump.obj", "out.stl", "--overwrite", "--height=60", "--max-error", max_error];
        let (code, _, stderr) = outcome(desk.orfeas(&arguments));
        assert_eq!(code, 0, "{stderr}");
        let stl = read_stl(&desk.path("out.stl"));
        assert_eq!(stl.triangles, triangles);
        assert!(stl.closed && (stl.size_mm[2] - 60.0).abs() < 1e-3, "{:?}", stl.size_mm);
    }
}

#[test]
fn a_torn_mesh_goes_to_a_printer_only_by_force() {
    let desk = Desk::new();
    write_cube(&desk.path("torn.stl"), true);
    let (code, _, stderr) = outcome(desk.orfeas(&["convert", "torn.stl", "torn.3mf"]));
    assert_eq!(code, 3, "{stderr}");
    assert!(stderr.contains("--force") && stderr.contains("open"), "{stderr}");
    assert_eq!(desk.names("."), ["torn.stl"]);
    assert_eq!(outcome(desk.orfeas(&["convert", "torn.stl", "torn.glb"])).0, 0);
    assert_eq!(outcome(desk.orfeas(&["convert", "torn.stl", "out.stl", "--force"])).0, 0);
    assert_eq!(read_stl(&desk.path("out.stl")).triangles, 11);
}

#[test]
fn a_mesh_with_a_hole_is_repaired_on_request() {
    let desk = Desk::new();
    std::fs::write(desk.path("open.obj"), "v 0 0 0\nv 20 0 0\nv 0 20 0\nv 0 0 20\nf 1 2 4\nf 2 3 4\nf 3 1 4\n")
        .unwrap();
    let (code, _, stderr) = outcome(desk.orfeas(&["convert", "open.obj", "mended.stl"]));
    assert!(code == 3 && stderr.contains("--repair") && !desk.path("mended.stl").exists(), "{stderr}");
    let (code, _, stderr) = outcome(desk.orfeas(&["convert", "open.obj", "mended.stl", "--repair"]));
    assert!(code == 0 && stderr.contains("1 hole was closed"), "{stderr}");
    assert!(read_stl(&desk.path("mended.stl")).closed);
}

/// A cube of 10 as the lines of an OBJ, with its vertices numbered from `first` on.
fn cube_lines(corner: [f32; 3], first: usize) -> String {
    let [x, y, z] = corner;
    let vertex = |i: usize| [i & 1, i >> 1 & 1, i >> 2 & 1].map(|c| c as f32 * 10.0);
    let vertices = (0..8).map(vertex).map(|[dx, dy, dz]| format!("v {} {} {}\n", x + dx, y + dy, z + dz));
    let faces = [[0, 2, 3, 1], [4, 5, 7, 6], [0, 1, 5, 4], [2, 6, 7, 3], [0, 4, 6, 2], [1, 3, 7, 5]];
    let faces = faces.map(|f| f.map(|i| i + first)).map(|[a, b, c, d]| format!("f {a} {b} {c} {d}\n"));
    vertices.chain(faces).collect()
}

#[test]
fn what_a_repair_did_is_told_where_something_is_left() {
    let desk = Desk::new();
    // Two cubes that touch along an edge; the last face is missing.
    let both = cube_lines([0.0; 3], 1) + &cube_lines([10.0, 10.0, 0.0], 9);
    let open = both.trim_end().rsplit_once('\n').unwrap().0;
    std::fs::write(desk.path("open.obj"), open).unwrap();
    let (code, _, stderr) = outcome(desk.orfeas(&["convert", "open.obj", "mended.stl", "--repair"]));
    assert!(code == 3 && !desk.path("mended.stl").exists(), "{stderr}");
    assert!(stderr.contains("note: 1 hole was closed") && stderr.contains("more than two faces"), "{stderr}");
    assert!(!stderr.contains("convert --repair"), "it was just used: {stderr}");
}

#[test]
fn triangles_that_are_left_out_are_told() {
    let desk = Desk::new();
    std::fs::write(desk.path("cube.obj"), cube_lines([0.0; 3], 1) + "f 1 1 2\nf 3 3 3\n").unwrap();
    let (code, stdout, stderr) = outcome(desk.orfeas(&["check", "cube.obj"]));
    assert!(code == 0 && stdout.contains("2 triangles without area were left out"), "{stdout}{stderr}");
    let (_, stdout, _) = outcome(desk.orfeas(&["check", "cube.obj", "--json"]));
    let found: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!((&found["triangles"], &found["left_out_faces"]), (&12.into(), &2.into()));
    for repair in [&["--overwrite"][..], &["--overwrite", "--repair"]] {
        let (code, _, stderr) = outcome(desk.orfeas(&[&["convert", "cube.obj", "out.stl"], repair].concat()));
        assert!(code == 0 && stderr.contains("note: 2 triangles without area were left out"), "{stderr}");
    }
}

#[test]
fn a_sheet_without_thickness_is_no_solid() {
    let desk = Desk::new();
    let sheet =
        "v 0 0 0\nv 10 0 0\nv 10 10 0\nv 0 10 0\nv 5 5 0\nf 1 3 2\nf 1 4 3\nf 1 2 5\nf 2 3 5\nf 3 4 5\nf 4 1 5\n";
    std::fs::write(desk.path("sheet.obj"), sheet).unwrap();
    for arguments in [
        &["check", "sheet.obj"][..],
        &["convert", "sheet.obj", "out.3mf"],
        &["convert", "sheet.obj", "out.stl", "--repair"],
    ] {
        let (code, stdout, stderr) = outcome(desk.orfeas(arguments));
        assert!(code == 3 && (stdout + &stderr).contains("encloses nothing"), "{arguments:?}: {code}");
    }
    assert_eq!(desk.names("."), ["sheet.obj"]);
}

#[cfg(unix)]
#[test]
fn overwriting_goes_through_links_and_spares_what_is_no_file() {
    let desk = Desk::new();
    write_cube(&desk.path("cube.stl"), false);
    std::fs::create_dir(desk.path("far")).unwrap();
    std::fs::write(desk.path("far/real.stl"), "old").unwrap();
    std::os::unix::fs::symlink("far/real.stl", desk.path("link.stl")).unwrap();
    let (code, stdout, stderr) = outcome(desk.orfeas(&["convert", "cube.stl", "link.stl", "--overwrite"]));
    assert_eq!((code, stdout.as_str()), (0, "link.stl\n"), "{stderr}");
    assert!(desk.path("link.stl").is_symlink() && read_stl(&desk.path("far/real.stl")).closed);
    assert_eq!(desk.names("far"), ["real.stl"]);

    let _socket = std::os::unix::net::UnixListener::bind(desk.path("socket.stl")).unwrap();
    for flags in [&[][..], &["--overwrite"]] {
        let (code, _, stderr) = outcome(desk.orfeas(&[&["convert", "cube.stl", "socket.stl"], flags].concat()));
        assert!(code == 1 && stderr.contains("not an ordinary file"), "{code}: {stderr}");
    }
    assert!(!desk.path("socket.stl").metadata().unwrap().is_file());
}

#[test]
fn a_folder_that_is_not_there_is_told_before_the_work() {
    let desk = Desk::new();
    desk.draw("figure.png");
    write_cube(&desk.path("cube.stl"), false);
    for arguments in [
        &["generate", "figure.png", "-o", "new/"][..],
        &["generate", "figure.png", "-o", "new/", "--format", "stl"],
        &["generate", "figure.png", "-o", "new.stl/"],
        &["generate", "figure.png", "-o", "cube.stl/", "--overwrite"],
        &["generate", "figure.png", "-o", "a.stl", "--save-mask", "mask.png/"],
        &["convert", "cube.stl", "new.obj/"],
        &["render", "cube.stl", "-o", "new.png/"],
        &["render", "cube.stl", "-o", "new/"],
    ] {
        let (code, stdout, stderr) = outcome(desk.orfeas(arguments));
        assert_eq!((code, stdout.as_str()), (1, ""), "{arguments:?}: {stderr}");
        assert!(stderr.contains("ends as a folder's") && stderr.lines().count() == 1, "{arguments:?}: {stderr}");
    }
    assert_eq!(desk.names(""), ["cube.stl", "figure.png"]);
}

#[cfg(unix)]
#[test]
fn a_picture_that_cannot_be_looked_at_is_not_said_to_be_missing() {
    let desk = Desk::new();
    std::os::unix::fs::symlink("circle.png", desk.path("circle.png")).unwrap();
    let (code, _, stderr) = outcome(desk.orfeas(&["generate", "circle.png"]));
    assert!(code == 1 && stderr.contains("cannot be looked at") && stderr.contains("os error"), "{stderr}");
    let (code, _, stderr) = outcome(desk.orfeas(&["generate", "nowhere.png"]));
    assert!(code == 1 && stderr.contains("no such file"), "{stderr}");
}
