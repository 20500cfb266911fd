//! The studio window. The only home of egui.
//!
//! [`Studio::logic`](eframe::App::logic) fetches what workers and tasks have to say and runs
//! commands; [`Studio::ui`](eframe::App::ui) only draws and collects commands. Nothing here computes
//! for long: pictures go to the [`job::Queue`], small work to [`tasks::Tasks`].

mod ask;
mod cancel;
mod closing;
pub mod command;
mod cutout;
mod early;
mod export_job;
mod export_panel;
mod files_in;
mod held_back;
mod help_panel;
mod inspector;
mod keeping;
mod launch;
mod layout;
mod meshes;
pub mod models;
mod models_panel;
mod palette;
mod pasted;
mod queue_panel;
mod repair;
mod run;
pub mod session;
pub mod settings;
mod settings_panel;
pub mod state;
mod taken;
pub mod tasks;
mod theme;
pub mod toast;
mod trial;
mod undo;
mod viewport;
mod views_ui;
mod welcome;
mod words;

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use command::Command;
use session::{Loaded, Session, Store};
use settings::Settings;
use state::{ItemId, Items, Source, Status};
use tasks::Tasks;
use toast::{Level, Messages};

use crate::cache::{Cache, CacheOptions};
use crate::engine::{Engine, EngineOptions};
use crate::job;
use crate::mesh::Mesh;
use crate::models::{Catalogue, Hub, Library, data_folder};
use crate::pipeline::{Models, Tools};
use crate::render::{Faults, RenderError};
use crate::request::Request;

pub use launch::run;

/// How the window is started.
pub struct Options {
    /// Pictures and meshes to open at once.
    pub files: Vec<PathBuf>,
    /// Folder of the picture list and its meshes.
    pub data_dir: PathBuf,
    /// Where results are cached.
    pub cache: Cache,
    /// The learned models.
    pub models: Library,
    early: early::Early,
    faults: Faults,
    trial: trial::Trial,
}

impl Options {
    /// Opens `files`, and keeps everything in folders of the caller's choice.
    pub fn new(files: Vec<PathBuf>, data_dir: PathBuf, cache: Cache) -> Self {
        // As the list names them: what is begun early is looked for by its name.
        let files: Vec<PathBuf> = files.into_iter().map(|file| std::path::absolute(&file).unwrap_or(file)).collect();
        let early = early::Early::start(&files);
        let models =
            Library::new(Catalogue::builtin().clone(), data_dir.join("models"), Vec::new(), Hub::from_environment());
        let models = models.remembering(Some(data_dir.join("models.json")));
        let trial = trial::Trial::new(launch::is_anew());
        Self { files, data_dir, cache, models, early, faults: Faults::default(), trial }
    }

    /// Opens `files` in the user's own folders.
    pub fn with_files(files: Vec<PathBuf>) -> Self {
        let data_dir = data_folder().unwrap_or_else(|| std::env::temp_dir().join("orfeas"));
        let data_dir = std::path::absolute(&data_dir).unwrap_or(data_dir);
        let options = Self::new(files, data_dir, Cache::open(&CacheOptions::default()));
        match Library::of_user() {
            Ok(models) => Self { models, ..options },
            Err(_) => options,
        }
    }
}

/// Environment variable that names another folder for the picture list, its meshes and the settings.
pub const DATA_VARIABLE: &str = crate::models::DATA_VARIABLE;

/// Something that covers the window until it is closed.
pub enum Dialog {
    /// The command palette.
    Palette(palette::CommandPalette),
    /// All keys.
    Shortcuts,
    /// Settings of the window.
    Settings,
    /// Export of the selected mesh.
    Export(Box<export_panel::ExportDialog>),
    /// Correction of the selected cut-out.
    CutOut(Box<cutout::CutOutEditor>),
    /// Devices, memory, cache, versions.
    Diagnostics(Box<help_panel::Diagnostics>),
    /// The learned models.
    Models(Box<models_panel::ModelsPanel>),
    /// What happened so far.
    Log,
}

