//! `orfeas batch`: many pictures in, as many solids out.

mod plan;
mod show;
mod table;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use anyhow::{Context as _, anyhow};

use crate::export::Format;
use crate::files::IfExists;
use crate::job::JobRequest;
use crate::job::WorkError;
use crate::job::batch::{self, BatchItem, BatchOptions, ItemEvent};
use crate::pipeline::{self, Circumstances, Input, Tools};
use crate::progress::{CancelToken, Monitor};
use crate::request::Request;

use super::cache::CachePlaceArgs;
use super::claims::Claims;
use super::console::Console;
use super::destination::{self, Destination};
use super::engine::EngineArgs;
use super::failure::{Exit, Failure};
use super::flags::{All, Flags};
use super::settings::SettingsArgs;
use super::{interrupt, summary};

use plan::Plan;
use show::Show;

/// Arguments of `orfeas batch`.
#[derive(clap::Args)]
#[command(after_help = "\
Goes on when a picture fails, tells all at the end, and exits with 1 if any failed. Stopped by Ctrl-C \
or a power cut, the same command goes on where it was: solids that are done are skipped.

Examples:
  orfeas batch pictures/ -o solids/
  orfeas batch *.png -o solids/ --format 3mf --height 50
  orfeas batch holidays/ -o panes/ --mode lithophane --jobs 2")]
pub struct BatchArgs {
    /// Pictures, and folders of pictures
    #[arg(required = true, value_name = "DIR_OR_FILE")]
    inputs: Vec<PathBuf>,
    /// What to make.
    #[command(flatten)]
    settings: SettingsArgs,
    /// Folder for the solids; it is made if it does not exist
    #[arg(short, long, value_name = "DIR", help_heading = "Output")]
    output: PathBuf,
    /// Format of the solids
    #[arg(long, value_parser = destination::format_parser(), default_value = "stl", help_heading = "Output")]
    format: Format,
    /// Replace files that exist
    #[arg(long, help_heading = "Output")]
    overwrite: bool,
    /// Write print formats even when a mesh is not print-ready
    #[arg(long, help_heading = "Output")]
    force: bool,
    /// Look into folders within folders
    #[arg(short, long)]
    recursive: bool,
    /// Pictures worked on at the same time; each takes memory, and one alone uses all cores already
    #[arg(
        short, long, value_name = "N", default_value_t = 1,
        value_parser = clap::value_parser!(u16).range(1..=64), allow_negative_numbers = true
    )]
    jobs: u16,
    /// One flag per parameter.
    #[command(flatten)]
    flags: Flags<All>,
    /// Where learned models run.
    #[command(flatten)]
    engine: EngineArgs,
    /// Earlier results.
    #[command(flatten)]
    cache: CachePlaceArgs,
}

/// Pictures that the pipeline is told of ahead.
const UPCOMING: usize = 8;

/// What is told about a solid that was made.
struct Made {
    size_mm: [f32; 3],
    triangles: usize,
}

/// A line of the table at the end.
struct Row<'a> {
    input: &'a Path,
    output_name: &'a Path,
    event: &'a ItemEvent,
    made: Option<Made>,
}

/// Makes all solids.
///
/// # Errors
/// [`Exit::Failed`] when a picture failed, [`Exit::Interrupted`], or any other [`Failure`] before the
/// first picture.
pub fn run(args: &BatchArgs, console: &Console) -> Result<(), Failure> {
    let started = Instant::now();
    let request = args.settings.request(&args.flags, false)?;
    args.engine.check(&request)?;
    let plan = plan::collect(&args.inputs, args.recursive, &args.output, args.format.extension(), args.overwrite);
    tell_left_out(&plan, console);
    if plan.pictures.is_empty() {
        return Err(anyhow!("there is no picture here; name pictures or a folder that holds some").into());
    }
    check_files(args, &plan)?;
    let items = items(&request, &plan);
    let tools = args.engine.tools(args.cache.open(console));
    let options = options(args, &request, &tools);
    unless_finished(args.engine.check_folder(), &items, &options)?;
    make_folder(&args.output)?;
    unless_finished(destination::check_folder(&args.output), &items, &options)?;
    let if_exists = if args.overwrite { IfExists::Replace } else { IfExists::Keep };
    if let Some(path) = args.settings.save(&request, if_exists)? {
        console.say(&format!("the settings are in {}", path.display()));
    }
    let show = Show::new(items.len(), console);
    let batch = Batch { args, options, tools, cancel: interrupt::token(), show, made: Mutex::default() };
    let summary = batch.run(&items)?;
    let Batch { cancel, show, made, .. } = batch;
    drop(show);
    summary.notes.iter().for_each(|note| console.say(&format!("note: {note}")));
    let mut made = made.into_inner().unwrap_or_else(PoisonError::into_inner);
    let rows: Vec<_> = items
        .iter()
        .zip(&summary.items)
        .map(|(item, event)| Row {
            input: &item.job.input.path,
            output_name: &item.output_name,
            event,
            made: made.remove(&item.output_name),
        })
        .collect();
    console.say(&table::render(&rows, started.elapsed().as_secs_f64()));
    if cancel.is_cancelled() {
        console.error("interrupted; the same command goes on from here", None);
        return Err(Failure::Told(Exit::Interrupted));
    }
    let complete = summary.is_complete() && plan.unreadable.is_empty();
    if complete { Ok(()) } else { Err(Failure::Told(Exit::Failed)) }
}

fn tell_left_out(plan: &Plan, console: &Console) {
    for path in &plan.unsupported {
        console.say(&format!("skipped, not a picture: {}", path.display()));
    }
    for (path, why) in &plan.unreadable {
        console.error(&format!("left out ({why}): {}", path.display()), None);
    }
}

