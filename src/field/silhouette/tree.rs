//! A bounding-box tree over line segments, for nearest-point queries.

use glam::Vec2;

/// Segments per leaf.
const LEAF: usize = 6;

/// A static tree; built once, asked often and from many threads.
#[derive(Clone, Debug)]
pub(super) struct SegmentTree {
    segments: Vec<[Vec2; 2]>,
    nodes: Vec<Node>,
}

/// A leaf has `right == 0`; else its left child follows it and `right` names the other.
#[derive(Clone, Copy, Debug)]
struct Node {
    min: Vec2,
    max: Vec2,
    first: u32,
    end: u32,
    right: u32,
}

impl SegmentTree {
    pub(super) fn new(mut segments: Vec<[Vec2; 2]>) -> Self {
        let mut nodes = Vec::with_capacity(segments.len() / 2 + 1);
        if !segments.is_empty() {
            let count = segments.len();
            build(&mut segments, 0, count, &mut nodes);
        }
        Self { segments, nodes }
    }

    pub(super) fn segments(&self) -> &[[Vec2; 2]] {
        &self.segments
    }

    /// The point nearest to `point`, if one is nearer than `reach`.
    pub(super) fn nearest(&self, point: Vec2, reach: f32) -> Option<Vec2> {
        let mut best = reach * reach;
        let mut found = None;
        // Depth is logarithmic: 64 levels hold more segments than memory does.
        let mut stack = [(0u32, 0.0f32); 64];
        let mut depth = usize::from(!self.nodes.is_empty());
        while depth > 0 {
            depth -= 1;
            let (index, lower_bound) = stack[depth];
            if lower_bound >= best {
                continue;
            }
            let node = self.nodes[index as usize];
            if node.right == 0 {
                for segment in &self.segments[node.first as usize..node.end as usize] {
                    let candidate = nearest_on_segment(point, *segment);
                    let distance = candidate.distance_squared(point);
                    if distance < best {
                        (best, found) = (distance, Some(candidate));
                    }
                }
                continue;
            }
            let left = (index + 1, self.nodes[index as usize + 1].distance_squared(point));
            let right = (node.right, self.nodes[node.right as usize].distance_squared(point));
            let (near, far) = if left.1 <= right.1 { (left, right) } else { (right, left) };
            stack[depth] = far;
            stack[depth + 1] = near;
            depth += 2;
        }
        found
    }
}

impl Node {
    fn distance_squared(&self, point: Vec2) -> f32 {
        point.distance_squared(point.clamp(self.min, self.max))
    }
}

/// Appends the subtree of `segments[first..end]`.
fn build(segments: &mut [[Vec2; 2]], first: usize, end: usize, nodes: &mut Vec<Node>) {
    let part = &mut segments[first..end];
    let start = part[0][0];
    let (min, max) = part.iter().flatten().fold((start, start), |(min, max), &p| (min.min(p), max.max(p)));
    let index = nodes.len();
    nodes.push(Node { min, max, first: first as u32, end: end as u32, right: 0 });
    if part.len() <= LEAF {
        return;
    }
    let size = max - min;
    let axis = usize::from(size.y > size.x);
    let middle = part.len() / 2;
    part.select_nth_unstable_by(middle, |a, b| (a[0][axis] + a[1][axis]).total_cmp(&(b[0][axis] + b[1][axis])));
    build(segments, first, first + middle, nodes);
    nodes[index].right = nodes.len() as u32;
    build(segments, first + middle, end, nodes);
}

/// The point of a segment, or of a single point, nearest to `point`.
pub(super) fn nearest_on_segment(point: Vec2, [a, b]: [Vec2; 2]) -> Vec2 {
    let along = b - a;
    let length_squared = along.length_squared();
    if length_squared == 0.0 {
        return a;
    }
    a + along * ((point - a).dot(along) / length_squared).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_a_search_through_all_segments_finds() {
        let mut state = 1u32;
        let mut random = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 24) as f32
        };
        let segments: Vec<[Vec2; 2]> = (0..500)
            .map(|_| {
                let a = Vec2::new(random(), random());
                [a, a + 0.05 * Vec2::new(random(), random())]
            })
            .collect();
        let tree = SegmentTree::new(segments.clone());
        for _ in 0..500 {
            let point = Vec2::new(random() * 3.0 - 1.0, random() * 3.0 - 1.0);
            let expected =
                segments.iter().map(|s| nearest_on_segment(point, *s).distance(point)).fold(f32::INFINITY, f32::min);
            assert_eq!(tree.nearest(point, f32::INFINITY).unwrap().distance(point), expected);
            assert_eq!(tree.nearest(point, expected * 0.999), None);
        }
        assert_eq!(SegmentTree::new(Vec::new()).nearest(Vec2::ZERO, f32::INFINITY), None);
    }
}
