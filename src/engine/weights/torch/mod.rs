//! The index of a PyTorch `.ckpt` or `.pt` file: a ZIP archive of raw numbers and a pickle that names
//! them.
//!
//! Promises: no code of the file runs. The pickle is read by [`pickle`], which knows the few words that
//! a dictionary of tensors is made of and refuses all others; the archive is never unpacked.

mod pickle;
mod write;

pub use write::write_checkpoint;

use std::collections::BTreeMap;
use std::io::Cursor;
use std::ops::Range;

use zip::{CompressionMethod, ZipArchive};

use self::pickle::Record;
use super::file::{Entry, Index, IndexError, printable};

/// Longest pickle that is read, in bytes; those of the published models are below 1 MB. Read, one takes up to a
/// hundred times as much memory.
const PICKLE_MAX: usize = 8 << 20;

/// Whether the file starts like a ZIP archive.
pub(super) fn looks_like(file: &[u8]) -> bool {
    file.starts_with(b"PK")
}

/// Reads and checks the index. Names of nested dictionaries are joined by dots.
pub(super) fn index(file: &[u8]) -> Result<Index, IndexError> {
    let parts = parts(file)?;
    let mut pickles = parts.keys().filter(|name| name.rsplit('/').next() == Some("data.pkl"));
    let (Some(name), None) = (pickles.next(), pickles.next()) else {
        return IndexError::damaged("it does not have one data.pkl");
    };
    let root = name.trim_end_matches("data.pkl");
    let bytes = |name: &str| parts.get(&format!("{root}{name}")).and_then(|range| file.get(range.clone()));
    if bytes("byteorder").is_some_and(|order| order != b"little") {
        return IndexError::refused("numbers in big-endian order");
    }
    let pickle = bytes("data.pkl").unwrap_or_default();
    if pickle.len() > PICKLE_MAX {
        return IndexError::refused(format!("a pickle of {} bytes", pickle.len()));
    }
    let mut tensors = BTreeMap::new();
    for (name, record) in pickle::tensors(pickle)? {
        let Some(storage) = parts.get(&format!("{root}data/{}", record.key)) else {
            return IndexError::damaged(format!("the numbers of {} are missing", printable(&name)));
        };
        let Some(entry) = entry(&record, storage) else {
            return IndexError::damaged(format!("{} lies outside its numbers", printable(&name)));
        };
        if tensors.insert(name.clone(), entry).is_some() {
            return IndexError::damaged(format!("there are two tensors named {}", printable(&name)));
        }
    }
    Ok(Index { tensors, metadata: BTreeMap::new() })
}

/// Where each file of the archive lies. All must be stored as they are.
fn parts(file: &[u8]) -> Result<BTreeMap<String, Range<usize>>, IndexError> {
    let unreadable = |error: zip::result::ZipError| IndexError::Damaged(format!("its archive cannot be read: {error}"));
    let mut archive = ZipArchive::new(Cursor::new(file)).map_err(unreadable)?;
    let mut parts = BTreeMap::new();
    for number in 0..archive.len() {
        let part = archive.by_index_raw(number).map_err(unreadable)?;
        let name = part.name().map_err(unreadable)?.into_owned();
        if part.compression() != CompressionMethod::Stored || part.encrypted() {
            return IndexError::refused(format!("compressed or encrypted data in {}", printable(&name)));
        }
        let size = usize::try_from(part.size()).ok();
        let start = part.data_start().and_then(|start| usize::try_from(start).ok());
        let range = start.zip(size).and_then(|(start, size)| Some(start..start.checked_add(size)?));
        match range.filter(|range| range.end <= file.len() && part.size() == part.compressed_size()) {
            Some(range) if !parts.contains_key(&name) => parts.insert(name, range),
            Some(_) => return IndexError::damaged(format!("there are two parts named {}", printable(&name))),
            None => {
                let name = printable(&name);
                return IndexError::damaged(format!("{name} lies outside the file, which may be cut off"));
            }
        };
    }
    Ok(parts)
}

/// Where a tensor lies, if it lies inside its storage and does not show more numbers than that has.
fn entry(record: &Record, storage: &Range<usize>) -> Option<Entry> {
    let size = record.kind.bytes();
    let stored = storage.len() / size;
    let count = record.shape.iter().try_fold(1_usize, |n, axis| n.checked_mul(*axis))?;
    if count > stored || record.shape.len() != record.strides.len() {
        return None;
    }
    let mut last = record.offset;
    let mut plain = true;
    let mut expected = 1_usize;
    for (length, stride) in record.shape.iter().zip(&record.strides).rev() {
        // The stride of an axis of one says nothing.
        plain &= *length == 1 || *stride == expected;
        last = last.checked_add(length.saturating_sub(1).checked_mul(*stride)?)?;
        expected = expected.checked_mul(*length)?;
    }
    if count == 0 {
        return Some(Entry { kind: record.kind, shape: record.shape.clone(), strides: None, bytes: 0..0 });
    }
    let byte = |number: usize| storage.start.checked_add(number.checked_mul(size)?);
    let bytes = byte(record.offset)?..byte(last.checked_add(1)?)?;
    (bytes.end <= storage.end).then(|| Entry {
        kind: record.kind,
        shape: record.shape.clone(),
        strides: (!plain).then(|| record.strides.clone()),
        bytes,
    })
}
