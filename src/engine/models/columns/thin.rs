//! Parts of an object that are too thin to be seen in a smaller picture of it.
//!
//! A line narrower than half a pixel of the small picture is less than half opaque there: it would be left out of the
//! outline, or fall apart into dots.

use super::input::Frame;

/// Parts shorter than so many pixels of the small picture, which nothing else hangs on, are the tips of corners.
const LEAST_EXTENT: usize = 3;
/// Opaque enough to be part of the object.
const OPAQUE: u8 = 128;

/// Makes those pixels of `small`, what `frame` shows of a picture in `side × side` pixels, opaque in which the picture
/// (`pixels`, of `size`; both straight RGBA) has a part that is thinner than a pixel of `small`.
pub(super) fn keep(small: &mut [u8], side: usize, frame: Frame, pixels: &[u8], size: [usize; 2]) {
    let step = frame.side / side as f32;
    if step <= 1.0 || side < 2 || small.len() < 4 * side * side || pixels.len() < 4 * size[0] * size[1] {
        return;
    }
    let mask: Vec<bool> = pixels.chunks_exact(4).take(size[0] * size[1]).map(|p| p[3] >= OPAQUE).collect();
    let mut lost = vec![false; side * side];
    for at in thin(&mask, size, step as usize + 1) {
        let place = [at % size[0], at / size[0]];
        let [column, row] = [0, 1].map(|axis| ((place[axis] as f32 + 0.5 - frame.origin[axis]) / step) as usize);
        if column < side && row < side {
            lost[row * side + column] = small[4 * (row * side + column) + 3] < OPAQUE;
        }
    }
    let seen: Vec<bool> = small.chunks_exact(4).map(|p| p[3] >= OPAQUE).collect();
    let (parts, bodies) = (Parts::of(&lost, side), Parts::of(&seen, side));
    for part in &parts.members {
        if extent(part, side) >= LEAST_EXTENT || bodies.touched_by(part) > 1 {
            part.iter().for_each(|&at| small[4 * at + 3] = u8::MAX);
        }
    }
}

/// The pixels of `mask` that no square of `least` pixels inside of it covers.
fn thin(mask: &[bool], [width, height]: [usize; 2], least: usize) -> impl Iterator<Item = usize> {
    let inside = Sums::of([width, height], |at| mask[at]);
    let fits = Sums::of([width, height], |at| {
        let (x, y) = (at % width, at / width);
        let end = [x + least, y + least];
        end[0] <= width && end[1] <= height && inside.between([x, y], end) as usize == least * least
    });
    let first = move |place: usize| (place + 1).saturating_sub(least);
    (0..width * height).filter(move |&at| {
        let (x, y) = (at % width, at / width);
        mask[at] && fits.between([first(x), first(y)], [x + 1, y + 1]) == 0
    })
}

/// Counts over rectangles (Crow, "Summed-Area Tables for Texture Mapping", 1984).
struct Sums {
    width: usize,
    sums: Vec<u32>,
}

impl Sums {
    fn of([width, height]: [usize; 2], counts: impl Fn(usize) -> bool) -> Self {
        let stride = width + 1;
        let mut sums = vec![0; stride * (height + 1)];
        for y in 0..height {
            let mut row = 0;
            for x in 0..width {
                row += u32::from(counts(y * width + x));
                sums[(y + 1) * stride + x + 1] = sums[y * stride + x + 1] + row;
            }
        }
        Self { width, sums }
    }

    /// From `first` to before `end`.
    fn between(&self, first: [usize; 2], end: [usize; 2]) -> u32 {
        let at = |x: usize, y: usize| self.sums[y * (self.width + 1) + x];
        at(end[0], end[1]) + at(first[0], first[1]) - at(first[0], end[1]) - at(end[0], first[1])
    }
}

/// Pixels that hang together, at corners too.
struct Parts {
    side: usize,
    members: Vec<Vec<usize>>,
    /// One more than the part that each pixel belongs to; 0 for none.
    labels: Vec<u32>,
}

impl Parts {
    fn of(mask: &[bool], side: usize) -> Self {
        let mut parts = Self { side, members: Vec::new(), labels: vec![0; mask.len()] };
        for start in 0..mask.len() {
            if !mask[start] || parts.labels[start] > 0 {
                continue;
            }
            let label = parts.members.len() as u32 + 1;
            parts.labels[start] = label;
            let mut members = vec![start];
            let mut next = 0;
            while let Some(&at) = members.get(next) {
                for other in around(at, side) {
                    if mask[other] && parts.labels[other] == 0 {
                        parts.labels[other] = label;
                        members.push(other);
                    }
                }
                next += 1;
            }
            parts.members.push(members);
        }
        parts
    }

