//! Where a mesh is to be written: name, format, and everything that can be found wrong beforehand.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::anyhow;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser as _, ValueParser};

use crate::export::{self, ExportOptions, Format};
use crate::files::{self, IfExists, WriteError};
use crate::mesh::Mesh;
use crate::print;
use crate::progress::Monitor;

use super::failure::Failure;

/// What each format is for, in the order of [`Format::ALL`].
const PURPOSES: [&str; 5] = [
    "for printing: read by every slicer",
    "for printing: with a title, a preview and colours",
    "for viewing: with colours, in metres as glTF wants it",
    "for modelling: with colours",
    "for modelling and research: with colours",
];

/// Where to write and when not to.
#[derive(clap::Args)]
#[command(next_help_heading = "Output")]
pub struct DestinationArgs {
    /// Format of the file [default: by the ending of the name; stl where no name is given]
    #[arg(long, value_parser = format_parser())]
    format: Option<Format>,
    /// Replace files that exist
    #[arg(long)]
    overwrite: bool,
    /// Write print formats even when the mesh is not print-ready
    #[arg(long)]
    force: bool,
}

impl DestinationArgs {
    /// What to do when a file exists.
    pub fn if_exists(&self) -> IfExists {
        if self.overwrite { IfExists::Replace } else { IfExists::Keep }
    }

    /// Settles name and format for something made from `source`, and makes sure that writing there
    /// can work, so that nobody waits for a result that has nowhere to go. Without `output`, or with
    /// a folder as `output`, the name is that of `source`.
    ///
    /// # Errors
    /// A sentence about what is wrong with the name, the format or the folder.
    pub fn settle(&self, source: &Path, output: Option<&Path>) -> Result<Destination, Failure> {
        output.map_or(Ok(()), check_name)?;
        let folder = output.filter(|o| o.is_dir());
        let named = output.filter(|_| folder.is_none());
        let format = match named {
            Some(path) => named_format(path, self.format)?,
            None => self.format.unwrap_or(Format::Stl),
        };
        let beside = match folder {
            Some(folder) => folder.join(source.file_name().unwrap_or("mesh".as_ref())),
            None => source.to_owned(),
        };
        let (path, free_name) = match named {
            Some(path) => (path.to_owned(), false),
            None => (beside.with_extension(format.extension()), !self.overwrite),
        };
        let path = if free_name { first_free(&path) } else { path };
        if is_same_file(source, &path) {
            return Err(Failure::Usage(format!(
                "the output is the input itself; choose another name: {}",
                path.display()
            )));
        }
        check_writable(&path, self.if_exists())?;
        let force = self.force;
        Ok(Destination { path, format, if_exists: self.if_exists(), force, free_name, is_repaired: false })
    }
}

/// A settled place for a mesh.
#[derive(Clone, Debug)]
pub struct Destination {
    /// The file.
    pub path: PathBuf,
    /// Its format.
    pub format: Format,
    /// What to do when it exists.
    pub if_exists: IfExists,
    /// Whether a mesh with defects is written to a print format.
    pub force: bool,
    /// The name was chosen here, so another one does as well.
    pub free_name: bool,
    /// Whether the mesh has been through `--repair`, so that this is no advice any more.
    pub is_repaired: bool,
}

impl Destination {
    /// Writes `mesh` (print space, mm), made from the file `source`, and tells where.
    ///
    /// # Errors
    /// [`Failure::NotPrintReady`] for a mesh with defects in a print format without `--force`; else
    /// what the system said.
    pub fn write(
        &self,
        mesh: &Mesh,
        report: &print::Report,
        source: &Path,
        monitor: &Monitor,
    ) -> Result<PathBuf, Failure> {
        if !report.is_print_ready() && self.format.is_for_printing() && !self.force {
            let name = self.format.extension();
            let advice = match self.is_repaired || report.encloses_nothing {
                true => "what --repair cannot mend needs a mesh editor",
                false => super::summary::next_step(report),
            };
            return Err(Failure::NotPrintReady(format!(
                "the mesh of {} is not print-ready, so no {name} file was written:{}\n  \
                 {advice}; --force writes it all the same; --format glb writes a file for viewing",
                source.display(),
                super::summary::problems(report)
            )));
        }
        let title = source.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let options = ExportOptions { if_exists: self.if_exists, title, ..ExportOptions::default() };
        let mut path = self.path.clone();
        loop {
            match export::write_file_with(mesh, self.format, &path, &options, monitor) {
                // Somebody took the name meanwhile.
                Err(export::ExportError::Write(WriteError::Exists(_))) if self.free_name => {
                    path = first_free(&self.path);
                }
                Err(error) => return Err(error.into()),
                Ok(()) => return Ok(path),
            }
        }
    }
}

/// The parser of `--format`.
pub fn format_parser() -> ValueParser {
    let named = Format::ALL.iter().zip(PURPOSES).map(|(f, purpose)| PossibleValue::new(f.extension()).help(purpose));
    // Only names of the list come through.
    PossibleValuesParser::new(named).map(|name| Format::from_name(&name).unwrap_or(Format::Stl)).into()
}

