//! Which shells lie inside which: what tells a hollow from a piece that is inside out.

use std::sync::atomic::{AtomicI32, Ordering};

use glam::{DVec2, DVec3};
use rayon::prelude::*;

use super::Mesh;
use super::topology::{Shell, Topology};
use crate::progress::{Cancelled, Monitor};

/// Weights of the corners for a point inside a triangle. Uneven, so that on a regular grid no ray
/// from it meets another triangle's edge.
const WEIGHTS: [f64; 3] = [0.318_305_871, 0.271_823_649, 0.409_870_480];
const TRIANGLES_PER_TASK: usize = 1 << 15;
/// Points looked at of one shell: between these, so that all of them are about [`POINTS`].
const POINTS_PER_SHELL: [usize; 2] = [3, 12];
const POINTS: usize = 1 << 16;
/// How far inside its shell a point lies, as a share of the longest side of the shell's box: enough
/// to tell on which side of a face the shell lies that touches it, in spite of rounding.
const DEPTH_SHARE: f64 = 1e-4;

/// What a closed shell is within the whole mesh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Material inside, facing outward, not wholly inside another piece.
    Body,
    /// Wholly inside other pieces' material, facing outward; or a hollow that is filled by another
    /// piece all the same. It changes nothing about what is solid.
    Nested,
    /// A hollow inside a body: facing inward, as it should.
    Void,
    /// Facing inward without a body around it.
    Inward,
    /// Not closed, or without volume: inside and outside mean nothing.
    Open,
}

/// The role of every shell of `topology`, which belongs to `mesh`.
pub(crate) fn roles(mesh: &Mesh, topology: &Topology, monitor: &Monitor) -> Result<Vec<Role>, Cancelled> {
    let depths = depths(mesh, topology, |_| 1, monitor)?;
    let is_solid = |shell: &Shell| shell.closed && !shell.is_flat();
    let role = |(shell, depth): (&Shell, Depth)| match (is_solid(shell), shell.signed_volume) {
        (true, volume) if volume > 0.0 && depth.least > 0 => Role::Nested,
        (true, volume) if volume > 0.0 => Role::Body,
        (true, volume) if volume < 0.0 && depth.least > 1 => Role::Nested,
        // A hollow may break through a thin wall here and there.
        (true, volume) if volume < 0.0 && depth.middle > 0 => Role::Void,
        (true, volume) if volume < 0.0 => Role::Inward,
        _ => Role::Open,
    };
    Ok(topology.shells.iter().zip(depths).map(role).collect())
}

/// For every shell whether it is closed and lies in one of the `chosen` ones, whichever way these face.
pub(crate) fn within(
    mesh: &Mesh,
    topology: &Topology,
    chosen: &[bool],
    monitor: &Monitor,
) -> Result<Vec<bool>, Cancelled> {
    let outward = |shell: u32| if topology.shells[shell as usize].signed_volume < 0.0 { -1 } else { 1 };
    let weight = |shell: u32| if chosen[shell as usize] { outward(shell) } else { 0 };
    Ok(depths(mesh, topology, weight, monitor)?.iter().map(|depth| depth.middle > 0).collect())
}

/// How often larger closed shells wind around the points of a shell: 1 inside one solid.
#[derive(Clone, Copy, Default)]
struct Depth {
    least: i32,
    middle: i32,
}

/// A point just inside a shell, from which a ray goes up.
struct Query {
    shell: u32,
    origin: DVec3,
}

/// Points just inside every closed shell, spread evenly over the list of its triangles, by x. None
/// where there is only one shell.
fn queries(mesh: &Mesh, topology: &Topology) -> Vec<Query> {
    let shells = &topology.shells;
    let closed = shells.iter().filter(|shell| shell.closed).count();
    if shells.len() < 2 || closed == 0 {
        return Vec::new();
    }
    let most = (POINTS / closed).clamp(POINTS_PER_SHELL[0], POINTS_PER_SHELL[1]) as u64;
    let mut seen = vec![0u64; shells.len()];
    let mut queries = Vec::new();
    for (triangle, &shell) in topology.shell_of_triangle.iter().enumerate() {
        let (info, seen) = (&shells[shell as usize], &mut seen[shell as usize]);
        let count = u64::from(info.triangle_count);
        let points = most.min(count);
        if info.closed && *seen * points % count < points {
            let corners @ [a, b, c] = mesh.triangle(triangle).map(|p| p.as_dvec3());
            let on_surface: DVec3 = corners.iter().zip(WEIGHTS).map(|(&p, weight)| p * weight).sum();
            let outward = (b - a).cross(c - a).normalize_or_zero() * info.signed_volume.signum();
            let depth = DEPTH_SHARE * f64::from(info.bounds.size().max_element());
            queries.push(Query { shell, origin: on_surface - depth * outward });
        }
        *seen += 1;
    }
    queries.sort_by(|a, b| a.origin.x.total_cmp(&b.origin.x));
    queries
}

/// How deep every shell lies in larger ones, each counted `weight` times. Only these can hold it, and
/// of two that nearly coincide only one may be taken for the inner one.
fn depths(
    mesh: &Mesh,
    topology: &Topology,
    weight: impl Fn(u32) -> i32 + Sync,
    monitor: &Monitor,
) -> Result<Vec<Depth>, Cancelled> {
    let shells = &topology.shells;
    let queries = queries(mesh, topology);
    let winding: Vec<AtomicI32> = queries.iter().map(|_| AtomicI32::new(0)).collect();
    let size = |shell: u32| shells[shell as usize].signed_volume.abs();
    let is_larger = |one: u32, other: u32| size(one).total_cmp(&size(other)).then(other.cmp(&one)).is_gt();
    if !queries.is_empty() {
        let tasks = topology.shell_of_triangle.par_chunks(TRIANGLES_PER_TASK).enumerate();
        tasks.try_for_each(|(task, shell_of_triangle)| {
            for (i, &shell) in shell_of_triangle.iter().enumerate() {
                if i % 64 == 0 {
                    monitor.check()?;
                }
                let weight = weight(shell);
                if !shells[shell as usize].closed || weight == 0 {
                    continue;
                }
                let corners = mesh.triangle(task * TRIANGLES_PER_TASK + i).map(|p| p.as_dvec3());
                crossings(corners, &queries, |query, sign| {
                    if is_larger(shell, queries[query].shell) {
                        winding[query].fetch_add(sign * weight, Ordering::Relaxed);
                    }
                });
            }
            Ok(())
        })?;
    }
    let mut found: Vec<(u32, i32)> =
        queries.iter().zip(winding).map(|(query, winding)| (query.shell, winding.into_inner())).collect();
    found.sort_unstable();
    let mut depths = vec![Depth::default(); shells.len()];
    for of_shell in found.chunk_by(|a, b| a.0 == b.0) {
        let (shell, least) = of_shell[0];
        depths[shell as usize] = Depth { least, middle: of_shell[of_shell.len() / 2].1 };
    }
    Ok(depths)
}

/// Calls `cross` with the place of every query whose upward ray meets the triangle, and 1 where it
/// leaves the solid or -1 where it enters.
fn crossings([a, b, c]: [DVec3; 3], queries: &[Query], mut cross: impl FnMut(usize, i32)) {
    let (min, max) = (a.min(b).min(c), a.max(b).max(c));
    let start = queries.partition_point(|query| query.origin.x < min.x);
    for (place, query) in (start..).zip(&queries[start..]).take_while(|(_, query)| query.origin.x <= max.x) {
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
            cross(place, if twice_area > 0.0 { 1 } else { -1 });
        }
    }
}
