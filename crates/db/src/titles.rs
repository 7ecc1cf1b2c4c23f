//! Titles, their texts in each language, and their ids elsewhere.

use cineclub_domain::id::TitleId;
use cineclub_domain::language::Language;
use cineclub_domain::time::Timestamp;
use cineclub_domain::title::TitleKind;

use crate::convert::Json;
use crate::search::search_key;
use crate::value::{FromRow, Row, Value, params, row};
use crate::{Result, Tx, changes};

/// A title without its texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Title {
    /// Its id.
    pub id: TitleId,
    /// Its name in addresses, unique.
    pub slug: String,
    /// Film, series, season, episode or extra.
    pub kind: TitleKind,
    /// What it is part of.
    pub parent: Option<TitleId>,
    /// Its number within the parent.
    pub ordinal: Option<u32>,
    /// The year it came out.
    pub year: Option<u16>,
    /// Its announced running time, in milliseconds.
    pub runtime_ms: Option<i64>,
    /// The youngest age it is meant for, in years.
    pub rating_age: Option<u8>,
    /// Genre words.
    pub genres: Vec<String>,
    /// What lists sort by.
    pub sort_key: String,
    /// The language it was made in.
    pub original_language: Language,
    /// When it was first written down.
    pub created: Timestamp,
    /// When it was last changed.
    pub updated: Timestamp,
}

impl FromRow for Title {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            slug: row.get("slug")?,
            kind: row.get("kind")?,
            parent: row.get("parent")?,
            ordinal: row.get("ordinal")?,
            year: row.get("year")?,
            runtime_ms: row.get("runtime_ms")?,
            rating_age: row.get("rating_age")?,
            genres: row.get::<Json<Vec<String>>>("genres")?.0,
            sort_key: row.get("sort_key")?,
            original_language: row.get("original_language")?,
            created: row.get("created_ms")?,
            updated: row.get("updated_ms")?,
        })
    }
}

row! {
    /// A title's words in one language.
    pub struct TitleText {
        /// The title.
        pub title: TitleId,
        /// The language.
        pub language: Language,
        /// Its name.
        pub name: String,
        /// One line that makes one want to see it.
        pub tagline: String,
        /// What it is about.
        pub synopsis: String,
    }
}

row! {
    /// A title's id elsewhere.
    pub struct ExternalId {
        /// eidr, isan, imdb, tmdb; `file-name` for what its files call it.
        pub scheme: String,
        /// The id there.
        pub value: String,
        /// The title.
        pub title: TitleId,
    }
}

macro_rules! columns {
    () => {
        "id, slug, kind, parent, ordinal, year, runtime_ms, rating_age, genres, sort_key, original_language,
         created_ms, updated_ms"
    };
}

/// A title's values, in the order of its columns.
fn values(title: &Title) -> Result<Vec<Value>> {
    Ok(params![
        title.id,
        title.slug,
        title.kind,
        title.parent,
        title.ordinal,
        title.year,
        title.runtime_ms,
        title.rating_age,
        Json(&title.genres).text()?,
        title.sort_key,
        title.original_language,
        title.created,
        title.updated,
    ])
}

/// Adds a title, or changes the one with its slug; returns the id it has.
///
/// The id, the kind and the time of creation of a title that exists stay what they are.
pub async fn upsert(tx: &mut Tx, title: &Title) -> Result<TitleId> {
    let saved: Title = tx
        .one(
            concat!(
                "INSERT INTO title (", columns!(), ")
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
                 ON CONFLICT (slug) DO UPDATE SET parent = excluded.parent, ordinal = excluded.ordinal,
                     year = excluded.year, runtime_ms = excluded.runtime_ms, rating_age = excluded.rating_age,
                     genres = excluded.genres, sort_key = excluded.sort_key,
                     original_language = excluded.original_language, updated_ms = excluded.updated_ms
                 RETURNING ",
                columns!()
            ),
            values(title)?,
        )
        .await?;
    changes::append(
        tx,
        changes::Kind::Title,
        &saved.id.to_string(),
        title.updated,
    )
    .await?;
    Ok(saved.id)
}

