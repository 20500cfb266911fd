use super::super::testing::{assert_solid, genus, mesh_of, object};
use super::*;
use crate::progress::CancelToken;
use image::{Rgba, RgbaImage};

fn request(change: impl Fn(&mut Request)) -> Request {
    let mut request = Request::default();
    request.solid.resolution = Some(64);
    change(&mut request);
    request
}

fn picture(width: u32, height: u32, pixel: impl Fn(u32, u32) -> [u8; 4]) -> Picture {
    let pixels = RgbaImage::from_fn(width, height, |x, y| Rgba(pixel(x, y)));
    let has_alpha = pixels.pixels().any(|p| p[3] < 255);
    Picture { pixels, has_alpha }
}

fn on_plate(request: &Request, picture: &Picture) -> Mesh {
    mesh_of(relief(request, picture, None, &Monitor::silent()).unwrap())
}

fn height_at(mesh: &Mesh, x: f32, y: f32) -> f32 {
    let corner = mesh.bounds().unwrap().min;
    let distance = |p: &Vec3| (p.x - corner.x - x).hypot(p.y - corner.y - y) - p.z * 1e-3;
    mesh.vertex_positions.iter().min_by(|a, b| distance(a).total_cmp(&distance(b))).unwrap().z
}

fn assert_close(found: f32, expected: f32, what: &str) {
    assert!((found - expected).abs() < 0.1, "{what}: {found} for {expected}");
}

#[test]
fn a_plate_has_its_size_and_bright_is_high_unless_inverted() {
    let halves = picture(120, 60, |x, _| if x < 60 { [0, 0, 0, 255] } else { [255, 255, 255, 255] });
    for (invert, left, right) in [(false, 2.0, 7.0), (true, 7.0, 2.0)] {
        let mut request = request(|r| r.relief.invert = invert);
        request.size.width_mm = Some(60.0);
        let mesh = on_plate(&request, &halves);
        assert_solid(&mesh);
        let size = mesh.bounds().unwrap().size();
        for (found, expected) in size.to_array().into_iter().zip([60.0, 30.0, 7.0]) {
            assert_close(found, expected, "size");
        }
        assert_close(height_at(&mesh, 10.0, 15.0), left, "left");
        assert_close(height_at(&mesh, 50.0, 15.0), right, "right");
    }
}

#[test]
fn a_border_is_part_of_the_size_and_as_high_as_the_relief() {
    let dark = picture(100, 100, |x, _| if x == 50 { [255; 4] } else { [0, 0, 0, 255] });
    let request = request(|r| r.relief.border_mm = 5.0);
    let mesh = on_plate(&request, &dark);
    assert_solid(&mesh);
    let size = mesh.bounds().unwrap().size();
    assert_close(size.x, 80.0, "width");
    assert_close(height_at(&mesh, 2.0, 40.0), 7.0, "border");
    assert_close(height_at(&mesh, 15.0, 40.0), 2.0, "picture");
}

#[test]
fn one_colour_is_a_plain_plate_and_a_depth_is_kept() {
    let grey = picture(30, 30, |_, _| [128, 128, 128, 255]);
    let plain = on_plate(&request(|_| ()), &grey);
    assert_solid(&plain);
    assert_close(plain.bounds().unwrap().size().z, 2.0, "plain");
    let ramp = picture(60, 60, |x, _| [x as u8 * 4, 0, 0, 255]);
    let mut deep = request(|_| ());
    deep.size.depth_mm = Some(14.0);
    assert_close(on_plate(&deep, &ramp).bounds().unwrap().size().z, 14.0, "depth");
}

#[test]
fn around_an_object_the_plate_is_bare_and_the_object_bulges() {
    let disc = picture(200, 200, |x, y| {
        let inside = (x as f32 - 100.0).hypot(y as f32 - 100.0) < 60.0;
        [90, 90, 90, if inside { 255 } else { 0 }]
    });
    let mesh = on_plate(&request(|_| ()), &disc);
    assert_solid(&mesh);
    assert_close(height_at(&mesh, 4.0, 4.0), 2.0, "plate");
    assert_close(height_at(&mesh, 40.0, 40.0), 7.0, "middle of the object");
    assert!(height_at(&mesh, 40.0, 22.0) < 6.0);
    let colors = mesh.vertex_colors.as_ref().unwrap();
    assert!(colors.contains(&[255; 3]) && colors.contains(&[90; 3]));
}

