//! Numbers out of buffers (glTF 2.0, section 3.6.2), every offset checked against the bytes there.

use std::borrow::Cow;

use super::document::{Accessor, Document};
use super::{get, malformed};
use crate::export::Format;
use crate::import::ImportError;

const BYTE: u32 = 5120;
const UNSIGNED_BYTE: u32 = 5121;
const SHORT: u32 = 5122;
const UNSIGNED_SHORT: u32 = 5123;
const UNSIGNED_INT: u32 = 5125;
const FLOAT: u32 = 5126;

pub struct Accessors<'a> {
    pub document: &'a Document,
    /// One per buffer of the document.
    pub buffers: &'a [Cow<'a, [u8]>],
}

/// Where the elements of an accessor are: at multiples of `stride`, the last one complete.
struct Elements<'a> {
    bytes: &'a [u8],
    stride: usize,
    count: usize,
}

impl<'a> Elements<'a> {
    fn iter(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let (bytes, stride) = (self.bytes, self.stride);
        (0..self.count).map(move |i| &bytes[i * stride..])
    }
}

impl<'a> Accessors<'a> {
    /// Vectors of three or four numbers; the fourth is 1 where there are three.
    pub fn vectors(&self, index: u32) -> Result<Vec<[f32; 4]>, ImportError> {
        let accessor = get(&self.document.accessors, index, "accessor")?;
        let length = match accessor.shape.as_str() {
            "VEC3" => 3,
            "VEC4" => 4,
            other => return Err(malformed(format!("accessor {index} holds {other} instead of vectors"))),
        };
        let size = component_bytes(accessor)?;
        let elements = self.elements(accessor, length * size)?;
        let vector = |element: &[u8]| {
            let mut vector = [1.0; 4];
            for (number, bytes) in vector.iter_mut().zip(element.chunks_exact(size)).take(length) {
                *number = component(accessor, bytes);
            }
            vector
        };
        Ok(elements.iter().map(vector).collect())
    }

    /// Vertex numbers.
    pub fn indices(&self, index: u32) -> Result<Vec<u32>, ImportError> {
        let accessor = get(&self.document.accessors, index, "accessor")?;
        if accessor.shape != "SCALAR" {
            return Err(malformed(format!("accessor {index} holds {} instead of indices", accessor.shape)));
        }
        let elements = self.elements(accessor, component_bytes(accessor)?)?;
        let number = |element: &[u8]| match (accessor.component_type, element) {
            (UNSIGNED_BYTE, [a, ..]) => Ok(u32::from(*a)),
            (UNSIGNED_SHORT, [a, b, ..]) => Ok(u32::from(u16::from_le_bytes([*a, *b]))),
            (UNSIGNED_INT, [a, b, c, d, ..]) => Ok(u32::from_le_bytes([*a, *b, *c, *d])),
            _ => Err(malformed(format!("accessor {index} holds no whole numbers"))),
        };
        elements.iter().map(number).collect()
    }

    fn elements(&self, accessor: &Accessor, size: usize) -> Result<Elements<'a>, ImportError> {
        let unsupported = |what| ImportError::unsupported(Format::Glb, what);
        if accessor.sparse.is_some() {
            return Err(unsupported("sparse accessors"));
        }
        // Compression puts the data elsewhere, and need not be named as a required extension.
        let no_data = || unsupported("accessors without data of their own, as in compressed geometry");
        let view = accessor.buffer_view.ok_or_else(no_data)?;
        let view = get(&self.document.buffer_views, view, "buffer view")?;
        let buffer = get(self.buffers, view.buffer, "buffer")?;
        let range = |start: u64, length: u64| Some(start as usize..usize::try_from(start.checked_add(length)?).ok()?);
        let bytes = range(view.byte_offset, view.byte_length).and_then(|range| buffer.get(range));
        let bytes = bytes.and_then(|bytes| bytes.get(usize::try_from(accessor.byte_offset).ok()?..));
        let outside = || malformed("an accessor reaches past the end of its data");
        let bytes = bytes.ok_or_else(outside)?;
        let stride = view.byte_stride.map_or(size, |stride| stride as usize);
        if stride < size {
            return Err(malformed("the elements of an accessor overlap"));
        }
        // All are whole but the last, which may end before the stride does.
        let last_fits = |count: u64| {
            (count - 1).checked_mul(stride as u64)?.checked_add(size as u64).filter(|&end| end <= bytes.len() as u64)
        };
        if accessor.count > 0 && last_fits(accessor.count).is_none() {
            return Err(outside());
        }
        Ok(Elements { bytes, stride, count: accessor.count as usize })
    }
}

fn component_bytes(accessor: &Accessor) -> Result<usize, ImportError> {
    match accessor.component_type {
        BYTE | UNSIGNED_BYTE => Ok(1),
        SHORT | UNSIGNED_SHORT => Ok(2),
        UNSIGNED_INT | FLOAT => Ok(4),
        other => Err(malformed(format!("{other} is no kind of number"))),
    }
}

/// One number; whole numbers count as parts of their largest where the accessor is normalised.
fn component(accessor: &Accessor, bytes: &[u8]) -> f32 {
    let scaled = |number: f32, largest: f32| if accessor.normalized { (number / largest).max(-1.0) } else { number };
    match (accessor.component_type, bytes) {
        (BYTE, [a]) => scaled(f32::from(*a as i8), 127.0),
        (UNSIGNED_BYTE, [a]) => scaled(f32::from(*a), 255.0),
        (SHORT, [a, b]) => scaled(f32::from(i16::from_le_bytes([*a, *b])), 32767.0),
        (UNSIGNED_SHORT, [a, b]) => scaled(f32::from(u16::from_le_bytes([*a, *b])), 65535.0),
        (UNSIGNED_INT, [a, b, c, d]) => u32::from_le_bytes([*a, *b, *c, *d]) as f32,
        (FLOAT, [a, b, c, d]) => f32::from_le_bytes([*a, *b, *c, *d]),
        _ => f32::NAN,
    }
}
