//! Ctrl-C: the first asks the work to stop, the second ends the program at once.

use std::io::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::progress::CancelToken;

use super::console::Console;
use super::failure::Exit;

/// A token that Ctrl-C (and the system's request to end) cancels.
///
/// Where the system refuses a handler, Ctrl-C ends the program at once, which leaves no half file
/// either; that is told with `-v`.
pub fn token(console: &Console) -> CancelToken {
    let token = CancelToken::new();
    let cancelled = token.clone();
    let asked = AtomicUsize::new(0);
    let quiet = console.is_quiet();
    let handler = move || {
        cancelled.cancel();
        if asked.fetch_add(1, Ordering::Relaxed) > 0 {
            std::process::exit(Exit::Interrupted as i32);
        }
        if !quiet {
            let _ = writeln!(std::io::stderr().lock(), "stopping… (once more to stop at once)");
        }
    };
    if let Err(error) = ctrlc::set_handler(handler) {
        tracing::info!(%error, "Ctrl-C ends the program at once");
    }
    token
}
