//! The picture list and the settings on disk, so that closing or a crash loses nothing.
//!
//! `session.json` is written atomically; meshes lie beside it as PLY. A file of a newer version or a
//! damaged one is set aside, never overwritten.

mod sweep;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::settings::Settings;
use super::state::{Item, ItemId, Items, SavedResult, Source, Status};
use crate::files::{IfExists, Lock, WriteError, write_atomically};
use crate::pipeline::Views;
use crate::request::Request;

/// Grows when older programs could no longer read the file.
const VERSION: u32 = 1;
/// Time between two looks at whether another window has let go of the folder.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// What is said on a card that was being made when the program broke off.
const BROKEN_OFF: &str = "The program ended while this was made; try again (Ctrl+R)";
/// What is said on a card whose mesh was being read then, or drawn on trial.
pub(super) const UNREAD: &str = "The program ended while the mesh was read or drawn; try again (Ctrl+R)";

/// What is written.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Session {
    version: u32,
    /// Whether the program ended of its own accord after it wrote this.
    closed: bool,
    items: Vec<SavedItem>,
    selected: Option<ItemId>,
    /// Settings for new pictures.
    pub draft: Request,
    /// Settings of the window.
    pub settings: Settings,
}

/// A card as it is written. Waiting cards are queued again at the next start; running ones only after the program was
/// closed, since one that ended it would do so at every start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SavedItem {
    id: ItemId,
    source: Source,
    #[serde(default)]
    request: Request,
    #[serde(default)]
    mask: Option<PathBuf>,
    #[serde(default)]
    views: Views,
    /// Whether it waited or ran.
    #[serde(default)]
    open: bool,
    /// Whether it ran.
    #[serde(default)]
    running: bool,
    /// Whether its mesh was being read or drawn on trial, or is left unread since the program ended while it was.
    #[serde(default)]
    reading: bool,
    #[serde(default)]
    failed: Option<String>,
    /// Mesh file in the results folder and the settings it was made with.
    #[serde(default)]
    result: Option<SavedResult>,
}

/// The data folder, held by this process alone.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
    /// Keeps the lock; `None` when another window has it, and then the list is not written.
    lock: Option<Lock>,
    /// Meshes and masks: of the list, or while another window has that, of this window alone.
    results: Results,
    /// Whether the list was written for the last time; held while it is written.
    is_closed: Mutex<bool>,
}

/// A folder of meshes and masks.
#[derive(Debug)]
enum Results {
    /// Those of the list, which outlive the window.
    Kept(PathBuf),
    /// Those of a window whose list is not kept; the lock tells that it is open.
    Passing { folder: PathBuf, _lock: Lock },
}

impl Results {
    /// A folder in `others` that no open window has.
    fn passing(others: &Path) -> std::io::Result<Self> {
        for number in 1..=MOST_WINDOWS {
            let folder = others.join(number.to_string());
            fs::create_dir_all(&folder)?;
            let path = folder.join(LOCK);
            // The folder of a closed window may just be swept away.
            let Ok(Some(lock)) = Lock::try_at(&path) else { continue };
            if path.exists() {
                return Ok(Self::Passing { folder, _lock: lock });
            }
        }
        Err(std::io::Error::other("too many windows are open"))
    }

    fn folder(&self) -> &Path {
        match self {
            Self::Kept(folder) | Self::Passing { folder, .. } => folder,
        }
    }
}

impl Drop for Results {
    fn drop(&mut self) {
        if let Self::Passing { folder, .. } = self {
            // What cannot be deleted is swept later.
            let _ = fs::remove_dir_all(folder);
        }
    }
}

/// Name of the file whose lock tells that a window has the folder.
const LOCK: &str = "lock";
/// Windows that may be open at once.
const MOST_WINDOWS: u32 = 1000;

/// What came of reading the session.
pub enum Loaded {
    /// As it was.
    Session(Box<Session>),
    /// There was none.
    New,
    /// It could not be read and was set aside; the sentence says so.
    SetAside(String),
}

impl Store {
    /// Opens the data folder, making it if need be. Without one the window works, and forgets.
    pub fn open(folder: PathBuf) -> std::io::Result<Self> {
        let kept = folder.join("results");
        fs::create_dir_all(&kept)?;
        let lock = Lock::try_at(&folder.join(LOCK))?;
        // The other window deletes what its own list does not name.
        let results = if lock.is_some() { Results::Kept(kept) } else { Results::passing(&others_in(&folder))? };
        Ok(Self { folder, lock, results, is_closed: Mutex::new(false) })
    }

    /// The same, but waits for at most `patience` until another window lets go of the folder.
    pub fn open_after(folder: PathBuf, patience: Duration) -> std::io::Result<Self> {
        let begun = Instant::now();
        loop {
            let store = Self::open(folder.clone())?;
            if !store.is_read_only() || begun.elapsed() >= patience {
                return Ok(store);
            }
            std::thread::sleep(LOOK_AGAIN);
        }
    }

