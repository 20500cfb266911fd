//! A card's picture, read and cut out as the pipeline does it. No widgets.

use std::path::Path;

use egui::{Color32, ColorImage};
use image::GrayImage;

use crate::app::state::Item;
use crate::image::intake::{self, Limits};
use crate::image::{Picture, mask, matte};
use crate::mesh::components::least_shown;
use crate::pipeline::Asked;
use crate::progress::{Cancelled, Ended, Monitor, run_beside};
use crate::request::{CutOutParams, Request};

/// What came of cutting a picture out.
pub struct Cut {
    /// A mask (255 = object) in the picture's size and how sure it is, 0–1; or why there is none.
    pub mask: Result<(GrayImage, f32), String>,
    /// What there is to say besides: the network that helps failed, a mask was drawn coarser than the picture.
    pub notes: Vec<String>,
}

impl Cut {
    /// No cut-out, and why.
    pub fn failed(why: String) -> Self {
        Self { mask: Err(why), notes: Vec::new() }
    }
}

/// Reads the picture of a card, and gives what there is to say of its size.
///
/// # Errors
/// The sentence to tell: also for a picture in which there is nothing to see, and when cancelled.
pub fn read(item: &Item, monitor: &Monitor) -> Result<(Picture, Option<String>), String> {
    let bytes = read_file(item.source.path(), monitor)?;
    let picture = intake::decode(&bytes, &item.request.intake, &Limits::default(), monitor);
    let picture = picture.map_err(|e| e.to_string())?;
    if picture.is_invisible() {
        return Err(matte::MatteError::AllTransparent.to_string());
    }
    let note = intake::note_on_size(&bytes, picture.pixels.dimensions().into(), &item.request.intake);
    Ok((picture, note))
}

/// Reads a file beside, since it may lie on a share that does not answer, until cancelled.
fn read_file(path: &Path, monitor: &Monitor) -> Result<Vec<u8>, String> {
    let path = path.to_owned();
    let read = move || {
        check_is_file(&path)?;
        intake::read_file(&path, &Limits::default()).map_err(|e| e.to_string())
    };
    let thread = std::thread::Builder::new().name("orfeas-read".to_owned());
    match run_beside(thread, monitor.cancel_token(), read) {
        Ok(Ended::Done(read)) => read,
        Ok(Ended::Cancelled) => Err(Cancelled.to_string()),
        Ok(Ended::Panicked(_)) => Err("the reader gave up".to_owned()),
        Err(error) => Err(format!("there is no thread to read it: {error}")),
    }
}

/// Refuses pipes and devices, which may keep the reader waiting for ever.
fn check_is_file(path: &Path) -> Result<(), String> {
    match path.metadata() {
        Ok(about) if !about.is_file() => Err(format!("this is no file: {}", path.display())),
        // What is wrong with others, reading tells.
        _ => Ok(()),
    }
}

/// Cuts the object out, by a mask where a file of one is named.
pub fn cut(picture: &Picture, params: &CutOutParams, mask_file: Option<&Path>, monitor: &Monitor) -> Cut {
    cut_with(picture, params, mask_file, Asked::default(), monitor)
}

/// The same with a network that may be another one.
pub(super) fn cut_with(
    picture: &Picture,
    params: &CutOutParams,
    mask_file: Option<&Path>,
    asked: Asked,
    monitor: &Monitor,
) -> Cut {
    let make = || -> Result<_, String> {
        let (external, note) = mask_file.map(|file| read_mask(file, picture, monitor)).transpose()?.unzip();
        let cut = matte::cut_out_with(picture, params, external.as_ref(), asked.help(params), monitor);
        let cut = cut.map_err(|e| e.to_string())?;
        Ok(((cut.mask(), cut.confidence), note.flatten()))
    };
    let (mask, note) = match make() {
        Ok((mask, note)) => (Ok(mask), note),
        Err(why) => (Err(why), None),
    };
    Cut { mask, notes: note.into_iter().chain(asked.note_on_failure()).collect() }
}

/// Reads a mask for `picture`, and gives what there is to say of its size.
fn read_mask(file: &Path, picture: &Picture, monitor: &Monitor) -> Result<(GrayImage, Option<String>), String> {
    let (bytes, limits) = (read_file(file, monitor)?, Limits::default());
    let mask = mask::from_bytes(&bytes, &limits).map_err(|e| e.to_string())?;
    let note = mask::note_on_size(&bytes, picture.pixels.dimensions().into(), &limits, monitor);
    Ok((mask, note))
}

