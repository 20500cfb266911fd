//! Loose pieces.

use rayon::prelude::*;

use super::Mesh;
use super::scan::scan;
use super::topology::{Shell, Topology};
use super::weld::gather;
use crate::progress::{Cancelled, Monitor};

/// What makes a loose piece large.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Largeness {
    /// Its volume.
    Volume,
    /// Its volume, or what it alone covers of the outline, seen along z: at least [`least_shown`].
    Outline,
}

/// What is left of a mesh without its loose pieces.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    /// The pieces that are large enough.
    pub mesh: Mesh,
    /// How many pieces were dropped though the outline shows them, specks aside; 0 for [`Largeness::Volume`].
    pub shown_dropped: usize,
}

impl Kept {
    fn all(mesh: &Mesh) -> Self {
        Self { mesh: mesh.clone(), shown_dropped: 0 }
    }

    /// What is said where something was dropped that the picture shows.
    pub fn note(&self) -> Option<String> {
        match self.shown_dropped {
            0 => None,
            1 => Some(format!("a small loose piece was dropped; {KEEP} it")),
            count => Some(format!("{count} small loose pieces were dropped; {KEEP} them")),
        }
    }

    /// Whether this is a [`Kept::note`].
    pub fn is_note(text: &str) -> bool {
        text.contains(KEEP)
    }
}

/// What keeps them.
const KEEP: &str = "--drop-floaters 0 keeps";
/// How many times `share` of the width of the largest piece a piece is wide that is no speck.
const WIDTHS: f64 = 5.0;

/// The area from which a piece is large by [`Largeness::Outline`], where all pieces together cover `whole`
/// and the largest covers `largest`: `share` (0 to 1) of the whole, or less where the piece is still several
/// times `share` as wide as the largest, as the dots of letters and small islands are.
pub fn least_shown(share: f64, whole: f64, largest: f64) -> f64 {
    (share * whole).min((WIDTHS * share).powi(2) * largest)
}

/// Drops loose pieces that are smaller than `share` (0 to 1) of the largest piece, and vertices
/// that nothing uses any more.
///
/// A void inside a piece belongs to the piece: it is kept with it and dropped with it, however small
/// it is. When a piece is open its volume means nothing, and surface areas are compared instead.
/// Pieces are found by index: weld first where vertices repeat. `share <= 0` keeps everything.
///
/// # Errors
/// [`Cancelled`].
pub fn drop_floaters(mesh: &Mesh, share: f32, largeness: Largeness, monitor: &Monitor) -> Result<Kept, Cancelled> {
    if share.is_nan() || share <= 0.0 || mesh.triangle_indices.is_empty() {
        return Ok(Kept::all(mesh));
    }
    let topology = Topology::analyse(mesh, monitor)?;
    let shells = &topology.shells;
    if shells.len() == 1 {
        return Ok(Kept::all(mesh));
    }
    let share = f64::from(share);
    let all_closed = shells.iter().all(|s| s.closed);
    let size_of = |s: &Shell| if all_closed { s.signed_volume } else { s.area };
    let largest = shells.iter().map(size_of).fold(0.0, f64::max);
    let mut kept: Vec<bool> = shells.iter().map(|s| size_of(s) >= share * largest).collect();
    let mut shown_dropped = 0;
    if largeness == Largeness::Outline {
        let Seen { alone, largest } = seen(mesh, &topology);
        let least = least_shown(share, 1.0, largest);
        kept.iter_mut().zip(&alone).for_each(|(kept, &alone)| *kept |= alone > 0.0 && alone >= least);
        let is_speck = |alone: f64| alone == 0.0 || alone < share * share * largest;
        shown_dropped = kept.iter().zip(alone).filter(|&(kept, alone)| !kept && !is_speck(alone)).count();
    }
    if all_closed {
        let voids: Vec<usize> = (0..shells.len()).filter(|&s| shells[s].signed_volume < 0.0).collect();
        for (&void, owner) in voids.iter().zip(owners(mesh, &topology, &voids, monitor)?) {
            kept[void] = owner.is_some_and(|owner| kept[owner]);
        }
    }
    // Inside out as a whole: there is no piece to compare with, so nothing can be called loose.
    if !kept.contains(&true) {
        return Ok(Kept::all(mesh));
    }
    let of_kept = |t: usize| kept[topology.shell_of_triangle[t] as usize];
    let triangles = mesh.triangle_indices.iter().enumerate().filter(|(t, _)| of_kept(*t)).map(|(_, &t)| t).collect();
    Ok(Kept { mesh: gather(&mesh.vertex_positions, mesh.vertex_colors.as_deref(), triangles), shown_dropped })
}

