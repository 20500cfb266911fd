use std::f32::consts::{PI, TAU};

use glam::{Mat3, Vec3};

use super::edges::has_directed;
use super::*;
use crate::mesh::intersect::self_intersections;
use crate::mesh::topology::Topology;
use crate::print::{self, Report};

mod bodies;
mod rims;

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
    assert_eq!(mend(&cube), Repaired { mesh: cube, done: Vec::new(), left: None });
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
fn a_flake_beside_much_more_goes_and_a_cap_is_closed() {
    let square = [[0.0, 0.0], [5.0, 0.0], [5.0, 5.0], [0.0, 5.0]];
    let flake = |apex: Vec3, triangles: &[[u32; 3]]| Mesh {
        vertex_positions: square.iter().map(|&[x, y]| Vec3::new(x, y, 40.0)).chain([apex]).collect(),
        triangle_indices: triangles.to_vec(),
        vertex_colors: None,
    };
    let flat = flake(Vec3::new(9.0, 1.0, 40.0), &[[0, 1, 2], [0, 2, 3], [1, 4, 2]]);
    let mended = mend(&joined(&[torus(), flat]));
    assert_eq!(mended, Repaired { mesh: torus(), done: vec!["3 loose triangles were removed".to_owned()], left: None });
    let cap = flake(Vec3::new(2.0, 2.0, 42.0), &[[4, 0, 1], [4, 1, 2], [4, 2, 3], [4, 3, 0]]);
    let mended = mend(&joined(&[torus(), cap]));
    assert_eq!(mended.done, ["1 hole was closed"]);
    assert!((mended.mesh.signed_volume() - torus().signed_volume() - 50.0 / 3.0).abs() < 0.1);
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

fn turned(mut mesh: Mesh) -> Mesh {
    mesh.triangle_indices.iter_mut().for_each(|t| t.swap(1, 2));
    mesh
}

fn joined(parts: &[Mesh]) -> Mesh {
    let mut mesh = Mesh::default();
    parts.iter().for_each(|part| mesh.append(part).unwrap());
    mesh
}

/// Walls of this height over outlines that run counter-clockwise, outward; without floor and lid.
fn walls(outline: &[[f32; 2]], height: f32) -> Mesh {
    let count = outline.len() as u32;
    let row = |z: f32| outline.iter().map(move |&[x, y]| Vec3::new(x, y, z));
    let sides = (0..count).flat_map(|i| {
        let next = (i + 1) % count;
        [[i, next, count + next], [i, count + next, count + i]]
    });
    Mesh {
        vertex_positions: row(0.0).chain(row(height)).collect(),
        triangle_indices: sides.collect(),
        vertex_colors: None,
    }
}

fn circle(radius: f32, count: u32) -> Vec<[f32; 2]> {
    let angles = (0..count).map(|i| i as f32 * TAU / count as f32);
    angles.map(|angle| [radius * angle.cos(), radius * angle.sin()]).collect()
}

/// A closed surface: rings of the same number of vertices around z, from the first to the last and
/// on to the first again.
fn ring_of(sections: u32, around: u32, place: impl Fn(f32, f32) -> Vec3) -> Mesh {
    let at = |i: u32, j: u32| (i % sections) * around + j % around;
    let angle = |i: u32, count: u32| i as f32 * TAU / count as f32;
    let places = (0..sections).flat_map(|i| (0..around).map(move |j| (i, j)));
    Mesh {
        vertex_positions: places.clone().map(|(i, j)| place(angle(i, sections), angle(j, around))).collect(),
        triangle_indices: places
            .flat_map(|(i, j)| {
                let [a, b, c, d] = [at(i, j), at(i + 1, j), at(i + 1, j + 1), at(i, j + 1)];
                [[a, b, c], [a, c, d]]
            })
            .collect(),
        vertex_colors: None,
    }
}

fn torus() -> Mesh {
    ring_of(24, 12, |a, b| {
        let radius = 20.0 + 6.0 * b.cos();
        Vec3::new(radius * a.cos(), radius * a.sin(), 6.0 * b.sin())
    })
}

/// Numbers from -1 to 1 that look like chance.
fn noise() -> impl FnMut() -> f32 {
    let mut state = 1u64;
    move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    }
}

