//! What is said, and where: results to stdout, words to stderr.

use std::borrow::Cow;
use std::io::{self, ErrorKind, IsTerminal as _, Write as _};
use std::panic::Location;
use std::path::Path;

use indicatif::ProgressBar;

use super::failure::{Exit, Failure};
use crate::mishap::{is_expected, panic_text};

/// Where a command says things. Cheap to clone; a progress bar that is drawn meanwhile is kept whole.
#[derive(Clone)]
pub struct Console {
    quiet: bool,
    verbose: bool,
    bar: Option<ProgressBar>,
}

impl Console {
    /// `quiet` leaves errors and results only; `verbose` adds details.
    pub fn new(quiet: bool, verbose: bool) -> Self {
        Self { quiet, verbose, bar: None }
    }

    /// The same console while `bar` is on the screen.
    pub fn with_bar(&self, bar: ProgressBar) -> Self {
        Self { bar: Some(bar), ..self.clone() }
    }

    /// Whether words that are no errors are unwanted.
    pub fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Whether details are wanted.
    pub fn is_verbose(&self) -> bool {
        self.verbose
    }

    /// Says something to the user, unless told to be quiet.
    pub fn say(&self, text: &str) {
        if !self.quiet {
            self.to_stderr(text);
        }
    }

    /// Says what went wrong, and what to do about it where the sentence itself does not.
    pub fn error(&self, sentence: &str, next_step: Option<&str>) {
        let next_step = next_step.map(|s| format!("\n  {s}")).unwrap_or_default();
        self.to_stderr(&format!("error: {sentence}{next_step}"));
    }

    /// Asks something that is answered on the same line, also when told to be quiet.
    pub fn ask(&self, text: &str) {
        self.around_bar(|| {
            let mut stderr = io::stderr().lock();
            write!(stderr, "{}", shown(text)).and_then(|()| stderr.flush()).unwrap_or_default();
        });
    }

    fn to_stderr(&self, text: &str) {
        // Nobody can be told that stderr is gone.
        self.around_bar(|| writeln!(io::stderr().lock(), "{}", shown(text)).unwrap_or_default());
    }

    fn around_bar<R>(&self, write: impl FnOnce() -> R) -> R {
        match &self.bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    /// Prints JSON as it is: it has no control characters but those that its reader undoes.
    ///
    /// # Errors
    /// As [`Console::result_bytes`].
    pub fn result_json(&self, json: &str) -> Result<(), Failure> {
        let escaped = |c: char| if is_command(c) { format!("\\u{:04x}", u32::from(c)) } else { c.to_string() };
        let json = if json.contains(is_command) { json.chars().map(escaped).collect() } else { json.to_owned() };
        self.result_bytes(format!("{json}\n").as_bytes())
    }

    /// Prints a line of the result.
    ///
    /// # Errors
    /// As [`Console::result_bytes`].
    pub fn result(&self, line: &str) -> Result<(), Failure> {
        self.result_bytes(format!("{}\n", shown(line)).as_bytes())
    }

    /// Prints the path of a file that was made, byte for byte where the system's paths are bytes; on a terminal
    /// without control characters.
    ///
    /// # Errors
    /// As [`Console::result_bytes`].
    pub fn result_path(&self, path: &Path) -> Result<(), Failure> {
        if io::stdout().is_terminal() {
            return self.result(&path.display().to_string());
        }
        #[cfg(unix)]
        let mut bytes = std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str()).to_vec();
        #[cfg(not(unix))]
        let mut bytes = path.display().to_string().into_bytes();
        bytes.push(b'\n');
        self.result_bytes(&bytes)
    }

    /// Prints to stdout.
    ///
    /// # Errors
    /// A quiet end with exit code 0 when the reader has gone away (`| head`), else what the system
    /// said.
    pub fn result_bytes(&self, bytes: &[u8]) -> Result<(), Failure> {
        let write = || {
            let mut stdout = io::stdout().lock();
            stdout.write_all(bytes).and_then(|()| stdout.flush())
        };
        match self.around_bar(write) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Err(Failure::Told(Exit::Done)),
            Err(error) => Err(anyhow::Error::new(error).context("could not print the result").into()),
            Ok(()) => Ok(()),
        }
    }
}

