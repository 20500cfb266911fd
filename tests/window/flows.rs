//! What people do with the window.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use egui::{Key, Modifiers};
use egui_kittest::kittest::NodeT as _;
use egui_kittest::kittest::Queryable as _;
use orfeas::app::command::Command;
use orfeas::app::session::{Session, Store};
use orfeas::app::settings::{Settings, ThemeChoice};
use orfeas::app::state::{Items, Source, Status};
use orfeas::app::toast::Level;
use orfeas::request::{Mode, Model, Request, Side};
use orfeas::{import, print, progress::Monitor};

use super::driver::Window;
use super::slips::{closes, with_pictures};

#[test]
fn a_dropped_picture_becomes_a_mesh_and_is_exported_as_a_printable_file() {
    let mut window = Window::new();
    assert!(window.has("Drop a picture here"));
    let picture = window.picture("disc.png");
    window.drop_files(&[picture]);
    window.wait_finished(1);
    assert!(window.has("Ready to print"));
    window.keys(Modifiers::COMMAND, Key::E);
    let target = window.folder.path().join("disc.stl");
    let field = window.harness.get_by_label("Save as");
    field.focus();
    window.harness.run_ok();
    window.keys(Modifiers::COMMAND, Key::A);
    window.harness.event(egui::Event::Text(target.display().to_string()));
    window.harness.run_ok();
    window.click_when_enabled("Export file");
    window.wait("the file", |_| target.exists());
    window.wait("the toast", |s| s.messages.iter().any(|m| m.text.starts_with("Exported")));
    let mesh = import::read_file(&target).unwrap();
    let report = print::check(&mesh, &Monitor::silent()).unwrap();
    assert!(report.is_print_ready(), "{report}");
    assert!((report.size_mm[2] - 80.0).abs() < 0.1, "{:?}", report.size_mm);
}

#[test]
fn every_file_that_is_no_picture_gets_a_line() {
    let mut window = Window::new();
    let path = window.folder.path().join("notes.txt");
    std::fs::write(&path, "hello").unwrap();
    window.drop_files(&[path]);
    window.wait("the warning", |s| s.messages.iter().any(|m| m.text.contains("notes.txt")));
    assert!(window.harness.state().items.is_empty());
}

#[test]
fn a_broken_picture_fails_with_a_reason_and_can_be_tried_again() {
    let mut window = Window::new();
    let path = window.folder.path().join("broken.png");
    std::fs::write(&path, b"\x89PNG\r\n\x1a\nnonsense").unwrap();
    window.drop_files(std::slice::from_ref(&path));
    window.wait("the failure", |s| s.items.iter().any(|i| matches!(i.status, Status::Failed(_))));
    let good = window.picture("good.png");
    std::fs::rename(good, &path).unwrap();
    window.click("Try again");
    window.wait_finished(1);
}

#[test]
fn a_mesh_file_that_cannot_be_read_can_be_tried_again() {
    let mut window = Window::new();
    let path = window.folder.path().join("part.obj");
    std::fs::write(&path, "v 0 0").unwrap();
    window.drop_files(std::slice::from_ref(&path));
    window.wait("the failure", |s| s.items.iter().any(|i| matches!(i.status, Status::Failed(_))));
    let corners = "v 0 0 0\nv 20 0 0\nv 0 20 0\nv 0 0 20\n";
    std::fs::write(&path, format!("{corners}f 1 2 4\nf 2 3 4\nf 3 1 4\nf 1 3 2\n")).unwrap();
    window.click("Try again");
    window.wait_finished(1);
}

#[test]
fn a_cancelled_picture_stops_and_the_others_go_on() {
    let mut window = Window::new();
    let pictures: Vec<PathBuf> = (0..3).map(|n| window.picture(&format!("{n}.png"))).collect();
    window.drop_files(&pictures);
    window.wait("three cards", |s| s.items.len() == 3);
    let last = window.harness.state().items.iter().next_back().unwrap().id;
    let state = window.harness.state_mut();
    state.items.select(last);
    state.send(Command::Cancel);
    window.wait("the end of all", |s| s.items.iter().all(|i| !i.status.is_open()));
    let statuses: Vec<Status> = window.harness.state().items.iter().map(|i| i.status.clone()).collect();
    assert_eq!(statuses[..2], [Status::Finished, Status::Finished]);
    assert!(matches!(statuses[2], Status::Cancelled | Status::Finished));
}

