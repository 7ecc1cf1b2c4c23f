//! Works come in by watch folders: whole, with what lies beside them, and nothing is concluded from absence.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "helpers of tests")]

mod ingest_support;

use std::os::unix::ffi::OsStrExt;
use std::time::Duration;

use cineclub_db::assets::AssetState;
use cineclub_db::folders::FolderState;
use cineclub_db::on_both_engines;
use cineclub_domain::account::Role;
use cineclub_domain::id::AccountId;
use cineclub_domain::licence::Licence;
use cineclub_domain::title::{TitleKind, TrackKind};
use cineclub_server::acquire::{self, FileState};
use cineclub_server::error::Kind;
use ingest_support::viewer::{Viewer, grant};
use ingest_support::{Cinema, film, half_published, live_jobs, picture, until};

const CLAIM: &str = "licence = \"CC-BY-3.0\"\nlicensor = \"Blender Foundation\"\nattribution = \"© 2010\"\nseen = \"2026-11-23\"\n";
const SRT: &str = "1\n00:00:01,000 --> 00:00:02,000\nHello\n";

on_both_engines! {
    async fn a_film_comes_in_with_everything_beside_it_and_no_grant(database: &TestDb) {
        let cinema = Cinema::open(&database.url).await;
        let base = "Sintel (2010)/Sintel (2010)";
        cinema.write(&format!("{base}.nfo"), "<movie><title>Sintel!</title><plot>A dragon.</plot><genre>Fantasy</genre><mpaa>PG-13</mpaa></movie>");
        cinema.write(&format!("{base}.fr.nfo"), "<movie><title>Sintel, la quête</title><tagline>Un dragon.</tagline></movie>");
        cinema.write(&format!("{base}-poster.jpg"), picture(800, 1200));
        cinema.write("Sintel (2010)/fanart.png", picture(1600, 900));
        cinema.write(&format!("{base}.fr.srt"), SRT);
        cinema.write(&format!("{base}.en.sdh.srt"), SRT);
        cinema.write("Sintel (2010)/rights.toml", CLAIM);
        cinema.write(&format!("{base}.mp4"), film(1));
        let file = cinema.wait_for(&format!("{base}.mp4"), FileState::Ready).await;
        let title = cinema.title("sintel-2010").await;
        assert_eq!(file.title, Some(title.id));
        assert_eq!((title.kind, title.year, title.rating_age), (TitleKind::Film, Some(2010), Some(13)));
        assert_eq!(title.genres, ["Fantasy"]);
        let texts = cinema.texts("sintel-2010").await;
        let texts: Vec<_> = texts.iter().map(|t| (t.language.as_str(), t.name.as_str(), t.synopsis.as_str())).collect();
        assert_eq!(texts, [("en", "Sintel!", "A dragon."), ("fr", "Sintel, la quête", "")]);

        let asset = cinema.asset(&format!("{base}.mp4")).await;
        let tracks = cinema.app.db().read(async |tx| cineclub_db::tracks::of_asset(tx, asset.id).await).await.unwrap();
        let tracks: Vec<_> = tracks.iter().map(|t| (t.number, t.kind, t.language.as_str(), t.role.as_str())).collect();
        assert_eq!(tracks[0].1, TrackKind::Video);
        assert_eq!(tracks[1..], [(2, TrackKind::Subtitle, "en", "sdh"), (3, TrackKind::Subtitle, "fr", "main")]);
        let artwork = cinema.app.db().read(async |tx| cineclub_db::artwork::of_title(tx, title.id).await).await.unwrap();
        let sizes: Vec<_> = artwork.iter().map(|a| (a.kind.as_str(), a.width, a.height)).collect();
        assert_eq!(sizes, [("backdrop", 1600, 900), ("poster", 800, 1200)]);
        assert_eq!(acquire::claim_of(&cinema.app, title.id).await.unwrap().unwrap().licence, Licence::CcBy3);
        let grants = cinema.app.db().read(async |tx| cineclub_db::grants::list(tx).await).await.unwrap();
        assert!(grants.is_empty(), "an ingest makes no grant");
        assert_eq!(half_published(&cinema.app).await, [""; 0]);
        cinema.close().await;
    }

    async fn episodes_come_in_as_one_series(database: &TestDb) {
        let cinema = Cinema::open(&database.url).await;
        cinema.write("Tidelines/tvshow.nfo", "<tvshow><title>Tidelines</title><namedseason number=\"1\">Flood</namedseason></tvshow>");
        cinema.write("Tidelines/tvshow.fr.nfo", "<tvshow><title>Lignes de marée</title></tvshow>");
        cinema.write("Tidelines/poster.png", picture(400, 600));
        cinema.write("Tidelines/season02-poster.png", picture(400, 600));
        cinema.write("Tidelines/rights.toml", "licence = \"CC0-1.0\"\nlicensor = \"Workshop\"\n");
        for (n, (season, episode)) in [(1, 1), (1, 2), (2, 1), (2, 2)].into_iter().enumerate() {
            let path = format!("Tidelines/Season 0{season}/Tidelines - S0{season}E0{episode} - Part {n}.mp4");
            cinema.write(&path, film(n as u32));
        }
        for (season, episode, n) in [(1, 1, 0), (1, 2, 1), (2, 1, 2), (2, 2, 3)] {
            let path = format!("Tidelines/Season 0{season}/Tidelines - S0{season}E0{episode} - Part {n}.mp4");
            cinema.wait_for(&path, FileState::Ready).await;
        }
        let titles = cinema.titles().await;
        let of = |kind| titles.iter().filter(|title| title.kind == kind).count();
        assert_eq!((of(TitleKind::Series), of(TitleKind::Season), of(TitleKind::Episode)), (1, 2, 4));
        let series = cinema.title("tidelines").await;
        let season = cinema.title("tidelines-s02").await;
        let episode = cinema.title("tidelines-s02e01").await;
        assert_eq!((season.parent, season.ordinal), (Some(series.id), Some(2)));
        assert_eq!((episode.parent, episode.ordinal), (Some(season.id), Some(1)));
        assert_eq!(cinema.texts("tidelines-s02e01").await[0].name, "Part 2");
        let names: Vec<_> = cinema.texts("tidelines-s01").await.into_iter().map(|text| text.name).collect();
        assert_eq!(names, ["Flood", "Saison 1"]);
        let claim = acquire::claim_of(&cinema.app, episode.id).await.unwrap().unwrap();
        assert_eq!(claim.licence, Licence::Cc0, "an episode has its series' claim");
        let pictured = cinema.app.db().read(async |tx| cineclub_db::artwork::list(tx).await).await.unwrap();
        let pictured: Vec<_> = pictured.iter().map(|artwork| artwork.title).collect();
        assert!(pictured.contains(&series.id) && pictured.contains(&season.id) && pictured.len() == 2);
        cinema.close().await;
    }

    async fn bad_input_gets_a_reason_and_disturbs_nothing(database: &TestDb) {
        let cinema = Cinema::open(&database.url).await;
        let good = film(1);
        cinema.write("text.mp4", "This is only a text file. ".repeat(50));
        cinema.write("empty.mp4", "");
        cinema.write("beheaded.mp4", &good[..200]);
        cinema.write("cut.mp4", &good[..good.len() - 900]);
        cinema.write("no keys.mp4", film_without_keys());
        cinema.write("hole.mkv", film_with_a_hole());
        cinema.write("two\nlines.mp4", &good);
        std::fs::write(cinema.films.join(std::ffi::OsStr::from_bytes(b"bytes\xff.mp4")), &good).unwrap();
        cinema.write(".hidden.mp4", &good);
        cinema.write("arriving.mp4.part", &good);
        std::os::unix::fs::symlink("/etc/passwd", cinema.films.join("link.mp4")).unwrap();
        cinema.write("poor poster (2001)-poster.jpg", "no picture");
        cinema.write("poor poster (2001).nfo", "<movie><title>");
        cinema.write("poor poster (2001).rights.toml", "");
        cinema.write("poor poster (2001).mp4", &good);
        for (path, state, reason) in [
            ("text.mp4", FileState::Refused, "text file"),
            ("empty.mp4", FileState::Refused, "empty"),
            ("beheaded.mp4", FileState::Refused, "Deliver"),
            ("cut.mp4", FileState::Ready, "cut off"),
            ("no keys.mp4", FileState::Waiting, "key frame"),
            ("hole.mkv", FileState::Ready, "damaged in one place"),
            ("two\nlines.mp4", FileState::Refused, "line break"),
            ("bytes\u{fffd}.mp4", FileState::Refused, "UTF-8"),
            ("link.mp4", FileState::Refused, "It is a link"),
            ("poor poster (2001).mp4", FileState::Ready, "passed over"),
        ] {
            let file = cinema.wait_for(path, state).await;
            let told = cinema.told(file.reason.as_ref());
            assert!(told.contains(reason), "{path:?}: {told}");
            println!("{path:?}: {told}");
        }
        assert_eq!(cinema.files().await.len(), 10, "hidden and unfinished files are not listed");
        let mut slugs: Vec<_> = cinema.titles().await.into_iter().map(|title| title.slug).collect();
        slugs.sort();
        assert_eq!(slugs, ["cut", "hole", "no-keys", "poor-poster-2001"], "what is no film becomes no title");
        assert_eq!(live_jobs(&cinema.app).await, 0);
        cinema.close().await;
    }

    async fn after_an_upgrade_films_are_read_anew_once_and_stay_what_they_were(database: &TestDb) {
        let cinema = Cinema::open(&database.url).await;
        cinema.write("Orbits (2020).mp4", film(1));
        cinema.wait_for("Orbits (2020).mp4", FileState::Ready).await;
        let before = cinema.asset("Orbits (2020).mp4").await;
        let index = async || {
            let read = async |tx: &mut cineclub_db::Tx| cineclub_db::assets::media_index(tx, before.id).await;
            cinema.app.db().read(read).await.unwrap().unwrap()
        };
        let current = index().await;
        let age = async |tx: &mut cineclub_db::Tx| {
            let mut old = current.clone();
            old[4..6].copy_from_slice(&1_u16.to_be_bytes());
            let asset = cineclub_db::assets::Asset { format_version: 1, ..before.clone() };
            cineclub_db::assets::upsert(tx, &asset, Some(&old)).await
        };
        cinema.app.db().write(age).await.unwrap();
        assert_ne!(index().await, current, "the control: the index is an older one");
        assert_eq!(acquire::renew(&cinema.app).await.unwrap(), 1, "as each start does");
        until("it is read anew", async || index().await == current).await;
        let after = cinema.asset("Orbits (2020).mp4").await;
        assert_eq!((after.id, after.edit, after.state), (before.id, before.edit, before.state));
        assert_eq!(after.format_version, u32::from(cineclub_media::FORMAT_VERSION));
        assert_eq!((cinema.titles().await.len(), cinema.assets().await.len()), (1, 1));
        assert_eq!(acquire::renew(&cinema.app).await.unwrap(), 0, "once is enough");
        cinema.close().await;
    }

    async fn a_link_left_in_a_films_place_is_not_the_film(database: &TestDb) {
        let cinema = Cinema::open(&database.url).await;
        cinema.write("a.mp4", film(1));
        cinema.write("b.mp4", film(2));
        let known = cinema.wait_for("a.mp4", FileState::Ready).await;
        cinema.wait_for("b.mp4", FileState::Ready).await;
        let link = |name: &str, to: &str| std::os::unix::fs::symlink(to, cinema.films.join(name)).unwrap();
        std::fs::create_dir(cinema.films.join("moved")).unwrap();
        std::fs::rename(cinema.films.join("a.mp4"), cinema.films.join("moved/a.mp4")).unwrap();
        link("a.mp4", "moved/a.mp4");
        let moved = cinema.wait_for("moved/a.mp4", FileState::Ready).await;
        assert_eq!(moved.title, known.title, "moved with a link left behind, it is the same film");
        std::fs::remove_file(cinema.films.join("b.mp4")).unwrap();
        link("b.mp4", "/elsewhere/b.mp4");
        until("what is elsewhere is missed here", async || cinema.asset("b.mp4").await.state == AssetState::Missing).await;
        assert_eq!((cinema.titles().await.len(), cinema.assets().await.len()), (2, 2));
        cinema.close().await;
    }

    async fn a_file_is_taken_when_it_has_stopped_growing_or_got_its_name_by_a_rename(database: &TestDb) {
        // Long enough for a busy machine to write the next piece in time.
        let cinema = Cinema::patient(&database.url, 2_000).await;
        let whole = film(1);
        for end in (200..whole.len()).step_by(whole.len() / 20) {
            cinema.write("growing.mp4", &whole[..end]);
            tokio::time::sleep(Duration::from_millis(150)).await;
            assert!(cinema.assets().await.is_empty(), "a file that grows was taken at {end} bytes");
            let state = cinema.file("growing.mp4").await.map(|file| file.state);
            assert!(matches!(state, None | Some(FileState::Arriving)), "{state:?}");
        }
        cinema.write("growing.mp4", &whole);
        cinema.wait_for("growing.mp4", FileState::Ready).await;
        cinema.write("renamed.mp4.part", &whole);
        std::fs::rename(cinema.films.join("renamed.mp4.part"), cinema.films.join("renamed.mp4")).unwrap();
        cinema.wait_for("renamed.mp4", FileState::Ready).await;
        cinema.close().await;
    }

    async fn a_file_that_vanishes_or_shrinks_before_it_is_read_gets_a_clear_end(database: &TestDb) {
        let mut cinema = Cinema::idle(&database.url).await;
        for name in ["gone.mp4", "shrunk.mp4", "stays.mp4"] {
            cinema.write(name, film(1));
        }
        for name in ["gone.mp4", "shrunk.mp4", "stays.mp4"] {
            cinema.wait_for(name, FileState::Queued).await;
        }
        std::fs::remove_file(cinema.films.join("gone.mp4")).unwrap();
        cinema.write("shrunk.mp4", &film(1)[..300]);
        cinema.begin_work();
        cinema.wait_for("stays.mp4", FileState::Ready).await;
        until("the shrunk file is judged as it is", async || {
            let reason = cinema.file("shrunk.mp4").await.and_then(|file| file.reason);
            cinema.told(reason.as_ref()).contains("cut off")
        }).await;
        let jobs = cineclub_server::jobs::list(&cinema.app, 0, 100).await.unwrap();
        let of = |name: &str| jobs.iter().filter(|job| job.subject == name).map(|job| cinema.told(job.message.as_ref())).collect::<Vec<_>>();
        assert_eq!(of("gone.mp4"), ["The file was gone before it could be read. It is taken when it is back."]);
        assert!(of("shrunk.mp4").iter().any(|told| told.contains("changed since")), "{:?}", of("shrunk.mp4"));
        cinema.write("gone.mp4", film(2));
        cinema.wait_for("gone.mp4", FileState::Ready).await;
        cinema.close().await;
    }

    async fn a_replaced_file_and_a_late_sidecar_keep_the_title_and_a_lost_file_comes_back(database: &TestDb) {
        let cinema = Cinema::open(&database.url).await;
        cinema.write("Spring (2019).mp4", film(1));
        cinema.write("Other (2020).mp4", film(2));
        cinema.wait_for("Spring (2019).mp4", FileState::Ready).await;
        cinema.wait_for("Other (2020).mp4", FileState::Ready).await;
        let (title, before) = (cinema.title("spring-2019").await, cinema.asset("Spring (2019).mp4").await);

        cinema.write("Spring (2019).nfo", "<movie><title>Spring, at last</title></movie>");
        until("the late NFO is read", async || cinema.texts("spring-2019").await[0].name == "Spring, at last").await;
        assert_eq!(cinema.revoked(before.id).await, 0, "the bytes are the same");
        let mut longer = film(3);
        longer.extend_from_slice(&[0, 0, 0, 8]);
        longer.extend_from_slice(b"free");
        cinema.write("Spring (2019).mp4", longer);
        until("the new file is read", async || {
            let asset = cinema.asset("Spring (2019).mp4").await;
            asset.fingerprint != before.fingerprint && asset.state == AssetState::Ready
        }).await;
        assert_eq!(cinema.title("spring-2019").await.id, title.id);
        assert_eq!(cinema.asset("Spring (2019).mp4").await.id, before.id);
        assert_eq!(cinema.revoked(before.id).await, 1, "who plays the old file must ask again");
        cinema.write("Spring (2019).fr.srt", SRT);
        until("tracks that change revoke too", async || cinema.revoked(before.id).await == 2).await;

        std::fs::rename(cinema.films.join("Spring (2019).mp4"), cinema.films.join("away.bin")).unwrap();
        let file = cinema.wait_for("Spring (2019).mp4", FileState::Missing).await;
        assert!(cinema.told(file.reason.as_ref()).contains("back"));
        std::fs::rename(cinema.films.join("away.bin"), cinema.films.join("Spring (2019).mp4")).unwrap();
        cinema.wait_for("Spring (2019).mp4", FileState::Ready).await;
        assert_eq!(cinema.title("spring-2019").await.id, title.id);
        cinema.close().await;
    }

    async fn a_vanished_root_changes_nothing_and_comes_back_by_itself(database: &TestDb) {
        let cinema = Cinema::open(&database.url).await;
        cinema.write("A (2001).mp4", film(1));
        cinema.write("B (2002).mp4", film(2));
        cinema.wait_for("A (2001).mp4", FileState::Ready).await;
        cinema.wait_for("B (2002).mp4", FileState::Ready).await;
        let (assets, titles) = (cinema.assets().await, cinema.titles().await);
        let away = cinema.films.with_file_name("away");
        std::fs::rename(&cinema.films, &away).unwrap();
        let state = async || acquire::list_folders(&cinema.app).await.unwrap()[0].clone();
        until("the folder is absent", async || state().await.state == FolderState::Absent).await;
        // What a mount point looks like when its disk is not there.
        std::fs::create_dir(&cinema.films).unwrap();
        tokio::time::sleep(Duration::from_millis(2_500)).await;
        assert_eq!(state().await.state, FolderState::Absent);
        assert!(!state().await.online);
        assert!(cinema.told(state().await.reason.as_ref()).contains(".cineclub-root"));
        assert_eq!(cinema.assets().await, assets);
        assert_eq!(cinema.titles().await, titles);
        std::fs::remove_dir(&cinema.films).unwrap();
        std::fs::rename(&away, &cinema.films).unwrap();
        until("the folder is back", async || state().await.state == FolderState::Watching && state().await.reason.is_none()).await;
        // Control: with the disk there, a single missing file is noticed.
        std::fs::remove_file(cinema.films.join("A (2001).mp4")).unwrap();
        cinema.wait_for("A (2001).mp4", FileState::Missing).await;
        // Suddenly empty: nothing is concluded.
        std::fs::remove_file(cinema.films.join("B (2002).mp4")).unwrap();
        until("the emptiness is told", async || cinema.told(state().await.reason.as_ref()).contains("empty")).await;
        assert_eq!(cinema.asset("B (2002).mp4").await.state, AssetState::Ready);
        assert_eq!(cinema.titles().await, titles);
        cinema.close().await;
    }

    async fn what_a_person_wrote_stays_when_the_file_is_read_again(database: &TestDb) {
        let cinema = Cinema::open(&database.url).await;
        cinema.write("Spring (2019).nfo", "<movie><title>From the NFO</title></movie>");
        cinema.write("Spring (2019).mp4", film(1));
        cinema.wait_for("Spring (2019).mp4", FileState::Ready).await;
        let app = &cinema.app;
        let mut text = cinema.texts("spring-2019").await.remove(0);
        text.name = "By hand".to_owned();
        let email = "owner@example.org".to_owned();
        let password = cineclub_server::accounts::password::Secret::new("a long enough password".to_owned());
        let language = "en".parse().unwrap();
        let new = cineclub_server::accounts::NewAccount { email, password, language, territory: None };
        let owner: AccountId = cineclub_server::accounts::sign_up(app, new).await.unwrap().id;
        cineclub_server::catalogue::edit::save_text(app, owner, text).await.unwrap();
        cinema.write("Spring (2019).nfo", "<movie><title>From the newer NFO</title></movie>");
        cinema.write("Spring (2019).fr.nfo", "<movie><title>Printemps</title></movie>");
        until("what was missing is added", async || cinema.texts("spring-2019").await.len() == 2).await;
        let names: Vec<_> = cinema.texts("spring-2019").await.into_iter().map(|text| text.name).collect();
        assert_eq!(names, ["By hand", "Printemps"]);
        cinema.close().await;
    }

    async fn subtitles_are_kept_as_they_came_and_moved_once_with_the_film(database: &TestDb) {
        let cinema = Cinema::open(&database.url).await;
        cinema.write("Late (2020).fr.srt", SRT);
        // Its edit list begins 400 ms after a key frame: it is shown from that frame on.
        cinema.write("Late (2020).mp4", cineclub_media::example_film_from(1_400));
        cinema.wait_for("Late (2020).mp4", FileState::Ready).await;
        let (app, asset) = (&cinema.app, cinema.asset("Late (2020).mp4").await);
        let tracks = app.db().read(async |tx| cineclub_db::tracks::of_asset(tx, asset.id).await).await.unwrap();
        let stored = app.store().read(tracks[1].sidecar.as_ref().unwrap()).unwrap();
        assert_eq!(String::from_utf8_lossy(&stored), "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nHello\n");
        let film = app.library().film(app, asset.id).await.unwrap();
        let delivered = film.subtitles(app, tracks[1].number).await.unwrap();
        assert_eq!(String::from_utf8_lossy(&delivered), "WEBVTT\n\n00:00:01.400 --> 00:00:02.400\nHello\n");
        cinema.close().await;
    }

    async fn control_characters_in_any_text_stop_no_film(database: &TestDb) {
        let cinema = Cinema::open(&database.url).await;
        let base = "Odd (2020)/Odd (2020)";
        cinema.write(&format!("{base}.nfo"), b"<movie><title>O\0dd</title><plot>One\x01\n\tTwo</plot><genre>No\0ir</genre><uniqueid type=\"imdb\">tt\x001</uniqueid></movie>");
        cinema.write(&format!("{base}.fr.nfo"), b"<movie><title>x\0</movie>");
        cinema.write(&format!("{base}.fr.srt"), b"1\n00:00:01,000 --> 00:00:02,000\nHe\0llo\n");
        cinema.write("Odd (2020)/rights.toml", b"licence = \"\0\"\n");
        let mut bytes = film(1);
        let handler = bytes.windows(4).position(|name| name == b"hdlr").unwrap();
        bytes[handler + 24..handler + 28].copy_from_slice(b"a\x01b\x02");
        cinema.write(&format!("{base}.mp4"), bytes);
        let file = cinema.wait_for(&format!("{base}.mp4"), FileState::Ready).await;
        let told = cinema.told(file.reason.as_ref());
        assert!(told.contains("passed over") && !told.contains('\0'), "{told:?}");
        let text = cinema.texts("odd-2020").await.remove(0);
        assert_eq!((text.name.as_str(), text.synopsis.as_str()), ("Odd", "One\n\tTwo"));
        assert_eq!(cinema.title("odd-2020").await.genres, ["Noir"]);
        cinema.close().await;
    }

    async fn what_an_upload_left_behind_is_removed_after_a_day_and_nothing_else(database: &TestDb) {
        let cinema = Cinema::open(&database.url).await;
        let id = AccountId::new(cinema.app.now(), cinema.app.entropy());
        let other = AccountId::new(cinema.app.now(), cinema.app.entropy());
        let now_ms = u64::try_from(cinema.app.now().as_millis()).unwrap();
        let old = std::time::UNIX_EPOCH + Duration::from_millis(now_ms) - Duration::from_secs(25 * 3_600);
        let ours = format!(".cineclub-{id}.part");
        let kept = [format!(".cineclub-{other}.part"), ".cineclub-film.part".into(), format!("below/{ours}"), "film.part".into()];
        for name in kept.iter().chain([&ours]) {
            cinema.write(name, "half");
            if !name.contains(&other.to_string()) {
                std::fs::File::options().append(true).open(cinema.films.join(name)).unwrap().set_modified(old).unwrap();
            }
        }
        until("what was left is gone", async || !cinema.films.join(&ours).exists()).await;
        assert!(kept.iter().all(|name| cinema.films.join(name).exists()), "the fresh one and what is not ours");
        cinema.close().await;
    }

    async fn five_hundred_files_at_once_all_come_in(database: &TestDb) {
        let cinema = Cinema::open(&database.url).await;
        let viewer = Viewer::new(&cinema.app, "v@example.org", Role::Viewer).await;
        cinema.write("Film 000 (2001).mp4", film(0));
        let title = cinema.wait_for("Film 000 (2001).mp4", FileState::Ready).await.title.unwrap();
        grant(&cinema.app, title).await;
        let began = std::time::Instant::now();
        for n in 1..500 {
            cinema.write(&format!("Film {n:03} (2001).mp4"), film(n));
        }
        // Meanwhile somebody looks at the catalogue and presses play, and hardly waits.
        let mut longest = Duration::ZERO;
        until("all are ready", async || {
            let asked = std::time::Instant::now();
            let catalogue = cinema.app.catalogue().current(&cinema.app).await.unwrap();
            assert!(catalogue.title(title).is_some());
            assert_eq!(viewer.play("film-000-2001").await.unwrap().path, "Film 000 (2001).mp4");
            longest = longest.max(asked.elapsed());
            let ready = cinema.assets().await.into_iter().filter(|asset| asset.state == AssetState::Ready).count();
            ready == 500
        }).await;
        println!("500 files in {:.1} s, the longest wait for a play {longest:?}", began.elapsed().as_secs_f64());
        assert!(longest < Duration::from_secs(5), "a play waited {longest:?} for the files");
        until("no job is left", async || live_jobs(&cinema.app).await == 0).await;
        assert_eq!(cinema.titles().await.len(), 500);
        assert_eq!(half_published(&cinema.app).await, [""; 0]);
        let jobs = async || cineclub_server::jobs::list(&cinema.app, 0, 10_000).await.unwrap().len();
        assert_eq!(jobs().await, 500);
        cinema.write("Nobody (1999).nfo", "<movie><title>Its film has not come</title></movie>");
        cinema.write("Film 007 (2001).nfo", "<movie><title>Seven</title></movie>");
        until("the late NFO is read", async || cinema.texts("film-007-2001").await[0].name == "Seven").await;
        tokio::time::sleep(Duration::from_millis(2_500)).await;
        assert_eq!(jobs().await, 501, "a sidecar makes work for its own film only, and once");
        cinema.close().await;
    }

    async fn an_upload_is_on_the_disk_before_it_is_acknowledged_and_a_folder_is_forgotten_without_loss(database: &TestDb) {
        let cinema = Cinema::open(&database.url).await;
        let send = async |name: &str, bytes: Vec<u8>| {
            let pieces: Vec<Result<bytes::Bytes, std::io::Error>> =
                bytes.chunks(100).map(|piece| Ok(bytes::Bytes::copy_from_slice(piece))).collect();
            acquire::receive(&cinema.app, cinema.folder, name, Some(bytes.len() as u64), futures::stream::iter(pieces)).await
        };
        let received = send("Sent (2020).mp4", film(1)).await.unwrap();
        assert_eq!(std::fs::read(cinema.films.join("Sent (2020).mp4")).unwrap(), film(1));
        assert_eq!(received.size_bytes, film(1).len() as u64);
        assert_eq!(send("Sent (2020).mp4", film(2)).await.unwrap_err().kind, Kind::Conflict);
        assert_eq!(send("../up.mp4", film(2)).await.unwrap_err().kind, Kind::BadInput);
        let whole = film(2);
        let parts = [&whole[..100], &[], &whole[100..]].map(|part| Ok::<_, std::io::Error>(bytes::Bytes::copy_from_slice(part)));
        let paused = acquire::receive(&cinema.app, cinema.folder, "Paused (2021).mp4", None, futures::stream::iter(parts)).await;
        assert_eq!(paused.unwrap().size_bytes, whole.len() as u64, "an empty piece is no end");
        std::fs::remove_file(cinema.films.join("Paused (2021).mp4")).unwrap();
        let short = [Ok::<_, std::io::Error>(bytes::Bytes::from_static(b"half"))];
        let short = acquire::receive(&cinema.app, cinema.folder, "b.mp4", Some(8), futures::stream::iter(short)).await;
        assert_eq!(short.unwrap_err().kind, Kind::BadInput, "it is shorter than was declared");
        let broken = [Ok(bytes::Bytes::from_static(b"half")), Err(std::io::Error::other("unplugged"))];
        let answer = acquire::receive(&cinema.app, cinema.folder, "b.mp4", None, futures::stream::iter(broken)).await;
        assert_eq!(answer.unwrap_err().kind, Kind::BadInput);
        cinema.wait_for("Sent (2020).mp4", FileState::Ready).await;
        let mut left: Vec<_> = std::fs::read_dir(&cinema.films).unwrap().map(|e| e.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, [".cineclub-root", "Sent (2020).mp4"]);

        let refused = acquire::add_folder(&cinema.app, None, cinema.films.join("Sent (2020).mp4")).await;
        assert_eq!(refused.unwrap_err().kind, Kind::BadInput);
        for bad in ["relative", "/no/such/folder"] {
            assert_eq!(acquire::add_folder(&cinema.app, None, bad).await.unwrap_err().kind, Kind::BadInput);
        }
        assert_eq!(acquire::add_folder(&cinema.app, None, &cinema.films).await.unwrap_err().kind, Kind::Conflict);
        let data = cinema.app.config().data.folder.clone();
        assert_eq!(acquire::add_folder(&cinema.app, None, &data).await.unwrap_err().kind, Kind::BadInput);
        let copy = cinema.films.with_file_name("copy");
        std::fs::create_dir(&copy).unwrap();
        std::fs::copy(cinema.films.join(".cineclub-root"), copy.join(".cineclub-root")).unwrap();
        let told = acquire::add_folder(&cinema.app, None, &copy).await.unwrap_err();
        assert_eq!(told.kind, Kind::Conflict);
        assert!(told.message.contains("copy"), "{}", told.message);
        cinema.close().await;
    }
}

