//! The command palette: type a few letters, press Enter.

use egui::text::{CCursor, CCursorRange};
use egui::{Align2, Context, Key, RichText, ScrollArea, TextEdit, Window, vec2};

use super::command::Command;

/// The open palette.
#[derive(Debug, Default)]
pub struct CommandPalette {
    query: String,
    selected: usize,
    /// Whether the field's cursor is to be brought behind what is in it.
    is_ahead: bool,
}

/// What the user did with the palette in this frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It stays open.
    Open,
    /// It was closed without a choice.
    Closed,
    /// This was chosen.
    Chosen(Command),
}

impl CommandPalette {
    /// Takes text that was typed before the palette was drawn.
    pub fn type_ahead(&mut self, text: &str) {
        self.query += text;
        self.is_ahead = true;
    }

    /// Draws the palette.
    pub fn show(&mut self, ctx: &Context) -> Outcome {
        let (up, down, enter, escape) = ctx.input_mut(|i| {
            let mut take = |key| i.consume_key(egui::Modifiers::NONE, key);
            (take(Key::ArrowUp), take(Key::ArrowDown), take(Key::Enter), take(Key::Escape))
        });
        if escape {
            return Outcome::Closed;
        }
        let found = matches(&self.query);
        if down {
            self.selected += 1;
        }
        if up {
            self.selected = self.selected.saturating_sub(1);
        }
        self.selected = self.selected.min(found.len().saturating_sub(1));
        if enter && let Some(&command) = found.get(self.selected) {
            return Outcome::Chosen(command);
        }
        let mut outcome = Outcome::Open;
        Window::new("Find a command")
            .title_bar(false)
            .resizable(false)
            .anchor(Align2::CENTER_TOP, vec2(0.0, 80.0))
            .fixed_size(vec2(460.0, 360.0))
            .show(ctx, |ui| {
                let edit =
                    TextEdit::singleline(&mut self.query).hint_text("Find a command").desired_width(f32::INFINITY);
                let mut output = edit.show(ui);
                let response = output.response.response;
                if std::mem::take(&mut self.is_ahead) {
                    let end = CCursor::new(self.query.chars().count());
                    output.state.cursor.set_char_range(Some(CCursorRange::one(end)));
                    output.state.store(ctx, response.id);
                }
                response.request_focus();
                if response.changed() {
                    self.selected = 0;
                }
                ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
                    for (row, &command) in found.iter().enumerate() {
                        let selected = row == self.selected;
                        let keys = RichText::new(command.shortcut_text(ctx)).weak();
                        let button = egui::Button::selectable(selected, command.label())
                            .right_text(keys)
                            .min_size(vec2(ui.available_width(), 26.0));
                        let response = ui.add(button).on_hover_text(command.tooltip());
                        if selected && (up || down) {
                            response.scroll_to_me(None);
                        }
                        if response.clicked() {
                            outcome = Outcome::Chosen(command);
                        }
                    }
                    if found.is_empty() {
                        ui.weak("No command has this name");
                    }
                });
            });
        outcome
    }
}

/// The commands whose label or tooltip holds all words of `query`, best first.
pub fn matches(query: &str) -> Vec<Command> {
    let words: Vec<String> = query.split_whitespace().map(str::to_lowercase).collect();
    let rank = |command: Command| {
        let label = command.label().to_lowercase();
        let all = format!("{label} {}", command.tooltip().to_lowercase());
        if !words.iter().all(|w| all.contains(w.as_str())) {
            return None;
        }
        let first = words.first().map_or("", String::as_str);
        Some(if label.starts_with(first) { 0 } else { 2 - u8::from(words.iter().all(|w| label.contains(w.as_str()))) })
    };
    let mut ranked: Vec<(u8, Command)> =
        Command::ALL.iter().filter_map(|&c| rank(c).map(|r| (r, c))).filter(|(_, c)| *c != Command::Palette).collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().map(|(_, command)| command).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typing_finds_the_command_one_means() {
        assert_eq!(matches("exp").first(), Some(&Command::Export));
        assert_eq!(matches("front").first(), Some(&Command::ViewFront));
        assert_eq!(matches("theme dark").first(), Some(&Command::ThemeDark));
        assert!(matches("qqq").is_empty());
        assert_eq!(matches("").len(), Command::ALL.len() - 1);
    }
}
