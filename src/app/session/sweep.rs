//! Deletes what lies in the data folder and nobody needs any more.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::super::pasted;
use super::{LOCK, SavedItem, Session, Store, others_in};
use crate::files::sweep_temporaries;

impl Store {
    /// Deletes meshes and masks that no card names any more, those of other windows that are closed, and what
    /// was being written when a window died.
    pub fn sweep(&self, session: &Session) {
        if self.is_read_only() {
            return;
        }
        sweep_others(&others_in(&self.folder));
        [self.folder.as_path(), self.results.folder(), &self.pasted_folder(), &self.samples_folder()]
            .into_iter()
            .for_each(sweep_temporaries);
        let Ok(entries) = fs::read_dir(self.results.folder()) else { return };
        let entries: Vec<_> = entries.flatten().map(|e| e.path()).collect();
        let set_aside = last_set_aside(&entries);
        // By their names: the folder may be called something else by now.
        let named: Vec<&OsStr> = session.items.iter().flat_map(SavedItem::files).filter_map(Path::file_name).collect();
        for path in entries {
            let ours = path.extension().is_some_and(|e| e == "ply" || e == "png");
            let is_named = path.file_name().is_some_and(|name| named.contains(&name)) || millis_of(&path) <= set_aside;
            if ours && !is_named {
                // A file that cannot be deleted is tried again at the next start.
                let _ = fs::remove_file(path);
            }
        }
    }

    /// Work that looks for pictures which were pasted so long ago that they may go where nothing names them, nor a
    /// list that was set aside may. It may take long, and does not hold the store: the lock must not wait for it.
    pub fn finder_of_old_pasted(&self) -> impl FnOnce() -> Vec<PathBuf> + Send + use<> {
        let (pasted, results) = (self.pasted_folder(), self.results.folder().to_owned());
        move || {
            // What a list that was set aside names is not known without it.
            let Ok(entries) = fs::read_dir(results) else { return Vec::new() };
            let entries: Vec<_> = entries.flatten().map(|e| e.path()).collect();
            pasted::old_in(&pasted, last_set_aside(&entries), SystemTime::now())
        }
    }
}

/// Deletes the folders of windows that ended without doing so.
fn sweep_others(others: &Path) {
    let Ok(entries) = fs::read_dir(others) else { return };
    for folder in entries.flatten().map(|e| e.path()) {
        // Without a lock file, a window is just making it.
        let Ok(lock) = fs::File::options().write(true).open(folder.join(LOCK)) else { continue };
        if lock.try_lock().is_ok() {
            let _ = fs::remove_dir_all(folder);
        }
    }
}

/// When a list was last set aside, in ms since 1970, by the files of the results folder. It names files from before
/// that its reader will want.
fn last_set_aside(results: &[PathBuf]) -> Option<u64> {
    let is_list = |path: &&PathBuf| path.to_string_lossy().ends_with(".session.json");
    results.iter().filter(is_list).filter_map(|path| millis_of(path)).max()
}

/// When a file in the results folder was named, in ms since 1970.
fn millis_of(path: &Path) -> Option<u64> {
    let name = path.file_name()?.to_str()?;
    name.split_once('-')?.1.split('.').next()?.parse().ok()
}
