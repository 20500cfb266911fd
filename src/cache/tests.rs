use std::fs;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use super::*;

/// Makes this test binary play the other process; see [`play_the_other_process`].
const FOLDER_FOR_CHILD: &str = "ORFEAS_TEST_CHILD_CACHE";

fn key(number: u64) -> Key {
    KeyBuilder::new("test", "1").params(&number).finish()
}

fn payload(number: u64, bytes: usize) -> Vec<u8> {
    (0..bytes as u64).map(|i| (i.wrapping_mul(31) ^ number ^ (i >> 8)) as u8).collect()
}

fn open(folder: &Path, limit_bytes: u64) -> Cache {
    Cache::open(&CacheOptions { folder: Some(folder.to_owned()), limit_bytes })
}

/// Every file below the cache's folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for item in fs::read_dir(folder).unwrap() {
            let path = item.unwrap().path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

#[test]
fn what_was_put_is_found_again_by_this_and_by_another_handle() {
    let folder = tempfile::tempdir().unwrap();
    let cache = open(folder.path(), 1 << 30);
    for (number, bytes) in [(0, 0), (1, 1), (2, 3 << 20)] {
        cache.put(&key(number), &payload(number, bytes));
        assert_eq!(open(folder.path(), 1 << 30).get(&key(number)), Some(payload(number, bytes)));
    }
    let whole = payload(2, 3 << 20);
    cache.put_parts(&key(3), &[&whole[..10], &whole[10..2_000_000], &[], &whole[2_000_000..]]);
    assert_eq!(cache.get(&key(3)).as_deref(), Some(&whole[..]));
    assert_eq!(cache.get(&key(4)), None);
    let stats = cache.stats();
    assert_eq!(stats.entries, 4);
    assert_eq!(stats.stages["test"].bytes, stats.bytes);
    assert!(cache.contains(&key(3)) && !cache.contains(&key(4)));
    assert_eq!(cache.take_warning(), None);
}

#[test]
fn a_flipped_byte_anywhere_is_a_miss_and_removes_the_entry() {
    let folder = tempfile::tempdir().unwrap();
    let cache = open(folder.path(), 1 << 30);
    let bytes = payload(7, 1000);
    for place in (0..entry::HEADER_BYTES + 1000).step_by(7) {
        cache.put(&key(7), &bytes);
        let file = &files(folder.path())[0];
        let mut content = fs::read(file).unwrap();
        content[place] ^= 0x10;
        fs::write(file, content).unwrap();
        assert_eq!(cache.get(&key(7)), None, "byte {place}");
        assert!(files(folder.path()).is_empty(), "byte {place}: the damaged entry is still there");
    }
}

#[test]
fn a_truncated_extended_or_foreign_entry_is_a_miss() {
    let folder = tempfile::tempdir().unwrap();
    let cache = open(folder.path(), 1 << 30);
    for length in [0, 1, 127, 128, 129, 500, 1127, 1129, 5000] {
        cache.put(&key(1), &payload(1, 1000));
        let file = &files(folder.path())[0];
        fs::File::options().write(true).open(file).unwrap().set_len(length).unwrap();
        assert_eq!(cache.get(&key(1)), None, "{length} bytes");
    }
    // Two entries whose files were swapped: each is well-formed, but not what was asked for.
    cache.put(&key(1), &payload(1, 1000));
    let one = files(folder.path()).pop().unwrap();
    let saved = fs::read(&one).unwrap();
    fs::remove_file(&one).unwrap();
    cache.put(&key(2), &payload(2, 1000));
    let two = files(folder.path()).pop().unwrap();
    fs::write(&two, saved).unwrap();
    assert_eq!(cache.get(&key(2)), None);
}

#[test]
fn a_length_that_lies_takes_no_memory() {
    let folder = tempfile::tempdir().unwrap();
    let cache = open(folder.path(), 1 << 20);
    cache.put(&key(1), &payload(1, 1000));
    // A sparse file of a tebibyte; a reader that believed it would ask for as much memory.
    let file = fs::File::options().write(true).open(&files(folder.path())[0]).unwrap();
    if file.set_len(1 << 40).is_ok() {
        assert_eq!(cache.get(&key(1)), None);
        assert!(files(folder.path()).is_empty());
    }
}

