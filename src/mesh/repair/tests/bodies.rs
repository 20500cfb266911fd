//! Bodies that touch, surfaces that are there twice, and triangles that face the wrong way.

use super::*;
use crate::progress::CancelToken;

/// Cubes of 10 that fill a grid of these cells.
fn blocks(cells: impl Iterator<Item = [i32; 3]>) -> Mesh {
    joined(&cells.map(|cell| cube(10.0 * Vec3::from_array(cell.map(|c| c as f32)), 10.0)).collect::<Vec<_>>())
}

#[test]
fn bodies_that_touch_lose_the_walls_between_them() {
    let mended = mend(&blocks([[0, 0, 0], [1, 0, 0]].into_iter()));
    assert_eq!(mended.done, ["4 doubled triangles were removed"]);
    assert_eq!(mended.mesh.triangle_indices.len(), 20);
    assert!((mended.mesh.signed_volume() - 2000.0).abs() < 0.01);
    ready(&mended.mesh);
    let mended = mend(&blocks((0..27).map(|i| [i % 3, i / 3 % 3, i / 9])));
    // One closed surface without a vertex inside.
    assert_eq!((mended.mesh.triangle_indices.len(), mended.mesh.vertex_positions.len()), (108, 56));
    assert!((mended.mesh.signed_volume() - 27_000.0).abs() < 0.1);
    ready(&mended.mesh);
}

#[test]
fn what_is_there_for_both_of_its_sides_stays_for_one() {
    let body = cube(Vec3::ZERO, 10.0);
    let mended = mend(&joined(&[body.clone(), turned(body.clone())]));
    assert_eq!(mended.mesh, body);
    assert_eq!(mended.done, ["12 doubled triangles were removed"]);
    // One side of it alone.
    let side = Mesh { triangle_indices: body.triangle_indices[..2].to_vec(), ..body.clone() };
    let mended = mend(&joined(&[body.clone(), turned(side)]));
    assert_eq!(mended.mesh, body);
    assert_eq!(mended.done, ["2 doubled triangles were removed"]);
}

#[test]
fn the_smaller_part_of_each_piece_is_turned() {
    let whole = joined(&[torus(), cube(Vec3::splat(60.0), 10.0), turned(cube(Vec3::splat(90.0), 10.0))]);
    let mut mesh = whole.clone();
    let mut noise = noise();
    let mut turned = 0;
    for (t, triangle) in mesh.triangle_indices.iter_mut().enumerate() {
        // About a third of the torus, and five triangles of each cube.
        let in_cube = t.checked_sub(torus().triangle_indices.len()).map(|t| t % 12);
        if in_cube.map_or_else(|| noise() > 0.4, |t| t < 5) {
            triangle.swap(1, 2);
            turned += 1;
        }
    }
    assert!(turned > 100);
    assert_eq!(orient::orient(&mut mesh, &Monitor::silent()), Ok(turned));
    assert_eq!(mesh, whole);
    assert_eq!(orient::orient(&mut mesh, &Monitor::silent()), Ok(0));
}

#[test]
fn every_step_looks_whether_it_was_cancelled() {
    let cancel = CancelToken::new();
    cancel.cancel();
    let monitor = Monitor::new(&cancel, &|_| {});
    let two = blocks([[0, 0, 0], [1, 0, 0]].into_iter());
    let mut mesh = two.clone();
    assert_eq!(orient::orient(&mut mesh, &monitor), Err(Cancelled));
    assert_eq!(doubled::drop_doubled(&mut mesh, &monitor), Err(Cancelled));
    assert_eq!(doubled::drop_folds(&mut mesh, &monitor), Err(Cancelled));
    assert_eq!(merge::merge_near(&mut mesh, &monitor), Err(Cancelled));
    assert_eq!(mesh, two);
}
