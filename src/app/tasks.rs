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
/// Threads that write files only, so that nothing that is made waits behind what is read: one may write a
/// large mesh, and the list is still kept.
const WRITERS: usize = 2;
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
    writes: Sender<Task>,
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
        let (writes, to_write) = bounded::<Task>(WAITING);
        let (done, results) = bounded::<Apply>(WAITING);
        let workers = (0..THREADS).map(|number| (format!("orfeas-task-{number}"), &waiting));
        let writers = (0..WRITERS).map(|number| (format!("orfeas-writer-{number}"), &to_write));
        for (name, waiting) in workers.chain(writers) {
            let (waiting, done, wake) = (waiting.clone(), done.clone(), wake.clone());
            std::thread::Builder::new().name(name).spawn(move || {
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
        Ok(Self { work, writes, results, keep_results_open: done })
    }

    /// Runs `task` on a task thread. When too many wait already, the user is told instead and `false`
    /// comes back.
    pub fn spawn(&self, task: impl FnOnce() -> Apply + Send + 'static) -> bool {
        self.send(&self.work, Box::new(task))
    }

    /// [`Self::spawn`] for a task that writes a file: it waits behind others of its kind only.
    pub fn spawn_write(&self, task: impl FnOnce() -> Apply + Send + 'static) -> bool {
        self.send(&self.writes, Box::new(task))
    }

    fn send(&self, to: &Sender<Task>, task: Task) -> bool {
        let sent = to.try_send(task);
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn what_is_written_waits_for_nothing_that_is_read() {
        let tasks = Tasks::new(|| {}).unwrap();
        let (release, held) = bounded::<()>(0);
        for _ in 0..2 * THREADS {
            let held = held.clone();
            tasks.spawn(move || {
                let _ = held.recv();
                Box::new(|_| {})
            });
        }
        assert!(tasks.spawn_write(|| Box::new(|_| {})));
        assert!(tasks.wait_next(Duration::from_secs(60)).is_some());
        drop(release);
    }
}
