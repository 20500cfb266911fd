use super::super::testing::{assert_solid, genus, mesh_of, object, shells};
use super::*;
use crate::mesh::Mesh;
use crate::progress::CancelToken;

fn request(kind: StampKind) -> Request {
    let mut request = Request::default();
    request.stamp.kind = kind;
    request.solid.resolution = Some(96);
    request
}

/// An L with a dot on its right, and a dark line on a bright ground.
fn letter() -> ConditionImage {
    let bar = |p: Vec2, center: Vec2, half: Vec2| ((p - center).abs() - half).max_element();
    let shape = move |p: Vec2| {
        let upright = bar(p, Vec2::new(-0.5, 0.0), Vec2::new(0.2, 0.9));
        let foot = bar(p, Vec2::new(0.0, -0.7), Vec2::new(0.7, 0.2));
        upright.min(foot).min(p.distance(Vec2::new(0.5, 0.3)) - 0.2)
    };
    object(400, shape, |p| if (p.x + 0.5).abs() < 0.05 { 10 } else { 230 })
}

fn ring() -> ConditionImage {
    object(400, |p| (p.length() - 0.7).abs() - 0.2, |_| 200)
}

fn mesh(request: &Request, object: &ConditionImage) -> Mesh {
    mesh_of(stamp(request, object, &Monitor::silent()).unwrap())
}

fn assert_close(found: f32, expected: f32, what: &str) {
    assert!((found - expected).abs() < 0.1, "{what}: {found} for {expected}");
}

#[test]
fn every_kind_is_one_solid_of_exactly_the_size_asked_for() {
    for (kind, default_mm, depth_mm) in
        [(StampKind::Stamp, 50.0, 25.0), (StampKind::CookieCutter, 75.0, 12.0), (StampKind::Keychain, 45.0, 3.8)]
    {
        for object in [letter(), ring()] {
            let mut request = request(kind);
            let plain = mesh(&request, &object);
            assert_solid(&plain);
            assert_eq!(shells(&plain), 1, "{kind:?}");
            let size = plain.bounds().unwrap().size();
            assert_close(size.x.max(size.y), default_mm, "longest side");
            assert_close(size.z, depth_mm, "depth");
            request.size.width_mm = Some(60.0);
            assert_close(mesh(&request, &object).bounds().unwrap().size().x, 60.0, "width");
            request.size.height_mm = Some(40.0);
            let both = mesh(&request, &object).bounds().unwrap().size();
            assert!((both.x - 60.0).abs() < 0.1 || (both.y - 40.0).abs() < 0.1, "{both}");
            assert!(both.x < 60.1 && both.y < 40.1, "{both}");
        }
    }
}

#[test]
fn a_draft_has_fewer_triangles_and_is_as_sound_and_large() {
    for (kind, default_mm) in [(StampKind::Stamp, 50.0), (StampKind::CookieCutter, 75.0), (StampKind::Keychain, 45.0)] {
        let [standard, draft] = [Quality::Standard, Quality::Draft].map(|quality| {
            let mut request = request(kind);
            (request.solid.resolution, request.solid.quality) = (None, quality);
            mesh(&request, &letter())
        });
        let share = draft.triangle_indices.len() as f32 / standard.triangle_indices.len() as f32;
        assert!(share < 0.7, "{kind:?}: {share}");
        assert_solid(&draft);
        assert_eq!(shells(&draft), 1, "{kind:?}");
        let size = draft.bounds().unwrap().size();
        assert_close(size.x.max(size.y), default_mm, "longest side");
    }
}

