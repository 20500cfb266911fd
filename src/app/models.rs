//! The learned models behind the window: what is where, and the work on them that goes on beside it.
//!
//! Each piece of work has a thread of its own, because it may take hours; the disk is read on such a
//! thread as well. What came of it is fetched before a frame is drawn.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Instant;

use crossbeam_channel::{Receiver, Sender, bounded};

use super::tasks::caught;
use super::toast::Level;
use super::words;
use crate::engine::Engine;
use crate::models::{Choices, Library, Model, ModelsError, Remedy, State, Verdict, Verification};
use crate::progress::{CancelToken, Monitor, Progress};

/// Results that wait to be fetched.
const WAITING: usize = 256;

/// What can be done with a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Task {
    /// Fetch it, or go on with that.
    Pull,
    /// Take it over from this file or folder.
    Import(PathBuf),
    /// Read all of its bytes.
    Verify,
    /// Remove what is ours of it.
    Remove,
}

/// A model and what is known of it.
#[derive(Clone, Debug)]
pub struct Row {
    /// The model.
    pub model: Model,
    /// Where it stands.
    pub state: State,
    /// Whether its licence was agreed to, or asks nobody.
    pub is_agreed: bool,
    /// Whether something of it can be removed here.
    pub is_ours: bool,
}

/// Work that goes on.
#[derive(Clone, Debug)]
pub struct Work {
    /// The model.
    pub id: String,
    /// What is done with it.
    pub task: Task,
    /// When that began.
    pub started: Instant,
    /// Whether it was asked to stop.
    pub is_stopping: bool,
    cancel: CancelToken,
    progress: Arc<Mutex<Seen>>,
}

/// First and last report of a piece of work.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    first: Option<(Instant, u64)>,
    last: Option<Progress>,
}

enum Event {
    Rows(Vec<Row>),
    Done {
        id: String,
        level: Level,
        text: String,
    },
    Chosen(Box<Result<Library, ModelsError>>),
    /// The work came to no end; why.
    Broken(String),
}

/// All models, and the work on them.
pub struct Shelf {
    library: Library,
    /// The same, for those who make solids with them.
    shared: Arc<RwLock<Library>>,
    engine: Engine,
    rows: Vec<Row>,
    works: Vec<Work>,
    /// What last went wrong with a model.
    troubles: Vec<(String, String)>,
    is_looking: bool,
    sender: Sender<Event>,
    events: Receiver<Event>,
    wake: Arc<dyn Fn() + Send + Sync>,
}

impl Work {
    /// How far it is.
    pub fn progress(&self) -> Option<Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner).last
    }

    /// Bytes per second, once there is something to judge by.
    pub fn bytes_per_sec(&self) -> Option<f64> {
        let seen = *self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        let ((at, before), last) = (seen.first?, seen.last?);
        let secs = at.elapsed().as_secs_f64();
        (secs > 1.0 && last.done > before).then(|| (last.done - before) as f64 / secs)
    }
}

impl Shelf {
    /// The models of `library`, which `engine` may have open. `wake` is called whenever there is something
    /// new to draw.
    pub fn new(library: Library, engine: Engine, wake: impl Fn() + Send + Sync + 'static) -> Self {
        let (sender, events) = bounded(WAITING);
        let wake = Arc::new(wake);
        let (rows, works, troubles) = (Vec::new(), Vec::new(), Vec::new());
        let shared = Arc::new(RwLock::new(library.clone()));
        Self { library, shared, engine, rows, works, troubles, is_looking: false, sender, events, wake }
    }

    /// The library, as the user changes it.
    pub fn shared(&self) -> Arc<RwLock<Library>> {
        self.shared.clone()
    }

    /// All models in order; empty until [`Shelf::look`] has looked.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The library behind it.
    pub fn library(&self) -> &Library {
        &self.library
    }

    /// The work on the model called `id`.
    pub fn work(&self, id: &str) -> Option<&Work> {
        self.works.iter().find(|work| work.id == id)
    }

