//! TLS: the operator's certificate or a self-signed one, whose ciphers are used, and how much is encrypted at a time.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rustls::SupportedCipherSuite;
use rustls::crypto::{CryptoProvider, aws_lc_rs, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::config::Tls;
use crate::error::{Error, Kind, Result};

/// How long a client may take over the handshake.
const HANDSHAKE_TIME: Duration = Duration::from_secs(10);
/// Bytes that are encrypted before they are handed on: a head, and as much of a film as is read at a time. Fewer wake the
/// other end more often.
const LARGE_BUFFER: usize = (512 + 16) << 10;
/// The same where many connections are open: each whose viewer reads slowly may hold that much.
const SMALL_BUFFER: usize = 128 << 10;
/// Connections that may have the larger one.
const LARGE_OUT: usize = 160;

/// Takes connections over TLS. Cloning gives another handle.
#[derive(Clone)]
pub struct Acceptor {
    tls: TlsAcceptor,
    large: Arc<Semaphore>,
}

impl Acceptor {
    /// The connection behind a handshake, with the room that its buffer takes; None when there was none in time.
    pub(super) async fn accept(
        &self,
        stream: TcpStream,
    ) -> Option<(TlsStream<TcpStream>, Option<OwnedSemaphorePermit>)> {
        let room = Arc::clone(&self.large).try_acquire_owned().ok();
        let buffer = room.as_ref().map_or(SMALL_BUFFER, |_| LARGE_BUFFER);
        let accept = self
            .tls
            .accept_with(stream, |tls| tls.set_buffer_limit(Some(buffer)));
        let stream = tokio::time::timeout(HANDSHAKE_TIME, accept).await.ok()?;
        Some((stream.ok()?, room))
    }
}

/// Prepares TLS with the operator's certificate, or a self-signed one kept in the data folder.
///
/// # Errors
/// When a file can't be read or the two don't fit together.
pub fn acceptor(settings: &Tls, folder: &Path, host: &str) -> Result<Acceptor> {
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
    let mut config = rustls::ServerConfig::builder_with_provider(Arc::new(provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| {
            builder
                .with_no_client_auth()
                .with_single_cert(chain, secret)
        })
        .map_err(|error| match error {
            rustls::Error::InconsistentKeys(_) => Error::new(
                Kind::BadInput,
                format!(
                    "The TLS key {} doesn't belong to the certificate {}.",
                    key.display(),
                    certificate.display()
                ),
            )
            .because(error),
            error => refuse("certificate", &certificate).because(error),
        })?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Acceptor {
        tls: TlsAcceptor::from(Arc::new(config)),
        large: Arc::new(Semaphore::new(LARGE_OUT)),
    })
}

/// Whether [`acceptor`] would make a certificate, having neither the operator's nor one it made before.
pub fn would_sign(settings: &Tls, folder: &Path) -> bool {
    let (certificate, key) = self_signed_files(folder);
    settings.certificate.is_none() && !(certificate.exists() && key.exists())
}

/// Where a self-signed certificate and its key are kept.
fn self_signed_files(folder: &Path) -> (PathBuf, PathBuf) {
    (
        folder.join("self-signed.pem"),
        folder.join("self-signed.key"),
    )
}

/// A self-signed certificate for trials, made once.
fn self_signed(folder: &Path, host: &str) -> Result<(PathBuf, PathBuf)> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let (certificate, key) = self_signed_files(folder);
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

/// The cryptography of aws-lc, but the ciphers of ring where those are twice as fast (bench/README.md).
fn provider() -> CryptoProvider {
    with_ciphers(match is_ring_faster() {
        true => ring::DEFAULT_CIPHER_SUITES,
        false => aws_lc_rs::DEFAULT_CIPHER_SUITES,
    })
}

fn with_ciphers(suites: &[SupportedCipherSuite]) -> CryptoProvider {
    CryptoProvider {
        cipher_suites: suites.to_vec(),
        ..aws_lc_rs::default_provider()
    }
}

/// Whether this processor has AES for several blocks at once, which both use, without AVX-512, which aws-lc needs for it.
#[cfg(target_arch = "x86_64")]
fn is_ring_faster() -> bool {
    let has_wide_aes = is_x86_feature_detected!("vaes")
        && is_x86_feature_detected!("vpclmulqdq")
        && is_x86_feature_detected!("avx2");
    has_wide_aes && !is_x86_feature_detected!("avx512f")
}

#[cfg(not(target_arch = "x86_64"))]
fn is_ring_faster() -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};

    use rustls::CipherSuite;

    /// Sends `text` through a handshake in memory, with these ciphers on the server's side.
    fn served(suites: &[SupportedCipherSuite], text: &[u8]) -> (CipherSuite, Vec<u8>) {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let mut roots = rustls::RootCertStore::empty();
        roots.add(made.cert.der().clone()).unwrap();
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
        let ours = with_ciphers(suites);
        let server = rustls::ServerConfig::builder_with_provider(Arc::new(ours))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        let theirs = Arc::new(aws_lc_rs::default_provider());
        let client = rustls::ClientConfig::builder_with_provider(theirs)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = "localhost".try_into().unwrap();
        let mut client = rustls::ClientConnection::new(Arc::new(client), name).unwrap();
        let mut server = rustls::ServerConnection::new(Arc::new(server)).unwrap();
        server.writer().write_all(text).unwrap();
        let mut heard = vec![0; text.len()];
        let mut count = 0;
        while count < text.len() {
            let (mut there, mut back) = (Vec::new(), Vec::new());
            client.write_tls(&mut there).unwrap();
            let mut there = there.as_slice();
            while !there.is_empty() {
                server.read_tls(&mut there).unwrap();
                server.process_new_packets().unwrap();
            }
            while server.wants_write() {
                server.write_tls(&mut back).unwrap();
            }
            let mut back = back.as_slice();
            while !back.is_empty() {
                client.read_tls(&mut back).unwrap();
                client.process_new_packets().unwrap();
            }
            while let Ok(more @ 1..) = client.reader().read(&mut heard[count..]) {
                count += more;
            }
        }
        let suite = server.negotiated_cipher_suite().unwrap().suite();
        (suite, heard)
    }

    #[test]
    fn a_browser_can_t_tell_whose_ciphers_are_used() {
        let [a, b] = [
            ring::DEFAULT_CIPHER_SUITES,
            aws_lc_rs::DEFAULT_CIPHER_SUITES,
        ];
        let offered = |of: &[SupportedCipherSuite]| {
            of.iter()
                .map(SupportedCipherSuite::suite)
                .collect::<Vec<_>>()
        };
        assert_eq!(offered(a), offered(b));
        let text: Vec<u8> = (0..9_000_u32).map(|n| (n % 251) as u8).collect();
        for suite in a.iter().chain(b).filter(|suite| suite.tls13().is_some()) {
            assert_eq!(served(&[*suite], &text), (suite.suite(), text.clone()));
        }
    }
}
