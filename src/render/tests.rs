//! Properties of pictures that a user would notice.
//!
//! They need a graphics adapter; Mesa's software Vulkan will do. Without one they say that they were
//! skipped, or fail where `ORFEAS_REQUIRE_GPU=1` is set.

use glam::Vec3;
use image::{Rgba, RgbaImage};

use super::*;
use crate::mesh::Mesh;

/// `None`, and a word about it, where there is no adapter.
fn gpu() -> Option<Gpu> {
    match Gpu::new_headless() {
        Ok(gpu) => Some(gpu),
        Err(RenderError::NoAdapter) if std::env::var_os("ORFEAS_REQUIRE_GPU").is_none_or(|v| v != "1") => {
            eprintln!("skipped: no graphics adapter");
            None
        }
        Err(error) => panic!("{error}"),
    }
}

fn maker(mesh: &Mesh) -> Option<StillMaker> {
    Some(StillMaker::with_gpu(gpu()?, &PreparedMesh::new(mesh).unwrap()).unwrap())
}

/// Nothing but the object, seen from the front to scale.
fn bare(shading: Shading) -> StillOptions {
    let ground = Ground { shadow: false, ..Ground::default() };
    StillOptions {
        size_px: [200, 200],
        view: NamedView::Front.into(),
        projection: Projection::Orthographic,
        scene: Scene { shading, ground, background: Background::Transparent, ..Scene::default() },
    }
}

/// A camera at the front whose picture of 200 pixels is `height_mm` high, centred on `target`.
fn front_camera(projection: Projection, target: Vec3, height_mm: f32) -> Camera {
    let half = Vec3::splat(50.0);
    let bounds = crate::mesh::Bounds { min: target - half, max: target + half };
    let mut camera = Camera::fit(bounds, NamedView::Front.into(), projection, [200, 200]);
    camera.set_visible_height_mm(height_mm);
    camera
}

fn coverage(picture: &RgbaImage) -> f32 {
    picture.pixels().map(|p| f32::from(p[3]) / 255.0).sum()
}

/// Share of the pixel at `x, y` that a disc around the middle of a 200 × 200 picture covers.
fn disc_coverage(x: u32, y: u32, radius_px: f32) -> f32 {
    let from_middle = ((x as f32 - 99.5).powi(2) + (y as f32 - 99.5).powi(2)).sqrt();
    (radius_px - from_middle + 0.5).clamp(0.0, 1.0)
}

fn assert_disc(picture: &RgbaImage, radius_px: f32) {
    let off: f32 = picture
        .enumerate_pixels()
        .map(|(x, y, p)| (f32::from(p[3]) / 255.0 - disc_coverage(x, y, radius_px)).abs())
        .sum();
    let area = std::f32::consts::PI * radius_px * radius_px;
    assert!(off / area < 0.01, "{off} of {area} pixels differ from the disc");
}

#[test]
fn a_spheres_silhouette_is_the_projected_disc_in_both_projections() {
    let center = Vec3::new(7.0, -3.0, 31.0);
    let sphere = shapes::sphere(center, 40.0, 128);
    let Some(mut maker) = maker(&sphere) else { return };
    let scene = bare(Shading::Matcap).scene;
    let camera = front_camera(Projection::Orthographic, center, 100.0);
    assert_disc(&maker.still_from(&camera, &scene).unwrap(), 80.0);
    let camera = front_camera(Projection::Perspective, center, 100.0);
    // The rim is where the rays touch the sphere.
    let distance = (camera.eye() - center).length();
    let rim = (40.0 / distance).asin().tan() * distance / 100.0 * 200.0;
    assert_disc(&maker.still_from(&camera, &scene).unwrap(), rim);
}

#[test]
fn orthographic_pictures_are_to_scale() {
    let Some(mut maker) = maker(&shapes::cuboid(Vec3::new(60.0, 40.0, 30.0))) else { return };
    let camera = front_camera(Projection::Orthographic, Vec3::ZERO, 100.0);
    let picture = maker.still_from(&camera, &bare(Shading::Matcap).scene).unwrap();
    // 2 pixels per millimetre: 120 × 60 pixels, whole ones.
    assert_eq!(coverage(&picture), 120.0 * 60.0);
    let opaque = |x: u32, y: u32| picture.get_pixel(x, y)[3] == 255;
    assert!(opaque(40, 70) && opaque(159, 129), "the corners are in");
    assert!(!opaque(39, 70) && !opaque(160, 129) && !opaque(40, 69), "and nothing beyond");
}

