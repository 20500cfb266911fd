//! Every action of the window, once: menus, keys, the palette, tooltips and tests all read this enum.
//!
//! Widgets send a [`Command`]; [`super::Studio`] runs it before the next frame is drawn.

mod held;

use egui::{Event, Key, KeyboardShortcut, Modifiers};

/// An action without arguments that a user may trigger by menu, key or palette.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "`label` and `tooltip` say what each one does")]
pub enum Command {
    Open,
    Paste,
    SaveMesh,
    SavePicture,
    Export,
    OpenFolder,
    Generate,
    GenerateAll,
    Cancel,
    CancelAll,
    Retry,
    Remove,
    MoveUp,
    MoveDown,
    ClearFinished,
    SelectNext,
    SelectPrevious,
    EditCutOut,
    Repair,
    Undo,
    Redo,
    ResetSettings,
    ApplyToAll,
    Fit,
    ViewFront,
    ViewBack,
    ViewLeft,
    ViewRight,
    ViewTop,
    ViewBottom,
    ToggleProjection,
    ToggleWireframe,
    ToggleGrid,
    ToggleSection,
    ToggleMeasure,
    ToggleDimensions,
    ToggleTurntable,
    ToggleOverlay,
    NextShading,
    SaveTurntable,
    ToggleQueue,
    ToggleInspector,
    ToggleLog,
    ToggleDiagnostics,
    Settings,
    Models,
    Palette,
    Shortcuts,
    ThemeSystem,
    ThemeLight,
    ThemeDark,
    ZoomIn,
    ZoomOut,
    ZoomReset,
    Quit,
}

/// Where a command stands in the menus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the menu titles")]
pub enum Menu {
    File,
    Edit,
    Queue,
    View,
    Help,
}

impl Menu {
    /// All menus from left to right.
    pub const ALL: [Self; 5] = [Self::File, Self::Edit, Self::Queue, Self::View, Self::Help];

    /// Title of the menu.
    pub fn title(self) -> &'static str {
        match self {
            Self::File => "File",
            Self::Edit => "Edit",
            Self::Queue => "Queue",
            Self::View => "View",
            Self::Help => "Help",
        }
    }
}

const CTRL_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

impl Command {
    /// Every command, in the order of the menus.
    pub const ALL: &[Self] = {
        use Command::*;
        &[
            Open,
            Paste,
            SaveMesh,
            Export,
            SavePicture,
            SaveTurntable,
            OpenFolder,
            Settings,
            Models,
            Quit,
            Undo,
            Redo,
            EditCutOut,
            Repair,
            ApplyToAll,
            ResetSettings,
            Generate,
            GenerateAll,
            Cancel,
            CancelAll,
            Retry,
            Remove,
            MoveUp,
            MoveDown,
            ClearFinished,
            SelectNext,
            SelectPrevious,
            Fit,
            ViewFront,
            ViewBack,
            ViewLeft,
            ViewRight,
            ViewTop,
            ViewBottom,
            ToggleProjection,
            NextShading,
            ToggleWireframe,
            ToggleGrid,
            ToggleSection,
            ToggleMeasure,
            ToggleDimensions,
            ToggleTurntable,
            ToggleOverlay,
            ToggleQueue,
            ToggleInspector,
            ZoomIn,
            ZoomOut,
            ZoomReset,
            ThemeSystem,
            ThemeLight,
            ThemeDark,
            Palette,
            Shortcuts,
            ToggleLog,
            ToggleDiagnostics,
        ]
    };

