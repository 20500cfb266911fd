//! The command line: arguments → [`Request`](crate::request::Request) → pipeline → file.
//!
//! Promises: results (paths, JSON) go to stdout and everything else to stderr; an error is one
//! sentence and a next step; no setting is ignored silently; an interrupted command leaves no half
//! file. Exit codes are in [`failure::Exit`]. One subcommand per file; nothing here computes.

mod batch;
mod cache;
mod check;
mod claims;
mod console;
mod convert;
mod dataset;
mod destination;
mod doctor;
mod engine;
mod evaluate;
pub mod failure;
mod flags;
mod generate;
mod interrupt;
mod models;
mod progress_display;
mod render;
mod samples;
mod settings;
mod summary;
mod views;

use std::error::Error as _;
use std::ffi::OsString;
use std::io::{self, Write as _};
use std::path::PathBuf;

use anyhow::anyhow;
use clap::error::ErrorKind;
use clap::{CommandFactory as _, Parser, Subcommand};

use console::Console;
use failure::{Exit, Failure};

const EXAMPLES: &str = "\
Examples:
  orfeas                                   (opens the window)
  orfeas cat.png                           (opens the window with this picture)
  orfeas generate cat.png -o cat.stl
  orfeas generate cat.png -o cat.3mf --height 60 --thickness 0.7
  orfeas generate photo.jpg -o night-light.stl --mode lithophane --litho-shape curved
  orfeas generate chair.jpg -o chair.stl --model hunyuan3d-2.1
  orfeas batch pictures/ -o solids/ --format 3mf
  orfeas check cat.stl
  orfeas render cat.stl -o cat.png
  orfeas models list

Exit codes: 0 done, 1 failed, 2 wrong arguments, 3 the mesh is not print-ready, 130 interrupted. \
Results (paths, --json) go to standard output, everything else to standard error.";

/// Turns a picture into a solid 3D mesh that prints, on your own machine
#[derive(Parser)]
#[command(name = "orfeas", version, after_help = EXAMPLES, disable_help_subcommand = true)]
pub struct Arguments {
    /// What to do; without a command the window opens
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Pictures and meshes to open in the window
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// What every command understands.
    #[command(flatten)]
    pub global: Global,
}

/// Flags that every command understands.
#[derive(Clone, Copy, Debug, clap::Args)]
#[command(next_help_heading = "General")]
pub struct Global {
    /// Say nothing but errors and results
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Tell what happens in more detail; repeat for more (or set ORFEAS_LOG, as in ORFEAS_LOG=orfeas=debug)
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    verbose: u8,
}

/// What `orfeas` can be asked to do.
#[derive(Subcommand)]
pub enum Command {
    /// Make a solid from a picture
    #[command(visible_alias = "make")]
    Generate(Box<generate::GenerateArgs>),
    /// Make solids from many pictures
    Batch(Box<batch::BatchArgs>),
    /// Look for what a printer would stumble over in a mesh
    Check(check::CheckArgs),
    /// Change a mesh's format, size or number of triangles
    Convert(Box<convert::ConvertArgs>),
    /// Draw a picture of a mesh
    Render(render::RenderArgs),
    /// Tell what this machine has and whether ORFEAS can use it
    Doctor(doctor::DoctorArgs),
    /// Look at or empty the cache of earlier results
    Cache(cache::CacheArgs),
    /// Fetch, check and remove learned models
    Models(models::ModelsArgs),
    /// Write a few pictures to try things with
    Samples(samples::SamplesArgs),
    /// Make pictures with their solids, to train a model
    Dataset(dataset::DatasetArgs),
    /// Measure how near generators come to known solids
    Evaluate(Box<evaluate::EvaluateArgs>),
    /// Write a completion script for a shell
    Completions(CompletionsArgs),
}

/// Arguments of `orfeas completions`.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  orfeas completions bash > ~/.local/share/bash-completion/completions/orfeas
  orfeas completions zsh > ~/.zfunc/_orfeas
  orfeas completions fish > ~/.config/fish/completions/orfeas.fish")]
pub struct CompletionsArgs {
    /// Which shell to write for
    shell: clap_complete::Shell,
}

/// Reads the arguments, the program's name first.
///
/// # Errors
/// The exit code, after help, version or what is wrong with the arguments has been printed.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Arguments, Exit> {
    Arguments::try_parse_from(arguments).and_then(check_files).map_err(|error| {
        let printed = error.print().and_then(|()| io::stdout().flush());
        match printed {
            // Nobody can be told that stderr is gone.
            _ if error.use_stderr() => Exit::Usage,
            // A reader that has gone away does not want to hear about it.
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                let failure = Failure::from(anyhow::Error::new(error).context("could not print the result"));
                failure.tell(&Console::new(false, false));
                failure.exit()
            }
            _ => Exit::Done,
        }
    })
}

