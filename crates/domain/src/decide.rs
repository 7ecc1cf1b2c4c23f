//! The decision: may this be shown, may it be played, and on whose permission.
//!
//! One pure function answers for every surface. What it needs to know is handed to it, so that the
//! answer can be given again years later, or in advance.

use crate::codec::{Codec, CodecSet};
use crate::grant::{Grant, Protection};
use crate::hold::Hold;
use crate::id::{AccountId, AssetId, GrantId, SessionId};
use crate::language::LanguageRule;
use crate::offer::Offer;
use crate::permit::{Permit, RUNGS_LIMIT, Rung};
use crate::plan::Entitlement;
use crate::territory::Territory;
use crate::time::Timestamp;
use crate::title::{Lineage, Track, TrackKind};
use crate::window::Phase;

/// Who is looking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Audience {
    /// Where they are; `None` when it is not known.
    pub territory: Option<Territory>,
    /// Their age in years; `None` when it is not known, which counts as grown up.
    pub age: Option<u8>,
    /// The strongest protection that this installation gives.
    pub protection: Protection,
}

/// Who wants to play.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Viewer {
    /// Where they are, how old, and on what.
    pub audience: Audience,
    /// Who pays.
    pub account: AccountId,
    /// The signed-in browser or device.
    pub session: SessionId,
    /// What they have paid for.
    pub entitlement: Option<Entitlement>,
    /// What they would play it on.
    pub screen: Screen,
}

/// What a device plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Screen {
    /// The codecs.
    pub codecs: CodecSet,
    /// The strongest protection under which it plays them.
    pub protection: Protection,
}

impl Screen {
    /// One that plays everything: of a device that has not said what it plays.
    pub const ANY: Self = Self {
        codecs: CodecSet::ALL,
        protection: Protection::DrmHardware,
    };
}

/// What is asked about: a title, with what the catalogue knows of it.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The title, and those it belongs to.
    pub lineage: &'a Lineage,
    /// The least age it is meant for, in years.
    pub min_age: Option<u8>,
}

/// A wish to play a title.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The title.
    pub subject: Subject<'a>,
    /// The file that would be played.
    pub asset: AssetId,
    /// The file's tracks.
    pub tracks: &'a [Track],
    /// The pictures of the film's other sizes, each with the file it is in; so many as a permit can name are considered.
    pub sizes: &'a [(AssetId, Track)],
    /// Who asks.
    pub viewer: &'a Viewer,
}

/// Why not. Ordered from the furthest from a yes to the nearest: the nearest is the one reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Denial {
    /// No grant names it. The viewer may not know that it exists.
    NoGrant,
    /// Its window has not opened; it will at this instant.
    NotYet(Timestamp),
    /// It is open elsewhere, but no grant covers where the viewer is. One will from this instant.
    Territory(Option<Timestamp>),
    /// Its window closed at this instant.
    Ended(Timestamp),
    /// A person keeps it back.
    Held,
    /// It is meant for people of this age and over.
    Age(u8),
    /// Its grant demands more protection than can be given here.
    Protection(Protection),
    /// None of its sound may be played.
    Languages,
    /// Every picture is taller than the grant or the plan allows.
    Height(u32),
    /// Its grant demands encryption, and no picture, or no sound, that may be played can be encrypted: the best has this codec.
    Encryption(Codec),
    /// Its grant demands encryption, and the viewer's device plays nothing that is encrypted.
    DeviceEncryption,
    /// The viewer's device plays no sound, or no picture, that may be played: the best has this codec.
    Device(Codec),
    /// It is for members, and the viewer is not one now.
    NoSubscription,
    /// It is offered only in ways that this service does not sell yet.
    Offer,
}

/// What of a film there is to play: the tracks of a file, and the pictures of its other sizes.
#[derive(Debug, Clone, Copy)]
struct Film<'a> {
    tracks: &'a [Track],
    sizes: &'a [(AssetId, Track)],
}

impl<'a> Film<'a> {
    fn new(tracks: &'a [Track], sizes: &'a [(AssetId, Track)]) -> Self {
        Self {
            tracks,
            sizes: &sizes[..sizes.len().min(RUNGS_LIMIT)],
        }
    }

    fn all(self) -> impl Iterator<Item = &'a Track> + Clone {
        let sizes = self.sizes.iter().map(|(_, picture)| picture);
        self.tracks.iter().chain(sizes)
    }
}

/// What of a film may be played.
struct Allowed {
    tracks: u64,
    rungs: Vec<Rung>,
}

