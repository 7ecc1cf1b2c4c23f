//! The rules held against a slow, obvious model of themselves, over random ledgers.
//!
//! The model works with the dates of the contract, day by day on the local calendar, and knows
//! nothing of resolved instants. Each property has its control: a mutant that must be caught.

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;

use crate::codec::{Codec, CodecSet};
use crate::decide::{
    Audience, Denial, Request, Screen, Shown, Subject, Viewer, decide, offered, show,
};
use crate::grant::{Grant, Limits, Protection};
use crate::hold::Hold;
use crate::id::{AccountId, AssetId, GrantId, HoldId, PlanId, SessionId, TitleId};
use crate::language::{Language, LanguageRule};
use crate::licence::Licence;
use crate::offer::Offer;
use crate::openings::Openings;
use crate::permit::Permit;
use crate::plan::Entitlement;
use crate::territory::{Territory, TerritorySet};
use crate::time::{DAY_MS, HOUR_MS, MINUTE_MS, Timestamp};
use crate::title::{Lineage, Track, TrackKind};
use crate::window::{Window, WindowEnd, WindowRule};

/// Zones with every kind of calendar: gaps at midnight, half-hour shifts, both sides of the date line.
const ZONES: [&str; 8] = [
    "Europe/Paris",
    "Pacific/Tahiti",
    "America/Montreal",
    "Asia/Beirut",
    "America/Santiago",
    "Australia/Lord_Howe",
    "Pacific/Kiritimati",
    "UTC",
];
const TERRITORIES: [&str; 4] = ["FR", "PF", "CA", "US"];
const LANGUAGES: [&str; 3] = ["fr", "en", "und"];
const CODECS: [Codec; 3] = [Codec::H264, Codec::Aac, Codec::Opus];
const CASES: u64 = 100_000;

/// SplitMix64: small, seeded, and the same everywhere.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }
    fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }
    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize]
    }
    fn some<T: Copy>(&mut self, from: &[T]) -> Vec<T> {
        from.iter().copied().filter(|_| self.one_in(2)).collect()
    }
}

fn title(n: u8) -> TitleId {
    TitleId::from_bytes([n + 1; 16])
}

/// A ledger, who asks, about what, and when.
struct Case {
    grants: Vec<Grant>,
    holds: Vec<Hold>,
    lineage: Lineage,
    min_age: Option<u8>,
    tracks: Vec<Track>,
    sizes: Vec<(AssetId, Track)>,
    viewer: Viewer,
    now: Timestamp,
}

impl Case {
    fn random(chance: &mut Chance) -> Self {
        // 2026 and 2028 hold both nights of changing clocks and a leap day.
        let first = date(2026, 1, 1);
        let grants: Vec<_> = (0..chance.below(4))
            .map(|n| grant(chance, n as u8, first))
            .collect();
        let now = instant(chance, &grants, first);
        let holds = (0..chance.below(2)).map(|_| hold(chance, now)).collect();
        let series = Lineage::of(title(0));
        let season = Lineage::below(title(1), series);
        let entitlement = (!chance.one_in(3)).then(|| Entitlement {
            plan: PlanId::from_bytes([1; 16]),
            streams: 2,
            max_height: chance.pick(&[None, Some(480), Some(1080)]),
            downloads: chance.one_in(2),
            until: now.plus_millis(chance.below(20) as i64 * DAY_MS - 5 * DAY_MS),
        });
        Self {
            lineage: chance.pick(&[
                series,
                season,
                Lineage::below(title(2), season),
                Lineage::of(title(3)),
            ]),
            min_age: chance.pick(&[None, None, Some(12), Some(18)]),
            tracks: tracks(chance),
            sizes: sizes(chance),
            viewer: Viewer {
                audience: Audience {
                    territory: chance.pick(&[None, t("FR"), t("PF"), t("CA"), t("US")]),
                    age: chance.pick(&[None, Some(10), Some(40)]),
                    protection: chance.pick(&[Protection::None, Protection::Encrypted]),
                },
                account: AccountId::from_bytes([1; 16]),
                session: SessionId::from_bytes([1; 16]),
                entitlement,
                screen: Screen {
                    codecs: match chance.one_in(3) {
                        true => chance.some(&CODECS).into_iter().collect(),
                        false => CodecSet::ALL,
                    },
                    protection: chance.pick(&[Protection::None, Protection::Encrypted]),
                },
            },
            grants,
            holds,
            now,
        }
    }

