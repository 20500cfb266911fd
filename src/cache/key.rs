//! Keys: what a stage's result depends on, and nothing else.

use std::fmt;

use serde::Serialize;
use sha2::{Digest as _, Sha256};

pub use crate::files::Digest;
use crate::files::hex;

/// The SHA-256 digest of `bytes`.
pub fn digest(bytes: &[u8]) -> Digest {
    Sha256::digest(bytes).into()
}

/// The SHA-256 digest of `value` as JSON. Fields come in the order of their declaration, so equal
/// values give equal digests on every machine.
pub fn digest_of(value: &impl Serialize) -> Digest {
    digest(&canonical_json(value))
}

/// The address of one stage's result.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    stage: &'static str,
    digest: Digest,
}

impl Key {
    /// Short name of the stage, as shown by the statistics.
    pub fn stage(&self) -> &'static str {
        self.stage
    }

    /// What the result depends on.
    pub fn digest(&self) -> &Digest {
        &self.digest
    }

    /// The digest as 64 hexadecimal digits.
    pub fn hex(&self) -> String {
        hex(&self.digest)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.stage, self.hex())
    }
}

/// Collects what a stage's result depends on.
///
/// Every part is tagged and preceded by its length, so no two different lists of parts run together
/// into the same bytes.
#[derive(Clone, Debug)]
pub struct KeyBuilder {
    stage: &'static str,
    hasher: Sha256,
}

impl KeyBuilder {
    /// Starts the key of `stage` (lower-case letters and digits) whose algorithm is `version`.
    pub fn new(stage: &'static str, version: &str) -> Self {
        debug_assert!(stage.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()), "{stage}");
        let builder = Self { stage, hasher: Sha256::new() };
        builder.part(b's', stage.as_bytes()).part(b'v', version.as_bytes())
    }

    /// The stage reads the result that lies under `key`.
    #[must_use]
    pub fn input(self, key: &Key) -> Self {
        self.part(b'i', key.stage.as_bytes()).part(b'i', &key.digest)
    }

    /// The stage reads the bytes that have this digest; `None` says that it reads none.
    #[must_use]
    pub fn content(self, digest: Option<&Digest>) -> Self {
        self.part(b'c', digest.map_or(&[], |d| d.as_slice()))
    }

    /// The stage reads these parameters.
    #[must_use]
    pub fn params(self, params: &impl Serialize) -> Self {
        self.part(b'p', &canonical_json(params))
    }

    /// The key.
    pub fn finish(self) -> Key {
        Key { stage: self.stage, digest: self.hasher.finalize().into() }
    }

    fn part(mut self, tag: u8, bytes: &[u8]) -> Self {
        self.hasher.update([tag]);
        self.hasher.update((bytes.len() as u64).to_le_bytes());
        self.hasher.update(bytes);
        self
    }
}

/// JSON of plain parameter structs cannot fail; if it ever did, the message makes a key that
/// nothing else has.
fn canonical_json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_else(|error| error.to_string().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_together() {
        let start = || KeyBuilder::new("test", "1");
        let keys = [
            start().params(&"ab").params(&"c").finish(),
            start().params(&"a").params(&"bc").finish(),
            start().params(&"abc").finish(),
            start().content(None).params(&"abc").finish(),
            start().content(Some(&[0; 32])).params(&"abc").finish(),
            start().input(&start().finish()).params(&"abc").finish(),
            KeyBuilder::new("test", "2").params(&"abc").finish(),
            KeyBuilder::new("other", "1").params(&"abc").finish(),
        ];
        let distinct: std::collections::HashSet<_> = keys.iter().collect();
        assert_eq!(distinct.len(), keys.len());
        assert_eq!(keys[2], start().params(&"abc").finish());
    }

    #[test]
    fn digests_are_sha_256() {
        // FIPS 180-2, appendix B.1.
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(hex(&digest(b"abc")), expected);
    }
}
