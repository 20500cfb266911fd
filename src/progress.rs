//! Progress and cancellation, carried through every stage as one [`Monitor`].
//!
//! Promises: [`Monitor::step`] both reports and checks, so a stage that reports often enough is
//! also cancelled soon enough (within 0.2 s of work is the rule). It does not throttle; whoever
//! draws the progress does.

mod beside;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

pub use beside::{Ended, run_beside};
use serde::{Deserialize, Serialize};

/// The stages of the pipeline, in the order they run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Reading, decoding, resizing and enhancing the picture.
    Intake,
    /// Separating the object from its background.
    CutOut,
    /// Running a learned model over the picture.
    Latents,
    /// Making the signed field, or the height field, of the solid.
    Shape,
    /// Turning the field into triangles.
    Surface,
    /// Floaters, smoothing, simplification.
    Mesh,
    /// Looking for what a printer would stumble over.
    Check,
    /// Writing the file.
    Export,
    /// Fetching a learned model; not part of making a solid.
    Download,
    /// Reading all bytes of a learned model; not part of making a solid.
    Verify,
    /// Drawing a picture of a mesh; not part of making a solid.
    Draw,
}

impl Stage {
    /// What the stage does, as a short phrase for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Intake => "Reading the file",
            Self::CutOut => "Cutting out the object",
            Self::Latents => "Running the model",
            Self::Shape => "Building the solid",
            Self::Surface => "Meshing",
            Self::Mesh => "Finishing the mesh",
            Self::Check => "Checking for printing",
            Self::Export => "Writing the file",
            Self::Download => "Fetching the model",
            Self::Verify => "Checking the files",
            Self::Draw => "Drawing the picture",
        }
    }
}

/// How far one stage has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The running stage.
    pub stage: Stage,
    /// Steps done, `0..=total`.
    pub done: u64,
    /// Steps in all, in a unit of the stage's own choosing; at least 1.
    pub total: u64,
}

/// The work was cancelled. Not a failure: nothing is reported to the user as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cancelled")]
pub struct Cancelled;

/// A flag shared between whoever started a piece of work and the work itself.
#[derive(Clone, Debug, Default)]
pub struct CancelToken(Arc<AtomicBool>);

impl CancelToken {
    /// A token that has not been cancelled.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks the work to stop. Cannot be taken back.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// The flag itself, for handlers of signals, which may do little more than set one.
    pub fn flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.0)
    }

    /// Whether the work was asked to stop.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// `Err(Cancelled)` once the work was asked to stop.
    pub fn check(&self) -> Result<(), Cancelled> {
        if self.is_cancelled() { Err(Cancelled) } else { Ok(()) }
    }
}

/// A token that is cancelled when this is dropped: work that ends with what wanted it.
#[derive(Debug, Default)]
pub struct CancelOnDrop(CancelToken);

impl CancelOnDrop {
    /// The token, for the work.
    pub fn token(&self) -> CancelToken {
        self.0.clone()
    }
}

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

/// What a stage needs to report progress and to notice a cancellation. `Sync`, so a parallel loop
/// may share it.
#[derive(Clone, Copy)]
pub struct Monitor<'a> {
    cancel: &'a CancelToken,
    sink: &'a (dyn Fn(Progress) + Sync),
}

impl<'a> Monitor<'a> {
    /// A monitor that cancels by `cancel` and reports to `sink`, from any thread.
    pub fn new(cancel: &'a CancelToken, sink: &'a (dyn Fn(Progress) + Sync)) -> Self {
        Self { cancel, sink }
    }

    /// A monitor that reports to nobody and is never cancelled: for tests, benches and small work.
    pub fn silent() -> Monitor<'static> {
        static NEVER: std::sync::LazyLock<CancelToken> = std::sync::LazyLock::new(CancelToken::new);
        Monitor { cancel: &NEVER, sink: &|_| {} }
    }

    /// Reports `done` of `total` steps of `stage`, and fails when the work was cancelled.
    pub fn step(&self, stage: Stage, done: u64, total: u64) -> Result<(), Cancelled> {
        self.cancel.check()?;
        (self.sink)(Progress { stage, done, total: total.max(1) });
        Ok(())
    }

    /// `Err(Cancelled)` once the work was asked to stop.
    pub fn check(&self) -> Result<(), Cancelled> {
        self.cancel.check()
    }

    /// The token behind this monitor.
    pub fn cancel_token(&self) -> &'a CancelToken {
        self.cancel
    }

    /// Runs `part` as the share `from..to` (of 0–1) of `stage`, whatever stage it itself reports: one
    /// stage of several parts, reported as one.
    pub fn part<R>(&self, stage: Stage, [from, to]: [f64; 2], part: impl FnOnce(&Monitor) -> R) -> R {
        let sink = |progress: Progress| {
            let share = progress.done as f64 / progress.total.max(1) as f64;
            let done = (from + (to - from) * share.clamp(0.0, 1.0)) * PART_STEPS as f64;
            // A cancellation is noticed by the part itself, in its own step.
            let _ = self.step(stage, done as u64, PART_STEPS);
        };
        part(&Monitor::new(self.cancel, &sink))
    }
}

/// Steps that the bar of a stage of several parts has.
const PART_STEPS: u64 = 1000;
