//! Looking for what a printer would stumble over.

use rayon::prelude::*;

use super::report::{Defect, DefectKind, Report};
use crate::mesh::intersect::self_intersections;
use crate::mesh::nesting::{Role, roles};
use crate::mesh::topology::{self, Shell, Topology, is_degenerate};
use crate::mesh::weld::weld;
use crate::mesh::{Mesh, MeshError};
use crate::progress::{Cancelled, Monitor, Stage};

const STEPS: u64 = 5;

/// Looks at `mesh` (print space, mm) as a slicer would: vertices at equal positions are one vertex.
///
/// An ill-formed mesh (indices out of range, positions that are no numbers, a size beyond `f32`) is
/// reported as such and not looked into.
///
/// # Errors
/// [`Cancelled`].
pub fn check(mesh: &Mesh, monitor: &Monitor) -> Result<Report, Cancelled> {
    monitor.step(Stage::Check, 0, STEPS)?;
    match mesh.validate() {
        // A triangle that names a vertex twice is counted below, with the others without area.
        Ok(()) | Err(MeshError::RepeatedVertex(_)) => {}
        Err(error) => return Ok(malformed(error.to_string())),
    }
    let size_mm = mesh.bounds().map_or([0.0; 3], |bounds| bounds.size().to_array());
    if !size_mm.iter().all(|side| side.is_finite()) {
        return Ok(malformed("the mesh is too large to be measured".to_owned()));
    }
    let welded = weld(mesh);
    monitor.step(Stage::Check, 1, STEPS)?;
    let found = Topology::analyse(&welded, monitor)?;
    monitor.step(Stage::Check, 2, STEPS)?;
    let roles = roles(&welded, &found, monitor)?;
    monitor.step(Stage::Check, 3, STEPS)?;
    let duplicates = duplicate_faces(&welded, &found);
    let crossing = self_intersections(&welded, monitor)?;
    monitor.step(Stage::Check, STEPS - 1, STEPS)?;
    let count = |role| roles.iter().filter(|&&r| r == role).count() as u64;
    let collapsed = mesh.triangle_indices.len() - welded.triangle_indices.len();
    let report = Report {
        malformed: None,
        print_ready: false,
        triangles: mesh.triangle_indices.len() as u64,
        vertices: welded.vertex_positions.len() as u64,
        size_mm,
        volume_cm3: volume_mm3(&found, &roles) / 1e3,
        area_cm2: found.shells.iter().map(|shell| shell.area).sum::<f64>() / 1e2,
        shells: found.shells.len() as u64,
        voids: count(Role::Void),
        nested_shells: count(Role::Nested),
        inward_shells: count(Role::Inward),
        open_edges: found.open_edges as u64,
        nonmanifold_edges: found.nonmanifold_edges as u64,
        flipped_edges: found.flipped_edges as u64,
        nonmanifold_vertices: found.nonmanifold_vertices as u64,
        zero_area_faces: (collapsed + found.degenerate_triangles) as u64,
        left_out_faces: 0,
        file_notes: Vec::new(),
        encloses_nothing: found.open_edges == 0 && !found.shells.is_empty() && found.shells.iter().all(Shell::is_flat),
        duplicate_faces: duplicates.len() as u64,
        self_intersecting_faces: crossing.as_ref().map(|faces| faces.len() as u64),
        defects: defects(&welded, &found, &roles, &duplicates, crossing.as_deref().unwrap_or_default()),
    };
    monitor.step(Stage::Check, STEPS, STEPS)?;
    Ok(Report { print_ready: report.problems().is_empty(), ..report })
}

fn malformed(why: String) -> Report {
    Report { malformed: Some(why), ..Report::default() }
}

/// What the shells enclose together: what lies in another piece's material is counted with that.
fn volume_mm3(found: &Topology, roles: &[Role]) -> f64 {
    let counted = found.shells.iter().zip(roles).filter(|(_, role)| **role != Role::Nested);
    counted.map(|(shell, _)| shell.signed_volume).sum()
}

/// Triangles whose corners another triangle before them has as well, in ascending order.
fn duplicate_faces(mesh: &Mesh, found: &Topology) -> Vec<u32> {
    // A duplicate either shares an edge with a third triangle or makes a shell of two.
    if found.nonmanifold_edges == 0 && found.shells.iter().all(|shell| shell.triangle_count != 2) {
        return Vec::new();
    }
    let mut keys: Vec<([u32; 3], u32)> =
        (mesh.triangle_indices.par_iter().zip(0u32..mesh.triangle_indices.len() as u32))
            .map(|(corners, triangle)| {
                let mut corners = *corners;
                corners.sort_unstable();
                (corners, triangle)
            })
            .collect();
    keys.par_sort_unstable();
    let mut duplicates: Vec<u32> = keys.windows(2).filter(|w| w[0].0 == w[1].0).map(|w| w[1].1).collect();
    duplicates.sort_unstable();
    duplicates
}

