//! Everything around the work: help, doctor, cache, completions, broken pipes.

use std::time::{Duration, SystemTime};

use super::support::{Desk, outcome};

#[test]
fn doctor_tells_what_is_here() {
    let desk = Desk::new();
    let (code, stdout, stderr) = outcome(desk.orfeas(&["doctor"]));
    assert_eq!((code, stderr.as_str()), (0, ""));
    for word in ["ORFEAS", "processor", "memory", "graphics", "CUDA", "device", "models", "cache"] {
        assert!(stdout.lines().any(|l| l.starts_with(word)), "{word}: {stdout}");
    }
    // What --device takes, of this build: its help sends people here.
    let devices: Vec<_> = stdout.lines().filter_map(|line| line.strip_prefix("device")).map(str::trim).collect();
    assert!(devices.iter().any(|device| device.starts_with("cpu: ")), "{stdout}");
    for (feature, is_built) in [("cuda", cfg!(feature = "cuda")), ("vulkan", cfg!(feature = "vulkan"))] {
        assert!(is_built || !devices.iter().any(|device| device.starts_with(feature)), "{stdout}");
    }
    let (code, stdout, _) = outcome(desk.orfeas(&["doctor", "--json"]));
    let json: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!((code, &json["version"]), (0, &env!("CARGO_PKG_VERSION").into()));
    assert!(json["memory_bytes"].as_u64().unwrap() > 1 << 28);
    // In a container the share of it, by which models are judged, and not the machine's.
    assert_eq!(json["memory_bytes"].as_u64(), orfeas::engine::memory::host().total_bytes);
    let ids = json["devices"].as_array().unwrap().iter().map(|device| device["id"].as_str().unwrap());
    let named: Vec<_> = devices.iter().filter_map(|device| device.split(": ").next()).collect();
    assert_eq!(ids.collect::<Vec<_>>(), named);
}

#[cfg(unix)]
#[test]
fn doctor_misses_folders_that_nobody_makes() {
    let desk = Desk::new();
    let mut command = desk.orfeas(&["doctor"]);
    command.env("TMPDIR", desk.path("nowhere"));
    let (code, stdout, stderr) = outcome(command);
    assert_eq!(code, 0, "{stderr}");
    let path = desk.path("nowhere").display().to_string();
    let told: Vec<_> = stdout.lines().filter(|line| line.contains(&path)).collect();
    assert!(
        matches!(told[..], [row, problem] if row.contains("MISSING") && problem.starts_with("problem: temporary files")),
        "{stdout}"
    );

    let script = format!("mkdir gone && cd gone && rmdir ../gone && exec '{}' doctor", env!("CARGO_BIN_EXE_orfeas"));
    let mut command = assert_cmd::Command::new("sh");
    command.current_dir(desk.path("")).args(["-c", &script]);
    command.env("ORFEAS_CACHE_DIR", desk.path("cache")).env("ORFEAS_DATA_DIR", desk.path("cache/data"));
    let (code, stdout, stderr) = outcome(command);
    assert_eq!(code, 0, "{stderr}");
    assert!(stdout.lines().any(|line| line.contains("(this folder), MISSING")), "{stdout}");
    assert!(stdout.lines().any(|line| line.starts_with("problem: this folder: ")), "{stdout}");
}

// Elsewhere this limit counts no threads.
#[cfg(target_os = "linux")]
#[test]
fn a_system_without_threads_to_spare_is_told_of() {
    let is_root = std::process::Command::new("id").arg("-u").output().is_ok_and(|about| about.stdout == b"0\n");
    if is_root {
        eprintln!("skipped: nobody limits this user");
        return;
    }
    let desk = Desk::new();
    desk.draw("figure.png");
    let program = env!("CARGO_BIN_EXE_orfeas");
    let script = format!("ulimit -u 1 && exec '{program}' generate figure.png -o a.stl --quality=draft --no-cache");
    let mut command = assert_cmd::Command::new("bash");
    command.current_dir(desk.path("")).args(["-c", &script]);
    let (code, stdout, stderr) = outcome(command);
    assert!(code == 1 && stdout.is_empty() && stderr.contains("no threads"), "{code}: {stderr}");
}

#[test]
fn the_cache_can_be_looked_at_and_emptied() {
    let desk = Desk::new();
    desk.draw("figure.png");
    let (code, stdout, _) = outcome(desk.orfeas(&["cache", "path"]));
    assert_eq!((code, stdout.trim_end()), (0, desk.path("cache").to_str().unwrap()));
    assert_eq!(outcome(desk.orfeas(&["generate", "figure.png", "-q", "--quality=draft"])).0, 0);
    let stats = || {
        let (code, stdout, stderr) = outcome(desk.orfeas(&["cache", "stats", "--json"]));
        assert_eq!(code, 0, "{stderr}");
        serde_json::from_str::<serde_json::Value>(&stdout).unwrap()
    };
    let entries = || stats()["entries"].as_u64().unwrap();
    assert!(entries() > 0);
    // Nobody counts what other runs found.
    assert!(["hits", "misses"].iter().all(|name| stats().get(name).is_none()), "{}", stats());
    assert_eq!(outcome(desk.orfeas(&["cache", "clear"])).0, 0);
    assert_eq!(entries(), 0);
}

