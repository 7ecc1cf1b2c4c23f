//! Scripts, styles, fonts and icons as the build of `web/` made them, named by what is in them.

use std::collections::HashMap;

use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

use crate::error::{Error, Kind, Result};

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../web/dist"]
struct Files;

/// The addresses of the files, by the names they have in `web/src`.
#[derive(Debug, Default)]
pub struct Assets(HashMap<String, String>);

impl Assets {
    /// Reads the build's list of files.
    ///
    /// # Errors
    /// When `web/` was not built.
    pub fn load() -> Result<Self> {
        let missing = || {
            Error::new(
                Kind::Internal,
                "The pages' scripts and styles are not built: run `make web`.",
            )
        };
        let manifest = Files::get("manifest.json").ok_or_else(missing)?;
        let names: HashMap<String, String> =
            serde_json::from_slice(&manifest.data).map_err(|error| missing().because(error))?;
        Ok(Self(
            names
                .into_iter()
                .map(|(name, file)| (name, format!("/assets/{file}")))
                .collect(),
        ))
    }

    /// The address of a file; of the unhashed name, which answers 404, if the build made none.
    pub fn address(&self, name: &str) -> String {
        self.0
            .get(name)
            .cloned()
            .unwrap_or_else(|| format!("/assets/{name}"))
    }
}

/// `GET /assets/{file}`: a file may be kept for ever, as another content has another name.
pub async fn serve(Path(name): Path<String>) -> Result<Response> {
    let file = Files::get(&name)
        .filter(|_| name != "manifest.json")
        .ok_or_else(Error::not_found)?;
    let headers = [
        (header::CONTENT_TYPE, kind_of(&name)),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    Ok((headers, file.data.into_owned()).into_response())
}

/// `GET /favicon.ico`: for browsers that ask without being told of the icon.
pub async fn favicon() -> Result<Response> {
    let file = Assets::load()?.address("favicon.svg");
    serve(Path(file.trim_start_matches("/assets/").to_owned())).await
}

fn kind_of(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "woff2" => "font/woff2",
        "json" | "map" => "application/json",
        "png" => "image/png",
        "jpg" => "image/jpeg",
        _ => "application/octet-stream",
    }
}