fn defects(mesh: &Mesh, found: &Topology, roles: &[Role], duplicates: &[u32], crossing: &[u32]) -> Vec<Defect> {
    let mut defects: Vec<Defect> =
        found.samples.iter().map(|d| Defect { kind: kind(d.kind), position_mm: d.position }).collect();
    let middle = |triangle: usize| (mesh.triangle(triangle).iter().sum::<glam::Vec3>() / 3.0).to_array();
    let mut add = |kind, triangles: &mut dyn Iterator<Item = usize>| {
        let sample = |triangle| Defect { kind, position_mm: middle(triangle) };
        defects.extend(triangles.take(topology::MAX_SAMPLES).map(sample));
    };
    if found.degenerate_triangles > 0 {
        let mut flat = (0..mesh.triangle_indices.len()).filter(|&t| is_degenerate(mesh.triangle(t)));
        add(DefectKind::ZeroAreaFace, &mut flat);
    }
    add(DefectKind::DuplicateFace, &mut duplicates.iter().map(|&t| t as usize));
    add(DefectKind::SelfIntersection, &mut crossing.iter().map(|&t| t as usize));
    let inward = found.shells.iter().zip(roles).filter(|(_, role)| **role == Role::Inward);
    add(DefectKind::InwardShell, &mut inward.map(|(shell, _)| shell.first_triangle as usize));
    defects
}

fn kind(kind: topology::DefectKind) -> DefectKind {
    match kind {
        topology::DefectKind::OpenEdge => DefectKind::OpenEdge,
        topology::DefectKind::NonmanifoldEdge => DefectKind::NonmanifoldEdge,
        topology::DefectKind::FlippedEdge => DefectKind::FlippedEdge,
        topology::DefectKind::NonmanifoldVertex => DefectKind::NonmanifoldVertex,
    }
}

#[cfg(test)]
mod tests {
    use glam::Vec3;

    use super::*;

    /// A cube of 20 mm that stands on z = 0 at `x`.
    fn cube(x: f32) -> Mesh {
        sized(Vec3::new(x, 0.0, 10.0), 10.0)
    }

    fn sized(center: Vec3, half: f32) -> Mesh {
        let sign = |bit: u32| if bit == 1 { half } else { -half };
        let corner = |i: u32| center + Vec3::new(sign(i & 1), sign(i >> 1 & 1), sign(i >> 2 & 1));
        let quads = [[0, 4, 6, 2], [1, 3, 7, 5], [0, 1, 5, 4], [2, 6, 7, 3], [0, 2, 3, 1], [4, 5, 7, 6]];
        Mesh {
            vertex_positions: (0..8).map(corner).collect(),
            triangle_indices: quads.iter().flat_map(|&[a, b, c, d]| [[a, b, c], [a, c, d]]).collect(),
            vertex_colors: None,
        }
    }

    fn turned(mut mesh: Mesh) -> Mesh {
        mesh.triangle_indices.iter_mut().for_each(|t| t.swap(0, 1));
        mesh
    }

    fn joined(parts: &[Mesh]) -> Mesh {
        let mut mesh = Mesh::default();
        parts.iter().for_each(|part| mesh.append(part).unwrap());
        mesh
    }

    fn checked(mesh: &Mesh) -> Report {
        let report = check(mesh, &Monitor::silent()).unwrap();
        let json = serde_json::to_string(&report).unwrap();
        assert_eq!(serde_json::from_str::<Report>(&json).unwrap(), report, "it survives JSON");
        assert_eq!(report.is_print_ready(), report.problems().is_empty());
        report
    }

    /// Checks `mesh`, which must have the one problem that `words` tell of, with a place for it.
    fn problem(mesh: &Mesh, words: &str, kind: DefectKind) -> Report {
        let report = checked(mesh);
        let [problem] = &report.problems()[..] else { panic!("{report}") };
        assert!(problem.contains(words), "{problem}");
        assert!(report.to_string().starts_with("Not ready") && report.to_string().contains(words));
        assert!(report.defects.iter().any(|defect| defect.kind == kind), "{:?}", report.defects);
        report
    }

