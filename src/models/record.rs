//! What is remembered about installed models, beside them: small files of our own.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::digest::Sha256;
use super::error::ModelsError;
use crate::files::{IfExists, Lock, WriteError, write_atomically};

/// Folder of the records in the library's folder.
const FOLDER: &str = ".orfeas";
/// Longest file of ours that is read, in bytes.
const LONGEST: u64 = 1 << 20;

/// How the digest of a file became known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DigestSource {
    /// The program knew it.
    Catalogue,
    /// The server said it before it sent the file.
    Server,
    /// Nobody said it; it was computed when the file came, and tells later changes only.
    Computed,
}

/// One file as it was when it came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedFile {
    /// Where it lies below the root of the repository.
    pub path: String,
    /// Its length.
    pub bytes: u64,
    /// Its digest.
    pub sha256: Sha256,
    /// Who said so.
    pub known_by: DigestSource,
}

/// What is known about an installed model.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The repository it is from.
    pub repository: String,
    /// The commit of it.
    pub revision: String,
    /// When its last file came, in seconds since 1970.
    pub installed_secs: u64,
    /// Files that we put here.
    pub files: Vec<RecordedFile>,
}

impl Record {
    /// The file called `path`.
    pub fn file(&self, path: &str) -> Option<&RecordedFile> {
        self.files.iter().find(|f| f.path == path)
    }

    /// Puts a file in, in the place of the one that was there.
    pub(super) fn put(&mut self, file: RecordedFile) {
        self.files.retain(|f| f.path != file.path);
        self.files.push(file);
        self.files.sort_by(|a, b| a.path.cmp(&b.path));
        self.installed_secs = now_secs();
    }
}

/// An agreement to a licence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Agreement {
    pub licence: String,
    pub secs: u64,
}

/// The records of one library folder.
#[derive(Clone, Debug)]
pub(super) struct Records(PathBuf);

impl Records {
    pub fn new(library: &Path) -> Self {
        Self(library.join(FOLDER))
    }

    fn record_path(&self, id: &str) -> PathBuf {
        self.0.join(format!("{id}.json"))
    }

    /// The record of a model; an unreadable one counts as none.
    pub fn read(&self, id: &str) -> Option<Record> {
        read(&self.record_path(id))
    }

    pub fn write(&self, id: &str, record: &Record) -> Result<(), ModelsError> {
        write(&self.record_path(id), record)
    }

    pub fn forget(&self, id: &str) -> Result<(), ModelsError> {
        remove_file(&self.record_path(id))
    }

    pub fn agreements(&self) -> Vec<Agreement> {
        read(&self.0.join("licences.json")).unwrap_or_default()
    }

    /// Remembers that a licence was agreed to.
    pub fn agree(&self, licence: &str) -> Result<(), ModelsError> {
        let mut all = self.agreements();
        all.retain(|a| a.licence != licence);
        all.push(Agreement { licence: licence.to_owned(), secs: now_secs() });
        write(&self.0.join("licences.json"), &all)
    }

    /// Keeps other processes from changing the same model until the lock is dropped.
    pub fn lock(&self, id: &str) -> Result<Lock, ModelsError> {
        let path = self.0.join(format!("{id}.lock"));
        fs::create_dir_all(&self.0).map_err(ModelsError::io("make the folder", &self.0))?;
        let lock = Lock::try_at(&path).map_err(ModelsError::io("open the lock", &path))?;
        lock.ok_or_else(|| ModelsError::Busy { id: id.to_owned(), path })
    }
}

/// Reads a small file of ours; what cannot be read counts as absent.
pub(super) fn read<T: DeserializeOwned>(path: &Path) -> Option<T> {
    let found = try_read(path);
    let told = found
        .inspect_err(|error| tracing::warn!(%error, path = %path.display(), "a file of the library cannot be read"));
    told.ok().flatten()
}

/// The same, but absent is only what is not there.
///
/// # Errors
/// What the system said, or what is wrong with the text.
pub(super) fn try_read<T: DeserializeOwned>(path: &Path) -> io::Result<Option<T>> {
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        file => file?,
    };
    let mut text = String::new();
    file.take(LONGEST).read_to_string(&mut text)?;
    Ok(Some(serde_json::from_str(&text)?))
}

/// Writes a small file of ours, whole or not at all.
pub(super) fn write(path: &Path, value: &impl Serialize) -> Result<(), ModelsError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(ModelsError::io("make the folder", folder))?;
    }
    let failed = |source: io::Error| ModelsError::io("write the file", path)(source);
    let text = serde_json::to_vec_pretty(value).map_err(|error| failed(error.into()))?;
    write_atomically(path, IfExists::Replace, |writer| writer.write_all(&text)).map_err(|error| match error {
        WriteError::Io { source, .. } => failed(source),
        other => failed(io::Error::other(other)),
    })
}

/// Removes a file that may be gone already.
pub(super) fn remove_file(path: &Path) -> Result<(), ModelsError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(ModelsError::io("remove the file", path)(error)),
        _ => Ok(()),
    }
}

fn now_secs() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs())
}
