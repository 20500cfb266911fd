//! A tree of boxes over the triangles of a mesh.

use glam::{DVec3, Vec3, Vec3A};
use rayon::prelude::*;

use super::Mesh;

/// Triangles in a leaf.
const LEAF: usize = 8;

/// A closed box, in vector registers.
#[derive(Clone, Copy)]
struct Box3 {
    min: Vec3A,
    max: Vec3A,
}

impl Box3 {
    const EMPTY: Self = Self { min: Vec3A::INFINITY, max: Vec3A::NEG_INFINITY };

    fn around(corners: [Vec3; 3]) -> Self {
        let [a, b, c] = corners.map(Vec3A::from);
        Self { min: a.min(b).min(c), max: a.max(b).max(c) }
    }

    fn union(self, other: Self) -> Self {
        Self { min: self.min.min(other.min), max: self.max.max(other.max) }
    }

    fn touches(&self, other: &Self) -> bool {
        (self.min.cmple(other.max) & other.min.cmple(self.max)).all()
    }

    /// Infinite for the empty box.
    fn distance_squared(&self, point: Vec3A) -> f32 {
        (self.min - point).max(point - self.max).max(Vec3A::ZERO).length_squared()
    }
}

/// A complete binary tree of boxes over the triangles along a space-filling curve.
pub(super) struct BoxTree {
    /// Triangles in the order of the curve.
    order: Vec<u32>,
    /// Their boxes.
    boxes: Vec<Box3>,
    /// Node 1 is the root; node `i` has the children `2 i` and `2 i + 1`.
    nodes: Vec<Box3>,
    /// Leaves that the last level has room for, a power of two.
    width: usize,
}

impl BoxTree {
    pub(super) fn of(mesh: &Mesh) -> Self {
        let (low, size) = mesh.bounds().map_or((Vec3::ZERO, Vec3::ONE), |b| (b.min, b.size()));
        let scale = 1023.0 / size.max_element().max(f32::MIN_POSITIVE);
        let mut keyed: Vec<(u32, u32)> = (0..mesh.triangle_indices.len())
            .into_par_iter()
            .map(|t| {
                let [a, b, c] = mesh.triangle(t);
                (curve_key(((a + b + c) / 3.0 - low) * scale), t as u32)
            })
            .collect();
        keyed.par_sort_unstable();
        let order: Vec<u32> = keyed.into_iter().map(|(_, t)| t).collect();
        let boxes: Vec<Box3> = order.par_iter().map(|&t| Box3::around(mesh.triangle(t as usize))).collect();
        let width = order.len().div_ceil(LEAF).next_power_of_two();
        let mut nodes = vec![Box3::EMPTY; 2 * width];
        for (leaf, boxes) in boxes.chunks(LEAF).enumerate() {
            nodes[width + leaf] = boxes.iter().copied().fold(Box3::EMPTY, Box3::union);
        }
        for node in (1..width).rev() {
            nodes[node] = nodes[2 * node].union(nodes[2 * node + 1]);
        }
        Self { order, boxes, nodes, width }
    }

    pub(super) fn leaf_count(&self) -> usize {
        self.order.len().div_ceil(LEAF)
    }

    /// The triangles of a leaf.
    fn leaf(&self, leaf: usize) -> std::ops::Range<usize> {
        leaf * LEAF..((leaf + 1) * LEAF).min(self.order.len())
    }

    /// The squared distance from `point` to the nearest triangle of `mesh`, which the tree was made of;
    /// where that is no more than `enough`, any number up to `enough`. Infinite without triangles.
    ///
    /// `start` is the leaf that is looked into first, and afterwards that with the nearest triangle: points that
    /// follow their neighbours are answered at once. Any leaf gives the same distance above `enough`.
    pub(super) fn distance_squared(&self, mesh: &Mesh, point: Vec3, enough: f32, start: &mut usize) -> f32 {
        let place = Vec3A::from(point);
        let mut best = self.leaf_distance_squared(mesh, *start, point, f32::INFINITY);
        // Of every node on the way down one child waits.
        let mut open = [(0.0, 1usize); usize::BITS as usize + 1];
        let mut count = 1;
        while count > 0 && best > enough {
            count -= 1;
            let (least, node) = open[count];
            if least >= best {
                continue;
            }
            if let Some(leaf) = node.checked_sub(self.width) {
                let distance = self.leaf_distance_squared(mesh, leaf, point, best);
                if distance < best {
                    (best, *start) = (distance, leaf);
                }
                continue;
            }
            let mut children = [2 * node, 2 * node + 1].map(|child| (self.nodes[child].distance_squared(place), child));
            if children[0].0 < children[1].0 {
                children.reverse();
            }
            for child in children.into_iter().filter(|child| child.0 < best) {
                open[count] = child;
                count += 1;
            }
        }
        best
    }