#[test]
fn a_free_standing_relief_follows_the_outline_and_keeps_its_hole() {
    let ring = object(300, |p| (p.length() - 0.6).abs() - 0.3, |p| if p.x > 0.0 { 220 } else { 40 });
    let request = request(|r| {
        r.relief.plate = ReliefBase::Outline;
        r.size.height_mm = Some(50.0);
    });
    let nothing = picture(1, 1, |_, _| [0; 4]);
    let solid = relief(&request, &nothing, Some(&ring), &Monitor::silent()).unwrap();
    assert_eq!(solid.pose, Pose::Lying);
    let mesh = mesh_of(solid);
    assert_solid(&mesh);
    assert_eq!(genus(&mesh), 1);
    let size = mesh.bounds().unwrap().size();
    assert_close(size.x, 50.0, "width");
    assert_close(size.y, 50.0, "height");
    assert_close(size.z, 7.0, "depth");
    assert_eq!(relief(&request, &nothing, None, &Monitor::silent()), Err(CraftError::NeedsCutOut));
    let empty = object(64, |_| 1.0, |_| 0);
    assert_eq!(relief(&request, &nothing, Some(&empty), &Monitor::silent()), Err(CraftError::Empty));
}

fn cut_along(outline: &ConditionImage, size: SizeParams) -> Mesh {
    let request = request(|r| (r.relief.plate, r.size) = (ReliefBase::Outline, size));
    let nothing = picture(1, 1, |_, _| [0; 4]);
    mesh_of(relief(&request, &nothing, Some(outline), &Monitor::silent()).unwrap())
}

/// Signed distance to an upright rectangle.
fn bar(p: Vec2, center: Vec2, half: Vec2) -> f32 {
    ((p - center).abs() - half).max_element()
}

#[test]
fn thin_tips_are_widened_beyond_the_outline_and_the_relief_stays_closed() {
    // Tips of 0.13 mm in the finished relief on all four sides, widened by many cells.
    let star = object(
        300,
        |p| {
            let spikes = bar(p, Vec2::ZERO, Vec2::new(0.9, 0.012)).min(bar(p, Vec2::ZERO, Vec2::new(0.012, 0.9)));
            spikes.min(p.length() - 0.4)
        },
        |p| if p.x > 0.0 { 220 } else { 40 },
    );
    let mesh = cut_along(&star, SizeParams { height_mm: Some(10.0), ..SizeParams::default() });
    assert_solid(&mesh);
    assert!((mesh.bounds().unwrap().size().y - 10.0).abs() < 1e-3);
}

#[test]
fn a_free_standing_relief_has_exactly_the_size_asked_for_whatever_was_widened() {
    // A thick bar from bottom to top, and a thin one across it that becomes longer when widened.
    let cross = object(
        300,
        |p| bar(p, Vec2::ZERO, Vec2::new(0.15, 0.8)).min(bar(p, Vec2::ZERO, Vec2::new(0.9, 0.012))),
        |p| if p.y > 0.0 { 220 } else { 40 },
    );
    let size = |width_mm, height_mm, scale| SizeParams { width_mm, height_mm, scale, ..SizeParams::default() };
    for (size, axis, expected) in [
        (size(None, Some(10.0), 1.0), 1, 10.0),
        (size(None, Some(10.0), 1.5), 1, 15.0),
        (size(Some(10.0), None, 1.0), 0, 10.0),
        (size(Some(50.0), Some(10.0), 1.0), 1, 10.0),
        (size(Some(10.0), Some(50.0), 1.0), 0, 10.0),
        (size(None, None, 1.0), 0, 80.0),
    ] {
        let mesh = cut_along(&cross, size);
        assert_solid(&mesh);
        let found = mesh.bounds().unwrap().size()[axis];
        assert!((found - expected).abs() < 1e-3, "{size:?}: {found}");
    }
}

#[test]
fn it_stops_when_cancelled_and_large_plates_stay_within_bounds() {
    let token = CancelToken::new();
    token.cancel();
    let ramp = picture(64, 64, |x, y| [x as u8 * 3, y as u8 * 2, 0, 255]);
    let cancelled = relief(&request(|_| ()), &ramp, None, &Monitor::new(&token, &|_| {}));
    assert!(matches!(cancelled, Err(CraftError::Cancelled(_))));
    let finest = request(|r| r.solid.resolution = Some(768));
    assert!(on_plate(&finest, &ramp).triangle_indices.len() < 2_300_000);
}
