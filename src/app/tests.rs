//! What the window does with its list and its view, without any pixels.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use glam::Vec3;
use tempfile::TempDir;

use super::command::Command;
use super::session::{Loaded, Session, Store};
use super::settings::Settings;
use super::state::{Finished, Item, ItemId, Items, SavedResult, Source, Status};
use super::undo::Change;
use super::{Options, Studio};
use crate::cache::Cache;
use crate::job::Event;
use crate::mesh::Mesh;
use crate::print::Report;
use crate::request::{Mode, Request};

/// A window that draws nothing, and the folder in which it keeps everything.
pub(super) fn studio() -> (TempDir, Studio) {
    let folder = tempfile::tempdir().unwrap();
    let studio = in_folder(&folder.path().join("data"));
    (folder, studio)
}

pub(super) fn in_folder(data: &Path) -> Studio {
    opened(Options::new(Vec::new(), data.to_owned(), Cache::disabled()))
}

pub(super) fn opened(options: Options) -> Studio {
    let mut studio = Studio::new(&egui::Context::default(), None, options);
    studio.settings.generate_at_once = false;
    studio
}

/// A box that stands on the bed, as wide, deep and high as `size_mm`.
pub(super) fn block(size_mm: Vec3) -> Arc<Mesh> {
    let at = |i: u32, bit: u32| if i >> bit & 1 == 1 { 1.0 } else { 0.0 };
    let corner = |i: u32| (Vec3::new(at(i, 0), at(i, 1), at(i, 2)) - Vec3::new(0.5, 0.5, 0.0)) * size_mm;
    let quads = [[0, 4, 6, 2], [1, 3, 7, 5], [0, 1, 5, 4], [2, 6, 7, 3], [0, 2, 3, 1], [4, 5, 7, 6]];
    Arc::new(Mesh {
        vertex_positions: (0..8).map(corner).collect(),
        triangle_indices: quads.iter().flat_map(|&[a, b, c, d]| [[a, b, c], [a, c, d]]).collect(),
        vertex_colors: None,
    })
}

/// A finished block of 10 mm, made with the first settings.
pub(super) fn finished() -> Finished {
    let report = Report { print_ready: true, triangles: 12, size_mm: [10.0; 3], ..Report::default() };
    let (request, views, notes) = (Request::default(), Default::default(), Vec::new());
    let mesh = block(Vec3::splat(10.0));
    Finished { mesh, report: Arc::new(report), notes, request, mask: None, views, repaired: false }
}

/// Gives a card a mesh that is in memory, and as it seems in a file of `folder`.
pub(super) fn give_mesh(studio: &mut Studio, id: ItemId, folder: &Path) {
    let request = Request::default();
    let item = studio.items.get_mut(id).unwrap();
    item.status = Status::Finished;
    item.finished = Some(finished());
    let (file, views, notes) = (folder.join(format!("{}.ply", id.0)), Default::default(), Vec::new());
    std::fs::write(&file, "").unwrap();
    item.saved = Some(SavedResult { file, request, mask: None, views, notes });
}

/// The cards, by their place, whose mesh is in memory.
fn in_memory(studio: &Studio, ids: &[ItemId]) -> Vec<usize> {
    (0..ids.len()).filter(|&n| studio.items.get(ids[n]).unwrap().finished.is_some()).collect()
}

