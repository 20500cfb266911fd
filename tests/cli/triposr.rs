//! `orfeas generate --model triposr` and `orfeas batch --model triposr`, with the model in miniature.

use orfeas::engine::models::triposr::miniature;

use super::support::{Desk, outcome, read_stl};

/// A desk with a model and a picture.
fn desk() -> Desk {
    let desk = Desk::new();
    std::fs::create_dir(desk.path("model")).unwrap();
    miniature::write(&desk.path("model"), 1).unwrap();
    desk.draw("figure.png");
    desk
}

const MODEL: [&str; 5] = ["--model", "triposr", "--model-folder", "model", "--device=cpu"];

fn generate(desk: &Desk, output: &str, flags: &[&str]) -> (i32, String, String) {
    outcome(desk.orfeas(&[&["generate", "figure.png", "-o", output], &MODEL[..], flags].concat()))
}

#[test]
fn a_picture_becomes_a_closed_solid_and_other_settings_leave_the_network_alone() {
    let desk = desk();
    let (code, stdout, stderr) = generate(&desk, "a.stl", &["--octree=48"]);
    assert_eq!((code, stdout.as_str()), (0, "a.stl\n"), "{stderr}");
    let stl = read_stl(&desk.path("a.stl"));
    assert!(stl.closed && (stl.size_mm[2] - 80.0).abs() < 0.05, "{:?}", stl.size_mm);
    assert!((stl.size_mm[0] / stl.size_mm[2] - 2.0 / 3.0).abs() < 0.06, "{:?}", stl.size_mm);
    let (code, _, stderr) = generate(&desk, "b.stl", &["--octree=48", "--no-cache"]);
    assert_eq!(code, 0, "{stderr}");
    assert!(std::fs::read(desk.path("a.stl")).unwrap() == std::fs::read(desk.path("b.stl")).unwrap());
    for (name, flags) in [("c.stl", &["--octree=80", "--json"][..]), ("d.stl", &["--density=60", "--json"])] {
        let (code, stdout, stderr) = generate(&desk, name, flags);
        assert_eq!(code, 0, "{stderr}");
        let report: serde_json::Value = serde_json::from_str(&stdout).unwrap();
        let stages = report["stages"].as_array().unwrap();
        let cached = |name: &str| stages.iter().find(|s| s["stage"] == name).unwrap()["cached"].as_bool().unwrap();
        assert!(cached("latents") && !cached("shape"), "{stdout}");
    }
}

#[test]
fn colours_are_in_the_file_unless_they_are_left_out() {
    let desk = desk();
    for (name, flags, is_colored) in
        [("a.ply", &["--octree=32"][..], true), ("b.ply", &["--octree=32", "--color=false"], false)]
    {
        let (code, _, stderr) = generate(&desk, name, flags);
        assert_eq!(code, 0, "{stderr}");
        let bytes = std::fs::read(desk.path(name)).unwrap();
        let header = String::from_utf8_lossy(&bytes[..300]).into_owned();
        assert_eq!(header.contains("property uchar red"), is_colored, "{header}");
    }
}

#[test]
fn what_is_wrong_is_told_and_leaves_nothing_behind() {
    let desk = desk();
    let (code, _, stderr) = outcome(desk.orfeas(&["generate", "figure.png", "--model", "triposr"]));
    assert!(code == 1 && stderr.contains("orfeas models pull triposr"), "{stderr}");
    for (flags, words) in
        [(["--density", "0"], "1 to 100"), (["--foreground", "2"], "0.5 to 1"), (["--octree", "600"], "16 to 512")]
    {
        let (code, _, stderr) = generate(&desk, "a.stl", &flags);
        assert!(code == 2 && stderr.contains(words), "{flags:?}: {code} {stderr}");
    }
    let weights = desk.path("model/model.ckpt");
    let bytes = std::fs::read(&weights).unwrap();
    std::fs::write(&weights, &bytes[..bytes.len() - 100]).unwrap();
    let (code, _, stderr) = generate(&desk, "a.stl", &[]);
    assert!(code == 1 && stderr.contains("damaged") && stderr.contains("model.ckpt"), "{stderr}");
    assert_eq!(desk.names(""), ["figure.png", "model"]);
}

#[test]
fn a_batch_makes_what_single_pictures_make() {
    let desk = desk();
    for (name, side) in [("in/a.png", 48), ("in/b.png", 64), ("in/c.png", 80)] {
        desk.draw_sized(name, side);
    }
    let (code, _, stderr) = outcome(desk.orfeas(&[&["batch", "in", "-o", "out", "--octree=32"], &MODEL[..]].concat()));
    assert_eq!(code, 0, "{stderr}");
    let single = [&["generate", "in/b.png", "-o", "b.stl", "--no-cache", "--octree=32"], &MODEL[..]].concat();
    let (code, _, stderr) = outcome(desk.orfeas(&single));
    assert_eq!(code, 0, "{stderr}");
    assert!(std::fs::read(desk.path("out/b.stl")).unwrap() == std::fs::read(desk.path("b.stl")).unwrap());
}

#[test]
fn a_batch_makes_what_other_weights_made_again() {
    let desk = desk();
    let run = || outcome(desk.orfeas(&[&["batch", "figure.png", "-o", "out", "--octree=32"], &MODEL[..]].concat()));
    let (code, stdout, stderr) = run();
    assert_eq!((code, stdout.as_str()), (0, "out/figure.stl\n"), "{stderr}");
    assert_eq!(run().1, "");
    miniature::write(&desk.path("model"), 2).unwrap();
    let (code, stdout, stderr) = run();
    assert_eq!((code, stdout.as_str()), (0, "out/figure.stl\n"), "{stderr}");
    // What is done stays done without them.
    std::fs::remove_dir_all(desk.path("model")).unwrap();
    let (code, stdout, stderr) = run();
    assert_eq!((code, stdout.as_str()), (0, ""), "{stderr}");
    assert!(stderr.contains("1 done earlier"), "{stderr}");
}
