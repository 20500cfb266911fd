//! The picture list and the settings on disk, so that closing or a crash loses nothing.
//!
//! `session.json` is written atomically; meshes lie beside it as PLY. A file of a newer version or a
//! damaged one is set aside, never overwritten.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
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

/// What is written.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Session {
    version: u32,
    items: Vec<SavedItem>,
    selected: Option<ItemId>,
    /// Settings for new pictures.
    pub draft: Request,
    /// Settings of the window.
    pub settings: Settings,
}

/// A card as it is written. Running and waiting cards are queued again at the next start.
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
    /// Keeps the lock; `None` when another window has it, and then nothing is written.
    lock: Option<Lock>,
}

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
        fs::create_dir_all(folder.join("results"))?;
        let lock = Lock::try_at(&folder.join("lock"))?;
        Ok(Self { folder, lock })
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

    /// Whether another window holds the folder, so that this one writes nothing.
    pub fn is_read_only(&self) -> bool {
        self.lock.is_none()
    }

    /// Where the mesh of a card belongs; a new name each time, so that no reader sees it change.
    pub fn new_result_path(&self, id: ItemId) -> PathBuf {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        self.results().join(format!("{}-{}.ply", id.0, now.as_millis()))
    }

    fn results(&self) -> PathBuf {
        self.folder.join("results")
    }

    /// Where the corrected cut-out of a card belongs.
    pub fn new_mask_path(&self, id: ItemId) -> PathBuf {
        self.new_result_path(id).with_extension("png")
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
                session.bring_home(&self.results());
                Loaded::Session(Box::new(session))
            }
            Ok(_) => self.set_aside("it holds settings out of range"),
            Err(error) => self.set_aside(&error.to_string()),
        }
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
        if self.is_read_only() {
            return Ok(());
        }
        let io_error = |error| WriteError::Io { source: std::io::Error::other(error), path: self.file() };
        let json = serde_json::to_vec_pretty(session).map_err(io_error)?;
        write_atomically(&self.file(), IfExists::Replace, |w| std::io::Write::write_all(w, &json))
    }

    /// Deletes meshes and masks that no card names any more.
    pub fn sweep(&self, session: &Session) {
        let Ok(entries) = fs::read_dir(self.results()) else { return };
        let entries: Vec<_> = entries.flatten().map(|e| e.path()).collect();
        // A list that was set aside names files from before that its reader will want.
        let is_list = |path: &&PathBuf| path.to_string_lossy().ends_with(".session.json");
        let set_aside = entries.iter().filter(is_list).filter_map(|path| millis_of(path)).max();
        // By their names: the folder may be called something else by now.
        let named: Vec<&OsStr> = session.items.iter().flat_map(SavedItem::files).filter_map(Path::file_name).collect();
        for path in entries {
            let ours = path.extension().is_some_and(|e| e == "ply" || e == "png");
            let is_named = path.file_name().is_some_and(|name| named.contains(&name)) || millis_of(&path) <= set_aside;
            if ours && !self.is_read_only() && !is_named {
                // A file that cannot be deleted is tried again at the next start.
                let _ = fs::remove_file(path);
            }
        }
    }
}

/// Whether a path can be written as text.
pub(super) fn is_text(path: &Path) -> bool {
    path.to_str().is_some()
}

/// When a file in the results folder was named, in ms since 1970.
fn millis_of(path: &Path) -> Option<u64> {
    let name = path.file_name()?.to_str()?;
    name.split_once('-')?.1.split('.').next()?.parse().ok()
}

impl SavedItem {
    fn files(&self) -> impl Iterator<Item = &Path> {
        self.mask.as_deref().into_iter().chain(self.result.as_ref().map(|r| r.file.as_path()))
    }
}