#[test]
fn what_is_nearer_hides_what_is_behind_whatever_the_order() {
    let ball = |y: f32, radius: f32, color: [u8; 3]| {
        let mut sphere = shapes::sphere(Vec3::new(0.0, y, 0.0), radius, 24);
        sphere.paint(|_| color);
        sphere
    };
    let (near, far) = (ball(-30.0, 10.0, [255, 0, 0]), ball(30.0, 20.0, [0, 0, 255]));
    for (mut first, second) in [(near.clone(), far.clone()), (far, near)] {
        first.append(&second).unwrap();
        let Some(mut maker) = maker(&first) else { return };
        let camera = front_camera(Projection::Perspective, Vec3::ZERO, 60.0);
        let picture = maker.still_from(&camera, &bare(Shading::VertexColors).scene).unwrap();
        assert_eq!(*picture.get_pixel(100, 100), Rgba([255, 0, 0, 255]));
        assert_eq!(*picture.get_pixel(100, 51), Rgba([0, 0, 255, 255]));
    }
}

#[test]
fn faces_that_are_inside_out_are_red() {
    let reds = |mesh: &Mesh| {
        let picture = maker(mesh)?.still(&bare(Shading::BackFaces)).unwrap();
        let is_red = |p: &&Rgba<u8>| p[3] == 255 && p[0] > 100 && p[0] / 2 > p[1].max(p[2]);
        Some(picture.pixels().filter(is_red).count() as f32 / coverage(&picture))
    };
    let mut mesh = shapes::torus_knot(120, 24);
    let Some(share) = reds(&mesh) else { return };
    assert!(share < 0.002, "{share} of a sound mesh is red");
    mesh.triangle_indices.iter_mut().for_each(|t| t.swap(1, 2));
    let share = reds(&mesh).unwrap_or_default();
    assert!(share > 0.95, "only {share} of an inside-out mesh is red");
}

#[test]
fn backgrounds_are_what_was_asked_for() {
    let Some(mut maker) = maker(&shapes::sphere(Vec3::ZERO, 10.0, 24)) else { return };
    let mut options = bare(Shading::Clay);
    let corner = |picture: RgbaImage| *picture.get_pixel(3, 3);
    assert_eq!(corner(maker.still(&options).unwrap()), Rgba([0, 0, 0, 0]));
    options.scene.background = Background::Solid([12, 200, 77]);
    let picture = maker.still(&options).unwrap();
    assert!(picture.pixels().all(|p| p[3] == 255));
    assert_eq!(corner(picture), Rgba([12, 200, 77, 255]));
    options.scene.background = Background::Gradient([255, 0, 0], [0, 0, 255]);
    let picture = maker.still(&options).unwrap();
    assert!(picture.get_pixel(0, 0)[0] > 250 && picture.get_pixel(199, 199)[2] > 250);
}

#[test]
fn the_ground_gets_a_soft_shadow_even_on_nothing() {
    let Some(mut maker) = maker(&shapes::sphere(Vec3::Z * 10.0, 10.0, 24)) else { return };
    let mut options = bare(Shading::Clay);
    options.view = View::from_degrees(0.0, 30.0);
    options.projection = Projection::Perspective;
    let without = coverage(&maker.still(&options).unwrap());
    options.scene.ground.shadow = true;
    let picture = maker.still(&options).unwrap();
    let soft = picture.pixels().filter(|p| (10..120).contains(&p[3]) && p[0] < 40).count();
    assert!(soft > 300, "only {soft} pixels of soft shadow");
    assert!(coverage(&picture) > without + 100.0);
    assert_eq!(picture.get_pixel(2, 2)[3], 0, "far away there is none");
}

