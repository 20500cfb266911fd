//! What a pull does when the server means well, and when the line does not.

use std::process::{Child, Command, Stdio};
use std::sync::Mutex;

use orfeas::models::{DigestSource, Hub, Library, ModelsError, State};
use orfeas::progress::{CancelToken, Monitor, Progress, Stage};

use super::server::Act;
use super::toy::{CONFIG, CONFIG_TEXT, Desk, WEIGHTS, catalogue, digest, patience, wait_for, weights};

#[test]
fn a_pull_brings_the_published_files_and_the_next_one_asks_for_nothing() {
    for pinned in [true, false] {
        let desk = Desk { pinned, ..Desk::new() };
        let library = desk.agreed();
        assert!(matches!(library.locate("toy"), Err(ModelsError::NotInstalled { .. })));
        assert_eq!(library.plan("toy").unwrap().fetch_bytes, weights().len() as u64 + CONFIG_TEXT.len() as u64);
        desk.pull().unwrap();
        desk.assert_whole();
        let record = library.record(library.model("toy").unwrap()).unwrap();
        let recorded = |path: &str| record.file(path).map(|f| (f.sha256.to_string(), f.known_by)).unwrap();
        let said = if pinned { DigestSource::Catalogue } else { DigestSource::Server };
        assert_eq!(recorded(WEIGHTS), (digest(&weights()), said));
        assert_eq!(recorded(CONFIG), (digest(CONFIG_TEXT), DigestSource::Computed));
        desk.server.set(|_, _| Act::Status(500, ""));
        desk.pull().unwrap();
        assert_eq!((desk.server.asked().len(), library.plan("toy").unwrap().fetch_bytes), (0, 0));
    }
}

#[test]
fn nothing_is_asked_of_the_server_before_the_licence_is_agreed_to() {
    let desk = Desk::new();
    let error = desk.library().pull("toy", &Monitor::silent()).unwrap_err();
    assert!(matches!(error, ModelsError::LicenceNotAccepted { .. }), "{error}");
    assert!(error.to_string().contains("NOT be used in Atlantis") && error.to_string().contains("--yes"), "{error}");
    assert!(desk.server.asked().is_empty());
    desk.agreed();
    desk.library().pull("toy", &Monitor::silent()).unwrap();
}

#[test]
fn progress_counts_all_bytes_up_to_the_end() {
    let desk = Desk::new();
    let seen = Mutex::new(Vec::new());
    let sink = |progress: Progress| seen.lock().unwrap().push(progress);
    desk.agreed().pull("toy", &Monitor::new(&CancelToken::new(), &sink)).unwrap();
    let seen = seen.into_inner().unwrap();
    let total = weights().len() as u64 + CONFIG_TEXT.len() as u64;
    assert!(seen.iter().all(|p| p.stage == Stage::Download && p.done <= p.total));
    assert!(seen.is_sorted_by_key(|p| p.done) && seen.last().is_some_and(|p| (p.done, p.total) == (total, total)));
}

#[test]
fn a_line_that_breaks_again_and_again_only_costs_the_pauses() {
    let desk = Desk::new();
    desk.server.set_store(Act::Break(270_000));
    desk.pull().unwrap();
    desk.assert_whole();
    assert_eq!(desk.server.store_requests().len(), 3);
    let sent = desk.server.sent() - 2 * CONFIG_TEXT.len() as u64;
    assert!(sent <= weights().len() as u64, "nothing came twice: {sent}");
    // Too little each time to call it progress.
    let desk = Desk::new();
    desk.server.set_store(Act::Break(10));
    let error = desk.complaint();
    assert!(error.contains("127.0.0.1") && error.contains("goes on where it stopped"), "{error}");
}

/// Whether half of the weights are on disk. The reports of a pull leave out small steps, such as the last one to there.
fn is_half_there(desk: &Desk) -> bool {
    std::fs::metadata(desk.part_path()).is_ok_and(|m| m.len() >= weights().len() as u64 / 2)
}

/// A pull that is cancelled once half of the weights are there.
fn pull_half(desk: &Desk) -> ModelsError {
    desk.server.set_store(Act::HalfThenWait);
    let (cancel, library) = (CancelToken::new(), desk.agreed());
    std::thread::scope(|scope| {
        let pull = scope.spawn(|| library.pull("toy", &Monitor::new(&cancel, &|_| {})));
        wait_for(|| is_half_there(desk) || pull.is_finished());
        cancel.cancel();
        pull.join().unwrap().unwrap_err()
    })
}

#[test]
fn a_paused_pull_goes_on_where_it_was() {
    let desk = Desk::new();
    assert!(matches!(pull_half(&desk), ModelsError::Cancelled(_)));
    let library = desk.library();
    assert!(!desk.weights_path().exists());
    assert!(matches!(library.locate("toy"), Err(ModelsError::Incomplete { .. })));
    let State::Begun { bytes } = library.state(library.model("toy").unwrap()) else { panic!("nothing was kept") };
    assert!(bytes >= weights().len() as u64 / 2);
    desk.server.set(|_, _| Act::Honest);
    desk.pull().unwrap();
    desk.assert_whole();
    let requests = desk.server.store_requests();
    assert!(requests.len() == 1 && requests[0].range_start().is_some_and(|s| s > 200_000), "{requests:?}");
}

/// Not a test: what [`a_killed_program_goes_on_where_it_was`] kills.
#[test]
#[ignore = "run by another test"]
fn a_program_that_pulls() {
    let Some((server, folder)) = std::env::var_os("TOY_SERVER").zip(std::env::var_os("TOY_FOLDER")) else { return };
    let hub = Hub::at(server.to_str().unwrap(), None, patience());
    let library = Library::new(catalogue(true), folder.into(), Vec::new(), hub);
    let _ = library.pull("toy", &Monitor::silent());
}

