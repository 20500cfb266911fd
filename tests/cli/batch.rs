//! `orfeas batch`.

use std::time::{Duration, Instant};

use super::support::{Desk, outcome, read_stl};

const DRAFT: &str = "--quality=draft";

#[test]
fn a_batch_goes_on_past_failures_and_tells_all_at_the_end() {
    let desk = Desk::new();
    desk.draw("in/a.png");
    desk.draw("in/b.png");
    std::fs::write(desk.path("in/broken.png"), "no picture").unwrap();
    std::fs::write(desk.path("in/notes.txt"), "no picture").unwrap();
    let (code, stdout, stderr) = outcome(desk.orfeas(&["batch", "in", "-o", "out", DRAFT, "--jobs", "2"]));
    assert_eq!(code, 1, "{stderr}");
    let mut paths: Vec<_> = stdout.lines().collect();
    paths.sort();
    assert_eq!(paths, ["out/a.stl", "out/b.stl"]);
    assert!(paths.iter().all(|p| read_stl(&desk.path(p)).closed));
    assert!(stderr.contains("notes.txt") && stderr.contains("2 made, 1 failed"), "{stderr}");
    assert_eq!(stderr.lines().filter(|l| l.contains("broken.png") && l.contains("failed: ")).count(), 1, "{stderr}");
}

#[test]
fn what_is_done_is_skipped_and_what_is_foreign_is_kept() {
    let desk = Desk::new();
    desk.draw("in/a.png");
    desk.draw("in/b.png");
    std::fs::create_dir(desk.path("out")).unwrap();
    std::fs::write(desk.path("out/b.stl"), "precious").unwrap();
    let run = |flags: &[&str]| outcome(desk.orfeas(&[&["batch", "in", "-o", "out", DRAFT], flags].concat()));
    let (code, stdout, stderr) = run(&[]);
    assert_eq!((code, stdout.as_str()), (1, "out/a.stl\n"), "{stderr}");
    assert_eq!(std::fs::read(desk.path("out/b.stl")).unwrap(), b"precious");
    let (code, stdout, stderr) = run(&["--overwrite"]);
    assert_eq!((code, stdout.as_str()), (0, "out/b.stl\n"), "{stderr}");
    let (code, stdout, stderr) = run(&[]);
    assert_eq!((code, stdout.as_str()), (0, ""), "{stderr}");
    assert!(stderr.contains("2 done earlier"), "{stderr}");
    // Other settings are another solid: what this batch made itself is made again.
    let (code, ..) = run(&["--height", "30"]);
    assert_eq!(code, 0);
    assert!((read_stl(&desk.path("out/a.stl")).size_mm[2] - 30.0).abs() < 0.05);
}

#[test]
fn a_folder_of_solids_is_not_replaced_by_those_of_another_folder() {
    let desk = Desk::new();
    desk.draw("a/cat.png");
    desk.draw_sized("b/cat.png", 96);
    let run =
        |folder: &str, flags: &[&str]| outcome(desk.orfeas(&[&["batch", folder, "-o", "out", DRAFT], flags].concat()));
    assert_eq!(run("a", &[]).0, 0);
    let made = std::fs::read(desk.path("out/cat.stl")).unwrap();
    let (code, stdout, stderr) = run("b", &[]);
    assert_eq!((code, stdout.as_str()), (0, "out/cat-png.stl\n"), "{stderr}");
    assert!(std::fs::read(desk.path("out/cat.stl")).unwrap() == made);
    assert_eq!(run("./a", &["--height", "30"]).0, 0, "its own is made again");
    // Who asks for files to be replaced gets that.
    desk.draw_sized("c/cat.png", 80);
    let (code, stdout, stderr) = run("c", &["--overwrite"]);
    assert_eq!((code, stdout.as_str()), (0, "out/cat.stl\n"), "{stderr}");
    assert!(std::fs::read(desk.path("out/cat.stl")).unwrap() != made);
}

#[test]
fn pictures_of_one_name_do_not_collide() {
    let desk = Desk::new();
    desk.draw("in/a.png");
    std::fs::copy(desk.path("in/a.png"), desk.path("in/a.gif")).unwrap();
    let (code, _, stderr) = outcome(desk.orfeas(&["batch", "in", "-o", "out", DRAFT, "-q"]));
    assert_eq!((code, stderr.as_str()), (0, ""));
    assert_eq!(desk.names("out"), [".orfeas-batch.json", "a-gif.stl", "a-png.stl"]);
}

#[test]
fn a_further_picture_shifts_no_names() {
    let desk = Desk::new();
    desk.draw("in/a/cat.png");
    desk.draw("in/b/cat.png");
    let run = || outcome(desk.orfeas(&["batch", "in", "-r", "-o", "out", DRAFT]));
    assert_eq!(run().0, 0);
    desk.draw_sized("in/a0/cat.png", 96);
    let (code, stdout, stderr) = run();
    assert_eq!((code, stdout.as_str()), (0, "out/cat-png.stl\n"), "{stderr}");
    assert!(stderr.contains("1 made, 2 done earlier"), "{stderr}");
    // The table tells apart what is called the same.
    for place in ["a", "a0", "b"] {
        let picture = format!("in/{place}/cat.png ");
        assert_eq!(stderr.lines().filter(|line| line.starts_with(&picture)).count(), 1, "{stderr}");
    }
}

