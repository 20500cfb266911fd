//! Small windows and large text: what must stay within reach, and in sight.

use egui::accesskit::Role;
use egui::{Key, Modifiers, Rect, Vec2, pos2, vec2};
use egui_kittest::Node;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use orfeas::app::command::{Command, Menu};
use orfeas::app::toast::Level;

use super::driver::Window;
use super::slips::with_pictures;

/// The least size of the window.
const SMALLEST: Vec2 = vec2(720.0, 480.0);
const USUAL: Vec2 = vec2(1280.0, 800.0);

fn sized(size: Vec2) -> Window {
    Window::in_folder(tempfile::tempdir().unwrap(), |builder| builder.with_size(size))
}

/// Sets the scale of the interface as a setting that was kept does.
fn scale(window: &mut Window, scale: f32) {
    window.harness.state_mut().settings.scale = scale;
    window.harness.state_mut().send(Command::ThemeDark);
    window.harness.run_ok();
}

/// The uppermost button of this name.
fn button<'w>(window: &'w Window, name: &str) -> Node<'w> {
    let is_it = |node: &Node<'_>| {
        let node = node.accesskit_node();
        node.role() == Role::Button && node.label().is_some_and(|label| label.trim() == name.trim())
    };
    let found = window.harness.root().children_recursive().filter(is_it).min_by_key(|n| n.rect().min.y as i32);
    found.unwrap_or_else(|| panic!("there is no button {name:?}"))
}

#[test]
fn every_entry_of_the_menus_can_be_brought_into_the_window() {
    for (size, factor) in [(SMALLEST, 1.0), (USUAL, 2.0), (USUAL, 1.0)] {
        let mut window = sized(size);
        scale(&mut window, factor);
        let inside = Rect::from_min_size(pos2(0.0, 0.0), size);
        for menu in Menu::ALL {
            button(&window, menu.title()).click_accesskit();
            window.harness.run_ok();
            for &command in Command::ALL.iter().filter(|c| c.menu() == menu) {
                let name = format!("{} {}", command.label(), command.shortcut_text(&window.harness.ctx));
                button(&window, &name).scroll_to_me();
                window.harness.run_ok();
                let place = button(&window, &name).rect();
                assert!(inside.contains_rect(place), "{command:?} is at {place:?} of {size:?} at {factor}");
            }
            window.keys(Modifiers::NONE, Key::Escape);
        }
    }
}

#[test]
fn menus_that_have_room_do_not_scroll() {
    let mut window = sized(USUAL);
    button(&window, "View").click_accesskit();
    window.harness.run_ok();
    let inside = Rect::from_min_size(pos2(0.0, 0.0), USUAL);
    for command in [Command::Fit, Command::ThemeDark] {
        let name = format!("{} {}", command.label(), command.shortcut_text(&window.harness.ctx));
        assert!(inside.contains_rect(button(&window, &name).rect()), "{command:?}");
    }
}

#[test]
fn long_messages_wrap_within_the_window() {
    for size in [SMALLEST, USUAL] {
        let mut window = sized(size);
        let inside = Rect::from_min_size(pos2(0.0, 0.0), size);
        for text in ["many words ".repeat(28), "a/long/path".repeat(28)] {
            let text = text.trim();
            window.harness.state_mut().messages.push(Level::Error, text);
            window.harness.run_ok();
            // The status bar has it as well, below.
            let toast = window.harness.query_all_by_label(text).min_by_key(|n| n.rect().min.y as i32).unwrap().rect();
            assert!(toast.width() <= 440.0 && inside.contains_rect(toast), "{toast:?} in {size:?}");
            assert!(toast.height() > 60.0, "it is cut: {toast:?}");
        }
    }
}

#[test]
fn the_sheet_of_keys_stands_in_straight_columns_beside_its_scroll_bar() {
    for size in [USUAL, SMALLEST] {
        let mut window = sized(size);
        window.harness.state_mut().send(Command::Shortcuts);
        window.harness.run_ok();
        let place = |label: &str| window.harness.get_by_role_and_label(Role::Label, label).rect();
        // Commands of different menus in the same column.
        for names in [["Save mesh", "Undo", "Next picture"], ["Wireframe", "Larger text", "Log"]] {
            let [first, second, third] = names.map(|name| place(name).left());
            assert!((first - second).abs() < 1.0 && (first - third).abs() < 1.0, "{names:?} in {size:?}");
        }
        let edge = window.harness.get_by_label("Close window").rect().right();
        let bar = window.harness.ctx.global_style().spacing.scroll.bar_width;
        let longest = place("Perspective or orthographic");
        assert!(longest.right() + bar <= edge + 1.0, "{longest:?} in {size:?}, which ends at {edge}");
    }
}

#[test]
fn of_many_messages_the_last_four_lie_over_the_window() {
    let mut window = sized(USUAL);
    for n in 0..10 {
        window.harness.state_mut().messages.push(Level::Error, format!("Message {n}"));
    }
    window.harness.run_ok();
    let is_shown = |n: usize| window.harness.query_all_by_label(&format!("Message {n}")).next().is_some();
    assert_eq!((0..10).filter(|&n| is_shown(n)).collect::<Vec<_>>(), [6, 7, 8, 9]);
}

