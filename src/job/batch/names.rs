//! File names for the results of a batch.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::manifest;

/// A name for the result of each picture in `folder`, which need not be there yet. A picture that a
/// batch made a solid of there keeps its name, so that further pictures shift nothing. Of the others
/// `cat.png` gives `cat.stl`. Pictures that would share a name get their own ending into it
/// (`cat-png.stl`, `cat-jpg.stl`), and where that does not help, a number in the order of the list.
/// Upper and lower case do not tell names apart, because not every file system does.
pub fn output_names(folder: &Path, pictures: &[PathBuf], extension: &str) -> Vec<PathBuf> {
    let known = manifest::known_names(folder, extension);
    // Whatever else is in the manifest: nothing outside the folder is named.
    let stem_of = |name: &String| text(Path::new(name).file_stem());
    let kept = pictures.iter().map(|picture| known.get(&manifest::source_of(picture)).map(stem_of));
    let names = names(pictures, kept.collect());
    names.iter().map(|name| PathBuf::from(format!("{name}.{extension}"))).collect()
}

/// Names without an ending, of which those that are `kept` are settled.
fn names(pictures: &[PathBuf], mut kept: Vec<Option<String>>) -> Vec<String> {
    let mut taken = BTreeSet::new();
    for name in &mut kept {
        // On systems that tell upper from lower case two may be one elsewhere.
        *name = name.take().filter(|name| taken.insert(name.to_lowercase()));
    }
    let stems: Vec<String> = pictures.iter().map(|p| text(p.file_stem())).collect();
    let stem_counts = counts(&stems);
    let own_name = |(picture, stem): (&PathBuf, &String)| {
        let folded = stem.to_lowercase();
        match picture.extension() {
            Some(ending) if stem_counts[&folded] > 1 || taken.contains(&folded) => {
                format!("{stem}-{}", text(Some(ending)).to_lowercase())
            }
            _ => stem.clone(),
        }
    };
    let own_names: Vec<String> = pictures.iter().zip(&stems).map(own_name).collect();
    let new_names: Vec<String> =
        own_names.iter().zip(&kept).filter(|(_, kept)| kept.is_none()).map(|(name, _)| name.clone()).collect();
    let new_counts = counts(&new_names);
    let is_unique: BTreeSet<String> = new_counts
        .iter()
        .filter(|(name, count)| **count == 1 && !taken.contains(*name))
        .map(|(n, _)| n.clone())
        .collect();
    // No made-up name may be one that another picture has by right.
    taken.extend(new_counts.into_keys());
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let name = |(own_name, kept): (String, Option<String>)| {
        let folded = own_name.to_lowercase();
        if kept.is_some() || is_unique.contains(&folded) {
            return kept.unwrap_or(own_name);
        }
        let number = seen.entry(folded).or_insert(0);
        loop {
            *number += 1;
            let candidate = format!("{own_name}-{number}");
            if taken.insert(candidate.to_lowercase()) {
                break candidate;
            }
        }
    };
    own_names.into_iter().zip(kept).map(name).collect()
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
        output_names(Path::new("nowhere"), &pictures, "stl").iter().map(|p| p.display().to_string()).collect()
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
