//! Ctrl-C: the first asks the work to stop, the second ends the program at once.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::progress::{CancelToken, Ended, run_beside};

use super::failure::{Exit, Failure};

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
            Exit::Interrupted.end();
        }
        cancelled.cancel();
    };
    if let Err(error) = ctrlc::set_handler(handler) {
        tracing::info!(%error, "Ctrl-C ends the program at once");
    }
    token
}

/// Runs `work` that cannot be cancelled, such as a driver's, on a thread of its own. Once `cancel` asks
/// to stop nobody waits for it any more: it ends with the program, so it must not write anything.
///
/// # Errors
/// [`Failure::Interrupted`], also where the work is done by then; what the system says where no thread
/// can be started.
pub fn leave_on_cancel<R: Send + 'static>(
    cancel: &CancelToken,
    work: impl FnOnce() -> R + Send + 'static,
) -> Result<R, Failure> {
    let thread = std::thread::Builder::new().name("uncancellable".to_owned());
    match run_beside(thread, cancel, work)? {
        Ended::Done(result) => Ok(result),
        Ended::Cancelled => Err(Failure::Interrupted),
        // It goes on as if there were no thread.
        Ended::Panicked(panic) => std::panic::resume_unwind(panic),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossbeam_channel::bounded;

    #[test]
    fn results_come_back() {
        assert_eq!(leave_on_cancel(&CancelToken::new(), || 42).unwrap(), 42);
    }

    #[test]
    fn nobody_waits_for_work_that_is_to_stop() {
        let cancel = CancelToken::new();
        let (release, wait) = bounded::<()>(1);
        let pressed = cancel.clone();
        let left = leave_on_cancel(&cancel, move || {
            pressed.cancel();
            // Without end, as far as this test goes.
            wait.recv()
        });
        assert!(matches!(left, Err(Failure::Interrupted)));
        drop(release);
    }

    #[test]
    fn a_result_that_comes_after_the_cancellation_is_dropped() {
        let cancel = CancelToken::new();
        let pressed = cancel.clone();
        assert!(matches!(leave_on_cancel(&cancel, move || pressed.cancel()), Err(Failure::Interrupted)));
    }

    #[test]
    #[should_panic(expected = "of the work")]
    fn panics_go_on() {
        let _ = leave_on_cancel(&CancelToken::new(), || panic!("of the work"));
    }
}
