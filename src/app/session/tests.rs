use super::*;
use crate::request::Side;

fn two_cards() -> Items {
    let mut items = Items::default();
    let id = items.add(Source::Picture("a.png".into()), Request::default());
    items.add(Source::MeshFile("b.stl".into()), Request::default());
    items.get_mut(id).unwrap().request.size.height_mm = Some(33.0);
    items.get_mut(id).unwrap().status = Status::Waiting;
    items.get_mut(id).unwrap().views.insert(Side::Back, "back.png".into());
    items.select(id);
    items
}

#[test]
fn a_session_comes_back_with_waiting_cards_still_waiting() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path().join("deep/data")).unwrap();
    store.save(&Session::of(&two_cards(), Request::default(), &Settings::default())).unwrap();
    let Loaded::Session(session) = store.load() else { panic!("not read") };
    let (cards, selected) = session.cards(false);
    assert_eq!(cards.len(), 2);
    assert_eq!(cards[0].request.size.height_mm, Some(33.0));
    assert_eq!(cards[0].status, Status::Waiting);
    assert_eq!(cards[0].views, Views::from([(Side::Back, "back.png".into())]));
    assert_eq!(selected, Some(cards[0].id));
}

#[test]
fn a_card_that_ran_when_the_program_broke_off_waits_for_its_user() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path().to_owned()).unwrap();
    let (mut items, _) = with_files(&store);
    items.get_mut(ItemId(1)).unwrap().status = Status::Running { stage: None, estimate: Default::default() };
    let waiting = items.add(Source::Picture("c.png".into()), Request::default());
    items.get_mut(waiting).unwrap().status = Status::Waiting;
    let session = Session::of(&items, Request::default(), &Settings::default());
    let read = |goes_on| {
        let Loaded::Session(session) = store.load() else { panic!("not read") };
        session.cards(goes_on).0
    };
    store.save(&session).unwrap();
    assert_eq!(read(true)[0].status, Status::Waiting, "a lost graphics device says nothing against the picture");
    let cards = read(false);
    assert!(matches!(&cards[0].status, Status::Failed(why) if why.contains("Ctrl+R")), "{:?}", cards[0].status);
    assert!(cards[0].saved.is_some(), "its mesh of before");
    assert_eq!(cards[2].status, Status::Waiting);
    store.save_last(&session).unwrap();
    let cards = read(false);
    assert_eq!([&cards[0].status, &cards[2].status], [&Status::Waiting; 2]);
}

#[test]
fn a_list_of_an_older_program_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path().to_owned()).unwrap();
    let text = r#"{"version": 1, "items": [{"id": 1, "source": {"picture": "a.png"}, "open": true}]}"#;
    fs::write(store.file(), text).unwrap();
    let Loaded::Session(session) = store.load() else { panic!("not read") };
    assert_eq!(session.cards(false).0[0].status, Status::Waiting);
}

#[test]
fn a_damaged_session_is_set_aside_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path().to_owned()).unwrap();
    for damaged in ["{\"items\": [", "{\"version\": 999}", "{\"draft\":{\"size\":{\"height_mm\":-4.0}}}"] {
        fs::write(store.file(), damaged).unwrap();
        assert!(matches!(store.load(), Loaded::SetAside(_)), "{damaged}");
        assert!(matches!(store.load(), Loaded::New));
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    let kept = fs::read_dir(folder.path().join("results")).unwrap().count();
    assert_eq!(kept, 3);
}

#[test]
fn an_older_list_never_overwrites_the_last_one() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path().to_owned()).unwrap();
    store.save_last(&Session::of(&two_cards(), Request::default(), &Settings::default())).unwrap();
    store.save(&Session::default()).unwrap();
    let Loaded::Session(session) = store.load() else { panic!("not read") };
    assert_eq!(session.cards(false).0.len(), 2);
}

#[test]
fn a_second_window_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let first = Store::open(folder.path().to_owned()).unwrap();
    let second = Store::open(folder.path().to_owned()).unwrap();
    assert!(!first.is_read_only() && second.is_read_only());
    second.save(&Session::default()).unwrap();
    assert!(matches!(first.load(), Loaded::New));
}

