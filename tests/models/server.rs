//! A small hub: one repository of files, redirects to its store for large ones, and faults on demand.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sha2::Digest as _;

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Asked {
    pub method: String,
    pub path: String,
    pub headers: HashMap<String, String>,
}

impl Asked {
    pub fn is_of_store(&self) -> bool {
        self.path.starts_with("/store/")
    }

    pub fn range_start(&self) -> Option<usize> {
        self.headers.get("range")?.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok()
    }
}

/// What the server does about a request.
#[derive(Clone, Debug)]
pub enum Act {
    Honest,
    /// Sends so many bytes of the body and breaks the connection.
    Break(usize),
    /// Answers this status with these headers and no body.
    Status(u16, &'static str),
    /// Sends the whole although a part was asked for.
    IgnoreRange,
    /// Sends as many bytes, but others.
    OtherBytes,
    /// Announces and sends a body of so many bytes.
    Length(usize),
    /// Sends without end.
    Endless,
    /// Ends after so many bytes as if that were all.
    EndEarly(usize),
    /// Sends one byte now and then.
    Trickle,
    /// Takes the request and says nothing.
    Silence,
    /// Says that it is another part than the one that was asked for.
    OtherPart,
    /// Says these headers for `X-Linked-…`.
    Linked(String),
    /// Sends the reader on.
    Redirect(String),
    /// Says so before it is let in.
    Html,
    /// Sends half of the body and waits until [`Server::release`].
    HalfThenWait,
}

type Rule = Box<dyn Fn(&Asked, usize) -> Act + Send + Sync>;

struct Shared {
    files: Mutex<HashMap<String, Vec<u8>>>,
    rule: Mutex<Rule>,
    asked: Mutex<Vec<Asked>>,
    sent: AtomicU64,
    released: AtomicBool,
    stopped: AtomicBool,
}

pub struct Server {
    address: String,
    shared: Arc<Shared>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(&self.address);
    }
}

impl Server {
    /// Serves `files`, honestly until [`Server::set`].
    pub fn new(files: &[(&str, &[u8])]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let shared = Arc::new(Shared {
            files: Mutex::new(files.iter().map(|(n, b)| ((*n).to_owned(), b.to_vec())).collect()),
            rule: Mutex::new(Box::new(|_, _| Act::Honest)),
            asked: Mutex::default(),
            sent: AtomicU64::new(0),
            released: AtomicBool::new(false),
            stopped: AtomicBool::new(false),
        });
        let serving = shared.clone();
        start("toy-hub", move || {
            for stream in listener.incoming() {
                if serving.stopped.load(Ordering::Relaxed) {
                    return;
                }
                let serving = serving.clone();
                start("toy-hub-connection", move || {
                    let _ = stream.map(|s| serving.serve(s));
                });
            }
        });
        Self { address, shared }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on, `rule` decides; it gets the request and how many of its kind (method and path) came
    /// before since now.
    pub fn set(&self, rule: impl Fn(&Asked, usize) -> Act + Send + Sync + 'static) {
        self.shared.asked.lock().unwrap().clear();
        self.shared.sent.store(0, Ordering::Relaxed);
        *self.shared.rule.lock().unwrap() = Box::new(rule);
    }

    /// The rule for everything that the store is asked; all else is honest.
    pub fn set_store(&self, act: Act) {
        self.set(move |asked, _| if asked.is_of_store() { act.clone() } else { Act::Honest });
    }

    pub fn replace(&self, name: &str, bytes: &[u8]) {
        self.shared.files.lock().unwrap().insert(name.to_owned(), bytes.to_vec());
    }

    /// Everything that was asked since the last [`Server::set`].
    pub fn asked(&self) -> Vec<Asked> {
        self.shared.asked.lock().unwrap().clone()
    }

    pub fn store_requests(&self) -> Vec<Asked> {
        self.asked().into_iter().filter(Asked::is_of_store).collect()
    }

    /// Bytes of bodies sent since the last [`Server::set`].
    pub fn sent(&self) -> u64 {
        self.shared.sent.load(Ordering::Relaxed)
    }

    pub fn release(&self) {
        self.shared.released.store(true, Ordering::Relaxed);
    }
}

impl Shared {
    fn serve(&self, mut stream: TcpStream) -> Option<()> {
        let mut reader = BufReader::new(stream.try_clone().ok()?);
        loop {
            let asked = read_request(&mut reader)?;
            let before = {
                let mut all = self.asked.lock().unwrap();
                all.push(asked.clone());
                all.iter().filter(|a| (&a.path, &a.method) == (&asked.path, &asked.method)).count() - 1
            };
            let act = (self.rule.lock().unwrap())(&asked, before);
            self.answer(&asked, act, &mut stream)?;
        }
    }

