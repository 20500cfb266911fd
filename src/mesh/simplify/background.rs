//! Calls into code that cannot be cancelled.

use std::time::Duration;

use crossbeam_channel::{RecvTimeoutError, bounded};

use crate::progress::{Cancelled, Monitor};

/// Runs `work` on a thread of its own and waits for it. When the work is cancelled the thread is
/// left to finish by itself and its result is dropped. `None` when it panicked or could not start.
pub(super) fn run<T: Send + 'static>(
    monitor: &Monitor,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<Option<T>, Cancelled> {
    monitor.check()?;
    let (sender, receiver) = bounded(1);
    let thread = std::thread::Builder::new().name("simplify".to_owned()).spawn(move || {
        // Nobody listens any more after a cancellation.
        let _ = sender.send(work());
    });
    if thread.is_err() {
        return Ok(None);
    }
    loop {
        match receiver.recv_timeout(Duration::from_millis(20)) {
            Ok(result) => return Ok(Some(result)),
            Err(RecvTimeoutError::Timeout) => monitor.check()?,
            Err(RecvTimeoutError::Disconnected) => return Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::CancelToken;

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
