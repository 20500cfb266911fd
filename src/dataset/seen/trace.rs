//! The front and the back of a tape, by marching along every ray.

use glam::Vec3;

use super::super::solid::Columns;
use super::super::solid::of_tape::{RawField, widening};
use super::super::tape::{BATCH, Points, Scratch, Tape};
use super::super::view::View;
use super::Seen;

/// Steps after which a ray gives up.
const MAX_STEPS: usize = 160;

/// A ray on its way.
#[derive(Clone, Copy)]
struct Ray {
    /// Number of what it is for.
    id: u32,
    x: f32,
    y: f32,
    z: f32,
    end: f32,
    /// Depth and value of the step before.
    before: (f32, f32),
}

/// What is seen of `tape`; `field` says where its surface can be.
pub fn trace(tape: &Tape, view: &View, field: &RawField, side: usize, scratch: &mut Scratch) -> Seen {
    let mut seen = Seen::nothing(side);
    let mut tracer = Tracer { tape, view, scratch, cell: 2.0 / field.side as f32 };
    let ranges = ranges(field, view);
    let scale = side / field.side;
    let range = |pixel: usize| ranges[pixel / side / scale * field.side + pixel % side / scale];
    let ray = |seen: &Seen, pixel: usize| {
        let (x, y) = seen.place(pixel);
        let (back, front) = range(pixel);
        (front > back).then_some(Ray { id: pixel as u32, x, y, z: front, end: back, before: (front, f32::MAX) })
    };
    let rays: Vec<Ray> = (0..side * side).filter_map(|pixel| ray(&seen, pixel)).collect();
    tracer.march(rays, -1.0, |id, z| seen.front[id as usize] = z);
    let hits = seen.hits();
    let rays = hits.iter().filter_map(|&pixel| {
        let start = range(pixel as usize).0;
        let ray = ray(&seen, pixel as usize)?;
        Some(Ray { z: start, end: seen.front[pixel as usize], before: (start, f32::MAX), ..ray })
    });
    let rays = rays.collect();
    tracer.march(rays, 1.0, |id, z| seen.back[id as usize] = z);
    tracer.coverage(&mut seen, &range);
    for &pixel in &hits {
        let at = pixel as usize;
        if seen.back[at].is_nan() || seen.back[at] > seen.front[at] {
            seen.back[at] = seen.front[at];
        }
    }
    tracer.normals(&mut seen, &hits);
    tracer.materials(&mut seen, &hits);
    seen
}

/// For every column the depths between which its surface lies; empty columns have them crossed.
fn ranges(field: &RawField, view: &View) -> Vec<(f32, f32)> {
    let side = field.side;
    let cell = 2.0 / side as f32;
    let near = 0.8 * cell * widening(view);
    let mut ranges = vec![(f32::MAX, f32::MIN); side * side];
    for (k, layer) in field.values.chunks_exact(side * side).enumerate() {
        let z = Columns::place(side, k);
        for (range, value) in ranges.iter_mut().zip(layer) {
            if *value <= near {
                *range = (range.0.min(z - 0.6 * cell), z + 0.6 * cell);
            }
        }
    }
    ranges
}

struct Tracer<'a> {
    tape: &'a Tape,
    view: &'a View,
    scratch: &'a mut Scratch,
    cell: f32,
}