    #[test]
    fn a_cube_is_ready_and_measured() {
        let report = checked(&cube(0.0));
        assert!(report.is_print_ready() && report.notes().is_empty(), "{report}");
        assert_eq!((report.triangles, report.vertices, report.shells), (12, 8, 1));
        assert_eq!((report.size_mm, report.volume_cm3, report.area_cm2), ([20.0; 3], 8.0, 24.0));
        assert!(report.to_string().contains("20.0 × 20.0 × 20.0 mm"), "{report}");
        // As an STL reader gets it: every triangle on its own.
        let soup = Mesh {
            vertex_positions: (0..12).flat_map(|t| cube(0.0).triangle(t)).collect(),
            triangle_indices: (0..12).map(|t| [3 * t, 3 * t + 1, 3 * t + 2]).collect(),
            vertex_colors: None,
        };
        assert_eq!(checked(&soup), report);
    }

    #[test]
    fn a_hole_is_found() {
        let mut mesh = cube(0.0);
        mesh.triangle_indices.pop();
        let report = problem(&mesh, "3 open edges", DefectKind::OpenEdge);
        assert_eq!(report.open_edges, 3);
        assert!(!report.to_string().contains("PLA"), "{report}");
    }

    #[test]
    fn a_flipped_face_is_found() {
        let mut mesh = cube(0.0);
        mesh.triangle_indices[4].swap(0, 1);
        assert_eq!(problem(&mesh, "wind against", DefectKind::FlippedEdge).flipped_edges, 3);
    }

    #[test]
    fn what_is_inside_out_is_found_and_a_hollow_is_not_that() {
        let report = problem(&turned(cube(0.0)), "1 piece that is inside out", DefectKind::InwardShell);
        assert!(report.known_volume_cm3().is_none() && !report.to_string().contains("PLA"), "{report}");
        let apart = joined(&[cube(0.0), turned(cube(50.0))]);
        assert_eq!(problem(&apart, "inside out", DefectKind::InwardShell).inward_shells, 1);
        let hollow = checked(&joined(&[cube(0.0), turned(sized(Vec3::new(0.0, 0.0, 10.0), 8.0))]));
        assert!(hollow.is_print_ready(), "{hollow}");
        assert_eq!((hollow.shells, hollow.voids, hollow.inward_shells), (2, 1, 0));
        assert!((hollow.volume_cm3 - 3.904).abs() < 1e-6);
        assert_eq!(hollow.pieces(), 1);
        assert!(hollow.notes().iter().any(|note| note.contains("drain hole")), "{hollow}");
        // A body in the hollow of a body is a body.
        let center = Vec3::new(0.0, 0.0, 10.0);
        let rattle = checked(&joined(&[cube(0.0), turned(sized(center, 8.0)), sized(center, 3.0)]));
        assert_eq!((rattle.voids, rattle.nested_shells, rattle.inward_shells), (1, 0, 0));
    }

    #[test]
    fn bodies_that_touch_at_an_edge_or_a_point_are_found() {
        let edge = joined(&[cube(0.0), sized(Vec3::new(20.0, 20.0, 10.0), 10.0)]);
        assert_eq!(problem(&edge, "more than two faces", DefectKind::NonmanifoldEdge).nonmanifold_edges, 1);
        let point = joined(&[cube(0.0), sized(Vec3::new(20.0, 20.0, 30.0), 10.0)]);
        assert_eq!(problem(&point, "at a point only", DefectKind::NonmanifoldVertex).nonmanifold_vertices, 1);
        assert!(checked(&edge).only_touches() && checked(&point).only_touches());
        assert!(!checked(&turned(cube(0.0))).only_touches() && !checked(&cube(0.0)).only_touches());
    }

    #[test]
    fn separate_and_nested_bodies_print() {
        let two = checked(&joined(&[cube(0.0), cube(50.0)]));
        assert!(two.is_print_ready() && two.shells == 2, "{two}");
        assert!(two.notes().iter().any(|note| note.starts_with("2 separate pieces")), "{two}");
        let nested = checked(&joined(&[cube(0.0), sized(Vec3::new(1.0, 0.0, 10.0), 2.0)]));
        assert_eq!((nested.is_print_ready(), nested.nested_shells), (true, 1), "{nested}");
    }

    #[test]
    fn pieces_that_overlap_do_not_come_off_one_by_one_and_their_volume_is_not_told_as_theirs() {
        let report = checked(&joined(&[cube(0.0), sized(Vec3::new(7.0, 5.0, 11.0), 10.0)]));
        assert!(report.self_intersecting_faces.is_some_and(|count| count > 0), "{report}");
        assert!(report.notes().iter().all(|note| !note.contains("separate pieces")), "{report}");
        assert!(report.to_string().contains("up to 16.0 cm³"), "{report}");
    }