#[test]
fn a_section_is_closed_where_the_solid_is_and_open_where_it_is_hollow() {
    let mut hollow = shapes::sphere(Vec3::ZERO, 40.0, 96);
    let mut inner = shapes::sphere(Vec3::ZERO, 25.0, 96);
    inner.triangle_indices.iter_mut().for_each(|t| t.swap(1, 2));
    let full = hollow.clone();
    hollow.append(&inner).unwrap();
    let capped = |mesh: &Mesh| {
        let camera = front_camera(Projection::Orthographic, Vec3::ZERO, 100.0);
        let mut scene = bare(Shading::Normals).scene;
        scene.section = Some(Section { normal: -Vec3::Y * 3.0, offset_mm: 0.0, color: [255, 120, 0] });
        let picture = maker(mesh)?.still_from(&camera, &scene).unwrap();
        let is_cap = |p: &&Rgba<u8>| p[3] == 255 && p[0] > 150 && p[2] < 60;
        Some((picture.pixels().filter(is_cap).count() as f32, *picture.get_pixel(100, 100)))
    };
    let area = |radius_px: f32| std::f32::consts::PI * radius_px * radius_px;
    let Some((pixels, middle)) = capped(&full) else { return };
    assert!((pixels / area(80.0) - 1.0).abs() < 0.03, "{pixels} pixels of cut");
    assert!(middle[0] > 150 && middle[2] < 60, "{middle:?}");
    let (pixels, middle) = capped(&hollow).unwrap();
    assert!((pixels / (area(80.0) - area(50.0)) - 1.0).abs() < 0.04, "{pixels} pixels of cut");
    assert!(middle[2] >= 60, "the hollow is open: {middle:?}");
}

#[test]
fn the_edge_of_a_cut_is_as_smooth_as_any_other() {
    let Some(mut maker) = maker(&shapes::cuboid(Vec3::new(60.0, 40.0, 30.0))) else { return };
    let mut scene = bare(Shading::VertexColors).scene;
    scene.section = Some(Section { normal: Vec3::new(0.3, -1.0, 0.0), offset_mm: 0.0, color: [255, 120, 0] });
    let mut camera = front_camera(Projection::Orthographic, Vec3::ZERO, 100.0);
    camera.set_view(NamedView::Top.into());
    let picture = maker.still_from(&camera, &scene).unwrap();
    // The sides of the box lie between pixels; the cut alone goes through some.
    let partial = picture.pixels().filter(|p| (1..255).contains(&p[3])).count();
    assert!(partial > 50, "{partial} pixels are covered in part");
    assert!((coverage(&picture) - 0.5 * 120.0 * 80.0).abs() < 10.0, "{}", coverage(&picture));
    camera.set_view(View::from_degrees(0.0, 45.0));
    let picture = maker.still_from(&camera, &scene).unwrap();
    let mut mixed = 0;
    // Along the seam of the cut and the top, pixel by pixel.
    for step in -50..50 {
        let x = step as f32 * 0.5;
        let at = camera.pixel_from_world(Vec3::new(x, 0.3 * x, 15.0)).unwrap();
        let around: Vec<_> = (0..3).map(|i| picture.get_pixel(at.x as u32, at.y as u32 + i - 1)).collect();
        assert!(around.iter().all(|p| p[3] == 255), "the seam is open at {at}");
        // The top is grey, and the cut has no blue.
        mixed += u32::from(around.iter().any(|p| (30..185).contains(&p[2])));
    }
    assert!(mixed > 20, "the seam has steps: {mixed} mixed pixels");
}

#[test]
fn the_same_input_gives_the_same_pixels() {
    let knot = shapes::torus_knot(200, 32);
    let options = StillOptions { size_px: [160, 120], ..StillOptions::default() };
    let Some(mut first) = maker(&knot) else { return };
    let picture = first.still(&options).unwrap();
    // After other work, so that nothing may hang over.
    let mut other = options.clone();
    other.scene.section = Some(Section::default());
    other.scene.lighting.preset = LightingPreset::Night;
    other.size_px = [64, 64];
    first.still(&other).unwrap();
    assert!(picture == first.still(&options).unwrap(), "the same device draws the same again");
    assert!(picture == maker(&knot).unwrap().still(&options).unwrap(), "and so does a new one");
}

