//! Mends what keeps a mesh from being a closed, outward solid, where there is only one way to do it.
//!
//! Promises: every step leaves good parts of the mesh untouched, and what was done is told. Does not
//! promise a print-ready mesh: edges of three or more triangles and pieces that touch at a point
//! need a person's decision and stay. Works by position, in any unit.

use std::collections::{BTreeMap, HashMap, HashSet};

use glam::Vec3;

use super::Mesh;
use super::topology::is_degenerate;
use super::weld::weld;
use crate::progress::{Cancelled, Monitor, Stage};
use crate::union_find::UnionFind;

/// A mended mesh and what was done to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Repaired {
    /// The mesh, welded.
    pub mesh: Mesh,
    /// One sentence per kind of change; empty when there was nothing to mend.
    pub done: Vec<String>,
}

/// A longest rim that is closed; beyond it a hole is more likely an open side than damage.
const LONGEST_RIM: usize = 20_000;
/// A collapsed sliver may make a new one beside it; this many rounds settle all but built cases.
const SLIVER_ROUNDS: usize = 8;

type Triangle = [u32; 3];

/// Merges equal vertices, drops doubled triangles, collapses triangles without area, turns all
/// triangles of a piece the same way and the piece outward, and closes holes.
///
/// # Errors
/// [`Cancelled`].
pub fn repair(mesh: &Mesh, monitor: &Monitor) -> Result<Repaired, Cancelled> {
    let mut done = Vec::new();
    let mut tell = |count: usize, [one, many]: [&str; 2]| match count {
        0 => {}
        1 => done.push(format!("1 {one}")),
        _ => done.push(format!("{count} {many}")),
    };
    let step = |n| monitor.step(Stage::Mesh, n, 5);
    step(0)?;
    let mut mesh = weld(mesh);
    let doubled = drop_doubled(&mut mesh);
    tell(doubled, ["doubled triangle was removed", "doubled triangles were removed"]);
    step(1)?;
    let slivers = collapse_slivers(&mut mesh, monitor)?;
    tell(slivers, ["triangle without area was removed", "triangles without area were removed"]);
    step(2)?;
    let turned = orient(&mut mesh);
    tell(turned, ["triangle was turned round", "triangles were turned round"]);
    step(3)?;
    let holes = close_holes(&mut mesh, monitor)?;
    tell(holes, ["hole was closed", "holes were closed"]);
    step(4)?;
    let inward = turn_outward(&mut mesh, monitor)?;
    tell(inward, ["piece was turned outward", "pieces were turned outward"]);
    step(5)?;
    Ok(Repaired { mesh, done })
}

fn sorted(mut triangle: Triangle) -> Triangle {
    triangle.sort_unstable();
    triangle
}

/// Keeps the first of triangles with the same three vertices.
fn drop_doubled(mesh: &mut Mesh) -> usize {
    let before = mesh.triangle_indices.len();
    let mut seen = HashSet::with_capacity(before);
    mesh.triangle_indices.retain(|&triangle| seen.insert(sorted(triangle)));
    before - mesh.triangle_indices.len()
}

/// Drops pairs of triangles with the same vertices that face each other: a fold without volume.
fn drop_folds(mesh: &mut Mesh) {
    let is_even = |[a, b, c]: Triangle| !((a > b) ^ (a > c) ^ (b > c));
    let mut seen: HashMap<Triangle, [bool; 2]> = HashMap::with_capacity(mesh.triangle_indices.len());
    for &triangle in &mesh.triangle_indices {
        seen.entry(sorted(triangle)).or_default()[usize::from(is_even(triangle))] = true;
    }
    mesh.triangle_indices.retain(|&triangle| seen.get(&sorted(triangle)) != Some(&[true, true]));
}

