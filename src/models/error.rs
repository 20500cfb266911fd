//! Why a model cannot be had, by cause.

use std::io;
use std::path::{Path, PathBuf};

use super::catalogue::Licence;
use super::digest::Sha256;
use crate::files::bytes_in_words;
use crate::progress::Cancelled;

/// Why something about models did not work. What happened, what to do, the path last.
#[derive(Debug, thiserror::Error)]
pub enum ModelsError {
    /// There is no model of this name.
    #[error("there is no model called {id}; there are {known}")]
    Unknown {
        /// What was asked for.
        id: String,
        /// All ids, separated by commas.
        known: String,
    },
    /// It is on this machine neither in our folder nor in any other that was looked into.
    #[error("the model {id} is not on this machine; `orfeas models pull {id}` fetches it ({})", bytes_in_words(*.bytes))]
    NotInstalled {
        /// The model.
        id: String,
        /// What would be fetched.
        bytes: u64,
    },
    /// A part of it is in our folder, another is not.
    #[error("the model {id} is not complete; `orfeas models pull {id}` goes on where it stopped: {}", path.display())]
    Incomplete {
        /// The model.
        id: String,
        /// The first file that is missing.
        path: PathBuf,
    },
    /// A file in our folder has another length than it should have.
    #[error(
        "a file of the model {id} has {found} bytes instead of {expected}; `orfeas models pull {id}` replaces it: {}",
        path.display()
    )]
    Damaged {
        /// The model.
        id: String,
        /// Its length.
        found: u64,
        /// What its length should be.
        expected: u64,
        /// The file.
        path: PathBuf,
    },
    /// The system names no folder for the user's data.
    #[error("the system names no folder for this user's data; set ORFEAS_MODELS to a folder for the models")]
    NoFolder,
    /// The environment names the folder, so that a choice would have no effect.
    #[error("ORFEAS_MODELS names the folder of the models; unset it to choose another one: {}", .0.display())]
    FolderFixed(PathBuf),
    /// The licence leaves somebody out and was not agreed to.
    #[error(
        "{name} comes under the {}, which you have not agreed to; {} --yes agrees to it: {}",
        licence.name, licence.territory(), licence.url
    )]
    LicenceNotAccepted {
        /// The model.
        id: String,
        /// What people call it.
        name: String,
        /// Its licence.
        licence: Box<Licence>,
    },
    /// Another process is changing the same model.
    #[error("another program is working on the model {id} right now; wait for it or close it: {}", path.display())]
    Busy {
        /// The model.
        id: String,
        /// The lock.
        path: PathBuf,
    },
    /// There is not enough room.
    #[error(
        "{} are needed and {} are free; make room or name another folder with `orfeas models folder`: {}",
        bytes_in_words(*.needed), bytes_in_words(*.free), folder.display()
    )]
    NoRoom {
        /// Bytes still to be written, with a margin.
        needed: u64,
        /// Bytes that are free.
        free: u64,
        /// The folder.
        folder: PathBuf,
    },
    /// The disk became full while writing.
    #[error("the disk is full; make room and start again, it goes on where it stopped: {}", .0.display())]
    DiskFull(PathBuf),
    /// The system refused something.
    #[error("could not {what} ({source}): {}", path.display())]
    Io {
        /// What was tried, as a verb and its object.
        what: &'static str,
        /// What the system said.
        source: io::Error,
        /// The file or folder.
        path: PathBuf,
    },
    /// The other end of the line.
    #[error(transparent)]
    Transfer(#[from] TransferError),
    /// What was given for import is not the model.
    #[error("this is not {id}: {what}: {}", path.display())]
    NotThis {
        /// The model.
        id: String,
        /// What differs.
        what: String,
        /// The file or folder.
        path: PathBuf,
    },
    /// The model lies in another program's folder.
    #[error("the model {id} belongs to {owner} and stays; remove it there: {}", path.display())]
    NotOurs {
        /// The model.
        id: String,
        /// Whose it is.
        owner: String,
        /// Where it is.
        path: PathBuf,
    },
    /// The work was cancelled. What was fetched stays, so that it can go on later.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

impl ModelsError {
    /// The error of a failed call of the system; a full disk gets its own.
    pub(super) fn io(what: &'static str, path: &Path) -> impl Fn(io::Error) -> Self {
        move |source| match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull(path.to_owned()),
            _ => Self::Io { what, source, path: path.to_owned() },
        }
    }
}

