//! The leaves of a tape: solids whose signed distance (or a bound with the right sign that never
//! changes faster) is a short formula. Most formulas are Quilez, "Distance functions".

#![allow(clippy::needless_range_loop, reason = "several lanes run side by side")]

use glam::Vec3;

use super::flat::Flat;
use super::{BATCH, Lane, Points};

/// A solid around the origin of its own frame.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// Radius.
    Sphere(f32),
    /// Half axes.
    Ellipsoid(Vec3),
    /// Half edges and how far edges are rounded (within the half edges).
    Box(Vec3, f32),
    /// Around y: radius, half height, rounding of the rims.
    Cylinder(f32, f32, f32),
    /// Around y: radius of the ring, radius of the tube.
    Torus(f32, f32),
    /// In the xy plane: half the opening angle's sine and cosine, radius of the ring, of the tube.
    Arc(f32, f32, f32, f32),
    /// Spheres of two radii along y from the origin to this height, and the cone between them.
    RoundCone(f32, f32, f32),
    /// Round cones along a line of points with radii.
    Chain(Vec<(Vec3, f32)>),
    /// Everything where y is less than 0.
    HalfSpace,
    /// |x/a|ᵖ + |y/b|ᵖ + |z/c|ᵖ ≤ 1: half axes and p as a power of two (0 → 1, 1 → 2, 2 → 4, 3 → 8).
    Superquadric(Vec3, u8),
    /// A figure in the xy plane, pulled to ± half thickness and rounded by a radius, at most the half
    /// thickness. With a large radius the figure becomes a pillow.
    Extrude(Flat, f32, f32),
    /// A profile with x ≥ 0, turned about y.
    Lathe(Flat),
    /// One solid stretched along its axes: factors.
    Stretched(Vec3, std::boxed::Box<Shape>),
}

/// Room for formulas with intermediate results.
#[derive(Default)]
pub struct Aid {
    flat: super::flat::Aid,
    radial: Option<std::boxed::Box<Points>>,
    inner: Option<std::boxed::Box<Aid>>,
}

