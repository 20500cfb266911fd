//! Which pictures a batch works on, and what their solids are called.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use crate::image::intake;
use crate::job::batch::output_names;

/// A pipe or device might never end.
const NO_FILE: &str = "it is neither a file nor a folder";

/// What a batch will do.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// The pictures, sorted by their path, without repetition.
    pub pictures: Vec<PathBuf>,
    /// Name of each picture's solid in the batch's folder.
    pub output_names: Vec<PathBuf>,
    /// Files in the named folders that are no pictures.
    pub unsupported: Vec<PathBuf>,
    /// What could not be listed, and why.
    pub unreadable: Vec<(PathBuf, String)>,
}

/// Collects the pictures: files as named, folders by the endings of what is in them.
pub fn collect(inputs: &[PathBuf], recursive: bool, out_folder: &Path, ending: &str, overwrite: bool) -> Plan {
    let mut plan = Plan::default();
    let mut pictures = BTreeSet::new();
    for input in inputs {
        if input.is_dir() {
            list(input, recursive, &mut pictures, &mut plan);
        } else if input.exists() && !input.is_file() {
            plan.unreadable.push((input.clone(), NO_FILE.to_owned()));
        } else {
            // Whatever is wrong with a named file is told as that file's failure.
            pictures.insert(input.clone());
        }
    }
    let mut seen = HashSet::new();
    // `a.png` and `./a.png` are one picture.
    let pictures: Vec<_> =
        pictures.into_iter().filter(|p| seen.insert(p.canonicalize().unwrap_or_else(|_| p.clone()))).collect();
    plan.output_names = output_names(out_folder, &pictures, ending, overwrite);
    plan.pictures = pictures;
    // A batch may write beside its pictures: its own results are no surprise there.
    let outputs: HashSet<_> = plan.output_names.iter().map(|name| out_folder.join(name)).collect();
    plan.unsupported.retain(|path| !outputs.contains(path));
    plan
}

fn list(folder: &Path, recursive: bool, pictures: &mut BTreeSet<PathBuf>, plan: &mut Plan) {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => return plan.unreadable.push((folder.to_owned(), error.to_string())),
    };
    let mut paths: Vec<_> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        let hidden = path.file_name().is_some_and(|n| n.as_encoded_bytes().starts_with(b"."));
        let is_link = path.symlink_metadata().is_ok_and(|m| m.is_symlink());
        match () {
            () if hidden => {}
            // A linked folder might lead back here.
            () if path.is_dir() && recursive && !is_link => list(&path, recursive, pictures, plan),
            () if path.is_dir() => {}
            () if is_picture(&path) && path.exists() && !path.is_file() => {
                plan.unreadable.push((path, NO_FILE.to_owned()));
            }
            () if is_picture(&path) => {
                pictures.insert(path);
            }
            () => plan.unsupported.push(path),
        }
    }
}

/// Whether the name ends like a picture's.
fn is_picture(path: &Path) -> bool {
    let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase());
    ending.is_some_and(|e| intake::ENDINGS.contains(&e.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_listed_by_ending() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        std::fs::create_dir(root.join("deep")).unwrap();
        for name in ["b.PNG", "a.jpg", "notes.txt", ".hidden.png", "deep/c.webp", "a.stl"] {
            std::fs::write(root.join(name), "").unwrap();
        }
        let plan = collect(&[root.to_owned(), root.join("./a.jpg")], false, root, "stl", false);
        assert_eq!(plan.output_names, [Path::new("a.stl"), Path::new("b.stl")]);
        assert_eq!(plan.unsupported, [root.join("notes.txt")]);
        assert_eq!(collect(&[root.to_owned()], true, root, "stl", false).pictures.len(), 3);
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_in_a_folder_is_told_and_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe.png");
        std::fs::write(folder.path().join("a.png"), "").unwrap();
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let plan = collect(&[folder.path().to_owned()], false, folder.path(), "stl", false);
        assert_eq!(plan.pictures, [folder.path().join("a.png")]);
        assert_eq!(plan.unreadable, [(pipe, NO_FILE.to_owned())]);
    }
}
