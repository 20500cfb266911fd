//! Solids as tapes: a list of signed-distance operations that a stack machine runs over batches of
//! points.
//!
//! Promises: the sign is exact (negative inside), the value never changes faster than the distance
//! (1-Lipschitz), so a region can be skipped by the value at its centre; the same bits on every
//! machine, since nothing but + − × ÷ and square roots is used.

pub mod builder;
pub mod flat;
pub mod shape;

use glam::{Mat3, Vec3};

pub use builder::Builder;
pub use shape::Shape;

/// Points that are evaluated together.
pub const BATCH: usize = 64;

/// A value for every point of a batch.
pub type Lane = [f32; BATCH];

/// A batch of points.
#[derive(Clone, Debug)]
pub struct Points {
    /// Coordinates along x.
    pub x: Lane,
    /// Coordinates along y.
    pub y: Lane,
    /// Coordinates along z.
    pub z: Lane,
}

impl Points {
    /// All points at the origin.
    pub fn new() -> Self {
        Self { x: [0.0; BATCH], y: [0.0; BATCH], z: [0.0; BATCH] }
    }

    /// Puts point `i` of the batch at `p`.
    #[inline]
    pub fn set(&mut self, i: usize, p: Vec3) {
        (self.x[i], self.y[i], self.z[i]) = (p.x, p.y, p.z);
    }
}

impl Default for Points {
    fn default() -> Self {
        Self::new()
    }
}

/// Copies of a leaf by folding space: cheap, continuous, and still 1-Lipschitz.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Fold {
    /// Mirrored at x = 0.
    pub x: bool,
    /// Mirrored at z = 0.
    pub z: bool,
    /// Copies around the y axis, each mirrored in itself; below 2 none.
    pub around_y: usize,
}

/// A shape, placed.
#[derive(Clone, Debug, PartialEq)]
pub struct Leaf {
    /// The shape in its own frame.
    pub shape: Shape,
    /// From the solid's frame to the shape's, after folding and moving.
    pub to_local: Mat3,
    /// The shape's origin in the solid's frame.
    pub at: Vec3,
    /// Copies.
    pub fold: Fold,
    /// Number of its material.
    pub material: u8,
}

/// One operation.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// Pushes the distance of a leaf.
    Leaf(Box<Leaf>),
    /// Joins the two topmost, rounding the seam by a radius (polynomial smooth minimum, Quilez).
    Union(f32),
    /// Takes the topmost away from the one below, rounding the edge by a radius.
    Subtract(f32),
    /// Keeps what both of the topmost have, rounding the edge by a radius.
    Intersect(f32),
    /// Keeps a wall of this half thickness around the surface.
    Shell(f32),
    /// Grows by a radius.
    Grow(f32),
    /// Adds waves to the surface.
    Waves(Waves),
}

/// Bumps: a sum of sine waves.
#[derive(Clone, Debug, PartialEq)]
pub struct Waves {
    /// Wave vector and phase of each wave, radians per unit.
    pub waves: Vec<(Vec3, f32)>,
    /// Amplitude of each wave.
    pub amplitude: f32,
}

impl Waves {
    /// Steepest slope of the sum.
    fn slope(&self) -> f32 {
        self.amplitude * self.waves.iter().map(|(k, _)| k.length()).sum::<f32>()
    }

    fn at(&self, p: Vec3) -> f32 {
        self.amplitude * self.waves.iter().map(|(k, phase)| sin(k.dot(p) + phase)).sum::<f32>()
    }
}

/// Bends space before everything else. Lengths in the solid's frame, in which |p| ≤ [`REACH`].
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Warp {
    /// Turns about y by this many radians per unit of height.
    pub twist: f32,
    /// Narrows towards the top: width is divided by 1 + taper · y.
    pub taper: f32,
    /// Shears x by bend · y².
    pub bend: f32,
    /// Mirrors everything at x = 0.
    pub mirror: bool,
}

/// Every solid lies within this distance of the origin on every axis.
pub const REACH: f32 = 1.25;
/// What reaches beyond this is cut off.
const LIMIT: f32 = 1.21;

impl Warp {
    fn is_plain(&self) -> bool {
        self.twist == 0.0 && self.taper == 0.0 && self.bend == 0.0
    }

    /// An upper bound of how much faster distances change in warped space.
    fn stretch(&self) -> f32 {
        let reach = REACH * 1.42;
        let narrow = 1.0 - self.taper.abs() * REACH;
        let taper = if self.taper == 0.0 { 1.0 } else { 1.0 / narrow + self.taper.abs() * reach / (narrow * narrow) };
        let wide = reach / narrow;
        (1.0 + 2.0 * self.bend.abs() * REACH) * taper * (1.0 + self.twist.abs() * wide)
    }

