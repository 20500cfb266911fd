//! Reading all bytes of an installed model again.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::catalogue::{Model, ModelFile};
use super::digest::Sha256;
use super::error::ModelsError;
use super::install::digest_of;
use super::library::Library;
use super::meter::Meter;
use super::places::{Owner, length};
use super::record::DigestSource;
use crate::progress::{Monitor, Stage};

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// Its bytes are the published ones.
    Good,
    /// Its bytes are those that came once, of which nobody said whether they were the published ones.
    AsItCame,
    /// Its bytes are others.
    Changed {
        /// Its digest.
        found: Sha256,
        /// What its digest should be.
        expected: Sha256,
    },
    /// It has another length.
    Length {
        /// Its length.
        found: u64,
        /// What its length should be.
        expected: u64,
    },
    /// It can be read, but nobody said which bytes it should have.
    Unknown {
        /// Its digest.
        found: Sha256,
    },
    /// It is not there.
    Missing,
}

impl Verdict {
    /// Whether nothing speaks against using the file.
    pub fn is_good(&self) -> bool {
        matches!(self, Self::Good | Self::AsItCame | Self::Unknown { .. })
    }
}

/// A file and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileVerdict {
    /// The file.
    pub path: PathBuf,
    /// What became of it.
    #[serde(flatten)]
    pub verdict: Verdict,
}

/// What became of a model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// Whose folder it is in.
    pub owner: Owner,
    /// Its files.
    pub files: Vec<FileVerdict>,
}

impl Verification {
    /// Whether nothing speaks against using the model.
    pub fn is_good(&self) -> bool {
        self.files.iter().all(|f| f.verdict.is_good())
    }
}

/// What mends a model that is not as published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// [`Library::pull`], which leaves what is here and fetches the rest.
    Pull,
    /// [`Library::remove`] and then [`Library::pull`], which looks at lengths alone.
    Replace,
    /// Only whoever put this file where it is, or the user by deleting it.
    ByHand(PathBuf),
}

impl Library {
    /// Reads all bytes of the model called `id` and compares them with the digests that are known: by
    /// the program, by our record of the time it came, or by the Hugging Face cache, which names files
    /// by their digests. Reports bytes under [`Stage::Verify`]; changes nothing.
    ///
    /// # Errors
    /// [`ModelsError::NotInstalled`] or [`ModelsError::Incomplete`] when no file of it is here; see [`ModelsError`].
    pub fn verify(&self, id: &str, monitor: &Monitor) -> Result<Verification, ModelsError> {
        let model = self.model(id)?;
        let (root, owner) = self.find(model).unwrap_or_else(|| (self.own_root(model), Owner::Orfeas));
        let place = |file: &ModelFile| file.found_below(&root).unwrap_or_else(|| file.below(&root));
        let lengths = || model.files.iter().filter_map(|file| length(&place(file)));
        if lengths().count() == 0 {
            self.locate(id)?;
        }
        let meter = Meter::new(monitor, Stage::Verify, lengths().sum());
        let verdict = |file: &ModelFile| {
            let path = place(file);
            Ok(FileVerdict { verdict: self.verdict(model, file, owner, &path, &meter)?, path })
        };
        let files = model.files.iter().map(verdict).collect::<Result<_, ModelsError>>()?;
        Ok(Verification { owner, files })
    }

    /// What mends `model`, of which [`Library::verify`] has `found` this; nothing where it is good.
    pub fn remedy(&self, model: &Model, found: &Verification) -> Option<Remedy> {
        let record = self.record(model);
        let is_ours = |file: &ModelFile| record.as_ref().is_some_and(|r| r.file(&file.path).is_some());
        let is_passed_over = |file: &ModelFile, at: &Path| length(at).is_some_and(|bytes| file.fits(bytes));
        let bad: Vec<_> = model.files.iter().zip(&found.files).filter(|(_, f)| !f.verdict.is_good()).collect();
        let is_foreign = |(file, found_file): &&(&ModelFile, &FileVerdict)| {
            found.owner != Owner::Orfeas || (is_passed_over(file, &found_file.path) && !is_ours(file))
        };
        if let Some((_, foreign)) = bad.iter().find(is_foreign) {
            return Some(Remedy::ByHand(foreign.path.clone()));
        }
        if bad.iter().any(|(file, found)| is_passed_over(file, &found.path)) {
            return Some(Remedy::Replace);
        }
        (!bad.is_empty()).then_some(Remedy::Pull)
    }

    fn verdict(
        &self,
        model: &Model,
        file: &ModelFile,
        owner: Owner,
        path: &Path,
        meter: &Meter,
    ) -> Result<Verdict, ModelsError> {
        let Some(found) = length(path) else { return Ok(Verdict::Missing) };
        // Nobody says which bytes another form of the weights has, but the cache that names it by them.
        let is_published = path.file_name().is_some_and(|name| name == file.name());
        let record = self.record(model).filter(|_| owner == Owner::Orfeas);
        let recorded = record.as_ref().and_then(|r| r.file(&file.path));
        let recorded = recorded.filter(|_| is_published);
        let expected = file.bytes.filter(|_| is_published).or(recorded.map(|r| r.bytes));
        if let Some(expected) = expected.filter(|e| *e != found) {
            return Ok(Verdict::Length { found, expected });
        }
        let named = || blob_digest(path).filter(|_| owner == Owner::HuggingFace);
        let pinned = file.sha256.filter(|_| is_published);
        let expected = pinned.or(recorded.map(|r| r.sha256)).or_else(named);
        // What was computed when the file came tells that it is still the same, and no more.
        let is_own_word = pinned.is_none() && recorded.is_some_and(|r| r.known_by == DigestSource::Computed);
        let found = digest_of(path, meter)?;
        Ok(match expected {
            Some(expected) if expected == found && is_own_word => Verdict::AsItCame,
            Some(expected) if expected == found => Verdict::Good,
            Some(expected) => Verdict::Changed { found, expected },
            None => Verdict::Unknown { found },
        })
    }
}

/// The digest by which the Hugging Face cache names the file behind a link.
fn blob_digest(path: &Path) -> Option<Sha256> {
    path.canonicalize().ok()?.file_name()?.to_str()?.parse().ok()
}
