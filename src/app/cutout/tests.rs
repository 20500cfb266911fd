use std::path::Path;
use std::time::Duration;

use super::super::state::Source;
use super::super::tests::{studio, take_answers};
use super::*;

/// A card with a picture, and its editor, taken out of the window.
fn open(studio: &mut Studio, folder: &Path) -> (ItemId, Box<CutOutEditor>) {
    let path = folder.join("a.png");
    image::RgbImage::from_pixel(8, 6, image::Rgb([90, 140, 200])).save(&path).unwrap();
    let id = studio.add(Source::Picture(path));
    studio.items.select(id);
    studio.run_command(Command::EditCutOut);
    take_answers(studio);
    let Some(Dialog::CutOut(editor)) = studio.dialog.take() else { panic!("no editor") };
    (id, editor)
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
            Err("it was cancelled".to_owned())
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
