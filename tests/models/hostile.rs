//! Servers that lie, stall, break and lead astray: each gets a sentence, and nothing wrong is kept.

use std::time::Duration;

use orfeas::models::{ModelsError, Patience, TransferError};
use orfeas::progress::{CancelToken, Monitor};

use super::server::{Act, Asked};
use super::toy::{Desk, wait_for, weights};

/// After whatever went wrong, nothing has the file's name, and an honest server makes all well.
fn assert_recovers(desk: &Desk) {
    assert!(!desk.weights_path().exists());
    desk.server.set(|_, _| Act::Honest);
    desk.pull().unwrap();
    desk.assert_whole();
}

#[test]
fn wrong_bytes_are_thrown_away() {
    for pinned in [true, false] {
        let desk = Desk { pinned, ..Desk::new() };
        desk.server.set_store(Act::OtherBytes);
        let error = desk.pull().unwrap_err();
        assert!(matches!(error, ModelsError::Transfer(TransferError::WrongBytes { .. })), "{error}");
        assert!(!desk.part_path().exists());
        assert_recovers(&desk);
    }
}

#[test]
fn another_file_than_the_known_one_is_not_even_fetched() {
    let desk = Desk::new();
    let other = format!("X-Linked-Size: {}\r\nX-Linked-Etag: \"{}\"\r\n", weights().len(), "0".repeat(64));
    desk.server.set(move |_, _| Act::Linked(other.clone()));
    let error = desk.pull().unwrap_err();
    assert!(matches!(error, ModelsError::Transfer(TransferError::OtherFile { .. })), "{error}");
    desk.server.set(|_, _| Act::Linked("X-Linked-Size: 12\r\n".to_owned()));
    let error = desk.complaint();
    assert!(error.contains("12 bytes instead of 600000"), "{error}");
    assert!(desk.server.store_requests().is_empty());
    assert_recovers(&desk);
}

#[test]
fn lies_about_the_length_are_noticed() {
    let desk = Desk::new();
    for bytes in [0, 12, weights().len() - 1, weights().len() + 1, weights().len() * 3] {
        desk.server.set_store(Act::Length(bytes));
        let error = desk.pull().unwrap_err();
        assert!(matches!(error, ModelsError::Transfer(TransferError::Length { .. })), "{bytes}: {error}");
    }
    desk.server.set_store(Act::EndEarly(5000));
    let error = desk.complaint();
    assert!(error.contains("ended early"), "{error}");
    assert_recovers(&desk);
}

#[test]
fn a_body_without_end_is_not_followed_to_it() {
    let desk = Desk::new();
    desk.server.set_store(Act::Endless);
    let error = desk.pull().unwrap_err();
    assert!(matches!(error, ModelsError::Transfer(TransferError::Length { .. })), "{error}");
    let kept = std::fs::metadata(desk.part_path()).map_or(0, |m| m.len());
    assert!(kept <= weights().len() as u64, "{kept}");
    assert_recovers(&desk);
    // Also where nobody knows how long the file is.
    let desk = Desk::new();
    desk.server.replace("loose.yaml", b"x");
    desk.server.set(|asked, _| if asked.method == "HEAD" { Act::Silence } else { Act::Honest });
    let endless = |asked: &Asked, _| if asked.method == "HEAD" { Act::Linked(String::new()) } else { Act::Endless };
    desk.server.set(endless);
    desk.server.replace("loose.yaml", &[1; 400_000]);
    assert!(desk.agreed().pull("loose", &Monitor::silent()).is_err());
}

#[test]
fn a_server_without_ranges_gets_the_whole_again() {
    let desk = Desk::new();
    desk.server.set(|asked, before| match (asked.is_of_store(), before) {
        (true, 0) => Act::Break(300_000),
        (true, _) => Act::IgnoreRange,
        _ => Act::Honest,
    });
    desk.pull().unwrap();
    desk.assert_whole();
}

#[test]
fn a_refused_range_begins_anew_and_another_one_is_refused() {
    let desk = Desk::new();
    desk.server.set(|asked, before| match (asked.is_of_store(), before) {
        (true, 0) => Act::Break(300_000),
        (true, 1) => Act::Status(416, ""),
        _ => Act::Honest,
    });
    desk.pull().unwrap();
    desk.assert_whole();
    let desk = Desk::new();
    desk.server.set(|asked, before| match (asked.is_of_store(), before) {
        (true, 0) => Act::Break(300_000),
        (true, _) => Act::OtherPart,
        _ => Act::Honest,
    });
    let error = desk.complaint();
    assert!(error.contains("another part"), "{error}");
    assert_recovers(&desk);
}

#[test]
fn refusals_say_what_to_do() {
    let desk = Desk::new();
    for (status, word) in
        [(401, "HF_TOKEN"), (403, "HF_TOKEN"), (404, "does not have model.bin"), (418, "418"), (204, "204")]
    {
        desk.server.set_store(Act::Status(status, ""));
        let error = desk.complaint();
        assert!(error.contains(word) && error.contains(&status.to_string()), "{error}");
        assert!(!error.contains("Signature"), "{error}");
        assert_eq!(desk.server.store_requests().len(), 1, "{status} does not pass by itself");
        desk.server.set(move |_, _| Act::Status(status, ""));
        assert!(status == 204 || desk.complaint().contains(word));
    }
    assert_recovers(&desk);
}