/// No picture, nor anything else that is read, may be replaced, and no file be written twice.
fn check_files(args: &BatchArgs, plan: &Plan) -> Result<(), Failure> {
    let mut claims = Claims::default();
    args.settings.claim_read(&mut claims);
    plan.pictures.iter().for_each(|picture| claims.read("a picture", picture));
    claims.write("the list of finished pictures", &args.output.join(batch::MANIFEST_FILE_NAME))?;
    claims.write("the lock of that list", &args.output.join(batch::LOCK_FILE_NAME))?;
    plan.output_names.iter().try_for_each(|name| claims.write("a solid", &args.output.join(name)))?;
    args.settings.claim_written(&mut claims)
}

fn make_folder(folder: &Path) -> Result<(), Failure> {
    if folder.exists() && !folder.is_dir() {
        return Err(Failure::Usage(format!("-o must be a folder, and this is a file: {}", folder.display())));
    }
    let made = std::fs::create_dir_all(folder);
    Ok(made.with_context(|| format!("the folder could not be made; choose another one: {}", folder.display()))?)
}

/// How the batch is run.
fn options(args: &BatchArgs, request: &Request, tools: &Tools) -> BatchOptions {
    let engine = if request.learned_model().is_some() { format!(" {:?}", args.engine) } else { String::new() };
    let force = if args.force { " force" } else { "" };
    BatchOptions {
        folder: args.output.clone(),
        workers: usize::from(args.jobs),
        overwrite: args.overwrite,
        file_settings: format!("{}{force}{engine}", args.format.extension()),
        // What is wrong with a model is said of each picture that needs it.
        model: pipeline::weights_digest(request, tools).ok().flatten(),
    }
}

/// What keeps pictures from being made matters only where one is to be made.
fn unless_finished(checked: Result<(), Failure>, items: &[BatchItem], options: &BatchOptions) -> Result<(), Failure> {
    checked.or_else(|failure| if batch::is_finished(items, options) { Ok(()) } else { Err(failure) })
}

fn items(request: &Request, plan: &Plan) -> Vec<BatchItem> {
    let pairs = plan.pictures.iter().zip(&plan.output_names);
    let item = |(picture, name): (&PathBuf, &PathBuf)| BatchItem {
        job: JobRequest { request: *request, input: Input::of(picture) },
        output_name: name.clone(),
    };
    pairs.map(item).collect()
}

/// What all workers share.
struct Batch<'a> {
    args: &'a BatchArgs,
    options: BatchOptions,
    tools: Tools,
    cancel: CancelToken,
    show: Show,
    /// By the solid's name.
    made: Mutex<HashMap<PathBuf, Made>>,
}

impl Batch<'_> {
    fn run(&self, items: &[BatchItem]) -> Result<batch::Summary, Failure> {
        let broken_pipe = Mutex::new(None);
        let observe = |index: usize, event: &ItemEvent| {
            let Some(item) = items.get(index) else { return };
            let input = &item.job.input.path;
            if let ItemEvent::Progress(progress) = event {
                return self.show.working(input, *progress);
            }
            if matches!(event, ItemEvent::Started) {
                return;
            }
            // Nobody reads the paths any more: make no more of them.
            if let Err(failure) = self.show.ended(input, &self.args.output.join(&item.output_name), event) {
                self.cancel.cancel();
                broken_pipe.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(failure);
            }
        };
        let work = |item: &BatchItem, path: &Path, if_exists, monitor: &Monitor| {
            let behind = items.iter().skip_while(|other| other.output_name != item.output_name).skip(1);
            let upcoming = behind.take(UPCOMING).map(|other| (other.job.request, other.job.input.clone())).collect();
            self.make((item, upcoming), path, if_exists, monitor).map_err(|failure| match failure {
                _ if self.cancel.is_cancelled() => WorkError::Cancelled,
                failure if failure.is_of_a_taken_name() => WorkError::Taken(failure.sentence()),
                failure => WorkError::Failed(failure.sentence()),
            })
        };
        let summary = batch::run(items, &self.options, &self.cancel, &work, &observe)?;
        match broken_pipe.into_inner().unwrap_or_else(PoisonError::into_inner) {
            Some(failure) => Err(failure),
            None => Ok(summary),
        }
    }

    /// Makes one solid and writes it to `path`.
    fn make(
        &self,
        (item, upcoming): (&BatchItem, Vec<(Request, Input)>),
        path: &Path,
        if_exists: IfExists,
        monitor: &Monitor,
    ) -> Result<(), Failure> {
        let JobRequest { request, input } = &item.job;
        let around = Circumstances { upcoming: &upcoming, ..Circumstances::of(&self.tools) };
        let output = pipeline::run_with(request, input, &around, monitor)?;
        let (format, force) = (self.args.format, self.args.force);
        let destination =
            Destination { path: path.to_owned(), format, if_exists, force, free_name: false, is_repaired: false };
        let written = destination.write(&output.mesh, &output.report, &input.path, monitor);
        // Where another batch was quicker, they are told by what is made then.
        if !written.as_ref().is_err_and(Failure::is_of_a_taken_name) {
            for note in summary::notes(&output) {
                self.show.console().say(&format!("note on {}: {note}", input.path.display()));
            }
        }
        written?;
        let made = Made { size_mm: summary::size_mm(&output.mesh), triangles: output.mesh.triangle_indices.len() };
        self.made.lock().unwrap_or_else(PoisonError::into_inner).insert(item.output_name.clone(), made);
        Ok(())
    }
}
