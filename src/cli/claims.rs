//! The files that a command reads and writes: none is written over what the command is made from, nor
//! over another one that it writes.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::files;

use super::failure::Failure;

/// What the file of `--request` is called in a refusal.
pub const REQUEST: &str = "the file of --request";
/// The same for that of `--save-request`.
pub const SAVE_REQUEST: &str = "--save-request";

/// The files so far, each with what it is. Those that are read come first.
#[derive(Debug, Default)]
pub struct Claims {
    read: HashMap<PathBuf, &'static str>,
    written: HashMap<PathBuf, &'static str>,
}

impl Claims {
    /// `path` is read, as `what` says.
    pub fn read(&mut self, what: &'static str, path: &Path) {
        self.read.insert(identity(path), what);
    }

    /// `path` will be written, replacing what is there.
    ///
    /// # Errors
    /// [`Failure::Usage`] if the same file is read, or written already. Settings may go back to where
    /// they came from.
    pub fn write(&mut self, what: &'static str, path: &Path) -> Result<(), Failure> {
        let identity = identity(path);
        let shown = path.display();
        if let Some(&source) = self.read.get(&identity)
            && (what, source) != (SAVE_REQUEST, REQUEST)
        {
            return Err(Failure::Usage(format!("{what} would replace {source} itself; choose another name: {shown}")));
        }
        match self.written.insert(identity, what) {
            Some(other) => Err(Failure::Usage(format!(
                "{what} would replace {other}, which is written as well; choose another name for one of them: {shown}"
            ))),
            None => Ok(()),
        }
    }
}

/// One name for each file, whether it is there yet or not: without links, from the root.
fn identity(path: &Path) -> PathBuf {
    // What cannot be written is refused by whoever writes it.
    let target = files::target_of(path).unwrap_or_else(|_| path.to_owned());
    if let Ok(real) = target.canonicalize() {
        return real;
    }
    let folder = files::folder_of(&target);
    match target.file_name() {
        Some(name) if folder != target => identity(folder).join(name),
        _ => target,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_one_identity_also_before_it_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        std::fs::create_dir(root.join("a")).unwrap();
        std::fs::write(root.join("a/there.png"), "").unwrap();
        assert_eq!(identity(&folder.path().join("a/../a/there.png")), root.join("a/there.png"));
        assert_eq!(identity(&folder.path().join("a/../a/new.stl")), root.join("a/new.stl"));
        assert_eq!(identity(&folder.path().join("a/no/such/new.stl")), root.join("a/no/such/new.stl"));
        let here = Path::new(".").canonicalize().unwrap();
        assert_eq!(identity(Path::new("no-such-file.stl")), here.join("no-such-file.stl"));
        assert_eq!(identity(Path::new("./no-such-file.stl")), here.join("no-such-file.stl"));
    }

    #[cfg(unix)]
    #[test]
    fn links_are_what_they_lead_to() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        std::fs::create_dir(root.join("a")).unwrap();
        symlink("a", root.join("b")).unwrap();
        symlink("b/new.stl", root.join("link.stl")).unwrap();
        for name in ["a/new.stl", "b/new.stl", "link.stl"] {
            assert_eq!(identity(&root.join(name)), root.join("a/new.stl"), "{name}");
        }
    }

    fn refusal(claims: &mut Claims, what: &'static str, path: &str) -> String {
        claims.write(what, Path::new(path)).unwrap_err().sentence()
    }

    #[test]
    fn what_is_read_or_written_already_is_not_written() {
        let mut claims = Claims::default();
        claims.read(REQUEST, Path::new("settings.json"));
        claims.read("the picture", Path::new("cat.png"));
        assert!(refusal(&mut claims, SAVE_REQUEST, "./cat.png").contains("--save-request would replace the picture"));
        claims.write("the solid", Path::new("cat.stl")).unwrap();
        claims.write(SAVE_REQUEST, Path::new("settings.json")).unwrap();
        assert!(refusal(&mut claims, "--save-mask", "settings.json").contains("the file of --request"));
        assert!(refusal(&mut claims, "--save-mask", "cat.stl").contains("the solid, which is written as well"));
    }
}