    fn subject(&self) -> Subject<'_> {
        Subject {
            lineage: &self.lineage,
            min_age: self.min_age,
        }
    }

    fn request(&self) -> Request<'_> {
        let asset = AssetId::from_bytes([9; 16]);
        Request {
            subject: self.subject(),
            asset,
            tracks: &self.tracks,
            sizes: &self.sizes,
            viewer: &self.viewer,
        }
    }
}

fn t(code: &str) -> Option<Territory> {
    code.parse().ok()
}

fn grant(chance: &mut Chance, n: u8, first: Date) -> Grant {
    let start = first
        .checked_add(jiff::Span::new().days(chance.below(900) as i64))
        .unwrap();
    let last = start
        .checked_add(jiff::Span::new().days(1 + chance.below(200) as i64))
        .unwrap();
    let rule = WindowRule {
        zone: chance.pick(&ZONES).to_owned(),
        start: (!chance.one_in(5)).then_some(start),
        end: match chance.below(5) {
            0 => WindowEnd::Open,
            1 => WindowEnd::Until(last),
            _ => WindowEnd::Through(last),
        },
    };
    let codes = |chance: &mut Chance| {
        chance
            .some(&TERRITORIES)
            .into_iter()
            .filter_map(t)
            .collect()
    };
    let rule_of = |chance: &mut Chance| match chance.below(2) {
        0 => LanguageRule::All,
        _ => LanguageRule::Only(
            chance
                .some(&LANGUAGES)
                .iter()
                .map(|l| l.parse().unwrap())
                .collect(),
        ),
    };
    Grant {
        id: GrantId::from_bytes([n + 1; 16]),
        licensor: "Films du Cap".to_owned(),
        reference: String::new(),
        titles: chance.some(&[title(0), title(1), title(2), title(3)]),
        offers: chance.some(&[Offer::Free, Offer::Subscription, Offer::Rental]),
        territories: TerritorySet {
            included: if chance.one_in(3) {
                None
            } else {
                Some(codes(chance))
            },
            excluded: if chance.one_in(3) {
                codes(chance)
            } else {
                Vec::new()
            },
        },
        audio: rule_of(chance),
        subtitles: rule_of(chance),
        window: Window::new(rule).unwrap(),
        exclusive: false,
        limits: Limits {
            max_height: chance.pick(&[None, Some(480), Some(720)]),
            downloads: chance.one_in(2),
            max_streams: chance.pick(&[None, Some(1)]),
        },
        protection: chance.pick(&[Protection::None, Protection::None, Protection::Encrypted]),
        licence: chance.pick(&[Licence::Contract, Licence::CcByNc4]),
        evidence: None,
        attribution: None,
        ended_at: chance.one_in(6).then(|| instant(chance, &[], first)),
    }
}

/// An instant near an edge of some window as often as not: a mistake hides within the hour.
fn instant(chance: &mut Chance, grants: &[Grant], first: Date) -> Timestamp {
    let edges: Vec<_> = grants
        .iter()
        .flat_map(|g| [g.window.start(), g.end()])
        .flatten()
        .collect();
    if edges.is_empty() || chance.one_in(4) {
        let origin = first
            .to_zoned_datetime(TimeZone::UTC)
            .unwrap()
            .timestamp()
            .as_millisecond();
        return Timestamp::from_millis(origin + chance.below(1_100 * DAY_MS as u64) as i64);
    }
    let near = [-1, 0, 1, -HOUR_MS, HOUR_MS, -30 * MINUTE_MS, HOUR_MS - 1];
    chance.pick(&edges).plus_millis(chance.pick(&near))
}

fn hold(chance: &mut Chance, now: Timestamp) -> Hold {
    Hold {
        id: HoldId::from_bytes([1; 16]),
        title: title(chance.below(4) as u8),
        reason: "a question about the music".to_owned(),
        by: AccountId::from_bytes([2; 16]),
        since: now.plus_millis(chance.pick(&[-HOUR_MS, 0, 1])),
        until: chance.pick(&[None, Some(now), Some(now.plus_millis(1))]),
    }
}

fn tracks(chance: &mut Chance) -> Vec<Track> {
    let track = |number, kind, codec, language: &str, height| Track {
        number,
        kind,
        codec,
        language: language.parse().unwrap_or_else(|_| Language::unknown()),
        height,
    };
    let mut tracks = vec![track(
        0,
        TrackKind::Video,
        Codec::H264,
        "und",
        chance.pick(&[None, Some(360), Some(480), Some(1080)]),
    )];
    for number in 1..1 + chance.below(3) as u8 {
        tracks.push(track(
            number,
            TrackKind::Audio,
            chance.pick(&[Codec::Aac, Codec::Opus]),
            chance.pick(&LANGUAGES),
            None,
        ));
    }
    tracks.push(track(
        5,
        TrackKind::Subtitle,
        Codec::Other,
        chance.pick(&LANGUAGES),
        None,
    ));
    tracks
}

