use std::collections::BTreeSet;
use std::fs;
use std::sync::Mutex;

use super::manifest::{Folder, Standing, Wanted};
use super::*;
use crate::files::{WriteError, write_atomically};
use crate::pipeline::Input;
use crate::request::Request;

pub(super) struct Scene {
    pub folder: tempfile::TempDir,
    pub options: BatchOptions,
    made: Mutex<Vec<String>>,
}

impl Scene {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        fs::create_dir(&out).unwrap();
        let file_settings = "stl".to_owned();
        let options = BatchOptions { folder: out, workers: 1, overwrite: false, file_settings, model: None };
        Self { folder, options, made: Mutex::default() }
    }

    pub fn items(&self, names: &[&str]) -> Vec<BatchItem> {
        let item = |name: &&str| {
            let path = self.folder.path().join(name);
            if !path.exists() {
                fs::write(&path, name).unwrap();
            }
            let job = JobRequest { request: Request::default(), input: Input::of(path) };
            BatchItem { job, output_name: format!("{name}.stl").into() }
        };
        names.iter().map(item).collect()
    }

    /// Copies the picture; `bad` fails, `panic` panics, `stop` cancels half-way.
    pub fn run(&self, items: &[BatchItem]) -> Summary {
        let cancel = CancelToken::new();
        let work = |item: &BatchItem, path: &Path, if_exists: IfExists, monitor: &Monitor| {
            let content = fs::read(&item.job.input.path).unwrap();
            match content.as_slice() {
                b"bad" => return Err(WorkError::Failed("no object: bad".to_owned())),
                b"panic" => panic!("oh no"),
                b"stop" => cancel.cancel(),
                _ => {}
            }
            monitor.check()?;
            self.made.lock().unwrap().push(item.output_name.display().to_string());
            write_atomically(path, if_exists, |file| std::io::Write::write_all(file, &content)).map_err(not_written)
        };
        run(items, &self.options, &cancel, &work, &|_, _| {}).unwrap()
    }

    pub fn made(&self) -> Vec<String> {
        std::mem::take(&mut *self.made.lock().unwrap())
    }
}

/// What work says that could not write its file.
pub fn not_written(error: WriteError) -> WorkError {
    match error {
        WriteError::Exists(_) => WorkError::Taken(error.to_string()),
        error => WorkError::Failed(error.to_string()),
    }
}

#[test]
fn failures_and_panics_do_not_stop_the_batch() {
    let scene = Scene::new();
    let summary = scene.run(&scene.items(&["a", "bad", "panic", "b"]));
    assert_eq!(scene.made(), ["a.stl", "b.stl"]);
    assert_eq!((summary.failed(), summary.is_complete()), (2, false));
    assert!(matches!(&summary.items[1], ItemEvent::Failed(text) if text == "no object: bad"));
    assert!(matches!(&summary.items[2], ItemEvent::Failed(text) if text.contains("oh no")));
}

#[test]
fn a_second_run_skips_what_is_done_and_redoes_what_changed() {
    let mut scene = Scene::new();
    let mut items = scene.items(&["a", "b", "c", "d"]);
    assert!(scene.run(&items).is_complete());
    assert_eq!(scene.made().len(), 4);
    let summary = scene.run(&items);
    assert!(summary.items.iter().all(|i| *i == ItemEvent::Skipped) && summary.is_complete());

    fs::write(&items[0].job.input.path, "another picture").unwrap();
    items[1].job.request.size.height_mm = Some(33.0);
    fs::remove_file(scene.options.folder.join("c.stl")).unwrap();
    assert!(scene.run(&items).is_complete());
    assert_eq!(scene.made(), ["a.stl", "b.stl", "c.stl"]);
    assert_eq!(fs::read(scene.options.folder.join("a.stl")).unwrap(), b"another picture");

    scene.options.file_settings = "stl, another title".to_owned();
    assert!(scene.run(&items).is_complete());
    assert_eq!(scene.made().len(), 4);
}