/// Takes triangles without area out without changing the shape; returns how many there were.
fn collapse_slivers(mesh: &mut Mesh, monitor: &Monitor) -> Result<usize, Cancelled> {
    let count = |mesh: &Mesh| (0..mesh.triangle_indices.len()).filter(|&t| is_degenerate(mesh.triangle(t))).count();
    let before = count(mesh);
    for _ in 0..SLIVER_ROUNDS {
        monitor.check()?;
        let slivers: Vec<usize> =
            (0..mesh.triangle_indices.len()).filter(|&t| is_degenerate(mesh.triangle(t))).collect();
        if slivers.is_empty() {
            break;
        }
        let edges = by_edge(&mesh.triangle_indices);
        // Each triangle changes once a round, since `edges` is of before.
        let mut touched = HashSet::new();
        for t in slivers {
            take_out(mesh, t, &edges, &mut touched);
        }
        // Dropped slivers name one vertex three times.
        mesh.triangle_indices.retain(|[a, b, c]| a != b && b != c && c != a);
        *mesh = weld(mesh);
        drop_folds(mesh);
    }
    Ok(before - count(mesh).min(before))
}

/// Takes one triangle without area out. Its middle vertex lies on its longest side: the neighbour
/// across that side is split there. A needle, whose short side is next to nothing, is merged.
fn take_out(mesh: &mut Mesh, t: usize, edges: &HashMap<[u32; 2], Vec<u32>>, touched: &mut HashSet<u32>) {
    let (corners, triangle) = (mesh.triangle(t), mesh.triangle_indices[t]);
    let length = |i: usize| corners[i % 3].distance(corners[(i + 1) % 3]);
    let longest = (0..3).max_by(|&a, &b| length(a).total_cmp(&length(b))).unwrap_or(0);
    let [a, b, m] = [0, 1, 2].map(|k| triangle[(longest + k) % 3]);
    let (to_a, to_b) = (length(longest + 2), length(longest + 1));
    let merge = |mesh: &mut Mesh| {
        let nearer = if to_a <= to_b { a } else { b };
        mesh.vertex_positions[m as usize] = mesh.vertex_positions[nearer as usize];
    };
    if to_a.min(to_b) <= 1e-6 * length(longest) {
        return merge(mesh);
    }
    let others = edges.get(&[a.min(b), a.max(b)]).map_or(&[][..], Vec::as_slice);
    let mut others = others.iter().copied().filter(|&o| o as usize != t);
    let Some(other) = others.next() else {
        // On a rim: without it the rim goes through the middle vertex.
        mesh.triangle_indices[t] = [m; 3];
        return;
    };
    if others.next().is_some() {
        return merge(mesh);
    }
    if touched.contains(&other) || touched.contains(&(t as u32)) {
        return;
    }
    let neighbor = mesh.triangle_indices[other as usize];
    let Some(apex) = neighbor.into_iter().find(|v| *v != a && *v != b) else { return };
    if apex == m || edges.contains_key(&[apex.min(m), apex.max(m)]) || !has_directed(neighbor, b, a) {
        return merge(mesh);
    }
    mesh.triangle_indices[t] = [b, m, apex];
    mesh.triangle_indices[other as usize] = [m, a, apex];
    touched.extend([t as u32, other]);
}

/// Directed edge → the triangles that have it.
fn by_edge(triangles: &[Triangle]) -> HashMap<[u32; 2], Vec<u32>> {
    let mut found: HashMap<[u32; 2], Vec<u32>> = HashMap::with_capacity(triangles.len() * 3 / 2);
    for (t, triangle) in triangles.iter().enumerate() {
        for i in 0..3 {
            let (a, b) = (triangle[i], triangle[(i + 1) % 3]);
            found.entry([a.min(b), a.max(b)]).or_default().push(t as u32);
        }
    }
    found
}

fn has_directed(triangle: Triangle, a: u32, b: u32) -> bool {
    (0..3).any(|i| triangle[i] == a && triangle[(i + 1) % 3] == b)
}

