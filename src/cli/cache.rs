//! `orfeas cache`, and the flags that say which cache a command uses.

use std::path::PathBuf;

use anyhow::anyhow;
use clap::Subcommand;

use crate::cache::{Cache, CacheOptions};
use crate::files::bytes_in_words;

use super::console::Console;
use super::destination::check_is_folder;
use super::failure::Failure;
use super::interrupt;

/// Which cache a command uses.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Cache")]
pub struct CachePlaceArgs {
    /// Neither use earlier results nor keep new ones
    #[arg(long, conflicts_with = "cache_dir")]
    no_cache: bool,
    /// Folder of the cache [default: the user's cache folder, see `orfeas cache path`]
    #[arg(long, value_name = "DIR")]
    cache_dir: Option<PathBuf>,
}

impl CachePlaceArgs {
    /// Opens the cache. One that cannot be used is worth a warning, not a failure: it only saves time.
    pub fn open(&self, console: &Console) -> Cache {
        if self.no_cache {
            return Cache::disabled();
        }
        let cache = Cache::open(&options(self.cache_dir.clone()));
        if let Some(warning) = cache.take_warning() {
            console.say(&format!("warning: {warning}"));
        }
        cache
    }
}

fn options(folder: Option<PathBuf>) -> CacheOptions {
    CacheOptions { folder, ..CacheOptions::default() }
}

/// Arguments of `orfeas cache`.
#[derive(clap::Args)]
#[command(after_help = "\
The cache keeps the stages of earlier results, so that the same picture comes back at once. The \
least recently used go first when it is full; emptying it costs nothing but time.

Examples:
  orfeas cache stats
  orfeas cache clear")]
pub struct CacheArgs {
    #[command(subcommand)]
    action: Action,
    /// Folder of the cache [default: the user's cache folder]
    #[arg(long, value_name = "DIR", global = true)]
    cache_dir: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Action {
    /// How full it is
    Stats {
        /// Print as JSON
        #[arg(long)]
        json: bool,
    },
    /// Empty it
    Clear,
    /// Where it is
    Path,
}

/// Looks at or empties the cache.
///
/// # Errors
/// What the system said about the cache's folder.
pub fn run(args: &CacheArgs, console: &Console) -> Result<(), Failure> {
    match args.action {
        Action::Stats { json } => {
            let cache = existing(args)?;
            let stats = interrupt::leave_on_cancel(&interrupt::token(), move || cache.stats())?;
            if json {
                return console.result_json(&serde_json::to_string_pretty(&stats)?);
            }
            let [used, limit] = [stats.bytes, stats.limit_bytes].map(bytes_in_words);
            let mut text = format!("{} results, {used} of {limit}", stats.entries);
            for (stage, stats) in &stats.stages {
                text += &format!("\n  {stage:<10} {:>6} results  {}", stats.entries, bytes_in_words(stats.bytes));
            }
            console.result(&text)
        }
        Action::Clear => {
            let cache = existing(args)?;
            // Wherever it is left, what remains is whole.
            let (entries, bytes) = interrupt::leave_on_cancel(&interrupt::token(), move || cache.clear())??;
            console.say(&format!("removed {entries} results, {}", bytes_in_words(bytes)));
            Ok(())
        }
        // Opened, it would be made.
        Action::Path => match options(args.cache_dir.clone()).resolve_folder() {
            Some(path) => console.result_path(&path),
            None => Err(anyhow!("the system names no cache folder for this user; set ORFEAS_CACHE_DIR").into()),
        },
    }
}

/// The cache that is looked at. A folder that was named has to be there: opened, it would be made, and a slip of the
/// keys taken for an empty cache.
fn existing(args: &CacheArgs) -> Result<Cache, Failure> {
    if let Some(folder) = &args.cache_dir {
        check_is_folder(folder)?;
    }
    let cache = Cache::open(&options(args.cache_dir.clone()));
    match cache.take_warning() {
        Some(warning) => Err(anyhow!(warning).into()),
        None => Ok(cache),
    }
}
