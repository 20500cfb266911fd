//! Which pixels a triangle covers.

use glam::Vec2;

/// Fractions of a pixel that corners are rounded to, so that edges are exact and shared.
const FRACTIONS: f32 = 256.0;

/// Calls `visit(i, j)` for every pixel whose centre lies in the triangle, given in pixels (centre of
/// the first at 0, 0). Triangles that share an edge never both have a pixel, nor do they miss one
/// between them (corners rounded to 1/256 px, top-left rule). True when it is counter-clockwise
/// where j runs upward, that is, clockwise where it runs down.
pub fn scan(corners: [Vec2; 3], side: usize, mut visit: impl FnMut(usize, usize)) -> bool {
    let round = |v: f32| libm::roundf(v.clamp(-1e5, 1e5) * FRACTIONS) as i64;
    let [a, mut b, mut c] = corners.map(|p| [round(p.x), round(p.y)]);
    let area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
    if area < 0 {
        std::mem::swap(&mut b, &mut c);
    }
    if area == 0 {
        return false;
    }
    let one = FRACTIONS as i64;
    let limit = side as i64 - 1;
    let low = [0, 1].map(|k| ((a[k].min(b[k]).min(c[k]) + one - 1).div_euclid(one)).max(0));
    let high = [0, 1].map(|k| (a[k].max(b[k]).max(c[k]).div_euclid(one)).min(limit));
    // Edge functions, positive inside; an edge owns its points when it points down or left.
    let edges = [(a, b), (b, c), (c, a)].map(|(p, q)| {
        let (dx, dy) = (q[0] - p[0], q[1] - p[1]);
        let owns = dy < 0 || (dy == 0 && dx > 0);
        let start = dx * (low[1] * one - p[1]) - dy * (low[0] * one - p[0]) + i64::from(owns) - 1;
        (start, -dy * one, dx * one)
    });
    let mut rows = edges.map(|e| e.0);
    for j in low[1]..=high[1] {
        let mut values = rows;
        for i in low[0]..=high[0] {
            if (values[0] | values[1] | values[2]) >= 0 {
                visit(i as usize, j as usize);
            }
            (0..3).for_each(|e| values[e] += edges[e].1);
        }
        (0..3).for_each(|e| rows[e] += edges[e].2);
    }
    area > 0
}