    #[inline]
    fn apply(&self, p: Vec3) -> Vec3 {
        let Vec3 { mut x, y, mut z } = p;
        if self.mirror {
            x = x.abs();
        }
        // Beyond the reach nothing is, and nothing may go wild.
        let h = y.clamp(-REACH, REACH);
        x -= self.bend * h * h;
        let width = 1.0 + self.taper * h;
        (x, z) = (x / width, z / width);
        if self.twist != 0.0 {
            let angle = self.twist * h;
            let (s, c) = (sin(angle), sin(angle + std::f32::consts::FRAC_PI_2));
            (x, z) = (c * x + s * z, c * z - s * x);
        }
        Vec3::new(x, y, z)
    }
}

/// A solid.
#[derive(Clone, Debug, PartialEq)]
pub struct Tape {
    /// The operations, in reverse Polish order; they leave one value.
    pub nodes: Vec<Node>,
    /// Bends the whole.
    pub warp: Warp,
    /// Makes the whole 1-Lipschitz.
    scale: f32,
    /// Values on the stack at most.
    depth: usize,
}

/// Room for one evaluation, to be used again.
#[derive(Default)]
pub struct Scratch {
    stack: Vec<Lane>,
    owners: Vec<[u8; BATCH]>,
    local: Points,
    warped: Points,
    aid: shape::Aid,
}

impl Tape {
    /// Closes a list of operations. `None` when they do not leave exactly one value.
    pub fn new(nodes: Vec<Node>, warp: Warp) -> Option<Self> {
        let (mut height, mut depth) = (0usize, 0);
        let mut slope = 1.0f32;
        for node in &nodes {
            match node {
                Node::Leaf(_) => height += 1,
                Node::Union(_) | Node::Subtract(_) | Node::Intersect(_) => height = height.checked_sub(1)?.max(1),
                Node::Shell(_) | Node::Grow(_) => {}
                Node::Waves(waves) => slope += waves.slope(),
            }
            depth = depth.max(height);
        }
        let scale = 1.0 / (slope * warp.stretch());
        (height == 1).then_some(Self { nodes, warp, scale, depth })
    }

    /// Number of leaves.
    pub fn leaf_count(&self) -> usize {
        self.nodes.iter().filter(|n| matches!(n, Node::Leaf(_))).count()
    }

    /// The signed field at every point of the batch.
    pub fn evaluate(&self, points: &Points, scratch: &mut Scratch, out: &mut Lane) {
        scratch.stack.resize(self.depth.max(1), [0.0; BATCH]);
        self.warp_into(points, &mut scratch.warped);
        let mut top = 0;
        for node in &self.nodes {
            if let Node::Leaf(leaf) = node {
                leaf.evaluate(&scratch.warped, &mut scratch.local, &mut scratch.aid, &mut scratch.stack[top]);
                top += 1;
                continue;
            }
            if matches!(node, Node::Union(_) | Node::Subtract(_) | Node::Intersect(_)) {
                top -= 1;
            }
            let (below, above) = scratch.stack.split_at_mut(top);
            let Some(value) = below.last_mut() else { continue };
            apply(node, value, above.first(), &scratch.warped);
        }
        if let Some(value) = scratch.stack.first() {
            for i in 0..BATCH {
                let [x, y, z] = [points.x[i].abs(), points.y[i].abs(), points.z[i].abs()];
                let widest = if x > y { x } else { y };
                let beyond = (if widest > z { widest } else { z }) - LIMIT;
                let value = value[i] * self.scale;
                out[i] = if beyond > value { beyond } else { value };
            }
        }
    }

    /// The material at every point of the batch: that of the leaf whose surface is nearest.
    pub fn materials(&self, points: &Points, scratch: &mut Scratch, out: &mut [u8; BATCH]) {
        scratch.stack.resize(self.depth.max(1), [0.0; BATCH]);
        scratch.owners.resize(self.depth.max(1), [0; BATCH]);
        self.warp_into(points, &mut scratch.warped);
        let mut top = 0;
        for node in &self.nodes {
            if let Node::Leaf(leaf) = node {
                leaf.evaluate(&scratch.warped, &mut scratch.local, &mut scratch.aid, &mut scratch.stack[top]);
                scratch.owners[top] = [leaf.material; BATCH];
                top += 1;
                continue;
            }
            if matches!(node, Node::Union(_) | Node::Subtract(_) | Node::Intersect(_)) {
                top -= 1;
                for i in 0..BATCH {
                    let (a, b) = (scratch.stack[top - 1][i], scratch.stack[top][i]);
                    let second = match node {
                        Node::Union(_) => b < a,
                        Node::Subtract(_) => -b > a,
                        _ => b > a,
                    };
                    if second {
                        scratch.owners[top - 1][i] = scratch.owners[top][i];
                    }
                }
            }
            let (below, above) = scratch.stack.split_at_mut(top);
            let Some(value) = below.last_mut() else { continue };
            apply(node, value, above.first(), &scratch.warped);
        }
        if let Some(owners) = scratch.owners.first() {
            *out = *owners;
        }
    }