#[test]
fn after_a_cancel_the_next_run_goes_on() {
    let scene = Scene::new();
    let items = scene.items(&["a", "stop", "b"]);
    let summary = scene.run(&items);
    assert!(matches!(summary.items[..], [ItemEvent::Done { .. }, ItemEvent::Cancelled, ItemEvent::Cancelled]));
    fs::write(&items[1].job.input.path, "go").unwrap();
    assert!(scene.run(&items).is_complete());
    assert_eq!(scene.made(), ["a.stl", "stop.stl", "b.stl"]);
}

/// Leaves the books as a batch of other settings does that is killed while it makes `item`.
fn begin(scene: &Scene, item: &BatchItem) {
    let (folder, _) = Folder::open(&scene.options.folder).unwrap();
    let source = manifest::source_of(&item.job.input.path);
    let wanted = Wanted { source, picture: [1; 32], mask: None, settings: [2; 32], model: None };
    folder.begin(item.output_name.to_str().unwrap(), &wanted).unwrap();
}

#[test]
fn a_file_begun_by_a_killed_batch_is_its_own_only_if_it_is_what_it_would_write() {
    let scene = Scene::new();
    let items = scene.items(&["a", "b", "c"]);
    items.iter().for_each(|item| begin(&scene, item));
    fs::write(scene.options.folder.join("a.stl"), "by hand").unwrap();
    fs::write(scene.options.folder.join("b.stl"), "b").unwrap();
    let summary = scene.run(&items);
    let [ItemEvent::Failed(why), ItemEvent::Done { .. }, ItemEvent::Done { .. }] = &summary.items[..] else {
        panic!("{summary:?}")
    };
    assert!(why.contains("exists already") && why.ends_with("a.stl"), "{why}");
    assert_eq!(fs::read(scene.options.folder.join("a.stl")).unwrap(), b"by hand");
    let mut left = fs::read_dir(&scene.options.folder).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(left.all(|name| !name.to_string_lossy().ends_with(".tmp")), "no temporary file is left");
    let summary = scene.run(&items);
    assert!(matches!(summary.items[..], [ItemEvent::Failed(_), ItemEvent::Skipped, ItemEvent::Skipped]), "{summary:?}");
}

#[test]
fn a_file_that_a_killed_batch_was_making_again_is_replaced() {
    let scene = Scene::new();
    let items = scene.items(&["a"]);
    assert!(scene.run(&items).is_complete());
    fs::write(&items[0].job.input.path, "another picture").unwrap();
    begin(&scene, &items[0]);
    begin(&scene, &items[0]);
    assert!(scene.run(&items).is_complete());
    assert_eq!(fs::read(scene.options.folder.join("a.stl")).unwrap(), b"another picture");
}

#[test]
fn files_of_others_are_replaced_only_when_asked() {
    let mut scene = Scene::new();
    let items = scene.items(&["a", "b"]);
    fs::write(scene.options.folder.join("a.stl"), "by hand").unwrap();
    let summary = scene.run(&items);
    assert!(matches!(&summary.items[0], ItemEvent::Failed(text) if text.ends_with("a.stl")), "{summary:?}");
    assert_eq!(fs::read(scene.options.folder.join("a.stl")).unwrap(), b"by hand");
    // Ours, but somebody worked on it since.
    fs::write(scene.options.folder.join("b.stl"), "mended by hand").unwrap();
    let summary = scene.run(&items);
    assert_eq!(summary.failed(), 2);
    scene.options.overwrite = true;
    assert!(scene.run(&items).is_complete());
    assert_eq!(fs::read(scene.options.folder.join("b.stl")).unwrap(), b"b");
}

