//! Legal pages: the owner's own text, or a template that says it is one.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use cineclub_db::pages::Page;

use crate::App;
use crate::error::{Error, Result};
use crate::http::web::layout::{Layout, Visit, page};
use crate::http::web::prose;
use crate::translations::{PageLanguage, T};

/// The legal pages, by their names in addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LegalPage {
    /// Terms of service.
    Terms,
    /// Privacy notice.
    Privacy,
    /// Who runs the service.
    Imprint,
    /// How a subscription ends.
    Cancellation,
}

impl LegalPage {
    /// Every page, in the order they are listed.
    pub const ALL: [Self; 4] = [
        Self::Terms,
        Self::Privacy,
        Self::Imprint,
        Self::Cancellation,
    ];

    /// Its name in addresses and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Terms => "terms",
            Self::Privacy => "privacy",
            Self::Imprint => "imprint",
            Self::Cancellation => "cancellation",
        }
    }

    /// The page with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|page| page.as_str() == name)
    }

    /// Its heading, until the owner writes another.
    pub fn title(self, t: &T) -> String {
        t.get(match self {
            Self::Terms => "legal-terms",
            Self::Privacy => "legal-privacy",
            Self::Imprint => "legal-imprint",
            Self::Cancellation => "legal-cancellation",
        })
    }

    /// The template shipped with the program, in Markdown; it says that it must be completed.
    pub fn template(self, language: PageLanguage) -> &'static str {
        match (self, language) {
            (Self::Terms, PageLanguage::En) => include_str!("../../../../locales/en/terms.md"),
            (Self::Terms, PageLanguage::Fr) => include_str!("../../../../locales/fr/terms.md"),
            (Self::Privacy, PageLanguage::En) => include_str!("../../../../locales/en/privacy.md"),
            (Self::Privacy, PageLanguage::Fr) => include_str!("../../../../locales/fr/privacy.md"),
            (Self::Imprint, PageLanguage::En) => include_str!("../../../../locales/en/imprint.md"),
            (Self::Imprint, PageLanguage::Fr) => include_str!("../../../../locales/fr/imprint.md"),
            (Self::Cancellation, PageLanguage::En) => {
                include_str!("../../../../locales/en/cancellation.md")
            }
            (Self::Cancellation, PageLanguage::Fr) => {
                include_str!("../../../../locales/fr/cancellation.md")
            }
        }
    }
}

/// A link in the list of legal pages.
struct Link {
    href: String,
    name: String,
    here: bool,
}

#[derive(Template)]
#[template(path = "site/legal.html")]
struct Legal {
    page: Layout,
    title: String,
    since: Option<String>,
    links: Vec<Link>,
    /// The tag of the one language it is written in, if that is not the page's, and a sentence saying so.
    other: Option<(String, String)>,
    prose: String,
}

/// `GET /legal/{page}`.
pub async fn show(
    State(app): State<App>,
    visit: Visit,
    Path(name): Path<String>,
) -> Result<Response> {
    let legal = LegalPage::parse(&name).ok_or_else(Error::not_found)?;
    let written = written(&app, legal, visit.visitor.language).await?;
    let other = written
        .as_ref()
        .filter(|own| own.language != visit.visitor.language.language())
        .map(|own| (own.language.to_string(), in_one_language(&visit.t, own)));
    let (title, since, source) = match written {
        Some(own) => (
            own.title,
            Some(
                visit
                    .t
                    .one("legal-since", "date", visit.t.date(own.updated_ms)),
            ),
            own.body,
        ),
        None => (
            legal.title(&visit.t),
            None,
            legal.template(visit.visitor.language).to_owned(),
        ),
    };
    page(&Legal {
        page: visit.page(title.clone()).kind("legal"),
        title,
        since,
        links: LegalPage::ALL
            .map(|other| link(&visit.t, other, legal))
            .into(),
        other,
        prose: prose::html(&source),
    })
}

/// The owner's own text: in the visitor's language, or in whichever it was written.
async fn written(app: &App, legal: LegalPage, language: PageLanguage) -> Result<Option<Page>> {
    for language in std::iter::once(language).chain(PageLanguage::ALL) {
        let tag = language.language();
        if let Some(own) = crate::legal::read(app, legal.as_str(), &tag).await? {
            return Ok(Some(own));
        }
    }
    Ok(None)
}

fn in_one_language(t: &T, own: &Page) -> String {
    let language = t.language_name(&own.language);
    t.one("legal-other-language", "language", language)
}

fn link(t: &T, other: LegalPage, here: LegalPage) -> Link {
    Link {
        href: format!("/legal/{}", other.as_str()),
        name: other.title(t),
        here: other == here,
    }
}
