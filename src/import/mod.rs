//! From a mesh file of anybody's making to a mesh in print space.
//!
//! Reads STL (binary and text), OBJ, PLY (binary and text), GLB and glTF with embedded data, 3MF.
//! Promises: the mesh is well-formed ([`Mesh::validate`]), in millimetres with +Z up, and welded by
//! exact position; a damaged, cut or hostile file gives an [`ImportError`] of one sentence, never a
//! panic, and never memory by a number that the file only claims. It does not repair, and it does
//! not move the mesh to the bed: see [`crate::print`]. Textures and normals are not read.

mod gltf;
mod obj;
mod painted;
mod ply;
mod stl;
mod three_mf;

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use glam::Vec3;

use crate::export::{Format, UnknownFormat};
use crate::mesh::Mesh;
use crate::mesh::weld::{blend_colors, weld};
use crate::mishap::caught;
use crate::progress::{Cancelled, Monitor, Stage};

/// What is read at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Size of the file in bytes.
    pub max_file_bytes: u64,
    /// Triangles, all copies of all parts together; of vertices three times as many.
    pub max_triangles: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_file_bytes: 4 << 30, max_triangles: 50_000_000 }
    }
}

/// Any file may have so many triangles, by copies of its parts.
const FREE_TRIANGLES: u64 = 5_000_000;
/// Beyond that so many per byte of the file; a strip has one, a packed one some more.
const MAX_TRIANGLES_PER_BYTE: u64 = 4;

/// Why a file could not be read as a mesh.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The ending is none we know.
    #[error(transparent)]
    UnknownFormat(#[from] UnknownFormat),
    /// The system refused.
    #[error("could not read the file ({0})")]
    Io(#[from] io::Error),
    /// A folder, a pipe, a device.
    #[error("this is not a file that can be read; name a mesh file")]
    NotAFile,
    /// Nothing in it.
    #[error("the file is empty; export or download it again")]
    EmptyFile,
    /// More bytes than [`Limits::max_file_bytes`].
    #[error("the file has {bytes} bytes, more than the {limit} that are read; reduce the mesh first")]
    FileTooLarge {
        /// Its size.
        bytes: u64,
        /// The limit.
        limit: u64,
    },
    /// More triangles than [`Limits::max_triangles`].
    #[error("the mesh has more than the {limit} triangles that are read; reduce it first")]
    TooManyTriangles {
        /// The limit.
        limit: u64,
    },
    /// Copies of parts make far more triangles than the file's size warrants.
    #[error(
        "copies of its parts make more than {limit} triangles, far more than the file's size warrants; export it as \
         one mesh"
    )]
    TooManyCopies {
        /// The limit.
        limit: u64,
    },
    /// The content is of another kind than the ending says.
    #[error("the file is named as {}, but its content is {found}; give it the right ending", .named.label())]
    WrongEnding {
        /// What the ending says.
        named: Format,
        /// What the content is.
        found: &'static str,
    },
    /// The file ends before it should.
    #[error("the {} file is cut short: {detail}; export or download it again", .format.label())]
    Truncated {
        /// The format.
        format: Format,
        /// What is missing.
        detail: String,
    },
    /// The file breaks its format's rules.
    #[error("this is not a valid {} file: {detail}", .format.label())]
    Malformed {
        /// The format.
        format: Format,
        /// What is wrong.
        detail: String,
    },
    /// The file is right but uses something that is not read.
    #[error("the {} file uses {feature}, which is not supported; export it without", .format.label())]
    Unsupported {
        /// The format.
        format: Format,
        /// What it uses.
        feature: String,
    },
    /// A package that unpacks to far more than a model needs.
    #[error(
        "the package unpacks to more than {limit} bytes, far more than its size warrants; it is damaged or hostile"
    )]
    Inflates {
        /// The most that was allowed.
        limit: u64,
    },
    /// There is nothing to see.
    #[error("the file holds no triangles; export it as a mesh")]
    NoTriangles,
    /// A package with objects of which none is to be built.
    #[error("nothing in the file is set to be built; put the model on the plate and export it again")]
    NothingToBuild,
    /// A package in which all that is to be built is a support, a modifier, or set not to be printed.
    #[error("everything in the file is set not to be printed; set it to be printed in the slicer, or export it as STL")]
    NothingPrinted,
    /// A position is NaN, infinite or too large for a 32-bit float.
    #[error("the file holds a position that is not a finite number; export it again")]
    NotFinite,
    /// The work was cancelled.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// Any of the others, with the file's name.
    #[error("{cause}: {}", path.display())]
    InFile {
        /// What happened.
        cause: Box<ImportError>,
        /// In which file.
        path: PathBuf,
    },
}