#[test]
fn edges_have_the_steps_of_four_samples() {
    let Some(mut maker) = maker(&shapes::sphere(Vec3::ZERO, 10.0, 64)) else { return };
    let picture = maker.still(&bare(Shading::Matcap)).unwrap();
    let count = |alpha: u8| picture.pixels().filter(|p| p[3].abs_diff(alpha) <= 1).count();
    for alpha in [64, 128, 191] {
        assert!(count(alpha) > 20, "{} edge pixels at {alpha}", count(alpha));
    }
}

#[test]
fn every_look_shows_an_object_with_form() {
    let Some(mut maker) = maker(&shapes::torus_knot(160, 24)) else { return };
    let mut looks: Vec<(String, Scene)> = Vec::new();
    for &shading in Shading::ALL {
        looks.push((shading.name().to_owned(), Scene { shading, ..Scene::new() }));
    }
    for &preset in LightingPreset::ALL {
        for &material in MaterialPreset::ALL {
            let mut scene = Scene { material: material.into(), ..Scene::new() };
            scene.lighting.preset = preset;
            looks.push((format!("{} in {} light", material.name(), preset.name()), scene));
        }
    }
    for (name, mut scene) in looks {
        scene.background = Background::Transparent;
        scene.ground.shadow = false;
        scene.lighting.follow_camera = true;
        let options = StillOptions { size_px: [48, 48], scene, ..StillOptions::default() };
        let picture = maker.still(&options).unwrap();
        let seen: Vec<_> = picture.pixels().filter(|p| p[3] > 0).collect();
        assert!(seen.len() > 300, "{name}: {} pixels", seen.len());
        let brightness = |p: &&Rgba<u8>| u32::from(p[0].max(p[1]).max(p[2]));
        let (low, high) = seen.iter().map(brightness).fold((255, 0), |(l, h), b| (l.min(b), h.max(b)));
        assert!(high > 40, "{name} is black");
        assert!(high - low > 20 || name == "colors" || name == "x-ray", "{name} is flat: {low} to {high}");
    }
}

#[test]
fn edges_of_triangles_are_drawn_and_nothing_else() {
    let Some(mut maker) = maker(&shapes::cuboid(Vec3::splat(50.0))) else { return };
    let camera = front_camera(Projection::Orthographic, Vec3::ZERO, 100.0);
    let mut scene = bare(Shading::VertexColors).scene;
    let plain = maker.still_from(&camera, &scene).unwrap();
    scene.wireframe = Some(Wireframe { color: [0, 0, 0], opacity: 1.0, width_px: 2.0 });
    let wired = maker.still_from(&camera, &scene).unwrap();
    // The front is 100 × 100 pixels in the middle; one diagonal is drawn.
    let dark = |x: u32, y: u32| plain.get_pixel(x, y)[0].abs_diff(wired.get_pixel(x, y)[0]) > 60;
    assert!(dark(100, 50) && dark(50, 100), "the outline");
    assert_ne!(dark(75, 75), dark(75, 124), "one diagonal, not both");
    assert!(!dark(100, 75) && !dark(75, 100), "the inside of the triangles");
}

#[test]
fn a_mesh_in_pieces_looks_like_a_whole_one() {
    let Some(gpu) = gpu() else { return };
    let prepared = PreparedMesh::new(&shapes::torus_knot(120, 24)).unwrap();
    let mut renderer = Renderer::new(&gpu.device, &gpu.queue, offscreen::FORMAT);
    let options = StillOptions { size_px: [96, 96], ..StillOptions::default() };
    let mut scene = options.scene.clone();
    scene.wireframe = Some(Wireframe::default());
    let camera = Camera::fit(prepared.bounds(), options.view, options.projection, options.size_px);
    let mut draw = |mesh: &GpuMesh| offscreen::render_to_image(&gpu, &mut renderer, mesh, &camera, &scene).unwrap();
    let whole = draw(&GpuMesh::upload(&gpu.device, &gpu.queue, &prepared).unwrap());
    let split = GpuMesh::upload_in_pieces(&gpu.device, &gpu.queue, &prepared, 4096).unwrap();
    assert!(split.pieces.len() > 10);
    assert!(draw(&split) == whole);
}

