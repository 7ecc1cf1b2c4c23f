//! Words: markup stays text, lists are narrowed, every text is there in both languages.

use super::*;

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