/// Every triangle on its own, its corners moved by up to `by` along each axis.
fn jittered(mesh: &Mesh, by: f32) -> Mesh {
    let mut noise = noise();
    let mut corner = |p: Vec3| p + by * Vec3::new(noise(), noise(), noise());
    let count = mesh.triangle_indices.len() as u32;
    Mesh {
        vertex_positions: (0..count).flat_map(|t| mesh.triangle(t as usize)).map(&mut corner).collect(),
        triangle_indices: (0..count).map(|t| [3 * t, 3 * t + 1, 3 * t + 2]).collect(),
        vertex_colors: None,
    }
}

fn ready(mesh: &Mesh) -> Report {
    let report = print::check(mesh, &Monitor::silent()).unwrap();
    assert!(report.is_print_ready(), "{report}");
    report
}

#[test]
fn triangles_whose_corners_are_rounded_each_for_itself_are_sewn_together() {
    let whole = torus();
    let volume = whole.signed_volume();
    assert!(volume > 10_000.0);
    let soup = jittered(&whole, 2e-5);
    let mended = mend(&soup);
    // Few corners may be rounded alike.
    let merged = weld(&soup).vertex_positions.len() - whole.vertex_positions.len();
    assert_eq!(mended.done, [format!("{merged} vertices were merged")]);
    assert!((mended.mesh.signed_volume() / volume - 1.0).abs() < 1e-3);
    ready(&mended.mesh);
    // One triangle in ten alone.
    let mut loose = whole.clone();
    for t in (0..loose.triangle_indices.len()).step_by(10) {
        let first = loose.vertex_positions.len() as u32;
        loose.vertex_positions.extend(jittered(&whole, 2e-5).vertex_positions[3 * t..3 * t + 3].to_vec());
        loose.triangle_indices[t] = [first, first + 1, first + 2];
    }
    let mended = mend(&loose);
    assert_eq!(mended.mesh.triangle_indices.len(), whole.triangle_indices.len());
    assert!(mended.done.len() == 1 && mended.done[0].contains("merged"), "{:?}", mended.done);
}

#[test]
fn merging_takes_no_triangle_however_small() {
    // Beside a thing so large that everything here is within rounding of it.
    let mut mesh = torus();
    mesh.append(&cube(Vec3::splat(4e6), 4e6)).unwrap();
    mesh.triangle_indices.remove(40);
    let mended = mend(&mesh);
    assert_eq!(mended.done, ["1 hole was closed"]);
    assert_eq!(mended.mesh.triangle_indices.len(), mesh.triangle_indices.len() + 1);
}

#[test]
fn what_is_nothing_but_loose_triangles_comes_back_as_it_was() {
    let mut noise = noise();
    let soup = Mesh {
        vertex_positions: (0..900).map(|_| 25.0 * Vec3::new(noise(), noise(), noise())).collect(),
        triangle_indices: (0..300).map(|t| [3 * t, 3 * t + 1, 3 * t + 2]).collect(),
        vertex_colors: None,
    };
    let left_alone = |mesh: &Mesh| {
        let repaired = repair(mesh, &Monitor::silent()).unwrap();
        assert_eq!(repaired, Repaired { mesh: mesh.clone(), done: Vec::new(), left: None });
    };
    left_alone(&soup);
    // More of them than of anything else.
    left_alone(&joined(&[cube(Vec3::splat(100.0), 10.0), soup]));
    // Nothing but what would be removed.
    let line = [Vec3::ZERO, Vec3::X, Vec3::splat(2.0) * Vec3::X];
    left_alone(&Mesh { vertex_positions: line.to_vec(), triangle_indices: vec![[0, 1, 2]], vertex_colors: None });
}

#[test]
fn vertices_on_an_edge_that_its_other_side_lacks_are_sewn_in() {
    let turn = Mat3::from_rotation_z(0.37) * Mat3::from_rotation_x(0.7);
    for count in [1, 2, 3, 7] {
        for turn in [Mat3::IDENTITY, turn] {
            let mut mesh = cube(Vec3::ZERO, 10.0);
            assert_eq!(mesh.triangle_indices.remove(0), [0, 2, 3]);
            let mut last = 0;
            for i in 1..=count {
                let next = mesh.vertex_positions.len() as u32;
                let share = i as f32 / (count + 1) as f32;
                mesh.vertex_positions.push(mesh.vertex_positions[0].lerp(mesh.vertex_positions[2], share));
                mesh.triangle_indices.push([last, next, 3]);
                last = next;
            }
            mesh.triangle_indices.push([last, 2, 3]);
            mesh.transform(|p| turn * p);
            let mended = mend(&mesh);
            assert!(mended.done.len() == 1 && mended.done[0].contains("sewn"), "{:?}", mended.done);
            assert!((mended.mesh.signed_volume() - 1000.0).abs() < 0.01);
            assert_eq!(mended.mesh.triangle_indices.len(), 12 + 2 * count);
            assert_eq!(ready(&mended.mesh).vertices, 8 + count as u64);
        }
    }
}

