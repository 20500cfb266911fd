//! What people do without meaning to, and what must not come of it.

use std::path::PathBuf;

use egui::{Event, Key, Modifiers, PointerButton, Pos2, ViewportCommand, ViewportEvent, ViewportId, vec2};
use egui_kittest::kittest::NodeT as _;
use egui_kittest::kittest::Queryable as _;
use orfeas::app::command::Command;
use orfeas::app::state::Status;
use orfeas::app::toast::Level;
use orfeas::request::Mode;

use super::driver::Window;

/// A window with so many pictures in its list, none of them generated.
pub fn with_pictures(count: usize) -> Window {
    let mut window = Window::new();
    window.harness.state_mut().settings.generate_at_once = false;
    let pictures: Vec<PathBuf> = (0..count).map(|n| window.picture(&format!("{n}.png"))).collect();
    window.drop_files(&pictures);
    window.wait("the cards", |s| s.items.len() == count);
    window
}

fn select(window: &mut Window, place: usize) {
    let state = window.harness.state_mut();
    let id = state.items.iter().nth(place).unwrap().id;
    state.items.select(id);
    window.harness.run_ok();
}

pub fn selected(window: &Window) -> String {
    window.harness.state().items.selected().unwrap().name()
}

pub fn press(window: &mut Window, pos: Pos2, pressed: bool) {
    let button = PointerButton::Primary;
    window.harness.event(Event::PointerMoved(pos));
    window.harness.event(Event::PointerButton { pos, button, pressed, modifiers: Modifiers::NONE });
    window.harness.step();
}

pub fn drag(window: &mut Window, from: Pos2, to: Pos2) {
    press(window, from, true);
    window.harness.event(Event::PointerMoved(to));
    window.harness.step();
    press(window, to, false);
    window.harness.run_ok();
}

#[test]
fn cards_and_toasts_are_clicked_on_their_text() {
    let mut window = with_pictures(2);
    select(&mut window, 0);
    window.click("1.png");
    assert_eq!(selected(&window), "1.png");
    window.harness.state_mut().messages.push(Level::Error, "Something went wrong");
    window.harness.run_ok();
    // The status bar has it as well.
    let texts = window.harness.query_all_by_label("Something went wrong").count();
    let toast =
        window.harness.query_all_by_label("Something went wrong").min_by_key(|n| n.rect().min.y as i32).unwrap();
    toast.click();
    window.harness.run_ok();
    assert_eq!(window.harness.query_all_by_label("Something went wrong").count(), texts - 1);
}

/// Whether the window closes when that is asked for by its frame.
pub fn closes(window: &mut Window) -> bool {
    window.harness.input_mut().viewports.entry(ViewportId::ROOT).or_default().events.push(ViewportEvent::Close);
    window.harness.step();
    window.harness.input_mut().viewports.entry(ViewportId::ROOT).or_default().events.clear();
    let answered = &window.harness.output().viewport_output[&ViewportId::ROOT].commands;
    !answered.contains(&ViewportCommand::CancelClose)
}

