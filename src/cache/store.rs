//! The folder: one file per entry, in 256 subfolders by the key's first byte.
//!
//! Everything lies below [`SUBFOLDER`] and is recognised by its name, so clearing a cache whose
//! folder the user chose badly still touches nothing else.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde::Serialize;

use super::entry::{self, Refusal};
use super::key::Key;
use crate::files::{TEMPORARY_AFFIXES, hex};

/// Name of the folder that holds all entries of this format.
const SUBFOLDER: &str = "stages-1";
const ENDING: &str = ".entry";
/// No write takes this long: a temporary file that old was left by a process that died.
const STALE_AFTER: Duration = Duration::from_secs(15 * 60);

/// What one stage has in the cache.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct StageStats {
    /// Number of entries.
    pub entries: u64,
    /// Size of the entries, in bytes.
    pub bytes: u64,
}

/// What lies in the cache.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Stats {
    /// Number of entries.
    pub entries: u64,
    /// Size of all entries together, in bytes.
    pub bytes: u64,
    /// Size that is not exceeded for long, in bytes.
    pub limit_bytes: u64,
    /// The same by stage.
    pub stages: BTreeMap<String, StageStats>,
}

/// The folder of entries, or nowhere.
#[derive(Debug)]
pub(super) struct Store {
    folder: Option<PathBuf>,
}

/// A file that this cache wrote.
struct Found {
    path: PathBuf,
    stage: String,
    bytes: u64,
    modified: SystemTime,
}

impl Store {
    pub(super) fn nowhere() -> Self {
        Self { folder: None }
    }

    /// The store in `folder`, which is made when it is missing, and a warning when it cannot be
    /// written. What can be read from it is still read.
    pub(super) fn open(folder: PathBuf) -> (Self, Option<String>) {
        let warning = fs::create_dir_all(folder.join(SUBFOLDER)).err().map(|source| {
            format!(
                "the cache is off: its folder cannot be made ({source}); name another with {}: {}",
                super::FOLDER_VARIABLE,
                folder.display()
            )
        });
        (Self { folder: Some(folder) }, warning)
    }

    pub(super) fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    fn entry_path(&self, key: &Key) -> Option<PathBuf> {
        let digest = hex(key.digest());
        let name = format!("{}-{digest}{ENDING}", key.stage());
        Some(self.folder.as_ref()?.join(SUBFOLDER).join(&digest[..2]).join(name))
    }

    pub(super) fn contains(&self, key: &Key) -> bool {
        self.entry_path(key).is_some_and(|path| path.is_file())
    }

    pub(super) fn read(&self, key: &Key, limit_bytes: u64) -> Option<Vec<u8>> {
        let path = self.entry_path(key)?;
        let file = File::open(&path).ok()?;
        match entry::read(&file, key, limit_bytes) {
            Ok(payload) => {
                // Best effort: a folder that may not be written is still good for reading.
                let touched = File::options().write(true).open(&path);
                let _ = touched.and_then(|file| file.set_modified(SystemTime::now()));
                Some(payload)
            }
            Err(Refusal::Damaged) => {
                drop(file);
                let _ = fs::remove_file(&path);
                None
            }
            Err(Refusal::Unreadable) => None,
        }
    }

    pub(super) fn write(&self, key: &Key, parts: &[&[u8]]) -> io::Result<()> {
        let path = self.entry_path(key).ok_or(io::ErrorKind::NotFound)?;
        let shard = path.parent().ok_or(io::ErrorKind::NotFound)?;
        // Not `files::write_atomically`: syncing tens of megabytes would cost more than the stage
        // saved, and what a power cut tears is found by its digest.
        fs::create_dir_all(shard)?;
        let (prefix, suffix) = TEMPORARY_AFFIXES;
        let temporary = tempfile::Builder::new().prefix(prefix).suffix(suffix).tempfile_in(shard)?;
        entry::write(temporary.as_file(), key, parts)?;
        match temporary.persist(&path) {
            Ok(_) => Ok(()),
            // Some systems do not replace a file that another process reads; it holds the same bytes.
            Err(_) if path.is_file() => Ok(()),
            Err(error) => Err(error.error),
        }
    }

    pub(super) fn measure(&self) -> Stats {
        let mut stats = Stats::default();
        for found in self.scan() {
            stats.entries += 1;
            stats.bytes += found.bytes;
            let stage = stats.stages.entry(found.stage).or_default();
            stage.entries += 1;
            stage.bytes += found.bytes;
        }
        stats
    }

    /// When the entries exceed `limit_bytes`, removes the least recently used ones until at most
    /// `target_bytes` are left. Returns what is left, in bytes.
    pub(super) fn make_room(&self, limit_bytes: u64, target_bytes: u64) -> u64 {
        let mut entries = self.scan();
        let mut bytes: u64 = entries.iter().map(|e| e.bytes).sum();
        if bytes <= limit_bytes {
            return bytes;
        }
        entries.sort_by(|a, b| (a.modified, &a.path).cmp(&(b.modified, &b.path)));
        for entry in entries {
            if bytes <= target_bytes {
                break;
            }
            // Another process may have been quicker: gone is gone.
            match fs::remove_file(&entry.path) {
                Ok(()) => bytes -= entry.bytes,
                Err(error) if error.kind() == io::ErrorKind::NotFound => bytes -= entry.bytes,
                Err(_) => {}
            }
        }
        bytes
    }

    pub(super) fn clear(&self) -> io::Result<(u64, u64)> {
        let (mut entries, mut bytes, mut failure) = (0, 0, None);
        for found in self.scan() {
            match fs::remove_file(&found.path) {
                Ok(()) => (entries, bytes) = (entries + 1, bytes + found.bytes),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => failure = failure.or(Some(error)),
            }
        }
        // The empty folders stay, 256 at most: another process may be about to write to one.
        failure.map_or(Ok((entries, bytes)), Err)
    }

    fn shards(&self) -> impl Iterator<Item = PathBuf> {
        let root = self.folder.as_ref().map(|f| f.join(SUBFOLDER));
        let names = root.and_then(|root| fs::read_dir(root).ok()).into_iter().flatten();
        names.filter_map(|item| {
            let item = item.ok()?;
            let is_shard = item.file_name().to_str().is_some_and(|n| n.len() == 2);
            (is_shard && item.file_type().ok()?.is_dir()).then(|| item.path())
        })
    }

    /// Every entry. Sweeps, on the way, temporary files that died with their process.
    fn scan(&self) -> Vec<Found> {
        let now = SystemTime::now();
        let mut entries = Vec::new();
        for item in self.shards().filter_map(|shard| fs::read_dir(shard).ok()).flatten().flatten() {
            let (Some(name), Ok(about)) = (item.file_name().to_str().map(str::to_owned), item.metadata()) else {
                continue;
            };
            let modified = about.modified().unwrap_or(now);
            if let Some((stage, digest)) = name.strip_suffix(ENDING).and_then(|n| n.split_once('-')) {
                if digest.len() == 64 && about.is_file() {
                    entries.push(Found { path: item.path(), stage: stage.to_owned(), bytes: about.len(), modified });
                }
            } else if name.starts_with(TEMPORARY_AFFIXES.0)
                && name.ends_with(TEMPORARY_AFFIXES.1)
                && now.duration_since(modified).is_ok_and(|age| age > STALE_AFTER)
            {
                let _ = fs::remove_file(item.path());
            }
        }
        entries
    }
}
