//! `orfeas check`: would it print?

use std::path::{Path, PathBuf};

use anyhow::anyhow;

use crate::import;
use crate::print::{self, Report};
use crate::progress::CancelToken;

use super::console::Console;
use super::failure::{Exit, Failure};
use super::interrupt;
use super::progress_display::ProgressDisplay;
use super::summary;

/// Arguments of `orfeas check`.
#[derive(clap::Args)]
#[command(after_help = "\
Looks for holes, edges and points where surfaces meet wrongly, triangles without area, surfaces that \
are inside out, and surfaces that cut each other. Files are read as millimetres (glb: metres).

Examples:
  orfeas check cat.stl
  orfeas check solids/*.stl --json

With --json, one line of JSON per file, with an \"error\" where it could not be read. \
Exit codes: 0 all are print-ready, 3 some are not, 1 some could not be read.")]
pub struct CheckArgs {
    /// Meshes: STL, 3MF, GLB, OBJ or PLY
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Print the findings as JSON, one line per file
    #[arg(long)]
    json: bool,
}

/// Checks every file.
///
/// # Errors
/// [`Exit::Failed`] when a file cannot be read, else [`Exit::NotPrintReady`] when one has defects.
pub fn run(args: &CheckArgs, console: &Console) -> Result<(), Failure> {
    let cancel = interrupt::token();
    let mut worst = Exit::Done;
    for path in &args.files {
        let checked = check(path, &cancel, console);
        if cancel.is_cancelled() {
            return Err(Failure::Interrupted);
        }
        match checked {
            Ok(report) => {
                if !report.is_print_ready() && worst == Exit::Done {
                    worst = Exit::NotPrintReady;
                }
                match args.json {
                    true => console.result_json(&json(path, &report)?)?,
                    false => console.result(&words(path, &report))?,
                }
            }
            Err(failure) => {
                worst = Exit::Failed;
                if args.json {
                    console.result_json(&unread(path, &failure))?;
                }
                failure.tell(console);
            }
        }
    }
    if worst == Exit::Done { Ok(()) } else { Err(Failure::Told(worst)) }
}

fn check(path: &Path, cancel: &CancelToken, console: &Console) -> Result<Report, Failure> {
    if path.is_dir() {
        return Err(anyhow!("this is a folder; name the files in it: {}", path.display()).into());
    }
    ProgressDisplay::new(console).watch(cancel, |monitor| {
        let imported = import::import_file(path, &import::Limits::default(), monitor)?;
        let report = print::check(&imported.mesh, monitor)?;
        Ok(Report { left_out_faces: imported.left_out, file_notes: imported.notes, ..report })
    })
}

fn words(path: &Path, report: &Report) -> String {
    let next = match report.is_print_ready() || report.malformed.is_some() || report.encloses_nothing {
        true => String::new(),
        false => format!("\n  next       {}", summary::next_step(report)),
    };
    format!("{}: {}{next}", path.display(), report.to_string().trim_end())
}

fn json(path: &Path, report: &Report) -> Result<String, Failure> {
    let mut value = summary::check_json(report)?;
    if let Some(object) = value.as_object_mut() {
        object.insert("file".to_owned(), path.display().to_string().into());
        object.insert("notes".to_owned(), report.notes().into());
    }
    Ok(value.to_string())
}

/// The line about a file that could not be read.
fn unread(path: &Path, failure: &Failure) -> String {
    serde_json::json!({ "file": path.display().to_string(), "error": failure.sentence() }).to_string()
}
