//! STL, binary and text. Coordinates are taken as millimetres; normals and colours are ignored.

use glam::Vec3;
use rayon::prelude::*;

use super::{ImportError, Limits};
use crate::export::Format;
use crate::mesh::Mesh;
use crate::progress::Monitor;

const HEADER_BYTES: usize = 84;
const TRIANGLE_BYTES: usize = 50;
/// Some writers append a few bytes; more than this is another kind of file.
const MAX_TRAILING_BYTES: usize = 4096;
/// Some editors put it before UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
const TRIANGLES_PER_TASK: usize = 1 << 14;

/// Whether the size is exactly what the number of triangles in the header makes it. Decisive, because
/// binary files may start with `solid` too.
pub fn is_exactly_binary(bytes: &[u8]) -> bool {
    claimed_bytes(bytes) == Some(bytes.len() as u64)
}

/// The size that the header makes the file, if there is a header.
fn claimed_bytes(bytes: &[u8]) -> Option<u64> {
    let count = bytes.get(HEADER_BYTES - 4..HEADER_BYTES)?.first_chunk::<4>()?;
    Some(HEADER_BYTES as u64 + TRIANGLE_BYTES as u64 * u64::from(u32::from_le_bytes(*count)))
}

/// Whether a file that starts with `solid` is binary all the same, with a few bytes after its
/// triangles: its number of triangles fits, and no text begins like this.
fn is_binary_with_trailer(bytes: &[u8]) -> bool {
    let trailing = claimed_bytes(bytes).and_then(|claimed| (bytes.len() as u64).checked_sub(claimed));
    let is_of_text = |&byte: &u8| byte.is_ascii_graphic() || byte.is_ascii_whitespace();
    trailing.is_some_and(|trailing| trailing <= MAX_TRAILING_BYTES as u64)
        && claimed_bytes(bytes) > Some(HEADER_BYTES as u64)
        && !bytes.iter().take(HEADER_BYTES).all(is_of_text)
}

pub fn read(bytes: &[u8], limits: &Limits, monitor: &Monitor) -> Result<Mesh, ImportError> {
    if is_exactly_binary(bytes) {
        return binary(&bytes[HEADER_BYTES..], limits, monitor);
    }
    let marked = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes).trim_ascii_start();
    let is_solid = marked.get(..5).is_some_and(|start| start.eq_ignore_ascii_case(b"solid"));
    if is_solid && !is_binary_with_trailer(bytes) {
        return text(bytes, limits, monitor);
    }
    let Some(claimed) = claimed_bytes(bytes) else {
        return Err(ImportError::truncated(Format::Stl, "not even its header is complete"));
    };
    let (length, claimed_triangles) = (bytes.len() as u64, (claimed - HEADER_BYTES as u64) / TRIANGLE_BYTES as u64);
    if claimed > length {
        let present = (bytes.len() - HEADER_BYTES) / TRIANGLE_BYTES;
        let detail = format!("{present} of {claimed_triangles} triangles are there");
        return Err(ImportError::truncated(Format::Stl, detail));
    }
    if length - claimed > MAX_TRAILING_BYTES as u64 {
        let detail = format!("{claimed_triangles} triangles do not make {length} bytes");
        return Err(ImportError::malformed(Format::Stl, detail));
    }
    binary(&bytes[HEADER_BYTES..claimed as usize], limits, monitor)
}

/// Reads whole records. The memory is bounded by the bytes that are there.
fn binary(records: &[u8], limits: &Limits, monitor: &Monitor) -> Result<Mesh, ImportError> {
    let count = records.len() / TRIANGLE_BYTES;
    if count as u64 > limits.max_triangles {
        return Err(ImportError::TooManyTriangles { limit: limits.max_triangles });
    }
    let mut vertex_positions = vec![Vec3::ZERO; 3 * count];
    let targets = vertex_positions.par_chunks_mut(3 * TRIANGLES_PER_TASK);
    targets.zip(records.par_chunks(TRIANGLE_BYTES * TRIANGLES_PER_TASK)).try_for_each(|(corners, records)| {
        for (corners, record) in corners.chunks_exact_mut(3).zip(records.chunks_exact(TRIANGLE_BYTES)) {
            // Twelve bytes of normal come first, two of attributes last.
            let (numbers, _) = record[12..48].as_chunks::<4>();
            let number = |i: usize| f32::from_le_bytes(numbers[i]);
            for (k, corner) in corners.iter_mut().enumerate() {
                *corner = Vec3::new(number(3 * k), number(3 * k + 1), number(3 * k + 2));
            }
        }
        monitor.check()
    })?;
    let triangle_indices = (0..count as u32).into_par_iter().map(|t| [3 * t, 3 * t + 1, 3 * t + 2]).collect();
    Ok(Mesh { vertex_positions, triangle_indices, vertex_colors: None })
}

