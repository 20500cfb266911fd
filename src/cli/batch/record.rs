//! What a batch has done already, so that the same command goes on where it was stopped.
//!
//! A hidden file in the output folder has one line of JSON per step: `writing` before a solid is
//! written, `done` with its content's digest after it. Whatever moment the process is killed at, a
//! solid counts as done only when it was written whole and is still as it was written.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// Name of the record in the output folder.
pub const FILE_NAME: &str = ".orfeas-batch.jsonl";

/// One step of the work on one solid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Line {
    /// File name of the solid.
    output: String,
    /// Digest of everything that it is made from.
    key: String,
    /// Digest of the solid's file, once it is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    content: Option<String>,
}

/// What is known about a solid that is to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// There is no such file.
    Missing,
    /// Made from the same picture with the same settings, and unchanged since.
    Done,
    /// This batch was stopped while writing it: the file may be replaced.
    Unfinished,
    /// Made by a batch from something else, or changed since.
    Other,
    /// A file that no batch made.
    Foreign,
}

/// The record of one output folder. Shared by all workers.
pub struct Record {
    lines: Mutex<HashMap<String, Line>>,
    file: Mutex<File>,
}

impl Record {
    /// Opens or begins the record in `folder`.
    ///
    /// # Errors
    /// What the system said.
    pub fn open(folder: &Path) -> io::Result<Self> {
        let path = folder.join(FILE_NAME);
        let mut file = File::options().read(true).append(true).create(true).open(path)?;
        let mut lines = HashMap::new();
        let mut text = Vec::new();
        let mut reader = BufReader::new(&mut file);
        while reader.read_until(b'\n', &mut text)? > 0 {
            // A line cut short by a kill says nothing.
            if let Ok(line) = serde_json::from_slice::<Line>(&text) {
                lines.insert(line.output.clone(), line);
            }
            if text.last() != Some(&b'\n') {
                text.clear();
                file.write_all(b"\n")?;
                break;
            }
            text.clear();
        }
        Ok(Self { lines: Mutex::new(lines), file: Mutex::new(file) })
    }

    /// What is known about `output`, to be made from what `key` stands for.
    ///
    /// # Errors
    /// What the system said when reading the file.
    pub fn state(&self, output: &Path, key: &str) -> io::Result<State> {
        if output.symlink_metadata().is_err() {
            return Ok(State::Missing);
        }
        let line = self.lines.lock().unwrap_or_else(PoisonError::into_inner).get(&name(output)).cloned();
        Ok(match line {
            None => State::Foreign,
            Some(Line { content: None, key: found, .. }) if found == key => State::Unfinished,
            Some(Line { content: Some(content), key: found, .. }) if found == key && file_digest(output)? == content => {
                State::Done
            }
            Some(_) => State::Other,
        })
    }

    /// Notes that `output` is about to be written.
    ///
    /// # Errors
    /// What the system said.
    pub fn begin(&self, output: &Path, key: &str) -> io::Result<()> {
        self.append(Line { output: name(output), key: key.to_owned(), content: None })
    }

    /// Notes that `output` was written.
    ///
    /// # Errors
    /// What the system said.
    pub fn finish(&self, output: &Path, key: &str) -> io::Result<()> {
        self.append(Line { output: name(output), key: key.to_owned(), content: Some(file_digest(output)?) })
    }

    fn append(&self, line: Line) -> io::Result<()> {
        let text = serde_json::to_string(&line)? + "\n";
        // One write: lines of two batches in one folder do not mix.
        self.file.lock().unwrap_or_else(PoisonError::into_inner).write_all(text.as_bytes())?;
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).insert(line.output.clone(), line);
        Ok(())
    }
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// SHA-256 of a file, in hexadecimal.
///
/// # Errors
/// What the system said.
pub fn file_digest(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hex(&hasher.finalize())),
            read => hasher.update(buffer.get(..read).unwrap_or_default()),
        }
    }
}

/// SHA-256 over `parts`, in hexadecimal; each part is preceded by its length.
pub fn digest_of(parts: &[&[u8]]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    hex(&hasher.finalize())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_solid_is_done_only_when_whole_and_unchanged() {
        let folder = tempfile::tempdir().unwrap();
        let output = folder.path().join("a.stl");
        let state = |key: &str| Record::open(folder.path()).unwrap().state(&output, key).unwrap();
        assert_eq!(state("k"), State::Missing);
        std::fs::write(&output, "solid").unwrap();
        assert_eq!(state("k"), State::Foreign);
        let record = Record::open(folder.path()).unwrap();
        record.begin(&output, "k").unwrap();
        assert_eq!(state("k"), State::Unfinished);
        assert_eq!(state("other"), State::Other);
        record.finish(&output, "k").unwrap();
        assert_eq!(state("k"), State::Done);
        assert_eq!(state("other"), State::Other);
        std::fs::write(&output, "edited").unwrap();
        assert_eq!(state("k"), State::Other);
    }

    #[test]
    fn a_line_cut_short_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let output = folder.path().join("a.stl");
        std::fs::write(&output, "solid").unwrap();
        Record::open(folder.path()).unwrap().finish(&output, "k").unwrap();
        let path = folder.path().join(FILE_NAME);
        let text = std::fs::read_to_string(&path).unwrap();
        for cut in 0..text.len() - 1 {
            std::fs::write(&path, &text[..cut]).unwrap();
            let record = Record::open(folder.path()).unwrap();
            let expected = if cut == text.len() - 1 { State::Done } else { State::Foreign };
            assert_eq!(record.state(&output, "k").unwrap(), expected, "cut at {cut}");
            record.finish(&output, "k2").unwrap();
            assert_eq!(Record::open(folder.path()).unwrap().state(&output, "k2").unwrap(), State::Done);
        }
    }
}