impl Session {
    /// Finds the files in `results` that are not where they were: the folder was moved, or is reached by another way.
    fn bring_home(&mut self, results: &Path) {
        let home = |path: &mut PathBuf| {
            let moved = path.file_name().map(|name| results.join(name));
            if let Some(moved) = moved.filter(|moved| !path.exists() && moved.exists()) {
                *path = moved;
            }
        };
        for item in &mut self.items {
            item.mask.iter_mut().for_each(home);
            if let Some(result) = &mut item.result {
                home(&mut result.file);
                result.mask.iter_mut().for_each(home);
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
            views: item
                .views
                .iter()
                .filter(|(_, path)| is_text(path))
                .map(|(side, path)| (*side, path.clone()))
                .collect(),
            open: item.status.is_open(),
            failed: if let Status::Failed(why) = &item.status { Some(why.clone()) } else { None },
            result: item.saved.clone(),
        };
        let mut settings = settings.clone();
        settings.recent.retain(|path| is_text(path));
        settings.export_folder = settings.export_folder.filter(|path| is_text(path));
        Self {
            version: VERSION,
            items: items.iter().filter(|item| is_text(item.source.path())).map(saved).collect(),
            selected: items.selected_id(),
            draft,
            settings,
        }
    }

    /// Whether every setting is one that the program takes.
    fn is_valid(&self) -> bool {
        self.draft.validate().is_ok() && self.items.iter().all(|i| i.request.validate().is_ok())
    }

    /// The cards and the selected one. Cards that waited or ran come back as [`Status::Waiting`]
    /// without a job.
    pub fn cards(&self) -> (Vec<Item>, Option<ItemId>) {
        let card = |saved: &SavedItem| {
            let status = match (&saved.failed, saved.open, &saved.result) {
                (_, true, _) => Status::Waiting,
                (Some(why), ..) => Status::Failed(why.clone()),
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
            }
        };
        (self.items.iter().map(card).collect(), self.selected)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::Side;

    fn two_cards() -> Items {
        let mut items = Items::default();
        let id = items.add(Source::Picture("a.png".into()), Request::default());
        items.add(Source::MeshFile("b.stl".into()), Request::default());
        items.get_mut(id).unwrap().request.size.height_mm = Some(33.0);
        items.get_mut(id).unwrap().status = Status::Waiting;
        items.get_mut(id).unwrap().views.insert(Side::Back, "back.png".into());
        items.select(id);
        items
    }

    #[test]
    fn a_session_comes_back_with_waiting_cards_still_waiting() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path().join("deep/data")).unwrap();
        store.save(&Session::of(&two_cards(), Request::default(), &Settings::default())).unwrap();
        let Loaded::Session(session) = store.load() else { panic!("not read") };
        let (cards, selected) = session.cards();
        assert_eq!(cards.len(), 2);
        assert_eq!(cards[0].request.size.height_mm, Some(33.0));
        assert_eq!(cards[0].status, Status::Waiting);
        assert_eq!(cards[0].views, Views::from([(Side::Back, "back.png".into())]));
        assert_eq!(selected, Some(cards[0].id));
    }

