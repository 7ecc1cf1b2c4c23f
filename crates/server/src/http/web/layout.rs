//! What every page has around its subject: title, language, navigation, member, messages.

use std::sync::Arc;

use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use cineclub_domain::account::Role;

use crate::App;
use crate::error::{Error, Result};
use crate::http::session::{self, Member, Visitor};
use crate::http::web::assets::Assets;
use crate::translations::{PageLanguage, T};

/// What pages are furnished with, made once at start. Travels in the request's extensions.
#[derive(Clone)]
pub struct Furniture(Arc<Pieces>);

struct Pieces {
    words: T,
    assets: Assets,
    service: String,
    player: [String; 2],
}

/// What the player's controls say, in each language, as its script's authors list them.
const PLAYER_STRINGS: &str = include_str!("../../../../../web/strings.json");

impl Furniture {
    /// Reads texts and the list of assets.
    pub fn load(app: &App) -> Self {
        let assets = Assets::load().unwrap_or_else(|error| {
            tracing::error!(%error, "pages will have no style");
            Assets::default()
        });
        let service = &app.config().service;
        let strings: serde_json::Value = serde_json::from_str(PLAYER_STRINGS).unwrap_or_default();
        let player = PageLanguage::ALL.map(|language| strings[language.as_str()].to_string());
        Self(Arc::new(Pieces {
            words: app.words(PageLanguage::En),
            assets,
            service: service.name.clone(),
            player,
        }))
    }

    /// The words of a language.
    pub fn words(&self, language: PageLanguage) -> T {
        self.0.words.in_language(language)
    }
}

impl FromRequestParts<App> for Furniture {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        Ok(parts
            .extensions
            .get::<Self>()
            .cloned()
            .unwrap_or_else(|| Self::load(app)))
    }
}

/// Someone looking at a page: who they are, and the words they read.
#[derive(Clone)]
pub struct Visit {
    /// Who.
    pub visitor: Visitor,
    /// The words of their language.
    pub t: T,
    furniture: Furniture,
    flash: Option<Flash>,
}

impl Visit {
    /// A page named `title`, to be dressed further.
    pub fn page(&self, title: impl Into<String>) -> Layout {
        let asset = |name: &str| self.furniture.0.assets.address(name);
        Layout {
            title: title.into(),
            service: self.furniture.0.service.clone(),
            language: self.t.tag(),
            languages: PageLanguage::ALL.map(|language| Choice {
                tag: language.as_str(),
                name: self.t.in_language(language).get("language-own-name"),
                chosen: language == self.t.language(),
            }),
            kind: "",
            place: "",
            over: false,
            script: None,
            member: self.visitor.member.as_ref().map(Who::of),
            here: self.visitor.here.clone(),
            flash: self.flash.as_ref().map(|flash| flash.view(&self.t)),
            icons: asset("icons.svg"),
            logo: asset("logo.svg"),
            favicon: asset("favicon.svg"),
            style: asset("app.css"),
            behaviour: asset("app.js"),
            t: self.t.clone(),
            furniture: self.furniture.clone(),
        }
    }

    /// Whoever is signed in. On routes whose policy demands a member this is never an error.
    ///
    /// # Errors
    /// When nobody is.
    pub fn member(&self) -> Result<&Member> {
        self.visitor.member.as_ref().ok_or_else(Error::not_found)
    }

    /// What the player's controls say, as JSON.
    pub fn player_strings(&self) -> &str {
        match self.t.language() {
            PageLanguage::En => &self.furniture.0.player[0],
            PageLanguage::Fr => &self.furniture.0.player[1],
        }
    }

    /// A visit by nobody we know, for pages shown when even asking who it is has failed.
    pub fn stranger(visitor: Visitor, furniture: Furniture) -> Self {
        Self {
            t: furniture.words(visitor.language),
            visitor,
            furniture,
            flash: None,
        }
    }
}

impl FromRequestParts<App> for Visit {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let furniture =
            <Furniture as FromRequestParts<App>>::from_request_parts(parts, app).await?;
        let flash = session::cookie(&parts.headers, FLASH_COOKIE).and_then(Flash::parse);
        let visitor = Visitor::from_request_parts(parts, app).await?;
        Ok(Self {
            t: furniture.words(visitor.language),
            visitor,
            furniture,
            flash,
        })
    }
}