#[test]
fn a_second_window_has_the_choices_of_the_first_and_sets_nothing_aside() {
    let folder = tempfile::tempdir().unwrap();
    let first = Store::open(folder.path().to_owned()).unwrap();
    let second = Store::open(folder.path().to_owned()).unwrap();
    assert!(second.choices().is_none());
    let settings = Settings { scale: 1.5, generate_at_once: false, ..Settings::default() };
    let draft = Request { mode: crate::request::Mode::Relief, ..Request::default() };
    first.save(&Session::of(&two_cards(), draft, &settings)).unwrap();
    assert_eq!(second.choices(), Some((settings, draft)));
    for damaged in ["{\"items\": [", "{\"version\": 999}", "{\"draft\":{\"size\":{\"height_mm\":-4.0}}}"] {
        fs::write(second.file(), damaged).unwrap();
        assert!(second.choices().is_none() && second.file().exists(), "{damaged}");
    }
}

#[test]
fn a_window_in_the_place_of_another_waits_until_that_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let first = Store::open(folder.path().to_owned()).unwrap();
    std::thread::scope(|scope| {
        let second = scope.spawn(|| Store::open_after(folder.path().to_owned(), Duration::from_secs(60)).unwrap());
        // Whenever it looks, it must come to hold the folder.
        std::thread::sleep(Duration::from_millis(60));
        drop(first);
        let second = second.join().unwrap();
        assert!(!second.is_read_only());
        assert!(Store::open_after(folder.path().to_owned(), Duration::ZERO).unwrap().is_read_only());
    });
}

#[test]
fn what_a_second_window_made_stays_as_long_as_it_is_open() {
    let folder = tempfile::tempdir().unwrap();
    let open = || Store::open(folder.path().to_owned()).unwrap();
    let (first, second, third) = (open(), open(), open());
    let masks = [second.new_mask_path(ItemId(1)), third.new_mask_path(ItemId(1))];
    masks.iter().for_each(|mask| fs::write(mask, "x").unwrap());
    drop(first);
    let first = open();
    assert!(!first.is_read_only());
    first.sweep(&Session::default());
    assert!(masks.iter().all(|mask| mask.exists()));
    drop(second);
    assert!(!masks[0].exists() && masks[1].exists());
}

#[test]
fn what_a_second_window_left_behind_is_swept() {
    let folder = tempfile::tempdir().unwrap();
    let left = folder.path().join("others/7");
    fs::create_dir_all(&left).unwrap();
    for name in [LOCK, "1-5.png"] {
        fs::write(left.join(name), "x").unwrap();
    }
    Store::open(folder.path().to_owned()).unwrap().sweep(&Session::default());
    assert!(!left.exists());
}

/// [`two_cards`] with a mesh and a mask for the first, which are written.
fn with_files(store: &Store) -> (Items, [PathBuf; 2]) {
    let (file, mask) = (store.new_result_path(ItemId(1)), store.new_mask_path(ItemId(1)));
    let mut items = two_cards();
    let item = items.get_mut(ItemId(1)).unwrap();
    let (request, views, notes) = (item.request, Views::new(), vec![]);
    item.saved = Some(SavedResult { file: file.clone(), request, mask: Some(mask.clone()), views, notes });
    item.mask = Some(mask.clone());
    let files = [file, mask];
    files.iter().for_each(|path| fs::write(path, "x").unwrap());
    (items, files)
}

#[test]
fn sweeping_keeps_what_a_card_names() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path().to_owned()).unwrap();
    let (items, keep) = with_files(&store);
    let drop = store.new_result_path(ItemId(77));
    fs::write(&drop, "x").unwrap();
    store.sweep(&Session::of(&items, Request::default(), &Settings::default()));
    assert!(keep.iter().all(|path| path.exists()) && !drop.exists());
}

