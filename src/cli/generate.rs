//! `orfeas generate`: one picture in, one solid out.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Instant;

use anyhow::anyhow;

use crate::image::mask;
use crate::pipeline::{self, Circumstances, Input, Output, Views};
use crate::request::Request;

use super::cache::CachePlaceArgs;
use super::claims::Claims;
use super::console::Console;
use super::destination::{self, DestinationArgs};
use super::engine::EngineArgs;
use super::failure::Failure;
use super::flags::{All, Flags};
use super::interrupt;
use super::progress_display::ProgressDisplay;
use super::settings::{self, SettingsArgs};
use super::summary;
use super::views::ViewArgs;

const EXAMPLES: &str = "\
Examples:
  orfeas generate cat.png -o cat.stl                     a plump figure, 80 mm high
  orfeas generate cat.png -o cat.3mf --height 60 --flat-base 1
  orfeas generate photo.jpg --mode lithophane --width 120
  orfeas generate coin.png --mode relief --relief-depth 3
  orfeas generate logo.png --mode stamp --stamp-kind cookie-cutter
  orfeas generate chair.jpg --model hunyuan3d-2.1        the whole object, by a learned model
  orfeas generate front.png --model hunyuan3d-2mv --view left=side.png --view back=back.png
  orfeas generate photo.jpg --save-mask mask.png         look at the cut-out, mend it in any paint
  orfeas generate photo.jpg --mask mask.png              program, and use it (without --threshold
                                                         and --invert-mask: they are in it)

The result's path goes to standard output. `-h` lists the common settings, `--help` all of them. \
Exit codes: 0 done, 1 failed, 2 wrong arguments, 3 the mesh is not print-ready, 130 interrupted.";

/// Arguments of `orfeas generate`.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct GenerateArgs {
    /// The picture: PNG, JPEG, WebP, BMP, GIF, TIFF or SVG
    #[arg(value_name = "IMAGE")]
    image: PathBuf,
    /// What to make.
    #[command(flatten)]
    settings: SettingsArgs,
    /// File to write, or a folder for it [default: beside the picture, under a free name]
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    output: Option<PathBuf>,
    /// Where to.
    #[command(flatten)]
    destination: DestinationArgs,
    /// Use this cut-out instead of finding one: white is object, black is background
    #[arg(long, value_name = "FILE", help_heading = "Cut-out")]
    mask: Option<PathBuf>,
    /// Write the cut-out as a PNG, white is object; mend it and give it back with --mask, without --threshold and
    /// --invert-mask, which are in it already
    #[arg(long, value_name = "FILE", help_heading = "Cut-out")]
    save_mask: Option<PathBuf>,
    /// Print everything about the result as JSON instead of its path
    #[arg(long, help_heading = "Output")]
    json: bool,
    /// Open the result with this program, such as your slicer
    #[arg(long, value_name = "PROGRAM", help_heading = "Output")]
    open_with: Option<PathBuf>,
    /// Pictures from further sides.
    #[command(flatten)]
    views: ViewArgs,
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

/// Makes one solid.
///
/// # Errors
/// Any [`Failure`].
pub fn run(args: &GenerateArgs, console: &Console) -> Result<(), Failure> {
    check_picture(&args.image)?;
    let request = args.settings.request(&args.flags, args.mask.is_some())?;
    args.engine.check(&request)?;
    args.engine.check_folder()?;
    let views = args.views.settle(&request)?;
    check_masks(args, &request, &views)?;
    let destination = args.destination.settle(&args.image, args.output.as_deref())?;
    check_files(args, &views, &destination.path)?;
    let tools = args.engine.tools(args.cache.open(console));
    let cancel = interrupt::token();

    let started = Instant::now();
    let input = Input { path: args.image.clone(), mask: args.mask.clone(), views };
    let display = ProgressDisplay::new(console);
    let made = display.watch(&cancel, |monitor| -> Result<_, Failure> {
        let inner = display.console(console);
        let plan = |plan: String| inner.say(&plan);
        let around = Circumstances { plan: Some(&plan), ..Circumstances::of(&tools) };
        let output = pipeline::run_with(&request, &input, &around, monitor)?;
        save_extras(args, &request, &output, &display.console(console))?;
        let written = destination.write(&output.mesh, &output.report, &args.image, monitor);
        Ok((output, written))
    });
    drop(display);
    let (output, written) = match made {
        Err(_) if cancel.is_cancelled() => return Err(Failure::Interrupted),
        made => made?,
    };
    let path = match written {
        Err(_) if cancel.is_cancelled() => return Err(Failure::Interrupted),
        written => written.inspect_err(|_| tell_notes(&output, console))?,
    };
    let secs = started.elapsed().as_secs_f64();

    console.say(&summary::made(&output, secs));
    if !output.report.is_print_ready() && !destination.force {
        console.say("warning: the file is for viewing; a printer would stumble over it");
    }
    if args.json {
        console.result_json(&serde_json::to_string_pretty(&summary::MadeJson::new(&path, &output, secs)?)?)?;
    } else {
        console.result_path(&path)?;
    }
    open(args.open_with.as_deref(), &path)
}

