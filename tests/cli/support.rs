//! A folder to work in, pictures drawn on the spot, and readers that trust nothing.

use std::collections::HashMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdout, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use assert_cmd::Command;
use image::{Rgba, RgbaImage};

/// A folder of its own with its own cache.
pub struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// The path of `name` in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A round figure with a hole, on a transparent ground.
    pub fn draw(&self, name: &str) -> PathBuf {
        self.draw_sized(name, 64)
    }

    pub fn draw_sized(&self, name: &str, side: u32) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        figure(side).save_with_format(&path, image::ImageFormat::Png).unwrap();
        path
    }

    /// `orfeas`, run in the folder.
    pub fn orfeas(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_orfeas"));
        command.current_dir(self.folder.path()).args(arguments);
        command.env("ORFEAS_CACHE_DIR", self.path("cache")).env("ORFEAS_DATA_DIR", self.path("cache/data"));
        command.timeout(Duration::from_secs(300));
        command
    }

    /// The same, to be watched and interrupted, for two minutes at most.
    pub fn spawn(&self, arguments: &[&str]) -> Running {
        self.spawn_for(arguments, Duration::from_secs(120))
    }

    fn spawn_for(&self, arguments: &[&str], longest: Duration) -> Running {
        self.start(std::process::Command::new(env!("CARGO_BIN_EXE_orfeas")), arguments, longest)
    }

    /// The same, started by somebody who has it ignore these signals, as `nohup` does.
    #[cfg(unix)]
    pub fn spawn_ignoring(&self, signals: &str, arguments: &[&str]) -> Running {
        let mut shell = std::process::Command::new("sh");
        shell.args(["-c", &format!("trap '' {signals}; exec \"$0\" \"$@\""), env!("CARGO_BIN_EXE_orfeas")]);
        self.start(shell, arguments, Duration::from_secs(120))
    }

    fn start(&self, mut command: std::process::Command, arguments: &[&str], longest: Duration) -> Running {
        let child = command
            .current_dir(self.folder.path())
            .env("ORFEAS_CACHE_DIR", self.path("cache"))
            .env("ORFEAS_DATA_DIR", self.path("cache/data"))
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Running::new(child, longest)
    }

    /// Names in the folder `name`, hidden ones included, sorted.
    pub fn names(&self, name: &str) -> Vec<String> {
        let entries = std::fs::read_dir(self.path(name)).unwrap();
        let mut names: Vec<_> = entries.map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.retain(|n| n != "cache");
        names.sort();
        names
    }
}

/// A program that is killed when this goes, and when its time is over: then whoever reads what it says comes to the end
/// of it, and the test fails instead of waiting for ever.
pub struct Running {
    pub stdout: Option<ChildStdout>,
    pub stderr: Option<ChildStderr>,
    child: Arc<Mutex<Child>>,
    /// Once it is gone, so is the watchdog.
    _watched: mpsc::Sender<()>,
}

impl Running {
    fn new(mut child: Child, longest: Duration) -> Self {
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let child = Arc::new(Mutex::new(child));
        let (watched, watch) = mpsc::channel();
        let of_watchdog = Arc::clone(&child);
        let watchdog = move || {
            if watch.recv_timeout(longest) == Err(RecvTimeoutError::Timeout) {
                of_watchdog.lock().unwrap().kill().unwrap();
            }
        };
        std::thread::Builder::new().name("watchdog".to_owned()).spawn(watchdog).unwrap();
        Self { stdout, stderr, child, _watched: watched }
    }

    /// Asks it to end, as Ctrl+C does; by a signal that it heeds also where a shell runs these tests in the background.
    #[cfg(unix)]
    pub fn interrupt(&self) {
        self.send("TERM");
    }

