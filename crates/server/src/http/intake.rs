//! What requests bring: a body in its time, and in forms only what can be typed.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::Response;
use http_body::{Body as _, Frame, SizeHint};
use tokio::time::Sleep;

/// The largest form, in bytes. Films and long texts have limits of their own, set at their routes.
pub const FORM_BYTES: usize = 64 << 10;
/// How long a form may take to arrive.
const FORM_TIME: Duration = Duration::from_secs(30);
/// How long a file that is sent may stand still.
const PAUSE: Duration = Duration::from_secs(60);

/// Holds the body of a request to its time, and a form's to what can be typed.
pub async fn hold(request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let terms = Terms::of(request.method(), request.headers());
    next.run(request.map(|body| Body::new(Held::new(body, terms))))
        .await
}

/// Whether a path or query, as it was sent, holds a character that nobody types.
pub fn is_typed(escaped: &str) -> bool {
    let mut scan = Scan::default();
    escaped.bytes().all(|byte| scan.takes(byte))
}

/// What a body is held to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Terms {
    /// A form or a message: all of it within this time; `typed` where it is a form.
    Whole { within: Duration, typed: bool },
    /// A file: it may take long, but not stand still.
    Flowing { pause: Duration },
}

impl Terms {
    fn of(method: &Method, headers: &HeaderMap) -> Self {
        let kind = headers
            .get(header::CONTENT_TYPE)
            .map_or(b"".as_slice(), |kind| kind.as_bytes());
        if *method == Method::PUT || kind.starts_with(b"multipart/") {
            return Self::Flowing { pause: PAUSE };
        }
        Self::Whole {
            within: FORM_TIME,
            typed: kind.starts_with(b"application/x-www-form-urlencoded"),
        }
    }
}

/// Why a body is not read to its end.
#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error("the body took too long")]
    Late,
    #[error("the form holds a character that nobody types")]
    Untyped,
}

struct Held {
    body: Body,
    /// Begins when it is first waited for, on the runtime that waits.
    until: Option<Pin<Box<Sleep>>>,
    terms: Terms,
    scan: Scan,
}

impl Held {
    fn new(body: Body, terms: Terms) -> Self {
        Self {
            body,
            until: None,
            terms,
            scan: Scan::default(),
        }
    }

    fn look(&mut self, bytes: &Bytes) -> Result<(), Broken> {
        match self.terms {
            Terms::Whole { typed: true, .. }
                if !bytes.iter().all(|byte| self.scan.takes(*byte)) =>
            {
                Err(Broken::Untyped)
            }
            Terms::Whole { .. } => Ok(()),
            Terms::Flowing { pause } => {
                if let Some(until) = &mut self.until {
                    until.as_mut().reset(tokio::time::Instant::now() + pause);
                }
                Ok(())
            }
        }
    }
}

