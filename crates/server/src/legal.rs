//! The legal pages as the owner writes them: terms, privacy, imprint, cancellation.

use cineclub_db::pages::Page;
use cineclub_db::{events, pages};
use cineclub_domain::id::AccountId;
use cineclub_domain::language::Language;

use crate::App;
use crate::error::{Error, Kind, Result};
use crate::record::{self, Change};

/// The longest page that is taken, in bytes.
const PAGE_BYTES: usize = 200_000;

/// Every page the owner has written.
///
/// # Errors
/// When the database can't be read.
pub async fn written(app: &App) -> Result<Vec<Page>> {
    Ok(app.db().read(async |tx| pages::list(tx).await).await?)
}

/// A page in one language, if the owner has written it.
///
/// # Errors
/// When the database can't be read.
pub async fn read(app: &App, name: &str, language: &Language) -> Result<Option<Page>> {
    let page = app
        .db()
        .read(async |tx| pages::get(tx, name, language).await);
    Ok(page.await?)
}

/// Writes a page in one language.
///
/// # Errors
/// [`Kind::BadInput`] when its heading or text is empty or too long.
pub async fn write(
    app: &App,
    actor: AccountId,
    name: &str,
    language: &Language,
    title: &str,
    body: &str,
) -> Result<()> {
    if title.trim().is_empty() || body.trim().is_empty() {
        return Err(
            Error::new(Kind::BadInput, "A page needs a heading and a text.")
                .keyed("admin-error-page-empty"),
        );
    }
    if title.len() + body.len() > PAGE_BYTES {
        return Err(
            Error::new(Kind::BadInput, "This text is too long.").keyed("admin-error-too-long")
        );
    }
    let page = Page {
        page: name.to_owned(),
        language: language.clone(),
        title: title.trim().to_owned(),
        body: body.to_owned(),
        updated_ms: app.now(),
        updated_by: Some(actor),
    };
    let subject = format!("{name}/{language}");
    let before = read(app, name, language).await?;
    let change = match &before {
        Some(before) => Change::from_to(&[&before.title, &before.body], &[&page.title, &page.body]),
        None => Change::to(&[&page.title, &page.body]),
    };
    let event = record::event(app, Some(actor), "page.written", "page", subject, &change);
    app.db()
        .write(async |tx| {
            pages::save(tx, &page).await?;
            events::append(tx, &event).await
        })
        .await?;
    Ok(())
}