    #[test]
    fn what_lies_inside_another_piece_is_not_counted_twice() {
        let inside = |parts: &[Mesh]| {
            let report = checked(&joined(parts));
            assert!(
                report.is_print_ready() && report.notes().iter().all(|note| !note.contains("separate")),
                "{report}"
            );
            assert!((report.volume_cm3 - 8.0).abs() < 0.01, "{report}");
            (report.nested_shells, report.voids)
        };
        let center = Vec3::new(1.0, 2.0, 10.0);
        assert_eq!(inside(&[cube(0.0), sized(center, 5.0)]), (1, 0));
        assert_eq!(inside(&[sized(center, 5.0), cube(0.0)]), (1, 0), "the other order");
        assert_eq!(inside(&[cube(0.0), sized(Vec3::new(5.0, 0.0, 10.0), 5.0)]), (1, 0), "against the wall");
        assert_eq!(inside(&[cube(0.0), cube(0.001)]), (1, 0), "nearly the same");
        // What is around it fills its hollow.
        assert_eq!(inside(&[cube(0.0), sized(center, 5.0), turned(sized(center, 3.0))]), (2, 0));
    }

    #[test]
    fn what_touches_or_overlaps_another_piece_is_not_inside_it() {
        let beside = |shift: Vec3, half: f32| {
            let report = checked(&joined(&[cube(0.0), sized(Vec3::new(0.0, 0.0, 10.0) + shift, half)]));
            assert!(report.is_print_ready() && report.nested_shells == 0, "{shift}: {report}");
            assert_eq!(report.pieces(), 2, "{shift}: {report}");
            assert!((report.volume_cm3 - 8.0 - 8e-3 * f64::from(half).powi(3)).abs() < 1e-6, "{shift}: {report}");
            report.self_intersecting_faces
        };
        for axis in Vec3::AXES {
            for side in [-1.0, 1.0] {
                assert_eq!(beside(15.0 * side * axis, 5.0), Some(0), "resting against it");
                assert_ne!(beside(10.0 * side * axis + Vec3::new(1.0, 2.0, 1.5), 5.0), Some(0), "half in it");
            }
        }
        assert_eq!(beside(Vec3::splat(5.0), 10.0), Some(12));
    }

    #[test]
    fn lids_of_many_spokes_do_not_keep_crossing_faces_from_being_found() {
        let corners = 2000;
        let at = |i: u32, z: f32| {
            let (sin, cos) = (std::f32::consts::TAU * i as f32 / corners as f32).sin_cos();
            Vec3::new(40.0 * cos, 40.0 * sin, z)
        };
        let mut wheel = Mesh {
            vertex_positions: vec![Vec3::ZERO, 10.0 * Vec3::Z],
            triangle_indices: Vec::new(),
            vertex_colors: None,
        };
        wheel.vertex_positions.extend((0..corners).flat_map(|i| [at(i, 0.0), at(i, 10.0)]));
        for i in 0..corners {
            let [a, b] = [i, (i + 1) % corners].map(|i| 2 * i + 2);
            wheel.triangle_indices.extend([[0, b, a], [1, a + 1, b + 1], [a, b, b + 1], [a, b + 1, a + 1]]);
        }
        let report = checked(&joined(&[wheel, cube(100.0), sized(Vec3::new(105.0, 5.0, 15.0), 10.0)]));
        assert_eq!((report.self_intersecting_faces, report.is_print_ready()), (Some(12), true), "{report}");
        assert!(report.notes().iter().any(|note| note.starts_with("12 faces that pass through")), "{report}");
    }

    #[test]
    fn what_is_too_tangled_to_look_into_is_told() {
        let spike = |i: u32| {
            let angle = i as f32;
            let tip = Vec3::new(angle.cos(), angle.sin(), (0.7 * angle).sin());
            [tip, -tip, 0.1 * Vec3::new(tip.y, tip.z, tip.x)]
        };
        let tangle = Mesh {
            vertex_positions: (0..3000).flat_map(spike).collect(),
            triangle_indices: (0..3000).map(|t| [3 * t, 3 * t + 1, 3 * t + 2]).collect(),
            vertex_colors: None,
        };
        let is_told = |report: &Report| report.notes().iter().any(|note| note.contains("were not looked for"));
        let report = checked(&tangle);
        assert!(report.self_intersecting_faces.is_none() && is_told(&report), "{report}");
        assert!(!is_told(&checked(&cube(0.0))));
    }

