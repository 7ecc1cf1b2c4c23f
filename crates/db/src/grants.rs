//! Grants: what licensors let us show. They are ended, never deleted.

use std::collections::HashMap;

use cineclub_domain::grant::{Evidence, Grant, Limits};
use cineclub_domain::id::{AccountId, GrantId, TitleId};
use cineclub_domain::language::LanguageRule;
use cineclub_domain::offer::Offer;
use cineclub_domain::territory::TerritorySet;
use cineclub_domain::time::Timestamp;
use cineclub_domain::window::Window;

use crate::convert::Json;
use crate::value::{FromRow, Row, Value, params, row};
use crate::{Error, Result, Tx, changes};

/// A grant whose titles are still to be read.
struct Untitled(Grant);

impl FromRow for Untitled {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self(Grant {
            id: row.get("id")?,
            licensor: row.get("licensor")?,
            reference: row.get("reference")?,
            titles: Vec::new(),
            offers: row.get::<Json<Vec<Offer>>>("offers")?.0,
            territories: row.get::<Json<TerritorySet>>("territories")?.0,
            audio: row.get::<Json<LanguageRule>>("audio")?.0,
            subtitles: row.get::<Json<LanguageRule>>("subtitles")?.0,
            window: row.get::<Json<Window>>("window_rule")?.0,
            exclusive: row.get("exclusive")?,
            limits: Limits {
                max_height: row.get("max_height")?,
                downloads: row.get("downloads")?,
                max_streams: row.get("max_streams")?,
            },
            protection: row.get("protection")?,
            licence: row.get("licence")?,
            evidence: evidence(row)?,
            attribution: row.get("attribution")?,
            ended_at: row.get("ended_ms")?,
        }))
    }
}

fn evidence(row: &Row) -> Result<Option<Evidence>> {
    let Some(statement) = row.get::<Option<String>>("evidence_statement")? else {
        return Ok(None);
    };
    Ok(Some(Evidence {
        url: row.get("evidence_url")?,
        statement,
        sha256: row.get("evidence_sha256")?,
        seen_at: row.get("evidence_seen_ms")?,
    }))
}

row! {
    /// That a grant names a title.
    pub struct GrantTitle {
        /// The grant.
        pub grant_id: GrantId,
        /// The title.
        pub title: TitleId,
    }
}

macro_rules! columns {
    () => {
        "id, licensor, reference, offers, territories, audio, subtitles, window_rule, exclusive, max_height,
         downloads, max_streams, protection, licence, evidence_url, evidence_statement, evidence_sha256,
         evidence_seen_ms, attribution, ended_ms"
    };
}

fn values(grant: &Grant) -> Result<Vec<Value>> {
    let evidence = grant.evidence.as_ref();
    Ok(params![
        grant.id,
        grant.licensor,
        grant.reference,
        Json(&grant.offers).text()?,
        Json(&grant.territories).text()?,
        Json(&grant.audio).text()?,
        Json(&grant.subtitles).text()?,
        Json(&grant.window).text()?,
        grant.exclusive,
        grant.limits.max_height,
        grant.limits.downloads,
        grant.limits.max_streams,
        grant.protection,
        grant.licence,
        evidence.and_then(|e| e.url.as_ref()),
        evidence.map(|e| &e.statement),
        evidence.map(|e| &e.sha256),
        evidence.map(|e| e.seen_at),
        grant.attribution,
        grant.ended_at,
    ])
}

/// Adds a grant with its titles. The caller has had it checked by `Grant::check`.
///
/// # Errors
/// [`MissingReference`](crate::Error::MissingReference) if it names a title that does not exist.
pub async fn insert(
    tx: &mut Tx,
    grant: &Grant,
    by: Option<AccountId>,
    now: Timestamp,
) -> Result<()> {
    let mut values = values(grant)?;
    values.extend(params![now, by]);
    tx.execute(
        concat!(
            "INSERT INTO rights_grant (", columns!(), ", created_ms, created_by)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
                 $21, $22)"
        ),
        values,
    )
    .await?;
    add_titles(tx, grant).await?;
    changes::append(tx, changes::Kind::Grant, &grant.id.to_string(), now).await?;
    Ok(())
}

