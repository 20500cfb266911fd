//! A content-addressed store of finished stages, in the user's cache folder.
//!
//! Promises: [`Cache::get`] returns exactly the bytes that were put under that key, or nothing. A
//! flipped byte, a truncated file or an entry of another key is a miss, and the entry is removed.
//! Writes are whole or not there, so any number of processes may share one folder. The folder stays
//! below its limit (the least recently used entries go), and a folder that cannot be used costs one
//! [`Cache::take_warning`], never the work.
//!
//! It does not promise that an entry survives: it may be evicted, cleared by another process, or
//! lost in a power cut (entries are not synced to the disk, because a lost one is only a miss).

mod entry;
mod key;
mod store;

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

pub use key::{Digest, Key, KeyBuilder, digest, digest_of};
pub use store::{StageStats, Stats};

use store::Store;

/// Names the cache folder, before [`CacheOptions::folder`] is asked for.
pub const FOLDER_VARIABLE: &str = "ORFEAS_CACHE_DIR";

/// Where the cache lies and how large it may grow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CacheOptions {
    /// The folder; `None` takes [`FOLDER_VARIABLE`], or else the system's cache folder of the user.
    pub folder: Option<PathBuf>,
    /// Size of all entries together, in bytes, that is not exceeded for long.
    pub limit_bytes: u64,
}

impl CacheOptions {
    /// 2 GiB.
    pub const DEFAULT_LIMIT_BYTES: u64 = 2 << 30;

    /// The folder that these options name, if the system knows one.
    pub fn resolve_folder(&self) -> Option<PathBuf> {
        let variable = || std::env::var_os(FOLDER_VARIABLE).filter(|v: &OsString| !v.is_empty()).map(PathBuf::from);
        let system = || directories::ProjectDirs::from("", "", "orfeas").map(|dirs| dirs.cache_dir().to_owned());
        self.folder.clone().or_else(variable).or_else(system)
    }
}

impl Default for CacheOptions {
    fn default() -> Self {
        Self { folder: None, limit_bytes: Self::DEFAULT_LIMIT_BYTES }
    }
}

/// A handle on the store; clones share it, and it may be used from any thread.
#[derive(Clone, Debug, Default)]
pub struct Cache(Option<Arc<Inner>>);

#[derive(Debug)]
struct Inner {
    store: Store,
    limit_bytes: u64,
    /// When writing failed last, until it succeeds again.
    failed_at: Mutex<Option<Instant>>,
    /// Whether the user was told so.
    has_warned: AtomicBool,
    /// Bytes written since the folder was last measured, and its size then.
    usage: Mutex<Option<Usage>>,
    /// What the user should hear, once.
    warning: Mutex<Option<String>>,
}

/// What is known about the folder's size between two looks at it.
#[derive(Clone, Copy, Debug)]
struct Usage {
    measured_bytes: u64,
    written_bytes: u64,
}

/// Other processes write too: look again after this share of the limit was written.
const REMEASURE_SHARE: u64 = 8;
/// After an eviction the folder is at most this many tenths full, so that not every put evicts.
const TENTHS_KEPT: u64 = 9;
/// Nothing is written for so long after a failure: trying again at every stage would only cost time.
const PAUSE: Duration = Duration::from_secs(30);

impl Cache {
    /// The store in the folder that `options` name. Never fails: a folder that cannot be used gives
    /// a cache that stores nothing, and a [`Cache::take_warning`].
    pub fn open(options: &CacheOptions) -> Self {
        let (store, warning) = match options.resolve_folder() {
            Some(folder) => Store::open(folder),
            None => {
                let text = "the cache is off: the system names no cache folder for this user; set ORFEAS_CACHE_DIR";
                (Store::nowhere(), Some(text.to_owned()))
            }
        };
        Self(Some(Arc::new(Inner {
            failed_at: Mutex::new(warning.is_some().then(Instant::now)),
            has_warned: AtomicBool::new(warning.is_some()),
            store,
            limit_bytes: options.limit_bytes,
            usage: Mutex::new(None),
            warning: Mutex::new(warning),
        })))
    }

    /// A cache that holds nothing and stores nothing.
    pub fn disabled() -> Self {
        Self(None)
    }

    /// Whether anything can be stored or found at all.
    pub fn is_enabled(&self) -> bool {
        self.0.as_ref().is_some_and(|inner| inner.store.folder().is_some())
    }