    /// What last went wrong with the model called `id`.
    pub fn trouble(&self, id: &str) -> Option<&str> {
        self.troubles.iter().find(|(of, _)| of == id).map(|(_, text)| text.as_str())
    }

    /// Looks where every model stands.
    pub fn look(&mut self) {
        if std::mem::replace(&mut self.is_looking, true) {
            return;
        }
        let library = self.library.clone();
        let run = self.run("orfeas-models", move || {
            let row = |model: &Model| Row {
                state: library.state(model),
                is_agreed: library.is_agreed(model),
                is_ours: library.is_ours(model),
                model: model.clone(),
            };
            Event::Rows(library.models().iter().map(row).collect())
        });
        // Nobody asked for it, and it is tried again.
        self.is_looking = run.is_ok();
    }

    /// Begins work on the model called `id`, unless there is some already. `agrees` remembers that the
    /// user agrees to its licence.
    pub fn start(&mut self, id: &str, task: Task, agrees: bool) {
        if self.work(id).is_some() {
            return;
        }
        self.troubles.retain(|(of, _)| of != id);
        let (cancel, progress) = (CancelToken::new(), Arc::new(Mutex::new(Seen::default())));
        let (library, engine, wake) = (self.library.clone(), self.engine.clone(), self.wake.clone());
        self.works.push(Work {
            id: id.to_owned(),
            task: task.clone(),
            started: Instant::now(),
            is_stopping: false,
            cancel: cancel.clone(),
            progress: progress.clone(),
        });
        let id = id.to_owned();
        let of = id.clone();
        let run = self.run("orfeas-model", move || {
            let sink = |report: Progress| {
                let mut seen = progress.lock().unwrap_or_else(PoisonError::into_inner);
                // Another stage counts anew.
                if seen.last.is_none_or(|last| last.stage != report.stage || report.done < last.done) {
                    seen.first = Some((Instant::now(), report.done));
                }
                seen.last = Some(report);
                drop(seen);
                wake();
            };
            let monitor = Monitor::new(&cancel, &sink);
            let done = caught(|| carry_out(&library, &engine, (&id, &task, agrees), &monitor));
            let (level, text) = done.unwrap_or_else(|why| (Level::Error, why));
            Event::Done { id, level, text }
        });
        if let Err(error) = run {
            self.give_up(Some(&of), &error);
        }
    }

    /// Asks the work on the model called `id` to stop. A pull keeps what has come.
    pub fn stop(&mut self, id: &str) {
        for work in self.works.iter_mut().filter(|work| work.id == id) {
            work.cancel.cancel();
            work.is_stopping = true;
        }
    }

    /// Asks all work to stop.
    pub fn stop_all(&mut self) {
        self.works.iter().for_each(|work| work.cancel.cancel());
    }

    /// Keeps what the user chose, and follows it.
    pub fn choose(&mut self, change: impl FnOnce(&mut Choices) + Send + 'static) {
        let library = self.library.clone();
        let run = self.run("orfeas-models", move || {
            let mut choices = library.choices();
            change(&mut choices);
            Event::Chosen(Box::new(library.choose(choices)))
        });
        if let Err(error) = run {
            self.give_up(None, &error);
        }
    }

    /// Takes in what has come of work; returns what the user should be told.
    pub fn take(&mut self) -> Vec<(Level, String)> {
        let mut told = Vec::new();
        while let Ok(event) = self.events.try_recv() {
            match event {
                Event::Rows(rows) => {
                    self.rows = rows;
                    self.is_looking = false;
                }
                Event::Done { id, level, text } => {
                    self.works.retain(|work| work.id != id);
                    if matches!(level, Level::Error | Level::Warning) {
                        self.troubles.push((id, text.clone()));
                    }
                    told.push((level, text));
                    self.is_looking = false;
                    self.look();
                }
                Event::Broken(why) => {
                    self.is_looking = false;
                    told.push((Level::Error, why));
                }
                Event::Chosen(chosen) => match *chosen {
                    Ok(library) => {
                        self.shared.write().unwrap_or_else(PoisonError::into_inner).clone_from(&library);
                        self.library = library;
                        self.is_looking = false;
                        self.look();
                    }
                    Err(error) => told.push((Level::Error, error.to_string())),
                },
            }
        }
        told
    }

