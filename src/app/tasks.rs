//! Small work beside the window: thumbnails, reading and writing files, dialogs.
//!
//! A task runs on one of a few named threads and answers with a closure that is run on the window's
//! thread before the next frame. Long work with progress belongs into the [`crate::job`] queue.
//!
//! A task that waits for what does not answer, such as a share, is never interrupted, but the others
//! wait for it for seconds only.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, TryRecvError, bounded};

use super::Studio;
use super::toast::Level;

/// What a task wants done with its result.
pub type Apply = Box<dyn FnOnce(&mut Studio) + Send>;
/// Work together with what is done with its result. With a reason the work is left out, and what is done
/// is told that reason.
type Task = Box<dyn FnOnce(Option<&str>) -> Apply + Send>;

/// Threads: one may sit in a large file, and other tasks are still done.
const THREADS: usize = 4;
/// Threads that make thumbnails only: a list full of pictures that cannot be reached keeps nothing else waiting.
const THUMBNAILERS: usize = 2;
/// Threads that write files only, so that nothing that is made waits behind what is read: one may write a
/// large mesh, and the list is still kept.
const WRITERS: usize = 2;
/// A task that takes longer goes on by itself, and those behind it are done by another thread.
const TOO_LONG: Duration = Duration::from_secs(10);
/// So many tasks of a thread that took too long may go on beside the next; they take memory.
const MOST_GOING_ON: usize = 8;
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

/// Which threads do a task.
#[derive(Clone, Copy)]
enum Kind {
    /// Those for everything.
    Any,
    /// Those that write files.
    Write,
    /// Those that make thumbnails.
    Thumbnail,
}

type Wake = Arc<dyn Fn() + Send + Sync>;

/// A place at which tasks are done one after the other.
struct Place {
    name: String,
    waiting: Receiver<Task>,
    answers: Sender<Apply>,
    wake: Wake,
    /// See [`TOO_LONG`].
    too_long: Duration,
}

/// The thread that does the tasks of a place, until one of them takes too long.
struct Hand {
    tasks: Sender<Task>,
    /// Told after each task; nothing comes any more when the window is gone.
    done: Receiver<()>,
}

