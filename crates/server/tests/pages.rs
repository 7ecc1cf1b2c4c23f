//! The viewers' pages, through the router, as a browser without script meets them.

#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

mod support;

use axum::body::Body;
use axum::http::Method;
use cineclub_db::Engine;
use cineclub_db::artwork::{Artwork, ArtworkKind};
use cineclub_db::progress::Progress;
use cineclub_domain::account::Role;
use cineclub_domain::grant::Offer;
use cineclub_domain::id::TitleId;
use cineclub_domain::licence::Licence;
use cineclub_domain::territory::TerritorySet;
use cineclub_domain::title::TitleKind;
use support::{Browser, PASSWORD, Reply, TestApp};

const POISON: &str = "<script>alert(1)</script>\"'&";

async fn server() -> TestApp {
    let server = TestApp::start(Engine::Sqlite).await;
    server.member("first-owner@example.org", Role::Owner).await;
    server
}

/// The cookies an answer sets, as `name=value`.
fn cookies(reply: &Reply) -> Vec<String> {
    let set = reply
        .headers
        .get_all("set-cookie")
        .iter()
        .filter_map(|value| value.to_str().ok());
    set.map(|value| value.split(';').next().unwrap_or_default().to_owned())
        .collect()
}

/// The same browser with what an answer told it to remember.
fn remembering(browser: &Browser, reply: &Reply) -> Browser {
    let mut next = browser.clone();
    let known = browser.cookie.clone().into_iter();
    next.cookie = Some(known.chain(cookies(reply)).collect::<Vec<_>>().join("; "));
    next
}

async fn picture(server: &TestApp, title: TitleId, kind: ArtworkKind) -> String {
    let bytes = [
        b"\xff\xd8\xff picture of ".as_slice(),
        title.to_string().as_bytes(),
        kind.as_str().as_bytes(),
    ]
    .concat();
    let object = server.app.store().put(&bytes).unwrap();
    let artwork = Artwork {
        title,
        kind,
        object: object.clone(),
        width: 800,
        height: 1200,
    };
    let now = server.app.now();
    server
        .app
        .db()
        .write(async |tx| cineclub_db::artwork::save(tx, &artwork, now).await)
        .await
        .unwrap();
    object
}

/// A series of two seasons with two episodes each; the series, then the episodes in order.
async fn series(server: &TestApp) -> (TitleId, Vec<TitleId>) {
    let series = server.title("tides", TitleKind::Series, None, None).await;
    let mut episodes = Vec::new();
    for number in 1..=2 {
        let season = server
            .title(
                &format!("tides-s{number}"),
                TitleKind::Season,
                Some(series),
                Some(number),
            )
            .await;
        for episode in 1..=2 {
            let slug = format!("tides-s{number}e{episode}");
            episodes.push(
                server
                    .title(&slug, TitleKind::Episode, Some(season), Some(episode))
                    .await,
            );
        }
    }
    (series, episodes)
}

