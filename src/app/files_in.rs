//! Pictures and meshes coming in: dropped, opened, pasted, or named on the command line.

use std::path::{Path, PathBuf};

use egui::{Context, Event, Key};

use super::Studio;
use super::ask::Purpose;
use super::pasted;
use super::state::{ItemId, Source};
use super::toast::Level;
use super::undo::Change;
use crate::files::IfExists;
use crate::image::intake::ENDINGS as PICTURE_ENDINGS;
use crate::import;

/// File endings of meshes that can be read: those that [`import::format_of`] knows.
pub const MESH_ENDINGS: &[&str] = &["stl", "3mf", "glb", "gltf", "obj", "ply"];
/// File endings of panoramas that light the view.
pub const PANORAMA_ENDINGS: &[&str] = &["hdr", "exr"];
/// Cards that a window holds; more would be slow to look through.
const MOST_CARDS: usize = 1000;

/// What a walk through dropped files and folders found.
#[derive(Debug, Default)]
struct Found {
    sources: Vec<Source>,
    /// The last panorama: there is one light.
    panorama: Option<PathBuf>,
    /// One sentence for each file that is of no use.
    refused: Vec<String>,
}

impl Studio {
    /// Adds files and folders; folders are walked beside the window.
    pub fn add_paths(&mut self, paths: Vec<PathBuf>) {
        if paths.is_empty() {
            return;
        }
        self.spawn(move || {
            let found = walk(paths);
            Box::new(move |studio| studio.add_found(found))
        });
    }

    /// Adds what the command line named: files at once, so that their meshes are in the first picture.
    pub(super) fn add_first(&mut self, paths: Vec<PathBuf>) {
        if paths.iter().all(|p| p.is_file()) {
            self.add_found(walk(paths));
        } else {
            self.add_paths(paths);
        }
    }

    fn add_found(&mut self, found: Found) {
        let room = MOST_CARDS.saturating_sub(self.items.len());
        let left_out = found.sources.len().saturating_sub(room);
        let added: Vec<ItemId> = found.sources.into_iter().take(room).map(|source| self.add(source)).collect();
        if let Some(&first) = added.first() {
            self.history.push(Change::Added(added));
            self.select(first);
        }
        if let Some(path) = found.panorama {
            self.light_from(path);
        }
        if left_out > 0 {
            let text = format!("{left_out} files were left out: the list holds {MOST_CARDS}; remove some first");
            self.messages.push(Level::Warning, text);
        }
        // A folder full of text files must not bury the window in toasts; the log has every line.
        match found.refused.as_slice() {
            [] => {}
            [one] => self.messages.push(Level::Warning, one.clone()),
            many => {
                many.iter().for_each(|line| self.messages.log(Level::Warning, line.clone()));
                let text = format!("{} files could not be used; the log names them (Ctrl+L)", many.len());
                self.messages.push(Level::Warning, text);
            }
        }
    }

    pub(super) fn take_dropped(&mut self, ctx: &Context) {
        let dropped: Vec<PathBuf> = ctx.input(|i| i.raw.dropped_files.iter().filter_map(|f| f.path.clone()).collect());
        if dropped.is_empty() || !self.import_dropped(&dropped) {
            self.add_paths(dropped);
        }
        // What is typed is accounted for, too: the field may be gone before the key goes up.
        let is_typing = ctx.text_edit_focused();
        for event in ctx.input(|i| i.events.clone()) {
            match event {
                Event::Paste(text) => {
                    self.v_is_accounted_for = true;
                    if !is_typing {
                        self.paste(Some(text));
                    }
                }
                Event::Key { key: Key::V, pressed: true, .. } => self.v_is_accounted_for = true,
                // Ctrl+V swallows the key going down, and a clipboard without text gives no paste
                // event either: only the key going up again is seen.
                Event::Key { key: Key::V, pressed: false, .. }
                    if !std::mem::take(&mut self.v_is_accounted_for) && !is_typing =>
                {
                    self.paste(None);
                }
                _ => {}
            }
        }
    }