#[test]
fn settings_are_undone_and_redone_by_key_and_a_removed_card_comes_back() {
    let mut window = Window::new();
    window.harness.state_mut().settings.generate_at_once = false;
    let picture = window.picture("disc.png");
    window.drop_files(&[picture]);
    window.wait("the card", |s| s.items.len() == 1);
    window.click("Lithophane");
    let mode = |w: &Window| w.harness.state().items.selected().unwrap().request.mode.name();
    assert_eq!(mode(&window), "lithophane");
    window.keys(Modifiers::COMMAND, Key::Z);
    assert_eq!(mode(&window), "inflate");
    window.keys(Modifiers::COMMAND, Key::Y);
    assert_eq!(mode(&window), "lithophane");
    window.keys(Modifiers::NONE, Key::Delete);
    assert!(window.harness.state().items.is_empty());
    window.keys(Modifiers::COMMAND, Key::Z);
    assert_eq!(window.harness.state().items.len(), 1);
}

#[test]
fn a_size_that_is_ticked_begins_with_what_was_taken() {
    let mut window = with_pictures(1);
    window.click("Relief");
    window.harness.get_by_role_and_label(egui::accesskit::Role::CheckBox, "Height on bed").click_accesskit();
    window.harness.run_ok();
    let request = window.harness.state().items.selected().unwrap().request;
    assert_eq!(request.size.depth_mm, Some(request.relief.base_mm + request.relief.depth_mm));
}

#[test]
fn the_palette_finds_a_command_and_runs_it() {
    let mut window = Window::new();
    window.keys(Modifiers::COMMAND, Key::K);
    window.harness.event(egui::Event::Text("dark theme".into()));
    window.harness.run_ok();
    window.keys(Modifiers::NONE, Key::Enter);
    window.harness.run_ok();
    assert_eq!(window.harness.ctx.theme(), egui::Theme::Dark);
    window.harness.state_mut().send(Command::ThemeLight);
    window.harness.run_ok();
    assert_eq!(window.harness.ctx.theme(), egui::Theme::Light);
}

#[test]
fn a_command_that_is_typed_before_the_palette_is_drawn_is_found() {
    let mut window = Window::new();
    let event =
        |key, pressed, modifiers| egui::Event::Key { key, physical_key: None, pressed, repeat: false, modifiers };
    let key = |key, modifiers| event(key, true, modifiers);
    let text = |text: &str| egui::Event::Text(text.to_owned());
    // Leaves the cursor of its field before what is in it.
    window.keys(Modifiers::COMMAND, Key::K);
    window.harness.event(text("x"));
    window.harness.run_ok();
    window.keys(Modifiers::NONE, Key::Home);
    window.keys(Modifiers::NONE, Key::Escape);
    window.harness.input_mut().events.extend([key(Key::K, Modifiers::COMMAND), text("da"), text("rk")]);
    window.harness.step();
    window.harness.event(event(Key::K, false, Modifiers::COMMAND));
    window.harness.event(text(" theme"));
    window.harness.run_ok();
    window.keys(Modifiers::NONE, Key::Enter);
    window.harness.run_ok();
    assert_eq!(window.harness.ctx.theme(), egui::Theme::Dark);
    let enter = key(Key::Enter, Modifiers::NONE);
    window.harness.input_mut().events.extend([key(Key::K, Modifiers::COMMAND), text("light theme"), enter]);
    window.harness.step();
    window.harness.run_ok();
    assert_eq!(window.harness.ctx.theme(), egui::Theme::Light);
}

#[test]
fn the_list_and_its_meshes_survive_closing() {
    let mut window = Window::new();
    let picture = window.picture("disc.png");
    window.drop_files(&[picture]);
    window.wait_finished(1);
    let triangles =
        |w: &Window| w.harness.state().items.selected().unwrap().finished.as_ref().unwrap().mesh.triangle_indices.len();
    let before = triangles(&window);
    window.wait("the kept mesh", |s| s.is_kept());
    let folder = window.close();
    let mut again = Window::in_folder(folder, |b| b);
    again.wait_finished(1);
    assert_eq!(triangles(&again), before);
    assert!(!again.has("Settings changed"));
}