    /// The squared distance from `point` to the nearest triangle of a leaf, if it is less than `best`; else `best`.
    fn leaf_distance_squared(&self, mesh: &Mesh, leaf: usize, point: Vec3, mut best: f32) -> f32 {
        for i in self.leaf(leaf) {
            if self.boxes[i].distance_squared(point.into()) < best {
                let corners = mesh.triangle(self.order[i] as usize).map(|p| p.as_dvec3());
                let nearest = nearest_point(corners, point.as_dvec3());
                best = best.min(nearest.distance_squared(point.as_dvec3()) as f32);
            }
        }
        best
    }

    /// Calls `f` for `leaf` and for every later leaf whose box touches its box.
    pub(super) fn for_each_leaf_touching(&self, leaf: usize, mut f: impl FnMut(usize)) {
        let own = self.nodes[self.width + leaf];
        let mut open = vec![1];
        while let Some(node) = open.pop() {
            // The last leaf under the node.
            let depth = self.width.ilog2() - usize::ilog2(node);
            let last = ((node + 1) << depth) - 1 - self.width;
            if last < leaf || !own.touches(&self.nodes[node]) {
                continue;
            }
            if node >= self.width {
                f(node - self.width);
            } else {
                open.extend([2 * node + 1, 2 * node]);
            }
        }
    }

    /// Calls `f` once for every pair of triangles of two leaves whose boxes touch.
    pub(super) fn for_each_pair(&self, leaf: usize, other: usize, mut f: impl FnMut(u32, u32)) {
        let other_box = self.nodes[self.width + other];
        for i in self.leaf(leaf).filter(|&i| self.boxes[i].touches(&other_box)) {
            for j in self.leaf(other).filter(|&j| j > i && self.boxes[i].touches(&self.boxes[j])) {
                f(self.order[i], self.order[j]);
            }
        }
    }

    /// Whether the box of a triangle of the tree touches what the boxes of the triangles `a` and `b` of another mesh
    /// have in common.
    pub(super) fn touches_common_box(&self, mesh: &Mesh, a: u32, b: u32) -> bool {
        let [a, b] = [a, b].map(|t| Box3::around(mesh.triangle(t as usize)));
        let common = Box3 { min: a.min.max(b.min), max: a.max.min(b.max) };
        let mut open = vec![1];
        while let Some(node) = open.pop() {
            if !self.nodes[node].touches(&common) {
                continue;
            }
            if node < self.width {
                open.extend([2 * node, 2 * node + 1]);
            } else if self.leaf(node - self.width).any(|i| self.boxes[i].touches(&common)) {
                return true;
            }
        }
        false
    }
}

/// The place of a point in [0, 1023]³ along the Morton curve.
fn curve_key(place: Vec3) -> u32 {
    let spread = |c: f32| {
        let mut bits = (c as u32).min(1023);
        bits = (bits | bits << 16) & 0x0300_00ff;
        bits = (bits | bits << 8) & 0x0300_f00f;
        bits = (bits | bits << 4) & 0x030c_30c3;
        (bits | bits << 2) & 0x0924_9249
    };
    spread(place.x) << 2 | spread(place.y) << 1 | spread(place.z)
}

