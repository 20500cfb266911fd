//! Fonts of the system for characters that the program's own fonts lack, such as those of names in Chinese or Hebrew.
//!
//! They are looked for when such a character is first drawn, on a thread of their own. Only [`super::run`] has them:
//! windows of tests look alike on every machine.

use std::collections::HashSet;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::{Sender, TrySendError, bounded};
use egui::epaint::text::{FontInsert, FontPriority, InsertFontFamily, VariationCoords};
use egui::epaint::{TextOptions, text::Fonts};
use egui::{Color32, Context, FontData, FontDefinitions, FontFamily, FontId, FullOutput, Shape};

use super::super::tasks::caught;
use crate::background;

/// All fonts that are taken, in bytes: one for Chinese, Japanese and Korean has 20 MB, and some have a hundred.
const BYTES_MAX: usize = 64 << 20;
/// Files that are tried for one character.
const TRIES: usize = 8;
/// Characters without a font after which no more are looked for: each takes some milliseconds.
const MISSES_MAX: usize = 64;
/// Frames whose new characters may wait.
const WAITING: usize = 64;
/// When a character is looked for again for which there was no place.
const AGAIN_AFTER: Duration = Duration::from_millis(200);
/// How files begin that hold outlines as they are read here; others end in a panic.
const SIGNATURES: [&[u8; 4]; 4] = [b"\0\x01\0\0", b"OTTO", b"true", b"ttcf"];
const FAMILIES: [FontFamily; 2] = [FontFamily::Proportional, FontFamily::Monospace];

/// Has characters drawn in fonts of the system where the program's own lack them.
pub(super) fn install(ctx: &Context) {
    ctx.add_plugin(Fallbacks::new(faces_of_system));
}

/// A font in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Face {
    path: PathBuf,
    /// Which one of the file.
    index: u32,
}

/// Sees what is drawn, and has fonts looked for.
struct Fallbacks {
    seen: HashSet<char>,
    missing: Sender<(Context, Vec<char>)>,
}

impl Fallbacks {
    /// `find` knows the fonts that may have a character, the best first.
    fn new(find: impl Fn(char) -> Vec<Face> + Send + 'static) -> Self {
        let (missing, asked) = bounded::<(Context, Vec<char>)>(WAITING);
        // Without a thread the characters stay boxes.
        let _ = std::thread::Builder::new().name("orfeas-fonts".to_owned()).spawn(move || {
            background::give_way();
            let mut search = Search { find, known: FontDefinitions::default(), bytes: 0, misses: 0 };
            for (ctx, missing) in asked {
                // A font that ends in a panic is one that is not there.
                let _ = caught(|| search.run(&ctx, &missing));
            }
        });
        Self { seen: HashSet::new(), missing }
    }
}

impl egui::Plugin for Fallbacks {
    fn debug_name(&self) -> &'static str {
        "fonts of the system"
    }

    fn output_hook(&mut self, ctx: &Context, output: &mut FullOutput) {
        let mut new = Vec::new();
        for clipped in &output.shapes {
            see_texts(&clipped.shape, &mut |text| {
                if !text.is_ascii() {
                    new.extend(text.chars().filter(|c| !c.is_ascii() && self.seen.insert(*c)));
                }
            });
        }
        if !new.is_empty() {
            let font = FontId::default();
            ctx.fonts_mut(|fonts| new.retain(|&c| !fonts.has_glyph(&font, c)));
        }
        if new.is_empty() {
            return;
        }
        // Where nobody searches any more, they stay as they are.
        if let Err(TrySendError::Full((_, new))) = self.missing.try_send((ctx.clone(), new)) {
            new.iter().for_each(|c| _ = self.seen.remove(c));
            ctx.request_repaint_after(AGAIN_AFTER);
        }
    }
}

fn see_texts(shape: &Shape, see: &mut impl FnMut(&str)) {
    match shape {
        Shape::Text(text) => see(text.galley.text()),
        Shape::Vec(shapes) => shapes.iter().for_each(|shape| see_texts(shape, see)),
        _ => {}
    }
}

/// What was found so far.
struct Search<F> {
    find: F,
    /// The program's own fonts, and those that were taken.
    known: FontDefinitions,
    /// Size of those that were taken.
    bytes: usize,
    /// Characters that no font has.
    misses: usize,
}