#[test]
fn a_picture_of_the_same_name_elsewhere_replaces_nothing() {
    let mut scene = Scene::new();
    let mut here = scene.items(&["a", "b"]);
    let elsewhere = scene.folder.path().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    fs::write(elsewhere.join("a"), "another picture").unwrap();
    fs::write(elsewhere.join("b"), "b").unwrap();
    let mut there = here.clone();
    for (item, name) in there.iter_mut().zip(["a", "b"]) {
        item.job.input.path = elsewhere.join(name);
    }
    assert!(scene.run(&here).is_complete());
    let summary = scene.run(&there);
    let solid = scene.options.folder.join("a.stl");
    assert!(matches!(&summary.items[0], ItemEvent::Failed(text) if text.contains("exists already")), "{summary:?}");
    assert_eq!(summary.items[1], ItemEvent::Skipped, "the same picture makes the same file");
    assert_eq!(fs::read(&solid).unwrap(), b"a");

    // The first batch still goes on as before, also by another name for its folder.
    fs::write(&here[0].job.input.path, "mended").unwrap();
    here[0].job.input.path = elsewhere.join("../a");
    assert!(scene.run(&here).is_complete());
    assert_eq!(fs::read(&solid).unwrap(), b"mended");
    scene.options.overwrite = true;
    assert!(scene.run(&there).is_complete());
    assert_eq!(fs::read(&solid).unwrap(), b"another picture");
}

#[test]
fn a_manifest_without_places_of_pictures_counts_as_before() {
    let scene = Scene::new();
    let items = scene.items(&["a", "b"]);
    assert!(scene.run(&items).is_complete());
    let path = scene.options.folder.join(MANIFEST_FILE_NAME);
    let mut manifest: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    for name in ["a.stl", "b.stl"] {
        assert!(manifest["files"][name].as_object_mut().unwrap().remove("source").is_some());
    }
    fs::write(&path, serde_json::to_vec(&manifest).unwrap()).unwrap();
    fs::write(&items[0].job.input.path, "another picture").unwrap();
    let summary = scene.run(&items);
    assert!(matches!(summary.items[..], [ItemEvent::Done { .. }, ItemEvent::Skipped]), "{summary:?}");
}

#[test]
fn a_damaged_manifest_is_noted_and_costs_only_time() {
    let scene = Scene::new();
    let items = scene.items(&["a"]);
    scene.run(&items);
    fs::write(scene.options.folder.join(MANIFEST_FILE_NAME), "{ not json").unwrap();
    fs::remove_file(scene.options.folder.join("a.stl")).unwrap();
    let summary = scene.run(&items);
    assert!(summary.notes[0].ends_with(MANIFEST_FILE_NAME) && summary.is_complete(), "{summary:?}");
    assert!(scene.run(&items).notes.is_empty(), "it was written anew");
}

fn wanted(name: &str) -> Wanted {
    Wanted { source: name.to_owned(), picture: [1; 32], mask: None, settings: [2; 32], model: None }
}

/// Makes the file and notes that it is whole.
fn finish(books: &Folder, name: &str) -> Result<(), ManifestError> {
    fs::write(books.path_of(name), name).unwrap();
    books.finish(name, &wanted(name))
}

#[test]
fn two_batches_into_one_folder_keep_each_others_books() {
    let folder = tempfile::tempdir().unwrap();
    let [first, second] = [(); 2].map(|()| Folder::open(folder.path()).unwrap().0);
    for (books, name) in [(&first, "a.stl"), (&second, "b.stl")] {
        finish(books, name).unwrap();
    }
    let (books, notes) = Folder::open(folder.path()).unwrap();
    assert!(notes.is_empty() && ["a.stl", "b.stl"].iter().all(|name| books.is_done(name, &wanted(name))));
}