    fn warp_into(&self, points: &Points, warped: &mut Points) {
        warped.clone_from(points);
        if self.warp.is_plain() {
            if self.warp.mirror {
                warped.x.iter_mut().for_each(|x| *x = x.abs());
            }
            return;
        }
        for i in 0..BATCH {
            let p = self.warp.apply(Vec3::new(points.x[i], points.y[i], points.z[i]));
            warped.set(i, p);
        }
    }
}

/// Every operation but a leaf: changes `value`, taking `other` from the stack where it needs two.
fn apply(node: &Node, value: &mut Lane, other: Option<&Lane>, points: &Points) {
    match (node, other) {
        (Node::Union(k), Some(b)) => value.iter_mut().zip(b).for_each(|(a, b)| *a = smooth_min(*a, *b, *k)),
        (Node::Subtract(k), Some(b)) => value.iter_mut().zip(b).for_each(|(a, b)| *a = -smooth_min(-*a, *b, *k)),
        (Node::Intersect(k), Some(b)) => value.iter_mut().zip(b).for_each(|(a, b)| *a = -smooth_min(-*a, -*b, *k)),
        (Node::Shell(t), _) => value.iter_mut().for_each(|a| *a = a.abs() - t),
        (Node::Grow(r), _) => value.iter_mut().for_each(|a| *a -= r),
        (Node::Waves(waves), _) => {
            for (i, a) in value.iter_mut().enumerate() {
                *a += waves.at(Vec3::new(points.x[i], points.y[i], points.z[i]));
            }
        }
        _ => {}
    }
}

/// The smaller of both, rounded off over a difference of `k` (quadratic polynomial, Quilez).
#[inline]
pub fn smooth_min(a: f32, b: f32, k: f32) -> f32 {
    let low = if a < b { a } else { b };
    if k <= 0.0 {
        return low;
    }
    let h = k - (a - b).abs();
    let h = if h > 0.0 { h } else { 0.0 };
    low - h * h * (0.25 / k)
}

/// A sine by polynomial, within 2e-5: the platform's would differ from machine to machine.
#[inline]
pub fn sin(angle: f32) -> f32 {
    let turns = angle * std::f32::consts::FRAC_1_PI * 0.5;
    let shifted = turns + 0.5;
    let whole = shifted as i32;
    let floor = if (whole as f32) > shifted { whole - 1 } else { whole };
    // Within half a turn, then within a quarter by symmetry.
    let t = turns - floor as f32;
    let t = if t > 0.25 { 0.5 - t } else { t };
    let t = if t < -0.25 { -0.5 - t } else { t };
    let x = t * std::f32::consts::TAU;
    let s = x * x;
    x * (1.0 + s * (-1.0 / 6.0 + s * (1.0 / 120.0 + s * (-1.0 / 5040.0 + s * (1.0 / 362_880.0)))))
}

impl Leaf {
    fn evaluate(&self, points: &Points, local: &mut Points, aid: &mut shape::Aid, out: &mut Lane) {
        let (m, at) = (self.to_local, self.at);
        let fold = self.fold;
        let borders = sector_borders(fold.around_y);
        for i in 0..BATCH {
            let x = if fold.x { points.x[i].abs() } else { points.x[i] };
            let z = if fold.z { points.z[i].abs() } else { points.z[i] };
            let (x, z) = if fold.around_y > 1 { fold_around(x, z, &borders) } else { (x, z) };
            let (x, y, z) = (x - at.x, points.y[i] - at.y, z - at.z);
            local.x[i] = m.x_axis.x * x + m.y_axis.x * y + m.z_axis.x * z;
            local.y[i] = m.x_axis.y * x + m.y_axis.y * y + m.z_axis.y * z;
            local.z[i] = m.x_axis.z * x + m.y_axis.z * y + m.z_axis.z * z;
        }
        self.shape.evaluate(local, aid, out);
    }
}

/// Sine and cosine of the borders between `count` sectors around +x, from the outermost inward.
fn sector_borders(count: usize) -> Vec<(f32, f32)> {
    let step = std::f32::consts::PI / count.max(1) as f32;
    let odd = (1..count).rev().filter(|border| border % 2 == 1).filter(|_| count > 1);
    odd.map(|border| {
        let angle = step * border as f32;
        (sin(angle), sin(angle + std::f32::consts::FRAC_PI_2))
    })
    .collect()
}

/// Folds the plane into the sector around +x by reflections at the sector borders.
#[inline]
fn fold_around(x: f32, z: f32, borders: &[(f32, f32)]) -> (f32, f32) {
    let (mut x, mut z) = (x, z.abs());
    for (s, c) in borders {
        let beyond = c * z - s * x;
        if beyond > 0.0 {
            (x, z) = (x + 2.0 * s * beyond, z - 2.0 * c * beyond);
        }
    }
    (x, z.abs())
}
