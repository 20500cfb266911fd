//! The cards of the picture list: what is read for them, how they look, and how keys go through them.

use std::path::PathBuf;

use egui::{Event, Key, Modifiers, Shape};
use egui_kittest::kittest::Queryable as _;
use orfeas::app::command::Command;
use orfeas::app::state::{SavedResult, Source, Status};
use orfeas::job::{CAPACITY, Estimate};
use orfeas::pipeline::Views;
use orfeas::progress::Stage;

use super::driver::Window;
use super::slips::{selected, with_pictures};

const TETRAHEDRON: &str = "v 0 0 0\nv 20 0 0\nv 0 20 0\nv 0 0 20\nf 1 2 4\nf 2 3 4\nf 3 1 4\nf 1 3 2\n";

/// A window with so many mesh files in its list, the first of them selected and read.
fn with_mesh_files(count: usize) -> Window {
    let mut window = Window::new();
    let paths: Vec<PathBuf> = (0..count).map(|n| window.folder.path().join(format!("{n}.obj"))).collect();
    paths.iter().for_each(|path| std::fs::write(path, TETRAHEDRON).unwrap());
    window.drop_files(&paths);
    window.wait_finished(1);
    window
}

fn wait_read(window: &mut Window) {
    window.wait("the mesh", |s| s.items.selected().is_some_and(|i| i.finished.is_some()));
}

/// Which cards have their mesh in memory.
fn in_memory(window: &Window) -> Vec<bool> {
    window.harness.state().items.iter().map(|i| i.finished.is_some()).collect()
}

#[test]
fn of_cards_that_are_passed_by_only_the_last_is_read() {
    let mut window = with_mesh_files(20);
    for _ in 1..20 {
        window.harness.state_mut().send(Command::SelectNext);
    }
    window.harness.step();
    assert!(window.has("Reading 19.obj"));
    wait_read(&mut window);
    assert!(!window.has("Reading"));
    let read: Vec<usize> = in_memory(&window).iter().enumerate().filter(|(_, read)| **read).map(|(n, _)| n).collect();
    assert_eq!(read, [0, 19]);
}

#[test]
fn meshes_far_from_the_selected_one_leave_memory_unless_no_file_has_them() {
    let mut window = with_mesh_files(20);
    // As a repair whose file cannot be written, since a file lies in the place of its folder.
    let results = window.folder.path().join("data/results");
    std::fs::remove_dir_all(&results).unwrap();
    std::fs::write(&results, "").unwrap();
    window.harness.state_mut().items.selected_mut().unwrap().finished.as_mut().unwrap().repaired = true;
    for _ in 1..20 {
        window.harness.state_mut().send(Command::SelectNext);
        window.harness.step();
        wait_read(&mut window);
    }
    let expected: Vec<bool> = (0..20).map(|n| n == 0 || n >= 11).collect();
    window.wait("the end of all tasks", |s| s.is_at_rest());
    assert_eq!(in_memory(&window), expected);
    // Back at the other end, the ones that are near are others.
    for _ in 1..19 {
        window.harness.state_mut().send(Command::SelectPrevious);
        window.harness.step();
        wait_read(&mut window);
    }
    assert_eq!(selected(&window), "1.obj");
    let expected: Vec<bool> = (0..20).map(|n| n <= 9).collect();
    window.wait("the end of all tasks", |s| s.is_at_rest());
    assert_eq!(in_memory(&window), expected);
}