    /// Whether what is put into it is found again: there is a folder, and what was put there last was written.
    pub fn can_store(&self) -> bool {
        self.is_enabled() && self.0.as_ref().is_some_and(|inner| lock(&inner.failed_at).is_none())
    }

    /// The cache folder.
    pub fn path(&self) -> Option<&Path> {
        self.0.as_ref()?.store.folder()
    }

    /// The bytes stored under `key`, verified; they count as just used.
    pub fn get(&self, key: &Key) -> Option<Vec<u8>> {
        let inner = self.0.as_ref()?;
        inner.store.read(key, inner.limit_bytes)
    }

    /// Whether there is an entry under `key`. It is not verified: for showing what would be quick.
    pub fn contains(&self, key: &Key) -> bool {
        self.0.as_ref().is_some_and(|inner| inner.store.contains(key))
    }

    /// Stores `payload` under `key`, best effort. Entries above a quarter of the limit are not
    /// stored: one of them would push out everything else. After a failure nothing is for half a
    /// minute; then it is tried again.
    pub fn put(&self, key: &Key, payload: &[u8]) {
        self.put_parts(key, &[payload]);
    }

    /// As [`Cache::put`], of the concatenation of `parts`, without making it in memory.
    pub fn put_parts(&self, key: &Key, parts: &[&[u8]]) {
        let Some(inner) = &self.0 else { return };
        let bytes = parts.iter().map(|p| p.len() as u64).sum::<u64>() + entry::HEADER_BYTES as u64;
        if bytes > inner.limit_bytes / 4 || inner.pauses() {
            return;
        }
        match inner.store.write(key, parts) {
            Ok(()) => {
                if lock(&inner.failed_at).take().is_some() {
                    // Should it fail again, that is news.
                    inner.has_warned.store(false, Ordering::Relaxed);
                }
                inner.account(bytes);
            }
            Err(source) => inner.pause(&source),
        }
    }

    /// What the user should be told, at most once: why nothing is stored.
    pub fn take_warning(&self) -> Option<String> {
        lock(&self.0.as_ref()?.warning).take()
    }

    /// What lies in the folder.
    pub fn stats(&self) -> Stats {
        let Some(inner) = &self.0 else { return Stats::default() };
        Stats { limit_bytes: inner.limit_bytes, ..inner.store.measure() }
    }

    /// Removes every entry, and nothing that the cache did not write. Returns the number of entries
    /// and bytes removed.
    ///
    /// # Errors
    /// The first failure to remove an entry; the others were still tried.
    pub fn clear(&self) -> io::Result<(u64, u64)> {
        let Some(inner) = &self.0 else { return Ok((0, 0)) };
        *lock(&inner.usage) = None;
        inner.store.clear()
    }
}

impl Inner {
    /// Notes that `bytes` were written, and makes room when the folder has grown past the limit.
    fn account(&self, bytes: u64) {
        let mut usage = lock(&self.usage);
        let seen = usage.map(|u| Usage { written_bytes: u.written_bytes + bytes, ..u });
        let still_valid = |u: &Usage| {
            u.written_bytes <= self.limit_bytes / REMEASURE_SHARE
                && u.measured_bytes + u.written_bytes <= self.limit_bytes
        };
        *usage = seen.filter(still_valid).or_else(|| {
            let target_bytes = self.limit_bytes / 10 * TENTHS_KEPT;
            let measured_bytes = self.store.make_room(self.limit_bytes, target_bytes);
            Some(Usage { measured_bytes, written_bytes: 0 })
        });
    }

    /// Whether writing failed just now.
    fn pauses(&self) -> bool {
        lock(&self.failed_at).is_some_and(|failed_at| failed_at.elapsed() < PAUSE)
    }

    fn pause(&self, source: &io::Error) {
        *lock(&self.failed_at) = Some(Instant::now());
        if !self.has_warned.swap(true, Ordering::Relaxed) {
            let folder = self.store.folder().map(|f| f.display().to_string()).unwrap_or_default();
            *lock(&self.warning) = Some(format!(
                "the cache cannot store anything ({source}); the work goes on without it, free space or name another \
                 folder with {FOLDER_VARIABLE}: {folder}"
            ));
        }
    }
}

/// A panic elsewhere cannot have left these small values half-written.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
