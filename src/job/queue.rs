//! The queue: one lock around the list of jobs and the events not yet fetched, one worker thread.
//!
//! Events are kept in a list instead of a channel: a full channel would either block the worker or
//! lose a result, and a long one would hand over progress that is long past. The list is bounded
//! because progress is merged and because a job is refused while too many events lie unfetched.

mod worker;

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::estimate::{Estimate, Estimator};
use super::{CAPACITY, Event, JobId, JobRequest, JobState, JobStatus, Move, QueueError};
use crate::background;
use crate::mesh::Mesh;
use crate::pipeline::{self, Circumstances, Input, Output, PipelineError, Tools};
use crate::progress::{CancelToken, Cancelled, Monitor, Progress};
use crate::request::Request;

use worker::{Task, Turn, work_off};

/// Name of the worker thread.
const THREAD_NAME: &str = "orfeas-worker";
/// Ended jobs that are remembered.
const REMEMBERED: usize = CAPACITY;
/// Events that may lie unfetched before new jobs are refused: every job of a full queue queued,
/// started, moved on and ended, twice over.
const UNFETCHED: usize = 8 * CAPACITY;
/// Waiting jobs that a learned model is told of ahead.
const UPCOMING: usize = 8;

/// Longest wait for a job that was cancelled to notice: far more than it should need, but the driver or the file that
/// it is at may not answer at all, and the window closes nevertheless.
const LONGEST_END: Duration = Duration::from_secs(5);
/// Time between two looks at whether it has.
const LOOK_AGAIN: Duration = Duration::from_millis(2);

/// Why a piece of work made nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WorkError {
    /// It was cancelled.
    Cancelled,
    /// It failed: a sentence for the user.
    Failed(String),
    /// It failed because a file of its name is there already: a sentence for the user.
    Taken(String),
}

impl From<PipelineError> for WorkError {
    fn from(error: PipelineError) -> Self {
        if error.is_cancelled() { Self::Cancelled } else { Self::Failed(error.to_string()) }
    }
}

impl From<Cancelled> for WorkError {
    fn from(_: Cancelled) -> Self {
        Self::Cancelled
    }
}

type Wake = dyn Fn() + Send + Sync;

/// A bounded queue of jobs and the one thread that works it off. See the [module](super).
pub struct Queue<T: Send + Sync + 'static = Output> {
    shared: Arc<Shared<T>>,
    worker: Option<JoinHandle<()>>,
}

struct Shared<T> {
    state: Mutex<State<T>>,
    /// Signalled when the worker has something to do.
    work_changed: Condvar,
    wake: Box<Wake>,
}

struct State<T> {
    /// In the order to show; waiting jobs run in this order.
    jobs: Vec<Job>,
    events: VecDeque<Event<T>>,
    next_id: u64,
    closed: bool,
    estimator: Estimator,
}

struct Job {
    id: JobId,
    request: JobRequest,
    state: JobState,
    cancel: CancelToken,
}

impl Queue<Output> {
    /// A queue that runs the [`pipeline`]. `wake` is called from any thread whenever there is a new
    /// event; it should only ask for a repaint.
    ///
    /// # Errors
    /// [`QueueError::NoThread`].
    pub fn new(tools: Tools, wake: impl Fn() + Send + Sync + 'static) -> Result<Self, QueueError> {
        let work = move |turn: &Turn, monitor: &Monitor| {
            let Turn { job, upcoming, preview, plan } = *turn;
            let around = Circumstances { tools: &tools, upcoming, preview: Some(preview), plan: Some(plan) };
            background::run(|| pipeline::run_with(&job.request, &job.input, &around, monitor)).map_err(WorkError::from)
        };
        Self::with_turns(work, wake)
    }
}