#[test]
fn a_run_that_fails_after_a_restart_leaves_the_mesh_of_before() {
    let mut window = Window::new();
    let picture = window.picture("disc.png");
    window.drop_files(std::slice::from_ref(&picture));
    window.wait_finished(1);
    window.wait("the kept mesh", |s| s.is_kept());
    // As if the program had ended in the middle of another run.
    let item = window.harness.state_mut().items.iter_mut().next().unwrap();
    (item.status, item.request.size.height_mm) = (Status::Waiting, Some(44.0));
    let folder = window.close();
    std::fs::remove_file(picture).unwrap();
    let mut again = Window::in_folder(folder, |b| b);
    again.wait("the failure and the mesh", |s| {
        s.items.iter().any(|i| matches!(i.status, Status::Failed(_)) && i.finished.is_some())
    });
    assert!(!again.has("Settings changed"));
    assert!(again.has("Try again") && again.has("Ready to print"));
}

/// A window whose only mesh is left unread, since the program ended while it was read.
fn with_unread() -> Window {
    let mut window = Window::new();
    let picture = window.picture("disc.png");
    window.drop_files(&[picture]);
    window.wait_finished(1);
    window.wait("the kept mesh", |s| s.is_kept());
    let folder = window.close();
    let list = folder.path().join("data/session.json");
    let text = std::fs::read_to_string(&list).unwrap();
    assert!(text.contains("\"reading\": false"), "{text}");
    std::fs::write(&list, text.replace("\"reading\": false", "\"reading\": true")).unwrap();
    let window = Window::in_folder(folder, |b| b);
    let item = window.harness.state().items.selected().unwrap();
    assert!(item.finished.is_none() && matches!(item.status, Status::Failed(_)), "{:?}", item.status);
    window
}

#[test]
fn a_mesh_that_was_left_unread_is_read_by_its_button_or_made_anew() {
    let file = |w: &Window| w.harness.state().items.selected().unwrap().saved.as_ref().unwrap().file.clone();
    let mut window = with_unread();
    let before = file(&window);
    window.click("Read the mesh");
    window.wait_finished(1);
    assert_eq!(file(&window), before);
    assert!(!window.has("Read the mesh"));
    let mut window = with_unread();
    let before = file(&window);
    // Reading it would tell of the damage.
    std::fs::write(&before, "damaged").unwrap();
    window.keys(Modifiers::COMMAND, Key::G);
    window.wait_finished(1);
    window.wait("the kept mesh", |s| s.is_kept() && s.items.selected().is_some_and(|i| i.saved.is_some()));
    assert_ne!(file(&window), before);
    assert!(!window.harness.state().messages.iter().any(|m| m.level == Level::Error));
}

#[test]
fn a_picture_that_was_pasted_long_ago_goes_once_nothing_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let pasted = folder.path().join("data/pasted");
    std::fs::create_dir_all(&pasted).unwrap();
    let [old, other] = ["pasted-1500000000000.png", "mine-1500000000000.png"].map(|name| pasted.join(name));
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_500_000_000);
    for path in [&old, &other] {
        std::fs::File::create(path).unwrap().set_modified(long_ago).unwrap();
    }
    let mut window = Window::in_folder(folder, |b| b);
    window.wait("the old picture to go", |_| !old.exists());
    assert!(other.exists());
}

#[test]
fn nothing_is_drawn_again_while_nothing_changes() {
    let mut window = Window::new();
    window.wait("quiet", |s| s.messages.iter().count() == 0);
    window.harness.run_ok();
    let delay = window.harness.output().viewport_output[&egui::ViewportId::ROOT].repaint_delay;
    assert!(delay > std::time::Duration::from_millis(500), "{delay:?}");
}

