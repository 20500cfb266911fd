use std::path::Path;
use std::time::Duration;

use super::super::state::Source;
use super::super::tests::{studio, take_answers, text_of};
use super::*;
use crate::pipeline::Asked;
use crate::request::CutOutMethod;

/// A picture in which nothing stands out.
fn plain() -> image::RgbImage {
    image::RgbImage::from_fn(8, 6, |x, _| image::Rgb([90 + 4 * x as u8, 140 + 4 * x as u8, 200]))
}

/// Opens the editor for a card with this picture.
fn edit(studio: &mut Studio, folder: &Path, picture: &image::RgbImage) -> ItemId {
    let path = folder.join("a.png");
    picture.save(&path).unwrap();
    let id = studio.add(Source::Picture(path));
    studio.items.select(id);
    studio.run_command(Command::EditCutOut);
    take_answers(studio);
    id
}

fn take_editor(studio: &mut Studio) -> Box<CutOutEditor> {
    let Some(Dialog::CutOut(editor)) = studio.dialog.take() else { panic!("no editor") };
    editor
}

/// A card with a picture, and its editor, taken out of the window.
fn open(studio: &mut Studio, folder: &Path) -> (ItemId, Box<CutOutEditor>) {
    let id = edit(studio, folder, &plain());
    (id, take_editor(studio))
}

/// Starts over in the open editor, and asks a network.
fn ask(studio: &mut Studio, asked: Asked) {
    let params = CutOutParams { method: CutOutMethod::Network, ..CutOutParams::default() };
    let mut editor = take_editor(studio);
    editor.start_over(studio, move |picture, monitor| cut::cut_with(picture, &params, None, asked, monitor));
    studio.dialog = Some(Dialog::CutOut(editor));
    take_answers(studio);
}

/// What the open editor says of its cut-out.
fn remarks(studio: &mut Studio) -> String {
    text_of(studio, |studio, ui| {
        let mut editor = take_editor(studio);
        editor.remarks_ui(ui, studio);
        studio.dialog = Some(Dialog::CutOut(editor));
    })
}

/// An object in the middle of a square picture, as a network tells it.
fn middle(rgb: &[u8]) -> Vec<f32> {
    let side = (rgb.len() / 3).isqrt();
    let from_middle = |i: usize| (i % side).abs_diff(side / 2).max((i / side).abs_diff(side / 2));
    (0..side * side).map(|i| if 3 * from_middle(i) < side { 8.0 } else { -8.0 }).collect()
}

#[test]
fn a_network_that_fails_is_told_beside_the_cut_out_that_comes_without_it() {
    let (folder, mut studio) = studio();
    studio.queue = None;
    let from_center = |x: u32, y: u32| (x as f32 - 150.0).hypot(y as f32 - 150.0);
    let disc = |x, y| image::Rgb(if from_center(x, y) < 90.0 { [200, 40, 30] } else { [240; 3] });
    edit(&mut studio, folder.path(), &image::RgbImage::from_fn(300, 300, disc));
    assert_eq!(remarks(&mut studio), "");

    ask(&mut studio, Asked::new(|_, _| panic!("a wrong turn")));
    let told = remarks(&mut studio);
    assert!(told.contains("by colours alone") && told.contains("a wrong turn"), "{told}");
    let editor = take_editor(&mut studio);
    let State::Ready(ready) = &editor.state else { panic!("the picture is not there") };
    assert!(ready.busy.is_none() && ready.trouble.is_none() && ready.edit.can_undo());
    let [inside, outside] = [(150, 150), (10, 10)].map(|(x, y)| ready.edit.mask().get_pixel(x, y)[0]);
    assert!(inside > 250 && outside < 5, "colours cut it out all the same: {inside} {outside}");
    studio.dialog = Some(Dialog::CutOut(editor));

    // One that answers.
    ask(&mut studio, Asked::new(|rgb, _| Ok(middle(rgb))));
    assert_eq!(remarks(&mut studio), "");
}

#[test]
fn a_network_that_fails_is_told_also_where_colours_find_nothing() {
    let (folder, mut studio) = studio();
    studio.queue = None;
    edit(&mut studio, folder.path(), &plain());
    ask(&mut studio, Asked::new(|_, _| panic!("a wrong turn")));
    let told = remarks(&mut studio);
    assert!(told.contains("by colours alone") && told.contains("Not cut out: no object"), "{told}");
}