impl Tracer<'_> {
    /// Moves every ray on in the direction `sign` of z until it meets the surface or its end.
    fn march(&mut self, mut rays: Vec<Ray>, sign: f32, mut hit: impl FnMut(u32, f32)) {
        let (mut points, mut values) = (Points::new(), [0.0; BATCH]);
        let close = 0.01 * self.cell;
        for step in 0..MAX_STEPS {
            if rays.is_empty() {
                return;
            }
            let least = self.cell * if step < 24 { 0.08 } else { 0.25 };
            let mut kept = 0;
            for first in (0..rays.len()).step_by(BATCH) {
                let count = (rays.len() - first).min(BATCH);
                for (i, ray) in rays[first..first + count].iter().enumerate() {
                    points.set(i, self.view.solid_from_frame(self.view.on_ray(ray.x, ray.y, ray.z)));
                }
                self.tape.evaluate(&points, self.scratch, &mut values);
                for (i, value) in values.iter().enumerate().take(count) {
                    let mut ray = rays[first + i];
                    let value = value * self.view.scale;
                    if value <= close {
                        let (z, outside) = ray.before;
                        let met = if value < 0.0 && outside < f32::MAX {
                            z + (ray.z - z) * (outside / (outside - value))
                        } else {
                            ray.z
                        };
                        hit(ray.id, met);
                        continue;
                    }
                    let slant = 1.0 + (ray.x * ray.x + ray.y * ray.y) * self.view.converge * self.view.converge;
                    ray.before = (ray.z, value);
                    ray.z += sign * (value / slant.sqrt()).max(least);
                    if (ray.end - ray.z) * sign > 0.0 {
                        rays[kept] = ray;
                        kept += 1;
                    }
                }
            }
            rays.truncate(kept);
        }
    }

    /// Four rays for every pixel at the rim.
    fn coverage(&mut self, seen: &mut Seen, range: &impl Fn(usize) -> (f32, f32)) {
        for pixel in seen.hits() {
            seen.coverage[pixel as usize] = 1.0;
        }
        let quarter = 0.5 / seen.side as f32;
        let mut rays = Vec::new();
        for pixel in seen.rim() {
            seen.coverage[pixel as usize] = 0.0;
            let (x, y) = seen.place(pixel as usize);
            let (back, front) = range(pixel as usize);
            if front > back {
                for (dx, dy) in [(-1.0, -0.4), (0.4, -1.0), (1.0, 0.4), (-0.4, 1.0)] {
                    let (x, y) = (x + dx * quarter, y + dy * quarter);
                    rays.push(Ray { id: pixel, x, y, z: front, end: back, before: (front, f32::MAX) });
                }
            }
        }
        self.march(rays, -1.0, |id, _| seen.coverage[id as usize] += 0.25);
    }

    /// Normals of the front and the back, by four evaluations each.
    fn normals(&mut self, seen: &mut Seen, hits: &[u32]) {
        const CORNERS: [Vec3; 4] = [
            Vec3::new(1.0, -1.0, -1.0),
            Vec3::new(-1.0, -1.0, 1.0),
            Vec3::new(-1.0, 1.0, -1.0),
            Vec3::new(1.0, 1.0, 1.0),
        ];
        let (mut points, mut values) = (Points::new(), [0.0; BATCH]);
        let step = 0.1 * self.cell / self.view.scale;
        for is_front in [true, false] {
            for chunk in hits.chunks(BATCH / 4) {
                for (i, &pixel) in chunk.iter().enumerate() {
                    let at = pixel as usize;
                    let (x, y) = seen.place(at);
                    let z = if is_front { seen.front[at] } else { seen.back[at] };
                    let p = self.view.solid_from_frame(self.view.on_ray(x, y, z));
                    if is_front {
                        seen.places[at] = p;
                    }
                    CORNERS.iter().enumerate().for_each(|(c, corner)| points.set(4 * i + c, p + *corner * step));
                }
                self.tape.evaluate(&points, self.scratch, &mut values);
                for (i, &pixel) in chunk.iter().enumerate() {
                    let sum = (0..4).fold(Vec3::ZERO, |sum, c| sum + CORNERS[c] * values[4 * i + c]);
                    let normal = self.view.rotation * (sum / sum.length().max(1e-12));
                    let side = if is_front { &mut seen.front_normals } else { &mut seen.back_normals };
                    side[pixel as usize] = normal;
                }
            }
        }
        seen.shading_normals.clone_from(&seen.front_normals);
    }

    fn materials(&mut self, seen: &mut Seen, hits: &[u32]) {
        let (mut points, mut found) = (Points::new(), [0; BATCH]);
        for chunk in hits.chunks(BATCH) {
            chunk.iter().enumerate().for_each(|(i, &pixel)| points.set(i, seen.places[pixel as usize]));
            self.tape.materials(&points, self.scratch, &mut found);
            chunk.iter().zip(found).for_each(|(&pixel, material)| seen.materials[pixel as usize] = material);
        }
    }
}
