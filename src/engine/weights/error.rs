//! Why weights could not be loaded.

use std::fmt;
use std::io;
use std::path::PathBuf;

use super::file::printable;
use crate::progress::Cancelled;

/// Why a file of weights could not be read, or does not make the model that it should.
#[derive(Debug, thiserror::Error)]
pub enum WeightsError {
    /// The system refused to open or map the file.
    #[error("could not open the weights ({source}): {}", path.display())]
    Open {
        /// What the system said.
        source: io::Error,
        /// The file.
        path: PathBuf,
    },
    /// The file is neither of the two formats.
    #[error(
        "this is not a file of weights that can be read; use the published .safetensors, .ckpt or .pt file: {}",
        .0.display()
    )]
    UnknownFormat(PathBuf),
    /// The file ends too early, or its parts contradict each other.
    #[error("the file of weights is damaged ({what}); download it again: {}", path.display())]
    Damaged {
        /// What is wrong, as a phrase.
        what: String,
        /// The file.
        path: PathBuf,
    },
    /// The file holds something that ORFEAS never reads: code, compressed tensors, unknown number formats.
    #[error("the file holds {what}, which is refused; get the weights from their publisher: {}", path.display())]
    Refused {
        /// What it holds.
        what: String,
        /// The file.
        path: PathBuf,
    },
    /// The tensors are not those of the model.
    #[error(transparent)]
    Mismatch(#[from] Box<Mismatch>),
    /// A weight is infinite or not a number, as stored or in the precision that was asked for.
    #[error(
        "tensor {name} holds a value that is not a finite number in {precision}; \
         download the file again or choose another precision: {}", path.display()
    )]
    NotFinite {
        /// The tensor.
        name: String,
        /// Number format that it was loaded as.
        precision: &'static str,
        /// The file.
        path: PathBuf,
    },
    /// The work was cancelled.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// All differences between the tensors of a file and those of the model.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// Tensors that the model needs and the file lacks.
    pub missing: Vec<String>,
    /// Tensors of the file that the model does not know.
    pub unexpected: Vec<String>,
    /// Name, shape that the model needs, shape in the file.
    pub misshapen: Vec<(String, Vec<usize>, Vec<usize>)>,
    /// The file.
    pub path: PathBuf,
}

impl Mismatch {
    /// Whether there is no difference.
    pub fn is_empty(&self) -> bool {
        self.missing.is_empty() && self.unexpected.is_empty() && self.misshapen.is_empty()
    }
}

impl std::error::Error for Mismatch {}

/// Names shown of each kind of difference; a wrong model differs in thousands.
const SHOWN: usize = 12;

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the weights are not those of this model; choose the model that they belong to")?;
        list(f, "missing", &self.missing)?;
        let unexpected: Vec<_> = self.unexpected.iter().map(|name| printable(name)).collect();
        list(f, "unexpected", &unexpected)?;
        let shapes: Vec<_> = self
            .misshapen
            .iter()
            .map(|(name, needed, found)| format!("{name} {found:?} instead of {needed:?}"))
            .collect();
        list(f, "of another shape", &shapes)?;
        write!(f, ": {}", self.path.display())
    }
}

fn list(f: &mut fmt::Formatter<'_>, what: &str, names: &[String]) -> fmt::Result {
    if names.is_empty() {
        return Ok(());
    }
    write!(f, "; {} {what}: {}", names.len(), names[..names.len().min(SHOWN)].join(", "))?;
    if names.len() > SHOWN { write!(f, " and {} more", names.len() - SHOWN) } else { Ok(()) }
}