#[test]
fn a_resolution_that_is_not_kept_is_told() {
    let disc = object(200, |p| p.length() - 0.9, |_| 0);
    for (resolution, notes_expected) in [(Some(32), 1), (Some(256), 0), (None, 0)] {
        let mut request = request(StampKind::Keychain);
        request.solid.resolution = resolution;
        let notes = stamp(&request, &disc, &Monitor::silent()).unwrap().notes;
        assert_eq!(notes.len(), notes_expected, "{resolution:?}: {notes:?}");
        assert!(notes.iter().all(|note| note.contains("not 32: walls of 0.6 mm")), "{notes:?}");
    }
    let mut notes = Vec::new();
    let mut request = request(StampKind::Stamp);
    request.solid.resolution = Some(768);
    spacing_mm(&request, Vec3::new(100.0, 100.0, 40.0), 0.6, &mut notes);
    assert!(notes.len() == 1 && notes[0].contains("not 768: at most 60 million"), "{notes:?}");
}

#[test]
fn a_stamp_is_mirrored_and_its_lines_stand_above_the_plate() {
    let mut request = request(StampKind::Stamp);
    for lines in [true, false] {
        request.stamp.lines = lines;
        let mesh = mesh(&request, &letter());
        let raised: Vec<_> = mesh.vertex_positions.iter().filter(|p| p.z > 1.9).collect();
        assert!(raised.len() > 100);
        // The L's upright is on the left of the picture, so on the right of the stamp.
        let upper: Vec<f32> = raised.iter().filter(|p| p.y > 15.0).map(|p| p.x).collect();
        assert!(!upper.is_empty() && upper.iter().all(|&x| x > 0.0));
    }
    request.stamp.handle_mm = 0.0;
    assert_close(mesh(&request, &letter()).bounds().unwrap().size().z, 5.0, "depth without a grip");
}

#[test]
fn a_dark_area_stands_as_high_as_a_darker_line_beside_it() {
    // A black ring and a navy disc within it.
    let logo = object(
        400,
        |p| (p.length() - 0.6).min((p.length() - 0.87).abs() - 0.03),
        |p| if p.length() > 0.7 { 0 } else { 33 },
    );
    let mesh = mesh(&request(StampKind::Stamp), &logo);
    let top = mesh.bounds().unwrap().max.z;
    let near_center: Vec<f32> = mesh
        .vertex_positions
        .iter()
        .filter(|p| p.truncate().length() < 5.0)
        .map(|p| p.z)
        .filter(|&z| z > 0.5)
        .collect();
    assert!(!near_center.is_empty() && near_center.iter().all(|z| (z - top).abs() < 0.1), "{near_center:?}");
}

#[test]
fn a_plate_reaches_its_margin_beyond_the_corners_of_the_picture_too() {
    let mut request = request(StampKind::Stamp);
    request.stamp.handle_mm = 0.0;
    request.stamp.plate_mm = 2.9;
    request.stamp.lines = false;
    // How far the mesh reaches between two heights towards the corner, as x + y.
    let reach = |mesh: &Mesh, low: f32, high: f32| {
        let layer = mesh.vertex_positions.iter().filter(|p| (low..high).contains(&p.z));
        layer.map(|p| p.x + p.y).fold(0.0, f32::max)
    };
    let square = object(400, |p| p.abs().max_element() - 0.8, |_| 30);
    for margin in [0.0, 3.0] {
        request.stamp.margin_mm = margin;
        let mesh = mesh(&request, &square);
        assert_solid(&mesh);
        // Less what a cell and a pixel take off a sharp corner.
        let raised = reach(&mesh, 1.7, 2.1);
        assert!(raised > 2.0 * (25.0 - margin) - 0.7, "margin {margin}: the picture ends at {raised}");
        // An arc of the margin's radius around the corner of the picture.
        let plate = reach(&mesh, -3.1, -0.5);
        let expected = 2.0 * (25.0 - margin) + std::f32::consts::SQRT_2 * margin;
        assert!(plate > expected - if margin > 0.0 { 0.1 } else { 0.7 }, "margin {margin}: {plate} for {expected}");
    }
    // Where there is nothing in the corners they are round: 15 % of 50 mm.
    let disc = mesh(&request, &object(400, |p| p.length() - 0.8, |_| 30));
    assert_close(reach(&disc, -3.1, -0.5), 50.0 - (2.0 - std::f32::consts::SQRT_2) * 7.5, "round corner");
}

