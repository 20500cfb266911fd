use super::super::testing::{assert_solid, genus, mesh_of, object, shells};
use super::*;
use crate::mesh::Mesh;
use crate::progress::CancelToken;

fn request(change: impl Fn(&mut Request)) -> Request {
    let mut request = Request::default();
    request.solid.resolution = Some(64);
    change(&mut request);
    request
}

fn disc(p: Vec2) -> f32 {
    p.length() - 0.9
}

fn ring(p: Vec2) -> f32 {
    (p.length() - 0.6).abs() - 0.3
}

/// A body on four thin legs with a flag pole that is thinner than a cell.
fn table(p: Vec2) -> f32 {
    let bar = |center: Vec2, half: Vec2| ((p - center).abs() - half).max_element();
    let legs = [-0.7, -0.3, 0.3, 0.7].map(|x| bar(Vec2::new(x, -0.3), Vec2::new(0.02, 0.6)));
    let body = bar(Vec2::new(0.0, 0.3), Vec2::new(0.8, 0.2));
    let pole = bar(Vec2::new(0.5, 0.7), Vec2::new(0.004, 0.2));
    legs.into_iter().fold(body.min(pole), f32::min)
}

fn field(request: &Request, shape: impl Fn(Vec2) -> f32) -> ScalarGrid {
    let object = object(300, shape, |_| 128);
    match inflate(request, &object, &Monitor::silent()).unwrap().body {
        Body::Field(grid) => grid,
        Body::Mesh(_) => unreachable!(),
    }
}

fn mesh(request: &Request, shape: impl Fn(Vec2) -> f32) -> Mesh {
    mesh_of(inflate(request, &object(300, shape, |_| 128), &Monitor::silent()).unwrap())
}

/// Intersection over union of what the field covers in the front view and what `shape` asks for.
fn front_iou(grid: &ScalarGrid, shape: impl Fn(Vec2) -> f32) -> f64 {
    let lowest: Vec<f32> = grid
        .samples
        .chunks(grid.samples_per_axis[2])
        .map(|column| column.iter().copied().fold(f32::INFINITY, f32::min))
        .collect();
    let seen = Silhouette { lattice: Lattice::of_grid(grid), distances: lowest };
    let (mut both, mut either) = (0, 0);
    for (i, j) in (0..600).flat_map(|i| (0..600).map(move |j| (i, j))) {
        let point = Vec2::new(i as f32, j as f32) / 300.0 - 0.998;
        let (made, asked) = (seen.distance_at(point) < 0.0, shape(point) < 0.0);
        both += u32::from(made && asked);
        either += u32::from(made || asked);
    }
    f64::from(both) / f64::from(either)
}

#[test]
fn a_disc_becomes_a_sphere() {
    let mesh = mesh(&request(|_| ()), disc);
    assert_solid(&mesh);
    for p in &mesh.vertex_positions {
        assert!((p.length() - 0.9).abs() < 0.01, "{p} is {} from the middle", p.length());
    }
}

#[test]
fn thickness_and_back_shape_the_sphere_as_they_say() {
    for (thickness, back) in [(0.5, 1.0), (1.5, 0.5), (1.0, 0.2), (0.1, 1.0)] {
        let request = request(|r| (r.inflate.thickness, r.inflate.back) = (thickness, back));
        let bounds = mesh(&request, disc).bounds().unwrap();
        assert!((bounds.max.z - 0.9 * thickness).abs() < 0.015, "front {}", bounds.max.z);
        assert!((bounds.min.z + 0.9 * thickness * back).abs() < 0.015, "back {}", bounds.min.z);
    }
}

#[test]
fn without_a_back_it_is_flat_and_lies_down() {
    let request = request(|r| r.inflate.back = 0.0);
    let solid = inflate(&request, &object(300, ring, |_| 128), &Monitor::silent()).unwrap();
    assert_eq!(solid.pose, Pose::Lying);
    let mesh = mesh_of(solid);
    assert_solid(&mesh);
    assert_eq!((shells(&mesh), genus(&mesh)), (1, 1));
    let bottom = mesh.bounds().unwrap().min.z;
    assert!(bottom.abs() < 1e-4, "{bottom}");
    // The underside is a plane: every vertex facing down lies on it.
    let normals = mesh.vertex_normals();
    let facing_down = mesh.vertex_positions.iter().zip(&normals).filter(|(_, n)| n.z < -0.99);
    assert!(facing_down.clone().count() > 500);
    facing_down.for_each(|(p, _)| assert!(p.z < 1e-4));
}

#[test]
fn the_front_silhouette_is_the_outline_and_holes_stay_holes() {
    type Shape = fn(Vec2) -> f32;
    for (name, shape, least) in [("disc", disc as Shape, 0.995), ("ring", ring, 0.995), ("table", table, 0.97)] {
        for back in [0.0, 1.0] {
            let grid = field(&request(|r| r.inflate.back = back), shape);
            grid.validate().unwrap();
            let iou = front_iou(&grid, shape);
            assert!(iou >= least, "{name}, back {back}: {iou}");
        }
    }
    let ring = mesh(&request(|_| ()), ring);
    assert_solid(&ring);
    assert_eq!((shells(&ring), genus(&ring)), (1, 1));
}