/// A program that is killed when this goes.
struct Doomed(Child);

impl Drop for Doomed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_killed_program_goes_on_where_it_was() {
    let desk = Desk::new();
    desk.agreed();
    desk.server.set_store(Act::HalfThenWait);
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "pulled::a_program_that_pulls", "--ignored", "--test-threads=1"])
        .env("TOY_SERVER", desk.server.url())
        .env("TOY_FOLDER", desk.own())
        .stdout(Stdio::null())
        .spawn();
    let mut child = Doomed(child.unwrap());
    let mut has_ended = || child.0.try_wait().unwrap().is_some();
    assert!(wait_for(|| is_half_there(&desk) || has_ended()), "half of it never came");
    assert!(!has_ended(), "it ended by itself");
    assert!(matches!(desk.library().pull("toy", &Monitor::silent()), Err(ModelsError::Busy { .. })));
    // Kills it.
    drop(child);
    desk.server.set(|_, _| Act::Honest);
    desk.pull().unwrap();
    desk.assert_whole();
    let half = weights().len() / 2;
    assert_eq!(desk.server.store_requests()[0].range_start(), Some(half), "and nobody holds the lock");
}

#[test]
fn a_beginning_that_went_bad_is_fetched_again() {
    let desk = Desk::new();
    pull_half(&desk);
    let mut part = std::fs::read(desk.part_path()).unwrap();
    part[1000] ^= 1;
    std::fs::write(desk.part_path(), &part).unwrap();
    desk.server.set(|_, _| Act::Honest);
    desk.pull().unwrap();
    desk.assert_whole();
    // As after a power cut that lost the end, or a part longer than the whole.
    for length in [0, 17, weights().len() + 5] {
        std::fs::remove_file(desk.weights_path()).unwrap();
        pull_half(&desk);
        std::fs::File::options().write(true).open(desk.part_path()).unwrap().set_len(length as u64).unwrap();
        desk.server.set(|_, _| Act::Honest);
        desk.pull().unwrap();
        desk.assert_whole();
    }
}

#[test]
fn without_a_digest_the_servers_tag_tells_whether_a_beginning_still_fits() {
    let desk = Desk { pinned: false, ..Desk::new() };
    let [old, new] = [1u8, 2].map(|seed| vec![seed; 400_000]);
    desk.server.replace("loose.yaml", &old);
    let pull = |library: Library| library.pull("loose", &Monitor::silent());
    let half = |asked: &super::server::Asked, _| match asked.method.as_str() {
        "GET" => Act::Break(150_000),
        _ => Act::Honest,
    };
    desk.server.set(half);
    let stopped = Desk { patience: orfeas::models::Patience { failures: 0, ..desk.patience }, ..desk };
    pull(stopped.agreed()).unwrap_err();
    stopped.server.replace("loose.yaml", &new);
    stopped.server.set(|_, _| Act::Honest);
    let root = pull(stopped.library()).unwrap();
    assert!(std::fs::read(root.join("toy-v1/loose.yaml")).unwrap() == new, "not the one half with the other");
    let asked = stopped.server.asked();
    assert!(asked.iter().any(|a| a.headers.contains_key("if-range")), "{asked:?}");
}

#[test]
fn two_pulls_at_once_do_not_meet() {
    let desk = Desk::new();
    desk.server.set_store(Act::HalfThenWait);
    std::thread::scope(|scope| {
        let first = scope.spawn(|| desk.pull());
        let is_asked = wait_for(|| first.is_finished() || !desk.server.store_requests().is_empty());
        let (second, removed) = (desk.pull(), desk.library().remove("toy"));
        desk.server.release();
        first.join().unwrap().unwrap();
        assert!(is_asked);
        assert!(matches!(second, Err(ModelsError::Busy { .. })));
        assert!(matches!(removed, Err(ModelsError::Busy { .. })));
    });
    desk.assert_whole();
}

#[test]
fn too_little_room_is_told_before_anything_comes() {
    let desk = Desk::new();
    let library = desk.agreed().with_free_bytes(|_| Some(1000));
    let error = library.pull("toy", &Monitor::silent()).unwrap_err();
    assert!(matches!(error, ModelsError::NoRoom { free: 1000, .. }), "{error}");
    assert!(desk.server.store_requests().is_empty() && !desk.part_path().exists());
}

#[test]
fn the_token_goes_to_the_named_server_alone() {
    let store = Desk::new();
    let mut desk = Desk { token: Some("hf_very_secret"), ..Desk::new() };
    let elsewhere = format!("{}/store/model.bin", store.server.url());
    desk.server.set(move |asked, _| match asked.path.ends_with("model.bin") && asked.method == "GET" {
        true => Act::Redirect(elsewhere.clone()),
        false => Act::Honest,
    });
    desk.pull().unwrap();
    desk.assert_whole();
    let token = |a: &super::server::Asked| a.headers.get("authorization").cloned();
    assert!(desk.server.asked().iter().all(|a| token(a).as_deref() == Some("Bearer hf_very_secret")));
    let there = store.server.asked();
    assert!(!there.is_empty() && there.iter().all(|a| token(a).is_none()), "{there:?}");
    assert!(!format!("{:?}", desk.library()).contains("secret"));
    desk.token = Some("hf_very\nsecret");
    std::fs::remove_file(desk.weights_path()).unwrap();
    let error = desk.complaint();
    assert!(error.contains("HF_TOKEN") && !error.contains("secret"), "{error}");
}