#[test]
fn a_folder_that_is_not_there_is_no_empty_cache() {
    let desk = Desk::new();
    // Who asks where it would be makes none.
    let (code, stdout, stderr) = outcome(desk.orfeas(&["cache", "path", "--cache-dir=nowhere"]));
    assert_eq!((code, stdout.trim_end()), (0, "nowhere"), "{stderr}");
    for action in ["stats", "clear"] {
        let (code, stdout, stderr) = outcome(desk.orfeas(&["cache", action, "--cache-dir=nowhere"]));
        assert_eq!((code, stdout.as_str()), (1, ""), "{stderr}");
        assert!(stderr.contains("no such folder") && stderr.contains("nowhere"), "{stderr}");
        assert!(!desk.path("nowhere").exists(), "{action}");
    }
}

#[test]
fn samples_are_pictures_and_replace_nothing() {
    let desk = Desk::new();
    std::fs::create_dir(desk.path("samples")).unwrap();
    std::fs::write(desk.path("samples/owl.png"), "precious").unwrap();
    // As a command leaves it that was killed a day ago.
    let left = std::fs::File::create(desk.path("samples/.orfeas-aB3dEf.tmp")).unwrap();
    left.set_modified(SystemTime::now() - Duration::from_secs(86_400)).unwrap();
    let (code, stdout, stderr) = outcome(desk.orfeas(&["samples"]));
    assert!(code == 0 && stdout.lines().count() >= 6, "{stderr}");
    assert_eq!(std::fs::read(desk.path("samples/owl.png")).unwrap(), b"precious");
    assert!(!desk.path("samples/.orfeas-aB3dEf.tmp").exists());
    for path in stdout.lines().filter(|path| !path.ends_with("owl.png")) {
        assert!(image::open(desk.path(path)).is_ok(), "{path}");
    }
}

#[test]
fn a_choice_of_the_log_that_makes_no_sense_is_told() {
    let desk = Desk::new();
    for (choice, lines) in [("bogus==x", 1), ("orfeas=debug", 0)] {
        let mut command = desk.orfeas(&["cache", "path"]);
        command.env("ORFEAS_LOG", choice);
        let (code, stdout, stderr) = outcome(command);
        assert_eq!((code, stdout.trim_end()), (0, desk.path("cache").to_str().unwrap()), "{stderr}");
        assert_eq!(stderr.lines().filter(|line| line.contains("ORFEAS_LOG")).count(), lines, "{choice}: {stderr}");
    }
}

#[test]
fn help_teaches_every_command() {
    let desk = Desk::new();
    let (code, stdout, _) = outcome(desk.orfeas(&["--help"]));
    assert!(code == 0 && stdout.contains("Exit codes"), "{stdout}");
    for command in [
        "generate",
        "batch",
        "check",
        "convert",
        "render",
        "doctor",
        "cache",
        "models",
        "samples",
        "completions",
        "dataset",
        "evaluate",
    ] {
        assert!(stdout.contains(command), "{command}");
        let (code, help, _) = outcome(desk.orfeas(&[command, "--help"]));
        assert!(code == 0 && help.contains("Examples:"), "{command}: {help}");
    }
    let (code, _, stderr) = outcome(desk.orfeas(&["generat", "x.png"]));
    assert!(code == 2 && stderr.contains("generate"), "{stderr}");
    let (code, _, stderr) = outcome(desk.orfeas(&["cat.png"]));
    assert!(code == 2 && stderr.contains("no file 'cat.png'"), "{stderr}");
}

#[test]
fn without_a_screen_the_window_says_so() {
    let desk = Desk::new();
    desk.draw("cat.png");
    for arguments in [&[][..], &["cat.png"]] {
        let mut command = desk.orfeas(arguments);
        command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
        let (code, _, stderr) = outcome(command);
        assert!(code == 1 && stderr.contains("window") && stderr.contains("orfeas --help"), "{stderr}");
    }
}

#[test]
fn completions_are_scripts() {
    let desk = Desk::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let (code, stdout, _) = outcome(desk.orfeas(&["completions", shell]));
        assert!(code == 0 && stdout.contains("litho-shape"), "{shell}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let desk = Desk::new();
    for arguments in [&["completions", "bash"][..], &["doctor", "--json"], &["--help"]] {
        let mut child = desk.spawn(arguments);
        drop(child.stdout.take());
        let (code, stderr) = child.end();
        assert!(code == 0 && stderr.is_empty(), "{arguments:?}: {stderr}");
    }
}

// Elsewhere there is no such device.
#[cfg(target_os = "linux")]
#[test]
fn help_that_does_not_fit_on_a_full_device_is_no_success() {
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    for arguments in [&["--help"][..], &["--version"], &["batch", "--help"]] {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_orfeas"));
        let output = command.args(arguments).stdout(full.try_clone().unwrap()).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}");
        assert!(said.starts_with("error: could not print the result ("), "{arguments:?}: {said}");
    }
}
