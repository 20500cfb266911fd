//! Taking a model away again.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::catalogue::Model;
use super::error::ModelsError;
use super::library::Library;
use super::part::{note_path, part_path, temporary_path};
use super::places::{Owner, length};
use super::record::remove_file;
use crate::files::{bytes_in_words, folder_of, sweep_temporaries};

/// What a removal took away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Removed {
    /// Bytes of the files that are gone.
    pub bytes: u64,
    /// How many of them the disk has again: not those of files that have a second name, such as the one
    /// that they were taken from. Nothing where the system does not say.
    pub freed_bytes: Option<u64>,
}

impl Removed {
    /// Room that was won, a part of a sentence.
    pub fn in_words(&self) -> String {
        let all = bytes_in_words(self.bytes);
        match self.freed_bytes {
            None => all,
            Some(freed) if freed == self.bytes => format!("{all} are free again"),
            Some(0) => format!("its {all} stay where they were taken from"),
            Some(freed) => {
                let kept = bytes_in_words(self.bytes.saturating_sub(freed));
                format!("{} are free again, {kept} stay where they were taken from", bytes_in_words(freed))
            }
        }
    }

    /// Removes a file, if it is there, and counts it.
    fn take(&mut self, path: &Path) -> Result<(), ModelsError> {
        let (bytes, is_shared) = (length(path).unwrap_or(0), has_other_names(path));
        remove_file(path)?;
        self.bytes += bytes;
        let freed = if bytes == 0 { Some(0) } else { is_shared.map(|shared| if shared { 0 } else { bytes }) };
        self.freed_bytes = self.freed_bytes.zip(freed).map(|(before, freed)| before + freed);
        Ok(())
    }
}

impl Library {
    /// Removes what we put into our folder of the model called `id`, half files included. Files that
    /// somebody else put there, and those of other programs, stay. An engine that has the model open
    /// should let it go first: it would keep the room, and on some systems the files.
    ///
    /// # Errors
    /// [`ModelsError::NotOurs`], [`ModelsError::NotInstalled`], [`ModelsError::Busy`], or what the system
    /// said.
    pub fn remove(&self, id: &str) -> Result<Removed, ModelsError> {
        let model = self.model(id)?;
        let record = self.record(model);
        let root = self.own_root(model);
        if !self.is_ours(model) {
            return Err(match self.find(model) {
                Some((path, owner)) => {
                    let owner =
                        if owner == Owner::Orfeas { "whoever put it there".to_owned() } else { owner.to_string() };
                    ModelsError::NotOurs { id: id.to_owned(), owner, path }
                }
                None => ModelsError::NotInstalled { id: id.to_owned(), bytes: model.bytes() },
            });
        }
        let _lock = self.lock(model)?;
        self.sweep(model);
        let mut removed = Removed { bytes: 0, freed_bytes: Some(0) };
        for file in &model.files {
            let path = file.below(&root);
            for begun in [part_path(&path), note_path(&path), temporary_path(&path)] {
                removed.take(&begun)?;
            }
            // The record is only a file: it does not decide what may be removed, but the catalogue does.
            if record.as_ref().is_some_and(|r| r.file(&file.path).is_some()) {
                removed.take(&path)?;
            }
        }
        self.records().forget(id)?;
        self.remove_empty_folders(model, &root);
        Ok(removed)
    }

    /// Deletes what processes that died have left beside the files of `model`. Its lock is held.
    pub(super) fn sweep(&self, model: &Model) {
        let root = self.own_root(model);
        let folders: BTreeSet<_> = model.files.iter().map(|file| folder_of(&file.below(&root)).to_owned()).collect();
        folders.iter().for_each(|folder| sweep_temporaries(folder));
    }

    /// Deletes what killed imports left of the files of `model`, which no import goes on with. Its lock is held.
    pub(super) fn drop_copies(&self, model: &Model) {
        let root = self.own_root(model);
        for file in &model.files {
            let _ = fs::remove_file(temporary_path(&file.below(&root)));
        }
    }

    /// Folders that hold nothing any more go as far up as the library's own, which stays.
    fn remove_empty_folders(&self, model: &Model, root: &Path) {
        let own = model.folder_in(root);
        let inside = own.ancestors().take_while(|folder| *folder != self.folder() && folder.starts_with(self.folder()));
        for folder in inside {
            if fs::remove_dir(folder).is_err() {
                return;
            }
        }
    }
}

/// Whether the bytes of a file stay on the disk without this name; nothing where the system does not say.
fn has_other_names(path: &Path) -> Option<bool> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let about = path.symlink_metadata().ok()?;
        Some(about.is_symlink() || about.nlink() > 1)
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        None
    }
}
