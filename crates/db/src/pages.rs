//! Pages the owner writes: terms, privacy, imprint, cancellation.

use cineclub_domain::id::AccountId;
use cineclub_domain::language::Language;
use cineclub_domain::time::Timestamp;

use crate::value::{params, row};
use crate::{Result, Tx, changes};

row! {
    /// A page in one language.
    pub struct Page {
        /// Its name in addresses.
        pub page: String,
        /// Its language.
        pub language: Language,
        /// Its heading.
        pub title: String,
        /// Its text, in Markdown.
        pub body: String,
        /// When it was last written.
        pub updated_ms: Timestamp,
        /// By whom; none for the text the program came with.
        pub updated_by: Option<AccountId>,
    }
}

/// Writes a page.
pub async fn save(tx: &mut Tx, page: &Page) -> Result<()> {
    tx.execute(
        "INSERT INTO page_text (page, language, title, body, updated_ms, updated_by)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (page, language) DO UPDATE SET title = excluded.title, body = excluded.body,
             updated_ms = excluded.updated_ms, updated_by = excluded.updated_by",
        params![
            page.page,
            page.language,
            page.title,
            page.body,
            page.updated_ms,
            page.updated_by
        ],
    )
    .await?;
    let subject = format!("{}/{}", page.page, page.language);
    changes::append(tx, changes::Kind::Page, &subject, page.updated_ms).await?;
    Ok(())
}

/// One page in one language.
pub async fn get(tx: &mut Tx, page: &str, language: &Language) -> Result<Option<Page>> {
    tx.optional(
        "SELECT page, language, title, body, updated_ms, updated_by
         FROM page_text WHERE page = $1 AND language = $2",
        params![page, language],
    )
    .await
}

/// Every page in every language.
pub async fn list(tx: &mut Tx) -> Result<Vec<Page>> {
    tx.all(
        "SELECT page, language, title, body, updated_ms, updated_by FROM page_text ORDER BY page, language",
        params![],
    )
    .await
}
