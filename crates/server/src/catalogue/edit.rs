//! Changes to titles by hand.

use cineclub_db::titles::{self, TitleText};
use cineclub_domain::id::{AccountId, TitleId};
use serde::Serialize;

use crate::App;
use crate::error::{Error, Kind, Result};
use crate::record::{self, Change};

/// A title's words in one language, as the record of changes keeps them.
#[derive(Serialize)]
struct Words<'t> {
    language: &'t str,
    name: &'t str,
    tagline: &'t str,
    synopsis: &'t str,
}

/// Saves a title's words in one language. Hands win over machines: an ingest won't undo it.
///
/// # Errors
/// When the name is empty or the texts are too long.
pub async fn save_text(app: &App, actor: AccountId, text: TitleText) -> Result<()> {
    if text.name.trim().is_empty() {
        return Err(Error::new(Kind::BadInput, "A title needs a name.").keyed("error-name-missing"));
    }
    if text.name.len() > 400 || text.tagline.len() > 1_000 || text.synopsis.len() > 10_000 {
        return Err(Error::new(Kind::BadInput, "This text is too long.").keyed("error-text-long"));
    }
    let before = texts(app, text.title)
        .await?
        .into_iter()
        .find(|known| known.language == text.language);
    let change = match &before {
        Some(before) => Change::from_to(&words(before), &words(&text)),
        None => Change::to(&words(&text)),
    };
    let event = record::event(app, Some(actor), "title.text", "title", text.title, &change);
    let now = app.now();
    app.db()
        .write(async |tx| {
            titles::save_text(tx, &text, now).await?;
            cineclub_db::events::append(tx, &event).await
        })
        .await?;
    Ok(())
}

async fn texts(app: &App, title: TitleId) -> Result<Vec<TitleText>> {
    Ok(app
        .db()
        .read(async |tx| titles::texts_of(tx, title).await)
        .await?)
}

fn words(text: &TitleText) -> Words<'_> {
    Words {
        language: text.language.as_str(),
        name: &text.name,
        tagline: &text.tagline,
        synopsis: &text.synopsis,
    }
}