    #[test]
    fn a_damaged_session_is_set_aside_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path().to_owned()).unwrap();
        for damaged in ["{\"items\": [", "{\"version\": 999}", "{\"draft\":{\"size\":{\"height_mm\":-4.0}}}"] {
            fs::write(store.file(), damaged).unwrap();
            assert!(matches!(store.load(), Loaded::SetAside(_)), "{damaged}");
            assert!(matches!(store.load(), Loaded::New));
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
        let kept = fs::read_dir(folder.path().join("results")).unwrap().count();
        assert_eq!(kept, 3);
    }

    #[test]
    fn a_second_window_writes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let first = Store::open(folder.path().to_owned()).unwrap();
        let second = Store::open(folder.path().to_owned()).unwrap();
        assert!(!first.is_read_only() && second.is_read_only());
        second.save(&Session::default()).unwrap();
        assert!(matches!(first.load(), Loaded::New));
    }

    #[test]
    fn a_window_in_the_place_of_another_waits_until_that_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let first = Store::open(folder.path().to_owned()).unwrap();
        std::thread::scope(|scope| {
            let second = scope.spawn(|| Store::open_after(folder.path().to_owned(), Duration::from_secs(60)).unwrap());
            // Whenever it looks, it must come to hold the folder.
            std::thread::sleep(Duration::from_millis(60));
            drop(first);
            let second = second.join().unwrap();
            assert!(!second.is_read_only());
            assert!(Store::open_after(folder.path().to_owned(), Duration::ZERO).unwrap().is_read_only());
        });
    }

    /// [`two_cards`] with a mesh and a mask for the first, which are written.
    fn with_files(store: &Store) -> (Items, [PathBuf; 2]) {
        let (file, mask) = (store.new_result_path(ItemId(1)), store.new_mask_path(ItemId(1)));
        let mut items = two_cards();
        let item = items.get_mut(ItemId(1)).unwrap();
        let (request, views, notes) = (item.request, Views::new(), vec![]);
        item.saved = Some(SavedResult { file: file.clone(), request, mask: Some(mask.clone()), views, notes });
        item.mask = Some(mask.clone());
        let files = [file, mask];
        files.iter().for_each(|path| fs::write(path, "x").unwrap());
        (items, files)
    }

    #[test]
    fn sweeping_keeps_what_a_card_names() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path().to_owned()).unwrap();
        let (items, keep) = with_files(&store);
        let drop = store.new_result_path(ItemId(77));
        fs::write(&drop, "x").unwrap();
        store.sweep(&Session::of(&items, Request::default(), &Settings::default()));
        assert!(keep.iter().all(|path| path.exists()) && !drop.exists());
    }

    #[test]
    fn what_a_set_aside_list_may_name_is_kept_and_newer_files_are_swept() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path().to_owned()).unwrap();
        let (_, old) = with_files(&store);
        let pause = || std::thread::sleep(std::time::Duration::from_millis(3));
        pause();
        fs::write(store.file(), "damaged").unwrap();
        assert!(matches!(store.load(), Loaded::SetAside(_)));
        pause();
        let new = store.new_result_path(ItemId(5));
        fs::write(&new, "x").unwrap();
        store.sweep(&Session::default());
        assert!(old.iter().all(|path| path.exists()) && !new.exists());
    }

    #[test]
    fn a_folder_that_was_moved_still_has_its_meshes_and_masks() {
        let folder = tempfile::tempdir().unwrap();
        let [before, after] = ["before", "after"].map(|name| folder.path().join(name));
        let store = Store::open(before.clone()).unwrap();
        let (items, _) = with_files(&store);
        store.save(&Session::of(&items, Request::default(), &Settings::default())).unwrap();
        drop(store);
        fs::rename(&before, &after).unwrap();
        let store = Store::open(after.clone()).unwrap();
        let Loaded::Session(session) = store.load() else { panic!("not read") };
        store.sweep(&session);
        let (cards, _) = session.cards();
        let saved = cards[0].saved.as_ref().unwrap();
        let files = [&saved.file, saved.mask.as_ref().unwrap(), cards[0].mask.as_ref().unwrap()];
        assert!(files.iter().all(|path| path.exists() && path.starts_with(&after)), "{files:?}");
    }

    #[cfg(unix)]
    #[test]
    fn a_name_that_is_no_text_does_not_cost_the_others() {
        use std::os::unix::ffi::OsStrExt as _;
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path().to_owned()).unwrap();
        let odd = PathBuf::from(OsStr::from_bytes(b"K\xfcche.png"));
        let (mut items, mut settings) = (two_cards(), Settings::default());
        items.add(Source::Picture(odd.clone()), Request::default());
        items.get_mut(ItemId(1)).unwrap().views.insert(Side::Left, odd.clone());
        settings.remember(odd);
        store.save(&Session::of(&items, Request::default(), &settings)).unwrap();
        let Loaded::Session(session) = store.load() else { panic!("not read") };
        assert_eq!(session.cards().0.len(), 2);
    }
}
