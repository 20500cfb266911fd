//! Computing that must not slow the window down.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};

/// Threads, one per core, that give way to all others.
static POOL: LazyLock<Option<rayon::ThreadPool>> = LazyLock::new(|| {
    let builder = rayon::ThreadPoolBuilder::new().thread_name(|number| format!("orfeas-background-{number}"));
    builder.start_handler(|_| give_way()).build().ok()
});

/// Runs `work`, and all parallel work within, on threads that give way to those of the window, and
/// waits for it. Where the system gives no threads it runs on this one.
pub fn run<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    match &*POOL {
        Some(pool) => pool.install(work),
        None => work(),
    }
}

/// Whether a graphics card draws the window.
static HAS_CARD: AtomicBool = AtomicBool::new(false);

/// Says that a graphics card draws the window, or that the processor does, which is believed until this is called. With
/// a card, threads that begin after this give way less, so that work goes on beside programs that use all cores.
pub fn set_card(has_card: bool) {
    HAS_CARD.store(has_card, Ordering::Relaxed);
}

/// Lowers the priority of this thread: as far as it goes where the processor draws the window, otherwise below that of
/// other programs. Without it the work is done all the same.
pub fn give_way() {
    if HAS_CARD.load(Ordering::Relaxed) { lower() } else { lower_wholly() }
}

/// A share is left beside threads of usual priority: niceness 9 on Linux, "below normal" on Windows.
fn lower() {
    let priority =
        thread_priority::ThreadPriorityValue::try_from(25_u8).map(thread_priority::ThreadPriority::Crossplatform);
    let _ = priority.map(thread_priority::set_current_thread_priority);
}

/// Only what nobody else wants is left.
#[cfg(target_os = "linux")]
fn lower_wholly() {
    use thread_priority::{NormalThreadSchedulePolicy, ThreadPriority, ThreadSchedulePolicy};
    // Of this policy, since with niceness alone a thread that wakes still waits for the end of a slice,
    // and a frame drawn by the processor wakes threads many times.
    let idle = ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Idle);
    let this = thread_priority::thread_native_id();
    let _ = thread_priority::set_thread_priority_and_policy(this, ThreadPriority::Min, idle);
}

/// Only little is left.
#[cfg(not(target_os = "linux"))]
fn lower_wholly() {
    let _ = thread_priority::set_current_thread_priority(thread_priority::ThreadPriority::Min);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_runs_in_the_background_and_panics_reach_the_caller() {
        let name = run(|| std::thread::current().name().map(str::to_owned));
        assert!(name.is_some_and(|n| n.starts_with("orfeas-background")));
        assert!(std::panic::catch_unwind(|| run(|| panic!("on purpose"))).is_err());
        assert_eq!(run(|| rayon::join(|| 1, || 2)), (1, 2));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn background_threads_give_way() {
        use thread_priority::{NormalThreadSchedulePolicy as Normal, ThreadSchedulePolicy as Policy};
        let policy = || thread_priority::thread_schedule_policy().unwrap();
        assert_eq!(run(policy), Policy::Normal(Normal::Idle));
        assert_eq!(policy(), Policy::Normal(Normal::Other));
        // Where a card draws, work is not shut out by other programs.
        let niceness = || {
            let stat = std::fs::read_to_string("/proc/thread-self/stat").unwrap();
            stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(16)?.parse::<i32>().ok()).unwrap()
        };
        let seen = move || {
            lower();
            (policy(), niceness())
        };
        let lowered = std::thread::Builder::new().name("lowered".to_owned()).spawn(seen).unwrap();
        let (policy, niceness) = lowered.join().unwrap();
        assert!(policy == Policy::Normal(Normal::Other) && niceness >= 9, "{policy:?}, {niceness}");
    }
}
