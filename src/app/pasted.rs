//! Pictures from the clipboard, which are kept as files: those that nothing names any more go after a while.
//!
//! Only a window that holds the picture list deletes any, once in a run. It also notes then which ones are named, by the
//! time that their files were changed last, and when a card stops naming one: the while counts from there. Another window
//! may show what no list names, so what was pasted or changed lately stays in any case.

use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::fs::{self, DirEntry};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::Studio;
use super::state::Item;

/// So long a picture stays whether it is named or not.
const KEPT_FOR: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// The start of the window is over by then, in seconds of it.
const STARTED_AFTER_SECS: f64 = 10.0;

impl Studio {
    /// Deletes pictures that were pasted long ago and that nothing has named for as long: once, as soon as the start is
    /// over and nothing goes on.
    pub(super) fn sweep_pasted_when_quiet(&mut self) {
        if self.keeping.is_pasted_swept || self.ctx.input(|i| i.time) < STARTED_AFTER_SECS {
            return;
        }
        if self.is_at_rest() && !self.items.iter().any(|item| item.status.is_open()) {
            self.keeping.is_pasted_swept = true;
            self.sweep_pasted();
        }
    }

    fn sweep_pasted(&mut self) {
        let Some(store) = self.kept_in() else { return };
        // What is named is looked at afterwards: an old picture may be opened meanwhile.
        self.run_task(store.finder_of_old_pasted(), |studio, found| {
            let Some(store) = studio.kept_in() else { return };
            let of_cards = studio.items.iter().flat_map(Item::pictures).chain(studio.history.pictures());
            let named = names_of(of_cards.chain(studio.settings.recent.iter().map(PathBuf::as_path)));
            let mut unnamed = found.unwrap_or_default();
            unnamed.retain(|file| file.file_name().is_some_and(|name| !named.contains(name)));
            if named.is_empty() && unnamed.is_empty() {
                return;
            }
            let folder = store.pasted_folder();
            let work = move || {
                note_named(&folder, &named);
                unnamed.iter().for_each(|file| delete(file));
            };
            studio.run_write(work, |_, _| {});
        });
    }

    /// Notes that pictures were named until now which a card may have stopped naming with the last change.
    pub(super) fn note_pasted_of_history(&mut self) {
        let named = names_of(self.history.pictures());
        if let Some(folder) = self.kept_in().map(|store| store.pasted_folder()).filter(|_| !named.is_empty()) {
            self.run_write(move || note_named(&folder, &named), |_, _| {});
        }
    }
}

/// The names of those of `pictures` that may have been pasted. The folder may be called something else by now.
fn names_of<'a>(pictures: impl Iterator<Item = &'a Path>) -> HashSet<OsString> {
    pictures.filter_map(Path::file_name).filter(|name| millis_of(name).is_some()).map(OsStr::to_owned).collect()
}

/// Has the pictures of these names in `folder` stay for as long as if they had been pasted now.
fn note_named(folder: &Path, names: &HashSet<OsString>) {
    // A card may name one of another folder, which is called the same.
    let is_there = |file: &PathBuf| fs::symlink_metadata(file).is_ok_and(|about| about.is_file());
    for file in names.iter().map(|name| folder.join(name)).filter(is_there) {
        let opened = fs::File::options().write(true).open(&file);
        if let Err(error) = opened.and_then(|opened| opened.set_modified(SystemTime::now())) {
            tracing::debug!("it could not be noted that a pasted picture is named ({error}): {}", file.display());
        }
    }
}

/// What a picture is called that is pasted now, which is so long after 1970.
pub(super) fn name_at(since_1970: Duration) -> String {
    format!("pasted-{}.png", since_1970.as_millis())
}

/// When a picture was pasted, in ms since 1970, if it is called exactly as this program calls them.
fn millis_of(name: &OsStr) -> Option<u64> {
    let name = name.to_str()?;
    let millis = name.strip_prefix("pasted-")?.strip_suffix(".png")?.parse().ok()?;
    (name_at(Duration::from_millis(millis)) == name).then_some(millis)
}