/// The permission to let someone know of a title: its page, artwork, search hits and rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown<'g> {
    /// A grant that covers it.
    pub grant: &'g Grant,
}

/// What of a file could be played by someone with the best plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offered<'g> {
    /// On whose permission.
    pub grant: &'g Grant,
    tracks: u64,
}

impl Offered<'_> {
    /// Whether the track with this number is among what could be played.
    pub fn has_track(&self, number: u8) -> bool {
        self.tracks & bit(number) != 0
    }
}

/// Decides whether an audience may know of a title at `now`.
///
/// # Errors
/// The nearest reason why not.
pub fn show<'g>(
    subject: Subject<'_>,
    audience: Audience,
    grants: &'g [Grant],
    holds: &[Hold],
    now: Timestamp,
) -> Result<Shown<'g>, Denial> {
    let grant = open_grants(subject, audience, grants, holds, now)?
        .into_iter()
        .max_by_key(|grant| preference(grant))
        .ok_or(Denial::NoGrant)?;
    Ok(Shown { grant })
}

/// Finds what of a file could be played at `now` by someone with the best plan, and on which grant:
/// of several the one that lasts longest. With the file's tracks come the pictures of its other sizes.
///
/// # Errors
/// The nearest reason why nobody could.
pub fn offered<'g>(
    subject: Subject<'_>,
    (tracks, sizes): (&[Track], &[(AssetId, Track)]),
    audience: Audience,
    grants: &'g [Grant],
    holds: &[Hold],
    now: Timestamp,
) -> Result<Offered<'g>, Denial> {
    let film = Film::new(tracks, sizes);
    let mut nearest = Denial::NoGrant;
    let mut best: Option<Offered<'g>> = None;
    for grant in open_grants(subject, audience, grants, holds, now)? {
        match Terms::of(grant)
            .and_then(|terms| terms.allowed(film, terms.max_height, CodecSet::ALL))
        {
            Ok(Allowed { tracks, .. }) => {
                if best.is_none_or(|other| preference(other.grant) < preference(grant)) {
                    best = Some(Offered { grant, tracks });
                }
            }
            Err(denial) => nearest = nearest.max(denial),
        }
    }
    best.ok_or(nearest)
}

/// Decides whether a viewer may play an asset of a title at `now`, and makes the permit.
///
/// The permit ends with whichever stops first, the grant or the time that is paid for, and names
/// only the tracks whose language and height are covered. Where several grants allow the play, the
/// one that lasts longest is named.
///
/// # Errors
/// The nearest reason why not.
pub fn decide(
    request: &Request<'_>,
    grants: &[Grant],
    holds: &[Hold],
    now: Timestamp,
) -> Result<Permit, Denial> {
    let open = open_grants(request.subject, request.viewer.audience, grants, holds, now)?;
    let mut nearest = Denial::NoGrant;
    let mut best: Option<(&Grant, Permit)> = None;
    for grant in open {
        match permit(request, grant, now) {
            Ok(permit) => {
                if best
                    .as_ref()
                    .is_none_or(|(other, _)| preference(other) < preference(grant))
                {
                    best = Some((grant, permit));
                }
            }
            Err(denial) => nearest = nearest.max(denial),
        }
    }
    best.map(|(_, permit)| permit).ok_or(nearest)
}

/// The grants under which the title may be shown: those that name it, hold here and now, unless a
/// person keeps it back or the audience is too young.
fn open_grants<'g>(
    subject: Subject<'_>,
    audience: Audience,
    grants: &'g [Grant],
    holds: &[Hold],
    now: Timestamp,
) -> Result<Vec<&'g Grant>, Denial> {
    let mut nearest = Denial::NoGrant;
    let mut open = Vec::new();
    for grant in grants.iter().filter(|grant| grant.names(subject.lineage)) {
        match covers(grant, audience, now) {
            Ok(()) => open.push(grant),
            Err(denial) => nearest = nearer(nearest, denial),
        }
    }
    if open.is_empty() {
        return Err(nearest);
    }
    if holds.iter().any(|hold| hold.keeps(subject.lineage, now)) {
        return Err(Denial::Held);
    }
    match (subject.min_age, audience.age) {
        (Some(least), Some(age)) if age < least => Err(Denial::Age(least)),
        _ => Ok(open),
    }
}

