//! Colours that faces bring, for meshes that have theirs at the vertices.

use std::collections::HashMap;

use glam::Vec3;

/// Gives corners the colours of their faces: where faces of several colours meet, the place gets a vertex for each.
#[derive(Default)]
pub struct Painter {
    /// Whether the first colour of a vertex has come.
    is_painted: Vec<bool>,
    /// Further vertices at the place of one, for faces of another colour.
    repainted: HashMap<(u32, [u8; 3]), u32>,
}

impl Painter {
    /// The vertex at the place of `vertex` that has the colour asked for. Colours that are missing at the end of `colors`
    /// are added; a vertex that is not there is given back.
    pub fn paint(&mut self, vertex: u32, color: [u8; 3], positions: &mut Vec<Vec3>, colors: &mut Vec<[u8; 3]>) -> u32 {
        let at = vertex as usize;
        let Some(&position) = positions.get(at) else { return vertex };
        colors.resize(positions.len(), super::NO_COLOR);
        self.is_painted.resize(positions.len(), false);
        if !self.is_painted[at] || colors[at] == color {
            (colors[at], self.is_painted[at]) = (color, true);
            return vertex;
        }
        *self.repainted.entry((vertex, color)).or_insert_with(|| {
            positions.push(position);
            colors.push(color);
            positions.len() as u32 - 1
        })
    }
}