/// The object of a card's picture, cut out and cropped to the box of what its mesh shows, of which this
/// `share` of the height (0 to 1) is left above a flat base.
///
/// # Errors
/// The sentence to tell, also when cancelled.
pub fn object_of(item: &Item, share: f32, monitor: &Monitor) -> Result<ColorImage, String> {
    let (picture, _) = read(item, monitor)?;
    let (opacity, _) = cut(&picture, &item.request.cut_out, item.mask.as_deref(), monitor).mask?;
    let kept = kept_box(&opacity, &item.request, share);
    let [left, top, right, bottom] = kept.ok_or("Nothing is left of the object")?;
    let size = [(right - left + 1) as usize, (bottom - top + 1) as usize];
    let pixels = (top..=bottom).flat_map(|y| (left..=right).map(move |x| (x, y)));
    let colors = pixels.map(|(x, y)| {
        let [r, g, b, _] = picture.pixels.get_pixel(x, y).0;
        Color32::from_rgba_unmultiplied(r, g, b, opacity.get_pixel(x, y)[0])
    });
    Ok(ColorImage::new(size, colors.collect()))
}

/// Left, top, right and bottom (all inside) of the pieces that [`crate::mesh::components::drop_floaters`]
/// leaves in the mesh, and of these the upper `share`; `None` where nothing is opaque.
fn kept_box(opacity: &GrayImage, request: &Request, share: f32) -> Option<[u32; 4]> {
    let pieces = pieces(opacity);
    let floaters = f64::from(request.mesh.drop_floaters);
    let largest = pieces.iter().map(Piece::volume).fold(0.0, f64::max);
    let outline: f64 = pieces.iter().map(|piece| piece.area).sum();
    let widest = pieces.iter().map(|piece| piece.area).fold(0.0, f64::max);
    let by_outline = if request.keeps_outline() { least_shown(floaters, outline, widest) } else { f64::INFINITY };
    let is_kept = |piece: &&Piece| piece.volume() >= floaters * largest || piece.area >= by_outline;
    let kept: Vec<&Piece> = pieces.iter().filter(is_kept).collect();
    let top = kept.iter().map(|piece| piece.top).min()?;
    let height = kept.iter().map(|piece| piece.top + piece.rows.len() as u32).max()? - top;
    let end = top + ((height as f32 * share).round() as u32).max(1);
    // Without its foot it may be narrower.
    let rows = kept.iter().flat_map(|piece| (piece.top..end).zip(&piece.rows).map(|(_, ends)| *ends));
    let [left, right] = rows.reduce(|[l, r], [left, right]| [l.min(left), r.max(right)])?;
    Some([left, top, right, end - 1])
}

/// Opaque pixels that hang together.
struct Piece {
    /// Pixels.
    area: f64,
    /// Sides of pixels towards what is not opaque.
    rim: f64,
    /// The first row.
    top: u32,
    /// Its leftmost and its rightmost pixel in each row, from `top` on.
    rows: Vec<[u32; 2]>,
}

impl Piece {
    /// What it is inflated to, up to a factor: its width goes with area over rim, and its depth with its width.
    fn volume(&self) -> f64 {
        self.area * self.area / self.rim
    }
}