/// Roles and values of everything that can be worked and has no name for screen readers.
fn nameless(window: &Window) -> Vec<String> {
    use egui::accesskit::Role;
    let nodes = window.harness.root().children_recursive();
    nodes
        .filter_map(|node| {
            let node = node.accesskit_node();
            let worked = matches!(
                node.role(),
                Role::Button
                    | Role::CheckBox
                    | Role::ComboBox
                    | Role::Image
                    | Role::RadioButton
                    | Role::Slider
                    | Role::SpinButton
                    | Role::TextInput
            );
            let named = |text: Option<String>| text.is_some_and(|t| !t.trim().is_empty());
            let nameless = worked && !named(node.label()) && !named(node.data().placeholder().map(str::to_owned));
            nameless.then(|| format!("{:?} {:?} {:?}", node.role(), node.value(), node.data().bounds()))
        })
        .collect()
}

#[test]
fn everything_that_can_be_worked_has_a_name_for_screen_readers() {
    let mut window = Window::new();
    assert_eq!(nameless(&window), Vec::<String>::new(), "at the start");
    let picture = window.picture("disc.png");
    window.drop_files(&[picture]);
    window.wait_finished(1);
    for header in ["Cut-out", "Solid", "Mesh"] {
        window.harness.get_by_role_and_label(egui::accesskit::Role::Button, header).click();
        window.harness.run_ok();
    }
    assert_eq!(nameless(&window), Vec::<String>::new(), "with a mesh");
    for command in [
        Command::ToggleSection,
        Command::Export,
        Command::Settings,
        Command::Models,
        Command::Palette,
        Command::EditCutOut,
    ] {
        window.harness.state_mut().send(command);
        window.harness.run_ok();
        assert_eq!(nameless(&window), Vec::<String>::new(), "{command:?}");
    }
}

#[test]
fn settings_that_a_mode_does_not_read_are_not_offered_and_keep_their_values() {
    let mut window = with_pictures(1);
    select_first(&mut window);
    let offers =
        |w: &Window| ["Draft", "Solid", "Cut-out"].map(|label| w.harness.query_all_by_label(label).next().is_some());
    assert_eq!(offers(&window), [true; 3]);
    window.click("Lithophane");
    assert_eq!(offers(&window), [false; 3]);
    window.click("Inflate");
    assert_eq!(offers(&window), [true; 3]);
    let request = window.harness.state().items.selected().unwrap().request;
    assert_eq!((request.mode, request.solid.resolution), (Mode::Inflate, Some(32)));
}

#[test]
fn settings_that_contradict_each_other_are_told_by_the_names_that_they_have_here() {
    let mut window = with_pictures(1);
    select_first(&mut window);
    let request = &mut window.harness.state_mut().items.selected_mut().unwrap().request;
    request.mode = Mode::Lithophane;
    (request.lithophane.min_mm, request.lithophane.max_mm) = (4.0, 2.0);
    window.harness.state_mut().send(Command::Generate);
    window.wait("the failure", |s| s.items.iter().any(|i| matches!(i.status, Status::Failed(_))));
    let status = window.harness.state().items.selected().unwrap().status.clone();
    let Status::Failed(why) = &status else { panic!("{status:?}") };
    assert!(why.contains("“Lithophane › Min”") && why.contains("“Lithophane › Max”") && !why.contains("--"), "{why}");
}

/// Selects the first card.
fn select_first(window: &mut Window) {
    let items = &mut window.harness.state_mut().items;
    let id = items.iter().next().unwrap().id;
    items.select(id);
    window.harness.run_ok();
}

#[test]
fn a_broken_mesh_is_repaired_and_the_repair_is_undone() {
    let mut window = Window::new();
    let path = window.folder.path().join("open.obj");
    // A tetrahedron without its floor.
    std::fs::write(&path, "v 0 0 0\nv 20 0 0\nv 0 20 0\nv 0 0 20\nf 1 2 4\nf 2 3 4\nf 3 1 4\n").unwrap();
    window.drop_files(&[path]);
    window.wait_finished(1);
    assert!(window.has("Not ready to print"));
    window.click("Repair mesh");
    window.wait("the repair", |s| s.messages.iter().any(|m| m.text.contains("1 hole was closed")));
    assert!(window.has("✔ Ready to print"));
    window.keys(Modifiers::COMMAND, Key::Z);
    assert!(window.has("Not ready to print"));
}

