//! Stops what runs or waits, and tells so.

use super::Studio;
use super::state::{Item, Status};
use super::toast::Level;
use crate::job::JobId;

impl Studio {
    pub(super) fn cancel_selected(&mut self) {
        if let Some(item) = self.items.selected_mut().filter(|i| waits_alone(i)) {
            item.status = item.status_when_cancelled();
            self.load_selected();
        }
        let job = self.items.selected().and_then(|i| i.job);
        if let (Some(queue), Some(job)) = (&self.queue, job) {
            queue.cancel(job);
        }
    }

    pub(super) fn cancel_all(&mut self) {
        let is_told = |item: &Item| item.job.is_some_and(|job| self.queue_view.told_cancelled.contains(&job));
        let open: Vec<&Item> = self.items.iter().filter(|i| i.status.is_open() && !is_told(i)).collect();
        // One alone is told when it has stopped. Of many, a toast for each would cover the list.
        if open.len() > 1 {
            let jobs: Vec<JobId> = open.iter().filter_map(|i| i.job).collect();
            open.iter().for_each(|i| self.messages.log(Level::Info, format!("Cancelled: {}", i.name())));
            self.messages.push(Level::Info, format!("Cancelled {} pictures", open.len()));
            self.queue_view.told_cancelled.extend(jobs);
        }
        self.queue.iter().for_each(|q| q.cancel_all());
        self.items.iter_mut().filter(|i| waits_alone(i)).for_each(|i| i.status = i.status_when_cancelled());
        self.load_selected();
    }

    /// Tells that the job of the card called `name` has stopped, unless that was told for all of them.
    pub(super) fn tell_cancelled(&mut self, job: JobId, name: &str) {
        if !self.queue_view.told_cancelled.remove(&job) {
            self.messages.push(Level::Info, format!("Cancelled: {name}"));
        }
    }
}

/// Whether a card waits in the list alone, because the queue was full.
fn waits_alone(item: &Item) -> bool {
    item.status == Status::Waiting && item.job.is_none()
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::super::command::Command;
    use super::super::state::Source;
    use super::super::tests::studio;
    use super::*;
    use crate::job::Event;

    /// A window in which so many cards wait, the last of them in the list alone.
    fn waiting(count: u64) -> (tempfile::TempDir, Studio, Vec<JobId>) {
        let (folder, mut studio) = studio();
        // No job of the queue has such a name, so it says nothing by itself.
        let jobs: Vec<JobId> = (1..count).map(|n| JobId(u64::MAX - n)).collect();
        for n in 0..count as usize {
            let id = studio.add(Source::Picture(format!("{n}.png").into()));
            let item = studio.items.get_mut(id).unwrap();
            (item.status, item.job) = (Status::Waiting, jobs.get(n).copied());
        }
        (folder, studio, jobs)
    }

    fn toasts(studio: &Studio) -> Vec<String> {
        let now = Instant::now();
        studio.messages.iter().filter(|m| m.is_shown(now)).map(|m| m.text.clone()).collect()
    }

    #[test]
    fn cancelling_many_is_told_in_one_toast_and_in_the_log_for_each() {
        let (_folder, mut studio, jobs) = waiting(10);
        studio.run_command(Command::CancelAll);
        jobs.into_iter().for_each(|job| studio.on_job(Event::Cancelled(job)));
        assert_eq!(toasts(&studio), ["Cancelled 10 pictures"]);
        for n in 0..10 {
            let line = format!("Cancelled: {n}.png");
            assert_eq!(studio.messages.iter().filter(|m| m.text == line).count(), 1, "{line}");
        }
        assert!(studio.items.iter().all(|i| i.status == Status::Cancelled));
    }

    #[test]
    fn one_card_that_is_cancelled_is_named() {
        let (_folder, mut studio, jobs) = waiting(3);
        studio.on_job(Event::Cancelled(jobs[1]));
        assert_eq!(toasts(&studio), ["Cancelled: 1.png"]);
    }
}
