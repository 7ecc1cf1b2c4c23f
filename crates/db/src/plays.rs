//! Plays: viewing sessions, each holding one of its account's stream slots while its lease lasts.

use cineclub_domain::id::{AccountId, AssetId, GrantId, PlayId, SessionId, TitleId};
use cineclub_domain::offer::Offer;
use cineclub_domain::play::{PlayEnd, lease_until};
use cineclub_domain::time::Timestamp;

use crate::value::{params, row};
use crate::{Result, Tx, revocations};

row! {
    /// A viewing session.
    pub struct Play {
        /// Its id.
        pub id: PlayId,
        /// Who watches.
        pub account: AccountId,
        /// The sign-in it came from.
        pub session: SessionId,
        /// What is watched.
        pub title: TitleId,
        /// From which file.
        pub asset: AssetId,
        /// The grant that allowed it.
        pub grant_id: GrantId,
        /// How the viewer got access.
        pub offer: Offer,
        /// What they watch on, in words.
        pub device: String,
        /// When it began.
        pub started_ms: Timestamp,
        /// When the player last gave a sign of life.
        pub last_beat_ms: Timestamp,
        /// From when the slot is free unless it gives another.
        pub lease_until_ms: Timestamp,
        /// When the token it was given stops by itself.
        pub token_until_ms: Timestamp,
        /// When it ended.
        pub ended_ms: Option<Timestamp>,
        /// Why.
        pub end_reason: Option<PlayEnd>,
        /// How far it got, in milliseconds.
        pub position_ms: i64,
    }
}

/// A play that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPlay {
    /// Its id.
    pub id: PlayId,
    /// Who wants to watch.
    pub account: AccountId,
    /// The sign-in they ask from.
    pub session: SessionId,
    /// What they want to watch.
    pub title: TitleId,
    /// From which file.
    pub asset: AssetId,
    /// The grant that allows it.
    pub grant: GrantId,
    /// How they have access.
    pub offer: Offer,
    /// What they watch on, in words.
    pub device: String,
    /// When the token it will be given stops by itself.
    pub token_until: Timestamp,
    /// Where it begins, in milliseconds.
    pub position_ms: i64,
}

/// The answer to a play that was asked for.
#[derive(Debug, Clone, PartialEq)]
pub enum Started {
    /// A slot was free.
    Yes,
    /// None was: these hold them, the oldest first.
    TooMany(Vec<Play>),
}

/// Which plays are to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// This one.
    Play(PlayId),
    /// Those of a sign-in.
    Session(SessionId),
    /// Those of an account.
    Account(AccountId),
    /// Those of a title.
    Title(TitleId),
    /// Those a grant allowed.
    Grant(GrantId),
    /// Those of a file.
    Asset(AssetId),
}

impl Which {
    fn parts(self) -> (&'static str, String) {
        match self {
            Self::Play(id) => ("play", id.to_string()),
            Self::Session(id) => ("session", id.to_string()),
            Self::Account(id) => ("account", id.to_string()),
            Self::Title(id) => ("title", id.to_string()),
            Self::Grant(id) => ("grant", id.to_string()),
            Self::Asset(id) => ("asset", id.to_string()),
        }
    }
}

macro_rules! columns {
    () => {
        "id, account, session, title, asset, grant_id, offer, device, started_ms, last_beat_ms, lease_until_ms,
         token_until_ms, ended_ms, end_reason, position_ms"
    };
}

/// Starts a play if fewer than `limit` of the account's are live at `now`.
///
/// The account's row is written first. On both engines that makes those who count take turns, so the
/// limit is exact however many ask at once.
///
/// # Errors
/// [`NotFound`](crate::Error::NotFound) if the account does not exist or is shut.
pub async fn start(tx: &mut Tx, new: &NewPlay, limit: u16, now: Timestamp) -> Result<Started> {
    take_turn(tx, new.account, now).await?;
    let live = live_of(tx, new.account, now).await?;
    if live.len() >= usize::from(limit) {
        return Ok(Started::TooMany(live));
    }
    insert(tx, new, now).await?;
    Ok(Started::Yes)
}

async fn take_turn(tx: &mut Tx, account: AccountId, now: Timestamp) -> Result<()> {
    tx.execute_one(
        "UPDATE account SET stream_asks = stream_asks + 1
         WHERE id = $1 AND (disabled_ms IS NULL OR disabled_ms > $2)",
        params![account, now],
    )
    .await
}

