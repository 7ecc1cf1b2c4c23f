//! Titles, series, and what has left.

use cineclub_domain::grant::Protection;
use cineclub_domain::language::LanguageRule;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_title_page_names_its_terms_and_escapes_every_text() {
    let server = server().await;
    let film = server.film("bunny").await;
    let grant = async |name: &str| {
        let now = server.app.now();
        let text = cineclub_db::titles::TitleText {
            title: film,
            language: "fr".parse().unwrap(),
            name: format!("Lapin {name}"),
            tagline: POISON.to_owned(),
            synopsis: POISON.to_owned(),
        };
        server
            .app
            .db()
            .write(async |tx| cineclub_db::titles::save_text(tx, &text, now).await)
            .await
            .unwrap();
    };
    grant(POISON).await;
    server
        .grant_with(&[film], |grant| {
            grant.licence = Licence::CcBy3;
            grant.attribution = Some(format!("© 2008 Blender Foundation {POISON}"));
            grant.evidence = Some(cineclub_domain::grant::Evidence {
                url: None,
                statement: "CC BY 3.0".to_owned(),
                sha256: String::new(),
                seen_at: support::START,
            });
            grant.licensor = POISON.to_owned();
        })
        .await;
    let english = server.visitor().get("/title/bunny").await.text();
    assert!(
        english.contains("Name of bunny") && english.contains("Creative Commons Attribution 3.0")
    );
    assert!(
        english.contains("© 2008 Blender Foundation")
            && english.contains("https://creativecommons.org/licenses/by/3.0/")
    );
    assert!(english.contains("1280 × 720, 25 frames a second") && english.contains("No end date"));
    let mut french = server.visitor();
    french.cookie = Some("language=fr".to_owned());
    for path in [
        "/title/bunny",
        "/",
        "/search?q=lapin",
        &format!("/search?q={}", "%3Cscript%3Ealert(1)%3C/script%3E"),
    ] {
        let text = french.get(path).await.text();
        assert!(
            text.contains("<html lang=\"fr\">") && !text.contains("<script>alert"),
            "{path}"
        );
    }
    assert!(
        french
            .get("/title/bunny")
            .await
            .text()
            .contains("&#60;script&#62;alert"),
        "the control: the poison is there, as text"
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_left_says_so_and_offers_others_and_what_one_may_not_know_of_is_not_there() {
    let server = server().await;
    let (gone, open, elsewhere, ungranted) = (
        server.film("gone").await,
        server.film("open").await,
        server.film("elsewhere").await,
        server.film("ungranted").await,
    );
    let ended = server.grant(&[gone]).await;
    server.grant(&[open]).await;
    server
        .grant_with(&[elsewhere], |grant| {
            grant.territories = TerritorySet::only(["BE".parse().unwrap()])
        })
        .await;
    let art = picture(&server, gone, ArtworkKind::Poster).await;
    let hidden = picture(&server, ungranted, ArtworkKind::Poster).await;
    let zoe = server.subscriber("zoe@example.org").await;
    let staff = server.member("staff@example.org", Role::Programmer).await;
    assert_eq!(
        zoe.get("/watch/gone").await.status,
        200,
        "the control: it could be watched"
    );
    assert_eq!(
        zoe.get(&format!("/art/{art}/400.jpg")).await.status,
        200,
        "the control: its poster could be seen"
    );

    cineclub_server::rights::grants::end(&server.app, staff.account.as_ref().unwrap().id, ended.id)
        .await
        .unwrap();
    for path in ["/title/gone", "/watch/gone"] {
        let reply = zoe.get(path).await;
        let text = reply.text();
        assert_eq!(reply.status, 410, "{path}");
        assert!(
            text.contains("Name of gone has left the library.")
                && text.contains("ended on 1 January 2030"),
            "{path}"
        );
        assert!(
            text.contains("href=\"/title/open\"") && !text.contains("/title/elsewhere"),
            "{path}"
        );
    }
    assert_eq!(zoe.get("/title/elsewhere").await.status, 451);
    assert_eq!(zoe.get("/title/ungranted").await.status, 404);
    series(&server).await;
    assert_eq!(
        zoe.get("/title/tides-s2").await.status,
        404,
        "nor is a season sent on to its hidden series"
    );
    let mistaken = server.film("mistaken").await;
    let early = server
        .grant_with(&[mistaken], |grant| {
            grant.window = Window::new(WindowRule {
                zone: "Europe/Paris".to_owned(),
                start: Some("2030-06-01".parse().unwrap()),
                end: WindowEnd::Open,
            })
            .unwrap();
        })
        .await;
    cineclub_server::rights::grants::end(&server.app, staff.account.as_ref().unwrap().id, early.id)
        .await
        .unwrap();
    assert_eq!(
        zoe.get("/title/mistaken").await.status,
        404,
        "what never was public has not left"
    );
    assert_eq!(
        zoe.get("/title/never-was").await.text(),
        zoe.get("/title/ungranted")
            .await
            .text()
            .replace("ungranted", "never-was")
    );
    for path in ["/home", "/search?q=name"] {
        let text = zoe.get(path).await.text();
        assert!(text.contains("/title/open"), "{path}");
        for other in ["gone", "elsewhere", "ungranted"] {
            assert!(
                !text.contains(&format!("/title/{other}")),
                "{other} on {path}"
            );
        }
    }
    for object in [&art, &hidden] {
        assert_eq!(zoe.get(&format!("/art/{object}/400.jpg")).await.status, 404);
        assert_eq!(
            staff.get(&format!("/art/{object}/400.jpg")).await.status,
            200
        );
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_plan_the_player_says_what_to_do_and_what_is_free_plays() {
    let server = server().await;
    let (paid, free) = (server.film("paid").await, server.film("free").await);
    server.grant(&[paid]).await;
    server
        .grant_with(&[free], |grant| grant.offers = vec![Offer::Free])
        .await;
    let zoe = server.member("zoe@example.org", Role::Viewer).await;
    let refused = zoe.get("/watch/paid").await;
    assert_eq!(refused.status, 402);
    assert!(
        refused.text().contains("href=\"/redeem\"")
            && refused.text().contains("This one needs a plan.")
    );
    assert_eq!(zoe.get("/watch/free").await.status, 200);
    server.subscribe(&zoe).await;
    let player = zoe.get("/watch/paid").await.text();
    assert!(
        player.contains("data-play-url=\"/api/v1/titles/paid/play\"")
            && player.contains("data-back-url=\"/title/paid\"")
    );
    assert!(player.contains("&#34;play&#34;:&#34;Play&#34;") && player.contains("<noscript>"));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_series_goes_on_where_the_member_is() {
    let server = server().await;
    let (series, episodes) = series(&server).await;
    server.grant(&[series]).await;
    let zoe = server.subscriber("zoe@example.org").await;
    let first = zoe.get("/title/tides").await.text();
    assert!(
        first.contains("Play S1 E1")
            && first.contains("/watch/tides-s1e2")
            && !first.contains("/watch/tides-s2e1")
    );
    watched(&server, &zoe, episodes[0], 59_000, true).await;
    watched(&server, &zoe, episodes[1], 42_000, false).await;
    let second = zoe.get("/title/tides").await.text();
    assert!(
        second.contains("Resume S1 E2")
            && second.contains("18 s left")
            && second.contains("/watch/tides-s1e2?from=start")
    );
    let home = zoe.get("/home").await.text();
    assert!(home.contains("Continue watching") && home.contains("Season 1, episode 2 · 18 s left"));
    watched(&server, &zoe, episodes[1], 59_000, true).await;
    let third = zoe.get("/title/tides").await.text();
    assert!(
        third.contains("Play S2 E1") && third.contains("/watch/tides-s2e2"),
        "the season that comes next is shown"
    );
    assert!(
        zoe.get("/home")
            .await
            .text()
            .contains("Season 2, episode 1 · next")
    );
    assert!(
        zoe.get("/title/tides?season=1")
            .await
            .text()
            .contains("/watch/tides-s1e1")
    );
    assert_eq!(
        zoe.get("/title/tides-s2").await.header("location"),
        "/title/tides?season=2"
    );
    assert_eq!(
        zoe.get("/watch/tides").await.header("location"),
        "/title/tides"
    );
    let player = zoe.get("/watch/tides-s1e2").await.text();
    assert!(
        player.contains("data-next-url=\"/watch/tides-s2e1\"")
            && player.contains("Name of tides · Season 1, episode 2")
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_of_one_episode_does_not_tell_of_its_series() {
    let server = server().await;
    let series = server
        .title("lighthouse", TitleKind::Series, None, None)
        .await;
    let season = server
        .title("lighthouse-s1", TitleKind::Season, Some(series), Some(1))
        .await;
    let episode = server
        .title("lamp", TitleKind::Episode, Some(season), Some(1))
        .await;
    server.grant(&[episode]).await;
    let member = server.subscriber("v@example.org").await;
    for path in ["/title/lamp", "/search?q=lamp", "/watch/lamp"] {
        let page = member.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        let text = page.text();
        assert!(text.contains("Name of lamp"), "{path}");
        assert!(!text.contains("lighthouse"), "{path} tells of the series");
    }
    server.grant(&[season]).await;
    let season = member.get("/title/lighthouse-s1").await;
    assert_eq!(
        season.status,
        StatusCode::OK,
        "a season is not sent to a page that is not there"
    );
    server.grant(&[series]).await;
    assert!(
        member
            .get("/title/lamp")
            .await
            .text()
            .contains("Name of lighthouse"),
        "control"
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_lies_on_a_disk_that_is_away_leads_to_its_page_and_not_to_a_player() {
    let server = server().await;
    let (series, episodes) = series(&server).await;
    server.clock.advance_ms(1_000);
    let film = server.film("orbits").await;
    server.grant(&[series, film]).await;
    let zoe = server.subscriber("zoe@example.org").await;
    watched(&server, &zoe, film, 42_000, false).await;
    watched(&server, &zoe, episodes[0], 59_000, true).await;
    let page = async |path: &str| zoe.get(path).await.text();
    let home = page("/home").await;
    assert_eq!(
        home.matches("\"/watch/orbits\"").count(),
        2,
        "in large and to go on with: {home}"
    );
    assert!(home.contains("\"/watch/tides-s1e2\""));

    for title in [film, episodes[1]] {
        goes_away(&server, title).await;
    }
    let home = page("/home").await;
    assert!(!home.contains("/watch/"), "{home}");
    assert!(home.contains("\"/title/orbits\"") && home.contains("\"/title/tides-s1e2\""));
    assert!(home.contains("Season 1, episode 2 · Unavailable for now"));
    let tides = page("/title/tides?season=1").await;
    assert!(tides.contains("\"/watch/tides-s1e1\"") && !tides.contains("/watch/tides-s1e2"));
    assert!(tides.contains("\"/title/tides-s1e2\"") && tides.contains("Unavailable for now"));
    let player = page("/watch/tides-s1e1").await;
    assert!(player.contains("data-next-url=\"\""), "{player}");
    server.stop().await;
}

/// The disk with a title's file is no longer there.
async fn goes_away(server: &TestApp, title: TitleId) {
    let catalogue = server.app.catalogue().current(&server.app).await.unwrap();
    let asset = catalogue.title(title).unwrap().assets[0].asset.id;
    let now = server.app.now();
    server
        .app
        .db()
        .write(async |tx| {
            cineclub_db::assets::set_state(tx, asset, AssetState::Missing, None, now).await
        })
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_grant_leaves_nothing_of_is_offered_nowhere_and_its_page_says_why() {
    let server = server().await;
    let [guarded, tall, dubbed, rented, plain] = [
        server.film("guarded").await,
        server.film("tall").await,
        server.film("dubbed").await,
        server.film("rented").await,
        server.film("plain").await,
    ];
    server
        .grant_with(&[guarded], |grant| {
            grant.protection = Protection::DrmHardware
        })
        .await;
    server
        .grant_with(&[tall], |grant| grant.limits.max_height = Some(480))
        .await;
    server
        .grant_with(&[dubbed], |grant| grant.audio = only("de"))
        .await;
    server
        .grant_with(&[rented], |grant| grant.offers = vec![Offer::Rental])
        .await;
    server.grant(&[plain]).await;
    let zoe = server.subscriber("zoe@example.org").await;
    let owner = server.member("owner@example.org", Role::Owner).await;
    let home = zoe.get("/home").await.text();
    assert!(
        home.contains("/title/plain"),
        "the control: what is left whole is offered"
    );
    assert!(
        owner
            .get("/admin/titles?state=shown")
            .await
            .text()
            .contains("Name of plain")
    );
    for (slug, status, told) in [
        // What nobody here may be shown is not there.
        ("guarded", 404, "There is no page here"),
        ("tall", 200, "larger than its licence or your plan allows"),
        ("dubbed", 200, "None of this film’s languages may be played"),
        ("rented", 200, "can’t be rented or bought here yet"),
    ] {
        assert!(
            !home.contains(&format!("/title/{slug}")),
            "{slug} is on the home page"
        );
        let found = zoe.get(&format!("/search?q={slug}")).await.text();
        assert!(
            !found.contains(&format!("/title/{slug}")),
            "{slug} is found"
        );
        let page = zoe.get(&format!("/title/{slug}")).await;
        let text = page.text();
        assert_eq!(page.status, status, "{slug}");
        assert!(
            text.contains(told) && !text.contains("href=\"/watch/"),
            "{slug}: {text}"
        );
        let shown = owner.get("/admin/titles?state=shown").await.text();
        let unmet = owner.get("/admin/titles?state=unmet").await.text();
        assert!(
            !shown.contains(&format!("Name of {slug}"))
                && unmet.contains(&format!("Name of {slug}")),
            "{slug} counts among those whose terms are not met"
        );
    }
    server.stop().await;
}

fn only(language: &str) -> LanguageRule {
    LanguageRule::Only(vec![language.parse().unwrap()])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_title_page_names_the_languages_that_are_granted_and_no_others() {
    let server = server().await;
    let film = server.film("bunny").await;
    let grant = server.grant(&[film]).await;
    let text = server.visitor().get("/title/bunny").await.text();
    assert!(
        text.contains("<dt>Subtitles</dt><dd>French"),
        "the control: {text}"
    );
    let narrow = cineclub_domain::grant::Grant {
        subtitles: only("de"),
        ..grant
    };
    let owner = server.member("owner@example.org", Role::Owner).await;
    let actor = owner.account.as_ref().unwrap().id;
    cineclub_server::rights::grants::change(&server.app, actor, &narrow)
        .await
        .unwrap();
    let text = server.visitor().get("/title/bunny").await.text();
    assert!(!text.contains("<dt>Subtitles</dt>"), "{text}");
    server.stop().await;
}
