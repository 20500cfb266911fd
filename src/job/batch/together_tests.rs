//! Several batches into one folder, at once and one after the other.

use std::fs;
use std::io::Write as _;
use std::time::{Duration, SystemTime};

use super::tests::{Scene, not_written};
use super::*;
use crate::files::write_atomically;
use crate::pipeline::Input;
use crate::request::Request;

/// Writes the picture's bytes.
fn copy(item: &BatchItem, path: &Path, if_exists: IfExists) -> Result<(), WorkError> {
    let content = fs::read(&item.job.input.path).unwrap();
    write_atomically(path, if_exists, |file| file.write_all(&content)).map_err(not_written)
}

fn run_by(scene: &Scene, items: &[BatchItem], work: &Work) -> Summary {
    run(items, &scene.options, &CancelToken::new(), work, &|_, _| {}).unwrap()
}

/// Names in the folder of the solids that end like temporary files.
fn temporaries(scene: &Scene) -> Vec<String> {
    let names = fs::read_dir(&scene.options.folder).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    names.filter(|name| name.ends_with(TEMPORARY_AFFIXES.1)).collect()
}

#[test]
fn two_batches_of_the_same_pictures_at_once_both_come_to_a_good_end() {
    let scene = Scene::new();
    let items = scene.items(&["a", "b", "c"]);
    let (to_the_other, from_the_other) = crossbeam_channel::bounded::<()>(0);
    let work = |item: &BatchItem, path: &Path, if_exists: IfExists, _: &Monitor| {
        if if_exists == IfExists::Keep {
            // Both are at it: each is either end.
            crossbeam_channel::select! {
                send(to_the_other, ()) -> _ => {},
                recv(from_the_other) -> _ => {},
                default(Duration::from_secs(60)) => {
                    return Err(WorkError::Failed("the other batch never came".to_owned()));
                }
            }
        }
        copy(item, path, if_exists)
    };
    let run_all = || run_by(&scene, &items, &work);
    let summaries = std::thread::scope(|scope| {
        let batches = [(); 2].map(|()| scope.spawn(run_all));
        batches.map(|batch| batch.join().unwrap())
    });
    assert!(summaries.iter().all(Summary::is_complete), "{summaries:?}");
    for name in ["a", "b", "c"] {
        assert_eq!(fs::read(scene.options.folder.join(format!("{name}.stl"))).unwrap(), name.as_bytes());
    }
    assert_eq!(scene.run(&items).items, [ItemEvent::Skipped, ItemEvent::Skipped, ItemEvent::Skipped]);
}

#[test]
fn what_another_batch_made_meanwhile_is_skipped() {
    let scene = Scene::new();
    let items = scene.items(&["a", "b"]);
    let work = |item: &BatchItem, path: &Path, if_exists: IfExists, _: &Monitor| {
        if item.output_name == Path::new("a.stl") {
            assert!(scene.run(&items[1..]).is_complete());
        }
        copy(item, path, if_exists)
    };
    let summary = run_by(&scene, &items, &work);
    assert!(matches!(summary.items[..], [ItemEvent::Done { .. }, ItemEvent::Skipped]), "{summary:?}");
}

#[test]
fn a_file_that_came_while_it_was_made_counts_if_it_is_the_same() {
    for (content, is_same) in [("a", true), ("by hand", false)] {
        let scene = Scene::new();
        let items = scene.items(&["a"]);
        let solid = scene.options.folder.join("a.stl");
        let work = |item: &BatchItem, path: &Path, if_exists: IfExists, _: &Monitor| {
            if if_exists == IfExists::Keep {
                fs::write(&solid, content).unwrap();
            }
            copy(item, path, if_exists)
        };
        let summary = run_by(&scene, &items, &work);
        assert_eq!(summary.is_complete(), is_same, "{summary:?}");
        assert_eq!(fs::read(&solid).unwrap(), content.as_bytes());
        assert!(temporaries(&scene).is_empty());
        assert_eq!(scene.run(&items).is_complete(), is_same);
    }
}