/// What is said to an export of the selected card, with what comes of it at once.
fn answer_to_export(window: &mut Window) -> String {
    let before = window.harness.state().messages.iter().count();
    window.keys(Modifiers::COMMAND, Key::E);
    let since = window.harness.state().messages.iter().skip(before);
    since.map(|message| message.text.clone()).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_card_without_a_mesh_says_why_it_cannot_be_exported() {
    let mut window = with_pictures(1);
    assert!(answer_to_export(&mut window).contains("generate one first"));
    let item = window.harness.state_mut().items.selected_mut().unwrap();
    item.status = Status::Running { stage: None, estimate: Estimate::default() };
    assert!(answer_to_export(&mut window).contains("still being made"));
    // As when a reading broke off.
    let item = window.harness.state_mut().items.selected_mut().unwrap();
    let (file, request) = ("kept.ply".into(), item.request);
    item.status = Status::Finished;
    item.saved = Some(SavedResult { file, request, mask: None, views: Views::new(), notes: Vec::new() });
    assert!(answer_to_export(&mut window).contains("it is being read again"));
    window.wait("the end of the reading", |s| s.is_at_rest());
    let item = window.harness.state_mut().items.selected_mut().unwrap();
    (item.source, item.saved, item.status) = (Source::MeshFile("part.stl".into()), None, Status::New);
    assert!(answer_to_export(&mut window).contains("it is being read again"));
    window.wait("the end of the reading", |s| s.is_at_rest());
    window.harness.state_mut().items.selected_mut().unwrap().status = Status::Failed("It is empty".to_owned());
    assert!(answer_to_export(&mut window).contains("could not be read"));
}

#[test]
fn keys_that_are_pressed_within_one_frame_all_count() {
    let mut window = with_pictures(4);
    assert_eq!(selected(&window), "0.png");
    let key =
        Event::Key { key: Key::PageDown, physical_key: None, pressed: true, repeat: false, modifiers: Modifiers::NONE };
    window.harness.input_mut().events.extend([key.clone(), key]);
    window.harness.step();
    assert_eq!(selected(&window), "2.png");
}

#[test]
fn the_sheet_of_keys_names_the_key_to_paste() {
    let mut window = Window::new();
    window.harness.state_mut().send(Command::Shortcuts);
    window.harness.run_ok();
    let key = Command::Paste.shortcut_text(&window.harness.ctx);
    assert!(!key.is_empty() && window.harness.query_by_label(&key).is_some(), "{key:?}");
}

/// How many outlines are drawn around a card.
fn outlines(window: &Window, label: &str) -> usize {
    let card = window.harness.get_by_label(label).rect();
    let is_outline = |shape: &Shape| match shape {
        Shape::Rect(r) => {
            let is_around = card.expand(1.0).contains_rect(r.rect) && r.rect.width() > 0.9 * card.width();
            is_around && r.stroke.width > 0.0
        }
        _ => false,
    };
    window.harness.output().shapes.iter().filter(|clipped| is_outline(&clipped.shape)).count()
}

#[test]
fn a_card_shows_that_it_has_the_keyboard() {
    let mut window = with_pictures(2);
    window.harness.run_ok();
    assert_eq!(outlines(&window, "Picture 1.png"), 1);
    window.harness.get_by_label("Picture 1.png").focus();
    window.harness.run_ok();
    assert_eq!(outlines(&window, "Picture 1.png"), 2);
    window.keys(Modifiers::NONE, Key::Enter);
    assert_eq!(selected(&window), "1.png");
}

#[test]
fn cards_are_equally_high_whatever_their_state() {
    let mut window = with_pictures(6);
    let estimate = Estimate { fraction: 0.5, secs_left: Some(3.0) };
    let states = [
        Status::New,
        Status::Running { stage: Some(Stage::Shape), estimate },
        Status::Failed("The picture cannot be read".to_owned()),
        Status::Finished,
        Status::Cancelled,
        Status::Waiting,
    ];
    window.harness.state_mut().items.iter_mut().zip(states).for_each(|(item, status)| item.status = status);
    window.harness.step();
    let card = |n: usize| window.harness.get_by_label(&format!("Picture {n}.png")).rect();
    let height = card(0).height();
    let step = height + window.harness.ctx.global_style().spacing.item_spacing.y;
    for n in 0..6 {
        let (place, expected) = (card(n), card(0).top() + n as f32 * step);
        assert!((place.height() - height).abs() < 0.1, "card {n} is {} high, not {height}", place.height());
        assert!((place.top() - expected).abs() < 0.1, "card {n} is at {}, not at {expected}", place.top());
    }
    for (n, label) in [(0, "Generate"), (1, "Cancel"), (2, "Try again"), (4, "Try again")] {
        let inside = window.harness.query_all_by_label(label).any(|button| card(n).contains_rect(button.rect()));
        assert!(inside, "{label} stands out of card {n}");
    }
}

#[test]
fn why_a_picture_failed_is_told_once_where_the_mouse_rests() {
    let mut window = with_pictures(1);
    let why = "the picture cannot be read, because this and that, and therefore nothing can be made of it";
    window.harness.state_mut().items.iter_mut().for_each(|item| item.status = Status::Failed(why.to_owned()));
    window.harness.run_ok();
    let told = |window: &Window| window.harness.query_all_by_label(why).count();
    assert_eq!(told(&window), 1, "the line of the card");
    window.harness.get_by_label(why).hover();
    (0..8).for_each(|_| window.harness.step());
    assert_eq!(told(&window), 2, "and beside the mouse");
}

#[test]
fn a_card_moves_up_past_those_that_fill_the_queue() {
    let mut window = Window::new();
    let picture = window.picture("disc.png");
    let count = CAPACITY + 200;
    window.drop_files(&vec![picture; count]);
    window.wait("the cards", |s| s.items.len() == count);
    let state = window.harness.state_mut();
    let is_outside = |i: &orfeas::app::state::Item| i.status == Status::Waiting && i.job.is_none();
    let place = state.items.iter().position(is_outside).unwrap();
    let ids: Vec<_> = state.items.iter().map(|i| i.id).collect();
    let (passed, moved) = (ids[place - 1], ids[place]);
    state.items.select(moved);
    state.send(Command::MoveUp);
    window.harness.step();
    let items = &window.harness.state().items;
    assert_eq!(items.iter().nth(place - 1).unwrap().id, moved);
    let [passed, moved] = [passed, moved].map(|id| items.get(id).unwrap().job);
    assert!(moved.is_some() && passed.is_none_or(|passed| Some(passed) > moved), "{moved:?} and {passed:?}");
}

/// Cards that show a symbol in the place of their picture.
fn symbols(window: &Window) -> usize {
    let is_symbol = |shape: &Shape| matches!(shape, Shape::Text(text) if text.galley.text() == "🖼");
    window.harness.output().shapes.iter().filter(|clipped| is_symbol(&clipped.shape)).count()
}

#[test]
fn a_picture_that_was_mended_gets_its_thumbnail() {
    let mut window = Window::new();
    let path = window.folder.path().join("disc.png");
    std::fs::write(&path, b"\x89PNG\r\n\x1a\nnonsense").unwrap();
    window.drop_files(std::slice::from_ref(&path));
    window.wait("the failure", |s| s.items.iter().any(|i| matches!(i.status, Status::Failed(_))));
    window.harness.run_ok();
    assert_eq!(symbols(&window), 1);
    let good = window.picture("good.png");
    std::fs::rename(good, &path).unwrap();
    window.click("Try again");
    window.wait_finished(1);
    let start = std::time::Instant::now();
    while symbols(&window) > 0 {
        assert!(start.elapsed().as_secs() < 60, "the thumbnail does not come");
        std::thread::sleep(std::time::Duration::from_millis(10));
        window.harness.step();
    }
}

#[test]
fn what_is_being_read_is_told_on_a_ground_that_is_no_wider_than_its_text() {
    let mut window = with_mesh_files(2);
    window.harness.state_mut().send(Command::SelectNext);
    window.harness.step();
    let text = window.harness.get_by_label("Reading 1.obj …").rect();
    let fill = window.harness.ctx.global_style().visuals.panel_fill;
    let behind = window.harness.output().shapes.iter().filter_map(|shape| match &shape.shape {
        Shape::Rect(drawn) if drawn.fill == fill && drawn.rect.contains_rect(text) => Some(drawn.rect),
        _ => None,
    });
    let grounds: Vec<_> = behind.filter(|ground| ground.height() < 60.0).collect();
    assert_eq!(grounds.len(), 1, "{grounds:?}");
    assert!(grounds[0].width() < text.width() + 40.0, "{grounds:?} behind {text:?}");
}
