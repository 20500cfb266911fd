//! Files that are either whole or not there.
//!
//! Promises: a reader never sees half a file, an existing file is replaced only when asked to, and
//! a failed write (full disk, cancelled, killed process) leaves the old file as it was. Symbolic links
//! stay, what they lead to is written; pipes and devices are never replaced. A killed process may
//! leave a hidden `.orfeas-*.tmp` beside the target; nothing ever reads it, and [`sweep_temporaries`]
//! takes it away.

mod digest;
mod lock;
mod temporary;

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

pub use digest::{Digest, digest_of_file, each_chunk, hex};
pub use lock::Lock;
pub use temporary::{is_stale, sweep_temporaries};

use crate::progress::Cancelled;

/// Why a file could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The target exists and replacing it was not asked for.
    #[error("a file of this name exists already; choose another name or allow overwriting: {}", .0.display())]
    Exists(PathBuf),
    /// The target is a folder, a pipe or a device.
    #[error("this is not an ordinary file, so it is not replaced; choose another name: {}", .0.display())]
    NotAFile(PathBuf),
    /// Nobody may write to the target.
    #[error("the file is write-protected; allow writing to it, or choose another name: {}", .0.display())]
    Protected(PathBuf),
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

/// Symbolic links one behind the other, at most; as Linux has it.
const MOST_LINKS: usize = 40;

/// The file that writing to `path` makes or replaces: `path` itself, or what a symbolic link leads to.
///
/// # Errors
/// [`WriteError::NotAFile`] for what must not be replaced, [`WriteError::Io`] for links in a circle.
pub fn target_of(path: &Path) -> Result<PathBuf, WriteError> {
    let io_error = |source| WriteError::Io { source, path: path.to_owned() };
    match path.metadata() {
        Ok(about) if !about.is_file() => Err(WriteError::NotAFile(path.to_owned())),
        Ok(_) if path.is_symlink() => path.canonicalize().map_err(io_error),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(end_of_links(path)),
        Err(error) if path.is_symlink() => Err(io_error(error)),
        // Whatever else is wrong comes out when it is written.
        Ok(_) | Err(_) => Ok(path.to_owned()),
    }
}

/// Fails where `target`, as [`target_of`] gives it, may not be replaced: a rename would not ask.
///
/// # Errors
/// [`WriteError::Protected`].
pub fn check_replaceable(target: &Path) -> Result<(), WriteError> {
    let is_protected = target.metadata().is_ok_and(|about| about.permissions().readonly());
    if is_protected { Err(WriteError::Protected(target.to_owned())) } else { Ok(()) }
}

/// Where a symbolic link leads to when nothing is there yet.
fn end_of_links(path: &Path) -> PathBuf {
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        let Ok(next) = path.read_link() else { break };
        path = folder_of(&path).join(next);
    }
    path
}

/// The folder that `path` lies in.
pub fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Writes a file through `fill`: into a temporary file in the same folder, synced, then renamed.
/// Through a symbolic link the file that it leads to is written.
///
/// # Errors
/// See [`WriteError`]. On any error the target is as it was before, and the temporary file is gone.
pub fn write_atomically(
    path: &Path,
    if_exists: IfExists,
    fill: impl FnOnce(&mut BufWriter<&File>) -> io::Result<()>,
) -> Result<(), WriteError> {
    if if_exists == IfExists::Keep && path.symlink_metadata().is_ok() {
        return Err(WriteError::Exists(path.to_owned()));
    }
    let target = target_of(path)?;
    if if_exists == IfExists::Replace {
        check_replaceable(&target)?;
    }
    write_here(&target, if_exists, fill)
}

/// What the system said of a temporary file, without the file's name, which nobody chose.
pub fn without_temporary_name(error: io::Error) -> io::Error {
    match error.to_string().split_once(" at path ") {
        Some((said, _)) => io::Error::new(error.kind(), said),
        None => error,
    }
}

fn write_here(
    path: &Path,
    if_exists: IfExists,
    fill: impl FnOnce(&mut BufWriter<&File>) -> io::Result<()>,
) -> Result<(), WriteError> {
    let io_error = |source| WriteError::Io { source, path: path.to_owned() };
    let folder = folder_of(path);
    if !folder.is_dir() {
        return Err(WriteError::NoFolder(folder.to_owned()));
    }
    let old = path.symlink_metadata().ok().filter(|about| about.is_file()).map(|about| about.permissions());
    let mut builder = tempfile::Builder::new();
    builder.prefix(TEMPORARY_AFFIXES.0).suffix(TEMPORARY_AFFIXES.1);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // As an ordinary new file: the process's umask takes away what it should.
        let new = || std::fs::Permissions::from_mode(0o666);
        builder.permissions(old.clone().unwrap_or_else(new));
    }
    let temporary = builder.tempfile_in(folder).map_err(|error| io_error(without_temporary_name(error)))?;
    let mut writer = BufWriter::with_capacity(1 << 18, temporary.as_file());
    fill(&mut writer).and_then(|()| writer.flush()).map_err(io_error)?;
    drop(writer);
    // Who may read the old file may read the new one, and nobody else. Not every file system knows of it.
    if let Some(permissions) = old {
        let _ = temporary.as_file().set_permissions(permissions);
    }
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

