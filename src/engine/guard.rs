//! Panics as errors: burn and the drivers below it know no other way to say some things.

use super::error::EngineError;
use crate::mishap::{caught, panic_text};

/// Does `work`; a panic in it becomes [`EngineError::OutOfMemory`] or [`EngineError::Broken`].
///
/// # Errors
/// Those of `work`, and those.
pub fn guard<T>(work: impl FnOnce() -> Result<T, EngineError>) -> Result<T, EngineError> {
    caught(work).unwrap_or_else(|panic| Err(EngineError::from_driver(panic_text(panic.as_ref()))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error_and_says_what_it_said() {
        let error = guard::<()>(|| panic!("CUDA_ERROR_OUT_OF_MEMORY in line 3")).unwrap_err();
        assert!(error.is_out_of_memory(), "{error}");
        let error = guard::<()>(|| panic!("a wrong\nturn")).unwrap_err();
        assert!(matches!(error, EngineError::Broken { what } if what == "a wrong"));
    }
}
