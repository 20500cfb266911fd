//! The shape of the code: who may use whom, where each big dependency lives, how long a file may be.
//!
//! Code inside `#[cfg(test)] mod tests` and files named `tests.rs` or `learned_tests.rs` may use what they like.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "that is how a test fails")]

use std::fs;
use std::path::{Path, PathBuf};

/// Every top-level module and what it may use of the others, from the ground up: a module uses only
/// what stands above it in this list. `mesh::Bounds` allows that one item.
const MODULES: &[(&str, &[&str])] = &[
    ("background", &[]),
    ("color", &[]),
    ("mishap", &[]),
    ("union_find", &[]),
    ("progress", &[]),
    ("files", &["progress"]),
    ("request", &[]),
    ("samples", &[]),
    ("models", &["files", "progress"]),
    ("mesh", &["mishap", "progress", "union_find"]),
    ("field", &["mesh::Bounds", "progress", "union_find"]),
    ("surface", &["field", "mesh", "progress"]),
    ("engine", &["background", "field", "files", "mesh", "mishap", "progress", "surface"]),
    ("dataset", &["engine::models", "mesh", "progress"]),
    ("image", &["color", "files", "mishap", "progress", "request"]),
    ("craft", &["color", "field", "image", "mesh", "progress", "request", "surface", "union_find"]),
    ("print", &["craft::Pose", "craft::Unit", "mesh", "progress", "request"]),
    ("export", &["color", "files", "mesh", "progress"]),
    ("import", &["color", "export", "files", "mesh", "mishap", "progress"]),
    ("render", &["color", "files", "mesh", "mishap", "progress", "request"]),
    ("cache", &["files", "progress"]),
    (
        "pipeline",
        &[
            "cache", "craft", "engine", "export", "field", "files", "image", "mesh", "models", "print", "progress",
            "request", "surface",
        ],
    ),
    ("evaluate", &["cache", "craft", "dataset", "files", "import", "mesh", "pipeline", "progress", "request"]),
    (
        "job",
        &["background", "cache", "export", "files", "mesh::Mesh", "mishap", "pipeline", "print", "progress", "request"],
    ),
    ("doctor", &["cache", "engine::device", "engine::memory", "files", "models", "render"]),
    (
        "cli",
        &[
            "cache", "craft", "dataset", "doctor", "engine", "evaluate", "export", "files", "image", "import", "job",
            "mesh", "mishap", "models", "pipeline", "print", "progress", "render", "request", "samples",
        ],
    ),
    (
        "app",
        &[
            "background",
            "cache",
            "craft",
            "doctor",
            "engine",
            "export",
            "files",
            "image",
            "import",
            "job",
            "mesh",
            "mishap",
            "models",
            "pipeline",
            "print",
            "progress",
            "render",
            "request",
            "samples",
        ],
    ),
    ("main", &["app", "cache", "cli"]),
    ("build", &[]),
];

/// Big or opinionated dependencies, and the only places (files or folders under `src/`) that may name them.
const HOMES: &[(&str, &[&str])] = &[
    ("anyhow", &["app", "cli", "main.rs"]),
    ("burn", &["engine"]),
    ("clap", &["cli", "main.rs"]),
    ("clap_complete", &["cli"]),
    ("directories", &["app", "cache", "cli", "models"]),
    ("eframe", &["app"]),
    ("egui", &["app"]),
    ("egui_wgpu", &["app"]),
    ("fast_image_resize", &["image"]),
    ("gemm", &["engine/layers/cpu"]),
    ("indicatif", &["cli"]),
    ("libc", &["cli/interrupt.rs"]),
    ("manifold_rust", &["dataset/cut.rs", "dataset/things/kit.rs", "mesh", "print"]),
    ("memmap2", &["engine"]),
    ("meshopt", &["mesh"]),
    ("moxcms", &["image/profile.rs"]),
    ("ply_rs_bw", &["import"]),
    ("pulp", &["engine/layers/cpu"]),
    ("resvg", &["image/drawing"]),
    ("rfd", &["app"]),
    ("serde_yaml_ng", &["engine"]),
    ("three_d", &["render", "app/viewport", "app/viewport.rs"]),
    ("tracing_subscriber", &["app", "cli", "main.rs"]),
    ("ureq", &["models"]),
    ("wgpu", &["render", "app/viewport", "app/viewport.rs", "engine/device"]),
];