#[test]
fn cracks_on_all_sides_of_a_triangle_are_sewn() {
    // Every edge of one triangle has a vertex in its middle that only its neighbours know.
    let mut mesh = cube(Vec3::ZERO, 10.0);
    for [a, b] in [[0, 2], [2, 3], [3, 0]] {
        let middle = mesh.vertex_positions.len() as u32;
        mesh.vertex_positions.push(mesh.vertex_positions[a].midpoint(mesh.vertex_positions[b]));
        let [a, b] = [a as u32, b as u32];
        let behind = mesh.triangle_indices.iter().position(|&t| has_directed(t, b, a)).unwrap();
        let apex = mesh.triangle_indices[behind].into_iter().find(|&v| v != a && v != b).unwrap();
        mesh.triangle_indices.splice(behind..=behind, [[b, middle, apex], [middle, a, apex]]);
    }
    assert!(mesh.triangle_indices.contains(&[0, 2, 3]));
    let mended = mend(&mesh);
    assert_eq!(mended.done, ["3 vertices were sewn into the edges that they lie on"]);
    assert!((mended.mesh.signed_volume() - 1000.0).abs() < 0.01);
    ready(&mended.mesh);
}

#[test]
fn concave_holes_are_closed_within_their_rims() {
    let u: [[f32; 2]; 8] =
        [[0.0, 0.0], [30.0, 0.0], [30.0, 40.0], [20.0, 40.0], [20.0, 10.0], [10.0, 10.0], [10.0, 40.0], [0.0, 40.0]];
    let arc = |radius: f32, i: u32| {
        let angle = 0.4 + i as f32 * (TAU - 0.8) / 39.0;
        [radius * angle.cos(), radius * angle.sin()]
    };
    let horseshoe: Vec<[f32; 2]> = (0..40).map(|i| arc(20.0, i)).chain((0..40).rev().map(|i| arc(14.0, i))).collect();
    let star: Vec<[f32; 2]> = (0..14)
        .map(|i| (i as f32 * PI / 7.0, if i % 2 == 0 { 30.0 } else { 9.0 }))
        .map(|(angle, radius)| [radius * angle.cos(), radius * angle.sin()])
        .collect();
    for outline in [&u[..], &horseshoe[..], &star[..]] {
        let next = || outline.iter().cycle().skip(1);
        let floor: f32 = outline.iter().zip(next()).map(|(p, q)| (p[0] * q[1] - p[1] * q[0]) / 2.0).sum();
        let way: f32 = outline.iter().zip(next()).map(|(p, q)| (p[0] - q[0]).hypot(p[1] - q[1])).sum();
        let mut open = walls(outline, 10.0);
        let turn = Mat3::from_rotation_y(0.4) * Mat3::from_rotation_x(0.7);
        open.transform(|p| turn * p);
        let mended = mend(&open);
        assert_eq!(mended.done, ["2 holes were closed"]);
        let [area, volume] = [mended.mesh.area(), mended.mesh.signed_volume()].map(|v| v as f32);
        assert!((area - 2.0 * floor - 10.0 * way).abs() < 1e-3 * area, "{area}");
        assert!((volume - 10.0 * floor).abs() < 1e-3 * volume, "{volume}");
        assert_eq!(self_intersections(&mended.mesh, &Monitor::silent()), Ok(Some(Vec::new())));
        ready(&mended.mesh);
    }
}

