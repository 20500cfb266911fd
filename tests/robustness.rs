//! Full disks and killed processes: whatever happens, a file is whole or not there, the cache never
//! tells anything wrong, and a batch goes on where it was.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "that is how a test fails")]
#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use image::{Rgba, RgbaImage};

const SETTINGS: &[&str] = &["--quality", "draft", "--quiet"];

/// Runs to the end, and is killed should it take five minutes.
fn outcome(command: Command) -> Output {
    assert_cmd::Command::from_std(command).timeout(Duration::from_secs(300)).output().unwrap()
}

struct Desk {
    root: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        Self { root: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// A picture of a disc with a bite; `which` makes it another one.
    fn draw(&self, name: &str, which: u32) {
        let inside = |x: u32, y: u32| {
            let (x, y) = (x as f32 - 48.0, y as f32 - 48.0);
            x.hypot(y) < 40.0 && (x - 12.0 - which as f32).hypot(y - 9.0) > 11.0
        };
        let picture =
            RgbaImage::from_fn(96, 96, |x, y| Rgba([180, (which * 40) as u8, 40, if inside(x, y) { 255 } else { 0 }]));
        fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        picture.save_with_format(self.path(name), image::ImageFormat::Png).unwrap();
    }

    fn orfeas(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_orfeas"));
        self.prepare(command.args(arguments));
        command
    }

    fn prepare(&self, command: &mut Command) {
        command.current_dir(self.root.path()).env("ORFEAS_CACHE_DIR", self.path("cache")).env_remove("ORFEAS_LOG");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    }

    /// Runs to a good end.
    fn must(&self, arguments: &[&str]) -> Duration {
        let started = Instant::now();
        let output = outcome(self.orfeas(arguments));
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        started.elapsed()
    }

    /// Starts, and kills (SIGKILL) after `delay`. Whether it was still running then.
    fn kill(&self, arguments: &[&str], delay: Duration) -> bool {
        let mut child = self.orfeas(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(delay);
        let running = child.try_wait().unwrap().is_none();
        // It may end between the two lines; then there is nothing to kill.
        let _ = child.kill();
        child.wait().unwrap();
        running
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }
}

/// Names and contents of what lies in `folder`, without the temporary files that a killed process
/// may leave and the batch's own notes.
fn solids(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let Ok(entries) = fs::read_dir(folder) else { return BTreeMap::new() };
    let files = entries.map(|entry| entry.unwrap().path()).map(|path| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        (name, fs::read(path).unwrap())
    });
    files.filter(|(name, _)| !name.starts_with('.') && name.ends_with(".stl")).collect()
}

/// Moments within `whole`, the same in every run: spread evenly and then shifted by chance.
fn moments(whole: Duration, count: u32, seed: u64) -> Vec<Duration> {
    let mut state = seed;
    let mut chance = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f64 / (1_u64 << 24) as f64
    };
    (0..count).map(|i| whole.mul_f64((f64::from(i) + chance()) / f64::from(count))).collect()
}

fn refused_for_room(output: &Output) {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(stderr.starts_with("error: ") && !stderr.contains("panicked"), "{stderr}");
}

/// Every format stops in the middle of its file when the system takes no more bytes, as on a full
/// disk; the limit is one of the shell, so that no rights are needed.
#[test]
fn a_write_that_stops_half_way_leaves_what_was_there() {
    let desk = Desk::new();
    desk.draw("disc.png", 0);
    for ending in ["stl", "3mf", "glb", "obj", "ply"] {
        let name = format!("solid.{ending}");
        fs::write(desk.path(&name), "the old one").unwrap();
        let mut command = Command::new("sh");
        // 16 blocks of 512 bytes; without the trap the signal would end the program.
        let script = "trap '' XFSZ; ulimit -f 16; exec \"$0\" \"$@\"";
        command.args(["-c", script, env!("CARGO_BIN_EXE_orfeas"), "generate", "disc.png", "-o", &name, "--overwrite"]);
        desk.prepare(command.args(SETTINGS).arg("--no-cache"));
        let output = outcome(command);
        refused_for_room(&output);
        assert!(String::from_utf8_lossy(&output.stderr).contains(&name), "{output:?}");
        assert_eq!(desk.read(&name), b"the old one", "{ending}");
        fs::remove_file(desk.path(&name)).unwrap();
        let left: Vec<_> = fs::read_dir(desk.path("")).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert!(left.iter().all(|n| n == "disc.png" || n == "cache"), "{ending}: {left:?}");
    }
}

/// A small file system that is mounted as long as it lives.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// `None` where this user may not mount.
    fn mount(at: PathBuf, kib: u32) -> Option<Self> {
        fs::create_dir(&at).unwrap();
        let size = format!("size={kib}k");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(&at).output();
        mounted.is_ok_and(|output| output.status.success()).then_some(Self(at))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).output();
    }
}

