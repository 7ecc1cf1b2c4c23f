//! Listening: plain HTTP or TLS, HTTP/1.1 and HTTP/2, and an orderly stop.
//!
//! Connections, and the films that flow through them, have threads of their own ([`Threads`]). A write to the database
//! takes a dozen turns on whatever threads it runs on; behind a thousand viewers each turn would wait for their bytes,
//! and with them whoever presses play.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::runtime::{Handle, Runtime};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use super::tls::Acceptor;
use crate::error::{Error, Kind, Result};

/// What connections are held to.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How long a client may take over its headers, and a new connection over its first request.
    pub header_time: Duration,
    /// Connections open at a time; further ones wait to be accepted.
    pub connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            header_time: Duration::from_secs(15),
            connections: 4_096,
        }
    }
}

/// Requests that one HTTP/2 connection may have under way. A page asks for about a dozen files.
const STREAMS: u32 = 16;
/// Bytes of an answer that may wait to be sent. Above one frame of a segment, so that a body is
/// asked for more, and can end itself, while a viewer reads slowly.
const BUFFER: usize = 1 << 20;
/// What the threads of connections are called.
pub(super) const THREAD_NAME: &str = "connections";
/// Connections that may wait to be accepted. Where there is no room for another, its client asks again only after a second.
const WAITING: u32 = 1024;
/// How long running answers may go on after the program was asked to stop.
const FAREWELL: Duration = Duration::from_secs(5);

/// The peer of a connection, as the network told us.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub SocketAddr);

/// The address at the other end of the connection that brought the request.
pub fn peer<B>(request: &axum::http::Request<B>) -> Option<SocketAddr> {
    request.extensions().get::<Peer>().map(|peer| peer.0)
}

/// The threads that serve connections. Everything else runs where it was begun.
#[derive(Debug)]
pub struct Threads {
    handle: Handle,
    /// There until it is dropped.
    runtime: Option<Runtime>,
}

impl Threads {
    /// Starts as many as there are processors.
    ///
    /// # Errors
    /// When the system gives none.
    pub fn start() -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .thread_name(THREAD_NAME)
            .enable_all()
            .build()?;
        Ok(Self {
            handle: runtime.handle().clone(),
            runtime: Some(runtime),
        })
    }

    /// Binds the address, which was set by `setting`.
    ///
    /// # Errors
    /// When it can't be had; the message says what to do.
    pub fn bind(&self, address: SocketAddr, setting: &str) -> Result<TcpListener> {
        let _inside = self.handle.enter();
        listener(address).map_err(|error| {
            let text = format!("{address} can't be listened on; is another server running there? Choose another with {setting}.");
            Error::new(Kind::Conflict, text).because(error)
        })
    }

    /// Serves until `stop`, then lets running answers end.
    pub fn serve(
        &self,
        listener: TcpListener,
        tls: Option<Acceptor>,
        router: Router,
        limits: Limits,
        stop: CancellationToken,
    ) -> JoinHandle<()> {
        self.handle
            .spawn(serve(listener, tls, router, limits, stop))
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Where a disk doesn't answer, nobody waits for it.
            runtime.shutdown_background();
        }
    }
}

fn listener(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // An address that was served a moment ago may be served again at once.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(WAITING)
}

/// Serves until `stop`, then lets running answers end.
async fn serve(
    listener: TcpListener,
    tls: Option<Acceptor>,
    router: Router,
    limits: Limits,
    stop: CancellationToken,
) {
    let graceful = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(limits.connections));
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = accept(&listener, &places) => accepted,
        };
        let Some((stream, peer, place)) = accepted else {
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let watcher = graceful.watcher();
        let (router, tls) = (router.clone(), tls.clone());
        tokio::spawn(async move {
            if let Some(tls) = tls {
                if let Some((stream, _room)) = tls.accept(stream).await {
                    connection(stream, peer, router, limits, watcher).await;
                }
            } else {
                connection::<TcpStream>(stream, peer, router, limits, watcher).await;
            }
            drop(place);
        });
    }
    drop(listener);
    tokio::select! {
        () = graceful.shutdown() => {}
        () = tokio::time::sleep(FAREWELL) => tracing::info!("some answers were cut short by the stop"),
    }
}

/// Takes the next connection, once there is a place for it. None when it can't be had.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => {
            let _ = stream.set_nodelay(true);
            Some((stream, canonical(peer), place))
        }
        Err(error) => {
            tracing::warn!(%error, "a connection could not be accepted");
            None
        }
    }
}

