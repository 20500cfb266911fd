//! Ctrl-C: the first asks the work to stop, the second ends the program at once.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::progress::CancelToken;

use super::failure::Exit;

/// A token that Ctrl-C (and the system's request to end) cancels.
///
/// Where the system refuses a handler, Ctrl-C ends the program at once, which leaves no half file
/// either; that is told with `-v`.
pub fn token() -> CancelToken {
    let token = CancelToken::new();
    let cancelled = token.clone();
    let asked = AtomicBool::new(false);
    let handler = move || {
        if asked.swap(true, Ordering::Relaxed) {
            std::process::exit(Exit::Interrupted as i32);
        }
        cancelled.cancel();
    };
    if let Err(error) = ctrlc::set_handler(handler) {
        tracing::info!(%error, "Ctrl-C ends the program at once");
    }
    token
}
