//! The one thread on which all tensor work is done, for the life of the process.
//!
//! Promises: the thread starts with the first piece of work and keeps the device and the models that it
//! has loaded; a panic of a driver or of the program ends the thread and fails that piece of work alone,
//! the next one gets a new thread. Work of other threads waits for its turn. Whoever waits sees progress
//! on its own thread and is let go at once when it is cancelled before its turn.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, bounded};
use glam::Vec3;

use super::device::{DeviceChoice, DeviceId};
use super::error::EngineError;
use super::guard;
use super::keeper::Worker;
use super::learned::{Colors, DecodeOptions, EncodeOptions, Latents, LearnedModel, Made, Place, Shown, Work};
use super::models::ModelSource;
use super::weights::Precision;
use crate::background;
use crate::field::ScalarGrid;
use crate::progress::{Cancelled, Monitor, Progress};

/// Name of the thread.
const THREAD_NAME: &str = "orfeas-engine";
/// Deep enough for a driver's compiler.
const STACK_BYTES: usize = 32 << 20;
/// Pieces of work that may wait; more wait at the door.
const ORDERS: usize = 64;
/// How often somebody whose turn has not come looks whether to wait on.
const LOOK_EVERY: Duration = Duration::from_millis(30);

/// How the engine works.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EngineOptions {
    /// Where.
    pub device: DeviceChoice,
    /// Number format; by the device when left open.
    pub precision: Option<Precision>,
    /// Whether its threads give way to all others, so that a window stays quick.
    pub gives_way: bool,
}

/// Where the engine works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaceInfo {
    /// The device.
    pub id: DeviceId,
    /// Its name by the driver.
    pub name: String,
    /// Number format of weights and activations.
    pub precision: Precision,
}

/// The engine. Clones are the same engine.
#[derive(Clone)]
pub struct Engine(Arc<Shared>);

struct Shared {
    state: Mutex<State>,
    #[cfg(test)]
    faults: super::fault::Faults,
    /// Threads so far.
    #[cfg(test)]
    started: std::sync::atomic::AtomicUsize,
}

struct State {
    options: EngineOptions,
    orders: Option<Sender<Order>>,
    /// Where it worked when it was last asked.
    place: Option<(EngineOptions, PlaceInfo)>,
}

/// A piece of work; says whether the thread is to be trusted afterwards.
type Order = Box<dyn FnOnce(&mut Worker) -> bool + Send>;