#[test]
fn a_clipboard_without_text_is_looked_into_for_a_picture() {
    let mut window = Window::new();
    let key = |pressed| egui::Event::Key {
        key: Key::V,
        physical_key: None,
        pressed,
        repeat: false,
        modifiers: Modifiers::NONE,
    };
    window.harness.event(key(true));
    window.harness.event(key(false));
    window.harness.run_ok();
    assert_eq!(window.harness.state().messages.iter().count(), 0, "a plain V is no paste");
    // All that is seen of Ctrl+V then.
    window.harness.event(key(false));
    window.wait("the answer", |s| s.messages.iter().count() > 0 || !s.items.is_empty());
}

#[test]
fn a_model_of_several_views_has_a_slot_for_each_and_the_card_keeps_them() {
    let mut window = Window::new();
    let picture = window.picture("disc.png");
    window.drop_files(std::slice::from_ref(&picture));
    window.wait_finished(1);
    assert!(!window.has("Pictures of other sides"));
    let id = window.harness.state().items.selected_id().unwrap();
    let request = &mut window.harness.state_mut().items.get_mut(id).unwrap().request;
    (request.mode, request.model.model) = (Mode::Model, Model::Hunyuan3d2Mv);
    window.harness.run_ok();
    assert!(["Choose the left…", "Choose the back…", "Choose the right…"].iter().all(|slot| window.has(slot)));
    let behind = window.picture("behind.png");
    window.harness.state_mut().set_view(id, Side::Back, Some(behind.clone()));
    window.harness.run_ok();
    assert!(window.has("behind.png") && !window.has("Choose the back…"));
    let views = |window: &Window| window.harness.state().items.get(id).unwrap().input().views;
    assert_eq!(views(&window).get(&Side::Back), Some(&behind));
    // By its name: what is in the way of a pointer moves when the run of before or a thumbnail is done.
    window.harness.get_by_label("Leave the back out").click_accesskit();
    window.harness.run_ok();
    assert!(views(&window).is_empty() && window.has("Choose the back…"));
    window.keys(Modifiers::COMMAND, Key::Z);
    assert_eq!(views(&window).len(), 1);
    // Another model keeps them in mind and does not use them.
    window.harness.state_mut().items.get_mut(id).unwrap().request.model.model = Model::Columns;
    window.harness.run_ok();
    assert!(views(&window).is_empty() && !window.has("behind.png"));
    let item = window.harness.state().items.get(id).unwrap().clone();
    assert_eq!(item.views.len(), 1);
}

#[test]
fn a_second_window_has_the_users_settings_and_loses_no_mesh_without_a_word() {
    let folder = tempfile::tempdir().unwrap();
    let first = Store::open(folder.path().join("data")).unwrap();
    let mut items = Items::default();
    items.add(Source::Picture("a.png".into()), Request::default());
    let settings = Settings { theme: ThemeChoice::Light, bed_mm: [120.0, 120.0, 100.0], ..Settings::default() };
    first.save(&Session::of(&items, Request::default(), &settings)).unwrap();
    let mut window = Window::in_folder(folder, |builder| builder);
    let state = window.harness.state();
    assert_eq!((&state.settings, state.items.len()), (&settings, 0));
    assert!(closes(&mut window), "nothing is lost yet");
    let picture = window.picture("disc.png");
    window.drop_files(&[picture]);
    window.wait_finished(1);
    let is_told = |w: &Window| w.harness.state().messages.iter().any(|m| m.text.contains("1 mesh would be lost"));
    assert!(!is_told(&window));
    assert!(!closes(&mut window) && is_told(&window));
    assert!(closes(&mut window));
}

#[test]
fn what_a_second_window_exported_is_not_lost_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let _first = Store::open(folder.path().join("data")).unwrap();
    let mut window = Window::in_folder(folder, |builder| builder);
    let picture = window.picture("disc.png");
    window.drop_files(&[picture]);
    window.wait_finished(1);
    let exports = window.folder.path().to_owned();
    let settings = &mut window.harness.state_mut().settings;
    (settings.export_folder, settings.export_format) = (Some(exports), "stl".to_owned());
    window.keys(Modifiers::COMMAND, Key::S);
    window.wait("the toast", |s| s.messages.iter().any(|m| m.text.starts_with("Exported")));
    assert!(closes(&mut window));
}
