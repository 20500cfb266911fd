//! `orfeas models random`: a folder of random numbers in the place of a published model.

use std::path::Path;

use anyhow::{Context as _, anyhow};

use crate::engine::models::hunyuan3d::stand_in::{StandIn, StandInError};
use crate::files::{WriteError, bytes_in_words};
use crate::models::free_bytes;

use super::super::console::Console;
use super::super::failure::Failure;
use super::super::interrupt;
use super::super::progress_display::ProgressDisplay;

/// Writes the folder that the manifest describes.
pub(super) fn run(manifest: &Path, folder: &Path, seed: u64, console: &Console) -> Result<(), Failure> {
    let named = || manifest.display().to_string();
    let text = std::fs::read_to_string(manifest)
        .with_context(|| format!("the manifest could not be read; check the name: {}", named()))?;
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
