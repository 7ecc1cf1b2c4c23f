//! Pictures of titles, for whoever may know of the title.

use std::io;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use cineclub_db::artwork::Artwork;
use cineclub_domain::account::Role;

use crate::App;
use crate::error::{Error, Result};
use crate::http::session::Visitor;

/// The widths that pictures are kept in, in pixels.
const WIDTHS: [u32; 4] = [400, 640, 800, 1600];

/// The address of a picture in a width it is kept in.
pub fn address(picture: &Artwork, width: u32) -> String {
    format!("/art/{}/{width}.jpg", picture.object)
}

/// `GET /art/{object}/{width}.jpg`. The picture of a title one may not know of is not there.
pub async fn serve(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    Path((object, file)): Path<(String, String)>,
) -> Result<Response> {
    let width = file
        .strip_suffix(".jpg")
        .and_then(|width| width.parse().ok());
    let width = width
        .filter(|width| WIDTHS.contains(width))
        .ok_or_else(Error::not_found)?;
    if !may_see(&app, &visitor, &object).await? {
        return Err(Error::not_found());
    }
    let tag = format!("\"{object}-{width}\"");
    let caching = [
        (
            header::CACHE_CONTROL,
            "private, max-age=86400, immutable".to_owned(),
        ),
        (header::ETAG, tag.clone()),
    ];
    if headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|known| known.as_bytes() == tag.as_bytes())
    {
        return Ok((StatusCode::NOT_MODIFIED, caching).into_response());
    }
    let bytes = read(&app, object, width).await?;
    let kind = [(header::CONTENT_TYPE, kind_of(&bytes))];
    Ok((caching, kind, bytes).into_response())
}

/// Whether one of the titles that show the picture may be shown to the visitor, or they are staff.
async fn may_see(app: &App, visitor: &Visitor, object: &str) -> Result<bool> {
    let snapshot = app.catalogue().current(app).await?;
    let staff = visitor
        .member
        .as_ref()
        .is_some_and(|member| member.account.role >= Role::Programmer);
    let shelf = snapshot.shelf(visitor.audience, app.now());
    Ok(snapshot
        .titles_with_picture(object)
        .any(|entry| staff || shelf.shows(entry)))
}

async fn read(app: &App, object: String, width: u32) -> Result<Vec<u8>> {
    let store = app.store().clone();
    let read = tokio::task::spawn_blocking(move || store.read_width(&object, width))
        .await
        .map_err(Error::internal)?;
    read.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Error::not_found().because(error),
        _ => Error::internal(error),
    })
}

fn kind_of(bytes: &[u8]) -> &'static str {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => "image/webp",
        _ => "image/jpeg",
    }
}
