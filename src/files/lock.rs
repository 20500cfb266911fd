//! Locks between processes: files that one process at a time holds. The system takes them back when
//! the process ends, however it ends.
//!
//! Some network and user-space file systems have no locks. Nobody can be kept out there: that is told
//! once, and the work goes on.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;
use std::sync::Once;

/// A locked file that is not the one of its name is let go so many times: not every file system tells
/// one file from another.
const TRIES: usize = 10_000;

/// Held until it is dropped.
#[derive(Debug)]
pub struct Lock {
    file: File,
}

impl Lock {
    /// Takes the lock with the file `path`, which is made where it is not. `None` while another process,
    /// or another lock of this one, holds it.
    ///
    /// # Errors
    /// The file can neither be opened nor made.
    pub fn try_at(path: &Path) -> io::Result<Option<Self>> {
        let file = open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => {
                tell(&error, path);
                Ok(Some(Self { file }))
            }
        }
    }

    /// The same, but waits until nobody else holds it.
    ///
    /// # Errors
    /// The file can neither be opened nor made.
    pub fn wait_at(path: &Path) -> io::Result<Self> {
        let mut tries = 0;
        loop {
            let lock = Self { file: open(path)? };
            tries += 1;
            match lock.file.lock() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    tell(&error, path);
                    return Ok(lock);
                }
                // Else whoever held it took the file away; those who come now meet at another one.
                Ok(()) if lock.is_at(path) || tries >= TRIES => return Ok(lock),
                Ok(()) => {}
            }
        }
    }

    /// Takes the file `path` of this lock away, where others that wait for it notice.
    pub fn remove(self, path: &Path) {
        if cfg!(unix) && self.is_at(path) {
            // An empty file that stays does no harm.
            let _ = std::fs::remove_file(path);
        }
    }

    /// Whether the file that is held is the one called `path`.
    #[cfg(unix)]
    fn is_at(&self, path: &Path) -> bool {
        use std::os::unix::fs::MetadataExt as _;
        let identity = |about: io::Result<std::fs::Metadata>| about.ok().map(|about| (about.dev(), about.ino()));
        identity(self.file.metadata()) == identity(path.metadata())
    }

    /// Nobody takes it away here.
    #[cfg(not(unix))]
    fn is_at(&self, path: &Path) -> bool {
        let _ = (&self.file, path);
        true
    }
}

fn open(path: &Path) -> io::Result<File> {
    File::options().create(true).truncate(false).write(true).open(path)
}

fn tell(error: &io::Error, path: &Path) {
    static TOLD: Once = Once::new();
    TOLD.call_once(|| tracing::warn!(%error, path = %path.display(), "the folder has no locks"));
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    #[test]
    fn one_at_a_time_holds_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let first = Lock::try_at(&path).unwrap().unwrap();
        assert!(Lock::try_at(&path).unwrap().is_none());
        drop(first);
        assert!(Lock::try_at(&path).unwrap().is_some());
        assert!(Lock::try_at(&folder.path().join("missing/lock")).is_err());
    }

    #[test]
    fn a_file_that_is_taken_away_lets_no_two_in() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let (inside, entered) = (AtomicU32::new(0), AtomicU32::new(0));
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for round in 0..200 {
                        let lock = Lock::wait_at(&path).unwrap();
                        assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0, "somebody else is inside");
                        entered.fetch_add(1, Ordering::SeqCst);
                        inside.fetch_sub(1, Ordering::SeqCst);
                        if round % 2 == 0 {
                            lock.remove(&path);
                        }
                    }
                });
            }
        });
        assert_eq!(entered.load(Ordering::SeqCst), 800);
    }
}
