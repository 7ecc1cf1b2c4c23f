//! The staff's pages, through the router, as a browser without script meets them.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "tests"
)]

mod support;

use axum::body::Body;
use axum::http::{Method, StatusCode};
use cineclub_db::Engine;
use cineclub_db::titles::TitleText;
use cineclub_domain::account::Role;
use cineclub_domain::id::TitleId;
use cineclub_domain::title::TitleKind;
use cineclub_server::rights;
use support::{Browser, Reply, TestApp};

const POISON: &str = "<script>alert(1)</script>\"'&";

struct Staff {
    server: TestApp,
    owner: Browser,
    programmer: Browser,
    viewer: Browser,
}

async fn staff() -> Staff {
    let server = TestApp::start(Engine::Sqlite).await;
    let owner = server.member("owner@example.org", Role::Owner).await;
    let programmer = server
        .member("programmer@example.org", Role::Programmer)
        .await;
    let viewer = server.subscriber("viewer@example.org").await;
    Staff {
        server,
        owner,
        programmer,
        viewer,
    }
}

/// A grant form that would be saved.
fn grant_form<'f>(slug: &'f str) -> Vec<(&'f str, &'f str)> {
    vec![
        ("do", "save"),
        ("licensor", "Films du Cap"),
        ("reference", "FC-9"),
        ("title", slug),
        ("offer", "subscription"),
        ("end_rule", "open"),
        ("zone", "Europe/Paris"),
        ("protection", "none"),
        ("licence", "contract"),
    ]
}

fn otherwise<'f>(
    mut fields: Vec<(&'f str, &'f str)>,
    name: &'f str,
    value: &'f str,
) -> Vec<(&'f str, &'f str)> {
    fields.retain(|(known, _)| *known != name);
    fields.push((name, value));
    fields
}

/// The value of a hidden field.
fn hidden(reply: &Reply, name: &str) -> String {
    let text = reply.text();
    let mark = format!("name=\"{name}\" value=\"");
    let from = text
        .find(&mark)
        .unwrap_or_else(|| panic!("no field {name}"))
        + mark.len();
    text[from..]
        .split('"')
        .next()
        .unwrap_or_default()
        .to_owned()
}

fn assert_harmless(text: &str, page: &str) {
    assert!(!text.contains("<script>alert"), "{page} let markup through");
    assert!(
        !text.contains("\"'&"),
        "{page} let a quote out of its attribute"
    );
}

#[tokio::test]
async fn every_page_opens_for_those_it_is_for_and_is_not_there_for_others() {
    let Staff {
        server,
        owner,
        programmer,
        viewer,
    } = staff().await;
    let film = server.film("orbits").await;
    let grant = server.grant(&[film]).await;
    let of_grant = format!("/admin/grants/{}", grant.id);
    let for_programmers = [
        "/admin",
        "/admin/titles",
        "/admin/titles?q=orb&state=shown&kind=film&page=1",
        "/admin/titles/orbits",
        "/admin/folders",
        "/admin/jobs",
        "/admin/jobs/live",
        "/admin/plays",
        "/admin/plays/live",
    ];
    let for_owners = [
        "/admin/grants",
        "/admin/grants/new",
        "/admin/grants/new?title=orbits",
        of_grant.as_str(),
        "/admin/vouchers",
        "/admin/pages",
        "/admin/pages/terms/fr",
        "/admin/people",
        "/admin/events",
    ];
    for path in for_programmers.iter().chain(&for_owners) {
        let reply = owner.get(path).await;
        assert_eq!(reply.status, StatusCode::OK, "{path}");
        let text = reply.text().replace("/assets/admin-", "");
        assert!(
            !text.contains("admin-"),
            "{path} shows a key instead of words: {}",
            around(&text, "admin-")
        );
        assert_eq!(reply.header("cache-control"), "no-store", "{path}");
        assert_eq!(
            viewer.get(path).await.status,
            StatusCode::NOT_FOUND,
            "{path} for a viewer"
        );
        assert_eq!(
            server.visitor().get(path).await.status,
            StatusCode::SEE_OTHER,
            "{path} for a stranger"
        );
    }
    for path in for_programmers {
        assert_eq!(
            programmer.get(path).await.status,
            StatusCode::OK,
            "{path} for a programmer"
        );
    }
    for path in for_owners {
        assert_eq!(
            programmer.get(path).await.status,
            StatusCode::NOT_FOUND,
            "{path} for a programmer"
        );
    }
    for path in [
        "/admin/titles/none",
        "/admin/grants/x",
        "/admin/folders/x",
        "/admin/pages/none/en",
        "/admin/pages/terms/de",
    ] {
        assert_eq!(
            owner.get(path).await.status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
    server.stop().await;
}

fn around<'t>(text: &'t str, what: &str) -> &'t str {
    let at = text.find(what).unwrap_or_default();
    text.get(at..(at + 60).min(text.len())).unwrap_or_default()
}

