//! Taking a model over from files that are on this machine.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::catalogue::{Model, ModelFile};
use super::digest::{Hasher, Sha256};
use super::error::ModelsError;
use super::library::Library;
use super::meter::Meter;
use super::places::{Owner, Place, length};
use super::record::{DigestSource, RecordedFile};
use crate::files::{TEMPORARY_AFFIXES, WriteError, each_chunk, replace_atomically};
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
        let root = self.own_root(model);
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
/// or else as a copy. Returns the digest.
pub(super) fn place(
    source: &Path,
    target: &Path,
    expected: Option<Sha256>,
    meter: &Meter,
) -> Result<Sha256, PlaceError> {
    // A link to a link would break with it.
    let source = source.canonicalize().map_err(ModelsError::io("read the file", source))?;
    let folder = target.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(ModelsError::io("make the folder", folder))?;
    if target.canonicalize().is_ok_and(|same| same == source) {
        return Ok(digest_of(&source, meter)?);
    }
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let link = folder.join(format!("{}{name}{}", TEMPORARY_AFFIXES.0, TEMPORARY_AFFIXES.1));
    let _ = fs::remove_file(&link);
    if fs::hard_link(&source, &link).is_err() {
        return copy(&source, target, expected, meter);
    }
    let linked = digest_of(&link, meter).map_err(PlaceError::from).and_then(|digest| {
        if expected.is_some_and(|e| e != digest) {
            return Err(PlaceError::WrongBytes(digest));
        }
        fs::rename(&link, target).map_err(ModelsError::io("write the file", target))?;
        Ok(digest)
    });
    // Renaming onto another name of the same file does nothing at all, and leaves this one.
    let _ = fs::remove_file(&link);
    linked
}

fn copy(source: &Path, target: &Path, expected: Option<Sha256>, meter: &Meter) -> Result<Sha256, PlaceError> {
    let mut failure = None;
    let mut digest = None;
    let mut from = File::open(source).map_err(ModelsError::io("read the file", source))?;
    let written = replace_atomically(target, |writer| {
        let mut hasher = Hasher::default();
        let copied = each_chunk(
            &mut from,
            |e| PlaceError::from(ModelsError::io("read the file", source)(e)),
            |bytes| {
                hasher.update(bytes);
                writer.write_all(bytes).map_err(ModelsError::io("write the file", target))?;
                Ok(meter.add(bytes.len() as u64)?)
            },
        );
        let found = hasher.finish();
        let checked = copied.and_then(|()| match expected.filter(|e| *e != found) {
            Some(_) => Err(PlaceError::WrongBytes(found)),
            None => Ok(()),
        });
        digest = Some(found);
        checked.map_err(|error| {
            failure = Some(error);
            std::io::Error::other("given up")
        })
    });
    match (failure, written, digest) {
        (Some(failure), _, _) => Err(failure),
        (None, Ok(()), Some(digest)) => Ok(digest),
        (None, Err(WriteError::Io { source, .. }), _) => Err(ModelsError::io("write the file", target)(source).into()),
        (None, other, _) => {
            let what =
                other.err().map(std::io::Error::other).unwrap_or_else(|| std::io::Error::other("nothing was written"));
            Err(ModelsError::io("write the file", target)(what).into())
        }
    }
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
