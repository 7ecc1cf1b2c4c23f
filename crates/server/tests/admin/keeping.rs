//! Texts, vouchers, people, legal pages, folders.

use super::*;

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
    let blank = owner.get("/admin/vouchers").await;
    let id = hidden(&blank, "id");
    let blank = blank.text();
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

    let form = [
        ("id", id.as_str()),
        ("plan", &plan),
        ("days", "30"),
        ("uses", "1"),
        ("note", "Press"),
    ];
    let made = owner.form("/admin/vouchers", &form).await;
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
    let again = owner.form("/admin/vouchers", &form).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER, "a form sent twice");
    let new = hidden(&owner.get("/admin/vouchers").await, "id");
    let both = otherwise(form.to_vec(), "id", &new);
    let both = otherwise(both, "note", "Both");
    let (one, other) = tokio::join!(
        owner.form("/admin/vouchers", &both),
        owner.form("/admin/vouchers", &both),
    );
    let mut at_once = [one.status, other.status];
    at_once.sort();
    assert_eq!(at_once, [StatusCode::OK, StatusCode::SEE_OTHER]);
    let vouchers = billing::vouchers::list(&server.app).await.unwrap();
    for note in ["Press", "Both"] {
        let named = vouchers.iter().filter(|voucher| voucher.note == note);
        assert_eq!(named.count(), 1, "makes one voucher");
    }
    let member = server.member("newcomer@example.org", Role::Viewer).await;
    assert_eq!(
        member.form("/redeem", &[("code", &code)]).await.status,
        StatusCode::SEE_OTHER
    );
    assert!(owner.get("/admin/vouchers").await.text().contains("1 of 1"));
    server.stop().await;
}

#[tokio::test]
async fn a_voucher_whose_code_leaked_is_stopped_and_what_it_gave_stays() {
    let Staff {
        server,
        owner,
        programmer,
        viewer,
    } = staff().await;
    let plan = billing::ensure_plan(&server.app).await.unwrap().id;
    let new = billing::vouchers::NewVoucher {
        plan,
        days: 30,
        uses: 3,
        expires: None,
        note: "Leaked".to_owned(),
    };
    let code = billing::vouchers::create(&server.app, None, new)
        .await
        .unwrap();
    let used = viewer.form("/redeem", &[("code", &code)]).await;
    assert_eq!(used.status, StatusCode::SEE_OTHER, "the control");
    let page = owner.get("/admin/vouchers").await.text();
    let row = page
        .split("<tr>")
        .find(|row| row.contains("Leaked"))
        .unwrap();
    assert!(
        row.contains("The 2 uses it has left") && row.contains("Usable"),
        "{row}"
    );
    let stop = row
        .split("action=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .unwrap();
    assert_eq!(
        programmer.form(stop, &[]).await.status,
        StatusCode::NOT_FOUND
    );
    let stopped = owner.form(stop, &[]).await;
    assert_eq!(stopped.header("location"), "/admin/vouchers");
    assert!(stopped.header("set-cookie").contains("admin-done-voucher!"));
    let again = owner.form(stop, &[]).await;
    assert!(
        again
            .header("set-cookie")
            .contains("admin-done-voucher-already")
    );

    let newcomer = server.member("newcomer@example.org", Role::Viewer).await;
    let refused = newcomer.form("/redeem", &[("code", &code)]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("This code was withdrawn"));
    let account = viewer.account.as_ref().unwrap().id;
    let kept = billing::subscription(&server.app, account).await.unwrap();
    assert!(kept.is_some(), "who redeemed it keeps their days");
    let page = owner.get("/admin/vouchers").await.text();
    assert!(page.contains("Stopped") && !page.contains(stop));
    let told = owner.get("/admin/events").await.text();
    assert_eq!(told.matches("stopped a voucher").count(), 1, "{told}");
    assert!(told.contains("Leaked"));
    assert_eq!(
        owner.form("/admin/vouchers/x/stop", &[]).await.status,
        StatusCode::NOT_FOUND
    );
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
    let seen = owner
        .form(
            "/admin/pages/imprint/en",
            &[
                ("stood", &stood),
                ("do", "preview"),
                ("title", "Who we are"),
                ("body", &format!("## Us\n{body}")),
            ],
        )
        .await;
    assert_eq!(seen.status, StatusCode::OK);
    assert!(
        seen.text().contains("<h2>Us</h2>"),
        "seen before it is public"
    );
    assert_harmless(&seen.text(), "the preview");
    let public = server.visitor().get("/legal/imprint").await.text();
    assert!(!public.contains("Who we are"), "looking publishes nothing");
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
    let written = |stood: &str, what: &str| {
        let fields = [
            ("stood", stood),
            ("do", what),
            ("title", "x"),
            ("body", "y"),
        ];
        fields.map(|(name, value)| (name.to_owned(), value.to_owned()))
    };
    let send = async |fields: [(String, String); 4]| {
        let fields: Vec<_> = fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        owner.form("/admin/pages/imprint/en", &fields).await
    };
    for what in ["preview", "save"] {
        let stale = send(written(&stood, what)).await;
        assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY, "{what}");
        assert!(stale.text().contains("Somebody changed this"), "{what}");
    }
    // Who has been told may write over it from the same form.
    let told = send(written(&stood, "save")).await;
    let again = send(written(&hidden(&told, "stood"), "save")).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER);
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
