//! From a mesh in print space to a file: STL, 3MF, GLB, OBJ and PLY.
//!
//! Promises: the same mesh and options give the same bytes, whatever the number of threads; a file
//! is whole or not there ([`crate::files`]); positions survive exactly in every format but GLB,
//! where millimetres become metres in 32-bit floats. It does not look for defects: see
//! [`crate::print::check`].

mod blocks;
mod glb;
mod obj;
mod ply;
mod stl;
mod three_mf;
pub mod thumbnail;

use std::io::{self, Cursor, ErrorKind};
use std::path::{Path, PathBuf};

use image::RgbaImage;

use crate::files::{self, IfExists, WriteError};
use crate::mesh::{Mesh, MeshError};
use crate::progress::{Cancelled, Monitor};
use blocks::{Output, Sink};
pub(crate) use obj::SIGNATURE as OBJ_SIGNATURE;

/// A mesh file format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Format {
    /// Binary STL, in millimetres, without colours.
    Stl,
    /// 3MF: millimetres, title, thumbnail and colours.
    ThreeMf,
    /// Binary glTF 2.0: metres, +Y up, with colours.
    Glb,
    /// Wavefront OBJ, in millimetres, colours behind the positions.
    Obj,
    /// Binary PLY, in millimetres, with colours.
    Ply,
}

impl Format {
    /// Every format, the ones for printing first.
    pub const ALL: &[Self] = &[Self::Stl, Self::ThreeMf, Self::Glb, Self::Obj, Self::Ply];

    /// The format that `path`'s ending names, whatever its case.
    pub fn from_path(path: &Path) -> Option<Self> {
        path.extension().and_then(|ending| ending.to_str()).and_then(Self::from_name)
    }

    /// The format called `name`: an ending without its dot, whatever its case.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|format| format.extension().eq_ignore_ascii_case(name))
    }

    /// [`Self::from_path`], with the reason for people.
    ///
    /// # Errors
    /// [`UnknownFormat`], which lists the known endings.
    pub fn require(path: &Path) -> Result<Self, UnknownFormat> {
        Self::from_path(path).ok_or_else(|| UnknownFormat { path: path.to_owned() })
    }

    /// The file ending, lower case and without a dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Stl => "stl",
            Self::ThreeMf => "3mf",
            Self::Glb => "glb",
            Self::Obj => "obj",
            Self::Ply => "ply",
        }
    }

    /// The name for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Stl => "STL",
            Self::ThreeMf => "3MF",
            Self::Glb => "glTF binary",
            Self::Obj => "Wavefront OBJ",
            Self::Ply => "PLY",
        }
    }

    /// Whether files of this format go to a printer: what they hold stands on z = 0, centred.
    pub fn is_for_printing(self) -> bool {
        matches!(self, Self::Stl | Self::ThreeMf)
    }

    /// Whether the format carries the colours of the vertices.
    pub fn has_colors(self) -> bool {
        self != Self::Stl
    }
}

/// A file name whose ending is no mesh format.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the file's ending is none of .stl, .3mf, .glb, .obj, .ply; choose one of these: {}", path.display())]
pub struct UnknownFormat {
    /// The name.
    pub path: PathBuf,
}

