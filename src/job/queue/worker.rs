//! The worker of a queue: takes one job after the other, and brings back what becomes of each.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::super::estimate::Run;
use super::super::{Event, JobId, JobRequest, JobState};
use super::{Shared, WorkError};
use crate::mesh::Mesh;
use crate::mishap::panic_text;
use crate::pipeline::Input;
use crate::progress::{CancelToken, Monitor, Progress, Stage};
use crate::request::Request;

/// Progress is passed on at most this often.
const PROGRESS_EVERY: Duration = Duration::from_millis(33);

/// Does a job.
pub(super) type Work<T> = dyn Fn(&Turn, &Monitor) -> Result<T, WorkError> + Send + Sync;

/// What the work of a job is told.
pub(super) struct Turn<'a> {
    pub job: &'a JobRequest,
    /// What comes next, for learned models, which take several pictures at once.
    pub upcoming: &'a [(Request, Input)],
    /// Takes a coarse mesh to show before the real one is done.
    pub preview: &'a (dyn Fn(Arc<Mesh>) + Sync),
    /// Takes a sentence about what it is going to need.
    pub plan: &'a (dyn Fn(String) + Sync),
}

/// What the worker is at.
pub(super) struct Task {
    pub id: JobId,
    pub request: JobRequest,
    pub upcoming: Vec<(Request, Input)>,
    pub cancel: CancelToken,
    pub kind: u64,
    pub run: Mutex<Run>,
}

/// Works the queue off until it is closed.
pub(super) fn work_off<T: Send + Sync>(shared: &Shared<T>, work: &Work<T>) {
    loop {
        let mut state = shared.lock();
        let task = loop {
            if state.closed {
                return;
            }
            match state.start_next() {
                Some(task) => break task,
                None => state = shared.work_changed.wait(state).unwrap_or_else(PoisonError::into_inner),
            }
        };
        shared.announce(state);
        let result = run_task(shared, &task, work);
        finish(shared, &task, result);
    }
}

fn run_task<T: Send + Sync>(shared: &Shared<T>, task: &Task, work: &Work<T>) -> Result<T, WorkError> {
    let begun = Instant::now();
    let last_millis = AtomicU64::new(u64::MAX);
    let last_stage = Mutex::new(None::<Stage>);
    let sink = |progress: Progress| {
        let now_millis = begun.elapsed().as_millis() as u64;
        let mut stage = last_stage.lock().unwrap_or_else(PoisonError::into_inner);
        let is_new_stage = stage.replace(progress.stage) != Some(progress.stage);
        drop(stage);
        let before = last_millis.load(Ordering::Relaxed);
        let is_due = before == u64::MAX || now_millis >= before + PROGRESS_EVERY.as_millis() as u64;
        if is_new_stage || is_due {
            last_millis.store(now_millis, Ordering::Relaxed);
            report(shared, task, progress);
        }
    };
    let monitor = Monitor::new(&task.cancel, &sink);
    let preview = |mesh: Arc<Mesh>| {
        let mut state = shared.lock();
        if state.wanted(task.id).is_some() {
            state.add_preview(task.id, mesh);
            shared.announce(state);
        }
    };
    let plan = |text: String| {
        let mut state = shared.lock();
        if state.wanted(task.id).is_some() {
            state.events.push_back(Event::Plan(task.id, text));
            shared.announce(state);
        }
    };
    let turn = Turn { job: &task.request, upcoming: &task.upcoming, preview: &preview, plan: &plan };
    catch_unwind(AssertUnwindSafe(|| work(&turn, &monitor))).unwrap_or_else(|panic| {
        let path = task.request.input.path.display();
        Err(WorkError::Failed(format!(
            "the program made a mistake on this picture ({}); the other jobs go on, please report it: {path}",
            panic_text(panic.as_ref()),
        )))
    })
}

fn report<T>(shared: &Shared<T>, task: &Task, progress: Progress) {
    let estimate = task.run.lock().unwrap_or_else(PoisonError::into_inner).update(progress);
    let mut state = shared.lock();
    let Some(job) = state.wanted(task.id) else { return };
    job.state = JobState::Running { stage: Some(progress.stage), estimate };
    state.add_progress(task.id, progress, estimate);
    shared.announce(state);
}

fn finish<T>(shared: &Shared<T>, task: &Task, result: Result<T, WorkError>) {
    let mut state = shared.lock();
    if result.is_ok() {
        let run = task.run.lock().unwrap_or_else(PoisonError::into_inner);
        state.estimator.learn(task.kind, &run);
    }
    let Some(job) = state.wanted(task.id) else { return };
    let (new_state, event) = match result {
        Ok(output) => (JobState::Finished, Event::Finished(task.id, Arc::new(output))),
        Err(WorkError::Failed(message) | WorkError::Taken(message)) => {
            (JobState::Failed(message.clone()), Event::Failed(task.id, message))
        }
        Err(WorkError::Cancelled) => (JobState::Cancelled, Event::Cancelled(task.id)),
    };
    job.state = new_state;
    state.add_last(event);
    state.forget_old(Some(task.id));
    shared.announce(state);
}