/// A drawing of a disc that is drawn at 512 pixels, for a pattern that is too large at 1024.
const COARSE: &str = "<svg xmlns='http://www.w3.org/2000/svg' width='20' height='20'>\
    <pattern id='p' patternUnits='userSpaceOnUse' width='170' height='170'><path d='M0 0h20v20h-20z'/></pattern>\
    <circle cx='10' cy='10' r='8' fill='red'/><path d='M9 9h2v2h-2z' fill='url(#p)'/></svg>";

#[test]
fn a_drawing_that_came_out_coarser_is_told_beside_its_cut_out() {
    let (folder, mut studio) = studio();
    studio.queue = None;
    let path = folder.path().join("coarse.svg");
    std::fs::write(&path, COARSE).unwrap();
    let id = studio.add(Source::Picture(path));
    studio.items.select(id);
    studio.run_command(Command::EditCutOut);
    take_answers(&mut studio);
    let is_told = |told: &str| told.contains("at 1024 px") && told.contains("at 512 px");
    let told = remarks(&mut studio);
    assert!(is_told(&told), "{told}");
    // Another cut-out of it is as coarse.
    ask(&mut studio, Asked::new(|rgb, _| Ok(middle(rgb))));
    let told = remarks(&mut studio);
    assert!(is_told(&told), "{told}");
}

#[test]
fn a_mask_that_is_a_drawing_coarser_than_the_picture_is_told() {
    let (folder, mut studio) = studio();
    studio.queue = None;
    let mask = folder.path().join("coarse.svg");
    std::fs::write(&mask, COARSE).unwrap();
    for (side_px, is_told) in [(600, true), (400, false)] {
        edit(&mut studio, folder.path(), &image::RgbImage::from_pixel(side_px, side_px, image::Rgb([90, 140, 200])));
        let mut editor = take_editor(&mut studio);
        let (params, mask) = (CutOutParams::default(), mask.clone());
        editor.start_over(&mut studio, move |picture, monitor| cut::cut(picture, &params, Some(&mask), monitor));
        studio.dialog = Some(Dialog::CutOut(editor));
        take_answers(&mut studio);
        let told = remarks(&mut studio);
        let expected = told.contains("the mask: ") && told.contains("at 512 px");
        assert_eq!(expected, is_told, "{side_px}: {told}");
        assert!(!told.contains("Not cut out"), "{side_px}: {told}");
        studio.dialog = None;
    }
}

#[test]
fn a_closed_editor_cuts_nothing_out_any_more() {
    let (folder, mut studio) = studio();
    studio.queue = None;
    let (_, mut editor) = open(&mut studio, folder.path());
    // Cuts out until it is cancelled.
    let (tell, told) = crossbeam_channel::bounded(2);
    for _ in 0..2 {
        let tell = tell.clone();
        editor.start_over(&mut studio, move |_, monitor| {
            let begun = std::time::Instant::now();
            while monitor.check().is_ok() && begun.elapsed() < Duration::from_secs(20) {
                std::thread::sleep(Duration::from_millis(1));
            }
            let _ = tell.send(monitor.check().is_err());
            Cut::failed("it was cancelled".to_owned())
        });
    }
    assert!(told.recv().unwrap(), "another one is asked for");
    drop(editor);
    assert!(told.recv().unwrap(), "the editor is closed");
    take_answers(&mut studio);
}

#[test]
fn a_window_without_a_data_folder_uses_a_cut_out_as_well() {
    let (folder, mut studio) = studio();
    // Without a queue the card is not generated.
    (studio.store, studio.queue) = (None, None);
    let (id, mut editor) = open(&mut studio, folder.path());
    let State::Ready(ready) = &mut editor.state else { panic!("the picture is not there") };
    ready.edit.replace(image::GrayImage::from_pixel(8, 6, image::Luma([255])));
    editor.keep(&mut studio);
    studio.dialog = Some(Dialog::CutOut(editor));
    take_answers(&mut studio);
    let mask = studio.items.get(id).unwrap().mask.clone().unwrap();
    assert!(image::open(&mask).unwrap().into_luma8().iter().all(|&v| v == 255));
    assert!(studio.dialog.is_none() && studio.may_leave_cut_out());
    drop(studio);
    assert!(!mask.exists(), "it goes with the window");
}