/// The corners of a star, in turn 0.9 and `inner` from its centre, the first at the top.
fn polygon(count: usize, inner: f32) -> Vec<Vec2> {
    let turn = std::f32::consts::TAU / count as f32;
    let radius = |k: usize| if k.is_multiple_of(2) { 0.9 } else { inner };
    (0..count).map(|k| radius(k) * Vec2::from_angle(std::f32::consts::FRAC_PI_2 + turn * k as f32)).collect()
}

/// Signed distance to the polygon with these corners.
fn to_polygon(p: Vec2, corners: &[Vec2]) -> f32 {
    let (mut nearest, mut is_inside) = (f32::INFINITY, false);
    for (k, &a) in corners.iter().enumerate() {
        let side = corners[(k + 1) % corners.len()] - a;
        let share = ((p - a).dot(side) / side.length_squared()).clamp(0.0, 1.0);
        nearest = nearest.min((p - a - share * side).length());
        let is_beside = (a.y > p.y) != (a.y + side.y > p.y);
        is_inside ^= is_beside && p.x < a.x + (p.y - a.y) / side.y * side.x;
    }
    if is_inside { -nearest } else { nearest }
}

#[test]
fn a_sharp_corner_gets_no_knob() {
    const SCALE: f32 = 20.0;
    let star = polygon(10, 0.9 * 0.382);
    // Of six corners three lie on the sides.
    let triangle = polygon(6, 0.45);
    // As a cutter and as a keychain widen it.
    for (polygon, half_width) in [(&star, 1.5), (&star, 0.3), (&triangle, 1.5), (&triangle, 0.3)] {
        let shape = Shape::of(&object(400, |p| to_polygon(p, polygon), |_| 60), false).unwrap();
        let region = shape.region(SCALE, 0.24, 1.0, half_width, &Monitor::silent()).unwrap();
        let ny = region.lattice.samples_per_axis[1];
        for (k, _) in region.distances.iter().enumerate().filter(|(_, distance)| **distance < 0.0) {
            let point = region.lattice.position(k / ny, k % ny);
            let beyond = SCALE * to_polygon(point / SCALE, polygon);
            assert!(beyond < 0.2, "{half_width}: {beyond} mm beyond the outline at {point}");
        }
        // From the top downward it never gets narrower.
        let width = |y: f32| (-100..=100).filter(|&x| region.distance_at(Vec2::new(0.05 * x as f32, y)) < 0.0).count();
        let widths: Vec<usize> = (1..8).map(|step| width(18.0 - 0.75 * step as f32)).collect();
        assert!(widths.is_sorted() && widths[6] > widths[0] && widths[1] > 0, "{half_width}: {widths:?}");
    }
}

#[test]
fn a_stalk_is_widened_also_where_it_ends_in_a_fillet() {
    // 0.6 mm wide for 3 mm, then up to 3 mm wide within 2.5 mm.
    let half = |y: f32| 0.3 + 1.2 * ((14.5 - y) / 2.5).clamp(0.0, 1.0);
    let apple = |p: Vec2| {
        let p = 20.0 * p;
        (p.length() - 12.0).min((p.x.abs() - half(p.y)).max(p.y - 17.5).max(-p.y)) / 20.0
    };
    let shape = Shape::of(&object(800, apple, |_| 60), false).unwrap();
    let region = shape.region(20.0, 0.24, 1.0, 1.5, &Monitor::silent()).unwrap();
    for y in [15.0, 16.0, 16.5] {
        let depth = region.distance_at(Vec2::new(0.0, y));
        assert!(depth < -1.3, "{y}: {depth}");
    }
}

