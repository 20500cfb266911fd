//! `orfeas evaluate`: how near generators come to known solids.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use clap::builder::NonEmptyStringValueParser;

use crate::dataset::pack::Split;
use crate::evaluate::{Case, Generator, Object, Table, contact_sheet, meshes_in, read_objects};
use crate::files::{IfExists, write_atomically};
use crate::image::png;
use crate::progress::Monitor;
use crate::request::{Mode, Model, Request};

use super::claims::Claims;
use super::console::Console;
use super::dataset::split;
use super::destination::check_writable;
use super::failure::Failure;
use super::flags::{All, Flags};
use super::generate::check_there;
use super::progress_display::ProgressDisplay;
use super::{interrupt, settings};

/// Arguments of `orfeas evaluate`.
#[derive(clap::Args)]
#[command(after_help = "\
Draws every solid from a few sides, makes solids of the pictures again, and compares: overlap of the \
volumes (IoU), mean distance (Chamfer), share of the surface within 0.05, 0.1 and 0.2 (F; the object \
is 1.8 long), direction of the surface, silhouette, closed and manifold, seconds.

Examples:
  orfeas evaluate solids/ --with extrude --with inflate
  orfeas evaluate meshes.safetensors --split val --views 2 --with inflate --sheet sheets/ --json scores.json")]
pub struct EvaluateArgs {
    /// A folder of meshes, or a file of packed solids
    #[arg(value_name = "SOLIDS")]
    solids: PathBuf,
    /// What to measure: extrude (the silhouette, as deep as the frame), a mode or a model of
    /// `generate`; repeat for more
    #[arg(long = "with", value_name = "GENERATOR", default_values = ["extrude", "inflate"], value_parser = generator)]
    generators: Vec<Named>,
    /// The one of them that the others are compared with [default: inflate]
    #[arg(long, value_name = "GENERATOR")]
    baseline: Option<String>,
    /// Which of the packed solids: train or val [default: val]
    #[arg(long, value_name = "SPLIT", value_parser = split)]
    split: Option<Split>,
    /// Pictures of each solid
    #[arg(
        long, value_name = "N", default_value_t = 2,
        value_parser = clap::value_parser!(u16).range(1..=64), allow_negative_numbers = true
    )]
    views: u16,
    /// Take only solids whose name or source contains this
    #[arg(long, value_name = "TEXT", value_parser = NonEmptyStringValueParser::new())]
    only: Option<String>,
    /// Take only the first solids
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..), allow_negative_numbers = true)]
    limit: Option<u64>,
    /// Write a contact sheet for each generator into this folder: picture, result and truth from four sides
    #[arg(long, value_name = "DIR")]
    sheet: Option<PathBuf>,
    /// Write all figures as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Replace sheets and figures that exist
    #[arg(long)]
    overwrite: bool,
    /// One flag per parameter.
    #[command(flatten)]
    flags: Flags<All>,
}

/// `extrude`, a mode, or a model.
#[derive(Clone, Debug)]
enum Named {
    Extrude,
    Mode(Mode),
    Model(Model),
}

fn generator(text: &str) -> Result<Named, String> {
    if text == "extrude" {
        return Ok(Named::Extrude);
    }
    let mode = Mode::ALL.iter().find(|m| m.name() == text).map(|m| Named::Mode(*m));
    let model = Model::ALL.iter().find(|m| m.name() == text).map(|m| Named::Model(*m));
    mode.or(model).ok_or_else(|| {
        let names = Mode::ALL.iter().map(|m| m.name()).chain(Model::ALL.iter().map(|m| m.name()));
        format!("it must be extrude, {}", names.collect::<Vec<_>>().join(", "))
    })
}

/// Measures and prints the table.
///
/// # Errors
/// Any [`Failure`].
pub fn run(args: &EvaluateArgs, console: &Console) -> Result<(), Failure> {
    let generators = args.generators.iter().map(|g| settled(g, args)).collect::<Result<Vec<_>, _>>()?;
    check(args, &generators)?;
    let cancel = interrupt::token();
    let display = ProgressDisplay::new(console);
    let inner = display.console(console);
    let measured = display.watch(&cancel, |monitor| -> Result<Table, Failure> {
        let objects = read_objects(&args.solids, args.split.unwrap_or(Split::Val), monitor)?;
        let cases = cases(args, &objects, monitor)?;
        let folder = tempfile::tempdir().context("no temporary folder could be made")?;
        let mut table = Table { baseline: Some(args.baseline().to_owned()), ..Table::default() };
        for generator in &generators {
            let name = generator.name();
            let said = |done: usize| {
                if done.is_multiple_of(16) || done == cases.len() {
                    inner.say(&format!("{name}: {done} of {} pictures", cases.len()));
                }
            };
            let results = table.run(generator, &cases, folder.path(), monitor, said)?;
            if let Some(folder) = &args.sheet {
                let sheet = contact_sheet(cases.iter().zip(&results));
                png::write(&sheet, &sheet_path(folder, generator), args.if_exists())?;
            }
        }
        Ok(table)
    });
    drop(display);
    let table = match measured {
        Err(_) if cancel.is_cancelled() => return Err(Failure::Interrupted),
        measured => measured?,
    };
    // Told before the file is written: should that fail after all, the work is not lost. The file is
    // written even if nobody reads the table.
    let told = console.result(table.to_text().trim_end());
    if let Some(path) = &args.json {
        let text = serde_json::to_string_pretty(&serde_json::json!({ "means": table.means(), "table": table }))?;
        write_atomically(path, args.if_exists(), |writer| writer.write_all(text.as_bytes()))?;
    }
    told
}