#[inline]
fn max(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

#[inline]
fn min(a: f32, b: f32) -> f32 {
    if a < b { a } else { b }
}

#[inline]
fn length2(a: f32, b: f32) -> f32 {
    (a * a + b * b).sqrt()
}

#[inline]
fn length3(a: f32, b: f32, c: f32) -> f32 {
    (a * a + b * b + c * c).sqrt()
}

/// A corner in two distances, rounded by `r`.
#[inline]
fn corner(a: f32, b: f32, r: f32) -> f32 {
    let (a, b) = (a + r, b + r);
    length2(max(a, 0.0), max(b, 0.0)) + min(max(a, b), 0.0) - r
}

#[inline]
fn each(points: &Points, out: &mut Lane, f: impl Fn(f32, f32, f32) -> f32) {
    for i in 0..BATCH {
        out[i] = f(points.x[i], points.y[i], points.z[i]);
    }
}

impl Shape {
    /// The field at every point.
    pub fn evaluate(&self, points: &Points, aid: &mut Aid, out: &mut Lane) {
        match self {
            Self::Sphere(r) => each(points, out, |x, y, z| length3(x, y, z) - r),
            Self::Ellipsoid(half) => {
                let (inverse, smallest) = (half.recip(), half.min_element());
                each(points, out, |x, y, z| (length3(x * inverse.x, y * inverse.y, z * inverse.z) - 1.0) * smallest);
            }
            Self::Box(half, r) => {
                let inner = *half - *r;
                each(points, out, |x, y, z| {
                    let (a, b, c) = (x.abs() - inner.x, y.abs() - inner.y, z.abs() - inner.z);
                    length3(max(a, 0.0), max(b, 0.0), max(c, 0.0)) + min(max(a, max(b, c)), 0.0) - r
                });
            }
            Self::Cylinder(radius, half, r) => {
                each(points, out, |x, y, z| corner(length2(x, z) - radius, y.abs() - half, *r));
            }
            Self::Torus(ring, tube) => each(points, out, |x, y, z| length2(length2(x, z) - ring, y) - tube),
            Self::Arc(s, c, ring, tube) => each(points, out, |x, y, z| {
                let x = x.abs();
                let along = if c * x > s * y { x * s + y * c } else { length2(x, y) };
                max(x * x + y * y + z * z + ring * ring - 2.0 * ring * along, 0.0).sqrt() - tube
            }),
            Self::RoundCone(r1, r2, h) => round_cone(points, Vec3::ZERO, Vec3::new(0.0, *h, 0.0), *r1, *r2, out, true),
            Self::Chain(links) => {
                for (number, pair) in links.windows(2).enumerate() {
                    round_cone(points, pair[0].0, pair[1].0, pair[0].1, pair[1].1, out, number == 0);
                }
            }
            Self::HalfSpace => each(points, out, |_, y, _| y),
            Self::Superquadric(half, doublings) => superquadric(points, *half, *doublings, out),
            Self::Extrude(flat, half, r) => {
                flat.distances(&points.x, &points.y, &mut aid.flat, out);
                for i in 0..BATCH {
                    out[i] = corner(out[i], points.z[i].abs() - half, *r);
                }
            }
            Self::Lathe(flat) => {
                let radial = aid.radial.get_or_insert_default();
                for i in 0..BATCH {
                    radial.x[i] = length2(points.x[i], points.z[i]);
                }
                flat.distances(&radial.x, &points.y, &mut aid.flat, out);
            }
            Self::Stretched(by, shape) => {
                let mut shrunk = points.clone();
                let inverse = by.recip();
                for i in 0..BATCH {
                    shrunk.set(i, Vec3::new(points.x[i], points.y[i], points.z[i]) * inverse);
                }
                shape.evaluate(&shrunk, aid.inner.get_or_insert_default(), out);
                let smallest = by.min_element();
                out.iter_mut().for_each(|d| *d *= smallest);
            }
        }
    }
}

fn superquadric(points: &Points, half: Vec3, doublings: u8, out: &mut Lane) {
    let (inverse, smallest) = (half.recip(), half.min_element());
    each(points, out, |x, y, z| {
        let (mut a, mut b, mut c) = ((x * inverse.x).abs(), (y * inverse.y).abs(), (z * inverse.z).abs());
        for _ in 0..doublings {
            (a, b, c) = (a * a, b * b, c * c);
        }
        let mut norm = a + b + c;
        for _ in 0..doublings {
            norm = norm.sqrt();
        }
        // The norm with p = 1 is steeper than the distance by at most √3.
        let steep = if doublings == 0 { 0.577_35 } else { 1.0 };
        (norm - 1.0) * smallest * steep
    });
}

/// Two spheres and the cone that touches both, exact; the nearer of this and `out` unless `first`.
fn round_cone(points: &Points, from: Vec3, to: Vec3, r1: f32, r2: f32, out: &mut Lane, first: bool) {
    let axis = to - from;
    let l2 = axis.length_squared();
    let rr = r1 - r2;
    let a2 = l2 - rr * rr;
    if a2 <= 1e-9 {
        // One sphere holds the other.
        let (center, r) = if r1 > r2 { (from, r1) } else { (to, r2) };
        for i in 0..BATCH {
            let d = length3(points.x[i] - center.x, points.y[i] - center.y, points.z[i] - center.z) - r;
            out[i] = if first || d < out[i] { d } else { out[i] };
        }
        return;
    }
    let il2 = 1.0 / l2;
    let slant = if rr < 0.0 { -rr * rr } else { rr * rr };
    for i in 0..BATCH {
        let pa = (points.x[i] - from.x, points.y[i] - from.y, points.z[i] - from.z);
        let y = pa.0 * axis.x + pa.1 * axis.y + pa.2 * axis.z;
        let z = y - l2;
        let side = (pa.0 * l2 - axis.x * y, pa.1 * l2 - axis.y * y, pa.2 * l2 - axis.z * y);
        let x2 = side.0 * side.0 + side.1 * side.1 + side.2 * side.2;
        let (y2, z2) = (y * y * l2, z * z * l2);
        let k = slant * x2;
        let signed_z2 = if z < 0.0 { -a2 * z2 } else { a2 * z2 };
        let signed_y2 = if y < 0.0 { -a2 * y2 } else { a2 * y2 };
        let far = (x2 + z2).sqrt() * il2 - r2;
        let near = (x2 + y2).sqrt() * il2 - r1;
        let middle = ((x2 * a2 * il2).sqrt() + y * rr) * il2 - r1;
        let d = if signed_z2 > k {
            far
        } else if signed_y2 < k {
            near
        } else {
            middle
        };
        out[i] = if first || d < out[i] { d } else { out[i] };
    }
}