impl<F: Fn(char) -> Vec<Face>> Search<F> {
    /// Gives the window fonts that have what is missing.
    fn run(&mut self, ctx: &Context, missing: &[char]) {
        let mut fonts = Fonts::new(TextOptions::default(), self.known.clone());
        for &c in missing {
            // egui takes all characters of the font that holds the box for missing ones.
            if self.misses == MISSES_MAX || !is_box(&mut fonts, c) {
                continue;
            }
            let Some(data) = self.take(c) else {
                self.misses += 1;
                continue;
            };
            let name = format!("system {}", self.known.font_data.len());
            self.known.font_data.insert(name.clone(), Arc::new(data.clone()));
            for family in FAMILIES {
                self.known.families.entry(family).or_default().push(name.clone());
            }
            fonts = Fonts::new(TextOptions::default(), self.known.clone());
            let families = FAMILIES.map(|family| InsertFontFamily { family, priority: FontPriority::Lowest });
            ctx.add_font(FontInsert::new(&name, data, families.to_vec()));
            ctx.request_repaint();
        }
    }

    /// The first font that draws a character, if there is room for it.
    fn take(&mut self, c: char) -> Option<FontData> {
        let faces = (self.find)(c).into_iter().take(TRIES);
        let room = BYTES_MAX.saturating_sub(self.bytes);
        let data = faces.filter_map(|face| read(&face, room)).find_map(|data| if_drawn(data, c))?;
        self.bytes += data.font.len();
        Some(data)
    }
}

/// A font in a file of at most `room` bytes.
fn read(face: &Face, room: usize) -> Option<FontData> {
    let mut file = File::open(&face.path).ok()?;
    let mut signature = [0; 4];
    file.read_exact(&mut signature).ok()?;
    let size = usize::try_from(file.metadata().ok()?.len()).ok().filter(|&size| size <= room)?;
    if !SIGNATURES.contains(&&signature) {
        return None;
    }
    let mut bytes = Vec::with_capacity(size);
    bytes.extend(signature);
    file.take((size - signature.len()) as u64).read_to_end(&mut bytes).ok()?;
    let mut data = FontData { index: face.index, ..FontData::from_owned(bytes) };
    // Fonts with a choice of weights would show their lightest.
    data.tweak.coords = VariationCoords::new([(b"wght", 400.0)]);
    Some(data)
}

/// The font where it draws the character, in memory that stays: as long as the window is there it is used, and egui
/// would have several copies of it.
fn if_drawn(data: FontData, c: char) -> Option<FontData> {
    let data = Arc::new(data);
    let mut alone = FontDefinitions::empty();
    alone.font_data.insert("it".to_owned(), data.clone());
    alone.families.insert(FontFamily::Proportional, vec!["it".to_owned()]);
    let drawn = caught(|| {
        let mut fonts = Fonts::new(TextOptions::default(), alone);
        !is_box(&mut fonts, c) && (c.is_whitespace() || place_of(&mut fonts, c).is_some())
    });
    let FontData { font, index, tweak } = Arc::into_inner(data).filter(|_| drawn == Ok(true))?;
    let bytes: &'static [u8] = font.into_owned().leak();
    Some(FontData { index, tweak, ..FontData::from_static(bytes) })
}

/// Whether what is drawn in place of a character is the same as for one that no font has.
fn is_box(fonts: &mut Fonts, c: char) -> bool {
    place_of(fonts, c) == place_of(fonts, char::MAX)
}

/// Where in their texture the fonts draw a character, if they draw anything.
fn place_of(fonts: &mut Fonts, c: char) -> Option<[u16; 2]> {
    let font = FontId::proportional(32.0);
    let galley = fonts.with_pixels_per_point(1.0).layout_no_wrap(c.to_string(), font, Color32::WHITE);
    let drawn = galley.rows.first()?.glyphs.first()?.uv_rect;
    (!drawn.is_nothing()).then_some(drawn.min)
}