    #[test]
    fn faces_without_area_and_doubled_faces_are_found() {
        let mut collapsed = cube(0.0);
        collapsed.triangle_indices.push([0, 0, 1]);
        let report = checked(&collapsed);
        assert_eq!((report.zero_area_faces, report.is_print_ready()), (1, false));
        // A corner on an edge, with the face beside it split so that the surface stays closed.
        let mut split = cube(0.0);
        let [a, b, c] = split.triangle_indices[0];
        let middle = split.triangle(0)[0].midpoint(split.triangle(0)[1]);
        split.vertex_positions.push(middle);
        split.triangle_indices.splice(0..1, [[a, 8, c], [8, b, c], [a, b, 8]]);
        assert_eq!(problem(&split, "1 face without area", DefectKind::ZeroAreaFace).zero_area_faces, 1);
        let mut doubled = cube(0.0);
        doubled.triangle_indices.push(doubled.triangle_indices[3]);
        let report = checked(&doubled);
        assert_eq!((report.duplicate_faces, report.nonmanifold_edges), (1, 3), "{report}");
    }

    #[test]
    fn no_volume_is_told_of_what_is_there_twice() {
        let twice = checked(&joined(&[cube(0.0), cube(0.0)]));
        // The top again, along its other diagonal.
        let mut lid = cube(0.0);
        lid.triangle_indices.extend([[4, 5, 6], [5, 7, 6]]);
        let lid = checked(&lid);
        for report in [&twice, &lid] {
            assert!(report.known_volume_cm3().is_none() && !report.to_string().contains("PLA"), "{report}");
            assert!(report.notes().iter().all(|note| !note.contains("thinner")), "{report}");
        }
    }

    #[test]
    fn the_size_is_judged_by_the_room_of_the_printer_that_is_named() {
        let report = checked(&cube(0.0));
        let [width, depth, height] = report.size_mm;
        let is_too_large =
            |room: [f32; 3]| report.notes_for(room).iter().any(|n| n.contains("larger than the printer"));
        assert!(!is_too_large([width, depth, height]));
        for room in [[0.9 * width, depth, height], [width, 0.9 * depth, height], [width, depth, 0.9 * height]] {
            assert!(is_too_large(room), "{room:?}");
        }
    }

    #[test]
    fn a_surface_around_nothing_is_not_ready() {
        // A square from below, and from above as a fan around its middle.
        let at = |x: f32, y: f32| Vec3::new(x, y, 0.3 * x - 0.7 * y);
        let sheet = Mesh {
            vertex_positions: vec![at(0.0, 0.0), at(30.0, 0.0), at(30.0, 30.0), at(0.0, 30.0), at(15.0, 15.0)],
            triangle_indices: vec![[0, 2, 1], [0, 3, 2], [0, 1, 4], [1, 2, 4], [2, 3, 4], [3, 0, 4]],
            vertex_colors: None,
        };
        let report = checked(&sheet);
        let [problem] = &report.problems()[..] else { panic!("{report}") };
        assert!(problem.contains("encloses nothing") && report.encloses_nothing && !report.is_print_ready());
        // A foil of a tenth of a millimetre is thin, but it is something.
        let mut foil = cube(0.0);
        foil.transform(|p| p * Vec3::new(10.0, 10.0, 0.005));
        assert!(checked(&foil).is_print_ready());
        assert!(checked(&joined(&[cube(0.0), turned(cube(50.0))])).problems().len() == 1, "each encloses something");
    }

    #[test]
    fn a_mesh_too_large_for_its_numbers_is_not_ready() {
        let huge = sized(Vec3::ZERO, 3e38);
        assert!(huge.validate().is_ok());
        let report = checked(&huge);
        assert!(!report.is_print_ready() && report.problems()[0].contains("too large"), "{report}");
    }

    #[test]
    fn implausible_sizes_are_noted() {
        let notes = |scale: Vec3| {
            let mut mesh = cube(0.0);
            mesh.transform(|p| p * scale);
            checked(&mesh).notes().join("; ")
        };
        assert!(notes(Vec3::splat(20.0)).contains("larger than a common printer"));
        assert!(notes(Vec3::splat(0.1)).contains("smaller than 5 mm"));
        assert!(notes(Vec3::new(1.0, 1.0, 0.01)).contains("thinner than one line"));
    }

    #[test]
    fn an_ill_formed_mesh_is_reported_and_a_cancelled_check_stops() {
        let mut mesh = cube(0.0);
        mesh.triangle_indices[0][0] = 99;
        let report = checked(&mesh);
        assert!(report.problems()[0].contains("vertex 99") && !report.is_print_ready());
        let token = crate::progress::CancelToken::new();
        token.cancel();
        assert_eq!(check(&cube(0.0), &Monitor::new(&token, &|_| {})), Err(Cancelled));
    }
}
