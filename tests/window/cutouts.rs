//! The cut-out editor: what is painted is there, whole, until a card has it or it is given up.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use egui::{Event, Key, Modifiers, PointerButton, Pos2, vec2};
use egui_kittest::kittest::NodeT as _;
use egui_kittest::kittest::Queryable as _;
use orfeas::app::command::Command;
use orfeas::app::state::Status;
use orfeas::request::{Background, Mode, ReliefBase};

use super::driver::Window;
use super::slips::{closes, drag, press};

/// Size of [`plain`], in pixels.
const SIZE: [u32; 2] = [400, 300];

/// A picture in which nothing stands out.
fn plain(window: &Window) -> PathBuf {
    let path = window.folder.path().join("plain.png");
    image::RgbImage::from_pixel(SIZE[0], SIZE[1], image::Rgb([90, 140, 200])).save(&path).unwrap();
    path
}

/// A window in which the cut-out of a picture is edited.
fn editing(picture: impl FnOnce(&Window) -> PathBuf) -> Window {
    let mut window = Window::new();
    window.harness.state_mut().settings.generate_at_once = false;
    let picture = picture(&window);
    window.drop_files(&[picture]);
    window.wait("the card", |s| s.items.len() == 1);
    let id = window.harness.state().items.iter().next().unwrap().id;
    window.harness.state_mut().items.select(id);
    window.harness.run_ok();
    open(&mut window);
    window
}

fn open(window: &mut Window) {
    window.keys(Modifiers::COMMAND, Key::M);
    until(window, "the editor", is_open);
}

fn is_open(window: &Window) -> bool {
    window.harness.query_by_label("Use this cut-out").is_some()
}