#[test]
fn the_meshes_around_the_selected_card_stay_in_memory() {
    let (folder, mut studio) = studio();
    let ids: Vec<ItemId> = (0..14).map(|n| studio.add(Source::Picture(format!("{n}.png").into()))).collect();
    for (selected, kept) in [(0, 0..=8), (6, 2..=10), (13, 5..=13)] {
        ids.iter().for_each(|&id| give_mesh(&mut studio, id, folder.path()));
        studio.items.select(ids[selected]);
        studio.forget_old_meshes();
        // A file that is gone would not bring its mesh back. Files are looked for beside the window only.
        assert_eq!(in_memory(&studio, &ids), (0..ids.len()).collect::<Vec<_>>());
        take_answers(&mut studio);
        assert_eq!(in_memory(&studio, &ids), kept.collect::<Vec<_>>(), "around {selected}");
    }
    ids.iter().for_each(|&id| give_mesh(&mut studio, id, folder.path()));
    std::fs::remove_file(folder.path().join(format!("{}.ply", ids[0].0))).unwrap();
    // The last one counts when one is selected while the files are looked for.
    for selected in [6, 13] {
        studio.items.select(ids[selected]);
        studio.forget_old_meshes();
    }
    take_answers(&mut studio);
    assert_eq!(in_memory(&studio, &ids), [0, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
}

#[test]
fn only_what_changes_the_list_or_the_settings_is_written() {
    let (_folder, mut studio) = studio();
    for command in [Command::ViewFront, Command::ToggleWireframe, Command::ToggleLog, Command::NextShading] {
        studio.run_command(command);
        assert!(studio.unsaved_since.is_none(), "{command:?}");
    }
    studio.run_command(Command::ToggleInspector);
    assert!(studio.unsaved_since.is_some());
}

/// Takes in what tasks answer until none is left.
pub(super) fn take_answers(studio: &mut Studio) {
    while !studio.is_at_rest() {
        studio.next_answer(Duration::from_secs(60)).unwrap()(studio);
    }
}

#[test]
fn a_mesh_is_read_again_when_its_card_was_away_the_first_time() {
    let (folder, mut studio) = studio();
    let path = folder.path().join("part.obj");
    std::fs::write(&path, "v 0 0 0\nv 20 0 0\nv 0 20 0\nv 0 0 20\nf 1 2 4\nf 2 3 4\nf 3 1 4\nf 1 3 2\n").unwrap();
    let id = studio.add(Source::MeshFile(path));
    studio.select(id);
    studio.remove(&[id]);
    take_answers(&mut studio);
    studio.run_command(Command::Undo);
    studio.select(id);
    take_answers(&mut studio);
    assert!(studio.items.get(id).unwrap().finished.is_some());
}

#[test]
fn a_removed_card_keeps_no_mesh_in_memory_that_is_in_a_file() {
    let (_folder, mut studio) = studio();
    let [kept, unkept] = ["a.png", "b.png"].map(|name| studio.add(Source::Picture(name.into())));
    let meshes = [kept, unkept].map(|id| {
        let (item, finished) = (studio.items.get_mut(id).unwrap(), finished());
        let mesh = Arc::downgrade(&finished.mesh);
        (item.status, item.finished) = (Status::Finished, Some(finished));
        mesh
    });
    studio.keep_result(kept);
    take_answers(&mut studio);
    studio.select(kept);
    studio.remove(&[kept, unkept]);
    take_answers(&mut studio);
    assert_eq!(meshes.map(|mesh| mesh.upgrade().is_some()), [false, true]);
    studio.run_command(Command::Undo);
    studio.select(kept);
    take_answers(&mut studio);
    assert_eq!(in_memory(&studio, &[kept, unkept]), [0, 1]);
    assert!(studio.items.get(kept).unwrap().status == Status::Finished);
}

#[test]
fn undo_says_when_it_takes_cards_with_meshes_away_and_redo_brings_them_back() {
    let (folder, mut studio) = studio();
    let ids = ["a.png", "b.png", "c.png"].map(|name| studio.add(Source::Picture(name.into())));
    studio.history.push(Change::Added(ids[..1].to_vec()));
    studio.history.push(Change::Added(ids[1..].to_vec()));
    ids[1..].iter().for_each(|&id| give_mesh(&mut studio, id, folder.path()));
    studio.remove(&[ids[2]]);
    let told = |studio: &Studio| {
        let texts = studio.messages.iter().map(|m| m.text.clone());
        texts.filter(|text| text.contains("out of the list")).collect::<Vec<_>>()
    };
    studio.run_command(Command::Undo);
    assert!(told(&studio).is_empty(), "a card came back");
    studio.run_command(Command::Undo);
    let texts = told(&studio);
    assert!(
        texts.len() == 1 && texts[0].contains("2 cards") && texts[0].contains("redo brings them back"),
        "{texts:?}"
    );
    studio.run_command(Command::Redo);
    assert!(ids[1..].iter().all(|&id| studio.items.get(id).unwrap().made_with().is_some()));
    [Command::Undo; 2].into_iter().for_each(|command| studio.run_command(command));
    assert!(studio.items.is_empty() && told(&studio).len() == 2, "the last one has no mesh");
}

/// A picture whose relief was the last choice, and a mesh file that is selected.
fn relief_beside_a_mesh() -> (TempDir, Studio, [ItemId; 2]) {
    let (folder, mut studio) = studio();
    let picture = studio.add(Source::Picture("a.png".into()));
    studio.select(picture);
    studio.change_settings(|r| (r.mode, r.size.height_mm) = (Mode::Relief, Some(33.0)));
    let mesh = studio.add(Source::MeshFile("part.stl".into()));
    // As when it was there before anything was chosen.
    studio.items.get_mut(mesh).unwrap().request = Request::default();
    studio.select(mesh);
    (folder, studio, [picture, mesh])
}

#[test]
fn settings_of_a_mesh_file_reach_no_picture() {
    let (_folder, mut studio, [picture, mesh]) = relief_beside_a_mesh();
    let (before, draft) = (studio.items.get(picture).unwrap().request, studio.draft);
    for command in [Command::ApplyToAll, Command::ResetSettings] {
        assert!(!studio.is_enabled(command), "{command:?}");
        studio.run_command(command);
        assert_eq!(studio.items.get(picture).unwrap().request, before, "{command:?}");
        assert_eq!(studio.draft, draft, "{command:?}");
    }
    // From a picture they go to pictures.
    let other = studio.add(Source::Picture("b.png".into()));
    studio.items.get_mut(other).unwrap().request = Request::default();
    studio.select(picture);
    studio.run_command(Command::ApplyToAll);
    let requests = [other, mesh].map(|id| studio.items.get(id).unwrap().request);
    assert_eq!(requests, [before, Request::default()]);
    studio.run_command(Command::Undo);
    assert_eq!(studio.items.get(other).unwrap().request, Request::default());
}

#[test]
fn a_picture_that_is_added_beside_a_mesh_file_gets_the_settings_of_the_last_choice() {
    let (_folder, mut studio, _) = relief_beside_a_mesh();
    let added = studio.add(Source::Picture("b.png".into()));
    let request = studio.items.get(added).unwrap().request;
    assert_eq!((request.mode, request.size.height_mm), (Mode::Relief, Some(33.0)));
}

#[test]
fn settings_for_all_leave_corrected_cut_outs_as_they_are_and_are_undone() {
    let (_folder, mut studio) = studio();
    let [first, second] = ["a.png", "b.png"].map(|name| studio.add(Source::Picture(name.into())));
    studio.items.select(first);
    studio.items.get_mut(second).unwrap().mask = Some("corrected.png".into());
    let of = |studio: &Studio, id: ItemId| studio.items.get(id).unwrap().request;
    let before = of(&studio, second);
    let item = studio.items.get_mut(first).unwrap();
    (item.request.cut_out.invert, item.request.cut_out.threshold) = (true, 0.2);
    item.request.size.height_mm = Some(44.0);
    let chosen = item.request;
    studio.run_command(Command::ApplyToAll);
    let expected = Request { cut_out: Request::default().cut_out, ..chosen };
    assert_eq!((of(&studio, first), of(&studio, second)), (chosen, expected));
    studio.run_command(Command::Undo);
    assert_eq!((of(&studio, first), of(&studio, second)), (chosen, before));
    studio.run_command(Command::Redo);
    studio.run_command(Command::Undo);
    // There is something to make again, which asking for nothing new must not forget.
    studio.items.get_mut(second).unwrap().request = expected;
    studio.run_command(Command::ApplyToAll);
    assert!(studio.history.can_redo());
}

#[test]
fn a_run_that_failed_is_forgotten_with_the_settings_that_it_failed_with() {
    let (folder, mut studio) = studio();
    let id = studio.add(Source::Picture("a.png".into()));
    studio.items.get_mut(id).unwrap().request = Request::default();
    give_mesh(&mut studio, id, folder.path());
    studio.select(id);
    let fail = |studio: &mut Studio| studio.items.get_mut(id).unwrap().status = Status::Failed("why".to_owned());
    let status = |studio: &Studio| studio.items.get(id).unwrap().status.clone();
    studio.change_settings(|r| r.mode = Mode::Model);
    fail(&mut studio);
    studio.run_command(Command::Undo);
    assert_eq!(status(&studio), Status::Finished);
    studio.run_command(Command::Redo);
    fail(&mut studio);
    studio.change_settings(|r| r.size.height_mm = Some(33.0));
    assert_eq!(status(&studio), Status::Failed("why".to_owned()), "the mesh is of other settings");
    studio.change_settings(|r| *r = Request::default());
    assert_eq!(status(&studio), Status::Finished);
    // Settings are not all that a run is made with.
    let side = crate::request::Side::Left;
    let mesh_of = |studio: &mut Studio, request: Request| {
        let item = studio.items.get_mut(id).unwrap();
        item.request = request;
        item.finished.as_mut().unwrap().request = request;
    };
    let mut request = Request { mode: Mode::Model, ..Request::default() };
    request.model.model = crate::request::Model::Hunyuan3d2Mv;
    mesh_of(&mut studio, request);
    studio.set_view(id, side, Some("left.png".into()));
    fail(&mut studio);
    studio.set_view(id, side, None);
    assert_eq!(status(&studio), Status::Finished);
}

#[test]
fn settings_are_set_back_without_what_is_made_of_the_picture() {
    let (_folder, mut studio, [picture, _]) = relief_beside_a_mesh();
    studio.select(picture);
    studio.run_command(Command::ResetSettings);
    let request = studio.items.get(picture).unwrap().request;
    assert_eq!(request, Request { mode: Mode::Relief, ..Request::default() });
    assert!(Command::ResetSettings.tooltip().contains("what is made of it stays"));
}

/// The cards of the next window, should the program end now.
fn left_behind(folder: &Path) -> Vec<Item> {
    let left = folder.join("left");
    let store = Store::open(left.clone()).unwrap();
    std::fs::copy(folder.join("data/session.json"), left.join("session.json")).unwrap();
    let Loaded::Session(session) = store.load() else { panic!("not read") };
    session.cards(false).0
}

#[test]
fn a_picture_that_ends_the_program_at_once_does_not_do_so_at_every_start() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut items = Items::default();
    for name in ["first.png", "second.png"] {
        let id = items.add(Source::Picture(folder.path().join(name)), Request::default());
        items.get_mut(id).unwrap().status = Status::Waiting;
    }
    let session = Session::of(&items, Request::default(), &Settings::default());
    Store::open(data.clone()).unwrap().save_last(&session).unwrap();
    let _studio = in_folder(&data);
    let cards = left_behind(folder.path());
    assert!(matches!(cards[0].status, Status::Failed(_)), "{:?}", cards[0].status);
    assert_eq!(cards[1].status, Status::Waiting);
}

#[test]
fn pictures_that_were_broken_off_are_told_at_the_next_start_alone() {
    let folder = tempfile::tempdir().unwrap();
    let [data, next] = ["data", "next"].map(|name| folder.path().join(name));
    let mut items = Items::default();
    let id = items.add(Source::Picture(folder.path().join("a.png")), Request::default());
    items.get_mut(id).unwrap().status = Status::Waiting;
    let session = Session::of(&items, Request::default(), &Settings::default());
    Store::open(data.clone()).unwrap().save_last(&session).unwrap();
    let told = |studio: &Studio| {
        let texts = studio.messages.iter().map(|m| m.text.clone());
        texts.filter(|text| text.contains("broken off")).collect::<Vec<_>>()
    };
    let first = in_folder(&data);
    assert!(told(&first).is_empty(), "it was closed before it began");
    // As if it ended now.
    std::fs::create_dir(&next).unwrap();
    std::fs::copy(data.join("session.json"), next.join("session.json")).unwrap();
    let mut second = in_folder(&next);
    let texts = told(&second);
    assert!(texts.len() == 1 && texts[0].starts_with("1 picture was"), "{texts:?}");
    eframe::App::on_exit(&mut second);
    drop(second);
    let third = in_folder(&next);
    assert!(told(&third).is_empty() && third.items.get(id).is_some());
}

#[test]
fn a_picture_that_begins_is_known_to_run_on_disk() {
    let (folder, mut studio) = studio();
    let id = studio.add(Source::Picture(folder.path().join("a.png")));
    studio.start(id);
    let job = studio.items.get(id).unwrap().job.unwrap();
    studio.on_job(Event::Started(job));
    take_answers(&mut studio);
    let cards = left_behind(folder.path());
    assert!(matches!(cards[0].status, Status::Failed(_)), "{:?}", cards[0].status);
}

/// Everything that is written in a frame of nothing but a part of the window.
pub(super) fn text_of(studio: &mut Studio, part: fn(&mut Studio, &mut egui::Ui)) -> String {
    let ctx = studio.ctx.clone();
    let frame = ctx.run_ui(Default::default(), |ui| part(studio, ui));
    let text = |clipped: &egui::epaint::ClippedShape| match &clipped.shape {
        egui::Shape::Text(text) => Some(text.galley.text().to_owned()),
        _ => None,
    };
    frame.shapes.iter().filter_map(text).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_mesh_that_is_being_checked_is_said_to_be() {
    let (folder, mut studio) = studio();
    let path = folder.path().join("part.obj");
    std::fs::write(&path, "v 0 0 0\nv 20 0 0\nv 0 20 0\nv 0 0 20\nf 1 2 4\nf 2 3 4\nf 3 1 4\nf 1 3 2\n").unwrap();
    let id = studio.add(Source::MeshFile(path));
    studio.select(id);
    assert!(!text_of(&mut studio, Studio::inspector_ui).contains("Checking"), "it is still being read");
    while studio.viewport.measures().is_none() {
        studio.next_answer(Duration::from_secs(60)).unwrap()(&mut studio);
    }
    assert!(studio.items.get(id).unwrap().finished.is_none(), "this tests nothing");
    assert!(text_of(&mut studio, Studio::inspector_ui).contains("Checking for printing"));
    assert!(studio.why_to_wait().is_some_and(|why| why.contains("checked")));
    take_answers(&mut studio);
    assert!(studio.items.get(id).unwrap().finished.is_some());
    assert!(!text_of(&mut studio, Studio::inspector_ui).contains("Checking"));
    assert_eq!(studio.why_to_wait(), None);
}
