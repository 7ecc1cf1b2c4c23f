//! What every page has: language, legal texts, failures, assets, pictures.

use super::*;

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
    assert!(
        text.contains("in one language only: French") && text.contains("<div lang=\"fr\">"),
        "who reads another language is told: {text}"
    );
    let mut french = server.visitor();
    french.cookie = Some("language=fr".to_owned());
    let text = french.get("/legal/terms").await.text();
    assert!(text.contains("Nos conditions") && !text.contains("dans une langue"));
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
