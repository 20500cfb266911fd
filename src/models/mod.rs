//! The learned models on this machine: which there are, where they are, how they get here.
//!
//! Promises: [`Library::locate`] finds a model in our own folder and in those of other programs, and
//! is cheap. Files in our folder have their names only once all their bytes are there, and checked
//! where the program or the server knows their digest; a pull that was stopped, cut off or killed goes
//! on where it was. Nothing is fetched before its licence was agreed to, nothing of other programs is
//! ever changed, and the network is used by [`Library::pull`] alone.

mod catalogue;
mod digest;
mod disk;
mod error;
mod hub;
mod install;
mod library;
mod line;
mod meter;
mod part;
mod places;
mod pull;
mod record;
mod remove;
mod verify;

pub use catalogue::{Catalogue, CatalogueError, Licence, Model, ModelFile};
pub use digest::Sha256;
pub use disk::free_bytes;
pub use error::{ModelsError, TransferError};
pub use hub::{Hub, Patience};
pub use install::Imported;
pub use library::{Choices, DATA_VARIABLE, FOLDER_VARIABLE, Library, State, data_folder};
pub use places::{Owner, Place};
pub use pull::Plan;
pub use record::{DigestSource, Record, RecordedFile};
pub use remove::Removed;
pub use verify::{FileVerdict, Remedy, Verdict, Verification};
