use super::super::testing::{assert_solid, genus};
use super::*;
use crate::mesh::Mesh;
use image::{Rgba, RgbaImage};

fn picture(width: u32, height: u32, grey: impl Fn(u32, u32) -> u8) -> Picture {
    let pixels = RgbaImage::from_fn(width, height, |x, y| {
        let v = grey(x, y);
        Rgba([v, v, v, 255])
    });
    Picture { pixels, has_alpha: false }
}

fn request(change: impl Fn(&mut LithophaneParams)) -> Request {
    let mut request = Request::default();
    request.lithophane.pitch_mm = 0.5;
    change(&mut request.lithophane);
    request
}

fn mesh(request: &Request, picture: &Picture) -> Mesh {
    match lithophane(request, picture, &Monitor::silent()).unwrap().body {
        Body::Mesh(mesh) => mesh,
        Body::Field(_) => unreachable!(),
    }
}

fn assert_close(found: f32, expected: f32, what: &str) {
    assert!((found - expected).abs() < 0.1, "{what}: {found} for {expected}");
}

#[test]
fn a_grey_ramp_gets_monotone_thickness_from_exactly_max_to_exactly_min() {
    for half_value in [0.0, 0.4, 0.75] {
        let params = LithophaneParams { half_value_mm: half_value, ..LithophaneParams::default() };
        let thickness: Vec<f32> = (0..=100).map(|y| thickness_mm(y as f32 / 100.0, &params)).collect();
        assert_eq!((thickness[0], thickness[100]), (params.max_mm, params.min_mm));
        assert!(thickness.windows(2).all(|w| w[0] > w[1]));
    }
    // Half the light of the thinnest part needs one half value when the pane can go black.
    let deep = LithophaneParams { max_mm: 10.0, half_value_mm: 0.5, ..LithophaneParams::default() };
    assert!((thickness_mm(0.5, &deep) - (deep.min_mm + 0.5)).abs() < 1e-3);
}

#[test]
fn a_flat_pane_has_the_size_asked_for_and_its_pixels_where_they_belong() {
    // Four columns: black, white, grey, black; one dark pixel row on top.
    let stripes = picture(40, 30, |x, y| if y < 5 { 0 } else { [0, 255, 128, 0][x as usize / 10] });
    let mut request = request(|p| (p.stand, p.border_mm) = (false, 4.0));
    request.size.width_mm = Some(48.0);
    let mesh = mesh(&request, &stripes);
    assert_solid(&mesh);
    let size = mesh.bounds().unwrap().size();
    assert_close(size.x, 48.0, "width");
    assert_close(size.y, 38.0, "height");
    assert_close(size.z, 3.2, "depth");
    // Picture 40 × 30 mm, one mm per pixel, from (4, 4).
    let thickness_at = |x: f32, y: f32| {
        let here = mesh.vertex_positions.iter().filter(|p| (p.x - x).abs() < 0.26 && (p.y - y).abs() < 0.26);
        here.map(|p| p.z).fold(0.0, f32::max)
    };
    for (x, y, expected) in [
        (2.0, 20.0, 3.2),
        (9.0, 12.0, 3.2),
        (19.0, 12.0, 0.8),
        (29.0, 12.0, thickness_mm(0.2158605, &request.lithophane)),
        (39.0, 12.0, 3.2),
        (19.0, 31.0, 3.2),
    ] {
        assert!((thickness_at(x, y) - expected).abs() < 0.01, "({x}, {y}): {}", thickness_at(x, y));
    }
}