#[test]
fn a_users_own_environment_lights_the_scene() {
    let Some(mut maker) = maker(&shapes::sphere(Vec3::ZERO, 10.0, 32)) else { return };
    let options = bare(Shading::Clay);
    let green = image::Rgb32FImage::from_pixel(64, 32, image::Rgb([0.05, 1.0, 0.05]));
    maker.renderer_mut().set_environment(Some(Environment::from_picture(&green).unwrap()));
    let lit = *maker.still(&options).unwrap().get_pixel(100, 100);
    assert!(lit[1] > lit[0].saturating_add(40) && lit[1] > lit[2].saturating_add(40), "{lit:?}");
    maker.renderer_mut().set_environment(None);
    let lit = *maker.still(&options).unwrap().get_pixel(100, 100);
    assert!(lit[1].abs_diff(lit[0]) < 40, "{lit:?}");
}

#[test]
fn impossible_sizes_are_errors() {
    let Some(mut maker) = maker(&shapes::cuboid(Vec3::ONE)) else { return };
    let sized = |size_px| StillOptions { size_px, ..StillOptions::default() };
    assert_eq!(maker.still(&sized([0, 10])), Err(RenderError::ZeroSize));
    assert!(matches!(maker.still(&sized([100_000, 10])), Err(RenderError::PictureTooLarge { .. })));
    assert_eq!(maker.still(&sized([1, 1])).unwrap().dimensions(), (1, 1), "a single pixel is fine");
}

#[test]
fn a_contact_sheet_has_eight_pictures() {
    let Some(mut maker) = maker(&shapes::torus_knot(100, 16)) else { return };
    let sheet = maker.contact_sheet(&StillOptions { size_px: [256, 128], ..StillOptions::default() }).unwrap();
    assert_eq!(sheet.dimensions(), (256, 128));
    for cell in 0..8 {
        let (x, y) = (cell % 4 * 64, cell / 4 * 64);
        let cell = image::imageops::crop_imm(&sheet, x, y, 64, 64).to_image();
        let backdrop = *cell.get_pixel(1, 32);
        let object = cell.pixels().filter(|p| (0..3).any(|c| p[c].abs_diff(backdrop[c]) > 40)).count();
        assert!(object > 300, "{object} pixels of object");
    }
    // One that cannot be cut into eight equal cells is as large as asked for all the same.
    let sheet = maker.contact_sheet(&StillOptions { size_px: [67, 35], ..StillOptions::default() }).unwrap();
    assert_eq!(sheet.dimensions(), (67, 35));
    assert!(sheet.pixels().all(|pixel| pixel[3] > 200), "nothing is left blank");
}

#[test]
fn odd_meshes_are_drawn_without_trouble() {
    // A needle, a flat sheet, something tiny and something far away.
    let sizes = [Vec3::new(1000.0, 0.01, 0.01), Vec3::new(50.0, 50.0, 0.0), Vec3::splat(1e-4)];
    let mut meshes: Vec<Mesh> = sizes.map(shapes::cuboid).into();
    let mut far = shapes::cuboid(Vec3::splat(10.0));
    far.transform(|p| p + Vec3::splat(1.0e4));
    meshes.push(far);
    for mesh in meshes {
        let Some(mut maker) = maker(&mesh) else { return };
        let mut options = StillOptions { size_px: [64, 64], ..StillOptions::default() };
        options.scene.ground.grid = true;
        options.scene.ground.bed = Some(Bed::default());
        options.scene.section = Some(Section::default());
        options.scene.wireframe = Some(Wireframe::default());
        assert_eq!(maker.still(&options).unwrap().dimensions(), (64, 64));
    }
}

#[test]
fn a_ball_looks_the_same_whatever_its_size() {
    let mut pictures = Vec::new();
    for radius in [20.0, 2e-5, 1e9] {
        let Some(mut maker) = maker(&shapes::sphere(Vec3::ZERO, radius, 48)) else { return };
        let picture = maker.still(&bare(Shading::Matcap)).unwrap();
        assert!(coverage(&picture) > 20_000.0, "{radius}: {}", coverage(&picture));
        pictures.push(picture);
    }
    for other in &pictures[1..] {
        let far = |(a, b): &(&Rgba<u8>, &Rgba<u8>)| (0..4).any(|c| a[c].abs_diff(b[c]) > 8);
        assert!(pictures[0].pixels().zip(other.pixels()).filter(far).count() < 400);
    }
}