#[test]
fn a_line_thinner_than_a_cell_survives_in_one_piece_and_as_thick_as_the_smallest_wall() {
    let mesh = mesh(&request(|r| r.solid.min_wall_mm = 3.0), table);
    assert_solid(&mesh);
    assert_eq!(shells(&mesh), 1);
    let top = mesh.bounds().unwrap().max.y;
    assert!(top > 0.88, "the pole ends at {top}");
    let pole = mesh.vertex_positions.iter().filter(|p| (0.6..0.8).contains(&p.y));
    let thickness = 2.0 * pole.map(|p| p.z).fold(0.0, f32::max);
    // 80 mm are 1.8 units high.
    assert!(thickness >= 0.9 * 3.0 * 1.8 / 80.0, "{thickness}");
}

#[test]
fn limbs_narrower_than_the_smallest_wall_are_as_deep_as_it_all_along() {
    let mesh = mesh(&request(|r| r.solid.min_wall_mm = 6.0), table);
    assert_solid(&mesh);
    // 80 mm are 1.8 units high.
    let wall = 6.0 * 1.8 / 80.0;
    for (leg, piece) in [-0.7, -0.3, 0.3, 0.7].into_iter().flat_map(|leg| (0..6).map(move |piece| (leg, piece))) {
        let low = -0.75 + 0.1 * piece as f32;
        let of_piece = |p: &&Vec3| (p.x - leg).abs() < 0.08 && (low..low + 0.1).contains(&p.y);
        let points: Vec<&Vec3> = mesh.vertex_positions.iter().filter(of_piece).collect();
        let depth = |side: f32| points.iter().map(|p| side * p.z).fold(0.0, f32::max);
        let thickness = depth(1.0) + depth(-1.0);
        assert!((0.93..1.1).contains(&(thickness / wall)), "leg {leg}, {low}: {thickness} of {wall}");
        // The outline stays: 0.04 wide, and a cell is 0.028.
        assert!(points.iter().all(|p| (p.x - leg).abs() < 0.03), "leg {leg}, {low}");
    }
}

#[test]
fn relief_raises_what_is_bright_and_leaves_the_outline() {
    let bright_spot = |p: Vec2| if p.length() < 0.15 { 250 } else { 90 };
    let make = |detail| {
        let request = request(|r| r.inflate.detail = detail);
        mesh_of(inflate(&request, &object(300, disc, bright_spot), &Monitor::silent()).unwrap())
    };
    let (plain, detailed) = (make(0.0).bounds().unwrap(), make(0.4).bounds().unwrap());
    assert!(detailed.max.z > plain.max.z + 0.1, "{} {}", plain.max.z, detailed.max.z);
    assert!((detailed.min - plain.min).abs().max_element() < 0.01);
    assert!((detailed.max - plain.max).abs().truncate().max_element() < 0.01);
}

#[test]
fn a_resolution_that_takes_too_many_samples_is_told() {
    let outline = outline_of(&object(64, disc, |_| 0));
    let bounds = outline.bounds().unwrap();
    for (most, is_told) in [(1e6, false), (1e5, true)] {
        let (balloon, layers, note) = within(most, &outline, bounds, &request(|_| ()), &Monitor::silent()).unwrap();
        assert!(balloon.silhouette.lattice.sample_count() as f32 * layers.count as f32 <= most);
        assert_eq!(note.is_some(), is_told, "{note:?}");
        assert!(note.is_none_or(|note| note.contains("cells, not 64: at most 0.1 million")));
    }
}

#[test]
fn the_same_request_gives_the_same_bits_on_any_number_of_threads() {
    let request = request(|r| r.inflate.detail = 0.2);
    let make = || field(&request, table);
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap().install(make);
    assert!(one == make());
}

#[test]
fn nothing_left_cancelled_and_far_too_fine_are_handled() {
    let request = request(|_| ());
    let empty = object(64, |_| 1.0, |_| 0);
    assert_eq!(inflate(&request, &empty, &Monitor::silent()), Err(CraftError::Empty));
    let token = CancelToken::new();
    token.cancel();
    let monitor = Monitor::new(&token, &|_| {});
    assert!(matches!(inflate(&request, &object(64, disc, |_| 0), &monitor), Err(CraftError::Cancelled(_))));
    let balloon = Balloon::blow(
        &outline_of(&object(64, disc, |_| 0)),
        [Vec2::splat(-0.9), Vec2::splat(0.9)],
        0.05,
        &request,
        &Monitor::silent(),
    );
    assert!(balloon.unwrap().min_wall >= 0.1);
}
