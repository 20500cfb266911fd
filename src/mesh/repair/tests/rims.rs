//! Ends of pipes that are not flat, and rims of very many corners.

use super::*;

/// A pipe of 20 by 14 over z = 0 to 20 with both ends open, whose upper end is shaped by `top`.
fn pipe(mut top: impl FnMut(Vec3) -> f32) -> Mesh {
    let mut mesh = joined(&[walls(&circle(10.0, 60), 20.0), turned(walls(&circle(7.0, 60), 20.0))]);
    mesh.vertex_positions.iter_mut().filter(|p| p.z > 10.0).for_each(|p| p.z += top(*p));
    mesh
}

#[test]
fn pipes_with_rough_or_curved_ends_keep_their_bores() {
    let area = |radius: f32| 30.0 * radius * radius * (TAU / 60.0).sin();
    let volume = 20.0 * (area(10.0) - area(7.0));
    let mut noise = noise();
    for (mesh, volume) in [
        (pipe(|_| 0.05 * noise()), Some(volume)),
        (pipe(|p| 0.05 * p.x * p.x), None),
        (turned(pipe(|p| 0.1 * p.x)), None),
    ] {
        let mended = mend(&mesh);
        assert_eq!((&mended.done[0][..], mended.left), ("2 holes were closed", None));
        let topology = Topology::of(&mended.mesh);
        let through = mended.mesh.vertex_positions.len() + mended.mesh.triangle_indices.len();
        assert_eq!(through, topology.edges, "one hole goes through it");
        assert_eq!(self_intersections(&mended.mesh, &Monitor::silent()), Ok(Some(Vec::new())));
        ready(&mended.mesh);
        if let Some(volume) = volume {
            assert!((mended.mesh.signed_volume() as f32 / volume - 1.0).abs() < 0.01);
        }
    }
}

#[test]
fn the_ends_of_a_cone_are_closed_each_by_itself() {
    let mut cone = walls(&circle(50.0, 40), 20.0);
    let upper = |p: &&mut Vec3| p.z > 10.0;
    cone.vertex_positions.iter_mut().filter(upper).for_each(|p| (p.x, p.y) = (0.9 * p.x, 0.9 * p.y));
    let mended = mend(&cone);
    assert_eq!(mended.done, ["2 holes were closed"]);
    let area = |radius: f32| 20.0 * radius * radius * (TAU / 40.0).sin();
    let volume = 20.0 / 3.0 * (area(50.0) + area(45.0) + (area(50.0) * area(45.0)).sqrt());
    assert!((mended.mesh.signed_volume() as f32 / volume - 1.0).abs() < 1e-3);
    ready(&mended.mesh);
}

#[test]
fn a_concave_rim_of_thousands_of_corners_is_not_webbed_over() {
    const CORNERS: [[f32; 2]; 8] =
        [[0.0, 0.0], [30.0, 0.0], [30.0, 40.0], [20.0, 40.0], [20.0, 10.0], [10.0, 10.0], [10.0, 40.0], [0.0, 40.0]];
    const PER_SIDE: usize = 520;
    let outline = (0..8 * PER_SIDE).map(|i| {
        let [from, to] = [i / PER_SIDE, i / PER_SIDE + 1].map(|corner| CORNERS[corner % 8]);
        let share = (i % PER_SIDE) as f32 / PER_SIDE as f32;
        [0, 1].map(|axis| from[axis] + (to[axis] - from[axis]) * share)
    });
    let mended = mend(&walls(&outline.collect::<Vec<_>>(), 10.0));
    assert_eq!(mended.done, ["2 holes were closed"]);
    assert!((mended.mesh.area() - 3800.0).abs() < 1.0, "{}", mended.mesh.area());
    assert!((mended.mesh.signed_volume() - 9000.0).abs() < 1.0);
}

#[test]
fn a_rim_that_is_too_long_stays_open_and_is_told() {
    let endless = walls(&circle(10.0, LONGEST_RIM as u32 + 4), 5.0);
    let repaired = repair(&endless, &Monitor::silent()).unwrap();
    assert_eq!(repaired.mesh, endless);
    assert!(repaired.done.is_empty());
    assert_eq!(repaired.left.as_deref(), Some("2 holes stay open, since their rims are too long or tangled"));
}
