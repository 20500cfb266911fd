//! `orfeas models`: what it prints, what it asks, how it ends.

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use orfeas::engine::models::hunyuan3d::stand_in::StandIn;
use serde_json::Value;

use super::server::{Act, Server};
use super::support::{Desk, outcome};

/// The program in a home of its own, with `server` for a hub.
fn orfeas(desk: &Desk, server: &Server, arguments: &[&str]) -> Command {
    let mut command = desk.orfeas(arguments);
    command.env("HOME", desk.path("home")).env("USERPROFILE", desk.path("home")).env("HF_ENDPOINT", server.url());
    for name in ["HF_TOKEN", "HF_HOME", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "XDG_CACHE_HOME", "HY3DGEN_MODELS"] {
        command.env_remove(name);
    }
    for name in ["ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "all_proxy", "https_proxy", "http_proxy", "ORFEAS_MODELS"] {
        command.env_remove(name);
    }
    command
}

#[test]
fn the_list_tells_every_model_and_info_tells_who_may_use_it() {
    let (desk, server) = (Desk::new(), Server::new(&[]));
    let (code, stdout, stderr) = outcome(orfeas(&desk, &server, &["models", "list"]));
    assert_eq!((code, stderr.as_str()), (0, ""));
    for id in ["hunyuan3d-2.1", "hunyuan3d-2.0-turbo", "hunyuan3d-2mini", "hunyuan3d-2mv", "triposr"] {
        assert!(stdout.lines().any(|line| line.starts_with(&format!("{id} "))), "{id}: {stdout}");
    }
    let (_, stdout, _) = outcome(orfeas(&desk, &server, &["models", "list", "--json"]));
    let json: Value = serde_json::from_str(&stdout).unwrap();
    assert!(json.as_array().unwrap().iter().all(|m| m["state"] == "absent" && m["bytes"].as_u64() > Some(1 << 30)));
    let (_, stdout, _) = outcome(orfeas(&desk, &server, &["models", "info", "hunyuan3d-2.1"]));
    for words in
        ["NOT be used in the European Union, the United Kingdom and South Korea", "6.9 GiB", "SHA-256 6b519fc7"]
    {
        assert!(stdout.contains(words), "{stdout}");
    }
    let (_, stdout, _) = outcome(orfeas(&desk, &server, &["models", "info", "triposr"]));
    assert!(stdout.contains("MIT") && stdout.contains("every country"), "{stdout}");
    let (code, _, stderr) = outcome(orfeas(&desk, &server, &["models", "info", "tripsor"]));
    assert!(code == 2 && stderr.contains("triposr"), "{stderr}");
    assert!(server.asked().is_empty());
}

#[test]
fn without_a_terminal_nobody_is_asked_but_told_what_to_pass() {
    let (desk, server) = (Desk::new(), Server::new(&[]));
    for arguments in [&["models", "pull", "hunyuan3d-2.1"][..], &["models", "import", "hunyuan3d-2.1", "."]] {
        let (code, stdout, stderr) = outcome(orfeas(&desk, &server, arguments));
        assert_eq!((code, stdout.as_str()), (2, ""), "{stderr}");
        assert!(stderr.contains("--yes") && stderr.contains("South Korea"), "{stderr}");
        assert!(stderr.contains("huggingface.co/tencent/Hunyuan3D-2.1/blob/main/LICENSE"), "{stderr}");
    }
    assert!(server.asked().is_empty());
    server.set(|_, _| Act::Status(404, ""));
    let (code, _, stderr) = outcome(orfeas(&desk, &server, &["models", "pull", "hunyuan3d-2.1", "--yes"]));
    assert!(code == 1 && stderr.contains("does not have"), "{stderr}");
    let (_, stdout, _) = outcome(orfeas(&desk, &server, &["models", "info", "hunyuan3d-2.1"]));
    assert!(stdout.contains("You agreed to it"), "{stdout}");
    let (code, _, stderr) = outcome(orfeas(&desk, &server, &["models", "pull", "hunyuan3d-2.1"]));
    assert!(code == 1 && !stderr.contains("--yes"), "asked once: {stderr}");
}

