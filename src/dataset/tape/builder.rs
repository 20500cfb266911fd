//! Writes tapes: shapes are added to, and cut from, what is there.

use glam::{Mat3, Vec3};

use super::{Fold, Leaf, Node, Shape, Tape, Warp, Waves};

/// A tape in the making. Groups nest: what is made between [`Builder::group`] and [`Builder::join`] is
/// one operand.
pub struct Builder {
    nodes: Vec<Node>,
    /// Whether each open group holds something already.
    filled: Vec<bool>,
    /// Radius that seams are rounded by from now on.
    pub seam: f32,
    /// How leaves are copied from now on.
    pub fold: Fold,
    /// Material of leaves from now on.
    pub material: u8,
    /// Bends the whole.
    pub warp: Warp,
    leaves: usize,
}

/// Leaves that a tape may have.
pub const MAX_LEAVES: usize = 24;

impl Default for Builder {
    fn default() -> Self {
        Self::new()
    }
}

impl Builder {
    /// Nothing yet.
    pub fn new() -> Self {
        Self {
            nodes: Vec::new(),
            filled: vec![false],
            seam: 0.0,
            fold: Fold::default(),
            material: 0,
            warp: Warp::default(),
            leaves: 0,
        }
    }

    /// Whether another leaf fits.
    pub fn has_room(&self) -> bool {
        self.leaves < MAX_LEAVES
    }

    fn push(&mut self, shape: Shape, at: Vec3, rotation: Mat3) -> bool {
        if !self.has_room() {
            return false;
        }
        self.leaves += 1;
        let (fold, material) = (self.fold, self.material);
        self.nodes.push(Node::Leaf(Box::new(Leaf { shape, to_local: rotation.transpose(), at, fold, material })));
        true
    }

    /// Adds a shape, turned and then moved to `at`.
    pub fn add(&mut self, shape: Shape, at: Vec3, rotation: Mat3) {
        if self.push(shape, at, rotation) {
            self.combine(Node::Union(self.seam));
        }
    }

    /// Adds a shape, moved to `at`.
    pub fn put(&mut self, shape: Shape, at: Vec3) {
        self.add(shape, at, Mat3::IDENTITY);
    }

    /// Cuts a shape away from the open group.
    pub fn cut(&mut self, shape: Shape, at: Vec3, rotation: Mat3) {
        if self.filled.last() == Some(&true) && self.push(shape, at, rotation) {
            self.nodes.push(Node::Subtract(self.seam));
        }
    }

    /// Keeps only what is also within a shape.
    pub fn keep(&mut self, shape: Shape, at: Vec3, rotation: Mat3) {
        if self.filled.last() == Some(&true) && self.push(shape, at, rotation) {
            self.nodes.push(Node::Intersect(self.seam));
        }
    }

    /// Changes what the open group holds so far.
    pub fn change(&mut self, node: Node) {
        if self.filled.last() == Some(&true) {
            self.nodes.push(node);
        }
    }

    /// Bumps with `count` waves of about `length`, in all `height` high at most.
    pub fn waves(&mut self, random: &mut super::super::random::Random, count: usize, length: f32, height: f32) {
        let wave = |random: &mut super::super::random::Random| {
            let k = random.direction() * (std::f32::consts::TAU / (length * random.range(0.7, 1.5)));
            (k, random.range(0.0, 6.25))
        };
        let waves = (0..count).map(|_| wave(random)).collect();
        self.change(Node::Waves(Waves { waves, amplitude: height / count.max(1) as f32 }));
    }

    /// Opens a group.
    pub fn group(&mut self) {
        self.filled.push(false);
    }

    /// Closes the group and joins it.
    pub fn join(&mut self) {
        if self.filled.len() > 1 && self.filled.pop() == Some(true) {
            self.combine(Node::Union(self.seam));
        }
    }

    fn combine(&mut self, node: Node) {
        if let Some(filled) = self.filled.last_mut() {
            if *filled {
                self.nodes.push(node);
            }
            *filled = true;
        }
    }

    /// The tape; `None` when nothing was added.
    pub fn finish(mut self) -> Option<Tape> {
        while self.filled.len() > 1 {
            self.join();
        }
        Tape::new(self.nodes, self.warp)
    }
}
