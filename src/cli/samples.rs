//! `orfeas samples`: pictures to try things with, from within the program.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::files::{IfExists, WriteError, sweep_temporaries, write_atomically};
use crate::progress::CancelToken;
use crate::samples::{SAMPLES, Sample};

use super::console::Console;
use super::failure::Failure;
use super::interrupt;

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
/// An interruption; what the system said.
pub fn run(args: &SamplesArgs, console: &Console) -> Result<(), Failure> {
    let folder = &args.folder;
    let made = std::fs::create_dir_all(folder);
    made.with_context(|| format!("the folder could not be made; choose another one: {}", folder.display()))?;
    sweep_temporaries(folder);
    write_pictures(folder, &interrupt::token(), console)?;
    console.say(&format!("next: orfeas generate '{}'", folder.join("elephant.png").display()));
    Ok(())
}

fn write_pictures(folder: &Path, cancel: &CancelToken, console: &Console) -> Result<(), Failure> {
    for Sample { file: name, bytes } in SAMPLES {
        cancel.check().map_err(|_| Failure::Interrupted)?;
        let path = folder.join(name);
        match write_atomically(&path, IfExists::Keep, |writer| writer.write_all(bytes)) {
            Err(WriteError::Exists(_)) => console.say(&format!("{name} is there already and stays as it is")),
            written => written?,
        }
        console.result_path(&path)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_interrupts_gets_no_more_pictures() {
        let folder = tempfile::tempdir().unwrap();
        let cancel = CancelToken::new();
        cancel.cancel();
        let written = write_pictures(folder.path(), &cancel, &Console::new(true, false));
        assert!(matches!(written, Err(Failure::Interrupted)));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
