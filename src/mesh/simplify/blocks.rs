//! meshopt, in blocks on all cores where a mesh is large.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use glam::Vec3;
use meshopt::{SimplifyOptions, VertexDataAdapter, simplify_with_locks};
use rayon::prelude::*;

use super::background;
use crate::mesh::Mesh;
use crate::progress::{Cancelled, Monitor, Stage};

/// Triangles of a block: few enough that what meshopt needs for it stays in a core's cache, and
/// that a cancellation is noticed soon.
const BLOCK: usize = 1 << 16;
/// Meshes up to this many triangles are reduced as a whole at once.
const WHOLE: usize = 4 * BLOCK;
/// Blocks stop at this many times their share of the triangles, so that the last step, which sees
/// the whole mesh, decides where they are needed.
const SPARE: f64 = 2.5;
/// The share of the allowed error that blocks may use up.
const BLOCK_ERROR: f32 = 0.3;
/// What shares of a reduction the rounds of blocks take.
const ROUNDS: [[f64; 2]; 2] = [[0.0, 0.5], [0.5, 0.75]];

/// Where to stop.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reduction {
    /// At this many triangles.
    pub(super) triangles: usize,
    /// Or where the surface would move farther than this.
    pub(super) max_error: Option<f32>,
}

/// What came out.
pub(super) struct Reduced {
    /// Triangles on the vertices that came in.
    pub(super) triangles: Vec<[u32; 3]>,
    /// How far the surface moved.
    pub(super) error: f32,
}

/// Reduces `mesh` towards `goal`; vertices that are `kept` stay, and so do triangles around them.
pub(super) fn reduce(mesh: &Mesh, kept: &[bool], goal: Reduction, monitor: &Monitor) -> Result<Reduced, Cancelled> {
    let mut reduced = Reduced { triangles: mesh.triangle_indices.clone(), error: 0.0 };
    // Twice, since the rims of the blocks stay: the second time they lie elsewhere.
    for (round, part) in ROUNDS.into_iter().enumerate() {
        let count = reduced.triangles.len();
        let stop = SPARE * goal.triangles as f64;
        if count <= WHOLE || count as f64 <= 1.5 * stop {
            break;
        }
        let share = (stop / count as f64).min(1.0);
        let limit = goal.max_error.map(|e| e * BLOCK_ERROR / 2.0);
        let Reduced { triangles, error } = monitor.part(Stage::Mesh, part, |monitor| {
            in_blocks(mesh, &reduced.triangles, kept, share, limit, round, monitor)
        })?;
        reduced = Reduced { triangles, error: reduced.error + error };
    }
    let left = Reduction { max_error: goal.max_error.map(|e| (e - reduced.error).max(0.0)), ..goal };
    let last = at_once(mesh, reduced.triangles, kept, left, monitor)?;
    monitor.step(Stage::Mesh, 1, 1)?;
    Ok(Reduced { error: reduced.error + last.error, ..last })
}

/// One call for the whole mesh.
fn at_once(
    mesh: &Mesh,
    triangles: Vec<[u32; 3]>,
    kept: &[bool],
    goal: Reduction,
    monitor: &Monitor,
) -> Result<Reduced, Cancelled> {
    let all: Vec<usize> = (0..triangles.len()).collect();
    let part = Part::of(mesh, &triangles, &all, |v| kept[v as usize]);
    drop(triangles);
    // Below this it takes a few hundredths of a second.
    if all.len() <= BLOCK {
        return Ok(part.reduce(goal));
    }
    let unchanged = part.clone_triangles();
    Ok(background::run(monitor, move || part.reduce(goal))?.unwrap_or(Reduced { triangles: unchanged, error: 0.0 }))
}

/// Reduces every block to `share` of its triangles that can go. `round` moves the blocks.
fn in_blocks(
    mesh: &Mesh,
    triangles: &[[u32; 3]],
    kept: &[bool],
    share: f64,
    max_error: Option<f32>,
    round: usize,
    monitor: &Monitor,
) -> Result<Reduced, Cancelled> {
    let blocks = Blocks::of(mesh, triangles, round);
    monitor.check()?;
    let (done, total) = (AtomicU64::new(0), blocks.members.len() as u64);
    let parts: Vec<Reduced> = blocks
        .members
        .par_iter()
        .map(|members| {
            monitor.step(Stage::Mesh, done.fetch_add(1, Relaxed), total)?;
            let part = Part::of(mesh, triangles, members, |v| kept[v as usize] || blocks.on_rim[v as usize]);
            Ok(part.reduce(Reduction { triangles: part.goal(share), max_error }))
        })
        .collect::<Result<_, Cancelled>>()?;
    let error = parts.iter().map(|p| p.error).fold(0.0, f32::max);
    Ok(Reduced { triangles: parts.into_iter().flat_map(|p| p.triangles).collect(), error })
}

