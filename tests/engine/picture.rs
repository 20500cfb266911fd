//! From a picture to what the models look at.

use image::RgbaImage;
use orfeas::image::processor::{ImageProcessor, ProcessedImage};
use orfeas::request::Side;

use crate::support::Vectors;

/// A recorded picture; one without alpha is opaque.
fn picture(v: &Vectors, name: &str) -> RgbaImage {
    let shape = v.shape(name);
    let levels: Vec<u8> = v.ints(name).into_iter().map(|n| n as u8).collect();
    let pixels = levels.chunks_exact(shape[2]).flat_map(|p| [p[0], p[1], p[2], *p.get(3).unwrap_or(&255)]).collect();
    RgbaImage::from_raw(shape[1] as u32, shape[0] as u32, pixels).unwrap()
}

fn processor(v: &Vectors, size_px: usize) -> ImageProcessor {
    ImageProcessor { size_px, border_ratio: v.config()["border_ratio"].as_f64().unwrap() }
}

/// At most one level off in at most 5 % of the samples; by far fewer here.
fn expect_levels(v: &Vectors, name: &str, found: &[f32], level: f32) {
    let expected = v.floats(name);
    assert_eq!(found.len(), expected.len(), "{name}");
    let differences: Vec<f32> = found.iter().zip(&expected).map(|(a, b)| (a - b).abs()).filter(|d| *d > 1e-6).collect();
    let worst = differences.iter().copied().fold(0.0, f32::max);
    let share = differences.len() as f64 / found.len() as f64;
    eprintln!("{name}: {:.4} % differ, by {worst} (tolerance 5 %, {level})", 100.0 * share);
    assert!(worst <= level && share <= 0.05, "{name}: {share} differ, by up to {worst}");
}

fn expect_exactly(v: &Vectors, name: &str, found: &[u8]) {
    let expected: Vec<u8> = v.ints(name).into_iter().map(|n| n as u8).collect();
    assert!(found == expected, "{name} differs");
}

fn levels(levels: &[u8]) -> Vec<f32> {
    levels.iter().map(|&n| f32::from(n)).collect()
}

#[test]
fn pictures_are_prepared_as_by_the_reference() {
    let Some(v) = Vectors::open("hunyuan3d21/image_processor") else { return };
    let sizes: Vec<usize> =
        v.config()["sizes"].as_array().unwrap().iter().map(|n| n.as_u64().unwrap() as usize).collect();
    let mut compared = 0;
    let names: Vec<String> = v.names_below("in.").map(str::to_owned).collect();
    for name in names {
        let (image, out) = (picture(&v, &format!("in.{name}")), |part: &str| format!("out.{name}.{part}"));
        let recentered = processor(&v, 1).recenter(&image).unwrap();
        expect_exactly(&v, &out("recenter"), &recentered.rgb);
        for size in &sizes {
            if !v.has(&out(&format!("image{size}_u8"))) {
                continue;
            }
            let ProcessedImage { rgb, .. } = processor(&v, *size).process(&image).unwrap();
            expect_levels(&v, &out(&format!("image{size}_u8")), &levels(&rgb), 1.0);
            compared += 1;
        }
        for size in sizes.iter().filter(|size| v.has(&out(&format!("image{size}")))) {
            let processed = processor(&v, *size).process(&image).unwrap();
            expect_levels(&v, &out(&format!("image{size}")), &processed.image_tensor(), 0.0079);
        }
    }
    assert!(compared > 0);
}

#[test]
fn several_views_have_the_numbers_of_the_reference_and_are_prepared_each_by_itself() {
    let Some(v) = Vectors::open("hunyuan3d2/image_processor_mv") else { return };
    let further = [Side::Left, Side::Back, Side::Right].map(|side| (side.view_number(), side.name()));
    let size = v.config()["size"].as_u64().unwrap() as usize;
    let (mut numbers, mut images) = (Vec::new(), Vec::new());
    for (number, name) in [(0, "front")].into_iter().chain(further) {
        let name = format!("in.{name}");
        if v.has(&name) {
            numbers.push(number as i64);
            images.extend(processor(&v, size).process(&picture(&v, &name)).unwrap().image_tensor());
        }
    }
    assert_eq!(numbers, v.ints("out.view_idxs"));
    expect_levels(&v, "out.image", &images, 0.0079);
}
