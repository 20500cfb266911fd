//! What the pipeline works with besides a request: the cache, the engine, the models on this machine.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, TryLockError};
use std::time::Duration;

use super::finder::{EMBEDDED, Network};
use crate::cache::Cache;
use crate::engine::Engine;
use crate::engine::models::{Family, ModelSource};
use crate::models::{Library, ModelsError};
use crate::progress::{Cancelled, Monitor};
use crate::request::Model;

/// How often somebody who waits for a turn looks.
const LOOK_EVERY: Duration = Duration::from_millis(30);

/// Where models are looked for.
#[derive(Clone, Debug, Default)]
pub enum Models {
    /// In the user's library, read anew for every request: models may come and go.
    #[default]
    OfUser,
    /// In this library, which somebody else may change.
    Shared(Arc<RwLock<Library>>),
    /// In this folder, whatever the model's name: a `config.yaml` and its weights.
    Folder(PathBuf),
}

/// What the pipeline works with. Clones share everything.
#[derive(Clone)]
pub struct Tools {
    /// Earlier results.
    pub cache: Cache,
    /// Runs learned models.
    pub engine: Engine,
    /// Where they are.
    pub models: Models,
    /// Held by the run that is encoding, so that what it takes along is not encoded twice.
    turn: Arc<Mutex<()>>,
    /// Helps to cut out.
    pub(super) network: Network,
}

impl Tools {
    /// These, and nothing that others hold.
    pub fn new(cache: Cache, engine: Engine, models: Models) -> Self {
        Self { cache, engine, models, turn: Arc::default(), network: EMBEDDED }
    }

    /// The same with another network that helps to cut out.
    #[cfg(test)]
    pub(super) fn with_network(self, network: Network) -> Self {
        Self { network, ..self }
    }

    /// Waits until nobody else is encoding.
    pub(super) fn wait_for_turn(&self, monitor: &Monitor) -> Result<MutexGuard<'_, ()>, Cancelled> {
        loop {
            match self.turn.try_lock() {
                Ok(turn) => return Ok(turn),
                Err(TryLockError::Poisoned(turn)) => return Ok(turn.into_inner()),
                Err(TryLockError::WouldBlock) => std::thread::sleep(LOOK_EVERY),
            }
            monitor.check()?;
        }
    }
}

impl From<Cache> for Tools {
    /// With the engine of this process and the user's models.
    fn from(cache: Cache) -> Self {
        Self::new(cache, Engine::shared().clone(), Models::OfUser)
    }
}

impl Models {
    /// Where `model` is, and who can run it.
    ///
    /// # Errors
    /// [`ModelsError`]; `NotInstalled` says how to get it.
    pub fn source(&self, model: Model) -> Result<ModelSource, ModelsError> {
        let family = match model {
            Model::Triposr => Family::Triposr,
            Model::Columns => Family::Columns,
            _ => Family::Hunyuan3d,
        };
        let located = |library: &Library| -> Result<_, ModelsError> {
            Ok((library.locate_folder(model.name())?, library.locate_weights(model.name())?))
        };
        let (folder, weights) = match self {
            // Comes with the program.
            _ if model == Model::Columns => (PathBuf::new(), None),
            Self::Folder(folder) => (folder.clone(), None),
            Self::Shared(library) => located(&library.read().unwrap_or_else(PoisonError::into_inner))?,
            Self::OfUser => located(&Library::of_user()?)?,
        };
        Ok(ModelSource { family, folder, weights })
    }
}
