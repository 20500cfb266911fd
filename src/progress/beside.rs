//! Work that cannot be cancelled, such as a library's or a driver's, on a thread of its own.

use std::any::Any;
use std::io;
use std::thread::Builder;
use std::time::Duration;

use crossbeam_channel::{RecvTimeoutError, bounded};

use super::CancelToken;

/// Time between two looks at the token.
const LOOK: Duration = Duration::from_millis(30);

/// How [`run_beside`] came to an end.
pub enum Ended<T> {
    /// With this result.
    Done(T),
    /// It was asked to stop.
    Cancelled,
    /// By this panic.
    Panicked(Box<dyn Any + Send>),
}

/// Runs `work` on a new `thread` and waits for it. Once `cancel` asks to stop, nobody waits any more and
/// the result is dropped, also where it is there by then: the thread is left to itself and ends with the
/// program at the latest, so the work must not write anything.
///
/// # Errors
/// What the system says where it gives no thread.
pub fn run_beside<T: Send + 'static>(
    thread: Builder,
    cancel: &CancelToken,
    work: impl FnOnce() -> T + Send + 'static,
) -> io::Result<Ended<T>> {
    let (sender, receiver) = bounded(1);
    let thread = thread.spawn(move || {
        // Nobody listens any more after a cancellation.
        let _ = sender.send(work());
    })?;
    loop {
        let told = receiver.recv_timeout(LOOK);
        if cancel.is_cancelled() {
            return Ok(Ended::Cancelled);
        }
        match told {
            Ok(result) => return Ok(Ended::Done(result)),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    // Only a panic sends nothing.
    match thread.join() {
        Err(panic) => Ok(Ended::Panicked(panic)),
        Ok(()) => Err(io::Error::other("the work ended without a result")),
    }
}