    /// Whether another window holds the folder, so that the list of this one is not written.
    pub fn is_read_only(&self) -> bool {
        self.lock.is_none()
    }

    /// Where the mesh of a card belongs; a new name each time, so that no reader sees it change.
    pub fn new_result_path(&self, id: ItemId) -> PathBuf {
        new_path_in(self.results.folder(), id, "ply")
    }

    /// Where the corrected cut-out of a card belongs.
    pub fn new_mask_path(&self, id: ItemId) -> PathBuf {
        new_mask_path_in(self.results.folder(), id)
    }

    /// Where pictures from the clipboard are kept.
    pub fn pasted_folder(&self) -> PathBuf {
        self.folder.join("pasted")
    }

    /// Where samples that were opened are kept.
    pub fn samples_folder(&self) -> PathBuf {
        self.folder.join("samples")
    }

    fn file(&self) -> PathBuf {
        self.folder.join("session.json")
    }

    /// Reads the last session.
    pub fn load(&self) -> Loaded {
        if self.is_read_only() {
            return Loaded::New;
        }
        let text = match fs::read_to_string(self.file()) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Loaded::New,
            Err(error) => return self.set_aside(&error.to_string()),
        };
        match serde_json::from_str::<Session>(&text) {
            Ok(session) if session.version > VERSION => self.set_aside("it was written by a newer version"),
            Ok(mut session) if session.is_valid() => {
                session.settings.mend();
                session.bring_home(self.results.folder());
                Loaded::Session(Box::new(session))
            }
            Ok(_) => self.set_aside("it holds settings out of range"),
            Err(error) => self.set_aside(&error.to_string()),
        }
    }

    /// The settings of the window and those for new pictures, of the last session. Nothing is set aside, so a
    /// window that does not hold the folder may ask as well; `None` where they cannot be read.
    pub fn choices(&self) -> Option<(Settings, Request)> {
        let session: Session = serde_json::from_str(&fs::read_to_string(self.file()).ok()?).ok()?;
        let Session { version, draft, mut settings, .. } = session;
        settings.mend();
        (version <= VERSION && draft.validate().is_ok()).then_some((settings, draft))
    }

    fn set_aside(&self, why: &str) -> Loaded {
        let aside = self.new_result_path(ItemId(0)).with_extension("session.json");
        let kept = match fs::rename(self.file(), &aside) {
            Ok(()) => format!("it was kept as {}", aside.display()),
            Err(error) => format!("it could not be set aside either: {error}"),
        };
        Loaded::SetAside(format!("The last picture list could not be read ({why}); {kept}"))
    }

    /// Writes the session.
    ///
    /// # Errors
    /// [`WriteError`]; the last session is then still there.
    pub fn save(&self, session: &Session) -> Result<(), WriteError> {
        self.write(session, false)
    }

    /// Writes the session for the last time: what [`Self::save`] is still asked for by others is older, and
    /// is left out.
    ///
    /// # Errors
    /// As of [`Self::save`].
    pub fn save_last(&self, session: &Session) -> Result<(), WriteError> {
        self.write(session, true)
    }

    fn write(&self, session: &Session, is_last: bool) -> Result<(), WriteError> {
        let mut is_closed = self.is_closed.lock().unwrap_or_else(PoisonError::into_inner);
        if self.is_read_only() || (*is_closed && !is_last) {
            return Ok(());
        }
        *is_closed |= is_last;
        let io_error = |error| WriteError::Io { source: std::io::Error::other(error), path: self.file() };
        let mut session = Session { closed: is_last, ..session.clone() };
        session.leave_home(self.results.folder());
        let json = serde_json::to_vec_pretty(&session).map_err(io_error)?;
        write_atomically(&self.file(), IfExists::Replace, |w| std::io::Write::write_all(w, &json))
    }
}

/// Where the corrected cut-out of a card belongs in `folder`; a new name each time, as of [`Store::new_result_path`].
pub(super) fn new_mask_path_in(folder: &Path, id: ItemId) -> PathBuf {
    new_path_in(folder, id, "png")
}

/// A name for a file of a card that no other file has.
fn new_path_in(folder: &Path, id: ItemId, ending: &str) -> PathBuf {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    folder.join(format!("{}-{}.{ending}", id.0, now.as_millis()))
}

/// Where windows whose list is not kept have their folders.
fn others_in(folder: &Path) -> PathBuf {
    folder.join("others")
}

/// Whether a path can be written as text.
pub(super) fn is_text(path: &Path) -> bool {
    path.to_str().is_some()
}

/// `views` without those whose names cannot be written as text.
fn with_text(views: &Views) -> Views {
    views.iter().filter(|(_, path)| is_text(path)).map(|(side, path)| (*side, path.clone())).collect()
}