    /// Short name for menus and the palette; `…` when it asks for more.
    pub fn label(self) -> &'static str {
        self.describe().0
    }

    /// What it does, in one sentence.
    pub fn tooltip(self) -> &'static str {
        self.describe().1
    }

    /// Label and tooltip.
    fn describe(self) -> (&'static str, &'static str) {
        match self {
            Self::Open => ("Open pictures…", "Add pictures to the queue, or look at a mesh file"),
            Self::Paste => ("Paste picture", "Add the picture or the file path on the clipboard"),
            Self::SaveMesh => ("Save mesh", "Write the mesh where it was last exported, as STL, 3MF, GLB, OBJ or PLY"),
            Self::SavePicture => (
                "Save view as picture…",
                "Write the mesh as it is shown as PNG, without dimensions, measurements and the picture laid over it",
            ),
            Self::Export => ("Export…", "Choose format, size and detail, and write the mesh"),
            Self::OpenFolder => ("Show exported file", "Open the folder of the last exported file"),
            Self::Generate => ("Generate", "Make the mesh of the selected picture with the settings shown"),
            Self::GenerateAll => ("Generate all", "Make the meshes of all pictures that have none yet"),
            Self::Cancel => ("Cancel", "Stop the selected picture"),
            Self::CancelAll => ("Cancel all", "Stop everything that runs or waits"),
            Self::Retry => ("Try again", "Run the selected picture once more, or read its mesh where that failed"),
            Self::Remove => ("Remove", "Take the selected picture out of the list; the file stays"),
            Self::MoveUp => ("Move up", "Let the selected picture run earlier"),
            Self::MoveDown => ("Move down", "Let the selected picture run later"),
            Self::ClearFinished => ("Remove finished", "Take all finished pictures out of the list"),
            Self::SelectNext => ("Next picture", "Select the next picture in the list"),
            Self::SelectPrevious => ("Previous picture", "Select the previous picture in the list"),
            Self::EditCutOut => ("Edit cut-out…", "See and correct what belongs to the object"),
            Self::Repair => {
                ("Repair mesh", "Close holes and cracks, turn faces outward, remove doubled and flat triangles")
            }
            Self::Undo => ("Undo", "Take the last change back"),
            Self::Redo => ("Redo", "Make the last undone change again"),
            Self::ResetSettings => (
                "Reset settings",
                "Set all settings of the selected picture to their defaults; what is made of it stays",
            ),
            Self::ApplyToAll => ("Use settings for all", "Give every picture the settings of the selected one"),
            Self::Fit => ("Fit", "Show the whole mesh"),
            Self::ViewFront => ("Front view", "Look from the front"),
            Self::ViewBack => ("Back view", "Look from the back"),
            Self::ViewLeft => ("Left view", "Look from the left"),
            Self::ViewRight => ("Right view", "Look from the right"),
            Self::ViewTop => ("Top view", "Look from above"),
            Self::ViewBottom => ("Bottom view", "Look from below"),
            Self::ToggleProjection => ("Perspective or orthographic", "Change how depth is projected"),
            Self::ToggleWireframe => ("Wireframe", "Draw the edges of the triangles over the shading"),
            Self::ToggleGrid => ("Print bed", "Show the bed with its grid in millimetres"),
            Self::ToggleSection => ("Section", "Cut the view open with a plane"),
            Self::ToggleMeasure => ("Measure", "Measure from point to point on the mesh"),
            Self::ToggleDimensions => ("Dimensions", "Draw width, depth and height in millimetres"),
            Self::ToggleTurntable => ("Turntable", "Let the mesh turn"),
            Self::ToggleOverlay => ("Compare with picture", "Lay the picture over the mesh"),
            Self::NextShading => ("Next shading", "Change how the surface is shaded"),
            Self::SaveTurntable => ("Save turntable…", "Write one turn of the mesh as an animated PNG"),
            Self::ToggleQueue => ("Picture list", "Show or hide the list of pictures"),
            Self::ToggleInspector => ("Inspector", "Show or hide settings and measurements"),
            Self::ToggleLog => ("Log", "Show what happened so far"),
            Self::ToggleDiagnostics => ("Diagnostics", "Show devices, memory, cache and versions"),
            Self::Settings => ("Settings…", "Theme, size of text, new pictures and printer"),
            Self::Models => ("Models…", "Fetch, check and remove learned models"),
            Self::Palette => ("Find a command…", "Search all commands by name"),
            Self::Shortcuts => ("Keyboard shortcuts", "Show all keys"),
            Self::ThemeSystem => ("System theme", "Follow the system's light or dark theme"),
            Self::ThemeLight => ("Light theme", "Use the light theme"),
            Self::ThemeDark => ("Dark theme", "Use the dark theme"),
            Self::ZoomIn => ("Larger text", "Make the interface larger"),
            Self::ZoomOut => ("Smaller text", "Make the interface smaller"),
            Self::ZoomReset => ("Normal text", "Set the interface back to its normal size"),
            Self::Quit => ("Quit", "Close the window; the list is kept"),
        }
    }

    /// The menu that lists it.
    pub fn menu(self) -> Menu {
        use Command::*;
        match self {
            Open | Paste | SaveMesh | Export | SavePicture | SaveTurntable | OpenFolder | Settings | Models | Quit => {
                Menu::File
            }
            Undo | Redo | EditCutOut | Repair | ApplyToAll | ResetSettings => Menu::Edit,
            Generate | GenerateAll | Cancel | CancelAll | Retry | Remove | MoveUp | MoveDown | ClearFinished
            | SelectNext | SelectPrevious => Menu::Queue,
            Palette | Shortcuts | ToggleLog | ToggleDiagnostics => Menu::Help,
            _ => Menu::View,
        }
    }

    /// The keys that trigger it, the first one shown in menus.
    pub fn shortcuts(self) -> &'static [KeyboardShortcut] {
        const fn keys(modifiers: Modifiers, key: Key) -> KeyboardShortcut {
            KeyboardShortcut::new(modifiers, key)
        }
        const COMMAND: Modifiers = Modifiers::COMMAND;
        const NONE: Modifiers = Modifiers::NONE;
        match self {
            Self::Open => const { &[keys(COMMAND, Key::O)] },
            // Only shown: it arrives as a paste event and is handled there.
            Self::Paste => const { &[keys(COMMAND, Key::V)] },
            Self::SaveMesh => const { &[keys(COMMAND, Key::S)] },
            Self::SavePicture => const { &[keys(NONE, Key::F12)] },
            Self::Export => const { &[keys(COMMAND, Key::E)] },
            Self::Generate => const { &[keys(COMMAND, Key::G), keys(COMMAND, Key::Enter)] },
            Self::GenerateAll => const { &[keys(CTRL_SHIFT, Key::G)] },
            Self::Cancel => const { &[keys(COMMAND, Key::Period)] },
            Self::Retry => const { &[keys(COMMAND, Key::R)] },
            Self::Remove => const { &[keys(NONE, Key::Delete)] },
            Self::MoveUp => const { &[keys(Modifiers::ALT, Key::ArrowUp)] },
            Self::MoveDown => const { &[keys(Modifiers::ALT, Key::ArrowDown)] },
            Self::SelectNext => const { &[keys(NONE, Key::PageDown)] },
            Self::SelectPrevious => const { &[keys(NONE, Key::PageUp)] },
            Self::EditCutOut => const { &[keys(COMMAND, Key::M)] },
            Self::Undo => const { &[keys(COMMAND, Key::Z)] },
            Self::Redo => const { &[keys(CTRL_SHIFT, Key::Z), keys(COMMAND, Key::Y)] },
            Self::Fit => const { &[keys(NONE, Key::F)] },
            Self::ViewFront => const { &[keys(NONE, Key::Num1)] },
            Self::ViewRight => const { &[keys(NONE, Key::Num3)] },
            Self::ViewTop => const { &[keys(NONE, Key::Num7)] },
            Self::ViewBack => const { &[keys(COMMAND, Key::Num1)] },
            Self::ViewLeft => const { &[keys(COMMAND, Key::Num3)] },
            Self::ViewBottom => const { &[keys(COMMAND, Key::Num7)] },
            Self::ToggleProjection => const { &[keys(NONE, Key::Num5)] },
            Self::ToggleWireframe => const { &[keys(NONE, Key::W)] },
            Self::ToggleGrid => const { &[keys(NONE, Key::B)] },
            Self::ToggleSection => const { &[keys(NONE, Key::X)] },
            Self::ToggleMeasure => const { &[keys(NONE, Key::M)] },
            Self::ToggleDimensions => const { &[keys(NONE, Key::D)] },
            Self::ToggleTurntable => const { &[keys(NONE, Key::T)] },
            Self::ToggleOverlay => const { &[keys(NONE, Key::C)] },
            Self::NextShading => const { &[keys(NONE, Key::S)] },
            Self::ToggleQueue => const { &[keys(NONE, Key::F8)] },
            Self::ToggleInspector => const { &[keys(NONE, Key::F9)] },
            Self::ToggleLog => const { &[keys(COMMAND, Key::L)] },
            Self::Settings => const { &[keys(COMMAND, Key::Comma)] },
            Self::Palette => const { &[keys(COMMAND, Key::K), keys(COMMAND, Key::P)] },
            Self::Shortcuts => const { &[keys(NONE, Key::Questionmark), keys(NONE, Key::F1)] },
            Self::ZoomIn => const { &[keys(COMMAND, Key::Plus), keys(COMMAND, Key::Equals)] },
            Self::ZoomOut => const { &[keys(COMMAND, Key::Minus)] },
            Self::ZoomReset => const { &[keys(COMMAND, Key::Num0)] },
            Self::Quit => const { &[keys(COMMAND, Key::Q)] },
            _ => &[],
        }
    }

    /// The keys as text for menus, such as `Ctrl+O`; empty when there are none.
    pub fn shortcut_text(self, ctx: &egui::Context) -> String {
        self.shortcuts().first().map(|s| keys_text(ctx, s)).unwrap_or_default()
    }

    /// Whether it goes a step each time, so that keys pressed while a frame was slow all count. The others
    /// are meant once, however long their key was held.
    fn is_step(self) -> bool {
        use Command::*;
        matches!(self, SelectNext | SelectPrevious | MoveUp | MoveDown | Undo | Redo | ZoomIn | ZoomOut | NextShading)
    }

    /// Whether each press of its keys counts, also of several within a frame. Removing does, or undo, of which each press
    /// counts too, would take back more than was done.
    fn counts_presses(self) -> bool {
        self.is_step() || self == Self::Remove
    }

    /// Takes the commands whose keys were pressed out of the input, in their order. Plain letters are left alone
    /// while a text field has the keyboard. Longer combinations go first, so that Ctrl+Shift+Z is
    /// not taken for Ctrl+Z. What follows the keys of the palette is meant for it: the text of that
    /// is given as well, and its keys stay.
    pub fn pressed(ctx: &egui::Context) -> (Vec<Self>, String) {
        let typing = ctx.text_edit_focused();
        let mut all: Vec<(Self, KeyboardShortcut)> =
            Self::ALL.iter().flat_map(|&c| c.shortcuts().iter().map(move |&s| (c, s))).collect();
        all.sort_by_key(|(_, s)| std::cmp::Reverse(u8::from(s.modifiers.shift) + u8::from(s.modifiers.alt)));
        all.retain(|(c, _)| *c != Self::Paste);
        // Text fields undo by themselves.
        let is_of_texts = |c: &Self| matches!(c, Self::Undo | Self::Redo);
        all.retain(|(c, s)| !typing || (s.modifiers.command && !is_of_texts(c)) || is_function_key(s.logical_key));
        ctx.input_mut(|input| {
            let end = input.events.iter().position(opens_palette).map_or(input.events.len(), |place| place + 1);
            let mut later = input.events.split_off(end);
            let mut pressed = Vec::new();
            input.events.retain(|event| {
                let Some(&(command, _)) = all.iter().find(|(_, keys)| is_press_of(event, *keys)) else { return true };
                let is_meant = command.is_step() || !is_repeat(event);
                if is_meant && (command.counts_presses() || !pressed.contains(&command)) {
                    pressed.push(command);
                }
                false
            });
            let texts = later.extract_if(.., |event| matches!(event, Event::Text(_)));
            let typed =
                texts.filter_map(|event| if let Event::Text(text) = event { Some(text) } else { None }).collect();
            input.events.append(&mut later);
            (pressed, typed)
        })
    }
}