#[test]
fn what_may_pass_is_waited_for_but_not_for_ever() {
    let desk = Desk::new();
    for status in [429, 500, 502, 503] {
        let headers = if status == 429 { "Retry-After: 3600\r\n" } else { "" };
        desk.server.set(move |_, before| if before < 1 { Act::Status(status, headers) } else { Act::Honest });
        desk.pull().unwrap();
        desk.assert_whole();
        std::fs::remove_file(desk.weights_path()).unwrap();
        desk.server.set_store(Act::Status(status, headers));
        let error = desk.complaint();
        assert!(error.contains(&status.to_string()), "{error}");
        assert_eq!(desk.server.store_requests().len(), 1 + desk.patience.failures as usize);
    }
    assert_recovers(&desk);
}

#[test]
fn a_mirror_that_does_not_answer_questions_still_serves() {
    for pinned in [true, false] {
        let desk = Desk { pinned, ..Desk::new() };
        desk.server.set(|asked, _| if asked.method == "HEAD" { Act::Status(405, "") } else { Act::Honest });
        desk.pull().unwrap();
        desk.assert_whole();
    }
}

#[test]
fn redirects_end_somewhere_and_lead_nowhere_else() {
    let desk = Desk::new();
    desk.server.set(|asked, _| Act::Redirect(format!("{}x", asked.path)));
    let error = desk.complaint();
    assert!(error.contains("again and again"), "{error}");
    assert!(desk.server.asked().len() <= 10);
    for to in ["file:///etc/passwd", "ftp://127.0.0.1/x", "http://", ""] {
        desk.server.set(move |_, _| Act::Redirect(to.to_owned()));
        let error = desk.complaint();
        assert!(error.contains("redirect") || error.contains("no web address"), "{to}: {error}");
    }
    assert_recovers(&desk);
}

#[test]
fn a_login_page_is_no_model() {
    let desk = Desk::new();
    desk.server.set(|_, _| Act::Html);
    assert!(desk.pull().is_err());
    assert!(!desk.own().join("maker/Toy/toy-v1/config.yaml").exists());
    desk.server.set(|asked, _| if asked.method == "GET" { Act::Html } else { Act::Honest });
    let error = desk.complaint();
    assert!(error.contains("web page"), "{error}");
    assert_recovers(&desk);
}

#[test]
fn silence_and_slowness_end_in_a_sentence() {
    let mut desk = Desk::new();
    desk.patience = Patience { read: Duration::from_millis(100), failures: 1, ..desk.patience };
    desk.server.set_store(Act::Silence);
    let error = desk.complaint();
    assert!(error.contains("no answer in time"), "{error}");
    desk.server.set_store(Act::HalfThenWait);
    let error = desk.complaint();
    assert!(error.contains("no answer in time"), "{error}");
    desk.patience = Patience { slow_bytes: 1 << 20, slow_within: Duration::from_millis(200), ..super::toy::patience() };
    desk.server.set_store(Act::Trickle);
    let error = desk.complaint();
    assert!(error.contains("too slow"), "{error}");
    desk.patience = super::toy::patience();
    assert_recovers(&desk);
}

#[test]
fn a_silent_server_does_not_keep_anybody_from_cancelling() {
    let mut desk = Desk::new();
    // Twice as long as the test waits, and yet it ends should nobody hear the cancelling.
    let long = Duration::from_secs(120);
    desk.patience = Patience {
        connect: long,
        read: long,
        slow_bytes: 1 << 20,
        slow_within: long,
        first_pause: long,
        longest_pause: long,
        ..desk.patience
    };
    for act in [Act::Silence, Act::HalfThenWait, Act::Trickle, Act::Status(503, "Retry-After: 3600\r\n")] {
        desk.server.set_store(act);
        let cancel = CancelToken::new();
        let library = desk.agreed();
        std::thread::scope(|scope| {
            let pull = scope.spawn(|| library.pull("toy", &Monitor::new(&cancel, &|_| {})));
            let is_asked = || !desk.server.store_requests().is_empty();
            wait_for(|| is_asked() || pull.is_finished());
            std::thread::sleep(Duration::from_millis(60));
            cancel.cancel();
            // Only now, since the scope waits for the pull.
            assert!(is_asked());
            assert!(wait_for(|| pull.is_finished()), "it went on");
            assert!(matches!(pull.join().unwrap(), Err(ModelsError::Cancelled(_))));
        });
    }
    assert_recovers(&desk);
}

#[test]
fn a_server_that_is_not_there_is_named() {
    let desk = Desk::new();
    let gone = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    for (endpoint, word) in [
        (gone.as_str(), "refuses connections"),
        ("http://there-is-no-such-host.invalid", "name is not known"),
        ("not an address", "HF_ENDPOINT"),
        ("file:///tmp", "HF_ENDPOINT"),
    ] {
        let hub = orfeas::models::Hub::at(endpoint, None, Patience { failures: 0, ..desk.patience });
        let library = orfeas::models::Library::new(super::toy::catalogue(true), desk.own(), Vec::new(), hub);
        library.agree(library.model("toy").unwrap()).unwrap();
        let error = library.pull("toy", &Monitor::silent()).unwrap_err().to_string();
        assert!(error.contains(word), "{endpoint}: {error}");
    }
}