/// A clear word about a path that cannot be a picture, before anything else is looked at.
fn check_picture(path: &Path) -> Result<(), Failure> {
    if path.is_dir() {
        return Err(
            anyhow!("this is a folder; `orfeas batch` makes solids of all its pictures: {}", path.display()).into()
        );
    }
    check_there(path)
}

/// Fails when nothing is at `path`, or something that this user may not see.
///
/// # Errors
/// A sentence about the file.
pub fn check_there(path: &Path) -> Result<(), Failure> {
    match path.metadata() {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Err(anyhow!("there is no such file; check the name: {}", path.display()).into())
        }
        Err(error) => Err(anyhow!("the file cannot be looked at ({error}): {}", path.display()).into()),
    }
}

/// Masks must mean something, and nothing be asked for that they say already.
fn check_masks(args: &GenerateArgs, request: &Request, views: &Views) -> Result<(), Failure> {
    let given = [("mask", &args.mask), ("save-mask", &args.save_mask)];
    if !crate::craft::needs_cut_out(request)
        && let Some((flag, _)) = given.iter().find(|(_, path)| path.is_some())
    {
        return Err(settings::no_cut_out(request, flag));
    }
    // Pictures of further sides have no masks: they are cut out as these say.
    if args.mask.is_some()
        && views.is_empty()
        && let Some(flag) = ["background", "cut-out"].into_iter().find(|flag| args.flags.has(flag))
    {
        return Err(Failure::Usage(format!("--mask already says what the background is; leave out --{flag}")));
    }
    Ok(())
}

/// What is written besides the solid must be writable, and nothing may be replaced by accident.
fn check_files(args: &GenerateArgs, views: &Views, solid: &Path) -> Result<(), Failure> {
    let mut claims = Claims::default();
    args.settings.claim_read(&mut claims);
    views.values().for_each(|path| claims.read("a picture of --view", path));
    args.mask.iter().for_each(|path| claims.read("the mask", path));
    claims.read("the picture", &args.image);
    claims.write("the solid", solid)?;
    args.save_mask.iter().try_for_each(|path| claims.write("--save-mask", path))?;
    args.settings.claim_written(&mut claims)?;
    let further = [args.save_mask.as_deref(), args.settings.save_path()];
    further.into_iter().flatten().try_for_each(|path| destination::check_writable(path, args.destination.if_exists()))
}

fn save_extras(args: &GenerateArgs, request: &Request, output: &Output, console: &Console) -> Result<(), Failure> {
    if let (Some(path), Some(cut_out)) = (&args.save_mask, &output.cut_out) {
        mask::write(cut_out, path, args.destination.if_exists())?;
        console.say(&format!("the cut-out is in {}", path.display()));
    }
    if let Some(path) = args.settings.save(request, args.destination.if_exists())? {
        console.say(&format!("the settings are in {}", path.display()));
    }
    Ok(())
}

fn tell_notes(output: &Output, console: &Console) {
    summary::notes(output).iter().for_each(|note| console.say(&format!("note: {note}")));
}

fn open(program: Option<&Path>, path: &Path) -> Result<(), Failure> {
    let Some(program) = program else { return Ok(()) };
    let mut command = std::process::Command::new(program);
    let command = command.arg(path).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    match command.spawn() {
        Ok(_) => Ok(()),
        Err(error) => {
            let program = program.display();
            Err(anyhow!("the file was written, but {program} could not be started ({error})").into())
        }
    }
}
