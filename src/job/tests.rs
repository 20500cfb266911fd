use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::*;
use crate::mishap::wait_for;
use crate::progress::{Monitor, Stage};

const SOON: Duration = Duration::from_secs(20);

fn job(name: &str) -> JobRequest {
    JobRequest { request: Request::default(), input: Input::of(name) }
}

/// A stage of `millis` that checks every millisecond, as the stages must.
fn slow(monitor: &Monitor, millis: u64) -> Result<(), WorkError> {
    let begun = Instant::now();
    loop {
        let done = begun.elapsed().as_millis() as u64;
        monitor.step(Stage::Shape, done.min(millis), millis)?;
        if done >= millis {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Takes the time that the name says, `fail` and `panic` do so; makes the name.
fn work(job: &JobRequest, monitor: &Monitor) -> Result<String, WorkError> {
    let name = job.input.path.display().to_string();
    match name.as_str() {
        "fail" => Err(WorkError::Failed("it failed: fail".to_owned())),
        "panic" => panic!("index out of bounds"),
        _ => {
            slow(monitor, name.split_once(' ').map_or(0, |(_, millis)| millis.parse().unwrap()))?;
            Ok(name)
        }
    }
}

fn queue() -> Queue<String> {
    Queue::with_work(work, || {}).unwrap()
}

/// The next event, waited for no longer than `patience`.
fn wait_next(queue: &Queue<String>, patience: Duration) -> Option<Event<String>> {
    let begun = Instant::now();
    loop {
        match queue.try_next() {
            None if begun.elapsed() < patience => std::thread::sleep(Duration::from_millis(1)),
            next => return next,
        }
    }
}

/// Fetches events until every job of `ids` has ended. Progress is left out.
fn ended(queue: &Queue<String>, ids: &[JobId]) -> Vec<Event<String>> {
    let mut events = Vec::new();
    let mut open = ids.to_vec();
    while !open.is_empty() {
        let event = wait_next(queue, SOON).expect("no event for too long");
        if event.is_last() {
            open.retain(|id| *id != event.id());
        }
        if !matches!(event, Event::Progress { .. }) {
            events.push(event);
        }
    }
    events
}

/// Waits until the worker is at `id`.
fn started(queue: &Queue<String>, id: JobId) {
    while wait_next(queue, SOON).expect("it never started") != Event::Started(id) {}
}

fn finished(events: &[Event<String>]) -> Vec<&str> {
    events.iter().filter_map(|e| if let Event::Finished(_, made) = e { Some(made.as_str()) } else { None }).collect()
}

#[test]
fn jobs_run_in_order_and_events_tell_their_story() {
    let queue = queue();
    let ids: Vec<_> = ["a 20", "b 0", "c 5"].map(|n| queue.submit(job(n)).unwrap()).into();
    let events = ended(&queue, &ids);
    assert_eq!(finished(&events), ["a 20", "b 0", "c 5"]);
    for id in ids {
        let story: Vec<_> = events.iter().filter(|e| e.id() == id).collect();
        assert!(matches!(story[..], [Event::Queued(_), Event::Started(_), Event::Finished(..)]), "{story:?}");
    }
    assert_eq!(queue.open_count(), 0);
    assert!(queue.snapshot().iter().all(|j| j.state == JobState::Finished));
}

#[test]
fn the_queue_is_bounded() {
    let queue = queue();
    let ids: Vec<_> = (0..CAPACITY).map(|i| queue.submit(job(&format!("{i} 5000"))).unwrap()).collect();
    let error = queue.submit(job("the last straw")).unwrap_err();
    assert!(error.to_string().contains("100 jobs") && error.to_string().ends_with("the last straw"), "{error}");
    assert!(queue.cancel(ids[50]));
    queue.submit(job("now there is room 0")).unwrap();
    queue.cancel_all();
    assert_eq!(queue.open_count(), 0);
}

#[test]
fn a_queue_whose_events_nobody_fetches_refuses_at_last() {
    let queue = queue();
    let refused = (0..100 * CAPACITY).position(|_| {
        let refused = queue.submit(job("a 0")).is_err();
        queue.cancel_all();
        refused
    });
    assert!(refused.is_some());
}

#[test]
fn after_many_ended_jobs_only_those_meant_are_removed_and_cancelled() {
    let (queue, _) = endless();
    let done: Vec<_> = (0..CAPACITY).map(|_| queue.submit(job("done")).unwrap()).collect();
    ended(&queue, &done);
    let open: Vec<_> = (0..5).map(|_| queue.submit(job("endless")).unwrap()).collect();
    started(&queue, open[0]);
    queue.remove(open[2]);
    let left: Vec<_> = queue.snapshot().into_iter().filter(|job| job.state.is_open()).map(|job| job.id).collect();
    assert_eq!(left, [open[0], open[1], open[3], open[4]]);
    queue.cancel_all();
    assert_eq!(queue.open_count(), 0);
    assert!(queue.snapshot().len() <= CAPACITY, "the oldest are forgotten");
}

/// Work without an end, and how many steps it has made.
fn endless() -> (Queue<String>, Arc<AtomicU64>) {
    let steps = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&steps);
    let work = move |job: &JobRequest, monitor: &Monitor| {
        while job.input.path.display().to_string() == "endless" {
            monitor.step(Stage::Shape, counter.fetch_add(1, Ordering::SeqCst) % 100, 100)?;
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok("done".to_owned())
    };
    (Queue::with_work(work, || {}).unwrap(), steps)
}

#[test]
fn cancel_takes_effect_at_the_next_step() {
    let (queue, steps) = endless();
    let [long, next] = ["endless", "next"].map(|n| queue.submit(job(n)).unwrap());
    started(&queue, long);
    assert!(wait_for(|| steps.load(Ordering::SeqCst) > 0));
    assert!(queue.cancel(long));
    let before = steps.load(Ordering::SeqCst);
    let events = ended(&queue, &[long, next]);
    // The step under way, and one more that found out.
    assert!(steps.load(Ordering::SeqCst) <= before + 2, "it went on");
    assert!(events.contains(&Event::Cancelled(long)));
    assert_eq!(finished(&events), ["done"]);
    assert!(!queue.cancel(long), "it has ended");
}

#[test]
fn nothing_is_heard_of_an_abandoned_run() {
    // Work that ignores cancellation and finishes all the same, differently each time.
    let (count, gate) = (Arc::new(AtomicU64::new(0)), Arc::new(Mutex::new(())));
    let (counter, door) = (Arc::clone(&count), Arc::clone(&gate));
    let queue = Queue::with_work(
        move |_, monitor| {
            let run = counter.fetch_add(1, Ordering::SeqCst) + 1;
            let _ = monitor.step(Stage::Shape, run, 100);
            drop(door.lock().unwrap());
            let _ = monitor.step(Stage::Mesh, run, 100);
            Ok(format!("run {run}"))
        },
        || {},
    )
    .unwrap();
    let closed = gate.lock().unwrap();
    let id = queue.submit(job("stubborn")).unwrap();
    started(&queue, id);
    assert!(wait_for(|| count.load(Ordering::SeqCst) > 0));
    assert!(queue.cancel(id));
    let again = queue.submit(job("stubborn")).unwrap();
    drop(closed);
    // Up to here: one start, cancelled, queued again. The first run is still at work.
    let mut cancelled = false;
    loop {
        match wait_next(&queue, SOON).unwrap() {
            Event::Cancelled(which) => {
                assert_eq!(which, id);
                cancelled = true;
            }
            Event::Progress { id: which, progress, .. } => {
                assert!(!cancelled || (which, progress.done) == (again, 2), "{which:?} {progress:?}");
            }
            Event::Finished(which, made) => {
                assert_eq!((which, made.as_str()), (again, "run 2"));
                break;
            }
            _ => {}
        }
    }
    assert!(cancelled);
    assert_eq!(wait_next(&queue, Duration::from_millis(50)), None);

    let removed = queue.submit(job("gone")).unwrap();
    queue.remove(removed);
    assert!(queue.snapshot().iter().all(|j| j.id != removed));
}

#[test]
fn waiting_jobs_can_be_moved() {
    let queue = queue();
    let busy = queue.submit(job("busy 60000")).unwrap();
    started(&queue, busy);
    let [a, b, c, d] = ["a", "b", "c", "d"].map(|n| queue.submit(job(n)).unwrap());
    for moved in [true, true, true, false] {
        assert_eq!(queue.reorder(d, Move::Up), moved, "thrice, then it is first");
    }
    assert!(queue.reorder(b, Move::Down));
    assert!(!queue.reorder(b, Move::Down), "it is last already");
    assert!(queue.reorder(c, Move::Up));
    assert!(!queue.reorder(busy, Move::Down), "it is running");
    let order: Vec<_> = queue.snapshot().iter().map(|j| j.id).collect();
    assert_eq!(order, [busy, d, c, a, b]);
    queue.cancel(busy);
    assert_eq!(finished(&ended(&queue, &[a, b, c, d])), ["d", "c", "a", "b"]);
}

#[test]
fn a_panic_fails_its_job_alone() {
    let queue = queue();
    let ids = ["panic", "fail", "fine"].map(|n| queue.submit(job(n)).unwrap());
    let events = ended(&queue, &ids);
    let failures: Vec<_> =
        events.iter().filter_map(|e| if let Event::Failed(_, text) = e { Some(text.as_str()) } else { None }).collect();
    assert!(failures[0].contains("index out of bounds") && failures[0].ends_with("panic"), "{failures:?}");
    assert_eq!(failures[1], "it failed: fail");
    assert_eq!(finished(&events), ["fine"]);
    let again = queue.submit(job("fail")).unwrap();
    assert!(matches!(ended(&queue, &[again])[..], [Event::Queued(_), Event::Started(_), Event::Failed(..)]));
}

#[test]
fn unfetched_progress_is_merged_and_the_front_is_woken() {
    let wakes = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&wakes);
    let queue = Queue::with_work(work, move || {
        counter.fetch_add(1, Ordering::SeqCst);
    })
    .unwrap();
    queue.submit(job("a 300")).unwrap();
    assert!(wait_for(|| queue.open_count() == 0));
    // It is woken after the state has changed.
    assert!(wait_for(|| wakes.load(Ordering::SeqCst) >= 4));
    let mut events = Vec::new();
    while let Some(event) = queue.try_next() {
        events.push(event);
    }
    // Nobody fetched the progress in time, and now the job is over.
    assert!(matches!(events[..], [Event::Queued(_), Event::Started(_), Event::Finished(..)]), "{events:?}");
}

#[test]
fn progress_that_is_fetched_comes_again_and_never_falls() {
    let fetched = Arc::new(AtomicU64::new(0));
    let seen = Arc::clone(&fetched);
    // Lasts until three reports were fetched, however slow the machine is.
    let work = move |_: &JobRequest, monitor: &Monitor| {
        let (begun, end) = (Instant::now(), SOON.as_millis() as u64);
        while seen.load(Ordering::SeqCst) < 3 && begun.elapsed() < SOON {
            monitor.step(Stage::Shape, begun.elapsed().as_millis() as u64, end)?;
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(String::new())
    };
    let queue = Queue::with_work(work, || {}).unwrap();
    queue.submit(job("watched")).unwrap();
    let mut fractions = Vec::new();
    loop {
        match wait_next(&queue, SOON).unwrap() {
            Event::Progress { estimate, .. } => {
                fractions.push(estimate.fraction);
                fetched.fetch_add(1, Ordering::SeqCst);
            }
            event if event.is_last() => break,
            _ => {}
        }
    }
    assert!(fractions.len() >= 3 && fractions.is_sorted(), "{fractions:?}");
}

#[test]
fn dropping_the_queue_stops_the_work() {
    let (queue, steps) = endless();
    let id = queue.submit(job("endless")).unwrap();
    started(&queue, id);
    // Comes back only after the worker has stopped, and with it the work, which counts the steps.
    drop(queue);
    assert_eq!(Arc::strong_count(&steps), 1, "the work is still there");
}

#[test]
fn dropping_the_queue_leaves_work_that_notices_nothing() {
    let (hold, held) = crossbeam_channel::bounded::<()>(0);
    let work = move |_: &JobRequest, _: &Monitor| {
        let _ = held.recv();
        Ok(String::new())
    };
    let queue = Queue::with_work(work, || {}).unwrap();
    let id = queue.submit(job("on a share that does not answer")).unwrap();
    started(&queue, id);
    assert!(queue.cancel(id));
    let (gone, is_gone) = crossbeam_channel::bounded(1);
    let dropping = std::thread::Builder::new().name("dropping".to_owned());
    let dropping = dropping.spawn(move || {
        drop(queue);
        let _ = gone.send(());
    });
    let came_back = is_gone.recv_timeout(SOON);
    // Whatever came of it, no thread stays.
    drop(hold);
    dropping.unwrap().join().unwrap();
    assert!(came_back.is_ok(), "it waits for ever");
}

#[test]
fn the_queue_may_be_used_from_any_thread() {
    fn check<T: Send + Sync>() {}
    check::<Queue<String>>();
    check::<Queue>();
}
