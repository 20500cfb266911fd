//! What a batch has written into its folder, kept in a small file there.
//!
//! A line is written before a file is begun and completed after it is whole, each time atomically;
//! so after a kill it is known which files are done. That a file was begun does not say whose the file
//! is that lies there by now.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::files::{self, Digest, IfExists, Lock, WriteError, digest_of_file, hex, write_atomically};

/// Name of the file in the batch's folder.
pub const FILE_NAME: &str = ".orfeas-batch.json";
/// Name of the file that a batch holds while it changes the manifest; there only while batches run.
pub const LOCK_NAME: &str = ".orfeas-batch.lock";
/// A manifest of a hundred thousand files is smaller than this, even where their pictures lie deep in
/// folders. Nothing larger is read, and so nothing larger is written.
const LIMIT_BYTES: u64 = 256 << 20;

/// Why a batch cannot keep its books.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// The folder is not there.
    #[error("the folder for the results does not exist; create it first: {}", .0.display())]
    NoFolder(PathBuf),
    /// The manifest is there and cannot be read.
    #[error(
        "the list of finished pictures cannot be read ({source}), and is left as it is; move it away to begin anew: {}",
        path.display()
    )]
    Read {
        /// What the system said.
        source: io::Error,
        /// The manifest.
        path: PathBuf,
    },
    /// The manifest would be larger than what is read again.
    #[error("the list of finished pictures is full; choose another folder for the others: {}", .0.display())]
    Full(PathBuf),
    /// The file that keeps two batches apart can neither be opened nor made.
    #[error("the list of finished pictures cannot be held ({source}): {}", path.display())]
    Lock {
        /// What the system said.
        source: io::Error,
        /// The file.
        path: PathBuf,
    },
    /// The file could not be written.
    #[error("the list of finished pictures could not be kept: {0}")]
    Write(#[from] WriteError),
}

/// What a file is made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    /// Where the picture lies; see [`source_of`].
    pub source: String,
    pub picture: Digest,
    pub mask: Option<Digest>,
    pub settings: Digest,
    /// Of the learned model, where one is asked and found.
    pub model: Option<Digest>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Line {
    /// Absent in the manifests of older versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    picture: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mask: Option<String>,
    settings: String,
    /// Absent where no model was asked, and in the manifests of older versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    model: Option<String>,
    /// Size of the finished file; absent while it is being made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bytes: Option<u64>,
    /// SHA-256 of the finished file; while it is being made, of a batch's earlier one that lies there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
}

/// Whose the file of a name is, as far as is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// There is none.
    Free,
    /// A batch made it from the same picture, and nobody changed it since.
    Ours,
    /// A batch that was killed began it; whether it ever wrote it is not known.
    Begun,
    /// Somebody else's.
    Foreign,
}

/// What was noted about a file that is being made; see [`Folder::restore`].
#[derive(Debug)]
pub(super) struct Begun {
    line: Line,
    before: Option<Line>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Manifest {
    files: BTreeMap<String, Line>,
    /// The file makes no sense, which the user was told: the first line replaces it.
    #[serde(skip)]
    is_nonsense: bool,
}

/// A batch's folder and what is known about it.
pub(super) struct Folder {
    path: PathBuf,
    manifest: Mutex<Manifest>,
    limit_bytes: u64,
}

impl Line {
    fn may_be_from(&self, source: &str) -> bool {
        self.source.as_ref().is_none_or(|known| known == source)
    }
}

impl Wanted {
    fn line(&self, bytes: Option<u64>, digest: Option<String>) -> Line {
        let (source, picture) = (Some(self.source.clone()), hex(&self.picture));
        let (mask, settings, model) = (self.mask.as_ref().map(hex), hex(&self.settings), self.model.as_ref().map(hex));
        Line { source, picture, mask, settings, model, bytes, digest }
    }
}

impl Folder {
    /// Reads the manifest. One that cannot be understood is left out, with a note: then nothing
    /// counts as done, and nothing is replaced.
    ///
    /// # Errors
    /// There is no such folder, or a manifest that the system does not give.
    pub(super) fn open(folder: &Path) -> Result<(Self, Vec<String>), ManifestError> {
        if !folder.is_dir() {
            return Err(ManifestError::NoFolder(folder.to_owned()));
        }
        let path = folder.join(FILE_NAME);
        let (manifest, notes) = match read(&path) {
            Ok(manifest) => (manifest.unwrap_or_default(), vec![]),
            Err(error) if is_nonsense(&error) => {
                let note = format!(
                    "the list of finished pictures cannot be read ({error}), so none counts as finished: {}",
                    path.display()
                );
                (Manifest { is_nonsense: true, ..Manifest::default() }, vec![note])
            }
            Err(source) => return Err(ManifestError::Read { source, path }),
        };
        let folder = Self { path: folder.to_owned(), manifest: Mutex::new(manifest), limit_bytes: LIMIT_BYTES };
        Ok((folder, notes))
    }