impl ImportError {
    fn malformed(format: Format, detail: impl Into<String>) -> Self {
        Self::Malformed { format, detail: detail.into() }
    }

    fn truncated(format: Format, detail: impl Into<String>) -> Self {
        Self::Truncated { format, detail: detail.into() }
    }

    fn unsupported(format: Format, feature: impl Into<String>) -> Self {
        Self::Unsupported { format, feature: feature.into() }
    }
}

/// A mesh that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Imported {
    /// The mesh, welded.
    pub mesh: Mesh,
    /// Triangles of the file that have two corners or all three at one place. They are not in the mesh.
    pub left_out: u64,
    /// What else of the file is not in the mesh, or not as it was, one sentence each.
    pub notes: Vec<String>,
}

/// What a format's reader gives.
struct Parsed {
    mesh: Mesh,
    notes: Vec<String>,
}

impl From<Mesh> for Parsed {
    fn from(mesh: Mesh) -> Self {
        Self { mesh, notes: Vec::new() }
    }
}

/// Reads the mesh in `path`, whose ending names the format, with the default limits.
///
/// # Errors
/// See [`ImportError`]; the message ends with the path.
pub fn read_file(path: &Path) -> Result<Mesh, ImportError> {
    read_file_with(path, &Limits::default(), &Monitor::silent())
}

/// [`read_file`] within `limits`, with progress (as [`Stage::Intake`]) and cancellation.
///
/// # Errors
/// See [`ImportError`]; the message ends with the path.
pub fn read_file_with(path: &Path, limits: &Limits, monitor: &Monitor) -> Result<Mesh, ImportError> {
    import_file(path, limits, monitor).map(|imported| imported.mesh)
}

/// [`read_file_with`], with what is to be told about the file besides its mesh.
///
/// # Errors
/// See [`ImportError`]; the message ends with the path.
pub fn import_file(path: &Path, limits: &Limits, monitor: &Monitor) -> Result<Imported, ImportError> {
    let format = format_of(path)?;
    let read = || import_bytes(&load(path, limits)?, format, limits, monitor);
    read().map_err(|cause| match cause {
        ImportError::Cancelled(_) => cause,
        cause => ImportError::InFile { cause: Box::new(cause), path: path.to_owned() },
    })
}

/// The format that is read from a file of this name: those of [`Format`], and `.gltf` as glTF.
///
/// # Errors
/// [`UnknownFormat`].
pub fn format_of(path: &Path) -> Result<Format, UnknownFormat> {
    let is_gltf = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("gltf"));
    if is_gltf { Ok(Format::Glb) } else { Format::require(path) }
}

fn load(path: &Path, limits: &Limits) -> Result<Vec<u8>, ImportError> {
    // Asked by name first: opening a pipe would wait for its other end.
    if !std::fs::metadata(path)?.is_file() {
        return Err(ImportError::NotAFile);
    }
    let file = File::open(path)?;
    let bytes = file.metadata()?.len();
    let limit = limits.max_file_bytes;
    let mut content = Vec::new();
    if bytes <= limit {
        content.reserve_exact(bytes as usize + 1);
        file.take(limit + 1).read_to_end(&mut content)?;
    }
    let bytes = bytes.max(content.len() as u64);
    if bytes > limit { Err(ImportError::FileTooLarge { bytes, limit }) } else { Ok(content) }
}