#[test]
fn what_was_being_written_when_a_window_died_is_swept() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path().to_owned()).unwrap();
    let yesterday = std::time::SystemTime::now() - Duration::from_secs(86_400);
    for place in [folder.path().to_owned(), folder.path().join("results"), store.pasted_folder()] {
        fs::create_dir_all(&place).unwrap();
        let [old, fresh] = [".orfeas-aB3dEf.tmp", ".orfeas-fresh1.tmp"].map(|name| place.join(name));
        fs::write(&fresh, "half").unwrap();
        fs::File::create(&old).unwrap().set_modified(yesterday).unwrap();
        store.sweep(&Session::default());
        assert!(fresh.exists() && !old.exists(), "{}", place.display());
    }
}

#[test]
fn what_a_set_aside_list_may_name_is_kept_and_newer_files_are_swept() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path().to_owned()).unwrap();
    let (_, old) = with_files(&store);
    let pause = || std::thread::sleep(std::time::Duration::from_millis(3));
    pause();
    fs::write(store.file(), "damaged").unwrap();
    assert!(matches!(store.load(), Loaded::SetAside(_)));
    pause();
    let new = store.new_result_path(ItemId(5));
    fs::write(&new, "x").unwrap();
    store.sweep(&Session::default());
    assert!(old.iter().all(|path| path.exists()) && !new.exists());
}

#[test]
fn a_folder_that_was_moved_still_has_its_meshes_and_masks() {
    let folder = tempfile::tempdir().unwrap();
    let [before, after] = ["before", "after"].map(|name| folder.path().join(name));
    let store = Store::open(before.clone()).unwrap();
    let (items, _) = with_files(&store);
    store.save(&Session::of(&items, Request::default(), &Settings::default())).unwrap();
    drop(store);
    fs::rename(&before, &after).unwrap();
    let store = Store::open(after.clone()).unwrap();
    let Loaded::Session(session) = store.load() else { panic!("not read") };
    store.sweep(&session);
    let (cards, _) = session.cards(false);
    let saved = cards[0].saved.as_ref().unwrap();
    let files = [&saved.file, saved.mask.as_ref().unwrap(), cards[0].mask.as_ref().unwrap()];
    assert!(files.iter().all(|path| path.exists() && path.starts_with(&after)), "{files:?}");
}

#[cfg(unix)]
#[test]
fn a_name_that_is_no_text_does_not_cost_the_others() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path().to_owned()).unwrap();
    let odd = PathBuf::from(OsStr::from_bytes(b"K\xfcche.png"));
    let ((mut items, _), mut settings) = (with_files(&store), Settings::default());
    items.add(Source::Picture(odd.clone()), Request::default());
    let item = items.get_mut(ItemId(1)).unwrap();
    item.views.insert(Side::Left, odd.clone());
    item.saved.as_mut().unwrap().views = item.views.clone();
    settings.remember(odd);
    store.save(&Session::of(&items, Request::default(), &settings)).unwrap();
    let Loaded::Session(session) = store.load() else { panic!("not read") };
    let (cards, _) = session.cards(false);
    assert_eq!(cards.len(), 2);
    assert_eq!(cards[0].saved.as_ref().unwrap().views, Views::from([(Side::Back, "back.png".into())]));
}

/// Elsewhere the system may refuse such names.
#[cfg(target_os = "linux")]
#[test]
fn a_folder_whose_name_is_no_text_keeps_the_list_and_its_files() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path().join(OsStr::from_bytes(b"K\xfcche"))).unwrap();
    let (items, [file, mask]) = with_files(&store);
    store.save(&Session::of(&items, Request::default(), &Settings::default())).unwrap();
    let Loaded::Session(session) = store.load() else { panic!("not read") };
    store.sweep(&session);
    let (cards, _) = session.cards(false);
    let saved = cards[0].saved.as_ref().unwrap();
    assert_eq!((&saved.file, saved.mask.as_ref(), cards[0].mask.as_ref()), (&file, Some(&mask), Some(&mask)));
    assert!(file.exists() && mask.exists());
}
