//! Many pictures into one folder, able to go on after a kill.
//!
//! Promises: one failure, or panic, ends one picture and not the batch; a picture whose file is
//! there, made from the same bytes with the same settings, is skipped, also when another batch made it
//! meanwhile; where a picture, a setting or the learned model changed, it is made again; a file that the
//! batch did not make, that it made from a picture somewhere else, or that somebody changed since, is
//! never replaced unless replacing was asked for. It makes nothing itself: the caller's `work` does.

mod manifest;
mod names;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

pub use manifest::{FILE_NAME as MANIFEST_FILE_NAME, LOCK_NAME as LOCK_FILE_NAME, ManifestError};
pub use names::output_names;

use super::JobRequest;
use super::queue::WorkError;
use crate::cache::{self, Digest};
use crate::files::{self, IfExists, TEMPORARY_AFFIXES, WriteError, digest_of_file};
use crate::mishap::panic_text;
use crate::progress::{CancelToken, Monitor, Progress};
use manifest::{Folder, Standing, Wanted};

/// One picture of a batch.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchItem {
    /// What to make, from what.
    pub job: JobRequest,
    /// Name of the file to write, within the batch's folder; see [`output_names`].
    pub output_name: PathBuf,
}

/// How a batch is run.
#[derive(Clone, Debug)]
pub struct BatchOptions {
    /// The folder that takes the files; it must exist.
    pub folder: PathBuf,
    /// Pictures worked on at once, at least 1. Every stage uses all cores already, so more than two
    /// mostly cost memory.
    pub workers: usize,
    /// Replace files that the batch did not make, too.
    pub overwrite: bool,
    /// Everything that shapes the written file but is not in the request (format, title, program
    /// version …), in any form: when it changes, the file is made again.
    pub file_settings: String,
    /// Tells the weights of the learned model that makes the solids from others: when they change, the
    /// file is made again. `None` where there is no such model, or it is not found.
    pub model: Option<Digest>,
}

/// What became of one picture, or what is happening to it.
#[derive(Clone, Debug, PartialEq)]
pub enum ItemEvent {
    /// Its file is there already.
    Skipped,
    /// A worker has taken it.
    Started,
    /// How far it has come.
    Progress(Progress),
    /// Its file is written.
    Done {
        /// How long it took.
        secs: f32,
    },
    /// It failed: a sentence for the user.
    Failed(String),
    /// The batch was cancelled before it was done.
    Cancelled,
}

/// What became of all pictures, in the order of the items. Each is one of the last four of
/// [`ItemEvent`], or [`ItemEvent::Skipped`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    /// One per item.
    pub items: Vec<ItemEvent>,
    /// What the user should hear about the batch itself.
    pub notes: Vec<String>,
}

impl Summary {
    /// Number of pictures that failed.
    pub fn failed(&self) -> usize {
        self.items.iter().filter(|i| matches!(i, ItemEvent::Failed(_))).count()
    }

    /// Whether every picture's file is there.
    pub fn is_complete(&self) -> bool {
        self.items.iter().all(|i| matches!(i, ItemEvent::Skipped | ItemEvent::Done { .. }))
    }
}

/// Makes one picture's solid and writes its file (the path), replacing what is there or not.
pub type Work<'a> = dyn Fn(&BatchItem, &Path, IfExists, &Monitor) -> Result<(), WorkError> + Sync + 'a;

/// Works off `items` by `work` and tells `observe` (from any thread) what happens to which.
///
/// # Errors
/// [`ManifestError`] when the folder cannot take files. Failures of pictures are in the [`Summary`].
pub fn run(
    items: &[BatchItem],
    options: &BatchOptions,
    cancel: &CancelToken,
    work: &Work,
    observe: &(dyn Fn(usize, &ItemEvent) + Sync),
) -> Result<Summary, ManifestError> {
    let (folder, notes) = Folder::open(&options.folder)?;
    files::sweep_temporaries(&options.folder);
    let batch = Batch { options, folder, cancel, work, observe };
    let next = AtomicUsize::new(0);
    let results: Vec<Mutex<ItemEvent>> = items.iter().map(|_| Mutex::new(ItemEvent::Cancelled)).collect();
    let work_off = || {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let (Some(item), Some(result)) = (items.get(index), results.get(index)) else { break };
            let event = batch.one(index, item);
            observe(index, &event);
            *result.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = event;
        }
    };
    std::thread::scope(|scope| {
        // The calling thread is the first worker, so that a system without threads to spare still works.
        for number in 1..options.workers.clamp(1, items.len().max(1)) {
            let named = std::thread::Builder::new().name(format!("orfeas-batch-{number}"));
            let _ = named.spawn_scoped(scope, work_off);
        }
        work_off();
    });
    let items = results.into_iter().map(|r| r.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner));
    Ok(Summary { items: items.collect(), notes })
}

/// Whether every picture's file is there, made from just this: then [`run`] skips all, and writes nothing.
pub fn is_finished(items: &[BatchItem], options: &BatchOptions) -> bool {
    let Ok((folder, _)) = Folder::open(&options.folder) else { return false };
    items.iter().all(|item| folder.is_done(&item.output_name.to_string_lossy(), &wanted(item, options)))
}

struct Batch<'a> {
    options: &'a BatchOptions,
    folder: Folder,
    cancel: &'a CancelToken,
    work: &'a Work<'a>,
    observe: &'a (dyn Fn(usize, &ItemEvent) + Sync),
}