/// Reads the mesh in `bytes`, with the default limits.
///
/// # Errors
/// See [`ImportError`].
pub fn read_bytes(bytes: &[u8], format: Format) -> Result<Mesh, ImportError> {
    read_bytes_with(bytes, format, &Limits::default(), &Monitor::silent())
}

/// [`read_bytes`] within `limits`, with progress (as [`Stage::Intake`]) and cancellation.
///
/// # Errors
/// See [`ImportError`].
pub fn read_bytes_with(bytes: &[u8], format: Format, limits: &Limits, monitor: &Monitor) -> Result<Mesh, ImportError> {
    import_bytes(bytes, format, limits, monitor).map(|imported| imported.mesh)
}

fn import_bytes(bytes: &[u8], format: Format, limits: &Limits, monitor: &Monitor) -> Result<Imported, ImportError> {
    monitor.step(Stage::Intake, 0, 3)?;
    if bytes.is_empty() {
        return Err(ImportError::EmptyFile);
    }
    if bytes.len() as u64 > limits.max_file_bytes {
        return Err(ImportError::FileTooLarge { bytes: bytes.len() as u64, limit: limits.max_file_bytes });
    }
    if let Some(found) = other_content(bytes, format) {
        return Err(ImportError::WrongEnding { named: format, found });
    }
    // Without copies, no format has more triangles than that.
    let limit = FREE_TRIANGLES.max(MAX_TRIANGLES_PER_BYTE.saturating_mul(bytes.len() as u64));
    let asked = limits.max_triangles;
    let limits = &Limits { max_triangles: asked.min(limit), ..*limits };
    // The parsers return errors; should one of those we did not write panic all the same, that is an
    // error of the file as well, and never the end of the program.
    let parse = || match format {
        Format::Stl => stl::read(bytes, limits, monitor).map(Parsed::from),
        Format::ThreeMf => three_mf::read(bytes, limits, monitor),
        Format::Glb => gltf::read(bytes, limits, monitor),
        Format::Obj => obj::read(bytes, limits, monitor).map(Parsed::from),
        Format::Ply => ply::read(bytes, limits, monitor),
    };
    let unreadable = || ImportError::malformed(format, "its structure makes no sense");
    let parsed = caught(parse).unwrap_or_else(|_| Err(unreadable())).map_err(|error| match error {
        ImportError::TooManyTriangles { limit } if limit < asked => ImportError::TooManyCopies { limit },
        error => error,
    })?;
    monitor.step(Stage::Intake, 1, 3)?;
    finish(parsed, format, monitor)
}

/// What every format has in common at the end: positions are numbers, indices are in range, equal
/// positions are one vertex.
fn finish(parsed: Parsed, format: Format, monitor: &Monitor) -> Result<Imported, ImportError> {
    let Parsed { mut mesh, mut notes } = parsed;
    let vertices = mesh.vertex_positions.len();
    if mesh.triangle_indices.is_empty() {
        return Err(ImportError::NoTriangles);
    }
    if u32::try_from(vertices).is_err() {
        return Err(ImportError::malformed(format, "it has more vertices than 32 bits can count"));
    }
    check_indices(format, &mesh.triangle_indices, vertices)?;
    if !mesh.vertex_positions.iter().all(|p| p.is_finite()) {
        return Err(ImportError::NotFinite);
    }
    monitor.step(Stage::Intake, 2, 3)?;
    notes.extend(mixed_colors(blend_colors(&mut mesh)));
    let welded = weld(&mesh);
    monitor.step(Stage::Intake, 3, 3)?;
    if welded.validate().is_err() {
        return Err(ImportError::NoTriangles);
    }
    let left_out = (mesh.triangle_indices.len() - welded.triangle_indices.len()) as u64;
    Ok(Imported { mesh: welded, left_out, notes })
}

/// What to say of corners at which faces of different colours meet; nothing where there are none.
fn mixed_colors(count: usize) -> Option<String> {
    (count > 0).then(|| {
        let corners = if count == 1 { "corner has" } else { "corners have" };
        format!(
            "{count} {corners} faces of different colours: a mesh has one colour per corner here, so borders between \
             colours are blurred"
        )
    })
}