#[test]
fn a_stand_is_part_of_one_solid_and_of_the_height() {
    let mut request = request(|p| p.stand = true);
    request.size.height_mm = Some(80.0);
    let solid = lithophane(&request, &picture(30, 40, |x, _| x as u8 * 8), &Monitor::silent()).unwrap();
    assert_eq!(solid.pose, Pose::Standing);
    let mesh = mesh(&request, &picture(30, 40, |x, _| x as u8 * 8));
    assert_solid(&mesh);
    assert_eq!(genus(&mesh), 0);
    let bounds = mesh.bounds().unwrap();
    assert_close(bounds.size().y, 80.0, "height");
    assert_close(bounds.size().z, 16.0, "depth of the foot");
    // The pane stands in the middle of its foot.
    assert_close(bounds.max.z - request.lithophane.max_mm, -bounds.min.z, "overhang");
}

#[test]
fn bent_panes_have_the_width_asked_for_and_a_cylinder_is_closed() {
    let photo = picture(60, 40, |x, y| (x * 4 + y) as u8);
    for (shape, handles) in [(LithophaneShape::Curved, 0), (LithophaneShape::Cylinder, 1)] {
        for (border, angle) in [(3.0, 90.0), (0.0, 90.0), (0.0, 270.0), (2.0, 270.0)] {
            let mut request = request(|p| (p.shape, p.border_mm, p.angle_deg) = (shape, border, angle));
            request.size.width_mm = Some(60.0);
            let mesh = mesh(&request, &photo);
            assert_solid(&mesh);
            assert_eq!(genus(&mesh), handles);
            assert_close(mesh.bounds().unwrap().size().x, 60.0, "width");
            request.size.width_mm = None;
            request.size.height_mm = Some(50.0);
            assert_close(super::tests::mesh(&request, &photo).bounds().unwrap().size().y, 50.0, "height");
        }
    }
}

#[test]
fn every_part_of_a_cylinder_is_as_thick_as_it_should_be() {
    let request = request(|p| (p.shape, p.border_mm) = (LithophaneShape::Cylinder, 2.0));
    let mesh = mesh(&request, &picture(64, 32, |x, _| if x < 32 { 0 } else { 255 }));
    let radii: Vec<f32> = mesh.vertex_positions.iter().map(|p| p.x.hypot(p.z)).collect();
    let inner = radii.iter().copied().filter(|r| *r > 1.0).fold(f32::INFINITY, f32::min);
    let outer = radii.iter().copied().fold(0.0, f32::max);
    assert!((outer - inner - 3.2).abs() < 0.02, "{inner} {outer}");
    // The right half of the picture is white, and lies at +x.
    let middle = mesh.bounds().unwrap().center().y;
    let right = mesh.vertex_positions.iter().zip(&radii).filter(|(p, _)| p.x > 5.0 && (p.y - middle).abs() < 3.0);
    let right = right.map(|(_, r)| *r).fold(0.0, f32::max);
    assert!((right - inner - 0.8).abs() < 0.02, "{}", right - inner);
}

#[test]
fn contradictions_are_refused_and_the_pitch_is_bounded() {
    let grey = picture(8, 8, |_, _| 90);
    let make = |request: &Request| lithophane(request, &grey, &Monitor::silent());
    let swapped = request(|p| (p.min_mm, p.max_mm) = (3.0, 1.0));
    assert!(matches!(make(&swapped), Err(CraftError::Order { .. })));
    let mut deep = request(|_| ());
    deep.size.depth_mm = Some(10.0);
    assert!(matches!(make(&deep), Err(CraftError::DepthIsSet { .. })));
    let mut narrow = request(|p| p.border_mm = 20.0);
    narrow.size.width_mm = Some(30.0);
    assert!(matches!(make(&narrow), Err(CraftError::TooSmall { .. })));
    let mut huge = request(|p| p.pitch_mm = 0.05);
    huge.size.width_mm = Some(1500.0);
    let solid = make(&huge).unwrap();
    assert!(solid.notes.len() == 1 && solid.notes[0].contains("not 0.05 mm"), "{:?}", solid.notes);
    let Body::Mesh(mesh) = solid.body else { unreachable!() };
    assert!(mesh.triangle_indices.len() < 2_300_000);
    assert_eq!(make(&request(|_| ())).unwrap().notes, Vec::<String>::new());
}