#[tokio::test]
async fn pages_are_in_french_for_those_who_read_it() {
    let Staff {
        server, mut owner, ..
    } = staff().await;
    server.film("orbits").await;
    owner.cookie = owner.cookie.map(|cookie| format!("{cookie}; language=fr"));
    for (path, word) in [
        ("/admin", "Vue d’ensemble"),
        ("/admin/titles", "Sans droit"),
        ("/admin/titles/orbits", "Aucun droit ne le nomme"),
        ("/admin/grants/new", "Concédant"),
        ("/admin/vouchers", "Créer un bon"),
        ("/admin/folders", "Ajouter un dossier"),
        ("/admin/jobs", "Rien à faire"),
        ("/admin/plays", "Personne ne regarde"),
        ("/admin/pages", "Modèle seulement"),
        ("/admin/people", "Propriétaire"),
        ("/admin/events", "Journal"),
    ] {
        let text = owner.get(path).await.text();
        assert!(text.contains(word), "{path} does not say {word}");
        assert!(text.contains("<html lang=\"fr\">"), "{path}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_grant_makes_a_title_appear_and_ending_it_makes_it_dark() {
    let Staff {
        server,
        owner,
        viewer,
        ..
    } = staff().await;
    server.film("orbits").await;
    assert_eq!(
        viewer.get("/title/orbits").await.status,
        StatusCode::NOT_FOUND
    );

    let preview = owner
        .form(
            "/admin/grants",
            &otherwise(grant_form("orbits"), "do", "preview"),
        )
        .await;
    assert_eq!(preview.status, StatusCode::OK);
    assert!(
        preview.text().contains("Appears"),
        "what would change is told before saving"
    );
    assert_eq!(
        viewer.get("/title/orbits").await.status,
        StatusCode::NOT_FOUND,
        "looking changes nothing"
    );

    let stood = hidden(&preview, "stood");
    let saved = owner
        .form(
            "/admin/grants",
            &otherwise(grant_form("orbits"), "stood", &stood),
        )
        .await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER);
    let page = saved.header("location").to_owned();
    assert_eq!(viewer.get("/title/orbits").await.status, StatusCode::OK);
    assert!(
        owner
            .get("/admin/titles?state=shown")
            .await
            .text()
            .contains("Name of orbits")
    );

    let twice = owner
        .form(
            "/admin/grants",
            &otherwise(grant_form("orbits"), "stood", &stood),
        )
        .await;
    assert_eq!(
        twice.header("location"),
        page,
        "a form sent twice makes one grant"
    );
    assert_eq!(rights::grants::list(&server.app).await.unwrap().len(), 1);

    let ended = owner.form(&format!("{page}/end"), &[]).await;
    assert_eq!(ended.status, StatusCode::SEE_OTHER);
    assert_eq!(viewer.get("/title/orbits").await.status, StatusCode::GONE);
    let late = owner
        .form(&page, &otherwise(grant_form("orbits"), "stood", "x"))
        .await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    let record = owner.get("/admin/events").await.text();
    for words in ["entered the grant", "ended the grant"] {
        assert!(record.contains(words), "the record says: {words}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_refused_grant_keeps_all_that_was_typed_and_says_why_beside_the_field() {
    let Staff { server, owner, .. } = staff().await;
    server.film("orbits").await;
    let mut form = otherwise(grant_form("orbits"), "included", "FR, UK");
    form.push(("statement", "Kept words"));
    form.push(("exclusive", "yes"));
    let reply = owner
        .form("/admin/grants", &otherwise(form, "licensor", ""))
        .await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    let text = reply.text();
    for kept in [
        "value=\"FR, UK\"",
        "Kept words",
        "value=\"FC-9\"",
        "name=\"exclusive\" value=\"yes\" checked",
        "value=\"orbits\" checked",
    ] {
        assert!(text.contains(kept), "{kept} is kept");
    }
    assert!(text.contains("id=\"licensor-error\"") && text.contains("id=\"included-error\""));
    assert!(rights::grants::list(&server.app).await.unwrap().is_empty());
    server.stop().await;
}

#[tokio::test]
async fn a_form_made_of_an_older_state_is_not_saved_over_a_newer_one() {
    let Staff { server, owner, .. } = staff().await;
    let film = server.film("orbits").await;
    let grant = server.grant(&[film]).await;
    let page = format!("/admin/grants/{}", grant.id);
    let stood = hidden(&owner.get(&page).await, "stood");
    let first = otherwise(
        otherwise(grant_form("orbits"), "stood", &stood),
        "reference",
        "First",
    );
    assert_eq!(
        owner.form(&page, &first).await.status,
        StatusCode::SEE_OTHER
    );
    let second = otherwise(
        otherwise(grant_form("orbits"), "stood", &stood),
        "reference",
        "Second",
    );
    let refused = owner.form(&page, &second).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.text().contains("Somebody changed this")
            && refused.text().contains("value=\"Second\"")
    );
    assert_eq!(
        rights::grants::get(&server.app, grant.id)
            .await
            .unwrap()
            .reference,
        "First"
    );
    server.stop().await;
}

#[tokio::test]
async fn a_title_is_withdrawn_with_a_reason_and_let_go_again() {
    let Staff {
        server,
        programmer,
        viewer,
        ..
    } = staff().await;
    let film = server.film("orbits").await;
    server.grant(&[film]).await;
    let none = programmer
        .form(
            "/admin/titles/orbits/hold",
            &[("reason", " "), ("until", "2031-01-01")],
        )
        .await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        none.text().contains("id=\"reason-error\"") && none.text().contains("value=\"2031-01-01\"")
    );
    let past = programmer
        .form(
            "/admin/titles/orbits/hold",
            &[("reason", "A notice"), ("until", "2029-01-01")],
        )
        .await;
    assert_eq!(past.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(past.text().contains("id=\"until-error\""));
    assert_eq!(viewer.get("/title/orbits").await.status, StatusCode::OK);

    let held = programmer
        .form(
            "/admin/titles/orbits/hold",
            &[("reason", "A notice"), ("until", "")],
        )
        .await;
    assert_eq!(held.status, StatusCode::SEE_OTHER);
    assert_eq!(viewer.get("/title/orbits").await.status, StatusCode::GONE);
    let page = programmer.get("/admin/titles/orbits").await.text();
    assert!(page.contains("A notice"));
    let lift = page
        .split("action=\"")
        .find(|rest| rest.contains("/lift\""))
        .and_then(|rest| rest.split('"').next());
    let lift = lift.expect("a button lifts the hold").to_owned();
    assert_eq!(
        programmer.form(&lift, &[]).await.status,
        StatusCode::SEE_OTHER
    );
    assert_eq!(viewer.get("/title/orbits").await.status, StatusCode::OK);
    let again = programmer.form(&lift, &[]).await;
    assert_eq!(
        again.status,
        StatusCode::SEE_OTHER,
        "lifting twice is told, and harms nothing"
    );
    assert!(
        again
            .header("set-cookie")
            .contains("admin-done-lift-already")
    );
    server.stop().await;
}

#[tokio::test]
async fn texts_are_saved_in_both_languages_and_an_empty_name_is_refused() {
    let Staff {
        server, programmer, ..
    } = staff().await;
    let film = server.film("orbits").await;
    let page = programmer.get("/admin/titles/orbits").await;
    let french = page
        .text()
        .split("name=\"language\" value=\"fr\"")
        .nth(1)
        .map(str::to_owned)
        .unwrap_or_default();
    let stood = french
        .split("name=\"stood\" value=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .unwrap_or_default();
    let fields = [
        ("language", "fr"),
        ("stood", stood),
        ("name", "Orbites"),
        ("tagline", "Elles tournent"),
        ("synopsis", "Un\nfilm"),
    ];
    assert_eq!(
        programmer
            .form("/admin/titles/orbits/texts", &fields)
            .await
            .status,
        StatusCode::SEE_OTHER
    );
    let snapshot = server.app.catalogue().current(&server.app).await.unwrap();
    assert_eq!(
        snapshot.title(film).unwrap().name(&"fr".parse().unwrap()),
        "Orbites"
    );

    let stale = programmer.form("/admin/titles/orbits/texts", &fields).await;
    assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = programmer.get("/admin/titles/orbits").await;
    let stood = hidden(&page, "stood");
    let unnamed = [
        ("language", "en"),
        ("stood", stood.as_str()),
        ("name", " "),
        ("tagline", "Kept line"),
        ("synopsis", ""),
    ];
    let refused = programmer
        .form("/admin/titles/orbits/texts", &unnamed)
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.text().contains("value=\"Kept line\"")
            && refused.text().contains("id=\"name-en-error\"")
    );
    server.stop().await;
}

#[tokio::test]
async fn a_vouchers_code_is_shown_once_and_works() {
    let Staff { server, owner, .. } = staff().await;
    let blank = owner.get("/admin/vouchers").await.text();
    let plan = blank
        .split("id=\"plan\"")
        .nth(1)
        .and_then(|rest| rest.split("value=\"").nth(1))
        .and_then(|rest| rest.split('"').next());
    let plan = plan.expect("a plan is offered").to_owned();
    let bad = owner
        .form(
            "/admin/vouchers",
            &[
                ("plan", &plan),
                ("days", "0"),
                ("uses", "many"),
                ("note", "Kept"),
            ],
        )
        .await;
    assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
    let text = bad.text();
    assert!(
        text.contains("id=\"days-error\"")
            && text.contains("id=\"uses-error\"")
            && text.contains("value=\"Kept\"")
    );

    let made = owner
        .form(
            "/admin/vouchers",
            &[
                ("plan", &plan),
                ("days", "30"),
                ("uses", "1"),
                ("note", "Press"),
            ],
        )
        .await;
    assert_eq!(made.status, StatusCode::OK);
    let text = made.text();
    let code = text
        .split("id=\"code\">")
        .nth(1)
        .and_then(|rest| rest.split('<').next())
        .expect("the code is shown")
        .to_owned();
    assert!(
        !owner.get("/admin/vouchers").await.text().contains(&code),
        "and never again"
    );
    let member = server.member("newcomer@example.org", Role::Viewer).await;
    assert_eq!(
        member.form("/redeem", &[("code", &code)]).await.status,
        StatusCode::SEE_OTHER
    );
    assert!(owner.get("/admin/vouchers").await.text().contains("1 of 1"));
    server.stop().await;
}

#[tokio::test]
async fn there_is_always_an_owner_and_a_closed_account_is_signed_out() {
    let Staff {
        server,
        owner,
        programmer,
        viewer,
    } = staff().await;
    let id = |browser: &Browser| browser.account.as_ref().unwrap().id;
    let demoted = owner
        .form(
            &format!("/admin/people/{}/role", id(&owner)),
            &[("role", "viewer")],
        )
        .await;
    assert!(demoted.header("set-cookie").contains("last-owner"));
    let closed = owner
        .form(&format!("/admin/people/{}/close", id(&owner)), &[])
        .await;
    assert!(closed.header("set-cookie").contains("last-owner"));
    assert_eq!(owner.get("/admin/people").await.status, StatusCode::OK);

    let raised = owner
        .form(
            &format!("/admin/people/{}/role", id(&programmer)),
            &[("role", "owner")],
        )
        .await;
    assert_eq!(raised.status, StatusCode::SEE_OTHER);
    assert_eq!(programmer.get("/admin/people").await.status, StatusCode::OK);
    assert_eq!(
        owner
            .form(
                &format!("/admin/people/{}/role", id(&viewer)),
                &[("role", "king")]
            )
            .await
            .status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    owner
        .form(&format!("/admin/people/{}/close", id(&viewer)), &[])
        .await;
    assert_eq!(
        viewer.get("/account").await.status,
        StatusCode::SEE_OTHER,
        "a closed account is signed out"
    );
    server.stop().await;
}

#[tokio::test]
async fn a_legal_page_is_written_in_each_language() {
    let Staff { server, owner, .. } = staff().await;
    let stood = hidden(&owner.get("/admin/pages/imprint/en").await, "stood");
    let empty = owner
        .form(
            "/admin/pages/imprint/en",
            &[("stood", &stood), ("title", "Kept heading"), ("body", "")],
        )
        .await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(empty.text().contains("value=\"Kept heading\""));
    let body = format!("We are {POISON}");
    let saved = owner
        .form(
            "/admin/pages/imprint/en",
            &[("stood", &stood), ("title", "Who we are"), ("body", &body)],
        )
        .await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER);
    let public = server.visitor().get("/legal/imprint").await.text();
    assert!(public.contains("Who we are"));
    assert_harmless(&public, "/legal/imprint");
    assert_harmless(
        &owner.get("/admin/pages/imprint/en").await.text(),
        "the editor",
    );
    let stale = owner
        .form(
            "/admin/pages/imprint/en",
            &[("stood", &stood), ("title", "x"), ("body", "y")],
        )
        .await;
    assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY);
    server.stop().await;
}

#[tokio::test]
async fn a_folder_is_added_its_files_are_told_and_an_upload_arrives_whole() {
    let Staff {
        server, programmer, ..
    } = staff().await;
    let place = server.folder.path().join("films");
    std::fs::create_dir(&place).unwrap();
    let path = place.to_str().unwrap().to_owned();
    let wrong = programmer
        .form("/admin/folders", &[("path", "/no/such/<b>folder")])
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text().contains("id=\"path-error\"") && !wrong.text().contains("<b>folder"));
    let added = programmer.form("/admin/folders", &[("path", &path)]).await;
    assert_eq!(added.status, StatusCode::SEE_OTHER);
    let page = added.header("location").to_owned();
    let put = |name: &'static str| {
        let headers = [
            ("sec-fetch-site", "same-origin"),
            ("x-requested-with", "cineclub"),
        ];
        let (programmer, page) = (programmer.clone(), page.clone());
        async move {
            let body = Body::from(vec![b'x'; 3 << 20]);
            programmer
                .send(Method::PUT, &format!("{page}/files/{name}"), &headers, body)
                .await
        }
    };
    let sent = put("Lichen%20%282026%29.mp4").await;
    assert_eq!(sent.status, StatusCode::CREATED, "{}", sent.text());
    assert!(sent.json()["detail"].as_str().unwrap().contains("3.0 MB"));
    assert_eq!(
        std::fs::metadata(place.join("Lichen (2026).mp4"))
            .unwrap()
            .len(),
        3 << 20
    );
    assert_eq!(
        put("Lichen%20%282026%29.mp4").await.status,
        StatusCode::CONFLICT,
        "nothing is replaced"
    );
    for bad in ["..%2Fout.mp4", "%2Fetc%2Fx.mp4", "a.exe", "a%0Ab.mp4"] {
        let refused = put(bad).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{bad}");
    }
    let scanned = programmer.form(&format!("{page}/scan"), &[]).await;
    assert_eq!(scanned.status, StatusCode::SEE_OTHER);
    let told = programmer.get(&format!("{page}/live")).await.text();
    assert!(
        told.contains("Lichen (2026).mp4") && !told.contains("<html"),
        "a fragment and not a page"
    );
    assert_eq!(
        programmer.form(&format!("{page}/remove"), &[]).await.status,
        StatusCode::SEE_OTHER
    );
    assert!(
        place.join("Lichen (2026).mp4").exists(),
        "nothing is deleted"
    );
    assert_eq!(programmer.get(&page).await.status, StatusCode::NOT_FOUND);
    server.stop().await;
}

