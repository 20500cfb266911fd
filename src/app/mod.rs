//! The studio window. The only home of egui.
//!
//! [`Studio::logic`](eframe::App::logic) fetches what workers and tasks have to say and runs
//! commands; [`Studio::ui`](eframe::App::ui) only draws and collects commands. Nothing here computes
//! for long: pictures go to the [`job::Queue`], small work to [`tasks::Tasks`].

pub mod command;
mod cutout_panel;
mod export_panel;
mod files_in;
mod help_panel;
mod inspector;
mod layout;
mod mask_edit;
mod meshes;
mod palette;
mod queue_panel;
mod repair;
mod run;
pub mod session;
pub mod settings;
mod settings_panel;
pub mod state;
pub mod tasks;
mod theme;
pub mod toast;
mod undo;
mod viewport;
mod welcome;

use std::collections::HashMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use command::Command;
use session::{Loaded, SavedResult, Session, Store};
use settings::Settings;
use state::{ItemId, Items, Source, Status};
use tasks::Tasks;
use toast::{Level, Messages};

use crate::cache::{Cache, CacheOptions};
use crate::job;
use crate::request::Request;

/// How the window is started.
pub struct Options {
    /// Pictures and meshes to open at once.
    pub files: Vec<PathBuf>,
    /// Folder of the picture list and its meshes.
    pub data_dir: PathBuf,
    /// Where results are cached.
    pub cache: Cache,
}

impl Options {
    /// Opens `files` in the user's own folders.
    pub fn with_files(files: Vec<PathBuf>) -> Self {
        let variable = std::env::var_os(DATA_VARIABLE).filter(|v| !v.is_empty()).map(PathBuf::from);
        let system = || directories::ProjectDirs::from("", "", "orfeas").map(|d| d.data_dir().to_owned());
        let data_dir = variable.or_else(system).unwrap_or_else(|| std::env::temp_dir().join("orfeas"));
        Self { files, data_dir, cache: Cache::open(&CacheOptions::default()) }
    }
}

/// Environment variable that names another folder for the picture list, its meshes and the settings.
pub const DATA_VARIABLE: &str = "ORFEAS_DATA_DIR";

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
    CutOut(Box<cutout_panel::CutOutEditor>),
    /// Devices, memory, cache, versions.
    Diagnostics(Box<help_panel::Diagnostics>),
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
    history: undo::History,
    dialog: Option<Dialog>,
    viewport: viewport::Viewport,
    queue_view: queue_panel::QueueView,
    /// Mesh files of finished cards.
    results: HashMap<ItemId, SavedResult>,
    commands: Vec<Command>,
    queue: Option<job::Queue>,
    cache: Cache,
    tasks: Option<Tasks>,
    store: Option<Store>,
    last_exported: Option<PathBuf>,
    unsaved_since: Option<Instant>,
    /// Files that are being written beside the window.
    writing: usize,
    /// Whether the key press whose end is still to come brought text.
    v_is_accounted_for: bool,
    ctx: egui::Context,
}

/// Changes are written at the latest after this time.
const SAVE_AFTER: Duration = Duration::from_secs(1);
/// Longest that closing waits for files that are being written.
const LONGEST_GOODBYE: Duration = Duration::from_secs(60);

/// Opens the window and returns when it is closed.
///
/// # Errors
/// When the system gives no window or no graphics adapter; the text says what to do.
pub fn run(options: Options) -> anyhow::Result<()> {
    let icon = eframe::icon_data::from_png_bytes(include_bytes!("../../assets/icon.png")).unwrap_or_default();
    let native = eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default()
            .with_app_id("orfeas")
            .with_icon(icon)
            .with_inner_size([1280.0, 800.0])
            .with_min_inner_size([720.0, 480.0])
            .with_drag_and_drop(true),
        ..Default::default()
    };
    let create = move |cc: &eframe::CreationContext<'_>| {
        Ok(Box::new(Studio::new(&cc.egui_ctx, cc.wgpu_render_state.as_ref(), options)) as Box<dyn eframe::App>)
    };
    eframe::run_native("ORFEAS Studio", native, Box::new(create)).map_err(|error| {
        anyhow::anyhow!(
            "the window could not be opened ({error}); the command line works without one: see `orfeas --help`. \
             On Linux a display and a Vulkan or OpenGL driver are needed (Debian: mesa-vulkan-drivers)"
        )
    })
}

impl Studio {
    /// The window's state, with the last session in it. `gpu` is absent in some tests.
    pub fn new(ctx: &egui::Context, gpu: Option<&egui_wgpu::RenderState>, options: Options) -> Self {
        theme::install(ctx);
        let mut messages = Messages::default();
        let wake = ctx.clone();
        let queue = job::Queue::new(options.cache.clone(), move || wake.request_repaint());
        let queue = queue.map_err(|error| messages.push(Level::Error, error.to_string())).ok();
        let wake = ctx.clone();
        let tasks = Tasks::new(move || wake.request_repaint());
        let tasks = tasks.map_err(|error| messages.push(Level::Error, error.to_string())).ok();
        let folder = options.data_dir.display().to_string();
        let store = Store::open(options.data_dir)
            .map_err(|error| {
                let text = format!("The picture list will not be kept: its folder cannot be used ({error}): {folder}");
                messages.push(Level::Warning, text);
            })
            .ok();
        let mut studio = Self {
            items: Items::default(),
            draft: Request::default(),
            settings: Settings::default(),
            messages,
            history: undo::History::default(),
            dialog: None,
            viewport: viewport::Viewport::new(gpu),
            queue_view: queue_panel::QueueView::default(),
            results: HashMap::new(),
            commands: Vec::new(),
            queue,
            cache: options.cache,
            tasks,
            store,
            last_exported: None,
            unsaved_since: None,
            writing: 0,
            v_is_accounted_for: false,
            ctx: ctx.clone(),
        };
        studio.load_session();
        studio.apply_settings();
        studio.add_paths(options.files);
        studio
    }

