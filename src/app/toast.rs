//! Short messages that appear over the window and go away by themselves, and the log that keeps them.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use egui::{Align2, Area, Context, Frame, Label, RichText, Sense, vec2};

use super::theme::Palette;

/// How much a message matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// For the record.
    Info,
    /// Something was finished.
    Success,
    /// It went on, but not as expected.
    Warning,
    /// It did not work.
    Error,
}

/// One message.
#[derive(Clone, Debug)]
pub struct Message {
    /// How much it matters.
    pub level: Level,
    /// A sentence.
    pub text: String,
    /// When it came, as `HH:MM:SS` since the start of the program.
    pub time: String,
    shown_until: Option<Instant>,
}

/// The last messages, the newest last. Those not older than a few seconds are drawn as toasts.
#[derive(Debug)]
pub struct Messages {
    all: VecDeque<Message>,
    started: Instant,
}

/// More messages than anybody reads; older ones are dropped.
const KEPT: usize = 1000;
/// More toasts would cover the window; the log has the rest.
const SHOWN: usize = 4;
/// How high toasts are stacked, in points, before no older one is added.
const STACK: f32 = 240.0;
/// Widest text of a toast, with its symbol, in points.
const WIDEST: f32 = 420.0;
/// Space between a toast and the edge of the window, in points.
const MARGIN: f32 = 12.0;

impl Default for Messages {
    fn default() -> Self {
        Self { all: VecDeque::new(), started: Instant::now() }
    }
}

impl Messages {
    /// Adds a message and shows it as a toast; errors stay longer.
    pub fn push(&mut self, level: Level, text: impl Into<String>) {
        let secs = match level {
            Level::Info => 4,
            Level::Success => 5,
            Level::Warning => 9,
            Level::Error => 15,
        };
        self.add(level, text.into(), Some(Instant::now() + Duration::from_secs(secs)));
    }

    /// Adds a message to the log only.
    pub fn log(&mut self, level: Level, text: impl Into<String>) {
        self.add(level, text.into(), None);
    }

    fn add(&mut self, level: Level, text: String, shown_until: Option<Instant>) {
        let secs = self.started.elapsed().as_secs();
        let time = format!("{:02}:{:02}:{:02}", secs / 3600, secs / 60 % 60, secs % 60);
        if self.all.len() == KEPT {
            self.all.pop_front();
        }
        self.all.push_back(Message { level, text, time, shown_until });
    }

    /// All kept messages, the oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Message> {
        self.all.iter()
    }

    /// Draws the toasts in the lower left corner, over `below` points that stay free. A click on one closes it.
    pub fn toasts_ui(&mut self, ctx: &Context, below: f32) {
        let now = Instant::now();
        let palette = Palette::of(ctx);
        let mut next_change: Option<Instant> = None;
        let (mut offset, mut shown) = (-MARGIN - below, 0);
        for (index, message) in self.all.iter_mut().enumerate().rev().take(KEPT) {
            let Some(until) = message.shown_until.filter(|_| message.is_shown(now)) else { continue };
            if shown == SHOWN || offset < -MARGIN - below - STACK {
                break;
            }
            shown += 1;
            next_change = Some(next_change.map_or(until, |n| n.min(until)));
            let id = egui::Id::new(("toast", index, &message.time));
            let toast = message.show(ctx, id, offset, &palette);
            offset -= toast.rect.height() + 8.0;
            if toast.on_hover_text("Click to close").clicked() {
                message.shown_until = None;
            }
        }
        if let Some(at) = next_change {
            ctx.request_repaint_after(at.saturating_duration_since(now));
        }
    }
}

impl Message {
    /// Whether its time over the window has not ended yet.
    pub fn is_shown(&self, now: Instant) -> bool {
        self.shown_until.is_some_and(|until| until > now)
    }

    /// Draws the toast, `offset` points (negative) above the lower edge of the window.
    fn show(&self, ctx: &Context, id: egui::Id, offset: f32, palette: &Palette) -> egui::Response {
        let color = self.level.color(palette);
        let area = Area::new(id).anchor(Align2::LEFT_BOTTOM, vec2(MARGIN, offset)).order(egui::Order::Foreground);
        let shown = area.sense(Sense::click()).show(ctx, |ui| {
            let frame = Frame::popup(ui.style()).stroke(egui::Stroke::new(1.0, color));
            let room = ctx.content_rect().width() - 2.0 * MARGIN - frame.total_margin().sum().x;
            frame.show(ui, |ui| {
                ui.set_max_width(WIDEST.min(room));
                ui.horizontal_top(|ui| {
                    // Text that can be selected would keep clicks from the toast.
                    let symbol = RichText::new(self.level.symbol()).color(color).strong();
                    ui.add(Label::new(symbol).selectable(false));
                    ui.add(Label::new(&self.text).wrap().selectable(false));
                });
            });
        });
        shown.response
    }
}

impl Level {
    /// The colour of the level.
    pub fn color(self, palette: &Palette) -> egui::Color32 {
        match self {
            Self::Info => palette.weak_text,
            Self::Success => palette.success,
            Self::Warning => palette.warning,
            Self::Error => palette.error,
        }
    }

    /// A sign that tells the levels apart without colour.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Info => "ℹ",
            Self::Success => "✔",
            Self::Warning => "⚠",
            Self::Error => "✖",
        }
    }
}
