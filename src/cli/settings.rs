//! The flags and files that make a [`Request`].

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};

use crate::craft;
use crate::files::{self, IfExists, write_atomically};
use crate::request::{Mode, Request};

use super::claims::{self, Claims};
use super::destination::check_writable;
use super::failure::Failure;
use super::flags::{All, Flags, choice_parser};

/// A request file is a few kilobytes; whatever is larger is something else.
const REQUEST_FILE_LIMIT_BYTES: u64 = 1 << 20;

/// Where the settings come from; the single ones are in [`Flags`].
#[derive(clap::Args)]
#[command(next_help_heading = "What to make")]
pub struct SettingsArgs {
    /// Which kind of solid to make [default inflate]
    #[arg(long, value_parser = choice_parser::<Mode>(), value_name = "MODE")]
    mode: Option<Mode>,
    /// Take the settings from this file (JSON, as --save-request writes it); flags come on top
    #[arg(long, value_name = "FILE")]
    request: Option<PathBuf>,
    /// Write the settings to this file, to use them again with --request
    #[arg(long, value_name = "FILE")]
    save_request: Option<PathBuf>,
}

impl SettingsArgs {
    /// The request: defaults, then the file, then the flags; `has_mask` tells whether a mask comes with it.
    ///
    /// # Errors
    /// A file that is not a request, a flag that would have no effect, or settings that contradict each other.
    pub fn request(&self, flags: &Flags<All>, has_mask: bool) -> Result<Request, Failure> {
        let mut request = match &self.request {
            Some(path) => read_request(path)?,
            None => Request::default(),
        };
        if let Some(mode) = self.mode {
            request.mode = mode;
        } else if flags.has("model") {
            request.mode = Mode::Model;
        }
        lay_over(&mut request, flags, has_mask)?;
        Ok(request)
    }

    /// Writes the request where `--save-request` says; tells the path that was written.
    ///
    /// # Errors
    /// What the system said, or that the file exists.
    pub fn save(&self, request: &Request, if_exists: IfExists) -> Result<Option<&Path>, Failure> {
        let Some(path) = &self.save_request else { return Ok(None) };
        let text = serde_json::to_string_pretty(request)? + "\n";
        // A batch that goes on where it was finds its own settings there. A pipe or device is not read:
        // that may never end.
        let is_like_it = path.metadata().is_ok_and(|about| about.is_file() && about.len() == text.len() as u64);
        if is_like_it && std::fs::read(path).is_ok_and(|old| old == text.as_bytes()) {
            return Ok(Some(path));
        }
        check_writable(path, if_exists)?;
        write_atomically(path, if_exists, |writer| writer.write_all(text.as_bytes()))
            .context("the settings were not saved")?;
        Ok(Some(path))
    }

    /// Where `--save-request` writes.
    pub fn save_path(&self) -> Option<&Path> {
        self.save_request.as_deref()
    }

    /// Claims the file of `--request`.
    pub fn claim_read(&self, claims: &mut Claims) {
        if let Some(path) = &self.request {
            claims.read(claims::REQUEST, path);
        }
    }

    /// Claims the file of `--save-request`.
    ///
    /// # Errors
    /// The file is the command's for something else.
    pub fn claim_written(&self, claims: &mut Claims) -> Result<(), Failure> {
        self.save_path().map_or(Ok(()), |path| claims.write(claims::SAVE_REQUEST, path))
    }
}

/// Lays `flags` over `request`; `has_mask` tells whether a mask comes with it.
///
/// # Errors
/// [`Failure::Usage`]: a flag would have no effect, or settings contradict each other.
pub fn lay_over(request: &mut Request, flags: &Flags<All>, has_mask: bool) -> Result<(), Failure> {
    flags.apply_to(request, has_mask).map_err(Failure::Usage)?;
    if !craft::needs_cut_out(request)
        && let Some(flag) = flags.first_of("Cut-out")
    {
        return Err(no_cut_out(request, flag));
    }
    craft::check(request).map_err(|error| Failure::Usage(error.to_string()))
}

/// The refusal of a flag about the cut-out in a request that uses the whole frame.
pub fn no_cut_out(request: &Request, flag: &str) -> Failure {
    let mode = request.mode.name();
    Failure::Usage(format!(
        "--{flag} has no effect here: with these settings {mode} uses the whole frame; leave it out"
    ))
}