#[test]
fn strokes_on_a_cut_out_are_not_lost_to_other_dialogs_slips_and_keys() {
    let mut window = with_pictures(1);
    select(&mut window, 0);
    window.keys(Modifiers::COMMAND, Key::M);
    let is_open = |w: &Window| w.harness.query_by_label("Use this cut-out").is_some();
    let start = std::time::Instant::now();
    while !is_open(&window) {
        assert!(start.elapsed().as_secs() < 60, "the picture is not read");
        std::thread::sleep(std::time::Duration::from_millis(10));
        window.harness.step();
    }
    window.harness.run_ok();
    let can = |w: &Window, what: &str| !w.harness.get_by_label(what).accesskit_node().is_disabled();
    let middle = window.harness.get_by_label("Picture with its cut-out").rect().center();
    window.click("Crop");
    drag(&mut window, middle, middle);
    assert!(!can(&window, "Undo") && !window.has("Nothing is left"), "a click is no frame");
    window.click("Remove");
    for y in [-20.0, 20.0] {
        drag(&mut window, middle + vec2(-30.0, y), middle + vec2(30.0, y));
    }
    window.keys(Modifiers::COMMAND, Key::Z);
    assert!(can(&window, "Undo") && can(&window, "Redo"));
    window.keys(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    assert!(can(&window, "Undo") && !can(&window, "Redo"));
    for command in [Command::Settings, Command::ToggleLog, Command::Palette, Command::EditCutOut] {
        window.harness.state_mut().send(command);
        window.harness.run_ok();
        assert!(is_open(&window) && can(&window, "Undo"), "{command:?}");
    }
    window.keys(Modifiers::NONE, Key::Escape);
    assert!(is_open(&window) && can(&window, "Undo"));
    assert!(!closes(&mut window));
    window.click("Cancel");
    assert!(!is_open(&window) && closes(&mut window));
}

#[test]
fn a_removal_that_is_made_again_takes_the_jobs_along() {
    let mut window = with_pictures(3);
    for _ in 0..3 {
        window.keys(Modifiers::NONE, Key::Delete);
    }
    let state = window.harness.state_mut();
    [Command::Undo; 3].into_iter().for_each(|command| state.send(command));
    state.send(Command::GenerateAll);
    [Command::Redo; 3].into_iter().for_each(|command| state.send(command));
    state.send(Command::ToggleDiagnostics);
    window.harness.run_ok();
    assert!(window.harness.state().items.is_empty());
    assert!(window.has("0 of 100 places taken"));
}

#[test]
fn adding_and_moving_pictures_are_taken_back_with_their_jobs() {
    let mut window = with_pictures(3);
    select(&mut window, 0);
    let names = |w: &Window| w.harness.state().items.iter().map(|i| i.name()).collect::<Vec<_>>();
    window.harness.state_mut().send(Command::MoveDown);
    window.harness.run_ok();
    assert_eq!(names(&window), ["1.png", "0.png", "2.png"]);
    window.keys(Modifiers::COMMAND, Key::Z);
    assert_eq!(names(&window), ["0.png", "1.png", "2.png"]);
    let state = window.harness.state_mut();
    [Command::GenerateAll, Command::Undo, Command::ToggleDiagnostics].into_iter().for_each(|c| state.send(c));
    window.harness.run_ok();
    assert!(names(&window).is_empty() && window.has("0 of 100 places taken"));
    window.harness.state_mut().send(Command::Redo);
    window.harness.run_ok();
    assert_eq!(names(&window), ["0.png", "1.png", "2.png"]);
    assert!(window.harness.state().items.iter().all(|i| !i.status.is_open()));
}

#[test]
fn a_name_without_folder_and_ending_is_exported_where_exports_go() {
    let mut window = Window::new();
    let picture = window.picture("disc.png");
    window.drop_files(&[picture]);
    window.wait_finished(1);
    let folder = window.folder.path().join("exports");
    std::fs::create_dir(&folder).unwrap();
    window.harness.state_mut().settings.export_folder = Some(folder.clone());
    window.harness.state_mut().settings.export_format = "stl".to_owned();
    window.keys(Modifiers::COMMAND, Key::E);
    window.harness.get_by_label("Save as").focus();
    window.harness.run_ok();
    window.keys(Modifiers::COMMAND, Key::A);
    window.harness.event(Event::Text("plain".to_owned()));
    window.harness.run_ok();
    // The first one only leaves the field.
    window.keys(Modifiers::NONE, Key::Escape);
    window.click_when_enabled("Export file");
    let target = folder.join("plain.stl");
    window.wait("the file", |_| target.exists());
    window.wait("the toast", |s| s.messages.iter().any(|m| m.text.starts_with("Exported")));
    assert_eq!(window.harness.state().settings.export_folder, Some(folder));
}

#[test]
fn a_mesh_file_offers_nothing_to_generate() {
    let mut window = Window::new();
    let paths = ["a.obj", "b.obj"].map(|name| window.folder.path().join(name));
    for path in &paths {
        std::fs::write(path, "v 0 0 0\nv 20 0 0\nv 0 20 0\nv 0 0 20\nf 1 2 4\nf 2 3 4\nf 3 1 4\nf 1 3 2\n").unwrap();
    }
    window.drop_files(&paths);
    window.wait_finished(1);
    // The other one was not selected yet, so it is not read.
    assert_eq!(window.harness.state().items.iter().filter(|i| i.status == Status::New).count(), 1);
    assert!(window.has("Mesh file") && !window.has("Not generated yet"));
}

#[test]
fn only_what_stands_as_in_its_picture_is_compared_with_it() {
    let mut window = with_pictures(1);
    select(&mut window, 0);
    let id = window.harness.state().items.selected_id().unwrap();
    window.harness.state_mut().items.get_mut(id).unwrap().request.mode = Mode::Lithophane;
    window.harness.state_mut().send(Command::ToggleOverlay);
    window.harness.run_ok();
    let told = |window: &Window| {
        window.harness.state().messages.iter().filter(|m| m.text.starts_with("Only a figure")).count()
    };
    assert_eq!(told(&window), 1);
    // One with a flat back lies on it.
    let request = &mut window.harness.state_mut().items.get_mut(id).unwrap().request;
    (request.mode, request.inflate.back) = (Mode::Inflate, 0.0);
    window.harness.state_mut().send(Command::ToggleOverlay);
    window.harness.run_ok();
    assert_eq!(told(&window), 2);
}

#[test]
fn a_light_that_is_chosen_takes_the_place_of_a_panorama() {
    let mut window = with_pictures(1);
    let sky = window.folder.path().join("sky.hdr");
    image::Rgb32FImage::from_pixel(32, 16, image::Rgb([0.2, 0.3, 2.0])).save(&sky).unwrap();
    let has = |window: &Window, label: &str| window.harness.query_by_label(label).is_some();
    assert!(has(&window, "Light: Studio"));
    // Also the one that stood in the list before.
    for light in ["Outdoor", "Outdoor"] {
        window.drop_files(std::slice::from_ref(&sky));
        let start = std::time::Instant::now();
        while !has(&window, "Light: sky") {
            assert!(start.elapsed().as_secs() < 120, "the panorama is not in the list");
            std::thread::sleep(std::time::Duration::from_millis(10));
            window.harness.step();
        }
        window.click("Light: sky");
        window.click(light);
        assert!(has(&window, &format!("Light: {light}")) && !has(&window, "Light: sky"));
    }
}

#[test]
fn the_list_follows_the_selection() {
    let mut window = with_pictures(30);
    select(&mut window, 0);
    assert!(window.harness.query_by_label("29.png").is_none(), "this tests nothing");
    select(&mut window, 29);
    assert!(window.harness.query_by_label("29.png").is_some());
    for _ in 0..29 {
        window.keys(Modifiers::NONE, Key::PageUp);
    }
    assert_eq!(selected(&window), "0.png");
    assert!(window.harness.query_by_label("0.png").is_some() && window.harness.query_by_label("29.png").is_none());
}

#[test]
fn a_v_that_was_typed_is_no_paste_and_delete_in_a_dialog_removes_nothing() {
    let mut window = with_pictures(1);
    select(&mut window, 0);
    let key = |key, pressed| Event::Key { key, physical_key: None, pressed, repeat: false, modifiers: Modifiers::NONE };
    let before = window.harness.state().messages.iter().count();
    window.keys(Modifiers::COMMAND, Key::K);
    // Enter comes before V is let go.
    for event in [key(Key::V, true), Event::Text("top v".to_owned()), key(Key::Enter, true), key(Key::Enter, false)] {
        window.harness.event(event);
        window.harness.run_ok();
    }
    window.harness.event(key(Key::V, false));
    window.harness.run_ok();
    // A paste would answer by then.
    window.wait("the end of all tasks", |s| s.is_at_rest());
    assert_eq!(window.harness.state().messages.iter().count(), before);
    window.harness.state_mut().send(Command::Models);
    window.harness.run_ok();
    window.keys(Modifiers::NONE, Key::Delete);
    assert_eq!(window.harness.state().items.len(), 1);
}
