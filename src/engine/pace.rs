//! Keeps progress and cancelling in step with a device.
//!
//! A card takes orders faster than it works: without waiting, reports would run ahead of it, and a
//! cancellation would be noticed when all is ordered. Waiting after every block would leave a quick card idle
//! between them. So the wait stops at the first block that is quick.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use burn::tensor::backend::Backend as _;

use super::learned::Place;
use super::{Backend, Device};
use crate::progress::{Monitor, Progress};

/// A block that takes longer is worth waiting for.
const SLOW: Duration = Duration::from_millis(50);

/// Runs `work` with a monitor whose reports come when what is reported is done, as long as that is slow. What
/// went wrong on the device shows where its results are read.
pub fn in_step<R>(place: &Place, monitor: &Monitor, work: impl FnOnce(&Monitor) -> R) -> R {
    // The processor works while it is told.
    if matches!(place.device, Device::Flex(_)) {
        return work(monitor);
    }
    let wait = || drop(Backend::sync(&place.device));
    paced(monitor, &wait, |took| took > SLOW, work)
}

fn paced<R>(
    monitor: &Monitor,
    wait: &(dyn Fn() + Sync),
    is_slow: fn(Duration) -> bool,
    work: impl FnOnce(&Monitor) -> R,
) -> R {
    let waited = Mutex::new(Some(Instant::now()));
    let sink = |progress: Progress| {
        let mut last = waited.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(before) = *last {
            wait();
            *last = is_slow(before.elapsed()).then(Instant::now);
        }
        drop(last);
        // A cancellation is noticed by the work itself, in its next report.
        let _ = monitor.step(progress.stage, progress.done, progress.total);
    };
    work(&Monitor::new(monitor.cancel_token(), &sink))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;
    use crate::progress::{CancelToken, Stage};

    #[test]
    fn slow_blocks_are_waited_for_and_quick_ones_are_not() {
        for (is_slow, waited_for) in [((|_| true) as fn(Duration) -> bool, 5), (|_| false, 1)] {
            let (reported, waits) = (AtomicU32::new(0), AtomicU32::new(0));
            let sink = |_| {
                reported.fetch_add(1, Ordering::Relaxed);
            };
            let token = CancelToken::new();
            let wait = || {
                waits.fetch_add(1, Ordering::Relaxed);
            };
            let blocks = |monitor: &Monitor| (0..5).try_for_each(|k| monitor.step(Stage::Shape, k, 5));
            paced(&Monitor::new(&token, &sink), &wait, is_slow, blocks).unwrap();
            assert_eq!((reported.into_inner(), waits.into_inner()), (5, waited_for));
        }
    }

    #[test]
    fn a_cancellation_during_a_block_ends_the_work_with_it() {
        let reported = AtomicU32::new(0);
        let sink = |_| {
            reported.fetch_add(1, Ordering::Relaxed);
        };
        let token = CancelToken::new();
        let wait = || {
            if reported.load(Ordering::Relaxed) == 2 {
                token.cancel();
            }
        };
        let blocks = |monitor: &Monitor| (0..50).try_for_each(|k| monitor.step(Stage::Shape, k, 50));
        paced(&Monitor::new(&token, &sink), &wait, |_| true, blocks).unwrap_err();
        assert_eq!(reported.into_inner(), 2);
    }
}