/// Fonts of the system that may have a character, the best first.
fn faces_of_system(c: char) -> Vec<Face> {
    let among = |folder: PathBuf, names: &[&str]| {
        names.iter().map(|name| Face { path: folder.join(name), index: 0 }).collect::<Vec<Face>>()
    };
    if cfg!(target_os = "macos") {
        let names = [
            "Supplemental/Arial Unicode.ttf",
            "Apple Symbols.ttf",
            "Hiragino Sans GB.ttc",
            "AppleSDGothicNeo.ttc",
            "Kohinoor.ttc",
        ];
        among(PathBuf::from("/System/Library/Fonts"), &names)
    } else if cfg!(target_os = "windows") {
        let system = std::env::var_os("SystemRoot").map_or_else(|| PathBuf::from("C:\\Windows"), PathBuf::from);
        // From small to large.
        let names = [
            "segoeui.ttf",
            "seguisym.ttf",
            "leelawui.ttf",
            "Nirmala.ttf",
            "Nirmala.ttc",
            "seguiemj.ttf",
            "malgun.ttf",
            "msyh.ttc",
        ];
        among(system.join("Fonts"), &names)
    } else {
        ask_fontconfig(c)
    }
}

/// What fontconfig has for a character: it knows what the user's language and own choice make of several. Fonts
/// of coloured pictures come last, as they are not drawn here.
fn ask_fontconfig(c: char) -> Vec<Face> {
    let pattern = format!(":scalable=true:color=false:charset={:x}", u32::from(c));
    let asked = Command::new("fc-match").args(["--all", "--format=%{index} %{file}\n", &pattern]).output();
    asked.map(|told| faces_in(&String::from_utf8_lossy(&told.stdout))).unwrap_or_default()
}