#[test]
fn of_two_batches_at_one_file_the_one_that_fails_leaves_what_the_other_noted() {
    let folder = tempfile::tempdir().unwrap();
    let [first, second] = [(); 2].map(|()| Folder::open(folder.path()).unwrap().0);
    first.begin("a.stl", &wanted("a.stl")).unwrap();
    let begun = second.begin("a.stl", &wanted("a.stl")).unwrap();
    finish(&first, "a.stl").unwrap();
    second.restore("a.stl", begun).unwrap();
    let (books, _) = Folder::open(folder.path()).unwrap();
    assert!(books.is_done("a.stl", &wanted("a.stl")));

    // Where nobody else noted anything, it is as if the file had never been begun.
    let begun = second.begin("b.stl", &wanted("b.stl")).unwrap();
    second.restore("b.stl", begun).unwrap();
    fs::write(second.path_of("b.stl"), "by hand").unwrap();
    assert_eq!(second.standing("b.stl", "b.stl"), Standing::Foreign);
}

#[test]
fn batches_at_the_same_time_lose_no_line_and_leave_no_lock() {
    let folder = tempfile::tempdir().unwrap();
    let name = |batch: usize, number: usize| format!("{batch}-{number}.stl");
    std::thread::scope(|scope| {
        for batch in 0..4 {
            let (name, path) = (&name, folder.path());
            scope.spawn(move || {
                let (books, _) = Folder::open(path).unwrap();
                (0..10).for_each(|number| finish(&books, &name(batch, number)).unwrap());
            });
        }
    });
    let (books, notes) = Folder::open(folder.path()).unwrap();
    let mut all = (0..4).flat_map(|batch| (0..10).map(move |number| name(batch, number)));
    assert!(notes.is_empty() && all.all(|name| books.is_done(&name, &wanted(&name))));
    #[cfg(unix)]
    assert!(!folder.path().join(LOCK_FILE_NAME).exists());
}

#[test]
fn a_manifest_that_cannot_be_read_any_more_is_not_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let (books, _) = Folder::open(folder.path()).unwrap();
    finish(&books, "a.stl").unwrap();
    let path = folder.path().join(MANIFEST_FILE_NAME);
    fs::write(&path, "{ of another program").unwrap();
    let error = finish(&books, "b.stl").unwrap_err();
    assert!(matches!(error, ManifestError::Read { .. }) && error.to_string().ends_with(MANIFEST_FILE_NAME), "{error}");
    assert_eq!(fs::read(&path).unwrap(), b"{ of another program");
}

#[test]
fn a_full_manifest_is_told_and_still_read() {
    let folder = tempfile::tempdir().unwrap();
    let (books, _) = Folder::open(folder.path()).unwrap();
    let books = books.with_limit(1000);
    let full = (0..10).find_map(|number| finish(&books, &format!("{number}.stl")).err());
    assert!(matches!(full, Some(ManifestError::Full(_))), "{full:?}");
    let (again, notes) = Folder::open(folder.path()).unwrap();
    assert!(notes.is_empty() && again.is_done("0.stl", &wanted("0.stl")));
}

