//! Parts of things: closed coloured solids, put where they belong and joined into one.

use std::f32::consts::TAU;

use glam::{Affine3A, Mat3, Vec2, Vec3};
use manifold_rust::linalg;
use manifold_rust::manifold::Manifold;
use manifold_rust::polygon::triangulate;
use manifold_rust::types::{Error, MeshGL, OpType};

use super::super::cut::largest;
use super::super::look::color_from_hsv;
use super::super::pack::PackedMesh;
use super::super::random::{Random, rotation_to};

/// Where a thing is put together. Lengths are in any unit: the thing is brought to the usual size at its end. +y is
/// up, the front looks to +z. Parts must overlap to hold together: only the largest piece is kept.
pub struct Kit<'r> {
    /// Where the thing's proportions come from.
    pub random: &'r mut Random,
    /// Corners of a circle.
    pub sides: usize,
    place: Affine3A,
    color: Vec3,
    /// Colours of this thing's paint and cloth.
    paints: [Vec3; 4],
    whole: Manifold,
    /// Parts that are not joined with `whole` yet.
    parts: Vec<Manifold>,
    is_carving: bool,
    is_sound: bool,
}

impl<'r> Kit<'r> {
    /// An empty place with colours of its own.
    pub fn new(random: &'r mut Random) -> Self {
        let sides = random.pick(&[6, 8, 8, 10, 12, 16, 24]);
        let hue = random.unit();
        let spread = random.pick(&[0.1, 0.3, 0.5]);
        let paints = [0; 4].map(|_| {
            let (saturation, value) = (random.range(0.1, 0.9), random.range(0.25, 1.0));
            color_from_hsv((hue + random.around(spread)).rem_euclid(1.0), saturation, value)
        });
        Self {
            random,
            sides,
            place: Affine3A::IDENTITY,
            color: paints[0],
            paints,
            whole: Manifold::empty(),
            parts: Vec::new(),
            is_carving: false,
            is_sound: true,
        }
    }

    // Colours of the parts that follow.

    /// One of this thing's four own colours.
    pub fn paint(&mut self, number: usize) {
        self.color = self.paints[number % 4];
    }

    /// A colour about the given hue (turns), saturation and value.
    pub fn hsv(&mut self, hue: f32, saturation: f32, value: f32) {
        let random = &mut self.random;
        let hue = (hue + random.around(0.02)).rem_euclid(1.0);
        let saturation = (saturation * random.range(0.8, 1.2)).min(1.0);
        self.color = color_from_hsv(hue, saturation, (value * random.range(0.8, 1.2)).min(1.0));
    }

    /// Wood.
    pub fn wood(&mut self) {
        let value = self.random.range(0.3, 0.75);
        self.hsv(0.075, 0.55, value);
    }

    /// Iron, steel, tin.
    pub fn metal(&mut self) {
        let value = self.random.range(0.35, 0.8);
        self.hsv(0.6, 0.06, value);
    }

    /// Gold and brass.
    pub fn gold(&mut self) {
        self.hsv(0.12, 0.65, 0.85);
    }

    /// Stone and concrete.
    pub fn stone(&mut self) {
        let value = self.random.range(0.4, 0.75);
        self.hsv(0.1, 0.08, value);
    }

    /// Leaves and grass.
    pub fn leaf(&mut self) {
        let (hue, value) = (self.random.range(0.2, 0.4), self.random.range(0.35, 0.7));
        self.hsv(hue, 0.6, value);
    }

    /// Skin of people.
    pub fn skin(&mut self) {
        let value = self.random.range(0.4, 0.95);
        self.hsv(0.06, 0.4, value);
    }

    /// Almost black.
    pub fn dark(&mut self) {
        self.hsv(0.6, 0.1, 0.15);
    }

    /// Almost white.
    pub fn white(&mut self) {
        self.hsv(0.1, 0.04, 0.92);
    }

    /// Window glass.
    pub fn glass(&mut self) {
        self.hsv(0.55, 0.3, 0.7);
    }

    // Where parts go.

    /// Parts made inside are moved by `to`.
    pub fn at(&mut self, to: Vec3, parts: impl FnOnce(&mut Self)) {
        self.within(Affine3A::from_translation(to), parts);
    }

    /// Parts made inside are turned about an axis through `to` by `angle` (radians, counter-clockwise seen from the
    /// axis' tip) and moved there.
    pub fn turned(&mut self, to: Vec3, axis: Vec3, angle: f32, parts: impl FnOnce(&mut Self)) {
        let turn = super::super::random::rotation_about(axis.normalize_or(Vec3::Y), angle);
        self.within(Affine3A::from_mat3_translation(turn, to), parts);
    }