#[test]
fn faces_of_a_pure_colour_have_no_lines_along_their_edges() {
    let mut ball = shapes::sphere(Vec3::ZERO, 40.0, 40);
    ball.paint(|_| [0, 0, 0]);
    let Some(mut maker) = maker(&ball) else { return };
    let mut options = StillOptions { size_px: [400, 400], ..bare(Shading::Material) };
    options.scene.material.vertex_colors = true;
    let picture = maker.still(&options).unwrap();
    let red = |x: u32, y: u32| i32::from(picture.get_pixel(x, y)[0]);
    let mut dark = Vec::new();
    for (x, y) in (60..340).flat_map(|y| (60..340).map(move |x| (x, y))) {
        let mut around: Vec<i32> = (0..25).map(|i| red(x + i % 5 - 2, y + i / 5 - 2)).collect();
        around.sort_unstable();
        if picture.get_pixel(x, y)[3] == 255 && red(x, y) < around[12] - 12 {
            dark.push([x, y]);
        }
    }
    assert!(dark.is_empty(), "{} pixels, such as {:?}", dark.len(), dark[0]);
}

/// A bumpy ball of 300 000 triangles.
fn fine_mesh() -> Mesh {
    let mut mesh = shapes::sphere(Vec3::new(0.0, 0.0, 40.0), 40.0, 388);
    for p in &mut mesh.vertex_positions {
        let from_middle = *p - Vec3::Z * 40.0;
        *p += from_middle * 0.06 * ((from_middle * 0.2).sin().element_sum());
    }
    let stripes = |p: &Vec3| if (p.z * 0.5 + p.x * 0.3).sin() > 0.0 { [200, 40, 60] } else { [240, 220, 90] };
    mesh.vertex_colors = Some(mesh.vertex_positions.iter().map(stripes).collect());
    mesh
}

#[test]
fn coarser_versions_look_the_same_or_nearly_so() {
    let Some(gpu) = gpu() else { return };
    let mut renderer = Renderer::new(&gpu.device, &gpu.queue, offscreen::FORMAT);
    let camera = front_camera(Projection::Perspective, Vec3::new(0.0, 0.0, 40.0), 100.0);
    let mut scene = Scene { ground: Ground { shadow: false, ..Ground::default() }, ..Scene::default() };
    scene.material.vertex_colors = true;
    let mut picture = |effort, mesh: &GpuMesh| {
        renderer.set_effort(effort);
        offscreen::render_to_image(&gpu, &mut renderer, mesh, &camera, &scene).unwrap()
    };
    let upload = |mesh: &Mesh| {
        let prepared = PreparedMesh::new(mesh).unwrap();
        let whole = GpuMesh::upload(&gpu.device, &gpu.queue, &prepared).unwrap();
        let levels = [prepared.quick_level().unwrap(), prepared.faithful_level().unwrap()];
        levels.iter().fold(whole, |mesh, level| mesh.with_level(&gpu.device, &gpu.queue, level).unwrap())
    };
    let differ = |a: &RgbaImage, b: &RgbaImage, by: u8| {
        let far = a.pixels().zip(b.pixels()).filter(|(a, b)| (0..4).any(|c| a[c].abs_diff(b[c]) > by)).count();
        far as f32 / (a.width() * a.height()) as f32
    };
    let colored = upload(&fine_mesh());
    let full = picture(Effort::Full, &colored);
    assert_eq!(full, picture(Effort::Look, &colored), "every vertex has its colour");
    assert!(differ(&full, &picture(Effort::Glance, &colored), 80) < 0.05);
    let plain = upload(&Mesh { vertex_colors: None, ..fine_mesh() });
    let full = picture(Effort::Full, &plain);
    let look = picture(Effort::Look, &plain);
    assert_ne!(look, full, "nothing was left out");
    assert!(differ(&full, &look, 12) < 0.006, "{} of the pixels differ", differ(&full, &look, 12));
    let glance = picture(Effort::Glance, &plain);
    assert!(differ(&full, &glance, 40) < 0.005, "{} of the pixels differ", differ(&full, &glance, 40));
}