/// Faces as they are listed: one a line, its number before its path.
fn faces_in(list: &str) -> Vec<Face> {
    let face = |line: &str| {
        let (index, path) = line.split_once(' ')?;
        // Above are the numbers of named weights.
        Some(Face { path: Path::new(path).to_owned(), index: index.parse::<u32>().ok()? & 0xffff })
    };
    list.lines().filter_map(face).take(TRIES).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Instant;

    use super::super::super::tests::studio;
    use super::*;

    /// Longest that a thread that gives way may take on a busy machine.
    const PATIENCE: Duration = Duration::from_secs(120);
    const TEXT: &str = "日本.png";

    /// A TrueType font in which these characters, in the order of their codes, are squares.
    fn squares(chars: &[char]) -> Vec<u8> {
        let bytes = |words: &[u16]| words.iter().flat_map(|word| word.to_be_bytes()).collect::<Vec<u8>>();
        let count = chars.len() as u16;
        let mut cmap = vec![0, 1, 3, 10, 0, 12, 12, 0, 0, 16 + 12 * count, 0, 0, 0, count];
        for code in chars.iter().map(|&c| [(u32::from(c) >> 16) as u16, u32::from(c) as u16]) {
            cmap.extend([code, code, [0, 1]].concat());
        }
        let square = [1, 0, 0, 1000, 1000, 3, 0, 0x0101, 0x0101, 0, 1000, 0, 64536, 0, 0, 1000, 0];
        let head = [1, 0, 0, 0, 0, 0, 0x5f0f, 0x3cf5, 0, 1000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1000, 1000, 0, 8, 2, 1, 0];
        let mut hhea = [0; 18];
        (hhea[0], hhea[2], hhea[3], hhea[5], hhea[17]) = (1, 800, 65336, 1000, 1);
        let mut maxp = [0; 16];
        (maxp[0], maxp[2], maxp[3], maxp[4], maxp[7]) = (1, 2, 4, 1, 2);
        let tables = [
            (b"cmap", bytes(&cmap)),
            (b"glyf", bytes(&square)),
            (b"head", bytes(&head)),
            (b"hhea", bytes(&hhea)),
            (b"hmtx", bytes(&[1000, 0, 0])),
            (b"loca", bytes(&[0, 0, 0, 0, 0, 34])),
            (b"maxp", bytes(&maxp)),
        ];
        let mut font = bytes(&[1, 0, 7, 64, 2, 48]);
        let mut body = Vec::new();
        for (tag, table) in &tables {
            let offset = 12 + 16 * tables.len() + body.len();
            font.extend(*tag);
            font.extend([0, offset as u32, table.len() as u32].iter().flat_map(|number| number.to_be_bytes()));
            body.extend(table);
            body.resize(body.len().next_multiple_of(4), 0);
        }
        font.extend(body);
        font
    }

    /// A file among fonts.
    fn face(folder: &Path, name: &str, bytes: &[u8]) -> Face {
        let path = folder.join(name);
        std::fs::write(&path, bytes).unwrap();
        Face { path, index: 0 }
    }

    /// Draws a text, and says whether it has all its characters.
    fn frame(ctx: &Context, text: &str) -> bool {
        let _ = ctx.run_ui(Default::default(), |ui| drop(ui.label(text)));
        FAMILIES.iter().all(|family| {
            let font = FontId::new(14.0, family.clone());
            ctx.fonts_mut(|fonts| text.chars().all(|c| c.is_ascii() || fonts.has_glyph(&font, c)))
        })
    }

    #[test]
    fn a_name_that_the_own_fonts_lack_is_drawn_once_a_font_of_the_system_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let faces = [
            Face { path: folder.path().join("gone.ttf"), index: 0 },
            face(folder.path(), "text.ttf", b"no font at all"),
            face(folder.path(), "broken.ttf", b"\0\x01\0\0 and then nothing"),
            face(folder.path(), "others.ttf", &squares(&['א', 'ב'])),
            face(folder.path(), "good.ttf", &squares(&['日', '本'])),
        ];
        let ctx = Context::default();
        ctx.add_plugin(Fallbacks::new(move |_| faces.to_vec()));
        assert!(!frame(&ctx, TEXT), "this tests nothing");
        let begun = Instant::now();
        while !frame(&ctx, TEXT) {
            assert!(begun.elapsed() < PATIENCE, "the font did not come");
            std::thread::sleep(Duration::from_millis(5));
        }
        let taken = ctx.fonts(|fonts| fonts.definitions().font_data.len());
        assert_eq!(taken, FontDefinitions::default().font_data.len() + 1, "one has both characters");
    }

    #[test]
    fn fonts_are_looked_for_once_for_what_is_missing_and_end_somewhere() {
        let asked = AtomicUsize::new(0);
        let find = |_: char| -> Vec<Face> {
            asked.fetch_add(1, Ordering::Relaxed);
            Vec::new()
        };
        let mut search = Search { find, known: FontDefinitions::default(), bytes: 0, misses: 0 };
        let ctx = Context::default();
        search.run(&ctx, &['ä', 'Ж', '…', '✔', '⚠']);
        assert_eq!(asked.load(Ordering::Relaxed), 0, "they are in the program");
        search.run(&ctx, &('一'..'龥').take(10 * MISSES_MAX).collect::<Vec<char>>());
        assert_eq!(asked.load(Ordering::Relaxed), MISSES_MAX);
    }

    #[test]
    fn a_font_for_which_there_is_no_room_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let font = squares(&['日']);
        let good = face(folder.path(), "good.ttf", &font);
        for (room, is_taken) in [(font.len() - 1, false), (font.len(), true)] {
            let find = |_: char| vec![good.clone()];
            let bytes = BYTES_MAX - room;
            let mut search = Search { find, known: FontDefinitions::default(), bytes, misses: 0 };
            assert_eq!(search.take('日').is_some(), is_taken);
            assert_eq!(search.bytes, if is_taken { BYTES_MAX } else { bytes });
        }
    }

    #[test]
    fn a_window_under_test_draws_in_the_programs_own_fonts() {
        let (_folder, studio) = studio();
        assert!(studio.ctx.with_plugin::<Fallbacks, _>(|_| ()).is_none());
        install(&studio.ctx);
        assert!(studio.ctx.with_plugin::<Fallbacks, _>(|_| ()).is_some());
    }

    #[test]
    fn faces_are_read_as_fontconfig_lists_them() {
        let list = "0 /usr/share/fonts/Noto Sans.ttf\nnonsense\n262146 /f/all.ttc\n";
        let face = |path: &str, index| Face { path: path.into(), index };
        assert_eq!(faces_in(list), [face("/usr/share/fonts/Noto Sans.ttf", 0), face("/f/all.ttc", 2)]);
    }
}
