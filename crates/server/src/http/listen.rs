//! Listening: plain HTTP or TLS, HTTP/1.1 and HTTP/2, and an orderly stop.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::config::Tls;
use crate::error::{Error, Kind, Result};

/// How long a client may take over its headers.
const HEADER_TIME: Duration = Duration::from_secs(15);
/// Bytes of an answer that may wait to be sent. Above one frame of a segment, so that a body is
/// asked for more, and can end itself, while a viewer reads slowly.
const BUFFER: usize = 512 << 10;
/// How long a client may take over the TLS handshake.
const HANDSHAKE_TIME: Duration = Duration::from_secs(10);
/// How long running answers may go on after the program was asked to stop.
const FAREWELL: Duration = Duration::from_secs(5);

/// The peer of a connection, as the network told us.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub SocketAddr);

/// The address at the other end of the connection that brought the request.
pub fn peer<B>(request: &axum::http::Request<B>) -> Option<SocketAddr> {
    request.extensions().get::<Peer>().map(|peer| peer.0)
}

/// Binds the address.
///
/// # Errors
/// When it can't be had; the message says what to do.
pub async fn bind(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        let text = format!("{address} can't be listened on; is another server running there? Choose another with [server] listen.");
        Error::new(Kind::Conflict, text).because(error)
    })
}

/// Serves until `stop`, then lets running answers end.
pub async fn serve(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    router: Router,
    stop: CancellationToken,
) {
    let graceful = GracefulShutdown::new();
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let _ = stream.set_nodelay(true);
        let watcher = graceful.watcher();
        let (router, tls) = (router.clone(), tls.clone());
        tokio::spawn(async move {
            if let Some(tls) = tls {
                if let Ok(Ok(stream)) =
                    tokio::time::timeout(HANDSHAKE_TIME, tls.accept(stream)).await
                {
                    connection(stream, peer, router, watcher).await;
                }
            } else {
                connection::<TcpStream>(stream, peer, router, watcher).await;
            }
        });
    }
    drop(listener);
    tokio::select! {
        () = graceful.shutdown() => {}
        () = tokio::time::sleep(FAREWELL) => tracing::info!("some answers were cut short by the stop"),
    }
}

async fn connection<S>(
    stream: S,
    peer: SocketAddr,
    router: Router,
    watcher: hyper_util::server::graceful::Watcher,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = router.map_request(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(Peer(peer));
        request.map(axum::body::Body::new)
    });
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIME)
        .max_buf_size(BUFFER)
        .max_headers(64);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(64)
        .keep_alive_interval(Duration::from_secs(30));
    let connection =
        builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
    // A client that breaks off is no event for the log.
    let _ = watcher.watch(connection.into_owned()).await;
}

/// Prepares TLS with the operator's certificate, or a self-signed one kept in the data folder.
///
/// # Errors
/// When a file can't be read or the two don't fit together.
pub fn tls(settings: &Tls, folder: &Path, host: &str) -> Result<TlsAcceptor> {
    let (certificate, key) = match (&settings.certificate, &settings.key) {
        (Some(certificate), Some(key)) => (certificate.clone(), key.clone()),
        _ => self_signed(folder, host)?,
    };
    let refuse = |what: &str, path: &Path| {
        Error::new(
            Kind::BadInput,
            format!("The TLS {what} {} can't be used.", path.display()),
        )
    };
    let chain: Vec<_> = CertificateDer::pem_file_iter(&certificate)
        .and_then(Iterator::collect)
        .map_err(|error| refuse("certificate", &certificate).because(error))?;
    let secret =
        PrivateKeyDer::from_pem_file(&key).map_err(|error| refuse("key", &key).because(error))?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| {
            builder
                .with_no_client_auth()
                .with_single_cert(chain, secret)
        })
        .map_err(|error| refuse("certificate", &certificate).because(error))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// A self-signed certificate for trials, made once.
fn self_signed(folder: &Path, host: &str) -> Result<(std::path::PathBuf, std::path::PathBuf)> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let (certificate, key) = (
        folder.join("self-signed.pem"),
        folder.join("self-signed.key"),
    );
    if certificate.exists() && key.exists() {
        return Ok((certificate, key));
    }
    let names = vec![
        host.to_owned(),
        "localhost".to_owned(),
        "127.0.0.1".to_owned(),
    ];
    let made = rcgen::generate_simple_self_signed(names).map_err(Error::internal)?;
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&key)?;
    file.write_all(made.signing_key.serialize_pem().as_bytes())?;
    std::fs::write(&certificate, made.cert.pem())?;
    Ok((certificate, key))
}
