//! A store of one bucket on loopback, which checks signatures, remembers what it was asked, and has moods.

#![allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    clippy::unwrap_used,
    reason = "test code"
)]

use std::convert::Infallible;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt;
use http::{HeaderValue, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use tokio::net::TcpListener;

pub const KEY_ID: &str = "AKIDEXAMPLE";
pub const SECRET: &str = "a-secret-that-nobody-may-read";
/// What the store calls its bucket.
pub const BUCKET: &str = "the-archive";

type Body = http_body_util::combinators::UnsyncBoxBody<Bytes, io::Error>;

/// How the store answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// As it should.
    Well,
    /// Not at all: it hangs up.
    Away,
    /// It is too busy, so often.
    Busy(u32),
    /// It breaks off in the middle of an object, so often.
    Torn(u32),
    /// It sends half of what it says it sends, and ends as if that were all.
    Short,
    /// It takes its time before every answer.
    Slow(Duration),
    /// It sends everyone to the address given to [`Store::sends_to`].
    Elsewhere,
    /// Its listings never end.
    Endless,
    /// It takes half a minute over a listing of what lies below this.
    Lost(&'static str),
}

/// One request.
#[derive(Debug, Clone)]
pub struct Asked {
    pub method: String,
    /// What follows the bucket's name.
    pub key: String,
    pub range: Option<(u64, u64)>,
}

pub struct Store {
    pub url: String,
    /// The folder that is the bucket.
    pub bucket: PathBuf,
    shared: Arc<Shared>,
    _place: tempfile::TempDir,
}

struct Shared {
    service: S3Service,
    mood: Mutex<Mood>,
    asked: Mutex<Vec<Asked>>,
    elsewhere: Mutex<String>,
}

impl Store {
    pub async fn open() -> Self {
        let place = tempfile::tempdir().unwrap();
        let bucket = place.path().join(BUCKET);
        std::fs::create_dir(&bucket).unwrap();
        let mut builder = S3ServiceBuilder::new(s3s_fs::FileSystem::new(place.path()).unwrap());
        builder.set_auth(SimpleAuth::from_single(KEY_ID, SECRET));
        let shared = Arc::new(Shared {
            service: builder.build(),
            mood: Mutex::new(Mood::Well),
            asked: Mutex::default(),
            elsewhere: Mutex::default(),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(listen(listener, Arc::clone(&shared)));
        Self {
            url,
            bucket,
            shared,
            _place: place,
        }
    }

    pub fn write(&self, key: &str, bytes: impl AsRef<[u8]>) {
        let path = self.bucket.join(key);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    pub fn is(&self, mood: Mood) {
        *self.shared.mood.lock().unwrap() = mood;
    }

    pub fn sends_to(&self, url: &str) {
        url.clone_into(&mut self.shared.elsewhere.lock().unwrap());
        self.is(Mood::Elsewhere);
    }

    /// What was asked since this was called last.
    pub fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut *self.shared.asked.lock().unwrap())
    }

    /// The reads of one object since anything was asked for last, as ranges; one without a range is an error.
    pub fn reads(&self, key: &str) -> Vec<(u64, u64)> {
        let gets = self.asked();
        let gets = gets
            .iter()
            .filter(|asked| asked.method == "GET" && asked.key == key);
        gets.map(|asked| asked.range.expect("a film is read by ranges"))
            .collect()
    }

    /// Everything that lies in the bucket, by key.
    pub fn listing(&self) -> Vec<(PathBuf, u64)> {
        let mut found = Vec::new();
        let mut folders = vec![self.bucket.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap().flatten() {
                match entry.metadata().unwrap() {
                    meta if meta.is_dir() => folders.push(entry.path()),
                    meta => found.push((entry.path(), meta.len())),
                }
            }
        }
        found.sort();
        found
    }
}

async fn listen(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((socket, _)) = listener.accept().await {
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let answer = service_fn(|request| answer(Arc::clone(&shared), request));
            let server = hyper_util::server::conn::auto::Builder::new(TokioExecutor::new());
            let _ = server.serve_connection(TokioIo::new(socket), answer).await;
        });
    }
}

