//! The index of a `.safetensors` file.
//!
//! Format: a `u64` length N, N bytes of JSON `{name: {dtype, shape, data_offsets}}`, then the data.
//! <https://huggingface.co/docs/safetensors>

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, Visitor};

use super::file::{self, AXES_MAX, Index, IndexError, printable};
use super::stored::StoredType;

/// Longest header that is read, in bytes; the format's own limit.
const HEADER_MAX: usize = 100_000_000;

/// Whether the file starts like one: a header's length, then its opening brace.
pub(super) fn looks_like(file: &[u8]) -> bool {
    header(file).is_some() || file.get(8) == Some(&b'{')
}

/// The header's bytes and where the data starts.
fn header(file: &[u8]) -> Option<(&[u8], usize)> {
    let (length, rest) = file.split_first_chunk::<8>()?;
    let length = usize::try_from(u64::from_le_bytes(*length)).ok().filter(|n| *n <= HEADER_MAX)?;
    let header = rest.get(..length)?;
    (header.first() == Some(&b'{')).then_some((header, 8 + length))
}

/// Reads and checks the index: types known, sizes equal to shapes, no overlap, no gap, nothing outside.
pub(super) fn index(bytes: &[u8]) -> Result<Index, IndexError> {
    let Some((header, start)) = header(bytes) else {
        return IndexError::damaged("its header is cut off or too long");
    };
    let header: Header = match serde_json::from_slice(header) {
        Ok(header) => header,
        // The error may quote the file.
        Err(error) => {
            return IndexError::damaged(format!("its header cannot be read: {}", printable(&error.to_string())));
        }
    };
    let data = bytes.len() - start;
    let mut tensors = BTreeMap::new();
    for (name, tensor) in header.tensors {
        let [from, to] = tensor.data_offsets;
        let Some(kind) = StoredType::from_safetensors(&tensor.dtype) else {
            let [kind, name] = [&tensor.dtype, &name].map(|words| printable(words));
            return IndexError::refused(format!("numbers of type {kind} in {name}"));
        };
        if tensor.shape.len() > AXES_MAX {
            return IndexError::refused(format!("a tensor of {} axes, {}", tensor.shape.len(), printable(&name)));
        }
        if from > to || to > data {
            let name = printable(&name);
            return IndexError::damaged(format!("{name} lies outside the file, which may be cut off"));
        }
        let size = tensor.shape.iter().try_fold(kind.bytes(), |n, axis| n.checked_mul(*axis));
        if size != Some(to - from) {
            return IndexError::damaged(format!("the size of {} does not fit its shape", printable(&name)));
        }
        let entry = file::Entry { kind, shape: tensor.shape, strides: None, bytes: start + from..start + to };
        tensors.insert(name, entry);
    }
    covers_all(&tensors, start, bytes.len())?;
    Ok(Index { tensors, metadata: header.metadata })
}

/// Whether the tensors follow each other from `start` to `end`, as the format demands.
fn covers_all(tensors: &BTreeMap<String, file::Entry>, start: usize, end: usize) -> Result<(), IndexError> {
    let mut ordered: Vec<_> = tensors.iter().collect();
    ordered.sort_by_key(|(_, entry)| (entry.bytes.start, entry.bytes.end));
    let mut at = start;
    for (name, entry) in ordered {
        if entry.bytes.start != at {
            let what = if entry.bytes.start < at { "overlaps another tensor" } else { "leaves a gap before it" };
            return IndexError::damaged(format!("{} {what}", printable(name)));
        }
        at = entry.bytes.end;
    }
    if at == end { Ok(()) } else { IndexError::damaged("there is more in it than its tensors") }
}

#[derive(Default)]
struct Header {
    tensors: BTreeMap<String, Tensor>,
    metadata: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tensor {
    dtype: String,
    shape: Vec<usize>,
    data_offsets: [usize; 2],
}

impl<'de> Deserialize<'de> for Header {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(HeaderVisitor)
    }
}

/// By hand: a map would silently keep the last of two tensors of one name.
struct HeaderVisitor;

impl<'de> Visitor<'de> for HeaderVisitor {
    type Value = Header;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map of tensors")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Header, A::Error> {
        let mut header = Header::default();
        while let Some(name) = map.next_key::<String>()? {
            if name == "__metadata__" {
                header.metadata = map.next_value()?;
                continue;
            }
            match header.tensors.entry(name) {
                Entry::Vacant(place) => place.insert(map.next_value()?),
                Entry::Occupied(place) => return Err(A::Error::custom(format!("two tensors named {}", place.key()))),
            };
        }
        Ok(header)
    }
}