/// The point of a triangle that is nearest to `p`. In `f64`, since products of four lengths cancel on slivers.
///
/// Ericson, "Real-Time Collision Detection" (2005), section 5.1.5.
pub(crate) fn nearest_point([a, b, c]: [DVec3; 3], p: DVec3) -> DVec3 {
    let (ab, ac) = (b - a, c - a);
    let along = |q: DVec3| [ab.dot(p - q), ac.dot(p - q)];
    let ([d1, d2], [d3, d4], [d5, d6]) = (along(a), along(b), along(c));
    if d1 <= 0.0 && d2 <= 0.0 {
        return a;
    }
    if d3 >= 0.0 && d4 <= d3 {
        return b;
    }
    if d6 >= 0.0 && d5 <= d6 {
        return c;
    }
    // A side without length has no fraction.
    let fraction = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { 0.0 };
    let (va, vb, vc) = (d3 * d6 - d5 * d4, d5 * d2 - d1 * d6, d1 * d4 - d3 * d2);
    if vc <= 0.0 && d1 >= 0.0 && d3 <= 0.0 {
        return a + ab * fraction(d1, d1 - d3);
    }
    if vb <= 0.0 && d2 >= 0.0 && d6 <= 0.0 {
        return a + ac * fraction(d2, d2 - d6);
    }
    if va <= 0.0 && d4 >= d3 && d5 >= d6 {
        return b + (c - b) * fraction(d4 - d3, (d4 - d3) + (d5 - d6));
    }
    let whole = va + vb + vc;
    a + ab * fraction(vb, whole) + ac * fraction(vc, whole)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn point() -> impl Strategy<Value = Vec3> {
        proptest::array::uniform3(-1.0f32..1.0).prop_map(Vec3::from_array)
    }

    /// Each three of the corners are a triangle.
    fn loose(corners: Vec<Vec3>) -> Mesh {
        let triangle_indices = (0..corners.len() as u32 / 3).map(|t| [3 * t, 3 * t + 1, 3 * t + 2]).collect();
        Mesh { vertex_positions: corners, triangle_indices, vertex_colors: None }
    }

    #[test]
    fn points_on_long_thin_triangles_are_on_them() {
        // Strips of a plane, 400 times as long as wide, askew in space.
        let (along, across) = (Vec3::new(60.0, 48.0, 64.0), Vec3::new(-0.16, 0.12, 0.06));
        let vertex_positions: Vec<Vec3> =
            (0..=20).flat_map(|i| [0.0, 1.0].map(|k| across * i as f32 + along * k)).collect();
        let triangle_indices = (0..20).flat_map(|i| [[2 * i, 2 * i + 1, 2 * i + 2], [2 * i + 1, 2 * i + 3, 2 * i + 2]]);
        let mesh = Mesh { vertex_positions, triangle_indices: triangle_indices.collect(), vertex_colors: None };
        let tree = BoxTree::of(&mesh);
        for i in 0..200 {
            for k in 0..50 {
                let p = across * (0.1 * i as f32 + 0.03) + along * (0.02 * k as f32 + 0.004);
                let distance = tree.distance_squared(&mesh, p, 0.0, &mut 0).sqrt();
                assert!(distance < 1e-4, "{distance} at {i}, {k}");
            }
        }
    }

    #[test]
    fn the_nearest_point_of_a_triangle_is_found_wherever_one_stands() {
        let triangle = [DVec3::ZERO, DVec3::new(4.0, 0.0, 0.0), DVec3::new(0.0, 3.0, 0.0)];
        for (from, to) in [
            ([1.0, 1.0, 5.0], [1.0, 1.0, 0.0]),
            ([2.0, -1.0, 0.0], [2.0, 0.0, 0.0]),
            ([-1.0, 2.0, 1.0], [0.0, 2.0, 0.0]),
            ([-1.0, -1.0, 0.0], [0.0, 0.0, 0.0]),
            ([6.0, -1.0, 0.0], [4.0, 0.0, 0.0]),
            ([0.0, 5.0, 0.0], [0.0, 3.0, 0.0]),
            ([5.0, 5.5, 0.0], [2.0, 1.5, 0.0]),
        ] {
            let found = nearest_point(triangle, DVec3::from(from));
            assert!(found.abs_diff_eq(DVec3::from(to), 1e-9), "{from:?}: {found}");
        }
    }

    proptest! {
        /// The boxes of the triangles are compared one by one.
        #[test]
        fn what_two_triangles_have_in_common_is_touched_or_not(
            corners in proptest::collection::vec(point(), 3..60),
            pair in proptest::collection::vec(point(), 6),
        ) {
            let (mesh, pair) = (loose(corners), loose(pair.into_iter().map(|p| 0.4 * p).collect()));
            let [a, b] = [0, 1].map(|t| Box3::around(pair.triangle(t)));
            let common = Box3 { min: a.min.max(b.min), max: a.max.min(b.max) };
            let touches = (0..mesh.triangle_indices.len()).any(|t| Box3::around(mesh.triangle(t)).touches(&common));
            prop_assert_eq!(BoxTree::of(&mesh).touches_common_box(&pair, 0, 1), touches);
        }

        /// No point of a fine lattice over the triangles is nearer, and one is about as near.
        #[test]
        fn the_distance_is_that_to_the_nearest_point(corners in proptest::collection::vec(point(), 3..60), p in point()) {
            let mesh = loose(corners);
            let tree = BoxTree::of(&mesh);
            let found = tree.distance_squared(&mesh, p, 0.0, &mut 0).sqrt();
            let steps = 60;
            let mut nearest = f32::INFINITY;
            for t in 0..mesh.triangle_indices.len() {
                let [a, b, c] = mesh.triangle(t);
                for i in 0..=steps {
                    for j in 0..=steps - i {
                        let [u, v] = [i, j].map(|k| k as f32 / steps as f32);
                        nearest = nearest.min((a + (b - a) * u + (c - a) * v).distance(p));
                    }
                }
            }
            // Neighbours on the lattice are at most 3.5 / 60 apart.
            prop_assert!(found <= nearest + 1e-4 && found > nearest - 0.06, "{found} for {nearest}");
        }

        /// Where one looks first changes no distance that matters.
        #[test]
        fn the_distance_is_the_same_from_every_leaf(
            corners in proptest::collection::vec(point(), 30..300),
            points in proptest::collection::vec(point(), 1..20),
            enough in 0.0f32..0.02,
        ) {
            let mesh = loose(corners);
            let tree = BoxTree::of(&mesh);
            let mut last = 0;
            for p in points {
                let exact = tree.distance_squared(&mesh, p, 0.0, &mut 0);
                let is_exact = |found: f32| (found - exact).abs() <= 1e-6 * exact;
                for start in 0..tree.leaf_count() {
                    let found = tree.distance_squared(&mesh, p, enough, &mut start.clone());
                    prop_assert!(is_exact(found) || found.max(exact) <= enough, "{found} for {exact}");
                }
                let next = tree.distance_squared(&mesh, p, enough, &mut last);
                prop_assert!(is_exact(next) || next.max(exact) <= enough, "{next} for {exact}");
            }
        }
    }
}
