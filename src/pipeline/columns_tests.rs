//! The way through the model inside the program.

use image::{Rgba, RgbaImage};

use super::studio::Studio;
use super::*;
use crate::request::{HiddenSide, Mode, Model};

/// A picture of a block, twice as high as wide.
fn block(_: u32) -> RgbaImage {
    RgbaImage::from_fn(60, 90, |x, y| {
        let is_inside = (10..50).contains(&x) && (5..85).contains(&y);
        Rgba([(4 * x) as u8, (2 * y) as u8, 120, if is_inside { 255 } else { 0 }])
    })
}

#[test]
fn a_flat_back_lies_on_the_bed_as_that_of_an_inflated_figure_does() {
    let studio = Studio::new(|_| (), "", block);
    let mut request = Request { mode: Mode::Model, ..Request::default() };
    request.model.model = Model::Columns;
    request.model.field_of_view_deg = Some(0.0);
    request.solid.resolution = Some(64);
    request.size.height_mm = Some(40.0);
    let cache = studio.cache("cache");
    let size = |request: &Request| studio.run(request, &cache).unwrap().report.size_mm;
    let [_, _, high] = size(&request);
    assert!((high - 40.0).abs() < 0.05 && !request.lies_flat(), "{high}");
    request.model.hidden_side = HiddenSide::Flat;
    let mut inflated = Request { mode: Mode::Inflate, ..request };
    inflated.inflate.back = 0.0;
    for lying in [&request, &inflated] {
        let [wide, on_bed, _] = size(lying);
        let is_right = (on_bed - 40.0).abs() < 0.05 && (wide - 20.0).abs() < 1.0;
        assert!(is_right && lying.lies_flat(), "{wide} {on_bed}");
    }
    // The depth of the solid is its height on the bed.
    (request.size.height_mm, request.size.depth_mm) = (None, Some(7.0));
    let [_, _, high] = size(&request);
    assert!((high - 7.0).abs() < 0.05, "{high}");
}