/// A word that is neither a command nor a file is a slip of the keys.
fn check_files(arguments: Arguments) -> Result<Arguments, clap::Error> {
    let mut command = Arguments::command();
    if let (Some(_), Some(file)) = (&arguments.command, arguments.files.first()) {
        let text = format!("'{}' stands before the command; put it behind", file.display());
        return Err(command.error(ErrorKind::ArgumentConflict, text));
    }
    let Some(missing) = arguments.files.iter().find(|f| !f.exists()) else { return Ok(arguments) };
    let word = missing.display().to_string();
    let start: String = word.chars().take(3).collect();
    let near = command.get_subcommands().find(|c| c.get_name().starts_with(&start));
    let tip = near.map(|c| format!("; did you mean 'orfeas {}'?", c.get_name())).unwrap_or_default();
    Err(command.error(ErrorKind::InvalidSubcommand, format!("there is no command and no file '{word}'{tip}")))
}

/// Opens the window by `open`, which gets the files of the command line.
pub fn open_window(arguments: Arguments, open: impl FnOnce(Vec<PathBuf>) -> anyhow::Result<()>) -> Exit {
    console::calm_graphics_drivers();
    let console = Console::new(arguments.global.quiet, arguments.global.verbose > 0);
    console::start_log(arguments.global.verbose, &console);
    match open(arguments.files) {
        Ok(()) => Exit::Done,
        Err(error) => {
            let failure = Failure::from(error);
            failure.tell(&console);
            failure.exit()
        }
    }
}

/// Runs a command to its end and says what became of it.
pub fn run(command: Command, global: Global) -> Exit {
    console::calm_graphics_drivers();
    console::shorten_panics();
    let console = Console::new(global.quiet, global.verbose > 0);
    console::start_log(global.verbose, &console);
    let outcome = start_threads(&command).and_then(|()| match command {
        Command::Generate(args) => generate::run(&args, &console),
        Command::Batch(args) => batch::run(&args, &console),
        Command::Check(args) => check::run(&args, &console),
        Command::Convert(args) => convert::run(&args, &console),
        Command::Render(args) => render::run(&args, &console),
        Command::Doctor(args) => doctor::run(&args, &console),
        Command::Cache(args) => cache::run(&args, &console),
        Command::Models(args) => models::run(&args, &console),
        Command::Samples(args) => samples::run(&args, &console),
        Command::Dataset(args) => dataset::run(&args, &console),
        Command::Evaluate(args) => evaluate::run(&args, &console),
        Command::Completions(args) => completions(&args, &console),
    });
    match outcome {
        Ok(()) => Exit::Done,
        Err(failure) => {
            failure.tell(&console);
            failure.exit()
        }
    }
}

/// Starts the threads that the work of `command` is shared out to. Later their lack could only be a panic.
fn start_threads(command: &Command) -> Result<(), Failure> {
    use Command::{Cache, Completions, Doctor, Models, Samples};
    if matches!(command, Cache(_) | Completions(_) | Doctor(_) | Models(_) | Samples(_)) {
        return Ok(());
    }
    match rayon::ThreadPoolBuilder::new().build_global() {
        // Without a cause they were started before.
        Err(error) if error.source().is_some() => {
            Err(anyhow!("the system gives no threads ({error}); close other programs, or raise its limit").into())
        }
        _ => Ok(()),
    }
}

fn completions(args: &CompletionsArgs, console: &Console) -> Result<(), Failure> {
    // Into memory first: the generator panics when its writer fails.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Arguments::command(), "orfeas", &mut script);
    console.result_bytes(&script)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Arguments::command().debug_assert();
    }

    /// Broken by hand, they would be torn in terminals of another width.
    #[test]
    fn texts_behind_the_flags_are_as_wide_as_the_terminal() {
        let program = Arguments::command();
        for command in program.get_subcommands().chain([&program]) {
            let Some(text) = command.get_after_help() else { continue };
            for columns in [80, 100, 120] {
                let mut bare = clap::Command::new("orfeas").after_help(text.clone()).term_width(columns);
                let help = bare.render_help().to_string();
                let lines: Vec<&str> = help.lines().collect();
                for (line, next) in lines.iter().zip(&lines[1..]) {
                    // Examples are indented.
                    let is_text = [line, next].iter().all(|line| !line.is_empty() && !line.starts_with(' '));
                    let with_next = line.len() + 1 + next.find(' ').unwrap_or(next.len());
                    assert!(!is_text || with_next > columns, "{} at {columns}: {line}", command.get_name());
                }
            }
        }
    }

    #[test]
    fn every_setting_is_a_flag_of_generate_and_batch() {
        let command = Arguments::command();
        for name in ["generate", "batch"] {
            let subcommand = command.find_subcommand(name).unwrap();
            for spec in crate::request::Request::default().groups().iter().flat_map(|g| g.specs()) {
                assert!(subcommand.get_arguments().any(|a| a.get_long() == Some(spec.flag)), "{name} --{}", spec.flag);
            }
        }
    }
}
