//! Taking a model over from files that are on this machine.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::catalogue::{Model, ModelFile};
use super::digest::{Hasher, Sha256};
use super::error::ModelsError;
use super::library::Library;
use super::meter::Meter;
use super::part::{note_path, part_path, temporary_path};
use super::places::{Owner, Place, length};
use super::record::{DigestSource, RecordedFile};
use crate::files::{each_chunk, folder_of};
use crate::progress::{Monitor, Stage};

/// What an import brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// The root of the repository in our folder.
    pub root: PathBuf,
    /// Files that were not there; a pull fetches them.
    pub missing: Vec<String>,
}

/// Why a file was not taken over.
#[derive(Debug)]
pub(super) enum PlaceError {
    /// Its digest is this one, and not the expected.
    WrongBytes(Sha256),
    Failed(Box<ModelsError>),
}

impl<E: Into<ModelsError>> From<E> for PlaceError {
    fn from(error: E) -> Self {
        Self::Failed(Box::new(error.into()))
    }
}

impl Library {
    /// Takes the model called `id` over from `source`: a folder laid out as published, the model's own
    /// folder, or its file of weights. Files are hard-linked where the disk allows it, else copied;
    /// in either case their bytes are checked where the published digest is known. Reports bytes under
    /// [`Stage::Verify`].
    ///
    /// # Errors
    /// [`ModelsError::NotThis`] when a file is not the published one; see [`ModelsError`].
    pub fn import(&self, id: &str, source: &Path, monitor: &Monitor) -> Result<Imported, ModelsError> {
        let model = self.model(id)?;
        self.check_agreed(model)?;
        let found = sources(model, source)?;
        let _lock = self.lock(model)?;
        self.sweep(model);
        let root = self.own_root(model);
        self.drop_copies(model);
        let meter = Meter::new(monitor, Stage::Verify, found.iter().filter_map(|(_, path)| length(path)).sum());
        for (file, path) in &found {
            let bytes = length(path).unwrap_or(0);
            let target = file.below(&root);
            if !shares_disk(path, self.folder()) {
                self.check_room(&root, bytes)?;
            }
            let sha256 = place(path, &target, file.sha256, &meter).map_err(|error| match error {
                PlaceError::Failed(error) => *error,
                PlaceError::WrongBytes(digest) => ModelsError::NotThis {
                    id: id.to_owned(),
                    what: format!("its bytes differ from the published ones (SHA-256 {digest})"),
                    path: path.clone(),
                },
            })?;
            let known_by = if file.sha256.is_some() { DigestSource::Catalogue } else { DigestSource::Computed };
            self.remember(model, RecordedFile { path: file.path.clone(), bytes, sha256, known_by })?;
        }
        let missing = self.missing(model).iter().map(|file| file.path.clone()).collect();
        Ok(Imported { root, missing })
    }
}

/// Files of `model` at `source`.
fn sources<'m>(model: &'m Model, source: &Path) -> Result<Vec<(&'m ModelFile, PathBuf)>, ModelsError> {
    let not_this = |what: String| ModelsError::NotThis { id: model.id.clone(), what, path: source.to_owned() };
    let metadata = fs::metadata(source).map_err(ModelsError::io("read it", source))?;
    if metadata.is_dir() {
        let place = Place { owner: Owner::User, path: source.to_owned() };
        if let Some(root) = place.find(model) {
            if let Some(file) = model.files.iter().find(|file| length(&file.below(&root)).is_none()) {
                return Err(not_this(format!(
                    "its weights are not in the published form ({}) and cannot be checked; use them where they are, by \
                     orfeas models folder --look-into",
                    file.name()
                )));
            }
            return Ok(model.files.iter().map(|file| (file, file.below(&root))).collect());
        }
        let beside = files_in(model, source);
        return match beside.iter().any(|(file, _)| is_weights(file)) {
            true => Ok(beside),
            false => Err(not_this(format!("it has no {}", in_words(model)))),
        };
    }
    let weights = model.files.iter().filter(|f| is_weights(f)).find(|f| f.fits(metadata.len()));
    let weights =
        weights.ok_or_else(|| not_this(format!("it has {} bytes; wanted is {}", metadata.len(), in_words(model))))?;
    let mut found = files_in(model, source.parent().unwrap_or(Path::new(".")));
    found.retain(|(file, _)| file.path != weights.path);
    found.push((weights, source.to_owned()));
    Ok(found)
}

/// Files of `model` that lie in `folder` by their last names.
fn files_in<'m>(model: &'m Model, folder: &Path) -> Vec<(&'m ModelFile, PathBuf)> {
    let paths = model.files.iter().map(|file| (file, folder.join(file.name())));
    paths.filter(|(file, path)| length(path).is_some_and(|bytes| file.fits(bytes))).collect()
}

fn is_weights(file: &ModelFile) -> bool {
    !file.name().ends_with(".yaml")
}

/// The weights of `model`, by name and length.
fn in_words(model: &Model) -> String {
    let weights = model.files.iter().filter(|f| is_weights(f));
    let one = |file: &ModelFile| match file.bytes {
        Some(bytes) => format!("{} of {bytes} bytes", file.name()),
        None => file.name().to_owned(),
    };
    weights.map(one).collect::<Vec<_>>().join(", ")
}

/// Whether a hard link from one to the other may work; where that is not known, it may.
fn shares_disk(file: &Path, folder: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let existing = folder.ancestors().find_map(|f| fs::metadata(f).ok());
        if let (Ok(file), Some(folder)) = (fs::metadata(file), existing) {
            return file.dev() == folder.dev();
        }
    }
    let _ = (file, folder);
    true
}