fn check_indices(format: Format, triangles: &[[u32; 3]], vertices: usize) -> Result<(), ImportError> {
    match triangles.iter().flatten().find(|&&index| index as usize >= vertices) {
        None => Ok(()),
        Some(index) => {
            let detail = format!("a triangle names vertex {index}, but there are only {vertices}");
            Err(ImportError::malformed(format, detail))
        }
    }
}

/// What the content is, when it plainly is not what `named` says.
fn other_content(bytes: &[u8], named: Format) -> Option<&'static str> {
    if named == Format::Stl && stl::is_exactly_binary(bytes) {
        return None;
    }
    let known: [(&[u8], Option<Format>, &'static str); 10] = [
        (b"glTF", Some(Format::Glb), "glTF binary"),
        (b"PK\x03\x04", Some(Format::ThreeMf), "a ZIP package, as 3MF files are"),
        (b"ply\n", Some(Format::Ply), "PLY"),
        (b"ply\r", Some(Format::Ply), "PLY"),
        (b"\x89PNG", None, "a PNG picture"),
        (b"\xff\xd8\xff", None, "a JPEG picture"),
        (b"GIF8", None, "a GIF picture"),
        (b"RIFF", None, "a WebP picture or a sound"),
        (b"%PDF", None, "a PDF document"),
        (b"\x1f\x8b", None, "a gzip archive"),
    ];
    let (_, format, name) = known.into_iter().find(|(start, ..)| bytes.starts_with(start))?;
    (format != Some(named)).then_some(name)
}

/// Collects the parts of a file into one mesh, within the limits.
struct Assembly<'a> {
    format: Format,
    limits: &'a Limits,
    mesh: Mesh,
    colors: Vec<[u8; 3]>,
    has_colors: bool,
}

/// Colour of parts without one in a file that has colours elsewhere.
const NO_COLOR: [u8; 3] = [200, 200, 200];

impl<'a> Assembly<'a> {
    fn new(format: Format, limits: &'a Limits) -> Self {
        Self { format, limits, mesh: Mesh::default(), colors: Vec::new(), has_colors: false }
    }

    /// Makes sure that so much more is within the limits, before anything is copied.
    fn make_room(&self, vertices: usize, triangles: usize) -> Result<(), ImportError> {
        let limit = self.limits.max_triangles;
        let all_triangles = (self.mesh.triangle_indices.len() as u64).saturating_add(triangles as u64);
        let all_vertices = (self.mesh.vertex_positions.len() as u64).saturating_add(vertices as u64);
        if all_triangles > limit || all_vertices > limit.saturating_mul(3) {
            return Err(ImportError::TooManyTriangles { limit });
        }
        Ok(())
    }

    /// Adds a part, moved by `place`; `mirrored` tells that this turns it inside out. `colors` are
    /// one per vertex.
    fn add(
        &mut self,
        positions: &[Vec3],
        triangles: &[[u32; 3]],
        colors: Option<&[[u8; 3]]>,
        place: impl Fn(Vec3) -> Vec3,
        mirrored: bool,
    ) -> Result<(), ImportError> {
        self.make_room(positions.len(), triangles.len())?;
        let offset = self.mesh.vertex_positions.len() as u32;
        check_indices(self.format, triangles, positions.len())?;
        self.mesh.triangle_indices.extend(triangles.iter().map(|triangle| {
            let [a, b, c] = triangle.map(|index| index + offset);
            if mirrored { [a, c, b] } else { [a, b, c] }
        }));
        self.mesh.vertex_positions.extend(positions.iter().map(|&p| place(p)));
        self.has_colors |= colors.is_some();
        if let Some(colors) = colors {
            self.colors.resize(offset as usize, NO_COLOR);
            self.colors.extend_from_slice(colors);
        }
        Ok(())
    }

    fn finish(mut self) -> Mesh {
        if self.has_colors {
            self.colors.resize(self.mesh.vertex_positions.len(), NO_COLOR);
            self.mesh.vertex_colors = Some(self.colors);
        }
        self.mesh
    }
}
