//! `orfeas doctor`: what this machine has, and whether ORFEAS can use it.

use crate::cache::{Cache, CacheOptions};
use crate::doctor;

use super::console::Console;
use super::failure::Failure;
use super::interrupt;

/// Arguments of `orfeas doctor`.
#[derive(clap::Args)]
#[command(after_help = "\
Nothing leaves this machine. When you report a problem, add what this prints.

Examples:
  orfeas doctor
  orfeas doctor --json > machine.json")]
pub struct DoctorArgs {
    /// Print the findings as JSON
    #[arg(long)]
    json: bool,
}

/// Looks around and tells.
///
/// # Errors
/// Only an interruption, or that the result could not be printed; what is wrong with the machine is a finding.
pub fn run(args: &DoctorArgs, console: &Console) -> Result<(), Failure> {
    let look = || doctor::look(&Cache::open(&CacheOptions::default()));
    let findings = interrupt::leave_on_cancel(&interrupt::token(), look)?;
    let text = if args.json { serde_json::to_string_pretty(&findings)? } else { findings.to_string() };
    console.result(&text)
}
