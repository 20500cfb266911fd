//! The cut-out editor: the mask over the picture, to be corrected.

use egui::Context;

use super::Studio;
use super::state::Item;

/// The open editor.
pub struct CutOutEditor {}

impl CutOutEditor {
    /// An editor for the cut-out of a card.
    pub fn new(_item: &Item) -> Self {
        Self {}
    }

    /// Draws the editor; returns whether it stays open.
    pub fn show(&mut self, _ctx: &Context, _studio: &mut Studio) -> bool {
        false
    }
}