async fn watched(
    server: &TestApp,
    browser: &Browser,
    title: TitleId,
    position_ms: i64,
    finished: bool,
) {
    let account = browser.account.as_ref().unwrap().id;
    let updated_ms = server.app.now();
    let progress = Progress {
        account,
        title,
        position_ms,
        duration_ms: 60_000,
        finished,
        updated_ms,
    };
    server
        .app
        .db()
        .write(async |tx| cineclub_db::progress::save(tx, &progress).await)
        .await
        .unwrap();
    server.clock.advance_ms(1_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_signs_up_with_a_voucher_and_is_home() {
    let server = server().await;
    let film = server.film("lichen").await;
    server.grant(&[film]).await;
    let plan = cineclub_server::billing::ensure_plan(&server.app)
        .await
        .unwrap()
        .id;
    let new = cineclub_server::billing::vouchers::NewVoucher {
        plan,
        days: 30,
        uses: 1,
        expires: None,
        note: String::new(),
    };
    let code = cineclub_server::billing::vouchers::create(&server.app, None, new)
        .await
        .unwrap();

    let stranger = server.visitor();
    let front = stranger.get("/").await;
    assert!(front.text().contains("Name of lichen") && front.text().contains("href=\"/sign-up\""));
    let form = stranger.get("/sign-up").await;
    assert!(form.text().contains("<option value=\"FR\" selected>"));
    let fields = [
        ("email", "zoe@example.org"),
        ("password", "une longue phrase de passe"),
        ("territory", "FR"),
        ("voucher", &code.to_lowercase()),
        ("terms", "yes"),
        ("next", "/title/lichen"),
    ];
    let reply = stranger.form("/sign-up", &fields).await;
    assert_eq!(
        (reply.status.as_u16(), reply.header("location")),
        (303, "/title/lichen")
    );
    let zoe = remembering(&stranger, &reply);
    let page = zoe.get("/title/lichen").await;
    assert!(
        page.text().contains("href=\"/watch/lichen\"")
            && page.text().contains("the library is open")
    );
    assert!(
        cookies(&page).contains(&"flash=".to_owned()),
        "a message is told once"
    );
    let account = zoe.get("/account").await;
    assert!(
        account.text().contains("31 January 2030") && account.text().contains("zoe@example.org")
    );
    assert_eq!(zoe.get("/").await.header("location"), "/home");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_form_keeps_what_was_typed_and_says_why_beside_the_field() {
    let server = server().await;
    server.member("taken@example.org", Role::Viewer).await;
    let visitor = server.visitor();
    let attempts = [
        (
            "no-address",
            PASSWORD,
            "yes",
            "email-error",
            "isn’t an e-mail address",
        ),
        (
            "taken@example.org",
            PASSWORD,
            "yes",
            "email-error",
            "has an account already",
        ),
        (
            "new@example.org",
            "short",
            "yes",
            "password-error",
            "at least 8 characters",
        ),
        (
            "new@example.org",
            PASSWORD,
            "",
            "terms-error",
            "Accept the terms",
        ),
    ];
    for (email, password, terms, field, sentence) in attempts {
        let reply = visitor
            .form(
                "/sign-up",
                &[("email", email), ("password", password), ("terms", terms)],
            )
            .await;
        let text = reply.text();
        assert_eq!(reply.status, 422, "{email}");
        let at = text.find(&format!("id=\"{field}\"")).unwrap();
        assert!(
            text[at..].starts_with(&format!("id=\"{field}\">"))
                && text[at..at + 200].contains(sentence),
            "{email}"
        );
        assert!(
            text.contains(&format!("value=\"{email}\"")) && !text.contains(password),
            "{email}"
        );
        assert!(cookies(&reply).is_empty());
    }
    let wrong = visitor
        .form(
            "/sign-in",
            &[
                ("email", "taken@example.org"),
                ("password", "wrong password"),
            ],
        )
        .await;
    assert_eq!(wrong.status, 401);
    assert!(
        wrong.text().contains("don’t match")
            && wrong.text().contains("value=\"taken@example.org\"")
    );
    let right = visitor
        .form(
            "/sign-in",
            &[("email", "taken@example.org"), ("password", PASSWORD)],
        )
        .await;
    assert_eq!(
        (right.status.as_u16(), right.header("location")),
        (303, "/home"),
        "the control"
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_goes_on_to_this_site_only() {
    let server = server().await;
    server.member("zoe@example.org", Role::Viewer).await;
    for (next, location) in [
        ("/account", "/account"),
        ("//evil.example", "/home"),
        ("https://evil.example", "/home"),
        ("/\\evil", "/home"),
    ] {
        let reply = server
            .visitor()
            .form(
                "/sign-in",
                &[
                    ("email", "zoe@example.org"),
                    ("password", PASSWORD),
                    ("next", next),
                ],
            )
            .await;
        assert_eq!(reply.header("location"), location, "{next}");
    }
    let asked = server.visitor().get("/watch/any?x=1").await;
    assert_eq!(asked.header("location"), "/sign-in?next=/watch/any%3Fx%3D1");
    let back = server
        .visitor()
        .form(
            "/language",
            &[("language", "fr"), ("back", "//evil.example")],
        )
        .await;
    assert_eq!(back.header("location"), "/");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_owner_needs_the_code_from_the_host_and_the_door_closes_behind_them() {
    let server = TestApp::start(Engine::Sqlite).await;
    let visitor = server.visitor();
    assert_eq!(visitor.get("/").await.header("location"), "/welcome");
    let code = cineclub_server::accounts::owner::new_code(&server.app)
        .await
        .unwrap();
    let typed = |code: &str| {
        [
            ("code", code.to_owned()),
            ("email", "owner@example.org".to_owned()),
            ("password", PASSWORD.to_owned()),
        ]
    };
    let send = async |code: &str| {
        let fields = typed(code);
        let fields: Vec<_> = fields
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        visitor.form("/welcome", &fields).await
    };
    let wrong = send("AAAA-AAAA-AAAA").await;
    assert_eq!(wrong.status, 422);
    assert!(
        wrong.text().contains("id=\"code-error\"")
            && wrong.text().contains("value=\"owner@example.org\"")
    );
    let right = send(&code).await;
    assert_eq!(
        (right.status.as_u16(), right.header("location")),
        (303, "/admin")
    );
    assert_eq!(
        remembering(&visitor, &right).get("/account").await.status,
        200
    );
    assert_eq!(visitor.get("/welcome").await.status, 404);
    assert_eq!(send(&code).await.status, 404);
    server.stop().await;
}

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
async fn devices_are_listed_and_signed_out_one_by_one_or_all_at_once() {
    let server = server().await;
    let here = server.member("zoe@example.org", Role::Viewer).await;
    let agent = "Mozilla/5.0 (Android 15) Firefox/150.0";
    let account = here.account.clone().unwrap();
    let there = cineclub_server::accounts::open_session(&server.app, account, agent)
        .await
        .unwrap();
    let mut other = here.clone();
    other.cookie = Some(format!("session={}", there.token));
    let page = here.get("/account").await.text();
    assert!(page.contains("Firefox · Android") && page.contains(&there.session.to_string()));
    let stranger = server.member("max@example.org", Role::Viewer).await;
    stranger
        .form(
            "/account/sessions/end",
            &[("session", &there.session.to_string())],
        )
        .await;
    assert_eq!(
        other.get("/account").await.status,
        200,
        "nobody signs out another's device"
    );
    here.form(
        "/account/sessions/end",
        &[("session", &there.session.to_string())],
    )
    .await;
    assert_eq!(other.get("/account").await.status, 303);
    let reply = here.form("/account/sessions/end-all", &[]).await;
    assert!(cookies(&reply).contains(&"session=".to_owned()));
    assert_eq!(here.get("/account").await.status, 303);
    assert_eq!(
        stranger.get("/account").await.status,
        200,
        "the control: others stay"
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_language_is_the_browsers_until_one_is_chosen() {
    let server = server().await;
    let zoe = server.member("zoe@example.org", Role::Viewer).await;
    let asking = [
        ("accept-language", "fr-FR,fr;q=0.9"),
        ("accept", "text/html"),
    ];
    let page = server
        .visitor()
        .send(Method::GET, "/sign-in", &asking, Body::empty())
        .await
        .text();
    assert!(page.contains("<html lang=\"fr\">") && page.contains("Bon retour"));
    let reply = zoe
        .form("/account", &[("language", "fr"), ("territory", "BE")])
        .await;
    assert_eq!(reply.header("location"), "/account");
    let account = zoe.get("/account").await.text();
    assert!(
        account.contains("<html lang=\"fr\">")
            && account.contains("<option value=\"BE\" selected>Belgique")
    );
    assert_eq!(
        zoe.form("/account", &[("language", "xx"), ("territory", "")])
            .await
            .status,
        422
    );
    assert_eq!(
        zoe.form("/account", &[("language", "fr"), ("territory", "ZZ")])
            .await
            .status,
        422
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn legal_pages_are_templates_until_the_owner_writes_them() {
    let server = server().await;
    for page in ["terms", "privacy", "imprint", "cancellation"] {
        let text = server.visitor().get(&format!("/legal/{page}")).await.text();
        assert!(
            text.contains("This text is a template") && text.contains("<h2>"),
            "{page}"
        );
    }
    let own = cineclub_db::pages::Page {
        page: "terms".to_owned(),
        language: "fr".parse().unwrap(),
        title: "Nos conditions".to_owned(),
        body: format!("## Un\n{POISON}"),
        updated_ms: server.app.now(),
        updated_by: None,
    };
    server
        .app
        .db()
        .write(async |tx| cineclub_db::pages::save(tx, &own).await)
        .await
        .unwrap();
    let text = server.visitor().get("/legal/terms").await.text();
    assert!(
        text.contains("Nos conditions")
            && text.contains("<h2>Un</h2>")
            && text.contains("In force since 1 January 2030")
    );
    assert!(!text.contains("<script>alert") && !text.contains("is a template"));
    assert_eq!(server.visitor().get("/legal/nothing").await.status, 404);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_are_pages_for_people_and_documents_for_scripts() {
    let server = server().await;
    let zoe = server.member("zoe@example.org", Role::Viewer).await;
    let page = zoe.get("/nowhere").await;
    assert_eq!(page.status, 404);
    assert!(
        page.text().contains("There is no page here.") && page.text().contains("href=\"/home\"")
    );
    assert!(
        page.header("content-security-policy")
            .starts_with("default-src 'none'; script-src 'self'")
    );
    let script = [("x-requested-with", "cineclub"), ("accept-language", "fr")];
    let document = zoe
        .send(Method::GET, "/nowhere", &script, Body::empty())
        .await;
    assert_eq!(document.header("content-type"), "application/problem+json");
    assert_eq!(document.json()["status"], 404);
    let method = zoe.send(Method::DELETE, "/home", &[], Body::empty()).await;
    assert_eq!(method.status, 405);
    assert!(method.text().contains("doesn’t take that kind of request"));
    let unread = zoe
        .send(
            Method::POST,
            "/redeem",
            &[("content-type", "text/plain")],
            Body::from("x"),
        )
        .await;
    assert!(unread.status.is_client_error() && unread.text().contains("could not be read"));
    let foreign = [
        ("sec-fetch-site", "cross-site"),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let refused = zoe
        .send(Method::POST, "/sign-out", &foreign, Body::empty())
        .await;
    assert_eq!(refused.status, 403);
    assert!(refused.text().contains("came from another site"));
    assert_eq!(
        zoe.get("/account").await.status,
        200,
        "the control: still signed in"
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_carry_no_script_or_style_of_their_own_and_assets_never_change() {
    let server = server().await;
    let film = server.film("lichen").await;
    picture(&server, film, ArtworkKind::Poster).await;
    picture(&server, film, ArtworkKind::Backdrop).await;
    server.grant(&[film]).await;
    let zoe = server.subscriber("zoe@example.org").await;
    let visitor = server.visitor();
    let mut pages = vec![
        visitor.get("/").await,
        visitor.get("/sign-in").await,
        visitor.get("/sign-up").await,
        visitor.get("/legal/terms").await,
    ];
    for path in [
        "/home",
        "/title/lichen",
        "/watch/lichen",
        "/search?q=name",
        "/search?q=zz",
        "/account",
        "/redeem",
        "/nowhere",
    ] {
        pages.push(zoe.get(path).await);
    }
    for page in &pages {
        let text = page.text();
        assert!(text.starts_with("<!doctype html>") && text.contains("<title>"));
        for script in text.split("<script").skip(1) {
            assert!(
                script.starts_with(" src=\"/assets/") && script.contains("></script>"),
                "{script:.80}"
            );
        }
        assert!(
            !text.contains("<style") && !text.contains(" style=") && !text.contains(" onclick=")
        );
        assert!(!text.contains("{{") && !text.contains("{%"));
    }
    let home = pages[4].text();
    let style = home
        .split("href=\"")
        .find(|rest| rest.starts_with("/assets/app-") && rest.contains(".css\""))
        .unwrap();
    let style = style.split('"').next().unwrap();
    let asset = visitor.get(style).await;
    assert_eq!(asset.status, 200);
    assert_eq!(
        (asset.header("content-type"), asset.header("cache-control")),
        (
            "text/css; charset=utf-8",
            "public, max-age=31536000, immutable"
        )
    );
    for missing in [
        "/assets/manifest.json",
        "/assets/..%2fpackage.json",
        "/assets/app.css",
    ] {
        assert_eq!(visitor.get(missing).await.status, 404, "{missing}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_comes_in_its_widths_with_a_tag_that_is_honoured() {
    let server = server().await;
    let film = server.film("lichen").await;
    let object = picture(&server, film, ArtworkKind::Poster).await;
    server
        .app
        .store()
        .put_width(&object, 400, b"\xff\xd8\xff small")
        .unwrap();
    server.grant(&[film]).await;
    let visitor = server.visitor();
    let small = visitor.get(&format!("/art/{object}/400.jpg")).await;
    assert_eq!(
        (small.status.as_u16(), small.body.as_slice()),
        (200, b"\xff\xd8\xff small".as_slice())
    );
    assert!(small.header("cache-control").starts_with("private"));
    let again = [("if-none-match", small.header("etag"))];
    assert_eq!(
        visitor
            .send(
                Method::GET,
                &format!("/art/{object}/400.jpg"),
                &again,
                Body::empty()
            )
            .await
            .status,
        304
    );
    for wrong in ["401.jpg", "400.png", "0.jpg", "400", "x.jpg"] {
        assert_eq!(
            visitor.get(&format!("/art/{object}/{wrong}")).await.status,
            404,
            "{wrong}"
        );
    }
    assert_eq!(
        visitor
            .get(&format!("/art/{}/400.jpg", "0".repeat(64)))
            .await
            .status,
        404
    );
    server.stop().await;
}