#[test]
fn a_solid_made_by_hand_survives_a_killed_batch() {
    let desk = Desk::new();
    desk.draw("in/cat.png");
    let batch = ["batch", "in", "-o", "out", DRAFT];
    assert_eq!(outcome(desk.orfeas(&batch)).0, 0);
    // As after a kill before the solid was written.
    let list = desk.path("out/.orfeas-batch.json");
    let mut books: serde_json::Value = serde_json::from_slice(&std::fs::read(&list).unwrap()).unwrap();
    let line = books["files"]["cat.stl"].as_object_mut().unwrap();
    assert!(line.remove("bytes").is_some() && line.remove("digest").is_some());
    std::fs::write(&list, serde_json::to_vec(&books).unwrap()).unwrap();
    let solid = desk.path("out/cat.stl");
    let same = std::fs::read(&solid).unwrap();
    std::fs::remove_file(&solid).unwrap();
    let by_hand = ["generate", "in/cat.png", "-o", "out/cat.stl", DRAFT, "--height", "33"];
    assert_eq!(outcome(desk.orfeas(&by_hand)).0, 0);
    let made = std::fs::read(&solid).unwrap();

    let (code, stdout, stderr) = outcome(desk.orfeas(&batch));
    assert_eq!((code, stdout.as_str()), (1, ""), "{stderr}");
    assert!(stderr.contains("exists already") && std::fs::read(&solid).unwrap() == made, "{stderr}");
    // What the batch itself would have written is its own.
    std::fs::write(&solid, same).unwrap();
    let (code, stdout, stderr) = outcome(desk.orfeas(&batch));
    assert_eq!((code, stdout.as_str()), (0, "out/cat.stl\n"), "{stderr}");
    assert_eq!(desk.names("out"), [".orfeas-batch.json", "cat.stl"]);
}

#[test]
fn nothing_is_written_over_a_picture_or_a_solid() {
    let desk = Desk::new();
    let picture = desk.draw("in/cat.png");
    let before = std::fs::read(&picture).unwrap();
    let run = |flags: &[&str]| outcome(desk.orfeas(&[&["batch", "in", "-o", "out", "--overwrite"], flags].concat()));
    for (place, expected) in [
        ("in/cat.png", "a picture"),
        ("in/../in/cat.png", "a picture"),
        ("out/cat.stl", "a solid"),
        ("out/.orfeas-batch.json", "the list"),
    ] {
        let (code, stdout, stderr) = run(&["--save-request", place]);
        assert_eq!((code, stdout.as_str()), (2, ""), "{place}: {stderr}");
        assert!(stderr.contains("--save-request would replace") && stderr.contains(expected), "{place}: {stderr}");
    }
    assert!(!desk.path("out").exists());
    #[cfg(unix)]
    {
        std::fs::create_dir(desk.path("out")).unwrap();
        std::os::unix::fs::symlink("../in/cat.png", desk.path("out/cat.stl")).unwrap();
        let (code, _, stderr) = run(&[]);
        assert!(code == 2 && stderr.contains("would replace a picture"), "{code}: {stderr}");
    }
    assert!(std::fs::read(&picture).unwrap() == before);
}

#[cfg(unix)]
#[test]
fn settings_are_not_saved_into_a_pipe() {
    let desk = Desk::new();
    desk.draw("in/a.png");
    let made = std::process::Command::new("mkfifo").arg(desk.path("pipe")).status().unwrap();
    assert!(made.success());
    for flags in [&[][..], &["--overwrite"]] {
        let arguments = ["batch", "in", "-o", "out", DRAFT, "--save-request", "pipe"];
        let mut command = desk.orfeas(&[&arguments[..], flags].concat());
        // Nobody ever writes into the pipe: whoever reads it waits for ever.
        command.timeout(Duration::from_secs(60));
        let (code, stdout, stderr) = outcome(command);
        assert_eq!((code, stdout.as_str()), (1, ""), "{stderr}");
        assert!(stderr.contains("not an ordinary file"), "{stderr}");
    }
}

#[test]
fn settings_that_contradict_each_other_are_told_once() {
    let desk = Desk::new();
    desk.draw("in/a.png");
    desk.draw("in/b.png");
    let wrong = ["--mode=lithophane", "--litho-min=4", "--litho-max=2"];
    let (code, stdout, stderr) = outcome(desk.orfeas(&[&["batch", "in", "-o", "out"], &wrong[..]].concat()));
    assert_eq!((code, stdout.as_str()), (2, ""), "{stderr}");
    assert_eq!(stderr.matches("--litho-min (4 mm)").count(), 1, "{stderr}");
    assert!(!desk.path("out").exists());
}