    /// Sends a signal.
    #[cfg(unix)]
    pub fn send(&self, signal: &str) {
        let kill = format!("kill -{signal} {}", self.child.lock().unwrap().id());
        assert!(std::process::Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }

    /// Waits until it listens to what [`Running::interrupt`] sends.
    #[cfg(target_os = "linux")]
    pub fn until_it_listens(&self) {
        let path = format!("/proc/{}/status", self.child.lock().unwrap().id());
        let deadline = std::time::Instant::now() + Duration::from_secs(60);
        let listens = || {
            let status = std::fs::read_to_string(&path).unwrap();
            let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap();
            // Signal n is bit n - 1, and this one is 15.
            u64::from_str_radix(caught.trim(), 16).unwrap() >> 14 & 1 == 1
        };
        while !listens() {
            assert!(std::time::Instant::now() < deadline, "it never listens");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits for its end. Gives its exit code, -1 where a signal ended it, and what else it said on stderr.
    pub fn end(&mut self) -> (i32, String) {
        let mut said = String::new();
        if let Some(mut stderr) = self.stderr.take() {
            stderr.read_to_string(&mut said).unwrap();
        }
        loop {
            let status = self.child.lock().unwrap().try_wait().unwrap();
            if let Some(status) = status {
                return (status.code().unwrap_or(-1), said);
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Ok(mut child) = self.child.lock() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

#[cfg(unix)]
#[test]
fn a_program_that_does_not_end_is_killed() {
    // Nobody reads the stream, which has no end.
    let desk = Desk::new();
    let mut child = desk.spawn_for(&["dataset", "stream", "--side=32", "--threads=1"], Duration::from_secs(1));
    assert_eq!(child.end(), (-1, String::new()));
}

/// Twice as high as wide, so that no axis is taken for another.
pub fn figure(side: u32) -> RgbaImage {
    RgbaImage::from_fn(side, side, |x, y| {
        let (u, v) = (2.0 * (x as f32 + 0.5) / side as f32 - 1.0, 2.0 * (y as f32 + 0.5) / side as f32 - 1.0);
        let inside = (u / 0.4).powi(2) + (v / 0.8).powi(2) < 1.0 && u.hypot(v) > 0.15;
        Rgba([200, (100.0 + 60.0 * v) as u8, 60, if inside { 255 } else { 0 }])
    })
}

/// Runs to the end and gives exit code, stdout and stderr.
pub fn outcome(mut command: Command) -> (i32, String, String) {
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
}

/// What a binary STL holds: width, depth and height in mm, and whether every edge is met by its
/// neighbour, once and the other way round.
pub struct Stl {
    pub triangles: usize,
    pub size_mm: [f32; 3],
    pub lowest_mm: f32,
    pub closed: bool,
}

pub fn read_stl(path: &Path) -> Stl {
    let bytes = std::fs::read(path).unwrap();
    let triangles = u32::from_le_bytes(bytes[80..84].try_into().unwrap()) as usize;
    assert_eq!(bytes.len(), 84 + 50 * triangles, "the file is whole");
    let (mut low, mut high) = ([f32::MAX; 3], [f32::MIN; 3]);
    let mut edges: HashMap<[[u8; 12]; 2], i32> = HashMap::new();
    for record in bytes[84..].chunks_exact(50) {
        let corners: [[u8; 12]; 3] = std::array::from_fn(|c| record[12 * (c + 1)..12 * (c + 2)].try_into().unwrap());
        for (c, corner) in corners.iter().enumerate() {
            for axis in 0..3 {
                let value = f32::from_le_bytes(corner[4 * axis..4 * axis + 4].try_into().unwrap());
                low[axis] = low[axis].min(value);
                high[axis] = high[axis].max(value);
            }
            let next = corners[(c + 1) % 3];
            *edges.entry([*corner, next]).or_default() += 1;
        }
    }
    let closed = edges.iter().all(|([a, b], count)| *count == 1 && edges.get(&[*b, *a]) == Some(&1));
    Stl { triangles, size_mm: std::array::from_fn(|a| high[a] - low[a]), lowest_mm: low[2], closed }
}

/// Writes a binary STL of a cube of 10 mm; without its last triangle when `open`.
pub fn write_cube(path: &Path, open: bool) {
    let corner = |i: usize| [i & 1, i >> 1 & 1, i >> 2 & 1].map(|c| c as f32 * 10.0);
    let faces = [[0, 2, 3, 1], [4, 5, 7, 6], [0, 1, 5, 4], [2, 6, 7, 3], [0, 4, 6, 2], [1, 3, 7, 5]];
    let mut triangles: Vec<[usize; 3]> = faces.iter().flat_map(|&[a, b, c, d]| [[a, b, c], [a, c, d]]).collect();
    if open {
        triangles.pop();
    }
    let mut bytes = vec![0; 80];
    bytes.extend((triangles.len() as u32).to_le_bytes());
    for triangle in triangles {
        bytes.extend([0; 12]);
        triangle.iter().flat_map(|&i| corner(i)).for_each(|value| bytes.extend(value.to_le_bytes()));
        bytes.extend([0; 2]);
    }
    std::fs::write(path, bytes).unwrap();
}
