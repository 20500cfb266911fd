//! The solids that are measured with.

use std::path::{Path, PathBuf};

use super::EvaluateError;
use crate::dataset::pack::{Notes, Pack, PackedMesh, Split};
use crate::import;
use crate::progress::Monitor;

/// A solid with a name.
#[derive(Clone, Debug)]
pub struct Object {
    /// From its file.
    pub name: String,
    /// What it is counted under.
    pub group: String,
    /// Its number in its file or folder; decides its views and looks.
    pub number: usize,
    /// The solid.
    pub mesh: PackedMesh,
}

/// Reads a file of packed solids (those of `split`) or a folder of meshes, in the order of their
/// numbers or names. Groups are the sources that a JSON file of the same name tells (packed solids),
/// or the folders that the meshes lie in.
///
/// # Errors
/// [`EvaluateError`]; a folder's files that are no meshes are passed over.
pub fn read(path: &Path, split: Split, monitor: &Monitor) -> Result<Vec<Object>, EvaluateError> {
    let objects = if path.is_dir() { folder(path, monitor)? } else { packed(path, split)? };
    if objects.is_empty() { Err(EvaluateError::NoSolids(path.to_owned())) } else { Ok(objects) }
}

fn packed(path: &Path, split: Split) -> Result<Vec<Object>, EvaluateError> {
    let pack = Pack::read(path)?;
    let object = |number: usize| {
        let Notes { name, group } = pack.notes(number);
        Object { name, group, number, mesh: pack.mesh(number) }
    };
    Ok(pack.numbers(split).into_iter().map(object).collect())
}

/// The meshes in a folder and those within it, in the order of their names.
///
/// # Errors
/// [`EvaluateError::System`].
pub fn meshes_in(root: &Path) -> Result<Vec<PathBuf>, EvaluateError> {
    let (mut folders, mut files) = (vec![root.to_owned()], Vec::new());
    while let Some(folder) = folders.pop() {
        let failed =
            |source| EvaluateError::System { what: "the folder could not be read", source, path: folder.clone() };
        for entry in std::fs::read_dir(&folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            if path.is_dir() {
                folders.push(path);
            } else if import::format_of(&path).is_ok() {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

fn folder(root: &Path, monitor: &Monitor) -> Result<Vec<Object>, EvaluateError> {
    let mut objects = Vec::new();
    for (number, file) in meshes_in(root)?.iter().enumerate() {
        monitor.check()?;
        let mesh = import::read_file_with(file, &import::Limits::default(), monitor)?;
        let name = |path: Option<&Path>| path.and_then(Path::file_stem).map(|s| s.to_string_lossy().into_owned());
        if let Some(mesh) = PackedMesh::of_mesh(&mesh) {
            let group = name(file.parent()).unwrap_or_else(|| "all".to_owned());
            objects.push(Object { name: name(Some(file)).unwrap_or_default(), group, number, mesh });
        }
    }
    Ok(objects)
}
