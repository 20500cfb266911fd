//! Hidden sides that were asked for, and the factor on the depth.

use super::*;

const BINS: usize = 64;
/// Columns of a prediction along an axis.
const GRID: usize = 32;

fn ball(p: Vec2) -> f32 {
    p.length() - 0.6
}

/// A prediction that is inside from one height to another, by place.
fn between(ends: impl Fn(Vec2) -> [f32; 2]) -> Prediction {
    let mut made = wild(1, 2 * GRID, BINS, 1.0);
    made.picture.fill(0.0);
    for (at, value) in made.columns.iter_mut().enumerate() {
        let (bin, column) = (at / (GRID * GRID), at % (GRID * GRID));
        let [x, y] = [column % GRID, column / GRID].map(|k| (2 * k + 1) as f32 / GRID as f32 - 1.0);
        let z = (2 * bin + 1) as f32 / BINS as f32 - 1.0;
        let [back, front] = ends(Vec2::new(x, -y));
        *value = ((z - front).max(back - z) / prediction::TRUNCATION).clamp(-1.0, 1.0);
    }
    made
}

/// The field of a prediction and the outline of a ball, seen straight from the front.
fn built(prediction: &Prediction, back: Back) -> ScalarGrid {
    let controls = Controls { back, snaps: false, ..Controls::default() };
    let grid = solid::build(prediction, &drawn(300, ball), 300, &controls, &Monitor::silent()).unwrap();
    assert_closed(&grid);
    let iou = front_iou(&grid, ball);
    assert!(iou >= 0.99, "{back:?}: {iou}");
    grid
}

/// Where each column that has something inside lies, and from which sample to which it is inside; fails where there
/// is air between them.
fn stretches(grid: &ScalarGrid) -> Vec<(Vec2, [usize; 2])> {
    let [_, ny, nz] = grid.samples_per_axis;
    let stretch = |(at, column): (usize, &[f32])| {
        let first = column.iter().position(|&v| v < 0.0)?;
        let last = column.iter().rposition(|&v| v < 0.0)?;
        let place = grid.position(at / ny, at % ny, 0).truncate();
        assert!(column[first..=last].iter().all(|&v| v < 0.0), "air inside the solid at {place}");
        Some((place, [first, last]))
    };
    grid.samples.chunks(nz).enumerate().filter_map(stretch).collect()
}

/// The height of a sample.
fn height(grid: &ScalarGrid, sample: usize) -> f32 {
    grid.position(0, 0, sample).z
}

#[test]
fn a_flat_back_is_one_plane_and_everything_before_it_is_filled() {
    let noise = |seed, amplitude| wild(seed, 32, 16, amplitude);
    let mut holed = noise(2, 1.0);
    // Nothing is known of the right half.
    holed.columns.iter_mut().enumerate().filter(|(at, _)| at % 16 >= 8).for_each(|(_, value)| *value = 1.0);
    for (name, prediction) in [("noise", noise(1, 0.3)), ("steep noise", noise(3, 30.0)), ("a half", holed)] {
        for depth_scale in [1.0, 1.7] {
            let controls = Controls { cells: 96, back: Back::Flat, depth_scale, ..Controls::default() };
            let grid = solid::build(&prediction, &drawn(300, figure), 300, &controls, &Monitor::silent()).unwrap();
            assert_closed(&grid);
            let iou = front_iou(&grid, figure);
            assert!(iou >= 0.99, "{name}: {iou}");
            let stretches = stretches(&grid);
            let plane = stretches[0].1[0];
            assert!(stretches.len() > 1000 && stretches.iter().all(|(_, [first, _])| *first == plane), "{name}");
            let mesh = surface::extract(&grid, &Monitor::silent()).unwrap();
            let back = mesh.bounds().unwrap().min.z;
            assert!((back - height(&grid, plane) + 0.5 * grid.spacing).abs() < 1e-4, "{name}: {back}");
        }
    }
}

#[test]
fn a_mirrored_slab_before_the_middle_is_one_solid() {
    let grid = built(&between(|_| [0.3, 0.5]), Back::Mirrored);
    let near = 1.5 * grid.spacing;
    for (place, [first, last]) in stretches(&grid) {
        let [back, front] = [first, last].map(|sample| height(&grid, sample));
        assert!((front - 0.5).abs() < near && (back + 0.5).abs() < near, "{place}: {back} to {front}");
    }
    let mesh = surface::extract(&grid, &Monitor::silent()).unwrap();
    assert_eq!(Topology::of(&mesh).shells.len(), 1);
}

#[test]
fn a_mirrored_front_stays_where_it_is_even_behind_the_middle() {
    // A cone whose rim lies behind z = 0.
    let front = |p: Vec2| 0.3 - 1.2 * p.length().min(0.6);
    let grid = built(&between(|p| [front(p) - 0.4, front(p)]), Back::Mirrored);
    let inner: Vec<_> =
        stretches(&grid).into_iter().filter(|(place, _)| (0.1..0.45).contains(&place.length())).collect();
    assert!(inner.len() > 1000, "{}", inner.len());
    let plane = |[first, last]: [usize; 2]| 0.5 * (height(&grid, first) + height(&grid, last));
    let expected = plane(inner[0].1);
    for (place, stretch) in inner {
        let made = height(&grid, stretch[1]);
        assert!((made - front(place)).abs() < 0.03, "{place}: {made}");
        assert!((plane(stretch) - expected).abs() < 1.5 * grid.spacing, "{place}: not symmetric");
    }
}

#[test]
fn a_factor_on_the_depth_changes_nothing_else() {
    let cone = between(|p| [-0.5, 0.5 - 0.5 * p.length()]);
    let size = |depth_scale: f32, view: View| {
        let controls = Controls { cells: 96, depth_scale, view, snaps: false, ..Controls::default() };
        let grid = solid::build(&cone, &drawn(300, ball), 300, &controls, &Monitor::silent()).unwrap();
        assert_closed(&grid);
        grid.surface_bounds().unwrap().size()
    };
    for (field_of_view, elevation) in [(1.0, 0.0), (0.0, 0.4), (0.4, 0.4)] {
        let view = View { field_of_view, elevation };
        let plain = size(1.0, view);
        for depth_scale in [2.0, 3.0] {
            let made = size(depth_scale, view);
            let across = (made - plain).truncate().abs().max_element();
            assert!(across < 0.04, "×{depth_scale}, {view:?}: {plain} and {made}");
            let times = made.z / plain.z / depth_scale;
            assert!((times - 1.0).abs() < 0.05, "×{depth_scale}, {view:?}: {plain} and {made}");
        }
    }
}