/// The pictures in `folder` that were pasted long before `now`, and after `set_aside`: the last time, in ms since 1970,
/// that a list was set aside, which may name those from before.
pub(super) fn old_in(folder: &Path, set_aside: Option<u64>, now: SystemTime) -> Vec<PathBuf> {
    let Some(before) = now.checked_sub(KEPT_FOR) else { return Vec::new() };
    let Ok(before_millis) = before.duration_since(SystemTime::UNIX_EPOCH).map(|since| since.as_millis()) else {
        return Vec::new();
    };
    // Whoever writes to one works with it, and who names one notes it so. Links are nobody's pasted pictures.
    let is_unchanged = |entry: &DirEntry| {
        let about = entry.metadata();
        about.is_ok_and(|about| about.is_file() && about.modified().is_ok_and(|modified| modified < before))
    };
    let is_old = |entry: &DirEntry| {
        let pasted = millis_of(&entry.file_name()).filter(|&millis| Some(millis) > set_aside);
        pasted.is_some_and(|millis| u128::from(millis) < before_millis) && is_unchanged(entry)
    };
    // Without the folder nothing was pasted yet.
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter(is_old).map(|entry| entry.path()).collect()
}

/// Deletes a file; one that cannot be deleted is tried again in the next run.
fn delete(file: &Path) {
    if let Err(error) = fs::remove_file(file) {
        tracing::debug!("a picture that was pasted long ago could not be deleted ({error}): {}", file.display());
    }
}

#[cfg(test)]
mod tests {
    use super::super::command::Command;
    use super::super::state::{Source, Status};
    use super::super::tests::{in_folder, studio, take_answers};
    use super::super::undo::Change;
    use super::*;
    use crate::request::Side;

    const DAY: Duration = Duration::from_secs(24 * 60 * 60);

    /// The name of a picture that was pasted so many days ago.
    fn pasted(days: u32) -> String {
        name_at(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap() - days * DAY)
    }

    /// Puts a file there that was written so many days ago.
    fn put(folder: &Path, name: &str, days: u32) -> PathBuf {
        fs::create_dir_all(folder).unwrap();
        let path = folder.join(name);
        fs::File::create(&path).unwrap().set_modified(SystemTime::now() - days * DAY).unwrap();
        path
    }

    fn sweep(studio: &mut Studio) {
        studio.sweep_pasted();
        take_answers(studio);
    }

    #[test]
    fn of_what_lies_in_the_folder_only_old_pasted_pictures_are_deleted() {
        let (folder, mut studio) = studio();
        let place = folder.path().join("data/pasted");
        sweep(&mut studio);
        let old = [pasted(31), pasted(400)].map(|name| put(&place, &name, 31));
        let others = ["pasted-.png", "pasted-007.png", "pasted-+8.png", "pasted-9.PNG", "pasted-1a.png"];
        let others = others.into_iter().chain(["my pasted-2.png", "pasted-3.png.txt", "pasted-4.jpg", "notes.txt"]);
        let mut kept: Vec<PathBuf> = others.map(|name| put(&place, name, 400)).collect();
        // Pasted lately, and written to lately.
        kept.extend([put(&place, &pasted(29), 400), put(&place, &pasted(300), 29)]);
        let inside = put(&place.join("pasted-5.png"), "pasted-6.png", 400);
        sweep(&mut studio);
        assert!(kept.iter().chain([&inside]).all(|path| path.exists()), "{kept:?}");
        assert_eq!(old.map(|path| path.exists()), [false; 2]);
    }

    #[test]
    fn a_pasted_picture_stays_as_long_as_it_is_named() {
        let (folder, mut studio) = studio();
        let place = folder.path().join("data/pasted");
        let files = [40, 41, 42, 43, 44, 45].map(|days| put(&place, &pasted(days), days));
        let [of_card, of_view, removed, view_before, recent, unnamed] = files;
        let card = studio.add(Source::Picture(of_card.clone()));
        studio.items.get_mut(card).unwrap().views.insert(Side::Back, of_view.clone());
        let views = [(Side::Left, view_before.clone())].into();
        studio.history.push(Change::Views { id: card, views });
        let gone = studio.add(Source::Picture(removed.clone()));
        studio.remove(&[gone]);
        studio.settings.recent = vec![recent.clone()];
        sweep(&mut studio);
        assert!([&of_card, &of_view, &removed, &view_before, &recent].iter().all(|path| path.exists()));
        assert!(!unnamed.exists());
        // What undo brings back has its picture, and so has redo.
        studio.run_command(Command::Undo);
        assert!(studio.items.get(gone).is_some_and(|item| item.source.path().exists()));
        studio.run_command(Command::Redo);
        sweep(&mut studio);
        assert!(removed.exists());
    }