pub(crate) async fn insert(tx: &mut Tx, new: &NewPlay, now: Timestamp) -> Result<()> {
    tx.execute(
        "INSERT INTO play (id, account, session, title, asset, grant_id, offer, device, started_ms, last_beat_ms,
             lease_until_ms, token_until_ms, position_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, $11, $12)",
        params![
            new.id,
            new.account,
            new.session,
            new.title,
            new.asset,
            new.grant,
            new.offer,
            new.device,
            now,
            lease_until(now),
            new.token_until,
            new.position_ms,
        ],
    )
    .await?;
    Ok(())
}

/// The account's plays that hold a slot at `now`, the oldest first.
pub async fn live_of(tx: &mut Tx, account: AccountId, now: Timestamp) -> Result<Vec<Play>> {
    tx.all(
        concat!(
            "SELECT ", columns!(), " FROM play
             WHERE account = $1 AND ended_ms IS NULL AND lease_until_ms > $2 ORDER BY started_ms, id"
        ),
        params![account, now],
    )
    .await
}

/// Every play that holds a slot at `now`, the newest first.
pub async fn live(tx: &mut Tx, now: Timestamp) -> Result<Vec<Play>> {
    tx.all(
        concat!(
            "SELECT ",
            columns!(),
            " FROM play
             WHERE ended_ms IS NULL AND lease_until_ms > $1 ORDER BY started_ms DESC, id DESC"
        ),
        params![now],
    )
    .await
}

/// How many plays hold a slot at `now`.
pub async fn count_live(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    tx.count(
        "SELECT COUNT(*) AS n FROM play WHERE ended_ms IS NULL AND lease_until_ms > $1",
        params![now],
    )
    .await
}

/// The play with this id.
pub async fn by_id(tx: &mut Tx, id: PlayId) -> Result<Option<Play>> {
    tx.optional(
        concat!("SELECT ", columns!(), " FROM play WHERE id = $1"),
        params![id],
    )
    .await
}

/// A sign of life: keeps the slot and notes the position. None if the play has ended, has lost its
/// slot, or is not this account's; the player must then stop.
pub async fn beat(
    tx: &mut Tx,
    id: PlayId,
    account: AccountId,
    position_ms: i64,
    now: Timestamp,
) -> Result<Option<Play>> {
    tx.optional(
        concat!(
            "UPDATE play SET last_beat_ms = $4, lease_until_ms = $5, position_ms = $3
             WHERE id = $1 AND account = $2 AND ended_ms IS NULL AND lease_until_ms > $4
             RETURNING ",
            columns!()
        ),
        params![id, account, position_ms, now, lease_until(now)],
    )
    .await
}

/// Ends plays and revokes each, in one go. Returns the ones that had not ended before.
pub async fn end(tx: &mut Tx, which: Which, reason: PlayEnd, now: Timestamp) -> Result<Vec<Play>> {
    let (kind, subject) = which.parts();
    let ended: Vec<Play> = tx
        .all(
            concat!(
                "UPDATE play SET ended_ms = $3, end_reason = $4
                 WHERE ended_ms IS NULL AND $2 = CASE CAST($1 AS TEXT)
                     WHEN 'play' THEN id WHEN 'session' THEN session WHEN 'account' THEN account
                     WHEN 'title' THEN title WHEN 'grant' THEN grant_id WHEN 'asset' THEN asset END
                 RETURNING ",
                columns!()
            ),
            params![kind, subject, now, reason],
        )
        .await?;
    revoke(tx, &ended, now).await?;
    Ok(ended)
}

/// Ends the plays that gave no sign of life in time and revokes each, in one go.
pub async fn expire_lost(tx: &mut Tx, now: Timestamp) -> Result<Vec<Play>> {
    let lost: Vec<Play> = tx
        .all(
            concat!(
                "UPDATE play SET ended_ms = $1, end_reason = $2 WHERE ended_ms IS NULL AND lease_until_ms <= $1
                 RETURNING ",
                columns!()
            ),
            params![now, PlayEnd::Lost],
        )
        .await?;
    revoke(tx, &lost, now).await?;
    Ok(lost)
}

async fn revoke(tx: &mut Tx, ended: &[Play], now: Timestamp) -> Result<()> {
    for play in ended {
        let id = play.id.to_string();
        revocations::append(tx, revocations::Kind::Play, &id, now, play.token_until_ms).await?;
    }
    Ok(())
}