/// Lines a file may have, its `mod tests` not counted.
const LINES_MAX: usize = 450;

struct Source {
    /// Relative to `src/`, with forward slashes.
    path: String,
    /// As it stands, up to its `mod tests`.
    text: String,
    /// The same without comments and literals.
    code: String,
}

impl Source {
    /// The top-level module that it belongs to: `mesh` for `mesh/weld.rs`.
    fn module(&self) -> &str {
        self.path.split('/').next().unwrap().trim_end_matches(".rs")
    }
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        let mut entries: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs")
                && path.file_stem().is_some_and(|s| s != "tests" && s != "learned_tests")
            {
                let text = fs::read_to_string(&path).unwrap();
                let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap().to_owned();
                let relative: Vec<_> = path.strip_prefix(&root).unwrap().iter().map(|p| p.to_str().unwrap()).collect();
                found.push(Source { path: relative.join("/"), code: without_comments_and_literals(&text), text });
            }
        }
    }
    assert!(found.len() > 10, "src/ was not found");
    found
}

/// Blanks comments, strings and character literals, keeping line breaks.
fn without_comments_and_literals(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut i = 0;
    while i < bytes.len() {
        let rest = &bytes[i..];
        let hashes = rest.iter().skip(1).take_while(|b| **b == b'#').count();
        let word_before = i > 0 && (bytes[i - 1].is_ascii_alphanumeric() || bytes[i - 1] == b'_');
        let length = if rest.starts_with(b"//") {
            rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len())
        } else if rest.starts_with(b"/*") {
            find(&rest[2..], b"*/").map_or(rest.len(), |n| n + 4)
        } else if rest[0] == b'r' && !word_before && rest.get(1 + hashes) == Some(&b'"') {
            let end = [&b"\""[..], &rest[1..1 + hashes]].concat();
            find(&rest[2 + hashes..], &end).map_or(rest.len(), |n| 2 + hashes + n + end.len())
        } else if rest[0] == b'"' {
            let mut n = 1;
            while n < rest.len() && rest[n] != b'"' {
                n += if rest[n] == b'\\' { 2 } else { 1 };
            }
            n + 1
        } else if rest.starts_with(b"'\\") {
            find(&rest[3..], b"'").map_or(rest.len(), |n| n + 4)
        } else if rest[0] == b'\'' && rest.get(2) == Some(&b'\'') {
            3
        } else {
            0
        };
        let length = length.min(rest.len());
        if length == 0 {
            out.push(bytes[i]);
            i += 1;
        } else {
            out.extend(rest[..length].iter().map(|b| if *b == b'\n' { b'\n' } else { b' ' }));
            i += length;
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|w| w == needle)
}

/// Every path in `code` that starts with `start`, to two segments: `mesh::Bounds`, `mesh`. Groups in
/// braces are taken apart.
fn paths_from(code: &str, start: &str) -> Vec<String> {
    let mut found = Vec::new();
    let opening = format!("{start}::");
    let mut rest = code;
    while let Some(at) = rest.find(&opening) {
        let inside_word = rest[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$' || c == ':');
        rest = &rest[at + opening.len()..];
        if !inside_word {
            collect(rest, "", &mut found);
        }
    }
    found
}

/// Reads one use-tree at the start of `text`, appends its paths, and returns how long it is.
fn collect(text: &str, prefix: &str, found: &mut Vec<String>) -> usize {
    if text.starts_with('{') {
        let mut at = 1;
        while at < text.len() {
            match text.as_bytes()[at] {
                b'}' => return at + 1,
                b',' | b' ' | b'\n' => at += 1,
                _ => at += collect(&text[at..], prefix, found).max(1),
            }
        }
        return at;
    }
    let length = text.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '*')).unwrap_or(text.len());
    let path = if prefix.is_empty() { text[..length].to_owned() } else { format!("{prefix}::{}", &text[..length]) };
    if let Some(tail) = text[length..].strip_prefix("::") {
        if path.contains("::") {
            // Deep enough; what follows is still read, to know where this tree ends.
            found.push(path.clone());
            return length + 2 + collect(tail, &path, &mut Vec::new());
        }
        return length + 2 + collect(tail, &path, found);
    }
    found.push(path);
    length
}