/// Makes the triangles of each piece wind the same way across their edges of two; the larger part of
/// a piece keeps its sense. Returns how many were turned.
fn orient(mesh: &mut Mesh) -> usize {
    let triangles = &mut mesh.triangle_indices;
    let edges = by_edge(triangles);
    let mut turn: Vec<Option<bool>> = vec![None; triangles.len()];
    let mut turned = 0;
    for seed in 0..triangles.len() {
        if turn[seed].is_some() {
            continue;
        }
        turn[seed] = Some(false);
        let (mut piece, mut next) = (vec![seed], 0);
        while let Some(&t) = piece.get(next) {
            next += 1;
            let triangle = triangles[t];
            for i in 0..3 {
                let (a, b) = (triangle[i], triangle[(i + 1) % 3]);
                let Some([x, y]) = edges.get(&[a.min(b), a.max(b)]).map(Vec::as_slice) else { continue };
                let other = if *x as usize == t { *y } else { *x } as usize;
                if turn[other].is_none() {
                    let against = has_directed(triangles[other], a, b);
                    turn[other] = turn[t].map(|own| own != against);
                    piece.push(other);
                }
            }
        }
        let flipped = piece.iter().filter(|&&t| turn[t] == Some(true)).count();
        let swap = 2 * flipped > piece.len();
        for t in piece {
            if (turn[t] == Some(true)) != swap {
                triangles[t].swap(1, 2);
                turned += 1;
            }
        }
    }
    turned
}

/// Closes every rim that is a simple ring with a fan around its middle, and takes single stray
/// triangles out; returns how many.
fn close_holes(mesh: &mut Mesh, monitor: &Monitor) -> Result<usize, Cancelled> {
    let mut holes = 0;
    let lone: HashSet<Triangle> = mesh.triangle_indices.iter().map(|&t| sorted(t)).collect();
    let mut strays = HashSet::new();
    for ring in rims(&mesh.triangle_indices) {
        monitor.check()?;
        if ring.len() > LONGEST_RIM {
            continue;
        }
        if let &[a, b, c] = ring.as_slice() {
            // The rim of a single triangle: closing it would only double it.
            if lone.contains(&sorted([a, b, c])) {
                strays.insert(sorted([a, b, c]));
            } else {
                mesh.triangle_indices.push([a, b, c]);
            }
            holes += 1;
            continue;
        }
        holes += 1;
        let share = 1.0 / ring.len() as f32;
        let middle: Vec3 = ring.iter().map(|&v| mesh.vertex_positions[v as usize] * share).sum();
        let center = mesh.vertex_positions.len() as u32;
        mesh.vertex_positions.push(middle);
        if let Some(colors) = &mut mesh.vertex_colors {
            let mean = |c: usize| ring.iter().map(|&v| f32::from(colors[v as usize][c])).sum::<f32>() * share;
            let color = [0, 1, 2].map(|c| mean(c).round() as u8);
            colors.push(color);
        }
        let next = ring.iter().skip(1).chain(ring.first());
        mesh.triangle_indices.extend(ring.iter().zip(next).map(|(&a, &b)| [a, b, center]));
    }
    if !strays.is_empty() {
        mesh.triangle_indices.retain(|&t| !strays.contains(&sorted(t)));
        *mesh = weld(mesh);
    }
    Ok(holes)
}

/// The rims of holes as rings of vertices, wound so that triangles along them fit in. Rims that meet
/// in a vertex are parted there.
fn rims(triangles: &[Triangle]) -> Vec<Vec<u32>> {
    // From the end of each free edge to its start: the way round the hole. Ordered, so that the same
    // mesh gives the same result.
    let mut next: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    let mut edges: Vec<_> = by_edge(triangles).into_iter().collect();
    edges.sort_unstable();
    for (edge, owners) in edges {
        if let &[owner] = owners.as_slice() {
            let [a, b] = edge;
            let (from, to) = if has_directed(triangles[owner as usize], a, b) { (b, a) } else { (a, b) };
            next.entry(from).or_default().push(to);
        }
    }
    let mut rings = Vec::new();
    while let Some(&start) = next.keys().next() {
        let mut path = vec![start];
        let mut place = HashMap::from([(start, 0)]);
        // Every turn uses up an edge. A walk that comes back to where it was has found a ring.
        while let Some(to) = path.last().and_then(|at| take_one(&mut next, *at)) {
            if let Some(&first) = place.get(&to) {
                rings.push(path[first..].to_vec());
                path.drain(first + 1..).for_each(|v| _ = place.remove(&v));
            } else {
                place.insert(to, path.len());
                path.push(to);
            }
        }
    }
    rings.retain(|ring| ring.len() >= 3);
    rings
}

