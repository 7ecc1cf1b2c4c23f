//! What the gate promises: revocations reach exactly the tokens made before them, and silence closes it.

use super::*;
use cineclub_domain::codec::Codec;
use cineclub_domain::decide::{Audience, Request, Screen, Subject as Work, Viewer, decide};
use cineclub_domain::grant::{Grant, Limits, Protection};
use cineclub_domain::id::{AccountId, AssetId, GrantId, PlayId, SessionId, TitleId};
use cineclub_domain::language::{Language, LanguageRule};
use cineclub_domain::licence::Licence;
use cineclub_domain::offer::Offer;
use cineclub_domain::territory::TerritorySet;
use cineclub_domain::title::{Lineage, Track, TrackKind};
use cineclub_domain::window::Window;

const NOW: Timestamp = Timestamp::from_millis(1_000_000);
const LATER: Timestamp = Timestamp::from_millis(9_000_000);

fn sealed(seen: i64) -> Sealed {
    let lineage = Lineage::below(
        TitleId::from_bytes([2; 16]),
        Lineage::of(TitleId::from_bytes([3; 16])),
    );
    let grant = Grant {
        id: GrantId::from_bytes([1; 16]),
        licensor: "Ourselves".into(),
        reference: String::new(),
        titles: vec![TitleId::from_bytes([3; 16])],
        offers: vec![Offer::Free],
        territories: TerritorySet::world(),
        audio: LanguageRule::All,
        subtitles: LanguageRule::All,
        window: Window::always(),
        exclusive: false,
        limits: Limits::default(),
        protection: Protection::None,
        licence: Licence::Cc0,
        evidence: None,
        attribution: None,
        ended_at: None,
    };
    let viewer = Viewer {
        audience: Audience::default(),
        account: AccountId::from_bytes([5; 16]),
        session: SessionId::from_bytes([6; 16]),
        entitlement: None,
        screen: Screen::ANY,
    };
    let tracks = [Track {
        number: 1,
        kind: TrackKind::Video,
        codec: Codec::H264,
        language: Language::unknown(),
        height: Some(10),
    }];
    let request = Request {
        subject: Work {
            lineage: &lineage,
            min_age: None,
        },
        asset: AssetId::from_bytes([4; 16]),
        tracks: &tracks,
        sizes: &[(AssetId::from_bytes([8; 16]), tracks[0].clone())],
        viewer: &viewer,
    };
    let permit = decide(&request, &[grant], &[], NOW).unwrap();
    Sealed {
        permit,
        play: PlayId::from_bytes([7; 16]),
        seen,
        expires: LATER,
    }
}

fn revoked(seq: i64, subject: Subject) -> Revoked {
    Revoked {
        seq,
        subject,
        at: NOW,
        expires: LATER,
    }
}

#[test]
fn each_thing_a_token_rests_on_stops_it_and_nothing_else_does() {
    let reaching = [
        Subject::Play([7; 16]),
        Subject::Session([6; 16]),
        Subject::Account([5; 16]),
        Subject::Title([2; 16]),
        Subject::Title([3; 16]),
        Subject::Grant([1; 16]),
        Subject::Asset([8; 16]),
        Subject::Asset([4; 16]),
    ];
    for subject in reaching {
        let gate = Gate::default();
        gate.learn(&[], 10, NOW);
        assert_eq!(gate.check(&sealed(10), NOW), Ok(()));
        gate.learn(&[revoked(11, subject)], 11, NOW);
        assert_eq!(
            gate.check(&sealed(10), NOW),
            Err(Refusal::Revoked),
            "{subject:?}"
        );
        assert_eq!(
            gate.check(&sealed(11), NOW),
            Ok(()),
            "made in knowledge of it: {subject:?}"
        );
    }
    let gate = Gate::default();
    let foreign = [
        Subject::Play([9; 16]),
        Subject::Title([7; 16]),
        Subject::Grant([2; 16]),
        Subject::Asset([5; 16]),
    ];
    gate.learn(&foreign.map(|subject| revoked(11, subject)), 11, NOW);
    assert_eq!(gate.check(&sealed(10), NOW), Ok(()));
}

#[test]
fn a_gate_that_has_heard_nothing_for_thirty_seconds_refuses_and_so_does_one_that_never_heard() {
    let gate = Gate::default();
    assert_eq!(gate.check(&sealed(10), NOW), Err(Refusal::Stale));
    gate.learn(&[], 10, NOW);
    assert_eq!(gate.check(&sealed(10), NOW.plus_millis(STALE_MS)), Ok(()));
    assert_eq!(
        gate.check(&sealed(10), NOW.plus_millis(STALE_MS + 1)),
        Err(Refusal::Stale)
    );
    assert_eq!(
        gate.check(&sealed(10), NOW.plus_millis(-60_000)),
        Err(Refusal::Stale),
        "the clock stepped back"
    );
}

#[test]
fn revocations_are_forgotten_only_when_no_token_they_reach_can_be_alive() {
    let gate = Gate::default();
    gate.learn(&[revoked(11, Subject::Play([7; 16]))], 11, NOW);
    gate.learn(
        &[revoked(12, Subject::Play([8; 16]))],
        12,
        LATER.plus_millis(-1),
    );
    assert_eq!(gate.len(), 2);
    gate.learn(
        &[Revoked {
            expires: LATER.plus_millis(50),
            ..revoked(13, Subject::Play([9; 16]))
        }],
        13,
        LATER,
    );
    assert_eq!(gate.len(), 1);
    assert_eq!(gate.check(&sealed(10), LATER), Err(Refusal::Expired));
}

#[test]
fn a_later_revocation_of_the_same_thing_reaches_further_and_an_older_one_takes_nothing_back() {
    let gate = Gate::default();
    gate.learn(&[revoked(20, Subject::Grant([1; 16]))], 20, NOW);
    gate.learn(&[revoked(12, Subject::Grant([1; 16]))], 20, NOW);
    assert_eq!(gate.check(&sealed(19), NOW), Err(Refusal::Revoked));
    assert_eq!(gate.heard_of(), Some(20));
}

#[test]
fn a_play_learns_at_its_next_beat_that_something_it_rests_on_was_withdrawn_after_it_began() {
    let gate = Gate::default();
    gate.learn(&[revoked(20, Subject::Grant([1; 16]))], 20, NOW);
    let rests_on = [Subject::Account([5; 16]), Subject::Grant([1; 16])];
    assert!(gate.withdrew(rests_on, NOW.plus_millis(-1)));
    assert!(!gate.withdrew(rests_on, NOW.plus_millis(1)));
    assert!(!gate.withdrew([Subject::Play([1; 16])], NOW.plus_millis(-1)));
}
