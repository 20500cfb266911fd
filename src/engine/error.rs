//! Why a learned model made nothing.

use super::device::DeviceError;
use super::models::hunyuan3d::scheduler::ScheduleError;
use super::models::hunyuan3d::volume::VolumeError;
use super::models::published::PublishedError;
use super::weights::WeightsError;
use crate::field::FieldError;
use crate::progress::Cancelled;

/// Why a learned model made nothing: one sentence each, with what to do.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The device is not there, or fails at a small sum.
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// The model's folder is not one.
    #[error(transparent)]
    Folder(#[from] PublishedError),
    /// The weights are damaged, or another model's.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// The memory is too small, and every way to need less was tried.
    #[error("{what} does not fit into the memory of {device}{}; {advice}", said(detail))]
    OutOfMemory {
        /// What was to be done.
        what: &'static str,
        /// The device's name.
        device: String,
        /// Need and free memory, or what the driver said; may be empty.
        detail: String,
        /// What would need less.
        advice: &'static str,
    },
    /// Values that are not numbers came out.
    #[error(
        "the model gave values that are not numbers; choose a higher precision (--precision f32), or look whether its \
         files are whole (orfeas models verify)"
    )]
    NotFinite,
    /// A setting or an input that this model does not take.
    #[error("{0}")]
    Invalid(String),
    /// A field could not be made.
    #[error(transparent)]
    Field(#[from] FieldError),
    /// The driver, or the program, made a mistake; the engine starts anew.
    #[error(
        "the model stopped ({what}); try again, on another device (--device cpu) if it happens again, and please \
         report it"
    )]
    Broken {
        /// What was said, on one line.
        what: String,
    },
    /// The system gave no thread.
    #[error("the engine could not be started ({0}); close other programs and try again")]
    NoThread(String),
    /// The work was cancelled.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

fn said(detail: &str) -> String {
    if detail.is_empty() { String::new() } else { format!(" ({detail})") }
}

/// What drivers say when there is no memory left, in lower case.
const OUT_OF_MEMORY: [&str; 6] =
    ["out of memory", "outofmemory", "out_of_memory", "buffertoobig", "buffer too big", "not enough memory"];

impl EngineError {
    /// What a driver said: a full memory if it reads like one, else a mistake.
    pub fn from_driver(text: &str) -> Self {
        let lower = text.to_lowercase();
        let what = text.lines().next().unwrap_or("no reason given").to_owned();
        if OUT_OF_MEMORY.iter().any(|sign| lower.contains(sign)) {
            Self::OutOfMemory {
                what: "the work",
                device: "the device".to_owned(),
                detail: what,
                advice: "close other programs or choose another device",
            }
        } else {
            Self::Broken { what }
        }
    }

    /// Whether less memory would help.
    pub fn is_out_of_memory(&self) -> bool {
        matches!(self, Self::OutOfMemory { .. })
    }

    /// Whether this is a cancellation and not a failure.
    pub fn is_cancelled(&self) -> bool {
        matches!(self, Self::Cancelled(_) | Self::Weights(WeightsError::Cancelled(_)))
            || matches!(self, Self::Field(FieldError::Cancelled(_)))
    }
}

impl From<VolumeError> for EngineError {
    fn from(error: VolumeError) -> Self {
        match error {
            VolumeError::NotFinite => Self::NotFinite,
            VolumeError::Field(error) => error.into(),
            VolumeError::Device(what) => Self::from_driver(&what),
            VolumeError::Options { .. } => Self::Invalid(error.to_string()),
        }
    }
}

impl From<ScheduleError> for EngineError {
    fn from(error: ScheduleError) -> Self {
        Self::Invalid(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_memory_is_told_from_a_mistake() {
        for text in ["CUDA_ERROR_OUT_OF_MEMORY", "wgpu: Not enough memory left.", "BufferTooBig(123)"] {
            assert!(EngineError::from_driver(text).is_out_of_memory(), "{text}");
        }
        assert!(!EngineError::from_driver("index out of bounds").is_out_of_memory());
    }
}
