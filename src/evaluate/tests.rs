//! Figures with known answers.

use glam::{Mat3, Vec3};

use super::*;
use crate::dataset::look::Care;
use crate::dataset::pack::PackedMesh;
use crate::dataset::random::Random;
use crate::dataset::view::View;
use crate::field::ScalarGrid;
use crate::mesh::Mesh;
use crate::progress::Monitor;
use crate::surface;

/// An ellipsoid with these half axes.
fn ellipsoid(half: Vec3) -> Mesh {
    let field = |p: Vec3| ((p / half).length() - 1.0) * half.min_element();
    let grid = ScalarGrid::from_fn([65; 3], Vec3::splat(-1.03), 2.06 / 64.0, field);
    surface::extract(&grid, &Monitor::silent()).unwrap()
}

fn case(truth: &Mesh) -> Case {
    let mesh = PackedMesh::of_mesh(truth).unwrap();
    let view = View::new(0.0, 0.0, 0.0, 0.0).fitted(&mesh.positions).unwrap();
    Case::of_view(&mesh, view, "ball".to_owned(), "round".to_owned(), Care::Clean, &mut Random::new(1, 1))
}

#[test]
fn the_truth_itself_is_perfect_at_any_size_and_place() {
    let ball = ellipsoid(Vec3::splat(0.9));
    let mut result = ball.clone();
    result.transform(|p| p * 37.0 + Vec3::new(5.0, -3.0, 11.0));
    let (scores, placed) = compare(&case(&ball), &result);
    assert!(scores.iou > 0.999 && scores.silhouette > 0.995 && scores.manifold, "{scores:?}");
    assert!(scores.f05 > 0.999 && scores.chamfer < 0.025 && scores.normals > 0.99, "{scores:?}");
    assert!((placed.bounds().unwrap().size() - Vec3::splat(1.8)).abs().max_element() < 0.01);
}

#[test]
fn a_thin_pole_has_its_own_silhouette() {
    // Eleven pixels wide and leaning, so that many pixels of its edges are covered by half.
    let mut pole = block(Vec3::ZERO, Vec3::new(0.0215, 0.9, 0.0215), 0.0);
    pole.transform(|p| Mat3::from_rotation_z(0.05) * p);
    let (scores, _) = compare(&case(&pole), &pole);
    assert!(scores.silhouette > 0.999 && scores.iou > 0.99, "{scores:?}");
}

#[test]
fn a_tip_that_is_a_little_longer_does_not_scale_the_silhouette() {
    let with_tip = |length: f32| {
        let mut mesh = ellipsoid(Vec3::splat(0.5));
        let first = mesh.vertex_positions.len() as u32;
        let tip = [[0.4, 0.0, 0.03], [0.4, 0.03, -0.03], [0.4, -0.03, -0.03], [length, 0.0, 0.0]];
        mesh.vertex_positions.extend(tip.map(Vec3::from_array));
        mesh.triangle_indices
            .extend([[0, 2, 1], [0, 1, 3], [1, 2, 3], [2, 0, 3]].map(|t: [u32; 3]| t.map(|i| i + first)));
        mesh
    };
    let (scores, _) = compare(&case(&with_tip(0.9)), &with_tip(0.94));
    assert!(scores.silhouette > 0.995, "{scores:?}");
}

#[test]
fn half_the_depth_is_half_the_overlap() {
    let ball = ellipsoid(Vec3::splat(0.9));
    let (scores, _) = compare(&case(&ball), &ellipsoid(Vec3::new(0.9, 0.9, 0.45)));
    assert!((scores.iou - 0.5).abs() < 0.01, "{scores:?}");
    assert!(scores.silhouette > 0.99 && scores.f20 < 0.9 && scores.f05 < scores.f10, "{scores:?}");
    assert!((0.1..0.3).contains(&scores.chamfer), "{scores:?}");
}

#[test]
fn distances_are_those_between_the_surfaces() {
    // Two concentric balls cannot be told apart after scaling; two shells of a thick wall can.
    let truth = ellipsoid(Vec3::new(0.9, 0.9, 0.3));
    let mut result = truth.clone();
    result.transform(|p| p * Vec3::new(1.0, 1.0, 2.0));
    let (scores, _) = compare(&case(&truth), &result);
    assert!((scores.iou - 0.5).abs() < 0.01, "{scores:?}");
    let (turned, _) = compare(&case(&truth), &Mesh { vertex_positions: vec![], ..Mesh::default() });
    assert_eq!((turned.iou, turned.f20, turned.silhouette), (0.0, 0.0, 0.0));
}

