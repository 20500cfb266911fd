//! `orfeas samples`: pictures to try things with, from within the program.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::Context as _;

use crate::files::{IfExists, WriteError, write_atomically};
use crate::samples::{SAMPLES, Sample};

use super::console::Console;
use super::failure::Failure;

/// Arguments of `orfeas samples`.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  orfeas samples
  orfeas generate samples/elephant.png -o elephant.stl
  orfeas batch samples/ -o solids/")]
pub struct SamplesArgs {
    /// Folder for the pictures; it is made if it does not exist
    #[arg(value_name = "DIR", default_value = "samples")]
    folder: PathBuf,
}

/// Writes the pictures; those that are there already stay as they are.
///
/// # Errors
/// What the system said.
pub fn run(args: &SamplesArgs, console: &Console) -> Result<(), Failure> {
    let folder = &args.folder;
    let made = std::fs::create_dir_all(folder);
    made.with_context(|| format!("the folder could not be made; choose another one: {}", folder.display()))?;
    for Sample { file: name, bytes } in SAMPLES {
        let path = folder.join(name);
        match write_atomically(&path, IfExists::Keep, |writer| writer.write_all(bytes)) {
            Err(WriteError::Exists(_)) => console.say(&format!("{name} is there already and stays as it is")),
            written => written?,
        }
        console.result_path(&path)?;
    }
    console.say(&format!("next: orfeas generate '{}'", folder.join("elephant.png").display()));
    Ok(())
}
