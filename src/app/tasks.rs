//! Small work beside the window: thumbnails, reading and writing files, dialogs.
//!
//! A task runs on one of a few named threads and answers with a closure that is run on the window's
//! thread before the next frame. Long work with progress belongs into the [`crate::job`] queue.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};

use super::Studio;
use super::toast::Level;

/// What a task wants done with its result.
pub type Apply = Box<dyn FnOnce(&mut Studio) + Send>;
type Task = Box<dyn FnOnce() -> Apply + Send>;

/// Threads: one may sit in a file dialog, one in a large file, and thumbnails still come.
const THREADS: usize = 4;
/// Tasks that may wait. A drop of thousands of files stays below, because one task walks them all.
const WAITING: usize = 4096;

/// Does `work`, which may panic: then the sentence to tell the user.
///
/// # Errors
/// The sentence.
pub fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work))
        .map_err(|_| "Something went wrong inside the program; please report it".to_owned())
}

/// The task threads. They end when this is dropped.
pub struct Tasks {
    work: Sender<Task>,
    results: Receiver<Apply>,
    keep_results_open: Sender<Apply>,
}

impl Tasks {
    /// Starts the threads. `wake` is called after every task.
    ///
    /// # Errors
    /// What the system said when it gave no thread.
    pub fn new(wake: impl Fn() + Send + Clone + 'static) -> std::io::Result<Self> {
        let (work, waiting) = bounded::<Task>(WAITING);
        let (done, results) = bounded::<Apply>(WAITING);
        for number in 0..THREADS {
            let (waiting, done, wake) = (waiting.clone(), done.clone(), wake.clone());
            std::thread::Builder::new().name(format!("orfeas-task-{number}")).spawn(move || {
                for task in waiting {
                    let apply = caught(task)
                        .unwrap_or_else(|why| Box::new(|studio: &mut Studio| studio.messages.push(Level::Error, why)));
                    if done.send(apply).is_err() {
                        return;
                    }
                    wake();
                }
            })?;
        }
        Ok(Self { work, results, keep_results_open: done })
    }

    /// Runs `task` on a task thread. When too many wait already, the user is told instead and `false`
    /// comes back.
    pub fn spawn(&self, task: impl FnOnce() -> Apply + Send + 'static) -> bool {
        let sent = self.work.try_send(Box::new(task));
        if let Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) = sent {
            let refuse: Apply = Box::new(|studio| {
                studio.messages.push(Level::Warning, "Too much is going on at once; try again in a moment");
            });
            // A full list of results is being worked off right now; one lost warning does no harm.
            let _ = self.keep_results_open.try_send(refuse);
        }
        sent.is_ok()
    }

    /// The next result, as soon as there is one within `patience`.
    pub fn wait_next(&self, patience: std::time::Duration) -> Option<Apply> {
        self.results.recv_timeout(patience).ok()
    }

    /// The next result, if there is one.
    pub fn try_next(&self) -> Option<Apply> {
        self.results.try_recv().ok()
    }
}