/// The whole window.
pub struct Studio {
    /// The picture list.
    pub items: Items,
    /// Settings for new pictures.
    pub draft: Request,
    /// Settings of the window.
    pub settings: Settings,
    /// Toasts and log.
    pub messages: Messages,
    /// The learned models.
    pub models: models::Shelf,
    history: undo::History,
    dialog: Option<Dialog>,
    viewport: viewport::Viewport,
    faults: Faults,
    trial: trial::Trial,
    early: early::Early,
    reading: Option<meshes::Reading>,
    repairing: Option<repair::Running>,
    /// Whether meshes that are far from the selected one are to be looked for again, while a task looks for them.
    forgetting: Option<bool>,
    queue_view: queue_panel::QueueView,
    commands: Vec<Command>,
    queue: Option<job::Queue>,
    cache: Cache,
    tasks: Option<Tasks>,
    store: Option<Arc<Store>>,
    /// Where cut-outs and pasted pictures are in a window without a data folder; goes with the window.
    passing: Option<tempfile::TempDir>,
    keeping: keeping::Keeping,
    last_exported: Option<PathBuf>,
    /// Meshes of which it was told that closing loses them.
    told_of_loss: Vec<Weak<Mesh>>,
    /// Meshes that are in files of the user's choice, as long as they are in memory.
    exported: Vec<Weak<Mesh>>,
    unsaved_since: Option<Instant>,
    /// Whether the list is being written right now.
    saving: bool,
    /// Files that are being written beside the window.
    writing: usize,
    /// Tasks that run or wait, and those whose answer waits to be taken in.
    going_on: usize,
    /// Answers to tasks that were not taken on.
    refused: VecDeque<tasks::Apply>,
    /// Whether a file dialog is open.
    is_asking: bool,
    /// Whether files can be dropped on the window.
    can_drop: bool,
    /// Whether the key press whose end is still to come brought text.
    v_is_accounted_for: bool,
    /// The largest scale of the interface that the window had room for when it was last applied.
    largest_scale: f32,
    ctx: egui::Context,
}

/// What solids are made with: the engine of the process, giving way to the window.
fn tools(cache: Cache, models: &models::Shelf) -> Tools {
    let engine = Engine::shared();
    engine.set_options(EngineOptions { gives_way: true, ..engine.options() });
    Tools::new(cache, engine.clone(), Models::Shared(models.shared()))
}

/// Changes are written at the latest after this time.
const SAVE_AFTER: Duration = Duration::from_secs(1);

impl Studio {
    /// The window's state, with the last session in it. `gpu` is absent in some tests.
    pub fn new(ctx: &egui::Context, gpu: Option<&egui_wgpu::RenderState>, options: Options) -> Self {
        theme::install(ctx);
        command::install(ctx);
        let mut messages = Messages::default();
        launch::watch(&options.faults, gpu);
        if options.trial.is_on {
            messages.push(Level::Warning, "The graphics device was lost; the window was opened anew, with your list");
        }
        let wake = ctx.clone();
        let waking = ctx.clone();
        let models = models::Shelf::new(options.models, Engine::shared().clone(), move || waking.request_repaint());
        let queue = job::Queue::new(tools(options.cache.clone(), &models), move || wake.request_repaint());
        let queue = queue.map_err(|error| messages.push(Level::Error, error.to_string())).ok();
        let wake = ctx.clone();
        let tasks = Tasks::new(move || wake.request_repaint());
        let tasks = tasks.map_err(|error| messages.push(Level::Error, error.to_string())).ok();
        let folder = options.data_dir.display().to_string();
        let store = Store::open_after(options.data_dir, launch::patience())
            .map_err(|error| {
                let text = format!("The picture list will not be kept: its folder cannot be used ({error}): {folder}");
                messages.push(Level::Warning, text);
            })
            .ok()
            .map(Arc::new);
        let mut studio = Self {
            models,
            items: Items::default(),
            draft: Request::default(),
            settings: Settings::default(),
            messages,
            history: undo::History::default(),
            dialog: None,
            viewport: viewport::Viewport::new(gpu),
            faults: options.faults,
            trial: options.trial,
            early: options.early,
            reading: None,
            repairing: None,
            forgetting: None,
            queue_view: queue_panel::QueueView::default(),
            commands: Vec::new(),
            queue,
            cache: options.cache,
            tasks,
            store,
            passing: None,
            keeping: keeping::Keeping::default(),
            last_exported: None,
            told_of_loss: Vec::new(),
            exported: Vec::new(),
            unsaved_since: None,
            saving: false,
            writing: 0,
            going_on: 0,
            refused: VecDeque::new(),
            is_asking: false,
            can_drop: true,
            v_is_accounted_for: false,
            largest_scale: 0.0,
            ctx: ctx.clone(),
        };
        studio.load_session();
        studio.apply_settings();
        studio.prepare_light();
        studio.add_first(options.files);
        studio
    }

    /// Runs a command before the next frame.
    pub fn send(&mut self, command: Command) {
        self.commands.push(command);
        self.ctx.request_repaint();
    }

    /// Whether every finished mesh that was made here is in the data folder.
    pub fn is_kept(&self) -> bool {
        !self.items.iter().any(state::Item::is_unsaved)
    }

    /// Whether the selected mesh is in graphics memory.
    pub fn is_mesh_shown(&self) -> bool {
        self.viewport.is_mesh_shown()
    }

    /// Whether the 3D view draws its final picture, not a coarse one that stands in while it moves.
    pub fn is_view_settled(&self) -> bool {
        self.viewport.is_settled()
    }

