//! A server with the repositories of Hugging Face: the hub itself, or a mirror.
//!
//! Promises: the token goes to the server that the user named and to no other, whatever redirects
//! say; it is in no error and no log. A redirect never leads from a secure connection to an open one.
//!
//! The hub answers `GET /{repository}/resolve/{revision}/{file}` for large files with a redirect to
//! its store, and says in `X-Linked-Size` and `X-Linked-Etag` their length and SHA-256, and in
//! `X-Repo-Commit` the commit.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ureq::Agent;
use ureq::http::uri::{Authority, Scheme};
use ureq::http::{Method, Request, Uri, header};
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

use super::catalogue::{Model, ModelFile};
use super::digest::Sha256;
use super::error::{ModelsError, TransferError};
use super::line::{Line, LineError, Slowest};
use crate::progress::Monitor;

/// The hub itself.
const HUGGING_FACE: &str = "https://huggingface.co";
/// Redirects that are followed; the hub needs two.
const REDIRECTS_MAX: usize = 8;
/// Longest file of certificates that is read, in bytes.
const CERTIFICATES_MAX: u64 = 16 << 20;

/// How long is waited for a server, and how often it is asked again.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For a name and for a connection each.
    pub connect: Duration,
    /// For the next byte.
    pub read: Duration,
    /// Fewer bytes within `slow_within` are as good as none.
    pub slow_bytes: u64,
    /// See `slow_bytes`.
    pub slow_within: Duration,
    /// Failures in a row, without anything new in between, that are put up with.
    pub failures: u32,
    /// Pause after the first failure; it doubles with each further one.
    pub first_pause: Duration,
    /// Longest pause, also where the server asks for more.
    pub longest_pause: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(15),
            read: Duration::from_secs(30),
            slow_bytes: 32 << 10,
            slow_within: Duration::from_secs(30),
            failures: 6,
            first_pause: Duration::from_secs(1),
            longest_pause: Duration::from_secs(60),
        }
    }
}

/// A server to pull from.
#[derive(Clone)]
pub struct Hub {
    endpoint: String,
    token: Option<String>,
    offline: bool,
    certificates: Option<PathBuf>,
    proxy_from_environment: bool,
    /// How long is waited.
    pub patience: Patience,
}

impl fmt::Debug for Hub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let token = self.token.as_ref().map(|_| "…");
        f.debug_struct("Hub").field("endpoint", &self.endpoint).field("token", &token).finish_non_exhaustive()
    }
}

/// What a server says about a file before it sends it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Published {
    pub bytes: Option<u64>,
    pub sha256: Option<Sha256>,
}

/// Why a request did not lead to an answer.
pub(super) enum Fault {
    /// It may the next time; the server may have said after which pause.
    Passing { what: String, pause: Option<Duration>, error: Option<Box<TransferError>> },
    /// It will not.
    Final(Box<ModelsError>),
}

impl<E: Into<ModelsError>> From<E> for Fault {
    fn from(error: E) -> Self {
        Self::Final(Box::new(error.into()))
    }
}

/// An answer, after all redirects.
pub(super) struct Answer {
    pub line: Line,
    pub status: u16,
    /// Host of the server that answered.
    pub host: String,
}

impl Hub {
    /// The hub, or the mirror that `HF_ENDPOINT` names; with the token in `HF_TOKEN`, the proxy in
    /// `ALL_PROXY`, `HTTPS_PROXY` or `HTTP_PROXY` (not for hosts in `NO_PROXY`), and the certificates in
    /// `SSL_CERT_FILE`. `HF_HUB_OFFLINE` forbids all of it.
    pub fn from_environment() -> Self {
        let variable = |name: &str| std::env::var(name).ok().map(|v| v.trim().to_owned()).filter(|v| !v.is_empty());
        let on = |value: String| matches!(value.to_ascii_lowercase().as_str(), "1" | "true" | "yes" | "on");
        Self {
            endpoint: variable("HF_ENDPOINT").unwrap_or_else(|| HUGGING_FACE.to_owned()),
            token: variable("HF_TOKEN").or_else(|| variable("HUGGING_FACE_HUB_TOKEN")),
            offline: variable("HF_HUB_OFFLINE").is_some_and(on),
            certificates: variable("SSL_CERT_FILE").map(PathBuf::from),
            proxy_from_environment: true,
            patience: Patience::default(),
        }
    }

