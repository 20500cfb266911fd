//! Settings by the names that the window gives them: other modules name them as typed on the command line.

use std::path::Path;

use super::inspector::{capitalised, label};
use crate::request::Request;
use crate::request::parameter::ParamKind;

/// What stands here for what is no setting; what contains others comes before them.
const OTHERS: [(&str, &str); 5] = [
    ("--save-mask, or Edit cut-out in the window", "“Edit cut-out”"),
    (" or give a mask (--mask)", ""),
    ("--save-mask", "“Edit cut-out”"),
    ("another --mode", "another mode"),
    ("orfeas models folder --look-into", "“Look into a folder…”"),
];

/// A sentence of another module in the words of the window: `--background remove` becomes
/// “Cut-out › Background: Remove”. Flags for which the window has nothing stay as they are.
pub(super) fn shown(text: &str) -> String {
    let text = OTHERS.iter().fold(text.to_owned(), |text, (typed, shown)| text.replace(typed, shown));
    let (mut shown, mut rest) = (String::new(), text.as_str());
    while let Some(at) = rest.find("--") {
        let (before, from) = rest.split_at(at);
        shown += before;
        // Elsewhere it is a part of a name.
        let is_start = shown.is_empty() || shown.ends_with([' ', '(']);
        match setting(from).filter(|_| is_start) {
            Some((name, after)) => {
                shown += &format!("“{name}”");
                rest = after;
            }
            None => {
                shown += "--";
                rest = &from[2..];
            }
        }
    }
    shown + rest
}

/// The same for a sentence that may end with the path of a file, in which nothing is replaced.
pub(super) fn shown_error(text: &str, path: &Path) -> String {
    let path = path.display().to_string();
    match text.strip_suffix(&path) {
        Some(sentence) => shown(sentence) + &path,
        None => shown(text),
    }
}

/// What the setting is called whose flag `text` begins with, and its value where one follows; then the text after them.
fn setting(text: &str) -> Option<(String, &str)> {
    let text = text.strip_prefix("--")?;
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(text.len());
    let (flag, after) = text.split_at(end);
    let request = Request::default();
    let (group, spec) = request.groups().into_iter().find_map(|group| {
        let spec = group.specs().iter().find(|spec| spec.flag == flag)?;
        Some((group.title(), spec))
    })?;
    let name = format!("{group} › {}", label(spec));
    let word = after.strip_prefix(' ').and_then(|after| after.split(char::is_whitespace).next()).unwrap_or_default();
    let word = word.trim_end_matches([',', ';', ':', '.', ')']);
    if spec.parse(word).is_err() {
        return Some((name, after));
    }
    let value = if let ParamKind::Choice(_) = spec.kind { capitalised(word) } else { word.to_owned() };
    Some((format!("{name}: {value}"), &after[1 + word.len()..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::{CUT_BY_ALPHA, UNSURE};
    use crate::request::Mode;
    use crate::request::relevance::{needed_for_mask, needed_for_views};

    #[test]
    fn settings_have_the_names_of_the_window() {
        for (typed, expected) in [
            (
                "--litho-min (4 mm) must be less than --litho-max",
                "“Lithophane › Min” (4 mm) must be less than “Lithophane › Max”",
            ),
            ("lower --density, or look", "lower “Model › Density”, or look"),
            ("by colours (--background remove).", "by colours (“Cut-out › Background: Remove”)."),
            ("--drop-floaters 0 keeps it", "“Mesh › Drop floaters: 0” keeps it"),
            ("name the right one with --model, or", "name the right one with “Model › Model”, or"),
            ("was cut out (--save-mask)", "was cut out (“Edit cut-out”)"),
            ("choose --back above 0", "choose “Inflate › Back” above 0"),
            ("choose --model hunyuan3d-2mv", "choose “Model › Model: Hunyuan3D 2mv”"),
        ] {
            assert_eq!(shown(typed), expected);
        }
    }

    #[test]
    fn what_is_no_setting_stays() {
        for text in ["", "nothing to say", "a--seed.png", "-- and --", "try --device cpu", "a – b -- c", "----seed"] {
            assert_eq!(shown(text), text);
        }
        let path = Path::new("/pictures/cat --seed 7.png");
        let text = format!("lower --density: {}", path.display());
        assert_eq!(shown_error(&text, path), format!("lower “Model › Density”: {}", path.display()));
    }

    #[test]
    fn no_flag_is_left_in_what_is_told_of_a_picture() {
        let whole_frame = |mode| needed_for_mask(&Request { mode, ..Request::default() }).unwrap();
        let views = needed_for_views(&Request::default()).unwrap();
        for text in [UNSURE, CUT_BY_ALPHA, whole_frame(Mode::Lithophane), whole_frame(Mode::Relief), views] {
            let shown = shown(text);
            assert!(text.contains("--") && !shown.contains("--"), "{shown}");
        }
        assert!(shown(UNSURE).contains("look at it (“Edit cut-out”), and where it is wrong mend it there"));
    }
}