    /// Runs `work` on a thread of its own, where the system gives one.
    fn run(&self, name: &str, work: impl FnOnce() -> Event + Send + 'static) -> std::io::Result<()> {
        let (sender, wake) = (self.sender.clone(), self.wake.clone());
        let thread = std::thread::Builder::new().name(name.to_owned());
        let spawned = thread.spawn(move || {
            let event = caught(work).unwrap_or_else(Event::Broken);
            // The window may be gone by now.
            let _ = sender.send(event);
            wake();
        });
        spawned.map(|_| ()).inspect_err(|error| tracing::error!(%error, "the system gives no thread"))
    }

    /// Has the user told that what was asked for on the model called `id`, if on one, got no thread.
    fn give_up(&mut self, id: Option<&str>, error: &std::io::Error) {
        self.works.retain(|work| Some(work.id.as_str()) != id);
        let why = format!("The system gives no thread for the models ({error}); close other programs and try again");
        // Where so many results wait, this one more is not missed.
        let _ = self.sender.try_send(Event::Broken(why));
        (self.wake)();
    }
}

/// What is said of a model that was verified.
fn verified(library: &Library, model: &Model, found: &Verification) -> (Level, String) {
    let name = &model.name;
    let text = match library.remedy(model, found) {
        None => return (Level::Success, format!("{name}{}", nothing_wrong(found))),
        Some(Remedy::Pull) => format!("{name} is not complete; fetch the rest"),
        Some(Remedy::Replace) => format!("{name} is damaged; remove it and fetch it anew"),
        Some(Remedy::ByHand(path)) => format!(
            "{name} is damaged, and this file was not put there by ORFEAS; get it anew from where it came, or delete \
             it and fetch the model: {}",
            path.display()
        ),
    };
    (Level::Error, text)
}

/// What is said of a model with which nothing is wrong, and of which files that is only not known.
fn nothing_wrong(found: &Verification) -> String {
    let is_unsaid = |verdict: &Verdict| matches!(verdict, Verdict::AsItCame | Verdict::Unknown { .. });
    let unsaid = found.files.iter().filter(|file| is_unsaid(&file.verdict));
    let names: Vec<_> = unsaid.map(|file| file.path.file_name().unwrap_or_default().to_string_lossy()).collect();
    match names.as_slice() {
        [] => ": every byte is as it should be".to_owned(),
        names => format!(" is good as far as is known; nobody said which bytes {} should have", names.join(", ")),
    }
}