    /// A server of the caller's choice, with nothing from the environment.
    pub fn at(endpoint: &str, token: Option<&str>, patience: Patience) -> Self {
        Self {
            endpoint: endpoint.to_owned(),
            token: token.map(str::to_owned),
            offline: false,
            certificates: None,
            proxy_from_environment: false,
            patience,
        }
    }

    /// The host that is asked first, to show.
    pub fn host(&self) -> String {
        self.endpoint.parse::<Uri>().ok().and_then(|uri| uri.host().map(str::to_owned)).unwrap_or_default()
    }

    /// Where `file` of `model` is.
    fn address(&self, model: &Model, file: &ModelFile) -> Result<Uri, TransferError> {
        if self.offline {
            return Err(TransferError::Offline);
        }
        // Names of a catalogue need no escapes.
        let base = self.endpoint.trim_end_matches('/');
        let text = format!("{base}/{}/resolve/{}/{}", model.repository, model.revision, file.path);
        let uri = text.parse::<Uri>().ok();
        let uri = uri.filter(|u| matches!(u.scheme_str(), Some("http" | "https")) && u.host().is_some());
        // A name and password in the address would be shown by errors.
        let uri = uri.filter(|u| u.query().is_none() && !u.authority().is_some_and(|a| a.as_str().contains('@')));
        uri.ok_or_else(|| TransferError::Endpoint(without_secrets(&self.endpoint)))
    }

    /// What the server says about `file` of `model`.
    pub(super) fn ask(&self, model: &Model, file: &ModelFile, monitor: &Monitor) -> Result<Published, Fault> {
        let start = self.address(model, file)?;
        let mut published = Published::default();
        let answer = self.follow(&Method::HEAD, start, &[], file, monitor, &mut |line| {
            let number = |name| line.header(name).and_then(|v| v.parse().ok());
            published.bytes = published.bytes.or(number("x-linked-size"));
            published.sha256 = published.sha256.or(line.header("x-linked-etag").and_then(sha256_of_etag));
            published.bytes.is_some()
        })?;
        if (300..400).contains(&answer.status) {
            // The rest was said on the way.
            return Ok(published);
        }
        check_status(&answer, file)?;
        published.bytes = published.bytes.or_else(|| answer.line.header("content-length")?.parse().ok());
        published.sha256 = published.sha256.or_else(|| sha256_of_etag(answer.line.header("etag")?));
        Ok(published)
    }

    /// Asks for `file` of `model` with `headers`. Any status may come back.
    pub(super) fn fetch(
        &self,
        model: &Model,
        file: &ModelFile,
        headers: &[(header::HeaderName, String)],
        monitor: &Monitor,
    ) -> Result<Answer, Fault> {
        let start = self.address(model, file)?;
        self.follow(&Method::GET, start, headers, file, monitor, &mut |_| false)
    }

    /// Follows redirects until there is an answer, or `enough` says that a redirect's head is one.
    fn follow(
        &self,
        method: &Method,
        start: Uri,
        headers: &[(header::HeaderName, String)],
        file: &ModelFile,
        monitor: &Monitor,
        enough: &mut dyn FnMut(&Line) -> bool,
    ) -> Result<Answer, Fault> {
        let home = origin(&start);
        let mut uri = start;
        for _ in 0..=REDIRECTS_MAX {
            let host = uri.host().unwrap_or_default().to_owned();
            let mut request = Request::builder().method(method).uri(&uri);
            for (name, value) in headers {
                request = request.header(name, value);
            }
            if let Some(token) = self.token.as_ref().filter(|_| origin(&uri) == home) {
                request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
            }
            let nonsense = |what: &str| TransferError::Nonsense {
                host: host.clone(),
                file: file.name().to_owned(),
                what: what.to_owned(),
            };
            let request = request.body(()).map_err(|_| nonsense("HF_TOKEN has characters that no token has"))?;
            let slowest = Slowest { bytes: self.patience.slow_bytes, within: self.patience.slow_within };
            let line = Line::open(self.agent()?, request, slowest, monitor).map_err(Fault::from)?;
            let status = line.head.status().as_u16();
            if !matches!(status, 301 | 302 | 303 | 307 | 308) || enough(&line) {
                return Ok(Answer { line, status, host });
            }
            let target = line.header("location").ok_or_else(|| nonsense("a redirect to nowhere"))?;
            let next = join(&uri, target).ok_or_else(|| nonsense("a redirect to no address"))?;
            let what = match (uri.scheme_str(), next.scheme_str()) {
                (_, Some("https")) => None,
                (Some("http"), Some("http")) => None,
                (_, Some("http")) => Some("over an open connection"),
                _ => Some("to what is no web address"),
            };
            if let Some(what) = what {
                return Err(TransferError::Redirect { host, what }.into());
            }
            uri = next;
        }
        Err(TransferError::Redirect { host: self.host(), what: "again and again" }.into())
    }