    /// Parts made inside are scaled and moved to `to`.
    pub fn scaled(&mut self, to: Vec3, scale: Vec3, parts: impl FnOnce(&mut Self)) {
        self.within(Affine3A::from_mat3_translation(Mat3::from_diagonal(scale), to), parts);
    }

    /// Parts made inside come twice, the second time mirrored left and right.
    pub fn both(&mut self, parts: impl FnMut(&mut Self)) {
        self.mirrored(Vec3::new(-1.0, 1.0, 1.0), parts);
    }

    /// Parts made inside come four times, mirrored left and right, front and back.
    pub fn four(&mut self, mut parts: impl FnMut(&mut Self)) {
        self.mirrored(Vec3::new(1.0, 1.0, -1.0), |kit| kit.both(&mut parts));
    }

    fn mirrored(&mut self, scale: Vec3, mut parts: impl FnMut(&mut Self)) {
        let (start, color) = (self.random.clone(), self.color);
        parts(self);
        (*self.random, self.color) = (start, color);
        self.within(Affine3A::from_scale(scale), parts);
    }

    /// Parts made inside come `count` times around the y axis, all alike; the first is not turned.
    pub fn around(&mut self, count: usize, mut parts: impl FnMut(&mut Self)) {
        let (start, color) = (self.random.clone(), self.color);
        for k in 0..count {
            (*self.random, self.color) = (start.clone(), color);
            self.turned(Vec3::ZERO, Vec3::Y, TAU * k as f32 / count as f32, &mut parts);
        }
    }

    /// Parts made inside are taken away from everything made so far.
    pub fn carve(&mut self, parts: impl FnOnce(&mut Self)) {
        self.join();
        self.is_carving = true;
        parts(self);
        let cutter = Manifold::batch_boolean(&std::mem::take(&mut self.parts), OpType::Add);
        self.is_carving = false;
        self.whole = self.whole.difference(&cutter);
    }

    fn within(&mut self, place: Affine3A, parts: impl FnOnce(&mut Self)) {
        let outer = self.place;
        self.place = outer * place;
        parts(self);
        self.place = outer;
    }

