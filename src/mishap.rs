//! What to do about code that does not come back as it should: drivers that hang or crash, panics.

use std::any::Any;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, bounded};

/// Longest time that drivers get to say what they have.
const PATIENCE: Duration = Duration::from_millis(1900);

thread_local! {
    /// Whether whoever called reckons with a panic of what runs on this thread.
    static IS_EXPECTED: Cell<bool> = const { Cell::new(false) };
}

/// Does `work`, which is not ours and may panic on what it is given. Since the caller tells what came of it, such a panic
/// is not announced as a mistake of the program; those of other threads are.
///
/// # Errors
/// The panic.
pub fn caught<T>(work: impl FnOnce() -> T) -> thread::Result<T> {
    let before = IS_EXPECTED.replace(true);
    let result = catch_unwind(AssertUnwindSafe(work));
    IS_EXPECTED.set(before);
    result
}

/// Whether a panic on this thread is caught by [`caught`].
pub fn is_expected() -> bool {
    IS_EXPECTED.get()
}

/// Ends the process, without what libraries do at the end of one: that crashes or never ends where a thread that was left
/// behind is just loading a driver, or draws. What was printed is to be flushed before.
pub fn end_process(code: u8) -> ! {
    signal_hook::low_level::exit(i32::from(code))
}

/// What a panic said.
pub fn panic_text(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no reason given")
}

/// A question that is being answered on a thread of its own: whoever answers may hang or crash, and does not take the
/// program with it.
pub struct Question<T> {
    asked: Instant,
    answer: Receiver<T>,
}

impl<T: Send + 'static> Question<T> {
    /// Has `answer` work on a thread of this name.
    pub fn ask(thread: &str, answer: impl FnOnce() -> T + Send + 'static) -> Self {
        let (sender, receiver) = bounded(1);
        let asked = Instant::now();
        // Where the system gives no thread there is no answer, as after a crash.
        let _ = std::thread::Builder::new().name(thread.to_owned()).spawn(move || {
            if let Ok(answer) = caught(answer) {
                let _ = sender.send(answer);
            }
        });
        Self { asked, answer: receiver }
    }

    /// The answer, if it came within two seconds of the question.
    pub fn answer(self) -> Option<T> {
        self.answer.recv_timeout(PATIENCE.saturating_sub(self.asked.elapsed())).ok()
    }
}

/// Waits until it is so, for a minute at most, lest a test never ends. Whether it is.
#[cfg(test)]
pub fn wait_for(is_so: impl Fn() -> bool) -> bool {
    let begun = Instant::now();
    while !is_so() {
        if begun.elapsed() > Duration::from_secs(60) {
            return false;
        }
        thread::sleep(Duration::from_millis(1));
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_crashes_or_hangs_gives_no_answer() {
        assert_eq!(Question::ask("quick", || 7).answer(), Some(7));
        assert_eq!(Question::<u32>::ask("crashes", || panic!("on purpose")).answer(), None);
        let (keeps_hanging, hung) = bounded::<()>(0);
        assert_eq!(Question::ask("hangs", move || hung.recv().is_ok()).answer(), None);
        drop(keeps_hanging);
    }

    #[test]
    fn a_panic_is_expected_while_and_where_it_is_caught() {
        assert!(!is_expected());
        let seen = caught(|| {
            assert!(caught(|| panic!("on purpose")).is_err());
            (is_expected(), thread::scope(|s| s.spawn(is_expected).join().unwrap()))
        });
        assert_eq!(seen.unwrap(), (true, false));
        assert!(caught(|| panic!("on purpose")).is_err() && !is_expected());
    }

    #[test]
    fn a_panic_is_quoted_whether_its_text_was_at_hand_or_put_together() {
        let said = |work: fn()| panic_text(std::panic::catch_unwind(work).unwrap_err().as_ref()).to_owned();
        assert_eq!(said(|| panic!("plain")), "plain");
        assert_eq!(said(|| panic!("number {}", std::process::id())), format!("number {}", std::process::id()));
        assert_eq!(said(|| std::panic::panic_any(7)), "no reason given");
    }
}