#[tokio::test]
async fn markup_in_any_text_stays_text_on_every_page() {
    let Staff {
        server,
        owner,
        viewer,
        ..
    } = staff().await;
    let film = poisoned(&server).await;
    let grant = server
        .grant_with(&[film], |grant| {
            grant.licensor = POISON.to_owned();
            grant.reference = POISON.to_owned();
            grant.attribution = Some(POISON.to_owned());
            grant.evidence = Some(rights::grants::evidence(
                Some("https://x".to_owned()),
                POISON.to_owned(),
                support::START,
            ));
        })
        .await;
    owner
        .form(
            "/admin/titles/poison/hold",
            &[("reason", POISON), ("until", "")],
        )
        .await;
    let plan = cineclub_server::billing::ensure_plan(&server.app)
        .await
        .unwrap()
        .id;
    owner
        .form(
            "/admin/vouchers",
            &[
                ("plan", &plan.to_string()),
                ("days", "3"),
                ("uses", "1"),
                ("note", POISON),
            ],
        )
        .await;
    let of_grant = format!("/admin/grants/{}", grant.id);
    for path in [
        "/admin",
        "/admin/titles",
        "/admin/titles/poison",
        "/admin/grants",
        "/admin/grants/new?title=poison",
        &of_grant,
        "/admin/vouchers",
        "/admin/people",
        "/admin/events",
        "/admin/titles?q=%3Cscript%3Ealert(1)%3C/script%3E%22'%26",
    ] {
        let reply = owner.get(path).await;
        assert_eq!(reply.status, StatusCode::OK, "{path}");
        assert_harmless(&reply.text(), path);
    }
    let posts: [(&str, Vec<(&str, &str)>); 4] = [
        (
            "/admin/grants",
            [
                "licensor",
                "reference",
                "included",
                "audio",
                "zone",
                "statement",
                "find",
                "evidence_url",
                "seen",
                "window_end",
                "max_height",
                "stood",
            ]
            .map(|name| (name, POISON))
            .to_vec(),
        ),
        (
            "/admin/vouchers",
            ["days", "uses", "expires", "note", "plan"]
                .map(|name| (name, POISON))
                .to_vec(),
        ),
        ("/admin/folders", vec![("path", POISON)]),
        (
            "/admin/titles/poison/texts",
            vec![
                ("language", "en"),
                ("name", POISON),
                ("tagline", POISON),
                ("synopsis", POISON),
                ("stood", POISON),
            ],
        ),
    ];
    for (path, fields) in posts {
        let reply = owner.form(path, &fields).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        assert_harmless(&reply.text(), path);
    }
    drop(viewer);
    server.stop().await;
}