/// Puts the bytes of `source` under the name `target` when their digest is `expected`: by a hard link,
/// or else as a copy. What a transfer brought of it is then of no use any more. Returns the digest. The
/// model's lock is held.
pub(super) fn place(
    source: &Path,
    target: &Path,
    expected: Option<Sha256>,
    meter: &Meter,
) -> Result<Sha256, PlaceError> {
    // A link to a link would break with it.
    let source = source.canonicalize().map_err(ModelsError::io("read the file", source))?;
    let folder = folder_of(target);
    fs::create_dir_all(folder).map_err(ModelsError::io("make the folder", folder))?;
    let digest = if target.canonicalize().is_ok_and(|same| same == source) {
        digest_of(&source, meter)?
    } else {
        put(&source, target, expected, meter)?
    };
    for begun in [part_path(target), note_path(target)] {
        let _ = fs::remove_file(begun);
    }
    Ok(digest)
}

fn put(source: &Path, target: &Path, expected: Option<Sha256>, meter: &Meter) -> Result<Sha256, PlaceError> {
    let temporary = temporary_path(target);
    let _ = fs::remove_file(&temporary);
    let found = match fs::hard_link(source, &temporary) {
        Ok(()) => digest_of(&temporary, meter).map_err(PlaceError::from),
        Err(_) => copy(source, target, meter),
    };
    let placed = found.and_then(|digest| {
        if expected.is_some_and(|e| e != digest) {
            return Err(PlaceError::WrongBytes(digest));
        }
        fs::rename(&temporary, target).map_err(ModelsError::io("write the file", target))?;
        Ok(digest)
    });
    // Renaming onto another name of the same file does nothing at all, and leaves this one.
    let _ = fs::remove_file(&temporary);
    // The rename itself survives a power cut only once the folder is synced; not every system can.
    if let Ok(folder) = File::open(folder_of(target)) {
        let _ = folder.sync_all();
    }
    placed
}

/// Copies to the temporary file of `target`, which is not there yet, and returns the digest of what was
/// copied.
fn copy(source: &Path, target: &Path, meter: &Meter) -> Result<Sha256, PlaceError> {
    let mut from = File::open(source).map_err(ModelsError::io("read the file", source))?;
    let failed = ModelsError::io("write the file", target);
    let mut file = File::create_new(temporary_path(target)).map_err(&failed)?;
    let mut hasher = Hasher::default();
    each_chunk(
        &mut from,
        |e| PlaceError::from(ModelsError::io("read the file", source)(e)),
        |bytes| {
            hasher.update(bytes);
            file.write_all(bytes).map_err(&failed)?;
            Ok(meter.add(bytes.len() as u64)?)
        },
    )?;
    file.sync_all().map_err(&failed)?;
    Ok(hasher.finish())
}

/// Digest of all bytes of a file.
pub(super) fn digest_of(path: &Path, meter: &Meter) -> Result<Sha256, ModelsError> {
    let failed = ModelsError::io("read the file", path);
    let mut file = File::open(path).map_err(&failed)?;
    let mut hasher = Hasher::default();
    each_chunk(&mut file, &failed, |bytes| {
        hasher.update(bytes);
        Ok(meter.add(bytes.len() as u64)?)
    })?;
    Ok(hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_process_left_and_a_link_make_way() {
        let folder = tempfile::tempdir().unwrap();
        let [source, target] = ["source.bin", "model.bin"].map(|name| folder.path().join(name));
        let bytes: Vec<u8> = (0..3_000_000_u32).map(|i| (i % 251) as u8).collect();
        fs::write(&source, &bytes).unwrap();
        let monitor = Monitor::silent();
        let meter = Meter::new(&monitor, Stage::Verify, bytes.len() as u64);
        let wanted = digest_of(&source, &meter).unwrap();
        assert_eq!(copy(&source, &target, &meter).unwrap(), wanted);
        assert!(!target.exists() && fs::read(temporary_path(&target)).unwrap() == bytes);
        fs::write(temporary_path(&target), "half").unwrap();
        #[cfg(unix)]
        {
            fs::write(folder.path().join("precious"), "precious").unwrap();
            std::os::unix::fs::symlink("precious", &target).unwrap();
        }
        assert_eq!(put(&source, &target, Some(wanted), &meter).unwrap(), wanted);
        assert!(fs::read(&target).unwrap() == bytes && !target.is_symlink());
        assert!(!temporary_path(&target).exists());
        #[cfg(unix)]
        assert_eq!(fs::read(folder.path().join("precious")).unwrap(), b"precious");
    }

    #[test]
    fn a_cancelled_or_wrong_copy_leaves_the_old_file() {
        let folder = tempfile::tempdir().unwrap();
        let [source, target] = ["source.bin", "model.bin"].map(|name| folder.path().join(name));
        fs::write(&source, "new").unwrap();
        fs::write(&target, "old").unwrap();
        let other = {
            let mut hasher = Hasher::default();
            hasher.update(b"other");
            hasher.finish()
        };
        let token = crate::progress::CancelToken::new();
        let monitor = Monitor::new(&token, &|_| {});
        let meter = Meter::new(&monitor, Stage::Verify, 3);
        let wrong = put(&source, &target, Some(other), &meter);
        assert!(matches!(wrong, Err(PlaceError::WrongBytes(_))), "{wrong:?}");
        token.cancel();
        let cancelled = put(&source, &target, None, &meter);
        assert!(matches!(cancelled, Err(PlaceError::Failed(_))), "{cancelled:?}");
        assert_eq!(fs::read(&target).unwrap(), b"old");
        assert!(!temporary_path(&target).exists());
    }
}
