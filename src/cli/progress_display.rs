//! The progress of one piece of work: a bar on a terminal, plain lines elsewhere, nothing when quiet.

use std::io::IsTerminal as _;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::progress::{CancelToken, Monitor, Progress, Stage};

use super::console::Console;

/// A bar is redrawn at most this often.
pub const REDRAW: Duration = Duration::from_millis(60);
/// Plain lines repeat within one stage at most this often.
const REPEAT: Duration = Duration::from_secs(5);

/// Shows progress while it lives; gone without a trace when dropped.
pub struct ProgressDisplay {
    style: Style,
    state: Mutex<Option<State>>,
}

enum Style {
    Silent,
    Lines(Console),
    Bar(ProgressBar),
}

struct State {
    stage: Stage,
    started: Instant,
    shown: Instant,
}

impl ProgressDisplay {
    /// Chooses how to show progress on `console`.
    pub fn new(console: &Console) -> Self {
        let style = if console.is_quiet() {
            Style::Silent
        } else if draws_bars(console) {
            Style::Bar(bar("{spinner} {msg:<24} {bar:32} {percent:>3} %  {prefix}"))
        } else {
            Style::Lines(console.clone())
        };
        Self { style, state: Mutex::new(None) }
    }

    /// The console to use while this is on the screen.
    pub fn console(&self, console: &Console) -> Console {
        match &self.style {
            Style::Bar(bar) => console.with_bar(bar.clone()),
            _ => console.clone(),
        }
    }

    /// Runs `work` with a monitor that reports here.
    pub fn watch<R>(&self, cancel: &CancelToken, work: impl FnOnce(&Monitor) -> R) -> R {
        let sink = |progress| self.update(progress);
        work(&Monitor::new(cancel, &sink))
    }

    /// Shows how far the work is; may be called from any thread and as often as one likes.
    fn update(&self, progress: Progress) {
        if matches!(self.style, Style::Silent) {
            return;
        }
        // Whoever comes while another thread draws has nothing newer worth waiting for.
        let Ok(mut state) = self.state.try_lock() else { return };
        let now = Instant::now();
        match state.as_mut() {
            Some(state) if state.stage == progress.stage => self.advance(state, progress, now),
            _ => {
                *state = Some(State { stage: progress.stage, started: now, shown: now });
                self.enter(progress);
            }
        }
    }

    fn enter(&self, progress: Progress) {
        match &self.style {
            Style::Silent => {}
            Style::Lines(console) => console.say(&format!("{} …", progress.stage.label())),
            Style::Bar(bar) => {
                bar.set_length(progress.total);
                bar.set_position(progress.done);
                bar.set_prefix("");
                bar.set_message(progress.stage.label());
            }
        }
    }

    fn advance(&self, state: &mut State, progress: Progress, now: Instant) {
        let pause = if matches!(self.style, Style::Bar(_)) { REDRAW } else { REPEAT };
        if now.duration_since(state.shown) < pause {
            return;
        }
        state.shown = now;
        let left = time_left(now.duration_since(state.started), progress.done, progress.total);
        match &self.style {
            Style::Silent => {}
            Style::Lines(console) => {
                let percent = progress.done.min(progress.total) * 100 / progress.total.max(1);
                console.say(&format!("{} … {percent} %{}", progress.stage.label(), left.map(|l| format!(", {l}")).unwrap_or_default()));
            }
            Style::Bar(bar) => {
                bar.set_length(progress.total);
                bar.set_position(progress.done);
                bar.set_prefix(left.unwrap_or_default());
            }
        }
    }
}

impl Drop for ProgressDisplay {
    fn drop(&mut self) {
        if let Style::Bar(bar) = &self.style {
            bar.finish_and_clear();
        }
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// Whether progress is drawn as a bar: only on a terminal, and not between the lines of a log.
pub fn draws_bars(console: &Console) -> bool {
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    std::io::stderr().is_terminal() && !console.is_verbose() && !dumb
}

/// A bar on stderr that ticks by itself, so that a long step does not look dead.
pub fn bar(template: &str) -> ProgressBar {
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = ProgressBar::new(1).with_style(style.progress_chars("━╸─"));
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

/// `about 12 s left`, once enough is done to tell.
pub fn time_left(elapsed: Duration, done: u64, total: u64) -> Option<String> {
    let share = done.min(total) as f64 / total.max(1) as f64;
    if share <= 0.02 || elapsed < Duration::from_millis(500) {
        return None;
    }
    let left = elapsed.as_secs_f64() * (1.0 - share) / share;
    (left >= 1.0).then(|| format!("about {} left", super::summary::duration(left)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_left_needs_evidence() {
        assert_eq!(time_left(Duration::from_secs(10), 0, 100), None);
        assert_eq!(time_left(Duration::from_millis(10), 50, 100), None);
        assert_eq!(time_left(Duration::from_secs(10), 50, 100).as_deref(), Some("about 10 s left"));
        assert_eq!(time_left(Duration::from_secs(60), 25, 100).as_deref(), Some("about 3 min left"));
        assert_eq!(time_left(Duration::from_secs(10), 100, 100), None);
    }
}
