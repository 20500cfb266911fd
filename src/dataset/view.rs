//! From where a solid is seen, and how it is brought into the frame of the picture.
//!
//! The frame is the viewer's: +x right, +y up, +z to the viewer. The picture shows [-1, 1]², the
//! solid's box in it is centred and [`SHARE`] long, z = 0 is the middle of the solid's extent in z.

use glam::{Mat3, Vec3};

use super::random::{Random, rotation_about};

/// Share of the frame that the longest side of the solid's box takes.
pub const SHARE: f32 = 0.9;
/// A solid that is wholly in the frame is no deeper than this on either side of z = 0.
pub const MAX_DEPTH: f32 = 0.95;
/// A solid whose ends may be cut off is no deeper than this.
pub const MAX_DEPTH_CUT: f32 = 1.7;

/// A way of looking at a solid. In perspective the eye is at `(0, 0, 1 / converge)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct View {
    /// Turns the solid's axes into the viewer's.
    pub rotation: Mat3,
    /// Frame units per unit of the solid.
    pub scale: f32,
    /// Where the solid's origin lies in the frame.
    pub shift: Vec3,
    /// 1 / distance of the eye; 0 is orthographic.
    pub converge: f32,
    /// How far the eye is above the solid's horizon, radians.
    pub elevation: f32,
    /// How far the eye went around the solid's y axis, counter-clockwise seen from above, radians.
    pub azimuth: f32,
    /// Angle that the frame covers, radians; 0 is orthographic.
    pub field_of_view: f32,
}

impl View {
    /// Looks from `azimuth` and `elevation`, turned by `roll`; not fitted yet.
    pub fn new(azimuth: f32, elevation: f32, roll: f32, field_of_view: f32) -> Self {
        let rotation =
            rotation_about(Vec3::Z, roll) * rotation_about(Vec3::X, elevation) * rotation_about(Vec3::Y, -azimuth);
        let half = 0.5 * field_of_view;
        let converge = if field_of_view > 0.0 { libm::sinf(half) / libm::cosf(half) } else { 0.0 };
        Self { rotation, scale: 1.0, shift: Vec3::ZERO, converge, elevation, azimuth, field_of_view }
    }

    /// A view as pictures are taken: mostly from the front, near eye level; four in ten in perspective.
    pub fn random(random: &mut Random) -> Self {
        let degree = std::f32::consts::PI / 180.0;
        let elevation = match random.weighted(&[45.0, 45.0, 10.0]) {
            0 => random.around(5.0),
            1 => random.range(5.0, 30.0),
            _ => random.range(-15.0, 45.0),
        };
        let azimuth = match random.weighted(&[40.0, 30.0, 30.0]) {
            0 => random.around(15.0),
            1 => random.range(15.0, 75.0) * random.pick(&[-1.0, 1.0]),
            _ => random.around(180.0),
        };
        let roll = random.around(5.0);
        let field_of_view = if random.chance(0.4) { random.range(5.0, 45.0) } else { 0.0 };
        Self::new(azimuth * degree, elevation * degree, roll * degree, field_of_view * degree)
    }

    /// The same view, fitted to a solid with these surface points: its box fills the picture, unless it
    /// would be deeper than [`MAX_DEPTH`]. `None` without extent.
    pub fn fitted(self, points: &[Vec3]) -> Option<Self> {
        self.fitted_within(points, MAX_DEPTH)
    }

    /// The same with another greatest depth on either side of z = 0.
    pub fn fitted_within(mut self, points: &[Vec3], max_depth: f32) -> Option<Self> {
        let turned: Vec<Vec3> = points.iter().map(|&p| self.rotation * p).collect();
        let low = turned.iter().copied().reduce(Vec3::min)?;
        let high = turned.iter().copied().reduce(Vec3::max)?;
        let size = high - low;
        if !(size.min_element() > 1e-5 && size.max_element() < 1e5) {
            return None;
        }
        let wanted = 2.0 * SHARE;
        self.scale = (wanted / size.x.max(size.y)).min(2.0 * max_depth / size.z);
        self.shift = -0.5 * (low + high) * self.scale;
        for _ in 0..8 {
            if self.converge == 0.0 {
                break;
            }
            let seen = turned.iter().map(|&p| self.project(p * self.scale + self.shift));
            let start = (Vec3::INFINITY, Vec3::NEG_INFINITY);
            let (low, high) = seen.fold(start, |(low, high), p| (low.min(p), high.max(p)));
            let middle = 0.5 * (low + high);
            let grow = (wanted / (high - low).truncate().max_element()).min(max_depth / (0.5 * (high.z - low.z)));
            self.scale *= grow;
            self.shift.x = (self.shift.x - middle.x) * grow;
            self.shift.y = (self.shift.y - middle.y) * grow;
            self.shift.z = (self.shift.z - middle.z) * grow;
        }
        Some(self)
    }

