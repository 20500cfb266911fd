//! The bytes of one entry: a header that says what it is, then the payload.
//!
//! ```text
//! offset  bytes
//!      0      8  magic, with the format's version
//!      8     16  stage, padded with zeros
//!     24     32  key
//!     56      8  payload length, little-endian
//!     64     32  digest of the payload
//!     96     32  SHA-256 of the 96 bytes before
//!    128         payload
//! ```
//! The payload's digest is the SHA-256 of the SHA-256 digests of its 1 MiB blocks (the last one may
//! be shorter), so that large entries are verified on all cores.

use std::fs::File;
use std::io::{self, Read as _, Write};

use rayon::prelude::*;
use sha2::{Digest as _, Sha256};

use super::{Digest, Key, digest};

const MAGIC: &[u8; 8] = b"ORFEAS\x00\x01";
const BLOCK_BYTES: usize = 1 << 20;

/// Bytes before the payload.
pub(super) const HEADER_BYTES: usize = 128;

/// Why an entry is not used.
#[derive(Debug)]
pub(super) enum Refusal {
    /// It is not what was asked for, or not what was written: it should be removed.
    Damaged,
    /// The system did not let it be read just now.
    Unreadable,
}

fn header(key: &Key, payload_bytes: u64, payload_digest: &Digest) -> [u8; HEADER_BYTES] {
    let mut header = [0; HEADER_BYTES];
    header[..8].copy_from_slice(MAGIC);
    let name = key.stage().as_bytes();
    let name = &name[..name.len().min(16)];
    header[8..8 + name.len()].copy_from_slice(name);
    header[24..56].copy_from_slice(key.digest());
    header[56..64].copy_from_slice(&payload_bytes.to_le_bytes());
    header[64..96].copy_from_slice(payload_digest);
    let check = digest(&header[..96]);
    header[96..].copy_from_slice(&check);
    header
}

/// Digest of the concatenation of `parts`; see the module.
fn payload_digest(parts: &[&[u8]]) -> Digest {
    if let [whole] = parts {
        let blocks: Vec<Digest> = whole.par_chunks(BLOCK_BYTES).map(digest).collect();
        return digest(blocks.as_flattened());
    }
    // Blocks may span parts: describe each block as pieces first, then digest the blocks in parallel.
    let mut blocks: Vec<Vec<&[u8]>> = Vec::new();
    let mut room = 0;
    for part in parts {
        let mut rest = *part;
        while !rest.is_empty() {
            if room == 0 {
                blocks.push(Vec::new());
                room = BLOCK_BYTES;
            }
            let (piece, later) = rest.split_at(rest.len().min(room));
            if let Some(block) = blocks.last_mut() {
                block.push(piece);
            }
            room -= piece.len();
            rest = later;
        }
    }
    let digests: Vec<Digest> = blocks
        .par_iter()
        .map(|pieces| {
            let mut hasher = Sha256::new();
            pieces.iter().for_each(|piece| hasher.update(piece));
            hasher.finalize().into()
        })
        .collect();
    digest(digests.as_flattened())
}

/// Writes an entry.
pub(super) fn write(mut to: impl Write, key: &Key, parts: &[&[u8]]) -> io::Result<()> {
    let payload_bytes = parts.iter().map(|p| p.len() as u64).sum();
    to.write_all(&header(key, payload_bytes, &payload_digest(parts)))?;
    parts.iter().try_for_each(|part| to.write_all(part))
}

/// Reads and verifies the entry of `key`; payloads above `limit_bytes` are refused before memory is
/// taken for them.
pub(super) fn read(mut from: &File, key: &Key, limit_bytes: u64) -> Result<Vec<u8>, Refusal> {
    let unreadable = |_| Refusal::Unreadable;
    let file_bytes = from.metadata().map_err(unreadable)?.len();
    let payload_bytes = file_bytes.checked_sub(HEADER_BYTES as u64).ok_or(Refusal::Damaged)?;
    let mut found = [0; HEADER_BYTES];
    from.read_exact(&mut found).map_err(unreadable)?;
    let (Ok(length), Ok(payload_check)) = (found[56..64].try_into(), Digest::try_from(&found[64..96])) else {
        return Err(Refusal::Damaged);
    };
    let as_asked = found == header(key, u64::from_le_bytes(length), &payload_check);
    if !as_asked || u64::from_le_bytes(length) != payload_bytes || payload_bytes > limit_bytes {
        return Err(Refusal::Damaged);
    }
    let capacity = usize::try_from(payload_bytes).map_err(|_| Refusal::Unreadable)?;
    let mut payload = Vec::new();
    payload.try_reserve_exact(capacity).map_err(|_| Refusal::Unreadable)?;
    from.take(payload_bytes).read_to_end(&mut payload).map_err(unreadable)?;
    if payload.len() != capacity || payload_digest(&[&payload]) != payload_check {
        return Err(Refusal::Damaged);
    }
    Ok(payload)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_does_not_depend_on_how_the_payload_is_cut() {
        let payload: Vec<u8> = (0..3 * BLOCK_BYTES + 17).map(|i| (i * 7 + i / 251) as u8).collect();
        let whole = payload_digest(&[&payload]);
        for cut in [0, 1, BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1, payload.len()] {
            let (a, b) = payload.split_at(cut);
            assert_eq!(payload_digest(&[a, b]), whole, "cut at {cut}");
            assert_eq!(payload_digest(&[a, &[], b]), whole, "cut at {cut}");
        }
        assert_eq!(payload_digest(&[]), payload_digest(&[&[]]));
    }
}
