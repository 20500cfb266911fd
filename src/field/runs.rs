//! Samples along z that follow each other in a field's columns, and the pieces that they make.

use rayon::prelude::*;

use super::ScalarGrid;
use crate::union_find::UnionFind;

/// Neighbouring samples along z: `first..=last`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    pub(super) first: u32,
    pub(super) last: u32,
}

impl Run {
    /// Samples from the end of one to the start of the other; 0 where they overlap.
    pub(super) fn gap(self, other: Self) -> u32 {
        other.first.saturating_sub(self.last).max(self.first.saturating_sub(other.last))
    }
}

/// The runs of all columns, and which of them touch.
pub(super) struct Pieces {
    pub(super) runs: Vec<Run>,
    /// Where the runs of each column begin; one entry more than there are columns.
    starts: Vec<usize>,
    pub(super) ny: usize,
    joined: UnionFind,
}

impl Pieces {
    /// The runs of the samples that `counts`.
    pub(super) fn of(grid: &ScalarGrid, counts: impl Fn(f32) -> bool + Sync) -> Self {
        let [_, ny, nz] = grid.samples_per_axis;
        let by_column: Vec<Vec<Run>> = grid.samples.par_chunks(nz).map(|column| runs(column, &counts)).collect();
        let mut starts = vec![0];
        starts.extend(by_column.iter().scan(0, |sum, runs| {
            *sum += runs.len();
            Some(*sum)
        }));
        let runs = by_column.concat();
        let joined = UnionFind::new(runs.len());
        let pieces = Self { runs, starts, ny, joined };
        pieces.join_touching();
        pieces
    }

    pub(super) fn columns(&self) -> usize {
        self.starts.len() - 1
    }

    pub(super) fn runs_of(&self, column: usize) -> std::ops::Range<usize> {
        self.starts[column]..self.starts[column + 1]
    }

    /// The next columns along y and x.
    pub(super) fn neighbours(&self, column: usize) -> impl Iterator<Item = usize> + use<> {
        let (ny, count) = (self.ny, self.columns());
        let up = (column % ny + 1 < ny).then_some(column + 1);
        up.into_iter().chain((column + ny < count).then_some(column + ny))
    }

    fn join_touching(&self) {
        for column in 0..self.columns() {
            for other in self.neighbours(column) {
                for a in self.runs_of(column) {
                    for b in self.runs_of(other) {
                        if self.runs[a].gap(self.runs[b]) == 0 {
                            self.joined.union(a as u32, b as u32);
                        }
                    }
                }
            }
        }
    }

    /// The piece of each run, numbered from 0 in the order of their first runs.
    pub(super) fn labels(&self) -> Vec<u32> {
        let mut names = std::collections::BTreeMap::new();
        (0..self.runs.len())
            .map(|run| {
                let next = names.len() as u32;
                *names.entry(self.joined.find(run as u32)).or_insert(next)
            })
            .collect()
    }
}

fn runs(column: &[f32], counts: impl Fn(f32) -> bool) -> Vec<Run> {
    let mut found: Vec<Run> = Vec::new();
    for (iz, _) in column.iter().enumerate().filter(|(_, sample)| counts(**sample)) {
        match found.last_mut() {
            Some(run) if run.last + 1 == iz as u32 => run.last += 1,
            _ => found.push(Run { first: iz as u32, last: iz as u32 }),
        }
    }
    found
}
