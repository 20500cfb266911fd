//! File names for the results of a batch.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::manifest::{self, Known};
use crate::files::{digest_of_file, hex};

/// Names of files in the folder, in lower case and without an ending, each with the SHA-256 of the picture
/// that it was made from.
type Others = BTreeMap<String, String>;

/// A name for the result of each picture in `folder`, which need not be there yet. A picture that a
/// batch made a solid of there keeps its name, so that further pictures shift nothing. Of the others
/// `cat.png` gives `cat.stl`. Pictures that would share a name get their own ending into it
/// (`cat-png.stl`, `cat-jpg.stl`), and where that does not help, a number in the order of the list. The
/// same goes for a name that a batch gave to a picture that is not in the list, unless it is the same
/// picture, moved or copied, or files are replaced (`overwrite`). Upper and lower case do not tell names
/// apart, because not every file system does.
pub fn output_names(folder: &Path, pictures: &[PathBuf], extension: &str, overwrite: bool) -> Vec<PathBuf> {
    let known = manifest::known_files(folder, extension);
    // Whatever else is in the manifest: nothing outside the folder is named.
    let stem_of = |file: &Known| text(Path::new(&file.name).file_stem());
    // Of several names of a picture the last one, whose file is there.
    let own: BTreeMap<&str, &Known> = known.iter().map(|file| (file.source.as_str(), file)).collect();
    let kept = pictures.iter().map(|picture| own.get(&*manifest::source_of(picture)).map(|file| stem_of(file)));
    let is_in_use = |file: &&Known| !overwrite && (file.is_begun || folder.join(&file.name).symlink_metadata().is_ok());
    let others = known.iter().filter(is_in_use).map(|file| (stem_of(file).to_lowercase(), file.picture.clone()));
    let names = names(pictures, kept.collect(), &others.collect());
    names.iter().map(|name| PathBuf::from(format!("{name}.{extension}"))).collect()
}

/// Names without an ending, of which those that are `kept` are settled.
fn names(pictures: &[PathBuf], mut kept: Vec<Option<String>>, others: &Others) -> Vec<String> {
    let mut taken = BTreeSet::new();
    for name in &mut kept {
        // On systems that tell upper from lower case two may be one elsewhere.
        *name = name.take().filter(|name| taken.insert(name.to_lowercase()));
    }
    let digests: Vec<OnceCell<Option<String>>> = vec![OnceCell::new(); pictures.len()];
    // The file of the same picture, which lay elsewhere, would be just the one that is wanted.
    let is_anothers = |index: usize, folded: &str| {
        let digest = || digest_of_file(&pictures[index]).ok().as_ref().map(hex);
        others.get(folded).is_some_and(|made_of| digests[index].get_or_init(digest).as_ref() != Some(made_of))
    };
    let stems: Vec<String> = pictures.iter().map(|p| text(p.file_stem())).collect();
    let stem_counts = counts(&stems);
    let own_name = |(index, stem): (usize, &String)| {
        let folded = stem.to_lowercase();
        match pictures[index].extension() {
            _ if kept[index].is_some() => stem.clone(),
            Some(ending) if stem_counts[&folded] > 1 || taken.contains(&folded) || is_anothers(index, &folded) => {
                format!("{stem}-{}", text(Some(ending)).to_lowercase())
            }
            _ => stem.clone(),
        }
    };
    let own_names: Vec<String> = stems.iter().enumerate().map(own_name).collect();
    let new_names: Vec<String> =
        own_names.iter().zip(&kept).filter(|(_, kept)| kept.is_none()).map(|(name, _)| name.clone()).collect();
    let new_counts = counts(&new_names);
    let is_unique = |(index, name): (usize, &String)| {
        let folded = name.to_lowercase();
        kept[index].is_none() && new_counts[&folded] == 1 && !taken.contains(&folded) && !is_anothers(index, &folded)
    };
    let are_unique: Vec<bool> = own_names.iter().enumerate().map(is_unique).collect();
    // No made-up name may be one that another picture has by right.
    taken.extend(new_counts.into_keys());
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let name = |(index, (own_name, kept)): (usize, (String, Option<String>))| {
        if kept.is_some() || are_unique[index] {
            return kept.unwrap_or(own_name);
        }
        let number = seen.entry(own_name.to_lowercase()).or_insert(0);
        loop {
            *number += 1;
            let candidate = format!("{own_name}-{number}");
            let folded = candidate.to_lowercase();
            if !is_anothers(index, &folded) && taken.insert(folded) {
                break candidate;
            }
        }
    };
    own_names.into_iter().zip(kept).enumerate().map(name).collect()
}

fn text(part: Option<&std::ffi::OsStr>) -> String {
    let text = part.map(|p| p.to_string_lossy().into_owned()).unwrap_or_default();
    // A picture called `..` or with nothing before its ending still needs a name.
    if text.is_empty() { "picture".to_owned() } else { text }
}

fn counts(names: &[String]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for name in names {
        *counts.entry(name.to_lowercase()).or_insert(0) += 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(pictures: &[&str]) -> Vec<String> {
        let pictures: Vec<PathBuf> = pictures.iter().map(PathBuf::from).collect();
        output_names(Path::new("nowhere"), &pictures, "stl", false).iter().map(|p| p.display().to_string()).collect()
    }

    #[test]
    fn no_two_pictures_share_a_result() {
        assert_eq!(names(&["in/cat.png", "in/dog.png"]), ["cat.stl", "dog.stl"]);
        assert_eq!(names(&["cat.png", "Cat.JPG", "dog.png"]), ["cat-png.stl", "Cat-jpg.stl", "dog.stl"]);
        assert_eq!(names(&["a/cat.png", "b/cat.png"]), ["cat-png-1.stl", "cat-png-2.stl"]);
        assert_eq!(
            names(&["a/cat.png", "b/cat.png", "cat-png-1.gif"]),
            ["cat-png-2.stl", "cat-png-3.stl", "cat-png-1.stl"]
        );
        let clashing = names(&["a/cat", "a/cat-1", "b/cat", "b/cat-1"]);
        let distinct: std::collections::BTreeSet<_> = clashing.iter().collect();
        assert_eq!(distinct.len(), 4, "{clashing:?}");
    }
}