async fn answer(shared: Arc<Shared>, request: Request<Incoming>) -> io::Result<Response<Body>> {
    let asked = Asked::of(&request);
    let is_film = asked.key.ends_with(".mp4") || asked.key.ends_with(".mkv");
    let is_read = is_film && asked.method == "GET";
    let is_listing = request
        .uri()
        .query()
        .is_some_and(|query| query.contains("list-type"));
    let is_below = |place: &str| {
        let query = request.uri().query().unwrap_or_default();
        query.contains(&format!("prefix={place}"))
    };
    shared.asked.lock().unwrap().push(asked);
    match shared.mood() {
        Mood::Away => return Err(io::Error::other("away")),
        Mood::Busy(_) => return Ok(bare(StatusCode::SERVICE_UNAVAILABLE, "<Error/>")),
        Mood::Slow(time) => tokio::time::sleep(time).await,
        Mood::Lost(place) if is_listing && is_below(place) => {
            tokio::time::sleep(Duration::from_secs(30)).await;
        }
        Mood::Elsewhere => {
            let mut reply = bare(StatusCode::TEMPORARY_REDIRECT, "");
            let elsewhere = shared.elsewhere.lock().unwrap().clone();
            let elsewhere = HeaderValue::from_str(&elsewhere).unwrap();
            reply.headers_mut().insert(header::LOCATION, elsewhere);
            return Ok(reply);
        }
        Mood::Endless if is_listing => {
            let page = "<ListBucketResult><NextContinuationToken>on</NextContinuationToken></ListBucketResult>";
            return Ok(bare(StatusCode::OK, page));
        }
        Mood::Torn(_) if is_read => {
            let reply = shared.pass(request).await?;
            return halve(reply, true).await;
        }
        Mood::Short if is_read => {
            let reply = shared.pass(request).await?;
            return halve(reply, false).await;
        }
        _ => {}
    }
    shared.pass(request).await
}

impl Shared {
    /// The mood of this answer: what happens so often happens less often from now on.
    fn mood(&self) -> Mood {
        let mut mood = self.mood.lock().unwrap();
        let now = *mood;
        *mood = match now {
            Mood::Busy(n) if n > 1 => Mood::Busy(n - 1),
            Mood::Torn(n) if n > 1 => Mood::Torn(n - 1),
            Mood::Busy(_) | Mood::Torn(_) => Mood::Well,
            other => other,
        };
        now
    }

    async fn pass(&self, request: Request<Incoming>) -> io::Result<Response<Body>> {
        let reply = self.service.call(request.map(s3s::Body::from)).await;
        let reply = reply.map_err(|error| io::Error::other(format!("{error:?}")))?;
        Ok(reply.map(|body| body.map_err(io::Error::other).boxed_unsync()))
    }
}

/// Sends half of an answer, and then hangs up, or pretends that it was all.
async fn halve(reply: Response<Body>, hangs_up: bool) -> io::Result<Response<Body>> {
    let (mut parts, body) = reply.into_parts();
    let bytes = body.collect().await?.to_bytes();
    let half = bytes.slice(..bytes.len() / 2);
    if !hangs_up {
        parts
            .headers
            .insert(header::CONTENT_LENGTH, half.len().into());
        return Ok(Response::from_parts(parts, full(half)));
    }
    let pieces = [Ok(Frame::data(half)), Err(io::Error::other("torn"))];
    let body = StreamBody::new(futures::stream::iter(pieces).then(async |piece| {
        tokio::task::yield_now().await;
        piece
    }));
    Ok(Response::from_parts(parts, BodyExt::boxed_unsync(body)))
}

fn bare(status: StatusCode, text: &'static str) -> Response<Body> {
    let mut reply = Response::new(full(Bytes::from_static(text.as_bytes())));
    *reply.status_mut() = status;
    reply
}

fn full(bytes: Bytes) -> Body {
    Full::new(bytes)
        .map_err(|never: Infallible| match never {})
        .boxed_unsync()
}

impl Asked {
    fn of(request: &Request<Incoming>) -> Self {
        let path = request.uri().path();
        let path: String = decode(path.strip_prefix(&format!("/{BUCKET}")).unwrap_or(path));
        let range = request.headers().get(header::RANGE);
        let range = range.and_then(|range| {
            let (first, last) = range
                .to_str()
                .ok()?
                .strip_prefix("bytes=")?
                .split_once('-')?;
            Some((first.parse().ok()?, last.parse().ok()?))
        });
        Self {
            method: request.method().to_string(),
            key: path.trim_start_matches('/').to_owned(),
            range,
        }
    }
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        match (first, behind) {
            (b'%', [a, b, ..]) => {
                let digits = [*a, *b];
                let digits = std::str::from_utf8(&digits).unwrap();
                bytes.push(u8::from_str_radix(digits, 16).unwrap());
                rest = &behind[2..];
            }
            _ => {
                bytes.push(*first);
                rest = behind;
            }
        }
    }
    String::from_utf8(bytes).unwrap()
}