/// Cells along the longer side of what is seen.
const SEEN_CELLS: usize = 512;

/// What is seen along z, as shares of the outline.
#[derive(Default)]
struct Seen {
    /// What each shell alone covers.
    alone: Vec<f64>,
    /// What the largest shell covers, others before or behind it or not; more where it lies in folds.
    largest: f64,
}

/// Shells as they are seen. Voids cover nothing.
fn seen(mesh: &Mesh, topology: &Topology) -> Seen {
    const NONE: u32 = u32::MAX;
    const SEVERAL: u32 = u32::MAX - 1;
    let Some(bounds) = mesh.bounds() else { return Seen::default() };
    let step = bounds.size().truncate().max_element().max(f32::MIN_POSITIVE) / SEEN_CELLS as f32;
    let mut cells = vec![NONE; SEEN_CELLS * SEEN_CELLS];
    let mut faces = vec![0.0; topology.shells.len()];
    for (triangle, &shell) in topology.shell_of_triangle.iter().enumerate() {
        if topology.shells[shell as usize].signed_volume < 0.0 {
            continue;
        }
        let corners = mesh.triangle(triangle).map(|p| (p - bounds.min).truncate() / step - 0.5);
        let [a, b, c] = corners;
        faces[shell as usize] += 0.5 * f64::from((b - a).perp_dot(c - a).abs());
        scan(corners, SEEN_CELLS, |x, y| {
            let cell = &mut cells[y * SEEN_CELLS + x];
            *cell = if *cell == NONE || *cell == shell { shell } else { SEVERAL };
        });
    }
    let covered = cells.iter().filter(|&&cell| cell != NONE).count().max(1) as f64;
    let mut alone = vec![0.0; topology.shells.len()];
    cells.iter().filter(|&&cell| cell < SEVERAL).for_each(|&shell| alone[shell as usize] += 1.0 / covered);
    // A front and a back.
    let largest = faces.into_iter().fold(0.0, f64::max) / (2.0 * covered);
    Seen { alone, largest }
}

/// For each of `voids` the smallest piece of positive volume around it.
fn owners(
    mesh: &Mesh,
    topology: &Topology,
    voids: &[usize],
    monitor: &Monitor,
) -> Result<Vec<Option<usize>>, Cancelled> {
    if voids.is_empty() {
        return Ok(Vec::new());
    }
    let points: Vec<[f64; 3]> = voids
        .iter()
        .map(|&s| mesh.triangle(topology.shells[s].first_triangle as usize)[0].as_dvec3().to_array())
        .collect();
    // By x, so that a triangle finds the points below it without looking at all.
    let mut order: Vec<usize> = (0..points.len()).collect();
    order.sort_by(|&a, &b| points[a][0].total_cmp(&points[b][0]));
    const CHUNK: usize = 1 << 14;
    let crossings: Vec<Vec<(usize, u32)>> = mesh
        .triangle_indices
        .par_chunks(CHUNK)
        .enumerate()
        .map(|(chunk, triangles)| {
            monitor.check()?;
            let mut crossings = Vec::new();
            for t in chunk * CHUNK..chunk * CHUNK + triangles.len() {
                let shell = topology.shell_of_triangle[t];
                if topology.shells[shell as usize].signed_volume <= 0.0 {
                    continue;
                }
                let corners = mesh.triangle(t).map(|p| p.as_dvec3().to_array());
                let (low, high) = range(&corners, 0);
                let first = order.partition_point(|&p| points[p][0] < low);
                let below = order[first..].iter().take_while(|&&p| points[p][0] <= high);
                crossings.extend(below.filter(|&&p| is_above(&corners, &points[p])).map(|&p| (p, shell)));
            }
            Ok(crossings)
        })
        .collect::<Result<_, Cancelled>>()?;
    let mut crossings: Vec<(usize, u32)> = crossings.into_iter().flatten().collect();
    crossings.par_sort_unstable();
    let mut owners: Vec<Option<usize>> = vec![None; voids.len()];
    // A ray upwards that leaves a piece once more than it enters it starts inside.
    for run in crossings.chunk_by(|a, b| a == b).filter(|run| run.len() % 2 == 1) {
        let (void, shell) = (run[0].0, run[0].1 as usize);
        let smaller = |other: usize| topology.shells[shell].signed_volume < topology.shells[other].signed_volume;
        if owners[void].is_none_or(smaller) {
            owners[void] = Some(shell);
        }
    }
    Ok(owners)
}