    /// How many parts the pixels touch.
    fn touched_by(&self, pixels: &[usize]) -> usize {
        let mut touched: Vec<u32> =
            pixels.iter().flat_map(|&at| around(at, self.side)).map(|at| self.labels[at]).collect();
        touched.sort_unstable();
        touched.dedup();
        touched.iter().filter(|label| **label > 0).count()
    }
}

fn around(at: usize, side: usize) -> impl Iterator<Item = usize> {
    let (column, row) = (at % side, at / side);
    let rows = row.saturating_sub(1)..=(row + 1).min(side - 1);
    rows.flat_map(move |row| {
        (column.saturating_sub(1)..=(column + 1).min(side - 1)).map(move |column| row * side + column)
    })
}

/// The longer side of the box around these pixels.
fn extent(pixels: &[usize], side: usize) -> usize {
    let range = |place: &dyn Fn(usize) -> usize| {
        let places = || pixels.iter().map(|&at| place(at));
        places().max().unwrap_or(0) + 1 - places().min().unwrap_or(0)
    };
    range(&|at| at % side).max(range(&|at| at / side))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIDE: usize = 128;

    fn picture(size: usize, is_opaque: impl Fn(f32, f32) -> bool) -> Vec<u8> {
        let alpha = |at: usize| is_opaque((at % size) as f32 + 0.5, (at / size) as f32 + 0.5);
        (0..size * size).flat_map(|at| [9, 9, 9, if alpha(at) { 255 } else { 0 }]).collect()
    }

    /// The small picture as it comes, and with its thin parts.
    fn reduced(pixels: &[u8], size: usize) -> [Vec<u8>; 2] {
        let frame = Frame::of_object(pixels, [size; 2]).unwrap();
        let plain = frame.crop(pixels, [size; 2], SIDE);
        let mut kept = plain.clone();
        keep(&mut kept, SIDE, frame, pixels, [size; 2]);
        [plain, kept]
    }

    #[test]
    fn thin_lines_stay_and_hang_together() {
        // A disc with whiskers one pixel wide in many directions, of which about five make a pixel.
        let size = 600;
        let pixels = picture(size, |x, y| {
            let (dx, dy) = (x - 300.0, y - 300.0);
            let along = (0..7).any(|k| {
                let (sin, cos) = (0.45 * k as f32 + 0.1).sin_cos();
                (dx * cos + dy * sin).abs() < 280.0 && (dx * sin - dy * cos).abs() < 0.71
            });
            dx.hypot(dy) < 100.0 || along
        });
        let [plain, kept] = reduced(&pixels, size);
        let frame = Frame::of_object(&pixels, [size; 2]).unwrap();
        let step = frame.side / SIDE as f32;
        let shown = |small: &[u8]| {
            let is_whisker = |at: &usize| {
                let [x, y] = [at % size, at / size].map(|place| place as f32 - 299.5);
                pixels[4 * at + 3] > 0 && x.hypot(y) > 105.0
            };
            let whiskers: Vec<usize> = (0..size * size).filter(is_whisker).collect();
            let is_shown = |at: &&usize| {
                let [column, row] = [*at % size, *at / size].map(|place| place as f32 + 0.5);
                let [column, row] = [column - frame.origin[0], row - frame.origin[1]].map(|p| (p / step) as usize);
                small[4 * (row * SIDE + column) + 3] >= OPAQUE
            };
            whiskers.iter().filter(is_shown).count() as f32 / whiskers.len() as f32
        };
        assert!(shown(&plain) < 0.2 && shown(&kept) > 0.99, "{} {}", shown(&plain), shown(&kept));
        let mask: Vec<bool> = kept.chunks_exact(4).map(|p| p[3] >= OPAQUE).collect();
        assert_eq!(Parts::of(&mask, SIDE).members.len(), 1);
    }

    #[test]
    fn an_object_that_is_all_thin_is_seen() {
        let pixels = picture(600, |x, _| (x - 300.0).abs() < 1.0);
        let [plain, kept] = reduced(&pixels, 600);
        let count = |small: &[u8]| small.chunks_exact(4).filter(|p| p[3] >= OPAQUE).count();
        assert_eq!(count(&plain), 0);
        assert!(count(&kept) > SIDE * 8 / 10, "{}", count(&kept));
    }

    #[test]
    fn what_has_no_thin_parts_is_as_it_was() {
        let shapes: [fn(f32, f32) -> bool; 4] = [
            |x, y| x.hypot(y) < 250.0,
            |x, y| x.abs().max(y.abs()) < 200.0,
            |x, y| (x + 0.3 * y).abs().max((y - 0.3 * x).abs()) < 200.0,
            |x, y| y > -200.0 && y + 2.5 * x.abs() < 240.0,
        ];
        for (number, shape) in shapes.into_iter().enumerate() {
            let pixels = picture(600, |x, y| shape(x - 300.0, y - 300.0));
            let [plain, kept] = reduced(&pixels, 600);
            assert!(plain == kept, "{number}");
        }
    }
}
