//! The mesh of fewer triangles that the export dialog writes: made beside the window, until it is there, another one is
//! wanted, or the dialog is closed.

use std::sync::Arc;

use super::super::toast::Level;
use super::super::{Dialog, Studio};
use super::ExportDialog;
use crate::background;
use crate::mesh::Mesh;
use crate::mesh::simplify::{self, Simplified, Target};
use crate::progress::{CancelToken, Monitor};

/// A mesh of fewer triangles.
pub(super) struct Reduced {
    /// The count that was asked for.
    pub triangles: u64,
    /// The mesh.
    pub mesh: Arc<Mesh>,
    /// Its width, depth and height.
    pub size_mm: [f32; 3],
}

/// A reduction that goes on; dropping it cancels it.
pub(super) struct Reducing {
    /// The count that was asked for.
    pub triangles: u64,
    cancel: CancelToken,
}

impl Drop for Reducing {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}

impl ExportDialog {
    /// Begins to reduce to the count that is asked for. What was reduced to another one before is given up.
    pub(super) fn start_reducing(&mut self, studio: &mut Studio) {
        let (mesh, triangles, cancel) = (self.finished.mesh.clone(), self.triangles, CancelToken::new());
        let reducing = Reducing { triangles, cancel: cancel.clone() };
        let asked = cancel.clone();
        let reduce = move || {
            let target = Target { triangles: u32::try_from(triangles).ok(), max_error: None };
            let simplify = || simplify::simplify(&mesh, target, &Monitor::new(&cancel, &|_| {}));
            background::run(simplify).map_err(|error| error.to_string())
        };
        let begun = studio.run_long("orfeas-reduce", reduce, move |studio, reduced| {
            // Otherwise the dialog is another one by now, or asks for another count.
            if !asked.is_cancelled()
                && let Some(Dialog::Export(mut dialog)) = studio.dialog.take_if(|d| matches!(d, Dialog::Export(_)))
            {
                dialog.take_reduced(studio, triangles, reduced.flatten());
                studio.dialog = Some(Dialog::Export(dialog));
            }
        });
        match begun {
            Ok(()) => self.reducing = Some(reducing),
            Err(why) => self.take_reduced(studio, triangles, Err(why)),
        }
    }

    fn take_reduced(&mut self, studio: &mut Studio, triangles: u64, reduced: Result<Simplified, String>) {
        self.reducing = None;
        match reduced {
            Ok(simplified) => {
                let size_mm = simplified.mesh.bounds().map_or([0.0; 3], |b| b.size().to_array());
                self.reduced = Some(Reduced { triangles, mesh: Arc::new(simplified.mesh), size_mm });
                self.fit();
                self.show_in_view(studio);
                if let Some(note) = simplified.note {
                    studio.messages.push(Level::Warning, note);
                }
            }
            Err(why) => {
                self.reduce = false;
                self.fit();
                studio.messages.push(Level::Error, format!("The mesh could not be reduced: {why}"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::state::{Finished, Source};
    use super::super::super::tests::{give_mesh, studio, take_answers};
    use super::*;

    /// A dialog for a block of twelve triangles, which are as many as are asked for.
    fn dialog(studio: &mut Studio, folder: &std::path::Path) -> ExportDialog {
        let id = studio.add(Source::MeshFile("part.stl".into()));
        give_mesh(studio, id, folder);
        let finished: Finished = studio.items.get(id).unwrap().finished.clone().unwrap();
        let mut dialog = ExportDialog::new("part.stl", finished, &studio.settings);
        (dialog.reduce, dialog.triangles) = (true, 12);
        dialog
    }

    fn open(studio: &mut Studio, dialog: ExportDialog) {
        studio.dialog = Some(Dialog::Export(Box::new(dialog)));
    }

    fn token(dialog: &ExportDialog) -> CancelToken {
        dialog.reducing.as_ref().unwrap().cancel.clone()
    }

    #[test]
    fn a_reduction_ends_with_its_dialog() {
        let (folder, mut studio) = studio();
        let mut first = dialog(&mut studio, folder.path());
        first.start_reducing(&mut studio);
        let cancel = token(&first);
        assert!(!cancel.is_cancelled());
        open(&mut studio, first);
        let second = dialog(&mut studio, folder.path());
        open(&mut studio, second);
        assert!(cancel.is_cancelled());
        take_answers(&mut studio);
        let Some(Dialog::Export(second)) = &studio.dialog else { panic!("closed") };
        assert!(second.reduce && second.reduced.is_none(), "the answer was for the first dialog");
        assert!(!studio.messages.iter().any(|m| m.level == Level::Error));
    }

    #[test]
    fn another_count_gives_the_one_before_up() {
        let (folder, mut studio) = studio();
        let mut dialog = dialog(&mut studio, folder.path());
        dialog.start_reducing(&mut studio);
        let before = token(&dialog);
        dialog.triangles = 20;
        dialog.start_reducing(&mut studio);
        assert!(before.is_cancelled() && !token(&dialog).is_cancelled());
        open(&mut studio, dialog);
        take_answers(&mut studio);
        let Some(Dialog::Export(dialog)) = &studio.dialog else { panic!("closed") };
        assert!(dialog.reducing.is_none());
        assert_eq!(dialog.reduced.as_ref().map(|reduced| (reduced.triangles, reduced.size_mm)), Some((20, [10.0; 3])));
    }
}
