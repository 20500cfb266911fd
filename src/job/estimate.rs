//! How far a job has come as a whole, and how long the rest will take, judged by the last runs.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::progress::{Progress, Stage};

/// The stages of a job in the order they run. Writing the file is not part of a job.
const STAGES: [Stage; 7] =
    [Stage::Intake, Stage::CutOut, Stage::Latents, Stage::Shape, Stage::Surface, Stage::Mesh, Stage::Check];
/// Seconds that the stages take when nothing is known yet; only their ratios matter much.
const FIRST_GUESS_SECS: [f32; STAGES.len()] = [0.1, 0.6, 0.0, 1.0, 0.4, 0.6, 0.6];
/// The same where a learned model is run.
const FIRST_GUESS_OF_MODELS_SECS: [f32; STAGES.len()] = [0.1, 0.6, 60.0, 20.0, 1.0, 1.0, 1.0];
/// How much of the last run goes into the expectation.
const LEARNING_RATE: f32 = 0.4;
/// A stage that took less than this share of the expected time was read from the cache: nothing is
/// learned from it.
const CACHED_BELOW: f32 = 0.05;

/// The whole of a job.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Estimate {
    /// Share of the expected time that has passed, 0–1; never falls within a run.
    pub fraction: f32,
    /// Seconds to go, once there is something to judge by.
    pub secs_left: Option<f32>,
}

/// Learns how long the stages take, for each kind of job (a number of the caller's choosing).
#[derive(Clone, Debug, Default)]
pub struct Estimator {
    learned: BTreeMap<u64, [f32; STAGES.len()]>,
}

impl Estimator {
    /// Starts the clock of a run of this kind, in which a learned model is run or not.
    pub(super) fn start(&self, kind: u64, by_model: bool) -> Run {
        let learned = self.learned.get(&kind);
        let guess = if by_model { &FIRST_GUESS_OF_MODELS_SECS } else { &FIRST_GUESS_SECS };
        Run {
            expected_secs: *learned.unwrap_or(guess),
            is_learned: learned.is_some(),
            started: Instant::now(),
            spent_secs: [0.0; STAGES.len()],
            current: None,
            fraction: 0.0,
        }
    }

    /// Takes in how long the stages of a finished run took.
    pub(super) fn learn(&mut self, kind: u64, run: &Run) {
        let spent_secs = run.spent_until(Instant::now());
        let before = self.learned.get(&kind);
        let rate = if before.is_some() { LEARNING_RATE } else { 1.0 };
        let mut all_expected = *before.unwrap_or(&run.expected_secs);
        let mut has_learned = false;
        for (expected, spent) in all_expected.iter_mut().zip(spent_secs) {
            if spent > 0.0 && spent >= CACHED_BELOW * *expected {
                *expected += rate * (spent - *expected);
                has_learned = true;
            }
        }
        // Else a guess would pass for what was seen.
        if has_learned {
            self.learned.insert(kind, all_expected);
        }
    }
}

/// The clock of one run.
#[derive(Clone, Debug)]
pub(super) struct Run {
    expected_secs: [f32; STAGES.len()],
    is_learned: bool,
    started: Instant,
    spent_secs: [f32; STAGES.len()],
    current: Option<(usize, Instant)>,
    fraction: f32,
}

impl Run {
    /// Takes in a report and says where the whole stands.
    pub(super) fn update(&mut self, progress: Progress) -> Estimate {
        let Some(index) = STAGES.iter().position(|s| *s == progress.stage) else {
            return Estimate { fraction: self.fraction, secs_left: None };
        };
        let now = Instant::now();
        if self.current.is_none_or(|(running, _)| running != index) {
            self.spent_secs = self.spent_until(now);
            self.current = Some((index, now));
        }
        let share = progress.done as f32 / progress.total.max(1) as f32;
        let share = share.clamp(0.0, 1.0);
        let expected_all: f32 = self.expected_secs.iter().sum();
        let left = self.expected_secs[index] * (1.0 - share) + self.expected_secs[index + 1..].iter().sum::<f32>();
        self.fraction = self.fraction.max(1.0 - left / expected_all.max(f32::MIN_POSITIVE)).min(1.0);
        Estimate { fraction: self.fraction, secs_left: self.secs_left(left, now - self.started) }
    }

    fn secs_left(&self, expected_left: f32, elapsed: Duration) -> Option<f32> {
        if self.is_learned {
            return Some(expected_left);
        }
        // A guess of the ratios only: scale it by how this run has gone so far.
        let elapsed = elapsed.as_secs_f32();
        (elapsed > 0.3 && self.fraction > 0.05).then(|| elapsed * (1.0 - self.fraction) / self.fraction)
    }

    fn spent_until(&self, now: Instant) -> [f32; STAGES.len()] {
        let mut spent = self.spent_secs;
        if let Some((index, since)) = self.current {
            spent[index] += (now - since).as_secs_f32();
        }
        spent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(estimator: &mut Estimator, secs: [f32; STAGES.len()]) {
        let mut clock = estimator.start(0, false);
        clock.spent_secs = secs;
        estimator.learn(0, &clock);
    }

    fn at(stage: Stage, done: u64) -> Progress {
        Progress { stage, done, total: 10 }
    }

    #[test]
    fn the_second_run_is_judged_by_the_first() {
        let mut estimator = Estimator::default();
        run(&mut estimator, [1.0, 1.0, 0.0, 6.0, 1.0, 0.5, 0.5]);
        let mut clock = estimator.start(0, false);
        let half_way = clock.update(at(Stage::Shape, 5));
        assert!((half_way.fraction - 0.5).abs() < 1e-3, "{half_way:?}");
        assert!((half_way.secs_left.unwrap() - 5.0).abs() < 1e-3, "{half_way:?}");
        assert_eq!(
            estimator.start(1, false).update(at(Stage::Shape, 5)).secs_left,
            None,
            "another kind knows nothing yet"
        );
    }

    #[test]
    fn a_run_from_the_cache_teaches_nothing() {
        let mut estimator = Estimator::default();
        let cached = [0.001, 0.001, 0.0, 0.002, 0.0, 0.001, 0.0];
        run(&mut estimator, cached);
        let told = estimator.start(0, false).update(at(Stage::Shape, 5));
        assert_eq!(told.secs_left, None, "nothing is known but the guess");
        run(&mut estimator, [1.0, 1.0, 0.0, 6.0, 1.0, 0.5, 0.5]);
        let before = estimator.learned.clone();
        run(&mut estimator, cached);
        assert_eq!(estimator.learned, before);
    }

    #[test]
    fn the_fraction_never_falls_and_ends_at_one() {
        let mut clock = Estimator::default().start(0, false);
        let mut last = 0.0;
        for stage in STAGES {
            for done in [0, 7, 3, 10] {
                let fraction = clock.update(at(stage, done)).fraction;
                assert!(fraction >= last && fraction <= 1.0, "{fraction} after {last}");
                last = fraction;
            }
        }
        assert!(last > 0.999);
    }
}