#[test]
fn the_least_recently_used_entries_go_first() {
    let folder = tempfile::tempdir().unwrap();
    let long_ago = SystemTime::now() - Duration::from_secs(3600);
    let put_at = |number: u64| {
        // Room for all: nothing is evicted yet.
        open(folder.path(), 1 << 30).put(&key(number), &payload(number, 10_000));
        let name = key(number).hex();
        let file = files(folder.path()).into_iter().find(|f| f.display().to_string().contains(&name)).unwrap();
        let age = Duration::from_secs(number);
        fs::File::options().write(true).open(file).unwrap().set_modified(long_ago + age).unwrap();
    };
    (0..20).for_each(put_at);
    // The oldest is used, so it is the newest now.
    let cache = open(folder.path(), 100_000);
    assert!(cache.get(&key(0)).is_some());
    cache.put(&key(99), &payload(99, 10_000));
    let stats = cache.stats();
    assert!(stats.bytes <= 90_000, "{stats:?}");
    let left: Vec<u64> = (0..20).filter(|&n| cache.contains(&key(n))).collect();
    assert_eq!(left, [0, 14, 15, 16, 17, 18, 19], "{stats:?}");
    assert!(cache.contains(&key(99)));
}

#[test]
fn the_folder_stays_below_its_limit_while_much_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let cache = open(folder.path(), 200_000);
    for number in 0..200 {
        cache.put(&key(number), &payload(number, 9_000));
        assert!(cache.stats().bytes <= 200_000, "after {number}");
        assert!(cache.contains(&key(number)), "the newest was evicted");
    }
    cache.put(&key(1000), &payload(0, 150_000));
    assert!(!cache.contains(&key(1000)), "an entry that would push out all others is not stored");
}

#[test]
fn clear_removes_the_entries_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("letter.txt"), "mine").unwrap();
    let cache = open(folder.path(), 1 << 30);
    (0..5).for_each(|n| cache.put(&key(n), &payload(n, 100)));
    let shard = files(folder.path()).into_iter().find(|f| f.extension().is_some_and(|e| e == "entry")).unwrap();
    fs::write(shard.with_file_name("notes.txt"), "mine too").unwrap();
    assert_eq!(cache.clear().unwrap(), (5, 5 * 228));
    let names: Vec<_> = files(folder.path()).iter().map(|f| f.file_name().unwrap().to_owned()).collect();
    assert_eq!(names, ["letter.txt", "notes.txt"]);
    cache.put(&key(1), b"again");
    assert_eq!(cache.get(&key(1)).as_deref(), Some(&b"again"[..]));
}

#[test]
fn temporaries_of_dead_writers_are_swept_and_never_read() {
    let folder = tempfile::tempdir().unwrap();
    let cache = open(folder.path(), 1 << 30);
    cache.put(&key(1), &payload(1, 100));
    let entry = files(folder.path())[0].clone();
    let (old, new) = (entry.with_file_name(".orfeas-old.tmp"), entry.with_file_name(".orfeas-new.tmp"));
    fs::copy(&entry, &old).unwrap();
    fs::copy(&entry, &new).unwrap();
    let yesterday = SystemTime::now() - Duration::from_secs(86_400);
    fs::File::options().write(true).open(&old).unwrap().set_modified(yesterday).unwrap();
    assert_eq!(cache.stats().entries, 1);
    assert!(!old.exists(), "left by a process that died");
    assert!(new.exists(), "another process may be writing this one");
}

#[test]
fn an_unusable_folder_warns_once_and_stores_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "not a folder").unwrap();
    let cache = open(&file.join("cache"), 1 << 30);
    let warning = cache.take_warning().unwrap();
    assert!(warning.ends_with("cache") && warning.contains(FOLDER_VARIABLE), "{warning}");
    cache.put(&key(1), b"lost");
    assert_eq!((cache.get(&key(1)), cache.take_warning()), (None, None));

    // Made, but not writable: what is in it can still be read.
    let other = folder.path().join("other");
    let cache = open(&other, 1 << 30);
    cache.put(&key(1), b"kept");
    let shard = other.join("stages-1").join(&key(2).hex()[..2]);
    assert!(!shard.exists());
    fs::write(&shard, "in the way").unwrap();
    let cache = open(&other, 1 << 30);
    cache.put(&key(2), b"lost");
    assert!(cache.take_warning().unwrap().contains("goes on without it"));
    cache.put(&key(2), b"lost");
    assert_eq!(cache.take_warning(), None);
    assert_eq!(cache.get(&key(1)).as_deref(), Some(&b"kept"[..]));
}

