//! `orfeas render`: pictures of a mesh.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::files::{IfExists, write_atomically};
use crate::image::png;
use crate::import;
use crate::mesh::Mesh;
use crate::progress::Stage;
use crate::render::{
    Background, Lighting, LightingPreset, MAX_STILL_SIDE_PX, Material, MaterialPreset, NamedView, Projection, Shading,
    StillOptions, View, Wireframe, contact_sheet, still,
};

use super::console::Console;
use super::destination::{check_name, check_writable, first_free};
use super::failure::Failure;
use super::flags::choice_parser;
use super::interrupt;
use super::progress_display::ProgressDisplay;

/// Arguments of `orfeas render`.
#[derive(clap::Args)]
#[command(after_help = "\
Draws on the graphics card, without opening a window; `orfeas doctor` tells whether there is one. \
Shows colours of vertices and materials; textures, and the material files of OBJ, are not read.

Examples:
  orfeas render cat.stl -o cat.png
  orfeas render cat.stl --sheet                            eight views on one sheet
  orfeas render cat.3mf --view 45,30 --size 1920x1080 --background transparent
  orfeas render cat.glb --view front --material ceramic --light warm")]
pub struct RenderArgs {
    /// The mesh: STL, 3MF, GLB, OBJ or PLY
    #[arg(value_name = "MESH")]
    mesh: PathBuf,
    /// PNG file to write [default: beside the mesh, under a free name]
    #[arg(short, long, value_name = "PNG")]
    output: Option<PathBuf>,
    /// Replace the file that -o names, if it exists; a name that is chosen here is always free
    #[arg(long)]
    overwrite: bool,
    /// From where: three-quarter, front, back, left, right, top, bottom, or two angles in degrees:
    /// around from the front, and up
    #[arg(long, value_name = "VIEW", default_value = "three-quarter", value_parser = view, conflicts_with = "sheet", allow_hyphen_values = true)]
    view: View,
    /// Eight views on one sheet
    #[arg(long)]
    sheet: bool,
    /// Width and height of the picture in pixels [default: 1024x1024, a sheet 2048x1024]
    #[arg(long, value_name = "WxH", value_parser = size)]
    size: Option<[u32; 2]>,
    /// What is behind: preset, transparent, a colour as #rrggbb, or two from top to bottom as
    /// #rrggbb-#rrggbb
    #[arg(long, value_name = "WHAT", default_value = "preset", value_parser = background)]
    background: Background,
    /// How the surface is shaded
    #[arg(long, value_name = "CHOICE", default_value = "material", value_parser = choice_parser::<Shading>())]
    shading: Shading,
    /// What the surface is made of [default: plastic in the mesh's own colours]
    #[arg(long, value_name = "CHOICE", value_parser = choice_parser::<MaterialPreset>())]
    material: Option<MaterialPreset>,
    /// Where the light comes from
    #[arg(long, value_name = "CHOICE", default_value = "studio", value_parser = choice_parser::<LightingPreset>())]
    light: LightingPreset,
    /// How depth is drawn
    #[arg(long, value_name = "CHOICE", default_value = "perspective", value_parser = choice_parser::<Projection>())]
    projection: Projection,
    /// Draw the edges of the triangles
    #[arg(long)]
    wireframe: bool,
}

/// Draws one picture, or a sheet.
///
/// # Errors
/// Any [`Failure`].
pub fn run(args: &RenderArgs, console: &Console) -> Result<(), Failure> {
    if args.material.is_some() && args.shading != Shading::Material {
        let shading = args.shading.name();
        return Err(Failure::Usage(format!(
            "--material has no effect with --shading {shading}; leave out one of them"
        )));
    }
    let (path, if_exists) = place(args)?;
    check_writable(&path, if_exists)?;
    let cancel = interrupt::token();
    let display = ProgressDisplay::new(console);
    let drawn = display.watch(&cancel, |monitor| -> Result<Vec<u8>, Failure> {
        let mesh = import::read_file_with(&args.mesh, &import::Limits::default(), monitor)?;
        monitor.step(Stage::Draw, 0, 1)?;
        let (options, is_sheet) = (options(args), args.sheet);
        interrupt::leave_on_cancel(&cancel, move || draw(&mesh, &options, is_sheet))?
    });
    drop(display);
    let png = match drawn {
        Err(_) if cancel.is_cancelled() => return Err(Failure::Interrupted),
        drawn => drawn?,
    };
    write_atomically(&path, if_exists, |writer| writer.write_all(&png))?;
    console.result_path(&path)
}

/// The picture, or the sheet, as a PNG file.
fn draw(mesh: &Mesh, options: &StillOptions, is_sheet: bool) -> Result<Vec<u8>, Failure> {
    let picture = if is_sheet { contact_sheet(mesh, options)? } else { still(mesh, options)? };
    Ok(png::encode(&picture)?)
}

/// Where the picture goes: only to a name that says PNG, for that is what is in it. A name that nobody
/// typed is a free one: beside a solid, under its name, lies mostly the picture it was made from.
fn place(args: &RenderArgs) -> Result<(PathBuf, IfExists), Failure> {
    args.output.as_deref().map_or(Ok(()), check_name)?;
    let free = |path: PathBuf| (first_free(&path), IfExists::Keep);
    match &args.output {
        None => Ok(free(args.mesh.with_extension("png"))),
        Some(folder) if folder.is_dir() => {
            let name = Path::new(args.mesh.file_name().unwrap_or("mesh".as_ref())).with_extension("png");
            Ok(free(folder.join(name)))
        }
        Some(path) if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("png")) => {
            Ok((path.clone(), if args.overwrite { IfExists::Replace } else { IfExists::Keep }))
        }
        Some(path) => Err(Failure::Usage(format!("pictures are PNG files; end the name in .png: {}", path.display()))),
    }
}