    /// Runs a command before the next frame.
    pub fn send(&mut self, command: Command) {
        self.commands.push(command);
        self.ctx.request_repaint();
    }

    /// Whether every finished mesh that was made here is in the data folder.
    pub fn is_kept(&self) -> bool {
        let mut made = self.items.iter().filter(|i| i.finished.is_some() && matches!(i.source, Source::Picture(_)));
        made.all(|i| self.results.contains_key(&i.id))
    }

    /// Whether the selected mesh is in graphics memory.
    pub fn is_mesh_shown(&self) -> bool {
        self.viewport.is_mesh_shown()
    }

    /// Runs `task` beside the window; see [`Tasks`].
    fn spawn(&mut self, task: impl FnOnce() -> tasks::Apply + Send + 'static) {
        match &self.tasks {
            Some(tasks) => tasks.spawn(task),
            None => self.messages.push(Level::Error, "The system gives the program no threads; restart it"),
        }
    }

    /// [`Self::spawn`] for a task that writes a file: closing the window waits for it.
    fn spawn_write(&mut self, task: impl FnOnce() -> tasks::Apply + Send + 'static) {
        if self.tasks.is_some() {
            self.writing += 1;
        }
        self.spawn(move || {
            let applied = std::panic::catch_unwind(std::panic::AssertUnwindSafe(task));
            Box::new(move |studio| {
                studio.writing = studio.writing.saturating_sub(1);
                match applied {
                    Ok(apply) => apply(studio),
                    Err(_) => studio.messages.push(Level::Error, "A file could not be written; please report it"),
                }
            })
        });
    }

    fn load_session(&mut self) {
        let Some(store) = &self.store else { return };
        if store.is_read_only() {
            let text = "Another window of the program is open: this one starts empty and will not be kept";
            self.messages.push(Level::Warning, text);
            return;
        }
        match store.load() {
            Loaded::New => {}
            Loaded::SetAside(text) => self.messages.push(Level::Warning, text),
            Loaded::Session(session) => {
                store.sweep(&session);
                let (cards, selected) = session.cards();
                for (item, result) in &cards {
                    if let Some(result) = result {
                        self.results.insert(item.id, result.clone());
                    }
                }
                let waiting: Vec<ItemId> =
                    cards.iter().filter(|(i, _)| i.status == Status::Waiting).map(|(i, _)| i.id).collect();
                self.items.restore(cards.into_iter().map(|(item, _)| item), selected);
                self.draft = session.draft;
                self.settings = session.settings;
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
        Session::of(&self.items, self.draft, &self.settings, |id| self.results.get(&id).cloned())
    }

    fn save(&mut self) {
        self.unsaved_since = None;
        let Some(store) = &self.store else { return };
        if let Err(error) = store.save(&self.session()) {
            self.messages.push(Level::Warning, format!("The picture list could not be kept: {error}"));
        }
    }

    fn apply_settings(&mut self) {
        self.viewport.set_bed(self.settings.bed_mm);
        self.ctx.set_theme(egui::ThemePreference::from(self.settings.theme));
        self.ctx.set_zoom_factor(self.settings.scale);
    }

    /// Fetches what the queue and the tasks have to say.
    fn drain(&mut self) {
        while let Some(event) = self.queue.as_ref().and_then(job::Queue::try_next) {
            self.on_job(event);
        }
        while let Some(apply) = self.tasks.as_ref().and_then(Tasks::try_next) {
            apply(self);
        }
    }

    /// Adds a picture or a mesh file, and starts it when that is set.
    fn add(&mut self, source: Source) -> ItemId {
        let request = self.items.selected().map_or(self.draft, |i| i.request);
        let is_picture = matches!(source, Source::Picture(_));
        self.settings.remember(source.path().to_owned());
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
        self.drain();
        self.take_dropped(ctx);
        // These dialogs have keys and changes of their own that must not be lost.
        if !matches!(self.dialog, Some(Dialog::Palette(_) | Dialog::CutOut(_) | Dialog::Export(_))) {
            self.commands.extend(Command::pressed(ctx));
        }
        for command in std::mem::take(&mut self.commands) {
            self.run_command(command);
        }
        match self.unsaved_since.map(|since| SAVE_AFTER.saturating_sub(since.elapsed())) {
            Some(Duration::ZERO) => self.save(),
            Some(left) => ctx.request_repaint_after(left),
            None => {}
        }
        self.submit_waiting();
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        self.layout(ui);
    }

    fn on_exit(&mut self) {
        if let Some(queue) = &self.queue {
            queue.cancel_all();
        }
        // Meshes and exports that are being written are let to end.
        let until = Instant::now() + LONGEST_GOODBYE;
        while let Some(left) = until.checked_duration_since(Instant::now()).filter(|_| self.writing > 0) {
            match self.tasks.as_ref().and_then(|t| t.wait_next(left)) {
                Some(apply) => apply(self),
                None => break,
            }
        }
        self.save();
    }
}