/// The format of a file that the user named, which must agree with `--format`.
fn named_format(path: &Path, format: Option<Format>) -> Result<Format, Failure> {
    match (Format::from_path(path), format) {
        (Some(by_name), Some(asked)) if by_name != asked => Err(Failure::Usage(format!(
            "the file's name says {}, but --format says {}; make them agree: {}",
            by_name.extension(),
            asked.extension(),
            path.display()
        ))),
        (_, Some(asked)) => Ok(asked),
        (Some(by_name), None) => Ok(by_name),
        (None, None) => {
            let known: Vec<_> = Format::ALL.iter().map(|f| format!(".{}", f.extension())).collect();
            let known = known.join(", ");
            let name = path.display();
            Err(Failure::Usage(format!(
                "the file's name does not say its format; end it in one of {known}, or give --format: {name}"
            )))
        }
    }
}

/// `path` itself or, where it exists, `name-2.ext`, `name-3.ext`, …
pub fn first_free(path: &Path) -> PathBuf {
    let with_number = |number: u32| {
        let mut name = path.file_stem().map(OsString::from).unwrap_or_default();
        name.push(format!("-{number}."));
        name.push(path.extension().unwrap_or_default());
        path.with_file_name(name)
    };
    let taken = |path: &Path| path.symlink_metadata().is_ok();
    if !taken(path) {
        return path.to_owned();
    }
    (2..=u32::MAX).map(with_number).find(|p| !taken(p)).unwrap_or_else(|| path.to_owned())
}

/// Fails when writing `path` could not work: before the work, not after it. What killed programs left half written in
/// its folder long ago is taken away.
///
/// # Errors
/// A sentence about the file or its folder.
pub fn check_writable(path: &Path, if_exists: IfExists) -> Result<(), Failure> {
    if path.is_dir() {
        return Err(anyhow!("this is a folder; name a file in it: {}", path.display()).into());
    }
    check_name(path)?;
    // A pipe or device stays one, and through a link the file behind it is written.
    let target = files::target_of(path)?;
    if if_exists == IfExists::Keep && path.symlink_metadata().is_ok() {
        return Err(
            anyhow!("the file exists already; choose another name, or add --overwrite: {}", path.display()).into()
        );
    }
    files::check_replaceable(&target)?;
    let folder = files::folder_of(&target);
    if !folder.is_dir() {
        return Err(anyhow!("the folder does not exist; create it first: {}", folder.display()).into());
    }
    check_folder(folder)?;
    files::sweep_temporaries(folder);
    Ok(())
}

/// Fails when there is no folder at `path`, which is only read.
///
/// # Errors
/// A sentence about the folder.
pub fn check_is_folder(path: &Path) -> Result<(), Failure> {
    if path.is_dir() {
        return Ok(());
    }
    Err(anyhow!("there is no such folder; check the name: {}", path.display()).into())
}

/// Fails when no file can be made in `folder`, which is there.
///
/// # Errors
/// A sentence about the folder.
pub fn check_folder(folder: &Path) -> Result<(), Failure> {
    tempfile::Builder::new().prefix(".orfeas-").suffix(".tmp").tempfile_in(folder).map(drop).map_err(|error| {
        let error = files::without_temporary_name(error);
        anyhow!("the folder cannot be written to ({error}); choose another one: {}", folder.display()).into()
    })
}

/// Fails when `path` is said to be a folder, and there is none.
///
/// # Errors
/// A sentence about the name.
pub fn check_name(path: &Path) -> Result<(), Failure> {
    let last = path.as_os_str().as_encoded_bytes().last().copied();
    if last.is_some_and(|byte| std::path::is_separator(char::from(byte))) && !path.is_dir() {
        return Err(
            anyhow!("the name ends as a folder's, but there is none; create it first: {}", path.display()).into()
        );
    }
    Ok(())
}

/// Whether both names lead to one existing file.
fn is_same_file(a: &Path, b: &Path) -> bool {
    matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_free_name_is_found_by_counting() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cat.v1.stl");
        assert_eq!(first_free(&path), path);
        std::fs::write(&path, "").unwrap();
        std::fs::write(folder.path().join("cat.v1-2.stl"), "").unwrap();
        assert_eq!(first_free(&path), folder.path().join("cat.v1-3.stl"));
    }

    #[test]
    fn what_killed_programs_left_goes_before_something_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str, is_old: bool| {
            let path = folder.path().join(name);
            let file = std::fs::File::create(&path).unwrap();
            if is_old {
                file.set_modified(std::time::SystemTime::now() - std::time::Duration::from_secs(86_400)).unwrap();
            }
            path
        };
        let [left, fresh, other] =
            [(".orfeas-aB3dEf.tmp", true), (".orfeas-fresh1.tmp", false), ("old.stl", true)].map(|(n, o)| put(n, o));
        check_writable(&folder.path().join("new.stl"), IfExists::Keep).unwrap();
        assert!(!left.exists() && fresh.exists() && other.exists());
    }

    #[test]
    fn name_and_format_must_agree() {
        assert_eq!(named_format(Path::new("a.stl"), None).unwrap(), Format::Stl);
        assert_eq!(named_format(Path::new("a.part"), Some(Format::Glb)).unwrap(), Format::Glb);
        assert!(named_format(Path::new("a.stl"), Some(Format::Glb)).unwrap_err().sentence().contains("agree"));
        assert!(named_format(Path::new("a"), None).unwrap_err().sentence().contains(".3mf"));
    }
}
