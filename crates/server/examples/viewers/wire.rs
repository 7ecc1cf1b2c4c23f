//! One connection of HTTP/1.1, kept alive, that drops what it need not keep.

use std::cell::RefCell;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use rustix::net::{RecvFlags, recv};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, Interest};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How long an answer may take, and a connection to open.
const PATIENCE: Duration = Duration::from_secs(30);
/// The longest head of an answer, in bytes.
const LONGEST_HEAD: usize = 16 << 10;
/// The longest answer that is kept, in bytes.
const LONGEST_KEPT: u64 = 4 << 20;
/// Bytes dropped at a time.
const SCRATCH: usize = 1 << 20;

/// Where bytes would go that nobody looks at, for all connections of a thread. The system drops them instead of copying
/// them there (`MSG_TRUNC`, tcp(7)): what a viewer does with what has arrived is no cost of this host.
pub(crate) type Scratch = Rc<RefCell<Vec<u8>>>;

/// A place for bytes that nobody looks at.
pub(crate) fn scratch() -> Scratch {
    Rc::new(RefCell::new(vec![0; SCRATCH]))
}

/// Why a viewer can't go on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Broken {
    /// Nobody takes the connection: there is no use in trying more of them.
    #[error("the service takes no further connection: {0}")]
    Refused(io::Error),
    #[error("the connection broke: {0}")]
    Io(#[from] io::Error),
    #[error("the connection was closed with {0} bytes to come")]
    Short(u64),
    #[error("no answer within {} s", PATIENCE.as_secs())]
    Silent,
    #[error("answered {0}: {1}")]
    Status(u16, String),
    #[error("not understood: {0}")]
    Strange(&'static str),
}

/// A request: `cookie` and `body` only where members ask for something.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Ask<'a> {
    Get,
    Post { cookie: &'a str, body: &'a str },
}

/// A connection to the service.
pub(crate) struct Connection {
    stream: TcpStream,
    host: SocketAddr,
    /// What was read of an answer until its head was whole.
    begun: Vec<u8>,
    scratch: Scratch,
}