/// Reads and checks a request file.
fn read_request(path: &Path) -> Result<Request, Failure> {
    let place = || format!("could not read the settings file {}", path.display());
    let mut bytes = Vec::new();
    let file = File::open(path).with_context(place)?;
    file.take(REQUEST_FILE_LIMIT_BYTES + 1).read_to_end(&mut bytes).with_context(place)?;
    if bytes.len() as u64 > REQUEST_FILE_LIMIT_BYTES {
        return Err(anyhow!("this file is too large to hold settings: {}", path.display()).into());
    }
    let text = text_of(bytes)
        .ok_or_else(|| anyhow!("the settings file is no text in UTF-8; save it as such: {}", path.display()))?;
    let given: serde_json::Value = serde_json::from_str(&text)
        .with_context(|| format!("the settings file is not JSON; --save-request writes one: {}", path.display()))?;
    let request: Request = serde_json::from_value(given.clone())
        .with_context(|| format!("a setting is of the wrong kind: {}", path.display()))?;
    let known = serde_json::to_value(request)?;
    if let Some(setting) = not_by_name(&given, &known, "") {
        let problem = "its settings are to be given by their names, in braces; --save-request shows how";
        return Err(anyhow!("{setting}: {problem}: {}", path.display()).into());
    }
    request.validate().with_context(|| format!("a setting is out of range: {}", path.display()))?;
    if let Some(key) = unknown_key(&given, &known, "") {
        return Err(anyhow!("there is no setting called `{key}`; --save-request shows all: {}", path.display()).into());
    }
    Ok(request)
}

/// The text of a file as editors save it: UTF-8, or UTF-16 behind its mark.
fn text_of(bytes: Vec<u8>) -> Option<String> {
    if let Some(units) = files::utf16(&bytes) {
        return String::from_utf16(&units).ok();
    }
    let text = String::from_utf8(bytes).ok()?;
    Some(text.trim_start_matches('\u{feff}').to_owned())
}

/// The first group of settings that is not given by their names: a list would be taken in their order.
fn not_by_name(given: &serde_json::Value, known: &serde_json::Value, name: &str) -> Option<String> {
    let groups = known.as_object()?;
    let Some(given) = given.as_object() else {
        return Some(if name.is_empty() { "the settings file".to_owned() } else { format!("`{name}`") });
    };
    given.iter().find_map(|(key, value)| not_by_name(value, groups.get(key)?, key))
}

/// The first key of `given` that `known` does not have, as `group.name`.
fn unknown_key(given: &serde_json::Value, known: &serde_json::Value, prefix: &str) -> Option<String> {
    given.as_object()?.iter().find_map(|(key, value)| match known.get(key) {
        Some(known) => unknown_key(value, known, &format!("{prefix}{key}.")),
        None => Some(format!("{prefix}{key}")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Request, String> {
        read_bytes(text.as_bytes())
    }

    fn read_bytes(bytes: &[u8]) -> Result<Request, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("request.json");
        std::fs::write(&path, bytes).unwrap();
        read_request(&path).map_err(|e| e.sentence())
    }

    #[test]
    fn a_request_file_may_be_saved_by_any_editor() {
        let text = r#"{"size": {"height_mm": 50}}"#;
        let utf16 = |bytes_of: fn(u16) -> [u8; 2]| {
            std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(bytes_of).collect::<Vec<u8>>()
        };
        for bytes in [format!("\u{feff}{text}").into_bytes(), utf16(u16::to_le_bytes), utf16(u16::to_be_bytes)] {
            assert_eq!(read_bytes(&bytes).unwrap(), read(text).unwrap());
        }
        assert!(read_bytes(b"{\xff}").unwrap_err().contains("UTF-8"));
    }

    #[test]
    fn a_request_file_may_be_partial_but_not_wrong() {
        assert_eq!(read("{}").unwrap(), Request::default());
        assert_eq!(read(r#"{"mode": "relief", "size": {"height_mm": 50}}"#).unwrap().size.height_mm, Some(50.0));
        for (text, expected) in [
            ("", "not JSON"),
            ("[1, 2]", "wrong kind"),
            ("[]", "by their names"),
            (r#"["relief"]"#, "by their names"),
            (r#"{"mode": "relief", "relief": [9.0, 3.0]}"#, "`relief`"),
            (r#"{"inflate": []}"#, "`inflate`"),
            (r#"{"mode": "balloon"}"#, "balloon"),
            (r#"{"inflate": {"thickness": 99}}"#, "0.1 to 3"),
            (r#"{"inflate": {"thikness": 1}}"#, "inflate.thikness"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