#[test]
fn a_cutter_is_open_inside_and_its_blade_is_thinner_than_its_wall() {
    let request = request(StampKind::CookieCutter);
    let mesh = mesh(&request, &object(400, |p| p.length() - 0.9, |_| 0));
    assert_solid(&mesh);
    assert_eq!(genus(&mesh), 1);
    let width_at = |low: f32, high: f32| {
        let radii: Vec<f32> =
            mesh.vertex_positions.iter().filter(|p| (low..high).contains(&p.z)).map(|p| p.x.hypot(p.y)).collect();
        radii.iter().copied().fold(0.0, f32::max) - radii.iter().copied().fold(f32::INFINITY, f32::min)
    };
    assert!((width_at(0.5, 2.5) - 4.6).abs() < 0.15, "rim {}", width_at(0.5, 2.5));
    assert!((width_at(4.0, 6.5) - 1.6).abs() < 0.15, "wall {}", width_at(4.0, 6.5));
    assert!((0.3..0.75).contains(&width_at(11.7, 12.1)), "blade {}", width_at(11.7, 12.1));
}

#[test]
fn a_hole_in_a_cookie_is_filled_and_far_parts_are_joined() {
    let donut = mesh(&request(StampKind::CookieCutter), &ring());
    assert_eq!((shells(&donut), genus(&donut)), (1, 1));
    let apart = object(400, |p| (p.abs() - Vec2::new(0.75, 0.0)).length() - 0.15, |_| 0);
    for kind in [StampKind::CookieCutter, StampKind::Keychain] {
        let mesh = mesh(&request(kind), &apart);
        assert_solid(&mesh);
        assert_eq!(shells(&mesh), 1, "{kind:?}");
    }
}

#[test]
fn holes_and_gaps_that_a_cutter_leaves_out_are_told() {
    // Teeth of 1 mm with gaps of 1 mm, on a back.
    let comb = |p: Vec2| {
        let tooth = (p.x - (p.x / 0.06).round() * 0.06).abs() - 0.015;
        let back = (p - Vec2::new(0.0, -0.6)).abs() - Vec2::new(0.855, 0.1);
        tooth.max(p.x.abs() - 0.855).max(p.y.abs() - 0.6).min(back.max_element())
    };
    let heart = |p: Vec2| {
        let lobes = Vec2::new(p.x.abs() - 0.4, p.y - 0.3).length() - 0.42;
        lobes.min((0.75 * p.x.abs() - 0.66 * p.y - 0.4).max(p.y - 0.3))
    };
    let told = |object: &ConditionImage| stamp(&request(StampKind::CookieCutter), object, &Monitor::silent()).unwrap();
    let notes = told(&ring()).notes;
    assert!(notes.iter().any(|note| note.contains("holes are not cut")), "{notes:?}");
    let notes = told(&object(400, comb, |_| 0)).notes;
    assert!(notes.iter().any(|note| note.contains("narrower than 1.6 mm")), "{notes:?}");
    // A star has thin parts.
    let star = |p: Vec2| to_polygon(p, &polygon(10, 0.9 * 0.382));
    for object in [object(400, heart, |_| 0), object(400, star, |_| 0), letter()] {
        let notes = told(&object).notes;
        assert!(!notes.iter().any(|note| note.contains("not cut")), "{notes:?}");
    }
}

#[test]
fn a_bay_behind_a_narrow_gap_gets_no_wall_of_its_own() {
    // About 1 mm wide: a slit into the middle of a ring, and the gaps in a wreath of dots.
    let slit = |p: Vec2| ((p.length() - 0.6).abs() - 0.25).max(if p.x > 0.0 { 0.014 - p.y.abs() } else { -1.0 });
    let wreath = |p: Vec2| {
        let dots = (0..17).map(|dot| Vec2::from_angle(std::f32::consts::TAU * dot as f32 / 17.0) * 0.6);
        dots.map(|dot| p.distance(dot) - 0.1).fold(p.distance(Vec2::new(0.0, 0.9)) - 0.05, f32::min)
    };
    for object in [object(400, slit, |_| 0), object(400, wreath, |_| 0)] {
        let mesh = mesh(&request(StampKind::CookieCutter), &object);
        assert_solid(&mesh);
        assert_eq!(shells(&mesh), 1);
        let size = mesh.bounds().unwrap().size();
        assert_close(size.x.max(size.y), 75.0, "longest side");
    }
}