    fn load_session(&mut self) {
        let Some(store) = &self.store else { return };
        if store.is_read_only() {
            let text = "Another window of the program is open: this one starts empty and will not be kept";
            self.messages.push(Level::Warning, text);
            if let Some((settings, draft)) = store.choices() {
                (self.settings, self.draft) = (settings, draft);
            }
            return;
        }
        match store.load() {
            Loaded::New => {}
            Loaded::SetAside(text) => self.messages.push(Level::Warning, text),
            Loaded::Session(session) => {
                store.sweep(&session);
                let (cards, selected) = session.cards(self.trial.is_on);
                self.items.restore(cards, selected);
                self.tell_broken_off(session.broken_off(self.trial.is_on));
                let is_waiting = |i: &&state::Item| i.status == Status::Waiting;
                let waiting: Vec<ItemId> = self.items.iter().filter(is_waiting).map(|i| i.id).collect();
                self.draft = session.draft;
                self.settings = session.settings;
                // Before it begins: what ends the program must do so once, not at every start.
                self.note_beginnings(waiting.first().copied());
                waiting.into_iter().for_each(|id| self.start(id));
                self.load_selected();
            }
        }
    }

    /// Notes that there is something to write.
    fn touch(&mut self) {
        self.unsaved_since.get_or_insert_with(Instant::now);
        self.ctx.request_repaint_after(SAVE_AFTER);
    }

    fn session(&self) -> Session {
        Session::of(&self.items, self.draft, &self.settings).with_reading(self.suspect_id())
    }

    fn apply_settings(&mut self) {
        self.viewport.set_bed(self.settings.bed_mm);
        self.ctx.set_theme(egui::ThemePreference::from(self.settings.theme));
        self.apply_scale();
    }

    /// Fetches what the queue and the tasks have to say.
    fn drain(&mut self) {
        while let Some(event) = self.queue.as_ref().and_then(job::Queue::try_next) {
            self.on_job(event);
        }
        // What is refused while this goes on waits for the next frame, or it could go on for ever.
        for refused in std::mem::take(&mut self.refused) {
            refused(self);
        }
        while let Some(apply) = self.tasks.as_ref().and_then(Tasks::try_next) {
            apply(self);
        }
        for (level, text) in self.models.take() {
            self.messages.push(level, text);
        }
    }

    /// Adds a picture or a mesh file, and starts it when that is set.
    fn add(&mut self, source: Source) -> ItemId {
        // Those of a mesh file are seen nowhere.
        let shown = self.items.selected().filter(|i| matches!(i.source, Source::Picture(_)));
        let request = shown.map_or(self.draft, |i| i.request);
        let is_picture = matches!(source, Source::Picture(_));
        self.settings.remember(source.path().to_owned());
        if !session::is_text(source.path()) {
            let text = "is no Unicode text: it is left out of the list when the window is opened again";
            self.messages.push(Level::Warning, format!("The name of {} {text}", source.path().display()));
        }
        let id = self.items.add(source, request);
        if is_picture && self.settings.generate_at_once {
            self.start(id);
        }
        self.touch();
        id
    }
}

impl eframe::App for Studio {
    fn logic(&mut self, ctx: &egui::Context, _frame: &mut eframe::Frame) {
        tracing::trace!(secs = ctx.input(|i| i.unstable_dt), causes = ?ctx.repaint_causes(), "frame");
        match self.faults.check() {
            Ok(()) => {}
            Err(RenderError::DeviceLost(_)) => self.leave_lost_device(),
            Err(error) => self.messages.push(Level::Error, format!("The view cannot be drawn: {error}")),
        }
        self.drain();
        self.follow_window();
        self.take_dropped(ctx);
        if ctx.input(|i| i.viewport().close_requested()) && !self.may_close() {
            ctx.send_viewport_cmd(egui::ViewportCommand::CancelClose);
        }
        // These dialogs have keys and changes of their own that must not be lost.
        let has_keys = matches!(self.dialog, Some(Dialog::Palette(_) | Dialog::CutOut(_) | Dialog::Export(_)));
        let (pressed, typed) = if has_keys { Default::default() } else { Command::pressed(ctx) };
        // In a dialog, Delete is not meant for the picture behind it.
        let is_meant = |command: &Command| *command != Command::Remove || self.dialog.is_none();
        self.commands.extend(pressed.into_iter().filter(is_meant));
        for command in std::mem::take(&mut self.commands) {
            self.run_command(command);
        }
        if let Some(Dialog::Palette(palette)) = self.dialog.as_mut().filter(|_| !typed.is_empty()) {
            palette.type_ahead(&typed);
        }
        match self.unsaved_since.map(|since| SAVE_AFTER.saturating_sub(since.elapsed())) {
            // One at a time, or an older list could overwrite a newer one.
            Some(Duration::ZERO) if self.saving => {}
            Some(Duration::ZERO) => self.save(),
            Some(left) => ctx.request_repaint_after(left),
            None => {}
        }
        self.submit_waiting();
        self.sweep_pasted_when_quiet();
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        self.layout(ui);
        // It is drawn from here on, with a card that was just clicked selected.
        self.follow_trial(Instant::now());
    }

    fn on_exit(&mut self) {
        self.say_goodbye();
    }
}

#[cfg(test)]
mod tests;
