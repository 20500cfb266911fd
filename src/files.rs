//! Files that are either whole or not there.
//!
//! Promises: a reader never sees half a file, an existing file is replaced only when asked to, and
//! a failed write (full disk, cancelled, killed process) leaves the old file as it was. A killed
//! process may leave a hidden `.orfeas-*.tmp` beside the target; nothing ever reads it.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::progress::Cancelled;

/// Why a file could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The target exists and replacing it was not asked for.
    #[error("a file of this name exists already; choose another name or allow overwriting: {}", .0.display())]
    Exists(PathBuf),
    /// The target's folder does not exist or is not a folder.
    #[error("the folder does not exist; create it first: {}", .0.display())]
    NoFolder(PathBuf),
    /// The system refused: full disk, no permission, a name it does not allow.
    #[error("could not write the file ({source}): {}", path.display())]
    Io {
        /// What the system said.
        source: io::Error,
        /// The target.
        path: PathBuf,
    },
    /// The work was cancelled while writing.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// What to do when the target exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IfExists {
    /// Leave it and fail with [`WriteError::Exists`].
    Keep,
    /// Replace it, atomically.
    Replace,
}

/// Prefix and suffix of the temporary files that [`write_atomically`] makes.
pub const TEMPORARY_AFFIXES: (&str, &str) = (".orfeas-", ".tmp");

/// Writes a file through `fill`: into a temporary file in the same folder, synced, then renamed.
///
/// # Errors
/// See [`WriteError`]. On any error the target is as it was before, and the temporary file is gone.
pub fn write_atomically(
    path: &Path,
    if_exists: IfExists,
    fill: impl FnOnce(&mut BufWriter<&File>) -> io::Result<()>,
) -> Result<(), WriteError> {
    let io_error = |source| WriteError::Io { source, path: path.to_owned() };
    if if_exists == IfExists::Keep && path.symlink_metadata().is_ok() {
        return Err(WriteError::Exists(path.to_owned()));
    }
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    if !folder.is_dir() {
        return Err(WriteError::NoFolder(folder.to_owned()));
    }
    let mut builder = tempfile::Builder::new();
    builder.prefix(TEMPORARY_AFFIXES.0).suffix(TEMPORARY_AFFIXES.1);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // As an ordinary new file: the process's umask takes away what it should.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let temporary = builder.tempfile_in(folder).map_err(io_error)?;
    let mut writer = BufWriter::with_capacity(1 << 18, temporary.as_file());
    fill(&mut writer).and_then(|()| writer.flush()).map_err(io_error)?;
    drop(writer);
    temporary.as_file().sync_all().map_err(io_error)?;
    match if_exists {
        IfExists::Replace => temporary.persist(path).map_err(|e| io_error(e.error))?,
        IfExists::Keep => match temporary.persist_noclobber(path) {
            Ok(file) => file,
            Err(e) if e.error.kind() == io::ErrorKind::AlreadyExists => {
                return Err(WriteError::Exists(path.to_owned()));
            }
            // Some network and user-space file systems can neither rename without replacing nor link.
            Err(e) => persist_claimed(e.file, path).map_err(|error| match error.kind() {
                io::ErrorKind::AlreadyExists => WriteError::Exists(path.to_owned()),
                _ => io_error(error),
            })?,
        },
    };
    // The rename itself survives a power cut only once the folder is synced; not every system can.
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
    Ok(())
}

/// Claims the name with an empty file, so that nobody else's is replaced, and then replaces that.
fn persist_claimed(temporary: tempfile::NamedTempFile, path: &Path) -> io::Result<File> {
    drop(File::create_new(path)?);
    temporary.persist(path).map_err(|e| {
        let _ = std::fs::remove_file(path);
        e.error
    })
}

/// Bytes as people say them: `512 B`, `1.5 MiB`.
pub fn bytes_in_words(bytes: u64) -> String {
    let units = ["KiB", "MiB", "GiB", "TiB"];
    let mut value = bytes as f64;
    let mut unit = "B";
    for larger in units {
        if value < 1000.0 {
            break;
        }
        value /= 1024.0;
        unit = larger;
    }
    if unit == "B" { format!("{bytes} B") } else { format!("{value:.1} {unit}") }
}
