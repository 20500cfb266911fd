//! Where the surface of a tape is, before any view is chosen.

use glam::Vec3;

use super::super::tape::{BATCH, Points, REACH, Scratch, Tape};

/// Blocks of 4³ cells along each axis.
const BLOCKS: usize = 14;

/// Points on the surface of a tape, a cell or so apart; none when it is empty.
pub fn survey(tape: &Tape, scratch: &mut Scratch) -> Vec<Vec3> {
    let cell = 2.0 * REACH / (4 * BLOCKS) as f32;
    let center = |b: usize| -REACH + (4 * b + 2) as f32 * cell;
    let near = 0.87 * cell;
    let blocks = (0..BLOCKS.pow(3))
        .map(|b| Vec3::new(center(b / BLOCKS / BLOCKS), center(b / BLOCKS % BLOCKS), center(b % BLOCKS)));
    let blocks: Vec<Vec3> = keep_near(tape, scratch, blocks, 4.0 * near);
    let inner = |block: &Vec3| {
        let block = *block;
        (0..BATCH).map(move |i| block + (Vec3::new((i / 16) as f32, (i / 4 % 4) as f32, (i % 4) as f32) - 1.5) * cell)
    };
    let cells = keep_near(tape, scratch, blocks.iter().flat_map(inner), near);
    let once = settle(tape, scratch, &cells, cell);
    settle(tape, scratch, &once, cell)
}

/// The points whose value is at most `reach`.
fn keep_near(tape: &Tape, scratch: &mut Scratch, points: impl Iterator<Item = Vec3>, reach: f32) -> Vec<Vec3> {
    let (mut batch, mut values, mut kept) = (Points::new(), [0.0; BATCH], Vec::new());
    let mut held = [Vec3::ZERO; BATCH];
    let mut count = 0;
    let mut flush = |held: &[Vec3; BATCH], count: usize, batch: &Points| {
        tape.evaluate(batch, scratch, &mut values);
        kept.extend((0..count).filter(|&i| values[i].abs() <= reach).map(|i| held[i]));
    };
    for p in points {
        batch.set(count, p);
        held[count] = p;
        count += 1;
        if count == BATCH {
            flush(&held, count, &batch);
            count = 0;
        }
    }
    if count > 0 {
        flush(&held, count, &batch);
    }
    kept
}

/// Moves points along the gradient to where the field is zero (a Newton step).
fn settle(tape: &Tape, scratch: &mut Scratch, points: &[Vec3], cell: f32) -> Vec<Vec3> {
    const EACH: usize = BATCH / 4;
    let step = 0.1 * cell;
    let (mut batch, mut values, mut moved) = (Points::new(), [0.0; BATCH], Vec::with_capacity(points.len()));
    for chunk in points.chunks(EACH) {
        for (i, &p) in chunk.iter().enumerate() {
            for (corner, offset) in [Vec3::ZERO, Vec3::X, Vec3::Y, Vec3::Z].into_iter().enumerate() {
                batch.set(4 * i + corner, p + offset * step);
            }
        }
        tape.evaluate(&batch, scratch, &mut values);
        for (i, &p) in chunk.iter().enumerate() {
            let f = values[4 * i];
            let gradient = Vec3::new(values[4 * i + 1], values[4 * i + 2], values[4 * i + 3]) - f;
            let gradient = gradient / step;
            let move_by = gradient * (f / gradient.length_squared().max(0.01));
            if move_by.length_squared() <= 2.0 * cell * cell {
                moved.push(p - move_by);
            }
        }
    }
    moved
}