/// Two minutes of film with one key frame, made by ffmpeg.
fn film_without_keys() -> Vec<u8> {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("film.mp4");
    let status = std::process::Command::new("ffmpeg")
        .args([
            "-v",
            "error",
            "-f",
            "lavfi",
            "-i",
            "gradients=s=64x36:r=5:d=120",
            "-c:v",
            "libx264",
            "-pix_fmt",
            "yuv420p",
        ])
        .args([
            "-g",
            "100000",
            "-keyint_min",
            "100000",
            "-sc_threshold",
            "0",
        ])
        .arg(&path)
        .status();
    assert!(status.expect("ffmpeg is installed").success());
    std::fs::read(path).unwrap()
}

/// Six seconds of Matroska, with nothing in the middle of its first cluster.
fn film_with_a_hole() -> Vec<u8> {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("film.mkv");
    let source = "testsrc2=s=64x36:r=5:d=6";
    let status = std::process::Command::new("ffmpeg")
        .args(["-v", "error", "-f", "lavfi", "-i", source])
        .args(["-c:v", "libx264", "-pix_fmt", "yuv420p", "-g", "5"])
        .arg(&path)
        .status();
    assert!(status.expect("ffmpeg is installed").success());
    let mut bytes = std::fs::read(path).unwrap();
    let mut clusters = (0..bytes.len()).filter(|at| bytes[*at..].starts_with(b"\x1F\x43\xB6\x75"));
    let first = clusters.next().expect("it has a cluster");
    bytes[first + 2_000..first + 3_000].fill(0);
    bytes
}
