//! A folder to work in, pictures drawn on the spot, and readers that trust nothing.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

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
        command.timeout(std::time::Duration::from_secs(300));
        command
    }

    /// The same, to be watched and interrupted.
    pub fn spawn(&self, arguments: &[&str]) -> Child {
        std::process::Command::new(env!("CARGO_BIN_EXE_orfeas"))
            .current_dir(self.folder.path())
            .env("ORFEAS_CACHE_DIR", self.path("cache"))
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
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