    /// Adds what is on the clipboard: file paths, or a picture. `text` is what is known of it.
    pub(super) fn paste(&mut self, text: Option<String>) {
        let folder = self.pasted_folder();
        self.spawn(move || {
            let pasted = paste_paths(text).unwrap_or_else(|| paste_picture(folder));
            Box::new(move |studio| match pasted {
                Ok(paths) => studio.add_paths(paths),
                Err((level, why)) => studio.messages.push(level, why),
            })
        });
    }

    /// Where pictures from the clipboard belong.
    fn pasted_folder(&mut self) -> std::io::Result<PathBuf> {
        match &self.store {
            Some(store) => Ok(store.pasted_folder()),
            None => self.passing_folder(),
        }
    }

    /// Asks for files.
    pub(super) fn open_dialog(&mut self) {
        let all: Vec<&str> = [PICTURE_ENDINGS, MESH_ENDINGS, PANORAMA_ENDINGS].concat();
        let dialog = rfd::AsyncFileDialog::new()
            .set_title("Open pictures")
            .add_filter("Everything that opens", &all)
            .add_filter("Pictures", PICTURE_ENDINGS)
            .add_filter("Meshes", MESH_ENDINGS)
            .add_filter("Panoramas for light", PANORAMA_ENDINGS);
        self.ask(
            Purpose::Open,
            || dialog.pick_files(),
            |studio, picked| studio.add_paths(picked.into_iter().map(|f| f.path().to_owned()).collect()),
        );
    }
}

pub(super) fn has_ending(path: &Path, endings: &[&str]) -> bool {
    let ending = path.extension().and_then(|e| e.to_str()).map(str::to_lowercase);
    ending.is_some_and(|e| endings.contains(&e.as_str()))
}

/// The source that a file's ending promises; else the path again.
fn source_of(path: PathBuf) -> Result<Source, PathBuf> {
    if has_ending(&path, PICTURE_ENDINGS) {
        Ok(Source::Picture(path))
    } else if import::format_of(&path).is_ok() {
        Ok(Source::MeshFile(path))
    } else {
        Err(path)
    }
}

/// Files as they are, folders by their direct contents, in the order of names.
fn walk(paths: Vec<PathBuf>) -> Found {
    let mut found = Found::default();
    let mut take = |path: PathBuf| match source_of(path) {
        Ok(source) => found.sources.push(source),
        Err(path) if has_ending(&path, PANORAMA_ENDINGS) => found.panorama = Some(path),
        Err(path) => {
            found.refused.push(format!("This is neither a picture nor a mesh that can be read: {}", path.display()));
        }
    };
    let mut unreadable = Vec::new();
    for path in paths {
        let path = std::path::absolute(&path).unwrap_or(path);
        if !path.is_dir() {
            take(path);
            continue;
        }
        match std::fs::read_dir(&path) {
            Ok(entries) => {
                let mut files: Vec<PathBuf> =
                    entries.flatten().map(|e| e.path()).filter(|p| p.is_file() && !is_hidden(p)).collect();
                files.sort();
                files.into_iter().for_each(&mut take);
            }
            Err(error) => unreadable.push(format!("The folder cannot be read ({error}): {}", path.display())),
        }
    }
    found.refused.extend(unreadable);
    found
}

fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|n| n.to_string_lossy().starts_with('.'))
}

/// What is on the clipboard, or what to tell the user.
type Pasted = Result<Vec<PathBuf>, (Level, String)>;

/// Existing files named by the text on the clipboard, one a line, as paths or `file://` addresses.
fn paste_paths(text: Option<String>) -> Option<Pasted> {
    let text = text.or_else(|| arboard::Clipboard::new().ok()?.get_text().ok())?;
    let paths: Vec<PathBuf> = text
        .lines()
        .map(|line| line.trim().trim_matches('"'))
        .filter(|line| !line.is_empty())
        .map(|line| PathBuf::from(path_of_address(line, cfg!(windows)).unwrap_or_else(|| line.to_owned())))
        .collect();
    if paths.is_empty() || !paths.iter().any(|p| p.exists()) {
        return None;
    }
    Some(Ok(paths))
}

