//! Showing a licence, and asking whether it is agreed to, once for all.

use std::io::{self, BufRead as _, IsTerminal as _};

use crate::models::{Library, Model};
use crate::progress::CancelToken;

use super::super::console::Console;
use super::super::failure::Failure;
use super::super::interrupt;

/// Longest answer that is read, in bytes.
const ANSWER_MAX: u64 = 256;

/// Shows the licence of `model`, and sees to it that it is agreed to: by `yes`, or by asking on a terminal.
///
/// # Errors
/// What to pass, where there is no terminal to ask on; that the user does not agree, or cancels by `cancel`.
pub fn obtain(
    library: &Library,
    model: &Model,
    yes: bool,
    cancel: &CancelToken,
    console: &Console,
) -> Result<(), Failure> {
    let licence = &model.licence;
    let text = format!(
        "{} comes under the {}.\n  {}\n  {}\n  {}",
        model.name,
        licence.name,
        licence.territory(),
        licence.summary,
        licence.url
    );
    if library.is_agreed(model) {
        console.say(&text);
        return Ok(());
    }
    if yes {
        console.say(&text);
        return library.agree(model).map_err(super::failed);
    }
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Err(Failure::Usage(format!(
            "{text}\n  pass --yes when you agree to it and are not in one of those places"
        )));
    }
    console.ask(&format!("{text}\nDo you agree, and are you in none of the places that it leaves out? [y/N] "));
    // The error does not stand on the line of the question.
    let answer = interrupt::leave_on_cancel(cancel, read_answer).inspect_err(|_| console.ask("\n"))??;
    if matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes") {
        return library.agree(model).map_err(super::failed);
    }
    Err(Failure::Usage(format!("without agreement {} is not fetched", model.name)))
}

fn read_answer() -> io::Result<String> {
    let mut answer = String::new();
    io::Read::take(io::stdin().lock(), ANSWER_MAX).read_line(&mut answer)?;
    Ok(answer)
}