/// Lets the pause after a failure pass without waiting for it.
fn let_the_pause_pass(cache: &Cache) {
    let mut failed_at = lock(&cache.0.as_ref().unwrap().failed_at);
    *failed_at = failed_at.take().map(|failed_at| failed_at.checked_sub(PAUSE).unwrap());
}

#[test]
fn a_cache_that_could_not_write_writes_again_once_it_can() {
    let folder = tempfile::tempdir().unwrap();
    // Files where folders should be: one cannot be made, one of the other cannot be written to.
    let (lost, full) = (folder.path().join("lost"), folder.path().join("full"));
    fs::write(&lost, "in the way").unwrap();
    let shard = full.join("stages-1").join(&key(2).hex()[..2]);
    let caches = [open(&lost, 1 << 30), open(&full, 1 << 30)];
    fs::write(&shard, "in the way").unwrap();
    for (cache, obstacle) in caches.iter().zip([lost, shard]) {
        cache.put(&key(2), b"lost");
        assert!(cache.take_warning().is_some() && !cache.can_store(), "{}", obstacle.display());
        let_the_pause_pass(cache);
        cache.put(&key(2), b"lost");
        assert!(cache.get(&key(2)).is_none() && !cache.can_store(), "it is still in the way");
        fs::remove_file(&obstacle).unwrap();
        cache.put(&key(2), b"lost");
        assert!(!cache.contains(&key(2)), "it is not tried at every stage");
        let_the_pause_pass(cache);
        cache.put(&key(2), b"kept");
        assert_eq!(cache.get(&key(2)).as_deref(), Some(&b"kept"[..]), "{}", obstacle.display());
        assert!(cache.can_store());
        cache.put(&key(3), b"kept at once");
        assert!(cache.contains(&key(3)));
        assert_eq!(cache.take_warning(), None, "it was told once");
    }
}

#[test]
fn a_disabled_cache_holds_nothing() {
    let cache = Cache::disabled();
    cache.put(&key(1), b"lost");
    assert_eq!(cache.get(&key(1)), None);
    assert_eq!((cache.path(), cache.stats(), cache.is_enabled()), (None, Stats::default(), false));
    assert_eq!(cache.clear().unwrap(), (0, 0));
}

/// Puts and gets at random in a cache so small that it evicts all the time. Returns how many gets
/// found something; what they find must be right.
fn hammer(cache: &Cache, seed: u64, rounds: u64) -> u64 {
    let mut found = 0;
    let mut random = seed;
    for round in 0..rounds {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let number = (random >> 33) % 40;
        let expected = payload(number, 2000 + 1000 * number as usize);
        match cache.get(&key(number)) {
            Some(bytes) => {
                assert!(bytes == expected, "round {round}: wrong bytes under key {number}");
                found += 1;
            }
            None => cache.put(&key(number), &expected),
        }
        if round % 100 == 99 {
            cache.clear().unwrap();
        }
    }
    found
}

/// Not a test of its own: what `processes_and_threads_share_one_folder` starts.
#[test]
fn play_the_other_process() {
    if let Some(folder) = std::env::var_os(FOLDER_FOR_CHILD) {
        let cache = open(Path::new(&folder), 400_000);
        // Until it is killed: it dies somewhere in the middle of a write. Should nobody be left to do that, it ends.
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(300) {
            hammer(&cache, u64::from(std::process::id()), 1000);
        }
    }
}

/// Another process, killed when this goes.
struct Other(Child);

impl Drop for Other {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn processes_and_threads_share_one_folder() {
    let folder = tempfile::tempdir().unwrap();
    let start = || {
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "cache::tests::play_the_other_process"])
            .env(FOLDER_FOR_CHILD, folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        Other(child.unwrap())
    };
    let children = [start(), start()];
    let cache = open(folder.path(), 400_000);
    std::thread::scope(|scope| {
        let cache = &cache;
        let threads: Vec<_> = (1..4).map(|seed| scope.spawn(move || hammer(cache, seed, 400))).collect();
        let found: u64 = threads.into_iter().map(|t| t.join().unwrap()).sum();
        assert!(found > 100, "hardly anything was ever found: {found}");
    });
    for mut child in children {
        assert!(child.0.try_wait().unwrap().is_none(), "the other process found something wrong");
    }
    // Whatever the killed writers left, only whole entries are read.
    hammer(&cache, 9, 400);
    assert_eq!(cache.take_warning(), None);
}