/// Words of a text file, and the line they are on.
struct Words<'a> {
    rest: &'a [u8],
    line: usize,
}

impl<'a> Words<'a> {
    fn next(&mut self) -> Option<&'a [u8]> {
        let start = self.rest.iter().position(|byte| !byte.is_ascii_whitespace())?;
        self.line += self.rest[..start].iter().filter(|&&byte| byte == b'\n').count();
        let rest = &self.rest[start..];
        let end = rest.iter().position(u8::is_ascii_whitespace).unwrap_or(rest.len());
        self.rest = &rest[end..];
        Some(&rest[..end])
    }

    /// Skips what follows on the line: the name of a solid may hold anything.
    fn skip_line(&mut self) {
        let end = self.rest.iter().position(|&byte| byte == b'\n').unwrap_or(self.rest.len());
        self.rest = &self.rest[end..];
    }

    fn error(&self, found: Option<&[u8]>, expected: &str) -> ImportError {
        match found {
            None => ImportError::truncated(Format::Stl, format!("it ends where `{expected}` should follow")),
            Some(found) => {
                let found: String = String::from_utf8_lossy(found).chars().take(30).collect();
                let detail = format!("line {} has `{found}` where `{expected}` should be", self.line);
                ImportError::malformed(Format::Stl, detail)
            }
        }
    }

    fn expect(&mut self, expected: &str) -> Result<(), ImportError> {
        match self.next() {
            Some(word) if word.eq_ignore_ascii_case(expected.as_bytes()) => Ok(()),
            found => Err(self.error(found, expected)),
        }
    }

    fn number(&mut self) -> Result<f32, ImportError> {
        let word = self.next();
        let number = word.and_then(|word| std::str::from_utf8(word).ok()).and_then(|word| word.parse().ok());
        number.ok_or_else(|| self.error(word, "a number"))
    }

    fn vector(&mut self) -> Result<Vec3, ImportError> {
        Ok(Vec3::new(self.number()?, self.number()?, self.number()?))
    }
}

fn text(bytes: &[u8], limits: &Limits, monitor: &Monitor) -> Result<Mesh, ImportError> {
    let mut words = Words { rest: bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes), line: 1 };
    let mut mesh = Mesh::default();
    words.expect("solid")?;
    words.skip_line();
    loop {
        match words.next() {
            Some(word) if word.eq_ignore_ascii_case(b"facet") => facet(&mut words, &mut mesh)?,
            Some(word) if word.eq_ignore_ascii_case(b"endsolid") => {
                words.skip_line();
                // A file may hold several solids, one after another.
                match words.next() {
                    None => return Ok(mesh),
                    Some(word) if word.eq_ignore_ascii_case(b"solid") => words.skip_line(),
                    found => return Err(words.error(found, "solid")),
                }
            }
            found => return Err(words.error(found, "facet")),
        }
        if mesh.triangle_indices.len() as u64 > limits.max_triangles {
            return Err(ImportError::TooManyTriangles { limit: limits.max_triangles });
        }
        if mesh.triangle_indices.len().is_multiple_of(1 << 14) {
            monitor.check()?;
        }
    }
}

/// One facet, after its first word.
fn facet(words: &mut Words, mesh: &mut Mesh) -> Result<(), ImportError> {
    words.expect("normal")?;
    // Passed over unread: some writers have `-nan(ind)` for the normal of a triangle without area.
    for _ in 0..3 {
        words.next().ok_or_else(|| words.error(None, "a number"))?;
    }
    words.expect("outer")?;
    words.expect("loop")?;
    for _ in 0..3 {
        words.expect("vertex")?;
        mesh.vertex_positions.push(words.vector()?);
    }
    words.expect("endloop")?;
    words.expect("endfacet")?;
    let first = 3 * mesh.triangle_indices.len() as u32;
    mesh.triangle_indices.push([first, first + 1, first + 2]);
    Ok(())
}