fn options(args: &RenderArgs) -> StillOptions {
    let mut options = StillOptions { view: args.view, projection: args.projection, ..StillOptions::default() };
    options.size_px = args.size.unwrap_or(if args.sheet { [2048, 1024] } else { [1024, 1024] });
    options.scene.shading = args.shading;
    options.scene.background = args.background;
    options.scene.lighting = Lighting { preset: args.light, ..options.scene.lighting };
    options.scene.wireframe = args.wireframe.then(Wireframe::default);
    if let Some(preset) = args.material {
        options.scene.material = Material::from(preset);
    }
    options
}

/// `front`, or `45,30`.
fn view(text: &str) -> Result<View, String> {
    if let Some(named) = NamedView::ALL.iter().find(|v| v.name() == text) {
        return Ok((*named).into());
    }
    let angles = text.split_once(',').and_then(|(a, e)| Some((a.trim().parse().ok()?, e.trim().parse().ok()?)));
    match angles {
        Some((azimuth, elevation)) if (-360.0..=360.0).contains(&azimuth) && (-90.0..=90.0).contains(&elevation) => {
            Ok(View::from_degrees(azimuth, elevation))
        }
        _ => {
            let names: Vec<_> = NamedView::ALL.iter().map(|v| v.name()).collect();
            let names = names.join(", ");
            Err(format!("it must be one of {names}, or two angles: -360 to 360 around, -90 to 90 up, such as 45,30"))
        }
    }
}

/// `1920x1080`, or `512` for a square.
fn size(text: &str) -> Result<[u32; 2], String> {
    let (width, height) = text.split_once(['x', '×']).unwrap_or((text, text));
    match (width.parse(), height.parse()) {
        (Ok(width), Ok(height)) if [width, height].iter().all(|side| (16..=MAX_STILL_SIDE_PX).contains(side)) => {
            Ok([width, height])
        }
        _ => Err(format!("it must be two numbers from 16 to {MAX_STILL_SIDE_PX}, such as 1920x1080")),
    }
}

fn background(text: &str) -> Result<Background, String> {
    let wrong = || "it must be preset, transparent, #rrggbb or #rrggbb-#rrggbb, such as #ffffff".to_owned();
    match text {
        "preset" => Ok(Background::Preset),
        "transparent" => Ok(Background::Transparent),
        _ => match text.split_once('-') {
            Some((top, bottom)) => {
                Ok(Background::Gradient(color(top).ok_or_else(wrong)?, color(bottom).ok_or_else(wrong)?))
            }
            None => Ok(Background::Solid(color(text).ok_or_else(wrong)?)),
        },
    }
}

/// `#rrggbb`; the number sign may be missing, since shells take it for a comment.
fn color(text: &str) -> Option<[u8; 3]> {
    let digits = text.strip_prefix('#').unwrap_or(text);
    if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let [_, r, g, b] = u32::from_str_radix(digits, 16).ok()?.to_be_bytes();
    Some([r, g, b])
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::{Arguments, Command};

    #[test]
    fn only_a_picture_that_was_named_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("cat.png"), "the picture").unwrap();
        let placed = |output: &[&str]| {
            let mesh = at("cat.stl");
            let arguments = ["orfeas", "render", mesh.to_str().unwrap(), "--overwrite"];
            let parsed = Arguments::try_parse_from(arguments.iter().chain(output)).unwrap();
            let Some(Command::Render(args)) = parsed.command else { panic!("not taken for the command") };
            place(&args).unwrap()
        };
        assert_eq!(placed(&[]), (at("cat-2.png"), IfExists::Keep));
        assert_eq!(placed(&["-o", folder.path().to_str().unwrap()]), (at("cat-2.png"), IfExists::Keep));
        let named = at("cat.png");
        assert_eq!(placed(&["-o", named.to_str().unwrap()]), (at("cat.png"), IfExists::Replace));
    }

    #[test]
    fn views_sizes_and_backgrounds_are_read_or_refused() {
        assert_eq!(view("top").unwrap(), NamedView::Top.into());
        assert_eq!(view("-45,30").unwrap(), View::from_degrees(-45.0, 30.0));
        assert!(["", "up", "1", "0,91", "nan,0"].iter().all(|t| view(t).is_err()));
        assert_eq!(size("1920x1080").unwrap(), [1920, 1080]);
        assert_eq!(size("512").unwrap(), [512, 512]);
        assert!(["", "0", "8x8", "99999", "axb", "1x2x3"].iter().all(|t| size(t).is_err()));
        assert_eq!(background("#0080ff").unwrap(), Background::Solid([0, 128, 255]));
        assert_eq!(background("ffffff-#000000").unwrap(), Background::Gradient([255; 3], [0; 3]));
        assert!(["", "#fff", "#gggggg", "äöü", "#ffffff-"].iter().all(|t| background(t).is_err()));
    }
}
