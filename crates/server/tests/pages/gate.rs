//! Coming in and going out: signing up and in, the first owner, devices.

use super::*;

use cineclub_server::accounts;
use cineclub_server::billing::{self, vouchers};
use support::log::Log;

/// The code of a new voucher for thirty days.
async fn voucher(server: &TestApp, uses: u32) -> String {
    let plan = billing::ensure_plan(&server.app).await.unwrap().id;
    let new = vouchers::NewVoucher {
        plan,
        days: 30,
        uses,
        expires: None,
        note: String::new(),
    };
    vouchers::create(&server.app, None, new).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_signs_up_with_a_voucher_and_is_home() {
    let server = server().await;
    let film = server.film("lichen").await;
    server.grant(&[film]).await;
    let code = voucher(&server, 1).await;

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

/// Signs a stranger up with a code; where that leads, and what the page there says.
async fn sign_up_with(server: &TestApp, email: &str, code: &str) -> (String, String) {
    let stranger = server.visitor();
    let fields = [
        ("email", email),
        ("password", PASSWORD),
        ("voucher", code),
        ("terms", "yes"),
    ];
    let reply = stranger.form("/sign-up", &fields).await;
    let next = reply.header("location").to_owned();
    let page = remembering(&stranger, &reply).get(&next).await;
    assert_eq!(
        page.status, 200,
        "they are signed in whatever became of the code"
    );
    (next, page.text())
}

#[tokio::test]
async fn what_becomes_of_a_code_at_sign_up_is_told_as_it_is() {
    let server = server().await;
    let code = voucher(&server, 1).await;
    let (next, page) = sign_up_with(&server, "one@example.org", &code).await;
    assert!(
        next == "/home" && page.contains("the library is open"),
        "the control"
    );
    for (email, code, why) in [
        (
            "two@example.org",
            code.as_str(),
            "used by somebody else already",
        ),
        (
            "three@example.org",
            "AAAA-BBBB-CCCC-DDDD",
            "isn’t one of ours",
        ),
    ] {
        let (next, page) = sign_up_with(&server, email, code).await;
        assert!(
            next == "/redeem" && page.contains("the voucher was refused") && page.contains(why),
            "{email}: {page}"
        );
    }
    let other = voucher(&server, 1).await;
    cineclub_db::testing::refuse_to_use_vouchers(server.app.db()).await;
    let (log, _logging) = Log::listen();
    let (next, page) = sign_up_with(&server, "four@example.org", &other).await;
    assert!(
        next == "/redeem" && page.contains("our doing and not the code’s"),
        "{page}"
    );
    let text = log.text();
    assert!(
        text.contains("ERROR") && text.contains("at sign-up") && text.contains("cause="),
        "{text}"
    );
    assert!(!text.contains("four@") && !text.contains(&other), "{text}");
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
    let server = TestApp::start(ENGINE).await;
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
async fn a_member_changes_their_password_on_the_account_page() {
    let server = server().await;
    let here = server.member("zoe@example.org", Role::Viewer).await;
    let there = accounts::open_session(&server.app, here.account.clone().unwrap(), "")
        .await
        .unwrap();
    let mut other = here.clone();
    other.cookie = Some(format!("session={}", there.token));
    let blank = here.get("/account").await.text();
    assert!(blank.contains("action=\"/account/password\"") && !blank.contains("current-error"));
    for (current, new, field, text) in [
        (
            "wrong password",
            "another long one",
            "current-error",
            "isn’t your current password",
        ),
        (PASSWORD, "short", "password-error", "at least 8 characters"),
    ] {
        let fields = [("current", current), ("password", new)];
        let refused = here.form("/account/password", &fields).await;
        let page = refused.text();
        assert_eq!(refused.status, 422);
        let at = page.find(&format!("id=\"{field}\">")).expect(field);
        assert!(page[at..at + 100].contains(text), "{page}");
        assert!(page.contains("Your password is unchanged."));
        assert!(
            !page.contains(current) && !page.contains(new),
            "no password is sent back"
        );
    }
    assert_eq!(other.get("/account").await.status, 200);
    let fields = [("current", PASSWORD), ("password", "another long one")];
    let changed = here.form("/account/password", &fields).await;
    assert_eq!(changed.header("location"), "/account");
    let page = remembering(&here, &changed).get("/account").await;
    assert!(page.text().contains("Your password is changed."));
    assert_eq!(
        other.get("/account").await.status,
        303,
        "the other device is signed out"
    );
    let mut french = here.clone();
    french.cookie = here.cookie.map(|cookie| format!("{cookie}; language=fr"));
    let refused = french.form("/account/password", &fields).await.text();
    assert!(
        refused.contains("Ce n’est pas votre mot de passe actuel."),
        "{refused}"
    );
    server.stop().await;
}
