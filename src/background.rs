//! Computing that must not slow the window down.

use std::sync::LazyLock;

/// How much less of a busy processor background threads get: as little as a tenth.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;

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

/// Lowers the priority of this thread, where a thread has one of its own.
pub fn give_way() {
    // Without it the work is done all the same.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::setpriority_process(None, NICENESS);
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
        let niceness = || rustix::process::getpriority_process(None).unwrap();
        assert!(run(niceness) >= niceness().max(NICENESS));
    }
}