/// The pictures of the solids that were asked for: one at least.
fn cases(args: &EvaluateArgs, objects: &[Object], monitor: &Monitor) -> Result<Vec<Case>, Failure> {
    let is_asked_for =
        |object: &&Object| args.only.as_ref().is_none_or(|t| object.name.contains(t) || object.group.contains(t));
    if let (None, Some(text)) = (objects.iter().find(is_asked_for), &args.only) {
        return Err(Failure::Usage(format!("no solid or source is called {text}; leave out --only to see all")));
    }
    let limit = args.limit.map_or(usize::MAX, |limit| limit as usize);
    let mut cases = Vec::new();
    for object in objects.iter().filter(is_asked_for).take(limit) {
        monitor.check()?;
        cases.extend((0..usize::from(args.views)).filter_map(|view| Case::new(object, view)));
    }
    if cases.is_empty() {
        let place = args.solids.display();
        return Err(anyhow!("none of the solids has any extent, so there is nothing to measure: {place}").into());
    }
    Ok(cases)
}

impl EvaluateArgs {
    fn if_exists(&self) -> IfExists {
        if self.overwrite { IfExists::Replace } else { IfExists::Keep }
    }

    fn baseline(&self) -> &str {
        self.baseline.as_deref().unwrap_or(Mode::Inflate.name())
    }
}

/// Finds what would go wrong, or have no effect, before the work.
fn check(args: &EvaluateArgs, generators: &[Generator]) -> Result<(), Failure> {
    let names: Vec<&str> = generators.iter().map(Generator::name).collect();
    if let Some(baseline) = args.baseline.as_deref().filter(|baseline| !names.contains(baseline)) {
        let names = names.join(", ");
        return Err(Failure::Usage(format!(
            "--baseline {baseline} is not among what is measured: {names}; name one of these, or add it by --with"
        )));
    }
    if let Some((_, twice)) = names.iter().enumerate().find(|(place, name)| names[..*place].contains(name)) {
        return Err(Failure::Usage(format!("--with {twice} is given more than once; leave out all but one")));
    }
    let reads_settings = |generator: &Generator| matches!(generator, Generator::Pipeline { .. });
    if let Some(flag) = args.flags.first().filter(|_| !generators.iter().any(reads_settings)) {
        return Err(Failure::Usage(format!(
            "--{flag} has no effect on extrude, and nothing else is measured; leave it out, or add another --with"
        )));
    }
    if args.split.is_some() && args.solids.is_dir() {
        return Err(Failure::Usage("--split has no effect on a folder of meshes; leave it out".to_owned()));
    }
    let mut claims = claim_solids(&args.solids)?;
    // First: what --json names may be in it.
    if let Some(folder) = &args.sheet {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("the folder could not be made; choose another one: {}", folder.display()))?;
        for path in generators.iter().map(|generator| sheet_path(folder, generator)) {
            claims.write("--sheet", &path)?;
            check_writable(&path, args.if_exists())?;
        }
    }
    if let Some(path) = &args.json {
        claims.write("--json", path)?;
        check_writable(path, args.if_exists())?;
    }
    Ok(())
}

/// The solids that are read, so that no figures are written over them.
fn claim_solids(solids: &Path) -> Result<Claims, Failure> {
    check_there(solids)?;
    let mut claims = Claims::default();
    if solids.is_dir() {
        meshes_in(solids)?.iter().for_each(|mesh| claims.read("a solid", mesh));
    } else {
        claims.read("the file of solids", solids);
        claims.read("the file of the solids' names", &solids.with_extension("json"));
    }
    Ok(claims)
}

/// The contact sheet of a generator.
fn sheet_path(folder: &Path, generator: &Generator) -> PathBuf {
    folder.join(format!("{}.png", generator.name()))
}

fn settled(named: &Named, args: &EvaluateArgs) -> Result<Generator, Failure> {
    let mut request = Request::default();
    let name = match *named {
        Named::Extrude => return Ok(Generator::Extrude),
        Named::Mode(mode) => {
            request.mode = mode;
            mode.name()
        }
        Named::Model(model) => {
            request.mode = Mode::Model;
            request.model.model = model;
            model.name()
        }
    };
    settings::lay_over(&mut request, &args.flags, false)?;
    Ok(Generator::Pipeline { name: name.to_owned(), request: Box::new(request) })
}
