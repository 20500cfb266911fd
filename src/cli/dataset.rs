//! `orfeas dataset`: training samples as a stream or on a contact sheet.

use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use clap::Subcommand;
use crossbeam_channel::{Sender, bounded};
use rayon::ThreadPool;

use crate::dataset::pack::{Pack, Split};
use crate::dataset::sample::{PLAIN, Source, THINGS_SHARE};
use crate::dataset::sheet::{self, Show};
use crate::dataset::stream::{Range, StreamError, stream};
use crate::files::IfExists;
use crate::image::png;
use crate::progress::{CancelToken, Monitor};

use super::console::Console;
use super::destination::check_writable;
use super::failure::{Exit, Failure};
use super::interrupt;

/// Pixels of a sheet, at most: 600 MB.
const LARGEST_SHEET_PIXELS: u64 = 200_000_000;
/// What a sheet can show, the picture first.
static SHOWN: [Show; 5] = [Show::Picture, Show::Front, Show::Depth, Show::Back, Show::Slice];
/// Longest time that a reader gets after Ctrl-C to take the rest of a sample.
const LAST_WAIT: Duration = Duration::from_secs(2);

/// Arguments of `orfeas dataset`.
#[derive(clap::Args)]
#[command(after_help = "\
Samples are pictures of solids that are made up on the spot, with the solids. The same seed and number \
are the same sample on every machine. models/columns/train/README.md tells the format of the stream.

Examples:
  orfeas dataset sheet -o samples.png
  orfeas dataset stream --count 20000 | python models/columns/train/records.py --into data")]
pub struct DatasetArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Write samples to standard output, for a trainer
    Stream {
        /// Which.
        #[command(flatten)]
        range: RangeArgs,
        /// How many samples; without end when left out
        #[arg(
            long, value_name = "N",
            value_parser = clap::value_parser!(u64).range(1..), allow_negative_numbers = true
        )]
        count: Option<u64>,
        /// Threads to make them on [default: one for each core]
        #[arg(
            long, value_name = "N",
            value_parser = clap::value_parser!(u16).range(1..=256), allow_negative_numbers = true
        )]
        threads: Option<u16>,
    },
    /// Draw samples on one sheet
    Sheet {
        /// Which.
        #[command(flatten)]
        range: RangeArgs,
        /// How many samples
        #[arg(
            long, value_name = "N", default_value_t = 96,
            value_parser = clap::value_parser!(u64).range(1..=2000), allow_negative_numbers = true
        )]
        count: u64,
        /// Show what is behind the pictures as well: front, depth, back, a cut
        #[arg(long)]
        truth: bool,
        /// PNG file to write
        #[arg(short, long, value_name = "PNG")]
        output: PathBuf,
        /// Replace a file that exists
        #[arg(long)]
        overwrite: bool,
    },
}

/// Which samples.
#[derive(clap::Args)]
struct RangeArgs {
    /// Seed
    #[arg(long, value_name = "N", default_value_t = 0, allow_negative_numbers = true)]
    seed: u64,
    /// Number of the first sample
    #[arg(long, value_name = "N", default_value_t = 0, allow_negative_numbers = true)]
    first: u64,
    /// Pixels along each side: a multiple of 16 from 32 to 512
    #[arg(long, value_name = "PX", default_value_t = 128, value_parser = side, allow_negative_numbers = true)]
    side: usize,
    /// Mix in packed solids of this file, bent and put together: six for four free forms
    #[arg(long, value_name = "FILE")]
    solids: Option<PathBuf>,
    /// Which of the packed solids: train or val
    #[arg(long, value_name = "SPLIT", default_value = "train", value_parser = split, requires = "solids")]
    split: Split,
    /// Share of everyday things, put together from parts
    #[arg(
        long, value_name = "SHARE", default_value_t = THINGS_SHARE,
        value_parser = share, allow_negative_numbers = true
    )]
    things: f32,
    /// Share of the packed solids and the things that are shown as they are; the others are changed
    #[arg(long, value_name = "SHARE", default_value_t = PLAIN, value_parser = share, allow_negative_numbers = true)]
    plain: f32,
}

fn share(text: &str) -> Result<f32, String> {
    let share = text.parse().ok().filter(|share| (0.0..=1.0).contains(share));
    share.ok_or_else(|| "it must be 0 to 1".to_owned())
}

/// `train` or `val`.
pub fn split(text: &str) -> Result<Split, String> {
    match text {
        "train" => Ok(Split::Train),
        "val" => Ok(Split::Val),
        _ => Err("it must be train or val".to_owned()),
    }
}

fn side(text: &str) -> Result<usize, String> {
    let side = text.parse().ok().filter(|side| Range::is_side(*side));
    side.ok_or_else(|| "it must be a multiple of 16 from 32 to 512".to_owned())
}

impl RangeArgs {
    /// So many samples from the first on, or all that have a number.
    fn range(&self, count: Option<u64>) -> Result<Range, Failure> {
        self.check_shares()?;
        let left = u64::MAX - self.first;
        if count.unwrap_or(1) > left {
            return Err(Failure::Usage(format!(
                "no more than {left} samples can be taken from --first {} on; take a smaller --first or --count",
                self.first
            )));
        }
        Ok(Range { seed: self.seed, first: self.first, count: count.unwrap_or(left), side: self.side })
    }

