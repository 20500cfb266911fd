//! The beginning of a file that is still coming: `.orfeas-NAME.part`, and beside it a note of what it
//! is the beginning of. It survives everything, and gets its name only when all its bytes are right.

use std::fs::{self, File};
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::digest::{Hasher, Sha256};
use super::error::ModelsError;
use super::meter::Meter;
use super::record;
use crate::files::{TEMPORARY_AFFIXES, each_chunk};

/// Where the bytes of `path` are collected until they are all there.
pub(super) fn part_path(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".orfeas-{name}.part"))
}

/// The note beside [`part_path`].
pub(super) fn note_path(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".orfeas-{name}.part.json"))
}

/// What a copy of a file that becomes `path` is called until all its bytes are right. One that a killed
/// process left is found by it.
pub(super) fn temporary_path(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!("{}{name}{}", TEMPORARY_AFFIXES.0, TEMPORARY_AFFIXES.1))
}

/// What a part is the beginning of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Note {
    /// Length of the whole, where it is known.
    pub bytes: Option<u64>,
    /// Digest of the whole, where it is known.
    pub sha256: Option<Sha256>,
    /// The version that the server named, for files of unknown digest.
    pub etag: Option<String>,
}

/// A part that is open for more.
pub(super) struct Part {
    target: PathBuf,
    path: PathBuf,
    file: File,
    hasher: Hasher,
    length: u64,
    note: Note,
    /// Whether some of it came in an earlier run.
    pub is_resumed: bool,
}