/// Why a server did not give what was asked for. No text has a token or the signed part of an address.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// The user wants no network.
    #[error("HF_HUB_OFFLINE is set, so nothing is fetched; unset it, or use `orfeas models import`")]
    Offline,
    /// The mirror's address makes no sense.
    #[error("HF_ENDPOINT is not an address such as https://huggingface.co: {0}")]
    Endpoint(String),
    /// The proxy's address makes no sense.
    #[error("the proxy that the environment names (ALL_PROXY, HTTPS_PROXY, HTTP_PROXY) is not an address")]
    Proxy,
    /// The file of trusted certificates cannot be used.
    #[error("SSL_CERT_FILE names no file of certificates ({what}): {}", path.display())]
    Certificates {
        /// What is wrong.
        what: String,
        /// The file.
        path: PathBuf,
    },
    /// No connection, or it broke too often.
    #[error(
        "the connection to {host} failed ({what}); check the network (or HF_ENDPOINT) and start again, it goes on where it stopped"
    )]
    Connection {
        /// The server.
        host: String,
        /// The last thing that went wrong.
        what: String,
    },
    /// 401 or 403.
    #[error(
        "{host} refuses {file} ({status}); agree to the conditions on the model's page and set HF_TOKEN to a token of your account"
    )]
    Refused {
        /// The server.
        host: String,
        /// Which file.
        file: String,
        /// The status.
        status: u16,
    },
    /// 404 or 410.
    #[error("{host} does not have {file} ({status}); try without HF_ENDPOINT, or a newer version of ORFEAS")]
    NotThere {
        /// The server.
        host: String,
        /// Which file.
        file: String,
        /// The status.
        status: u16,
    },
    /// Another status that means failure.
    #[error("{host} answers {status} for {file}; try again later")]
    Status {
        /// The server.
        host: String,
        /// Which file.
        file: String,
        /// The status.
        status: u16,
    },
    /// One redirect after the other, or one to somewhere that cannot be trusted.
    #[error("{host} sends us elsewhere {what}; try without HF_ENDPOINT, or another network")]
    Redirect {
        /// The server.
        host: String,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The server's file is not the published one, by its length.
    #[error(
        "{host} gives {file} with {found} bytes instead of {expected}; try without HF_ENDPOINT, or a newer version of ORFEAS"
    )]
    Length {
        /// The server.
        host: String,
        /// Which file.
        file: String,
        /// What the server says or sends.
        found: u64,
        /// What it should be.
        expected: u64,
    },
    /// The server's file is not the published one, by its digest; found out before fetching it.
    #[error(
        "{host} has another {file} than this version of ORFEAS knows (SHA-256 {found}, not {expected}); \
         try without HF_ENDPOINT, or a newer version of ORFEAS"
    )]
    OtherFile {
        /// The server.
        host: String,
        /// Which file.
        file: String,
        /// The server's digest.
        found: Sha256,
        /// The known digest.
        expected: Sha256,
    },
    /// The bytes that came are not those that were announced.
    #[error(
        "{file} came from {host} with wrong bytes (SHA-256 {found}, not {expected}) and was thrown away; start again, \
         and try another network if that does not help"
    )]
    WrongBytes {
        /// The server.
        host: String,
        /// Which file.
        file: String,
        /// The digest of what came.
        found: Sha256,
        /// The digest that it should have.
        expected: Sha256,
    },
    /// What came is no HTTP that makes sense.
    #[error("{host} answers for {file} what makes no sense ({what}); try without HF_ENDPOINT, or another network")]
    Nonsense {
        /// The server.
        host: String,
        /// Which file.
        file: String,
        /// What is wrong.
        what: String,
    },
}
