//! The program over TLS, as an operator starts it: a certificate of its own, and one that was given.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "tests"
)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

/// The program, serving a data folder over TLS.
struct Server {
    child: Child,
    address: SocketAddr,
    /// What it said on the terminal of its first owner.
    invitation: String,
}

impl Server {
    fn start(folder: &Path) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let url = format!("https://localhost:{}", address.port());
        let config = configure(folder, address, &url, "[server.tls]\n");
        let mut child = serve(&config).stderr(Stdio::null()).spawn().unwrap();
        let mut invitation = String::new();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        // It is said once the service answers.
        said.read_line(&mut invitation).unwrap();
        Self {
            child,
            address,
            invitation,
        }
    }

    /// One request on a connection that trusts the certificate in the data folder and nothing else.
    fn send(&self, folder: &Path, request: &str) -> String {
        let mut roots = RootCertStore::empty();
        let own = CertificateDer::from_pem_file(folder.join("data/self-signed.pem")).unwrap();
        roots.add(own).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = "localhost".try_into().unwrap();
        let client = ClientConnection::new(Arc::new(config), name).unwrap();
        let stream = TcpStream::connect(self.address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(30)))
            .unwrap();
        let mut stream = StreamOwned::new(client, stream);
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        // A server may leave without a farewell; what it said before is what counts.
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn configure(folder: &Path, address: SocketAddr, url: &str, tls: &str) -> PathBuf {
    let config = folder.join("cineclub.toml");
    let data = folder.join("data");
    let text = format!(
        "[data]\nfolder = {data:?}\n[work]\nin_serve = false\n\
         [server]\nlisten = \"{address}\"\npublic_url = \"{url}\"\n{tls}"
    );
    std::fs::write(&config, text).unwrap();
    config
}

fn serve(config: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cineclub"));
    command
        .args(["serve", "--config"])
        .arg(config)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Starts what is not to start, and returns what it complained of.
fn refused(config: &Path) -> String {
    let output = serve(config).output().unwrap();
    assert!(!output.status.success());
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn the_first_owner_comes_in_over_tls_by_the_address_that_is_printed() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let port = server.address.port();
    let (said, code) = server.invitation.trim().rsplit_once(' ').unwrap();
    assert!(
        said.contains(&format!("https://localhost:{port}/welcome ")),
        "{said}"
    );
    let body = format!("code={code}&email=owner%40example.org&password=a+long+enough+password");
    let answer = server.send(
        folder.path(),
        &format!(
            "POST /welcome HTTP/1.1\r\nhost: localhost:{port}\r\norigin: https://localhost:{port}\r\n\
             connection: close\r\ncontent-type: application/x-www-form-urlencoded\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        ),
    );
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    let cookie = answer
        .lines()
        .find(|line| {
            line.to_ascii_lowercase()
                .starts_with("set-cookie: __host-session=")
        })
        .unwrap_or_else(|| panic!("{answer}"));
    for attribute in ["; Secure", "; HttpOnly", "; Path=/", "; SameSite=Lax"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert!(!cookie.contains("Domain"), "{cookie}");
}

#[test]
fn the_certificate_made_at_first_is_kept_and_its_key_is_its_owners_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join("data").join(name);
    drop(Server::start(folder.path()));
    let first = std::fs::read(file("self-signed.pem")).unwrap();
    let key = std::fs::metadata(file("self-signed.key")).unwrap();
    assert_eq!(key.permissions().mode() & 0o777, 0o600);
    let again = Server::start(folder.path());
    let port = again.address.port();
    let request =
        format!("GET /healthz HTTP/1.1\r\nhost: localhost:{port}\r\nconnection: close\r\n\r\n");
    let answer = again.send(folder.path(), &request);
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(std::fs::read(file("self-signed.pem")).unwrap(), first);
}

#[test]
fn a_key_that_does_not_belong_to_its_certificate_is_refused_with_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let made = || rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let (certificate, key) = (folder.path().join("a.pem"), folder.path().join("b.key"));
    std::fs::write(&certificate, made().cert.pem()).unwrap();
    std::fs::write(&key, made().signing_key.serialize_pem()).unwrap();
    let address = SocketAddr::from(([127, 0, 0, 1], 0));
    let tls = format!("[server.tls]\ncertificate = {certificate:?}\nkey = {key:?}\n");
    let config = configure(folder.path(), address, "https://localhost", &tls);
    let complaint = refused(&config);
    assert!(
        complaint.contains("doesn't belong to the certificate") && complaint.contains("b.key"),
        "{complaint}"
    );
}

#[test]
fn what_a_command_sets_is_checked_before_anything_listens() {
    let folder = tempfile::tempdir().unwrap();
    let demo = |listen: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_cineclub"))
            .args(["demo", "--listen", listen, "--films"])
            .arg(folder.path())
            .arg("--data")
            .arg(folder.path().join("data"))
            .output()
            .unwrap();
        assert!(!output.status.success());
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let complaint = demo("0.0.0.0:0");
    assert!(
        complaint.contains("plain HTTP is for loopback only"),
        "{complaint}"
    );
    assert!(!folder.path().join("data").exists(), "nothing was begun");
}