#[test]
fn a_cutter_has_a_wall_above_its_rim_or_is_refused() {
    let mut request = request(StampKind::CookieCutter);
    let disc = object(200, |p| p.length() - 0.9, |_| 0);
    let depth = |request: &Request| {
        stamp(request, &disc, &Monitor::silent()).map(|solid| mesh_of(solid).bounds().unwrap().size().z)
    };
    request.stamp.plate_mm = 20.0;
    assert!(depth(&request).unwrap() > 25.0);
    for (plate_mm, height_mm) in [(20.0, 20.0), (3.0, 1.0)] {
        (request.stamp.plate_mm, request.stamp.height_mm) = (plate_mm, Some(height_mm));
        assert!(matches!(depth(&request), Err(CraftError::Order { .. })), "{height_mm}");
    }
    request.stamp.height_mm = Some(4.0);
    assert_close(depth(&request).unwrap(), 4.0, "depth");
}

#[test]
fn a_keychain_has_a_hole_through_its_tab_and_keeps_the_holes_of_a_ring() {
    let mut request = request(StampKind::Keychain);
    let disc = object(400, |p| p.length() - 0.9, |_| 60);
    assert_eq!(genus(&mesh(&request, &disc)), 1);
    assert_eq!(genus(&mesh(&request, &ring())), 2);
    request.stamp.hole_mm = 0.0;
    assert_eq!(genus(&mesh(&request, &disc)), 0);
    // Without a margin and on a spike, the tab still hangs on.
    request.stamp.hole_mm = 4.0;
    request.stamp.margin_mm = 0.0;
    let spike = object(
        400,
        |p| (p.length() - 0.4).min((p - Vec2::new(0.0, 0.45)).abs().max_element().max(p.x.abs() * 20.0 + p.y - 0.9)),
        |_| 0,
    );
    let mesh = mesh(&request, &spike);
    assert_solid(&mesh);
    assert_eq!((shells(&mesh), genus(&mesh)), (1, 1));
}

#[test]
fn a_ring_that_leaves_no_room_is_told_as_what_it_is() {
    let mut request = request(StampKind::Keychain);
    (request.stamp.hole_mm, request.stamp.margin_mm, request.size.width_mm) = (12.0, 0.0, Some(12.0));
    let disc = object(400, |p| p.length() - 0.9, |_| 60);
    let error = stamp(&request, &disc, &Monitor::silent()).map(|_| ()).unwrap_err();
    assert_eq!(error, CraftError::NoRoomBesideRing { tab_mm: 16.0 });
}

#[test]
fn it_is_bounded_repeatable_and_refuses_what_cannot_be() {
    let mut request = request(StampKind::CookieCutter);
    let make = |request: &Request| stamp(request, &letter(), &Monitor::silent());
    assert!(make(&request) == make(&request));
    let box_mm = Vec3::new(1900.0, 1900.0, 40.0);
    let mut notes = Vec::new();
    let spacing = spacing_mm(&request, box_mm, 0.4, &mut notes);
    assert!(notes.iter().any(|note| note.contains("not 0.4 mm")), "{notes:?}");
    assert!((box_mm / spacing).element_product() < 1.05 * MAX_SAMPLES);
    request.stamp.blade_mm = 2.0;
    assert!(matches!(make(&request), Err(CraftError::Order { .. })));
    request.stamp.blade_mm = 0.6;
    request.size.depth_mm = Some(5.0);
    assert!(matches!(make(&request), Err(CraftError::DepthIsSet { .. })));
    request.size.depth_mm = None;
    request.size.width_mm = Some(6.0);
    assert!(matches!(make(&request), Err(CraftError::TooSmall { .. })));
    request.size.width_mm = None;
    let empty = object(64, |_| 1.0, |_| 0);
    assert_eq!(stamp(&request, &empty, &Monitor::silent()), Err(CraftError::Empty));
    let token = CancelToken::new();
    token.cancel();
    let monitor = Monitor::new(&token, &|_| {});
    assert!(matches!(stamp(&request, &letter(), &monitor), Err(CraftError::Cancelled(_))));
}