impl Place {
    /// Has every task done, until the window is gone.
    fn work_off(&self) {
        let mut hand = None;
        let mut going_on: Vec<Receiver<()>> = Vec::new();
        for task in &self.waiting {
            let Some(free) = hand.take().or_else(|| self.hand().ok()) else {
                // The system gives no more threads.
                if self.answers.send(task(None)).is_err() {
                    return;
                }
                (self.wake)();
                continue;
            };
            if free.tasks.send(task).is_err() {
                return;
            }
            going_on.retain(|done| done.try_recv() == Err(TryRecvError::Empty));
            let is_patient = going_on.len() >= MOST_GOING_ON;
            let done = match is_patient {
                true => free.done.recv().map_err(|_| RecvTimeoutError::Disconnected),
                false => free.done.recv_timeout(self.too_long),
            };
            match done {
                Ok(()) => hand = Some(free),
                // It goes on by itself, and ends with this task.
                Err(RecvTimeoutError::Timeout) => going_on.push(free.done),
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn hand(&self) -> std::io::Result<Hand> {
        let (tasks, given) = bounded::<Task>(1);
        let (tell, done) = bounded(1);
        let (answers, wake) = (self.answers.clone(), self.wake.clone());
        std::thread::Builder::new().name(self.name.clone()).spawn(move || {
            for task in given {
                if answers.send(task(None)).is_err() {
                    return;
                }
                wake();
                if tell.send(()).is_err() {
                    return;
                }
            }
        })?;
        Ok(Hand { tasks, done })
    }
}

/// The task threads. They end when this is dropped.
pub struct Tasks {
    any: Sender<Task>,
    writes: Sender<Task>,
    thumbnails: Sender<Task>,
    results: Receiver<Apply>,
    answers: Sender<Apply>,
    wake: Wake,
}

impl Tasks {
    /// Starts the threads. `wake` is called after every task.
    ///
    /// # Errors
    /// What the system said when it gave no thread.
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> std::io::Result<Self> {
        Self::with_patience(wake, TOO_LONG)
    }

    fn with_patience(wake: impl Fn() + Send + Sync + 'static, too_long: Duration) -> std::io::Result<Self> {
        let wake: Wake = Arc::new(wake);
        let (answers, results) = bounded::<Apply>(WAITING);
        let threads = |name: &str, count: usize| -> std::io::Result<Sender<Task>> {
            let (tasks, waiting) = bounded::<Task>(WAITING);
            for number in 0..count {
                let (waiting, answers, wake) = (waiting.clone(), answers.clone(), wake.clone());
                let place = Place { name: format!("orfeas-{name}-{number}"), waiting, answers, wake, too_long };
                std::thread::Builder::new().name(place.name.clone()).spawn(move || place.work_off())?;
            }
            Ok(tasks)
        };
        let (any, writes) = (threads("task", THREADS)?, threads("writer", WRITERS)?);
        let thumbnails = threads("thumb", THUMBNAILERS)?;
        Ok(Self { any, writes, thumbnails, results, answers, wake })
    }

    /// Runs `task` on a thread of its kind.
    ///
    /// # Errors
    /// What is to be done at once because too many wait already.
    fn submit(&self, task: Task, kind: Kind) -> Result<(), Apply> {
        let threads = match kind {
            Kind::Any => &self.any,
            Kind::Write => &self.writes,
            Kind::Thumbnail => &self.thumbnails,
        };
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
        self.take_on(work, done, Kind::Any);
    }

    /// [`Self::run_task`] for work that makes a thumbnail, which keeps no other task from being done.
    pub(super) fn run_thumbnail<T: Send + 'static>(
        &mut self,
        work: impl FnOnce() -> T + Send + 'static,
        done: impl FnOnce(&mut Self, Result<T, String>) + Send + 'static,
    ) {
        self.take_on(work, done, Kind::Thumbnail);
    }

    fn take_on<T: Send + 'static>(
        &mut self,
        work: impl FnOnce() -> T + Send + 'static,
        done: impl FnOnce(&mut Self, Result<T, String>) + Send + 'static,
        kind: Kind,
    ) {
        self.going_on += 1;
        let task = task(work, |studio: &mut Self, result| {
            studio.going_on -= 1;
            done(studio, result);
        });
        let taken = match &self.tasks {
            Some(tasks) => tasks.submit(task, kind),
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
        self.hold_window(work, done, Kind::Any);
    }

    /// [`Self::run_task`] for work that writes a file: closing the window waits for it.
    pub(super) fn run_write<T: Send + 'static>(
        &mut self,
        work: impl FnOnce() -> T + Send + 'static,
        done: impl FnOnce(&mut Self, Result<T, String>) + Send + 'static,
    ) {
        self.hold_window(work, done, Kind::Write);
    }

    fn hold_window<T: Send + 'static>(
        &mut self,
        work: impl FnOnce() -> T + Send + 'static,
        done: impl FnOnce(&mut Self, Result<T, String>) + Send + 'static,
        kind: Kind,
    ) {
        self.writing += 1;
        let made = |studio: &mut Self, made| {
            studio.writing -= 1;
            done(studio, made);
        };
        self.take_on(work, made, kind);
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
    use super::super::tests::{studio, take_answers};
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

    #[test]
    fn tasks_end_while_others_take_too_long() {
        let (_folder, mut studio) = studio();
        take_answers(&mut studio);
        studio.tasks = Some(Tasks::with_patience(|| (), Duration::from_millis(1)).unwrap());
        let (hold, held) = bounded::<()>(0);
        for _ in 0..2 * THREADS {
            let held = held.clone();
            studio.run_task(move || held.recv().is_ok(), |studio, _| studio.draft.size.width_mm = Some(2.0));
        }
        studio.run_task(|| 5.0, |studio, made| studio.draft.size.height_mm = made.ok());
        studio.next_answer(PATIENCE).unwrap()(&mut studio);
        assert_eq!((studio.draft.size.height_mm, studio.draft.size.width_mm), (Some(5.0), None));
        // What took long is taken in all the same.
        drop(hold);
        take_answers(&mut studio);
        assert_eq!(studio.draft.size.width_mm, Some(2.0));
    }
}
