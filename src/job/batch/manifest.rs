//! What a batch has written into its folder, kept in a small file there.
//!
//! A line is written before a file is begun and completed after it is whole, each time atomically;
//! so after a kill it is known which files are done, and which may be replaced because this batch
//! began them.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::cache::{Digest, hex};
use crate::files::{self, IfExists, WriteError, write_atomically};

/// Name of the file in the batch's folder.
pub const FILE_NAME: &str = ".orfeas-batch.json";
/// A manifest of a hundred thousand files is smaller than this; something larger is not one.
const LIMIT_BYTES: u64 = 64 << 20;

/// Why a batch cannot keep its books.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// The folder is not there.
    #[error("the folder for the results does not exist; create it first: {}", .0.display())]
    NoFolder(PathBuf),
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
    /// Size of the finished file; absent while it is being made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bytes: Option<u64>,
    /// SHA-256 of the finished file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Manifest {
    files: BTreeMap<String, Line>,
}

/// A batch's folder and what is known about it.
pub(super) struct Folder {
    path: PathBuf,
    manifest: Mutex<Manifest>,
}

impl Wanted {
    fn line(&self, bytes: Option<u64>, digest: Option<String>) -> Line {
        let (source, mask) = (Some(self.source.clone()), self.mask.as_ref().map(hex));
        Line { source, picture: hex(&self.picture), mask, settings: hex(&self.settings), bytes, digest }
    }
}

impl Folder {
    /// Reads the manifest. One that cannot be understood is left out, with a note: then nothing
    /// counts as done, and nothing is replaced.
    pub(super) fn open(folder: &Path) -> Result<(Self, Vec<String>), ManifestError> {
        if !folder.is_dir() {
            return Err(ManifestError::NoFolder(folder.to_owned()));
        }
        let path = folder.join(FILE_NAME);
        let (manifest, notes) = match read(&path) {
            Ok(manifest) => (manifest, vec![]),
            Err(error) if error.kind() == io::ErrorKind::NotFound => (Manifest::default(), vec![]),
            Err(error) => {
                let note = format!(
                    "the list of finished pictures cannot be read ({error}), so none counts as finished: {}",
                    path.display()
                );
                (Manifest::default(), vec![note])
            }
        };
        Ok((Self { path: folder.to_owned(), manifest: Mutex::new(manifest) }, notes))
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
                let source = line.source.clone();
                line == Line { source, ..wanted.line(found, line.digest.clone()) }
            })
    }

    /// Whether the file, if there is one, was made by a batch from the picture at `source`, and not
    /// changed since.
    pub(super) fn is_ours(&self, name: &str, source: &str) -> bool {
        let found = self.path_of(name).metadata().ok().filter(fs::Metadata::is_file).map(|about| about.len());
        // A picture of the same name in another folder is another picture.
        let line = self.line(name).filter(|line| line.source.as_ref().is_none_or(|known| known == source));
        line.is_some_and(|line| match &line.digest {
            // Interrupted while it was made.
            None => line.bytes.is_none(),
            Some(digest) => {
                line.bytes == found && file_digest(&self.path_of(name)).is_ok_and(|there| hex(&there) == *digest)
            }
        })
    }

    /// Notes that the file is about to be made. Returns what was noted before, for [`Self::restore`].
    pub(super) fn begin(&self, name: &str, wanted: &Wanted) -> Result<Option<Line>, ManifestError> {
        let before = self.line(name);
        self.record(name, Some(wanted.line(None, None)))?;
        Ok(before)
    }

    /// Notes again what was noted before a file that was not made after all.
    pub(super) fn restore(&self, name: &str, before: Option<Line>) -> Result<(), ManifestError> {
        self.record(name, before)
    }

    /// Notes that the file is whole.
    pub(super) fn finish(&self, name: &str, wanted: &Wanted) -> Result<(), ManifestError> {
        let path = self.path_of(name);
        let bytes = path.metadata().ok().map(|about| about.len());
        self.record(name, Some(wanted.line(bytes, file_digest(&path).ok().as_ref().map(hex))))
    }

    fn line(&self, name: &str) -> Option<Line> {
        self.manifest.lock().unwrap_or_else(PoisonError::into_inner).files.get(name).cloned()
    }

    fn record(&self, name: &str, line: Option<Line>) -> Result<(), ManifestError> {
        let mut manifest = self.manifest.lock().unwrap_or_else(PoisonError::into_inner);
        let path = self.path.join(FILE_NAME);
        // Another batch may write into the same folder. Where folders have no locks, it is out of luck.
        let folder = File::open(&self.path).ok();
        let _lock = folder.as_ref().map(File::lock);
        if let Ok(newer) = read(&path) {
            *manifest = newer;
        }
        match line {
            Some(line) => manifest.files.insert(name.to_owned(), line),
            None => manifest.files.remove(name),
        };
        let text = serde_json::to_vec_pretty(&*manifest).unwrap_or_default();
        write_atomically(&path, IfExists::Replace, |file| file.write_all(&text))?;
        Ok(())
    }
}

fn read(path: &Path) -> io::Result<Manifest> {
    let mut text = Vec::new();
    let read = File::open(path)?.take(LIMIT_BYTES + 1).read_to_end(&mut text)?;
    if read as u64 > LIMIT_BYTES {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it is far too large"));
    }
    Ok(serde_json::from_slice(&text)?)
}

/// Where a picture lies, the same from wherever it is named. Its own name is not followed if it is a
/// link, for that may lead to another place for every version of the picture.
pub(super) fn source_of(picture: &Path) -> String {
    let folder = files::folder_of(picture).canonicalize();
    let place = match (folder, picture.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        _ => picture.to_owned(),
    };
    place.to_string_lossy().into_owned()
}

/// SHA-256 of a file's content, read in pieces.
pub(super) fn file_digest(path: &Path) -> io::Result<Digest> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hasher.finalize().into()),
            read => hasher.update(&buffer[..read]),
        }
    }
}