/// The same peer, written as IPv4 where it came by IPv4 to a socket that takes both.
fn canonical(peer: SocketAddr) -> SocketAddr {
    SocketAddr::new(peer.ip().to_canonical(), peer.port())
}

async fn connection<S>(
    stream: S,
    peer: SocketAddr,
    router: Router,
    limits: Limits,
    watcher: hyper_util::server::graceful::Watcher,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let asked = Arc::new(AtomicBool::new(false));
    let has_asked = Arc::clone(&asked);
    let service = router.map_request(move |mut request: Request<Incoming>| {
        asked.store(true, Ordering::Relaxed);
        request.extensions_mut().insert(Peer(peer));
        request.map(axum::body::Body::new)
    });
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_time)
        .max_buf_size(BUFFER)
        .max_headers(64);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS)
        .keep_alive_interval(Duration::from_secs(30));
    let connection =
        builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
    // A client that breaks off is no event for the log, nor is one that never asked for anything.
    tokio::select! {
        _ = watcher.watch(connection.into_owned()) => {}
        () = silence(&has_asked, limits.header_time) => {}
    }
}

/// Ends when a connection has asked for nothing within its time; never, if it has.
///
/// The timers of HTTP/1.1 and HTTP/2 begin only when it is known which of the two a client speaks.
async fn silence(has_asked: &AtomicBool, time: Duration) {
    tokio::time::sleep(time).await;
    if has_asked.load(Ordering::Relaxed) {
        std::future::pending::<()>().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;
    use std::time::Instant;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    const SHORT: Duration = Duration::from_millis(300);

    /// A server whose one answer takes longer than a client may be silent.
    async fn server(connections: usize) -> (SocketAddr, CancellationToken) {
        let slow = async || {
            let parts = futures::stream::unfold(0, |n| async move {
                tokio::time::sleep(SHORT / 3).await;
                (n < 9).then_some((Ok::<_, Infallible>("part "), n + 1))
            });
            axum::body::Body::from_stream(parts)
        };
        let router = Router::new().route("/", axum::routing::get(slow));
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let listener = listener(any).unwrap();
        let address = listener.local_addr().unwrap();
        let limits = Limits {
            header_time: SHORT,
            connections,
        };
        let stop = CancellationToken::new();
        tokio::spawn(serve(listener, None, router, limits, stop.clone()));
        (address, stop)
    }

    /// Sends something and reads until the server closes.
    async fn send(address: SocketAddr, bytes: &[u8]) -> String {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        let mut answer = Vec::new();
        let read = stream.read_to_end(&mut answer);
        // A connection that is dropped with bytes unread is reset; that closes it too.
        let _ = tokio::time::timeout(Duration::from_secs(10), read)
            .await
            .expect("the server closes the connection");
        String::from_utf8_lossy(&answer).into_owned()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_connection_that_asks_for_nothing_is_closed_and_one_that_plays_is_not() {
        let (address, stop) = server(10).await;
        let begun = Instant::now();
        let (silent, half, preface, playing) = tokio::join!(
            send(address, b""),
            send(address, b"GET / HTTP/1.1\r\nhost:"),
            send(address, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
            send(
                address,
                b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
            ),
        );
        assert!(silent.is_empty() && !half.contains("part") && !preface.contains("part"));
        assert_eq!(playing.matches("part ").count(), 9, "{playing}");
        assert!(begun.elapsed() > SHORT * 3, "the answer outlived the time");
        stop.cancel();
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_connection_too_many_waits_until_there_is_a_place() {
        let (address, stop) = server(1).await;
        let mut first = TcpStream::connect(address).await.unwrap();
        first
            .write_all(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
            .await
            .unwrap();
        let mut byte = [0];
        first.read_exact(&mut byte).await.unwrap();
        let begun = Instant::now();
        let second = send(
            address,
            b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
        );
        let rest = async {
            first
                .read_to_end(&mut Vec::new())
                .await
                .map(|_| begun.elapsed())
        };
        let (answer, first_ended) = tokio::join!(second, rest);
        assert!(answer.contains("part "), "the second is served in its turn");
        assert!(
            begun.elapsed() > first_ended.unwrap() + SHORT * 2,
            "and not before the first was done"
        );
        stop.cancel();
    }

    #[test]
    fn a_peer_that_came_by_ipv4_is_an_ipv4_peer() {
        let mapped: SocketAddr = "[::ffff:192.0.2.1]:9".parse().unwrap();
        assert_eq!(canonical(mapped), "192.0.2.1:9".parse().unwrap());
        let other: SocketAddr = "[2001:db8::1]:9".parse().unwrap();
        assert_eq!(canonical(other), other);
    }
}