/// The units of UTF-16 behind its byte order mark; `None` where there is no such mark.
pub fn utf16(bytes: &[u8]) -> Option<Vec<u16>> {
    let (order, rest) = bytes.split_first_chunk::<2>()?;
    let unit: fn([u8; 2]) -> u16 = match order {
        [0xFF, 0xFE] => u16::from_le_bytes,
        [0xFE, 0xFF] => u16::from_be_bytes,
        _ => return None,
    };
    Some(rest.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect())
}

/// What a decoder or a driver says over several lines, as a part of one sentence.
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn write(path: &Path, if_exists: IfExists, text: &str) -> Result<(), WriteError> {
        write_atomically(path, if_exists, |file| file.write_all(text.as_bytes()))
    }

    /// Names in a folder, sorted.
    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> = entries.map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[cfg(unix)]
    #[test]
    fn what_is_write_protected_stays_and_what_is_private_stays_private() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("thing");
        for (mode, is_replaced) in [(0o444, false), (0o600, true), (0o640, true)] {
            fs::write(&path, "old").unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let written = write(&path, IfExists::Replace, "new");
            assert_eq!(written.is_ok(), is_replaced, "{mode:o}");
            assert!(is_replaced || matches!(written, Err(WriteError::Protected(_))));
            assert_eq!(fs::read_to_string(&path).unwrap(), if is_replaced { "new" } else { "old" });
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, mode);
            assert_eq!(names(folder.path()), ["thing"]);
            fs::remove_file(&path).unwrap();
        }
    }

    #[test]
    fn folders_are_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("taken");
        fs::create_dir(&path).unwrap();
        assert!(matches!(write(&path, IfExists::Replace, "new"), Err(WriteError::NotAFile(found)) if found == path));
        assert!(path.is_dir());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_folder_that_takes_no_files_is_told_of_by_the_names_the_user_knows() {
        let error = write(Path::new("/proc/solid.stl"), IfExists::Keep, "new").unwrap_err().to_string();
        assert!(error.ends_with("/proc/solid.stl") && !error.contains(TEMPORARY_AFFIXES.1), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn what_a_link_leads_to_is_written_and_the_link_stays() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let [beside, far] = ["beside", "far"].map(|name| root.join(name));
        for path in [&beside, &far] {
            fs::create_dir(path).unwrap();
        }
        fs::write(far.join("real"), "old").unwrap();
        symlink("../far/real", beside.join("first")).unwrap();
        symlink("first", beside.join("second")).unwrap();
        symlink("../far/new", beside.join("dangling")).unwrap();
        let read = |name: &str| fs::read_to_string(far.join(name)).unwrap();

        assert!(matches!(write(&beside.join("second"), IfExists::Keep, "new"), Err(WriteError::Exists(_))));
        assert_eq!(read("real"), "old");
        write(&beside.join("second"), IfExists::Replace, "new").unwrap();
        write(&beside.join("dangling"), IfExists::Replace, "fresh").unwrap();
        assert_eq!((read("real").as_str(), read("new").as_str()), ("new", "fresh"));
        assert!(["first", "second", "dangling"].iter().all(|name| beside.join(name).is_symlink()));
        assert_eq!(names(&far), ["new", "real"], "no temporary file is left");
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_file_and_circles_of_links_are_refused() {
        use std::os::unix::fs::{FileTypeExt as _, symlink};
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        // A socket stands for pipes and devices, which the standard library cannot make.
        let _listener = std::os::unix::net::UnixListener::bind(path("socket")).unwrap();
        symlink("socket", path("link")).unwrap();
        symlink("circle", path("circle")).unwrap();
        for name in ["socket", "link"] {
            let refused = write(&path(name), IfExists::Replace, "new");
            assert!(
                matches!(&refused, Err(WriteError::NotAFile(found)) if *found == path(name)),
                "{name}: {refused:?}"
            );
        }
        assert!(matches!(write(&path("circle"), IfExists::Replace, "new"), Err(WriteError::Io { .. })));
        assert!(path("socket").metadata().unwrap().file_type().is_socket() && path("circle").is_symlink());
        assert_eq!(names(folder.path()), ["circle", "link", "socket"]);
    }
}