#[test]
fn solids_of_other_weights_are_made_again() {
    let mut scene = Scene::new();
    let items = scene.items(&["a"]);
    let of_weights = [(Some([1; 32]), true), (Some([1; 32]), false), (None, false), (Some([2; 32]), true)];
    for (number, (model, is_made)) in of_weights.into_iter().enumerate() {
        scene.options.model = model;
        assert!(scene.run(&items).is_complete(), "{number}");
        assert_eq!(!scene.made().is_empty(), is_made, "{number}");
    }
}

#[test]
fn a_batch_is_finished_once_nothing_is_left_to_be_written() {
    let mut scene = Scene::new();
    let items = scene.items(&["a", "bad"]);
    assert!(!is_finished(&items[..1], &scene.options));
    scene.run(&items);
    assert!(is_finished(&items[..1], &scene.options) && !is_finished(&items, &scene.options));
    scene.options.file_settings = "3mf".to_owned();
    assert!(!is_finished(&items[..1], &scene.options));
}

#[test]
fn what_killed_batches_left_half_written_goes() {
    let scene = Scene::new();
    let [old, fresh] = [".orfeas-aB3dEf.tmp", ".orfeas-fresh1.tmp"].map(|name| scene.options.folder.join(name));
    fs::write(&fresh, "half").unwrap();
    let yesterday = SystemTime::now() - Duration::from_secs(86_400);
    fs::File::create(&old).unwrap().set_modified(yesterday).unwrap();
    assert!(scene.run(&scene.items(&["a"])).is_complete());
    assert!(fresh.exists(), "another batch may be writing it");
    assert!(!old.exists());
}

/// A picture in the folder of the scene.
fn picture(scene: &Scene, name: &str, content: &str) -> PathBuf {
    let path = scene.folder.path().join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, content).unwrap();
    path
}

fn named(scene: &Scene, pictures: &[PathBuf]) -> Vec<BatchItem> {
    let names = output_names(&scene.options.folder, pictures, "stl", false);
    let item = |(path, output_name): (&PathBuf, PathBuf)| {
        let job = JobRequest { request: Request::default(), input: Input::of(path) };
        BatchItem { job, output_name }
    };
    pictures.iter().zip(names).map(item).collect()
}

#[test]
fn a_second_folder_with_the_same_names_gets_names_that_are_free() {
    let scene = Scene::new();
    let solid = |name: &str| fs::read_to_string(scene.options.folder.join(name)).unwrap();
    let names = |pictures: &[PathBuf]| -> Vec<String> {
        named(&scene, pictures).iter().map(|item| item.output_name.display().to_string()).collect()
    };
    let first = ["cat", "dog"].map(|name| picture(&scene, &format!("first/{name}.png"), name));
    assert!(scene.run(&named(&scene, &first)).is_complete());
    assert_eq!(scene.made(), ["cat.stl", "dog.stl"]);

    // One is another picture, one a copy of the first.
    let second = [("cat", "another cat"), ("dog", "dog")]
        .map(|(name, content)| picture(&scene, &format!("second/{name}.png"), content));
    for _ in 0..2 {
        assert_eq!(names(&second), ["cat-png.stl", "dog.stl"]);
        assert!(scene.run(&named(&scene, &second)).is_complete());
    }
    assert_eq!(scene.made(), ["cat-png.stl"]);
    assert_eq!((solid("cat.stl"), solid("cat-png.stl")), ("cat".to_owned(), "another cat".to_owned()));
    assert_eq!(names(&first), ["cat.stl", "dog.stl"]);
    let third = [picture(&scene, "third/cat.png", "a third cat")];
    assert_eq!(names(&third), ["cat-png-1.stl"]);

    // Pictures that were moved have their solids, and one that was deleted holds no name.
    fs::rename(scene.folder.path().join("first"), scene.folder.path().join("moved")).unwrap();
    let moved = ["cat", "dog"].map(|name| scene.folder.path().join(format!("moved/{name}.png")));
    assert_eq!(scene.run(&named(&scene, &moved)).items, [ItemEvent::Skipped, ItemEvent::Skipped]);
    fs::remove_file(scene.options.folder.join("cat.stl")).unwrap();
    assert_eq!(names(&third), ["cat.stl"]);
}