    /// The longest side of the box of these points in the picture, as a share of the frame.
    pub fn size(&self, points: &[Vec3]) -> f32 {
        let seen = points.iter().map(|&p| self.project(self.frame_from_solid(p)));
        let start = (Vec3::INFINITY, Vec3::NEG_INFINITY);
        let (low, high) = seen.fold(start, |(low, high), p| (low.min(p), high.max(p)));
        0.5 * (high - low).truncate().max_element()
    }

    /// From the solid's axes to the frame.
    #[inline]
    pub fn frame_from_solid(&self, p: Vec3) -> Vec3 {
        self.rotation * p * self.scale + self.shift
    }

    /// From the frame to the solid's axes.
    #[inline]
    pub fn solid_from_frame(&self, p: Vec3) -> Vec3 {
        let q = (p - self.shift) / self.scale;
        let r = &self.rotation;
        Vec3::new(r.x_axis.dot(q), r.y_axis.dot(q), r.z_axis.dot(q))
    }

    /// Where a point of the frame appears: x and y in the picture, z as it is.
    #[inline]
    pub fn project(&self, p: Vec3) -> Vec3 {
        let near = 1.0 - p.z * self.converge;
        Vec3::new(p.x / near, p.y / near, p.z)
    }

    /// The point of the frame at depth `z` behind the picture's point `x, y`.
    #[inline]
    pub fn on_ray(&self, x: f32, y: f32, z: f32) -> Vec3 {
        let near = 1.0 - z * self.converge;
        Vec3::new(x * near, y * near, z)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_solid_fills_its_frame() {
        let mut random = Random::new(3, 1);
        for _ in 0..50 {
            let points: Vec<Vec3> = (0..40).map(|_| random.direction() * Vec3::new(3.0, 1.0, 0.7)).collect();
            let view = View::random(&mut random).fitted(&points).unwrap();
            let seen: Vec<Vec3> = points.iter().map(|&p| view.project(view.frame_from_solid(p))).collect();
            let low = seen.iter().copied().reduce(Vec3::min).unwrap();
            let high = seen.iter().copied().reduce(Vec3::max).unwrap();
            let longest = (high - low).truncate().max_element();
            assert!(high.z < 0.951 && (high + low).abs().max_element() < 0.01, "{low} {high}");
            assert!((longest - 1.8).abs() < 0.01 || (longest < 1.8 && high.z > 0.94), "{longest}");
            let p = points[3];
            assert!(view.solid_from_frame(view.frame_from_solid(p)).distance(p) < 1e-4);
        }
    }

    #[test]
    fn a_deep_solid_may_lose_its_ends_instead_of_its_size() {
        let points: Vec<Vec3> =
            (0..8).map(|k| Vec3::new((k & 1) as f32, (k >> 1 & 1) as f32, 1.6 * (k >> 2) as f32)).collect();
        for opening in [0.0, 0.6] {
            let view = View::new(0.0, 0.0, 0.0, opening);
            let [whole, cut] = [MAX_DEPTH, MAX_DEPTH_CUT].map(|depth| view.fitted_within(&points, depth).unwrap());
            assert!(whole.size(&points) < 0.95 * SHARE && (cut.size(&points) - SHARE).abs() < 0.01);
            assert!(points.iter().all(|&p| whole.frame_from_solid(p).z.abs() < 0.96));
        }
    }

    #[test]
    fn from_above_and_from_the_right() {
        let above = View::new(0.0, 0.5, 0.0, 0.0);
        assert!(above.frame_from_solid(Vec3::Y).z > 0.4);
        let right = View::new(0.5, 0.0, 0.0, 0.0);
        assert!(right.frame_from_solid(Vec3::X).z > 0.4);
    }
}
