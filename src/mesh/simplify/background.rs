//! Calls into code that cannot be cancelled.

use crate::mishap::caught;
use crate::progress::{Cancelled, Ended, Monitor, run_beside};

/// Runs `work` on a thread of its own and waits for it. When the work is cancelled the thread is
/// left to finish by itself and its result is dropped. `None` when it panicked or could not start.
pub(super) fn run<T: Send + 'static>(
    monitor: &Monitor,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<Option<T>, Cancelled> {
    monitor.check()?;
    let thread = std::thread::Builder::new().name("simplify".to_owned());
    match run_beside(thread, monitor.cancel_token(), || caught(work)) {
        Ok(Ended::Done(result)) => Ok(result.ok()),
        Ok(Ended::Cancelled) => Err(Cancelled),
        Ok(Ended::Panicked(_)) | Err(_) => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::CancelToken;
    use crossbeam_channel::bounded;

    #[test]
    fn results_come_back_and_a_cancellation_does_not_wait() {
        assert_eq!(run(&Monitor::silent(), || 42), Ok(Some(42)));
        let token = CancelToken::new();
        let (release, wait) = bounded::<()>(1);
        let cancelled = std::thread::scope(|scope| {
            scope.spawn(|| token.cancel());
            run(&Monitor::new(&token, &|_| {}), move || wait.recv().is_ok())
        });
        assert_eq!(cancelled, Err(Cancelled));
        drop(release);
    }
}