impl Part {
    /// Opens the part of `target`, which shall be of `bytes` and `sha256` where these are known. An old
    /// one of the same file is kept, and read through once.
    pub fn open(target: &Path, bytes: Option<u64>, sha256: Option<Sha256>, meter: &Meter) -> Result<Self, ModelsError> {
        let path = part_path(target);
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder).map_err(ModelsError::io("make the folder", folder))?;
        }
        if path.symlink_metadata().is_ok_and(|m| !m.is_file()) {
            record::remove_file(&path)?;
        }
        let open = File::options().create(true).truncate(false).read(true).write(true).open(&path);
        let file = open.map_err(ModelsError::io("open the file", &path))?;
        let old: Note = record::read(&note_path(target)).unwrap_or_default();
        let note = Note { bytes, sha256, etag: None };
        let mut part = Self {
            target: target.to_owned(),
            path,
            file,
            hasher: Hasher::default(),
            length: 0,
            note,
            is_resumed: false,
        };
        // Without a digest, only the server can say whether its file is still the same: by the tag.
        let is_same = old.sha256 == sha256 && old.bytes == bytes && (sha256.is_some() || old.etag.is_some());
        let length = part.file.metadata().map_err(part.io("read the file"))?.len();
        if length > 0 && is_same && bytes.is_none_or(|whole| length <= whole) {
            part.note.etag = old.etag;
            part.read_through(meter)?;
        } else {
            part.restart()?;
        }
        Ok(part)
    }

    fn io(&self, what: &'static str) -> impl Fn(std::io::Error) -> ModelsError + use<> {
        let path = self.path.clone();
        move |source| ModelsError::io(what, &path)(source)
    }

    fn read_through(&mut self, meter: &Meter) -> Result<(), ModelsError> {
        let failed = self.io("read the file");
        let (mut hasher, mut length) = (Hasher::default(), 0);
        each_chunk(&mut self.file, &failed, |bytes| {
            hasher.update(bytes);
            length += bytes.len() as u64;
            Ok(meter.add(bytes.len() as u64)?)
        })?;
        (self.hasher, self.length, self.is_resumed) = (hasher, length, length > 0);
        Ok(())
    }

    /// Bytes so far.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Length of the whole, where it is known.
    pub fn whole(&self) -> Option<u64> {
        self.note.bytes
    }

    /// The server's name for this version, where the digest does not tell versions apart.
    pub fn etag(&self) -> Option<&str> {
        self.note.etag.as_deref()
    }

    /// Throws everything away and begins anew.
    pub fn restart(&mut self) -> Result<(), ModelsError> {
        self.file.set_len(0).map_err(self.io("write the file"))?;
        self.file.seek(SeekFrom::Start(0)).map_err(self.io("write the file"))?;
        (self.hasher, self.length, self.is_resumed) = (Hasher::default(), 0, false);
        self.note.etag = None;
        record::write(&note_path(&self.target), &self.note)
    }

    /// Notes by which tag the server knows this version.
    pub fn set_etag(&mut self, etag: Option<&str>) -> Result<(), ModelsError> {
        // A weak tag says that two versions mean the same, not that their bytes are.
        self.note.etag = etag.filter(|e| e.starts_with('"') && e.len() <= 256).map(str::to_owned);
        record::write(&note_path(&self.target), &self.note)
    }

    pub fn append(&mut self, bytes: &[u8]) -> Result<(), ModelsError> {
        self.file.write_all(bytes).map_err(|error| {
            // Half of the chunk may be written: the next run begins behind what is certain.
            let _ = self.file.set_len(self.length);
            self.io("write the file")(error)
        })?;
        self.hasher.update(bytes);
        self.length += bytes.len() as u64;
        Ok(())
    }

    /// Digest of what is there.
    pub fn digest(&self) -> Sha256 {
        self.hasher.clone().finish()
    }

    /// Gives the file its name, once it is on the disk.
    pub fn finish(self) -> Result<(), ModelsError> {
        self.file.sync_all().map_err(self.io("write the file"))?;
        drop(self.file);
        fs::rename(&self.path, &self.target).map_err(ModelsError::io("write the file", &self.target))?;
        // The rename itself survives a power cut only once the folder is synced; not every system can.
        if let Some(folder) = self.target.parent().and_then(|f| File::open(f).ok()) {
            let _ = folder.sync_all();
        }
        record::remove_file(&note_path(&self.target))
    }

    /// Throws the part away.
    pub fn discard(self) -> Result<(), ModelsError> {
        drop(self.file);
        record::remove_file(&self.path)?;
        record::remove_file(&note_path(&self.target))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::{Monitor, Stage};

    #[test]
    fn an_old_part_is_kept_only_when_it_is_of_the_same_file() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("deep/model.bin");
        let monitor = Monitor::silent();
        let meter = Meter::new(&monitor, Stage::Download, 10);
        let open = |bytes, sha256| Part::open(&target, Some(bytes), sha256, &meter).unwrap();
        let mut hasher = Hasher::default();
        hasher.update(b"0123456789");
        let digest = Some(hasher.finish());
        let mut part = open(10, digest);
        part.append(b"01234").unwrap();
        drop(part);
        let part = open(10, digest);
        assert_eq!((part.length(), part.is_resumed), (5, true));
        drop(part);
        let mut part = open(10, None);
        assert_eq!(part.length(), 0, "nobody says that it is the same file");
        part.append(b"abc").unwrap();
        part.set_etag(Some("W/\"weak\"")).unwrap();
        drop(part);
        let mut part = open(10, None);
        assert_eq!(part.length(), 0, "a weak tag says nothing about bytes");
        part.append(b"abc").unwrap();
        part.set_etag(Some("\"v1\"")).unwrap();
        drop(part);
        assert_eq!(open(10, None).length(), 3);
        assert_eq!(open(2, None).length(), 0, "it is longer than the file");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_told_as_what_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let monitor = Monitor::silent();
        let meter = Meter::new(&monitor, Stage::Download, 10);
        let mut part = Part::open(&folder.path().join("model.bin"), None, None, &meter).unwrap();
        part.file = File::options().write(true).open("/dev/full").unwrap();
        assert!(matches!(part.append(b"0123"), Err(ModelsError::DiskFull(_))));
        assert_eq!(part.length(), 0);
    }
}
