//! The API that the player speaks: pressing play, staying alive, ending.

mod refusal;

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use cineclub_domain::codec::{Codec, CodecSet};
use cineclub_domain::decide::Screen;
use cineclub_domain::grant::Protection;
use cineclub_domain::id::PlayId;
use cineclub_domain::language::Language;
use cineclub_domain::play::BEAT_MS;
use serde::{Deserialize, Serialize};

use crate::App;
use crate::delivery::plays::{self, Answer, Asker, Playback};
use crate::error::{Error, Kind};
use crate::http::policy::{Policy, Routes};
use crate::http::session::{Member, Visitor};
use refusal::{Refused, too_many};

/// The largest request body, in bytes.
const LIMIT: usize = 16 * 1024;

/// The routes of the API.
pub fn routes(routes: Routes) -> Routes {
    routes
        .post("/api/v1/titles/{slug}/play", Policy::Member, play)
        .post("/api/v1/plays/{id}/beat", Policy::Member, beat)
        .post("/api/v1/plays/{id}/end", Policy::Member, end)
        .post("/api/v1/plays/{id}/stop", Policy::Member, stop)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct PlayAsked {
    device: Device,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Device {
    name: String,
    /// Codec strings (RFC 6381) of what it plays; left out, it is offered everything.
    codecs: Option<Vec<String>>,
    /// Whether it plays what is encrypted with `cbcs` and a clear key (Encrypted Media Extensions); left out, it is thought to.
    encryption: Option<bool>,
}

impl Device {
    fn screen(&self) -> Screen {
        Screen {
            codecs: self.codecs.as_ref().map_or(CodecSet::ALL, |codecs| {
                codecs.iter().map(|codec| Codec::of_string(codec)).collect()
            }),
            protection: match self.encryption {
                Some(false) => Protection::None,
                Some(true) | None => Protection::Encrypted,
            },
        }
    }
}

#[derive(Debug, Serialize)]
struct PlayAnswer {
    play: String,
    manifest: String,
    /// The same as a DASH manifest.
    manifest_dash: String,
    /// Its chapters, as a list that may be empty.
    chapters: String,
    position_ms: i64,
    duration_ms: i64,
    beat_seconds: i64,
    beat: String,
    end: String,
    next: Option<NextAnswer>,
    attribution: Option<String>,
    /// The file as it is, where it may be had.
    original: Option<OriginalAnswer>,
}

#[derive(Debug, Serialize)]
struct OriginalAnswer {
    url: String,
    name: String,
    bytes: u64,
}

#[derive(Debug, Serialize)]
struct NextAnswer {
    url: String,
    name: String,
}

#[derive(Debug, Deserialize)]
struct Beat {
    position_ms: f64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Ended {
    position_ms: Option<f64>,
}

async fn play(
    State(app): State<App>,
    visitor: Visitor,
    member: Member,
    Path(slug): Path<String>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Refused> {
    let say = |error| Refused::new(app.words(visitor.language), error);
    let asked: PlayAsked = read(body).map_err(say)?;
    let language = visitor.language.language();
    let asker = Asker {
        device: &asked.device.name,
        screen: asked.device.screen(),
        ..asker(&visitor, &member, &language)
    };
    match plays::start(&app, asker, &slug).await.map_err(say)? {
        Answer::Playing(playback) => Ok((
            [("cache-control", "no-store")],
            Json(PlayAnswer::from(playback)),
        )
            .into_response()),
        Answer::TooMany(others) => {
            let snapshot = app.catalogue().current(&app).await.map_err(say)?;
            Ok(too_many(&app.words(visitor.language), &snapshot, &others))
        }
    }
}

async fn beat(
    State(app): State<App>,
    visitor: Visitor,
    member: Member,
    Path(id): Path<String>,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, Refused> {
    let say = |error| Refused::new(app.words(visitor.language), error);
    let beat: Beat = read(body).map_err(say)?;
    let language = visitor.language.language();
    let asker = asker(&visitor, &member, &language);
    let id = play_id(&id).map_err(say)?;
    plays::beat(&app, asker, id, millis(beat.position_ms))
        .await
        .map_err(say)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn end(
    State(app): State<App>,
    visitor: Visitor,
    member: Member,
    Path(id): Path<String>,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, Refused> {
    let say = |error| Refused::new(app.words(visitor.language), error);
    let ended: Ended = read(body).map_err(say)?;
    let position_ms = ended.position_ms.map(millis);
    plays::end(
        &app,
        member.account.id,
        play_id(&id).map_err(say)?,
        position_ms,
    )
    .await
    .map_err(say)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn stop(
    State(app): State<App>,
    visitor: Visitor,
    member: Member,
    Path(id): Path<String>,
) -> Result<StatusCode, Refused> {
    let say = |error| Refused::new(app.words(visitor.language), error);
    plays::stop_other(&app, member.account.id, play_id(&id).map_err(say)?)
        .await
        .map_err(say)?;
    Ok(StatusCode::NO_CONTENT)
}

fn asker<'a>(visitor: &Visitor, member: &'a Member, language: &'a Language) -> Asker<'a> {
    Asker {
        account: &member.account,
        session: member.session,
        audience: visitor.audience,
        language,
        device: "",
        // Told when a play starts, and not again with each beat.
        screen: Screen::ANY,
    }
}

impl From<Playback> for PlayAnswer {
    fn from(playback: Playback) -> Self {
        let play = playback.play.to_string();
        Self {
            manifest: format!("/media/{}/master.m3u8", playback.token),
            manifest_dash: format!("/media/{}/manifest.mpd", playback.token),
            chapters: format!("/media/{}/chapters.json", playback.token),
            position_ms: playback.position_ms,
            duration_ms: playback.duration_ms,
            beat_seconds: BEAT_MS / 1000,
            beat: format!("/api/v1/plays/{play}/beat"),
            end: format!("/api/v1/plays/{play}/end"),
            next: playback.next.map(|next| NextAnswer {
                url: format!("/watch/{}", next.slug),
                name: next.name,
            }),
            attribution: playback.attribution,
            original: playback.original.map(|original| OriginalAnswer {
                url: format!("/media/{}/original", playback.token),
                name: original.name,
                bytes: original.bytes,
            }),
            play,
        }
    }
}

/// Reads a JSON body whatever its declared type: `sendBeacon` can't always set one. No body is `{}`.
fn read<T: serde::de::DeserializeOwned>(body: Result<Bytes, BytesRejection>) -> Result<T, Error> {
    let body = body.map_err(|error| {
        Error::new(Kind::BadInput, "The request could not be read.").because(error)
    })?;
    if body.len() > LIMIT {
        return Err(Error::new(Kind::TooLarge, "The request is too large."));
    }
    let bytes = if body.is_empty() {
        b"{}".as_slice()
    } else {
        &body
    };
    serde_json::from_slice(bytes).map_err(|error| {
        Error::new(
            Kind::BadInput,
            format!("The request's JSON is not understood: {error}."),
        )
    })
}

fn play_id(text: &str) -> Result<PlayId, Error> {
    text.parse().map_err(|_| Error::not_found())
}

/// A position as players give it, in whole milliseconds. What is no number of a film's time is its start.
fn millis(position_ms: f64) -> i64 {
    // A conversion of floats saturates, and makes 0 of what is not a number.
    (position_ms as i64).max(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_that_is_not_understood_is_refused_with_what_is_wrong_in_it() {
        let beat = |text: &'static str| read::<Beat>(Ok(Bytes::from_static(text.as_bytes())));
        assert_eq!(
            millis(
                beat(r#"{"position_ms": 12.7, "state": "playing"}"#)
                    .unwrap()
                    .position_ms
            ),
            12
        );
        let error = beat("{}").unwrap_err();
        assert_eq!(error.kind, Kind::BadInput);
        assert!(error.message.contains("position_ms"), "{}", error.message);
        assert!(read::<Ended>(Ok(Bytes::new())).is_ok());
        assert_eq!(
            read::<Ended>(Ok(Bytes::from(vec![b' '; LIMIT + 1])))
                .unwrap_err()
                .kind,
            Kind::TooLarge
        );
        assert_eq!(
            (millis(f64::NAN), millis(-5.0), millis(1e300)),
            (0, 0, i64::MAX)
        );
    }
}
