//! Computing that must not slow the window down.

use std::sync::LazyLock;

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

/// Lowers the priority of this thread as far as it goes. Without it the work is done all the same.
#[cfg(target_os = "linux")]
pub fn give_way() {
    use thread_priority::{NormalThreadSchedulePolicy, ThreadPriority, ThreadSchedulePolicy};
    // Of this policy, since with niceness alone a thread that wakes still waits for the end of a slice,
    // and a frame drawn by the processor wakes threads many times.
    let idle = ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Idle);
    let this = thread_priority::thread_native_id();
    let _ = thread_priority::set_thread_priority_and_policy(this, ThreadPriority::Min, idle);
}

/// Lowers the priority of this thread as far as it goes. Without it the work is done all the same.
#[cfg(not(target_os = "linux"))]
pub fn give_way() {
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
    }
}
