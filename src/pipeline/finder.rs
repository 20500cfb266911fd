//! The network that helps to cut out: `image` asks it, `engine` runs it.

use std::sync::{Mutex, PoisonError};

use crate::engine::error::EngineError;
use crate::engine::guard;
use crate::engine::models::matte;
use crate::image::matte::{Finder, Help};
use crate::progress::{Cancelled, Monitor};
use crate::request::{CutOutMethod, CutOutParams};

/// ln(object : background) of each pixel of a picture, as [`Finder::find`] takes and gives them.
pub(crate) type Network = fn(&[u8], &Monitor) -> Result<Vec<f32>, EngineError>;

/// The network inside the program, on the processor.
pub(super) const EMBEDDED: Network = matte::model::logits;

/// How every note on its failure begins.
const WITHOUT_IT: &str = "the object was told from its background by colours alone, because the network that helps with \
                          that failed: ";

/// Asks the network that comes with the program for one cut-out, and remembers when it failed.
pub struct Asked {
    network: Network,
    failure: Mutex<Option<String>>,
}

impl Asked {
    pub(crate) fn new(network: Network) -> Self {
        Self { network, failure: Mutex::default() }
    }

    /// Whom a request lets help to cut out.
    pub fn help(&self, params: &CutOutParams) -> Help<'_> {
        match params.method {
            CutOutMethod::Auto => Help::WhereUnsure(self),
            CutOutMethod::Colors => Help::None,
            CutOutMethod::Network => Help::Always(self),
        }
    }

    /// What there is to say if the network was asked and failed: the cut-out is then not the one that was
    /// asked for.
    pub fn note_on_failure(self) -> Option<String> {
        let failure = self.failure.into_inner().unwrap_or_else(PoisonError::into_inner);
        failure.map(|what| format!("{WITHOUT_IT}{what}"))
    }

    /// Whether `note` is such a one.
    pub(super) fn is_note_on_failure(note: &str) -> bool {
        note.starts_with(WITHOUT_IT)
    }
}

impl Default for Asked {
    fn default() -> Self {
        Self::new(EMBEDDED)
    }
}

impl Finder for Asked {
    fn side_px(&self) -> u32 {
        matte::model::side() as u32
    }

    fn find(&self, rgb: &[u8], monitor: &Monitor) -> Result<Option<Vec<f32>>, Cancelled> {
        let found = guard(|| (self.network)(rgb, monitor));
        monitor.check()?;
        // Colours can do without it.
        Ok(found
            .inspect_err(|error| {
                tracing::warn!("the network for cutting out: {error}");
                *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.to_string());
            })
            .ok())
    }
}
