//! The system's file dialogs: one at a time, on a thread of its own, and never without a word.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::Studio;
use super::toast::Level;

/// Nobody sees a dialog and cancels it within this time.
const TOO_SOON: Duration = Duration::from_millis(300);
/// What a file dialog is wanted for: it decides what helps where the system shows none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Files that come into the list.
    Open,
    /// Files or folders that may as well be dropped on the window.
    Import,
    /// A place that can be typed where it is asked for.
    Export,
    /// What can be chosen in a file dialog only.
    Other,
}

impl Purpose {
    /// What is said where the system shows no dialog. `can_drop`: whether files can be dropped on the window.
    fn no_dialog(self, can_drop: bool) -> String {
        let install = cfg!(target_os = "linux").then_some("install xdg-desktop-portal or zenity");
        let instead = match self {
            Self::Open if can_drop => Some("drop the file on the window, or copy its path and paste it (Ctrl+V)"),
            Self::Open => Some("copy the path of the file and paste it (Ctrl+V)"),
            Self::Import if can_drop => Some("drop the file or folder on the window"),
            Self::Import => Some("use the command `orfeas models import`"),
            Self::Export => Some("type the path"),
            Self::Other => None,
        };
        let next: Vec<&str> = install.into_iter().chain(instead).collect();
        match next.is_empty() {
            true => "The system shows no file dialog".to_owned(),
            false => format!("The system shows no file dialog; {}", next.join(", or ")),
        }
    }
}

impl Studio {
    /// Opens the file dialog that `open` begins, and does `done` with what was picked. Where it is cancelled
    /// nothing is done; where there can be none the user is told what to do instead.
    pub(super) fn ask<T, F>(
        &mut self,
        purpose: Purpose,
        open: impl FnOnce() -> F,
        done: impl FnOnce(&mut Self, T) + Send + 'static,
    ) where
        T: Send + 'static,
        F: Future<Output = Option<T>> + Send + 'static,
    {
        if self.is_asking {
            self.messages.push(Level::Info, "A file dialog is open already; answer it first");
            return;
        }
        let Some(tasks) = &self.tasks else {
            self.messages.push(Level::Error, purpose.no_dialog(self.can_drop));
            return;
        };
        let picked = open();
        let wait = move || {
            let begun = Instant::now();
            let picked = pollster::block_on(picked);
            // Asked only now: the answer may take the disk's time.
            let was_seen = picked.is_some() || is_cancelled(begun.elapsed(), has_dialogs());
            (picked, was_seen)
        };
        let asked = tasks.run_alone("orfeas-dialog", wait, move |studio, answer| {
            studio.is_asking = false;
            match answer {
                Ok((Some(picked), _)) => done(studio, picked),
                Ok((None, true)) => {}
                Ok((None, false)) => studio.messages.push(Level::Error, purpose.no_dialog(studio.can_drop)),
                Err(why) => studio.messages.push(Level::Error, why),
            }
        });
        match asked {
            Ok(()) => self.is_asking = true,
            Err(error) => self.messages.push(Level::Error, format!("No file dialog could be opened ({error})")),
        }
    }

    /// [`Self::ask`] for one file or folder.
    pub(super) fn ask_path<F>(
        &mut self,
        purpose: Purpose,
        open: impl FnOnce() -> F,
        done: impl FnOnce(&mut Self, PathBuf) + Send + 'static,
    ) where
        F: Future<Output = Option<rfd::FileHandle>> + Send + 'static,
    {
        self.ask(purpose, open, |studio, picked| done(studio, picked.path().to_owned()));
    }
}

/// Whether a dialog that brought nothing after that time was cancelled. Else there was none, which the
/// system reports in the same way.
fn is_cancelled(after: Duration, has_dialogs: bool) -> bool {
    has_dialogs && after >= TOO_SOON
}

/// Whether the system has anything that shows file dialogs: on Linux a portal, which is reached by the
/// session's bus, or zenity.
fn has_dialogs() -> bool {
    if !cfg!(target_os = "linux") {
        return true;
    }
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let has_bus = variable("DBUS_SESSION_BUS_ADDRESS").is_some()
        || variable("XDG_RUNTIME_DIR").is_some_and(|folder| Path::new(&folder).join("bus").exists());
    let is_in = |folder: PathBuf| folder.join("zenity").is_file();
    has_bus || variable("PATH").is_some_and(|folders| std::env::split_paths(&folders).any(is_in))
}

#[cfg(test)]
mod tests {
    use super::super::command::Command;
    use super::super::cutout::CutOutEditor;
    use super::super::export_panel::ExportDialog;
    use super::super::models_panel;
    use super::super::state::{ItemId, Source};
    use super::super::tests::{block, finished, studio};
    use super::*;
    use crate::request::{Request, Side};

