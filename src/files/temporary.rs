//! Temporary files that outlived their process.

use std::ffi::OsStr;
use std::fs::{self, Metadata};
use std::path::Path;
use std::time::{Duration, SystemTime};

use super::TEMPORARY_AFFIXES;

/// No write pauses for so long: a temporary file that old was left by a process that died.
const STALE_AFTER: Duration = Duration::from_secs(15 * 60);
/// Letters and digits between the affixes of a temporary file.
const RANDOM_CHARACTERS: usize = 6;

/// Deletes the temporary files that processes which died left in `folder`, not those in folders within.
/// What cannot be listed or deleted stays.
pub fn sweep_temporaries(folder: &Path) {
    let now = SystemTime::now();
    for item in fs::read_dir(folder).into_iter().flatten().flatten() {
        let is_left = |about: Metadata| about.is_file() && is_stale(&about, now);
        if is_temporary(&item.file_name()) && item.metadata().is_ok_and(is_left) {
            let _ = fs::remove_file(item.path());
        }
    }
}

/// Whether nobody has written to a temporary file for so long that its process must have died.
pub fn is_stale(about: &Metadata, now: SystemTime) -> bool {
    about.modified().is_ok_and(|modified| now.duration_since(modified).is_ok_and(|age| age > STALE_AFTER))
}

/// Whether it is called as only this program calls its temporary files.
fn is_temporary(name: &OsStr) -> bool {
    let (prefix, suffix) = TEMPORARY_AFFIXES;
    let random = name.to_str().and_then(|name| name.strip_prefix(prefix)?.strip_suffix(suffix));
    random.is_some_and(|text| text.len() == RANDOM_CHARACTERS && text.bytes().all(|b| b.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_dead_processes_left_is_swept() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let yesterday = SystemTime::now() - Duration::from_secs(86_400);
        let put = |name: &str, is_old: bool| {
            let file = fs::File::create(root.join(name)).unwrap();
            if is_old {
                file.set_modified(yesterday).unwrap();
            }
        };
        fs::create_dir(root.join("deep")).unwrap();
        let kept = [".orfeas-batch.json", ".orfeas-notes-of-mine.tmp", "deep/.orfeas-aB3dEf.tmp", "orfeas-aB3dEf.tmp"];
        kept.iter().for_each(|name| put(name, true));
        put(".orfeas-aB3dEf.tmp", true);
        put(".orfeas-fresh1.tmp", false);
        fs::create_dir(root.join(".orfeas-folder.tmp")).unwrap();
        sweep_temporaries(root);
        assert!(!root.join(".orfeas-aB3dEf.tmp").exists(), "left by a process that died");
        assert!(root.join(".orfeas-fresh1.tmp").exists(), "another process may be writing this one");
        assert!(root.join(".orfeas-folder.tmp").exists());
        assert!(kept.iter().all(|name| root.join(name).exists()), "these are not ours");
        sweep_temporaries(&root.join("nowhere"));
    }

    #[test]
    fn our_temporary_files_are_known_by_their_names() {
        let folder = tempfile::tempdir().unwrap();
        let (prefix, suffix) = TEMPORARY_AFFIXES;
        let file = tempfile::Builder::new().prefix(prefix).suffix(suffix).tempfile_in(folder.path()).unwrap();
        assert!(is_temporary(file.path().file_name().unwrap()), "{}", file.path().display());
    }
}
