//! What the view tells while the mesh, or its fine version, is still to come.

use egui::{Rect, Ui};

use super::super::state::Item;
use super::super::{Studio, theme};

impl Studio {
    /// What there is to wait for, or to do, while there is nothing to see.
    pub(in super::super) fn awaited_text(&self) -> Option<String> {
        match &self.viewport.shown {
            None => self.name_being_read().map(|name| format!("Reading {name} …")).or_else(|| self.held_back_text()),
            // On its way into graphics memory.
            Some(shown) if shown.gpu_mesh.is_none() && self.viewport.gpu.is_some() => {
                self.items.selected().map(|item| format!("Preparing {} to be drawn …", item.name()))
            }
            Some(_) => None,
        }
    }

    /// Offers to read a mesh that is left unread, below the line that says so.
    pub(super) fn unread_ui(&mut self, ui: &mut Ui, rect: Rect) {
        if !self.items.selected().is_some_and(Item::is_unread) {
            return;
        }
        let below = rect.with_min_y(rect.top() + 0.65 * rect.height() + theme::GAP + 16.0);
        let layout = egui::Layout::top_down(egui::Align::Center);
        let mut over = ui.new_child(egui::UiBuilder::new().max_rect(below).layout(layout));
        let tip = "It may end the program again; the list is kept";
        if over.button("Read the mesh").on_hover_text(tip).clicked() {
            self.read_held_back();
        }
    }

    /// Says that the mesh is finer than what is seen of it: bumps of a stand-in are none of its own.
    pub(super) fn rough_ui(&self, ui: &mut Ui, rect: Rect) {
        if !self.viewport.is_rough() {
            return;
        }
        let layout = egui::Layout::top_down(egui::Align::Center);
        let mut over = ui.new_child(egui::UiBuilder::new().max_rect(rect.shrink(6.0)).layout(layout));
        let ground = egui::Frame::NONE.fill(ui.visuals().panel_fill).corner_radius(4.0).inner_margin(6.0);
        let text = "Drawn roughly; the fine mesh comes …";
        ground.show(&mut over, |ui| ui.add(egui::Label::new(text).selectable(false)));
    }
}

impl super::Viewport {
    /// Whether a coarse version stands in for the mesh until the fine one is made.
    fn is_rough(&self) -> bool {
        self.is_mesh_shown() && self.motion.awaits_levels
    }
}