/// A film whose every text is markup.
async fn poisoned(server: &TestApp) -> TitleId {
    let film = server.title("poison", TitleKind::Film, None, None).await;
    let now = server.app.now();
    let text = |language: &str| TitleText {
        title: film,
        language: language.parse().unwrap(),
        name: POISON.to_owned(),
        tagline: POISON.to_owned(),
        synopsis: POISON.to_owned(),
    };
    let (english, french) = (text("en"), text("fr"));
    server
        .app
        .db()
        .write(async |tx| {
            cineclub_db::titles::save_text(tx, &english, now).await?;
            cineclub_db::titles::save_text(tx, &french, now).await
        })
        .await
        .unwrap();
    film
}

#[tokio::test]
async fn the_list_of_titles_is_narrowed_by_state_and_paged() {
    let Staff {
        server, programmer, ..
    } = staff().await;
    for number in 0..60 {
        server.film(&format!("film-{number:02}")).await;
    }
    let first = programmer.get("/admin/titles?state=no-grant").await.text();
    assert!(
        first.contains("1 to 50 of 60") && first.contains("page=2") && !first.contains("film-55")
    );
    let second = programmer
        .get("/admin/titles?state=no-grant&page=2")
        .await
        .text();
    assert!(second.contains("51 to 60 of 60") && second.contains("film-55"));
    let shown = programmer.get("/admin/titles?state=shown").await.text();
    assert!(shown.contains("No title fits"), "none of them is shown");
    for odd in [
        "?page=99999999999999999999",
        "?page=0",
        "?page=-1",
        "?state=x&kind=y",
        "?page=18446744073709551615",
    ] {
        assert_eq!(
            programmer.get(&format!("/admin/titles{odd}")).await.status,
            StatusCode::OK,
            "{odd}"
        );
    }
    server.stop().await;
}
