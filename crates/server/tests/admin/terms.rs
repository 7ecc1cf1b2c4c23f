//! Grants and holds by hand.

use super::*;

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