/// Why a mesh was not written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The mesh is not well-formed, so there is nothing sensible to write.
    #[error("this mesh cannot be written: {0}")]
    Mesh(#[from] MeshError),
    /// The format's counters do not reach that far.
    #[error("the mesh is too large for a {} file ({bytes} bytes, at most 4294967295); reduce it or choose another format", .format.label())]
    TooLarge {
        /// The format.
        format: Format,
        /// What the file would need.
        bytes: u64,
    },
    /// The disk has no room.
    #[error("the disk is full{}; make room or choose another folder: {}", needed(.needed_bytes), .path.display())]
    DiskFull {
        /// Size of the whole file, where it is known beforehand.
        needed_bytes: Option<u64>,
        /// The target.
        path: PathBuf,
    },
    /// The file could not be written for another reason, or the work was cancelled.
    #[error(transparent)]
    Write(#[from] WriteError),
}

fn needed(bytes: &Option<u64>) -> String {
    bytes.map_or_else(String::new, |b| format!(" (the file needs {})", files::bytes_in_words(b)))
}

/// What else goes into the file.
#[derive(Clone, Debug)]
pub struct ExportOptions {
    /// What to do when the file exists.
    pub if_exists: IfExists,
    /// Title, where the format has one (3MF, GLB, OBJ, PLY); empty for none.
    pub title: String,
    /// Picture for file browsers in a 3MF; drawn by [`thumbnail`] when absent.
    pub thumbnail: Option<RgbaImage>,
}

impl Default for ExportOptions {
    fn default() -> Self {
        Self { if_exists: IfExists::Keep, title: String::new(), thumbnail: None }
    }
}

/// Writes `mesh` (print space, mm) to `path`, atomically. See [`write_file_with`] for progress.
///
/// # Errors
/// See [`ExportError`]; on any error the target is as it was before.
pub fn write_file(mesh: &Mesh, format: Format, path: &Path, options: &ExportOptions) -> Result<(), ExportError> {
    write_file_with(mesh, format, path, options, &Monitor::silent())
}

/// [`write_file`] that reports progress and can be cancelled.
///
/// # Errors
/// See [`ExportError`]; on any error, a cancellation included, the target is as it was before.
pub fn write_file_with(
    mesh: &Mesh,
    format: Format,
    path: &Path,
    options: &ExportOptions,
    monitor: &Monitor,
) -> Result<(), ExportError> {
    let needed_bytes = checked_size(mesh, format, options)?;
    let written = files::write_atomically(path, options.if_exists, |file| write(mesh, format, options, file, monitor));
    written.map_err(|error| match error {
        WriteError::Io { source, .. } if is_cancelled(&source) => WriteError::Cancelled(Cancelled).into(),
        WriteError::Io { source, path } if source.kind() == ErrorKind::StorageFull => {
            ExportError::DiskFull { needed_bytes, path }
        }
        error => error.into(),
    })
}

/// The bytes that [`write_file`] would write.
///
/// # Errors
/// [`ExportError::Mesh`] or [`ExportError::TooLarge`].
pub fn to_bytes(mesh: &Mesh, format: Format, options: &ExportOptions) -> Result<Vec<u8>, ExportError> {
    let size = checked_size(mesh, format, options)?;
    let mut bytes = Cursor::new(Vec::with_capacity(size.unwrap_or(0) as usize));
    write(mesh, format, options, &mut bytes, &Monitor::silent())
        .map_err(|source| WriteError::Io { source, path: PathBuf::new() })?;
    Ok(bytes.into_inner())
}

/// The size of the file in bytes where the format fixes it, after making sure that it can be written.
fn checked_size(mesh: &Mesh, format: Format, options: &ExportOptions) -> Result<Option<u64>, ExportError> {
    mesh.validate()?;
    let bytes = match format {
        Format::Stl => Some(stl::size_bytes(mesh)),
        Format::Glb => Some(glb::size_bytes(mesh, options)),
        Format::Ply => Some(ply::size_bytes(mesh, options)),
        Format::ThreeMf | Format::Obj => None,
    };
    match (format, bytes) {
        // STL counts triangles in 32 bits, GLB its bytes.
        (Format::Stl, Some(bytes)) if u32::try_from(mesh.triangle_indices.len()).is_err() => {
            Err(ExportError::TooLarge { format, bytes })
        }
        (Format::Glb, Some(bytes)) if u32::try_from(bytes).is_err() => Err(ExportError::TooLarge { format, bytes }),
        _ => Ok(bytes),
    }
}

fn write<W: Output>(
    mesh: &Mesh,
    format: Format,
    options: &ExportOptions,
    writer: &mut W,
    monitor: &Monitor,
) -> io::Result<()> {
    match format {
        Format::Stl => stl::write(mesh, &mut Sink::new(writer, monitor)),
        Format::ThreeMf => three_mf::write(mesh, options, writer, monitor),
        Format::Glb => glb::write(mesh, options, &mut Sink::new(writer, monitor)),
        Format::Obj => obj::write(mesh, options, &mut Sink::new(writer, monitor)),
        Format::Ply => ply::write(mesh, options, &mut Sink::new(writer, monitor)),
    }
}

fn is_cancelled(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<Cancelled>())
}

/// `title` on one line, for the headers of text formats.
fn one_line(title: &str) -> String {
    title.split(char::is_control).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_with_a_size_that_means_something() {
        let told = |needed_bytes| ExportError::DiskFull { needed_bytes, path: "box.stl".into() }.to_string();
        assert!(told(Some(684)).contains("the file needs 684 B)"), "{}", told(Some(684)));
        assert!(told(Some(3 << 20)).contains("3.0 MiB"), "{}", told(Some(3 << 20)));
        assert!(told(None).starts_with("the disk is full; "), "{}", told(None));
    }
}