/// A language in the switch.
#[derive(Debug, Clone)]
pub struct Choice {
    /// Its tag.
    pub tag: &'static str,
    /// What it calls itself.
    pub name: String,
    /// Whether the page is in it.
    pub chosen: bool,
}

/// The signed-in member, as the account menu shows them.
#[derive(Debug, Clone)]
pub struct Who {
    /// Their address.
    pub email: String,
    /// Its first letter.
    pub initial: String,
    /// Whether they keep the catalogue or run the service.
    pub staff: bool,
    /// Whether they run the service.
    pub owner: bool,
}

impl Who {
    fn of(member: &Member) -> Self {
        let email = member.account.email.clone();
        let initial = email
            .chars()
            .next()
            .map(|letter| letter.to_uppercase().collect())
            .unwrap_or_default();
        Self {
            initial,
            email,
            staff: member.account.role >= Role::Programmer,
            owner: member.account.role >= Role::Owner,
        }
    }
}

/// Everything around a page's subject, for `base.html`.
#[derive(Clone)]
pub struct Layout {
    /// The words of the page's language.
    pub t: T,
    /// The page's name, for the window's title.
    pub title: String,
    /// The service's name.
    pub service: String,
    /// The tag of the page's language.
    pub language: &'static str,
    /// The languages one can switch to.
    pub languages: [Choice; 2],
    /// What the body's class says of the page: `page--KIND`.
    pub kind: &'static str,
    /// Which entry of the navigation the page is.
    pub place: &'static str,
    /// Whether the header lies over a picture.
    pub over: bool,
    /// A script of its own.
    pub script: Option<String>,
    /// Who is signed in.
    pub member: Option<Who>,
    /// The page's own address.
    pub here: String,
    /// What was just done, or went wrong.
    pub flash: Option<FlashView>,
    /// The address of the icons.
    pub icons: String,
    /// The address of the mark.
    pub logo: String,
    /// The address of the window's icon.
    pub favicon: String,
    /// The address of the stylesheet.
    pub style: String,
    /// The address of the script that all pages have.
    pub behaviour: String,
    furniture: Furniture,
}

impl Layout {
    /// The same page with `page--KIND`.
    #[must_use]
    pub fn kind(mut self, kind: &'static str) -> Self {
        self.kind = kind;
        self
    }

    /// The same page as this entry of the navigation.
    #[must_use]
    pub fn place(mut self, place: &'static str) -> Self {
        self.place = place;
        self
    }

    /// The same page with its header over a picture.
    #[must_use]
    pub fn over(mut self) -> Self {
        self.over = true;
        self
    }

    /// The same page with a script of its own, by its name in the build.
    #[must_use]
    pub fn script(mut self, name: &str) -> Self {
        self.script = Some(self.furniture.0.assets.address(name));
        self
    }

    /// The same page with a message that needs no redirect first.
    #[must_use]
    pub fn saying(mut self, tone: Tone, text: impl Into<String>) -> Self {
        self.flash = Some(FlashView {
            tone: tone.as_str(),
            text: text.into(),
        });
        self
    }

    /// The address of any file of the build.
    pub fn asset(&self, name: &str) -> String {
        self.furniture.0.assets.address(name)
    }
}

/// How a message sounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// It worked.
    Good,
    /// It worked, but.
    Warn,
    /// It did not work.
    Bad,
}

impl Tone {
    fn as_str(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Warn => "warn",
            Self::Bad => "bad",
        }
    }
}

/// A message as pages show it.
#[derive(Debug, Clone)]
pub struct FlashView {
    /// `good`, `warn` or `bad`.
    pub tone: &'static str,
    /// The sentence.
    pub text: String,
}

/// The cookie that carries a message over a redirect, for a minute at most.
pub const FLASH_COOKIE: &str = "flash";

/// A message for the next page: the key of a sentence, and a word or number to put in at `$what`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flash {
    tone: Tone,
    key: String,
    what: String,
}

impl Flash {
    /// It worked.
    pub fn good(key: &'static str) -> Self {
        Self {
            tone: Tone::Good,
            key: key.to_owned(),
            what: String::new(),
        }
    }