    /// Parts made inside have circles of so many corners.
    pub fn sided(&mut self, sides: usize, parts: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.sides, sides);
        parts(self);
        self.sides = outer;
    }

    /// Colours or parts, with probability `chance` the first.
    pub fn either(&mut self, chance: f32, one: impl FnOnce(&mut Self), other: impl FnOnce(&mut Self)) {
        if self.random.chance(chance) { one(self) } else { other(self) }
    }

    // Parts.

    /// A box with its middle at `center`; `size` is its whole width, height and depth.
    pub fn block(&mut self, center: Vec3, size: Vec3) {
        self.frustum(center - 0.5 * size * Vec3::Y, size, size, Vec3::ZERO);
    }

    /// A box with its edges cut off by `round`.
    pub fn pad(&mut self, center: Vec3, size: Vec3, round: f32) {
        let half = 0.5 * size;
        let round = round.min(0.95 * half.min_element());
        let corner = |k: usize| Vec3::from_array([0, 1, 2].map(|axis| if k >> axis & 1 == 0 { -1.0 } else { 1.0 }));
        let shrunk = [0, 1, 2].map(|axis| {
            let mut inner = half - round;
            inner[axis] = half[axis];
            inner
        });
        let points: Vec<Vec3> = (0..8).flat_map(|k| shrunk.map(|inner| center + corner(k) * inner)).collect();
        self.hull(&points);
    }

    /// A box whose top differs from its bottom: `bottom` and `top` are widths along x and z (y of them is not used
    /// but for the height, `bottom.y`); the top's middle is moved by `lean`. `foot` is the middle of the bottom.
    pub fn frustum(&mut self, foot: Vec3, bottom: Vec3, top: Vec3, lean: Vec3) {
        let ring = |size: Vec3, middle: Vec3| {
            let (x, z) = (0.5 * size.x, 0.5 * size.z);
            [[-x, -z], [-x, z], [x, z], [x, -z]].map(|[x, z]| middle + Vec3::new(x, 0.0, z))
        };
        let rings = [ring(bottom, foot), ring(top, foot + bottom.y * Vec3::Y + lean)];
        self.loft(&rings.map(|r| r.to_vec()));
    }

    /// A round rod from `a` with radius `from` to `b` with radius `to`; a radius of 0 is a tip.
    pub fn rod(&mut self, a: Vec3, b: Vec3, from: f32, to: f32) {
        let way = b - a;
        if way.length() < 1e-5 {
            return;
        }
        let turn = rotation_to(way.normalize());
        let rings = [(a, from), (b, to)].map(|(middle, radius)| self.circle(middle, &turn, Vec2::splat(radius)));
        self.loft(&rings);
    }

    /// A ball or an ellipsoid.
    pub fn ball(&mut self, center: Vec3, radii: Vec3) {
        let rings = (self.sides / 2).max(4);
        let profile: Vec<Vec2> = (0..=rings)
            .map(|k| {
                let angle = std::f32::consts::PI * k as f32 / rings as f32;
                Vec2::new(libm::sinf(angle), -libm::cosf(angle))
            })
            .collect();
        self.scaled(center, radii, |kit| kit.lathe(Vec3::ZERO, &profile));
    }

    /// What turns about the vertical through `foot`: pairs of radius and height, from the bottom to the top. A vessel
    /// goes on inside, down again to its floor. The first and the last are closed by a flat lid where their radius is
    /// not 0.
    pub fn lathe(&mut self, foot: Vec3, profile: &[Vec2]) {
        let rings: Vec<Vec<Vec3>> =
            profile.iter().map(|p| self.circle(foot + p.y * Vec3::Y, &Mat3::IDENTITY, Vec2::splat(p.x))).collect();
        self.loft(&rings);
    }

    /// A flat outline in x and y (counter-clockwise or clockwise, not crossing itself), from z = `back` to `front`.
    pub fn plate(&mut self, outline: &[Vec2], back: f32, front: f32) {
        let mut outline = outline.to_vec();
        let area: f32 = (0..outline.len()).map(|k| outline[k].perp_dot(outline[(k + 1) % outline.len()])).sum();
        if area < 0.0 {
            outline.reverse();
        }
        let polygon = outline.iter().map(|p| linalg::Vec2::new(p.x.into(), p.y.into())).collect();
        let n = outline.len() as u32;
        let mut triangles = Vec::new();
        for t in triangulate(&vec![polygon], -1.0, true) {
            let [a, b, c] = [t.x, t.y, t.z].map(|i| i as u32);
            triangles.extend([[a + n, b + n, c + n], [a, c, b]]);
        }
        for k in 0..n {
            let next = (k + 1) % n;
            triangles.extend([[k, next, next + n], [k, next + n, k + n]]);
        }
        let points = [back, front].into_iter().flat_map(|z| outline.iter().map(move |p| p.extend(z))).collect();
        self.part(points, triangles);
    }

    /// A ring about the axis through `center`; `minor` is the radius of its round section.
    pub fn ring(&mut self, center: Vec3, axis: Vec3, major: f32, minor: f32) {
        self.arc(center, axis, major, minor, 0.0, TAU);
    }

    /// A piece of a ring. The axis points to the viewer of the angles, which run counter-clockwise; for +z they start
    /// at +x, for +y at +x as well (running towards −z), for +x at −z... a full turn is a ring.
    pub fn arc(&mut self, center: Vec3, axis: Vec3, major: f32, minor: f32, from: f32, to: f32) {
        let axis = axis.normalize_or(Vec3::Z);
        let x = if axis.x.abs() < 0.9 { Vec3::X } else { Vec3::NEG_Z };
        let y = axis.cross(x).normalize_or(Vec3::Y);
        let x = y.cross(axis);
        let is_whole = (to - from).abs() > TAU - 1e-3;
        let steps = ((self.sides as f32 * (to - from).abs() / TAU * 1.5) as usize).max(3);
        let count = if is_whole { steps } else { steps + 1 };
        let (start, step) = (from.min(to), (to - from).abs() / steps as f32);
        let n = (self.sides / 2).max(4);
        let mut points = Vec::new();
        for k in 0..count {
            let angle = start + step * k as f32;
            let out = libm::cosf(angle) * x + libm::sinf(angle) * y;
            for i in 0..n {
                let around = TAU * i as f32 / n as f32;
                points.push(center + out * (major + minor * libm::cosf(around)) + axis * minor * libm::sinf(around));
            }
        }
        let at = |k: usize, i: usize| ((k % count) * n + i % n) as u32;
        let mut triangles = Vec::new();
        for k in 0..steps {
            for i in 0..n {
                let [a, b, c, d] = [at(k, i), at(k, i + 1), at(k + 1, i + 1), at(k + 1, i)];
                triangles.extend([[a, c, b], [a, d, c]]);
            }
        }
        if !is_whole {
            for i in 1..n - 1 {
                triangles.extend([[at(0, 0), at(0, i), at(0, i + 1)], [at(steps, 0), at(steps, i + 1), at(steps, i)]]);
            }
        }
        self.part(points, triangles);
    }

    /// A round tube along points, thick at each as given.
    pub fn tube(&mut self, path: &[(Vec3, f32)]) {
        for pair in path.windows(2) {
            let [(a, from), (b, to)] = [pair[0], pair[1]];
            self.rod(a, b, from, to);
        }
        for &(joint, radius) in path.iter().take(path.len().saturating_sub(1)).skip(1) {
            self.ball(joint, Vec3::splat(1.02 * radius));
        }
    }

    /// The convex hull of points.
    pub fn hull(&mut self, points: &[Vec3]) {
        let points: Vec<_> = points.iter().map(|&p| to_kernel_point(self.place.transform_point3(p))).collect();
        let hull = Manifold::hull(&points);
        self.add(hull);
    }

    /// Layers of equally many points, each counter-clockwise seen from above where the layers go up, joined to the
    /// next and closed at both ends by fans: what a fan of a layer does not fill (a layer that is not convex) must not
    /// be an end.
    pub fn loft(&mut self, layers: &[Vec<Vec3>]) {
        let n = layers[0].len();
        let mut points: Vec<Vec3> = Vec::new();
        // A layer of no extent is one point.
        let rings: Vec<Option<u32>> = layers
            .iter()
            .map(|layer| {
                let first = points.len() as u32;
                let is_tip = layer.iter().all(|p| p.distance(layer[0]) < 1e-5);
                points.extend(if is_tip { &layer[..1] } else { &layer[..] });
                (!is_tip).then_some(first)
            })
            .collect();
        let starts: Vec<u32> = rings
            .iter()
            .scan(0, |next, ring| {
                let start = *next;
                *next += if ring.is_some() { n as u32 } else { 1 };
                Some(start)
            })
            .collect();
        let at = |layer: usize, k: usize| starts[layer] + if rings[layer].is_some() { (k % n) as u32 } else { 0 };
        let mut triangles = Vec::new();
        let mut put = |t: [u32; 3]| {
            if t[0] != t[1] && t[1] != t[2] && t[2] != t[0] {
                triangles.push(t);
            }
        };
        for layer in 0..layers.len() - 1 {
            for k in 0..n {
                let [a, b, c, d] = [at(layer, k), at(layer, k + 1), at(layer + 1, k + 1), at(layer + 1, k)];
                put([a, b, c]);
                put([a, c, d]);
            }
        }
        let last = layers.len() - 1;
        for k in 1..n - 1 {
            put([at(0, 0), at(0, k + 1), at(0, k)]);
            put([at(last, 0), at(last, k), at(last, k + 1)]);
        }
        self.part(points, triangles);
    }

    /// An ellipse of `sides` corners about the y axis of `turn`, counter-clockwise seen from its tip.
    fn circle(&self, middle: Vec3, turn: &Mat3, radii: Vec2) -> Vec<Vec3> {
        let corner = |k: usize| {
            let angle = TAU * (k as f32 + 0.5) / self.sides as f32;
            middle + *turn * Vec3::new(radii.x * libm::cosf(angle), 0.0, -radii.y * libm::sinf(angle))
        };
        (0..self.sides).map(corner).collect()
    }

    /// A closed part, its triangles all one way round: they are turned outward.
    fn part(&mut self, points: Vec<Vec3>, mut triangles: Vec<[u32; 3]>) {
        let places: Vec<Vec3> = points.iter().map(|&p| self.place.transform_point3(p)).collect();
        let corner = |i: u32| places[i as usize] - places[0];
        let volume: f32 = triangles.iter().map(|t| corner(t[0]).cross(corner(t[1])).dot(corner(t[2]))).sum();
        if volume < 0.0 {
            triangles.iter_mut().for_each(|t| t.swap(1, 2));
        }
        let mesh = MeshGL {
            num_prop: 3,
            vert_properties: places.iter().flat_map(|p| p.to_array()).collect(),
            tri_verts: triangles.as_flattened().to_vec(),
            ..MeshGL::default()
        };
        self.add(Manifold::from_mesh_gl(&mesh));
    }

    fn add(&mut self, solid: Manifold) {
        self.is_sound &= solid.status() == Error::NoError;
        let [r, g, b] = self.color.to_array().map(f64::from);
        let colored = solid.set_properties(3, move |new, _, _| new[..3].copy_from_slice(&[r, g, b]));
        self.parts.push(colored);
    }

    fn join(&mut self) {
        if self.is_carving || self.parts.is_empty() {
            return;
        }
        let mut parts = std::mem::take(&mut self.parts);
        if !self.whole.is_empty() {
            parts.push(std::mem::take(&mut self.whole));
        }
        self.whole = Manifold::batch_boolean(&parts, OpType::Add);
    }

    /// The thing as one solid of the usual size; `None` when a part is broken, or when it falls to pieces.
    pub fn finish(mut self) -> Option<PackedMesh> {
        self.join();
        if !self.is_sound || self.whole.status() != Error::NoError {
            return None;
        }
        largest(&self.whole, self.whole.volume(), 0.9..)
    }
}

fn to_kernel_point(p: Vec3) -> linalg::Vec3 {
    linalg::Vec3::new(p.x.into(), p.y.into(), p.z.into())
}