/// Whether a grant holds for this audience at `now`.
pub(crate) fn covers(grant: &Grant, audience: Audience, now: Timestamp) -> Result<(), Denial> {
    match (
        grant.phase(now),
        grant.territories.covers(audience.territory),
    ) {
        (Phase::Inside, true) if grant.protection > audience.protection => {
            Err(Denial::Protection(grant.protection))
        }
        (Phase::Inside, true) => Ok(()),
        (Phase::Inside, false) => Err(Denial::Territory(None)),
        (Phase::Before(start), true) => Err(Denial::NotYet(start)),
        (Phase::After(end), true) if grant.has_held() => Err(Denial::Ended(end)),
        // Who could never see it is not told that it exists.
        (Phase::Before(_) | Phase::After(_), _) => Err(Denial::NoGrant),
    }
}

/// Of two denials the nearer to a yes. What is open elsewhere and comes here later says from when;
/// of two windows to come the sooner counts, of two gone the later.
fn nearer(one: Denial, other: Denial) -> Denial {
    match (one, other) {
        (Denial::NotYet(a), Denial::NotYet(b)) => Denial::NotYet(a.min(b)),
        (Denial::Territory(from), Denial::NotYet(start))
        | (Denial::NotYet(start), Denial::Territory(from)) => {
            Denial::Territory(Some(from.map_or(start, |from| from.min(start))))
        }
        (Denial::Territory(a), Denial::Territory(b)) => Denial::Territory(least(a, b)),
        _ => one.max(other),
    }
}

/// Longest first; the identifier makes the choice stable.
fn preference(grant: &Grant) -> (bool, Option<Timestamp>, GrantId) {
    let end = grant.end();
    (end.is_none(), end, grant.id)
}

/// The permit that one open grant gives, if it gives one.
fn permit(request: &Request<'_>, grant: &Grant, now: Timestamp) -> Result<Permit, Denial> {
    let viewer = request.viewer;
    let access = access(grant, viewer.entitlement.as_ref(), now)?;
    let terms = Terms::of(grant)?;
    let max_height = least(terms.max_height, access.max_height);
    let film = Film::new(request.tracks, request.sizes);
    let Allowed { tracks, rungs } = terms.allowed(film, max_height, viewer.screen.codecs)?;
    if grant.protection > viewer.screen.protection {
        return Err(Denial::DeviceEncryption);
    }
    Ok(Permit {
        grant: grant.id,
        offer: access.offer,
        lineage: *request.subject.lineage,
        asset: request.asset,
        account: viewer.account,
        session: viewer.session,
        tracks,
        // The original is never encrypted. What the screen plays of it is another question.
        whole: terms.cover_all(request.tracks, max_height)
            && grant.limits.downloads
            && access.downloads
            && grant.protection == Protection::None,
        protection: grant.protection,
        max_streams: grant
            .limits
            .max_streams
            .unwrap_or(u16::MAX)
            .min(access.streams),
        until: least(grant.end(), access.until),
        rungs,
    })
}

/// How the viewer gets in, and what that limits.
struct Access {
    offer: Offer,
    streams: u16,
    max_height: Option<u32>,
    downloads: bool,
    until: Option<Timestamp>,
}

/// Simultaneous plays of an account that watches what is free.
const FREE_STREAMS: u16 = 1;

/// The best way in: what is paid for before what is free, as it allows more.
fn access(grant: &Grant, paid: Option<&Entitlement>, now: Timestamp) -> Result<Access, Denial> {
    let paid = paid.filter(|paid| paid.opens(Offer::Subscription, now));
    if let Some(paid) = paid.filter(|_| grant.allows(Offer::Subscription)) {
        return Ok(Access {
            offer: Offer::Subscription,
            streams: paid.streams,
            max_height: paid.max_height,
            // Who pays gets no less than who doesn't.
            downloads: paid.downloads || grant.allows(Offer::Free),
            until: Some(paid.until),
        });
    }
    if grant.allows(Offer::Free) {
        return Ok(Access {
            offer: Offer::Free,
            streams: paid.map_or(FREE_STREAMS, |paid| paid.streams),
            max_height: None,
            downloads: true,
            until: None,
        });
    }
    Err(if grant.allows(Offer::Subscription) {
        Denial::NoSubscription
    } else {
        Denial::Offer
    })
}

/// What a grant asks of a file.
#[derive(Debug, Clone)]
pub(crate) struct Terms {
    audio: LanguageRule,
    subtitles: LanguageRule,
    max_height: Option<u32>,
    protection: Protection,
}

