//! Fetching a model from the hub.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Serialize;
use ureq::http::header;

use super::catalogue::{Model, ModelFile};
use super::digest::Sha256;
use super::error::{ModelsError, TransferError};
use super::hub::{Answer, Fault, Published, check_status};
use super::install;
use super::library::Library;
use super::meter::Meter;
use super::part::{Part, part_path};
use super::places::length;
use super::record::{DigestSource, RecordedFile};
use crate::progress::{Monitor, Stage};

/// Room that is left for everything else, in bytes.
const MARGIN_BYTES: u64 = 64 << 20;
/// An attempt that brought so many bytes was no failure, however it ended.
const STEP_BYTES: u64 = 256 << 10;

/// What a pull would do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// Length of the whole model.
    pub total_bytes: u64,
    /// What is still to be fetched.
    pub fetch_bytes: u64,
    /// What is free where it goes; nothing when the system does not say.
    pub free_bytes: Option<u64>,
    /// Where it goes.
    pub folder: PathBuf,
    /// The server that is asked.
    pub host: String,
}

/// A file that is to be fetched, with everything that is known about it.
struct Target<'m> {
    file: &'m ModelFile,
    path: PathBuf,
    bytes: Option<u64>,
    sha256: Option<Sha256>,
    known_by: DigestSource,
}

impl Library {
    /// What [`Library::pull`] of the model called `id` would do. Nothing is asked of any server.
    ///
    /// # Errors
    /// [`ModelsError::Unknown`]
    pub fn plan(&self, id: &str) -> Result<Plan, ModelsError> {
        let model = self.model(id)?;
        let root = self.own_root(model);
        let left = |file: &&ModelFile| {
            let here = length(&part_path(&file.below(&root))).unwrap_or(0);
            file.about_bytes.saturating_sub(here)
        };
        let fetch_bytes = match self.find(model) {
            Some(_) => 0,
            None => self.missing(model).iter().map(left).sum(),
        };
        let free_bytes = (self.free_bytes)(self.folder());
        Ok(Plan { total_bytes: model.bytes(), fetch_bytes, free_bytes, folder: root, host: self.hub.host() })
    }

    /// Fetches the model called `id` into our folder, unless it is on this machine already, and returns
    /// the root of its repository. Files of the right bytes in folders of others are linked or copied
    /// in the place of fetching them. Cancelling keeps what has come; the next pull goes on there.
    ///
    /// Reports bytes under [`Stage::Download`] (and [`Stage::Verify`] for files of others), and may be
    /// cancelled within 0.1 s.
    ///
    /// # Errors
    /// See [`ModelsError`].
    pub fn pull(&self, id: &str, monitor: &Monitor) -> Result<PathBuf, ModelsError> {
        let model = self.model(id)?;
        if let Some((root, _)) = self.find(model) {
            return Ok(root);
        }
        self.check_agreed(model)?;
        let _lock = self.lock(model)?;
        self.sweep(model);
        let root = self.own_root(model);
        self.drop_copies(model);
        self.adopt(model, monitor)?;
        let missing = self.missing(model);
        let targets: Vec<Target> =
            missing.into_iter().map(|file| self.target(model, file, monitor)).collect::<Result<_, _>>()?;
        let left = |t: &Target| t.length().saturating_sub(length(&part_path(&t.path)).unwrap_or(0));
        self.check_room(&root, targets.iter().map(left).sum())?;
        let meter = Meter::new(monitor, Stage::Download, targets.iter().map(Target::length).sum());
        for target in &targets {
            let (bytes, sha256) = self.fetch_file(model, target, &meter)?;
            let path = target.file.path.clone();
            self.remember(model, RecordedFile { path, bytes, sha256, known_by: target.known_by })?;
        }
        Ok(root)
    }

    /// Takes files of `model` that folders of others have.
    fn adopt(&self, model: &Model, monitor: &Monitor) -> Result<(), ModelsError> {
        let root = self.own_root(model);
        for file in self.missing(model) {
            let Some(expected) = file.sha256 else { continue };
            for candidate in self.others().iter().flat_map(|place| place.candidates(model, file)) {
                let bytes = length(&candidate).unwrap_or(0);
                let meter = Meter::new(monitor, Stage::Verify, bytes);
                match install::place(&candidate, &file.below(&root), Some(expected), &meter) {
                    Ok(sha256) => {
                        let (path, known_by) = (file.path.clone(), DigestSource::Catalogue);
                        self.remember(model, RecordedFile { path, bytes, sha256, known_by })?;
                        break;
                    }
                    Err(install::PlaceError::Failed(error)) if matches!(*error, ModelsError::Cancelled(_)) => {
                        return Err(*error);
                    }
                    // It is fetched instead.
                    Err(error) => tracing::info!(?error, path = %candidate.display(), "not taken over"),
                }
            }
        }
        Ok(())
    }