fn range(corners: &[[f64; 3]; 3], axis: usize) -> (f64, f64) {
    let [a, b, c] = corners.map(|p| p[axis]);
    (a.min(b).min(c), a.max(b).max(c))
}

/// Whether the ray from `point` along +z passes the triangle. Of the triangles around a vertex or
/// along an edge below which the point lies exactly, an even or odd number answers as if the point
/// were moved by a hair, because each edge is judged by itself and in one direction.
fn is_above(corners: &[[f64; 3]; 3], point: &[f64; 3]) -> bool {
    let (low, high) = range(corners, 1);
    if point[1] < low || point[1] > high {
        return false;
    }
    let edges = [(0, 1), (1, 2), (2, 0)].map(|(i, j)| (corners[i], corners[j]));
    let passed = edges.iter().filter(|(a, b)| (a[1] > point[1]) != (b[1] > point[1])).filter(|&&(a, b)| {
        let (a, b) = if (a[1], a[0]) < (b[1], b[0]) { (a, b) } else { (b, a) };
        let share = (point[1] - a[1]) / (b[1] - a[1]);
        a[0] + share * (b[0] - a[0]) > point[0]
    });
    passed.count() % 2 == 1 && height_at(corners, point) > point[2]
}

/// The z of the triangle's plane over `point`.
fn height_at(&[a, b, c]: &[[f64; 3]; 3], point: &[f64; 3]) -> f64 {
    let minus = |p: [f64; 3], q: [f64; 3]| [p[0] - q[0], p[1] - q[1], p[2] - q[2]];
    let (u, v) = (minus(b, a), minus(c, a));
    let normal = [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]];
    a[2] - (normal[0] * (point[0] - a[0]) + normal[1] * (point[1] - a[1])) / normal[2]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::ScalarGrid;
    use crate::surface::extract;
    use glam::{Vec2, Vec3};

    /// Balls `(centre, radius)`; a negative radius is a void.
    fn balls(balls: &[(Vec3, f32)]) -> Mesh {
        let field = ScalarGrid::from_fn([60; 3], Vec3::splat(-1.5), 0.05, |p| {
            balls.iter().fold(f32::MAX, |d, &(center, radius)| {
                let ball = p.distance(center) - radius.abs();
                if radius > 0.0 { d.min(ball) } else { d.max(-ball) }
            })
        });
        extract(&field, &Monitor::silent()).unwrap()
    }

    fn shell_volumes(mesh: &Mesh, share: f32) -> Vec<f64> {
        let mut kept = drop_floaters(mesh, share, Largeness::Volume, &Monitor::silent()).unwrap().mesh;
        kept.validate().unwrap();
        let topology = Topology::of(&kept);
        assert!(topology.is_manifold());
        kept.vertex_colors = None;
        topology.shells.iter().map(|s| (s.signed_volume * 100.0).round() / 100.0).collect()
    }

    #[test]
    fn small_pieces_go_and_their_vertices_with_them() {
        let two = balls(&[(Vec3::new(-0.6, 0.0, 0.0), 0.6), (Vec3::new(0.9, 0.0, 0.0), 0.2)]);
        assert_eq!(shell_volumes(&two, 0.0), shell_volumes(&two, 0.01));
        assert_eq!(shell_volumes(&two, 0.1), [0.9]);
        let mut painted = two.clone();
        painted.paint(|p| if p.x > 0.3 { [255, 0, 0] } else { [0, 0, 255] });
        let kept = drop_floaters(&painted, 0.1, Largeness::Volume, &Monitor::silent()).unwrap().mesh;
        assert!(kept.bounds().unwrap().max.x < 0.3);
        assert!(kept.vertex_colors.unwrap().iter().all(|&c| c == [0, 0, 255]));
    }

    #[test]
    fn what_is_flat_may_be_large_in_outline_unless_it_hides() {
        let field = ScalarGrid::from_fn([80, 80, 60], Vec3::splat(-1.5), 0.05, |p| {
            let disc =
                |center: Vec3| (p.truncate().distance(center.truncate()) - 0.5).max((p.z - center.z).abs() - 0.06);
            let ball = p.distance(Vec3::splat(-0.3)) - 0.9;
            ball.min(disc(Vec3::new(1.2, 1.2, 0.0))).min(disc(Vec3::new(-0.3, -0.3, 1.0)))
        });
        let mesh = extract(&field, &Monitor::silent()).unwrap();
        assert_eq!(Topology::of(&mesh).shells.len(), 3);
        let pieces = |share, largeness| {
            Topology::of(&drop_floaters(&mesh, share, largeness, &Monitor::silent()).unwrap().mesh).shells.len()
        };
        assert_eq!(pieces(0.1, Largeness::Volume), 1, "3 % of the ball's volume");
        assert_eq!(pieces(0.1, Largeness::Outline), 2, "a quarter of the outline");
        assert_eq!(pieces(0.4, Largeness::Outline), 1);
        // A void covers nothing and stays with its piece.
        let bubble = balls(&[(Vec3::ZERO, 0.9), (Vec3::new(0.2, 0.3, 0.1), -0.15)]);
        assert_eq!(drop_floaters(&bubble, 0.5, Largeness::Outline, &Monitor::silent()).unwrap().mesh, bubble);
    }

    #[test]
    fn dots_and_islands_are_shown_and_what_is_left_out_is_told() {
        let solid = |shape: &(dyn Fn(Vec2, f32) -> f32 + Sync)| {
            let field = ScalarGrid::from_fn([141, 141, 46], Vec3::new(-1.4, -1.4, -0.45), 0.02, |p| {
                shape(p.truncate(), p.z.abs())
            });
            extract(&field, &Monitor::silent()).unwrap()
        };
        let pieces = |mesh: &Mesh, share: f32| {
            let kept = drop_floaters(mesh, share, Largeness::Outline, &Monitor::silent()).unwrap();
            (Topology::of(&kept.mesh).shells.len(), kept.note())
        };
        // Five by eight letters, each with a dot of a tenth of its area, but of less than a hundredth of its volume.
        let letters = solid(&|p, z| {
            let cell = Vec2::new(0.52, 0.3);
            let at = p - cell * (p / cell).round().clamp(Vec2::new(-2.0, -4.0), Vec2::new(2.0, 3.0));
            let bar = |center: Vec2, half: Vec2| ((at - center).abs() - half).max_element();
            let letter = bar(Vec2::ZERO, Vec2::new(0.15, 0.1)).max(z - 0.4);
            letter.min(bar(Vec2::new(0.211, 0.0), Vec2::new(0.031, 0.05)).max(z - 0.025))
        });
        assert_eq!(pieces(&letters, 0.01), (80, None));
        // An island of half a percent of the mainland, and one of a tenth of a percent.
        let disc = |p: Vec2, x: f32, radius: f32| p.distance(Vec2::new(x, 0.013)) - radius;
        let map = |island: f32| solid(&|p, z| disc(p, -0.2, 1.0).min(disc(p, 1.2, island)).max(z - 0.025));
        assert_eq!(pieces(&map(0.0707), 0.01), (2, None));
        let speck = map(0.0316);
        let (left, note) = pieces(&speck, 0.01);
        assert!(left == 1 && note.is_some_and(|note| note.contains("--drop-floaters 0")));
        assert_eq!(pieces(&speck, 0.0), (2, None));
    }

    #[test]
    fn voids_stay_with_the_piece_they_are_in() {
        let center = Vec3::new(-0.5, 0.1, 0.0);
        let speck = center + Vec3::new(0.0, 0.0, 0.1);
        let loose = Vec3::new(0.9, 0.9, 0.9);
        // A large ball with a void, in it a loose speck; and a small ball with a void of its own.
        let mesh = balls(&[(center, 0.8), (center, -0.5), (speck, 0.15), (loose, 0.35), (loose, -0.2)]);
        assert_eq!(Topology::of(&mesh).shells.len(), 5);
        let kept = shell_volumes(&mesh, 0.2);
        assert_eq!(kept.len(), 2, "{kept:?}");
        assert!(kept[0] > 2.0 && (-0.53..-0.5).contains(&kept[1]), "{kept:?}");
        // The void is far smaller than a tenth of the ball, and still no floater.
        let bubble = balls(&[(Vec3::ZERO, 0.9), (Vec3::new(0.2, 0.3, 0.1), -0.15)]);
        assert_eq!(shell_volumes(&bubble, 0.5).len(), 2);
    }

    #[test]
    fn a_mesh_that_is_inside_out_or_open_is_not_emptied() {
        let mut mesh = balls(&[(Vec3::ZERO, 0.9), (Vec3::splat(1.1), 0.2)]);
        mesh.triangle_indices.iter_mut().for_each(|t| t.swap(0, 1));
        assert_eq!(drop_floaters(&mesh, 0.5, Largeness::Volume, &Monitor::silent()).unwrap().mesh, mesh);
        mesh.triangle_indices.iter_mut().for_each(|t| t.swap(0, 1));
        mesh.triangle_indices.pop();
        assert_eq!(
            Topology::of(&drop_floaters(&mesh, 0.5, Largeness::Volume, &Monitor::silent()).unwrap().mesh).shells.len(),
            1
        );
    }
}