    fn answer(&self, asked: &Asked, act: Act, stream: &mut TcpStream) -> Option<()> {
        let name = asked.path.rsplit('/').next()?;
        let body = self.files.lock().unwrap().get(name).cloned();
        let head = |stream: &mut TcpStream, status: &str, headers: &str| {
            write!(stream, "HTTP/1.1 {status} X\r\n{headers}\r\n").ok()
        };
        let empty = |stream: &mut TcpStream, status: u16, headers: &str| {
            head(stream, &status.to_string(), &format!("Content-Length: 0\r\n{headers}"))
        };
        match &act {
            Act::Status(status, headers) => return empty(stream, *status, headers),
            Act::Redirect(to) => return empty(stream, 302, &format!("Location: {to}\r\n")),
            Act::Silence => {
                self.wait();
                return None;
            }
            Act::Html => {
                let page = "<html>Please log in</html>";
                head(stream, "200", &format!("Content-Type: text/html\r\nContent-Length: {}\r\n", page.len()))?;
                return if asked.method == "HEAD" { Some(()) } else { stream.write_all(page.as_bytes()).ok() };
            }
            _ => {}
        }
        let Some(body) = body else { return empty(stream, 404, "") };
        let digest: String = sha2::Sha256::digest(&body).iter().map(|b| format!("{b:02x}")).collect();
        let is_large = !name.ends_with(".yaml");
        if is_large && !asked.is_of_store() {
            let linked = match &act {
                Act::Linked(headers) => headers.clone(),
                _ => format!("X-Linked-Size: {}\r\nX-Linked-Etag: \"{digest}\"\r\n", body.len()),
            };
            return empty(stream, 302, &format!("Location: /store/{name}?Signature=secret\r\n{linked}"));
        }
        let etag = format!("ETag: \"{}\"\r\n", &digest[..16]);
        let unchanged = asked.headers.get("if-range").is_none_or(|tag| etag.contains(tag.as_str()));
        let start = asked.range_start().filter(|_| unchanged && !matches!(act, Act::IgnoreRange));
        if start.is_some_and(|s| s >= body.len()) {
            return empty(stream, 416, "");
        }
        let from = start.unwrap_or(0);
        let mut rest = body[from..].to_vec();
        match act {
            Act::OtherBytes => rest.iter_mut().for_each(|b| *b ^= 0x55),
            Act::Length(bytes) => rest = vec![7; bytes],
            _ => {}
        }
        let chunked = matches!(act, Act::Endless | Act::EndEarly(_));
        let length = if chunked {
            "Transfer-Encoding: chunked\r\n".to_owned()
        } else {
            format!("Content-Length: {}\r\n", rest.len())
        };
        let shown = if matches!(act, Act::OtherPart) { from + 1 } else { from };
        let (status, range) = match start {
            Some(_) => ("206", format!("Content-Range: bytes {shown}-{}/{}\r\n", body.len() - 1, body.len())),
            None => ("200", String::new()),
        };
        head(stream, status, &format!("{length}{range}{etag}"))?;
        if asked.method == "HEAD" { Some(()) } else { self.send(&act, &rest, stream) }
    }

    fn send(&self, act: &Act, rest: &[u8], stream: &mut TcpStream) -> Option<()> {
        let mut send = |bytes: &[u8]| {
            stream.write_all(bytes).ok()?;
            self.sent.fetch_add(bytes.len() as u64, Ordering::Relaxed);
            Some(())
        };
        match *act {
            Act::Break(bytes) => {
                send(&rest[..bytes.min(rest.len())])?;
                let _ = stream.shutdown(Shutdown::Both);
                None
            }
            Act::HalfThenWait => {
                send(&rest[..rest.len() / 2])?;
                self.wait();
                send(&rest[rest.len() / 2..])
            }
            Act::Trickle => {
                for byte in rest {
                    send(&[*byte])?;
                    std::thread::sleep(Duration::from_millis(20));
                    if self.stopped.load(Ordering::Relaxed) {
                        return None;
                    }
                }
                Some(())
            }
            Act::Endless => loop {
                send(b"1000\r\n")?;
                send(&[9; 0x1000])?;
                send(b"\r\n")?;
            },
            Act::EndEarly(bytes) => {
                send(format!("{bytes:x}\r\n").as_bytes())?;
                send(&rest[..bytes])?;
                send(b"\r\n0\r\n\r\n")
            }
            _ => send(rest),
        }
    }

    fn wait(&self) {
        while !self.released.load(Ordering::Relaxed) && !self.stopped.load(Ordering::Relaxed) {
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

fn start(name: &str, work: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().name(name.to_owned()).spawn(work).unwrap();
}

fn read_request(reader: &mut impl std::io::BufRead) -> Option<Asked> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
    let mut words = line.split_whitespace();
    let (method, path) = (words.next()?.to_owned(), words.next()?.split('?').next()?.to_owned());
    let mut headers = HashMap::new();
    for line in reader.lines() {
        let line = line.ok()?;
        let Some((name, value)) = line.split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    Some(Asked { method, path, headers })
}
