//! One stage of several parts, reported as one: each part takes a share of the stage's bar.

use crate::progress::{Monitor, Progress, Stage};

/// Steps that a stage's bar has.
const STEPS: u64 = 1000;

/// Runs `part` as the share `from..to` (of 0–1) of `stage`, whatever stage it itself reports.
pub(super) fn part<R>(monitor: &Monitor, stage: Stage, [from, to]: [f64; 2], part: impl FnOnce(&Monitor) -> R) -> R {
    let sink = |progress: Progress| {
        let share = progress.done as f64 / progress.total.max(1) as f64;
        let done = (from + (to - from) * share.clamp(0.0, 1.0)) * STEPS as f64;
        // A cancellation is noticed by the part itself, in its own step.
        let _ = monitor.step(stage, done as u64, STEPS);
    };
    part(&Monitor::new(monitor.cancel_token(), &sink))
}