/// The path in a `file:` address (RFC 8089), with or without a host; on Windows without the slash before the
/// drive, and with a host that is another machine's as its share.
fn path_of_address(text: &str, on_windows: bool) -> Option<String> {
    let scheme = text.get(..5).filter(|scheme| scheme.eq_ignore_ascii_case("file:"))?;
    let rest = &text[scheme.len()..];
    let is_drive = |path: &str| matches!(path.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic());
    let (host, path) = match rest.strip_prefix("//") {
        // As some programs write it.
        Some(rest) if on_windows && is_drive(rest) => ("", rest),
        Some(rest) => rest.split_at(rest.find('/')?),
        None if rest.starts_with('/') => ("", rest),
        None => return None,
    };
    let path = decode_percent(path);
    if !host.is_empty() && !host.eq_ignore_ascii_case("localhost") {
        // Elsewhere another machine's files have no path here.
        return on_windows.then(|| format!("//{host}{path}"));
    }
    let after_slash = path.strip_prefix('/').filter(|path| on_windows && is_drive(path));
    Some(after_slash.map_or(path.clone(), str::to_owned))
}

/// `%20` and its like, as desktop programs write them into `file://` addresses.
fn decode_percent(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let hex = (first == b'%').then(|| tail.get(..2)).flatten().and_then(|h| std::str::from_utf8(h).ok());
        match hex.and_then(|h| u8::from_str_radix(h, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The picture on the clipboard, written into `folder`.
fn paste_picture(folder: std::io::Result<PathBuf>) -> Pasted {
    let picture = arboard::Clipboard::new().and_then(|mut clipboard| clipboard.get_image());
    let picture = picture.map_err(|error| without_picture(&error))?;
    let size = u32::try_from(picture.width).ok().zip(u32::try_from(picture.height).ok());
    let bytes = picture.bytes.into_owned();
    let pixels = size.and_then(|(width, height)| image::RgbaImage::from_raw(width, height, bytes));
    let pixels = pixels.ok_or_else(|| without_picture(&arboard::Error::ConversionFailure))?;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let written = folder.and_then(|folder| std::fs::create_dir_all(&folder).map(|()| folder));
    let written = written.map_err(|e| e.to_string()).and_then(|folder| {
        let path = folder.join(pasted::name_at(now));
        crate::image::png::write(&pixels, &path, IfExists::Keep).map_err(|e| e.to_string())?;
        Ok(vec![path])
    });
    written.map_err(|why| {
        (Level::Warning, format!("The pasted picture could not be kept; save it as a file, and open that: {why}"))
    })
}

/// What is told where the clipboard gives no picture, and there were no files on it either.
fn without_picture(error: &arboard::Error) -> (Level, String) {
    let next = "save it as a file, and open that";
    if matches!(error, arboard::Error::ContentNotAvailable) {
        // Other programs may offer a picture as JPEG only, which is the same to us as none.
        let nothing = "There is no picture and no file on the clipboard, or only in a form that is not read";
        return (Level::Info, format!("{nothing}; then {next}"));
    }
    let why = error.to_string();
    (Level::Warning, format!("The clipboard cannot be read ({}); {next}", why.trim_end_matches('.')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_walked_in_order_and_other_files_get_a_line_each() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.PNG", "a.jpg", "notes.txt", "part.stl", ".hidden.png"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        let found = walk(vec![folder.path().to_owned(), "lone.webp".into()]);
        let names: Vec<_> =
            found.sources.iter().map(|s| s.path().file_name().unwrap().to_str().unwrap().to_owned()).collect();
        assert_eq!(names, ["a.jpg", "b.PNG", "part.stl", "lone.webp"]);
        assert!(matches!(found.sources[2], Source::MeshFile(_)));
        assert_eq!(found.refused.len(), 1);
        assert!(found.refused[0].ends_with("notes.txt"));
    }

    #[test]
    fn every_ending_of_a_mesh_is_offered_and_read() {
        let read = |ending: &&str| import::format_of(Path::new(&format!("part.{ending}"))).is_ok();
        assert!(MESH_ENDINGS.iter().all(read));
        let offered = |format: &crate::export::Format| MESH_ENDINGS.contains(&format.extension());
        assert!(crate::export::Format::ALL.iter().all(offered));
        assert!(matches!(source_of("scene.GLTF".into()), Ok(Source::MeshFile(_))));
        assert!(source_of("notes.txt".into()).is_err());
    }

    #[test]
    fn addresses_of_files_become_paths() {
        let paths = |text| [false, true].map(|on_windows| path_of_address(text, on_windows));
        for (address, unix, windows) in [
            ("file:///home/me/my%20fox.png", "/home/me/my fox.png", "/home/me/my fox.png"),
            ("file://localhost/tmp/a%C3%BC.stl", "/tmp/aü.stl", "/tmp/aü.stl"),
            ("FILE:/tmp/a.stl", "/tmp/a.stl", "/tmp/a.stl"),
            ("file:///C:/parts/a.stl", "/C:/parts/a.stl", "C:/parts/a.stl"),
        ] {
            assert_eq!(paths(address), [Some(unix.to_owned()), Some(windows.to_owned())], "{address}");
        }
        assert_eq!(paths("file://server/share/a.stl"), [None, Some("//server/share/a.stl".to_owned())]);
        for text in ["/tmp/a.stl", "C:\\parts\\a.stl", "file:", "file://", "https://localhost/a.stl", "fíle"] {
            assert_eq!(paths(text), [None, None], "{text}");
        }
    }

    #[test]
    fn a_clipboard_that_cannot_be_read_is_not_said_to_be_empty() {
        let nothing = "There is no picture";
        let (level, told) = without_picture(&arboard::Error::ContentNotAvailable);
        assert!(level == Level::Info && told.starts_with(nothing), "{told}");
        assert!(told.contains("a form that is not read") && told.contains("open that"), "{told}");
        let unreachable = arboard::Error::Unknown { description: "no display".to_owned() };
        for error in [arboard::Error::ClipboardOccupied, arboard::Error::ConversionFailure, unreachable] {
            let (level, told) = without_picture(&error);
            assert!(level == Level::Warning && !told.contains(nothing), "{told}");
            let why = error.to_string();
            assert!(told.contains(why.trim_end_matches('.')) && told.contains("open that"), "{told}");
        }
    }

    #[test]
    fn without_a_data_folder_pasted_pictures_are_nobody_elses_and_go_with_the_window() {
        let (_data, mut studio) = super::super::tests::studio();
        studio.store = None;
        let folder = studio.pasted_folder().unwrap();
        assert_eq!(studio.pasted_folder().unwrap(), folder, "one is enough");
        std::fs::write(folder.join("pasted-1.png"), "").unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(folder.metadata().unwrap().permissions().mode() & 0o077, 0);
        }
        // Without being dropped, as where the device is lost.
        studio.say_goodbye();
        assert!(!folder.exists());
    }

    #[test]
    fn pasted_text_is_taken_for_paths_only_when_a_file_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("my picture ü.png");
        std::fs::write(&path, "").unwrap();
        let address = format!("file://{}", path.display().to_string().replace(' ', "%20"));
        for text in [path.display().to_string(), address, format!("\"{}\"\n", path.display())] {
            assert_eq!(paste_paths(Some(text)), Some(Ok(vec![path.clone()])));
        }
        assert_eq!(paste_paths(Some("just a sentence".into())), None);
    }
}
