//! Small work beside the window: thumbnails, reading and writing files, dialogs.
//!
//! A task runs on one of a few named threads and answers with a closure that is run on the window's
//! thread before the next frame. Long work with progress belongs into the [`crate::job`] queue.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender, bounded};

use super::Studio;
use super::toast::Level;

/// What a task wants done with its result.
pub type Apply = Box<dyn FnOnce(&mut Studio) + Send>;
/// Work together with what is done with its result. With a reason the work is left out, and what is done
/// is told that reason.
type Task = Box<dyn FnOnce(Option<&str>) -> Apply + Send>;

/// Threads: one may sit in a large file, and thumbnails still come.
const THREADS: usize = 4;
/// Threads that write files only, so that nothing that is made waits behind what is read: one may write a
/// large mesh, and the list is still kept.
const WRITERS: usize = 2;
/// Tasks that may wait. A drop of thousands of files stays below, because one task walks them all.
const WAITING: usize = 4096;
/// What is said where too many wait.
const BUSY: &str = "Too much is going on at once; try again in a moment";
/// What is said where there are no task threads.
const NO_THREADS: &str = "The system gives the program no threads; restart it";

/// Does `work`, which may panic: then the sentence to tell the user.
///
/// # Errors
/// The sentence.
pub fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work))
        .map_err(|_| "Something went wrong inside the program; please report it".to_owned())
}

/// `work` and what is done with its result, whatever becomes of the work.
fn task<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
    done: impl FnOnce(&mut Studio, Result<T, String>) + Send + 'static,
) -> Task {
    Box::new(move |refused| {
        let result = refused.map_or_else(|| caught(work), |why| Err(why.to_owned()));
        Box::new(move |studio| done(studio, result))
    })
}

/// The task threads. They end when this is dropped.
pub struct Tasks {
    work: Sender<Task>,
    writes: Sender<Task>,
    results: Receiver<Apply>,
    answers: Sender<Apply>,
    wake: Arc<dyn Fn() + Send + Sync>,
}

impl Tasks {
    /// Starts the threads. `wake` is called after every task.
    ///
    /// # Errors
    /// What the system said when it gave no thread.
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> std::io::Result<Self> {
        let wake: Arc<dyn Fn() + Send + Sync> = Arc::new(wake);
        let (work, waiting) = bounded::<Task>(WAITING);
        let (writes, to_write) = bounded::<Task>(WAITING);
        let (answers, results) = bounded::<Apply>(WAITING);
        let workers = (0..THREADS).map(|number| (format!("orfeas-task-{number}"), &waiting));
        let writers = (0..WRITERS).map(|number| (format!("orfeas-writer-{number}"), &to_write));
        for (name, waiting) in workers.chain(writers) {
            let (waiting, answers, wake) = (waiting.clone(), answers.clone(), wake.clone());
            std::thread::Builder::new().name(name).spawn(move || {
                for task in waiting {
                    if answers.send(task(None)).is_err() {
                        return;
                    }
                    wake();
                }
            })?;
        }
        Ok(Self { work, writes, results, answers, wake })
    }

    /// Runs `task` on a task thread; one that writes waits behind others of its kind only.
    ///
    /// # Errors
    /// What is to be done at once because too many wait already.
    fn submit(&self, task: Task, writes: bool) -> Result<(), Apply> {
        let threads = if writes { &self.writes } else { &self.work };
        threads.try_send(task).map_err(|refused| refused.into_inner()(Some(BUSY)))
    }