#[test]
fn a_hollow_body_that_is_inside_out_keeps_its_hollow() {
    let hollow = joined(&[cube(Vec3::ZERO, 10.0), turned(cube(Vec3::ZERO, 4.0))]);
    let mended = mend(&turned(hollow.clone()));
    assert_eq!(mended.done, ["1 piece was turned outward", "1 hollow was turned with the piece around it"]);
    assert!((mended.mesh.signed_volume() - 936.0).abs() < 0.01);
    let report = ready(&mended.mesh);
    assert_eq!((report.voids, report.nested_shells), (1, 0));
    // With a body in the hollow, and beside a body that is right.
    let rattle = joined(&[hollow, cube(Vec3::ZERO, 2.0)]);
    let mended = mend(&joined(&[turned(rattle), cube(Vec3::splat(50.0), 10.0)]));
    assert!((mended.mesh.signed_volume() - 1944.0).abs() < 0.1, "{:?}", mended.done);
    assert_eq!(ready(&mended.mesh).voids, 1);
}

#[test]
fn what_only_looks_as_if_it_lay_in_another_piece_is_turned() {
    let mesh = joined(&[torus(), turned(cube(Vec3::ZERO, 8.0))]);
    let mended = mend(&mesh);
    assert_eq!(mended.done, ["1 piece was turned outward"]);
    ready(&mended.mesh);
}

#[test]
fn a_pipe_with_open_ends_keeps_its_bore() {
    let pipe = |inner: &[[f32; 2]]| joined(&[walls(&circle(10.0, 40), 20.0), turned(walls(inner, 20.0))]);
    let polygon = |radius: f32, count: f32| 0.5 * count * radius * radius * (TAU / count).sin();
    let mended = mend(&pipe(&circle(7.0, 30)));
    assert_eq!(mended.done, ["2 holes were closed"]);
    let volume = 20.0 * (polygon(10.0, 40.0) - polygon(7.0, 30.0));
    assert!((mended.mesh.signed_volume() as f32 - volume).abs() < 1e-3 * volume);
    assert_eq!(self_intersections(&mended.mesh, &Monitor::silent()), Ok(Some(Vec::new())));
    assert_eq!(ready(&mended.mesh).shells, 1);
    // Two bores, and in one of them a rod.
    let moved = |mut mesh: Mesh, x: f32| {
        mesh.transform(|p| p + x * Vec3::X);
        mesh
    };
    let bore = |x| moved(turned(walls(&circle(3.0, 12), 20.0)), x);
    let rod = moved(walls(&circle(1.0, 12), 20.0), 4.5);
    let mended = mend(&joined(&[walls(&circle(10.0, 40), 20.0), bore(4.5), bore(-4.5), rod]));
    assert_eq!(mended.done, ["4 holes were closed"]);
    let volume = 20.0 * (polygon(10.0, 40.0) - 2.0 * polygon(3.0, 12.0) + polygon(1.0, 12.0));
    assert!((mended.mesh.signed_volume() as f32 - volume).abs() < 1e-3 * volume);
    assert_eq!(ready(&mended.mesh).shells, 2);
}

#[test]
fn a_flat_sheet_is_not_closed_into_nothing() {
    let sheet = Mesh {
        vertex_positions: vec![Vec3::ZERO, 10.0 * Vec3::X, Vec3::new(10.0, 10.0, 0.0), 10.0 * Vec3::Y],
        triangle_indices: vec![[0, 1, 2], [0, 2, 3]],
        vertex_colors: None,
    };
    let both_sides = joined(&[sheet.clone(), turned(sheet.clone())]);
    for (mesh, done) in [(sheet.clone(), &[][..]), (both_sides, &["2 doubled triangles were removed"][..])] {
        let mut repaired = repair(&mesh, &Monitor::silent()).unwrap();
        assert_eq!(repaired.done, done);
        assert_eq!(repaired.mesh, sheet);
        // Beside a body that has a hole.
        repaired.mesh.append(&cube(Vec3::splat(50.0), 10.0)).unwrap();
        repaired.mesh.triangle_indices.pop();
        let repaired = repair(&repaired.mesh, &Monitor::silent()).unwrap();
        assert_eq!(repaired.done, ["1 hole was closed"]);
        assert_eq!(Topology::of(&repaired.mesh).open_edges, 4);
    }
}

#[test]
fn cancel_takes_effect() {
    let cancel = crate::progress::CancelToken::new();
    cancel.cancel();
    assert_eq!(repair(&cube(Vec3::ZERO, 1.0), &Monitor::new(&cancel, &|_| {})), Err(Cancelled));
}