    /// It worked, but.
    pub fn warn(key: &'static str) -> Self {
        Self {
            tone: Tone::Warn,
            ..Self::good(key)
        }
    }

    /// It did not work.
    pub fn bad(key: &'static str) -> Self {
        Self {
            tone: Tone::Bad,
            ..Self::good(key)
        }
    }

    /// The same with a value for `$what`.
    #[must_use]
    pub fn what(mut self, what: impl ToString) -> Self {
        self.what = what.to_string().chars().take(200).collect();
        self
    }

    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '!');
        let tone = match parts.next()? {
            "good" => Tone::Good,
            "warn" => Tone::Warn,
            "bad" => Tone::Bad,
            _ => return None,
        };
        let key = parts.next()?.to_owned();
        Some(Self {
            tone,
            key,
            what: unescape_query(parts.next().unwrap_or_default()),
        })
    }

    fn header(&self) -> HeaderValue {
        let what = session::escape_query(&self.what);
        let text = format!(
            "{FLASH_COOKIE}={}!{}!{what}; Path=/; HttpOnly; SameSite=Lax; Max-Age=60",
            self.tone.as_str(),
            self.key
        );
        HeaderValue::from_str(&text)
            .unwrap_or_else(|_| HeaderValue::from_static("flash=; Path=/; Max-Age=0"))
    }

    fn view(&self, t: &T) -> FlashView {
        FlashView {
            tone: self.tone.as_str(),
            text: t.one(&self.key, "what", &self.what),
        }
    }
}

/// Renders a page.
///
/// # Errors
/// When the template fails, which is our fault.
pub fn page(template: &impl Template) -> Result<Response> {
    page_with(StatusCode::OK, template)
}

/// Renders a page under another status, such as a form with errors under 422.
///
/// # Errors
/// When the template fails, which is our fault.
pub fn page_with(status: StatusCode, template: &impl Template) -> Result<Response> {
    let html = template.render().map_err(Error::internal)?;
    Ok((
        status,
        [(header::CACHE_CONTROL, "private, no-cache")],
        Html(html),
    )
        .into_response())
}

/// Goes to another page after a form was acted on, with a message there.
pub fn after(path: &str, flash: Flash) -> Response {
    let mut response = Redirect::to(path).into_response();
    response
        .headers_mut()
        .append(header::SET_COOKIE, flash.header());
    response
}

/// `path` if it is an address on this site, and otherwise `instead`.
///
/// Browsers read `//host` and `/\host` as other sites, and drop control characters.
pub fn local<'p>(path: Option<&'p str>, instead: &'p str) -> &'p str {
    path.filter(|path| {
        path.starts_with('/')
            && !path[1..].starts_with(['/', '\\'])
            && !path.chars().any(|c| c.is_control() || c == '\\')
    })
    .unwrap_or(instead)
}

/// Undoes [`session::escape_query`]; what is not text becomes a replacement mark.
fn unescape_query(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let code = (first == b'%').then(|| tail.get(..2)).flatten();
        let code = code
            .and_then(|code| std::str::from_utf8(code).ok())
            .and_then(|code| u8::from_str_radix(code, 16).ok());
        bytes.push(code.unwrap_or(first));
        rest = if code.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_on_this_site_are_gone_to() {
        for good in ["/", "/account", "/watch/a?b=c", "/title/é"] {
            assert_eq!(local(Some(good), "/home"), good);
        }
        for bad in [
            "",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/a\nb",
            "/\t/evil.example",
            "x",
        ] {
            assert_eq!(local(Some(bad), "/home"), "/home", "{bad:?}");
        }
        assert_eq!(local(None, "/home"), "/home");
    }

    #[test]
    fn a_message_survives_the_redirect_with_what_is_in_it() {
        let flash = Flash::warn("done-something").what("L’été; 50 % = <b>");
        let header = flash.header();
        let value = header
            .to_str()
            .unwrap()
            .strip_prefix("flash=")
            .unwrap()
            .split(';')
            .next()
            .unwrap();
        assert_eq!(Flash::parse(value), Some(flash));
        assert_eq!(Flash::parse("loud!x!"), None);
        assert_eq!(unescape_query("%zz%4"), "%zz%4");
    }
}