/// Other sizes of the film, each a picture in a file of its own; as often as not none.
fn sizes(chance: &mut Chance) -> Vec<(AssetId, Track)> {
    let count = chance.pick(&[0, 0, 1, 2]);
    let size = |n| {
        let picture = Track {
            number: n,
            kind: TrackKind::Video,
            codec: chance.pick(&[Codec::H264, Codec::H264, Codec::Opus]),
            language: Language::unknown(),
            height: chance.pick(&[None, Some(240), Some(480), Some(2160)]),
        };
        (AssetId::from_bytes([n; 16]), picture)
    };
    (1..=count).map(size).collect()
}

/// The model: whether `grant` holds at `now`, told from the local calendar alone.
fn model_holds(grant: &Grant, now: Timestamp) -> bool {
    let rule = grant.window.rule();
    let zone = TimeZone::get(&rule.zone).unwrap();
    let instant = jiff::Timestamp::from_millisecond(now.as_millis()).unwrap();
    let today = instant.to_zoned_datetime(zone).date();
    let begun = rule.start.is_none_or(|start| today >= start);
    let over = match rule.end {
        WindowEnd::Open => false,
        WindowEnd::Through(last) => today > last,
        WindowEnd::Until(end) => today >= end,
    };
    begun && !over && grant.ended_at.is_none_or(|ended| now < ended)
}

fn model_grants(case: &Case) -> Vec<&Grant> {
    let held = case.holds.iter().any(|hold| {
        case.lineage.contains(hold.title) && now_in(case.now, Some(hold.since), hold.until)
    });
    let young = matches!((case.min_age, case.viewer.audience.age), (Some(m), Some(a)) if a < m);
    let open = case.grants.iter().filter(|grant| {
        grant
            .titles
            .iter()
            .any(|title| case.lineage.contains(*title))
            && model_holds(grant, case.now)
            && grant.territories.covers(case.viewer.audience.territory)
            && grant.protection <= case.viewer.audience.protection
    });
    if held || young {
        Vec::new()
    } else {
        open.collect()
    }
}

fn now_in(now: Timestamp, since: Option<Timestamp>, until: Option<Timestamp>) -> bool {
    since.is_none_or(|s| s <= now) && until.is_none_or(|u| now < u)
}

/// The model: the tracks a grant lets the viewer have, in the clear or not, and the other sizes; `None` when it doesn't let
/// them play.
fn model_tracks(case: &Case, grant: &Grant) -> Option<(Vec<u8>, Vec<AssetId>)> {
    let paid = case.viewer.entitlement.filter(|paid| case.now < paid.until);
    let free = grant.offers.contains(&Offer::Free);
    let member = grant.offers.contains(&Offer::Subscription)
        && grant.licence != Licence::CcByNc4
        && paid.is_some();
    let is_encrypted = grant.protection != Protection::None;
    if !(free || member) || is_encrypted && case.viewer.screen.protection == Protection::None {
        return None;
    }
    let plan_height = if member {
        paid.and_then(|paid| paid.max_height)
    } else {
        None
    };
    let limits = [grant.limits.max_height, plan_height];
    let fits = |height: Option<u32>| {
        let keeps = |limit: u32| height.is_some_and(|height| height <= limit);
        limits.into_iter().flatten().all(keeps)
    };
    let kept = case.tracks.iter().filter(|track| match track.kind {
        _ if !case.viewer.screen.codecs.has(track.codec) => false,
        // VP9, Opus and the like would leave in the clear.
        TrackKind::Video | TrackKind::Audio
            if is_encrypted && ![Codec::H264, Codec::Aac].contains(&track.codec) =>
        {
            false
        }
        TrackKind::Video => fits(track.height),
        TrackKind::Audio => grant.audio.covers(&track.language),
        TrackKind::Subtitle => grant.subtitles.covers(&track.language),
    });
    let kept: Vec<_> = kept.collect();
    let sizes = case
        .sizes
        .iter()
        .filter(|(_, picture)| case.viewer.screen.codecs.has(picture.codec))
        .filter(|(_, picture)| !is_encrypted || picture.codec == Codec::H264)
        .filter(|(_, picture)| fits(picture.height));
    let sizes: Vec<_> = sizes.map(|(asset, _)| *asset).collect();
    let lost =
        |kind| case.tracks.iter().any(|t| t.kind == kind) && !kept.iter().any(|t| t.kind == kind);
    ((!lost(TrackKind::Video) || !sizes.is_empty()) && !lost(TrackKind::Audio))
        .then(|| (kept.iter().map(|t| t.number).collect(), sizes))
}

