//! What is not certain is not concluded: whose a file is, whether it is gone, whether its disk is.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod ingest_support;

use axum::http::StatusCode;
use cineclub_db::assets::{self, AssetState};
use cineclub_db::folders::FolderState;
use cineclub_db::{Tx, on_both_engines};
use cineclub_domain::account::Role;
use cineclub_domain::id::EditId;
use cineclub_domain::reason::Reason;
use cineclub_server::acquire::{self, Attachment, FileState, FolderView, Question};
use cineclub_server::error::Kind;
use cineclub_server::rights;
use ingest_support::viewer::{Viewer, grant};
use ingest_support::{Cinema, film, until};

on_both_engines! {
    async fn films_whose_names_share_an_address_are_titles_of_their_own(database: &TestDb) {
        let cinema = Cinema::open(&database.url).await;
        let long = "A very long name ".repeat(7);
        let paths = ["?!.mp4".to_owned(), "!!.mp4".to_owned(), format!("{long}of one film.mp4"), format!("{long}of another.mp4")];
        for (n, path) in paths.iter().enumerate() {
            cinema.write(path, film(n as u32));
            cinema.wait_for(path, FileState::Ready).await;
        }
        let mut titles = Vec::new();
        for path in &paths {
            titles.extend(cinema.file(path).await.unwrap().title);
        }
        titles.sort();
        titles.dedup();
        assert_eq!(titles.len(), 4, "{:?}", cinema.titles().await);
        // What is granted to one does not let the other be seen.
        let viewer = Viewer::new(&cinema.app, "v@example.org", Role::Viewer).await;
        grant(&cinema.app, cinema.file("?!.mp4").await.unwrap().title.unwrap()).await;
        assert_eq!(viewer.play("untitled").await.unwrap().path, "?!.mp4");
        assert_eq!(viewer.play("untitled-film").await.unwrap_err().kind, Kind::NotFound);
        cinema.close().await;
    }

    async fn another_file_of_a_films_name_waits_until_staff_say_that_it_is_the_film(database: &TestDb) {
        let cinema = Cinema::open(&database.url).await;
        let viewer = Viewer::new(&cinema.app, "v@example.org", Role::Viewer).await;
        let staff = Viewer::new(&cinema.app, "p@example.org", Role::Programmer).await;
        cinema.write("a/Heat.mp4", film(1));
        let title = cinema.wait_for("a/Heat.mp4", FileState::Ready).await.title.unwrap();
        grant(&cinema.app, title).await;
        assert_eq!(viewer.play("heat").await.unwrap().path, "a/Heat.mp4");
        cinema.write("b/Heat.nfo", "<movie><title>Another Heat</title></movie>");
        cinema.write("b/Heat.mp4", film(2));
        let told = cinema.wait_for("b/Heat.mp4", FileState::Waiting).await;
        assert!(cinema.told(told.reason.as_ref()).contains("a/Heat.mp4"), "{told:?}");
        assert_eq!(cinema.asset("b/Heat.mp4").await.edit, None::<EditId>);
        assert_eq!(viewer.play("heat").await.unwrap().path, "a/Heat.mp4", "nothing took its place");
        assert_eq!(cinema.texts("heat").await[0].name, "Heat", "and nothing described it anew");
        // A late sidecar reads it again, and nothing changes.
        cinema.write("b/Heat.fr.nfo", "<movie><title>Un autre</title></movie>");
        until("it is read again", async || {
            let jobs = cineclub_server::jobs::list(&cinema.app, 0, 100).await.unwrap();
            jobs.iter().filter(|job| job.subject == "b/Heat.mp4" && job.finished.is_some()).count() == 2
        }).await;
        assert_eq!((cinema.titles().await.len(), cinema.texts("heat").await.len()), (1, 1));

        let question = cinema.file("b/Heat.mp4").await.unwrap().asks.unwrap();
        assert_eq!(question.title, title);
        let page = format!("/admin/folders/{}", cinema.folder);
        let button = format!("/admin/assets/{}/attach", question.asset);
        assert!(staff.get(&page).await.contains(&button));
        assert_eq!(viewer.post(&button).await, StatusCode::NOT_FOUND, "staff decide");
        assert_eq!(staff.post(&button).await, StatusCode::SEE_OTHER);
        assert_eq!(cinema.wait_for("b/Heat.mp4", FileState::Ready).await.title, Some(title));
        assert_eq!(viewer.play("heat").await.unwrap().path, "b/Heat.mp4");
        assert!(!staff.get(&page).await.contains(&button));
        let again = acquire::attach(&cinema.app, staff.account().id, question.asset, Attachment::Film).await;
        assert_eq!(again.unwrap_err().kind, Kind::Conflict);
        cinema.close().await;
    }

    async fn staff_say_that_a_file_is_another_size_of_the_film_and_the_film_goes_on_playing(database: &TestDb) {
        let cinema = Cinema::open(&database.url).await;
        let viewer = Viewer::new(&cinema.app, "v@example.org", Role::Viewer).await;
        let staff = Viewer::new(&cinema.app, "p@example.org", Role::Programmer).await;
        cinema.write("Heat.mp4", film(1));
        let title = cinema.wait_for("Heat.mp4", FileState::Ready).await.title.unwrap();
        grant(&cinema.app, title).await;
        cinema.write("b/Heat.mp4", renamed(film(2), &[1, 64, 0, 180], &[0, 160, 0, 90]));
        cinema.write("c/Heat.mp4", renamed(film(3), &[1, 64, 0, 180], &[1, 64, 0, 136]));
        let small = cinema.wait_for("b/Heat.mp4", FileState::Waiting).await.asks.unwrap();
        let wide = cinema.wait_for("c/Heat.mp4", FileState::Waiting).await.asks.unwrap();
        let button = |question: Question| format!("/admin/assets/{}/size", question.asset);
        let folder = staff.get(&format!("/admin/folders/{}", cinema.folder)).await;
        assert!(folder.contains(&button(small)) && folder.contains(&button(wide)));
        assert_eq!(viewer.post(&button(small)).await, StatusCode::NOT_FOUND, "staff decide");
        assert_eq!(staff.post(&button(small)).await, StatusCode::SEE_OTHER);
        let lead = cinema.asset("Heat.mp4").await;
        assert_eq!(cinema.asset("b/Heat.mp4").await.rung_of, Some(lead.id));
        assert_eq!(viewer.play("heat").await.unwrap().path, "Heat.mp4", "the film is what it was");
        let page = staff.get("/admin/titles/heat").await;
        assert!(page.contains("another size of Heat.mp4") && page.contains("h264 90p"), "{page}");
        // What can't be switched to is refused with the reason, and goes on waiting.
        assert_eq!(staff.post(&button(wide)).await, StatusCode::CONFLICT);
        let told = acquire::attach(&cinema.app, staff.account().id, wide.asset, Attachment::Size).await.unwrap_err();
        assert!(cinema.told(Some(&Reason::from(&told))).contains("320×136 instead of 320×180"), "{told:?}");
        assert_eq!(cinema.asset("c/Heat.mp4").await.edit, None::<EditId>);
        // The size is replaced by another film: it is told, and no longer offered.
        cinema.write("b/Heat.mp4", renamed(film(4), &[1, 64, 0, 180], &[0, 160, 0, 160]));
        until("it is read again", async || staff.get("/admin/titles/heat").await.contains("160×160 instead of 320×180")).await;
        assert_eq!(cinema.asset("b/Heat.mp4").await.rung_of, Some(lead.id));
        assert_eq!(viewer.play("heat").await.unwrap().path, "Heat.mp4");
        cinema.close().await;
    }

    async fn a_file_whose_name_says_its_size_joins_the_film_beside_it_if_it_fits(database: &TestDb) {
        let cinema = Cinema::open(&database.url).await;
        let sized = |n, height: u8| renamed(film(n), &[1, 64, 0, 180], &[0, 160, 0, height]);
        cinema.write("Heat (1995).mp4", film(1));
        let title = cinema.wait_for("Heat (1995).mp4", FileState::Ready).await.title;
        cinema.write("Heat (1995) - 090p.mp4", sized(2, 90));
        let size = cinema.wait_for("Heat (1995) - 090p.mp4", FileState::Ready).await;
        let lead = cinema.asset("Heat (1995).mp4").await;
        assert_eq!((size.title, cinema.asset("Heat (1995) - 090p.mp4").await.rung_of), (title, Some(lead.id)));
        // Another shape waits for staff, and so does a file whose name says no size, or that lies elsewhere.
        cinema.write("Heat (1995) - 160p.mp4", sized(3, 160));
        cinema.write("Heat (1995).mkv", sized(4, 90));
        cinema.write("b/Heat (1995) - 090p.mp4", sized(5, 90));
        for path in ["Heat (1995) - 160p.mp4", "Heat (1995).mkv", "b/Heat (1995) - 090p.mp4"] {
            cinema.wait_for(path, FileState::Waiting).await;
        }
        // A copy of the size is a size: it must not play in the film's place.
        cinema.write("copy/Heat (1995) - 090p.mp4", sized(2, 90));
        cinema.wait_for("copy/Heat (1995) - 090p.mp4", FileState::Ready).await;
        assert_eq!(cinema.asset("copy/Heat (1995) - 090p.mp4").await.rung_of, Some(lead.id));
        cinema.close().await;
    }

    async fn a_french_page_says_wholly_in_french_why_a_file_is_not_played(database: &TestDb) {
        let cinema = Cinema::open(&database.url).await;
        let staff = Viewer::new(&cinema.app, "p@example.org", Role::Programmer).await;
        let cut = film(1);
        cinema.write("a cut.mp4", &cut[..cut.len() - 900]);
        cinema.write("b text.mp4", "This is only a text file. ".repeat(50));
        cinema.write("c prores.mp4", renamed(film(2), b"avc1", b"apcn"));
        cinema.wait_for("a cut.mp4", FileState::Ready).await;
        cinema.wait_for("b text.mp4", FileState::Refused).await;
        cinema.wait_for("c prores.mp4", FileState::Waiting).await;
        let told = french(&staff, &format!("/admin/folders/{}", cinema.folder)).await;
        let [cut, text, prores] = told.as_slice() else {
            panic!("each file has one reason: {told:?}");
        };
        assert!(cut.starts_with("Le fichier est coupé\u{a0}: seules "), "{cut}");
        assert!(cut.ends_with(" peuvent être lues. Livrez-le de nouveau."), "{cut}");
        assert_eq!(text, "C’est un fichier texte, pas un film. Retirez-le ou donnez-lui l’extension qui lui revient.");
        assert_eq!(prores, "Piste 1\u{a0}: tous les navigateurs ne lisent pas l’image PRORES. Livrez le film en H.264 pour l’image et en AAC pour le son.");
        let jobs = staff.get_in("fr", "/admin/jobs").await;
        assert!(jobs.contains(text.as_str()), "the jobs say it as well: {jobs}");
        assert!(jobs.contains("Pris en compte\u{a0}; il attend, car les navigateurs ne peuvent pas le lire tel quel. Piste 1\u{a0}: "), "{jobs}");
        let english = staff.get(&format!("/admin/folders/{}", cinema.folder)).await;
        assert!(english.contains("This is a text file, not a film."), "{english}");

        // What an older version wrote down is shown as it stands.
        let asset = cinema.asset("c prores.mp4").await;
        let (old, now) = ("ProRes does not play.".into(), cinema.app.now());
        let write = async |tx: &mut Tx| assets::set_state(tx, asset.id, AssetState::Waiting, Some(&old), now).await;
        cinema.app.db().write(write).await.unwrap();
        let told = french(&staff, &format!("/admin/folders/{}", cinema.folder)).await;
        assert!(told.contains(&"ProRes does not play.".to_owned()), "{told:?}");
        cinema.close().await;
    }

    async fn many_files_of_one_name_at_once_make_one_title_and_one_of_them_plays(database: &TestDb) {
        let cinema = Cinema::open(&database.url).await;
        for n in 0..8 {
            cinema.write(&format!("{n}/Twin.mp4"), film(n));
        }
        until("all are taken in", async || cinema.assets().await.len() == 8).await;
        let attached = cinema.assets().await.into_iter().filter(|asset| asset.edit.is_some()).count();
        assert_eq!((cinema.titles().await.len(), attached), (1, 1));
        cinema.close().await;
    }

    async fn a_file_keeps_its_title_wherever_it_goes(database: &TestDb) {
        let cinema = Cinema::open(&database.url).await;
        cinema.write("Spring (2019).mp4", film(1));
        cinema.write("Other (2020).mp4", film(2));
        let title = cinema.wait_for("Spring (2019).mp4", FileState::Ready).await.title;
        cinema.wait_for("Other (2020).mp4", FileState::Ready).await;
        let before = cinema.asset("Spring (2019).mp4").await;
        let rename = |from: &str, to: &str| std::fs::rename(cinema.films.join(from), cinema.films.join(to)).unwrap();
        rename("Spring (2019).mp4", "Renamed.mp4");
        let renamed = cinema.wait_for("Renamed.mp4", FileState::Ready).await;
        assert_eq!((renamed.title, cinema.asset("Renamed.mp4").await.id), (title, before.id));
        assert_eq!(cinema.file("Spring (2019).mp4").await, None, "it is not listed where it was");

        let elsewhere = cinema.films.with_file_name("elsewhere");
        std::fs::create_dir(&elsewhere).unwrap();
        let second = acquire::add_folder(&cinema.app, None, &elsewhere).await.unwrap();
        std::fs::rename(cinema.films.join("Renamed.mp4"), elsewhere.join("Moved.mp4")).unwrap();
        until("it is found in the other folder", async || {
            let asset = cinema.assets().await.into_iter().find(|asset| asset.id == before.id).unwrap();
            (asset.root, asset.path.as_str(), asset.state, asset.edit) == (second.root, "Moved.mp4", AssetState::Ready, before.edit)
        }).await;

        // Two copies of what is gone: one is it, the other stands beside it.
        std::fs::remove_file(elsewhere.join("Moved.mp4")).unwrap();
        for name in ["one/Moved.mp4", "two/Moved.mp4"] {
            cinema.write(name, film(1));
        }
        cinema.wait_for("one/Moved.mp4", FileState::Ready).await;
        cinema.wait_for("two/Moved.mp4", FileState::Ready).await;
        let ids = [cinema.asset("one/Moved.mp4").await.id, cinema.asset("two/Moved.mp4").await.id];
        assert!(ids.contains(&before.id) && ids[0] != ids[1], "{ids:?}");

        // The same film in two folders is one title, and its other cut is a version of it.
        cinema.write("copy/Other (2020).mp4", film(2));
        let copy = cinema.wait_for("copy/Other (2020).mp4", FileState::Ready).await;
        assert_eq!(copy.title, cinema.file("Other (2020).mp4").await.unwrap().title);
        cinema.write("Other (2020) {edition-Director's Cut}.mp4", film(3));
        let cut = cinema.wait_for("Other (2020) {edition-Director's Cut}.mp4", FileState::Ready).await;
        assert_eq!(cut.title, copy.title);
        assert_eq!(cinema.titles().await.len(), 2);
        cinema.close().await;
    }

    async fn what_lies_on_a_disk_that_is_away_is_not_offered_and_comes_back_by_itself(database: &TestDb) {
        let cinema = Cinema::open(&database.url).await;
        let viewer = Viewer::new(&cinema.app, "v@example.org", Role::Viewer).await;
        cinema.write("Orbits (2020).mp4", film(1));
        let title = cinema.wait_for("Orbits (2020).mp4", FileState::Ready).await.title.unwrap();
        grant(&cinema.app, title).await;
        viewer.play("orbits-2020").await.unwrap();
        let page = async || viewer.get("/title/orbits-2020").await;
        assert!(page().await.contains("/watch/orbits-2020"));
        let (assets, titles) = (cinema.assets().await, cinema.titles().await);
        let away = cinema.films.with_file_name("away");
        std::fs::rename(&cinema.films, &away).unwrap();
        until("play says so", async || {
            viewer.play("orbits-2020").await.is_err_and(|error| error.key == Some("error-not-playable"))
        }).await;
        let staff = Viewer::new(&cinema.app, "p@example.org", Role::Programmer).await;
        let listed = staff.get("/admin/titles?state=unavailable").await;
        assert!(listed.contains("/admin/titles/orbits-2020"), "staff see why: {listed}");
        let file = cinema.file("Orbits (2020).mp4").await.unwrap();
        assert_eq!((file.state, file.reason), (FileState::Missing, None));
        for place in ["/admin/titles/orbits-2020".to_owned(), format!("/admin/folders/{}/live", cinema.folder)] {
            let told = staff.get(&place).await;
            assert!(told.contains("Its disk is not there.") && !told.contains(">Ready<"), "{place}: {told}");
        }
        let overview = staff.get("/admin").await;
        let shown = "<p class=\"figure__value\">0</p><p class=\"figure__label\"><a href=\"/admin/titles?state=shown\">";
        assert!(overview.contains(shown), "counted as the list counts: {overview}");
        let told = page().await;
        assert!(told.contains("It can’t be played at the moment.") && !told.contains("/watch/orbits-2020"), "{told}");
        let catalogue = cinema.app.catalogue().current(&cinema.app).await.unwrap();
        let entry = catalogue.title(title).unwrap();
        let audience = rights::audience(&cinema.app, None);
        assert!(rights::show(&cinema.app, &catalogue, audience, entry).is_ok(), "it is still in the programme");
        assert_eq!((cinema.assets().await, cinema.titles().await), (assets, titles), "nothing was concluded");
        std::fs::rename(&away, &cinema.films).unwrap();
        until("it plays again", async || viewer.play("orbits-2020").await.is_ok()).await;
        assert!(page().await.contains("/watch/orbits-2020"));
        assert_eq!(cinema.file("Orbits (2020).mp4").await.unwrap().state, FileState::Ready);
        cinema.close().await;
    }

    async fn when_most_films_vanish_at_once_nothing_is_concluded_before_staff_say_so(database: &TestDb) {
        let cinema = Cinema::open(&database.url).await;
        let staff = Viewer::new(&cinema.app, "p@example.org", Role::Programmer).await;
        let name = |n: usize| format!("Film {n} (2001).mp4");
        for n in 0..5 {
            cinema.write(&name(n), film(n as u32));
        }
        for n in 0..5 {
            cinema.wait_for(&name(n), FileState::Ready).await;
        }
        let remove = |n: usize| std::fs::remove_file(cinema.films.join(name(n))).unwrap();
        let away = async || cinema.assets().await.into_iter().filter(|asset| asset.state == AssetState::Missing).count();
        let told = async || {
            acquire::rescan_now(&cinema.app, cinema.folder).await.unwrap();
            cinema.told(folder(&cinema).await.reason.as_ref())
        };
        (0..3).for_each(remove);
        until("it is told", async || told().await.starts_with("3 of the 5 films")).await;
        assert!(told().await.starts_with("3 of the 5 films"), "a second look is no proof either");
        assert_eq!((away().await, folder(&cinema).await.state), (0, FolderState::Watching));
        // One is back: two are no longer most of them, and are gone without a question.
        cinema.write(&name(0), film(0));
        until("the rest is concluded", async || away().await == 2 && told().await.is_empty()).await;
        cinema.write(&name(1), film(1));
        cinema.write(&name(2), film(2));
        until("they are back", async || told().await.is_empty() && away().await == 0).await;

        (0..3).for_each(remove);
        until("it is told again", async || told().await.starts_with("3 of the 5 films")).await;
        let page = format!("/admin/folders/{}", cinema.folder);
        let shown = staff.get(&format!("{page}/live")).await;
        assert!(shown.contains("Yes, they are gone") && shown.contains(&format!("{page}/gone/3")), "{shown}");
        let fewer = staff.post(&format!("{page}/gone/2")).await;
        assert_eq!((fewer, away().await), (StatusCode::CONFLICT, 0), "more are gone than was said");
        assert_eq!(staff.post(&format!("{page}/gone/3")).await, StatusCode::SEE_OTHER);
        assert_eq!((away().await, told().await.as_str()), (3, ""));
        // The same when the folder is empty.
        (3..5).for_each(remove);
        until("the emptiness is told", async || told().await.contains("empty")).await;
        assert_eq!(away().await, 3);
        assert_eq!(staff.post(&format!("{page}/gone/2")).await, StatusCode::SEE_OTHER);
        assert_eq!(away().await, 5);
        assert!(!staff.get(&page).await.contains("Yes, they are gone"));
        cinema.close().await;
    }
}

/// A film whose boxes of one name have another.
fn renamed(mut film: Vec<u8>, from: &[u8; 4], to: &[u8; 4]) -> Vec<u8> {
    let places: Vec<_> = (0..film.len() - 4)
        .filter(|at| film[*at..].starts_with(from))
        .collect();
    for at in places {
        film[at..at + 4].copy_from_slice(to);
    }
    film
}

async fn folder(cinema: &Cinema) -> FolderView {
    acquire::list_folders(&cinema.app).await.unwrap().remove(0)
}

/// What stands below the names on a page of staff, in French.
async fn french(who: &Viewer, path: &str) -> Vec<String> {
    let page = who.get_in("fr", path).await;
    let below = page.split("<span class=\"table__sub\">").skip(1);
    below
        .filter_map(|rest| Some(rest.split_once("</span>")?.0.to_owned()))
        .collect()
}
