//! Merging vertices of rims that are nearly at one place.
//!
//! Some programs write every corner of every triangle with a rounding of its own. Bit for bit their
//! triangles have no corner in common.

use std::collections::{BTreeSet, HashMap};

use glam::DVec3;

use super::super::Mesh;
use super::super::adjacency::edge_uses;
use super::super::weld::weld;
use super::edges::tolerance;
use super::orient::BETWEEN_CHECKS;
use crate::progress::{Cancelled, Monitor};

/// Of the shortest edge at a vertex, how far it may be moved. Below a half, so that two ends of an
/// edge never come to the same vertex and no triangle is lost.
const SHARE_OF_EDGE: f64 = 0.25;

/// Moves vertices of rims that are within [`tolerance`] onto each other, each onto the nearest that
/// stays, and welds the mesh; returns how many were moved.
pub(super) fn merge_near(mesh: &mut Mesh, monitor: &Monitor) -> Result<usize, Cancelled> {
    let mut stay = Staying::default();
    let mut moves = Vec::new();
    for (v, reach) in reaches(mesh, monitor)?.into_iter().enumerate().filter(|(_, reach)| *reach > 0.0) {
        if v % 4096 == 0 {
            monitor.check()?;
        }
        let position = mesh.vertex_positions[v].as_dvec3();
        match stay.nearest(position, reach) {
            Some(other) => moves.push((v, other)),
            None => stay.add(v as u32, position, reach),
        }
    }
    for &(v, other) in &moves {
        mesh.vertex_positions[v] = mesh.vertex_positions[other as usize];
    }
    if !moves.is_empty() {
        *mesh = weld(mesh);
    }
    Ok(moves.len())
}

/// How far each vertex may be moved: not at all where it is on no rim.
fn reaches(mesh: &Mesh, monitor: &Monitor) -> Result<Vec<f64>, Cancelled> {
    let mut reaches = vec![0.0; mesh.vertex_positions.len()];
    let near = tolerance(mesh);
    let uses = edge_uses(mesh.vertex_positions.len(), &mesh.triangle_indices);
    let mut has_rim = false;
    for v in 0..uses.len() {
        if v.is_multiple_of(BETWEEN_CHECKS) {
            monitor.check()?;
        }
        for edge in uses.edges(v).filter(|uses| uses.len() == 1) {
            has_rim = true;
            reaches[v] = near;
            reaches[edge[0].other() as usize] = near;
        }
    }
    if !has_rim {
        return Ok(reaches);
    }
    for v in 0..uses.len() {
        if v.is_multiple_of(BETWEEN_CHECKS) {
            monitor.check()?;
        }
        for edge in uses.row(v) {
            let other = edge.other() as usize;
            let [a, b] = [v, other].map(|v| mesh.vertex_positions[v].as_dvec3());
            let most = SHARE_OF_EDGE * a.distance(b);
            reaches[v] = most.min(reaches[v]);
            reaches[other] = most.min(reaches[other]);
        }
    }
    Ok(reaches)
}

/// A vertex that stays where it is.
struct Stay {
    vertex: u32,
    position: DVec3,
    reach: f64,
}

/// Vertices that stay, in grids whose cells are some times as wide as their vertices reach: so no
/// cell can hold many.
#[derive(Default)]
struct Staying {
    /// By level and cell; those of level n are 2ⁿ wide.
    grids: HashMap<(i32, [i64; 3]), Vec<Stay>>,
    levels: BTreeSet<i32>,
}

impl Staying {
    fn add(&mut self, vertex: u32, position: DVec3, reach: f64) {
        let level = (4.0 * reach).log2().ceil() as i32;
        self.levels.insert(level);
        self.grids.entry((level, cell(position, level))).or_default().push(Stay { vertex, position, reach });
    }

    /// The nearest vertex that is within the reach of both.
    fn nearest(&self, position: DVec3, reach: f64) -> Option<u32> {
        let mut best: Option<(f64, u32)> = None;
        for &level in &self.levels {
            // No vertex of this grid reaches further than a quarter of its cells.
            let radius = reach.min(0.25 * f64::from(level).exp2());
            let [low, high] = [cell(position - radius, level), cell(position + radius, level)];
            let cells = (low[0]..=high[0])
                .flat_map(|x| (low[1]..=high[1]).flat_map(move |y| (low[2]..=high[2]).map(move |z| [x, y, z])));
            for stay in cells.filter_map(|cell| self.grids.get(&(level, cell))).flatten() {
                let distance = position.distance(stay.position);
                let is_nearer = best.is_none_or(|(least, _)| distance < least);
                if is_nearer && distance <= reach.min(stay.reach) {
                    best = Some((distance, stay.vertex));
                }
            }
        }
        best.map(|(_, vertex)| vertex)
    }
}

fn cell(position: DVec3, level: i32) -> [i64; 3] {
    (position / f64::from(level).exp2()).to_array().map(|c| c.floor() as i64)
}
