//! The beginning of a file that is still coming.

use std::path::{Path, PathBuf};

/// Where the bytes of `path` are collected until they are all there.
pub(super) fn part_path(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".orfeas-{name}.part"))
}