fn pieces(opacity: &GrayImage) -> Vec<Piece> {
    let (width, height) = opacity.dimensions();
    let is_solid = |x: u32, y: u32| x < width && y < height && opacity.get_pixel(x, y)[0] >= 128;
    let mut seen = GrayImage::new(width, height);
    let mut pieces = Vec::new();
    let mut open = Vec::new();
    for (left, top) in (0..height).flat_map(|y| (0..width).map(move |x| (x, y))) {
        if !is_solid(left, top) || seen.get_pixel(left, top)[0] > 0 {
            continue;
        }
        let mut piece = Piece { area: 0.0, rim: 0.0, top, rows: Vec::new() };
        seen.get_pixel_mut(left, top)[0] = 1;
        open.push((left, top));
        while let Some((x, y)) = open.pop() {
            piece.area += 1.0;
            // Pixels come beside earlier ones, so that no row is left out.
            match piece.rows.get_mut((y - top) as usize) {
                Some([l, r]) => (*l, *r) = ((*l).min(x), (*r).max(x)),
                None => piece.rows.push([x, x]),
            }
            // What is left of the first column or above the first row is no pixel either.
            for (x, y) in [(x.wrapping_sub(1), y), (x + 1, y), (x, y.wrapping_sub(1)), (x, y + 1)] {
                if !is_solid(x, y) {
                    piece.rim += 1.0;
                } else if seen.get_pixel(x, y)[0] == 0 {
                    seen.get_pixel_mut(x, y)[0] = 1;
                    open.push((x, y));
                }
            }
        }
        pieces.push(piece);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::state::{Items, Source};
    use crate::cache::Cache;
    use crate::pipeline::{self, Input};

    /// A picture of discs (centre and radius in pixels) on transparent ground, in a card of its own.
    fn card(folder: &tempfile::TempDir, discs: &[(f32, f32, f32)]) -> Item {
        let path = folder.path().join("discs.png");
        let is_inside = |x: u32, y: u32| {
            let from = |cx: f32, cy: f32| (x as f32 + 0.5 - cx).hypot(y as f32 + 0.5 - cy);
            discs.iter().any(|&(cx, cy, radius)| from(cx, cy) < radius)
        };
        let picture = image::RgbaImage::from_fn(300, 300, |x, y| {
            image::Rgba([220, 120, 60, if is_inside(x, y) { 255 } else { 0 }])
        });
        picture.save(&path).unwrap();
        let mut items = Items::default();
        let mut request = Request::default();
        request.solid.resolution = Some(48);
        let id = items.add(Source::Picture(path), request);
        items.get(id).unwrap().clone()
    }

    #[test]
    fn the_picture_is_cropped_to_what_the_mesh_shows() {
        let folder = tempfile::tempdir().unwrap();
        let disc = (120.0, 150.0, 80.0);
        for (discs, drops, size) in [
            // A speck is dropped from the mesh, unless it is asked to stay.
            (&[disc, (280.0, 20.0, 3.0)][..], 0.01, [160, 160]),
            (&[disc, (280.0, 20.0, 3.0)][..], 0.0, [243, 213]),
            // Too large for a speck.
            (&[disc, (270.0, 30.0, 20.0)][..], 0.01, [250, 220]),
        ] {
            let mut item = card(&folder, discs);
            item.request.mesh.drop_floaters = drops;
            assert_eq!(object_of(&item, 1.0, &Monitor::silent()).unwrap().size, size, "{discs:?} {drops}");
            // A thing so small as the speck is larger in the mesh than in the picture.
            if drops > 0.0 {
                let input = Input::of(item.source.path());
                let output = pipeline::run(&item.request, &input, &Cache::disabled(), &Monitor::silent()).unwrap();
                let [width, _, height] = output.report.size_mm;
                let wanted = size[0] as f32 / size[1] as f32;
                assert!((width / height - wanted).abs() < 0.05, "{width} × {height} mm, {size:?} px");
            }
        }
    }

    #[test]
    fn the_picture_ends_where_a_flat_base_was_cut() {
        let folder = tempfile::tempdir().unwrap();
        let mut item = card(&folder, &[(120.0, 150.0, 80.0)]);
        // Of the lower cut only the disc's height changes; the upper one leaves a narrower cap.
        for (height_mm, cut_mm, size) in [(80.0, 20.0, [160, 128]), (20.0, 50.0, [144, 46])] {
            (item.request.size.height_mm, item.request.solid.flat_base_mm) = (Some(height_mm), cut_mm);
            let input = Input::of(item.source.path());
            let output = pipeline::run(&item.request, &input, &Cache::disabled(), &Monitor::silent()).unwrap();
            let taken_mm = pipeline::cut_off_mm(&item.request, &output.notes);
            assert!((taken_mm - cut_mm).abs() < 0.05, "{:?}", output.notes);
            let [width, _, height] = output.report.size_mm;
            let shown =
                object_of(&item, height / (height + taken_mm), &Monitor::silent()).unwrap().size.map(|px| px as f32);
            for (px, expected) in shown.into_iter().zip(size) {
                assert!((px - expected as f32).abs() < 2.5, "{shown:?} px, not {size:?}");
            }
            let wanted = shown[0] / shown[1];
            assert!((width / height / wanted - 1.0).abs() < 0.06, "{width} × {height} mm, {shown:?} px");
        }
    }

    #[test]
    fn pieces_that_are_small_only_beside_all_others_together_stay() {
        let mut opacity = GrayImage::new(400, 400);
        // 400 blocks, each a quarter of a percent of the outline.
        for (x, y, pixel) in opacity.enumerate_pixels_mut() {
            pixel[0] = if x % 20 < 8 && y % 20 < 8 { 255 } else { 0 };
        }
        assert_eq!(pieces(&opacity).len(), 400);
        assert_eq!(kept_box(&opacity, &Request::default(), 1.0), Some([0, 0, 387, 387]));
        assert_eq!(kept_box(&opacity, &Request::default(), 0.5), Some([0, 0, 387, 193]));
        assert_eq!(kept_box(&GrayImage::new(9, 9), &Request::default(), 1.0), None);
    }
}