impl Terms {
    /// The terms of a grant under which something can be played.
    ///
    /// # Errors
    /// [`Denial::Offer`] when it is offered only in ways that this service does not sell yet.
    pub(crate) fn of(grant: &Grant) -> Result<Self, Denial> {
        let sold = [Offer::Subscription, Offer::Free];
        if !sold.into_iter().any(|offer| grant.allows(offer)) {
            return Err(Denial::Offer);
        }
        Ok(Self {
            audio: grant.audio.clone(),
            subtitles: grant.subtitles.clone(),
            max_height: grant.limits.max_height,
            protection: grant.protection,
        })
    }

    /// Whether any file meets them.
    pub(crate) fn take_anything(&self) -> bool {
        self.audio == LanguageRule::All
            && self.max_height.is_none()
            && self.protection == Protection::None
    }

    /// Whether they leave something to play of a file with these tracks, among them the pictures of its other sizes.
    pub(crate) fn allow(&self, tracks: &[Track]) -> bool {
        self.allowed(Film::new(tracks, &[]), self.max_height, CodecSet::ALL)
            .is_ok()
    }

    /// Whether they cover a track's language and height.
    fn cover(&self, track: &Track, max_height: Option<u32>) -> bool {
        match track.kind {
            TrackKind::Video => {
                max_height.is_none_or(|max| track.height.is_some_and(|height| height <= max))
            }
            TrackKind::Audio => self.audio.covers(&track.language),
            TrackKind::Subtitle => self.subtitles.covers(&track.language),
        }
    }

    /// Whether they cover every one of a file's tracks.
    fn cover_all(&self, tracks: &[Track], max_height: Option<u32>) -> bool {
        tracks.iter().all(|track| self.cover(track, max_height))
    }

    /// The tracks whose language and height are covered, that can be protected as is demanded, and that the device plays,
    /// as a bit set, and the film's other sizes of which the same is true. One picture, in whichever size, is enough. Texts
    /// are sent as they are.
    ///
    /// # Errors
    /// Why nothing is left of the film's sound or of its picture.
    fn allowed(
        &self,
        film: Film<'_>,
        max_height: Option<u32>,
        codecs: CodecSet,
    ) -> Result<Allowed, Denial> {
        let covered = |track: &&Track| self.cover(track, max_height);
        let lost = |kind| {
            let mut these = film.all().filter(|track| track.kind == kind).peekable();
            these.peek().is_some() && !these.any(|track| covered(&track))
        };
        if lost(TrackKind::Audio) {
            return Err(Denial::Languages);
        }
        if lost(TrackKind::Video) {
            return Err(Denial::Height(max_height.unwrap_or(0)));
        }
        let protected = |track: &&Track| {
            self.protection == Protection::None
                || track.kind == TrackKind::Subtitle
                || track.codec.can_be_encrypted()
        };
        let played = |track: &&Track| codecs.has(track.codec);
        for kind in [TrackKind::Video, TrackKind::Audio] {
            let these = film.all().filter(covered);
            let these = these.filter(|track| track.kind == kind);
            if let Some(best) = best_without(these.clone(), protected) {
                return Err(Denial::Encryption(best));
            }
            if let Some(best) = best_without(these.filter(protected), played) {
                return Err(Denial::Device(best));
            }
        }
        let kept = film.tracks.iter().filter(covered).filter(protected);
        let sizes = film
            .sizes
            .iter()
            .filter(|(_, picture)| covered(&picture) && protected(&picture) && played(&picture));
        Ok(Allowed {
            tracks: bits(kept.filter(played)),
            rungs: sizes
                .map(|(asset, picture)| Rung {
                    asset: *asset,
                    picture: picture.number,
                })
                .collect(),
        })
    }
}

/// The codec of the first of these tracks, if there is one and none of them is `good`.
fn best_without<'t>(
    mut these: impl Iterator<Item = &'t Track> + Clone,
    good: impl Fn(&&Track) -> bool,
) -> Option<Codec> {
    let best = these.clone().next()?;
    (!these.any(|track| good(&track))).then_some(best.codec)
}

fn bits<'t>(tracks: impl IntoIterator<Item = &'t Track>) -> u64 {
    let numbers = tracks.into_iter().map(|track| track.number);
    numbers.fold(0, |mask, number| mask | bit(number))
}

/// A track's place in the set. A number the set can't hold has none, and is never allowed.
fn bit(number: u8) -> u64 {
    1_u64.checked_shl(u32::from(number)).unwrap_or(0)
}

/// The smaller of two limits, where none is no limit.
fn least<T: Ord>(one: Option<T>, other: Option<T>) -> Option<T> {
    match (one, other) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (one, other) => one.or(other),
    }
}
