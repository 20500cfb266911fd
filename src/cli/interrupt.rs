//! Ctrl-C: the first asks the work to stop, the second ends the program at once.

use std::ffi::c_int;
use std::io;

use signal_hook::consts::signal as signals;
use signal_hook::flag;

use crate::progress::{CancelToken, Ended, run_beside};

use super::failure::{Exit, Failure};

/// What asks a program to end: Ctrl-C, the system, a terminal that is closed.
#[cfg(unix)]
const SIGNALS: [c_int; 3] = [signals::SIGINT, signals::SIGTERM, signals::SIGHUP];
#[cfg(not(unix))]
const SIGNALS: [c_int; 3] = [signals::SIGINT, signals::SIGTERM, signals::SIGBREAK];

/// A token that Ctrl-C (and the system's request to end) cancels. What whoever started the program has it
/// ignore, as `nohup` does, stays ignored.
///
/// Where the system refuses a handler, Ctrl-C ends the program at once, which leaves no half file
/// either; that is told with `-v`.
pub fn token() -> CancelToken {
    let token = CancelToken::new();
    for signal in SIGNALS.into_iter().filter(|signal| !is_ignored(*signal)) {
        if let Err(error) = handle(signal, &token) {
            tracing::info!(%error, signal, "this signal ends the program at once");
        }
    }
    token
}

/// Has `signal` cancel `token`, or end the program where it is cancelled already.
fn handle(signal: c_int, token: &CancelToken) -> io::Result<()> {
    flag::register_conditional_shutdown(signal, Exit::Interrupted as c_int, token.flag())?;
    flag::register(signal, token.flag())?;
    Ok(())
}

/// Whether nothing happens when `signal` comes.
#[cfg(unix)]
#[allow(unsafe_code, reason = "only the C library can be asked")]
fn is_ignored(signal: c_int) -> bool {
    // SAFETY: this structure of numbers and pointers may be all zeros; without a new action the call changes nothing and
    // only fills it in.
    unsafe {
        let mut present: libc::sigaction = std::mem::zeroed();
        libc::sigaction(signal, std::ptr::null(), &raw mut present) == 0 && present.sa_sigaction == libc::SIG_IGN
    }
}

/// Nobody starts programs so here.
#[cfg(not(unix))]
fn is_ignored(_: c_int) -> bool {
    false
}

/// Runs `work` that cannot be cancelled, such as a driver's, on a thread of its own. Once `cancel` asks
/// to stop nobody waits for it any more: it ends with the program, so it must leave no half file.
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

    #[cfg(unix)]
    #[test]
    fn what_is_ignored_is_known() {
        // The standard library has programs ignore this one, and nobody the other.
        assert!(is_ignored(signals::SIGPIPE) && !is_ignored(signals::SIGSEGV));
    }

    #[test]
    fn a_handled_signal_cancels_the_token() {
        // Nothing else in these tests listens to it.
        #[cfg(unix)]
        let signal = signals::SIGUSR2;
        #[cfg(not(unix))]
        let signal = signals::SIGTERM;
        let token = CancelToken::new();
        handle(signal, &token).unwrap();
        assert!(!token.is_cancelled());
        signal_hook::low_level::raise(signal).unwrap();
        assert!(token.is_cancelled());
    }

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
