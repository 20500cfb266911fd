//! How far a model has come, across all of its files.

use std::cell::Cell;
use std::time::{Duration, Instant};

use crate::progress::{Cancelled, Monitor, Stage};

/// Reports are this far apart, or a hundredth of the whole.
const REPEAT: Duration = Duration::from_millis(50);

/// Counts bytes of several files and reports them as one.
pub(super) struct Meter<'a> {
    pub monitor: &'a Monitor<'a>,
    stage: Stage,
    total: u64,
    done: Cell<u64>,
    reported: Cell<Option<(Instant, u64)>>,
}

impl<'a> Meter<'a> {
    pub fn new(monitor: &'a Monitor<'a>, stage: Stage, total: u64) -> Self {
        Self { monitor, stage, total, done: Cell::new(0), reported: Cell::new(None) }
    }

    /// Bytes so far.
    pub fn done(&self) -> u64 {
        self.done.get()
    }

    /// Says where the whole stands now; a restart goes back.
    pub fn set(&self, done: u64) -> Result<(), Cancelled> {
        self.done.set(done);
        let now = Instant::now();
        let is_due = self
            .reported
            .get()
            .is_none_or(|(at, before)| now.duration_since(at) >= REPEAT || done.abs_diff(before) >= self.total / 100);
        if is_due || done >= self.total {
            self.reported.set(Some((now, done)));
            return self.monitor.step(self.stage, done.min(self.total), self.total);
        }
        self.monitor.check()
    }

    pub fn add(&self, bytes: u64) -> Result<(), Cancelled> {
        self.set(self.done.get() + bytes)
    }

    /// Waits, unless it is cancelled meanwhile.
    pub fn pause(&self, time: Duration) -> Result<(), Cancelled> {
        let until = Instant::now() + time;
        while let Some(left) = until.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
            self.monitor.check()?;
            std::thread::sleep(left.min(REPEAT));
        }
        self.monitor.check()
    }
}
