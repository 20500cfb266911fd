//! Keys go up as what they went down as.

use std::collections::HashMap;

use egui::{Context, Event, Key, Modifiers, RawInput};

/// Remembers what each key on the keyboard was when it was pressed. A key whose meaning another one changes, as
/// Shift makes `?` of `/`, is often let go after that one: it would go up as `/`, `?` would count as held for ever,
/// and pressing it again as a repetition.
#[derive(Debug, Default)]
pub(super) struct HeldKeys {
    /// What is down, by its place on the keyboard.
    down: HashMap<Key, Key>,
}

impl egui::Plugin for HeldKeys {
    fn debug_name(&self) -> &'static str {
        "held keys"
    }

    fn input_hook(&mut self, _: &Context, input: &mut RawInput) {
        let mut events = Vec::with_capacity(input.events.len());
        for mut event in std::mem::take(&mut input.events) {
            match &mut event {
                Event::Key { key, physical_key: Some(place), pressed: true, .. } => {
                    let before = self.down.insert(*place, *key);
                    // Held on with Shift let go, it repeats as the other one.
                    events.extend(before.filter(|before| *before != *key).map(|before| release(before, *place)));
                }
                Event::Key { key, physical_key: Some(place), pressed: false, .. } => {
                    *key = self.down.remove(place).unwrap_or(*key);
                }
                // What is let go elsewhere is not told of.
                Event::WindowFocused(false) => self.down.clear(),
                _ => {}
            }
            events.push(event);
        }
        input.events = events;
    }
}

fn release(key: Key, place: Key) -> Event {
    Event::Key { key, physical_key: Some(place), pressed: false, repeat: false, modifiers: Modifiers::NONE }
}

#[cfg(test)]
mod tests {
    use super::super::{Command, install};
    use super::*;

    /// What the keys of one frame trigger.
    fn frame(ctx: &Context, events: Vec<Event>) -> Vec<Command> {
        let mut commands = Vec::new();
        let _ =
            ctx.run_ui(RawInput { events, ..Default::default() }, |ui| commands.extend(Command::pressed(ui.ctx()).0));
        commands
    }

    fn slash(key: Key, pressed: bool) -> Event {
        Event::Key { key, physical_key: Some(Key::Slash), pressed, repeat: false, modifiers: Modifiers::NONE }
    }

    #[test]
    fn a_key_that_is_let_go_after_shift_works_again() {
        let ctx = Context::default();
        install(&ctx);
        for round in 0..3 {
            assert_eq!(frame(&ctx, vec![slash(Key::Questionmark, true)]), [Command::Shortcuts], "{round}");
            assert!(frame(&ctx, vec![slash(Key::Slash, false)]).is_empty(), "{round}");
            assert!(ctx.input(|i| i.keys_down.is_empty()), "{round}");
        }
    }

    #[test]
    fn a_key_that_repeats_as_another_one_is_none_of_both_in_the_end() {
        let ctx = Context::default();
        install(&ctx);
        for round in 0..2 {
            let held = vec![slash(Key::Questionmark, true), slash(Key::Questionmark, true), slash(Key::Slash, true)];
            assert_eq!(frame(&ctx, held), [Command::Shortcuts], "{round}");
            assert!(ctx.input(|i| !i.key_down(Key::Questionmark) && i.key_down(Key::Slash)), "{round}");
            frame(&ctx, vec![slash(Key::Slash, false)]);
            assert!(ctx.input(|i| i.keys_down.is_empty()), "{round}");
        }
    }

    #[test]
    fn a_key_that_is_let_go_elsewhere_goes_up_as_itself_the_next_time() {
        let ctx = Context::default();
        install(&ctx);
        frame(&ctx, vec![slash(Key::Questionmark, true), Event::WindowFocused(false)]);
        frame(&ctx, vec![slash(Key::Slash, false)]);
        assert!(ctx.input(|i| i.key_released(Key::Slash)));
    }
}
