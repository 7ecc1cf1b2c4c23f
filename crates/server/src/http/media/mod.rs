//! The media face: playlists, init segments, segments, subtitles and keys behind a playback token.
//!
//! **Invariant:** nothing leaves here before the token was opened and the gate has let it through.
//! **Invariant:** no request on this path reads the database, but for the first after a film was idle.

mod answer;
mod conditions;

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use cineclub_media::ContentKey;

use crate::App;
use crate::delivery::{self, Admitted, Part, Place, Sizes, Track};
use crate::error::{Error, Kind, Result};
use crate::http::policy::{Policy, Routes};
use crate::http::problem::{Problem, respond, telling};
use answer::Asked;

/// What HLS playlists are (RFC 8216 §4).
const PLAYLIST: &str = "application/vnd.apple.mpegurl";
/// What DASH manifests are (ISO/IEC 23009-1, annex C).
const MANIFEST: &str = "application/dash+xml";
/// What the list of chapters is (RFC 8259 §11).
const CHAPTERS: &str = "application/json";
/// What a sheet of thumbnails is.
const SHEET: &str = "image/jpeg";
/// What a key is: sixteen bytes.
const KEY: &str = "application/octet-stream";
/// The original is kept, and not shown.
const KEPT: HeaderValue = HeaderValue::from_static("attachment");
/// What a licence is (Encrypted Media Extensions, section 9.1.4).
const LICENCE: &str = "application/json";

/// The media routes.
pub fn routes(routes: Routes) -> Routes {
    routes
        .get("/media/{token}/master.m3u8", Policy::Token, master)
        .get("/media/{token}/manifest.mpd", Policy::Token, manifest)
        .get("/media/{token}/chapters.json", Policy::Token, chapters)
        .get("/media/{token}/tiles/{file}", Policy::Token, tiles)
        .get("/media/{token}/original", Policy::Token, original)
        .get("/media/{token}/key", Policy::Token, key)
        .get("/media/{token}/licence", Policy::Token, licence)
        .post("/media/{token}/licence", Policy::Token, licence)
        .get("/media/{token}/{track}/{file}", Policy::Token, track)
}

/// The files of a track.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TrackFile {
    Playlist,
    Keys,
    Init,
    Text,
    Segment(u32, Part),
}

impl TrackFile {
    fn parse(name: &str) -> Option<Self> {
        match name {
            "index.m3u8" => Some(Self::Playlist),
            "keys.m3u8" => Some(Self::Keys),
            "init.mp4" => Some(Self::Init),
            "text.vtt" => Some(Self::Text),
            _ => {
                let name = name.strip_suffix(".m4s")?;
                let (name, part) = match name.strip_prefix('k') {
                    Some(name) => (name, Part::Key),
                    None => (name, Part::Whole),
                };
                number(name).map(|n| Self::Segment(n, part))
            }
        }
    }
}

/// A number as playlists write it: `07`, `+7` and the like would give one thing several addresses.
fn number(text: &str) -> Option<u32> {
    let is_plain =
        text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    text.parse().ok().filter(|_| is_plain)
}

/// The track an address names: `3` of the film itself, `2-1` of another of its sizes.
fn place(text: &str) -> Option<Place> {
    let (rung, track) = match text.split_once('-') {
        None => (0, text),
        Some((rung, track)) => (number(rung).filter(|rung| *rung > 0)?, track),
    };
    let track = u8::try_from(number(track)?).ok()?;
    Some(Place { rung, track })
}

async fn master(
    State(app): State<App>,
    Path(token): Path<String>,
    asked: Asked,
) -> Result<Response, Refused> {
    list(&app, &asked, &token, PLAYLIST, Sizes::master).await
}

async fn manifest(
    State(app): State<App>,
    Path(token): Path<String>,
    asked: Asked,
) -> Result<Response, Refused> {
    list(&app, &asked, &token, MANIFEST, Sizes::manifest).await
}

async fn chapters(
    State(app): State<App>,
    Path(token): Path<String>,
    asked: Asked,
) -> Result<Response, Refused> {
    list(&app, &asked, &token, CHAPTERS, Sizes::chapters).await
}

/// A list of what is in a film, as `write` writes it.
async fn list(
    app: &App,
    asked: &Asked,
    token: &str,
    kind: &'static str,
    write: fn(&Sizes, &Admitted) -> Result<String>,
) -> Result<Response, Refused> {
    let admitted = delivery::admit(app, token)?;
    let film = Sizes::open(app, &admitted.sealed.permit).await?;
    let text = write(&film, &admitted)?;
    Ok(answer::small(asked, &admitted, kind, text.into_bytes()))
}

async fn track(
    State(app): State<App>,
    Path((token, track, file)): Path<(String, String, String)>,
    asked: Asked,
) -> Result<Response, Refused> {
    let admitted = delivery::admit(&app, &token)?;
    let (Some(place), Some(file)) = (place(&track), TrackFile::parse(&file)) else {
        return Err(Error::not_found().into());
    };
    let track = Track::open(&app, &admitted.sealed.permit, place).await?;
    match file {
        TrackFile::Segment(n, part) => segment(&app, &asked, &admitted, &track, (n, part)).await,
        TrackFile::Playlist | TrackFile::Keys | TrackFile::Init | TrackFile::Text => {
            small(&app, &asked, &admitted, (&track, place.track), file).await
        }
    }
}