    /// The same folder with room for a manifest of so many bytes only.
    #[cfg(test)]
    pub(super) fn with_limit(mut self, limit_bytes: u64) -> Self {
        self.limit_bytes = limit_bytes;
        self
    }

    pub(super) fn path_of(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Whether the file is there, whole, and made from just this, wherever the picture lies by now.
    pub(super) fn is_done(&self, name: &str, wanted: &Wanted) -> bool {
        let found = self.path_of(name).metadata().ok().filter(fs::Metadata::is_file).map(|about| about.len());
        let line = self.line(name);
        // The size alone: reading every file again would make going on slow.
        found.is_some()
            && line.is_some_and(|line| {
                let now = wanted.line(found, line.digest.clone());
                // A model that was taken away since makes no solid stale.
                let is_same_model = line.model.is_none() || now.model.is_none() || line.model == now.model;
                is_same_model && line == Line { source: line.source.clone(), model: line.model.clone(), ..now }
            })
    }

    /// Reads again what other batches may have noted meanwhile. Where nothing can be read, what was known
    /// stays.
    pub(super) fn refresh(&self) {
        let mut manifest = self.manifest.lock().unwrap_or_else(PoisonError::into_inner);
        if let Ok(Some(newer)) = read(&self.path.join(FILE_NAME)) {
            *manifest = newer;
        }
    }

    /// Whose the file is, if a batch made it from the picture at `source`.
    pub(super) fn standing(&self, name: &str, source: &str) -> Standing {
        let path = self.path_of(name);
        if path.symlink_metadata().is_err() {
            return Standing::Free;
        }
        // A picture of the same name in another folder is another picture.
        let line = self.line(name).filter(|line| line.may_be_from(source));
        let (Some(line), Ok(about)) = (line, path.metadata()) else { return Standing::Foreign };
        if !about.is_file() {
            return Standing::Foreign;
        }
        let is_as_noted = |digest: &String| digest_of_file(&path).is_ok_and(|there| hex(&there) == *digest);
        match line.bytes {
            Some(bytes) if bytes != about.len() => Standing::Foreign,
            _ if line.digest.as_ref().is_some_and(is_as_noted) => Standing::Ours,
            Some(_) => Standing::Foreign,
            None => Standing::Begun,
        }
    }

    /// Notes that the file is about to be made.
    pub(super) fn begin(&self, name: &str, wanted: &Wanted) -> Result<Begun, ManifestError> {
        let mut begun = Begun { line: wanted.line(None, None), before: None };
        self.record(name, |before| {
            // After a kill the file that lies there may still be the one from before.
            let own = before.as_ref().filter(|line| line.may_be_from(&wanted.source));
            begun.line.digest = own.and_then(|line| line.digest.clone());
            begun.before = before;
            Some(begun.line.clone())
        })?;
        Ok(begun)
    }

    /// Notes again what was noted before a file that was not made after all. What another batch noted
    /// since stays.
    pub(super) fn restore(&self, name: &str, begun: Begun) -> Result<(), ManifestError> {
        self.record(name, |now| if now.as_ref() == Some(&begun.line) { begun.before } else { now })
    }

    /// Notes that the file is whole.
    pub(super) fn finish(&self, name: &str, wanted: &Wanted) -> Result<(), ManifestError> {
        let path = self.path_of(name);
        let bytes = path.metadata().ok().map(|about| about.len());
        let line = wanted.line(bytes, digest_of_file(&path).ok().as_ref().map(hex));
        self.record(name, |_| Some(line))
    }

    fn line(&self, name: &str) -> Option<Line> {
        self.manifest.lock().unwrap_or_else(PoisonError::into_inner).files.get(name).cloned()
    }

    /// Puts what `change` makes of the file's line, as all batches know it by now, in the line's place.
    fn record(&self, name: &str, change: impl FnOnce(Option<Line>) -> Option<Line>) -> Result<(), ManifestError> {
        let mut manifest = self.manifest.lock().unwrap_or_else(PoisonError::into_inner);
        let (path, lock) = (self.path.join(FILE_NAME), self.path.join(LOCK_NAME));
        // Another batch may write into the same folder.
        let _lock = Lock::wait_at(&lock).map_err(|source| ManifestError::Lock { source, path: lock })?;
        match read(&path) {
            Ok(Some(newer)) => *manifest = newer,
            Ok(None) => {}
            Err(error) if manifest.is_nonsense && is_nonsense(&error) => manifest.is_nonsense = false,
            // What is in it is worth more than one line.
            Err(source) => return Err(ManifestError::Read { source, path }),
        }
        match change(manifest.files.get(name).cloned()) {
            Some(line) => manifest.files.insert(name.to_owned(), line),
            None => manifest.files.remove(name),
        };
        let failed = |error: serde_json::Error| WriteError::Io { source: error.into(), path: path.clone() };
        let text = serde_json::to_vec_pretty(&*manifest).map_err(failed)?;
        if text.len() as u64 > self.limit_bytes {
            manifest.files.remove(name);
            return Err(ManifestError::Full(path));
        }
        write_atomically(&path, IfExists::Replace, |file| file.write_all(&text))?;
        Ok(())
    }
}

impl Drop for Folder {
    /// Leaves no lock behind, unless a killed batch did; the next one takes that away.
    fn drop(&mut self) {
        let lock = self.path.join(LOCK_NAME);
        if lock.exists()
            && let Ok(held) = Lock::wait_at(&lock)
        {
            held.remove(&lock);
        }
    }
}

/// A file that a batch made of a picture, or began.
pub(super) struct Known {
    pub name: String,
    /// Where the picture lies.
    pub source: String,
    /// SHA-256 of the picture.
    pub picture: String,
    pub is_begun: bool,
}

/// The files with this ending that batches made in `folder`, or began, these first. Nothing where
/// nothing can be read.
pub(super) fn known_files(folder: &Path, ending: &str) -> Vec<Known> {
    let files = read(&folder.join(FILE_NAME)).ok().flatten().unwrap_or_default().files;
    let has_ending = |name: &str| Path::new(name).extension().is_some_and(|own| own == ending);
    let known = |(name, line): (String, Line)| {
        let is_begun = line.bytes.is_none();
        Some(Known { name, source: line.source?, picture: line.picture, is_begun })
    };
    let files = files.into_iter().filter(|(name, _)| has_ending(name)).filter_map(known);
    let (begun, done): (Vec<_>, Vec<_>) = files.partition(|file| file.is_begun);
    begun.into_iter().chain(done).collect()
}

/// Reads a manifest; nothing where there is none.
fn read(path: &Path) -> io::Result<Option<Manifest>> {
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        file => file?,
    };
    let mut text = Vec::new();
    let read = file.take(LIMIT_BYTES + 1).read_to_end(&mut text)?;
    if read as u64 > LIMIT_BYTES {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "it is far too large"));
    }
    Ok(Some(serde_json::from_slice(&text)?))
}

/// Whether the system gave what is in the file, and that is no manifest.
fn is_nonsense(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof)
}

/// Where a picture lies, the same from wherever it is named, and of no two pictures the same. Its own
/// name is not followed if it is a link, for that may lead to another place for every version of the
/// picture.
pub(super) fn source_of(picture: &Path) -> String {
    let folder = files::folder_of(picture).canonicalize();
    let place = match (folder, picture.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        _ => picture.to_owned(),
    };
    let mut text = String::new();
    for chunk in place.as_os_str().as_encoded_bytes().utf8_chunks() {
        text += chunk.valid();
        // What is no text is written in digits, after a character that no path can hold.
        text.extend(chunk.invalid().iter().map(|byte| format!("\0{byte:02x}")));
    }
    text
}