#[test]
fn no_pictures_at_once_or_absurdly_many_are_refused() {
    let desk = Desk::new();
    desk.draw("in/a.png");
    for jobs in [&["--jobs=0"][..], &["--jobs", "-1"], &["-j", "65"], &["--jobs=99999999999"], &["--jobs=nan"]] {
        let (code, stdout, stderr) = outcome(desk.orfeas(&[&["batch", "in", "-o", "out"], jobs].concat()));
        assert_eq!((code, stdout.as_str()), (2, ""), "{jobs:?}: {stderr}");
        assert!(stderr.contains("--jobs") && !desk.path("out").exists(), "{jobs:?}: {stderr}");
    }
}

#[test]
fn an_empty_folder_and_a_file_as_folder_are_errors() {
    let desk = Desk::new();
    std::fs::create_dir(desk.path("in")).unwrap();
    let (code, _, stderr) = outcome(desk.orfeas(&["batch", "in", "-o", "out"]));
    assert!(code == 1 && stderr.contains("no picture"), "{stderr}");
    desk.draw("in/a.png");
    std::fs::write(desk.path("out"), "a file").unwrap();
    let (code, _, stderr) = outcome(desk.orfeas(&["batch", "in", "-o", "out"]));
    assert!(code == 2 && stderr.contains("folder"), "{stderr}");
}

#[cfg(unix)]
#[test]
fn nothing_is_written_to_a_folder_where_all_is_done() {
    use std::os::unix::fs::PermissionsExt as _;
    let desk = Desk::new();
    desk.draw("in/a.png");
    desk.draw("in/b.png");
    let run = || outcome(desk.orfeas(&["batch", "in", "-o", "out", DRAFT]));
    assert_eq!(run().0, 0);
    let set_mode = |mode: u32| {
        std::fs::set_permissions(desk.path("out"), std::fs::Permissions::from_mode(mode)).unwrap();
    };
    set_mode(0o555);
    let (code, stdout, stderr) = run();
    set_mode(0o755);
    assert_eq!((code, stdout.as_str()), (0, ""), "{stderr}");
    assert!(stderr.contains("2 done earlier"), "{stderr}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_takes_no_files_is_told_once() {
    let desk = Desk::new();
    desk.draw("in/a.png");
    desk.draw("in/b.png");
    let (code, stdout, stderr) = outcome(desk.orfeas(&["batch", "in", "-o", "/proc", DRAFT]));
    assert_eq!((code, stdout.as_str()), (1, ""), "{stderr}");
    assert!(stderr.contains("cannot be written to") && !stderr.contains(".tmp"), "{stderr}");
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
}

#[test]
fn a_killed_batch_goes_on_where_it_was() {
    let desk = Desk::new();
    for name in ["a", "b", "c", "d"] {
        desk.draw_sized(&format!("in/{name}.png"), 128);
    }
    let arguments = ["batch", "in", "-o", "out", DRAFT, "--no-cache"];
    let child = desk.spawn(&arguments);
    let deadline = Instant::now() + Duration::from_secs(120);
    while !desk.path("out/a.stl").exists() && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(5));
    }
    // Kills it.
    drop(child);
    let finished: Vec<_> = desk.names("out").into_iter().filter(|n| n.ends_with(".stl")).collect();
    assert!(!finished.is_empty(), "nothing was made within two minutes");
    assert!(finished.iter().all(|name| read_stl(&desk.path("out").join(name)).closed), "a solid is whole or not there");

    let (code, stdout, stderr) = outcome(desk.orfeas(&arguments));
    assert_eq!(code, 0, "{stderr}");
    for name in ["a", "b", "c", "d"] {
        assert!(read_stl(&desk.path(&format!("out/{name}.stl"))).closed);
    }
    // At most the one that was being written is made again.
    assert!(stdout.lines().count() + finished.len() <= 5, "{stdout}");
}

#[cfg(unix)]
#[test]
fn ctrl_c_stops_a_batch_cleanly() {
    let desk = Desk::new();
    for name in ["a", "b", "c"] {
        desk.draw_sized(&format!("in/{name}.png"), 512);
    }
    let mut child = desk.spawn(&["batch", "in", "-o", "out", "--quality=fine", "--no-cache"]);
    // The record is there once the work on the first picture begins, which takes longer than to be told.
    let deadline = Instant::now() + Duration::from_secs(60);
    while !desk.path("out/.orfeas-batch.json").exists() && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(5));
    }
    child.interrupt();
    let (code, stderr) = child.end();
    assert_eq!(code, 130, "{stderr}");
    assert!(stderr.contains("3 left") && stderr.contains("goes on from here"), "{stderr}");
    assert_eq!(desk.names("out"), [".orfeas-batch.json"]);
}