/// Adds a title; false, and nothing is changed, if another has its slug.
pub async fn insert(tx: &mut Tx, title: &Title) -> Result<bool> {
    let added = tx
        .execute(
            concat!(
                "INSERT INTO title (",
                columns!(),
                ")
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
                 ON CONFLICT (slug) DO NOTHING"
            ),
            values(title)?,
        )
        .await?;
    if added > 0 {
        let subject = title.id.to_string();
        changes::append(tx, changes::Kind::Title, &subject, title.updated).await?;
    }
    Ok(added > 0)
}

/// The title with this id.
pub async fn by_id(tx: &mut Tx, id: TitleId) -> Result<Option<Title>> {
    tx.optional(
        concat!("SELECT ", columns!(), " FROM title WHERE id = $1"),
        params![id],
    )
    .await
}

/// The title that has this id elsewhere.
pub async fn by_external_id(tx: &mut Tx, scheme: &str, value: &str) -> Result<Option<Title>> {
    tx.optional(
        concat!(
            "SELECT ",
            columns!(),
            " FROM title
             WHERE id = (SELECT title FROM title_id WHERE scheme = $1 AND value = $2)"
        ),
        params![scheme, value],
    )
    .await
}

/// The part of `parent` with this kind and number: season 2 of a series.
pub async fn by_ordinal(
    tx: &mut Tx,
    parent: TitleId,
    kind: TitleKind,
    ordinal: u32,
) -> Result<Option<Title>> {
    tx.optional(
        concat!(
            "SELECT ",
            columns!(),
            " FROM title WHERE parent = $1 AND kind = $2 AND ordinal = $3 ORDER BY id LIMIT 1"
        ),
        params![parent, kind, ordinal],
    )
    .await
}

/// Every title, by its sort key.
pub async fn list(tx: &mut Tx) -> Result<Vec<Title>> {
    tx.all(
        concat!("SELECT ", columns!(), " FROM title ORDER BY sort_key, id"),
        params![],
    )
    .await
}

/// Writes a title's words in one language.
pub async fn save_text(tx: &mut Tx, text: &TitleText, now: Timestamp) -> Result<()> {
    tx.execute(
        "INSERT INTO title_text (title, language, name, tagline, synopsis, search_key)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (title, language) DO UPDATE SET name = excluded.name, tagline = excluded.tagline,
             synopsis = excluded.synopsis, search_key = excluded.search_key",
        params![text.title, text.language, text.name, text.tagline, text.synopsis, search_key(&text.name)],
    )
    .await?;
    changes::append(tx, changes::Kind::Title, &text.title.to_string(), now).await?;
    Ok(())
}

/// A title's words in every language it has.
pub async fn texts_of(tx: &mut Tx, title: TitleId) -> Result<Vec<TitleText>> {
    tx.all(
        "SELECT title, language, name, tagline, synopsis FROM title_text WHERE title = $1 ORDER BY language",
        params![title],
    )
    .await
}

/// The words of every title.
pub async fn texts(tx: &mut Tx) -> Result<Vec<TitleText>> {
    tx.all(
        "SELECT title, language, name, tagline, synopsis FROM title_text ORDER BY title, language",
        params![],
    )
    .await
}

/// Says which title an id elsewhere means, even if it meant another before.
pub async fn save_external_id(tx: &mut Tx, id: &ExternalId, now: Timestamp) -> Result<()> {
    tx.execute(
        "INSERT INTO title_id (scheme, value, title) VALUES ($1, $2, $3)
         ON CONFLICT (scheme, value) DO UPDATE SET title = excluded.title",
        params![id.scheme, id.value, id.title],
    )
    .await?;
    changes::append(tx, changes::Kind::Title, &id.title.to_string(), now).await?;
    Ok(())
}
