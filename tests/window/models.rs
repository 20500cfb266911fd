//! The page of learned models, against a server on this machine.

use egui::{Key, Modifiers, Rect, Vec2, pos2, vec2};
use egui_kittest::kittest::Queryable as _;
use orfeas::app::command::Command;
use orfeas::app::state::Status;
use orfeas::models::{Catalogue, Choices, Hub, Library, State};
use orfeas::request::{Mode, Model};

use super::driver::Window;
use super::server::Act;
use super::toy::{CONFIG, CONFIG_TEXT, Desk, WEIGHTS, weights};

/// A window with the page open on the toy of `desk`.
fn open(desk: &Desk) -> Window {
    open_at(Window::with_models(desk.library()))
}

fn open_at(mut window: Window) -> Window {
    window.harness.state_mut().send(Command::Models);
    window.wait("the models", |s| !s.models.rows().is_empty());
    // The page grows with what it shows.
    window.harness.run_ok();
    window
}

fn state(window: &Window) -> State {
    window.harness.state().models.rows()[0].state.clone()
}

fn said(window: &mut Window, text: &'static str) {
    window.wait(text, move |s| s.messages.iter().any(|m| m.text.contains(text)));
    window.wait("the new state", |s| s.models.work("toy").is_none());
}

fn agree_and_begin(window: &mut Window) {
    window.click("Fetch");
    assert!(window.has("NOT be used in Atlantis") && window.has("Be kind."));
    window.click("I agree, and I am in none of the places that it leaves out");
    window.click("Agree and begin");
}

#[test]
fn a_model_is_fetched_checked_and_removed() {
    let desk = Desk::new();
    let mut window = open(&desk);
    assert!(window.has("Not on this machine"));
    window.click("Fetch");
    window.click("Agree and begin");
    assert!(desk.server.asked().is_empty(), "the box is not ticked");
    window.click("Not now");
    agree_and_begin(&mut window);
    said(&mut window, "Toy can be used now");
    desk.assert_whole();
    window.wait("the button", |s| matches!(s.models.rows()[0].state, State::Here { .. }));
    window.click("Verify");
    said(&mut window, "Toy is good as far as is known; nobody said which bytes config.yaml should have");
    window.click("Remove…");
    window.click("Keep it");
    window.click("Remove…");
    window.click("Remove it");
    said(&mut window, "Toy was removed");
    assert!(!desk.weights_path().exists());
    window.wait("the button", |s| s.models.rows()[0].state == State::Absent);
    window.click("Fetch");
    said(&mut window, "Toy can be used now");
    window.keys(Modifiers::NONE, Key::Escape);
    assert!(!window.has("Read the licence"));
}

#[test]
fn a_fetch_is_paused_and_goes_on_also_in_a_new_window() {
    let desk = Desk::new();
    desk.server.set_store(Act::HalfThenWait);
    let mut window = open(&desk);
    agree_and_begin(&mut window);
    let half = weights().len() as u64 / 2;
    let is_half =
        move |s: &orfeas::app::Studio| s.models.work("toy").and_then(|w| w.progress()).is_some_and(|p| p.done >= half);
    window.wait("the first half", is_half);
    window.click("Pause");
    said(&mut window, "what has come is kept");
    window.wait("the state", |s| matches!(s.models.rows()[0].state, State::Begun { .. }));
    window.close();
    desk.server.set(|_, _| Act::Honest);
    let mut window = open(&desk);
    assert!(matches!(state(&window), State::Begun { .. }));
    window.click("Go on");
    said(&mut window, "Toy can be used now");
    desk.assert_whole();
    assert!(desk.server.store_requests()[0].range_start().is_some());
}

#[test]
fn what_went_wrong_stays_on_the_page() {
    let desk = Desk::new();
    desk.server.set(|_, _| Act::Status(404, ""));
    let mut window = open(&desk);
    agree_and_begin(&mut window);
    said(&mut window, "does not have");
    assert!(window.harness.query_all_by_label_contains("does not have").count() >= 2, "toast and page");
    desk.server.set(|_, _| Act::Honest);
    window.wait("the button", |s| s.models.rows()[0].is_agreed);
    window.click("Fetch");
    said(&mut window, "Toy can be used now");
    assert!(window.harness.state().models.trouble("toy").is_none());
}

#[test]
fn a_folder_that_is_dropped_on_the_page_is_imported() {
    let desk = Desk::new();
    desk.agreed();
    let folder = desk.folder.path().join("downloads");
    std::fs::create_dir_all(folder.join("toy-v1")).unwrap();
    std::fs::write(folder.join(WEIGHTS), weights()).unwrap();
    std::fs::write(folder.join(CONFIG), CONFIG_TEXT).unwrap();
    let mut window = open(&desk);
    window.drop_files(&[folder]);
    said(&mut window, "taken over");
    desk.assert_whole();
    assert!(desk.server.asked().is_empty() && window.harness.state().items.is_empty());
}