    /// An agent for one request: shutting it down ends that one.
    fn agent(&self) -> Result<Agent, TransferError> {
        let patience = self.patience;
        let mut tls = TlsConfig::builder();
        if let Some(path) = &self.certificates {
            tls = tls.root_certs(RootCerts::Specific(Arc::new(certificates(path)?)));
        }
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_resolve(Some(patience.connect))
            .timeout_connect(Some(patience.connect))
            .timeout_per_read(Some(patience.read))
            .timeout_per_write(Some(patience.read))
            .timeout_recv_response(Some(patience.read))
            .accept_encoding("identity")
            .user_agent(concat!("orfeas/", env!("CARGO_PKG_VERSION")))
            .tls_config(tls.build());
        let config = match self.proxy_from_environment {
            true => config.proxy(proxy()?),
            false => config.proxy(None),
        };
        Ok(config.build().new_agent())
    }
}

/// The environment's proxy. One that makes no sense is told, lest the user's wish be ignored.
fn proxy() -> Result<Option<ureq::Proxy>, TransferError> {
    let names = ["ALL_PROXY", "all_proxy", "HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"];
    let named = names.iter().any(|name| std::env::var_os(name).is_some_and(|v| !v.is_empty()));
    match ureq::Proxy::try_from_env() {
        None if named => Err(TransferError::Proxy),
        proxy => Ok(proxy),
    }
}

fn certificates(path: &std::path::Path) -> Result<Vec<Certificate<'static>>, TransferError> {
    let wrong = |what: String| TransferError::Certificates { what, path: path.to_owned() };
    let bytes = std::fs::metadata(path).map_err(|e| wrong(e.to_string()))?.len();
    if bytes > CERTIFICATES_MAX {
        return Err(wrong("it is too large".to_owned()));
    }
    let pem = std::fs::read(path).map_err(|e| wrong(e.to_string()))?;
    let certificates: Vec<_> = parse_pem(&pem)
        .filter_map(|item| match item {
            Ok(PemItem::Certificate(certificate)) => Some(certificate.to_owned()),
            _ => None,
        })
        .collect();
    if certificates.is_empty() { Err(wrong("it has none".to_owned())) } else { Ok(certificates) }
}

impl From<LineError> for Fault {
    fn from(error: LineError) -> Self {
        match error {
            LineError::Cancelled => Self::from(crate::progress::Cancelled),
            LineError::Broken(what) => Self::Passing { what, pause: None, error: None },
        }
    }
}

/// Takes statuses that mean failure apart.
pub(super) fn check_status(answer: &Answer, file: &ModelFile) -> Result<(), Fault> {
    let (host, file, status) = (answer.host.clone(), file.name().to_owned(), answer.status);
    match status {
        200..=299 => Ok(()),
        401 | 403 | 407 | 451 => Err(TransferError::Refused { host, file, status }.into()),
        404 | 410 => Err(TransferError::NotThere { host, file, status }.into()),
        408 | 425 | 429 | 500..=599 => {
            let pause = answer.line.header("retry-after").and_then(|v| v.parse().ok()).map(Duration::from_secs);
            let error = Some(Box::new(TransferError::Status { host, file, status }));
            Err(Fault::Passing { what: format!("it answers {status}"), pause, error })
        }
        _ => Err(TransferError::Status { host, file, status }.into()),
    }
}

