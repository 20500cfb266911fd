//! Models where people have them already.

use std::fs;
use std::path::Path;

use orfeas::models::{Choices, ModelsError, Owner, Place, State, Verdict};
use orfeas::progress::Monitor;

use super::server::Act;
use super::toy::{CONFIG, CONFIG_TEXT, Desk, WEIGHTS, digest, weights};

fn write(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

fn publish(root: &Path) {
    write(&root.join(WEIGHTS), &weights());
    write(&root.join(CONFIG), CONFIG_TEXT);
}

fn desk_with(owner: Owner) -> Desk {
    let mut desk = Desk::new();
    desk.others.push(Place { owner, path: desk.folder.path().join("theirs") });
    desk
}

#[test]
fn folders_laid_out_as_published_are_found_and_never_touched() {
    for (owner, root) in [
        (Owner::Hy3dgen, "theirs/maker/Toy"),
        (Owner::User, "theirs/maker/Toy"),
        (Owner::User, "theirs/Toy"),
        (Owner::User, "theirs"),
        (Owner::ComfyUi, "theirs/diffusion_models/toy"),
        (Owner::ComfyUi, "theirs/diffusers/maker/Toy"),
    ] {
        let desk = desk_with(owner);
        let root = desk.folder.path().join(root);
        publish(&root);
        let library = desk.library();
        assert_eq!(library.locate("toy").unwrap(), root);
        assert_eq!(library.locate_folder("toy").unwrap(), root.join("toy-v1"));
        assert_eq!(library.pull("toy", &Monitor::silent()).unwrap(), root);
        assert!(desk.server.asked().is_empty());
        assert!(matches!(library.remove("toy"), Err(ModelsError::NotOurs { .. })));
        assert!(root.join(WEIGHTS).exists());
        let model = library.model("toy").unwrap();
        assert_eq!(library.state(model), State::Here { root: root.clone(), owner });
    }
}

#[test]
fn the_weights_that_were_looked_at_are_named_whatever_lies_beside_them() {
    let desk = desk_with(Owner::User);
    let root = desk.folder.path().join("theirs/maker/Toy");
    publish(&root);
    let weights = root.join(WEIGHTS);
    for stray in ["model.fp16.safetensors", "model.safetensors", "model.fp16.ckpt"] {
        let stray = weights.with_file_name(stray);
        if stray != weights {
            write(&stray, b"something else");
        }
    }
    assert_eq!(desk.library().locate_weights("toy").unwrap(), Some(weights));
}

#[test]
fn the_models_own_folder_may_be_named() {
    let mut desk = Desk::new();
    let root = desk.folder.path().join("somewhere");
    publish(&root);
    desk.others.push(Place { owner: Owner::User, path: root.join("toy-v1") });
    assert_eq!(desk.library().locate("toy").unwrap(), root);
}

#[test]
fn files_of_another_length_are_somebody_elses() {
    let desk = desk_with(Owner::User);
    let root = desk.folder.path().join("theirs");
    publish(&root);
    fs::write(root.join(WEIGHTS), &weights()[1..]).unwrap();
    assert!(matches!(desk.library().locate("toy"), Err(ModelsError::NotInstalled { .. })));
}

#[cfg(unix)]
#[test]
fn the_hugging_face_cache_is_read_through_its_links_and_verified_by_its_names() {
    let desk = desk_with(Owner::HuggingFace);
    let repository = desk.folder.path().join("theirs/models--maker--Toy");
    let blobs = repository.join("blobs");
    write(&blobs.join(digest(&weights())), &weights());
    write(&blobs.join("6b8ee6b9"), CONFIG_TEXT);
    let snapshot = repository.join("snapshots/1234abcd");
    fs::create_dir_all(snapshot.join("toy-v1")).unwrap();
    let link = |to: &str, name: &str| std::os::unix::fs::symlink(format!("../../../blobs/{to}"), snapshot.join(name));
    link(&digest(&weights()), WEIGHTS).unwrap();
    let library = desk.library();
    assert!(library.locate("toy").is_err(), "the configuration is missing");
    link("6b8ee6b9", CONFIG).unwrap();
    write(&repository.join("refs/main"), b"1234abcd\n");
    assert_eq!(library.locate("toy").unwrap(), snapshot);
    let verdicts = |desk: &Desk| {
        let found = desk.library().verify("toy", &Monitor::silent()).unwrap();
        assert_eq!(found.owner, Owner::HuggingFace);
        found.files.into_iter().map(|f| f.verdict).collect::<Vec<_>>()
    };
    let unpinned = Desk { pinned: false, ..desk };
    assert!(matches!(verdicts(&unpinned)[..], [Verdict::Unknown { .. }, Verdict::Good]));
    let mut flipped = weights();
    flipped[5] ^= 1;
    fs::write(blobs.join(digest(&weights())), flipped).unwrap();
    assert!(matches!(verdicts(&unpinned)[..], [Verdict::Unknown { .. }, Verdict::Changed { .. }]));
    // Half fetched by the other program: a link to nothing.
    fs::remove_file(blobs.join(digest(&weights()))).unwrap();
    assert!(unpinned.library().locate("toy").is_err());
}

#[test]
fn weights_under_another_name_are_taken_over_in_the_place_of_fetching_them() {
    let desk = desk_with(Owner::ComfyUi);
    let theirs = desk.folder.path().join("theirs/diffusion_models/my-toy.bin");
    write(&theirs, &weights());
    desk.pull().unwrap();
    desk.assert_whole();
    assert!(desk.server.store_requests().is_empty(), "only the configuration was fetched");
    desk.library().remove("toy").unwrap();
    assert!(fs::read(&theirs).unwrap() == weights(), "theirs stays");
}

#[test]
fn a_lookalike_is_not_taken_over() {
    let desk = desk_with(Owner::ComfyUi);
    let theirs = desk.folder.path().join("theirs/checkpoints/other.bin");
    write(&theirs, &vec![3; weights().len()]);
    desk.pull().unwrap();
    desk.assert_whole();
    assert_eq!(desk.server.store_requests().len(), 1);
    assert_eq!(fs::read(&theirs).unwrap(), vec![3; weights().len()]);
}

#[test]
fn our_own_folder_comes_first_and_tells_of_damage() {
    let desk = Desk::new();
    desk.pull().unwrap();
    fs::write(desk.weights_path(), b"short").unwrap();
    let error = desk.library().locate("toy").unwrap_err();
    assert!(matches!(error, ModelsError::Damaged { found: 5, .. }), "{error}");
    desk.server.set(|_, _| Act::Honest);
    desk.pull().unwrap();
    desk.assert_whole();
}

#[test]
fn an_unknown_model_is_told_with_those_that_there_are() {
    let error = Desk::new().library().locate("tyo").unwrap_err().to_string();
    assert!(error.contains("tyo") && error.contains("toy, loose"), "{error}");
}

#[test]
fn models_that_nobody_has_to_fetch_are_named_where_all_models_are_described() {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
    let readme = fs::read_to_string(models.join("README.md")).unwrap();
    let folders = fs::read_dir(&models).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir());
    let without_manifest: Vec<_> = folders.filter(|folder| !folder.join("manifest.json").exists()).collect();
    assert!(!without_manifest.is_empty());
    for folder in without_manifest {
        let name = format!("`{}/`", folder.file_name().unwrap().to_str().unwrap());
        assert!(readme.contains(&name), "{name}");
    }
}