/// Does a task on the model of this name, and says what came of it. With `agrees` its licence counts as agreed to.
fn carry_out(
    library: &Library,
    engine: &Engine,
    (id, task, agrees): (&str, &Task, bool),
    monitor: &Monitor,
) -> (Level, String) {
    let name = library.model(id).map(|model| model.name.clone()).unwrap_or_else(|_| id.to_owned());
    let done = library.model(id).cloned().and_then(|model| {
        if agrees {
            library.agree(&model)?;
        }
        match task {
            Task::Pull => library.pull(id, monitor).map(|_| (Level::Success, format!("{name} can be used now"))),
            Task::Import(path) => library.import(id, path, monitor).map(|imported| match imported.missing.as_slice() {
                [] => (Level::Success, format!("{name} was taken over and can be used now")),
                missing => (Level::Info, format!("{name}: {} is still missing; fetch the rest", missing.join(", "))),
            }),
            Task::Verify => library.verify(id, monitor).map(|found| verified(library, &model, &found)),
            Task::Remove => {
                // What is open keeps its room on the disk, or cannot be removed at all.
                if let Ok(folder) = library.locate_folder(id) {
                    engine.release(&folder, monitor)?;
                }
                let removed = library.remove(id)?;
                Ok((Level::Info, format!("{name} was removed; {}", removed.in_words())))
            }
        }
    });
    match done {
        Ok(told) => told,
        Err(ModelsError::Cancelled(_)) if *task == Task::Pull => {
            (Level::Info, format!("{name} is paused; what has come is kept"))
        }
        Err(ModelsError::Cancelled(_)) => (Level::Info, format!("{name}: stopped")),
        Err(error) => (Level::Error, words::shown(&error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::EngineOptions;
    use crate::engine::device::{DeviceChoice, DeviceId};

    fn engine() -> Engine {
        let device = DeviceChoice::Named(DeviceId::Cpu);
        Engine::new(EngineOptions { device, ..EngineOptions::default() })
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_model_that_is_removed_is_let_go_and_only_room_that_was_won_is_told() {
        use crate::engine::models::{Family, ModelSource, hunyuan3d::miniature};
        use std::fs;
        use std::os::unix::fs::MetadataExt as _;
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let theirs = root.join("theirs/toy");
        fs::create_dir_all(&theirs).unwrap();
        miniature::write(&theirs, 1).unwrap();
        let file = |name: &str| {
            let bytes = theirs.join(name).metadata().unwrap().len();
            serde_json::json!({ "path": format!("toy/{name}"), "bytes": bytes, "about_bytes": bytes })
        };
        let manifest = serde_json::json!({
            "name": "Toy", "repository": "maker/Toy", "revision": "main",
            "licence": { "name": "Toy Licence", "summary": "Be kind.", "excluded_territory": [], "url": "https://x" },
            "models": [{
                "id": "toy", "name": "Toy", "purpose": "To play", "folder": "toy", "parameters": 1,
                "graphics_memory_bytes": 1, "files": [file("config.yaml"), file("model.fp16.safetensors")],
            }],
        });
        let catalogue = crate::models::Catalogue::parse(&[&manifest.to_string()]).unwrap();
        let hub = crate::models::Hub::from_environment();
        let library = Library::new(catalogue, root.join("models"), Vec::new(), hub);
        library.agree(library.model("toy").unwrap()).unwrap();
        library.import("toy", &root.join("theirs"), &Monitor::silent()).unwrap();
        let weights = library.locate_weights("toy").unwrap().unwrap();
        let source = ModelSource {
            family: Family::Hunyuan3d,
            folder: library.locate_folder("toy").unwrap(),
            weights: Some(weights.clone()),
        };
        let engine = engine();
        engine.plan(&source, 1, &Monitor::silent()).unwrap();
        let is_open = || fs::read_to_string("/proc/self/maps").unwrap().contains(weights.to_str().unwrap());
        assert!(is_open());
        let is_linked = weights.metadata().unwrap().nlink() > 1;
        let (level, text) = carry_out(&library, &engine, ("toy", &Task::Remove, false), &Monitor::silent());
        assert!(level == Level::Info && text.starts_with("Toy was removed; "), "{text}");
        assert!(!is_open() && !weights.exists());
        assert_eq!(text.contains("free again"), !is_linked, "{text}");
        assert!(theirs.join("model.fp16.safetensors").exists());
    }

    #[test]
    fn work_without_a_thread_is_told_of_and_the_rest_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let hub = crate::models::Hub::from_environment();
        let catalogue = crate::models::Catalogue::builtin().clone();
        let mut shelf = Shelf::new(Library::new(catalogue, folder.path().to_owned(), Vec::new(), hub), engine(), || ());
        let work = |id: &str| Work {
            id: id.to_owned(),
            task: Task::Verify,
            started: Instant::now(),
            is_stopping: false,
            cancel: CancelToken::new(),
            progress: Arc::default(),
        };
        shelf.works.extend([work("one"), work("other")]);
        shelf.give_up(Some("one"), &std::io::Error::from(std::io::ErrorKind::WouldBlock));
        let told = shelf.take();
        assert!(told.iter().any(|(level, text)| *level == Level::Error && text.contains("no thread")), "{told:?}");
        assert!(shelf.work("one").is_none() && shelf.work("other").is_some());
    }
}