#[test]
fn a_full_disk_is_told_and_nothing_is_left_on_it() {
    let desk = Desk::new();
    let Some(_disk) = SmallDisk::mount(desk.path("disk"), 64) else {
        eprintln!("skipped: this user may not mount a small disk");
        return;
    };
    desk.draw("disc.png", 0);
    fs::write(desk.path("disk/solid.stl"), "the old one").unwrap();
    for (name, overwrite) in
        [("disk/solid.stl", true), ("disk/new.3mf", false), ("disk/new.glb", false), ("disk/new.ply", false)]
    {
        let mut arguments = [&["generate", "disc.png", "-o", name], SETTINGS].concat();
        arguments.extend(overwrite.then_some("--overwrite"));
        let output = outcome(desk.orfeas(&arguments));
        refused_for_room(&output);
        assert!(String::from_utf8_lossy(&output.stderr).contains("full"), "{output:?}");
    }
    assert_eq!(desk.read("disk/solid.stl"), b"the old one");
    assert_eq!(fs::read_dir(desk.path("disk")).unwrap().count(), 1);
}

#[test]
fn a_full_cache_disk_costs_a_warning_and_not_the_work() {
    let desk = Desk::new();
    let Some(_disk) = SmallDisk::mount(desk.path("cache"), 64) else {
        eprintln!("skipped: this user may not mount a small disk");
        return;
    };
    desk.draw("disc.png", 0);
    desk.must(&[&["generate", "disc.png", "-o", "plain.stl", "--no-cache"], SETTINGS].concat());
    for name in ["first.stl", "second.stl"] {
        desk.must(&[&["generate", "disc.png", "-o", name], SETTINGS].concat());
        assert!(desk.read(name) == desk.read("plain.stl"), "{name} is another solid");
    }
}

#[test]
fn an_export_that_is_killed_leaves_the_old_file_or_the_new_one() {
    let desk = Desk::new();
    for which in 0..2 {
        let (picture, solid) = (format!("{which}.png"), format!("{which}.stl"));
        desk.draw(&picture, which);
        desk.must(&[&["generate", &picture, "-o", &solid], SETTINGS].concat());
    }
    let (old, new) = (desk.read("0.stl"), desk.read("1.stl"));
    assert!(old != new);
    let arguments = [&["generate", "1.png", "-o", "solid.stl", "--overwrite"], SETTINGS].concat();
    // From the cache it is writing more than anything else.
    fs::write(desk.path("solid.stl"), &old).unwrap();
    let whole = desk.must(&arguments);
    let mut killed = 0;
    for delay in moments(whole, 12, 5) {
        fs::write(desk.path("solid.stl"), &old).unwrap();
        killed += u32::from(desk.kill(&arguments, delay));
        let found = desk.read("solid.stl");
        assert!(found == old || found == new, "{} bytes after {delay:?}", found.len());
    }
    assert!(killed > 0, "no run was still going when it was to be killed");
    desk.must(&arguments);
    assert!(desk.read("solid.stl") == new);
}

#[test]
fn a_cache_whose_writer_is_killed_stays_right() {
    let desk = Desk::new();
    desk.draw("disc.png", 0);
    let plain = [&["generate", "disc.png", "-o", "plain.stl", "--no-cache"], SETTINGS].concat();
    let whole = desk.must(&plain);
    let wanted = desk.read("plain.stl");
    let arguments = [&["generate", "disc.png", "-o", "solid.stl", "--overwrite"], SETTINGS].concat();
    let mut killed = 0;
    for delay in moments(whole, 12, 11) {
        let _ = fs::remove_dir_all(desk.path("cache"));
        killed += u32::from(desk.kill(&arguments, delay));
        // What the dead left must be right, and what comes after must be stored again.
        desk.must(&arguments);
        assert!(desk.read("solid.stl") == wanted, "another solid after {delay:?}");
    }
    assert!(killed > 0, "no run was still going when it was to be killed");
}

#[test]
fn a_batch_that_is_killed_goes_on_where_it_was() {
    let desk = Desk::new();
    let names: Vec<_> = (0..5).map(|i| format!("pictures/{i}.png")).collect();
    for (which, name) in names.iter().enumerate() {
        desk.draw(name, which as u32);
    }
    fn batch(folder: &str) -> [&str; 9] {
        ["batch", "pictures", "-o", folder, "--quality", "draft", "--no-cache", "--jobs", "2"]
    }
    let whole = desk.must(&batch("wanted"));
    let wanted = solids(&desk.path("wanted"));
    assert_eq!(wanted.len(), names.len());
    for (round, delay) in moments(whole, 8, 23).into_iter().enumerate() {
        let name = format!("solids-{round}");
        let (arguments, folder) = (batch(&name), desk.path(&name));
        desk.kill(&arguments, delay);
        // Each file that is there is whole; a second kill in the middle of going on does no harm.
        for again in [true, false] {
            for (name, bytes) in solids(&folder) {
                assert!(wanted[&name] == bytes, "{name} is not whole after {delay:?}");
            }
            if again {
                desk.kill(&arguments, whole / 3);
            }
        }
        let done: Vec<_> = solids(&folder).into_keys().collect();
        let written = |name: &String| fs::metadata(folder.join(name)).unwrap().modified().unwrap();
        let times: Vec<_> = done.iter().map(written).collect();
        desk.must(&arguments);
        assert!(solids(&folder) == wanted, "after {delay:?}");
        let again = times.iter().zip(done.iter().map(written)).filter(|(before, now)| *before != now).count();
        // Those of the two workers whose file was there at the kill, but not yet noted as whole.
        assert!(again <= 2, "{again} of {} that were done were made again", done.len());
    }
}