#[test]
fn the_users_choice_of_folders_is_kept_and_followed() {
    let desk = Desk::new();
    desk.pull().unwrap();
    let choices = desk.folder.path().join("data/models.json");
    let library = desk.library().remembering(Some(choices.clone()));
    let elsewhere = desk.folder.path().join("elsewhere");
    let chosen = Choices { folder: Some(elsewhere.clone()), look_into: vec![desk.own()] };
    let moved = library.choose(chosen.clone()).unwrap();
    assert_eq!(moved.folder(), elsewhere);
    assert!(moved.has_choices() && moved.looked_into().eq([desk.own()]) && !library.has_choices());
    assert_eq!(moved.locate("toy").unwrap(), desk.own().join("maker/Toy"), "the old folder is looked into");
    let again = desk.library().remembering(Some(choices.clone()));
    assert_eq!((again.folder(), again.choices()), (elsewhere.as_path(), chosen));
    fs::write(&choices, "nonsense").unwrap();
    assert_eq!(desk.library().remembering(Some(choices)).folder(), desk.own());
}

#[test]
fn folders_that_are_chosen_again_and_again_are_kept_once_each() {
    let desk = Desk::new();
    let [a, b] = ["a", "b"].map(|name| desk.folder.path().join(name));
    let mut library = desk.library().remembering(Some(desk.folder.path().join("models.json")));
    for folder in [&a, &b, &a, &b, &a, &b] {
        let mut choices = library.choices();
        choices.keep_in(folder.clone(), library.folder());
        choices.look_into.extend([folder.clone(), "beside".into(), "./beside".into()]);
        library = library.choose(choices).unwrap();
        assert_eq!(library.folder(), folder);
    }
    let beside = std::path::absolute("beside").unwrap();
    assert_eq!(library.choices(), Choices { folder: Some(b), look_into: vec![desk.own(), beside, a] });
}