    /// Lets so many days go by for a file.
    fn age(path: &Path, days: u32) {
        fs::File::options().write(true).open(path).unwrap().set_modified(SystemTime::now() - days * DAY).unwrap();
    }

    /// The next run of the program, in which nothing but cards names pictures.
    fn next_run(studio: &mut Studio, data: &Path) -> Studio {
        studio.settings.recent.clear();
        studio.say_goodbye();
        let mut next = in_folder(data);
        sweep(&mut next);
        next
    }

    #[test]
    fn how_long_a_picture_stays_counts_from_when_it_was_named_last() {
        let (folder, mut first) = studio();
        let data = folder.path().join("data");
        let [of_card, of_view] = [40, 41].map(|days| put(&data.join("pasted"), &pasted(days), days));
        let card = first.add(Source::Picture(of_card.clone()));
        first.items.get_mut(card).unwrap().views.insert(Side::Back, of_view.clone());
        // A run that saw them named, and then one that does not.
        let mut second = next_run(&mut first, &data);
        second.items.remove(card);
        let mut third = next_run(&mut second, &data);
        assert!(third.items.is_empty() && of_card.exists() && of_view.exists());
        age(&of_card, 29);
        age(&of_view, 31);
        let _fourth = next_run(&mut third, &data);
        assert!(of_card.exists() && !of_view.exists());
    }

    #[test]
    fn how_long_the_pictures_of_a_removed_card_stay_counts_from_then() {
        let (folder, mut first) = studio();
        let data = folder.path().join("data");
        let files = [40, 41, 42].map(|days| put(&data.join("pasted"), &pasted(days), days));
        let [of_card, of_view, before] = &files;
        let card = first.add(Source::Picture(of_card.clone()));
        first.set_view(card, Side::Back, Some(of_view.clone()));
        first.set_view(card, Side::Left, Some(before.clone()));
        first.set_view(card, Side::Left, None);
        first.remove(&[card]);
        take_answers(&mut first);
        let mut second = next_run(&mut first, &data);
        assert!(second.items.is_empty() && files.iter().all(|file| file.exists()));
        files.iter().for_each(|file| age(file, 31));
        let _third = next_run(&mut second, &data);
        assert!(!files.iter().any(|file| file.exists()));
    }

    #[test]
    fn a_window_without_the_list_deletes_nothing() {
        let (folder, first) = studio();
        let data = folder.path().join("data");
        let file = put(&data.join("pasted"), &pasted(40), 40);
        sweep(&mut in_folder(&data));
        assert!(file.exists());
        drop(first);
        sweep(&mut in_folder(&data));
        assert!(!file.exists());
    }

    #[test]
    fn what_a_set_aside_list_may_name_stays() {
        let (folder, mut studio) = studio();
        let data = folder.path().join("data");
        let [before, after] = [60, 40].map(|days| put(&data.join("pasted"), &pasted(days), days));
        let set_aside = pasted(50).replace("pasted-", "0-").replace(".png", ".session.json");
        put(&data.join("results"), &set_aside, 50);
        sweep(&mut studio);
        assert!(before.exists() && !after.exists());
    }

    #[test]
    fn nothing_is_looked_for_before_the_start_is_over_and_nothing_goes_on() {
        let (folder, mut studio) = studio();
        let place = folder.path().join("data/pasted");
        let file = put(&place, &pasted(40), 40);
        let id = studio.add(Source::Picture("a.png".into()));
        let sweep_at = |studio: &mut Studio, secs: f64| {
            let input = egui::RawInput { time: Some(secs), ..Default::default() };
            let _ = studio.ctx.clone().run_ui(input, |_| studio.sweep_pasted_when_quiet());
            take_answers(studio);
        };
        sweep_at(&mut studio, STARTED_AFTER_SECS - 1.0);
        studio.items.get_mut(id).unwrap().status = Status::Waiting;
        sweep_at(&mut studio, STARTED_AFTER_SECS + 1.0);
        assert!(file.exists());
        studio.items.get_mut(id).unwrap().status = Status::New;
        sweep_at(&mut studio, STARTED_AFTER_SECS + 2.0);
        assert!(!file.exists());
        // Once in a run.
        let file = put(&place, &pasted(41), 41);
        sweep_at(&mut studio, STARTED_AFTER_SECS + 3.0);
        assert!(file.exists());
    }
}