impl<T: Send + Sync + 'static> Queue<T> {
    /// A queue that does `work` for each job.
    #[cfg(test)]
    pub(super) fn with_work(
        work: impl Fn(&JobRequest, &Monitor) -> Result<T, WorkError> + Send + Sync + 'static,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> Result<Self, QueueError> {
        Self::with_turns(move |turn: &Turn, monitor: &Monitor| work(turn.job, monitor), wake)
    }

    fn with_turns(
        work: impl Fn(&Turn, &Monitor) -> Result<T, WorkError> + Send + Sync + 'static,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> Result<Self, QueueError> {
        let shared = Arc::new(Shared {
            state: Mutex::new(State {
                jobs: Vec::new(),
                events: VecDeque::new(),
                next_id: 1,
                closed: false,
                estimator: Estimator::default(),
            }),
            work_changed: Condvar::new(),
            wake: Box::new(wake),
        });
        let for_worker = Arc::clone(&shared);
        let worker = std::thread::Builder::new()
            .name(THREAD_NAME.to_owned())
            .spawn(move || work_off(&for_worker, &work))
            .map_err(|source| QueueError::NoThread(source.to_string()))?;
        Ok(Self { shared, worker: Some(worker) })
    }

    /// Puts a job at the end of the queue.
    ///
    /// # Errors
    /// [`QueueError::Full`].
    pub fn submit(&self, request: JobRequest) -> Result<JobId, QueueError> {
        let mut state = self.shared.lock();
        state.check_room(&request)?;
        let id = JobId(state.next_id);
        state.next_id += 1;
        state.jobs.push(Job { id, request, state: JobState::Waiting, cancel: CancelToken::new() });
        state.events.push_back(Event::Queued(id));
        self.shared.announce(state);
        Ok(id)
    }

    /// Cancels a waiting or running job; nothing more is heard of it than [`Event::Cancelled`].
    /// Returns whether there was something to cancel.
    pub fn cancel(&self, id: JobId) -> bool {
        let mut state = self.shared.lock();
        let cancelled = state.position(id).is_some_and(|i| state.cancel_at(i));
        state.forget_old(Some(id));
        self.shared.announce(state);
        cancelled
    }

    /// Cancels every waiting and running job.
    pub fn cancel_all(&self) {
        let mut state = self.shared.lock();
        for position in 0..state.jobs.len() {
            state.cancel_at(position);
        }
        state.forget_old(None);
        self.shared.announce(state);
    }

    /// Cancels a job when it is open, and forgets it.
    pub fn remove(&self, id: JobId) {
        let mut state = self.shared.lock();
        if let Some(position) = state.position(id) {
            state.cancel_at(position);
            state.jobs.remove(position);
        }
        self.shared.announce(state);
    }

    /// Moves a waiting job among the waiting ones. Returns whether it moved.
    pub fn reorder(&self, id: JobId, to: Move) -> bool {
        let mut state = self.shared.lock();
        let waiting: Vec<usize> = (0..state.jobs.len()).filter(|&i| state.jobs[i].state == JobState::Waiting).collect();
        let Some(rank) = waiting.iter().position(|&i| state.jobs[i].id == id) else { return false };
        let new_rank = match to {
            Move::Up => rank.saturating_sub(1),
            Move::Down => (rank + 1).min(waiting.len() - 1),
        };
        let job = state.jobs.remove(waiting[rank]);
        state.jobs.insert(waiting[new_rank], job);
        new_rank != rank
    }

    /// Every job that is not forgotten, in order.
    pub fn snapshot(&self) -> Vec<JobStatus> {
        let status = |job: &Job| JobStatus { id: job.id, request: job.request.clone(), state: job.state.clone() };
        self.shared.lock().jobs.iter().map(status).collect()
    }

    /// Number of jobs that wait or run.
    pub fn open_count(&self) -> usize {
        self.shared.lock().open_count()
    }

    /// The next event, if there is one.
    pub fn try_next(&self) -> Option<Event<T>> {
        self.shared.lock().events.pop_front()
    }
}

impl<T: Send + Sync + 'static> Drop for Queue<T> {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        state.closed = true;
        state.jobs.iter().for_each(|job| job.cancel.cancel());
        drop(state);
        self.shared.work_changed.notify_all();
        let Some(worker) = self.worker.take().filter(|w| w.thread().id() != std::thread::current().id()) else {
            return;
        };
        let begun = Instant::now();
        while !worker.is_finished() && begun.elapsed() < LONGEST_END {
            std::thread::sleep(LOOK_AGAIN);
        }
        if worker.is_finished() {
            let _ = worker.join();
        }
    }
}

impl<T> State<T> {
    fn position(&self, id: JobId) -> Option<usize> {
        self.jobs.iter().position(|job| job.id == id)
    }

