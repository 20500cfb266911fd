//! A file of named tensors, mapped into memory.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::File;
use std::ops::{Deref, Range};
use std::path::{Path, PathBuf};

use memmap2::Mmap;

use super::stored::{self, StoredType};
use super::{WeightsError, safetensors, torch};

/// A file of weights whose index has been checked: every tensor lies wholly inside the file.
///
/// The file is mapped, not read: only what is asked for is brought into memory, and what was loaded is
/// let go again. It must not be made shorter by anybody while it is open (replacing or deleting it does
/// no harm).
pub struct WeightFile {
    content: Content,
    path: PathBuf,
    tensors: BTreeMap<String, Entry>,
    metadata: BTreeMap<String, String>,
}

/// Where the bytes are.
enum Content {
    Mapped(Mmap),
    Inside(Cow<'static, [u8]>),
}

impl Deref for Content {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Mapped(map) => map,
            Self::Inside(bytes) => bytes,
        }
    }
}

/// Where one tensor lies.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub kind: StoredType,
    pub shape: Vec<usize>,
    /// Distance between neighbours of each axis, in numbers; `None` for plain row-major order.
    pub strides: Option<Vec<usize>>,
    /// Bytes in the file.
    pub bytes: Range<usize>,
}

/// What a format's reader finds.
#[derive(Debug, Default)]
pub(super) struct Index {
    pub tensors: BTreeMap<String, Entry>,
    pub metadata: BTreeMap<String, String>,
}

/// Axes that a tensor may have; those of the published models have 4 at most.
pub(super) const AXES_MAX: usize = 8;

/// Words from a file that anybody may have made, fit to be shown: on one line, with nothing that a terminal
/// obeys, and not long.
pub(super) fn printable(words: &str) -> String {
    const SHOWN: usize = 160;
    let shown = |c: char| if c == ' ' || c.is_ascii_graphic() { c } else { '?' };
    let mut text: String = words.chars().take(SHOWN).map(shown).collect();
    if words.chars().nth(SHOWN).is_some() {
        text.push('…');
    }
    text
}

/// Why a format's reader gives up: damaged or refused, and what; names of the file in it are [`printable`].
#[derive(Debug, PartialEq, Eq)]
pub(super) enum IndexError {
    Damaged(String),
    Refused(String),
}

impl IndexError {
    pub fn damaged<T>(what: impl Into<String>) -> Result<T, Self> {
        Err(Self::Damaged(what.into()))
    }

    pub fn refused<T>(what: impl Into<String>) -> Result<T, Self> {
        Err(Self::Refused(what.into()))
    }

    /// The error about the file at `path`.
    fn about(self, path: &Path) -> WeightsError {
        let path = path.to_owned();
        match self {
            Self::Damaged(what) => WeightsError::Damaged { what, path },
            Self::Refused(what) => WeightsError::Refused { what, path },
        }
    }
}

impl WeightFile {
    /// Opens a `.safetensors`, `.ckpt` or `.pt` file. The format is told by the content, not by the name.
    ///
    /// # Errors
    /// See [`WeightsError`]: no such file, another format, damaged, or holding what is refused.
    pub fn open(path: &Path) -> Result<Self, WeightsError> {
        let open_error = |source| WeightsError::Open { source, path: path.to_owned() };
        let file = File::open(path).map_err(open_error)?;
        if file.metadata().map_err(open_error)?.len() < 8 {
            return Err(WeightsError::UnknownFormat(path.to_owned()));
        }
        // SAFETY: the map is read-only and private to this value. That nobody shortens the file
        // meanwhile is in the type's contract, as for every mapped file.
        #[allow(unsafe_code, reason = "a file can only be mapped so; it saves a second copy of gigabytes")]
        let map = unsafe { Mmap::map(&file) }.map_err(open_error)?;
        let index = if safetensors::looks_like(&map) {
            safetensors::index(&map)
        } else if torch::looks_like(&map) {
            torch::index(&map)
        } else {
            return Err(WeightsError::UnknownFormat(path.to_owned()));
        };
        let Index { tensors, metadata } = index.map_err(|e| e.about(path))?;
        Ok(Self { content: Content::Mapped(map), path: path.to_owned(), tensors, metadata })
    }