#[test]
fn nobody_agrees_to_the_licence_of_a_model_that_is_not_there() {
    let (desk, server) = (Desk::new(), Server::new(&[]));
    let import = ["models", "import", "hunyuan3d-2.1", "nowhere.ckpt", "--yes"];
    let (code, stdout, stderr) = outcome(orfeas(&desk, &server, &import));
    assert_eq!((code, stdout.as_str()), (1, ""), "{stderr}");
    assert!(stderr.contains("nowhere.ckpt") && !stderr.contains("South Korea"), "{stderr}");
    let (_, stdout, _) = outcome(orfeas(&desk, &server, &["models", "info", "hunyuan3d-2.1"]));
    assert!(!stdout.contains("You agreed to it"), "{stdout}");
}

// Elsewhere there is no such device.
#[cfg(unix)]
#[test]
fn a_manifest_without_an_end_is_refused() {
    let (desk, server) = (Desk::new(), Server::new(&[]));
    let mut command = orfeas(&desk, &server, &["models", "random", "/dev/zero", "-o", "out"]);
    command.timeout(std::time::Duration::from_secs(60));
    let (code, stdout, stderr) = outcome(command);
    assert_eq!((code, stdout.as_str()), (1, ""), "{stderr}");
    assert!(stderr.contains("too large") && !desk.path("out").exists(), "{stderr}");
}

#[test]
fn every_licence_is_shown_before_its_model_is_fetched() {
    let (desk, server) = (Desk::new(), Server::new(&[]));
    server.set(|_, _| Act::Status(404, ""));
    for (id, flags, words) in [
        ("triposr", &[][..], "MIT License"),
        ("hunyuan3d-2.1", &["--yes"], "South Korea"),
        // It was agreed to by then.
        ("hunyuan3d-2.1", &[], "South Korea"),
    ] {
        let (code, stdout, stderr) = outcome(orfeas(&desk, &server, &[&["models", "pull", id], flags].concat()));
        assert_eq!((code, stdout.as_str()), (1, ""), "{id}: {stderr}");
        let [licence, fetch] = [words, &format!("{id}: ")].map(|words| stderr.find(words));
        assert!(licence.is_some() && licence < fetch, "{id}: {stderr}");
    }
}

#[test]
fn a_refusing_hub_and_a_forbidden_network_are_told_and_the_token_is_not() {
    let (desk, server) = (Desk::new(), Server::new(&[]));
    server.set(|_, _| Act::Status(401, ""));
    let mut command = orfeas(&desk, &server, &["-vvv", "models", "pull", "triposr"]);
    command.env("HF_TOKEN", "hf_secret");
    let (code, stdout, stderr) = outcome(command);
    assert!(code == 1 && stdout.is_empty() && stderr.contains("HF_TOKEN"), "{stderr}");
    assert!(!stderr.contains("hf_secret"));
    assert_eq!(server.asked()[0].headers["authorization"], "Bearer hf_secret");
    server.set(|_, _| Act::Honest);
    let mut command = orfeas(&desk, &server, &["models", "pull", "triposr"]);
    let (code, _, stderr) = outcome({
        command.env("HF_HUB_OFFLINE", "1");
        command
    });
    assert!(code == 1 && stderr.contains("HF_HUB_OFFLINE") && server.asked().is_empty(), "{stderr}");
}

