//! Taking a model away again.

use std::fs;
use std::path::Path;

use super::catalogue::Model;
use super::error::ModelsError;
use super::library::Library;
use super::part::{note_path, part_path};
use super::places::{Owner, length};
use super::record::remove_file;

impl Library {
    /// Removes what we put into our folder of the model called `id`, half files included, and returns how
    /// many bytes that were. Files that somebody else put there, and those of other programs, stay.
    ///
    /// # Errors
    /// [`ModelsError::NotOurs`], [`ModelsError::NotInstalled`], [`ModelsError::Busy`], or what the system
    /// said.
    pub fn remove(&self, id: &str) -> Result<u64, ModelsError> {
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
        let mut bytes = 0;
        for file in &model.files {
            let path = file.below(&root);
            for temporary in [part_path(&path), note_path(&path)] {
                bytes += length(&temporary).unwrap_or(0);
                remove_file(&temporary)?;
            }
            // The record is only a file: it does not decide what may be removed, but the catalogue does.
            if record.as_ref().is_some_and(|r| r.file(&file.path).is_some()) {
                bytes += length(&path).unwrap_or(0);
                remove_file(&path)?;
            }
        }
        self.records().forget(id)?;
        self.remove_empty_folders(model, &root);
        Ok(bytes)
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