    /// Asks the server about `file`, and compares that with what is known.
    fn target<'m>(&self, model: &Model, file: &'m ModelFile, monitor: &Monitor) -> Result<Target<'m>, ModelsError> {
        let meter = Meter::new(monitor, Stage::Download, 1);
        let mut failures = 0;
        let published = loop {
            match self.hub.ask(model, file, monitor) {
                Ok(published) => break published,
                Err(fault) => self.endure(fault, &mut failures, &meter)?,
            }
        };
        let Published { bytes, sha256 } = published;
        let (host, name) = (self.hub.host(), file.name().to_owned());
        if let (Some(found), Some(expected)) = (sha256, file.sha256)
            && found != expected
        {
            return Err(TransferError::OtherFile { host, file: name, found, expected }.into());
        }
        if let Some(found) = bytes.filter(|b| !file.fits(*b)) {
            return Err(TransferError::Length { host, file: name, found, expected: file.about_bytes }.into());
        }
        let known_by = match (file.sha256, sha256) {
            (Some(_), _) => DigestSource::Catalogue,
            (None, Some(_)) => DigestSource::Server,
            (None, None) => DigestSource::Computed,
        };
        let path = file.below(&self.own_root(model));
        Ok(Target { file, path, bytes: file.bytes.or(bytes), sha256: file.sha256.or(sha256), known_by })
    }

    pub(super) fn check_room(&self, folder: &Path, bytes: u64) -> Result<(), ModelsError> {
        let needed = bytes.saturating_add(MARGIN_BYTES);
        match (self.free_bytes)(folder) {
            Some(free) if free < needed && bytes > 0 => {
                Err(ModelsError::NoRoom { needed, free, folder: folder.to_owned() })
            }
            _ => Ok(()),
        }
    }

    pub(super) fn remember(&self, model: &Model, file: RecordedFile) -> Result<(), ModelsError> {
        let mut record = self.records().read(&model.id).unwrap_or_default();
        record.repository.clone_from(&model.repository);
        record.revision.clone_from(&model.revision);
        record.put(file);
        self.records().write(&model.id, &record)
    }

    /// Pauses after a failure that may pass, unless there were too many.
    fn endure(&self, fault: Fault, failures: &mut u32, meter: &Meter) -> Result<(), ModelsError> {
        let patience = self.hub.patience;
        match fault {
            Fault::Final(error) => Err(*error),
            Fault::Passing { what, pause, error } => {
                tracing::info!(%what, failures, "the transfer stopped");
                if *failures >= patience.failures {
                    let connection = || TransferError::Connection { host: self.hub.host(), what };
                    return Err(error.map_or_else(connection, |e| *e).into());
                }
                let doubled = patience.first_pause.saturating_mul(1 << (*failures).min(16));
                *failures += 1;
                Ok(meter.pause(pause.unwrap_or(Duration::ZERO).max(doubled).min(patience.longest_pause))?)
            }
        }
    }

    /// Fetches one file to its end; returns its length and digest.
    fn fetch_file(&self, model: &Model, target: &Target, meter: &Meter) -> Result<(u64, Sha256), ModelsError> {
        let start = meter.done();
        let mut part = Part::open(&target.path, target.bytes, target.sha256, meter)?;
        let mut failures = 0;
        loop {
            let before = part.length();
            let attempt = match part.whole() {
                Some(whole) if whole == before => Ok(()),
                _ => self.attempt(model, target, &mut part, (start, meter)),
            };
            if let Err(fault) = attempt {
                if part.length() >= before + STEP_BYTES {
                    failures = 0;
                }
                self.endure(fault, &mut failures, meter)?;
                continue;
            }
            let (found, bytes) = (part.digest(), part.length());
            match target.sha256.filter(|expected| *expected != found) {
                None => {
                    part.finish()?;
                    return Ok((bytes, found));
                }
                // What came in an earlier run may be what is wrong.
                Some(_) if part.is_resumed => {
                    part.restart()?;
                    meter.set(start)?;
                }
                Some(expected) => {
                    part.discard()?;
                    let (host, file) = (self.hub.host(), target.file.name().to_owned());
                    return Err(TransferError::WrongBytes { host, file, found, expected }.into());
                }
            }
        }
    }

    /// One request for what is still missing of a file. `start` is what the meter said before the file.
    fn attempt(
        &self,
        model: &Model,
        target: &Target,
        part: &mut Part,
        (start, meter): (u64, &Meter),
    ) -> Result<(), Fault> {
        let mut headers = Vec::new();
        if part.length() > 0 {
            headers.push((header::RANGE, format!("bytes={}-", part.length())));
            // A known digest tells at the end, and stores of the same file differ in their tags: there, the
            // tag would only make some of them start from the beginning.
            if let Some(etag) = part.etag().filter(|_| target.sha256.is_none()) {
                headers.push((header::IF_RANGE, etag.to_owned()));
            }
        }
        let mut answer = self.hub.fetch(model, target.file, &headers, meter.monitor)?;
        self.check_answer(target, part, &answer)?;
        if part.length() == 0 {
            part.set_etag(answer.line.header("etag"))?;
        }
        meter.set(start + part.length())?;
        let longest = part.whole().unwrap_or(target.file.about_bytes.saturating_mul(4));
        while let Some(bytes) = answer.line.next(meter.monitor)? {
            let found = part.length() + bytes.len() as u64;
            if found > longest {
                let (host, file) = (answer.host, target.file.name().to_owned());
                return Err(TransferError::Length { host, file, found, expected: longest }.into());
            }
            part.append(&bytes)?;
            meter.add(bytes.len() as u64)?;
        }
        match part.whole() {
            Some(whole) if part.length() < whole => {
                Err(Fault::Passing { what: "it ended early".to_owned(), pause: None, error: None })
            }
            _ => Ok(()),
        }
    }

    /// Whether the answer is the rest of the part; one that is the whole begins it anew.
    fn check_answer(&self, target: &Target, part: &mut Part, answer: &Answer) -> Result<(), Fault> {
        let (host, file) = (answer.host.clone(), target.file.name().to_owned());
        let nonsense = |what: &str| {
            let (host, file, what) = (host.clone(), file.clone(), what.to_owned());
            Fault::from(TransferError::Nonsense { host, file, what })
        };
        let mut total = None;
        match answer.status {
            200 => part.restart()?,
            206 => {
                let (first, whole) = answer
                    .line
                    .header("content-range")
                    .and_then(content_range)
                    .ok_or_else(|| nonsense("which part it is"))?;
                if first != part.length() {
                    return Err(nonsense("another part than the one that was asked for"));
                }
                total = whole;
            }
            416 if part.length() > 0 => {
                part.restart()?;
                let what = "it has nothing behind what is here".to_owned();
                return Err(Fault::Passing { what, pause: None, error: None });
            }
            _ => {
                check_status(answer, target.file)?;
                return Err(nonsense(&format!("status {}", answer.status)));
            }
        }
        if answer.line.header("content-encoding").is_some_and(|e| !e.eq_ignore_ascii_case("identity")) {
            return Err(nonsense("a packed file"));
        }
        if answer.line.header("content-type").is_some_and(|t| t.to_ascii_lowercase().starts_with("text/html")) {
            return Err(nonsense("a web page in the place of the file"));
        }
        let announced: Option<u64> = answer.line.header("content-length").and_then(|v| v.parse().ok());
        let total = total.or(announced.map(|bytes| bytes.saturating_add(part.length())));
        match (total, part.whole()) {
            (Some(found), Some(expected)) if found != expected => {
                Err(TransferError::Length { host, file, found, expected }.into())
            }
            _ => Ok(()),
        }
    }
}

impl Target<'_> {
    /// Its length, as far as it is known.
    fn length(&self) -> u64 {
        self.bytes.unwrap_or(self.file.about_bytes)
    }
}

/// First byte and length of the whole of `bytes 5-9/10`; the length may be `*`.
fn content_range(text: &str) -> Option<(u64, Option<u64>)> {
    let (range, whole) = text.strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let (first, last): (u64, u64) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
    let whole = if whole.trim() == "*" { None } else { Some(whole.trim().parse().ok()?) };
    (first <= last && whole.is_none_or(|w: u64| last < w)).then_some((first, whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_strictly() {
        assert_eq!(content_range("bytes 5-9/10"), Some((5, Some(10))));
        assert_eq!(content_range("bytes 5-9/*"), Some((5, None)));
        for wrong in ["", "bytes */10", "bytes 9-5/10", "bytes 5-10/10", "5-9/10", "bytes 5-/10", "bytes -5-9/10"] {
            assert_eq!(content_range(wrong), None, "{wrong}");
        }
    }
}