#[test]
fn a_model_in_the_hugging_face_cache_is_used_where_it_is() {
    let (desk, server) = (Desk::new(), Server::new(&[]));
    let snapshot = desk.path("home/.cache/huggingface/hub/models--stabilityai--TripoSR/snapshots/abc123");
    fs::create_dir_all(&snapshot).unwrap();
    fs::write(snapshot.join("config.yaml"), "x".repeat(987)).unwrap();
    // Only its length is looked at; the disk holds none of it.
    fs::File::create(snapshot.join("model.ckpt")).unwrap().set_len(1_677_246_742).unwrap();
    let (code, stdout, stderr) = outcome(orfeas(&desk, &server, &["models", "pull", "triposr"]));
    assert_eq!((code, stdout.trim_end()), (0, snapshot.to_str().unwrap()), "{stderr}");
    assert!(stderr.contains("Hugging Face cache") && server.asked().is_empty(), "{stderr}");
    let (_, stdout, _) = outcome(orfeas(&desk, &server, &["doctor", "--json"]));
    let json: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!((&json["models"][0]["id"], &json["models"][0]["owner"]), (&"triposr".into(), &"hugging_face".into()));
    let (code, _, stderr) = outcome(orfeas(&desk, &server, &["models", "remove", "triposr"]));
    assert!(code == 1 && stderr.contains("stays") && snapshot.join("model.ckpt").exists(), "{stderr}");
}

#[test]
fn what_is_not_there_is_told() {
    let (desk, server) = (Desk::new(), Server::new(&[]));
    let (code, stdout, stderr) = outcome(orfeas(&desk, &server, &["models", "verify"]));
    assert_eq!((code, stdout.as_str()), (0, ""), "{stderr}");
    let (code, _, stderr) = outcome(orfeas(&desk, &server, &["models", "verify", "triposr"]));
    assert!(code == 1 && stderr.contains("orfeas models pull triposr"), "{stderr}");
    let (code, _, stderr) = outcome(orfeas(&desk, &server, &["models", "remove", "triposr"]));
    assert!(code == 1 && stderr.contains("not on this machine"), "{stderr}");
    fs::write(desk.path("model.ckpt"), "short").unwrap();
    let (code, _, stderr) = outcome(orfeas(&desk, &server, &["models", "import", "triposr", "model.ckpt"]));
    assert!(code == 1 && stderr.contains("5 bytes") && stderr.contains("1677246742"), "{stderr}");
}

#[test]
fn a_fetch_that_was_stopped_keeps_nobody_from_verifying_and_is_not_to_be_thrown_away() {
    let (desk, server) = (Desk::new(), Server::new(&[]));
    let folder = desk.path("cache/data/models/stabilityai/TripoSR");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(".orfeas-model.ckpt.part"), "half").unwrap();
    let run = |arguments: &[&str]| outcome(orfeas(&desk, &server, &[&["models", "verify"], arguments].concat()));
    let (code, stdout, stderr) = run(&[]);
    assert_eq!((code, stdout.as_str()), (0, ""), "{stderr}");
    assert!(stderr.contains("`orfeas models pull triposr` goes on"), "{stderr}");
    let (code, _, stderr) = run(&["triposr", "hunyuan3d-2.1"]);
    assert!(
        code == 1 && ["triposr", "hunyuan3d-2.1"].iter().all(|id| stderr.contains(&format!("pull {id}`"))),
        "{stderr}"
    );
    assert!(stderr.contains("`orfeas models pull triposr` goes on"), "{stderr}");
    fs::write(folder.join("config.yaml"), "x".repeat(987)).unwrap();
    let (code, stdout, stderr) = run(&["triposr"]);
    assert!(code == 1 && stdout.contains("MISSING"), "{stdout}");
    assert!(stderr.contains("pull triposr") && !stderr.contains("remove"), "{stderr}");
}

#[test]
fn an_id_given_twice_is_taken_once() {
    let (desk, server) = (Desk::new(), Server::new(&[]));
    let folder = desk.path("cache/data/models/stabilityai/TripoSR");
    fs::create_dir_all(&folder).unwrap();
    let begun = folder.join(".orfeas-model.ckpt.part");
    fs::write(&begun, "half").unwrap();
    fs::write(folder.join("config.yaml"), "x".repeat(987)).unwrap();
    let run = |action: &str, ids: &[&str]| outcome(orfeas(&desk, &server, &[&["models", action], ids].concat()));
    let once = run("verify", &["triposr"]);
    assert!(once.1.contains("MISSING"), "{}", once.1);
    assert_eq!(run("verify", &["triposr", "triposr"]).1, once.1);
    let (code, _, stderr) = run("remove", &["triposr", "triposr"]);
    assert!(code == 0 && stderr.matches("removed triposr").count() == 1, "{stderr}");
    assert!(!begun.exists());
}