impl Engine {
    /// The engine of this process.
    pub fn shared() -> &'static Self {
        static SHARED: LazyLock<Engine> = LazyLock::new(|| Engine::new(EngineOptions::default()));
        &SHARED
    }

    /// Another engine, with a thread of its own: for tests. Devices other than the processor belong to
    /// the shared one.
    pub fn new(options: EngineOptions) -> Self {
        Self(Arc::new(Shared {
            state: Mutex::new(State { options, orders: None, place: None }),
            #[cfg(test)]
            faults: super::fault::Faults::default(),
            #[cfg(test)]
            started: std::sync::atomic::AtomicUsize::default(),
        }))
    }

    /// How it works.
    pub fn options(&self) -> EngineOptions {
        self.lock().options
    }

    /// Changes how it works, from the next piece of work on. Models move when they are needed again.
    pub fn set_options(&self, options: EngineOptions) {
        self.lock().options = options;
    }

    /// Failures on purpose.
    #[cfg(test)]
    pub(crate) fn faults(&self) -> &super::fault::Faults {
        &self.0.faults
    }

    /// Where it works; opens the device.
    ///
    /// # Errors
    /// [`EngineError::Device`] and what else keeps it from starting.
    pub fn place(&self, monitor: &Monitor) -> Result<PlaceInfo, EngineError> {
        let options = self.options();
        if let Some((known, place)) = &self.lock().place
            && *known == options
        {
            return Ok(place.clone());
        }
        let place = self.run(monitor, move |worker, _| {
            let Place { id, name, precision, .. } = worker.place(options)?;
            Ok(PlaceInfo { id: *id, name: name.clone(), precision: *precision })
        })?;
        self.lock().place = Some((options, place.clone()));
        Ok(place)
    }

    /// Most pictures of this model that are worth encoding at once.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn batch_max(&self, source: &ModelSource, monitor: &Monitor) -> Result<usize, EngineError> {
        let (options, source) = (self.options(), source.clone());
        self.run(monitor, move |worker, _| {
            let (model, place) = worker.model(&source, options)?;
            Ok(model.batch_max(place).max(1))
        })
    }

    /// What memory an object of so many views needs and what is free, a sentence, before anything is loaded.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn plan(&self, source: &ModelSource, views: usize, monitor: &Monitor) -> Result<Option<String>, EngineError> {
        let (options, source) = (self.options(), source.clone());
        self.run(monitor, move |worker, _| {
            let (model, place) = worker.model(&source, options)?;
            Ok(model.plan_in_words(views, place))
        })
    }

    /// Latents of each object.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn encode(
        &self,
        source: &ModelSource,
        objects: Vec<Shown>,
        encode: EncodeOptions,
        monitor: &Monitor,
    ) -> Result<Made<Vec<Latents>>, EngineError> {
        let count = objects.len();
        let made = self.with_model(source, monitor, move |model, work| model.encode(&objects, &encode, work))?;
        if made.value.len() == count {
            return Ok(made);
        }
        Err(EngineError::Broken { what: format!("{} shapes for {count} objects", made.value.len()) })
    }

    /// The field of a shape in model space.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn decode(
        &self,
        source: &ModelSource,
        latents: &Arc<Latents>,
        decode: DecodeOptions,
        monitor: &Monitor,
    ) -> Result<Made<ScalarGrid>, EngineError> {
        let latents = Arc::clone(latents);
        let made = self.with_model(source, monitor, move |model, work| model.decode(&latents, &decode, work))?;
        made.value.validate().map_err(|error| match error {
            crate::field::FieldError::NotFinite => EngineError::NotFinite,
            other => other.into(),
        })?;
        Ok(made)
    }

    /// Colours of a shape, decoded with `options`, at points of model space, if the model knows any.
    ///
    /// # Errors
    /// See [`EngineError`].
    pub fn colors(
        &self,
        source: &ModelSource,
        latents: &Arc<Latents>,
        points: Vec<Vec3>,
        options: DecodeOptions,
        monitor: &Monitor,
    ) -> Result<Made<Option<Colors>>, EngineError> {
        let latents = Arc::clone(latents);
        self.with_model(source, monitor, move |model, work| model.colors(&latents, &points, &options, work))
    }

    /// Lets the models of a folder go, and with them their files, if the engine has begun at all. Waits for the
    /// stage in hand; what comes later opens them again.
    ///
    /// # Errors
    /// It was cancelled before its turn came.
    pub fn release(&self, folder: &Path, monitor: &Monitor) -> Result<(), Cancelled> {
        if self.lock().orders.is_none() {
            return Ok(());
        }
        let folder = folder.to_owned();
        let released = self.run(monitor, move |worker, _| {
            worker.release(&folder);
            Ok(())
        });
        match released {
            Err(EngineError::Cancelled(cancelled)) => Err(cancelled),
            // An engine that is broken has let them go already.
            _ => Ok(()),
        }
    }

    fn with_model<R: Send + 'static>(
        &self,
        source: &ModelSource,
        monitor: &Monitor,
        order: impl FnOnce(&mut dyn LearnedModel, &Work) -> Result<R, EngineError> + Send + 'static,
    ) -> Result<Made<R>, EngineError> {
        let (options, source) = (self.options(), source.clone());
        #[cfg(test)]
        let faults = self.0.faults.clone();
        self.run(monitor, move |worker, monitor| {
            let (model, place) = worker.model(&source, options)?;
            let work = Work::new(*monitor, place);
            #[cfg(test)]
            let work = work.with_faults(faults);
            let value = order(model, &work)?;
            Ok(work.made(value))
        })
    }

    /// Has `order` done on the engine's thread, and waits for it.
    fn run<R: Send + 'static>(
        &self,
        monitor: &Monitor,
        order: impl FnOnce(&mut Worker, &Monitor) -> Result<R, EngineError> + Send + 'static,
    ) -> Result<R, EngineError> {
        monitor.check()?;
        let cancel = monitor.cancel_token().clone();
        let (progress, reports) = bounded::<Progress>(ORDERS);
        let (answer, answers) = bounded(1);
        let begun = Arc::new(AtomicBool::new(false));
        let begins = Arc::clone(&begun);
        self.send(Box::new(move |worker| {
            begins.store(true, Ordering::SeqCst);
            // What cannot be taken in is past already.
            let sink = |report: Progress| _ = progress.try_send(report);
            let monitor = Monitor::new(&cancel, &sink);
            let result = monitor.check().map_err(EngineError::from);
            let result = result.and_then(|()| guard::guard(|| order(worker, &monitor)));
            let trusted = !matches!(result, Err(EngineError::Broken { .. }));
            // Nobody may be waiting any more.
            let _ = answer.send(result);
            trusted
        }))?;
        let result = wait(&reports, &answers, &begun, monitor);
        if matches!(result, Err(EngineError::Broken { .. })) {
            // The next thread opens a device of its own, which may be another one.
            self.lock().place = None;
        }
        result
    }

    /// Hands an order to the thread, which is started when there is none.
    fn send(&self, mut order: Order) -> Result<(), EngineError> {
        loop {
            let mut state = self.lock();
            let Some(orders) = state.orders.clone() else { return self.start(&mut state, order) };
            // Without the lock: a full channel makes whoever sends wait.
            drop(state);
            match orders.send(order) {
                Ok(()) => return Ok(()),
                Err(refused) => order = refused.into_inner(),
            }
            // That thread has ended. Somebody else may have seen it first, and started another one.
            self.lock().orders.take_if(|known| known.same_channel(&orders));
        }
    }

    /// Starts the thread with its first order. Who holds the lock has seen that there is none.
    fn start(&self, state: &mut State, order: Order) -> Result<(), EngineError> {
        let (sender, receiver) = bounded::<Order>(ORDERS);
        spawn(receiver, state.options.gives_way).map_err(|source| EngineError::NoThread(source.to_string()))?;
        #[cfg(test)]
        self.0.started.fetch_add(1, Ordering::SeqCst);
        // The first of a new channel: it never waits.
        let sent = sender.send(order).map_err(|_| EngineError::NoThread("it ended at once".to_owned()));
        state.orders = Some(sender);
        state.place = None;
        sent
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Passes reports on until the answer comes.
fn wait<R>(
    reports: &Receiver<Progress>,
    answers: &Receiver<Result<R, EngineError>>,
    begun: &AtomicBool,
    monitor: &Monitor,
) -> Result<R, EngineError> {
    loop {
        // A cancellation is noticed by the work itself.
        let pass_on = |Progress { stage, done, total }| _ = monitor.step(stage, done, total);
        crossbeam_channel::select! {
            recv(answers) -> answer => {
                reports.try_iter().for_each(pass_on);
                return answer.unwrap_or_else(|_| Err(EngineError::Broken { what: "the engine ended".to_owned() }));
            },
            recv(reports) -> report => match report {
                Ok(report) => pass_on(report),
                // Only the answer is still to come.
                Err(_) => std::thread::sleep(Duration::from_millis(1)),
            },
            default(LOOK_EVERY) => {}
        }
        if !begun.load(Ordering::SeqCst) {
            monitor.check()?;
        }
    }
}

/// Starts a thread for these orders.
fn spawn(orders: Receiver<Order>, gives_way: bool) -> std::io::Result<()> {
    let work = move || {
        if !work_off(&orders, gives_way)
            && let Err(error) = spawn(orders, gives_way)
        {
            tracing::warn!("the engine ended and could not be started again: {error}");
        }
    };
    std::thread::Builder::new().name(THREAD_NAME.to_owned()).stack_size(STACK_BYTES).spawn(work).map(drop)
}

/// Does one order after another. Returns false when one broke the engine, so that what is left is for another thread.
fn work_off(orders: &Receiver<Order>, gives_way: bool) -> bool {
    let start = move || {
        if gives_way {
            background::give_way();
        }
    };
    start();
    // Parallel work of this thread runs on threads of its own: those of the caller may all be waiting.
    let pool = rayon::ThreadPoolBuilder::new()
        .use_current_thread()
        .thread_name(|number| format!("{THREAD_NAME}-{number}"))
        .start_handler(move |_| start())
        .build();
    if let Err(error) = pool {
        tracing::warn!("the engine shares the threads of the program: {error}");
    }
    let mut worker = Worker::default();
    let is_whole = orders.iter().all(|order| order(&mut worker));
    // Tensors of a broken driver may panic once more.
    let _ = guard::guard(|| {
        drop(worker);
        Ok(())
    });
    is_whole
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::thread::{self, ThreadId};

    use super::*;
    use crate::mishap::wait_for;

    /// The engine's threads that `callers` see who ask it at the same time.
    fn asked_at_once(engine: &Engine, callers: usize) -> Vec<ThreadId> {
        let barrier = Barrier::new(callers);
        let ask = || {
            barrier.wait();
            engine.run(&Monitor::silent(), |_, _| Ok(thread::current().id())).unwrap()
        };
        thread::scope(|scope| {
            let asking: Vec<_> = (0..callers).map(|_| scope.spawn(ask)).collect();
            asking.into_iter().map(|thread| thread.join().unwrap()).collect()
        })
    }

    #[test]
    fn a_mistake_in_one_order_leaves_those_that_wait_behind_it() {
        let engine = Engine::new(EngineOptions::default());
        engine.place(&Monitor::silent()).unwrap();
        assert!(engine.lock().place.is_some());
        let (asked, begun) = (Engine(Arc::clone(&engine.0)), Arc::new(AtomicBool::new(false)));
        let begins = Arc::clone(&begun);
        let breaks = move |_: &mut Worker, _: &Monitor| -> Result<(), EngineError> {
            begins.store(true, Ordering::SeqCst);
            if wait_for(|| asked.lock().orders.as_ref().is_some_and(|orders| !orders.is_empty())) {
                panic!("a mistake on purpose");
            }
            Ok(())
        };
        thread::scope(|scope| {
            let broken = scope.spawn(|| engine.run(&Monitor::silent(), breaks));
            assert!(wait_for(|| begun.load(Ordering::SeqCst)));
            assert!(engine.run(&Monitor::silent(), |_, _| Ok(true)).unwrap());
            assert!(matches!(broken.join().unwrap(), Err(EngineError::Broken { .. })));
            assert!(engine.lock().place.is_none());
        });
        assert!(engine.run(&Monitor::silent(), |_, _| Ok(true)).unwrap());
    }

    #[test]
    fn all_who_ask_first_share_one_thread() {
        for round in 0..20 {
            let engine = Engine::new(EngineOptions::default());
            if round % 2 == 1 {
                // A thread that has ended.
                engine.lock().orders = Some(bounded(1).0);
            }
            let threads = asked_at_once(&engine, 8);
            assert!(threads.iter().all(|thread| *thread == threads[0]), "round {round}: {threads:?}");
            assert_eq!(engine.0.started.load(Ordering::SeqCst), 1, "round {round}");
        }
    }
}