/// Scheme, host and port: whom a token is for.
fn origin(uri: &Uri) -> (Option<String>, Option<String>, Option<u16>) {
    let usual = if uri.scheme() == Some(&Scheme::HTTPS) { 443 } else { 80 };
    let host = uri.host().map(str::to_ascii_lowercase);
    (uri.scheme_str().map(str::to_owned), host, uri.port_u16().or(Some(usual)))
}

/// The address that `target` means on the page `base`.
fn join(base: &Uri, target: &str) -> Option<Uri> {
    let target = target.split('#').next().filter(|t| !t.is_empty())?;
    let authority = base.authority().map(Authority::as_str)?;
    let scheme = base.scheme_str()?;
    let text = if target.contains("://") && !target.starts_with('/') {
        target.to_owned()
    } else if let Some(rest) = target.strip_prefix("//") {
        format!("{scheme}://{rest}")
    } else if target.starts_with('/') {
        format!("{scheme}://{authority}{target}")
    } else {
        let folder = base.path().rsplit_once('/').map_or("", |(folder, _)| folder);
        format!("{scheme}://{authority}{folder}/{target}")
    };
    text.parse::<Uri>().ok().filter(|uri| uri.host().is_some())
}

/// The SHA-256 that an entity tag is, for files in the hub's large file store.
fn sha256_of_etag(etag: &str) -> Option<Sha256> {
    etag.trim_start_matches("W/").trim_matches('"').parse().ok()
}

/// An address without the part that may be a password.
fn without_secrets(address: &str) -> String {
    let address = address.split(['?', '#']).next().unwrap_or_default();
    match address.rsplit_once('@') {
        Some((before, host)) => {
            let scheme = before.split_once("://").map(|(scheme, _)| format!("{scheme}://")).unwrap_or_default();
            format!("{scheme}…@{host}")
        }
        None => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirects_are_read_as_browsers_read_them() {
        let base: Uri = "https://a.example/x/resolve/main/f.bin?q=1".parse().unwrap();
        let to = |target: &str| join(&base, target).map(|u| u.to_string());
        assert_eq!(to("/api/f").as_deref(), Some("https://a.example/api/f"));
        assert_eq!(to("//b.example/f").as_deref(), Some("https://b.example/f"));
        assert_eq!(to("http://c.example/f#x").as_deref(), Some("http://c.example/f"));
        assert_eq!(to("g.bin").as_deref(), Some("https://a.example/x/resolve/main/g.bin"));
        assert_eq!(to("http://"), None);
    }

    #[test]
    fn a_token_belongs_to_scheme_host_and_port() {
        let of = |text: &str| origin(&text.parse().unwrap());
        assert_eq!(of("https://a.example/x"), of("https://A.example:443/y"));
        for other in ["http://a.example/x", "https://a.example:444/x", "https://b.a.example/x", "https://a.example.b/x"]
        {
            assert_ne!(of("https://a.example/x"), of(other), "{other}");
        }
    }

    #[test]
    fn nothing_shows_the_token_or_a_password() {
        let hub = Hub::at("https://user:secret@mirror.example", Some("hf_secret"), Patience::default());
        assert!(!format!("{hub:?}").contains("hf_secret"));
        let model = &super::super::Catalogue::builtin().models()[0];
        let error = hub.address(model, &model.files[0]).unwrap_err().to_string();
        assert!(!error.contains("secret") && error.contains("mirror.example"), "{error}");
    }

    #[test]
    fn the_hub_names_large_files_by_their_digest() {
        let digest = "6b519fc7242f78e9b5f47ea4d55668fe3d944a2d27332f4ca68d29a6ff603f5e";
        assert_eq!(sha256_of_etag(&format!("\"{digest}\"")).unwrap().to_string(), digest);
        assert_eq!(sha256_of_etag("\"0b94677654c57bb9a6b6845cd7b704ccf551d327\""), None, "a small file's git name");
    }
}
