//! Checkpoints as `torch.save` writes a flat dictionary of tensors: for models in miniature.

use std::collections::BTreeMap;
use std::io::{self, Cursor, Write as _};
use std::path::Path;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::engine::weights::Numbers;
use crate::files::{IfExists, WriteError, write_atomically};

/// Writes a `.ckpt` of these tensors, each row-major in a storage of its own. It is put together in
/// memory; the same tensors give the same bytes.
///
/// # Errors
/// See [`WriteError`].
pub fn write_checkpoint(path: &Path, tensors: &BTreeMap<String, Numbers>) -> Result<(), WriteError> {
    write_atomically(path, IfExists::Replace, |out| out.write_all(&archive(tensors)?))
}

fn archive(tensors: &BTreeMap<String, Numbers>) -> io::Result<Vec<u8>> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(zip::DateTime::default());
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let mut part = |name: &str, bytes: &[u8]| {
        zip.start_file(format!("archive/{name}"), options)?;
        zip.write_all(bytes)
    };
    part("data.pkl", &pickle(tensors))?;
    part("byteorder", b"little")?;
    for (key, (_, numbers)) in tensors.values().enumerate() {
        let bytes: Vec<u8> = numbers.iter().flat_map(|n| n.to_le_bytes()).collect();
        part(&format!("data/{key}"), &bytes)?;
    }
    part("version", b"3\n")?;
    Ok(zip.finish()?.into_inner())
}

/// A dictionary from names to calls of `torch._utils._rebuild_tensor_v2`, in the pickle protocol 2.
fn pickle(tensors: &BTreeMap<String, Numbers>) -> Vec<u8> {
    let mut out = b"\x80\x02}(".to_vec();
    for (key, (name, (shape, numbers))) in tensors.iter().enumerate() {
        text(&mut out, name);
        out.extend(b"ctorch._utils\n_rebuild_tensor_v2\n((");
        text(&mut out, "storage");
        out.extend(b"ctorch\nFloatStorage\n");
        text(&mut out, &key.to_string());
        text(&mut out, "cpu");
        integer(&mut out, numbers.len());
        // The storage by its persistent name, and the offset in it.
        out.extend(b"tQK\x00");
        tuple(&mut out, shape.iter().copied());
        tuple(&mut out, (0..shape.len()).map(|axis| shape[axis + 1..].iter().product()));
        // Asks for no gradient, has no hooks.
        out.extend(b"\x89ccollections\nOrderedDict\n)RtR");
    }
    out.extend(b"u.");
    out
}

fn text(out: &mut Vec<u8>, text: &str) {
    out.push(b'X');
    out.extend((text.len() as u32).to_le_bytes());
    out.extend(text.as_bytes());
}

fn integer(out: &mut Vec<u8>, number: usize) {
    out.push(b'J');
    out.extend((number as u32).to_le_bytes());
}

fn tuple(out: &mut Vec<u8>, numbers: impl Iterator<Item = usize>) {
    out.push(b'(');
    numbers.for_each(|number| integer(out, number));
    out.push(b't');
}
