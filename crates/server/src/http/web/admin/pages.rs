//! `/admin/pages`: the legal pages, in each language, as the owner writes them.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use cineclub_db::pages::Page;

use super::form::{Fields, FormView};
use super::studio::{self, Badge, Mood, Place, Studio};
use crate::App;
use crate::error::{Error, Result};
use crate::http::web::layout::{Flash, Visit, after};
use crate::http::web::prose;
use crate::http::web::site::legal::LegalPage;
use crate::translations::{PageLanguage, T};

#[derive(Template)]
#[template(path = "admin/pages.html")]
struct PagesPage {
    page: Studio,
    pages: Vec<Row>,
}

struct Row {
    href: String,
    name: String,
    language: String,
    state: Badge,
}

#[derive(Template)]
#[template(path = "admin/page.html")]
struct PagePage {
    page: Studio,
    f: FormView,
    language: &'static str,
    public: String,
    action: String,
    stood: String,
    /// The text as it would be shown, where that was asked for.
    preview: Option<String>,
}

/// `GET /admin/pages`
///
/// # Errors
/// When the database can't be read.
pub async fn list(State(app): State<App>, visit: Visit) -> Result<Response> {
    let page = Studio::new(&app, &visit, Place::Pages, visit.t.get("admin-pages"))?;
    let written = crate::legal::written(&app).await?;
    let all = LegalPage::ALL
        .into_iter()
        .flat_map(|legal| PageLanguage::ALL.map(|language| (legal, language)));
    let pages = all
        .map(|(legal, language)| row(&visit.t, legal, language, find(&written, legal, language)))
        .collect();
    studio::page(&PagesPage { page, pages })
}

/// `GET /admin/pages/{page}/{language}`
///
/// # Errors
/// When there is no such page or language.
pub async fn edit(
    State(app): State<App>,
    visit: Visit,
    Path(which): Path<(String, String)>,
) -> Result<Response> {
    let (legal, language) = parse(&which)?;
    let written = crate::legal::written(&app).await?;
    let known = find(&written, legal, language);
    let t = visit.t.in_language(language);
    let fields = match known {
        Some(own) => Fields::of([("title", own.title.clone()), ("body", own.body.clone())]),
        None => Fields::of([
            ("title", legal.title(&t)),
            ("body", legal.template(language).to_owned()),
        ]),
    };
    studio::page(&view(
        &app,
        &visit,
        legal,
        language,
        known,
        FormView::new(fields),
    )?)
}

/// `POST /admin/pages/{page}/{language}`
///
/// # Errors
/// When there is no such page or language.
pub async fn save(
    State(app): State<App>,
    visit: Visit,
    Path(which): Path<(String, String)>,
    fields: Fields,
) -> Result<Response> {
    let (legal, language) = parse(&which)?;
    let written = crate::legal::written(&app).await?;
    let known = find(&written, legal, language);
    let is_current = fields.get("stood") == mark(known);
    if is_current && fields.get("do") == "preview" {
        let preview = prose::html(fields.get("body"));
        let form = FormView::new(fields);
        let view = view(&app, &visit, legal, language, known, form)?;
        return studio::page(&PagePage {
            preview: Some(preview),
            ..view
        });
    }
    let actor = visit.member()?.account.id;
    let saved = if is_current {
        let (title, body) = (fields.get("title"), fields.get("body"));
        crate::legal::write(
            &app,
            actor,
            legal.as_str(),
            &language.language(),
            title,
            body,
        )
        .await
    } else {
        Err(super::stale())
    };
    match saved {
        Ok(()) => Ok(after("/admin/pages", Flash::good("admin-done-page"))),
        Err(error) => {
            let errors = vec![("form", studio::sentence(&visit.t, error)?)];
            let view = view(
                &app,
                &visit,
                legal,
                language,
                known,
                FormView::refused(fields, errors),
            )?;
            studio::page_with(StatusCode::UNPROCESSABLE_ENTITY, &view)
        }
    }
}

fn parse((name, language): &(String, String)) -> Result<(LegalPage, PageLanguage)> {
    let legal = LegalPage::parse(name).ok_or_else(Error::not_found)?;
    let language = PageLanguage::ALL
        .into_iter()
        .find(|known| known.as_str() == language);
    Ok((legal, language.ok_or_else(Error::not_found)?))
}

/// The page and language that an address below `/admin/pages/` names.
pub fn by_address(address: &str) -> Option<(LegalPage, PageLanguage)> {
    let (name, language) = address.split_once('/')?;
    parse(&(name.to_owned(), language.to_owned())).ok()
}

/// What a page in a language is called.
pub fn name(t: &T, legal: LegalPage, language: PageLanguage) -> String {
    t.two(
        "admin-page-in",
        "page",
        legal.title(t),
        "language",
        t.language_name(&language.language()),
    )
}

fn find(written: &[Page], legal: LegalPage, language: PageLanguage) -> Option<&Page> {
    written
        .iter()
        .find(|page| page.page == legal.as_str() && page.language == language.language())
}

/// A mark of a page as it is, to tell whether it is still what a form was made of.
fn mark(known: Option<&Page>) -> String {
    crate::accounts::digest(
        &known
            .map(|page| format!("{}\n{}", page.title, page.body))
            .unwrap_or_default(),
    )
}

fn view(
    app: &App,
    visit: &Visit,
    legal: LegalPage,
    language: PageLanguage,
    known: Option<&Page>,
    f: FormView,
) -> Result<PagePage> {
    let title = name(&visit.t, legal, language);
    Ok(PagePage {
        page: Studio::new(app, visit, Place::Pages, title)?,
        public: format!("/legal/{}", legal.as_str()),
        action: address(legal, language),
        stood: mark(known),
        language: language.as_str(),
        preview: None,
        f,
    })
}

fn row(t: &T, legal: LegalPage, language: PageLanguage, known: Option<&Page>) -> Row {
    Row {
        href: address(legal, language),
        name: legal.title(t),
        language: t.language_name(&language.language()),
        state: match known {
            Some(page) => Badge::new(
                Mood::Good,
                t.one("admin-written-on", "date", t.date(page.updated_ms)),
            ),
            None => Badge::new(Mood::Warn, t.get("admin-template-only")),
        },
    }
}

/// Where it is written.
pub fn address(legal: LegalPage, language: PageLanguage) -> String {
    format!("/admin/pages/{}/{}", legal.as_str(), language.as_str())
}
