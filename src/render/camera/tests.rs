//! Properties of cameras.

use super::*;

const BOUNDS: Bounds = Bounds { min: Vec3::new(-20.0, -10.0, 0.0), max: Vec3::new(30.0, 15.0, 80.0) };

fn cameras() -> impl Iterator<Item = Camera> {
    let views = NamedView::ALL.iter().map(|&named| View::from(named));
    let views = views.chain([View::from_degrees(200.0, -35.0), View::from_degrees(77.0, 60.0)]);
    views.flat_map(|view| Projection::ALL.iter().map(move |&p| Camera::fit(BOUNDS, view, p, [320, 200])))
}

#[test]
fn pixels_rays_and_clip_space_agree() {
    for camera in cameras() {
        let point = Vec3::new(12.0, 3.0, 44.0);
        let pixel = camera.pixel_from_world(point).unwrap();
        assert!((0.0..1.0).contains(&pixel.z), "between near and far: {pixel}");
        let (origin, direction) = camera.ray_in_world(pixel.truncate());
        let along = (point - origin).dot(direction);
        assert!((origin + direction * along - point).length() < 0.01, "{camera:?}");
    }
}

#[test]
fn a_fitted_camera_sees_everything_and_nearly_fills_its_picture() {
    for camera in cameras() {
        let corner = |i: usize| Vec3::new((i & 1) as f32, (i >> 1 & 1) as f32, (i >> 2) as f32);
        let corners = (0..8).map(|i| camera.pixel_from_world(BOUNDS.min + BOUNDS.size() * corner(i)).unwrap());
        let (mut low, mut high) = (Vec2::INFINITY, Vec2::NEG_INFINITY);
        for pixel in corners {
            assert!((0.0..1.0).contains(&pixel.z));
            (low, high) = (low.min(pixel.truncate()), high.max(pixel.truncate()));
        }
        assert!(low.min_element() >= 0.0 && high.x <= 320.0 && high.y <= 200.0, "{low} {high}");
        let share = (high - low) / Vec2::new(320.0, 200.0);
        assert!(share.max_element() > 0.85, "{share}");
    }
}

#[test]
fn named_views_look_where_they_say() {
    let right_and_up = |named: NamedView| {
        let camera = Camera::fit(BOUNDS, named.into(), Projection::Orthographic, [100, 100]);
        let inverse = camera.view_from_world().inverse();
        (inverse.transform_vector3(Vec3::X).round(), inverse.transform_vector3(Vec3::Y).round())
    };
    assert_eq!(right_and_up(NamedView::Front), (Vec3::X, Vec3::Z));
    assert_eq!(right_and_up(NamedView::Back), (-Vec3::X, Vec3::Z));
    assert_eq!(right_and_up(NamedView::Left), (-Vec3::Y, Vec3::Z));
    assert_eq!(right_and_up(NamedView::Right), (Vec3::Y, Vec3::Z));
    assert_eq!(right_and_up(NamedView::Top), (Vec3::X, Vec3::Y));
    assert_eq!(right_and_up(NamedView::Bottom), (Vec3::X, -Vec3::Y));
}

#[test]
fn zooming_keeps_the_point_under_the_pointer() {
    for mut camera in cameras() {
        let point = BOUNDS.center() + Vec3::new(4.0, 2.0, 9.0);
        let before = camera.pixel_from_world(point).unwrap().truncate();
        camera.zoom(1.7, before, Some(point));
        let after = camera.pixel_from_world(point).unwrap().truncate();
        assert!((before - after).length() < 0.05, "{before} {after}");
    }
}

#[test]
fn panning_moves_the_target_with_the_pointer() {
    for mut camera in cameras() {
        let target = camera.pose().target;
        let before = camera.pixel_from_world(target).unwrap().truncate();
        camera.pan(Vec2::new(25.0, -12.0));
        let after = camera.pixel_from_world(target).unwrap().truncate();
        assert!((after - before - Vec2::new(25.0, -12.0)).length() < 0.05, "{before} {after}");
    }
}

#[test]
fn turning_stops_at_the_poles_and_starts_there_again() {
    let mut camera = Camera::fit(BOUNDS, NamedView::Top.into(), Projection::Perspective, [100, 100]);
    camera.orbit(Vec2::new(0.0, 500.0));
    assert!(camera.clip_from_world().is_finite());
    let elevation = camera.pose().view.elevation;
    camera.orbit(Vec2::new(0.0, -3.0));
    assert!(camera.pose().view.elevation < elevation);
}

#[test]
fn switching_the_projection_keeps_the_size_at_the_target() {
    let mut camera = Camera::fit(BOUNDS, NamedView::Front.into(), Projection::Perspective, [300, 300]);
    let up = camera.pose().target + Vec3::Z * 10.0;
    let before = camera.pixel_from_world(up).unwrap();
    camera.set_projection(Projection::Orthographic);
    assert!((camera.pixel_from_world(up).unwrap() - before).truncate().length() < 0.01);
}

#[test]
fn blended_poses_take_the_short_way() {
    let pose = |azimuth_deg| Pose { target: Vec3::ZERO, view: View::from_degrees(azimuth_deg, 0.0), distance_mm: 1.0 };
    let half = pose(170.0).lerp(pose(-170.0), 0.5);
    assert!((half.view.direction() - View::from_degrees(180.0, 0.0).direction()).length() < 1e-3);
}

#[test]
fn a_floor_far_larger_than_the_object_is_not_cut_off() {
    let small = Bounds { min: Vec3::new(-5.0, -5.0, 0.0), max: Vec3::new(5.0, 5.0, 10.0) };
    for camera in cameras() {
        let mut camera = Camera::fit(small, camera.pose().view, camera.projection(), camera.size_px());
        camera.set_floor(Some([300.0, 200.0]));
        for corner in [(-150.0, -100.0), (150.0, -100.0), (150.0, 100.0), (-150.0, 100.0)] {
            // Those behind the eye are in no picture.
            if let Some(pixel) = camera.pixel_from_world(Vec3::new(corner.0, corner.1, 0.0)) {
                assert!((0.0..=1.0).contains(&pixel.z), "{corner:?} of {camera:?}: {pixel}");
            }
        }
    }
}

#[test]
fn a_floor_far_from_the_object_or_far_larger_does_not_cut_it_off() {
    let around = |center: Vec3, side: f32| Bounds { min: center - 0.5 * side, max: center + 0.5 * side };
    let far_off = [Vec3::new(1e6, 0.0, 0.0), Vec3::new(5e5, 5.2e6, 300.0)].map(|center| around(center, 40.0));
    for bounds in far_off.into_iter().chain([around(Vec3::Z * 0.005, 0.01)]) {
        for camera in cameras() {
            let mut camera = Camera::fit(bounds, camera.pose().view, camera.projection(), camera.size_px());
            camera.set_floor(Some([220.0, 220.0]));
            for point in [bounds.min, bounds.center(), bounds.max] {
                let pixel = camera.pixel_from_world(point).unwrap();
                assert!((0.0..=1.0).contains(&pixel.z), "{point} of {camera:?}: {pixel}");
            }
        }
    }
}