/// Has keys go up as what they went down as, whatever was let go meanwhile.
pub(super) fn install(ctx: &egui::Context) {
    ctx.add_plugin(held::HeldKeys::default());
}

/// Keys as text, with signs as they stand on the keyboard.
pub(super) fn keys_text(ctx: &egui::Context, keys: &KeyboardShortcut) -> String {
    let (text, key) = (ctx.format_shortcut(keys), keys.logical_key);
    let is_sign = matches!(key, Key::Comma | Key::Period | Key::Questionmark);
    match text.strip_suffix(key.name()).filter(|_| is_sign) {
        Some(modifiers) => format!("{modifiers}{}", key.symbol_or_name()),
        None => text,
    }
}

/// Whether `keys` were pressed in this event, or held until they repeat.
fn is_press_of(event: &Event, keys: KeyboardShortcut) -> bool {
    matches!(event, Event::Key { key, pressed: true, modifiers, .. }
        if *key == keys.logical_key && modifiers.matches_logically(keys.modifiers))
}

/// Whether a key was held until it repeated.
fn is_repeat(event: &Event) -> bool {
    matches!(event, Event::Key { repeat: true, .. })
}

fn opens_palette(event: &Event) -> bool {
    !is_repeat(event) && Command::Palette.shortcuts().iter().any(|keys| is_press_of(event, *keys))
}

