//! Rights: the decision asked for real people, and the grants and holds that staff enter.

pub mod grants;
pub mod holds;
pub mod refusal;

use cineclub_db::assets::AssetState;
use cineclub_domain::account::Account;
use cineclub_domain::decide::{self, Audience, Denial, Offered, Request, Screen, Viewer};
use cineclub_domain::grant::{Grant, Protection};
use cineclub_domain::id::SessionId;
use cineclub_domain::permit::Permit;
use jiff::tz::TimeZone;

use crate::App;
use crate::billing;
use crate::catalogue::{AssetEntry, Entry, Snapshot};
use crate::error::{Error, Kind, Result};

/// What this installation can give at most: encryption ([`crate::delivery`] does it), and no DRM.
const PROTECTION: Protection = Protection::Encrypted;

/// Who a member, or a visitor, is to the decision: where they are, how old, and what protection is given.
pub fn audience(app: &App, account: Option<&Account>) -> Audience {
    Audience {
        territory: account
            .and_then(|account| account.territory)
            .or(app.config().service.territory),
        age: account.and_then(|account| account.age),
        protection: PROTECTION,
    }
}

/// Asks whether an audience may know of a title now.
///
/// # Errors
/// The reason why not, as the person is told.
pub fn show<'s>(
    app: &App,
    snapshot: &'s Snapshot,
    audience: Audience,
    entry: &Entry,
) -> Result<&'s Grant> {
    decide::show(
        entry.subject(),
        audience,
        &snapshot.grants,
        &snapshot.holds,
        app.now(),
    )
    .map(|shown| shown.grant)
    .map_err(|denial| refused(app, denial))
}

fn refused(app: &App, denial: Denial) -> Error {
    let zone = TimeZone::get(&app.config().service.zone).unwrap_or(TimeZone::UTC);
    refusal::sentence(denial, &zone)
}

/// Why a title can't be played when it has no file to play: its film is away for now, or there is none.
fn unplayable(entry: &Entry) -> Error {
    if entry.is_embodied() {
        let told = "This film can't be played at the moment. Try again later.";
        Error::new(Kind::Unavailable, told).keyed("error-not-playable")
    } else {
        let told = "There is no film here to play yet.";
        Error::new(Kind::Unavailable, told).keyed("error-no-film")
    }
}

/// Asks what of a title's film could be played now by a member with the best plan; nothing while there is
/// no film of it.
///
/// # Errors
/// The reason why nobody could, as the person is told.
pub fn offered<'s>(
    app: &App,
    snapshot: &'s Snapshot,
    audience: Audience,
    entry: &Entry,
) -> Result<Option<Offered<'s>>> {
    let Some(film) = entry.film() else {
        return Ok(None);
    };
    let (grants, holds) = (&snapshot.grants, &snapshot.holds);
    let tracks = film.rules_tracks();
    let sizes: Vec<_> = entry.rungs(film).filter_map(AssetEntry::size).collect();
    let film = (tracks.as_slice(), sizes.as_slice());
    decide::offered(entry.subject(), film, audience, grants, holds, app.now())
        .map(Some)
        .map_err(|denial| refused(app, denial))
}

/// Asks whether a member may play a title now, and gets the permit for the file that would be played.
///
/// # Errors
/// The reason why not, as the person is told.
pub async fn permit<'s>(
    app: &App,
    snapshot: &'s Snapshot,
    account: &Account,
    session: SessionId,
    audience: Audience,
    screen: Screen,
    entry: &'s Entry,
) -> Result<(Permit, &'s AssetEntry)> {
    show(app, snapshot, audience, entry)?;
    let asset = entry.playable().ok_or_else(|| unplayable(entry))?;
    let viewer = Viewer {
        audience,
        account: account.id,
        session,
        entitlement: billing::entitlement(app, account.id).await?,
        screen,
    };
    let tracks = asset.rules_tracks();
    let sizes = |counts: fn(&AssetEntry) -> bool| -> Vec<_> {
        let rungs = entry.rungs(asset).filter(|rung| counts(rung));
        rungs.filter_map(AssetEntry::size).collect()
    };
    let decide = |sizes: &[_]| {
        let request = Request {
            subject: entry.subject(),
            asset: asset.asset.id,
            tracks: &tracks,
            sizes,
            viewer: &viewer,
        };
        decide::decide(&request, &snapshot.grants, &snapshot.holds, app.now())
    };
    // One that is away is left out: a play starts without it.
    match decide(&sizes(|rung| rung.state_now() == AssetState::Ready)) {
        Ok(permit) => Ok((permit, asset)),
        // With those that are away it would play, and it will when they are back.
        Err(_) if decide(&sizes(|_| true)).is_ok() => Err(unplayable(entry)),
        Err(denial) => Err(refused(app, denial)),
    }
}
