//! `orfeas convert`: another format, size or number of triangles.

use std::path::PathBuf;

use glam::Vec3;

use crate::mesh::repair::repair;
use crate::mesh::simplify::{Target, simplify};
use crate::mesh::{Mesh, slivers};
use crate::progress::Monitor;
use crate::request::parameter::ParamSpec;
use crate::request::{Request, SizeParams};
use crate::{import, print};

use super::console::Console;
use super::destination::DestinationArgs;
use super::failure::Failure;
use super::flags::{Choose, Flags};
use super::progress_display::ProgressDisplay;
use super::{interrupt, summary};

/// The settings that make sense for a finished mesh.
#[derive(Debug)]
pub struct ForMeshes;

impl Choose for ForMeshes {
    fn chooses(group_title: &str, spec: &ParamSpec) -> bool {
        group_title == "Size" || matches!(spec.flag, "triangles" | "max-error")
    }

    // A mesh is measured as it stands, whatever picture it was made of.
    fn doc(spec: &ParamSpec) -> &'static str {
        match spec.flag {
            "height" => "Height on the bed.",
            "width" => "Width on the bed, from left to right.",
            "depth" => "Depth on the bed, from front to back.",
            _ => spec.doc,
        }
    }
}

/// Arguments of `orfeas convert`.
#[derive(clap::Args)]
#[command(after_help = "\
The size stays as it is in the file unless a setting changes it; files are read as millimetres (glb: \
metres). The result stands on z = 0, centred. Colours of vertices and materials are kept where both \
formats have them; textures, and the material files of OBJ, are not read.

Examples:
  orfeas convert statue.glb statue.3mf
  orfeas convert statue.obj statue.stl --height 120
  orfeas convert broken.stl mended.stl --repair
  orfeas convert scan.ply scan.stl --triangles 200000")]
pub struct ConvertArgs {
    /// The mesh: STL, 3MF, GLB, OBJ or PLY
    #[arg(value_name = "IN")]
    input: PathBuf,
    /// File to write, or a folder for it
    #[arg(value_name = "OUT")]
    output: PathBuf,
    /// Close holes and cracks, turn faces outward, remove doubled and flat triangles
    #[arg(long)]
    repair: bool,
    /// Where to.
    #[command(flatten)]
    destination: DestinationArgs,
    /// What to change.
    #[command(flatten)]
    flags: Flags<ForMeshes>,
}

/// Converts one file.
///
/// # Errors
/// Any [`Failure`].
pub fn run(args: &ConvertArgs, console: &Console) -> Result<(), Failure> {
    let mut request = Request::default();
    args.flags.apply_to(&mut request, false).map_err(Failure::Usage)?;
    let mut destination = args.destination.settle(&args.input, Some(&args.output))?;
    destination.is_repaired = args.repair;
    let cancel = interrupt::token();
    let display = ProgressDisplay::new(console);
    let converted = display.watch(&cancel, |monitor| -> Result<_, Failure> {
        let import::Imported { mut mesh, left_out } =
            import::import_file(&args.input, &import::Limits::default(), monitor)?;
        let mut notes = Vec::from_iter(print::left_out(left_out));
        if args.repair {
            let repaired = repair(&mesh, monitor)?;
            mesh = repaired.mesh;
            notes.extend(repaired.done.into_iter().chain(repaired.left));
        }
        let (mesh, note) = reshape(mesh, &request, monitor)?;
        notes.extend(note);
        let report = print::check(&mesh, monitor)?;
        let written = destination.write(&mesh, &report, &args.input, monitor);
        Ok((mesh, notes, report, written))
    });
    drop(display);
    if cancel.is_cancelled() && !matches!(converted, Ok((.., Ok(_)))) {
        return Err(Failure::Interrupted);
    }
    let (mesh, notes, report, written) = converted?;
    if written.is_ok() {
        console.say(&format!("{}; {}", summary::mesh(&mesh, &report), summary::verdict(&report)));
    }
    // Also where nothing was written: what was mended is not among what is wrong.
    for note in notes {
        console.say(&format!("note: {note}"));
    }
    console.result_path(&written?)
}

/// Size, place, number of triangles: what was asked for, and a note about it.
fn reshape(mut mesh: Mesh, request: &Request, monitor: &Monitor) -> Result<(Mesh, Option<String>), Failure> {
    // The error is meant in the size that is written.
    let about = factor(&mesh, &request.size)?;
    let max_error = request.mesh.max_error_mm.map(|mm| mm / about);
    let target = Target { triangles: request.mesh.triangles, max_error };
    let mut note = None;
    if target.triangles.is_some() || target.max_error.is_some() {
        let simplified = simplify(&mesh, target, monitor)?;
        (mesh, note) = (simplified.mesh, simplified.note);
    }
    // With fewer triangles it may be a little smaller, so that it has to grow by more.
    let factor = f64::from(factor(&mesh, &request.size)?);
    // What has no area in the file is left to --repair.
    let was_sound = !slivers::has_degenerate(&mesh);
    let foot = print::foot(&mesh);
    // In double precision, so that only one rounding happens.
    mesh.transform(|p| ((p.as_dvec3() - foot) * factor).as_vec3());
    Ok((if was_sound { slivers::settled(mesh) } else { mesh }, note))
}

/// By how much the mesh grows; its own size counts as what it would have been.
fn factor(mesh: &Mesh, size: &SizeParams) -> Result<f32, Failure> {
    let now = mesh.bounds().map_or(Vec3::ZERO, |b| b.size());
    let wanted = [("width", size.width_mm, now.x), ("depth", size.depth_mm, now.y), ("height", size.height_mm, now.z)];
    let mut given = wanted.into_iter().filter_map(|(name, wanted, now)| Some((name, wanted?, now)));
    let Some((name, wanted, now)) = given.next() else { return Ok(size.scale) };
    if let Some((second, ..)) = given.next() {
        return Err(Failure::Usage(format!(
            "--{name} and --{second} cannot both be met, since the mesh keeps its proportions; give one of them"
        )));
    }
    if now <= 0.0 {
        return Err(Failure::Usage(format!("the mesh has no {name}, so --{name} cannot be met; leave it out")));
    }
    Ok(wanted / now * size.scale)
}
