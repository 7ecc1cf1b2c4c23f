//! Files that wait for staff to say whose they are: they look like another file of a title that has one.
//!
//! **Invariant:** a file that looks like a film which has one plays in its place only when staff say so; else it
//! would play on the permission given for another. Another size of the film may join it by itself, where
//! [`rungs`](super::rungs) finds in its content what its name says.

use cineclub_db::assets::{self, Asset, AssetState};
use cineclub_db::edits::{self, Edit};
use cineclub_db::{Result as DbResult, Tx, events, titles};
use cineclub_domain::id::{AccountId, AssetId, EditId, TitleId};
use cineclub_domain::reason::Reason;
use cineclub_media::Misfit;
use serde::{Deserialize, Serialize};

use super::rungs;
use crate::App;
use crate::error::{Error, Kind, Result};
use crate::record::{self, Change};

/// The action of the event that keeps what an ingest made of a file.
pub(super) const INGESTED: &str = "asset.ingested";

/// What an ingest made of a file, as the record of changes keeps it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Told {
    pub(super) path: String,
    pub(super) state: String,
    pub(super) reason: Option<Reason>,
    /// The version of a title its name speaks of, when it waits for staff to confirm it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) meant: Option<Meant>,
}

/// A version of a title, by its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Meant {
    pub(super) title: TitleId,
    pub(super) edit: String,
}

/// The file that keeps a new one with other contents out of its edit.
///
/// One that plays, or did, always does. Beside one that never played a name that is `sure` is enough.
pub(super) fn rival<'a>(others: &'a [Asset], new: (&str, u64), sure: bool) -> Option<&'a Asset> {
    let plays = |other: &Asset| matches!(other.state, AssetState::Ready | AssetState::Missing);
    others
        .iter()
        .filter(|other| (other.fingerprint.as_str(), other.size_bytes) != new)
        .find(|other| plays(other) || !sure)
}

/// Why a file waits for staff, and what keeps it out.
pub(super) async fn why(tx: &mut Tx, title: TitleId, rival: &Asset) -> DbResult<Reason> {
    let texts = titles::texts_of(tx, title).await?;
    let name = texts.into_iter().next().map(|text| text.name);
    Ok(Reason::new("reason-another-file")
        .text("name", name.unwrap_or_default())
        .text("path", &rival.path))
}

/// What was noted of a file when it was last taken in.
pub(super) async fn told(tx: &mut Tx, asset: AssetId) -> DbResult<Option<Told>> {
    let events = events::of_subject(tx, "asset", &asset.to_string()).await?;
    Ok(events
        .into_iter()
        .find(|event| event.action == INGESTED)
        .and_then(|event| event.to_json)
        .and_then(|json| serde_json::from_str(&json).ok()))
}

/// What a file is to the title its name speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attachment {
    /// The film: from now on it plays.
    Film,
    /// Another size of the film that plays: viewers get it where it suits their screen or their line.
    Size,
}

/// Says what a file that waits for it is to the title its name speaks of.
///
/// # Errors
/// [`Kind::NotFound`] when there is no such file, [`Kind::Conflict`] when it doesn't wait for this or, with the reason,
/// when it can't be another size.
pub async fn attach(app: &App, actor: AccountId, id: AssetId, how: Attachment) -> Result<TitleId> {
    let now = app.now();
    app.db()
        .write(async |tx| {
            let asset = assets::by_id(tx, id).await?.ok_or_else(Error::not_found)?;
            let told = told(tx, id).await?.filter(|_| asset.edit.is_none());
            let (found, meant) = told
                .and_then(|told| Some((told.reason, told.meant?)))
                .ok_or_else(settled)?;
            // What is missing says so; of what is there it is said again what was found in it.
            let reason = match asset.state {
                AssetState::Missing => asset.reason.clone(),
                _ => found,
            };
            let edit = Edit {
                id: EditId::new(now, app.entropy()),
                title: meant.title,
                name: meant.edit.clone(),
            };
            let edit = edits::upsert(tx, &edit, now).await?;
            let (rung_of, action) = match how {
                Attachment::Film => (None, "asset.attached"),
                Attachment::Size => (Some(sized(tx, edit, id).await?), "asset.sized"),
            };
            assets::attach(tx, id, Some(edit), rung_of, now).await?;
            assets::set_state(tx, id, asset.state, reason.as_ref(), now).await?;
            let change = Change::to(&meant);
            let event = record::event(app, Some(actor), action, "asset", id, &change);
            events::append(tx, &event).await?;
            Ok(meant.title)
        })
        .await
}

/// The file of an edit that another is a size of.
async fn sized(tx: &mut Tx, edit: EditId, id: AssetId) -> Result<AssetId> {
    let lead = rungs::leading(tx, edit).await?.ok_or_else(settled)?;
    let index = rungs::index(tx, id).await?;
    let why = match &index {
        Some(index) => rungs::misfit(tx, &lead, index).await?,
        None => Some(Misfit::NoPicture),
    };
    match why {
        Some(why) => Err(rungs::refused(&why)),
        None => Ok(lead.id),
    }
}

fn settled() -> Error {
    Error::new(
        Kind::Conflict,
        "This file doesn't wait for a decision any more. Look at the folder again.",
    )
    .keyed("error-file-settled")
}

#[cfg(test)]
mod tests {
    use cineclub_domain::id::RootId;
    use cineclub_domain::time::Timestamp;

    use super::*;

    fn asset(fingerprint: &str, state: AssetState) -> Asset {
        Asset {
            id: AssetId::from_bytes([1; 16]),
            edit: None,
            rung_of: None,
            root: RootId::from_bytes([2; 16]),
            path: "a.mp4".to_owned(),
            size_bytes: 1,
            modified_ms: 1,
            fingerprint: fingerprint.to_owned(),
            container: "mp4".to_owned(),
            duration_ms: None,
            state,
            reason: None,
            format_version: 1,
            created: Timestamp::from_millis(0),
            updated: Timestamp::from_millis(0),
        }
    }

    #[test]
    fn a_file_that_plays_or_did_is_never_replaced_by_another_of_its_name() {
        let is_kept_out = |state, sure| rival(&[asset("a", state)], ("b", 1), sure).is_some();
        for state in [AssetState::Ready, AssetState::Missing] {
            assert!(is_kept_out(state, true) && is_kept_out(state, false));
        }
        for state in [AssetState::Waiting, AssetState::Damaged] {
            assert!(!is_kept_out(state, true), "a playable file is the remedy");
            assert!(is_kept_out(state, false), "the name alone proves nothing");
        }
        let same = [asset("a", AssetState::Ready)];
        assert!(
            rival(&same, ("a", 1), false).is_none(),
            "a copy is no other"
        );
        assert!(rival(&[], ("a", 1), false).is_none());
    }
}