impl http_body::Body for Held {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) else {
            let (Terms::Whole { within: time, .. } | Terms::Flowing { pause: time }) = self.terms;
            let until = self
                .until
                .get_or_insert_with(|| Box::pin(tokio::time::sleep(time)));
            ready!(until.as_mut().poll(context));
            return Poll::Ready(Some(Err(axum::Error::new(Broken::Late))));
        };
        if let Some(Ok(frame)) = &frame
            && let Some(bytes) = frame.data_ref()
            && let Err(broken) = self.look(bytes)
        {
            return Poll::Ready(Some(Err(axum::Error::new(broken))));
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Reads percent-escaped text byte by byte, wherever it is cut into pieces.
#[derive(Debug, Clone, Copy, Default)]
enum Scan {
    #[default]
    Plain,
    Percent,
    High(u8),
}

impl Scan {
    /// Takes the next byte; false when it ends a character that nobody types.
    fn takes(&mut self, byte: u8) -> bool {
        let digit = char::from(byte).to_digit(16).map(|digit| digit as u8);
        let (next, whole) = match (*self, digit) {
            (_, None) if byte == b'%' => (Self::Percent, None),
            (Self::Percent, Some(high)) => (Self::High(high), None),
            (Self::High(high), Some(low)) => (Self::Plain, Some(high << 4 | low)),
            _ => (Self::Plain, Some(byte)),
        };
        *self = next;
        whole.is_none_or(can_be_typed)
    }
}

/// Everything but controls, among which tab and the ends of lines can be typed.
fn can_be_typed(byte: u8) -> bool {
    !byte.is_ascii_control() || matches!(byte, b'\t' | b'\n' | b'\r')
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;

    use http_body_util::BodyExt;

    const SHORT: Duration = Duration::from_millis(100);

    /// A body of these pieces, with a pause before each.
    fn body(pieces: &'static [&'static str], pause: Duration) -> Body {
        Body::from_stream(futures::stream::unfold(0, move |n| async move {
            tokio::time::sleep(pause).await;
            pieces
                .get(n)
                .map(|piece| (Ok::<_, Infallible>(*piece), n + 1))
        }))
    }

    async fn read(body: Body, terms: Terms) -> Result<Bytes, String> {
        let read = Held::new(body, terms).collect().await;
        read.map(|read| read.to_bytes())
            .map_err(|error| error.to_string())
    }

    #[tokio::test]
    async fn a_form_that_trickles_is_given_up_and_a_file_that_flows_is_not() {
        let pieces = &["a", "=", "1", "2", "3", "4"];
        let form = Terms::Whole {
            within: SHORT,
            typed: true,
        };
        let late = read(body(pieces, SHORT / 3), form).await;
        assert!(late.unwrap_err().contains("too long"));
        let file = Terms::Flowing { pause: SHORT };
        let flows = read(body(pieces, SHORT / 3), file).await;
        assert_eq!(flows.unwrap(), "a=1234");
        let stands = read(body(pieces, SHORT * 3), file).await;
        assert!(stands.unwrap_err().contains("too long"));
    }

    #[tokio::test]
    async fn a_form_with_a_control_is_given_up_wherever_it_is_cut() {
        let form = Terms::Whole {
            within: SHORT,
            typed: true,
        };
        for pieces in [
            &["email=a%00b"][..],
            &["email=a%0", "0b"],
            &["email=a", "%", "1b"],
            &["x=\u{0}"],
            &["x=%%00"],
            &["x=%7F"],
        ] {
            let refused = read(body(pieces, Duration::ZERO), form).await;
            assert!(refused.is_err(), "{pieces:?}");
        }
        let kept = read(
            body(&["text=one%0D%0", "Atwo%09%C3%A9+100%"], Duration::ZERO),
            form,
        )
        .await;
        assert_eq!(kept.unwrap(), "text=one%0D%0Atwo%09%C3%A9+100%");
    }

    #[test]
    fn a_path_or_query_holds_only_what_can_be_typed() {
        for good in [
            "/",
            "/title/le-d%C3%A9part?next=%2Fhome",
            "/search?q=100%25",
        ] {
            assert!(is_typed(good), "{good}");
        }
        for bad in ["/title/%00", "/search?q=%1b%5B", "/x?y=%7f"] {
            assert!(!is_typed(bad), "{bad}");
        }
    }

    #[test]
    fn a_film_may_take_its_time_and_nothing_else_may() {
        let kind = |kind: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, kind.parse().unwrap());
            headers
        };
        let flowing = Terms::Flowing { pause: PAUSE };
        let film = kind("multipart/form-data; boundary=x");
        assert_eq!(Terms::of(&Method::POST, &film), flowing);
        assert_eq!(Terms::of(&Method::PUT, &HeaderMap::new()), flowing);
        for (other, typed) in [
            ("application/json", false),
            ("application/x-www-form-urlencoded; charset=UTF-8", true),
        ] {
            let within = FORM_TIME;
            assert_eq!(
                Terms::of(&Method::POST, &kind(other)),
                Terms::Whole { within, typed }
            );
        }
    }
}
