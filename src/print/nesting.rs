//! Which shells lie inside which: what tells a hollow from a piece that is inside out.

use std::sync::atomic::{AtomicI32, Ordering};

use glam::{DVec2, DVec3};
use rayon::prelude::*;

use crate::mesh::Mesh;
use crate::mesh::topology::Topology;
use crate::progress::{Cancelled, Monitor, Stage};

/// Weights of the corners for a point inside a triangle. Uneven, so that on a regular grid no ray
/// from it meets another triangle's edge.
const WEIGHTS: [f64; 3] = [0.318_305_871, 0.271_823_649, 0.409_870_480];
const TRIANGLES_PER_TASK: usize = 1 << 15;

/// What a closed shell is within the whole mesh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Material inside, facing outward, not inside another piece.
    Body,
    /// Facing outward, but inside another piece's material.
    Nested,
    /// A hollow inside a body: facing inward, as it should.
    Void,
    /// Facing inward without a body around it.
    Inward,
    /// Not closed, or without volume: inside and outside mean nothing.
    Open,
}

/// The role of every shell of `topology`, which belongs to `mesh`.
pub fn roles(mesh: &Mesh, topology: &Topology, monitor: &Monitor) -> Result<Vec<Role>, Cancelled> {
    let around = winding_of_others(mesh, topology, monitor)?;
    let role = |(shell, around): (&crate::mesh::topology::Shell, i32)| match (shell.closed, shell.signed_volume) {
        (true, volume) if volume > 0.0 && around > 0 => Role::Nested,
        (true, volume) if volume > 0.0 => Role::Body,
        (true, volume) if volume < 0.0 && around > 0 => Role::Void,
        (true, volume) if volume < 0.0 => Role::Inward,
        _ => Role::Open,
    };
    Ok(topology.shells.iter().zip(around).map(role).collect())
}

/// A point on a shell, from which a ray goes up.
struct Query {
    shell: u32,
    origin: DVec3,
}

/// How often all other closed shells wind around a point of each shell: 1 inside one solid.
fn winding_of_others(mesh: &Mesh, topology: &Topology, monitor: &Monitor) -> Result<Vec<i32>, Cancelled> {
    let shells = &topology.shells;
    let mut queries: Vec<Query> = Vec::new();
    if shells.len() > 1 {
        for (shell, info) in (0u32..).zip(shells).filter(|(_, info)| info.closed) {
            let corners = mesh.triangle(info.first_triangle as usize);
            let origin = corners.iter().zip(WEIGHTS).map(|(p, weight)| p.as_dvec3() * weight).sum();
            queries.push(Query { shell, origin });
        }
    }
    queries.sort_by(|a, b| a.origin.x.total_cmp(&b.origin.x));
    let winding: Vec<AtomicI32> = shells.iter().map(|_| AtomicI32::new(0)).collect();
    if queries.len() > 1 || shells.iter().any(|shell| shell.closed) {
        let tasks = topology.shell_of_triangle.par_chunks(TRIANGLES_PER_TASK).enumerate();
        tasks.try_for_each(|(task, shell_of_triangle)| {
            for (i, &shell) in shell_of_triangle.iter().enumerate() {
                if i % 64 == 0 {
                    monitor.check()?;
                }
                if queries.is_empty() || !shells[shell as usize].closed {
                    continue;
                }
                let corners = mesh.triangle(task * TRIANGLES_PER_TASK + i).map(|p| p.as_dvec3());
                crossings(corners, &queries, |query, sign| {
                    if query.shell != shell {
                        winding[query.shell as usize].fetch_add(sign, Ordering::Relaxed);
                    }
                });
            }
            Ok(())
        })?;
    }
    monitor.step(Stage::Check, 3, 5)?;
    Ok(winding.into_iter().map(AtomicI32::into_inner).collect())
}

/// Calls `cross` for every query whose upward ray meets the triangle: +1 where it leaves the solid.
fn crossings([a, b, c]: [DVec3; 3], queries: &[Query], mut cross: impl FnMut(&Query, i32)) {
    let (min, max) = (a.min(b).min(c), a.max(b).max(c));
    let start = queries.partition_point(|query| query.origin.x < min.x);
    for query in queries[start..].iter().take_while(|query| query.origin.x <= max.x) {
        let p = query.origin;
        if p.y < min.y || p.y > max.y || p.z > max.z {
            continue;
        }
        let side = |from: DVec3, to: DVec3| (to - from).truncate().perp_dot(DVec2::new(p.x, p.y) - from.truncate());
        let weights = DVec3::new(side(b, c), side(c, a), side(a, b));
        let twice_area = weights.element_sum();
        let inside = weights.min_element() >= 0.0 || weights.max_element() <= 0.0;
        if !inside || twice_area == 0.0 {
            continue;
        }
        let height = weights.dot(DVec3::new(a.z, b.z, c.z)) / twice_area;
        if height > p.z {
            cross(query, if twice_area > 0.0 { 1 } else { -1 });
        }
    }
}