/// A desk whose catalogue has weights under the name that they are published by.
fn published_form() -> (Desk, orfeas::models::Library, std::path::PathBuf) {
    let desk = desk_with(Owner::User);
    let manifest = serde_json::json!({
        "name": "Toy", "repository": "maker/Toy", "revision": "main",
        "licence": { "name": "Toy Licence", "summary": "Be kind.", "excluded_territory": [], "url": "https://x" },
        "models": [{
            "id": "toy", "name": "Toy", "purpose": "To play", "folder": "toy-v1", "parameters": 1,
            "graphics_memory_bytes": 1,
            "files": [
                { "path": CONFIG, "about_bytes": CONFIG_TEXT.len() },
                { "path": "toy-v1/model.fp16.safetensors", "bytes": 100_000, "sha256": digest(&weights()) },
            ],
        }],
    });
    let catalogue = orfeas::models::Catalogue::parse(&[&manifest.to_string()]).unwrap();
    let hub = orfeas::models::Hub::at(&desk.server.url(), None, desk.patience);
    let library = orfeas::models::Library::new(catalogue, desk.own(), desk.others.clone(), hub);
    let root = desk.folder.path().join("theirs/maker/Toy");
    write(&root.join(CONFIG), CONFIG_TEXT);
    (desk, library, root)
}

#[test]
fn weights_in_another_form_are_found_and_verified_as_far_as_that_goes() {
    for (name, bytes, is_found) in [
        ("model.fp16.ckpt", 100_900, true),
        ("model.ckpt", 201_000, true),
        ("model.safetensors", 99_500, true),
        ("model.fp16.ckpt", 60_000, false),
        ("other.ckpt", 100_900, false),
    ] {
        let (_desk, library, root) = published_form();
        let path = root.join("toy-v1").join(name);
        write(&path, &vec![7; bytes]);
        assert_eq!(library.locate("toy").ok(), is_found.then(|| root.clone()), "{name} of {bytes} bytes");
        if is_found {
            let found = library.verify("toy", &Monitor::silent()).unwrap();
            assert!(found.is_good() && found.files[1].path == path, "{found:?}");
            assert!(matches!(found.files[1].verdict, Verdict::Unknown { .. }), "{found:?}");
            let error = library.import("toy", &root, &Monitor::silent()).unwrap_err().to_string();
            assert!(error.contains("--look-into") && !error.contains('\n'), "{error}");
        }
        // Half a file under the published name is what would be loaded.
        write(&root.join("toy-v1/model.fp16.safetensors"), &[1; 50]);
        assert!(library.locate("toy").is_err());
    }
}
