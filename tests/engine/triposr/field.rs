//! Density and colour at points.

use burn::tensor::TensorData;
use glam::Vec3;
use orfeas::engine::Tensor;
use orfeas::engine::models::triposr::field::{EvaluationError, FieldValue, SceneField};
use orfeas::progress::Cancelled;

use super::decoder;
use crate::support::{Vectors, device};

pub fn values(scene: &SceneField, points: &[Vec3]) -> Vec<FieldValue> {
    let mut values = vec![FieldValue::default(); points.len()];
    scene.evaluate(points, &mut values, &mut |_| Ok(())).unwrap();
    values
}

/// Largest relative difference, which must stay below 1e-4.
pub fn expect_densities(name: &str, found: impl Iterator<Item = f32>, expected: &[f32]) {
    let errors = found.zip(expected).map(|(a, b)| (a - b).abs() / b.abs());
    let worst = errors.fold(0.0, f32::max);
    eprintln!("{name} differs by {worst:.2e} of its value (tolerance 1e-4)");
    assert!(worst <= 1e-4, "{name}: {worst}");
}

#[test]
fn points_have_the_density_and_colour_of_the_reference() {
    let Some(v) = Vectors::open("triposr/field") else { return };
    let decoder = decoder(&v);
    let scene = decoder.scene(v.tensor("in.scene_code")).unwrap();
    let points: Vec<Vec3> = v.floats("in.positions").chunks_exact(3).map(Vec3::from_slice).collect();
    let features = scene.features(&points);
    v.expect("triplane_features", &features, 1e-4);
    let outputs = decoder.forward(features).to_data().to_vec::<f32>().unwrap();
    // Both ways: with the device's own operations, and as points are evaluated where this runs.
    let by_steps: Vec<FieldValue> =
        outputs.chunks_exact(4).map(|n| FieldValue { density: n[0], color: [n[1], n[2], n[3]] }).collect();
    for found in [by_steps, values(&scene, &points)] {
        v.expect_floats("out.density", &found.iter().map(|f| f.density).collect::<Vec<_>>(), 1e-4);
        v.expect_floats("out.features", &found.iter().flat_map(|f| f.color).collect::<Vec<_>>(), 1e-4);
        v.expect_floats("out.color", &found.iter().flat_map(FieldValue::rgb).collect::<Vec<_>>(), 1e-4);
        expect_densities("density_act", found.iter().map(|f| scene.activated(f)), &v.floats("out.density_act"));
    }
}

#[test]
fn many_points_are_evaluated_in_turn_and_can_be_stopped() {
    let Some(v) = Vectors::open("triposr/field") else { return };
    let decoder = decoder(&v);
    let scene = decoder.scene(v.tensor("in.scene_code")).unwrap();
    let point =
        |i: usize| Vec3::new((i % 37) as f32 / 20.0 - 0.9, (i % 41) as f32 / 23.0 - 0.9, (i % 7) as f32 / 4.0 - 0.9);
    let points: Vec<Vec3> = (0..70_001).map(point).collect();
    let all = values(&scene, &points);
    let single = values(&scene, &points[70_000..]);
    assert!((all[70_000].density - single[0].density).abs() < 1e-5);
    let (mut calls, mut values) = (0, vec![FieldValue::default(); points.len()]);
    let stopped = scene.evaluate(&points, &mut values, &mut |_| {
        calls += 1;
        Err(Cancelled)
    });
    assert_eq!((stopped, calls), (Err(EvaluationError::Cancelled(Cancelled)), 1));
}

#[test]
fn scenes_of_another_model_are_told() {
    let Some(v) = Vectors::open("triposr/field") else { return };
    let decoder = decoder(&v);
    let [planes, channels, rows, columns] = v.tensor::<4>("in.scene_code").dims();
    for shape in [[planes, channels + 1, rows, columns], [planes + 1, channels, rows, columns]] {
        let count = shape.iter().product();
        let codes = Tensor::<4>::from_data(TensorData::new(vec![0.0_f32; count], shape), &device());
        assert!(matches!(decoder.scene(codes), Err(EvaluationError::Channels { .. })));
    }
}
