//! SHA-256, the name that its bytes give a file.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use sha2::Digest as _;

/// A SHA-256 digest.
pub type Digest = [u8; 32];

/// Bytes that are handed on at once.
const CHUNK_BYTES: usize = 1 << 20;

/// `digest` as 64 hexadecimal digits.
pub fn hex(digest: &Digest) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The digest of all bytes of the file at `path`, read in pieces.
///
/// # Errors
/// What the system said.
pub fn digest_of_file(path: &Path) -> io::Result<Digest> {
    let mut hasher = sha2::Sha256::new();
    each_chunk(
        &mut File::open(path)?,
        |error| error,
        |bytes| {
            hasher.update(bytes);
            Ok(())
        },
    )?;
    Ok(hasher.finalize().into())
}

/// Hands all of `file` to `take`, chunk by chunk. `take` ends it early by an error; `failed` makes one
/// of what the system said.
///
/// # Errors
/// That of `take` or of `failed`.
pub fn each_chunk<E>(
    file: &mut File,
    failed: impl Fn(io::Error) -> E,
    mut take: impl FnMut(&[u8]) -> Result<(), E>,
) -> Result<(), E> {
    let mut buffer = vec![0; CHUNK_BYTES];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(read) => take(buffer.get(..read).unwrap_or_default())?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(failed(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_several_chunks_has_the_digest_of_its_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let bytes: Vec<u8> = (0..CHUNK_BYTES as u32 + 3).map(|i| (i % 251) as u8).collect();
        std::fs::write(&path, &bytes).unwrap();
        assert_eq!(digest_of_file(&path).unwrap(), Digest::from(sha2::Sha256::digest(&bytes)));
        // FIPS 180-2, appendix B.1.
        std::fs::write(&path, "abc").unwrap();
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(hex(&digest_of_file(&path).unwrap()), expected);
        assert!(digest_of_file(folder.path()).is_err());
    }
}
