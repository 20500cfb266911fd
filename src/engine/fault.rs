//! Failures on purpose: what happens when memory is full, without filling it.

use std::sync::{Arc, Mutex};

use super::error::EngineError;
use super::learned::Part;

/// Which parts fail, and how often.
#[derive(Clone, Debug, Default)]
pub(crate) struct Faults(Arc<Mutex<Vec<(Part, usize)>>>);

impl Faults {
    /// `part` fails the next `times`.
    pub(crate) fn plan(&self, part: Part, times: usize) {
        self.0.lock().unwrap().push((part, times));
    }

    pub(super) fn meet(&self, part: Part) -> Result<(), EngineError> {
        let mut planned = self.0.lock().unwrap();
        match planned.iter_mut().find(|(p, times)| *p == part && *times > 0) {
            Some((_, times)) => {
                *times -= 1;
                Err(EngineError::from_driver("out of memory, on purpose"))
            }
            None => Ok(()),
        }
    }
}
