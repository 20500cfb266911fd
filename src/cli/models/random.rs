//! `orfeas models random`: a folder of random numbers in the place of a published model.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, anyhow};

use crate::engine::models::hunyuan3d::stand_in::{StandIn, StandInError};
use crate::files::{WriteError, bytes_in_words};
use crate::models::free_bytes;

use super::super::console::Console;
use super::super::failure::Failure;
use super::super::interrupt;
use super::super::progress_display::ProgressDisplay;

/// A manifest has some hundred kilobytes. A device may have no end.
const MANIFEST_LIMIT_BYTES: u64 = 1 << 26;

/// The text of a manifest; `None` for what is too large to be one.
fn read(manifest: &Path) -> std::io::Result<Option<String>> {
    let mut text = String::new();
    File::open(manifest)?.take(MANIFEST_LIMIT_BYTES + 1).read_to_string(&mut text)?;
    Ok((text.len() as u64 <= MANIFEST_LIMIT_BYTES).then_some(text))
}

/// Writes the folder that the manifest describes.
pub(super) fn run(manifest: &Path, folder: &Path, seed: u64, console: &Console) -> Result<(), Failure> {
    let named = || manifest.display().to_string();
    let text = read(manifest)
        .with_context(|| format!("the manifest could not be read; check the name: {}", named()))?
        .ok_or_else(|| anyhow!("this file is too large to be a list of a model's tensors and sizes: {}", named()))?;
    let stand_in = StandIn::of_manifest(&text)
        .map_err(|error| anyhow!("{error}; the sources have lists in tests/fixtures/golden/manifests: {}", named()))?;
    let (need, free) = (stand_in.bytes(), free_bytes(folder));
    if free.is_some_and(|free| free < need) {
        let free = free.map(bytes_in_words).unwrap_or_default();
        let need = bytes_in_words(need);
        return Err(
            anyhow!("{need} are needed and {free} are free; choose another folder: {}", folder.display()).into()
        );
    }
    std::fs::create_dir_all(folder)
        .with_context(|| format!("the folder could not be made; choose another one: {}", folder.display()))?;
    let cancel = interrupt::token();
    let display = ProgressDisplay::new(console);
    let written = display.watch(&cancel, |monitor| stand_in.write(folder, seed, monitor));
    drop(display);
    match written {
        Err(StandInError::Write(WriteError::Cancelled(_))) => Err(Failure::Interrupted),
        written => console.result_path(&written.context("nothing was written")?),
    }
}
