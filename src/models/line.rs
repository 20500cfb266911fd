//! One request to a server, on a thread of its own, so that whoever waits for it can be cancelled.

use std::io::Read as _;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use ureq::Agent;
use ureq::http::{Request, Response};

use crate::progress::{Cancelled, Monitor};

/// Bytes that are handed over at once.
const CHUNK_BYTES: usize = 1 << 18;
/// Chunks that wait to be taken.
const WAITING: usize = 8;
/// How often whoever waits looks whether the work was cancelled.
const LOOK: Duration = Duration::from_millis(50);

/// What comes over the line.
enum Message {
    Head(Response<()>),
    Bytes(Vec<u8>),
    End,
    Failed(ureq::Error),
}

/// Why nothing more comes.
#[derive(Debug)]
pub(super) enum LineError {
    /// The connection could not be made, broke, or stood still.
    Broken(String),
    /// The work was cancelled.
    Cancelled,
}

impl From<Cancelled> for LineError {
    fn from(_: Cancelled) -> Self {
        Self::Cancelled
    }
}

/// A response whose body is still coming. Dropping it closes the connection.
pub(super) struct Line {
    /// Status and headers.
    pub head: Response<()>,
    agent: Agent,
    messages: Receiver<Message>,
    slowest: Slowest,
    /// Bytes and start of the span that is watched for slowness.
    span: (u64, Instant),
}

/// How slow a server may be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slowest {
    /// At least so many bytes…
    pub bytes: u64,
    /// …in each such time.
    pub within: Duration,
}

impl Drop for Line {
    fn drop(&mut self) {
        self.agent.clone().shutdown();
    }
}

impl Line {
    /// Sends `request` by `agent`, which is used for nothing else, and waits for the head of the answer.
    pub fn open(agent: Agent, request: Request<()>, slowest: Slowest, monitor: &Monitor) -> Result<Self, LineError> {
        let (sender, messages) = sync_channel(WAITING);
        let worker = agent.clone();
        std::thread::Builder::new()
            .name("orfeas-download".to_owned())
            .spawn(move || talk(&worker, request, &sender))
            .map_err(|error| LineError::Broken(error.to_string()))?;
        let waiting = Waiting { agent: Some(agent), messages: &messages };
        match waiting.next(monitor)? {
            Message::Head(head) => {
                let agent = waiting.keep();
                let Some(agent) = agent else { return Err(LineError::Cancelled) };
                Ok(Self { head, agent, messages, slowest, span: (0, Instant::now()) })
            }
            Message::Failed(error) => Err(LineError::Broken(in_words(&error))),
            Message::Bytes(_) | Message::End => Err(LineError::Broken("no answer".to_owned())),
        }
    }

    /// A header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.headers().get(name)?.to_str().ok().map(str::trim)
    }

    /// The next bytes of the body; none at its end.
    pub fn next(&mut self, monitor: &Monitor) -> Result<Option<Vec<u8>>, LineError> {
        let started = self.span.1;
        loop {
            monitor.check()?;
            match self.messages.recv_timeout(LOOK) {
                Ok(Message::Bytes(bytes)) => {
                    self.watch(bytes.len() as u64)?;
                    return Ok(Some(bytes));
                }
                Ok(Message::End) => return Ok(None),
                Ok(Message::Failed(error)) => return Err(LineError::Broken(in_words(&error))),
                Ok(Message::Head(_)) => return Err(LineError::Broken("two answers".to_owned())),
                Err(RecvTimeoutError::Timeout) if started.elapsed() > self.slowest.within => self.watch(0)?,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(LineError::Broken("the connection ended".to_owned()));
                }
            }
        }
    }

    /// Fails when the server has become too slow to be waited for.
    fn watch(&mut self, bytes: u64) -> Result<(), LineError> {
        self.span.0 += bytes;
        if self.span.1.elapsed() < self.slowest.within {
            return Ok(());
        }
        if self.span.0 < self.slowest.bytes {
            return Err(LineError::Broken("it became too slow".to_owned()));
        }
        self.span = (0, Instant::now());
        Ok(())
    }
}

/// Whoever waits for the head; closes the connection when that is given up.
struct Waiting<'a> {
    agent: Option<Agent>,
    messages: &'a Receiver<Message>,
}

impl Waiting<'_> {
    fn next(&self, monitor: &Monitor) -> Result<Message, LineError> {
        loop {
            monitor.check()?;
            match self.messages.recv_timeout(LOOK) {
                Ok(message) => return Ok(message),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Err(LineError::Broken("no answer".to_owned())),
            }
        }
    }

    fn keep(mut self) -> Option<Agent> {
        self.agent.take()
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if let Some(agent) = self.agent.take() {
            agent.shutdown();
        }
    }
}

/// The thread's whole life. Ends as soon as nobody listens, or the agent is shut down.
fn talk(agent: &Agent, request: Request<()>, sender: &SyncSender<Message>) {
    let (parts, body) = match agent.run(request) {
        Ok(response) => response.into_parts(),
        Err(error) => {
            let _ = sender.send(Message::Failed(error));
            return;
        }
    };
    if sender.send(Message::Head(Response::from_parts(parts, ()))).is_err() {
        return;
    }
    let mut reader = body.into_with_config().limit(u64::MAX).reader();
    loop {
        let mut bytes = vec![0; CHUNK_BYTES];
        let message = match reader.read(&mut bytes) {
            Ok(0) => Message::End,
            Ok(read) => {
                bytes.truncate(read);
                Message::Bytes(bytes)
            }
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => Message::Failed(ureq::Error::from(error)),
        };
        let is_last = !matches!(message, Message::Bytes(_));
        if sender.send(message).is_err() || is_last {
            return;
        }
    }
}

/// What went wrong, in a few words without an address.
fn in_words(error: &ureq::Error) -> String {
    use std::io::ErrorKind as Kind;
    match error {
        ureq::Error::HostNotFound => "its name is not known here".to_owned(),
        ureq::Error::Timeout(_) => "no answer in time".to_owned(),
        ureq::Error::Io(io) => match io.kind() {
            Kind::ConnectionRefused => "it refuses connections".to_owned(),
            Kind::ConnectionReset | Kind::ConnectionAborted | Kind::BrokenPipe | Kind::UnexpectedEof => {
                "the connection broke".to_owned()
            }
            Kind::TimedOut | Kind::WouldBlock => "no answer in time".to_owned(),
            // There is no kind for it; the words are those of the standard library on Unix, and of Windows.
            _ if ["lookup address", "No such host"].iter().any(|words| io.to_string().contains(words)) => {
                "its name is not known here".to_owned()
            }
            _ => io.to_string(),
        },
        ureq::Error::Tls(what) => format!("no secure connection: {what}"),
        ureq::Error::Rustls(error) => format!("no secure connection: {error}"),
        other => other.to_string(),
    }
}