/// Triangles by the cube of space they are in.
struct Blocks {
    members: Vec<Vec<usize>>,
    /// For every vertex whether triangles of several blocks use it.
    on_rim: Vec<bool>,
}

impl Blocks {
    fn of(mesh: &Mesh, triangles: &[[u32; 3]], round: usize) -> Self {
        const MANY: u32 = u32::MAX;
        const NONE: u32 = u32::MAX - 1;
        let (low, size) = mesh.bounds().map_or((Vec3::ZERO, Vec3::ONE), |b| (b.min, b.size()));
        // A surface fills about the square of the number of cubes per axis.
        let per_axis = (triangles.len() as f32 / BLOCK as f32).sqrt().ceil().max(1.0);
        let edge = size.max_element().max(f32::MIN_POSITIVE) / per_axis;
        let shift = if round == 0 { 0.0 } else { 0.5 };
        let side = per_axis as u32 + 1;
        let block_of = |t: &[u32; 3]| {
            let cell = ((mesh.vertex_positions[t[0] as usize] - low) / edge + shift).as_uvec3();
            let [x, y, z] = cell.to_array().map(|c| c.min(side - 1));
            (x * side + y) * side + z
        };
        let block: Vec<u32> = triangles.par_iter().map(block_of).collect();
        let mut members = vec![Vec::new(); (side * side * side) as usize];
        let mut user = vec![NONE; mesh.vertex_positions.len()];
        for (t, (&block, corners)) in block.iter().zip(triangles).enumerate() {
            members[block as usize].push(t);
            for &v in corners {
                let user = &mut user[v as usize];
                *user = if *user == NONE || *user == block { block } else { MANY };
            }
        }
        members.retain(|m| !m.is_empty());
        Self { members, on_rim: user.into_iter().map(|user| user == MANY).collect() }
    }
}

/// Some triangles with vertices of their own.
struct Part {
    /// For every own vertex that of the mesh.
    vertices: Vec<u32>,
    positions: Vec<[f32; 3]>,
    locked: Vec<bool>,
    indices: Vec<u32>,
}

impl Part {
    fn of(mesh: &Mesh, triangles: &[[u32; 3]], members: &[usize], is_locked: impl Fn(u32) -> bool) -> Self {
        let mut vertices: Vec<u32> = members.iter().flat_map(|&t| triangles[t]).collect();
        vertices.sort_unstable();
        vertices.dedup();
        // By position in a table over the range of vertices where that is short, else by search.
        let first = vertices.first().copied().unwrap_or(0);
        let span = vertices.last().map_or(0, |&last| (last - first) as usize + 1);
        let mut table = vec![0; if span <= 16 * vertices.len() { span } else { 0 }];
        if !table.is_empty() {
            vertices.iter().zip(0..).for_each(|(&v, own)| table[(v - first) as usize] = own);
        }
        let own = |v: u32| match table.get((v - first) as usize) {
            Some(&own) => own,
            None => vertices.partition_point(|&other| other < v) as u32,
        };
        let indices = members.iter().flat_map(|&t| triangles[t]).map(own).collect();
        Self {
            positions: vertices.iter().map(|&v| mesh.vertex_positions[v as usize].to_array()).collect(),
            locked: vertices.iter().map(|&v| is_locked(v)).collect(),
            indices,
            vertices,
        }
    }

    /// How many triangles to go for where `share` of those that can go stays. What touches a locked vertex is beside
    /// that: a rim alone may have more than the block's share of all, and what is within it would vanish for it.
    fn goal(&self, share: f64) -> usize {
        // None are to stay where an error alone is the limit.
        if share == 0.0 {
            return 0;
        }
        let (triangles, _) = self.indices.as_chunks::<3>();
        let fixed = triangles.iter().filter(|t| t.iter().any(|&v| self.locked[v as usize])).count();
        fixed + (share * (triangles.len() - fixed) as f64) as usize
    }

    fn clone_triangles(&self) -> Vec<[u32; 3]> {
        self.to_mesh(&self.indices)
    }

    /// Own indices as triangles of the mesh.
    fn to_mesh(&self, indices: &[u32]) -> Vec<[u32; 3]> {
        let (triangles, _) = indices.as_chunks::<3>();
        triangles.iter().map(|t| t.map(|v| self.vertices[v as usize])).collect()
    }

    fn reduce(&self, goal: Reduction) -> Reduced {
        let Ok(adapter) = VertexDataAdapter::new(bytemuck::cast_slice(&self.positions), 12, 0) else {
            return Reduced { triangles: self.clone_triangles(), error: 0.0 };
        };
        let mut error = 0.0;
        let indices = simplify_with_locks(
            &self.indices,
            &adapter,
            &self.locked,
            (3 * goal.triangles).min(self.indices.len()),
            goal.max_error.unwrap_or(f32::MAX),
            SimplifyOptions::ErrorAbsolute,
            Some(&mut error),
        );
        Reduced { triangles: self.to_mesh(&indices), error }
    }
}
