//! How a command ends, and how that is told.

use crate::export::ExportError;
use crate::files::WriteError;
use crate::mishap::end_process;
use crate::pipeline::PipelineError;

use super::console::Console;

/// The exit codes of `orfeas`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Everything asked for was done.
    Done = 0,
    /// Something could not be done; the message says what.
    Failed = 1,
    /// The arguments make no sense; nothing was tried.
    Usage = 2,
    /// The mesh has defects that a printer would stumble over.
    NotPrintReady = 3,
    /// Ctrl-C, or the system asked the program to end.
    Interrupted = 130,
}

impl Exit {
    /// Ends the process, whatever threads that were left behind still do.
    pub fn end(self) -> ! {
        end_process(self as u8)
    }
}

/// Why a command did not do what it was asked.
#[derive(Debug)]
pub enum Failure {
    /// What is wrong with the arguments.
    Usage(String),
    /// What went wrong.
    Failed(anyhow::Error),
    /// What is wrong with the mesh.
    NotPrintReady(String),
    /// The user stopped it.
    Interrupted,
    /// It has all been said already.
    Told(Exit),
}

impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

impl Failure {
    /// The exit code.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Usage(_) => Exit::Usage,
            Self::Failed(_) => Exit::Failed,
            Self::NotPrintReady(_) => Exit::NotPrintReady,
            Self::Interrupted => Exit::Interrupted,
            Self::Told(exit) => *exit,
        }
    }

    /// Whether a file of this name was there already.
    pub fn is_of_a_taken_name(&self) -> bool {
        let Self::Failed(error) = self else { return false };
        let of_export = error.downcast_ref::<ExportError>();
        of_export.is_some_and(|error| matches!(error, ExportError::Write(WriteError::Exists(_))))
    }

    /// One sentence, without the word `error`.
    pub fn sentence(&self) -> String {
        match self {
            Self::Usage(text) | Self::NotPrintReady(text) => text.clone(),
            Self::Failed(error) => sentence(error),
            Self::Interrupted => "interrupted".to_owned(),
            Self::Told(_) => String::new(),
        }
    }

    /// Says on stderr what went wrong, also when told to be quiet.
    pub(super) fn tell(&self, console: &Console) {
        match self {
            Self::Told(_) => {}
            Self::Interrupted => console.error(&self.sentence(), None),
            Self::Usage(text) => console.error(text, Some("`orfeas <command> --help` explains every setting")),
            Self::Failed(error) => console.error(&self.sentence(), next_step(error)),
            Self::NotPrintReady(_) => console.error(&self.sentence(), None),
        }
    }
}

/// The flags that help, where the library's own sentence cannot know them.
fn next_step(error: &anyhow::Error) -> Option<&'static str> {
    match error.downcast_ref::<PipelineError>()?.last() {
        PipelineError::CutOut { .. } => {
            Some("--background keep takes the whole frame, --mask FILE a cut-out of your own, --threshold a softer one")
        }
        _ => None,
    }
}

/// The error and its causes, each said once.
fn sentence(error: &anyhow::Error) -> String {
    let mut text = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !text.contains(&cause) {
            text = format!("{text} ({cause})");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_said_once() {
        let inner = std::io::Error::other("disk full");
        let error = anyhow::Error::new(inner).context("could not write");
        assert_eq!(sentence(&error), "could not write (disk full)");
        assert_eq!(sentence(&error.context("x: could not write (disk full)")), "x: could not write (disk full)");
    }
}
