//! The ZIP package around a 3MF model (Open Packaging Conventions).

use std::borrow::Cow;
use std::cell::Cell;
use std::io::{self, BufRead as _, BufReader, Cursor, ErrorKind, Read};

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use zip::ZipArchive;
use zip::result::ZipError;

use super::malformed;
use crate::export::Format;
use crate::files::utf16;
use crate::import::ImportError;

const MODEL_TYPE: &str = "http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel";
const USUAL_MODEL_PATH: &str = "3D/3dmodel.model";
/// Any package may unpack to this.
const FREE_BYTES: u64 = 64 << 20;
/// Beyond that only to so many times its size. Models of real meshes stay below 20.
const MAX_RATIO: u64 = 64;

/// A part in 16-bit characters is brought to UTF-8 as a whole.
const MAX_UTF16_BYTES: u64 = 256 << 20;

pub struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    /// Bytes that may still be unpacked, from all parts together.
    left: u64,
    limit: u64,
}

impl<'a> Package<'a> {
    pub fn open(bytes: &'a [u8]) -> Result<Self, ImportError> {
        if !bytes.starts_with(b"PK") {
            return Err(malformed("it is no ZIP package"));
        }
        let limit = FREE_BYTES + MAX_RATIO * bytes.len() as u64;
        // The directory is at the end, so it is the first thing that a cut file lacks.
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| match error {
            ZipError::InvalidArchive(_) | ZipError::Io(_) => {
                ImportError::truncated(Format::ThreeMf, "the package's directory at its end is missing or damaged")
            }
            error => malformed(error.to_string()),
        })?;
        Ok(Self { archive, left: limit, limit })
    }

    /// The part that holds the model, as the package's relationships say.
    pub fn model_path(&mut self) -> Result<String, ImportError> {
        if self.archive.index_for_name(&self.spelled("_rels/.rels")).is_none() {
            return Ok(USUAL_MODEL_PATH.to_owned());
        }
        let target = self.read_part("_rels/.rels", |source| {
            let mut target = None;
            each_tag(source, |tag| {
                let Tag::Start(element) = tag else { return Ok(()) };
                let is_model = element.local_name().as_ref() == "Relationship"
                    && attribute(element, "Type")?.as_deref() == Some(MODEL_TYPE);
                if is_model && target.is_none() {
                    target = attribute(element, "Target")?.map(Cow::into_owned);
                }
                Ok(())
            })?;
            Ok(target)
        })?;
        Ok(target.unwrap_or_else(|| USUAL_MODEL_PATH.to_owned()))
    }

    /// The name of a part as the package has it: names are compared without regard to case.
    fn spelled(&self, name: &str) -> String {
        let is_name = |other: &Cow<str>| other.eq_ignore_ascii_case(name);
        let exact = self.archive.index_for_name(name).map(|_| name.to_owned());
        exact
            .or_else(|| self.archive.file_names().flatten().find(is_name).map(Cow::into_owned))
            .unwrap_or_else(|| name.to_owned())
    }

    /// Unpacks a part into `parse`, and stops when it becomes larger than it may.
    pub fn read_part<T>(
        &mut self,
        path: &str,
        parse: impl FnOnce(&mut XmlSource) -> Result<T, ImportError>,
    ) -> Result<T, ImportError> {
        let name = self.spelled(path.trim_start_matches('/'));
        let part = self.archive.by_name(&name).map_err(|error| match error {
            ZipError::FileNotFound => malformed(format!("the part {name} is missing")),
            error => malformed(error.to_string()),
        })?;
        if part.size() > self.left {
            return Err(ImportError::Inflates { limit: self.limit });
        }
        // What the directory claims may be a lie, so the bytes that come out are counted as well.
        let left = Cell::new(self.left);
        let source: XmlSource = BufReader::with_capacity(1 << 16, Box::new(Counted { inner: part, left: &left }));
        let result = in_utf8(source).and_then(|mut source| parse(&mut source));
        self.left = left.get();
        if self.left == 0 { Err(ImportError::Inflates { limit: self.limit }) } else { result }
    }
}

/// A part of the package as it is unpacked.
pub type XmlSource<'a> = BufReader<Box<dyn Read + 'a>>;

/// XML may also come in 16-bit characters, which its first two bytes tell.
fn in_utf8(mut source: XmlSource) -> Result<XmlSource, ImportError> {
    let start = source.fill_buf().map_err(|error| explain(error.into()))?;
    if !matches!(start, [0xff, 0xfe, ..] | [0xfe, 0xff, ..]) {
        return Ok(source);
    }
    let mut bytes = Vec::new();
    source.take(MAX_UTF16_BYTES + 1).read_to_end(&mut bytes).map_err(|error| explain(error.into()))?;
    if bytes.len() as u64 > MAX_UTF16_BYTES {
        return Err(ImportError::Inflates { limit: MAX_UTF16_BYTES });
    }
    let text = utf16(&bytes).and_then(|units| String::from_utf16(&units).ok());
    let text = text.ok_or_else(|| malformed("a part is not valid UTF-16"))?;
    Ok(BufReader::new(Box::new(Cursor::new(text.into_bytes()))))
}

/// Ends with an error once `left` bytes have come.
struct Counted<'a, R> {
    inner: R,
    left: &'a Cell<u64>,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.left.set(self.left.get().saturating_sub(count as u64));
        if self.left.get() == 0 { Err(io::Error::other("the part is too large")) } else { Ok(count) }
    }
}

/// Where an element starts or ends; one without content only starts.
pub enum Tag<'a> {
    Start(&'a BytesStart<'a>),
    /// Its name without a namespace's prefix.
    End(&'a str),
}

/// Calls `visit` with every tag. Returns at the end of the part, so that its checksum has been compared.
pub fn each_tag(
    source: &mut XmlSource,
    mut visit: impl FnMut(Tag) -> Result<(), ImportError>,
) -> Result<(), ImportError> {
    let mut reader = Reader::from_reader(source);
    let mut buffer = Vec::new();
    let mut depth = 0u32;
    loop {
        match reader.read_event_into(&mut buffer).map_err(explain)? {
            Event::Start(element) => {
                depth += 1;
                visit(Tag::Start(&element))?;
            }
            Event::Empty(element) => visit(Tag::Start(&element))?,
            Event::End(element) => {
                depth = depth.saturating_sub(1);
                visit(Tag::End(element.local_name().as_ref()))?;
            }
            Event::Eof if depth > 0 => {
                return Err(ImportError::truncated(Format::ThreeMf, "its model ends in the middle"));
            }
            Event::Eof => return Ok(()),
            _ => {}
        }
        buffer.clear();
    }
}

/// The value of an attribute, by its name without a namespace's prefix.
pub fn attribute<'a>(element: &'a BytesStart, name: &str) -> Result<Option<Cow<'a, str>>, ImportError> {
    for attribute in element.attributes().with_checks(false) {
        let attribute = attribute.map_err(|error| explain(error.into()))?;
        if attribute.key.local_name().as_ref() == name {
            return attribute.normalized_value(XmlVersion::Implicit1_0).map(Some).map_err(explain);
        }
    }
    Ok(None)
}

fn explain(error: quick_xml::Error) -> ImportError {
    match error {
        quick_xml::Error::Io(error) if error.kind() == ErrorKind::UnexpectedEof => {
            ImportError::truncated(Format::ThreeMf, "a part of the package ends in the middle")
        }
        error => malformed(error.to_string()),
    }
}
