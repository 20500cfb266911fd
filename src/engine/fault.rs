//! Failures on purpose: what happens when memory is full, without filling it.

use std::sync::{Arc, Mutex};

use super::error::EngineError;
use super::learned::Part;

/// Which parts fail, and how often.
#[derive(Clone, Debug, Default)]
pub(crate) struct Faults(Arc<Mutex<Plan>>);

#[derive(Debug, Default)]
struct Plan {
    full: Vec<(Part, usize)>,
    panic: Option<Part>,
}

impl Faults {
    /// `part` fails the next `times`.
    pub(crate) fn plan(&self, part: Part, times: usize) {
        self.0.lock().unwrap().full.push((part, times));
    }

    /// The next time, `part` panics.
    pub(crate) fn panic_in(&self, part: Part) {
        self.0.lock().unwrap().panic = Some(part);
    }

    /// Nothing fails any more.
    pub(crate) fn forget(&self) {
        *self.0.lock().unwrap() = Plan::default();
    }

    pub(super) fn meet(&self, part: Part) -> Result<(), EngineError> {
        let mut planned = self.0.lock().unwrap();
        if planned.panic.take_if(|p| *p == part).is_some() {
            drop(planned);
            panic!("a driver's panic, on purpose");
        }
        match planned.full.iter_mut().find(|(p, times)| *p == part && *times > 0) {
            Some((_, times)) => {
                *times -= 1;
                Err(EngineError::from_driver("out of memory, on purpose"))
            }
            None => Ok(()),
        }
    }
}