fn until(window: &mut Window, what: &str, ready: impl Fn(&Window) -> bool) {
    let start = Instant::now();
    while !ready(window) {
        assert!(start.elapsed() < Duration::from_secs(60), "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(10));
        window.harness.step();
    }
    window.harness.run_ok();
}

/// Whether a button can be clicked.
fn can(window: &Window, label: &str) -> bool {
    !window.harness.get_by_label(label).accesskit_node().is_disabled()
}

/// Clicks a button whatever toast lies over it.
fn click(window: &mut Window, label: &str) {
    window.harness.get_by_label(label).click_accesskit();
    window.harness.run_ok();
}

fn says(window: &Window, text: &str) -> bool {
    window.harness.state().messages.iter().any(|m| m.text.contains(text))
}

/// Where a pixel of [`plain`] is on the screen.
fn at(window: &Window, x: f32, y: f32) -> Pos2 {
    let area = window.harness.get_by_label("Picture with its cut-out").rect();
    let size = vec2(SIZE[0] as f32, SIZE[1] as f32);
    let zoom = (area.width() / size.x).min(area.height() / size.y);
    area.center() + (vec2(x, y) - size * 0.5) * zoom
}

/// Presses, moves from pixel to pixel and lets go, all before the next frame.
fn drag_at_once(window: &mut Window, pixels: &[[f32; 2]]) {
    let points: Vec<Pos2> = pixels.iter().map(|&[x, y]| at(window, x, y)).collect();
    let button = |pos, pressed| Event::PointerButton {
        pos,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    let events = &mut window.harness.input_mut().events;
    events.extend([Event::PointerMoved(points[0]), button(points[0], true)]);
    events.extend(points[1..].iter().map(|&point| Event::PointerMoved(point)));
    events.push(button(points[points.len() - 1], false));
    window.harness.step();
    window.harness.run_ok();
}

/// A stroke over the middle of [`plain`], frame by frame.
fn paint(window: &mut Window) {
    let [from, to] = [at(window, 120.0, 150.0), at(window, 280.0, 150.0)];
    drag(window, from, to);
}

/// The mask that the card has been given.
fn mask(window: &mut Window) -> image::GrayImage {
    let file = |window: &Window| window.harness.state().items.iter().next().and_then(|item| item.mask.clone());
    until(window, "the mask", |window| file(window).is_some());
    assert!(!is_open(window), "it closes once the card has it");
    image::open(file(window).unwrap()).unwrap().into_luma8()
}

#[test]
fn a_picture_that_cannot_be_cut_out_is_painted_by_hand_and_becomes_a_mesh() {
    let mut window = editing(plain);
    assert!(window.has("Not cut out: no object") && window.has("Load mask"));
    assert!(window.has("Nothing is left") && !can(&window, "Use this cut-out"));
    paint(&mut window);
    assert!(!window.has("Nothing is left"));
    click(&mut window, "Use this cut-out");
    let mask = mask(&mut window);
    assert_eq!(mask.dimensions(), (SIZE[0], SIZE[1]));
    let painted = [(120, 150), (200, 150), (280, 150), (200, 60)].map(|(x, y)| mask.get_pixel(x, y)[0]);
    assert_eq!(painted, [255, 255, 255, 0]);
    window.wait_finished(1);
}

#[test]
fn a_drag_within_one_frame_counts_from_its_beginning_to_its_end_and_around_its_corners() {
    let mut window = editing(plain);
    click(&mut window, "Invert");
    click(&mut window, "Crop");
    drag_at_once(&mut window, &[[100.0, 100.0], [150.0, 120.0], [300.0, 200.0]]);
    click(&mut window, "Add");
    drag_at_once(&mut window, &[[40.0, 40.0], [360.0, 40.0], [360.0, 260.0], [40.0, 260.0]]);
    drag_at_once(&mut window, &[[40.0, 150.0]]);
    click(&mut window, "Use this cut-out");
    let mask = mask(&mut window);
    let values = |pixels: &[(u32, u32)]| pixels.iter().map(|&(x, y)| mask.get_pixel(x, y)[0]).collect::<Vec<_>>();
    let stroke = [(40, 40), (200, 40), (360, 40), (360, 150), (360, 260), (200, 260), (40, 260)];
    assert_eq!(values(&stroke), [255; 7], "the stroke");
    assert_eq!(values(&[(103, 103), (297, 197)]), [255; 2], "in the frame");
    assert_eq!(values(&[(97, 103), (103, 97), (303, 197), (297, 203)]), [0; 4], "around the frame");
    assert_eq!(values(&[(40, 150), (40, 100)]), [255, 0], "a click paints a dot");
}

#[test]
fn what_was_painted_stays_in_the_editor_until_it_is_written() {
    let mut window = editing(plain);
    paint(&mut window);
    let [results, away] = ["data/results", "data/away"].map(|name| window.folder.path().join(name));
    std::fs::rename(&results, &away).unwrap();
    click(&mut window, "Use this cut-out");
    until(&mut window, "the error", |w| says(w, "The cut-out could not be kept"));
    assert!(is_open(&window) && can(&window, "Undo") && !closes(&mut window));
    std::fs::rename(&away, &results).unwrap();
    click(&mut window, "Use this cut-out");
    assert_eq!(mask(&mut window).get_pixel(200, 150)[0], 255);
}

#[test]
fn the_cut_out_of_a_card_that_was_removed_waits_for_it_to_come_back() {
    let mut window = editing(plain);
    paint(&mut window);
    window.harness.state_mut().send(Command::Remove);
    window.harness.run_ok();
    assert!(window.harness.state().items.is_empty());
    click(&mut window, "Use this cut-out");
    until(&mut window, "the error", |w| says(w, "taken out of the list"));
    assert!(is_open(&window) && can(&window, "Undo"));
    window.harness.state_mut().send(Command::Undo);
    window.harness.run_ok();
    click(&mut window, "Use this cut-out");
    assert_eq!(mask(&mut window).get_pixel(200, 150)[0], 255);
}

#[test]
fn starting_over_in_vain_leaves_what_was_painted() {
    let mut window = editing(plain);
    paint(&mut window);
    click(&mut window, "Cut out again");
    until(&mut window, "the answer", |w| is_open(w) && can(w, "Cut out again"));
    assert!(can(&window, "Undo") && window.has("Not cut out: no object"));
    click(&mut window, "Use this cut-out");
    assert_eq!(mask(&mut window).get_pixel(200, 150)[0], 255);
}

#[test]
fn starting_over_is_a_step_that_can_be_taken_back() {
    let mut window = editing(|window| window.picture("disc.png"));
    // What is no part of the picture's disc.
    let corner = window.harness.get_by_label("Picture with its cut-out").rect();
    let side = corner.width().min(corner.height());
    let corner = corner.center() + vec2(-0.45, -0.45) * side;
    drag(&mut window, corner, corner + vec2(2.0, 0.0));
    click(&mut window, "Use transparency");
    until(&mut window, "the answer", |w| is_open(w) && can(w, "Use transparency"));
    assert!(can(&window, "Undo") && !can(&window, "Redo"));
    click(&mut window, "Undo");
    assert!(can(&window, "Undo") && can(&window, "Redo"));
    click(&mut window, "Use this cut-out");
    let mask = mask(&mut window);
    assert_eq!([mask.get_pixel(5, 5)[0], mask.get_pixel(90, 90)[0]], [255, 0]);
}

#[test]
fn the_editor_is_not_closed_over_strokes_by_its_frame_nor_when_their_steps_are_forgotten() {
    let mut window = editing(plain);
    click(&mut window, "Close window");
    assert!(!is_open(&window), "nothing was painted");
    open(&mut window);
    for n in 0..17 {
        drag_at_once(&mut window, &[[40.0 + 20.0 * n as f32, 100.0]]);
    }
    for _ in 0..16 {
        window.keys(Modifiers::COMMAND, Key::Z);
    }
    assert!(!can(&window, "Undo") && !window.has("Nothing is left"));
    for what in ["frame", "key"] {
        match what {
            "frame" => click(&mut window, "Close window"),
            _ => window.keys(Modifiers::NONE, Key::Escape),
        }
        assert!(is_open(&window) && says(&window, "Use the changed cut-out"), "{what}");
    }
    assert!(!closes(&mut window));
    click(&mut window, "Cancel");
    assert!(!is_open(&window) && closes(&mut window));
}

#[test]
fn a_stroke_is_not_undone_while_it_is_painted() {
    let mut window = editing(plain);
    let [from, half, to] = [120.0, 200.0, 280.0].map(|x| at(&window, x, 150.0));
    press(&mut window, from, true);
    window.harness.event(Event::PointerMoved(half));
    window.harness.step();
    window.keys(Modifiers::COMMAND, Key::Z);
    window.harness.event(Event::PointerMoved(to));
    window.harness.step();
    press(&mut window, to, false);
    window.harness.run_ok();
    assert!(can(&window, "Undo") && !window.has("Nothing is left"));
    window.keys(Modifiers::COMMAND, Key::Z);
    assert!(!can(&window, "Undo") && window.has("Nothing is left"));
}

#[test]
fn keys_pressed_quickly_and_clicks_beside_the_picture_lose_no_step() {
    let mut window = editing(plain);
    for x in [80.0, 200.0, 320.0] {
        drag_at_once(&mut window, &[[x, 150.0]]);
    }
    let undo =
        |pressed| Event::Key { key: Key::Z, physical_key: None, pressed, repeat: false, modifiers: Modifiers::COMMAND };
    for _ in 0..3 {
        window.harness.input_mut().events.extend([undo(true), undo(false)]);
    }
    window.harness.step();
    window.harness.run_ok();
    assert!(!can(&window, "Undo") && window.has("Nothing is left"));
    let area = window.harness.get_by_label("Picture with its cut-out").rect();
    let beside = [at(&window, -60.0, 150.0), at(&window, 200.0, -60.0)];
    let beside = beside.into_iter().find(|point| area.contains(*point)).unwrap();
    drag(&mut window, beside, beside);
    assert!(!can(&window, "Undo") && can(&window, "Redo"));
}

#[test]
fn a_cut_out_is_edited_only_where_it_is_used() {
    use Background::{Auto, Remove};
    use ReliefBase::{Outline, Plate};
    let mut window = editing(|window| window.picture("disc.png"));
    click(&mut window, "Cancel");
    let told = |window: &Window| {
        let all = window.harness.state().messages.iter();
        all.filter(|m| m.text.contains("Nothing is cut out here")).map(|m| m.text.clone()).collect::<Vec<_>>()
    };
    for (mode, plate, background, help) in [
        (Mode::Inflate, Plate, Auto, None),
        (Mode::Stamp, Plate, Auto, None),
        (Mode::Relief, Outline, Auto, None),
        (Mode::Relief, Plate, Remove, None),
        (Mode::Relief, Plate, Auto, Some("“Relief › Plate: Outline” or “Cut-out › Background: Remove”")),
        (Mode::Lithophane, Plate, Auto, Some("another mode")),
        (Mode::Lithophane, Outline, Remove, Some("another mode")),
    ] {
        let item = window.harness.state_mut().items.iter_mut().next().unwrap();
        (item.request.mode, item.request.relief.plate) = (mode, plate);
        item.request.cut_out.background = background;
        let before = told(&window).len();
        window.harness.state_mut().send(Command::EditCutOut);
        window.harness.run_ok();
        let name = format!("{mode:?} {plate:?} {background:?}");
        if let Some(help) = help {
            assert!(!is_open(&window), "{name}");
            let told = told(&window);
            assert_eq!(told.len(), before + 1, "{name}");
            assert!(told[before].ends_with(help), "{name}: {}", told[before]);
        } else {
            until(&mut window, &name, is_open);
            assert_eq!(told(&window).len(), before, "{name}");
            click(&mut window, "Cancel");
        }
    }
}

#[test]
fn a_cut_out_waits_on_its_card_while_the_settings_do_not_use_it() {
    let mut window = editing(plain);
    paint(&mut window);
    // As in the settings beside the editor.
    window.harness.state_mut().items.iter_mut().for_each(|item| item.request.mode = Mode::Lithophane);
    click(&mut window, "Use this cut-out");
    assert_eq!(mask(&mut window).get_pixel(200, 150)[0], 255);
    assert!(says(&window, "The cut-out is kept, but not used now"));
    let status = window.harness.state().items.iter().next().unwrap().status.clone();
    assert_eq!(status, Status::New, "a lithophane would be the same as without it");
}
