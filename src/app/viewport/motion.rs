//! Whether the picture moves, and whether the device keeps up with it.

use std::time::{Duration, Instant};

use egui::Ui;

use crate::render::Pose;

/// The view counts as still after this time.
const STILL_AFTER: Duration = Duration::from_millis(150);
/// Longest frame, in seconds, of a device that keeps up.
const SLOW_FRAME_SECS: f32 = 0.05;
/// Slow frames in a row before coarser ones are drawn: one may have another reason.
const SLOW_FRAMES: u32 = 3;

/// What is known of the last frames.
pub(super) struct Motion {
    pose: Pose,
    moved: Option<Instant>,
    slow: bool,
    slow_frames: u32,
    /// Whether the versions of the mesh that are drawn sooner are still being made.
    pub awaits_levels: bool,
}

impl Motion {
    /// A camera that stands still. `slow` devices draw coarser pictures from the start.
    pub fn new(pose: Pose, slow: bool) -> Self {
        Self { pose, moved: None, slow, slow_frames: 0, awaits_levels: false }
    }

    /// Whether the device does not keep up.
    pub fn is_slow(&self) -> bool {
        self.slow
    }

    /// Whether nothing coarse is drawn any more.
    pub fn is_settled(&self) -> bool {
        !self.awaits_levels && self.moved.is_none_or(|moved| moved.elapsed() >= STILL_AFTER)
    }

    /// Something new is shown: a coarse picture at once, the fine one right after it.
    pub fn start(&mut self) {
        self.moved = Some(Instant::now());
    }

    /// Whether what is drawn now, from `pose`, may be coarse, because it will be replaced at once and the
    /// device is slow. Asks for the fine picture that must follow.
    pub fn is_passing(&mut self, pose: Pose, ui: &Ui) -> bool {
        if self.pose != pose {
            self.pose = pose;
            // The first frame after a pause was waited for, not drawn.
            let dragged = self.moved.replace(Instant::now()).is_some();
            let late = dragged && ui.input(|i| i.unstable_dt) > SLOW_FRAME_SECS;
            self.slow_frames = if late { self.slow_frames + 1 } else { 0 };
            self.slow |= self.slow_frames >= SLOW_FRAMES;
        }
        // Until then a fine picture takes longer than waiting for it.
        if self.awaits_levels {
            return true;
        }
        let left = self.moved.map(|moved| STILL_AFTER.saturating_sub(moved.elapsed())).filter(|l| !l.is_zero());
        if left.is_none() {
            self.moved = None;
        }
        match left.filter(|_| self.slow) {
            Some(left) => {
                ui.ctx().request_repaint_after(left);
                true
            }
            None => false,
        }
    }
}
