//! File names for the results of a batch.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// A name for the result of each picture: `cat.png` gives `cat.stl`. Pictures that would share a
/// name get their own ending into it (`cat-png.stl`, `cat-jpg.stl`), and where that does not help, a
/// number in the order of the list. Upper and lower case do not tell names apart, because not every
/// file system does.
pub fn output_names(pictures: &[PathBuf], extension: &str) -> Vec<PathBuf> {
    let stems: Vec<String> = pictures.iter().map(|p| text(p.file_stem())).collect();
    let longer: Vec<String> = pictures
        .iter()
        .zip(&stems)
        .map(|(picture, stem)| match picture.extension() {
            Some(ending) => format!("{stem}-{}", text(Some(ending)).to_lowercase()),
            None => stem.clone(),
        })
        .collect();
    let stem_counts = counts(&stems);
    let mut names: Vec<String> = stems
        .iter()
        .zip(&longer)
        .map(|(stem, longer)| if stem_counts[&stem.to_lowercase()] > 1 { longer } else { stem }.clone())
        .collect();
    let mut taken = counts(&names);
    taken.retain(|_, count| *count == 1);
    let unique = taken.clone();
    // No made-up name may be one that another picture has by right.
    taken.extend(counts(&names));
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for name in &mut names {
        let folded = name.to_lowercase();
        if unique.contains_key(&folded) {
            continue;
        }
        let number = seen.entry(folded).or_insert(0);
        let candidate = loop {
            *number += 1;
            let candidate = format!("{name}-{number}");
            if !taken.contains_key(&candidate.to_lowercase()) {
                break candidate;
            }
        };
        taken.insert(candidate.to_lowercase(), 1);
        *name = candidate;
    }
    names.iter().map(|name| PathBuf::from(format!("{name}.{extension}"))).collect()
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
        output_names(&pictures, "stl").iter().map(|p| p.display().to_string()).collect()
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