/// The model: whether the whole file may leave under a grant that lets the viewer play.
fn model_original(case: &Case, id: GrantId) -> bool {
    let grant = case.grants.iter().find(|grant| grant.id == id);
    let Some(grant) = grant.filter(|grant| grant.limits.downloads) else {
        return false;
    };
    let paid = case.viewer.entitlement.filter(|paid| case.now < paid.until);
    let member = grant.offers.contains(&Offer::Subscription) && grant.licence != Licence::CcByNc4;
    let paid = paid.filter(|_| member);
    let limits = [
        grant.limits.max_height,
        paid.and_then(|paid| paid.max_height),
    ];
    let allowed = grant.offers.contains(&Offer::Free) || paid.is_some_and(|paid| paid.downloads);
    let covered = |track: &Track| match track.kind {
        TrackKind::Video => limits
            .into_iter()
            .flatten()
            .all(|limit| track.height.is_some_and(|height| height <= limit)),
        TrackKind::Audio => grant.audio.covers(&track.language),
        TrackKind::Subtitle => grant.subtitles.covers(&track.language),
    };
    allowed && grant.protection == Protection::None && case.tracks.iter().all(covered)
}

/// How many random cases a decider answers otherwise than the model, and how many it allows.
fn disagreements(decider: impl Fn(&Case) -> Result<Permit, Denial>) -> (u64, u64) {
    let mut chance = Chance(20_261_123);
    let (mut wrong, mut allowed) = (0, 0);
    for _ in 0..CASES {
        let case = Case::random(&mut chance);
        let ways: Vec<_> = model_grants(&case)
            .into_iter()
            .filter_map(|grant| {
                let tracks = model_tracks(&case, grant)?;
                Some((grant.id, tracks, grant.protection))
            })
            .collect();
        let agrees = match decider(&case) {
            Err(_) => ways.is_empty(),
            Ok(permit) => {
                allowed += 1;
                let sent: Vec<_> = (0..64).filter(|n| permit.allows_track(*n)).collect();
                let sizes: Vec<_> = permit.assets().skip(1).collect();
                ways.contains(&(permit.grant(), (sent, sizes), permit.protection()))
                    && permit.allows_original() == model_original(&case, permit.grant())
                    && permit.until().is_none_or(|until| case.now < until)
            }
        };
        wrong += u64::from(!agrees);
    }
    (wrong, allowed)
}

#[test]
fn no_permit_outside_a_window_a_territory_or_a_language() {
    let real = |case: &Case| decide(&case.request(), &case.grants, &case.holds, case.now);
    let (wrong, allowed) = disagreements(real);
    assert_eq!(wrong, 0, "of {CASES} random ledgers");
    assert!(
        allowed > CASES / 50,
        "only {allowed} of {CASES} cases allowed a play: the test sees too little"
    );

    let no_sizes = |case: &Case| {
        let request = Request {
            sizes: &[],
            ..case.request()
        };
        decide(&request, &case.grants, &case.holds, case.now)
    };
    let late_clock = |case: &Case| {
        decide(
            &case.request(),
            &case.grants,
            &case.holds,
            case.now.plus_millis(-HOUR_MS),
        )
    };
    let no_holds = |case: &Case| decide(&case.request(), &case.grants, &[], case.now);
    assert!(
        disagreements(late_clock).0 > 0,
        "control: an hour's mistake must show"
    );
    let any_screen = |case: &Case| {
        let viewer = Viewer {
            screen: Screen::ANY,
            ..case.viewer
        };
        let request = Request {
            viewer: &viewer,
            ..case.request()
        };
        decide(&request, &case.grants, &case.holds, case.now)
    };
    assert!(
        disagreements(any_screen).0 > 0,
        "control: what the screen doesn't play must show"
    );
    let all_downloads = |case: &Case| {
        let mut grants = case.grants.clone();
        grants
            .iter_mut()
            .for_each(|grant| grant.limits.downloads = true);
        decide(&case.request(), &grants, &case.holds, case.now)
    };
    assert!(
        disagreements(all_downloads).0 > 0,
        "control: a download that no grant allows must show"
    );
    assert!(
        disagreements(no_sizes).0 > 0,
        "control: forgotten sizes must show"
    );
    assert!(
        disagreements(no_holds).0 > 0,
        "control: forgotten holds must show"
    );
}