#[test]
fn several_workers_make_each_file_once() {
    let mut scene = Scene::new();
    scene.options.workers = 4;
    let names: Vec<String> = (0..40).map(|i| format!("p{i}")).collect();
    let items = scene.items(&names.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(scene.run(&items).is_complete());
    let made = scene.made();
    assert_eq!(made.len(), 40);
    assert_eq!(made.iter().collect::<BTreeSet<_>>().len(), 40);
    assert!(scene.run(&items).items.iter().all(|i| *i == ItemEvent::Skipped));
}

#[test]
fn a_picture_keeps_the_name_of_its_solid() {
    let scene = Scene::new();
    let picture = |name: &str| {
        let path = scene.folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, name).unwrap();
        path
    };
    let out = &scene.options.folder;
    let names = |pictures: &[PathBuf], ending: &str| -> Vec<String> {
        output_names(out, pictures, ending, false).iter().map(|name| name.display().to_string()).collect()
    };
    let [a, a0, b] = ["a/cat.png", "a0/cat.png", "b/cat.png"].map(picture);
    let two = [a.clone(), b.clone()];
    let items: Vec<_> = two
        .iter()
        .zip(output_names(out, &two, "stl", false))
        .map(|(path, output_name)| {
            let job = JobRequest { request: Request::default(), input: Input::of(path) };
            BatchItem { job, output_name }
        })
        .collect();
    assert!(scene.run(&items).is_complete());
    assert_eq!(scene.made(), ["cat-png-1.stl", "cat-png-2.stl"]);

    let [beside, early] = ["b/cat.jpg", "a/cat-png-2.gif"].map(picture);
    assert_eq!(names(&[a.clone(), a0.clone(), b.clone()], "stl"), ["cat-png-1.stl", "cat-png.stl", "cat-png-2.stl"]);
    assert_eq!(names(&[a0.clone(), b.clone()], "stl"), ["cat-png.stl", "cat-png-2.stl"]);
    assert_eq!(names(&[b.clone(), beside], "stl"), ["cat-png-2.stl", "cat-jpg.stl"]);
    assert_eq!(names(&[early, b.clone()], "stl"), ["cat-png-2-gif.stl", "cat-png-2.stl"]);
    assert_eq!(names(&[a, a0, b], "3mf"), ["cat-png-1.3mf", "cat-png-2.3mf", "cat-png-3.3mf"], "another batch");
}

#[cfg(unix)]
#[test]
fn pictures_whose_names_are_no_text_have_a_file_each() {
    use std::os::unix::ffi::OsStrExt as _;
    let scene = Scene::new();
    let folder = scene.folder.path();
    let pictures = [&b"caf\xe8.png"[..], b"caf\xe9.png"].map(|name| folder.join(std::ffi::OsStr::from_bytes(name)));
    if pictures.iter().any(|picture| fs::write(picture, picture.as_os_str().as_bytes()).is_err()) {
        return; // Not every file system has such names.
    }
    let run = || {
        let named = pictures.iter().zip(output_names(&scene.options.folder, &pictures, "stl", false));
        let items: Vec<_> = named
            .map(|(path, output_name)| {
                let job = JobRequest { request: Request::default(), input: Input::of(path) };
                BatchItem { job, output_name }
            })
            .collect();
        scene.run(&items).items
    };
    assert!(run().iter().all(|event| matches!(event, ItemEvent::Done { .. })));
    let made = scene.made();
    assert_eq!(made.iter().collect::<BTreeSet<_>>().len(), 2, "{made:?}");
    assert_eq!(run(), [ItemEvent::Skipped, ItemEvent::Skipped]);
    assert!(scene.made().is_empty());
    for (picture, name) in pictures.iter().zip(made) {
        assert_eq!(fs::read(scene.options.folder.join(name)).unwrap(), picture.as_os_str().as_bytes());
    }
    // A name of text is noted as it is.
    let plain = folder.canonicalize().unwrap().join("plain.png");
    assert_eq!(Path::new(&manifest::source_of(&plain)), plain);
}

#[test]
fn a_manifest_names_no_file_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let picture = folder.path().join("cat.png");
    fs::write(&picture, "cat").unwrap();
    let out = folder.path().join("out");
    fs::create_dir(&out).unwrap();
    let (books, _) = Folder::open(&out).unwrap();
    let wanted = Wanted { source: manifest::source_of(&picture), ..wanted("") };
    books.begin("../cat.stl", &wanted).unwrap();
    assert_eq!(output_names(&out, &[picture], "stl", false), [Path::new("cat.stl")]);
}

#[test]
fn a_missing_folder_is_said_at_once() {
    let scene = Scene::new();
    let options = BatchOptions { folder: scene.folder.path().join("nowhere"), ..scene.options.clone() };
    let error = run(&[], &options, &CancelToken::new(), &|_, _, _, _| Ok(()), &|_, _| {}).unwrap_err();
    assert!(error.to_string().ends_with("nowhere"), "{error}");
}