async fn small(
    app: &App,
    asked: &Asked,
    admitted: &Admitted,
    (track, number): (&Track, u8),
    file: TrackFile,
) -> Result<Response, Refused> {
    let film = &track.film;
    let (kind, bytes) = match file {
        TrackFile::Playlist => (PLAYLIST, track.playlist(admitted)?),
        TrackFile::Keys => (PLAYLIST, film.keys(number, admitted)?),
        TrackFile::Init => (film.mime(number)?, film.init(number, admitted)?.into()),
        _ => (
            "text/vtt; charset=utf-8",
            film.subtitles(app, number).await?.into(),
        ),
    };
    Ok(answer::small(asked, admitted, kind, bytes))
}

async fn segment(
    app: &App,
    asked: &Asked,
    admitted: &Admitted,
    track: &Track,
    wanted: (u32, Part),
) -> Result<Response, Refused> {
    let (kind, tag) = (track.mime()?, track.segment_tag(admitted, wanted)?);
    if let Some(unchanged) = answer::unchanged(asked, admitted, &tag) {
        return Ok(unchanged);
    }
    let segment = track.segment(app, admitted, wanted).await?;
    let len = segment.len();
    let body = async |window| {
        let body = app.library().stream(app, segment, window, admitted).await?;
        Ok(axum::body::Body::new(body))
    };
    Ok(answer::stream(asked, admitted, kind, &tag, len, body).await?)
}

/// The thumbnails' playlist, or one of their sheets.
async fn tiles(
    State(app): State<App>,
    Path((token, file)): Path<(String, String)>,
    asked: Asked,
) -> Result<Response, Refused> {
    let admitted = delivery::admit(&app, &token)?;
    let sheet = file.strip_suffix(".jpg").and_then(number);
    if file != "index.m3u8" && sheet.is_none() {
        return Err(Error::not_found().into());
    }
    let asset = admitted.sealed.permit.asset();
    let film = app.library().film(&app, asset).await?;
    let (kind, bytes) = match sheet {
        Some(n) => (SHEET, film.tile_sheet(&app, &admitted, n).await?),
        None => (PLAYLIST, film.tile_playlist(&admitted)?.into_bytes()),
    };
    Ok(answer::small(&asked, &admitted, kind, bytes))
}

/// The file as it is, to be kept: only where the permit covers all of it.
async fn original(
    State(app): State<App>,
    Path(token): Path<String>,
    asked: Asked,
) -> Result<Response, Refused> {
    let admitted = delivery::admit(&app, &token)?;
    let asset = admitted.sealed.permit.asset();
    let film = app.library().film(&app, asset).await?;
    let (kind, tag) = (film.original_mime(), film.original_tag());
    let whole = app.library().original(&film, &admitted)?;
    let len = whole.len();
    let body = async |window| {
        let body = app.library().stream(&app, whole, window, &admitted).await?;
        Ok(axum::body::Body::new(body))
    };
    let mut response = answer::stream(&asked, &admitted, kind, &tag, len, body).await?;
    response
        .headers_mut()
        .insert(header::CONTENT_DISPOSITION, KEPT);
    Ok(response)
}

/// The key's own bytes, as players of HLS ask for them.
async fn key(State(app): State<App>, Path(token): Path<String>) -> Result<Response, Refused> {
    let key = key_of(&app, &token)?;
    Ok(answer::secret(KEY, key.secret.to_vec()))
}

/// The key as a licence, as players of DASH ask for it. What they ask says no more than the address does.
async fn licence(State(app): State<App>, Path(token): Path<String>) -> Result<Response, Refused> {
    let licence = delivery::licence(&key_of(&app, &token)?);
    Ok(answer::secret(LICENCE, licence.to_string().into_bytes()))
}

/// The key of a token whose segments leave encrypted; there is none for others.
fn key_of(app: &App, token: &str) -> Result<ContentKey> {
    delivery::admit(app, token)?
        .key
        .ok_or_else(Error::not_found)
}

/// A refusal on the wire: a problem document, and for what is only for now, when to come back.
struct Refused(Error);

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl IntoResponse for Refused {
    /// Dressed here, because the layer that dresses bare failures keeps no headers.
    fn into_response(self) -> Response {
        let Self(error) = self;
        let mut response = respond(&Problem::of(&error, error.message.clone()));
        if error.kind == Kind::Unavailable {
            response
                .headers_mut()
                .insert(axum::http::header::RETRY_AFTER, answer::WAIT);
        }
        telling(response, error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_track_has_one_name_and_no_other() {
        let at = |rung, track| Some(Place { rung, track });
        assert_eq!(place("3"), at(0, 3));
        assert_eq!(place("2-1"), at(2, 1));
        for name in [
            "0-1", "02-1", "2-01", "-1", "2-", "2-1-1", "2-256", "+2-1", "a-1", "",
        ] {
            assert_eq!(place(name), None, "{name:?}");
        }
    }

    #[test]
    fn a_file_of_a_track_has_one_name_and_no_other() {
        assert_eq!(TrackFile::parse("index.m3u8"), Some(TrackFile::Playlist));
        assert_eq!(
            TrackFile::parse("0.m4s"),
            Some(TrackFile::Segment(0, Part::Whole))
        );
        assert_eq!(
            TrackFile::parse("1207.m4s"),
            Some(TrackFile::Segment(1207, Part::Whole))
        );
        assert_eq!(
            TrackFile::parse("k7.m4s"),
            Some(TrackFile::Segment(7, Part::Key))
        );
        for name in [
            "00.m4s",
            "kk1.m4s",
            "k.m4s",
            "+1.m4s",
            "-1.m4s",
            "4294967296.m4s",
            ".m4s",
            "1.mp4",
            "index.m3u8 ",
            "",
            "../1.m4s",
        ] {
            assert_eq!(TrackFile::parse(name), None, "{name:?}");
        }
    }
}