#[test]
fn lists_show_exactly_what_the_decision_shows_one_by_one() {
    let mut chance = Chance(7);
    let (mut shown, mut stale_would_differ) = (0_u64, 0_u64);
    for _ in 0..CASES {
        let case = Case::random(&mut chance);
        let audience = case.viewer.audience;
        let openings = Openings::at(audience, &case.grants, &case.holds, case.now);
        let one = show(
            case.subject(),
            audience,
            &case.grants,
            &case.holds,
            case.now,
        );
        assert_eq!(openings.shows(case.subject()), one.is_ok());
        shown += u64::from(one.is_ok());
        // As long as the openings say they hold, they agree with a decision made later.
        let later = case
            .now
            .plus_millis(chance.pick(&[1, MINUTE_MS, HOUR_MS, 40 * DAY_MS]));
        let then = show(case.subject(), audience, &case.grants, &case.holds, later).is_ok();
        let agree = openings.shows(case.subject()) == then;
        assert!(agree || !openings.hold_at(later));
        stale_would_differ += u64::from(!agree);
    }
    assert!(shown > CASES / 50);
    assert!(
        stale_would_differ > 0,
        "control: some openings must go stale"
    );
}

/// What a list offers someone with the best plan can play, nothing else, and on tracks that the decision names.
#[test]
fn lists_offer_exactly_what_the_best_plan_can_play() {
    let mut chance = Chance(17);
    let (mut offers, mut shown_only) = (0_u64, 0_u64);
    for _ in 0..CASES {
        let mut case = Case::random(&mut chance);
        case.viewer.entitlement = Some(Entitlement {
            plan: PlanId::from_bytes([1; 16]),
            streams: 2,
            max_height: None,
            downloads: true,
            until: case.now.plus_millis(1),
        });
        case.viewer.screen = Screen::ANY;
        let audience = case.viewer.audience;
        let openings = Openings::at(audience, &case.grants, &case.holds, case.now);
        let listed = openings.shows(case.subject())
            && openings.offers(case.subject(), || {
                let pictures = case.sizes.iter().map(|(_, picture)| picture.clone());
                case.tracks.iter().cloned().chain(pictures).collect()
            });
        let permit = decide(&case.request(), &case.grants, &case.holds, case.now);
        let offered = offered(
            case.subject(),
            (&case.tracks, &case.sizes),
            audience,
            &case.grants,
            &case.holds,
            case.now,
        );
        assert_eq!(listed, permit.is_ok());
        match (offered, permit) {
            (Ok(offered), Ok(permit)) => {
                assert_eq!(offered.grant.id, permit.grant());
                assert!((0..64).all(|n| offered.has_track(n) == permit.allows_track(n)));
            }
            (Err(one), Err(other)) => assert_eq!(one, other),
            (offered, permit) => panic!("{offered:?} but {permit:?}"),
        }
        offers += u64::from(listed);
        shown_only += u64::from(openings.shows(case.subject()) && !listed);
    }
    assert!(offers > CASES / 50, "only {offers} offered");
    assert!(
        shown_only > CASES / 100,
        "control: showing alone must not pass for offering, {shown_only} times"
    );
}

#[test]
fn what_may_be_played_may_be_shown() {
    let mut chance = Chance(11);
    for _ in 0..CASES / 10 {
        let case = Case::random(&mut chance);
        let played = decide(&case.request(), &case.grants, &case.holds, case.now);
        let shown: Result<Shown<'_>, _> = show(
            case.subject(),
            case.viewer.audience,
            &case.grants,
            &case.holds,
            case.now,
        );
        assert!(played.is_err() || shown.is_ok());
    }
}

/// "It has left" is told only where it was: some grant for this audience's territory held until that instant.
#[test]
fn only_who_could_see_it_is_told_that_it_has_left() {
    let mut chance = Chance(13);
    let (mut told, mut never_held) = (0_u64, 0_u64);
    for _ in 0..CASES {
        let case = Case::random(&mut chance);
        let audience = case.viewer.audience;
        let named = |grant: &&Grant| {
            let titles = &mut grant.titles.iter();
            titles.any(|title| case.lineage.contains(*title))
        };
        let here = |grant: &&Grant| grant.territories.covers(audience.territory);
        let answer = show(
            case.subject(),
            audience,
            &case.grants,
            &case.holds,
            case.now,
        );
        let Err(Denial::Ended(at)) = answer else {
            never_held += u64::from(case.grants.iter().filter(named).any(|g| !g.has_held()));
            continue;
        };
        told += 1;
        let just_before = at.plus_millis(-1);
        let mut held = case.grants.iter().filter(named).filter(here);
        assert!(at <= case.now && held.any(|grant| model_holds(grant, just_before)));
    }
    assert!(told > CASES / 100, "control: {told} told");
    assert!(never_held > 0, "control: some grants end before they begin");
}