impl Connection {
    pub(crate) async fn open(host: SocketAddr, scratch: Scratch) -> Result<Self, Broken> {
        let late = || Broken::Refused(io::ErrorKind::TimedOut.into());
        let opened = timeout(PATIENCE, TcpStream::connect(host)).await;
        let stream = opened.map_err(|_| late())?.map_err(Broken::Refused)?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            host,
            begun: Vec::new(),
            scratch,
        })
    }

    /// Asks, and keeps the answer.
    pub(crate) async fn read(&mut self, path: &str, ask: Ask<'_>) -> Result<String, Broken> {
        let asking = async {
            self.send(path, ask).await?;
            let head = self.head().await?;
            let kept = self.keep(head).await?;
            let text =
                String::from_utf8(kept).map_err(|_| Broken::Strange("an answer is not text"))?;
            match head.status {
                200..=299 => Ok(text),
                status => Err(Broken::Status(status, text.chars().take(200).collect())),
            }
        };
        timeout(PATIENCE, asking)
            .await
            .map_err(|_| Broken::Silent)?
    }

    /// Asks for media, drops them, and says how many bytes they were: as many as the head promised.
    pub(crate) async fn pass(&mut self, path: &str) -> Result<u64, Broken> {
        let asking = async {
            self.send(path, Ask::Get).await?;
            let head = self.head().await?;
            if head.status != 200 {
                return Err(Broken::Status(head.status, path.to_owned()));
            }
            self.drop_rest(head).await?;
            Ok(head.body_bytes)
        };
        timeout(PATIENCE, asking)
            .await
            .map_err(|_| Broken::Silent)?
    }

    async fn send(&mut self, path: &str, ask: Ask<'_>) -> Result<(), Broken> {
        let host = self.host;
        let request = match ask {
            Ask::Get => format!("GET {path} HTTP/1.1\r\nhost: {host}\r\n\r\n"),
            Ask::Post { cookie, body } => format!(
                "POST {path} HTTP/1.1\r\nhost: {host}\r\ncookie: {cookie}\r\nsec-fetch-site: same-origin\r\n\
                 content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            ),
        };
        Ok(self.stream.write_all(request.as_bytes()).await?)
    }

    async fn head(&mut self) -> Result<Head, Broken> {
        self.begun.clear();
        loop {
            if let Some(head) = Head::parse(&self.begun)? {
                return Ok(head);
            }
            if self.begun.len() > LONGEST_HEAD {
                return Err(Broken::Strange("a head without end"));
            }
            self.begun.reserve(1024);
            if self.stream.read_buf(&mut self.begun).await? == 0 {
                return Err(Broken::Short(0));
            }
        }
    }

    /// Bytes of the body that came with the head, and how many are still to come.
    fn came(&self, head: Head) -> Result<(&[u8], u64), Broken> {
        let came = &self.begun[head.bytes..];
        let left = head.body_bytes.checked_sub(came.len() as u64);
        Ok((
            came,
            left.ok_or(Broken::Strange("more bytes than promised"))?,
        ))
    }

    async fn keep(&mut self, head: Head) -> Result<Vec<u8>, Broken> {
        if head.body_bytes > LONGEST_KEPT {
            return Err(Broken::Strange("a text without end"));
        }
        let (came, left) = self.came(head)?;
        let mut kept = came.to_vec();
        let came = (&mut self.stream).take(left).read_to_end(&mut kept).await? as u64;
        if came < left {
            return Err(Broken::Short(left - came));
        }
        Ok(kept)
    }

    async fn drop_rest(&mut self, head: Head) -> Result<(), Broken> {
        let (_, mut left) = self.came(head)?;
        while left > 0 {
            self.stream.readable().await?;
            let room = usize::try_from(left).map_or(SCRATCH, |left| left.min(SCRATCH));
            let dropped = self.stream.try_io(Interest::READABLE, || {
                let mut scratch = self.scratch.borrow_mut();
                let (_, bytes) = recv(&self.stream, &mut scratch[..room], RecvFlags::TRUNC)?;
                Ok(bytes as u64)
            });
            match dropped {
                Ok(0) => return Err(Broken::Short(left)),
                Ok(bytes) => left -= bytes,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

/// The head of an answer, as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Head {
    bytes: usize,
    status: u16,
    body_bytes: u64,
}

impl Head {
    /// The head that `read` begins with, if it is whole.
    fn parse(read: &[u8]) -> Result<Option<Self>, Broken> {
        let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") else {
            return Ok(None);
        };
        let text =
            str::from_utf8(&read[..end]).map_err(|_| Broken::Strange("a head is not text"))?;
        let mut lines = text.split("\r\n");
        let status = lines
            .next()
            .and_then(|line| line.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok())
            .ok_or(Broken::Strange("an answer without a status"))?;
        let length = lines
            .filter_map(|line| line.split_once(':'))
            .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
            .map(|(_, value)| value.trim().parse());
        let body_bytes = match length {
            Some(Ok(bytes)) => bytes,
            None if status == 204 => 0,
            _ => return Err(Broken::Strange("an answer without a length")),
        };
        Ok(Some(Self {
            bytes: end + 4,
            status,
            body_bytes,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_once_it_is_whole_and_its_body_has_a_length() {
        let text = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel";
        let head = Head::parse(text).unwrap().unwrap();
        assert_eq!(
            (head.status, head.body_bytes, &text[head.bytes..]),
            (200, 5, &b"hel"[..])
        );
        assert!(Head::parse(&text[..30]).unwrap().is_none());
        assert!(Head::parse(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").is_err());
        let empty = Head::parse(b"HTTP/1.1 204 No Content\r\n\r\n")
            .unwrap()
            .unwrap();
        assert_eq!(empty.body_bytes, 0);
    }
}