fn take_one(next: &mut BTreeMap<u32, Vec<u32>>, at: u32) -> Option<u32> {
    let list = next.get_mut(&at)?;
    let to = list.pop();
    if list.is_empty() {
        next.remove(&at);
    }
    to
}

/// Turns pieces of negative volume that lie in no other piece's box; returns how many.
///
/// A piece within another is a hollow, and rightly inside out.
fn turn_outward(mesh: &mut Mesh, monitor: &Monitor) -> Result<usize, Cancelled> {
    let sets = UnionFind::new(mesh.vertex_positions.len());
    for &[a, b, c] in &mesh.triangle_indices {
        sets.union(a, b);
        sets.union(b, c);
    }
    let mut pieces: BTreeMap<u32, (f64, Vec3, Vec3)> = BTreeMap::new();
    for t in 0..mesh.triangle_indices.len() {
        let [a, b, c] = mesh.triangle(t);
        let piece = pieces.entry(sets.find(mesh.triangle_indices[t][0])).or_insert((0.0, Vec3::MAX, Vec3::MIN));
        piece.0 += a.as_dvec3().dot(b.as_dvec3().cross(c.as_dvec3()));
        piece.1 = piece.1.min(a).min(b).min(c);
        piece.2 = piece.2.max(a).max(b).max(c);
    }
    let mut boxes: Vec<(Vec3, Vec3)> = pieces.values().map(|(_, low, high)| (*low, *high)).collect();
    boxes.sort_by(|a, b| a.0.x.total_cmp(&b.0.x));
    let within = |low: Vec3, high: Vec3| {
        boxes.iter().take_while(|b| b.0.x < low.x).any(|(l, h)| l.cmplt(low).all() && h.cmpgt(high).all())
    };
    let mut inward = HashSet::new();
    for (root, &(volume, low, high)) in &pieces {
        monitor.check()?;
        if volume < 0.0 && !within(low, high) {
            inward.insert(*root);
        }
    }
    for triangle in mesh.triangle_indices.iter_mut().filter(|t| inward.contains(&sets.find(t[0]))) {
        triangle.swap(1, 2);
    }
    Ok(inward.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesh::topology::Topology;

    /// A box of 12 triangles with its middle at `center`.
    fn cube(center: Vec3, size: f32) -> Mesh {
        let corner = |i: u32| Vec3::new((i & 1) as f32, (i >> 1 & 1) as f32, (i >> 2 & 1) as f32) - 0.5;
        let sides = [[0, 2, 3, 1], [4, 5, 7, 6], [0, 1, 5, 4], [2, 6, 7, 3], [0, 4, 6, 2], [1, 3, 7, 5]];
        Mesh {
            vertex_positions: (0..8).map(|i| center + corner(i) * size).collect(),
            triangle_indices: sides.iter().flat_map(|&[a, b, c, d]| [[a, b, c], [a, c, d]]).collect(),
            vertex_colors: None,
        }
    }

    fn mend(mesh: &Mesh) -> Repaired {
        let repaired = repair(mesh, &Monitor::silent()).unwrap();
        repaired.mesh.validate().unwrap();
        let topology = Topology::of(&repaired.mesh);
        assert!(topology.is_closed() && topology.is_manifold(), "{:?}", repaired.done);
        assert!(repaired.mesh.signed_volume() > 0.0);
        repaired
    }

    #[test]
    fn a_good_mesh_is_left_alone() {
        let cube = cube(Vec3::ZERO, 10.0);
        assert_eq!(mend(&cube), Repaired { mesh: cube, done: Vec::new() });
    }

    #[test]
    fn holes_are_closed_in_the_plane_of_their_rim() {
        let mut open = cube(Vec3::ONE, 10.0);
        open.vertex_colors = Some(vec![[10, 20, 30]; 8]);
        open.triangle_indices.truncate(10);
        // Its rim meets the other one in a vertex.
        open.triangle_indices.remove(0);
        let mended = mend(&open);
        assert_eq!(mended.done, ["2 holes were closed"]);
        assert!((mended.mesh.signed_volume() - 1000.0).abs() < 0.01);
        assert_eq!(mended.mesh.vertex_colors.unwrap().last(), Some(&[10, 20, 30]));
    }

    #[test]
    fn turned_doubled_and_flat_triangles_are_mended() {
        let mut mesh = cube(Vec3::ZERO, 10.0);
        mesh.triangle_indices[3].swap(0, 1);
        mesh.triangle_indices.push([0, 2, 3]);
        // A needle of two vertices at nearly one place, hung into the edge 0–2.
        mesh.vertex_positions.push(Vec3::new(-5.0, -5.0, -5.000_001));
        mesh.triangle_indices.push([0, 2, 8]);
        let mended = mend(&mesh);
        assert!((mended.mesh.signed_volume() - 1000.0).abs() < 0.01, "no corner has moved");
        assert_eq!(mended.done.len(), 3, "{:?}", mended.done);
    }

    #[test]
    fn a_vertex_on_an_edge_of_one_side_only_is_sewn_in_where_it_is() {
        // The edge 0–2 is parted at vertex 8 on one side; the crack is filled by a flat triangle.
        for middle in [0.0, -3.0, 4.5] {
            let mut mesh = cube(Vec3::ZERO, 10.0);
            mesh.vertex_positions.push(Vec3::new(-5.0, middle, -5.0));
            mesh.triangle_indices.retain(|t| *t != [0, 6, 2]);
            mesh.triangle_indices.extend([[0, 6, 8], [8, 6, 2], [0, 8, 2]]);
            let mended = mend(&mesh);
            assert_eq!(mended.done, ["1 triangle without area was removed"]);
            assert!((mended.mesh.signed_volume() - 1000.0).abs() < 0.01);
        }
    }

    #[test]
    fn a_stray_triangle_goes() {
        let mut mesh = cube(Vec3::ZERO, 10.0);
        mesh.append(&Mesh {
            vertex_positions: vec![Vec3::splat(20.0), Vec3::new(25.0, 20.0, 20.0), Vec3::new(20.0, 25.0, 20.0)],
            triangle_indices: vec![[0, 1, 2]],
            vertex_colors: None,
        })
        .unwrap();
        assert_eq!(mend(&mesh).mesh, cube(Vec3::ZERO, 10.0));
    }

    #[test]
    fn a_cube_that_is_inside_out_is_turned_and_a_hollow_stays_one() {
        let mut mesh = cube(Vec3::ZERO, 10.0);
        mesh.triangle_indices.iter_mut().for_each(|t| t.swap(1, 2));
        assert_eq!(mend(&mesh).done, ["1 piece was turned outward"]);
        let mut hollow = cube(Vec3::ZERO, 10.0);
        let mut inner = cube(Vec3::ZERO, 4.0);
        inner.triangle_indices.iter_mut().for_each(|t| t.swap(1, 2));
        hollow.append(&inner).unwrap();
        let mended = mend(&hollow);
        assert!(mended.done.is_empty() && (mended.mesh.signed_volume() - 936.0).abs() < 0.01);
    }

    #[test]
    fn cancel_takes_effect() {
        let cancel = crate::progress::CancelToken::new();
        cancel.cancel();
        assert_eq!(repair(&cube(Vec3::ZERO, 1.0), &Monitor::new(&cancel, &|_| {})), Err(Cancelled));
    }
}
