//! The picture before the network.

use orfeas::engine::models::triposr::picture::{ModelPicture, center_foreground, resize};

use crate::support::Vectors;

fn levels(v: &Vectors, name: &str) -> Vec<u8> {
    v.ints(name).into_iter().map(|level| level as u8).collect()
}

#[test]
fn pictures_are_prepared_to_the_level() {
    let Some(v) = Vectors::open("triposr/preprocess") else { return };
    let ratio = v.config()["ratio"].as_f64().unwrap();
    let shape = v.shape("in.rgba");
    let (rgba, size) = (levels(&v, "in.rgba"), [shape[0], shape[1]]);
    let foreground = center_foreground(&rgba, size, ratio).unwrap();
    assert_eq!([foreground.side_px; 2], v.shape("out.foreground")[..2]);
    assert_eq!(foreground.rgba, levels(&v, "out.foreground"));
    assert_eq!(foreground.on_grey(), levels(&v, "out.composited_u8"));
    let sizes: Vec<usize> = v.names_below("out.resized_").map(|side| side.parse().unwrap()).collect();
    assert!(!sizes.is_empty());
    for side in sizes {
        let picture = ModelPicture::prepare(&rgba, size, ratio, side).unwrap();
        v.expect_floats(&format!("out.resized_{side}"), &picture.rgb, 1e-6);
    }
}

#[test]
fn the_same_size_changes_nothing() {
    let rgb: Vec<f32> = (0..7 * 7 * 3).map(|i| i as f32 / 147.0).collect();
    assert_eq!(resize(&rgb, [7, 7], 7), rgb);
}