    /// Refuses what no sample would show.
    fn check_shares(&self) -> Result<(), Failure> {
        let (are_all_things, are_all_plain) = (self.things >= 1.0, self.plain >= 1.0);
        if self.solids.is_some() && are_all_things && are_all_plain {
            let text = "--solids has no effect where every sample is a thing as it is; lower --things or --plain";
            return Err(Failure::Usage(text.to_owned()));
        }
        if self.solids.is_none() && self.things <= 0.0 && self.plain != PLAIN {
            let text = "--plain has no effect without things and packed solids; leave it out, raise --things, or give \
                        --solids";
            return Err(Failure::Usage(text.to_owned()));
        }
        Ok(())
    }

    fn source(&self) -> Result<Source, Failure> {
        let source = match &self.solids {
            None => Source::made_up(),
            Some(path) => {
                let pack = Pack::read(path)?;
                let numbers = pack.numbers(self.split);
                if numbers.is_empty() {
                    let place = path.display();
                    return Err(anyhow!("none of these solids is of the split that --split names: {place}").into());
                }
                Source::with_pack(pack, numbers)
            }
        };
        Ok(source.with_plain(self.plain).with_things(self.things))
    }
}

/// Streams or draws.
///
/// # Errors
/// Any [`Failure`].
pub fn run(args: &DatasetArgs, console: &Console) -> Result<(), Failure> {
    match &args.action {
        Action::Stream { range, count, threads } => {
            let samples = range.range(*count)?;
            write_stream(range.source()?, samples, *threads)
        }
        Action::Sheet { range, count, truth, output, overwrite } => {
            let if_exists = if *overwrite { IfExists::Replace } else { IfExists::Keep };
            let (columns, show) = if *truth { (2, &SHOWN[..]) } else { (12, &SHOWN[..1]) };
            let layout = sheet::Layout { count: *count as usize, side: range.side, columns, show };
            check_size(&layout)?;
            let samples = range.range(Some(*count))?;
            check_name(output)?;
            check_writable(output, if_exists)?;
            let source = range.source()?;
            let draw = move || sheet::sheet(&layout, samples.in_turn(&source));
            png::write(&interrupt::leave_on_cancel(&interrupt::token(), draw)?, output, if_exists)?;
            console.result_path(output)
        }
    }
}

/// A name says what is in a file; and packed solids end otherwise, so that no slip of the keys replaces them.
fn check_name(output: &Path) -> Result<(), Failure> {
    match output.extension() {
        Some(ending) if ending.eq_ignore_ascii_case("png") => Ok(()),
        _ => Err(Failure::Usage(format!("sheets are PNG files; end the name in .png: {}", output.display()))),
    }
}

/// A sheet is drawn in memory.
fn check_size(layout: &sheet::Layout) -> Result<(), Failure> {
    let pixels: u64 = layout.size_px().iter().product();
    if pixels <= LARGEST_SHEET_PIXELS {
        return Ok(());
    }
    let [found, most] = [pixels, LARGEST_SHEET_PIXELS].map(|pixels| pixels.div_ceil(1_000_000));
    Err(Failure::Usage(format!(
        "the sheet would have {found} megapixels, and at most {most} are drawn; take a smaller --count or --side, or \
         leave out --truth"
    )))
}

/// Streams until the samples, the reader or the user's patience come to an end.
fn write_stream(source: Source, range: Range, threads: Option<u16>) -> Result<(), Failure> {
    let cancel = interrupt::token();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.map_or(0, usize::from)).build();
    let pool = pool.context("the threads could not be started")?;
    let (writing, written) = bounded(0);
    let asked = cancel.clone();
    // Neither a large sample nor a reader that takes nothing more keeps the command from ending.
    let streamed = interrupt::leave_on_cancel(&cancel, move || make_and_write(&source, range, &pool, &asked, writing));
    if let Err(Failure::Interrupted) = streamed {
        // A reader that goes on gets the rest of the sample that was begun.
        let _ = written.recv_timeout(LAST_WAIT);
    }
    match streamed? {
        // The reader has had enough.
        Err(StreamError::Write(error)) if error.kind() == ErrorKind::BrokenPipe => Err(Failure::Told(Exit::Done)),
        streamed => Ok(streamed?),
    }
}

/// Makes samples ahead while the reader is busy. Whoever writes them lets go of `writing` at the end.
fn make_and_write(
    source: &Source,
    range: Range,
    pool: &ThreadPool,
    cancel: &CancelToken,
    writing: Sender<()>,
) -> Result<(), StreamError> {
    let sink = |_| {};
    let monitor = Monitor::new(cancel, &sink);
    let (sender, receiver) = bounded::<Vec<u8>>(64);
    std::thread::scope(|scope| {
        let writer = scope.spawn(move || {
            let _until_the_end = writing;
            let mut stdout = io::stdout().lock();
            let mut wanted = receiver.iter().take_while(|_| !cancel.is_cancelled());
            wanted.try_for_each(|record| stdout.write_all(&record)).and_then(|()| stdout.flush())
        });
        let made = pool.install(|| {
            let send = |record: &[u8]| sender.send(record.to_vec()).map_err(|_| ErrorKind::BrokenPipe.into());
            stream(source, range, send, &monitor)
        });
        drop(sender);
        let written = writer.join().unwrap_or_else(|_| Err(ErrorKind::Other.into()));
        written.map_err(StreamError::from).and(made)
    })
}
