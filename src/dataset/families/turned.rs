//! Vases, bottles, cups, pawns, lamps: what a lathe makes, and what is put on it.

use glam::{Mat3, Vec2, Vec3};

use super::super::random::{Random, rotation_about};
use super::super::tape::flat::Flat;
use super::super::tape::{Builder, Fold, Shape};
use super::{Traits, smooth, v};

pub fn turned(random: &mut Random, b: &mut Builder) -> Traits {
    let height = random.range(0.5, 1.0);
    let knots = random.whole(3, 7);
    let wide = random.range(0.25, 0.85);
    let mut profile: Vec<Vec2> = (0..knots)
        .map(|i| {
            let t = i as f32 / (knots - 1) as f32;
            Vec2::new(wide * random.range(0.25, 1.0), -height + 2.0 * height * t)
        })
        .collect();
    let hollow = random.chance(0.36);
    if random.chance(0.25) && !hollow {
        // A ball on top, as pawns and finials have.
        profile[knots - 1].x = 0.08;
    }
    let curve = match random.weighted(&[65.0, 35.0]) {
        0 => smooth(&profile, 4, false),
        _ => profile,
    };
    let curve: Vec<Vec2> = curve.iter().map(|p| Vec2::new(p.x.max(0.04), p.y)).collect();
    let wall = random.range(0.03, 0.08);
    let mut ring = vec![Vec2::new(0.0, -height)];
    ring.extend(&curve);
    if hollow {
        let floor = -height + random.range(0.05, 0.3);
        // The hollow ends where the neck becomes too narrow for it: no cavity is hidden.
        let open = curve.iter().rev().take_while(|p| p.x > wall + 0.05 && p.y > floor);
        let inner: Vec<Vec2> = open.map(|p| Vec2::new(p.x - wall, p.y)).collect();
        let floor = inner.last().map_or(height, |p| p.y.max(floor));
        ring.extend(inner);
        ring.push(Vec2::new(0.0, floor));
    } else {
        ring.push(Vec2::new(0.0, height));
    }
    b.put(Shape::Lathe(Flat::profile(ring, random.pick(&[0.0, 0.01, 0.025]))), Vec3::ZERO);
    let radius_at = |y: f32| {
        let nearest = curve.iter().min_by(|a, c| (a.y - y).abs().total_cmp(&(c.y - y).abs()));
        nearest.map_or(0.3, |p| p.x)
    };
    extras(random, b, height, hollow, &radius_at);
    Traits { stiff: random.chance(0.8), no_mirror: true, sideways: true, ..Traits::default() }
}

fn extras(random: &mut Random, b: &mut Builder, height: f32, hollow: bool, radius_at: &dyn Fn(f32) -> f32) {
    b.seam = random.pick(&[0.0, 0.03]);
    if random.chance(if hollow { 0.45 } else { 0.2 }) {
        // One handle, or one on each side.
        b.fold = Fold { x: random.chance(0.4), ..Fold::default() };
        b.material = random.pick(&[0, 0, 1]);
        let y = random.range(-0.2, 0.3) * height;
        let ring = height * random.range(0.2, 0.42);
        let at = v(radius_at(y), y, 0.0);
        let turn = rotation_about(Vec3::Z, -std::f32::consts::FRAC_PI_2);
        let (s, c) = (libm::sinf(1.75), libm::cosf(1.75));
        b.add(Shape::Arc(s, c, ring, random.range(0.03, 0.07)), at, turn);
        b.fold = Fold::default();
        if hollow {
            // What reaches into the vessel is taken out again.
            let inner = (radius_at(y) - 0.07).max(0.02);
            b.seam = 0.0;
            b.cut(Shape::Cylinder(inner * 0.8, 0.3 * height, 0.0), v(0.0, y, 0.0), Mat3::IDENTITY);
        }
    }
    if random.chance(0.12) {
        b.material = random.pick(&[0, 1]);
        let y = random.range(-0.3, 0.2) * height;
        let from = v(-radius_at(y) * 0.8, y, 0.0);
        let to = from + v(-random.range(0.2, 0.45), random.range(0.2, 0.6), 0.0);
        b.put(
            Shape::Chain(vec![(from, 0.1), (0.5 * (from + to) + v(-0.08, -0.05, 0.0), 0.07), (to, 0.05)]),
            Vec3::ZERO,
        );
    }
    if random.chance(0.3) {
        b.material = 1;
        for _ in 0..random.whole(1, 3) {
            let y = random.range(-0.9, 0.9) * height;
            b.put(Shape::Torus(radius_at(y), random.range(0.02, 0.05)), v(0.0, y, 0.0));
        }
    }
    if !hollow && random.chance(0.3) {
        b.material = 2;
        let r = random.range(0.1, 0.3);
        b.put(Shape::Sphere(r), v(0.0, height + 0.5 * r, 0.0));
    }
    if random.chance(0.08) {
        // Flutes.
        b.material = 0;
        let r = radius_at(0.0);
        b.fold = Fold { around_y: random.whole(6, 12), ..Fold::default() };
        b.cut(Shape::Cylinder(0.06, 0.7 * height, 0.02), v(r + 0.01, 0.0, 0.0), Mat3::IDENTITY);
        b.fold = Fold::default();
    }
}
