//! The progress of a batch: one bar on a terminal, one line per picture elsewhere.

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use indicatif::ProgressBar;

use crate::job::batch::ItemEvent;
use crate::progress::Progress;

use super::super::console::{self, Console};
use super::super::failure::Failure;
use super::super::progress_display::{self, time_left};
use super::super::summary;

/// Shows how far the batch is; may be told things from any thread.
pub struct Show {
    console: Console,
    bar: Option<ProgressBar>,
    started: Instant,
    last: Mutex<Instant>,
    done: AtomicUsize,
    total: usize,
}

impl Show {
    /// For a batch of `total` pictures.
    pub fn new(total: usize, console: &Console) -> Self {
        let bar = (!console.is_quiet() && progress_display::draws_bars(console)).then(|| {
            let bar = progress_display::bar("{spinner} {pos}/{len} {bar:24} {msg}  {prefix}");
            bar.set_length(total as u64);
            bar
        });
        let console = bar.clone().map_or_else(|| console.clone(), |bar| console.with_bar(bar));
        let now = Instant::now();
        Self { console, bar, started: now, last: Mutex::new(now), done: AtomicUsize::new(0), total }
    }

    /// Says something without tearing the bar.
    pub fn console(&self) -> &Console {
        &self.console
    }

    /// `input` has come as far as `progress`.
    pub fn working(&self, input: &Path, progress: Progress) {
        let (Some(bar), Ok(mut last)) = (&self.bar, self.last.try_lock()) else { return };
        if last.elapsed() >= progress_display::REDRAW {
            *last = Instant::now();
            let name = input.file_name().unwrap_or_default().to_string_lossy();
            bar.set_message(console::shown(&format!("{name}: {}", progress.stage.label())).into_owned());
        }
    }

    /// `input` has come to an end; `output` is its solid's file.
    ///
    /// # Errors
    /// The path could not be printed.
    pub fn ended(&self, input: &Path, output: &Path, event: &ItemEvent) -> Result<(), Failure> {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        let (name, total) = (input.display(), self.total);
        match event {
            ItemEvent::Done { secs } => {
                self.console.result_path(output)?;
                self.line(&format!("[{done}/{total}] {name}: made in {}", summary::duration(f64::from(*secs))));
            }
            ItemEvent::Skipped => self.line(&format!("[{done}/{total}] {name}: done earlier")),
            ItemEvent::Failed(why) => self.console.error(&format!("[{done}/{total}] {name}: {why}"), None),
            ItemEvent::Cancelled | ItemEvent::Started | ItemEvent::Progress(_) => {}
        }
        if let Some(bar) = &self.bar {
            bar.set_position(done as u64);
            bar.set_prefix(time_left(self.started.elapsed(), done as u64, total as u64).unwrap_or_default());
        }
        Ok(())
    }

    /// What the bar tells where there is one.
    fn line(&self, text: &str) {
        if self.bar.is_none() {
            self.console.say(text);
        }
    }
}

impl Drop for Show {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