#[test]
fn the_folder_can_be_chosen_and_forgotten() {
    let (desk, server) = (Desk::new(), Server::new(&[]));
    let folder = |more: &[&str]| {
        let (code, stdout, stderr) = outcome(orfeas(&desk, &server, &[&["models", "folder"], more].concat()));
        assert_eq!(code, 0, "{stderr}");
        stdout.trim_end().to_owned()
    };
    let usual = folder(&[]);
    assert_eq!(usual, desk.path("cache/data/models").to_str().unwrap());
    let chosen = folder(&["large"]);
    assert!(chosen.ends_with("large") && Path::new(&chosen).is_absolute(), "{chosen}");
    assert_eq!(folder(&[]), chosen);
    assert_eq!(folder(&["--reset"]), usual);
    let mut command = orfeas(&desk, &server, &["models", "folder", "other"]);
    let (code, _, stderr) = outcome({
        command.env("ORFEAS_MODELS", desk.path("fixed"));
        command
    });
    assert!(code == 1 && stderr.contains("ORFEAS_MODELS"), "{stderr}");
}

#[test]
fn only_folders_are_chosen_and_choices_that_cannot_be_read_stay() {
    let (desk, server) = (Desk::new(), Server::new(&[]));
    let run = |arguments: &[&str]| outcome(orfeas(&desk, &server, &[&["models", "folder"], arguments].concat()));
    fs::write(desk.path("e.stl"), "a solid").unwrap();
    let (code, stdout, stderr) = run(&["e.stl"]);
    assert!(code == 2 && stdout.is_empty() && stderr.contains("this is a file"), "{stderr}");
    for path in ["nowhere", "e.stl"] {
        let (code, stdout, stderr) = run(&["--look-into", path]);
        assert!(code == 1 && stdout.is_empty() && stderr.contains("no such folder"), "{path}: {stderr}");
    }
    let kept = desk.path("cache/data/models.json");
    assert!(!kept.exists());

    fs::create_dir_all(desk.path("cache/data")).unwrap();
    fs::write(&kept, "{\"folder\": \"/mnt/large\",").unwrap();
    let (code, stdout, stderr) = run(&["large"]);
    assert!(code == 1 && stdout.is_empty() && stderr.contains("mend or delete"), "{stderr}");
    assert_eq!(fs::read(&kept).unwrap(), b"{\"folder\": \"/mnt/large\",");
    // Nobody sees colours here.
    assert!(stderr.contains("WARN") && !stderr.contains('\x1b'), "{stderr:?}");
    assert_eq!(run(&["--reset"]).0, 0);
    assert_eq!(run(&["large"]).0, 0);
}

#[test]
fn whoever_has_another_kind_of_manifest_is_told_where_the_right_ones_are() {
    let (desk, server) = (Desk::new(), Server::new(&[]));
    let sources = Path::new(env!("CARGO_MANIFEST_DIR"));
    let other = sources.join("models/hunyuan3d-2mini/manifest.json");
    let random = ["models", "random", other.to_str().unwrap(), "-o", "out"];
    let (code, stdout, stderr) = outcome(orfeas(&desk, &server, &random));
    assert_eq!((code, stdout.as_str()), (1, ""), "{stderr}");
    assert!(!desk.path("out").exists());
    let (_, help, _) = outcome(orfeas(&desk, &server, &["models", "random", "--help"]));
    for text in [stderr, help] {
        let folder = text.split_whitespace().find(|word| word.starts_with("tests/"));
        let folder = folder.unwrap_or_else(|| panic!("{text}")).trim_end_matches(':');
        let files = fs::read_dir(sources.join(folder)).unwrap();
        let mut lists = files.map(|file| fs::read_to_string(file.unwrap().path()).unwrap());
        assert!(lists.any(|list| StandIn::of_manifest(&list).is_ok()), "{text}");
    }
}
