//! `orfeas batch`: many pictures in, as many solids out.

mod plan;
mod record;
mod table;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use anyhow::{Context as _, anyhow};

use crate::cache::Cache;
use crate::export::Format;
use crate::files::IfExists;
use crate::pipeline::{self, Input};
use crate::progress::{CancelToken, Monitor, Progress};
use crate::request::Request;

use super::cache::CachePlaceArgs;
use super::console::Console;
use super::destination::{self, Destination};
use super::failure::{Exit, Failure};
use super::progress_display::{self, time_left};
use super::settings::SettingsArgs;
use super::{interrupt, summary};

use plan::{Plan, Task};
use record::{Record, State};

/// Arguments of `orfeas batch`.
#[derive(clap::Args)]
#[command(after_help = "\
Goes on when a picture fails, tells all at the end, and exits with 1 if any failed. Stopped by Ctrl-C
or a power cut, the same command goes on where it was: solids that are done are skipped.

Examples:
  orfeas batch pictures/ -o solids/
  orfeas batch *.png -o solids/ --format 3mf --height 50
  orfeas batch holidays/ -o panes/ --mode lithophane --jobs 2")]
pub struct BatchArgs {
    /// Pictures, and folders of pictures
    #[arg(required = true, value_name = "DIR_OR_FILE")]
    inputs: Vec<PathBuf>,
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
    #[arg(short, long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=64))]
    jobs: u16,
    /// Earlier results.
    #[command(flatten)]
    cache: CachePlaceArgs,
    /// What to make.
    #[command(flatten)]
    settings: SettingsArgs,
}

/// What became of one picture.
enum Outcome {
    Made { size_mm: [f32; 3], triangles: usize, notes: Vec<String> },
    AlreadyDone,
    Failed(String),
    Interrupted,
}

struct Row {
    task: Task,
    outcome: Outcome,
    secs: f64,
}

/// What all workers share.
struct Work<'a> {
    args: &'a BatchArgs,
    request: Request,
    cache: Cache,
    record: Record,
    cancel: CancelToken,
}

/// Makes all solids.
///
/// # Errors
/// [`Exit::Failed`] when a picture failed, or any other [`Failure`] before the first one.
pub fn run(args: &BatchArgs, console: &Console) -> Result<(), Failure> {
    let started = Instant::now();
    let request = args.settings.request()?;
    let if_exists = if args.overwrite { IfExists::Replace } else { IfExists::Keep };
    let plan = plan::collect(&args.inputs, args.recursive, &args.output, args.format.extension());
    tell_left_out(&plan, console);
    if plan.tasks.is_empty() {
        return Err(anyhow!("there is no picture here; name pictures or a folder that holds some").into());
    }
    let record = open_folder(&args.output)?;
    let cache = args.cache.open(console);
    if let Some(path) = args.settings.save(&request, if_exists)? {
        console.say(&format!("the settings are in {}", path.display()));
    }
    let work = Work { args, request, cache, record, cancel: interrupt::token(console) };
    let rows = work.all(plan.tasks, console)?;
    console.say(&table::render(&rows, started.elapsed().as_secs_f64()));
    if work.cancel.is_cancelled() {
        console.error("interrupted; the same command goes on from here", None);
        return Err(Failure::Told(Exit::Interrupted));
    }
    let failed = rows.iter().any(|r| matches!(r.outcome, Outcome::Failed(_))) || !plan.unreadable.is_empty();
    if failed { Err(Failure::Told(Exit::Failed)) } else { Ok(()) }
}

fn tell_left_out(plan: &Plan, console: &Console) {
    for path in &plan.unsupported {
        console.say(&format!("skipped, not a picture: {}", path.display()));
    }
    for (path, why) in &plan.unreadable {
        console.error(&format!("the folder could not be listed ({why}): {}", path.display()), None);
    }
}

fn open_folder(folder: &Path) -> Result<Record, Failure> {
    if folder.exists() && !folder.is_dir() {
        return Err(Failure::Usage(format!("-o must be a folder, and this is a file: {}", folder.display())));
    }
    std::fs::create_dir_all(folder).with_context(|| format!("the folder could not be made: {}", folder.display()))?;
    let record = Record::open(folder);
    Ok(record.with_context(|| format!("the folder cannot be written to; choose another one: {}", folder.display()))?)
}

