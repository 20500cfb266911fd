//! What the folders of published models have in common: a `config.yaml`, one file of weights, and what may be wrong
//! with them.

use std::error::Error;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use crate::engine::weights::{WeightFile, WeightsError};

/// Longest `config.yaml` that is read, in bytes; the published ones have a few thousand.
const CONFIG_MAX: u64 = 1 << 20;

/// Why a folder is no model that can be used.
#[derive(Debug, thiserror::Error)]
pub enum PublishedError {
    /// The configuration cannot be read.
    #[error("could not read the model's configuration ({source}); download the model again: {}", path.display())]
    Open {
        /// What the system said.
        source: io::Error,
        /// The file.
        path: PathBuf,
    },
    /// The configuration is no YAML, or lacks something.
    #[error("the model's configuration makes no sense ({what}); download it again: {}", path.display())]
    Malformed {
        /// What is wrong, on one line.
        what: String,
        /// The file.
        path: PathBuf,
    },
    /// The sizes in it make no network.
    #[error("{source}: {}", path.display())]
    Sizes {
        /// Which, and why: the family's own error.
        source: Box<dyn Error + Send + Sync>,
        /// The file.
        path: PathBuf,
    },
    /// There is no file of weights.
    #[error("the folder has no weights ({usual}); download the model again: {}", folder.display())]
    NoWeights {
        /// Names that they usually have, in words.
        usual: &'static str,
        /// The folder.
        folder: PathBuf,
    },
    /// The weights cannot be loaded.
    #[error(transparent)]
    Weights(#[from] WeightsError),
}

impl PublishedError {
    /// [`PublishedError::Malformed`] by the first line of `what`, of no file yet.
    pub(super) fn malformed(what: impl Into<String>) -> Self {
        let what: String = what.into();
        Self::Malformed { what: what.lines().next().unwrap_or("").to_owned(), path: PathBuf::new() }
    }

    /// [`PublishedError::Sizes`], of no file yet.
    pub(super) fn sizes(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Sizes { source: source.into(), path: PathBuf::new() }
    }

    /// The same error, of this file.
    pub(super) fn at(self, file: &Path) -> Self {
        match self {
            Self::Malformed { what, .. } => Self::Malformed { what, path: file.to_owned() },
            Self::Sizes { source, .. } => Self::Sizes { source, path: file.to_owned() },
            other => other,
        }
    }
}

/// The names of a family's weights.
pub(super) struct WeightNames {
    /// All of them, the preferred first.
    pub all: &'static [&'static str],
    /// The usual ones, in words.
    pub usual: &'static str,
}

/// The configuration in a folder, as `read` understands its text, and the file of weights: `weights` where it is
/// named, else the first of the usual names that is there.
///
/// # Errors
/// See [`PublishedError`]; those of `read` become those of the folder's `config.yaml`.
pub(super) fn open<C>(
    folder: &Path,
    weights: Option<&Path>,
    names: &WeightNames,
    read: impl FnOnce(&str) -> Result<C, PublishedError>,
) -> Result<(C, WeightFile), PublishedError> {
    let path = folder.join("config.yaml");
    let mut text = String::new();
    fs::File::open(&path)
        .and_then(|file| file.take(CONFIG_MAX).read_to_string(&mut text))
        .map_err(|source| PublishedError::Open { source, path: path.clone() })?;
    let config = read(&text).map_err(|error| error.at(&path))?;
    let named = || names.all.iter().map(|name| folder.join(name)).find(|file| file.is_file());
    match weights.map(Path::to_owned).or_else(named) {
        Some(weights) => Ok((config, WeightFile::open(&weights)?)),
        None => Err(PublishedError::NoWeights { usual: names.usual, folder: folder.to_owned() }),
    }
}
