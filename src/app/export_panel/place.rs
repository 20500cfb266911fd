//! The place that the export dialog names: it is looked at and written to beside the window, as it may lie on a
//! share that does not answer.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::super::export_job::Job;
use super::super::toast::Level;
use super::super::{Dialog, Studio};
use super::ExportDialog;
use crate::export::ExportError;
use crate::files::WriteError;
use crate::mesh::Mesh;

/// What opens a folder in the system's file manager.
const OPENER: &str = if cfg!(target_os = "windows") {
    "explorer"
} else if cfg!(target_os = "macos") {
    "open"
} else {
    "xdg-open"
};
/// An opener that fails after this time was the file manager itself, and its window was there.
const LONG_OPEN: Duration = Duration::from_secs(20);

/// What was found where a file is to be written.
pub(super) struct Seen {
    target: PathBuf,
    /// Whether something of that name is there already.
    pub is_taken: bool,
    /// Whether the folder is there.
    pub has_folder: bool,
}

/// Why a file was not written.
struct Trouble {
    text: String,
    /// Whether something of its name is there already.
    is_taken: bool,
}

impl From<ExportError> for Trouble {
    fn from(error: ExportError) -> Self {
        let is_taken = matches!(error, ExportError::Write(WriteError::Exists(_)));
        Self { text: error.to_string(), is_taken }
    }
}

impl ExportDialog {
    /// What is at the target, once that is known.
    pub(super) fn seen_now(&self) -> Option<&Seen> {
        let target = self.target()?;
        self.seen.as_ref().filter(|seen| seen.target == target)
    }

    /// Has the target looked at, if that was not done.
    pub(super) fn look(&mut self, studio: &mut Studio) {
        let Some(target) = self.target().filter(|_| self.seen_now().is_none()) else { return };
        // Every letter that is typed makes another target: while a folder does not answer, no more of them are
        // looked for in it.
        if self.looking_at.as_ref().is_some_and(|before| before.parent() == target.parent()) {
            return;
        }
        self.looking_at = Some(target.clone());
        let [path, asked] = [target.clone(), target.clone()];
        // As in writing: what a link leads to may be missing, and its name is taken nevertheless.
        let look = move || (path.symlink_metadata().is_ok(), path.parent().is_some_and(Path::is_dir));
        // A folder that does not answer must not keep the threads of other tasks.
        let begun = studio.run_long("orfeas-look", look, move |studio, found| {
            // The dialog may be another one by now, or ask for another target.
            let Some(Dialog::Export(dialog)) = &mut studio.dialog else { return };
            if dialog.looking_at.take_if(|path| *path == target).is_some() {
                // Where nothing came of it, writing still replaces nothing.
                let (is_taken, has_folder) = found.unwrap_or_default();
                dialog.seen = Some(Seen { target, is_taken, has_folder });
            }
        });
        if begun.is_err() {
            self.looking_at = None;
            self.seen = Some(Seen { target: asked, is_taken: false, has_folder: true });
        }
    }

    /// Has the file written. The dialog stays open until it is there.
    pub(super) fn write(&mut self, studio: &mut Studio) {
        let Some(job) = self.job() else { return };
        let awaited = Arc::new(());
        (self.writing, self.trouble) = (Some(awaited.clone()), None);
        let (whole, show_folder) = (self.finished.mesh.clone(), self.show_folder);
        studio.write(job, whole, move |studio, written| {
            let is_it = |d: &ExportDialog| d.writing.as_ref().is_some_and(|writing| Arc::ptr_eq(writing, &awaited));
            let dialog = studio.dialog.take_if(|d| matches!(d, Dialog::Export(d) if is_it(d)));
            match (written, dialog) {
                (Ok(()), dialog) => {
                    if dialog.is_some() {
                        // The view may show a reduced mesh.
                        studio.load_selected();
                    }
                    if show_folder {
                        studio.show_exported();
                    }
                }
                (Err(trouble), Some(Dialog::Export(mut dialog))) => {
                    dialog.writing = None;
                    dialog.tell(trouble, studio);
                    studio.dialog = Some(Dialog::Export(dialog));
                }
                // It was closed meanwhile.
                (Err(trouble), _) => studio.tell_not_exported(&trouble),
            }
        });
    }

    /// Says why nothing was written.
    fn tell(&mut self, trouble: Trouble, studio: &mut Studio) {
        studio.messages.log(Level::Error, format!("Not exported: {}", trouble.text));
        // The place is not as it was seen.
        self.seen = None;
        self.trouble = Some(trouble.text);
    }
}

impl Studio {
    /// Writes a file beside the window, and does `done` with what came of it. `whole` is the mesh before it was
    /// reduced.
    fn write(
        &mut self,
        job: Job,
        whole: Arc<Mesh>,
        done: impl FnOnce(&mut Self, Result<(), Trouble>) + Send + 'static,
    ) {
        self.messages.log(Level::Info, format!("Exporting {}", job.path.display()));
        let (path, format) = (job.path.clone(), job.format);
        let write = move || job.run().map_err(Trouble::from);
        self.run_write(write, move |studio, written| {
            let written = written.unwrap_or_else(|text| Err(Trouble { text, is_taken: false }));
            if written.is_ok() {
                studio.messages.push(Level::Success, format!("Exported {}", path.display()));
                studio.settings.export_folder = path.parent().map(Path::to_owned);
                studio.settings.export_format = format.extension().to_owned();
                studio.last_exported = Some(path);
                studio.note_exported(&whole);
                studio.touch();
            }
            done(studio, written);
        });
    }