impl Work<'_> {
    /// Works through `tasks` on as many threads as asked for; the rows are in the tasks' order.
    fn all(&self, tasks: Vec<Task>, console: &Console) -> Result<Vec<Row>, Failure> {
        let show = Show::new(tasks.len(), console);
        let next = AtomicUsize::new(0);
        let (sender, receiver) = crossbeam_channel::bounded(1);
        let mut rows: Vec<(usize, Row)> = Vec::with_capacity(tasks.len());
        std::thread::scope(|scope| -> Result<(), Failure> {
            for number in 0..usize::from(self.args.jobs).min(tasks.len()) {
                let (sender, tasks, next, show) = (sender.clone(), &tasks, &next, &show);
                let worker = move || {
                    while let Some((index, task)) = take(next, tasks) {
                        let row = self.one(task, show);
                        if sender.send((index, row)).is_err() {
                            return;
                        }
                    }
                };
                std::thread::Builder::new().name(format!("batch {number}")).spawn_scoped(scope, worker)?;
            }
            drop(sender);
            for (index, row) in receiver {
                rows.push((index, row));
                // Nobody reads the paths any more: finish nothing else.
                if let Err(failure) = rows.last().map_or(Ok(()), |(_, row)| show.finished(row, rows.len())) {
                    self.cancel.cancel();
                    return Err(failure);
                }
            }
            Ok(())
        })?;
        rows.sort_by_key(|(index, _)| *index);
        Ok(rows.into_iter().map(|(_, row)| row).collect())
    }

    /// Makes one solid; a mistake of our own in one picture does not stop the others.
    fn one(&self, task: &Task, show: &Show) -> Row {
        let started = Instant::now();
        let outcome = if self.cancel.is_cancelled() {
            Outcome::Interrupted
        } else {
            match catch_unwind(AssertUnwindSafe(|| self.make(task, show))) {
                Ok(Ok(outcome)) => outcome,
                Ok(Err(_)) if self.cancel.is_cancelled() => Outcome::Interrupted,
                Ok(Err(failure)) => Outcome::Failed(failure.sentence()),
                Err(_) => Outcome::Failed("ORFEAS made a mistake of its own; please report it".to_owned()),
            }
        };
        Row { task: task.clone(), outcome, secs: started.elapsed().as_secs_f64() }
    }

    fn make(&self, task: &Task, show: &Show) -> Result<Outcome, Failure> {
        let key = self.key(&task.input)?;
        let if_exists = match (self.record.state(&task.output, &key)?, self.args.overwrite) {
            (State::Done, _) => return Ok(Outcome::AlreadyDone),
            (State::Missing, false) => IfExists::Keep,
            (_, true) | (State::Unfinished, _) => IfExists::Replace,
            (State::Other, false) => {
                return Err(anyhow!(
                    "a solid made with other settings, or changed since, is there already; add --overwrite, or \
                     choose another folder"
                )
                .into());
            }
            (State::Foreign, false) => {
                return Err(anyhow!("a file of the solid's name is there already; add --overwrite, or choose another folder").into());
            }
        };
        let input = Input { path: task.input.clone(), mask: None };
        let sink = |progress| show.working(&task.input, progress);
        let monitor = Monitor::new(&self.cancel, &sink);
        let output = pipeline::run(&self.request, &input, &self.cache, &monitor)?;
        let destination = Destination {
            path: task.output.clone(),
            format: self.args.format,
            if_exists,
            force: self.args.force,
            free_name: false,
        };
        self.record.begin(&task.output, &key)?;
        let title = task.input.file_stem().unwrap_or_default().to_string_lossy();
        destination.write(&output.mesh, &output.report, &title, &monitor)?;
        self.record.finish(&task.output, &key)?;
        let size_mm = output.mesh.bounds().map_or([0.0; 3], |b| b.size().to_array());
        let triangles = output.mesh.triangle_indices.len();
        Ok(Outcome::Made { size_mm, triangles, notes: output.notes })
    }

    /// Stands for everything that the solid is made from.
    fn key(&self, input: &Path) -> Result<String, Failure> {
        let metadata = input.metadata().with_context(|| format!("could not read the picture: {}", input.display()))?;
        if !metadata.is_file() {
            return Err(anyhow!("this is not a file: {}", input.display()).into());
        }
        let picture = record::file_digest(input)
            .with_context(|| format!("could not read the picture: {}", input.display()))?;
        let request = serde_json::to_vec(&self.request)?;
        let format = self.args.format.extension();
        Ok(record::digest_of(&[picture.as_bytes(), &request, format.as_bytes(), env!("CARGO_PKG_VERSION").as_bytes()]))
    }
}

fn take<'a>(next: &AtomicUsize, tasks: &'a [Task]) -> Option<(usize, &'a Task)> {
    let index = next.fetch_add(1, Ordering::Relaxed);
    tasks.get(index).map(|task| (index, task))
}

/// The progress of the whole batch.
struct Show {
    console: Console,
    bar: Option<indicatif::ProgressBar>,
    started: Instant,
    last: Mutex<Instant>,
    total: usize,
}

impl Show {
    fn new(total: usize, console: &Console) -> Self {
        let bar = (!console.is_quiet() && progress_display::draws_bars(console)).then(|| {
            let bar = progress_display::bar("{spinner} {pos}/{len} {bar:24} {msg}  {prefix}");
            bar.set_length(total as u64);
            bar
        });
        let console = bar.clone().map_or_else(|| console.clone(), |bar| console.with_bar(bar));
        Self { console, bar, started: Instant::now(), last: Mutex::new(Instant::now()), total }
    }

    fn working(&self, input: &Path, progress: Progress) {
        let (Some(bar), Ok(mut last)) = (&self.bar, self.last.try_lock()) else { return };
        if last.elapsed() >= progress_display::REDRAW {
            *last = Instant::now();
            let name = input.file_name().unwrap_or_default().to_string_lossy();
            bar.set_message(format!("{name}: {}", progress.stage.label()));
        }
    }

    fn finished(&self, row: &Row, done: usize) -> Result<(), Failure> {
        let name = row.task.input.display();
        let total = self.total;
        match &row.outcome {
            Outcome::Made { notes, .. } => {
                self.console.result_path(&row.task.output)?;
                if self.bar.is_none() {
                    self.console.say(&format!("[{done}/{total}] {name}: made in {}", summary::duration(row.secs)));
                }
                notes.iter().for_each(|note| self.console.say(&format!("  note on {name}: {note}")));
            }
            Outcome::AlreadyDone if self.bar.is_none() => {
                self.console.say(&format!("[{done}/{total}] {name}: done earlier"));
            }
            Outcome::Failed(why) => self.console.error(&format!("[{done}/{total}] {name}: {why}"), None),
            Outcome::AlreadyDone | Outcome::Interrupted => {}
        }
        if let Some(bar) = &self.bar {
            bar.set_position(done as u64);
            bar.set_prefix(time_left(self.started.elapsed(), done as u64, total as u64).unwrap_or_default());
        }
        Ok(())
    }
}

impl Drop for Show {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
