//! Work that goes on beside the window: a bounded queue, one worker thread, events out.
//!
//! Promises of a [`Queue`]: jobs run one after the other in the order shown by [`Queue::snapshot`];
//! events of one job come in order and nothing follows its last one, so the result of a job that was
//! cancelled or removed is never delivered; a panic inside a job fails that job alone; dropping the
//! queue cancels everything and waits until the running job has noticed, which is then gone; one that
//! notices nothing for seconds is left to itself. Nothing else waits for the worker.
//!
//! [`batch`] is the same for a folder of pictures, without a window.

pub mod batch;
mod estimate;
mod queue;

use std::path::PathBuf;
use std::sync::Arc;

use crate::mesh::Mesh;
use crate::pipeline::{Input, Output};
use crate::progress::{Progress, Stage};
use crate::request::Request;

pub use estimate::{Estimate, Estimator};
pub use queue::{Queue, WorkError};

/// Most jobs that may wait and run at once.
pub const CAPACITY: usize = 100;

/// Names a job, for the life of its queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(pub u64);

/// What a job is to make, and from what.
#[derive(Clone, Debug, PartialEq)]
pub struct JobRequest {
    /// Every setting.
    pub request: Request,
    /// The picture.
    pub input: Input,
}

/// What became known about a job. `T` is what jobs make.
#[derive(Clone, Debug, PartialEq)]
pub enum Event<T = Output> {
    /// It waits for its turn.
    Queued(JobId),
    /// Its turn has come.
    Started(JobId),
    /// It has come this far. Only the newest of these is kept until it is fetched.
    Progress {
        /// The job.
        id: JobId,
        /// The running stage.
        progress: Progress,
        /// The whole of it.
        estimate: Estimate,
    },
    /// A coarse mesh of it, in print space, to be shown until the real one comes. Only the newest of these
    /// is kept until it is fetched.
    Preview(JobId, Arc<Mesh>),
    /// What it is going to need: a sentence for the user.
    Plan(JobId, String),
    /// It is done.
    Finished(JobId, Arc<T>),
    /// It failed, for this reason: a sentence for the user.
    Failed(JobId, String),
    /// It was cancelled.
    Cancelled(JobId),
}

impl<T> Event<T> {
    /// The job it is about.
    pub fn id(&self) -> JobId {
        match self {
            Self::Queued(id) | Self::Started(id) | Self::Progress { id, .. } => *id,
            Self::Preview(id, _)
            | Self::Plan(id, _)
            | Self::Finished(id, _)
            | Self::Failed(id, _)
            | Self::Cancelled(id) => *id,
        }
    }

    /// Whether the job is over with this event.
    pub fn is_last(&self) -> bool {
        matches!(self, Self::Finished(..) | Self::Failed(..) | Self::Cancelled(_))
    }
}

/// Where a job stands.
#[derive(Clone, Debug, PartialEq)]
pub enum JobState {
    /// It waits for its turn.
    Waiting,
    /// The worker is at it.
    Running {
        /// The running stage, once the first has begun.
        stage: Option<Stage>,
        /// The whole of it.
        estimate: Estimate,
    },
    /// It is done.
    Finished,
    /// It failed, for this reason.
    Failed(String),
    /// It was cancelled.
    Cancelled,
}

impl JobState {
    /// Whether it waits or runs.
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Waiting | Self::Running { .. })
    }
}

/// One line of [`Queue::snapshot`].
#[derive(Clone, Debug, PartialEq)]
pub struct JobStatus {
    /// The job.
    pub id: JobId,
    /// What it is to make.
    pub request: JobRequest,
    /// Where it stands.
    pub state: JobState,
}

/// Where to move a waiting job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// One place forward.
    Up,
    /// One place back.
    Down,
}

/// Why a job was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueueError {
    /// There is no room.
    #[error("the queue is full: {CAPACITY} jobs are waiting; let one finish or remove one: {}", .0.display())]
    Full(PathBuf),
    /// The system gave no thread.
    #[error("the worker could not be started ({0}); close other programs and try again")]
    NoThread(String),
}

#[cfg(test)]
mod tests;