    fn open_count(&self) -> usize {
        self.jobs.iter().filter(|job| job.state.is_open()).count()
    }

    fn check_room(&self, request: &JobRequest) -> Result<(), QueueError> {
        if self.open_count() >= CAPACITY || self.events.len() >= UNFETCHED {
            return Err(QueueError::Full(request.input.path.clone()));
        }
        Ok(())
    }

    fn cancel_at(&mut self, position: usize) -> bool {
        let job = &mut self.jobs[position];
        if !job.state.is_open() {
            return false;
        }
        job.cancel.cancel();
        job.state = JobState::Cancelled;
        let id = job.id;
        self.add_last(Event::Cancelled(id));
        true
    }

    /// The job that runs, unless it was cancelled or removed meanwhile.
    fn wanted(&mut self, id: JobId) -> Option<&mut Job> {
        self.jobs.iter_mut().find(|j| j.id == id && matches!(j.state, JobState::Running { .. }))
    }

    /// Adds the last event of a job: its progress is past.
    fn add_last(&mut self, event: Event<T>) {
        let last_id = event.id();
        let is_past = |e: &Event<T>| matches!(e, Event::Progress { .. } | Event::Preview(..)) && e.id() == last_id;
        self.events.retain(|e| !is_past(e));
        self.events.push_back(event);
    }

    /// Forgets the oldest ended jobs but `kept`, so that no more than [`REMEMBERED`] are left. Places of jobs change.
    fn forget_old(&mut self, kept: Option<JobId>) {
        let ended = self.jobs.iter().filter(|job| !job.state.is_open()).count();
        let mut left = ended.saturating_sub(REMEMBERED);
        self.jobs.retain(|job| {
            let is_forgotten = left > 0 && !job.state.is_open() && Some(job.id) != kept;
            left -= usize::from(is_forgotten);
            !is_forgotten
        });
    }

    fn add_progress(&mut self, id: JobId, progress: Progress, estimate: Estimate) {
        let event = Event::Progress { id, progress, estimate };
        let is_same = |e: &&mut Event<T>| matches!(e, Event::Progress { id: other, .. } if *other == id);
        match self.events.iter_mut().rev().find(is_same) {
            Some(older) => *older = event,
            None => self.events.push_back(event),
        }
    }

    fn add_preview(&mut self, id: JobId, mesh: Arc<Mesh>) {
        self.events.retain(|e| !matches!(e, Event::Preview(other, _) if *other == id));
        self.events.push_back(Event::Preview(id, mesh));
    }

    /// What waits behind `first`, if it goes through a learned model.
    fn upcoming(&self, first: JobId) -> Vec<(Request, Input)> {
        let mut behind = self.jobs.iter().skip_while(|job| job.id != first);
        let learns = behind.next().is_some_and(|job| job.request.request.learned_model().is_some());
        let waiting = behind.filter(|job| learns && job.state == JobState::Waiting);
        waiting.take(UPCOMING).map(|job| (job.request.request, job.request.input.clone())).collect()
    }

    /// Takes the next waiting job.
    fn start_next(&mut self) -> Option<Task> {
        let next = self.jobs.iter().find(|job| job.state == JobState::Waiting)?.id;
        let upcoming = self.upcoming(next);
        let job = self.jobs.iter_mut().find(|job| job.state == JobState::Waiting)?;
        job.state = JobState::Running { stage: None, estimate: Estimate::default() };
        let learned = job.request.request.learned_model();
        // Each model has a clock of its own.
        let kind = learned.map_or(job.request.request.mode as u64, |model| 100 + model as u64);
        let task = Task {
            id: job.id,
            request: job.request.clone(),
            upcoming,
            cancel: job.cancel.clone(),
            kind,
            run: Mutex::new(self.estimator.start(kind, learned.is_some())),
        };
        self.events.push_back(Event::Started(task.id));
        Some(task)
    }
}

impl<T> Shared<T> {
    /// A panic while the lock was held cannot be seen here: nothing that may panic runs under it.
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives the lock back and tells both sides that something changed.
    fn announce(&self, state: MutexGuard<'_, State<T>>) {
        drop(state);
        self.work_changed.notify_one();
        (self.wake)();
    }
}