/// Whether a terminal may take it for a command.
fn is_command(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\t')
}

/// A text without the control characters that a file's name may hold: they are commands to a terminal.
pub(super) fn shown(text: &str) -> Cow<'_, str> {
    if text.contains(is_command) { text.replace(is_command, "\u{fffd}").into() } else { text.into() }
}

/// Names what of the log is shown, as in `orfeas=debug`.
const LOG_VARIABLE: &str = "ORFEAS_LOG";

/// What of the log is shown for so many `-v`.
fn level(verbosity: u8) -> &'static str {
    match verbosity {
        // egui asks the clipboard for text and complains where it holds a picture.
        0 => "error,egui_winit=off,orfeas=warn",
        1 => "warn,orfeas=info",
        2 => "warn,orfeas=debug",
        _ => "info,orfeas=trace",
    }
}

/// Sends `tracing` to stderr: [`LOG_VARIABLE`] decides, else the number of `-v`.
pub fn start_log(verbosity: u8, console: &Console) {
    let filter = tracing_subscriber::EnvFilter::try_from_env(LOG_VARIABLE).unwrap_or_else(|error| {
        if std::env::var_os(LOG_VARIABLE).is_some() {
            let text = format!("{LOG_VARIABLE} is left aside ({error}); set it as in {LOG_VARIABLE}=orfeas=debug");
            console.say(&format!("warning: {text}"));
        }
        tracing_subscriber::EnvFilter::new(level(verbosity))
    });
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).without_time();
    // Colours are for terminals.
    let log = if io::stderr().is_terminal() { log } else { log.with_ansi(false) };
    // A second start (tests of the library) keeps the first.
    let _ = log.try_init();
}

/// Keeps Mesa's device selection from complaining on stderr that there is no desktop session; it only
/// orders the graphics adapters, which the renderer does itself. To be called before any thread is
/// started.
#[allow(unsafe_code, reason = "the environment is how this layer is told")]
pub fn calm_graphics_drivers() {
    if std::env::var_os("XDG_RUNTIME_DIR").is_none() {
        // SAFETY: no other thread runs yet that could read the environment meanwhile.
        unsafe { std::env::set_var("NODEVICE_SELECT", "1") };
    }
}

/// A panic is our mistake, not the user's: one sentence instead of a backtrace. Where it is reckoned with, only those who
/// ask for details hear of it.
pub fn shorten_panics() {
    if std::env::var_os("RUST_BACKTRACE").is_some() {
        return;
    }
    std::panic::set_hook(Box::new(|panic| {
        let what = panic_text(panic.payload());
        if is_expected() {
            log_caught(what, panic.location());
            return;
        }
        let place = place(panic.location());
        let _ = writeln!(
            io::stderr().lock(),
            "error: ORFEAS made a mistake of its own and had to stop ({what}{place})\n  \
             please report it with the picture and the command; RUST_BACKTRACE=1 shows more"
        );
    }));
}

/// Whoever catches a panic says what it means, or does without; only a report of it needs to know where it came from.
fn log_caught(what: &str, location: Option<&Location>) {
    tracing::info!("a panic was caught ({what}{})", place(location));
}

fn place(location: Option<&Location>) -> String {
    location.map(|l| format!(" at {}:{}", l.file(), l.line())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use tracing_subscriber::EnvFilter;

    use super::*;

    #[test]
    fn where_a_caught_panic_came_from_is_told_to_those_who_ask_for_details() {
        let here = Location::caller();
        let told = |verbosity| {
            let log = tempfile::NamedTempFile::new().unwrap();
            let writer = Mutex::new(log.reopen().unwrap());
            let to_file = tracing_subscriber::fmt().with_env_filter(EnvFilter::new(level(verbosity)));
            let to_file = to_file.with_ansi(false).with_writer(writer).finish();
            tracing::subscriber::with_default(to_file, || log_caught("index out of bounds", Some(here)));
            std::fs::read_to_string(log.path()).unwrap()
        };
        let (quiet, detailed) = (told(0), told(1));
        assert!(quiet.is_empty(), "{quiet}");
        let whole = format!("index out of bounds at {}:{}", file!(), here.line());
        assert!(detailed.contains(&whole), "{detailed}");
    }
}
