//! Closing cracks: rims that run back along themselves, with vertices on one side that the other lacks.

use glam::DVec3;

use super::super::Mesh;
use super::LONGEST_RIM;
use super::edges::{Edges, has_directed, key, rims, tolerance};
use crate::progress::{Cancelled, Monitor};

/// A crack that opens faster than this, as the sine of the angle, is a hole.
const WIDEST: f64 = 0.1;

/// Splits triangles at vertices that lie on their free edges, so that they fit their neighbours on
/// the other side of a crack; returns how many vertices were sewn in. `edges` are those of the mesh.
pub(super) fn close_cracks(mesh: &mut Mesh, mut edges: Edges, monitor: &Monitor) -> Result<usize, Cancelled> {
    let near = tolerance(mesh);
    let mut sewn = 0;
    for mut ring in rims(mesh, &edges).into_iter().filter(|ring| ring.len() <= LONGEST_RIM) {
        monitor.check()?;
        // From the tip of a crack on, and on from where it was closed: until nothing changed all round.
        let (mut at, mut unchanged) = (0, 0);
        while ring.len() >= 3 && unchanged < ring.len() {
            let count = ring.len();
            let corner = [ring[(at + count - 1) % count], ring[at], ring[(at + 1) % count]];
            if close_tip(mesh, &mut edges, corner, near) {
                ring.remove(at);
                sewn += 1;
                // The neighbours on both sides have to be looked at anew.
                at = (at + count - 2) % (count - 1);
                unchanged = unchanged.saturating_sub(1).min(count - 3);
            } else {
                at = (at + 1) % count;
                unchanged += 1;
            }
        }
    }
    Ok(sewn)
}

/// Closes the crack between `before` and `after` as far as the nearer of them, if it is one that ends
/// in `tip`: the triangle behind the longer edge is split there.
fn close_tip(mesh: &mut Mesh, edges: &mut Edges, [before, tip, after]: [u32; 3], near: f64) -> bool {
    let place = |v: u32| mesh.vertex_positions[v as usize].as_dvec3();
    let at_tip = place(tip);
    let is_before = at_tip.distance_squared(place(before)) < at_tip.distance_squared(place(after));
    // Triangles have the edges of a hole the other way round.
    let (middle, far, [from, to]) =
        if is_before { (before, after, [after, tip]) } else { (after, before, [tip, before]) };
    if !is_on_line(at_tip, place(middle), place(far), near) {
        return false;
    }
    let mut owners = edges.owners(key(from, to));
    let (Some(owner), None) = (owners.next(), owners.next()) else { return false };
    drop(owners);
    let triangle = mesh.triangle_indices[owner as usize];
    let Some(apex) = triangle.into_iter().find(|&v| v != from && v != to) else { return false };
    let is_taken = edges.contains(key(middle, apex)) || edges.owners(key(middle, far)).nth(1).is_some();
    if apex == middle || is_taken || !has_directed(triangle, from, to) {
        return false;
    }
    let added = mesh.triangle_indices.len() as u32;
    mesh.triangle_indices[owner as usize] = [from, middle, apex];
    mesh.triangle_indices.push([middle, to, apex]);
    edges.remove(key(from, to));
    edges.change(key(from, middle), |owners| owners.push(owner));
    edges.change(key(middle, to), |owners| owners.push(added));
    edges.change(key(middle, apex), |owners| *owners = vec![owner, added]);
    edges.change(key(to, apex), |owners| {
        owners.iter_mut().filter(|other| **other == owner).for_each(|other| *other = added);
    });
    true
}

/// Whether `middle` lies on the way from `tip` to `far`, and not at its end.
fn is_on_line(tip: DVec3, middle: DVec3, far: DVec3, near: f64) -> bool {
    let (line, way) = (far - tip, middle - tip);
    let along = way.dot(line) / line.length_squared();
    let off = way.distance(along * line);
    let left = (1.0 - along) * line.length();
    along > 0.0 && off <= near.min(WIDEST * way.length()) && left > off.max(1e-6 * line.length())
}
