//! Ready-made rows for the tests: whatever a row must refer to, and ids that are told by a number.

#![allow(
    dead_code,
    unused_imports,
    unused_macros,
    reason = "each test file uses a part"
)]

use cineclub_db::assets::{Asset, AssetState};
use cineclub_db::edits::Edit;
use cineclub_db::roots::Root;
use cineclub_db::titles::Title;
use cineclub_db::{Db, Tx, accounts, assets, edits, grants, plans, roots, titles};
use cineclub_domain::account::{Account, Role};
use cineclub_domain::grant::{Evidence, Grant, Limits, Protection};
use cineclub_domain::id::*;
use cineclub_domain::language::LanguageRule;
use cineclub_domain::licence::Licence;
use cineclub_domain::money::{Currency, Money};
use cineclub_domain::offer::Offer;
use cineclub_domain::plan::Plan;
use cineclub_domain::territory::TerritorySet;
use cineclub_domain::time::Timestamp;
use cineclub_domain::title::TitleKind;
use cineclub_domain::window::Window;

/// The instant `seconds` after an arbitrary beginning.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(1_900_000_000_000 + seconds * 1000)
}

/// The id told by a number.
macro_rules! id {
    ($kind:ident, $n:expr) => {{
        let mut bytes = [0_u8; 16];
        bytes[8..].copy_from_slice(&u64::try_from($n).unwrap().to_be_bytes());
        $kind::from_bytes(bytes)
    }};
}
pub(crate) use id;

pub(crate) fn account(n: u64) -> Account {
    Account {
        id: id!(AccountId, n),
        email: format!("Viewer{n}@Example.org"),
        role: Role::Viewer,
        language: "fr".parse().unwrap(),
        territory: Some("FR".parse().unwrap()),
        age: Some(30),
        created: at(0),
        disabled: None,
    }
}

pub(crate) fn plan(n: u64) -> Plan {
    Plan {
        id: id!(PlanId, n),
        name: format!("Plan {n}"),
        streams: 3,
        max_height: Some(1080),
        downloads: false,
        price: Money {
            minor: 799,
            currency: Currency::parse("EUR").unwrap(),
        },
        period_days: 30,
    }
}

pub(crate) fn title(n: u64) -> Title {
    Title {
        id: id!(TitleId, n),
        slug: format!("title-{n}"),
        kind: TitleKind::Film,
        parent: None,
        ordinal: None,
        year: Some(2026),
        runtime_ms: Some(5_400_000),
        rating_age: Some(12),
        genres: vec!["drama".to_owned(), "essay".to_owned()],
        sort_key: format!("title {n:04}"),
        original_language: "en".parse().unwrap(),
        created: at(0),
        updated: at(0),
    }
}

pub(crate) fn root(n: u64) -> Root {
    Root {
        id: id!(RootId, n),
        path: format!("/films/{n}"),
        label: format!("Disk {n}"),
        created_ms: at(0),
    }
}

pub(crate) fn asset(n: u64, edit: u64) -> Asset {
    Asset {
        id: id!(AssetId, n),
        edit: Some(id!(EditId, edit)),
        rung_of: None,
        root: id!(RootId, 1),
        path: format!("film-{n}.mp4"),
        size_bytes: 1_000_000,
        modified_ms: 5,
        fingerprint: format!("fingerprint {n}"),
        container: "mp4".to_owned(),
        duration_ms: Some(60_000),
        state: AssetState::Ready,
        reason: None,
        format_version: 1,
        created: at(0),
        updated: at(0),
    }
}

pub(crate) fn grant(n: u64, titles: &[u64]) -> Grant {
    Grant {
        id: id!(GrantId, n),
        licensor: "Blender Foundation".to_owned(),
        reference: format!("contract {n}"),
        titles: titles.iter().map(|n| id!(TitleId, *n)).collect(),
        offers: vec![Offer::Subscription, Offer::Free],
        territories: TerritorySet::only(["FR".parse().unwrap(), "BE".parse().unwrap()]),
        audio: LanguageRule::default(),
        subtitles: LanguageRule::default(),
        window: Window::always(),
        exclusive: false,
        limits: Limits {
            max_height: Some(1080),
            downloads: true,
            max_streams: Some(40),
        },
        protection: Protection::None,
        licence: Licence::CcBy3,
        evidence: Some(Evidence {
            url: Some("https://example.org/licence".to_owned()),
            statement: "Creative Commons Attribution 3.0".to_owned(),
            sha256: "00".repeat(32),
            seen_at: at(0),
        }),
        attribution: Some("(c) Blender Foundation".to_owned()),
        ended_at: None,
    }
}

/// Accounts 1 and 2, plan 1, titles 1 to 3, edit 1 of title 1, root 1, asset 1 and grant 1 on title 1.
pub(crate) async fn furnish(db: &Db) {
    db.write(async |tx: &mut Tx| -> cineclub_db::Result<()> {
        for n in 1..=2 {
            accounts::create(tx, &account(n), "hash").await?;
        }
        plans::save(tx, &plan(1), at(0)).await?;
        for n in 1..=3 {
            titles::upsert(tx, &title(n)).await?;
        }
        let edit = Edit {
            id: id!(EditId, 1),
            title: id!(TitleId, 1),
            name: String::new(),
        };
        edits::upsert(tx, &edit, at(0)).await?;
        roots::save(tx, &root(1), at(0)).await?;
        assets::upsert(tx, &asset(1, 1), Some(b"index")).await?;
        grants::insert(tx, &grant(1, &[1]), Some(id!(AccountId, 1)), at(0)).await
    })
    .await
    .unwrap();
}