impl Batch<'_> {
    fn one(&self, index: usize, item: &BatchItem) -> ItemEvent {
        if self.cancel.is_cancelled() {
            return ItemEvent::Cancelled;
        }
        let begun = Instant::now();
        let result = catch_unwind(AssertUnwindSafe(|| self.make(index, item))).unwrap_or_else(|panic| {
            let path = item.job.input.path.display();
            let text = panic_text(panic.as_ref());
            Err(WorkError::Failed(format!(
                "the program made a mistake on this picture ({text}); please report it: {path}"
            )))
        });
        match result {
            Ok(true) => ItemEvent::Done { secs: begun.elapsed().as_secs_f32() },
            Ok(false) => ItemEvent::Skipped,
            Err(WorkError::Failed(message) | WorkError::Taken(message)) => ItemEvent::Failed(message),
            Err(WorkError::Cancelled) => ItemEvent::Cancelled,
        }
    }

    /// Makes the file of `item`; `false` when it is there already.
    fn make(&self, index: usize, item: &BatchItem) -> Result<bool, WorkError> {
        let wanted = wanted(item, self.options);
        let name = item.output_name.to_string_lossy();
        if self.folder.is_done(&name, &wanted) {
            return Ok(false);
        }
        // Another batch may have made it since this one began.
        self.folder.refresh();
        if self.folder.is_done(&name, &wanted) {
            return Ok(false);
        }
        (self.observe)(index, &ItemEvent::Started);
        let sink = |progress| (self.observe)(index, &ItemEvent::Progress(progress));
        let monitor = Monitor::new(self.cancel, &sink);
        let write = |path: &Path, if_exists| (self.work)(item, path, if_exists, &monitor);
        let replace = |path: &Path| write(path, IfExists::Replace);
        let may_replace = self.options.overwrite;
        let is_made = match if may_replace { Standing::Ours } else { self.folder.standing(&name, &wanted.source) } {
            Standing::Ours => self.begin(&name, &wanted, || replace(&self.folder.path_of(&name)).map(|()| true))?,
            Standing::Free => self.begin(&name, &wanted, || self.write_new(&name, &wanted, &write))?,
            Standing::Begun => self.compare(&name, &replace).map(|()| true)?,
            Standing::Foreign => return Err(failed(WriteError::Exists(self.folder.path_of(&name)))),
        };
        if is_made {
            self.folder.finish(&name, &wanted).map_err(failed)?;
        }
        Ok(is_made)
    }

    /// Makes the file called `name` by `make`, and notes before that it is begun.
    fn begin(
        &self,
        name: &str,
        wanted: &Wanted,
        make: impl FnOnce() -> Result<bool, WorkError>,
    ) -> Result<bool, WorkError> {
        let begun = self.folder.begin(name, wanted).map_err(failed)?;
        let made = catch_unwind(AssertUnwindSafe(make));
        if !matches!(made, Ok(Ok(_))) {
            // Nothing was made: whatever comes to lie there is somebody else's.
            if let Err(error) = self.folder.restore(name, begun) {
                tracing::warn!(%error, "a file that was not made counts as this batch's");
            }
        }
        made.unwrap_or_else(|panic| resume_unwind(panic))
    }

    /// Writes the file called `name`, which was not there; `false` when another batch was quicker.
    fn write_new(&self, name: &str, wanted: &Wanted, write: &Write) -> Result<bool, WorkError> {
        let path = self.folder.path_of(name);
        match write(&path, IfExists::Keep) {
            Err(WorkError::Taken(_)) => {
                self.folder.refresh();
                if self.folder.is_done(name, wanted) {
                    return Ok(false);
                }
                // It may be about to note it.
                self.compare(name, &|path| write(path, IfExists::Replace)).map(|()| true)
            }
            written => written.map(|()| true),
        }
    }

    /// A file lies there that a killed batch may have written as its last, or another one just now, or
    /// somebody else since: it is the batch's if it is what the batch would write.
    fn compare(&self, name: &str, write: &dyn Fn(&Path) -> Result<(), WorkError>) -> Result<(), WorkError> {
        let path = self.folder.path_of(name);
        let (prefix, suffix) = TEMPORARY_AFFIXES;
        let again = tempfile::Builder::new().prefix(prefix).suffix(suffix).tempfile_in(&self.options.folder);
        // Closed, because not every system replaces a file that is open.
        let again = again.map_err(|error| {
            let source = files::without_temporary_name(error);
            failed(WriteError::Io { source, path: path.clone() })
        });
        let again = again?.into_temp_path();
        write(&again)?;
        let digests = [&*path, &*again].map(|path| digest_of_file(path).ok());
        let is_the_same = digests[0].is_some() && digests[0] == digests[1];
        if is_the_same { Ok(()) } else { Err(failed(WriteError::Exists(path))) }
    }
}

/// Makes a file at a path, replacing what is there or not.
type Write<'a> = dyn Fn(&Path, IfExists) -> Result<(), WorkError> + 'a;

/// What the file of `item` is made from. A picture that cannot be read has no digest; the work itself
/// will say why.
fn wanted(item: &BatchItem, options: &BatchOptions) -> Wanted {
    let input = &item.job.input;
    let settings = (&item.job.request, &options.file_settings, env!("CARGO_PKG_VERSION"));
    Wanted {
        source: manifest::source_of(&input.path),
        picture: content_digest(&input.path),
        mask: input.mask.as_deref().map(content_digest),
        settings: cache::digest_of(&settings),
        model: options.model,
    }
}

fn failed(error: impl std::fmt::Display) -> WorkError {
    WorkError::Failed(error.to_string())
}

fn content_digest(path: &Path) -> Digest {
    // Never equal to a real picture's digest, and never recorded: the work fails as well.
    digest_of_file(path).unwrap_or([0; 32])
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod together_tests;