impl SavedItem {
    /// Whether it was being made when the program ended, which `goes_on` says was not to blame.
    fn is_broken_off(&self, goes_on: bool) -> bool {
        self.open && self.running && !goes_on
    }

    fn files(&self) -> impl Iterator<Item = &Path> {
        self.mask.as_deref().into_iter().chain(self.result.as_ref().map(|r| r.file.as_path()))
    }

    /// All files that belong into the results folder.
    fn files_mut(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        let of_result = self.result.iter_mut().flat_map(|r| [&mut r.file].into_iter().chain(&mut r.mask));
        self.mask.iter_mut().chain(of_result)
    }
}

impl Session {
    /// Finds the files in `results` that are not where they were: the folder was moved, or is reached by another way.
    fn bring_home(&mut self, results: &Path) {
        for path in self.items.iter_mut().flat_map(SavedItem::files_mut) {
            let Some(moved) = path.file_name().map(|name| results.join(name)) else { continue };
            let is_name = path.parent() == Some(Path::new(""));
            if is_name || (!path.exists() && moved.exists()) {
                *path = moved;
            }
        }
    }

    /// Names the files in `results` by their names alone: the folder may be called what cannot be written as text.
    fn leave_home(&mut self, results: &Path) {
        for path in self.items.iter_mut().flat_map(SavedItem::files_mut) {
            if let Some(name) = path.file_name().filter(|_| path.parent() == Some(results)) {
                *path = name.into();
            }
        }
    }

    /// The session as it stands. Names that are no Unicode text cannot be written and are left out.
    pub fn of(items: &Items, draft: Request, settings: &Settings) -> Self {
        let saved = |item: &Item| SavedItem {
            id: item.id,
            source: item.source.clone(),
            request: item.request,
            mask: item.mask.clone(),
            views: with_text(&item.views),
            open: item.status.is_open(),
            running: matches!(item.status, Status::Running { .. }),
            reading: item.held_back,
            failed: if let Status::Failed(why) = &item.status { Some(why.clone()) } else { None },
            result: item.saved.clone().map(|saved| SavedResult { views: with_text(&saved.views), ..saved }),
        };
        let mut settings = settings.clone();
        settings.recent.retain(|path| is_text(path));
        settings.export_folder = settings.export_folder.filter(|path| is_text(path));
        Self {
            version: VERSION,
            closed: false,
            items: items.iter().filter(|item| is_text(item.source.path())).map(saved).collect(),
            selected: items.selected_id(),
            draft,
            settings,
        }
    }

    /// The same with the card `id` running, as it soon will.
    pub fn with_running(mut self, id: ItemId) -> Self {
        self.items.iter_mut().filter(|item| item.id == id).for_each(|item| item.running = true);
        self
    }

    /// The same with the mesh of the card `id` being read or drawn on trial.
    pub fn with_reading(mut self, id: Option<ItemId>) -> Self {
        self.items.iter_mut().filter(|item| Some(item.id) == id).for_each(|item| item.reading = true);
        self
    }

    /// Whether every setting is one that the program takes.
    fn is_valid(&self) -> bool {
        self.draft.validate().is_ok() && self.items.iter().all(|i| i.request.validate().is_ok())
    }

    /// The cards and the selected one. Cards that waited, or ran when the program was closed, come back as
    /// [`Status::Waiting`] without a job.
    ///
    /// With `goes_on` also what ran while the program ended otherwise, because that was not to blame. A mesh that was
    /// being read, or drawn on trial, is held back.
    pub fn cards(&self, goes_on: bool) -> (Vec<Item>, Option<ItemId>) {
        let goes_on = goes_on || self.closed;
        let card = |saved: &SavedItem| {
            let held_back = saved.reading && (saved.result.is_some() || matches!(saved.source, Source::MeshFile(_)));
            let status = match (&saved.failed, saved.open, &saved.result) {
                _ if saved.is_broken_off(goes_on) => Status::Failed(BROKEN_OFF.to_owned()),
                (_, true, _) => Status::Waiting,
                (Some(why), ..) => Status::Failed(why.clone()),
                _ if held_back => Status::Failed(UNREAD.to_owned()),
                (None, false, Some(_)) => Status::Finished,
                (None, false, None) => Status::New,
            };
            Item {
                id: saved.id,
                source: saved.source.clone(),
                request: saved.request,
                mask: saved.mask.clone().filter(|m| m.is_file()),
                views: saved.views.clone(),
                status,
                job: None,
                finished: None,
                saved: saved.result.clone(),
                held_back,
            }
        };
        (self.items.iter().map(card).collect(), self.selected)
    }

    /// How many cards come back from [`Self::cards`] as failed because the program ended while they were made.
    pub fn broken_off(&self, goes_on: bool) -> usize {
        self.items.iter().filter(|item| item.is_broken_off(goes_on || self.closed)).count()
    }
}

#[cfg(test)]
mod tests;
