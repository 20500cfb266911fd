//! A folder in which the program is run on something bad, and the judgement of what it did.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use assert_cmd::Command;

/// Address space that a run may take, in KiB: far less than a bad file could ask for.
const MEMORY_LIMIT_KIB: u32 = 3 << 20;
/// No bad file may keep the program busy for longer, even unoptimised on a busy machine.
const TIME_LIMIT: Duration = Duration::from_secs(120);

/// What a run left.
pub struct Outcome {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

/// A folder of its own, with its own cache and temporary folder beside it.
pub struct Desk {
    root: tempfile::TempDir,
}

impl Desk {
    pub fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        for name in ["work", "cache", "tmp"] {
            fs::create_dir(root.path().join(name)).unwrap();
        }
        Self { root }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.root.path().join("work").join(name)
    }

    pub fn put(&self, name: &str, bytes: &[u8]) {
        fs::write(self.path(name), bytes).unwrap();
    }

    /// Runs `orfeas` in the folder, within the limits.
    pub fn run(&self, arguments: &[&str]) -> Outcome {
        let program = env!("CARGO_BIN_EXE_orfeas");
        // Only Linux keeps to a limit of the address space.
        let mut command = if cfg!(target_os = "linux") {
            let mut command = Command::new("sh");
            command.args(["-c", "ulimit -v \"$0\"; exec \"$@\"", &MEMORY_LIMIT_KIB.to_string(), program]);
            command
        } else {
            Command::new(program)
        };
        command.args(arguments).current_dir(self.path("")).timeout(TIME_LIMIT);
        command.env("ORFEAS_CACHE_DIR", self.root.path().join("cache")).env("TMPDIR", self.root.path().join("tmp"));
        // Every thread reserves address space, whether it uses it or not.
        command.env("RAYON_NUM_THREADS", "2").env_remove("RUST_BACKTRACE").env_remove("ORFEAS_LOG");
        let output = command.output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Outcome { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    /// Runs `orfeas` on what must be refused. `None` when it did all as it should, else what it did wrong.
    ///
    /// `named` is the file that the sentence has to name.
    pub fn complaint(&self, arguments: &[&str], named: &str, codes: &[i32]) -> Option<String> {
        let before = listing(self.root.path());
        let outcome = self.run(arguments);
        let mut wrong = wording(&outcome.stderr);
        if !outcome.code.is_some_and(|code| codes.contains(&code)) {
            wrong.push(format!("the exit code is {:?}, not one of {codes:?}", outcome.code));
        }
        // Who asks for JSON gets a line of it about every file.
        let is_told = arguments.contains(&"--json")
            && serde_json::from_str::<serde_json::Value>(&outcome.stdout).is_ok_and(|told| told["error"].is_string());
        if !outcome.stdout.is_empty() && !is_told {
            wrong.push(format!("standard output is {:?}", outcome.stdout));
        }
        if !outcome.stderr.contains(named) {
            wrong.push(format!("the file `{named}` is not named"));
        }
        let after = listing(self.root.path());
        let changed: Vec<_> = after.iter().filter(|(path, size)| before.get(*path) != Some(size)).collect();
        if !changed.is_empty() || after.len() != before.len() {
            wrong.push(format!("files changed: {changed:?}"));
        }
        (!wrong.is_empty())
            .then(|| format!("{}\n    {}", wrong.join("; "), outcome.stderr.trim().replace('\n', "\n    ")))
    }
}

/// What is wrong with the words of a refusal: it should be one sentence behind `error: `, and at
/// most two indented lines that say what to do; defects of a mesh get a line each. Wrong arguments
/// are told in the way of the argument parser.
fn wording(stderr: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let (said, _) = stderr.split_once("\n\nFor more information, try").unwrap_or((stderr, ""));
    let lines: Vec<_> = said.lines().filter(|line| !line.ends_with('…')).collect();
    if !lines.first().is_some_and(|line| line.starts_with("error: ") && (20..400).contains(&line.len())) {
        wrong.push("it is no sentence behind `error: `".to_owned());
    }
    let most = if said.contains("not print-ready") { 10 } else { 3 };
    if lines.len() > most || lines.iter().skip(1).any(|line| !line.starts_with("  ")) {
        wrong.push("there is more than one sentence and a hint".to_owned());
    }
    for word in
        ["panicked", "RUST_BACKTRACE", "unwrap", "mistake of its own", "memory allocation of", "overflowed its stack"]
    {
        if stderr.contains(word) {
            wrong.push(format!("it says `{word}`"));
        }
    }
    wrong
}

/// Every file below `folder` with its size, but for the cache's own: finished stages may stay.
fn listing(folder: &Path) -> BTreeMap<PathBuf, u64> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let metadata = path.symlink_metadata().unwrap();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if metadata.is_dir() {
                if name != "locked" {
                    folders.push(path);
                }
            } else if !path.components().any(|c| c.as_os_str() == "cache") || name.ends_with(".tmp") {
                found.insert(path, metadata.len());
            }
        }
    }
    found
}

/// Runs `orfeas` on every file (name with ending, bytes), each in a folder of its own, and fails
/// with the list of all that was not refused as it should. `{}` in `arguments` stands for the name.
pub fn assert_refused(files: Vec<(String, Vec<u8>)>, arguments: &[&str], codes: &[i32]) {
    assert!(!files.is_empty());
    let mut complaints = Vec::new();
    for (name, bytes) in &files {
        let desk = Desk::new();
        desk.put(name, bytes);
        let arguments: Vec<_> = arguments.iter().map(|a| if *a == "{}" { name.as_str() } else { a }).collect();
        complaints.extend(desk.complaint(&arguments, name, codes).map(|c| format!("{name}: {c}")));
    }
    assert!(complaints.is_empty(), "{} of {} files:\n{}", complaints.len(), files.len(), complaints.join("\n"));
}