    fn tell_not_exported(&mut self, trouble: &Trouble) {
        self.messages.push(Level::Error, format!("Not exported: {}", trouble.text));
    }

    /// Writes the selected mesh under its name in the last format and folder, or asks.
    pub(in super::super) fn save_mesh(&mut self) {
        let Some(item) = self.items.selected() else { return };
        let Some(finished) = item.finished.clone() else {
            self.tell_no_mesh("save");
            return;
        };
        let mut dialog = Box::new(ExportDialog::new(&item.name(), finished, &self.settings));
        // Never without a folder that was chosen once.
        let Some(job) = dialog.job().filter(|_| self.settings.export_folder.is_some() && dialog.is_sound()) else {
            self.open(Dialog::Export(dialog));
            return;
        };
        let whole = dialog.finished.mesh.clone();
        self.write(job, whole, move |studio, written| match written {
            Ok(()) => {}
            Err(trouble) if studio.dialog.is_some() => studio.tell_not_exported(&trouble),
            Err(trouble) => {
                // Never silently over an existing file; the dialog says itself that there is one.
                if !trouble.is_taken {
                    dialog.tell(trouble, studio);
                }
                studio.open(Dialog::Export(dialog));
            }
        });
    }

    /// Opens the folder of the last exported file in the system's file manager.
    pub(in super::super) fn show_exported(&mut self) {
        let Some(folder) = self.last_exported.as_ref().and_then(|p| p.parent()) else { return };
        self.open_folder(OPENER, folder.to_owned());
    }

    /// Runs `opener` with a folder, and waits for its end on a thread: some are the file manager itself.
    fn open_folder(&mut self, opener: &'static str, folder: PathBuf) {
        let arg = folder.clone();
        let open = move || {
            let begun = Instant::now();
            let ended = Command::new(opener).arg(arg).status();
            (ended, begun.elapsed())
        };
        let tell = move |studio: &mut Self, why: String| {
            let text = format!("The folder could not be opened ({why}): {}", folder.display());
            studio.messages.push(Level::Warning, text);
        };
        let told = tell.clone();
        let begun = self.run_long("orfeas-show", open, move |studio, ended| match ended {
            // Explorer says that it failed whatever it did.
            Ok((Ok(status), after)) if status.success() || cfg!(windows) || after >= LONG_OPEN => {}
            Ok((Ok(status), _)) => told(studio, format!("{opener} ended with {status}")),
            Ok((Err(error), _)) => told(studio, format!("{opener}: {error}")),
            Err(why) => told(studio, why),
        });
        if let Err(why) = begun {
            tell(self, why);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::tests::{finished, studio, take_answers};
    use super::*;

    /// A window at rest, and a dialog in it that exports into the folder.
    fn with_dialog() -> (tempfile::TempDir, Studio, Box<ExportDialog>) {
        let (folder, mut studio) = studio();
        take_answers(&mut studio);
        studio.settings.export_folder = Some(folder.path().to_owned());
        let dialog = Box::new(ExportDialog::new("a.png", finished(), &studio.settings));
        (folder, studio, dialog)
    }

    /// The dialog after the tasks have answered.
    fn answered(studio: &mut Studio, dialog: Box<ExportDialog>) -> Box<ExportDialog> {
        studio.dialog = Some(Dialog::Export(dialog));
        take_answers(studio);
        let Some(Dialog::Export(dialog)) = studio.dialog.take() else { panic!("it is closed") };
        dialog
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_is_not_opened_is_told_of() {
        let (folder, mut studio) = studio();
        take_answers(&mut studio);
        for (opener, is_told) in [("true", false), ("false", true), ("orfeas-has-no-such-opener", true)] {
            let before = studio.messages.iter().count();
            studio.open_folder(opener, folder.path().to_owned());
            take_answers(&mut studio);
            let told: Vec<_> = studio.messages.iter().skip(before).map(|m| m.text.clone()).collect();
            assert_eq!(told.len(), usize::from(is_told), "{opener}: {told:?}");
            let path = folder.path().display().to_string();
            assert!(told.iter().all(|text| text.contains(opener) && text.ends_with(&path)), "{told:?}");
        }
    }

    #[test]
    fn each_target_is_looked_at_once_and_not_exported_to_before() {
        let (folder, mut studio, mut dialog) = with_dialog();
        std::fs::write(folder.path().join("b.3mf"), "").unwrap();
        for (name, is_taken) in [("a.3mf", false), ("b.3mf", true), ("c.3mf", false)] {
            dialog.path = name.to_owned();
            (0..3).for_each(|_| dialog.look(&mut studio));
            assert_eq!((studio.going_on, dialog.is_ready()), (1, false), "{name}");
            dialog = answered(&mut studio, dialog);
            dialog.look(&mut studio);
            assert_eq!((studio.going_on, dialog.is_ready()), (0, !is_taken), "{name}");
        }
    }

    #[test]
    fn a_folder_that_does_not_answer_is_asked_once_and_holds_up_no_other() {
        let (_folder, mut studio, mut dialog) = with_dialog();
        for (name, going_on) in [("a.3mf", 1), ("ab.3mf", 1), ("other/ab.3mf", 2)] {
            dialog.path = name.to_owned();
            dialog.look(&mut studio);
            assert_eq!(studio.going_on, going_on, "{name}");
        }
        let dialog = answered(&mut studio, dialog);
        assert!(dialog.is_ready());
        assert!(!dialog.seen_now().unwrap().has_folder);
    }
}
