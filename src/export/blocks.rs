//! Long arrays of equal elements, turned into bytes by all cores and written in order.

use std::io::{self, Seek, Write};
use std::ops::Range;

use rayon::prelude::*;

use crate::progress::{Monitor, Stage};

/// Where files go: [`zip`] also needs to seek.
pub trait Output: Write + Seek + Send {}

impl<W: Write + Seek + Send> Output for W {}

/// A writer with progress. Blocks are built in parallel while the ones before them are written.
pub struct Sink<'a, W: Write + Send> {
    writer: &'a mut W,
    monitor: &'a Monitor<'a>,
    done: u64,
    total: u64,
}

impl<'a, W: Write + Send> Sink<'a, W> {
    /// A sink in front of `writer`.
    pub fn new(writer: &'a mut W, monitor: &'a Monitor<'a>) -> Self {
        Self { writer, monitor, done: 0, total: 1 }
    }

    /// Sets how many elements all calls of [`Self::blocks`] together will have.
    pub fn expect(&mut self, elements: usize) {
        self.total = elements as u64;
    }

    /// Writes `bytes` as they are.
    pub fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.writer.write_all(bytes)
    }

    /// Writes `count` elements. `fill` appends the bytes of the elements of a range; it is called on
    /// ranges of `per_block` elements, from several threads.
    pub fn blocks(
        &mut self,
        count: usize,
        per_block: usize,
        fill: impl Fn(Range<usize>, &mut Vec<u8>) + Sync,
    ) -> io::Result<()> {
        let per_batch = per_block * (2 * rayon::current_num_threads()).min(32);
        let build = |start: usize, buffers: &mut Vec<Vec<u8>>| {
            let end = count.min(start + per_batch);
            buffers.resize_with((end - start).div_ceil(per_block), Vec::new);
            buffers.par_iter_mut().enumerate().for_each(|(i, buffer)| {
                buffer.clear();
                let from = start + i * per_block;
                fill(from..end.min(from + per_block), buffer);
            });
            end
        };
        let (mut ready, mut next) = (Vec::new(), Vec::new());
        let (mut written, mut built) = (0, build(0, &mut ready));
        loop {
            self.monitor.step(Stage::Export, self.done, self.total).map_err(io::Error::other)?;
            if ready.is_empty() {
                return Ok(());
            }
            let writer = &mut *self.writer;
            let (result, end) = rayon::join(
                || ready.iter().try_for_each(|buffer: &Vec<u8>| writer.write_all(buffer)),
                || build(built, &mut next),
            );
            result?;
            self.done += (built - written) as u64;
            (written, built) = (built, end);
            std::mem::swap(&mut ready, &mut next);
        }
    }
}
