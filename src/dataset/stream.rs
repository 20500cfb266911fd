//! Samples one after another, made on several threads.

use rayon::prelude::*;

use super::record;
use super::sample::{Sample, Source};
use crate::progress::{Cancelled, Monitor};

/// Which samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// The seed.
    pub seed: u64,
    /// Number of the first.
    pub first: u64,
    /// How many.
    pub count: u64,
    /// Pixels along each side; see [`Range::is_side`].
    pub side: usize,
}

impl Range {
    /// Whether samples of this side can be made: a multiple of 16 from 32 to 512.
    pub fn is_side(side: usize) -> bool {
        side.is_multiple_of(16) && (32..=512).contains(&side)
    }

    /// The samples, in order, of which no more are in memory than are made at once.
    pub fn in_turn<'a>(&self, source: &'a Source) -> impl Iterator<Item = Sample> + use<'a> {
        let at_once = 4 * rayon::current_num_threads() as u64;
        let (range, end) = (*self, self.first.saturating_add(self.count));
        let starts = std::iter::successors(Some(range.first), move |start| start.checked_add(at_once));
        starts.take_while(move |start| *start < end).flat_map(move |first| {
            let count = at_once.min(end - first);
            Self { first, count, ..range }.samples(source)
        })
    }

    /// The samples, in order.
    pub fn samples(&self, source: &Source) -> Vec<Sample> {
        let numbers = self.first..self.first.saturating_add(self.count);
        numbers.into_par_iter().map(|number| source.sample(self.seed, number, self.side)).collect()
    }
}

/// Why a stream ended early.
#[derive(Debug, thiserror::Error)]
pub enum StreamError {
    /// Whoever reads it does not take more.
    #[error("the samples could not be written: {0}")]
    Write(#[from] std::io::Error),
    /// It was cancelled.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// Writes the records of a range in order, on the threads of the current pool.
///
/// # Errors
/// [`StreamError`].
pub fn stream(
    source: &Source,
    range: Range,
    mut write: impl FnMut(&[u8]) -> std::io::Result<()>,
    monitor: &Monitor,
) -> Result<(), StreamError> {
    let batch = 4 * rayon::current_num_threads() as u64;
    let end = range.first.saturating_add(range.count);
    let mut next = range.first;
    while next < end {
        let stop = next.saturating_add(batch).min(end);
        // Large ones take seconds each.
        let one = |number| {
            monitor.check()?;
            Ok(record::encode(&source.sample(range.seed, number, range.side)))
        };
        let records: Vec<Vec<u8>> = (next..stop).into_par_iter().map(one).collect::<Result<_, Cancelled>>()?;
        records.iter().try_for_each(|record| write(record))?;
        next = stop;
    }
    Ok(())
}
