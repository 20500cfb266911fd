//! Import, verification and removal.

use std::fs;
use std::path::Path;

use orfeas::models::{DigestSource, ModelsError, Owner, Place, Remedy, Removed, State, Verdict};
use orfeas::progress::{CancelToken, Monitor};

use super::toy::{CONFIG, CONFIG_TEXT, Desk, WEIGHTS, weights};

fn write(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

#[test]
fn a_model_is_imported_from_a_folder_or_from_its_weights() {
    for source in ["", "toy-v1", "toy-v1/model.bin"] {
        let desk = Desk::new();
        let theirs = desk.folder.path().join("downloads");
        write(&theirs.join(WEIGHTS), &weights());
        write(&theirs.join(CONFIG), CONFIG_TEXT);
        let imported = desk.agreed().import("toy", &theirs.join(source), &Monitor::silent()).unwrap();
        assert_eq!(imported.missing, Vec::<String>::new(), "{source}");
        desk.assert_whole();
        desk.library().remove("toy").unwrap();
        assert!(fs::read(theirs.join(WEIGHTS)).unwrap() == weights());
    }
}

#[test]
fn renamed_weights_alone_are_imported_and_the_rest_is_pulled() {
    let desk = Desk::new();
    let theirs = desk.folder.path().join("downloads/hunyuan (1).bin");
    write(&theirs, &weights());
    let imported = desk.agreed().import("toy", &theirs, &Monitor::silent()).unwrap();
    assert_eq!(imported.missing, [CONFIG]);
    assert!(matches!(desk.library().locate("toy"), Err(ModelsError::Incomplete { .. })));
    desk.pull().unwrap();
    desk.assert_whole();
    assert!(desk.server.store_requests().is_empty());
}

#[test]
fn what_is_not_the_model_is_not_imported() {
    let desk = Desk::new();
    let folder = desk.folder.path().join("downloads");
    let import = |path: &Path| desk.agreed().import("toy", path, &Monitor::silent()).unwrap_err();
    assert!(matches!(import(&folder), ModelsError::Io { .. }), "nothing there");
    fs::create_dir_all(&folder).unwrap();
    let error = import(&folder);
    assert!(
        matches!(error, ModelsError::NotThis { .. }) && error.to_string().contains("model.bin of 600000 bytes"),
        "{error}"
    );
    write(&folder.join("model.bin"), b"short");
    assert!(matches!(import(&folder.join("model.bin")), ModelsError::NotThis { .. }));
    let mut other = weights();
    other[77] ^= 1;
    write(&folder.join("model.bin"), &other);
    let error = import(&folder.join("model.bin"));
    assert!(matches!(error, ModelsError::NotThis { .. }) && error.to_string().contains("SHA-256"), "{error}");
    assert!(!desk.weights_path().exists());
    let left = fs::read_dir(desk.weights_path().parent().unwrap()).map_or(0, Iterator::count);
    assert_eq!(left, 0, "nothing half is left");
}

#[test]
fn without_agreement_nothing_is_imported() {
    let desk = Desk::new();
    let error = desk.library().import("toy", desk.folder.path(), &Monitor::silent()).unwrap_err();
    assert!(matches!(error, ModelsError::LicenceNotAccepted { .. }));
}

#[test]
fn verification_finds_a_single_wrong_bit() {
    for pinned in [true, false] {
        let desk = Desk { pinned, ..Desk::new() };
        let verdicts = || {
            let verification = desk.library().verify("toy", &Monitor::silent()).unwrap();
            assert_eq!(verification.owner, Owner::Orfeas);
            (verification.is_good(), verification.files.into_iter().map(|f| f.verdict).collect::<Vec<_>>())
        };
        assert!(matches!(desk.library().verify("toy", &Monitor::silent()), Err(ModelsError::NotInstalled { .. })));
        desk.pull().unwrap();
        // The server names a digest for the weights alone.
        assert_eq!(verdicts(), (true, vec![Verdict::AsItCame, Verdict::Good]));
        for (path, index) in [(WEIGHTS, 1), (CONFIG, 0)] {
            let path = desk.own().join("maker/Toy").join(path);
            let good = fs::read(&path).unwrap();
            let mut bad = good.clone();
            bad[3] ^= 0x10;
            fs::write(&path, &bad).unwrap();
            let (is_good, all) = verdicts();
            assert!(!is_good && matches!(all[index], Verdict::Changed { .. }), "{all:?}");
            fs::write(&path, &bad[1..]).unwrap();
            assert!(matches!(verdicts().1[index], Verdict::Length { .. }));
            fs::remove_file(&path).unwrap();
            assert_eq!(verdicts().1[index], Verdict::Missing);
            fs::write(&path, &good).unwrap();
        }
    }
}

#[test]
fn the_remedy_keeps_what_is_good_and_leaves_files_of_others_to_them() {
    let remedy = |desk: &Desk| {
        let library = desk.library();
        let found = library.verify("toy", &Monitor::silent()).unwrap();
        library.remedy(library.model("toy").unwrap(), &found)
    };
    let mut flipped = weights();
    flipped[3] ^= 1;
    let desk = Desk::new();
    desk.pull().unwrap();
    assert_eq!(remedy(&desk), None);
    fs::write(desk.weights_path(), &weights()[..1000]).unwrap();
    assert_eq!(remedy(&desk), Some(Remedy::Pull));
    fs::remove_file(desk.weights_path()).unwrap();
    assert_eq!(remedy(&desk), Some(Remedy::Pull));
    desk.pull().unwrap();
    assert_eq!(remedy(&desk), None, "it does what it says");
    fs::write(desk.weights_path(), &flipped).unwrap();
    assert_eq!(remedy(&desk), Some(Remedy::Replace));
    desk.library().remove("toy").unwrap();
    desk.pull().unwrap();
    assert_eq!(remedy(&desk), None, "it does what it says");

    let mut desk = Desk::new();
    let theirs = desk.folder.path().join("theirs");
    for root in [desk.own().join("maker/Toy"), theirs.join("maker/Toy")] {
        write(&root.join(WEIGHTS), &flipped);
        write(&root.join(CONFIG), CONFIG_TEXT);
    }
    assert_eq!(remedy(&desk), Some(Remedy::ByHand(desk.weights_path())), "put into our folder by hand");
    fs::remove_dir_all(desk.own()).unwrap();
    desk.others.push(Place { owner: Owner::Hy3dgen, path: theirs.clone() });
    assert_eq!(remedy(&desk), Some(Remedy::ByHand(theirs.join("maker/Toy").join(WEIGHTS))));
}

#[test]
fn verification_can_be_cancelled() {
    let desk = Desk::new();
    desk.pull().unwrap();
    let cancel = CancelToken::new();
    cancel.cancel();
    let error = desk.library().verify("toy", &Monitor::new(&cancel, &|_| {})).unwrap_err();
    assert!(matches!(error, ModelsError::Cancelled(_)));
}

#[test]
fn removal_takes_what_we_brought_and_nothing_else() {
    let desk = Desk::new();
    let library = desk.library();
    assert!(matches!(library.remove("toy"), Err(ModelsError::NotInstalled { .. })));
    desk.pull().unwrap();
    let notes = desk.weights_path().with_file_name("notes.txt");
    fs::write(&notes, "mine").unwrap();
    let Removed { bytes, freed_bytes } = library.remove("toy").unwrap();
    assert_eq!(bytes, (weights().len() + CONFIG_TEXT.len()) as u64);
    assert_eq!(freed_bytes, cfg!(unix).then_some(bytes), "other systems do not say");
    assert!(notes.exists() && !desk.weights_path().exists());
    assert_eq!(library.state(library.model("toy").unwrap()), State::Absent);
    fs::remove_file(&notes).unwrap();
    desk.pull().unwrap();
    library.remove("toy").unwrap();
    assert!(!desk.own().join("maker").exists() && desk.own().exists(), "empty folders go");
    assert!(desk.library().is_agreed(desk.library().model("toy").unwrap()), "nobody is asked twice");
}

#[cfg(unix)]
#[test]
fn bytes_that_stay_where_they_were_taken_from_are_not_free_again() {
    use std::os::unix::fs::MetadataExt as _;
    let desk = Desk::new();
    let theirs = desk.folder.path().join("downloads/toy.bin");
    write(&theirs, &weights());
    desk.agreed().import("toy", &theirs, &Monitor::silent()).unwrap();
    desk.pull().unwrap();
    if fs::metadata(&theirs).unwrap().nlink() == 1 {
        return; // The disk knows no links.
    }
    let removed = desk.library().remove("toy").unwrap();
    let (linked, fetched) = (weights().len() as u64, CONFIG_TEXT.len() as u64);
    assert_eq!((removed.bytes, removed.freed_bytes), (linked + fetched, Some(fetched)));
    assert!(removed.in_words().contains("stay where they were taken from"), "{}", removed.in_words());
    // Nobody else has them any more.
    desk.agreed().import("toy", &theirs, &Monitor::silent()).unwrap();
    fs::remove_file(&theirs).unwrap();
    let removed = desk.library().remove("toy").unwrap();
    assert_eq!((removed.bytes, removed.freed_bytes), (linked, Some(linked)));
    assert!(removed.in_words().ends_with("are free again"), "{}", removed.in_words());
}

#[test]
fn files_that_somebody_put_into_our_folder_are_found_and_stay() {
    let desk = Desk::new();
    write(&desk.weights_path(), &weights());
    write(&desk.own().join("maker/Toy").join(CONFIG), CONFIG_TEXT);
    desk.assert_whole();
    let error = desk.library().remove("toy").unwrap_err();
    assert!(matches!(error, ModelsError::NotOurs { .. }), "{error}");
    assert!(desk.weights_path().exists());
}

#[test]
fn a_forged_record_removes_nothing_else() {
    let desk = Desk::new();
    desk.pull().unwrap();
    let precious = desk.folder.path().join("precious.txt");
    fs::write(&precious, "mine").unwrap();
    let record = desk.own().join(".orfeas/toy.json");
    let text = fs::read_to_string(&record).unwrap().replace(CONFIG, "../../../precious.txt");
    fs::write(&record, text).unwrap();
    desk.library().remove("toy").unwrap();
    assert!(precious.exists());
    fs::write(&record, "{ nonsense").unwrap();
    assert!(desk.library().record(desk.library().model("toy").unwrap()).is_none());
}

#[test]
fn imported_files_of_unknown_digest_are_watched_from_then_on() {
    let desk = Desk { pinned: false, ..Desk::new() };
    let theirs = desk.folder.path().join("downloads");
    write(&theirs.join(WEIGHTS), &weights());
    write(&theirs.join(CONFIG), CONFIG_TEXT);
    desk.agreed().import("toy", &theirs, &Monitor::silent()).unwrap();
    let record = desk.library().record(desk.library().model("toy").unwrap()).unwrap();
    assert!(record.files.iter().all(|f| f.known_by == DigestSource::Computed));
    let found = desk.library().verify("toy", &Monitor::silent()).unwrap();
    assert!(found.is_good() && found.files.iter().all(|f| f.verdict == Verdict::AsItCame), "{found:?}");
}

#[test]
fn what_killed_imports_and_pulls_left_goes() {
    let desk = Desk::new();
    let theirs = desk.folder.path().join("downloads");
    write(&theirs.join(WEIGHTS), &weights());
    write(&theirs.join(CONFIG), CONFIG_TEXT);
    let beside = |name: &str| desk.weights_path().with_file_name(name);
    let yesterday = std::time::SystemTime::now() - std::time::Duration::from_secs(86_400);
    let (begun, fresh, old) = (".orfeas-model.bin.tmp", ".orfeas-fresh1.tmp", ".orfeas-aB3dEf.tmp");
    let leave = |names: &[&str]| {
        names.iter().for_each(|name| write(&beside(name), b"half"));
        fs::File::options().write(true).open(beside(old)).unwrap().set_modified(yesterday).unwrap();
    };
    leave(&[begun, fresh, old, ".orfeas-model.bin.part", ".orfeas-model.bin.part.json"]);
    desk.agreed().import("toy", &theirs, &Monitor::silent()).unwrap();
    assert!(beside(fresh).exists(), "another process may be writing it");
    fs::remove_file(beside(fresh)).unwrap();
    desk.assert_whole();

    // A removal needs no model for it.
    desk.library().remove("toy").unwrap();
    leave(&[begun, old]);
    let removed = desk.library().remove("toy").unwrap();
    assert_eq!(removed.bytes, 4);
    assert!(!desk.own().join("maker").exists());
    assert!(matches!(desk.library().remove("toy"), Err(ModelsError::NotInstalled { .. })));
}
