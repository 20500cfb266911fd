//! How far the search has come, although nobody knows how many tries it takes.

use std::sync::{Mutex, PoisonError};

use crate::progress::{Cancelled, Monitor, Progress, Stage};

/// Steps of the bar.
const STEPS: u64 = 1000;

/// The progress of one search: it never goes back, whatever the tries report and from which threads.
pub(super) struct Bar {
    /// The share of what is left of the bar that a try gets.
    share: f64,
    place: Mutex<Place>,
}

#[derive(Default)]
struct Place {
    /// Where the try began and where it ends, 0–1.
    from: f64,
    to: f64,
    /// What was shown last, in steps.
    shown: u64,
}

impl Bar {
    /// A bar that has not begun: nothing counts before the first try. Every try gets `share` (0–1) of what is left.
    pub(super) fn of(share: f64) -> Self {
        Self { share, place: Mutex::default() }
    }

    /// Begins the next try, in which what is reported counts as a share of the try.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub(super) fn next_try(&self, monitor: &Monitor) -> Result<(), Cancelled> {
        {
            let mut place = self.place.lock().unwrap_or_else(PoisonError::into_inner);
            place.from = place.to;
            place.to += self.share * (1.0 - place.to);
        }
        monitor.step(Stage::Mesh, 0, 1)
    }

    /// Passes on to `monitor` what the try that is going on reports.
    pub(super) fn report(&self, progress: Progress, monitor: &Monitor) {
        // Held meanwhile, so that no other thread comes in between with less.
        let mut place = self.place.lock().unwrap_or_else(PoisonError::into_inner);
        let share = progress.done as f64 / progress.total.max(1) as f64;
        let done = place.from + (place.to - place.from) * share.clamp(0.0, 1.0);
        place.shown = place.shown.max((done * STEPS as f64).round() as u64);
        // A cancellation is noticed by the try itself, in its own step.
        let _ = monitor.step(Stage::Mesh, place.shown, STEPS);
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::globe;
    use super::super::{Target, simplify};
    use super::*;
    use crate::mesh::Mesh;
    use crate::progress::CancelToken;

    /// What `simplify` reports.
    fn reported(mesh: &Mesh, max_error: f32) -> Vec<Progress> {
        let seen = Mutex::new(Vec::new());
        let sink = |progress| seen.lock().unwrap().push(progress);
        let target = Target { triangles: None, max_error: Some(max_error) };
        let few = simplify(mesh, target, &Monitor::new(&CancelToken::new(), &sink)).unwrap();
        assert_eq!(few.note, None);
        seen.into_inner().unwrap()
    }

    #[test]
    fn the_search_is_told_from_its_start_and_never_goes_back() {
        // The second goes through blocks.
        for columns in [100, 530] {
            let seen = reported(&globe(1.0, columns), 0.005);
            assert_eq!(seen[0], Progress { stage: Stage::Mesh, done: 0, total: STEPS });
            assert!(seen.iter().all(|p| p.stage == Stage::Mesh && p.total == STEPS && p.done <= STEPS));
            assert!(seen.is_sorted_by_key(|p| p.done));
            let mut places: Vec<u64> = seen.iter().map(|p| p.done).collect();
            places.dedup();
            assert!(places.len() > 4, "{places:?}");
        }
    }

    #[test]
    fn every_try_is_told_and_gets_its_share_of_what_is_left() {
        let seen = Mutex::new(Vec::new());
        let (sink, token) = (|p: Progress| seen.lock().unwrap().push(p.done), CancelToken::new());
        let (outer, bar) = (Monitor::new(&token, &sink), Bar::of(0.3));
        let inner = |progress| bar.report(progress, &outer);
        let monitor = Monitor::new(&token, &inner);
        for round in 1..=100 {
            bar.next_try(&monitor).unwrap();
            assert_eq!(seen.lock().unwrap().len(), 3 * round - 2);
            monitor.step(Stage::Draw, 7, 7).unwrap();
            monitor.step(Stage::Draw, 1, 7).unwrap();
        }
        let seen = seen.into_inner().unwrap();
        assert!(seen.is_sorted() && seen[..7] == [0, 300, 300, 300, 510, 510, 510] && seen[299] <= STEPS, "{seen:?}");
    }
}
