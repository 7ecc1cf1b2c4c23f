//! Who is asking: the signed-in member behind a cookie, or a visitor.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use cineclub_domain::account::Account;
use cineclub_domain::decide::Audience;
use cineclub_domain::id::SessionId;

use crate::App;
use crate::accounts;
use crate::error::{Error, Result};
use crate::rights;
use crate::translations::PageLanguage;

/// Someone signed in.
#[derive(Debug, Clone)]
pub struct Member {
    /// Their account.
    pub account: Account,
    /// The browser or device they signed in on.
    pub session: SessionId,
}

/// Anyone, signed in or not.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// The member, if they are signed in.
    pub member: Option<Member>,
    /// The language of pages for them.
    pub language: PageLanguage,
    /// Who they are to the decision.
    pub audience: Audience,
    /// The address they asked for, path and query, for forms that come back to it.
    pub here: String,
}

/// The cookie that remembers a visitor's choice of language.
pub const LANGUAGE_COOKIE: &str = "language";
/// Ninety days, in seconds: as long as a session can last.
const SESSION_COOKIE_SECONDS: u32 = 90 * 24 * 3600;

impl FromRequestParts<App> for Visitor {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let member = match parts.extensions.get::<Member>() {
            Some(member) => Some(member.clone()),
            None => member(app, &parts.headers).await?,
        };
        let account = member.as_ref().map(|member| &member.account);
        let audience = rights::audience(app, account);
        let language = language(app, account, &parts.headers);
        let here = parts
            .uri
            .path_and_query()
            .map_or("/", |path| path.as_str())
            .to_owned();
        Ok(Self {
            member,
            language,
            audience,
            here,
        })
    }
}

impl FromRequestParts<App> for Member {
    type Rejection = Error;

    /// The member the policy layer let in. A route that asks for one must declare a policy that
    /// demands one.
    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(Error::not_found)
    }
}

/// The member whose session cookie the request carries.
pub async fn member(app: &App, headers: &HeaderMap) -> Result<Option<Member>> {
    let Some(token) = cookie(headers, session_cookie(app)) else {
        return Ok(None);
    };
    let found = accounts::signed_in(app, token).await?;
    Ok(found.map(|(account, session)| Member { account, session }))
}

/// The name of the session cookie: bound to this host alone where viewers come over TLS.
pub fn session_cookie(app: &App) -> &'static str {
    if app.config().is_secure() {
        "__Host-session"
    } else {
        "session"
    }
}

/// The header that signs a browser in with `token`, or out with none.
pub fn set_session(app: &App, token: Option<&str>) -> HeaderValue {
    let secure = if app.config().is_secure() {
        "; Secure"
    } else {
        ""
    };
    let name = session_cookie(app);
    let (value, age) = token.map_or(("", 0), |token| (token, SESSION_COOKIE_SECONDS));
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={age}{secure}");
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// A cookie's value.
pub fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

/// Escapes text for use as one value in a query (RFC 3986 §3.4).
pub fn escape_query(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}

/// The account's own language, the browser's choice on this site, what the browser asks for, or ours.
pub fn language(app: &App, account: Option<&Account>, headers: &HeaderMap) -> PageLanguage {
    let chosen = cookie(headers, LANGUAGE_COOKIE).and_then(|tag| tag.parse().ok());
    let asked = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok());
    chosen
        .as_ref()
        .or(account.map(|account| &account.language))
        .and_then(PageLanguage::of)
        .or_else(|| asked.and_then(preferred))
        .or_else(|| PageLanguage::of(&app.config().service.language))
        .unwrap_or(PageLanguage::En)
}

/// The page language a browser likes best (RFC 9110 §12.5.4).
fn preferred(accept: &str) -> Option<PageLanguage> {
    let mut best: Option<(f32, PageLanguage)> = None;
    for range in accept.split(',').take(32) {
        let mut parts = range.split(';').map(str::trim);
        let language = parts
            .next()
            .and_then(|tag| tag.parse().ok())
            .and_then(|tag| PageLanguage::of(&tag));
        let quality = parts
            .find_map(|part| part.strip_prefix("q=")?.parse().ok())
            .unwrap_or(1.0);
        if let Some(language) = language
            && quality > 0.0
            && best.is_none_or(|(least, _)| quality > least)
        {
            best = Some((quality, language));
        }
    }
    best.map(|(_, language)| language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_a_browser_likes_best_is_chosen_among_ours() {
        assert_eq!(
            preferred("de, fr-CA;q=0.8, en;q=0.9"),
            Some(PageLanguage::En)
        );
        assert_eq!(preferred("fr-FR,fr;q=0.9,en;q=0.1"), Some(PageLanguage::Fr));
        assert_eq!(preferred("fr;q=0, de"), None);
    }

    #[test]
    fn an_address_survives_a_query() {
        assert_eq!(escape_query("/watch/é?a=b&c"), "/watch/%C3%A9%3Fa%3Db%26c");
    }
}