    /// Weights inside the program: one or more `.safetensors` files whose tensors belong together. `name`
    /// stands for them in messages.
    ///
    /// # Errors
    /// [`WeightsError::Damaged`], [`WeightsError::Refused`]; damaged too if two parts have a tensor of one
    /// name.
    pub fn embedded(parts: &[&'static [u8]], name: &str) -> Result<Self, WeightsError> {
        let path = Path::new(name);
        let mut all = Index::default();
        let mut start = 0;
        for part in parts {
            let Index { tensors, metadata } = safetensors::index(part).map_err(|e| e.about(path))?;
            for (name, mut entry) in tensors {
                entry.bytes = start + entry.bytes.start..start + entry.bytes.end;
                if all.tensors.insert(name.clone(), entry).is_some() {
                    return Err(IndexError::Damaged(format!("two parts have a tensor named {name}")).about(path));
                }
            }
            all.metadata.extend(metadata);
            start += part.len();
        }
        let content = match parts {
            [one] => Cow::Borrowed(*one),
            several => Cow::Owned(several.concat()),
        };
        let Index { tensors, metadata } = all;
        Ok(Self { content: Content::Inside(content), path: path.to_owned(), tensors, metadata })
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The file's own notes; empty for a `.ckpt`.
    pub fn metadata(&self) -> &BTreeMap<String, String> {
        &self.metadata
    }

    /// Names of all tensors, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.tensors.keys().map(String::as_str)
    }

    /// The tensor of this name.
    pub fn get(&self, name: &str) -> Option<TensorView<'_>> {
        self.tensors.get(name).map(|entry| TensorView { file: self, entry })
    }
}

/// One tensor of a file.
#[derive(Clone, Copy)]
pub struct TensorView<'a> {
    file: &'a WeightFile,
    entry: &'a Entry,
}

impl<'a> TensorView<'a> {
    /// How its numbers are stored.
    pub fn kind(&self) -> StoredType {
        self.entry.kind
    }

    /// Sizes of its axes, slowest first.
    pub fn shape(&self) -> &'a [usize] {
        &self.entry.shape
    }

    /// Its numbers in row-major order, as stored.
    pub fn bytes(&self) -> Cow<'a, [u8]> {
        // The index was checked against the map's length.
        let bytes = self.file.content.get(self.entry.bytes.clone()).unwrap_or_default();
        match &self.entry.strides {
            None => Cow::Borrowed(bytes),
            Some(strides) => Cow::Owned(gather(bytes, self.entry.kind.bytes(), &self.entry.shape, strides)),
        }
    }

    /// Bytes that its numbers take.
    pub fn byte_count(&self) -> u64 {
        (self.entry.shape.iter().product::<usize>() * self.entry.kind.bytes()) as u64
    }

    /// Its numbers as `f32`, in row-major order.
    pub fn to_f32(&self) -> Vec<f32> {
        stored::to_f32(self.kind(), &self.bytes())
    }

    /// Its numbers as `i64`, in row-major order.
    pub fn to_i64(&self) -> Vec<i64> {
        stored::to_i64(self.kind(), &self.bytes())
    }

    /// Lets its pages go: they would count as this process's memory for as long as the file is open.
    pub(super) fn release(&self) {
        #[cfg(unix)]
        if let Content::Mapped(map) = &self.file.content {
            let Range { start, end } = self.entry.bytes.clone();
            // SAFETY: a read-only map of a file; pages let go are read again from the file when touched.
            #[allow(unsafe_code, reason = "advice on a mapped file")]
            let _ = unsafe { map.unchecked_advise_range(memmap2::UncheckedAdvice::DontNeed, start, end - start) };
        }
    }
}

/// Row-major copy of a strided tensor; the index checked that the farthest number lies in `bytes`.
fn gather(bytes: &[u8], size: usize, shape: &[usize], strides: &[usize]) -> Vec<u8> {
    let count: usize = shape.iter().product();
    let mut out = Vec::with_capacity(count * size);
    let mut at = vec![0; shape.len()];
    for _ in 0..count {
        let start = at.iter().zip(strides).map(|(i, s)| i * s).sum::<usize>() * size;
        out.extend_from_slice(bytes.get(start..start + size).unwrap_or_default());
        for axis in (0..shape.len()).rev() {
            at[axis] += 1;
            if at[axis] < shape[axis] {
                break;
            }
            at[axis] = 0;
        }
    }
    out
}