#[test]
fn modules_use_only_what_stands_below_them() {
    for (index, (module, allowed)) in MODULES.iter().enumerate() {
        for used in *allowed {
            let used = used.split("::").next().unwrap();
            assert!(
                MODULES[..index].iter().any(|(lower, _)| *lower == used),
                "the table in this test must go from the ground up: `{module}` uses `{used}`, which comes later"
            );
        }
    }
    let mut wrong = Vec::new();
    for source in sources() {
        let module = source.module();
        if module == "lib" {
            continue;
        }
        let Some((_, allowed)) = MODULES.iter().find(|(name, _)| *name == module) else {
            wrong.push(format!("src/{}: `{module}` is a new module; add it to MODULES in this test", source.path));
            continue;
        };
        let start = if module == "main" { "orfeas" } else { "crate" };
        for path in paths_from(&source.code, start) {
            let used = path.split("::").next().unwrap();
            let known = MODULES.iter().any(|(name, _)| *name == used);
            if known && used != module && !allowed.iter().any(|a| *a == used || *a == path) {
                wrong.push(format!("src/{}: `{module}` may not use `{path}`", source.path));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "dependencies point down only; move the code, pass plain data instead, or change MODULES with a reason:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn every_big_dependency_stays_in_its_home() {
    let mut wrong = Vec::new();
    for source in sources() {
        for (dependency, homes) in HOMES {
            let at_home = homes.iter().any(|home| {
                source.path.strip_prefix(home).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
                    || source.path == format!("{home}.rs")
            });
            let named = paths_from(&source.code, dependency).len()
                + source.code.lines().filter(|line| line.trim() == format!("use {dependency};")).count();
            if named > 0 && !at_home {
                wrong.push(format!("src/{}: `{dependency}` belongs in {}", source.path, homes.join(", ")));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "wrap the dependency where it lives and offer plain data, or change HOMES with a reason:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn files_stay_short_enough_to_read() {
    let long: Vec<_> = sources()
        .iter()
        .map(|source| (source.text.lines().count(), &source.path))
        .filter(|(lines, _)| *lines > LINES_MAX)
        .map(|(lines, path)| format!("src/{path}: {lines} lines"))
        .collect();
    assert!(
        long.is_empty(),
        "over {LINES_MAX} lines: find the second subject and give it a file:\n{}",
        long.join("\n")
    );
}

#[test]
fn every_module_says_what_it_is_for() {
    let silent: Vec<_> =
        sources().iter().filter(|s| !s.text.starts_with("//!")).map(|s| format!("src/{}", s.path)).collect();
    assert!(
        silent.is_empty(),
        "begin these files with a `//!` line that says what they promise:\n{}",
        silent.join("\n")
    );
}

#[test]
fn the_reader_of_this_test_sees_what_it_should() {
    let code = without_comments_and_literals(
        "use crate::{mesh::{Bounds, weld::weld}, field};\n// crate::app\nlet s = \"crate::cli\"; /* crate::job */\n\
         let c = '\"'; fn f<'a>(x: &'a str) { crate::image::read(r#\"crate::print\"#) } $crate::request::x; supercrate::y",
    );
    assert_eq!(paths_from(&code, "crate"), ["mesh::Bounds", "mesh::weld", "field", "image::read"]);
}
