//! Which pictures a batch works on, and what their solids are called.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Endings of pictures that can be read, in lower case.
const PICTURE_ENDINGS: [&str; 8] = ["png", "jpg", "jpeg", "webp", "bmp", "gif", "tif", "tiff"];

/// One picture and the file that its solid goes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// The picture.
    pub input: PathBuf,
    /// The solid.
    pub output: PathBuf,
}

/// What a batch will do.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// The work, sorted by the picture's path, without repetition.
    pub tasks: Vec<Task>,
    /// Files in the named folders that are no pictures.
    pub unsupported: Vec<PathBuf>,
    /// Folders that could not be listed, and why.
    pub unreadable: Vec<(PathBuf, String)>,
}

/// Collects the pictures: files as named, folders by the endings of what is in them.
pub fn collect(inputs: &[PathBuf], recursive: bool, out_folder: &Path, ending: &str) -> Plan {
    let mut plan = Plan::default();
    let mut pictures = BTreeSet::new();
    for input in inputs {
        if input.is_dir() {
            list(input, recursive, &mut pictures, &mut plan);
        } else {
            // Whatever is wrong with a named file is told as that file's failure.
            pictures.insert(input.clone());
        }
    }
    let mut seen = HashSet::new();
    // `a.png` and `./a.png` are one picture.
    let pictures: Vec<_> =
        pictures.into_iter().filter(|p| seen.insert(p.canonicalize().unwrap_or_else(|_| p.clone()))).collect();
    let names = output_names(&pictures);
    plan.tasks = pictures.into_iter().zip(names).map(|(input, mut name)| {
        name.push(".");
        name.push(ending);
        Task { input, output: out_folder.join(name) }
    }).collect();
    // A batch may write beside its pictures: its own results are no surprise there.
    let outputs: HashSet<_> = plan.tasks.iter().map(|t| t.output.clone()).collect();
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
            () if is_picture(&path) => {
                pictures.insert(path);
            }
            () => plan.unsupported.push(path),
        }
    }
}

fn is_picture(path: &Path) -> bool {
    let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase());
    ending.is_some_and(|e| PICTURE_ENDINGS.contains(&e.as_str()))
}

/// A name without ending for each picture: its own, and as much more as tells it from the others.
fn output_names(pictures: &[PathBuf]) -> Vec<OsString> {
    let mut names: Vec<_> = pictures.iter().map(|p| p.file_stem().unwrap_or("picture".as_ref()).to_owned()).collect();
    let longer: [fn(&Path, OsString) -> OsString; 2] = [with_ending, with_folder];
    for lengthen in longer {
        let colliding = colliding(&names);
        for ((name, picture), collides) in names.iter_mut().zip(pictures).zip(colliding) {
            if collides {
                *name = lengthen(picture, std::mem::take(name));
            }
        }
    }
    let mut taken = HashSet::new();
    for name in &mut names {
        let wanted = name.clone();
        let mut number = 1;
        while !taken.insert(folded(name)) {
            number += 1;
            name.clone_from(&wanted);
            name.push(format!("-{number}"));
        }
    }
    names
}

fn colliding(names: &[OsString]) -> Vec<bool> {
    let mut counts = HashMap::new();
    names.iter().for_each(|name| *counts.entry(folded(name)).or_insert(0) += 1);
    names.iter().map(|name| counts.get(&folded(name)).is_some_and(|&n| n > 1)).collect()
}

/// Names that differ only in case are one file on many systems.
fn folded(name: &OsString) -> String {
    name.to_string_lossy().to_lowercase()
}

fn with_ending(picture: &Path, mut name: OsString) -> OsString {
    if let Some(ending) = picture.extension() {
        name.push("-");
        name.push(ending);
    }
    name
}

fn with_folder(picture: &Path, name: OsString) -> OsString {
    let Some(folder) = picture.parent().and_then(Path::file_name) else { return name };
    let mut longer = folder.to_owned();
    longer.push("-");
    longer.push(name);
    longer
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(pictures: &[&str]) -> Vec<String> {
        let pictures: Vec<_> = pictures.iter().map(PathBuf::from).collect();
        output_names(&pictures).into_iter().map(|n| n.to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn names_never_collide() {
        assert_eq!(names(&["a.png", "b.png"]), ["a", "b"]);
        assert_eq!(names(&["a.jpg", "a.png", "b.png"]), ["a-jpg", "a-png", "b"]);
        assert_eq!(names(&["A.png", "a.png"]), ["A-png", "a-png-2"]);
        assert_eq!(names(&["x/a.png", "y/a.png"]), ["x-a-png", "y-a-png"]);
        assert_eq!(names(&["a-png.gif", "a.jpg", "a.png"]), ["a-png-gif", "a-jpg", "a-png"]);
    }

    #[test]
    fn folders_are_listed_by_ending() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        std::fs::create_dir(root.join("deep")).unwrap();
        for name in ["b.PNG", "a.jpg", "notes.txt", ".hidden.png", "deep/c.webp", "a.stl"] {
            std::fs::write(root.join(name), "").unwrap();
        }
        let plan = collect(&[root.to_owned(), root.join("./a.jpg")], false, root, "stl");
        let outputs: Vec<_> = plan.tasks.iter().map(|t| t.output.clone()).collect();
        assert_eq!(outputs, [root.join("a.stl"), root.join("b.stl")]);
        assert_eq!(plan.unsupported, [root.join("notes.txt")]);
        assert_eq!(collect(&[root.to_owned()], true, root, "stl").tasks.len(), 3);
    }
}