    /// Runs `work`, which waits for somebody or takes long, on a thread of its own called `name`, where it keeps no
    /// task from running.
    ///
    /// # Errors
    /// What the system said when it gave no thread; `done` is not called then.
    pub fn run_alone<T: Send + 'static>(
        &self,
        name: &str,
        work: impl FnOnce() -> T + Send + 'static,
        done: impl FnOnce(&mut Studio, Result<T, String>) + Send + 'static,
    ) -> std::io::Result<()> {
        let (answers, wake, task) = (self.answers.clone(), self.wake.clone(), task(work, done));
        let thread = std::thread::Builder::new().name(name.to_owned());
        let spawned = thread.spawn(move || {
            // The window may be gone by now.
            let _ = answers.send(task(None));
            wake();
        });
        spawned.map(|_| ())
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

impl Studio {
    /// Does `work` beside the window, and then `done` in it. `done` is called in any case, with the sentence
    /// to tell the user where the work panicked or could not be taken on: what awaits it ends there.
    pub(super) fn run_task<T: Send + 'static>(
        &mut self,
        work: impl FnOnce() -> T + Send + 'static,
        done: impl FnOnce(&mut Self, Result<T, String>) + Send + 'static,
    ) {
        self.take_on(work, done, false);
    }

    fn take_on<T: Send + 'static>(
        &mut self,
        work: impl FnOnce() -> T + Send + 'static,
        done: impl FnOnce(&mut Self, Result<T, String>) + Send + 'static,
        writes: bool,
    ) {
        self.going_on += 1;
        let task = task(work, |studio: &mut Self, result| {
            studio.going_on -= 1;
            done(studio, result);
        });
        let taken = match &self.tasks {
            Some(tasks) => tasks.submit(task, writes),
            None => Err(task(Some(NO_THREADS))),
        };
        if let Err(refused) = taken {
            // Not now: the caller may not have noted yet what it awaits.
            self.refused.push_back(refused);
            self.ctx.request_repaint();
        }
    }

    /// [`Self::run_task`] for work that may take minutes: on a thread of its own called `name`, where it keeps no
    /// task from running.
    ///
    /// # Errors
    /// The sentence to tell where there is no such thread; `done` is not called then.
    pub(super) fn run_long<T: Send + 'static>(
        &mut self,
        name: &str,
        work: impl FnOnce() -> T + Send + 'static,
        done: impl FnOnce(&mut Self, Result<T, String>) + Send + 'static,
    ) -> Result<(), String> {
        let tasks = self.tasks.as_ref().ok_or(NO_THREADS)?;
        let done = |studio: &mut Self, result| {
            studio.going_on -= 1;
            done(studio, result);
        };
        tasks.run_alone(name, work, done).map_err(|error| format!("{NO_THREADS} ({error})"))?;
        self.going_on += 1;
        Ok(())
    }

    /// [`Self::run_task`] for work that nothing awaits: what it answers is done, and what went wrong is told.
    pub(super) fn spawn(&mut self, work: impl FnOnce() -> Apply + Send + 'static) {
        self.run_task(work, |studio, made| match made {
            Ok(apply) => apply(studio),
            Err(why) => studio.messages.push(Level::Error, why),
        });
    }

    /// [`Self::run_task`] for work that a file comes of: closing the window waits for it.
    pub(super) fn run_for_file<T: Send + 'static>(
        &mut self,
        work: impl FnOnce() -> T + Send + 'static,
        done: impl FnOnce(&mut Self, Result<T, String>) + Send + 'static,
    ) {
        self.hold_window(work, done, false);
    }

    /// [`Self::run_task`] for work that writes a file: closing the window waits for it.
    pub(super) fn run_write<T: Send + 'static>(
        &mut self,
        work: impl FnOnce() -> T + Send + 'static,
        done: impl FnOnce(&mut Self, Result<T, String>) + Send + 'static,
    ) {
        self.hold_window(work, done, true);
    }

    fn hold_window<T: Send + 'static>(
        &mut self,
        work: impl FnOnce() -> T + Send + 'static,
        done: impl FnOnce(&mut Self, Result<T, String>) + Send + 'static,
        writes: bool,
    ) {
        self.writing += 1;
        let made = |studio: &mut Self, made| {
            studio.writing -= 1;
            done(studio, made);
        };
        self.take_on(work, made, writes);
    }

    /// [`Self::spawn`] for work that writes a file: closing the window waits for it.
    pub(super) fn spawn_write(&mut self, work: impl FnOnce() -> Apply + Send + 'static) {
        self.run_write(work, |studio, made| match made {
            Ok(apply) => apply(studio),
            Err(why) => studio.messages.push(Level::Error, why),
        });
    }

    /// What is to be done next because of a task, as soon as there is something within `patience`.
    pub(super) fn next_answer(&mut self, patience: std::time::Duration) -> Option<Apply> {
        let refused = self.refused.pop_front();
        refused.or_else(|| self.tasks.as_ref()?.wait_next(patience))
    }

    /// Whether no task runs or waits, and all that came of them is taken in.
    pub fn is_at_rest(&self) -> bool {
        self.going_on == 0
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::tests::studio;
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(60);

    #[test]
    fn what_awaits_a_task_hears_of_it_even_when_it_panics() {
        let (_folder, mut studio) = studio();
        studio.save();
        assert!(studio.saving);
        studio.run_write(
            || panic!("on purpose"),
            |studio, made: Result<(), String>| {
                studio.draft.size.height_mm = Some(made.map_or(7.0, |()| 1.0));
            },
        );
        while !studio.is_at_rest() {
            studio.next_answer(PATIENCE).unwrap()(&mut studio);
        }
        assert_eq!((studio.draft.size.height_mm, studio.writing, studio.saving), (Some(7.0), 0, false));
    }

    #[test]
    fn what_awaits_a_task_hears_of_it_even_when_there_is_no_room_for_it() {
        let (_folder, mut studio) = studio();
        let (hold, held) = bounded::<()>(0);
        let (begin, begun) = bounded(WRITERS);
        let fill = |studio: &mut Studio, count: usize| {
            for _ in 0..count {
                let (held, begin) = (held.clone(), begin.clone());
                studio.run_write(move || (begin.send(()).is_ok(), held.recv().is_ok()), |_, _| ());
            }
        };
        fill(&mut studio, WRITERS);
        (0..WRITERS).for_each(|_| begun.recv().unwrap());
        fill(&mut studio, WAITING);
        assert!(studio.refused.is_empty());
        studio.save();
        assert!(studio.saving && studio.refused.len() == 1);
        studio.refused.pop_front().unwrap()(&mut studio);
        assert!(!studio.saving && studio.writing == WRITERS + WAITING);
        assert!(studio.messages.iter().any(|m| m.text.contains(BUSY)));
        drop(hold);
    }

    #[test]
    fn what_is_written_waits_for_nothing_that_is_read() {
        let (_folder, mut studio) = studio();
        let (hold, held) = bounded::<()>(0);
        for _ in 0..2 * THREADS {
            let held = held.clone();
            studio.run_task(move || held.recv().is_ok(), |_, _| ());
        }
        studio.run_write(|| (), |_, _| ());
        studio.next_answer(PATIENCE).unwrap()(&mut studio);
        assert_eq!(studio.writing, 0);
        drop(hold);
    }

    #[test]
    fn tasks_end_while_others_wait_for_somebody() {
        let (_folder, mut studio) = studio();
        let (hold, held) = bounded::<()>(0);
        for _ in 0..2 * THREADS {
            let held = held.clone();
            studio.tasks.as_ref().unwrap().run_alone("waits", move || held.recv().is_ok(), |_, _| ()).unwrap();
        }
        studio.run_task(|| 5.0, |studio, made| studio.draft.size.height_mm = made.ok());
        studio.next_answer(PATIENCE).unwrap()(&mut studio);
        assert_eq!(studio.draft.size.height_mm, Some(5.0));
        drop(hold);
    }
}