/// Changes a grant that has not been ended.
///
/// # Errors
/// [`NotFound`](crate::Error::NotFound) if there is none with its id, or it has ended: what has ended stays as it was.
pub async fn update(tx: &mut Tx, grant: &Grant, now: Timestamp) -> Result<()> {
    tx.execute_one(
        "UPDATE rights_grant SET licensor = $2, reference = $3, offers = $4, territories = $5, audio = $6,
             subtitles = $7, window_rule = $8, exclusive = $9, max_height = $10, downloads = $11, max_streams = $12,
             protection = $13, licence = $14, evidence_url = $15, evidence_statement = $16, evidence_sha256 = $17,
             evidence_seen_ms = $18, attribution = $19, ended_ms = $20
         WHERE id = $1 AND ended_ms IS NULL",
        values(grant)?,
    )
    .await?;
    tx.execute(
        "DELETE FROM grant_title WHERE grant_id = $1",
        params![grant.id],
    )
    .await?;
    add_titles(tx, grant).await?;
    changes::append(tx, changes::Kind::Grant, &grant.id.to_string(), now).await?;
    Ok(())
}

async fn add_titles(tx: &mut Tx, grant: &Grant) -> Result<()> {
    for title in &grant.titles {
        tx.execute(
            "INSERT INTO grant_title (grant_id, title) VALUES ($1, $2) ON CONFLICT (grant_id, title) DO NOTHING",
            params![grant.id, title],
        )
        .await?;
    }
    Ok(())
}

/// Ends a grant from `now` on; false if it had been ended before, which stays as it was.
///
/// # Errors
/// [`NotFound`](crate::Error::NotFound) if there is none with this id.
pub async fn end(tx: &mut Tx, id: GrantId, by: Option<AccountId>, now: Timestamp) -> Result<bool> {
    let ended = tx
        .execute(
            "UPDATE rights_grant SET ended_ms = $2, ended_by = $3 WHERE id = $1 AND ended_ms IS NULL",
            params![id, now, by],
        )
        .await?;
    if ended == 0 {
        return by_id(tx, id).await?.map(|_| false).ok_or(Error::NotFound);
    }
    changes::append(tx, changes::Kind::Grant, &id.to_string(), now).await?;
    Ok(true)
}

/// The grant with this id.
pub async fn by_id(tx: &mut Tx, id: GrantId) -> Result<Option<Grant>> {
    let found: Vec<Untitled> = tx
        .all(
            concat!("SELECT ", columns!(), " FROM rights_grant WHERE id = $1"),
            params![id],
        )
        .await?;
    let titles = tx
        .all(
            "SELECT grant_id, title FROM grant_title WHERE grant_id = $1 ORDER BY title",
            params![id],
        )
        .await?;
    Ok(joined(found, titles).into_iter().next())
}

/// Every grant there ever was, the newest first.
pub async fn list(tx: &mut Tx) -> Result<Vec<Grant>> {
    let found: Vec<Untitled> = tx
        .all(
            concat!(
                "SELECT ",
                columns!(),
                " FROM rights_grant ORDER BY created_ms DESC, id DESC"
            ),
            params![],
        )
        .await?;
    let titles = tx
        .all(
            "SELECT grant_id, title FROM grant_title ORDER BY grant_id, title",
            params![],
        )
        .await?;
    Ok(joined(found, titles))
}

fn joined(grants: Vec<Untitled>, named: Vec<GrantTitle>) -> Vec<Grant> {
    let mut titles: HashMap<GrantId, Vec<TitleId>> = HashMap::new();
    for row in named {
        titles.entry(row.grant_id).or_default().push(row.title);
    }
    grants
        .into_iter()
        .map(|Untitled(grant)| Grant {
            titles: titles.remove(&grant.id).unwrap_or_default(),
            ..grant
        })
        .collect()
}