    const PATIENCE: Duration = Duration::from_secs(60);

    fn take_answer(studio: &mut Studio) {
        studio.next_answer(PATIENCE).unwrap()(studio);
    }

    #[test]
    fn a_dialog_that_nobody_could_have_seen_is_told_of() {
        assert!(is_cancelled(Duration::from_secs(2), true));
        assert!(!is_cancelled(Duration::from_secs(2), false));
        assert!(!is_cancelled(Duration::from_millis(20), true));
        let (_folder, mut studio) = studio();
        studio.ask(Purpose::Other, || std::future::ready(None::<PathBuf>), |_, _| panic!("nothing was picked"));
        take_answer(&mut studio);
        let told: Vec<_> = studio.messages.iter().map(|m| m.text.clone()).collect();
        assert!(told.contains(&Purpose::Other.no_dialog(true)), "{told:?}");
    }

    /// What is told where `ask` can open no dialog.
    fn hint(ask: impl FnOnce(&mut Studio)) -> String {
        let (_folder, mut studio) = studio();
        studio.show_mesh(ItemId(1), &block(glam::Vec3::splat(10.0)), None);
        studio.tasks = None;
        ask(&mut studio);
        studio.messages.iter().next_back().unwrap().text.clone()
    }

    #[test]
    fn where_there_is_no_dialog_what_is_said_helps_with_what_was_wanted() {
        let (drop, paste, kind) = ("drop the file", "paste it (Ctrl+V)", "type the path");
        let open = hint(|s| s.run_command(Command::Open));
        assert!(open.contains(drop) && open.contains(paste) && !open.contains(kind), "{open}");
        for folder in [false, true] {
            let import = hint(|s| models_panel::pick(s, "any", folder));
            assert!(import.contains(drop) && !import.contains(paste) && !import.contains(kind), "{import}");
        }
        let export = hint(|s| ExportDialog::new("a.png", finished(), &s.settings).browse(s));
        assert!(export.contains(kind) && !export.contains(drop), "{export}");
        let others: [fn(&mut Studio); 4] = [
            |s| s.run_command(Command::SavePicture),
            |s| s.ask_for_view(ItemId(1), Side::Back),
            |s| models_panel::pick_folder(s, "Folder", |_, _, _| ()),
            |s| {
                let id = s.items.add(Source::Picture("a.png".into()), Request::default());
                let item = s.items.get(id).unwrap().clone();
                CutOutEditor::new(&item, s).ask_for_mask(s);
            },
        ];
        for (place, ask) in others.into_iter().enumerate() {
            let other = hint(ask);
            assert!(other.starts_with("The system shows no file dialog"), "{place}: {other}");
            assert!(![drop, paste, kind].iter().any(|wrong| other.contains(wrong)), "{place}: {other}");
        }
    }

    #[test]
    fn nobody_is_told_to_drop_files_on_a_window_that_hears_of_none() {
        let asks: [fn(&mut Studio); 2] = [|s| s.run_command(Command::Open), |s| models_panel::pick(s, "any", true)];
        for (ask, instead) in asks.into_iter().zip(["paste it (Ctrl+V)", "orfeas models import"]) {
            let told = hint(|s| {
                s.can_drop = false;
                ask(s);
            });
            assert!(told.contains(instead) && !told.contains("drop"), "{told}");
        }
    }

    #[test]
    fn one_dialog_is_open_at_a_time_and_tasks_go_on_meanwhile() {
        let (_folder, mut studio) = studio();
        let (answer, answered) = crossbeam_channel::bounded::<f32>(1);
        let take = |studio: &mut Studio, height_mm| studio.draft.size.height_mm = Some(height_mm);
        studio.ask(Purpose::Other, move || async move { answered.recv().ok() }, take);
        for _ in 0..8 {
            studio.ask(
                Purpose::Other,
                || -> std::future::Ready<Option<f32>> { panic!("a second dialog is opened") },
                take,
            );
        }
        studio.run_task(|| (), |studio, _| studio.draft.size.height_mm = Some(3.0));
        take_answer(&mut studio);
        assert_eq!(studio.draft.size.height_mm, Some(3.0));
        answer.send(9.0).unwrap();
        take_answer(&mut studio);
        assert_eq!((studio.draft.size.height_mm, studio.is_asking), (Some(9.0), false));
        studio.ask(Purpose::Other, || std::future::ready(Some(11.0)), take);
        take_answer(&mut studio);
        assert_eq!(studio.draft.size.height_mm, Some(11.0));
    }
}