#[test]
fn the_extruded_silhouette_is_closed_and_fits() {
    let ball = ellipsoid(Vec3::splat(0.9));
    let case = case(&ball);
    let mut table = Table { baseline: Some("extrude".to_owned()), ..Table::default() };
    let folder = tempfile::tempdir().unwrap();
    let cases = [case];
    let made = table.run(&Generator::Extrude, &cases, folder.path(), &Monitor::silent(), |_| {}).unwrap();
    let scores = table.results[0].1[0].scores;
    // A ball in a cylinder of its own height: two thirds, with the pixels of its rim two hundredths less.
    assert!((scores.iou - 2.0 / 3.0).abs() < 0.025 && scores.manifold && scores.silhouette > 0.97, "{scores:?}");
    let text = table.to_text();
    assert!(text.contains("all (1 pictures)") && text.contains("extrude"), "{text}");
    let sheet = contact_sheet(cases.iter().zip(&made));
    assert!(sheet.height() >= SHEET_TILE && sheet.width() >= 9 * SHEET_TILE, "the picture and eight sides");
}

#[test]
fn the_result_is_compared_as_the_viewer_sees_it() {
    // A bump towards the viewer: upside down or turned round it must lose.
    let mut bumped = ellipsoid(Vec3::new(0.9, 0.6, 0.4));
    bumped.transform(|p| if p.z > 0.0 && p.x > 0.3 { p + Vec3::Z * 0.4 * (p.x - 0.3) } else { p });
    let case = case(&bumped);
    let (right, _) = compare(&case, &bumped);
    let mut turned = bumped.clone();
    turned.transform(|p| Mat3::from_cols(Vec3::NEG_X, Vec3::Y, Vec3::NEG_Z) * p);
    let (wrong, _) = compare(&case, &turned);
    assert!(right.iou > 0.99 && wrong.iou < 0.97 && wrong.f05 < right.f05, "{right:?} {wrong:?}");
}

#[test]
fn views_of_an_object_differ_and_stay_the_same() {
    let mesh = PackedMesh::of_mesh(&ellipsoid(Vec3::new(0.9, 0.5, 0.3))).unwrap();
    let object = Object { name: "egg".to_owned(), group: "eggs".to_owned(), number: 3, mesh };
    let [a, b, again] = [0, 1, 0].map(|view| Case::new(&object, view).unwrap());
    assert_eq!(a.picture, again.picture);
    assert_ne!(a.picture, b.picture);
    assert_eq!((a.name.as_str(), a.group.as_str()), ("egg #0", "eggs"));
}

/// A block as a viewer at `1 / converge` on the z axis sees it, what is near drawn larger; 0 is the block itself.
fn block(middle: Vec3, half: Vec3, converge: f32) -> Mesh {
    let quads = [[0, 2, 3, 1], [4, 5, 7, 6], [0, 1, 5, 4], [2, 6, 7, 3], [0, 4, 6, 2], [1, 3, 7, 5]];
    let corner = |k: usize| {
        let p = middle + half * (Vec3::new((k & 1) as f32, (k >> 1 & 1) as f32, (k >> 2 & 1) as f32) * 2.0 - 1.0);
        let near = 1.0 - p.z * converge;
        Vec3::new(p.x / near, p.y / near, p.z)
    };
    Mesh {
        vertex_positions: (0..8).map(corner).collect(),
        triangle_indices: quads.iter().flat_map(|q| [[q[0], q[1], q[2]], [q[0], q[2], q[3]]]).collect(),
        vertex_colors: None,
    }
}

#[test]
fn whatever_perspective_is_undone_the_outline_has_to_be_the_pictures() {
    // A bar well before a pole: how long it looks beside the pole tells how far off the viewer is.
    let cross = |bar: f32, converge: f32| {
        let mut mesh = block(Vec3::ZERO, Vec3::new(0.1, 0.8, 0.1), converge);
        let front = block(Vec3::Z * 0.5, Vec3::new(bar, 0.1, 0.1), converge);
        mesh.triangle_indices.extend(front.triangle_indices.iter().map(|t| t.map(|i| i + 8)));
        mesh.vertex_positions.extend(front.vertex_positions);
        mesh
    };
    let truth = PackedMesh::of_mesh(&cross(0.5, 0.0)).unwrap();
    let view = View::new(0.0, 0.0, 0.0, 0.6).fitted(&truth.positions).unwrap();
    let name = "cross".to_owned();
    let case = Case::of_view(&truth, view, name.clone(), name, Care::Clean, &mut Random::new(1, 1));
    // Undone, by half, and left as it is.
    for left in [0.0, 0.5, 1.0] {
        let (scores, _) = compare(&case, &cross(0.5, left * 0.3f32.tan() * view.scale));
        assert!(scores.silhouette > 0.98, "{left}: {scores:?}");
    }
    // From no distance is a bar that is too short as long as the picture's, and the pole as well.
    let (scores, _) = compare(&case, &cross(0.3, 0.0));
    assert!(scores.silhouette < 0.93, "{scores:?}");
}