#[test]
fn text_of_any_size_leaves_room_for_the_view() {
    let mut window = with_pictures(1);
    scale(&mut window, 3.0);
    let view = window.harness.get_by_label("3D view").rect();
    let settings = window.harness.get_by_label("Lithophane").rect();
    assert!(view.size().min_elem() > 100.0 && view.right() <= settings.left(), "{view:?} and {settings:?}");
    // One step back is seen at once.
    let before = window.harness.ctx.zoom_factor();
    window.harness.state_mut().send(Command::ZoomOut);
    window.harness.run_ok();
    assert!((before - window.harness.ctx.zoom_factor() - 0.1).abs() < 0.01, "{before}");
}

#[test]
fn the_tools_leave_half_of_the_room_to_the_view() {
    let mut window = with_pictures(1);
    window.harness.set_size(SMALLEST);
    window.harness.run_ok();
    let view = window.harness.get_by_label("3D view").rect();
    assert!(view.height() > 150.0, "{view:?}");
}

#[test]
fn a_small_view_has_no_cube_over_its_tools() {
    let mut window = with_pictures(1);
    window.harness.run_ok();
    assert!(window.harness.query_by_label("View cube").is_some());
    window.harness.set_size(SMALLEST);
    window.harness.run_ok();
    scale(&mut window, 3.0);
    assert!(window.harness.query_by_label("View cube").is_none());
}

#[test]
fn a_long_message_leaves_the_device_readable_in_the_status_bar() {
    for (size, factor) in [(SMALLEST, 1.0), (USUAL, 2.0)] {
        let mut window = sized(size);
        scale(&mut window, factor);
        let text = "many words ".repeat(28);
        // As no toast has it, it is there once.
        window.harness.state_mut().messages.log(Level::Error, text.trim());
        window.harness.run_ok();
        let [message, device] = [text.trim(), "No graphics device"].map(|it| window.harness.get_by_label(it).rect());
        assert!(message.width() > 100.0 && device.width() > 50.0, "{message:?}, {device:?}");
        assert!(!message.intersects(device), "{message:?} and {device:?} in {size:?} at {factor}");
    }
}

#[test]
fn toasts_leave_the_status_bar_free() {
    let mut window = sized(SMALLEST);
    window.harness.state_mut().messages.push(Level::Error, "Something went wrong");
    window.harness.run_ok();
    let told = || window.harness.query_all_by_label("Something went wrong").map(|node| node.rect());
    let toast = told().min_by_key(|place| place.min.y as i32).unwrap();
    let status = told().max_by_key(|place| place.min.y as i32).unwrap();
    assert!(status.top() - toast.bottom() > 12.0, "{toast:?} and {status:?}");
}

#[test]
fn dialogs_stay_in_the_middle_of_a_window_of_another_size() {
    let mut window = sized(SMALLEST);
    let center = |w: &Window| w.harness.get_by_label("Generate at once").rect().center();
    window.harness.state_mut().send(Command::Settings);
    window.harness.run_ok();
    let before = center(&window);
    window.harness.set_size(USUAL);
    window.harness.run_ok();
    let moved = center(&window) - before;
    assert!((moved - 0.5 * (USUAL - SMALLEST)).length() < 2.0, "{moved:?}");
    // Also while it is closed.
    window.keys(Modifiers::NONE, Key::Escape);
    assert!(window.harness.query_by_label("Generate at once").is_none());
    window.harness.set_size(SMALLEST);
    window.harness.run_ok();
    window.harness.state_mut().send(Command::Settings);
    window.harness.run_ok();
    assert!(center(&window).distance(before) < 2.0, "{:?} and {before:?}", center(&window));
}

#[test]
fn buttons_of_the_settings_end_before_the_scroll_bar() {
    let mut window = with_pictures(1);
    let mut right_at = |height: f32| {
        window.harness.set_size(vec2(1280.0, height));
        window.harness.run_ok();
        let all = window.harness.query_all_by_label(Command::Generate.label());
        all.map(|node| node.rect().right()).fold(0.0, f32::max)
    };
    // Where there is room for all, there is no bar.
    let [without_bar, with_bar] = [2000.0, 400.0].map(&mut right_at);
    assert!(without_bar > 1000.0, "it is not in the settings: {without_bar}");
    assert!(without_bar - with_bar > 8.0, "{without_bar} and {with_bar}");
}

#[test]
fn tools_that_need_more_room_leave_the_view_beside_what_is_known_of_the_mesh() {
    let mut window = sized(SMALLEST);
    let path = window.folder.path().join("part.obj");
    std::fs::write(&path, "v 0 0 0\nv 20 0 0\nv 0 20 0\nv 0 0 20\nf 1 2 4\nf 2 3 4\nf 3 1 4\nf 1 3 2\n").unwrap();
    window.drop_files(&[path]);
    window.wait_finished(1);
    window.harness.run_ok();
    let view = |window: &Window| window.harness.get_by_label("3D view").rect();
    let before = view(&window);
    window.harness.state_mut().send(Command::ToggleSection);
    window.harness.run_ok();
    assert!(window.harness.query_all_by_label("Section").count() > 1, "the dial is not there");
    let after = view(&window);
    assert_eq!(after.x_range(), before.x_range());
    let known = window.harness.get_by_label("Triangles").rect();
    assert!(after.right() <= known.left(), "{after:?} and {known:?}");
}
