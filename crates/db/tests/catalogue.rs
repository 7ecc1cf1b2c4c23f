//! Titles, files, rights.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod world;

use cineclub_db::artwork::{Artwork, ArtworkKind};
use cineclub_db::assets::{Asset, AssetState};
use cineclub_db::edits::Edit;
use cineclub_db::titles::{ExternalId, Title, TitleText};
use cineclub_db::tracks::Track;
use cineclub_db::{
    Error, Result, Tx, artwork, assets, changes, edits, grants, holds, on_both_engines,
    revocations, roots, testing, titles, tracks,
};
use cineclub_domain::grant::{Evidence, Grant};
use cineclub_domain::hold::Hold;
use cineclub_domain::id::*;
use cineclub_domain::offer::Offer;
use cineclub_domain::title::{TitleKind, TrackKind};
use world::{account, asset, at, furnish, grant, id, root, title};

on_both_engines! {
    async fn a_title_written_again_keeps_its_id(database: &TestDb) {
        let db = &database.db;
        furnish(db).await;
        let again = Title { id: id!(TitleId, 77), slug: "title-1".to_owned(), year: None, updated: at(9), ..title(5) };
        db.write(async |tx: &mut Tx| -> Result<()> {
            assert_eq!(titles::upsert(tx, &again).await?, id!(TitleId, 1));
            let found = titles::by_id(tx, id!(TitleId, 1)).await?.unwrap();
            assert_eq!((found.slug.as_str(), found.year, found.created, found.updated), ("title-1", None, at(0), at(9)));
            assert_eq!(titles::by_id(tx, id!(TitleId, 77)).await?, None);
            assert_eq!(titles::by_id(tx, id!(TitleId, 2)).await?, Some(title(2)));
            Ok(())
        }).await.unwrap();
    }

    async fn a_part_of_a_series_is_found_by_its_number(database: &TestDb) {
        let season = |n: u64, ordinal: Option<u32>| Title {
            kind: TitleKind::Season, parent: Some(id!(TitleId, 1)), ordinal, ..title(n)
        };
        database.db.write(async |tx: &mut Tx| -> Result<()> {
            titles::upsert(tx, &Title { kind: TitleKind::Series, ..title(1) }).await?;
            for part in [season(4, None), season(3, Some(2)), season(2, Some(10)), season(5, Some(1))] {
                titles::upsert(tx, &part).await?;
            }
            let second = titles::by_ordinal(tx, id!(TitleId, 1), TitleKind::Season, 2).await?;
            assert_eq!(second, Some(season(3, Some(2))));
            assert_eq!(titles::by_ordinal(tx, id!(TitleId, 1), TitleKind::Episode, 2).await?, None);
            Ok(())
        }).await.unwrap();
    }

    async fn titles_are_sorted_by_their_keys_byte_by_byte(database: &TestDb) {
        let keys = ["a b", "a-b", "ab", "B", "é"];
        let sorted = database.db.write(async |tx: &mut Tx| -> Result<Vec<Title>> {
            for (n, key) in (1..).zip(keys) {
                titles::upsert(tx, &Title { sort_key: key.to_owned(), ..title(n) }).await?;
            }
            titles::list(tx).await
        }).await.unwrap();
        let sorted: Vec<_> = sorted.into_iter().map(|title| title.sort_key).collect();
        assert_eq!(sorted, ["B", "a b", "a-b", "ab", "é"], "a natural-language collation would have it otherwise");
    }

    async fn a_title_has_words_in_each_language_and_ids_elsewhere(database: &TestDb) {
        let db = &database.db;
        furnish(db).await;
        db.write(async |tx: &mut Tx| -> Result<()> {
            for text in [text(1, "fr", "Vieux"), text(1, "en", "New"), text(1, "fr", "Neuf"), text(2, "en", "Other")] {
                titles::save_text(tx, &text, at(1)).await?;
            }
            assert_eq!(titles::texts_of(tx, id!(TitleId, 1)).await?, [text(1, "en", "New"), text(1, "fr", "Neuf")]);
            assert_eq!(titles::texts(tx).await?.len(), 3);
            let imdb = ExternalId { scheme: "imdb".to_owned(), value: "tt1".to_owned(), title: id!(TitleId, 1) };
            titles::save_external_id(tx, &imdb, at(1)).await?;
            assert_eq!(titles::by_external_id(tx, "imdb", "tt1").await?, Some(title(1)));
            assert_eq!(titles::by_external_id(tx, "tmdb", "tt1").await?, None);
            Ok(())
        }).await.unwrap();
    }

    async fn a_title_has_one_edit_of_a_name(database: &TestDb) {
        let db = &database.db;
        furnish(db).await;
        let edit = |n: u64, name: &str| Edit { id: id!(EditId, n), title: id!(TitleId, 1), name: name.to_owned() };
        db.write(async |tx: &mut Tx| -> Result<()> {
            assert_eq!(edits::upsert(tx, &edit(8, ""), at(1)).await?, id!(EditId, 1), "the one it has");
            assert_eq!(edits::upsert(tx, &edit(9, "festival"), at(1)).await?, id!(EditId, 9));
            assert_eq!(edits::by_id(tx, id!(EditId, 9)).await?, Some(edit(9, "festival")));
            assert_eq!(edits::list(tx).await?.len(), 2);
            Ok(())
        }).await.unwrap();
    }

    async fn a_file_found_again_at_its_place_keeps_its_id_and_its_edit(database: &TestDb) {
        let db = &database.db;
        furnish(db).await;
        let again = Asset { id: id!(AssetId, 50), edit: None, fingerprint: "new".to_owned(), updated: at(7), ..asset(1, 1) };
        db.write(async |tx: &mut Tx| -> Result<()> {
            assert_eq!(assets::upsert(tx, &again, Some(b"another")).await?, id!(AssetId, 1));
            let found = assets::by_path(tx, id!(RootId, 1), "film-1.mp4").await?.unwrap();
            assert_eq!(found, Asset { fingerprint: "new".to_owned(), updated: at(7), ..asset(1, 1) });
            assert_eq!(assets::media_index(tx, id!(AssetId, 1)).await?.as_deref(), Some(&b"another"[..]));
            assert_eq!(assets::media_index(tx, id!(AssetId, 50)).await?, None);
            let newer = again.format_version + 1;
            assert_eq!(assets::of_older_format(tx, again.format_version, None, 10).await?, []);
            let older = assets::of_older_format(tx, newer, None, 10).await?;
            assert!(older.iter().any(|asset| asset.id == id!(AssetId, 1)), "{older:?}");
            let last = older.last().unwrap().id;
            assert_eq!(assets::of_older_format(tx, newer, Some(last), 10).await?, []);
            let first = assets::of_older_format(tx, newer, None, 1).await?;
            assert_eq!(first, older[..1]);
            Ok(())
        }).await.unwrap();
    }

    async fn a_file_is_never_deleted_only_said_to_be_missing(database: &TestDb) {
        let db = &database.db;
        furnish(db).await;
        db.write(async |tx: &mut Tx| -> Result<()> {
            assets::set_state(tx, id!(AssetId, 1), AssetState::Missing, Some(&"the disk is not there".into()), at(3)).await?;
            let found = assets::by_id(tx, id!(AssetId, 1)).await?.unwrap();
            assert_eq!((found.state, found.reason), (AssetState::Missing, Some("the disk is not there".into())));
            assert!(assets::media_index(tx, id!(AssetId, 1)).await?.is_some());
            assets::attach(tx, id!(AssetId, 1), None, None, at(3)).await?;
            assert_eq!(assets::of_edit(tx, id!(EditId, 1)).await?, []);
            assets::attach(tx, id!(AssetId, 1), Some(id!(EditId, 1)), None, at(3)).await?;
            assert_eq!(assets::of_edit(tx, id!(EditId, 1)).await?.len(), 1);
            assert_eq!(assets::of_root(tx, id!(RootId, 1)).await?.len(), 1);
            assert_eq!(assets::list(tx).await?.len(), 1);
            // What a file is another size of is known of it until somebody says otherwise.
            assets::upsert(tx, &asset(2, 1), None).await?;
            assets::attach(tx, id!(AssetId, 2), Some(id!(EditId, 1)), Some(id!(AssetId, 1)), at(4)).await?;
            assets::upsert(tx, &asset(2, 1), None).await?;
            let size = assets::by_id(tx, id!(AssetId, 2)).await?.unwrap();
            assert_eq!((size.edit, size.rung_of), (Some(id!(EditId, 1)), Some(id!(AssetId, 1))));
            Ok(())
        }).await.unwrap();
        let none = db.write(async |tx: &mut Tx| assets::set_state(tx, id!(AssetId, 9), AssetState::Ready, None, at(3)).await).await;
        assert!(matches!(none, Err(Error::NotFound)));
    }

    async fn a_file_that_was_moved_is_known_by_its_content_and_keeps_its_id(database: &TestDb) {
        let db = &database.db;
        furnish(db).await;
        let (first, second) = (asset(1, 1), Asset { fingerprint: "fingerprint 1".to_owned(), created: at(5), ..asset(2, 1) });
        db.write(async |tx: &mut Tx| -> Result<()> {
            roots::save(tx, &root(2), at(1)).await?;
            assets::upsert(tx, &second, None).await?;
            assets::upsert(tx, &asset(3, 1), None).await?;
            assert_eq!(assets::by_fingerprint(tx, "fingerprint 1").await?, [second.clone(), first.clone()], "the newest first");
            assert_eq!(assets::by_fingerprint(tx, "fingerprint 9").await?, []);
            let before = changes::latest(tx).await?;
            assert!(assets::relocate(tx, &first, id!(RootId, 2), "moved/film.mp4", at(7)).await?);
            let moved = assets::by_id(tx, first.id).await?.unwrap();
            assert_eq!(moved, Asset { root: id!(RootId, 2), path: "moved/film.mp4".to_owned(), updated: at(7), ..first.clone() });
            assert_eq!(assets::media_index(tx, first.id).await?.as_deref(), Some(&b"index"[..]));
            assert_eq!(changes::latest(tx).await?, before + 1, "who keeps it in memory learns of it");
            assert!(!assets::relocate(tx, &first, id!(RootId, 1), "back.mp4", at(8)).await?, "it is not where it was thought to be");
            assert_eq!(assets::by_id(tx, first.id).await?, Some(moved));
            assert_eq!(changes::latest(tx).await?, before + 1);
            Ok(())
        }).await.unwrap();
        let taken = db.write(async |tx: &mut Tx| assets::relocate(tx, &second, id!(RootId, 1), "film-3.mp4", at(9)).await).await;
        assert!(taken.unwrap_err().conflicts_on("asset_root_path"), "two files never share a place");
    }

    async fn the_tracks_of_a_file_are_replaced_together(database: &TestDb) {
        let db = &database.db;
        furnish(db).await;
        db.write(async |tx: &mut Tx| -> Result<()> {
            tracks::replace(tx, id!(AssetId, 1), &[video(1), audio(2), video(3)]).await?;
            tracks::replace(tx, id!(AssetId, 1), &[audio(2), video(1)]).await?;
            assert_eq!(tracks::of_asset(tx, id!(AssetId, 1)).await?, [video(1), audio(2)]);
            assert_eq!(tracks::list(tx).await?.len(), 2);
            Ok(())
        }).await.unwrap();
    }

    async fn a_root_says_where_it_is_now(database: &TestDb) {
        let db = &database.db;
        furnish(db).await;
        let mut moved = root(1);
        moved.path = "/mnt/films".to_owned();
        db.write(async |tx: &mut Tx| -> Result<()> {
            roots::save(tx, &moved, at(1)).await?;
            assert_eq!(roots::list(tx).await?, [moved]);
            Ok(())
        }).await.unwrap();
    }

    async fn a_title_has_one_picture_of_a_kind(database: &TestDb) {
        let db = &database.db;
        furnish(db).await;
        let picture = |kind, object: &str| Artwork {
            title: id!(TitleId, 1), kind, object: object.to_owned(), width: 600, height: 900,
        };
        db.write(async |tx: &mut Tx| -> Result<()> {
            artwork::save(tx, &picture(ArtworkKind::Poster, "old"), at(1)).await?;
            artwork::save(tx, &picture(ArtworkKind::Poster, "new"), at(1)).await?;
            artwork::save(tx, &picture(ArtworkKind::Backdrop, "wide"), at(1)).await?;
            let both = [picture(ArtworkKind::Backdrop, "wide"), picture(ArtworkKind::Poster, "new")];
            assert_eq!(artwork::of_title(tx, id!(TitleId, 1)).await?, both);
            assert_eq!(artwork::list(tx).await?, both);
            Ok(())
        }).await.unwrap();
    }

    async fn a_grant_comes_back_as_it_was_written(database: &TestDb) {
        let db = &database.db;
        furnish(db).await;
        let bare = Grant { evidence: None, attribution: None, ..grant(2, &[2, 3]) };
        let addressless = Grant {
            evidence: Some(Evidence { url: None, ..grant(3, &[]).evidence.unwrap() }), ..grant(3, &[1, 2])
        };
        db.write(async |tx: &mut Tx| -> Result<()> {
            grants::insert(tx, &bare, None, at(1)).await?;
            grants::insert(tx, &addressless, None, at(2)).await?;
            assert_eq!(grants::by_id(tx, id!(GrantId, 1)).await?, Some(grant(1, &[1])));
            assert_eq!(grants::list(tx).await?, [addressless.clone(), bare.clone(), grant(1, &[1])]);
            assert_eq!(grants::by_id(tx, id!(GrantId, 9)).await?, None);
            Ok(())
        }).await.unwrap();
        let nothing = db.write(async |tx: &mut Tx| grants::insert(tx, &grant(4, &[99]), None, at(1)).await).await;
        assert!(matches!(nothing, Err(Error::MissingReference)), "{nothing:?}");
    }

    async fn a_grant_is_changed_while_it_holds_and_stays_once_it_has_ended(database: &TestDb) {
        let db = &database.db;
        furnish(db).await;
        let changed = Grant { offers: vec![Offer::Free], exclusive: true, ..grant(1, &[2, 3]) };
        db.write(async |tx: &mut Tx| -> Result<()> {
            grants::update(tx, &changed, at(1)).await?;
            assert_eq!(grants::by_id(tx, changed.id).await?, Some(changed.clone()));
            assert!(grants::end(tx, changed.id, Some(account(1).id), at(2)).await?);
            assert!(!grants::end(tx, changed.id, None, at(3)).await?, "it had ended");
            assert_eq!(grants::by_id(tx, changed.id).await?.unwrap().ended_at, Some(at(2)));
            assert_eq!(grants::list(tx).await?.len(), 1, "it stays on record");
            let refused = grants::update(tx, &changed, at(4)).await;
            assert!(matches!(refused, Err(Error::NotFound)));
            let none = grants::end(tx, id!(GrantId, 9), None, at(4)).await;
            assert!(matches!(none, Err(Error::NotFound)));
            Ok(())
        }).await.unwrap();
    }

    async fn a_hold_lasts_until_it_expires_or_is_lifted(database: &TestDb) {
        let db = &database.db;
        furnish(db).await;
        let hold = |n: u64, until| Hold {
            id: id!(HoldId, n), title: id!(TitleId, 1), reason: "a notice".to_owned(), by: account(1).id, since: at(0), until,
        };
        db.write(async |tx: &mut Tx| -> Result<()> {
            holds::insert(tx, &hold(1, None)).await?;
            holds::insert(tx, &hold(2, Some(at(10)))).await?;
            assert_eq!(holds::active(tx, at(9)).await?, [hold(1, None), hold(2, Some(at(10)))]);
            assert_eq!(holds::active(tx, at(10)).await?, [hold(1, None)]);
            assert!(holds::lift(tx, id!(HoldId, 1), account(2).id, at(20)).await?);
            assert!(!holds::lift(tx, id!(HoldId, 1), account(2).id, at(21)).await?);
            assert!(holds::lift(tx, id!(HoldId, 2), account(2).id, at(5)).await?);
            assert_eq!(holds::active(tx, at(20)).await?, []);
            assert_eq!(
                holds::of_title(tx, id!(TitleId, 1)).await?,
                [hold(2, Some(at(5))), hold(1, Some(at(20)))],
                "each ended by what came first"
            );
            Ok(())
        }).await.unwrap();
    }

    async fn what_is_kept_in_memory_elsewhere_is_told_by_the_change_sequence(database: &TestDb) {
        let db = &database.db;
        furnish(db).await;
        let seen: i64 = db.read(async |tx: &mut Tx| changes::latest(tx).await).await.unwrap();
        db.write(async |tx: &mut Tx| -> Result<()> {
            titles::upsert(tx, &Title { updated: at(1), ..title(1) }).await?;
            titles::save_text(tx, &text(1, "en", "A"), at(1)).await?;
            assets::set_state(tx, id!(AssetId, 1), AssetState::Ready, None, at(1)).await?;
            grants::end(tx, id!(GrantId, 1), None, at(1)).await?;
            grants::end(tx, id!(GrantId, 1), None, at(1)).await?;
            Ok(())
        }).await.unwrap();
        let told = db.read(async |tx: &mut Tx| testing::changes_after(tx, seen, 100).await).await.unwrap();
        let kinds: Vec<_> = told.iter().map(|change| change.kind).collect();
        use changes::Kind;
        assert_eq!(kinds, [Kind::Title, Kind::Title, Kind::Asset, Kind::Grant], "and nothing for what changed nothing");
        assert_eq!(told.iter().map(|change| change.seq).collect::<Vec<_>>(), [seen + 1, seen + 2, seen + 3, seen + 4]);
        assert_eq!(told[3].subject, id!(GrantId, 1).to_string());
        let marks = db.write(async |tx: &mut Tx| -> Result<_> {
            revocations::append(tx, revocations::Kind::Play, "a play that ended", at(1), at(9)).await?;
            changes::marks(tx).await
        }).await.unwrap();
        let as_is = changes::Marks { changed: seen + 4, latest: seen + 5 };
        assert_eq!(marks, as_is, "the end of a play leaves what is kept in memory as it is");
        let swept: u64 = db.write(async |tx: &mut Tx| changes::sweep(tx, at(1)).await).await.unwrap();
        assert_eq!(swept, seen as u64, "those before that instant");
    }
}

fn text(title: u64, language: &str, name: &str) -> TitleText {
    TitleText {
        title: id!(TitleId, title),
        language: language.parse().unwrap(),
        name: name.to_owned(),
        tagline: "One line".to_owned(),
        synopsis: "Several lines".to_owned(),
    }
}

fn video(number: u8) -> Track {
    Track {
        asset: id!(AssetId, 1),
        number,
        kind: TrackKind::Video,
        codec: "h264".to_owned(),
        rfc6381: "avc1.640028".to_owned(),
        language: "und".parse().unwrap(),
        role: "main".to_owned(),
        name: String::new(),
        width: Some(1920),
        height: Some(1080),
        frame_rate: Some(23.976),
        channels: None,
        sample_rate: None,
        sidecar: None,
    }
}

fn audio(number: u8) -> Track {
    Track {
        kind: TrackKind::Audio,
        codec: "aac".to_owned(),
        rfc6381: "mp4a.40.2".to_owned(),
        language: "fr".parse().unwrap(),
        width: None,
        height: None,
        frame_rate: None,
        channels: Some(2),
        sample_rate: Some(48_000),
        ..video(number)
    }
}
