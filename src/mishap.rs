//! What to do about code that does not come back as it should: drivers that hang or crash, panics.

use std::any::Any;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, bounded};

/// Longest time that drivers get to say what they have.
const PATIENCE: Duration = Duration::from_millis(1900);

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
            let _ = sender.send(answer());
        });
        Self { asked, answer: receiver }
    }

    /// The answer, if it came within two seconds of the question.
    pub fn answer(self) -> Option<T> {
        self.answer.recv_timeout(PATIENCE.saturating_sub(self.asked.elapsed())).ok()
    }
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
    fn a_panic_is_quoted_whether_its_text_was_at_hand_or_put_together() {
        let said = |work: fn()| panic_text(std::panic::catch_unwind(work).unwrap_err().as_ref()).to_owned();
        assert_eq!(said(|| panic!("plain")), "plain");
        assert_eq!(said(|| panic!("number {}", std::process::id())), format!("number {}", std::process::id()));
        assert_eq!(said(|| std::panic::panic_any(7)), "no reason given");
    }
}