fn is_function_key(key: Key) -> bool {
    matches!(key, Key::F1 | Key::F8 | Key::F9 | Key::F12)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn keys_are_written_as_they_stand_on_the_keyboard() {
        let ctx = egui::Context::default();
        for (command, sign) in [(Command::Settings, ","), (Command::Cancel, "."), (Command::Shortcuts, "?")] {
            let text = command.shortcut_text(&ctx);
            assert!(text.ends_with(sign) && !text.contains("Comma"), "{text}");
        }
    }

    #[test]
    fn all_commands_are_listed_once_with_their_own_label_and_keys() {
        let mut labels = HashSet::new();
        let mut keys = HashSet::new();
        for &command in Command::ALL {
            assert!(labels.insert(command.label()), "{command:?} shares a label");
            assert!(!command.tooltip().ends_with('.'), "{command:?}");
            for shortcut in command.shortcuts() {
                assert!(keys.insert(format!("{shortcut:?}")), "{command:?} shares {shortcut:?}");
            }
        }
        // The last variant's number tells how many there are.
        assert_eq!(Command::ALL.len(), Command::Quit as usize + 1);
    }

    #[test]
    fn as_many_cards_are_removed_as_undo_brings_back_and_none_by_a_key_that_is_held() {
        let key = |key, modifiers, pressed, repeat| Event::Key { key, physical_key: None, pressed, repeat, modifiers };
        let delete = |pressed, repeat| key(Key::Delete, Modifiers::NONE, pressed, repeat);
        let undo = |pressed| key(Key::Z, Modifiers::COMMAND, pressed, false);
        // While a frame was slow: pressed twice, the second time held.
        let deletes = [(true, false), (false, false), (true, false), (true, true), (true, true), (false, false)];
        let deletes = deletes.map(|(pressed, repeat)| delete(pressed, repeat)).to_vec();
        let events = [deletes, [true, false, true, false].map(undo).to_vec()].concat();
        let ctx = egui::Context::default();
        let mut pressed = Vec::new();
        let _ = ctx.run_ui(egui::RawInput { events, ..Default::default() }, |ui| {
            pressed = Command::pressed(ui.ctx()).0;
        });
        let times = |command| pressed.iter().filter(|&&c| c == command).count();
        assert_eq!((times(Command::Remove), times(Command::Undo)), (2, 2));
    }

    #[test]
    fn keys_of_one_frame_run_in_the_order_they_were_pressed_in() {
        let key = |(key, modifiers)| Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers };
        let (plain, command) = (Modifiers::NONE, Modifiers::COMMAND);
        let redo = (Key::Z, command | Modifiers::SHIFT);
        let keys = [(Key::Delete, plain), (Key::Z, command), (Key::W, plain), redo];
        let ctx = egui::Context::default();
        let mut pressed = Vec::new();
        let _ = ctx.run_ui(egui::RawInput { events: keys.map(key).to_vec(), ..Default::default() }, |ui| {
            pressed = Command::pressed(ui.ctx()).0;
        });
        use Command::{Redo, Remove, ToggleWireframe, Undo};
        assert_eq!(pressed, [Remove, Undo, ToggleWireframe, Redo]);
    }

    #[test]
    fn what_is_typed_right_after_the_keys_of_the_palette_is_no_command() {
        let key = |key, modifiers| Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers };
        let plain = |letter, text: &str| [key(letter, Modifiers::NONE), Event::Text(text.to_owned())];
        let mut events = plain(Key::W, "w").to_vec();
        events.push(key(Key::K, Modifiers::COMMAND));
        events.extend([plain(Key::S, "s"), plain(Key::T, "t")].into_iter().flatten());
        events.push(key(Key::Enter, Modifiers::NONE));
        let ctx = egui::Context::default();
        let mut pressed = None;
        let _ = ctx.run_ui(egui::RawInput { events, ..Default::default() }, |ui| {
            pressed = Some(Command::pressed(ui.ctx()));
            let left =
                ui.input(|i| (i.key_pressed(Key::Enter), i.events.iter().any(|e| *e == Event::Text("s".into()))));
            assert_eq!(left, (true, false));
        });
        assert_eq!(pressed, Some((vec![Command::ToggleWireframe, Command::Palette], "st".to_owned())));
    }
}