#[test]
fn a_picture_that_failed_for_its_model_offers_to_fetch_it() {
    let desk = Desk::new();
    let model = |id: &str| {
        serde_json::json!({
            "id": id, "name": format!("Model {id}"), "purpose": "To play", "folder": id, "parameters": 1,
            "graphics_memory_bytes": 1, "files": [{ "path": format!("{id}/config.yaml"), "about_bytes": 400_000 }],
        })
    };
    let manifest = serde_json::json!({
        "name": "Toys", "repository": "maker/Toys", "revision": "main",
        "licence": { "name": "Toy Licence", "summary": "Be kind.", "excluded_territory": [], "url": "https://x" },
        "models": [model("hunyuan3d-2.1"), model("hunyuan3d-2mini")],
    });
    let catalogue = Catalogue::parse(&[&manifest.to_string()]).unwrap();
    let hub = Hub::at(&desk.server.url(), None, desk.patience);
    let mut window = Window::with_models(Library::new(catalogue, desk.own(), Vec::new(), hub));
    let draft = &mut window.harness.state_mut().draft;
    (draft.mode, draft.model.model) = (Mode::Model, Model::Hunyuan3d2Mini);
    let picture = window.picture("disc.png");
    window.drop_files(&[picture]);
    window.wait("the failure", |s| s.items.iter().any(|i| matches!(i.status, Status::Failed(_))));
    window.wait("the models", |s| !s.models.rows().is_empty());
    window.click("Fetch its model");
    assert!(window.has("Model hunyuan3d-2mini") && window.has("Not on this machine"));
    // The page is at this model, not at the first: only the one that is shown has a heading beside its button.
    let shown = |window: &Window, id: &str| window.harness.query_all_by_label_contains(&format!("Model {id}")).count();
    assert_eq!([shown(&window, "hunyuan3d-2.1"), shown(&window, "hunyuan3d-2mini")], [1, 2]);
}

#[test]
fn closing_the_window_keeps_what_has_come() {
    let desk = Desk::new();
    desk.server.set_store(Act::HalfThenWait);
    let mut window = open(&desk);
    agree_and_begin(&mut window);
    let half = weights().len() as u64 / 2;
    window.wait("the first half", move |s| {
        s.models.work("toy").and_then(|w| w.progress()).is_some_and(|p| p.done >= half)
    });
    window.close();
    assert!(std::fs::metadata(desk.part_path()).unwrap().len() >= half);
}

#[test]
fn folders_that_were_chosen_are_listed_and_can_be_forgotten() {
    let desk = Desk::new();
    let path = desk.folder.path().join("models.json");
    let library = desk.library().remembering(Some(path.clone()));
    let [kept, seen] = ["large", "seen"].map(|name| desk.folder.path().join(name));
    let mut choices = Choices::default();
    choices.keep_in(kept.clone(), library.folder());
    choices.look_into.push(seen.clone());
    let mut window = open_at(Window::with_models(library.choose(choices).unwrap()));
    let is_listed = |window: &Window, folder: &std::path::Path| window.has(folder.to_str().unwrap());
    assert!([&kept, &seen, &desk.own()].iter().all(|folder| is_listed(&window, folder)));
    window.click("Forget folders");
    let usual = desk.own();
    window.wait("the usual folder", move |s| s.models.library().folder() == usual);
    window.harness.run_ok();
    assert_eq!([&kept, &seen, &desk.own()].map(|folder| is_listed(&window, folder)), [false, false, true]);
    // There is nothing more to forget, also after a new start.
    assert!(!window.has("Forget folders"));
    assert_eq!(desk.library().remembering(Some(path)).choices(), Choices::default());
}

#[test]
fn many_folders_leave_the_buttons_below_them_in_the_smallest_window() {
    let desk = Desk::new();
    let library = desk.library().remembering(Some(desk.folder.path().join("models.json")));
    let folder = |number: usize| desk.folder.path().join("a folder far below others").join(number.to_string());
    let choices = Choices { look_into: (0..20).map(folder).collect(), ..Choices::default() };
    let mut window = Window::with_models(library.choose(choices).unwrap());
    let smallest: Vec2 = vec2(720.0, 480.0);
    window.harness.set_size(smallest);
    window.harness.run_ok();
    let window = open_at(window);
    let place = window.harness.get_by_label("Forget folders").rect();
    assert!(Rect::from_min_size(pos2(0.0, 0.0), smallest).contains_rect(place), "{place:?}");
}
