//! The text of a drawing, in the encodings that drawings have.

use std::borrow::Cow;

use super::{damaged, unsupported};
use crate::files::utf16;
use crate::image::intake::IntakeError;

/// The whole text.
///
/// # Errors
/// [`IntakeError::Damaged`], or [`IntakeError::Unsupported`] for a declared encoding other than UTF-8, UTF-16, Latin-1.
pub(super) fn text_of(bytes: &[u8]) -> Result<Cow<'_, str>, IntakeError> {
    if let Some(units) = utf16(bytes) {
        return String::from_utf16(&units).map(Cow::Owned).map_err(|_| damaged("its text in UTF-16 is broken"));
    }
    match (std::str::from_utf8(bytes), declared(bytes).as_deref()) {
        (Ok(text), _) => Ok(Cow::Borrowed(text)),
        (_, Some("iso-8859-1" | "latin1" | "windows-1252" | "us-ascii")) => Ok(Cow::Owned(latin1(bytes))),
        (_, None | Some("utf-8")) => Err(damaged("it is not text in UTF-8")),
        _ => Err(unsupported("its text is in another encoding than UTF-8")),
    }
}

/// The text of the first bytes, with something in the place of what is broken.
pub(super) fn start_of(bytes: &[u8]) -> Cow<'_, str> {
    match utf16(bytes) {
        Some(units) => Cow::Owned(String::from_utf16_lossy(&units)),
        None => String::from_utf8_lossy(bytes),
    }
}

/// What the declaration at the start says, in lower case.
fn declared(bytes: &[u8]) -> Option<String> {
    let start = latin1(&bytes[..bytes.len().min(200)]);
    let declaration = start.trim_start().strip_prefix("<?xml")?.split("?>").next()?;
    let value = declaration.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    value[1..].split(quote).next().map(str::to_ascii_lowercase)
}

/// Each byte is the character of its number.
fn latin1(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}
